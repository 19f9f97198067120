"""Compare two PDFs object by object: dictionaries, arrays, texts, numbers, and streams after unpacking.

How a file numbers, orders and packs its objects does not matter here; everything that they hold does.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

from kpigen.diagnostics.values import phrase
from kpigen.site.proof.limits import MAX_DRAWN, MAX_ENTRIES, MAX_UNPACKED, TooMuch, unpacked

#: Keys of a stream that only say how it is packed.
_OF_PACKING = frozenset({"/Length", "/Filter", "/DecodeParms"})

#: A key of a dictionary, or a place in an array.
Step = str | int

#: Two values and the path to them.
_Pair: TypeAlias = tuple[tuple[Step, ...], Any, Any]


@dataclass(frozen=True)
class ObjectDifference:
    """One difference: the path from the trailer, and both values. None stands for an entry that is not there."""

    path: tuple[Step, ...]
    one: Any
    other: Any

    @property
    def is_added(self) -> bool:
        """Whether only the first file has the entry."""
        return self.other is None


@dataclass(frozen=True)
class ObjectDifferences:
    """The differences between two PDFs, those near the catalog first, and how many objects were compared."""

    differences: tuple[ObjectDifference, ...]
    count: int


def compared(one: Any, other: Any) -> ObjectDifferences:
    """Return the differences between two open PDFs. Raise TooMuch if the first one holds more than a report ever does.

    Everything that can be reached from the catalog and the document information is compared. What only the first file has
    is reported, and not looked into.
    """
    found: list[ObjectDifference] = []
    seen: set[tuple[tuple[int, int], tuple[int, int]]] = set()
    waiting: deque[_Pair] = deque(
        ((key,), one.trailer.get(f"/{key}"), other.trailer.get(f"/{key}")) for key in ("Info", "Root")
    )
    for count in range(MAX_ENTRIES):
        if not waiting:
            return ObjectDifferences(tuple(found), len(seen))
        path, left, right = waiting.popleft()
        if left is None or right is None or _kind(left) != _kind(right):
            if left is not right:
                found.append(ObjectDifference(path, left, right))
            continue
        if _is_container(left):
            pair = (_number(left, count), _number(right, count))
            if pair in seen:
                continue
            seen.add(pair)
            waiting += _entries(path, left, right)
            if _kind(left) == "stream" and not _same_stream(path, left, right):
                found.append(ObjectDifference((*path, "stream"), left, right))
        elif _value(left) != _value(right):
            found.append(ObjectDifference(path, left, right))
    raise TooMuch(phrase("it has more than {limit} entries", limit=f"{MAX_ENTRIES:,}"))


def _kind(value: Any) -> str:
    import pikepdf

    for kind, type_ in (("stream", pikepdf.Stream), ("dictionary", pikepdf.Dictionary), ("array", pikepdf.Array)):
        if isinstance(value, type_):
            return kind
    if isinstance(value, bool):
        return "bool"
    return "number" if isinstance(value, int | Decimal) else type(value).__name__


def _is_container(value: Any) -> bool:
    return _kind(value) in ("stream", "dictionary", "array")


def _number(value: Any, count: int) -> tuple[int, int]:
    """Return the number of an object; one of its own for an object without a number."""
    return value.objgen if value.is_indirect else (-1, count)


def _entries(path: tuple[Step, ...], left: Any, right: Any) -> list[_Pair]:
    if _kind(left) == "array":
        return [
            ((*path, place), left[place] if place < len(left) else None, right[place] if place < len(right) else None)
            for place in range(min(max(len(left), len(right)), len(right) + 1))
        ]
    without = _OF_PACKING if _kind(left) == "stream" else frozenset()
    keys = sorted(({*left.keys(), *right.keys()}) - without)
    return [((*path, key.lstrip("/")), left.get(key), right.get(key)) for key in keys]


def _same_stream(path: tuple[Step, ...], left: Any, right: Any) -> bool:
    """Return True if two streams hold the same. What a page draws may be written with other white space."""
    try:
        one, other = unpacked(left, MAX_UNPACKED), unpacked(right, MAX_UNPACKED)
    except TooMuch:
        return False
    return one == other or ("Contents" in path[-2:] and len(one) <= MAX_DRAWN and _drawn(left) == _drawn(right))


def _drawn(stream: Any) -> object:
    import pikepdf

    return [
        (str(item.operator), [pikepdf.unparse_content_stream([([one], item.operator)]) for one in item.operands])
        for item in pikepdf.parse_content_stream(stream)
    ]


def _value(value: Any) -> object:
    import pikepdf

    return (
        bytes(value) if isinstance(value, pikepdf.String) else str(value) if isinstance(value, pikepdf.Name) else value
    )
