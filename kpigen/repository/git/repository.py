"""A git repository as a source of files: any revision is a `Tree` like the work tree. One `git cat-file --batch` serves all reads.

Of its history it gives the commits (one `git log`) and how their signatures verify (one more).
"""

from __future__ import annotations

import os
import re
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property, partial
from itertools import islice
from pathlib import Path

from kpigen.base.digests import file_digest
from kpigen.base.places import REVIEWS, RULES
from kpigen.files.config import FILES
from kpigen.repository.git import log as gitlog

# Objects as they are, not what `git replace` puts in their place; paths as they are, not patterns; what has no option.
_SETTINGS = ("-c", "color.ui=false", "-c", "log.showSignature=false", "-c", "log.showRoot=true")
_GIT = ("git", "--no-replace-objects", "--literal-pathspecs", *_SETTINGS)

# What of a folder is read.
_NAMES = (REVIEWS, RULES, *FILES)

# So many requests fit into the smallest pipe, so that neither side waits for the other to read.
_AT_ONCE = 60
# How many bytes git may be ahead with the history, where the system lets a pipe be made that large.
_AHEAD = 1 << 20

_CUT_OFF = "the history is cut off here (a shallow clone): `git fetch --unshallow`, in a workflow `fetch-depth: 0`"


class GitFailed(OSError):  # noqa: N818  # says what happened
    """Git could not do what was asked; `strerror` is what it said."""


class GitRepository:
    """The git repository that a folder lies in. Paths are relative to the folder, as everywhere in kpigen."""

    def __init__(self, root: Path) -> None:
        """Take the folder, whose place in the repository is `prefix`; raises GitFailed where there is no git repository (or no git)."""
        self.root = root
        self.prefix = self._git("rev-parse", "--show-prefix").decode().rstrip("\n")
        self._reader: subprocess.Popen[bytes] | None = None

    def _git(self, *arguments: str, given: bytes = b"") -> bytes:
        try:
            done = subprocess.run(
                [*_GIT, "-C", str(self.root), *arguments],
                input=given,
                capture_output=True,
                check=False,
                env={**os.environ, "LC_ALL": "C"},
            )
        except OSError as error:
            raise GitFailed(2, "git is not installed", "git") from error
        if done.returncode:
            lines = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["failed"]
            raise GitFailed(1, lines[0].removeprefix("fatal: "), "git")
        return done.stdout

    def commit(self, revision: str) -> str:
        """Return the commit that a revision names; raises GitFailed where it names none."""
        try:
            return self._git("rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}").decode().strip()
        except GitFailed as error:
            reason = "there is no such revision in this repository" + (f"; {_CUT_OFF}" if self.is_shallow else "")
            raise GitFailed(1, reason, revision) from error

    def fork_point(self, revision: str) -> str:
        """Return the last commit that HEAD and a revision have in common: where a branch began, however far the other went on.

        Before the first commit of a branch it is the revision itself. Raises GitFailed where there is none.
        """
        commit = self.commit(revision)
        if not self.has_head:
            return commit
        try:
            # While a merge is under way, the files belong to both sides of it.
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
        """Return the files of a revision from where the folder was then, if its reviews have moved since.

        Reviews that lay in one other folder, which holds none any more, are taken to have moved here.
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
        """Return the commits that lead to HEAD and touched one of these files, the newest first; none before the first commit."""
        if not self.has_head:
            return ()
        return tuple(self._git("log", "--format=%H", "HEAD", "--", *paths).decode().split())

    def holding(self, text: str) -> Iterator[gitlog.BlobPlace]:
        """Give commit and path wherever a commit of any branch brought a text into a file, the newest first."""
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

    @property
    def has_head(self) -> bool:
        """Whether there is a commit at all."""
        return self._exists("HEAD")

    def _exists(self, name: str) -> bool:
        try:
            self._git("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
        except GitFailed:
            return False
        return True

    @cached_property
    def is_shallow(self) -> bool:
        """Whether the history was cut off when the repository was cloned."""
        return self._git("rev-parse", "--is-shallow-repository").strip() == b"true"

    def file(self, commit: str, path: str) -> bytes | None:
        """Return a file's bytes as a commit has it; None where it has none."""
        return self.blob(f"{commit}:{self.prefix}{path}")

    def blob(self, name: str) -> bytes | None:
        """Return a blob's bytes by its id or as `revision:path`; None where there is none."""
        return next(self.blobs([name]))[1]

    def blobs(self, names: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        """Give many blobs' bytes with their names, in order; asks for several at once."""
        for name, kind, data in self._objects(names):
            yield name, data if kind == b"blob" else None

    def _objects(self, names: Iterable[str]) -> Iterator[tuple[str, bytes, bytes]]:
        """Give each object's name, type and bytes; the type is empty where there is no such object."""
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
            if not line:  # it has ended: what it did not say must not pass for what is not there
                raise GitFailed(1, "git cat-file ended unexpectedly", "git")
        return found

    # --- history ---

    @property
    def is_cut(self) -> bool:
        """Whether history is cut off somewhere: a shallow clone, or commits with other parents than they were made with."""
        grafts = self._git("rev-parse", "--git-path", "info/grafts").decode("utf-8", "surrogateescape").rstrip("\n")
        path = self.root / grafts
        return self.is_shallow or (path.is_file() and path.stat().st_size > 0)

    @property
    def is_detached(self) -> bool:
        """Whether HEAD is a commit and not a branch."""
        return self._git("rev-parse", "--symbolic-full-name", "HEAD").strip() == b"HEAD"

    @property
    def own_folder(self) -> Path:
        """The folder inside the git directory for what kpigen keeps: never versioned, shared by all work trees."""
        common = self._git("rev-parse", "--git-common-dir").decode("utf-8", "surrogateescape").rstrip("\n")
        return self.root / common / "kpigen"

    def children(self, revision: str) -> Counter[str]:
        """Return how many of the commits that a revision comes from come directly from each commit."""
        return gitlog.read_children(self._git(*gitlog.CHILDREN, self.commit(revision)))

    def log(self, revision: str) -> Iterator[gitlog.Commit]:
        """Give all commits that a revision comes from, parents first, each with the files of reviews that it changes.

        They are given as git finds them; raises GitFailed where it cannot go on.
        """
        command = [*_GIT, "-C", str(self.root), *gitlog.LOG, self.commit(revision), "--", *_NAMES]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, pipesize=_AHEAD) as process:
            assert process.stdout is not None
            yield from gitlog.read_log(iter(partial(process.stdout.read, 1 << 16), b""), self.prefix)
        if process.returncode:
            raise GitFailed(1, "git log failed; `git fsck` says whether objects are missing", "git")

    def uncommitted(self) -> int:
        """Return how many files of reviews, rules and settings differ in the work tree from the last commit."""
        options = ("--porcelain", "-z", "--no-renames", "--untracked-files=all", "--ignore-submodules=none")
        listing = self._git("--no-optional-locks", "status", *options, "--", *_NAMES)
        return len([line for line in listing.split(b"\0") if line])

    def signatures(self, commits: Iterable[str]) -> dict[str, gitlog.Signature]:
        """Return how the commits' signatures verify, by commit."""
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
        """End the process that reads blobs."""
        if self._reader is not None:
            assert self._reader.stdin is not None
            assert self._reader.stdout is not None
            self._reader.stdin.close()
            self._reader.wait()
            self._reader.stdout.close()
            self._reader = None


