"""The forms that come with kpigen, by trade: what `kpigen form` says of those that a repository does not have."""

from __future__ import annotations

from collections import defaultdict

import click

from kpigen.i18n.languages import CODES
from kpigen.i18n.messages import Messages, mark
from kpigen.model.forms import Form
from kpigen.repository.project import Project


def shipped(id_: str) -> Form | None:
    """Return the last version of a form that comes with kpigen, or None."""
    from kpigen.files.rules.form import read_form
    from kpigen.repository.scaffold import shipped_form

    found = shipped_form(id_)
    return None if found is None else read_form(*found, CODES)[0]


def list_shipped(project: Project, words: Messages) -> None:
    """Print the forms that come with kpigen and are not in the repository, by trade, and how to get one."""
    from kpigen.repository.scaffold import form_ids

    by_trade: dict[str, list[Form]] = defaultdict(list)
    for id_ in form_ids():
        form = None if project.rules.versions(id_) or id_ in project.rules.broken else shipped(id_)
        if form is not None:
            trade = form.trade.in_(words.language) if form.trade else words.gettext(mark("Customer service"))
            by_trade[trade].append(form)
    if not by_trade:
        return
    click.echo("\n" + words.gettext(mark("These come with kpigen, by trade:")))
    for trade, forms in by_trade.items():
        for form in forms:
            click.echo(f"{form.id:<18} {trade}{words.gettext(mark(': '))}{form.title.in_(words.language)}")
    click.echo(
        words.gettext(
            mark("`kpigen init --form ID` adds one; `kpigen form ID --copy NEW` makes a form of your own out of it.")
        )
    )
