"""Scales and defaults of inputs: as they are read, as they enter the scoring part, and what a review without a value has."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from kpigen.document.nodes import MappingNode, parse
from kpigen.document.reader import Reader
from kpigen.document.text import SourceText
from kpigen.files.metrics import read_metric
from kpigen.files.rules.inputs import canonical_input
from kpigen.model.forms import Input
from kpigen.repository.project import load
from kpigen.scoring.content import content
from kpigen.scoring.filled import filled, unfilled
from kpigen.scoring.methods.base import method_of
from kpigen.scoring.restored import restored
from kpigen.scoring.score import known_values, missing_inputs, raw_score
from tests.helpers.forms import indicator_from
from tests.helpers.rules import SCALE, metric, rule
from tests.helpers.tiny import DRAFT, REVIEW, TINY, TINY_RULE, tree_of

F = Fraction
NAMED = "name: {zh: 甲, en: A}"


def inputs_of(text: str) -> dict[str, Input]:
    return {item.id: item for item in rule(text).inputs}


# --- scales ----------------------------------------------------------------------------------------------------------


def test_a_scale_gives_its_choices_with_points() -> None:
    (item,) = rule(f"{SCALE}inputs: {{level: {{scale: abc}}}}\nscore: {{method: levels}}").inputs
    assert [(choice.id, choice.points) for choice in item.choices] == [("a", 5), ("b", F(7, 2)), ("c", -1)]
    assert item.type == "choice"
    assert [choice.name.in_("zh") for choice in item.choices] == ["优", "中", "差"]


def test_points_alone_are_enough_and_a_choice_may_have_a_text() -> None:
    scale = "scales: {abc: {r3: 3, r2: {zh: 二, en: Two, points: 2.5, text: {zh: 二级, en: Second}}}}\n"
    (item,) = rule(f"{scale}inputs: {{level: {{scale: abc}}}}\nscore: {{method: levels}}").inputs
    assert [(choice.id, choice.name.in_("en"), choice.points) for choice in item.choices] == [
        ("r3", "r3", 3),
        ("r2", "Two", F(5, 2)),
    ]
    assert item.choices[0].text is None
    assert item.choices[1].text is not None
    assert item.choices[1].text.in_("zh") == "二级"


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ("{n: {scale: abd}}", ["KPI530 the form has no scale `abd`; did you mean `abc`? known: abc"]),
        (
            "{n: {type: number, scale: abc}}",
            ["KPI201 `scale` is not a key of an input of type number; known here: type, name …"],
        ),
        (
            "{n: {scale: abc, choices: {a: {zh: 甲, en: A}, b: {zh: 乙, en: B}}}}",
            ["KPI201 `scale` is not a key of an input with `choices`; known here: type, name …"],
        ),
    ],
)
def test_a_scale_that_does_not_fit_is_refused(inputs: str, expected: list[str]) -> None:
    _, found = indicator_from(f"{SCALE}inputs: {inputs}\nscore: {{method: formula, formula: '1'}}")
    assert [f"{item.code} {item.message}; {item.hint}" for item in found][: len(expected)] == expected


def test_the_points_of_a_scale_are_part_of_what_scores() -> None:
    """Whether `levels` or a formula uses them: other points make another digest."""
    for score in (
        "{method: levels}",
        "{method: formula, formula: level * 2}",
        "{method: formula, formula: 'mean(level, 3)'}",
    ):
        text = f"{SCALE}inputs: {{level: {{scale: abc}}}}\nscore: {score}"
        one, other = (method_of(rule(said)).canonical(None) for said in (text, text.replace("3.5", "3.25")))
        assert one != other


def test_levels_of_a_scale_are_written_as_if_they_were_given() -> None:
    scale = rule(f"{SCALE}inputs: {{level: {{scale: abc}}}}\nscore: {{method: levels}}")
    choices = "choices: {a: {zh: 优, en: Good}, b: {zh: 中, en: Fair}, c: {zh: 差, en: Poor}}"
    given = rule(
        f"inputs: {{level: {{type: choice, {choices}}}}}\nscore: {{method: levels, levels: {{a: 5, b: 3.5, c: -1}}}}"
    )
    assert method_of(scale).canonical(None) == method_of(given).canonical(None)
    assert canonical_input(scale.inputs[0]) == canonical_input(given.inputs[0])


def test_a_measure_of_a_choice_is_the_score_where_no_method_is_given() -> None:
    """Without `score` and `measure` a choice has its points; a measure says what becomes of them."""
    inputs = f"{SCALE}inputs: {{level: {{scale: abc}}}}\n"
    assert (rule(inputs).score.name, rule(f"{inputs}measure: level * 20").score.name) == ("levels", "value")


# --- defaults --------------------------------------------------------------------------------------------------------

ALL = f"""{SCALE}inputs:
  n: {{type: number, {NAMED}, default: -2.50, agreed: yes}}
  whole: {{type: count, {NAMED}, default: 0}}
  part: {{type: percent, {NAMED}, default: 95.5%}}
  time: {{type: duration, {NAMED}, default: 1m5s}}
  ok: {{type: yes_no, {NAMED}, default: no}}
  level: {{scale: abc, {NAMED}, default: b}}
  like: {{scale: abc, {NAMED}, default: level}}
  again: {{scale: abc, {NAMED}, default: like}}
  own: {{type: number, {NAMED}}}
  other: {{type: number, {NAMED}, default: own}}
