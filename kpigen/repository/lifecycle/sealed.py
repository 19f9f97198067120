"""Finds the published version of a review in git: the committed version that its seal covers, even if the file was renamed.

The seal decides, not the path: a version counts only if its seal, recalculated from the files of that commit, equals the
seal in the review. So the version is found even in a renamed file or on another branch. What git made of its evidence does
not matter: a file counts with the digest that the seal covers, if that is known (`checks.seals`).
"""

from __future__ import annotations

from collections.abc import Iterator

from kpigen.base.sources import Tree
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, Span
from kpigen.diagnostics.values import phrase
from kpigen.files.review import read_review
from kpigen.files.rules.book import Rulebook
from kpigen.model.reviews import Review
from kpigen.repository.checks.seals import sealed_state
from kpigen.repository.earlier import Earlier
from kpigen.repository.git.repository import GitRepository
from kpigen.repository.project import Project
from kpigen.repository.records import make_record

_NO_FILE = "0" * 64


def sealed_version(
    repository: GitRepository, project: Project, review: Review
) -> tuple[Review | None, list[Diagnostic]]:
    """Return the newest committed version that matches the seal of a published review, or None and the reasons."""
    assert review.published is not None
    seal, carries, other_rules = review.published.seal, False, False
    earlier = Earlier(repository, project.config.languages)
    for path, tree in _candidates(repository, review):
        old = _read(tree, path, project.rules)
        if old is None or old.published is None or old.published.seal != seal:
            continue
        record = make_record(project, old, old.published.taken, [])
        sealed = record and sealed_state(record, earlier.suspects(record, tree))
        if record and sealed and sealed.rules == record.form.digest:
            return sealed.review, []
        carries = True
        other_rules = other_rules or sealed is not None
    span = review.span("published.seal", "status")
    if other_rules:
        form = project.rules.by_key(review.published.rules)
        where = span if form is None else Span(form.path)
        return None, [catalogue.RELEASED_RULE_CHANGED.at(where, key=review.published.rules)]
    if repository.is_shallow:
        reason = phrase("the history is cut off here (a shallow clone), and what is there does not hold it")
        advice = phrase("fetch the whole history first: `git fetch --unshallow`, in a workflow `fetch-depth: 0`")
    elif carries:
        reason = phrase("the committed version that carries the seal was changed after it was sealed")
        advice = phrase("`git log` of the file shows what happened to it; restore the version that was published")
    else:
        reason = phrase("no commit holds the version with this seal")
        advice = phrase("undo the edit and commit what was published; then edit and amend it")
    return None, [catalogue.NO_SEALED_VERSION.at(span, reason=reason, advice=advice)]


def amended_since(repository: GitRepository, project: Project, review: Review) -> list[Diagnostic]:
    """Report amendments in HEAD that are newer than the version in hand: a new amendment would drop them."""
    if review.published is None or not repository.has_head:
        return []
    last = _read(repository.tree("HEAD"), review.path, project.rules)
    if last is None or review.published.seal not in [item.seal for item in last.amendments]:
        return []
    return [catalogue.OLDER_VERSION.at(review.span("published.seal", "status"), path=review.path)]


def _candidates(repository: GitRepository, review: Review) -> Iterator[tuple[str, Tree]]:
    """Yield candidate versions: first this file and its evidence back from HEAD, then any file that ever contained the seal."""
    assert review.published is not None
    evidence = {item.path for items in review.evidence.values() for item in items if not item.is_link}
    seal = review.published.seal.encode()
    for commit in repository.commits([review.path, *sorted(evidence)]):
        if seal in (repository.file(commit, review.path) or b""):
            yield review.path, repository.tree(commit)
    for place in repository.holding(review.published.seal):
        yield place.path, repository.tree(place.commit)


def _read(tree: Tree, path: str, rules: Rulebook) -> Review | None:
    """Return a review of a revision. An evidence file that the revision lacks stays in it, with a digest that fits no file."""
    try:
        return read_review(path, tree.read(path), rules, lambda file: tree.digest(file) or _NO_FILE)[0]
    except OSError:
        return None
