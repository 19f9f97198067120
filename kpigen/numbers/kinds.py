"""The types of formulas: what a name stands for, and whether the parts of a formula fit together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from kpigen.diagnostics.values import Join, as_written, listed, phrase
from kpigen.numbers.expressions import (
    COMPARISONS,
    ENTRY,
    PER_ENTRY,
    Expression,
    Field,
    Name,
    Number,
    Operation,
    PerEntry,
    Points,
    Problem,
    literal,
    names,
)
from kpigen.numbers.quantities import Unit


class Type(StrEnum):
    """The type of a value: a number of some dimension, a truth value, a list of numbers, one of several choices, a text, entries."""

    PLAIN = "a number"
    SECONDS = "a duration"
    MONEY = "an amount of money"
    TRUTH = "yes or no"
    LIST = "a list of numbers"
    CHOICE = "a choice"
    TEXT = "a text"
    ENTRIES = "a list of entries"


#: What a value of each type is called.
IN_WORDS = {
    Type.PLAIN: phrase("a number"),
    Type.SECONDS: phrase("a duration"),
    Type.MONEY: phrase("an amount of money"),
    Type.TRUTH: phrase("yes or no"),
    Type.LIST: phrase("a list of numbers"),
    Type.CHOICE: phrase("a choice"),
    Type.TEXT: phrase("a text"),
    Type.ENTRIES: phrase("a list of entries"),
}

_DIMENSIONS = (Type.PLAIN, Type.SECONDS, Type.MONEY)


@dataclass(frozen=True, slots=True)
class Declared:
    """What a name stands for: its type, for a choice its ids and (with a scale) their points, for a list of entries their fields.

    Of a confidential list only count, sum and mean may be used.
    """

    type: Type
    choices: tuple[str, ...] = ()
    is_confidential: bool = False
    fields: Mapping[str, Declared] = field(default_factory=dict)
    points: tuple[Fraction, ...] = ()

    @property
    def entry(self) -> Mapping[str, Declared]:
        """The names that an entry of a list has; none if it is no list."""
        return {ENTRY: Declared(Type.PLAIN)} if self.type is Type.LIST else self.fields


def type_of(expression: Expression, known: Mapping[str, Declared]) -> Type | Problem:
    """Return the type of a formula over the names in `known`, or a Problem if the types do not fit."""
    found = checked(expression, known)
    return found if isinstance(found, Problem) else found[1]


def checked(expression: Expression, known: Mapping[str, Declared]) -> tuple[Expression, Type] | Problem:
    """Return a formula over the names in `known` as it is evaluated, and its type, or a Problem if the types do not fit.

    In the text, `mean(a, b)` is the mean of two numbers or that of what `b` is for each entry of `a`: only the types tell. So
    they do where a choice is meant, and where its points.
    """
    try:
        found = _with_points(_resolved(expression, known), known)
        return found, _type(found, known)
    except Problem as problem:
        return problem


def _resolved(expression: Expression, known: Mapping[str, Declared]) -> Expression:
    """Return a formula in which everything that is said of entries is a PerEntry."""
    if not isinstance(expression, Operation):
        return expression
    of = _list_of(expression, known)
    if of is None:
        operands = tuple(_resolved(operand, known) for operand in expression.operands)
        if all(one is other for one, other in zip(operands, expression.operands, strict=True)):
            return expression
        return Operation(expression.operator, operands, expression.position)
    declared = known[of.id]
    if declared.is_confidential:
        raise Problem(
            phrase(
                "an expression for each entry would show single ratings of `{list}`, which is confidential; "
                "`sum`, `mean` and `count` take the list as a whole",
                list=of.id,
            ),
            expression.position,
        )
    outer = {id_: one for id_, one in known.items() if id_ not in declared.entry}
    entry = _of_entry(expression.operands[1], declared.entry, outer)
    return PerEntry(expression.operator, of, entry, expression.position)


def _list_of(expression: Operation, known: Mapping[str, Declared]) -> Name | None:
    """Return the list if this says something of each of its entries: it names one of their fields."""
    if expression.operator not in PER_ENTRY or len(expression.operands) != 2:
        return None
    of, entry = expression.operands
    if not isinstance(of, Name) or of.id not in known:
        return None
    fields = known[of.id].entry
    return of if fields and any(name.id in fields for name in names(entry)) else None


def _of_entry(expression: Expression, fields: Mapping[str, Declared], outer: Mapping[str, Declared]) -> Expression:
    """Return what is said of an entry with its fields marked. `outer` are the other names."""
    if isinstance(expression, Name):
        return Field(expression.id, expression.position) if expression.id in fields else expression
    if not isinstance(expression, Operation):
        return expression
    if _list_of(expression, outer) is not None:
        raise Problem(
            phrase("an expression for each entry cannot itself go through a list"),
            expression.position,
        )
    operands = tuple(_of_entry(operand, fields, outer) for operand in expression.operands)
    return Operation(expression.operator, operands, expression.position)


def _with_points(expression: Expression, known: Mapping[str, Declared]) -> Expression:
    """Return a formula with the points of each choice that has points, but not where it is compared with one of its ids."""
    if isinstance(expression, Name | Field):
        declared = known.get(_key(expression))
        return _points_of(expression, declared) if declared and declared.points else expression
    if isinstance(expression, PerEntry):
        entry = {f".{id_}": one for id_, one in known[expression.list.id].entry.items()}
        said = _with_points(expression.expression, {**known, **entry})
        return PerEntry(expression.operator, expression.list, said, expression.position)
    if not isinstance(expression, Operation) or _means_choice(expression, known):
        return expression
    operands = tuple(_with_points(operand, known) for operand in expression.operands)
    return type(expression)(expression.operator, operands, expression.position)


def _points_of(name: Name | Field, declared: Declared) -> Expression:
    """Return the points of a choice: `5 if level == a else 4 if level == b else 2`."""
    *others, result = map(literal, declared.points)
    found: Expression = result
    for id_, points in reversed(list(zip(declared.choices, others, strict=False))):
        condition = Operation("==", (name, Name(id_, name.position)), name.position)
        found = Points("if", (points, condition, found), name.position)
    return found


def _means_choice(expression: Operation, known: Mapping[str, Declared]) -> bool:
    """Return True for `given(level)`, and where a choice is compared with an id, which is no name."""
    if expression.operator == "given":
        return True
    if expression.operator not in ("==", "!="):
        return False
    one, other = expression.operands
    if not (isinstance(one, Name | Field) and isinstance(other, Name | Field)):
        return False
    return (_key(one) in known) != (_key(other) in known)


def _key(name: Name | Field) -> str:
    return name.key if isinstance(name, Field) else name.id


def _type(expression: Expression, known: Mapping[str, Declared]) -> Type:
    """Return the type of a formula. `known` has the fields of an entry by their keys."""
    if isinstance(expression, Number):
        return Type.SECONDS if expression.unit is Unit.DURATION else Type.PLAIN
    if isinstance(expression, Name | Field):
        return _declared(expression, known).type
    if isinstance(expression, PerEntry):
        return _type_per_entry(expression, known)
    operator, operands = expression.operator, expression.operands
    if operator == "given":
        if len(operands) != 1 or not isinstance(operands[0], Name | Field):
            raise Problem(phrase("`given` takes one name"), expression.position)
        _declared(operands[0], known)
        return Type.TRUTH
    if operator in ("==", "!=") and _choice_comparison(operands, known):
        return Type.TRUTH
    types = _types(operands, known)
    problem = _misfit(operator, types, expression.position)
    if operator in ("and", "or", "not"):
        return _same(types, (Type.TRUTH,), problem)
    if operator == "if":
        _same(types[1:2], (Type.TRUTH,), problem)
        either = _without_zero((operands[0], operands[2]), [types[0], types[2]])
        return _same(either, (*_DIMENSIONS, Type.TRUTH) if len(either) == 2 else _DIMENSIONS, problem)
    if operator in COMPARISONS:
        _same(_without_zero(operands, types), _DIMENSIONS, problem)
        return Type.TRUTH
    if operator in ("*", "/"):
        return _product_type(operator, types, problem)
    if operator in ("sum", "mean", "count", "min", "max", "last") and types == [Type.LIST]:
        _refuse_single_ratings(expression, known)
        return Type.PLAIN
    if operator in ("count", "last", "run"):
        return _type_of_list(operator, types, problem)
    if operator == "round":
        if len(types) > 2 or (len(types) == 2 and not _small_whole(operands[1])):
            raise Problem(phrase("`round` takes a number and at most how many decimals (0 to 9)"), expression.position)
        return _same(types[:1], _DIMENSIONS, problem)
    if operator in ("floor", "ceil", "abs") and len(types) != 1:
        raise Problem(phrase("`{name}` takes one number", name=operator), expression.position)
    if operator == "weighted_mean":
        if len(types) % 2:
            raise Problem(phrase("`weighted_mean` takes pairs of a weight and a number"), expression.position)
        _same(_without_zero(operands[::2], types[::2]), _DIMENSIONS, problem)
        return _same(_without_zero(operands[1::2], types[1::2]), _DIMENSIONS, problem)
    return _same(_without_zero(operands, types), _DIMENSIONS, problem)


def _declared(name: Name | Field, known: Mapping[str, Declared]) -> Declared:
    key = _key(name)
    if key not in known:
        among = tuple(id_.removeprefix(".") for id_ in known)
        raise Problem(phrase("unknown name `{name}`", name=name.id), name.position, name.id, among)
    return known[key]


def _types(operands: tuple[Expression, ...], known: Mapping[str, Declared]) -> list[Type]:
    """Return the types of operands. Behind a list, a name that is not known may be meant to be one of its fields."""
    first = operands[0]
    entry = known[first.id].entry if isinstance(first, Name) and first.id in known else {}
    try:
        return [_type(operand, known) for operand in operands]
    except Problem as problem:
        raise Problem(problem.sentence, problem.position, problem.name, (*problem.among, *entry)) from None


def _misfit(operator: str, types: list[Type], position: int) -> Problem:
    return Problem(
        phrase(
            "`{name}` cannot take {what}",
            name=_SPOKEN.get(operator, operator),
            what=listed([IN_WORDS[item] for item in types], Join.AND),
        ),
        position,
    )


def _type_per_entry(expression: PerEntry, known: Mapping[str, Declared]) -> Type:
    """Return the type of an aggregate over entries: that of what is said of each, a number where a condition is."""
    of = known[expression.list.id]
    inner = _type(expression.expression, {**known, **{f".{id_}": one for id_, one in of.entry.items()}})
    problem = _misfit(expression.operator, [of.type, inner], expression.position)
    if expression.operator in ("count", "run"):
        _same([inner], (Type.TRUTH,), problem)
        return Type.PLAIN
    return _same([inner], _DIMENSIONS, problem)


def _type_of_list(operator: str, types: list[Type], problem: Problem) -> Type:
    """Return the type of what has another operand than a list of numbers: the count of entries, or of several numbers."""
    if operator == "count" and (
        types == [Type.ENTRIES] or (len(types) > 1 and all(item in _DIMENSIONS for item in types))
    ):
        return Type.PLAIN
    if operator == "run" and types in ([Type.LIST], [Type.ENTRIES]):
        raise Problem(phrase("`run` takes a list and a condition for each entry"), problem.position)
    raise problem


def _refuse_single_ratings(expression: Operation, known: Mapping[str, Declared]) -> None:
    """Refuse what would show what one person gave in a confidential list."""
    (of,) = expression.operands
    if expression.operator in ("min", "max", "last") and isinstance(of, Name) and known[of.id].is_confidential:
        raise Problem(
            phrase(
                "`{name}` would show a single rating of `{list}`, which is confidential; "
                "`sum`, `mean` and `count` take it",
                name=expression.operator,
                list=of.id,
            ),
            expression.position,
        )


_SPOKEN = {"neg": "-", "if": "if … else"}


def _same(types: list[Type], allowed: tuple[Type, ...], problem: Problem) -> Type:
    if len(set(types)) != 1 or types[0] not in allowed:
        raise problem
    return types[0]


def _without_zero(operands: tuple[Expression, ...], types: list[Type]) -> list[Type]:
    """Leave out literal zeros: `actual > 0`, `max(0, delay)` and `0 if late else pay` are fine whatever these count."""
    kept = [t for o, t in zip(operands, types, strict=True) if not (isinstance(o, Number) and o.value == 0)]
    return kept or types


def _product_type(operator: str, types: list[Type], problem: Problem) -> Type:
    left, right = types
    if left not in _DIMENSIONS or right not in _DIMENSIONS:
        raise problem
    if right is Type.PLAIN:
        return left
    if operator == "*" and left is Type.PLAIN:
        return right
    if operator == "/" and left is right:
        return Type.PLAIN
    raise problem


def _small_whole(expression: Expression) -> bool:
    return isinstance(expression, Number) and expression.value.denominator == 1 and expression.value <= 9


def _choice_comparison(operands: tuple[Expression, ...], known: Mapping[str, Declared]) -> bool:
    """Return True if this is `input == one_of_its_choices` (or the other way round)."""
    named = [operand for operand in operands if isinstance(operand, Name | Field)]
    if len(named) < 2:
        return False
    for one, other in (named, named[::-1]):
        declared = known.get(_key(one))
        if declared and declared.choices:
            if other.id not in declared.choices:
                raise Problem(
                    phrase(
                        "`{name}` is not a choice of it; there are {names}",
                        name=other.id,
                        names=as_written(declared.choices),
                    ),
                    other.position,
                )
            if isinstance(other, Field) or other.id in known:
                raise Problem(
                    phrase(
                        "`{name}` is an input and a choice of `{other}`; give one of them another id",
                        name=other.id,
                        other=one.id,
                    ),
                    other.position,
                )
            return True
    return False
