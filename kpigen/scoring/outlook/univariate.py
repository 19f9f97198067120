"""An indicator's raw score as a function of one of its numbers; all others are fixed at the review's values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from kpigen.model.forms import Indicator
from kpigen.numbers import formula
from kpigen.numbers.formula import Expression, Name, Number, Numbers, Operation, Value, build, literal
from kpigen.numbers.intervals import Interval, extent
from kpigen.scoring.methods.base import Case, method_of

#: The name of the axis along the measure.
MEASURE = "measure"


@dataclass(frozen=True)
class Along:
    """A raw score along one number: a formula whose only variable is `axis`, with the values of all other names."""

    axis: str
    expression: Expression
    known: Mapping[str, Value]

    def within(self, low: Fraction | None, high: Fraction | None) -> Interval:
        """Return an interval that holds the raw scores over a part of the axis; it may be larger than needed."""
        return extent(self.expression, {self.axis: Interval(low, high)})

    def at(self, x: Fraction) -> Fraction | None:
        """Return the raw score at a value of the axis; None if it has no result."""
        try:
            return formula.number(self.expression, {**self.known, self.axis: x})
        except formula.Problem:
            return None


@dataclass(frozen=True)
class RuleFormula:
    """An indicator's rule as one formula over its inputs, with a review's values by name or path (`goals.2.actual`).

    `by_measure` is the same over the measure, without the special cases of `when_zero`. Both are None if no formula exists.
    """

    whole: Expression | None
    by_measure: Expression | None
    known: Mapping[str, Value]

    def along(self, name: str) -> Along | None:
        """Return the score along one input, or along a field of a list entry by its path; None if there is no formula."""
        return None if self.whole is None else _along(name, self.whole, self.known)

    def along_measure(self) -> Along | None:
        """Return the score along the measure; None if there is no formula."""
        return None if self.by_measure is None else _along(MEASURE, self.by_measure, self.known)


def rule_of(indicator: Indicator, known: Mapping[str, Any]) -> RuleFormula:
    """Return an indicator's rule as one formula. `known` are the values from `score.known_values`."""
    values: dict[str, Value] = {}
    for id_, value in known.items():
        if isinstance(value, tuple):
            for number, row in enumerate(value, 1):
                values.update({f"{id_}.{number}.{field}": one for field, one in row.items()})
        elif isinstance(value, Fraction | bool | str | Numbers):
            values[id_] = value
    pool = indicator.shown_as.id if indicator.shown_as else ""
    case = Case(known, indicator.inputs, indicator.out_of, unit=indicator.measure_unit, pool=pool)
    try:
        by_measure = method_of(indicator).limited(None if indicator.measure is None else Name(MEASURE, 0), case)
    except (formula.Problem, KeyError):  # a part without a formula has missing values
        by_measure = None
    whole = by_measure
    if whole is not None and indicator.measure is not None:
        whole = formula.replaced(whole, {MEASURE: indicator.measure})
    for name, amount in reversed(indicator.when_zero):
        if whole is not None:
            whole = build("if", literal(amount), build("==", Name(name, 0), literal(0)), whole)
    return RuleFormula(whole, by_measure, values)


def _along(axis: str, expression: Expression, known: Mapping[str, Value]) -> Along:
    others = {name: value for name, value in known.items() if name != axis}
    return Along(axis, _folded(expression, others, axis)[0], others)


def _folded(expression: Expression, known: Mapping[str, Value], axis: str) -> tuple[Expression, bool]:
    """Return a formula with everything evaluated that does not depend on the axis, and whether the result depends on it."""
    if isinstance(expression, Number):
        return expression, False
    if isinstance(expression, Name):
        value = known.get(expression.id)
        return (literal(value) if isinstance(value, Fraction) else expression), expression.id == axis
    if expression.operator == "if":
        condition, open_ = _folded(expression.operands[1], known, axis)
        if not open_:
            try:
                chosen = 0 if formula.evaluate(condition, known) is True else 2
            except formula.Problem:
                return expression, False
            return _folded(expression.operands[chosen], known, axis)
    parts = [_folded(operand, known, axis) for operand in expression.operands]
    operation = Operation(expression.operator, tuple(part for part, _ in parts), expression.position)
    if any(open_ for _, open_ in parts):
        return _simpler(operation), True
    try:
        value = formula.evaluate(operation, known)
    except formula.Problem:  # this branch may never be evaluated
        return operation, False
    return (literal(value) if isinstance(value, Fraction) else operation), False


def _simpler(operation: Operation) -> Expression:
    """Return an equal but simpler operation: without × 1, ÷ 1, + 0, − 0, and with the numbers of a sum added up."""
    operator, operands = operation.operator, operation.operands
    if operator == "sum":
        numbers = [operand.value for operand in operands if isinstance(operand, Number)]
        others = [operand for operand in operands if not isinstance(operand, Number)]
        total = sum(numbers, Fraction(0))
        kept = [*others, literal(total)] if total else others
        return kept[0] if len(kept) == 1 else build("sum", *kept)
    nothing = {"*": 1, "/": 1, "+": 0, "-": 0}.get(operator)
    if nothing is None or len(operands) != 2:
        return operation
    one, other = operands
    if isinstance(other, Number):
        if other.value == nothing:
            return one
        return build("*", one, literal(1 / other.value)) if operator == "/" and other.value else operation
    return other if operator in "*+" and isinstance(one, Number) and one.value == nothing else operation
