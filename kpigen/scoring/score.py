"""Score a review's metrics by a form. All arithmetic is exact (fractions), and the scorecard keeps every step.

The total follows the reference forms unless a form says otherwise. An indicator's points are raw × weight ÷ out_of, rounded
half-up to two decimals. The total is the sum of the rounded points plus the bonus. The total decides the grade, unless a veto
caps it. What another form may say: `total` (sections, total, vetoes), `apportion` (rows that are not rounded), `results`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from kpigen import ENGINE
from kpigen.diagnostics.values import Phrase, phrase
from kpigen.model.forms import Form, Indicator, Input, ShownAs
from kpigen.model.reviews import Auto, Employee, InputValue, Metrics
from kpigen.model.scores import IndicatorScore, ResultScore, Scorecard, Step
from kpigen.numbers import formula
from kpigen.numbers.formula import Missing, Name, Numbers, Value
from kpigen.numbers.quantities import exact, rounded, show
from kpigen.scoring import engine1
from kpigen.scoring.bonus import score_bonus, score_bonus_in_order
from kpigen.scoring.filled import filled, unfilled
from kpigen.scoring.methods.base import Case, method_of
from kpigen.scoring.names import BONUS, COEFFICIENT, EXACT_TOTAL, TOTAL, Bare
from kpigen.scoring.results import score_results
from kpigen.scoring.total import (
    Problems,
    Rows,
    adding_up,
    grade_of,
    section_scores,
    section_values,
    total_of,
    veto_results,
    vetoed_total,
)
from kpigen.scoring.weights import base_weight, effective_weights, given_weights


@dataclass(frozen=True, slots=True)
class Unscorable:
    """What cannot be scored, with the reason (such as a division by zero): the id of an indicator, section, veto or result."""

    indicator: str
    reason: Phrase


def score(
    form: Form,
    metrics: Metrics,
    not_applicable: Mapping[str, str] | frozenset[str] = frozenset(),
    bonus: Mapping[str, int | str] | None = None,
    employee: Employee | None = None,
    engine: int = ENGINE,
) -> tuple[Scorecard, list[Unscorable]]:
    """Return the scorecard of a review's metrics, and what cannot be scored.

    An indicator is open (points are None) while one of its inputs is missing, or if its score has no result, as after a
    division by zero; only the second kind is listed as unscorable, as are vetoes and results without a result. While any
    indicator that applies is open, total and grade are None. `not_applicable` has indicator ids, `bonus` for each item how
    often it applies or as what it is judged. `employee` is who is assessed, for tables by department or position. `engine` is
    the version of these rules: what engine 1 published, it scored in its way.
    """
    left_out = {item.id for item in form.indicators if item.optional and not metrics.get(item.id)}
    absent = frozenset(not_applicable) | left_out
    given = given_weights(form, metrics)
    weights = effective_weights(form, absent, given)
    problems: list[Unscorable] = []
    results = []
    for indicator in form.indicators:
        weight = weights[indicator.id]
        if indicator.id in absent:
            results.append(_unscored(indicator, weight, not_applicable=True))
            continue
        results.append(_scored(form, indicator, metrics.get(indicator.id, {}), weight, problems))
    wrong = _wrong_weights(form, given, absent)
    if wrong is not None:
        problems.append(wrong)
        results = [replace(item, points=None, exact=None) if item.id == wrong.indicator else item for item in results]
    tables = _table_values(form, employee)
    return _complete(form, results, metrics, bonus or {}, tables, engine, problems), problems


def with_values(
    card: Scorecard, metrics: Metrics, indicator: str, values: Mapping[str, InputValue]
) -> tuple[Scorecard, list[Unscorable]]:
    """Return what `score` would for other `values` of one indicator, recalculating only what depends on them.

    `card` must be the scorecard of `metrics`. If the indicator is unknown or does not apply, `card` is returned unchanged. The
    weight of the indicator stays as it is.
    """
    old = card.indicator(indicator)
    rule = card.form.indicator(indicator)
    problems: list[Unscorable] = []
    if rule is None or old.not_applicable:
        return card, problems
    new = _scored(card.form, rule, values, old.weight, problems)
    return _with_result(card, {**metrics, indicator: values}, new, problems), problems


def with_raw_score(
    card: Scorecard, metrics: Metrics, indicator: str, values: Mapping[str, InputValue], raw: Fraction
) -> Scorecard:
    """Return what `with_values` would for `values` whose raw score is known, without the steps to it.

    The indicator must apply. A list of hundreds of entries is not scored anew for each change of one of them.
    """
    old = card.indicator(indicator)
    points = card.form.rounded(exact_points(raw, old.weight, old.out_of))
    counted = points if card.form.rounding.of_rows else exact_points(raw, old.weight, old.out_of)
    new = replace(old, raw=raw, points=points, exact=counted, steps=())
    return _with_result(card, {**metrics, indicator: values}, new, [])


def _with_result(card: Scorecard, metrics: Metrics, new: IndicatorScore, problems: list[Unscorable]) -> Scorecard:
    """Return the scorecard of `metrics`, which differ from the card's in the indicator that has this new result."""
    results = [new if item.id == new.id else _on_its_own(card.form, item) for item in card.indicators]
    bonus = {item.id: item.level or item.count for item in card.bonus}
    return _complete(card.form, results, metrics, bonus, card.tables, card.engine, problems)


