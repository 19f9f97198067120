"""Follows a score along one number, exactly: stretch by stretch, from one place where the rule turns to the next.

On a stretch each part of the formula is a quotient of two straight lines: a straight line itself nearly always, and a
curve such as `30 ÷ x` where the number divides. Every comparison, minimum, rounding tells where it would come out
otherwise; the nearest such place ends the stretch. Where a part is of another kind (`x × x`) the rest is one stretch
without a line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import TypeAlias

from kpigen import formula
from kpigen.formula import Expression, Name, Number, Operation, Value
from kpigen.outlook.along import Along

#: (a + b·t) ÷ (c + d·t); a straight line has c = 1 and d = 0.
_Line: TypeAlias = tuple[Fraction, Fraction, Fraction, Fraction]
_ZERO, _ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True, slots=True)
class Line:
    """The score on a stretch: (a + b·x) ÷ (c + d·x)."""

    a: Fraction
    b: Fraction
    c: Fraction
    d: Fraction

    def at(self, x: Fraction) -> Fraction | None:
        """Return the score at a value, or what it comes close to there; None where it grows beyond all bounds."""
        below = self.c + self.d * x if self.d else self.c
        return None if below == 0 else (self.a + self.b * x) / below if self.b or self.d else self.a / below

    @property
    def is_straight(self) -> bool:
        """Whether it is a straight line."""
        return self.d == 0

    @property
    def is_flat(self) -> bool:
        """Whether the score stays the same."""
        return self.d == 0 and self.b == 0

    def reaches(self, y: Fraction) -> Fraction | None:
        """Return where it has a height; None where it never has, or always."""
        slope = self.b - y * self.d
        return None if slope == 0 else (y * self.c - self.a) / slope


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the axis between two places where the rule turns, both ends left out; `end` None is without end.

    `line` is None where the score is of another kind.
    """

    start: Fraction
    end: Fraction | None
    line: Line | None


class _NoLineError(Exception):
    """A part of the formula is no quotient of two straight lines."""


def sweep(along: Along, start: Fraction, sign: int, end: Fraction | None) -> Iterator[Stretch]:
    """Give the stretches from a value on, upwards (sign 1) or downwards (-1), as far as there is a score."""
    while end is None or (end - start) * sign > 0:
        walk = _Walk(along, start, Fraction(sign))
        try:
            a, b, c, d = walk.line(along.expression)
        except _NoLineError:
            yield Stretch(start, end, None)
            return
        except formula.Problem:
            return
        if sign < 0:
            b, d = -b if b else _ZERO, -d if d else _ZERO
        line = Line(a - b * start if b else a, b, c - d * start if d else c, d)
        turn = None if walk.horizon is None else start + sign * walk.horizon
        if turn is None or (end is not None and (turn - end) * sign >= 0):
            yield Stretch(start, end, line)
            return
        yield Stretch(start, turn, line)
        start = turn


