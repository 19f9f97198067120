"""The order of the dates in a review. The commands ask about what they are about to write, `check` about what is written.

No day is too late: there is no clock here. Dates are texts like 2026-02-05, so they sort as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, Span
from kpigen.diagnostics.values import Phrase, phrase
from kpigen.model.reviews import Review, Status


class _Event(NamedTuple):
    """Something that happened on a date, the field that holds the date, and what it was in words."""

    key: str
    date: str
    says: Phrase


def misdated(review: Review, versions: Iterable[Review] | None = None) -> Iterator[Diagnostic]:
    """Report dates before that of what they follow, and entries whose dates do not fit the seals that count them or do not.

    `versions` are those that are known for certain, each with the entries that its seal counts; if not given, it is the review
    itself that says what its seal counts. Of a withdrawn review only the withdrawal is: everything else has been taken back.
    """
    found: dict[tuple[str, Span], Diagnostic] = {}
    for item in _all(review, versions):
        found.setdefault((item.code, item.span), item)
    yield from found.values()


def _all(review: Review, versions: Iterable[Review] | None) -> Iterator[Diagnostic]:
    """Yield all findings, the same place more than once if several versions or events show it."""
    steps = _steps(review)
    if review.status is Status.WITHDRAWN:
        yield from _too_early(review, steps[-1], steps[:-1])
        return
    for place, step in enumerate(steps):
        yield from _too_early(review, step, steps[:place])
    for entry in _confirmations(review) + _objections(review):
        yield from _too_early(review, entry, [step for step in steps if step.key == "submitted.on"])
    for made, resolved in zip(_objections(review), _resolutions(review), strict=True):
        if resolved.date:
            yield from _too_early(review, resolved, [made])
    known = (review,) if versions is None else versions
    for version in sorted(known, key=lambda version: len(version.amendments)):
        yield from _out_of_seal(review, version)


def _steps(review: Review) -> list[_Event]:
    """Return the steps of a review, each after the one that it follows."""
    steps = [_Event("period", review.period.first_day.isoformat(), phrase("its period begins"))]
    if review.submitted:
        steps.append(_Event("submitted.on", review.submitted.on, phrase("it was submitted")))
    if review.published:
        steps.append(_Event("published.on", review.published.on, phrase("it was published")))
    for place, item in enumerate(review.amendments):
        steps.append(_Event(f"amendments.{place}.date", item.date, phrase("it was amended")))
    return steps


def _confirmations(review: Review) -> list[_Event]:
    says = phrase("it was confirmed")
    return [_Event(f"confirmations.{place}", item.date, says) for place, item in enumerate(review.confirmations)]


def _objections(review: Review) -> list[_Event]:
    says = phrase("an objection was made")
    return [_Event(f"objections.{place}", item.date, says) for place, item in enumerate(review.objections)]


def _resolutions(review: Review) -> list[_Event]:
    """Return when each objection was resolved; the date of an open one is empty."""
    says = phrase("an objection was resolved")
    return [_Event(f"objections.{place}", item.resolved, says) for place, item in enumerate(review.objections)]


def _too_early(review: Review, event: _Event, earlier: list[_Event]) -> Iterator[Diagnostic]:
    """Report an event that is dated before one that it follows: before the last of them."""
    last = max(earlier, key=lambda item: item.date, default=event)
    if event.date < last.date:
        span = review.span(event.key, event.key.partition(".")[0], "status")
        yield catalogue.DATE_TOO_EARLY.at(span, date=event.date, earliest=last.date, event=last.says)


def _out_of_seal(review: Review, version: Review) -> Iterator[Diagnostic]:
    """Report entries whose dates do not fit the seal of one version: it counts those that were there on its day."""
    block = version.published
    if block is None:
        return
    confirmed, objected = block.confirmations, block.objections
    counted = _confirmations(version)[:confirmed] + _objections(version)[:objected] + _resolutions(version)[:objected]
    others = _confirmations(review)[confirmed:] + _objections(review)[objected:]
    published = _Event("published.on", block.on, phrase("it was published"))
    amended = max(block.on, version.amendments[-1].date) if version.amendments else ""
    if not amended:
        yield from _too_early(review, published, counted)
    for entry in counted:
        if amended and entry.date > amended:
            yield _unlike(review, entry, amended, phrase("counts it"))
    sealed = amended or block.on
    for was, entry in zip(version.objections[:objected], _resolutions(review), strict=False):
        if not was.resolved and entry.date and entry.date < sealed:
            yield _unlike(review, entry, sealed, phrase("does not count it"))
    for entry in others:
        if entry.date < block.on:
            yield catalogue.ENTRY_BACKDATED.at(review.span(entry.key, "status"), date=entry.date, on=block.on)
        elif entry.date < amended:
            yield _unlike(review, entry, amended, phrase("does not count it"))


def _unlike(review: Review, entry: _Event, amended: str, counts: Phrase) -> Diagnostic:
    span = review.span(entry.key, "status")
    return catalogue.ENTRY_OUT_OF_TIME.at(span, date=entry.date, on=amended, counts=counts)
