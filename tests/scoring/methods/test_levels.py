"""The method `levels`: rules with what they give, worked out by hand; what the rule page says."""

from __future__ import annotations

from tests.helpers.rules import CHOICES, SCALE, Rules, described

RULES: Rules = {
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
    "levels of a scale": (
        f"{SCALE}inputs: {{level: {{scale: abc}}}}\nscore: {{method: levels, floor: 0}}",
        [("a", "5"), ("b", "3.5"), ("c", "0")],
    ),
    "levels of a scale, with other points": (
        f"{SCALE}inputs: {{level: {{type: choice, scale: abc, default: b}}}}\nscore: {{method: levels, levels: {{a: 1, b: 2, c: 3}}}}",
        [("a", "1"), ("", "2"), ("c", "3")],
    ),
}


def test_what_the_rule_page_says() -> None:
    levels = f"inputs: {{level: {{type: choice, {CHOICES}}}}}\nscore: {{method: levels, levels: {{high: full, middle: 60, low: -5}}}}"
    scale = f"{SCALE}inputs: {{level: {{scale: abc}}}}\nscore: {{method: levels}}"
    assert described(scale) == ["Good: 5", "Fair: 3.5", "Poor: -1"]
    assert described(levels) == ["High: 100", "Middle: 60", "Low: -5"]
