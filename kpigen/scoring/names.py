"""The names that the formulas of a form may use: in a section's total, in the total, in vetoes and in results."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from kpigen.model.forms import Form, Indicator, Input, InputType, Section
from kpigen.model.reviews import Auto, InputValue, Metrics
from kpigen.model.scores import IndicatorScore
from kpigen.numbers.expressions import ENTRY
from kpigen.numbers.formula import Declared, Expression, Missing, Name, Numbers, Operation, Type, Value, names, replaced
from kpigen.scoring.filled import filled
from kpigen.scoring.methods.base import declared

#: The name of the list of all rows; with a section in front (`service.rows`), of those of a section.
ROWS = "rows"
TOTAL, EXACT_TOTAL, BONUS = "total", "exact_total", "bonus"
COEFFICIENT, TIER = "coefficient", "tier"

#: Functions that take a section, alone, as the list of its rows.
_OF_ROWS = ("sum", "mean", "min", "max", "count", "last", "run")


class Bare(enum.Enum):
    """What the id of an indicator stands for in a formula: its points, or in a veto its single input."""

    POINTS = "points"
    INPUT = "input"


def known_names(sections: Iterable[Section], tables: Iterable[str], bare: Bare) -> dict[str, Declared]:
    """Return the names of sections, rows, indicators, inputs and tables with their types.

    Confidential inputs have no name here. An indicator has precedence over a section with the same id.
    """
    sections = tuple(sections)
    known: dict[str, Declared] = {ROWS: Declared(Type.LIST)}
    known |= {id_: Declared(Type.PLAIN) for id_ in tables}
    for id_, rows in (*((section.id, section.indicators) for section in sections), (ROWS, _all(sections))):
        known |= {f"{id_}.{name}": Declared(Type.LIST) for name in _listed(rows)}
    for section in sections:
        known[section.id] = Declared(Type.PLAIN)
        known[f"{section.id}.{ROWS}"] = Declared(Type.LIST)
    for indicator in (item for section in sections for item in section.indicators):
        types = declared(item for item in indicator.inputs if not item.confidential)
        known |= {f"{indicator.id}.{id_}": type_ for id_, type_ in types.items()}
        if bare is Bare.POINTS and not indicator.unscored:
            known[indicator.id] = Declared(Type.PLAIN)
        elif bare is Bare.INPUT and len(indicator.inputs) == 1 and types:
            (known[indicator.id],) = types.values()
    return known


def rows_of(sections: Iterable[Section]) -> frozenset[str]:
    """Return the ids of the indicators of some sections."""
    return frozenset(item.id for item in _all(sections))


def _all(sections: Iterable[Section]) -> tuple[Indicator, ...]:
    return tuple(item for section in sections for item in section.indicators)


def _listed(rows: Iterable[Indicator]) -> dict[str, None]:
    """Return the inputs of rows that are numbers or lists of numbers: together they are a list."""
    return {
        item.id: None
        for row in rows
        for item in row.inputs
        if not item.confidential and (item.type.is_number or item.type is InputType.RATINGS)
    }


def with_rows(expression: Expression, sections: Iterable[str]) -> Expression:
    """Return a formula with `mean(service)` as `mean(service.rows)`: a section in such a function is the list of its rows.

    The formula is as parsed. A second operand that names `value` is said of each row: `count(service, value < 60)`.
    """
    ids = frozenset(sections)
    if not isinstance(expression, Operation):
        return expression
    first, *others = (with_rows(operand, ids) for operand in expression.operands)
    if expression.operator in _OF_ROWS and isinstance(first, Name) and first.id in ids and _is_of_each(others):
        first = Name(f"{first.id}.{ROWS}", first.position)
    return Operation(expression.operator, (first, *others), expression.position)


def of_section(expression: Expression, section: str) -> Expression:
    """Return the formula of a section's total, in which `rows` are those of the section: `service.rows`."""
    own = {name.id: Name(f"{section}.{name.id.removeprefix(f'{ROWS}.')}", name.position) for name in names(expression)}
    return replaced(expression, {id_: name for id_, name in own.items() if id_.partition(".")[0] == ROWS})


