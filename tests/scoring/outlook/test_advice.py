"""What would bring most: by hand, and against the engine with any numbers."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpigen.model.forms import InputType
from kpigen.model.reviews import Metrics
from kpigen.model.scores import Scorecard
from kpigen.numbers.quantities import exact, fixed
from kpigen.scoring.outlook import Advice, NextStep, advice, next_steps
from kpigen.scoring.score import with_values
from tests.helpers.forms import TEN
from tests.helpers.outlook import CHOICE, COUNT, GOALS, LATE, SHARE, TARGETS, TURNOVER, alone, reviews, scored


def advice_for(card: Scorecard, metrics: Metrics) -> tuple[Advice, ...]:
    return advice(card, metrics, {item.id: next_steps(card, metrics, item.id) for item in card.form.indicators}, 99)


def said(item: Advice) -> str:
    """Advice on one line: `calls 385 → 389 +1.00, 400 +12.00`."""

    def told(step: NextStep) -> str:
        new = step.new
        if isinstance(new, Fraction):
            value = exact(new * 100) + "%" if step.input.type is InputType.PERCENT else exact(new)
        else:
            value = {True: "yes", False: "no"}.get(new, str(new)) if isinstance(new, bool) else str(new)
        return f"{value} +{fixed(step.gain)}"

    where = item.step.input.id if item.step.entry is None else f"{item.step.entry}.{item.step.input.id}"
    return f"{where} → {told(item.step)}" + (f", {told(item.most)}" if item.most else "")


CALLS = f"""
inputs: {{calls: {{{COUNT}}}}}
score: {{method: deductions, deductions: [{{of: calls, short_of: 400, points: 1}}], floor: 0}}
weight: 12
"""
DONE = """
inputs:
  tasks:
    type: list
    fields:
      weight: {type: number, above: 0, name: {zh: 权重, en: Weight}}
      done: {type: yes_no, name: {zh: 完成, en: Done}}
score: {method: weighted_list, value: '1 if done else 0', weight: weight}
"""
SPREAD = f"""
inputs: {{solved: {{{COUNT}}}, received: {{{COUNT}}}}}
limits: [solved <= received]
score: {{method: deductions, deductions: [{{of: received - solved, points: 2}}], floor: 0}}
weight: 10
"""

CASES = [
    # Nothing is left at 385 of 400; 389 are the first that pay, and 400 bring everything.
    (CALLS, {"calls": 385}, ["calls → 389 +1.00, 400 +12.00"]),
    (CALLS, {"calls": 0}, ["calls → 400 +12.00"]),
    (CALLS, {"calls": 399}, ["calls → 400 +1.00"]),
    (CALLS, {"calls": 400}, []),
    # As many as were planned, not more; and nobody plans less.
    (SHARE, {"done": 8, "planned": 10}, ["done → 9 +10.00, 10 +20.00"]),
    (SHARE, {"done": 10, "planned": 10}, []),
    # What was received is no more the employee's choice than what was planned.
    (SPREAD, {"solved": 20, "received": 24}, ["solved → 21 +2.00, 24 +8.00"]),
    (LATE, {"late": 2, "escalated": 0}, ["late → 1 +3.00, 0 +6.00"]),
    (TURNOVER, {"leavers": 5, "start": 20, "end": 20}, ["leavers → 4 +2.00, 3 +4.00"]),
    # Somebody else's judgement is no advice.
    ("inputs: {n: {type: rating}}\nscore: {method: value}", {"n": 78}, []),
    (CHOICE, {"l": "c"}, []),
    ("inputs: {ok: {type: yes_no}}\nscore: {method: levels, levels: {yes: 100, no: 60}}", {"ok": "no"}, ["ok → yes +40.00"]),
    # Of a goal, what was done; of several, the one that brings most.
    (
        GOALS,
        {"goals": [{"name": "a", "weight": 3, "actual": "80%"}, {"name": "b", "weight": 1, "actual": "50%"}]},
        ["1.actual → 81% +0.75, 100% +15.00"],
    ),
    (
        DONE,
        {"tasks": [{"weight": 1, "done": "no"}, {"weight": 3, "done": "no"}, {"weight": 1, "done": "yes"}]},
        ["2.done → yes +60.00"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "values", "expected"), CASES)
def test_what_would_bring_most_is_what_it_is_by_hand(text: str, values: dict[str, object], expected: list[str]) -> None:
    card, metrics = scored(alone(text, by_weight="weight:" in text and "deductions" in text), values)
    assert [said(item) for item in advice_for(card, metrics)] == expected


def test_an_agreed_target_is_never_advice() -> None:
    card, metrics = scored(
        alone(TARGETS), {"goals": [{"weight": 3, "target": 4, "actual": 5}, {"weight": 1, "target": 4, "actual": 8}]}
    )
    assert {item.step.input.id for item in advice_for(card, metrics)} == {"actual"}


@pytest.mark.parametrize("form_id", TEN)
@settings(max_examples=10)
@given(data=st.data())
def test_advice_brings_what_it_says_and_no_other_value_that_way_brings_more(form_id: str, data: Any) -> None:
    form, metrics, card, _ = data.draw(reviews(form_id))
    given_ = advice_for(card, metrics)
    steps = {item.id: next_steps(card, metrics, item.id) for item in form.indicators}
    gains = [item.gain for item in given_]
    assert [item.gain for item in advice(card, metrics, steps, 2)] == gains[:2]
    assert gains == sorted(gains, reverse=True)
    for item in given_:
        most = item.most or item.step
        assert most.gain >= item.step.gain > 0
        assert not most.is_base
        assert most.input.type not in (InputType.RATING, InputType.CHOICE)
        indicator = form.indicator(most.indicator)
        assert indicator is not None
        if item.step.entry is not None or not isinstance(most.new, Fraction) or not isinstance(most.old, Fraction):
            continue
        values = metrics[most.indicator]
        after, _ = with_values(card, metrics, most.indicator, {**values, most.input.id: most.new})
        assert after.indicator(most.indicator).points == most.points
        other = most.new + most.direction * data.draw(st.integers(1, 50))
        within = other in most.input.range and all(
            other <= value for name, value in values.items() if name != most.input.id and isinstance(value, Fraction)
        )
        if within:
            beyond, _ = with_values(card, metrics, most.indicator, {**values, most.input.id: other})
            points = beyond.indicator(most.indicator).points
            worse = beyond.grade != card.grade and beyond.total is not None and beyond.total < (card.total or 0)
            assert points is None or points <= most.points or worse, (said(item), other)
