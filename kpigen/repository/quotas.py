"""Quotas of grades: how many of a group have a grade, and how many are meant to have it at most. Nothing is forced."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from kpigen.base.periods import Period
from kpigen.model.forms import Form
from kpigen.model.reviews import Status
from kpigen.repository.records import Record

#: The reviews that count: those that people may see.
_COUNTED = (Status.SUBMITTED, Status.PUBLISHED)


@dataclass(frozen=True, slots=True)
class Share:
    """How many of the `people` of a group `have` a grade in a period, and the share that is meant to have it at most.

    The group is a department by its name, or a manager's people by the manager's id, as `form.quota` says; empty for those
    without, and for all together.
    """

    form: Form
    period: Period
    group: str
    grade: str
    share: Fraction
    people: int
    have: int

    @property
    def most(self) -> int:
        """How many may have the grade: the share of the people, rounded down. One may in every group, unless the share is 0."""
        return max(int(self.share * self.people), 1) if self.share else 0

    @property
    def is_exceeded(self) -> bool:
        """Whether more have the grade than are meant to."""
        return self.have > self.most


def shares_of(records: Iterable[Record]) -> tuple[Share, ...]:
    """Return the shares of all grades with a quota, by period, form, group and grade.

    Submitted and published reviews count that have a grade. If a period has reviews by several versions of a form, the quota
    of the latest one is that of all.
    """
    by_form: dict[tuple[Period, str], list[Record]] = defaultdict(list)
    for record in records:
        if record.review.status in _COUNTED and record.card.grade:
            by_form[record.review.period, record.form.id].append(record)
    ordered = sorted(by_form.items(), key=lambda item: (item[0][0].sort_key, item[0][1]))
    return tuple(share for (period, _), found in ordered for share in _of_form(period, found))


def _of_form(period: Period, records: list[Record]) -> Iterable[Share]:
    form = max((record.form for record in records), key=lambda form: (form.starts, form.correction))
    if form.quota is None:
        return
    groups: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        groups[_group(record, form.quota.by)].append(record)
    for group, members in sorted(groups.items()):
        grades = [record.card.grade for record in members]
        for grade, share in form.quota.grades:
            yield Share(form, period, group, grade, share, len(members), grades.count(grade))


def _group(record: Record, by: str) -> str:
    if by == "department":
        return record.review.employee.department
    return (record.manager or "") if by == "manager" else ""
