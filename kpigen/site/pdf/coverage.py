"""Which characters of reviews, rules, roster and settings the fonts for print cannot draw: a PDF shows boxes for them.

What can be drawn is a property of the fonts: the code points that the full font has a glyph for. Only texts with characters
outside of the fixed set (`fonts.characters`) make it necessary to look for the fonts and to read that.
"""

from __future__ import annotations

import html
import re
import string
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import cached_property
from typing import Any

from kpigen.base.places import ROSTER
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic
from kpigen.diagnostics.values import phrase_by_count
from kpigen.document.text import SourceText, decode
from kpigen.files.config import FILES
from kpigen.files.spreadsheet import read_text
from kpigen.repository.project import Project
from kpigen.site.pdf.fonts import Unfound, characters, code_points, find_fonts

# Han characters that GB 18030 requires of a font; those that are looked for by default have them.
_HAN = frozenset([*range(0x3400, 0x4DB6), *range(0x4E00, 0x9FA6)])

# Signs of the fixed set that these fonts lack.
_LACKING = frozenset(map(ord, "⌀☑✔✕✗∼"))

# What cut fonts have, if the full ones do.
_CUT = characters()

#: What every font can draw.
PLAIN = frozenset(map(ord, string.printable))

#: What the fonts that are looked for by default can draw for certain.
KNOWN = PLAIN | _HAN | (_CUT - _LACKING)

#: Drawn as nothing, beside the format characters (category Cf): fillers and selectors of variants.
UNSEEN = frozenset([0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0, *range(0x180B, 0x1810)]) | frozenset(
    [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)]
)

# A character that does not stand in a file as itself: an escape of YAML, an entity of Markdown.
_ESCAPED = re.compile(r"\\x([0-9A-Fa-f]{2})|\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})|&#?\w{1,32};")

#: Returns the bytes of a file of the repository.
Read = Callable[[str], bytes]


@dataclass(frozen=True)
class _Printed:
    """What of a file is printed: one record or several."""

    path: str
    records: tuple[object, ...]


def undrawn(project: Project, read: Read, font: str = "") -> list[Diagnostic]:
    """Return a warning for each character of a file that the fonts for print cannot draw; none if there are no fonts.

    `font` is a family name or the path of a font file; empty means the first installed one of `fonts.FAMILIES`.
    """
    known = PLAIN if font else KNOWN
    coverage = Coverage(font)
    found: list[Diagnostic] = []
    for printed in _printed(project):
        try:
            data = read(printed.path)
            if printed.path == ROSTER:  # which may be in another encoding
                roster, _ = read_text(ROSTER, data, project.config.roster_encoding)
                data = roster.text.encode() if roster else b""
            text = data.decode()
        except (OSError, UnicodeDecodeError):
            continue  # reported by whoever reads the file
        if known.issuperset(map(ord, set(text))) and not _ESCAPED.search(text):
            continue
        source, _ = decode(printed.path, data)
        if source is not None:
            found += _of_file(source, "\n".join(_texts(printed.records)), coverage)
    return found


def _printed(project: Project) -> Iterator[_Printed]:
    for path in FILES:
        yield _Printed(path, (project.config.organisation,))
    for form in project.rules.forms:
        yield _Printed(form.path, (form,))
    lines = [line for person in project.roster.by_id.values() for line in person]
    yield _Printed(ROSTER, tuple((line.name, line.department, line.position) for line in lines))
    for review in project.reviews:
        yield _Printed(review.path, (review,))


def _texts(value: Any) -> Iterator[str]:
    """Return every text within a record."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _texts(item)
    elif is_dataclass(value):
        for one in fields(value):
            if one.name != "where":  # the places of a review's fields
                yield from _texts(getattr(value, one.name))


class Coverage:
    """What the fonts can draw, looked up when it is first asked for."""

    def __init__(self, font: str) -> None:
        """Take a family name or the path of a font file; empty means the first installed one of `fonts.FAMILIES`."""
        self.font = font

    @cached_property
    def drawn(self) -> frozenset[int] | None:
        """The code points with a glyph; None if there are no fonts."""
        fonts = find_fonts(self.font)
        return None if isinstance(fonts, Unfound) else code_points(fonts)

    def lacks(self, char: str, before: str) -> bool:
        """Return whether a character is shown as a box where it follows another one."""
        drawn = self.drawn
        if drawn is None or ord(char) in drawn or ord(char) in UNSEEN:
            return False
        if unicodedata.category(char) in ("Cc", "Cf", "Zs", "Zl", "Zp"):
            return False
        # Shaping puts a mark and what it follows together, within the font of the latter; it takes no character apart.
        whole = unicodedata.normalize("NFC", before + char)
        if not before or len(whole) != 1 or ord(whole) not in drawn:
            return True
        return ord(before) in _CUT and ord(whole) not in _CUT


def _of_file(source: SourceText, text: str, coverage: Coverage) -> Iterator[Diagnostic]:
    text = html.unescape(text)
    pairs = set(zip(["", *text], text, strict=False))
    for char in sorted({char for before, char in pairs if coverage.lacks(char, before)}):
        at = source.text.find(char)
        if at < 0:
            at = next((match.start() for match in _ESCAPED.finditer(source.text) if _meant(match) == char), -1)
        if at < 0:
            continue  # not from this file
        yield catalogue.NOT_IN_FONT.at(
            source.span(at),
            character=f"◌{char}" if unicodedata.combining(char) else char,
            code=f"U+{ord(char):04X}",
            places=phrase_by_count("{count} place", "{count} places", count=max(source.text.count(char), 1)),
        )


def _meant(match: re.Match[str]) -> str:
    number = next(filter(None, match.groups()), None)
    if number is None:
        return html.unescape(match[0])
    return chr(int(number, 16)) if int(number, 16) <= 0x10FFFF else ""
