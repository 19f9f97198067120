"""What is not published yet: a line for each review, with what its employee said and who is still to confirm it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kpigen.i18n.messages import Messages, mark, messages
from kpigen.i18n.words import REPLIES, ROLES, STATUS
from kpigen.model.reviews import Status
from kpigen.repository.records import Record
from kpigen.repository.replies import Replies, last_day_to_object, replies_to
from kpigen.site.pages.page import report_place
from kpigen.site.pages.site import Site
from kpigen.site.pages.table import Cell, ColumnKind, Table, TableColumn, table_of


@dataclass(frozen=True)
class Waiting:
    """A review that is not published yet, and what its cells are made from. `replies` is None for a draft."""

    site: Site
    record: Record
    replies: Replies | None
    words: Messages


def waiting_table(site: Site, records: Iterable[Record], language: str) -> Table | None:
    """Return the table of the submitted reviews and drafts among these records; None if there are none."""
    words = messages(language)
    found = [
        Waiting(site, record, replies_to(record) if record.review.status is Status.SUBMITTED else None, words)
        for record in records
        if record.review.status in (Status.SUBMITTED, Status.DRAFT)
    ]
    return table_of(found, COLUMNS, words) if found else None


def _name(item: Waiting) -> Cell:
    review = item.record.review
    return Cell(review.employee.name, item.site.path(report_place(review), item.words.language))


def _total(item: Waiting) -> Cell:
    total, notation = item.record.card.total, item.record.form.notation
    return Cell("–" if total is None else item.words.points(total, notation))


def _reply(item: Waiting) -> Cell:
    said = STATUS[Status.DRAFT.value] if item.replies is None else REPLIES[item.replies.reply]
    return Cell(item.words.gettext(said))


def _awaited(item: Waiting) -> Cell:
    roles = item.replies.awaited if item.replies else ()
    return Cell(item.words.gettext(mark(", ")).join(item.words.gettext(ROLES[role]) for role in roles))


def _until(item: Waiting) -> Cell:
    last = last_day_to_object(item.record.review, item.site.config) if item.replies else None
    return Cell(last.isoformat() if last else "")


#: The id and the department tell apart people of one name; dates are written so that they sort.
COLUMNS: tuple[TableColumn[Waiting], ...] = (
    TableColumn(mark("Name"), _name, ColumnKind.HEADING),
    TableColumn(mark("Employee id"), lambda item: Cell(item.record.review.employee.id), ColumnKind.CODE),
    TableColumn(mark("Department"), lambda item: Cell(item.record.review.employee.department)),
    TableColumn(mark("Period"), lambda item: Cell(str(item.record.review.period)), ColumnKind.CODE),
    TableColumn(mark("Total"), _total, ColumnKind.NUMBER),
    TableColumn(mark("Grade"), lambda item: Cell(item.record.card.grade or ""), ColumnKind.GRADE),
    TableColumn(mark("Form"), lambda item: Cell(item.record.form.title.in_(item.words.language))),
    TableColumn(mark("Employee's answer"), _reply),
    TableColumn(mark("Still to confirm"), _awaited),
    TableColumn(mark("Objections until"), _until, ColumnKind.CODE),
)
