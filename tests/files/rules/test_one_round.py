"""What a rule file lacks is told all at once, and alone: nothing is found only because something else is missing."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

import pytest

from kpigen.diagnostics.diagnostic import Diagnostic
from kpigen.document.cuts import TextCut, applied, without
from kpigen.document.edit import CannotEdit, end_of
from kpigen.document.nodes import MappingNode, Node, SequenceNode, parse
from kpigen.document.text import SourceText
from kpigen.files.rules.form import read_form
from tests.files.rules.test_texts import source
from tests.helpers.forms import LANGUAGES
from tests.helpers.tiny import TINY, TINY_RULE

FORMS = ("warehouse-keeper", "cs-kpi-gs", "cs-practical", "support-center")
#: What may be found besides: an origin of what is missing is one of nothing.
ALONG = {"KPI513", "KPI514"}

Place = tuple[MappingNode, int]


def read(path: str, text: str) -> list[Diagnostic]:
    return read_form(path, text.encode(), LANGUAGES)[1]


def places(node: Node | None) -> Iterator[Place]:
    """Yield every entry of every mapping but those of worked examples and origins."""
    if isinstance(node, MappingNode):
        for number, (key, value) in enumerate(node.items):
            yield node, number
            if key.text not in ("metrics", "origin", "choices"):
                yield from places(value)
    elif isinstance(node, SequenceNode):
        for item in node.items:
            yield from places(item)


def cut(text: str, place: Place) -> list[TextCut]:
    try:
        return list(without(text, place[0], {place[1]}))
    except CannotEdit:
        return []


def lacks(found: list[Diagnostic]) -> list[str]:
    return sorted(item.message for item in found if item.code == "KPI202")


def required(form: str) -> dict[Place, str]:
    """Return what is required of a form, with the finding if it is missing."""
    text, path = source(form), f"rules/{form}/2026-01.yaml"
    root, _ = parse(SourceText("x", text))
    needed = {}
    for place in places(root):
        cuts = cut(text, place)
        found = read(path, applied(text, cuts)) if cuts else []
        if lacks(found):
            (needed[place],) = lacks(found)
            assert {item.code for item in found} - ALONG == {"KPI202"}, [item.message for item in found]
    return needed


@pytest.fixture(scope="module", params=FORMS)
def form(request: pytest.FixtureRequest) -> tuple[str, dict[Place, str]]:
    return request.param, required(request.param)


def test_a_missing_key_is_the_only_finding(form: tuple[str, dict[Place, str]]) -> None:
    assert len(form[1]) > 80


#: Without these it is not known what else is needed.
TELLING = ("method", "type", "levels", "choices", "scale", "inputs", "fields")


@pytest.mark.parametrize("seed", range(8))
def test_missing_keys_are_found_in_one_round(form: tuple[str, dict[Place, str]], seed: int) -> None:
    """Any of them together, as long as none lies within another, and it is known which method and type are meant."""
    id_, needed = form
    text, draw, end = source(id_), random.Random(seed), 0
    gone: dict[MappingNode, set[int]] = {}
    for node, number in sorted(needed, key=lambda place: place[0].items[place[1]][0].start):
        key, value = node.items[number]
        if key.start >= end and key.text not in TELLING and draw.random() < 0.4:
            gone.setdefault(node, set()).add(number)
            end = end_of(value)
    gone = {node: numbers for node, numbers in gone.items() if len(numbers) < len(node.items)}
    assert sum(map(len, gone.values())) > 10
    cuts = [item for node, numbers in gone.items() for item in without(text, node, numbers)]
    found = read(f"rules/{id_}/2026-01.yaml", applied(text, cuts))
    expected = sorted(needed[node, number] for node, numbers in gone.items() for number in numbers)
    assert shown(lacks(found)) == shown(expected)
    assert {item.code for item in found} - ALONG == {"KPI202"}


def shown(messages: list[str]) -> list[str]:
    """Return messages without the id of a row, which may be missing itself."""
    return sorted(re.sub(r"^\w+\.(?=inputs)", "", message) for message in messages)


def test_all_that_a_file_of_nothing_lacks() -> None:
    found = read(TINY, "each: {standard: {zh: 标准, en: Standard}}\nindicators: [{score: {}}, {inputs: {n: {}}}]\n")
    said = [item.message for item in found]
    for key in ("schema", "form", "title", "cycle", "confirmations", "print", "examples"):
        assert f"a rule file has no `{key}`" in said
    assert said.count("an indicator has no `id`") == said.count("an indicator has no `name`") == 2
    assert said.count("an indicator has no `inputs`") == said.count("score has no `method`") == 1
    assert [text for text in said if "`type`" in text] == ["inputs.n has no `type`"]


def test_what_lies_beside_something_broken_is_found_too() -> None:
    """Whatever keeps a form or a row from being used hides nothing else."""
    text = TINY_RULE.replace("title: {zh: 小表, en: Tiny}", "title: []\nsummary: {zh: 一}\nnotes: [{zh: 一}]")
    text = text.replace("columns: [name, points]", "columns: [name, dots]").replace("grade: B}", "grad: B}")
    text = text.replace("weight: 100", "weight: -1\n    target: {zh: 一}\n    anchors: [{id: a}]")
    text = text.replace("score: {method: value}", "score: {method: valu}")
    found = [item.message for item in read(TINY, text)]
    assert sorted(found) == sorted(
        [
            "`title` must be a mapping, not a list",
            "`summary` has no text in: en",
            "`notes` has no text in: en",
            "`dots` is not allowed for `print.columns`",
            "`grad` is not a key of an example",
            "an example has no `grade`",
            "`weight` is -1, but must be at least 0",
            "`target` has no text in: en",
            "an anchor has no `range`",
            "an anchor has no `name`",
            "`valu` is not a scoring method",
        ]
    )
