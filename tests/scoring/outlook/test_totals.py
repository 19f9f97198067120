"""Next steps and advice where a row is not simply added to the total, each worked out by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest

from kpigen.model.forms import Form
from kpigen.model.reviews import InputValue, Metrics
from kpigen.model.scores import Scorecard
from kpigen.numbers.quantities import exact
from kpigen.scoring.outlook import advice, curves_of, next_steps
from kpigen.scoring.score import score
from tests.helpers.any_form import form_from
from tests.helpers.outlook import value_of
from tests.scoring.outlook.test_next_steps import said as said_

F = Fraction
EXAMPLES = "examples: [{metrics: {}, total: 0}, {metrics: {}, total: 0}]"
GRADED = "examples: [{metrics: {}, total: 0, grade: C}, {metrics: {}, total: 0, grade: C}]"


def form_of(text: str) -> Form:
    return form_from(f"{text.strip()}\n{GRADED if 'grades:' in text else EXAMPLES}")


def values(written: dict[str, dict[str, object]]) -> Metrics:
    return {row: {id_: _value(value) for id_, value in given.items()} for row, given in written.items()}


def _value(value: object) -> InputValue:
    if isinstance(value, list):
        return tuple({key: _value(one) for key, one in entry.items()} for entry in value)
    return value_of(value)


def steps(card: Scorecard, metrics: Metrics) -> list[str]:
    """All steps: `row.input old → new: +gain`, and the new grade if it changes."""
    found = []
    for row in card.form.indicators:
        for step in next_steps(card, metrics, row.id):
            what = said_(step).rpartition(": ")[0]
            found.append(f"{row.id}.{what}: +{exact(step.gain)}{f' {step.grade}' if step.changes_grade else ''}")
    return found


def best(card: Scorecard, metrics: Metrics) -> list[str]:
    """All advice: `row.input new +gain`, and what brings most if that is more."""
    found = []
    for item in advice(card, metrics, {row.id: next_steps(card, metrics, row.id) for row in card.form.indicators}, 99):
        told = [f"{_told(one.new)} +{exact(one.gain)}" for one in (item.step, item.most) if one is not None]
        found.append(f"{item.step.indicator}.{item.step.input.id} " + ", ".join(told))
    return found


def _told(value: InputValue) -> str:
    return exact(value) if isinstance(value, Fraction) else {True: "yes", False: "no"}.get(value, str(value))  # type: ignore[call-overload,no-any-return]


def row(id_: str, kind: str = "{n: {type: number, min: 0, max: 100, name: N}}", more: str = "out_of: 100") -> str:
    return f"{{id: {id_}, name: {id_.upper()}, inputs: {kind}, {more}}}"


WORST = f"""
full: 100
sections:
  - {{id: s, name: S, total: 'min(a, b)', indicators: [{row("a")}, {row("b")}, {row("c")}]}}
"""
MEAN = f"""
full: 100
decimals: 1
grades: {{A: 80, B: 60, C: none}}
total: mean(rows)
indicators: [{row("a")}, {row("b")}, {row("c")}]
"""
FACTOR = """
full: 100
total: sum(rows) * a.factor
indicators:
  - id: a
    name: A
    weight: 60
    inputs: {n: {type: number, min: 0, max: 100, name: N}, factor: {type: percent, max: 150%%, name: F%s}}
    measure: n
    score: {method: value}
  - {id: b, name: B, weight: 40, inputs: {n: {type: number, min: 0, max: 100}}}
"""
THIRDS = f"""
full: 100
decimals: %s
rounding: %s
indicators: [{row("a", more="weight: 100/3")}, {row("b", more="weight: 100/3")}, {row("c", more="weight: 100/3")}]
"""
COUNTED = "{n: {type: count, name: N}}"
FINES = f"""
decimals: 0
signed: yes
sections:
  - {{id: good, name: G, indicators: [{row("a", COUNTED, "measure: 10 * n, score: {method: value}")}]}}
  - {{id: bad, name: B, indicators: [{row("b", COUNTED, "measure: -15 * n, score: {method: value}")}]}}
"""
MINUS = f"""
full: 100
total: good - fines
sections:
  - {{id: good, name: G, indicators: [{row("a")}]}}
  - {{id: fines, name: F, indicators: [{row("b", COUNTED, "measure: 5 * n, score: {method: value}")}]}}
