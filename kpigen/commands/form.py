"""`kpigen form`."""

from __future__ import annotations

from collections.abc import Iterator

import click

from kpigen.base.places import RULES
from kpigen.commands.common import load_here, show
from kpigen.commands.copy_form import copy_form
from kpigen.commands.language import said_here
from kpigen.commands.shipped_forms import list_shipped, shipped
from kpigen.commands.try_form import try_form
from kpigen.diagnostics.diagnostic import nearest
from kpigen.i18n.languages import CODES
from kpigen.i18n.messages import Messages, mark, messages
from kpigen.i18n.words import CYCLES, ROLES
from kpigen.model.forms import FormKey, Input
from kpigen.numbers.formula import write
from kpigen.numbers.quantities import plain
from kpigen.scoring.input_words import choice_name, notes_of


@click.command()
@click.argument("form_id", required=False, metavar="[FORM]")
@click.option(
    "--language", type=click.Choice(CODES), help="The language of the text (default: the first in the settings)."
)
@click.option("--copy", "new_id", metavar="NEW", help="Make a form of your own, with the id NEW, out of FORM.")
@click.option(
    "--version",
    metavar="PERIOD",
    help="With --copy: the first period that the new form applies to (default: that of FORM).",
)
@click.option(
    "--try",
    "numbers",
    metavar="FILE",
    help="Score the numbers in FILE, with the working: metrics as in a review, or an example; `-` is what is typed or piped.",
)
@click.pass_obj
def form(
    root: str | None,
    form_id: str | None,
    language: str | None,
    new_id: str | None,
    version: str | None,
    numbers: str | None,
) -> None:
    """List the forms, or show one form as text: FORM, or FORM@VERSION.

    The text gives each indicator with its id and weight, how it scores, its inputs, and how to write them.

    With --copy, FORM is one of the repository, or one that comes with kpigen. The new file has an id of its own, `rounding:
    total`, the totals that follow from it, and no origins or notes about the reference; everything else is as in FORM. A form
    that is there is never overwritten.

    With --try, a form can be tried while it is being written: nothing is saved, and what is missing stays open.
    """
    from kpigen.files.metrics import metric_example

    tree, project = load_here(root)
    if new_id is not None:
        if form_id is None:
            raise click.UsageError(said_here("--copy needs the FORM to copy."))
        copy_form(tree, project, FormKey.of(form_id), new_id, version)
        return
    if version is not None:
        raise click.UsageError(said_here("--version goes with --copy; FORM@VERSION is a version of a form."))
    show(item for item in project.problems if item.is_error and item.span.path.startswith(f"{RULES}/"))
    language = language or project.config.languages[0]
    words = messages(language)
    if form_id is None:
        for id_ in project.rules.ids:
            versions = project.rules.versions(id_)
            cycles = [words.gettext(CYCLES[cycle.value]) for cycle in versions[-1].cycles]
            when = (
                words.gettext(mark("any cycle")) if len(cycles) == len(CYCLES) else words.gettext(" or ").join(cycles)
            )
            names = ", ".join(item.version for item in versions)
            click.echo(f"{id_:<18} {versions[-1].title.in_(language)}  ({when}; {names})")
        list_shipped(project, words)
        return
    id_, version = FormKey.of(form_id)
    versions = project.rules.versions(id_)
    found = project.rules.version(id_, version) if version else (versions[-1] if versions else shipped(id_))
    if found is None:
        near = nearest(id_, project.rules.ids)
        if near and near != id_:
            raise click.UsageError(
                said_here("there is no form {form!r}. Did you mean {near!r}?", form=form_id, near=near)
            )
        raise click.UsageError(said_here("there is no form {form!r}; `kpigen form` lists them.", form=form_id))
    if numbers is not None:
        try_form(project, found, numbers, language)
        return
    click.echo(f"{found.title.in_(language)}  {found.key}")
    if found.summary:
        click.echo(found.summary.in_(language))
    for section in found.sections:
        if section.name:
            has_weights = all(item.is_weighted for item in section.indicators)
            click.echo(f"\n{section.name.in_(language)}{f'  {plain(section.weight)}' if has_weights else ''}")
        for indicator in section.indicators:
            has_weight = indicator.is_weighted and not indicator.weight_from
            weight = f", {plain(indicator.weight)}" if has_weight else ""
            click.echo(f"\n  {indicator.name.in_(language)}  ({indicator.id}{weight})")
            if indicator.standard:
                click.echo(f"    {indicator.standard.in_(language)}")
            click.echo(f"    {metric_example(indicator)}")
            for line in _inputs(indicator.inputs, words):
                click.echo(f"      {line}")
    for item in found.bonus:
        click.echo(f"\n  + {item.name.in_(language)}  ({item.id}, {plain(item.points)})")
    if found.grades:
        bounds = (grade if least is None else f"{grade} ≥ {plain(least)}" for grade, least in found.grades)
        click.echo("\n" + "  ".join(bounds))
    if found.confirmations:
        roles = words.gettext(", ").join(words.gettext(ROLES[role]) for role in found.confirmations)
        click.echo(words.gettext(mark("Confirmed by: {roles}")).format(roles=roles))
    for veto in found.vetoes:
        text = words.gettext(mark("Veto: {name} → {grade}"))
        effect = veto.grade or (write(veto.total, pretty=True) if veto.total is not None else "–")
        click.echo(text.format(name=veto.name.in_(language), grade=effect))


def _inputs(inputs: tuple[Input, ...], words: Messages) -> Iterator[str]:
    """Yield a line for each input and field of which the example does not tell all: points of choices, defaults, agreed ones."""
    for item in inputs:
        scale = [choice for choice in item.choices if choice.points is not None]
        choices = (f"{choice.id} {choice_name(choice, words.language, words.gettext)}" for choice in scale)
        said = [*choices, *notes_of(item, inputs, words.language, words.gettext)]
        if said:
            yield f"{item.id}{words.gettext(mark(': '))}{words.gettext(mark(', ')).join(map(words.durations, said))}"
        yield from (f"{item.id}.{line}" for line in _inputs(item.fields, words))
