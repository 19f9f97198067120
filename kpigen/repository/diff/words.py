"""Compares two texts word by word; Chinese character by character."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_WORDS = re.compile(r"[A-Za-z0-9_.%+-]+|\s+|.", re.DOTALL)
_SENTENCES = re.compile(r"[^。！？.!?\n]*[。！？.!?\n]|[^。！？.!?\n]+")

#: The maximum number of comparison steps. Longer texts are compared by sentence, or as a whole.
_MOST = 4_000_000

SAME, REMOVED, ADDED = "same", "removed", "added"


class Piece(NamedTuple):
    """A stretch of text that is unchanged, removed or added."""

    kind: str
    text: str


def by_word(old: str, new: str) -> Iterator[Piece]:
    """Yield the stretches of both texts in order, each marked as unchanged, removed or added.

    >>> [tuple(piece) for piece in by_word("two calls missed", "two calls answered")]
    [('same', 'two calls '), ('removed', 'missed'), ('added', 'answered')]
    """
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    start = _alike(before, after)
    end = _alike(before[start:][::-1], after[start:][::-1])
    yield from _stretch(SAME, before[:start])
    yield from _between(before[start : len(before) - end], after[start : len(after) - end])
    yield from _stretch(SAME, before[len(before) - end :])


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """Return the number of equal pieces at the start."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _between(before: Sequence[str], after: Sequence[str]) -> Iterator[Piece]:
    if len(before) * len(after) > _MOST:
        before, after = (_SENTENCES.findall("".join(pieces)) for pieces in (before, after))
    if len(before) * len(after) > _MOST:
        before, after = ["".join(before)], ["".join(after)]
    for what, i1, i2, j1, j2 in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            yield from _stretch(SAME, before[i1:i2])
        else:
            yield from _stretch(REMOVED, before[i1:i2])
            yield from _stretch(ADDED, after[j1:j2])


def _stretch(kind: str, pieces: Sequence[str]) -> Iterator[Piece]:
    if pieces:
        yield Piece(kind, "".join(pieces))
