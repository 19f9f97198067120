"""What a published review took by `auto`, against what the reviews that it took from say that they were."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from kpigen.base.periods import Period
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, shorten
from kpigen.diagnostics.values import Value, phrase
from kpigen.model.forms import AutoRule
from kpigen.model.reviews import Identity, Published, Review, Status, Taken
from kpigen.repository.project import Project
from kpigen.repository.records import make_record
from kpigen.repository.versions import versions_of
from kpigen.scoring.taken import of_team, own_inputs, sources_of, taken_for, uses_auto, uses_team


@dataclass(frozen=True, slots=True)
class _Issue:
    """A total that was in force from one day to another: from publication or an amendment to the next. `until` may be empty."""

    taken: Taken
    manager: str
    since: str
    until: str


class Issued:
    """The totals that the reviews of a project have had in force, by period and by what identifies the review."""

    def __init__(self, project: Project) -> None:
        """Read them from the reviews. They are not all known if something of the project could not be read."""
        self._project = project
        self._is_whole = not project.unread and not project.barriers
        self._by_period: dict[Period, list[tuple[_Issue, ...]]] = defaultdict(list)
        self._by_identity: dict[Identity, list[Review]] = defaultdict(list)
        self._points: dict[tuple[str, str], dict[str, str]] = {}
        for review in project.reviews:
            self._by_period[review.period].append(_issues(review))
            self._by_identity[review.identity].append(review)

    def unfounded(self, review: Review) -> Iterator[Diagnostic]:
        """Report totals in `published.taken` that the reviews did not have on the day of the seal, and any left out.

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
        problems: list[Value] = []
        if uses_team(review.metrics):
            team = self._by_period.get(review.period, [])
            problems += [*_wrong(review, block, team, on), *_left_out(review, block, team, on)]
        for name, rule in own_inputs(review.metrics):
            problems += [
                phrase("`{input}`: {problem}", input=name, problem=one) for one in self._own(review, name, rule, on)
            ]
        for problem in problems:
            yield catalogue.TAKEN_UNFOUNDED.at(review.span("published.taken", "status"), problem=problem)

    def _own(self, review: Review, name: str, rule: AutoRule, on: str) -> Iterator[Value]:
        """Yield why an input cannot have taken its totals from the employee's own reviews on a day, and which it left out."""
        block, sources = review.published, sources_of(rule, review)
        assert block is not None
        chains = [self._chain(one, rule) for source in sources for one in self._by_identity.get(source, ())]
        by_seal = {one.taken.seal: one for chain in chains for one in chain}
        places = {source.period: place for place, source in enumerate(sources)}
        taken = taken_for(name, block.taken)
        for item in taken:
            period, issue = shorten(item.period), by_seal.get(item.seal)
            if item.period not in places or item.is_points != bool(rule.indicator):
                yield phrase("that is not what it takes from {period}", period=period)
            elif [one.seal for one in taken].count(item.seal) > 1:
                yield phrase("{employee} is there twice", employee=period)
            elif issue is None or issue.taken.period != item.period:
                yield phrase("no review of {period} has had the seal that it names", period=period)
            elif (why := _why_not_then(item, issue, period, on)) is not None:
                yield why
        order = [places[item.period] for item in taken if item.period in places]
        if order != sorted(order):
            yield phrase("the periods are not in order")
        for chain in chains:
            yield from _missing(chain, chain, taken, on, by_period=True)

    def _chain(self, review: Review, rule: AutoRule) -> tuple[_Issue, ...]:
        """Return the totals, or the points of the indicator that a rule names, that a review has had in force.

        A version without points is left out. Points that cannot be worked out are empty: what amendments say is wrong then.
        """
        issues = _issues(review)
        if not rule.indicator:
            return issues
        key = (review.path, rule.indicator)
        if key not in self._points:
            self._points[key] = self._points_of(review, rule.indicator)
        points = self._points[key]
        return tuple(
            replace(one, taken=replace(one.taken, total=points.get(one.taken.seal, "")))
            for one in issues
            if points.get(one.taken.seal) != _NONE
        )

    def _points_of(self, review: Review, indicator: str) -> dict[str, str]:
        """Return the points that the versions of a review have had for an indicator, by seal, as far as they follow."""
        record = make_record(self._project, review, self._project.totals.taken_by(review), [])
        past = versions_of(self._project, record) if record else None
        found = {}
        for version in past.versions if past else ():
            form, block = version.record.form, version.record.review.published
            score = version.record.card.indicator(indicator) if form.indicator(indicator) else None
            if block is not None:
                found[block.seal] = _NONE if score is None or score.points is None else form.printed(score.points)
        return found


