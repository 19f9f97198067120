"""The kinds of files that may be evidence: what a browser shows or saves, and never runs.

Evidence lies on the same site as the reports. A page, script or picture with scripts among it could read these with the
permissions of whoever opens it. So kinds are allowed by name, and everything else is refused.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

#: The endings of the kinds that are allowed, in groups as the documentation lists them.
KINDS = (
    ("pdf", "ofd"),
    ("png", "jpg", "jpeg", "gif", "webp", "bmp", "tif", "tiff", "heic", "heif", "avif"),
    ("txt", "md", "csv", "tsv", "log", "rtf"),
    ("xlsx", "xls", "et", "ods", "docx", "doc", "wps", "odt", "pptx", "ppt", "dps", "odp"),
    ("eml", "msg"),
    ("mp3", "m4a", "wav", "amr", "ogg", "opus", "flac", "aac", "mp4", "mov", "webm", "avi", "mkv"),
    ("zip", "7z", "rar"),
)
_ALLOWED = frozenset(ending for group in KINDS for ending in group)

#: How many bytes of a file are looked at.
HEAD = 1024

# What stands between points and is no ending: numbers, versions and periods (`2026`, `v2`, `Q1`).
_NUMBERED = re.compile(r"[a-z]?\d+")
# The longest ending that any server knows is shorter.
_LONGEST = 16
# The tags by which browsers recognise a page, whatever its name or type says (WHATWG, MIME Sniffing), and SVG.
_PAGE = re.compile(
    rb"(\xef\xbb\xbf)?[\s\0]*<(!--|\?xml|!doctype|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|svg)(?![a-z0-9])",
    re.IGNORECASE,
)


def refused_ending(name: str) -> str | None:
    """Return the first ending in a file's name that is of no allowed kind, or None if all are; "" if it has none.

    The last one decides what a browser does, but servers go by the ones before it too.

    >>> refused_ending("客服 v1.2.PDF"), refused_ending("page.shtml"), refused_ending("a.php.pdf"), refused_ending("list")
    (None, '.shtml', '.php', '')
    """
    _, *endings = PurePosixPath(name).name.split(".")
    if not endings or not endings[-1]:
        return ""
    *inner, last = endings
    for part in map(_plain, inner):
        if part not in _ALLOWED and _may_be_ending(part):
            return f".{part}"
    return None if last.lower() in _ALLOWED else f".{last}"


def _plain(part: str) -> str:
    """Return a part of a name as a lenient server takes it: small, without full-width forms and invisible characters."""
    folded = unicodedata.normalize("NFKC", part).casefold()
    return "".join(char for char in folded if unicodedata.category(char)[0] != "C").strip()


def _may_be_ending(part: str) -> bool:
    """Return whether a server may know this ending: Latin, short, in one word, and more than a number."""
    is_word = part.isascii() and not any(char.isspace() for char in part)
    return is_word and 0 < len(part) <= _LONGEST and not _NUMBERED.fullmatch(part)


def is_page(head: bytes) -> bool:
    """Return whether a file that begins like this would be taken for a web page or an SVG picture, whatever its name is."""
    return _PAGE.match(head) is not None
