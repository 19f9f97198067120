"""The method `parts`: rules with what they give, worked out by hand; what the rule page says."""

from __future__ import annotations

from kpigen.scoring.explain import names_of
from tests.helpers.rules import A_OF_B, Rules, described, rule

RULES: Rules = {
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
}

# On a points form full marks are the indicator's weight.
POINTS: Rules = {
    "parts": (
        (
            "weight: 6\ninputs:\n  a: {type: rating, name: {zh: 甲, en: A}}\n  b: {type: count, name: {zh: 乙, en: B}}\n"
            "score: {method: parts, parts: [{id: a, method: value, measure: a}, "
            "{id: b, method: deductions, deductions: [{of: b, points: 1}]}]}"
        ),
        [("{a: 6, b: 0}", "6"), ("{a: 3, b: 2}", "3.5")],
    ),
}


def test_what_the_rule_page_says() -> None:
    parts = (
        "score: {method: parts, cap: 95, parts: [{id: one, name: {zh: 甲, en: A}, weight: 3, method: value, measure: a, floor: 1}, "
        "{id: two, name: {zh: 其二, en: The second}, method: ratio, target: 50%, measure: a / b}, "
        "{id: c, method: deductions, deductions: [{of: b, points: 2}]}]}"
    )
    assert described(A_OF_B + parts) == [
        "Part: A (× 3)",
        "A · Method: The measured value is the score",
        "A · Floor: 1",
        "Part: The second: A ÷ B",
        "The second · Method: Share of a target",
        "The second · Target: 50% (higher is better)",
        "Part: c",
        "c · Method: Deductions",
        "c · Starts at: 100",
        "c · Deduction: 2 for each 1 of B",
        "Cap: 95",
    ]


def test_the_working_calls_parts_by_their_names() -> None:
    indicator = rule(
        f"{A_OF_B}score: {{method: parts, parts: [{{id: one, name: {{zh: 其一, en: The first}}, method: value, measure: a}}, "
        "{id: two, method: value, measure: b}]}"
    )
    names = names_of(indicator, "en", str)
    assert (names["one"], names["two"]) == ("The first", "two")
    assert names_of(indicator, "zh", str)["one"] == "其一"
