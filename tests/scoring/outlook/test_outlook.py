"""Scoring curves and next steps say what the engine would: for all ten forms with any numbers, and worked out by hand."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpigen.files.rules.examples import filled_in
from kpigen.model.forms import Form, Indicator, InputType, Section
from kpigen.model.reviews import InputValue, Metrics
from kpigen.model.scores import Scorecard
from kpigen.numbers import formula
from kpigen.numbers.formula import Expression, Name, build, literal
from kpigen.numbers.intervals import Interval, extent
from kpigen.numbers.quantities import exact, fixed, read_quantity
from kpigen.scoring.attainable import most_raw
from kpigen.scoring.methods import Case
from kpigen.scoring.outlook import NextStep, ScoringCurve, curves_of, next_steps
from kpigen.scoring.outlook.breakpoints import sweep
from kpigen.scoring.outlook.univariate import MEASURE, Along, rule_of
from kpigen.scoring.score import known_values, raw_score, score, with_values
from tests.helpers.forms import TEN, form_of, indicator_from, read_text, review_text, written_bonus, written_metrics

F = Fraction


# --- a form of one indicator, and its numbers ------------------------------------------------------------------------


def alone(text: str, by_weight: bool = False) -> Form:
    """A form whose only indicator is a snippet without findings; its bonus and vetoes are left out."""
    indicator, found = indicator_from(text, by_weight)
    assert found == [], [item.message for item in found]
    assert indicator is not None
    return replace(form_of("front-desk"), sections=(Section("only", None, (indicator,)),), bonus=(), vetoes=())


def value_of(text: object) -> InputValue:
    """A value as it is written: a number, a percentage, a duration, yes, no, a choice, entries."""
    if isinstance(text, list):
        return tuple({key: value_of(value) for key, value in row.items()} for row in text)
    if text in ("yes", "no"):
        return text == "yes"
    read = read_quantity(str(text))
    return read[0] if isinstance(read, tuple) else str(text)


def scored(form: Form, values: Mapping[str, object]) -> tuple[Scorecard, Metrics]:
    """The scorecard of a form of one indicator."""
    metrics = {"x": {key: value_of(value) for key, value in values.items()}}
    card, problems = score(form, metrics)
    assert problems == []
    return card, metrics


def said(step: NextStep) -> str:
    """A step on one line: `late 1 → 0: +3.00`; a field of an entry as `goals.2.actual`."""

    def say(value: InputValue) -> str:
        if isinstance(value, bool):
            return "yes" if value else "no"
        assert isinstance(value, Fraction | str)
        if isinstance(value, str):
            return value
        if step.input.type is InputType.PERCENT:
            return exact(value * 100) + "%"
        return exact(value) + ("s" if step.input.type is InputType.DURATION else "")

    where = step.input.id if step.entry is None else f"{step.entry}.{step.input.id}"
    return f"{where} {say(step.old)} → {say(step.new)}: +{fixed(step.gain)}"


# --- next steps, by hand ---------------------------------------------------------------------------------------------

COUNT = "type: count, name: {zh: 数, en: Number}"
RATE = "inputs: {r: {type: percent}}"
LATE = f"""
inputs: {{late: {{{COUNT}}}, escalated: {{{COUNT}}}}}
score: {{method: deductions, deductions: [{{of: late, points: 3}}, {{of: escalated, points: 9}}], floor: 0}}
weight: 9
"""
TURNOVER = f"""
inputs: {{leavers: {{{COUNT}}}, start: {{{COUNT}}}, end: {{{COUNT}}}}}
limits: [start + end > 0]
measure: leavers / ((start + end) / 2)
score: {{method: deductions, deductions: [{{of: measure, over: 15%, every: 5%, points: 2}}], floor: 0}}
weight: 4
"""
SHARE = f"""
inputs: {{done: {{{COUNT}}}, planned: {{{COUNT}}}}}
limits: [done <= planned]
when_zero: {{planned: full}}
measure: done / planned
score: {{method: ratio, target: 100%}}
"""
COST = """
inputs:
  actual: {type: money, name: {zh: 实际, en: Actual}}
  budget: {type: money, above: 0, name: {zh: 预算, en: Budget}}
