"""Review periods: a month, a quarter, a half, a year. Compared by months, never as text."""

from __future__ import annotations

import calendar
import datetime
import re
from dataclasses import dataclass
from enum import StrEnum


class Cycle(StrEnum):
    """The kind of a period."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"


_MONTHS = {Cycle.MONTH: 1, Cycle.QUARTER: 3, Cycle.HALF: 6, Cycle.YEAR: 12}
_LETTER = {Cycle.QUARTER: "Q", Cycle.HALF: "H"}
_PATTERN = re.compile(r"([12]\d{3})(?:-(0[1-9]|1[0-2])|-Q([1-4])|-H([12]))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Period:
    """A period: its kind, year, and number within the year (from 1)."""

    cycle: Cycle
    year: int
    number: int

    @property
    def length(self) -> int:
        """Its number of months: 1, 3, 6 or 12."""
        return _MONTHS[self.cycle]

    @property
    def first_month(self) -> int:
        """Its first month, counted from year 0."""
        return self.year * 12 + (self.number - 1) * self.length

    @property
    def last_month(self) -> int:
        """Its last month, counted from year 0."""
        return self.first_month + self.length - 1

    @property
    def month_of_year(self) -> int:
        """The number (1 to 12) of its last month."""
        return self.last_month % 12 + 1

    @property
    def last_day(self) -> datetime.date:
        """Its last day."""
        return datetime.date(self.year, self.month_of_year, calendar.monthrange(self.year, self.month_of_year)[1])

    @property
    def first_day(self) -> datetime.date:
        """Its first day."""
        return datetime.date(self.year, self.first_month % 12 + 1, 1)

    @property
    def sort_key(self) -> tuple[int, int]:
        """Order by end, the shorter first."""
        return self.last_month, self.length

    def within(self, cycle: Cycle) -> tuple[Period, ...]:
        """Return the periods of a kind that lie within this one, in order; none if they are longer."""
        length = _MONTHS[cycle]
        return tuple(_of(cycle, month) for month in range(self.first_month, self.last_month + 2 - length, length))

    @property
    def parts(self) -> tuple[Period, ...]:
        """The periods that it is divided into: the quarters of a year or half, the months of a quarter; none for a month."""
        shorter = {Cycle.YEAR: Cycle.QUARTER, Cycle.HALF: Cycle.QUARTER, Cycle.QUARTER: Cycle.MONTH}.get(self.cycle)
        return self.within(shorter) if shorter else ()

    def previous(self) -> Period:
        """Return the period of the same kind before this one."""
        return _of(self.cycle, self.first_month - self.length)

    def __str__(self) -> str:
        """Return the period as it is written: 2026-01, 2026-Q1, 2026-H1, 2026."""
        if self.cycle is Cycle.YEAR:
            return str(self.year)
        if self.cycle is Cycle.MONTH:
            return f"{self.year}-{self.number:02d}"
        return f"{self.year}-{_LETTER[self.cycle]}{self.number}"


def _of(cycle: Cycle, first_month: int) -> Period:
    year, month = divmod(first_month, 12)
    return Period(cycle, year, month // _MONTHS[cycle] + 1)


def parse_period(text: str) -> Period | None:
    """Return the period that a text stands for; None if it is not a period.

    >>> parse_period("2026-Q1")
    Period(cycle=<Cycle.QUARTER: 'quarter'>, year=2026, number=1)
    >>> str(parse_period("2026-Q1").previous())
    '2025-Q4'
    """
    match = _PATTERN.fullmatch(text)
    if match is None:
        return None
    year, month, quarter, half = match.groups()
    if month:
        return Period(Cycle.MONTH, int(year), int(month))
    if quarter:
        return Period(Cycle.QUARTER, int(year), int(quarter))
    if half:
        return Period(Cycle.HALF, int(year), int(half))
    return Period(Cycle.YEAR, int(year), 1)


def parse_date(text: str) -> datetime.date | None:
    """Return a date written as `2026-02-05`; None if the text is not a valid date."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) or not text.isascii():
        return None
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None


def days_after(day: datetime.date, days: int) -> datetime.date:
    """Return the day so many days after another; the last day that there is if it would lie beyond (31 December 9999)."""
    left = (datetime.date.max - day).days
    return day + datetime.timedelta(days=min(days, left))
