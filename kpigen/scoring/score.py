"""Score a review's metrics by a form. All arithmetic is exact (fractions), and the scorecard keeps every step.

The total follows the reference forms. An indicator's points are raw × weight ÷ out_of, rounded half-up to two decimals.
The total is the sum of the rounded points plus the bonus. The total decides the grade, unless a veto caps it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from kpigen.diagnostics.values import Phrase
from kpigen.model.forms import Form, Indicator, Input
from kpigen.model.reviews import Auto, InputValue, Metrics, Row
from kpigen.model.scores import BonusScore, IndicatorScore, Scorecard, Step, VetoResult
from kpigen.numbers import formula
from kpigen.numbers.formula import Name, Numbers
from kpigen.numbers.quantities import round_half_up, show
from kpigen.scoring.methods.base import Case, method_of


@dataclass(frozen=True, slots=True)
class Unscorable:
    """An indicator that cannot be scored, with the reason (such as a division by zero)."""

    indicator: str
    reason: Phrase


def score(
    form: Form,
    metrics: Metrics,
    not_applicable: Mapping[str, str] | frozenset[str] = frozenset(),
    bonus: Mapping[str, int] | None = None,
) -> tuple[Scorecard, list[Unscorable]]:
    """Return the scorecard of a review's metrics, and the indicators that cannot be scored.

    An indicator is open (points are None) while one of its inputs is missing, or if its score has no result, as after a
    division by zero; only the second kind is listed as unscorable, as are vetoes without a result. While any indicator that
    applies is open, total and grade are None. `not_applicable` has indicator ids, `bonus` the count of each bonus item.
    """
    weights = effective_weights(form, frozenset(not_applicable))
    problems: list[Unscorable] = []
    results = []
    for indicator in form.indicators:
        weight = weights[indicator.id]
        if indicator.id in not_applicable:
            results.append(_unscored(indicator, weight, not_applicable=True))
            continue
        results.append(_scored(indicator, metrics.get(indicator.id, {}), weight, problems))
    return _complete(form, results, metrics, frozenset(not_applicable), bonus or {}, problems), problems


def with_values(
    card: Scorecard, metrics: Metrics, indicator: str, values: Mapping[str, InputValue]
) -> tuple[Scorecard, list[Unscorable]]:
    """Return what `score` would for other `values` of one indicator, recalculating only what depends on them.

    `card` must be the scorecard of `metrics`. If the indicator is unknown or does not apply, `card` is returned unchanged.
    """
    old = card.indicator(indicator)
    rule = card.form.indicator(indicator)
    problems: list[Unscorable] = []
    if rule is None or old.not_applicable:
        return card, problems
    new = _scored(rule, values, old.weight, problems)
    return _with_result(card, {**metrics, indicator: values}, new, problems), problems


def with_raw_score(
    card: Scorecard, metrics: Metrics, indicator: str, values: Mapping[str, InputValue], raw: Fraction
) -> Scorecard:
    """Return what `with_values` would for `values` whose raw score is known, without the steps to it.

    The indicator must apply. A list of hundreds of entries is not scored anew for each change of one of them.
    """
    old = card.indicator(indicator)
    new = replace(old, raw=raw, points=points_of(raw, old.weight, old.out_of), steps=())
    return _with_result(card, {**metrics, indicator: values}, new, [])


def _with_result(card: Scorecard, metrics: Metrics, new: IndicatorScore, problems: list[Unscorable]) -> Scorecard:
    """Return the scorecard of `metrics`, which differ from the card's in the indicator that has this new result."""
    results = [new if item.id == new.id else item for item in card.indicators]
    not_applicable = frozenset(item.id for item in results if item.not_applicable)
    bonus = {item.id: item.count for item in card.bonus}
    return _complete(card.form, results, metrics, not_applicable, bonus, problems)


