"""The outlook of forms on any scale, with formulas, vetoes, worst rows and weights of a review between a row and the total.

Whatever is promised in random small forms, the engine gives, and nothing smaller does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from kpigen.model.forms import Indicator, Input, InputType
from kpigen.model.reviews import InputValue, Metrics
from kpigen.model.scores import Scorecard
from kpigen.scoring.attainable_total import most_points
from kpigen.scoring.filled import filled
from kpigen.scoring.outlook import NextStep, advice, curves_of, next_steps
from kpigen.scoring.outlook.increments import units
from kpigen.scoring.outlook.whole import is_sum
from kpigen.scoring.score import exact_points, raw_score, score
from tests.helpers.any_form import AnyReview, any_reviews
from tests.scoring.outlook.test_curves import engine
from tests.scoring.outlook.test_next_steps import allowed, changed, smaller

F = Fraction


def gain(review: AnyReview, row: Indicator, card: Scorecard) -> Fraction | None:
    """What another scorecard has more: in the total, or in the points of the row as long as there is no total."""
    totals = (review.card.total, card.total)
    points = (review.card.indicator(row.id).points, card.indicator(row.id).points)
    before, after = points if review.card.total is None else totals
    return None if before is None or after is None else after - before


def keeps_grade(review: AnyReview, card: Scorecard) -> bool:
    """Whether the grade is not lower than it was."""
    before, order = review.card.grade, [grade.name for grade in review.form.grades]
    if before is None or not order:
        return before is None or card.grade is not None
    return card.grade is not None and order.index(card.grade) <= order.index(before)


def is_meant(review: AnyReview, row: Indicator, metrics: Metrics) -> bool:
    """Whether the row gets no worse, or the total gains without any veto that sets it."""
    before, after = (review.scored(one).indicator(row.id).points for one in (review.metrics, metrics))
    if review.card.total is None or before is None or after is None or after >= before:
        return True
    form = replace(review.form, vetoes=())
    one, two = (
        score(form, values, review.not_applicable, review.bonus)[0].total for values in (review.metrics, metrics)
    )
    return one is not None and two is not None and two > one


def is_step(review: AnyReview, row: Indicator, metrics: Metrics) -> bool:
    """Whether other values of a row bring more, and may be advised."""
    card = review.scored(metrics)
    more = gain(review, row, card)
    return more is not None and more > 0 and keeps_grade(review, card) and is_meant(review, row, metrics)


def steps_of(review: AnyReview) -> Iterator[tuple[Indicator, NextStep]]:
    for row in review.form.indicators:
        for step in next_steps(review.card, review.metrics, row.id):
            yield row, step


@settings(max_examples=150)
@given(any_reviews())
def test_a_step_brings_what_it_says_and_nothing_smaller_does(review: AnyReview) -> None:
    form, metrics, card = review.form, review.metrics, review.card
    for row, step in steps_of(review):
        now = changed(form, metrics, step, step.new)
        after = review.scored(now)
        assert step.gain == gain(review, row, after)
        assert step.gain > 0
        assert (step.points, step.total, step.grade) == (after.indicator(row.id).points, after.total, after.grade)
        assert step.row_gain == (step.points or F(0)) - (card.indicator(row.id).points or F(0))
        assert step.changes_grade == (card.grade is not None and card.grade != after.grade)
        assert keeps_grade(review, after)
        assert is_meant(review, row, now)
        assert allowed(row, now[row.id])
        assert not step.input.agreed
        if not isinstance(step.old, Fraction) or isinstance(step.old, bool):
            continue
        assert isinstance(step.new, Fraction)
        assert step.unit is not None
        assert step.new in step.input.range
        assert step.count == abs(step.new - step.old) / step.unit
        for moved in smaller(step):
            if moved in step.input.range:
                assert not is_step(review, row, changed(form, metrics, step, moved)), (step, moved)


def values_of(review: AnyReview, row: Indicator) -> Iterator[tuple[Input, int | None, InputValue]]:
    """Every value of a row that is its own and that the reader may change, with its list entry."""
    given_ = review.metrics.get(row.id, {})
    for item in row.inputs:
        value = filled(row.inputs, given_).get(item.id)
        if item.agreed or value is None or (item.default_of and given_.get(item.id) is None):
            continue
        if isinstance(value, tuple):
            for number, entry in enumerate(value, 1):
                fields = (one for one in item.fields if one.id in entry and not one.agreed)
                yield from ((one, number, entry[one.id]) for one in fields)
        else:
            yield item, None, value


def tried(item: Input, old: InputValue) -> Iterator[tuple[Fraction, InputValue]]:
    """Other values to try, each with the number of steps to it: up to eight, or every other choice."""
    if isinstance(old, bool):
        yield F(1), not old
    elif isinstance(old, str):
        yield from ((F(1), choice.id) for choice in item.choices if choice.id != old)
    elif isinstance(old, Fraction):
        unit = units(item, old)[0]
        yield from ((F(count), old + sign * count * unit) for count in range(1, 9) for sign in (1, -1))


@settings(max_examples=150)
@given(any_reviews())
def test_where_a_small_change_brings_more_there_is_a_step(review: AnyReview) -> None:
    """Looked for by the engine: a choice that brings more, or up to eight steps more or less."""
    for row in review.form.indicators:
        if review.card.indicator(row.id).points is None:
            continue
        found = {(step.input.id, step.entry): step for step in next_steps(review.card, review.metrics, row.id)}
        for item, entry, old in values_of(review, row):
            step = found.get((item.id, entry))
            for count, new in tried(item, old):
                if isinstance(new, Fraction) and new not in item.range:
                    continue
                now = _with(review, row, item, entry, new)
                if not is_step(review, row, now):
                    continue
                more = gain(review, row, review.scored(now))
                assert step is not None, (item.id, entry, old, new)
                assert step.count <= count, (step, new)
                assert isinstance(old, Fraction) or more is None or step.gain <= more


def _with(review: AnyReview, row: Indicator, item: Input, entry: int | None, new: InputValue) -> Metrics:
    values = review.metrics[row.id]
    if entry is None:
        return {**review.metrics, row.id: {**values, item.id: new}}
    id_ = next(one.id for one in row.inputs if one.type is InputType.LIST)
    rows = values[id_]
    assert isinstance(rows, tuple)
    rows = tuple({**one, item.id: new} if number == entry else one for number, one in enumerate(rows, 1))
    return {**review.metrics, row.id: {**values, id_: rows}}


@settings(max_examples=100)
@given(any_reviews(), st.data())
def test_advice_brings_what_it_says_and_no_other_value_that_way_brings_more(
    review: AnyReview, data: st.DataObject
) -> None:
    form, metrics, card = review.form, review.metrics, review.card
    steps = {row.id: next_steps(card, metrics, row.id) for row in form.indicators}
    found = advice(card, metrics, steps, 99)
    assert [item.gain for item in advice(card, metrics, steps, 2)] == [item.gain for item in found[:2]]
    for item in found:
        most = item.most or item.step
        assert most.gain >= item.step.gain > 0
        assert not most.is_base
        assert not most.input.agreed
        assert most.input.type not in (InputType.RATING, InputType.CHOICE)
        row = form.indicator(most.indicator)
        assert row is not None
        assert card.total is not None or is_sum(form, row)
        after = review.scored(changed(form, metrics, most, most.new))
        assert (most.gain, most.total, most.grade) == (gain(review, row, after), after.total, after.grade)
        if isinstance(most.new, Fraction) and most.unit is not None:
            assert isinstance(most.old, Fraction)
            other = most.new + most.direction * data.draw(st.integers(-50, 50)) * most.unit
            if other in most.input.range and (other - most.old) * most.direction > 0:
                beyond = changed(form, metrics, most, other)
                more = gain(review, row, review.scored(beyond))
                assert more is None or more <= most.gain or not is_step(review, row, beyond), (item, other)


@settings(max_examples=100)
@given(any_reviews())
def test_curves_pass_through_what_the_engine_gives(review: AnyReview) -> None:
    card = review.card
    for row in review.form.indicators:
        values, result = review.metrics.get(row.id, {}), card.indicator(row.id)
        for curve in curves_of(card, review.metrics, row.id) if result.raw is not None else ():
            assert curve.input is None or not curve.input.agreed
            for bar in curve.bars:
                is_yes_no = curve.input is not None and curve.input.type is InputType.YES_NO
                choice: InputValue = bar.choice == "yes" if is_yes_no else bar.choice
                assert bar.raw == raw_score(row, {**values, curve.axis: choice})[0]
                assert bar.points == review.form.rounded(exact_points(bar.raw, result.weight, row.out_of))
                assert bar.here == (values.get(curve.axis) == choice)
            if curve.here is not None:
                assert curve.here.raw == result.raw == curve.at(curve.here.x)
            places = [point.x for point in curve.points if point.reached]
            if curve.exact and curve.points:
                first, last = curve.points[0].x, curve.points[-1].x
                places += [first + (last - first) * F(n, 23) for n in range(1, 23)]
            for x in places:
                assert curve.at(x) == engine(row, values, curve, x), (row.id, curve.axis, x)


@settings(max_examples=150)
@given(any_reviews())
def test_nobody_has_more_than_the_most_of_a_form(review: AnyReview) -> None:
    """Where everything applies. Rows with weights of others may each be rounded up by half a unit of the last decimal."""
    form = review.form
    most = most_points(form)
    total = score(form, review.metrics)[0].total
    if most.value is None or total is None or review.not_applicable:
        return
    noise = F(len(form.indicators), 2 * 10**form.decimals) if form.rounding.of_rows else 0
    assert total <= most.value + noise
    spare = any(row.weight_from or row.optional for row in form.indicators)
    assert total <= most.value or spare
