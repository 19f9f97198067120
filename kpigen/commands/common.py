"""Functions that commands share: find the repository, show diagnostics, ask questions."""

from __future__ import annotations

import datetime
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kpigen.base import disk
from kpigen.base.periods import parse_date
from kpigen.base.resources import template_folders
from kpigen.base.sources import Obstacle, WorkTree
from kpigen.commands.language import language_here, said_here, words_here
from kpigen.commands.place import is_repository, root_above
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.amount import of_run
from kpigen.diagnostics.diagnostic import Diagnostic, Span, in_order
from kpigen.diagnostics.terms import ROLES
from kpigen.emit.text import as_text
from kpigen.files.config import Config
from kpigen.i18n.findings import words as in_words
from kpigen.i18n.messages import mark
from kpigen.model.reviews import Review
from kpigen.repository.checks.clones import evidence_in_clones
from kpigen.repository.checks.seals import Suspect
from kpigen.repository.earlier import Earlier
from kpigen.repository.git.repository import GitFailed, GitRepository, work_tree
from kpigen.repository.project import Project, barriers_told, load
from kpigen.site.render.look import of_paper

if TYPE_CHECKING:
    from kpigen.repository.lifecycle.transitions import ReviewEdit
    from kpigen.site.pdf import PdfUnavailable
    from kpigen.site.pdf.weasy import PdfEngine

#: What may hold reviews that are not seen.
_UNKNOWN = (Obstacle.LEFT_OUT, Obstacle.NOT_LISTED, Obstacle.NO_INDEX)


def find_root(given: str | None) -> Path:
    """Return the repository: the given folder, or the nearest one from here upwards. End the command if there is none."""
    if given is not None:
        root = Path(given)
        if not root.is_dir():
            raise click.UsageError(said_here("--root: there is no folder {folder!r}.", folder=given))
        root = root.resolve()
        if not is_repository(root):
            show([catalogue.NO_REPOSITORY.at(Span(given, line=0), path=str(root))])
            raise SystemExit(2)
        return root
    here = Path.cwd().resolve()
    found = root_above(here)
    if found is None:
        show([catalogue.NO_PROJECT.at(Span(".", line=0), path=str(here))])
        raise SystemExit(2)
    return found


def load_here(given: str | None) -> tuple[WorkTree, Project]:
    """Return the repository's files, and the project that they hold."""
    tree = work_tree(find_root(given))
    return tree, load(tree)


def load_whole(given: str | None) -> tuple[WorkTree, Project]:
    """Return the repository's files, and the project that they hold. End the command if some of them cannot be known.

    For commands that write: a manager's total may depend on any review of the team.
    """
    tree, project = load_here(given)
    unknown = [item for item in project.barriers if item.obstacle in _UNKNOWN]
    if unknown:
        show(barriers_told(unknown))
        raise SystemExit(1)
    return tree, project


@contextmanager
def suspect_here(tree: WorkTree, project: Project) -> Iterator[Suspect]:
    """Give what says which files and rules may have been sealed in a review whose seal does not fit, by git if there is any."""
    try:
        repository = GitRepository(tree.root)
    except GitFailed:
        yield partial(Earlier(None, project.config.languages).suspects, tree=tree)
        return
    with closing(repository):
        yield partial(Earlier(repository, project.config.languages).suspects, tree=tree)


def kept_in_clones(tree: WorkTree, reviews: Iterable[Review]) -> tuple[Diagnostic, ...]:
    """Return findings about evidence that a clone would get otherwise. Without git there are no clones."""
    try:
        with closing(GitRepository(tree.root)) as repository:
            return tuple(evidence_in_clones(repository, reviews))
    except GitFailed:
        return ()


def paints(stream: object = None) -> bool:
    """Return True if colours are to be used: on a terminal, unless NO_COLOR is set."""
    stream = sys.stderr if stream is None else stream
    return (
        not os.environ.get("NO_COLOR")
        and os.environ.get("TERM") != "dumb"
        and bool(getattr(stream, "isatty", lambda: False)())
    )


def show(diagnostics: Iterable[Diagnostic]) -> None:
    """Write diagnostics to standard error, in the language of the environment."""
    click.echo(as_text(of_run(in_order(diagnostics)), paints(), language_here()), nl=False, err=True, color=True)


def said(change: ReviewEdit) -> str:
    """Return a line for the terminal that says what happens to a review."""
    words = words_here()
    filled = {
        name: in_words(ROLES.get(text, text), words.language) if name == "role" else text
        for name, text in change.filled.items()
    }
    what = words.gettext(change.says).format(**filled)
    return words.gettext(mark("{path}: {what}")).format(path=change.path, what=what)


def can_ask() -> bool:
    """Return whether somebody can answer: commands ask on a terminal only."""
    return sys.stdin.isatty()


def ask(question: str, yes: bool, plans: Iterable[str] = ()) -> None:
    """Ask a yes/no question, unless `--yes` was given. End the command if the answer is no or there is no terminal.

    `plans` are lines that say what would be done; they are shown before the question.
    """
    if yes:
        return
    if not can_ask():
        raise click.UsageError(said_here("There is no terminal to ask on: give --yes to go ahead."))
    lines = list(plans)
    if lines:
        click.echo(said_here("What would be done; nothing is written yet:"), err=True)
        click.echo("".join(f"  {line}\n" for line in lines), nl=False, err=True)
    if not click.confirm(question, default=False):
        click.echo(said_here("Nothing was changed."), err=True)
        raise SystemExit(1)


def today_here() -> datetime.date:
    """Return today's date in the time zone of the machine. Nothing below the commands asks what day it is."""
    return datetime.datetime.now(tz=datetime.UTC).astimezone().date()


def date_option(_: click.Context, __: click.Parameter, value: str | None) -> str:
    """Check a date on the command line; the default is today."""
    if value is None:
        return today_here().isoformat()
    if parse_date(value) is None:
        raise click.BadParameter(said_here("{text!r} is not a date; write it like 2026-02-05.", text=value))
    return value


def printer_of(config: Config, root: Path | None) -> PdfEngine | PdfUnavailable:
    """Return the printer of PDFs, with a repository's own stylesheets and font if it has any, or why there is none.

    Raises BrokenTemplate if a stylesheet cannot be read.
    """
    from kpigen.site.pdf import engine

    if root is None:
        return engine(config.pdf_font)
    try:
        style = of_paper(template_folders(root))
    except OSError as error:
        from kpigen.site.render.render import unread

        raise unread("print/print.css", error) from error
    return engine(font_of(config, root), style)


def font_of(config: Config, root: Path) -> str:
    """Return the font for print that a repository asks for: a path if it names a file of its own, otherwise as it is set."""
    font = root / config.pdf_font
    try:
        disk.status(root, config.pdf_font)
    except disk.Barred:
        return ""  # `check` reports it
    except OSError:
        pass  # a family, or a file elsewhere
    with suppress(OSError):
        return str(font) if config.pdf_font and font.is_file() else config.pdf_font
    return config.pdf_font
