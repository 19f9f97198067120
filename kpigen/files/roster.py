"""The roster, reviews/people.csv: who has which manager, and when. Each line covers one person for a range of dates."""

from __future__ import annotations

import datetime
import itertools
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cached_property

from kpigen.base.periods import Period
from kpigen.base.places import ROSTER
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.amount import at_most
from kpigen.diagnostics.diagnostic import Diagnostic, Span, shorten
from kpigen.diagnostics.values import as_written, phrase
from kpigen.document.reader import ID
from kpigen.files.spreadsheet import UTF8, Row, Slips, date_of, is_day_first, narrow, plain, read_table, read_text

#: The columns, each with the Chinese headings that it may have; the first one is the one that findings name.
COLUMNS = {
    "id": ("工号", "员工工号", "员工编号", "员工号"),
    "name": ("姓名", "员工姓名"),
    "login": ("登录名", "登录账号", "账号", "用户名"),
    "email": ("邮箱", "电子邮箱", "电子邮件", "邮件"),
    "department": ("部门", "所属部门"),
    "position": ("职位", "岗位", "职务"),
    "manager": ("上级", "上级工号", "直属上级", "直接上级"),
    "form": ("考核表", "考核表单"),
    "from": ("开始日期", "起始日期", "生效日期"),
    "to": ("结束日期", "截止日期", "失效日期"),
}
_HEADINGS = {plain(heading): column for column, chinese in COLUMNS.items() for heading in (column, *chinese)}

#: What separates the forms of a person who has several.
_BETWEEN_FORMS = re.compile(r"[;,+；，、]")

_FIRST, _LAST = datetime.date.min, datetime.date.max


@dataclass(frozen=True, slots=True)
class RosterLine:
    """The roster data of one person between two dates, both inclusive."""

    id: str
    name: str
    login: str
    email: str
    department: str
    position: str
    manager: str
    forms: tuple[str, ...]
    start: datetime.date
    end: datetime.date
    number: int

    def as_row(self) -> tuple[str, ...]:
        """Return the cells in the order of `COLUMNS`; dates as ISO, empty where there is none."""
        begins, ends = ("" if date in (_FIRST, _LAST) else date.isoformat() for date in (self.start, self.end))
        texts = (self.id, self.name, self.login, self.email, self.department, self.position, self.manager)
        return (*texts, "; ".join(self.forms), begins, ends)


@dataclass(frozen=True)
class Roster:
    """All roster lines by person, oldest first. `exists` distinguishes a missing roster from an empty one.

    `unread` are the ids in lines that could not be read (reported).
    """

    exists: bool = False
    by_id: dict[str, tuple[RosterLine, ...]] = field(default_factory=dict)
    unread: frozenset[str] = frozenset()

    def at(self, id_: str, date: datetime.date) -> RosterLine | None:
        """Return the line of a person that applies on a date, or None."""
        return next((line for line in self.by_id.get(id_, ()) if line.start <= date <= line.end), None)

    def within(self, id_: str, period: Period) -> tuple[RosterLine, ...]:
        """Return all lines of a person that apply on some day of a period, oldest first."""
        return tuple(
            line for line in self.by_id.get(id_, ()) if line.start <= period.last_day and line.end >= period.first_day
        )

    def in_period(self, id_: str, period: Period) -> RosterLine | None:
        """Return the line of a person for a period, or None.

        The line on the period's last day takes precedence; otherwise the last line that overlaps the period.
        """
        touching = self.within(id_, period)
        return self.at(id_, period.last_day) or (touching[-1] if touching else None)

    def latest(self, id_: str) -> RosterLine | None:
        """Return the last line of a person, or None."""
        lines = self.by_id.get(id_, ())
        return lines[-1] if lines else None

    def team(self, manager: str, period: Period) -> tuple[RosterLine, ...]:
        """Return the lines of everyone who reports to a manager on the last day of a period."""
        lines = (self.at(id_, period.last_day) for id_ in self.by_id)
        return tuple(line for line in lines if line and line.manager == manager)

    def is_unread(self, id_: str) -> bool:
        """Return whether a line that could not be read may be about a person, also without the zeros of the id."""
        return id_ in self.unread or number_of_id(id_) in self._unread_numbers

    @cached_property
    def _unread_numbers(self) -> frozenset[str]:
        return frozenset(number for id_ in self.unread if (number := number_of_id(id_)) is not None)

    def without_zeros(self) -> dict[str, str]:
        """Return the ids that are numbers, by the number: spreadsheets drop the zeros before it."""
        return {number: id_ for id_ in reversed(self.by_id) if (number := number_of_id(id_)) is not None}


