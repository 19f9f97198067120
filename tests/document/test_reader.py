"""Typed access to nodes: ids, names, texts that a comment cuts."""

from __future__ import annotations

import pytest

from kpigen.repository.checks.project import check
from kpigen.repository.project import load
from tests.helpers.tiny import (
    DRAFT,
    REVIEW,
    TINY,
    TINY_RULE,
    check_files,
    codes_of,
    places,
    read_draft,
    tiny,
    tree_of,
    with_fields,
)


@pytest.mark.parametrize("text", ["0007", "no", "1_000", "null", "0x1F", "1e3", "2026-01"])
def test_an_id_and_a_name_are_what_stands_there(text: str) -> None:
    files = {TINY: TINY_RULE, REVIEW.replace("A-1", text): DRAFT.replace("A-1", text).replace("甲", text)}
    project = load(tree_of(**files))
    assert check(project)[1] == ()
    assert (project.reviews[0].employee.id, project.reviews[0].employee.name) == (text, text)


PROSE = [
    "comments: {{calls: {}\n  }}",
    "comments:\n  calls: {}",
    "not_applicable:\n  calls: {}\n  x: 1",
    "feedback:\n  strengths: {}",
    "feedback:\n  improvements: {}",
    "feedback:\n  plan: {}",
    "self_assessment:\n  comment: {}",
    "objections:\n  - {{role: employee, date: 2026-02-03, of: 3f9c2a7e51d0, text: {}\n  }}",
    "objections:\n  - role: employee\n    date: 2026-02-03\n    of: 3f9c2a7e51d0\n    text: x\n    resolution: {}",
    "amendments:\n  - date: 2026-02-03\n    by: lin\n    reason: {}",
    "confirmations:\n  - role: employee\n    date: 2026-02-03\n    of: 3f9c2a7e51d0\n    name: {}",
    "evidence:\n  calls:\n    - {}",
]


@pytest.mark.parametrize("field", PROSE)
@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("甲 # 乙", True),
        ("甲  #乙", True),
        ("甲\t# 乙", True),
        ("甲#乙", False),
        ('"甲 # 乙"', False),
        ("'甲 # 乙'", False),
    ],
)
def test_a_comment_that_cuts_a_text_is_found(field: str, text: str, cut: bool) -> None:
    found = read_draft(with_fields(field.format(text) + "\n"))[1]
    place = [item for item in found if item.endswith("KPI205")]
    assert len(place) == cut
    if cut:
        line = next(
            number
            for number, line in enumerate(with_fields(field.format(text)).split("\n"), 1)
            if "甲" in line and number > 2
        )
        assert place[0].startswith(f"{line}:")


def test_a_comment_beside_a_number_or_a_word_is_one() -> None:
    text = DRAFT.replace("status: draft", "status: draft   # 还没提交").replace("calls: 80", "calls: 80 # 次")
    assert read_draft(text.replace("period: 2026-01", "period: 2026-01 # 一月"))[1] == []


RULE_TEXTS = [
    ("title: {zh: 小表, en: Tiny}", "title:\n  zh: 小表 # 一\n  en: Tiny", "4:9 KPI205"),
    (
        "standard: {zh: 每次一分, en: A point each}",
        "standard:\n      zh: 每次一分\n      en: A point # each",
        "15:18 KPI205",
    ),
]


@pytest.mark.parametrize(("old", "new", "place"), RULE_TEXTS)
def test_a_comment_that_cuts_a_rule_s_text_is_found(old: str, new: str, place: str) -> None:
    assert places(check_files(tiny((old, new)))) == [f"{TINY}:{place}"]


def test_a_self_assessment_is_read_behind_hundreds_of_fields() -> None:
    text = (
        "metrics:\n"
        + "".join(f"  k{n}: 1\n" for n in range(490))
        + "self_assessment: {metrics: {communication: {peers: [80]}}}\n"
    )
    path = "reviews/2026-01/A-1.cs-360.md"
    found = check_files({path: with_fields(text).replace("tiny", "cs-360")})
    assert codes_of(found) == [*["KPI305"] * 199, "KPI128", "KPI305"]
    assert dict(found[-2].args) == {"count": 490 + 1 - 200}  # KPI332 is one of them
