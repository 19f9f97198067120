"""Checks of the employee's own totals that `auto` takes: where the rules look for them, which are missing, which have changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kpigen.base.periods import Cycle, Period
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, nearest
from kpigen.diagnostics.terms import CYCLES
from kpigen.diagnostics.values import Value, listed, phrase
from kpigen.files.rules.book import Rulebook
from kpigen.model.forms import AutoRule, Form
from kpigen.model.reviews import Identity, Review, Status
from kpigen.repository.checks.context import Context
from kpigen.repository.checks.moved import moved
from kpigen.repository.project import Project
from kpigen.scoring.taken import own_inputs, periods_of, taken_for

#: A year that each cycle divides, to see which periods lie within which.
_A_YEAR = Period(Cycle.YEAR, 2000, 1)


def own_rules(context: Context) -> Iterator[Diagnostic]:
    """Report rules that take own totals from where there cannot be any: an unknown form or indicator, or no such period."""
    for form in context.project.rules.forms:
        for indicator in form.indicators:
            for item in indicator.inputs:
                if item.auto and item.auto.is_own:
                    key = f"{indicator.id}.{item.id}"
                    for problem, near in _problems(form, item.auto, context.project.rules):
                        yield catalogue.AUTO_RULE.at(item.auto.span, near=near, key=key, problem=problem)


def _problems(form: Form, rule: AutoRule, rules: Rulebook) -> Iterator[tuple[Value, str | None]]:
    """Yield what is wrong with a rule beside the other rules, each with the name that was probably meant."""
    whole = [period for cycle in form.cycles for period in _A_YEAR.within(cycle)]
    if not any(periods_of(rule, period) for period in whole):
        yield (
            phrase("no {cycle} lies within what it takes from a review by this form", cycle=CYCLES[rule.cycle.value]),
            None,
        )
        return
    of = rule.form or form.id
    sources = rules.versions(of)
    if of in rules.broken:
        return
    if not sources:
        yield phrase("there is no form `{form}`", form=of), nearest(of, rules.ids)
    elif not any(rule.cycle in source.cycles for source in sources):
        yield phrase("`{form}` has no reviews of a {cycle}", form=of, cycle=CYCLES[rule.cycle.value]), None
    elif rule.indicator and not any(source.indicator(rule.indicator) for source in sources):
        known = [item.id for source in sources for item in source.indicators]
        near = nearest(rule.indicator, known)
        yield phrase("`{form}` has no indicator `{indicator}`", form=of, indicator=rule.indicator), near


def newest_periods(project: Project) -> Mapping[str, Period]:
    """Return the last period of which anybody has a review, by form."""
    newest: dict[str, Period] = {}
    for review in project.reviews:
        known = newest.setdefault(review.form, review.period)
        newest[review.form] = max(known, review.period, key=lambda period: period.sort_key)
    return newest


def own_totals(
    context: Context, review: Review, newest: Mapping[str, Period], *, is_founded: bool
) -> Iterator[Diagnostic]:
    """Report periods of which there is nothing to take, and what has changed since it was.

    A period in which the employee is not on the roster cannot have a review. For a draft, one that is later than the `newest`
    of its form has not come yet.
    """
    for name, rule in own_inputs(review.metrics):
        indicator = name.partition(".")[0]
        span = review.span(f"metrics.{name}", f"metrics.{indicator}")
        now = context.project.totals.own(review, name, rule)
        last = newest.get(rule.form or review.form) if review.status is Status.DRAFT else None
        missing = [
            period
            for period in periods_of(rule, review.period)
            if _is_missing(context.project, review, rule, period) and (last is None or period.sort_key <= last.sort_key)
        ]
        if now and missing:
            yield catalogue.OWN_MISSING.at(
                span,
                key=name,
                periods=listed(map(str, missing)),
                employee=review.employee.id,
                form=rule.form or review.form,
            )
        if review.published is not None and is_founded:
            yield from moved(review, name, span, taken_for(name, review.published.taken), now)


def _is_missing(project: Project, review: Review, rule: AutoRule, period: Period) -> bool:
    """Return whether a period lacks a published review that it could have, by what the roster says."""
    id_ = review.employee.id
    if project.totals.has(Identity(id_, str(period), rule.form or review.form)):
        return False
    return not project.roster.exists or project.roster.in_period(id_, period) is not None
