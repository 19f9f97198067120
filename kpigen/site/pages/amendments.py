"""What an amendment changed, as shown in a report: fields with their names, numbers as reports write them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from markupsafe import Markup

from kpigen.base.digests import short
from kpigen.base.markdown import render_inline
from kpigen.base.periods import parse_date, parse_period
from kpigen.files.rules.defaults import written_default
from kpigen.i18n.messages import Messages, mark
from kpigen.i18n.words import FEEDBACK, HEAD
from kpigen.model.forms import Form, Indicator, Input, InputType
from kpigen.model.reviews import Amendment, FieldChange
from kpigen.numbers.quantities import read_exact, show
from kpigen.repository.diff.text import Pieces, change_pieces
from kpigen.repository.diff.words import Piece
from kpigen.scoring.content import AUTO, SEAL_PREFIX
from kpigen.scoring.fields import ENTRIES, is_of_seal, worth_telling
from kpigen.site.pages.card import value_in_words

#: Names of parts of a review by the first word of a field's path, for paths where that word is enough.
_PARTS = {
    "body": mark("Narrative"),
    "status": mark("Status"),
    "period": mark("Period"),
    "rules": mark("Rules"),
    "form": mark("Form"),
}
_OF_LISTS = {"count": mark("number of ratings"), "mean": mark("mean"), ENTRIES: mark("entries")}

_OF_TAKEN = {"total": mark("Total"), "points": mark("Points"), "seal": mark("Seal")}


class FieldView(NamedTuple):
    """A changed field: its name for readers, and what was added and removed."""

    name: str
    pieces: Pieces


class FormerResult(NamedTuple):
    """Total and grade of a review before an amendment."""

    total: str
    grade: str


@dataclass(frozen=True)
class AmendmentView:
    """A change after publication: when, by whom and why, what changed, and the result before it (empty: not recorded)."""

    date: str
    by: str
    reason: Markup
    changes: tuple[FieldView, ...]
    total: str
    grade: str


def amendment_view(item: Amendment, date: str, form: Form, words: Messages) -> AmendmentView:
    """Return an amendment as shown in a report. `date` is its date in the language of the report."""
    whole, shown = _come_or_gone(item.changes), worth_telling(item.changes)
    changes = tuple(_change(change, form, words, change[0].rpartition(".")[0] in whole) for change in shown)
    total = total_in_words(item.total, form, words)
    return AmendmentView(date, item.by, render_inline(item.reason), changes, total, item.grade)


def result_before(amendments: Sequence[Amendment], total: str, grade: str) -> FormerResult | None:
    """Return the last earlier result that differs from this one; None if no amendment changed it."""
    before = [FormerResult(item.total, item.grade) for item in amendments if item.total]
    return next((result for result in reversed(before) if result != (total, grade)), None)


def total_in_words(total: str, form: Form, words: Messages) -> str:
    """Return a total that a file says as a report writes it; empty if there is none."""
    return words.points(Fraction(total), form.notation) if total else ""


def _come_or_gone(changes: Iterable[FieldChange]) -> set[str]:
    """Return the list entries that an amendment adds or removes as a whole, with all their fields."""
    by_entry: dict[str, list[FieldChange]] = defaultdict(list)
    for change in changes:
        by_entry[change[0].rpartition(".")[0]].append(change)
    return {
        entry
        for entry, fields in by_entry.items()
        if len(fields) > 1 and (not any(old for _, old, _ in fields) or not any(new for _, _, new in fields))
    }


def _change(change: FieldChange, form: Form, words: Messages, whole: bool) -> FieldView:
    """Return a change in words. `whole` means that its entire entry is added or removed."""
    field, old, new = change
    name, of = field_in_words(field, form, words)
    if field.endswith(ENTRIES):  # a confidential list: its entries are never shown
        return FieldView(name, (Piece("added", words.gettext(mark("others than before"))),))
    if of and of.type is InputType.LIST:
        return FieldView(name, (Piece("added", words.gettext(mark("in another order"))),))
    if field.startswith("evidence."):
        return FieldView(name, _evidence(field, old, new))
    if is_of_seal(field):
        return FieldView(name, change_pieces("", *(_short_seal(seal) for seal in (old, new))))
    if field.startswith("taken."):
        return FieldView(name, change_pieces("", old, new))
    if field.endswith(".mean") and of is None:
        old, new = (text if (mean := _number(text)) is None else show(mean) for text in (old, new))
    if field.endswith(".resolved"):
        old, new = (words.date(date) if (date := parse_date(text)) else text for text in (old, new))
    return FieldView(name, change_pieces(field, *(_value(text, of, words, whole) for text in (old, new))))


def _short_seal(seal: str) -> str:
    return short(seal.removeprefix(SEAL_PREFIX))


def _evidence(field: str, old: str, new: str) -> Pieces:
    """Return a change of evidence: a link, or a file. Digests distinguish files of the same name."""
    file = ".".join(field.split(".")[2:-1])
    if field.endswith(".link") or not file:
        return change_pieces("", old, new)
    if old and new:
        return (Piece("same", f"{file} "), *change_pieces("", short(old), short(new)))
    return (Piece("added" if new else "removed", file),)


def field_in_words(field: str, form: Form, words: Messages) -> tuple[str, Input | None]:
    """Return the name of a review's field for readers, and the input that the field is a value of (None: no input).

    A field that is not in the form, such as an unknown indicator, is named by its path.
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
    if part == "taken":
        return _of_taken(indicator, inside, words), None
    labels = {"comments": mark("Comment"), "not_applicable": mark("not applicable"), "evidence": mark("Evidence")}
    return (_joined(indicator.name.in_(words.language), say(labels[part])) if part in labels else field), None


def _of_indicator(indicator: Indicator, inside: str, words: Messages) -> tuple[str, Input | None]:
    """Return the name of an indicator's input, of a field in one of its entries, or of the figures shown for ratings."""
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


def _of_taken(indicator: Indicator, inside: str, words: Messages) -> str:
    """Return the name of a total that an input took: of what period it is."""
    id_, _, rest = inside.partition(".")
    text, _, last = rest.rpartition(".")
    whole, _ = _of_indicator(indicator, id_, words)
    period = parse_period(text or last)
    return _joined(
        whole,
        (text or last) if period is None else words.period(period),
        words.gettext(_OF_TAKEN[last]) if last in _OF_TAKEN else "",
    )


def _joined(*names: str) -> str:
    return " – ".join(name for name in names if name)


def _value(text: str, of: Input | None, words: Messages, whole: bool) -> str:
    """Return a value of a content as reports write it. A single omitted value means the input's default."""
    if of is None:
        return text
    if not text and not whole and of.default is not None:
        text = written_default(of.default)
    if of.auto and text == AUTO:
        return words.gettext(mark("taken automatically"))
    if of.type is InputType.YES_NO and text in ("yes", "no"):
        return value_in_words(of, text == "yes", words)
    if of.type in (InputType.CHOICE, InputType.TEXT) or not text:
        return value_in_words(of, text, words)
    number = _number(text)
    return text if number is None else value_in_words(of, number, words)


def _number(text: str) -> Fraction | None:
    """Return a number from a content; None for anything else, which a file edited by hand may contain."""
    try:
        return read_exact(text)
    except ValueError:
        return None
