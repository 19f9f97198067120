"""Who may read what. Each folder of the site has one set of readers; a page lies where its readers say."""

from __future__ import annotations

from kpigen.repository.records import Record

EVERYONE, HR, AUDITOR = "everyone", "hr", "auditor"

#: A reader: `everyone`, `hr` (not limited to departments), `auditor`, `hr-department:NAME`, `employee:ID`, `manager:ID`.
Readers = frozenset[str]

PUBLIC: Readers = frozenset({EVERYONE})
OFFICE: Readers = frozenset({HR, AUDITOR})


def of_person(id_: str) -> Readers:
    """Return who reads a person's own pages over all periods."""
    return OFFICE | {f"employee:{id_}"}


def of_team(manager: str) -> Readers:
    """Return who reads a manager's team pages."""
    return OFFICE | {f"manager:{manager}"}


def of_period(id_: str, manager: str | None, departments: frozenset[str]) -> Readers:
    """Return who reads a person's reports of one period: also the manager then, and HR of the departments then."""
    more = {f"hr-department:{name}" for name in departments}
    return of_person(id_) | more | ({f"manager:{manager}"} if manager else set())


def entitled(record: Record) -> Readers:
    """Return everyone who may see a record's numbers."""
    employee = record.review.employee
    return of_period(employee.id, record.manager, frozenset({employee.department}))
