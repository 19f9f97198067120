"""A git repository as a source of files: any revision is a `Tree`, like the work tree.

One `git cat-file --batch` process serves all reads. Commits and their signatures take one `git log` each.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, partial
from itertools import islice
from pathlib import Path

from kpigen.base.digests import file_digest
from kpigen.base.places import REVIEWS, RULES
from kpigen.base.sources import is_hidden
from kpigen.files.config import FILES
from kpigen.repository.git import log as gitlog

# Read objects unchanged (ignore `git replace`), take paths literally, and override settings that have no option.
_SETTINGS = ("-c", "color.ui=false", "-c", "log.showSignature=false", "-c", "log.showRoot=true")
_GIT = ("git", "--no-replace-objects", "--literal-pathspecs", *_SETTINGS)

# The files and folders that kpigen reads.
_NAMES = (REVIEWS, RULES, *FILES)

# As many requests as fit the smallest pipe buffer, so neither side can block.
_AT_ONCE = 60
# How many bytes of history git may send ahead, if the system allows a pipe buffer of that size.
_AHEAD = 1 << 20

_CUT_OFF = "the history is cut off here (a shallow clone): `git fetch --unshallow`, in a workflow `fetch-depth: 0`"


class GitFailed(OSError):  # noqa: N818  # says what happened
    """Raised if git fails; `strerror` is git's message."""


def output_of(folder: Path, *arguments: str, given: bytes = b"", env: Mapping[str, str] | None = None) -> bytes:
    """Return the output of a git command in a folder; `env` adds to the environment. Raises GitFailed if it fails."""
    try:
        done = subprocess.run(
            [*_GIT, "-C", str(folder), *arguments],
            input=given,
            capture_output=True,
            check=False,
            env={**os.environ, "LC_ALL": "C", **(env or {})},
        )
    except OSError as error:
        raise GitFailed(2, "git is not installed", "git") from error
    if done.returncode:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["failed"]
        raise GitFailed(1, lines[0].removeprefix("fatal: "), "git")
    return done.stdout


