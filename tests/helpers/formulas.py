"""Formulas for tests: names of every type with values, and texts that are read."""

from __future__ import annotations

from fractions import Fraction

from kpigen.numbers.formula import Declared, Expression, Missing, Numbers, Problem, Type, Value, checked, parse

_PLAIN, _TRUTH = Declared(Type.PLAIN), Declared(Type.TRUTH)
LEVEL = Declared(Type.CHOICE, ("done", "late"))
FIELDS = {
    "grade": _PLAIN,
    "extra": _PLAIN,
    "time": Declared(Type.SECONDS),
    "level": LEVEL,
    "fatal": _TRUTH,
    "title": Declared(Type.TEXT),
}
KNOWN = {
    "a": _PLAIN,
    "b": _PLAIN,
    "c": _PLAIN,
    "zero": _PLAIN,
    "t": Declared(Type.SECONDS),
    "u": Declared(Type.SECONDS),
    "m": Declared(Type.MONEY),
    "p": _TRUTH,
    "q": _TRUTH,
    "ratings": Declared(Type.LIST),
    "secret": Declared(Type.LIST, is_confidential=True),
    "better": Declared(Type.CHOICE, ("higher", "lower")),
    "note": Declared(Type.CHOICE),
    "goal.actual": _PLAIN,
    "tasks": Declared(Type.ENTRIES, fields=FIELDS),
    "hidden": Declared(Type.ENTRIES, is_confidential=True, fields=FIELDS),
    "extra": _PLAIN,
    "value": _PLAIN,
}
TASKS: tuple[dict[str, Value], ...] = (
    {"grade": Fraction(4), "extra": Fraction(1), "time": Fraction(60), "level": "done", "fatal": False, "title": "x"},
    {"grade": Fraction(2), "extra": Missing.ABSENT, "time": Fraction(90), "level": "late", "fatal": True, "title": "y"},
    {"grade": Fraction(3), "extra": Fraction(2), "time": Fraction(30), "level": "done", "fatal": True, "title": "z"},
)
VALUES: dict[str, Value] = {
    "a": Fraction(7),
    "b": Fraction(3),
    "c": Fraction(-1, 2),
    "zero": Fraction(0),
    "t": Fraction(90),
    "u": Fraction(60),
    "m": Fraction(5),
    "p": True,
    "q": False,
    "ratings": Numbers.of((Fraction(80), Fraction(95), Fraction(65))),
    "better": "lower",
    "goal.actual": Fraction(4),
    "tasks": TASKS,
    "extra": Fraction(1000),
    "value": Fraction(2000),
}


def read(text: str) -> Expression:
    """Return a formula as it is parsed."""
    expression = parse(text)
    assert not isinstance(expression, Problem), expression.message
    return expression


def resolved(text: str) -> Expression:
    """Return a formula over `KNOWN` as it is evaluated."""
    found = checked(read(text), KNOWN)
    assert not isinstance(found, Problem), found.message
    return found[0]
