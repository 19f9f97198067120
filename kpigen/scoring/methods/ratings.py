"""The method `ratings`: the weighted mean of the ratings of several groups."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.values import phrase
from kpigen.document.nodes import Node
from kpigen.i18n.messages import mark
from kpigen.model.forms import InputType
from kpigen.model.scores import Step
from kpigen.numbers.formula import Expression, Name, Numbers
from kpigen.numbers.intervals import Interval
from kpigen.numbers.quantities import Unit, exact, show
from kpigen.scoring.methods.base import Canonical, Case, Method, Rule, Texts
from kpigen.scoring.wording import Parameter, RuleWording


@dataclass(frozen=True)
class Ratings(Method):
    """The weighted mean of the group means. Confidential groups count as one: their shown mean, with the sum of their weights."""

    name = "ratings"
    label = mark("Ratings by several raters")
    keys = ("weights",)
    takes_measure = False
    sentences: ClassVar[Texts] = {
        "group": mark("{of}: mean of {count} ratings, weight {weight}"),
        "weighted_mean": mark("Weighted mean of the groups"),
    }
    number_names: ClassVar[Texts] = {"weights": mark("weights of the raters")}

    weights: tuple[tuple[str, Fraction], ...]

    @classmethod
    def read(cls, node: Node, values: dict[str, Node], rule: Rule) -> Method | None:
        """Read `weights`: inputs of type ratings, each with its weight above 0."""
        if "weights" not in values:
            rule.reader.add(catalogue.MISSING_KEY, node, key="weights", where="score")
            return None
        groups = {item.id: item for item in rule.inputs if item.type is InputType.RATINGS}
        weights = []
        for key, value in rule.reader.pairs(values["weights"], "score.weights"):
            weight = rule.reader.number(value, f"score.weights.{key.text}")
            if key.text not in groups:
                rule.misfit(
                    key, cls.name, phrase("weighs `{name}`, which is not an input of type ratings", name=key.text)
                )
            elif weight is not None and weight <= 0:
                rule.reader.add(
                    catalogue.OUT_OF_RANGE,
                    value,
                    key=f"score.weights.{key.text}",
                    value=exact(weight),
                    range=phrase("above {low}", low="0"),
                )
            elif weight is not None:
                rule.uses([key.text])
                weights.append((key.text, weight))
        return cls(tuple(weights)) if weights else None

    def raw(self, case: Case) -> tuple[Fraction, list[Step]]:
        """Return the weighted mean. The mean of the confidential groups is in `case.values`, under `case.pool`."""
        pooled = [item.id for item in case.inputs if item.confidential]
        groups: dict[str, tuple[Fraction, Numbers]] = {}
        for id_, weight in self.weights:
            name = case.pool if id_ in pooled else id_
            known = groups.get(name)
            groups[name] = (weight + (known[0] if known else 0), case.values[name])
        total = sum((weight for weight, _ in groups.values()), Fraction(0))
        value = sum((weight * group.mean for weight, group in groups.values()), Fraction(0)) / total
        steps = [
            Step("group", value=group.mean, args=(("of", name), ("count", str(group.count)), ("weight", show(weight))))
            for name, (weight, group) in groups.items()
        ]
        terms = " + ".join(f"{show(weight)} × {show(group.mean)}" for weight, group in groups.values())
        formula = " + ".join(f"{show(weight)} × {name}" for name, (weight, _) in groups.items())
        steps.append(Step("weighted_mean", f"({formula}) ÷ {show(total)}", f"({terms}) ÷ {show(total)}", value))
        return value, steps

    def pool_weights(self) -> dict[str, Fraction]:
        """Return the weights."""
        return dict(self.weights)

    def parameters(self, unit: Unit, wording: RuleWording) -> list[Parameter]:
        """Return the weights."""
        return [
            Parameter(wording.say(mark("Weight of {name}"), name=wording.name(id_)), show(weight))
            for id_, weight in self.weights
        ]

    def numbers(self) -> Canonical:
        """Return the weights."""
        return {"weights": {name: exact(value) for name, value in self.weights}}

    def extent(self, of: Callable[[Expression | None], Interval], full: Fraction) -> Interval:
        """Return the smallest interval that holds the ranges of all groups."""
        result: Interval | None = None
        for id_, _ in self.weights:
            group = of(Name(id_))
            result = group if result is None else result.hull(group)
        return result or Interval()
