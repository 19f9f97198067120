"""The values that a formula can take: interval arithmetic over the ranges of its inputs.

An interval is closed. It is never too small, but may be too large if an input occurs twice in a formula.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from math import ceil, floor

from kpigen.numbers.expressions import (
    ENTRY,
    Expression,
    Field,
    Name,
    Number,
    Operation,
    PerEntry,
    fields,
    keys,
)
from kpigen.numbers.quantities import round_half_up


@dataclass(frozen=True, slots=True)
class Interval:
    """All numbers from `low` to `high`, both included. None means unbounded.

    >>> Interval(Fraction(1), Fraction(3)).plus(Interval(Fraction(2), None)) == Interval(Fraction(3), None)
    True
    """

    low: Fraction | None = None
    high: Fraction | None = None

    def hull(self, other: Interval) -> Interval:
        """Return the smallest interval that holds both."""
        low = None if self.low is None or other.low is None else min(self.low, other.low)
        high = None if self.high is None or other.high is None else max(self.high, other.high)
        return Interval(low, high)

    def negated(self) -> Interval:
        """Return the interval of the negative numbers."""
        return Interval(None if self.high is None else -self.high, None if self.low is None else -self.low)

    def plus(self, other: Interval) -> Interval:
        """Return the interval of all sums."""
        return Interval(_add(self.low, other.low), _add(self.high, other.high))

    def times(self, other: Interval) -> Interval:
        """Return the interval of all products."""
        factor = other.low
        if factor is not None and factor == other.high and factor > 0:
            return self.mapped(lambda value: value * factor)
        ends = [_product(a, b) for a in self._ends() for b in other._ends()]
        return Interval(_least(ends), _greatest(ends))

    def divided(self, other: Interval) -> Interval:
        """Return the interval of all quotients (division by zero left out)."""
        inverse = other.inverse()
        return Interval() if inverse is None else self.times(inverse)

    def inverse(self) -> Interval | None:
        """Return the interval of 1 / x, or None if x may have either sign."""
        if self.low is not None and self.low >= 0:
            high = None if self.low == 0 else 1 / self.low
            return Interval(Fraction(0) if self.high is None else 1 / self.high if self.high else None, high)
        if self.high is not None and self.high <= 0:
            positive = self.negated().inverse()
            return positive.negated() if positive else None
        return None

    def mapped(self, function: Callable[[Fraction], Fraction]) -> Interval:
        """Return the interval of a rising function's values; an open end stays open."""
        return Interval(
            None if self.low is None else function(self.low), None if self.high is None else function(self.high)
        )

    def cut(self, floor_: Fraction | None, cap: Fraction | None) -> Interval:
        """Return the interval after a floor and a cap."""
        low, high = self.low, self.high
        if floor_ is not None:
            low = floor_ if low is None else max(low, floor_)
            high = high if high is None else max(high, floor_)
        if cap is not None:
            high = cap if high is None else min(high, cap)
            low = low if low is None else min(low, cap)
        return Interval(low, high)

    def _ends(self) -> tuple[tuple[int, Fraction], tuple[int, Fraction]]:
        """Return both ends as (infinity sign, value)."""
        low = (-1, Fraction(0)) if self.low is None else (0, self.low)
        high = (1, Fraction(0)) if self.high is None else (0, self.high)
        return low, high


def _add(a: Fraction | None, b: Fraction | None) -> Fraction | None:
    return None if a is None or b is None else a + b


def _product(a: tuple[int, Fraction], b: tuple[int, Fraction]) -> tuple[int, Fraction]:
    if not a[0] and not b[0]:
        return 0, a[1] * b[1]
    sign = (a[0] or _sign(a[1])) * (b[0] or _sign(b[1]))
    return sign, Fraction(0)


def _sign(value: Fraction) -> int:
    return (value > 0) - (value < 0)


def _least(ends: list[tuple[int, Fraction]]) -> Fraction | None:
    return None if any(sign < 0 for sign, _ in ends) else min(v for sign, v in ends if sign == 0)


