"""What the outlook gives: scoring curves and next steps, as records without behaviour but look-ups."""

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
    """A value with what it scores. Not `reached`: the score only comes close to that, there where it jumps."""

    x: Fraction
    raw: Fraction
    reached: bool = True


@dataclass(frozen=True, slots=True)
class Bar:
    """A choice (`yes`, `no`, the id of a choice) with what it scores; `here` is this review's."""

    choice: str
    raw: Fraction
    points: Fraction
    here: bool


@dataclass(frozen=True)
class ScoringCurve:
    """What an indicator scores along one number, or for each choice of an input; everything else as in the review.

    `axis` is an input's id (then `input` is that) or `measure`. `kind`: `line` and `steps` have `points`, to be joined in
    their order: two of one `x` are a jump; `steps` are flat between jumps. `levels` has `bars`. `exact`: between two points
    it is a straight line; else it is a curve through many points. `whole`: only whole numbers occur. `here` is None while
    the review has no value, or where nothing was measured.
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

    def points_of(self, raw: Fraction) -> Fraction:
        """Return the points of a raw score, to two decimals."""
        return points_of(raw, self.weight, self.out_of)

    def at(self, x: Fraction) -> Fraction | None:
        """Return the raw score at a value of the axis, along the line from point to point; None outside."""
        at_x = next((point for point in self.points if point.x == x and point.reached), None)
        if at_x is not None:
            return at_x.raw
        for one, other in itertools.pairwise(self.points):
            if one.x < x < other.x:
                return one.raw + (x - one.x) / (other.x - one.x) * (other.raw - one.raw)
        return None


@dataclass(frozen=True)
class NextStep:
    """The smallest change of one number or choice that gives more points, and what the form then comes to.

    `input` is the input, or the field of entry number `entry` of a list (1 for the first). `unit` is the size of one step of
    a number (a share for a percentage, seconds for a duration) and `count` how many it takes (part of one where less is
    enough); for yes/no and choices they are None and 1. `direction` is 1 for more, -1 for less, 0 for another choice.
    `is_base` says that others are measured against this number (the planned of `done / planned`). Total and grade are None
    while they are open.
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
    total: Fraction | None
    grade: str | None
    changes_grade: bool

    @property
    def gain_per_step(self) -> Fraction:
        """The points gained for each step."""
        return self.gain / self.count
