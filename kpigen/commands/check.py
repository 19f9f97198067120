"""`kpigen check`."""

from __future__ import annotations

import sys

import click

from kpigen.commands.common import load_here, paints
from kpigen.diagnostics import has_errors
from kpigen.emit import as_json, as_text


@click.command()
@click.option(
    "--format", "format_", type=click.Choice(["text", "json"]), default="text", help="How to print the findings."
)
@click.pass_obj
def check(root: str | None, format_: str) -> None:
    """Show every problem of the whole repository at once.

    Reviews, rule files (with their worked examples), the roster and the settings are all read; each finding names file,
    line and column, and says what to do. Errors end with exit code 1, warnings alone with 0.
    """
    from kpigen.checks import check as check_project

    _, project = load_here(root)
    _, found = check_project(project)
    if format_ == "json":
        click.echo(as_json(found), nl=False)
    else:
        click.echo(as_text(found, paints(sys.stdout)), nl=False, color=True)
        errors = sum(item.is_error for item in found)
        counts = f"{len(project.reviews) + len(project.unread)} reviews, {len(project.rules.forms)} rule files"
        click.echo(f"{counts}: {errors} errors, {len(found) - errors} warnings", err=True)
    sys.exit(1 if has_errors(found) else 0)
