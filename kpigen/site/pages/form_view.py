"""A form as readers see it: all texts, numbers and origins of a rule file, and what the engine derives from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from kpigen.document.nodes import MappingNode, Node, Scalar
from kpigen.files.rules.examples import filled_in
from kpigen.i18n.messages import Messages, mark
from kpigen.i18n.words import CYCLES, HEAD, ROLES, TYPES
from kpigen.model.forms import BonusItem, Example, Form, Indicator, Input, InputType, Range, Section, ShownAs, Veto
from kpigen.model.ranges import range_symbols
from kpigen.model.reviews import Metrics
from kpigen.model.scores import Scorecard
from kpigen.numbers import formula
from kpigen.numbers.quantities import with_minuses
from kpigen.scoring.attainable import Most, most_raw, unreachable_cap
from kpigen.scoring.explain import names_of, names_of_form
from kpigen.scoring.input_words import choice_name, notes_of
from kpigen.scoring.methods.base import method_of
from kpigen.scoring.score import score
from kpigen.scoring.wording import RuleWording
from kpigen.site.pages.band_table import BandTable, band_tables_of
from kpigen.site.pages.beyond_rows import Beyond, LabelledValue, beyond_rows, row_notes
from kpigen.site.pages.card import OriginView, origin_view, origins_of, weight_of
from kpigen.site.pages.columns import ColumnView, columns_of
from kpigen.site.pages.outlook import CurveView, curves_of_example
from kpigen.site.pages.report import bands_of, outcome_notes


@dataclass(frozen=True)
class ChoiceLine:
    """One choice of an input."""

    id: str
    name: str
    text: str


@dataclass(frozen=True)
class AnchorLine:
    """A range of an input: its name and meaning."""

    range: str
    name: str
    text: str


@dataclass(frozen=True)
class IndicatorExample:
    """A worked example of an indicator: metrics as written in a review, and the raw score."""

    metrics: str
    raw: str


@dataclass(frozen=True)
class GradeLine:
    """A grade and its range of totals."""

    grade: str
    range: str


@dataclass(frozen=True)
class OutcomeLine:
    """What a grade leads to."""

    grade: str
    text: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class BonusLine:
    """A bonus item: the points each time with their sign, and the maximum number of times."""

    name: str
    text: str
    points: str
    at_most: str
    origin: OriginView | None


@dataclass(frozen=True)
class VetoLine:
    """A veto: its condition, the best grade that it allows (empty: any), the total that it sets (empty: none)."""

    name: str
    text: str
    when: str
    grade: str
    total: str
    origin: OriginView | None


@dataclass(frozen=True)
class FormExample:
    """A worked example of the whole form: its metrics line by line, the total and the grade."""

    metrics: tuple[LabelledValue, ...]
    total: str
    grade: str


@dataclass(frozen=True)
class PaperColumns:
    """The columns of the paper form, from a section on. `section` is empty if there is only one."""

    section: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class InputLine:
    """An input as the rule page describes it."""

    id: str
    name: str
    type: str
    range: str
    unit: str
    confidential: bool
    choices: tuple[ChoiceLine, ...]
    fields: tuple[InputLine, ...]
    help: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class IndicatorView:
    """An indicator as the rule page describes it."""

    id: str
    number: str
    name: str
    other_name: str
    weight: str
    out_of: str
    definition: str
    standard: str
    focus: str
    target: str
    inputs: tuple[InputLine, ...]
    limits: tuple[str, ...]
    warnings: tuple[str, ...]
    when_zero: tuple[LabelledValue, ...]
    measure: str
    parameters: tuple[LabelledValue, ...]
    most: str
    unreachable: str
    shown_as: str
    at_least: int
    trimmed: str
    anchors: tuple[AnchorLine, ...]
    record: str
    provider: str
    notes: tuple[str, ...]
    says: tuple[str, ...]
    is_scored: bool
    origins: tuple[OriginView, ...]
    examples: tuple[IndicatorExample, ...]
    curves: tuple[CurveView, ...]
    curves_example: int
    bands: tuple[BandTable, ...]


@dataclass(frozen=True)
class FormSection:
    """A section of the rule page."""

    name: str
    weight: str
    indicators: tuple[IndicatorView, ...]


@dataclass(frozen=True)
class FormView:
    """A version of a form."""

    id: str
    version: str
    key: str
    title: str
    summary: str
    cycle: str
    digest: str
    by_weight: bool
    grades: tuple[GradeLine, ...]
    sections: tuple[FormSection, ...]
    notes: tuple[str, ...]
    derived: tuple[str, ...]
    confirmations: tuple[str, ...]
    requires_narrative: bool
    advises_comments: bool
    outcome_text: str
    outcomes: tuple[OutcomeLine, ...]
    bonus: tuple[BonusLine, ...]
    bonus_cap: str
    vetoes: tuple[VetoLine, ...]
    origins: tuple[OriginView, ...]
    head: tuple[str, ...]
    columns: tuple[PaperColumns, ...]
    total: str
    signatures: tuple[str, ...]
    examples: tuple[FormExample, ...]
    beyond: Beyond


def form_view(form: Form, most: Most, words: Messages) -> FormView:
    """Return a version of a form in a language. `most` is its highest possible total."""
    language = words.language
    number = 0
    sections = []
    names = names_of_form(form, language, words.gettext)
    scored = [_ScoredExample.of(form, example) for example in form.examples]
    for section in form.sections:
        indicators = []
        for indicator in section.indicators:
            number += 1
            indicators.append(_indicator(form, indicator, number, scored, words))
        sections.append(
            FormSection(
                name=section.name.in_(language) if section.name else "",
                weight=_section_weight(section, form, words),
                indicators=tuple(indicators),
            )
        )
    general = ("cycle", "grades", "confirmations", "outcomes", "out_of")
    return FormView(
        id=form.id,
        version=form.version,
        key=form.key,
        title=form.title.in_(language),
        summary=form.summary.in_(language) if form.summary else "",
        cycle=cycles_of(form, words),
        digest=form.digest,
        by_weight=form.by_weight,
        grades=_grades(form, words),
        sections=tuple(sections),
        notes=tuple(note.in_(language) for note in form.notes),
        derived=_derived(form, most, words),
        confirmations=tuple(words.gettext(ROLES[role]) for role in form.confirmations),
        requires_narrative=form.requires_narrative,
        advises_comments=form.advises_comments,
        outcome_text=form.outcome_text.in_(language) if form.outcome_text else "",
        outcomes=_outcomes(form, words),
        bonus=tuple(_bonus(item, words) for item in form.bonus),
        bonus_cap="" if form.bonus_cap is None else words.number(form.bonus_cap),
        vetoes=tuple(_veto(veto, names, words) for veto in form.vetoes),
        origins=tuple(origin_view(key, form.origins[key], words) for key in general if key in form.origins),
        head=tuple(words.gettext(HEAD[key]) for key in form.print.head),
        columns=_columns(form, words),
        total=form.print.total.in_(language) if form.print.total else words.gettext(mark("Total")),
        signatures=tuple(box.name.in_(language) for box in form.print.signatures),
        examples=tuple(_example(form, example, words) for example in form.examples),
        beyond=beyond_rows(form, names, words),
    )


def _section_weight(section: Section, form: Form, words: Messages) -> str:
    """Return the weight of a section; empty if none of its rows has one."""
    weights = [item.weight for item in section.indicators if item.is_weighted]
    total = sum(weights, Fraction(0))
    return weight_of(total, form, words, total) if form.weights_in_percent else words.number(total) if weights else ""


def _bonus(item: BonusItem, words: Messages) -> BonusLine:
    language = words.language
    levels = (choice_name(choice, language, words.gettext) for choice in item.choices)
    return BonusLine(
        name=item.name.in_(language),
        text=item.text.in_(language) if item.text else "",
        points=words.gettext(mark(", ")).join(levels)
        if item.choices
        else ("+" if item.points > 0 else "") + words.number(item.points),
        at_most="" if item.at_most is None else str(item.at_most),
        origin=origin_view("bonus", item.origin, words) if item.origin else None,
    )


def _columns(form: Form, words: Messages) -> tuple[PaperColumns, ...]:
    """Return the columns of the paper form, once for each run of sections with the same columns."""
    found = []
    before: tuple[ColumnView, ...] | None = None
    for section in form.sections:
        columns = columns_of(form, section, words)
        if columns != before:
            name = section.name.in_(words.language) if section.name and len(form.sections) > 1 else ""
            found.append(PaperColumns(section=name, names=tuple(column.name for column in columns)))
        before = columns
    return tuple(found)


def cycles_of(form: Form, words: Messages) -> str:
    """Return the kinds of period that a form assesses, in words."""
    if len(form.cycles) == len(CYCLES):
        return words.gettext(mark("any period"))
    return " / ".join(words.gettext(CYCLES[cycle.value]) for cycle in form.cycles)


def _grades(form: Form, words: Messages) -> tuple[GradeLine, ...]:
    """Return each grade with its range of totals; a form without grades has none."""
    return tuple(
        GradeLine(grade.name, totals if len(form.grades) > 1 else words.gettext(mark("any total")))
        for grade, totals in zip(form.grades, bands_of(form, words), strict=True)
    )


def _outcomes(form: Form, words: Messages) -> tuple[OutcomeLine, ...]:
    return tuple(
        OutcomeLine(
            grade=grade,
            text=outcome.text.in_(words.language) if outcome.text else "",
            notes=outcome_notes(outcome, words),
        )
        for grade, outcome in form.outcomes.items()
    )


def _derived(form: Form, most: Most, words: Messages) -> tuple[str, ...]:
    """Return what the engine derives from a form, in sentences."""
    notes = []
    if most.value is not None and most.value != form.full:
        message = (
            mark("The most anyone can reach is {value}.")
            if most.exact
            else mark("No more than {value} can be reached.")
        )
        notes.append(words.gettext(message).format(value=words.number(most.value, form.decimals)))
    if most.value is None:
        notes.append(words.gettext(mark("There is no upper limit to the total.")))
    for indicator in form.indicators:
        reachable = unreachable_cap(indicator)
        if reachable is not None and reachable.value is not None:
            message = words.gettext(mark("{name}: the cap of {cap} cannot be reached; the most is {value}."))
            notes.append(
                message.format(
                    name=indicator.name.in_(words.language),
                    cap=words.number(indicator.score.cap or Fraction(0)),
                    value=words.number(reachable.value),
                )
            )
    return tuple(notes)


@dataclass(frozen=True)
class _ScoredExample:
    """A worked example of a form, with its scores."""

    card: Scorecard
    metrics: Metrics

    @classmethod
    def of(cls, form: Form, example: Example) -> _ScoredExample:
        given = filled_in(form, example)
        return cls(score(form, *given)[0], given.metrics)


def _curves(
    indicator: Indicator, scored: Sequence[_ScoredExample], names: Mapping[str, str], words: Messages
) -> tuple[tuple[CurveView, ...], int]:
    """Return an indicator's curves from the first example that has any, and the number of that example."""
    for number, example in enumerate(scored, 1):
        found = curves_of_example(example.card, example.metrics, indicator, names, words)
        if found:
            return found, number
    return (), 0


