"""`kpigen check`."""

from __future__ import annotations

import datetime
import os
import sys
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import NamedTuple

import click

from kpigen.base.digests import short
from kpigen.base.sources import WorkTree
from kpigen.commands.common import font_of, kept_in_clones, load_here, paints, suspect_here, today_here
from kpigen.commands.language import language_option, reason_here, said_here
from kpigen.diagnostics.amount import at_most, of_run
from kpigen.diagnostics.diagnostic import Diagnostic, has_errors, in_order
from kpigen.diagnostics.news import first_new
from kpigen.emit.counts import account
from kpigen.emit.github import as_github
from kpigen.emit.gitlab import as_gitlab
from kpigen.emit.json import as_json
from kpigen.emit.sarif import as_sarif
from kpigen.emit.summary import as_summary
from kpigen.emit.text import acknowledged_as_text, as_text
from kpigen.i18n.messages import Messages, mark, messages
from kpigen.repository.checks.readiness import open_numbers
from kpigen.repository.checks.seals import Suspect
from kpigen.repository.earlier import Earlier
from kpigen.repository.git.comparison import Comparison, compared
from kpigen.repository.git.folders import former_trees
from kpigen.repository.git.repository import GitFailed, GitRepository
from kpigen.repository.git.tree import GitTree
from kpigen.repository.project import Project, load
from kpigen.repository.whose import with_persons


@click.command()
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "github", "gitlab", "json", "sarif"]),
    default="text",
    help="The format of the findings.",
)
@click.option("--base", metavar="REV", help="Also report forbidden changes since this git revision.")
@click.option(
    "--acknowledged",
    "with_acknowledged",
    is_flag=True,
    help="Also list the acknowledged findings, each with its reason.",
)
@language_option("the findings")
@click.pass_obj
def check(root: str | None, format_: str, base: str | None, with_acknowledged: bool, language: str) -> None:
    """Check the whole repository and show every problem at once.

    Checks reviews, rule files (with their worked examples), the roster and the settings. Each finding names file, line,
    column and the employee whose review it is, and says what to do. The exit code is 1 if there are errors, and 0 if there are
    only warnings.

    With --base, it also reports published reviews that were changed without an amendment, deleted, or moved to another
    person; edits to the scoring part of a released rule version; a status that went backwards; and logins that may read
    published reports which they could not read before. It compares with the last commits that REV and HEAD have in common,
    so anything that others have merged since makes no difference. It says which commits these are. If they cannot be known,
    as in a shallow clone, the exit code is 2. In the formats github and gitlab, findings that these commits did not have
    come first.

    Findings that the settings acknowledge are counted; --acknowledged lists them in the formats text and json.
    """
    from kpigen.repository.checks.acknowledged import idle_told, sort_out
    from kpigen.repository.checks.project import check as check_project
    from kpigen.site.pdf.coverage import undrawn

    if with_acknowledged and format_ not in ("text", "json"):
        raise click.UsageError(said_here("--acknowledged goes with --format text or json."))
    tree, project = load_here(root)
    with suspect_here(tree, project) as suspect:
        records, found = check_project(project, today=today_here(), suspect=suspect)
    in_clones = kept_in_clones(tree, project.reviews)
    font = font_of(project.config, tree.root)
    outcome = sort_out(project, in_order([*found, *in_clones, *undrawn(project, tree.read, font)]))
    found = in_order([*outcome.found, *at_most(idle_told(outcome.idle))])
    listed = outcome.acknowledged if with_acknowledged else ()
    fresh = None
    if base is not None:
        annotates = format_ in ("github", "gitlab")
        against = _against(tree, base, project, _findings(font, today_here(), in_clones) if annotates else None)
        found = in_order([*found, *against.found])
        if annotates:  # services show only some annotations: those that the change brought must be among them
            new, known = first_new(found, against.earlier)
            found, fresh = (*new, *known), len(new)
        click.echo(_compared_with(against.comparison, messages(language)), err=True)
    found = with_persons(found, project)
    shown = of_run(found)
    if format_ == "text":
        text = as_text(shown, paints(sys.stdout), language) + acknowledged_as_text(listed, language)
        click.echo(text, nl=False, color=True)
    elif format_ == "json":
        click.echo(as_json(shown, language, listed), nl=False)
    elif format_ == "github":  # which counts what it leaves out itself
        click.echo(as_github(found, _folder_in_git(tree), language), nl=False)
    else:
        write = {"gitlab": as_gitlab, "sarif": as_sarif}[format_]
        click.echo(write(shown, _folder_in_git(tree), language), nl=False)
    if format_ in ("text", "github", "gitlab"):
        errors = sum(item.is_error for item in found)
        reviews, rules = len(project.reviews) + len(project.unread), len(project.rules.forms)
        blank, acknowledged = open_numbers(records), len(outcome.acknowledged)
        warnings = len(found) - errors
        line = account(
            reviews, rules, errors, warnings, language, acknowledged, still_open=blank.numbers, drafts=blank.drafts
        )
        click.echo(line, err=True)
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if format_ == "github" and summary and found:
        with Path(summary).open("a", encoding="utf-8") as stream:
            stream.write(as_summary(found, language=language, fresh=fresh))
    sys.exit(1 if has_errors(found) else 0)


