"""The card of a report: every indicator with its inputs, result and working. HTML and PDF show the same card."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from urllib.parse import quote

from markupsafe import Markup

from kpigen.base.markdown import render_inline
from kpigen.i18n.messages import Messages, Translate, mark
from kpigen.model.forms import Anchor, Column, Form, Indicator, Input, InputType, Origin, Section, Text
from kpigen.model.reviews import Auto, Evidence, InputValue, Review
from kpigen.model.scores import IndicatorScore, Scorecard, Step
from kpigen.numbers.formula import Numbers
from kpigen.numbers.notation import Notation
from kpigen.numbers.quantities import show, with_minus
from kpigen.repository.records import Record
from kpigen.scoring.explain import WorkingLine, explain, explain_on_screen, names_of
from kpigen.scoring.filled import filled
from kpigen.scoring.methods import NUMBER_NAMES
from kpigen.scoring.methods.base import method_of
from kpigen.scoring.origins import origins_for
from kpigen.scoring.score import shown_of
from kpigen.scoring.taken import by_period
from kpigen.site.pages.outlook import CurveView, StepView, curves_of, step_view, steps_of
from kpigen.site.pages.page import evidence_place

ORIGINS = {
    "source": mark("from the reference"),
    "reconstructed": mark("reconstructed from the reference"),
    "chosen": mark("chosen by us"),
}

ORIGIN_LABELS = {
    "name": mark("Indicator name"),
    "weight": mark("Weight"),
    "inputs": mark("Inputs"),
    "limits": mark("Limits"),
    "when_zero": mark("Nothing due"),
    "measure": mark("Formula"),
    "score": mark("Scoring"),
    "evidence": mark("Evidence"),
    "cycle": mark("Cycle"),
    "grades": mark("Grades"),
    "confirmations": mark("Confirmations"),
    "outcomes": mark("Outcomes"),
    "bonus": mark("Bonus"),
    "veto": mark("Veto"),
    "out_of": mark("Out of"),
    "cap": mark("cap"),
    "floor": mark("floor"),
    **NUMBER_NAMES,
}


@dataclass(frozen=True)
class OriginView:
    """The origin of a name or number, in words."""

    what: str
    kind: str
    says: str
    quote: str
    note: str


@dataclass(frozen=True)
class InputView:
    """One input: its name and value. Lists have a table of entries instead of a value."""

    name: str
    value: str
    unit: str = ""
    heads: tuple[str, ...] = ()
    entries: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class EvidenceView:
    """An evidence file or link: its name, and its path in the site or its URL."""

    name: str
    href: str
    is_link: bool


@dataclass(frozen=True)
class LevelView:
    """A named range of an indicator's number: its id, its name, and the text that the form prints for it."""

    id: str
    name: str
    text: str


@dataclass(frozen=True)
class OwnView:
    """The self-assessment of an indicator: inputs, points (None: open), and the difference in points (None: no difference)."""

    inputs: tuple[InputView, ...]
    points: str | None
    difference: str | None


@dataclass(frozen=True)
class RowView:
    """One indicator on the card. Numbers are texts as printed; None means open.

    `share` is points as a percentage of the weight, 0 to 100. `not_applicable` is the reason why the indicator does not
    apply (None: it applies). `level` is the id of the one of `levels` that contains the indicator's number. `own` is the
    self-assessment (None: missing).
    """

    id: str
    number: int
    name: str
    definition: str
    standard: str
    focus: str
    target: str
    record: str
    provider: str
    inputs: tuple[InputView, ...]
    raw: str | None
    weight: str
    base_weight: str
    points: str | None
    share: int | None
    not_applicable: str | None
    level: LevelView | None
    levels: Mapping[str, LevelView]
    comment: Markup
    evidence: tuple[EvidenceView, ...]
    lines: tuple[WorkingLine, ...]
    lines_on_paper: tuple[WorkingLine, ...]
    origins: tuple[OriginView, ...]
    notes: tuple[str, ...]
    own: OwnView | None
    curves: tuple[CurveView, ...]
    steps: tuple[StepView, ...]


@dataclass(frozen=True)
class SectionView:
    """A section of the card: name (empty if the form has one section), sums of points (None: open) and weight, points as a
    percentage of the weight, rows, and the columns of the paper form."""

    name: str
    points: str | None
    weight: str
    share: int | None
    rows: tuple[RowView, ...]
    columns: tuple[ColumnView, ...]


@dataclass(frozen=True)
class ColumnView:
    """A column of the paper form: the kind of its content, and its heading."""

    show: str
    name: str
    anchor: str


@dataclass(frozen=True)
class BonusView:
    """A bonus item: its name, points each time, number of times, points in total."""

    name: str
    each: str
    count: str
    points: str
    capped: bool
    text: str


