"""What a PDF carries: a copy of the review, its rule file, the score with its steps, and the other facts of the paper."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from kpigen.base.json_files import read_json
from kpigen.base.places import rule_path
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, Span, has_errors
from kpigen.diagnostics.terms import STATUS
from kpigen.diagnostics.values import Join, listed, phrase
from kpigen.files.config import Config
from kpigen.files.review import read_copy
from kpigen.files.roster import Roster
from kpigen.files.rules.book import make_rulebook
from kpigen.files.rules.form import read_form
from kpigen.i18n.languages import CODES
from kpigen.model.reviews import Status
from kpigen.repository.export import json_bytes, report_as_json
from kpigen.repository.project import Project
from kpigen.repository.records import Record, make_record
from kpigen.site.pdf import Attached
from kpigen.site.proof.copies import write_copy

REVIEW_FILE, RULE_FILE, SCORE_FILE, PAPER_FILE = "review.md", "rules.yaml", "score.json", "paper.json"
CARRIED = (REVIEW_FILE, RULE_FILE, SCORE_FILE, PAPER_FILE)
SCHEMA = 1


@dataclass(frozen=True)
class Paper:
    """What a printed report shows beyond its review and rules, and the tools it was made with.

    `rules` is the form with its version; `languages` are those of the rule file; `made_with` holds the versions and digests
    that its look depends on.
    """

    file: str
    rules: str
    language: str
    languages: tuple[str, ...]
    organisation: str
    manager: str
    made_with: Mapping[str, str]


@dataclass(frozen=True)
class Carried:
    """A PDF's attachments after reading: the record computed from them, and the paper. `score` is the attached score."""

    project: Project
    record: Record
    paper: Paper
    score: Any


def attachments_of(record: Record, rules: bytes, paper: Paper) -> tuple[Attached, ...]:
    """Return the attachments of a review's PDF; none for a draft. `rules` are the bytes of its rule file."""
    if record.review.status is Status.DRAFT:
        return ()
    facts = {
        "schema": SCHEMA,
        "file": paper.file,
        "rules": paper.rules,
        "language": paper.language,
        "languages": list(paper.languages),
        "organisation": paper.organisation,
        "manager": paper.manager,
        "made_with": dict(paper.made_with),
    }
    return attached((write_copy(record), rules, json_bytes(report_as_json(record)), json_bytes(facts)))


def attached(files: Iterable[bytes]) -> tuple[Attached, ...]:
    """Return attachments from the bytes of the files in `CARRIED`, in that order."""
    about = (
        ("The review, confidential lists left out", "Source"),
        ("The rules that it is scored by", "Source"),
        ("The score, step by step", "Data"),
        ("What the paper shows beyond them", "Supplement"),
    )
    return tuple(Attached(name, data, *words) for name, data, words in zip(CARRIED, files, about, strict=True))


def read_attachments(name: str, files: Mapping[str, bytes]) -> tuple[Carried | None, list[Diagnostic]]:
    """Return a PDF's attachments (None if they cannot be read) and the findings. `name` is the name of the PDF in findings."""
    missing = [file for file in CARRIED if file not in files]
    if missing:
        kind = catalogue.NOTHING_ATTACHED if len(missing) == len(CARRIED) else catalogue.ATTACHMENT_MISSING
        return None, [kind.at(Span(name), file=listed(missing))]
    paper, score = _read_paper(files[PAPER_FILE]), read_json(files[SCORE_FILE])
    if paper is None or score is None:
        broken = PAPER_FILE if paper is None else SCORE_FILE
        return None, [catalogue.ATTACHMENT_BROKEN.at(Span(name), file=broken, problem=phrase("it cannot be read"))]
    form_id, _, version = paper.rules.partition("@")
    form, found = read_form(rule_path(form_id, version), files[RULE_FILE], paper.languages)
    if form is None or has_errors(found):
        return None, _within(name, RULE_FILE, found)
    rules, _ = make_rulebook([form])
    review, found = read_copy(paper.file, files[REVIEW_FILE], rules)
    if review is None or has_errors(found):
        return None, _within(name, REVIEW_FILE, found)
    if review.status not in (Status.SUBMITTED, Status.PUBLISHED):
        problem = phrase("its status is {status}", status=STATUS[review.status.value])
        return None, [catalogue.ATTACHMENT_BROKEN.at(Span(name), file=REVIEW_FILE, problem=problem)]
    project = Project(Config(languages=paper.languages), Roster(), rules, (review,), ())
    record = make_record(project, review, review.taken, found)
    if record is None or has_errors(found):
        return None, _within(name, REVIEW_FILE, found)
    return Carried(project, record, paper, score), []


def _within(name: str, file: str, found: list[Diagnostic]) -> list[Diagnostic]:
    """Return the findings of an attachment as findings of the PDF."""
    errors = [item for item in found if item.is_error]
    said = [phrase("line {line}: {problem}", line=item.span.line, problem=item.sentence) for item in errors[:3]]
    problem = listed(said, Join.SEMICOLON) if said else phrase("it gives no review")
    return [catalogue.ATTACHMENT_BROKEN.at(Span(name), file=file, problem=problem)]


def of_pdf(name: str, found: list[Diagnostic]) -> list[Diagnostic]:
    """Return findings about the review in a PDF as findings of the PDF."""
    return [replace(item, span=Span(f"{name}/{REVIEW_FILE}", item.span.line, item.span.column)) for item in found]


def _read_paper(data: bytes) -> Paper | None:
    """Return the facts of the paper; None if kpigen cannot have written them."""
    facts = read_json(data)
    if not isinstance(facts, dict) or facts.get("schema") != SCHEMA:
        return None
    texts = [facts.get(key) for key in ("file", "rules", "language", "organisation", "manager")]
    languages, made_with = facts.get("languages"), facts.get("made_with")
    if not all(isinstance(text, str) for text in texts) or not isinstance(languages, list):
        return None
    file, rules, language, organisation, manager = map(str, texts)
    if language not in CODES or not languages or any(item not in CODES for item in languages):
        return None
    if not re.fullmatch(r"[A-Za-z0-9_-]+@[A-Za-z0-9.-]+", rules, re.ASCII) or not isinstance(made_with, dict):
        return None
    versions = {str(key): str(value) for key, value in made_with.items()}
    return Paper(file, rules, language, tuple(languages), organisation, manager, versions)
