"""How much a review may hold (KPI125, KPI128, KPI129, KPI141, KPI142, KPI143), said at its place, and rendered quickly."""

from __future__ import annotations

import time

import pytest

from kpigen.base.markdown import LEVELS, render
from kpigen.diagnostics.amount import MAX_FINDINGS
from kpigen.document.nodes import MAX_ENTRIES
from kpigen.document.reader import MAX_LOCAL, MAX_SHORT
from kpigen.files.prose import MAX_COLUMNS, MAX_LENGTH, MAX_LEVELS, MAX_LINES
from kpigen.files.review import read_copy
from kpigen.files.rules.form import read_form
from kpigen.files.rules.sections import MAX_INDICATORS
from kpigen.repository.project import load
from tests.helpers.tiny import (
    DRAFT,
    REVIEW,
    TINY,
    TINY_RULE,
    check_files,
    codes_of,
    read_draft,
    tree_of,
    with_fields,
)

# Generous: the slowest takes a third of it on an idle machine.
SECONDS = 3


def repeated(unit: str) -> str:
    """Return a text as large as a review may have, of this unit alone."""
    times = MAX_LENGTH // len(unit)
    return unit * (min(times, (MAX_LINES - 1) // unit.count("\n")) if "\n" in unit else times)


def nested_links() -> str:
    return "[" * (MAX_LENGTH // 13) + "a" + "](https://b)" * (MAX_LENGTH // 13)


def references() -> str:
    names = [f"a{number}" for number in range(MAX_LINES - 2)]
    return (
        "\n".join(f"[{name}]: https://b.c" for name in names) + "\n\n" + " ".join(f"[{name}]" for name in names[:300])
    )


# Of each construct of Markdown, the units that cost its parser most.
REPEATED = [
    *("[", "![", "[[](", "[a](", "[a](<b", "[a](b ", "[a][", "[a]", "[]", "](", "]", "[a](https://b.c) ", "[a]: b\n"),
    *(
        "[a](\n",
        "[a]:\n",
        "[a]: b '\n",
        "*",
        "*a ",
        "* a ",
        "a*",
        "**a ",
        "a**b",
        "*a_ ",
        "*a**b ",
        "a***b",
        "_",
        "_a ",
        "a_ ",
    ),
    *(
        "*a _b ",
        "*a **b ***c _d __e ",
        "*[",
        "[*",
        "`",
        "`a",
        "[`",
        "`[",
        "<",
        "<a",
        "<https://a",
        "<a@",
        "<mailto:a",
        "<[",
        "![[",
    ),
    *(
        "&",
        "&a;",
        "&#1",
        "&amp;",
        "\\",
        "\\[",
        "!",
        "<!-- ",
        "<?",
        "<![CDATA[",
        '<a b="c" ',
        "~",
        "中",
        "a",
        " .",
        "**强调。**中",
    ),
    *(
        "- a\n",
        "1. a\n",
        "> a\n\n",
        "    a\n\n",
        "```\n",
        "```\na\n```\n",
        "***\n",
        "# a\n",
        "a\n=\n",
        "a  \n",
        "a\n",
        "*\n",
    ),
    *(
        "|a|\n|-|\n|b|\n\n",
        "|",
        "a|b\n-|-\n",
        "+ * -",
        "-\t",
        "(",
        '"',
        "1) ",
        "\\\n",
        "**\n",
        "[\n",
        "`\n",
        "> a\nb\n",
    ),
]
WHOLE = {
    "one reference, used again and again": "[a]: https://b.c\n\n" + "[a] " * (MAX_LENGTH // 4 - 10),
    "many references": references(),
    "links in links": nested_links(),
    "emphasis in emphasis": "*a " * (MAX_LENGTH // 6) + " b*" * (MAX_LENGTH // 6),
    "strong in strong": "**a " * (MAX_LENGTH // 8) + " b**" * (MAX_LENGTH // 8),
    "runs of backticks, each longer": " ".join("`" * length for length in range(1, 310)),
    "a long table": "|a|b|\n|-|-|\n" + "|c|d|\n" * (MAX_LINES - 3),
    "a wide table without cells": "|a" * MAX_COLUMNS + "|\n" + "|-" * MAX_COLUMNS + "|\n" + "|\n" * (MAX_LINES - 3),
    "a wide table": "|a" * MAX_COLUMNS + "|\n" + "|-" * MAX_COLUMNS + "|\n" + ("|c" * 8 + "|\n") * (MAX_LINES - 3),
    "lists in lists": "- " * (MAX_LEVELS // 2 - 1) + "a\n" + ("  " * (MAX_LEVELS // 2 - 2) + "- a\n") * (MAX_LINES - 2),
    "quotes in quotes": ("> " * (MAX_LEVELS - 1) + "a\n") * 1_200,
    "lazy lines below quotes": "> " * (MAX_LEVELS - 1) + "a\n" + "a\n" * (MAX_LINES - 2),
}
#: What some of these texts have besides their amount, and that there is more of it.
HIDES = {"KPI350", "KPI352", "KPI354", "KPI128"}
TEXTS = {**{repr(unit): repeated(unit) for unit in REPEATED}, **WHOLE}


@pytest.mark.parametrize("name", TEXTS)
def test_what_passes_is_rendered_quickly(name: str) -> None:
    text = TEXTS[name]
    assert len(text) <= MAX_LENGTH
    assert text.count("\n") < MAX_LINES
    begun = time.process_time()
    _, found = read_draft(DRAFT.replace("见上表。", text))
    if too_much := {item.split()[-1] for item in found} - HIDES:
        assert too_much <= {"KPI126", "KPI127", "KPI143"}
    else:
        assert render(text)
    assert time.process_time() - begun < SECONDS


def test_what_is_deeper_than_said_is_what_would_be_left_out() -> None:
    assert LEVELS == MAX_LEVELS
    assert "乙" in render("> " * (MAX_LEVELS - 1) + "乙")
    assert "乙" not in render("> " * MAX_LEVELS + "乙")


def test_most_of_the_table_passes() -> None:
    found = {name: read_draft(DRAFT.replace("见上表。", text))[1] for name, text in TEXTS.items()}
    refused = [name for name, places in found.items() if {place.split()[-1] for place in places} - HIDES]
    assert sorted(refused) == ["'1) '", "a wide table", "a wide table without cells"]


LINE = DRAFT[: DRAFT.index("见上表。")].count("\n") + 1
PLACES = {
    "a long text": (DRAFT.replace("见上表。", "甲" * (MAX_LENGTH + 1)), [f"{LINE}:1 KPI125"]),
    "the longest text": (DRAFT.replace("见上表。", "甲" * MAX_LENGTH), []),
    "a long text of many lines": (
        DRAFT.replace("见上表。", ("甲" * 999 + "\n") * 51),
        [f"{LINE + 50}:1 KPI125"],
    ),
    "many lines": (DRAFT.replace("见上表。", "\n".join(["甲"] * (MAX_LINES + 1))), [f"{LINE + MAX_LINES}:1 KPI125"]),
    "the most lines": (DRAFT.replace("见上表。", "\n".join(["甲"] * MAX_LINES)), []),
    "two texts that are too long together, said once": (
        with_fields(
            "metrics: {calls: 80}\nfeedback:\n"
            f"  strengths: {'甲' * (MAX_LENGTH - 9)}\n  improvements: {'乙' * 10}\n  plan: {'丙' * 10}\n"
        ),
        ["9:17 KPI125"],
    ),
    "a comment": (
        with_fields(f"metrics: {{calls: 80}}\ncomments:\n  calls: {'甲' * (MAX_LENGTH + 1)}\n"),
        ["8:10 KPI125"],
    ),
    "a deep quote": (DRAFT.replace("见上表。", "甲\n\n" + "> " * MAX_LEVELS + "乙"), [f"{LINE + 2}:1 KPI126"]),
    "the deepest quote": (DRAFT.replace("见上表。", "> " * (MAX_LEVELS - 1) + "乙"), []),
    "a deep list": (DRAFT.replace("见上表。", "- " * (MAX_LEVELS // 2) + "乙"), [f"{LINE}:1 KPI126"]),
    "the deepest list": (DRAFT.replace("见上表。", "- " * (MAX_LEVELS // 2 - 1) + "乙"), []),
    "a list indented by tabs": (
        DRAFT.replace("见上表。", "\n".join("\t" * level + "- 乙" for level in range(MAX_LEVELS // 2))),
        [f"{LINE + MAX_LEVELS // 2 - 1}:1 KPI126"],
    ),
    "quotes and lists": (DRAFT.replace("见上表。", "> " * 6 + "1. " * 7 + "乙"), [f"{LINE}:1 KPI126"]),
    "what looks deep in code": (DRAFT.replace("见上表。", "```\n" + "- " * MAX_LEVELS + "\n```"), []),
    "a wide table": (
        DRAFT.replace("见上表。", "甲\n\n" + "a|" * MAX_COLUMNS + "b\n" + "-|" * MAX_COLUMNS + "-"),
        [f"{LINE + 3}:1 KPI127"],
    ),
    "the widest table": (
        DRAFT.replace("见上表。", "|a" * MAX_COLUMNS + "|\n" + "|-" * MAX_COLUMNS + "|"),
        [],
    ),
    "many keys": (
        with_fields("metrics: {calls: 80}\nbonus:\n" + f"  k: [{', '.join(['[' + '1,' * 400 + ']'] * 60)}]\n"),
        None,
    ),
    "many entries of a list": (
        with_fields(f"metrics: {{calls: 80}}\nobjections: [{'a, ' * (MAX_ENTRIES + 1)}]\n"),
        [f"7:{14 + 3 * MAX_ENTRIES} KPI141"],
    ),
    "many entries of a mapping": (
        with_fields("metrics: {calls: 80}\nbonus:\n" + "".join(f"  k{n}: 1\n" for n in range(MAX_ENTRIES + 1))),
        [f"{8 + MAX_ENTRIES}:3 KPI141"],
    ),
    "a long name": (DRAFT.replace("甲", "甲" * (MAX_SHORT + 1)), ["2:27 KPI142"]),
    "the longest name": (DRAFT.replace("甲", "甲" * MAX_SHORT), []),
    "a name of combining marks": (DRAFT.replace("甲", "a" + "\u0301" * 100_000), ["2:27 KPI142"]),
    "a long position": (DRAFT.replace("position: 客服}", f"position: {'a ' * MAX_SHORT}}}"), ["2:57 KPI142"]),
    "a large table of short rows": (
        DRAFT.replace("见上表。", "|a" * 60 + "|\n" + "|-" * 60 + "|\n" + "|\n" * 500),
        [f"{LINE + 1}:1 KPI143"],
    ),
    "two tables that are too large together": (
        DRAFT.replace("见上表。", ("|a" * 60 + "|\n" + "|-" * 60 + "|\n" + "|b|\n" * 90 + "\n") * 2),
        [f"{LINE + 94}:1 KPI143"],
    ),
    "a table of dashes": (DRAFT.replace("见上表。", "|a|b|\n" + "|-|-|\n" * 900), []),
}


@pytest.mark.parametrize("name", PLACES)
def test_what_is_too_much_is_said_at_its_place(name: str) -> None:
    text, expected = PLACES[name]
    _, found = read_draft(text)
    if expected is None:
        assert [item.split()[-1] for item in found] == ["KPI129"]
    else:
        assert found == expected


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_place_is_right_with_blank_lines_and_either_line_end(newline: str) -> None:
    text = DRAFT.replace("见上表。", "\n \n甲\n\n" + "> " * MAX_LEVELS + "乙").replace("\n", newline)
    assert read_draft(text)[1] == [f"{LINE + 4}:1 KPI126"]


@pytest.mark.parametrize(
    "text",
    ["[" * (MAX_LENGTH + 1), "a\n" * (MAX_LINES + 1), "> " * MAX_LEVELS + "a", "|a" * 101 + "|\n" + "|-" * 101 + "|\n"],
    ids=["long", "many lines", "deep", "wide"],
)
def test_the_limits_hold_for_the_copy_in_a_pdf(text: str) -> None:
    rules = load(tree_of(**{TINY: TINY_RULE})).rules
    _, found = read_copy("review.md", DRAFT.replace("见上表。", text).encode(), rules)
    assert codes_of(tuple(found))[0] in {"KPI125", "KPI126", "KPI127"}


FLOODS = {
    "unknown keys": DRAFT.replace("metrics:", "".join(f"k{number}: 1\n" for number in range(480)) + "metrics:"),
    "the same key": DRAFT.replace("metrics:", "k: 1\n" * 9_000 + "metrics:"),
    "aliases": DRAFT.replace("metrics:", "objections: [" + "*a," * 9_000 + "]\nmetrics:"),
    "anchors": DRAFT.replace("metrics:", "objections: [" + "&a b," * 9_000 + "]\nmetrics:"),
    "empty entries": DRAFT.replace("metrics:", "objections: [" + "{}," * 480 + "]\nmetrics:"),
    "texts instead of entries": DRAFT.replace("metrics:", "confirmations: [" + "a," * 480 + "]\nmetrics:"),
    "more values than are read": DRAFT.replace("metrics:", "objections: [" + "*a," * 90_000 + "]\nmetrics:"),
}


@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_of_findings_is_counted_and_not_listed(name: str) -> None:
    begun = time.process_time()
    found = check_files({TINY: TINY_RULE, REVIEW: FLOODS[name]})
    assert time.process_time() - begun < SECONDS
    assert len(found) == MAX_FINDINGS + 1
    (more,) = (item for item in found if item.code == "KPI128")
    assert dict(more.args)["count"] > 200
    assert more.span == found[-1].span
    assert all(item.is_error for item in found if item is not more)


@pytest.mark.parametrize(("count", "codes"), [(MAX_INDICATORS, []), (MAX_INDICATORS + 1, ["KPI141"])])
def test_a_form_has_so_many_indicators(count: int, codes: list[str]) -> None:
    head, _, rest = TINY_RULE.partition("  - id: calls\n")
    one = rest.partition("examples:")[0].replace("weight: 100", f"weight: {100 / count:.6f}")
    rule = head + "".join(f"  - id: c{number}\n{one}" for number in range(count)) + "examples: []\n"
    _, found = read_form(TINY, rule.encode(), ("zh", "en"))
    assert [item.code for item in found if item.code == "KPI141"] == codes


@pytest.mark.parametrize(("length", "codes"), [(MAX_LOCAL, []), (MAX_LOCAL + 1, ["KPI142"])])
def test_a_text_of_a_form_has_so_many_characters(length: int, codes: list[str]) -> None:
    _, found = read_form(TINY, TINY_RULE.replace("每次一分", "长" * length).encode(), ("zh", "en"))
    assert codes_of(tuple(found)) == codes
