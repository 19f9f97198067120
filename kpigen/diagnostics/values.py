"""What fills the templates of diagnostics: values, which each language puts into words (`wording`).

A `str` is from a file, a path or another program and is shown unchanged, in every language; an `int` is a number. What kpigen
says itself is a `Phrase`, several values are a `Listing`, and a text that a form has in several languages says itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol, TypeAlias

#: The context under which catalogues have phrases.
PHRASE = "phrase"


class InLanguages(Protocol):
    """A text that a file gives in several languages, such as a name in a form; it can be hashed and compared."""

    def in_(self, language: str) -> str:
        """Return the text in a language."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that kpigen says: their English, by which catalogues know them, with places `{name}` and what fills these.

    If the words depend on the number `count` among `args`, `text` is for one and `plural` for others. `context` is where
    catalogues have them: the code of a kind for its texts.
    """

    text: str
    args: tuple[tuple[str, Value], ...] = ()
    plural: str = ""
    context: str = PHRASE

    @property
    def count(self) -> int:
        """The number that decides the plural form; 1 if there is none."""
        return next((value for name, value in self.args if name == "count" and isinstance(value, int)), 1)


class Join(Enum):
    """How the items of a list are joined."""

    #: As they are written in a file, `a, b`: the same in every language.
    WRITTEN = "written"
    #: One after the other: `a, b`; `a; b` if the items are longer.
    COMMA = ", "
    SEMICOLON = "; "
    #: As alternatives, as a whole: `a or b`, `a and b`.
    OR = "or"
    AND = "and"


@dataclass(frozen=True, slots=True)
class Listing:
    """Several values, at least one, and how they are joined."""

    items: tuple[Value, ...]
    join: Join


Value: TypeAlias = str | int | Phrase | Listing | InLanguages


def phrase(text: str, /, **args: Value) -> Phrase:
    """Return words that kpigen says. `text` is a literal: `tools/messages.py` finds it here and puts it into the catalogues."""
    return Phrase(text, tuple(sorted(args.items())))


def phrase_by_count(one: str, many: str, /, *, count: int, **args: Value) -> Phrase:
    """Return words that depend on a number, with a place `{count}`; both texts are literals, as for `phrase`."""
    return Phrase(one, tuple(sorted({"count": count, **args}.items())), many)


def listed(items: Iterable[Value], join: Join = Join.COMMA) -> Value:
    """Return values as a list; the phrase `none` if there are none."""
    found = tuple(items)
    return Listing(found, join) if found else phrase("none")


def as_written(items: Iterable[str]) -> Value:
    """Return words of a file, such as the keys that may be used, listed as they are written there."""
    return listed(items, Join.WRITTEN)
