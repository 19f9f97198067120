"""Checks of who would read a report: a slip in an id, a login or a manager shows it to somebody else."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from kpigen.base.names import folded, is_device
from kpigen.base.periods import Period
from kpigen.base.places import ROSTER
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, Span, shorten
from kpigen.diagnostics.values import Value, as_written, phrase, phrase_by_count
from kpigen.files.logins import why_no_login
from kpigen.files.roster import Roster, RosterLine
from kpigen.model.reviews import Review, Status
from kpigen.repository.checks.context import Context
from kpigen.repository.project import Project
from kpigen.repository.readers import entitled, readers_of_logins
from kpigen.repository.records import Record

#: The fields of a review that decide who reads it, and who that is.
_READ_BY = {
    "name": phrase("whoever has this id"),
    "manager": phrase("this manager"),
    "department": phrase("HR of this department"),
}

#: How many reports a finding lists.
_LISTED = 5


def logins(context: Context) -> Iterator[Diagnostic]:
    """Report logins of the roster that mean more than one person, or another person's, to some servers."""
    project = context.project
    settings = (*(entry.login for entry in project.config.hr), *project.config.auditors)
    owners: dict[str, tuple[str, Value]] = {folded(login): (login, phrase("the settings")) for login in settings}
    for line in _lines(project.roster):
        if not line.login:
            continue
        span = Span(ROSTER, line.number)
        why = why_no_login(line.login)
        if why is not None:
            yield catalogue.LOGIN_SHAPE.at(span, login=shorten(line.login), why=why)
        other, who = owners.setdefault(folded(line.login), (line.login, line.id))
        if other != line.login:
            yield catalogue.LOGINS_ALIKE.at(span, login=shorten(line.login), other=shorten(other), who=who)


def _lines(roster: Roster) -> Iterator[RosterLine]:
    for lines in roster.by_id.values():
        yield from lines


def ids(context: Context) -> Iterator[Diagnostic]:
    """Report ids of people that are one id, or none, on some systems."""
    first: dict[str, str] = {}
    told: set[str] = set()
    for id_, span in _ids(context.project):
        other = first.setdefault(folded(id_), id_)
        if id_ in told:
            continue
        if other != id_:
            told.add(id_)
            yield catalogue.IDS_ALIKE.at(span, id=id_, other=other)
        elif is_device(id_):
            told.add(id_)
            yield catalogue.ID_DEVICE.at(span, id=id_)


def _ids(project: Project) -> Iterator[tuple[str, Span]]:
    for line in _lines(project.roster):
        yield line.id, Span(ROSTER, line.number)
    for review in project.reviews:
        yield review.employee.id, review.span("employee.id")
    for line in _lines(project.roster):
        if line.manager:
            yield line.manager, Span(ROSTER, line.number)
    for review in project.reviews:
        if review.employee.manager:
            yield review.employee.manager, review.span("employee.manager")


def people(context: Context) -> Iterator[Diagnostic]:
    """Report an id that passes from one person to another, who would read the reports of the first."""
    for lines in context.project.roster.by_id.values():
        for earlier, later in itertools.pairwise(lines):
            if folded(earlier.name) != folded(later.name) and earlier.login != later.login:
                yield catalogue.ID_OF_TWO.at(
                    Span(ROSTER, later.number),
                    employee=later.id,
                    name=later.name,
                    other=earlier.name,
                    line=earlier.number,
                )


def ended(context: Context) -> Iterator[Diagnostic]:
    """Report logins that no line has any more, as of today: of people who have left, or who have another login now."""
    if context.today is None:
        return
    last: dict[tuple[str, str], RosterLine] = {}
    for line in _lines(context.project.roster):
        if line.login:
            last[line.id, line.login] = line  # a person's lines are in order
    for line in last.values():
        if line.end < context.today:
            yield catalogue.LOGIN_ENDED.at(
                Span(ROSTER, line.number), login=shorten(line.login), employee=line.id, date=str(line.end)
            )


def named_readers(context: Context) -> Iterator[Diagnostic]:
    """Report reviews on their way that would be read by others than the roster says."""
    project = context.project
    for review in project.reviews:
        if review.status.is_released or not project.roster.exists:
            continue
        for key, who in _READ_BY.items():
            if admits_others(project, review, key):
                value = getattr(review.employee, key)
                yield catalogue.READERS_OTHER.at(
                    review.span(f"employee.{key}"),
                    key=f"employee.{key}",
                    value=shorten(value),
                    roster=shorten(", ".join(_on_roster(project, review, key))),
                    period=str(review.period),
                    who=who,
                )
        yield from _manager(project, review)


