"""Functions that commands share: find the repository, show diagnostics, ask questions."""

from __future__ import annotations

import datetime
import os
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kpigen.base.periods import parse_date
from kpigen.base.places import REVIEWS
from kpigen.base.resources import template_folders
from kpigen.base.sources import Obstacle, WorkTree
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.amount import of_run
from kpigen.diagnostics.diagnostic import Diagnostic, Span, in_order
from kpigen.diagnostics.terms import ROLES
from kpigen.diagnostics.values import phrase
from kpigen.diagnostics.wording import ORIGINAL
from kpigen.emit.text import as_text
from kpigen.files.config import Config
from kpigen.i18n.findings import words as in_words
from kpigen.i18n.languages import CODES
from kpigen.i18n.messages import Messages, mark, messages
from kpigen.model.reviews import Review, Status
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

_Command = TypeVar("_Command", bound=Callable[..., Any])


def find_root(given: str | None) -> Path:
    """Return the repository: the given folder, or the nearest one from here upwards. End the command if there is none."""
    if given is not None:
        root = Path(given)
        if not root.is_dir():
            raise click.UsageError(f"--root: there is no folder {given!r}.")
        return root.resolve()
    here = Path.cwd().resolve()
    found = root_above(here)
    if found is None:
        show([catalogue.NO_PROJECT.at(Span(".", line=0), path=str(here))])
        raise SystemExit(2)
    return found


def root_above(here: Path) -> Path | None:
    """Return the nearest folder from here upwards that looks like a repository of reviews."""
    here = here.resolve()
    for folder in (here, *here.parents):
        if (folder / "kpigen.toml").is_file() or (folder / REVIEWS).is_dir() or has_settings(folder / "pyproject.toml"):
            return folder
    return None


def has_settings(pyproject: Path) -> bool:
    """Return True if a `pyproject.toml` has settings of kpigen."""
    try:
        return "kpigen" in tomllib.loads(pyproject.read_text("utf-8")).get("tool", {})
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return False


def load_here(given: str | None) -> tuple[WorkTree, Project]:
    """Return the repository's files, and the project that they hold."""
    tree = work_tree(find_root(given))
    return tree, load(tree)


def load_whole(given: str | None) -> tuple[WorkTree, Project]:
    """Return the repository's files, and the project that they hold. End the command if some are not checked out.

    For commands that write: a manager's total may depend on any review of the team.
    """
    tree, project = load_here(given)
    left_out = [item for item in project.barriers if item.obstacle is Obstacle.LEFT_OUT]
    if left_out:
        show(barriers_told(left_out))
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


def language_here() -> str:
    """Return the language that KPIGEN_LANGUAGE asks for (`zh`, also written `zh_CN`); otherwise English."""
    asked = os.environ.get("KPIGEN_LANGUAGE", "").strip().lower().replace("-", "_").partition("_")[0]
    return asked if asked in CODES else ORIGINAL


def words_here() -> Messages:
    """Return the messages of commands, apart from diagnostics, in the language of the environment."""
    return messages(language_here())


def language_option(of: str) -> Callable[[_Command], _Command]:
    """Return the option `--language` of a command. `of` says for its help which part of the output it affects."""
    return click.option(
        "--language",
        type=click.Choice(CODES),
        default=language_here,
        help=f"The language of {of} (default: the environment variable KPIGEN_LANGUAGE, otherwise en).",
    )


def show(diagnostics: Iterable[Diagnostic]) -> None:
    """Write diagnostics to standard error, in the language of the environment."""
    click.echo(as_text(of_run(in_order(diagnostics)), paints(), language_here()), nl=False, err=True, color=True)


def pick(
    tree: WorkTree, project: Project, files: Iterable[str], status: Status | None = None
) -> tuple[list[Review], list[Diagnostic]]:
    """Return the reviews that paths on the command line name, once each, and a finding for each path that names none.

    A folder stands for the reviews in it; with `status`, only for those that have this status.
    """
    reviews: list[Review] = []
    found: list[Diagnostic] = []
    for file in dict.fromkeys(files):
        absolute = Path(file).absolute()
        try:
            folder = Path(os.path.realpath(absolute if absolute.is_dir() else absolute.parent)).relative_to(tree.root)
            path = (folder if absolute.is_dir() else folder / absolute.name).as_posix()
        except ValueError:
            path = ""
        review = project.review(path)
        if review is not None and review not in reviews:
            reviews.append(review)
        elif review is None and path in project.unread:
            found += [item for item in project.problems if item.span.path == path]
        elif review is None and absolute.is_dir():
            below = "" if path == "." else f"{path}/"
            inside = [item for item in project.reviews if item.path.startswith(below)]
            reviews += [item for item in inside if item not in reviews and status in (None, item.status)]
            unread = [path for path in project.unread if path.startswith(below)]
            found += [item for item in project.problems if item.span.path in unread]
            if not inside and not unread:
                found.append(catalogue.NOT_IN_REPOSITORY.at(Span(file), path=file, root=str(tree.root)))
        elif review is None:
            reason = (
                catalogue.UNREADABLE.at(Span(file), reason=phrase("no such file")) if not absolute.exists() else None
            )
            found.append(reason or catalogue.NOT_IN_REPOSITORY.at(Span(file), path=file, root=str(tree.root)))
    return reviews, found


def said(change: ReviewEdit) -> str:
    """Return a line for the terminal that says what happens to a review."""
    words = words_here()
    filled = {
        name: in_words(ROLES.get(text, text), words.language) if name == "role" else text
        for name, text in change.filled.items()
    }
    what = words.gettext(change.says).format(**filled)
    return words.gettext(mark("{path}: {what}")).format(path=change.path, what=what)


def ask(question: str, yes: bool) -> None:
    """Ask a yes/no question, unless `--yes` was given. End the command if the answer is no or there is no terminal."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise click.UsageError("There is no terminal to ask on: give --yes to go ahead.")
    if not click.confirm(question, default=False):
        click.echo(words_here().gettext(mark("Nothing was changed.")), err=True)
        raise SystemExit(1)


def today_here() -> datetime.date:
    """Return today's date in the time zone of the machine. Nothing below the commands asks what day it is."""
    return datetime.datetime.now(tz=datetime.UTC).astimezone().date()


def date_option(_: click.Context, __: click.Parameter, value: str | None) -> str:
    """Check a date on the command line; the default is today."""
    if value is None:
        return today_here().isoformat()
    if parse_date(value) is None:
        raise click.BadParameter(f"{value!r} is not a date; write it like 2026-02-05.")
    return value


def printer_of(config: Config, root: Path | None) -> PdfEngine | PdfUnavailable:
    """Return the printer of PDFs, with a repository's own stylesheets and font if it has any, or why there is none."""
    from kpigen.site.pdf import engine

    if root is None:
        return engine(config.pdf_font)
    return engine(font_of(config, root), of_paper(template_folders(root)))


def font_of(config: Config, root: Path) -> str:
    """Return the font for print that a repository asks for: a path if it names a file of its own, otherwise as it is set."""
    font = root / config.pdf_font
    return str(font) if config.pdf_font and font.is_file() else config.pdf_font
