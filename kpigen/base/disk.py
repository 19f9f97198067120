"""The door to the file system: opens regular files below a folder without following a link, and lists folders.

Whatever is read from a repository comes through here. Each folder on the way is opened inside the one before it, and the
file inside the last one, so nothing can be put in its place between looking and opening. Links and other git repositories
are not entered. Named pipes, sockets and devices are not opened, and a file's size is looked at before it is read.

What cannot be read raises OSError; only what is not there raises FileNotFoundError. A link in the way is a `Barred`, which
is a FileNotFoundError too: nothing is there that may be read.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import BinaryIO

#: The largest files that are read, in bytes. docs/publishing.md lists them.
MAX_TEXT, MAX_TEMPLATE, MAX_FONT, MAX_EVIDENCE = 1_000_000, 10_000_000, 100_000_000, 200_000_000
#: The same for what kpigen writes itself and reads again: lists of files or seals, and what it remembers.
MAX_LIST, MAX_MEMO = 50_000_000, 500_000_000

_HAS_HANDLES = os.open in os.supports_dir_fd and os.stat in os.supports_dir_fd and os.scandir in os.supports_fd
_PLAIN = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_FOLDER = _PLAIN | getattr(os, "O_DIRECTORY", 0)
_NOT_FOLLOWED = getattr(os, "O_NOFOLLOW", 0)
# A named pipe that took a file's place since it was looked at must not make the reader wait.
_FILE = _PLAIN | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
_PIECE = 1 << 18

#: A folder that is open: its handle, or its path on systems without handles of folders (Windows).
_Folder = int | Path


class Barred(FileNotFoundError):  # noqa: N818  # says what is in the way
    """Raised where nothing is read on purpose: at a link, another repository, or what is no regular file, and below."""


class Link(Barred):
    """Raised at a symbolic link."""


class OtherRepository(Barred):
    """Raised at a folder that is another git repository."""


class NotRegular(Barred):
    """Raised at a named pipe, a socket or a device."""


class TooLarge(OSError):  # noqa: N818  # says what it is
    """Raised at a file with more bytes than are read. `size` is what it has, at least."""

    def __init__(self, path: str, size: int, limit: int) -> None:
        """Take the file's path, its size and the limit."""
        super().__init__(errno.EFBIG, "File too large", path)
        self.size, self.limit = size, limit


