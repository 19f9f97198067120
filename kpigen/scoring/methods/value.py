"""The method `value`: the measured number is the score."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from kpigen.diagnostics.values import phrase
from kpigen.document.nodes import Node
from kpigen.i18n.messages import mark
from kpigen.model.scores import Step
from kpigen.numbers.formula import Expression, Type
from kpigen.numbers.intervals import Interval
from kpigen.scoring.methods.base import Canonical, Case, Method, Rule


@dataclass(frozen=True)
class Value(Method):
    """The measure itself is the raw score."""

    name = "value"
    label = mark("The measured value is the score")
    draws_curve = False  # it would be a straight line

    @classmethod
    def read(cls, node: Node, values: dict[str, Node], rule: Rule) -> Method | None:
        """Check that the measure is a plain number; a percentage is one where full marks are 1. The method has no numbers."""
        if rule.measure_type is not Type.PLAIN or (rule.percent and rule.marks != 1):
            rule.misfit(node, cls.name, phrase("needs a plain number as its measure"))
            return None
        return cls()

    def raw(self, case: Case) -> tuple[Fraction, list[Step]]:
        """Return the measure."""
        return case.x, []

    def as_formula(self, x: Expression | None, case: Case) -> Expression | None:
        """Return the measure."""
        return x

    def numbers(self) -> Canonical:
        """Return an empty mapping: the method has no numbers."""
        return {}

    def extent(self, of: Callable[[Expression | None], Interval], full: Fraction) -> Interval:
        """Return the measure's interval."""
        return of(None)
