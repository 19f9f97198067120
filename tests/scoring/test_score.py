"""From metrics to a scorecard: points, weights that are spread, bonus, vetoes, what is open; worked out by hand."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpigen.diagnostics.values import phrase
from kpigen.files.rules.examples import filled_in
from kpigen.files.rules.form import read_form
from kpigen.model.forms import AutoRule, Form, Take
from kpigen.model.reviews import Auto, Metrics
from kpigen.model.scores import Scorecard
from kpigen.numbers.formula import Numbers
from kpigen.numbers.notation import Notation
from kpigen.scoring.explain import explain
from kpigen.scoring.score import (
    Unscorable,
    effective_weights,
    is_complete,
    missing_inputs,
    raw_score,
    score,
    shown_of,
    with_raw_score,
    with_values,
)
from tests.helpers.any_form import form_from
from tests.helpers.forms import TEN, form_of, indicator_from
from tests.helpers.outlook import reviews

HEAD = """\
schema: 1
form: sample
title: {zh: 样表, en: Sample}
cycle: [month]
grades: {A: 90, B: 60, C: 30, D: 0}
confirmations: []
origin: {name: chosen, weight: chosen, score: chosen, grades: chosen, out_of: chosen, cycle: chosen, confirmations: chosen}
print: {columns: [name, points], signatures: []}
"""
NAMED = "name: {zh: 项, en: Item}, origin: chosen"
CHOICE = "{type: choice, default: fair, choices: {good: {zh: 好, en: Good}, fair: {zh: 中, en: Fair}, poor: {zh: 差, en: Poor}}}"


def indicator(id_: str, weight: str, rest: str) -> str:
    standard = "standard: {zh: 标准, en: Standard}"
    return f"      - {{id: {id_}, name: {{zh: 项, en: Item}}, weight: {weight}, {standard}, {rest}}}\n"


SECTIONS = (
    "sections:\n  - id: one\n    name: {zh: 一, en: One}\n    indicators:\n"
    + indicator("calls", "30", "inputs: {n: {type: number}}, score: {method: value}")
    + indicator(
        "share",
        "20",
        "inputs: {done: {type: count, name: {zh: 甲, en: A}}, due: {type: count, name: {zh: 乙, en: B}}}, "
        "measure: done / due, score: {method: ratio, target: 100%}",
    )
    + "  - id: two\n    name: {zh: 二, en: Two}\n    indicators:\n"
    + indicator(
        "care",
        "10",
        f"inputs: {{level: {CHOICE}}}, score: {{method: levels, levels: {{good: 100, fair: 60, poor: 0}}}}",
    )
    + indicator("team", "40", "inputs: {r: {type: ratings}}, score: {method: ratings, weights: {r: 1}}")
)
BONUS = f"""\
bonus:
  cap: 5
  items:
    - {{id: idea, points: 2, at_most: 2, {NAMED}}}
    - {{id: praise, points: 1.5, {NAMED}}}
    - {{id: other, points: 0.125, {NAMED}}}
"""
VETO = f"""\
veto:
  - {{id: few, when: calls < 10, grade: B, {NAMED}}}
  - {{id: late, when: share.done / share.due < 50%, grade: C, {NAMED}}}
  - {{id: rude, when: care == poor, grade: D, {NAMED}}}
"""
FULL: dict[str, dict[str, Any]] = {
    "calls": {"n": Fraction(100)},
    "share": {"done": Fraction(4), "due": Fraction(4)},
    "care": {"level": "good"},
    "team": {"r": Numbers.of((Fraction(100),))},
}


@cache
def sample_form(text: str) -> Form:
    form, found = read_form("rules/sample/2026-01.yaml", (HEAD + text).encode(), ("zh", "en"))
    assert [item.message for item in found] == ["a rule file has no `examples`"]
    assert form is not None
    return form


def card_of(text: str = SECTIONS, **metrics: Mapping[str, Any] | None) -> tuple[Scorecard, list[Unscorable]]:
    """Score full marks, but for what is given; None takes an indicator's metric away."""
    return score(sample_form(text), {id_: values for id_, values in {**FULL, **metrics}.items() if values is not None})


def points_of(card: Scorecard) -> list[str | None]:
    return [None if item.points is None else f"{float(item.points):.2f}" for item in card.indicators]


