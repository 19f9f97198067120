"""Choose the part of an axis that a scoring curve shows: a bounded range in full, otherwise the surroundings of its marks."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from fractions import Fraction

from kpigen.model.forms import Indicator, Input, InputType, Range
from kpigen.numbers import formula
from kpigen.numbers.formula import Name, Operation
from kpigen.numbers.intervals import Interval, extent
from kpigen.numbers.quantities import Unit
from kpigen.scoring.attainable import optional_of, ranges_of
from kpigen.scoring.methods.base import BAND, method_of
from kpigen.scoring.outlook.breakpoints import Stretch, sweep
from kpigen.scoring.outlook.univariate import MEASURE, Along

#: The most stretches on either side of the starting value, and beyond the last mark if the axis has no end.
_STRETCHES, _BEYOND = 26, 10
#: How far from the outermost band an end of the range may be, as a multiple of the part with the bands, to be shown.
_NEAR = 2


@dataclass(frozen=True)
class ShownAxis:
    """The stretches of a curve from left to right, each with both ends, and the range of values that the axis can take."""

    stretches: tuple[Stretch, ...]
    range: Range

    def holds(self, x: Fraction) -> bool:
        """Return True if the axis can take a value."""
        return x in self.range


def shown_of_axis(indicator: Indicator, along: Along, item: Input | None, here: Fraction | None) -> ShownAxis:
    """Return the part of an axis to show. The axis is the measure if `item` is None; `here` is the review's value on it."""
    range_ = _measure_range(indicator) if item is None else item.range
    method = method_of(indicator)
    named = [*method.marks(along.axis)]
    knots: tuple[Fraction, ...] = ()
    if item is None or indicator.measure == Name(item.id, 0):
        named, knots = [*named, *method.marks(MEASURE)], method.knots()
    places = [*(mark.value for mark in named), *knots, *([] if here is None else [here])]
    inside = [place for place in places if place in range_]
    low, high = range_.low, range_.high
    start = here if here is not None and here in range_ else inside[0] if inside else low if low is not None else high
    start = Fraction(0) if start is None else start
    places = [*inside, start]
    up = _stretches(along, start, 1, high, max(places))
    down = _stretches(along, start, -1, low, min(places))
    places += [stretch.start for stretch in (*up, *down)]
    span = _span(places, low, start)
    bounded = low is not None and high is not None
    unit = indicator.measure_unit if item is None else item.type.unit
    if any(mark.kind == BAND for mark in named) and not _is_share(range_, unit):
        room = _NEAR * (max(places) - min(places))
        below, above = _is_near(low, min(places), room), _is_near(high, max(places), room)
    else:
        below = above = bounded
    right = [*up[:-1], *(_cut(stretch, max(places), span, above) for stretch in up[-1:])]
    left = [*down[:-1], *(_cut(stretch, min(places), -span, below) for stretch in down[-1:])]
    stretches = [_turned(stretch) for stretch in reversed(left)]
    for stretch in right:
        if stretches and _goes_on(along, stretches[-1], stretch):
            stretch = Stretch(stretches.pop().start, stretch.end, stretch.line)
        stretches.append(stretch)
    return ShownAxis(_on_whole_numbers(stretches, item), range_)


def _measure_range(indicator: Indicator) -> Range:
    """Return the values that a measure can take, as far as its formula and the form's limits determine them."""
    assert indicator.measure is not None
    interval = extent(indicator.measure, ranges_of(indicator.inputs), optional_of(indicator.inputs))
    high = interval.high
    if _is_part_of_whole(indicator):
        high = Fraction(1) if high is None else min(high, Fraction(1))
    return Range(interval.low, high)


def _is_part_of_whole(indicator: Indicator) -> bool:
    """Return True if the measure is `a / b`, one of the form's limits is `a <= b`, and `b` cannot be negative."""
    measure = indicator.measure
    if not isinstance(measure, Operation) or measure.operator != "/":
        return False
    one, other = measure.operands
    wanted = (formula.build("<=", one, other), formula.build(">=", other, one))
    ranges = ranges_of(indicator.inputs)
    return any(limit in wanted for limit in indicator.limits) and _is_not_negative(extent(other, ranges))


