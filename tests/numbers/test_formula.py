"""The formula language: what is read, how it is written, what it gives, where it is refused."""

from __future__ import annotations

import time
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpigen.diagnostics.values import phrase
from kpigen.numbers.formula import (
    FUNCTIONS,
    Declared,
    Expression,
    Missing,
    Name,
    Number,
    Numbers,
    Operation,
    Problem,
    Type,
    Value,
    checked,
    divisors,
    evaluate,
    names,
    number,
    parse,
    replaced,
    type_of,
    write,
)
from kpigen.numbers.intervals import Interval, extent
from kpigen.numbers.quantities import Unit
from tests.helpers.formulas import KNOWN, TASKS, VALUES, read, resolved

# text → canonical writing, value
READ = [
    # literals
    ("12", "12", Fraction(12)),
    ("012", "12", Fraction(12)),
    ("0.50", "0.5", Fraction(1, 2)),
    ("5%", "0.05", Fraction(1, 20)),
    ("12.5%", "0.125", Fraction(1, 8)),
    ("30s", "30", Fraction(30)),
    ("3m20s", "200", Fraction(200)),
    ("1h5m", "3900", Fraction(3900)),
    ("2h", "7200", Fraction(7200)),
    ("0m60s", "60", Fraction(60)),
    # names, also of a veto
    ("a", "a", Fraction(7)),
    ("goal.actual * 2", "goal.actual * 2", Fraction(8)),
    # spaces and superfluous brackets
    ("  a+b ", "a + b", Fraction(10)),
    ("a\n  + b", "a + b", Fraction(10)),
    ("((a)) + (b)", "a + b", Fraction(10)),
    # precedence: product before sum, from left to right
    ("a + b * 2", "a + b * 2", Fraction(13)),
    ("(a + b) * 2", "(a + b) * 2", Fraction(20)),
    ("a - b - 1", "a - b - 1", Fraction(3)),
    ("a - (b - 1)", "a - (b - 1)", Fraction(5)),
    ("a / b / 2", "a / b / 2", Fraction(7, 6)),
    ("a / (b / 2)", "a / (b / 2)", Fraction(14, 3)),
    ("a * (b / 2)", "a * (b / 2)", Fraction(21, 2)),
    ("a / b * 3", "a / b * 3", Fraction(7)),
    # the sign binds tightest
    ("-a + b", "-a + b", Fraction(-4)),
    ("-a * b", "-a * b", Fraction(-21)),
    ("-(a * b)", "-(a * b)", Fraction(-21)),
    ("a - -b", "a - -b", Fraction(10)),
    ("--a", "--a", Fraction(7)),
    ("a*-b", "a * -b", Fraction(-21)),
    # comparisons, not, and, or
    ("a >= 7", "a >= 7", True),
    ("a>7", "a > 7", False),
    ("a != b", "a != b", True),
    ("a == 7.0", "a == 7", True),
    ("a + 1 < b * 3", "a + 1 < b * 3", True),
    ("not p", "not p", False),
    ("not a == b", "not a == b", True),
    ("not (p and q)", "not (p and q)", True),
    ("not p and q", "not p and q", False),
    ("p or q and q", "p or q and q", True),
    ("(p or q) and q", "(p or q) and q", False),
    ("p and (q or p)", "p and (q or p)", True),
    ("not not p", "not not p", True),
    # if/else binds least, and to the right
    ("a if p else b", "a if p else b", Fraction(7)),
    ("a if q or p else b", "a if q or p else b", Fraction(7)),
    ("1 if q else 2 if p else 3", "1 if q else 2 if p else 3", Fraction(2)),
    ("(1 if q else 2) if p else 3", "(1 if q else 2) if p else 3", Fraction(2)),
    ("1 + (2 if q else 4)", "1 + (2 if q else 4)", Fraction(5)),
    ("1 + 2 if q else 4", "1 + 2 if q else 4", Fraction(4)),
    ("a if p and not q else b", "a if p and not q else b", Fraction(7)),
    ("a if (p if q else p) else b", "a if (p if q else p) else b", Fraction(7)),
    # what is not chosen is not computed
    ("100 if zero == 0 else a / zero", "100 if zero == 0 else a / zero", Fraction(100)),
    ("zero == 0 or a / zero > 1", "zero == 0 or a / zero > 1", True),
    ("zero != 0 and a / zero > 1", "zero != 0 and a / zero > 1", False),
    # choices
    ("better == lower", "better == lower", True),
    ("better==higher", "better == higher", False),
    ("lower != better", "lower != better", False),
    # functions
    ("min(a, b, 5)", "min(a, b, 5)", Fraction(3)),
    ("max( a,b )", "max(a, b)", Fraction(7)),
    ("abs(c)", "abs(c)", Fraction(1, 2)),
    ("floor(c)", "floor(c)", Fraction(-1)),
    ("ceil(c)", "ceil(c)", Fraction(0)),
    ("floor(a / b)", "floor(a / b)", Fraction(2)),
    ("ceil(a / b)", "ceil(a / b)", Fraction(3)),
    ("round(2.5)", "round(2.5)", Fraction(3)),
    ("round(-2.5)", "round(-2.5)", Fraction(-3)),
    ("round(2.345, 2)", "round(2.345, 2)", Fraction(47, 20)),
    ("round(a / b, 4)", "round(a / b, 4)", Fraction(23333, 10000)),
    ("sum(a, b, c)", "sum(a, b, c)", Fraction(19, 2)),
    ("mean(a, b)", "mean(a, b)", Fraction(5)),
    ("mean(ratings)", "mean(ratings)", Fraction(80)),
    ("sum(ratings)", "sum(ratings)", Fraction(240)),
    ("count(ratings)", "count(ratings)", Fraction(3)),
    ("min(ratings)", "min(ratings)", Fraction(65)),
    ("max(ratings)", "max(ratings)", Fraction(95)),
    ("max(0s, t - u)", "max(0, t - u)", Fraction(30)),
    ("min(max(a, b), 5 if p else 6)", "min(max(a, b), 5 if p else 6)", Fraction(5)),
    ("min", "min", "min"),
]


@pytest.mark.parametrize(("text", "canonical", "value"), READ)
def test_reads_writes_and_computes(text: str, canonical: str, value: Value) -> None:
    expression = read(text)
    assert write(expression) == canonical
    assert evaluate(expression, VALUES) == value
    assert write(read(canonical)) == canonical