score: {{method: formula, formula: 'n + whole + part + time / 1s + level + again + other + (1 if ok else 0)'}}
"""


def test_defaults_are_read_in_the_type_of_their_input() -> None:
    found = inputs_of(ALL)
    assert {id_: item.default for id_, item in found.items() if item.default is not None} == {
        "n": F(-5, 2), "whole": 0, "part": F(191, 200), "time": 65, "ok": False, "level": "b",
    }  # fmt: skip
    others = {id_: item.default_of for id_, item in found.items() if item.default_of}
    assert others == {"like": "level", "again": "like", "other": "own"}
    assert [item.id for item in found.values() if not item.has_default] == ["own"]
    assert [item.id for item in found.values() if item.agreed] == ["n"]
    assert {id_: data["default"] for id_, item in found.items() if "default" in (data := canonical_input(item))} == {
        "n": "-2.5",
        "whole": "0",
        "part": "0.955",
        "time": "65",
        "ok": "no",
        "level": "b",
        "like": {"input": "level"},
        "again": {"input": "like"},
        "other": {"input": "own"},
    }


def test_what_has_no_value_has_its_default() -> None:
    indicator = rule(ALL)
    values = metric(indicator, "{own: 4}")
    assert missing_inputs(indicator, values) == ()
    assert known_values(indicator, values)[0] == {
        "n": F(-5, 2), "whole": 0, "part": F(191, 200), "time": 65, "ok": False,
        "level": "b", "like": "b", "again": "b", "own": 4, "other": 4,
    }  # fmt: skip
    chosen = known_values(indicator, metric(indicator, "{own: 4, level: a, again: c}"))[0]
    assert (chosen["like"], chosen["again"]) == ("a", "c")
    assert raw_score(indicator, values)[0] == F(-5, 2) + F(191, 200) + 65 + F(7, 2) + F(7, 2) + 4
    assert missing_inputs(indicator, {}) == ("own",), "what would be like it is not missing besides"


def test_an_input_like_an_optional_one_is_missing_itself() -> None:
    inputs = inputs_of(
        f"inputs:\n  a: {{type: number, {NAMED}, optional: yes}}\n  b: {{type: number, {NAMED}, default: a}}\n"
        f"  c: {{type: number, {NAMED}, default: b}}\nscore: {{method: formula, formula: c + b}}"
    ).values()
    assert unfilled(inputs, {}) == ["b"]
    assert unfilled(inputs, {"a": F(1)}) == unfilled(inputs, {"b": F(1)}) == []
    assert filled(inputs, {"a": F(1), "other": F(3)}) == {"a": 1, "b": 1, "c": 1}


def test_defaults_count_in_limits_and_fields() -> None:
    text = f"""inputs:
  own: {{type: number, {NAMED}}}
  other: {{type: number, {NAMED}, default: own}}
  most: {{type: number, {NAMED}, default: 5}}
limits: [other <= most]
score: {{method: formula, formula: other + most}}
"""
    indicator = rule(text)
    assert raw_score(indicator, metric(indicator, "{own: 5}"))[0] == 10
    source = SourceText("metric", "x: {own: 6}\n")
    reader, (node, _) = Reader(source), parse(source)
    assert isinstance(node, MappingNode)
    read_metric(reader, indicator, node.items[0][1], "x")
    assert [item.code for item in reader.found] == ["KPI325"]


# --- what a review's content says ------------------------------------------------------------------------------------

FORM = (
    TINY_RULE.replace(
        "    inputs: {calls: {type: count}}\n    score: {method: value}\n",
        f"""    inputs:
      n: {{type: number, {NAMED}, default: 80}}
      ok: {{type: yes_no, {NAMED}, default: no}}
      own: {{type: number, {NAMED}, default: 0}}
      other: {{type: number, {NAMED}, default: own}}
      l:
        type: list
        {NAMED}
        optional: yes
        fields: {{w: {{type: number, {NAMED}, default: 1}}, v: {{type: number, {NAMED}, default: w}}}}
    score: {{method: formula, formula: 'n + own + other + (1 if ok else 0) + (sum(l, v) if given(l) else 0)'}}
""",
    )
    .replace("{metrics: {calls: 80}, total: 80", "{metrics: {calls: {n: 70, own: 5}}, total: 80")
    .replace("{metrics: {calls: 50}, total: 50", "{metrics: {calls: {n: 40, l: [{w: 2}, {v: 8}]}}, total: 50")
)


def contents(metrics: str) -> dict[str, Any]:
    """The metrics in the content of a review, which can be read back from it."""
    project = load(
        tree_of(**{TINY: FORM, REVIEW: DRAFT.replace("metrics:\n  calls: 80\n", f"metrics: {{calls: {metrics}}}\n")})
    )
    review = project.review(REVIEW)
    assert review is not None
    form = project.rules.versions("tiny")[-1]
    found = content(review, form)
    assert restored(review, form, found) is not None
    metrics_: dict[str, Any] = found.get("metrics", {}).get("calls", {})
    return metrics_


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{n: 80, ok: no, own: 0}", {}),
        ("{n: 80.00, ok: yes, own: 0.5}", {"ok": "yes", "own": "0.5"}),
        ("{n: 81, other: 0}", {"n": "81", "other": "0"}),
        ("{own: 3, other: 3}", {"own": "3", "other": "3"}),
        ("{l: [{w: 1}, {w: 2, v: 2}, {v: 1}]}", {"l": [{}, {"w": "2", "v": "2"}, {"v": "1"}]}),
    ],
)
def test_only_what_equals_a_constant_default_is_left_out(written: str, expected: dict[str, Any]) -> None:
    assert contents(written) == expected
