"""`kpigen check`."""

from __future__ import annotations

import os
import sys
from contextlib import closing
from functools import partial
from pathlib import Path

import click

from kpigen.base.digests import short
from kpigen.base.sources import WorkTree
from kpigen.commands.common import (
    font_of,
    kept_in_clones,
    language_option,
    load_here,
    paints,
    suspect_here,
    today_here,
)
from kpigen.diagnostics.diagnostic import Diagnostic, has_errors, in_order
from kpigen.emit.counts import account
from kpigen.emit.github import as_github
from kpigen.emit.gitlab import as_gitlab
from kpigen.emit.json import as_json
from kpigen.emit.sarif import as_sarif
from kpigen.emit.summary import as_summary
from kpigen.emit.text import as_text
from kpigen.i18n.messages import Messages, mark, messages
from kpigen.repository.earlier import Earlier
from kpigen.repository.git.comparison import Comparison, compared
from kpigen.repository.git.folders import former_trees
from kpigen.repository.git.repository import GitFailed, GitRepository
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
@language_option("the findings")
@click.pass_obj
def check(root: str | None, format_: str, base: str | None, language: str) -> None:
    """Check the whole repository and show every problem at once.

    Checks reviews, rule files (with their worked examples), the roster and the settings. Each finding names file, line,
    column and the employee whose review it is, and says what to do. The exit code is 1 if there are errors, and 0 if there are
    only warnings.

    With --base, it also reports published reviews that were changed without an amendment, deleted, or moved to another
    person; edits to the scoring part of a released rule version; and a status that went backwards. It compares with the last
    commits that REV and HEAD have in common, so anything that others have merged since makes no difference. It says which
    commits these are. If they cannot be known, as in a shallow clone, the exit code is 2.
    """
    from kpigen.repository.checks.project import check as check_project
    from kpigen.site.pdf.coverage import undrawn

    tree, project = load_here(root)
    with suspect_here(tree, project) as suspect:
        _, found = check_project(project, today=today_here(), suspect=suspect)
    in_clones = kept_in_clones(tree, project.reviews)
    found = in_order([*found, *in_clones, *undrawn(project, tree.read, font_of(project.config, tree.root))])
    if base is not None:
        comparison, more = _against(tree, base, project)
        found = in_order([*found, *more])
        click.echo(_compared_with(comparison, messages(language)), err=True)
    found = with_persons(found, project)
    if format_ == "text":
        click.echo(as_text(found, paints(sys.stdout), language), nl=False, color=True)
    elif format_ == "json":
        click.echo(as_json(found, language), nl=False)
    else:
        write = {"github": as_github, "gitlab": as_gitlab, "sarif": as_sarif}[format_]
        click.echo(write(found, _folder_in_git(tree), language), nl=False)
    if format_ in ("text", "github", "gitlab"):
        errors = sum(item.is_error for item in found)
        reviews, rules = len(project.reviews) + len(project.unread), len(project.rules.forms)
        click.echo(account(reviews, rules, errors, len(found) - errors, language), err=True)
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if format_ == "github" and summary and found:
        with Path(summary).open("a", encoding="utf-8") as stream:
            stream.write(as_summary(found, language=language))
    sys.exit(1 if has_errors(found) else 0)


def _folder_in_git(tree: WorkTree) -> str:
    """Return the folder of the reviews inside the git repository, such as `hr/`; empty at the top, or without git."""
    try:
        with closing(GitRepository(tree.root)) as repository:
            return repository.prefix
    except GitFailed:
        return ""


def _against(tree: WorkTree, base: str, project: Project) -> tuple[Comparison, tuple[Diagnostic, ...]]:
    """Compare with a git revision. End the command if it cannot be read."""
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
            bases = [load(tree_) for tree_ in trees]
            found = dict.fromkeys(
                item
                for tree_, before in zip(trees, bases, strict=True)
                for item in check_against(before, project, partial(earlier.suspects, tree=tree_))
            )
            if comparison.ahead:
                beside = load(repository.tree(base).over(former_trees(repository, base)))
                found |= dict.fromkeys(check_beside(beside, bases, project))
            return comparison, in_order(found)
    except GitFailed as error:
        raise click.UsageError(f"--base {base}: {error.reason}") from error


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
