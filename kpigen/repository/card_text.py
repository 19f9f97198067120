"""A scorecard as text for a terminal, with the working of every number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kpigen.i18n.messages import Messages, mark, messages
from kpigen.model.forms import Indicator, Section, Veto
from kpigen.model.scores import BonusScore, IndicatorScore, Step
from kpigen.numbers.quantities import plain
from kpigen.repository.records import Record
from kpigen.scoring.explain import explain_on_screen, names_of, names_of_form, result_value
from kpigen.scoring.wording import RuleWording

#: The width of the column of points, and how far the working is moved in below a name.
_WIDTH, _INDENT = 8, 12


def card_as_text(record: Record, language: str, paint: bool = False) -> str:
    """Return the scorecard with its working for a terminal."""
    return "\n".join(_Card(record, messages(language), paint).lines())


@dataclass(frozen=True)
class _Card:
    record: Record
    words: Messages
    paint: bool

    def lines(self) -> Iterator[str]:
        review, form = self.record.review, self.record.titled
        names = names_of_form(form, self.words.language, self.words.gettext)
        yield self.bold(form.title.in_(self.words.language))
        employee = review.employee
        yield f"{employee.name} · {employee.id} · {employee.department} · {review.period} · {form.key}"
        yield ""
        for section in form.sections:
            yield from self.section(section, names)
        yield from map(self.bonus, self.record.card.bonus)
        for veto, outcome in zip(form.vetoes, self.record.card.vetoes, strict=True):
            if outcome.holds:
                yield f"  {self.say(mark('Veto'))}: {veto.name.in_(self.words.language)} → {self.allowed(veto, names)}"
        yield ""
        yield self.bold(self.result())
        yield from self.working(self.record.card.steps, names)
        yield from self.results("", names)
        yield ""

    def section(self, section: Section, names: Mapping[str, str]) -> Iterator[str]:
        card, language = self.record.card, self.words.language
        if section.name:
            yield self.bold(section.name.in_(language))
        for indicator in section.indicators:
            score = card.indicator(indicator.id)
            if not (score.not_applicable and indicator.id not in self.record.review.not_applicable):
                yield from self.row(indicator, score)
        if section.total is not None:
            score_of = next(item for item in card.sections if item.id == section.id)
            points = self.say(mark("open")) if score_of.points is None else card.form.notation.written(score_of.points)
            name = section.total_name.in_(language) if section.total_name else self.say(mark("Points of the section"))
            yield f"  {self.bold(points):>{self.width}}  {name}"
            yield from self.working(score_of.steps, names)
        yield from self.results(section.id, names)

    def row(self, indicator: Indicator, score: IndicatorScore) -> Iterator[str]:
        about = f"{indicator.id}, {plain(score.weight)}" if indicator.is_weighted else indicator.id
        name = indicator.name.in_(self.words.language)
        yield f"  {self.bold(self.points(score)):>{self.width}}  {name}  {self.dim(about)}"
        yield from self.working(score.steps, names_of(indicator, self.words.language, self.words.gettext))

    def points(self, score: IndicatorScore) -> str:
        if score.not_applicable:
            return self.say(mark("not applicable"))
        if score.unscored:
            return ""
        return self.say(mark("open")) if score.points is None else self.record.form.notation.written(score.points)

    def bonus(self, score: BonusScore) -> str:
        item = next(one for one in self.record.form.bonus if one.id == score.id)
        language = self.words.language
        level = next((choice.name.in_(language) for choice in item.choices if choice.id == score.level), "–")
        what = f"{self.say(mark('Bonus'))}: {item.name.in_(language)}"
        times = f": {level}" if item.choices else f" × {score.count}"
        return f"  {self.record.form.notation.written(score.points):>{_WIDTH}}  {what}{times}"

    def allowed(self, veto: Veto, names: Mapping[str, str]) -> str:
        wording = RuleWording(names, self.words.gettext)
        total = "" if veto.total is None else f"{self.say(mark('Total'))} {wording.formula(veto.total)}"
        return self.say(mark(", ")).join(text for text in (veto.grade, total) if text)

    def result(self) -> str:
        card, still_open = self.record.card, self.say(mark("open"))
        total = still_open if card.total is None else card.form.notation.written(card.total)
        grade = f"   {self.say(mark('Grade'))} {card.grade or still_open}" if card.form.grades else ""
        return f"{self.say(mark('Total'))} {total}{grade}"

    def results(self, section: str, names: Mapping[str, str]) -> Iterator[str]:
        """Yield the results of a section, or of the form (an empty text), also those that are confidential: this is no report."""
        for result, score in self.record.card.scored_results:
            if result.section == section:
                value = result_value(result, score, self.record.form.signed, self.words)
                yield f"  {value or self.say(mark('open')):>{_WIDTH}}  {result.name.in_(self.words.language)}"
                yield from self.working(score.steps, names)

    def working(self, steps: Iterable[Step], names: Mapping[str, str]) -> Iterator[str]:
        for step in steps:
            line = explain_on_screen(step, names, self.words.gettext, self.record.form.notation)
            working = " = ".join(part for part in (line.formula, line.numbers, line.value) if part)
            yield self.dim(f"{'':{_INDENT}}{line.label}" + (f": {working}" if working else ""))

    @property
    def width(self) -> int:
        """The width of the column of points with the codes that make them bold."""
        return _WIDTH + (len(self.bold("")) if self.paint else 0)

    def say(self, message: str) -> str:
        return self.words.gettext(message)

    def bold(self, text: str) -> str:
        return f"\x1b[1m{text}\x1b[0m" if self.paint else text

    def dim(self, text: str) -> str:
        return f"\x1b[2m{text}\x1b[0m" if self.paint else text
