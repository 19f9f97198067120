"""`kpigen score`."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

import click

from kpigen.base.periods import Period
from kpigen.base.sources import WorkTree
from kpigen.commands.common import find_root, paints, show
from kpigen.commands.place import root_above
from kpigen.commands.selection import METAVAR, period_option, select
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, Span, has_errors
from kpigen.files.config import Config, load_config
from kpigen.files.roster import Roster
from kpigen.i18n.languages import CODES
from kpigen.repository.git.repository import work_tree
from kpigen.repository.project import Project, barriers_told, load, load_review, load_rules
from kpigen.repository.records import Record, make_records


@click.command()
@click.argument("files", nargs=-1, required=True, metavar=METAVAR)
@period_option
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    help="A card with its working, or one JSON object per line.",
)
@click.option(
    "--rules",
    "rules_dir",
    type=click.Path(exists=True, file_okay=False),
    help="A folder of rule files, for reviews outside a repository.",
)
@click.option(
    "--language", type=click.Choice(CODES), help="The language of the card (default: the first in the settings)."
)
@click.pass_obj
def score(
    root: str | None,
    files: tuple[str, ...],
    period: Period | None,
    format_: str,
    rules_dir: str | None,
    language: str | None,
) -> None:
    """Score reviews and show how each number is calculated.

    A folder stands for all reviews in it, an id or a name for the review of that person's latest period. A file may also be
    outside the repository.

    Drafts may be incomplete: the metrics that are filled in are scored, and total and grade stay open. If a file cannot be
    scored, its findings go to standard error and the exit code is 1; the other files are still scored.

    \b
    JSON keys: schema, file, employee, period, form, rules, total, grade,
    indicators [{id, raw, out_of, weight, points, not_applicable, steps}], bonus [{id, points}],
    results [{id, value, steps}]; by some forms also sections [{id, points, steps}] and steps.
    """
    tree, project = _load(root, files, rules_dir)
    failed = False
    for file, record, found in _each(tree, project, files, period):
        show(found)
        if record is None or has_errors(found):
            failed = True
            continue
        if format_ == "json":
            from kpigen.repository.export import card_as_json

            click.echo(json.dumps(card_as_json(record, file), ensure_ascii=False))
        else:
            from kpigen.repository.card_text import card_as_text

            click.echo(card_as_text(record, language or project.config.languages[0], paints(sys.stdout)), color=True)
    sys.exit(1 if failed else 0)


def _each(
    tree: WorkTree | None, project: Project, files: tuple[str, ...], period: Period | None
) -> Iterator[tuple[str, Record | None, list[Diagnostic]]]:
    """Yield each review that is named, as it is shown, with its record, if any, and the findings."""
    seen: set[Path] = set()
    for file in files:
        if tree is None or os.path.isfile(file):  # noqa: PTH113  # a name that is too long is none
            if (place := Path(file).resolve()) in seen:
                continue
            seen.add(place)
            record, found = _score_one(project, file, file)
            if record is not None and period not in (None, record.review.period):
                record, found = None, [catalogue.NO_REVIEW_MEANT.at(Span(file), word=file, where=str(period))]
            yield file, record, found
            continue
        selected = select(tree, project, [file], period=period, latest=True)
        if selected.found:
            yield file, None, list(selected.found)
        for review in selected.reviews:
            if (place := tree.root / review.path) not in seen:
                seen.add(place)
                yield review.path, *_score_one(project, str(place), review.path)


def _load(root: str | None, files: tuple[str, ...], rules_dir: str | None) -> tuple[WorkTree | None, Project]:
    """Load the repository that holds the files, or only the rules that `--rules` names; then there is no tree of reviews."""
    if rules_dir is None:
        first = Path(files[0]).absolute()
        inside = None if root else root_above(first if os.path.isdir(first) else first.parent)  # noqa: PTH112
        tree = work_tree(inside or find_root(root))
        return tree, load(tree)
    folder = Path(rules_dir).resolve()
    config, found = load_config(WorkTree(folder.parent))
    below = WorkTree(folder)
    rules, problems = load_rules(below, below.paths("."), config.languages)
    told = [
        replace(item, span=replace(item.span, path=f"{folder.name}/{item.span.path}"))
        for item in (*problems, *barriers_told(below.barriers(["."])))
    ]
    return None, Project(Config(config.organisation, config.languages), Roster(), rules, (), (*found, *told))


def _score_one(project: Project, file: str, shown: str) -> tuple[Record | None, list[Diagnostic]]:
    """Score one file, inside or outside the repository. Return its record, if any, and the findings at what is shown of it."""
    path = Path(file).absolute()
    review, found = load_review(WorkTree(path.parent), path.name, project.rules)
    found = [replace(item, span=replace(item.span, path=shown)) for item in found]
    rules = [item for item in project.problems if item.is_error and item.span.path.endswith((".yaml", ".yml"))]
    if review is None:
        return None, [*rules, *found]
    found += [item for item in rules if PurePosixPath(item.span.path).parent.name == review.form]
    records, problems = make_records(project, [replace(review, path=shown)])
    found += [replace(item, span=replace(item.span, path=shown)) for item in problems]
    return (records[0] if records else None), found
