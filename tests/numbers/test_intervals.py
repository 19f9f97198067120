"""How far formulas and scores can go, worked out by hand: neither too little nor, where it can be said, too much."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpigen.numbers import formula
from kpigen.numbers.formula import Declared, Expression, Problem, Type, checked, parse
from kpigen.numbers.intervals import Interval, extent
from kpigen.scoring.methods.base import method_of
from kpigen.scoring.methods.curve import Curve
from kpigen.scoring.methods.deductions import Deductions
from kpigen.scoring.methods.ratio import Ratio
from kpigen.scoring.methods.reference import Reference
from kpigen.scoring.outlook.univariate import Along
from tests.helpers.outlook import F, formulas
from tests.helpers.rules import A_OF_B, CHOICES, COUNT, NUMBER, PERCENT, extent_of, rule


def interval(text: str) -> Interval:
    """`1..5`; an end that is left out is without end."""
    low, _, high = text.partition("..")
    return Interval(Fraction(low) if low else None, Fraction(high) if high else None)


RANGES = {
    "a": "2..5",
    "b": "-3..4",
    "c": "-6..-1",
    "z": "0..10",
    "up": "1..",
    "zero_up": "0..",
    "down": "..-2",
    "zero_down": "..0",
    "any": "..",
    "below": "..7",
    "above": "-4..",
    "small": "-0.5..0.5",
}


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("3", "3..3"),
        ("a", "2..5"),
        ("unknown", ".."),
        ("-a", "-5..-2"),
        ("-up", "..-1"),
        ("-down", "2.."),
        ("a + b", "-1..9"),
        ("a + up", "3.."),
        ("a + down", "..3"),
        ("up + down", ".."),
        ("a - b", "-2..8"),
        ("a - up", "..4"),
        ("a - down", "4.."),
        ("a * b", "-15..20"),
        ("b * b", "-12..16"),
        ("a * c", "-30..-2"),
        ("c * c", "1..36"),
        ("a * up", "2.."),
        ("a * down", "..-4"),
        ("c * up", "..-1"),
        ("down * down", "4.."),
        ("b * up", ".."),
        ("0 * any", "0..0"),
        ("z * up", "0.."),
        ("a * any", ".."),
        ("a / 2", "1..2.5"),
        ("b / a", "-1.5..2"),
        ("a / a", "0.4..2.5"),
        ("a / c", "-5..-1/3"),
        ("a / b", ".."),
        ("a / z", "0.2.."),
        ("a / up", "0..5"),
        ("1 / zero_up", "0.."),
        ("1 / zero_down", "..0"),
        ("1 / down", "-0.5..0"),
        ("1 / c", "-1..-1/6"),
        ("1 / any", ".."),
        ("1 / above", ".."),
        ("a / (z - 10)", "..-0.2"),
        ("abs(b)", "0..4"),
        ("abs(c)", "1..6"),
        ("abs(a)", "2..5"),
        ("abs(z)", "0..10"),
        ("abs(-z)", "0..10"),
        ("abs(any)", "0.."),
        ("abs(below)", "0.."),
        ("abs(above)", "0.."),
        ("abs(b - 1)", "0..4"),
        ("min(a, b)", "-3..4"),
        ("max(a, b)", "2..5"),
        ("min(a, b, c)", "-6..-1"),
        ("max(a, up)", "2.."),
        ("min(a, up)", "1..5"),
        ("min(a, down)", "..-2"),
        ("max(a, down)", "2..5"),
        ("min(up, zero_up)", "0.."),
        ("max(down, zero_down)", "..0"),
        ("min(any, below)", "..7"),
        ("max(any, above)", "-4.."),
        ("a if b > 0 else c", "-6..5"),
        ("a if b > 0 else up", "1.."),
        ("down if b > 0 else a", "..5"),
        # a is 2..5, b is -3..4, c is -6..-1: a condition that holds or fails everywhere chooses its side
        ("7 if a > c else 8", "7..7"),
        ("7 if c < a else 8", "7..7"),
        ("7 if c > a else 8", "8..8"),
        ("7 if a < c else 8", "8..8"),
        ("7 if a >= c else 8", "7..7"),
        ("7 if c >= a else 8", "8..8"),
        ("7 if a < 5 else 8", "7..8"),
        ("7 if a <= 5 else 8", "7..7"),
        ("7 if a < 6 else 8", "7..7"),
        ("7 if a < 2 else 8", "8..8"),
        ("7 if a <= 2 else 8", "7..8"),
        ("7 if a <= 1 else 8", "8..8"),
        ("7 if a > 2 else 8", "7..8"),
        ("7 if a >= 2 else 8", "7..7"),
        ("7 if a > 5 else 8", "8..8"),
        ("7 if a >= 5 else 8", "7..8"),
        ("7 if up > 0 else 8", "7..7"),
        ("7 if up > 2 else 8", "7..8"),
        ("7 if down > 0 else 8", "8..8"),
        ("7 if 0 < up else 8", "7..7"),
        ("7 if any > 0 else 8", "7..8"),
        ("7 if a == c else 8", "7..8"),
        ("7 if p else 8", "7..8"),
        ("a > b", "0..1"),
        ("not a > b", "0..1"),
        ("a < b", "0..1"),
        ("a <= b", "0..1"),
        ("a == b", "0..1"),
        ("a != b", "0..1"),
        ("a >= b", "0..1"),
        ("p and q", "0..1"),
        ("p or q", "0..1"),
        ("not p", "0..1"),
        ("1 / 0", ".."),
        ("round(a / 3, 0)", "1..2"),
        ("sum(small)", ".."),
        ("abs(a / 4)", "0.5..1.25"),
        ("abs(-a / 4)", "0.5..1.25"),
        ("abs(small)", "0..0.5"),
        ("round(a / 3)", "1..2"),
        ("round(a / 3, 1)", "0.7..1.7"),
        ("floor(a / 3)", "0..1"),
        ("ceil(a / 3)", "1..2"),
        ("floor(up / 3)", "0.."),
        ("ceil(down / 3)", "..0"),
        ("sum(a, b)", "-1..9"),
        ("sum(a, b, c)", "-7..8"),
        ("mean(a, b)", "-0.5..4.5"),
        ("mean(a, b, c)", "-7/3..8/3"),
        ("mean(a, up)", "1.5.."),
        # one name is a list, of any length
        ("mean(a)", "2..5"),
        ("min(a)", "2..5"),
        ("max(b)", "-3..4"),
        ("sum(a)", "2.."),
        ("sum(z)", "0.."),
        ("sum(b)", ".."),
        ("sum(c)", "..-1"),
        ("sum(zero_down)", "..0"),
        ("count(b)", "1.."),
    ],
)
def test_how_far_a_formula_goes(formula: str, expected: str) -> None:
    expression = parse(formula)
    assert not isinstance(expression, Problem)
    assert extent(expression, {name: interval(text) for name, text in RANGES.items()}) == interval(expected)


#: a is 2..5, b is -3..4, c is -6..-1, z is 0..10; the fields x of the list `l` are 1..3, y from -2 on.
OVER_LISTS = [
    ("given(a)", "", "0..1"),
    ("last(a)", "", "2..5"),
    ("count(a, b)", "", "2..2"),
    ("weighted_mean(1, a, 3, c)", "", "-4..0.5"),
    ("weighted_mean(0, a, 3, c)", "", "-6..-1"),
    ("weighted_mean(z, a, 3, c)", "", "-6..5"),
    ("weighted_mean(1, a, -3, c)", "", "-6..5"),
    ("weighted_mean(0, a, 0, c)", "", "-6..5"),
    ("weighted_mean(1, a, 3, any)", "", ".."),
    ("count(l, x > 2)", "", "0.."),
    ("run(l, x > 2)", "", "0.."),
    ("mean(l, x)", "", "1..3"),
    ("min(l, x * a)", "", "2..15"),
    ("max(l, y)", "", "-2.."),
    ("sum(l, x)", "", "0.."),
    ("sum(l, -x)", "", "..0"),
    ("sum(l, x - 2)", "", ".."),
    ("mean(z, value)", "", "0..10"),
    ("mean(z, value + a)", "", "2..15"),
    ("sum(z, value - 10)", "", "..0"),
    ("7 if mean(l, x) > 0 else 8", "", "7..7"),
    ("7 if given(a) else 8", "", "7..8"),
    # what may be absent bounds nothing by itself
    ("mean(a, b)", "b", "-3..5"),
    ("mean(a, c)", "a c", "-6..5"),
    ("mean(a, b + c)", "c", "-9..5"),
    ("mean(a, b)", "z", "-0.5..4.5"),
    ("min(a, b)", "b", "-3..5"),
    ("min(a, b)", "a", "-3..4"),
    ("min(a, b)", "a b", "-3..5"),
    ("min(a, c, z)", "c", "-6..5"),
    ("min(up, c, z)", "c z", "-6.."),
    ("min(any, a)", "any", "..5"),
    ("max(a, b)", "b", "2..5"),
    ("max(a, b)", "a", "-3..5"),
    ("max(c, b, a)", "a", "-3..5"),
    ("max(a, down)", "a down", "..5"),
    ("max(up, b)", "up b", "-3.."),
    ("count(a, b, c)", "b", "2..3"),
    ("count(a, b)", "a b", "0..2"),
    ("count(a)", "a", "0.."),
    ("weighted_mean(1, a, 3, c)", "c", "-6..5"),
    ("weighted_mean(1, a, 3, c)", "b", "-4..0.5"),
    ("a + b", "b", "-1..9"),
    ("mean(l, min(x, y))", "l.y", "-2..3"),
    ("mean(l, max(x, -y))", "l.y", "1..3"),
    ("mean(l, min(x, a))", "a", "1..3"),
    ("mean(l, min(x, a))", "l.x", "1..5"),
]


@pytest.mark.parametrize(("text", "optional", "expected"), OVER_LISTS)
def test_how_far_it_goes_over_lists_and_without_what_may_be_absent(text: str, optional: str, expected: str) -> None:
    ranges = {name: interval(range_) for name, range_ in {**RANGES, "l.x": "1..3", "l.y": "-2.."}.items()}
    number = Declared(Type.PLAIN)
    fields = {"x": number, "y": number}
    known = {**dict.fromkeys(RANGES, number), "l": Declared(Type.ENTRIES, fields=fields)}
    if "value" in text or "last" in text:
        known |= {"z": Declared(Type.LIST), "a": Declared(Type.LIST if "last" in text else Type.PLAIN)}
    expression = parse(text)
    assert not isinstance(expression, Problem)
    found = checked(expression, known)
    meant = expression if isinstance(found, Problem) else found[0]
    assert extent(meant, ranges, frozenset(optional.split())) == interval(expected)


@pytest.mark.parametrize(
    ("operator", "optional", "expected"),
    [
        ("sum of", "", "-4..9"),
        ("sum of", "a", "-6..9"),
        ("sum of", "b", "-4..9"),
        ("sum of", "a b", "-6..9"),
        ("mean of", "", "-2..4.5"),
        ("mean of", "b", "-6..5"),
        ("count of", "", "0..2"),
        ("run of", "a", "0..2"),
    ],
)
def test_how_far_entries_go(operator: str, optional: str, expected: str) -> None:
    """Of a, which is 2..5, and of b, which is -6..4."""
    ranges = {"a": interval("2..5"), "b": interval("-6..4")}
    expression = formula.build(operator, formula.Name("a"), formula.Name("b"))
    assert extent(expression, ranges, frozenset(optional.split())) == interval(expected)


@pytest.mark.parametrize(
    ("one", "floor", "cap", "expected"),
    [
        ("0..10", None, None, "0..10"),
        ("0..10", "2", "8", "2..8"),
        ("0..10", "12", None, "12..12"),
        ("0..10", None, "-3", "-3..-3"),
        ("0..10", "-1", "11", "0..10"),
        ("..", "2", None, "2.."),
        ("..", None, "8", "..8"),
        ("..", "2", "8", "2..8"),
        ("3..", "2", None, "3.."),
        ("..3", "5", None, "5..5"),
        ("..9", None, "8", "..8"),
        ("9..", None, "8", "8..8"),
    ],
)
def test_an_interval_after_floor_and_cap(one: str, floor: str | None, cap: str | None, expected: str) -> None:
    limits = [None if limit is None else Fraction(limit) for limit in (floor, cap)]
    assert interval(one).cut(*limits) == interval(expected)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("1..2", "5..6", "1..6"),
        ("1..9", "5..6", "1..9"),
        ("1..", "0..6", "0.."),
        ("..2", "0..6", "..6"),
        ("1..2", "..", ".."),
    ],
)
def test_the_hull_of_two(one: str, other: str, expected: str) -> None:
    assert interval(one).hull(interval(other)) == interval(expected) == interval(other).hull(interval(one))


TO_FIFTY = "inputs: {n: {type: number, min: 0, max: 50}}\n"
TWO = "inputs:\n  a: {type: rating, name: {zh: 甲, en: A}}\n  b: {type: count, max: 10, name: {zh: 乙, en: B}}\n"


def reference(range_: str, sides: str) -> str:
    return f"inputs: {{n: {{type: number{range_}}}}}\nscore: {{method: reference, reference: 10, base: 50, band: 2, {sides}}}"


PARTS = "score: {{method: parts, parts: [{{id: p, weight: 3, {}}}, {{id: q, {}}}]}}"
ABOVE, BELOW = "above: {points: 10, every: 1, steps: linear}", "below: {points: -5, every: 1}"
ROWS = "inputs: {l: {type: list, fields: {v: {type: percent, max: 80%, name: {zh: 值, en: V}}}}}\n"


@pytest.mark.parametrize(
    ("snippet", "expected"),
    [
        ("inputs: {r: {type: rating}}\nscore: {method: value}", "0..100"),
        (f"{NUMBER}score: {{method: value}}", ".."),
        (f"{COUNT}measure: n * 2 + 1\nscore: {{method: value}}", "1.."),
        (f"{PERCENT}score: {{method: ratio, target: 95%}}", "0..100"),
        ("inputs: {p: {type: percent, min: 10%, max: 40%}}\nscore: {method: ratio, target: 50%}", "20..80"),
        (f"{NUMBER}score: {{method: ratio, target: 8}}", "..100"),
        ("inputs: {n: {type: number, min: -2, max: 4}}\nscore: {method: ratio, target: 8}", "-25..50"),
        ("inputs: {t: {type: duration}}\nscore: {method: ratio, target: 30s, better: lower}", "0..100"),
        (
            "inputs: {t: {type: duration, min: 40s, max: 2m}}\nscore: {method: ratio, target: 30s, better: lower}",
            "25..75",
        ),
        ("inputs: {t: {type: duration, max: 2m}}\nscore: {method: ratio, target: 30s, better: lower}", "25..100"),
        (
            "inputs: {n: {type: number, min: 0.5, max: 40}}\nscore: {method: ratio, target: 30, better: lower}",
            "75..100",
        ),
        ("inputs: {n: {type: number, min: -1, max: 40}}\nscore: {method: ratio, target: 30, better: lower}", "0..100"),
        ("inputs: {n: {type: number, max: 40}}\nscore: {method: ratio, target: 30, better: lower}", "0..100"),
        ("inputs: {n: {type: number, max: -1}}\nscore: {method: ratio, target: 30, better: lower}", "0..100"),
        (f"{PERCENT}score: {{method: curve, points: {{5%: 100, 20%: 10}}}}", "10..100"),
        (
            "inputs: {p: {type: percent, min: 10%, max: 15%}}\nscore: {method: curve, points: {5%: 100, 20%: 10}}",
            "40..70",
        ),
        (f"{NUMBER}score: {{method: curve, points: {{-2: 0, 0: 60, 1: 50, 4: 90, 5: 20}}}}", "0..90"),
        (
            "inputs: {n: {type: number, min: 0, max: 5}}\nscore: {method: curve, points: {-2: 0, 0: 60, 1: 50, 4: 90, 5: 20}}",
            "20..90",
        ),
        (
            "inputs: {n: {type: number, min: 0, max: 3}}\nscore: {method: curve, points: {-2: 0, 0: 60, 1: 50, 4: 90, 5: 20}}",
            "50..230/3",
        ),
        (
            "inputs: {n: {type: number, min: 2}}\nscore: {method: curve, points: {-2: 0, 0: 60, 1: 50, 4: 90, 5: 20}}",
            "20..90",
        ),
        (
            "inputs: {n: {type: number, max: -1}}\nscore: {method: curve, points: {-2: 0, 0: 60, 1: 50, 4: 90, 5: 20}}",
            "0..30",
        ),
        (reference("", f"{ABOVE}, {BELOW}"), ".."),
        (reference("", ABOVE), "50.."),
        (reference("", BELOW), "..50"),
        (reference("", "above: {points: -1, every: 1}"), "..50"),
        (reference("", "below: {points: 3, every: 1}"), "50.."),
        (reference(", min: 0, max: 20", f"{ABOVE}, {BELOW}"), "10..130"),
        (reference(", min: 0, max: 20", ABOVE), "50..130"),
        (reference(", min: 0, max: 20", BELOW), "10..50"),
        (reference(", min: 0", f"{ABOVE}, {BELOW}"), "10.."),
        (reference(", max: 20", f"{ABOVE}, {BELOW}"), "..130"),
        (reference(", min: 9, max: 11", f"{ABOVE}, {BELOW}"), "50..50"),
        (f"{COUNT}score: {{method: deductions, from: 10, deductions: [{{of: n, points: 4}}]}}", "..10"),
        (f"{TO_FIFTY}score: {{method: deductions, deductions: [{{of: n, points: 1.5}}]}}", "25..100"),
        (
            "inputs: {n: {type: count, min: 3, max: 5}}\nscore: {method: deductions, deductions: [{of: n, points: 4}]}",
            "80..88",
        ),
        (f"{COUNT}score: {{method: deductions, deductions: [{{of: n, short_of: 600, points: 1}}]}}", "-500..100"),
        (
            "inputs: {n: {type: count, min: 500, max: 590}}\nscore: {method: deductions, deductions: [{of: n, short_of: 600, points: 1}]}",
            "0..90",
        ),
        (f"{NUMBER}score: {{method: deductions, deductions: [{{of: n, short_of: 600, points: 1}}]}}", "..100"),
        (
            f"{TO_FIFTY}score: {{method: deductions, deductions: [{{of: n, over: 24, every: 4, points: 2, steps: linear}}]}}",
            "87..100",
        ),
        (
            f"{TO_FIFTY}score: {{method: deductions, deductions: [{{of: n, over: 24, every: 4, points: 2}}, {{of: n, points: 1}}]}}",
            "38..100",
        ),
        (
            f"inputs: {{l: {{type: choice, {CHOICES}}}}}\nscore: {{method: levels, levels: {{high: 70, middle: full, low: -5}}}}",
            "-5..100",
        ),
        ("inputs: {done: {type: yes_no}}\nscore: {method: levels, levels: {yes: 40, no: 60}}", "40..60"),
        (
            (
                "inputs:\n  self: {type: ratings, min: 20, max: 80, name: {zh: 自, en: Self}}\n"
                "  peers: {type: ratings, min: 10, max: 60, name: {zh: 同, en: Peers}}\n"
                "score: {method: ratings, weights: {self: 10, peers: 30}}"
            ),
            "10..80",
        ),
        ("inputs: {r: {type: ratings, min: 5}}\nscore: {method: ratings, weights: {r: 10}}", "5..100"),
        (f"{ROWS}score: {{method: weighted_list, weight: '1', value: v}}", "0..80"),
        (f"{ROWS}score: {{method: weighted_list, weight: v, value: v / 2 + 0.5}}", "50..90"),
        (
            TWO + PARTS.format("method: value, measure: a", "method: value, measure: b"),
            "0..77.5",
        ),
        (
            TWO
            + PARTS.format(
                "method: value, measure: a, cap: 80, floor: 20",
                "method: deductions, deductions: [{of: b, points: 3}], measure: a",
            ),
            "32.5..85",
        ),
        (f"{A_OF_B}score: {{method: formula, formula: 'min(a, 40) - min(b, 10) * 2'}}", "-20..40"),
    ],
)
def test_how_far_a_score_goes(snippet: str, expected: str) -> None:
    assert extent_of(rule(snippet)) == interval(expected)


def test_full_marks_of_a_points_form_bound_its_scores() -> None:
    assert extent_of(rule(f"weight: 8\n{PERCENT}score: {{method: ratio, target: 50%}}", True)) == interval("0..8")
    lower = "weight: 8\ninputs: {t: {type: duration, max: 2m}}\nscore: {method: ratio, target: 30s, better: lower}"
    assert extent_of(rule(lower, True)) == interval("2..8")
    assert extent_of(
        rule(f"weight: 8\n{ROWS}score: {{method: weighted_list, weight: '1', value: v}}", True)
    ) == interval("0..6.4")


def test_where_scores_turn() -> None:
    ratio = method_of(rule(f"{PERCENT}score: {{method: ratio, target: 95%}}"))
    curve = method_of(rule(f"{NUMBER}score: {{method: curve, points: {{-2: 0, 0: 60, 1: 50}}}}"))
    around = method_of(rule(reference("", ABOVE)))
    limits = "{of: n, over: 7, points: 1}, {of: n, short_of: 3, points: 1}, {of: n, points: 1}"
    counted = method_of(rule(f"{NUMBER}score: {{method: deductions, deductions: [{limits}]}}"))
    assert (type(ratio), type(curve), type(around), type(counted)) == (Ratio, Curve, Reference, Deductions)
    assert ratio.knots() == (Fraction(95, 100),)
    assert curve.knots() == (-2, 0, 1)
    assert around.knots() == (8, 10, 12)
    assert counted.knots() == (7, 3)
    assert method_of(rule(f"{NUMBER}score: {{method: value}}")).knots() == ()


@given(expression=formulas(), low=st.integers(-20, 20), width=st.integers(0, 9), share=st.integers(0, 8))
def test_an_interval_holds_what_a_formula_gives(expression: Expression, low: int, width: int, share: int) -> None:
    value = Along("n", expression, {}).at(low + F(width * share, 8))
    interval = extent(expression, {"n": Interval(F(low), F(low + width))})
    if value is not None:
        assert interval.low is None or interval.low <= value
        assert interval.high is None or interval.high >= value


def test_a_condition_that_is_certain_leaves_one_branch() -> None:
    expression = formula.parse("n * 2 if n > 5 else 100")
    assert not isinstance(expression, formula.Problem)
    assert extent(expression, {"n": Interval(F(6), F(9))}) == Interval(F(12), F(18))
    assert extent(expression, {"n": Interval(F(0), F(5))}) == Interval(F(100), F(100))
    assert extent(expression, {"n": Interval(F(4), F(9))}) == Interval(F(8), F(100))
