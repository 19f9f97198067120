"""How a table of bands fits on paper: the size of its letters."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from kpigen.site.pages.band_table import BandTable

#: Sizes of letters in points, the largest first; the last one is taken whether it fits or not. A point in mm.
_SIZES, _POINT = (7.5, 7, 6.5, 6, 5.6, 5.2, 4.8, 4.4, 4, 3.6), 0.3528
#: Widths as multiples of the size of letters: what a cell has beside its text, letters in the font of PDFs, a heading of the
#: rows that goes on in the next line.
_PADDING, _OTHER, _WIDE, _TITLE = 0.9, 0.58, 1.0, 5.0
_LETTERS = {"%": 0.93, "≥": 0.8, "≤": 0.8, "–": 0.8, " ": 0.26, "\u00a0": 0.26, ".": 0.3}


@dataclass(frozen=True)
class PaperBands:
    """A table of bands on paper, and the size of its letters in CSS."""

    table: BandTable
    size: str


def paper_bands(tables: Iterable[BandTable], room: float) -> tuple[PaperBands, ...]:
    """Return tables of bands for paper. `room` is the width that they may have, in mm."""
    return tuple(PaperBands(table, f"{_size(table, room)}pt") for table in tables)


def _size(table: BandTable, room: float) -> float:
    """Return the largest size in which a table fits into a width."""
    widths = [max(_TITLE, _widest(row.head.text for row in table.rows))]
    for place, column in enumerate(table.columns):
        widths.append(_widest([*column.lines, *(row.cells[place].text for row in table.rows)]))
    whole = sum(widths) + _PADDING * len(widths)
    return next((size for size in _SIZES if whole * size * _POINT <= room), _SIZES[-1])


def _widest(texts: Iterable[str]) -> float:
    """Return the width of the widest text."""
    return max(sum(map(_width, text)) for text in texts)


def _width(letter: str) -> float:
    is_wide = unicodedata.east_asian_width(letter) in ("W", "F")
    return _WIDE if is_wide else _LETTERS.get(letter, _OTHER)
