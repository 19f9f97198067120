"""`kpigen simulate`."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from pathlib import Path, PurePosixPath

import click

from kpigen.base.periods import Period, parse_period
from kpigen.base.places import RULES
from kpigen.base.sources import WorkTree
from kpigen.commands.common import language_option, load_here, paints, show
from kpigen.diagnostics.diagnostic import Diagnostic, has_errors
from kpigen.files.rules.book import Rulebook
from kpigen.model.reviews import Status
from kpigen.repository.git.repository import GitFailed, GitRepository
from kpigen.repository.project import Project, load_rules
from kpigen.repository.simulate import json as simulate_json
from kpigen.repository.simulate import text as simulate_text
from kpigen.repository.simulate.run import simulate as try_rules

_Rules = tuple[Rulebook, list[Diagnostic]]


@click.command()
@click.option(
    "--rules", "source", required=True, metavar="DIR|REV", help="A folder of rule files, or a revision of git."
)
@click.option("--period", "periods", multiple=True, help="Only reviews of this period (may be given several times).")
@click.option("--drafts", is_flag=True, help="Complete drafts too, not only what is submitted or published.")
@click.option(
    "--top",
    type=click.IntRange(1),
    default=simulate_text.TOP,
    show_default=True,
    help="How many of those who move most.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "markdown", "html", "json"]),
    default="text",
    help="How to print the result.",
)
@language_option("text, Markdown and HTML")
@click.pass_obj
def simulate(
    root: str | None,
    source: str,
    periods: tuple[str, ...],
    drafts: bool,
    top: int,
    format_: str,
    language: str,
) -> None:
    """Show what changed rules would do to the reviews that there are, before they are released.

    Each submitted or published review is scored as it is and by the other rules: by the version that would be in force in
    its period, else, as if it were already in force, by the newest version that is new or changed. Nothing is written.

    Exit code 1 where the new rule files have errors: their forms are not tried.
    """
    tree, project = load_here(root)
    wanted = _periods(project, periods)
    rules, found = _rules(source, tree.root, project.config.languages)
    show(found)
    broken = {PurePosixPath(item.span.path).parent.name for item in found if item.is_error}
    simulation = try_rules(project, tree, rules, broken, drafts, wanted)
    if format_ == "text":
        click.echo(simulate_text.as_text(simulation, top, paints(sys.stdout), language), nl=False, color=True)
    elif format_ == "json":
        click.echo(simulate_json.as_json(simulation), nl=False)
    elif format_ == "markdown":
        click.echo(simulate_text.as_markdown(simulation, top, language=language), nl=False)
    else:
        click.echo(simulate_text.as_html(simulation, top, language), nl=False)
    sys.exit(1 if has_errors(found) else 0)


def _periods(project: Project, texts: Iterable[str]) -> list[Period]:
    """Read the periods; ends the command at one that no review has."""
    used = {review.period for review in project.reviews if review.status is not Status.WITHDRAWN}
    known = ", ".join(str(period) for period in sorted(used, key=lambda period: period.sort_key)) or "none"
    periods = []
    for text in texts:
        period = parse_period(text)
        if period is None:
            raise click.UsageError(
                f"--period: {text!r} is not a period; write it as 2026-03, 2026-Q1, 2026-H1 or 2026."
            )
        if period not in used:
            raise click.UsageError(f"--period: there is no review of {text}; the periods with reviews are: {known}.")
        periods.append(period)
    return periods


def _rules(source: str, root: Path, languages: tuple[str, ...]) -> _Rules:
    """Read the rules of a folder, else of a revision; findings name the files as they were asked for."""
    folder = Path(source)
    if folder.is_dir():
        tree, name = WorkTree(folder.resolve().parent), folder.resolve().name
        rules, found = load_rules(tree, tree.paths(name), languages)
        return _read((rules, found), source, f"{name}/", f"{source.rstrip('/')}/", "folder")
    if folder.exists():
        raise click.UsageError(f"--rules: {source} is a file; give the folder that it lies in.")
    try:
        with closing(GitRepository(root)) as repository:
            revision = repository.tree(source)
            rules, found = load_rules(revision, revision.paths(RULES), languages)
    except GitFailed as error:
        raise click.UsageError(
            f"--rules: {source!r} is no folder, and as a revision of git: {error.strerror}."
        ) from error
    return _read((rules, found), source, "", f"{source}:", "revision")


def _read(read: _Rules, source: str, old: str, new: str, what: str) -> _Rules:
    """Put paths as the user knows them into the findings; ends the command where there are no rule files at all."""
    rules, found = read
    if not rules.forms and not rules.broken:
        raise click.UsageError(f"--rules: there are no rule files in the {what} {source!r}.")
    return rules, [
        replace(
            item,
            span=replace(item.span, path=new + item.span.path.removeprefix(old)),
            args=tuple((key, new + text.removeprefix(old) if key == "other" else text) for key, text in item.args),
        )
        for item in found
    ]
