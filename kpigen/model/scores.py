"""What a review scores: the scorecard, with every step of the working."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from kpigen.model.forms import Form, Veto
from kpigen.numbers.quantities import Unit


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the working: its kind, the formula with input ids, the same formula with numbers, and the result."""

    kind: str
    formula: str = ""
    numbers: str = ""
    value: Fraction | None = None
    unit: Unit = Unit.PLAIN
    args: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorScore:
    """An indicator's result: `raw` out of `out_of`, effective `weight`, `points` with two decimals; None is open."""

    id: str
    out_of: Fraction
    base_weight: Fraction
    weight: Fraction
    raw: Fraction | None = None
    points: Fraction | None = None
    not_applicable: bool = False
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class BonusScore:
    """A bonus item's result: how often, and the points after caps."""

    id: str
    count: int
    points: Fraction
    capped: bool


@dataclass(frozen=True, slots=True)
class VetoResult:
    """Whether a veto's condition holds; None while it is open."""

    id: str
    holds: bool | None


@dataclass(frozen=True, kw_only=True)
class Scorecard:
    """What a review scores by a form: every indicator, the bonus, the vetoes, total and grade (None while open)."""

    form: Form
    indicators: tuple[IndicatorScore, ...]
    bonus: tuple[BonusScore, ...]
    vetoes: tuple[VetoResult, ...]
    base: Fraction
    total: Fraction | None
    grade: str | None

    @property
    def held(self) -> tuple[Veto, ...]:
        """The vetoes whose condition holds."""
        return tuple(veto for veto, result in zip(self.form.vetoes, self.vetoes, strict=True) if result.holds)

    def indicator(self, id_: str) -> IndicatorScore:
        """Return an indicator's result by its id."""
        return next(item for item in self.indicators if item.id == id_)
