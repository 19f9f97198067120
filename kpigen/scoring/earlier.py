"""The content before an amendment, worked out from the content after it and the changes that the amendment names.

The changes say all that differs, except what was not always recorded: where the removed entries of a list stood, and the digest
of a confidential list. So several contents may be possible; the seal tells which it was.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import NamedTuple

from kpigen.base.digests import Json, digest, short
from kpigen.diagnostics.values import Value, phrase
from kpigen.i18n.words import FEEDBACK
from kpigen.model.forms import Form, Input, InputType
from kpigen.model.reviews import FieldChange
from kpigen.scoring.content import AUTO
from kpigen.scoring.fields import ENTRIES, Keys, field_changes, flatten, naming_key, places_of, row_names

#: Stands for the digest of a confidential list that the amendment does not give.
UNKNOWN = "?" * 64

#: How many contents are tried at most, fewer of them if they are large, and up to how many entries all orders of a list.
_MOST, _MOST_FIELDS, _ALL_ORDERS = 1_500, 50_000, 6

#: What makes it the same review, by the same rules.
_FIXED = ("kpigen", "employee.id", "period", "form", "rules")

#: The fields of a total that an input took.
_TAKEN = ("period", "total", "points", "seal")

_DIGEST = re.compile(r"[0-9a-f]{64}")

_LATER, _NEVER = phrase("afterwards it is not that"), phrase("it cannot have been that")


class Misfit(NamedTuple):
    """A change that does not follow: its place in the amendment, from 0, and what is wrong with it."""

    place: int
    reason: Value


@dataclass(frozen=True)
class Before:
    """What an amendment's changes say of the content before it.

    `contents` are the possible contents, the likeliest first; there are none if there are `misfits`. If `is_exact` is False,
    something is not known that a seal covers, so the content may be none of them.
    """

    contents: tuple[dict[str, Json], ...]
    is_exact: bool
    misfits: tuple[Misfit, ...] = ()


def content_changes(form: Form, before: Mapping[str, Json], after: Mapping[str, Json]) -> tuple[FieldChange, ...]:
    """Return the changes as an amendment records them: the content before it follows from them and the content after it.

    Besides the fields that differ, these are the digests of confidential lists, and the order of a list whose entries before
    it cannot be worked out otherwise.
    """
    old, new = flatten(before), flatten(after)
    changes = [item for item in field_changes(before, after, exact=True) if not item.field.endswith(f".{ENTRIES}")]
    changes += [
        FieldChange(path, old.lists.get(path, ""), new.lists.get(path, ""))
        for path in dict.fromkeys([*old.lists, *new.lists])
        if old.lists.get(path) != new.lists.get(path)
    ]
    if digest(before) == next((digest(one) for one in content_before(form, after, changes).contents), ""):
        return tuple(changes)
    orders = [
        FieldChange(path, ", ".join(names), ", ".join(new.orders[path]))
        for path, names in old.orders.items()
        if path in new.orders and sorted(names) != sorted(new.orders[path])
    ]
    return (*changes, *orders)


def content_before(form: Form, after: Mapping[str, Json], changes: Iterable[FieldChange]) -> Before:
    """Return what the changes of an amendment say of the content before it, or which of them do not fit the content after it."""
    changes = tuple(changes)
    undoing = _Undoing(form, after, changes)
    misfits = [Misfit(place, why) for place, change in enumerate(changes) if (why := undoing.undo(change))]
    if not misfits:
        contents = undoing.contents()
        if contents:
            return Before(contents, undoing.is_exact)
        misfits.append(Misfit(undoing.place_of_last_list, _NEVER))
    return Before((), is_exact=False, misfits=tuple(misfits))


@dataclass
class _List:
    """A list of entries that an amendment changed: the entries that it removed, and the order before it if it gives one."""

    removed: dict[str, dict[str, str]] = field(default_factory=dict)
    order: str | None = None


class _Undoing:
    """Takes changes back in a copy of the content, one after the other, and puts the lists together at the end."""

    def __init__(self, form: Form, after: Mapping[str, Json], changes: Sequence[FieldChange]) -> None:
        self.form, self.after, self.changes = form, after, changes
        self.data: dict[str, Json] = deepcopy(dict(after))
        self.places = dict(places_of(after))
        self.times = Counter(change.field for change in changes)
        self.lists: dict[Keys, _List] = {}
        self.emptied: set[Keys] = set()  # entries that have lost a field
        self.restored: set[Keys] = set()  # entries that have got one back
        self.whole: dict[str, str] = {}  # parts of which only the digest is known
        self.names: dict[Keys, tuple[str, ...]] = {}
        self.is_exact = True
        self.most = max(1, min(_MOST, _MOST_FIELDS // (len(self.places) + len(changes) + 1)))
        self.place_of_last_list = 0

    def undo(self, change: FieldChange) -> Value:
        """Take a change back. Return what is wrong with it, or an empty text."""
        path, old, new = change
        if self.times[path] > 1:
            return phrase("it stands twice")
        if old == new:
            return phrase("nothing changes")
        if path in _FIXED:
            return phrase("an amendment cannot change it")
        if path in ("metrics", "self_assessment"):
            return self._whole(path, old, new)
        keys = self.places.get(path)
        if keys is None:
            return _LATER if new else self._put_back(path, old)
        value = _at(self.data, keys)
        if path.endswith(f".{ENTRIES}"):
            return self._entries(keys, value, change)
        if _is_of_rows(value):
            self._list(keys).order = old
            return "" if new == ", ".join(row_names(value)) else _LATER
        if new != _text(value):
            return _LATER
        above = _at(self.data, keys[:-1])
        if old:
            above[keys[-1]] = self._value(keys, old, value)
        else:
            del above[keys[-1]]
            if isinstance(keys[-2:][0], int):
                self.emptied.add(keys[:-1])
                self._list(keys[:-2])
        return ""

    def _list(self, keys: Keys) -> _List:
        self.place_of_last_list = len(self.changes) - 1
        return self.lists.setdefault(keys, _List())

    def _whole(self, part: str, old: str, new: str) -> Value:
        """Note a part that differs in no text: a list is empty instead of absent, or absent instead of empty."""
        if new != (short(digest(self.after[part])) if part in self.after else ""):
            return _LATER
        self.whole[part] = old
        for indicator in self.form.indicators:
            for item in indicator.inputs:
                keys: Keys = (part, *(["metrics"] if part == "self_assessment" else []), indicator.id, item.id)
                is_list = item.type in (InputType.LIST, InputType.RATINGS) and not item.confidential
                if is_list and not _at_or_none(self.data, keys):
                    self._list(keys)
        return ""

    def _entries(self, keys: Keys, now: str, change: FieldChange) -> Value:
        """Put the digest of a confidential list back. Older amendments say only that the list had other entries."""
        if change.new not in (now, "other entries") and now != UNKNOWN:
            return _LATER
        shown = _at(self.data, keys[:-1])
        if not change.old:
            del shown["digest"]
        elif _DIGEST.fullmatch(change.old):
            shown["digest"] = change.old
        elif change.old == "entries" and change.new == "other entries":
            shown["digest"] = UNKNOWN
        else:
            return _NEVER
        return ""

    def _put_back(self, path: str, old: str) -> Value:
        """Put a value back that the amendment took away."""
        keys = self._keys_of(path)
        if keys is None:
            return phrase("a review by this form has no such field")
        if isinstance(keys, _RowField):
            if keys.list not in self.names:
                self.names[keys.list] = row_names(_at_or_none(self.after, keys.list) or [])
            names = self.names[keys.list]
            if keys.row in names:
                entry = (*keys.list, names.index(keys.row))
                _at(self.data, entry)[keys.field] = old
                self.restored.add(entry)
                self._list(keys.list)
            else:
                self._list(keys.list).removed.setdefault(keys.row, {})[keys.field] = old
            return ""
        above: Json = self.data
        for key in keys[:-1]:
            above = above.setdefault(key, {})
        if keys[-1] == "digest":
            if old != "entries" and not _DIGEST.fullmatch(old):
                return _NEVER
            old = UNKNOWN if old == "entries" else old
        above[keys[-1]] = self._value(keys, old)
        return ""

    def _value(self, keys: Keys, text: str, now: Json = "") -> Json:
        """Return the value behind a text: a list of ratings is one text, with a comma between them."""
        item = self._input(keys)
        is_list = isinstance(now, list) or (item is not None and item.type is InputType.RATINGS)
        return text.split(", ") if is_list and text != AUTO else text

    def _keys_of(self, path: str) -> Keys | _RowField | None:
        """Return where a field belongs that the content after the amendment does not have; None if there is no such field."""
        part, _, rest = path.partition(".")
        ids = {item.id for item in self.form.indicators}
        known: dict[str, Iterable[str]] = {
            "employee": ["name", "department", "position", "manager"],
            "not_applicable": ids,
            "comments": ids,
            "bonus": [item.id for item in self.form.bonus],
            "feedback": FEEDBACK,
            "self_assessment": ["comment"],
        }
        if path == "body":
            return (path,)
        if rest in known.get(part, ()):
            return (part, rest)
        if part == "evidence":
            id_, _, inside = rest.partition(".")
            row, _, name = inside.rpartition(".")
            return _RowField((part, id_), row, name) if id_ in ids and row and name in ("sha256", "link") else None
        if part == "taken":
            return self._in_taken(rest)
        if part == "metrics":
            return self._in_metrics((part,), rest)
        if part == "self_assessment" and rest.startswith("metrics."):
            return self._in_metrics((part, "metrics"), rest.removeprefix("metrics."))
        return None

    def _in_metrics(self, keys: Keys, rest: str) -> Keys | _RowField | None:
        id_, _, inside = rest.partition(".")
        name, _, more = inside.partition(".")
        indicator = self.form.indicator(id_)
        if indicator is None:
            return None
        if indicator.shown_as and name == indicator.shown_as.id:
            shown = {"count": "count", "mean": "mean", ENTRIES: "digest"}
            return (*keys, id_, name, shown[more]) if more in shown and keys == ("metrics",) else None
        item = indicator.input(name)
        if item is None or item.confidential:
            return None
        if item.type is not InputType.LIST:
            return None if more else (*keys, id_, name)
        row, _, last = more.rpartition(".")
        return _RowField((*keys, id_, name), row, last) if last in {one.id for one in item.fields} else None

    def _in_taken(self, rest: str) -> _RowField | None:
        """Return where a field of a total belongs that an input took: `year.months.2026-01.total`."""
        id_, _, inside = rest.partition(".")
        name, _, more = inside.partition(".")
        period, _, last = more.rpartition(".")
        indicator = self.form.indicator(id_)
        item = indicator.input(name) if indicator else None
        if item is None or item.auto is None or item.confidential or last not in _TAKEN[1:]:
            return None
        return _RowField(("taken", id_, name), period, last)

    def _input(self, keys: Keys) -> Input | None:
        """Return the input whose value is at this place."""
        indicator = self.form.indicator(str(keys[-2])) if "metrics" in keys[:2] and len(keys) > 2 else None
        return indicator.input(str(keys[-1])) if indicator else None

    # --- what all changes give together ---

    def contents(self) -> tuple[dict[str, Json], ...]:
        """Return the possible contents."""
        self._forget_lists()
        choices = [list(itertools.islice(self._rows(keys, one), self.most)) for keys, one in self.lists.items()]
        found = []
        for chosen in itertools.islice(itertools.product(*choices), self.most):
            content = deepcopy(self.data)
            for keys, rows in zip(self.lists, chosen, strict=True):
                _put(content, keys, rows)
            content = _without_empty(content)
            if all(
                old == (short(digest(content[part])) if part in content else "") for part, old in self.whole.items()
            ):
                found.append(content)
        return tuple(found)

    def _forget_lists(self) -> None:
        """Mark the digests of confidential lists as unknown where only what is shown of them was recorded."""
        for path, keys in dict(places_of(self.data)).items():
            if path.endswith(f".{ENTRIES}") and path not in self.times:
                below = path.removesuffix(ENTRIES)
                if any(name.startswith(below) for name in self.times):
                    _at(self.data, keys[:-1])["digest"] = UNKNOWN
        for indicator in self.form.indicators:
            if indicator.shown_as:
                shown = _at_or_none(self.data, ("metrics", indicator.id, indicator.shown_as.id))
                if shown and "mean" in shown:
                    shown.setdefault("digest", UNKNOWN)
                elif shown and shown.get("digest") == UNKNOWN:  # the whole list came with the amendment
                    del shown["digest"]
        self.is_exact = not any(
            path.endswith(f".{ENTRIES}") and _at(self.data, keys) == UNKNOWN for path, keys in places_of(self.data)
        )

    def _rows(self, keys: Keys, one: _List) -> Iterator[list[dict[str, str]] | None]:
        """Yield the possible entries of a list; None for no list."""
        now, after = _at_or_none(self.data, keys) or [], _at_or_none(self.after, keys) or []
        pool: list[tuple[str, list[dict[str, str]]]] = []
        for place, (name, row) in enumerate(zip(row_names(after), now, strict=True)):
            entry = (*keys, place)
            is_added = entry in self.emptied and entry not in self.restored and row.keys() <= {naming_key(after[place])}
            if not is_added:
                pool.append((name, self._kept(keys, name, row, naming_key(after[place]))))
        kept = len(pool)
        pool += [(name, self._removed(keys, name, values)) for name, values in one.removed.items()]
        if not pool:
            yield from (None, []) if keys[0] not in ("evidence", "taken") else (None,)
            return
        changes_names = bool(one.removed) or kept < len(after)
        if len(pool) > _ALL_ORDERS and one.order is None and changes_names:
            self.is_exact = False  # there are too many orders to try
        orders = _orders([name for name, _ in pool], kept, one.order, changes_names)
        for order in itertools.islice(orders, self.most):
            for rows in itertools.product(*(pool[place][1] for place in order)):
                if row_names(list(rows)) == tuple(pool[place][0] for place in order):
                    yield list(rows)

    def _kept(self, keys: Keys, name: str, row: dict[str, str], key: str) -> list[dict[str, str]]:
        """Return what an entry may have been that is still there: whether its name is numbered depends on the others."""
        names = dict.fromkeys([row[key], *_names_behind(name)]) if key in row else []
        return [self._in_order(keys, {**row, key: one}) for one in names] or [self._in_order(keys, row)]

    def _removed(self, keys: Keys, name: str, values: dict[str, str]) -> list[dict[str, str]]:
        """Return what a removed entry may have been: its name may have been numbered because another had the same."""
        names = _names_behind(name)
        if keys[0] == "evidence":
            if "link" in values:
                return [{"link": values["link"]}]
            return [{"file": one, **values} for one in names]
        fields = self._fields(keys)
        (only, *others) = values
        alone = [dict(values)] if not others and values[only] in names and naming_key(values) == only else []
        key = next((one for one in ("name", "file", "link", *fields) if one in fields and one not in values), None)
        return [*(self._in_order(keys, {key: one, **values}) for one in names if key), *alone]

    def _fields(self, keys: Keys) -> list[str]:
        """Return the fields of a list's entries."""
        if keys[0] == "taken":
            return list(_TAKEN)
        item = self._input(keys)
        return [field.id for field in item.fields] if item else []

    def _in_order(self, keys: Keys, row: dict[str, str]) -> dict[str, str]:
        """Return an entry with its fields in the order of the form: the first may name it."""
        fields = self._fields(keys)
        return {key: row[key] for key in sorted(row, key=fields.index)} if fields else dict(row)


