"""Under whose name a confirmation stands, and who that should be by the review and the roster."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from kpigen.base.names import folded
from kpigen.base.roles import Role
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, shorten
from kpigen.diagnostics.terms import ROLES
from kpigen.diagnostics.values import Join, listed
from kpigen.model.reviews import Confirmation, Review
from kpigen.repository.project import Project
from kpigen.repository.records import manager_of


class Names:
    """The names that people have in a project."""

    def __init__(self, project: Project) -> None:
        """Use the reviews and the roster of this project."""
        self._project = project

    def misnamed(self, review: Review) -> Iterator[Diagnostic]:
        """Report confirmations of the employee and the assessor that stand under the name of somebody else.

        Nothing is reported if the right person has confirmed the same content too.
        """
        rightly = {(one.role, one.of) for one in review.confirmations if not self.is_misnamed(review, one)}
        for place, entry in enumerate(review.confirmations):
            if (entry.role, entry.of) not in rightly:
                yield catalogue.OTHER_NAME.at(
                    review.span(f"confirmations.{place}", "status"),
                    name=shorten(entry.name),
                    role=ROLES[entry.role],
                    names=listed(map(shorten, self._expected(review, entry.role)), Join.OR),
                )

    def is_misnamed(self, review: Review, entry: Confirmation) -> bool:
        """Return whether a confirmation of the employee or the assessor stands under the name of somebody else.

        A deputy may confirm for the manager: anybody on the roster but the employee. If there is no name, nobody is another.
        """
        expected = self._expected(review, entry.role)
        if not expected or _is_among(entry.name, expected):
            return False
        is_deputy = (
            entry.role == Role.ASSESSOR
            and _bare(entry.name) in self._on_roster
            and not _is_among(entry.name, self._expected(review, Role.EMPLOYEE))
        )
        return not is_deputy

    def _expected(self, review: Review, role: str) -> list[str]:
        """Return the names of whoever should confirm in a role, the earlier ones too; none if that is open."""
        roster = self._project.roster.by_id
        if role == Role.EMPLOYEE:
            changes = (change for item in review.amendments for change in item.changes)
            corrected = (change.old for change in changes if change.field == "employee.name")
            return _known(
                [review.employee.name, *corrected, *(line.name for line in roster.get(review.employee.id, ()))]
            )
        if role == Role.ASSESSOR:
            return _known(line.name for line in roster.get(manager_of(self._project, review) or "", ()))
        return []

    @cached_property
    def _on_roster(self) -> frozenset[str]:
        return frozenset(_bare(line.name) for lines in self._project.roster.by_id.values() for line in lines)


def _known(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, names)))


def _is_among(name: str, names: Iterable[str]) -> bool:
    return _bare(name) in map(_bare, names)


def _bare(name: str) -> str:
    """Return a name without what is only a way of writing it: width, case, blanks, points."""
    return "".join(char for char in folded(name) if char.isalnum())