# --- points and total -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("calls", "points"),
    [
        ("100", "30"),
        ("0.05", "0.02"),  # 0.015
        ("0.0499", "0.01"),  # 0.01497
        ("-0.05", "-0.02"),
        ("33.35", "10.01"),  # 10.005
        ("33.3499", "10"),  # 10.00497
        ("120", "36"),
    ],
)
def test_points_are_rounded_half_up(calls: str, points: str) -> None:
    card, problems = card_of(calls={"n": Fraction(calls)})
    assert problems == []
    assert (card.indicator("calls").raw, card.indicator("calls").points) == (Fraction(calls), Fraction(points))
    assert card.base == card.total == 70 + Fraction(points)


def test_a_total_is_the_sum_of_rounded_points() -> None:
    # 33.335 × 30% = 10.0005, 1 ÷ 3 × 20 = 6.666…, 6, (90 + 61) ÷ 2 × 40% = 30.2
    ratings = Numbers.of((Fraction(90), Fraction(61)))
    card, problems = card_of(
        calls={"n": Fraction("33.335")}, share={"done": Fraction(1), "due": Fraction(3)}, care={}, team={"r": ratings}
    )
    assert problems == []
    assert points_of(card) == ["10.00", "6.67", "6.00", "30.20"]
    assert (card.base, card.total, card.grade) == (Fraction("52.87"), Fraction("52.87"), "C")
    assert [item.raw for item in card.indicators] == [Fraction("33.335"), Fraction(100, 3), 60, Fraction("75.5")]
    assert [(i.id, i.out_of, i.base_weight, i.weight, i.not_applicable) for i in card.indicators] == [
        ("calls", 100, 30, 30, False),
        ("share", 100, 20, 20, False),
        ("care", 100, 10, 10, False),
        ("team", 100, 40, 40, False),
    ]


@pytest.mark.parametrize(
    ("calls", "grade"), [("100", "A"), ("66.65", "A"), ("66.64", "B"), ("-33.3", "B"), ("-34", "C")]
)
def test_the_grade_is_that_of_the_total(calls: str, grade: str) -> None:
    card, _ = card_of(calls={"n": Fraction(calls)})
    assert card.grade == grade


def test_a_total_below_all_bounds_has_the_last_grade() -> None:
    card, _ = card_of(calls={"n": Fraction(-1000)})
    assert (card.total, card.grade) == (-230, "D")


def test_what_is_missing_leaves_total_and_grade_open() -> None:
    card, problems = card_of(share=None, team={})
    assert problems == []
    assert points_of(card) == ["30.00", None, "10.00", None]
    assert [(i.raw, i.steps) for i in card.indicators if i.points is None] == [(None, ()), (None, ())]
    assert (card.base, card.total, card.grade) == (40, None, None)
    assert [
        (i.id, i.out_of, i.base_weight, i.weight, i.not_applicable) for i in card.indicators if i.points is None
    ] == [
        ("share", 100, 20, 20, False),
        ("team", 100, 40, 40, False),
    ]


def test_numbers_without_a_result_leave_it_open_and_are_named() -> None:
    card, problems = card_of(share={"done": Fraction(0), "due": Fraction(0)})
    assert problems == [Unscorable("share", phrase("division by zero"))]
    assert points_of(card) == ["30.00", None, "10.00", "40.00"]
    assert card.indicators[1] == type(card.indicators[1])(
        id="share", out_of=Fraction(100), base_weight=Fraction(20), weight=Fraction(20)
    )
    assert (card.base, card.total, card.grade) == (80, None, None)


# --- what does not apply ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("away", "weights"),
    [
        ((), ["30", "20", "10", "40"]),
        (("share",), ["50", "0", "10", "40"]),
        (("calls",), ["0", "50", "10", "40"]),
        (("care",), ["30", "20", "0", "50"]),
        (("share", "care"), ["50", "0", "0", "50"]),
        # a section of which nothing is left: its 50 goes to the others in proportion, 10 : 40
        (("calls", "share"), ["0", "0", "20", "80"]),
        (("care", "team"), ["60", "40", "0", "0"]),
        (("calls", "care", "team"), ["0", "100", "0", "0"]),
        (("calls", "share", "care", "team"), ["0", "0", "0", "0"]),
    ],
)
def test_the_weight_of_what_does_not_apply_is_spread(away: tuple[str, ...], weights: list[str]) -> None:
    found = effective_weights(sample_form(SECTIONS), frozenset(away))
    assert list(found.items()) == list(zip(("calls", "share", "care", "team"), map(Fraction, weights), strict=True))


