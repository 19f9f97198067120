"""What a report states: the facts that `kpigen verify` compares, independent of how a page or paper shows them.

They come from the record alone: numbers and dates as values, texts as written, Markdown as rendered text. So a change of
a page, a layout or a wording never changes an answer about a PDF.

If reports come to state something new about a review or its rules, add it here too. Words that are the same in every
report are no facts.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from fractions import Fraction
from typing import NamedTuple

from kpigen.base.markdown import render, render_inline
from kpigen.base.periods import Period, parse_date
from kpigen.diagnostics.diagnostic import shorten
from kpigen.diagnostics.terms import ENTRIES, RESULTS
from kpigen.diagnostics.values import Value, phrase_by_count
from kpigen.i18n.messages import Messages, messages
from kpigen.i18n.words import ROLES
from kpigen.model.forms import Column, Form, Indicator, Input, Origin, Outcome, Result, Section, Text
from kpigen.model.reviews import Auto, FieldChange, InputValue, Review
from kpigen.model.scores import ResultScore, Scorecard, Step
from kpigen.numbers import formula
from kpigen.numbers.formula import Numbers
from kpigen.numbers.notation import Notation
from kpigen.numbers.quantities import show
from kpigen.repository.records import Record
from kpigen.repository.replies import replies_to
from kpigen.scoring.explain import WorkingLine, explain, names_of, names_of_form
from kpigen.scoring.filled import filled
from kpigen.scoring.origins import origins_for
from kpigen.scoring.score import shown_of
from kpigen.scoring.taken import by_period
from kpigen.site.pages.outlook import steps_of
from kpigen.site.pages.report import ReportSetting


@dataclass(frozen=True)
class NamedFact:
    """A value with its key: a field of the head, a name by id, feedback by kind."""

    key: str
    text: str


@dataclass(frozen=True)
class GradeFact:
    """A grade and the lowest total that earns it; None: any total."""

    grade: str
    least: Fraction | None


@dataclass(frozen=True)
class OriginFact:
    """The origin of a name or number."""

    what: str
    kind: str
    quote: str
    note: str


@dataclass(frozen=True)
class InputFact:
    """An input, or for confidential ones what is shown of them. `names` are the names of an entry's fields."""

    name: str
    value: tuple[tuple[object, ...], ...] | InputValue
    unit: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class LevelFact:
    """A named range of an indicator's number, and whether it contains the number."""

    id: str
    name: str
    text: str
    is_reached: bool


@dataclass(frozen=True)
class EvidenceFact:
    """An evidence file or link, by name."""

    name: str
    is_link: bool


@dataclass(frozen=True)
class CurveFact:
    """A scoring curve: the input it runs along (empty: the measured value), and the choices if that input is a choice."""

    along: str
    choices: tuple[str, ...]


@dataclass(frozen=True)
class StepFact:
    """A next step: the input, its value before and after."""

    input: str
    old: InputValue
    new: InputValue


@dataclass(frozen=True)
class IndicatorFact:
    """One indicator: its texts in the form, its inputs and its score. None means open, or absent.

    `label` is its number on paper if that is not its place. `most` is what its points are out of besides a weight. One that does
    not apply without a reason is left out of this person's plan. `working` shows how the points were calculated, with the names
    of the form.
    """

    id: str
    label: str
    name: str
    definition: str
    standard: str
    focus: str
    target: str
    record: str
    provider: str
    inputs: tuple[InputFact, ...]
    raw: Fraction | None
    out_of: Fraction
    weight: Fraction
    base_weight: Fraction
    most: Fraction | None
    points: Fraction | None
    is_unscored: bool
    applies: bool
    not_applicable: str | None
    levels: tuple[LevelFact, ...]
    comment: str
    evidence: tuple[EvidenceFact, ...]
    working: tuple[WorkingLine, ...]
    origins: tuple[OriginFact, ...]
    notes: tuple[str, ...]
    self_inputs: tuple[InputFact, ...]
    self_points: Fraction | None
    curves: tuple[CurveFact, ...]
    steps: tuple[StepFact, ...]


@dataclass(frozen=True)
class ColumnFact:
    """A column of the paper form. `name` is empty if it is the default one."""

    show: str
    name: str
    anchor: str
    input: str
    choice: str
    otherwise: str
    foot: str
    decimals: int | None


@dataclass(frozen=True)
class SectionFact:
    """A section: its name, what its points are called (empty: as usual) and how they came about, its indicators, the columns of
    its table."""

    name: str
    total_name: str
    points: Fraction | None
    working: tuple[WorkingLine, ...]
    rows: tuple[IndicatorFact, ...]
    columns: tuple[ColumnFact, ...]


