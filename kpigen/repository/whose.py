"""Whose review a finding is about: an id in a path says little to whoever reads the findings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePosixPath

from kpigen.base.periods import parse_period
from kpigen.base.places import REVIEWS, is_review_path
from kpigen.diagnostics.diagnostic import Diagnostic, Person
from kpigen.document.reader import ID
from kpigen.repository.project import Project


def with_persons(found: Iterable[Diagnostic], project: Project) -> tuple[Diagnostic, ...]:
    """Return findings, each about a review with the employee whose it is."""
    persons = {review.path: Person(review.employee.id, review.employee.name) for review in project.reviews}
    return tuple(
        replace(item, person=persons.get(item.span.path) or _by_path(item.span.path, project)) for item in found
    )


def _by_path(path: str, project: Project) -> Person | None:
    """Return whose review a file is that is gone or cannot be read, by its name: the id in it, and the name on the roster."""
    if not path.startswith(f"{REVIEWS}/") or not is_review_path(path):
        return None
    id_ = PurePosixPath(path).name.partition(".")[0]
    period = parse_period(PurePosixPath(path).parent.name)
    if not ID.fullmatch(id_) or period is None:
        return None
    line = project.roster.in_period(id_, period)
    return Person(id_, line.name if line else "")
