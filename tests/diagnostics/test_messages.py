"""What findings say where the cause is hard to see: bytes, invisible characters, tabs, blanks; and nothing twice."""

from __future__ import annotations

import re

import pytest

from kpigen.diagnostics.diagnostic import shorten
from kpigen.i18n.findings import findings
from tests.diagnostics.test_cases import english_in
from tests.helpers.tiny import DRAFT, REVIEW, TINY, TINY_RULE, check_files, codes_of, tiny, with_fields


def said(text: str | bytes) -> tuple[str, str]:
    """Return the message of the one finding about a review that cannot be read, in English and in Chinese."""
    found = check_files({TINY: TINY_RULE, REVIEW: text})
    ((english,), (chinese,)) = findings(found, "en"), findings(found, "zh")
    return english.message, chinese.message


ENCODINGS = [
    (b"---\n\xc0", "byte number 5 is 0xC0", "第 5 个字节是 0xC0"),
    (DRAFT.encode()[:-5], "byte number 150 is 0xE8", "第 150 个字节是 0xE8"),
    (DRAFT.encode() + b"\xff", "byte number 157 is 0xFF", "第 157 个字节是 0xFF"),
    (DRAFT.encode("gbk"), "it looks like GB18030 (GBK)", "看起来是 GB18030 (GBK) 编码"),
    (DRAFT.encode("gb18030"), "it looks like GB18030 (GBK)", "看起来是 GB18030 (GBK) 编码"),
    (DRAFT.encode("utf-16"), "it is UTF-16", "它是 UTF-16 编码"),
    (DRAFT.encode("utf-16-le"), "it is UTF-16", "它是 UTF-16 编码"),
    (DRAFT.encode("utf-16-be"), "it is UTF-16", "它是 UTF-16 编码"),
    (DRAFT.encode("utf-32"), "it is UTF-32", "它是 UTF-32 编码"),
    ("---\nname: Zoë Müller".encode("latin-1"), "byte number 13 is 0xEB", "第 13 个字节是 0xEB"),
]


@pytest.mark.parametrize(("data", "english", "chinese"), ENCODINGS)
def test_a_file_that_is_not_utf8_is_told_which_byte_or_which_encoding(data: bytes, english: str, chinese: str) -> None:
    assert said(data) == (f"the file is not UTF-8 text: {english}", f"文件不是 UTF-8 文本：{chinese}")


INVISIBLE = [
    ("draft\u00a0", "draft[U+00A0]"),
    ("\u3000draft", "[U+3000]draft"),
    ("dra\u200bft", "dra[U+200B]ft"),
    ("draft\u200e", "draft[U+200E]"),
    ("dr\u00adaft", "dr[U+00AD]aft"),
    ("draft\ufe0f", "draft[U+FE0F]"),
    ("draft\u3164", "draft[U+3164]"),
    ("dra\u202eft", "dra[U+202E]ft"),
    ("'draft '", "draft[U+0020]"),
    ('"draft\\t"', "draft[U+0009]"),
    ('"dra\\tft"', "dra[U+0009]ft"),
    ('"draft\\n"', "draft[U+000A]"),
]


@pytest.mark.parametrize(("written", "shown"), INVISIBLE)
def test_what_cannot_be_seen_in_a_value_is_named(written: str, shown: str) -> None:
    message, _ = said(DRAFT.replace("status: draft", f"status: {written}"))
    assert message == f"`{shown}` is not allowed for `status`"


@pytest.mark.parametrize("text", ["two words", "甲（乙）、“丙”", "a–b—c…", "é😀", "12,5 %"])
def test_what_can_be_seen_stays(text: str) -> None:
    assert shorten(text) == text


# the review's fields below `metrics:`; where, and what is written better
COLONS = [
    ("metrics:\n  calls:80\n", "7:3", "calls: 80"),
    ("metrics:\n  late: 1\n  calls:80\n", "8:3", "calls: 80"),
    ("metrics:\n  calls:80\n  late: 1\n", "7:3", "calls: 80"),
    ("metrics: {calls:4.6}\n", "6:11", "calls: 4.6"),
    ("metrics: {calls: 1}\nfeedback: {plan:甲, support: 乙}\n", "7:12", "plan: 甲"),
    ("metrics: {calls: 1}\nconfirmations:\n  - role:hr\n    name: 甲\n", "8:5", "role: hr"),
    ("metrics: {calls: 1}\nfeedback:\n  plan:甲\n", "8:3", "plan: 甲"),
    ("period2:2026-01\nmetrics: {calls: 1}\n", "6:1", "period2: 2026-01"),
]