def test_weights_are_spread_exactly() -> None:
    text = "sections:\n  - id: one\n    name: {zh: 一, en: One}\n    indicators:\n"
    text += "".join(
        indicator(id_, weight, "inputs: {n: {type: number}}, score: {method: value}")
        for id_, weight in (("a", "40"), ("b", "20"), ("c", "10"))
    )
    text += "  - id: two\n    name: {zh: 二, en: Two}\n    indicators:\n"
    text += "".join(
        indicator(id_, weight, "inputs: {n: {type: number}}, score: {method: value}")
        for id_, weight in (("d", "25"), ("e", "0"), ("f", "5"))
    )
    form = sample_form(text)
    assert effective_weights(form, frozenset({"a"})) == {
        "a": 0,
        "b": Fraction(140, 3),
        "c": Fraction(70, 3),
        "d": 25,
        "e": 0,
        "f": 5,
    }
    # of the second section only the weight 0 is left: 30 goes to the first
    assert effective_weights(form, frozenset({"d", "f", "a"})) == {
        "a": 0,
        "b": Fraction(200, 3),
        "c": Fraction(100, 3),
        "d": 0,
        "e": 0,
        "f": 0,
    }


def test_what_does_not_apply_is_not_scored() -> None:
    metrics = {**FULL, "calls": {"n": Fraction(50)}}
    card, problems = score(sample_form(SECTIONS), metrics, {"share": "本月没有", "team": "没有下属"})
    assert problems == []
    # 50 × 50 ÷ 100 + 100 × 50 ÷ 100
    assert points_of(card) == ["25.00", None, "50.00", None]
    assert [
        (i.id, i.raw, i.out_of, i.base_weight, i.weight, i.not_applicable, i.steps) for i in card.indicators[1::2]
    ] == [
        ("share", None, 100, 20, 0, True, ()),
        ("team", None, 100, 40, 0, True, ()),
    ]
    assert (card.base, card.total, card.grade) == (75, 75, "B")


def test_where_nothing_applies_there_is_no_total() -> None:
    card, _ = score(sample_form(SECTIONS), {}, frozenset(FULL), {})
    assert (card.base, card.total, card.grade) == (0, None, None)


# --- bonus ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({}, ["0", "0", "0"]),
        ({"idea": 1, "praise": 1}, ["2", "1.5", "0"]),
        ({"idea": 2}, ["4", "0", "0"]),
        ({"idea": 3}, ["4 cut", "0", "0"]),
        ({"idea": 2, "praise": 1}, ["4", "1 cut", "0"]),
        ({"praise": 3, "other": 4}, ["0", "4.5", "0.5"]),
        ({"praise": 3, "other": 5}, ["0", "4.5", "0.5 cut"]),
        ({"praise": 4, "other": 1}, ["0", "5 cut", "0 cut"]),
        ({"other": 1}, ["0", "0", "0.13"]),
        ({"idea": 2, "praise": 9, "other": 9}, ["4", "1 cut", "0 cut"]),
    ],
)
def test_bonus_points(counts: dict[str, int], expected: list[str]) -> None:
    card, _ = score(sample_form(SECTIONS + BONUS), FULL, bonus=counts)
    assert [item.id for item in card.bonus] == ["idea", "praise", "other"]
    assert [item.count for item in card.bonus] == [counts.get(item.id, 0) for item in card.bonus]
    assert [item.points for item in card.bonus] == [Fraction(one.split()[0]) for one in expected]
    assert [item.capped for item in card.bonus] == [one.endswith("cut") for one in expected]
    assert (card.base, card.total) == (100, 100 + sum((item.points for item in card.bonus), Fraction(0)))


def test_bonus_without_a_cap() -> None:
    card, _ = score(sample_form(SECTIONS + BONUS.replace("  cap: 5\n", "")), FULL, bonus={"idea": 9, "praise": 40})
    assert [(item.points, item.capped) for item in card.bonus] == [(4, True), (60, False), (0, False)]
    assert card.total == 164


def test_rounding_is_no_cut() -> None:
    card, _ = score(sample_form(SECTIONS + BONUS.replace("0.125", "0.124")), FULL, bonus={"other": 1})
    assert (card.bonus[2].points, card.bonus[2].capped) == (Fraction("0.12"), False)


