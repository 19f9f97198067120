"""The scoring curves of an indicator: the score for each value of a number, with this review's own value marked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from kpigen.model.forms import Form, Indicator, Input, InputType
from kpigen.model.reviews import InputValue, Metrics
from kpigen.model.scores import IndicatorScore, Scorecard
from kpigen.numbers import formula
from kpigen.numbers.formula import Missing, Name
from kpigen.numbers.quantities import Unit
from kpigen.scoring.methods.base import Mark, method_of
from kpigen.scoring.outlook.axis import ShownAxis, shown_of_axis
from kpigen.scoring.outlook.breakpoints import Stretch
from kpigen.scoring.outlook.records import Bar, Point, ScoringCurve
from kpigen.scoring.outlook.univariate import MEASURE, Along, RuleFormula, rule_of
from kpigen.scoring.score import is_complete, known_values, points_of, raw_score

#: The number of sample points for all curved parts together.
_SAMPLES = 40


def curves_of(card: Scorecard, metrics: Metrics, indicator: str) -> tuple[ScoringCurve, ...]:
    """Return the scoring curves of an indicator. `card` must be the scorecard of `metrics`.

    There is one curve along the measure if the score depends on the measure alone. Otherwise there is one for each number and
    choice that is neither confidential nor agreed, with all other inputs fixed at the review's values (no curve while one is
    missing).
    Lists and ratings have no curve, because they already use the scale of the score.
    """
    found = card.form.indicator(indicator)
    if found is None or found.unscored:
        return ()
    values = metrics.get(indicator, {})
    return _curves(card.form, found, values, card.indicator(indicator))


def _curves(
    form: Form, indicator: Indicator, values: Mapping[str, InputValue], result: IndicatorScore
) -> tuple[ScoringCurve, ...]:
    known = known_values(indicator, values)[0]
    rule = rule_of(indicator, known, values)
    make = _Maker(form, indicator, known, rule, result)
    if rule.by_measure is not None and indicator.measure is not None:
        used = {name.id for name in formula.names(rule.by_measure)}
        if MEASURE in used and not isinstance(indicator.measure, Name) and not any(map(indicator.input, used)):
            along = rule.along_measure()
            return () if along is None else make.line(along, None)
    bases = formula.divisors(indicator.measure) | method_of(indicator).bases()
    used = (
        {name.id for name in formula.names(rule.whole)} if rule.whole is not None else {i.id for i in indicator.inputs}
    )
    found: list[ScoringCurve] = []
    for item in indicator.inputs:
        if item.confidential or item.auto or item.agreed or item.id not in used or item.id in bases:
            continue
        if item.id in rule.taken or item.id == indicator.weight_from or known.get(item.id) is Missing.ABSENT:
            continue
        if item.type in (InputType.YES_NO, InputType.CHOICE):
            found += make.bars(item, values)
        elif item.type.is_number and (along := rule.along(item.id)) is not None:
            found += make.line(along, item)
    return tuple(found)


def _raw(indicator: Indicator, values: Mapping[str, InputValue]) -> Fraction | None:
    try:
        return raw_score(indicator, values)[0] if is_complete(indicator, values) else None
    except formula.Problem:
        return None


class _Maker:
    """Builds the curves of one indicator of one review."""

    def __init__(
        self,
        form: Form,
        indicator: Indicator,
        known: Mapping[str, InputValue],
        rule: RuleFormula,
        result: IndicatorScore,
    ) -> None:
        self.indicator, self.known, self.rule = indicator, known, rule
        self.raw, self.weight = result.raw, result.weight
        self.decimals, self.half_even = form.decimals, form.rounding.half_even

    def line(self, along: Along, item: Input | None) -> tuple[ScoringCurve, ...]:
        """Return the curve along the measure or one input, as a list of one or none."""
        here = self._here(item)
        shown = shown_of_axis(self.indicator, along, item, here)
        if not shown.stretches:
            return ()
        points = tuple(self._points(along, shown))
        lines = [stretch.line for stretch in shown.stretches]
        stays = all(line is not None and line.is_flat for line in lines)
        jumps = stays and len({point.raw for point in points}) > 1
        return (
            ScoringCurve(
                kind="steps" if jumps else "line",
                axis=along.axis,
                input=item,
                unit=self.indicator.measure_unit if item is None else item.type.unit,
                whole=item is not None and item.type in (InputType.COUNT, InputType.DURATION),
                exact=all(line is not None and line.is_straight for line in lines),
                points=points,
                bars=(),
                marks=self._marks(along.axis),
                here=None if here is None or self.raw is None else Point(here, self.raw),
                out_of=self.indicator.out_of,
                weight=self.weight,
                decimals=self.decimals,
                half_even=self.half_even,
            ),
        )

    def bars(self, item: Input, values: Mapping[str, InputValue]) -> tuple[ScoringCurve, ...]:
        """Return the score of each choice of an input, as a list of one curve or none."""
        choices: list[bool | str] = (
            [True, False] if item.type is InputType.YES_NO else [choice.id for choice in item.choices]
        )
        bars = []
        for choice in choices:
            raw = _raw(self.indicator, {**values, item.id: choice})
            if raw is None:
                return ()
            word = choice if isinstance(choice, str) else "yes" if choice else "no"
            bars.append(Bar(word, raw, self._to_points(raw), self.known.get(item.id) == choice))
        return (
            ScoringCurve(
                kind="levels",
                axis=item.id,
                input=item,
                unit=Unit.PLAIN,
                whole=False,
                exact=True,
                points=(),
                bars=tuple(bars),
                marks=self._marks(item.id),
                here=None,
                out_of=self.indicator.out_of,
                weight=self.weight,
                decimals=self.decimals,
                half_even=self.half_even,
            ),
        )

    def _here(self, item: Input | None) -> Fraction | None:
        """Return this review's value on the axis; None if it has none."""
        if item is not None:
            value = self.known.get(item.id)
            return value if isinstance(value, Fraction) else None
        assert self.indicator.measure is not None
        if any(self.known.get(name) == 0 for name, _ in self.indicator.when_zero):
            return None
        values = {name: value for name, value in self.known.items() if formula.is_value(value)}
        try:
            return formula.number(self.indicator.measure, values)
        except formula.Problem:
            return None

    def _marks(self, axis: str) -> tuple[Mark, ...]:
        method = method_of(self.indicator)
        named = method.marks(axis)
        if axis != MEASURE and self.indicator.measure == Name(axis, 0):
            named = (*method.marks(MEASURE), *named)
        limits = (("cap", method.cap), ("floor", method.floor))
        marks = [*named, *(Mark(kind, value) for kind, value in limits if value is not None)]
        return tuple(dict.fromkeys(marks))

    def _points(self, along: Along, shown: ShownAxis) -> Iterator[Point]:
        """Yield the points from left to right: breakpoints, both ends of each jump, and samples of each curved part."""
        curved = sum(1 for s in shown.stretches if s.line is None or not s.line.is_straight)
        last: Stretch | None = None
        for stretch in (*shown.stretches, None):
            place = stretch.start if stretch is not None else last.end if last is not None else None
            assert place is not None
            before = None if last is None or last.line is None else last.line.at(place)
            after = None if stretch is None or stretch.line is None else stretch.line.at(place)
            value = along.at(place) if shown.holds(place) else None
            yield from self._turn(place, before, value, after)
            if stretch is not None and (stretch.line is None or not stretch.line.is_straight):
                yield from self._samples(along, stretch, _SAMPLES // curved)
            last = stretch

    def _turn(
        self, x: Fraction, before: Fraction | None, value: Fraction | None, after: Fraction | None
    ) -> Iterator[Point]:
        if before is not None and before != value:
            yield Point(x, before, reached=False)
        if value is not None:
            yield Point(x, value)
        if after is not None and after != value and not (value is None and after == before):
            yield Point(x, after, reached=False)

    def _samples(self, along: Along, stretch: Stretch, count: int) -> Iterator[Point]:
        assert stretch.end is not None
        for number in range(1, count):
            x = stretch.start + (stretch.end - stretch.start) * number / count
            raw = along.at(x) if stretch.line is None else stretch.line.at(x)
            if raw is not None:
                yield Point(x, raw)

    def _to_points(self, raw: Fraction) -> Fraction:
        return points_of(raw, self.weight, self.indicator.out_of, self.decimals, self.half_even)
