"""The next step: the smallest change that brings more, for each number, yes/no and choice of an indicator.

More is what the reader gains in the total. In most forms that is what the row gains, so its points are followed. Where a
formula, the worst row of a section or a veto stands between a row and the total, the total itself is.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor

from kpigen.model.forms import Form, Indicator, Input, InputType
from kpigen.model.reviews import InputValue, Metrics, Row
from kpigen.model.scores import Scorecard
from kpigen.numbers import formula
from kpigen.scoring.attainable import upper_bound
from kpigen.scoring.filled import taken_from
from kpigen.scoring.methods.base import method_of
from kpigen.scoring.outlook.breakpoints import Stretch, sweep
from kpigen.scoring.outlook.increments import is_written, units
from kpigen.scoring.outlook.records import NextStep
from kpigen.scoring.outlook.segments import Line
from kpigen.scoring.outlook.univariate import Along, rule_of
from kpigen.scoring.outlook.whole import Whole, exact_total, is_sum, whole_of
from kpigen.scoring.score import exact_points, known_values, with_raw_score, with_values

#: How many breakpoints are passed one by one, and how many changes are scored before the search of a number gives up.
_STRETCHES, _TRIES = 60, 12
#: How many changes are tried on a stretch without a line.
_BLIND = 48
#: How often the distance is doubled on a stretch without an end.
_DOUBLINGS = 8
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


@dataclass(frozen=True, slots=True)
class _After:
    """What there is after a change: the points of the row, the total, the grade; None while they are open."""

    points: Fraction | None
    total: Fraction | None
    grade: str | None


@dataclass(frozen=True)
class Way:
    """The way along one value: the raw score, and what is to rise, as functions of it. They are the same where a row is followed."""

    slot: Slot
    raw: Along
    aim: Along


def next_steps(card: Scorecard, metrics: Metrics, indicator: str) -> tuple[NextStep, ...]:
    """Return the next steps of an indicator, the largest gain per step first. `card` must be the scorecard of `metrics`.

    There is at most one for each number, yes/no and choice that is neither confidential, agreed nor `auto`, and is given.
    List entries only have steps for their numbers and their yes/no. A step never takes a number out of its
    range, breaks one of the form's limits or lowers the grade. An indicator that is open, does not apply, is not scored or
    already has its best score has no next steps.
    """
    search = search_of(card, metrics, indicator)
    if search is None:
        return ()
    found = [step for slot in slots(search.indicator, search.values) if (step := search.step(slot)) is not None]
    return tuple(sorted(found, key=lambda step: -step.gain_per_step))


def search_of(card: Scorecard, metrics: Metrics, indicator: str) -> Search | None:
    """Return the search of an indicator's steps; None if it has none: it is open, does not apply or has its best score."""
    rule, result = card.form.indicator(indicator), card.indicator(indicator)
    if rule is None or result.raw is None or result.points is None:
        return None
    best = most_gain(card, rule)
    return None if best is not None and best <= 0 else search_for(card, metrics, rule)


def search_for(card: Scorecard, metrics: Metrics, indicator: Indicator) -> Search | None:
    """Return the search of the steps of an indicator that has points and may gain some; None if it has no weight."""
    if card.total is not None and not is_sum(card.form, indicator):
        return TotalSearch(card, metrics, indicator)
    has_weight = card.indicator(indicator.id).weight and indicator.out_of
    return Search(card, metrics, indicator) if has_weight else None


def most_gain(card: Scorecard, indicator: Indicator) -> Fraction | None:
    """Return what an indicator can bring at most, or more than that; None if there is no bound."""
    best, result = upper_bound(indicator), card.indicator(indicator.id)
    if best is None or result.points is None or result.exact is None:
        return None
    if card.total is not None and not is_sum(card.form, indicator):
        return None
    form = card.form
    points = exact_points(best, result.weight, indicator.out_of)
    if form.rounding.of_rows:
        return form.rounded(points) - result.points
    gain = points - result.exact
    return gain + Fraction(1, 10**form.decimals) if gain > 0 else gain  # a total is rounded, before and after


