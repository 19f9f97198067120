"""Read the history of a repository for commands, and report if it is missing or incomplete."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from kpigen.base.garbage import not_collected
from kpigen.base.memo import load_memo, save_memo
from kpigen.base.places import REVIEWS, RULES
from kpigen.base.sources import Barrier
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, Span
from kpigen.diagnostics.terms import foreign
from kpigen.diagnostics.values import phrase
from kpigen.files.config import FILES
from kpigen.repository.git.folders import folders_of, former_trees
from kpigen.repository.git.log import Commit, Signature
from kpigen.repository.git.repository import GitBlobs, GitFailed, GitRepository
from kpigen.repository.history.entries import Entry, read_history
from kpigen.repository.history.reader import HistoryReader


@dataclass(frozen=True)
class History:
    """A history, newest entry first. `end` is its last commit; `uncommitted` counts files with changes that are not in it.

    `folders` are other folders where the reviews were before. `barriers` are the places in the last commit that are not
    followed, so that the history does not show what is behind them.
    """

    entries: tuple[Entry, ...]
    end: Commit
    is_detached: bool
    uncommitted: int
    folders: tuple[str, ...]
    barriers: tuple[Barrier, ...]


def history_of(root: Path, revision: str = "HEAD") -> History | Diagnostic:
    """Return the history that ends at a revision, or the finding that says why there is no complete one.

    Raises GitFailed if the revision does not exist.
    """
    try:
        repository = GitRepository(root)
    except GitFailed as error:
        return catalogue.NO_HISTORY.at(Span(str(root)), reason=foreign(error.reason))
    with closing(repository):
        if repository.is_shallow:
            return catalogue.HISTORY_CUT.at(Span(str(root)), reason=phrase("it is shallow"))
        if revision == "HEAD" and not repository.has_head:
            return catalogue.NO_HISTORY.at(Span(str(root)), reason=phrase("nothing has been committed yet"))
        name = sha256(repository.prefix.encode("utf-8", "surrogateescape")).hexdigest()[:8]
        place = repository.own_folder / f"history-{name}.json"
        with ThreadPoolExecutor(1) as beside, not_collected():
            uncommitted = beside.submit(repository.uncommitted)  # git takes its time over the work tree
            folders = folders_of(repository, revision)
            commits, memo = repository.log(revision, folders), load_memo(place)
            entries, end = read_history(
                commits, repository.children(revision), HistoryReader(GitBlobs(repository), memo)
            )
            save_memo(place, memo)
        assert end is not None  # a revision is a commit
        detached = revision == "HEAD" and repository.is_detached
        barriers = repository.tree(end.id).over(former_trees(repository, end.id)).barriers((REVIEWS, RULES), FILES)
        return History(entries, end, detached, uncommitted.result(), folders[1:], barriers)


def signatures_of(root: Path, entries: Iterable[Entry]) -> dict[str, Signature]:
    """Return the state of the signature of each commit that changes what is published, by commit id."""
    with closing(GitRepository(root)) as repository:
        return repository.signatures(entry.commit.id for entry in entries if entry.touches_published)
