"""The records of the outlook: scoring curves and next steps."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from kpigen.model.forms import Input
from kpigen.model.reviews import InputValue
from kpigen.numbers.quantities import Unit
from kpigen.scoring.methods.base import Mark
from kpigen.scoring.score import points_of


@dataclass(frozen=True, slots=True)
class Point:
    """A value with its raw score. If not `reached`, the score only approaches this height, at a jump."""

    x: Fraction
    raw: Fraction
    reached: bool = True


@dataclass(frozen=True, slots=True)
class Bar:
    """A choice (`yes`, `no` or the id of a choice) with its score. `here` is True for this review's choice."""

    choice: str
    raw: Fraction
    points: Fraction
    here: bool


@dataclass(frozen=True)
class ScoringCurve:
    """The score of an indicator along one number, or for each choice of an input; all other inputs are as in the review.

    - `axis`: the id of an input, which `input` then holds, or `measure`.
    - `kind`: `line` and `steps` have `points`, joined in their order; two with the same `x` are a jump. `steps` are flat
      between jumps. `levels` have `bars`.
    - `exact`: True if the parts between points are straight; otherwise the points are samples of a curve.
    - `whole`: only whole numbers occur on the axis.
    - `here`: this review's point; None while the review has no value, or if nothing was measured.
    """

    kind: Literal["line", "steps", "levels"]
    axis: str
    input: Input | None
    unit: Unit
    whole: bool
    exact: bool
    points: tuple[Point, ...]
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]
    here: Point | None
    out_of: Fraction
    weight: Fraction
    decimals: int = 2
    half_even: bool = False

    def points_of(self, raw: Fraction) -> Fraction:
        """Return the points of a raw score, with the decimals of the form."""
        return points_of(raw, self.weight, self.out_of, self.decimals, self.half_even)

    def at(self, x: Fraction) -> Fraction | None:
        """Return the raw score at a value of the axis, interpolated between points; None outside the curve."""
        at_x = next((point for point in self.points if point.x == x and point.reached), None)
        if at_x is not None:
            return at_x.raw
        for one, other in itertools.pairwise(self.points):
            if one.x < x < other.x:
                return one.raw + (x - one.x) / (other.x - one.x) * (other.raw - one.raw)
        return None


@dataclass(frozen=True)
class NextStep:
    """The smallest change of one number or choice that brings more, with the new points, total and grade.

    - `input`: the input, or the field of list entry number `entry` (from 1).
    - `unit`: the size of one step (0.01 for one per cent, seconds for a duration); None for yes/no and choices.
    - `count`: the number of steps, a fraction if part of a step is enough; 1 for yes/no and choices.
    - `direction`: 1 for more, -1 for less, 0 for another choice.
    - `is_base`: other numbers are measured against this one (`planned` in `done / planned`).
    - `gain`: what the total gains as printed; while it is open, what the row gains.
    - `points`, `row_gain`: the new points of the row, and what it gains; in some forms that differs from the gain.
    - `total`, `grade`: None while they are open.
    """

    indicator: str
    input: Input
    entry: int | None
    old: InputValue
    new: InputValue
    unit: Fraction | None
    count: Fraction
    direction: int
    is_base: bool
    gain: Fraction
    points: Fraction
    row_gain: Fraction
    total: Fraction | None
    grade: str | None
    changes_grade: bool

    @property
    def gain_per_step(self) -> Fraction:
        """The gain for each step."""
        return self.gain / self.count