measure: (actual - budget) / budget
score: {method: reference, reference: 0%, band: 3%, below: {points: 2, every: 1%}, above: {points: -2, every: 1%}, cap: 130}
"""
GOALS = """
inputs:
  goals:
    type: list
    fields:
      name: {type: text, name: {zh: 目标, en: Goal}}
      weight: {type: number, above: 0, name: {zh: 权重, en: Weight}}
      actual: {type: percent, name: {zh: 实际, en: Actual}}
score: {method: weighted_list, weight: weight, value: actual}
"""
TARGETS = """
inputs:
  goals:
    type: list
    fields:
      weight: {type: number, above: 0, name: {zh: 权重, en: Weight}}
      target: {type: number, above: 0, name: {zh: 目标值, en: Target}}
      actual: {type: number, above: 0, name: {zh: 实际, en: Actual}}
score: {method: weighted_list, weight: weight, value: "min(target / actual, 1)"}
"""
PARTS = f"""
inputs: {{violations: {{{COUNT}}}, rate: {{type: percent, name: {{zh: 率, en: Rate}}}}}}
score:
  method: parts
  parts:
    - {{id: one, method: deductions, deductions: [{{of: violations, points: 10}}], floor: 0}}
    - {{id: two, method: ratio, measure: rate, target: 90%}}
