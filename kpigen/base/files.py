"""Files below a folder, by relative path: read, created, renamed and removed without following a link on the way.

Each folder on the way is opened by itself and without following, and the file is named relative to it. So a link is noticed
wherever it is, even if it was put there a moment ago. A new file never takes the place of one that is there already.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

#: How the names of temporary files begin; what follows is random.
TEMPORARY = ".kpigen-new-"
_TEMPORARY = re.compile(rf"{re.escape(TEMPORARY)}[0-9a-f]{{16}}")

_RELATIVE = os.open in os.supports_dir_fd  # not on Windows; there, links are looked for before a file is opened
_PLAIN = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_FOLDER = getattr(os, "O_PATH", os.O_RDONLY) | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)
_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _PLAIN  # a pipe must not make anybody wait
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _PLAIN

_NOT_FOLLOWED = "it is a link, which is not followed"


class Folder:
    """A folder that is held open. Paths in it are relative, with `/`; no link in them is followed.

    Failures are OSErrors that name the whole path.
    """

    def __init__(self, path: Path, descriptor: int | None) -> None:
        """Take the folder's path, and what the system knows it by while it is open (None on Windows)."""
        self.path = path
        self._descriptor = descriptor

    def mode(self, path: str) -> int | None:
        """Return the kind and rights of what is at a path, a link's own if it is one; None if nothing can be there."""
        try:
            with self._at(path) as (name, folder):
                return os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
                return None
            raise

    def is_file(self, path: str) -> bool:
        """Return True if a regular file is at a path."""
        return stat.S_ISREG(self.mode(path) or 0)

    def read(self, path: str, limit: int | None = None) -> bytes | None:
        """Return a regular file's bytes. None if there is no such file, it is none, or it has more bytes than `limit`."""
        if not self.is_file(path):  # a device may act as soon as it is opened
            return None
        with self._at(path) as (name, folder), os.fdopen(os.open(name, _READ, dir_fd=folder), "rb") as stream:
            found = os.fstat(stream.fileno())
            if not stat.S_ISREG(found.st_mode) or (limit is not None and found.st_size > limit):
                return None
            return stream.read(found.st_size)

    def has(self, path: str, data: bytes) -> bool:
        """Return True if a regular file with exactly these bytes is at a path, and can be read."""
        try:
            with self._at(path) as (name, folder):
                size = os.stat(name, dir_fd=folder, follow_symlinks=False).st_size
            return size == len(data) and self.read(path, size) == data
        except OSError:
            return False

    def create(self, path: str, data: bytes, rights: int | None = None, settle: bool = False) -> None:
        """Write a new file, in folders that are made if they lack. Raise FileExistsError if anything is there.

        It gets exactly these rights, otherwise those that new files have. `settle` waits until it is on the disk.
        """
        with self._at(path, make=True) as (name, folder):
            descriptor = os.open(name, _CREATE, 0o666 if rights is None else rights, dir_fd=folder)
            try:
                try:
                    if rights is not None and os.chmod in os.supports_fd:
                        os.chmod(descriptor, rights)  # noqa: PTH101  # of the open file, not of a path
                    rest = memoryview(data)
                    while rest:
                        rest = rest[os.write(descriptor, rest) :]
                    if settle:
                        os.fsync(descriptor)
                finally:
                    os.close(descriptor)
            except BaseException:
                with suppress(OSError):
                    os.unlink(name, dir_fd=folder)
                raise

    def create_beside(self, path: str, data: bytes, rights: int | None = None, settle: bool = False) -> str:
        """Write a new file under a random name beside a path, as `create` does. Return where it is."""
        new = beside(path, temporary_name())
        try:
            self.create(new, data, rights, settle)
        except OSError as error:
            if error.filename == str(self.path / new):  # nobody knows the file by this name
                raise _named(error, self.path / path) from error
            raise
        return new

    def replace(self, new: str, path: str) -> None:
        """Rename a file to another name in its folder. A file or link of that name is replaced."""
        with self._at(path) as (name, folder):
            source = str(self.path / new) if folder is None else new.rpartition("/")[2]
            os.replace(source, name, src_dir_fd=folder, dst_dir_fd=folder)

    def replace_with(self, path: str, data: bytes, rights: int | None = None) -> None:
        """Replace a file, or create it, in one step: a reader sees either the old bytes or the new ones.

        Without `rights`, a file keeps those that it has.
        """
        mode = self.mode(path)
        if rights is None and mode is not None and stat.S_ISREG(mode):
            rights = stat.S_IMODE(mode) & 0o777
        self._put(self.create_beside(path, data, rights, settle=True), path)

    def link(self, path: str, to: str) -> None:
        """Make a link, in one step also where another one is."""
        new = beside(path, temporary_name())
        with self._at(new) as (name, folder):
            os.symlink(to, name, dir_fd=folder)
        self._put(new, path)

    def _put(self, new: str, path: str) -> None:
        """Put what was made under another name in its place, or remove it if that fails."""
        try:
            self.replace(new, path)
        except BaseException:
            with suppress(OSError):
                self.remove(new)
            raise

    def remove(self, path: str) -> None:
        """Remove a file or a link. Raise FileNotFoundError if there is none."""
        with self._at(path) as (name, folder):
            os.unlink(name, dir_fd=folder)

    def make(self, path: str) -> None:
        """Make a folder, and those on the way to it, where there are none."""
        with self._at(f"{path}/.", make=True):
            pass

    def remove_empty(self, path: str) -> None:
        """Remove a folder and those above it as long as they are empty. What is no folder stays."""
        while path:
            try:
                with self._at(path) as (name, folder):
                    os.rmdir(name, dir_fd=folder)
            except FileNotFoundError:
                pass  # a killed command has removed it already
            except OSError:
                return
            path = path.rpartition("/")[0]

    def leftovers(self, below: str = "") -> list[str]:
        """Return the temporary files below a folder, and links named like them; sorted."""
        found = []
        for directory, folders, files in os.walk(self.path / below):
            names = [*files, *(name for name in folders if Path(directory, name).is_symlink())]
            found += [Path(directory, name).relative_to(self.path).as_posix() for name in names if is_temporary(name)]
        return sorted(found)

    @contextmanager
    def inside(self, path: str) -> Iterator[Folder]:
        """Give a folder in this one, open."""
        if not path:
            yield self
            return
        descriptor, _ = self._descend(path.split("/"), make=False)
        try:
            yield Folder(self.path / path, descriptor)
        finally:
            if descriptor is not None:
                os.close(descriptor)

    @contextmanager
    def _at(self, path: str, make: bool = False) -> Iterator[tuple[str, int | None]]:
        """Give what to call a path, and the folder to do so in. An OSError from within names the whole path."""
        *folders, name = path.split("/")
        descriptor, way = self._descend(folders, make)
        try:
            yield (name, descriptor) if _RELATIVE else (str(way / name), None)
        except OSError as error:
            raise _named(error, self.path / path) from error
        finally:
            if descriptor is not None:
                os.close(descriptor)

    def _descend(self, folders: list[str], make: bool) -> tuple[int | None, Path]:
        """Return a folder below this one, open, and its path. Raise OSError if a part of the way is a link or no folder."""
        way = self.path
        here = None if self._descriptor is None else os.dup(self._descriptor)
        try:
            for part in folders:
                way /= part
                if make:
                    with suppress(FileExistsError):
                        os.mkdir(way if here is None else part, dir_fd=here)
                if here is not None:
                    here, last = os.open(part, _FOLDER | _PLAIN, dir_fd=here), here
                    os.close(last)
                elif way.is_symlink():
                    raise OSError(errno.ELOOP, _NOT_FOLLOWED)
        except OSError as error:
            if here is not None:
                os.close(here)
            raise _named(error, way) from error
        return here, way


