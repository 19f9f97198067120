"""The method `parts`: the weighted mean of several methods."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import ClassVar

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.values import phrase
from kpigen.document.nodes import MappingNode, Node
from kpigen.i18n.messages import mark
from kpigen.model.forms import Text
from kpigen.model.scores import Step
from kpigen.numbers import formula
from kpigen.numbers.formula import Expression, Name, build, literal
from kpigen.numbers.intervals import Interval
from kpigen.numbers.quantities import Unit, exact, show
from kpigen.scoring.methods.base import Canonical, Case, Mark, Method, Rule, Texts
from kpigen.scoring.methods.reading import read_measure, read_method, shown_unit
from kpigen.scoring.wording import Parameter, RuleWording


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
    """The weighted mean of parts, each with a method of its own."""

    name = "parts"
    label = mark("Mean of parts")
    keys = ("parts",)
    word_keys = ("parts", "id", "name", "measure")
    takes_measure = False
    sentences: ClassVar[Texts] = {
        "part": mark("Part: {part}"),
        "mean_of_parts": mark("Mean of the parts"),
    }
    number_names: ClassVar[Texts] = {"parts": mark("parts")}

    parts: tuple[Part, ...]

    @classmethod
    def read(cls, node: Node, values: dict[str, Node], rule: Rule) -> Method | None:
        """Read `parts`: a list of methods with id, name, weight and measure."""
        if "parts" not in values:
            rule.reader.add(catalogue.MISSING_KEY, node, key="parts", where="score")
            return None
        entries = rule.reader.items(values["parts"], "score.parts")
        read = [_read_part(entry, rule) for entry in entries]
        parts = tuple(part for part in read if part is not None)
        if len({part.id for part in parts}) != len(parts):
            rule.misfit(node, cls.name, phrase("has two parts with one id"))
        return cls(parts) if parts and len(parts) == len(read) else None

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
        """Return the divisors in the measures and methods of the parts."""
        found = (formula.divisors(part.measure) | part.method.bases() for part in self.parts)
        return frozenset(name for names in found for name in names)

    def marks(self, axis: str) -> tuple[Mark, ...]:
        """Return the marks of the parts on an axis: an input, or an input that is the measure of a part."""
        found = [part.method.marks("measure") for part in self.parts if part.measure == Name(axis, 0)]
        return tuple(one for marks in (*found, *(part.method.marks(axis) for part in self.parts)) for one in marks)

    def as_formula(self, x: Expression | None, case: Case) -> Expression | None:
        """Return the weighted mean of the parts. A part without a formula counts with its current score, as a constant."""
        parts = []
        for part in self.parts:
            one = part.method.limited(part.measure, case)
            if one is None:
                measure = None if part.measure is None else formula.number(part.measure, case.values)
                own = Case(case.values, case.inputs, case.full, measure, part.unit, pool=case.pool)
                one = literal(part.method.score(own)[0])
            parts.append(build("*", one, literal(part.weight)))
        return build("/", build("sum", *parts), literal(sum((part.weight for part in self.parts), Fraction(0))))

    def own_names(self, language: str) -> dict[str, str]:
        """Return the names of the parts."""
        return {part.id: part.name.in_(language) if part.name else part.id for part in self.parts}

    def parameters(self, unit: Unit, wording: RuleWording) -> list[Parameter]:
        """Return each part with its weight and measure, followed by the numbers of its method."""
        lines: list[Parameter] = []
        for part in self.parts:
            label = wording.name(part.id)
            measure = "" if part.measure is None else wording.formula(part.measure)
            weight = "" if part.weight == 1 else f" (× {show(part.weight)})"
            says = wording.say(mark(": ")) + measure if measure and measure != label else ""
            lines.append(Parameter(wording.say(mark("Part")), f"{label}{weight}{says}"))
            lines += [Parameter(f"{label} · {what}", text) for what, text in part.method.described(part.unit, wording)]
        return lines

    def numbers(self) -> Canonical:
        """Return every part's numbers."""
        return {
            "parts": [
                {"id": part.id, "weight": exact(part.weight), **part.method.canonical(part.measure)}
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

            own = part.method.limited_extent(inner, full)
            share = part.weight / total
            result = result.plus(own.times(Interval(share, share)))
        return result


def _read_part(node: Node, rule: Rule) -> Part | None:
    """Read one part of a `parts` method."""
    reader = rule.reader
    if not isinstance(node, MappingNode):
        reader.shape(node, "score.parts", phrase("a mapping"))
        return None
    id_ = reader.id(node.get("id"), "score.parts.id")
    if node.get("id") is None:
        reader.add(catalogue.MISSING_KEY, node, key="id", where="score.parts")
    at = f"score.parts.{id_}" if id_ else "score.parts"
    name = reader.local_text(node.get("name"), f"{at}.name", rule.languages)
    weight = reader.number(node.get("weight"), f"{at}.weight") if node.get("weight") else Fraction(1)
    own = replace(rule, measure_type=None, used=set(), needed=set(), written=set())
    measure, unit = read_measure(node.get("measure"), own)
    method = read_method(node, own, also=("id", "name", "weight", "measure"))
    rule.used |= own.used
    rule.needed |= own.needed
    if weight is not None and weight <= 0:
        reader.add(
            catalogue.OUT_OF_RANGE,
            node,
            key=f"{at}.weight",
            value=str(weight),
            range=phrase("above {low}", low="0"),
        )
        return None
    return (
        None
        if id_ is None or method is None or weight is None
        else Part(id_, name, weight, measure, shown_unit(unit, own), method)
    )
