"""Read the text of a formula: its grammar, and the bounds of what it may say."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kpigen.diagnostics.values import as_written, phrase
from kpigen.numbers.expressions import COMPARISONS, FUNCTIONS, Expression, Name, Number, Operation, Problem
from kpigen.numbers.quantities import Misread, read_quantity

MAX_LENGTH, MAX_DEPTH, MAX_TREE = 1_000, 40, 100

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?%|(?:\d+h)?(?:\d+m)?\d+[hms]\b|\d+(?:\.\d+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)?)"
    r"|(?P<symbol><=|>=|==|!=|[-+*/()<>,]))"
)
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

    _LEVELS = (("or",), ("and",), ("not",), COMPARISONS, ("+", "-"), ("*", "/"))

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
            if operators is COMPARISONS and self.next.text in COMPARISONS:
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
