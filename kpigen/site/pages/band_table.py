"""Tables of bands (区间得分表) as readers see them: like on the paper form, with the row and column that applied marked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kpigen.i18n.messages import Messages, mark
from kpigen.model.forms import Indicator, Range
from kpigen.model.reviews import InputValue
from kpigen.numbers import formula
from kpigen.numbers.formula import Expression
from kpigen.numbers.quantities import Unit
from kpigen.scoring.methods.bands import BandPlace, Bands, Ends
from kpigen.scoring.methods.base import Method, method_of
from kpigen.scoring.methods.parts import Parts
from kpigen.scoring.score import known_values
from kpigen.scoring.wording import RuleWording

#: A blank within a heading at which no line ends.
_GLUE = "\u00a0"


@dataclass(frozen=True)
class BandHead:
    """The heading of a row or column: the lines of its band, and whether it applied."""

    lines: tuple[str, ...]
    applies: bool = False

    @property
    def text(self) -> str:
        """The heading on one line."""
        return " ".join(self.lines)


@dataclass(frozen=True)
class BandCell:
    """A cell: its score (empty: none of its own), and whether it is the one that applied."""

    text: str
    applies: bool = False


@dataclass(frozen=True)
class BandRow:
    """A row: its heading and its cells."""

    head: BandHead
    cells: tuple[BandCell, ...]


@dataclass(frozen=True)
class BandTable:
    """A table of bands: the part that it scores (empty: the whole row), the names of the number of its rows and of that of its
    columns (empty: it is one-way), and what holds for the whole table."""

    part: str
    measure: str
    by: str
    columns: tuple[BandHead, ...]
    rows: tuple[BandRow, ...]
    notes: tuple[str, ...]

    @property
    def is_two_way(self) -> bool:
        """True if the table has a column for each band of a second number."""
        return bool(self.by)


def band_tables_of(
    indicator: Indicator,
    names: Mapping[str, str],
    words: Messages,
    values: Mapping[str, InputValue] | None = None,
) -> tuple[BandTable, ...]:
    """Return the tables of bands that an indicator scores by, in a language. `names` are as in `names_of`.

    With the `values` of a review, what applied is marked.
    """
    found = list(_bands(method_of(indicator), indicator.measure, indicator.measure_unit))
    if not found:
        return ()
    known = None if values is None else known_values(indicator, values)[0]
    if known is not None and any(known.get(name) == 0 for name, _ in indicator.when_zero):
        known = None
    return tuple(_table(one, known, RuleWording(names, words.gettext), words) for one in found)


@dataclass(frozen=True)
class _BandMethod:
    """A method `bands` with the number of its rows and its unit, and the id of the part that it scores."""

    method: Bands
    measure: Expression
    unit: Unit
    part: str = ""


def _bands(method: Method, measure: Expression | None, unit: Unit, part: str = "") -> Iterator[_BandMethod]:
    if isinstance(method, Bands) and measure is not None:
        yield _BandMethod(method, measure, unit, part)
    elif isinstance(method, Parts):
        for one in method.parts:
            yield from _bands(one.method, one.measure, one.unit, one.id)


def _table(found: _BandMethod, known: Mapping[str, Any] | None, wording: RuleWording, words: Messages) -> BandTable:
    method = found.method
    place = None if known is None else _place(found, known)
    shown = [(number, _head(method.rows.band(number), found.unit, words)) for number in range(len(method.rows.values))]
    rows: list[tuple[int | None, tuple[str, ...]]] = [*shown]
    columns: list[tuple[int | None, tuple[str, ...]]] = [(0, (words.gettext(mark("Score")),))]
    if method.columns is not None:
        columns = [(number, _head(band, method.by_unit, words)) for number, band in _in_order(method.columns)]
        if place is not None and place.column is None:
            columns.append((None, _head(method.columns.outside, method.by_unit, words)))
    if method.otherwise is not None and (method.columns is None or (place is not None and place.row is None)):
        rows.append((None, _head(method.rows.outside, found.unit, words)))

    def cell(row: int | None, column: int | None) -> BandCell:
        applies = place == (row, column)
        own = row is not None and column is not None and column < len(method.cells[row])
        score = method.at(BandPlace(row, column)) if own or applies or method.columns is None else None
        return BandCell("" if score is None else words.number(score), applies)

    return BandTable(
        part=wording.name(found.part) if found.part else "",
        measure=words.durations(wording.formula(found.measure)),
        by="" if method.by is None else words.durations(wording.formula(method.by)),
        columns=tuple(
            BandHead(lines, place is not None and method.columns is not None and place.column == number)
            for number, lines in columns
        ),
        rows=tuple(
            BandRow(
                BandHead((" ".join(lines),), place is not None and place.row == number),
                tuple(cell(number, column) for column, _ in columns),
            )
            for number, lines in rows
        ),
        notes=tuple(_notes(method, words)),
    )


def _in_order(ends: Ends) -> Iterator[tuple[int, Range]]:
    return ((number, ends.band(number)) for number in range(len(ends.values)))


def _place(found: _BandMethod, known: Mapping[str, Any]) -> BandPlace | None:
    """Return the place in a table that a review's numbers choose; None if one of them is missing, or nothing holds them."""
    try:
        x = formula.number(found.measure, known)
        other = None if found.method.by is None else formula.number(found.method.by, known)
    except formula.Problem:
        return None
    place = found.method.place(x, other)
    return None if found.method.at(place) is None else place


def _head(band: Range, unit: Unit, words: Messages) -> tuple[str, ...]:
    """Return a band in signs, in one or two lines: `≥ 95%`, `90% –` and `95%`. Which end belongs to it, a note says."""
    low = None if band.low is None else words.quantity(band.low, unit, 4)
    high = None if band.high is None else words.quantity(band.high, unit, 4)
    if low is not None and high is not None:
        return f"{low}{_GLUE}–", high
    if low is not None:
        return (f"{'≥' if band.low_included else '>'}{_GLUE}{low}",)
    return (f"{'≤' if band.high_included else '<'}{_GLUE}{high}",)


def _notes(method: Bands, words: Messages) -> Iterator[str]:
    if len(method.rows.values) > 1 or (method.columns is not None and len(method.columns.values) > 1):
        yield words.gettext(
            mark("The upper end belongs to its band, the lower end does not.")
            if method.rows.upper
            else mark("The lower end belongs to its band, the upper end does not.")
        )
    if method.columns is not None and method.otherwise is not None:
        says = words.gettext(mark("Empty cells, and what is not in the table: {score}."))
        yield says.format(score=words.number(method.otherwise))
