"""Compare two contents field by field. Entries are matched by id or name, never by their position in the file."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from kpigen.base.digests import Json, digest, short
from kpigen.model.reviews import FieldChange

#: Path segment for the entries of a confidential list, which are never shown. It cannot clash: ids have no parentheses.
ENTRIES = "(entries)"

#: Where a value is in nested mappings and lists: a key or an index for each level.
Keys = tuple[str | int, ...]


def field_changes(old: Mapping[str, Json], new: Mapping[str, Json], exact: bool = False) -> tuple[FieldChange, ...]:
    """Return the differences between two contents. For confidential inputs, only the shown values are compared.

    With `exact`, every difference in the digests leads to a change: a confidential list whose shown values stayed the same
    is then reported as having other entries.
    """
    return flat_changes(flatten(old), flatten(new), exact)


def flat_changes(before: Flat, after: Flat, exact: bool = False) -> tuple[FieldChange, ...]:
    """Return the same as `field_changes`, for two contents that are flat already."""
    changes = [*_differences(before.texts, after.texts)]
    changes += [
        FieldChange(path, ", ".join(names), ", ".join(after.orders[path]))
        for path, names in before.orders.items()
        if path in after.orders and names != after.orders[path] and sorted(names) == sorted(after.orders[path])
    ]
    if not exact:
        return tuple(changes)
    for path, first, last in _differences(before.lists, after.lists):
        if not any(change.field.startswith(path.removesuffix(ENTRIES)) for change in changes):
            changes.append(FieldChange(path, "entries" if first else "", "other entries" if last else ""))
    old, new = before.whole, after.whole
    for key in dict.fromkeys([*old, *new]):  # not visible in texts, such as an empty list or none
        if old.get(key) != new.get(key) and not any(
            change.field == key or change.field.startswith(f"{key}.") for change in changes
        ):
            first, last = (short(digest(side[key])) if key in side else "" for side in (old, new))
            changes.append(FieldChange(key, first, last))
    return tuple(changes)


def worth_telling(changes: Iterable[FieldChange]) -> tuple[FieldChange, ...]:
    """Return the changes without what the figures beside it tell already: the digest of a confidential list, and the seal of a
    total that was taken by `auto`."""
    named = [(field, FieldChange(field, old, new)) for field, old, new in changes]
    told = {_above(field) for field, _ in named if not _is_technical(field)}
    return tuple(change for field, change in named if not (_is_technical(field) and _above(field) in told))


def is_of_seal(field: str) -> bool:
    """Return whether a field is the seal of a total that was taken by `auto`."""
    return field.startswith("taken.") and field.endswith(".seal")


def _is_technical(field: str) -> bool:
    return field.endswith(f".{ENTRIES}") or is_of_seal(field)


def _above(field: str) -> str:
    return field.rpartition(".")[0]


def texts_of(data: Mapping[str, Json]) -> dict[str, str]:
    """Return a content as a mapping from dotted path to text. Confidential inputs appear only as shown."""
    return flatten(data).texts


def places_of(data: Json, path: str = "", keys: Keys = ()) -> Iterator[tuple[str, Keys]]:
    """Yield the dotted path of every text, list and confidential list of a content, with the keys that lead there."""
    if isinstance(data, Mapping):
        for key, value in data.items():
            if key == "digest" and _is_shown_of_list(data):
                yield f"{path}.{ENTRIES}", (*keys, key)
            else:
                yield from places_of(value, f"{path}.{key}" if path else str(key), (*keys, key))
        return
    yield path, keys
    if isinstance(data, list) and any(isinstance(item, Mapping) for item in data):
        for place, (name, item) in enumerate(zip(row_names(data), data, strict=True)):
            inside = {key: value for key, value in item.items() if key != naming_key(item)}
            yield from places_of(inside or item, f"{path}.{name}", (*keys, place))


def unaccounted(old: Mapping[str, Json], new: Mapping[str, Json], claims: Iterable[FieldChange]) -> tuple[str, ...]:
    """Return the fields whose differences the claimed changes do not explain.

    The claims about one field must form a chain: the first starts at the old value, each starts where the one before ended,
    and the last ends at the new value. A difference that is not a text (the digest of a list, an order) needs no claim of
    its own if a field below it has one.
    """
    claimed: dict[str, list[FieldChange]] = defaultdict(list)
    for claim in claims:
        claimed[claim.field].append(claim)
    before, after = flatten(old).texts, flatten(new).texts
    texts = before.keys() | after.keys()
    found = []
    for path, _, _ in field_changes(old, new, exact=True):
        below = path.removesuffix(ENTRIES).rstrip(".") + "."
        if path not in claimed and (path in texts or not any(name.startswith(below) for name in claimed)):
            found.append(path)
    for path, steps in claimed.items():
        ends = (steps[0].old, steps[-1].new) == (before.get(path, ""), after.get(path, ""))
        if path in texts and not (ends and all(one.new == two.old for one, two in itertools.pairwise(steps))):
            found.append(path)
    return tuple(found)


def _differences(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[FieldChange]:
    for path in dict.fromkeys([*old, *new]):
        if old.get(path) != new.get(path):
            yield FieldChange(path, old.get(path, ""), new.get(path, ""))


@dataclass
class Flat:
    """A content by dotted paths: texts, digests of confidential lists, and orders of named entries. `whole` is the content."""

    whole: Mapping[str, Json]
    texts: dict[str, str] = field(default_factory=dict)
    lists: dict[str, str] = field(default_factory=dict)
    orders: dict[str, tuple[str, ...]] = field(default_factory=dict)


def flatten(data: Mapping[str, Json]) -> Flat:
    """Return a content by dotted paths. It can be used for several comparisons."""
    flat = Flat(data)
    _walk(data, "", flat)
    return flat


def _walk(data: Json, path: str, flat: Flat) -> None:
    if isinstance(data, Mapping):
        for key, value in data.items():
            where = f"{path}.{key}" if path else str(key)
            if key == "digest" and _is_shown_of_list(data):
                flat.lists[f"{path}.{ENTRIES}"] = value
            else:
                _walk(value, where, flat)
    elif isinstance(data, list) and not any(isinstance(item, Mapping) for item in data):
        flat.texts[path] = ", ".join(map(str, data))
    elif isinstance(data, list):
        names = row_names(data)
        flat.orders[path] = names
        for name, item in zip(names, data, strict=True):
            called = naming_key(item)
            inside = {key: value for key, value in item.items() if key != called} if called else {}
            _walk(inside or item, f"{path}.{name}", flat)  # the path already contains the name
    else:
        flat.texts[path] = str(data)


def _is_shown_of_list(data: Mapping[str, Json]) -> bool:
    """Return True if the mapping replaces a confidential list: count, mean, and a digest of 64 hex digits."""
    value = data["digest"]
    return data.keys() <= {"count", "mean", "digest"} and isinstance(value, str) and len(value) == 64


def row_names(items: list[Json]) -> tuple[str, ...]:
    """Return a unique name for each entry of a list: its name, file or link, otherwise its first text or its place.

    Of several with one name, the later ones get a number. No number makes the name of another entry.

    >>> row_names([{"name": "周报"}, {"name": "周报"}, {"name": "周报 (2)"}])
    ('周报', '周报 (3)', '周报 (2)')
    """
    wanted = [item[key] if (key := naming_key(item)) else str(place) for place, item in enumerate(items, 1)]
    taken, seen = set(wanted), Counter[str]()
    names = []
    for name in wanted:
        seen[name] += 1
        unique = name
        while seen[name] > 1 and (unique := f"{name} ({seen[name]})") in taken:
            seen[name] += 1
        names.append(unique)
        taken.add(unique)
    return tuple(names)


def naming_key(item: Json) -> str:
    """Return the key whose value names an entry of a list; empty if there is none."""
    if not isinstance(item, Mapping):
        return ""
    return next((key for key in ("name", "file", "link", *item) if isinstance(item.get(key), str)), "")
