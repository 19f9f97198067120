"""Next steps say what the engine would: for all ten forms with any numbers, and worked out by hand."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpigen.model.forms import Form, Indicator, InputType
from kpigen.model.reviews import InputValue, Metrics
from kpigen.numbers import formula
from kpigen.numbers.quantities import exact, fixed
from kpigen.scoring.attainable import most_raw
from kpigen.scoring.outlook import NextStep, curves_of, next_steps
from kpigen.scoring.score import score
from tests.helpers.forms import TEN, form_of, read_text, review_text
from tests.helpers.outlook import (
    CALLS,
    CHOICE,
    COST,
    GOALS,
    LATE,
    PARTS,
    RATE,
    SHARE,
    TARGETS,
    TURNOVER,
    TWICE,
    F,
    alone,
    reviews,
    scored,
)
from tests.helpers.rules import SCALE as SCALED
from tests.scoring.methods.test_bands import PAY


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


HEARD = """
inputs:
  calls:
    type: list
    fields:
      grade: {{type: rating, name: {{zh: 分, en: Grade}}}}
      fatal: {{type: yes_no, name: {{zh: 误, en: Fatal}}}}
      more: {{type: count, optional: yes, name: {{zh: 又, en: More}}}}
score: {{method: formula, formula: "{}"}}
"""
RATED = """
inputs: {{a: {{type: rating, name: {{zh: 甲, en: A}}}}, b: {{type: rating, optional: yes, name: {{zh: 乙, en: B}}}}}}
score: {{method: formula, formula: "{}"}}
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
    # Bands: to the end of the next one, in either direction; in a two-way table along one number, the other stays.
    (
        f"{RATE}\nscore: {{method: bands, at_least: {{95%: 100, 90%: 80}}, otherwise: 0}}",
        {"r": "70%"},
        ["r 70% → 90%: +80.00"],
    ),
    (f"{RATE}\nscore: {{method: bands, at_least: {{95%: 100, 90%: 80}}, otherwise: 0}}", {"r": "95%"}, []),
    (
        "inputs: {n: {type: count}}\nscore: {method: bands, at_most: {0: 100, 2: 60, 5: 30}, otherwise: 0}",
        {"n": 7},
        ["n 7 → 5: +30.00"],
    ),
    (
        PAY.replace("1.5, 1.45, 1.4]", "150, 145, 140]").replace("[1.45, 1.4]", "[145, 140]").replace("[1.4]", "[140]"),
        {"done": "94%", "paid": "95%"},
        ["done 94% → 97%: +140.00", "paid 95% → 100%: +140.00"],
    ),
    # A choice of a scale, on which other numbers depend: 5 × 2 is 3 more than 3.5 × 2; one more n is worth 3.5.
    (
        (
            f"{SCALED}inputs:\n  level: {{scale: abc, name: {{zh: 甲, en: A}}}}\n"
            "  n: {type: count, name: {zh: 乙, en: B}, max: 3}\nscore: {method: formula, formula: level * n}"
        ),
        {"level": "b", "n": 2},
        ["n 2 → 3: +3.50", "level b → a: +3.00"],
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
    # Calls: a mean of 80 and 60, less 10 for the fatal one; it is 81 and 60 after one step.
    (
        HEARD.format("mean(calls, grade) - 10 * count(calls, fatal)"),
        {"calls": [{"grade": 80, "fatal": "no"}, {"grade": 60, "fatal": "yes"}]},
        ["2.fatal yes → no: +10.00", "1.grade 80 → 81: +0.50", "2.grade 60 → 61: +0.50"],
    ),
    # Only the least counts, up to the next one.
    (
        HEARD.format("min(calls, grade)"),
        {"calls": [{"grade": "80", "fatal": "no"}, {"grade": "79.5", "fatal": "yes"}]},
        ["2.grade 79.5 → 80: +0.50"],
    ),
    # Three in a row, two of which break them when they change; the last one does not.
    (
        HEARD.format("100 - 20 * run(calls, fatal)"),
        {"calls": [{"grade": 1, "fatal": word} for word in ("yes", "yes", "no", "yes")]},
        ["1.fatal yes → no: +20.00", "2.fatal yes → no: +20.00"],
    ),
    # What was left out changes nothing, and is no advice.
    (
        HEARD.format("mean(calls, more) + 10 * count(calls, given(more) and more > 4)"),
        {"calls": [{"grade": 1, "fatal": "no", "more": "4"}, {"grade": 1, "fatal": "no"}]},
        ["1.more 4 → 5: +11.00"],
    ),
    # The weights of the goals add up to 100%, so that none of them can change by itself.
    (
        (
            "inputs: {goals: {type: list, fields: {part: {type: percent, name: {zh: 权, en: Part}},"
            " done: {type: percent, name: {zh: 成, en: Done}}}}}\n"
            "limits: ['sum(goals, part) == 100%']\n"
            "score: {method: formula, formula: 'sum(goals, part * done) * 100'}"
        ),
        {"goals": [{"part": "75%", "done": "80%"}, {"part": "25%", "done": "50%"}]},
        ["1.done 80% → 81%: +0.75", "2.done 50% → 51%: +0.25"],
    ),
    # The other rater has not rated.
    (RATED.format("mean(a, b)"), {"a": 78}, ["a 78 → 79: +1.00"]),
    (RATED.format("weighted_mean(30%, a, 70%, b)"), {"a": 78, "b": 60}, ["b 60 → 61: +0.70", "a 78 → 79: +0.30"]),
    (RATED.format("weighted_mean(30%, a, 70%, b)"), {"a": 78}, ["a 78 → 79: +1.00"]),
    (RATED.format("b if given(b) else a"), {"a": 78}, ["a 78 → 79: +1.00"]),
    (RATED.format("b if given(b) else a"), {"a": 78, "b": 60}, ["b 60 → 61: +1.00"]),
    (
        RATED.format("a + (5 if given(b) and b > 60 else 0)"),
        {"a": 78, "b": 59},
        ["b 59 → 61: +5.00", "a 78 → 79: +1.00"],
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


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("mean(goals, min(actual / target, 1)) * 100", 400),
        ("100 - count(goals, actual < 30) / 100 - count(goals, target > 70)", 100),
        ("min(goals, actual) + max(goals, actual) - max(goals, target) + 50", 10),
        ("run(goals, actual > 40) + mean(goals, actual) * 8 / 10", 400),
    ],
)
def test_a_formula_over_hundreds_of_entries_is_followed_in_no_time(text: str, steps: int) -> None:
    rule = TARGETS.replace(
        'method: weighted_list, weight: weight, value: "min(target / actual, 1)"', f"method: formula, formula: '{text}'"
    )
    assert "formula" in rule
    entries = [{"weight": 1, "target": 50, "actual": 20 + n % 40} for n in range(400)]
    card, metrics = scored(alone(rule), {"goals": entries})
    started = time.process_time()
    found = next_steps(card, metrics, "x")
    assert time.process_time() - started < 6
    assert len(found) >= steps
    for step in (found[0], found[-1]):
        rows = metrics["x"]["goals"]
        assert isinstance(rows, tuple)
        changed = tuple({**row, step.input.id: step.new} if n == step.entry else row for n, row in enumerate(rows, 1))
        after = score(card.form, {"x": {"goals": changed}})[0].indicator("x").points
        assert after == step.points


def test_a_list_of_hundreds_of_entries_is_followed_in_no_time() -> None:
    """Each number is followed by itself: twice the entries take twice the time."""
    entries = [{"weight": 1 + n % 3, "target": 50, "actual": 20 + n % 40} for n in range(400)]
    card, metrics = scored(alone(TARGETS), {"goals": entries})
    started = time.process_time()
    steps = next_steps(card, metrics, "x")
    assert time.process_time() - started < 3, "it took 25 s where each change scored the whole list"
    assert {step.entry for step in steps} == set(range(1, 401))
    for step in (steps[0], steps[-1]):
        changed = [{**row, step.input.id: step.new} if n == step.entry else row for n, row in enumerate(entries, 1)]
        assert scored(alone(TARGETS), {"goals": changed})[0].total == step.total


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
    """Return True if values keep the limits and ranges of a form."""
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