THERE_ARE = "there are min, max, abs, floor, ceil, round, sum, mean, count, given, weighted_mean, last, run"

# text → what is wrong, where (counted from 0)
REFUSED = [
    ("", "expected a number or a name, found the end", 0),
    ("   ", "expected a number or a name, found the end", 0),
    ("a +", "expected a number or a name, found the end", 3),
    ("a b", "expected the end, found `b`", 2),
    ("a + ", "expected a number or a name, found the end", 3),
    ("* a", "expected a number or a name, found `*`", 0),
    ("(a b", "expected `)`, found `b`", 3),
    ("1 + 1234567890123456", "`1234567890123456` is not a number", 4),
    ("min(a, b", "expected `)`, found the end", 8),
    ("a == not p", "expected a number or a name, found `not`", 5),
    ("(a + b", "expected `)`, found the end", 6),
    ("a + b)", "expected the end, found `)`", 5),
    ("min(a; b)", "`;` is not part of the language", 5),
    ("min()", "expected a number or a name, found `)`", 4),
    ("min(a,)", "expected a number or a name, found `)`", 6),
    ("a.b.c", "`.` is not part of the language", 3),
    ("a.", "`.` is not part of the language", 1),
    ("a[0]", "`[` is not part of the language", 1),
    ('"text"', '`"` is not part of the language', 0),
    ("a ** 2", "expected a number or a name, found `*`", 3),
    ("a // 2", "expected a number or a name, found `/`", 3),
    ("a = b", "`=` is not part of the language", 2),
    ("a % b", "`%` is not part of the language", 2),
    ("1,000", "expected the end, found `,`", 1),
    (".5", "`.` is not part of the language", 0),
    ("5.", "`.` is not part of the language", 1),
    ("1e5", "expected the end, found `e5`", 1),
    ("5 %", "`%` is not part of the language", 2),
    ("３", "`３` is not a number", 0),
    ("a × b", "`×` is not part of the language", 2),
    ("比率", "`比` is not part of the language", 0),
    ("1m1h", "`1m1h` is not a number", 0),
    ("1234567890123456", "`1234567890123456` is not a number", 0),
    ("0.1234567890123", "`0.1234567890123` is not a number", 0),
    ("a < b < c", "comparisons cannot be chained; join them with `and`", 6),
    ("a == b == c", "comparisons cannot be chained; join them with `and`", 7),
    ("a if p", "expected `else`, found the end", 6),
    ("if p else a", "expected a number or a name, found `if`", 0),
    (
        "sqrt(a)",
        f"there is no function `sqrt`; {THERE_ARE}",
        0,
    ),
    (
        "1 + sqr(a)",
        f"there is no function `sqr`; {THERE_ARE}",
        4,
    ),
    (
        "__import__(a)",
        f"there is no function `__import__`; {THERE_ARE}",
        0,
    ),
    (
        "goal.actual(a)",
        f"there is no function `goal.actual`; {THERE_ARE}",
        0,
    ),
    ("lambda: 1", "`:` is not part of the language", 6),
]


@pytest.mark.parametrize(("text", "message", "position"), REFUSED)
def test_refuses_with_its_place(text: str, message: str, position: int) -> None:
    problem = parse(text)
    assert isinstance(problem, Problem)
    assert (problem.message, problem.position) == (message, position)


# text → type
TYPES = [
    ("a", Type.PLAIN),
    ("5%", Type.PLAIN),
    ("30s", Type.SECONDS),
    ("t", Type.SECONDS),
    ("m", Type.MONEY),
    ("p", Type.TRUTH),
    ("ratings", Type.LIST),
    ("better", Type.CHOICE),
    ("t + 30s", Type.SECONDS),
    ("t * 2", Type.SECONDS),
    ("2 * t", Type.SECONDS),
    ("t / 2", Type.SECONDS),
    ("t / u", Type.PLAIN),
    ("t / 30s", Type.PLAIN),
    ("m / m", Type.PLAIN),
    ("m * 5%", Type.MONEY),
    ("-t", Type.SECONDS),
    ("abs(t - u)", Type.SECONDS),
    ("max(0, t - u)", Type.SECONDS),
    ("0 if t > u else t - u", Type.SECONDS),
    ("t - u if t > u else 0", Type.SECONDS),
    ("min(t, u)", Type.SECONDS),
    ("floor(m)", Type.MONEY),
    ("round(t / u, 2)", Type.PLAIN),
    ("t > 0", Type.TRUTH),
    ("m >= 0", Type.TRUTH),
    ("t < u", Type.TRUTH),
    ("p and not q", Type.TRUTH),
    ("better == lower", Type.TRUTH),
    ("lower == better", Type.TRUTH),
    ("higher != better", Type.TRUTH),
    ("round(a, 9)", Type.PLAIN),
    ("round(t, 0)", Type.SECONDS),
    ("t if p else u", Type.SECONDS),
    ("p if q else p", Type.TRUTH),
    ("a if t > 1m else b", Type.PLAIN),
    ("a if p or q else b", Type.PLAIN),
    ("mean(ratings)", Type.PLAIN),
    ("count(ratings)", Type.PLAIN),
    ("sum(ratings)", Type.PLAIN),
    ("min(ratings)", Type.PLAIN),
    ("max(ratings)", Type.PLAIN),
    ("sum(t, u)", Type.SECONDS),
    ("a + 0", Type.PLAIN),
    ("(a - b) / b", Type.PLAIN),
]


@pytest.mark.parametrize(("text", "type_"), TYPES)
def test_type(text: str, type_: Type) -> None:
    assert type_of(read(text), KNOWN) == type_


