"""A git repository as a source of files: any revision is a `Tree`, like the work tree.

One `git cat-file --batch` process serves all reads. Commits and their signatures take one `git log` each.
"""

from __future__ import annotations

import os
import re
import stat
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, suppress
from functools import cached_property, partial
from itertools import islice
from pathlib import Path, PurePosixPath

from kpigen.base import disk
from kpigen.base.places import REVIEWS, RULES, TEMPLATES
from kpigen.base.sources import GIT, Barrier, Obstacle, WorkTree
from kpigen.files.config import FILES
from kpigen.repository.git import log as gitlog
from kpigen.repository.git.log import TreeEntry
from kpigen.repository.git.moves import in_one_folder
from kpigen.repository.git.settings import LISTING, GitSetting, environment, filters_not_run, overriding
from kpigen.repository.git.tree import OBSTACLES, GitTree

# Read objects unchanged (ignore `git replace`), and override settings that have no option.
_SETTINGS = ("color.ui=false", "log.showSignature=false", "log.showRoot=true", "advice.graftFileDeprecated=false")
_GIT = ("git", "--no-replace-objects", *(word for item in _SETTINGS for word in ("-c", item)))

# The files and folders that kpigen reads.
_NAMES = (REVIEWS, RULES, *FILES)

# As many requests as fit the smallest pipe buffer, so neither side can block.
_AT_ONCE = 60
# What git opens wherever it is asked.
_OPENED = (".gitattributes", ".gitignore", *(f".git/{name}" for name in ("HEAD", "config", "index", "packed-refs")))
# How many bytes of history git may send ahead, if the system allows a pipe buffer of that size.
_AHEAD = 1 << 20

CUT_OFF = "the history is cut off here (a shallow clone): `git fetch --unshallow`, in a workflow `fetch-depth: 0`"
_MISSING = (
    "some of the objects are not here, and kpigen fetches nothing: in a partial clone, "
    "`git fetch --refetch --no-filter` gets everything; otherwise `git fsck` says what is missing"
)
_BORROWED = (
    "it borrows objects from another repository (objects/info/alternates), which may hold what nobody here should read: "
    "`git repack -a -d`, then remove that file"
)


class GitFailed(Exception):  # noqa: N818  # says what happened
    """Raised if git fails or does not have what was asked for. It is no OSError: a file that is not there is another matter."""

    def __init__(self, reason: str, about: str = "git") -> None:
        """Take git's message, and what it is about: a revision or git itself."""
        super().__init__(reason)
        self.reason, self.about = reason, about


class NoRepository(GitFailed):
    """Raised where there is no git repository, or no git: kpigen goes on without."""


def output_of(
    folder: Path,
    *arguments: str,
    given: bytes = b"",
    env: Mapping[str, str] | None = None,
    settings: Iterable[GitSetting] = (),
) -> bytes:
    """Return the output of a git command in a folder. Raises GitFailed if it fails.

    `env` adds to the environment, `settings` to those that git is always asked with.
    """
    try:
        done = subprocess.run(
            [*_GIT, "-C", str(folder), *arguments],
            input=given,
            capture_output=True,
            check=False,
            env={**environment(settings), **(env or {})},
        )
    except OSError as error:
        raise NoRepository("git is not installed") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip()
        if "promisor remote" in said or "lazy fetching" in said:
            raise GitFailed(_MISSING)
        lines = sorted(said.splitlines() or ["failed"], key=lambda line: not line.startswith("fatal: "))
        reason = lines[0].removeprefix("fatal: ")
        is_none = reason.startswith("not a git repository") and _top_of(folder) is None
        raise (NoRepository if is_none else GitFailed)(reason)
    return done.stdout


