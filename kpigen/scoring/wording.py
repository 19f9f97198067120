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


def spoken(text: str, translate: Translate) -> str:
    """Return a formula's text with its conditions in the words of a language, and with real minus signs.

    >>> spoken("min(a if b > -1 else 3, 5)", str)
    'min(a if b > −1 else 3, 5)'
    """
    try:
        return with_minuses(_spoken(text, translate))
    except _Unbalanced:  # no formula, such as a text with a single bracket
        return with_minuses(text)


class _Unbalanced(Exception):  # noqa: N818  # never leaves this module
    """A bracket has no counterpart."""


def _spoken(text: str, translate: Translate) -> str:
    """Return a formula, or the arguments of a function, with each condition translated, the inner ones first."""
    value, condition = _split(text, " if ", 1)
    if condition:
        asked, otherwise = _split(condition[0], " else ", 1)
        if otherwise:
            return translate(mark("{value} if {condition} else {otherwise}")).format(
                value=_spoken(value, translate),
                condition=_spoken(asked, translate),
                otherwise=_spoken(otherwise[0], translate),
            )
    for word, message in ((" or ", mark("{one} or {other}")), (" and ", mark("{one} and {other}"))):
        first, others = _split(text, word)
        if others:
            said = _spoken(first, translate)
            for other in others:
                said = translate(message).format(one=said, other=_spoken(other, translate))
            return said
    if text.startswith("not "):
        return translate(mark("not {what}")).format(what=_spoken(text.removeprefix("not "), translate))
    return "".join(
        f"{part[0]}{', '.join(_spoken(one, translate) for one in _list(part[1:-1]))}{part[-1]}"
        if part[0] in "(["
        else part
        for part in _parts(text)
    )


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
        return rename_values(spoken(formula.write(expression, pretty=True), self.translate), self.names)

    def listed(self, texts: Iterable[str]) -> str:
        """Return texts joined into a list, with the separator of the language."""
        return self.translate(mark(", ")).join(texts)
