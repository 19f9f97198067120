"""A git repository as a source of files: any revision is a `Tree` like the work tree. One `git cat-file --batch` serves all reads."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from kpigen.config import FILES
from kpigen.digests import file_digest

_LINK = "120000"


class GitFailed(OSError):  # noqa: N818  # says what happened
    """Git could not do what was asked; `strerror` is what it said."""


class GitRepository:
    """The git repository that a folder lies in. Paths are relative to the folder, as everywhere in kpigen."""

    def __init__(self, root: Path) -> None:
        """Take the folder; raises GitFailed where there is no git repository (or no git)."""
        self.root = root
        self._prefix = self._git("rev-parse", "--show-prefix").decode().rstrip("\n")
        self._reader: subprocess.Popen[bytes] | None = None

    def _git(self, *arguments: str) -> bytes:
        try:
            done = subprocess.run(["git", "-C", str(self.root), *arguments], capture_output=True, check=False)
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
            raise GitFailed(1, "there is no such revision in this repository", revision) from error

    def tree(self, revision: str) -> GitTree:
        """Return the files of a revision."""
        listing = self._git("ls-tree", "-r", "-z", "--full-tree", self.commit(revision), "--", *self._wanted())
        entries = {}
        for line in listing.split(b"\0"):
            if line:
                head, _, name = line.partition(b"\t")
                mode, _, oid = head.decode().split(" ")
                entries[name.decode("utf-8", "replace").removeprefix(self._prefix)] = (mode, oid)
        return GitTree(self, entries)

    def _wanted(self) -> list[str]:
        return [f"{self._prefix}{name}" for name in ("reviews", "rules", *FILES)]

    def versions(self, path: str) -> Iterator[bytes]:
        """Give the committed versions of a file, the newest first; nothing where it was never committed."""
        commits = self._git("log", "--format=%H", "--end-of-options", "HEAD", "--", path).decode().split()
        for commit in commits:
            data = self.blob(f"{commit}:{self._prefix}{path}")
            if data is not None:
                yield data

    def blob(self, name: str) -> bytes | None:
        """Return a blob's bytes by its id or as `revision:path`; None where there is none."""
        if self._reader is None:
            command = ["git", "-C", str(self.root), "cat-file", "--batch"]
            self._reader = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
        assert self._reader.stdin is not None
        assert self._reader.stdout is not None
        if "\n" in name:
            return None
        self._reader.stdin.write(name.encode() + b"\n")
        self._reader.stdin.flush()
        head = self._reader.stdout.readline().split()
        if len(head) != 3 or not head[2].isdigit():
            return None
        data = self._reader.stdout.read(int(head[2]))
        self._reader.stdout.read(1)
        return data if head[1] == b"blob" else None

    def close(self) -> None:
        """End the process that reads blobs."""
        if self._reader is not None:
            assert self._reader.stdin is not None
            assert self._reader.stdout is not None
            self._reader.stdin.close()
            self._reader.wait()
            self._reader.stdout.close()
            self._reader = None


class GitTree:
    """The files of one revision."""

    def __init__(self, repository: GitRepository, entries: dict[str, tuple[str, str]]) -> None:
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
        data = self._repository.blob(entry[1]) if entry else None
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
        return self._entries.get(path, ("", ""))[0] == _LINK