class _RowField(NamedTuple):
    """A field of an entry that the content after an amendment does not have: its list, the entry's name, the field."""

    list: Keys
    row: str
    field: str


def _orders(names: list[str], kept: int, written: str | None, changes_names: bool) -> Iterator[tuple[int, ...]]:
    """Yield the orders that a list may have had, as places in `names`, of which the first `kept` are those still there."""
    places = range(len(names))
    if written is not None:
        yield from itertools.islice(_spelt(names, written), _MOST)
        return
    gone = len(names) - kept
    for at in itertools.islice(itertools.combinations(reversed(places), gone), _MOST):
        removed, others = iter(range(kept, len(names))), iter(range(kept))
        yield tuple(next(removed) if place in at else next(others) for place in places)
    if changes_names and len(names) <= _ALL_ORDERS:
        yield from itertools.permutations(places)


def _spelt(names: list[str], written: str) -> Iterator[tuple[int, ...]]:
    """Yield the orders in which these names, with commas between them, are the written text."""
    stack: list[tuple[tuple[int, ...], str]] = [((), written)]
    for _ in range(_MOST):
        if not stack:
            return
        order, rest = stack.pop()
        if len(order) == len(names):
            if not rest:
                yield order
            continue
        end = ", " if len(order) + 1 < len(names) else ""
        stack += [
            ((*order, place), rest[len(name) + len(end) :])
            for place, name in enumerate(names)
            if place not in order and rest.startswith(f"{name}{end}")
        ]


