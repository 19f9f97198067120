"""What git may make of a file: other line ends, or a placeholder of Git LFS. Told apart by digests."""

from __future__ import annotations

import re
from enum import Enum

from kpigen.base.digests import file_digest

# https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
_PLACEHOLDER = re.compile(
    rb"version https?://git-(?:lfs|media)\.github\.com/spec/v\d+\n(?:ext-[^\n]*\n)*oid sha256:([0-9a-f]{64})\nsize \d+\n"
)


class Alteration(Enum):
    """How the bytes at hand differ from those that a digest stands for."""

    LINE_ENDS = "line ends"
    PLACEHOLDER = "placeholder"


def placeholder_of(data: bytes) -> str | None:
    """Return the digest that a placeholder of Git LFS names, or None if the bytes (or the first of them) are none."""
    match = _PLACEHOLDER.match(data)
    return match[1].decode() if match else None


def other_digests(data: bytes) -> dict[str, Alteration]:
    """Return the digests of what these bytes may stand for, each with what they are then.

    They may have got other line ends on their way through git, or be a placeholder that was not replaced.
    """
    named = placeholder_of(data)
    if named is not None:
        return {named: Alteration.PLACEHOLDER}
    with_lf = data.replace(b"\r\n", b"\n")
    others = {file_digest(other): Alteration.LINE_ENDS for other in (with_lf, with_lf.replace(b"\n", b"\r\n"))}
    others.pop(file_digest(data), None)
    return others
