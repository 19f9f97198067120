"""Characters that no font can draw are printed as a box of our own.

Pango would draw its own box, from a font that depends on what the process printed before: the same report would not always
give the same bytes.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from kpigen.site.pdf.coverage import KNOWN, UNSEEN, Coverage

BOX = "□"


@dataclass(frozen=True)
class Boxes:
    """Puts boxes for what the fonts lack. `known` are code points that need no look at the fonts."""

    coverage: Coverage
    known: frozenset[int] = KNOWN

    def __call__(self, text: str) -> str:
        """Return a text with a box for each character that cannot be drawn, without the marks that would join boxes."""
        if self.known.issuperset(map(ord, set(text))):
            return text
        parts: list[str] = []
        before = ""
        for char in text:
            is_joiner = ord(char) in UNSEEN or unicodedata.category(char) == "Cf"
            if ord(char) not in self.known and self.coverage.lacks(char, before):
                parts.append(BOX)
            elif not (is_joiner and parts and parts[-1] == BOX and before != BOX):
                parts.append(char)
            else:
                continue
            before = char
        return "".join(parts)