def _is_of_each(others: list[Expression]) -> bool:
    return not others or (len(others) == 1 and any(name.id == ENTRY for name in names(others[0])))


@dataclass(frozen=True)
class Known:
    """What the names of a form's formulas stand for in one review. A value that is missing is open or absent.

    `scores` are the results of the rows, `own` further names with their values, such as sections and the total.
    """

    form: Form
    scores: Mapping[str, IndicatorScore]
    metrics: Metrics
    bare: Bare
    own: Mapping[str, Value] = field(default_factory=dict)

    def values(self, wanted: Iterable[Name]) -> dict[str, Value]:
        """Return the values of some names; an id of a choice has none."""
        found = {}
        for name in wanted:
            value = self._value(name.id)
            if value is not None:
                found[name.id] = value
        return found

    def _value(self, name: str) -> Value | None:
        if name in self.own:
            return self.own[name]
        first, _, second = name.partition(".")
        if name == ROWS:
            return self._rows(self.form.indicators)
        indicator = self.form.indicator(first)
        if indicator is not None:
            return self._of_indicator(indicator, second)
        if first == ROWS:
            return self._inputs(self.form.indicators, second)
        section = next((item for item in self.form.sections if item.id == first), None)
        if section is None or not second:
            return None
        return self._rows(section.indicators) if second == ROWS else self._inputs(section.indicators, second)

    def _inputs(self, indicators: Iterable[Indicator], input_id: str) -> Value:
        """Return the values of one input of all rows that apply and have it, as a list; those of lists one after the other."""
        found: list[Fraction] = []
        for indicator in indicators:
            item = indicator.input(input_id)
            if item is None or self.scores[indicator.id].not_applicable:
                continue
            value = value_of(item, self.metrics.get(indicator.id, {}), indicator)
            if value is Missing.OPEN:
                return Missing.OPEN
            if isinstance(value, Fraction):
                found.append(value)
            elif isinstance(value, Numbers):
                found += value.items or ()
        return Numbers.of(tuple(found)) if found else Missing.ABSENT

    def _rows(self, indicators: Iterable[Indicator]) -> Value:
        """Return the points of the rows that apply, as a list."""
        scores = [self.scores[item.id] for item in indicators if not item.unscored]
        if any(score.is_open for score in scores):
            return Missing.OPEN
        points = tuple(score.exact for score in scores if score.exact is not None)
        return Numbers.of(points) if points else Missing.ABSENT

    def _of_indicator(self, indicator: Indicator, input_id: str) -> Value:
        score = self.scores[indicator.id]
        if score.not_applicable:
            return Missing.ABSENT
        if not input_id and self.bare is Bare.POINTS:
            return Missing.OPEN if score.exact is None else score.exact
        item = indicator.input(input_id) if input_id else indicator.inputs[0]
        return Missing.OPEN if item is None else value_of(item, self.metrics.get(indicator.id, {}), indicator)


def value_of(item: Input, values: Mapping[str, InputValue], indicator: Indicator) -> Value:
    """Return the value of an input in a formula: with its default, open while it is required and missing."""
    return _value_of(item, filled(indicator.inputs, values))


def values_of(indicator: Indicator, values: Mapping[str, InputValue]) -> dict[str, Value]:
    """Return the value of each input of an indicator in a formula; see `value_of`."""
    known = filled(indicator.inputs, values)
    return {item.id: _value_of(item, known) for item in indicator.inputs}


def _value_of(item: Input, values: Mapping[str, InputValue]) -> Value:
    value = values.get(item.id)
    if value is None or isinstance(value, Auto):
        return Missing.ABSENT if item.optional else Missing.OPEN
    if item.type is InputType.LIST and isinstance(value, tuple):
        rows = (filled(item.fields, row) for row in value)
        return tuple({one.id: _value_of(one, row) for one in item.fields} for row in rows)
    assert isinstance(value, Fraction | bool | str | Numbers)
    return value
