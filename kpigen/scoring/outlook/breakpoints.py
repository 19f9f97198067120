"""Follow a score along one number, exactly: stretch by stretch, from one breakpoint of the rule to the next.

On a stretch, each part of the formula is a quotient of two straight lines: nearly always a straight line itself, or a curve
such as `30 ÷ x` if the number is a divisor. Every comparison, minimum and rounding reports the value at which its result
would change, and the nearest such value ends the stretch. If a part has another shape (`x × x`), or after as many
breakpoints as the caller allows, the rest is one stretch without a line.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from kpigen.diagnostics.values import phrase
from kpigen.numbers import formula
from kpigen.numbers.evaluation import LEAVING_OUT, longest_run
from kpigen.numbers.formula import Expression, Missing, Name, Number, Operation, Value
from kpigen.scoring.outlook.segments import (
    ONE,
    ZERO,
    Line,
    NoLineError,
    Quotient,
    constant,
    negated,
    normal,
    plus,
    sign_of,
    times,
)
from kpigen.scoring.outlook.univariate import Along


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the axis between two breakpoints, both excluded. An `end` of None means infinity.

    `line` is None if the score has another shape there, or was not followed that far.
    """

    start: Fraction
    end: Fraction | None
    line: Line | None


def sweep(along: Along, start: Fraction, sign: int, end: Fraction | None, most: int | None = None) -> Iterator[Stretch]:
    """Yield the stretches from a value on, upwards (sign 1) or downwards (-1), as long as the score has a result.

    With `most`, the stretch after that many is the last one and has no line.
    """
    for number in itertools.count():
        if end is not None and (end - start) * sign <= 0:
            return
        if number == most:
            yield Stretch(start, end, None)
            return
        walk = _Walk(along, start, Fraction(sign))
        try:
            a, b, c, d = walk.line(along.expression)
        except NoLineError:
            yield Stretch(start, end, None)
            return
        except formula.Problem:
            return
        if sign < 0:
            b, d = -b if b else ZERO, -d if d else ZERO
        line = Line(a - b * start if b else a, b, c - d * start if d else c, d)
        turn = None if walk.horizon is None else start + sign * walk.horizon
        if turn is None or (end is not None and (turn - end) * sign >= 0):
            yield Stretch(start, end, line)
            return
        yield Stretch(start, turn, line)
        start = turn


class _AbsentError(formula.Problem):
    """A part of the formula is absent: what leaves out such parts goes on without it."""


#: Functions that take one list as a whole.
_OF_LISTS = ("count", "last")


