"""The steps of a score in words, for the terminal, pages and PDFs: label, formula, the same with numbers, and result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from kpigen.i18n.messages import Messages, Translate, mark
from kpigen.model.forms import FactorTable, Form, Indicator, Input, Result, ResultUnit, Veto
from kpigen.model.scores import ResultScore, Step
from kpigen.numbers.notation import Notation
from kpigen.numbers.quantities import grouped, show, with_minus, with_minuses
from kpigen.scoring.methods import SENTENCES
from kpigen.scoring.methods.base import method_of
from kpigen.scoring.names import BONUS, COEFFICIENT, EXACT_TOTAL, ROWS, TIER, TOTAL
from kpigen.scoring.wording import rename, rename_values, spoken

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
    "points_to": mark("Points: score × weight ÷ what the score is out of, with {places} decimals"),
    "points_exact": mark("Points: score × weight ÷ what the score is out of; only the total is rounded"),
    "printed": mark("Printed so that the column adds up to the total"),
    "section": mark("Points of the section"),
    "total": mark("Total, not rounded yet"),
    "veto_total": mark("The veto “{veto}” sets the total"),
    "result": mark("By formula"),
    "result_rounded": mark("Rounded"),
    "tier": mark("The tier that {of} ({amount}) lies in"),
    "tiers": mark("Sum over the tiers of {of}: the part in each × its value"),
}
#: The kinds of steps whose value is points as they are printed.
_POINTS = ("points", "points_to", "printed", "veto_total")
#: The kinds of steps of whole forms: what has an id there may be called like a function.
_OF_FORMS = ("section", "total", "veto_total", "result", "tier", "tiers")
#: Arguments of steps that are ids or formulas.
_IDS = ("of", "part", "level", "veto")


@dataclass(frozen=True, slots=True)
class WorkingLine:
    """One line of the working: a label, then formula, numbers and result, each of which may be empty."""

    label: str
    formula: str
    numbers: str
    value: str


def explain(step: Step, names: Mapping[str, str], translate: Translate, notation: Notation) -> WorkingLine:
    """Return a step in words. `names` maps the ids of inputs, levels and parts to their names; `notation` is that of points."""
    put = rename_values if step.kind in _OF_FORMS else rename
    words = {key: names.get(value) or put(value, names) if key in _IDS else value for key, value in step.args}
    value = (
        ""
        if step.value is None
        else notation.written(step.value)
        if step.kind in _POINTS
        else show(step.value, step.unit)
    )
    return WorkingLine(
        translate(_SENTENCES[step.kind]).format(**words),
        put(step.formula, names),
        put(step.numbers, names),
        with_minus(value),
    )


def explain_on_screen(step: Step, names: Mapping[str, str], translate: Translate, notation: Notation) -> WorkingLine:
    """Return a step in words as pages and the terminal show it: conditions in the words of the language, real minus signs,
    nothing twice.

    Papers keep `explain`: a PDF in circulation is compared with what is printed today.
    """

    def said(text: str) -> str:
        return spoken(text, translate, names)

    line = explain(step, names, translate, notation)
    words = {
        key: names.get(value) or said(value) if key in _IDS else with_minuses(value)
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


def names_of(indicator: Indicator, language: str, translate: Translate) -> dict[str, str]:
    """Return the name, by id, of everything that the steps of an indicator can mention."""
    names = {
        "yes": translate(mark("yes")),
        "no": translate(mark("no")),
        "measure": translate(mark("measured value")),
        "value": translate(mark("the value")),
    }
    for item in indicator.inputs:
        names[item.id] = item.name.in_(language)
        for field in item.fields:
            names[field.id] = field.name.in_(language)
        for choice in (*item.choices, *(choice for field in item.fields for choice in field.choices)):
            names[choice.id] = choice.name.in_(language)
    if not indicator.unscored:
        names |= method_of(indicator).own_names(language)
    if indicator.shown_as:
        names[indicator.shown_as.id] = indicator.shown_as.name.in_(language)
    return names


def names_of_form(form: Form, language: str, translate: Translate) -> dict[str, str]:
    """Return the name, by id, of everything that the formulas of a whole form can mention: totals, results and vetoes."""
    names = {
        "yes": translate(mark("yes")),
        "no": translate(mark("no")),
        "value": translate(mark("the value")),
        ROWS: translate(mark("all rows")),
        BONUS: translate(mark("Bonus")),
        TOTAL: form.print.total.in_(language) if form.print.total else translate(mark("Total")),
        COEFFICIENT: translate(mark("coefficient of the grade")),
        TIER: translate(mark("value of the tier")),
    }
    names[EXACT_TOTAL] = translate(mark("{total} (not rounded)")).format(total=names[TOTAL])
    inputs = [(row, item) for row in form.indicators for item in row.inputs]
    fields = [field for _, item in inputs for field in item.fields]
    names |= {field.id: field.name.in_(language) for field in fields}
    for holder in (*fields, *(item for _, item in inputs)):
        names |= {choice.id: choice.name.in_(language) for choice in holder.choices}
    times = Counter(item.name.in_(language) for _, item in inputs)
    for row, item in inputs:
        names[f"{row.id}.{item.id}"] = _in_its_row(row, item, times, language)
    for section in form.sections:
        name = section.name.in_(language) if section.name else names[ROWS]
        names |= {section.id: name, f"{section.id}.{ROWS}": name}
        names |= _listed(section.id, name, section.indicators, language)
    names |= _listed(ROWS, names[ROWS], form.indicators, language)
    things: tuple[Indicator | FactorTable | Result | Veto, ...] = (
        *form.indicators,
        *form.tables,
        *form.results,
        *form.vetoes,
    )
    return names | {thing.id: thing.name.in_(language) for thing in things}


def _listed(id_: str, name: str, rows: Iterable[Indicator], language: str) -> dict[str, str]:
    """Return the names of the lists of one input of all rows: with the input's name where the rows agree on one."""
    called: dict[str, set[str]] = {}
    for row in rows:
        for item in row.inputs:
            called.setdefault(item.id, set()).add(item.name.in_(language))
    return {
        f"{id_}.{input_id}": f"{name}·{next(iter(found))}" if len(found) == 1 else name
        for input_id, found in called.items()
    }


def _in_its_row(row: Indicator, item: Input, times: Mapping[str, int], language: str) -> str:
    """Return the name of an input among those of all rows: with its row's name where several rows have one of that name."""
    name, of = item.name.in_(language), row.name.in_(language)
    return name if times[name] == 1 or name == of else f"{of}·{name}"


def result_value(result: Result, score: ResultScore, signed: bool, words: Messages) -> str | None:
    """Return the value of a result as reports and the terminal write it; None while it is open.

    Money, percentages and numbers have the decimals of the result, and their sign if the form is `signed`.
    """
    value = score.value
    if value is None:
        return None
    if isinstance(value, bool):
        return words.gettext(mark("yes")) if value else words.gettext(mark("no"))
    if result.unit is ResultUnit.TEXT:
        return result.cases[int(value)].text.in_(words.language)
    amount, notation = Fraction(value), Notation(result.decimals, signed)
    if result.unit is ResultUnit.PERCENT:
        return f"{with_minus(notation.written(amount * 100))}%"
    written = with_minus(notation.written(amount))
    return grouped(written) if result.unit is ResultUnit.MONEY else written
