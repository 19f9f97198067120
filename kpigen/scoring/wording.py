"""Put a method's numbers and formulas into words: names for ids, translated messages, lists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from kpigen.i18n.messages import Translate, mark
from kpigen.numbers import formula
from kpigen.numbers.formula import Expression
from kpigen.numbers.quantities import with_minuses

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)?")


def rename(text: str, names: Mapping[str, str]) -> str:
    """Return a formula's text with ids replaced by names."""
    return _WORD.sub(lambda match: names.get(match[0], match[0]), text)


def rename_values(text: str, names: Mapping[str, str]) -> str:
    """Return a formula's text with ids replaced by names; functions stay, whatever has an id like theirs.

    >>> rename_values("sum(rows) / sum", {"sum": "Total", "rows": "all rows"})
    'sum(all rows) / Total'
    """
    return _WORD.sub(
        lambda match: (
            match[0] if match.end() < len(text) and text[match.end()] == "(" else names.get(match[0], match[0])
        ),
        text,
    )


def spoken(text: str, translate: Translate, names: Mapping[str, str] | None = None) -> str:
    """Return a formula's text with its conditions, and what it says of entries, in the words of a language, with ids replaced
    by names, and with real minus signs.

    >>> spoken("min(a if b > -1 else 3, 5)", str)
    'min(a if b > −1 else 3, 5)'
    >>> spoken("100 − count(tasks: level = done and given(note))", str, {"tasks": "Tasks"})
    '100 − (number of Tasks where level = done and note is given)'
    """
    known = names or {}
    try:
        return _Speaker(translate, known).said(text)
    except _Unbalanced:  # no formula, such as a text with a single bracket
        return rename(with_minuses(text), known)


class _Unbalanced(Exception):  # noqa: N818  # never leaves this module
    """A bracket has no counterpart."""


#: What is said of each entry of a list: the function, a colon behind the list.
_OF_ENTRIES = {
    "count": mark("number of {list} where {what}"),
    "run": mark("longest run of {list} where {what}"),
    "mean": mark("mean of {what} over {list}"),
    "sum": mark("sum of {what} over {list}"),
    "min": mark("least {what} of {list}"),
    "max": mark("greatest {what} of {list}"),
}
_CALL = re.compile(r"(.*?)([A-Za-z_][A-Za-z0-9_]*)", re.DOTALL)


@dataclass(frozen=True)
class _Speaker:
    translate: Translate
    names: Mapping[str, str]

    def said(self, text: str) -> str:
        """Return a formula, or the arguments of a function, with each condition translated, the inner ones first."""
        value, condition = _split(text, " if ", 1)
        if condition:
            asked, otherwise = _split(condition[0], " else ", 1)
            if otherwise:
                return self.translate(mark("{value} if {condition} else {otherwise}")).format(
                    value=self.said(value), condition=self.said(asked), otherwise=self.said(otherwise[0])
                )
        for word, message in ((" or ", mark("{one} or {other}")), (" and ", mark("{one} and {other}"))):
            first, others = _split(text, word)
            if others:
                said = self.said(first)
                for other in others:
                    said = self.translate(message).format(one=said, other=self.said(other))
                return said
        if text.startswith("not "):
            return self.negated(text.removeprefix("not "))
        return self.joined(_parts(text))

    def negated(self, text: str) -> str:
        call = _parts(text)
        if len(call) == 2 and call[0] == "given":
            return self.translate(mark("{what} is not given")).format(what=self.said(call[1][1:-1]))
        return self.translate(mark("not {what}")).format(what=self.said(text))

    def joined(self, parts: list[str]) -> str:
        """Return the parts of a text, each call of a function that has words in these words."""
        found: list[str] = []
        rest = list(parts)
        while rest:
            part = rest.pop(0)
            if part[0] in "([":
                found.append(f"{part[0]}{', '.join(self.said(one) for one in _list(part[1:-1]))}{part[-1]}")
                continue
            call = _CALL.fullmatch(part) if rest and rest[0][0] == "(" else None
            words = None if call is None else self.call(call[2], rest[0][1:-1])
            if call is None:
                found.append(self.leaf(part))
                continue
            if words is None:  # a function keeps its name, whatever has an id like it
                found += [self.leaf(call[1]), call[2]]
                continue
            del rest[0]
            found += [self.leaf(call[1]), words if len(parts) == 2 and not call[1] else f"({words})"]
        return "".join(found)

    def call(self, function: str, arguments: str) -> str | None:
        """Return a call in words; None if the function has none."""
        if function == "given":
            return self.translate(mark("{what} is given")).format(what=self.said(arguments))
        if function == "last":
            return self.translate(mark("last of {list}")).format(list=self.said(arguments))
        of, what = _split(arguments, ": ", 1)
        if not what or function not in _OF_ENTRIES:
            return None
        return self.translate(_OF_ENTRIES[function]).format(list=self.said(of), what=self.said(what[0]))

    def leaf(self, text: str) -> str:
        return rename_values(with_minuses(text), self.names)


def _list(text: str) -> list[str]:
    first, others = _split(text, ", ")
    return [first, *others]


def _split(text: str, word: str, most: int = 0) -> tuple[str, list[str]]:
    """Return what stands before a word outside of brackets, and what stands behind each of the first `most` (0: of all)."""
    found = [""]
    for part in _parts(text):
        pieces = [part] if part[0] in "([" else part.split(word)
        for number, piece in enumerate(pieces):
            if number and most and len(found) > most:
                found[-1] += f"{word}{piece}"
            elif number:
                found.append(piece)
            else:
                found[-1] += piece
    return found[0], found[1:]


def _parts(text: str) -> list[str]:
    """Return a text cut into its outermost brackets, and what stands between them."""
    parts, depth, start = [], 0, 0
    for place, char in enumerate(text):
        if char in "([":
            if not depth:
                parts.append(text[start:place])
                start = place
            depth += 1
        elif char in ")]":
            depth -= 1
            if depth < 0:
                raise _Unbalanced
            if not depth:
                parts.append(text[start : place + 1])
                start = place + 1
    if depth:
        raise _Unbalanced
    return [part for part in (*parts, text[start:]) if part]


class Parameter(NamedTuple):
    """One number of a method, as shown on the rule page."""

    label: str
    text: str


@dataclass(frozen=True)
class RuleWording:
    """The reader's language, and the names of inputs, choices and parts by id."""

    names: Mapping[str, str]
    translate: Translate

    def say(self, message: str, **values: str) -> str:
        """Return a marked message in the reader's language, with its placeholders filled."""
        return self.translate(message).format(**values)

    def name(self, id_: str) -> str:
        """Return the name of an id, or the id itself if it has no name."""
        return self.names.get(id_, id_)

    def formula(self, expression: Expression) -> str:
        """Return a formula with names instead of ids."""
        return spoken(formula.write(expression, pretty=True), self.translate, self.names)

    def listed(self, texts: Iterable[str]) -> str:
        """Return texts joined into a list, with the separator of the language."""
        return self.translate(mark(", ")).join(texts)