def slots(indicator: Indicator, values: _Values) -> Iterator[Slot]:
    """Yield every place whose value a reader may see and could change, and that has one of its own."""
    taken = taken_from(indicator.inputs, values)
    for item in indicator.inputs:
        rows = values.get(item.id)
        if item.confidential or item.auto or item.agreed or item.id in taken or item.id == indicator.weight_from:
            continue
        if item.type is InputType.LIST and isinstance(rows, tuple):
            fields = [
                field
                for field in item.fields
                if not field.agreed and (field.type.is_number or field.type is InputType.YES_NO)
            ]
            may_take = any(field.default_of for field in fields)
            for number, row in enumerate(rows, 1):
                others = taken_from(item.fields, row) if may_take else ()
                yield from (Slot(field, item.id, number) for field in fields if field.id not in others)
        elif item.type.is_number or item.type in (InputType.YES_NO, InputType.CHOICE):
            yield Slot(item)


class Search:
    """Searches the next steps of one indicator of a scorecard whose total gains what the row gains."""

    def __init__(self, card: Scorecard, metrics: Metrics, indicator: Indicator) -> None:
        """Take the scorecard of the metrics, and one of its indicators that has points."""
        self.card, self.metrics, self.indicator = card, metrics, indicator
        self.values: _Values = metrics.get(indicator.id, {})
        self.known = known_values(indicator, self.values)[0]
        self.rule = rule_of(indicator, self.known, self.values)
        bases = formula.divisors(indicator.measure) | method_of(indicator).bases() | _bounding(indicator)
        self.bases = bases | {source for name, source in self.rule.taken.items() if name in bases}
        result, form = card.indicator(indicator.id), card.form
        self.weight, self.points = result.weight, result.points or Fraction(0)
        #: Whether the gain is that of the total: rows that are not rounded gain nothing else that is printed.
        self.in_total = card.total is not None and not form.rounding.of_rows
        self.before, self.rest = self.points, Fraction(0)
        if self.in_total and is_sum(form, indicator):
            assert card.total is not None
            self.before, self.rest = card.total, exact_total(card) - (result.exact or 0)
        #: From these exact points on there is a unit of the last decimal more.
        self.more = self.before + Fraction(1, 2 * 10**form.decimals)
        self.is_more = form.rounded(self.more) > self.before
        #: The same as a raw score.
        self.enough = (self.more - self.rest) * indicator.out_of / self.weight if self.weight else Fraction(0)

    def step(self, slot: Slot) -> NextStep | None:
        """Return the next step of one value; None if no change brings more."""
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
        """Return the choice with the smallest gain, for the row if the total gains the same; None if none brings more."""
        others: list[bool | str] = (
            [not old] if isinstance(old, bool) else [one.id for one in slot.input.choices if one.id != old]
        )
        steps = [step for other in others if (step := self._chosen(slot, old, other)) is not None]
        return min(steps, key=lambda step: (step.gain, step.row_gain), default=None)

    def _chosen(self, slot: Slot, old: bool | str, new: bool | str) -> NextStep | None:
        """Return the step to another choice; None if it is none."""
        values = slot.filled(self.values, new)
        after, _ = with_values(self.card, self.metrics, self.indicator.id, values)
        return self._step(slot, old, new, None, self._outcome(after))

    def way(self, slot: Slot) -> Way | None:
        """Return the way along a number; None if there is no formula of it."""
        raw = self.rule.along(slot.path)
        return None if raw is None else Way(slot, raw, raw)

    def _of_number(self, slot: Slot, old: Fraction) -> NextStep | None:
        """Return the smaller of the changes upwards and downwards; if both are equal, the one with the larger gain."""
        way = self.way(slot)
        if way is None:
            return None
        for unit in units(slot.input, old):
            steps: list[NextStep] = []
            both = (self._better(way, old, move) for move in (unit, -unit))
            for distance, new in heapq.merge(*both, key=lambda pair: pair[0]):
                if steps and distance > abs(_moved(steps[0])):
                    break
                step = None if new is None else self.moved_to(way, old, new, unit)
                steps += [] if step is None else [step]
            if steps:
                return max(steps, key=lambda step: step.gain)
        return None

    def moved_to(self, way: Way, old: Fraction, new: Fraction, unit: Fraction) -> NextStep | None:
        """Return the step to another number; None if it is none."""
        raw = way.raw.at(new)
        if raw is None or not self._rises(raw):
            return None
        return self._step(way.slot, old, new, unit, self._after(way, new, raw))

    def _after(self, way: Way, new: Fraction, raw: Fraction) -> _After:
        """Return what another number brings. Of a plain sum that no veto cuts, only one row has to be scored anew."""
        form = self.card.form
        if form.rounding.of_rows and not form.vetoes:
            points = self._printed(raw)
            total = None if self.card.total is None else self.card.total + points - self.points
            return _After(points, total, None if total is None else form.grade_of(total))
        values = way.slot.filled(self.values, new)
        return self._outcome(with_raw_score(self.card, self.metrics, self.indicator.id, values, raw))

    def _outcome(self, card: Scorecard) -> _After:
        return _After(card.indicator(self.indicator.id).points, card.total, card.grade)

    def _rises(self, raw: Fraction) -> bool:
        """Return True if a raw score may bring more: what it brings is looked at only then."""
        return self._printed(raw) > self.before

    def _step(
        self, slot: Slot, old: InputValue, new: InputValue, unit: Fraction | None, after: _After
    ) -> NextStep | None:
        """Return the step to another value; None if it brings no more, lowers the grade, or is not allowed."""
        limits = [limit for limit in self.indicator.limits if not slot.list or _is_about(limit, slot.list)]
        values = slot.filled(self.known, new) if slot.list else {**self.known, **self._changed(slot, new)}
        if limits and not _keep(limits, values):
            return None
        points, before = after.points, self.card.grade
        gain = self._gain(after)
        if points is None or gain is None or gain <= 0 or not self._is_meant(slot, new, points):
            return None
        if before is not None and after.grade is None:
            return None
        if before and after.grade:
            order = [name for name, _ in self.card.form.grades]
            if order.index(after.grade) > order.index(before):
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
            gain=gain,
            points=points,
            row_gain=points - self.points,
            total=after.total,
            grade=after.grade,
            changes_grade=before is not None and after.grade != before,
        )

    def _is_meant(self, slot: Slot, new: InputValue, points: Fraction) -> bool:
        """Return True if a step is one that the form wants: no worse row is good for anything, whatever vetoes say."""
        return True

    def _changed(self, slot: Slot, new: InputValue) -> _Values:
        """Return the values that change with one: it may be the default of others."""
        others = (name for name, source in self.rule.taken.items() if source == slot.input.id)
        return {slot.input.id: new, **dict.fromkeys(others, new)}

    def _gain(self, after: _After) -> Fraction | None:
        """Return what the total gains, or the row as long as there is no total; None if there is no result."""
        now = after.total if self.in_total else after.points
        return None if now is None else now - self.before

    def _better(self, way: Way, old: Fraction, move: Fraction) -> Iterator[tuple[Fraction, Fraction | None]]:
        """Yield each value that brings more after a number of moves, with its distance, the nearest first.

        If less than the last move is enough for the same, the value is the breakpoint or the end of the range. None
        means that nothing up to this distance brings more, so that the caller can try the other direction first.
        """
        sign, item = (1 if move > 0 else -1), way.slot.input
        end = item.range.high if sign > 0 else item.range.low
        tries = 0
        for number, stretch in enumerate(sweep(way.aim, old, sign, end, _STRETCHES)):
            if number == 1:  # check once whether more is possible at all
                best = (way.aim.within(old, end) if sign > 0 else way.aim.within(end, old)).high
                if best is not None and not self._may_rise(best):
                    return
            for count in self._counts(way, stretch, old, move):
                new = old + count * move
                if new not in item.range or tries == _TRIES:
                    break
                new = self._shortened(way, new, move, stretch.start)
                tries += 1
                yield abs(new - old), new
            if stretch.end is None or tries == _TRIES:
                return
            last, distance = stretch.end, abs(stretch.end - old)
            if _is_dark(stretch, move):
                return  # not everything before its end was tried
            if last == end and distance % move and self._ends_better(way, last):
                yield distance, last
            yield distance, None

    def _may_rise(self, best: Fraction) -> bool:
        """Return True if more is possible where this is the most that is to be had along the way."""
        return self._is_better(best)

    def _ends_better(self, way: Way, end: Fraction) -> bool:
        """Return True if the end of the range is allowed and brings more."""
        return end in way.slot.input.range and is_written(way.slot.input, end) and self._is_better_at(way, end)

    def _counts(self, way: Way, stretch: Stretch, old: Fraction, move: Fraction) -> Iterator[int]:
        """Yield, in rising order, the numbers of moves that end on a stretch, or exactly at its end, and bring more."""
        first = floor((stretch.start - old) / move) + 1
        length = None if stretch.end is None else (stretch.end - old) / move
        counts = itertools.count(first) if length is None else range(first, ceil(length))
        if stretch.line is None:
            tried = itertools.islice(counts, _BLIND)
            yield from (count for count in tried if self._is_better_at(way, old + count * move))
            if _is_dark(stretch, move):
                return
        else:
            yield from self._on_line(way, stretch.line, counts, _Moves(old, move, first, length))
        if length is not None and length.denominator == 1 and self._is_better_at(way, old + length * move):
            yield length.numerator

    def _on_line(self, way: Way, line: Line, counts: Iterator[int] | range, moves: _Moves) -> Iterator[int]:
        """Yield the numbers of moves that bring more while the raw score lies on a line."""
        first = moves.first
        if self._is_better(line.at(moves.to(first))):  # it may get worse from there on
            yield from itertools.takewhile(lambda count: self._is_better(line.at(moves.to(count))), counts)
        elif (place := line.reaches(self.enough)) is not None and place != moves.old:
            first = max(first, ceil((place - moves.old) / moves.move))
            first += not self._is_better(line.at(moves.to(first)))  # just reaching it is too little below zero
            if self._is_better(line.at(moves.to(first))):
                yield from moves.counts_from(first)

    def _shortened(self, way: Way, new: Fraction, move: Fraction, turn: Fraction) -> Fraction:
        """Return the last breakpoint if it lies within the last move and brings as much; otherwise `new`."""
        if not 0 < (new - turn) / move < 1 or not is_written(way.slot.input, turn):
            return new
        here, there = self._worth(way, turn), self._worth(way, new)
        return turn if here is not None and there is not None and here >= there else new

    def _worth(self, way: Way, x: Fraction) -> Fraction | None:
        """Return what is printed at a value of the way, of what is to rise; None if there is no result."""
        raw = way.raw.at(x)
        return None if raw is None else self._printed(raw)

    def _is_better_at(self, way: Way, x: Fraction) -> bool:
        """Return True if a value of the way brings more."""
        return self._is_better(way.raw.at(x))

    def _is_better(self, raw: Fraction | None) -> bool:
        if raw is None:
            return False
        return raw >= self.enough if self.is_more else raw > self.enough

    def _printed(self, raw: Fraction) -> Fraction:
        return self.card.form.rounded(self.rest + exact_points(raw, self.weight, self.indicator.out_of))