@dataclass(frozen=True)
class BonusFact:
    """An earned bonus item: points each time, number of times or as what it is judged, points that count."""

    name: str
    each: Fraction
    count: int
    level: str
    points: Fraction
    is_capped: bool
    text: str
    origin: OriginFact | None


@dataclass(frozen=True)
class VetoFact:
    """A veto that applies, the best grade that it allows (empty: any), and the formula of the total that it sets, if any."""

    name: str
    text: str
    grade: str
    total: str


@dataclass(frozen=True)
class OpenVetoFact:
    """A veto that alone keeps the grade open, and the names that it lacks."""

    name: str
    lacks: tuple[str, ...]


@dataclass(frozen=True)
class ResultFact:
    """What follows from the total: a number, yes or no, or a text (None: open), and how it came about."""

    name: str
    value: Fraction | bool | str | None
    text: str
    section: str
    working: tuple[WorkingLine, ...]


@dataclass(frozen=True)
class OutcomeFact:
    """What the grade leads to."""

    honour_roll: bool
    improvement_plan: bool
    coefficient: Fraction | None


@dataclass(frozen=True)
class ConfirmationFact:
    """A confirmation: by whom, when, whether it is of the current content, and whether it came after publication."""

    role: str
    name: str
    date: datetime.date | None
    is_current: bool
    is_late: bool


@dataclass(frozen=True)
class ObjectionFact:
    """An objection and its resolution (empty if not resolved yet)."""

    role: str
    date: datetime.date | None
    text: str
    resolution: str
    resolved: datetime.date | None
    is_current: bool
    is_late: bool


@dataclass(frozen=True)
class AmendmentFact:
    """A change after publication, with the result before it."""

    date: datetime.date | None
    by: str
    reason: str
    changes: tuple[FieldChange, ...]
    total: str
    grade: str


@dataclass(frozen=True)
class SignatureFact:
    """A box of the signature block: its label, and either who confirmed and when, or that it shows the narrative."""

    label: str
    name: str
    date: datetime.date | None
    is_narrative: bool


@dataclass(frozen=True)
class Facts:
    """What a report states in one language. Findings name a difference after its field."""

    organisation: str
    form_title: str
    form_key: str
    form_notes: tuple[str, ...]
    head: tuple[NamedFact, ...]
    name: str
    employee_id: str
    department: str
    position: str
    manager: str
    period: Period
    status: str
    total: Fraction | None
    grade: str
    base: Fraction
    full: Fraction | None
    total_working: tuple[WorkingLine, ...]
    grades: tuple[GradeFact, ...]
    notation: Notation
    sections: tuple[SectionFact, ...]
    bonus: tuple[BonusFact, ...]
    vetoes: tuple[VetoFact, ...]
    open_vetoes: tuple[OpenVetoFact, ...]
    results: tuple[ResultFact, ...]
    outcome: str
    outcome_notes: OutcomeFact
    feedback: tuple[NamedFact, ...]
    body: str
    self_total: Fraction | None
    self_grade: str
    self_comment: str
    has_self: bool
    confirmations: tuple[ConfirmationFact, ...]
    awaited: tuple[str, ...]
    objections: tuple[ObjectionFact, ...]
    amendments: tuple[AmendmentFact, ...]
    signatures: tuple[SignatureFact, ...]
    landscape: bool
    total_label: str
    number: str
    digest: str
    rules_digest: str
    seal: str
    date: datetime.date
    submitted_on: datetime.date | None
    published_on: datetime.date | None
    file: str


@dataclass(frozen=True)
class Difference:
    """The first fact in which two reports differ: its name, and a short text of each side's value."""

    what: Value
    one: Value
    other: Value


#: Fields written as points, and values written as a whole.
_POINTS = frozenset({"total", "base", "points", "self_total", "self_points"})
_WHOLE = (Period, Numbers)


