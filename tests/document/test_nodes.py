"""Scalars are the text that stands there; size and depth are told quickly."""

from __future__ import annotations

import time

import pytest

from tests.helpers.tiny import (
    TINY,
    check_files,
    codes_of,
    read_draft,
    with_fields,
)

TEXTS = (
    "0007 no yes on true 1.10 12:30 1:05:00 2026-01 2026-02-03 2026-02-05T10:00:00Z ~ null NULL 0x1F 0o17 1_000 1,000 1e3 "
    r".inf .nan = << + -x ?x :x a:b a#b 9% C:\x a\nb $(x) (甲) 甲、乙 — ‘甲’"
)


@pytest.mark.parametrize("text", [*TEXTS.split(), "甲 — 乙"])
def test_a_text_is_what_stands_there(text: str) -> None:
    review, found = read_draft(with_fields(f"comments:\n  calls: {text}\n"))
    assert found == []
    assert review is not None
    assert review.comments == {"calls": text}


WRITINGS = [
    ("一\n    二", "一 二"),
    ("一\n\n    二", "一\n二"),
    ('"一\\n二"', "一\n二"),
    ("'一''二'", "一'二"),
    ('"# 一"', "# 一"),
    ("'一 # 二'", "一 # 二"),
    ("|\n    一 # 二", "一 # 二"),
    ("|\n    一\n      二\n\n", "一\n  二"),
    (">\n    一\n    二", "一 二"),
    ("|+\n    一\n\n", "一"),
    ("一#二", "一#二"),
]


@pytest.mark.parametrize(("written", "text"), WRITINGS)
def test_a_prose_text_in_every_style(written: str, text: str) -> None:
    review, found = read_draft(with_fields(f"comments:\n  calls: {written}\n"))
    assert (review and review.comments, found) == ({"calls": text}, [])


MANY = 100_000
HUGE: list[tuple[str, str, str]] = [
    *((f"{MANY} {mark.strip()}", f"metrics: {mark * MANY}\n", "KPI109") for mark in ("[", "{", "[{")),
    *(
        (f"{MANY} {mark.strip()} in a block", f"metrics:\n {mark * MANY}\n", "KPI109")
        for mark in ("[", "{", "- ", "? ")
    ),
    ("brackets closed again", f"metrics: {'[' * MANY}{']' * MANY}\n", "KPI109"),
    ("brackets on lines of their own", "metrics:\n" + " [\n" * MANY, "KPI109"),
    ("indentation", "".join(f"{' ' * depth}a:\n" for depth in range(1200)), "KPI109"),
    ("indented lists", "a:\n" + "".join(f"{' ' * depth}-\n" for depth in range(1200)), "KPI109"),
    ("anchors", "metrics: " + "&a " * MANY + "\n", "KPI113"),
    ("aliases", "confirmations: [" + "*a, " * (MANY // 10) + "]\n", "KPI112"),
    ("an open quote", 'comments: {calls: "' + "甲 \n" * MANY, "KPI107"),
    ("blank lines before a mistake", "\n" * (9 * MANY) + "a: [\n", "KPI107"),
    ("keys before a mistake", "a\n" * (4 * MANY) + "b: [\n", "KPI107"),
    ("one long line", "comments: {calls: " + "甲 " * (2 * MANY) + "}\n", "KPI125"),
    ("one long word", "comments: {calls: " + "a" * (9 * MANY) + "}\n", "KPI125"),
    ("one long key", "a" * 900 + ": 1\n", "KPI201"),
    ("a long number", "metrics: {calls: " + "9" * (9 * MANY) + "}\n", "KPI319"),
    ("a long list", "evidence: {calls: [" + "a.pdf, " * (MANY // 10) + "a.pdf]}\n", "KPI141"),
    ("many fields", "metrics:\n" + "".join(f"  k{n}: 1\n" for n in range(MANY // 10)), "KPI141"),
    ("spaces before a comment", "comments:\n  calls: 甲" + " " * (9 * MANY) + "#\n", "KPI205"),
]


@pytest.mark.parametrize(("fields", "code"), [row[1:] for row in HUGE], ids=[row[0] for row in HUGE])
def test_size_and_depth_are_told_quickly(fields: str, code: str) -> None:
    begins = time.process_time()
    _, found = read_draft(with_fields(fields))
    assert time.process_time() - begins < 2
    assert [item.split()[1] for item in found][:1] == [code]


@pytest.mark.parametrize("mark", ["[", "{", "- ", "? "])
def test_a_deep_rule_file_is_told_quickly(mark: str) -> None:
    begins = time.process_time()
    assert codes_of(check_files({TINY: f"form: {mark * MANY}" if mark in "[{" else mark * MANY})) == ["KPI109"]
    assert time.process_time() - begins < 2
