"""The access list between two sites: it lets nobody read anything that not both the old and the new list let them read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from kpigen.repository.export import json_bytes

_EVERYONE = "everyone"


@dataclass(frozen=True)
class _Access:
    """The readers of each listed folder, and what each login may read as."""

    folders: dict[str, frozenset[str]]
    logins: dict[str, frozenset[str]]

    def readers(self, path: str) -> frozenset[str]:
        """Return the readers of what a path begins with: those of the longest listed folder."""
        return self.folders[max((name for name in self.folders if path.startswith(name)), key=len, default="")]

    def and_(self, other: _Access) -> _Access:
        """Return what both allow."""
        paths, logins = {*self.folders, *other.folders}, self.logins.keys() & other.logins.keys()
        return _Access(
            {path: _both(self.readers(path), other.readers(path)) for path in paths},
            {login: self.logins[login] & other.logins[login] for login in logins},
        )

    def is_narrower(self, other: _Access) -> bool:
        """Return True if somebody may read less than by another list, which allows at least as much."""
        fewer_readers = any(self.readers(path) != other.readers(path) for path in (*self.folders, *other.folders))
        return fewer_readers or any(
            self.logins.get(login, frozenset()) != tokens for login, tokens in other.logins.items()
        )


_CLOSED = _Access({"": frozenset()}, {})


def in_between(old: bytes | None, new: bytes) -> bytes | None:
    """Return the access list to have while a site changes from one list to another; None if the old one will do.

    Without an old list that can be read, nobody reads anything.
    """
    before = _read(old or b"")
    both = (before or _CLOSED).and_(_read(new) or _CLOSED)
    if before is not None and not both.is_narrower(before):
        return None
    return json_bytes(
        {
            "schema": 1,
            "folders": [{"path": path, "readers": sorted(readers)} for path, readers in sorted(both.folders.items())],
            "logins": {login: sorted(tokens) for login, tokens in sorted(both.logins.items()) if tokens},
        }
    )


def _both(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    if _EVERYONE in one:
        return other
    return one if _EVERYONE in other else one & other


def _read(data: bytes) -> _Access | None:
    """Return an access list as read, or None if kpigen cannot have written it."""
    try:
        read: Any = json.loads(data)
        folders = {item["path"]: frozenset(item["readers"]) for item in read["folders"]}
        logins = {login: frozenset(tokens) for login, tokens in read["logins"].items()}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    names = [*folders, *logins, *(name for some in (*folders.values(), *logins.values()) for name in some)]
    if not all(isinstance(name, str) and name.isprintable() for name in names):
        return None
    return _Access({"": frozenset(), **folders}, logins)