class _Walk:
    """Evaluates a formula just beyond a value, and finds the distance to the next breakpoint (`horizon`; None: there is none)."""

    def __init__(self, along: Along, origin: Fraction, sign: Fraction) -> None:
        self.axis, self.known = along.axis, along.known
        self.start: Quotient = (origin, sign, ONE, ZERO)
        self.horizon: Fraction | None = None

    def line(self, expression: Expression) -> Quotient:
        if isinstance(expression, Number):
            return (expression.value, ZERO, ONE, ZERO)
        if isinstance(expression, Name):
            return self.start if expression.id == self.axis else self.closed(expression)
        if not isinstance(expression, Operation):
            return self.closed(expression)
        operator, operands = expression.operator, expression.operands
        if operator == "if":
            holds = self.truth(operands[1])
            if holds is None:
                raise _AbsentError(phrase("the condition is not known"))
            return self.line(operands[0] if holds else operands[2])
        if operator in ("count of", "run of"):
            return self.counted(operator, operands)
        if operator == "weighted_mean":
            return self.weighted_mean(operands)
        if operator in _OF_LISTS and len(operands) == 1:
            return self.closed(expression)
        if operator == "count":
            return constant(Fraction(sum(self.present(operand) is not None for operand in operands)))
        lines = self.lines(operator, operands)
        first = lines[0]
        if operator in ("+", "sum", "mean", "sum of", "mean of"):
            total = first
            for other in lines[1:]:
                total = plus(total, other)
            return times(total, constant(Fraction(1, len(lines)))) if operator in ("mean", "mean of") else total
        if operator in ("-", "neg"):
            return plus(first, negated(lines[1])) if operator == "-" else negated(first)
        if operator == "*":
            return times(first, lines[1])
        if operator == "/":
            return self.quotient(first, lines[1])
        if operator in ("min", "max"):
            for other in lines[1:]:
                less = self.side(plus(other, negated(first))) < 0
                first = other if less == (operator == "min") else first
            return first
        if operator == "abs":
            return first if self.side(first) >= 0 else negated(first)
        if operator == "floor":
            return constant(self.floor(first))
        if operator == "ceil":
            return constant(-self.floor(negated(first)))
        if operator == "round":
            return self.rounded(first, int(lines[1][0]) if len(lines) > 1 else 0)
        raise NoLineError

    def closed(self, expression: Expression) -> Quotient:
        """Return the line of a part that does not depend on the axis. Raises NoLineError if it does."""
        if isinstance(expression, Name) and isinstance(known := self.known.get(expression.id), Fraction):
            return (known, ZERO, ONE, ZERO)
        if any(name.id == self.axis for name in formula.names(expression)):
            raise NoLineError
        value = formula.evaluate(expression, self.known)
        if value is Missing.ABSENT:
            raise _AbsentError(formula.no_value(formula.lacking(expression, self.known)))
        if not isinstance(value, Fraction):
            raise formula.Problem(phrase("`{what}` has no value", what=formula.write(expression)))
        return constant(value)

    def lines(self, operator: str, operands: tuple[Expression, ...]) -> list[Quotient]:
        """Return the lines of operands, without those that are absent if the operator leaves them out."""
        if operator not in LEAVING_OUT:
            return [self.line(operand) for operand in operands]
        found = [line for operand in operands if (line := self.present(operand)) is not None]
        if not found:
            raise _AbsentError(phrase("not a number"))
        return found

    def present(self, expression: Expression) -> Quotient | None:
        """Return the line of a part; None if it is absent."""
        try:
            return self.line(expression)
        except _AbsentError:
            return None

    def weighted_mean(self, operands: tuple[Expression, ...]) -> Quotient:
        lines = [self.present(operand) for operand in operands]
        pairs = [pair for pair in zip(lines[::2], lines[1::2], strict=True) if pair[1] is not None]
        if not pairs or any(weight is None for weight, _ in pairs):
            raise _AbsentError(phrase("not a number"))
        above = below = constant(ZERO)
        for weight, value in pairs:
            assert weight is not None
            assert value is not None
            if self.side(weight) < 0:
                raise formula.Problem(phrase("a weight is negative"))
            above, below = plus(above, times(weight, value)), plus(below, weight)
        return self.quotient(above, below)

    def counted(self, operator: str, operands: tuple[Expression, ...]) -> Quotient:
        """Return how many conditions hold, or how many in a row, without those that are not known."""
        known = [holds for operand in operands if (holds := self.truth(operand)) is not None]
        if operator == "run of" and not known:
            raise _AbsentError(phrase("not a number"))
        return constant(Fraction(sum(known) if operator == "count of" else longest_run(known)))

    def truth(self, expression: Expression) -> bool | None:
        """Return whether a condition holds just beyond the start; None if it is not known, for want of what is absent."""
        if isinstance(expression, Operation):
            operator, operands = expression.operator, expression.operands
            if operator in ("and", "or"):
                return self.joined(operands, operator == "or")
            if operator == "not":
                holds = self.truth(operands[0])
                return None if holds is None else not holds
            if operator == "if":
                holds = self.truth(operands[1])
                return None if holds is None else self.truth(operands[0] if holds else operands[2])
            if any(name.id == self.axis for name in formula.names(expression)):
                if operator == "given":
                    return True
                one, other = (self.present(operand) for operand in operands)
                if one is None or other is None:
                    return None
                return _holds(operator, self.side(plus(one, negated(other))))
        value: Value = formula.evaluate(expression, self.known)
        if value is Missing.ABSENT:
            return None
        if not isinstance(value, bool):
            raise formula.Problem(phrase("not yes or no"))
        return value

    def joined(self, operands: tuple[Expression, ...], decisive: bool) -> bool | None:
        """Return `and`, or `or` if True is decisive."""
        left = self.truth(operands[0])
        if left is decisive:
            return decisive
        right = self.truth(operands[1])
        return right if right is decisive or left is not None else None

    def side(self, line: Quotient) -> int:
        """Return the sign of a line just beyond the start (1, 0, -1), and note where the sign changes."""
        a, b, c, d = line
        self.turn_at_root(a, b)
        if d is ZERO:
            return sign_of(a or b)
        self.turn_at_root(c, d)
        return sign_of(a or b) * sign_of(c or d)

    def quotient(self, above: Quotient, below: Quotient) -> Quotient:
        a, b, c, d = below
        if not a and not b:
            raise formula.Problem(phrase("division by zero"))
        if not b and not d:
            return times(above, constant(c / a))
        self.turn_at_root(a, b)
        if above[3] == 0 and d == 0:
            return normal((above[0], above[1], a, b))
        if above[1] == 0 and above[3] == 0:
            return normal((c * above[0], d * above[0], a, b))
        raise NoLineError

    def floor(self, line: Quotient) -> Fraction:
        a, b, c, d = line
        rise = b * c - a * d
        if not rise:
            return Fraction(floor(a / c if c else b / d))
        if not c:
            raise NoLineError  # it comes from beyond all bounds, through each step there is
        value = a / c
        whole = Fraction(floor(value))
        if rise < 0 and whole == value:
            whole -= 1
        edge = whole + 1 if rise > 0 else whole
        self.turn_at_root(a - edge * c, b - edge * d)
        if d:
            self.turn_at_root(c, d)
        return whole

    def rounded(self, line: Quotient, places: int) -> Quotient:
        """Round half away from zero: half up above zero, half down below."""
        scale, half = constant(Fraction(10**places)), constant(Fraction(1, 2))
        up = self.side(line) >= 0
        scaled = times(line if up else negated(line), scale)
        rounded = self.floor(plus(scaled, half)) / 10**places
        return constant(rounded if up else -rounded)

    def turn_at_root(self, a: Fraction, b: Fraction) -> None:
        """Note that there may be a breakpoint where a + b·t is zero."""
        if a.numerator * b.numerator < 0:
            root = -a / b
            if self.horizon is None or root < self.horizon:
                self.horizon = root


def _holds(operator: str, side: int) -> bool:
    """Return True if a comparison holds when its left side is above (1), equal to (0) or below (-1) its right side."""
    at = {-1: ("<", "<=", "!="), 0: ("<=", "==", ">="), 1: (">", ">=", "!=")}
    return operator in at[side]
