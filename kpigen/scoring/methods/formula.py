"""The method `formula`: any formula over the inputs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from kpigen.diagnostics import catalogue
from kpigen.document.nodes import Node
from kpigen.i18n.messages import mark
from kpigen.model.scores import Step
from kpigen.numbers import formula
from kpigen.numbers.formula import Expression, Type
from kpigen.numbers.intervals import Interval
from kpigen.numbers.quantities import Unit
from kpigen.scoring.methods.base import Canonical, Case, Method, Rule, Texts
from kpigen.scoring.wording import Parameter, RuleWording


@dataclass(frozen=True)
class Formula(Method):
    """Any formula over the inputs, for rules that no other method covers."""

    name = "formula"
    label = mark("Formula")
    keys = ("formula",)
    takes_measure = False
    sentences: ClassVar[Texts] = {"formula": mark("By formula")}

    formula: Expression

    @classmethod
    def read(cls, node: Node, values: dict[str, Node], rule: Rule) -> Method | None:
        """Read `formula` over the inputs and the measure."""
        if "formula" not in values:
            rule.reader.add(catalogue.MISSING_KEY, node, key="formula", where="score")
            return None
        more = {"measure": rule.measure_type} if rule.measure_type else {}
        expression = rule.formula(values["formula"], "score.formula", rule.inputs, (Type.PLAIN,), **more)
        return None if expression is None else cls(expression)

    def raw(self, case: Case) -> tuple[Fraction, list[Step]]:
        """Return the result of the formula."""
        known = {"measure": case.measure, **case.values}
        value = formula.number(self.formula, known)
        return value, [Step("formula", case.write(self.formula), case.put_in(self.formula), value)]

    def bases(self) -> frozenset[str]:
        """Return the divisors of the formula."""
        return formula.divisors(self.formula)

    def as_formula(self, x: Expression | None, case: Case) -> Expression | None:
        """Return the formula with the measure substituted."""
        return self.formula if x is None else formula.replaced(self.formula, {"measure": x})

    def parameters(self, unit: Unit, wording: RuleWording) -> list[Parameter]:
        """Return the formula."""
        return [Parameter(wording.say(mark("Formula")), wording.formula(self.formula))]

    def numbers(self) -> Canonical:
        """Return the formula."""
        return {"formula": formula.write(self.formula)}

    def extent(self, of: Callable[[Expression | None], Interval], full: Fraction) -> Interval:
        """Return the formula's interval."""
        return of(self.formula)
