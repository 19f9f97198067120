"""The scoring methods: numbers worked out by hand, at every edge; the working ends in the score; intervals hold."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpigen.document.nodes import parse
from kpigen.document.reader import Reader
from kpigen.document.text import SourceText
from kpigen.files.metrics import read_metric
from kpigen.model.forms import Indicator, Input
from kpigen.model.scores import Step
from kpigen.numbers.formula import Expression, Name, Numbers, Problem
from kpigen.numbers.intervals import Interval, extent
from kpigen.numbers.quantities import Unit
from kpigen.scoring.explain import explain, names_of
from kpigen.scoring.methods import METHODS, Case
from kpigen.scoring.methods.curve import Curve
from kpigen.scoring.methods.deductions import Deduction, Deductions
from kpigen.scoring.methods.ratio import Ratio
from kpigen.scoring.methods.reference import Reference, Side
from kpigen.scoring.score import missing_inputs, raw_score
from tests.helpers.forms import TEN, TESTS, form_of, indicator_from, read_text, review_text, written_metric

# --- rules, each with what it gives ----------------------------------------------------------------------------------

PERCENT = "inputs: {rate: {type: percent}}\n"
NUMBER = "inputs: {n: {type: number}}\n"
COUNT = "inputs: {n: {type: count}}\n"
A_OF_B = "inputs:\n  a: {type: count, name: {zh: 甲, en: A}}\n  b: {type: count, name: {zh: 乙, en: B}}\n"
CHOICES = "choices: {high: {zh: 高, en: High}, middle: {zh: 中, en: Middle}, low: {zh: 低, en: Low}}"

TABLE: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "value": (
        "inputs: {r: {type: rating}}\nscore: {method: value}",
        [("0", "0"), ("82.5", "82.5"), ("100", "100")],
    ),
    "value, cap and floor": (
        f"{NUMBER}score: {{method: value, cap: full, floor: 10}}",
        [("9.99", "10"), ("10", "10"), ("10.01", "10.01"), ("100", "100"), ("100.5", "100"), ("-3", "10")],
    ),
    "value of a measure": (
        f"{A_OF_B}measure: a - b * 2\nscore: {{method: value}}",
        [("{a: 9, b: 2}", "5"), ("{a: 0, b: 3}", "-6")],
    ),
    "ratio": (
        f"{PERCENT}score: {{method: ratio, target: 95%}}",
        [
            ("0%", "0"),
            ("47.5%", "50"),
            ("76%", "80"),
            ("94.99%", "9499/95"),
            ("95%", "100"),
            ("95.01%", "100"),
            ("100%", "100"),
        ],
    ),
    "ratio of a share": (
        f"{A_OF_B}limits: [a <= b]\nwhen_zero: {{b: full}}\nmeasure: a / b\nscore: {{method: ratio, target: 100%}}",
        [("{a: 0, b: 0}", "100"), ("{a: 0, b: 5}", "0"), ("{a: 1, b: 3}", "100/3"), ("{a: 3, b: 3}", "100")],
    ),
    "ratio above its target is cut": (
        f"{A_OF_B}measure: a / b\nscore: {{method: ratio, target: 100%}}",
        [("{a: 5, b: 4}", "100"), ("{a: 3, b: 4}", "75")],
    ),
    "ratio, lower is better": (
        "inputs: {t: {type: duration}}\nscore: {method: ratio, target: 30s, better: lower}",
        [
            ("0s", "100"),
            ("1s", "100"),
            ("29s", "100"),
            ("30s", "100"),
            ("31s", "3000/31"),
            ("40s", "75"),
            ("2m", "25"),
            ("1h", "5/6"),
        ],
    ),
    "ratio, lower, never below 0": (
        f"{NUMBER}score: {{method: ratio, target: 4, better: lower}}",
        [("-1", "100"), ("0", "100"), ("0.001", "100"), ("8", "50"), ("4000", "0.1")],
    ),
    "ratio, lower, of a target below 1": (
        f"{NUMBER}score: {{method: ratio, target: 0.5, better: lower}}",
        [("0", "100"), ("0.4", "100"), ("0.8", "62.5"), ("1", "50")],
    ),
    "ratio with cap and floor": (
        f"{NUMBER}score: {{method: ratio, target: 8, cap: 90, floor: 20}}",
        [("0", "20"), ("1.6", "20"), ("1.68", "21"), ("7.2", "90"), ("8", "90")],
    ),
    "curve": (
        f"{PERCENT}score: {{method: curve, points: {{5%: 100, 20%: 0}}}}",
        [
            ("0%", "100"),
            ("5%", "100"),
            ("5.01%", "1499/15"),
            ("12.5%", "50"),
            ("19.99%", "1/15"),
            ("20%", "0"),
            ("100%", "0"),
        ],
    ),
    "curve with several knots, up and down": (
        f"{NUMBER}score: {{method: curve, points: {{-2: 0, 0: 60, 1: 60, 4: 90, 5: 20}}}}",
        [
            ("-9", "0"),
            ("-2", "0"),
            ("-1", "30"),
            ("0", "60"),
            ("0.5", "60"),
            ("1", "60"),
            ("2", "70"),
            ("4", "90"),
            ("4.9", "27"),
            ("5", "20"),
            ("6", "20"),
        ],
    ),
    "curve above full marks, cut": (
        f"{PERCENT}score: {{method: curve, points: {{0%: 140, 5%: 100, 15%: 0}}, cap: 130, floor: 5}}",
        [
            ("0%", "130"),
            ("1%", "130"),
            ("1.25%", "130"),
            ("2%", "124"),
            ("5%", "100"),
            ("14%", "10"),
            ("14.5%", "5"),
            ("15%", "5"),
            ("60%", "5"),
        ],
    ),
    "curve of durations": (
        "inputs: {t: {type: duration}}\nscore: {method: curve, points: {1m: full, 3m: 40, 1h: 0}}",
        [("0s", "100"), ("60s", "100"), ("1m30s", "85"), ("3m", "40"), ("180s", "40"), ("1h1s", "0"), ("31m30s", "20")],
    ),
    "reference, complete steps on both sides": (
        (
            "inputs:\n  actual: {type: money, name: {zh: 实际, en: Actual}}\n"
            "  budget: {type: money, above: 0, name: {zh: 预算, en: Budget}}\n"
            "measure: (actual - budget) / budget\n"
            "score: {method: reference, band: 3%, below: {points: 2, every: 1%}, above: {points: -2, every: 1%}, cap: 130, floor: 70}"
        ),
        [
            ("{actual: 100, budget: 100}", "100"),
            ("{actual: 97, budget: 100}", "100"),
            ("{actual: 103, budget: 100}", "100"),
            ("{actual: 96.01, budget: 100}", "100"),
            ("{actual: 96, budget: 100}", "102"),
            ("{actual: 95.01, budget: 100}", "102"),
            ("{actual: 103.99, budget: 100}", "100"),
            ("{actual: 104, budget: 100}", "98"),
            ("{actual: 116, budget: 100}", "74"),
            ("{actual: 118, budget: 100}", "70"),
            ("{actual: 118.01, budget: 100}", "70"),
            ("{actual: 500, budget: 100}", "70"),
            ("{actual: 82, budget: 100}", "130"),
            ("{actual: 81, budget: 100}", "130"),
            ("{actual: 0, budget: 100}", "130"),
        ],
    ),
    "reference, linear": (
        (
            f"{NUMBER}score: {{method: reference, reference: 4.5, base: 80, above: {{points: 2, every: 0.1, steps: linear}}, "
            "below: {points: -2, every: 0.1, steps: linear}, cap: 100, floor: 0}"
        ),
        [
            ("4.5", "80"),
            ("4.55", "81"),
            ("4.72", "84.4"),
            ("5.5", "100"),
            ("9", "100"),
            ("4.49", "79.8"),
            ("0.5", "0"),
            ("0.4", "0"),
        ],
    ),
    "reference, one side only": (
        f"{NUMBER}score: {{method: reference, reference: 10, base: 50, above: {{points: 1, every: 2}}}}",
        [
            ("0", "50"),
            ("9.99", "50"),
            ("10", "50"),
            ("11.99", "50"),
            ("12", "51"),
            ("15.9", "52"),
            ("16", "53"),
            ("210", "150"),
        ],
    ),
    "reference, a band that ends exactly": (
        (
            f"{NUMBER}score: {{method: reference, reference: 10, base: 50, band: 2, "
            f"above: {{points: 10, every: 1, steps: linear}}, below: {{points: -5, every: 1}}}}"
        ),
        [("8", "50"), ("12", "50"), ("12.1", "51"), ("7.5", "50"), ("7", "45"), ("6.01", "45"), ("6", "40")],
    ),
    "deductions per event": (
        (
            "inputs:\n  late: {type: count, name: {zh: 迟, en: Late}}\n  lost: {type: count, name: {zh: 失, en: Lost}}\n"
            "score: {method: deductions, deductions: [{of: late, points: 3}, {of: lost, points: 9}], floor: 0}"
        ),
        [
            ("{late: 0, lost: 0}", "100"),
            ("{late: 1, lost: 0}", "97"),
            ("{late: 2, lost: 3}", "67"),
            ("{late: 33, lost: 0}", "1"),
            ("{late: 34, lost: 0}", "0"),
        ],
    ),
    "deductions from another start, below 0 without a floor": (
        f"{COUNT}score: {{method: deductions, from: 10, deductions: [{{of: n, points: 4}}]}}",
        [("0", "10"), ("2", "2"), ("3", "-2")],
    ),
    "deductions from more than full marks, cut": (
        f"{COUNT}score: {{method: deductions, from: 110, deductions: [{{of: n, points: 4}}], cap: full, floor: 96}}",
        [("0", "100"), ("2", "100"), ("3", "98"), ("4", "96")],
    ),
    "deductions for what is short": (
        f"{COUNT}score: {{method: deductions, deductions: [{{of: n, short_of: 600, points: 1}}], floor: 0}}",
        [("593", "93"), ("599", "99"), ("600", "100"), ("601", "100"), ("500", "0"), ("0", "0")],
    ),
    "deductions for complete steps of an excess": (
        f"{A_OF_B}measure: a / b\nscore: {{method: deductions, deductions: [{{of: measure, over: 15%, every: 5%, points: 2}}], floor: 0}}",
        [
            ("{a: 0, b: 20}", "100"),
            ("{a: 3, b: 20}", "100"),
            ("{a: 39, b: 200}", "100"),
            ("{a: 4, b: 20}", "98"),
            ("{a: 5, b: 20}", "96"),
            ("{a: 60, b: 20}", "0"),
            ("{a: 49, b: 200}", "98"),
        ],
    ),
    "deductions in proportion": (
        f"{NUMBER}score: {{method: deductions, deductions: [{{of: n, over: 24, every: 4, points: 2, steps: linear}}]}}",
        [("24", "100"), ("25", "99.5"), ("28", "98"), ("0", "100")],
    ),
    "deductions of a formula": (
        f"{A_OF_B}score: {{method: deductions, deductions: [{{of: 'max(0, a - b)', points: 5}}, {{of: 'a * b', every: 10, points: 1}}]}}",
        [("{a: 1, b: 4}", "100"), ("{a: 5, b: 2}", "84"), ("{a: 3, b: 9}", "98")],
    ),
    "deductions of durations": (
        "inputs: {t: {type: duration}}\nscore: {method: deductions, deductions: [{of: t, over: 2h, every: 30m, points: 5}], floor: 0}",
        [("2h", "100"), ("2h29m59s", "100"), ("2h30m", "95"), ("4h", "80")],
    ),
    "levels": (
        f"inputs: {{level: {{type: choice, {CHOICES}}}}}\nscore: {{method: levels, levels: {{high: full, middle: 60, low: -5}}, floor: 0}}",
        [("high", "100"), ("middle", "60"), ("low", "0")],
    ),
    "levels with a cap": (
        f"inputs: {{level: {{type: choice, {CHOICES}}}}}\nscore: {{method: levels, levels: {{high: full, middle: 60, low: 5}}, cap: 70}}",
        [("high", "70"), ("middle", "60"), ("low", "5")],
    ),
    "levels of yes and no": (
        "inputs: {done: {type: yes_no}}\nscore: {method: levels, levels: {yes: 100, no: 60}}",
        [("yes", "100"), ("no", "60")],
    ),
    "levels with a default": (
        (
            f"inputs: {{level: {{type: choice, default: middle, {CHOICES}}}}}\n"
            f"score: {{method: levels, levels: {{high: full, middle: 60, low: 5}}}}"
        ),
        [("", "60"), ("high", "100")],
    ),
    "ratings": (
        (
            "inputs:\n  self: {type: ratings, name: {zh: 自, en: Self}}\n  peers: {type: ratings, name: {zh: 同, en: Peers}}\n"
            "score: {method: ratings, weights: {self: 10, peers: 30}}"
        ),
        [
            ("{self: [80], peers: [60]}", "65"),
            ("{self: [80, 100], peers: [60, 70, 80]}", "75"),
            ("{self: [0], peers: [0]}", "0"),
        ],
    ),
    "ratings with cap and floor": (
        "inputs: {r: {type: ratings}}\nscore: {method: ratings, weights: {r: 2}, cap: 90, floor: 20}",
        [("[1, 2]", "20"), ("[60, 70]", "65"), ("[95]", "90")],
    ),
    "ratings, confidential groups pooled": (
        (
            "inputs:\n  self: {type: ratings, name: {zh: 自, en: Self}}\n"
            "  peers: {type: ratings, confidential: yes, name: {zh: 同, en: Peers}}\n"
            "  staff: {type: ratings, confidential: yes, name: {zh: 下, en: Staff}}\n"
            "shown_as: {id: others, name: {zh: 他, en: Others}, at_least: 3}\n"
            "score: {method: ratings, weights: {self: 20, peers: 20, staff: 60}}"
        ),
        # (20 × 90 + 20 × 80 + 60 × 60) ÷ 100: each group's mean counts once, however many raters
        [
            ("{self: [90], peers: [80], staff: [50, 60, 70]}", "70"),
            ("{self: [90], peers: [70, 90], staff: [60]}", "70"),
            ("{self: [100], peers: [100], staff: [100]}", "100"),
        ],
    ),
    "formula over a list of ratings": (
        "inputs: {scores: {type: ratings}}\nscore: {method: formula, formula: 'mean(scores) - (10 if min(scores) < 60 else 0)'}",
        [("[80, 90]", "85"), ("[59, 91]", "65"), ("[60]", "60")],
    ),
    "weighted list": (
        (
            "inputs:\n  goals:\n    type: list\n    fields:\n      name: {type: text, "
            "name: {zh: 名, en: Name}}\n      weight: {type: number, above: 0, name: {zh: 权, en: W}}\n"
            "      target: {type: number, above: 0, name: {zh: 标, en: T}}\n      actual: {type: number, min: 0, name: {zh: 实, en: A}}\n"
            "      better: {type: choice, default: higher, name: {zh: 向, "
            "en: B}, choices: {higher: {zh: 高, en: H}, lower: {zh: 低, en: L}}}\n"
            "score:\n  method: weighted_list\n  weight: weight\n"
            "  value: (1 if actual == 0 else min(target / actual, 1)) if better == lower else min(actual / target, 1)"
        ),
        [
            (
                "[{name: x, weight: 3, target: 90, actual: 81}, {name: y, weight: 2, target: 6, actual: 8, better: lower}]",
                "84",
            ),
            (
                (
                    "[{name: x, weight: 1, target: 5, actual: 0, better: lower}, "
                    "{name: y, weight: 3, target: 200, actual: 160, better: higher}]"
                ),
                "85",
            ),
            ("[{name: x, weight: 0.5, target: 40, actual: 65}]", "100"),
            ("[{name: x, weight: 1, target: 3, actual: 1}, {name: x, weight: 1, target: 3, actual: 1}]", "100/3"),
        ],
    ),
    "weighted list with numbers for choices": (
        (
            "inputs:\n  tasks:\n    type: list\n    fields:\n      done: {type: percent, name: {zh: 成, en: Done}}\n"
            "      urgency: {type: choice, default: low, name: {zh: 急, en: U}, choices: {low: {zh: 低, en: L}, high: {zh: 高, en: H}}}\n"
            "score: {method: weighted_list, values: {urgency: {low: 1, high: 3}}, weight: urgency, value: done}"
        ),
        [
            ("[{done: 50%, urgency: high}, {done: 100%, urgency: low}]", "62.5"),
            ("[{done: 50%, urgency: high}, {done: 100%}]", "62.5"),
            ("[{done: 0%}]", "0"),
            ("[{done: 33.3%, urgency: high}]", "33.3"),
        ],
    ),
    "weighted list with cap and floor": (
        (
            "inputs: {l: {type: list, fields: {v: {type: percent, name: {zh: 值, en: V}}}}}\n"
            "score: {method: weighted_list, weight: '1', value: v, cap: 90, floor: 20}"
        ),
        [("[{v: 10%}]", "20"), ("[{v: 50%}]", "50"), ("[{v: 99%}]", "90")],
    ),
    "parts, alike": (
        (
            "inputs:\n  a: {type: rating, name: {zh: 甲, en: A}}\n  b: {type: rating, "
            "name: {zh: 乙, en: B}}\n  c: {type: count, name: {zh: 丙, en: C}}\n"
            "score:\n  method: parts\n  parts:\n    - {id: a, method: value, measure: a}\n    - {id: b, method: value, measure: b}\n"
            "    - {id: c, method: deductions, deductions: [{of: c, points: 40}], floor: 0}"
        ),
        [
            ("{a: 90, b: 60, c: 0}", "250/3"),
            ("{a: 90, b: 60, c: 2}", "170/3"),
            ("{a: 90, b: 60, c: 9}", "50"),
            ("{a: 0, b: 0, c: 3}", "0"),
        ],
    ),
    "parts with weights, measure, cap of a part and of the whole": (
        (
            "inputs:\n  a: {type: percent, name: {zh: 甲, en: A}}\n  b: {type: number, name: {zh: 乙, en: B}}\n"
            "score:\n  method: parts\n  cap: 95\n  parts:\n    - {id: a, weight: 3, method: ratio, target: 50%, "
            "measure: a}\n    - {id: b, weight: 1, method: value, measure: b * 2, cap: 100, floor: 20}"
        ),
        [
            ("{a: 25%, b: 30}", "52.5"),
            ("{a: 100%, b: 40}", "95"),
            ("{a: 100%, b: 99}", "95"),
            ("{a: 0%, b: 0}", "5"),
            ("{a: 40%, b: 70}", "85"),
        ],
    ),
    "parts, one of them of confidential ratings": (
        (
            "inputs:\n  n: {type: rating, name: {zh: 数, en: N}}\n"
            "  peers: {type: ratings, confidential: yes, name: {zh: 同, en: Peers}}\n"
            "shown_as: {id: others, name: {zh: 他, en: Others}, at_least: 3}\nscore:\n  method: parts\n  parts:\n"
            "    - {id: a, method: value, measure: n}\n    - {id: b, weight: 3, method: ratings, weights: {peers: 2}}"
        ),
        [("{n: 90, peers: [70, 90, 50]}", "75"), ("{n: 1, peers: [80, 50]}", "49")],
    ),
    "parts, not below a floor": (
        (
            "inputs:\n  a: {type: rating, name: {zh: 甲, en: A}}\n  b: {type: rating, name: {zh: 乙, en: B}}\n"
            "score: {method: parts, floor: 30, parts: [{id: a, method: value, measure: a}, {id: b, method: value, measure: b}]}"
        ),
        [("{a: 10, b: 20}", "30"), ("{a: 10, b: 60}", "35")],
    ),
    "formula": (
        (
            f"{A_OF_B}limits: [b > 0]\nmeasure: a / b\nscore: {{method: formula, "
            f"formula: 'round(measure * 100, 1) - (5 if a < 3 else 0)', cap: full, floor: 0}}"
        ),
        [("{a: 1, b: 3}", "28.3"), ("{a: 3, b: 9}", "33.3"), ("{a: 0, b: 9}", "0"), ("{a: 90, b: 9}", "100")],
    ),
    "when_zero before everything; of two that are 0 the first by id": (
        f"{A_OF_B}when_zero: {{b: full, a: 7}}\nmeasure: a / b\nscore: {{method: value, floor: 50, cap: 60}}",
        [
            ("{a: 0, b: 0}", "7"),
            ("{a: 0, b: 4}", "7"),
            ("{a: 4, b: 0}", "100"),
            ("{a: 100, b: 2}", "50"),
            ("{a: 110, b: 2}", "55"),
            ("{a: 900, b: 2}", "60"),
        ],
    ),
}

# The same methods on a points form, where full marks are the indicator's weight.
POINTS: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "ratio": (
        f"weight: 7\n{PERCENT}score: {{method: ratio, target: 98%}}",
        [("93.1%", "6.65"), ("98%", "7"), ("100%", "7"), ("0%", "0")],
    ),
    "deductions": (
        f"weight: 10\n{COUNT}score: {{method: deductions, deductions: [{{of: n, points: 3}}], floor: 0}}",
        [("0", "10"), ("3", "1"), ("4", "0")],
    ),
    "full": (
        f"weight: 4\n{COUNT}when_zero: {{n: full}}\nscore: {{method: value, cap: full}}",
        [("0", "4"), ("3", "3"), ("9", "4")],
    ),
    "rating": ("weight: 5\ninputs: {r: {type: rating}}\nscore: {method: value}", [("5", "5"), ("4.2", "4.2")]),
    "reference": (
        f"weight: 8\n{NUMBER}score: {{method: reference, reference: 3, above: {{points: -2, every: 1}}}}",
        [("3", "8"), ("5", "4"), ("0", "8")],
    ),
    "weighted list": (
        (
            "weight: 6\ninputs:\n  l: {type: list, fields: {v: {type: percent, "
            "name: {zh: 值, en: V}}}}\nscore: {method: weighted_list, weight: '1', value: v}"
        ),
        [("[{v: 50%}, {v: 100%}]", "4.5")],
    ),
    "parts": (
        (
            "weight: 6\ninputs:\n  a: {type: rating, name: {zh: 甲, en: A}}\n  b: {type: count, name: {zh: 乙, en: B}}\n"
            "score: {method: parts, parts: [{id: a, method: value, measure: a}, "
            "{id: b, method: deductions, deductions: [{of: b, points: 1}]}]}"
        ),
        [("{a: 6, b: 0}", "6"), ("{a: 3, b: 2}", "3.5")],
    ),
}


def rule(text: str, by_weight: bool = False) -> Indicator:
    indicator, found = indicator_from(text, by_weight)
    assert found == [], [f"{item.span} {item.code} {item.message}" for item in found]
    assert indicator is not None
    return indicator


def metric(indicator: Indicator, text: str) -> dict[str, Any]:
    """Read a metric as a review would write it."""
    source = SourceText("metric", f"x: {text}\n")
    node, found = parse(source)
    assert node is not None
    reader = Reader(source)
    values = read_metric(reader, indicator, node.items[0][1], "x")  # type: ignore[union-attr,index]
    assert [*found, *reader.found] == []
    return values


CASES = [
    pytest.param(snippet, by_weight, written, raw, id=f"{title}: {written}")
    for table, by_weight in ((TABLE, False), (POINTS, True))
    for title, (snippet, rows) in table.items()
    for written, raw in rows
]


@pytest.mark.parametrize(("snippet", "by_weight", "written", "raw"), CASES)
def test_raw_score(snippet: str, by_weight: bool, written: str, raw: str) -> None:
    indicator = rule(snippet, by_weight)
    values = metric(indicator, written)
    assert missing_inputs(indicator, values) == ()
    found, steps = raw_score(indicator, values)
    assert found == Fraction(raw)
    assert steps[-1].value == found, "the working ends in the score"
    assert extent_of(indicator).cut(indicator.score.floor, indicator.score.cap) == extent_of(indicator, cut=True)
    assert inside(found, extent_of(indicator, cut=True)) or steps[-1].kind == "when_zero"


def test_every_method_stands_in_the_table() -> None:
    assert {rule(snippet).score.name for snippet, _ in TABLE.values()} == set(METHODS)


@pytest.mark.parametrize(
    ("snippet", "written", "reason"),
    [
        (f"{A_OF_B}measure: a / b\nscore: {{method: value}}", "{a: 1, b: 0}", "division by zero"),
        (f"{A_OF_B}score: {{method: formula, formula: a / (b - 2)}}", "{a: 1, b: 2}", "division by zero"),
        (
            f"{A_OF_B}score: {{method: deductions, deductions: [{{of: a / b, points: 1}}]}}",
            "{a: 1, b: 0}",
            "division by zero",
        ),
        (
            f"{A_OF_B}score: {{method: parts, parts: [{{id: p, method: value, measure: a / b}}]}}",
            "{a: 1, b: 0}",
            "division by zero",
        ),
        (
            (
                "inputs: {l: {type: list, fields: {w: {type: number, name: {zh: 权, "
                "en: W}}}}}\nscore: {method: weighted_list, weight: w, value: w}"
            ),
            "[{w: 0}, {w: 0}]",
            "the weights of the list add up to 0",
        ),
        (
            (
                "inputs: {l: {type: list, fields: {w: {type: number, name: {zh: 权, "
                "en: W}}}}}\nscore: {method: weighted_list, weight: w, value: w}"
            ),
            "[{w: 3}, {w: -1}]",
            "the weight of entry 2 is negative",
        ),
        (
            (
                "inputs: {l: {type: list, fields: {w: {type: number, name: {zh: 权, "
                "en: W}}}}}\nscore: {method: weighted_list, weight: '1', value: 1 / w}"
            ),
            "[{w: 0}]",
            "division by zero",
        ),
    ],
)
def test_numbers_without_a_result(snippet: str, written: str, reason: str) -> None:
    indicator = rule(snippet)
    with pytest.raises(Problem) as problem:
        raw_score(indicator, metric(indicator, written))
    assert problem.value.message == reason


def test_a_scale_that_lacks_a_choice_stops_the_score_not_the_program() -> None:
    text = TABLE["weighted list with numbers for choices"][0].replace("{low: 1, high: 3}", "{low: 1}")
    indicator, found = indicator_from(text.replace("weight: urgency", "weight: urgency * 2"))
    assert [item.code for item in found] == ["KPI523"]
    assert indicator is not None
    assert raw_score(indicator, metric(indicator, "[{done: 50%, urgency: low}]"))[0] == 50
    with pytest.raises(Problem, match="`high` has no value"):
        raw_score(indicator, metric(indicator, "[{done: 50%, urgency: high}]"))


def test_confidential_ratings_score_from_what_is_shown_of_them() -> None:
    """A copy without the lists scores alike: the exact mean and the number of raters are enough."""
    indicator = rule(TABLE["ratings, confidential groups pooled"][0])
    whole = metric(indicator, "{self: [95], peers: [13, 77, 80], staff: [50, 66.6]}")
    raw, steps = raw_score(indicator, whole)
    # (20 × 170 ÷ 3 + 60 × 58.3) ÷ 80 is what is shown of the others
    shown = (20 * Fraction(170, 3) + 60 * Fraction(583, 10)) / 80
    assert (steps[0].kind, steps[0].value, dict(steps[0].args)["count"]) == ("shown", shown, "5")
    copy = {"self": whole["self"], "others": Numbers(5, shown)}
    assert missing_inputs(indicator, copy) == ()
    assert raw_score(indicator, copy)[0] == raw
    working = " ".join(f"{step.formula} {step.numbers} {step.args}" for step in steps)
    for single in ("13", "77", "66.6", "peers", "staff"):
        assert single not in working, "no group and no single rating in the working"


# --- the working in words --------------------------------------------------------------------------------------------


def blocks(name: str) -> list[str]:
    """The blocks of a text file beside the tests, without the first, which says what they are."""
    return (TESTS / "methods" / name).read_text("utf-8").rstrip("\n").split("\n\n")[1:]


def said(step: Step) -> str:
    """A step in English, with ids for names."""
    line = explain(step, {}, str)
    carries = ", ".join(f"{key}={value}" for key, value in step.args)
    return f"= {line.label} | {line.formula} | {line.numbers} | {line.value} | {carries}".rstrip(" |")


@pytest.mark.parametrize("block", blocks("working.txt"))
def test_the_working_in_words(block: str) -> None:
    lines = block.splitlines()
    written = next(line for line in lines if line.startswith("> "))
    indicator = rule("\n".join(lines[: lines.index(written)]))
    _, steps = raw_score(indicator, metric(indicator, written.removeprefix("> ")))
    assert [said(step) for step in steps] == lines[lines.index(written) + 1 :]


def test_the_working_calls_parts_by_their_names() -> None:
    indicator = rule(
        f"{A_OF_B}score: {{method: parts, parts: [{{id: one, name: {{zh: 其一, en: The first}}, method: value, measure: a}}, "
        "{id: two, method: value, measure: b}]}"
    )
    names = names_of(indicator, "en", str)
    assert (names["one"], names["two"]) == ("The first", "two")


# --- rules that do not fit -------------------------------------------------------------------------------------------


READ = "~ read all the same"


@pytest.mark.parametrize("block", blocks("refused.txt"))
def test_a_rule_that_does_not_fit_is_refused(block: str) -> None:
    """With the place, and with words that tell what to do; what is not understood is no rule."""
    said = [line for line in block.splitlines() if line.startswith(("! ", "~ "))]
    indicator, found = indicator_from("\n".join(line for line in block.splitlines() if line not in said))
    assert [f"! {i.span.line}:{i.span.column} {i.code} {i.message}; {i.hint}" for i in found] == [
        line for line in said if line != READ
    ]
    assert any(item.is_error for item in found)
    assert (indicator is not None) == (READ in said)


def test_optional_texts_of_entries_may_be_missing() -> None:
    indicator = rule(
        "inputs:\n  l:\n    type: list\n    fields:\n      note: {type: text, optional: yes, "
        "name: {zh: 注, en: Note}}\n      v: {type: percent, name: {zh: 值, en: V}}\n"
        "score: {method: weighted_list, weight: '1', value: v}"
    )
    values = metric(indicator, "[{v: 30%}, {v: 60%, note: 说明}]")
    assert missing_inputs(indicator, values) == ()
    assert raw_score(indicator, values)[0] == 45


# --- intervals -------------------------------------------------------------------------------------------------------


def ranges_of(inputs: tuple[Input, ...]) -> dict[str, Interval]:
    ranges = {}
    for item in inputs:
        ranges |= {item.id: Interval(item.range.low, item.range.high), **ranges_of(item.fields)}
    return ranges


def extent_of(indicator: Indicator, cut: bool = False) -> Interval:
    ranges = ranges_of(indicator.inputs)
    measure = Interval() if indicator.measure is None else extent(indicator.measure, ranges)

    def of(expression: Expression | None) -> Interval:
        return measure if expression is None else extent(expression, {"measure": measure, **ranges})

    interval = indicator.score.extent(of, indicator.out_of)
    return interval.cut(indicator.score.floor, indicator.score.cap) if cut else interval


def inside(value: Fraction, interval: Interval) -> bool:
    return (interval.low is None or interval.low <= value) and (interval.high is None or value <= interval.high)


@pytest.mark.parametrize("form_id", TEN)
@settings(deadline=None, max_examples=20)
@given(data=st.data())
def test_scores_of_a_form_lie_in_their_intervals(form_id: str, data: st.DataObject) -> None:
    for indicator in form_of(form_id).indicators:
        written = data.draw(written_metric(indicator), label=indicator.id)
        review, found = read_text(review_text(form_id, {indicator.id: written}))
        assert review is not None
        assert found == []
        raw, steps = raw_score(indicator, review.metrics[indicator.id])
        assert steps[-1].value == raw
        assert inside(raw, extent_of(indicator, cut=True)) or steps[-1].kind == "when_zero"


_small = st.builds(Fraction, st.integers(-30, 30), st.sampled_from([1, 2, 3]))
_above = st.builds(Fraction, st.integers(1, 30), st.sampled_from([1, 2, 3]))
_maybe = st.one_of(st.none(), _small)
_side = st.one_of(st.none(), st.builds(Side, _small, _above, st.booleans()))
_limits = st.tuples(_maybe, _maybe).map(lambda pair: pair if None in pair else tuple(sorted(pair, reverse=True)))
_deduction = st.builds(
    lambda points, over, short, every, linear: Deduction(
        Name("measure", 0), points, over, None if over is not None else short, every, linear, Unit.PLAIN
    ),
    _above,
    _maybe,
    _maybe,
    _above,
    st.booleans(),
)
_points = st.lists(st.tuples(_small, _small), min_size=2, max_size=5, unique_by=lambda pair: pair[0]).map(
    lambda points: tuple(sorted(points))
)
_methods = _limits.flatmap(
    lambda limits: st.one_of(
        st.builds(lambda target, lower: Ratio(*limits, target, lower), _above, st.booleans()),
        _points.map(lambda points: Curve(*limits, points)),
        st.builds(
            lambda reference, base, band, above, below: Reference(*limits, reference, base, abs(band), above, below),
            _small,
            _small,
            _small,
            _side,
            _side,
        ),
        st.builds(
            lambda start, items: Deductions(*limits, start, tuple(items)),
            _small,
            st.lists(_deduction, min_size=1, max_size=3),
        ),
    )
)


@settings(deadline=None, max_examples=300)
@given(_methods, st.tuples(_small, _small, _small).map(sorted), st.booleans(), st.booleans(), _above)
def test_scores_of_any_rule_lie_in_their_interval(
    method: Any, ends: list[Fraction], open_below: bool, open_above: bool, full: Fraction
) -> None:
    low, x, high = ends
    measured = Interval(None if open_below else low, None if open_above else high)
    raw, steps = method.score(Case({}, (), full, x))
    assert steps[-1].value == raw
    assert inside(raw, method.extent(lambda _: measured, full).cut(method.floor, method.cap))
    assert inside(raw, Interval(method.floor, method.cap))
    assert all(
        inside(
            method.score(Case({}, (), full, knot))[0],
            method.extent(lambda _: Interval(), full).cut(method.floor, method.cap),
        )
        for knot in method.knots()
    )


@settings(deadline=None, max_examples=200)
@given(_points, _small)
def test_a_curve_is_between_its_neighbouring_points(points: tuple[tuple[Fraction, Fraction], ...], x: Fraction) -> None:
    method = Curve(None, None, points)
    below = [y for knot, y in method.points if knot <= x][-1:] or [method.points[0][1]]
    above = [y for knot, y in method.points if knot >= x][:1] or [method.points[-1][1]]
    assert min(below + above) <= method.at(x) <= max(below + above)
    assert all(method.at(knot) == y for knot, y in method.points)
