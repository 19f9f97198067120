"""`kpigen amend`, `kpigen withdraw`."""

from __future__ import annotations

import sys
from contextlib import closing

import click

from kpigen import catalogue
from kpigen.amend import amend as amend_review
from kpigen.amend import withdraw as withdraw_review
from kpigen.commands.common import ask, date_option, load_here, pick, show
from kpigen.content import seal_of
from kpigen.diagnostics import Diagnostic, Span
from kpigen.files import write_atomically
from kpigen.gitrepo import GitFailed, GitRepository
from kpigen.lifecycle import Change, Result
from kpigen.model import Review
from kpigen.project import Project
from kpigen.records import make_record
from kpigen.reviews import read_review
from kpigen.sources import WorkTree

_FILE = click.argument("file", metavar="FILE")
_REASON = click.option("--reason", required=True, help="Why; the report shows it.")
_BY = click.option("--by", required=True, metavar="NAME", help="Who decided it; the report shows it.")
_DATE = click.option("--date", callback=date_option, help="The date to write, as 2026-02-05 (default: today).")
_YES = click.option("--yes", is_flag=True, help="Do not ask.")


@click.command()
@_FILE
@_REASON
@_BY
@_DATE
@_YES
@click.pass_obj
def amend(root: str | None, file: str, reason: str, by: str, date: str, yes: bool) -> None:
    """Amend a published review: edit its file first, then give the reason.

    Shows what changes in meaning and in the score, compared with the version in git that the seal covers, and appends an
    entry to `amendments` with what stood before. The review is sealed anew; everything else in the file stays as it is.
    """
    tree, project, review = _one(root, file)
    published = _sealed_version(tree, project, review)
    result: Result
    if published is None:
        result = None, [catalogue.NO_SEALED_VERSION.at(review.span("published.seal", "status"))]
    else:
        result = amend_review(project, tree, review, published, reason, by, date)
    _finish(tree, result, f"Amend {review.path}?", yes)


@click.command()
@_FILE
@_REASON
@_BY
@_DATE
@_YES
@click.pass_obj
def withdraw(root: str | None, file: str, reason: str, by: str, date: str, yes: bool) -> None:
    """Take a published review back: its page then says so and why, without its numbers. The file stays."""
    tree, project, review = _one(root, file)
    _finish(tree, withdraw_review(project, tree, review, reason, by, date), f"Withdraw {review.path}?", yes)


def _one(root: str | None, file: str) -> tuple[WorkTree, Project, Review]:
    tree, project = load_here(root)
    reviews, found = pick(tree, project, [file])
    if len(reviews) != 1:
        show(found)
        if len(reviews) > 1:
            raise click.UsageError("Give one file: every change after publication has a reason of its own.")
        sys.exit(1)
    return tree, project, reviews[0]


def _sealed_version(tree: WorkTree, project: Project, review: Review) -> Review | None:
    """Return the newest committed version of a review that its own seal covers and that carries the seal of the file."""
    if review.published is None:
        return review
    try:
        with closing(GitRepository(tree.root)) as repository:
            for data in repository.versions(review.path):
                old, _ = read_review(review.path, data, project.rules, tree.digest)
                if old is not None and _is_sealed(project, old, review.published.seal):
                    return old
    except GitFailed as error:
        show([catalogue.GIT_FAILED.at(Span(review.path), reason=error.strerror)])
        sys.exit(1)
    return None


def _is_sealed(project: Project, review: Review, seal: str) -> bool:
    """Whether a version carries this seal and is covered by it."""
    if review.published is None or review.published.seal != seal:
        return False
    record = make_record(project, review, review.published.taken, [])
    return record is not None and seal_of(review, record.digest) == seal


def _finish(tree: WorkTree, result: tuple[Change | None, list[Diagnostic]], question: str, yes: bool) -> None:
    change, found = result
    show(found)
    if change is None:
        sys.exit(1)
    click.echo(f"{change.path}: {change.says}")
    for field, old, new in change.review.amendments[-1].changes:
        click.echo(f"  {field}: {old or '–'} → {new or '–'}")
    ask(question, yes)
    write_atomically(tree.root / change.path, change.data)