def test_bonus_counts_for_the_grade() -> None:
    metrics = {**FULL, "calls": {"n": Fraction(60)}}  # 88
    assert score(sample_form(SECTIONS + BONUS), metrics)[0].grade == "B"
    assert score(sample_form(SECTIONS + BONUS), metrics, bonus={"idea": 1})[0].grade == "A"


# --- vetoes -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("metrics", "held", "grade", "by_total"),
    [
        ({}, [False, False, False], "A", "A"),
        ({"calls": {"n": Fraction(10)}}, [False, False, False], "B", "B"),
        # 30 + 20 + 10 + 40 less 27.3: 72.7 is a B, the veto asks for no less
        ({"calls": {"n": Fraction(9)}}, [True, False, False], "B", "B"),
        ({"share": {"done": Fraction(1), "due": Fraction(3)}}, [False, True, False], "C", "B"),
        ({"care": {"level": "poor"}}, [False, False, True], "D", "A"),
        (
            {"care": {"level": "poor"}, "share": {"done": Fraction(0), "due": Fraction(3)}},
            [False, True, True],
            "D",
            "B",
        ),
        ({"care": {}}, [False, False, False], "A", "A"),
        # a veto never lifts a grade: −300 + 20 + 10 + 40
        ({"calls": {"n": Fraction(-1000)}}, [True, False, False], "D", "D"),
        ({"calls": {}}, [None, False, False], None, None),
        ({"calls": {"n": Fraction(9)}, "team": {}}, [True, False, False], None, None),
    ],
)
def test_vetoes(metrics: dict[str, Any], held: list[bool | None], grade: str | None, by_total: str | None) -> None:
    card, problems = card_of(SECTIONS + VETO, **metrics)
    assert problems == []
    assert [(veto.id, veto.holds) for veto in card.vetoes] == list(zip(("few", "late", "rude"), held, strict=True))
    assert (card.grade, None if card.total is None else card.form.grade_of(card.total)) == (grade, by_total)


def test_the_order_of_grades_is_that_of_the_form() -> None:
    """Not that of the alphabet."""
    form = read_form(
        "rules/sample/2026-01.yaml",
        (HEAD.replace("{A: 90, B: 60,", "{S: 90, A: 60,") + SECTIONS + VETO.replace("B,", "A,")).encode(),
        ("zh", "en"),
    )[0]
    assert form is not None
    card, _ = score(form, {**FULL, "calls": {"n": Fraction(9)}, "team": {"r": numbers(200)}})
    assert (card.total, card.form.grade_of(card.total), card.grade) == (Fraction("112.70"), "S", "A")


def test_a_veto_on_what_does_not_apply_keeps_the_grade_open() -> None:
    metrics = {**FULL, "calls": {"n": Fraction(1)}, "care": {"level": "poor"}}
    card, _ = score(sample_form(SECTIONS + VETO), metrics, frozenset({"calls", "care"}))
    assert [(veto.holds, veto.lacks) for veto in card.vetoes] == [(None, ("calls",)), (False, ()), (None, ("care",))]
    assert (card.total, card.grade) == (100, None)


def test_a_veto_without_a_result_leaves_the_grade_open() -> None:
    text = SECTIONS.replace(
        "measure: done / due, score: {method: ratio, target: 100%}", "score: {method: formula, formula: due - done}"
    )
    card, problems = card_of(text + VETO, share={"done": Fraction(0), "due": Fraction(0)})
    assert problems == [Unscorable("share", phrase("division by zero"))]
    assert [veto.holds for veto in card.vetoes] == [False, None, False]
    assert (card.total, card.form.grade_of(card.total), card.grade) == (80, "B", None)


@pytest.mark.parametrize(
    ("when", "about"), [("1 / calls > 0", "calls"), ("1 / 0 > 1", "few"), ("care == poor or 1 / calls > 0", "care")]
)
def test_a_veto_without_a_result_is_said_of_the_first_indicator_that_it_names(when: str, about: str) -> None:
    card, problems = card_of(SECTIONS + VETO.replace("calls < 10", when), calls={"n": Fraction(0)})
    assert problems == [Unscorable(about, phrase("division by zero"))]
    assert (card.vetoes[0].holds, card.grade) == (None, None)


