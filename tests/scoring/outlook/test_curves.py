"""Scoring curves say what the engine would: for all ten forms with any numbers, and worked out by hand."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpigen.model.forms import Indicator, InputType
from kpigen.model.reviews import InputValue
from kpigen.numbers.quantities import exact
from kpigen.scoring.methods.base import Case, method_of
from kpigen.scoring.outlook import ScoringCurve, curves_of
from kpigen.scoring.outlook.univariate import MEASURE
from kpigen.scoring.score import known_values, raw_score, score
from tests.helpers.forms import TEN
from tests.helpers.outlook import CALLS, LATE, RATE, SCALE, SHARE, F, alone, reviews, scored
from tests.scoring.methods.test_bands import PAY


def points_of(curve: ScoringCurve) -> list[str]:
    """A curve's points as `x:raw`, with `o` where the score only comes close."""
    return [f"{exact(p.x)}:{exact(p.raw)}{'' if p.reached else 'o'}" for p in curve.points]


@pytest.mark.parametrize(
    ("text", "values", "kind", "expected", "marks"),
    [
        (SHARE, {"done": 8, "planned": 10}, "line", ["0:0", "1:100"], ["target 1"]),
        (
            f"{RATE}\nscore: {{method: ratio, target: 95%}}",
            {"r": "91.2%"},
            "line",
            ["0:0", "0.95:100", "1:100"],
            ["target 0.95"],
        ),
        (
            LATE,
            {"late": 1, "escalated": 0},
            "steps",
            ["0:9", "1:9o", "1:6", "2:6o", "2:3", "3:3o", "3:0", "4:0"],
            ["floor 0"],
        ),
        (
            SCALE,
            {"n": 4},
            "line",
            ["1:55", "3.5:80", "5:80"],
            ["reference 4", "band_low 3.5", "band_high 4.5"],
        ),
        (
            f"{RATE}\nscore: {{method: bands, at_least: {{95%: 100, 90%: 80}}, otherwise: 0}}",
            {"r": "90%"},
            "steps",
            ["0:0", "0.9:0o", "0.9:80", "0.95:80o", "0.95:100", "1:100"],
            ["band 0.95", "band 0.9"],
        ),
        (  # a wide range is cut to the part where the bands lie; without `otherwise` there is nothing beyond the last end
            "inputs: {n: {type: number, min: 0, max: 1000}}\nscore: {method: bands, at_most: {2: 10, 5: 4, 10: 1}}",
            {"n": 3},
            "steps",
            ["0:10", "2:10", "2:4o", "5:4", "5:1o", "10:1"],
            ["band 2", "band 5", "band 10"],
        ),
        (
            "inputs: {n: {type: number, min: 0, max: 1000}}\nscore: {method: bands, at_most: {2: 10, 5: 4}, otherwise: 0}",
            {"n": 3},
            "steps",
            ["0:10", "2:10", "2:4o", "5:4", "5:0o", "6.25:0"],
            ["band 2", "band 5"],
        ),
        (
            "inputs: {n: {type: count, max: 12}}\nscore: {method: bands, at_most: {0: 10, 4: 4, 8: 1}, otherwise: 0}",
            {"n": 4},
            "steps",
            ["0:10", "0:4o", "4:4", "4:1o", "8:1", "8:0o", "12:0"],
            ["band 0", "band 4", "band 8"],
        ),
        (  # 4 steps of 5 at 4, 8, 12 and 16; full marks are 20
            "inputs: {n: {type: number, min: 0, max: 16}}\nscore: {method: formula, formula: 'floor(n / 4) * 25'}",
            {"n": 5},
            "steps",
            ["0:0", "4:0o", "4:25", "8:25o", "8:50", "12:50o", "12:75", "16:75o", "16:100"],
            [],
        ),
        (  # where two lines meet that no number of the rule names: 3n = 100 − 2n at 20
            "inputs: {n: {type: number, min: 0, max: 50}}\nscore: {method: formula, formula: 'min(3 * n, 100 - 2 * n)'}",
            {"n": 5},
            "line",
            ["0:0", "20:60", "50:0"],
            [],
        ),
        (  # one value apart from its neighbours
            "inputs: {n: {type: number, min: 0, max: 9}}\nscore: {method: formula, formula: '50 if n == 3 else 10'}",
            {"n": 5},
            "steps",
            ["0:10", "3:10o", "3:50", "3:10o", "9:10"],
            [],
        ),
        (
            "inputs: {n: {type: number, min: 0, max: 9}}\nwhen_zero: {n: full}\nscore: {method: value}",
            {"n": 5},
            "line",
            ["0:100", "0:0o", "9:9"],
            [],
        ),
    ],
)
def test_a_curve_is_what_it_is_by_hand(
    text: str, values: dict[str, object], kind: str, expected: list[str], marks: list[str]
) -> None:
    card, metrics = scored(alone(text, by_weight="weight:" in text), values)
    curve = curves_of(card, metrics, "x")[0]
    assert (curve.kind, points_of(curve)) == (kind, expected)
    assert [f"{mark.kind} {exact(mark.value)}" for mark in curve.marks] == marks
    assert curve.exact
    assert curve.here is not None
    assert curve.here.raw == card.indicator("x").raw


