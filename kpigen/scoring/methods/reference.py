"""The method `reference`: a base score with gains and losses around a reference value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import ClassVar

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.values import phrase
from kpigen.document.nodes import Node
from kpigen.i18n.messages import mark
from kpigen.model.scores import Step
from kpigen.numbers.formula import Expression, build, literal
from kpigen.numbers.intervals import Interval
from kpigen.numbers.quantities import Unit, exact, show, with_minus
from kpigen.scoring.methods.base import Canonical, Case, Mark, Method, Rule, Texts, plain_text
from kpigen.scoring.wording import Parameter, RuleWording


@dataclass(frozen=True)
class Side:
    """One side beyond the band: `points` for each `every`. Only complete steps count, unless `linear`."""

    points: Fraction
    every: Fraction
    linear: bool

    def steps(self, beyond: Fraction) -> Fraction:
        """Return the number of steps in a distance beyond the band."""
        exactly = beyond / self.every
        return exactly if self.linear else Fraction(floor(exactly))

    def in_words(self, unit: Unit, wording: RuleWording) -> str:
        """Return the side in words: points, step, and whether only complete steps count."""
        message = (
            mark("{points} for each {every}, in proportion")
            if self.linear
            else mark("{points} for each complete {every}")
        )
        points = ("+" if self.points > 0 else "") + with_minus(show(self.points))
        return wording.say(message, points=points, every=show(self.every, unit))


@dataclass(frozen=True)
class Reference(Method):
    """A base score at the reference, and gains or losses beyond a tolerance band on either side."""

    name = "reference"
    label = mark("Gains and losses around a reference")
    keys = ("reference", "base", "band", "above", "below")
    word_keys = ("steps",)
    sentences: ClassVar[Texts] = {
        "within_band": mark("Not more than {band} away from {reference}: the base score"),
        "no_step": mark("On this side of {reference} the base score stays"),
        "beyond": mark("Distance from {reference}, beyond the tolerance of {band}"),
        "above_complete": mark("Above: complete steps of {every}: {count}"),
        "below_complete": mark("Below: complete steps of {every}: {count}"),
        "above_linear": mark("Above: in proportion, steps of {every}: {count}"),
        "below_linear": mark("Below: in proportion, steps of {every}: {count}"),
    }
    number_names: ClassVar[Texts] = {
        "reference": mark("reference value"),
        "base": mark("base score"),
        "band": mark("tolerance"),
        "above": mark("above"),
        "below": mark("below"),
        "points": mark("points"),
        "every": mark("step"),
    }
    mark_names: ClassVar[Texts] = {
        "reference": mark("reference value"),
        "band_low": mark("tolerance"),
        "band_high": mark("tolerance"),
    }

    reference: Fraction
    base: Fraction
    band: Fraction
    above: Side | None
    below: Side | None

    @classmethod
    def read(cls, node: Node, values: dict[str, Node], rule: Rule) -> Method | None:
        """Read `reference`, `base`, `band`, `above`, `below`."""
        zero = Fraction(0)
        reference = rule.in_unit(values["reference"], "score.reference") if "reference" in values else zero
        band = rule.in_unit(values["band"], "score.band") if "band" in values else zero
        base = rule.amount(values["base"], "score.base") if "base" in values else rule.full(node)
        sides = {side: cls._side(values[side], side, rule) for side in ("above", "below") if side in values}
        if not sides:
            rule.misfit(node, cls.name, phrase("needs `above` or `below`"))
            return None
        if band is not None and band < 0:
            rule.reader.add(
                catalogue.OUT_OF_RANGE,
                values["band"],
                key="score.band",
                value=plain_text(values["band"]),
                range=phrase("at least {low}", low="0"),
            )
            return None
        if reference is None or band is None or base is None or None in sides.values():
            return None
        return cls(reference, base, band, sides.get("above"), sides.get("below"))

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
                range=phrase("above {low}", low="0"),
            )
            return None
        return None if points is None or every is None or linear is None else Side(points, every, linear)

    def raw(self, case: Case) -> tuple[Fraction, list[Step]]:
        """Return the base plus the points for the steps beyond the band."""
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

    def marks(self, axis: str) -> tuple[Mark, ...]:
        """Return the reference, and the ends of its band if it has one."""
        if axis != "measure":
            return ()
        ends = (Mark("band_low", self.reference - self.band), Mark("band_high", self.reference + self.band))
        return (Mark("reference", self.reference), *(ends if self.band else ()))

    def as_formula(self, x: Expression | None, case: Case) -> Expression | None:
        """Return the base, plus the points for the steps beyond the band on either side."""
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

    def parameters(self, unit: Unit, wording: RuleWording) -> list[Parameter]:
        """Return the reference, the base score, the band if there is one, and both sides."""
        lines = [
            Parameter(wording.say(mark("Reference")), show(self.reference, unit)),
            Parameter(wording.say(mark("Base score")), show(self.base)),
        ]
        if self.band:
            lines.append(Parameter(wording.say(mark("Tolerance")), f"± {show(self.band, unit)}"))
        sides = ((mark("Above"), self.above), (mark("Below"), self.below))
        lines += [
            Parameter(wording.say(label), side.in_words(unit, wording)) for label, side in sides if side is not None
        ]
        return lines

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
        """Return the interval of the scores over the measure's interval. Each side is monotone, so its end is enough."""
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
