"""The rule of an indicator as one formula, number by number: what the outlook follows is what the engine scores."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpigen.model.forms import Indicator, InputType
from kpigen.model.reviews import InputValue
from kpigen.numbers import formula
from kpigen.numbers.formula import Numbers
from kpigen.numbers.quantities import exact
from kpigen.scoring.methods.base import method_of
from kpigen.scoring.outlook.univariate import rule_of
from kpigen.scoring.score import known_values, raw_score
from tests.helpers.forms import TEN, indicator_from
from tests.helpers.outlook import (
    CALLS,
    COST,
    GOALS,
    LATE,
    PARTS,
    SHARE,
    TARGETS,
    TURNOVER,
    TWICE,
    alone,
    reviews,
    value_of,
)

F = Fraction
Values = Mapping[str, InputValue]


NAMED = "name: {zh: 数, en: Number}"
MEASURED = f"""
inputs: {{a: {{type: number, {NAMED}}}, b: {{type: number, above: 0, {NAMED}}}}}
measure: a / b
score:
"""
DIVIDED = f"inputs: {{n: {{type: count, {NAMED}}}, of: {{type: number, above: 0, {NAMED}}}}}\nscore:"
BENT = "{method: curve, points: {10: 40, 20: 60, 25: 90, 40: 100, 60: 30, 61: 35}}"
AROUND = "reference: 4, base: 70, cap: 110, floor: 0"
TASKS = """
inputs:
  tasks:
    type: list
    fields:
      completion: {type: percent, name: {zh: 完成, en: Completion}}
      urgency:
        type: choice
        name: {zh: 紧急, en: Urgency}
        choices: {low: {zh: 低, en: Low}, normal: {zh: 中, en: Normal}, high: {zh: 高, en: High}}
      extra: {type: number, above: 0, name: {zh: 另, en: Extra}}
score:
  method: weighted_list
  values: {urgency: {low: 1, normal: 2, high: 3.5}}
  weight: urgency * extra
  value: min(completion, 1)
"""
ENTRIES = [
    {"completion": "80%", "urgency": "low", "extra": 2},
    {"completion": "50%", "urgency": "normal", "extra": 1},
    {"completion": "95%", "urgency": "high", "extra": 1},
]
RATED = f"""
inputs: {{own: {{type: ratings, {NAMED}}}, n: {{type: count, {NAMED}}}}}
score:
  method: parts
  parts:
    - {{id: one, method: ratings, weights: {{own: 1}}}}
    - {{id: two, method: deductions, deductions: [{{of: n, points: 7}}], floor: 0}}
    - {{id: three, weight: 2, method: ratio, measure: n / 20, target: 50%}}
"""
OF_CALLS = """
inputs:
  n: {type: number, above: 0, name: {zh: 数, en: Number}}
  r: {type: rating, name: {zh: 评, en: Rating}}
  calls:
    type: list
    name: {zh: 通话, en: Calls}
    fields:
      grade: {type: number, above: 0, name: {zh: 分, en: Grade}}
      extra: {type: number, above: 0, optional: yes, name: {zh: 另, en: Extra}}
      more: {type: number, optional: yes, name: {zh: 又, en: More}}
      seconds: {type: number, name: {zh: 秒, en: Seconds}}
      fatal: {type: yes_no, name: {zh: 误, en: Fatal}}
      level: {type: choice, name: {zh: 况, en: Level}, choices: {done: {zh: 毕, en: Done}, late: {zh: 迟, en: Late}}}
limits: [n + r > 0]
score: {method: formula, formula: "THE FORMULA"}
"""
HEARD = [
    {"grade": 80, "extra": 7, "seconds": 9, "fatal": "no", "level": "done"},
    {"grade": 72, "seconds": 14, "fatal": "yes", "level": "late", "more": 12},
    {"grade": 91, "seconds": 4, "fatal": "no", "level": "late"},
    {"grade": 76, "extra": 2, "seconds": 12, "fatal": "no", "level": "done", "more": 3},
]
LEFT_OUT = """
inputs:
  a: {type: number, name: {zh: 甲, en: A}}
  b: {type: number, optional: yes, name: {zh: 乙, en: B}}
  c: {type: number, above: 0, name: {zh: 丙, en: C}}
  l: {type: list, optional: yes, name: {zh: 列, en: L}, fields: {w: {type: number, name: {zh: 权, en: W}}}}
