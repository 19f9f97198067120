"""Formulas without some of their values: which they need, and what is left of them."""

from __future__ import annotations

from kpigen.numbers.evaluation import LEAVING_OUT
from kpigen.numbers.expressions import (
    Expression,
    Name,
    Operation,
    PerEntry,
    Points,
    build,
    literal,
    names,
)


def needed(expression: Expression) -> frozenset[str]:
    """Return the names without whose value a formula has no value, choices' ids included.

    That is all but those in `given(…)`, those that are one of several arguments of `min`, `max`, `mean`, `count` or a value of
    `weighted_mean`, and those that only count where they are given: `x if given(x) else y`, `given(x) and x < 10`.
    """
    return _needed(expression, frozenset())


def _needed(expression: Expression, guarded: frozenset[str]) -> frozenset[str]:
    if isinstance(expression, Name):
        return frozenset((expression.id,)) - guarded
    if isinstance(expression, PerEntry):
        of = frozenset() if expression.operator == "count" else _needed(expression.list, guarded)
        return of | _needed(expression.expression, guarded)
    if not isinstance(expression, Operation):
        return frozenset()
    operator, operands = expression.operator, expression.operands
    if operator == "given":
        return frozenset()
    if operator in ("and", "or"):
        one, other = operands
        says = operator == "and"
        return _needed(one, guarded | _given(other, says)) | _needed(other, guarded | _given(one, says))
    if operator == "if":
        chosen, condition, other = operands
        found = _needed(condition, guarded) | _needed(chosen, guarded | _given(condition, True))
        return found | _needed(other, guarded | _given(condition, False))
    return frozenset().union(*(_needed(operand, guarded) for operand in _that_must_be(operator, operands)))


def _that_must_be(operator: str, operands: tuple[Expression, ...]) -> tuple[Expression, ...]:
    """Return the operands of an operator, without the bare names that it can leave out."""
    if operator not in ("count", "min", "max", "mean", "weighted_mean"):
        return operands
    weights = operands[::2] if operator == "weighted_mean" else ()
    values = operands[1::2] if weights else operands
    if operator != "count" and isinstance(values[0], Name | Points) and set(values) == {values[0]}:
        return operands  # there is nothing else
    return (*weights, *(operand for operand in values if not isinstance(operand, Name | Points)))


def _given(condition: Expression, holds: bool) -> frozenset[str]:
    """Return the names that are given if a condition holds, or if it fails."""
    if not isinstance(condition, Operation):
        return frozenset()
    operator, operands = condition.operator, condition.operands
    if operator == "given" and holds:
        return frozenset(name.id for name in names(operands[0]))
    if operator == "not":
        return _given(operands[0], not holds)
    if operator in ("and", "or"):
        one, other = (_given(operand, holds) for operand in operands)
        return one | other if holds == (operator == "and") else one & other
    return frozenset()


def without(expression: Expression, absent: frozenset[str]) -> Expression | None:
    """Return a formula without names that are absent; None if it has no value then.

    Absent arguments are left out (`mean(a, b)` without b is `mean(a)`), and conditions that absence decides choose their
    side. Where the other values decide whether an absent name counts, it stays.
    """
    if not absent:
        return expression
    left = _without(expression, absent)
    return _as_formula(left) if isinstance(left, bool) else left


def _as_formula(holds: bool) -> Expression:
    return build("==", literal(0), literal(0 if holds else 1))


def _without(expression: Expression, absent: frozenset[str]) -> Expression | bool | None:
    """Return what is left of a formula, or of a condition whether it holds, if that is certain."""
    if isinstance(expression, Name):
        return None if expression.id in absent else expression
    if isinstance(expression, PerEntry):
        return _without_per_entry(expression, absent)
    if not isinstance(expression, Operation) or not absent.intersection(name.id for name in names(expression)):
        return expression
    operator, operands = expression.operator, expression.operands
    if operator == "given":
        return False
    if operator == "not":
        (left,) = (_without(operand, absent) for operand in operands)
        return not left if isinstance(left, bool) else None if left is None else _with(expression, (left,))
    if operator in ("and", "or"):
        return _without_joined(expression, absent)
    if operator == "if":
        return _without_if(expression, absent)
    if operator == "weighted_mean":
        return _without_weighted(expression, absent)
    kept = [_without(operand, absent) for operand in operands]
    if operator in LEAVING_OUT:
        left_over = tuple(_formula(one) for one in kept if one is not None)
        nothing = literal(0) if operator in ("count", "count of") else None
        return _with(expression, left_over) if left_over else nothing
    return None if None in kept else _with(expression, tuple(_formula(one) for one in kept))


def _formula(left: Expression | bool | None) -> Expression:
    assert left is not None
    return _as_formula(left) if isinstance(left, bool) else left


def _with(expression: Operation, operands: tuple[Expression, ...]) -> Operation:
    return Operation(expression.operator, operands, expression.position)


def _without_joined(expression: Operation, absent: frozenset[str]) -> Expression | bool | None:
    """Return what is left of `and` and `or`. A right side decides only what has a value for certain on the left."""
    decisive = expression.operator == "or"
    one, other = (_without(operand, absent) for operand in expression.operands)
    if one is decisive:
        return decisive
    if isinstance(one, bool):
        return other
    if other is decisive:
        if _never_fails(expression.operands[0]):
            return decisive
        return _with(expression, (_or(one, expression.operands[0]), _as_formula(decisive)))
    if isinstance(other, bool):
        return one
    if one is None and other is None:
        return None
    return _with(expression, (_or(one, expression.operands[0]), _or(other, expression.operands[1])))


def _or(left: Expression | None, whole: Expression) -> Expression:
    """Return what is left, or all if there is no value: in a condition, the other side may decide."""
    return whole if left is None else left


def _never_fails(expression: Expression) -> bool:
    """Return True if a formula has a result, or is absent, whatever its values: nothing is divided."""
    if isinstance(expression, Operation):
        fails = expression.operator in ("/", "weighted_mean")
        return not fails and all(map(_never_fails, expression.operands))
    return not isinstance(expression, PerEntry)


def _without_if(expression: Operation, absent: frozenset[str]) -> Expression | bool | None:
    chosen, condition, other = (_without(operand, absent) for operand in expression.operands)
    if isinstance(condition, bool):
        return chosen if condition else other
    if condition is None or (chosen is None and other is None):
        return None
    sides = (
        whole if left is None else _formula(left)
        for left, whole in zip((chosen, other), expression.operands[::2], strict=True)
    )
    first, second = sides
    return _with(expression, (first, condition, second))


def _without_weighted(expression: Operation, absent: frozenset[str]) -> Expression | None:
    operands: list[Expression] = []
    for weight, value in zip(expression.operands[::2], expression.operands[1::2], strict=True):
        left = _without(value, absent)
        if left is not None:
            share = _without(weight, absent)
            if share is None:
                return None
            operands += [_formula(share), _formula(left)]
    return _with(expression, tuple(operands)) if operands else None


def _without_per_entry(expression: PerEntry, absent: frozenset[str]) -> Expression | None:
    if expression.list.id in absent:
        return literal(0) if expression.operator == "count" else None
    left = _without(expression.expression, absent)
    if left is None or isinstance(left, bool):
        return expression
    return PerEntry(expression.operator, expression.list, left, expression.position)
