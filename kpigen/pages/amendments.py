"""What an amendment changed, as a report tells its readers: fields by their names, numbers as they are written there."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from markupsafe import Markup

from kpigen.diff_text import Pieces, change_pieces
from kpigen.fields import ENTRIES, FieldChange
from kpigen.markdown import render_inline
from kpigen.messages import Messages, mark
from kpigen.model import Amendment, Form, Indicator, Input, InputType
from kpigen.pages.card import value_in_words
from kpigen.words import FEEDBACK, HEAD

#: Parts of a review by the first word of a field's path, where that says all.
_PARTS = {
    "body": mark("Narrative"),
    "status": mark("Status"),
    "period": mark("Period"),
    "rules": mark("Rules"),
    "form": mark("Form"),
}
_OF_LISTS = {"count": mark("number of ratings"), "mean": mark("mean"), ENTRIES: mark("entries")}


@dataclass(frozen=True)
class AmendmentView:
    """A change after publication: when, by whom and why, what changed by its name, and the result before it."""

    date: str
    by: str
    reason: Markup
    changes: tuple[tuple[str, Pieces], ...]
    total: str
    grade: str


def amendment_view(item: Amendment, date: str, form: Form, words: Messages) -> AmendmentView:
    """Return an amendment for a report by a form; `date` is its date in the language of the report."""
    changes = tuple(_change(change, form, words) for change in item.changes)
    return AmendmentView(date, item.by, render_inline(item.reason), changes, item.total, item.grade)


def _change(change: FieldChange, form: Form, words: Messages) -> tuple[str, Pieces]:
    field, old, new = change
    name, of = field_in_words(field, form, words)
    if field.endswith(ENTRIES):  # of a confidential list, of which nothing is shown
        return name, (("added", words.gettext(mark("others than before"))),)
    return name, change_pieces(field, *(_value(text, of, words) for text in (old, new)))


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
        return say(mark("Objection")) if rest.endswith(".resolved") else say(mark("Resolution")), None
    if part == "bonus":
        bonus = next((item for item in form.bonus if item.id == rest), None)
        return (_joined(say(mark("Bonus")), bonus.name.in_(words.language)) if bonus else field), None
    id_, _, inside = rest.partition(".")
    indicator = form.indicator(id_)
    if indicator is None:
        return field, None
    if part == "metrics":
        return _of_indicator(indicator, inside, words)
    about = {"comments": mark("Comment"), "not_applicable": mark("not applicable"), "evidence": mark("Evidence")}
    return (_joined(indicator.name.in_(words.language), say(about[part])) if part in about else field), None


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


def _value(text: str, of: Input | None, words: Messages) -> str:
    """Return a value of a content as a report writes it; one that is left out there is the input's default."""
    if of is None:
        return text
    text = text or of.default or ""
    if of.type is InputType.YES_NO and text in ("yes", "no"):
        return value_in_words(of, text == "yes", words)
    if of.type in (InputType.CHOICE, InputType.TEXT) or not text:
        return value_in_words(of, text, words)
    try:
        return value_in_words(of, Fraction(text), words)
    except (ValueError, ZeroDivisionError):
        return text
