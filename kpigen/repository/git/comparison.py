"""What HEAD is compared with: the last commits that it has in common with a revision, if they can be known."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kpigen.base import disk
from kpigen.repository.git.repository import CUT_OFF, GitFailed, GitRepository


@dataclass(frozen=True, slots=True)
class Comparison:
    """What HEAD is compared with: the last commits that it has in common with a revision.

    `commit` and `head` are the ids of the revision and of HEAD (empty before the first commit). `ahead` counts the commits
    of the revision that HEAD does not have.
    """

    revision: str
    commit: str
    head: str
    bases: tuple[str, ...]
    ahead: int


def compared(repository: GitRepository, revision: str) -> Comparison:
    """Return what HEAD is compared with to see what a branch changed: all last common commits of HEAD and a revision.

    That is where a branch began, even if the other branch moved on; several after branches were merged crosswise.
    Before the first commit of a branch, it is the revision itself. Raises GitFailed if it cannot be known.
    """
    commit = repository.commit(revision)
    _refuse_ambiguous(repository, revision)
    if not repository.has_head:
        return Comparison(revision, commit, "", (commit,), 0)
    # During a merge, the files belong to all sides.
    sides = (repository.commit("HEAD"), *_merged_now(repository))
    try:
        bases = tuple(repository.git("merge-base", "--all", commit, *sides).decode().split())
    except GitFailed as error:
        reason = f"what it has in common with HEAD is not here: {CUT_OFF}"
        nothing = "it has no commit in common with HEAD: another history, or one that was rewritten from its beginning"
        raise GitFailed(reason if repository.is_shallow else nothing, revision) from error
    if repository.is_shallow and set(bases).isdisjoint({commit, *sides}):
        # A later common commit may lie behind a place where the history is cut.
        between = repository.git("rev-list", commit, *sides, "--not", *bases).decode().split()
        if not _cut_at(repository).isdisjoint(between):
            raise GitFailed(f"what it has in common with HEAD cannot be known: {CUT_OFF}", revision)
    ahead = int(repository.git("rev-list", "--count", commit, "--not", *sides))
    return Comparison(revision, commit, sides[0], bases, ahead)


def _refuse_ambiguous(repository: GitRepository, revision: str) -> None:
    """Raise GitFailed if a tag or branch of the same name is another commit: git would take the tag without a word."""
    name = re.split(r"[~^:]|@\{", revision, maxsplit=1)[0]
    places = [f"{kind}{name}" for kind in ("refs/", "refs/tags/", "refs/heads/", "refs/remotes/")]
    listing = repository.git("for-each-ref", "--format=%(refname) %(objectname) %(*objectname)", *places).decode()
    commits = {words[0]: words[-1] for words in map(str.split, listing.splitlines()) if words[0] in places}
    if len(set(commits.values())) > 1:
        raise GitFailed(f"it is ambiguous: write {' or '.join(commits)}", revision)


def _merged_now(repository: GitRepository) -> list[str]:
    """Return the commits that are being merged into HEAD at the moment."""
    return _lines_of(repository, "MERGE_HEAD")


def _cut_at(repository: GitRepository) -> frozenset[str]:
    """Return the commits of a shallow clone whose parents are not there."""
    return frozenset(_lines_of(repository, "shallow"))


def _lines_of(repository: GitRepository, name: str) -> list[str]:
    """Return the lines of a file of git's own; none if there is no such file. Raises GitFailed if it cannot be read."""
    path = repository.git("rev-parse", "--git-path", name).decode("utf-8", "surrogateescape").rstrip("\n")
    try:
        return disk.read_given(repository.root / path, disk.MAX_LIST).decode("ascii", "replace").split()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise GitFailed(f"{name} cannot be read: {error.strerror}") from error
