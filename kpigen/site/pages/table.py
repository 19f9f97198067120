"""Tables of any kind of subject. Columns are data: each page chooses its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

from kpigen.i18n.messages import Messages

Subject = TypeVar("Subject")


class ColumnKind(Enum):
    """The kind of a column, which decides how its cells look. Tables sort by cell text, or by number if all are numbers."""

    TEXT = "text"
    NUMBER = "number"
    GRADE = "grade"
    #: An id or a date, which stays on one line.
    CODE = "code"
    #: The heading of the line.
    HEADING = "heading"


@dataclass(frozen=True)
class Cell:
    """A cell of a table: its text, and its link, if any."""

    says: str
    path: str = ""


@dataclass(frozen=True)
class TableColumn(Generic[Subject]):
    """A column: its heading as a message id, and a function that makes the cell of a subject."""

    heading: str
    cell: Callable[[Subject], Cell]
    kind: ColumnKind = ColumnKind.TEXT


@dataclass(frozen=True)
class Heading:
    """A column's heading in a language."""

    says: str
    kind: ColumnKind


@dataclass(frozen=True)
class Table:
    """A table in a language: its headings, and for each line a cell under each of them."""

    headings: tuple[Heading, ...]
    lines: tuple[tuple[Cell, ...], ...]


def table_of(subjects: Iterable[Subject], columns: Sequence[TableColumn[Subject]], words: Messages) -> Table:
    """Return a table with a line for each subject."""
    return Table(
        headings=tuple(Heading(words.gettext(column.heading), column.kind) for column in columns),
        lines=tuple(tuple(column.cell(subject) for column in columns) for subject in subjects),
    )