@dataclass(frozen=True, slots=True)
class _Moves:
    """The moves along a stretch: from a value on, each this long; the first number of them, and how many its end is away."""

    old: Fraction
    move: Fraction
    first: int
    length: Fraction | None

    def to(self, count: int) -> Fraction:
        """Return the value after a number of moves."""
        return self.old + count * self.move

    @property
    def last(self) -> int | None:
        """The largest number of moves before the end of the stretch; None if it has none."""
        return None if self.length is None else ceil(self.length) - 1

    def counts_from(self, first: int) -> Iterator[int]:
        """Return the numbers of moves from one on."""
        return itertools.count(first) if self.length is None else iter(range(first, ceil(self.length)))


class TotalSearch(Search):
    """Searches the next steps of one indicator where the total gains something else than the row.

    The way to follow is the total as a formula. It leaves out that rows and sections are rounded before they enter the total,
    so the engine says what a value brings; on a stretch that is the more, the farther one moves, or the less.
    """

    def __init__(self, card: Scorecard, metrics: Metrics, indicator: Indicator) -> None:
        """Take the scorecard of the metrics, which has a total, and one of its indicators that has points."""
        super().__init__(card, metrics, indicator)
        assert card.total is not None
        form = card.form
        self.in_total, self.before = True, card.total
        self.more = card.total + Fraction(1, 2 * 10**form.decimals)
        self.share = self.weight / indicator.out_of if indicator.out_of else Fraction(0)
        self.whole: Whole | None = whole_of(card, metrics, indicator, self.rule)
        self.bases |= _divisors_of(form, indicator)
        #: Results follow from the total, so they are not needed to find it.
        self.lean = replace(card, form=replace(form, results=()))
        self.sets_total = any(veto.total is not None for veto in form.vetoes)

    def way(self, slot: Slot) -> Way | None:
        """Return the way along a number; None if there is no formula of it."""
        raw = self.rule.along(slot.path)
        return None if raw is None or self.whole is None else Way(slot, raw, self.whole.along(raw, self.share))

    def _after(self, way: Way, new: Fraction, raw: Fraction) -> _After:
        values = way.slot.filled(self.values, new)
        return self._outcome(with_raw_score(self.lean, self.metrics, self.indicator.id, values, raw))

    def _rises(self, raw: Fraction) -> bool:
        return True

    def _is_meant(self, slot: Slot, new: InputValue, points: Fraction) -> bool:
        if not self.sets_total or points >= self.points:
            return True
        unset = replace(self.lean, form=replace(self.lean.form, vetoes=()))
        before, now = (
            with_values(unset, self.metrics, self.indicator.id, values)[0].total
            for values in (self.values, slot.filled(self.values, new))
        )
        return before is not None and now is not None and now > before

    def _may_rise(self, best: Fraction) -> bool:
        """Return True unless the most lies below the total by more than what rounding on the way can add."""
        return best >= self.before - Fraction(1, 10**self.card.form.decimals)

    def _worth(self, way: Way, x: Fraction) -> Fraction | None:
        raw = way.raw.at(x)
        if raw is None:
            return None
        values = way.slot.filled(self.values, x)
        return with_raw_score(self.lean, self.metrics, self.indicator.id, values, raw).total

    def _is_better_at(self, way: Way, x: Fraction) -> bool:
        now = self._worth(way, x)
        return now is not None and now > self.before

    def _on_line(self, way: Way, line: Line, counts: Iterator[int] | range, moves: _Moves) -> Iterator[int]:
        def better(count: int) -> bool:
            return self._is_better_at(way, moves.to(count))

        first, last = moves.first, moves.last
        if last is not None and last < first:
            return
        if not better(first):
            found = self._first_better(line, moves, better)
            if found is None:
                return
            first = found
        yield from itertools.takewhile(better, moves.counts_from(first))

    def _first_better(self, line: Line, moves: _Moves, better: Callable[[int], bool]) -> int | None:
        """Return the smallest number of moves that brings more, where the first one does not; None if there is none."""
        place, last = line.reaches(self.more), moves.last
        near = None if place is None else ceil((place - moves.old) / moves.move)
        tried = [] if near is None else [near, near + 1]
        if last is None:
            tried += [moves.first + 2**power for power in range(_DOUBLINGS)] if near is not None else []
        else:
            tried.append(last)
        for count in tried:
            if count > moves.first and (last is None or count <= last) and better(count):
                return _smallest(better, moves.first, count)
        return None


def _smallest(better: Callable[[int], bool], no: int, yes: int) -> int:
    """Return the smallest number that is better, between one that is not and a larger one that is."""
    while yes - no > 1:
        middle = (no + yes) // 2
        no, yes = (no, middle) if better(middle) else (middle, yes)
    return yes


def _divisors_of(form: Form, indicator: Indicator) -> frozenset[str]:
    """Return the inputs of a row by which the form's own formulas divide."""
    found = [section.total for section in form.sections] + [form.total]
    names = {name.partition(".") for one in found for name in formula.divisors(one)}
    return frozenset(input_id for first, _, input_id in names if first == indicator.id and input_id)


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
