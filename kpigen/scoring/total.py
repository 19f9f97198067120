"""From rows to the total: the points of sections, the total by sum or formula, the vetoes, and the grade."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from kpigen.diagnostics.values import Phrase, as_written, phrase
from kpigen.model.forms import Form, Section, Veto
from kpigen.model.reviews import Metrics
from kpigen.model.scores import BonusScore, IndicatorScore, SectionScore, Step, VetoResult
from kpigen.numbers import formula
from kpigen.numbers.formula import Expression, Missing, Value
from kpigen.scoring.apportion import apportioned
from kpigen.scoring.names import BONUS, TOTAL, Bare, Known
from kpigen.scoring.working import as_step

#: Where a formula has no result: the id of what it is of, and why.
Problems = list[tuple[str, Phrase]]


@dataclass(frozen=True)
class Rows:
    """The rows of a form as scored, with what the formulas of the form need besides."""

    form: Form
    scores: tuple[IndicatorScore, ...]
    bonus: tuple[BonusScore, ...]
    metrics: Metrics
    tables: Mapping[str, Value]

    @cached_property
    def by_id(self) -> dict[str, IndicatorScore]:
        """The rows by id."""
        return {score.id: score for score in self.scores}

    def known(self, bare: Bare, own: Mapping[str, Value]) -> Known:
        """Return what the names of a formula stand for."""
        return Known(self.form, self.by_id, self.metrics, bare, {**self.tables, **own})


def section_scores(rows: Rows, problems: Problems) -> tuple[SectionScore, ...]:
    """Return the points of each section: the sum of its rows, or by its formula."""
    by_id, found = rows.by_id, []
    for section in rows.form.sections:
        scores = [by_id[item.id] for item in section.indicators]
        if section.total is not None:
            found.append(_by_formula(section, section.total, rows, problems))
            continue
        is_open = any(score.is_open for score in scores)
        exact = sum((score.exact for score in scores if score.exact is not None), Fraction(0))
        points = sum((score.points for score in scores if score.points is not None), Fraction(0))
        found.append(SectionScore(section.id, None if is_open else points, None if is_open else exact))
    return tuple(found)


def _by_formula(section: Section, total: Expression, rows: Rows, problems: Problems) -> SectionScore:
    known = rows.known(Bare.POINTS, {})
    values = known.values(formula.names(total))
    try:
        value = formula.evaluate(total, values)
    except formula.Problem as problem:
        problems.append((section.id, problem.sentence))
        return SectionScore(section.id, None, None)
    if not isinstance(value, Fraction):
        return SectionScore(section.id, None, None)
    points = rows.form.rounded(value)
    exact = points if rows.form.rounding.of_rows else value
    return SectionScore(section.id, points, exact, (as_step("section", total, values, value, rows.form),))


def section_values(form: Form, sections: Iterable[SectionScore], rows: Rows) -> dict[str, Value]:
    """Return what the ids of sections stand for: their points; absent if no row of the section applies."""
    by_id = rows.by_id
    values: dict[str, Value] = {}
    for section, score in zip(form.sections, sections, strict=True):
        applies = any(not by_id[item.id].not_applicable for item in section.indicators if not item.unscored)
        values[section.id] = Missing.ABSENT if not applies else Missing.OPEN if score.exact is None else score.exact
    return values


def total_of(
    rows: Rows, sections: Sequence[SectionScore], problems: Problems
) -> tuple[Fraction | None, tuple[Step, ...]]:
    """Return the exact total before vetoes (None: open) and its working if it has a formula."""
    form = rows.form
    scored = [score for score in rows.scores if not score.unscored]
    if any(score.is_open for score in scored) or all(score.not_applicable for score in scored):
        return None, ()
    bonus = sum((item.points for item in rows.bonus), Fraction(0))
    if form.total is None:
        exact = [score.exact for score in sections]
        return (None, ()) if None in exact else (sum((one for one in exact if one is not None), bonus), ())
    values = rows.known(Bare.POINTS, {**section_values(form, sections, rows), BONUS: bonus}).values(
        formula.names(form.total)
    )
    try:
        value = formula.evaluate(form.total, values)
    except formula.Problem as problem:
        problems.append((TOTAL, problem.sentence))
        return None, ()
    if not isinstance(value, Fraction):
        lacking = sorted(name for name, one in values.items() if isinstance(one, Missing))
        problems.append((TOTAL, phrase("{names} has no value", names=as_written(lacking))))
        return None, ()
    return value, (as_step("total", form.total, values, value, form),)


def adding_up(rows: Rows, total: Fraction) -> Rows:
    """Return the rows with points that add up to the rounded total, where the form wants that."""
    form = rows.form
    if form.rounding.of_rows or not form.rounding.adds_up or form.total is not None:
        return rows
    if any(section.total is not None for section in form.sections):
        return rows
    counted = [score.exact for score in rows.scores if score.exact is not None]
    printed = iter(apportioned([*counted, *(item.points for item in rows.bonus)], total, form.decimals))
    scores = tuple(score if score.exact is None else _printed(score, next(printed)) for score in rows.scores)
    bonus = tuple(replace(item, points=next(printed)) for item in rows.bonus)
    return replace(rows, scores=scores, bonus=bonus)


def _printed(score: IndicatorScore, points: Fraction) -> IndicatorScore:
    if points == score.points:
        return score
    return replace(score, points=points, steps=(*score.steps, Step("printed", value=points)))


def veto_results(
    rows: Rows, sections: Sequence[SectionScore], total: Fraction | None, problems: Problems
) -> tuple[VetoResult, ...]:
    """Return whether each veto's condition holds; it is open while it can be neither true nor false."""
    form = rows.form
    if not form.vetoes:
        return ()
    own = {**section_values(form, sections, rows), TOTAL: Missing.OPEN if total is None else total}
    known = rows.known(Bare.INPUT, {id_: value for id_, value in own.items() if form.indicator(id_) is None})
    return tuple(_veto(veto, known, problems) for veto in form.vetoes)


