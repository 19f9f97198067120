"""What a published review took from its team by `auto`, against what the team's reviews say that they were."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from kpigen.base.periods import Period
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, shorten
from kpigen.diagnostics.values import Value, phrase
from kpigen.model.reviews import Published, Review, Status, Taken
from kpigen.repository.project import Project
from kpigen.scoring.team import uses_auto


@dataclass(frozen=True, slots=True)
class _Issue:
    """A total that was in force from one day to another: from publication or an amendment to the next. `until` may be empty."""

    taken: Taken
    manager: str
    since: str
    until: str


class Issued:
    """The totals that the reviews of a project have had in force, by period."""

    def __init__(self, project: Project) -> None:
        """Read them from the reviews. They are not all known if something of the project could not be read."""
        self._is_whole = not project.unread and not project.barriers
        self._by_period: dict[Period, list[tuple[_Issue, ...]]] = defaultdict(list)
        for review in project.reviews:
            self._by_period[review.period].append(_issues(review))

    def unfounded(self, review: Review) -> Iterator[Diagnostic]:
        """Report totals in `published.taken` that the team's reviews did not have on the day of the seal, and any left out.

        The day is that of publication or of the last amendment, which takes all totals anew. Two steps of one day may have
        come in either order. Nothing is reported of a withdrawn review, or if the totals are not all known.
        """
        block = review.published
        if (
            block is None
            or review.status is not Status.PUBLISHED
            or not uses_auto(review.metrics)
            or not self._is_whole
        ):
            return
        on = review.amendments[-1].date if review.amendments else block.on
        team = self._by_period.get(review.period, [])
        for problem in (*_wrong(review, block, team, on), *_left_out(review, block, team, on)):
            yield catalogue.TAKEN_UNFOUNDED.at(review.span("published.taken", "status"), problem=problem)


def _wrong(review: Review, block: Published, team: list[tuple[_Issue, ...]], on: str) -> Iterator[Value]:
    """Yield why totals cannot have been taken on a day."""
    by_seal = {one.taken.seal: one for chain in team for one in chain}
    seen: set[str] = set()
    for item in block.taken:
        if item.seal in seen:
            yield phrase("{employee} is there twice", employee=shorten(item.employee))
        elif (why := _why_unfounded(item, by_seal.get(item.seal), review.employee.id, on)) is not None:
            yield why
        seen.add(item.seal)


def _left_out(review: Review, block: Published, team: list[tuple[_Issue, ...]], on: str) -> Iterator[Value]:
    """Yield which totals must have been taken on a day, and were not in any version."""
    seals = {item.seal for item in block.taken}
    for chain in team:
        for one in chain:
            in_force = one.since < on and (not one.until or one.until > on)
            if in_force and one.manager == review.employee.id and seals.isdisjoint(other.taken.seal for other in chain):
                employee, total = one.taken.employee, one.taken.total
                yield phrase(
                    "{employee} had {total} since {date}, and is missing",
                    employee=employee,
                    total=total,
                    date=one.since,
                )


def _why_unfounded(item: Taken, issue: _Issue | None, manager: str, on: str) -> Value | None:
    """Return why a total cannot have been taken on a day, or None if it can."""
    employee = shorten(item.employee)
    if issue is None or issue.taken.employee != item.employee:
        return phrase("no review of {employee} in this period has had the seal that it names", employee=employee)
    total, said = issue.taken.total, item.total
    if Fraction(total) != Fraction(said):
        return phrase(
            "{employee} had {total} under that seal, not {said}", employee=employee, total=total, said=shorten(said)
        )
    if issue.manager != manager:
        other = issue.manager or phrase("nobody")
        return phrase("the manager of {employee} was {other}", employee=employee, other=other)
    if issue.since > on:
        return phrase("{employee} had {total} only on {date}", employee=employee, total=total, date=issue.since)
    if issue.until and issue.until < on:
        return phrase("{employee} had {total} only until {date}", employee=employee, total=total, date=issue.until)
    return None


def _issues(review: Review) -> tuple[_Issue, ...]:
    """Return the totals that a review has had in force, the newest first, as its amendments say."""
    block = review.published
    if block is None or not review.status.is_released:
        return ()
    dates = [block.on, *(item.date for item in review.amendments)]
    manager, id_ = review.employee.manager or "", review.employee.id
    found = []
    if review.status is Status.PUBLISHED:
        found.append(_Issue(Taken(id_, block.total, block.seal), manager, dates[-1], ""))
    for place, item in reversed(list(enumerate(review.amendments))):
        manager = next((change.old for change in item.changes if change.field == "employee.manager"), manager)
        found.append(_Issue(Taken(id_, item.total, item.seal), manager, dates[place], item.date))
    return tuple(found)
