"""A formula is followed exactly along one number."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from kpigen.numbers import formula
from kpigen.numbers.formula import Expression
from kpigen.scoring.outlook.breakpoints import sweep
from kpigen.scoring.outlook.univariate import Along
from tests.helpers.outlook import F, formulas


@settings(max_examples=400)
@given(expression=formulas(), start=st.integers(-20, 20), sign=st.sampled_from([1, -1]))
def test_a_formula_is_followed_exactly(expression: Expression, start: int, sign: int) -> None:
    along = Along("n", expression, {})
    end, last = F(start + sign * 12), F(start)
    for stretch in itertools.islice(sweep(along, F(start), sign, end), 25):
        assert stretch.start == last
        assert stretch.end is not None
        last = stretch.end
        for share in (F(1, 97), F(1, 3), F(1, 2), F(5, 6)):
            x = stretch.start + (stretch.end - stretch.start) * share
            if stretch.line is not None:
                assert stretch.line.at(x) == along.at(x), (formula.write(expression), x)