class _Walk:
    """Works a formula out just beyond a value, and finds how far that holds (`horizon`; None: for good)."""

    def __init__(self, along: Along, origin: Fraction, sign: Fraction) -> None:
        self.axis, self.known = along.axis, along.known
        self.start: _Line = (origin, sign, _ONE, _ZERO)
        self.horizon: Fraction | None = None

    def line(self, expression: Expression) -> _Line:
        if isinstance(expression, Number):
            return (expression.value, _ZERO, _ONE, _ZERO)
        if isinstance(expression, Name):
            if expression.id == self.axis:
                return self.start
            value = self.known.get(expression.id)
            if not isinstance(value, Fraction):
                raise formula.Problem(f"`{expression.id}` has no value")
            return (value, _ZERO, _ONE, _ZERO)
        operator, operands = expression.operator, expression.operands
        if operator == "if":
            return self.line(operands[0] if self.truth(operands[1]) else operands[2])
        lines = [self.line(operand) for operand in operands]
        first = lines[0]
        if operator in ("+", "sum", "mean"):
            total = first
            for other in lines[1:]:
                total = _plus(total, other)
            return _times(total, _constant(Fraction(1, len(lines)))) if operator == "mean" else total
        if operator in ("-", "neg"):
            return _plus(first, _negated(lines[1])) if operator == "-" else _negated(first)
        if operator == "*":
            return _times(first, lines[1])
        if operator == "/":
            return self.quotient(first, lines[1])
        if operator in ("min", "max"):
            for other in lines[1:]:
                less = self.side(_plus(other, _negated(first))) < 0
                first = other if less == (operator == "min") else first
            return first
        if operator == "abs":
            return first if self.side(first) >= 0 else _negated(first)
        if operator == "floor":
            return _constant(self.floor(first))
        if operator == "ceil":
            return _constant(-self.floor(_negated(first)))
        if operator == "round":
            return self.rounded(first, int(lines[1][0]) if len(lines) > 1 else 0)
        raise _NoLineError

    def truth(self, expression: Expression) -> bool:
        if isinstance(expression, Operation):
            operator, operands = expression.operator, expression.operands
            if operator == "and":
                return self.truth(operands[0]) and self.truth(operands[1])
            if operator == "or":
                return self.truth(operands[0]) or self.truth(operands[1])
            if operator == "not":
                return not self.truth(operands[0])
            if operator == "if":
                return self.truth(operands[0] if self.truth(operands[1]) else operands[2])
            if any(name.id == self.axis for name in formula.names(expression)):
                side = self.side(_plus(self.line(operands[0]), _negated(self.line(operands[1]))))
                return _holds(operator, side)
        value: Value = formula.evaluate(expression, self.known)
        if not isinstance(value, bool):
            raise formula.Problem("not yes or no")
        return value

    def side(self, line: _Line) -> int:
        """Return whether it lies above, on or below zero just beyond the start, and note where that changes."""
        a, b, c, d = line
        self.turn_at_root(a, b)
        if d is _ZERO:
            return _sign(a or b)
        self.turn_at_root(c, d)
        return _sign(a or b) * _sign(c or d)

    def quotient(self, above: _Line, below: _Line) -> _Line:
        a, b, c, d = below
        if not a and not b:
            raise formula.Problem("division by zero")
        if not b and not d:
            return _times(above, _constant(c / a))
        self.turn_at_root(a, b)
        if above[3] == 0 and d == 0:
            return _normal((above[0], above[1], a, b))
        if above[1] == 0 and above[3] == 0:
            return _normal((c * above[0], d * above[0], a, b))
        raise _NoLineError

    def floor(self, line: _Line) -> Fraction:
        a, b, c, d = line
        rise = b * c - a * d
        if not rise:
            return Fraction(floor(a / c if c else b / d))
        if not c:
            raise _NoLineError  # it comes from beyond all bounds, through each step there is
        value = a / c
        whole = Fraction(floor(value))
        if rise < 0 and whole == value:
            whole -= 1
        edge = whole + 1 if rise > 0 else whole
        self.turn_at_root(a - edge * c, b - edge * d)
        if d:
            self.turn_at_root(c, d)
        return whole

    def rounded(self, line: _Line, places: int) -> _Line:
        """Round half away from zero: half up above zero, half down below."""
        scale, half = _constant(Fraction(10**places)), _constant(Fraction(1, 2))
        up = self.side(line) >= 0
        scaled = _times(line if up else _negated(line), scale)
        rounded = self.floor(_plus(scaled, half)) / 10**places
        return _constant(rounded if up else -rounded)

    def turn_at_root(self, a: Fraction, b: Fraction) -> None:
        """Note that the rule may turn where a + b·t is zero."""
        if a.numerator * b.numerator < 0:
            root = -a / b
            if self.horizon is None or root < self.horizon:
                self.horizon = root


def _holds(operator: str, side: int) -> bool:
    """Whether a comparison holds where the left side lies above (1), on (0) or below (-1) the right one."""
    at = {-1: ("<", "<=", "!="), 0: ("<=", "==", ">="), 1: (">", ">=", "!=")}
    return operator in at[side]


def _sign(value: Fraction) -> int:
    return (value.numerator > 0) - (value.numerator < 0)


def _constant(value: Fraction) -> _Line:
    return (value, _ZERO, _ONE, _ZERO)


def _negated(line: _Line) -> _Line:
    a, b, c, d = line
    return (-a, b if b is _ZERO else -b, c, d)


def _normal(line: _Line) -> _Line:
    """Return a straight line as one, whatever it was divided by."""
    a, b, c, d = line
    if d and a * d == b * c:
        return _constant(b / d)
    return line if d else (a / c, b / c, _ONE, _ZERO)


def _plus(one: _Line, other: _Line) -> _Line:
    a, b, c, d = one
    e, f, g, h = other
    if d is _ZERO and h is _ZERO:
        return (a + e, b if f is _ZERO else f if b is _ZERO else b + f, _ONE, _ZERO)
    if d is _ZERO:
        return _plus(other, one)
    if not f and h is _ZERO:
        return (a + e * c, b + e * d, c, d)
    if (c, d) == (g, h):
        return _normal((a + e, b + f, c, d))
    raise _NoLineError


def _times(one: _Line, other: _Line) -> _Line:
    if other[1] or other[3]:
        one, other = other, one
    a, b, c, d = one
    factor = other[0]
    if other[1] or other[3]:
        raise _NoLineError
    if not factor:
        return _constant(_ZERO)
    return (a * factor, b if b is _ZERO else b * factor, c, d)
