"""The method `formula` over entries and without what is optional: what it gives, and the working that it shows."""

from __future__ import annotations

import pytest

from kpigen.i18n.messages import messages
from kpigen.numbers.formula import Problem
from kpigen.numbers.notation import Notation
from kpigen.numbers.quantities import exact
from kpigen.scoring.attainable import upper_bound
from kpigen.scoring.explain import explain_on_screen, names_of
from kpigen.scoring.score import raw_score
from tests.helpers.forms import indicator_from
from tests.helpers.rules import metric, rule

CALLS = """
inputs:
  n: {type: number, min: 0, max: 10, optional: yes, name: {zh: 数, en: Number}}
  calls:
    type: list
    name: {zh: 通话, en: Calls}
    fields:
      grade: {type: rating, name: {zh: 分, en: Grade}}
      fatal: {type: yes_no, name: {zh: 致命, en: Fatal}}
      extra: {type: count, optional: yes, name: {zh: 附加, en: Extra}}
score: {method: formula, formula: "THE FORMULA", cap: 500}
"""
TWO = "[{grade: 80, fatal: no, extra: 3}, {grade: 61.5, fatal: yes}]"
MONTHS = """
inputs: {months: {type: ratings, name: {zh: 月, en: Months}}, n: {type: number, optional: yes, name: {zh: 数, en: N}}}
score: {method: formula, formula: "THE FORMULA", cap: 500}
"""

# a formula, what is entered, raw score; formula and numbers on an English and a Chinese page
WORKINGS = [
    (
        (CALLS, "mean(calls, grade) + count(n, 5)", f"{{calls: {TWO}}}"),
        ("71.75", "(mean of Grade over Calls) + count(Number, 5)", "mean([80, 61.5]) + count(–, 5)"),
        "(通话 各项 分 的平均值) + count(数, 5)",
    ),
    (
        (CALLS, "100 - 10 * count(calls, fatal) - max(n, 1)", f"{{n: 4, calls: {TWO}}}"),
        ("86", "100 − 10 × (number of Calls where Fatal) − max(Number, 1)", "100 − 10 × count([no, yes]) − max(4, 1)"),
        "100 − 10 × (通话 中 致命 的项数) − max(数, 1)",
    ),
    (
        (CALLS, "sum(calls, extra) * 2 + (n if given(n) else 7)", f"{{calls: {TWO}}}"),
        (
            "13",
            "(sum of Extra over Calls) × 2 + (Number if Number is given else 7)",
            "sum([3]) × 2 + (– if – is given else 7)",
        ),
        "(通话 各项 附加 之和) × 2 + (若 数 已填 则 数，否则 7)",
    ),
    (
        (MONTHS, "10 * run(months, value > 70) + last(months) + count(n, 1)", "{months: [60, 80, 75, 50]}"),
        ("71", "10 × (longest run of Months where the value > 70) + (last of Months) + count(N, 1)", None),
        "10 × (月 中 该值 > 70 的最长连续项数) + (月 的最后一项) + count(N, 1)".replace("count(N", "count(数"),
    ),
    (
        (MONTHS, "mean(months, min(value, 70)) + min(n, 2)", f"{{n: 1, months: [{', '.join(['60', '80'] * 5)}]}}"),
        (
            "66",
            "(mean of min(the value, 70) over Months) + min(N, 2)",
            "mean([60, 70, 60, 70, 60, 70, 60, 70, …]) + min(1, 2)",
        ),
        "(月 各项 min(该值, 70) 的平均值) + min(数, 2)",
    ),
]


@pytest.mark.parametrize(("given", "english", "chinese"), WORKINGS)
def test_the_working(given: tuple[str, str, str], english: tuple[str, str, str | None], chinese: str) -> None:
    text, formula, entered = given
    indicator = rule(text.replace("THE FORMULA", formula))
    raw, steps = raw_score(indicator, metric(indicator, entered))
    assert exact(raw) == english[0]
    said = {
        language: explain_on_screen(
            steps[-1], names_of(indicator, language, messages(language).gettext), messages(language).gettext, Notation()
        )
        for language in ("en", "zh")
    }
    assert said["en"].formula == english[1]
    assert english[2] is None or said["en"].numbers == english[2]
    assert said["zh"].formula == chinese


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("mean(calls, extra) + count(n, 1)", "`calls.1.extra, calls.2.extra` have no value"),
        ("mean(n, n + 1) if given(n) else max(calls, extra)", "`calls.1.extra, calls.2.extra` have no value"),
        ("sum(calls, grade / (extra - 3)) + count(n, 1)", "division by zero"),
    ],
)
def test_what_has_no_result(formula: str, message: str) -> None:
    indicator = rule(CALLS.replace("THE FORMULA", formula))
    two = TWO.replace(", extra: 3", "") if "calls, extra" in formula else TWO
    with pytest.raises(Problem) as problem:
        raw_score(indicator, metric(indicator, f"{{calls: {two}}}"))
    assert problem.value.message == message


@pytest.mark.parametrize(
    ("formula", "most"),
    [
        ("mean(calls, grade) + count(n, 1)", "102"),
        ("mean(calls, grade - 10) * 2", "180"),
        ("max(calls, grade) - min(n, 3)", "100"),
        ("mean(n, 8)", "10"),
        ("min(n, 8)", "8"),
        ("100 - count(calls, fatal)", "100"),
        ("100 - run(calls, fatal) - sum(calls, grade)", "100"),
        ("weighted_mean(40%, 60, 60%, n)", "60"),
        ("n * 3 if given(n) else 12", "30"),
    ],
)
def test_how_high_it_can_be(formula: str, most: str) -> None:
    bound = upper_bound(rule(CALLS.replace("THE FORMULA", f"({formula}) + 0 * count(n, 1) + 0 * count(calls)")))
    assert bound is not None
    assert exact(bound) == most


@pytest.mark.parametrize(
    ("formula", "refused"),
    [
        ("n + mean(calls, grade)", "n"),
        ("mean(n) + mean(calls, grade)", "n"),
        ("mean(n, 2 * n) + mean(calls, grade)", "n"),
        ("mean(n, 2) + mean(calls, grade)", ""),
        ("(n if given(n) else 2) + mean(calls, grade)", ""),
        ("(n if count(calls) > 2 else 2) + mean(calls, grade)", "n"),
        ("mean(calls, grade * n)", "n"),
        ("mean(calls, grade + extra) + count(n, 1)", ""),
    ],
)
def test_what_may_not_be_optional(formula: str, refused: str) -> None:
    _, found = indicator_from(CALLS.replace("THE FORMULA", formula))
    expected = [f"the method `formula` needs `{refused}`, which is optional"] if refused else []
    assert [item.message for item in found] == expected
