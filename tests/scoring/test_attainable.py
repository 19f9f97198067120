"""What can be reached at most is computed from the rules, and right for all nine forms by hand."""

from __future__ import annotations

import operator
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpigen.i18n.messages import messages
from kpigen.model.forms import Indicator
from kpigen.numbers import formula
from kpigen.numbers.formula import Problem
from kpigen.numbers.intervals import Interval, extent
from kpigen.scoring.attainable import Most, most_raw, unreachable_cap
from kpigen.scoring.attainable_total import most_points
from kpigen.site.pages.form_view import form_view
from tests.helpers.forms import NINE, form_of, indicator_from, rulebook
from tests.helpers.rules import SCALE, rule

# By hand from the rule files: indicator → most out of 100 where that is not 100; then the total.
BY_HAND: dict[str, tuple[dict[str, int], int]] = {
    "cs-360": ({}, 100),
    "cs-graded": ({}, 100),
    # Cost 100% saved is cut at 130; no leavers score 115 on the curve; a rating of 3 is 100 + 30.
    # 15 × 1.00 + 15 × 1.00 + 20 × 1.30 + 20 × 1.15 + 30 × 1.30 = 118
    "cs-kpi-gs": ({"cost_control": 130, "turnover": 115, "policy_quality": 130}, 118),
    "cs-latest": ({}, 100),
    "cs-practical": ({}, 100),
    # A rating of 5 is 0.5 above 4.5: 80 + 5 × 2 = 90. 25 + 25 + 30 × 0.9 + 20 = 97
    "ecommerce-cs": ({"csat": 90}, 97),
    "front-desk": ({}, 100),
    "property-cs": ({}, 100),
    # The best level is 80: 40 + 20 + 10 + 10 + 10 + 10 × 0.8 = 98
    "support-center": ({"superior": 80}, 98),
}


def made(text: str, by_weight: bool = False) -> Indicator:
    """An indicator of a snippet that has no findings."""
    indicator, found = indicator_from(text, by_weight)
    assert found == [], [item.message for item in found]
    assert indicator is not None
    return indicator


@pytest.mark.parametrize("form", NINE)
def test_the_most_of_each_form_is_what_it_is_by_hand(form: str) -> None:
    others, total = BY_HAND[form]
    rules = form_of(form)
    assert most_points(rules) == Most(Fraction(total), exact=True)
    for indicator in rules.indicators:
        most = most_raw(indicator)
        assert most.exact, indicator.id
        assert most.value == others.get(indicator.id, indicator.out_of), indicator.id


def test_only_two_caps_of_the_nine_forms_cannot_be_reached() -> None:
    found = {
        (form.id, indicator.id): (most.value, indicator.score.cap)
        for form in rulebook().forms
        for indicator in form.indicators
        if form.id in NINE and (most := unreachable_cap(indicator)) is not None
    }
    assert found == {("cs-kpi-gs", "turnover"): (115, 130), ("ecommerce-cs", "csat"): (90, 100)}


def test_the_most_of_the_tenth_form_leaves_the_bonus_out() -> None:
    form = form_of("warehouse-keeper")
    assert form.bonus
    assert most_points(form) == Most(Fraction(100), exact=True)


# --- single methods --------------------------------------------------------------------------------------------------

COUNT = "inputs: {n: {type: count}}"
RATE = "inputs: {r: {type: percent, max: 100%}}"