def test_a_veto_on_what_was_left_out_keeps_the_grade_open() -> None:
    text = SECTIONS.replace(
        "inputs: {n: {type: number}}",
        "inputs: {n: {type: number, name: {zh: 数, en: N}}, s: {type: count, optional: yes, name: {zh: 重, en: S}}}",
    )
    text = text.replace("score: {method: value}", "limits: [s < 9], measure: n, score: {method: value}")
    veto = VETO.replace("calls < 10", "calls.s > 0")
    assert [v.holds for v in card_of(text + veto)[0].vetoes] == [None, False, False]
    assert [v.holds for v in card_of(text + veto, calls={"n": Fraction(100), "s": Fraction(1)})[0].vetoes] == [
        True,
        False,
        False,
    ]


# --- a points form ----------------------------------------------------------------------------------------------------


def test_a_points_form_scores_out_of_each_weight() -> None:
    text = "out_of: weight\n" + SECTIONS.replace("weight: 40", "weight: 0").replace("weight: 30", "weight: 70")
    card, problems = card_of(text, calls={"n": Fraction("33.335")}, care={"level": "fair"})
    assert problems == []
    assert [(i.id, i.out_of, i.points) for i in card.indicators] == [
        ("calls", 70, Fraction("33.34")),
        ("share", 20, 20),
        ("care", 10, 60),
        ("team", 0, 0),
    ]
    spread, _ = score(sample_form(text), {**FULL, "calls": {"n": Fraction(60)}}, frozenset({"share"}))
    assert (spread.indicator("calls").weight, spread.indicator("calls").points) == (
        90,
        Fraction("77.14"),
    )  # 60 × 90 ÷ 70


# --- the working ------------------------------------------------------------------------------------------------------


def working(card: Scorecard, id_: str) -> list[str]:
    lines = [explain(step, {}, str, Notation()) for step in card.indicator(id_).steps]
    return [" | ".join((line.label, line.formula, line.numbers, line.value)) for line in lines]


POINTS = "Points: score × weight ÷ what the score is out of, to two decimals"


def test_the_working_ends_in_the_points() -> None:
    card, _ = card_of(calls={"n": Fraction("66.65")}, share={"done": Fraction(1), "due": Fraction(3)})
    assert working(card, "calls") == ["Measured: n |  |  | 66.65", f"{POINTS} |  | 66.65 × 30 ÷ 100 | 20.00"]
    assert working(card, "share") == [
        "Measured value | done ÷ due | 1 ÷ 3 | ≈33.3333%",
        (
            "Share of the target that was reached, at most full marks"
            " | min(measure ÷ 100%, 1) × 100 | min(≈33.3333% ÷ 100%, 1) × 100 | ≈33.3333"
        ),
        f"{POINTS} |  | ≈33.3333 × 20 ÷ 100 | 6.67",
    ]


def test_the_working_names_a_weight_that_was_added_to() -> None:
    card, _ = score(sample_form(SECTIONS), FULL, {"calls": "没有"})
    assert working(card, "share")[-2:] == [
        "Weight 20, plus its share of what does not apply |  |  | 50",
        f"{POINTS} |  | 100 × 50 ÷ 100 | 50.00",
    ]


# --- which inputs are missing, and what is shown ----------------------------------------------------------------------

TWO = (
    "inputs:\n  a: {type: number, name: {zh: 甲, en: A}}\n  b: {type: number, optional: yes, name: {zh: 乙, en: B}}\n"
    "  c: {type: choice, default: x, name: {zh: 丙, en: C}, choices: {x: {zh: 一, en: X}, y: {zh: 二, en: Y}}}\n"
    "score: {method: formula, formula: a if c == x else 0}\nwarn: [{when: b > 1, text: {zh: 多, en: Many}, origin: chosen}]"
)
ROWS = (
    "inputs:\n  l:\n    type: list\n    fields:\n      v: {type: percent, name: {zh: 值, en: V}}\n"
    "      w: {type: number, name: {zh: 权, en: W}}\n      note: {type: text, optional: yes, name: {zh: 注, en: N}}\n"
    "      c: {type: choice, default: x, name: {zh: 丙, en: C}, choices: {x: {zh: 一, en: X}, y: {zh: 二, en: Y}}}\n"
    "score: {method: weighted_list, weight: w, value: v if c == x else 0}"
)
GROUPS = (
    "inputs:\n  self: {type: ratings, name: {zh: 自, en: Self}}\n"
    "  peers: {type: ratings, confidential: yes, name: {zh: 同, en: Peers}}\n"
    "  staff: {type: ratings, confidential: yes, name: {zh: 下, en: Staff}}\n"
    "shown_as: {id: others, name: {zh: 他, en: Others}}\n"
    "score: {method: ratings, weights: {self: 20, peers: 20, staff: 60}}"
)
AUTO = (
    "inputs:\n  v: {type: count, name: {zh: 违, en: V}}\n"
    "  team: {type: ratings, confidential: yes, auto: team_totals, name: {zh: 组, en: Team}}\n"
    "shown_as: {id: team_mean, name: {zh: 均, en: Mean}}\nscore: {method: formula, formula: mean(team) - v}"
)


