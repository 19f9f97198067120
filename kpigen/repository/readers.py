"""Who may read what. Each folder of the site has one set of readers; the readers of a page decide its folder."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from kpigen.files.config import Config
from kpigen.files.roster import Roster
from kpigen.i18n.messages import Messages, mark
from kpigen.repository.records import Record

EVERYONE, WHOLE_HR, AUDITOR = "everyone", "hr", "auditor"

#: A reader: `everyone`, `hr` (not limited to departments), `auditor`, `hr-department:NAME`, `employee:ID`, `manager:ID`.
Readers = frozenset[str]

#: Names of readers on pages, by the part before the colon.
_NAMES = {
    EVERYONE: mark("everyone who may see this site"),
    WHOLE_HR: mark("HR"),
    AUDITOR: mark("auditors"),
    "employee": mark("the employee"),
    "manager": mark("the manager of that period"),
    "hr-department": mark("HR of the department"),
}

PUBLIC: Readers = frozenset({EVERYONE})
OFFICE: Readers = frozenset({WHOLE_HR, AUDITOR})


def employee(id_: str) -> str:
    """Return the reader for an employee."""
    return f"employee:{id_}"


def manager(id_: str) -> str:
    """Return the reader for a manager."""
    return f"manager:{id_}"


def hr_of(department: str) -> str:
    """Return the reader for HR of a department."""
    return f"hr-department:{department}"


def of_person(id_: str) -> Readers:
    """Return the readers of a person's own pages over all periods."""
    return OFFICE | {employee(id_)}


def of_team(id_: str) -> Readers:
    """Return the readers of a manager's team pages."""
    return OFFICE | {manager(id_)}


def of_period(id_: str, managers: Iterable[str | None], departments: frozenset[str]) -> Readers:
    """Return the readers of a person's reports of one period, including that period's managers and HR of its departments."""
    more = {hr_of(name) for name in departments}
    return of_person(id_) | more | {manager(one) for one in managers if one}


def entitled(record: Record, beside: Iterable[Record]) -> Readers:
    """Return everyone who may see a record's numbers: those of `beside`, of the same person and period, may too.

    They have other managers only where the roster has them one after the other: a check makes sure.
    """
    person = record.review.employee
    managers = (record.manager, *(item.manager for item in beside))
    return of_period(person.id, managers, frozenset({person.department}))


def readers_of_logins(roster: Roster, config: Config) -> dict[str, Readers]:
    """Return what each login reads as: the logins of the roster, whatever its dates are, and those of the settings."""
    logins: dict[str, set[str]] = defaultdict(set)
    for id_, lines in roster.by_id.items():
        for line in lines:
            if line.login:
                logins[line.login] |= {employee(id_), manager(id_)}
    for entry in config.hr:
        logins[entry.login] |= {WHOLE_HR} if entry.departments is None else {hr_of(name) for name in entry.departments}
    for login in config.auditors:
        logins[login].add(AUDITOR)
    return {login: frozenset(readers) for login, readers in sorted(logins.items())}


def in_words(readers: Readers, words: Messages) -> tuple[str, ...]:
    """Return the readers in words, in the order of their names in the access list."""
    return tuple(words.gettext(_NAMES[reader.partition(":")[0]]) for reader in sorted(readers))
