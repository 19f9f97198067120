"""Methods that score one measured number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import floor

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import shorten
from kpigen.document.nodes import MappingNode, Node
from kpigen.model.scores import Step
from kpigen.numbers import formula
from kpigen.numbers.formula import Expression, Type, build, literal
from kpigen.numbers.intervals import Interval
from kpigen.numbers.quantities import exact, show
from kpigen.scoring.methods.base import Canonical, Case, Method, Rule, plain_text


@dataclass(frozen=True)
class Value(Method):
    """The measure itself is the raw score."""

    name = "value"

    @classmethod
    def read(
        cls, node: Node, values: dict[str, Node], rule: Rule, cap: Fraction | None, floor: Fraction | None
    ) -> Method | None:
        """Read nothing: there are no numbers."""
        if rule.measure_type is not Type.PLAIN or rule.percent:
            rule.misfit(node, cls.name, "needs a plain number as its measure")
            return None
        return cls(cap, floor)

    def raw(self, case: Case) -> tuple[Fraction, list[Step]]:
        """Return the measure."""
        return case.x, []

    def as_formula(self, x: Expression | None, case: Case) -> Expression | None:
        """Return the measure."""
        return x

    def numbers(self) -> Canonical:
        """Return nothing."""
        return {}

    def extent(self, of: Callable[[Expression | None], Interval], full: Fraction) -> Interval:
        """Return the measure's interval."""
        return of(None)


@dataclass(frozen=True)
class Ratio(Method):
    """The share of a target that was reached, at most full marks: min(x / target, 1); lower: min(target / x, 1)."""

    name = "ratio"
    keys = ("target", "better")

    target: Fraction
    lower: bool

    @classmethod
    def read(
        cls, node: Node, values: dict[str, Node], rule: Rule, cap: Fraction | None, floor: Fraction | None
    ) -> Method | None:
        """Read `target` (above 0) and `better`."""
        reader = rule.reader
        lower = rule.says(values.get("better"), "score.better", "higher", "lower")
        if "target" not in values:
            reader.add(catalogue.MISSING_KEY, node, key="target", where="score")
            return None
        target = rule.in_unit(values["target"], "score.target")
        if target is not None and target <= 0:
            reader.add(
                catalogue.OUT_OF_RANGE,
                values["target"],
                key="score.target",
                value=plain_text(values["target"]),
                range="above 0",
            )
            return None
        return None if target is None or lower is None else cls(cap, floor, target, lower)

    def raw(self, case: Case) -> tuple[Fraction, list[Step]]:
        """Return the share times full marks."""
        x, full, target = case.measure_name, show(case.full), show(self.target, case.unit)
        measured = show(case.x, case.unit)
        if not self.lower:
            value = min(case.x / self.target, Fraction(1)) * case.full
            return value, [
                Step("ratio", f"min({x} ÷ {target}, 1) × {full}", f"min({measured} ÷ {target}, 1) × {full}", value)
            ]
        if case.x <= 0:
            return case.full, [Step("ratio_zero", value=case.full)]
        value = min(self.target / case.x, Fraction(1)) * case.full
        return value, [
            Step("ratio_lower", f"min({target} ÷ {x}, 1) × {full}", f"min({target} ÷ {measured}, 1) × {full}", value)
        ]

    def marks(self, axis: str) -> tuple[tuple[str, Fraction], ...]:
        """Return the target."""
        return (("target", self.target),) if axis == "measure" else ()

    def as_formula(self, x: Expression | None, case: Case) -> Expression | None:
        """Return the share times full marks; no measure at all is full marks where lower is better."""
        if x is None:
            return None
        target, full, one = literal(self.target), literal(case.full), literal(1)
        if not self.lower:
            return build("*", build("min", build("/", x, target), one), full)
        share = build("*", build("min", build("/", target, x), one), full)
        return build("if", full, build("<=", x, literal(0)), share)

    def numbers(self) -> Canonical:
        """Return target and direction."""
        return {"target": exact(self.target), "better": "lower" if self.lower else "higher"}

    def extent(self, of: Callable[[Expression | None], Interval], full: Fraction) -> Interval:
        """Return 0 to full, as far as the measure reaches."""
        x = of(None)
        if self.lower:
            inverse = x.inverse() if x.low is not None and x.low >= 0 else None
            x = inverse or Interval(Fraction(0))
            return x.mapped(lambda v: v * self.target * full).cut(None, full)
        return x.mapped(lambda v: v / self.target * full).cut(None, full)

    def knots(self) -> tuple[Fraction, ...]:
        """Return the target."""
        return (self.target,)