# text → what does not fit, where
MISFITS = [
    ("a + unknown", "unknown name `unknown`", 4),
    ("goal", "unknown name `goal`", 0),
    ("min", "unknown name `min`", 0),
    ("t + a", "`+` cannot take a duration and a number", 2),
    ("t + m", "`+` cannot take a duration and an amount of money", 2),
    ("a + p", "`+` cannot take a number and yes or no", 2),
    ("t * u", "`*` cannot take a duration and a duration", 2),
    ("a / t", "`/` cannot take a number and a duration", 2),
    ("p * a", "`*` cannot take yes or no and a number", 2),
    ("a * p", "`*` cannot take a number and yes or no", 2),
    ("ratings / a", "`/` cannot take a list of numbers and a number", 8),
    ("t > 30", "`>` cannot take a duration and a number", 2),
    ("p > q", "`>` cannot take yes or no and yes or no", 2),
    ("p == q", "`==` cannot take yes or no and yes or no", 2),
    ("a and p", "`and` cannot take a number and yes or no", 2),
    ("not a", "`not` cannot take a number", 0),
    ("-p", "`-` cannot take yes or no", 0),
    ("a if b else c", "`if … else` cannot take a number and a number and a number", 2),
    ("a if p else t", "`if … else` cannot take a number and yes or no and a duration", 2),
    ("0 if p else q", "`if … else` cannot take a number and yes or no and yes or no", 2),
    ("better == best", "`best` is not a choice of it; there are higher, lower", 10),
    ("better == a", "`a` is not a choice of it; there are higher, lower", 10),
    ("better == 1", "`==` cannot take a choice and a number", 7),
    ("better < lower", "unknown name `lower`", 9),
    ("note == note", "`==` cannot take a choice and a choice", 5),
    ("ratings + 1", "`+` cannot take a list of numbers and a number", 8),
    ("min(ratings, 5)", "`min` cannot take a list of numbers and a number", 0),
    ("count(a)", "`count` cannot take a number", 0),
    ("count(a, p)", "`count` cannot take a number and yes or no", 0),
    ("abs(a, b)", "`abs` takes one number", 0),
    ("floor(a, 2)", "`floor` takes one number", 0),
    ("ceil(a, 2)", "`ceil` takes one number", 0),
    ("1 + abs(a, b)", "`abs` takes one number", 4),
    ("1 + round(a, b)", "`round` takes a number and at most how many decimals (0 to 9)", 4),
    ("abs(ratings)", "`abs` cannot take a list of numbers", 0),
    ("round(a, b)", "`round` takes a number and at most how many decimals (0 to 9)", 0),
    ("round(a, 10)", "`round` takes a number and at most how many decimals (0 to 9)", 0),
    ("round(a, 1.5)", "`round` takes a number and at most how many decimals (0 to 9)", 0),
    ("round(a, -1)", "`round` takes a number and at most how many decimals (0 to 9)", 0),
    ("round(a, 1, 1)", "`round` takes a number and at most how many decimals (0 to 9)", 0),
    ("round(p)", "`round` cannot take yes or no", 0),
    ("mean(t, a)", "`mean` cannot take a duration and a number", 0),
]


@pytest.mark.parametrize(("text", "message", "position"), MISFITS)
def test_refuses_what_does_not_fit(text: str, message: str, position: int) -> None:
    problem = type_of(read(text), KNOWN)
    assert isinstance(problem, Problem)
    assert (problem.message, problem.position) == (message, position)
    assert problem.name == (message.split("`")[1] if message.startswith("unknown") else "")


@pytest.mark.parametrize(("text", "position"), [("level == target", 9), ("target != level", 0)])
def test_an_input_must_not_have_the_name_of_a_choice_it_is_compared_with(text: str, position: int) -> None:
    """The comparison would be with the number, and never hold."""
    known = {"level": Declared(Type.CHOICE, ("target", "stretch")), "target": Declared(Type.PLAIN)}
    problem = type_of(read(text), known)
    assert isinstance(problem, Problem)
    says = "`target` is an input and a choice of `level`; give one of them another id"
    assert (problem.message, problem.position) == (says, position)


# --- what is said of each entry ---------------------------------------------------------------------------------------------

# text → for readers, type, value
ENTRIES = [
    ("count(tasks)", "count(tasks)", Type.PLAIN, Fraction(3)),
    ("count(tasks, fatal)", "count(tasks: fatal)", Type.PLAIN, Fraction(2)),
    ("count(tasks, level == done)", "count(tasks: level = done)", Type.PLAIN, Fraction(2)),
    ("count(tasks, done != level)", "count(tasks: done ≠ level)", Type.PLAIN, Fraction(1)),
    ("count(tasks, not fatal or grade >= 3)", "count(tasks: not fatal or grade ≥ 3)", Type.PLAIN, Fraction(2)),
    ("count(tasks, given(extra))", "count(tasks: given(extra))", Type.PLAIN, Fraction(2)),
    ("count(tasks, given(title))", "count(tasks: given(title))", Type.PLAIN, Fraction(3)),
    ("mean(tasks, grade)", "mean(tasks: grade)", Type.PLAIN, Fraction(3)),
    ("mean(tasks, extra)", "mean(tasks: extra)", Type.PLAIN, Fraction(3, 2)),
    ("sum(tasks, grade * 2 - a)", "sum(tasks: grade × 2 − a)", Type.PLAIN, Fraction(-3)),
    ("sum(tasks, 1 if level == done else 0)", "sum(tasks: 1 if level = done else 0)", Type.PLAIN, Fraction(2)),
    ("sum(tasks, time)", "sum(tasks: time)", Type.SECONDS, Fraction(180)),
    ("max(tasks, time) - t", "max(tasks: time) − t", Type.SECONDS, Fraction(0)),
    ("min(tasks, min(grade, b))", "min(tasks: min(grade, b))", Type.PLAIN, Fraction(2)),
    ("max(tasks, grade / a)", "max(tasks: grade ÷ a)", Type.PLAIN, Fraction(4, 7)),
    ("mean(tasks, weighted_mean(1, grade, 3, extra))", None, Type.PLAIN, (Fraction(7, 4) + 2 + Fraction(9, 4)) / 3),
    ("run(tasks, fatal)", "run(tasks: fatal)", Type.PLAIN, Fraction(2)),
    ("run(tasks, level == done)", "run(tasks: level = done)", Type.PLAIN, Fraction(1)),
    ("run(ratings, value > 70)", "run(ratings: value > 70)", Type.PLAIN, Fraction(2)),
    ("count(ratings, value < mean(ratings))", "count(ratings: value < mean(ratings))", Type.PLAIN, Fraction(1)),
    ("mean(ratings, value / 10)", "mean(ratings: value ÷ 10)", Type.PLAIN, Fraction(8)),
    ("sum(ratings, max(value - 70, 0))", "sum(ratings: max(value − 70, 0))", Type.PLAIN, Fraction(35)),
    ("last(ratings)", "last(ratings)", Type.PLAIN, Fraction(65)),
    ("last(ratings) >= value", "last(ratings) ≥ value", Type.TRUTH, False),
    ("count(tasks, fatal) / count(tasks) > 0.5", "count(tasks: fatal) ÷ count(tasks) > 0.5", Type.TRUTH, True),
    # a field hides a name; outside of the brackets the name is meant
    ("sum(tasks, extra) + extra", "sum(tasks: extra) + extra", Type.PLAIN, Fraction(1003)),
    ("sum(ratings, value) + value", "sum(ratings: value) + value", Type.PLAIN, Fraction(2240)),
    # two numbers are no list
    ("mean(a, b)", "mean(a, b)", Type.PLAIN, Fraction(5)),
    ("mean(extra, value)", "mean(extra, value)", Type.PLAIN, Fraction(1500)),
    ("count(a, b, t)", "count(a, b, t)", Type.PLAIN, Fraction(3)),
    ("weighted_mean(1, a, 3, b)", "weighted_mean(1, a, 3, b)", Type.PLAIN, Fraction(4)),
    ("weighted_mean(m, t, 0, u)", "weighted_mean(m, t, 0, u)", Type.SECONDS, Fraction(90)),
    ("weighted_mean(1, t, 2, 0)", "weighted_mean(1, t, 2, 0)", Type.SECONDS, Fraction(30)),
    ("given(a)", "given(a)", Type.TRUTH, True),
    ("given(note)", "given(note)", Type.TRUTH, False),
    ("given(tasks) and given(goal.actual)", "given(tasks) and given(goal.actual)", Type.TRUTH, True),
]


