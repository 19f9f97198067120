"""What `kpigen form --try` does: score numbers by a form while it is being written."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kpigen.base.disk import MAX_TEXT
from kpigen.base.periods import Period
from kpigen.commands.common import paints, show
from kpigen.commands.language import said_here
from kpigen.diagnostics.diagnostic import has_errors
from kpigen.files.rules.examples import Given
from kpigen.model.forms import Form
from kpigen.model.reviews import Employee, Review, Status
from kpigen.repository.project import Project

#: The name of what is typed, in findings.
_TYPED = "-"


def try_form(project: Project, form: Form, file: str, language: str) -> None:
    """Print what the numbers in a file (`-`: of standard input) score. End the command if they cannot be read."""
    from kpigen.files.rules.trial import read_trial
    from kpigen.repository.card_text import card_as_text
    from kpigen.repository.records import record_by

    given, found = read_trial(file, _numbers(file, form), form)
    if given is None or has_errors(found):
        show(found)
        sys.exit(1)
    problems = list(found)
    record = record_by(project, _tried(form, given), form, (), problems)
    show(problems)
    click.echo(card_as_text(record, language, paints(sys.stdout)))


def _numbers(file: str, form: Form) -> bytes:
    if file != _TYPED:
        try:
            with Path(file).open("rb") as stream:
                return stream.read(MAX_TEXT + 1)
        except OSError as error:
            raise click.UsageError(
                said_here("{path} cannot be read: {reason}.", path=file, reason=error.strerror or "")
            ) from error
    if sys.stdin.isatty():
        from kpigen.files.metrics import metric_example

        click.echo(
            said_here("Type metrics as in a review, then Ctrl-D (on Windows Ctrl-Z and Enter). For example:"), err=True
        )
        for indicator in form.indicators:
            click.echo(f"  {metric_example(indicator)}", err=True)
    return sys.stdin.buffer.read(MAX_TEXT + 1)


def _tried(form: Form, given: Given) -> Review:
    """Return a draft of nobody with these numbers, of a period that the form assesses."""
    return Review(
        path=_TYPED,
        employee=given.employee or Employee("", "", "", "", None),
        period=Period(form.cycles[0], form.starts // 12, 1),
        form=form.id,
        pinned=form.version,
        status=Status.DRAFT,
        metrics=given.metrics,
        not_applicable=dict.fromkeys(given.not_applicable, "…"),
        bonus=given.bonus,
        comments={},
        evidence={},
        self_assessment=None,
        feedback={},
        body="",
        confirmations=(),
        objections=(),
        amendments=(),
        submitted=None,
        published=None,
        where={},
    )
