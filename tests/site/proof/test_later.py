"""Papers that were printed before some papers came to be printed otherwise: never called forged, and sure where they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from kpigen.base import markdown
from kpigen.repository.records import Record
from kpigen.site.pages import paper_layout
from kpigen.site.proof.answers import Answer
from kpigen.site.proof.carried import read_attachments
from kpigen.site.proof.consistent import is_consistent
from kpigen.site.proof.pdf_file import read_pdf
from tests.helpers import any_paper, tamper
from tests.helpers.any_paper import printer, renderer


@pytest.fixture(autouse=True)
def _with_points(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The small form with a column for points; without it, its total is printed otherwise than before."""
    monkeypatch.setattr(any_paper, "RULES", any_paper.RULES.replace("raw, comment]", "raw, comment, points]"))
    any_paper._rules.cache_clear()
    yield
    any_paper._rules.cache_clear()


def print_now(record: Record) -> bytes:
    return any_paper.printed(record, "zh", renderer(), printer())


def printed_before(record: Record, patch: pytest.MonkeyPatch) -> bytes:
    """Print as kpigen did before: it read Markdown as CommonMark says, had one stylesheet, and no name for what is rare."""
    with patch.context() as before:
        before.setattr(paper_layout, "_sum", _sum_before)
        before.setattr(markdown, "_parser", lambda levels=0: markdown._parser_of_before())
        before.setattr(paper_layout, "_later", lambda *_: ())
        before.setattr("kpigen.site.proof.layout_name.is_read_otherwise", lambda _: False)
        return print_now(record)


def _sum_before(
    shows: list[str], kind: str, label: str, points: str, weight: str = "", foots: Sequence[str] = ()
) -> paper_layout.SumRow:
    texts = {"weight": weight, "points": points}
    first = next((place for place, show in enumerate(shows) if show == "points" or (show == "weight" and weight)), None)
    span = len(shows) if first is None else first
    cells = tuple(paper_layout.SumCell(show, texts.get(show, "")) for show in shows[span:])
    return paper_layout.SumRow(kind, label, span, cells)


def answer(data: bytes) -> Answer:
    pdf = read_pdf(data)
    carried, found = read_attachments("x", pdf.attachments)
    assert carried is not None, [item.message for item in found]
    return is_consistent("x", pdf, carried, renderer(), printer())


def said(given: Answer) -> str:
    return " ".join(f"{item.code} {item.message}" for item in given.problems)


#: Texts, and whether a paper of before looks as today.
BEFORE = {
    "没有什么特别。": True,
    "**重点**：一、二。\n\n- 甲\n  - 乙": True,
    "```\n短\n```": True,
    "## " + "x" * 60: True,
    "**注意：**请核对": False,
    "```\n" + "x" * 200 + "\n```": False,
    f"{'|a' * 30}|\n{'|-' * 30}|": False,
    "|a|b|\n|--:|:-:|\n|1|2|": False,
}


@pytest.mark.parametrize(("text", "is_as_today"), BEFORE.items(), ids=BEFORE)
def test_a_paper_of_before_is_sure_or_cannot_be_told(
    text: str, is_as_today: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = any_paper.record_with("好。", body=text)
    given = answer(printed_before(record, monkeypatch))
    if is_as_today:
        assert given.holds is True, said(given)
    else:
        assert (given.holds, given.is_open) == (None, True), said(given)
        assert "did not yet" in said(given)


def test_a_paper_of_today_is_sure() -> None:
    for text in ("**注意：**请核对", "```\n" + "x" * 200 + "\n```"):
        assert answer(print_now(any_paper.record_with("好。", body=text))).holds is True


def test_a_paper_of_before_with_other_points_is_forged(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is compared of one that cannot be told in full still is: total, grade, points."""
    record = any_paper.record_with("好。", body="**注意：**请核对")
    data = tamper.edited(printed_before(record, monkeypatch), tamper.retype("100.00", "110.00", nth=1))
    given = answer(data)
    assert given.holds is False, said(given)


def test_of_a_form_without_points_the_total_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its rows show none, which is no forgery."""
    monkeypatch.setattr(any_paper, "RULES", any_paper.RULES.replace("comment, points]", "comment]"))
    any_paper._rules.cache_clear()
    data = printed_before(any_paper.record_with("好。"), monkeypatch)
    given = answer(data)
    assert (given.holds, given.is_open) == (None, True), said(given)
    assert answer(tamper.edited(data, tamper.retype("100.00", "110.00"))).holds is False
