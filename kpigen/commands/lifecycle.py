"""`kpigen submit`, `kpigen confirm`, `kpigen publish`."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable
from dataclasses import dataclass

import click

from kpigen.base.disk import MAX_EVIDENCE
from kpigen.base.periods import Period
from kpigen.base.roles import ROLES, Role
from kpigen.base.sources import MemoryTree, Tree, WorkTree
from kpigen.commands.common import ask, date_option, kept_in_clones, load_whole, said, show, suspect_here
from kpigen.commands.language import said_here, words_here
from kpigen.commands.selection import METAVAR, Chosen, period_option, select
from kpigen.commands.steps import Planned, echo, write_each
from kpigen.diagnostics.diagnostic import has_errors
from kpigen.diagnostics.terms import STATUS
from kpigen.i18n.findings import words as in_words
from kpigen.i18n.messages import Messages
from kpigen.model.reviews import Review, Status
from kpigen.repository.checks.project import standing_errors
from kpigen.repository.lifecycle import transitions
from kpigen.repository.lifecycle.transitions import Result, has_confirmed, in_order, record_of, with_review
from kpigen.repository.project import Project

_FILES = click.argument("files", nargs=-1, required=True, metavar=METAVAR)
_DATE = click.option("--date", callback=date_option, help="The date to write, such as 2026-02-05 (default: today).")
_YES = click.option("--yes", is_flag=True, help="Do not ask before writing.")


@dataclass(frozen=True)
class _Advance:
    """A step of reviews: the status that they have before it, the question, and the step of one review.

    `is_done` says whether a review in a folder needs the step no more.
    """

    status: Status
    question: Callable[[Messages, int], str]
    take: Callable[[Project, Tree, Review], Result]
    is_done: Callable[[Project, Review], bool] = lambda *_: False


@click.command()
@_FILES
@period_option
@_DATE
@_YES
@click.pass_obj
def submit(root: str | None, files: tuple[str, ...], period: Period | None, date: str, yes: bool) -> None:
    """Submit complete drafts.

    The readers of a submitted review see its report, with its content number, marked as awaiting confirmation. An incomplete
    review is refused, with the reasons; the others are still submitted. A folder stands for the drafts in it, an id or a name
    for the one draft of that person.
    """

    def question(words: Messages, count: int) -> str:
        return words.number_of("Submit {count} review?", "Submit {count} reviews?", count)

    tree, project, selected = _selected(root, files, period, Status.DRAFT)
    step = _Advance(Status.DRAFT, question, lambda p, t, r: transitions.submit(p, t, r, date, _salt))
    _run(tree, project, selected, step, yes)


@click.command()
@_FILES
@period_option
@click.option(
    "--role",
    required=True,
    type=click.Choice(ROLES),
    help="The role of the person who confirms.",
)
@click.option(
    "--name",
    help="Who confirms, for one review (default for the employee: the name in the review; for the assessor: the manager's "
    "name on the roster).",
)
@_DATE
@_YES
@click.pass_obj
def confirm(
    root: str | None,
    files: tuple[str, ...],
    period: Period | None,
    role: str,
    name: str | None,
    date: str,
    yes: bool,
) -> None:
    """Record that somebody confirms the content of submitted reviews.

    The entry holds the current content number. If the content changes later, kpigen says so. A review to which the same role
    objects is refused until the objection is settled. A folder stands for the submitted reviews in it that the role has not
    confirmed yet, an id or a name for the one submitted review of that person.
    """
    given = (name or "").strip()
    if not given and role not in (Role.EMPLOYEE, Role.ASSESSOR):
        raise click.UsageError(
            said_here(
                "--name: who confirms as {role}? It is needed for this role, and names one review at a time.", role=role
            )
        )

    def question(words: Messages, count: int) -> str:
        return words.number_of("Confirm {count} review?", "Confirm {count} reviews?", count)

    def one(project: Project, tree: Tree, review: Review) -> Result:
        return transitions.confirm(project, tree, review, role, given or _usual_name(project, review, role), date)

    def is_done(project: Project, review: Review) -> bool:
        record, _ = record_of(project, review)
        return record is not None and has_confirmed(record, role)

    tree, project, selected = _selected(root, files, period, Status.SUBMITTED)
    if given and (len(selected.reviews) > 1 or selected.by_folder):
        raise click.UsageError(
            said_here("--name: {name} would be written into every review there; give one file with it.", name=given)
        )
    _run(tree, project, selected, _Advance(Status.SUBMITTED, question, one, is_done), yes)


@click.command()
@_FILES
@period_option
@_DATE
@_YES
@click.pass_obj
def publish(root: str | None, files: tuple[str, ...], period: Period | None, date: str, yes: bool) -> None:
    """Publish submitted reviews: write total, grade, rules and seal into the file.

    Refuses a review, with all reasons: a missing metric, a required confirmation that is missing or is for other content, an
    objection without a resolution, a missing improvement plan, too few raters. After publishing, a change of content is an
    error until it is amended. Reviews whose totals others take are published first. A folder stands for the submitted reviews
    in it, an id or a name for the one submitted review of that person.
    """

    def question(words: Messages, count: int) -> str:
        return words.number_of("Publish {count} review?", "Publish {count} reviews?", count)

    tree, project, selected = _selected(root, files, period, Status.SUBMITTED)
    step = _Advance(Status.SUBMITTED, question, lambda p, t, r: transitions.publish(p, t, r, date, _salt))
    _run(tree, project, selected, step, yes)


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


def _selected(
    root: str | None, files: tuple[str, ...], period: Period | None, status: Status
) -> tuple[WorkTree, Project, Chosen]:
    """Load the repository, and return with it the reviews that were named; a folder stands for those with `status`."""
    tree, project = load_whole(root)
    return tree, project, select(tree, project, files, period=period, fits=lambda review: review.status is status)


def _run(tree: WorkTree, project: Project, selected: Chosen, step: _Advance, yes: bool) -> None:
    """Plan all changes, show what is refused, ask once, then write and tell one after the other."""
    words, found = words_here(), [*selected.found]
    reviews = [
        review
        for review in selected.reviews
        if review.path not in selected.by_folder or not step.is_done(project, review)
    ]
    with suspect_here(tree, project) as suspect:
        wrong = standing_errors(project, suspect)
    for item in kept_in_clones(tree, reviews):
        if item.is_error:
            wrong.setdefault(item.span.path, []).append(item)
    planned: list[Planned] = []
    for review in in_order(reviews):
        form = project.rules.scoring(review)
        standing = [item for path in (review.path, form.path if form else "") for item in wrong.get(path, ())]
        if standing:
            found += standing
            continue
        before = tree.read(review.path)
        change, problems = step.take(project, _Overlay(tree, {one.edit.path: one.edit.data for one in planned}), review)
        found += problems
        if change is not None:
            planned.append(Planned(change, before))
            project = with_review(project, change.review)
    show(found)
    unwritten = []
    if planned:
        ask(step.question(words, len(planned)), yes, (said(one.edit) for one in planned))
        unwritten = write_each(tree, planned, lambda change: echo(said(change)))
        show(unwritten)
    elif not reviews and not has_errors(found):
        status = in_words(STATUS[step.status.value], words.language)
        click.echo(
            said_here("Nothing to do: there is no review with status {status} that still needs this.", status=status),
            err=True,
        )
    refused = len(reviews) - len(planned) + len(unwritten)
    if refused:
        click.echo(said_here("{count} of {all} refused", count=refused, all=len(reviews)), err=True)
    sys.exit(1 if refused or has_errors(found) else 0)


class _Overlay(MemoryTree):
    """The work tree with the planned changes on top, so that later files see them."""

    def __init__(self, tree: WorkTree, changes: dict[str, bytes]) -> None:
        super().__init__(changes)
        self.tree = tree

    def read(self, path: str, limit: int = MAX_EVIDENCE) -> bytes:
        return super().read(path, limit) if path in self.files else self.tree.read(path, limit)

    def digest(self, path: str) -> str | None:
        return super().digest(path) if path in self.files else self.tree.digest(path)
