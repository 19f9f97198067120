"""Limits and warnings of an indicator over entries, and around what may be left out."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from kpigen.diagnostics.diagnostic import Span
from kpigen.files.metrics import broken_limits
from kpigen.model.reviews import InputValue
from kpigen.numbers.formula import Numbers
from tests.helpers.outlook import F, value_of
from tests.helpers.rules import rule
from tests.helpers.tiny import check_files, tiny

RULE = """
inputs:
  a: {type: number, name: {zh: 甲, en: A}}
  b: {type: number, optional: yes, name: {zh: 乙, en: B}}
  goals:
    type: list
    name: {zh: 目标, en: Goals}
    fields:
      part: {type: percent, name: {zh: 权, en: Part}}
      late: {type: yes_no, name: {zh: 迟, en: Late}}
      more: {type: number, optional: yes, name: {zh: 又, en: More}}
limits: [THE LIMIT]
score: {method: formula, formula: 'mean(a, b) + sum(goals, part)'}
"""
GOALS = [{"part": "75%", "late": "no", "more": 4}, {"part": "25%", "late": "yes"}]


def broken(limit: str, **values: object) -> bool:
    indicator = rule(RULE.replace("THE LIMIT", f"'{limit}'"))
    given: Mapping[str, InputValue] = {id_: value_of(value) for id_, value in values.items()}
    return bool(list(broken_limits(indicator, given, Span("x", 0, 0), "x")))


@pytest.mark.parametrize(
    ("limit", "broken_"),
    [
        ("sum(goals, part) == 100%", False),
        ("sum(goals, part) == 90%", True),
        ("count(goals, late) == 0", True),
        ("count(goals, late) < 2", False),
        ("max(goals, more) < 4", True),
        ("max(goals, more) < 5", False),
        ("count(goals, given(more)) == count(goals)", True),
        ("run(goals, late) <= 1", False),
        # b was left out: what it would be compared with is not contradicted
        ("b < 5", False),
        ("b < 5 or a > 10", False),
        ("b < 5 and a > 10", True),
        ("mean(a, b) > 10", True),
        ("mean(a, b) < 10", False),
        ("given(b)", True),
        ("not given(b) or b < 5", False),
    ],
)
def test_a_limit(limit: str, broken_: bool) -> None:
    assert broken(limit, a=3, goals=GOALS) is broken_


@pytest.mark.parametrize("limit", ["a < 2", "a < 2 and b < 3", "sum(goals, part) == 90%", "max(goals, a) < 2"])
def test_while_a_value_is_to_come_nothing_contradicts_it(limit: str) -> None:
    limit = limit.replace("max(goals, a)", "max(goals, part * a)")
    assert not broken(limit, goals=[{"part": "75%", "late": "no"}, {"late": "yes"}])
    assert broken("sum(goals, part) == 90%", goals=GOALS)


def test_a_limit_of_ratings_that_are_not_confidential() -> None:
    text = "inputs: {r: {type: ratings, name: {zh: 评, en: R}}}\nlimits: ['run(r, value < 60) < 2']\n"
    indicator = rule(text + "score: {method: ratings, weights: {r: 1}}")
    for ratings, expected in (((50, 70, 50), False), ((70, 50, 59), True)):
        values: dict[str, InputValue] = {"r": Numbers.of(tuple(map(F, ratings)))}
        assert bool(list(broken_limits(indicator, values, Span("x", 0, 0), "x"))) is expected


FIELDS = "{n: {type: count, name: {zh: 数, en: N}}, note: {type: count, optional: yes, name: {zh: 注, en: Note}}}"


@pytest.mark.parametrize(
    ("when", "warned"),
    [
        ("sum(calls, n) > 5", True),
        ("count(calls, n > 4) > 1", False),
        ("max(calls, note) > 1", False),
        ("not given(b)", True),
        ("b > 1", False),
        ("mean(b, month) == 1", True),
    ],
)
def test_a_warning(when: str, warned: bool) -> None:
    inputs = (
        f"inputs:\n      calls: {{type: list, name: {{zh: 项, en: Calls}}, fields: {FIELDS}}}\n"
        "      b: {type: count, optional: yes, name: {zh: 乙, en: B}}\n"
        f"    warnings: [{{when: '{when}', text: {{zh: 多, en: Many}}}}]"
    )
    score = "{method: formula, formula: 'sum(calls, n) + count(b, 5)'}"
    files = tiny(
        ("inputs: {calls: {type: count}}", inputs),
        ("{method: value}", score),
        ("  calls: 80\n", "  calls: {calls: [{n: 4}, {n: 2}]}\n"),
    )
    found = [item.code for item in check_files(files)]
    assert ("KPI331" in found) is warned, found