@dataclass(frozen=True)
class Curve(Method):
    """Straight lines between points, flat outside."""

    name = "curve"
    keys = ("points",)

    points: tuple[tuple[Fraction, Fraction], ...]

    @classmethod
    def read(
        cls, node: Node, values: dict[str, Node], rule: Rule, cap: Fraction | None, floor: Fraction | None
    ) -> Method | None:
        """Read `points`: measured value → raw score, at least two, rising."""
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
                rule.misfit(raw_points, cls.name, "needs at least two points")
            return None
        return cls(cap, floor, tuple(points))

    def at(self, x: Fraction) -> Fraction:
        """Return the curve's height at a value."""
        if x <= self.points[0][0]:
            return self.points[0][1]
        for (x0, y0), (x1, y1) in pairwise(self.points):
            if x <= x1:
                return y0 + (x - x0) / (x1 - x0) * (y1 - y0)
        return self.points[-1][1]

    def raw(self, case: Case) -> tuple[Fraction, list[Step]]:
        """Return the curve's height at the measure."""
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
        """Return the lines between the points, halved again and again so that many points do not nest deep."""
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

    def numbers(self) -> Canonical:
        """Return the points."""
        return {"points": [[exact(x), exact(y)] for x, y in self.points]}

    def extent(self, of: Callable[[Expression | None], Interval], full: Fraction) -> Interval:
        """Return the heights that the measure's interval reaches."""
        x = of(None)
        low = self.points[0][0] if x.low is None else x.low
        high = self.points[-1][0] if x.high is None else x.high
        heights = [self.at(low), self.at(high), *(y for knot, y in self.points if low < knot < high)]
        return Interval(min(heights), max(heights))

    def knots(self) -> tuple[Fraction, ...]:
        """Return the points' places."""
        return tuple(x for x, _ in self.points)


@dataclass(frozen=True)
class Side:
    """What happens beyond the band on one side: `points` for each `every`, whole steps only unless `linear`."""

    points: Fraction
    every: Fraction
    linear: bool

    def steps(self, beyond: Fraction) -> Fraction:
        """Return how many steps a distance makes."""
        exactly = beyond / self.every
        return exactly if self.linear else Fraction(floor(exactly))


