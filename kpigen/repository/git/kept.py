"""Whether clones get the bytes of a file: what git stores of it, and what it would check out elsewhere.

Git may give a file other line ends, expand keywords, change its encoding, or send it through a program (such as Git LFS). What
becomes of it depends on `.gitattributes` and on the settings of each clone. So git itself is asked: files that its attributes do
not leave alone are checked out into a temporary folder, as clones with other settings would. Nothing of the repository changes.
A filter is run only if the user or the machine has it set. One from the repository's own settings is not (`settings`): whatever
it does, another clone may lack it.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from kpigen.base import disk
from kpigen.repository.git.repository import GitFailed, GitRepository

_ATTRIBUTES = ("text", "crlf", "ident", "filter", "working-tree-encoding")
_LEFT_ALONE = ("unspecified", "unset")

_ALTERNATES = "GIT_ALTERNATE_OBJECT_DIRECTORIES"

# Settings that clones have: git's own, and those of Git for Windows.
_PLAIN = ("-c", "core.autocrlf=false", "-c", "core.eol=lf")
_WINDOWS = ("-c", "core.autocrlf=true", "-c", "core.eol=native")


class Fate(Enum):
    """What happens to a file on its way into a clone."""

    IGNORED = "git ignores it"
    NOT_ADDED = "git does not hold it"
    STORED_BEFORE = "git stored it otherwise"
    LINE_ENDS = "line ends"
    IDENT = "ident"
    ENCODING = "working-tree-encoding"
    FILTER = "filter"
    FILTER_FAILS = "a filter that fails"


class Altered(NamedTuple):
    """A file that clones get with other bytes, or not at all: all clones, or only some. `filter` is the name of the filter."""

    path: str
    fate: Fate
    in_all: bool
    filter: str = ""


class _Stored(NamedTuple):
    """A file in the index: mode and blob id."""

    mode: str
    oid: str


def altered_in_clones(repository: GitRepository, files: Mapping[str, Iterable[str]]) -> Iterator[Altered]:
    """Yield those of these files that a clone would get otherwise. `files` gives for each the files that name it."""
    paths = [path for path in files if disk.is_file(repository.root, path)]
    if not paths:
        return
    folders = sorted({path.split("/")[0] for path in paths})
    ignored = _listed(repository, folders, "--others", "--ignored", "--exclude-standard")
    modified = _listed(repository, folders, "--modified")
    stored = _index(repository, folders)
    attributes = _attributes(repository, paths)
    asked: dict[str, str] = {}
    for path in paths:
        entry = stored.get(path)
        if entry is None and path in ignored:
            yield Altered(path, Fate.IGNORED, True)
            continue
        if entry is None and any(name in stored and name not in modified for name in files[path]):
            yield Altered(path, Fate.NOT_ADDED, True)
            continue
        as_stored = entry.oid if entry is not None and path not in modified else ""
        if not _is_left_alone(attributes[path]):
            asked[path] = as_stored
        elif as_stored and as_stored != _oid(_bytes(repository, path), as_stored):
            yield Altered(path, Fate.STORED_BEFORE, True)
    yield from _checked_out(repository, asked, attributes)


def _listed(repository: GitRepository, folders: list[str], *options: str) -> set[str]:
    listing = repository.git("ls-files", "-z", *options, "--", *folders)
    return {name.decode("utf-8", "surrogateescape") for name in listing.split(b"\0") if name}


def _index(repository: GitRepository, folders: list[str]) -> dict[str, _Stored]:
    found = {}
    for line in repository.git("ls-files", "-z", "--stage", "--", *folders).split(b"\0"):
        if line:
            head, _, name = line.partition(b"\t")
            mode, oid, stage = head.decode().split(" ")
            if stage == "0":
                found[name.decode("utf-8", "surrogateescape")] = _Stored(mode, oid)
    return found


def _attributes(repository: GitRepository, paths: Iterable[str]) -> dict[str, dict[str, str]]:
    given = "".join(f"{path}\0" for path in paths).encode("utf-8", "surrogateescape")
    listing = repository.git("check-attr", "-z", "--stdin", *_ATTRIBUTES, given=given)
    parts = listing.decode("utf-8", "surrogateescape").split("\0")
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for at in range(0, len(parts) - 2, 3):
        path, name, value = parts[at : at + 3]
        found[path][name] = value
    return found


def _is_left_alone(attributes: Mapping[str, str]) -> bool:
    """Return whether git keeps a file's bytes whatever the settings of a clone are."""
    no_text = attributes["text"] == "unset" or (attributes["text"], attributes["crlf"]) == ("unspecified", "unset")
    others = (attributes[name] for name in ("ident", "filter", "working-tree-encoding"))
    return no_text and all(value in _LEFT_ALONE for value in others)


