"""`kpigen schema`."""

from __future__ import annotations

import json

import click

from kpigen.commands.common import load_here
from kpigen.commands.language import said_here


@click.command()
@click.argument("what", type=click.Choice(["review", "rule"]), default="review")
@click.option(
    "--form", "form_id", help="A form's id: adds its metrics, comments and bonus ids to the schema of a review."
)
@click.pass_obj
def schema(root: str | None, what: str, form_id: str | None) -> None:
    """Print a JSON Schema of a review's front matter (or of a rule file). Editors use it to complete and check."""
    from kpigen.files.schemas import review_schema, rule_schema

    if what == "rule":
        data = rule_schema()
    elif form_id is None:
        data = review_schema(None)
    else:
        _, project = load_here(root)
        versions = project.rules.versions(form_id)
        if not versions:
            raise click.BadParameter(
                said_here("there is no form {form!r}; `kpigen form` lists them.", form=form_id), param_hint="--form"
            )
        data = review_schema(versions[-1])
    click.echo(json.dumps(data, ensure_ascii=False, indent=1))