def numbers(*items: int) -> Numbers:
    return Numbers.of(tuple(map(Fraction, items)))


@pytest.mark.parametrize(
    ("snippet", "values", "missing"),
    [
        (TWO, {}, ("a",)),
        (TWO, {"b": Fraction(1), "c": "y"}, ("a",)),
        (TWO, {"a": Fraction(0)}, ()),
        (ROWS, {}, ("l",)),
        (ROWS, {"l": ({"v": Fraction(1), "w": Fraction(1)},)}, ()),
        (
            ROWS,
            {"l": ({"v": Fraction(1)}, {"w": Fraction(1), "v": Fraction(1)}, {"note": "x"})},
            ("l.1.w", "l.3.v", "l.3.w"),
        ),
        (
            ROWS.replace("  l:", "  k: {type: count, name: {zh: 数, en: K}}\n  l:"),
            {"l": ({"v": Fraction(1)},)},
            ("k", "l.1.w"),
        ),
        (GROUPS, {}, ("self", "peers", "staff")),
        (GROUPS, {"self": numbers(80), "staff": numbers(1)}, ("peers",)),
        (GROUPS, {"self": numbers(80), "others": numbers(1)}, ()),
        (GROUPS, {"others": numbers(1)}, ("self",)),
        (AUTO, {"v": Fraction(0), "team": Auto(AutoRule(Take.TEAM_TOTALS))}, ("team",)),
        (AUTO, {"v": Fraction(0), "team": numbers(80)}, ()),
        (AUTO, {"team_mean": numbers(80)}, ("v",)),
    ],
)
def test_missing_inputs(snippet: str, values: dict[str, Any], missing: tuple[str, ...]) -> None:
    one, _ = indicator_from(snippet)
    assert one is not None
    assert missing_inputs(one, values) == missing
    assert is_complete(one, values) == (missing == ())


@pytest.mark.parametrize(
    ("snippet", "values", "shown"),
    [
        (TWO, {"a": Fraction(1)}, None),
        (GROUPS, {}, None),
        (GROUPS, {"peers": numbers(80)}, None),
        (GROUPS, {"staff": numbers(80)}, None),
        # (20 × 85 + 60 × 61) ÷ 80
        (GROUPS, {"peers": numbers(80, 90), "staff": numbers(60, 61, 62)}, (5, "67")),
        (GROUPS, {"others": Numbers(7, Fraction(70)), "peers": numbers(1), "staff": numbers(1)}, (7, "70")),
        (AUTO, {"team": numbers(80, 91, 90)}, (3, "87")),
        (AUTO, {"team": Auto(AutoRule(Take.TEAM_TOTALS))}, None),
        # rules that are reported as wrong must not stop the program: a group without a weight, nothing confidential
        (GROUPS.replace(", staff: 60", ""), {"peers": numbers(80), "staff": numbers(70)}, (2, "1670/21")),
        (GROUPS.replace("confidential: yes, ", ""), {"peers": numbers(80), "staff": numbers(70)}, None),
    ],
)
def test_what_is_shown_of_confidential_inputs(
    snippet: str, values: dict[str, Any], shown: tuple[int, str] | None
) -> None:
    one, _ = indicator_from(snippet)
    assert one is not None
    found = shown_of(one, values)
    assert found == (None if shown is None else Numbers(shown[0], Fraction(shown[1])))
    assert found is None or found.items is None, "the single ratings are not handed on"


