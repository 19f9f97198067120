"""The files of one revision of git, as a `Tree`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property

from kpigen.base.digests import file_digest
from kpigen.base.disk import MAX_EVIDENCE, TooLarge
from kpigen.base.sources import Barrier, Obstacle, is_hidden, is_passed_over
from kpigen.repository.git.log import LINK, SUBMODULE, TreeEntry

#: The modes of entries that are not followed.
OBSTACLES = {LINK: Obstacle.LINK, SUBMODULE: Obstacle.REPOSITORY}


class GitTree:
    """The files of one revision."""

    def __init__(self, read: Callable[[str], bytes], entries: dict[str, TreeEntry], obstacle: Obstacle | None) -> None:
        """Use these files: modes and object ids by path. `read` returns an object's bytes.

        `obstacle` says what the folder of the whole tree is in this revision, if it is not a folder.
        """
        self._read, self._entries, self._obstacle = read, entries, obstacle
        self._digests: dict[str, str] = {}

    def over(self, others: Iterable[GitTree]) -> GitTree:
        """Return this tree, with the files of other trees where it has none."""
        entries: dict[str, TreeEntry] = {}
        for tree in (self, *others):
            entries = tree._entries | entries
        return GitTree(self._read, entries, self._obstacle)

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self._entries)

    def paths(self, folder: str) -> tuple[str, ...]:
        """Return the files in a folder and below, sorted. Hidden files are left out, as in a work tree."""
        inside = (path for path in self._sorted if path.startswith(f"{folder}/") and not is_passed_over(path))
        return tuple(path for path in inside if self._entries[path].mode not in OBSTACLES)

    def hidden(self, folder: str) -> tuple[str, ...]:
        """Return the files in a folder and below that are hidden by a dot, sorted, without links."""
        inside = (path for path in self._sorted if path.startswith(f"{folder}/") and is_hidden(path))
        return tuple(path for path in inside if self._entries[path].mode not in OBSTACLES)

    def head(self, path: str, size: int) -> bytes:
        """Return the first bytes of a file. Raises OSError if there is none, and GitFailed if git does not have its bytes."""
        return self.read(path)[:size]

    def read(self, path: str, limit: int = MAX_EVIDENCE) -> bytes:
        """Return the bytes of a file. Raises OSError if there is none or it has more than `limit`, and GitFailed if git does
        not have its bytes."""
        entry = self._entries.get(path)
        if entry is None or entry.mode in OBSTACLES:
            raise FileNotFoundError(2, "no such file in this revision", path)
        data = self._read(entry.oid)
        if len(data) > limit:
            raise TooLarge(path, len(data), limit)
        return data

    def digest(self, path: str) -> str | None:
        """Return the SHA-256 of a file, or None if it does not exist."""
        if path not in self._entries or self._entries[path].mode in OBSTACLES:
            return None
        if path not in self._digests:
            self._digests[path] = file_digest(self.read(path))
        return self._digests[path]

    def barriers(self, folders: Iterable[str], files: Iterable[str] = ()) -> tuple[Barrier, ...]:
        """Return the links and submodules at and below these folders, and of these files, sorted by path."""
        if self._obstacle:
            return (Barrier(".", self._obstacle),)
        tops, found = tuple(folders), []
        names = {*tops, *files}
        for path in self._sorted:
            mode = self._entries[path].mode
            if mode in OBSTACLES and (path in names or path.startswith(tuple(f"{top}/" for top in tops))):
                if not is_passed_over(path):
                    found.append(Barrier(path, OBSTACLES[mode]))
            elif path in tops:
                found.append(Barrier(path, Obstacle.NO_FOLDER))
        return tuple(found)
