"""A method's numbers in words, for the rule page."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kpigen.i18n.messages import Messages, mark
from kpigen.model.forms import Indicator
from kpigen.numbers import formula
from kpigen.numbers.quantities import Unit, show
from kpigen.scoring.explain import rename
from kpigen.scoring.methods import Method
from kpigen.scoring.methods.curve import Curve
from kpigen.scoring.methods.deductions import Deduction, Deductions
from kpigen.scoring.methods.formula import Formula
from kpigen.scoring.methods.levels import Levels
from kpigen.scoring.methods.parts import Parts
from kpigen.scoring.methods.ratings import Ratings
from kpigen.scoring.methods.ratio import Ratio
from kpigen.scoring.methods.reference import Reference, Side
from kpigen.scoring.methods.weighted_list import WeightedList

Lines = list[tuple[str, str]]
Names = Mapping[str, str]

METHODS = {
    "value": mark("The measured value is the score"),
    "ratio": mark("Share of a target"),
    "curve": mark("Curve of straight lines"),
    "reference": mark("Gains and losses around a reference"),
    "deductions": mark("Deductions"),
    "levels": mark("Levels"),
    "ratings": mark("Ratings by several raters"),
    "weighted_list": mark("Weighted list"),
    "parts": mark("Mean of parts"),
    "formula": mark("Formula"),
}


def parameters(indicator: Indicator, names: Names, words: Messages) -> tuple[tuple[str, str], ...]:
    """Return the method and its numbers as label and value."""
    lines = _method(indicator.score, indicator.measure_unit, names, words)
    return tuple((label, words.durations(value)) for label, value in lines)


def _method(method: Method, unit: Unit, names: Names, words: Messages) -> Lines:
    lines: Lines = [(words.gettext(mark("Method")), words.gettext(METHODS[method.name]))]
    describe = _DESCRIBE.get(type(method))
    if describe is not None:
        lines += describe(method, unit, names, words)
    for label, limit in ((mark("Cap"), method.cap), (mark("Floor"), method.floor)):
        if limit is not None:
            lines.append((words.gettext(label), show(limit)))
    return lines


def _ratio(method: Ratio, unit: Unit, names: Names, words: Messages) -> Lines:
    better = mark("lower is better") if method.lower else mark("higher is better")
    return [(words.gettext(mark("Target")), f"{show(method.target, unit)} ({words.gettext(better)})")]


def _curve(method: Curve, unit: Unit, names: Names, words: Messages) -> Lines:
    return [
        (
            words.gettext(mark("Points of the curve")),
            words.gettext(mark(", ")).join(f"{show(x, unit)} → {show(y)}" for x, y in method.points),
        )
    ]


def _reference(method: Reference, unit: Unit, names: Names, words: Messages) -> Lines:
    lines = [
        (words.gettext(mark("Reference")), show(method.reference, unit)),
        (words.gettext(mark("Base score")), show(method.base)),
    ]
    if method.band:
        lines.append((words.gettext(mark("Tolerance")), f"± {show(method.band, unit)}"))
    for label, side in ((mark("Above"), method.above), (mark("Below"), method.below)):
        if side is not None:
            lines.append((words.gettext(label), _side(side, unit, words)))
    return lines


def _side(side: Side, unit: Unit, words: Messages) -> str:
    message = (
        mark("{points} for each {every}, in proportion") if side.linear else mark("{points} for each complete {every}")
    )
    points = ("+" if side.points > 0 else "") + show(side.points).replace("-", "−")
    return words.gettext(message).format(points=points, every=show(side.every, unit))


def _deductions(method: Deductions, unit: Unit, names: Names, words: Messages) -> Lines:
    lines = [(words.gettext(mark("Starts at")), show(method.start))]
    return lines + [(words.gettext(mark("Deduction")), _deduction(item, names, words)) for item in method.deductions]


def _deduction(item: Deduction, names: Names, words: Messages) -> str:
    of = rename(formula.write(item.of, pretty=True), {"measure": words.gettext(mark("measured value")), **names})
    points, every = show(item.points), show(item.every, item.unit)
    if item.over is not None:
        message = mark("{points} for each complete {every} of {of} beyond {limit}")
    elif item.short_of is not None:
        message = mark("{points} for each {every} by which {of} falls short of {limit}")
    else:
        message = mark("{points} for each {every} of {of}")
    limit = item.over if item.over is not None else item.short_of
    return words.gettext(message).format(
        points=points, every=every, of=of, limit="" if limit is None else show(limit, item.unit)
    )


def _levels(method: Levels, unit: Unit, names: Names, words: Messages) -> Lines:
    return [(names.get(level, level), show(value)) for level, value in method.levels]


def _ratings(method: Ratings, unit: Unit, names: Names, words: Messages) -> Lines:
    return [
        (words.gettext(mark("Weight of {name}")).format(name=names.get(id_, id_)), show(weight))
        for id_, weight in method.weights
    ]


def _list(method: WeightedList, unit: Unit, names: Names, words: Messages) -> Lines:
    lines = [
        (words.gettext(mark("Weight of an entry")), rename(formula.write(method.weight, pretty=True), names)),
        (words.gettext(mark("Value of an entry")), rename(formula.write(method.value, pretty=True), names)),
    ]
    return lines + [
        (names.get(id_, id_), words.gettext(mark(", ")).join(f"{names.get(k, k)} {show(v)}" for k, v in scale))
        for id_, scale in method.values
    ]


def _parts(method: Parts, unit: Unit, names: Names, words: Messages) -> Lines:
    lines: Lines = []
    for part in method.parts:
        label = names.get(part.id, part.id)
        measure = "" if part.measure is None else rename(formula.write(part.measure, pretty=True), names)
        weight = "" if part.weight == 1 else f" (× {show(part.weight)})"
        says = words.gettext(mark(": ")) + measure if measure and measure != label else ""
        lines.append((words.gettext(mark("Part")), f"{label}{weight}{says}"))
        lines += [(f"{label} · {what}", says) for what, says in _method(part.method, part.unit, names, words)]
    return lines


def _formula(method: Formula, unit: Unit, names: Names, words: Messages) -> Lines:
    return [(words.gettext(mark("Formula")), rename(formula.write(method.formula, pretty=True), names))]


_DESCRIBE: dict[type[Method], Callable[..., Lines]] = {
    Ratio: _ratio,
    Curve: _curve,
    Reference: _reference,
    Deductions: _deductions,
    Levels: _levels,
    Ratings: _ratings,
    WeightedList: _list,
    Parts: _parts,
    Formula: _formula,
}
