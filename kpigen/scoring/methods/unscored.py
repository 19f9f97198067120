"""What an unscored row has in place of a method: it is written or shown, and scores nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from kpigen.document.nodes import Node
from kpigen.i18n.messages import mark
from kpigen.model.scores import Step
from kpigen.numbers.formula import Expression
from kpigen.numbers.intervals import Interval
from kpigen.scoring.methods.base import Canonical, Case, Method, Rule


@dataclass(frozen=True)
class NoScore(Method):
    """No score. It cannot be written as a method: a row says `unscored: yes`."""

    name = "unscored"
    label = mark("Not scored")
    takes_measure = False
    draws_curve = False

    @classmethod
    def read(cls, node: Node, values: dict[str, Node], rule: Rule) -> Method | None:
        """Return the method; it has no numbers."""
        return cls()

    def raw(self, case: Case) -> tuple[Fraction, list[Step]]:
        """Return 0 without steps; the engine never asks."""
        return Fraction(0), []

    def numbers(self) -> Canonical:
        """Return an empty mapping."""
        return {}

    def extent(self, of: Callable[[Expression | None], Interval], full: Fraction) -> Interval:
        """Return 0 and nothing else."""
        return Interval(Fraction(0), Fraction(0))