def _names_behind(name: str) -> list[str]:
    """Return the names that an entry may have that is called this: the number at its end may only tell it from others."""
    numbered = re.fullmatch(r"(.*) \([0-9]+\)", name, re.DOTALL)
    return [name, *([numbered[1]] if numbered else [])]


def _is_of_rows(value: Json) -> bool:
    return isinstance(value, list) and any(isinstance(item, Mapping) for item in value)


def _text(value: Json) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)


def _at(data: Json, keys: Keys) -> Json:
    for key in keys:
        data = data[key]
    return data


def _at_or_none(data: Json, keys: Keys) -> Json:
    for key in keys:
        data = data.get(key) if isinstance(data, Mapping) else None
    return data


def _put(content: dict[str, Json], keys: Keys, rows: list[dict[str, str]] | None) -> None:
    above = content
    for key in keys[:-1]:
        above = above.setdefault(str(key), {})
    above.pop(str(keys[-1]), None)
    if rows is not None:
        above[str(keys[-1])] = [dict(row) for row in rows]


def _without_empty(data: dict[str, Json]) -> dict[str, Json]:
    """Return a content without mappings that have lost everything."""
    inner = {key: _without_empty(value) if isinstance(value, dict) else value for key, value in data.items()}
    return {key: value for key, value in inner.items() if value != {}}