def _on_its_own(form: Form, score: IndicatorScore) -> IndicatorScore:
    """Return a row as it was before its printed points were made to add up with those of the others."""
    if form.rounding.of_rows or score.exact is None:
        return score
    points = form.rounded(score.exact)
    return score if points == score.points else replace(score, points=points, steps=score.steps[:-1])


def _scored(
    form: Form,
    indicator: Indicator,
    values: Mapping[str, InputValue],
    weight: Fraction,
    problems: list[Unscorable],
) -> IndicatorScore:
    """Score one indicator that applies. If there is no result, it stays open and the reason is added to `problems`."""
    try:
        return _score_indicator(form, indicator, values, weight)
    except formula.Problem as problem:
        problems.append(Unscorable(indicator.id, problem.sentence))
        return _unscored(indicator, weight)


def _complete(
    form: Form,
    results: list[IndicatorScore],
    metrics: Metrics,
    given: Mapping[str, int | str],
    tables: Mapping[str, Value],
    engine: int,
    problems: list[Unscorable],
) -> Scorecard:
    """Build the scorecard: add bonus, sections, total, vetoes, grade and results to the rows.

    What has no result is added to `problems`.
    """
    wrong: Problems = []
    bonus = (score_bonus_in_order if engine == 1 else score_bonus)(form, given)
    if form.rounding.of_rows:
        bonus = tuple(replace(item, points=form.rounded(item.points)) for item in bonus)
    rows = Rows(form, tuple(results), bonus, metrics, tables)
    sections = section_scores(rows, wrong)
    exactly, steps = total_of(rows, sections, wrong)
    before = None if exactly is None else form.rounded(exactly)
    if before is not None and not form.rounding.of_rows:
        rows = adding_up(rows, before)
        sections = section_scores(rows, [])
    if engine == 1:
        vetoes = engine1.veto_results(form, metrics, frozenset(i.id for i in results if i.not_applicable), wrong)
    else:
        vetoes = veto_results(rows, sections, before, wrong)
    total = before
    if before is not None and any(veto.total is not None for veto in form.vetoes):
        total, vetoed = vetoed_total(rows, sections, before, vetoes, wrong)
        steps += vetoed
    grade = grade_of(form, total, vetoes)
    found: tuple[ResultScore, ...] = ()
    if form.results:
        outcome = form.outcomes.get(grade or "")
        own: dict[str, Value] = {
            **section_values(form, sections, rows),
            TOTAL: Missing.OPEN if total is None else total,
            EXACT_TOTAL: Missing.OPEN
            if total is None
            else exactly
            if total == before and exactly is not None
            else total,
            BONUS: sum((item.points for item in bonus), Fraction(0)),
            COEFFICIENT: Missing.OPEN if outcome is None or outcome.coefficient is None else outcome.coefficient,
            **{veto.id: Missing.OPEN if veto.holds is None else veto.holds for veto in vetoes},
        }
        found, without = score_results(form, rows.known(Bare.POINTS, own))
        wrong += without
    problems += [Unscorable(about, reason) for about, reason in wrong]
    return Scorecard(
        form=form,
        indicators=rows.scores,
        bonus=rows.bonus,
        vetoes=vetoes,
        base=sum((item.points for item in rows.scores if item.points is not None), Fraction(0)),
        total=total,
        grade=grade,
        sections=sections,
        results=found,
        steps=steps,
        engine=engine,
        tables=tables,
    )


