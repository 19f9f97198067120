"""The method `formula`: rules with what they give, worked out by hand; what the rule page says."""

from __future__ import annotations

from tests.helpers.rules import A_OF_B, SCALE, Rules, described

RULES: Rules = {
    "formula over a list of ratings": (
        "inputs: {scores: {type: ratings}}\nscore: {method: formula, formula: 'mean(scores) - (10 if min(scores) < 60 else 0)'}",
        [("[80, 90]", "85"), ("[59, 91]", "65"), ("[60]", "60")],
    ),
    "formula over choices of a scale": (
        (
            f"{SCALE}inputs:\n  own: {{scale: abc, name: {{zh: 自, en: Own}}}}\n"
            "  other: {scale: abc, name: {zh: 他, en: Other}, default: own}\n"
            "  extra: {type: number, name: {zh: 加, en: Extra}, default: 2.5}\n"
            "limits: [other <= own, extra >= 0]\n"
            "score: {method: formula, formula: 'mean(own, other) * 10 + (extra if own == a and other != b else own)'}"
        ),
        [
            ("{own: a}", "52.5"),
            ("{own: a, other: a, extra: 0}", "50"),
            ("{own: a, other: b}", "47.5"),
            ("{own: b, other: c, extra: 1}", "16"),
            ("{own: c}", "-11"),
        ],
    ),
    "formula over optional choices of a scale": (
        (
            f"{SCALE}inputs:\n  q: {{scale: abc, name: {{zh: 质, en: Q}}}}\n  e: {{scale: abc, name: {{zh: 效, en: E}}, optional: yes}}\n"
            "score: {method: formula, formula: 'mean(q, e) - (1 if given(e) and e == c else 0)'}"
        ),
        [("{q: a}", "5"), ("{q: a, e: b}", "4.25"), ("{q: c, e: c}", "-2")],
    ),
    "formula over the entries of a list with a scale": (
        (
            f"{SCALE}inputs: {{calls: {{type: list, fields: {{level: {{scale: abc, name: {{zh: 档, en: Level}}}}}}}}}}\n"
            "score: {method: formula, formula: 'mean(calls, level) - count(calls, level == c) - count(calls, level < 4)'}"
        ),
        [("[{level: a}]", "5"), ("[{level: a}, {level: c}, {level: b}]", "-0.5")],
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
    scale = RULES["formula over choices of a scale"][0]
    assert described(scale) == ["Formula: mean(Own, Other) × 10 + (Extra if Own = Good and Other ≠ Fair else Own)"]
    assert described(written) == ["Formula: measured value × 100 − (5 if A < 3 else 0)"]