def admits_others(project: Project, review: Review, key: str) -> bool:
    """Return whether a review on its way would be read by somebody whom the roster does not mean, by this field.

    Any line of the period counts, so that the manager before a transfer may stand there. Another name means that the id is
    somebody else's; capital letters, the width of letters and blanks make no name.
    """
    if review.status.is_released or key not in _READ_BY:
        return False
    value, named = getattr(review.employee, key), _on_roster(project, review, key)
    if not value or not named or value in named:
        return False
    match key:
        case "name":
            return _plain(value) not in map(_plain, named)
        case "department":
            return any(value in (entry.departments or ()) for entry in project.config.hr)
        case _:
            return True


def _plain(name: str) -> str:
    return "".join(folded(name).split())


def _on_roster(project: Project, review: Review, key: str) -> list[str]:
    """Return what the lines of a review's person say in its period."""
    period = review.period
    found = (getattr(line, key) for line in project.roster.within(review.employee.id, period))
    return list(dict.fromkeys(value for value in found if value))


def _manager(project: Project, review: Review) -> Iterator[Diagnostic]:
    roster, period, manager = project.roster, review.period, review.employee.manager
    line = roster.at(review.employee.id, period.last_day)
    if not manager:
        # Once it is submitted, to write the manager would change what people have confirmed.
        if review.status is Status.DRAFT and line is not None and line.manager:
            yield catalogue.MANAGER_UNNAMED.at(review.span("employee.id"), period=str(period), manager=line.manager)
    elif line is not None and line.manager == manager:
        return  # the roster says the same; that this manager has no line there is a finding of the roster
    elif roster.in_period(manager, period) is None and not admits_others(project, review, "manager"):
        yield catalogue.MANAGER_ABSENT.at(
            review.span("employee.manager"), manager=manager, period=str(period), roster=ROSTER
        )


def shared_evidence(context: Context) -> Iterator[Diagnostic]:
    """Report evidence of reviews on their way that is evidence of somebody else too, whatever its name is there."""
    owners: dict[str, list[Review]] = defaultdict(list)
    for review in context.project.reviews:
        if review.status is not Status.WITHDRAWN:
            for digest in {item.digest for items in review.evidence.values() for item in items if not item.is_link}:
                owners[digest].append(review)
    for review in context.project.reviews:
        if review.status.is_released:
            continue
        for id_, items in review.evidence.items():
            for item in items:
                others = (one for one in owners.get(item.digest, ()) if one.employee.id != review.employee.id)
                other = next(others, None)
                if other is not None:
                    yield catalogue.EVIDENCE_SHARED.at(
                        review.span(f"evidence.{id_}.{item.name}"),
                        path=shorten(item.name),
                        employee=other.employee.id,
                        other=other.path,
                    )


def widened(base: Project, before: Sequence[Record], project: Project, after: Sequence[Record]) -> Iterator[Diagnostic]:
    """Report each login that may read reports that were published in `base` already, and could not read them then."""
    then, now = readers_of_logins(base.roster, base.config), readers_of_logins(project.roster, project.config)
    released = {record.review.identity: record for record in before if record.is_published}
    beside, beside_then = _by_person_and_period(after), _by_person_and_period(before)
    opened: dict[str, list[Record]] = defaultdict(list)
    reading: dict[str, set[str]] = defaultdict(set)
    for record in after:
        old = released.get(record.review.identity)
        if old is None or not record.is_published:
            continue
        key = (record.review.employee.id, record.review.period)
        readers, readers_then = entitled(record, beside[key]), entitled(old, beside_then[key])
        for login, tokens in now.items():
            if tokens & readers and not then.get(login, frozenset()) & readers_then:
                opened[login].append(record)
                reading[login] |= tokens & readers
    lines = {line.login: line for line in _lines(project.roster)}
    for login, records in opened.items():
        line, first = lines.get(login), records[0].review
        names = as_written(" ".join(record.review.identity) for record in records[:_LISTED])
        yield catalogue.READERS_WIDENED.at(
            Span(ROSTER, line.number) if line else first.span("employee.department", "employee.id"),
            login=shorten(login),
            reports=phrase_by_count("{count} published report", "{count} published reports", count=len(records)),
            readers=as_written(sorted(reading[login])),
            list=phrase("{fields} …", fields=names) if len(records) > _LISTED else names,
        )


def _by_person_and_period(records: Iterable[Record]) -> dict[tuple[str, Period], list[Record]]:
    found: dict[tuple[str, Period], list[Record]] = defaultdict(list)
    for record in records:
        if record.review.status is not Status.DRAFT:
            found[record.review.employee.id, record.review.period].append(record)
    return found
