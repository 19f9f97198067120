"""How much room texts need on paper: what might run off it, which rows are taller than a page, how wide a word is.

A paper with nothing of this is printed as ever, to the byte; the others with `templates/print/fit.css`, or in other columns.
It is better to fit a paper without need: one too few runs off.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator

from kpigen.site.pages.report import Report

#: In mm: the size of letters in a table, the height of a line, what a cell has beside its text, the height of a page
#: within its margins (by whether it is landscape).
SIZE, LINE, PADDING = 2.82, 4.1, 2.4
_PAGE = {True: 177, False: 260}
#: From which part of a page on a page break may divide a row. A lower row stays whole, on the next page if need be.
_TALL = 0.7
#: The width of a table cell that holds a text of people, below the card.
_NOTES = 150.0

#: Constructs of Markdown that need room, or a style of their own, and tables, which fit where there is room.
_CONSTRUCTS = re.compile(r'<pre|<blockquote|class="(?:written (?:many|crowd)|to-)')
_TABLE = "<table"
_LISTS = re.compile(r"<(/?)[uo]l\b")
#: How deep lists may go, how long a word may be, and a line that is not broken.
_DEEPEST, _LONGEST, _LINE_LENGTH = 2, 40, 30
_CJK = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60"
_LONG_WORD = re.compile(rf"[^\s<>{_CJK}-]{{{_LONGEST},}}")
#: Characters that keep a line from being broken.
_JOINERS = re.compile("[\u00a0\u202f\u2007\u2011\u2060\ufeff]")
_MANY_JOINERS = 12
_TAGS = re.compile("<[^>]*>")
_BREAKS = re.compile(r"\n|<(?:p|li|tr|td|th|br|h\d|pre)\b")
_WORD = re.compile(r"[A-Za-z\u00c0-\u024f'’]+")

#: Widths of Latin letters in the font of PDFs, as parts of its size. The other letters: capitals 0.65, small ones 0.6.
_LETTERS = {
    char: width
    for chars, width in (
        ("Iijl'’", 0.28),
        ("f", 0.33),
        ("tr", 0.38),
        ("sz", 0.47),
        ("cvxy", 0.51),
        ("aegk", 0.55),
        ("w", 0.8),
        ("m", 0.93),
        ("FJLY", 0.54),
        ("DHNOQU", 0.72),
        ("M", 0.81),
        ("W", 0.88),
    )
    for char in chars
}
_CAPITAL, _SMALL, _BOLDER = 0.65, 0.6, 0.03


def longest_word(text: str, is_bold: bool = False) -> float:
    """Return how wide the longest Latin word of a text is in a table, in mm."""
    bolder = _BOLDER if is_bold else 0.0
    return max(
        (
            SIZE * sum(_LETTERS.get(char, _CAPITAL if char.isupper() else _SMALL) + bolder for char in word)
            for word in _WORD.findall(text)
        ),
        default=0.0,
    )


def longest_line(text: str) -> float:
    """Return how wide the longest line of a text is in a table, in mm, a little too wide rather than too narrow."""
    return max((SIZE * _characters(line) for line in _BREAKS.split(text)), default=0.0)


def is_tall(cells: Iterable[tuple[str, float]], is_landscape: bool) -> bool:
    """Return True if one of these texts is taller than most of a page, in a column of the width (in mm) beside it."""
    room = _TALL * _PAGE[is_landscape]
    return any(_at_most(text, width) > room and _height(text, width) > room for text, width in cells)


def _at_most(text: str, width: float) -> float:
    """Return a height that a text surely does not pass; quickly, because nearly all texts are short."""
    return (len(text) * SIZE / max(width - PADDING, SIZE) + text.count("\n") + text.count("<") + 1) * LINE


def _height(text: str, width: float) -> float:
    per_line = max(width - PADDING, SIZE) / SIZE
    return sum(max(1, math.ceil(_characters(line) / per_line)) for line in _BREAKS.split(text)) * LINE


def _characters(text: str) -> float:
    """Return the length of a text in wide characters."""
    plain = _TAGS.sub("", text)
    return sum(1.0 if unicodedata.east_asian_width(char) in ("W", "F") else 0.55 for char in plain)


def may_run_off(report: Report) -> bool:
    """Return True if something in a report is so long, wide or deep that it might run off the paper."""
    head = report.head
    on_a_line = [*(field.text for field in head.fields), report.result.label, head.form, report.organisation]
    if any(_characters(text) > _LINE_LENGTH for text in on_a_line):
        return True
    in_cells = [row.comment for row in report.card.rows]
    in_notes = [*in_cells, *(item.text for item in report.words.feedback), *_entries(report)]
    if any(_TABLE in text for text in in_notes) or is_tall(((text, _NOTES) for text in in_notes), report.is_landscape):
        return True
    everywhere = [*in_notes, report.words.narrative.whole, report.own.comment if report.own else ""]
    return any(_is_unruly(text) for text in everywhere if text)


def _entries(report: Report) -> Iterator[str]:
    for item in report.entries.objections:
        yield item.text
        if item.resolution:
            yield item.resolution.text
    for amendment in report.entries.amendments:
        yield amendment.reason
        yield from (text for field in amendment.changes for _, text in field.pieces)


def _is_unruly(html: str) -> bool:
    depth = deepest = 0
    for match in _LISTS.finditer(html):
        depth += -1 if match[1] else 1
        deepest = max(deepest, depth)
    plain = _TAGS.sub("\n", html)
    return (
        deepest > _DEEPEST
        or _CONSTRUCTS.search(html) is not None
        or _LONG_WORD.search(plain) is not None
        or len(_JOINERS.findall(plain)) > _MANY_JOINERS
    )
