"""The method `weighted_list`: goals or tasks, each with a weight and a value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.values import listed, phrase
from kpigen.document.nodes import Node
from kpigen.i18n.messages import mark
from kpigen.model.forms import InputType
from kpigen.model.scores import Step
from kpigen.numbers import formula
from kpigen.numbers.formula import Expression, Name, Type, build, literal
from kpigen.numbers.intervals import Interval, extent
from kpigen.numbers.quantities import Unit, exact, show
from kpigen.scoring.filled import sources
from kpigen.scoring.methods.base import Canonical, Case, Method, Rule, Texts, declared, read_formula
from kpigen.scoring.wording import Parameter, RuleWording

#: A list with a negative weight has no score.
_NO_RESULT = build("/", literal(1), literal(0))


@dataclass(frozen=True)
class WeightedList(Method):
    """Goals or tasks: Σ (weight × value) ÷ Σ weight × full marks. `weight` and `value` are formulas over an entry's fields.

    An entry without a weight or value, because an optional field has none, does not count.
    """

    name = "weighted_list"
    label = mark("Weighted list")
    keys = ("weight", "value", "values")
    takes_measure = False
    needs_marks = True
    sentences: ClassVar[Texts] = {
        "entry": mark("{name} (weight {weight})"),
        "entry_left_out": mark("{name}: has no value and does not count"),
        "weighted_list": mark("Weighted mean of the entries, times full marks"),
    }
    number_names: ClassVar[Texts] = {
        "weight": mark("Weight"),
        "value": mark("value"),
        "values": mark("values of the levels"),
    }

    input: str
    weight: Expression
    value: Expression
    values: tuple[tuple[str, tuple[tuple[str, Fraction], ...]], ...]

    @classmethod
    def read(cls, node: Node, values: dict[str, Node], rule: Rule) -> Method | None:
        """Read `weight`, `value`, and the numbers of choices in `values`."""
        lists = [item for item in rule.inputs if item.type is InputType.LIST]
        for key in ("weight", "value"):
            if key not in values:
                rule.reader.add(catalogue.MISSING_KEY, node, key=key, where="score")
        if len(lists) != 1:
            rule.misfit(node, cls.name, phrase("needs exactly one input of type list"))
            return None
        rule.uses([lists[0].id])
        fields = lists[0].fields
        scales = {}
        for name, scale in rule.reader.pairs(values.get("values"), "score.values"):
            one = next((item for item in fields if item.id == name.text and item.type is InputType.CHOICE), None)
            if one is None:
                rule.misfit(
                    name,
                    cls.name,
                    phrase("gives numbers to `{name}`, which is not a choice among the fields", name=name.text),
                )
                continue
            where = f"score.values.{name.text}"
            numbers = {key.text: rule.reader.number(node, where) for key, node in rule.reader.pairs(scale, where)}
            expected = [choice.id for choice in one.choices]
            if sorted(numbers) != sorted(expected):
                rule.reader.add(
                    catalogue.LEVELS_DIFFER,
                    scale,
                    found=listed(numbers),
                    input=name.text,
                    expected=listed(expected),
                )
            scales[name.text] = tuple((k, v) for k, v in numbers.items() if v is not None)
        known = declared(fields, scales)
        weight, used = read_formula(rule.reader, values.get("weight"), "score.weight", known, (Type.PLAIN,))
        value, also = read_formula(rule.reader, values.get("value"), "score.value", known, (Type.PLAIN,))
        used |= also
        used |= sources(fields, used)
        unused = [item.id for item in fields if item.type is not InputType.TEXT and item.id not in used]
        if weight is not None and value is not None:
            for id_ in unused:
                rule.reader.add(catalogue.UNUSED_INPUT, node, input=f"{lists[0].id}.{id_}")
        if weight is None or value is None:
            return None
        return cls(lists[0].id, weight, value, tuple(scales.items()))

    def _row(self, row: Mapping[str, Any]) -> dict[str, Any]:
        scales = {name: dict(scale) for name, scale in self.values}
        return {name: scales[name].get(value, value) if name in scales else value for name, value in row.items()}

    def raw(self, case: Case) -> tuple[Fraction, list[Step]]:
        """Return the weighted mean of the entries' values times full marks."""
        total = earned = Fraction(0)
        steps = []
        for number, entry in enumerate(case.values[self.input], 1):
            row = self._row(entry)
            weight, value = _number(self.weight, row), _number(self.value, row)
            name = ("name", _title(entry, number))
            if weight is None or value is None:
                steps.append(Step("entry_left_out", args=(name,)))
                continue
            if weight < 0:
                raise formula.Problem(phrase("the weight of entry {number} is negative", number=number))
            total += weight
            earned += weight * value
            steps.append(
                Step(
                    "entry",
                    case.write(self.value),
                    case.put_in(self.value, row),
                    value,
                    Unit.PERCENT,
                    (name, ("weight", show(weight))),
                )
            )
        if all(step.kind == "entry_left_out" for step in steps):
            raise formula.Problem(phrase("no entry of the list has a value"))
        if total == 0:
            raise formula.Problem(phrase("the weights of the list add up to 0"))
        score = earned / total * case.full
        steps.append(Step("weighted_list", numbers=f"{show(earned)} ÷ {show(total)} × {show(case.full)}", value=score))
        return score, steps

    def bases(self) -> frozenset[str]:
        """Return the fields in an entry's weight, and its `target`. They are agreed before the work is done."""
        return frozenset(name.id for name in formula.names(self.weight)) | {"target"}

    def as_formula(self, x: Expression | None, case: Case) -> Expression | None:
        """Return the weighted mean over the fields of the entries that have a value, each named by its path."""
        fields = next(item.fields for item in case.inputs if item.id == self.input)
        low = extent(self.weight, {item.id: Interval(item.range.low, item.range.high) for item in fields}).low
        may_be_negative = low is None or low < 0
        weights, earned = [], []
        for number, row in enumerate(case.values[self.input], 1):
            absent = frozenset(id_ for id_, value in row.items() if value is formula.Missing.ABSENT)
            weight, value = formula.without(self.weight, absent), formula.without(self.value, absent)
            if weight is None or value is None:
                continue
            paths: dict[str, Expression] = {id_: Name(f"{self.input}.{number}.{id_}", 0) for id_ in row}
            for id_, scale in self.values:
                paths[id_] = _scaled(paths[id_], scale)
            weight = formula.replaced(weight, paths)
            if may_be_negative:
                weight = build("if", weight, build(">=", weight, literal(0)), _NO_RESULT)
            weights.append(weight)
            earned.append(build("*", weight, formula.replaced(value, paths)))
        if not weights:
            return _NO_RESULT
        share = build("/", build("sum", *earned), build("sum", *weights))
        return build("*", share, literal(case.full))

    def parameters(self, unit: Unit, wording: RuleWording) -> list[Parameter]:
        """Return the formulas of an entry, and the numbers of choices."""
        return [
            Parameter(wording.say(mark("Weight of an entry")), wording.formula(self.weight)),
            Parameter(wording.say(mark("Value of an entry")), wording.formula(self.value)),
            *(
                Parameter(wording.name(id_), wording.listed(f"{wording.name(k)} {show(v)}" for k, v in scale))
                for id_, scale in self.values
            ),
        ]

    def numbers(self) -> Canonical:
        """Return formulas and scales."""
        return {
            "weight": formula.write(self.weight),
            "value": formula.write(self.value),
            "values": {name: {k: exact(v) for k, v in scale} for name, scale in self.values},
        }

    def extent(self, of: Callable[[Expression | None], Interval], full: Fraction) -> Interval:
        """Return the interval of an entry's value times full marks."""
        return of(self.value).mapped(lambda v: v * full)


def _title(entry: Mapping[str, Any], number: int) -> str:
    """Return the name of an entry; its number if it has none."""
    name = entry.get("name", number)
    return str(number if isinstance(name, formula.Missing) else name)


def _number(expression: Expression, row: Mapping[str, Any]) -> Fraction | None:
    """Return what a formula gives for an entry; None if it has no value because an optional field has none."""
    value = formula.evaluate(expression, row)
    if isinstance(value, Fraction):
        return value
    return None if value is formula.Missing.ABSENT else formula.number(expression, row)


def _scaled(choice: Expression, scale: tuple[tuple[str, Fraction], ...]) -> Expression:
    """Return the number of a choice as a formula."""
    result: Expression = literal(scale[-1][1])
    for name, number in scale[:-1]:
        result = build("if", literal(number), build("==", choice, Name(name, 0)), result)
    return result
