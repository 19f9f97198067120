"""Findings about a review name its employee, in every format and language."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from kpigen.diagnostics.diagnostic import Diagnostic
from kpigen.emit.github import as_github
from kpigen.emit.gitlab import as_gitlab
from kpigen.emit.json import as_json
from kpigen.emit.sarif import as_sarif
from kpigen.emit.summary import as_summary
from kpigen.emit.text import as_text
from kpigen.repository import project
from kpigen.repository.checks.project import check
from kpigen.repository.whose import with_persons
from tests.helpers.tiny import DRAFT, REVIEW, ROSTER, Files, tiny, tree_of

PEOPLE = "id,name,login,email,department,position,manager,form,from,to\nA-1,甲,,,,,,,,\n"
BAD = ("calls: 80\n---", "calls: x\n---")


def found_in(files: Files) -> tuple[Diagnostic, ...]:
    loaded = project.load(tree_of(**files))
    return with_persons(check(loaded)[1], loaded)


# files, and who is named
NAMED: list[tuple[Files, tuple[str, str] | None]] = [
    (tiny(BAD), ("A-1", "甲")),
    (tiny(BAD, ("name: 甲", "name: 乙")), ("A-1", "乙")),
    ({**tiny(), REVIEW: "no front matter"}, ("A-1", "")),
    ({**tiny(), REVIEW: "no front matter", ROSTER: PEOPLE}, ("A-1", "甲")),
    ({**tiny(), REVIEW: b"\xff", ROSTER: PEOPLE}, ("A-1", "甲")),
    ({**tiny(), REVIEW: DRAFT.replace("A-1", "B-1")}, ("B-1", "甲")),
    ({**tiny(), "reviews/notes.txt": "x"}, None),
    ({**tiny(), "reviews/x y.md": "x"}, None),
    (tiny(("weight: 100", "weight: 99")), None),
]


@pytest.mark.parametrize(("files", "person"), NAMED)
def test_a_finding_about_a_review_has_its_employee(files: Files, person: tuple[str, str] | None) -> None:
    found = found_in(files)
    assert found
    assert {item.person and (item.person.id, item.person.name) for item in found} == {person}


FORMATS: list[Callable[..., str]] = [as_text, as_github, as_gitlab, as_sarif, as_summary, as_json]


@pytest.mark.parametrize("as_format", FORMATS)
def test_every_format_names_the_employee(as_format: Callable[..., str]) -> None:
    found = found_in(tiny(BAD))
    english, chinese = as_format(found), as_format(found, language="zh")
    if as_format is as_json:
        assert json.loads(english)[0]["employee"] == {"id": "A-1", "name": "甲"}
        assert json.loads(english)[0]["message"] == "`x` is not a number"
    else:
        assert "`x` is not a number (A-1 甲)" in english
        assert "`x` 不是数字（A-1 甲）" in chinese


def test_a_fingerprint_says_nothing_of_the_name() -> None:
    """A finding is the same one when a name is corrected."""
    one, other = (json.loads(as_gitlab(found_in(tiny(BAD, ("name: 甲", f"name: {name}"))))) for name in ("乙", "丙"))
    assert [item["fingerprint"] for item in one] == [item["fingerprint"] for item in other]


def test_a_name_controls_neither_terminal_nor_table() -> None:
    found, *_ = found_in(tiny(BAD, ("name: 甲", 'name: "甲|<b>\u200b\\e[31m"')))
    assert "\x1b" not in as_text([found])
    assert "[U+200B]" in as_text([found])
    assert "甲\\|&lt;b>" in as_summary([found])
