"""Choices with points in formulas: where their points are meant, and where they themselves are."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpigen.numbers.formula import (
    Declared,
    Missing,
    Points,
    Problem,
    Type,
    Value,
    checked,
    evaluate,
    names,
    needed,
    parse,
    replaced,
    settled,
    without,
    write,
)
from kpigen.numbers.formula import Name as Id
from kpigen.numbers.intervals import Interval, extent

F = Fraction
SCALE = Declared(Type.CHOICE, ("good", "fair", "poor"), points=(F(5), F(7, 2), F(-1)))
TWO = Declared(Type.CHOICE, ("good", "poor"), points=(F(1), F(0)))
KNOWN = {
    "level": SCALE,
    "other": SCALE,
    "row.level": TWO,
    "mode": Declared(Type.CHOICE, ("good", "fair")),
    "n": Declared(Type.PLAIN),
    "calls": Declared(Type.ENTRIES, fields={"level": TWO, "size": Declared(Type.PLAIN)}),
}
VALUES: Mapping[str, Value] = {
    "level": "fair",
    "other": "good",
    "row.level": "poor",
    "mode": "good",
    "n": F(2),
    "calls": ({"level": "good", "size": F(3)}, {"level": "poor", "size": F(4)}),
}
LEVEL = "(5 if level == good else 3.5 if level == fair else -1)"


def read(text: str):  # type: ignore[no-untyped-def]
    parsed = parse(text)
    assert not isinstance(parsed, Problem), parsed
    found = checked(parsed, KNOWN)
    assert not isinstance(found, Problem), found
    return found[0]


@pytest.mark.parametrize(
    ("text", "written", "pretty", "value"),
    [
        ("level", LEVEL[1:-1], "level", F(7, 2)),
        ("level * 2", f"{LEVEL} * 2", "level × 2", F(7)),
        ("-level", f"-{LEVEL}", "−level", F(-7, 2)),
        ("level == fair", "level == fair", "level = fair", True),
        ("fair != level", "fair != level", "fair ≠ level", False),
        ("level == 3.5", f"{LEVEL} == 3.5", "level = 3.5", True),
        ("level >= n", f"{LEVEL} >= n", "level ≥ n", True),
        ("level == other", f"{LEVEL} == {LEVEL.replace('level', 'other')}", "level = other", False),
        ("mode == good", "mode == good", "mode = good", True),
        ("given(level)", "given(level)", "given(level)", True),
        (
            "n if level == poor else level",
            f"n if level == poor else {LEVEL[1:-1]}",
            "n if level = poor else level",
            F(7, 2),
        ),
        ("max(level, n)", f"max({LEVEL[1:-1]}, n)", "max(level, n)", F(7, 2)),
        ("row.level + 1", "(1 if row.level == good else 0) + 1", "row.level + 1", F(1)),
        ("mean(calls, level)", "mean(calls, 1 if level == good else 0)", "mean(calls: level)", F(1, 2)),
        ("count(calls, level == good)", "count(calls, level == good)", "count(calls: level = good)", F(1)),
        (
            "sum(calls, level * size)",
            "sum(calls, (1 if level == good else 0) * size)",
            "sum(calls: level × size)",
            F(3),
        ),
    ],
)
def test_points_where_a_number_is_meant(text: str, written: str, pretty: str, value: Value) -> None:
    expression = read(text)
    assert write(expression) == written
    assert write(expression, pretty=True) == pretty
    assert evaluate(expression, VALUES) == value
    again = parse(written)
    assert not isinstance(again, Problem)
    assert evaluate(read(written), VALUES) == value, "the canonical form is a formula too"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("mode * 2", "`*` cannot take a choice and a number"),
        ("level == bad", "`bad` is not a choice of it; there are good, fair, poor"),
        ("level and n > 1", "`and` cannot take a number and yes or no"),
    ],
)
def test_what_does_not_fit_is_refused(text: str, message: str) -> None:
    parsed = parse(text)
    assert not isinstance(parsed, Problem)
    found = checked(parsed, KNOWN)
    assert isinstance(found, Problem)
    assert found.message == message


def test_an_input_that_is_called_like_a_choice_is_refused() -> None:
    parsed = parse("level + 1")
    assert not isinstance(parsed, Problem)
    found = checked(parsed, {"level": SCALE, "fair": Declared(Type.PLAIN)})
    assert isinstance(found, Problem)
    assert found.message == "`fair` is an input and a choice of `level`; give one of them another id"


def test_a_choice_without_a_value_has_no_points() -> None:
    for missing in (Missing.ABSENT, Missing.OPEN):
        assert evaluate(read("level + 1"), {"level": missing}) is missing
    assert evaluate(read("mean(level, n)"), {"level": Missing.ABSENT, "n": F(2)}) == 2
    assert needed(read("mean(level, n)")) == frozenset()
    assert "level" in needed(read("mean(level, n) + level"))
    left = without(read("mean(level, n)"), frozenset({"level"}))
    assert left is not None
    assert write(left) == "mean(n)"
    assert without(read("level * 2"), frozenset({"level"})) is None


def test_points_stay_points_where_names_are_replaced() -> None:
    expression = replaced(read("level * 2"), {"level": Id("goals.1.level")})
    assert write(expression, pretty=True) == "goals.1.level × 2"
    assert evaluate(expression, {"goals.1.level": "good"}) == 10
    assert {name.id for name in names(expression)} >= {"goals.1.level"}


def test_readers_see_the_points_that_counted() -> None:
    assert (
        write(settled(read("level * n if other == good else 0"), VALUES), pretty=True)
        == "3.5 × n if other = good else 0"
    )
    assert isinstance(settled(read("level"), {"level": Missing.OPEN}), Points)


@given(st.sampled_from(SCALE.choices), st.sampled_from(SCALE.choices))
def test_points_lie_in_their_interval(one: str, other: str) -> None:
    points = dict(zip(SCALE.choices, SCALE.points, strict=True))
    expression = read("2 * level - other")
    value = evaluate(expression, {"level": one, "other": other})
    assert value == 2 * points[one] - points[other]
    assert extent(expression, {}) == Interval(F(-7), F(11))