def number_of_id(id_: str) -> str | None:
    """Return the number that an id is, without zeros before it; None if it is no number."""
    return (id_.lstrip("0") or "0") if id_.isdigit() else None


def load_roster(data: bytes | None, encoding: str = UTF8) -> tuple[Roster, list[Diagnostic]]:
    """Return the roster and the findings. Without data (None), or if it is unreadable (reported), the roster counts as missing.

    `encoding` is the one that the settings declare.
    """
    if data is None:
        return Roster(), []
    source, found = read_text(ROSTER, data, encoding)
    if source is None:
        return Roster(), found
    table = read_table(source, _HEADINGS)
    if not table.headings and table.broken:
        return Roster(), list(table.broken)
    columns = [_HEADINGS.get(plain(heading), "") for heading in table.headings]
    if sorted(filter(None, columns)) != sorted(COLUMNS) or any(
        heading and not column for heading, column in zip(table.headings, columns, strict=True)
    ):
        return Roster(), [_wrong_header(table.headings, columns)]
    slips = Slips(ROSTER)
    headings = dict(zip(columns, table.headings, strict=True))
    by_id: dict[str, list[RosterLine]] = defaultdict(list)
    unread: set[str] = set()
    for row in table.rows:
        line = _line(row, headings, columns, slips)
        if line is not None:
            by_id[line.id].append(line)
        else:
            unread.update(map(narrow, row.cells[columns.index("id") :][:1]))
    lines = {id_: tuple(sorted(own, key=lambda line: line.start)) for id_, own in sorted(by_id.items())}
    roster = Roster(True, lines, frozenset(unread))
    _check(roster, slips)
    return roster, at_most([*found, *slips.told(), *table.broken])


def _wrong_header(headings: tuple[str, ...], columns: list[str]) -> Diagnostic:
    """Report the headings that are missing, unknown, or there twice."""
    missing = [f"{column} {chinese[0]}" for column, chinese in COLUMNS.items() if column not in columns]
    unknown = [heading for heading, column in zip(headings, columns, strict=True) if heading and not column]
    count = Counter(columns)
    twice = [heading for heading, column in zip(headings, columns, strict=True) if column and count[column] > 1]
    return catalogue.ROSTER_HEADER.at(
        Span(ROSTER),
        expected=",".join(COLUMNS),
        chinese=",".join(chinese[0] for chinese in COLUMNS.values()),
        missing=as_written(missing),
        unknown=shorten(", ".join([*unknown, *twice])) or phrase("none"),
    )


def _line(row: Row, headings: dict[str, str], columns: list[str], slips: Slips) -> RosterLine | None:
    """Return the roster line in a row; None if something in it is wrong. `headings` are as written, by column."""
    written = _cells(row, headings, columns, slips)
    if written is None:
        return None
    cells = {
        column: narrow(text) if column in ("id", "manager", "form", "from", "to") else text
        for column, text in written.items()
    }
    forms = tuple(dict.fromkeys(filter(None, map(str.strip, _BETWEEN_FORMS.split(cells["form"])))))
    wrong = False

    def expect(column: str, value: str, group: str = "") -> None:
        nonlocal wrong
        wrong = True
        slips.add(
            catalogue.ROSTER_VALUE,
            row.line,
            f"{column} {group}",
            value=shorten(value),
            expected=_EXPECTED[group or column],
            column=shorten(headings[column]),
        )

    for column in ("id", "name"):
        if not cells[column]:
            expect(column, "", f"a {column}")
    for column, ids in (("id", (cells["id"],)), ("manager", (cells["manager"],)), ("form", forms)):
        for id_ in ids:
            if id_ and not ID.fullmatch(id_):
                expect(column, id_)
    dates = {}
    for column, default in (("from", _FIRST), ("to", _LAST)):
        date = date_of(cells[column]) if cells[column] else default
        if date is None:
            expect(column, cells[column], "day first" if is_day_first(cells[column]) else "")
        dates[column] = date or default
    if dates["from"] > dates["to"]:
        wrong = True
        slips.add(catalogue.ROSTER_DATES, row.line, start=cells["from"], end=cells["to"])
    if wrong:
        return None
    return RosterLine(
        id=cells["id"],
        name=cells["name"],
        login=cells["login"],
        email=cells["email"],
        department=cells["department"],
        position=cells["position"],
        manager=cells["manager"],
        forms=forms,
        start=dates["from"],
        end=dates["to"],
        number=row.line,
    )


