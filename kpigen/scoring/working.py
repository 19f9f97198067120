"""A formula of a form as a step of the working: with ids, with the numbers of a review, and its result."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from kpigen.model.forms import Form
from kpigen.model.scores import Step
from kpigen.numbers import formula
from kpigen.numbers.formula import Expression, Missing, Numbers, Value
from kpigen.numbers.quantities import Unit, show

#: How many entries of a list are written out.
_SHOWN = 12


def as_step(kind: str, expression: Expression, values: Mapping[str, Value], value: Value, form: Form) -> Step:
    """Return the step of a formula: with the names as ids, and with what they stand for in this review."""

    def one(id_: str) -> str:
        found = values.get(id_)
        if isinstance(found, Fraction):
            return show(found, _unit(form, id_))
        if isinstance(found, bool):
            return "yes" if found else "no"
        if isinstance(found, Numbers):
            return _listed(found)
        return found if isinstance(found, str) else "–" if found is None or isinstance(found, Missing) else id_

    numbers = formula.write(expression, lambda id_: one(id_) if id_ in values else id_, pretty=True)
    result = value if isinstance(value, Fraction) else None
    return Step(kind, formula.write(expression, pretty=True), numbers, result)


def _listed(numbers: Numbers) -> str:
    if numbers.items is None:
        return f"Ø {show(numbers.mean)} (n = {numbers.count})"
    return ", ".join(map(show, numbers.items[:_SHOWN])) + (", …" if len(numbers.items) > _SHOWN else "")


def _unit(form: Form, name: str) -> Unit:
    """Return the unit of an input that is named `indicator.input`, or of a single input; plain for all else."""
    id_, _, input_id = name.partition(".")
    indicator = form.indicator(id_)
    item = indicator.input(input_id) if indicator and input_id else None
    return item.type.unit if item else Unit.PLAIN
