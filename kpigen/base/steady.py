"""Files that must not change while a command works with them: what was checked is what is used."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path

from kpigen.base.digests import file_digest
from kpigen.base.disk import MAX_EVIDENCE
from kpigen.base.sources import WorkTree, is_passed_over

#: How the system knows a state of a file: its kind, itself, size and times. Every change makes another.
_Stamp = tuple[int, int, int, int, int]
_NOTHING = (0, 0, 0, 0, 0)


class Changed(Exception):  # noqa: N818  # somebody else wrote; carries the file
    """A file is no longer what it was when it was read first."""

    def __init__(self, path: str) -> None:
        """Store the file's path in the repository."""
        self.path = path


class SteadyTree(WorkTree):
    """A work tree that raises Changed where a file is read again and has other bytes, or cannot be read any more."""

    def __init__(self, tree: WorkTree) -> None:
        """Take the tree. Nothing is read yet."""
        super().__init__(tree.root, tree._known)
        self._digests: dict[str, str | None] = {}

    def read(self, path: str, limit: int = MAX_EVIDENCE) -> bytes:
        """Return a file's bytes; raise OSError if it cannot be read."""
        known = self._digests.get(path) is not None
        try:
            data = super().read(path, limit)
        except OSError as error:
            if known:
                raise Changed(path) from error
            raise
        self._hold(path, file_digest(data))
        return data

    def digest(self, path: str) -> str | None:
        """Return the SHA-256 of a file's bytes, or None if there is no such file."""
        digest = super().digest(path)
        self._hold(path, digest)
        return digest

    def _hold(self, path: str, digest: str | None) -> None:
        if self._digests.setdefault(path, digest) != digest:
            raise Changed(path)


def stamps_of(root: Path, names: Iterable[str]) -> dict[str, _Stamp]:
    """Return the state of these files, and of all files below these folders, without following links. Hidden ones do not count."""
    found: dict[str, _Stamp] = {}
    for name in names:
        _add(found, root, name)
        folders = [name]
        while folders:  # no recursion: somebody may have made a thousand folders inside each other
            here = folders.pop()
            for entry in _entries(root / here):
                if not is_passed_over(entry.name):
                    _add(found, root, f"{here}/{entry.name}")
                    folders += [f"{here}/{entry.name}"] if entry.is_dir(follow_symlinks=False) else []
    return found


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:  # not there, no folder, or not to be listed: the check says so
        return []


def changed_since(root: Path, names: Iterable[str], before: Mapping[str, _Stamp]) -> str | None:
    """Return the first file whose state is another one than before, or None."""
    now = stamps_of(root, names)
    return next((path for path in sorted({*before, *now}) if before.get(path) != now.get(path)), None)


def _add(found: dict[str, _Stamp], root: Path, path: str) -> None:
    stamp = _stamp_of(root / path)
    if stamp != _NOTHING:
        found[path] = stamp


def _stamp_of(path: Path) -> _Stamp:
    try:
        state = path.lstat()
    except OSError:
        return _NOTHING
    if stat.S_ISDIR(state.st_mode):
        return state.st_mode, state.st_ino, 0, 0, 0  # its own times change with hidden files too
    return state.st_mode, state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns
