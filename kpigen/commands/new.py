"""`kpigen new`."""

from __future__ import annotations

import click

from kpigen.base.files import write_new
from kpigen.base.periods import parse_period
from kpigen.base.places import ROSTER, review_path
from kpigen.commands.common import load_here
from kpigen.diagnostics.diagnostic import nearest
from kpigen.document.reader import ID
from kpigen.i18n.languages import CODES
from kpigen.model.reviews import Employee


@click.command()
@click.option("--form", "form_id", required=True, help="The form's id; `kpigen form` lists them.")
@click.option("--employee", required=True, metavar="ID", help="The employee's id.")
@click.option("--period", "period_text", required=True, help="The period: 2026-01, 2026-Q1, 2026-H1 or 2026.")
@click.option(
    "--language",
    type=click.Choice(CODES),
    help="The language of the comments (default: the first in the settings).",
)
@click.pass_obj
def new(root: str | None, form_id: str, employee: str, period_text: str, language: str | None) -> None:
    """Write a draft with a comment that explains each metric.

    Name, department, position and manager come from the roster, otherwise from the employee's last review. Without a roster
    and an earlier review, they are left blank. An existing file is never overwritten.
    """
    from kpigen.repository.lifecycle.drafts import employee_for, write_draft

    tree, project = load_here(root)
    period = parse_period(period_text)
    if period is None:
        raise click.BadParameter(
            f"{period_text!r} is not a period; write 2026-01, 2026-Q1, 2026-H1 or 2026.", param_hint="--period"
        )
    if not ID.fullmatch(employee):
        raise click.BadParameter(f"{employee!r} is not an id.", param_hint="--employee")
    form = project.rules.in_force(form_id, period)
    if form is None:
        near = nearest(form_id, project.rules.ids)
        known = form_id in project.rules.ids
        reason = f"no version of {form_id!r} is in force in {period}." if known else f"there is no form {form_id!r}."
        raise click.BadParameter(
            reason + (f" Did you mean {near!r}?" if near and not known else ""), param_hint="--form"
        )
    if period.cycle not in form.cycles:
        raise click.BadParameter(
            f"{form_id!r} is assessed by {' or '.join(cycle.value for cycle in form.cycles)}, {period} is a {period.cycle.value}.",
            param_hint="--period",
        )
    person = employee_for(project, employee, period)
    if person is None and not project.roster.exists:
        person = Employee(employee, "", "", "", None)  # nobody knows yet: the draft leaves it blank
    if person is None:
        raise click.BadParameter(
            f"{employee!r} is not on the roster in {period} and has no earlier review; add a line to {ROSTER}.",
            param_hint="--employee",
        )
    path = review_path(employee, period, form.id)
    draft = write_draft(form, person, period, language or project.config.languages[0])
    try:
        write_new(tree.root, path, draft.encode())
    except FileExistsError as error:
        raise click.UsageError(f"{path} already exists; nothing was written.") from error
    click.echo(path)
