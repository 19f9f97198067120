"""`kpigen log`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from kpigen.base.garbage import not_collected
from kpigen.commands.common import find_root, paints, show
from kpigen.commands.history import History, history_of, signatures_of
from kpigen.commands.language import language_option, reason_here, said_here
from kpigen.diagnostics.diagnostic import Diagnostic
from kpigen.i18n.messages import Messages, mark, messages
from kpigen.repository.git.repository import GitFailed
from kpigen.repository.history import text as history_text
from kpigen.repository.project import barriers_told


@click.command()
@click.argument("what", nargs=-1, metavar="[FILE|FOLDER|ID|NAME|FORM]…")
@click.option(
    "--format", "format_", type=click.Choice(["text", "json"]), default="text", help="The format of the history."
)
@click.option("-n", "--max-count", type=click.IntRange(min=1), metavar="N", help="Show only the newest N commits.")
@click.option("--rev", default="HEAD", metavar="REV", help="The last revision (default: HEAD).")
@language_option("the text")
@click.pass_obj
def log(root: str | None, what: tuple[str, ...], format_: str, max_count: int | None, rev: str, language: str) -> None:
    """Show the history from git as changes in meaning: who changed which number when, and how that changed the score.

    Shows everything, or only the changes of an employee (an id or a name), a file (the review in it, under all names that it
    had), a folder (all files that it ever had) or a form (its rules and their effects). The newest commit comes first. For
    commits that change what is published, it says whether their signature verifies. For merges, it shows only what they
    decide themselves.

    The exit code is 1 if the history ends with a link or another repository, which is not followed.
    """
    folder = find_root(root)
    try:
        history = history_of(folder, rev)
    except GitFailed as error:
        raise click.UsageError(f"{error.about}: {reason_here(error.reason)}") from error
    if isinstance(history, Diagnostic):
        show([history])
        sys.exit(1)
    _say_what_it_lacks(history, messages(language))
    barred = list(barriers_told(history.barriers))
    show(barred)
    selection = history_text.Selection(history.entries)
    entries = selection.of(_words(selection, folder, what))[:max_count]
    try:
        signatures = signatures_of(folder, entries)
    except GitFailed as error:
        raise click.UsageError(f"{error.about}: {reason_here(error.reason)}") from error
    with not_collected():
        if format_ == "json":
            click.echo(history_text.as_json(entries, signatures), nl=False)
        else:
            text = history_text.as_text(entries, signatures, paints(sys.stdout), language)
            click.echo(text, nl=False, color=True)
    sys.exit(1 if barred else 0)


def _say_what_it_lacks(history: History, words: Messages) -> None:
    if history.is_detached:
        text = mark("note: HEAD is detached; this history ends at {id}, later commits on branches are not in it")
        click.echo(words.gettext(text).format(id=history.end.short), err=True)
    if history.uncommitted:
        note = words.number_of(
            "note: {count} file has uncommitted changes, which are not in this history",
            "note: {count} files have uncommitted changes, which are not in this history",
            history.uncommitted,
        )
        click.echo(note, err=True)
    if history.folders:
        text = mark(
            "note: the reviews were elsewhere in the repository before ({folders}); the history from there is included"
        )
        click.echo(
            words.gettext(text).format(folders=", ".join(folder or "./" for folder in history.folders)), err=True
        )


def _words(selection: history_text.Selection, folder: Path, what: tuple[str, ...]) -> list[str]:
    """Return the names that history uses for the arguments. End the command if it does not know one."""
    words = []
    for word in what:
        ids = sorted(selection.names.get(word, ()))
        known = next((name for name in (word, _path(folder, word), *ids[:1]) if selection.knows(name)), None)
        if known is None:
            near = selection.near(word)
            text = said_here("The history has no employee, file, folder or form {word!r}", word=word)
            raise click.UsageError(text + (said_here("; did you mean {near!r}?", near=near) if near else ""))
        if known in ids and len(ids) > 1:
            raise click.UsageError(
                said_here("Several people have the name {word!r}: {ids}; give the id.", word=word, ids=", ".join(ids))
            )
        words.append(known)
    return words


def _path(folder: Path, word: str) -> str:
    """Return a path of the command line relative to the repository, whether or not the file still exists."""
    place = Path(os.path.realpath(Path(word).absolute().parent), Path(word).name)
    try:
        return Path(os.path.relpath(place, folder)).as_posix()
    except ValueError:  # on another drive of Windows
        return word