limits: ["count(a, b, c) > count(l, w > 3)"]
score: {method: formula, formula: "THE FORMULA"}
"""
#: A rule, numbers to start from, and whether it is one of a points form.
WAYS: dict[str, tuple[str, dict[str, object], bool]] = {
    "a curve": (f"inputs: {{n: {{type: number}}}}\nscore: {BENT}", {"n": 12}, False),
    "a curve of a measure": (MEASURED + f"  {BENT}", {"a": 120, "b": 4}, False),
    "a ratio": (MEASURED + "  {method: ratio, target: 5}", {"a": 12, "b": 4}, False),
    "a ratio, lower is better": (MEASURED + "  {method: ratio, target: 3, better: lower}", {"a": 12, "b": 4}, False),
    "a ratio below 1, lower is better": (
        MEASURED + "  {method: ratio, target: 0.5, better: lower}",
        {"a": 12, "b": 4},
        False,
    ),
    "parts with measures": (
        MEASURED.replace("measure: a / b\n", "")
        + """
  method: parts
  parts:
    - {id: one, method: deductions, measure: a / b, floor: 0, deductions: [{of: measure, over: 2, points: 4}]}
    - {id: two, method: formula, measure: a - b, formula: measure * 3, cap: 90, floor: 0}
""",
        {"a": 12, "b": 4},
        False,
    ),
    "a formula of a measure": (
        MEASURED + "  {method: formula, formula: 'measure * 7 + b - 3', cap: 90, floor: 5}",
        {"a": 12, "b": 4},
        False,
    ),
    "around a reference, below in proportion": (
        MEASURED
        + f"  {{method: reference, {AROUND}, below: {{points: -3, every: 1, steps: linear}}, above: {{points: 2, every: 0.5}}}}",
        {"a": 20, "b": 4},
        False,
    ),
    "around a band, above in proportion": (
        MEASURED
        + f"  {{method: reference, {AROUND}, band: 1, below: {{points: 3, every: 0.5}},"
        + " above: {points: -2, every: 1, steps: linear}}",
        {"a": 20, "b": 4},
        False,
    ),
    "deductions of a measure": (
        MEASURED
        + "  {method: deductions, floor: 0, deductions: [{of: measure, over: 2, every: 0.5, points: 4},"
        + " {of: b, short_of: 6, points: 3, steps: linear}]}",
        {"a": 20, "b": 4},
        False,
    ),
    "deductions in proportion": (
        MEASURED
        + "  {method: deductions, floor: 0,"
        + " deductions: [{of: measure * 2, over: 4, every: 0.4, points: 3, steps: linear}, {of: b, points: 1}]}",
        {"a": 20, "b": 4},
        False,
    ),
    "turnover": (TURNOVER, {"leavers": 6, "start": 25, "end": 22}, True),
    "counts": (LATE, {"late": 1, "escalated": 0}, True),
    "a share": (SHARE, {"done": 8, "planned": 10}, False),
    "a cost": (COST, {"actual": 95000, "budget": 100000}, False),
    "parts": (PARTS, {"violations": 2, "rate": "45%"}, False),
    "a formula": (TWICE, {"n": 9, "ok": "no"}, False),
    "goals": (
        GOALS,
        {"goals": [{"name": "a", "weight": 3, "actual": "80%"}, {"name": "b", "weight": 1, "actual": "50%"}]},
        False,
    ),
    "goals with targets": (
        TARGETS,
        {"goals": [{"weight": 3, "target": 4, "actual": 5}, {"weight": 1, "target": 4, "actual": 8}]},
        False,
    ),
    "tasks with choices": (TASKS, {"tasks": ENTRIES}, False),
    **{
        f"of each call: {text}": (OF_CALLS.replace("THE FORMULA", text), {"calls": HEARD, "n": 4, "r": 61}, False)
        for text in (
            "mean(calls, grade) - 2 * n",
            "mean(calls, extra) * 2 + sum(calls, extra / r)",
            "100 - 10 * count(calls, grade < 80) - count(calls, extra < n)",
            "100 - 10 * count(calls, fatal or seconds > 3 * n)",
            "10 * run(calls, grade > 70) + run(calls, extra > n)",
            "min(calls, grade) + max(calls, extra + n)",
            "max(calls, grade / (extra + 1)) + r",
            "sum(calls, weighted_mean(1, grade, 2, extra)) / count(calls)",
            "mean(calls, seconds if level == done else grade) + count(calls, given(extra)) + r / n",
            "mean(calls, extra if grade > 75 else seconds)",
            "sum(calls, extra if grade > 75 else seconds) / count(calls, (extra if grade > 75 else 3) > 2) + r",
            "run(calls, (extra if grade > 75 else 3) > 2) * n",
            "mean(calls, min(grade, extra)) * 3",
            "mean(calls, more) + n",
        )
    },
    **{
        f"without what is optional: {text}": (LEFT_OUT.replace("THE FORMULA", text), {"a": 40, "c": 9}, False)
        for text in (
            "mean(a, b) + c",
            "mean(a, b, c)",
            "min(a, max(b, c * 3))",
            "weighted_mean(3, a, 2, b, c, c)",
            "a if not given(b) else b",
            "max(a, b) / count(a, b, c)",
            "(a if c > 5 else 2 * c) + (1 if given(b) and b > 3 else 2)",
            "mean(a, c if a > 30 or not given(b) else b)",
            "a + 10 * count(l, w > 3) + c",
        )
    },
}


def others(old: Fraction, type_: InputType) -> list[Fraction]:
    """Numbers near and far from one: on both sides of each place where the rules here turn."""
    size = F(1, 100) if type_ is InputType.PERCENT else F(1)
    around = (old + size * n / 2 for n in range(-60, 121))
    return [n for n in around if n > 0 and (type_ is not InputType.COUNT or n.denominator == 1)]


@pytest.mark.parametrize("way", WAYS)
def test_it_scores_what_the_engine_does(way: str) -> None:
    text, values, by_weight = WAYS[way]
    (indicator,) = alone(text, by_weight).indicators
    read = {key: value_of(value) for key, value in values.items()}
    rule = rule_of(indicator, known_values(indicator, read)[0])
    tried = 0
    for path, type_, old, changed in slots(indicator, read):
        along = rule.along(path)
        assert along is not None
        for new in others(old, type_):
            assert along.at(new) == raw_score(indicator, changed(new))[0], (path, new)
            tried += 1
    assert tried > 60


@pytest.mark.parametrize("weight", ["w", "w - 3", "w * (5 - n)", "w if n < 5 else -w"])
def test_a_list_with_a_negative_weight_has_no_score_along_any_number(weight: str) -> None:
    text = (
        "inputs: {l: {type: list, fields: {w: {type: number, name: {zh: 权, en: W}}, n: {type: number, name: {zh: 数, en: N}}}}}\n"
        f"score: {{method: weighted_list, weight: {weight}, value: n / 10}}"
    )
    (indicator,) = alone(text, False).indicators
    read = {"l": value_of([{"w": 4, "n": 4}, {"w": 5, "n": 3}])}
    rule = rule_of(indicator, known_values(indicator, read)[0])
    without = 0
    for path, _, old, changed in slots(indicator, read):
        along = rule.along(path)
        assert along is not None
        for new in (old - 12, old - 7, old - 1, old, old + 3):
            try:
                expected = raw_score(indicator, changed(new))[0]
            except formula.Problem:
                expected, without = None, without + 1
            assert along.at(new) == expected, (path, new)
    assert without


def slots(
    indicator: Indicator, values: Values
) -> Iterator[tuple[str, InputType, Fraction, Callable[[Fraction], Values]]]:
    """Every number: where it stands, its type, what it is, and the values with another one there."""
    for item in indicator.inputs:
        old = values.get(item.id)
        if isinstance(old, Fraction) and not isinstance(old, bool):
            yield item.id, item.type, old, lambda new, id_=item.id: {**values, id_: new}
        for place, row in enumerate(old if isinstance(old, tuple) else ()):
            for field in item.fields:
                number = row.get(field.id)
                if isinstance(number, Fraction):
                    yield (
                        f"{item.id}.{place + 1}.{field.id}",
                        field.type,
                        number,
                        partial(_in_list, values, item.id, place, field.id),
                    )


def _in_list(values: Values, list_: str, place: int, field: str, new: Fraction) -> Values:
    rows = values[list_]
    assert isinstance(rows, tuple)
    return {**values, list_: tuple({**row, field: new} if n == place else row for n, row in enumerate(rows))}


@pytest.mark.parametrize("hidden", [False, True])
def test_a_part_that_is_no_formula_stands_with_what_it_scores(hidden: bool) -> None:
    """Ratings of 80 and 90 are 85; one failure leaves 93; 1 of 20 is a tenth of 50%, and counts twice."""
    shown = "shown_as: {id: raters, name: {zh: 他评, en: Raters}, at_least: 1}\n"
    text = RATED.replace("type: ratings", "type: ratings, confidential: yes") + shown if hidden else RATED
    indicator, found = indicator_from(text)
    assert found == [], [item.message for item in found]
    assert indicator is not None
    values: dict[str, InputValue] = {"own": Numbers.of((F(80), F(90))), "n": F(1)}
    along = rule_of(indicator, known_values(indicator, values)[0]).along("n")
    assert along is not None
    for n in range(30):
        assert along.at(F(n)) == raw_score(indicator, {**values, "n": F(n)})[0]
    assert along.at(F(1)) == (85 + 93 + 2 * 10) / F(4)


@pytest.mark.parametrize(
    ("text", "axis", "marks", "bases"),
    [
        ("inputs: {r: {type: percent}}\nscore: {method: ratio, target: 95%}", "measure", "target 0.95", ""),
        ("inputs: {r: {type: percent}}\nscore: {method: ratio, target: 95%}", "r", "", ""),
        (
            f"{MEASURED}  {{method: reference, reference: 4, above: {{points: -1, every: 1}}}}",
            "measure",
            "reference 4",
            "",
        ),
        (f"{MEASURED}  {{method: reference, reference: 4, above: {{points: -1, every: 1}}}}", "a", "", ""),
        (
            f"{MEASURED}  {{method: reference, reference: 4, band: 1, above: {{points: -1, every: 1}}}}",
            "measure",
            "reference 4, band_low 3, band_high 5",
            "",
        ),
        (LATE, "late", "", ""),
        (CALLS, "n", "limit 600", ""),
        (CALLS, "m", "", ""),
        (TURNOVER, "measure", "limit 0.15", ""),
        (
            f"{DIVIDED} {{method: deductions, floor: 0, deductions: [{{of: n / of, over: 0.05, every: 0.01, points: 2}}]}}",
            "n",
            "",
            "of",
        ),
        (f"{DIVIDED} {{method: formula, formula: n / of, cap: 90}}", "n", "", "of"),
        (GOALS, "goals", "", "target, weight"),
        (TASKS, "tasks", "", "extra, target, urgency"),
        (PARTS, "rate", "target 0.9", ""),
        (PARTS, "violations", "", ""),
        (
            (
                f"{DIVIDED} {{method: parts, parts: [{{id: a, method: ratio, measure: n / of, target: 1}},"
                " {id: b, method: deductions, deductions: [{of: n, over: 3, points: 1}], floor: 0}]}"
            ),
            "n",
            "limit 3",
            "of",
        ),
    ],
)
def test_what_a_rule_names_and_measures_against(text: str, axis: str, marks: str, bases: str) -> None:
    indicator, found = indicator_from(text, "weight:" in text and "deductions" in text)
    assert found == [], [item.message for item in found]
    assert indicator is not None
    assert ", ".join(f"{mark.kind} {exact(mark.value)}" for mark in method_of(indicator).marks(axis)) == marks
    assert ", ".join(sorted(method_of(indicator).bases())) == bases


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("done / planned", "planned"),
        ("leavers / ((start + end) / 2)", "end, start"),
        ("1 / x", ""),
        ("(a / b) / c", "b, c"),
        ("a / (b / c)", "b, c"),
        ("a / b + c / d", "b, d"),
        ("min(a / b, 1) * c", "b"),
        ("a + b", ""),
        ("a / 2", ""),
    ],
)
def test_what_a_formula_divides_by(text: str, expected: str) -> None:
    expression = formula.parse(text)
    assert not isinstance(expression, formula.Problem)
    assert ", ".join(sorted(formula.divisors(expression))) == expected
    assert formula.divisors(None) == frozenset()


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
