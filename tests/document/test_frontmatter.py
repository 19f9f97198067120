"""Front matter and body: YAML's traps, where a review ends."""

from __future__ import annotations

import pytest

from tests.helpers.tiny import (
    DRAFT,
    read_draft,
    with_fields,
)

JSON = """\
{"employee": {"id": "A-1", "name": "甲", "department": "d", "position": "p"},
 "period": "2026-01", "form": "tiny", "status": "draft"}"""
# name, file, what is found
LAYOUTS = [
    ("spaces after the marks", DRAFT.replace("---\n", "---  \t\n"), []),
    ("no line end at the end", DRAFT.partition("见上表")[0].rstrip("\n"), []),
    ("a comment first", DRAFT.replace("---\n", "---\n# 草稿\n", 1), []),
    (
        "all in braces",
        "---\n{employee: {id: A-1, name: 甲, department: d, position: p}, period: 2026-01, form: tiny, status: draft}\n---\n",
        [],
    ),
    ("JSON", f"---\n{JSON}\n---\n", []),
    ("marks inside the body", DRAFT + "\n---\n\n甲：乙\n\n---\n", []),
    ("an indented mark in a block", with_fields("feedback:\n  plan: |\n    一\n    ---\n    二\n"), []),
    ("a mark at the margin of a block", with_fields("feedback:\n  plan: |\n    一\n---\n    二\n"), []),
    ("a mark at the margin of a quote", with_fields('feedback:\n  plan: "一\n---\n    二"\n'), ["7:9 KPI107"]),
    ("a blank line first", "\n" + DRAFT, ["1:1 KPI104"]),
    ("a space first", " " + DRAFT, ["1:1 KPI104"]),
    ("four dashes", "-" + DRAFT, ["1:1 KPI104"]),
    ("text behind the mark", DRAFT.replace("---\n", "--- # 草稿\n", 1), ["1:1 KPI104"]),
    ("not closed", DRAFT[:-10], ["1:1 KPI105"]),
    ("closed by dots", DRAFT.replace("---\n\n见", "...\n\n见"), ["1:1 KPI105"]),
    ("only a mark", "---", ["1:1 KPI105"]),
    ("empty", "---\n---\n", ["2:1 KPI106"]),
    ("only a comment", "---\n# 草稿\n---\n", ["2:1 KPI106"]),
    ("a text", "---\n草稿\n---\n", ["2:1 KPI106"]),
    ("a list", "---\n- 草稿\n---\n", ["2:1 KPI106"]),
    ("a null", "---\n~\n---\n", ["2:1 KPI106"]),
    ("a quote that never ends", with_fields('comments: {calls: "一\n'), ["6:19 KPI107"]),
    ("a bracket that never ends", with_fields("confirmations: [甲\n"), ["6:16 KPI107"]),
    ("indentation that differs", with_fields("metrics:\n  calls: 80\n calls: 81\n"), ["8:2 KPI107"]),
    ("a tab as indentation", with_fields("metrics:\n\tcalls: 80\n"), ["7:1 KPI361"]),
    ("a tab after a colon", with_fields("metrics:\n  calls:\t80\n"), []),
    ("a text with a colon", with_fields("comments:\n  calls: 原因: 停机\n"), ["7:12 KPI107"]),
    ("no space after a colon", with_fields("metrics:\n  calls:80\n"), ["7:3 KPI360"]),
    ("a full-width colon", with_fields("metrics：\n  calls: 80\n"), ["7:8 KPI108"]),
    ("a full-width colon further in", with_fields("metrics:\n  calls： 80\n  x: 1\n"), ["8:4 KPI108"]),
    ("a full-width colon in a text", with_fields("comments:\n  calls: 原因：停机\n"), []),
    ("a second document", DRAFT.replace("form:", "...\nform:"), ["5:1 KPI110"]),
    ("an empty second document", DRAFT.replace("metrics:", "...\nmetrics:"), ["7:1 KPI110"]),
    ("dots at the end", DRAFT.replace("---\n\n见", "...\n---\n\n见"), []),
    ("a directive", DRAFT.replace("---\n", "---\n%YAML 1.2\n", 1), ["2:1 KPI111"]),
    ("a tag directive", DRAFT.replace("---\n", "---\n# x\n\n%TAG ! tag:x:\n", 1), ["4:1 KPI111"]),
    ("an alias", with_fields("comments: {calls: *x}\n"), ["6:19 KPI112"]),
    ("an alias as a key", with_fields("metrics: {*x : 80}\n"), ["6:11 KPI112", "6:11 KPI305"]),
    ("bold", with_fields("comments:\n  calls: **停机**\n"), ["7:10 KPI112"]),
    ("an anchor", with_fields("metrics: &m\n  calls: 80\n"), ["6:10 KPI113"]),
    (
        "an anchor and its alias",
        with_fields("metrics: &m {calls: 80}\nself_assessment: {metrics: *m}\n"),
        ["6:10 KPI113", "7:28 KPI112", "7:28 KPI203"],
    ),
    ("a merge key", with_fields("metrics:\n  <<: {calls: 80}\n"), ["7:3 KPI305"]),
    ("a tag", with_fields("metrics: {calls: !!float 80}\n"), ["6:18 KPI114"]),
    ("a tag of no handle", with_fields("metrics: {calls: ! 80}\n"), ["6:18 KPI114"]),
    (
        "a Python tag",
        with_fields("comments: {calls: !!python/object/apply:os.system [x]}\n"),
        ["6:19 KPI114", "6:19 KPI203"],
    ),
    ("a tag nobody declared", with_fields("comments: {calls: !x!y 甲}\n"), ["6:19 KPI107"]),
    ("a list as a key", with_fields("metrics:\n  ? [calls]\n  : 80\n"), ["7:5 KPI115"]),
    ("a mapping as a key", with_fields("metrics: {{calls: 1}: 80}\n"), ["6:11 KPI115"]),
    ("a key with a question mark", with_fields("metrics:\n  ? calls\n  : 80\n"), []),
    ("an empty key", with_fields("metrics: {: 80}\n"), ["6:11 KPI107"]),
    ("a key twice", DRAFT.replace("form:", "period: 2026-01\nform:"), ["4:1 KPI116"]),
    ("a key twice, quoted", DRAFT.replace("form:", '"period": 2026-01\nform:'), ["4:1 KPI116"]),
    ("a key twice at depth", with_fields("self_assessment:\n  metrics: {calls: 80, calls: 81}\n"), ["7:24 KPI116"]),
    ("one key in two mappings", with_fields("metrics: {calls: 80}\ncomments: {calls: 甲}\n"), []),
    ("a control character by escape", with_fields('comments: {calls: "甲\\a"}\n'), ["6:19 KPI103"]),
    ("a separator by escape", with_fields('comments: {calls: "甲\\L"}\n'), ["6:19 KPI103"]),
    ("a surrogate by escape", with_fields('comments: {calls: "\\ud800"}\n'), ["6:22 KPI107"]),
    ("twenty levels", with_fields(f"comments: {{calls: {'[' * 18}{']' * 18}}}\n"), ["6:19 KPI203"]),
    ("more levels", with_fields(f"comments: {{calls: {'[' * 19}{']' * 19}}}\n"), ["6:37 KPI109"]),
]


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in LAYOUTS], ids=[row[0] for row in LAYOUTS])
def test_front_matter(text: str, expected: list[str]) -> None:
    assert read_draft(text)[1] == expected


BODIES = [
    ("", ""),
    ("\n\n", ""),
    (" \n\t\n一\n\n\n", "一"),
    ("\n    代码\n", "    代码"),
    ("一\r\n二\r三\r\n", "一\n二\n三"),
    ("---\n一", "---\n一"),
]


@pytest.mark.parametrize(("after", "body"), BODIES)
def test_the_body_is_what_follows(after: str, body: str) -> None:
    review, found = read_draft(DRAFT.partition("\n见上表")[0] + after)
    assert (review and review.body, found) == (body, [])
