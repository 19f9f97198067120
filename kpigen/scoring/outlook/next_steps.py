"""The next step: the smallest change that gives more points, for each number, yes/no and choice of an indicator."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from kpigen.model.forms import Indicator, Input, InputType
from kpigen.model.reviews import InputValue, Metrics, Row
from kpigen.model.scores import Scorecard
from kpigen.numbers import formula
from kpigen.scoring.attainable import upper_bound
from kpigen.scoring.methods.base import method_of
from kpigen.scoring.outlook.breakpoints import Stretch, sweep
from kpigen.scoring.outlook.increments import is_written, units
from kpigen.scoring.outlook.records import NextStep
from kpigen.scoring.outlook.univariate import Along, rule_of
from kpigen.scoring.score import known_values, points_of, with_raw_score, with_values

#: How many breakpoints are passed one by one, and how many changes are scored before the search of a number gives up.
_STRETCHES, _TRIES = 60, 12
#: How many changes are tried on a stretch without a line.
_BLIND = 48
_Values = Mapping[str, InputValue]


@dataclass(frozen=True)
class Slot:
    """The place of a value: an input, or a field of a list entry together with its list."""

    input: Input
    list: str = ""
    entry: int | None = None

    @property
    def path(self) -> str:
        """The id of the input, or the path of the field: `goals.2.actual`."""
        return f"{self.list}.{self.entry}.{self.input.id}" if self.list else self.input.id

    def filled(self, values: _Values, value: InputValue) -> _Values:
        """Return the values with this one replaced."""
        if not self.list:
            return {**values, self.input.id: value}
        rows = values[self.list]
        assert isinstance(rows, tuple)
        changed = ({**row, self.input.id: value} if number == self.entry else row for number, row in enumerate(rows, 1))
        return {**values, self.list: tuple(changed)}


def next_steps(card: Scorecard, metrics: Metrics, indicator: str) -> tuple[NextStep, ...]:
    """Return the next steps of an indicator, the largest gain per step first. `card` must be the scorecard of `metrics`.

    There is at most one for each number, yes/no and choice that is neither confidential nor `auto`.
    List entries only have steps for their numbers and their yes/no. A step never takes a number out of its
    range, breaks one of the form's limits or lowers the grade. An indicator that is open, does not apply or already has its
    best score has no next steps.
    """
    search = search_of(card, metrics, indicator)
    if search is None:
        return ()
    found = [step for slot in slots(search.indicator, search.values) if (step := search.step(slot)) is not None]
    return tuple(sorted(found, key=lambda step: -step.gain_per_step))


def search_of(card: Scorecard, metrics: Metrics, indicator: str) -> Search | None:
    """Return the search of an indicator's steps; None if it has none: it is open, does not apply or has its best score."""
    rule, result = card.form.indicator(indicator), card.indicator(indicator)
    if rule is None or result.raw is None or result.points is None or not result.weight or not rule.out_of:
        return None
    best = most_gain(card, rule)
    return None if best is not None and best <= 0 else Search(card, metrics, rule)


def most_gain(card: Scorecard, indicator: Indicator) -> Fraction | None:
    """Return the points that an indicator can gain at most, or more than that; None if there is no bound."""
    best, result = upper_bound(indicator), card.indicator(indicator.id)
    if best is None or result.points is None:
        return None
    form = card.form
    points = points_of(best, result.weight, indicator.out_of, form.decimals, form.rounding.half_even)
    return points - result.points


def slots(indicator: Indicator, values: _Values) -> Iterator[Slot]:
    """Yield every place whose value a reader may see and could change."""
    for item in indicator.inputs:
        rows = values.get(item.id)
        if item.confidential or item.auto:
            continue
        if item.type is InputType.LIST and isinstance(rows, tuple):
            for number in range(1, len(rows) + 1):
                yield from (
                    Slot(field, item.id, number)
                    for field in item.fields
                    if field.type.is_number or field.type is InputType.YES_NO
                )
        elif item.type.is_number or item.type in (InputType.YES_NO, InputType.CHOICE):
            yield Slot(item)