def test_defaults_and_rows_enter_the_formula() -> None:
    two, _ = indicator_from(TWO)
    rows, _ = indicator_from(ROWS)
    assert two is not None
    assert rows is not None
    assert raw_score(two, {"a": Fraction(7)})[0] == 7
    assert raw_score(two, {"a": Fraction(7), "c": "y"})[0] == 0
    entries = ({"v": Fraction(1), "w": Fraction(3)}, {"v": Fraction(1), "w": Fraction(1), "c": "y"})
    assert raw_score(rows, {"l": entries})[0] == 75


@pytest.mark.parametrize("form_id", TEN)
@settings(max_examples=10)
@given(data=st.data())
def test_scoring_again_with_other_values_is_scoring_all(form_id: str, data: Any) -> None:
    form, metrics, card, bonus = data.draw(reviews(form_id))
    _, others, _, _ = data.draw(reviews(form_id))
    for indicator in form.indicators:
        values = others[indicator.id]
        whole = score(form, {**metrics, indicator.id: values}, frozenset(), bonus)
        assert with_values(card, metrics, indicator.id, values) == whole


def test_scoring_again_with_other_values_of_one_indicator_is_scoring_all() -> None:
    form = form_of("front-desk")
    metrics, not_applicable, bonus, _ = filled_in(form, form.examples[0])
    card, _ = score(form, metrics, not_applicable, bonus)
    for indicator in form.indicators:
        for change in (1, 30):
            values = {id_: old + change for id_, old in metrics[indicator.id].items() if isinstance(old, Fraction)}
            after, problems = with_values(card, metrics, indicator.id, values)
            assert problems == []
            assert after == score(form, {**metrics, indicator.id: values}, not_applicable, bonus)[0]
            untouched = [item for item in after.indicators if item.id != indicator.id]
            assert untouched == [item for item in card.indicators if item.id != indicator.id]


THIRDS = """
decimals: 0
rounding: total
indicators:
  - {id: a, name: A, weight: 1/3, inputs: {n: {type: rating}}}
  - {id: b, name: B, weight: 1/3, inputs: {n: {type: rating}}}
  - {id: c, name: C, weight: 298/3, inputs: {n: {type: rating, max: 120}}}
examples: [{metrics: {}, total: 0}, {metrics: {}, total: 0}]
"""


def test_scoring_one_row_again_apportions_all_rows_again() -> None:
    """The printed points of the others were made to add up to another total, and so were their steps."""
    form = form_from(THIRDS)
    for old, new in itertools.product(range(0, 100, 7), repeat=2):
        metrics: Metrics = {"a": {"n": Fraction(90)}, "b": {"n": Fraction(98)}, "c": {"n": Fraction(old)}}
        card, _ = score(form, metrics)
        values = {"n": Fraction(new)}
        after = score(form, {**metrics, "c": values})
        assert with_values(card, metrics, "c", values) == after
        assert with_raw_score(card, metrics, "c", values, Fraction(new)).total == after[0].total
        assert with_values(after[0], {**metrics, "c": values}, "c", metrics["c"])[0] == card


def test_a_cap_of_the_bonus_holds_for_what_is_printed() -> None:
    """Items are rounded before the cap: 1.25 is 1.3, so 1.7 is left of 3. It was 1.75 and printed as 1.8: 3.1."""
    bonus = "bonus: {cap: 3, items: [{id: idea, name: Idea, points: 1.25}, {id: other, name: Other, points: 2}]}"
    text = f"full: 5\n{bonus}\nindicators: [{{id: a, name: A, weight: 5, inputs: {{n: {{type: rating}}}}}}]"
    examples = "examples: [{metrics: {}, total: 0}, {metrics: {}, total: 0}]"
    metrics: Metrics = {"a": {"n": Fraction(4)}}

    def points(decimals: int, rounding: str) -> list[Fraction]:
        form = form_from(f"{text}\ndecimals: {decimals}\nrounding: {rounding}\n{examples}")
        card, _ = score(form, metrics, frozenset(), {"idea": 1, "other": 1})
        assert card.total == 4 + sum(item.points for item in card.bonus) == 7
        return [item.points for item in card.bonus]

    assert points(1, "rows") == [Fraction("1.3"), Fraction("1.7")]
    assert points(2, "rows") == [Fraction("1.25"), Fraction("1.75")]
    assert points(0, "rows") == [1, 2]
    assert points(2, "total") == [Fraction("1.25"), Fraction("1.75")]