COLUMN_NAMES = {
    "section": mark("Section"),
    "number": mark("No."),
    "name": mark("Indicator"),
    "focus": mark("Focus"),
    "definition": mark("Definition"),
    "standard": mark("Standard"),
    "target": mark("Target"),
    "cycle": mark("Cycle"),
    "record": mark("Record"),
    "provider": mark("Provided by"),
    "actual": mark("Actual"),
    "raw": mark("Score"),
    "weight": mark("Weight"),
    "points": mark("Points"),
    "comment": mark("Comment"),
    "anchor": mark("Level"),
}


def sections_of(record: Record, words: Messages) -> tuple[SectionView, ...]:
    """Return the card of a record in a language."""
    number = 0
    sections = []
    for section in record.form.sections:
        rows = []
        for indicator in section.indicators:
            number += 1
            rows.append(row_of(record, indicator, number, words))
        results = [record.card.indicator(item.id) for item in section.indicators]
        points = sum((item.points for item in results if item.points is not None), Fraction(0))
        is_open = any(item.points is None and not item.not_applicable for item in results)
        weight = sum((item.weight for item in results), Fraction(0))
        sections.append(
            SectionView(
                _text(section.name, words),
                None if is_open else words.points(points, record.form.notation),
                words.number(weight),
                _share(points, weight),
                tuple(rows),
                columns_of(record.form, section, words),
            )
        )
    return tuple(sections)


def columns_of(form: Form, section: Section, words: Messages) -> tuple[ColumnView, ...]:
    """Return the paper form's columns for a section."""
    return tuple(column_of(column, words) for column in (section.columns or form.print.columns))


def column_of(column: Column, words: Messages) -> ColumnView:
    """Return a column with its heading."""
    name = column.name.in_(words.language) if column.name else words.gettext(COLUMN_NAMES[column.show])
    return ColumnView(column.show, name, column.anchor)


def row_of(record: Record, indicator: Indicator, number: int, words: Messages) -> RowView:
    """Return one indicator of a record."""
    review, result = record.review, record.card.indicator(indicator.id)
    values = record.metrics.get(indicator.id, {})
    names = names_of(indicator, words.language, words.gettext)
    levels = {item.id: _level(item, words) for item in indicator.anchors}
    return RowView(
        id=indicator.id,
        number=number,
        name=indicator.name.in_(words.language),
        definition=_text(indicator.definition, words),
        standard=_text(indicator.standard, words),
        focus=_text(indicator.focus, words),
        target=_text(indicator.target, words) or _target(indicator, words),
        record=_text(indicator.record, words),
        provider=_text(indicator.provider, words),
        inputs=inputs_of(indicator, values, words, record),
        raw=None if result.raw is None else words.number(result.raw),
        weight=words.number(result.weight, 2),
        base_weight=words.number(indicator.weight, 2),
        points=None if result.points is None else words.points(result.points, record.form.notation),
        share=_share(result.points, result.weight),
        not_applicable=review.not_applicable.get(indicator.id) if result.not_applicable else None,
        level=next((levels[item.id] for item in indicator.anchors if _holds(item, values)), None),
        levels=levels,
        comment=render_inline(review.comments.get(indicator.id, "")),
        evidence=tuple(_evidence(review, item) for item in review.evidence.get(indicator.id, ())),
        lines=_lines(explain_on_screen, result, names, record.form.notation, words),
        lines_on_paper=_lines(explain, result, names, record.form.notation, words),
        origins=origins_of(indicator, record.form.origins, names, words),
        notes=tuple(note.in_(words.language) for note in indicator.notes),
        own=_own(record.self_card, result, review, indicator, words),
        curves=curves_of(record, indicator, names, words),
        steps=tuple(step_view(step, record, indicator, words) for step in steps_of(record, indicator)),
    )


def inputs_of(
    indicator: Indicator, values: Mapping[str, InputValue], words: Messages, record: Record | None = None
) -> tuple[InputView, ...]:
    """Return the inputs of an indicator as its readers may see them: confidential ones only as one mean.

    With the record whose values they are, own totals that were taken by `auto` are named by their periods.
    """
    views = [
        (record and _taken(record, indicator, item, words)) or _input(item, values[item.id], words)
        for item in indicator.inputs
        if item.id in values and not item.confidential and not isinstance(values[item.id], Auto)
    ]
    shown = shown_of(indicator, values)
    if shown and indicator.shown_as:
        count = words.ngettext("{count} rating", "{count} ratings", shown.count).format(count=shown.count)
        views.append(InputView(indicator.shown_as.name.in_(words.language), f"{show(shown.mean)} ({count})"))
    return tuple(views)


def _taken(record: Record, indicator: Indicator, item: Input, words: Messages) -> InputView | None:
    """Return the own totals that an input took, and the periods without one; None if it did not take any."""
    value = record.review.metrics.get(indicator.id, {}).get(item.id)
    if not isinstance(value, Auto) or not value.rule.is_own:
        return None
    heads = (mark("Period"), mark("Points") if value.rule.indicator else mark("Total"))
    entries = tuple(
        (words.period(period), with_minus(number) or words.gettext(mark("none")))
        for period, number in by_period(record.review, f"{indicator.id}.{item.id}", value.rule, record.taken)
    )
    return InputView(item.name.in_(words.language), "", "", tuple(map(words.gettext, heads)), entries)


