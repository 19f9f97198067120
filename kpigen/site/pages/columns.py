"""The columns of a paper form: their headings, what a row shows in them, and what stands below their rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from kpigen.i18n.messages import Messages, mark
from kpigen.model.forms import Column, Form, Indicator, Section
from kpigen.model.reviews import Auto, InputValue
from kpigen.model.scores import IndicatorScore
from kpigen.numbers.quantities import Unit, fixed, with_minus
from kpigen.scoring.names import value_of

COLUMN_NAMES = {
    "section": mark("Section"),
    "number": mark("No."),
    "name": mark("Indicator"),
    "focus": mark("Focus"),
    "definition": mark("Definition"),
    "standard": mark("Standard"),
    "target": mark("Target"),
    "cycle": mark("Cycle"),
    "record": mark("Record"),
    "provider": mark("Provided by"),
    "actual": mark("Actual"),
    "raw": mark("Score"),
    "weight": mark("Weight"),
    "points": mark("Points"),
    "comment": mark("Comment"),
    "anchor": mark("Level"),
    "measure": mark("Measured value"),
}
#: The kinds of columns that show a single thing of each row in a way of their own.
OWN = ("input", "choice", "raw", "measure")


@dataclass(frozen=True)
class ColumnView:
    """A column of the paper form: the kind of its content, its heading, and what else its kind needs (see `model.Column`)."""

    show: str
    name: str
    anchor: str = ""
    input: str = ""
    choice: str = ""
    otherwise: str = ""
    foot: str = ""
    decimals: int | None = None


@dataclass(frozen=True)
class CellView:
    """What a row shows in such a column: a text, or the `input` if it is a list or a long text; a choice may be `ticked`."""

    text: str
    input: str = ""
    ticked: bool = False


def columns_of(form: Form, section: Section, words: Messages) -> tuple[ColumnView, ...]:
    """Return the paper form's columns for a section."""
    columns = section.columns or form.print.columns
    # A column that all sections share has one heading, from the first row that has the input.
    rows = section.indicators if section.columns else form.indicators
    return tuple(_column(column, rows, words) for column in columns)


def _column(column: Column, rows: Iterable[Indicator], words: Messages) -> ColumnView:
    return ColumnView(
        column.show,
        column.name.in_(words.language) if column.name else _heading(column, rows, words),
        column.anchor,
        column.input,
        column.choice,
        column.otherwise,
        column.foot,
        column.decimals,
    )


def _heading(column: Column, rows: Iterable[Indicator], words: Messages) -> str:
    """Return the usual heading of a column: that of its kind, or the name of the input or choice that it shows."""
    if column.show in COLUMN_NAMES:
        return words.gettext(COLUMN_NAMES[column.show])
    shown = next((item for row in rows if (item := row.input(column.input))), None)
    choice = next((item for item in shown.choices if item.id == column.choice), None) if shown else None
    named = choice or shown
    return named.name.in_(words.language) if named else ""


@dataclass(frozen=True)
class Filled:
    """A row of a form as it was filled in and scored."""

    row: Indicator
    result: IndicatorScore
    values: Mapping[str, InputValue]


def cells_of(columns: Iterable[ColumnView], filled: Filled, form: Form, words: Messages) -> dict[ColumnView, CellView]:
    """Return what a row shows in each column that shows a single thing of it; nothing of confidential inputs."""
    return {column: _cell(column, filled, form, words) for column in columns if column.show in OWN}


def _cell(column: ColumnView, filled: Filled, form: Form, words: Messages) -> CellView:
    row, values = filled.row, filled.values
    if column.show == "raw":
        return CellView(_plain(filled.result.raw, column, words))
    if column.show == "measure":
        step = next((step for step in filled.result.steps if step.kind == "measure"), None)
        return CellView(
            "" if step is None or step.value is None else figure(step.value, step.unit, column.decimals, words)
        )
    item = row.input(column.input)
    if item is None or item.confidential:
        return CellView(_otherwise(column, filled, form, words))
    value = values.get(item.id)
    if column.show == "choice":
        is_made = value == column.choice
        return CellView("■" if is_made else "□", ticked=is_made)
    if value is None or isinstance(value, Auto):
        return CellView("")
    if not isinstance(value, Fraction):
        return CellView("", input=item.id)
    if column.otherwise and column.decimals is None and item.type.unit is Unit.PLAIN:
        return CellView(words.points(value, form.notation))  # it stands below points and looks like them
    return CellView(figure(value, item.type.unit, column.decimals, words))


def _otherwise(column: ColumnView, filled: Filled, form: Form, words: Messages) -> str:
    if column.otherwise == "points" and filled.result.points is not None:
        return words.points(filled.result.points, form.notation)
    return _plain(filled.result.raw, column, words) if column.otherwise == "raw" else ""


def _plain(value: Fraction | None, column: ColumnView, words: Messages) -> str:
    return "" if value is None else figure(value, Unit.PLAIN, column.decimals, words)


def figure(value: Fraction, unit: Unit, decimals: int | None, words: Messages) -> str:
    """Write a number in its unit, with so many decimals (None: as many as it needs; money has two)."""
    if unit is Unit.MONEY:
        return words.money(value, 2 if decimals is None else decimals)
    if unit is Unit.DURATION or (decimals is None and unit is Unit.PERCENT):
        return words.quantity(value, unit)
    if decimals is None:
        return words.number(value)
    return (
        f"{with_minus(fixed(value * 100, decimals))}%" if unit is Unit.PERCENT else with_minus(fixed(value, decimals))
    )


def foots_of(columns: Iterable[ColumnView], rows: Iterable[Filled], form: Form, words: Messages) -> tuple[str, ...]:
    """Return what stands below each column: the sum or mean of what counts of its rows, or nothing.

    An input without a value counts as its default: a second rater who wrote nothing has agreed. Rows that do not apply and those
    without a number are left out.
    """
    listed = [filled for filled in rows if not filled.result.not_applicable]
    return tuple(_foot(column, listed, form, words) if column.foot else "" for column in columns)


def _foot(column: ColumnView, rows: Iterable[Filled], form: Form, words: Messages) -> str:
    found = [_counted(column, filled) for filled in rows]
    numbers, units = [value for value, _ in found if value is not None], {unit for _, unit in found}
    if not numbers:
        return ""
    value = form.rounded(sum(numbers, Fraction(0)) / (len(numbers) if column.foot == "mean" else 1))
    unit = units.pop() if len(units) == 1 else Unit.PLAIN
    return words.points(value, form.notation) if unit is Unit.PLAIN else figure(value, unit, column.decimals, words)


def _counted(column: ColumnView, filled: Filled) -> tuple[Fraction | None, Unit]:
    """Return the number of a row that counts in a column, with its unit."""
    item = filled.row.input(column.input) if column.show == "input" else None
    if item is None:
        otherwise = column.otherwise if column.show == "input" else "raw"
        return {"points": filled.result.points, "raw": filled.result.raw}.get(otherwise), Unit.PLAIN
    value = value_of(item, filled.values, filled.row)
    return (value if isinstance(value, Fraction) else None), item.type.unit
