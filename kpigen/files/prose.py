"""How much prose a review may have, what can be printed and read in seconds, and whether it may hide something.

Looked at before anything renders it.
"""

from __future__ import annotations

import re

#: What the texts of one review may have together: far more than anybody writes.
MAX_LENGTH, MAX_LINES = 50_000, 2_000

#: How deep quotes and lists of a text may go (a list is two levels). `base.markdown` leaves
#: out what is deeper.
MAX_LEVELS = 20

#: How many columns a table may have.
MAX_COLUMNS = 100

#: How many cells the tables of one review may have together: each takes its time on paper.
MAX_CELLS = 10_000

# A line that may begin that deep: each level takes a column at least.
_DEEP = re.compile(rf"^[ >*+.)\d-]{{{MAX_LEVELS}}}", re.MULTILINE)
# Without one of these, nothing is hidden but cells of tables.
_MAY_HIDE = re.compile(
    "|".join(
        (
            r"[\U000e0000-\U000e007f]",
            r"<[!?A-Za-z]",  # HTML
            r"\]\([^\s()]*\s",  # a title of a link
            r"\[[\s\u200b-\u200f\u2060\ufeff]*\]\(",  # a link without a text
            r"^[ \t>*+.)\d-]*\[.*\]:",  # a definition of a link
            r"^[ \t>*+.)\d-]*(?:```|~~~)",  # a fence
        )
    ),
    re.MULTILINE,
)
_UNDER_HEADS = re.compile(r"^[ \t>|:-]+$", re.MULTILINE)


def too_deep(text: str) -> int | None:
    """Return the line (from 0) where quotes and lists first go deeper than `MAX_LEVELS`, or None."""
    if not _DEEP.search(text.expandtabs(4)):
        return None
    from kpigen.base.markdown import first_line_at  # loads slowly, and hardly any text gets here

    return first_line_at(MAX_LEVELS, text)


def too_wide(text: str) -> tuple[int, int] | None:
    """Return the line (from 0) and the number of columns of the first table with more than `MAX_COLUMNS`, or None."""
    for match in _UNDER_HEADS.finditer(text):
        columns = match[0].strip("> \t|").count("|") + 1
        if columns > MAX_COLUMNS:
            return text.count("\n", 0, match.start()), columns
    return None


def cells(text: str) -> list[tuple[int, int]]:
    """Return each table's line (from 0) and its number of cells: a row has as many as the heading, whatever it is written as."""
    lines, found, place = text.split("\n"), [], 0
    while place < len(lines):
        line = lines[place]
        begins, place = place, place + 1
        if not _UNDER_HEADS.fullmatch(line) or "-" not in line or not ("|" in line or ":" in line):
            continue
        while place < len(lines) and lines[place].strip(" \t>\r"):
            place += 1
        found.append((begins, (line.strip("> \t|").count("|") + 1) * (place - begins)))
    return found


def may_hide(text: str) -> bool:
    """Return False if nothing can be hidden in a text, as is true of nearly all texts (see `base.hidden`)."""
    return _MAY_HIDE.search(text) is not None or ("|" in text and _has_uneven_rows(text))


def _has_uneven_rows(text: str) -> bool:
    """Return True if a line that may be a row of a table has more bars than the line below the heads."""
    most: int | None = None
    for line in text.split("\n"):
        bars = line.strip("> \t|").count("|")
        if _UNDER_HEADS.match(line):
            most = bars if most is None else min(most, bars)
        elif most is not None and bars > most:
            return True
    return False
