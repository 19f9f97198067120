"""The method `ratio`: rules with what they give, worked out by hand; what the rule page says."""

from __future__ import annotations

from fractions import Fraction

from kpigen.scoring.methods.base import method_of
from tests.helpers.rules import A_OF_B, NUMBER, PERCENT, Rules, described, rule

RULES: Rules = {
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
}

# On a points form full marks are the indicator's weight.
POINTS: Rules = {
    "ratio": (
        f"weight: 7\n{PERCENT}score: {{method: ratio, target: 98%}}",
        [("93.1%", "6.65"), ("98%", "7"), ("100%", "7"), ("0%", "0")],
    ),
}


def test_what_the_rule_page_says() -> None:
    assert described(f"{PERCENT}score: {{method: ratio, target: 95%}}") == ["Target: 95% (higher is better)"]
    lower = "inputs: {t: {type: duration}}\nscore: {method: ratio, target: 30s, better: lower, cap: 90}"
    assert described(lower) == ["Target: 30s (lower is better)", "Cap: 90"]


def test_its_target_is_what_the_printed_form_names() -> None:
    assert method_of(rule(f"{PERCENT}score: {{method: ratio, target: 95%}}")).aim == Fraction(95, 100)
    assert method_of(rule(f"{NUMBER}score: {{method: value}}")).aim is None
