"""The folders of a git repository where the reviews are, and where they have been before they moved."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from kpigen.base.places import REVIEWS, is_review_path
from kpigen.base.sources import Tree, WorkTree
from kpigen.repository.git import log as gitlog
from kpigen.repository.git.repository import GitRepository
from kpigen.repository.git.tree import GitTree


def former_trees(repository: GitRepository, revision: str) -> tuple[GitTree, ...]:
    """Return the files of a revision, read from the other folders from which the reviews have moved here since."""
    commit = repository.commit(revision)
    return tuple(repository.tree_in(commit, prefix) for prefix in _moved_here(repository, commit))


def _moved_here(repository: GitRepository, commit: str) -> list[str]:
    """Return the folders with reviews in a commit that have none now, if reviews of theirs are or may be here now.

    They may be here if this folder had none then. Otherwise some must be: other reviews of the repository may be gone
    for reasons of their own.
    """
    own = _reviews_in(repository.tree_in(commit, repository.prefix))
    moved = []
    for prefix in _folders(repository, commit):
        if prefix == repository.prefix or _has_reviews_now(repository, prefix):
            continue
        theirs = _reviews_in(repository.tree_in(commit, prefix))
        if theirs and (not own or theirs & _reviews_now(repository, repository.prefix)):
            moved.append(prefix)
    return moved


def _folders(repository: GitRepository, commit: str) -> list[str]:
    """Return the folders of a commit that hold a folder of reviews, each with a `/` at its end; empty for the top."""
    listing = repository.git("ls-tree", "-r", "-d", "-z", "--full-tree", commit).decode("utf-8", "replace")
    heads = (line.split("\t", 1) for line in listing.split("\0") if line)
    trees = [name for head, name in heads if head.split(" ")[1] == "tree"]
    return [name.removesuffix(REVIEWS) for name in trees if name == REVIEWS or name.endswith(f"/{REVIEWS}")]


def _has_reviews_now(repository: GitRepository, prefix: str) -> bool:
    """Return whether a folder of the repository holds reviews now, in the work tree or left out by a sparse checkout."""
    if _reviews_now(repository, prefix):
        return True
    listing = repository.git("ls-files", "-t", "-z", "--", f"{repository.top / prefix / REVIEWS}")
    return any(line.startswith(b"S ") for line in listing.split(b"\0"))


def _reviews_now(repository: GitRepository, prefix: str) -> frozenset[str]:
    """Return the paths of the review files in a folder of the work tree; none if it is not read."""
    parts = PurePosixPath(prefix).parts
    return (
        frozenset()
        if WorkTree(repository.top).is_behind_barrier("/".join(parts))
        else _reviews_in(WorkTree(repository.top / prefix))
    )


def folders_of(repository: GitRepository, revision: str) -> tuple[str, ...]:
    """Return the folders where the reviews have been in the history of a revision, this folder first.

    Each ends with a `/`; empty is the top. A folder counts if its reviews are gone where reviews began in the next one.
    """
    end = repository.commit(revision)
    parents = {ids[0]: ids[1:] for ids in map(str.split, repository.git(*gitlog.CHILDREN, end).decode().splitlines())}
    at_end = _folders(repository, end)
    folders = [repository.prefix]
    folders += [] if repository.prefix in at_end else _moved_here(repository, end)
    for folder in folders:
        held = _holders(repository, folder, parents)
        begun = [id_ for id_ in held if parents[id_] and held.isdisjoint(parents[id_])]
        for id_ in begun:
            folders += _left_for(repository, folder, id_, parents[id_], {*at_end, *folders})
    return tuple(folders)


def _holders(repository: GitRepository, folder: str, commits: Iterable[str]) -> set[str]:
    """Return those commits that have a folder of reviews in a folder."""
    if "\n" in folder:
        return set()
    ids = list(commits)
    given = "".join(f"{id_}:{folder}{REVIEWS}\n" for id_ in ids).encode("utf-8", "surrogateescape")
    kinds = repository.git("cat-file", "--batch-check=%(objecttype)", given=given).splitlines()
    return {id_ for id_, kind in zip(ids, kinds, strict=True) if kind == b"tree"}


def _left_for(
    repository: GitRepository, folder: str, commit: str, parents: Iterable[str], known: set[str]
) -> list[str]:
    """Return the folders whose reviews moved to another folder in the commit where reviews began there.

    A folder that is still there at that time counts if it is gone in the end, and some of its reviews were copied.
    """
    there, begun = _folders(repository, commit), _reviews_in(repository.tree_in(commit, folder))
    found: dict[str, None] = {}
    for parent in parents:
        for other in _folders(repository, parent):
            theirs = _reviews_in(repository.tree_in(parent, other)) if other not in known else frozenset()
            if theirs and (other not in there or theirs & begun):
                found[other] = None
    return list(found)


def _reviews_in(tree: Tree) -> frozenset[str]:
    """Return the paths of the review files in a tree."""
    return frozenset(path for path in tree.paths(REVIEWS) if is_review_path(path))