def _oid(data: bytes, like: str) -> str:
    """Return the id that git gives to bytes that it stores as they are."""
    return hashlib.new("sha1" if len(like) == 40 else "sha256", b"blob %d\0" % len(data) + data).hexdigest()


def _checked_out(
    repository: GitRepository, asked: Mapping[str, str], attributes: Mapping[str, Mapping[str, str]]
) -> Iterator[Altered]:
    """Yield those of these files that differ after git has stored them and checked them out again.

    `asked` gives the id under which a file is stored, or an empty text if it is not stored as it is now.
    """
    filters = {path: attributes[path]["filter"] for path in asked}
    by_filter = {path: "" if name in _LEFT_ALONE else name for path, name in filters.items()}
    plain = {path: oid for path, oid in asked.items() if not by_filter[path]}
    with tempfile.TemporaryDirectory() as folder:
        clones = _Clones(repository, Path(folder))
        if plain:
            clones.store(plain)
            in_all, in_some = clones.differing(plain, _PLAIN), clones.differing(plain, _WINDOWS)
            for path in plain:
                if path in in_all or path in in_some:
                    yield Altered(path, _fate(attributes[path]), path in in_all)
        for path, name in by_filter.items():
            if name in repository.filters_not_run:
                yield Altered(path, Fate.FILTER, False, name)
            elif name:
                yield from _through_filter(clones, path, asked[path], name)


def _fate(attributes: Mapping[str, str]) -> Fate:
    if attributes["working-tree-encoding"] not in _LEFT_ALONE:
        return Fate.ENCODING
    return Fate.LINE_ENDS if attributes["ident"] in _LEFT_ALONE else Fate.IDENT


def _through_filter(clones: _Clones, path: str, oid: str, name: str) -> Iterator[Altered]:
    """Yield a file that differs after it went through its filter, or in a clone that lacks this."""
    without = [f"filter.{name}.{key}=" for key in ("smudge", "process")] + [f"filter.{name}.required=false"]
    lacking = [part for setting in without for part in ("-c", setting)]
    try:
        clones.store({path: oid})
        if clones.differing([path], _PLAIN):
            yield Altered(path, Fate.FILTER, True, name)
        elif clones.differing([path], (*_PLAIN, *lacking)) or clones.differing([path], _WINDOWS):
            yield Altered(path, Fate.FILTER, False, name)
    except GitFailed:
        yield Altered(path, Fate.FILTER_FAILS, True, name)


class _Clones:
    """Checks files out as clones would, with an index and new objects in a temporary folder."""

    def __init__(self, repository: GitRepository, folder: Path) -> None:
        self._repository, self._folder = repository, folder
        objects = repository.git("rev-parse", "--git-path", "objects").decode("utf-8", "surrogateescape")
        (folder / "objects").mkdir()
        self._env = {
            "GIT_INDEX_FILE": str(folder / "index"),
            "GIT_OBJECT_DIRECTORY": str(folder / "objects"),
            _ALTERNATES: os.pathsep.join(
                [str((repository.root / objects.rstrip("\n")).resolve()), *filter(None, [os.environ.get(_ALTERNATES)])]
            ),
        }

    def store(self, files: Mapping[str, str]) -> None:
        """Take these files, and nothing else, into the index. Those without an id are stored as `git add` would store them."""
        lines = b""
        for path, known in files.items():
            oid = (
                known
                or self._git(
                    "hash-object", "-w", "--stdin", f"--path={path}", given=_bytes(self._repository, path)
                ).decode()
            )
            lines += os.fsencode(f"100644 {oid.strip()}\t{self._repository.prefix}{path}") + b"\0"
        self._git("read-tree", "--empty")
        self._git("update-index", "-z", "--index-info", given=lines)

    def differing(self, paths: Iterable[str], settings: tuple[str, ...]) -> set[str]:
        """Return those of these files whose bytes differ when all in the index are checked out with these settings."""
        with tempfile.TemporaryDirectory(dir=self._folder) as out:
            self._git(*settings, "checkout-index", "--all", "--force", f"--prefix={out}/")
            files = {path: Path(out, f"{self._repository.prefix}{path}") for path in paths}
            return {path for path, file in files.items() if file.read_bytes() != _bytes(self._repository, path)}

    def _git(self, *arguments: str, given: bytes = b"") -> bytes:
        return self._repository.git(*arguments, given=given, env=self._env)


def _bytes(repository: GitRepository, path: str) -> bytes:
    """Return the bytes of a file as it is now. Raises GitFailed if it can no longer be read."""
    try:
        return disk.read(repository.root, path, disk.MAX_EVIDENCE)
    except OSError as error:
        raise GitFailed(f"{path} cannot be read: {error.strerror}") from error
