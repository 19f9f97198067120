"""Where files come from. Loading sees them only through a `Tree`.

The work tree is one, files in memory are another; a git revision is a third (`repository.git.repository.GitTree`).

Nothing is ever read through a symbolic link or out of another repository: git would keep no history of it here. Such a
place is a `Barrier`, and whoever loads a tree reports it. So is a folder that cannot be listed, and what is no regular file.
"""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Protocol

from kpigen.base import disk
from kpigen.base.disk import MAX_EVIDENCE, EntryKind


class Obstacle(Enum):
    """Why nothing is read at a place and below it."""

    LINK = "link"
    REPOSITORY = "repository"  # a submodule, or another git repository inside this one
    NO_FOLDER = "no folder"  # a file, where a folder is expected
    LEFT_OUT = "left out"  # git has the file, but a sparse checkout leaves it out of the work tree
    NOT_REGULAR = "not regular"  # a named pipe, a socket or a device
    NOT_LISTED = "not listed"  # a folder that cannot be listed, so that nobody knows what is in it
    NO_INDEX = "no index"  # git cannot say which files it has here


#: Why nothing is read where the file system refuses it.
_OBSTACLES = {
    disk.Link: Obstacle.LINK,
    disk.OtherRepository: Obstacle.REPOSITORY,
    disk.NotRegular: Obstacle.NOT_REGULAR,
}

#: How many folders may lie inside each other.
MAX_FOLDERS = 30

#: The place of what git says about all files: no path of a file, so it hides none.
GIT = ".git"


@dataclass(frozen=True, slots=True)
class Barrier:
    """A place that is not followed: a file or a folder. The path `.` stands for the whole tree.

    `error` is what the system said, where a folder could not be listed; `said` what git said, where it has no index.
    """

    path: str
    obstacle: Obstacle
    error: OSError | None = field(default=None, compare=False)
    said: str = ""

    def hides(self, path: str) -> bool:
        """Return whether a path is behind this place.

        >>> Barrier("reviews/2026-01", Obstacle.LINK).hides("reviews/2026-01/PM-0001.front-desk.md")
        True
        """
        return self.path == "." or _is_at_or_below(path, self.path)


def is_hidden(path: str) -> bool:
    """Return whether a part of a path begins with a dot.

    >>> is_hidden("reviews/2026-01/.PM-0001.front-desk.md")
    True
    """
    return any(part.startswith(".") for part in path.split("/"))


def is_passed_over(path: str) -> bool:
    """Return whether a file is not looked at: hidden by a dot, or the mark of an office program that has a file open.

    >>> is_passed_over("reviews/2026-01/files/~$calls.xlsx"), is_passed_over("reviews/2026-01/~$A-1.tiny.md")
    (True, False)
    """
    *folders, name = path.split("/")
    is_mark = name.startswith("~$") and not name.lower().endswith(_SOURCES)
    return is_mark or any(part.startswith(".") for part in (*folders, name))


#: The endings of sources: no office program has one of these open.
_SOURCES = (".md", ".markdown", ".yaml", ".yml", ".toml")


class Tree(Protocol):
    """A set of files by repository-relative path with `/`."""

    def paths(self, folder: str) -> tuple[str, ...]:
        """Return the files below a folder, sorted; hidden ones and what is behind a barrier are left out."""

    def hidden(self, folder: str) -> tuple[str, ...]:
        """Return the files below a folder whose name, or a folder's above them, begins with a dot; sorted, without links."""

    def read(self, path: str, limit: int = MAX_EVIDENCE) -> bytes:
        """Return a file's bytes; raise OSError if it cannot be read or has more than `limit`."""

    def head(self, path: str, size: int) -> bytes:
        """Return a file's first bytes; raises OSError where it cannot be read."""

    def digest(self, path: str) -> str | None:
        """Return the SHA-256 of a file's bytes, or None if there is no such file."""

    def barriers(self, folders: Iterable[str], files: Iterable[str] = ()) -> tuple[Barrier, ...]:
        """Return the places at and below these folders, and of these files, that are not followed; hidden ones are left out."""


