"""Snippets of rule files for tests of scoring methods, and functions that read them."""

from __future__ import annotations

from typing import Any, TypeAlias

from kpigen.document.nodes import parse
from kpigen.document.reader import Reader
from kpigen.document.text import SourceText
from kpigen.files.metrics import read_metric
from kpigen.model.forms import Indicator, Input
from kpigen.numbers.formula import Expression
from kpigen.numbers.intervals import Interval, extent
from kpigen.scoring.explain import names_of
from kpigen.scoring.methods.base import method_of
from kpigen.scoring.wording import RuleWording
from tests.helpers.forms import indicator_from

#: Rules by what they show: a snippet of a rule file, and metrics as written in a review, each with its raw score.
Rules: TypeAlias = dict[str, tuple[str, list[tuple[str, str]]]]

PERCENT = "inputs: {rate: {type: percent}}\n"
NUMBER = "inputs: {n: {type: number}}\n"
COUNT = "inputs: {n: {type: count}}\n"
A_OF_B = "inputs:\n  a: {type: count, name: {zh: 甲, en: A}}\n  b: {type: count, name: {zh: 乙, en: B}}\n"
SCALE = "scales: {abc: {a: {zh: 优, en: Good, points: 5}, b: {zh: 中, en: Fair, points: 3.5}, c: {zh: 差, en: Poor, points: -1}}}\n"
CHOICES = "choices: {high: {zh: 高, en: High}, middle: {zh: 中, en: Middle}, low: {zh: 低, en: Low}}"


def rule(text: str, by_weight: bool = False) -> Indicator:
    """Return the indicator in a valid snippet. With `by_weight`, the form is a points form."""
    indicator, found = indicator_from(text, by_weight)
    assert found == [], [f"{item.span} {item.code} {item.message}" for item in found]
    assert indicator is not None
    return indicator


def metric(indicator: Indicator, text: str) -> dict[str, Any]:
    """Return a metric read as in a review."""
    source = SourceText("metric", f"x: {text}\n")
    node, found = parse(source)
    assert node is not None
    reader = Reader(source)
    values = read_metric(reader, indicator, node.items[0][1], "x")  # type: ignore[union-attr,index]
    assert [*found, *reader.found] == []
    return values


def described(text: str) -> list[str]:
    """Return the English description of a snippet's method on the rule page: lines `label: text`, without the method's label."""
    indicator = rule(text)
    lines = method_of(indicator).described(indicator.measure_unit, RuleWording(names_of(indicator, "en", str), str))
    return [f"{label}: {says}" for label, says in lines[1:]]


def ranges_of(inputs: tuple[Input, ...]) -> dict[str, Interval]:
    """Return the range of each input and field by id."""
    ranges = {}
    for item in inputs:
        ranges |= {item.id: Interval(item.range.low, item.range.high), **ranges_of(item.fields)}
    return ranges


def extent_of(indicator: Indicator, cut: bool = False) -> Interval:
    """Return the possible range of a raw score; with `cut` after cap and floor."""
    ranges = ranges_of(indicator.inputs)
    measure = Interval() if indicator.measure is None else extent(indicator.measure, ranges)

    def of(expression: Expression | None) -> Interval:
        return measure if expression is None else extent(expression, {"measure": measure, **ranges})

    method = method_of(indicator)
    return method.limited_extent(of, indicator.out_of) if cut else method.extent(of, indicator.out_of)