def _indicator(
    form: Form, indicator: Indicator, number: int, scored: Sequence[_ScoredExample], words: Messages
) -> IndicatorView:
    language = words.language
    names = names_of(indicator, language, words.gettext)
    most, unreachable = most_raw(indicator), unreachable_cap(indicator)
    curves, curves_example = _curves(indicator, scored, names, words)
    other = next((text for code, text in indicator.name.by_language if code != language), "")

    def text(value: object) -> str:
        return value.in_(language) if value is not None else ""  # type: ignore[attr-defined]

    def written(expression: formula.Expression | None) -> str:
        return "" if expression is None else words.durations(RuleWording(names, words.gettext).formula(expression))

    out_of = indicator.out_of if indicator.is_weighted else indicator.most
    return IndicatorView(
        id=indicator.id,
        number=indicator.label or str(number),
        name=indicator.name.in_(language),
        other_name=other,
        weight=_row_weight(indicator, form, words),
        out_of="" if out_of is None else words.number(out_of),
        definition=text(indicator.definition),
        standard=text(indicator.standard),
        focus=text(indicator.focus),
        target=text(indicator.target),
        inputs=tuple(_input(item, indicator.inputs, words) for item in indicator.inputs),
        limits=tuple(written(limit) for limit in indicator.limits),
        warnings=tuple(warning.text.in_(language) for warning in indicator.warnings),
        when_zero=tuple(
            LabelledValue(names.get(name, name), words.number(amount)) for name, amount in indicator.when_zero
        ),
        measure="" if isinstance(indicator.measure, formula.Name) else written(indicator.measure),
        parameters=_parameters(indicator, names, words),
        most="" if most.value is None else words.number(most.value),
        unreachable="" if unreachable is None or unreachable.value is None else words.number(unreachable.value),
        shown_as=text(indicator.shown_as.name) if indicator.shown_as else "",
        at_least=indicator.shown_as.at_least if indicator.shown_as else 0,
        trimmed=_trimmed(indicator.shown_as, words) if indicator.shown_as else "",
        anchors=tuple(
            AnchorLine(range=range_symbols(item.range), name=item.name.in_(language), text=text(item.text))
            for item in indicator.anchors
        ),
        record=text(indicator.record),
        provider=text(indicator.provider),
        notes=tuple(note.in_(language) for note in indicator.notes),
        says=tuple(row_notes(indicator, names, words)),
        is_scored=not indicator.unscored,
        origins=origins_of(indicator, form.origins, names, words),
        examples=tuple(
            IndicatorExample(
                metrics=_written(example.metrics), raw="" if example.raw is None else words.number(example.raw)
            )
            for example in indicator.examples
        ),
        curves=curves,
        curves_example=curves_example,
        bands=tuple(table for table in band_tables_of(indicator, names, words) if table.is_two_way),
    )


