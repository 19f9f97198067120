"""The formula language of rule files: parse, check, evaluate exactly, write out again.

Numbers, percentages, durations, inputs, `+ - * /`, comparisons, `and or not`, `a if c else b`, and the functions in
`FUNCTIONS`. There is nothing else: no attribute, no call of anything else, no loop; the size of a formula is bounded,
and so is every result.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from math import ceil, floor
from typing import TypeAlias

from kpigen.diagnostics.values import Join, Phrase, as_written, listed, phrase
from kpigen.diagnostics.wording import ENGLISH
from kpigen.numbers.quantities import Misread, Unit, exact, read_quantity, round_half_up, show

MAX_LENGTH, MAX_DEPTH, MAX_TREE = 1_000, 40, 100
FUNCTIONS = ("min", "max", "abs", "floor", "ceil", "round", "sum", "mean", "count")


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
class Numbers:
    """A list of numbers. Sometimes only their count and mean are known."""

    count: int
    mean: Fraction
    items: tuple[Fraction, ...] | None = None

    @classmethod
    def of(cls, items: tuple[Fraction, ...]) -> Numbers:
        """Return the list of these numbers (at least one)."""
        return cls(len(items), sum(items, Fraction(0)) / len(items), items)


Value: TypeAlias = Fraction | bool | str | Numbers


@dataclass(frozen=True)
class Problem(Exception):  # noqa: N818  # a value that is also raised inside this package, never to a user
    """What is wrong with a formula or its evaluation, with the place inside the formula's text."""

    sentence: Phrase
    position: int = 0
    name: str = ""

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
class Operation:
    """An operator or function with its operands: `+`, `<=`, `and`, `not`, `-x` (as `neg`), `if`, `min` …"""

    operator: str
    operands: tuple[Expression, ...]
    position: int = field(compare=False)


Expression: TypeAlias = Number | Name | Operation

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?%|(?:\d+h)?(?:\d+m)?\d+[hms]\b|\d+(?:\.\d+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)?)"
    r"|(?P<symbol><=|>=|==|!=|[-+*/()<>,]))"
)
_COMPARISONS = ("<", "<=", "==", "!=", ">=", ">")
_WORDS = ("and", "or", "not", "if", "else")


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    position: int


def _tokens(text: str) -> list[_Token]:
    tokens, position = [], 0
    stripped = text.rstrip()
    while position < len(stripped):
        match = _TOKEN.match(stripped, position)
        if match is None or match.end() == position:
            at = position + len(stripped[position:]) - len(stripped[position:].lstrip())
            raise Problem(phrase("`{name}` is not part of the language", name=stripped[at : at + 1]), at)
        kind = match.lastgroup or ""
        word = match[kind]
        tokens.append(_Token("word" if word in _WORDS else kind, word, match.start(kind)))
        position = match.end()
    return [*tokens, _Token("end", "", len(stripped))]


