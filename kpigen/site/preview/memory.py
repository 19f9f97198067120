"""Read a repository repeatedly: only changed files are read and scored again, everything else comes from memory.

A remembered result is valid only if its sources (bytes, rules, digests of evidence) are unchanged; times alone never decide.
So no code has to know what a change may affect.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from kpigen.base import disk
from kpigen.base.sources import Tree, WorkTree
from kpigen.diagnostics.diagnostic import Diagnostic, has_errors
from kpigen.files.review import read_review
from kpigen.files.rules.book import Rulebook
from kpigen.model.forms import Form
from kpigen.model.reviews import Review, Taken
from kpigen.repository.project import Project, Reading
from kpigen.repository.records import Record, make_record, manager_of

#: Nanoseconds. A file changed more recently than this may change again without a different timestamp.
_SETTLED = 1_000_000_000


class RememberingTree(WorkTree):
    """The files of a directory. A file's digest is calculated again only if the file has changed."""

    def __init__(self, root: Path) -> None:
        """Take the directory. Nothing is read yet."""
        super().__init__(root)
        self._digests: dict[str, tuple[tuple[int, ...], str]] = {}

    def digest(self, path: str) -> str | None:
        """Return the SHA-256 of a file's bytes; None if there is no such regular file."""
        try:
            stat = disk.status(self.root, path)
        except (FileNotFoundError, NotADirectoryError):
            return None
        mark = (stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
        known = self._digests.get(path)
        if known is not None and known[0] == mark:
            return known[1]
        digest = super().digest(path)
        if digest is not None and time.time_ns() - stat.st_ctime_ns > _SETTLED:
            self._digests[path] = (mark, digest)
        return digest


@dataclass(frozen=True)
class _ReadReview:
    """A review that was read, and its sources: bytes, forms, digests of evidence."""

    data: bytes
    basis: tuple[object, ...]
    digests: tuple[tuple[str, str | None], ...]
    review: Review | None
    problems: tuple[Diagnostic, ...]


@dataclass(frozen=True)
class _ReadForm:
    """A form that was read, and its sources."""

    data: bytes
    languages: tuple[str, ...]
    form: Form | None
    problems: tuple[Diagnostic, ...]


@dataclass(frozen=True)
class _Scored:
    """A record, and the findings about numbers without a result from scoring it."""

    record: Record | None
    problems: tuple[Diagnostic, ...]


class Memory(Reading):
    """What was read and scored before, by file. Not thread-safe."""

    def __init__(self) -> None:
        """Start empty."""
        self._forms: dict[str, _ReadForm] = {}
        self._reviews: dict[str, _ReadReview] = {}
        self._records: dict[str, _Scored] = {}

    def form(self, path: str, data: bytes, languages: tuple[str, ...]) -> tuple[Form | None, list[Diagnostic]]:
        """Return the form of a rule file and its findings, from memory if it is unchanged."""
        known = self._forms.get(path)
        if known is None or (known.data, known.languages) != (data, languages):
            form, problems = super().form(path, data, languages)
            known = self._forms[path] = _ReadForm(data, languages, form, tuple(problems))
        return known.form, list(known.problems)

    def review(self, tree: Tree, path: str, rules: Rulebook) -> tuple[Review | None, list[Diagnostic]]:
        """Return a review and its findings, from memory if the file, its form and its evidence are unchanged."""
        try:
            data = tree.read(path, disk.MAX_TEXT)
        except OSError:
            return super().review(tree, path, rules)
        known = self._reviews.get(path)
        if (
            known is None
            or known.data != data
            or known.basis != _basis(rules, known.review, known.problems)
            or not all(_is_unchanged(tree, file, digest) for file, digest in known.digests)
        ):
            asked: dict[str, str | None] = {}

            def digest_of(file: str) -> str | None:
                asked[file] = ""  # if it cannot be read, it is asked for again
                asked[file] = tree.digest(file)
                return asked[file]

            review, problems = read_review(path, data, rules, digest_of)
            basis = _basis(rules, review, problems)
            known = self._reviews[path] = _ReadReview(data, basis, tuple(asked.items()), review, tuple(problems))
        return known.review, list(known.problems)

    def record(
        self, project: Project, review: Review, taken: tuple[Taken, ...], found: list[Diagnostic]
    ) -> Record | None:
        """Return the record of a review as `make_record` does, from memory if form and taken totals are the same."""
        known = self._records.get(review.path)
        old = known.record if known else None
        if (
            known is None
            or old is None
            or old.review is not review
            or old.form is not project.rules.scoring(review)
            or old.taken != taken
        ):
            problems: list[Diagnostic] = []
            known = self._records[review.path] = _Scored(make_record(project, review, taken, problems), tuple(problems))
        elif old.manager != (manager := manager_of(project, review)):
            known = self._records[review.path] = _Scored(replace(old, manager=manager), known.problems)
        found += known.problems
        return known.record


def _is_unchanged(tree: Tree, file: str, digest: str | None) -> bool:
    try:
        return tree.digest(file) == digest
    except OSError:
        return False


def _basis(rules: Rulebook, review: Review | None, problems: Iterable[Diagnostic]) -> tuple[object, ...]:
    """Return the rules that reading a review depends on: the versions of its form, or all rules if it has errors."""
    if review is None or has_errors(problems):
        return (rules.forms, rules.broken)
    return rules.versions(review.form)
