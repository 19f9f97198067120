"""A formula is followed exactly along one number."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from kpigen.numbers import formula
from kpigen.numbers.formula import Expression, Missing, Value
from kpigen.scoring.outlook.breakpoints import sweep
from kpigen.scoring.outlook.folding import Folding
from kpigen.scoring.outlook.univariate import Along
from tests.helpers.outlook import F, formulas


@settings(max_examples=400)
@given(expression=formulas(), start=st.integers(-20, 20), sign=st.sampled_from([1, -1]))
def test_a_formula_is_followed_exactly(expression: Expression, start: int, sign: int) -> None:
    _is_followed(Along("n", expression, {}), start, sign)


@settings(max_examples=800)
@given(expression=formulas(absent=True), start=st.integers(-20, 20), sign=st.sampled_from([1, -1]))
def test_a_formula_is_followed_around_what_is_absent(expression: Expression, start: int, sign: int) -> None:
    known: dict[str, Value] = {"gone": Missing.ABSENT}
    _is_followed(Along("n", expression, known), start, sign)
    folded = Folding(expression, known).along("n")
    for n in range(start - 5, start + 6):
        assert Along("n", folded, known).at(F(n)) == Along("n", expression, known).at(F(n)), formula.write(expression)
    _is_followed(Along("n", folded, known), start, sign)


@settings(max_examples=800)
@given(expression=formulas(absent=True), low=st.integers(-20, 20), width=st.integers(0, 9), share=st.integers(0, 8))
def test_scores_lie_within_their_bounds_around_what_is_absent(
    expression: Expression, low: int, width: int, share: int
) -> None:
    known: dict[str, Value] = {"gone": Missing.ABSENT}
    left = formula.without(expression, frozenset(["gone"]))
    for one in (expression, left) if left is not None else (expression,):
        along = Along("n", one, known)
        value, bounds = along.at(low + F(width * share, 8)), along.within(F(low), F(low + width))
        if value is not None:
            assert bounds.low is None or bounds.low <= value
            assert bounds.high is None or value <= bounds.high


def _is_followed(along: Along, start: int, sign: int) -> None:
    expression = along.expression
    end, last = F(start + sign * 12), F(start)
    for stretch in itertools.islice(sweep(along, F(start), sign, end), 25):
        assert stretch.start == last
        assert stretch.end is not None
        last = stretch.end
        for share in (F(1, 97), F(1, 3), F(1, 2), F(5, 6)):
            x = stretch.start + (stretch.end - stretch.start) * share
            if stretch.line is not None:
                assert stretch.line.at(x) == along.at(x), (formula.write(expression), x)