#: Stands for the points of a version that has none.
_NONE = "none"


def _wrong(review: Review, block: Published, team: list[tuple[_Issue, ...]], on: str) -> Iterator[Value]:
    """Yield why totals of the team cannot have been taken on a day."""
    by_seal = {one.taken.seal: one for chain in team for one in chain}
    seen: set[str] = set()
    for item in of_team(block.taken):
        if item.seal in seen:
            yield phrase("{employee} is there twice", employee=shorten(item.employee))
        elif (why := _why_unfounded(item, by_seal.get(item.seal), review.employee.id, on)) is not None:
            yield why
        seen.add(item.seal)


def _left_out(review: Review, block: Published, team: list[tuple[_Issue, ...]], on: str) -> Iterator[Value]:
    """Yield which totals of the team must have been taken on a day, and were not in any version."""
    own = [[one for one in chain if one.manager == review.employee.id] for chain in team]
    for chain, mine in zip(team, own, strict=True):
        yield from _missing(chain, mine, of_team(block.taken), on)


def _missing(
    chain: Iterable[_Issue], candidates: Iterable[_Issue], taken: Iterable[Taken], on: str, by_period: bool = False
) -> Iterator[Value]:
    """Yield each candidate of a chain that was in force all day, if no version of the chain was taken.

    What is not known (an empty total) is not missed. A total is named by its person, or by its period.
    """
    if not {item.seal for item in taken}.isdisjoint(one.taken.seal for one in chain):
        return
    for one in candidates:
        if one.taken.total and one.since < on and (not one.until or one.until > on):
            yield phrase(
                "{employee} had {total} since {date}, and is missing",
                employee=one.taken.period if by_period else one.taken.employee,
                total=one.taken.total,
                date=one.since,
            )


def _why_unfounded(item: Taken, issue: _Issue | None, manager: str, on: str) -> Value | None:
    """Return why a total cannot have been taken on a day, or None if it can."""
    employee = shorten(item.employee)
    if issue is None or issue.taken.employee != item.employee:
        return phrase("no review of {employee} in this period has had the seal that it names", employee=employee)
    if issue.manager != manager and Fraction(issue.taken.total) == Fraction(item.total):
        other = issue.manager or phrase("nobody")
        return phrase("the manager of {employee} was {other}", employee=employee, other=other)
    return _why_not_then(item, issue, employee, on)


def _why_not_then(item: Taken, issue: _Issue, whose: str, on: str) -> Value | None:
    """Return why a total under a seal was not in force on a day, or None if it was. `whose` is a person or a period."""
    total, said = issue.taken.total, item.total
    if total and Fraction(total) != Fraction(said):
        return phrase(
            "{employee} had {total} under that seal, not {said}", employee=whose, total=total, said=shorten(said)
        )
    if issue.since > on:
        return phrase("{employee} had {total} only on {date}", employee=whose, total=total, date=issue.since)
    if issue.until and issue.until < on:
        return phrase("{employee} had {total} only until {date}", employee=whose, total=total, date=issue.until)
    return None


def _issues(review: Review) -> tuple[_Issue, ...]:
    """Return the totals that a review has had in force, the newest first, as its amendments say."""
    block = review.published
    if block is None or not review.status.is_released:
        return ()
    dates = [block.on, *(item.date for item in review.amendments)]
    manager, id_, period = review.employee.manager or "", review.employee.id, str(review.period)
    found = []
    if review.status is Status.PUBLISHED:
        found.append(_Issue(Taken(id_, block.total, block.seal, period=period), manager, dates[-1], ""))
    for place, item in reversed(list(enumerate(review.amendments))):
        manager = next((change.old for change in item.changes if change.field == "employee.manager"), manager)
        found.append(_Issue(Taken(id_, item.total, item.seal, period=period), manager, dates[place], item.date))
    return tuple(found)