def _is_not_negative(interval: Interval) -> bool:
    return interval.low is not None and interval.low >= 0


def _stretches(along: Along, start: Fraction, sign: int, end: Fraction | None, last: Fraction) -> list[Stretch]:
    """Return the stretches from a value towards `end`; those on one straight line are joined.

    Stop after `_STRETCHES`; without an end, also when `_BEYOND` stretches start beyond `last`.
    """
    found: list[Stretch] = []
    beyond = 0
    for stretch in itertools.islice(sweep(along, start, sign, end), 4 * _STRETCHES):
        if found and _goes_on(along, found[-1], stretch):
            found[-1] = Stretch(found[-1].start, stretch.end, stretch.line)
            if _is_flat_for_good(along, stretch, sign, end):
                found[-1] = Stretch(found[-1].start, end, stretch.line)
                break
            continue
        found.append(stretch)
        beyond += (stretch.start - last) * sign > 0
        if len(found) >= _STRETCHES or (end is None and beyond >= _BEYOND):
            break
    return found


def _is_flat_for_good(along: Along, stretch: Stretch, sign: int, end: Fraction | None) -> bool:
    """Return True if the score stays constant from a stretch up to the end of the axis."""
    if stretch.line is None or not stretch.line.is_flat:
        return False
    rest = along.within(stretch.start, end) if sign > 0 else along.within(end, stretch.start)
    return rest.low == rest.high == stretch.line.a


def _goes_on(along: Along, last: Stretch, stretch: Stretch) -> bool:
    """Return True if the same straight line continues, so that two stretches look like one."""
    if last.line is None or last.line != stretch.line or not stretch.line.is_straight:
        return False
    return along.at(stretch.start) == stretch.line.at(stretch.start)


def _is_share(range_: Range, unit: Unit) -> bool:
    """Return True for a percentage between 0% and 100%: readers know its ends, so it is shown in full."""
    return unit is Unit.PERCENT and range_.low == 0 and range_.high == 1


def _is_near(end: Fraction | None, outermost: Fraction, room: Fraction) -> bool:
    return end is not None and abs(end - outermost) <= room


def _span(places: list[Fraction], low: Fraction | None, start: Fraction) -> Fraction:
    """Return the width of the part with all marks; it starts at the low end of the range if that is near."""
    span = max(places) - min(places)
    if low is not None and min(places) - low <= 2 * span:
        span = max(places) - low
    return span or abs(start) or Fraction(1)


def _cut(stretch: Stretch, outermost: Fraction, span: Fraction, is_whole: bool) -> Stretch:
    """Return the last stretch on a side, cut to the part worth showing.

    A range with two ends is shown in full, and with bands each end that is near them. Otherwise the part beyond the last turn is
    a quarter of the span if the score is flat there, and the whole span if it still changes.
    """
    end = stretch.end
    if end is None or not is_whole:
        beyond = outermost + (span / 4 if stretch.line is not None and stretch.line.is_flat else span)
        end = beyond if end is None or (end - beyond) * span > 0 else end
    return Stretch(stretch.start, end, stretch.line)


def _turned(stretch: Stretch) -> Stretch:
    """Return a downward stretch turned around, so that it runs from left to right."""
    assert stretch.end is not None
    return Stretch(stretch.end, stretch.start, stretch.line)


def _on_whole_numbers(stretches: list[Stretch], item: Input | None) -> tuple[Stretch, ...]:
    """Return the stretches, extended to whole numbers at both ends if the axis only has whole numbers."""
    if item is None or item.type not in (InputType.COUNT, InputType.DURATION) or not stretches:
        return tuple(stretches)
    first, last = stretches[0], stretches[-1]
    assert last.end is not None
    stretches[0] = Stretch(Fraction(first.start.__floor__()), first.end, first.line)
    last = stretches[-1]
    assert last.end is not None
    stretches[-1] = Stretch(last.start, Fraction(last.end.__ceil__()), last.line)
    return tuple(stretches)