def _greatest(ends: list[tuple[int, Fraction]]) -> Fraction | None:
    return None if any(sign > 0 for sign, _ in ends) else max(v for sign, v in ends if sign == 0)


def extent(expression: Expression, ranges: Mapping[str, Interval], optional: frozenset[str] = frozenset()) -> Interval:
    """Return the interval of a checked formula over the ranges of its inputs; truth values count as 0 to 1.

    A list has the range of its entries, and a field of its entries that of `list.field`. The names in `optional`, and fields
    that it has in the same way, may be absent.
    """
    if isinstance(expression, Number):
        return Interval(expression.value, expression.value)
    if isinstance(expression, Name):
        return ranges.get(expression.id, Interval())
    if isinstance(expression, Field):
        return ranges.get(expression.key, Interval())
    if isinstance(expression, PerEntry):
        return _per_entry(expression, ranges, optional)
    operator = expression.operator
    if operator in ("given", "and", "or", "not", "<", "<=", "==", "!=", ">=", ">"):
        return Interval(Fraction(0), Fraction(1))
    if operator == "if":
        chosen, condition, other = expression.operands
        holds = _holds(condition, ranges, optional)
        if holds is not None:
            return extent(chosen if holds else other, ranges, optional)
        return extent(chosen, ranges, optional).hull(extent(other, ranges, optional))
    parts = [extent(operand, ranges, optional) for operand in expression.operands]
    first = parts[0]
    if operator == "+":
        return first.plus(parts[1])
    if operator == "-":
        return first.plus(parts[1].negated())
    if operator == "*":
        return first.times(parts[1])
    if operator == "/":
        return first.divided(parts[1])
    if operator == "neg":
        return first.negated()
    if operator == "abs":
        return _absolute(first)
    if operator in _LEAVING_OUT:
        may_lack = [not optional.isdisjoint(keys(operand)) for operand in expression.operands]
        return _LEAVING_OUT[operator](parts, may_lack)
    return _of_list_or_rounding(operator, parts)


def _holds(condition: Expression, ranges: Mapping[str, Interval], optional: frozenset[str]) -> bool | None:
    """Return the result of a comparison if it is the same over all ranges; None if it may be either."""
    if not isinstance(condition, Operation):
        return None
    operator, operands = condition.operator, condition.operands
    if operator in (">", ">="):
        operator, operands = {">": "<", ">=": "<="}[operator], operands[::-1]
    if operator not in ("<", "<="):
        return None
    one, other = (extent(operand, ranges, optional) for operand in operands)
    if _lies_before(one.high, other.low, or_on=operator == "<="):
        return True
    return False if _lies_before(other.high, one.low, or_on=operator == "<") else None


def _lies_before(high: Fraction | None, low: Fraction | None, or_on: bool) -> bool:
    return high is not None and low is not None and (high < low or (or_on and high == low))


def _of_list_or_rounding(operator: str, parts: list[Interval]) -> Interval:
    first = parts[0]
    if operator in ("floor", "ceil", "round"):
        rounding = {"floor": floor, "ceil": ceil}.get(operator)
        places = int(parts[1].low or 0) if len(parts) > 1 else 0
        return first.mapped(lambda v: Fraction(rounding(v)) if rounding else round_half_up(v, places))
    if operator == "last":
        return first
    if operator == "sum" and len(parts) == 1:
        low = first.low if first.low is not None and first.low >= 0 else None
        return Interval(low, first.high if first.high is not None and first.high <= 0 else None)
    return _total(parts)


def _least_of(parts: list[Interval], may_lack: list[bool]) -> Interval:
    """Return the interval of the least of several numbers. What may be absent bounds it from above only if all may be."""
    highs = [part.high for part, lacks in zip(parts, may_lack, strict=True) if part.high is not None and not lacks]
    if all(may_lack):
        return Interval(_all(min, [part.low for part in parts]), _all(max, [part.high for part in parts]))
    return Interval(_all(min, [part.low for part in parts]), min(highs) if highs else None)