class GitRepository:
    """The git repository that contains a folder. Paths are relative to that folder, as everywhere in kpigen."""

    def __init__(self, root: Path) -> None:
        """Open the repository around a folder; `prefix` is the folder's path in it. Raises GitFailed without a repository or git."""
        self.root = root
        self.prefix = self._git("rev-parse", "--show-prefix").decode().rstrip("\n")
        self._reader: subprocess.Popen[bytes] | None = None

    def _git(self, *arguments: str, given: bytes = b"") -> bytes:
        return output_of(self.root, *arguments, given=given)

    def commit(self, revision: str) -> str:
        """Return the id of the commit that a revision names. Raises GitFailed if there is none."""
        try:
            return self._git("rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}").decode().strip()
        except GitFailed as error:
            reason = "there is no such revision in this repository" + (f"; {_CUT_OFF}" if self.is_shallow else "")
            raise GitFailed(1, reason, revision) from error

    def fork_point(self, revision: str) -> str:
        """Return the last common commit of HEAD and a revision: where a branch began, even if the other branch moved on.

        Before the first commit of a branch, return the revision itself. Raises GitFailed if there is none.
        """
        commit = self.commit(revision)
        if not self.has_head:
            return commit
        try:
            # During a merge, the files belong to both sides.
            sides = ["HEAD", *(["MERGE_HEAD"] if self._exists("MERGE_HEAD") else [])]
            return self._git("merge-base", commit, *sides).decode().strip()
        except GitFailed as error:
            reason = f"what it has in common with HEAD is not here: {_CUT_OFF}"
            nothing = "it has no commit in common with HEAD"
            raise GitFailed(1, reason if self.is_shallow else nothing, revision) from error

    def tree(self, revision: str) -> GitTree:
        """Return the files of a revision."""
        return self._tree(self.commit(revision), self.prefix)

    def tree_before_move(self, revision: str) -> GitTree:
        """Return the files of a revision, read from the folder where the reviews were at that time.

        If the reviews were in exactly one other folder, which has none now, they are assumed to have moved here.
        """
        tree, commit = self.tree(revision), self.commit(revision)
        if tree.paths(REVIEWS):
            return tree
        top = Path(self._git("rev-parse", "--show-toplevel").decode().rstrip("\n"))
        folders = self._git("ls-tree", "-r", "-d", "-z", "--name-only", "--full-tree", commit).decode(
            "utf-8", "replace"
        )
        names = [name for name in folders.split("\0") if name == REVIEWS or name.endswith(f"/{REVIEWS}")]
        moved = [name for name in names if not (top / name).is_dir()]
        return self._tree(commit, moved[0].removesuffix(REVIEWS)) if len(moved) == 1 else tree

    def _tree(self, commit: str, prefix: str) -> GitTree:
        wanted = [f"{prefix}{name}" for name in _NAMES]
        listing = self._git("ls-tree", "-r", "-z", "--full-tree", commit, "--", *wanted)
        entries = {}
        for line in listing.split(b"\0"):
            if line:
                head, _, name = line.partition(b"\t")
                mode, _, oid = head.decode().split(" ")
                entries[name.decode("utf-8", "replace").removeprefix(prefix)] = gitlog.TreeEntry(mode, oid)
        return GitTree(self, entries)

    def commits(self, paths: Iterable[str]) -> tuple[str, ...]:
        """Return the commits before and at HEAD that changed one of these files, newest first; empty before the first commit."""
        if not self.has_head:
            return ()
        return tuple(self._git("log", "--format=%H", "HEAD", "--", *paths).decode().split())

    def holding(self, text: str) -> Iterator[gitlog.BlobPlace]:
        """Yield commit and path wherever a commit on any branch added a text to a file, newest first."""
        command = [
            "log",
            "--all",
            "--format=%x00%H",
            "--raw",
            "--no-renames",
            "--no-abbrev",
            "-z",
            f"-S{text}",
            "--",
            ".",
        ]
        commit = ""
        fields = iter(self._git(*command).decode("utf-8", "replace").split("\0"))
        for field in fields:
            if re.fullmatch(r"[0-9a-f]{40,64}\n?", field):
                commit = field.strip()
            elif field.lstrip("\n").startswith(":"):
                path = next(fields, "")
                if not field.endswith(" D") and path.startswith(self.prefix):
                    yield gitlog.BlobPlace(commit, path.removeprefix(self.prefix))

    def versions(self, path: str) -> tuple[str, ...]:
        """Return the ids of the blobs that a file has had in any commit of any branch, newest first."""
        listing = self._git("log", "--all", "--format=", "--raw", "--no-renames", "--no-abbrev", "-m", "-z", "--", path)
        lines = (field.lstrip("\n") for field in listing.decode("utf-8", "replace").split("\0"))
        blobs = (line.split(" ")[3] for line in lines if line.startswith(":"))
        return tuple(blob for blob in dict.fromkeys(blobs) if blob.strip("0"))

    @property
    def has_head(self) -> bool:
        """Whether there is any commit."""
        return self._exists("HEAD")

    def _exists(self, name: str) -> bool:
        try:
            self._git("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
        except GitFailed:
            return False
        return True

    @cached_property
    def is_shallow(self) -> bool:
        """Whether the repository is a shallow clone."""
        return self._git("rev-parse", "--is-shallow-repository").strip() == b"true"

    def file(self, commit: str, path: str) -> bytes | None:
        """Return the bytes of a file in a commit, or None if it does not exist."""
        return self.blob(f"{commit}:{self.prefix}{path}")

    def blob(self, name: str) -> bytes | None:
        """Return the bytes of a blob by its id or as `revision:path`, or None if it does not exist."""
        return next(self.blobs([name]))[1]

    def blobs(self, names: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        """Yield the names and bytes of many blobs, in order. Several are requested at once."""
        for name, kind, data in self._objects(names):
            yield name, data if kind == b"blob" else None

    def _objects(self, names: Iterable[str]) -> Iterator[tuple[str, bytes, bytes]]:
        """Yield the name, type and bytes of each object. The type is empty if it does not exist."""
        left = iter(names)
        while chunk := list(islice(left, _AT_ONCE)):
            yield from self._some_objects(chunk)

    def _some_objects(self, names: list[str]) -> list[tuple[str, bytes, bytes]]:
        if self._reader is None:
            self._reader = subprocess.Popen(
                [*_GIT, "-C", str(self.root), "cat-file", "--batch"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        assert self._reader.stdin is not None
        assert self._reader.stdout is not None
        self._reader.stdin.write("".join(f"{name}\n" for name in names if "\n" not in name).encode())
        self._reader.stdin.flush()
        found = []
        for name in names:
            line = b"missing\n" if "\n" in name else self._reader.stdout.readline()
            head = line.split()
            if len(head) == 3 and head[2].isdigit():
                data = self._reader.stdout.read(int(head[2]))
                line = self._reader.stdout.read(1)
                found.append((name, head[1], data))
            else:
                found.append((name, b"", b""))
            if not line:  # git has ended: an object that it did not send must not count as missing
                raise GitFailed(1, "git cat-file ended unexpectedly", "git")
        return found

    # --- history ---

    @property
    def is_cut(self) -> bool:
        """Whether the history is incomplete: a shallow clone, or commits whose parents were replaced."""
        grafts = self._git("rev-parse", "--git-path", "info/grafts").decode("utf-8", "surrogateescape").rstrip("\n")
        path = self.root / grafts
        return self.is_shallow or (path.is_file() and path.stat().st_size > 0)

    @property
    def is_detached(self) -> bool:
        """Whether HEAD is detached: a commit and not a branch."""
        return self._git("rev-parse", "--symbolic-full-name", "HEAD").strip() == b"HEAD"

    @property
    def own_folder(self) -> Path:
        """The folder for kpigen's own files inside the git directory: never versioned, shared by all work trees."""
        common = self._git("rev-parse", "--git-common-dir").decode("utf-8", "surrogateescape").rstrip("\n")
        return self.root / common / "kpigen"

    def children(self, revision: str) -> Counter[str]:
        """Return the number of children of each commit among a revision and its ancestors."""
        return gitlog.read_children(self._git(*gitlog.CHILDREN, self.commit(revision)))

    def log(self, revision: str) -> Iterator[gitlog.Commit]:
        """Yield a revision and all its ancestors, parents first, with the changed reviews, rules and settings of each commit.

        Commits are yielded while git finds them. Raises GitFailed if git stops with an error.
        """
        command = [*_GIT, "-C", str(self.root), *gitlog.LOG, self.commit(revision), "--", *_NAMES]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, pipesize=_AHEAD) as process:
            assert process.stdout is not None
            yield from gitlog.read_log(iter(partial(process.stdout.read, 1 << 16), b""), self.prefix)
        if process.returncode:
            raise GitFailed(1, "git log failed; `git fsck` says whether objects are missing", "git")

    def uncommitted(self) -> int:
        """Return the number of reviews, rules and settings files with uncommitted changes."""
        options = ("--porcelain", "-z", "--no-renames", "--untracked-files=all", "--ignore-submodules=none")
        listing = self._git("--no-optional-locks", "status", *options, "--", *_NAMES)
        return len([line for line in listing.split(b"\0") if line])

    def signatures(self, commits: Iterable[str]) -> dict[str, gitlog.Signature]:
        """Return the results of verifying signatures, by commit id."""
        found, signed = {}, []
        for id_, _, data in self._objects(commits):
            found[id_] = gitlog.Signature("none")
            if b"\ngpgsig" in data.partition(b"\n\n")[0]:
                signed.append(id_)
        if signed:
            given = "".join(f"{id_}\n" for id_ in signed).encode()
            found |= gitlog.read_signatures(self._git(*gitlog.SIGNATURES, given=given))
        return found

    def close(self) -> None:
        """Stop the process that reads blobs."""
        if self._reader is not None:
            assert self._reader.stdin is not None
            assert self._reader.stdout is not None
            self._reader.stdin.close()
            self._reader.wait()
            self._reader.stdout.close()
            self._reader = None


class GitBlobs:
    """The blobs of a repository by id, with prefetching."""

    def __init__(self, repository: GitRepository) -> None:
        """Use this repository."""
        self._repository = repository
        self._fetched: dict[str, bytes | None] = {}

    def ahead(self, oids: Iterable[str]) -> None:
        """Fetch blobs that will be needed soon. Blobs fetched earlier are dropped."""
        self._fetched = dict(self._repository.blobs(oids))

    def read(self, oid: str) -> bytes | None:
        """Return the bytes of a blob, or None if it does not exist."""
        return self._fetched[oid] if oid in self._fetched else self._repository.blob(oid)


class GitTree:
    """The files of one revision."""

    def __init__(self, repository: GitRepository, entries: dict[str, gitlog.TreeEntry]) -> None:
        """Use these files: modes and object ids by path."""
        self._repository, self._entries = repository, entries
        self._digests: dict[str, str] = {}

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self._entries)

    def paths(self, folder: str) -> tuple[str, ...]:
        """Return the files in a folder and below, sorted. Hidden files are left out, as in a work tree."""
        inside = (path for path in self._sorted if path.startswith(f"{folder}/"))
        return tuple(path for path in inside if not any(part.startswith((".", "~$")) for part in path.split("/")))

    def hidden(self, folder: str) -> tuple[str, ...]:
        """Return the files in a folder and below that are hidden by a dot, sorted, without links."""
        inside = (path for path in self._sorted if path.startswith(f"{folder}/"))
        return tuple(path for path in inside if is_hidden(path) and not self.is_link(path))

    def read(self, path: str) -> bytes:
        """Return the bytes of a file. Raises OSError if it cannot be read."""
        entry = self._entries.get(path)
        data = self._repository.blob(entry.oid) if entry else None
        if data is None:
            raise FileNotFoundError(2, "no such file in this revision", path)
        return data

    def head(self, path: str, size: int) -> bytes:
        """Return the first bytes of a file. Raises OSError if it cannot be read."""
        return self.read(path)[:size]

    def digest(self, path: str) -> str | None:
        """Return the SHA-256 of a file, or None if it does not exist."""
        if path not in self._entries or self.is_link(path):
            return None
        if path not in self._digests:
            self._digests[path] = file_digest(self.read(path))
        return self._digests[path]

    def is_link(self, path: str) -> bool:
        """Return whether a path is a symbolic link."""
        return path in self._entries and self._entries[path].mode == gitlog.LINK
