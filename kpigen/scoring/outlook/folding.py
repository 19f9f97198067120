"""Evaluate everything in a formula that does not depend on one name: what is left is small, however long the formula was.

What does not depend on the name is the same for every other name, so it is evaluated once. A list of 400 tasks has a sum of
400 terms, and each of its fields is in one of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from kpigen.numbers import formula
from kpigen.numbers.formula import Expression, Missing, Name, Number, Operation, Value, build, literal


@dataclass(frozen=True)
class _Folded:
    """A formula, and whether it depends on the name."""

    expression: Expression
    is_open: bool


@dataclass(frozen=True)
class _Sum:
    """A sum with its terms evaluated: the total of those that are numbers, and the places of terms that are not, or by name."""

    terms: tuple[Expression, ...]
    total: Fraction
    others: frozenset[int]
    places: Mapping[str, tuple[int, ...]]


class Folding:
    """Evaluates one formula along any of its names, with the values of all others."""

    def __init__(self, expression: Expression, known: Mapping[str, Value]) -> None:
        """Take the formula and the values by name."""
        self._expression, self._known = expression, known
        # By the identity of a part; the formula keeps its parts alive.
        self._names: dict[int, frozenset[str]] = {}
        self._closed: dict[int, Expression] = {}
        self._sums: dict[int, _Sum] = {}

    def along(self, axis: str) -> Expression:
        """Return the formula with everything evaluated that does not depend on a name."""
        return self._along(self._expression, axis).expression

    def _along(self, expression: Expression, axis: str) -> _Folded:
        if axis not in self._names_of(expression):
            return _Folded(self._evaluated(expression), is_open=False)
        if not isinstance(expression, Operation):
            return _Folded(expression, is_open=True)
        if expression.operator == "if" and axis not in self._names_of(expression.operands[1]):
            chosen = self._chosen(expression)
            return _Folded(expression, is_open=False) if chosen is None else self._along(chosen, axis)
        if expression.operator == "sum":
            return self._sum_along(expression, axis)
        if expression.operator in ("min", "max"):
            return self._extreme_along(expression, axis)
        parts = [self._along(operand, axis) for operand in expression.operands]
        operation = Operation(expression.operator, tuple(part.expression for part in parts), expression.position)
        if any(part.is_open for part in parts):
            return _Folded(_simpler(operation), is_open=True)
        return _Folded(self._result(operation, axis), is_open=False)

    def _sum_along(self, expression: Operation, axis: str) -> _Folded:
        """Return a sum along a name: the terms that depend on it, and the total of all others."""
        known = self._sum(expression)
        total, kept, is_open = known.total, [], False
        for place in sorted(known.others.union(known.places[axis])):
            term = known.terms[place]
            if place in known.places[axis]:
                if isinstance(term, Number):
                    total -= term.value
                part = self._along(expression.operands[place], axis)
                term, is_open = part.expression, is_open or part.is_open
                if isinstance(term, Number):
                    total += term.value
                    continue
            kept.append(term)
        terms = [*kept, literal(total)] if total or not kept else kept
        result: Expression = terms[0] if len(terms) == 1 else build("sum", *terms)
        return _Folded(result if is_open else self._result(result, axis), is_open)

    def _extreme_along(self, expression: Operation, axis: str) -> _Folded:
        """Return a minimum or maximum along a name: the operands that depend on it, and that of all numbers."""
        kept, numbers, is_open = [], [], False
        for operand in expression.operands:
            part = self._along(operand, axis)
            is_open = is_open or part.is_open
            if isinstance(part.expression, Number):
                numbers.append(part.expression.value)
            else:
                kept.append(part.expression)
        if len(numbers) > 1:
            numbers = [min(numbers) if expression.operator == "min" else max(numbers)]
        result = Operation(expression.operator, (*kept, *map(literal, numbers)), expression.position)
        return _Folded(result if is_open else self._result(result, axis), is_open)

    def _sum(self, expression: Operation) -> _Sum:
        found = self._sums.get(id(expression))
        if found is None:
            terms = tuple(map(self._evaluated, expression.operands))
            places: dict[str, list[int]] = {}
            for place, operand in enumerate(expression.operands):
                for name in self._names_of(operand):
                    places.setdefault(name, []).append(place)
            found = self._sums[id(expression)] = _Sum(
                terms,
                sum((term.value for term in terms if isinstance(term, Number)), Fraction(0)),
                frozenset(place for place, term in enumerate(terms) if not isinstance(term, Number)),
                {name: tuple(where) for name, where in places.items()},
            )
        return found

    def _names_of(self, expression: Expression) -> frozenset[str]:
        if not isinstance(expression, Operation):
            return frozenset(name.id for name in formula.names(expression))
        found = self._names.get(id(expression))
        if found is None:
            found = self._names[id(expression)] = frozenset().union(*map(self._names_of, expression.operands))
        return found

    def _evaluated(self, expression: Expression) -> Expression:
        """Return a formula with everything evaluated that has a result."""
        if isinstance(expression, Number):
            return expression
        if isinstance(expression, Name):
            value = self._known.get(expression.id)
            return literal(value) if isinstance(value, Fraction) else expression
        if not isinstance(expression, Operation):
            return self._result(expression)
        found = self._closed.get(id(expression))
        if found is None:
            found = self._closed[id(expression)] = self._evaluated_anew(expression)
        return found

    def _evaluated_anew(self, expression: Operation) -> Expression:
        if expression.operator == "if":
            chosen = self._chosen(expression)
            return expression if chosen is None else self._evaluated(chosen)
        operands = tuple(map(self._evaluated, expression.operands))
        return self._result(Operation(expression.operator, operands, expression.position))

    def _chosen(self, expression: Operation) -> Expression | None:
        """Return the branch that an `if … else` takes; None if its condition has no result."""
        try:
            condition = formula.evaluate(self._evaluated(expression.operands[1]), self._known)
        except formula.Problem:
            return None
        return None if isinstance(condition, Missing) else expression.operands[0 if condition is True else 2]

    def _result(self, expression: Expression, axis: str | None = None) -> Expression:
        """Return the value of a formula as a number; the formula itself if it has no result: it may never be needed."""
        known = {name: value for name, value in self._known.items() if name != axis} if axis else self._known
        try:
            value = formula.evaluate(expression, known)
        except formula.Problem:
            return expression
        return literal(value) if isinstance(value, Fraction) else expression


def _simpler(operation: Operation) -> Expression:
    """Return an equal but simpler operation: without × 1, ÷ 1, + 0, − 0."""
    operator, operands = operation.operator, operation.operands
    nothing = {"*": 1, "/": 1, "+": 0, "-": 0}.get(operator)
    if nothing is None or len(operands) != 2:
        return operation
    one, other = operands
    if isinstance(other, Number):
        if other.value == nothing:
            return one
        return build("*", one, literal(1 / other.value)) if operator == "/" and other.value else operation
    return other if operator in "*+" and isinstance(one, Number) and one.value == nothing else operation
