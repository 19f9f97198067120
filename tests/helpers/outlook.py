"""Forms with one indicator and values for it, and random formulas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from kpigen.model.forms import Form, Section
from kpigen.model.reviews import InputValue, Metrics
from kpigen.model.scores import Scorecard
from kpigen.numbers.formula import Expression, Name, build, literal
from kpigen.numbers.quantities import read_quantity
from kpigen.scoring.score import score
from tests.helpers.forms import form_of, indicator_from, read_text, review_text, written_bonus, written_metrics

F = Fraction


def alone(text: str, by_weight: bool = False) -> Form:
    """Return a form with a single indicator, read from a snippet without findings. Bonus and vetoes are removed."""
    indicator, found = indicator_from(text, by_weight)
    assert found == [], [item.message for item in found]
    assert indicator is not None
    return replace(form_of("front-desk"), sections=(Section("only", None, (indicator,)),), bonus=(), vetoes=())


def value_of(text: object) -> InputValue:
    """Return the value of a written number, percentage, duration, yes, no, choice, or list of entries."""
    if isinstance(text, list):
        return tuple({key: value_of(value) for key, value in row.items()} for row in text)
    if text in ("yes", "no"):
        return text == "yes"
    read = read_quantity(str(text))
    return read[0] if isinstance(read, tuple) else str(text)


def scored(form: Form, values: Mapping[str, object]) -> tuple[Scorecard, Metrics]:
    """Return the scorecard and the metrics of a form with a single indicator."""
    metrics = {"x": {key: value_of(value) for key, value in values.items()}}
    card, problems = score(form, metrics)
    assert problems == []
    return card, metrics


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


@st.composite
def reviews(draw: Any, form_id: str) -> tuple[Form, Metrics, Scorecard, Mapping[str, int]]:
    """Draw a form with random metrics and bonus counts, and its scorecard."""
    form = form_of(form_id)
    review, found = read_text(review_text(form_id, draw(written_metrics(form_id)), bonus=draw(written_bonus(form_id))))
    assert review is not None, [item.message for item in found]
    card, _ = score(form, review.metrics, review.not_applicable, review.bonus)
    return form, review.metrics, card, review.bonus


def formulas(absent: bool = False) -> st.SearchStrategy[Expression]:
    """Return a strategy for formulas over `n` with every construct that can bend or jump; with `absent` also over `gone`.

    Those have also the operators that leave out what is absent.
    """
    leaves = st.one_of(
        st.sampled_from([Name("n", 0), *([Name("gone", 0)] if absent else [])]),
        st.integers(-6, 6).map(lambda number: literal(F(number, 2))),
    )

    def larger(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
        pair = st.tuples(inner, inner)
        compared = st.tuples(st.sampled_from(["<", "<=", "==", "!=", ">=", ">"]), inner, inner).map(lambda t: build(*t))
        condition = st.one_of(
            compared,
            st.tuples(st.sampled_from(["and", "or"]), compared, compared).map(lambda t: build(*t)),
            compared.map(lambda one: build("not", one)),
            *([st.sampled_from([build("given", Name("gone")), build("given", Name("n"))])] if absent else []),
        )
        leaving_out = st.one_of(
            st.tuples(st.sampled_from(["sum of", "mean of", "count", "max"]), inner, inner, inner),
            st.tuples(st.sampled_from(["count of", "run of"]), condition, condition, condition),
            st.tuples(st.just("weighted_mean"), inner, inner, st.just(literal(2)), inner),
        ).map(lambda t: build(*t))
        return st.one_of(
            *([leaving_out] if absent else []),
            st.tuples(st.sampled_from(["+", "-", "*", "/", "min", "max", "mean"]), pair).map(
                lambda t: build(t[0], *t[1])
            ),
            st.tuples(st.sampled_from(["abs", "floor", "ceil", "round", "neg"]), inner).map(lambda t: build(*t)),
            st.tuples(inner, condition, inner).map(lambda t: build("if", *t)),
        )

    return st.recursive(leaves, larger, max_leaves=8)
