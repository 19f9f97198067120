"""The method `bands`: rules with what they give, worked out by hand; the ends of bands; what the rule page says."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpigen.numbers.formula import Name, Problem, number
from kpigen.numbers.intervals import Interval
from kpigen.scoring.attainable import Most, most_raw
from kpigen.scoring.methods.bands import Bands, Ends
from kpigen.scoring.methods.base import Case, Mark, method_of
from kpigen.scoring.score import raw_score
from tests.helpers.rules import A_OF_B, COUNT, NUMBER, PERCENT, Rules, described, extent_of, metric, rule

TWO = """\
inputs:
  done: {type: percent, name: {zh: 完成率, en: Done}, max: 300%}
  paid: {type: percent, name: {zh: 回款率, en: Paid}, max: 300%}
measure: done
"""
PAY = f"""{TWO}score:
  method: bands
  by: paid
  columns: [100%, 95%, 90%]
  at_least: {{100%: [1.5, 1.45, 1.4], 97%: [1.45, 1.4], 94%: [1.4]}}
  otherwise: 0
"""
PARTS_OF = """\
inputs:
  a: {type: count, name: {zh: 甲, en: A}}
  b: {type: count, name: {zh: 乙, en: B}}
  c: {type: duration, name: {zh: 丙, en: C}}
limits: [a <= b]
measure: a / b
"""

RULES: Rules = {
    "lower ends": (
        f"{PERCENT}score: {{method: bands, at_least: {{95%: 100, 90%: 80, 0%: 60}}}}",
        [
            ("100%", "100"),
            ("95%", "100"),
            ("94.99%", "80"),
            ("90%", "80"),
            ("89.999%", "60"),
            ("0%", "60"),
        ],
    ),
    "upper ends": (
        f"{COUNT}score: {{method: bands, at_most: {{0: full, 2: 80.5, 5: 40}}, otherwise: -10}}",
        [("0", "100"), ("1", "161/2"), ("2", "161/2"), ("3", "40"), ("5", "40"), ("6", "-10")],
    ),
    "lower ends, from low to high, with cap and floor": (
        f"{NUMBER}score: {{method: bands, at_least: {{-2: 0, 0: 60, 1.5: 130}}, otherwise: -50, cap: 120, floor: -5}}",
        [("-2.01", "-5"), ("-2", "0"), ("-0.5", "0"), ("0", "60"), ("1.49", "60"), ("1.5", "120"), ("99", "120")],
    ),
    "upper ends, from high to low": (
        f"{NUMBER}score: {{method: bands, at_most: {{10: 1, 5: 2, -1: 3}}, otherwise: 0}}",
        [("11", "0"), ("10", "1"), ("5.5", "1"), ("5", "2"), ("0", "2"), ("-1", "3"), ("-100", "3")],
    ),
    "one band": (
        f"{PERCENT}score: {{method: bands, at_least: {{60%: full}}, otherwise: 0}}",
        [("59.99%", "0"), ("60%", "100")],
    ),
    "durations": (
        "inputs: {t: {type: duration}}\nscore: {method: bands, at_most: {30s: 100, 1m: 80, 1h: 20}, otherwise: 0}",
        [("0s", "100"), ("30s", "100"), ("31s", "80"), ("1m", "80"), ("61s", "20"), ("1h1s", "0")],
    ),
    "two-way": (
        PAY,
        [
            ("{done: 100%, paid: 100%}", "1.5"),
            ("{done: 250%, paid: 95%}", "1.45"),
            ("{done: 97%, paid: 94.99%}", "0"),
            ("{done: 97%, paid: 95%}", "1.4"),
            ("{done: 99.99%, paid: 180%}", "1.45"),
            ("{done: 94%, paid: 100%}", "1.4"),
            ("{done: 94%, paid: 99%}", "0"),
            ("{done: 93.9%, paid: 100%}", "0"),
            ("{done: 100%, paid: 89%}", "0"),
            ("{done: 0%, paid: 0%}", "0"),
        ],
    ),
    "two-way, by a formula, upper ends": (
        f"{PARTS_OF}score: {{method: bands, by: c / b, columns: [10s, 20s], at_most: {{50%: [1, 2], 100%: [3, full]}}, otherwise: 9}}",
        [
            ("{a: 1, b: 2, c: 20s}", "1"),
            ("{a: 1, b: 2, c: 21s}", "2"),
            ("{a: 2, b: 2, c: 20s}", "3"),
            ("{a: 2, b: 2, c: 40s}", "100"),
            ("{a: 2, b: 2, c: 41s}", "9"),
        ],
    ),
    "two-way, columns from low to high, of money": (
        """\
inputs:
  sold: {type: money, name: {zh: 销售额, en: Sold}}
  years: {type: count, name: {zh: 工龄, en: Years}}