def _wrong_weights(form: Form, given: Mapping[str, Fraction | None], absent: frozenset[str]) -> Unscorable | None:
    """Return what is wrong with the weights that a review says: with the others they add up to full marks. None: nothing."""
    said = {id_: weight for id_, weight in given.items() if id_ not in absent}
    if not said or form.full is None or form.total is not None or None in said.values():
        return None
    own = [item.weight for item in form.indicators if item.is_weighted and not item.weight_from]
    total = sum((weight for weight in said.values() if weight is not None), sum(own, Fraction(0)))
    if total == form.full:
        return None
    first = next(iter(said))
    reason = phrase("the weights add up to {total}, not to {full}", total=exact(total), full=exact(form.full))
    return Unscorable(first, reason)


def _table_values(form: Form, employee: Employee | None) -> dict[str, Value]:
    """Return the number of each table for an employee; open if the table has none for them."""
    values: dict[str, Value] = {}
    for table in form.tables:
        key = "" if employee is None else employee.department if table.by == "department" else employee.position
        value = dict(table.values).get(key, table.otherwise)
        values[table.id] = Missing.OPEN if value is None else value
    return values


def _unscored(indicator: Indicator, weight: Fraction, not_applicable: bool = False) -> IndicatorScore:
    """Return the result of an indicator that is open, has no score, or does not apply."""
    return IndicatorScore(
        id=indicator.id,
        out_of=indicator.out_of,
        base_weight=indicator.weight,
        weight=weight,
        not_applicable=not_applicable,
        unscored=indicator.unscored,
    )


def _score_indicator(
    form: Form, indicator: Indicator, values: Mapping[str, InputValue], weight: Fraction
) -> IndicatorScore:
    base = base_weight(form, indicator, values)
    if indicator.unscored or base is None or not is_complete(indicator, values):
        return _unscored(indicator, weight)
    raw, steps = raw_score(indicator, values)
    exactly = exact_points(raw, weight, indicator.out_of)
    points = form.rounded(exactly)
    counted = points if form.rounding.of_rows else exactly
    if weight != base:
        steps.append(Step("weight", value=weight, args=(("base", show(base)),)))
    if indicator.is_weighted:
        numbers = f"{show(raw)} × {show(weight)} ÷ {show(indicator.out_of)}"
        if not form.rounding.of_rows:
            steps.append(Step("points_exact", numbers=numbers, value=counted))
        elif form.decimals == 2:
            steps.append(Step("points", numbers=numbers, value=points))
        else:
            steps.append(Step("points_to", numbers=numbers, value=points, args=(("places", str(form.decimals)),)))
    return IndicatorScore(
        id=indicator.id,
        out_of=indicator.out_of,
        base_weight=base,
        weight=weight,
        raw=raw,
        points=points,
        steps=tuple(steps),
        exact=counted,
    )


def exact_points(raw: Fraction, weight: Fraction, out_of: Fraction) -> Fraction:
    """Return raw × weight ÷ out_of; 0 if `out_of` is 0."""
    return raw * weight / out_of if out_of else Fraction(0)


def points_of(
    raw: Fraction, weight: Fraction, out_of: Fraction, decimals: int = 2, half_even: bool = False
) -> Fraction:
    """Return raw × weight ÷ out_of, rounded to the decimals of the form; 0 if `out_of` is 0.

    >>> points_of(Fraction(85), Fraction(15), Fraction(100))
    Fraction(51, 4)
    """
    return rounded(exact_points(raw, weight, out_of), decimals, half_even)


def raw_score(indicator: Indicator, values: Mapping[str, InputValue]) -> tuple[Fraction, list[Step]]:
    """Return an indicator's raw score and the steps to it. The values must be complete.

    Raises formula.Problem if there is no result, as after a division by zero.
    """
    known, steps = known_values(indicator, values)
    zero = next(((name, raw) for name, raw in indicator.when_zero if known.get(name) == 0), None)
    if zero is not None:
        return zero[1], [*steps, Step("when_zero", value=zero[1], args=(("of", zero[0]),))]
    measure, name = None, "measure"
    if indicator.measure is not None:
        measure = formula.number(indicator.measure, known)
        if isinstance(indicator.measure, Name):
            name = indicator.measure.id
    case = Case(
        known,
        indicator.inputs,
        indicator.out_of,
        measure,
        indicator.measure_unit,
        name,
        indicator.shown_as.id if indicator.shown_as else "",
    )
    if indicator.measure is not None and not isinstance(indicator.measure, Name):
        steps.append(
            Step(
                "measure",
                case.write(indicator.measure),
                case.put_in(indicator.measure),
                measure,
                indicator.measure_unit,
            )
        )
    elif measure is not None:
        steps.append(Step("input", value=measure, unit=indicator.measure_unit, args=(("of", name),)))
    raw, working = method_of(indicator).score(case)
    return raw, [*steps, *working]


