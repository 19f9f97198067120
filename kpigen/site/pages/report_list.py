"""The list of a person's reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kpigen.i18n.messages import messages
from kpigen.i18n.words import REPLIES, STATUS
from kpigen.model.reviews import Status
from kpigen.numbers.notation import together
from kpigen.repository.records import Record
from kpigen.repository.replies import replies_to
from kpigen.site.pages.page import report_place
from kpigen.site.pages.site import Site


@dataclass(frozen=True)
class ReportLine:
    """One report in a list. Total, grade, change and PDF are empty if missing."""

    period: str
    form: str
    path: str
    pdf: str
    status: str
    total: str
    grade: str
    change: str


@dataclass(frozen=True)
class ReportList:
    """A list of one person's reports."""

    lines: tuple[ReportLine, ...]

    @property
    def shows_pdfs(self) -> bool:
        """True if any report has a PDF."""
        return any(line.pdf for line in self.lines)


def report_list(site: Site, records: Sequence[Record], language: str) -> ReportList:
    """Return the list of one person's reports."""
    return ReportList(tuple(report_line(site, record, language) for record in records))


def report_line(site: Site, record: Record, language: str) -> ReportLine:
    """Return a report as a line of a list; for a withdrawn one without its numbers."""
    words, review = messages(language), record.review
    withdrawn = review.status is Status.WITHDRAWN
    return ReportLine(
        period=str(review.period),
        form=record.form.title.in_(language),
        path=site.path(report_place(review), language),
        pdf=report_place(review, "pdf").path if site.pdfs and not withdrawn else "",
        status=words.gettext(
            REPLIES[replies_to(record).reply] if review.status is Status.SUBMITTED else STATUS[review.status.value]
        ),
        total="" if withdrawn or record.card.total is None else words.points(record.card.total, record.form.notation),
        grade="" if withdrawn else record.card.grade or "",
        change="" if withdrawn else _change(site, record, language),
    )


def _change(site: Site, record: Record, language: str) -> str:
    """Return the change of the total since the previous published report; empty if there is none."""
    previous = site.neighbour(record, -1)
    if previous is None or not previous.is_published or previous.card.total is None or record.card.total is None:
        return ""
    change = record.card.total - previous.card.total
    return messages(language).change(change, together((record.form.notation, previous.form.notation)))