def _row_weight(indicator: Indicator, form: Form, words: Messages) -> str:
    """Return the weight of a row as its file gives it; empty if it has none, or each review says it."""
    if not indicator.is_weighted or indicator.weight_from:
        return ""
    written = weight_of(indicator.weight, form, words, indicator.weight)
    return written if form.weights_in_percent or "/" in written else words.number(indicator.weight)


def _trimmed(shown_as: ShownAs, words: Messages) -> str:
    """Return which ratings a shown mean leaves out; empty if none."""
    told = mark("The {trim} highest and the {trim} lowest of a group of at least {from} are left out.")
    values = {"trim": shown_as.trim, "from": shown_as.trim_from}
    return words.gettext(told).format(**values) if shown_as.trim else ""


def _parameters(indicator: Indicator, names: Mapping[str, str], words: Messages) -> tuple[LabelledValue, ...]:
    """Return an indicator's method and its parameters as labels and texts, with durations written for the language."""
    lines = method_of(indicator).described(indicator.measure_unit, RuleWording(names, words.gettext))
    return tuple(LabelledValue(label, words.durations(with_minuses(text))) for label, text in lines)


def _input(item: Input, beside: Iterable[Input], words: Messages) -> InputLine:
    language = words.language
    unit = item.unit.in_(language) if item.unit else ""
    choices = tuple(
        ChoiceLine(
            id=choice.id,
            name=choice_name(choice, language, words.gettext),
            text=choice.text.in_(language) if choice.text else "",
        )
        for choice in item.choices
    )
    shown = "" if item.range == Range() else words.durations(range_symbols(item.range, item.type.unit))
    return InputLine(
        id=item.id,
        name=item.name.in_(language),
        type=words.gettext(TYPES[item.type.value]),
        range=shown if item.type is not InputType.CHOICE else "",
        unit=unit,
        confidential=item.confidential,
        choices=choices,
        fields=tuple(_input(field, item.fields, words) for field in item.fields),
        help=item.help.in_(language) if item.help else "",
        notes=tuple(map(words.durations, notes_of(item, beside, language, words.gettext))),
    )


