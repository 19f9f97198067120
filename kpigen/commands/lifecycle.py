"""`kpigen submit`, `kpigen confirm`, `kpigen publish`."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable

import click

from kpigen.base.files import write_atomically
from kpigen.base.roles import ROLES, Role
from kpigen.base.sources import MemoryTree, Tree, WorkTree
from kpigen.commands.common import (
    ask,
    date_option,
    kept_in_clones,
    load_whole,
    pick,
    said,
    show,
    suspect_here,
    words_here,
)
from kpigen.diagnostics.diagnostic import has_errors
from kpigen.i18n.messages import Messages, mark
from kpigen.model.reviews import Review, Status
from kpigen.repository.checks.project import standing_errors
from kpigen.repository.lifecycle import transitions
from kpigen.repository.lifecycle.transitions import Result, ReviewEdit, in_order, with_review
from kpigen.repository.project import Project

_FILES = click.argument("files", nargs=-1, required=True, metavar="FILE…")
_DATE = click.option("--date", callback=date_option, help="The date to write, such as 2026-02-05 (default: today).")
_YES = click.option("--yes", is_flag=True, help="Do not ask before writing.")

#: A step of one review: project, files, review → (change, findings).
_Step = Callable[[Project, Tree, Review], Result]
#: Puts the question into words, for a number of reviews.
_Question = Callable[[Messages, int], str]


@click.command()
@_FILES
@_DATE
@_YES
@click.pass_obj
def submit(root: str | None, files: tuple[str, ...], date: str, yes: bool) -> None:
    """Submit complete drafts.

    The readers of a submitted review see its report, with its content number, marked as awaiting confirmation. An incomplete
    review is refused, with the reasons; the other files are still submitted. FILE may be a folder.
    """

    def question(words: Messages, count: int) -> str:
        return words.number_of("Submit {count} review?", "Submit {count} reviews?", count)

    _run(root, files, question, Status.DRAFT, yes, lambda p, t, r: transitions.submit(p, t, r, date, _salt))


@click.command()
@_FILES
@click.option(
    "--role",
    required=True,
    type=click.Choice(ROLES),
    help="The role of the person who confirms.",
)
@click.option(
    "--name",
    help="Who confirms (default for the employee: the name in the review; for the assessor: the manager's name on the roster).",
)
@_DATE
@_YES
@click.pass_obj
def confirm(root: str | None, files: tuple[str, ...], role: str, name: str | None, date: str, yes: bool) -> None:
    """Record that somebody confirms the content of submitted reviews.

    The entry holds the current content number. If the content changes later, kpigen says so. FILE may be a folder.
    """

    def one(project: Project, tree: Tree, review: Review) -> Result:
        who = name or _usual_name(project, review, role)
        if not who:
            raise click.UsageError(f"--name: who confirms {review.path} as {role}?")
        return transitions.confirm(project, tree, review, role, who, date)

    def question(words: Messages, count: int) -> str:
        return words.number_of("Confirm {count} review?", "Confirm {count} reviews?", count)

    _run(root, files, question, Status.SUBMITTED, yes, one)


@click.command()
@_FILES
@_DATE
@_YES
@click.pass_obj
def publish(root: str | None, files: tuple[str, ...], date: str, yes: bool) -> None:
    """Publish submitted reviews: write total, grade, rules and seal into the file.

    Refuses a review, with all reasons: a missing metric, a required confirmation that is missing or is for other content, an
    objection without a resolution, a missing improvement plan, too few raters. After publishing, a change of content is an
    error until it is amended. Reviews whose totals others take are published first. FILE may be a folder.
    """

    def question(words: Messages, count: int) -> str:
        return words.number_of("Publish {count} review?", "Publish {count} reviews?", count)

    _run(root, files, question, Status.SUBMITTED, yes, lambda p, t, r: transitions.publish(p, t, r, date, _salt))


def _salt() -> str:
    return secrets.token_hex(16)


def _usual_name(project: Project, review: Review, role: str) -> str:
    if role == Role.EMPLOYEE:
        return review.employee.name
    if role != Role.ASSESSOR:
        return ""
    own = project.roster.at(review.employee.id, review.period.last_day)
    manager = review.employee.manager or (own.manager if own else "")
    line = project.roster.in_period(manager, review.period)
    return line.name if line else ""


def _run(root: str | None, files: tuple[str, ...], question: _Question, status: Status, yes: bool, step: _Step) -> None:
    """Plan all changes, show what is refused, ask once, write the rest. A folder stands for its reviews with `status`."""
    words = words_here()
    tree, project = load_whole(root)
    reviews, found = pick(tree, project, files, status)
    with suspect_here(tree, project) as suspect:
        wrong = standing_errors(project, suspect)
    for item in kept_in_clones(tree, reviews):
        if item.is_error:
            wrong.setdefault(item.span.path, []).append(item)
    changes: list[ReviewEdit] = []
    for review in in_order(reviews):
        form = project.rules.scoring(review)
        standing = [item for path in (review.path, form.path if form else "") for item in wrong.get(path, ())]
        if standing:
            found += standing
            continue
        change, problems = step(project, _Overlay(tree, changes), review)
        found += problems
        if change is not None:
            changes.append(change)
            project = with_review(project, change.review)
    show(found)
    if changes:
        for change in changes:
            click.echo(said(change))
        ask(question(words, len(changes)), yes)
        for change in changes:
            write_atomically(tree.root, change.path, change.data)
    refused = len(reviews) - len(changes)
    if refused:
        text = words.gettext(mark("{count} of {all} refused"))
        click.echo(text.format(count=refused, all=len(reviews)), err=True)
    sys.exit(1 if refused or has_errors(found) else 0)


class _Overlay(MemoryTree):
    """The work tree with the planned changes on top, so that later files see them."""

    def __init__(self, tree: WorkTree, changes: list[ReviewEdit]) -> None:
        super().__init__({change.path: change.data for change in changes})
        self.tree = tree

    def read(self, path: str) -> bytes:
        return self.files[path] if path in self.files else self.tree.read(path)

    def digest(self, path: str) -> str | None:
        return super().digest(path) if path in self.files else self.tree.digest(path)
