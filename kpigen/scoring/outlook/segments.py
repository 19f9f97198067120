"""Exact quotients of two straight lines: the shape of a score between two breakpoints of its rule."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

#: (a + b·t) ÷ (c + d·t). A straight line has c = 1 and d = `ZERO`, the object itself, so that `is` can test for it quickly.
Quotient: TypeAlias = tuple[Fraction, Fraction, Fraction, Fraction]
ZERO, ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True, slots=True)
class Line:
    """The score on a stretch: (a + b·x) ÷ (c + d·x)."""

    a: Fraction
    b: Fraction
    c: Fraction
    d: Fraction

    def at(self, x: Fraction) -> Fraction | None:
        """Return the score at a value, or its limit there; None if it grows beyond all bounds."""
        below = self.c + self.d * x if self.d else self.c
        return None if below == 0 else (self.a + self.b * x) / below if self.b or self.d else self.a / below

    @property
    def is_straight(self) -> bool:
        """True for a straight line."""
        return self.d == 0

    @property
    def is_flat(self) -> bool:
        """True if the score is constant."""
        return self.d == 0 and self.b == 0

    def reaches(self, y: Fraction) -> Fraction | None:
        """Return the value at which the score is `y`; None if it never is, or always."""
        slope = self.b - y * self.d
        return None if slope == 0 else (y * self.c - self.a) / slope


class NoLineError(Exception):
    """A part of the formula is not a quotient of two straight lines."""


def sign_of(value: Fraction) -> int:
    """Return the sign of a number: 1, 0 or -1. This is faster than comparing fractions."""
    return (value.numerator > 0) - (value.numerator < 0)


def constant(value: Fraction) -> Quotient:
    """Return a constant line."""
    return (value, ZERO, ONE, ZERO)


def negated(line: Quotient) -> Quotient:
    """Return the line with the opposite sign."""
    a, b, c, d = line
    return (-a, b if b is ZERO else -b, c, d)


def normal(line: Quotient) -> Quotient:
    """Return the quotient in normal form: a straight line with c = 1, d = 0 if it is one."""
    a, b, c, d = line
    if d and a * d == b * c:
        return constant(b / d)
    return line if d else (a / c, b / c, ONE, ZERO)


def plus(one: Quotient, other: Quotient) -> Quotient:
    """Return the sum. Raises NoLineError if it is not such a quotient."""
    a, b, c, d = one
    e, f, g, h = other
    if d is ZERO and h is ZERO:
        return (a + e, b if f is ZERO else f if b is ZERO else b + f, ONE, ZERO)
    if d is ZERO:
        return plus(other, one)
    if not f and h is ZERO:
        return (a + e * c, b + e * d, c, d)
    if (c, d) == (g, h):
        return normal((a + e, b + f, c, d))
    raise NoLineError


def times(one: Quotient, other: Quotient) -> Quotient:
    """Return the product of a line and a constant. Raises NoLineError if neither is constant."""
    if other[1] or other[3]:
        one, other = other, one
    a, b, c, d = one
    factor = other[0]
    if other[1] or other[3]:
        raise NoLineError
    if not factor:
        return constant(ZERO)
    return (a * factor, b if b is ZERO else b * factor, c, d)
