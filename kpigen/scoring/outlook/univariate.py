"""An indicator's raw score as a function of one of its numbers; all others are fixed at the review's values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

from kpigen.model.forms import Indicator
from kpigen.model.reviews import InputValue
from kpigen.numbers import formula
from kpigen.numbers.formula import Expression, Missing, Name, Value, build, literal
from kpigen.numbers.intervals import Interval, extent
from kpigen.scoring.entries import absent_names, says_of_entries, spread
from kpigen.scoring.filled import taken_from
from kpigen.scoring.methods.base import Case, method_of
from kpigen.scoring.outlook.folding import Folding

#: The name of the axis along the measure.
MEASURE = "measure"


@dataclass(frozen=True)
class Along:
    """A raw score along one number: a formula whose only variable is `axis`, with the values of all other names in it."""

    axis: str
    expression: Expression
    known: Mapping[str, Value]

    def within(self, low: Fraction | None, high: Fraction | None) -> Interval:
        """Return an interval that holds the raw scores over a part of the axis; it may be larger than needed."""
        absent = frozenset(name for name, value in self.known.items() if value is Missing.ABSENT)
        return extent(self.expression, {self.axis: Interval(low, high)}, absent)

    def at(self, x: Fraction) -> Fraction | None:
        """Return the raw score at a value of the axis; None if it has no result."""
        try:
            return formula.number(self.expression, {**self.known, self.axis: x})
        except formula.Problem:
            return None


@dataclass(frozen=True)
class RuleFormula:
    """An indicator's rule as one formula over its inputs, with a review's values by name or path (`goals.2.actual`).

    `by_measure` is the same over the measure, without the special cases of `when_zero`. Both are None if no formula exists.
    `taken` are the names that stand for another one by default, with that one: only the other one is in the formulas.
    """

    whole: Expression | None
    by_measure: Expression | None
    known: Mapping[str, Value]
    taken: Mapping[str, str] = field(default_factory=dict)

    def along(self, name: str) -> Along | None:
        """Return the score along one input, or along a field of a list entry by its path; None if there is no formula."""
        return None if self._folded is None else _along(name, self._folded, self.known)

    def along_measure(self) -> Along | None:
        """Return the score along the measure; None if there is no formula."""
        return None if self.by_measure is None else _along(MEASURE, Folding(self.by_measure, self.known), self.known)

    @cached_property
    def _folded(self) -> Folding | None:
        return None if self.whole is None else Folding(self.whole, self.known)


def rule_of(
    indicator: Indicator, known: Mapping[str, Any], given: Mapping[str, InputValue] | None = None
) -> RuleFormula:
    """Return an indicator's rule as one formula. `known` are the values from `score.known_values`, `given` those of the review.

    What is absent is left out of it where that is certain. Elsewhere `known` of the result says that it is absent.
    """
    values: dict[str, Value] = {id_: value for id_, value in known.items() if formula.is_value(value)}
    for id_, value in known.items():
        if isinstance(value, tuple):
            for number, row in enumerate(value, 1):
                values.update({f"{id_}.{number}.{field}": one for field, one in row.items()})
    absent = absent_names(indicator, known)
    values.update(dict.fromkeys(absent, Missing.ABSENT))

    pool = indicator.shown_as.id if indicator.shown_as else ""
    case = Case(known, indicator.inputs, indicator.out_of, unit=indicator.measure_unit, pool=pool)
    try:
        by_measure = method_of(indicator).limited(None if indicator.measure is None else Name(MEASURE, 0), case)
    except (formula.Problem, KeyError):  # a part without a formula has missing values
        by_measure = None
    has_entries = says_of_entries(by_measure) or says_of_entries(indicator.measure)

    def left(expression: Expression | None) -> Expression | None:
        if expression is not None and has_entries:
            expression = spread(expression, known, absent)
        return expression and formula.without(expression, absent)

    whole = by_measure
    if whole is not None and indicator.measure is not None:
        whole = formula.replaced(whole, {MEASURE: indicator.measure})
    by_measure, whole = left(by_measure), left(whole)
    for name, amount in reversed(indicator.when_zero):
        if whole is not None and name not in absent:
            whole = build("if", literal(amount), build("==", Name(name, 0), literal(0)), whole)
    taken = {} if given is None else _taken(indicator, given)
    if taken:
        by = {name: Name(source) for name, source in taken.items()}
        by_measure, whole = (one and formula.replaced(one, by) for one in (by_measure, whole))
    return RuleFormula(whole, by_measure, values, taken)


def _taken(indicator: Indicator, given: Mapping[str, InputValue]) -> dict[str, str]:
    """Return the inputs and fields, by path, that have the value of another one by default, with that one."""
    taken = taken_from(indicator.inputs, given)
    for item in indicator.inputs:
        rows = given.get(item.id)
        if isinstance(rows, tuple) and any(one.default_of for one in item.fields):
            for number, row in enumerate(rows, 1):
                entry = f"{item.id}.{number}."
                taken.update({entry + id_: entry + source for id_, source in taken_from(item.fields, row).items()})
    return taken


def _along(axis: str, folding: Folding, known: Mapping[str, Value]) -> Along:
    expression = folding.along(axis)
    used = {name.id for name in formula.names(expression)}
    return Along(axis, expression, {name: known[name] for name in used if name in known and name != axis})
