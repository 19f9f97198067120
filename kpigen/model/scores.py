"""What a review scores: the scorecard, with every step of the working."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from kpigen import ENGINE
from kpigen.model.forms import Form, Result, Veto
from kpigen.numbers.formula import Value
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
    """An indicator's result: `raw` out of `out_of`, effective `weight`, `points` as printed; None is open.

    `exact` are the points as they count: the same, unless the form rounds only its total. An `unscored` row has no points and is
    not open.
    """

    id: str
    out_of: Fraction
    base_weight: Fraction
    weight: Fraction
    raw: Fraction | None = None
    points: Fraction | None = None
    not_applicable: bool = False
    steps: tuple[Step, ...] = ()
    exact: Fraction | None = None
    unscored: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it applies and should have points, but has none yet."""
        return self.points is None and not self.not_applicable and not self.unscored


@dataclass(frozen=True, slots=True)
class BonusScore:
    """A bonus item's result: how often, or as what it is judged (`level`), and the points after caps."""

    id: str
    count: int
    points: Fraction
    capped: bool
    level: str = ""


@dataclass(frozen=True, slots=True)
class SectionScore:
    """The points of a section as printed and as they count (None: open), and the working if it has a formula."""

    id: str
    points: Fraction | None
    exact: Fraction | None
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class ResultScore:
    """A result: a number, yes or no, or the place of its text among the cases; None while it is open. With the working."""

    id: str
    value: Fraction | bool | int | None
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class VetoResult:
    """Whether a veto's condition holds; None while it is open. `lacks` are the names without a value that keep it open."""

    id: str
    holds: bool | None
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Scorecard:
    """What a review scores by a form: every indicator, the bonus, the vetoes, total and grade (None while open).

    `base` is the sum of the printed rows. `steps` are the working of a total that has a formula or was set by a veto. The grade
    of a form without grades is an empty text. `engine` is the version of the scoring engine, `tables` the numbers of the form's
    tables for this employee.
    """

    form: Form
    indicators: tuple[IndicatorScore, ...]
    bonus: tuple[BonusScore, ...]
    vetoes: tuple[VetoResult, ...]
    base: Fraction
    total: Fraction | None
    grade: str | None
    sections: tuple[SectionScore, ...] = ()
    results: tuple[ResultScore, ...] = ()
    steps: tuple[Step, ...] = ()
    engine: int = ENGINE
    tables: Mapping[str, Value] = field(default_factory=dict)

    @property
    def held(self) -> tuple[Veto, ...]:
        """The vetoes whose condition holds."""
        return tuple(veto for veto, result in zip(self.form.vetoes, self.vetoes, strict=True) if result.holds)

    @property
    def scored_results(self) -> tuple[tuple[Result, ResultScore], ...]:
        """The results of the form, each with what it is here."""
        return tuple(zip(self.form.results, self.results, strict=True))

    def indicator(self, id_: str) -> IndicatorScore:
        """Return an indicator's result by its id."""
        return next(item for item in self.indicators if item.id == id_)
