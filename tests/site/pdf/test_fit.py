"""Nothing leaves the paper, whatever people write, and no page is left empty because of a long row."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pypdfium2
import pytest

from kpigen.files.rules.book import make_rulebook
from kpigen.files.rules.form import read_form
from kpigen.model.reviews import Status
from kpigen.repository.records import Record, record_by
from kpigen.site.pages.paper_fit import longest_word
from kpigen.site.pages.paper_layout import Later, PaperLayout, layout_of
from kpigen.site.pages.report import ReportSetting, report_of
from tests.helpers import any_paper, any_text
from tests.helpers.any_paper import printer, renderer

MM = 72 / 25.4
MARGIN, ROUNDED = 15 * MM, 1.5


def outside(data: bytes) -> list[tuple[int, float, float]]:
    """Return what a PDF draws outside its margins: the page, and the left and right edges in mm."""
    found = []
    for number, page in enumerate(pypdfium2.PdfDocument(data), 1):
        width, height = page.get_size()
        for item in page.get_objects(max_depth=5):
            left, bottom, right, top = item.get_bounds()
            if (right > left or top > bottom) and (
                left < MARGIN - ROUNDED or right > width - MARGIN + ROUNDED or bottom < 0 or top > height
            ):
                found.append((number, left / MM, right / MM))
    return found


@pytest.mark.parametrize("seed", range(8))
def test_nothing_leaves_the_paper(seed: int) -> None:
    """Eight texts each, all of which want to run off."""
    language = ("zh", "en")[seed % 2]
    assert outside(any_paper.printed(any_paper.unruly_record(seed), language, renderer(), printer())) == []


def test_texts_did_leave_the_paper_without_the_stylesheet() -> None:
    """The measure sees what is outside."""
    record = any_paper.record_with("x", body="```\n" + "x" * 300 + "\n```")
    report = report_of(record, ReportSetting("甲", "乙"), "zh")
    html = renderer().template("print/report.html", "zh", paper=layout_of(report), fit="")
    assert outside(printer().render(html, record.review.date, "x", "zh"))


# --- what only some papers have --------------------------------------------------------------------------------------


def layout(record: Record, language: str = "zh") -> PaperLayout:
    return layout_of(report_of(record, ReportSetting("甲公司", "经理"), language))


def record_of(
    columns: str = "[name, actual, raw, points]", standard: str = "做到得满分。", section: str = "", **changes: Any
) -> Record:
    """Return a record of the small form with other columns, another standard, or its indicator in a section."""
    rules = any_paper.RULES.replace("[name, actual, raw, comment]", columns).replace("做到得满分。", standard)
    if section:
        head, indicators = rules.split("indicators:\n")
        body, examples = indicators.split("examples:\n  - {metrics: {work")
        nested = "".join(f"    {line}\n" for line in body.splitlines())
        name = f"{{zh: {section}, en: {section}}}"
        rules = f"{head}sections:\n  - id: s\n    name: {name}\n    indicators:\n{nested}examples:\n  - {{metrics: {{work{examples}"
    form, found = read_form("rules/any/2026-01.yaml", rules.encode(), ("zh", "en"))
    assert form is not None, [item.message for item in found]
    record = any_paper.record_with("好。")
    review = replace(record.review, **{"comments": {}, "feedback": {}, "body": "好。", **changes})
    project = replace(any_paper.project_of(review), rules=make_rulebook([form])[0])
    return record_by(project, review, form, (), [])


LONG = "很长的评语。" * 900
ODD: dict[str, tuple[Record, str, set[Later]]] = {
    "nothing": (record_of(), "zh", set()),
    "a long standard": (record_of("[name, standard, actual, points]", LONG), "zh", {Later.TALL}),
    "a long comment": (record_of("[name, comment, points]", comments={"work": LONG}), "zh", {Later.TALL, Later.FITTED}),
    "a long plan": (record_of(feedback={"plan": LONG}), "zh", {Later.FITTED}),
    "a long reason": (record_of(comments={"work": "\n\n".join(["一段。"] * 80)}), "zh", {Later.FITTED}),
    "a long section": (record_of("[section, name, points]", section="Strengthening"), "en", {Later.WIDENED}),
    "a section that fits": (record_of("[section, name, points]", section="Work quality"), "en", set()),
    "a long section, in Chinese": (record_of("[section, name, points]", section="Strengthening"), "zh", set()),
    "a long heading": (
        record_of("[name, {show: raw, name: {zh: 分, en: Responsibility}}, points]"),
        "en",
        {Later.WIDENED},
    ),
    "no points": (record_of("[name, actual, raw]"), "zh", {Later.TOTAL}),
    "no points, but weights": (record_of("[name, weight]"), "zh", {Later.TOTAL}),
    "names only": (record_of("[name]"), "zh", {Later.TOTAL}),
    "a skeleton": (record_of(status=Status.DRAFT, body="## 工作评价\n\n## 计划\n"), "zh", {Later.BLANK}),
    "headings that are submitted": (record_of(body="## 表现优秀，建议晋升"), "zh", set()),
    "a table": (record_of(body="|a|b|\n|-|-|\n|1|2|"), "zh", set()),
    "a table in a comment": (record_of(comments={"work": "|a|b|\n|-|-|\n|1|2|"}), "zh", {Later.FITTED}),
    "a wide table": (record_of(body=f"{'|a' * 7}|\n{'|-' * 7}|"), "zh", {Later.FITTED}),
    "aligned cells": (record_of(body="|a|\n|-:|\n|1|"), "zh", {Later.FITTED}),
    "code": (record_of(body="```\nx\n```"), "zh", {Later.FITTED}),
    "a quote": (record_of(body="> x"), "zh", {Later.FITTED}),
    "lists in lists": (record_of(body="- a\n  - b"), "zh", set()),
    "deep lists": (record_of(body="- a\n  - b\n    - c"), "zh", {Later.FITTED}),
    "a long word": (record_of(body="## " + "x" * 60), "zh", {Later.FITTED}),
    "blanks that do not break": (record_of(body="字\u00a0" * 40), "zh", {Later.FITTED}),
}


@pytest.mark.parametrize("name", ODD)
def test_only_papers_with_something_rare_are_printed_otherwise(name: str) -> None:
    record, language, later = ODD[name]
    assert layout(record, language).later == later


@pytest.mark.parametrize("name", ["a long standard", "a long comment", "a long plan"])
def test_a_long_row_begins_where_it_stands_and_keeps_its_heads(name: str) -> None:
    record, language, _ = ODD[name]
    pages = pypdfium2.PdfDocument(any_paper.printed(record, language, renderer(), printer()))
    texts = [page.get_textpage().get_text_bounded() for page in pages]
    assert len(texts[0]) > 700, "the first page is full"
    assert min(map(len, texts[:-1])) > 700
    if "plan" not in name:
        assert all("指标" in text for text in texts[: len(texts) - 1]), "each page has the heads of the columns"


@pytest.mark.parametrize("name", ["no points", "no points, but weights", "names only"])
def test_the_total_is_printed_whatever_the_columns(name: str) -> None:
    (total,) = layout(ODD[name][0]).tables[-1].sums
    assert "100.00" in "".join([total.label, *(cell.text for cell in total.cells)])
    assert total.span + len(total.cells) == len(layout(ODD[name][0]).tables[-1].columns)


def test_a_blank_form_has_no_heading_above_nothing() -> None:
    paper = layout(ODD["a skeleton"][0])
    assert (str(paper.narrative), paper.feedback, paper.comments) == ("", (), ())


@pytest.mark.parametrize(
    ("word", "fits"), [("Strengthening", False), ("Improvement", False), ("Work quality", True), ("WWWWWWW", True)]
)
def test_a_word_is_as_wide_as_it_is_printed(word: str, fits: bool) -> None:
    assert (longest_word(word) <= 20 - 2.4) is fits
    assert longest_word(f"a {word}, b") == longest_word(word) < longest_word(word, is_bold=True)


def test_any_word_is_whole_in_its_column() -> None:
    draw = random.Random(1)
    for _ in range(20):
        word = "".join(draw.choices("abcdefghimnrstw", k=draw.randint(8, 15)))
        column = layout(record_of("[section, name, standard, points]", section=word), "en").tables[0].columns[0]
        assert float(column.width.removesuffix("mm")) >= min(longest_word(word) + 2.4, 34)


def test_the_texts_are_of_every_kind() -> None:
    texts = [any_text.unruly(random.Random(seed)) for seed in range(80)]
    for start in ("```", "    ", "　　", "|", "> ", "- ", "1. ", "#", "**"):
        assert any(text.startswith(start) for text in texts), start
