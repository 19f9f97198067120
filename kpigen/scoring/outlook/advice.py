"""What would bring most: the next step that pays, and the one to the most points that the same number can bring.

Only what the employee can influence is advice. A rating and a level are given by somebody else, and a base (`planned` in
`done / planned`) is agreed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from kpigen.model.forms import Indicator, Input, InputType
from kpigen.model.reviews import Metrics
from kpigen.model.scores import Scorecard
from kpigen.numbers import formula
from kpigen.scoring.methods.base import method_of
from kpigen.scoring.outlook.breakpoints import sweep
from kpigen.scoring.outlook.increments import is_written, units
from kpigen.scoring.outlook.next_steps import Search, Slot, most_gain, search_for, slots
from kpigen.scoring.outlook.records import NextStep
from kpigen.scoring.outlook.univariate import Along
from kpigen.scoring.outlook.whole import is_sum

#: How many breakpoints are passed in the search of the most points.
_STRETCHES = 60
#: How many entries of a list are looked at.
_ENTRIES = 20
#: How many of the values that promise most are scored before the search gives up: limits may forbid some.
_TRIES = 6


@dataclass(frozen=True, slots=True)
class Advice:
    """A next step, and the step of the same number that brings the most; None if the next step already does."""

    step: NextStep
    most: NextStep | None

    @property
    def gain(self) -> Fraction:
        """What is to be had."""
        return (self.most or self.step).gain


def advice(card: Scorecard, metrics: Metrics, steps: Mapping[str, Iterable[NextStep]], most: int) -> tuple[Advice, ...]:
    """Return the advice for the indicators where most is to be had, the largest gain first; at most one for each.

    As long as the total is open, rows that it does not simply add up have no advice: what they bring is not known. `steps` are
    the next steps of each indicator of the scorecard, `metrics` what it was scored from.
    """
    found: list[Advice] = []
    rows = [row for row in card.form.indicators if row.id in steps and card.indicator(row.id).points is not None]
    known = [row for row in rows if card.total is not None or is_sum(card.form, row)]
    bounds = [(most_gain(card, row), row) for row in known]
    for bound, row in sorted(bounds, key=lambda item: (item[0] is not None, -(item[0] or 0))):
        if bound is not None and (bound <= 0 or (len(found) == most and bound <= found[-1].gain)):
            break  # what is left cannot gain more
        search = search_for(card, metrics, row)
        if search is None:
            continue
        offers = list(_offers(search, {(step.input.id, step.entry): step for step in steps[row.id]}))
        if offers:
            found = sorted([*found, max(offers, key=lambda item: item.gain)], key=lambda item: -item.gain)[:most]
    return tuple(found)


def _offers(search: Search, steps: Mapping[tuple[str, int | None], NextStep]) -> Iterator[Advice]:
    for slot in slots(search.indicator, search.values):
        if not _is_influenced(slot, search.bases) or (slot.entry or 0) > _ENTRIES:
            continue
        step = steps.get((slot.input.id, slot.entry))
        most = _most(search, slot, step)
        if step is not None:
            yield Advice(step, most if most is not None and most.gain > step.gain else None)
        elif most is not None:
            yield Advice(most, None)


def _is_influenced(slot: Slot, bases: frozenset[str]) -> bool:
    """Return whether a value lies with the employee: it is neither somebody's judgement nor an agreed base."""
    return slot.input.id not in bases and slot.input.type not in (InputType.RATING, InputType.CHOICE)


def _most(search: Search, slot: Slot, step: NextStep | None) -> NextStep | None:
    """Return the smallest change of a number that brings the most points, in the direction of its next step if it has one."""
    old, way = search.row(slot).get(slot.input.id), search.way(slot)
    if not isinstance(old, Fraction) or way is None:
        return None
    knots = [] if slot.list else [*method_of(search.indicator).knots(), *_limits(search.indicator)]
    heights = {
        value: height
        for sign in ((step.direction,) if step else (1, -1))
        for value in _candidates(way.aim, slot.input, old, sign, knots)
        if value in slot.input.range and is_written(slot.input, value) and (height := way.aim.at(value)) is not None
    }
    for value in sorted(heights, key=lambda value: (-heights[value], abs(value - old)))[:_TRIES]:
        found = search.moved_to(way, old, value, units(slot.input, old)[-1])
        if found is not None:
            return found
    return None


def _limits(indicator: Indicator) -> Iterator[Fraction]:
    """Yield the numbers in the limits of a row: a value may be allowed up to one of them."""
    parts = [*indicator.limits]
    while parts:
        part = parts.pop()
        if isinstance(part, formula.Number):
            yield part.value
        elif isinstance(part, formula.Operation):
            parts += part.operands


def _candidates(along: Along, item: Input, old: Fraction, sign: int, knots: Iterable[Fraction]) -> Iterator[Fraction]:
    """Yield the values at which the most points can lie: the numbers of the rule, the ends of the range, breakpoints, and
    the other numbers, which limits compare with this one."""
    end = item.range.high if sign > 0 else item.range.low
    places = {value for value in along.known.values() if isinstance(value, Fraction)} | set(knots)
    places |= set() if end is None else {end}
    for stretch in sweep(along, old, sign, end, _STRETCHES):
        places |= {stretch.start} if stretch.end is None else {stretch.start, stretch.end}
    unit = units(item, old)[-1]
    for place in places:
        for value in {place, floor(place / unit) * unit, ceil(place / unit) * unit}:
            if (value - old) * sign > 0:
                yield value