class GitBlobs:
    """The blobs of a repository by their ids, many fetched at once."""

    def __init__(self, repository: GitRepository) -> None:
        """Take the repository."""
        self._repository = repository
        self._fetched: dict[str, bytes | None] = {}

    def ahead(self, oids: Iterable[str]) -> None:
        """Fetch blobs that will be read soon; what was fetched before is dropped."""
        self._fetched = dict(self._repository.blobs(oids))

    def read(self, oid: str) -> bytes | None:
        """Return a blob's bytes, or None where there is none."""
        return self._fetched[oid] if oid in self._fetched else self._repository.blob(oid)


class GitTree:
    """The files of one revision."""

    def __init__(self, repository: GitRepository, entries: dict[str, gitlog.TreeEntry]) -> None:
        """Take the files' modes and object ids by path."""
        self._repository, self._entries = repository, entries
        self._digests: dict[str, str] = {}

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self._entries)

    def paths(self, folder: str) -> tuple[str, ...]:
        """Return the files below a folder, sorted, hidden ones left out as in a work tree."""
        inside = (path for path in self._sorted if path.startswith(f"{folder}/"))
        return tuple(path for path in inside if not any(part.startswith((".", "~$")) for part in path.split("/")))

    def read(self, path: str) -> bytes:
        """Return a file's bytes; raises OSError where it cannot be read."""
        entry = self._entries.get(path)
        data = self._repository.blob(entry.oid) if entry else None
        if data is None:
            raise FileNotFoundError(2, "no such file in this revision", path)
        return data

    def digest(self, path: str) -> str | None:
        """Return the SHA-256 of a file's bytes, or None where there is no such file."""
        if path not in self._entries or self.is_link(path):
            return None
        if path not in self._digests:
            self._digests[path] = file_digest(self.read(path))
        return self._digests[path]

    def is_link(self, path: str) -> bool:
        """Whether a path is a symbolic link."""
        return path in self._entries and self._entries[path].mode == gitlog.LINK