def _veto(veto: Veto, known: Known, problems: Problems) -> VetoResult:
    values = known.values(formula.names(veto.when))
    try:
        holds = formula.evaluate(veto.when, values)
    except formula.Problem as problem:
        about = next((name.id.partition(".")[0] for name in formula.names(veto.when)), veto.id)
        problems.append((about, problem.sentence))
        return VetoResult(veto.id, None)
    if isinstance(holds, Missing):
        lacks = tuple(name for name, value in values.items() if isinstance(value, Missing))
        return VetoResult(veto.id, None, lacks)
    return VetoResult(veto.id, bool(holds))


def vetoed_total(
    rows: Rows, sections: Sequence[SectionScore], total: Fraction, vetoes: Sequence[VetoResult], problems: Problems
) -> tuple[Fraction | None, tuple[Step, ...]]:
    """Return the total as the vetoes that hold set it, one after the other, and the steps; None if one has no result."""
    form, steps = rows.form, []
    for veto, result in zip(form.vetoes, vetoes, strict=True):
        if not result.holds or veto.total is None:
            continue
        own = {**section_values(form, sections, rows), TOTAL: total}
        values = rows.known(Bare.INPUT, own).values(formula.names(veto.total))
        try:
            value = formula.number(veto.total, values)
        except formula.Problem as problem:
            problems.append((veto.id, problem.sentence))
            return None, ()
        total = form.rounded(value)
        steps.append(replace(as_step("veto_total", veto.total, values, total, form), args=(("veto", veto.id),)))
    return total, tuple(steps)


def grade_of(form: Form, total: Fraction | None, vetoes: Sequence[VetoResult]) -> str | None:
    """Return the grade of a total, capped by the vetoes that hold; None while it is open."""
    if total is None or any(veto.holds is None for veto in vetoes):
        return None
    order = [grade.name for grade in form.grades]
    limits = [veto.grade for veto, result in zip(form.vetoes, vetoes, strict=True) if result.holds and veto.grade]
    return max([form.grade_of(total), *limits], key=order.index) if order else ""