class GitRepository:
    """The git repository that contains a folder. Paths are relative to that folder, as everywhere in kpigen."""

    def __init__(self, root: Path) -> None:
        """Open the repository around a folder; `prefix` is the folder's path in it. Raises GitFailed without a repository or git."""
        _refuse_pipes(root)
        self.root = root
        self._reader: subprocess.Popen[bytes] | None = None
        said = output_of(root, "rev-parse", "--show-prefix", "--git-path", "objects/info/alternates")
        self.prefix, _, alternates = said.decode("utf-8", "surrogateescape").removesuffix("\n").rpartition("\n")
        if os.path.lexists(root / alternates):
            raise GitFailed(_BORROWED)

    def git(self, *arguments: str, given: bytes = b"", env: Mapping[str, str] | None = None) -> bytes:
        """Return the output of a git command; `env` adds to the environment. Raises GitFailed if it fails."""
        return output_of(self.root, *arguments, given=given, env=env, settings=self._settings)

    @cached_property
    def _settings(self) -> tuple[GitSetting, ...]:
        """What git is asked with, so that the repository's own settings start no program."""
        return overriding(output_of(self.root, *LISTING))

    @property
    def filters_not_run(self) -> frozenset[str]:
        """The names of the filters that only the repository's own settings describe."""
        return filters_not_run(self._settings)

    def commit(self, revision: str) -> str:
        """Return the id of the commit that a revision names. Raises GitFailed if there is none."""
        try:
            return self.git("rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}").decode().strip()
        except GitFailed as error:
            reason = "there is no such revision in this repository" + (f"; {CUT_OFF}" if self.is_shallow else "")
            raise GitFailed(reason, revision) from error

    def tree(self, revision: str) -> GitTree:
        """Return the files of a revision."""
        return self.tree_in(self.commit(revision), self.prefix)

    def index_barriers(self) -> tuple[Barrier, ...]:
        """Return the places that are not followed as git's index knows them, and that the work tree alone does not show.

        These are submodules that were not fetched, links that were written as files (Windows), and files that a sparse
        checkout leaves out.
        """
        found = []
        names = (*_NAMES, TEMPLATES)
        for line in self.git("ls-files", "-t", "-s", "-z", "--", *names).decode("utf-8", "replace").split("\0"):
            head, _, path = line.partition("\t")
            tag, mode, *_ = [*head.split(" "), ""]
            place = self.root / path
            if tag == "S" and mode != gitlog.SUBMODULE and not os.path.lexists(place):
                found.append(Barrier(path, Obstacle.LEFT_OUT))
            elif mode == gitlog.SUBMODULE and self._is_empty(path):
                found.append(Barrier(path, Obstacle.REPOSITORY))
            elif mode == gitlog.LINK and place.is_file() and not place.is_symlink() and not self._has_links:
                found.append(Barrier(path, Obstacle.LINK))
        return tuple(found)

    def _is_empty(self, folder: str) -> bool:
        """Return whether a folder is there and holds nothing. If it is not read, whoever lists it says why."""
        try:
            return not disk.listing(self.root, folder)
        except OSError:
            return False

    @cached_property
    def _has_links(self) -> bool:
        """Whether git writes links as links here. Otherwise it writes a file that holds the target's path."""
        return self.git("config", "--type=bool", "--default=true", "core.symlinks").strip() == b"true"

    @cached_property
    def top(self) -> Path:
        """The folder of the whole repository."""
        return Path(self.git("rev-parse", "--show-toplevel").decode("utf-8", "surrogateescape").rstrip("\n"))

    def tree_in(self, commit: str, prefix: str) -> GitTree:
        """Return the files of a commit as seen from a folder, whose path is given with a `/` at its end."""
        entries = self._entries(commit, [f"{prefix}{name}" for name in _NAMES])
        inside = {path.removeprefix(prefix): entry for path, entry in entries.items()}
        return GitTree(self._object, inside, None if inside else self._obstacle_on_the_way(commit, prefix))

    def _obstacle_on_the_way(self, commit: str, prefix: str) -> Obstacle | None:
        """Return what stands in a commit where a folder of this path, or one above it, is expected."""
        parts = PurePosixPath(prefix).parts
        for count in range(1, len(parts) + 1):
            path = "/".join(parts[:count])
            entry = self._entries(commit, [path]).get(path)
            if entry is not None and entry.mode in OBSTACLES:
                return OBSTACLES[entry.mode]
        return None

    def _entries(self, commit: str, paths: list[str]) -> dict[str, TreeEntry]:
        """Return the files at and below these paths of a commit, from the top of the repository."""
        entries = {}
        for line in self.git("ls-tree", "-r", "-z", "--full-tree", commit, "--", *paths).split(b"\0"):
            if line:
                head, _, name = line.partition(b"\t")
                mode, _, oid = head.decode().split(" ")
                entries[name.decode("utf-8", "replace")] = TreeEntry(mode, oid)
        return entries

    def commits(self, paths: Iterable[str]) -> tuple[str, ...]:
        """Return the commits before and at HEAD that changed one of these files, newest first; empty before the first commit."""
        if not self.has_head:
            return ()
        return tuple(self.git("log", "--format=%H", "HEAD", "--", *paths).decode().split())

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
            "--no-ext-diff",
            "--no-textconv",
            f"-S{text}",
            "--",
            ".",
        ]
        commit = ""
        fields = iter(self.git(*command).decode("utf-8", "replace").split("\0"))
        for field in fields:
            if re.fullmatch(r"[0-9a-f]{40,64}\n?", field):
                commit = field.strip()
            elif field.lstrip("\n").startswith(":"):
                path = next(fields, "")
                if not field.endswith(" D") and path.startswith(self.prefix):
                    yield gitlog.BlobPlace(commit, path.removeprefix(self.prefix))

    def versions(self, path: str) -> tuple[str, ...]:
        """Return the ids of the blobs that a file has had in any commit of any branch, newest first."""
        listing = self.git("log", "--all", "--format=", "--raw", "--no-renames", "--no-abbrev", "-m", "-z", "--", path)
        lines = (field.lstrip("\n") for field in listing.decode("utf-8", "replace").split("\0"))
        blobs = (line.split(" ")[3] for line in lines if line.startswith(":"))
        return tuple(blob for blob in dict.fromkeys(blobs) if blob.strip("0"))

    @property
    def has_head(self) -> bool:
        """Whether there is any commit."""
        return self._exists("HEAD")

    def _exists(self, name: str) -> bool:
        try:
            self.git("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
        except GitFailed:
            return False
        return True

    @cached_property
    def is_shallow(self) -> bool:
        """Whether the repository is a shallow clone."""
        return self.git("rev-parse", "--is-shallow-repository").strip() == b"true"

    def file(self, commit: str, path: str) -> bytes | None:
        """Return the bytes of a file in a commit, or None if it does not exist."""
        return self.blob(f"{commit}:{self.prefix}{path}")

    def blob(self, name: str) -> bytes | None:
        """Return the bytes of a blob by its id or as `revision:path`, or None if it does not exist."""
        return next(self.blobs([name]))[1]

    def _object(self, oid: str) -> bytes:
        """Return the bytes of a blob that a tree names. Raises GitFailed if it is not there."""
        data = self.blob(oid)
        if data is None:
            raise GitFailed(_MISSING)
        return data

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
                env=environment(self._settings),
            )
        assert self._reader.stdin is not None
        assert self._reader.stdout is not None
        try:
            self._reader.stdin.write("".join(f"{name}\n" for name in names if "\n" not in name).encode())
            self._reader.stdin.flush()
        except BrokenPipeError as error:
            raise GitFailed(_MISSING) from error
        found = []
        for name in names:
            line = b"missing\n" if "\n" in name else self._reader.stdout.readline()
            head = line.split()
            if len(head) == 3 and head[2].isdigit():
                if int(head[2]) > disk.MAX_EVIDENCE:
                    self._reader.kill()  # what follows is not read
                    raise GitFailed(f"{name} has {int(head[2]):,} bytes, more than {disk.MAX_EVIDENCE:,}")
                data = self._reader.stdout.read(int(head[2]))
                line = self._reader.stdout.read(1)
                found.append((name, head[1], data))
            else:
                found.append((name, b"", b""))
            if not line:  # git has ended: an object that it did not send must not count as missing
                raise GitFailed(_MISSING)
        return found

    # --- history ---

    @property
    def is_detached(self) -> bool:
        """Whether HEAD is detached: a commit and not a branch."""
        return self.git("rev-parse", "--symbolic-full-name", "HEAD").strip() == b"HEAD"

    @property
    def own_folder(self) -> Path:
        """The folder for kpigen's own files inside the git directory: never versioned, shared by all work trees."""
        common = self.git("rev-parse", "--git-common-dir").decode("utf-8", "surrogateescape").rstrip("\n")
        return self.root / common / "kpigen"

    def children(self, revision: str) -> Counter[str]:
        """Return the number of children of each commit among a revision and its ancestors."""
        return gitlog.read_children(self.git(*gitlog.CHILDREN, self.commit(revision)))

    def log(self, revision: str, folders: tuple[str, ...]) -> Iterator[gitlog.Commit]:
        """Yield a revision and all its ancestors, parents first, with the changed reviews, rules and settings of each commit.

        `folders` are those where the reviews have been (`folders.folders_of`); all paths are given as in the first of them.
        Commits are yielded while git finds them. Raises GitFailed if git stops with an error.
        """
        places = [f"{folder}{name}" for folder in folders for name in _NAMES]
        command = [*_GIT, "-C", str(self.top), *gitlog.LOG, self.commit(revision), "--", *places]
        with subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pipesize=_AHEAD,
            env=environment(self._settings),
        ) as process:
            assert process.stdout is not None
            chunks = iter(partial(process.stdout.read, 1 << 16), b"")
            if len(folders) == 1:
                yield from gitlog.read_log(chunks, folders[0])
            else:
                yield from in_one_folder(gitlog.read_log(chunks, ""), folders, _NAMES, self.children(revision))
        if process.returncode:
            raise GitFailed(_MISSING)

    def uncommitted(self) -> int:
        """Return the number of reviews, rules and settings files with uncommitted changes."""
        # In a submodule, git would heed the settings of that repository. Nothing in it is read anyway.
        options = ("--porcelain", "-z", "--no-renames", "--untracked-files=all", "--ignore-submodules=dirty")
        listing = self.git("--no-optional-locks", "status", *options, "--", *_NAMES)
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
            found |= gitlog.read_signatures(self.git(*gitlog.SIGNATURES, given=given))
        return found

    def close(self) -> None:
        """Stop the process that reads blobs."""
        if self._reader is not None:
            assert self._reader.stdin is not None
            assert self._reader.stdout is not None
            with suppress(BrokenPipeError):
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

    def read(self, oid: str) -> bytes:
        """Return the bytes of a blob. Raises GitFailed if git does not have it."""
        data = self._fetched[oid] if oid in self._fetched else self._repository.blob(oid)
        if data is None:
            raise GitFailed(_MISSING)
        return data


def _top_of(folder: Path) -> Path | None:
    """Return the nearest folder from here upwards that has something called `.git`: git should know a repository there."""
    return next((top for top in (folder, *folder.absolute().parents) if os.path.lexists(top / ".git")), None)


def _refuse_pipes(folder: Path) -> None:
    """Raise GitFailed if git would wait for ever at a named pipe where it expects a file."""
    top = _top_of(folder) or folder
    for name in _OPENED:
        for place in (folder / name, top / name):
            with suppress(OSError):  # it is not there, or git says why it cannot read it
                if stat.S_ISFIFO(place.stat().st_mode):
                    raise GitFailed(f"{name} is a named pipe")


def work_tree(root: Path) -> WorkTree:
    """Return the files of a folder, with what git knows about them if it is in a git repository."""
    try:
        with closing(GitRepository(root)) as repository:
            return WorkTree(root, repository.index_barriers())
    except NoRepository:
        return WorkTree(root)
    except GitFailed as error:
        return WorkTree(root, (Barrier(GIT, Obstacle.NO_INDEX, said=error.reason),))
