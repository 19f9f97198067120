"""Steps of the working in words: what was done, the formula, the numbers put in, the result. For the terminal, pages and PDFs alike."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from kpigen.i18n.messages import Translate, mark
from kpigen.model.forms import Indicator
from kpigen.model.scores import Step
from kpigen.numbers.quantities import fixed, show

#: The sentence of each kind of step. `{…}` are the step's own words.
SENTENCES = {
    "input": mark("Measured: {of}"),
    "measure": mark("Measured value"),
    "shown": mark("{of}: mean of {count} ratings"),
    "when_zero": mark("{of} is 0, so nothing was due"),
    "ratio": mark("Share of the target that was reached, at most full marks"),
    "ratio_lower": mark("Lower is better: target divided by the measured value, at most full marks"),
    "ratio_zero": mark("Nothing at all, and lower is better: full marks"),
    "curve_point": mark("The curve at {x}"),
    "curve_below": mark("Up to {x} the curve stays at {y}"),
    "curve_above": mark("From {x} on the curve stays at {y}"),
    "curve_between": mark("Straight line from {x0} (score {y0}) to {x1} (score {y1})"),
    "within_band": mark("Not more than {band} away from {reference}: the base score"),
    "no_step": mark("On this side of {reference} the base score stays"),
    "beyond": mark("Distance from {reference}, beyond the tolerance of {band}"),
    "above_complete": mark("Above: complete steps of {every}: {count}"),
    "below_complete": mark("Below: complete steps of {every}: {count}"),
    "above_linear": mark("Above: in proportion, steps of {every}: {count}"),
    "below_linear": mark("Below: in proportion, steps of {every}: {count}"),
    "deduction": mark("Deduction for {of}: {amount}"),
    "deduction_over": mark("Deduction for {of}: {amount}, beyond {limit}, for each {every}"),
    "deduction_short": mark("Deduction for {of}: {amount}, short of {limit}, for each {every}"),
    "left": mark("What is left"),
    "level": mark("Level: {level}"),
    "group": mark("{of}: mean of {count} ratings, weight {weight}"),
    "weighted_mean": mark("Weighted mean of the groups"),
    "entry": mark("{name} (weight {weight})"),
    "weighted_list": mark("Weighted mean of the entries, times full marks"),
    "part": mark("Part: {part}"),
    "mean_of_parts": mark("Mean of the parts"),
    "formula": mark("By formula"),
    "cap": mark("Cut at the cap"),
    "floor": mark("Not below the floor"),
    "weight": mark("Weight {base}, plus its share of what does not apply"),
    "points": mark("Points: score × weight ÷ what the score is out of, to two decimals"),
}

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)?")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the working: what was done; formula, numbers and result, each empty where there is none."""

    label: str
    formula: str
    numbers: str
    value: str


def explain(step: Step, names: Mapping[str, str], translate: Translate) -> Line:
    """Return a step in words; `names` gives the reader's names of inputs, levels and parts by id."""
    words = {key: _named(value, names) if key in ("of", "part", "level") else value for key, value in step.args}
    value = "" if step.value is None else fixed(step.value) if step.kind == "points" else show(step.value, step.unit)
    return Line(
        translate(SENTENCES[step.kind]).format(**words),
        rename(step.formula, names),
        rename(step.numbers, names),
        value.replace("-", "−"),
    )


def rename(formula: str, names: Mapping[str, str]) -> str:
    """Return a formula with ids replaced by names."""
    return _WORD.sub(lambda match: names.get(match[0], match[0]), formula)


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
    for part in getattr(indicator.score, "parts", ()):
        names[part.id] = part.name.in_(language) if part.name else part.id
    if indicator.shown_as:
        names[indicator.shown_as.id] = indicator.shown_as.name.in_(language)
    return names