def facts_of(record: Record, setting: ReportSetting, language: str) -> Facts:
    """Return the facts of a record's report in a language."""
    review, form, card = record.review, record.titled, record.card
    employee, published, own = review.employee, review.published, review.self_assessment
    names = names_of_form(form, language, str)
    outcome = form.outcomes.get(card.grade or "")
    return Facts(
        organisation=setting.organisation,
        form_title=form.title.in_(language),
        form_key=form.key,
        form_notes=tuple(note.in_(language) for note in form.notes),
        head=_head(record, setting.manager),
        name=employee.name,
        employee_id=employee.id,
        department=employee.department,
        position=employee.position,
        manager=setting.manager,
        period=review.period,
        status=review.status.value,
        total=card.total,
        grade=card.grade or "",
        base=card.base,
        full=form.full,
        total_working=_working(card.steps, names, form),
        grades=tuple(GradeFact(grade, least) for grade, least in form.grades),
        notation=form.notation,
        sections=tuple(_section(record, section, names, language) for section in form.sections),
        bonus=tuple(_bonus(record, language)),
        vetoes=tuple(
            VetoFact(
                veto.name.in_(language),
                _text(veto.text, language),
                veto.grade,
                "" if veto.total is None else formula.write(veto.total),
            )
            for veto, result in zip(form.vetoes, card.vetoes, strict=True)
            if result.holds
        ),
        open_vetoes=tuple(
            OpenVetoFact(veto.name.in_(language), result.lacks)
            for veto, result in zip(form.vetoes, card.vetoes, strict=True)
            if card.total is not None and result.holds is None
        ),
        results=tuple(_results(record, names, language)),
        outcome=_text(outcome.text, language) if outcome else "",
        outcome_notes=_notes(outcome),
        feedback=tuple(NamedFact(key, render(text, 4)) for key, text in sorted(review.feedback.items())),
        body=render(review.body),
        self_total=record.self_card.total if record.self_card else None,
        self_grade=record.self_card.grade or "" if record.self_card else "",
        self_comment=render_inline(own.comment) if own else "",
        has_self=own is not None,
        confirmations=_confirmations(record),
        awaited=replies_to(record).awaited,
        objections=_objections(record),
        amendments=_amendments(review),
        signatures=tuple(_signatures(record, language)),
        landscape=form.print.landscape,
        total_label=_text(form.print.total, language),
        number=record.number,
        digest=record.digest,
        rules_digest=form.digest,
        seal=published.seal if published else "",
        date=review.date,
        submitted_on=_date(review.submitted.on if review.submitted else ""),
        published_on=_date(published.on if published else ""),
        file=review.path,
    )


def difference(one: Facts, other: Facts, language: str) -> Difference | None:
    """Return the first fact in which two reports differ, with its values in a language. None if all facts are equal."""
    for item in fields(Facts):
        left, right = getattr(one, item.name), getattr(other, item.name)
        if left != right:
            what = {**RESULTS, **ENTRIES}.get(item.name) or item.name.replace("_", " ")
            return Difference(what, *_apart(item.name, left, right, _InWords(messages(language), one.notation)))
    return None


class _InWords(NamedTuple):
    """How the values of a difference are written: in a language, totals and points as their form does."""

    words: Messages
    notation: Notation


def _apart(name: str, one: object, other: object, wording: _InWords) -> tuple[Value, Value]:
    """Return short texts of the innermost parts in which two values differ. `name` is the field's name."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        if len(one) != len(other):
            return _entries(one), _entries(other)
        return next(_apart(name, a, b, wording) for a, b in zip(one, other, strict=True) if a != b)
    if is_dataclass(one) and type(one) is type(other) and not isinstance(one, _WHOLE):
        pairs = ((item.name, getattr(one, item.name), getattr(other, item.name)) for item in fields(one))
        return next(_apart(name, a, b, wording) for name, a, b in pairs if a != b)
    return _said(name, one, wording), _said(name, other, wording)


def _entries(items: tuple[object, ...]) -> Value:
    return phrase_by_count("{count} entry", "{count} entries", count=len(items))


def _said(name: str, value: object, wording: _InWords) -> str:
    words = wording.words
    if name == "role" and isinstance(value, str) and value in ROLES:
        return words.gettext(ROLES[value])
    if isinstance(value, datetime.date):
        return words.date(value)
    if isinstance(value, Period):
        return words.period(value)
    if isinstance(value, Fraction):
        return words.points(value, wording.notation) if name in _POINTS else words.number(value)
    if isinstance(value, Numbers) and value.mean is not None:
        return f"{show(value.mean)} ({words.number_of('{count} rating', '{count} ratings', value.count)})"
    return "" if value is None else shorten(str(value), 60)


def _head(record: Record, manager: str) -> tuple[NamedFact, ...]:
    """Return the head fields that the form's paper shows. Name, id and period are always included."""
    employee, head = record.review.employee, record.form.print.head
    shown = (*head, *(key for key in ("name", "id", "period") if key not in head))
    values: Mapping[str, str] = {
        "name": employee.name,
        "id": employee.id,
        "department": employee.department,
        "position": employee.position,
        "period": str(record.review.period),
        "manager": manager,
    }
    return tuple(NamedFact(key, values[key]) for key in shown if values[key])