"""
SET = f"""
full: 100
grades: {{A: 80, B: 60, C: none}}
indicators: [{row("a", more="weight: 50")}, {row("b", more="weight: 50")}]
veto:
  - {{id: low, name: L, when: b < 40, total: 'min(total, 30)'}}
"""
OVERRIDE = """
full: 3
decimals: 1
total: mean(one, two)
scales:
  rkb: {r: {name: R, points: 3}, k: {name: K, points: 2}, b: {name: B, points: 1}}
each: {inputs: {l: {type: choice, scale: rkb}}}
sections:
  - {id: one, name: One, total: min(rows), indicators: [{id: a, name: A}, {id: b, name: B}]}
  - {id: two, name: Two, indicators: [{id: c, name: C}]}
veto:
  - {id: both, name: Both, when: (one == 1 and two == 3) or (one == 3 and two == 1), total: 1}
"""
SAID = """
full: 100
each:
  weight: w
  inputs: {n: {type: number, min: 0, max: 100, name: N}, w: {type: percent, agreed: yes, name: W}}
  measure: n
  score: {method: value}
indicators: [{id: a, name: A}, {id: b, name: B}]
"""
TAKEN = """
full: 10
each:
  inputs:
    first: {type: number, min: 0, max: 10, name: First}
    second: {type: number, min: 0, max: 10, default: first, name: Second}
  measure: second
  score: {method: value}
total: mean(rows)
indicators: [{id: a, name: A}, {id: b, name: B}]
"""
OPTIONAL = """
full: 10
indicators:
  - id: a
    name: A
    weight: 10
    inputs: {x: {type: number, min: 0, max: 10, name: X}, y: {type: number, min: 0, max: 10, optional: yes, name: Y}}
    score: {method: formula, formula: 'mean(x, y)'}
  - {id: shown, name: Shown, unscored: yes, inputs: {n: {type: number, name: N}}}
  - {id: said, name: Said, unscored: yes, optional: yes, inputs: {t: {type: text, name: T}}}
"""
BANDS = """
full: 100
total: mean(rows)
indicators:
  - {id: a, name: A, inputs: {r: {type: percent}}, score: {method: bands, at_least: {95%: 100, 90%: 80, 0%: 60}}}
  - id: b
    name: B
    inputs: {n: {type: count, name: N}, m: {type: count, name: M}}
    measure: n
    score: {method: bands, by: m, columns: [1, 3], at_most: {2: [100, 50], 5: [40]}, otherwise: 0}
"""
SWEET = """
full: 1
decimals: 2
total: 1 - abs(mean(rows) - 0.65)
indicators:
  - {id: a, name: A, inputs: {n: {type: number, min: 0, max: 1, step: 0.05}}}
  - {id: b, name: B, inputs: {n: {type: number, min: 0, max: 1, step: 0.05}}}
"""
LISTED = """
full: 10
total: mean(rows)
indicators:
  - id: a
    name: A
    inputs:
      calls:
        type: list
        fields: {mark: {type: number, min: 0, max: 10, optional: yes, name: M}, fatal: {type: yes_no, name: Fatal}}
    score: {method: formula, formula: 'mean(calls, 0 if fatal else mark)'}
  - id: b
    name: B
    inputs:
      goals:
        type: list
        fields:
          w: {type: number, above: 0, agreed: yes, name: W}
          grade: {type: number, min: 0, max: 1, optional: yes, name: G}
    score: {method: weighted_list, weight: w, value: grade}
"""
FLOOR = """
full: 20
total: 's * (1 if s >= 15 else 0.8)'
each: {out_of: 10, inputs: {n: {type: number, min: 0, max: 10}}}
sections:
  - {id: s, name: S, total: floor(sum(rows)), indicators: [{id: a, name: A}, {id: b, name: B}]}
"""
LIMITED = TAKEN.replace("  measure: second", "  limits: [second <= 9]\n  measure: second")
NAMED = TAKEN.replace("mean(rows)", "sum(rows) + a.second")
AGREED = """
full: 10
each: {out_of: 10, score: {method: formula, formula: '10 if second else 0'}}
total: mean(rows)
indicators:
  - {id: a, name: A, inputs: {first: {type: yes_no, name: F}, second: {type: yes_no, default: first, name: S}}}
  - {id: b, name: B, inputs: {first: {type: yes_no, name: F}, second: {type: yes_no, default: first, name: S}}}
