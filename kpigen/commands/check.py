"""`kpigen check`."""

from __future__ import annotations

import os
import sys
from contextlib import closing
from functools import partial
from pathlib import Path

import click

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
from kpigen.repository.earlier import Earlier
from kpigen.repository.git.repository import GitFailed, GitRepository
from kpigen.repository.project import Project, load


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

    Checks reviews, rule files (with their worked examples), the roster and the settings. Each finding names file, line and
    column, and says what to do. The exit code is 1 if there are errors, and 0 if there are only warnings.

    With --base, it also reports published reviews that were changed without an amendment, deleted, or moved to another
    person; edits to the scoring part of a released rule version; and a status that went backwards. It compares with the last
    commit that REV and HEAD have in common, so anything that others have merged since makes no difference.
    """
    from kpigen.repository.checks.project import check as check_project
    from kpigen.site.pdf.coverage import undrawn

    tree, project = load_here(root)
    with suspect_here(tree, project) as suspect:
        _, found = check_project(project, today=today_here(), suspect=suspect)
    in_clones = kept_in_clones(tree, project.reviews)
    found = in_order([*found, *in_clones, *undrawn(project, tree.read, font_of(project.config, tree.root))])
    if base is not None:
        found = in_order([*found, *_against(tree, base, project)])
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


def _against(tree: WorkTree, base: str, project: Project) -> tuple[Diagnostic, ...]:
    """Compare with a git revision. End the command if it cannot be read."""
    from kpigen.repository.checks.against_base import check_against

    try:
        with closing(GitRepository(tree.root)) as repository:
            before = repository.tree_before_move(repository.fork_point(base))
            earlier = Earlier(repository, project.config.languages)
            return check_against(load(before), project, partial(earlier.suspects, tree=before))
    except GitFailed as error:
        raise click.UsageError(f"--base {base}: {error.strerror or 'there is no such revision'}") from error