def _named(error: OSError, path: Path) -> OSError:
    """Return an error of the system with the whole path, and in plain words if a link is in the way."""
    if error.errno in (errno.ENOTDIR, errno.ELOOP) and path.is_symlink():
        return OSError(errno.ELOOP, _NOT_FOLLOWED, str(path))
    return OSError(error.errno, error.strerror or str(error), str(path))


@contextmanager
def open_folder(path: Path, root: Path | None = None, make: bool = False) -> Iterator[Folder]:
    """Give a folder, open. `make` makes it first if there is none, with those on the way.

    The way to it may lead through links, as whoever named it wished; but not below `root`, where others may have put them.
    """
    path = path.absolute()
    base = next((part for part in (path, *path.parents) if root and part.resolve() == root), path)
    below = "" if base == path else path.relative_to(base).as_posix()
    if make:
        base.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(base, _FOLDER) if _RELATIVE else None
    try:
        folder = Folder(base, descriptor)
        if make and below:
            folder.make(below)
        with folder.inside(below) as opened:
            yield opened
    finally:
        if descriptor is not None:
            os.close(descriptor)


def write_atomically(root: Path, path: str, data: bytes, rights: int | None = None) -> None:
    """Replace a file below a folder, or create it, in one step. Raise OSError if this fails, or leads through a link."""
    with open_folder(root, make=True) as folder:
        folder.replace_with(path, data, rights)


def write_new(root: Path, path: str, data: bytes, rights: int | None = None) -> None:
    """Write a new file below a folder. Raise FileExistsError if anything is there, or OSError if it leads through a link."""
    with open_folder(root, make=True) as folder:
        folder.create(path, data, rights, settle=True)


def is_own(path: Path) -> bool:
    """Return True if a regular file is this user's or the system's own, and others cannot have written to it."""
    try:
        found = path.lstat()
    except OSError:
        return False
    whoever = getattr(os, "geteuid", None)  # Windows has no such thing
    is_ours = whoever is None or found.st_uid in (0, whoever())
    return stat.S_ISREG(found.st_mode) and is_ours and not found.st_mode & stat.S_IWOTH


def temporary_name() -> str:
    """Return a name for a temporary file that nobody can foretell."""
    return f"{TEMPORARY}{secrets.token_hex(8)}"


def is_temporary(name: str) -> bool:
    """Return True if a file's name is that of a temporary file."""
    return _TEMPORARY.fullmatch(name) is not None


def beside(path: str, name: str) -> str:
    """Return the path of another name in the folder of a path.

    >>> beside("hr/index.html", "x")
    'hr/x'
    >>> beside("index.html", "x")
    'x'
    """
    folder, slash, _ = path.rpartition("/")
    return f"{folder}{slash}{name}"
