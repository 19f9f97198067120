"""Shown means without the highest and lowest ratings: computed where the list is, and never below what the rules say."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpigen.i18n.messages import messages
from kpigen.model.reviews import Taken
from kpigen.numbers.formula import Numbers
from kpigen.numbers.notation import Notation
from kpigen.scoring.explain import explain, names_of
from kpigen.scoring.score import raw_score, shown_of
from kpigen.scoring.taken import values_taken
from tests.helpers.forms import TESTS
from tests.helpers.rules import metric, rule
from tests.helpers.tiny import TINY, check_files, codes_of

TEAM_RULE = (TESTS / "cases/KPI420" / TINY).read_text("utf-8")
ONE = """\
inputs: {{r: {{type: ratings, confidential: yes}}}}
shown_as: {{id: mean, name: {{zh: 均, en: Mean}}, trim: {trim}, trim_from: {least}}}
score: {{method: formula, formula: mean(r)}}
"""
TWO = """\
inputs:
  peers: {type: ratings, confidential: yes, name: {zh: 同, en: Peers}}
  staff: {type: ratings, confidential: yes, name: {zh: 下, en: Staff}}
shown_as: {id: others, name: {zh: 他, en: Others}, trim: 1, trim_from: 5}
score: {method: ratings, weights: {peers: 20, staff: 60}}
"""

# trim, trim_from, ratings → the mean, worked out by hand
MEANS = [
    (1, 5, "[10, 90, 80, 70, 60]", "70"),
    (1, 5, "[90, 80, 70, 10]", "62.5"),
    (1, 3, "[0, 50, 100]", "50"),
    (1, 3, "[100, 100, 0]", "100"),
    (1, 3, "[100, 0]", "50"),
    (2, 5, "[1, 2, 3, 4, 99]", "3"),
    (2, 6, "[1, 2, 3, 4, 99]", "21.8"),
    (1, 4, "[70, 70, 70, 70]", "70"),
]


@pytest.mark.parametrize(("trim", "least", "ratings", "expected"), MEANS)
def test_the_mean_that_is_shown(trim: int, least: int, ratings: str, expected: str) -> None:
    indicator = rule(ONE.format(trim=trim, least=least))
    values = metric(indicator, ratings)
    shown = shown_of(indicator, values)
    assert shown is not None
    assert (shown.mean, shown.count, shown.items) == (Fraction(expected), ratings.count(",") + 1, None)
    raw, steps = raw_score(indicator, values)
    assert raw == Fraction(expected)
    copy = {"mean": Numbers(shown.count, shown.mean)}
    assert raw_score(indicator, copy) == (raw, steps), "a copy has the same working"


@given(st.lists(st.fractions(0, 100, max_denominator=8), min_size=1, max_size=14), st.integers(1, 3), st.integers(0, 4))
def test_a_trimmed_mean_lies_between_the_ratings(ratings: list[Fraction], trim: int, more: int) -> None:
    least = 2 * trim + 1 + more
    indicator = rule(ONE.format(trim=trim, least=least))
    plain = sum(ratings, Fraction(0)) / len(ratings)
    for order in (ratings, ratings[::-1], sorted(ratings)):
        shown = shown_of(indicator, {"r": Numbers.of(tuple(order))})
        assert shown is not None
        assert min(ratings) <= shown.mean <= max(ratings)
        assert shown.count == len(ratings)
        if len(ratings) < least:
            assert shown.mean == plain
        else:
            left = list(ratings)
            for _ in range(trim):
                left.remove(max(left))
                left.remove(min(left))
            assert shown.mean == sum(left, Fraction(0)) / len(left)


def test_each_group_is_trimmed_on_its_own() -> None:
    indicator = rule(TWO)
    values = metric(indicator, "{peers: [10, 80, 80, 80, 100], staff: [10, 50, 60, 80]}")
    shown = shown_of(indicator, values)
    # (20 × 80 + 60 × 50) ÷ 80: the second group has four ratings only
    assert shown == Numbers(9, Fraction(20 * 80 + 60 * 50, 80))


def test_the_totals_of_a_team_are_trimmed_too() -> None:
    indicator = rule(ONE.format(trim=1, least=4).replace("confidential: yes", "confidential: yes, auto: team_totals"))
    totals = tuple(Taken(f"A-{number}", total, "s") for number, total in enumerate(("10", "90", "80", "107")))
    values = values_taken(indicator, metric(indicator, "auto"), totals)
    assert shown_of(indicator, values) == Numbers(4, Fraction(85))


def test_the_working_says_that_some_were_left_out_and_not_which() -> None:
    indicator = rule(ONE.format(trim=1, least=5))
    for ratings, count, is_said in (("[10, 90, 80, 70, 60]", "5", True), ("[90, 80, 70, 60]", "4", False)):
        _, steps = raw_score(indicator, metric(indicator, ratings))
        for language, said in (("en", "1 highest"), ("zh", "最高")):
            words = messages(language)
            names = names_of(indicator, language, words.gettext)
            lines = [explain(step, names, words.gettext, Notation()) for step in steps]
            assert (said in lines[0].label) == is_said
            assert count in lines[0].label
            told = " ".join(f"{line.label} {line.formula} {line.numbers} {line.value}" for line in lines)
            assert not {"10", "90", "80"} & set(told.replace("=", " ").split())


BAD = [
    ("trim: 1, trim_from: 2", ["KPI324"]),
    ("trim: 2, trim_from: 4", ["KPI324"]),
    ("trim: 0, trim_from: 4", ["KPI324"]),
    ("trim: 1", ["KPI202"]),
    ("trim_from: 5", ["KPI202"]),
    ("trim: 1.5, trim_from: 5", ["KPI317"]),
    ("trim: 1, trim_from: 3", []),
]


@pytest.mark.parametrize(("keys", "expected"), BAD)
def test_what_a_rule_file_may_say(keys: str, expected: list[str]) -> None:
    assert TEAM_RULE.count("id: team, ") == 1
    files = {TINY: TEAM_RULE.replace("id: team, ", f"id: team, {keys}, ")}
    assert codes_of(check_files(files)) == expected
