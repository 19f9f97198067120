"""Read the method of an indicator, or of a part of one, and its measure from a rule file."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import nearest, shorten
from kpigen.diagnostics.values import as_written, phrase
from kpigen.document.nodes import MappingNode, Node
from kpigen.model.forms import Input, InputType
from kpigen.numbers.formula import Expression, Name, Type, type_of
from kpigen.numbers.quantities import Unit
from kpigen.scoring.methods.base import Method, Rule, declared, read_formula
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
        return None
    if method.needs_marks and rule.marks is None:
        rule.full(node)
        return None
    read = method.read(node, values, rule)
    if len(rule.inputs) == 1 and (method.takes_measure or "measure" in rule.used):
        rule.uses({rule.inputs[0].id} - rule.used)  # if a measure names it, that says whether it is needed
    if not also:  # the whole method checks the inputs of its parts
        rule.refuse_optional(node, method.name, rule.inputs, rule.needed)
    return None if read is None else replace(read, cap=cap, floor=floor)


def read_measure(node: Node | None, rule: Rule) -> tuple[Expression | None, Unit]:
    """Return the measure and the unit to show it in, and set the rule's type. The only input is the default if it is a number."""
    only = rule.inputs[0] if len(rule.inputs) == 1 else None
    if node is None:
        if only is None or not only.type.is_number:
            return None, Unit.PLAIN
        expression: Expression | None = Name(only.id)
        kind: Type | None = declared([only])[only.id].type
    else:
        known = declared(rule.inputs)
        expression, used = read_formula(rule.reader, node, "measure", known, _MEASURES)
        rule.uses(used, expression)
        if expression is None:
            return None, Unit.PLAIN
        found = type_of(expression, known)
        kind = found if isinstance(found, Type) else None
    rule.measure_type = kind
    source = _only_input(expression, rule.inputs)
    rule.percent = source is not None and source.type is InputType.PERCENT
    return expression, source.type.unit if source else Unit.DURATION if kind is Type.SECONDS else Unit.PLAIN


def _only_input(expression: Expression | None, inputs: tuple[Input, ...]) -> Input | None:
    return next((item for item in inputs if isinstance(expression, Name) and item.id == expression.id), None)


def shown_unit(unit: Unit, rule: Rule) -> Unit:
    """Return the unit to show a measure in. A calculated share is shown as a percentage if the rule writes percentages."""
    return Unit.PERCENT if unit is Unit.PLAIN and Unit.PERCENT in rule.written else unit


def usual_method(rule: Rule) -> Method | None:
    """Return the method of a row that names none: the level of its only choice if a scale gives it points, or its measure.

    None if neither fits.
    """
    only = rule.inputs[0] if len(rule.inputs) == 1 else None
    if only is not None and only.type is InputType.CHOICE and all(choice.points is not None for choice in only.choices):
        rule.uses([only.id])
        return Levels(tuple((choice.id, choice.points or Fraction(0)) for choice in only.choices), only.id)
    if rule.measure_type is Type.PLAIN and not rule.percent:
        if only is not None:
            rule.uses([only.id])
        return Value()
    return None
