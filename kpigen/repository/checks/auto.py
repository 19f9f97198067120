"""Checks of `auto`: what is missing, what has changed since it was taken, and what cannot have been taken."""

from __future__ import annotations

from collections.abc import Iterator

from kpigen.diagnostics.diagnostic import Diagnostic
from kpigen.model.reviews import Status
from kpigen.repository.checks.context import Context
from kpigen.repository.checks.own import newest_periods, own_totals
from kpigen.repository.checks.taken import Issued
from kpigen.repository.checks.team import circles, team_totals
from kpigen.scoring.taken import uses_auto


def automatic_totals(context: Context) -> Iterator[Diagnostic]:
    """Report problems of `auto` values of the reviews that are not withdrawn; those are not updated any more."""
    users = [record for record in context.records if uses_auto(record.review.metrics)]
    issued, newest = Issued(context.project), newest_periods(context.project)
    yield from circles(context)
    for record in users:
        if record.review.status is Status.WITHDRAWN:
            continue
        unfounded = list(issued.unfounded(record.review))
        yield from unfounded
        yield from team_totals(context, record.review, is_founded=not unfounded)
        yield from own_totals(context, record.review, newest, is_founded=not unfounded)
