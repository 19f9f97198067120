"""Ranges of numbers for readers: in words for diagnostics, in symbols for pages and drafts."""

from __future__ import annotations

from dataclasses import replace

from kpigen.diagnostics.values import Phrase, phrase
from kpigen.model.forms import Range
from kpigen.numbers.quantities import Unit, show


def say_range(range_: Range, unit: Unit = Unit.PLAIN) -> Phrase:
    """Return a range in words: `from 0 to 100`, `above 0`; `from 0 to 5, in steps of 0.5`."""
    if range_.step is not None:
        ends = say_range(replace(range_, step=None), unit)
        return phrase("{range}, in steps of {step}", range=ends, step=show(range_.step, unit, 12))
    low = None if range_.low is None else show(range_.low, unit, 12)
    high = None if range_.high is None else show(range_.high, unit, 12)
    if low is None and high is None:
        return phrase("any number")
    if high is None:
        assert low is not None
        return phrase("at least {low}", low=low) if range_.low_included else phrase("above {low}", low=low)
    if low is None:
        return phrase("at most {high}", high=high) if range_.high_included else phrase("below {high}", high=high)
    if range_.low_included:
        if range_.high_included:
            return phrase("from {low} to {high}", low=low, high=high)
        return phrase("at least {low} and below {high}", low=low, high=high)
    if range_.high_included:
        return phrase("above {low} and at most {high}", low=low, high=high)
    return phrase("above {low} and below {high}", low=low, high=high)


def range_symbols(range_: Range, unit: Unit = Unit.PLAIN) -> str:
    """Return a range in symbols: `0–100`, `> 0`, `2 < x ≤ 3`; empty if it is unbounded."""
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
