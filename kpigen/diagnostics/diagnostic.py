"""Problems as values: where, which, and what to do about it.

A `Kind` is an entry of the catalogue; a `Diagnostic` is one finding of that kind at one place. Its templates are filled
with values (`values`), so that each language can put them into words. Nothing here prints or raises.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from kpigen.diagnostics.values import Phrase, Value, listed, phrase
from kpigen.diagnostics.wording import ENGLISH, Wording

# Blanks other than the plain one, marks of direction and width, fillers, and what chooses a variant of a character.
_UNSEEN = re.compile(
    "[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f"
    "\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
# Plain blanks, tabs and line ends count at the ends of a value.
_ENDS = re.compile(r"\A[ \t\r\n]+|[ \t\r\n]+\Z")


class Severity(Enum):
    """How bad: an error blocks publishing and building, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A place in a file: repository-relative path, line and column counted from 1. A folder has no lines: line 0."""

    path: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        """Return `path:line:column`, or only the path if there is no line."""
        return f"{self.path}:{self.line}:{self.column}" if self.line else self.path


@dataclass(frozen=True, slots=True)
class Person:
    """Whose review a finding is about; the name is empty if nothing says it."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem: its code, severity, title, and templates of message and hint."""

    code: str
    severity: Severity
    title: str
    message: str
    hint: str = ""

    def at(self, span: Span, *, near: str | None = None, **args: Value) -> Diagnostic:
        """Return a diagnostic of this kind; `args` fill the templates, `near` is a likely intended word."""
        return Diagnostic(self, span, tuple(sorted(args.items())), near)


def error(code: int, title: str, message: str, hint: str = "") -> Kind:
    """Return a kind that is an error; `code` without its letters."""
    return Kind(f"KPI{code}", Severity.ERROR, title, message, hint)


def warning(code: int, title: str, message: str, hint: str = "") -> Kind:
    """Return a kind that is a warning; `code` without its letters."""
    return Kind(f"KPI{code}", Severity.WARNING, title, message, hint)


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding: its kind, its place, the values that fill the kind's templates, a likely intended word, whose review."""

    kind: Kind
    span: Span
    args: tuple[tuple[str, Value], ...] = ()
    near: str | None = None
    person: Person | None = None

    @property
    def code(self) -> str:
        """The stable code, such as `KPI104`."""
        return self.kind.code

    @property
    def is_error(self) -> bool:
        """Whether this blocks publishing and building."""
        return self.kind.severity is Severity.ERROR

    @property
    def message(self) -> str:
        """What is wrong, in one English sentence."""
        return ENGLISH.words(self.sentence)

    @property
    def hint(self) -> str:
        """What to do about it, in English; empty if the message is enough."""
        return self.hint_in(ENGLISH)

    @property
    def sentence(self) -> Phrase:
        """What is wrong, as a value, so that another diagnostic can contain it."""
        return Phrase(self.kind.message, self.args, context=self.code)

    def hint_in(self, wording: Wording) -> str:
        """Return what to do about it, in a language. A list of what is known says nothing if it is empty."""
        lists_nothing = "{known}" in self.kind.hint and dict(self.args).get("known") == listed(())
        hint = "" if lists_nothing else wording.words(Phrase(self.kind.hint, self.args, context=self.code))
        if self.near is None:
            return hint
        return (wording.words(phrase("did you mean `{near}`? ", near=self.near)) + hint).rstrip()


def sort_key(diagnostic: Diagnostic) -> tuple[str, int, int, str, str]:
    """Order findings by file, place, code and text."""
    span = diagnostic.span
    return span.path, span.line, span.column, diagnostic.code, diagnostic.message


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return the findings sorted and without repetitions."""
    return tuple(sorted(dict.fromkeys(diagnostics), key=sort_key))


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Return True if any finding is an error."""
    return any(item.is_error for item in diagnostics)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that `word` most likely stands for, or None."""
    matches = difflib.get_close_matches(word.strip().lower().replace("-", "_")[:80], list(known), n=1, cutoff=0.6)
    return matches[0] if matches else None


def visible(text: str) -> str:
    """Return text with each character that cannot be seen, or is no plain blank, by its name.

    >>> visible("draft\u00a0"), visible("a\u200bb"), visible("two words")
    ('draft[U+00A0]', 'a[U+200B]b', 'two words')
    """
    return _UNSEEN.sub(_named, text) if not text.isascii() or not text.isprintable() else text


def _named(match: re.Match[str]) -> str:
    return "".join(f"[U+{ord(char):04X}]" for char in match[0])


def shorten(text: str, limit: int = 60) -> str:
    """Return text fit for a message: on one line, not longer than `limit` characters, and with what cannot be seen by name."""
    line = " ".join(visible(_ENDS.sub(_named, text)).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
