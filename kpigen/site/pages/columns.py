"""The columns of a paper form: their headings, what a row shows in them, and what stands below their rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from kpigen.i18n.messages import Messages, mark
from kpigen.model.forms import Column, Form, Indicator, Section
from kpigen.model.reviews import InputValue
from kpigen.model.scores import IndicatorScore
from kpigen.numbers.quantities import Unit
from kpigen.scoring.score import known_values

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
}


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
    )


def _heading(column: Column, rows: Iterable[Indicator], words: Messages) -> str:
    """Return the usual heading of a column: that of its kind, or the name of the input or choice that it shows."""
    if column.show in COLUMN_NAMES:
        return words.gettext(COLUMN_NAMES[column.show])
    shown = next((item for row in rows if (item := row.input(column.input))), None)
    choice = next((item for item in shown.choices if item.id == column.choice), None) if shown else None
    named = choice or shown
    return named.name.in_(words.language) if named else ""


def foots_of(
    columns: Iterable[ColumnView],
    rows: Iterable[tuple[Indicator, IndicatorScore, Mapping[str, InputValue]]],
    form: Form,
    words: Messages,
) -> tuple[str, ...]:
    """Return what stands below each column: the sum or mean of what counts of its rows, or nothing.

    An input without a value counts as its default: a second rater who wrote nothing has agreed. Rows that do not apply and those
    without a number are left out.
    """
    listed = [(row, result, values) for row, result, values in rows if not result.not_applicable]
    return tuple(_foot(column, listed, form, words) for column in columns)


def _foot(
    column: ColumnView,
    rows: Iterable[tuple[Indicator, IndicatorScore, Mapping[str, InputValue]]],
    form: Form,
    words: Messages,
) -> str:
    if not column.foot:
        return ""
    found = [_counted(column, *row) for row in rows]
    numbers, units = [value for value, _ in found if value is not None], {unit for _, unit in found}
    if not numbers:
        return ""
    value = sum(numbers, Fraction(0)) / (len(numbers) if column.foot == "mean" else 1)
    unit = units.pop() if len(units) == 1 else Unit.PLAIN
    return words.points(value, form.notation) if unit in (Unit.PLAIN, Unit.MONEY) else words.quantity(value, unit, 2)


def _counted(
    column: ColumnView, row: Indicator, result: IndicatorScore, values: Mapping[str, InputValue]
) -> tuple[Fraction | None, Unit]:
    """Return the number of a row that counts in a column, with its unit."""
    if column.show == "raw":
        return result.raw, Unit.PLAIN
    item = row.input(column.input)
    if item is None:
        others = {"points": result.points, "raw": result.raw}
        return others.get(column.otherwise), Unit.PLAIN
    value = known_values(row, values)[0].get(item.id)
    return (value if isinstance(value, Fraction) else None), item.type.unit
