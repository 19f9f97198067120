"""`kpigen simulate`."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import click

from kpigen.base.periods import Period, parse_period
from kpigen.base.places import RULES
from kpigen.base.sources import WorkTree
from kpigen.commands.common import load_here, paints, show
from kpigen.commands.language import language_option, reason_here, said_here
from kpigen.diagnostics.diagnostic import Diagnostic, has_errors
from kpigen.files.rules.book import Rulebook
from kpigen.i18n.messages import mark
from kpigen.model.reviews import Status
from kpigen.repository.git.repository import GitFailed, GitRepository
from kpigen.repository.project import Project, barriers_told, load_rules
from kpigen.repository.simulate import json as simulate_json
from kpigen.repository.simulate import text as simulate_text
from kpigen.repository.simulate.run import simulate as try_rules

_Rules = tuple[Rulebook, list[Diagnostic]]


@click.command()
@click.option(
    "--rules", "source", required=True, metavar="DIR|REV", help="A folder of rule files, or a revision of git."
)
@click.option("--period", "periods", multiple=True, help="Only reviews of this period; may be repeated.")
@click.option("--drafts", is_flag=True, help="Also complete drafts, not only submitted and published reviews.")
@click.option(
    "--top",
    type=click.IntRange(1),
    default=simulate_text.TOP,
    show_default=True,
    help="How many of the people who move most to list.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "markdown", "html", "json"]),
    default="text",
    help="The format of the result.",
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
    """Show what changed rules would do to existing reviews, before they are released.

    Scores each submitted or published review twice: by its own rules and by the new ones. The new version is the one that
    would be in force in the review's period; otherwise the newest one that is new or changed, as if it were already in force.
    Nothing is written.

    The exit code is 1 if the new rule files have errors (their forms are not tried), or if reviews cannot be read because of
    a link, another repository or a sparse checkout.
    """
    tree, project = load_here(root)
    wanted = _periods(project, periods)
    rules, found = _rules(source, tree.root, project.config.languages)
    barred = list(barriers_told(project.barriers))
    show([*barred, *found])
    simulation = try_rules(project, tree, rules, found, drafts, wanted)
    if format_ == "text":
        click.echo(simulate_text.as_text(simulation, top, paints(sys.stdout), language), nl=False, color=True)
    elif format_ == "json":
        click.echo(simulate_json.as_json(simulation), nl=False)
    elif format_ == "markdown":
        click.echo(simulate_text.as_markdown(simulation, top, language=language), nl=False)
    else:
        click.echo(simulate_text.as_html(simulation, top, language), nl=False)
    sys.exit(1 if has_errors([*barred, *found]) else 0)


def _periods(project: Project, texts: Iterable[str]) -> list[Period]:
    """Read the periods. End the command if there is no review of one of them."""
    used = {review.period for review in project.reviews if review.status is not Status.WITHDRAWN}
    known = ", ".join(str(period) for period in sorted(used, key=lambda period: period.sort_key)) or said_here("none")
    periods = []
    for text in texts:
        period = parse_period(text)
        if period is None:
            raise click.UsageError(
                said_here(
                    "--period: {text!r} is not a period; write it like 2026-03, 2026-Q1, 2026-H1 or 2026.", text=text
                )
            )
        if period not in used:
            raise click.UsageError(
                said_here(
                    "--period: there is no review of {text}; the periods with reviews are: {known}.",
                    text=text,
                    known=known,
                )
            )
        periods.append(period)
    return periods


def _rules(source: str, root: Path, languages: tuple[str, ...]) -> _Rules:
    """Read the rules of a folder, or else of a revision. Findings name the files as the user did."""
    folder = Path(source)
    if folder.is_dir():
        tree = WorkTree(folder.resolve())
        rules, found = load_rules(tree, tree.paths("."), languages)
        return _read(rules, [*found, *barriers_told(tree.barriers(["."]))], source, f"{source.rstrip('/')}/", "folder")
    if folder.exists():
        raise click.UsageError(said_here("--rules: {source} is a file; give the folder that holds it.", source=source))
    try:
        with closing(GitRepository(root)) as repository:
            revision = repository.tree(source)
            rules, found = load_rules(revision, revision.paths(RULES), languages)
            found += barriers_told(revision.barriers([RULES]))
    except GitFailed as error:
        raise click.UsageError(
            said_here(
                "--rules: {source!r} is not a folder, and not a revision of git either: {reason}.",
                source=source,
                reason=reason_here(error.reason),
            )
        ) from error
    return _read(rules, found, source, f"{source}:", "revision")


def _read(rules: Rulebook, found: list[Diagnostic], source: str, before: str, what: str) -> _Rules:
    """Put paths as the user knows them into the findings. End the command if there are no rule files at all."""
    if not rules.forms and not rules.broken and not has_errors(found):
        text = mark("--rules: there are no rule files in the folder {source!r}.")
        if what == "revision":
            text = mark("--rules: there are no rule files in the revision {source!r}.")
        raise click.UsageError(said_here(text, source=source))
    return rules, [
        replace(
            item,
            span=replace(item.span, path=before + item.span.path),
            args=tuple(
                (key, before + value if key == "other" and isinstance(value, str) else value)
                for key, value in item.args
            ),
        )
        for item in found
    ]
