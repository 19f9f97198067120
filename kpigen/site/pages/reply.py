"""How a reader can respond to a submitted report on a static site: two prefilled e-mails, and the deadline."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from kpigen.base.periods import days_after, parse_date
from kpigen.files.config import Config
from kpigen.i18n.messages import Messages, mark
from kpigen.model.reviews import Status
from kpigen.repository.records import Record


@dataclass(frozen=True)
class MailsView:
    """The `mailto:` addresses of the two e-mails: to confirm, and to object."""

    agree: str
    object: str


@dataclass(frozen=True)
class ReplyView:
    """How to respond to a report: by e-mail (None if the settings have no address), and the last day to object, if any."""

    mails: MailsView | None
    until: str | None


def reply_of(record: Record, config: Config, words: Messages) -> ReplyView | None:
    """Return how to respond to a report, according to the settings; None if the report is not submitted."""
    review = record.review
    if review.status is not Status.SUBMITTED:
        return None
    day = parse_date(review.submitted.on) if review.submitted else None
    if day is None:
        return ReplyView(None, None)
    last = days_after(day, config.days_to_object) if config.days_to_object else None
    until = words.date(last) if last else None
    if not config.contact:
        return ReplyView(None, until)
    agree = words.gettext(mark("I agree to the content of this report, as it is under this number."))
    wrong = words.gettext(mark("I object to this report. What is wrong, and why:"))
    mails = MailsView(
        _mail(record, config, words, words.gettext(mark("Agreed")), f"{agree}\n"),
        _mail(record, config, words, words.gettext(mark("Objection")), f"{wrong}\n\n"),
    )
    return ReplyView(mails, until)


def _mail(record: Record, config: Config, words: Messages, says: str, text: str) -> str:
    """Return a `mailto:` address. The e-mail names the report and its content number."""
    review, colon = record.review, words.gettext(mark(": "))
    employee = review.employee
    title = f"{record.form.title.in_(words.language)} {review.period} ({review.form})"
    facts = (
        (mark("Report"), title),
        (mark("Name"), f"{employee.name} ({employee.id})"),
        (mark("Content number"), record.number),
    )
    lines = [text, *(f"{words.gettext(label)}{colon}{value}" for label, value in facts)]
    subject = f"{says}{colon}{employee.id} {review.period} {review.form} {record.number}"
    return f"mailto:{quote(config.contact, safe='@')}?subject={quote(subject)}&body={quote(chr(10).join(lines))}"
