"""Ranges of numbers for readers: in words for diagnostics, in symbols for pages and drafts."""

from __future__ import annotations

from kpigen.model.forms import Range
from kpigen.numbers.quantities import Unit, show


def say_range(range_: Range, unit: Unit = Unit.PLAIN) -> str:
    """Say a range in words: `from 0 to 100`, `above 0`."""
    low = "" if range_.low is None else f"{'at least' if range_.low_included else 'above'} {show(range_.low, unit, 12)}"
    high = (
        "" if range_.high is None else f"{'at most' if range_.high_included else 'below'} {show(range_.high, unit, 12)}"
    )
    if low and high and range_.low_included and range_.high_included:
        assert range_.low is not None
        assert range_.high is not None
        return f"from {show(range_.low, unit, 12)} to {show(range_.high, unit, 12)}"
    return " and ".join(part for part in (low, high) if part) or "any number"


def range_symbols(range_: Range, unit: Unit = Unit.PLAIN) -> str:
    """Return a range in symbols: `0–100`, `> 0`, `2 < x ≤ 3`."""
    low = None if range_.low is None else show(range_.low, unit)
    high = None if range_.high is None else show(range_.high, unit)
    if low is not None and high is not None:
        if low == high:
            return f"= {low}"
        if range_.low_included and range_.high_included:
            return f"{low}–{high}"
        return f"{low} {'≤' if range_.low_included else '<'} x {'≤' if range_.high_included else '<'} {high}"
    if low is not None:
        return f"{'≥' if range_.low_included else '>'} {low}"
    return "" if high is None else f"{'≤' if range_.high_included else '<'} {high}"