@dataclass(frozen=True)
class Reference(Method):
    """A base score around a reference, gains and losses beyond a tolerance band on either side."""

    name = "reference"
    keys = ("reference", "base", "band", "above", "below")

    reference: Fraction
    base: Fraction
    band: Fraction
    above: Side | None
    below: Side | None

    @classmethod
    def read(
        cls, node: Node, values: dict[str, Node], rule: Rule, cap: Fraction | None, floor: Fraction | None
    ) -> Method | None:
        """Read `reference`, `base`, `band`, `above`, `below`."""
        zero = Fraction(0)
        reference = rule.in_unit(values["reference"], "score.reference") if "reference" in values else zero
        band = rule.in_unit(values["band"], "score.band") if "band" in values else zero
        base = rule.amount(values["base"], "score.base") if "base" in values else rule.full
        sides = {side: cls._side(values[side], side, rule) for side in ("above", "below") if side in values}
        if not sides:
            rule.misfit(node, cls.name, "needs `above` or `below`")
            return None
        if band is not None and band < 0:
            rule.reader.add(
                catalogue.OUT_OF_RANGE,
                values["band"],
                key="score.band",
                value=plain_text(values["band"]),
                range="at least 0",
            )
            return None
        if reference is None or band is None or base is None or None in sides.values():
            return None
        return cls(cap, floor, reference, base, band, sides.get("above"), sides.get("below"))

    @staticmethod
    def _side(node: Node, side: str, rule: Rule) -> Side | None:
        reader, key = rule.reader, f"score.{side}"
        values = reader.mapping(node, key, ("points", "every", "steps"), required=("points", "every"))
        points = reader.number(values.get("points"), f"{key}.points")
        every = rule.in_unit(values.get("every"), f"{key}.every")
        linear = rule.says(values.get("steps"), f"{key}.steps", "complete", "linear")
        if every is not None and every <= 0:
            reader.add(
                catalogue.OUT_OF_RANGE,
                values["every"],
                key=f"{key}.every",
                value=plain_text(values["every"]),
                range="above 0",
            )
            return None
        return None if points is None or every is None or linear is None else Side(points, every, linear)

    def raw(self, case: Case) -> tuple[Fraction, list[Step]]:
        """Return the base, moved by the steps beyond the band."""
        distance = case.x - self.reference
        side = self.above if distance > 0 else self.below
        beyond = abs(distance) - self.band
        args = (("reference", show(self.reference, case.unit)), ("band", show(self.band, case.unit)))
        if beyond <= 0 or side is None:
            return self.base, [Step("within_band" if beyond <= 0 else "no_step", value=self.base, args=args)]
        count = side.steps(beyond)
        value = self.base + count * side.points
        sign, points = ("+", side.points) if side.points >= 0 else ("−", -side.points)
        kind = ("above" if distance > 0 else "below") + ("_linear" if side.linear else "_complete")
        steps = [
            Step("beyond", value=beyond, unit=case.unit, args=args),
            Step(
                kind,
                numbers=f"{show(self.base)} {sign} {show(count)} × {show(points)}",
                value=value,
                args=(
                    ("every", show(side.every, case.unit)),
                    ("count", show(count)),
                    ("points", show(points)),
                    ("sign", sign),
                ),
            ),
        ]
        return value, steps

    def marks(self, axis: str) -> tuple[tuple[str, Fraction], ...]:
        """Return the reference, and the ends of its band where it has one."""
        if axis != "measure":
            return ()
        ends = (("band_low", self.reference - self.band), ("band_high", self.reference + self.band))
        return (("reference", self.reference), *(ends if self.band else ()))

    def as_formula(self, x: Expression | None, case: Case) -> Expression | None:
        """Return the base, and beyond the band on either side the steps from there."""
        if x is None:
            return None
        base, reference, band = literal(self.base), literal(self.reference), literal(self.band)

        def beyond(side: Side, distance: Expression) -> Expression:
            count: Expression = build("/", build("-", distance, band), literal(side.every))
            count = count if side.linear else build("floor", count)
            return build("+", base, build("*", count, literal(side.points)))

        result: Expression = base
        for side, distance in (
            (self.below, build("-", reference, x)),
            (self.above, build("-", x, reference)),
        ):
            if side is not None:
                result = build("if", beyond(side, distance), build(">", distance, band), result)
        return result

    def numbers(self) -> Canonical:
        """Return all numbers."""
        sides = {
            name: {
                "points": exact(side.points),
                "every": exact(side.every),
                "steps": "linear" if side.linear else "complete",
            }
            for name, side in (("above", self.above), ("below", self.below))
            if side
        }
        return {"reference": exact(self.reference), "base": exact(self.base), "band": exact(self.band), **sides}

    def at(self, x: Fraction) -> Fraction:
        """Return the score at a value of the measure."""
        return self.raw(Case({}, (), Fraction(0), x))[0]

    def extent(self, of: Callable[[Expression | None], Interval], full: Fraction) -> Interval:
        """Return the scores over the measure's interval: each side is monotone."""
        x = of(None)
        low, high = Interval(self.base, self.base), self.base
        for side, end, open_end in ((self.above, x.high, x.high is None), (self.below, x.low, x.low is None)):
            if side is None:
                continue
            reached = None if open_end or end is None else self.at(end)
            ends = (
                Interval(min(high, reached), max(high, reached))
                if reached is not None
                else (Interval(high) if side.points > 0 else Interval(None, high))
            )
            low = low.hull(ends)
        return low

    def knots(self) -> tuple[Fraction, ...]:
        """Return the reference and the ends of the band."""
        return self.reference - self.band, self.reference, self.reference + self.band


@dataclass(frozen=True)
class Formula(Method):
    """A formula for what nothing else covers."""

    name = "formula"
    keys = ("formula",)
    takes_measure = False

    formula: Expression

    @classmethod
    def read(
        cls, node: Node, values: dict[str, Node], rule: Rule, cap: Fraction | None, floor: Fraction | None
    ) -> Method | None:
        """Read `formula` over the inputs and the measure."""
        if "formula" not in values:
            rule.reader.add(catalogue.MISSING_KEY, node, key="formula", where="score")
            return None
        more = {"measure": rule.measure_type} if rule.measure_type else {}
        expression = rule.formula(values["formula"], "score.formula", rule.inputs, (Type.PLAIN,), **more)
        return None if expression is None else cls(cap, floor, expression)

    def raw(self, case: Case) -> tuple[Fraction, list[Step]]:
        """Return what the formula gives."""
        known = {"measure": case.measure, **case.values}
        value = formula.number(self.formula, known)
        return value, [Step("formula", case.write(self.formula), case.put_in(self.formula), value)]

    def bases(self) -> frozenset[str]:
        """Return the divisors of the formula."""
        return formula.divisors(self.formula)

    def as_formula(self, x: Expression | None, case: Case) -> Expression | None:
        """Return the formula with the measure put in."""
        return self.formula if x is None else formula.replaced(self.formula, {"measure": x})

    def numbers(self) -> Canonical:
        """Return the formula."""
        return {"formula": formula.write(self.formula)}

    def extent(self, of: Callable[[Expression | None], Interval], full: Fraction) -> Interval:
        """Return the formula's interval."""
        return of(self.formula)
