"""A review with everything derived from it: form, scorecards, content digest, manager."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from kpigen.base.digests import Json, digest
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic
from kpigen.model.forms import Form
from kpigen.model.reviews import Metrics, Review, Status, Taken
from kpigen.model.scores import Scorecard
from kpigen.repository.project import Project
from kpigen.repository.scored import card_of
from kpigen.scoring.content import content, content_number
from kpigen.scoring.taken import with_taken

if TYPE_CHECKING:
    from kpigen.scoring.outlook import Advice, NextStep, ScoringCurve


@dataclass(frozen=True)
class Record:
    """A review and everything derived from it. In `metrics`, the values in `taken` replace `auto`."""

    review: Review
    form: Form
    metrics: Metrics
    taken: tuple[Taken, ...]
    card: Scorecard
    self_card: Scorecard | None
    manager: str | None

    @cached_property
    def content(self) -> dict[str, Json]:
        """The content of the review in canonical form."""
        return content(self.review, self.form, self.taken)

    @cached_property
    def titled(self) -> Form:
        """The form with the titles that were agreed for this person: what pages about this one review show."""
        return self.form.titled(self.review.names)

    @property
    def _titled_card(self) -> Scorecard:
        return self.card if self.titled is self.form else replace(self.card, form=self.titled)

    @cached_property
    def outlook(self) -> Mapping[str, tuple[tuple[ScoringCurve, ...], tuple[NextStep, ...]]]:
        """The scoring curves, as far as they are worth drawing, and next steps of each applicable indicator."""
        from kpigen.scoring.methods.base import method_of
        from kpigen.scoring.outlook import curves_of, next_steps

        card = self._titled_card
        found = {}
        for row, item in zip(card.form.indicators, card.indicators, strict=True):
            if not item.not_applicable and not item.unscored:
                curves = curves_of(card, self.metrics, row.id) if method_of(row).draws_curve else ()
                found[row.id] = (curves, next_steps(card, self.metrics, row.id))
        return found

    @cached_property
    def advice(self) -> tuple[Advice, ...]:
        """What would bring most: for three indicators, the largest gain first."""
        from kpigen.scoring.outlook import advice

        return advice(self._titled_card, self.metrics, {id_: steps for id_, (_, steps) in self.outlook.items()}, 3)

    @cached_property
    def digest(self) -> str:
        """The content digest: 64 hex digits."""
        return digest(self.content)

    @property
    def number(self) -> str:
        """The content number printed on the report: 12 hex digits."""
        return content_number(self.digest)

    @property
    def is_published(self) -> bool:
        """Whether the review counts in statistics."""
        return self.review.status is Status.PUBLISHED


def manager_of(project: Project, review: Review) -> str | None:
    """Return the id of a review's manager: as stated in the review, otherwise by the roster on the last day of the period."""
    line = project.roster.at(review.employee.id, review.period.last_day)
    return review.employee.manager or (line.manager if line else None) or None


#: Scores one review with the totals that it takes by `auto`: `make_record`, or a cached version of it.
MakeRecord = Callable[[Project, Review, tuple[Taken, ...], list[Diagnostic]], "Record | None"]


def make_records(
    project: Project, reviews: Iterable[Review] | None = None, make: MakeRecord | None = None
) -> tuple[tuple[Record, ...], list[Diagnostic]]:
    """Return the records of all (or the given) reviews, in order, and findings about numbers without a result."""
    make = make or make_record
    found: list[Diagnostic] = []
    records = []
    for review in project.reviews if reviews is None else reviews:
        record = make(project, review, project.totals.taken_by(review), found)
        if record is not None:
            records.append(record)
    return tuple(records), found


def make_record(project: Project, review: Review, taken: tuple[Taken, ...], found: list[Diagnostic]) -> Record | None:
    """Return the record of a review by its own form version, or None if there is none."""
    form = project.rules.scoring(review)
    return None if form is None else record_by(project, review, form, taken, found)


def record_by(
    project: Project, review: Review, form: Form, taken: tuple[Taken, ...], found: list[Diagnostic]
) -> Record:
    """Return the record of a review by this form version. Numbers without a result are reported in `found`."""
    metrics = with_taken(form, review.metrics, taken)
    card, problems = card_of(review, form, metrics)
    for problem in problems:
        key = f"metrics.{problem.indicator}"
        found.append(catalogue.NOT_SCORABLE.at(review.span(key), key=problem.indicator, reason=problem.reason))
    self_card = None
    if review.self_assessment is not None:
        own = with_taken(form, review.self_assessment.metrics, taken)
        self_card, problems = card_of(review, form, own)
        for problem in problems:
            key = f"self_assessment.metrics.{problem.indicator}"
            found.append(catalogue.NOT_SCORABLE.at(review.span(key), key=key, reason=problem.reason))
    return Record(review, form, metrics, taken, card, self_card, manager_of(project, review))
