"""Checks of the team's totals that `auto` takes: missing team members, totals that have changed since, and cycles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic
from kpigen.diagnostics.values import Value, as_written, listed
from kpigen.files.roster import RosterLine
from kpigen.model.reviews import Auto, Review
from kpigen.repository.checks.context import Context
from kpigen.repository.checks.moved import moved
from kpigen.scoring.taken import of_team, uses_team

#: What the totals of a team are out of.
_FULL = 100


def team_totals(context: Context, review: Review, *, is_founded: bool) -> Iterator[Diagnostic]:
    """Report team members whose totals are missing, and totals that have changed since they were taken."""
    if not uses_team(review.metrics):
        return
    id_, totals = _first(review), context.project.totals
    span, now = review.span(f"metrics.{id_}"), totals.of_team(review.employee.id, review.period)
    present = {taken.employee for taken in now}
    absent = [line for line in context.project.roster.team(review.employee.id, review.period) if line.id not in present]
    unnamed = [line for line in absent if totals.has_published(line.id, review.period)]
    unpublished = [line for line in absent if line not in unnamed]
    if unnamed:
        yield catalogue.AUTO_NOT_NAMED.at(
            span,
            key=id_,
            members=_members(unnamed),
            employee=review.employee.id,
            period=str(review.period),
        )
    if unpublished and now:
        yield catalogue.AUTO_MEMBER_MISSING.at(span, key=id_, members=_members(unpublished), period=str(review.period))
    yield from _other_scales(context, review, id_)
    if review.published is not None and is_founded:
        yield from moved(review, id_, span, of_team(review.published.taken), now)


def _other_scales(context: Context, review: Review, key: str) -> Iterator[Diagnostic]:
    """Report totals of the team that are not out of 100, as those are that `auto` takes."""
    team = [
        record
        for record in context.records
        if record.is_published
        and record.review.employee.manager == review.employee.id
        and record.review.period == review.period
        and record.form.full != _FULL
    ]
    if team:
        yield catalogue.AUTO_SCALE.at(
            review.span(f"metrics.{key}"),
            key=key,
            members=listed(dict.fromkeys(f"{one.review.employee.id} {one.review.employee.name}" for one in team)),
            forms=as_written(sorted({one.form.key for one in team})),
        )


def _first(review: Review) -> str:
    """Return the first indicator with an input that takes the totals of the team."""
    return next(
        id_
        for id_, inputs in review.metrics.items()
        if any(isinstance(value, Auto) and not value.rule.is_own for value in inputs.values())
    )


def _members(lines: Iterable[RosterLine]) -> Value:
    return listed(f"{line.id} {line.name}" for line in lines)


def circles(context: Context) -> Iterator[Diagnostic]:
    """Report people whose automatic totals depend on each other in one period."""
    users = [record.review for record in context.records if uses_team(record.review.metrics)]
    takes: dict[tuple[str, str], set[str]] = defaultdict(set)
    automatic = {(review.employee.id, str(review.period)) for review in users}
    for review in context.project.reviews:
        member, manager, period = review.employee.id, review.employee.manager, str(review.period)
        if manager and (manager, period) in automatic and (member, period) in automatic:
            takes[manager, period].add(member)
    for review in users:
        period = str(review.period)
        chain, seen = [review.employee.id], set()
        while (chain[-1], period) not in seen:
            seen.add((chain[-1], period))
            following = sorted(takes.get((chain[-1], period), ()))
            back = [member for member in following if member == review.employee.id]
            if not following:
                break
            chain.append(back[0] if back else following[0])
            if back:
                key = _first(review)
                yield catalogue.AUTO_CYCLE.at(review.span(f"metrics.{key}"), key=key, circle=" → ".join(chain))
                break