def test_a_two_way_table_has_a_curve_along_each_number() -> None:
    """The other number stays as it is: one row of the table, one column."""
    card, metrics = scored(alone(PAY), {"done": "97%", "paid": "95%"})
    along_row, along_column = curves_of(card, metrics, "x")
    for curve in (along_row, along_column):
        reached = [point for point in points_of(curve) if not point.endswith("o")]
        assert reached[0].endswith(":0")
        assert reached[-1].endswith(":1.45")
    assert points_of(along_row)[1:-1] == ["0.97:0o", "0.97:1.4", "1:1.4o", "1:1.45"]
    assert points_of(along_column)[1:-1] == ["0.95:0o", "0.95:1.4", "1:1.4o", "1:1.45"]
    assert [mark.value for mark in along_column.marks] == [1, F(95, 100), F(9, 10)]


def test_where_lower_is_better_the_curve_begins_with_full_marks_at_zero() -> None:
    """5 ÷ 10 are half; a curve and no line, so it has many points, each exact."""
    text = "inputs: {n: {type: number, min: 0, max: 10}}\nscore: {method: ratio, target: 5, better: lower}"
    card, metrics = scored(alone(text), {"n": 8})
    (curve,) = curves_of(card, metrics, "x")
    assert points_of(curve)[:2] == ["0:100", "5:100"]
    assert points_of(curve)[-1] == "10:50"
    assert "8:62.5" in points_of(curve)
    assert (curve.kind, curve.exact) == ("line", False)
    assert all(point.raw == F(500) / point.x for point in curve.points[1:])


def test_levels_are_a_bar_each() -> None:
    text = "inputs: {ok: {type: yes_no}}\nweight: 20\nscore: {method: levels, levels: {yes: 100, no: 60}}"
    card, metrics = scored(alone(text), {"ok": "no"})
    (curve,) = curves_of(card, metrics, "x")
    assert curve.kind == "levels"
    assert [(bar.choice, bar.raw, bar.points, bar.here) for bar in curve.bars] == [
        ("yes", 100, 20, False),
        ("no", 60, 12, True),
    ]


def test_several_inputs_have_a_curve_each_the_others_held() -> None:
    card, metrics = scored(alone(LATE, by_weight=True), {"late": 1, "escalated": 0})
    late, escalated = curves_of(card, metrics, "x")
    assert (late.axis, escalated.axis, late.whole) == ("late", "escalated", True)
    assert points_of(escalated)[:3] == ["0:6", "1:6o", "1:0"]


def test_a_curve_of_counts_stays_near_what_matters() -> None:
    text = CALLS
    card, metrics = scored(alone(text, by_weight=True), {"n": 593})
    (curve,) = curves_of(card, metrics, "x")
    assert (curve.points[0].x, curve.points[-1].x) == (587, 603)


def test_what_was_not_measured_has_a_curve_and_no_place_on_it() -> None:
    card, metrics = scored(alone(SHARE), {"done": 0, "planned": 0})
    (curve,) = curves_of(card, metrics, "x")
    assert points_of(curve) == ["0:0", "1:100"]
    assert curve.here is None
    draft, _ = score(alone(SHARE), {})
    (curve,) = curves_of(draft, {}, "x")
    assert points_of(curve) == ["0:0", "1:100"]


def engine(indicator: Indicator, values: Mapping[str, InputValue], curve: ScoringCurve, x: Fraction) -> Fraction:
    """What the engine gives at a place of a curve's axis."""
    if curve.axis != MEASURE:
        return raw_score(indicator, {**values, curve.axis: x})[0]
    known = known_values(indicator, values)[0]
    return method_of(indicator).score(Case(known, indicator.inputs, indicator.out_of, x, indicator.measure_unit))[0]


@pytest.mark.parametrize("form_id", TEN)
@settings(max_examples=15)
@given(data=st.data())
def test_curves_pass_through_what_the_engine_gives(form_id: str, data: Any) -> None:
    form, metrics, card, _ = data.draw(reviews(form_id))
    for indicator in form.indicators:
        values, result = metrics[indicator.id], card.indicator(indicator.id)
        if result.raw is None:
            continue
        for curve in curves_of(card, metrics, indicator.id):
            assert len(curve.points) <= 200
            for bar in curve.bars:
                choice: InputValue = bar.choice
                if curve.input is not None and curve.input.type is InputType.YES_NO:
                    choice = bar.choice == "yes"
                assert bar.raw == raw_score(indicator, {**values, curve.axis: choice})[0]
                assert bar.here == (values[curve.axis] == choice)
            if not curve.points:
                continue
            assert [p.x for p in curve.points] == sorted(p.x for p in curve.points)
            if curve.here is not None:
                assert curve.here.raw == result.raw == curve.at(curve.here.x)
            places = [point.x for point in curve.points if point.reached]
            if curve.exact:
                first, last = curve.points[0].x, curve.points[-1].x
                places += [first + (last - first) * n / 23 for n in range(1, 23)]
                places += [(a.x * 2 + b.x) / 3 for a, b in itertools.pairwise(curve.points) if a.x < b.x]
            assert len(places) >= 20
            for x in places:
                assert curve.at(x) == engine(indicator, values, curve, x), (indicator.id, curve.axis, x)
            if curve.input is not None:
                assert all(point.x in curve.input.range for point in curve.points if point.reached)
