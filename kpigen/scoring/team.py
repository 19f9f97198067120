"""The values of `auto` inputs: the printed totals of a team's published reviews of the same period."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from fractions import Fraction

from kpigen.base.periods import Period
from kpigen.model.reviews import Auto, Metrics, Review, Status, Taken
from kpigen.numbers.formula import Numbers
from kpigen.numbers.notation import total_text


def uses_auto(metrics: Metrics) -> bool:
    """Return True if any input is `auto`."""
    return any(isinstance(value, Auto) for inputs in metrics.values() for value in inputs.values())


class Teams:
    """The published reviews, indexed by manager and period."""

    def __init__(self, reviews: Iterable[Review]) -> None:
        """Index the reviews."""
        self._published: dict[tuple[str, Period], list[Review]] = defaultdict(list)
        for review in reviews:
            if review.status is Status.PUBLISHED and review.published and review.employee.manager:
                self._published[review.employee.manager, review.period].append(review)

    def totals(self, manager: str, period: Period) -> tuple[Taken, ...]:
        """Return employee, total and seal of each published review of a manager's team, sorted by employee and seal."""
        found = [
            Taken(review.employee.id, total_text(Fraction(review.published.total)), review.published.seal)
            for review in self._published.get((manager, period), ())
            if review.published
        ]
        return tuple(sorted(found, key=lambda taken: (taken.employee, taken.seal)))

    def taken_by(self, review: Review) -> tuple[Taken, ...]:
        """Return the totals that a review takes: as frozen when it was published, otherwise as of now."""
        if not uses_auto(review.metrics):
            return ()
        if review.published is not None:
            return review.published.taken
        return self.totals(review.employee.id, review.period)


def as_numbers(taken: Iterable[Taken]) -> Numbers | None:
    """Return one number per person: the mean of their totals, each capped at 100. None if there is nobody."""
    by_person: dict[str, list[Fraction]] = defaultdict(list)
    for item in taken:
        by_person[item.employee].append(min(Fraction(item.total), Fraction(100)))
    means = tuple(sum(totals, Fraction(0)) / len(totals) for _, totals in sorted(by_person.items()))
    return Numbers.of(means) if means else None


def with_taken(metrics: Metrics, taken: Iterable[Taken]) -> Metrics:
    """Return the metrics with `auto` replaced by the totals taken; unchanged if none were taken."""
    numbers = as_numbers(taken)
    if numbers is None:
        return metrics
    return {
        id_: {name: numbers if isinstance(value, Auto) else value for name, value in inputs.items()}
        for id_, inputs in metrics.items()
    }