@pytest.mark.parametrize(("fields", "place", "better"), COLONS)
def test_a_colon_without_a_blank_is_told(fields: str, place: str, better: str) -> None:
    found = [item for item in check_files({TINY: TINY_RULE, REVIEW: with_fields(fields)}) if item.code == "KPI360"]
    assert [(f"{item.span.line}:{item.span.column}", item.hint) for item in found] == [(place, f"write `{better}`")]


@pytest.mark.parametrize("text", ["a:b", "12:30", "https://example.com/a:b", "见 a:b", "a:b c:d"])
def test_a_colon_in_a_text_is_no_key(text: str) -> None:
    assert check_files(tiny(("  calls: 80\n---", f"  calls: 80\ncomments:\n  calls: {text}\n---"))) == ()


TABS = [
    ("metrics:\n\tcalls: 80\n", "7:1"),
    ("metrics:\n  \tcalls: 80\n", "7:3"),
    ("metrics:\n  calls: 80\n\tlate: 1\n", "8:1"),
    ("comments:\n  calls: |\n\t甲\n", "8:1"),
    ("comments:\n  calls: '甲'\n\tlate: 乙\n", "8:1"),
    ("confirmations:\n  -\trole: hr\n", "7:4"),
    ("evidence:\n\t- a.pdf\n", "7:1"),
    ("metrics:\n\t# 注\n  calls: 80\n", "7:1"),
]


@pytest.mark.parametrize(("fields", "place"), TABS)
def test_a_tab_is_called_a_tab(fields: str, place: str) -> None:
    (found,) = check_files({TINY: TINY_RULE, REVIEW: with_fields(fields)})
    assert (found.code, f"{found.span.line}:{found.span.column}") == ("KPI361", place)
    assert "a tab stands here (U+0009)" in found.message


BROKEN = [
    "a: [1, 2\n",
    "a: {b: 1\n",
    "a: {b: 1]\n",
    'a: "\\q"\n',
    'a: "\\x1z"\n',
    'a: "\\ud800"\n',
    "a: |0\n  b\n",
    "a: |x\n  b\n",
    "a: - b\n",
    "a: b\n- c\n",
    "a:\n  b: 1\n c: 2\n",
    "a: @b\n",
    "a: 'b\n",
    "? a\nb\n",
    "a: ]\n",
    "- a\nb: 1\n",
    "a: 'b' c\n",
    "a: [b] c\n",
    "a: %b\n",
    "a: ? b\n",
]


@pytest.mark.parametrize("fields", BROKEN)
def test_what_yaml_says_is_said_in_chinese(fields: str) -> None:
    found = check_files({TINY: TINY_RULE, REVIEW: with_fields(fields)})
    assert found
    for item, chinese in zip(found, findings(found, "zh"), strict=True):
        assert english_in(chinese, item) == set()


RULE_INPUTS = "inputs: {calls: {type: count}}"
VETO = "grades: {}\nveto: [{id: v, name: {zh: 甲, en: A}, when: calls > 1, grade: Z, origin: chosen}]"


def test_a_missing_key_is_reported_once() -> None:
    """Whatever it is, in a rule file and in a review."""
    count = 0
    for path, text in tiny().items():
        lines = str(text).splitlines()
        for line in lines:
            match = re.match(r" {0,4}(\w+): ?", line)
            if match and line not in lines[:1] and not line.startswith("  -"):
                found = check_files({**tiny(), path: str(text).replace(f"{line}\n", "", 1)})
                missing = [item for item in found if item.code == "KPI202" and f"has no `{match[1]}`" in item.message]
                assert len(missing) <= 1, (line, [item.message for item in missing])
                count += len(missing)
    assert count >= 12


# what of the tiny form is changed, and the finding that has nothing to list
NOTHING_KNOWN = [
    ((RULE_INPUTS, "inputs: {calls: {type: yes_no}}\n    when_zero: {x: 1}"), ("", ""), "KPI201"),
    (("grades: {A: 60, B: 0}", "grades: {}\noutcomes: {grades: {A: {}}}"), ("", ""), "KPI201"),
    (("grades: {A: 60, B: 0}", VETO), ("", ""), "KPI206"),
    (("form: tiny\ntitle", "form: [tiny]\ntitle"), ("rules/tiny", "rules/x"), "KPI301"),
]


