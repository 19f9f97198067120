"""The method `formula`: rules with what they give, worked out by hand; what the rule page says."""

from __future__ import annotations

from tests.helpers.rules import A_OF_B, Rules, described

RULES: Rules = {
    "formula over a list of ratings": (
        "inputs: {scores: {type: ratings}}\nscore: {method: formula, formula: 'mean(scores) - (10 if min(scores) < 60 else 0)'}",
        [("[80, 90]", "85"), ("[59, 91]", "65"), ("[60]", "60")],
    ),
    "formula": (
        (
            f"{A_OF_B}limits: [b > 0]\nmeasure: a / b\nscore: {{method: formula, "
            f"formula: 'round(measure * 100, 1) - (5 if a < 3 else 0)', cap: full, floor: 0}}"
        ),
        [("{a: 1, b: 3}", "28.3"), ("{a: 3, b: 9}", "33.3"), ("{a: 0, b: 9}", "0"), ("{a: 90, b: 9}", "100")],
    ),
}


def test_what_the_rule_page_says() -> None:
    written = f"{A_OF_B}measure: a / b\nscore: {{method: formula, formula: 'measure * 100 - (5 if a < 3 else 0)'}}"
    assert described(written) == ["Formula: measured value × 100 − (5 if A < 3 else 0)"]
