"""The steps of a score in words, for the terminal, pages and PDFs: label, formula, the same with numbers, and result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kpigen.i18n.messages import Translate, mark
from kpigen.model.forms import Indicator
from kpigen.model.scores import Step
from kpigen.numbers.notation import Notation
from kpigen.numbers.quantities import show, with_minus, with_minuses
from kpigen.scoring.methods import SENTENCES
from kpigen.scoring.methods.base import method_of
from kpigen.scoring.wording import rename, spoken

#: The sentence of each kind of step; `{…}` are the step's arguments. Each method adds those of its own steps.
_SENTENCES = {
    **SENTENCES,
    "input": mark("Measured: {of}"),
    "measure": mark("Measured value"),
    "shown": mark("{of}: mean of {count} ratings"),
    "shown_trimmed": mark(
        "{of}: mean of {count} ratings, without the {trim} highest and the {trim} lowest of a group of at least {from}"
    ),
    "when_zero": mark("{of} is 0, so nothing was due"),
    "cap": mark("Cut at the cap"),
    "floor": mark("Not below the floor"),
    "weight": mark("Weight {base}, plus its share of what does not apply"),
    "points": mark("Points: score × weight ÷ what the score is out of, to two decimals"),
}


@dataclass(frozen=True, slots=True)
class WorkingLine:
    """One line of the working: a label, then formula, numbers and result, each of which may be empty."""

    label: str
    formula: str
    numbers: str
    value: str


def explain(step: Step, names: Mapping[str, str], translate: Translate, notation: Notation) -> WorkingLine:
    """Return a step in words. `names` maps the ids of inputs, levels and parts to their names; `notation` is that of points."""
    words = {key: _named(value, names) if key in ("of", "part", "level") else value for key, value in step.args}
    value = (
        ""
        if step.value is None
        else notation.written(step.value)
        if step.kind == "points"
        else show(step.value, step.unit)
    )
    return WorkingLine(
        translate(_SENTENCES[step.kind]).format(**words),
        rename(step.formula, names),
        rename(step.numbers, names),
        with_minus(value),
    )


def explain_on_screen(step: Step, names: Mapping[str, str], translate: Translate, notation: Notation) -> WorkingLine:
    """Return a step in words as pages and the terminal show it: conditions in the words of the language, real minus signs,
    nothing twice.

    Papers keep `explain`: a PDF in circulation is compared with what is printed today.
    """

    def said(text: str) -> str:
        return rename(spoken(text, translate), names)

    line = explain(step, names, translate, notation)
    words = {
        key: names.get(value) or said(value) if key in ("of", "part", "level") else with_minuses(value)
        for key, value in step.args
        if key not in _TEXTS
    }
    words |= {key: value for key, value in step.args if key in _TEXTS}
    formula, numbers = said(step.formula), said(step.numbers)
    if numbers in (formula, line.value):
        numbers = ""
    return WorkingLine(
        translate(_SENTENCES[step.kind]).format(**words),
        "" if formula == line.value else formula,
        numbers,
        line.value,
    )


#: Arguments of steps that are texts of a review, not numbers.
_TEXTS = ("name",)


def _named(word: str, names: Mapping[str, str]) -> str:
    return names.get(word) or rename(word, names)


def names_of(indicator: Indicator, language: str, translate: Translate) -> dict[str, str]:
    """Return the name, by id, of everything that the steps of an indicator can mention."""
    names = {"yes": translate(mark("yes")), "no": translate(mark("no")), "measure": translate(mark("measured value"))}
    for item in indicator.inputs:
        names[item.id] = item.name.in_(language)
        for field in item.fields:
            names[field.id] = field.name.in_(language)
        for choice in (*item.choices, *(choice for field in item.fields for choice in field.choices)):
            names[choice.id] = choice.name.in_(language)
    names |= method_of(indicator).own_names(language)
    if indicator.shown_as:
        names[indicator.shown_as.id] = indicator.shown_as.name.in_(language)
    return names
