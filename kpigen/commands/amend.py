"""`kpigen amend`, `kpigen withdraw`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from fractions import Fraction

import click

from kpigen.base.blank import is_blank
from kpigen.base.periods import Period
from kpigen.base.sources import WorkTree
from kpigen.commands.common import ask, date_option, kept_in_clones, load_whole, paints, said, show
from kpigen.commands.language import said_here, words_here
from kpigen.commands.selection import period_option, select
from kpigen.commands.steps import Planned, echo, write_each
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, Span
from kpigen.diagnostics.terms import foreign
from kpigen.i18n.messages import mark
from kpigen.model.reviews import Review, Status, Taken
from kpigen.repository.diff.text import field_lines
from kpigen.repository.git.repository import GitFailed, GitRepository
from kpigen.repository.lifecycle.amend import amend as amend_review
from kpigen.repository.lifecycle.amend import withdraw as withdraw_review
from kpigen.repository.lifecycle.sealed import amended_since, sealed_version
from kpigen.repository.lifecycle.transitions import Result, ReviewEdit, with_review
from kpigen.repository.project import Project

_FILE = click.argument("file", metavar="FILE|ID|NAME")


def _given(_: click.Context, __: click.Parameter, value: str) -> str:
    if is_blank(value):
        raise click.BadParameter(said_here("It must not be blank: the report shows it."))
    return value.strip()


_REASON = click.option("--reason", required=True, callback=_given, help="The reason; the report shows it.")
_BY = click.option("--by", required=True, callback=_given, metavar="NAME", help="Who decided it; the report shows it.")
_DATE = click.option("--date", callback=date_option, help="The date to write, such as 2026-02-05 (default: today).")
_YES = click.option("--yes", is_flag=True, help="Do not ask before writing.")


@click.command()
@_FILE
@period_option
@_REASON
@_BY
@_DATE
@_YES
@click.pass_obj
def amend(root: str | None, file: str, period: Period | None, reason: str, by: str, date: str, yes: bool) -> None:
    """Amend a published review: edit its file first, then give the reason.

    Compares the file with the version in git that the seal covers, and shows what changes in meaning and in the score. Adds
    an entry with the earlier values to `amendments`, and seals the review again. Everything else in the file stays as it is.
    """
    tree, project, review = _one(root, file, period)
    published, found = _asking_git(tree, project, review)
    found = [*found, *(item for item in kept_in_clones(tree, [review]) if item.is_error)]
    result: Result = (
        (None, found) if found else amend_review(project, tree, review, published or review, reason, by, date)
    )
    _finish(tree, project, review, result, mark("Amend {path}?"), yes)


@click.command()
@_FILE
@period_option
@_REASON
@_BY
@_DATE
@_YES
@click.pass_obj
def withdraw(root: str | None, file: str, period: Period | None, reason: str, by: str, date: str, yes: bool) -> None:
    """Withdraw a published review. Its page then says so, and why, without the numbers. The file stays."""
    tree, project, review = _one(root, file, period)
    found = _newer(tree, project, review)
    result: Result = (None, found) if found else withdraw_review(project, tree, review, reason, by, date)
    _finish(tree, project, review, result, mark("Withdraw {path}?"), yes)


def _one(root: str | None, file: str, period: Period | None) -> tuple[WorkTree, Project, Review]:
    tree, project = load_whole(root)
    selected = select(tree, project, [file], period=period, fits=lambda review: review.status is Status.PUBLISHED)
    if len(selected.reviews) != 1:
        show(selected.found)
        if not selected.found:
            raise click.UsageError(said_here("Give one file: every change after publication has its own reason."))
        sys.exit(1)
    return tree, project, selected.reviews[0]


def _newer(tree: WorkTree, project: Project, review: Review) -> list[Diagnostic]:
    """Return the finding if git has a later version. Without a git repository there is none."""
    try:
        repository = GitRepository(tree.root)
    except GitFailed:
        return []
    try:
        with closing(repository):
            return amended_since(repository, project, review)
    except GitFailed as error:
        return [catalogue.GIT_FAILED.at(Span(review.path), reason=foreign(error.reason))]


def _asking_git(tree: WorkTree, project: Project, review: Review) -> tuple[Review | None, list[Diagnostic]]:
    """Return the version that the seal covers. A review without a seal is refused later, because of its status."""
    if review.published is None:
        return None, []
    try:
        with closing(GitRepository(tree.root)) as repository:
            found = amended_since(repository, project, review)
            return (None, found) if found else sealed_version(repository, project, review)
    except GitFailed as error:
        return None, [catalogue.GIT_FAILED.at(Span(review.path), reason=foreign(error.reason))]


def _finish(tree: WorkTree, project: Project, review: Review, result: Result, question: str, yes: bool) -> None:
    """Show what would change, ask, write, say that it is done, and name the reviews that took the total by `auto`."""
    change, found = result
    show(found)
    if change is None:
        sys.exit(1)
    before = tree.read(change.path)
    details = [f"  {line}" for line in _details(change)]
    ask(words_here().gettext(question).format(path=review.path), yes, [said(change), *details])
    unwritten = write_each(tree, [Planned(change, before)], lambda one: echo("\n".join([said(one), *details])))
    if unwritten:
        show(unwritten)
        sys.exit(1)
    for follower, is_total in _followers(project, review, change.review):
        path, total = follower.path, review.published.total if review.published else ""
        click.echo(
            said_here(
                "{path} took the old total of {total}; amend it as well to bring it up to date", path=path, total=total
            )
            if is_total
            else said_here("{path} took points that have changed; amend it as well to bring it up to date", path=path)
        )


def _details(change: ReviewEdit) -> Iterator[str]:
    """Yield lines that say what an amendment changes."""
    words = words_here()
    yield from field_lines(change.fields, words, paints(sys.stdout))
    for id_, *sides in change.points:
        before, now = (words.gettext(side) or "–" for side in sides)
        yield said_here("points of {id}: {before} → {now}", id=id_, before=before, now=now)


def _followers(project: Project, before: Review, after: Review) -> Iterator[tuple[Review, bool]]:
    """Yield the published reviews that took a number of this review which has changed, and whether it was its total.

    Everything of a review that was withdrawn counts as changed.
    """
    if before.published is None or after.published is None:
        return
    is_kept = after.status is Status.PUBLISHED and before.published.total == after.published.total
    totals = with_review(project, after).totals
    for item in project.reviews:
        block = item.published if item.status is Status.PUBLISHED else None
        old = [one for one in block.taken if one.seal == before.published.seal] if block else []
        if not is_kept and not all(one.is_points for one in old):
            yield item, True
        elif any(one.is_points for one in old):
            now = {_number(one) for one in totals.now(item)}
            if any(one.is_points and _number(one) not in now for one in old):
                yield item, False


def _number(one: Taken) -> tuple[str, str, Fraction]:
    return one.input, one.period, Fraction(one.total)
