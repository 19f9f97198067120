"""What is said of each entry of a list, written out: a formula over the fields of all entries, each named by its path.

The lists of a form's own formulas are written out too: `mean(rows)` over the rows themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import Any

from kpigen.model.forms import Indicator
from kpigen.numbers import formula
from kpigen.numbers.evaluation import OF_ENTRIES
from kpigen.numbers.expressions import of_entry
from kpigen.numbers.formula import Expression, Missing, Name, Numbers, Operation, PerEntry, build, literal


def absent_names(indicator: Indicator, known: Mapping[str, Any]) -> frozenset[str]:
    """Return the optional inputs without a value, and the optional fields of entries, by their path, that have none."""
    return frozenset(_absent(indicator, known))


def _absent(indicator: Indicator, known: Mapping[str, Any]) -> Iterator[str]:
    for item in indicator.inputs:
        value = known.get(item.id)
        if item.optional and _is_absent(value):
            yield item.id
        optional = [field.id for field in item.fields if field.optional]
        if optional and isinstance(value, tuple):
            for number, row in enumerate(value, 1):
                yield from (f"{item.id}.{number}.{id_}" for id_ in optional if _is_absent(row.get(id_)))


def _is_absent(value: object) -> bool:
    return value is Missing.ABSENT or value is None


def says_of_entries(expression: Expression | None) -> bool:
    """Return whether a formula has an aggregate over entries."""
    if isinstance(expression, Operation):
        return any(map(says_of_entries, expression.operands))
    return isinstance(expression, PerEntry)


def spread(expression: Expression, known: Mapping[str, Any], absent: frozenset[str]) -> Expression:
    """Return a formula in which aggregates over entries are operations on what the formula says of each of them.

    Entries of which it says nothing for want of an `absent` value are left out. A list whose entries are not known stays.
    """
    if isinstance(expression, PerEntry):
        entries = _entries(expression.list.id, known)
        return expression if entries is None else _spread(expression, entries, absent)
    if not isinstance(expression, Operation):
        return expression
    operands = tuple(spread(operand, known, absent) for operand in expression.operands)
    return Operation(expression.operator, operands, expression.position)


def _entries(list_: str, known: Mapping[str, Any]) -> list[Callable[[str], Expression]] | None:
    """Return for each entry of a list what its fields are: their values, or names; None if the entries are not known."""
    rows = known.get(list_)
    if isinstance(rows, Numbers):
        return None if rows.items is None else [partial(_value, item) for item in rows.items]
    if isinstance(rows, tuple):
        return [partial(_path, f"{list_}.{number}.") for number, _ in enumerate(rows, 1)]
    return None


def _value(item: Fraction, _: str) -> Expression:
    return literal(item)


def _path(entry: str, field: str) -> Expression:
    return Name(f"{entry}{field}")


def _spread(expression: PerEntry, entries: list[Callable[[str], Expression]], absent: frozenset[str]) -> Expression:
    said = (formula.without(of_entry(expression.expression, entry), absent) for entry in entries)
    kept = [one for one in said if one is not None]
    if not kept:
        return literal(0) if expression.operator == "count" else expression
    certain = absent.isdisjoint(name.id for one in kept for name in formula.names(one))
    return _aggregated(expression.operator, kept, certain)


def _aggregated(operator: str, kept: list[Expression], certain: bool) -> Expression:
    """Return an aggregate of what is said of several entries. If it is not `certain`, some of it may be absent."""
    if operator == "count" and certain:
        return _sum([build("if", literal(1), one, literal(0)) for one in kept])
    if operator == "sum" and certain:
        return _sum(kept)
    if operator == "mean" and certain:
        return build("/", _sum(kept), literal(len(kept)))
    return build(OF_ENTRIES.get(operator, operator), *kept)


def _sum(terms: list[Expression]) -> Expression:
    return terms[0] if len(terms) == 1 else build("sum", *terms)


#: The functions of a whole list that are also functions of its numbers, one after the other.
_OF_NUMBERS = ("sum", "mean", "min", "max", "count", "last")


def written_out(
    expression: Expression, lists: Callable[[str], Sequence[Expression] | None], may_lack: frozenset[str] = frozenset()
) -> Expression:
    """Return a formula of a form with its lists of numbers written out: `mean(rows)` as `mean(a, b, c)`.

    `lists` gives the numbers of a list by its name, None if the name is no such list. Those that `may_lack` are left out by
    whatever they are in, as the rows of a list that do not apply.
    """
    if isinstance(expression, PerEntry):
        items = lists(expression.list.id)
        if not items:
            return expression
        said = [of_entry(expression.expression, partial(_item, item)) for item in items]
        return _aggregated(expression.operator, said, _are_certain(said, may_lack))
    if not isinstance(expression, Operation):
        return expression
    first = expression.operands[0]
    items = lists(first.id) if isinstance(first, Name) and len(expression.operands) == 1 else None
    if items and expression.operator in _OF_NUMBERS:
        return _of_numbers(expression, list(items), _are_certain(items, may_lack))
    operands = tuple(written_out(operand, lists, may_lack) for operand in expression.operands)
    return type(expression)(expression.operator, operands, expression.position)


def _of_numbers(expression: Operation, items: list[Expression], certain: bool) -> Expression:
    """Return a function of a list as one of its numbers; which is the last one is not said if some may be absent."""
    operator = expression.operator
    if operator == "last":
        return items[-1] if certain else expression
    if operator == "count":
        return literal(len(items)) if certain else build("count of", *(build("given", item) for item in items))
    if not certain:
        return build(OF_ENTRIES.get(operator, operator), *items)
    return items[0] if len(items) == 1 else build(operator, *items)


def _are_certain(items: Sequence[Expression], may_lack: frozenset[str]) -> bool:
    return may_lack.isdisjoint(name.id for item in items for name in formula.names(item))


def _item(item: Expression, _: str) -> Expression:
    return item
