"""The card of a report: every indicator with its inputs, result and working. HTML and PDF show the same card."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from urllib.parse import quote

from markupsafe import Markup

from kpigen.base.markdown import render_inline
from kpigen.i18n.messages import Messages, mark
from kpigen.model.forms import Anchor, BonusItem, Form, Indicator, Input, InputType, Origin, Section, Text
from kpigen.model.reviews import Auto, Evidence, InputValue, Review
from kpigen.model.scores import BonusScore, IndicatorScore, Scorecard
from kpigen.numbers.formula import Numbers
from kpigen.numbers.quantities import Unit, exact, show, with_minus
from kpigen.repository.records import Record
from kpigen.scoring.explain import names_of, names_of_form
from kpigen.scoring.filled import filled
from kpigen.scoring.methods import NUMBER_NAMES
from kpigen.scoring.methods.base import method_of
from kpigen.scoring.origins import origins_for
from kpigen.scoring.score import shown_of
from kpigen.scoring.taken import by_period
from kpigen.site.pages.band_table import BandTable, band_tables_of
from kpigen.site.pages.columns import CellView, ColumnView, Filled, cells_of, columns_of, foots_of
from kpigen.site.pages.outlook import CurveView, StepView, curves_of, row_steps
from kpigen.site.pages.page import evidence_place
from kpigen.site.pages.working import SpokenSteps, working_of

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
    """One input: its name and value. Lists have a table of entries instead of a value, written texts their paragraphs.

    If there is a value beside the entries, it says the same on one line, as a paper shows it.
    The entries of a list are named if each begins with a text.
    """

    id: str
    name: str
    value: str
    unit: str = ""
    heads: tuple[str, ...] = ()
    entries: tuple[tuple[str, ...], ...] = ()
    paragraphs: tuple[str, ...] = ()
    is_named: bool = True


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

    `of` is the most that its points are out of, its weight mostly, and empty if nothing is the most; `share` is points as a
    percentage of it, 0 to 100. `not_applicable` is the reason why the indicator does not apply (None: it applies). One that
    `is_left_out` needs no reason: the plan of this person does not have it. One that `is_unscored` has no points. `level` is
    the id of the one of `levels` that contains the indicator's number. `own` is the self-assessment (None: missing). `cells` has
    what columns of the paper form show that each show a single thing of it.
    """

    id: str
    number: str
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
    of: str
    points: str | None
    share: int | None
    not_applicable: str | None
    is_left_out: bool
    is_unscored: bool
    level: LevelView | None
    levels: Mapping[str, LevelView]
    comment: Markup
    evidence: tuple[EvidenceView, ...]
    working: SpokenSteps
    origins: tuple[OriginView, ...]
    notes: tuple[str, ...]
    own: OwnView | None
    curves: tuple[CurveView, ...]
    steps: tuple[StepView, ...]
    bands: tuple[BandTable, ...]
    cells: Mapping[ColumnView, CellView]


@dataclass(frozen=True)
class SectionView:
    """A section of the card: its id, its name (empty if the form has one section), its points (None: open).

    A section of rows that are only written is not scored. `total_name` is what its points are called below its rows. `of` is the
    most that they are out of, and empty if nothing is; `share` is points as a percentage of it; `weight` is written
    as those of rows. If it `has_formula`, its points are no sum, and `working` says how they came about. `columns` are those of
    the paper form, `foots` what stands below each of them.
    """

    id: str
    name: str
    total_name: str
    has_own_name: bool
    is_scored: bool
    points: str | None
    of: str
    weight: str
    share: int | None
    has_formula: bool
    working: SpokenSteps
    rows: tuple[RowView, ...]
    columns: tuple[ColumnView, ...]
    foots: tuple[str, ...]

    @property
    def is_shown(self) -> bool:
        """Whether this person's plan has any of its rows."""
        return not all(row.is_left_out for row in self.rows)


@dataclass(frozen=True)
class BonusView:
    """A bonus item: its name, points each time, number of times or what it is judged as, points that count."""

    name: str
    each: str
    count: str
    points: str
    capped: bool
    text: str


def sections_of(record: Record, words: Messages) -> tuple[SectionView, ...]:
    """Return the card of a record in a language."""
    number, sections = 0, []
    names = names_of_form(record.titled, words.language, words.gettext)
    for section in record.titled.sections:
        columns, rows = columns_of(record.titled, section, words), []
        for indicator in section.indicators:
            number += 1
            rows.append(row_of(record, indicator, number, columns, words))
        sections.append(_section(record, section, tuple(rows), columns, names, words))
    return tuple(sections)


