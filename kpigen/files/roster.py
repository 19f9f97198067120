"""The roster, reviews/people.csv: who has which manager, and when. Each line covers one person for a range of dates."""

from __future__ import annotations

import csv
import datetime
import io
import itertools
from collections import defaultdict
from dataclasses import dataclass, field

from kpigen.base.periods import Period, parse_date
from kpigen.base.places import ROSTER
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.amount import at_most
from kpigen.diagnostics.diagnostic import Diagnostic, Span, shorten
from kpigen.diagnostics.values import as_written, phrase
from kpigen.document import text as text_file
from kpigen.document.reader import ID

COLUMNS = ("id", "name", "login", "email", "department", "position", "manager", "form", "from", "to")

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
    form: str
    start: datetime.date
    end: datetime.date
    number: int


@dataclass(frozen=True)
class Roster:
    """All roster lines by person, oldest first. `exists` distinguishes a missing roster from an empty one."""

    exists: bool = False
    by_id: dict[str, tuple[RosterLine, ...]] = field(default_factory=dict)

    def at(self, id_: str, date: datetime.date) -> RosterLine | None:
        """Return the line of a person that applies on a date, or None."""
        return next((line for line in self.by_id.get(id_, ()) if line.start <= date <= line.end), None)

    def in_period(self, id_: str, period: Period) -> RosterLine | None:
        """Return the line of a person for a period, or None.

        The line on the period's last day takes precedence; otherwise the last line that overlaps the period.
        """
        exact = self.at(id_, period.last_day)
        if exact:
            return exact
        touching = [
            line for line in self.by_id.get(id_, ()) if line.start <= period.last_day and line.end >= period.first_day
        ]
        return touching[-1] if touching else None

    def latest(self, id_: str) -> RosterLine | None:
        """Return the last line of a person, or None."""
        lines = self.by_id.get(id_, ())
        return lines[-1] if lines else None

    def team(self, manager: str, period: Period) -> tuple[RosterLine, ...]:
        """Return the lines of everyone who reports to a manager on the last day of a period."""
        lines = (self.at(id_, period.last_day) for id_ in self.by_id)
        return tuple(line for line in lines if line and line.manager == manager)


def load_roster(data: bytes | None) -> tuple[Roster, list[Diagnostic]]:
    """Return the roster and the findings. Without data (None), or if it is unreadable (reported), the roster counts as missing."""
    if data is None:
        return Roster(), []
    source, found = text_file.decode(ROSTER, data)
    if source is None:
        return Roster(), found
    rows = csv.reader(io.StringIO(source.text, newline=""), strict=False)
    lines: list[RosterLine] = []
    begins = 1
    try:
        header = [cell.strip() for cell in next(rows, [])]
        if sorted(header) != sorted(COLUMNS):
            missing, unknown = ([*(c for c in a if c not in b)] for a, b in ((COLUMNS, header), (header, COLUMNS)))
            return Roster(), [
                catalogue.ROSTER_HEADER.at(
                    Span(ROSTER),
                    expected=",".join(COLUMNS),
                    missing=as_written(missing),
                    unknown=shorten(", ".join(filter(None, unknown))) or phrase("none"),
                )
            ]
        begins = rows.line_num + 1
        for row in rows:
            span, begins = Span(ROSTER, begins), rows.line_num + 1
            if not any(cell.strip() for cell in row):
                continue
            broken = next((name for name, cell in zip(header, row, strict=False) if "\n" in cell or "\r" in cell), None)
            if broken:
                found.append(
                    catalogue.ROSTER_VALUE.at(
                        span, value=shorten(row[header.index(broken)]), expected=phrase("on one line"), column=broken
                    )
                )
                continue
            if len(row) != len(header):
                found.append(catalogue.ROSTER_COLUMNS.at(span, found=len(row), expected=len(header)))
                continue
            line = _line({name: cell.strip() for name, cell in zip(header, row, strict=True)}, span, found)
            if line is not None:
                lines.append(line)
    except csv.Error as error:
        found.append(catalogue.UNREADABLE.at(Span(ROSTER, begins), reason=str(error)))
    by_id: dict[str, list[RosterLine]] = defaultdict(list)
    for line in lines:
        by_id[line.id].append(line)
    roster = Roster(True, {id_: tuple(sorted(own, key=lambda line: line.start)) for id_, own in sorted(by_id.items())})
    return roster, at_most(found + _check(roster))


def _line(cells: dict[str, str], span: Span, found: list[Diagnostic]) -> RosterLine | None:
    before = len(found)
    for column, expected in (("id", phrase("a id")), ("name", phrase("a name"))):
        if not cells[column]:
            found.append(catalogue.ROSTER_VALUE.at(span, value="", expected=expected, column=column))
    for column in ("id", "manager", "form"):
        if cells[column] and not ID.fullmatch(cells[column]):
            found.append(catalogue.BAD_ID.at(span, value=shorten(cells[column])))
    dates = {}
    for column, default in (("from", _FIRST), ("to", _LAST)):
        date = parse_date(cells[column]) if cells[column] else default
        if date is None:
            found.append(
                catalogue.ROSTER_VALUE.at(
                    span,
                    value=shorten(cells[column]),
                    expected=phrase("a date such as {example}", example="2026-02-05"),
                    column=column,
                )
            )
        dates[column] = date or default
    if dates["from"] > dates["to"]:
        found.append(catalogue.ROSTER_DATES.at(span, start=cells["from"], end=cells["to"]))
    if len(found) > before:
        return None
    return RosterLine(
        id=cells["id"],
        name=cells["name"],
        login=cells["login"],
        email=cells["email"],
        department=cells["department"],
        position=cells["position"],
        manager=cells["manager"],
        form=cells["form"],
        start=dates["from"],
        end=dates["to"],
        number=span.line,
    )


def _check(roster: Roster) -> list[Diagnostic]:
    found = []
    logins: dict[str, str] = {}
    for id_, lines in roster.by_id.items():
        for earlier, later in itertools.pairwise(lines):
            if later.start <= earlier.end:
                found.append(
                    catalogue.ROSTER_OVERLAP.at(
                        Span(ROSTER, later.number), employee=id_, date=str(later.start), line=earlier.number
                    )
                )
        for line in lines:
            other = logins.setdefault(line.login, id_) if line.login else id_
            if other != id_:
                found.append(
                    catalogue.ROSTER_LOGIN.at(Span(ROSTER, line.number), login=line.login, employee=id_, other=other)
                )
            if line.manager and line.manager not in roster.by_id:
                found.append(catalogue.ROSTER_MANAGER.at(Span(ROSTER, line.number), manager=line.manager))
    return found