@pytest.mark.parametrize(("text", "pretty", "type_", "value"), ENTRIES)
def test_of_each_entry(text: str, pretty: str | None, type_: Type, value: Value) -> None:
    expression = resolved(text)
    assert type_of(read(text), KNOWN) == type_of(expression, KNOWN) == type_
    assert evaluate(expression, VALUES) == value
    assert write(expression) == text
    assert pretty is None or write(expression, pretty=True) == pretty
    assert resolved(write(expression)) == expression


# text → what does not fit, where
ENTRY_MISFITS = [
    ("mean(tasks)", "`mean` cannot take a list of entries", 0),
    ("mean(tasks, 3)", "`mean` cannot take a list of entries and a number", 0),
    ("mean(tasks, a)", "`mean` cannot take a list of entries and a number", 0),
    ("1 + mean(ratings, a)", "`mean` cannot take a list of numbers and a number", 4),
    ("mean(tasks, grade, extra)", "unknown name `grade`", 12),
    ("mean(tasks, grad)", "unknown name `grad`", 12),
    ("mean(tasks, grade + grad)", "unknown name `grad`", 20),
    ("count(ratings, rating > 3)", "unknown name `rating`", 15),
    ("mean(tasks, fatal)", "`mean` cannot take a list of entries and yes or no", 0),
    ("mean(tasks, level)", "`mean` cannot take a list of entries and a choice", 0),
    ("mean(tasks, title)", "`mean` cannot take a list of entries and a text", 0),
    ("sum(tasks, grade + time)", "`+` cannot take a number and a duration", 17),
    ("count(tasks, grade)", "`count` cannot take a list of entries and a number", 0),
    ("run(tasks, grade)", "`run` cannot take a list of entries and a number", 0),
    ("run(ratings, value)", "`run` cannot take a list of numbers and a number", 0),
    ("run(tasks)", "`run` takes a list and a condition for each entry", 0),
    ("run(ratings)", "`run` takes a list and a condition for each entry", 0),
    ("run(a, p)", "`run` cannot take a number and yes or no", 0),
    ("run(p)", "`run` cannot take yes or no", 0),
    ("count(tasks, level == best)", "`best` is not a choice of it; there are done, late", 22),
    ("count(tasks, level == grade)", "`grade` is not a choice of it; there are done, late", 22),
    ("last(tasks)", "`last` cannot take a list of entries", 0),
    ("last(a)", "`last` cannot take a number", 0),
    ("last(ratings, value)", "unknown name `value`", 14),
    ("abs(tasks, grade)", "unknown name `grade`", 11),
    ("mean(tasks, grade * mean(ratings, value))", "an expression for each entry cannot itself go through a list", 20),
    ("count(tasks, grade > count(tasks, fatal))", "an expression for each entry cannot itself go through a list", 21),
    ("given(a + b)", "`given` takes one name", 0),
    ("given(3)", "`given` takes one name", 0),
    ("given(a, b)", "`given` takes one name", 0),
    ("given(unknown)", "unknown name `unknown`", 6),
    ("weighted_mean(a)", "`weighted_mean` takes pairs of a weight and a number", 0),
    ("a + weighted_mean(1, a, 2)", "`weighted_mean` takes pairs of a weight and a number", 4),
    (
        "weighted_mean(a, t, b, m)",
        "`weighted_mean` cannot take a number and a duration and a number and an amount of money",
        0,
    ),
    ("weighted_mean(a, b, t, c)", "`weighted_mean` cannot take a number and a number and a duration and a number", 0),
    ("weighted_mean(a, ratings)", "`weighted_mean` cannot take a number and a list of numbers", 0),
    ("count(a, ratings)", "`count` cannot take a number and a list of numbers", 0),
    ("count(p, q)", "`count` cannot take yes or no and yes or no", 0),
]


@pytest.mark.parametrize(("text", "message", "position"), ENTRY_MISFITS)
def test_refuses_what_does_not_fit_entries(text: str, message: str, position: int) -> None:
    known = {id_: one for id_, one in KNOWN.items() if id_ not in ("value", "extra")}
    problem = type_of(read(text), known)
    assert isinstance(problem, Problem)
    assert (problem.message, problem.position) == (message, position)
    assert problem.name == (message.split("`")[1] if message.startswith("unknown") else "")


