"""What a review still needs before it is submitted, published or amended. Used by `check` and by the commands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, Span
from kpigen.diagnostics.terms import ROLES
from kpigen.diagnostics.values import Value, as_written, listed, phrase
from kpigen.files.metrics import broken_limits
from kpigen.model.forms import AutoRule, Indicator
from kpigen.model.reviews import Auto, Review, Status
from kpigen.numbers import formula
from kpigen.repository.records import Record
from kpigen.repository.versions import Version
from kpigen.scoring.score import known_values, missing_inputs, shown_of
from kpigen.scoring.taken import periods_of

# What a report shows without its letters: entities, links, escapes, code with its language, the line under a heading.
_MAY_VANISH = re.compile(r"[&\[<\\]|```|~~~|^ *(?:-+|[*_>].*)$", re.MULTILINE)

#: The status in the messages for a review that is about to be submitted.
TO_BE_SUBMITTED = phrase("to be submitted")


def lacks_to_submit(record: Record, status: Value = TO_BE_SUBMITTED) -> Iterator[Diagnostic]:
    """Report data that is required from `submitted` on but missing."""
    review, form = record.review, record.form
    for indicator in form.indicators:
        values = record.metrics.get(indicator.id, {})
        if indicator.id in review.not_applicable or (indicator.optional and not values):
            continue
        yield from _lacks_words(record, indicator)
        missing = () if indicator.unscored else missing_inputs(indicator, values)
        span = review.span(f"metrics.{indicator.id}", "metrics", "status")
        for name, value in values.items():
            if isinstance(value, Auto):
                missing = tuple(other for other in missing if other != name)
                key = indicator.id if len(indicator.inputs) == 1 else f"{indicator.id}.{name}"
                yield _nothing_taken(review, value.rule, key, span)
        yield from _limits_of_taken(record, indicator, span)
        if missing and values:
            yield catalogue.INPUT_MISSING.at(span, key=indicator.id, inputs=listed(f"`{name}`" for name in missing))
        elif missing:
            yield catalogue.INCOMPLETE.at(span, id=indicator.id, status=status)
        shown = shown_of(indicator, values)
        if shown and indicator.shown_as and shown.count < indicator.shown_as.at_least:
            yield catalogue.TOO_FEW_RATERS.at(
                span, id=indicator.id, count=shown.count, least=indicator.shown_as.at_least
            )
    if all(item.not_applicable or item.unscored for item in record.card.indicators):
        yield catalogue.NOTHING_RATED.at(review.span("metrics", "status"), form=form.id)
    for veto, result in zip(form.vetoes, record.card.vetoes, strict=True):
        if result.lacks and record.card.total is not None:
            yield catalogue.VETO_OPEN.at(review.span("metrics", "status"), veto=veto.id, names=as_written(result.lacks))
    if form.requires_narrative and not _has_words(review.body):
        yield catalogue.NARRATIVE_MISSING.at(review.span("status"), form=form.id)
    if form.advises_comments and not review.comments:
        yield catalogue.COMMENTS_MISSING.at(review.span("comments", "status"), form=form.id)


def _lacks_words(record: Record, indicator: Indicator) -> Iterator[Diagnostic]:
    """Report a row without the title that is agreed per person, or without the comment that its values ask for."""
    review = record.review
    span = review.span(f"metrics.{indicator.id}", "metrics", "status")
    if indicator.named and not review.names.get(indicator.id):
        yield catalogue.NAME_MISSING.at(span, id=indicator.id)
    if indicator.comment_when is None or review.comments.get(indicator.id):
        return
    known = known_values(indicator, record.metrics.get(indicator.id, {}))[0]
    try:
        asks = formula.evaluate(indicator.comment_when, known)
    except formula.Problem:
        return
    if asks is True:
        yield catalogue.COMMENT_MISSING.at(
            span, id=indicator.id, condition=formula.write(indicator.comment_when, pretty=True)
        )


def _nothing_taken(review: Review, rule: AutoRule, key: str, span: Span) -> Diagnostic:
    """Return the finding for an `auto` input for which there is nothing to take."""
    employee, form = review.employee.id, rule.form or review.form
    if not rule.is_own:
        return catalogue.AUTO_NONE.at(span, key=key, period=str(review.period), employee=employee)
    periods = listed(map(str, periods_of(rule, review.period)))
    why = (
        phrase("nothing is taken from a review of {period}", period=str(review.period))
        if not periods_of(rule, review.period)
        else phrase(
            "no review of {employee} by `{form}` in {periods} gives points for `{indicator}`",
            employee=employee,
            form=form,
            periods=periods,
            indicator=rule.indicator,
        )
        if rule.indicator
        else phrase(
            "{employee} has no published review by `{form}` of {periods}", employee=employee, form=form, periods=periods
        )
    )
    return catalogue.OWN_NONE.at(span, key=key, why=why)


def _limits_of_taken(record: Record, indicator: Indicator, span: Span) -> Iterator[Diagnostic]:
    """Report limits that numbers break which were taken by `auto`; those that a review writes are checked as it is read."""
    if any(isinstance(value, Auto) for value in record.review.metrics.get(indicator.id, {}).values()):
        yield from broken_limits(indicator, record.metrics.get(indicator.id, {}), span, indicator.id)


class OpenNumbers(NamedTuple):
    """How many inputs are without a value, and in how many drafts."""

    numbers: int
    drafts: int


def open_numbers(records: Iterable[Record]) -> OpenNumbers:
    """Return how many inputs of drafts are without a value, so that they cannot be submitted yet."""
    drafts = (record for record in records if record.review.status is Status.DRAFT)
    counts = [_missing(record) for record in drafts]
    return OpenNumbers(sum(counts), sum(count > 0 for count in counts))


def _missing(record: Record) -> int:
    return sum(
        len(missing_inputs(indicator, record.metrics.get(indicator.id, {})))
        for indicator in record.form.indicators
        if indicator.id not in record.review.not_applicable
        and not indicator.unscored
        and not (indicator.optional and not record.metrics.get(indicator.id))
    )


def _has_words(body: str) -> bool:
    """Return whether a body, as its report shows it, has text besides headings."""
    text = re.sub(r"^ {0,3}#{1,6}([ \t].*)?$|^.*\n {0,3}=+[ \t]*$", "", body, flags=re.MULTILINE)
    if not re.search(r"\w", text) or not _MAY_VANISH.search(text):
        return re.search(r"\w", text) is not None
    from kpigen.base.markdown import has_words  # loads slowly, and few texts get here

    return has_words(body)


def lacks_to_publish(record: Record) -> Iterator[Diagnostic]:
    """Report what a submitted review lacks to be published, in addition to `lacks_to_submit`."""
    yield from _unconfirmed(record, record.number)
    yield from _unresolved(record)
    yield from _unplanned(record)


def lacked_to_publish(first: Version) -> Iterator[Diagnostic]:
    """Report what a review lacked when it was published, and `lacks_to_publish` would have reported then.

    If the version is not certain, dates decide which entries were there then, and any content counts that all have confirmed.
    """
    if first.is_certain:
        yield from lacks_to_publish(first.record)
        return
    review, block = first.record.review, first.record.review.published
    assert block is not None
    required = set(first.record.form.confirmations)
    confirmed: dict[str, set[str]] = {}
    then = replace(review, confirmations=tuple(item for item in review.confirmations if item.date <= block.on))
    for item in then.confirmations:
        confirmed.setdefault(item.of, set()).add(item.role)
    number = max(confirmed, key=lambda number: len(confirmed[number] & required), default=first.record.number)
    yield from _unconfirmed(replace(first.record, review=then), number)
    for index, objection in enumerate(review.objections):
        if objection.date < block.on and not (objection.resolution and "" < objection.resolved <= block.on):
            yield catalogue.OBJECTION_OPEN.at(review.span(f"objections.{index}"), date=objection.date)
    yield from _unplanned(first.record)


def _unconfirmed(record: Record, number: str) -> Iterator[Diagnostic]:
    review, form = record.review, record.form
    confirmed = {item.role for item in review.confirmations if item.of == number}
    missing = [role for role in form.confirmations if role not in confirmed]
    if missing:
        yield catalogue.CONFIRMATION_MISSING.at(
            review.span("confirmations", "status"),
            form=form.id,
            number=number,
            roles=listed(ROLES[role] for role in missing),
        )


def _unresolved(record: Record) -> Iterator[Diagnostic]:
    for index, item in enumerate(record.review.objections):
        if item.is_open:
            yield catalogue.OBJECTION_OPEN.at(record.review.span(f"objections.{index}"), date=item.date)


def _unplanned(record: Record) -> Iterator[Diagnostic]:
    review, form = record.review, record.form
    outcome = form.outcomes.get(record.card.grade or "")
    if outcome and outcome.improvement_plan and not review.feedback.get("plan"):
        yield catalogue.PLAN_MISSING.at(review.span("feedback", "status"), grade=record.card.grade or "", form=form.id)


def stale_entries(record: Record) -> Iterator[Diagnostic]:
    """Report confirmations and objections that refer to an earlier content."""
    review = record.review
    current = {item.role for item in review.confirmations if item.of == record.number}
    for index, item in enumerate(review.confirmations):
        if item.of != record.number and item.role not in current:
            yield catalogue.CONFIRMATION_OLD.at(
                review.span(f"confirmations.{index}"),
                role=ROLES.get(item.role, item.role),
                of=item.of,
                number=record.number,
            )
    for index, objection in enumerate(review.objections):
        if objection.of != record.number and not objection.resolved:
            yield catalogue.OBJECTION_OLD.at(review.span(f"objections.{index}"), of=objection.of, number=record.number)


def entries_touched(review: Review, published: Review) -> Iterator[str]:
    """Yield the names of the lists whose existing entries were changed or removed. Appended entries are allowed.

    An open objection may also get its resolution.
    """
    if review.confirmations[: len(published.confirmations)] != published.confirmations:
        yield "confirmations"
    known = tuple(
        new if replace(new, resolution="", resolved="") == old else old
        for old, new in zip(published.objections, review.objections, strict=False)
    )
    if len(known) < len(published.objections) or review.objections[: len(known)] != known:
        yield "objections"