class Search:
    """Searches the next steps of one indicator of a scorecard."""

    def __init__(self, card: Scorecard, metrics: Metrics, indicator: Indicator) -> None:
        """Take the scorecard of the metrics, and one of its indicators that has points."""
        self.card, self.metrics, self.indicator = card, metrics, indicator
        self.values: _Values = metrics.get(indicator.id, {})
        self.known = known_values(indicator, self.values)[0]
        self.rule = rule_of(indicator, self.known)
        self.bases = formula.divisors(indicator.measure) | method_of(indicator).bases() | _bounding(indicator)
        result = card.indicator(indicator.id)
        self.weight, self.points = result.weight, result.points or Fraction(0)
        #: From this raw score on there is a unit of the last decimal more: points are rounded half away from zero.
        self.enough = (self.points + Fraction(1, 2 * 10**card.form.decimals)) * indicator.out_of / self.weight

    def step(self, slot: Slot) -> NextStep | None:
        """Return the next step of one value; None if no change gives more points."""
        row = self.row(slot)
        old = row.get(slot.input.id)
        if isinstance(old, Fraction) and slot.input.type.is_number:
            return self._of_number(slot, old)
        if isinstance(old, bool | str):
            return self._of_choice(slot, old)
        return None

    def row(self, slot: Slot) -> Row:
        """Return the values among which a place is: those of the indicator, or of a list entry."""
        rows = self.known.get(slot.list)
        if slot.entry is not None and isinstance(rows, tuple):
            entry: Row = rows[slot.entry - 1]
            return entry
        return self.known

    def _of_choice(self, slot: Slot, old: bool | str) -> NextStep | None:
        """Return the choice with the smallest gain; None if no other choice gives more points."""
        others: list[bool | str] = (
            [not old] if isinstance(old, bool) else [one.id for one in slot.input.choices if one.id != old]
        )
        steps = [step for other in others if (step := self._chosen(slot, old, other)) is not None]
        return min(steps, key=lambda step: step.gain, default=None)

    def _chosen(self, slot: Slot, old: bool | str, new: bool | str) -> NextStep | None:
        """Return the step to another choice; None if it is none."""
        values = slot.filled(self.values, new)
        after, _ = with_values(self.card, self.metrics, self.indicator.id, values)
        return self._step(slot, old, new, None, after)

    def _of_number(self, slot: Slot, old: Fraction) -> NextStep | None:
        """Return the smaller of the changes upwards and downwards; if both are equal, the one with the larger gain."""
        along = self.rule.along(slot.path)
        if along is None:
            return None
        for unit in units(slot.input, old):
            steps: list[NextStep] = []
            both = (self._better(along, slot.input, old, move) for move in (unit, -unit))
            for distance, new in heapq.merge(*both, key=lambda pair: pair[0]):
                if steps and distance > abs(_moved(steps[0])):
                    break
                step = None if new is None else self.moved_to(along, slot, old, new, unit)
                steps += [] if step is None else [step]
            if steps:
                return max(steps, key=lambda step: step.gain)
        return None

    def moved_to(self, along: Along, slot: Slot, old: Fraction, new: Fraction, unit: Fraction) -> NextStep | None:
        """Return the step to another number; None if it is none."""
        raw = along.at(new)
        if raw is None or self._points(raw) <= self.points:
            return None
        values = slot.filled(self.values, new)
        return self._step(slot, old, new, unit, with_raw_score(self.card, self.metrics, self.indicator.id, values, raw))

    def _step(
        self, slot: Slot, old: InputValue, new: InputValue, unit: Fraction | None, after: Scorecard
    ) -> NextStep | None:
        """Return the step to another value; None if it gives no more points, lowers the grade, or is not allowed."""
        limits = [limit for limit in self.indicator.limits if not slot.list or _is_about(limit, slot.list)]
        if limits and not _keep(limits, slot.filled(self.known, new)):
            return None
        points = after.indicator(self.indicator.id).points
        order = [name for name, _ in self.card.form.grades]
        before = self.card.grade
        if points is None or points <= self.points:
            return None
        if before is not None and after.grade is None:
            return None
        if before and after.grade and order.index(after.grade) > order.index(before):
            return None
        moved = new - old if isinstance(new, Fraction) and isinstance(old, Fraction) else None
        return NextStep(
            indicator=self.indicator.id,
            input=slot.input,
            entry=slot.entry,
            old=old,
            new=new,
            unit=unit,
            count=Fraction(1) if moved is None or unit is None else abs(moved) / unit,
            direction=0 if moved is None else 1 if moved > 0 else -1,
            is_base=slot.input.id in self.bases,
            gain=points - self.points,
            points=points,
            total=after.total,
            grade=after.grade,
            changes_grade=before is not None and after.grade != before,
        )

    def _better(
        self, along: Along, item: Input, old: Fraction, move: Fraction
    ) -> Iterator[tuple[Fraction, Fraction | None]]:
        """Yield each value that gives more points after a number of moves, with its distance, the nearest first.

        If less than the last move is enough for the same points, the value is the breakpoint or the end of the range. None
        means that nothing up to this distance gives more, so that the caller can try the other direction first.
        """
        sign = 1 if move > 0 else -1
        end = item.range.high if sign > 0 else item.range.low
        tries = 0
        for number, stretch in enumerate(sweep(along, old, sign, end, _STRETCHES)):
            if number == 1:  # check once whether more points are possible at all
                best = (along.within(old, end) if sign > 0 else along.within(end, old)).high
                if best is not None and not self._is_better(best):
                    return
            for count in self._counts(along, stretch, old, move):
                new = old + count * move
                if new not in item.range or tries == _TRIES:
                    break
                new = self._shortened(along, item, new, move, stretch.start)
                tries += 1
                yield abs(new - old), new
            if stretch.end is None or tries == _TRIES:
                return
            last, distance = stretch.end, abs(stretch.end - old)
            if _is_dark(stretch, move):
                return  # not everything before its end was tried
            if last == end and distance % move and self._ends_better(along, item, last):
                yield distance, last
            yield distance, None

    def _ends_better(self, along: Along, item: Input, end: Fraction) -> bool:
        """Return True if the end of the range is allowed and gives more points."""
        return end in item.range and is_written(item, end) and self._is_better(along.at(end))

    def _counts(self, along: Along, stretch: Stretch, old: Fraction, move: Fraction) -> Iterator[int]:
        """Yield, in rising order, the numbers of moves that end on a stretch, or exactly at its end, and give more points."""
        first = floor((stretch.start - old) / move) + 1
        length = None if stretch.end is None else (stretch.end - old) / move
        counts = itertools.count(first) if length is None else range(first, ceil(length))
        line = stretch.line
        if line is None:
            tried = itertools.islice(counts, _BLIND)
            yield from (count for count in tried if self._is_better(along.at(old + count * move)))
            if _is_dark(stretch, move):
                return
        elif self._is_better(line.at(old + first * move)):  # it may get worse from there on
            yield from itertools.takewhile(lambda count: self._is_better(line.at(old + count * move)), counts)
        elif (place := line.reaches(self.enough)) is not None and place != old:
            first = max(first, ceil((place - old) / move))
            first += not self._is_better(line.at(old + first * move))  # just reaching it is too little below zero
            if self._is_better(line.at(old + first * move)):
                yield from itertools.count(first) if length is None else range(first, ceil(length))
        if length is not None and length.denominator == 1 and self._is_better(along.at(old + length * move)):
            yield length.numerator

    def _shortened(self, along: Along, item: Input, new: Fraction, move: Fraction, turn: Fraction) -> Fraction:
        """Return the last breakpoint if it lies within the last move and gives as many points; otherwise `new`."""
        if not 0 < (new - turn) / move < 1 or not is_written(item, turn):
            return new
        here, there = along.at(turn), along.at(new)
        return turn if here is not None and there is not None and self._points(here) >= self._points(there) else new

    def _is_better(self, raw: Fraction | None) -> bool:
        if raw is None:
            return False
        return raw >= self.enough if self.points >= 0 else raw > self.enough

    def _points(self, raw: Fraction) -> Fraction:
        form = self.card.form
        return points_of(raw, self.weight, self.indicator.out_of, form.decimals, form.rounding.half_even)


