"""What a rule says of an input in words: points of its choices, default, steps, whether it is agreed, what `auto` takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from kpigen.i18n.messages import Translate, mark
from kpigen.i18n.words import CYCLES
from kpigen.model.forms import AutoRule, Choice, Input
from kpigen.numbers.quantities import show, with_minus


def choice_name(choice: Choice, language: str, translate: Translate) -> str:
    """Return the name of a choice, with its points if it is one of a scale."""
    name = choice.name.in_(language)
    if choice.points is None:
        return name
    return translate(mark("{name} ({points} points)")).format(name=name, points=with_minus(show(choice.points)))


def notes_of(item: Input, beside: Iterable[Input], language: str, translate: Translate) -> Iterator[str]:
    """Yield what else there is to say of an input: its default, its steps, whether it is agreed, which own totals it takes.

    `beside` are the inputs of its row.

    The default of a choice without points is not said: its pages are in use, and stay as they are.
    """
    if item.default_of:
        other = next((one.name.in_(language) for one in beside if one.id == item.default_of), item.default_of)
        yield translate(mark("like {input} if it is not given")).format(input=other)
    elif item.default is not None and (not item.choices or item.choices[0].points is not None):
        yield translate(mark("{value} if it is not given")).format(value=_said(item, item.default, language, translate))
    elif item.optional:
        yield translate(mark("optional"))
    if item.range.step is not None:
        yield translate(mark("in steps of {step}")).format(step=show(item.range.step, item.type.unit))
    if item.agreed:
        yield translate(mark("agreed at the start of the period"))
    if item.auto is not None and item.auto.is_own:
        yield from _own_totals(item.auto, translate)


def _own_totals(rule: AutoRule, translate: Translate) -> Iterator[str]:
    """Yield what an input takes of the employee's own published reviews."""
    cycle = translate(CYCLES[rule.cycle.value])
    if rule.indicator:
        of_points = mark("`auto` takes the employee's own points for `{indicator}` of each {cycle}")
        yield translate(of_points).format(indicator=rule.indicator, cycle=cycle)
    else:
        yield translate(mark("`auto` takes the employee's own total of each {cycle}")).format(cycle=cycle)
    if rule.form:
        yield translate(mark("by the form `{form}`")).format(form=rule.form)
    if rule.part:
        yield translate(mark("only in part {part} of the period")).format(part=rule.part)


def _said(item: Input, value: Fraction | str | bool, language: str, translate: Translate) -> str:
    if isinstance(value, bool):
        return translate(mark("yes")) if value else translate(mark("no"))
    if isinstance(value, Fraction):
        return with_minus(show(value, item.type.unit))
    return next((choice.name.in_(language) for choice in item.choices if choice.id == value), value)
