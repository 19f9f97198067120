"""The method `value`: rules with what they give, worked out by hand; what the rule page says."""

from __future__ import annotations

from tests.helpers.rules import A_OF_B, COUNT, NUMBER, Rules, described

RULES: Rules = {
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

# On a points form full marks are the indicator's weight.
POINTS: Rules = {
    "full": (
        f"weight: 4\n{COUNT}when_zero: {{n: full}}\nscore: {{method: value, cap: full}}",
        [("0", "4"), ("3", "3"), ("9", "4")],
    ),
    "rating": ("weight: 5\ninputs: {r: {type: rating}}\nscore: {method: value}", [("5", "5"), ("4.2", "4.2")]),
}


def test_what_the_rule_page_says() -> None:
    assert described(f"{NUMBER}score: {{method: value}}") == []
    assert described(f"{NUMBER}score: {{method: value, cap: full, floor: 2.5}}") == ["Cap: 100", "Floor: 2.5"]
