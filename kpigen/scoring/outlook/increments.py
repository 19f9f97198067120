"""The steps in which people change a number, and the values that they would write."""

from __future__ import annotations

from fractions import Fraction

from kpigen.model.forms import Input, InputType
from kpigen.numbers.quantities import round_half_up


def is_written(item: Input, value: Fraction) -> bool:
    """Return True if people would write a value: whole counts and seconds, percentages and numbers with two decimals."""
    if item.range.step is not None:
        return (value / item.range.step).denominator == 1
    places = {InputType.COUNT: 0, InputType.DURATION: 0, InputType.PERCENT: 4}.get(item.type, 2)
    return round_half_up(value, places) == value


def units(item: Input, value: Fraction) -> tuple[Fraction, ...]:
    """Return the usual step in which people change a number, and a finer one for use near the end of its range."""
    one = Fraction(1)
    if item.range.step is not None:
        return (item.range.step,)
    if item.type is InputType.COUNT:
        return (one,)
    if item.type is InputType.PERCENT:
        return one / 100, one / 1000
    if item.type is InputType.DURATION:
        return (Fraction(1 if value < 60 else 5 if value < 600 else 10 if value < 3600 else 60),)
    low, high = item.range.low, item.range.high
    width = None if low is None or high is None else high - low
    size = max(one, _power_of_ten(abs(value) / 100)) if width is None else _power_of_ten(width / 20)
    return size, size / 10


def _power_of_ten(most: Fraction) -> Fraction:
    """Return the greatest power of ten that is not above a number, and at least 1/100."""
    size = Fraction(1, 100)
    while size * 10 <= most:
        size *= 10
    return size
