"""The method `ratio`: full marks times the share of a target that was reached."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.values import phrase
from kpigen.document.nodes import Node
from kpigen.i18n.messages import mark
from kpigen.model.scores import Step
from kpigen.numbers.formula import Expression, build, literal
from kpigen.numbers.intervals import Interval
from kpigen.numbers.quantities import Unit, exact, show
from kpigen.scoring.methods.base import Canonical, Case, Mark, Method, Rule, Texts, plain_text
from kpigen.scoring.wording import Parameter, RuleWording


@dataclass(frozen=True)
class Ratio(Method):
    """The share of the target reached, at most 1: min(x / target, 1), or min(target / x, 1) if lower is better."""

    name = "ratio"
    needs_marks = True
    label = mark("Share of a target")
    keys = ("target", "better")
    word_keys = ("better",)
    sentences: ClassVar[Texts] = {
        "ratio": mark("Share of the target that was reached, at most full marks"),
        "ratio_lower": mark("Lower is better: target divided by the measured value, at most full marks"),
        "ratio_zero": mark("Nothing at all, and lower is better: full marks"),
    }
    number_names: ClassVar[Texts] = {"target": mark("target")}
    mark_names: ClassVar[Texts] = {"target": mark("target")}

    target: Fraction
    lower: bool

    @classmethod
    def read(cls, node: Node, values: dict[str, Node], rule: Rule) -> Method | None:
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
                range=phrase("above {low}", low="0"),
            )
            return None
        return None if target is None or lower is None else cls(target, lower)

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

    def marks(self, axis: str) -> tuple[Mark, ...]:
        """Return the target."""
        return (Mark("target", self.target),) if axis == "measure" else ()

    def as_formula(self, x: Expression | None, case: Case) -> Expression | None:
        """Return the share times full marks. If lower is better, a measure of 0 or less earns full marks."""
        if x is None:
            return None
        target, full, one = literal(self.target), literal(case.full), literal(1)
        if not self.lower:
            return build("*", build("min", build("/", x, target), one), full)
        share = build("*", build("min", build("/", target, x), one), full)
        return build("if", full, build("<=", x, literal(0)), share)

    def parameters(self, unit: Unit, wording: RuleWording) -> list[Parameter]:
        """Return target and direction."""
        better = wording.say(mark("lower is better") if self.lower else mark("higher is better"))
        return [Parameter(wording.say(mark("Target")), f"{show(self.target, unit)} ({better})")]

    @property
    def aim(self) -> Fraction | None:
        """The target of the measure."""
        return self.target

    def numbers(self) -> Canonical:
        """Return target and direction."""
        return {"target": exact(self.target), "better": "lower" if self.lower else "higher"}

    def extent(self, of: Callable[[Expression | None], Interval], full: Fraction) -> Interval:
        """Return the part of 0 to full marks that the measure's interval reaches."""
        x = of(None)
        if self.lower:
            inverse = x.inverse() if x.low is not None and x.low >= 0 else None
            x = inverse or Interval(Fraction(0))
            return x.mapped(lambda v: v * self.target * full).cut(None, full)
        return x.mapped(lambda v: v / self.target * full).cut(None, full)

    def knots(self) -> tuple[Fraction, ...]:
        """Return the target."""
        return (self.target,)