class _Parser:
    """Precedence climbing, lowest first: if/else, or, and, not, comparison, sum, product, sign."""

    def __init__(self, text: str) -> None:
        self.tokens = _tokens(text)
        self.index = 0
        self.depth = 0

    @property
    def next(self) -> _Token:
        return self.tokens[self.index]

    def take(self, *texts: str) -> _Token | None:
        token = self.next
        if token.kind in ("symbol", "word") and token.text in texts:
            self.index += 1
            return token
        return None

    def expect(self, text: str) -> None:
        if self.take(text) is None:
            found = self.next.text
            raise Problem(
                phrase("expected `{wanted}`, found `{found}`", wanted=text, found=found)
                if found
                else phrase("expected `{wanted}`, found the end", wanted=text),
                self.next.position,
            )

    def condition(self) -> Expression:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Problem(phrase("nested too deep"), self.next.position)
        value = self.binary(0)
        if token := self.take("if"):
            chosen = self.binary(0)
            self.expect("else")
            value = Operation("if", (value, chosen, self.condition()), token.position)
        self.depth -= 1
        return value

    _LEVELS = (("or",), ("and",), ("not",), _COMPARISONS, ("+", "-"), ("*", "/"))

    def binary(self, level: int) -> Expression:
        if level == len(self._LEVELS):
            return self.sign()
        operators = self._LEVELS[level]
        if operators == ("not",):
            if token := self.take("not"):
                self.deeper(token)
                operand = self.binary(level)
                self.depth -= 1
                return Operation("not", (operand,), token.position)
            return self.binary(level + 1)
        left = self.binary(level + 1)
        while token := self.take(*operators):
            left = Operation(token.text, (left, self.binary(level + 1)), token.position)
            if operators is _COMPARISONS and self.next.text in _COMPARISONS:
                raise Problem(phrase("comparisons cannot be chained; join them with `and`"), self.next.position)
        return left

    def sign(self) -> Expression:
        if token := self.take("-"):
            self.deeper(token)
            operand = self.sign()
            self.depth -= 1
            return Operation("neg", (operand,), token.position)
        return self.atom()

    def atom(self) -> Expression:
        token = self.next
        self.index += 1
        if token.kind == "number":
            read = read_quantity(token.text)
            if isinstance(read, Misread):
                raise Problem(phrase("`{value}` is not a number", value=token.text), token.position)
            return Number(*read)
        if token.text == "(":
            value = self.condition()
            self.expect(")")
            return value
        if token.kind == "name":
            return self.call(token) if self.take("(") else Name(token.text, token.position)
        raise Problem(
            phrase("expected a number or a name, found `{found}`", found=token.text)
            if token.text
            else phrase("expected a number or a name, found the end"),
            token.position,
        )

    def call(self, token: _Token) -> Expression:
        if token.text not in FUNCTIONS:
            raise Problem(
                phrase(
                    "there is no function `{name}`; there are {names}", name=token.text, names=as_written(FUNCTIONS)
                ),
                token.position,
            )
        arguments = [self.condition()]
        while self.take(","):
            arguments.append(self.condition())
        self.expect(")")
        return Operation(token.text, tuple(arguments), token.position)

    def deeper(self, token: _Token) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Problem(phrase("nested too deep"), token.position)


def parse(text: str) -> Expression | Problem:
    """Return the parsed formula, or a Problem if the text is not a formula."""
    if len(text) > MAX_LENGTH:
        return Problem(phrase("longer than {limit} characters", limit=MAX_LENGTH))
    try:
        parser = _Parser(text)
        expression = parser.condition()
        if parser.next.kind != "end":
            raise Problem(phrase("expected the end, found `{found}`", found=parser.next.text), parser.next.position)
        _refuse_deep(expression)
    except Problem as problem:
        return problem
    return expression


def _refuse_deep(expression: Expression) -> None:
    """Refuse a formula nested too deep to be evaluated; each operator of a long chain adds one level."""
    waiting = [(expression, 0)]
    while waiting:
        one, depth = waiting.pop()
        if isinstance(one, Operation):
            if depth > MAX_TREE:
                raise Problem(
                    phrase("nested too deep: too many operators in a row; `sum(…)` takes many terms"), one.position
                )
            waiting += [(operand, depth + 1) for operand in one.operands]


def names(expression: Expression) -> tuple[Name, ...]:
    """Return the names in a formula in their order, choices' ids included."""
    if isinstance(expression, Name):
        return (expression,)
    if isinstance(expression, Operation):
        return tuple(name for operand in expression.operands for name in names(operand))
    return ()


def literal(value: Fraction | int) -> Number:
    """Return a plain number as a formula."""
    return Number(Fraction(value), Unit.PLAIN)


def build(operator: str, *operands: Expression) -> Operation:
    """Return an operator or function with its operands, as it is parsed."""
    return Operation(operator, operands, 0)


def divisors(expression: Expression | None) -> frozenset[str]:
    """Return the names in a divisor, if the formula has other names too (`planned` in `done / planned`)."""
    if expression is None:
        return frozenset()
    found = frozenset(_in_divisors(expression))
    return found if {name.id for name in names(expression)} - found else frozenset()


def _in_divisors(expression: Expression) -> set[str]:
    if not isinstance(expression, Operation):
        return set()
    found = {name for operand in expression.operands for name in _in_divisors(operand)}
    if expression.operator == "/":
        found |= {name.id for name in names(expression.operands[1])}
    return found


