"""Exceptions that the settings acknowledge: their warnings are counted, not shown. Errors cannot be acknowledged.

Nor can a warning about what was sealed, agreed to or compared with an earlier revision, or one that depends on the machine.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, Severity, shorten
from kpigen.diagnostics.values import as_written, phrase
from kpigen.files.config import Acknowledgement
from kpigen.model.reviews import Review
from kpigen.repository.checks.context import Context
from kpigen.repository.project import Project

#: The codes that may be acknowledged: what is unusual, but may be meant.
MAY_BE_ACKNOWLEDGED = frozenset(
    kind.code
    for kind in (
        catalogue.STRAY_FILE,
        catalogue.HIDDEN_FILE,
        catalogue.RULE_WARNING,
        catalogue.ROSTER_DIFFERENCE,
        catalogue.FORM_DIFFERENCE,
        catalogue.ROSTER_MANAGER,
        catalogue.AUTO_MEMBER_MISSING,
        catalogue.AUTO_NOT_NAMED,
        catalogue.OWN_MISSING,
        catalogue.LOGIN_ENDED,
        catalogue.MANAGER_ABSENT,
        catalogue.EVIDENCE_SHARED,
        catalogue.COMMENTS_MISSING,
        catalogue.QUOTA_EXCEEDED,
    )
)


class Acknowledged(NamedTuple):
    """A finding that the settings acknowledge, and the reason that they give."""

    finding: Diagnostic
    reason: str


class Sorted(NamedTuple):
    """The findings that remain, those that are acknowledged, and the acknowledgements that match none."""

    found: tuple[Diagnostic, ...]
    acknowledged: tuple[Acknowledged, ...]
    idle: tuple[Acknowledgement, ...]


def acknowledgements(context: Context) -> Iterator[Diagnostic]:
    """Report acknowledgements of what cannot be acknowledged."""
    for item in context.project.config.acknowledged:
        kind = catalogue.ALL.get(item.code)
        if item.code in MAY_BE_ACKNOWLEDGED:
            continue
        if kind is None:
            why = phrase("there is no such code")
        elif kind.severity is Severity.ERROR:
            why = phrase("it is an error")
        else:
            why = phrase("it guards seals and the record, or depends on the machine")
        may = as_written(sorted(MAY_BE_ACKNOWLEDGED))
        yield catalogue.NOT_ACKNOWLEDGED.at(item.span, code=shorten(item.code), why=why, may=may)


def sort_out(project: Project, found: Iterable[Diagnostic]) -> Sorted:
    """Return the findings of a project, with those apart that its settings acknowledge."""
    entries = [item for item in project.config.acknowledged if item.code in MAY_BE_ACKNOWLEDGED]
    by_what = {(item.code, item.path, item.employee, item.period): item for item in reversed(entries)}
    reviews = {review.path: review for review in project.reviews}
    used: set[Acknowledgement] = set()
    rest, acknowledged = [], []
    for finding in found:
        matching = [by_what[key] for key in _keys(finding, reviews.get(finding.span.path)) if key in by_what]
        used.update(matching)
        if matching:
            acknowledged.append(Acknowledged(finding, matching[0].reason))
        else:
            rest.append(finding)
    idle = tuple(item for item in entries if item not in used)
    return Sorted(tuple(rest), tuple(acknowledged), idle)


def idle_told(idle: Iterable[Acknowledgement]) -> Iterator[Diagnostic]:
    """Report acknowledgements that match no finding any more."""
    for item in idle:
        yield catalogue.ACKNOWLEDGEMENT_IDLE.at(item.span, code=item.code)


def _keys(finding: Diagnostic, review: Review | None) -> Iterator[tuple[str, str, str, str]]:
    """Yield what an acknowledgement of a finding may say. It is about a review, or about somebody on the roster."""
    about = {name: value for name, value in finding.args if isinstance(value, str)}
    employee = review.employee.id if review else about.get("employee") or about.get("manager", "")
    period = str(review.period) if review else about.get("period", "")
    places = itertools.product({finding.span.path, ""}, {employee, ""}, {period, ""})
    yield from ((finding.code, *place) for place in sorted(places, reverse=True))