"""
TWICE = f"""
inputs: {{n: {{{COUNT}}}, ok: {{type: yes_no, name: {{zh: 否, en: OK}}}}}}
score: {{method: formula, formula: 'min(floor(n / 4) * 10, 60) + (40 if ok else 0)'}}
"""

CALLS = """
inputs: {n: {type: count}}
score: {method: deductions, deductions: [{of: n, short_of: 600, points: 1}], floor: 0}
weight: 10
"""
CHOICE = """
inputs: {l: {type: choice, choices: {a: {zh: 甲, en: A}, b: {zh: 乙, en: B}, c: {zh: 丙, en: C}}}}
score: {method: levels, levels: {a: 100, b: 60, c: 20}}
"""
SCALE = """
inputs: {n: {type: rating, min: 1, max: 5}}
score: {method: reference, reference: 4, base: 80, band: 0.5, below: {points: -10, every: 1, steps: linear}}
"""

STEPS = [
    # Deductions: a late complaint costs 3 of 9; with two and one escalated even one less leaves 0.
    (LATE, {"late": 1, "escalated": 0}, ["late 1 → 0: +3.00"]),
    (LATE, {"late": 2, "escalated": 0}, ["late 2 → 1: +3.00"]),
    (LATE, {"late": 1, "escalated": 1}, ["escalated 1 → 0: +6.00"]),
    (LATE, {"late": 4, "escalated": 0}, ["late 4 → 2: +3.00"]),
    (LATE, {"late": 0, "escalated": 0}, []),
    # 600 calls are wanted, 10 points: 586 calls are 4 short of the first point.
    (
        CALLS,
        {"n": 586},
        ["n 586 → 591: +1.00"],
    ),
    # Complete steps: 6 of 25 are 24%, one step of 5% beyond 15%; 5 are 20%, still one; 4 are 16%, none. Of a mean of 30 six
    # are 20%, of 30.5 less.
    (
        TURNOVER,
        {"leavers": 6, "start": 25, "end": 25},
        ["leavers 6 → 4: +2.00", "start 25 → 36: +2.00", "end 25 → 36: +2.00"],
    ),
    # A mean of a half: one leaver more or less passes 40 complete steps. None left are 0%; of a mean of 8.5 two are 23.5%.
    (
        TURNOVER,
        {"leavers": 2, "start": 0, "end": 1},
        ["leavers 2 → 0: +4.00", "start 0 → 16: +2.00", "end 1 → 17: +2.00"],
    ),
    # Ratio: 91.2 ÷ 95 × 20 = 19.2; 92.2 ÷ 95 × 20 = 19.41. From 94.6% 0.4 points of the rate are enough: 20 − 19.92.
    (f"{RATE}\nweight: 20\nscore: {{method: ratio, target: 95%}}", {"r": "91.2%"}, ["r 91.2% → 92.2%: +0.21"]),
    (f"{RATE}\nweight: 20\nscore: {{method: ratio, target: 95%}}", {"r": "94.6%"}, ["r 94.6% → 95%: +0.08"]),
    (f"{RATE}\nweight: 20\nscore: {{method: ratio, target: 95%}}", {"r": "97%"}, []),
    # Near the end of the range: up to it, or in tenths where it is left out.
    (f"{RATE}\nscore: {{method: formula, formula: r * 100}}", {"r": "99.7%"}, ["r 99.7% → 100%: +0.30"]),
    (
        "inputs: {r: {type: percent, below: 100%}}\nscore: {method: formula, formula: r * 100}",
        {"r": "99.7%"},
        ["r 99.7% → 99.8%: +0.10"],
    ),
    # Lower is better: 30 ÷ 52 × 100 = 57.69, 30 ÷ 51 = 58.82; above a minute in steps of 5 seconds.
    (
        "inputs: {t: {type: duration, above: 0s}}\nscore: {method: ratio, target: 30s, better: lower}",
        {"t": "52s"},
        ["t 52s → 51s: +1.13"],
    ),
    (
        "inputs: {t: {type: duration, above: 0s}}\nscore: {method: ratio, target: 30s, better: lower}",
        {"t": "2m"},
        ["t 120s → 115s: +1.09"],
    ),
    # One done more, or one planned less, which is what it is measured against; never more done than planned.
    (SHARE, {"done": 8, "planned": 10}, ["done 8 → 9: +10.00", "planned 10 → 9: +8.89"]),
    (SHARE, {"done": 10, "planned": 10}, []),
    (SHARE, {"done": 0, "planned": 0}, []),
    # Curve: 0 up to 80%, 100 from 100% on. 9 of 12 are 75%; 10 are 83.3%, 16.67. 11 planned make 81.8%, 9.09.
    (
        SHARE.replace("method: ratio, target: 100%", "method: curve, points: {80%: 0, 100%: 100}"),
        {"done": 9, "planned": 12},
        ["done 9 → 10: +16.67", "planned 12 → 11: +9.09"],
    ),
    # 5% saved are 2 beyond the band: 104. 6% are 94000, ten steps of 100; against 101000 it is 5.94%, against 102000 enough.
    (COST, {"actual": 95000, "budget": 100000}, ["budget 100000 → 102000: +2.00", "actual 95000 → 94000: +2.00"]),
    (COST, {"actual": 80000, "budget": 100000}, []),
    # Too far beyond the band to be looked through: the end of the range would do, but not as the first that does.
    (COST.replace("cap", "floor: 0, cap"), {"actual": "117.01", "budget": "0.01"}, []),
    # Value and levels: one more; the next better level, not the best.
    ("inputs: {n: {type: rating}}\nscore: {method: value}", {"n": 78}, ["n 78 → 79: +1.00"]),
    ("inputs: {n: {type: rating}}\nscore: {method: value}", {"n": "99.5"}, ["n 99.5 → 100: +0.50"]),
    ("inputs: {n: {type: rating, min: 1, max: 5}}\nscore: {method: value}", {"n": "4.62"}, ["n 4.62 → 4.72: +0.10"]),
    (
        CHOICE,
        {"l": "c"},
        ["l c → b: +40.00"],
    ),
    (
        "inputs: {ok: {type: yes_no}}\nscore: {method: levels, levels: {yes: 100, no: 60}}",
        {"ok": "no"},
        ["ok no → yes: +40.00"],
    ),
    (
        "inputs: {ok: {type: yes_no}}\nscore: {method: levels, levels: {yes: 0, no: 60}}",
        {"ok": "yes"},
        ["ok yes → no: +60.00"],
    ),
    # Goals of weights 3 and 1: (3 × 80% + 50%) ÷ 4 = 72.5%. Weighing the first 4: (4 × 80% + 50%) ÷ 5 = 74%. The other
    # cannot weigh 1 less (weights are above 0), but 0.1: (2.4 + 0.45) ÷ 3.9 = 73.08%.
    (
        GOALS,
        {"goals": [{"name": "a", "weight": 3, "actual": "80%"}, {"name": "b", "weight": 1, "actual": "50%"}]},
        ["1.weight 3 → 4: +1.50", "1.actual 80% → 81%: +0.75", "2.weight 1 → 0.9: +0.58", "2.actual 50% → 51%: +0.25"],
    ),
    # Parts: each counts half.
    (PARTS, {"violations": 2, "rate": "45%"}, ["violations 2 → 1: +5.00", "rate 45% → 46%: +0.56"]),
    (PARTS, {"violations": 0, "rate": "90%"}, []),
    # A formula of complete steps: 9 are two fours, 12 three; 24 are all that counts.
    (TWICE, {"n": 9, "ok": "no"}, ["ok no → yes: +40.00", "n 9 → 12: +10.00"]),
    (TWICE, {"n": 24, "ok": "yes"}, []),
    # A formula that is no quotient of straight lines: 100 − (8 − 6)² = 96, and 99 a step nearer.
    (
        "inputs: {n: {type: count}}\nscore: {method: formula, formula: '100 - (n - 6) * (n - 6)', floor: 0}",
        {"n": 8},
        ["n 8 → 7: +3.00"],
    ),
]


@pytest.mark.parametrize(("text", "values", "expected"), STEPS)
def test_the_next_steps_are_what_they_are_by_hand(text: str, values: dict[str, object], expected: list[str]) -> None:
    card, metrics = scored(alone(text, by_weight="weight:" in text and "deductions" in text), values)
    assert [said(step) for step in next_steps(card, metrics, "x")] == expected


def test_a_step_says_how_big_it_is_and_what_the_form_comes_to() -> None:
    """8 of 10 are 80; 9 of 10 are 90, 8 of 9 are 88.89. Where 1.1 steps reach the next whole percent, 1.1 it is."""
    card, metrics = scored(alone(SHARE), {"done": 8, "planned": 10})
    done, planned = next_steps(card, metrics, "x")
    assert (done.unit, done.count, done.direction, done.is_base, done.entry) == (1, 1, 1, False, None)
    assert (done.gain, done.points, done.total) == (10, 90, 90)
    assert (card.grade, done.grade, done.changes_grade) == ("B", "A", True)
    assert (planned.direction, planned.is_base) == (-1, True)
    assert (planned.total, planned.grade, planned.changes_grade) == (F("88.89"), "B", False)
    card, metrics = scored(alone(COST), {"actual": 157500, "budget": 184000})
    actual = next_steps(card, metrics, "x")[0]
    assert (actual.new, actual.unit, actual.count) == (156400, 1000, F("1.1"))  # 15% saved; one step less are 14.95%


def test_of_a_goal_only_what_was_done_is_no_base() -> None:
    """Weight and target of a goal are agreed on before; whether higher or lower is better, a step changes what was done."""
    card, metrics = scored(
        alone(TARGETS), {"goals": [{"weight": 3, "target": 4, "actual": 5}, {"weight": 1, "target": 4, "actual": 8}]}
    )
    bases = {step.input.id: step.is_base for step in next_steps(card, metrics, "x")}
    assert bases == {"weight": True, "target": True, "actual": False}


def test_a_step_that_costs_the_grade_is_none() -> None:
    """A veto above 85 caps the grade at D: 85 is the last number worth reaching."""
    form = alone("inputs: {n: {type: count}}\nscore: {method: value, cap: 100}")
    veto = replace(form_of("warehouse-keeper").vetoes[0], when=formula.parse("x.n > 85"), grade="D")  # type: ignore[arg-type]
    capped = replace(form, vetoes=(veto,))
    card, metrics = scored(capped, {"n": 84})
    assert [said(step) for step in next_steps(card, metrics, "x")] == ["n 84 → 85: +1.00"]
    card, metrics = scored(capped, {"n": 85})
    assert next_steps(card, metrics, "x") == ()


def test_what_is_open_or_does_not_apply_has_no_next_step() -> None:
    form = alone(LATE, by_weight=True)
    card, _ = score(form, {"x": {"late": F(1)}})
    assert next_steps(card, {"x": {"late": F(1)}}, "x") == ()
    card, _ = score(form, {"x": {"late": F(1), "escalated": F(0)}}, frozenset({"x"}))
    assert next_steps(card, {"x": {"late": F(1), "escalated": F(0)}}, "x") == ()


def test_confidential_ratings_are_no_next_step() -> None:
    review, _ = read_text(review_text("cs-360", _written_360()))
    assert review is not None
    card, _ = score(form_of("cs-360"), review.metrics)
    assert card.total is not None
    assert next_steps(card, review.metrics, "communication") == ()
    assert curves_of(card, review.metrics, "communication") == ()


def _written_360() -> dict[str, Any]:
    ratings = {"self": ["85"], "peers": ["82", "78"], "subordinates": ["74"], "manager": ["84"]}
    return {
        "service_quality": "91.3%",
        "service_efficiency": {"resolved": "287", "assigned": "301"},
        "communication": ratings,
        "work_plan": {"completed": "11", "planned": "13"},
        "team_building": ratings,
    }


# --- curves, by hand -------------------------------------------------------------------------------------------------


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


# --- for all forms, with any numbers ---------------------------------------------------------------------------------


@st.composite
def reviews(draw: Any, form_id: str) -> tuple[Form, Metrics, Scorecard, Mapping[str, int]]:
    """A form with random metrics and bonus, and what it scores."""
    form = form_of(form_id)
    review, found = read_text(review_text(form_id, draw(written_metrics(form_id)), bonus=draw(written_bonus(form_id))))
    assert review is not None, [item.message for item in found]
    card, _ = score(form, review.metrics, review.not_applicable, review.bonus)
    return form, review.metrics, card, review.bonus


def engine(indicator: Indicator, values: Mapping[str, InputValue], curve: ScoringCurve, x: Fraction) -> Fraction:
    """What the engine gives at a place of a curve's axis."""
    if curve.axis != MEASURE:
        return raw_score(indicator, {**values, curve.axis: x})[0]
    known = known_values(indicator, values)[0]
    return indicator.score.score(Case(known, indicator.inputs, indicator.out_of, x, indicator.measure_unit))[0]


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


