"""A commit of the history as a page shows it: what it changed, in the page's language."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from kpigen.base.digests import short
from kpigen.i18n.messages import Messages, mark, messages
from kpigen.i18n.words import STATUS
from kpigen.numbers.notation import Notation
from kpigen.repository.diff.compare import ReviewChange, RuleChange, Score, Split
from kpigen.repository.diff.text import CANNOT_SPLIT, GRADE_BY, RULE_KINDS, Pieces, change_pieces
from kpigen.repository.git.log import Signature
from kpigen.repository.history.entries import Entry
from kpigen.repository.history.text import signature_in_words, when
from kpigen.site.pages.page import audit_form_place, audit_person_place
from kpigen.site.pages.site import Site

KINDS = {
    "added": mark("New"),
    "removed": mark("Removed"),
    "changed": mark("Changed"),
    "moved": mark("File moved"),
}


class FieldPieces(NamedTuple):
    """A field's name, and its change as pieces of text."""

    name: str
    pieces: Pieces


@dataclass(frozen=True)
class ChangeView:
    """A change of one review."""

    kind: str
    employee: str
    name: str
    period: str
    form: str
    path: str
    status: str
    moved_from: str
    file: str
    fields: tuple[FieldPieces, ...]
    before: str
    after: str
    difference: str
    split: str
    against: str


@dataclass(frozen=True)
class RuleView:
    """A change of one rule version, and how many reviews that version scores."""

    key: str
    form: str
    path: str
    says: str
    touches: int


@dataclass(frozen=True)
class EntryView:
    """A commit with its changes. `left_out` is the number of changed reviews that are not shown."""

    id: str
    date: str
    author: str
    email: str
    subject: str
    is_merge: bool
    signature: str
    signature_state: str
    rules: tuple[RuleView, ...]
    changes: tuple[ChangeView, ...]
    unread: tuple[str, ...]
    left_out: int = 0


def entry_view(site: Site, entry: Entry, signature: Signature | None, language: str) -> EntryView:
    """Return a commit as a page shows it."""
    words, commit = messages(language), entry.commit
    against = entry.against or ("",) * len(entry.changes.reviews)
    return EntryView(
        id=commit.short,
        date=when(commit.date),
        author=commit.author,
        email=commit.email,
        subject=commit.subject,
        is_merge=len(commit.parents) > 1,
        signature=signature_in_words(signature, words) if signature else "",
        signature_state=signature.state if signature else "",
        rules=tuple(_rule(site, rule, language) for rule in entry.changes.rules),
        changes=tuple(
            _change(site, change, parent, language)
            for change, parent in zip(entry.changes.reviews, against, strict=True)
        ),
        unread=entry.changes.unread,
    )


def _rule(site: Site, rule: RuleChange, language: str) -> RuleView:
    form = rule.key.partition("@")[0]
    return RuleView(
        key=rule.key,
        form=form,
        path=site.path(audit_form_place(form), language),
        says=messages(language).gettext(RULE_KINDS[rule.kind]),
        touches=len(rule.touches),
    )


def _change(site: Site, change: ReviewChange, against: str, language: str) -> ChangeView:
    words = messages(language)
    return ChangeView(
        kind=words.gettext(KINDS[change.kind]),
        employee=change.employee,
        name=change.name,
        period=change.period,
        form=change.form,
        path=site.path(audit_person_place(change.employee), language),
        status=words.gettext(STATUS[change.status]),
        moved_from=change.old_path,
        file=change.path,
        fields=tuple(FieldPieces(field, change_pieces(field, old, new)) for field, old, new in change.fields),
        before=_score(change.before, words),
        after=_score(change.after, words),
        difference=_difference(change, words),
        split=_split(change.split, change.notation, words) if change.split else "",
        against=short(against),
    )


def _score(score: Score | None, words: Messages) -> str:
    if score is None:
        return ""
    return (
        words.gettext(mark("open"))
        if score.total is None
        else f"{words.points(score.total, score.notation)} {score.grade or ''}".strip()
    )


def _difference(change: ReviewChange, words: Messages) -> str:
    before, after = change.before, change.after
    if before is None or after is None or before.total is None or after.total is None:
        return ""
    if before.total == after.total and change.split is None:
        return ""
    return _signed(after.total - before.total, change.notation, words)


def _split(split: Split, notation: Notation, words: Messages) -> str:
    if split.data is None or split.rules is None:
        return words.gettext(CANNOT_SPLIT)
    parts = words.gettext(mark("{data} from the data, {rules} from the rules")).format(
        data=_signed(split.data, notation, words), rules=_signed(split.rules, notation, words)
    )
    return parts + words.gettext(mark("; ")) + words.gettext(GRADE_BY[split.grade]) if split.names_grade else parts


def _signed(value: Fraction, notation: Notation, words: Messages) -> str:
    return ("" if value else "+") + words.change(value, notation)
