"""The values of `auto` inputs: printed totals of published reviews, of the manager's team or of the employee's own.

The totals of a team are those of the same period. Own totals are those of the shorter periods within the review's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import NamedTuple

from kpigen.base.periods import Period
from kpigen.model.forms import AutoRule, Form, Indicator, Input, Range
from kpigen.model.reviews import Auto, Identity, InputValue, Metrics, Review, Status, Taken
from kpigen.numbers.formula import Numbers
from kpigen.numbers.notation import total_text

#: Returns the points that a published review printed for an indicator; None if it has none.
PointsOf = Callable[[Review, str], "str | None"]

_TEAM_CAP = Fraction(100)


class OwnInput(NamedTuple):
    """An input that takes the employee's own totals: its name, `indicator.input`, and its rule."""

    name: str
    rule: AutoRule


def uses_auto(metrics: Metrics) -> bool:
    """Return True if any input is `auto`."""
    return any(isinstance(value, Auto) for inputs in metrics.values() for value in inputs.values())


def uses_team(metrics: Metrics) -> bool:
    """Return True if any input takes the totals of the team."""
    return any(_is_of_team(value) for inputs in metrics.values() for value in inputs.values())


def own_inputs(metrics: Metrics) -> tuple[OwnInput, ...]:
    """Return the inputs that take the employee's own totals, by name."""
    found = (
        OwnInput(f"{id_}.{name}", value.rule)
        for id_, inputs in metrics.items()
        for name, value in inputs.items()
        if isinstance(value, Auto) and value.rule.is_own
    )
    return tuple(sorted(found, key=lambda one: one.name))


def periods_of(rule: AutoRule, period: Period) -> tuple[Period, ...]:
    """Return the periods, shorter than that of the review, whose totals an input takes, in order."""
    if rule.part > len(period.parts):
        return ()
    whole = period.parts[rule.part - 1] if rule.part else period
    return tuple(one for one in whole.within(rule.cycle) if one.length < period.length)


def sources_of(rule: AutoRule, review: Review) -> tuple[Identity, ...]:
    """Return the reviews whose totals an input of a review takes, in the order of their periods."""
    form = rule.form or review.form
    return tuple(Identity(review.employee.id, str(period), form) for period in periods_of(rule, review.period))


def own_sources(review: Review) -> frozenset[Identity]:
    """Return the reviews whose totals any input of a review takes, beside those of the team."""
    return frozenset(one for _, rule in own_inputs(review.metrics) for one in sources_of(rule, review))


class OwnTotals:
    """The totals of the published reviews, by manager and period, and by what identifies a review."""

    def __init__(self, reviews: Iterable[Review], points_of: PointsOf) -> None:
        """Index the reviews."""
        self._points_of = points_of
        self._points: dict[tuple[str, str, str], str | None] = {}
        self._of_team: dict[tuple[str, Period], list[Review]] = defaultdict(list)
        self._own: dict[Identity, list[Review]] = defaultdict(list)
        self._people: set[tuple[str, str]] = set()
        for review in reviews:
            if review.status is Status.PUBLISHED and review.published:
                self._own[review.identity].append(review)
                self._people.add(review.identity[:2])
                if review.employee.manager:
                    self._of_team[review.employee.manager, review.period].append(review)

    def of_team(self, manager: str, period: Period) -> tuple[Taken, ...]:
        """Return employee, total and seal of each published review of a manager's team, sorted by employee and seal."""
        found = [
            Taken(review.employee.id, total_text(Fraction(review.published.total)), review.published.seal)
            for review in self._of_team.get((manager, period), ())
            if review.published
        ]
        return tuple(sorted(found, key=lambda taken: (taken.employee, taken.seal)))

    def has(self, identity: Identity) -> bool:
        """Return whether there is a published review with this identity."""
        return identity in self._own

    def has_published(self, employee: str, period: Period) -> bool:
        """Return whether an employee has a published review of a period, by any form."""
        return (employee, str(period)) in self._people

    def own(self, review: Review, name: str, rule: AutoRule) -> tuple[Taken, ...]:
        """Return what an input takes from the employee's own published reviews, by period, then by seal.

        A review without points for the indicator that the rule names gives nothing.
        """
        found = [
            self._one(one, name, rule) for identity in sources_of(rule, review) for one in self._published(identity)
        ]
        return tuple(one for one in found if one)

    def now(self, review: Review) -> tuple[Taken, ...]:
        """Return the totals that a review would take now: those of the team first, then its own by input and period."""
        team = self.of_team(review.employee.id, review.period) if uses_team(review.metrics) else ()
        return (*team, *(one for item in own_inputs(review.metrics) for one in self.own(review, *item)))

    def taken_by(self, review: Review) -> tuple[Taken, ...]:
        """Return the totals that a review takes: as frozen when it was published, otherwise as of now."""
        if not uses_auto(review.metrics):
            return ()
        return self.now(review) if review.published is None else review.published.taken

    def _published(self, identity: Identity) -> list[Review]:
        """Return the published reviews with an identity: one, or several by seal if there are duplicates (an error)."""
        found = self._own.get(identity, [])
        return sorted(found, key=lambda one: one.published.seal if one.published else "")

    def _one(self, review: Review, name: str, rule: AutoRule) -> Taken | None:
        block = review.published
        assert block is not None
        number: str | None = block.total
        if rule.indicator:
            key = (review.path, block.seal, rule.indicator)
            if key not in self._points:
                self._points[key] = self._points_of(review, rule.indicator)
            number = self._points[key]
        if number is None:
            return None
        return Taken("", number, block.seal, name, str(review.period), bool(rule.indicator))