def _section(
    record: Record,
    section: Section,
    rows: tuple[RowView, ...],
    columns: tuple[ColumnView, ...],
    names: Mapping[str, str],
    words: Messages,
) -> SectionView:
    form, score = record.form, next(item for item in record.card.sections if item.id == section.id)
    results = [record.card.indicator(item.id) for item in section.indicators]
    most = None if section.total else _most_together(section.indicators, results)
    return SectionView(
        id=section.id,
        name=_text(section.name, words),
        total_name=_text(section.total_name, words) or _sum_name(section, words),
        has_own_name=section.total_name is not None,
        is_scored=not all(item.unscored for item in results),
        points=None if score.points is None else words.points(score.points, form.notation),
        of="" if most is None else words.number(most),
        weight=_weight(section.indicators, results, form, words),
        share=_share(score.points, most),
        has_formula=section.total is not None,
        working=working_of(score.steps, names, form.notation, words),
        rows=rows,
        columns=columns,
        foots=_foots(record, columns, section.indicators, words),
    )


def _sum_name(section: Section, words: Messages) -> str:
    name = mark("Sum of {section}") if section.total is None else mark("{section}: points")
    return words.gettext(name).format(section=_text(section.name, words)) if section.name else ""


def _foots(
    record: Record, columns: tuple[ColumnView, ...], rows: Iterable[Indicator], words: Messages
) -> tuple[str, ...]:
    counted = [Filled(row, record.card.indicator(row.id), record.metrics.get(row.id, {})) for row in rows]
    return foots_of(columns, counted, record.form, words)


def card_weight(form: Form, words: Messages) -> str:
    """Return the weight of the whole form, as paper prints it below those of the rows; empty if no row has one."""
    return weight_of(form.full, form, words) if form.full is not None and form.has_weights else ""


def card_foots(record: Record, words: Messages) -> tuple[str, ...]:
    """Return what stands on paper below each column of the last section, of all rows of the form.

    That is nothing where the total is no sum: beside it, the sum or mean of all rows would mislead.
    """
    form = record.titled
    if form.total is not None or any(section.total is not None for section in form.sections):
        return ()
    return _foots(record, columns_of(form, form.sections[-1], words), form.indicators, words)


def _most(indicator: Indicator, result: IndicatorScore) -> Fraction | None:
    """Return the most that the points of a row are out of: its weight, or what its rule file gives; None if nothing is."""
    return result.weight if indicator.is_weighted else indicator.most


def _most_together(rows: Sequence[Indicator], results: Sequence[IndicatorScore]) -> Fraction | None:
    """Return what the points of rows are out of together; None if nothing is the most of one of them that applies."""
    found = [
        _most(row, result)
        for row, result in zip(rows, results, strict=True)
        if row.is_weighted or not (result.not_applicable or result.unscored)
    ]
    known = [value for value in found if value is not None]
    return sum(known, Fraction(0)) if len(known) == len(found) and found else None


def _weight(rows: Sequence[Indicator], results: Sequence[IndicatorScore], form: Form, words: Messages) -> str:
    """Return the weight of rows together; empty if none has one."""
    weights = [result.weight for row, result in zip(rows, results, strict=True) if row.is_weighted]
    return weight_of(sum(weights, Fraction(0)), form, words) if weights else ""


def weight_of(value: Fraction, form: Form, words: Messages, written: Fraction | None = None) -> str:
    """Write a weight as its form does: `7.5%` of the full marks, or a number with two decimals at most.

    One that is as `written` in the rule file may be a fraction: `1/3`. What others' weights were added to is none.
    """
    if form.weights_in_percent and form.full:
        return words.quantity(value / form.full, Unit.PERCENT, 2).lstrip("≈")
    text = exact(value)
    return text if "/" in text and value == written else words.number(value, 2)


def row_of(
    record: Record, indicator: Indicator, number: int, columns: Iterable[ColumnView], words: Messages
) -> RowView:
    """Return one indicator of a record. `number` is its place in the form, `columns` are those of its section on paper."""
    review, form, result = record.review, record.form, record.card.indicator(indicator.id)
    values = record.metrics.get(indicator.id, {})
    names = names_of(indicator, words.language, words.gettext)
    levels = {item.id: _level(item, words) for item in indicator.anchors}
    reason = review.not_applicable.get(indicator.id) if result.not_applicable else None
    most = _most(indicator, result)
    is_weighted = indicator.is_weighted and not result.unscored
    is_left_out = result.not_applicable and reason is None
    return RowView(
        id=indicator.id,
        number=indicator.label or str(number),
        name="" if is_left_out and indicator.named else indicator.name.in_(words.language),
        definition=_text(indicator.definition, words),
        standard=_text(indicator.standard, words),
        focus=_text(indicator.focus, words),
        target=_text(indicator.target, words) or _target(indicator, words),
        record=_text(indicator.record, words),
        provider=_text(indicator.provider, words),
        inputs=inputs_of(indicator, values, words, record),
        raw=None if result.raw is None else words.number(result.raw),
        weight=weight_of(result.weight, form, words, result.base_weight) if is_weighted else "",
        base_weight=weight_of(result.base_weight, form, words, result.base_weight) if is_weighted else "",
        of="" if most is None or result.unscored else words.number(most, max(2, form.decimals)),
        points=None if result.points is None else words.points(result.points, form.notation),
        share=_share(result.points, most),
        not_applicable=reason,
        is_left_out=is_left_out,
        is_unscored=result.unscored,
        level=next((levels[item.id] for item in indicator.anchors if _holds(item, values)), None),
        levels=levels,
        comment=render_inline(review.comments.get(indicator.id, "")),
        evidence=tuple(_evidence(review, item) for item in review.evidence.get(indicator.id, ())),
        working=working_of(result.steps, names, form.notation, words),
        origins=origins_of(indicator, form.origins, names, words),
        notes=tuple(note.in_(words.language) for note in indicator.notes),
        own=_own(record.self_card, result, review, indicator, words),
        curves=curves_of(record, indicator, names, words),
        steps=row_steps(record, indicator, words),
        bands=band_tables_of(indicator, names, words, None if result.not_applicable else values),
        cells=cells_of(columns, Filled(indicator, result, values), form, words),
    )