def _working(steps: Iterable[Step], names: Mapping[str, str], form: Form) -> tuple[WorkingLine, ...]:
    return tuple(explain(step, names, str, form.notation) for step in steps)


def _results(record: Record, names: Mapping[str, str], language: str) -> Iterator[ResultFact]:
    """Yield the results that a report shows."""
    for result, score in record.card.scored_results:
        if not result.confidential:
            yield ResultFact(
                name=result.name.in_(language),
                value=_value(result, score, language),
                text=_text(result.text, language),
                section=result.section,
                working=_working(score.steps, names, record.form),
            )


def _value(result: Result, score: ResultScore, language: str) -> Fraction | bool | str | None:
    value = score.value
    if value is None or isinstance(value, bool | Fraction):
        return value
    return result.cases[value].text.in_(language)


def _section(record: Record, section: Section, names: Mapping[str, str], language: str) -> SectionFact:
    columns = section.columns or record.form.print.columns
    score = next(item for item in record.card.sections if item.id == section.id)
    return SectionFact(
        name=_text(section.name, language),
        total_name=_text(section.total_name, language),
        points=score.points,
        working=_working(score.steps, names, record.form),
        rows=tuple(_indicator(record, indicator, language) for indicator in section.indicators),
        columns=tuple(_column(item, language) for item in columns),
    )


def _column(column: Column, language: str) -> ColumnFact:
    return ColumnFact(
        column.show,
        _text(column.name, language),
        column.anchor,
        column.input,
        column.choice,
        column.otherwise,
        column.foot,
        column.decimals,
    )


def _indicator(record: Record, indicator: Indicator, language: str) -> IndicatorFact:
    review, result = record.review, record.card.indicator(indicator.id)
    values, own = record.metrics.get(indicator.id, {}), review.self_assessment
    names = names_of(indicator, language, str)
    return IndicatorFact(
        id=indicator.id,
        label=indicator.label,
        name=indicator.name.in_(language),
        definition=_text(indicator.definition, language),
        standard=_text(indicator.standard, language),
        focus=_text(indicator.focus, language),
        target=_text(indicator.target, language),
        record=_text(indicator.record, language),
        provider=_text(indicator.provider, language),
        inputs=tuple(_inputs(indicator, values, language, record)),
        raw=result.raw,
        out_of=indicator.out_of,
        weight=result.weight,
        base_weight=result.base_weight,
        most=indicator.most,
        points=result.points,
        is_unscored=result.unscored,
        applies=not result.not_applicable,
        not_applicable=review.not_applicable.get(indicator.id) if result.not_applicable else None,
        levels=tuple(_levels(indicator, values, language)),
        comment=render_inline(review.comments.get(indicator.id, "")),
        evidence=tuple(EvidenceFact(item.name, item.is_link) for item in review.evidence.get(indicator.id, ())),
        working=tuple(explain(step, names, str, record.form.notation) for step in result.steps),
        origins=tuple(_origins(indicator, record.form, language)),
        notes=tuple(note.in_(language) for note in indicator.notes),
        self_inputs=tuple(_inputs(indicator, own.metrics.get(indicator.id, {}), language)) if own else (),
        self_points=_points(record.self_card, indicator.id),
        curves=tuple(_curves(record, indicator, language)),
        steps=tuple(_steps(record, indicator, language)),
    )


def _points(card: Scorecard | None, indicator: str) -> Fraction | None:
    return card.indicator(indicator).points if card else None


def _inputs(
    indicator: Indicator, values: Mapping[str, InputValue], language: str, record: Record | None = None
) -> Iterator[InputFact]:
    """Yield the inputs that are not confidential; for confidential ones only what is shown: their count and mean.

    With the record, of own totals that were taken by `auto` their periods too.
    """
    for item in indicator.inputs:
        if item.id in values and not item.confidential and not isinstance(values[item.id], Auto):
            names = tuple(field.name.in_(language) for field in item.fields)
            value = (record and _taken(record, indicator, item)) or _whole(item, values[item.id])
            yield InputFact(item.name.in_(language), value, _text(item.unit, language), names)
    shown = shown_of(indicator, values)
    if shown and indicator.shown_as:
        yield InputFact(indicator.shown_as.name.in_(language), Numbers(shown.count, shown.mean), "", ())


