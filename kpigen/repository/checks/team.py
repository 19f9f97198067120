"""Checks of `auto`: missing team members, totals that have changed since, and cycles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from fractions import Fraction

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic
from kpigen.diagnostics.values import Join, Value, listed, phrase, phrase_by_count
from kpigen.files.roster import RosterLine
from kpigen.model.reviews import Auto, Review, Status, Taken
from kpigen.numbers.notation import total_text
from kpigen.repository.checks.context import Context
from kpigen.repository.checks.taken import Issued
from kpigen.scoring.team import as_numbers, uses_auto


def automatic_totals(context: Context) -> Iterator[Diagnostic]:
    """Report problems of `auto` values: missing team members, totals that have changed since, and cycles."""
    users = [record for record in context.records if uses_auto(record.review.metrics)]
    published = {
        (review.employee.id, review.period)
        for review in context.project.reviews
        if review.status is Status.PUBLISHED and review.published
    }
    issued = Issued(context.project)
    yield from _circles([record.review for record in users], context.project.reviews)
    for record in users:
        review = record.review
        if review.status is Status.WITHDRAWN:  # a withdrawn review is not updated any more
            continue
        id_ = next(
            id_ for id_, inputs in review.metrics.items() if any(isinstance(value, Auto) for value in inputs.values())
        )
        span, now = review.span(f"metrics.{id_}"), context.project.teams.totals(review.employee.id, review.period)
        present = {taken.employee for taken in now}
        absent = [
            line for line in context.project.roster.team(review.employee.id, review.period) if line.id not in present
        ]
        unnamed = [line for line in absent if (line.id, review.period) in published]
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
            yield catalogue.AUTO_MEMBER_MISSING.at(
                span, key=id_, members=_members(unpublished), period=str(review.period)
            )
        if review.published is not None:
            then = review.published.taken
            unfounded = list(issued.unfounded(review))
            yield from unfounded
            changed = list(_moved(_by_person(then), _by_person(now)))
            if changed and not unfounded:
                yield catalogue.AUTO_CHANGED.at(
                    span,
                    key=id_,
                    taken=_say(then),
                    now=_say(now),
                    changed=listed(changed, Join.SEMICOLON),
                    path=review.path,
                )


def _members(lines: Iterable[RosterLine]) -> Value:
    return listed(f"{line.id} {line.name}" for line in lines)


def _by_person(taken: Iterable[Taken]) -> dict[str, list[Fraction]]:
    """Return the totals of each person. Seals are ignored: an amended comment changes the seal but not the total."""
    totals: dict[str, list[Fraction]] = defaultdict(list)
    for item in taken:
        totals[item.employee].append(Fraction(item.total))
    return {person: sorted(values) for person, values in totals.items()}


def _moved(then: dict[str, list[Fraction]], now: dict[str, list[Fraction]]) -> Iterator[Value]:
    """Yield a phrase for each person whose totals have changed."""
    for person in sorted(then.keys() | now.keys()):
        first, last = then.get(person, []), now.get(person, [])
        if first != last:
            before, after = (listed(map(total_text, totals), Join.AND) for totals in (first, last))
            yield phrase("{person} {before}, now {now}", person=person, before=before, now=after)


def _say(taken: Iterable[Taken]) -> Value:
    numbers = as_numbers(taken)
    if numbers is None:
        return phrase("nothing")
    return phrase_by_count(
        "{count} total with mean {mean}",
        "{count} totals with mean {mean}",
        count=numbers.count,
        mean=total_text(numbers.mean),
    )


def _circles(users: list[Review], reviews: tuple[Review, ...]) -> Iterator[Diagnostic]:
    """Report people whose automatic totals depend on each other in one period."""
    takes: dict[tuple[str, str], set[str]] = defaultdict(set)
    automatic = {(review.employee.id, str(review.period)) for review in users}
    for review in reviews:
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
                key = next(
                    f"metrics.{id_}"
                    for id_, inputs in review.metrics.items()
                    if any(isinstance(v, Auto) for v in inputs.values())
                )
                yield catalogue.AUTO_CYCLE.at(
                    review.span(key), key=key.removeprefix("metrics."), circle=" → ".join(chain)
                )
                break