@pytest.mark.parametrize(
    ("text", "has", "lacks"),
    [
        ("grad + 1", {"a", "tasks"}, {"grade"}),
        ("mean(tasks, grad)", {"a", "grade"}, set()),
        ("mean(tasks, grade + gra)", {"grade"}, set()),
    ],
)
def test_the_names_that_are_known_where_one_is_not(text: str, has: set[str], lacks: set[str]) -> None:
    problem = type_of(read(text), KNOWN)
    assert isinstance(problem, Problem)
    assert has <= set(problem.among)
    assert not lacks & set(problem.among)
    assert not any(name.startswith(".") for name in problem.among)


@pytest.mark.parametrize("text", ["count(tasks, level == extra)", "count(tasks, level == a)"])
def test_a_field_must_not_have_the_name_of_a_choice_it_is_compared_with(text: str) -> None:
    choice = text.removesuffix(")").split()[-1]
    fields = {**KNOWN["tasks"].fields, "level": Declared(Type.CHOICE, ("extra", "a"))}
    problem = type_of(read(text), {**KNOWN, "tasks": Declared(Type.ENTRIES, fields=fields)})
    assert isinstance(problem, Problem)
    assert problem.message == f"`{choice}` is an input and a choice of `level`; give one of them another id"


WHOLE = "which is confidential; `sum`, `mean` and `count` take it"
EACH = "which is confidential; `sum`, `mean` and `count` take the list as a whole"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("min(secret)", f"`min` would show a single rating of `secret`, {WHOLE}"),
        ("max(secret)", f"`max` would show a single rating of `secret`, {WHOLE}"),
        ("last(secret)", f"`last` would show a single rating of `secret`, {WHOLE}"),
    ]
    + [
        (
            text,
            f"an expression for each entry would show single ratings of `{text.split('(')[1].split(',')[0]}`, {EACH}",
        )
        for text in (
            *("mean(secret, value)", "sum(secret, value)", "min(secret, value)", "max(secret, value)"),
            *("count(secret, value > 3)", "run(secret, value > 3)", "count(hidden, fatal)", "mean(hidden, grade)"),
        )
    ],
)
def test_nothing_shows_a_single_confidential_rating(text: str, message: str) -> None:
    for around in ("{}", "1 + {}", "max({}, 3)"):
        problem = type_of(read(around.format(text)), KNOWN)
        assert isinstance(problem, Problem)
        assert (problem.message, problem.position) == (message, around.index("{"))


@pytest.mark.parametrize("text", ["mean(secret)", "sum(secret)", "count(secret)", "mean(tasks, grade - mean(secret))"])
def test_a_confidential_list_as_a_whole(text: str) -> None:
    values = {**VALUES, "secret": Numbers(4, Fraction(3))}
    assert isinstance(evaluate(resolved(text), values), Fraction)


@pytest.mark.parametrize(
    "text", ["last(ratings)", "mean(ratings, value)", "count(ratings, value > 3)", "run(ratings, value > 3)"]
)
def test_of_a_list_of_which_only_count_and_mean_are_known(text: str) -> None:
    with pytest.raises(Problem) as problem:
        evaluate(resolved(text), {"ratings": Numbers(3, Fraction(80))})
    assert problem.value.message == "only count and mean of this list are known"


@pytest.mark.parametrize(
    ("text", "message", "position"),
    [
        ("mean(tasks, grade / (a - 7))", "division by zero", 18),
        ("1 + count(tasks, 1 / zero > grade)", "division by zero", 19),
        ("mean(lost, grade)", "`lost` has no value", 0),
        ("1 + run(lost, fatal)", "`lost` has no value", 4),
        ("1 + mean(partly, grade)", "`grade` has no value", 4),
        ("count(partly, fatal)", "`fatal` has no value", 0),
        ("count(partly, fatal and grade > 1)", "`fatal` has no value", 0),
        ("count(partly, extra > 0)", "`extra` has no value", 20),
    ],
)
def test_entries_without_a_result(text: str, message: str, position: int) -> None:
    """A field that an entry does not have is not the name with the same id outside."""
    known = {**KNOWN, "lost": KNOWN["tasks"], "partly": KNOWN["tasks"]}
    found = checked(read(text), known)
    assert not isinstance(found, Problem)
    with pytest.raises(Problem) as problem:
        evaluate(found[0], {**VALUES, "partly": (*TASKS, {"time": Fraction(1)})})
    assert (problem.value.message, problem.value.position) == (message, position)


def test_a_missing_field_stands_for_itself_as_a_choice() -> None:
    assert evaluate(resolved("count(tasks, level == done)"), {"tasks": ({}, {"level": "done"})}) == 1


def test_what_a_formula_over_entries_names() -> None:
    expression = resolved("sum(tasks, grade * extra + a) / count(tasks, level == done) + extra")
    assert [name.id for name in names(expression)] == ["tasks", "a", "tasks", "done", "extra"]
    assert [name.id for name in names(read("mean(tasks, grade)"))] == ["tasks", "grade"]


def test_names_are_replaced_around_and_inside_of_what_is_said_of_entries() -> None:
    expression = resolved("sum(tasks, grade * extra + a) + extra")
    by = {"a": read("b * extra"), "extra": read("c"), "tasks": Name("others"), "grade": read("t")}
    other = replaced(expression, by)
    assert write(other) == "sum(others, grade * extra + b * extra) + c"
    values: dict[str, Value] = {**VALUES, "others": ({"grade": Fraction(2), "extra": Fraction(3)},)}
    assert evaluate(other, values) == 6 + 3 * 1000 + Fraction(-1, 2)  # `b * extra` is the name, not the field
    assert replaced(expression, {"tasks": read("a + b")}) == expression


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mean(tasks, grade / extra)", "extra"),
        ("count(tasks, grade > 3) / count(tasks)", "tasks"),
        ("sum(tasks, grade / b)", "b"),
        ("sum(tasks, 1 / grade)", ""),
    ],
)
def test_what_entries_are_measured_against(text: str, expected: str) -> None:
    assert ", ".join(sorted(divisors(resolved(text)))) == expected


def test_entries_are_written_as_somebody_else_says() -> None:
    text = write(resolved("sum(tasks, grade) + a"), str.upper, pretty=True)
    assert text == "sum(TASKS: GRADE) + A"
    assert write(resolved("sum(tasks, grade) + a"), per_entry=lambda one: f"[{one.list.id}]") == "sum([tasks]) + a"


