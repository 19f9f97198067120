"""The method `levels`: each choice has a raw score."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.values import listed, phrase
from kpigen.document.nodes import Node
from kpigen.i18n.messages import mark
from kpigen.model.forms import InputType
from kpigen.model.scores import Step
from kpigen.numbers.formula import Expression
from kpigen.numbers.intervals import Interval
from kpigen.numbers.quantities import Unit, exact, show
from kpigen.scoring.methods.base import Canonical, Case, Method, Rule, Texts
from kpigen.scoring.wording import Parameter, RuleWording


@dataclass(frozen=True)
class Levels(Method):
    """Each choice, or yes and no, has a raw score."""

    name = "levels"
    label = mark("Levels")
    keys = ("levels",)
    takes_measure = False
    sentences: ClassVar[Texts] = {"level": mark("Level: {level}")}
    number_names: ClassVar[Texts] = {"levels": mark("levels")}

    levels: tuple[tuple[str, Fraction], ...]
    input: str

    @classmethod
    def read(cls, node: Node, values: dict[str, Node], rule: Rule) -> Method | None:
        """Read `levels`: choice → raw score, for every choice of the only input; if it has a scale, its points by default."""
        if len(rule.inputs) != 1 or rule.inputs[0].type not in (InputType.CHOICE, InputType.YES_NO):
            rule.misfit(node, cls.name, phrase("needs one input, a choice or yes_no"))
            return None
        only = rule.inputs[0]
        rule.uses([only.id])
        if "levels" not in values:
            points = tuple((choice.id, choice.points) for choice in only.choices if choice.points is not None)
            if not points:
                rule.reader.add(catalogue.MISSING_KEY, node, key="levels", where="score")
            return cls(points, only.id) if points else None
        levels = [
            (key.text, rule.amount(value, f"score.levels.{key.text}"))
            for key, value in rule.reader.pairs(values["levels"], "score.levels")
        ]
        expected = ["yes", "no"] if only.type is InputType.YES_NO else [choice.id for choice in only.choices]
        if sorted(name for name, _ in levels) != sorted(expected):
            rule.reader.add(
                catalogue.LEVELS_DIFFER,
                values["levels"],
                found=listed(name for name, _ in levels),
                input=only.id,
                expected=listed(expected),
            )
            return None
        kept = tuple((name, value) for name, value in levels if value is not None)
        return cls(kept, only.id) if len(kept) == len(levels) else None

    def raw(self, case: Case) -> tuple[Fraction, list[Step]]:
        """Return the raw score of the chosen level."""
        value = case.values[self.input]
        level = {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
        score = dict(self.levels)[level]
        return score, [Step("level", value=score, args=(("level", level),))]

    def parameters(self, unit: Unit, wording: RuleWording) -> list[Parameter]:
        """Return each level."""
        return [Parameter(wording.name(level), show(value)) for level, value in self.levels]

    def numbers(self) -> Canonical:
        """Return the levels."""
        return {"levels": {name: exact(value) for name, value in self.levels}}

    def extent(self, of: Callable[[Expression | None], Interval], full: Fraction) -> Interval:
        """Return the interval from the lowest to the highest level."""
        values = [value for _, value in self.levels]
        return Interval(min(values), max(values))
