"""Evaluate everything in a formula that does not depend on one name: what is left is small, however long the formula was.

What does not depend on the name is the same for every other name, so it is evaluated once. A list of 400 tasks has a sum of
400 terms, and each of its fields is in one of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from operator import itemgetter

from kpigen.numbers import formula
from kpigen.numbers.evaluation import longest_run
from kpigen.numbers.formula import Expression, Missing, Name, Number, Operation, Value, build, literal

#: Up to so many operands, a minimum or maximum is evaluated operand by operand: looking for the outermost one takes longer.
_SHORT = 4


@dataclass(frozen=True)
class _Folded:
    """A formula, and whether it depends on the name."""

    expression: Expression
    is_open: bool


@dataclass(frozen=True)
class _Terms:
    """The operands of a long operation evaluated: the places of those that are no numbers, and the places by name."""

    terms: tuple[Expression, ...]
    others: frozenset[int]
    places: Mapping[str, tuple[int, ...]]

    @cached_property
    def total(self) -> Fraction:
        """The sum of the numbers."""
        return sum((term.value for term in self.terms if isinstance(term, Number)), Fraction(0))

    @cached_property
    def ranked(self) -> tuple[tuple[Fraction, int], ...]:
        """The numbers with their places, the least first."""
        return tuple(sorted((term.value, place) for place, term in enumerate(self.terms) if isinstance(term, Number)))


class Folding:
    """Evaluates one formula along any of its names, with the values of all others."""

    def __init__(self, expression: Expression, known: Mapping[str, Value]) -> None:
        """Take the formula and the values by name."""
        self._expression, self._known = expression, known
        # By the identity of a part; the formula keeps its parts alive.
        self._names: dict[int, frozenset[str]] = {}
        self._closed: dict[int, Expression] = {}
        self._long: dict[int, _Terms] = {}
        self._conditions: dict[int, tuple[Value | None, ...]] = {}

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
        if expression.operator in ("min", "max") and len(expression.operands) > _SHORT:
            return self._extreme_along(expression, axis)
        if expression.operator in ("count of", "run of") and (counted := self._counted_along(expression, axis)):
            return counted
        parts = [self._along(operand, axis) for operand in expression.operands]
        operation = Operation(expression.operator, tuple(part.expression for part in parts), expression.position)
        if any(part.is_open for part in parts):
            return _Folded(_simpler(operation), is_open=True)
        return _Folded(self._result(operation, axis), is_open=False)

    def _sum_along(self, expression: Operation, axis: str) -> _Folded:
        """Return a sum along a name: the terms that depend on it, and the total of all others."""
        known = self._terms(expression)
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
        """Return a minimum or maximum along a name: the operands that depend on it, and the least or greatest of the others."""
        known = self._terms(expression)
        mine = known.places[axis]
        parts = [(place, self._along(expression.operands[place], axis)) for place in mine]
        ranked = known.ranked if expression.operator == "min" else known.ranked[::-1]
        outermost = next(((place, literal(value)) for value, place in ranked if place not in mine), None)
        others = [(place, known.terms[place]) for place in known.others.difference(mine)]
        found = [*others, *((place, part.expression) for place, part in parts), *([outermost] if outermost else [])]
        operands = tuple(operand for _, operand in sorted(found, key=itemgetter(0)))
        result = Operation(expression.operator, operands, expression.position)
        if any(part.is_open for _, part in parts):
            return _Folded(result, is_open=True)
        return _Folded(self._result(result, axis), is_open=False)

    def _counted_along(self, expression: Operation, axis: str) -> _Folded | None:
        """Return how many conditions hold, or how many in a row, as an `if` of the only one that depends on a name.

        None if several do, if it may be absent, or if another has no result.
        """
        places = self._terms(expression).places[axis]
        truths = self._truths(expression)
        if len(places) > 1 or any(truth is None for place, truth in enumerate(truths) if place not in places):
            return None
        (place,) = places
        part = self._along(expression.operands[place], axis)
        names = {name.id for name in formula.names(part.expression)}
        if not part.is_open or any(self._known.get(name) is Missing.ABSENT for name in names):
            return None
        before = [truth for truth in truths[:place] if isinstance(truth, bool)]
        after = [truth for truth in truths[place + 1 :] if isinstance(truth, bool)]
        count = longest_run if expression.operator == "run of" else sum
        either = (literal(count([*before, holds, *after])) for holds in (True, False))
        return _Folded(build("if", next(either), part.expression, next(either)), is_open=True)

    def _truths(self, expression: Operation) -> tuple[Value | None, ...]:
        """Return whether each of several conditions holds; None for one that has no result."""
        found = self._conditions.get(id(expression))
        if found is None:
            found = self._conditions[id(expression)] = tuple(map(self._truth, self._terms(expression).terms))
        return found

    def _truth(self, condition: Expression) -> Value | None:
        try:
            value = formula.evaluate(condition, self._known)
        except formula.Problem:
            return None
        return value if isinstance(value, bool) or value is Missing.ABSENT else None

    def _terms(self, expression: Operation) -> _Terms:
        found = self._long.get(id(expression))
        if found is None:
            terms = tuple(map(self._evaluated, expression.operands))
            places: dict[str, list[int]] = {}
            for place, operand in enumerate(expression.operands):
                for name in self._names_of(operand):
                    places.setdefault(name, []).append(place)
            found = self._long[id(expression)] = _Terms(
                terms,
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
