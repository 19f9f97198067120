"""The scoring methods, one file each. A form names one by `score: {method: …}`; nothing here knows a form."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import nearest, shorten
from kpigen.document.nodes import MappingNode, Node
from kpigen.model.forms import Input, InputType
from kpigen.numbers.formula import Expression, Name, Type, type_of
from kpigen.numbers.quantities import Unit
from kpigen.scoring.methods.base import Case, Method, Rule, declared, read_formula
from kpigen.scoring.methods.curve import Curve
from kpigen.scoring.methods.deductions import Deductions
from kpigen.scoring.methods.formula import Formula
from kpigen.scoring.methods.levels import Levels
from kpigen.scoring.methods.parts import Part, Parts, part_numbers
from kpigen.scoring.methods.ratings import Ratings
from kpigen.scoring.methods.ratio import Ratio
from kpigen.scoring.methods.reference import Reference
from kpigen.scoring.methods.value import Value
from kpigen.scoring.methods.weighted_list import WeightedList

__all__ = ["METHODS", "Case", "Method", "Rule", "part_numbers", "read_measure", "read_method", "shown_unit"]

METHODS: dict[str, type[Method]] = {
    method.name: method
    for method in (Value, Ratio, Curve, Reference, Deductions, Levels, Ratings, WeightedList, Parts, Formula)
}

_MEASURES = (Type.PLAIN, Type.SECONDS, Type.MONEY)


def read_method(node: Node, rule: Rule, also: tuple[str, ...] = ()) -> Method | None:
    """Read a method from its mapping (`also`: further keys that belong to somebody else); None where it is wrong."""
    if not isinstance(node, MappingNode):
        rule.reader.shape(node, "score", "a mapping")
        return None
    named = rule.reader.scalar(node.get("method"), "score.method")
    if named is None:
        if node.get("method") is None:
            rule.reader.add(catalogue.MISSING_KEY, node, key="method", where="score")
        return None
    method = METHODS.get(named.text)
    if method is None:
        rule.reader.add(
            catalogue.UNKNOWN_METHOD,
            named,
            near=nearest(named.text, METHODS),
            method=shorten(named.text),
            known=", ".join(METHODS),
        )
        return None
    values = rule.reader.mapping(node, f"the method `{method.name}`", ("method", "cap", "floor", *method.keys, *also))
    cap, floor = rule.amount(values.get("cap"), "score.cap"), rule.amount(values.get("floor"), "score.floor")
    if cap is not None and floor is not None and cap < floor:
        rule.misfit(values["cap"], method.name, "has a cap below its floor")
    if method.takes_measure and rule.measure_type is None:
        rule.misfit(node, method.name, "needs a `measure`, or one input that is a number")
        return None
    read = method.read(node, values, rule, cap, floor)
    if len(rule.inputs) == 1 and (method.takes_measure or "measure" in rule.used):
        rule.used.add(rule.inputs[0].id)
    if not also:  # a part's inputs are among those of the whole
        rule.refuse_optional(node, method.name, rule.inputs, rule.used)
    return read


def read_measure(node: Node | None, rule: Rule) -> tuple[Expression | None, Unit]:
    """Read a measure, or take the only input where it is a number; sets the rule's type and gives the unit to show it in."""
    only = rule.inputs[0] if len(rule.inputs) == 1 else None
    if node is None:
        if only is None or not only.type.is_number:
            return None, Unit.PLAIN
        expression: Expression | None = Name(only.id)
        kind: Type | None = declared([only])[only.id].type
    else:
        known = declared(rule.inputs)
        expression, used = read_formula(rule.reader, node, "measure", known, _MEASURES)
        rule.used |= used
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
    """Return the unit to show a measure in: a computed share is shown as a percentage where the rule writes one."""
    return Unit.PERCENT if unit is Unit.PLAIN and Unit.PERCENT in rule.written else unit


def read_part(node: Node, rule: Rule) -> Part | None:
    """Read one part of a `parts` method."""
    reader = rule.reader
    if not isinstance(node, MappingNode):
        reader.shape(node, "score.parts", "a mapping")
        return None
    id_ = reader.id(node.get("id"), "score.parts.id")
    if id_ is None:
        if node.get("id") is None:
            reader.add(catalogue.MISSING_KEY, node, key="id", where="score.parts")
        return None
    name = reader.local_text(node.get("name"), f"score.parts.{id_}.name", ())
    weight = reader.number(node.get("weight"), f"score.parts.{id_}.weight") if node.get("weight") else Fraction(1)
    own = replace(rule, measure_type=None, used=set(), written=set())
    measure, unit = read_measure(node.get("measure"), own)
    method = read_method(node, own, also=("id", "name", "weight", "measure"))
    rule.used |= own.used
    if weight is not None and weight <= 0:
        reader.add(catalogue.OUT_OF_RANGE, node, key=f"score.parts.{id_}.weight", value=weight, range="above 0")
        return None
    return None if method is None or weight is None else Part(id_, name, weight, measure, shown_unit(unit, own), method)