@pytest.mark.parametrize(("edit", "other", "code"), NOTHING_KNOWN)
def test_a_list_of_nothing_is_no_hint(edit: tuple[str, str], other: tuple[str, str], code: str) -> None:
    files = {TINY: TINY_RULE.replace(*edit).replace(*other), REVIEW: DRAFT}
    if code == "KPI301":
        files = {"rules/README.md": "x", "rules/x.txt": "x", REVIEW: DRAFT}
    found = [item for item in check_files(files) if item.code == code]
    assert found
    for language in ("en", "zh"):
        assert [item.hint for item in findings(found, language)] == [""] * len(found)


LISTED = "inputs: {calls: {type: list, name: {zh: 项, en: Entry}, fields: {n: {type: count, name: {zh: 数, en: N}}}}}"
SECRET = "inputs: {calls: {type: ratings, confidential: yes}}\n    shown_as: {id: shown, name: {zh: 均分, en: Mean}}"
TEXTS = LISTED.replace("type: count", "type: text")
OF_ENTRIES = "`{name}` cannot take a list of entries"
OF_SECRET = "`{name}` would show a single rating of `calls`, which is confidential; `sum`, `mean` and `count` take it"
OF_EACH = (
    "an expression for each entry would show single ratings of `calls`, which is confidential; "
    "`sum`, `mean` and `count` take the list as a whole"
)
# inputs, a formula, the function that is refused, and why
FORMULAS = [
    (LISTED, "min(calls)", OF_ENTRIES.format(name="min")),
    (LISTED, "mean(calls)", OF_ENTRIES.format(name="mean")),
    (LISTED, "abs(calls)", OF_ENTRIES.format(name="abs")),
    (LISTED, "calls + 1", "`+` cannot take a list of entries and a number"),
    (LISTED, "sum(calls)", OF_ENTRIES.format(name="sum")),
    (LISTED, "last(calls)", OF_ENTRIES.format(name="last")),
    (LISTED, "mean(calls, n > 3)", "`mean` cannot take a list of entries and yes or no"),
    (SECRET, "last(calls)", OF_SECRET.format(name="last")),
    (SECRET, "mean(calls, value)", OF_EACH),
    (SECRET, "count(calls, value > 60)", OF_EACH),
    (SECRET, "100 - run(calls, value < 60)", OF_EACH),
    (SECRET, "max(calls)", OF_SECRET.format(name="max")),
    (SECRET, "min(calls)", OF_SECRET.format(name="min")),
    (SECRET, "mean(calls) + max(calls)", OF_SECRET.format(name="max")),
    (SECRET, "sum(calls) if min(calls) > 3 else 1", OF_SECRET.format(name="min")),
    (SECRET, "abs(max(calls))", OF_SECRET.format(name="max")),
]


@pytest.mark.parametrize(("inputs", "formula", "problem"), FORMULAS)
def test_a_formula_is_refused_in_the_rule_file(inputs: str, formula: str, problem: str) -> None:
    edits = (
        ("inputs: {calls: {type: count}}", inputs),
        ("{method: value}", f"{{method: formula, formula: '{formula}'}}"),
    )
    found = check_files({TINY: str(tiny(*edits)[TINY])})
    assert [item.message for item in found if item.code == "KPI509"] == [problem]


@pytest.mark.parametrize(
    "where",
    [
        "limits: ['count(calls, value > 3) < 9']",
        "limits: [max(calls) < 9]",
        "warnings: [{when: min(calls) < 9, text: {zh: 低, en: Low}}]",
    ],
)
def test_nor_does_a_limit_or_warning_show_a_single_rating(where: str) -> None:
    edits = ("inputs: {calls: {type: count}}", f"{SECRET}\n    {where}"), ("{method: value}", "{method: ratings}")
    assert "KPI509" in codes_of(check_files({TINY: str(tiny(*edits)[TINY])}))


@pytest.mark.parametrize("function", ["mean", "sum", "count"])
def test_what_a_mean_tells_may_be_used(function: str) -> None:
    edits = (
        ("inputs: {calls: {type: count}}", SECRET),
        ("{method: value}", f"{{method: formula, formula: {function}(calls)}}"),
    )
    assert "KPI509" not in codes_of(check_files({TINY: str(tiny(*edits)[TINY])}))