def _folder_in_git(tree: WorkTree) -> str:
    """Return the folder of the reviews inside the git repository, such as `hr/`; empty at the top, or without git."""
    try:
        with closing(GitRepository(tree.root)) as repository:
            return repository.prefix
    except GitFailed:
        return ""


class _Against(NamedTuple):
    """What the work tree was compared with, what that found, and the findings that each compared state had itself."""

    comparison: Comparison
    found: tuple[Diagnostic, ...]
    earlier: tuple[tuple[Diagnostic, ...], ...]


#: Returns the findings of an earlier state.
_FindIn = Callable[[GitTree, Project, Suspect], tuple[Diagnostic, ...]]


def _findings(font: str, today: datetime.date, in_clones: tuple[Diagnostic, ...]) -> _FindIn:
    """Return what finds in an earlier state what `check` finds in the work tree now, apart from what was acknowledged.

    What git does to evidence depends on the clone and not on the state, so these findings count as known in a review whose
    evidence the earlier state has too.
    """
    from kpigen.repository.checks.acknowledged import sort_out
    from kpigen.repository.checks.project import check as check_project
    from kpigen.site.pdf.coverage import undrawn

    def find(tree: GitTree, project: Project, suspect: Suspect) -> tuple[Diagnostic, ...]:
        _, found = check_project(project, today=today, suspect=suspect)
        paths = {review.path for review in project.reviews if review.evidence}
        altered = [item for item in in_clones if item.span.path in paths]
        return sort_out(project, in_order([*found, *altered, *undrawn(project, tree.read, font)])).found

    return find


def _against(tree: WorkTree, base: str, project: Project, find: _FindIn | None) -> _Against:
    """Compare with a git revision; `find` also finds what it had itself. End the command if it cannot be read."""
    from kpigen.repository.checks.against_base import check_against, check_beside

    try:
        with closing(GitRepository(tree.root)) as repository:
            comparison = compared(repository, base)
            earlier = Earlier(repository, project.config.languages)
            trees = [
                tree_
                for commit in comparison.bases
                for tree_ in (repository.tree(commit), *former_trees(repository, commit))
            ]
            states = [(tree_, load(tree_), partial(earlier.suspects, tree=tree_)) for tree_ in trees]
            found = dict.fromkeys(
                item for _, before, suspect in states for item in check_against(before, project, suspect)
            )
            if comparison.ahead:
                beside = load(repository.tree(base).over(former_trees(repository, base)))
                found |= dict.fromkeys(check_beside(beside, [before for _, before, _ in states], project))
            had = tuple(find(*state) for state in states) if find else ()
            return _Against(comparison, in_order(found), had)
    except GitFailed as error:
        raise click.UsageError(f"--base {base}: {reason_here(error.reason)}") from error


def _compared_with(comparison: Comparison, words: Messages) -> str:
    """Return lines that say what was compared with what."""
    commits = ", ".join(map(short, comparison.bases))
    text = words.gettext(
        mark("compared with {commits}, the last commit in common of {revision} ({commit}) and HEAD ({head})")
    )
    if len(comparison.bases) > 1:
        text = words.gettext(
            mark(
                "compared with each of {commits}, the last commits in common of {revision} ({commit}) and HEAD ({head})"
            )
        )
    if not comparison.head:
        text = words.gettext(mark("compared with {revision} ({commit}): there is no commit on this branch yet"))
    lines = [
        text.format(
            commits=commits, revision=comparison.revision, commit=short(comparison.commit), head=short(comparison.head)
        )
    ]
    if comparison.ahead:
        note = words.ngettext(
            "note: {count} commit of {revision} is not in HEAD, so what only it changed is not compared: "
            "this branch is behind, or its history was rewritten (a force push)",
            "note: {count} commits of {revision} are not in HEAD, so what only they changed is not compared: "
            "this branch is behind, or its history was rewritten (a force push)",
            comparison.ahead,
        )
        lines.append(note.format(count=comparison.ahead, revision=comparison.revision))
    return "\n".join(lines)
