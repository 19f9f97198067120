"""The method `ratings`: rules with what they give, worked out by hand; what the rule page says."""

from __future__ import annotations

from fractions import Fraction

from kpigen.numbers.formula import Numbers
from kpigen.scoring.score import missing_inputs, raw_score
from tests.helpers.rules import Rules, described, metric, rule

RULES: Rules = {
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
}


def test_what_the_rule_page_says() -> None:
    assert described(RULES["ratings, confidential groups pooled"][0]) == [
        "Weight of Self: 20",
        "Weight of Peers: 20",
        "Weight of Staff: 60",
    ]


def test_confidential_ratings_score_from_what_is_shown_of_them() -> None:
    """A copy without the lists scores alike: the exact mean and the number of raters are enough."""
    indicator = rule(RULES["ratings, confidential groups pooled"][0])
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