def _scored(
    indicator: Indicator, values: Mapping[str, InputValue], weight: Fraction, problems: list[Unscorable]
) -> IndicatorScore:
    """Score one indicator that applies. If there is no result, it stays open and the reason is added to `problems`."""
    try:
        return _score_indicator(indicator, values, weight)
    except formula.Problem as problem:
        problems.append(Unscorable(indicator.id, problem.sentence))
        return _unscored(indicator, weight)


def _complete(
    form: Form,
    results: list[IndicatorScore],
    metrics: Metrics,
    not_applicable: frozenset[str],
    bonus: Mapping[str, int],
    problems: list[Unscorable],
) -> Scorecard:
    """Build the scorecard: add bonus, vetoes, total and grade to the results. A veto without a result is added to `problems`."""
    bonuses = _score_bonus(form, bonus)
    base = sum((item.points for item in results if item.points is not None), Fraction(0))
    complete = all(item.points is not None or item.not_applicable for item in results) and not all(
        i.not_applicable for i in results
    )
    total = sum((item.points for item in bonuses), base) if complete else None
    vetoes = []
    for veto in form.vetoes:
        try:
            holds = _holds(form, veto.when, metrics, not_applicable)
        except formula.Problem as problem:
            about = next((name.id.partition(".")[0] for name in formula.names(veto.when)), veto.id)
            problems.append(Unscorable(about, problem.sentence))
            holds = None
        vetoes.append(VetoResult(veto.id, holds))
    by_total = None if total is None else form.grade_of(total)
    grade = (
        None
        if by_total is None or any(veto.holds is None for veto in vetoes)
        else _capped_grade(form, by_total, tuple(vetoes))
    )
    return Scorecard(
        form=form,
        indicators=tuple(results),
        bonus=bonuses,
        vetoes=tuple(vetoes),
        base=base,
        total=total,
        grade=grade,
    )


def effective_weights(form: Form, not_applicable: frozenset[str]) -> dict[str, Fraction]:
    """Return each indicator's exact weight once the weights of those that do not apply have been redistributed.

    Such a weight first goes to the rest of its section, in proportion to their weights. The weight of a section that is left
    empty then goes to the whole form, in proportion to the weights after the first step. An indicator that does not apply
    has the weight 0.
    """
    if not not_applicable:
        return {item.id: item.weight for item in form.indicators}
    weights: dict[str, Fraction] = {}
    for section in form.sections:
        left = [item for item in section.indicators if item.id not in not_applicable]
        kept = sum((item.weight for item in left), Fraction(0))
        for item in section.indicators:
            counts = kept and item.id not in not_applicable
            weights[item.id] = item.weight * section.weight / kept if counts else Fraction(0)
    kept = sum(weights.values(), Fraction(0))
    whole = sum((section.weight for section in form.sections), Fraction(0))
    return {id_: weight * whole / kept if kept else weight for id_, weight in weights.items()}


def _unscored(indicator: Indicator, weight: Fraction, not_applicable: bool = False) -> IndicatorScore:
    """Return the result of an indicator that is open or does not apply."""
    return IndicatorScore(
        id=indicator.id,
        out_of=indicator.out_of,
        base_weight=indicator.weight,
        weight=weight,
        not_applicable=not_applicable,
    )


def _score_indicator(indicator: Indicator, values: Mapping[str, InputValue], weight: Fraction) -> IndicatorScore:
    if not is_complete(indicator, values):
        return _unscored(indicator, weight)
    raw, steps = raw_score(indicator, values)
    points = points_of(raw, weight, indicator.out_of)
    if weight != indicator.weight:
        steps.append(Step("weight", value=weight, args=(("base", show(indicator.weight)),)))
    steps.append(Step("points", numbers=f"{show(raw)} × {show(weight)} ÷ {show(indicator.out_of)}", value=points))
    return IndicatorScore(
        id=indicator.id,
        out_of=indicator.out_of,
        base_weight=indicator.weight,
        weight=weight,
        raw=raw,
        points=points,
        steps=tuple(steps),
    )