def _is_dark(stretch: Stretch, move: Fraction) -> bool:
    """Return True if a stretch without a line ends beyond all changes that are tried."""
    return stretch.line is None and stretch.end is not None and abs(stretch.end - stretch.start) > abs(move) * _BLIND


def _moved(step: NextStep) -> Fraction:
    """Return the change of a number, new minus old."""
    assert isinstance(step.new, Fraction)
    assert isinstance(step.old, Fraction)
    return step.new - step.old


def _bounding(indicator: Indicator) -> frozenset[str]:
    """Return the inputs that another one may not exceed, by a limit such as `done <= planned`: they are what was to be done."""
    found = set()
    for limit in indicator.limits:
        if isinstance(limit, formula.Operation) and limit.operator in ("<", "<=", ">", ">="):
            low, high = limit.operands if limit.operator.startswith("<") else limit.operands[::-1]
            if isinstance(low, formula.Name) and isinstance(high, formula.Name):
                found.add(high.id)
    return frozenset(found)


def _is_about(limit: formula.Expression, list_: str) -> bool:
    return any(name.id == list_ for name in formula.names(limit))


def _keep(limits: Iterable[formula.Expression], values: _Values) -> bool:
    """Return True if values respect limits. A limit that cannot be evaluated is ignored."""
    known = {name: value for name, value in values.items() if formula.is_value(value)}
    for limit in limits:
        try:
            if formula.evaluate(limit, known) is False:
                return False
        except formula.Problem:
            continue
    return True
