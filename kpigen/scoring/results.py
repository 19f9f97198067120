"""What follows from a total: pay, coefficients, a second score. Exact, rounded once; shown and exported, never scored."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from kpigen.diagnostics.values import Phrase, phrase
from kpigen.model.forms import Form, Result, ResultUnit, Tiers
from kpigen.model.scores import ResultScore, Step
from kpigen.numbers import formula
from kpigen.numbers.formula import Missing, Value
from kpigen.numbers.quantities import Unit, fixed, rounded, show
from kpigen.scoring.names import TIER, Known
from kpigen.scoring.working import as_step

_UNITS = {ResultUnit.PERCENT: Unit.PERCENT, ResultUnit.MONEY: Unit.MONEY}


def score_results(form: Form, known: Known) -> tuple[tuple[ResultScore, ...], list[tuple[str, Phrase]]]:
    """Return the results of a form in their order, and those without one: id and reason.

    `known` has all other names. A result may use those before it. One that needs what is missing is open.
    """
    found: list[ResultScore] = []
    problems: list[tuple[str, Phrase]] = []
    own = dict(known.own)
    for result in form.results:
        here = Known(known.form, known.scores, known.metrics, known.bare, own)
        try:
            score, own[result.id] = _score(form, result, here)
        except formula.Problem as problem:
            problems.append((result.id, problem.sentence))
            score, own[result.id] = ResultScore(result.id, None), Missing.OPEN
        found.append(score)
    return tuple(found), problems


def _score(form: Form, result: Result, known: Known) -> tuple[ResultScore, Value]:
    """Return a result, and what it is to later ones: as printed, absent if it says nothing here, open while it or its text is."""
    if result.cases:
        return ResultScore(result.id, _case(result, known)), Missing.OPEN
    steps: list[Step] = []
    if result.tiers is not None:
        tier, steps = tier_of(result.tiers, known)
        if tier is None:
            return ResultScore(result.id, None), Missing.OPEN
        known = Known(known.form, known.scores, known.metrics, known.bare, {**known.own, TIER: tier})
        exactly: Value = tier
    if result.formula is not None:
        values = known.values(formula.names(result.formula))
        exactly = formula.evaluate(result.formula, values)
        steps.append(as_step("result", result.formula, values, exactly, form))
    if isinstance(exactly, bool):
        return ResultScore(result.id, exactly, tuple(steps)), exactly
    if not isinstance(exactly, Fraction):
        return ResultScore(result.id, None), exactly if exactly is Missing.ABSENT else Missing.OPEN
    places = result.decimals + (2 if result.unit is ResultUnit.PERCENT else 0)
    value = rounded(exactly, places, form.rounding.half_even)
    if value != exactly:
        steps.append(Step("result_rounded", value=value, unit=_UNITS.get(result.unit, Unit.PLAIN)))
    return ResultScore(result.id, value, tuple(steps)), value


def _case(result: Result, known: Known) -> int | None:
    """Return the place of the first case that holds; None if that is open."""
    for place, case in enumerate(result.cases):
        if case.when is None:
            return place
        holds = formula.evaluate(case.when, known.values(formula.names(case.when)))
        if isinstance(holds, Missing):
            return None
        if holds:
            return place
    raise formula.Problem(phrase("no case holds"))


def tier_of(tiers: Tiers, known: Known) -> tuple[Fraction | None, list[Step]]:
    """Return the value of a table of tiers and the steps to it; None while its number is open.

    Raises formula.Problem if the number is below the first tier, and nothing says what is then.
    """
    of = formula.evaluate(tiers.of, known.values(formula.names(tiers.of)))
    if not isinstance(of, Fraction):
        return None, []
    if tiers.cumulative:
        return _sum_of_tiers(tiers, of)
    reached = [value for least, value in tiers.steps if of >= least]
    value = reached[-1] if reached else tiers.otherwise
    if value is None:
        raise formula.Problem(phrase("{value} lies below the first tier", value=show(of)))
    return value, [Step("tier", value=value, args=(("of", formula.write(tiers.of, pretty=True)), ("amount", show(of))))]


def _sum_of_tiers(tiers: Tiers, of: Fraction) -> tuple[Fraction, list[Step]]:
    """Return the sum over the tiers of the part of the number inside each, times its value."""
    total, terms = Fraction(0), []
    ends = [least for least, _ in tiers.steps[1:]]
    for (least, value), end in zip(tiers.steps, [*ends, None], strict=True):
        part = (of if end is None else min(of, end)) - least
        if part > 0:
            total += part * value
            terms.append(f"{show(part)} × {show(value)}")
    return total, [
        Step("tiers", numbers=" + ".join(terms), value=total, args=(("of", formula.write(tiers.of, pretty=True)),))
    ]


def values_of(scores: tuple[ResultScore, ...]) -> Mapping[str, Fraction | bool | int | None]:
    """Return the results by id."""
    return {score.id: score.value for score in scores}


def in_words(result: Result, score: ResultScore, form: Form) -> str:
    """Return a result as rule files write it: a number with its decimals, `yes`, `no`, or a text; empty while it is open."""
    value = score.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return result.cases[value].text.in_("")
    return (
        fixed(value * 100, result.decimals) + "%"
        if result.unit is ResultUnit.PERCENT
        else fixed(value, result.decimals)
    )