def replaced(expression: Expression, by: Mapping[str, Expression]) -> Expression:
    """Return a formula with some of its names replaced by formulas."""
    if isinstance(expression, Name):
        return by.get(expression.id, expression)
    if isinstance(expression, Operation):
        operands = tuple(replaced(operand, by) for operand in expression.operands)
        return Operation(expression.operator, operands, expression.position)
    return expression


@dataclass(frozen=True, slots=True)
class Declared:
    """What a name stands for: its type, for a choice its ids, and of a list whether only count and mean may be used."""

    type: Type
    choices: tuple[str, ...] = ()
    is_confidential: bool = False


def type_of(expression: Expression, known: Mapping[str, Declared]) -> Type | Problem:
    """Return the type of a formula over the names in `known`, or a Problem if the types do not fit."""
    try:
        return _type(expression, known)
    except Problem as problem:
        return problem


def _type(expression: Expression, known: Mapping[str, Declared]) -> Type:
    if isinstance(expression, Number):
        return Type.SECONDS if expression.unit is Unit.DURATION else Type.PLAIN
    if isinstance(expression, Name):
        if expression.id not in known:
            raise Problem(phrase("unknown name `{name}`", name=expression.id), expression.position, expression.id)
        return known[expression.id].type
    operator, operands = expression.operator, expression.operands
    if operator in ("==", "!=") and _choice_comparison(operands, known):
        return Type.TRUTH
    types = [_type(operand, known) for operand in operands]
    problem = Problem(
        phrase(
            "`{name}` cannot take {what}",
            name=_SPOKEN.get(operator, operator),
            what=listed([IN_WORDS[item] for item in types], Join.AND),
        ),
        expression.position,
    )
    if operator in ("and", "or", "not"):
        return _same(types, (Type.TRUTH,), problem)
    if operator == "if":
        _same(types[1:2], (Type.TRUTH,), problem)
        return _same([types[0], types[2]], (*_DIMENSIONS, Type.TRUTH), problem)
    if operator in _COMPARISONS:
        _same(_without_zero(operands, types), _DIMENSIONS, problem)
        return Type.TRUTH
    if operator in ("*", "/"):
        return _product_type(operator, types, problem)
    if operator in ("sum", "mean", "count", "min", "max") and types == [Type.LIST]:
        _refuse_single_ratings(expression, known)
        return Type.PLAIN
    if operator == "round":
        if len(types) > 2 or (len(types) == 2 and not _small_whole(operands[1])):
            raise Problem(phrase("`round` takes a number and at most how many decimals (0 to 9)"), expression.position)
        return _same(types[:1], _DIMENSIONS, problem)
    if operator in ("floor", "ceil", "abs") and len(types) != 1:
        raise Problem(phrase("`{name}` takes one number", name=operator), expression.position)
    if operator == "count":
        raise problem
    return _same(_without_zero(operands, types), _DIMENSIONS, problem)


def _refuse_single_ratings(expression: Operation, known: Mapping[str, Declared]) -> None:
    """Refuse `min` and `max` of a confidential list: they would show what one person gave."""
    (of,) = expression.operands
    if expression.operator in ("min", "max") and isinstance(of, Name) and known[of.id].is_confidential:
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
    """Leave out literal zeros: `actual > 0` and `max(0, delay)` are fine whatever `actual` counts."""
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
    named = [operand for operand in operands if isinstance(operand, Name)]
    if len(named) < 2:
        return False
    for one, other in (named, named[::-1]):
        declared = known.get(one.id)
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
            if other.id in known:
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


