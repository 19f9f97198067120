"""Methods made of several entries or parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from kpigen.diagnostics import catalogue
from kpigen.document.nodes import Node
from kpigen.model.forms import InputType, Text
from kpigen.model.scores import Step
from kpigen.numbers import formula
from kpigen.numbers.formula import Expression, Name, Type, build, literal
from kpigen.numbers.intervals import Interval
from kpigen.numbers.quantities import Unit, exact, show
from kpigen.scoring.methods.base import Canonical, Case, Method, Rule, declared, read_formula


@dataclass(frozen=True)
class WeightedList(Method):
    """Goals or tasks: Σ weight × value ÷ Σ weight × full, `weight` and `value` being formulas over an entry's fields."""

    name = "weighted_list"
    keys = ("weight", "value", "values")
    takes_measure = False

    input: str
    weight: Expression
    value: Expression
    values: tuple[tuple[str, tuple[tuple[str, Fraction], ...]], ...]

    @classmethod
    def read(
        cls, node: Node, values: dict[str, Node], rule: Rule, cap: Fraction | None, floor: Fraction | None
    ) -> Method | None:
        """Read `weight`, `value`, and the numbers of choices in `values`."""
        lists = [item for item in rule.inputs if item.type is InputType.LIST]
        if len(lists) != 1:
            rule.misfit(node, cls.name, "needs exactly one input of type list")
            return None
        for key in ("weight", "value"):
            if key not in values:
                rule.reader.add(catalogue.MISSING_KEY, node, key=key, where="score")
        rule.used.add(lists[0].id)
        fields = lists[0].fields
        scales = {}
        for name, scale in rule.reader.pairs(values.get("values"), "score.values"):
            one = next((item for item in fields if item.id == name.text and item.type is InputType.CHOICE), None)
            if one is None:
                rule.misfit(name, cls.name, f"gives numbers to `{name.text}`, which is not a choice among the fields")
                continue
            where = f"score.values.{name.text}"
            numbers = {key.text: rule.reader.number(node, where) for key, node in rule.reader.pairs(scale, where)}
            expected = [choice.id for choice in one.choices]
            if sorted(numbers) != sorted(expected):
                rule.reader.add(
                    catalogue.LEVELS_DIFFER,
                    scale,
                    found=", ".join(numbers),
                    input=name.text,
                    expected=", ".join(expected),
                )
            scales[name.text] = tuple((k, v) for k, v in numbers.items() if v is not None)
        known = declared(fields, scales)
        weight, used = read_formula(rule.reader, values.get("weight"), "score.weight", known, (Type.PLAIN,))
        value, also = read_formula(rule.reader, values.get("value"), "score.value", known, (Type.PLAIN,))
        rule.refuse_optional(node, cls.name, fields, used | also)
        unused = [item.id for item in fields if item.type is not InputType.TEXT and item.id not in used | also]
        if weight is not None and value is not None:
            for id_ in unused:
                rule.reader.add(catalogue.UNUSED_INPUT, node, input=f"{lists[0].id}.{id_}")
        if weight is None or value is None:
            return None
        return cls(cap, floor, lists[0].id, weight, value, tuple(scales.items()))

    def _row(self, row: Mapping[str, Any]) -> dict[str, Any]:
        scales = {name: dict(scale) for name, scale in self.values}
        return {name: scales[name].get(value, value) if name in scales else value for name, value in row.items()}

    def raw(self, case: Case) -> tuple[Fraction, list[Step]]:
        """Return the weighted mean of the entries' values times full marks."""
        total = earned = Fraction(0)
        steps = []
        for number, entry in enumerate(case.values[self.input], 1):
            row = self._row(entry)
            weight, value = formula.number(self.weight, row), formula.number(self.value, row)
            if weight < 0:
                raise formula.Problem(f"the weight of entry {number} is negative")
            total += weight
            earned += weight * value
            steps.append(
                Step(
                    "entry",
                    case.write(self.value),
                    case.put_in(self.value, row),
                    value,
                    Unit.PERCENT,
                    (("name", str(entry.get("name", number))), ("weight", show(weight))),
                )
            )
        if total == 0:
            raise formula.Problem("the weights of the list add up to 0")
        score = earned / total * case.full
        steps.append(Step("weighted_list", numbers=f"{show(earned)} ÷ {show(total)} × {show(case.full)}", value=score))
        return score, steps

    def bases(self) -> frozenset[str]:
        """Return the fields that an entry's weight comes from, and its `target`: they are set before the work is done."""
        return frozenset(name.id for name in formula.names(self.weight)) | {"target"}

    def as_formula(self, x: Expression | None, case: Case) -> Expression | None:
        """Return the weighted mean over the entries' fields, each named by its path."""
        weights, earned = [], []
        for number, row in enumerate(case.values[self.input], 1):
            paths: dict[str, Expression] = {id_: Name(f"{self.input}.{number}.{id_}", 0) for id_ in row}
            for id_, scale in self.values:
                paths[id_] = _scaled(paths[id_], scale)
            weight = formula.replaced(self.weight, paths)
            weights.append(weight)
            earned.append(build("*", weight, formula.replaced(self.value, paths)))
        share = build("/", build("sum", *earned), build("sum", *weights))
        return build("*", share, literal(case.full))

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


