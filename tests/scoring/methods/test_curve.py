"""The method `curve`: rules with what they give, worked out by hand; what the rule page says."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from kpigen.scoring.methods.curve import Curve
from tests.helpers.rules import NUMBER, PERCENT, Rules, described

RULES: Rules = {
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
}


def test_what_the_rule_page_says() -> None:
    curve = f"{PERCENT}score: {{method: curve, points: {{5%: full, 20%: -2.5}}}}"
    assert described(curve) == ["Points of the curve: 5% → 100, 20% → -2.5"]


_small = st.builds(Fraction, st.integers(-30, 30), st.sampled_from([1, 2, 3]))
_points = st.lists(st.tuples(_small, _small), min_size=2, max_size=5, unique_by=lambda pair: pair[0]).map(
    lambda points: tuple(sorted(points))
)


@settings(deadline=None, max_examples=200)
@given(_points, _small)
def test_a_curve_is_between_its_neighbouring_points(points: tuple[tuple[Fraction, Fraction], ...], x: Fraction) -> None:
    method = Curve(points)
    below = [y for knot, y in method.points if knot <= x][-1:] or [method.points[0][1]]
    above = [y for knot, y in method.points if knot >= x][:1] or [method.points[-1][1]]
    assert min(below + above) <= method.at(x) <= max(below + above)
    assert all(method.at(knot) == y for knot, y in method.points)