@pytest.mark.parametrize(
    ("text", "most"),
    [
        (f"{RATE}\nscore: {{method: ratio, target: 90%}}", Most(Fraction(100), True)),
        ("inputs: {r: {type: percent, max: 80%}}\nscore: {method: ratio, target: 100%}", Most(Fraction(80), True)),
        ("inputs: {r: {type: percent, max: 80%}}\nscore: {method: ratio, target: 80%}", Most(Fraction(100), True)),
        (
            "inputs: {t: {type: duration, above: 0s}}\nscore: {method: ratio, target: 30s, better: lower}",
            Most(Fraction(100), True),
        ),
        (f"{COUNT}\nscore: {{method: value}}", Most(None, False)),
        (f"{COUNT}\nscore: {{method: value, cap: 7}}", Most(Fraction(7), True)),
        ("inputs: {n: {type: rating, min: 1, max: 5}}\nscore: {method: value}", Most(Fraction(5), True)),
        (f"{COUNT}\nscore: {{method: deductions, deductions: [{{of: n, points: 3}}]}}", Most(Fraction(100), True)),
        (f"{COUNT}\nscore: {{method: curve, points: {{0: 70, 10: 40}}}}", Most(Fraction(70), True)),
        (f"{COUNT}\nscore: {{method: curve, points: {{0: 70, 10: 120, 20: 0}}}}", Most(Fraction(120), True)),
        (f"{COUNT}\nscore: {{method: formula, formula: 'min(n, 50) * 2'}}", Most(Fraction(100), True)),
        (f"{COUNT}\nscore: {{method: formula, formula: 'n * 2'}}", Most(None, False)),
        (f"{COUNT}\nscore: {{method: formula, formula: '10 if n > 3 else 40'}}", Most(Fraction(40), True)),
        ("inputs: {ok: {type: yes_no}}\nscore: {method: levels, levels: {yes: 60, no: 10}}", Most(Fraction(60), True)),
        (
            "inputs: {n: {type: ratings, min: 0, max: 10}}\nscore: {method: formula, formula: mean(n) * 9}",
            Most(Fraction(90), True),
        ),
    ],
)
def test_the_most_of_a_method(text: str, most: Most) -> None:
    assert most_raw(made(text)) == most


AMOUNT = "{name}: {{type: count, name: {{zh: 数, en: Number}}{more}}}"


def two(first: str, second: str, rest: str) -> Indicator:
    """An indicator of two counts."""
    return made(f"inputs: {{{first}, {second}}}\n{rest}")


def test_the_forms_limits_narrow_what_can_be_reached() -> None:
    """Without the limit 20 is reached; with it nobody gets more than 10, and the bound is only `no more than`."""
    first, second = AMOUNT.format(name="a", more=", max: 20"), AMOUNT.format(name="b", more=", min: 1, max: 10")
    rest = "measure: a / b\nscore: {method: formula, formula: measure * 10, cap: 20}"
    assert most_raw(two(first, second, rest)) == Most(Fraction(20), exact=True)
    assert most_raw(two(first, second, f"{rest}\nlimits: [a <= b]")) == Most(Fraction(20), exact=False)


def test_limits_may_compare_choices_and_their_points() -> None:
    text = (
        f"{SCALE}inputs:\n  level: {{scale: abc, name: {{zh: 档, en: Level}}}}\n"
        "  n: {type: number, min: 0, max: 50, name: {zh: 数, en: N}}\nscore: {method: formula, formula: n + level}\n"
    )
    for limit, is_reached in (
        ("level == a", True),
        ("level != a", False),
        ("n <= level * 10", True),
        ("n < level * 10", False),
    ):
        assert most_raw(rule(f"{text}limits: [{limit}]")) == Most(Fraction(55), is_reached), limit


def test_where_nothing_is_due_more_may_be_given() -> None:
    done, due = AMOUNT.format(name="done", more=""), AMOUNT.format(name="due", more="")
    rest = "limits: [done <= due]\nmeasure: done / due\nscore: {method: formula, formula: 'min(measure, 1) * 60'}"
    assert most_raw(two(done, due, f"{rest}\nwhen_zero: {{due: full}}")) == Most(Fraction(100), exact=True)
    assert most_raw(two(done, due, f"{rest}\nwhen_zero: {{due: 30}}")) == Most(Fraction(60), exact=True)


@pytest.mark.parametrize(
    ("text", "most"),
    [
        (f"{COUNT}\nscore: {{method: curve, points: {{0: 70, 10: 40}}, cap: 90}}", Fraction(70)),
        ("inputs: {n: {type: rating, min: 1, max: 5}}\nscore: {method: value, cap: 6}", Fraction(5)),
        ("inputs: {n: {type: rating, min: 1, max: 5}}\nscore: {method: value, cap: 5}", None),
        ("inputs: {n: {type: rating, min: 1, max: 5}}\nscore: {method: value, cap: 4}", None),
        (f"{COUNT}\nscore: {{method: value, cap: 1000}}", None),
        (f"{COUNT}\nscore: {{method: curve, points: {{0: 70, 10: 40}}}}", None),
    ],
    ids=["curve below its cap", "rating below its cap", "cap reached", "cap cuts", "no upper end", "no cap"],
)
def test_a_cap_that_cannot_be_reached_is_found(text: str, most: Fraction | None) -> None:
    found = unreachable_cap(made(text))
    assert (None if found is None else found.value) == most


