"""The scorecard of a review: of its metrics, by a form and by the scoring engine that it was published with."""

from __future__ import annotations

from kpigen import ENGINE, ENGINES
from kpigen.model.forms import Form
from kpigen.model.reviews import Metrics, Review
from kpigen.model.scores import Scorecard
from kpigen.scoring.score import Unscorable, score


def engine_of(review: Review) -> int:
    """Return the version of the scoring engine for a review: the one that published it, otherwise the latest."""
    block = review.published
    return next((engine for engine in ENGINES if block is not None and block.engine == str(engine)), ENGINE)


def card_of(review: Review, form: Form, metrics: Metrics) -> tuple[Scorecard, list[Unscorable]]:
    """Return the scorecard of a review for these metrics, such as those of its self-assessment, and what cannot be scored."""
    return score(form, metrics, review.not_applicable, review.bonus, review.employee, engine_of(review))
