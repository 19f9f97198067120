"""Canonical JSON and SHA-256: the same data gives the same bytes, on any machine and in any language.

Only texts, lists and mappings with text keys occur (numbers are texts), so the result is RFC 8785 (JCS).
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, TypeAlias

Json: TypeAlias = Any

#: How many hex digits of a digest are printed where people compare by eye: the content number, and other short forms.
NUMBER_LENGTH = 12


def canonical(data: Json) -> bytes:
    """Return the canonical bytes: sorted keys, no white space, UTF-8, and only the escapes that JSON requires.

    RFC 8785 sorts keys by their UTF-16 code units. It differs from the order of characters only beyond U+FFFF.

    >>> canonical({"b": "2", "a": ["1"]})
    b'{"a":["1"],"b":"2"}'
    """
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    if max(text) > "\uffff":
        text = json.dumps(_by_code_units(data), ensure_ascii=False, separators=(",", ":"))
    return text.encode()


def _by_code_units(data: Json) -> Json:
    """Return the data with the keys of its mappings sorted by their UTF-16 code units."""
    if isinstance(data, dict):
        keys = sorted(data, key=lambda key: key.encode("utf-16-be"))
        return {key: _by_code_units(data[key]) for key in keys}
    return [_by_code_units(item) for item in data] if isinstance(data, (list, tuple)) else data


def digest(data: Json) -> str:
    """Return the SHA-256 of the canonical bytes as 64 hex digits."""
    return hashlib.sha256(canonical(data)).hexdigest()


def file_digest(data: bytes) -> str:
    """Return the SHA-256 of a file's bytes as 64 hex digits."""
    return hashlib.sha256(data).hexdigest()


def short(digest_: str) -> str:
    """Return the first 12 digits of a digest (or of a commit id), as people write it."""
    return digest_[:NUMBER_LENGTH]
