"""Read the method of an indicator, or of a part of one, and its measure from a rule file."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, replace
from fractions import Fraction

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import nearest, shorten
from kpigen.diagnostics.values import as_written, phrase
from kpigen.document.nodes import MappingNode, Node
from kpigen.model.forms import InputType
from kpigen.numbers.formula import Expression, Name, Type, type_of
from kpigen.numbers.quantities import Unit
from kpigen.scoring.filled import sources
from kpigen.scoring.methods.base import Method, Rule, declared
from kpigen.scoring.methods.levels import Levels
from kpigen.scoring.methods.value import Value

_MEASURES = (Type.PLAIN, Type.SECONDS, Type.MONEY)


def read_method(node: Node, rule: Rule, also: tuple[str, ...] = ()) -> Method | None:
    """Return the method read from its mapping; None if something is wrong (reported). `also`: other keys that are allowed."""
    if not isinstance(node, MappingNode):
        rule.reader.shape(node, "score", phrase("a mapping"))
        return None
    named = rule.reader.scalar(node.get("method"), "score.method")
    if named is None:
        if node.get("method") is None:
            rule.reader.add(catalogue.MISSING_KEY, node, key="method", where="score")
        return None
    method = rule.methods.get(named.text)
    if method is None:
        rule.reader.add(
            catalogue.UNKNOWN_METHOD,
            named,
            near=nearest(named.text, rule.methods),
            method=shorten(named.text),
            known=as_written(rule.methods),
        )
        return None
    values = rule.reader.mapping(
        node, phrase("the method `{method}`", method=method.name), ("method", "cap", "floor", *method.keys, *also)
    )
    cap, floor = rule.amount(values.get("cap"), "score.cap"), rule.amount(values.get("floor"), "score.floor")
    if cap is not None and floor is not None and cap < floor:
        rule.misfit(values["cap"], method.name, phrase("has a cap below its floor"))
    if method.takes_measure and rule.measure_type is None:
        rule.misfit(node, method.name, phrase("needs a `measure`, or one input that is a number"))
        before = len(rule.reader.found)
        method.read(node, values, rule)  # for what else is missing
        rule.reader.found[before:] = [item for item in rule.reader.found[before:] if item.kind is catalogue.MISSING_KEY]
        return None
    if method.needs_marks and rule.marks is None:
        rule.full(node)
        return None
    read = method.read(node, values, rule)
    if len(rule.inputs) == 1 and (method.takes_measure or "measure" in rule.used):
        rule.uses({rule.inputs[0].id} - rule.used)  # if a measure names it, that says whether it is needed
    if not also:  # the whole method checks the inputs of its parts
        rule.refuse_optional(node, method.name, rule.inputs, rule.needed)
        rule.used |= sources(rule.inputs, rule.used)
    return None if read is None else replace(read, cap=cap, floor=floor)


@dataclass(frozen=True, slots=True)
class Measured:
    """A number that a rule is about: its formula, its type, the unit to show it in, and whether it is written as a percentage."""

    expression: Expression
    type: Type
    unit: Unit
    percent: bool


def read_measure(node: Node | None, rule: Rule) -> tuple[Expression | None, Unit]:
    """Return the measure and the unit to show it in, and set the rule's type. The only input is the default if it is a number."""
    only = rule.inputs[0] if len(rule.inputs) == 1 else None
    if node is not None:
        measured = read_number(node, "measure", rule)
    else:
        measured = _measured(Name(only.id), rule) if only is not None and only.type.is_number else None
    if measured is None:
        return None, Unit.PLAIN
    rule.measure_type, rule.percent = measured.type, measured.percent
    return measured.expression, measured.unit


def read_number(node: Node, key: str, rule: Rule) -> Measured | None:
    """Return a number that is given as a formula over the inputs; None (reported) if it is none."""
    expression = rule.formula(node, key, rule.inputs, _MEASURES)
    return None if expression is None else _measured(expression, rule)


def _measured(expression: Expression, rule: Rule) -> Measured:
    type_ = type_of(expression, declared(rule.inputs))
    assert isinstance(type_, Type), "it was checked when it was read"
    source = next((item for item in rule.inputs if isinstance(expression, Name) and item.id == expression.id), None)
    unit = source.type.unit if source else Unit.DURATION if type_ is Type.SECONDS else Unit.PLAIN
    return Measured(expression, type_, unit, source is not None and source.type is InputType.PERCENT)


def shown_unit(unit: Unit, rule: Rule) -> Unit:
    """Return the unit to show a measure in. A calculated share is shown as a percentage if the rule writes percentages."""
    return shown_unit_of(unit, rule.written)


def shown_unit_of(unit: Unit, written: Container[Unit]) -> Unit:
    """Return the unit to show a number in: a calculated share as a percentage, if that is how it is `written`."""
    return Unit.PERCENT if unit is Unit.PLAIN and Unit.PERCENT in written else unit


def usual_method(rule: Rule, has_measure: bool) -> Method | None:
    """Return the method of a row that names none: the level of its only choice if a scale gives it points, or its measure.

    `has_measure`: the row says what it measures, so that this is its score. None if neither fits.
    """
    only = rule.inputs[0] if len(rule.inputs) == 1 else None
    if (
        not has_measure
        and only is not None
        and only.type is InputType.CHOICE
        and all(choice.points is not None for choice in only.choices)
    ):
        rule.uses([only.id])
        return Levels(tuple((choice.id, choice.points or Fraction(0)) for choice in only.choices), only.id)
    if rule.measure_type is Type.PLAIN and (not rule.percent or rule.marks == 1):
        if only is not None:
            rule.uses([only.id])
        return Value()
    return None
