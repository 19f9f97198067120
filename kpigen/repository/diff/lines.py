"""A review or the roster as plain lines in a fixed order, for line-based diff tools (git's `textconv`).

The lines depend on what the file says, and a review's on what it scores; not on layout, order, encoding or YAML comments.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from kpigen.base.places import RULES
from kpigen.base.sources import Tree
from kpigen.diagnostics.diagnostic import has_errors
from kpigen.document.reader import ID
from kpigen.files.config import Config, load_config
from kpigen.files.review import read_review
from kpigen.files.roster import COLUMNS, Roster, load_roster
from kpigen.files.spreadsheet import GB18030, UTF8
from kpigen.model.scores import Scorecard
from kpigen.repository.diff.compare import facts
from kpigen.repository.project import Project, load_rules
from kpigen.repository.records import make_record
from kpigen.scoring.fields import texts_of

_FORM = re.compile(rb"^form:[ \t]*[\"']?([A-Za-z0-9_-]+)", re.MULTILINE)


def review_lines(tree: Tree, data: bytes) -> tuple[str, ...] | None:
    """Return a review as lines: its fields, then points, total and grade. None if the review is invalid.

    The rules come from `tree`. Values of `auto` come from the `published` block, so they are open before publication.
    Confidential inputs appear as their summary, evidence as its name only: no other files of the review are available.
    """
    project = _rules_of(tree, data)
    review, found = read_review("", data, project.rules, lambda _: "")
    if review is None or has_errors(found):
        return None
    record = make_record(project, review, review.published.taken if review.published else (), found)
    return None if record is None else (*_said(facts(record)), *_scored(record.card))


def roster_lines(tree: Tree, data: bytes) -> tuple[str, ...] | None:
    """Return a roster as comma-separated lines in order of id and date; None if this is no roster, or an invalid one.

    The settings of `tree` may declare another encoding than those of the revision that the file is from, so each is tried.
    """
    for encoding in dict.fromkeys((load_config(tree)[0].roster_encoding, UTF8, GB18030)):
        roster, found = load_roster(data, encoding)
        if roster.exists and not has_errors(found):
            rows = [line.as_row() for lines in roster.by_id.values() for line in lines]
            text = io.StringIO()
            csv.writer(text, lineterminator="\n").writerows([tuple(COLUMNS), *rows])
            return tuple(text.getvalue().splitlines())
    return None


def _rules_of(tree: Tree, data: bytes) -> Project:
    """Return a project with only the rules of the review's form. Reading all forms for each of many reviews is too slow."""
    named = _FORM.search(data)
    form = named[1].decode() if named else ""
    rules, _ = load_rules(tree, tree.paths(f"{RULES}/{form}") if ID.fullmatch(form) else (), ())
    return Project(Config(), Roster(), rules, (), ())


def _said(data: dict[str, object]) -> Iterator[str]:
    for key, value in data.items():
        for field, text in sorted(texts_of({key: value}).items()):
            if not field.endswith(".sha256"):
                yield from (f"{field}: {line}".rstrip() for line in text.splitlines())


def _scored(card: Scorecard) -> Iterator[str]:
    for item in card.indicators:
        yield f"points.{item.id}: {'open' if item.points is None else card.form.printed(item.points)}"
    for bonus in card.bonus:
        yield f"points.{bonus.id}: {card.form.printed(bonus.points)}"
    yield f"total: {'open' if card.total is None else card.form.printed(card.total)}"
    if card.form.grades:
        yield f"grade: {card.grade or 'open'}"