class WorkTree:
    """The files of a directory."""

    def __init__(self, root: Path, known: tuple[Barrier, ...] = ()) -> None:
        """Take the directory, and barriers that the directory alone does not show. Nothing is read yet."""
        self.root = root
        self._known = known

    def paths(self, folder: str) -> tuple[str, ...]:
        """Return the files below a folder, sorted; hidden ones and what is behind a barrier are left out."""
        hidden = {item.path for item in self._known}
        return tuple(sorted(item for item in self._walk(folder) if isinstance(item, str) and item not in hidden))

    def hidden(self, folder: str) -> tuple[str, ...]:
        """Return the files below a folder that are hidden by a dot, sorted; links and what is behind them are left out."""
        return tuple(
            sorted(item for item in self._walk(folder, all_=True) if isinstance(item, str) and is_hidden(item))
        )

    def read(self, path: str, limit: int = MAX_EVIDENCE) -> bytes:
        """Return a file's bytes; raises OSError where it cannot be read, has more than `limit`, or a barrier is in the way."""
        self._refuse_known(path)
        return disk.read(self.root, path, limit)

    def head(self, path: str, size: int) -> bytes:
        """Return a file's first bytes; raises OSError where it cannot be read."""
        self._refuse_known(path)
        return disk.head(self.root, path, size)

    def digest(self, path: str) -> str | None:
        """Return the SHA-256 of a file's bytes, or None where there is no such regular file, or a barrier is in the way.

        Raises OSError where the file is there, and cannot be read.
        """
        try:
            self._refuse_known(path)
            return disk.digest(self.root, path, MAX_EVIDENCE)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None

    def barriers(self, folders: Iterable[str], files: Iterable[str] = ()) -> tuple[Barrier, ...]:
        """Return the places at and below these folders, and of these files, that are not followed, sorted by path."""
        tops, single = tuple(folders), tuple(files)
        found = {item.path: item for top in tops for item in self._walk(top) if isinstance(item, Barrier)}
        for file in single:
            try:
                disk.status(self.root, file)
            except disk.Barred as error:
                found[file] = Barrier(file, _OBSTACLES[type(error)])
            except OSError:
                continue  # it is not there, or whoever reads it says why it cannot be read
        wanted = (*tops, *single, GIT)
        found |= {item.path: item for item in self._known if any(_is_at_or_below(item.path, name) for name in wanted)}
        return tuple(item for _, item in sorted(found.items()))

    def _walk(self, top: str, all_: bool = False) -> Iterator[str | Barrier]:
        """Yield the files below a folder, and the barriers at and below it; nothing hidden unless `all_`.

        `.` is the whole directory: somebody put it there for all, whatever it is.
        """
        left = [top]
        while left:
            here = left.pop()
            try:
                entries = disk.listing(self.root, here) if here.count("/") < MAX_FOLDERS else _refuse_depth(here)
            except disk.Barred as error:
                yield Barrier(here, _OBSTACLES[type(error)])
                continue
            except FileNotFoundError:
                continue
            except NotADirectoryError:
                yield Barrier(here, Obstacle.NO_FOLDER)
                continue
            except OSError as error:
                yield Barrier(here, Obstacle.NOT_LISTED, error)
                continue
            before = "" if here == "." else f"{here}/"
            for entry in entries:
                path = f"{before}{entry.name}"
                if entry.kind is EntryKind.FOLDER:
                    if all_ or not entry.name.startswith("."):
                        left.append(path)
                elif all_ or not is_passed_over(entry.name):
                    obstacle = _AT_ENTRY.get(entry.kind)
                    yield path if obstacle is None else Barrier(path, obstacle)

    def is_behind_barrier(self, path: str) -> bool:
        """Whether a path is a barrier or leads through one."""
        try:
            self._refuse_known(path)
            disk.status(self.root, path)
        except disk.Barred:
            return True
        except OSError:
            return False
        return False

    def _refuse_known(self, path: str) -> None:
        if any(item.hides(path) for item in self._known):
            raise disk.Barred(errno.ENOENT, "no such file", path)


_AT_ENTRY = {EntryKind.LINK: Obstacle.LINK, EntryKind.OTHER: Obstacle.NOT_REGULAR}


def _refuse_depth(path: str) -> list[disk.FolderEntry]:
    raise OSError(errno.ENAMETOOLONG, "folders lie too deep inside each other", path)


def _is_at_or_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")


class MemoryTree:
    """Files held in memory: for tests, and for the files inside a PDF."""

    def __init__(self, files: dict[str, bytes]) -> None:
        """Take the files by path."""
        self.files = files

    def paths(self, folder: str) -> tuple[str, ...]:
        """Return the files below a folder, sorted, hidden ones left out."""
        inside = (path for path in self.files if path.startswith(f"{folder}/"))
        return tuple(sorted(path for path in inside if not is_passed_over(path)))

    def hidden(self, folder: str) -> tuple[str, ...]:
        """Return the files below a folder that are hidden by a dot, sorted."""
        return tuple(sorted(path for path in self.files if path.startswith(f"{folder}/") and is_hidden(path)))

    def read(self, path: str, limit: int = MAX_EVIDENCE) -> bytes:
        """Return a file's bytes. Raises FileNotFoundError if there is no such file, and OSError if it has more than `limit`."""
        if path not in self.files:
            raise FileNotFoundError(2, "no such file", path)
        data = self.files[path]
        if len(data) > limit:
            raise disk.TooLarge(path, len(data), limit)
        return data

    def head(self, path: str, size: int) -> bytes:
        """Return a file's first bytes. Raises FileNotFoundError if there is no such file."""
        return self.read(path)[:size]

    def digest(self, path: str) -> str | None:
        """Return the SHA-256 of a file's bytes, or None if there is no such file."""
        return hashlib.sha256(self.files[path]).hexdigest() if path in self.files else None

    def barriers(self, folders: Iterable[str], files: Iterable[str] = ()) -> tuple[Barrier, ...]:
        """Return nothing: there are no links in memory."""
        del folders, files
        return ()
