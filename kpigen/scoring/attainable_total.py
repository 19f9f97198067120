"""The highest total that a form can reach, without bonus: from the highest points of its rows to the total.

Where the total is the sum of the rows, so is the most. Where formulas stand in between, interval arithmetic over rows and
sections gives an upper bound, and the engine scores examples in search of one that reaches it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from kpigen.model.forms import Form, Indicator, InputType, Section
from kpigen.model.reviews import Employee, InputValue
from kpigen.numbers import formula
from kpigen.numbers.expressions import Expression
from kpigen.numbers.formula import Name
from kpigen.numbers.intervals import Interval, extent
from kpigen.scoring.attainable import Most, candidates, most_raw, optional_of, ranges_of, raw_extent
from kpigen.scoring.entries import written_out
from kpigen.scoring.names import BONUS, ROWS, TOTAL
from kpigen.scoring.score import exact_points, raw_score, score
from kpigen.scoring.weights import effective_weights

#: How many values of a row are looked at, how many of them are tried in examples, and how many examples are scored.
_LOOKED_AT, _OPTIONS, _EXAMPLES = 400, 24, 600
#: Of how many optional rows every set is looked at.
_LEFT_OUT = 8
_BY = ("department", "position")
_Values = Mapping[str, InputValue]
_NOTHING = Interval(Fraction(0), Fraction(0))


def most_points(form: Form) -> Most:
    """Return the highest total of a form, without bonus, if everything applies that is not optional."""
    rows = [row for row in form.indicators if not row.unscored]
    if _is_formula(form) or any(row.weight_from or (row.optional and row.is_weighted) for row in rows):
        return _most_of_examples(form, _bound(form))
    total, exact = Fraction(0), True
    for row in rows:
        most = most_raw(row)
        if most.value is None:
            return Most(None, exact=False)
        points = exact_points(most.value, row.weight, row.out_of)
        if row.optional:
            points = max(points, Fraction(0))
        total += form.rounded(points) if form.rounding.of_rows else points
        exact = exact and most.exact
    return Most(form.rounded(total), exact)


def _is_formula(form: Form) -> bool:
    """Return whether anything but a sum stands between the rows of a form and its total."""
    by_formula = form.total is not None or any(section.total is not None for section in form.sections)
    return by_formula or any(veto.total is not None for veto in form.vetoes)


def _most_of_examples(form: Form, bound: Fraction | None) -> Most:
    """Return an upper bound of the total; exact if an example reaches it."""
    examples = () if bound is None else itertools.islice(_examples(form), _EXAMPLES)
    return Most(bound, exact=any(total == bound for total in examples))


def _bound(form: Form) -> Fraction | None:
    """Return an upper bound of the total, over all sets of rows that a review may leave out; None means unbounded."""
    rows = [row for row in form.indicators if not row.unscored]
    optional = [row.id for row in rows if row.optional]
    raw = {row.id: raw_extent(row) for row in rows}
    if len(optional) > _LEFT_OUT:
        found = [_Bound(form, raw, may_lack=frozenset(optional)).total()]
    else:
        sets = itertools.chain(*(itertools.combinations(optional, count) for count in range(len(optional) + 1)))
        found = [_Bound(form, raw, frozenset(absent)).total() for absent in sets if len(absent) < len(rows)]
    highs = [one.high for one in found if one is not None]
    return None if None in highs else max((high for high in highs if high is not None), default=None)


class _Bound:
    """Holds the intervals of everything that the formulas of a form may name, without some rows.

    The rows in `may_lack` may be left out or not.
    """

    def __init__(
        self,
        form: Form,
        raw: Mapping[str, Interval],
        absent: frozenset[str] = frozenset(),
        may_lack: frozenset[str] = frozenset(),
    ) -> None:
        self.form, self.raw, self.may_lack = form, raw, may_lack
        self.weights = effective_weights(form, absent)
        #: Whether rows that are left out give weight to others, beside weights that the review says.
        self.is_loose = bool(absent) and any(row.weight_from for row in form.indicators)
        self.rows = [row for row in form.indicators if not row.unscored and row.id not in absent]
        self.ranges: dict[str, Interval] = {BONUS: _NOTHING, **{row.id: self.points(row) for row in self.rows}}
        gone, optional = set(absent), set(may_lack)
        for table in form.tables:
            values = [value for _, value in table.values] + ([] if table.otherwise is None else [table.otherwise])
            self.ranges[table.id] = Interval(min(values), max(values)) if values else Interval()
        for row in form.indicators:
            own = {f"{row.id}.{id_}": range_ for id_, range_ in ranges_of(row.inputs).items()}
            self.ranges.update(own)
            gone |= own.keys() if row.id in absent else set()
            whole = row.id in may_lack or (row.unscored and row.optional)
            optional |= own.keys() if whole else {f"{row.id}.{id_}" for id_ in optional_of(row.inputs)}
        for section in form.sections:
            scored = {row.id for row in section.indicators} & {row.id for row in self.rows}
            gone |= set() if scored else {section.id}
            optional |= {section.id} if scored and scored <= may_lack else set()
        self.absent, self.optional = frozenset(gone), frozenset(optional)
        for section in form.sections:
            self.ranges[f"{section.id}.{ROWS}"] = _hull(self.of_rows(section.indicators))
        self.ranges[ROWS] = _hull(self.of_rows(form.indicators))
        for section in form.sections:
            self.ranges[section.id] = self.section(section)

    def of_rows(self, rows: Sequence[Indicator]) -> list[Interval]:
        """Return the intervals of the points of those rows that are not left out."""
        return [self.ranges[row.id] for row in rows if row.id in self.ranges]

    def points(self, row: Indicator) -> Interval:
        """Return the interval of the points of a row as they count."""
        share = self.weight(row).times(Interval(1 / row.out_of, 1 / row.out_of)) if row.out_of else _NOTHING
        found = self.raw[row.id].times(share)
        return found.mapped(self.form.rounded) if self.form.rounding.of_rows else found

    def weight(self, row: Indicator) -> Interval:
        """Return the weights that a row may have: one that a review says, or more than its own if others are left out."""
        full, item = self.form.full or Fraction(1), row.input(row.weight_from) if row.weight_from else None
        if item is not None:
            per = full if item.type is InputType.PERCENT else Fraction(1)
            return Interval(item.range.low, item.range.high).times(Interval(per, per)).cut(Fraction(0), full)
        own = self.weights[row.id]
        if self.may_lack and row.is_weighted:
            return Interval(Fraction(0), full)
        return Interval(own, full if self.is_loose and row.is_weighted else own)

    def section(self, section: Section) -> Interval:
        """Return the interval of the points of a section."""
        if section.total is None:
            return self.sum_of([row for row in self.rows if row in section.indicators])
        found = self.of(section.total) or _NOTHING
        return found.mapped(self.form.rounded) if self.form.rounding.of_rows else found

    def sum_of(self, rows: Sequence[Indicator]) -> Interval:
        """Return the interval of the sum of rows; those that may be left out may add nothing."""
        found = _NOTHING
        for row in rows:
            own = self.ranges[row.id]
            found = found.plus(own.hull(_NOTHING) if row.id in self.may_lack else own)
        return found

    def of(self, expression: Expression, **own: Interval) -> Interval | None:
        """Return the interval of a formula of the form; None if it has no value without what is left out."""
        left = formula.without(written_out(expression, self.items, self.optional), self.absent)
        return None if left is None else extent(left, {**self.ranges, **own}, self.optional)

    def items(self, name: str) -> Sequence[Expression] | None:
        """Return the rows or inputs of a list as names; None if a name is no such list."""
        first, _, second = name.partition(".")
        section = next((item for item in self.form.sections if item.id == first), None)
        if self.form.indicator(first) is not None or (first != ROWS and (section is None or not second)):
            return None
        rows = self.form.indicators if section is None else section.indicators
        if name == ROWS or second == ROWS:
            return [Name(row.id) for row in rows if row in self.rows]
        found = [row for row in rows if row.input(second) is not None and f"{row.id}.{second}" not in self.absent]
        is_long = any(item.type is InputType.RATINGS for row in found if (item := row.input(second)) is not None)
        return None if is_long else [Name(f"{row.id}.{second}") for row in found]

    def total(self) -> Interval | None:
        """Return the interval of the total as printed, after the vetoes that may set it; None if there is no total."""
        form = self.form
        before = self.sum_of_sections() if form.total is None else self.of(form.total)
        if before is None:
            return None
        found = before.mapped(form.rounded)
        for veto in form.vetoes:
            set_ = None if veto.total is None else self.of(veto.total, **{TOTAL: found})
            found = found if set_ is None else found.hull(set_.mapped(form.rounded))
        return found

    def sum_of_sections(self) -> Interval:
        """Return the interval of the sum of all sections."""
        plain = all(section.total is None for section in self.form.sections)
        if plain and (self.may_lack or any(row.weight_from for row in self.rows)):
            loose = self.sum_of([row for row in self.rows if not row.is_weighted])
            return self.sum_of_any_weights([row for row in self.rows if row.is_weighted]).plus(loose)
        found = _NOTHING
        for section in self.form.sections:
            own = _NOTHING if section.id in self.absent else self.ranges[section.id]
            found = found.plus(own.hull(_NOTHING) if section.id in self.optional else own)
        return found

    def sum_of_any_weights(self, rows: Sequence[Indicator]) -> Interval:
        """Return the interval of the sum of rows whose weights add up to full marks, whatever they are.

        It leaves out that each row is rounded, which can add half a unit of the last decimal.
        """
        full = self.form.full or Fraction(0)
        parts = [
            (self.raw[row.id].times(Interval(1 / row.out_of, 1 / row.out_of)), self.weight(row))
            for row in rows
            if row.out_of
        ]
        least = _highest([(share.negated(), weight) for share, weight in parts], full)
        return Interval(None if least is None else -least, _highest(parts, full))


def _highest(parts: Sequence[tuple[Interval, Interval]], full: Fraction) -> Fraction | None:
    """Return the highest sum of shares times weights that add up to `full`: the best share has as much weight as it may."""
    if any(share.high is None for share, _ in parts):
        return None
    total, left = Fraction(0), full
    for share, weight in parts:
        total += (share.high or 0) * (weight.low or 0)
        left -= weight.low or 0
    for share, weight in sorted(parts, key=lambda part: part[0].high or 0, reverse=True):
        more = left if weight.high is None else min(left, weight.high - (weight.low or 0))
        total += (share.high or 0) * more
        left -= more
    return total


def _hull(intervals: Sequence[Interval]) -> Interval:
    found = intervals[0] if intervals else _NOTHING
    for one in intervals[1:]:
        found = found.hull(one)
    return found


def _examples(form: Form) -> Iterator[Fraction | None]:
    """Yield totals of examples: all rows at their best, or at their least; then each row changed as long as that brings more."""
    options = {row.id: _options(row) for row in form.indicators}
    lean = replace(form, results=())
    if not all(options.values()):
        return
    for employee, place in itertools.product(_employees(form), (0, 1)):
        chosen = {id_: values[min(place, len(values) - 1)] for id_, values in options.items()}
        best, changed = _total_of(lean, chosen, employee), True
        yield best
        while changed:
            changed = False
            for id_, other in ((id_, other) for id_, values in options.items() for other in values):
                now = _total_of(lean, {**chosen, id_: other}, employee)
                yield now
                if now is not None and (best is None or now > best):
                    chosen, best, changed = {**chosen, id_: other}, now, True


def _total_of(form: Form, chosen: Mapping[str, _Values | None], employee: Employee) -> Fraction | None:
    """Return the total of an example. The weights that it has to say add up to full marks, those of the best rows first."""
    metrics: dict[str, _Values] = {id_: values for id_, values in chosen.items() if values is not None}
    said = [row for row in form.indicators if row.weight_from and row.id in metrics]
    if said and form.total is None and form.full is not None:
        others = (row.weight for row in form.indicators if row.is_weighted and not row.weight_from)
        best = sorted(said, key=lambda row: exact_points(raw_extent(row).high or Fraction(0), Fraction(1), row.out_of))
        metrics |= _with_weights(form, best[::-1], form.full - sum(others, Fraction(0)), metrics)
    return score(form, metrics, employee=employee)[0].total


def _with_weights(
    form: Form, rows: Sequence[Indicator], left: Fraction, metrics: Mapping[str, _Values]
) -> dict[str, _Values]:
    found: dict[str, _Values] = {}
    inputs = {row.id: item for row in rows if (item := row.input(row.weight_from)) is not None}
    per = {id_: (form.full or 1) if item.type is InputType.PERCENT else 1 for id_, item in inputs.items()}
    lows = {id_: (item.range.low or Fraction(0)) * per[id_] for id_, item in inputs.items()}
    left -= sum(lows.values(), Fraction(0))
    for id_, item in inputs.items():
        more = left if item.range.high is None else min(left, item.range.high * per[id_] - lows[id_])
        left -= more
        found[id_] = {**metrics[id_], item.id: (lows[id_] + more) / per[id_]}
    return found


def _options(row: Indicator) -> list[_Values | None]:
    """Return values of a row to try: those with the highest score, those with the lowest, and some others."""
    scored: dict[Fraction, _Values] = {}
    others: list[_Values] = []
    for values in itertools.islice(candidates(row), _LOOKED_AT):
        try:
            raw = Fraction(0) if row.unscored else raw_score(row, values)[0]
        except formula.Problem:
            continue
        others.append(values)
        scored.setdefault(raw, values)
    if not scored:
        return [None] if row.optional else []
    order = sorted(scored, reverse=True)
    found: list[_Values | None] = [scored[raw] for raw in dict.fromkeys((order[0], order[-1], *order))]
    found += [None] if row.optional else []
    return (found + [one for one in others if one not in found])[:_OPTIONS]


def _employees(form: Form) -> Iterator[Employee]:
    """Yield somebody of each department and position that the tables of a form name, and somebody of none."""
    named = {by: [key for table in form.tables if table.by == by for key, _ in table.values] for by in _BY}
    for department, position in itertools.product(*([*dict.fromkeys(named[by]), ""] for by in _BY)):
        yield Employee(id="", name="", department=department, position=position, manager=None)
