"""Runs the worked examples in a rule file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.values import Value, listed, phrase
from kpigen.document.nodes import MappingNode, Node, Scalar
from kpigen.document.reader import Reader
from kpigen.document.text import SourceText
from kpigen.files.bonus import read_bonus_items
from kpigen.files.metrics import read_metric
from kpigen.model.forms import Example, Form, Indicator, Result
from kpigen.model.reviews import Employee, Metrics
from kpigen.model.scores import ResultScore, Scorecard
from kpigen.numbers.formula import Problem
from kpigen.numbers.quantities import is_same_number, plain
from kpigen.scoring.results import in_words
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


class Given(NamedTuple):
    """What an example gives: metrics, indicators that are not applicable, bonus items, and whose department a table looks at."""

    metrics: Metrics
    not_applicable: frozenset[str]
    bonus: dict[str, int | str]
    employee: Employee | None = None


def filled_in(form: Form, example: Example) -> Given:
    """Return what an example gives. The form must already have been checked."""
    return given_by(Reader(SourceText(form.path, "")), form, example)


def given_by(reader: Reader, form: Form, example: Example) -> Given:
    """Return what an example gives; what is wrong with it is reported."""
    ids = [indicator.id for indicator in form.indicators]
    metrics: Metrics = {
        id_: read_metric(reader, indicator, node, id_)
        for id_, node in reader.mapping(_node(example.metrics), phrase("the example's metrics"), ids).items()
        if (indicator := form.indicator(id_))
    }
    not_applicable = reader.mapping(_optional(example.not_applicable), "not_applicable", ids)
    bonus = read_bonus_items(reader, form, _optional(example.bonus))
    return Given(metrics, frozenset(not_applicable), bonus, _employee(reader, _optional(example.employee)))


def _check_total(reader: Reader, form: Form, example: Example) -> None:
    before = len(reader.found)
    given = given_by(reader, form, example)
    if len(reader.found) > before or example.total is None:
        return
    card, problems = score(form, *given)
    expected = f"{form.printed(example.total)} {example.grade}".rstrip()
    if problems:
        found: Value = phrase("{key}: {reason}", key=problems[0].indicator, reason=problems[0].reason)
    elif card.total is None:
        found = _nothing_without(item.id for item in card.indicators if item.is_open)
    else:
        found = f"{form.printed(card.total)} {card.grade}".rstrip()
    if found != expected or form.rounded(example.total) != example.total:
        reader.found.append(catalogue.EXAMPLE_FAILS.at(example.span, found=found, expected=expected))
    elif example.results is not None:
        _check_results(reader, card, _node(example.results))


def _check_results(reader: Reader, card: Scorecard, node: Node) -> None:
    """Report every result of an example that is not the expected one. A result by cases is named by its text."""
    by_id = {result.id: result for result in card.form.results}
    scores = {score.id: score for score in card.results}
    for key, value in reader.pairs(node, "results"):
        scalar = reader.scalar(value, f"results.{key.text}")
        if key.text not in by_id or scalar is None:
            if scalar is not None:
                reader.mapping(MappingNode(((key, value),), key.start, value.end), "results", tuple(by_id))
            continue
        found = in_words(by_id[key.text], scores[key.text], card.form)
        if scalar.text not in _texts(by_id[key.text], scores[key.text]) and not _is_same(scalar.text, found):
            reader.add(catalogue.EXAMPLE_FAILS, value, found=found, expected=scalar.text)


def _texts(result: Result, score: ResultScore) -> tuple[str, ...]:
    """Return the text of a result by cases in each language."""
    place = score.value
    if not result.cases or not isinstance(place, int):
        return ()
    return tuple(dict(result.cases[place].text.by_language).values())


def _is_same(expected: str, found: str) -> bool:
    return expected == found or is_same_number(expected.removesuffix("%"), found.removesuffix("%"))


def _employee(reader: Reader, node: Node | None) -> Employee | None:
    """Return whose department and position a table looks at."""
    values = reader.mapping(node, "employee", ("department", "position"))
    department, position = (reader.text(values.get(key), f"employee.{key}") for key in ("department", "position"))
    return Employee("", "", department, position, None) if values else None


def _nothing_without(names: Iterable[str]) -> Value:
    """Return a phrase that there is no result because some inputs or indicators have no data."""
    return phrase("nothing without {inputs}", inputs=listed(names))


def _node(value: object) -> Node:
    assert isinstance(value, Scalar | MappingNode) or hasattr(value, "items")
    return value  # type: ignore[return-value]


def _optional(value: object) -> Node | None:
    return None if value is None else _node(value)