def test_five_hundred_entries_are_fast() -> None:
    tasks: Value = tuple(
        {"grade": Fraction(n, 7), "extra": Fraction(n), "level": "done", "fatal": n % 3 > 0} for n in range(500)
    )
    text = "sum(tasks, grade * extra) + " * 9 + "count(tasks, level == done and fatal) + run(tasks, fatal)"
    start = time.perf_counter()
    assert isinstance(evaluate(resolved(text), {"tasks": tasks}), Fraction)
    assert time.perf_counter() - start < 2


@pytest.mark.parametrize("function", ["sum", "mean", "weighted"])
def test_sums_over_entries_are_bounded(function: str) -> None:
    primes = [n for n in range(10**5, 10**5 + 9000) if all(n % k for k in range(2, 320))][:500]
    tasks: Value = tuple({"grade": Fraction(1, n)} for n in primes)
    text = f"{function}(tasks, grade * grade)"
    if function == "weighted":
        text = "sum(tasks, weighted_mean(grade, grade, 1, grade * grade * grade))"
    start = time.perf_counter()
    with pytest.raises(Problem, match="too many digits"):
        evaluate(resolved(text), {"tasks": tasks})
    assert time.perf_counter() - start < 2


# --- results that there are not --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message", "position"),
    [
        ("a / zero", "division by zero", 2),
        ("1 + a / zero + 1 / zero", "division by zero", 6),
        ("1 + b / (a - 7)", "division by zero", 6),
        ("min(a, b / zero)", "division by zero", 9),
        ("a / (b / zero)", "division by zero", 7),
    ],
)
def test_division_by_zero(text: str, message: str, position: int) -> None:
    with pytest.raises(Problem) as problem:
        evaluate(read(text), VALUES)
    assert (problem.value.message, problem.value.position) == (message, position)


@pytest.mark.parametrize(
    "text",
    [
        "missing + 1",
        "a < missing",
        "-missing",
        "min(a, missing)",
        "a if missing else b",
        "not missing",
        "p and missing",
        "missing or p",
        "missing == 5",
        "5 != missing",
        "floor(missing)",
        "mean(missing)",
        "count(missing)",
        "round(missing, 1)",
    ],
)
def test_an_input_without_a_value_gives_no_result(text: str) -> None:
    with pytest.raises(Problem) as problem:
        evaluate(read(text), VALUES)
    assert problem.value.message == "`missing` has no value"
    with pytest.raises(Problem) as problem:
        evaluate(read("1 + (a - missing)"), VALUES)
    assert (problem.value.message, problem.value.position) == ("`missing` has no value", 7)


@pytest.mark.parametrize("text", ["p", "better", "ratings"])
def test_number_wants_a_number(text: str) -> None:
    with pytest.raises(Problem) as problem:
        number(read(text), VALUES)
    assert problem.value == Problem(phrase("not a number"))


def test_only_count_and_mean_of_a_confidential_list_are_known() -> None:
    values = {"ratings": Numbers(3, Fraction(250, 3))}
    assert evaluate(read("mean(ratings)"), values) == Fraction(250, 3)
    assert evaluate(read("sum(ratings)"), values) == 250
    assert evaluate(read("count(ratings)"), values) == 3
    for text in ("min(ratings)", "max(ratings)"):
        with pytest.raises(Problem) as problem:
            evaluate(read(text), values)
        assert problem.value.message == "only count and mean of this list are known"


# --- bounds ----------------------------------------------------------------------------------------------------------


def test_length_is_bounded() -> None:
    assert write(read("a" + " " * 999)) == "a"
    assert parse("a" + " " * 1000) == Problem(phrase("longer than {limit} characters", limit=1000), 0)


@pytest.mark.parametrize(
    ("before", "after", "position"),
    [
        ("(", ")", 40),
        ("-", "", 39),
        ("not ", "", 39 * 4),
        ("abs(", ")", 40 * 4),
        ("1 if p else ", "", 40 * 12),
        ("min(1, ", ")", 39 * 7 + 4),
    ],
)
def test_depth_is_bounded(before: str, after: str, position: int) -> None:
    core = "p" if before == "not " else "a"
    assert isinstance(parse(before * 39 + core + after * 39), Number | Name | Operation)
    assert parse(before * 40 + core + after * 40) == Problem(phrase("nested too deep"), position)


@pytest.mark.parametrize(
    ("before", "core", "joined"), [("-a + ", "a", " + "), ("not p and ", "p", " and "), ("(a) + ", "a", " + ")]
)
def test_depth_is_that_of_what_is_open(before: str, core: str, joined: str) -> None:
    """What was closed before does not count, neither for nor against."""
    assert isinstance(parse("(" * 19 + before + "(" * 20 + core + ")" * 39), Operation)
    assert isinstance(parse("(" * 20 + before + "(" * 20 + core + ")" * 40), Problem)
    assert isinstance(parse(joined.join([before.removesuffix(joined)] * 60)), Operation)


@pytest.mark.parametrize("operator", ["+", "-", "*", "/", " and ", " or "])
@pytest.mark.parametrize("count", [2, 40, 101, 150, 166, 500])
def test_long_chains_end_in_a_problem_or_a_result(operator: str, count: int) -> None:
    core = "p" if operator.strip() in ("and", "or") else "a"
    text = operator.join([core] * count)
    expression = parse(text)
    if count > 101:
        assert isinstance(expression, Problem)
        assert "deep" in expression.message or "longer" in expression.message
        return
    assert not isinstance(expression, Problem)
    assert type_of(expression, KNOWN) in (Type.PLAIN, Type.TRUTH)
    assert evaluate(expression, VALUES) is not None
    assert len(names(expression)) == count
    assert extent(expression, {}) in (Interval(), Interval(Fraction(0), Fraction(1)))
    assert read(write(expression)) == expression


def test_the_longest_chain() -> None:
    """Each operator of a chain nests by one; the first stands deepest."""
    for chain, rest in (("+".join("a" * 102), ""), ("+".join("a" * 101), " - b * c")):
        assert isinstance(parse(chain + rest), Operation)
        too_deep = Problem(phrase("nested too deep: too many operators in a row; `sum(…)` takes many terms"), 1)
        assert parse(f"{chain}+a{rest}") == too_deep


