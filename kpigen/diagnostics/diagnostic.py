"""Problems as values: where, which, and what to do about it.

A `Kind` is an entry of the catalogue (`catalogue.py`); a `Diagnostic` is one finding of that kind at one place.
Nothing here prints or raises.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class Severity(Enum):
    """How bad: an error blocks publishing and building, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A place in a file: repository-relative path, line and column counted from 1."""

    path: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        """Return `path:line:column`."""
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem: its code, severity, title, templates of message and hint, and how a likely word is suggested."""

    code: str
    severity: Severity
    title: str
    message: str
    hint: str = ""
    suggestion: str = "did you mean `{near}`? "

    def at(self, span: Span, *, near: str | None = None, **args: object) -> Diagnostic:
        """Return a finding of this kind; `args` fill the templates, `near` is a likely intended word."""
        return Diagnostic(self, span, tuple((key, str(value)) for key, value in sorted(args.items())), near)


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding: its kind, its place, the words that fill the kind's templates, a likely intended word."""

    kind: Kind
    span: Span
    args: tuple[tuple[str, str], ...] = ()
    near: str | None = None

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
        """What is wrong, in one sentence."""
        return self.kind.message.format(**dict(self.args))

    @property
    def hint(self) -> str:
        """What to do about it; empty where the message says it all."""
        hint = self.kind.hint.format(**dict(self.args))
        if self.near is None:
            return hint
        return (self.kind.suggestion.format(near=self.near) + hint).rstrip()


def sort_key(diagnostic: Diagnostic) -> tuple[str, int, int, str, str]:
    """Order findings by file, place, code and text."""
    span = diagnostic.span
    return span.path, span.line, span.column, diagnostic.code, diagnostic.message


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return the findings sorted and without repetitions."""
    return tuple(sorted(dict.fromkeys(diagnostics), key=sort_key))


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether any finding is an error."""
    return any(item.is_error for item in diagnostics)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that `word` most likely stands for, or None."""
    matches = difflib.get_close_matches(word.strip().lower().replace("-", "_")[:80], list(known), n=1, cutoff=0.6)
    return matches[0] if matches else None


def shorten(text: str, limit: int = 60) -> str:
    """Return text fit for a message: on one line and not longer than `limit` characters."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