def _seen(indicator: Indicator, values: Mapping[str, InputValue]) -> Iterator[Input]:
    """Yield the inputs that have a value which everybody who reads the report may see."""
    for item in indicator.inputs:
        if item.id in values and not item.confidential and not isinstance(values[item.id], Auto):
            yield item


def inputs_of(
    indicator: Indicator, values: Mapping[str, InputValue], words: Messages, record: Record | None = None
) -> tuple[InputView, ...]:
    """Return the inputs of an indicator as its readers may see them: confidential ones only as one mean.

    With the record whose values they are, own totals that were taken by `auto` are named by their periods.
    """
    views = [
        (record and _taken(record, indicator, item, words))
        or _input(item, values[item.id], words, indicator.unscored or item.agreed)
        for item in _seen(indicator, values)
    ]
    shown = shown_of(indicator, values)
    if shown and indicator.shown_as:
        count = words.ngettext("{count} rating", "{count} ratings", shown.count).format(count=shown.count)
        views.append(
            InputView(
                indicator.shown_as.id, indicator.shown_as.name.in_(words.language), f"{show(shown.mean)} ({count})"
            )
        )
    return tuple(views)


def _taken(record: Record, indicator: Indicator, item: Input, words: Messages) -> InputView | None:
    """Return the own totals that an input took, and the periods without one; None if it did not take any."""
    value = record.review.metrics.get(indicator.id, {}).get(item.id)
    if not isinstance(value, Auto) or not value.rule.is_own:
        return None
    none = words.gettext(mark("none"))
    found = [
        (period, with_minus(number) or none)
        for period, number in by_period(record.review, f"{indicator.id}.{item.id}", value.rule, record.taken)
    ]
    said = words.gettext(mark(", ")).join(f"{words.short_period(period)} {number}" for period, number in found)
    heads = (mark("Period"), mark("Points") if value.rule.indicator else mark("Total"))
    entries = tuple((words.period(period), number) for period, number in found)
    return InputView(item.id, item.name.in_(words.language), said, "", tuple(map(words.gettext, heads)), entries)


def _input(item: Input, value: InputValue, words: Messages, is_given: bool) -> InputView:
    """Return an input. Money that is only given, not scored, is written as an amount to pay."""
    name = item.name.in_(words.language)
    if isinstance(value, tuple):
        heads = tuple(field.name.in_(words.language) for field in item.fields)
        entries = tuple(
            tuple(value_in_words(field, row.get(field.id), words) for field in item.fields)
            for row in (filled(item.fields, row) for row in value)
        )
        is_named = item.fields[0].type in (InputType.TEXT, InputType.CHOICE)
        return InputView(item.id, name, "", "", heads, entries, is_named=is_named)
    if item.type is InputType.TEXT:
        return InputView(item.id, name, "", paragraphs=tuple(line for line in str(value).splitlines() if line.strip()))
    unit = _text(item.unit, words)
    if is_given and item.type is InputType.MONEY and isinstance(value, Fraction):
        return InputView(item.id, name, words.money(value), unit)
    return InputView(item.id, name, value_in_words(item, value, words), unit)


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
    target = None if indicator.unscored else method_of(indicator).aim
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
    return tuple(_bonus(items[result.id], result, record.form, words) for result in record.card.bonus)


def _bonus(item: BonusItem, result: BonusScore, form: Form, words: Messages) -> BonusView:
    level = next((choice for choice in item.choices if choice.id == result.level), None)
    each = words.number(item.points)
    if item.choices:
        each = "–" if level is None or level.points is None else words.number(level.points)
    return BonusView(
        name=item.name.in_(words.language),
        each=each,
        count=(level.name.in_(words.language) if level else "–") if item.choices else str(result.count),
        points=words.points(result.points, form.notation),
        capped=result.capped,
        text=_text(item.text, words),
    )


def _text(text: Text | None, words: Messages) -> str:
    return text.in_(words.language) if text else ""


def _share(points: Fraction | None, most: Fraction | None) -> int | None:
    """Return points as a percentage of the most, 0 to 100, for a bar. None if there is nothing to show."""
    if points is None or not most:
        return None
    return round(min(max(points / most, Fraction(0)), Fraction(1)) * 100)