def test_many_terms_fit_into_sum() -> None:
    assert evaluate(read(f"sum({', '.join(['1'] * 300)})"), {}) == 300


def test_nested_divisions_are_fast() -> None:
    expression = read("1 / (" * 38 + "2" + ")" * 38)
    start = time.perf_counter()
    assert evaluate(expression, {}) == 2
    assert time.perf_counter() - start < 1


def test_results_are_bounded() -> None:
    expression = read(" * ".join(["999999999999999"] * 50))
    assert isinstance(evaluate(expression, {}), Fraction)
    squared = read("(" * 8 + "999999999999999" + " * 999999999999999)" * 8)
    assert isinstance(evaluate(squared, {}), Fraction)
    huge = Fraction(10**900)
    for text in ("a * a", "1 / a / a", "a + a * a"):
        with pytest.raises(Problem, match="too many digits"):
            evaluate(read(text), {"a": huge})
    largest, too_large = Fraction(2**4000 - 1), Fraction(2**4000)
    for text in ("1 * (2 - a)", "1 * (1 / a)"):
        assert isinstance(evaluate(read(text), {"a": largest}), Fraction)
        with pytest.raises(Problem) as problem:
            evaluate(read(text), {"a": too_large + 2})
        assert problem.value == Problem(phrase("the number has too many digits"), 7)


# --- properties ------------------------------------------------------------------------------------------------------

_ids = st.sampled_from(["a", "b", "c", "goal.actual", "x1", "_y"])
_literals = st.one_of(
    st.integers(0, 10**15 - 1).map(Fraction),
    st.builds(Fraction, st.integers(0, 10**9), st.sampled_from([1, 2, 10, 1000])),
).map(lambda value: Number(value, Unit.PLAIN))
_leaves = st.one_of(_literals, _ids.map(lambda id_: Name(id_, 0)))


