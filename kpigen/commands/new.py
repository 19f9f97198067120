"""`kpigen new`."""

from __future__ import annotations

import os
import sys

import click

from kpigen.base.files import write_new
from kpigen.base.periods import Period
from kpigen.base.places import ROSTER, review_path
from kpigen.commands.common import load_here, show
from kpigen.commands.language import language_here, said_here
from kpigen.commands.selection import nearest_of, person_named, read_period
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import nearest
from kpigen.diagnostics.terms import CYCLES
from kpigen.diagnostics.values import Join, listed
from kpigen.document.reader import ID
from kpigen.i18n.findings import words as in_words
from kpigen.i18n.languages import CODES
from kpigen.model.forms import Form
from kpigen.repository.project import Project, barriers_told


@click.command()
@click.option("--form", "form_id", required=True, help="The form's id; `kpigen form` lists them.")
@click.option(
    "--employee", "employees", required=True, multiple=True, metavar="ID|NAME", help="The employee's id or name."
)
@click.option("--period", required=True, callback=read_period, help="The period: 2026-01, 2026-Q1, 2026-H1 or 2026.")
@click.option("--name", default="", help="The employee's name, if neither roster nor reviews have it.")
@click.option("--department", default="", help="The department, if neither roster nor reviews have it.")
@click.option("--position", default="", help="The position, if neither roster nor reviews have it.")
@click.option(
    "--language",
    type=click.Choice(CODES),
    help="The language of the comments (default: the first in the settings).",
)
@click.pass_obj
def new(
    root: str | None,
    form_id: str,
    employees: tuple[str, ...],
    period: Period,
    name: str,
    department: str,
    position: str,
    language: str | None,
) -> None:
    """Write a draft with a comment that explains each metric.

    Name, department, position and manager come from the roster; what it leaves open comes from the employee's last review,
    or from the options. `kpigen check` finds nothing wrong with a draft that was just written: otherwise it is not written,
    and the findings say why. An existing file is never overwritten.
    """
    from kpigen.repository.lifecycle.drafts import Unknown, employee_for, problems_of_draft, write_draft

    tree, project = load_here(root)
    form = _form(project, form_id, period)
    unread = [item for item in project.problems if item.is_error and item.span.path == ROSTER]
    if unread and not project.roster.exists:
        show(unread)
        sys.exit(1)
    if len(employees) > 1:
        raise click.BadParameter(said_here("one draft is written at a time."), param_hint="--employee")
    id_ = _id(project, employees[0])
    given = {"name": name.strip(), "department": department.strip(), "position": position.strip()}
    person = employee_for(project, id_, period, given)
    if person is None:
        raise click.BadParameter(_not_there(project, id_, period), param_hint="--employee")
    if isinstance(person, Unknown):
        raise click.BadParameter(
            said_here(
                "nobody knows {options} of {id!r}: add a line to {roster}, or give these options.",
                options=", ".join(f"--{key}" for key in person.keys),
                id=id_,
                roster=ROSTER,
            ),
            param_hint="--employee",
        )
    path = review_path(id_, period, form.id)
    if project.is_hidden(path):
        show(barriers_told(item for item in project.barriers if item.hides(path)))
        sys.exit(1)
    taken = said_here("{path} already exists; nothing was written.", path=path)
    if os.path.lexists(tree.root / path):
        raise click.UsageError(taken)
    text = write_draft(form, person, period, language or project.config.languages[0])
    problems = problems_of_draft(project, path, text)
    awaited = [item for item in problems if item.kind is catalogue.OWN_MISSING]  # that is not what the draft says
    if len(awaited) < len(problems):
        show(problems)
        click.echo(said_here("{path} would not be clean; nothing was written.", path=path), err=True)
        sys.exit(1)
    try:
        write_new(tree.root, path, text.encode())
    except FileExistsError as error:
        raise click.UsageError(taken) from error
    show(awaited)
    click.echo(path)


def _form(project: Project, id_: str, period: Period) -> Form:
    """Return the version of a form for a period. End the command if there is none."""
    form = project.rules.in_force(id_, period)
    if form is None:
        near = nearest(id_, project.rules.ids)
        if id_ in project.rules.ids:
            reason = said_here("no version of {form!r} is in force in {period}.", form=id_, period=period)
        elif near:
            reason = said_here("there is no form {form!r}. Did you mean {near!r}?", form=id_, near=near)
        else:
            reason = said_here("there is no form {form!r}; `kpigen form` lists them.", form=id_)
        raise click.BadParameter(reason, param_hint="--form")
    if period.cycle not in form.cycles:
        language = language_here()
        cycles = listed([CYCLES[cycle.value] for cycle in form.cycles], Join.OR)
        raise click.BadParameter(
            said_here(
                "{form!r} is assessed by {cycles}, {period} is a {cycle}.",
                form=id_,
                cycles=in_words(cycles, language),
                period=period,
                cycle=in_words(CYCLES[period.cycle.value], language),
            ),
            param_hint="--period",
        )
    return form


def _id(project: Project, word: str) -> str:
    """Return the id that is meant: as it is given, or that of the one person with this name."""
    id_, problems = person_named(project, word)
    if id_ is not None:
        return id_
    if problems[0].code == catalogue.SEVERAL_MEANT.code:
        show(problems)
        sys.exit(1)
    if not ID.fullmatch(word):
        raise click.BadParameter(said_here("{id!r} is not an id, and nobody's name.", id=word), param_hint="--employee")
    return word


def _not_there(project: Project, id_: str, period: Period) -> str:
    """Return why somebody is not on the roster in a period."""
    lines = project.roster.by_id.get(id_, ())
    if lines and lines[-1].end < period.first_day:
        return said_here("{id!r} left on {date}, before {period}.", id=id_, date=lines[-1].end, period=period)
    if lines and lines[0].start > period.last_day:
        return said_here("{id!r} joined on {date}, after {period}.", id=id_, date=lines[0].start, period=period)
    text = said_here(
        "{id!r} is not on the roster in {period}; add a line to {roster}.", id=id_, period=period, roster=ROSTER
    )
    near = nearest_of(id_, project.roster.by_id)
    return text + (" " + said_here("Did you mean {near!r}?", near=near) if near and near != id_ else "")