def evaluate(expression: Expression, values: Mapping[str, Value]) -> Value:
    """Return the value of a checked formula.

    A name without a value stands for itself, as the id of a choice. Raises Problem if there is no result, as after a
    division by zero, or if a number is too large.
    """
    if isinstance(expression, Number):
        return expression.value
    if isinstance(expression, Name):
        return values.get(expression.id, expression.id)
    operator, operands = expression.operator, expression.operands
    if operator == "if":
        return evaluate(operands[0] if _truth(operands[1], values) else operands[2], values)
    if operator == "and":
        return _truth(operands[0], values) and _truth(operands[1], values)
    if operator == "or":
        return _truth(operands[0], values) or _truth(operands[1], values)
    if operator == "not":
        return not _truth(operands[0], values)
    found = [evaluate(operand, values) for operand in operands]
    words = [word for word in found if isinstance(word, str)]
    if words and not (operator in ("==", "!=") and len(words) == 2):
        raise Problem(phrase("`{what}` has no value", what=words[0]), expression.position)
    if operator == "/" and found[1] == 0:
        raise Problem(phrase("division by zero"), expression.position)
    result = _OPERATIONS[operator](*found)
    if isinstance(result, Fraction) and (abs(result.numerator) >> 4000 or result.denominator >> 4000):
        raise Problem(phrase("the number has too many digits"), expression.position)
    return result


def _truth(expression: Expression, values: Mapping[str, Value]) -> bool:
    value = evaluate(expression, values)
    if not isinstance(value, bool):
        raise Problem(phrase("`{what}` has no value", what=write(expression)))
    return value


def number(expression: Expression, values: Mapping[str, Value]) -> Fraction:
    """Return the value of a formula whose type is a number. Raises Problem like `evaluate`."""
    value = evaluate(expression, values)
    if not isinstance(value, Fraction):
        raise Problem(phrase("not a number"))
    return value


def _spread(function: Callable[[list[Fraction]], Fraction], *arguments: Numbers | Fraction) -> Fraction:
    """Apply a function of a list to the entries of one, or to several numbers."""
    first = arguments[0]
    if isinstance(first, Numbers):
        if first.items is None:
            raise Problem(phrase("only count and mean of this list are known"))
        return function(list(first.items))
    return function([item for item in arguments if isinstance(item, Fraction)])


def _mean(*arguments: Numbers | Fraction) -> Fraction:
    first = arguments[0]
    return first.mean if isinstance(first, Numbers) else _sum(*arguments) / len(arguments)


def _sum(*arguments: Numbers | Fraction) -> Fraction:
    first = arguments[0]
    if isinstance(first, Numbers):
        return first.mean * first.count
    return sum((item for item in arguments if isinstance(item, Fraction)), Fraction(0))


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
    "count": lambda a: Fraction(a.count),
}

_BINDING = {
    "if": 0,
    "or": 1,
    "and": 2,
    "not": 3,
    **dict.fromkeys(_COMPARISONS, 4),
    "+": 5,
    "-": 5,
    "*": 6,
    "/": 6,
    "neg": 7,
}
_PRETTY = {"*": "×", "/": "÷", "-": "−", "neg": "−", "<=": "≤", ">=": "≥", "==": "=", "!=": "≠"}


def write(expression: Expression, name: Callable[[str], str] = str, pretty: bool = False) -> str:
    """Write a formula out, each name as `name` gives it; `pretty` with × ÷ − ≤ ≥.

    The plain form is canonical: equal formulas are written alike whatever their spacing and brackets.
    """
    return _write(expression, name, pretty, 0)


def _write(expression: Expression, name: Callable[[str], str], pretty: bool, outer: int) -> str:
    if isinstance(expression, Number):
        if pretty:
            return show(expression.value, expression.unit, 12)
        return exact(expression.value)
    if isinstance(expression, Name):
        return name(expression.id)
    operator, operands = expression.operator, expression.operands
    symbol = _PRETTY.get(operator, operator) if pretty else operator
    binding = _BINDING.get(operator)
    if binding is None:
        return f"{operator}({', '.join(_write(operand, name, pretty, 0) for operand in operands)})"
    if operator == "if":
        parts = [_write(operand, name, pretty, 1 if i < 2 else 0) for i, operand in enumerate(operands)]
        text = f"{parts[0]} if {parts[1]} else {parts[2]}"
    elif operator in ("neg", "not"):
        sign = symbol if pretty or operator == "not" else "-"
        text = sign + (" " if operator == "not" else "") + _write(operands[0], name, pretty, binding)
    else:
        left = _write(operands[0], name, pretty, binding + (operator in _COMPARISONS))
        right = _write(operands[1], name, pretty, binding + 1)
        text = f"{left} {symbol} {right}"
    return f"({text})" if binding < outer else text