def _operations(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    binary = st.sampled_from(["+", "-", "*", "/", "and", "or", "<", "<=", "==", "!=", ">=", ">"])
    return st.one_of(
        st.builds(lambda op, x, y: Operation(op, (x, y), 0), binary, inner, inner),
        st.builds(lambda op, x: Operation(op, (x,), 0), st.sampled_from(["neg", "not"]), inner),
        st.builds(lambda x, y, z: Operation("if", (x, y, z), 0), inner, inner, inner),
        st.builds(
            lambda op, xs: Operation(op, tuple(xs), 0),
            st.sampled_from(FUNCTIONS),
            st.lists(inner, min_size=1, max_size=3),
        ),
    )


expressions = st.recursive(_leaves, _operations, max_leaves=12)


def _depth(expression: Expression) -> int:
    return 1 + max(map(_depth, expression.operands)) if isinstance(expression, Operation) else 0


@settings(deadline=None, max_examples=400)
@given(expressions)
def test_what_is_written_reads_as_the_same(expression: Expression) -> None:
    text = write(expression)
    if len(text) <= 1000 and _depth(expression) <= 10:
        assert parse(text) == expression
        assert write(read(text)) == text


@settings(deadline=None, max_examples=200)
@given(expressions, st.sampled_from(["  ", "\n", " \t "]))
def test_spacing_does_not_matter(expression: Expression, space: str) -> None:
    text = write(expression)
    spaced = space + text.replace(" ", space).replace("(", "(" + space).replace(")", space + ")") + space
    if len(spaced) <= 1000:
        assert parse(spaced) == parse(text)


_fields = st.sampled_from(["grade", "extra", "time", "fatal", "level"])
_of_entry = st.recursive(
    st.one_of(_literals, _fields.map(lambda id_: Name(id_, 0)), st.sampled_from("abpt").map(lambda id_: Name(id_, 0))),
    lambda inner: st.one_of(
        st.builds(
            lambda op, x, y: Operation(op, (x, y), 0),
            st.sampled_from(["+", "*", "and", "<", "==", "min", "mean", "count", "weighted_mean"]),
            inner,
            inner,
        ),
        st.builds(lambda op, x: Operation(op, (x,), 0), st.sampled_from(["neg", "not", "given"]), inner),
        st.builds(lambda x, y, z: Operation("if", (x, y, z), 0), inner, inner, inner),
    ),
    max_leaves=6,
)
_numeric_leaves = st.one_of(_literals, st.sampled_from("abc").map(lambda id_: Name(id_, 0)))
_over_entries = st.builds(
    lambda function, list_, of, more: Operation(
        "max", (Operation(function, (Name(list_, 0), of), 0), Operation("+", (more, Name("extra", 0)), 0)), 0
    ),
    st.sampled_from(["count", "mean", "sum", "min", "max", "run"]),
    st.sampled_from(["tasks", "ratings"]),
    _of_entry,
    _numeric_leaves,
)


@settings(deadline=None, max_examples=600)
@given(_over_entries)
def test_what_is_said_of_entries_reads_as_the_same(expression: Expression) -> None:
    found = checked(expression, KNOWN)
    if isinstance(found, Problem):
        return
    meant, _ = found
    assert write(meant) == write(expression)
    assert checked(read(write(meant)), KNOWN) == found
    assert not {"grade", "time", "fatal", "level"} & {name.id for name in names(meant)}
    value = result_of(meant)
    assert isinstance(value, Fraction | Problem | Missing)


def result_of(expression: Expression) -> Value | Problem:
    try:
        return evaluate(expression, VALUES)
    except Problem as problem:
        return problem


@settings(deadline=None, max_examples=300)
@given(
    st.one_of(
        st.text(max_size=60),
        st.text(alphabet="ab1.%+-*/()<>=!, smh_", max_size=60),
        st.lists(
            st.sampled_from(
                [
                    "a",
                    "b",
                    "p",
                    "t",
                    "ratings",
                    "better",
                    "lower",
                    "12",
                    "5%",
                    "30s",
                    "0",
                    "+",
                    "-",
                    "*",
                    "/",
                    "(",
                    ")",
                    "<",
                    "==",
                    "and",
                    "or",
                    "not",
                    "if",
                    "else",
                    "min(",
                    "round(",
                    "count(",
                    "mean(",
                    "given(",
                    "weighted_mean(",
                    "last(",
                    "run(",
                    "tasks",
                    "grade",
                    "fatal",
                    "value",
                    ",",
                ]
            ),
            max_size=25,
        ).map(" ".join),
    )
)
def test_any_text_gives_a_formula_or_a_problem(text: str) -> None:
    expression = parse(text)
    if isinstance(expression, Problem):
        assert expression.message
        assert 0 <= expression.position <= len(text)
        return
    found = checked(expression, KNOWN)
    if isinstance(found, Problem):
        assert 0 <= found.position <= len(text)
        return
    meant, kind = found
    assert parse(write(meant)) == parse(write(expression))
    value = result_of(meant)
    if isinstance(value, Problem):
        assert value.message in NO_RESULT
        return
    expected = {Type.TRUTH: bool, Type.LIST: Numbers, Type.CHOICE: str, Type.ENTRIES: tuple}.get(kind, Fraction)
    assert isinstance(value, expected)
    assert write(meant, pretty=True)


NO_RESULT = (
    *("division by zero", "the number has too many digits"),
    *("a weight is negative", "the weights add up to 0", "`secret` has no value"),
)


_numeric = st.recursive(
    st.one_of(
        st.integers(0, 20).map(lambda n: Number(Fraction(n, 2), Unit.PLAIN)),
        st.sampled_from(["a", "b", "c"]).map(lambda id_: Name(id_, 0)),
    ),
    lambda inner: st.one_of(
        st.builds(
            lambda op, x, y: Operation(op, (x, y), 0),
            st.sampled_from(["+", "-", "*", "/", "min", "max", "sum", "mean"]),
            inner,
            inner,
        ),
        st.builds(
            lambda op, x: Operation(op, (x,), 0), st.sampled_from(["neg", "abs", "floor", "ceil", "round"]), inner
        ),
        st.builds(lambda x: Operation("round", (x, Number(Fraction(1), Unit.PLAIN)), 0), inner),
        st.builds(
            lambda x, op, y, z: Operation("if", (x, Operation(op, (y, z), 0), z), 0),
            inner,
            st.sampled_from(["<", ">=", "=="]),
            inner,
            inner,
        ),
    ),
    max_leaves=10,
)
_point = st.builds(Fraction, st.integers(-40, 40), st.sampled_from([1, 2, 3]))


@st.composite
def _ranges(draw: st.DrawFn) -> tuple[dict[str, Interval], dict[str, Value]]:
    ranges, values = {}, {}
    for id_ in "abc":
        low, value, high = sorted(draw(st.tuples(_point, _point, _point)))
        values[id_] = value
        ranges[id_] = Interval(None if draw(st.booleans()) else low, None if draw(st.booleans()) else high)
    return ranges, values


@settings(deadline=None, max_examples=500)
@given(_numeric, _ranges())
def test_a_result_lies_in_its_interval(
    expression: Expression, drawn: tuple[dict[str, Interval], dict[str, Value]]
) -> None:
    ranges, values = drawn
    try:
        value = number(expression, values)
    except Problem:
        return
    interval = extent(expression, ranges)
    assert interval.low is None or interval.low <= value
    assert interval.high is None or value <= interval.high


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("a + b", 2, 14),
        ("a - b", -3, 9),
        ("a * b", 1, 40),
        ("a / b", Fraction(1, 4), 10),
        ("-a", -10, -1),
        ("abs(n)", 0, 5),
        ("abs(-a)", 1, 10),
        ("floor(a / 4)", 0, 2),
        ("ceil(a / 4)", 1, 3),
        ("round(a / 4)", 0, 3),
        ("round(a / 4, 1)", Fraction(3, 10), Fraction(5, 2)),
        ("min(a, 5)", 1, 5),
        ("max(a, 5)", 5, 10),
        ("min(a, open)", None, 10),
        ("max(a, open)", 1, None),
        ("a if p else 20", 1, 20),
        ("a / n", None, None),
        ("a / zero", 1, None),
        ("open + a", None, None),
        ("open * 0", 0, 0),
        ("sum(a, b, 1)", 3, 15),
        ("mean(a, b)", 1, 7),
        ("mean(a)", 1, 10),
        ("count(ratings)", 1, None),
        ("mean(ratings)", 0, 100),
        ("sum(ratings)", 0, None),
        ("max(ratings)", 0, 100),
        ("a > 3", 0, 1),
    ],
)
def test_interval(text: str, low: int | Fraction | None, high: int | Fraction | None) -> None:
    def between(one: int, other: int) -> Interval:
        return Interval(Fraction(one), Fraction(other))

    ranges = {
        "a": between(1, 10),
        "b": between(1, 4),
        "n": between(-5, 3),
        "zero": between(0, 1),
        "ratings": between(0, 100),
    }
    assert extent(read(text), ranges) == Interval(
        None if low is None else Fraction(low), None if high is None else Fraction(high)
    )


# --- writing for readers ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "pretty"),
    [
        ("leavers / ((start + end) / 2)", "leavers ÷ ((start + end) ÷ 2)"),
        ("(a - b) * -2", "(a − b) × −2"),
        ("a >= 95% and b <= 1m30s", "a ≥ 95% and b ≤ 1m30s"),
        ("not p or a != 3", "not p or a ≠ 3"),
        ("better == lower", "better = lower"),
        ("min(a / 7, 1)", "min(a ÷ 7, 1)"),
        ("(a < b) == (b < a)", "(a < b) = (b < a)"),
        ("0.123456789012 + 0.123456789012%", "0.123456789012 + 0.123456789012%"),
    ],
)
def test_pretty(text: str, pretty: str) -> None:
    assert write(read(text), pretty=True) == pretty


def test_names_can_be_replaced_and_are_listed_in_order() -> None:
    expression = read("a / (b + a) if better == lower else goal.actual")
    assert [name.id for name in names(expression)] == ["a", "b", "a", "better", "lower", "goal.actual"]
    assert [name.position for name in names(expression)] == [0, 5, 9, 15, 25, 36]
    assert (
        write(expression, lambda id_: {"a": "实际"}.get(id_, id_), pretty=True)
        == "实际 ÷ (b + 实际) if better = lower else goal.actual"
    )


def test_position_is_no_part_of_a_formula() -> None:
    assert replace(Name("a", 0), position=9) == Name("a", 0)
    assert read("a+b") == read("  a  +  b")