def known_values(indicator: Indicator, values: Mapping[str, InputValue]) -> tuple[dict[str, Any], list[Step]]:
    """Return the values that a method works with, and the steps that explain them.

    Defaults are filled in, and confidential lists are reduced to their count and mean.
    """
    known = _with_absent(indicator.inputs, filled(indicator.inputs, values))
    for item in indicator.inputs:
        rows = known.get(item.id)
        if isinstance(rows, tuple):
            known[item.id] = tuple(_with_absent(item.fields, filled(item.fields, row)) for row in rows)
    shown = shown_of(indicator, values)
    if shown is None or indicator.shown_as is None:
        return known, []
    for item in indicator.confidential:
        known[item.id] = Numbers(shown.count, shown.mean)
    known[indicator.shown_as.id] = shown
    args = (("of", indicator.shown_as.id), ("count", str(shown.count)))
    trim, trim_from = indicator.shown_as.trim, indicator.shown_as.trim_from
    if not trim or shown.count < trim_from:
        return known, [Step("shown", value=shown.mean, args=args)]
    more = (("trim", str(trim)), ("from", str(trim_from)))
    return known, [Step("shown_trimmed", value=shown.mean, args=(*args, *more))]


def _with_absent(inputs: Iterable[Input], values: Mapping[str, InputValue]) -> dict[str, Any]:
    """Return values with those that may be left out and were: they are absent."""
    return {**{item.id: Missing.ABSENT for item in inputs if item.optional}, **values}


def shown_of(indicator: Indicator, values: Mapping[str, InputValue]) -> Numbers | None:
    """Return what is shown of an indicator's confidential inputs: the number of ratings and their exact mean.

    With several groups, it is the mean of the group means, weighted as the method says; of a group that is large enough, the
    highest and lowest ratings are left out of its mean, if the rules say so. None if the indicator has no confidential inputs or
    a group is missing. A copy outside hr/ holds only the shown values, under the id of `shown_as`; these are then returned.
    """
    if indicator.shown_as is None:
        return None
    given = values.get(indicator.shown_as.id)
    if isinstance(given, Numbers):
        return Numbers(given.count, given.mean)
    weights = method_of(indicator).pool_weights() or {}
    count, total, weighted = 0, Fraction(0), Fraction(0)
    for item in indicator.confidential:
        group = values.get(item.id)
        if not isinstance(group, Numbers):
            return None
        weight = weights.get(item.id, Fraction(1))
        mean = trimmed_mean(group, indicator.shown_as)
        count, total, weighted = count + group.count, total + weight, weighted + weight * mean
    return Numbers(count, weighted / total) if total else None


def trimmed_mean(group: Numbers, shown_as: ShownAs) -> Fraction:
    """Return the mean of a group of ratings without its `trim` highest and lowest, if it has at least `trim_from` ratings."""
    if not shown_as.trim or group.items is None or group.count < shown_as.trim_from:
        return group.mean
    kept = sorted(group.items)[shown_as.trim : -shown_as.trim]
    return sum(kept, Fraction(0)) / len(kept)


def is_complete(indicator: Indicator, values: Mapping[str, InputValue]) -> bool:
    """Return True if every input that the indicator needs has a value."""
    return not missing_inputs(indicator, values)


def missing_inputs(indicator: Indicator, values: Mapping[str, InputValue]) -> tuple[str, ...]:
    """Return the required inputs that have no value; a field of a list entry is named by its path (`goals.2.actual`).

    An `auto` input counts as missing until its totals have been taken.
    """
    if indicator.shown_as and isinstance(values.get(indicator.shown_as.id), Numbers):
        inputs = [item for item in indicator.inputs if not item.confidential]
    else:
        inputs = list(indicator.inputs)
    lacks = unfilled(inputs, values)
    missing = []
    for item in inputs:
        value = values.get(item.id)
        if item.id in lacks or isinstance(value, Auto):
            missing.append(item.id)
        elif isinstance(value, tuple):
            missing += [
                f"{item.id}.{number}.{field}"
                for number, row in enumerate(value, 1)
                for field in unfilled(item.fields, row)
            ]
    return tuple(missing)
