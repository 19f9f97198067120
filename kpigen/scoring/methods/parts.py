"""The method `parts`: the mean of several methods."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from kpigen.diagnostics import catalogue
from kpigen.document.nodes import Node
from kpigen.model.forms import Text
from kpigen.model.scores import Step
from kpigen.numbers import formula
from kpigen.numbers.formula import Expression, Name, build, literal
from kpigen.numbers.intervals import Interval
from kpigen.numbers.quantities import Unit, exact, show
from kpigen.scoring.methods.base import Canonical, Case, Method, Rule


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
