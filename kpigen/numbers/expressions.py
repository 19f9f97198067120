"""Formulas as trees: numbers, names, operators and functions, what they can be over a list, and the values that they take."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from typing import Any, Never, TypeAlias, TypeGuard

from kpigen.diagnostics.values import Phrase
from kpigen.diagnostics.wording import ENGLISH
from kpigen.numbers.quantities import Unit, exact, show

FUNCTIONS = (
    *("min", "max", "abs", "floor", "ceil", "round", "sum", "mean", "count"),
    *("given", "weighted_mean", "last", "run"),
)
#: No input may have these ids. A later function is told from a name by its bracket, so that old files keep their ids.
RESERVED = FUNCTIONS[:9]
COMPARISONS = ("<", "<=", "==", "!=", ">=", ">")
#: What can be said of each entry of a list: `count(calls, fatal)`.
PER_ENTRY = ("count", "mean", "sum", "min", "max", "run")
#: The field of an entry of a list of numbers.
ENTRY = "value"


@dataclass(frozen=True, slots=True)
class Numbers:
    """A list of numbers. Sometimes only their count and mean are known."""

    count: int
    mean: Fraction
    items: tuple[Fraction, ...] | None = None

    @classmethod
    def of(cls, items: tuple[Fraction, ...]) -> Numbers:
        """Return the list of these numbers (at least one)."""
        return cls(len(items), sum(items, Fraction(0)) / len(items), items)


class Missing(Enum):
    """Why there is no value: it does not apply, or is optional and was left out (ABSENT), or it is still to come (OPEN)."""

    ABSENT = "absent"
    OPEN = "open"

    def __bool__(self) -> Never:
        """Refuse to be yes or no: it is neither."""
        raise TypeError("neither yes nor no")


#: The entries of a list, each with the values of its fields by id.
Entries: TypeAlias = tuple[Mapping[str, Any], ...]
Value: TypeAlias = Fraction | bool | str | Numbers | Entries | Missing


def is_value(value: object) -> TypeGuard[Value]:
    """Return True for what a name of a formula can stand for."""
    return isinstance(value, Fraction | bool | str | Numbers | tuple | Missing)


@dataclass(frozen=True)
class Problem(Exception):  # noqa: N818  # a value that is also raised inside this package, never to a user
    """What is wrong with a formula or its evaluation, with the place inside the formula's text.

    `name` is a name that is not known, `among` are those that are.
    """

    sentence: Phrase
    position: int = 0
    name: str = ""
    among: tuple[str, ...] = field(default=(), compare=False)

    @property
    def message(self) -> str:
        """What is wrong, in English."""
        return ENGLISH.words(self.sentence)

    def __str__(self) -> str:
        """Return what is wrong, in English."""
        return self.message


@dataclass(frozen=True, slots=True)
class Number:
    """A literal; `unit` is how it was written."""

    value: Fraction
    unit: Unit


@dataclass(frozen=True, slots=True)
class Name:
    """An input, or in a comparison one of the ids of a choice."""

    id: str
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the entry that is looked at; there is one only inside of a PerEntry."""

    id: str
    position: int = field(default=0, compare=False)

    @property
    def key(self) -> str:
        """The key of its value among those of the names; no name begins with a dot."""
        return f".{self.id}"


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator or function with its operands: `+`, `<=`, `and`, `not`, `-x` (as `neg`), `if`, `min` …

    There are operators that no text has, with a blank in their name: `sum of`, `mean of`, `count of` and `run of` several
    values, of which they leave out those that are absent.
    """

    operator: str
    operands: tuple[Expression, ...]
    position: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class PerEntry:
    """An aggregate of what an expression gives for each entry of a list: `count(calls, fatal)`."""

    operator: str
    list: Name
    expression: Expression
    position: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Points(Operation):
    """The points of a choice: nested `if`s, one for each of its ids but the last. For readers it is the choice itself."""

    @property
    def of(self) -> Name | Field:
        """The choice."""
        condition = self.operands[1]
        assert isinstance(condition, Operation)
        name = condition.operands[0]
        assert isinstance(name, Name | Field)
        return name


Expression: TypeAlias = Number | Name | Field | Operation | PerEntry


def literal(value: Fraction | int) -> Number:
    """Return a plain number as a formula."""
    return Number(Fraction(value), Unit.PLAIN)


def build(operator: str, *operands: Expression) -> Operation:
    """Return an operator or function with its operands, as it is parsed."""
    return Operation(operator, operands, 0)


def names(expression: Expression) -> tuple[Name, ...]:
    """Return the names in a formula in their order, choices' ids included; of what is said of entries no fields."""
    if isinstance(expression, Name):
        return (expression,)
    if isinstance(expression, Operation):
        return tuple(name for operand in expression.operands for name in names(operand))
    if isinstance(expression, PerEntry):
        return (expression.list, *names(expression.expression))
    return ()


def keys(expression: Expression) -> frozenset[str]:
    """Return the keys of all names and fields in a formula: under these `evaluate` finds their values."""
    if isinstance(expression, Name):
        return frozenset((expression.id,))
    if isinstance(expression, Operation):
        return frozenset().union(*map(keys, expression.operands))
    if isinstance(expression, PerEntry):
        return keys(expression.list) | keys(expression.expression)
    return frozenset() if isinstance(expression, Number) else frozenset((expression.key,))