measure: sold
score: {method: bands, by: years, columns: [0, 3], at_least: {10000: [6, 5], 0: [1, 0.5]}}
""",
        [
            ("{sold: 9999.99, years: 2}", "1"),
            ("{sold: 9999.99, years: 3}", "0.5"),
            ("{sold: 10000, years: 0}", "6"),
            ("{sold: 10000.01, years: 40}", "5"),
        ],
    ),
}

POINTS: Rules = {
    "bands": (
        f"weight: 12.5\n{PERCENT}score: {{method: bands, at_least: {{95%: full, 0%: 3}}}}",
        [("95%", "12.5"), ("94%", "3")],
    ),
}


@pytest.mark.parametrize(
    ("text", "written", "reason"),
    [
        (f"{PERCENT}score: {{method: bands, at_least: {{60%: 1}}}}", "59.5%", "no band of the table holds 59.5%"),
        (f"{NUMBER}score: {{method: bands, at_most: {{2: 1, 5: 3}}}}", "5.01", "no band of the table holds 5.01"),
        (PAY.replace("  otherwise: 0\n", ""), "{done: 10%, paid: 8%}", "no band of the table holds 10%"),
        (PAY.replace("  otherwise: 0\n", ""), "{done: 97%, paid: 8%}", "no band of the table holds 8%"),
        (PAY.replace("  otherwise: 0\n", ""), "{done: 97%, paid: 90%}", "the cell of the table is empty"),
    ],
)
def test_what_no_band_holds_has_no_score(text: str, written: str, reason: str) -> None:
    indicator = rule(text)
    with pytest.raises(Problem) as problem:
        raw_score(indicator, metric(indicator, written))
    assert problem.value.message == reason


def test_what_the_rule_page_says() -> None:
    rates = f"{PERCENT}score: {{method: bands, at_least: {{95%: full, 90%: 80, 0%: -2.5}}}}"
    assert described(rates) == ["95% and above: 100", "from 90% to below 95%: 80", "from 0% to below 90%: -2.5"]
    counts = f"{COUNT}score: {{method: bands, at_most: {{0: 10, 2: 5}}, otherwise: 0}}"
    assert described(counts) == ["0 and below: 10", "above 0 to 2: 5", "Otherwise: 0"]
    assert described(PAY) == ["Columns by: Paid", "Otherwise: 0"]


def test_what_can_be_reached() -> None:
    """Only the bands that the input's range reaches, and `otherwise` only where it can apply."""
    ends = f"{PERCENT}score: {{method: bands, at_least: {{120%: 130, 50%: 80, 0%: 20}}, otherwise: -5}}"
    assert extent_of(rule(ends)) == Interval(Fraction(20), Fraction(80))
    assert most_raw(rule(ends)).value == 80
    short = f"{COUNT}score: {{method: bands, at_most: {{-1: 500, 3: 80, 9: 20}}, otherwise: -5}}"
    assert extent_of(rule(short)) == Interval(Fraction(-5), Fraction(80))
    assert extent_of(rule(PAY)) == Interval(Fraction(0), Fraction(3, 2))
    cells = PAY.replace("max: 300%", "max: 96%")
    assert extent_of(rule(cells)) == Interval(Fraction(0), Fraction(0))
    assert most_raw(rule(PAY)).exact
    by_count = f"{A_OF_B}measure: a\nscore: {{method: bands, by: b, columns: [15, 50], at_most: {{7: [1, 5], 9: [2]}}, otherwise: 0}}"
    assert most_raw(rule(by_count)) == Most(Fraction(5), exact=True), "the ends of the columns are tried too"


def test_marks_are_where_the_bands_end() -> None:
    method = method_of(rule(PAY))
    assert method.marks("measure") == tuple(Mark("band", Fraction(end, 100)) for end in (100, 97, 94))
    assert method.marks("paid") == tuple(Mark("band", Fraction(end, 100)) for end in (100, 95, 90))
    assert method.marks("done") == ()
    assert method.knots() == (1, Fraction(97, 100), Fraction(94, 100))
    by_formula = method_of(rule(RULES["two-way, by a formula, upper ends"][0]))
    assert by_formula.marks("c") == ()
    assert by_formula.bases() == {"b"}


_number = st.builds(Fraction, st.integers(-20, 20), st.sampled_from([1, 2, 3]))
_ends = st.lists(_number, min_size=1, max_size=6, unique=True).flatmap(
    lambda values: st.builds(Ends, st.sampled_from([tuple(sorted(values)), tuple(sorted(values)[::-1])]), st.booleans())
)


@settings(deadline=None, max_examples=300)
@given(_ends, _number, _number)
def test_every_number_is_in_exactly_one_band_or_in_none(ends: Ends, x: Fraction, y: Fraction) -> None:
    found = [place for place in range(len(ends.values)) if x in ends.band(place)]
    place = ends.holding(x)
    assert found == ([] if place is None else [place])
    assert (x in ends.outside) == (place is None)
    assert place in ends.met(Interval(min(x, y), max(x, y)))
    assert place in ends.met(Interval())
    assert ends.met(Interval(x, x)) == (place,)


@settings(deadline=None, max_examples=300)
@given(_ends, st.data())
def test_the_formula_of_any_table_gives_its_cells(rows: Ends, data: st.DataObject) -> None:
    columns = data.draw(st.none() | _ends.map(lambda ends: Ends(ends.values, rows.upper)))
    width = 1 if columns is None else len(columns.values)
    cells = tuple(
        tuple(data.draw(st.lists(_number, min_size=1 if columns else width, max_size=width))) for _ in rows.values
    )
    otherwise = data.draw(st.none() | _number)
    method = Bands(rows, cells, otherwise, None if columns is None else Name("by"), columns=columns)
    x, by = data.draw(_number), data.draw(_number)
    case = Case({"by": by}, (), Fraction(100), x)
    written = method.as_formula(Name("measure"), case)
    assert written is not None
    try:
        score, steps = method.raw(case)
    except Problem:
        assert otherwise is None
        with pytest.raises(Problem, match="division by zero"):
            number(written, {"measure": x, "by": by})
        return
    assert number(written, {"measure": x, "by": by}) == score == steps[-1].value
    wide = method.extent(lambda _: Interval(), Fraction(100))
    narrow = method.extent(lambda of: Interval(x, x) if of is None else Interval(by, by), Fraction(100))
    assert narrow == Interval(score, score)
    assert wide.low is not None
    assert wide.high is not None
    assert wide.low <= score <= wide.high
