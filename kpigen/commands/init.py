"""`kpigen init`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kpigen.base.disk import MAX_TEXT
from kpigen.base.files import open_folder, write_new
from kpigen.base.places import REVIEWS, ROSTER, RULES
from kpigen.commands.language import said_here, words_here
from kpigen.commands.place import has_settings
from kpigen.diagnostics.diagnostic import nearest
from kpigen.i18n.messages import mark
from kpigen.repository.checks.clones import KEPT
from kpigen.repository.git.repository import GitFailed, output_of

_TEXTCONV = ("diff.kpigen.textconv", "kpigen textconv")


@click.command()
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(file_okay=False))
@click.option(
    "--form",
    "forms",
    multiple=True,
    metavar="ID",
    help="A form to begin with; may be repeated (default: the nine of customer service). `kpigen form` lists all.",
)
@click.option(
    "--ci",
    "host",
    type=click.Choice(["github", "gitlab", "none"]),
    default="github",
    help="The host to write workflow files for.",
)
@click.option("--textconv", is_flag=True, help="Let `git diff` in this clone show what reviews say and score.")
def init(folder: str, forms: tuple[str, ...], host: str, textconv: bool) -> None:
    """Set up a repository of reviews, in a new folder or in an existing one.

    Writes settings, an empty roster, the forms, a README for HR, and the files for pull requests: workflows that check,
    comment, keep a preview and build the site; a button for each step of a review; examples of code owners and templates.
    Existing files are never overwritten; they are listed. A folder outside git becomes a git repository.
    """
    from kpigen.repository.scaffold import files_for, plan

    target = Path(folder).resolve()
    files = files_for(None if host == "none" else host, _chosen(target, forms))
    todo = plan(target, files, has_settings(target / "pyproject.toml"))
    for path, data in todo.new.items():
        write_new(target, path, data)
        click.echo(path)
    for path, reason, parent in todo.left:
        click.echo(
            said_here("left alone: {path}: {reason}", path=path, reason=said_here(reason, parent=parent)), err=True
        )
    words = words_here()
    written = words.number_of("{count} file written", "{count} files written", len(todo.new))
    counts = [written, said_here("{count} there already", count=len(todo.same)) if todo.same else ""]
    counts.append(said_here("{count} left alone", count=len(todo.left)))
    click.echo(f"{target}: {words.gettext(mark(', ')).join(filter(None, counts))}", err=True)
    if not todo.new and not todo.same:
        sys.exit(1)
    _set_up_git(target, host, textconv)
    if todo.new:
        _next_steps(target, host)


def _chosen(target: Path, forms: tuple[str, ...]) -> tuple[str, ...]:
    """Return the ids of the forms to write: those named, otherwise those there, or the nine if the folder has none."""
    from kpigen.repository.scaffold import form_ids, reference_ids

    known = form_ids()
    for form in forms:
        if form not in known:
            near = nearest(form, known)
            raise click.BadParameter(
                said_here("there is no form {form!r}. Did you mean {near!r}?", form=form, near=near)
                if near
                else said_here("there is no form {form!r}. There are {known}.", form=form, known=", ".join(known)),
                param_hint="--form",
            )
    there = {path.parent.name for path in (target / RULES).glob("*/*")}
    return forms or (tuple(form for form in known if form in there) if there else reference_ids())


def _set_up_git(target: Path, host: str, textconv: bool) -> None:
    """Make a git repository if there is none, warn if the host would not find the workflows, set the textconv driver."""
    top = _git(target, "rev-parse", "--show-toplevel")
    if top is None:
        if _git(target, "-c", "init.defaultBranch=main", "init", "--quiet") is None:
            click.echo(
                said_here("git could not make a repository here: kpigen works, but there is no record of changes"),
                err=True,
            )
            return
    elif Path(top).resolve() != target and host != "none":
        click.echo(
            said_here("note: workflow files only work at the top of a git repository, which is {top}", top=top),
            err=True,
        )
    with open_folder(target) as folder:
        attributes = (folder.read(".gitattributes", MAX_TEXT) or b"").decode("utf-8", "replace")
    if f"{REVIEWS}/** -text" not in attributes:
        click.echo(
            said_here("note: add this line to .gitattributes, so that evidence keeps its bytes: {line}", line=KEPT),
            err=True,
        )
    if textconv:
        _git(target, "config", *_TEXTCONV)
        if "diff=kpigen" not in attributes:
            line = "reviews/*/*.md diff=kpigen"
            click.echo(said_here("note: add this line to .gitattributes: {line}", line=line), err=True)


def _git(folder: Path, *arguments: str) -> str | None:
    """Return the output of a git command, or None if it fails or git is missing."""
    try:
        return output_of(folder, *arguments).decode("utf-8", "replace").strip()
    except GitFailed:
        return None


def _next_steps(target: Path, host: str) -> None:
    steps = [
        said_here(
            "Put your organisation's name and the logins of HR and auditors into kpigen.toml, and people into {roster}.",
            roster=ROSTER,
        ),
        "kpigen check; kpigen new --form FORM --employee ID --period 2026-07",
        said_here('git add --all; git commit -m "Performance reviews"; push it to a private repository.'),
    ]
    if host != "none":
        steps.append(
            said_here(
                "Switch on the settings listed in docs/pull-requests.md of kpigen: who must approve, who may push."
            )
        )
    lines = [f"  {number}. {text}" for number, text in enumerate(steps, 1)]
    click.echo("\n".join(["", said_here("Next, in {folder}:", folder=target), *lines]), err=True)
