"""The method `deductions`: full marks minus points for each event, shortfall or step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import floor as floor_of
from typing import ClassVar

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.values import phrase
from kpigen.document.nodes import Node
from kpigen.i18n.messages import mark
from kpigen.model.scores import Step
from kpigen.numbers import formula
from kpigen.numbers.formula import Expression, Name, Type, build, literal
from kpigen.numbers.intervals import Interval
from kpigen.numbers.quantities import Unit, exact, show
from kpigen.scoring.methods.base import Canonical, Case, Mark, Method, Rule, Texts
from kpigen.scoring.wording import Parameter, RuleWording


@dataclass(frozen=True)
class Deduction:
    """`points` for each `every` of a number, of its excess `over`, or of what it is `short_of`."""

    of: Expression
    points: Fraction
    over: Fraction | None
    short_of: Fraction | None
    every: Fraction
    linear: bool
    unit: Unit

    def amount(self, value: Fraction) -> Fraction:
        """Return the amount that counts: the whole number, its excess, or its shortfall. Never negative."""
        if self.over is not None:
            value -= self.over
        elif self.short_of is not None:
            value = self.short_of - value
        return max(value, Fraction(0))

    def times(self, value: Fraction) -> Fraction:
        """Return how many times the points are deducted."""
        exactly = self.amount(value) / self.every
        return exactly if self.linear else Fraction(floor_of(exactly))

    @property
    def limit(self) -> Fraction | None:
        """The value above which (`over`) or below which (`short_of`) points are deducted."""
        return self.over if self.over is not None else self.short_of

    def in_words(self, wording: RuleWording) -> str:
        """Return the deduction in words: how many points, and for what."""
        if self.over is not None:
            message = mark("{points} for each complete {every} of {of} beyond {limit}")
        elif self.short_of is not None:
            message = mark("{points} for each {every} by which {of} falls short of {limit}")
        else:
            message = mark("{points} for each {every} of {of}")
        return wording.say(
            message,
            points=show(self.points),
            every=show(self.every, self.unit),
            of=wording.formula(self.of),
            limit=self.shown_limit(),
        )

    def shown_limit(self) -> str:
        """Return the limit in its unit; empty if there is none."""
        return "" if self.limit is None else show(self.limit, self.unit)

    def as_formula(self, x: Expression | None) -> Expression:
        """Return the points deducted as a formula; `x` is the measure."""
        amount = self.of if x is None else formula.replaced(self.of, {"measure": x})
        if self.over is not None:
            amount = build("-", amount, literal(self.over))
        elif self.short_of is not None:
            amount = build("-", literal(self.short_of), amount)
        exactly = build("/", build("max", amount, literal(0)), literal(self.every))
        return build("*", exactly if self.linear else build("floor", exactly), literal(self.points))


@dataclass(frozen=True)
class Deductions(Method):
    """Full marks (or `from`) minus the deductions."""

    name = "deductions"
    label = mark("Deductions")
    keys = ("from", "deductions")
    word_keys = ("of", "steps")
    takes_measure = False
    sentences: ClassVar[Texts] = {
        "deduction": mark("Deduction for {of}: {amount}"),
        "deduction_over": mark("Deduction for {of}: {amount}, beyond {limit}, for each {every}"),
        "deduction_short": mark("Deduction for {of}: {amount}, short of {limit}, for each {every}"),
        "left": mark("What is left"),
    }
    number_names: ClassVar[Texts] = {
        "from": mark("starting score"),
        "deductions": mark("deductions"),
        "points": mark("points"),
        "every": mark("step"),
        "over": mark("limit"),
        "short_of": mark("limit"),
    }
    mark_names: ClassVar[Texts] = {"limit": mark("limit")}

    start: Fraction
    deductions: tuple[Deduction, ...]

    @classmethod
    def read(cls, node: Node, values: dict[str, Node], rule: Rule) -> Method | None:
        """Read `from` and the list of `deductions`."""
        start = rule.amount(values["from"], "score.from") if "from" in values else rule.full(node)
        if "deductions" not in values:
            rule.reader.add(catalogue.MISSING_KEY, node, key="deductions", where="score")
            return None
        entries = rule.reader.items(values["deductions"], "score.deductions")
        read = [cls._deduction(entry, f"score.deductions.{i}", rule) for i, entry in enumerate(entries, 1)]
        kept = tuple(entry for entry in read if entry is not None)
        return None if start is None or len(kept) != len(read) or not kept else cls(start, kept)

    @staticmethod
    def _deduction(node: Node, key: str, rule: Rule) -> Deduction | None:
        reader = rule.reader
        values = reader.mapping(
            node, key, ("of", "points", "over", "short_of", "every", "steps"), required=("of", "points")
        )
        more = {"measure": rule.measure_type} if rule.measure_type else {}
        of = rule.formula(values.get("of"), f"{key}.of", rule.inputs, (Type.PLAIN, Type.SECONDS, Type.MONEY), **more)
        points = reader.number(values.get("points"), f"{key}.points")
        if points is not None and points <= 0:
            reader.add(
                catalogue.OUT_OF_RANGE,
                values["points"],
                key=f"{key}.points",
                value=exact(points),
                range=phrase("above {low}", low="0"),
            )
            return None
        if "over" in values and "short_of" in values:
            rule.misfit(node, Deductions.name, phrase("takes `over` or `short_of`, not both"))
            return None
        numbers = {
            name: reader.quantity(values[name], f"{key}.{name}")
            for name in ("over", "short_of", "every")
            if name in values
        }
        linear = rule.says(values.get("steps"), f"{key}.steps", "complete", "linear")
        if of is None or points is None or linear is None or None in numbers.values():
            return None
        amounts = {name: read[0] for name, read in numbers.items() if read}
        every = amounts.get("every", Fraction(1))
        if every <= 0:
            reader.add(
                catalogue.OUT_OF_RANGE,
                values["every"],
                key=f"{key}.every",
                value=exact(every),
                range=phrase("above {low}", low="0"),
            )
            return None
        unit = next((read[1] for read in numbers.values() if read), Unit.PLAIN)
        if isinstance(of, Name) and of.id == "measure":
            rule.written.add(unit)
        return Deduction(of, points, amounts.get("over"), amounts.get("short_of"), every, linear, unit)

    def raw(self, case: Case) -> tuple[Fraction, list[Step]]:
        """Return the start minus all deductions."""
        known = {"measure": case.measure, **case.values}
        left, steps, taken = self.start, [], []
        for item in self.deductions:
            value = formula.number(item.of, known)
            times = item.times(value)
            lost = times * item.points
            left -= lost
            taken.append(show(lost))
            kind = (
                "deduction_over"
                if item.over is not None
                else "deduction_short"
                if item.short_of is not None
                else "deduction"
            )
            args = (
                ("of", case.write(item.of)),
                ("amount", show(value, item.unit)),
                ("every", show(item.every, item.unit)),
                ("limit", item.shown_limit()),
            )
            steps.append(Step(kind, numbers=f"{show(times)} × {show(item.points)}", value=lost, args=args))
        steps.append(Step("left", numbers=" − ".join([show(self.start), *taken]), value=left))
        return left, steps

    def bases(self) -> frozenset[str]:
        """Return the divisors in the formulas of the deductions."""
        return frozenset(name for item in self.deductions for name in formula.divisors(item.of))

    def marks(self, axis: str) -> tuple[Mark, ...]:
        """Return the limits beyond which a number costs points."""
        own = [item for item in self.deductions if item.of == Name(axis, 0)]
        limits = (limit for item in own for limit in (item.over, item.short_of) if limit is not None)
        return tuple(Mark("limit", limit) for limit in limits)

    def as_formula(self, x: Expression | None, case: Case) -> Expression | None:
        """Return the start minus each deduction."""
        lost = tuple(item.as_formula(x) for item in self.deductions)
        return build("-", literal(self.start), build("sum", *lost))

    def parameters(self, unit: Unit, wording: RuleWording) -> list[Parameter]:
        """Return the start and each deduction."""
        return [
            Parameter(wording.say(mark("Starts at")), show(self.start)),
            *(Parameter(wording.say(mark("Deduction")), item.in_words(wording)) for item in self.deductions),
        ]

    def numbers(self) -> Canonical:
        """Return start and deductions."""
        entries = []
        for item in self.deductions:
            entry = {
                "of": formula.write(item.of),
                "points": exact(item.points),
                "every": exact(item.every),
                "steps": "linear" if item.linear else "complete",
            }
            limits = {"over": item.over, "short_of": item.short_of}
            entries.append(entry | {name: exact(value) for name, value in limits.items() if value is not None})
        return {"from": exact(self.start), "deductions": entries}

    def extent(self, of: Callable[[Expression | None], Interval], full: Fraction) -> Interval:
        """Return the start minus the deductions at the ends of their ranges (each is monotone in its number)."""
        result = Interval(self.start, self.start)
        for item in self.deductions:
            x = of(item.of)
            worst, best = (x.low, x.high) if item.short_of is not None else (x.high, x.low)
            most = None if worst is None else -item.times(worst) * item.points
            least = Fraction(0) if best is None else -item.times(best) * item.points
            result = result.plus(Interval(most, least))
        return result

    def knots(self) -> tuple[Fraction, ...]:
        """Return the limits."""
        return tuple(limit for item in self.deductions for limit in (item.over, item.short_of) if limit is not None)