_DATE_EXPECTED = phrase("a date such as {example}", example="2026-02-05")
_ID_EXPECTED = phrase("an id of letters, digits, `-` and `_`")
_EXPECTED = {
    "a id": phrase("a id"),
    "a name": phrase("a name"),
    "id": _ID_EXPECTED,
    "manager": _ID_EXPECTED,
    "form": _ID_EXPECTED,
    "from": _DATE_EXPECTED,
    "to": _DATE_EXPECTED,
    "day first": phrase("a date with the year first, such as {example}: day and month could be mixed up", example="2026-02-05"),
}  # fmt: skip


def _cells(row: Row, headings: dict[str, str], columns: list[str], slips: Slips) -> dict[str, str] | None:
    """Return the cells of a row by column; None if they do not fit the columns.

    Columns without a heading do not count if they are empty. Cells that are missing at the end count as empty if they are
    dates and the others fit: Excel leaves out the separators of empty cells at the end of a line.
    """
    given = row.cells
    cells = {column: text for column, text in zip(columns, given, strict=False) if column}
    broken = next((column for column, text in cells.items() if "\n" in text or "\r" in text), None)
    if broken:
        slips.add(
            catalogue.ROSTER_VALUE,
            row.line,
            "on one line",
            value=shorten(cells[broken]),
            expected=phrase("on one line"),
            column=shorten(headings[broken]),
        )
        return None
    lacking = {column for column in columns[len(given) :] if column}
    nameless = sum(bool(text) and not column for column, text in zip(columns, given, strict=False))
    is_short = len(given) < len(columns)
    if len(given) > len(columns) or nameless or (is_short and not (lacking <= {"from", "to"} and _fits(cells))):
        found = sum(map(bool, columns[: len(given)])) + max(0, len(given) - len(columns)) + nameless
        slips.add(catalogue.ROSTER_COLUMNS, row.line, found=found, expected=len(COLUMNS))
        return None
    return cells | dict.fromkeys(lacking, "")


def _fits(cells: dict[str, str]) -> bool:
    """Return whether the cells of a line that ends early look like their columns, so that none is missing before them."""
    is_shifted = date_of(cells["form"]) or date_of(cells["manager"]) or (cells["email"] and "@" not in cells["email"])
    return not is_shifted and not (cells.get("from") and date_of(cells["from"]) is None)


def _check(roster: Roster, slips: Slips) -> None:
    """Note what is wrong with the lines together."""
    logins: dict[str, str] = {}
    numbers = roster.without_zeros()
    for id_, lines in roster.by_id.items():
        for earlier, later in itertools.pairwise(lines):
            if later.start <= earlier.end:
                slips.add(
                    catalogue.ROSTER_OVERLAP,
                    later.number,
                    employee=id_,
                    date=str(later.start),
                    line=earlier.number,
                )
        for line in lines:
            other = logins.setdefault(line.login, id_) if line.login else id_
            if other != id_:
                slips.add(catalogue.ROSTER_LOGIN, line.number, line.login, login=line.login, employee=id_, other=other)
            if line.manager and line.manager not in roster.by_id and not roster.is_unread(line.manager):
                near = numbers.get(number_of_id(line.manager) or "")
                if near:
                    slips.add(catalogue.ROSTER_MANAGER_ZEROS, line.number, manager=line.manager, roster=near)
                else:
                    slips.add(catalogue.ROSTER_MANAGER, line.number, line.manager, manager=line.manager)