"""
WEIGHED = SAID.replace(", agreed: yes", "") + "total: sum(rows) + 10 * a.w\n"
GOALS = """
full: 10
indicators:
  - id: a
    name: A
    weight: 10
    inputs:
      goals:
        type: list
        fields: {w: {type: number, above: 0, agreed: yes, name: W}, grade: {type: number, min: 0, max: 1, name: G}}
    score: {method: weighted_list, weight: w, value: grade}
"""
TWICE = """
full: 20
decimals: 0
total: 2 * a
indicators: [{id: a, name: A, out_of: 10, inputs: {n: {type: number, min: 0, max: 10}}}]
"""
DIVIDED = """
full: 100
total: b / a.planned
indicators:
  - id: a
    name: A
    out_of: 1
    inputs: {n: {type: number, min: 0, max: 1, name: N}, planned: {type: number, min: 1, max: 4, name: P}}
    measure: n
    score: {method: value}
  - {id: b, name: B, out_of: 100, inputs: {n: {type: number, min: 0, max: 100}}}
"""
STAIRS = """
full: 100
total: max(rows)
indicators: [{id: a, name: A, inputs: {r: {type: percent}}, score: {method: bands, at_least: {95%: 100, 90%: 60, 80%: 50, 0%: 60}}}]
"""
LAST = WORST.replace("min(a, b)", "last(rows)")
LISTS = """
full: 20
each:
  out_of: 10
  inputs: {x: {type: number, min: 0, max: 10, name: X}, y: {type: number, min: 0, max: 10, optional: yes, name: Y}}
  score: {method: formula, formula: 'mean(x, y)'}
