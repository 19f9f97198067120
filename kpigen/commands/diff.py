"""`kpigen diff`."""

from __future__ import annotations

import sys
from contextlib import closing

import click

from kpigen.base.sources import Tree
from kpigen.commands.common import find_root, language_option, paints, show
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Span
from kpigen.repository.diff import text as diff_text
from kpigen.repository.diff.compare import compare, state_of
from kpigen.repository.git.folders import former_trees
from kpigen.repository.git.repository import GitFailed, GitRepository, work_tree
from kpigen.repository.project import barriers_told


@click.command()
@click.argument("revisions", metavar="A..B")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "markdown", "json", "html"]),
    default="text",
    help="The format of the changes.",
)
@language_option("text, Markdown and HTML")
@click.pass_obj
def diff(root: str | None, revisions: str, format_: str, language: str) -> None:
    """Show what changed in meaning between two revisions, or (with only A) between a revision and the work tree.

    Reviews are matched by employee, period and form; rules are matched by version. For each review, shows the fields that
    changed (comments word by word), score and grade before and after, and how much of the difference comes from the data and
    how much from the rules.

    The exit code is 1 if the newer side has a link or another repository, which is not followed.
    """
    folder = find_root(root)
    first, dots, second = revisions.partition("..")
    if not first or second.startswith(".") or (dots and not second):
        raise click.UsageError("Give two revisions as A..B, or one revision to compare with the work tree.")
    try:
        with closing(GitRepository(folder)) as repository:
            old = state_of(_tree(repository, first))
            new = state_of(_tree(repository, second) if second else work_tree(folder))
            changes = compare(old, new)
    except GitFailed as error:
        raise click.UsageError(f"{error.about}: {error.reason}") from error
    if format_ == "text":
        click.echo(diff_text.as_text(changes, paints(sys.stdout), language), nl=False, color=True)
    elif format_ == "json":
        click.echo(diff_text.as_json(changes), nl=False)
    elif format_ == "markdown":
        click.echo(diff_text.as_markdown(changes, language=language), nl=False)
    else:
        click.echo(diff_text.as_html(changes, language), nl=False)
    barred = list(barriers_told(new.project.barriers))
    show([*(catalogue.BASE_NOT_FOLLOWED.at(Span(item.path)) for item in old.project.barriers), *barred])
    sys.exit(1 if barred else 0)


def _tree(repository: GitRepository, revision: str) -> Tree:
    """Return the files of a revision, also those in other folders if the reviews have moved here since."""
    return repository.tree(revision).over(former_trees(repository, revision))
