"""Figures over many records: means, grade mixes, rankings. Pure functions; the caller decides who may see them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from kpigen.model.forms import Form
from kpigen.repository.records import Record


@dataclass(frozen=True)
class Ranked:
    """A record with its place in a ranking; equal totals share a place."""

    place: int
    record: Record


@dataclass(frozen=True)
class Loss:
    """An indicator and the share of its weight that people lose on average, 0 to 1."""

    indicator: str
    share: Fraction


class GradeTally(NamedTuple):
    """A grade and how many reviews have it."""

    grade: str
    number: int


def by_form(records: Iterable[Record]) -> dict[str, tuple[Record, ...]]:
    """Return records by form id. Rankings and distributions are only within one form."""
    groups: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        groups[record.form.id].append(record)
    return {form: tuple(groups[form]) for form in sorted(groups)}


def mean_total(records: Sequence[Record]) -> Fraction | None:
    """Return the mean of the totals, without open ones; None if there are none."""
    totals = [record.card.total for record in records if record.card.total is not None]
    return sum(totals, Fraction(0)) / len(totals) if totals else None


def grade_mix(records: Iterable[Record], form: Form | None = None) -> tuple[GradeTally, ...]:
    """Return how many records have each grade, in the order of the form's grades."""
    counts = Counter(record.card.grade for record in records if record.card.grade)
    order = [grade for grade, _ in form.grades] if form else sorted(counts)
    return tuple(GradeTally(grade, counts.get(grade, 0)) for grade in order)


def ranking(records: Iterable[Record]) -> tuple[Ranked, ...]:
    """Return records by descending total, then by id. Records without a total are left out."""
    ordered = sorted(
        (record for record in records if record.card.total is not None),
        key=lambda record: (-(record.card.total or Fraction(0)), record.review.employee.id),
    )
    ranked: list[Ranked] = []
    for position, record in enumerate(ordered, 1):
        tie = ranked and ranked[-1].record.card.total == record.card.total
        ranked.append(Ranked(ranked[-1].place if tie else position, record))
    return tuple(ranked)


def losses(records: Sequence[Record]) -> tuple[Loss, ...]:
    """Return the indicators of one form by average share of weight lost, the largest first."""
    lost: dict[str, list[Fraction]] = defaultdict(list)
    for record in records:
        for item in record.card.indicators:
            if item.points is not None and item.weight:
                lost[item.id].append(max(Fraction(0), 1 - item.points / item.weight))
    means = [Loss(id_, sum(shares, Fraction(0)) / len(shares)) for id_, shares in lost.items()]
    return tuple(sorted(means, key=lambda loss: (-loss.share, loss.indicator)))
