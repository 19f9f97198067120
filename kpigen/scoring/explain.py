"""Steps of the working in words: what was done, the formula, the numbers put in, the result. For the terminal, pages and PDFs alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kpigen.i18n.messages import Translate, mark
from kpigen.model.forms import Indicator
from kpigen.model.scores import Step
from kpigen.numbers.quantities import fixed, show, with_minus
from kpigen.scoring.methods import SENTENCES
from kpigen.scoring.methods.base import method_of
from kpigen.scoring.wording import rename

#: The sentence of each kind of step; `{…}` are the step's arguments. Here stand those that are no method's own.
_SENTENCES = {
    **SENTENCES,
    "input": mark("Measured: {of}"),
    "measure": mark("Measured value"),
    "shown": mark("{of}: mean of {count} ratings"),
    "when_zero": mark("{of} is 0, so nothing was due"),
    "cap": mark("Cut at the cap"),
    "floor": mark("Not below the floor"),
    "weight": mark("Weight {base}, plus its share of what does not apply"),
    "points": mark("Points: score × weight ÷ what the score is out of, to two decimals"),
}


@dataclass(frozen=True, slots=True)
class WorkingLine:
    """One line of the working: what was done; formula, numbers and result, each empty where there is none."""

    label: str
    formula: str
    numbers: str
    value: str


def explain(step: Step, names: Mapping[str, str], translate: Translate) -> WorkingLine:
    """Return a step in words; `names` gives the reader's names of inputs, levels and parts by id."""
    words = {key: _named(value, names) if key in ("of", "part", "level") else value for key, value in step.args}
    value = "" if step.value is None else fixed(step.value) if step.kind == "points" else show(step.value, step.unit)
    return WorkingLine(
        translate(_SENTENCES[step.kind]).format(**words),
        rename(step.formula, names),
        rename(step.numbers, names),
        with_minus(value),
    )


def _named(word: str, names: Mapping[str, str]) -> str:
    return names.get(word) or rename(word, names)


def names_of(indicator: Indicator, language: str, translate: Translate) -> dict[str, str]:
    """Return the names of everything that an indicator's steps may mention, by id."""
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
