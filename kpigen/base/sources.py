"""Where files come from. Loading sees them only through a `Tree`.

The work tree is one, files in memory are another; a git revision is a third (`repository.git.repository.GitTree`).

Nothing is ever read through a symbolic link or out of another repository: git would keep no history of it here. Such a
place is a `Barrier`, and whoever loads a tree reports it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path, PurePosixPath
from typing import Protocol


class Obstacle(Enum):
    """Why nothing is read at a place and below it."""

    LINK = "link"
    REPOSITORY = "repository"  # a submodule, or another git repository inside this one
    NO_FOLDER = "no folder"  # a file, where a folder is expected
    LEFT_OUT = "left out"  # git has the file, but a sparse checkout leaves it out of the work tree


@dataclass(frozen=True, slots=True)
class Barrier:
    """A place that is not followed: a file or a folder. The path `.` stands for the whole tree."""

    path: str
    obstacle: Obstacle

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

    >>> is_passed_over("reviews/2026-01/files/~$calls.xlsx")
    True
    """
    return any(part.startswith((".", "~$")) for part in path.split("/"))


class Tree(Protocol):
    """A set of files by repository-relative path with `/`."""

    def paths(self, folder: str) -> tuple[str, ...]:
        """Return the files below a folder, sorted; hidden ones and what is behind a barrier are left out."""

    def hidden(self, folder: str) -> tuple[str, ...]:
        """Return the files below a folder whose name, or a folder's above them, begins with a dot; sorted, without links."""

    def read(self, path: str) -> bytes:
        """Return a file's bytes; raise OSError if it cannot be read."""

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
        return tuple(sorted(path for path, obstacle in self._walk(folder) if obstacle is None and path not in hidden))

    def hidden(self, folder: str) -> tuple[str, ...]:
        """Return the files below a folder that are hidden by a dot, sorted; links and what is behind them are left out."""
        found = []
        for directory, _, files in os.walk(self.root / folder):
            here = Path(directory).relative_to(self.root).as_posix()
            paths = [f"{here}/{name}" for name in files if is_hidden(f"{here}/{name}")]
            found += [path for path in paths if not self.is_behind_barrier(path)]
        return tuple(sorted(found))

    def read(self, path: str) -> bytes:
        """Return a file's bytes; raises OSError where it cannot be read, or a barrier is in the way."""
        if self.is_behind_barrier(path):
            raise FileNotFoundError(2, "no such file: links and other repositories are not followed", path)
        return (self.root / path).read_bytes()

    def head(self, path: str, size: int) -> bytes:
        """Return a file's first bytes; raises OSError where it cannot be read."""
        with (self.root / path).open("rb") as stream:
            return stream.read(size)

    def digest(self, path: str) -> str | None:
        """Return the SHA-256 of a file's bytes, or None where there is no such regular file, or a barrier is in the way."""
        file = self.root / path
        if self.is_behind_barrier(path) or not file.is_file():
            return None
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()

    def barriers(self, folders: Iterable[str], files: Iterable[str] = ()) -> tuple[Barrier, ...]:
        """Return the places at and below these folders, and of these files, that are not followed, sorted by path."""
        tops, single = tuple(folders), tuple(files)
        found = {path: obstacle for top in tops for path, obstacle in self._walk(top) if obstacle is not None}
        found |= {file: Obstacle.LINK for file in single if (self.root / file).is_symlink()}
        known = (item for item in self._known if any(_is_at_or_below(item.path, name) for name in (*tops, *single)))
        found |= {item.path: item.obstacle for item in known}
        return tuple(Barrier(path, obstacle) for path, obstacle in sorted(found.items()))

    def _walk(self, name: str) -> Iterator[tuple[str, Obstacle | None]]:
        """Yield the files below a folder, and the barriers at and below it; nothing hidden. `.` is the whole directory."""
        top = self.root / name
        if name != ".":  # somebody put the directory itself there for all
            obstacle = _obstacle_at(top) or (Obstacle.NO_FOLDER if top.is_file() else None)
            if obstacle is not None:
                yield name, obstacle
                return
        for directory, folders, files in os.walk(top):
            here = Path(directory).relative_to(self.root)
            inside = []
            for folder in folders:
                if folder.startswith("."):
                    continue
                obstacle = _obstacle_at(Path(directory, folder))
                if obstacle is None:
                    inside.append(folder)
                else:
                    yield (here / folder).as_posix(), obstacle
            folders[:] = inside
            for file in files:
                if not is_passed_over(file):
                    yield (here / file).as_posix(), Obstacle.LINK if Path(directory, file).is_symlink() else None

    def is_behind_barrier(self, path: str) -> bool:
        """Whether a path is a barrier or leads through one."""
        parts = PurePosixPath(path).parts
        places = [self.root.joinpath(*parts[:count]) for count in range(1, len(parts) + 1)]
        return any(_obstacle_at(place) is not None for place in places) or any(item.hides(path) for item in self._known)


def _obstacle_at(place: Path) -> Obstacle | None:
    """Return why a file or folder is not read, as far as the file system shows it."""
    if place.is_symlink():
        return Obstacle.LINK
    return Obstacle.REPOSITORY if os.path.lexists(place / ".git") else None


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

    def read(self, path: str) -> bytes:
        """Return a file's bytes. Raises FileNotFoundError if there is no such file."""
        if path not in self.files:
            raise FileNotFoundError(2, "no such file", path)
        return self.files[path]

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