def changed(form: Form, metrics: Metrics, step: NextStep, new: InputValue) -> Metrics:
    """The metrics with another value where a step would change one."""
    values = metrics[step.indicator]
    if step.entry is None:
        return {**metrics, step.indicator: {**values, step.input.id: new}}
    id_ = next(item.id for item in form.indicator(step.indicator).inputs if item.type is InputType.LIST)  # type: ignore[union-attr]
    rows = values[id_]
    assert isinstance(rows, tuple)
    rows = tuple({**row, step.input.id: new} if n == step.entry else row for n, row in enumerate(rows, 1))
    return {**metrics, step.indicator: {**values, id_: rows}}


def allowed(indicator: Indicator, values: Mapping[str, InputValue]) -> bool:
    """Whether values keep the limits and ranges of a form."""
    numbers = {name: value for name, value in values.items() if isinstance(value, Fraction)}
    if not all(formula.evaluate(limit, numbers) for limit in indicator.limits):
        return False
    return all(value in item.range for item in indicator.inputs if isinstance(value := values.get(item.id), Fraction))


@pytest.mark.parametrize("form_id", TEN)
@settings(max_examples=15)
@given(data=st.data())
def test_next_steps_bring_what_they_say_and_nothing_smaller_does(form_id: str, data: Any) -> None:
    form, metrics, card, bonus = data.draw(reviews(form_id))
    order = [name for name, _ in form.grades]
    for indicator in form.indicators:
        before = card.indicator(indicator.id).points
        steps = next_steps(card, metrics, indicator.id)
        assert before is not None or not steps
        assert [step.gain_per_step for step in steps] == sorted((s.gain_per_step for s in steps), reverse=True)
        most = most_raw(indicator)
        if most.exact and card.indicator(indicator.id).raw == most.value:
            assert steps == ()
        for step in steps:
            after, _ = score(form, changed(form, metrics, step, step.new), frozenset(), bonus)
            points = after.indicator(indicator.id).points
            assert points is not None
            assert before is not None
            assert points > before
            assert (step.points, step.gain, step.total, step.grade) == (
                points,
                points - before,
                after.total,
                after.grade,
            )
            assert step.changes_grade == (card.grade is not None and card.grade != after.grade)
            assert allowed(indicator, changed(form, metrics, step, step.new)[indicator.id])
            assert not step.input.confidential
            if not isinstance(step.old, Fraction) or isinstance(step.old, bool):
                continue
            assert isinstance(step.new, Fraction)
            assert step.unit is not None
            assert step.new in step.input.range
            assert step.count == abs(step.new - step.old) / step.unit
            if step.input.type in (InputType.COUNT, InputType.DURATION):
                assert step.new.denominator == 1
            for moved in smaller(step):
                values = changed(form, metrics, step, moved)
                if moved in step.input.range and allowed(indicator, values[indicator.id]):
                    less, problems = score(form, values, frozenset(), bonus)
                    now = less.indicator(indicator.id).points
                    worse = less.grade is None or order.index(less.grade) > order.index(card.grade or order[-1])
                    assert problems or worse or (now is not None and now <= before), (step, moved)