def _scaled(choice: Expression, scale: tuple[tuple[str, Fraction], ...]) -> Expression:
    """Return the number of a choice as a formula."""
    result: Expression = literal(scale[-1][1])
    for name, number in scale[:-1]:
        result = build("if", literal(number), build("==", choice, Name(name, 0)), result)
    return result


@dataclass(frozen=True)
class Part:
    """One part of a mean: its name, weight, measure and method."""

    id: str
    name: Text | None
    weight: Fraction
    measure: Expression | None
    unit: Unit
    method: Method


@dataclass(frozen=True)
class Parts(Method):
    """The weighted mean of parts, each scored by a method of its own."""

    name = "parts"
    keys = ("parts",)
    takes_measure = False

    parts: tuple[Part, ...]

    @classmethod
    def read(
        cls, node: Node, values: dict[str, Node], rule: Rule, cap: Fraction | None, floor: Fraction | None
    ) -> Method | None:
        """Read `parts`: a list of methods with id, name, weight and measure."""
        from kpigen.scoring.methods import read_part

        if "parts" not in values:
            rule.reader.add(catalogue.MISSING_KEY, node, key="parts", where="score")
            return None
        entries = rule.reader.items(values["parts"], "score.parts")
        read = [read_part(entry, rule) for entry in entries]
        parts = tuple(part for part in read if part is not None)
        if len({part.id for part in parts}) != len(parts):
            rule.misfit(node, cls.name, "has two parts with one id")
        return cls(cap, floor, parts) if parts and len(parts) == len(read) else None

    def raw(self, case: Case) -> tuple[Fraction, list[Step]]:
        """Return the weighted mean of the parts."""
        steps: list[Step] = []
        scores: list[tuple[Fraction, Fraction]] = []
        for part in self.parts:
            measure = None if part.measure is None else formula.number(part.measure, case.values)
            name = part.measure.id if isinstance(part.measure, formula.Name) else "measure"
            own = Case(case.values, case.inputs, case.full, measure, part.unit, name, case.pool)
            score, inner = part.method.score(own)
            if part.measure is not None and not isinstance(part.measure, formula.Name):
                steps.append(Step("measure", case.write(part.measure), case.put_in(part.measure), measure, part.unit))
            steps += [*inner, Step("part", value=score, args=(("part", part.id), ("weight", show(part.weight))))]
            scores.append((part.weight, score))
        total = sum((weight for weight, _ in scores), Fraction(0))
        value = sum((weight * score for weight, score in scores), Fraction(0)) / total
        if all(weight == 1 for weight, _ in scores):
            numbers = f"({' + '.join(show(score) for _, score in scores)}) ÷ {len(scores)}"
        else:
            terms = " + ".join(f"{show(weight)} × {show(score)}" for weight, score in scores)
            numbers = f"({terms}) ÷ {show(total)}"
        return value, [*steps, Step("mean_of_parts", numbers=numbers, value=value)]

    def bases(self) -> frozenset[str]:
        """Return the divisors of the parts' measures and methods."""
        found = (formula.divisors(part.measure) | part.method.bases() for part in self.parts)
        return frozenset(name for names in found for name in names)

    def marks(self, axis: str) -> tuple[tuple[str, Fraction], ...]:
        """Return what the parts name of an input: as it is, or as their measure."""
        found = [part.method.marks("measure") for part in self.parts if part.measure == Name(axis, 0)]
        return tuple(mark for marks in (*found, *(part.method.marks(axis) for part in self.parts)) for mark in marks)

    def as_formula(self, x: Expression | None, case: Case) -> Expression | None:
        """Return the weighted mean of the parts; one that is no formula stands with what it scores now."""
        parts = []
        for part in self.parts:
            one = part.method.limited(part.measure, case)
            if one is None:
                measure = None if part.measure is None else formula.number(part.measure, case.values)
                own = Case(case.values, case.inputs, case.full, measure, part.unit, pool=case.pool)
                one = literal(part.method.score(own)[0])
            parts.append(build("*", one, literal(part.weight)))
        return build("/", build("sum", *parts), literal(sum((part.weight for part in self.parts), Fraction(0))))

    def numbers(self) -> Canonical:
        """Return every part's numbers."""
        return {
            "parts": [
                {"id": part.id, "weight": exact(part.weight), **part_numbers(part.method, part.measure)}
                for part in self.parts
            ]
        }

    def extent(self, of: Callable[[Expression | None], Interval], full: Fraction) -> Interval:
        """Return the weighted mean of the parts' intervals."""
        total = sum((part.weight for part in self.parts), Fraction(0))
        result = Interval(Fraction(0), Fraction(0))
        for part in self.parts:

            def inner(expression: Expression | None, part: Part = part) -> Interval:
                return of(part.measure if expression is None else expression)

            own = part.method.extent(inner, full).cut(part.method.floor, part.method.cap)
            share = part.weight / total
            result = result.plus(own.times(Interval(share, share)))
        return result


def part_numbers(method: Method, measure: Expression | None) -> dict[str, Canonical]:
    """Return a method with its measure, cap and floor for the digest of the scoring part."""
    limits = {"cap": method.cap, "floor": method.floor}
    return {
        "method": method.name,
        **method.numbers(),
        **({} if measure is None else {"measure": formula.write(measure)}),
        **{name: exact(value) for name, value in limits.items() if value is not None},
    }
