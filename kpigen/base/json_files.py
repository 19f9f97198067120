"""JSON from outside: it may be damaged, or made to crash its reader."""

from __future__ import annotations

import json
from typing import Any

from kpigen.base.digests import Json

#: No JSON that kpigen writes is nested half as deep.
MAX_DEPTH = 40


def read_json(data: bytes) -> Json:
    """Return JSON that every parser reads alike and that can be written again; None for anything else.

    Refused are bytes that are not UTF-8, keys that stand twice, lone surrogates, NaN and infinity, and what is nested deeper
    than `MAX_DEPTH`.
    """
    try:
        read = json.loads(data.decode(), object_pairs_hook=_each_once)
        json.dumps(read, ensure_ascii=False, allow_nan=False).encode()  # refuses lone surrogates, NaN and infinity
    except (ValueError, RecursionError):
        return None
    return read if _is_shallow(read) else None


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(read := dict(pairs)) != len(pairs):
        raise ValueError
    return read


def _is_shallow(read: Json) -> bool:
    """Return True if lists and mappings go no deeper than `MAX_DEPTH`: whoever walks through them may call itself."""
    level = [read]
    for _ in range(MAX_DEPTH + 1):
        level = [item for item in level if isinstance(item, dict | list)]
        if not level:
            return True
        level = [inner for item in level for inner in (item.values() if isinstance(item, dict) else item)]
    return False