total: sum(rows) + sum(rows.y)
indicators: [{id: a, name: A}, {id: b, name: B}]
"""

CASES = [
    # The worst of a and b counts: a is it, and c never is. 60 + 10 is where b becomes the worst.
    (WORST, {"a": {"n": 60}, "b": {"n": 70}, "c": {"n": 0}}, ["a.n 60 → 61: +1"], ["a.n 61 +1, 70 +10"]),
    # Both are the worst: neither alone brings anything.
    (WORST, {"a": {"n": 60}, "b": {"n": 60}, "c": {"n": 0}}, [], []),
    # A third of each point: 0.1 more take 0.15 in one row; a unit of 1 brings 0.3. From 79.9 to A that is enough.
    (
        MEAN,
        {"a": {"n": 80}, "b": {"n": "59.7"}, "c": {"n": 100}},
        ["a.n 80 → 81: +0.3 A", "b.n 59.7 → 60.7: +0.3 A"],
        ["b.n 60.7 +0.3, 100 +13.4", "a.n 81 +0.3, 100 +6.7"],
    ),
    # 90% of 80 × 60% + 70 × 40% = 76: a point of a is 0.54, of b 0.36, and a per cent more 0.76.
    (
        FACTOR % "",
        {"a": {"n": 80, "factor": "90%"}, "b": {"n": 70}},
        ["a.factor 90% → 91%: +0.76", "a.n 80 → 81: +0.54", "b.n 70 → 71: +0.36"],
        ["a.factor 0.91 +0.76, 1.5 +45.6", "b.n 71 +0.36, 100 +10.8"],
    ),
    # What was agreed is no step.
    (
        FACTOR % ", agreed: yes",
        {"a": {"n": 80, "factor": "90%"}, "b": {"n": 70}},
        ["a.n 80 → 81: +0.54", "b.n 70 → 71: +0.36"],
        ["a.n 81 +0.54, 100 +10.8", "b.n 71 +0.36, 100 +10.8"],
    ),
    # 99.5 are 33.1666…: rounded for themselves 33.17, so half a point brings 0.16 or 0.17, whatever is rounded.
    (THIRDS % (2, "rows"), {"a": {"n": 100}, "b": {"n": 100}, "c": {"n": "99.5"}}, ["c.n 99.5 → 100: +0.16"], ["c.n 100 +0.16"]),
    (THIRDS % (2, "total"), {"a": {"n": 100}, "b": {"n": 100}, "c": {"n": "99.5"}}, ["c.n 99.5 → 100: +0.17"], ["c.n 100 +0.17"]),
    # The exact total is 99.1666…, printed 99; from 99.5 on it is 100: three times the third of a point.
    (THIRDS % (0, "total"), {"a": {"n": 100}, "b": {"n": 100}, "c": {"n": "97.5"}}, ["c.n 97.5 → 98.5: +1"], ["c.n 98.5 +1"]),
    # Half even: 98.5 is printed 98, so anything above it is more.
    (
        THIRDS % (0, "{of: total, half: even}"),
        {"a": {"n": 100}, "b": {"n": 98}, "c": {"n": "97.5"}},
        ["b.n 98 → 99: +1", "c.n 97.5 → 98.5: +1"],
        ["c.n 98.5 +1", "b.n 99 +1"],
    ),
    # Points with a sign: one more is 10 up, one less 15.
    (FINES, {"a": {"n": 1}, "b": {"n": 2}}, ["a.n 1 → 2: +10", "b.n 2 → 1: +15"], ["b.n 1 +15, 0 +30", "a.n 2 +10"]),
    # A section that is taken off: fewer of its points are more.
    (MINUS, {"a": {"n": 50}, "b": {"n": 2}}, ["a.n 50 → 51: +1", "b.n 2 → 1: +5"], ["a.n 51 +1, 100 +50", "b.n 1 +5, 0 +10"]),
    # The veto sets 30 at most. Only b can lift it: from 40 on it is 50 + 20.
    (SET, {"a": {"n": 100}, "b": {"n": 30}}, ["b.n 30 → 40: +40 B"], ["b.n 40 +40, 100 +70"]),
    # Without it 20 + 15 are more than 30; a brings nothing.
    (SET, {"a": {"n": 40}, "b": {"n": 30}}, ["b.n 30 → 40: +10"], ["b.n 40 +10, 100 +40"]),
    (SET, {"a": {"n": 20}, "b": {"n": 10}}, ["a.n 20 → 21: +0.5", "b.n 10 → 11: +0.5"], ["b.n 11 +0.5, 100 +45", "a.n 21 +0.5, 50 +15"]),
    # 1 and 3 are set to 1. A worse two would be 1 and 2, which is 1.5: that is no advice. A better one is.
    (OVERRIDE, {"a": {"l": "b"}, "b": {"l": "k"}, "c": {"l": "r"}}, ["a.l b → k: +1.5"], []),
    # In a worst row of two, only a step that passes the other row's level counts.
    (OVERRIDE, {"a": {"l": "k"}, "b": {"l": "k"}, "c": {"l": "k"}}, ["c.l k → r: +0.5"], []),
    # Weights of the review: 75% and 25% of 100.
    (
        SAID,
        {"a": {"n": 80, "w": "75%"}, "b": {"n": 80, "w": "25%"}},
        ["a.n 80 → 81: +0.75", "b.n 80 → 81: +0.25"],
        ["a.n 81 +0.75, 100 +15", "b.n 81 +0.25, 100 +5"],
    ),
    # The second number is the first one until somebody writes it: a changes by the first, b only by the second.
    (
        TAKEN,
        {"a": {"first": 7}, "b": {"first": 7, "second": 8}},
        ["a.first 7 → 7.1: +0.05", "b.second 8 → 8.1: +0.05"],
        ["a.first 7.1 +0.05, 10 +1.5", "b.second 8.1 +0.05, 10 +1"],
    ),
    # Nobody fills what may be left out, and what has no score is no step.
    (OPTIONAL, {"a": {"x": 6}, "shown": {"n": 3}}, ["a.x 6 → 6.1: +0.1"], ["a.x 6.1 +0.1, 10 +4"]),
    (
        OPTIONAL,
        {"a": {"x": 6, "y": 4}, "shown": {"n": 3}},
        ["a.x 6 → 6.1: +0.05", "a.y 4 → 4.1: +0.05"],
        ["a.y 4.1 +0.05, 10 +3"],
    ),
    # Bands: 92.5% are in the second one. n = 4, m = 2 has the first column only empty: with m = 1 it is 40, with n = 2 it is 50.
    (
        BANDS,
        {"a": {"r": "92.5%"}, "b": {"n": 4, "m": 2}},
        ["a.r 92.5% → 95%: +10", "b.m 2 → 1: +20", "b.n 4 → 2: +25"],
        ["b.n 2 +25", "a.r 0.95 +10"],
    ),
    # The nearer the mean is to 0.65, the better. 0.5 and 0.6 are 0.1 away, 0.55 and 0.6 0.075, which is 0.925; 0.9 and 0.6 too.
    (
        SWEET,
        {"a": {"n": "0.5"}, "b": {"n": "0.6"}},
        ["a.n 0.5 → 0.55: +0.03", "b.n 0.6 → 0.65: +0.03"],
        ["a.n 0.55 +0.03, 0.7 +0.1", "b.n 0.65 +0.03, 0.8 +0.1"],
    ),
    (
        SWEET,
        {"a": {"n": "0.9"}, "b": {"n": "0.6"}},
        ["a.n 0.9 → 0.85: +0.03", "b.n 0.6 → 0.55: +0.03"],
        ["a.n 0.85 +0.03, 0.7 +0.1", "b.n 0.55 +0.03, 0.4 +0.1"],
    ),
    # Two calls, one fatal, and one without a mark that is left out unless it is fatal.
    (
        LISTED,
        {
            "a": {"calls": [{"mark": 8, "fatal": "no"}, {"mark": 6, "fatal": "yes"}, {"fatal": "no"}]},
            "b": {"goals": [{"w": 3, "grade": "0.5"}, {"w": 5}]},
        },
        ["a.2.fatal yes → no: +1.5", "a.1.mark 8 → 8.1: +0.03", "b.1.grade 0.5 → 0.51: +0.05"],
        ["b.grade 0.51 +0.05, 1 +2.5", "a.fatal no +1.5"],
    ),
    # 7.2 + 7 are 14 whole ones, 11.2 after the cut; 15 whole ones are not, and 17 are the most of either.
    (
        FLOOR,
        {"a": {"n": "7.2"}, "b": {"n": 7}},
        ["a.n 7.2 → 8: +3.8", "b.n 7 → 7.8: +3.8"],
        ["a.n 8 +3.8, 10 +5.8", "b.n 7.8 +3.8, 9.8 +5.8"],
    ),
    # The second number may not be above 9, so neither may the first that it is.
    (LIMITED, {"a": {"first": 9}, "b": {"first": 7, "second": 9}}, [], []),
    (LIMITED, {"a": {"first": 9, "second": 8}, "b": {"first": 9}}, ["a.second 8 → 8.1: +0.05"], ["a.second 8.1 +0.05, 9 +0.5"]),
    # The total names the second number of a: it counts twice there, and so does the first that it is.
    (
        NAMED,
        {"a": {"first": 7}, "b": {"first": 8}},
        ["a.first 7 → 7.1: +0.2", "b.first 8 → 8.1: +0.1"],
        ["a.first 7.1 +0.2, 10 +6", "b.first 8.1 +0.1, 10 +2"],
    ),
    # Yes or no, as the first one says; what was not written is no step.
    (
        AGREED,
        {"a": {"first": "no"}, "b": {"first": "no", "second": "no"}},
        ["a.first no → yes: +5", "b.second no → yes: +5"],
        ["a.first yes +5", "b.second yes +5"],
    ),
    # A weight is no step, even if the total names it.
    (WEIGHED, {"a": {"n": 100, "w": "50%"}, "b": {"n": 99, "w": "50%"}}, ["b.n 99 → 100: +0.5"], ["b.n 100 +0.5"]),
    # Agreed weights of goals.
    (
        GOALS,
        {"a": {"goals": [{"w": 3, "grade": "0.5"}, {"w": 1, "grade": 1}]}},
        ["a.1.grade 0.5 → 0.51: +0.08"],
        ["a.grade 0.51 +0.08, 1 +3.75"],
    ),
    # Points are whole before they are doubled: 5.5 are the first 6.
    (TWICE, {"a": {"n": 5}}, ["a.n 5 → 5.5: +2"], ["a.n 5.5 +2, 10 +10"]),
    # Nobody is advised to plan less, but that would bring something.
    (DIVIDED, {"a": {"n": 1, "planned": 2}, "b": {"n": 80}}, ["a.planned 2 → 1.9: +2.11", "b.n 80 → 81: +0.5"], ["b.n 81 +0.5, 100 +10"]),
    # Two bands further on; the next one is worse.
    (STAIRS, {"a": {"r": "79%"}}, ["a.r 79% → 95%: +40"], ["a.r 0.95 +40"]),
    (STAIRS, {"a": {"r": "96%"}}, [], []),
    (LAST, {"a": {"n": 60}, "b": {"n": 70}, "c": {"n": 40}}, ["c.n 40 → 41: +1"], ["c.n 41 +1, 100 +60"]),
    # x alone is the mean of a; b has y too, which counts half there and once in the list.
    (
        LISTS,
        {"a": {"x": 4}, "b": {"x": 6, "y": 2}},
        ["a.x 4 → 4.1: +0.1", "b.y 2 → 2.1: +0.15", "b.x 6 → 6.1: +0.05"],
        ["b.y 2.1 +0.15, 10 +12", "a.x 4.1 +0.1, 10 +6"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "written", "expected", "most"), CASES)
def test_what_the_total_gains(
    text: str, written: dict[str, dict[str, object]], expected: list[str], most: list[str]
) -> None:
    form, metrics = form_of(text), values(written)
    card, problems = score(form, metrics)
    assert problems == []
    assert steps(card, metrics) == expected
    assert best(card, metrics) == most


def test_as_long_as_there_is_no_total_a_step_brings_what_the_row_gains() -> None:
    """What the worst row brings is not known while the other one is open: then there is no advice."""
    form, metrics = form_of(WORST), values({"a": {"n": 60}, "c": {"n": 0}})
    card, _ = score(form, metrics)
    assert card.total is None
    assert steps(card, metrics) == ["a.n 60 → 61: +1", "c.n 0 → 1: +1"]
    assert best(card, metrics) == []
    plain = form_of(THIRDS % (2, "rows"))
    card, _ = score(plain, metrics)
    assert best(card, metrics) == ["c.n 1 +0.33, 100 +33.33", "a.n 61 +0.33, 100 +13.33"]


def test_a_step_says_what_the_row_gains_too() -> None:
    """60 of the factor's 90%: the row gains 0.6, the total 0.54; the factor raises the total and no row."""
    form, metrics = form_of(FACTOR % ""), values({"a": {"n": 80, "factor": "90%"}, "b": {"n": 70}})
    card, _ = score(form, metrics)
    factor, number = next_steps(card, metrics, "a")
    assert (factor.gain, factor.row_gain, factor.points) == (F("0.76"), 0, 48)
    assert (number.gain, number.row_gain, number.points, number.total) == (F("0.54"), F("0.6"), F("48.6"), F("68.94"))


