"""What `kpigen form --copy` does: a form of one's own, out of one that is there or comes with kpigen."""

from __future__ import annotations

import os
import sys
from pathlib import PurePosixPath

import click

from kpigen.base.disk import MAX_TEXT
from kpigen.base.files import write_new
from kpigen.base.names import folded, trouble_of
from kpigen.base.places import RULES, rule_path
from kpigen.base.sources import WorkTree
from kpigen.commands.common import show
from kpigen.commands.language import said_here, words_here
from kpigen.diagnostics.diagnostic import nearest
from kpigen.document.reader import ID
from kpigen.model.forms import FormKey
from kpigen.repository.project import Project, barriers_told


def copy_form(tree: WorkTree, project: Project, of: FormKey, new_id: str, version: str | None) -> None:
    """Write a form of one's own, and say what comes next. End the command if it cannot be written."""
    from kpigen.document.edit import CannotEdit
    from kpigen.i18n.findings import words as in_words
    from kpigen.repository.own_form import own_form

    source, data = _source(tree, project, of)
    first = PurePosixPath(source).stem.partition(".")[0] if version is None else version
    path = _free_path(tree, project, new_id, first)
    try:
        made, found = own_form(source, data, new_id, first, project.config.languages)
    except CannotEdit as problem:
        why = in_words(problem.why, words_here().language)
        raise click.ClickException(
            said_here("{path} cannot be copied: {reason}.", path=source, reason=why)
        ) from problem
    if made is None:
        show(found)
        click.echo(said_here("{path} would not be clean; nothing was written.", path=path), err=True)
        sys.exit(1)
    try:
        write_new(tree.root, path, made.data)
    except FileExistsError as error:
        raise click.UsageError(said_here("{path} already exists; nothing was written.", path=path)) from error
    click.echo(path)
    _say_what_is_next(made.new_totals, path, new_id)


def _source(tree: WorkTree, project: Project, of: FormKey) -> tuple[str, bytes]:
    """Return the path and bytes of the rule file that is meant: of the repository, otherwise of kpigen."""
    from kpigen.repository.scaffold import form_ids, shipped_form

    versions = project.rules.versions(of.form)
    form = project.rules.version(*of) if of.version else next(reversed(versions), None)
    if form is not None:
        return form.path, tree.read(form.path, MAX_TEXT)
    if of.form in project.rules.broken:
        show(item for item in project.problems if item.span.path.startswith(f"{RULES}/{of.form}/"))
        sys.exit(1)
    shipped = None if versions else shipped_form(*of)
    if shipped is not None:
        return shipped
    known = (*project.rules.ids, *form_ids())
    wanted = str(of) if of.version else of.form
    near = nearest(of.form, known)
    if near is None or near == of.form:
        there = ", ".join(item.version for item in versions) if versions else ", ".join(sorted(set(known)))
        raise click.UsageError(said_here("there is no form {form!r}. There are {known}.", form=wanted, known=there))
    raise click.UsageError(said_here("there is no form {form!r}. Did you mean {near!r}?", form=wanted, near=near))


def _free_path(tree: WorkTree, project: Project, id_: str, version: str) -> str:
    """Return the path of a new form. End the command if its id or version cannot be used, or the id is taken."""
    from kpigen.files.rules.form import version_of
    from kpigen.repository.scaffold import form_ids

    path = rule_path(id_, version)
    if version_of(path) is None:
        reason = said_here("{version!r} is no first period of a form; write it like 2026-01.", version=version)
        raise click.BadParameter(reason, param_hint="--version")
    if not ID.fullmatch(id_) or trouble_of(path) is not None:
        reason = said_here(
            "{id!r} cannot be the id of a form: it has 1 to 64 ASCII letters, digits, `-` or `_`, begins with a letter or "
            "digit, and is no name that Windows keeps for itself.",
            id=id_,
        )
        raise click.BadParameter(reason, param_hint="--copy")
    there = {PurePosixPath(name).parts[1] for name in tree.paths(RULES) if len(PurePosixPath(name).parts) > 2}
    taken = next((name for name in (*sorted(there), *form_ids()) if folded(name) == folded(id_)), None)
    if taken is not None:
        raise click.BadParameter(said_here("there is a form {form!r} already.", form=taken), param_hint="--copy")
    folder = f"{RULES}/{id_}"
    if project.is_hidden(path):
        show(barriers_told(item for item in project.barriers if item.hides(path)))
        sys.exit(1)
    if os.path.lexists(tree.root / folder):
        raise click.UsageError(said_here("{path} already exists; nothing was written.", path=folder))
    return path


def _say_what_is_next(new_totals: int, path: str, id_: str) -> None:
    if new_totals:
        words = words_here()
        click.echo(
            words.number_of(
                "{count} worked example has another result with `rounding: total`; it is written there.",
                "{count} worked examples have another result with `rounding: total`; it is written there.",
                new_totals,
            ),
            err=True,
        )
    steps = [
        said_here(
            "Give the form its own title, rows and numbers in {path}; docs/rules.md of kpigen says how.", path=path
        ),
        said_here("kpigen check: it runs the worked examples, too. Write your own below `examples`."),
        f"kpigen form {id_}; kpigen serve",
    ]
    lines = [f"  {number}. {text}" for number, text in enumerate(steps, 1)]
    click.echo("\n".join([said_here("Next:"), *lines]), err=True)
