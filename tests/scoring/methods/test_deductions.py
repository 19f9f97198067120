"""The method `deductions`: rules with what they give, worked out by hand; what the rule page says."""

from __future__ import annotations

from tests.helpers.rules import A_OF_B, COUNT, NUMBER, Rules, described

RULES: Rules = {
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
}

# On a points form full marks are the indicator's weight.
POINTS: Rules = {
    "deductions": (
        f"weight: 10\n{COUNT}score: {{method: deductions, deductions: [{{of: n, points: 3}}], floor: 0}}",
        [("0", "10"), ("3", "1"), ("4", "0")],
    ),
}


def test_what_the_rule_page_says() -> None:
    deductions = (
        "score: {method: deductions, from: 110, deductions: [{of: a, points: 3}, {of: a / b, over: 15%, every: 5%, points: 2},"
        " {of: b, short_of: 600, points: 0.5}]}"
    )
    assert described(A_OF_B + deductions) == [
        "Starts at: 110",
        "Deduction: 3 for each 1 of A",
        "Deduction: 2 for each complete 5% of A ÷ B beyond 15%",
        "Deduction: 0.5 for each 1 by which B falls short of 600",
    ]
