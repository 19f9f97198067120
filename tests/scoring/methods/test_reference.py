"""The method `reference`: rules with what they give, worked out by hand; what the rule page says."""

from __future__ import annotations

from kpigen.scoring.methods.base import method_of
from tests.helpers.rules import NUMBER, PERCENT, Rules, described, rule

RULES: Rules = {
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
}

# On a points form full marks are the indicator's weight.
POINTS: Rules = {
    "reference": (
        f"weight: 8\n{NUMBER}score: {{method: reference, reference: 3, above: {{points: -2, every: 1}}}}",
        [("3", "8"), ("5", "4"), ("0", "8")],
    ),
}


def test_what_the_rule_page_says() -> None:
    both = (
        "score: {method: reference, reference: 10, base: 50, band: 2, cap: 90, floor: 0, "
        "above: {points: 10, every: 1.5, steps: linear}, below: {points: -5, every: 1}}"
    )
    assert described(NUMBER + both) == [
        "Reference: 10",
        "Base score: 50",
        "Tolerance: ± 2",
        "Above: +10 for each 1.5, in proportion",
        "Below: −5 for each complete 1",
        "Cap: 90",
        "Floor: 0",
    ]
    above = f"{PERCENT}score: {{method: reference, reference: 90%, band: 2%, above: {{points: 0, every: 1%}}}}"
    assert described(above) == [
        "Reference: 90%",
        "Base score: 100",
        "Tolerance: ± 2%",
        "Above: 0 for each complete 1%",
    ]
    below = f"{NUMBER}score: {{method: reference, below: {{points: 0.5, every: 1}}}}"
    assert described(below) == ["Reference: 0", "Base score: 100", "Below: +0.5 for each complete 1"]


def test_a_side_that_a_rule_does_without_has_no_origin() -> None:
    method = method_of(rule(f"{NUMBER}score: {{method: reference, below: {{points: -2, every: 1}}, cap: 90}}"))
    assert [key for key in ("above", "below", "cap", "floor", "base", "unknown") if method.leaves_out(key)] == [
        "above",
        "floor",
    ]