def fields(expression: Expression) -> frozenset[str]:
    """Return the ids of the fields in what is said of an entry."""
    if isinstance(expression, Field):
        return frozenset((expression.id,))
    if isinstance(expression, Operation):
        return frozenset().union(*map(fields, expression.operands))
    return frozenset()


def divisors(expression: Expression | None) -> frozenset[str]:
    """Return the names and fields in a divisor, if the formula has others too (`planned` in `done / planned`)."""
    if expression is None:
        return frozenset()
    found = frozenset(_in_divisors(expression))
    return found if _ids(expression) - found else frozenset()


def _in_divisors(expression: Expression) -> set[str]:
    if isinstance(expression, PerEntry):
        return _in_divisors(expression.expression)
    if not isinstance(expression, Operation):
        return set()
    found = {name for operand in expression.operands for name in _in_divisors(operand)}
    if expression.operator == "/":
        found |= _ids(expression.operands[1])
    return found


def _ids(expression: Expression) -> set[str]:
    """Return the ids of names and fields, without the lists whose entries are gone through."""
    if isinstance(expression, Operation):
        return set().union(*map(_ids, expression.operands))
    if isinstance(expression, PerEntry):
        return _ids(expression.expression)
    return set() if isinstance(expression, Number) else {expression.id}


def replaced(expression: Expression, by: Mapping[str, Expression]) -> Expression:
    """Return a formula with some of its names replaced by formulas. A list is only replaced by another name."""
    if isinstance(expression, Name):
        return by.get(expression.id, expression)
    if isinstance(expression, Operation):
        operands = tuple(replaced(operand, by) for operand in expression.operands)
        return type(expression)(expression.operator, operands, expression.position)
    if isinstance(expression, PerEntry):
        new = by.get(expression.list.id)
        of = new if isinstance(new, Name) else expression.list
        return PerEntry(expression.operator, of, replaced(expression.expression, by), expression.position)
    return expression


def of_entry(expression: Expression, entry: Callable[[str], Expression]) -> Expression:
    """Return what is said of an entry with each of its fields replaced by the formula that `entry` gives for its id."""
    if isinstance(expression, Field):
        return entry(expression.id)
    if isinstance(expression, Operation):
        operands = tuple(of_entry(operand, entry) for operand in expression.operands)
        return Operation(expression.operator, operands, expression.position)
    return expression


_BINDING = {
    "if": 0,
    "or": 1,
    "and": 2,
    "not": 3,
    **dict.fromkeys(COMPARISONS, 4),
    "+": 5,
    "-": 5,
    "*": 6,
    "/": 6,
    "neg": 7,
}
_PRETTY = {"*": "×", "/": "÷", "-": "−", "neg": "−", "<=": "≤", ">=": "≥", "==": "=", "!=": "≠"}


def write(
    expression: Expression,
    name: Callable[[str], str] = str,
    pretty: bool = False,
    per_entry: Callable[[PerEntry], str] | None = None,
) -> str:
    """Write a formula out, each name and field as `name` gives it; `pretty` with × ÷ − ≤ ≥, and a colon behind a list.

    The plain form is canonical: equal formulas are written alike whatever their spacing and brackets. `per_entry` writes what
    an aggregate has between its brackets.
    """
    return _Writer(name, pretty, per_entry).write(expression, 0)


@dataclass(frozen=True, slots=True)
class _Writer:
    name: Callable[[str], str]
    pretty: bool
    per_entry: Callable[[PerEntry], str] | None

    def write(self, expression: Expression, outer: int) -> str:
        if isinstance(expression, Number):
            if self.pretty:
                return show(expression.value, expression.unit, 12)
            return exact(expression.value)
        if isinstance(expression, Name | Field):
            return self.name(expression.id)
        if isinstance(expression, PerEntry):
            return f"{expression.operator}({self.of_entries(expression)})"
        if self.pretty and isinstance(expression, Points):
            return self.name(expression.of.id)
        operator, operands = expression.operator, expression.operands
        symbol = _PRETTY.get(operator, operator) if self.pretty else operator
        binding = _BINDING.get(operator)
        if binding is None:
            return f"{operator}({', '.join(self.write(operand, 0) for operand in operands)})"
        if operator == "if":
            parts = [self.write(operand, 1 if i < 2 else 0) for i, operand in enumerate(operands)]
            text = f"{parts[0]} if {parts[1]} else {parts[2]}"
        elif operator in ("neg", "not"):
            sign = symbol if self.pretty or operator == "not" else "-"
            text = sign + (" " if operator == "not" else "") + self.write(operands[0], binding)
        else:
            left = self.write(operands[0], binding + (operator in COMPARISONS))
            right = self.write(operands[1], binding + 1)
            text = f"{left} {symbol} {right}"
        return f"({text})" if binding < outer else text

    def of_entries(self, expression: PerEntry) -> str:
        if self.per_entry is not None:
            return self.per_entry(expression)
        between = ": " if self.pretty else ", "
        return f"{self.name(expression.list.id)}{between}{self.write(expression.expression, 0)}"