def _veto(veto: Veto, names: Mapping[str, str], words: Messages) -> VetoLine:
    wording = RuleWording(names, words.gettext)
    return VetoLine(
        name=veto.name.in_(words.language),
        text=veto.text.in_(words.language) if veto.text else "",
        when=wording.formula(veto.when),
        grade=veto.grade,
        total="" if veto.total is None else wording.formula(veto.total),
        origin=origin_view("veto", veto.origin, words) if veto.origin else None,
    )


def _example(form: Form, example: Example, words: Messages) -> FormExample:
    metrics = example.metrics
    lines = []
    for key, node in metrics.items if isinstance(metrics, MappingNode) else ():
        indicator = form.indicator(key.text)
        lines.append(LabelledValue(indicator.name.in_(words.language) if indicator else key.text, _written(node)))
    results = {item.id: item.name.in_(words.language) for item in form.results}
    for extra in (example.employee, example.not_applicable, example.bonus, example.results):
        lines += [
            LabelledValue(results.get(key.text, key.text) if extra is example.results else key.text, _written(node))
            for key, node in (extra.items if isinstance(extra, MappingNode) else ())
        ]
    return FormExample(
        metrics=tuple(lines),
        total="" if example.total is None else words.points(example.total, form.notation),
        grade=example.grade or "",
    )


def _written(node: object) -> str:
    """Return an example's value as written in a review, on one line."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, MappingNode):
        return "{" + ", ".join(f"{key.text}: {_written(value)}" for key, value in node.items) + "}"
    items: tuple[Node, ...] = getattr(node, "items", ())
    return "[" + ", ".join(_written(item) for item in items) + "]"
