"""The highest score that an indicator can reach, and caps that nobody can reach.

Interval arithmetic gives an upper bound. A search over likely input values then looks for an example that reaches it. If it
finds none, the bound is only "no more than".
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from kpigen.model.forms import Indicator, Input, InputType
from kpigen.model.reviews import InputValue, Row
from kpigen.numbers import formula
from kpigen.numbers.formula import Expression, Numbers
from kpigen.numbers.intervals import Interval, extent
from kpigen.scoring.methods.base import method_of
from kpigen.scoring.score import raw_score

_TRIES = 4_000
#: The lengths of lists that are tried where a limit looks at a list: the months of a quarter and of a year, and others.
_LENGTHS = (1, 3, 12, 2, 4, 6)


@dataclass(frozen=True)
class Most:
    """The highest score. If `exact`, an example reaches it; otherwise it is an upper bound (None means unbounded)."""

    value: Fraction | None
    exact: bool


def most_raw(indicator: Indicator) -> Most:
    """Return the highest raw score of an indicator."""
    bound = upper_bound(indicator)
    best: Fraction | None = None
    for values in itertools.islice(candidates(indicator), _TRIES):
        try:
            raw = raw_score(indicator, values)[0]
        except formula.Problem:
            continue
        best = raw if best is None else max(best, raw)
        if best == bound:
            return Most(best, exact=True)
    return Most(bound, exact=False)


def upper_bound(indicator: Indicator) -> Fraction | None:
    """Return an upper bound of the raw score, which may not be reached; None means unbounded."""
    return raw_extent(indicator).high


def raw_extent(indicator: Indicator) -> Interval:
    """Return an interval that holds every raw score of an indicator; it may be larger than needed."""
    found = _extent(indicator)
    for _, amount in indicator.when_zero:
        found = found.hull(Interval(amount, amount))
    return found


def unreachable_cap(indicator: Indicator) -> Most | None:
    """Return the highest reachable score if the cap lies above it; otherwise None."""
    cap = indicator.score.cap
    most = most_raw(indicator)
    return most if cap is not None and most.value is not None and most.value < cap else None


def _extent(indicator: Indicator) -> Interval:
    known, optional = ranges_of(indicator.inputs), optional_of(indicator.inputs)
    measure = None if indicator.measure is None else extent(indicator.measure, known, optional)
    if measure is not None:
        known["measure"] = measure

    def of(expression: Expression | None) -> Interval:
        if expression is None or (isinstance(expression, formula.Name) and expression.id == "measure"):
            return Interval() if measure is None else measure
        return extent(expression, known, optional)

    return method_of(indicator).limited_extent(of, indicator.out_of)


def ranges_of(inputs: tuple[Input, ...]) -> dict[str, Interval]:
    """Return the range of each input, and of each field of a list by its id and as `list.field`."""
    ranges = {}
    for item in inputs:
        ranges[item.id] = Interval(item.range.low, item.range.high)
        fields = ranges_of(item.fields)
        ranges.update(fields)
        ranges.update({f"{item.id}.{id_}": range_ for id_, range_ in fields.items()})
    return ranges


def optional_of(inputs: tuple[Input, ...]) -> frozenset[str]:
    """Return the inputs, and the fields of lists as in `ranges_of`, that may be absent."""
    found = {item.id for item in inputs if item.optional and item.default is None}
    for item in inputs:
        fields = optional_of(item.fields)
        found |= fields | {f"{item.id}.{id_}" for id_ in fields}
    return frozenset(found)


def candidates(indicator: Indicator) -> Iterator[Mapping[str, InputValue]]:
    """Yield combinations of likely input values that respect the form's limits."""
    method = method_of(indicator)
    limited = {name.id for limit in indicator.limits for name in formula.names(limit)}
    choices = [
        list(_values_of(item, (*method.knots(), *(mark.value for mark in method.marks(item.id))), item.id in limited))
        for item in indicator.inputs
    ]
    ids = [item.id for item in indicator.inputs]
    for combination in itertools.product(*choices):
        values = {id_: value for id_, value in zip(ids, combination, strict=True) if value is not None}
        if all(_keeps(limit, values) for limit in indicator.limits):
            yield values


def _keeps(limit: Expression, values: Mapping[str, InputValue]) -> bool:
    known = {name: value for name, value in values.items() if formula.is_value(value)}
    try:
        return formula.evaluate(limit, known) is True
    except (formula.Problem, TypeError):
        return False


def _values_of(item: Input, knots: tuple[Fraction, ...], limited: bool) -> Iterator[InputValue | None]:
    """Yield likely values of an input, and None last if it may be left out. Limits may want a list of some length."""
    for value in _values(item, knots):
        if limited and isinstance(value, Numbers):
            yield from (Numbers.of((value.mean,) * count) for count in _LENGTHS)
        else:
            yield value
    if item.optional:
        yield None


def _values(item: Input, knots: tuple[Fraction, ...]) -> Iterator[InputValue]:
    if item.type is InputType.YES_NO:
        yield from (True, False)
    elif item.type is InputType.CHOICE:
        yield from (choice.id for choice in item.choices)
    elif item.type is InputType.TEXT:
        yield "–"
    elif item.type is InputType.LIST:
        yield from _lists(item)
    elif item.type is InputType.RATINGS:
        yield from (Numbers.of((value,)) for value in _numbers(item, knots))
    else:
        yield from _numbers(item, knots)


def _lists(item: Input) -> Iterator[tuple[Row, ...]]:
    fields = [list(_values(field, ())) for field in item.fields]
    ids = [field.id for field in item.fields]
    for combination in itertools.islice(itertools.product(*fields), 500):
        yield (dict(zip(ids, combination, strict=True)),)


def _numbers(item: Input, knots: tuple[Fraction, ...]) -> Iterator[Fraction]:
    """Yield the ends of a range first, then round numbers and the values where the score changes direction."""
    whole = item.type is InputType.COUNT
    ends = [item.range.high, item.range.low]
    usual = [Fraction(n) for n in (1, 0, 100, 1_000_000)] + list(knots) + [Fraction(1, 2), Fraction(80)]
    for value in dict.fromkeys([end for end in ends if end is not None] + usual):
        if value in item.range and not (whole and value.denominator != 1):
            yield value
