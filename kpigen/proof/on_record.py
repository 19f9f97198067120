"""Is a PDF on record? Held against a repository, or against the list of seals that a site publishes."""

from __future__ import annotations

import json
from typing import Any

from kpigen import catalogue
from kpigen.content import content_number
from kpigen.diagnostics import Diagnostic, Span
from kpigen.model import Review, Status
from kpigen.proof.answers import ON_RECORD, Answer, answer
from kpigen.proof.carried import Carried
from kpigen.records import Record


def in_repository(
    name: str, carried: Carried, where: str, records: tuple[Record, ...], found: tuple[Diagnostic, ...]
) -> Answer:
    """Answer from the records of a repository; `found` is what `kpigen check` finds there."""
    mine = carried.record.review
    same = [item for item in records if _identity(item.review) == _identity(mine)]
    if not same:
        return _unknown(name, mine, where)
    record = same[0]
    wrong = [item for item in found if item.is_error and item.span.path == record.review.path]
    if wrong:
        reason = f"{record.review.path} is in error there ({wrong[0].code}: {wrong[0].message})"
        return answer(ON_RECORD, [catalogue.RECORD_UNREADABLE.at(Span(name), record=where, reason=reason)])
    if mine.published is None:
        return _submitted(name, carried, record, where)
    return _published(name, mine, record.review, where)


def _identity(review: Review) -> tuple[str, str, str]:
    return review.employee.id, str(review.period), review.form


def _unknown(name: str, mine: Review, where: str) -> Answer:
    what = f"the seal {mine.published.seal}" if mine.published else f"a review {' '.join(_identity(mine))}"
    return answer(ON_RECORD, [catalogue.NOT_ON_RECORD.at(Span(name), what=what, record=where)])


def _submitted(name: str, carried: Carried, record: Record, where: str) -> Answer:
    """A submitted review has no seal: its content must be the one on record."""
    status, number = record.review.status.value, carried.record.number
    if record.digest != carried.record.digest:
        now = f"{status} ({content_number(record.digest)})"
        changed = catalogue.CONTENT_CHANGED_SINCE.at(Span(name), was=f"submitted ({number})", now=now)
        return answer(ON_RECORD, [changed])
    if record.review.status is Status.WITHDRAWN:
        return answer(ON_RECORD, [catalogue.WITHDRAWN_SINCE.at(Span(name), when=_when(record.review))])
    return answer(ON_RECORD, [], f"{where}: the content {number} is {status} there")


def _published(name: str, mine: Review, theirs: Review, where: str) -> Answer:
    assert mine.published is not None
    seal, block = mine.published.seal, theirs.published
    earlier = [item.seal for item in theirs.amendments]
    if block is None or seal not in (block.seal, *earlier):
        return _unknown(name, mine, where)
    if theirs.status is Status.WITHDRAWN:
        return answer(ON_RECORD, [catalogue.WITHDRAWN_SINCE.at(Span(name), when=_when(theirs))])
    if seal != block.seal:
        change = theirs.amendments[earlier.index(seal)]
        when = f", on {change.date} by {change.by}; its total is {block.total} {block.grade} now"
        return answer(ON_RECORD, [catalogue.AMENDED_SINCE.at(Span(name), when=when)])
    return answer(ON_RECORD, [], f"{where}: current, published {block.on}")


def _when(review: Review) -> str:
    last = review.amendments[-1] if review.amendments else None
    return f", on {last.date} by {last.by}" if last else ""


def in_seals(name: str, carried: Carried, where: str, data: bytes) -> Answer:
    """Answer from a site's list of seals (the bytes of `seals.json`)."""
    seals = _read_seals(data)
    if seals is None:
        reason = "it is no list of seals"
        return answer(ON_RECORD, [catalogue.RECORD_UNREADABLE.at(Span(name), record=where, reason=reason)])
    block = carried.record.review.published
    if block is None:
        reason = "a list of seals knows published reviews only, and this one is submitted; give the repository"
        return answer(ON_RECORD, [catalogue.RECORD_UNREADABLE.at(Span(name), record=where, reason=reason)])
    known: dict[str, list[Diagnostic]] = {
        "current": [],
        "amended": [catalogue.AMENDED_SINCE.at(Span(name), when="")],
        "withdrawn": [catalogue.WITHDRAWN_SINCE.at(Span(name), when="")],
    }
    status = seals.get(block.seal, "")
    if status not in known:
        return _unknown(name, carried.record.review, where)
    return answer(ON_RECORD, known[status], f"{where}: {status}")


def _read_seals(data: bytes) -> dict[str, str] | None:
    """Return status by seal; None where the bytes are something else."""
    try:
        read: Any = json.loads(data)
    except (ValueError, RecursionError):
        return None
    entries = read.get("seals") if isinstance(read, dict) and read.get("schema") == 1 else None
    if not isinstance(entries, list) or not all(isinstance(item, dict) for item in entries):
        return None
    return {str(item.get("seal")): str(item.get("status")) for item in entries}
