"""Figures over many records: means, grade mixes, rankings. Pure functions; the caller decides who may see them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from kpigen.model.forms import Form
from kpigen.numbers.notation import Notation, together
from kpigen.repository.records import Record
from kpigen.site.pages.charts import Totals


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


class TotalScale(NamedTuple):
    """What totals are out of; those of forms without full marks are only comparable within one form."""

    full: Fraction
    form: str = ""


def scale_of(form: Form) -> TotalScale:
    """Return the scale of a form's totals. Totals of different scales are never added, ranked or compared."""
    return TotalScale(Fraction(0), form.id) if form.full is None else TotalScale(form.full)


def by_form(records: Iterable[Record]) -> tuple[tuple[Record, ...], ...]:
    """Return records by form, in the order of their ids. Rankings and distributions are only within one form.

    Versions of a form with other full marks are apart.
    """
    groups: dict[tuple[str, TotalScale], list[Record]] = defaultdict(list)
    for record in records:
        groups[record.form.id, scale_of(record.form)].append(record)
    return tuple(tuple(groups[key]) for key in sorted(groups))


def mean_total(records: Sequence[Record]) -> Fraction | None:
    """Return the mean of the totals, without open ones; None if there are none, or if their scales differ."""
    if len({scale_of(record.form) for record in records}) > 1:
        return None
    totals = [record.card.total for record in records if record.card.total is not None]
    return sum(totals, Fraction(0)) / len(totals) if totals else None


def notation_of(records: Iterable[Record]) -> Notation:
    """Return how the totals of these records are written beside each other."""
    return together(record.form.notation for record in records)


def totals_of(records: Sequence[Record]) -> Totals:
    """Return how a chart shows the totals of these records, which have one scale."""
    return Totals(records[-1].form.full, notation_of(records))


def have_grades(records: Iterable[Record]) -> bool:
    """Return whether a table of these records has a column of grades: unless all their forms are without."""
    forms = [record.form for record in records]
    return not forms or any(form.grades for form in forms)


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
    """Return the indicators of one form by average share of weight lost, the largest first.

    A row without a weight, whose points simply add up, has nothing to lose.
    """
    lost: dict[str, list[Fraction]] = defaultdict(list)
    for record in records:
        weighted = {indicator.id for indicator in record.form.indicators if indicator.is_weighted}
        for item in record.card.indicators:
            if item.points is not None and item.weight > 0 and item.id in weighted:
                lost[item.id].append(max(Fraction(0), 1 - item.points / item.weight))
    means = [Loss(id_, sum(shares, Fraction(0)) / len(shares)) for id_, shares in lost.items()]
    return tuple(sorted(means, key=lambda loss: (-loss.share, loss.indicator)))
