"""All scoring methods: the rules of each method's own test file, the working in words, what is refused, intervals.

Each method has a file `test_<method>.py` here with its `RULES`, and `POINTS` where it asks for full marks.
"""

from __future__ import annotations

from fractions import Fraction
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpigen.model.scores import Step
from kpigen.numbers.formula import Name, Problem, number
from kpigen.numbers.intervals import Interval
from kpigen.numbers.notation import Notation
from kpigen.numbers.quantities import Unit
from kpigen.scoring.explain import explain
from kpigen.scoring.methods import METHODS
from kpigen.scoring.methods.bands import Bands, Ends
from kpigen.scoring.methods.base import Case, Method, method_of
from kpigen.scoring.methods.curve import Curve
from kpigen.scoring.methods.deductions import Deduction, Deductions
from kpigen.scoring.methods.ratio import Ratio
from kpigen.scoring.methods.reference import Reference, Side
from kpigen.scoring.outlook.univariate import rule_of
from kpigen.scoring.score import known_values, missing_inputs, raw_score
from tests.helpers.forms import TEN, TESTS, form_of, indicator_from, read_text, review_text, written_metric
from tests.helpers.rules import A_OF_B, Rules, extent_of, metric, rule

# --- rules, each with what it gives ----------------------------------------------------------------------------------

MODULES = [import_module(f"tests.scoring.methods.test_{name}") for name in METHODS]
TABLE: Rules = {title: rows for module in MODULES for title, rows in module.RULES.items()}
#: The same methods on a points form, where full marks are the indicator's weight.
POINTS: Rules = {title: rows for module in MODULES for title, rows in getattr(module, "POINTS", {}).items()}

CASES = [
    pytest.param(snippet, by_weight, written, raw, id=f"{title}: {written}")
    for table, by_weight in ((TABLE, False), (POINTS, True))
    for title, (snippet, rows) in table.items()
    for written, raw in rows
]


@pytest.mark.parametrize(("snippet", "by_weight", "written", "raw"), CASES)
def test_raw_score(snippet: str, by_weight: bool, written: str, raw: str) -> None:
    indicator = rule(snippet, by_weight)
    values = metric(indicator, written)
    assert missing_inputs(indicator, values) == ()
    found, steps = raw_score(indicator, values)
    assert found == Fraction(raw)
    assert steps[-1].value == found, "the working ends in the score"
    assert extent_of(indicator).cut(indicator.score.floor, indicator.score.cap) == extent_of(indicator, cut=True)
    assert all(explain(step, {}, str, Notation()).label for step in steps), "every step has its sentence"
    assert inside(found, extent_of(indicator, cut=True)) or steps[-1].kind == "when_zero"


@pytest.mark.parametrize(("snippet", "by_weight", "written", "raw"), CASES)
def test_the_formula_gives_the_raw_score(snippet: str, by_weight: bool, written: str, raw: str) -> None:
    """What scoring curves and next steps follow is what the engine scores; of what people judge there is no formula."""
    indicator = rule(snippet, by_weight)
    found = rule_of(indicator, known_values(indicator, metric(indicator, written))[0])
    if type(method_of(indicator)).as_formula is Method.as_formula:
        assert found.whole is None
    else:
        assert found.whole is not None
        assert number(found.whole, found.known) == Fraction(raw)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_the_rules_of_a_method_are_scored_by_it(module: Any) -> None:
    name = module.__name__.rpartition("test_")[2]
    assert {rule(snippet).score.name for snippet, _ in module.RULES.values()} == {name}
    assert METHODS[name].name == name
    assert METHODS[name].label


@pytest.mark.parametrize("attribute", ["sentences", "number_names", "mark_names"])
def test_methods_that_use_one_key_give_it_one_message(attribute: str) -> None:
    said: dict[str, set[str]] = {}
    for method in METHODS.values():
        for key, text in getattr(method, attribute).items():
            said.setdefault(key, set()).add(text)
    assert said
    assert [key for key, texts in said.items() if len(texts) > 1] == []


@pytest.mark.parametrize(
    ("snippet", "written", "reason"),
    [
        (f"{A_OF_B}measure: a / b\nscore: {{method: value}}", "{a: 1, b: 0}", "division by zero"),
        (f"{A_OF_B}score: {{method: formula, formula: a / (b - 2)}}", "{a: 1, b: 2}", "division by zero"),
        (
            f"{A_OF_B}score: {{method: deductions, deductions: [{{of: a / b, points: 1}}]}}",
            "{a: 1, b: 0}",
            "division by zero",
        ),
        (
            f"{A_OF_B}score: {{method: parts, parts: [{{id: p, method: value, measure: a / b}}]}}",
            "{a: 1, b: 0}",
            "division by zero",
        ),
        (
            (
                "inputs: {l: {type: list, fields: {w: {type: number, name: {zh: 权, "
                "en: W}}}}}\nscore: {method: weighted_list, weight: w, value: w}"
            ),
            "[{w: 0}, {w: 0}]",
            "the weights of the list add up to 0",
        ),
        (
            (
                "inputs: {l: {type: list, fields: {w: {type: number, name: {zh: 权, "
                "en: W}}}}}\nscore: {method: weighted_list, weight: w, value: w}"
            ),
            "[{w: 3}, {w: -1}]",
            "the weight of entry 2 is negative",
        ),
        (
            (
                "inputs: {l: {type: list, fields: {w: {type: number, name: {zh: 权, "
                "en: W}}}}}\nscore: {method: weighted_list, weight: '1', value: 1 / w}"
            ),
            "[{w: 0}]",
            "division by zero",
        ),
        (
            (
                "inputs: {l: {type: list, fields: {n: {type: text, name: {zh: 名, en: N}}, "
                "w: {type: number, optional: yes, name: {zh: 值, en: W}}}}}\nscore: {method: weighted_list, weight: '1', value: w}"
            ),
            "[{n: x}, {n: y}]",
            "no entry of the list has a value",
        ),
    ],
)
def test_numbers_without_a_result(snippet: str, written: str, reason: str) -> None:
    indicator = rule(snippet)
    with pytest.raises(Problem) as problem:
        raw_score(indicator, metric(indicator, written))
    assert problem.value.message == reason


