"""What people have said to a submitted review: whether its employee agreed or objected, and who is still to confirm it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kpigen.base.roles import Role
from kpigen.model.reviews import Objection
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
