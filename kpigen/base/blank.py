"""Whether anything of a text can be seen."""

from __future__ import annotations

import unicodedata

#: Letters and signs that are drawn as nothing: fillers of Hangul, and Braille without a dot.
_EMPTY = "\u115f\u1160\u3164\uffa0\u2800"


def is_blank(text: str) -> bool:
    """Return whether nobody can see anything of a text: blanks, and characters that are not drawn.

    >>> is_blank(" \\u200b\\u3000"), is_blank("-")
    (True, False)
    """
    return all(char.isspace() or char in _EMPTY or unicodedata.category(char) in ("Cf", "Cc", "Mn") for char in text)
