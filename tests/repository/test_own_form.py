"""A form of one's own out of another: what goes, what stays, and that it is a form."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import pytest

from kpigen.document.edit import CannotEdit
from kpigen.document.nodes import MappingNode, Node, Scalar, SequenceNode, parse
from kpigen.document.text import SourceText
from kpigen.files.rules.book import make_rulebook
from kpigen.files.rules.form import read_form
from kpigen.model.forms import Form
from kpigen.numbers.quantities import round_half_up
from kpigen.repository.own_form import OwnForm, own_form
from tests.helpers.forms import LANGUAGES, NINE, ROOT, TEN, TESTS, card_of, form_of
from tests.helpers.golden import EXPECTED, GOLDEN
from tests.helpers.tiny import TINY, TINY_RULE

OWN = "own-form"


def source_of(form: str) -> str:
    return ((ROOT if form in NINE else TESTS) / form_of(form).path).read_text("utf-8")


def copied(path: str, text: str, version: str = "2026-01") -> OwnForm:
    made, found = own_form(path, text.encode(), OWN, version, LANGUAGES)
    assert found == [], [f"{item.span} {item.message}" for item in found]
    assert made is not None
    assert made.path == f"rules/{OWN}/{version}.yaml"
    return made


def copy_of_tiny(text: str) -> str:
    return copied(TINY, text).data.decode()


def read(made: OwnForm) -> Form:
    form, found = read_form(made.path, made.data, LANGUAGES)
    assert found == []
    assert form is not None
    return form


def said(node: Node | None) -> object:
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, MappingNode):
        return {key.text: said(value) for key, value in node.items}
    assert isinstance(node, SequenceNode)
    return [said(item) for item in node.items]


def of_ones_own(data: Any) -> Any:
    """Return what a rule file says, without origins, notes about the reference, and the results of examples of the form."""
    if isinstance(data, list):
        return [of_ones_own(item) for item in data]
    if not isinstance(data, dict):
        return data
    left = {key: of_ones_own(value) for key, value in data.items() if key not in ("origin", "total")}
    if "notes" in left:
        left["notes"] = [note for note in left["notes"] if "参考" not in note["zh"]]
    return {key: value for key, value in left.items() if key != "notes" or value}


@pytest.mark.parametrize("id_", TEN)
def test_a_copy_says_what_the_form_says_but_for_the_reference(id_: str) -> None:
    text = source_of(id_)
    made = copied(form_of(id_).path, text)
    own = made.data.decode()
    form = read(made)
    assert (form.id, form.version, form.has_origins, form.rounding.of_rows) == (OWN, "2026-01", False, False)
    old, new = (said(parse(SourceText("x", item))[0]) for item in (text, own))
    assert isinstance(new, dict)
    assert new.pop("rounding") == "total"
    assert isinstance(old, dict)
    assert of_ones_own(new) == of_ones_own({**old, "form": OWN})
    assert not re.search(r"origin|参考|\b[Tt]he reference\b|# Where names and numbers come from", own)


@pytest.mark.parametrize("id_", TEN)
def test_what_stays_keeps_its_order_and_style(id_: str) -> None:
    """No line is new but the id, the rounding, and those that an origin was cut from."""
    old, new = source_of(id_).splitlines(), copied(form_of(id_).path, source_of(id_)).data.decode().splitlines()
    rest = iter(old)
    changed = []
    for line in new:
        start = line.rstrip("}")
        if line in (f"form: {OWN}", "rounding: total") or line.startswith("    total: "):
            changed.append(line)
        else:
            assert any(other == line or ("origin: " in other and other.startswith(start)) for other in rest), line
    assert changed[:2] == [f"form: {OWN}", "rounding: total"]
    assert "\n\n\n" not in "\n".join(new)


def test_a_copy_scores_the_golden_reviews_to_the_rounding_of_its_total() -> None:
    different = 0
    for id_ in NINE:
        book, found = make_rulebook([read(copied(form_of(id_).path, source_of(id_)))])
        assert found == []
        names = [name for name in EXPECTED if name.startswith(f"{id_}-0")]
        assert len(names) == 8
        for name in names:
            text = (GOLDEN / name).read_text("utf-8")
            before = card_of(text)
            card = card_of(text.replace(f"form: {id_}\n", f"form: {OWN}\n"), book)
            rows = [item for item in before.indicators if item.raw is not None]
            exact = sum((item.raw * item.weight / item.out_of for item in rows if item.raw is not None), Fraction(0))
            exact += sum((item.points for item in before.bonus), Fraction(0))
            assert card.total == round_half_up(exact, 2), name
            assert before.total is not None
            assert abs(card.total - before.total) <= Fraction("0.005") * (len(rows) + 1)
            different += card.total != before.total
            assert card.grade == before.grade
    assert different > 0


def test_examples_get_the_totals_that_the_copy_gives() -> None:
    """Two rows of 16.665 each: 16.67 + 16.67 = 33.34, and 33.33 if the total alone is rounded; a bound lies between them."""
    row = "  - id: more\n    name: {zh: 更多, en: More}\n    weight: 50\n    standard: {zh: 同上, en: The same}\n"
    row += "    inputs: {more: {type: number}}\n    score: {method: value}\nexamples:\n"
    text = (
        TINY_RULE.replace("weight: 100", "weight: 50")
        .replace("examples:\n", row)
        .replace("type: count", "type: number")
    )
    text = text.replace("{A: 60, B: 0}", "{A: 33.34, B: 0}")
    text = text.replace("{calls: 80}, total: 80, grade: A", "{calls: 33.33, more: 33.33}, total: 33.34, grade: A")
    text = text.replace("{calls: 50}, total: 50, grade: B", "{calls: 10, more: 20}, total: 15, grade: B")
    made = copied(TINY, text)
    assert made.new_totals == 1
    lines = made.data.decode().splitlines()
    assert lines[-2:] == [
        "  - {metrics: {calls: 33.33, more: 33.33}, total: 33.33, grade: B}",
        "  - {metrics: {calls: 10, more: 20}, total: 15, grade: B}",
    ]


def test_a_form_that_says_how_it_rounds_keeps_it() -> None:
    text = TINY_RULE.replace("cycle: [month]\n", "cycle: [month]\nrounding: rows\n")
    assert copy_of_tiny(text).count("rounding") == 1


@pytest.mark.parametrize(
    ("old", "new", "kept"),
    [
        ("schema: 1\n", "# From the reference.\nschema: 1\n", "schema: 1\n"),
        ("schema: 1\n", "# 参考表：第 3 页\nschema: 1  # one\n", "schema: 1  # one\n"),
        ("weight: 100\n", "weight: 100  # as in the reference\n", "weight: 100\n"),
        ("weight: 100\n", "weight: 100  # for reference only\n", "weight: 100  # for reference only\n"),
        (
            "weight: 100\n",
            "weight: 100\n    notes: [{zh: 仅供参考, en: For reference}, {zh: 见参考方案, en: See there}]\n",
            "weight: 100\n    notes: [{zh: 仅供参考, en: For reference}]\n",
        ),
    ],
)
def test_what_speaks_of_the_reference_goes(old: str, new: str, kept: str) -> None:
    assert copy_of_tiny(TINY_RULE.replace(old, new)) == copy_of_tiny(TINY_RULE.replace(old, kept))


def test_in_a_form_without_origins_nothing_is_about_a_reference() -> None:
    text = TINY_RULE.replace("origin: {name: chosen, weight: chosen, score: chosen, grades: chosen}\n", "# 参考表\n")
    text = text.replace("weight: 100\n", "weight: 100\n    notes: [{zh: 见参考表, en: See the reference}]\n")
    own = text.replace("form: tiny", f"form: {OWN}").replace("B: 0}\n", "B: 0}\nrounding: total\n")
    assert copy_of_tiny(text) == own


IN_BRACES = """\
{schema: 1, form: tiny, title: {zh: 小表, en: Tiny}, cycle: [month], grades: {A: 60, B: 0}, confirmations: [],
 origin: {name: chosen, weight: chosen, grades: chosen}, print: {columns: [name, points], signatures: []},
 indicators: [{id: calls, name: {zh: 回访, en: Calls}, weight: 100, standard: {zh: 每次一分, en: One},
   inputs: {calls: {type: count}}, origin: {score: source}, score: {method: value}}],
 examples: [{metrics: {calls: 80}, total: 80, grade: A}, {metrics: {calls: 50}, total: 50, grade: B}]}
