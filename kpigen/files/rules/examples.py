"""Runs the worked examples in a rule file."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.values import Value, listed, phrase
from kpigen.document.nodes import MappingNode, Node, Scalar
from kpigen.document.reader import Reader
from kpigen.document.text import SourceText
from kpigen.files.metrics import read_metric
from kpigen.model.forms import Example, Form, Indicator
from kpigen.model.reviews import Metrics
from kpigen.numbers.formula import Problem
from kpigen.numbers.quantities import fixed, plain
from kpigen.scoring.score import missing_inputs, raw_score, score


def check_examples(reader: Reader, form: Form) -> None:
    """Report every example whose result differs from the expected one."""
    for indicator in form.indicators:
        for example in indicator.examples:
            _check_raw(reader, indicator, example)
    for example in form.examples:
        _check_total(reader, form, example)


def _check_raw(reader: Reader, indicator: Indicator, example: Example) -> None:
    before = len(reader.found)
    values = read_metric(reader, indicator, _node(example.metrics), indicator.id)
    if len(reader.found) > before or example.raw is None:
        return
    missing = missing_inputs(indicator, values)
    try:
        found: Value = _nothing_without(missing) if missing else plain(raw_score(indicator, values)[0], 12)
    except Problem as problem:
        found = problem.sentence
    if found != plain(example.raw, 12):
        reader.found.append(catalogue.EXAMPLE_FAILS.at(example.span, found=found, expected=plain(example.raw, 12)))


def filled_in(form: Form, example: Example) -> tuple[Metrics, frozenset[str], dict[str, int]]:
    """Return the metrics, the indicators that are not applicable, and the bonus counts of an example.

    The form must already have been checked.
    """
    return _filled_in(Reader(SourceText(form.path, "")), form, example)


def _filled_in(reader: Reader, form: Form, example: Example) -> tuple[Metrics, frozenset[str], dict[str, int]]:
    ids = [indicator.id for indicator in form.indicators]
    metrics: Metrics = {
        id_: read_metric(reader, indicator, node, id_)
        for id_, node in reader.mapping(_node(example.metrics), phrase("the example's metrics"), ids).items()
        if (indicator := form.indicator(id_))
    }
    not_applicable = reader.mapping(_optional(example.not_applicable), "not_applicable", ids)
    counts = reader.mapping(_optional(example.bonus), "bonus", [item.id for item in form.bonus])
    bonus = {id_: reader.whole(node, f"bonus.{id_}") or 0 for id_, node in counts.items()}
    return metrics, frozenset(not_applicable), bonus


def _check_total(reader: Reader, form: Form, example: Example) -> None:
    before = len(reader.found)
    metrics, not_applicable, bonus = _filled_in(reader, form, example)
    if len(reader.found) > before or example.total is None:
        return
    card, problems = score(form, metrics, not_applicable, bonus)
    expected = f"{fixed(example.total)} {example.grade}"
    if problems:
        found: Value = phrase("{key}: {reason}", key=problems[0].indicator, reason=problems[0].reason)
    elif card.total is None:
        found = _nothing_without(item.id for item in card.indicators if item.points is None and not item.not_applicable)
    else:
        found = f"{fixed(card.total)} {card.grade}"
    if found != expected or example.total * 100 != Fraction(int(example.total * 100)):
        reader.found.append(catalogue.EXAMPLE_FAILS.at(example.span, found=found, expected=expected))


def _nothing_without(names: Iterable[str]) -> Value:
    """Return a phrase that there is no result because some inputs or indicators have no data."""
    return phrase("nothing without {inputs}", inputs=listed(names))


def _node(value: object) -> Node:
    assert isinstance(value, Scalar | MappingNode) or hasattr(value, "items")
    return value  # type: ignore[return-value]


def _optional(value: object) -> Node | None:
    return None if value is None else _node(value)
