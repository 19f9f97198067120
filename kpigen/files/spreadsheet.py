"""A table as spreadsheet programs save it: its encoding, what separates its cells, its headings, its rows and its dates.

Only what can be read in one way is read. What a table means is decided elsewhere (`roster`).
"""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass

from kpigen.base.disk import MAX_TEXT
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, Kind, Span
from kpigen.diagnostics.values import Value, phrase_by_count
from kpigen.document import text as text_file
from kpigen.document.text import SourceText

UTF8, GB18030 = "utf-8", "gb18030"

#: The first bytes of a file that say how the rest is encoded.
_MARKS = (
    (b"\xef\xbb\xbf", UTF8),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
    (b"\x84\x31\x95\x33", GB18030),
)

#: What may separate the cells of a row. The first is meant if a heading does not tell.
_SEPARATORS = (",", "\t", ";")

#: Full-width forms of ASCII, as Chinese keyboards write them, and what they stand for.
_NARROW = {0x3000: 0x20, **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}}

_DATE = re.compile(
    r"(?P<year>\d{4})(?:(?P<by>[-/.])(?P<month>\d{1,2})(?P=by)(?P<day>\d{1,2})"
    r"|年(?P<zh_month>\d{1,2})月(?P<zh_day>\d{1,2})日|(?P<mm>\d{2})(?P<dd>\d{2}))"
    r"(?:[ T]0?0:00(?::00(?:\.0+)?)?)?",
    re.ASCII,
)
_MONTH, _DAY = ("month", "zh_month", "mm"), ("day", "zh_day", "dd")
_DAY_FIRST = re.compile(r"\d{1,2}([-/.])\d{1,2}\1(?:\d{4}|\d{2})(?:[ T].*)?", re.ASCII)

#: How many further lines a finding names.
_NAMED_LINES = 5


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row, without blanks around them, and the line on which it begins."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The headings of a table as they are written, and the rows that are not empty; `broken` is what ended it early."""

    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    broken: tuple[Diagnostic, ...] = ()


def read_text(path: str, data: bytes, declared: str) -> tuple[SourceText | None, list[Diagnostic]]:
    """Return the text of a table, or None and the reason.

    The first bytes say how it is encoded; without them `declared` does. Text that could be read in both encodings is
    refused: names would be read as other names.
    """
    if len(data) > MAX_TEXT:
        return text_file.decode(path, data)
    encoding = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None)
    if encoding is None and declared != UTF8 and not data.isascii() and _is_in(data, UTF8):
        return None, [catalogue.ROSTER_ENCODING_UNSURE.at(Span(path), declared=declared)]
    encoding = encoding or declared
    try:
        text = data.decode(encoding)
        offset = text.find("\0")  # how text in UTF-16 looks that nothing marks as such
        before, byte = text[: max(offset, 0)], 0
    except UnicodeDecodeError as error:
        text, offset = "", error.start
        before, byte = data[:offset].decode(encoding, "replace"), data[offset]
    if offset >= 0:
        place = SourceText(path, before).span(len(before))
        return None, [catalogue.ROSTER_ENCODING.at(place, encoding=encoding.upper(), byte=f"0x{byte:02X}")]
    source, found = text_file.decode(path, text.encode())
    return source, found[:1]


def _is_in(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def read_table(source: SourceText, known: Iterable[str]) -> Sheet:
    """Return the table in a text. `known` are plain headings (`plain`): they tell what separates the cells."""
    names = set(known)
    separator = max(_SEPARATORS, key=lambda one: sum(plain(cell) in names for cell in _first(source.text, one)))
    rows: list[Row] = []
    begins, broken = 1, []
    reader = csv.reader(io.StringIO(source.text, newline=""), delimiter=separator, strict=False)
    try:
        for cells in reader:
            line, begins = begins, reader.line_num + 1
            stripped = tuple(_cell(cell) for cell in cells)
            if any(stripped):
                rows.append(Row(line, stripped))
    except csv.Error as error:
        broken = [catalogue.UNREADABLE.at(Span(source.path, begins), reason=str(error))]
    if not rows:
        return Sheet((), (), tuple(broken))
    return Sheet(rows[0].cells, tuple(rows[1:]), tuple(broken))


def _first(text: str, separator: str) -> list[str]:
    """Return the cells of the first row that is not empty."""
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=False)
        return next((row for row in rows if any(cell.strip() for cell in row)), [])
    except csv.Error:
        return []


def _cell(text: str) -> str:
    """Return a cell without blanks around it, and without the formula that keeps the zeros of `="007"`."""
    text = text.strip()
    return text[2:-1].strip() if len(text) > 2 and text.startswith('="') and text.endswith('"') else text


def plain(heading: str) -> str:
    """Return a heading as it is compared: without blanks, capitals and full-width forms."""
    return "".join(narrow(heading).split()).casefold()


def narrow(text: str) -> str:
    """Return a text with ASCII in the place of its full-width forms."""
    return text.translate(_NARROW).strip()


def date_of(text: str) -> datetime.date | None:
    """Return the date that a cell holds, if the year comes first: `2026-07-17`, `2026/7/17`, `2026年7月17日`, `20260717`.

    A time of midnight, which spreadsheets add, may follow. None if it is no such date.
    """
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    month, day = (next(filter(None, (match[one] for one in names))) for names in (_MONTH, _DAY))
    try:
        return datetime.date(int(match["year"]), int(month), int(day))
    except ValueError:
        return None


def is_day_first(text: str) -> bool:
    """Return whether a cell holds a date whose year comes last, so that day and month could be mixed up."""
    return _DAY_FIRST.fullmatch(text) is not None


class Slips:
    """What is wrong with a table, told once for all lines with the same slip."""

    def __init__(self, path: str) -> None:
        """Take the path of the table."""
        self._path = path
        self._found: dict[tuple[Kind, str], list[tuple[int, dict[str, Value]]]] = {}

    def add(self, kind: Kind, line: int, group: str = "", /, **args: Value) -> None:
        """Note a slip. Those of a kind and `group` are one finding; its template has a place `{more}` for the others."""
        self._found.setdefault((kind, group), []).append((line, args))

    def told(self) -> list[Diagnostic]:
        """Return the findings, each at its first line."""
        found = []
        for (kind, _), slips in self._found.items():
            line, args = slips[0]
            args = {**args, "more": _more([other for other, _ in slips[1:]])}
            found.append(Diagnostic(kind, Span(self._path, line), tuple(sorted(args.items()))))
        return found


def _more(lines: list[int]) -> Value:
    if not lines:
        return ""
    named = ", ".join(map(str, lines[:_NAMED_LINES])) + (" …" if len(lines) > _NAMED_LINES else "")
    return phrase_by_count(
        "; {count} more line has the same: {lines}",
        "; {count} more lines have the same: {lines}",
        count=len(lines),
        lines=named,
    )
