"""Days and periods at the ends of the calendar."""

from __future__ import annotations

import datetime

import pytest

from kpigen.base.periods import days_after, parse_date, parse_period


@pytest.mark.parametrize(
    ("day", "days", "expected"),
    [
        ("2026-02-25", 7, "2026-03-04"),
        ("2028-02-25", 5, "2028-03-01"),
        ("9999-12-31", 0, "9999-12-31"),
        ("9999-12-31", 7, "9999-12-31"),
        ("9999-12-30", 1, "9999-12-31"),
        ("9999-06-01", 365, "9999-12-31"),
        ("0001-01-01", 1, "0001-01-02"),
    ],
)
def test_days_after_never_leave_the_calendar(day: str, days: int, expected: str) -> None:
    parsed = parse_date(day)
    assert parsed is not None
    assert days_after(parsed, days) == datetime.date.fromisoformat(expected)


@pytest.mark.parametrize("text", ["0000", "0001", "9999-12", "3000", "9999", "0999-H1", "10000", "0000-Q1"])
def test_a_year_that_nobody_works_in_is_no_period(text: str) -> None:
    assert parse_period(text) is None


@pytest.mark.parametrize("text", ["1000", "1000-01", "2999-12", "2999-Q4", "2999-H2"])
def test_at_the_ends_a_period_has_its_days_and_one_before(text: str) -> None:
    period = parse_period(text)
    assert period is not None
    assert period.first_day <= period.last_day
    assert period.previous().first_month < period.first_month
