"""What was said to a submitted report, and how to respond to it on a static site: two prefilled e-mails, and the deadline."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from kpigen.base.periods import parse_date
from kpigen.files.config import Config
from kpigen.i18n.messages import Messages, mark
from kpigen.i18n.words import ROLES
from kpigen.model.reviews import Status
from kpigen.repository.records import Record
from kpigen.repository.replies import Replies, Reply, last_day_to_object, replies_to


@dataclass(frozen=True)
class MailsView:
    """The `mailto:` addresses of the two e-mails: to confirm, and to object."""

    agree: str
    object: str


@dataclass(frozen=True)
class ReplyView:
    """What was said to a report, and how to respond to it.

    `title` is the state in a few words, `said` one sentence on what the employee said (empty if nothing yet), `awaited` are
    the roles that are still to confirm. `mails` is None if the settings have no address, or if the employee has answered.
    `until` is the last day to object, if any.
    """

    title: str
    said: str
    is_asked: bool
    awaited: tuple[str, ...]
    mails: MailsView | None
    until: str | None


def reply_of(record: Record, config: Config, words: Messages) -> ReplyView | None:
    """Return what was said and how to respond to a report, according to the settings; None if it is not submitted."""
    review = record.review
    if review.status is not Status.SUBMITTED:
        return None
    replies = replies_to(record)
    is_asked = replies.reply in (Reply.AWAITED, Reply.RESOLVED)
    last = last_day_to_object(review, config)
    return ReplyView(
        title=words.gettext(_title(replies)),
        said=_said(record, replies, words),
        is_asked=is_asked,
        awaited=tuple(words.gettext(ROLES[role]) for role in replies.awaited),
        mails=_mails(record, config, words) if is_asked and config.contact and review.submitted else None,
        until=words.date(last) if last else None,
    )


def _title(replies: Replies) -> str:
    if replies.unresolved:
        return mark("Objection, not resolved yet")
    return mark("Confirmed, not published yet") if replies.is_complete else mark("Awaiting confirmation")


def _said(record: Record, replies: Replies, words: Messages) -> str:
    """Return what the employee said last, as a sentence; of others' objections only that there are some."""
    sentences = {
        Reply.AGREED: mark("{name} agreed on {date}."),
        Reply.OBJECTED: mark("{name} objected on {date}; the report is not published before this is resolved."),
        Reply.RESOLVED: mark("The objection of {name} was resolved on {date}."),
    }
    if replies.reply in sentences:
        day = parse_date(replies.on)
        date = words.date(day) if day else replies.on
        return words.gettext(sentences[replies.reply]).format(name=record.review.employee.name, date=date)
    if replies.unresolved:
        return words.gettext(mark("There is an objection; the report is not published before it is resolved."))
    return ""


def _mails(record: Record, config: Config, words: Messages) -> MailsView:
    agree = words.gettext(mark("I agree to the content of this report, as it is under this number."))
    wrong = words.gettext(mark("I object to this report. What is wrong, and why:"))
    return MailsView(
        _mail(record, config, words, words.gettext(mark("Agreed")), f"{agree}\n"),
        _mail(record, config, words, words.gettext(mark("Objection")), f"{wrong}\n\n"),
    )


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
    body = "\n".join(lines).replace("\n", "\r\n")  # RFC 6068, section 5: a line break in a body is %0D%0A
    return f"mailto:{quote(config.contact, safe='@')}?subject={quote(subject)}&body={quote(body)}"