def test_what_is_only_a_bound_is_called_no_more_than() -> None:
    form = form_of("front-desk")
    assert form_view(form, Most(Fraction(104), False), messages("en")).derived == ("No more than 104 can be reached.",)
    assert form_view(form, Most(Fraction(104), True), messages("en")).derived == ("The most anyone can reach is 104.",)
    assert form_view(form, Most(Fraction(100), True), messages("en")).derived == ()
    assert form_view(form, Most(None, False), messages("en")).derived == ("There is no upper limit to the total.",)


# --- intervals -------------------------------------------------------------------------------------------------------


def span(low: Any, high: Any) -> Interval:
    return Interval(None if low is None else Fraction(low), None if high is None else Fraction(high))


ALL = span(None, None)


@pytest.mark.parametrize(
    ("one", "two", "total", "times"),
    [
        ((1, 2), (3, 5), (4, 7), (3, 10)),
        ((-1, 2), (3, 5), (2, 7), (-5, 10)),
        ((-1, 2), (-3, 5), (-4, 7), (-6, 10)),
        ((-2, -1), (-5, -3), (-7, -4), (3, 10)),
        ((0, 0), (1, 2), (1, 2), (0, 0)),
        ((0, None), (3, 5), (3, None), (0, None)),
        ((0, None), (-5, -3), (-5, None), (None, 0)),
        ((1, None), (0, None), (1, None), (0, None)),
        ((None, 1), (2, 3), (None, 4), (None, 3)),
        ((None, -1), (None, -2), (None, -3), (2, None)),
        ((-1, None), (2, 3), (1, None), (-3, None)),
        ((None, None), (1, 2), (None, None), (None, None)),
        ((None, None), (0, 0), (None, None), (0, 0)),
        ((0, None), (0, 0), (0, None), (0, 0)),
    ],
)
def test_sums_and_products_of_intervals(one: Any, two: Any, total: Any, times: Any) -> None:
    assert span(*one).plus(span(*two)) == span(*two).plus(span(*one)) == span(*total)
    assert span(*one).times(span(*two)) == span(*two).times(span(*one)) == span(*times)


@pytest.mark.parametrize(
    ("one", "two", "quotient"),
    [
        ((1, 2), (4, 5), ("1/5", "1/2")),
        ((1, 2), (0, 5), ("1/5", None)),
        ((0, 2), (0, 5), (0, None)),
        ((0, None), (1, None), (0, None)),
        ((1, 2), (1, None), (0, 2)),
        ((1, 2), (-5, -4), ("-1/2", "-1/5")),
        ((1, 2), (-5, 0), (None, "-1/5")),
        ((1, 2), (None, -1), (-2, 0)),
        ((1, 2), (-1, 1), (None, None)),
        ((1, 2), (None, None), (None, None)),
    ],
)
def test_quotients_of_intervals(one: Any, two: Any, quotient: Any) -> None:
    assert span(*one).divided(span(*two)) == span(*quotient)