def _greatest_of(parts: list[Interval], may_lack: list[bool]) -> Interval:
    """Return the interval of the greatest of several numbers."""
    return _least_of([part.negated() for part in parts], may_lack).negated()


def _mean_of(parts: list[Interval], may_lack: list[bool]) -> Interval:
    """Return the interval of a mean; if some may be absent, any of the others may be all that is left."""
    if any(may_lack):
        return _hull(parts)
    return _total(parts).mapped(lambda v: v / len(parts))


def _hull(parts: list[Interval]) -> Interval:
    return reduce(Interval.hull, parts)


def _total(parts: list[Interval]) -> Interval:
    return reduce(Interval.plus, parts)


def _count_of(parts: list[Interval], may_lack: list[bool]) -> Interval:
    """Return how many of several numbers there are, or how many entries one list has."""
    if len(parts) == 1:
        return Interval(Fraction(0 if may_lack[0] else 1))
    return Interval(Fraction(may_lack.count(False)), Fraction(len(parts)))


def _sum_of(parts: list[Interval], may_lack: list[bool]) -> Interval:
    """Return the interval of a sum that leaves out what is absent."""
    nothing = Interval(Fraction(0), Fraction(0))
    return _total([part.hull(nothing) if lacks else part for part, lacks in zip(parts, may_lack, strict=True)])


def _weighted_mean_of(parts: list[Interval], may_lack: list[bool]) -> Interval:
    """Return the interval of a weighted mean: it lies between its values, and by fixed weights just where they put it."""
    weights, values = [part.low for part in parts[::2] if part.low == part.high], parts[1::2]
    fixed = [weight for weight in weights if weight is not None and weight >= 0]
    total = sum(fixed, Fraction(0))
    if len(fixed) < len(values) or any(may_lack) or not total:
        return _hull(values)
    shares = (value.times(Interval(weight, weight)) for weight, value in zip(fixed, values, strict=True))
    return _total(list(shares)).mapped(lambda v: v / total)


def _up_to_all(parts: list[Interval], _: list[bool]) -> Interval:
    return Interval(Fraction(0), Fraction(len(parts)))


_LEAVING_OUT: dict[str, Callable[[list[Interval], list[bool]], Interval]] = {
    "min": _least_of,
    "max": _greatest_of,
    "mean": _mean_of,
    "count": _count_of,
    "weighted_mean": _weighted_mean_of,
    "sum of": _sum_of,
    "mean of": _mean_of,
    "count of": _up_to_all,
    "run of": _up_to_all,
}


def _per_entry(expression: PerEntry, ranges: Mapping[str, Interval], optional: frozenset[str]) -> Interval:
    """Return the interval of an aggregate over a list of any length."""
    of = expression.list.id
    if expression.operator in ("count", "run"):
        return Interval(Fraction(0))
    inner = {
        f".{id_}": ranges.get(of if id_ == ENTRY else f"{of}.{id_}", Interval())
        for id_ in fields(expression.expression)
    }
    lacking = frozenset(f".{id_}" for id_ in fields(expression.expression) if f"{of}.{id_}" in optional)
    one = extent(expression.expression, {**ranges, **inner}, optional | lacking)
    return _of_any_length(one) if expression.operator == "sum" else one


def _of_any_length(entry: Interval) -> Interval:
    """Return the interval of the sum of any number of entries, or of none."""
    rises, falls = entry.low is not None and entry.low >= 0, entry.high is not None and entry.high <= 0
    return Interval(Fraction(0) if rises else None, Fraction(0) if falls else None)


def _all(choose: Callable[[list[Fraction]], Fraction], ends: list[Fraction | None]) -> Fraction | None:
    present = [end for end in ends if end is not None]
    return choose(present) if len(present) == len(ends) else None


def _absolute(interval: Interval) -> Interval:
    if interval.low is not None and interval.low >= 0:
        return interval
    if interval.high is not None and interval.high <= 0:
        return interval.negated()
    high = None if interval.low is None or interval.high is None else max(-interval.low, interval.high)
    return Interval(Fraction(0), high)
