"""Reports of a small form whose texts are drawn from all of Unicode and of Markdown, printed."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from kpigen.diagnostics.diagnostic import has_errors
from kpigen.diagnostics.wording import ENGLISH
from kpigen.document.edit import inline
from kpigen.files.config import Config
from kpigen.files.review import read_review
from kpigen.files.roster import Roster
from kpigen.files.rules.book import Rulebook, make_rulebook
from kpigen.files.rules.form import read_form
from kpigen.model.reviews import Review
from kpigen.repository.project import Project
from kpigen.repository.records import Record, make_record
from kpigen.site.pages.report import ReportSetting, report_of
from kpigen.site.pdf import PdfUnavailable, engine
from kpigen.site.proof.carried import Paper, attachments_of
from kpigen.site.proof.paper import Printer, html_of, paper_of, print_paper
from kpigen.site.render.render import Renderer
from tests.helpers import any_text

PATH = "reviews/2026-03/T-001.any.md"
RULES = """\
schema: 1
form: any
title: {zh: 任意, en: Any}
cycle: [month]
grades: {A: 90, B: 0}
confirmations: [employee]
origin: {name: chosen, weight: chosen, score: chosen, grades: chosen, cycle: chosen, confirmations: chosen}
print:
  orientation: portrait
  head: [name, id, department, position, period]
  columns: [name, actual, raw, comment]
  signatures: [{role: employee, name: {zh: 确认, en: Confirmed}}]
indicators:
  - id: work
    name: {zh: 工作, en: Work}
    weight: 100
    standard: {zh: 做到得满分。, en: Full if done.}
    inputs: {done: {type: yes_no}}
    score: {method: levels, levels: {yes: 100, no: 0}}
    examples:
      - {metrics: yes, raw: 100}
      - {metrics: no, raw: 0}
examples:
  - {metrics: {work: yes}, total: 100, grade: A}
  - {metrics: {work: no}, total: 0, grade: B}
"""


@cache
def _rules() -> Rulebook:
    form, found = read_form("rules/any/2026-01.yaml", RULES.encode(), ("zh", "en"))
    assert form is not None, found
    assert not has_errors(found), found
    return make_rulebook([form])[0]


def record_of(seed: int) -> Record:
    """Return the record of a submitted review whose texts follow from the seed."""
    draw = random.Random(seed)
    entry = {"role": "employee", "date": "2026-04-02", "of": "000000000000", "text": any_text.text(draw, 2)}
    fields = {
        "employee": {"id": "T-001", **{key: any_text.line(draw, 4) for key in ("name", "department", "position")}},
        "metrics": {"work": draw.choice(("yes", "no"))},
        "comments": {"work": any_text.text(draw, 2)},
        "feedback": {"plan": any_text.text(draw, 2), "strengths": any_text.line(draw)},
        "objections": [{**entry, "resolution": any_text.text(draw, 1), "resolved": "2026-04-03"}],
        "confirmations": [{"role": "employee", "name": any_text.line(draw, 3), "date": "2026-04-04", "of": "0" * 12}],
    }
    return _record(fields, any_text.text(draw))


def unruly_record(seed: int) -> Record:
    """Return the record of a submitted review whose texts want to run off their page, each in another way."""
    draw = random.Random(seed)
    entry = {"role": "employee", "date": "2026-04-02", "of": "000000000000", "text": any_text.unruly(draw)}
    fields = {
        "employee": {"id": "T-001", **{key: any_text.line(draw, 9) for key in ("name", "department", "position")}},
        "metrics": {"work": "no"},
        "comments": {"work": any_text.unruly(draw)},
        "feedback": {"plan": any_text.unruly(draw), "strengths": any_text.unruly(draw)},
        "self_assessment": {"metrics": {"work": "yes"}, "comment": any_text.unruly(draw)},
        "objections": [{**entry, "resolution": any_text.unruly(draw), "resolved": "2026-04-03"}],
    }
    return _record(fields, "\n\n".join(any_text.unruly(draw) for _ in range(2)))


def record_with(text: str, body: str | None = None) -> Record:
    """Return the record of a submitted review with a text wherever it may stand; on one line in the head."""
    line = " ".join(text.split())[:80].strip()
    fields = {
        "employee": {"id": "T-001", "name": line, "department": "甲", "position": line},
        "metrics": {"work": "yes"},
        "comments": {"work": text},
        "feedback": {"plan": text},
    }
    return _record(fields, text if body is None else body)


def _record(fields: dict[str, object], body: str) -> Record:
    fields = {
        **fields,
        "period": "2026-03",
        "form": "any",
        "status": "submitted",
        "submitted": {"on": "2026-04-01", "salt": "0" * 32},
    }
    lines = [f"{key}: {inline(value)}" for key, value in fields.items()]
    source = "\n".join(["---", *lines, "---", "", body, ""])
    rules = _rules()
    review, found = read_review(PATH, source.encode(), rules, lambda _: None)
    assert review is not None, found
    # What hides text is refused before publication, but papers that were printed with it must verify all the same.
    errors = [(item.code, item.message) for item in found if item.is_error and item.code not in ("KPI350", "KPI352")]
    assert errors == []
    project = project_of(review)
    record = make_record(project, review, (), found)
    assert record is not None, found
    return record


def project_of(review: Review) -> Project:
    """Return the project of one review of the small form."""
    return Project(Config(languages=("zh", "en")), Roster(), _rules(), (review,), ())


@cache
def printer() -> Any:
    """The engine that prints PDFs as they are printed by default. Skips the test if there is none."""
    made = engine()
    if isinstance(made, PdfUnavailable):
        pytest.skip(f"No PDFs here: {ENGLISH.words(made.reason)}. {ENGLISH.words(made.hint)}")
    return made


@cache
def renderer() -> Renderer:
    """The templates that come with kpigen."""
    return Renderer(None)


def printed(record: Record, language: str, renderer: Renderer, printer: Printer, **made_with: Any) -> bytes:
    """Return the PDF of a record. `made_with` replaces what it says that it was made with."""
    report = report_of(record, ReportSetting("甲公司", "经理"), language)
    paper: Paper = paper_of(record, Config(languages=("zh", "en")), report, renderer, printer)
    paper = replace(paper, made_with={**paper.made_with, **made_with})
    attachments = attachments_of(record, RULES.encode(), paper)
    return print_paper(record, paper, attachments, html_of(report, renderer), printer)