"""


def test_any_style_of_yaml_is_kept() -> None:
    own = copy_of_tiny(IN_BRACES)
    assert "grades: {A: 60, B: 0}, rounding: total, confirmations: [], print:" in own
    assert "inputs: {calls: {type: count}}, score: {method: value}}]" in own
    windows = copy_of_tiny(TINY_RULE.replace("\n", "\r\n"))
    assert windows == copy_of_tiny(TINY_RULE).replace("\n", "\r\n")
    assert copied(TINY, "\ufeff" + TINY_RULE).data.startswith(b"\xef\xbb\xbfschema")


def test_a_layout_that_cannot_be_edited_is_refused() -> None:
    text = TINY_RULE.replace(
        "  - id: calls\n",
        "  - notes:\n      -\n        {zh: 参考表, en: The reference}\n      - {zh: 一, en: One}\n    id: calls\n",
    )
    with pytest.raises(CannotEdit):
        own_form(TINY, text.encode(), OWN, "2026-01", LANGUAGES)


def test_a_form_with_errors_is_not_copied() -> None:
    made, found = own_form(TINY, TINY_RULE.replace("weight: 100", "weight: 90").encode(), OWN, "2026-01", LANGUAGES)
    assert made is None
    assert "KPI504" in [item.code for item in found]
