"""Files as hostile bytes: marks, line ends, encodings."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kpigen.model.reviews import Review
from tests.helpers.tiny import (
    DRAFT,
    LONG_DRAFT,
    REVIEW,
    TINY,
    TINY_RULE,
    check_files,
    codes_of,
    publish,
    read_draft,
    tiny,
)

BROKEN = LONG_DRAFT.replace("calls: 80", "calls: 1,000").replace("status: draft", "status: draft\nperiods: 1")


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_bom_and_crlf_change_nothing(bom: bytes, line_end: str) -> None:
    def load_as(text: str) -> tuple[Review | None, list[str]]:
        review, found = read_draft(bom + text.replace("\n", line_end).encode())
        return review and replace(review, where={}), found

    review, found = read_draft(LONG_DRAFT)
    assert review is not None
    assert load_as(LONG_DRAFT) == (replace(review, where={}), found)
    assert found == []
    assert load_as(BROKEN)[1] == read_draft(BROKEN)[1] != []


def test_a_published_review_may_be_saved_with_crlf() -> None:
    files = publish(tiny(review=LONG_DRAFT), confirmed=True)
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
    assert read_draft(data)[1] == expected


def test_utf_16_without_bom_is_seen_at_its_zeros() -> None:
    assert set(codes_of(check_files({TINY: TINY_RULE, REVIEW: DRAFT.encode("utf-16-le")}))) <= {"KPI102", "KPI103"}
