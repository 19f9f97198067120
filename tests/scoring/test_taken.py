"""The values of `auto` inputs: which totals they are, and that nobody is advised to change what is published."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from kpigen.files.rules.form import read_form
from kpigen.model.forms import AutoRule, Form, Range, Take
from kpigen.model.reviews import Auto, Metrics, Taken
from kpigen.numbers.formula import Numbers
from kpigen.scoring.outlook import advice, curves_of, next_steps
from kpigen.scoring.score import score
from kpigen.scoring.taken import own_inputs, own_numbers, team_numbers, unclaimed, uses_team, with_taken

OWN, TEAM = AutoRule(Take.OWN_TOTALS), AutoRule(Take.TEAM_TOTALS)
RULE = """\
schema: 1
form: quarterly
title: {zh: 季, en: Quarterly}
cycle: [quarter]
grades: {A: 60, B: 0}
confirmations: []
print: {columns: [name, points], signatures: []}
indicators:
  - id: both
    name: {zh: 合, en: Both}
    weight: 60
    inputs:
      months: {type: ratings, name: {zh: 月, en: Months}, auto: own_totals}
      calls: {type: count, max: 100, name: {zh: 回访, en: Calls}}
    score: {method: formula, formula: (mean(months) + calls) / 2, cap: 100}
  - id: alone
    name: {zh: 独, en: Alone}
    weight: 40
    inputs: {months: {type: ratings, auto: {take: own_totals, form: other}}}
    measure: mean(months)
    score: {method: bands, at_least: {90: 100, 60: 80, 0: 50}, otherwise: 0}
examples:
  - {metrics: {both: {months: [80], calls: 80}, alone: [95]}, total: 88, grade: A}
  - {metrics: {both: {months: [0], calls: 0}, alone: [50]}, total: 20, grade: B}
"""


@cache
def form() -> Form:
    form, found = read_form("rules/quarterly/2026-01.yaml", RULE.encode(), ("zh", "en"))
    assert form is not None, [item.message for item in found]
    assert found == []
    return form


def taken(name: str, *totals: str) -> tuple[Taken, ...]:
    return tuple(Taken("", total, f"s{place}", name, f"2026-{place:02}") for place, total in enumerate(totals, 1))


AUTO: Metrics = {"both": {"months": Auto(OWN), "calls": Fraction(50)}, "alone": {"months": Auto(OWN)}}


def test_each_input_has_what_it_took_itself() -> None:
    some = (*taken("both.months", "80.00", "-3.5"), Taken("A-2", "70.00", "t"))
    metrics = with_taken(form(), AUTO, some)
    assert metrics["both"]["months"] == Numbers.of((Fraction(80), Fraction("-3.5")))
    assert metrics["alone"]["months"] == Auto(OWN), "what took nothing stays open"
    card, _ = score(form(), metrics)
    assert (card.total, card.indicator("alone").is_open) == (None, True)
    assert with_taken(form(), {"both": {"calls": Fraction(1)}}, some) == {"both": {"calls": Fraction(1)}}


def test_what_no_input_takes_is_told() -> None:
    own, of_team = taken("both.months", "80.00"), (Taken("A-2", "70.00", "t"),)
    assert [one.name for one in own_inputs(AUTO)] == ["alone.months", "both.months"]
    assert unclaimed(AUTO, (*own, *of_team)) == of_team
    assert unclaimed(AUTO, taken("both.calls", "80.00")) == taken("both.calls", "80.00")
    both: Metrics = {"x": {"y": Auto(TEAM)}}
    assert (uses_team(both), uses_team(AUTO)) == (True, False)
    assert unclaimed(both, (*own, *of_team)) == own


def test_numbers_beyond_an_end_count_as_that_end() -> None:
    some = taken("x.y", "-5", "50", "107.5")
    range_ = Range(Fraction(0), Fraction(100))
    assert own_numbers(some, range_) == Numbers.of((Fraction(0), Fraction(50), Fraction(100)))
    assert own_numbers(some, Range()) == Numbers.of((Fraction(-5), Fraction(50), Fraction("107.5")))
    assert own_numbers((), range_) is None
    assert team_numbers(some) is None, "own totals are not the team's"


TOTALS = st.lists(st.decimals(-20, 120, places=2).map(str), min_size=1, max_size=3)


@given(TOTALS, TOTALS, st.integers(0, 100))
def test_nobody_is_advised_to_change_what_is_published(one: list[str], other: list[str], calls: int) -> None:
    metrics = {**AUTO, "both": {**AUTO["both"], "calls": Fraction(calls)}}
    metrics = with_taken(form(), metrics, (*taken("both.months", *one), *taken("alone.months", *other)))
    card, problems = score(form(), metrics)
    assert problems == []
    assert card.total is not None
    steps = {item.id: next_steps(card, metrics, item.id) for item in form().indicators}
    assert steps["alone"] == ()
    for step in steps["both"]:
        assert step.input.id == "calls"
        again, _ = score(form(), {**metrics, "both": {**metrics["both"], "calls": step.new}})
        assert again.total == step.total
        assert again.indicator("both").points == step.points
    assert {item.step.input.id for item in advice(card, metrics, steps, 3)} <= {"calls"}
    curves = [curve for item in form().indicators for curve in curves_of(card, metrics, item.id)]
    assert {curve.input.id for curve in curves if curve.input} <= {"calls"}
    along = [curve for curve in curves if curve.input is None]
    assert all(curve.here is None or curve.here.raw == card.indicator("alone").raw for curve in along)
