"""Where names and numbers come from: a form says it of everything, or of nothing."""

from __future__ import annotations

import pytest

from kpigen.diagnostics.wording import ENGLISH
from kpigen.files.rules.form import read_form
from kpigen.model.forms import Form
from tests.helpers.tiny import TINY, TINY_RULE, check_files, tiny

ORIGIN = "origin: {name: chosen, weight: chosen, score: chosen, grades: chosen}\n"
NONE = TINY_RULE.replace(ORIGIN, "").replace("score: {method: value}", "score: {method: value, cap: 100}")
MORE = """\
bonus:
  items:
    - {id: praise, name: {zh: 表扬, en: Praise}, points: 1}
veto:
  - {id: none, name: {zh: 未做, en: None}, when: calls == 0, grade: B}
"""


def read(text: str) -> tuple[Form, list[tuple[str, str]]]:
    """Return the form, and the code of each finding with what has no origin."""
    form, found = read_form(TINY, text.encode(), ("zh", "en"))
    assert form is not None
    said = [(item.code, dict(item.args)) for item in found]
    places = {"a bonus item": "bonus", "a veto": "veto"}
    return form, [(code, str(args.get("what") or places[ENGLISH.words(args["where"])])) for code, args in said]


def test_a_form_without_origins_needs_none() -> None:
    form, found = read(NONE + MORE)
    assert found == []
    assert not form.has_origins
    assert (len(form.bonus), len(form.vetoes), form.origins, form.indicators[0].origins) == (1, 1, {}, {})
    assert check_files({**tiny(), TINY: NONE + MORE}) == ()


def test_a_form_with_origins_has_them() -> None:
    form, found = read(TINY_RULE)
    assert found == []
    assert form.has_origins


ALL = {"name", "weight", "score.cap", "grades", "bonus", "veto"}


# where one origin is added → what still has none
@pytest.mark.parametrize(
    ("old", "new", "missing"),
    [
        ("grades: {A", "origin: {}\ngrades: {A", ALL),
        ("schema: 1\n", "schema: 1\norigin: {grades: chosen, weight: chosen}\n", ALL - {"grades", "weight"}),
        ("    weight: 100\n", "    weight: 100\n    origin: {name: chosen}\n", ALL - {"name"}),
        ("points: 1}", "points: 1, origin: source}", ALL - {"bonus"}),
        ("grade: B}\n", "grade: B, origin: source}\n", ALL - {"veto"}),
    ],
)
def test_one_origin_asks_for_all(old: str, new: str, missing: set[str]) -> None:
    text = NONE + MORE
    at = text.rfind(old)
    form, found = read(text[:at] + new + text[at + len(old) :])
    assert form.has_origins
    assert {item for _, item in found} == missing
    assert {code for code, _ in found} <= {"KPI202", "KPI513"}


def test_a_section_that_names_an_origin_asks_for_all() -> None:
    section = "sections:\n  - id: one\n    name: {zh: 一, en: One}\n    origin: {name: chosen}\n    indicators:\n"
    head, _, tail = NONE.partition("indicators:\n")
    body, _, examples = tail.partition("examples:\n")
    text = head + section + "".join(f"    {line}\n" for line in body.splitlines()) + "examples:\n" + examples
    form, found = read(text)
    assert form.has_origins
    assert found == [("KPI513", "weight"), ("KPI513", "score.cap"), ("KPI513", "grades")]


def test_an_input_called_origin_is_none() -> None:
    text = NONE.replace("inputs: {calls:", "inputs: {origin:")
    form, found = read(text)
    assert found == []
    assert not form.has_origins
