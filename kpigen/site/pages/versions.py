"""The changes between two versions of a form, as readers see them. Items are compared by id, never by position."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kpigen.i18n.messages import Messages, mark
from kpigen.repository.diff.text import change_pieces
from kpigen.site.pages.band_table import BandRow, BandTable
from kpigen.site.pages.beyond_rows import Beyond, LabelledValue
from kpigen.site.pages.changes import FieldPieces
from kpigen.site.pages.form_view import FormView, IndicatorView, InputLine, VetoLine

#: The compared fields of a form and of an indicator, with their labels. A list is compared as one text.
_FORM = {
    "title": mark("Title"),
    "summary": mark("Summary"),
    "cycle": mark("Cycle"),
    "confirmations": mark("Confirmed by"),
    "outcome_text": mark("What the result leads to"),
    "bonus_cap": mark("Cap of the bonus"),
}
_INDICATOR = {
    "name": mark("Name"),
    "weight": mark("Weight"),
    "out_of": mark("Out of"),
    "definition": mark("Definition"),
    "standard": mark("Standard"),
    "focus": mark("Focus"),
    "target": mark("Target"),
    "measure": mark("Measured value"),
    "limits": mark("Must hold"),
    "most": mark("The most that can be reached"),
    "shown_as": mark("Confidential inputs"),
    "record": mark("Evidence"),
    "provider": mark("Provided by"),
}


@dataclass(frozen=True)
class VersionDifference:
    """The changes of one indicator, or of the form (`id` is empty): kind, name, and each field with its pieces of text."""

    id: str
    name: str
    kind: str
    fields: tuple[FieldPieces, ...]


def differences(old: FormView, new: FormView, words: Messages) -> tuple[VersionDifference, ...]:
    """Return the changes in a version: the form's, then each indicator's in the new order, then removed indicators."""
    found = []
    fields = tuple(_changed(_of_form(old, words), _of_form(new, words)))
    if fields:
        found.append(VersionDifference("", new.title, words.gettext(mark("The form")), fields))
    before = {item.id: item for section in old.sections for item in section.indicators}
    after = {item.id: item for section in new.sections for item in section.indicators}
    for id_, item in after.items():
        if id_ not in before:
            found.append(VersionDifference(id_, item.name, words.gettext(mark("New")), ()))
        elif fields := tuple(_changed(_of_indicator(before[id_], words), _of_indicator(item, words))):
            found.append(VersionDifference(id_, item.name, words.gettext(mark("Changed")), fields))
    gone = (item for id_, item in before.items() if id_ not in after)
    return (*found, *(VersionDifference(item.id, item.name, words.gettext(mark("Removed")), ()) for item in gone))


def _changed(old: Iterable[LabelledValue], new: Iterable[LabelledValue]) -> Iterator[FieldPieces]:
    before, after = _by_label(old), _by_label(new)
    for label in dict.fromkeys((*after, *before)):
        one, other = before.get(label, ""), after.get(label, "")
        if one != other:
            yield FieldPieces(label, change_pieces("", one, other))


def _by_label(lines: Iterable[LabelledValue]) -> dict[str, str]:
    """Return the text of each label. Several lines with one label, such as deductions, are joined."""
    found: dict[str, list[str]] = {}
    for label, value in lines:
        found.setdefault(label, []).append(value)
    return {label: "; ".join(value for value in values if value) for label, values in found.items()}


def _of_form(view: FormView, words: Messages) -> list[LabelledValue]:
    bonus, veto, outcomes = (words.gettext(label) for label in (mark("Bonus"), mark("Veto"), mark("Outcomes")))
    return [
        *(LabelledValue(words.gettext(label), _text(getattr(view, name))) for name, label in _FORM.items()),
        LabelledValue(words.gettext(mark("Grades")), _text(f"{item.grade} {item.range}" for item in view.grades)),
        *(LabelledValue(f"{bonus} · {item.name}", f"{item.points} {item.at_most}".strip()) for item in view.bonus),
        *(LabelledValue(f"{veto} · {item.name}", _veto(item)) for item in view.vetoes),
        *(LabelledValue(f"{outcomes} · {item.grade}", _text((item.text, *item.notes))) for item in view.outcomes),
        *(LabelledValue(section.name, section.weight) for section in view.sections if section.name),
        *_beyond(view.beyond, words),
    ]


def _veto(item: VetoLine) -> str:
    return f"{item.when} → {_text((item.grade, item.total))}"


def _beyond(beyond: Beyond, words: Messages) -> Iterator[LabelledValue]:
    yield LabelledValue(words.gettext(mark("Scale")), " ".join(beyond.scale))
    yield from beyond.formulas
    for result in beyond.results:
        yield LabelledValue(result.name, _text((*result.facts, *(_line(line) for line in result.lines), result.text)))
    for table in beyond.tables:
        yield LabelledValue(table.name, _text((table.by, *(_line(line) for line in table.lines))))
    yield LabelledValue(words.gettext(mark("Quota")), " ".join(beyond.quota))


def _line(line: LabelledValue) -> str:
    return f"{line.label} → {line.value}" if line.value else line.label


def _of_indicator(view: IndicatorView, words: Messages) -> list[LabelledValue]:
    inputs, where_zero = words.gettext(mark("Inputs")), words.gettext(mark("Where {name} is 0"))
    return [
        *(LabelledValue(words.gettext(label), _text(getattr(view, name))) for name, label in _INDICATOR.items()),
        *(LabelledValue(f"{inputs} · {item.id}", _input(item)) for item in view.inputs),
        *(LabelledValue(where_zero.format(name=item.label), item.value) for item in view.when_zero),
        *view.parameters,
        *(LabelledValue(row.head.text, _cells(table, row)) for table in view.bands for row in table.rows),
        *(LabelledValue(item.name, _text((item.range, item.text))) for item in view.anchors),
        LabelledValue(words.gettext(mark("Rules of the row")), " ".join(view.says)),
    ]


def _cells(table: BandTable, row: BandRow) -> str:
    """Return the scores of a row of a table of bands, each with its column."""
    cells = zip(table.columns, row.cells, strict=True)
    return _text(f"{column.text} → {cell.text}" for column, cell in cells if cell.text)


def _input(item: InputLine) -> str:
    choices = (f"{choice.id} {choice.name}" for choice in item.choices)
    fields = (f"{field.id} {_input(field)}" for field in item.fields)
    return _text((item.name, item.type, item.range, item.unit, *item.notes, *choices, *fields))


def _text(value: str | Iterable[str]) -> str:
    return value if isinstance(value, str) else ", ".join(part for part in value if part)