def smaller(step: NextStep) -> Iterator[Fraction]:
    """The changes of the same kind that are smaller than a step, the last and the first thirty of them."""
    assert isinstance(step.old, Fraction)
    assert step.unit is not None
    counts = range(1, -(-step.count.numerator // step.count.denominator))
    for count in {*counts[:30], *counts[-30:]}:
        yield step.old + count * step.unit
        yield step.old - count * step.unit


@pytest.mark.parametrize("form_id", TEN)
@settings(max_examples=15)
@given(data=st.data())
def test_where_one_more_or_less_helps_there_is_a_next_step(form_id: str, data: Any) -> None:
    """Counted up and down by the engine: what it finds within eight is found."""
    form, metrics, card, bonus = data.draw(reviews(form_id))
    order = [name for name, _ in form.grades]
    for indicator in form.indicators:
        before, values = card.indicator(indicator.id).points, metrics[indicator.id]
        found = {(step.input.id, step.entry): step for step in next_steps(card, metrics, indicator.id)}
        for item in indicator.inputs:
            old = values.get(item.id)
            if item.type not in (InputType.COUNT, InputType.RATING) or not isinstance(old, Fraction) or before is None:
                continue
            size = 1 if item.type is InputType.COUNT or (item.range.high or 0) >= 20 else F(1, 10)
            for count in (*range(-8, 0), *range(1, 9)):
                tried = {**values, item.id: old + count * size}
                if not allowed(indicator, tried):
                    continue
                after, problems = score(form, {**metrics, indicator.id: tried}, frozenset(), bonus)
                now = after.indicator(indicator.id).points
                keeps = after.grade is not None and order.index(after.grade) <= order.index(card.grade or order[-1])
                if now is not None and now > before and keeps and not problems:
                    assert found[item.id, None].count <= abs(count)


@pytest.mark.parametrize("form_id", TEN)
@settings(max_examples=15)
@given(data=st.data())
def test_the_rule_as_one_formula_scores_what_the_engine_does(form_id: str, data: Any) -> None:
    form, metrics, card, _ = data.draw(reviews(form_id))
    for indicator in form.indicators:
        known = known_values(indicator, metrics[indicator.id])[0]
        rule = rule_of(indicator, known)
        raw = card.indicator(indicator.id).raw
        for name, value in rule.known.items():
            along = rule.along(name)
            if along is not None and isinstance(value, Fraction) and raw is not None:
                assert along.at(value) == raw, (indicator.id, name)


@pytest.mark.parametrize("form_id", TEN)
@settings(max_examples=10)
@given(data=st.data())
def test_scoring_again_with_other_values_is_scoring_all(form_id: str, data: Any) -> None:
    form, metrics, card, bonus = data.draw(reviews(form_id))
    _, others, _, _ = data.draw(reviews(form_id))
    for indicator in form.indicators:
        values = others[indicator.id]
        whole = score(form, {**metrics, indicator.id: values}, frozenset(), bonus)
        assert with_values(card, metrics, indicator.id, values) == whole


# --- formulas of any kind --------------------------------------------------------------------------------------------


def formulas() -> st.SearchStrategy[Expression]:
    """Formulas over `n`, with everything that can turn or jump."""
    leaves = st.one_of(st.just(Name("n", 0)), st.integers(-6, 6).map(lambda number: literal(F(number, 2))))

    def larger(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
        pair = st.tuples(inner, inner)
        compared = st.tuples(st.sampled_from(["<", "<=", "==", "!=", ">=", ">"]), inner, inner).map(lambda t: build(*t))
        condition = st.one_of(
            compared,
            st.tuples(st.sampled_from(["and", "or"]), compared, compared).map(lambda t: build(*t)),
            compared.map(lambda one: build("not", one)),
        )
        return st.one_of(
            st.tuples(st.sampled_from(["+", "-", "*", "/", "min", "max", "mean"]), pair).map(
                lambda t: build(t[0], *t[1])
            ),
            st.tuples(st.sampled_from(["abs", "floor", "ceil", "round", "neg"]), inner).map(lambda t: build(*t)),
            st.tuples(inner, condition, inner).map(lambda t: build("if", *t)),
        )

    return st.recursive(leaves, larger, max_leaves=8)


@settings(max_examples=400)
@given(expression=formulas(), start=st.integers(-20, 20), sign=st.sampled_from([1, -1]))
def test_a_formula_is_followed_exactly(expression: Expression, start: int, sign: int) -> None:
    along = Along("n", expression, {})
    end, last = F(start + sign * 12), F(start)
    for stretch in itertools.islice(sweep(along, F(start), sign, end), 25):
        assert stretch.start == last
        assert stretch.end is not None
        last = stretch.end
        for share in (F(1, 97), F(1, 3), F(1, 2), F(5, 6)):
            x = stretch.start + (stretch.end - stretch.start) * share
            if stretch.line is not None:
                assert stretch.line.at(x) == along.at(x), (formula.write(expression), x)


@given(expression=formulas(), low=st.integers(-20, 20), width=st.integers(0, 9), share=st.integers(0, 8))
def test_an_interval_holds_what_a_formula_gives(expression: Expression, low: int, width: int, share: int) -> None:
    value = Along("n", expression, {}).at(low + F(width * share, 8))
    interval = extent(expression, {"n": Interval(F(low), F(low + width))})
    if value is not None:
        assert interval.low is None or interval.low <= value
        assert interval.high is None or interval.high >= value


def test_a_condition_that_is_certain_leaves_one_branch() -> None:
    expression = formula.parse("n * 2 if n > 5 else 100")
    assert not isinstance(expression, formula.Problem)
    assert extent(expression, {"n": Interval(F(6), F(9))}) == Interval(F(12), F(18))
    assert extent(expression, {"n": Interval(F(0), F(5))}) == Interval(F(100), F(100))
    assert extent(expression, {"n": Interval(F(4), F(9))}) == Interval(F(8), F(100))


def test_scoring_again_with_other_values_of_one_indicator_is_scoring_all() -> None:
    form = form_of("front-desk")
    metrics, not_applicable, bonus = filled_in(form, form.examples[0])
    card, _ = score(form, metrics, not_applicable, bonus)
    for indicator in form.indicators:
        for change in (1, 30):
            values = {id_: old + change for id_, old in metrics[indicator.id].items() if isinstance(old, Fraction)}
            after, problems = with_values(card, metrics, indicator.id, values)
            assert problems == []
            assert after == score(form, {**metrics, indicator.id: values}, not_applicable, bonus)[0]
            untouched = [item for item in after.indicators if item.id != indicator.id]
            assert untouched == [item for item in card.indicators if item.id != indicator.id]
