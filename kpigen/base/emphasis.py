"""Emphasis beside Chinese, Japanese and Korean text: a plugin for markdown-it.

CommonMark tells by blanks and punctuation whether stars open or close emphasis. Where nobody writes blanks, `**注意：**请核对`
keeps its stars. Here the amendment holds that is known as "CJK-friendly emphasis": wide punctuation counts as a letter, and
beside a wide character other punctuation does too. Text without such characters is read as CommonMark says.

Underscores stay careful, because names of files have them: one may close after wide punctuation (`_重点。_下`), and only a
double one may also open before it (`下__「重点」__`).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter


def cjk_emphasis(parser: MarkdownIt) -> None:
    """Let a parser read emphasis beside wide characters."""
    parser.inline.ruler.at("emphasis", _tokenize)


@dataclass(frozen=True)
class _Neighbour:
    """A neighbour of a run of stars or underscores."""

    is_blank: bool
    is_punctuation: bool
    is_wide: bool

    @property
    def is_narrow_punctuation(self) -> bool:
        return self.is_punctuation and not self.is_wide

    @property
    def is_wide_punctuation(self) -> bool:
        return self.is_punctuation and self.is_wide


#: The beginning and the end of a text count as blanks.
_EDGE = _Neighbour(is_blank=True, is_punctuation=False, is_wide=False)


def _side(char: str) -> _Neighbour:
    return _Neighbour(
        is_blank=isWhiteSpace(ord(char)),
        is_punctuation=isMdAsciiPunct(ord(char)) or isPunctChar(char),
        is_wide=_is_wide(char),
    )


def _is_wide(char: str) -> bool:
    """Return True for Chinese, Japanese and Korean characters and their punctuation, but not for emoji."""
    if unicodedata.name(char, "").startswith("HANGUL"):
        return True
    # Wide symbols that are not letters are emoji, apart from those of the blocks of East Asian scripts.
    width, is_symbol = unicodedata.east_asian_width(char), unicodedata.category(char) in ("So", "Sk")
    return width in ("W", "F", "H") and not (is_symbol and not "\u2e80" <= char <= "\uffef")


def _before(text: str, start: int) -> _Neighbour:
    """Return the neighbour before a place. A variation selector belongs to the character before it."""
    if start == 0:
        return _EDGE
    char = text[start - 1]
    if "\U000e0100" <= char <= "\U000e01ef":  # only ideographs have these
        return _Neighbour(is_blank=False, is_punctuation=False, is_wide=True)
    if "\ufe00" <= char <= "\ufe0e" and start > 1:
        side = _side(text[start - 2])
        # In "fullwidth form", a quotation mark that Western text has too is a Chinese one.
        is_quote = text[start - 2] in "‘’“”" and char == "\ufe01"
        return _Neighbour(is_blank=False, is_punctuation=side.is_punctuation, is_wide=side.is_wide or is_quote)
    return _side(char)


def _tokenize(state: StateInline, silent: bool) -> bool:
    """Take a run of stars or underscores, each as a text of its own that may become a tag."""
    start, marker = state.pos, state.src[state.pos]
    if silent or marker not in ("_", "*"):
        return False
    end = start
    while end < state.posMax and state.src[end] == marker:
        end += 1
    opens, closes = _reads(state.src, start, end, state.posMax)
    for _ in range(end - start):
        token = state.push("text", "", 0)
        token.content = marker
        place = len(state.tokens) - 1
        state.delimiters.append(
            Delimiter(marker=ord(marker), length=end - start, token=place, end=-1, open=opens, close=closes)
        )
    state.pos = end
    return True


def _reads(text: str, start: int, end: int, limit: int) -> tuple[bool, bool]:
    """Return whether a run of stars or underscores can open emphasis, and whether it can close it."""
    before, after = _before(text, start), _side(text[end]) if end < limit else _EDGE
    left = not after.is_blank and (
        not after.is_narrow_punctuation or before.is_blank or before.is_narrow_punctuation or before.is_wide
    )
    right = not before.is_blank and (
        not before.is_narrow_punctuation or after.is_blank or after.is_narrow_punctuation or after.is_wide
    )
    if text[start] == "*":
        return left, right
    is_double = end - start > 1
    opens = left and (not right or before.is_punctuation or (is_double and after.is_wide_punctuation))
    closes = right and (not left or after.is_punctuation or before.is_wide_punctuation)
    return opens, closes