@pytest.mark.parametrize(
    ("one", "floor", "cap", "cut"),
    [
        ((0, 150), None, 130, (0, 130)),
        ((0, 150), 70, 130, (70, 130)),
        ((None, None), 0, 100, (0, 100)),
        ((None, None), None, None, (None, None)),
        ((-5, -1), 0, None, (0, 0)),
        ((200, 300), None, 100, (100, 100)),
        ((10, None), 20, None, (20, None)),
    ],
)
def test_intervals_cut_by_floor_and_cap(one: Any, floor: Any, cap: Any, cut: Any) -> None:
    limits = [None if limit is None else Fraction(limit) for limit in (floor, cap)]
    assert span(*one).cut(*limits) == span(*cut)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3", (3, 3)),
        ("a", (-2, 4)),
        ("b", (0, None)),
        ("c", (1, 3)),
        ("-a", (-4, 2)),
        ("a + c", (-1, 7)),
        ("a - c", (-5, 3)),
        ("c - c", (-2, 2)),
        ("a * c", (-6, 12)),
        ("c / b", (0, None)),
        ("abs(a)", (0, 4)),
        ("abs(c)", (1, 3)),
        ("abs(-c)", (1, 3)),
        ("abs(b)", (0, None)),
        ("abs(-b)", (0, None)),
        ("min(a, b)", (-2, 4)),
        ("max(a, b)", (0, None)),
        ("min(b, 100)", (0, 100)),
        ("max(0, a)", (0, 4)),
        ("min(a, b, c)", (-2, 3)),
        ("floor(c / 2)", (0, 1)),
        ("ceil(c / 2)", (1, 2)),
        ("round(c / 2)", (1, 2)),
        ("round(c / 8, 1)", ("0.1", "0.4")),
        ("sum(a, b, c)", (-1, None)),
        ("mean(a, c)", ("-1/2", "7/2")),
        ("a if c > 2 else b", (-2, None)),
        ("10 if a > 0 else 20", (10, 20)),
    ],
)
def test_the_extent_of_a_formula(text: str, expected: Any) -> None:
    ranges = {"a": span(-2, 4), "b": span(0, None), "c": span(1, 3)}
    assert extent(formula.parse(text), ranges) == span(*expected)


@pytest.mark.parametrize(
    ("text", "low", "high", "expected"),
    [
        ("mean(r)", 0, 10, (0, 10)),
        ("min(r)", 1, 5, (1, 5)),
        ("max(r)", 1, 5, (1, 5)),
        ("count(r)", 1, 5, (1, None)),
        ("sum(r)", 1, 5, (1, None)),
        ("sum(r)", -5, -1, (None, -1)),
        ("sum(r)", -5, 5, (None, None)),
    ],
)
def test_the_extent_of_a_formula_over_ratings(text: str, low: int, high: int, expected: Any) -> None:
    assert extent(formula.parse(text), {"r": span(low, high)}) == span(*expected)


FORMULAS = [
    "a + b * c",
    "(a - b) / c",
    "min(a, b) - max(b, c)",
    "abs(a - b) * c",
    "a if b > c else c - a",
    "floor(a / 3) + ceil(b / 4)",
    "round(a * b / 7, 1)",
    "mean(a, b, c)",
    "sum(a, -b, c) / 2",
    "-a * -a",
]
ends = st.tuples(st.integers(-6, 6), st.integers(0, 6)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@given(st.sampled_from(FORMULAS), ends, ends, ends, st.data())
def test_no_value_of_a_formula_lies_outside_its_extent(text: str, a: Any, b: Any, c: Any, data: st.DataObject) -> None:
    names = dict(zip("abc", (a, b, c), strict=True))
    values: dict[str, Any] = {
        name: data.draw(st.fractions(low, high, max_denominator=4)) for name, (low, high) in names.items()
    }
    expression = formula.parse(text)
    found = extent(expression, {name: span(*pair) for name, pair in names.items()})
    try:
        value = formula.evaluate(expression, values)
    except Problem:
        return  # division by zero
    assert isinstance(value, Fraction)
    assert found.low is None or found.low <= value
    assert found.high is None or value <= found.high


def test_products_and_quotients_hold_every_pair_and_are_no_larger() -> None:
    """Against all pairs of whole numbers of small intervals: the ends are reached."""
    pairs = [(low, high) for low, high in product(range(-2, 3), repeat=2) if low <= high]
    for one, two in product(pairs, repeat=2):
        numbers = list(product(range(one[0], one[1] + 1), range(two[0], two[1] + 1)))
        products = [operator.mul(x, y) for x, y in numbers]
        assert span(*one).times(span(*two)) == span(min(products), max(products))
        if not two[0] <= 0 <= two[1]:
            quotients = [Fraction(x, y) for x, y in numbers]
            assert span(*one).divided(span(*two)) == span(min(quotients), max(quotients))