def points_of(raw: Fraction, weight: Fraction, out_of: Fraction) -> Fraction:
    """Return raw × weight ÷ out_of, rounded half-up to two decimals; 0 if `out_of` is 0.

    >>> points_of(Fraction(85), Fraction(15), Fraction(100))
    Fraction(51, 4)
    """
    return round_half_up(raw * weight / out_of, 2) if out_of else Fraction(0)


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
    known: dict[str, Any] = {}
    for item in indicator.inputs:
        value = values.get(item.id, item.default)
        if value is not None:
            known[item.id] = tuple(_with_defaults(item, row) for row in value) if isinstance(value, tuple) else value
    shown = shown_of(indicator, values)
    if shown is None or indicator.shown_as is None:
        return known, []
    for item in indicator.confidential:
        known[item.id] = Numbers(shown.count, shown.mean)
    known[indicator.shown_as.id] = shown
    args = (("of", indicator.shown_as.id), ("count", str(shown.count)))
    return known, [Step("shown", value=shown.mean, args=args)]


def _with_defaults(item: Input, row: Row) -> Row:
    return {field.id: value for field in item.fields if (value := row.get(field.id, field.default)) is not None}


def shown_of(indicator: Indicator, values: Mapping[str, InputValue]) -> Numbers | None:
    """Return what is shown of an indicator's confidential inputs: the number of ratings and their exact mean.

    With several groups, it is the mean of the group means, weighted as the method says. None if the indicator has no
    confidential inputs or a group is missing. A copy outside hr/ holds only the shown values, under the id of `shown_as`;
    these are then returned.
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
        count, total, weighted = count + group.count, total + weight, weighted + weight * group.mean
    return Numbers(count, weighted / total) if total else None


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
    missing = []
    for item in inputs:
        value = values.get(item.id, item.default)
        if (value is None and not item.optional) or isinstance(value, Auto):
            missing.append(item.id)
        elif isinstance(value, tuple):
            missing += [
                f"{item.id}.{number}.{field.id}"
                for number, row in enumerate(value, 1)
                for field in item.fields
                if field.id not in row and field.default is None and not field.optional
            ]
    return tuple(missing)


def _score_bonus(form: Form, counts: Mapping[str, int]) -> tuple[BonusScore, ...]:
    """Return the points of each bonus item. The form's cap is used up in the order of the items."""
    left = form.bonus_cap
    results = []
    for item in form.bonus:
        count = counts.get(item.id, 0)
        wanted = item.points * (count if item.at_most is None else min(count, item.at_most))
        points = wanted if left is None else min(wanted, left)
        left = None if left is None else left - points
        rounded = round_half_up(points, 2)
        results.append(BonusScore(item.id, count, rounded, rounded < round_half_up(item.points * count, 2)))
    return tuple(results)


def _holds(form: Form, when: formula.Expression, metrics: Metrics, not_applicable: frozenset[str]) -> bool | None:
    """Return True if a veto's condition holds, None while one of its inputs is missing, False if one does not apply.

    Raises formula.Problem if the condition has no result.
    """
    known: dict[str, formula.Value] = {}
    for name in {name.id for name in formula.names(when)}:
        id_, _, input_id = name.partition(".")
        indicator = form.indicator(id_)
        if indicator is None:
            continue  # the id of a choice
        if id_ in not_applicable:
            return False
        item = indicator.input(input_id) if input_id else indicator.inputs[0]
        value = metrics.get(id_, {}).get(item.id, item.default) if item else None
        if not isinstance(value, Fraction | bool | str | Numbers):
            return False if item and item.optional and value is None else None
        known[name] = value
    return bool(formula.evaluate(when, known))


def _capped_grade(form: Form, grade: str, vetoes: tuple[VetoResult, ...]) -> str:
    order = [name for name, _ in form.grades]
    limits = [veto.grade for veto, result in zip(form.vetoes, vetoes, strict=True) if result.holds]
    return max([grade, *limits], key=order.index)