def test_printed_points_of_a_step_are_those_of_the_column_that_adds_up() -> None:
    """Two thirds of 100 and 98.5 thirds of the last row are 99.5, printed 100 as 34 + 33 + 33."""
    form, metrics = form_of(THIRDS % (0, "total")), values({"a": {"n": 100}, "b": {"n": 100}, "c": {"n": "97.5"}})
    card, _ = score(form, metrics)
    assert [item.points for item in card.indicators] == [33, 33, 33]
    (step,) = next_steps(card, metrics, "c")
    assert (step.new, step.points, step.row_gain, step.total) == (F("98.5"), 33, 0, 100)


def test_what_is_agreed_taken_or_absent_has_no_curve_of_its_own() -> None:
    def axes(text: str, written: dict[str, dict[str, object]], row: str = "a") -> list[str]:
        metrics = values(written)
        card, _ = score(form_of(text), metrics)
        return [curve.axis for curve in curves_of(card, metrics, row)]

    assert axes(TAKEN, {"a": {"first": 7}, "b": {"first": 7}}) == ["first"]
    assert axes(TAKEN, {"a": {"first": 7, "second": 8}, "b": {"first": 7}}) == ["second"]
    assert axes(OPTIONAL, {"a": {"x": 6}, "shown": {"n": 3}}) == ["x"]
    assert axes(OPTIONAL, {"a": {"x": 6}, "shown": {"n": 3}}, "shown") == []
    assert axes(AGREED, {"a": {"first": "no"}, "b": {"first": "no"}}) == ["first"]
    assert axes(AGREED, {"a": {"first": "no", "second": "no"}, "b": {"first": "no"}}) == ["second"]
    extra = """
full: 10
indicators:
  - id: a
    name: A
    weight: 10
    inputs:
      n: {type: number, min: 0, max: 20, name: N}
      most: {type: number, min: 0, max: 10, agreed: yes, name: Most}
      ok: {type: yes_no, optional: yes, name: OK}
    score: {method: formula, formula: 'min(n, most) * ((1 if ok else 0.5) if given(ok) else 0.8)'}
  - {id: shown, name: Shown, unscored: yes, inputs: {ok: {type: yes_no}}}
"""
    assert axes(extra, {"a": {"n": 5, "most": 8}, "shown": {"ok": "no"}}) == ["n"]
    assert axes(extra, {"a": {"n": 5, "most": 8, "ok": "no"}, "shown": {"ok": "no"}}) == ["n", "ok"]
    assert axes(extra, {"a": {"n": 5, "most": 8}, "shown": {"ok": "no"}}, "shown") == []
    assert axes(SAID, {"a": {"n": 80, "w": "75%"}, "b": {"n": 80, "w": "25%"}}) == ["n"]