def of_team(taken: Iterable[Taken]) -> tuple[Taken, ...]:
    """Return those totals that were taken from the team."""
    return tuple(item for item in taken if not item.is_own)


def taken_for(name: str, taken: Iterable[Taken]) -> tuple[Taken, ...]:
    """Return those of the employee's own totals that an input (`indicator.input`) took."""
    return tuple(item for item in taken if item.input == name)


def unclaimed(metrics: Metrics, taken: Iterable[Taken]) -> tuple[Taken, ...]:
    """Return the totals that no input takes by `auto`, so that no content covers them."""
    names = {name for name, _ in own_inputs(metrics)}
    has_team = uses_team(metrics)
    return tuple(item for item in taken if not (item.input in names if item.is_own else has_team))


class OfPeriod(NamedTuple):
    """What an input took from a period, as printed there; empty if nothing."""

    period: Period
    number: str


def by_period(review: Review, name: str, rule: AutoRule, taken: Iterable[Taken]) -> tuple[OfPeriod, ...]:
    """Return what an input took from each of its periods, in order, for those who read the report.

    This follows from the review and its rules alone: it does not say why nothing was taken from a period.
    """
    found: dict[str, list[str]] = defaultdict(list)
    for item in taken_for(name, taken):
        found[item.period].append(item.total)
    periods = periods_of(rule, review.period)
    return tuple(OfPeriod(period, number) for period in periods for number in found.get(str(period), [""]))


def team_numbers(taken: Iterable[Taken]) -> Numbers | None:
    """Return one number per person: the mean of their totals, each capped at 100. None if there is nobody."""
    by_person: dict[str, list[Fraction]] = defaultdict(list)
    for item in of_team(taken):
        by_person[item.employee].append(min(Fraction(item.total), _TEAM_CAP))
    means = tuple(sum(totals, Fraction(0)) / len(totals) for _, totals in sorted(by_person.items()))
    return Numbers.of(means) if means else None


def own_numbers(taken: Iterable[Taken], range_: Range) -> Numbers | None:
    """Return the totals that one input took, in order. One beyond an end of the input's range counts as that end."""
    numbers = tuple(_within(Fraction(item.total), range_) for item in taken)
    return Numbers.of(numbers) if numbers else None


def _within(number: Fraction, range_: Range) -> Fraction:
    if range_.low is not None and number < range_.low:
        return range_.low
    if range_.high is not None and number > range_.high:
        return range_.high
    return number


def _is_of_team(value: InputValue) -> bool:
    return isinstance(value, Auto) and not value.rule.is_own


def with_taken(form: Form, metrics: Metrics, taken: Iterable[Taken]) -> Metrics:
    """Return the metrics with `auto` replaced by the numbers taken. An input for which nothing was taken stays `auto`."""
    if not uses_auto(metrics):
        return metrics
    taken = tuple(taken)
    return {
        id_: values_taken(indicator, inputs, taken) if (indicator := form.indicator(id_)) else inputs
        for id_, inputs in metrics.items()
    }


def values_taken(
    indicator: Indicator, values: Mapping[str, InputValue], taken: tuple[Taken, ...]
) -> Mapping[str, InputValue]:
    """Return the values of one indicator with `auto` replaced by the numbers taken, as `with_taken` does."""

    def value_of(item: Input | None, value: InputValue) -> InputValue:
        if item is None or not isinstance(value, Auto):
            return value
        if not value.rule.is_own:
            return team_numbers(taken) or value
        return own_numbers(taken_for(f"{indicator.id}.{item.id}", taken), item.range) or value

    return {name: value_of(indicator.input(name), value) for name, value in values.items()}
