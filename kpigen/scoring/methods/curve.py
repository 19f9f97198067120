"""The method `curve`: straight lines between points."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import ClassVar

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import shorten
from kpigen.diagnostics.values import phrase
from kpigen.document.nodes import MappingNode, Node
from kpigen.i18n.messages import mark
from kpigen.model.scores import Step
from kpigen.numbers.formula import Expression, build, literal
from kpigen.numbers.intervals import Interval
from kpigen.numbers.quantities import Unit, exact, show
from kpigen.scoring.methods.base import Canonical, Case, Method, Rule, Texts
from kpigen.scoring.wording import Parameter, RuleWording


@dataclass(frozen=True)
class Curve(Method):
    """Linear interpolation between points; constant before the first and after the last."""

    name = "curve"
    label = mark("Curve of straight lines")
    keys = ("points",)
    sentences: ClassVar[Texts] = {
        "curve_point": mark("The curve at {x}"),
        "curve_below": mark("Up to {x} the curve stays at {y}"),
        "curve_above": mark("From {x} on the curve stays at {y}"),
        "curve_between": mark("Straight line from {x0} (score {y0}) to {x1} (score {y1})"),
    }
    number_names: ClassVar[Texts] = {"points": mark("points")}

    points: tuple[tuple[Fraction, Fraction], ...]

    @classmethod
    def read(cls, node: Node, values: dict[str, Node], rule: Rule) -> Method | None:
        """Read `points`: measured value → raw score. There must be at least two, with rising measured values."""
        reader = rule.reader
        points: list[tuple[Fraction, Fraction]] = []
        raw_points = values.get("points")
        if raw_points is None:
            reader.add(catalogue.MISSING_KEY, node, key="points", where="score")
            return None
        for key, value in reader.pairs(raw_points, "score.points"):
            x, y = rule.in_unit(key, "score.points"), rule.amount(value, "score.points")
            if x is None or y is None:
                return None
            if points and x <= points[-1][0]:
                reader.add(catalogue.CURVE_NOT_FUNCTION, key, value=f"`{shorten(key.text)}`")
                return None
            points.append((x, y))
        if len(points) < 2:
            if isinstance(raw_points, MappingNode):
                rule.misfit(raw_points, cls.name, phrase("needs at least two points"))
            return None
        return cls(tuple(points))

    def at(self, x: Fraction) -> Fraction:
        """Return the raw score at a value of the measure."""
        if x <= self.points[0][0]:
            return self.points[0][1]
        for (x0, y0), (x1, y1) in pairwise(self.points):
            if x <= x1:
                return y0 + (x - x0) / (x1 - x0) * (y1 - y0)
        return self.points[-1][1]

    def raw(self, case: Case) -> tuple[Fraction, list[Step]]:
        """Return the raw score at the measure."""
        x, value = case.x, self.at(case.x)

        def say(number: Fraction) -> str:
            return show(number, case.unit)

        for index, (knot, height) in enumerate(self.points):
            outside = (index == 0 and x < knot) or (index == len(self.points) - 1 and x > knot)
            if x == knot or outside:
                kind = "curve_point" if x == knot else "curve_below" if index == 0 else "curve_above"
                return value, [Step(kind, value=value, args=(("x", say(knot)), ("y", show(height))))]
        (x0, y0), (x1, y1) = next(pair for pair in pairwise(self.points) if x < pair[1][0])
        sign, rise = ("+", y1 - y0) if y1 >= y0 else ("−", y0 - y1)
        shape = "{y0} {sign} ({x} − {x0}) ÷ ({x1} − {x0}) × {rise}"
        words = {"y0": show(y0), "sign": sign, "x0": say(x0), "x1": say(x1), "rise": show(rise)}
        step = Step(
            "curve_between",
            shape.format(x=case.measure_name, **words),
            shape.format(x=say(x), **words),
            value,
            args=(("x0", say(x0)), ("x1", say(x1)), ("y0", show(y0)), ("y1", show(y1))),
        )
        return value, [step]

    def as_formula(self, x: Expression | None, case: Case) -> Expression | None:
        """Return the lines between the points, chosen by bisection so that the formula stays shallow."""
        if x is None:
            return None

        def among(first: int, last: int) -> Expression:
            if last - first > 1:
                middle = (first + last) // 2
                knot = literal(self.points[middle][0])
                return build("if", among(first, middle), build("<=", x, knot), among(middle, last))
            (x0, y0), (x1, y1) = self.points[first], self.points[last]
            slope = literal((y1 - y0) / (x1 - x0))
            return build("+", literal(y0), build("*", build("-", x, literal(x0)), slope))

        (low, lowest), (high, highest) = self.points[0], self.points[-1]
        inside = build("if", among(0, len(self.points) - 1), build("<=", x, literal(high)), literal(highest))
        return build("if", literal(lowest), build("<=", x, literal(low)), inside)

    def parameters(self, unit: Unit, wording: RuleWording) -> list[Parameter]:
        """Return the points."""
        points = wording.listed(f"{show(x, unit)} → {show(y)}" for x, y in self.points)
        return [Parameter(wording.say(mark("Points of the curve")), points)]

    def numbers(self) -> Canonical:
        """Return the points."""
        return {"points": [[exact(x), exact(y)] for x, y in self.points]}

    def extent(self, of: Callable[[Expression | None], Interval], full: Fraction) -> Interval:
        """Return the interval of the raw scores over the measure's interval."""
        x = of(None)
        low = self.points[0][0] if x.low is None else x.low
        high = self.points[-1][0] if x.high is None else x.high
        heights = [self.at(low), self.at(high), *(y for knot, y in self.points if low < knot < high)]
        return Interval(min(heights), max(heights))

    def knots(self) -> tuple[Fraction, ...]:
        """Return the measured values of the points."""
        return tuple(x for x, _ in self.points)
