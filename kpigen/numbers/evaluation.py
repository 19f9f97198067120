"""What a formula gives: exact arithmetic, three-valued conditions, and aggregates that leave out what is absent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import groupby
from math import ceil, floor

from kpigen.diagnostics.values import Phrase, as_written, phrase
from kpigen.numbers.expressions import (
    ENTRY,
    Entries,
    Expression,
    Field,
    Missing,
    Name,
    Number,
    Numbers,
    Operation,
    PerEntry,
    Points,
    Problem,
    Value,
    fields,
    literal,
    write,
)
from kpigen.numbers.quantities import round_half_up

_ABSENT, _OPEN = Missing.ABSENT, Missing.OPEN
_NO_NUMBERS = (str, Missing)
#: Operators that leave out the operands that are absent.
LEAVING_OUT = frozenset({"min", "max", "mean", "count", "sum of", "mean of", "count of", "run of"})
#: The operators over what an expression gives for each entry.
OF_ENTRIES = {"sum": "sum of", "mean": "mean of", "count": "count of", "run": "run of"}
#: How many names a sentence tells.
_TOLD = 5


def evaluate(expression: Expression, values: Mapping[str, Value]) -> Value:
    """Return the value of a checked formula.

    A name without a value stands for itself, as the id of a choice. A value may be Missing, and so may the result: operators
    pass it on, OPEN before ABSENT. `and`, `or` and `not` are three-valued; an `if` whose condition is unknown is unknown.
    `min`, `max`, `mean`, `count`, `weighted_mean` and aggregates over entries leave out what is ABSENT. Raises Problem if there
    is no result, as after a division by zero, or if a number is too large.
    """
    if isinstance(expression, Number):
        return expression.value
    if isinstance(expression, Name):
        return values.get(expression.id, expression.id)
    if not isinstance(expression, Operation):
        return _per_entry(expression, values) if isinstance(expression, PerEntry) else _field(expression, values)
    operator = expression.operator
    conditional = _CONDITIONAL.get(operator)
    if conditional is not None:
        return conditional(expression.operands, values)
    return _applied(operator, [evaluate(operand, values) for operand in expression.operands], expression.position)


def _field(expression: Field, values: Mapping[str, Value]) -> Value:
    return values.get(expression.key, expression.id)


def _if(operands: tuple[Expression, ...], values: Mapping[str, Value]) -> Value:
    holds = _truth(operands[1], values)
    if holds is True:
        return evaluate(operands[0], values)
    return holds if isinstance(holds, Missing) else evaluate(operands[2], values)


def _not(operands: tuple[Expression, ...], values: Mapping[str, Value]) -> Value:
    holds = _truth(operands[0], values)
    return holds if isinstance(holds, Missing) else not holds


def _and(operands: tuple[Expression, ...], values: Mapping[str, Value]) -> bool | Missing:
    """Return `and`. What the left side decides is not looked at on the right."""
    left = _truth(operands[0], values)
    if left is False:
        return False
    right = _truth(operands[1], values)
    return right if left is True or right is False else _unknown(left, right)


def _or(operands: tuple[Expression, ...], values: Mapping[str, Value]) -> bool | Missing:
    left = _truth(operands[0], values)
    if left is True:
        return True
    right = _truth(operands[1], values)
    return right if left is False or right is True else _unknown(left, right)


def _unknown(left: bool | Missing, right: bool | Missing) -> Missing:
    return _OPEN if left is _OPEN or right is _OPEN else _ABSENT


def _truth(expression: Expression, values: Mapping[str, Value]) -> bool | Missing:
    value = evaluate(expression, values)
    if value is True or value is False or isinstance(value, Missing):
        return value
    raise Problem(phrase("`{what}` has no value", what=write(expression)))


def _given(operands: tuple[Expression, ...], values: Mapping[str, Value]) -> bool | Missing:
    """Return whether a name has a value. While it is open it may still turn out not to apply."""
    (operand,) = operands
    if isinstance(operand, Name | Field):
        value = values.get(operand.key if isinstance(operand, Field) else operand.id)
    else:
        value = evaluate(operand, values)
    return _OPEN if value is _OPEN else value is not None and value is not _ABSENT


#: The operators that do not need the values of all their operands.
_CONDITIONAL: dict[str, Callable[[tuple[Expression, ...], Mapping[str, Value]], Value]] = {
    "if": _if,
    "and": _and,
    "or": _or,
    "not": _not,
    "given": _given,
}


def _applied(operator: str, found: list[Value], position: int) -> Value:
    """Return what an operator gives for the values of its operands."""
    odd = [value for value in found if value.__class__ is not Fraction and isinstance(value, _NO_NUMBERS)]
    if odd:
        if len(odd) < 2 or operator not in ("==", "!="):
            for value in odd:
                if isinstance(value, str):
                    raise Problem(phrase("`{what}` has no value", what=value), position)
        if _ABSENT in odd or _OPEN in odd:
            if operator == "weighted_mean":
                return _weighted_mean(found, position)
            if _OPEN in odd:
                return _OPEN
            found = [value for value in found if value is not _ABSENT]
            if operator not in LEAVING_OUT or not found:
                return Fraction(0) if operator in ("count", "count of") else _ABSENT
    if operator == "/" and found[1] == 0:
        raise Problem(phrase("division by zero"), position)
    function = _OPERATIONS.get(operator)
    if function is None:
        return _weighted_mean(found, position)
    result = function(*found)
    if isinstance(result, Fraction) and (abs(result.numerator) >> 4000 or result.denominator >> 4000):
        raise Problem(phrase("the number has too many digits"), position)
    return result


def _is_too_long(number: Fraction) -> bool:
    return bool(abs(number.numerator) >> 4000 or number.denominator >> 4000)


def _weighted_mean(found: list[Value], position: int) -> Value:
    """Return Σ (weight × value) ÷ Σ weight over the values that are not absent."""
    pairs = [pair for pair in zip(found[::2], found[1::2], strict=True) if pair[1] is not _ABSENT]
    missing = [value for pair in pairs for value in pair if isinstance(value, Missing)]
    if missing or not pairs:
        return _OPEN if _OPEN in missing else _ABSENT
    total = earned = Fraction(0)
    for weight, value in pairs:
        assert isinstance(weight, Fraction)
        assert isinstance(value, Fraction)
        if weight < 0:
            raise Problem(phrase("a weight is negative"), position)
        total, earned = total + weight, earned + weight * value
        if _is_too_long(total) or _is_too_long(earned):
            raise Problem(phrase("the number has too many digits"), position)
    if total == 0:
        raise Problem(phrase("the weights add up to 0"), position)
    return earned / total


def _per_entry(expression: PerEntry, values: Mapping[str, Value]) -> Value:
    rows = values.get(expression.list.id, expression.list.id)
    if isinstance(rows, Missing):
        return Fraction(0) if rows is _ABSENT and expression.operator == "count" else rows
    found = [evaluate(expression.expression, scope) for scope in scopes(expression, values)]
    if not found:
        return Fraction(0) if expression.operator in ("sum", "count", "run") else _ABSENT
    return _applied(OF_ENTRIES.get(expression.operator, expression.operator), found, expression.position)


def scopes(expression: PerEntry, values: Mapping[str, Value]) -> Iterator[Mapping[str, Value]]:
    """Yield the values for each entry of a list: those of the names, and of the fields by their keys.

    It is one mapping that changes. Raises Problem if the entries are not known.
    """
    rows = values.get(expression.list.id)
    if isinstance(rows, Numbers):
        rows = tuple({ENTRY: item} for item in _items(rows))
    if not isinstance(rows, tuple):
        raise Problem(phrase("`{what}` has no value", what=expression.list.id), expression.position)
    used = fields(expression.expression)
    scope = dict(values)
    for row in rows:
        for id_ in used:
            scope[f".{id_}"] = row.get(id_, id_)
        yield scope


def settled(expression: Expression, values: Mapping[str, Value]) -> Expression:
    """Return a formula with the number that each of its choices stands for, where it stands for its points."""
    if isinstance(expression, Points):
        value = evaluate(expression, values)
        return literal(value) if isinstance(value, Fraction) else expression
    if isinstance(expression, Operation):
        operands = tuple(settled(operand, values) for operand in expression.operands)
        return Operation(expression.operator, operands, expression.position)
    return expression


def number(expression: Expression, values: Mapping[str, Value]) -> Fraction:
    """Return the value of a formula whose type is a number. Raises Problem like `evaluate`, and if it is Missing."""
    value = evaluate(expression, values)
    if isinstance(value, Fraction):
        return value
    if isinstance(value, Missing):
        raise Problem(no_value(lacking(expression, values)))
    raise Problem(phrase("not a number"))


def no_value(missing: tuple[str, ...]) -> Phrase:
    """Return the sentence that says which names have no value; of many it tells the first ones."""
    if len(missing) == 1:
        return phrase("`{what}` has no value", what=missing[0])
    more = ("…",) if len(missing) > _TOLD else ()
    return phrase("`{names}` have no value", names=as_written((*missing[:_TOLD], *more)))


def lacking(expression: Expression, values: Mapping[str, Value]) -> tuple[str, ...]:
    """Return the names for want of which a formula has no value, in their order; empty if it has one.

    A field of an entry is named by its path (`goals.2.actual`). Raises Problem like `evaluate`.
    """
    return tuple(dict.fromkeys(_lacking(expression, values, "")))


def _lacking(expression: Expression, values: Mapping[str, Value], entry: str) -> Iterator[str]:
    value = evaluate(expression, values)
    if not isinstance(value, Missing):
        return
    if isinstance(expression, PerEntry):
        if isinstance(values.get(expression.list.id), Missing):
            yield expression.list.id
            return
        for place, scope in enumerate(scopes(expression, values), 1):
            if value is evaluate(expression.expression, scope):
                yield from _lacking(expression.expression, scope, f"{expression.list.id}.{place}.")
    elif isinstance(expression, Operation):
        for operand in _deciding(expression, value, values):
            yield from _lacking(operand, values, entry)
    elif isinstance(expression, Field):
        yield f"{entry}{expression.id}"
    elif isinstance(expression, Name):
        yield expression.id


def _deciding(expression: Operation, value: Missing, values: Mapping[str, Value]) -> tuple[Expression, ...]:
    """Return the operands that make an operation Missing."""
    operator, operands = expression.operator, expression.operands
    if operator == "if":
        holds = _truth(operands[1], values)
        return (operands[1] if isinstance(holds, Missing) else operands[0 if holds else 2],)
    if operator in LEAVING_OUT:
        return tuple(operand for operand in operands if evaluate(operand, values) is value)
    if operator == "weighted_mean":
        pairs = list(zip(operands[::2], operands[1::2], strict=True))
        kept = [pair for pair in pairs if evaluate(pair[1], values) is not _ABSENT]
        return tuple(one for pair in kept for one in pair) or operands[1::2]
    return operands


def _spread(function: Callable[[list[Fraction]], Fraction], *arguments: Numbers | Fraction) -> Fraction:
    """Apply a function of a list to the entries of one, or to several numbers."""
    first = arguments[0]
    if isinstance(first, Numbers):
        return function(list(_items(first)))
    return function([item for item in arguments if isinstance(item, Fraction)])


def _items(numbers: Numbers) -> tuple[Fraction, ...]:
    if numbers.items is None:
        raise Problem(phrase("only count and mean of this list are known"))
    return numbers.items


def _mean(*arguments: Numbers | Fraction) -> Fraction:
    first = arguments[0]
    return first.mean if isinstance(first, Numbers) else _sum(*arguments) / len(arguments)


def _sum(*arguments: Numbers | Fraction) -> Fraction:
    first = arguments[0]
    if isinstance(first, Numbers):
        return first.mean * first.count
    return sum((item for item in arguments if isinstance(item, Fraction)), Fraction(0))


def _sum_of_entries(*items: Fraction) -> Fraction:
    """Return a sum that ends in a Problem as soon as it is too long: it may have hundreds of terms."""
    total = Fraction(0)
    for item in items:
        total += item
        if _is_too_long(total):
            raise Problem(phrase("the number has too many digits"))
    return total


def _count(first: Numbers | Entries | Fraction, *others: Fraction) -> Fraction:
    """Return the number of entries of a list, or of several numbers."""
    if isinstance(first, Numbers):
        return Fraction(first.count)
    return Fraction(len(first) if isinstance(first, tuple) else 1 + len(others))


def longest_run(holds: Iterable[bool]) -> int:
    """Return the length of the longest run of conditions that hold.

    >>> longest_run([True, False, True, True])
    2
    """
    return max((len(list(run)) for one, run in groupby(holds) if one), default=0)


_OPERATIONS: dict[str, Callable[..., Value]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "neg": lambda a: -a,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    ">=": lambda a, b: a >= b,
    ">": lambda a, b: a > b,
    "min": lambda *numbers: _spread(min, *numbers),
    "max": lambda *numbers: _spread(max, *numbers),
    "abs": abs,
    "floor": lambda a: Fraction(floor(a)),
    "ceil": lambda a: Fraction(ceil(a)),
    "round": lambda a, places=Fraction(0): round_half_up(a, int(places)),
    "sum": _sum,
    "mean": _mean,
    "count": _count,
    "last": lambda numbers: _items(numbers)[-1],
    "sum of": _sum_of_entries,
    "mean of": lambda *items: _sum_of_entries(*items) / len(items),
    "count of": lambda *holds: Fraction(sum(holds)),
    "run of": lambda *holds: Fraction(longest_run(holds)),
}