class EntryKind(Enum):
    """What an entry of a folder is."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class FolderEntry:
    """An entry of a folder."""

    name: str
    kind: EntryKind


def listing(root: Path, path: str = ".") -> list[FolderEntry]:
    """Return the entries of a folder, unsorted. Raises OSError if it cannot be listed: nothing is left out in silence."""
    with _entered(root, _parts(path)) as folder, os.scandir(folder) as entries:
        return [FolderEntry(entry.name, _kind(entry)) for entry in entries]


def status(root: Path, path: str) -> os.stat_result:
    """Return what the system knows of a regular file or a folder, without opening it. Raises OSError, as `read` does."""
    *above, name = _parts(path) or ["."]
    with _entered(root, above) as folder:
        found = _look(folder, name)
        if stat.S_ISDIR(found.st_mode):
            _close(_enter(folder, name))
        else:
            _refuse(found, path)
        return found


def is_file(root: Path, path: str) -> bool:
    """Return whether there is a regular file at a path. Raises OSError if that cannot be known."""
    try:
        return stat.S_ISREG(status(root, path).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False


def read(root: Path, path: str, limit: int) -> bytes:
    """Return the bytes of a file below a folder. Raises OSError if it cannot be read or has more bytes than `limit`."""
    with opened(root, path, limit) as stream:
        return _all(stream, path, limit)


def head(root: Path, path: str, size: int) -> bytes:
    """Return the first bytes of a file below a folder, however large it is. Raises OSError if it cannot be read."""
    with opened(root, path) as stream:
        return stream.read(size)


def digest(root: Path, path: str, limit: int) -> str:
    """Return the SHA-256 of a file below a folder. Raises OSError if it cannot be read or has more bytes than `limit`."""
    with opened(root, path, limit) as stream:
        done, count = hashlib.sha256(), 0
        while piece := stream.read(_PIECE):
            count += len(piece)
            if count > limit:  # it grew since it was opened
                raise TooLarge(path, count, limit)
            done.update(piece)
        return done.hexdigest()


def read_given(path: Path, limit: int) -> bytes:
    """Return the bytes of a file that the user named, even if that is a link. Raises OSError as `read` does."""
    with opened_given(path, limit) as stream:
        return _all(stream, str(path), limit)


@contextmanager
def opened(root: Path, path: str, limit: int | None = None) -> Iterator[BinaryIO]:
    """Open a file below a folder. Raises OSError if that fails, or if it has more bytes than `limit`."""
    *above, name = _parts(path) or ["."]
    with _entered(root, above) as folder:
        before = _look(folder, name)
        _refuse(before, path, limit)
        handle = _open(folder, name, _FILE | _NOT_FOLLOWED)
        with os.fdopen(handle, "rb", buffering=0) as stream:
            after = os.fstat(handle)
            _refuse(after, path, limit)
            if not _NOT_FOLLOWED and (before.st_dev, before.st_ino) != (after.st_dev, after.st_ino):
                raise _error(Link, path)
            yield stream


@contextmanager
def opened_given(path: Path, limit: int) -> Iterator[BinaryIO]:
    """Open a file that the user named. Raises OSError if that fails, or if it has more bytes than `limit`."""
    _refuse(path.stat(), str(path), limit)
    with os.fdopen(os.open(path, _FILE), "rb", buffering=0) as stream:
        _refuse(os.fstat(stream.fileno()), str(path), limit)
        yield stream


def _all(stream: BinaryIO, path: str, limit: int) -> bytes:
    data = stream.read(min(os.fstat(stream.fileno()).st_size, limit) + 1)
    while len(data) <= limit and (more := stream.read(_PIECE)):
        data += more
    if len(data) > limit:  # it grew since it was opened
        raise TooLarge(path, len(data), limit)
    return data


def is_inside(path: str) -> bool:
    """Return whether a path stays below the folder that it is read from, whatever lies there.

    >>> is_inside("print/report.html"), is_inside("/etc/passwd"), is_inside("../reviews/a.md")
    (True, False, False)
    """
    try:
        return bool(_parts(path))
    except FileNotFoundError:
        return False


def _parts(path: str) -> list[str]:
    """Return the names in a path. Raises FileNotFoundError if it would lead out of the folder, or if no file can have it."""
    parts = [part for part in path.split("/") if part != "."]
    strange = ("\0",) if os.sep == "/" else ("\0", os.sep, ":")
    if path.startswith("/") or any(part in ("", "..") or any(sign in part for sign in strange) for part in parts):
        raise FileNotFoundError(errno.ENOENT, "no such file", path)
    try:
        os.fsencode(path)
    except UnicodeEncodeError as error:
        raise FileNotFoundError(errno.ENOENT, "no such file", path) from error
    return parts


@contextmanager
def _entered(root: Path, parts: Sequence[str]) -> Iterator[_Folder]:
    """Open a folder below `root`, each inside the one before it."""
    folder: _Folder = os.open(root, _FOLDER) if _HAS_HANDLES else root
    try:
        for part in parts:
            inner = _enter(folder, part)
            _close(folder)
            folder = inner
        yield folder
    finally:
        _close(folder)


def _enter(folder: _Folder, name: str) -> _Folder:
    """Open a folder inside a folder. Raises Barred at a link and at another repository."""
    if isinstance(folder, int):
        try:
            inner: _Folder = os.open(name, _FOLDER | _NOT_FOLLOWED, dir_fd=folder)
        except OSError:
            if stat.S_ISLNK(_look(folder, name).st_mode):
                raise _error(Link, name) from None
            raise
    else:
        inner = folder / name
        if stat.S_ISLNK(inner.lstat().st_mode):
            raise _error(Link, name)
    try:
        _look(inner, ".git")
    except FileNotFoundError:
        return inner
    except OSError:
        _close(inner)
        raise
    _close(inner)
    raise _error(OtherRepository, name)


def _look(folder: _Folder, name: str) -> os.stat_result:
    if isinstance(folder, int):
        return os.stat(name, dir_fd=folder, follow_symlinks=False)
    return (folder / name).lstat()


def _open(folder: _Folder, name: str, flags: int) -> int:
    if isinstance(folder, int):
        return os.open(name, flags, dir_fd=folder)
    return os.open(folder / name, flags)


def _close(folder: _Folder) -> None:
    if isinstance(folder, int):
        os.close(folder)


def _kind(entry: os.DirEntry[str]) -> EntryKind:
    if entry.is_symlink():
        return EntryKind.LINK
    if entry.is_dir(follow_symlinks=False):
        return EntryKind.FOLDER
    return EntryKind.FILE if entry.is_file(follow_symlinks=False) else EntryKind.OTHER


def _refuse(found: os.stat_result, path: str, limit: int | None = None) -> None:
    """Raise OSError unless this is a regular file with at most `limit` bytes."""
    mode = found.st_mode
    if stat.S_ISLNK(mode):
        raise _error(Link, path)
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, "Is a directory", path)
    if not stat.S_ISREG(mode):
        raise _error(NotRegular, path)
    if limit is not None and found.st_size > limit:
        raise TooLarge(path, found.st_size, limit)


_SAID = {
    Link: "links are not followed",
    OtherRepository: "another git repository is not entered",
    NotRegular: "not a regular file",
}


def _error(kind: type[Barred], path: str) -> Barred:
    return kind(errno.ENOENT, _SAID[kind], path)
