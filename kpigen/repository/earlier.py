"""What git knows of earlier versions of evidence and rules: their digests, whatever line ends git gave them."""

from __future__ import annotations

from functools import cache

from kpigen.base.digests import file_digest
from kpigen.base.sources import Tree
from kpigen.base.stored import Alteration, other_digests
from kpigen.files.rules.form import read_form
from kpigen.repository.checks.seals import Digests, Suspects, recorded
from kpigen.repository.git.repository import GitFailed, GitRepository
from kpigen.repository.records import Record


class Earlier:
    """Earlier versions of the evidence and the rules of reviews whose seal does not fit."""

    def __init__(self, repository: GitRepository | None, languages: tuple[str, ...]) -> None:
        """Take the repository (None: without git, only what is at hand is known), and the languages of its forms."""
        self._repository, self._languages = repository, languages
        self._rules = cache(self._digests_of_rules)

    def suspects(self, record: Record, tree: Tree) -> Suspects:
        """Return what may have been sealed in a review of this tree: recorded in it, at hand in another form, or once in git."""
        known = recorded(record).files
        files = {
            item.name: self._digests_of_file(item.path, tree, known.get(item.name, {}))
            for items in record.review.evidence.values()
            for item in items
            if not item.is_link
        }
        return Suspects(self._rules(record.form.path), files)

    def _digests_of_file(self, path: str, tree: Tree, known: Digests) -> Digests:
        try:
            at_hand = other_digests(tree.read(path))
        except (OSError, GitFailed):  # it is gone from this tree, or not in this clone
            at_hand = {}
        digests: dict[str, Alteration | None] = {**known, **at_hand}
        for data in self._versions(path):
            for one in (file_digest(data), *other_digests(data)):
                digests.setdefault(one, None)
        return digests

    def _digests_of_rules(self, path: str) -> tuple[str, ...]:
        forms = (read_form(path, data, self._languages)[0] for data in self._versions(path))
        return tuple(dict.fromkeys(form.digest for form in forms if form is not None))

    def _versions(self, path: str) -> list[bytes]:
        """Return the versions of a file in all commits, newest first."""
        if self._repository is None:
            return []
        try:
            blobs = [data for _, data in self._repository.blobs(self._repository.versions(path))]
        except GitFailed:  # a partial clone: what is not here is not known
            return []
        return [data for data in blobs if data is not None]
