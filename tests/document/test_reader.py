"""Files as hostile as they come: bytes, line ends, YAML's traps, size and depth. Nothing raises, nothing is lost unsaid."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpigen.base.sources import MemoryTree, WorkTree
from kpigen.diagnostics.diagnostic import Diagnostic
from kpigen.model.reviews import Review
from kpigen.repository.checks.project import check
from kpigen.repository.project import load
from tests.helpers.tiny import (
    DRAFT,
    REVIEW,
    TESTS,
    TINY,
    TINY_RULE,
    check_files,
    places,
    publish,
    rules_files,
    tiny,
    tree_of,
)

ROSTER = "reviews/people.csv"


def codes(findings: tuple[Diagnostic, ...]) -> list[str]:
    return [item.code for item in findings]


def read(text: str | bytes) -> tuple[Review | None, list[str]]:
    """A draft of the tiny form, and the places of what is wrong in it."""
    tree = tree_of(**{TINY: TINY_RULE, REVIEW: text})
    project = load(tree)
    return project.review(REVIEW), [found.removeprefix(f"{REVIEW}:") for found in places(check(project)[1])]


def with_fields(fields: str) -> str:
    return DRAFT.replace("metrics:\n  calls: 80\n", fields)


# --- bytes -----------------------------------------------------------------------------------------------------------

LONG = (
    with_fields('metrics: {calls: 80}\nfeedback:\n  plan: |\n    一\n\n    二\n  strengths: "甲\n    乙"\n')
    + "\n- 一\n- 二\n"
)
BROKEN = LONG.replace("calls: 80", "calls: 1,000").replace("status: draft", "status: draft\nperiods: 1")


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_bom_and_crlf_change_nothing(bom: bytes, line_end: str) -> None:
    def load_as(text: str) -> tuple[Review | None, list[str]]:
        review, found = read(bom + text.replace("\n", line_end).encode())
        return review and replace(review, where={}), found

    review, found = read(LONG)
    assert review is not None
    assert load_as(LONG) == (replace(review, where={}), found)
    assert found == []
    assert load_as(BROKEN)[1] == read(BROKEN)[1] != []


def test_a_published_review_may_be_saved_with_crlf() -> None:
    files = publish(tiny(review=LONG), confirmed=True)
    data = files[REVIEW]
    assert isinstance(data, bytes)
    assert check_files({**files, REVIEW: b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n")}) == ()


# name, bytes, what is found
BYTES: list[tuple[str, bytes, list[str]]] = [
    ("empty", b"", ["1:1 KPI104"]),
    ("only a BOM", b"\xef\xbb\xbf", ["1:1 KPI104"]),
    ("GBK", DRAFT.encode("gbk"), ["2:27 KPI102"]),
    ("GBK after a BOM", b"\xef\xbb\xbf" + "甲".encode("gbk"), ["1:1 KPI102"]),
    ("UTF-16 with BOM", DRAFT.encode("utf-16"), ["1:1 KPI102"]),
    ("Latin-1 after a text", "甲\n甲".encode() + b"\xe9", ["2:2 KPI102"]),
    ("a lone surrogate", DRAFT.encode() + b"\xed\xa0\x80", ["11:1 KPI102"]),
    ("cut in a character", DRAFT.encode()[:-5], ["10:3 KPI102"]),
    ("overlong", b"\xc0\xaf", ["1:1 KPI102"]),
    ("NUL", DRAFT.replace("甲", "\0").encode(), ["2:27 KPI103"]),
    ("DEL in the body", DRAFT.encode() + b"\x7f", ["11:1 KPI103"]),
    ("a second BOM", b"\xef\xbb\xbf" + b"\xef\xbb\xbf" + DRAFT.encode(), ["1:1 KPI103"]),
    ("a BOM in a name", DRAFT.replace("甲", "\ufeff甲").encode(), ["2:27 KPI103"]),
    ("noncharacter", DRAFT.replace("甲", "\uffff").encode(), ["2:27 KPI103"]),
    ("next line", DRAFT.replace("甲", "甲\x85乙").encode(), ["2:28 KPI103"]),
    ("line separator", DRAFT.replace("甲", "甲\u2028乙").encode(), ["2:28 KPI103"]),
    ("paragraph separator", DRAFT.replace("甲", "甲\u2029乙").encode(), ["2:28 KPI103"]),
    ("line separator in the body", DRAFT.encode() + "甲\u2028乙".encode(), []),
    ("astral", DRAFT.replace("甲", "𠮷\U0001f600").encode(), []),
    ("astral before a mistake", DRAFT.replace("甲", "𠮷").replace("客服}", "客服, x: 1}").encode(), ["2:61 KPI201"]),
    ("old Macintosh", DRAFT.replace("\n", "\r").encode(), ["1:1 KPI104"]),
    ("too large", DRAFT.encode() + b"x" * 2_000_000, ["1:1 KPI101"]),
]


@pytest.mark.parametrize(("data", "expected"), [row[1:] for row in BYTES], ids=[row[0] for row in BYTES])
def test_bytes(data: bytes, expected: list[str]) -> None:
    assert read(data)[1] == expected


def test_utf_16_without_bom_is_seen_at_its_zeros() -> None:
    assert set(codes(check_files({TINY: TINY_RULE, REVIEW: DRAFT.encode("utf-16-le")}))) <= {"KPI102", "KPI103"}


# --- front matter ----------------------------------------------------------------------------------------------------

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
    ("a tab as indentation", with_fields("metrics:\n\tcalls: 80\n"), ["7:1 KPI107"]),
    ("a tab after a colon", with_fields("metrics:\n  calls:\t80\n"), []),
    ("a text with a colon", with_fields("comments:\n  calls: 原因: 停机\n"), ["7:12 KPI107"]),
    ("no space after a colon", with_fields("metrics:\n  calls:80\n"), ["7:3 KPI203"]),
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
    assert read(text)[1] == expected


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
    review, found = read(DRAFT.partition("\n见上表")[0] + after)
    assert (review and review.body, found) == (body, [])


# --- scalars ---------------------------------------------------------------------------------------------------------

TEXTS = (
    "0007 no yes on true 1.10 12:30 1:05:00 2026-01 2026-02-03 2026-02-05T10:00:00Z ~ null NULL 0x1F 0o17 1_000 1,000 1e3 "
    r".inf .nan = << + -x ?x :x a:b a#b 9% C:\x a\nb $(x) (甲) 甲、乙 — ‘甲’"
)


@pytest.mark.parametrize("text", [*TEXTS.split(), "甲 — 乙"])
def test_a_text_is_what_stands_there(text: str) -> None:
    review, found = read(with_fields(f"comments:\n  calls: {text}\n"))
    assert found == []
    assert review is not None
    assert review.comments == {"calls": text}


@pytest.mark.parametrize("text", ["0007", "no", "1_000", "null", "0x1F", "1e3", "2026-01"])
def test_an_id_and_a_name_are_what_stands_there(text: str) -> None:
    files = {TINY: TINY_RULE, REVIEW.replace("A-1", text): DRAFT.replace("A-1", text).replace("甲", text)}
    project = load(tree_of(**files))
    assert check(project)[1] == ()
    assert (project.reviews[0].employee.id, project.reviews[0].employee.name) == (text, text)


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
    review, found = read(with_fields(f"comments:\n  calls: {written}\n"))
    assert (review and review.comments, found) == ({"calls": text}, [])


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
    found = read(with_fields(field.format(text) + "\n"))[1]
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
    assert read(text.replace("period: 2026-01", "period: 2026-01 # 一月"))[1] == []


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


# --- size and depth --------------------------------------------------------------------------------------------------

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
    ("one long line", "comments: {calls: " + "甲 " * (2 * MANY) + "}\n", ""),
    ("one long word", "comments: {calls: " + "a" * (9 * MANY) + "}\n", ""),
    ("one long key", "a" * 900 + ": 1\n", "KPI201"),
    ("a long number", "metrics: {calls: " + "9" * (9 * MANY) + "}\n", "KPI319"),
    ("a long list", "evidence: {calls: [" + "a, " * (MANY // 10) + "a]}\n", "KPI334"),
    ("many fields", "metrics:\n" + "".join(f"  k{n}: 1\n" for n in range(MANY // 10)), "KPI305"),
    ("spaces before a comment", "comments:\n  calls: 甲" + " " * (9 * MANY) + "#\n", "KPI205"),
]


@pytest.mark.parametrize(("fields", "code"), [row[1:] for row in HUGE], ids=[row[0] for row in HUGE])
def test_size_and_depth_are_told_quickly(fields: str, code: str) -> None:
    begins = time.process_time()
    _, found = read(with_fields(fields))
    assert time.process_time() - begins < 2
    assert [item.split()[1] for item in found][:1] == ([code] if code else [])


@pytest.mark.parametrize("mark", ["[", "{", "- ", "? "])
def test_a_deep_rule_file_is_told_quickly(mark: str) -> None:
    begins = time.process_time()
    assert codes(check_files({TINY: f"form: {mark * MANY}" if mark in "[{" else mark * MANY})) == ["KPI109"]
    assert time.process_time() - begins < 2


def test_a_self_assessment_is_read_behind_thousands_of_fields() -> None:
    text = (
        "metrics:\n"
        + "".join(f"  k{n}: 1\n" for n in range(3000))
        + "self_assessment: {metrics: {communication: {peers: [80]}}}\n"
    )
    path = "reviews/2026-01/A-1.cs-360.md"
    found = check_files({path: with_fields(text).replace("tiny", "cs-360")})
    assert codes(found) == ["KPI305"] * 3000 + ["KPI332"]


# --- what cannot be read ---------------------------------------------------------------------------------------------


class Locked(MemoryTree):
    """Files of which one may not be read."""

    def __init__(self, files: dict[str, bytes], locked: str) -> None:
        super().__init__(files)
        self.locked = locked

    def read(self, path: str) -> bytes:
        if path == self.locked:
            raise PermissionError(13, "Permission denied", path)
        return super().read(path)

    def digest(self, path: str) -> str | None:
        if path == self.locked:
            raise PermissionError(13, "Permission denied", path)
        return super().digest(path)


EVIDENCE = "reviews/2026-01/files/a.csv"


@pytest.mark.parametrize(
    ("locked", "place"),
    [
        (REVIEW, f"{REVIEW}:1:1 KPI117"),
        (TINY, f"{TINY}:1:1 KPI117"),
        (ROSTER, f"{ROSTER}:1:1 KPI117"),
        ("kpigen.toml", "kpigen.toml:1:1 KPI117"),
        (EVIDENCE, f"{REVIEW}:8:20 KPI117"),
    ],
)
def test_a_file_that_may_not_be_read_is_told(locked: str, place: str) -> None:
    files = {
        TINY: TINY_RULE, REVIEW: with_fields("metrics:\n  calls: 80\nevidence: {calls: [files/a.csv]}\n"), EVIDENCE: "1\n",
        ROSTER: "id,name,login,email,department,position,manager,form,from,to\nA-1,甲,,,,,,,,\n", "kpigen.toml": "",
    }  # fmt: skip
    assert check_files(files) == ()
    tree = Locked(tree_of(**files).files, locked)
    found = check(load(tree))[1]
    assert place in places(found)
    assert {item.code for item in found} <= {"KPI117", "KPI118", "KPI301"}


def lay_out(root: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")


def test_links_are_told_and_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.md"
    outside.write_text(DRAFT, "utf-8")
    root = tmp_path / "here"
    lay_out(
        root,
        {
            TINY: TINY_RULE,
            "reviews/README.md": "甲",
            "reviews/2026-01/.hidden.md": "甲",
            "reviews/2026-01/~$a.md": "甲",
        },
    )
    links = [REVIEW, "reviews/2026-01/files", ROSTER, "rules/tiny/2026-02.yaml"]
    for link in links:
        (root / link).symlink_to(outside)
    (root / "reviews/2026-02").symlink_to(root / "rules")
    project = load(WorkTree(root))
    assert places(check(project)[1]) == [f"{path}:1:1 KPI119" for path in sorted([*links, "reviews/2026-02"])]
    assert (project.reviews, project.roster.exists) == ((), False)


def test_an_evidence_name_no_file_can_have_is_missing(tmp_path: Path) -> None:
    fields = 'evidence: {calls: [%s, "a\\u2028b", "x/", ., a//b, "~"]}\n' % ("甲" * 300)
    lay_out(tmp_path, {TINY: TINY_RULE, REVIEW: with_fields(fields)})
    found = check(load(WorkTree(tmp_path)))[1]
    assert {item.code for item in found} <= {"KPI103", "KPI117", "KPI334", "KPI335"}
    assert len(found) >= 6


def test_an_empty_folder_has_nothing_wrong(tmp_path: Path) -> None:
    assert check(load(WorkTree(tmp_path)))[1] == ()


# --- anything at all -------------------------------------------------------------------------------------------------

WORDS = "&a *a ! [ ] { } \" ' % , \\ \\0 ： 1,000 auto ~ ９６％ 0 -1 1e9 99999999999999999 yes @ full 100% 30s measure () **"
MARKS = [
    "---\n",
    "...\n",
    "!!x ",
    ": ",
    ":\n",
    "- ",
    " #",
    "\t",
    "\r",
    "\r\n",
    "\n",
    "|\n",
    ">-\n",
    "? ",
    "\ufeff",
    "\u2028",
    "\0",
    "  ",
]
PHRASES = ["<<: ", "published: {}\n", " / 0", " and ", "confidential: yes, ", "optional: yes, "]
TOKENS = [*WORDS.split(), *MARKS, *PHRASES]
PIECES = st.one_of(st.sampled_from([token.encode() for token in TOKENS]), st.binary(max_size=3))
PLACE = st.floats(0, 1, exclude_max=True)


@st.composite
def mutated(draw: st.DrawFn, original: bytes) -> bytes:
    """A file of which bytes, words or lines were deleted, inserted, replaced, moved or indented."""
    data = original
    for kind in draw(
        st.lists(st.sampled_from(["cut", "put", "over", "line", "copy", "indent", "word"]), min_size=1, max_size=4)
    ):
        start, other = (int(draw(PLACE) * (len(data) + 1)) for _ in range(2))
        lines = data.split(b"\n")
        line, target = (data.count(b"\n", 0, place) for place in (start, other))
        if kind in ("cut", "over"):
            data = data[:start] + (draw(PIECES) if kind == "over" else b"") + data[start + draw(st.integers(1, 30)) :]
        elif kind == "put":
            data = data[:start] + draw(PIECES) + data[start:]
        elif kind == "word":
            words = data.split(b" ")
            words[start % len(words)] = words[other % len(words)]
            data = b" ".join(words)
        else:
            moved = b"  " * (kind == "indent") + lines[line]
            if kind == "copy":
                lines.insert(target, moved)
            else:
                lines[line : line + 1] = [] if kind == "line" else [moved]
            data = b"\n".join(lines)
    return data


def unharmed(files: dict[str, bytes]) -> None:
    """Loading and checking give findings, never an exception; a review without an error is there."""
    project = load(MemoryTree(files))
    found = check(project)[1]
    for item in found:
        assert item.message
        assert item.span.line >= 1 <= item.span.column
    if not any(item.is_error for item in found):
        assert {review.path for review in project.reviews} == {path for path in files if path.endswith(".md")}
        assert {form.path for form in project.rules.forms} == {path for path in files if path.startswith("rules/")}


GOLDEN = sorted((TESTS / "golden").glob("*-01.md"))
SEALED = {
    path: data if isinstance(data, bytes) else data.encode()
    for path, data in publish(tiny(review=LONG), confirmed=True).items()
}
SETTINGS = """\
organisation = {zh = "甲", en = "A"}
languages = ["zh", "en"]
hr = ["lin", {login = "he", departments = ["客服部"]}]
auditors = ["q"]
"""


def sample(golden: Path) -> dict[str, bytes]:
    """A review of one of the forms, with its rules."""
    form = golden.name.rpartition("-")[0]
    rules = {path: data for path, data in rules_files().items() if path.startswith(f"rules/{form}/")}
    return {**rules, f"reviews/2026-06/X.{form}.md": golden.read_bytes()}


SAMPLES = [sample(golden) for golden in GOLDEN if any(path.startswith("rules/") for path in sample(golden))]


def damaged(files: dict[str, bytes], choose: Callable[[str], bool]) -> st.SearchStrategy[dict[str, bytes]]:
    path = next(path for path in files if choose(path))
    return mutated(files[path]).map(lambda data: {**files, path: data})


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from([SEALED, SEALED, *SAMPLES]).flatmap(lambda files: damaged(files, lambda path: path.endswith(".md")))
)
def test_no_review_raises(files: dict[str, bytes]) -> None:
    unharmed(files)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([SEALED, *SAMPLES]).flatmap(lambda files: damaged(files, lambda path: path.startswith("rules/")))
)
def test_no_rule_file_raises(files: dict[str, bytes]) -> None:
    unharmed(files)


@settings(max_examples=300, deadline=None)
@given(mutated((TESTS.parent / ROSTER).read_bytes()))
def test_no_roster_raises(data: bytes) -> None:
    unharmed({**SEALED, ROSTER: data})


@settings(max_examples=300, deadline=None)
@given(mutated(SETTINGS.encode()))
def test_no_settings_raise(data: bytes) -> None:
    unharmed({**SEALED, "kpigen.toml": data})
    unharmed({**SEALED, "pyproject.toml": b"[tool.kpigen]\n" + data})
