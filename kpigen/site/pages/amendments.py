"""What an amendment changed, as a report tells its readers: fields by their names, numbers as they are written there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from markupsafe import Markup

from kpigen.base.digests import short
from kpigen.base.markdown import render_inline
from kpigen.base.periods import parse_date
from kpigen.i18n.messages import Messages, mark
from kpigen.i18n.words import FEEDBACK, HEAD
from kpigen.model.forms import Form, Indicator, Input, InputType
from kpigen.model.reviews import Amendment, FieldChange
from kpigen.numbers.quantities import read_exact, show
from kpigen.repository.diff.text import Pieces, change_pieces
from kpigen.repository.diff.words import Piece
from kpigen.scoring.fields import ENTRIES
from kpigen.site.pages.card import value_in_words

#: Parts of a review by the first word of a field's path, where that says all.
_PARTS = {
    "body": mark("Narrative"),
    "status": mark("Status"),
    "period": mark("Period"),
    "rules": mark("Rules"),
    "form": mark("Form"),
}
_OF_LISTS = {"count": mark("number of ratings"), "mean": mark("mean"), ENTRIES: mark("entries")}


class FieldView(NamedTuple):
    """A field that changed: what readers call it, and what came and went."""

    name: str
    pieces: Pieces


class FormerResult(NamedTuple):
    """Total and grade as a review had them before."""

    total: str
    grade: str


@dataclass(frozen=True)
class AmendmentView:
    """A change after publication: when, by whom and why, what changed, and the result before it (empty: not said)."""

    date: str
    by: str
    reason: Markup
    changes: tuple[FieldView, ...]
    total: str
    grade: str


def amendment_view(item: Amendment, date: str, form: Form, words: Messages) -> AmendmentView:
    """Return an amendment for a report by a form; `date` is its date in the language of the report."""
    whole = _come_or_gone(item.changes)
    changes = tuple(_change(change, form, words, change[0].rpartition(".")[0] in whole) for change in item.changes)
    return AmendmentView(date, item.by, render_inline(item.reason), changes, item.total, item.grade)


def result_before(amendments: Sequence[Amendment], total: str, grade: str) -> FormerResult | None:
    """Return the last result that was another one than this, or None where no amendment changed it."""
    before = [FormerResult(item.total, item.grade) for item in amendments if item.total]
    return next((result for result in reversed(before) if result != (total, grade)), None)


def _come_or_gone(changes: Iterable[FieldChange]) -> set[str]:
    """Return the entries of lists that an amendment adds or removes as a whole: all their fields come, or all go."""
    by_entry: dict[str, list[FieldChange]] = defaultdict(list)
    for change in changes:
        by_entry[change[0].rpartition(".")[0]].append(change)
    return {
        entry
        for entry, fields in by_entry.items()
        if len(fields) > 1 and (not any(old for _, old, _ in fields) or not any(new for _, _, new in fields))
    }


def _change(change: FieldChange, form: Form, words: Messages, whole: bool) -> FieldView:
    """Return a change in words; `whole` where its entry comes or goes with all its fields."""
    field, old, new = change
    name, of = field_in_words(field, form, words)
    if field.endswith(ENTRIES):  # of a confidential list, of which nothing is shown
        return FieldView(name, (Piece("added", words.gettext(mark("others than before"))),))
    if of and of.type is InputType.LIST:
        return FieldView(name, (Piece("added", words.gettext(mark("in another order"))),))
    if field.startswith("evidence."):
        return FieldView(name, _evidence(field, old, new))
    if field.endswith(".mean") and of is None:
        old, new = (text if (mean := _number(text)) is None else show(mean) for text in (old, new))
    if field.endswith(".resolved"):
        old, new = (words.date(date) if (date := parse_date(text)) else text for text in (old, new))
    return FieldView(name, change_pieces(field, *(_value(text, of, words, whole) for text in (old, new))))


def _evidence(field: str, old: str, new: str) -> Pieces:
    """Return a change of evidence: a link, or a file, whose digest tells one of the same name from another."""
    file = ".".join(field.split(".")[2:-1])
    if field.endswith(".link") or not file:
        return change_pieces("", old, new)
    if old and new:
        return (Piece("same", f"{file} "), *change_pieces("", short(old), short(new)))
    return (Piece("added" if new else "removed", file),)


def field_in_words(field: str, form: Form, words: Messages) -> tuple[str, Input | None]:
    """Return what readers call a field of a review, and the input that its value is one of.

    What is no part of the form, such as an indicator that it does not have, stays a path.
    """
    part, _, rest = field.partition(".")
    say = words.gettext
    if part == "self_assessment":
        inner, of = field_in_words(rest, form, words)
        return _joined(say(mark("Self-assessment")), inner if rest != "comment" else say(mark("Comment"))), of
    if part in _PARTS:
        return say(_PARTS[part]), None
    if part == "feedback" and rest in FEEDBACK:
        return say(FEEDBACK[rest]), None
    if part == "employee" and rest in HEAD:
        return say(HEAD[rest]), None
    if part == "objections":
        number, _, what = rest.partition(".")
        about = say(mark("resolved on")) if what == "resolved" else say(mark("Resolution"))
        return _joined(f"{say(mark('Objection'))} {number}", about), None
    if part == "bonus":
        bonus = next((item for item in form.bonus if item.id == rest), None)
        return (_joined(say(mark("Bonus")), bonus.name.in_(words.language)) if bonus else field), None
    id_, _, inside = rest.partition(".")
    indicator = form.indicator(id_)
    if indicator is None:
        return field, None
    if part == "metrics":
        return _of_indicator(indicator, inside, words)
    labels = {"comments": mark("Comment"), "not_applicable": mark("not applicable"), "evidence": mark("Evidence")}
    return (_joined(indicator.name.in_(words.language), say(labels[part])) if part in labels else field), None


def _of_indicator(indicator: Indicator, inside: str, words: Messages) -> tuple[str, Input | None]:
    """Return the name of an indicator's input, of a field of one of its entries, or of what is shown of ratings."""
    name, (id_, _, rest) = indicator.name.in_(words.language), inside.partition(".")
    shown = indicator.shown_as
    if shown and id_ == shown.id:
        return _joined(
            name, shown.name.in_(words.language), words.gettext(_OF_LISTS[rest]) if rest in _OF_LISTS else rest
        ), None
    item = next((one for one in indicator.inputs if one.id == id_), None)
    if item is None:
        return _joined(name, inside), None
    whole = name if len(indicator.inputs) == 1 else _joined(name, item.name.in_(words.language))
    if not rest:
        return whole, item
    entry, _, last = rest.rpartition(".")
    field = next((one for one in item.fields if one.id == last), None)
    return _joined(whole, *((entry, field.name.in_(words.language)) if field else (rest,))), field


def _joined(*names: str) -> str:
    return " – ".join(name for name in names if name)


def _value(text: str, of: Input | None, words: Messages, whole: bool) -> str:
    """Return a value of a content as a report writes it; one that is left out there, alone, is the input's default."""
    if of is None:
        return text
    text = text or ("" if whole else of.default or "")
    if of.type is InputType.YES_NO and text in ("yes", "no"):
        return value_in_words(of, text == "yes", words)
    if of.type in (InputType.CHOICE, InputType.TEXT) or not text:
        return value_in_words(of, text, words)
    number = _number(text)
    return text if number is None else value_in_words(of, number, words)


def _number(text: str) -> Fraction | None:
    """Return a number as contents write it; None for anything else, which a file edited by hand may say."""
    try:
        return read_exact(text)
    except ValueError:
        return None