# --- the working in words --------------------------------------------------------------------------------------------


def blocks(name: str) -> list[str]:
    """The blocks of a text file beside the tests, without the first, which says what they are."""
    return (TESTS / "methods" / name).read_text("utf-8").rstrip("\n").split("\n\n")[1:]


def said(step: Step) -> str:
    """A step in English, with ids for names."""
    line = explain(step, {}, str, Notation())
    carries = ", ".join(f"{key}={value}" for key, value in step.args)
    return f"= {line.label} | {line.formula} | {line.numbers} | {line.value} | {carries}".rstrip(" |")


@pytest.mark.parametrize("block", blocks("working.txt"))
def test_the_working_in_words(block: str) -> None:
    lines = block.splitlines()
    written = next(line for line in lines if line.startswith("> "))
    indicator = rule("\n".join(lines[: lines.index(written)]))
    _, steps = raw_score(indicator, metric(indicator, written.removeprefix("> ")))
    assert [said(step) for step in steps] == lines[lines.index(written) + 1 :]


# --- rules that do not fit -------------------------------------------------------------------------------------------


READ = "~ read all the same"


@pytest.mark.parametrize("block", blocks("refused.txt"))
def test_a_rule_that_does_not_fit_is_refused(block: str) -> None:
    """With the place, and with words that tell what to do; what is not understood is no rule."""
    said = [line for line in block.splitlines() if line.startswith(("! ", "~ "))]
    indicator, found = indicator_from("\n".join(line for line in block.splitlines() if line not in said))
    assert [f"! {i.span.line}:{i.span.column} {i.code} {i.message}; {i.hint}" for i in found] == [
        line for line in said if line != READ
    ]
    assert any(item.is_error for item in found)
    assert (indicator is not None) == (READ in said)


# --- intervals -------------------------------------------------------------------------------------------------------


def inside(value: Fraction, interval: Interval) -> bool:
    return (interval.low is None or interval.low <= value) and (interval.high is None or value <= interval.high)


@pytest.mark.parametrize("form_id", TEN)
@settings(deadline=None, max_examples=20)
@given(data=st.data())
def test_scores_of_a_form_lie_in_their_intervals(form_id: str, data: st.DataObject) -> None:
    for indicator in form_of(form_id).indicators:
        written = data.draw(written_metric(indicator), label=indicator.id)
        review, found = read_text(review_text(form_id, {indicator.id: written}))
        assert review is not None
        assert found == []
        raw, steps = raw_score(indicator, review.metrics[indicator.id])
        assert steps[-1].value == raw
        assert inside(raw, extent_of(indicator, cut=True)) or steps[-1].kind == "when_zero"


_small = st.builds(Fraction, st.integers(-30, 30), st.sampled_from([1, 2, 3]))
_above = st.builds(Fraction, st.integers(1, 30), st.sampled_from([1, 2, 3]))
_maybe = st.one_of(st.none(), _small)
_side = st.one_of(st.none(), st.builds(Side, _small, _above, st.booleans()))
_limits = st.tuples(_maybe, _maybe).map(
    lambda pair: dict(zip(("cap", "floor"), pair if None in pair else sorted(pair, reverse=True), strict=True))
)
_deduction = st.builds(
    lambda points, over, short, every, linear: Deduction(
        Name("measure", 0), points, over, None if over is not None else short, every, linear, Unit.PLAIN
    ),
    _above,
    _maybe,
    _maybe,
    _above,
    st.booleans(),
)
_points = st.lists(st.tuples(_small, _small), min_size=2, max_size=5, unique_by=lambda pair: pair[0]).map(
    lambda points: tuple(sorted(points))
)
_methods = _limits.flatmap(
    lambda limits: st.one_of(
        st.builds(lambda target, lower: Ratio(target, lower, **limits), _above, st.booleans()),
        _points.map(lambda points: Curve(points, **limits)),
        st.builds(
            lambda points, upper, otherwise: Bands(
                Ends(tuple(end for end, _ in points), upper),
                tuple((score,) for _, score in points),
                otherwise,
                **limits,
            ),
            _points,
            st.booleans(),
            _small,
        ),
        st.builds(
            lambda reference, base, band, above, below: Reference(reference, base, abs(band), above, below, **limits),
            _small,
            _small,
            _small,
            _side,
            _side,
        ),
        st.builds(
            lambda start, items: Deductions(start, tuple(items), **limits),
            _small,
            st.lists(_deduction, min_size=1, max_size=3),
        ),
    )
)


@settings(deadline=None, max_examples=300)
@given(_methods, st.tuples(_small, _small, _small).map(sorted), st.booleans(), st.booleans(), _above)
def test_scores_of_any_rule_lie_in_their_interval(
    method: Any, ends: list[Fraction], open_below: bool, open_above: bool, full: Fraction
) -> None:
    low, x, high = ends
    measured = Interval(None if open_below else low, None if open_above else high)
    raw, steps = method.score(Case({}, (), full, x))
    assert steps[-1].value == raw
    assert inside(raw, method.limited_extent(lambda _: measured, full))
    assert inside(raw, Interval(method.floor, method.cap))
    assert all(
        inside(
            method.score(Case({}, (), full, knot))[0],
            method.limited_extent(lambda _: Interval(), full),
        )
        for knot in method.knots()
    )
