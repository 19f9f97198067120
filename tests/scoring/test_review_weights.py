"""Weights that a review says: with a default, and where a row is left out."""

from __future__ import annotations

from fractions import Fraction

import pytest

from kpigen.diagnostics.values import phrase
from kpigen.files.rules.form import read_form
from kpigen.model.forms import Form
from kpigen.model.reviews import Metrics
from kpigen.numbers.quantities import exact
from kpigen.scoring.score import score

RULE = """\
schema: 1
form: goals
title: Goals
cycle: [year]
full: 5
grades: {A: 4, B: 0}
confirmations: []
print: {columns: [name, points], signatures: []}
each:
  optional: yes
  weight: w
  measure: x
  inputs: {x: {type: rating, name: X}, w: {type: percent, default: 40%, name: Weight}}
indicators:
  - {id: a, name: A}
  - {id: b, name: B}
  - {id: c, name: C}
examples:
  - {metrics: {a: {x: 5}, b: {x: 5}, c: {x: 5, w: 20%}}, total: 5, grade: A}
  - {metrics: {a: {x: 1, w: 60%}, b: {x: 1}}, total: 1, grade: B}
"""


def form() -> Form:
    form, found = read_form("rules/goals/2026-01.yaml", RULE.encode(), ("en",))
    assert form is not None, [item.message for item in found]
    assert found == []
    return form


def test_a_default_is_the_weight_of_a_row_of_which_something_is_said() -> None:
    card, problems = score(form(), {"a": {"x": Fraction(5)}, "b": {"x": Fraction(3), "w": Fraction("0.6")}})
    assert problems == []
    assert [row.weight for row in card.indicators] == [2, 3, 0]
    assert card.total == Fraction("3.8")


@pytest.mark.parametrize(
    ("metrics", "total"),
    [
        ({"a": {"x": Fraction(5)}, "b": {"x": Fraction(5)}}, "4"),
        ({"a": {"x": Fraction(5), "w": Fraction("0.7")}, "b": {"x": Fraction(5)}}, "5.5"),
    ],
)
def test_weights_are_added_up_where_a_row_is_left_out(metrics: Metrics, total: str) -> None:
    _, problems = score(form(), metrics)
    (problem,) = problems
    assert problem.indicator == "a"
    assert problem.reason == phrase(
        "the weights add up to {total}, not to {full}", total=exact(Fraction(total)), full="5"
    )