def _taken(record: Record, indicator: Indicator, item: Input) -> tuple[tuple[object, ...], ...]:
    """Return the periods whose totals an input took, each with its total; empty if it did not take any."""
    value = record.review.metrics.get(indicator.id, {}).get(item.id)
    if not isinstance(value, Auto) or not value.rule.is_own:
        return ()
    return by_period(record.review, f"{indicator.id}.{item.id}", value.rule, record.taken)


def _whole(item: Input, value: InputValue) -> tuple[tuple[object, ...], ...] | InputValue:
    """Return a value; for a list its entries, each with the values of all fields."""
    if not isinstance(value, tuple):
        return value
    rows = (filled(item.fields, row) for row in value)
    return tuple(tuple(row.get(field.id) for field in item.fields) for row in rows)


def _levels(indicator: Indicator, values: Mapping[str, InputValue], language: str) -> Iterator[LevelFact]:
    number = next((value for value in values.values() if isinstance(value, Fraction)), None)
    for item in indicator.anchors:
        is_reached = number is not None and number in item.range
        yield LevelFact(item.id, item.name.in_(language), _text(item.text, language), is_reached)


def _curves(record: Record, indicator: Indicator, language: str) -> Iterator[CurveFact]:
    """Yield what each scoring curve runs along, with the choices if that is a choice."""
    if indicator.score.name == "value":
        return
    names = names_of(indicator, language, str)
    curves, _ = record.outlook.get(indicator.id, ((), ()))
    for curve in curves:
        along = curve.input.name.in_(language) if curve.input else ""
        yield CurveFact(along, tuple(names.get(bar.choice, bar.choice) for bar in curve.bars))


def _steps(record: Record, indicator: Indicator, language: str) -> Iterator[StepFact]:
    """Yield the next steps with the names of their inputs."""
    names = names_of(indicator, language, str)
    for step in steps_of(record, indicator):
        old, new = (names.get(value, value) if isinstance(value, str) else value for value in (step.old, step.new))
        yield StepFact(step.input.name.in_(language), old, new)


def _origins(indicator: Indicator, form: Form, language: str) -> Iterator[OriginFact]:
    for key, origin in origins_for(indicator, form.origins).items():
        yield _origin(key, origin, language)


def _origin(key: str, origin: Origin, language: str) -> OriginFact:
    return OriginFact(key, origin.kind.value, origin.quote, _text(origin.note, language))


def _bonus(record: Record, language: str) -> Iterator[BonusFact]:
    items = {item.id: item for item in record.form.bonus}
    for result in record.card.bonus:
        item = items[result.id]
        yield BonusFact(
            name=item.name.in_(language),
            each=item.points,
            count=result.count,
            level=result.level,
            points=result.points,
            is_capped=result.capped,
            text=_text(item.text, language),
            origin=_origin("bonus", item.origin, language) if item.origin else None,
        )


def _confirmations(record: Record) -> tuple[ConfirmationFact, ...]:
    review, published = record.review, record.review.published
    return tuple(
        ConfirmationFact(
            role=item.role,
            name=item.name,
            date=_date(item.date),
            is_current=item.of == record.number,
            is_late=published is not None and index >= published.confirmations,
        )
        for index, item in enumerate(review.confirmations)
    )


def _objections(record: Record) -> tuple[ObjectionFact, ...]:
    review, published = record.review, record.review.published
    return tuple(
        ObjectionFact(
            role=item.role,
            date=_date(item.date),
            text=render_inline(item.text),
            resolution=render_inline(item.resolution),
            resolved=_date(item.resolved),
            is_current=item.of == record.number,
            is_late=published is not None and index >= published.objections,
        )
        for index, item in enumerate(review.objections)
    )


def _amendments(review: Review) -> tuple[AmendmentFact, ...]:
    return tuple(
        AmendmentFact(_date(item.date), item.by, render_inline(item.reason), item.changes, item.total, item.grade)
        for item in review.amendments
    )


def _signatures(record: Record, language: str) -> Iterator[SignatureFact]:
    for box in record.form.print.signatures:
        entries = [item for item in record.review.confirmations if item.role == box.role and item.of == record.number]
        name, date = (entries[-1].name, _date(entries[-1].date)) if entries else ("", None)
        yield SignatureFact(box.name.in_(language), name, date, box.show == "narrative")


def _notes(outcome: Outcome | None) -> OutcomeFact:
    if outcome is None:
        return OutcomeFact(False, False, None)
    return OutcomeFact(outcome.honour_roll, outcome.improvement_plan, outcome.coefficient)


def _text(text: Text | None, language: str) -> str:
    return text.in_(language) if text else ""


def _date(text: str) -> datetime.date | None:
    return parse_date(text) if text else None
