"""Apportion a rounded total to the rows that add up to it, by largest remainder (Hamilton's method)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import floor


def apportioned(exact: Sequence[Fraction], total: Fraction, decimals: int) -> tuple[Fraction, ...]:
    """Return the rows with `decimals` decimals so that they add up to `total`, which is their rounded sum.

    Each row is first rounded down. What is missing to the total is given out in units of the last decimal, to the rows with the
    largest remainders; of equal ones, to the first. So no row is a whole unit away from its exact value.

    >>> [str(row) for row in apportioned([Fraction(100, 3)] * 3, Fraction(100), 0)]
    ['34', '33', '33']
    """
    unit = Fraction(1, 10**decimals)
    units = [floor(value / unit) for value in exact]
    missing = int(total / unit) - sum(units)
    order = sorted(range(len(exact)), key=lambda place: (units[place] * unit - exact[place], place))
    for place in order[:missing]:
        units[place] += 1
    return tuple(count * unit for count in units)