def _input(item: Input, value: InputValue, words: Messages) -> InputView:
    name = item.name.in_(words.language)
    if isinstance(value, tuple):
        heads = tuple(field.name.in_(words.language) for field in item.fields)
        entries = tuple(
            tuple(value_in_words(field, row.get(field.id), words) for field in item.fields)
            for row in (filled(item.fields, row) for row in value)
        )
        return InputView(name, "", "", heads, entries)
    return InputView(name, value_in_words(item, value, words), _text(item.unit, words))


def value_in_words(item: Input, value: object, words: Messages) -> str:
    """Return a value of an input as a report writes it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return words.gettext(mark("yes")) if value else words.gettext(mark("no"))
    if isinstance(value, Fraction):
        return words.quantity(value, item.type.unit)
    if isinstance(value, Numbers):
        return words.gettext(mark(", ")).join(show(number) for number in value.items or ())
    if item.type is InputType.CHOICE:
        return next((choice.name.in_(words.language) for choice in item.choices if choice.id == value), str(value))
    return str(value)


def _holds(anchor: Anchor, values: Mapping[str, InputValue]) -> bool:
    """Return True if the range of an anchor contains an indicator's number, which is its first value."""
    value = next((value for value in values.values() if isinstance(value, Fraction)), None)
    return value is not None and value in anchor.range


def _level(anchor: Anchor, words: Messages) -> LevelView:
    name = anchor.name.in_(words.language)
    return LevelView(anchor.id, name, _text(anchor.text, words) or name)


def _target(indicator: Indicator, words: Messages) -> str:
    target = method_of(indicator).aim
    return "" if target is None else words.durations(show(target, indicator.measure_unit))


def _own(
    card: Scorecard | None, assessed: IndicatorScore, review: Review, indicator: Indicator, words: Messages
) -> OwnView | None:
    """Return the self-assessment of an indicator; None if it is missing."""
    if card is None or review.self_assessment is None:
        return None
    points = card.indicator(indicator.id).points
    inputs = inputs_of(indicator, review.self_assessment.metrics.get(indicator.id, {}), words)
    if points is None:
        return OwnView(inputs, None, None) if inputs else None
    difference = Fraction(0) if assessed.points is None else points - assessed.points
    notation = card.form.notation
    return OwnView(inputs, words.points(points, notation), words.change(difference, notation) if difference else None)


def _lines(
    told: Callable[[Step, Mapping[str, str], Translate, Notation], WorkingLine],
    result: IndicatorScore,
    names: Mapping[str, str],
    notation: Notation,
    words: Messages,
) -> tuple[WorkingLine, ...]:
    lines = (told(step, names, words.gettext, notation) for step in result.steps)
    return tuple(
        WorkingLine(*map(words.durations, (line.label, line.formula, line.numbers, line.value))) for line in lines
    )


def _evidence(review: Review, item: Evidence) -> EvidenceView:
    return EvidenceView(
        item.name, item.name if item.is_link else quote(evidence_place(review, item).file), item.is_link
    )


def origins_of(
    indicator: Indicator, form: Mapping[str, Origin], names: Mapping[str, str], words: Messages
) -> tuple[OriginView, ...]:
    """Return the origins of an indicator's name, weight, scoring numbers and evidence. `names` are as in `names_of`."""
    return tuple(origin_view(key, origin, words, names) for key, origin in origins_for(indicator, form).items())


def origin_view(key: str, origin: Origin, words: Messages, names: Mapping[str, str] | None = None) -> OriginView:
    """Return one origin in words. `names` are the names of inputs and parts, by id."""
    labels = {part: words.gettext(label) for part, label in ORIGIN_LABELS.items()}
    parts = key.split(".")
    said = [
        (names or {}).get(part, part) if before in ("inputs", "parts") else labels.get(part, part)
        for before, part in zip(["", *parts], parts, strict=False)
    ]
    return OriginView(
        " · ".join(said),
        origin.kind.value,
        words.gettext(ORIGINS[origin.kind.value]),
        origin.quote,
        _text(origin.note, words),
    )


def bonus_of(record: Record, words: Messages) -> tuple[BonusView, ...]:
    """Return the bonus items of a record."""
    items = {item.id: item for item in record.form.bonus}
    return tuple(
        BonusView(
            items[result.id].name.in_(words.language),
            words.number(items[result.id].points),
            str(result.count),
            words.points(result.points, record.form.notation),
            result.capped,
            _text(items[result.id].text, words),
        )
        for result in record.card.bonus
    )


def _text(text: Text | None, words: Messages) -> str:
    return text.in_(words.language) if text else ""


def _share(points: Fraction | None, weight: Fraction) -> int | None:
    """Return points as a percentage of weight, 0 to 100, for a bar. None if there is nothing to show."""
    if points is None or not weight:
        return None
    return round(min(max(points / weight, Fraction(0)), Fraction(1)) * 100)
