"""Where files come from. Loading sees them only through a `Tree`.

The work tree is one, files in memory are another; a git revision is a third (`repository.git.repository.GitTree`).
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path, PurePosixPath
from typing import Protocol


def is_hidden(path: str) -> bool:
    """Return whether a part of a path begins with a dot.

    >>> is_hidden("reviews/2026-01/.PM-0001.front-desk.md")
    True
    """
    return any(part.startswith(".") for part in path.split("/"))


class Tree(Protocol):
    """A set of files by repository-relative path with `/`."""

    def paths(self, folder: str) -> tuple[str, ...]:
        """Return the files below a folder, sorted, without hidden ones."""

    def hidden(self, folder: str) -> tuple[str, ...]:
        """Return the files below a folder whose name, or a folder's above them, begins with a dot; sorted, without links."""

    def read(self, path: str) -> bytes:
        """Return a file's bytes; raise OSError if it cannot be read."""

    def head(self, path: str, size: int) -> bytes:
        """Return a file's first bytes; raises OSError where it cannot be read."""

    def digest(self, path: str) -> str | None:
        """Return the SHA-256 of a file's bytes, or None if there is no such file."""

    def is_link(self, path: str) -> bool:
        """Whether a path is a symbolic link, which is not followed."""


class WorkTree:
    """The files of a directory."""

    def __init__(self, root: Path) -> None:
        """Remember the directory; nothing is read yet."""
        self.root = root

    def paths(self, folder: str) -> tuple[str, ...]:
        """Return the files below a folder, sorted; hidden ones and folders behind links are left out."""
        found = []
        for directory, folders, files in os.walk(self.root / folder):
            links = [name for name in folders if Path(directory, name).is_symlink()]
            folders[:] = [name for name in folders if not name.startswith(".") and name not in links]
            here = Path(directory).relative_to(self.root).as_posix()
            found += [f"{here}/{name}" for name in (*files, *links) if not name.startswith((".", "~$"))]
        return tuple(sorted(found))

    def hidden(self, folder: str) -> tuple[str, ...]:
        """Return the files below a folder that are hidden by a dot, sorted; links and what is behind them are left out."""
        found = []
        for directory, _, files in os.walk(self.root / folder):
            here = Path(directory).relative_to(self.root).as_posix()
            paths = [f"{here}/{name}" for name in files if is_hidden(f"{here}/{name}")]
            found += [path for path in paths if not self.is_link(path)]
        return tuple(sorted(found))

    def read(self, path: str) -> bytes:
        """Return a file's bytes; raise OSError if it cannot be read."""
        return (self.root / path).read_bytes()

    def head(self, path: str, size: int) -> bytes:
        """Return a file's first bytes; raises OSError where it cannot be read."""
        with (self.root / path).open("rb") as stream:
            return stream.read(size)

    def digest(self, path: str) -> str | None:
        """Return the SHA-256 of a file's bytes, or None if it is not a regular file or is reached through a link."""
        file = self.root / path
        if self._is_behind_link(path) or not file.is_file():
            return None
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()

    def is_link(self, path: str) -> bool:
        """Whether a path is a symbolic link."""
        return (self.root / path).is_symlink()

    def _is_behind_link(self, path: str) -> bool:
        """Whether a path is a link or leads through one; the top folder itself may be a link."""
        parts = PurePosixPath(path).parts
        return any(self.root.joinpath(*parts[:count]).is_symlink() for count in range(2, len(parts) + 1))


class MemoryTree:
    """Files held in memory: for tests, and for the files inside a PDF."""

    def __init__(self, files: dict[str, bytes]) -> None:
        """Take the files by path."""
        self.files = files

    def paths(self, folder: str) -> tuple[str, ...]:
        """Return the files below a folder, sorted, hidden ones left out."""
        inside = (path for path in self.files if path.startswith(f"{folder}/"))
        return tuple(
            sorted(path for path in inside if not any(part.startswith((".", "~$")) for part in path.split("/")))
        )

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

    def is_link(self, path: str) -> bool:
        """Return False: there are no links in memory."""
        return False
