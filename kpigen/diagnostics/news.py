"""What is new among findings, compared with earlier ones. A finding that only moved to other lines is not new."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from kpigen.diagnostics.diagnostic import Diagnostic
from kpigen.diagnostics.values import Phrase

#: What says where else in a file something is. Only the number of these places counts.
_PLACES = ("line", "more", "places")


def news(old: Iterable[Diagnostic], new: Iterable[Diagnostic]) -> tuple[list[Diagnostic], list[Diagnostic]]:
    """Return the new findings and the resolved ones."""
    appeared, gone = list(new), list(old)
    left: dict[Hashable, list[Diagnostic]] = {}
    for item in gone:
        left.setdefault(_identity(item), []).append(item)
    fresh = []
    for item in appeared:
        same = left.get(_identity(item))
        if same:
            same.pop()
        else:
            fresh.append(item)
    return fresh, [item for items in left.values() for item in items]


def first_new(
    found: Iterable[Diagnostic], earlier: Iterable[Iterable[Diagnostic]]
) -> tuple[tuple[Diagnostic, ...], tuple[Diagnostic, ...]]:
    """Return the findings that no earlier state has, and the others, both in their order."""
    everything = tuple(found)
    fresh = list(everything)
    for one in earlier:
        fresh, _ = news(one, fresh)
    new = frozenset(fresh)
    return tuple(fresh), tuple(item for item in everything if item not in new)


def _identity(item: Diagnostic) -> Hashable:
    said = tuple(
        (name, value.count if isinstance(value, Phrase) else "") if name in _PLACES else (name, value)
        for name, value in item.args
    )
    return item.span.path, item.code, said
