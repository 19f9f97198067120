"""What people have said to a submitted review: whether its employee agreed or objected, and who is still to confirm it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import StrEnum

from kpigen.base.periods import days_after, parse_date
from kpigen.base.roles import Role
from kpigen.files.config import Config
from kpigen.model.reviews import Objection, Review
from kpigen.repository.records import Record


class Reply(StrEnum):
    """What an employee last said to the content that stands there now."""

    AWAITED = "awaited"
    AGREED = "agreed"
    OBJECTED = "objected"
    RESOLVED = "resolved"  # objected, and the objection was resolved; the confirmation is still to come


@dataclass(frozen=True, slots=True)
class Replies:
    """What was said to a review.

    `reply` is the employee's, `on` its date as written (empty while it is awaited), `awaited` the roles that the form asks for
    and that have not confirmed this content, `unresolved` the objections of anybody that are not resolved.
    """

    reply: Reply
    on: str
    awaited: tuple[str, ...]
    unresolved: tuple[Objection, ...]

    @property
    def is_complete(self) -> bool:
        """Whether all have confirmed and nobody objects: the review can be published."""
        return not self.awaited and not self.unresolved


def replies_to(record: Record) -> Replies:
    """Return what was said to a review. An unresolved objection to an earlier content counts too: it stops publication."""
    review = record.review
    confirmed = {item.role: item.date for item in review.confirmations if item.of == record.number}
    unresolved = tuple(item for item in review.objections if not item.resolved)
    reply, on = Reply.AWAITED, ""
    resolved = [item for item in review.objections if item.role == Role.EMPLOYEE and item.resolved]
    own = [item for item in unresolved if item.role == Role.EMPLOYEE]
    if own:
        reply, on = Reply.OBJECTED, own[-1].date
    elif Role.EMPLOYEE in confirmed:
        reply, on = Reply.AGREED, confirmed[Role.EMPLOYEE]
    elif resolved:
        reply, on = Reply.RESOLVED, resolved[-1].resolved
    return Replies(reply, on, tuple(role for role in record.form.confirmations if role not in confirmed), unresolved)


def last_day_to_object(review: Review, config: Config) -> datetime.date | None:
    """Return the last day for objections to a submitted review; None if the settings give no limit."""
    day = parse_date(review.submitted.on) if review.submitted else None
    if day is None or not config.days_to_object:
        return None
    return days_after(day, config.days_to_object)
