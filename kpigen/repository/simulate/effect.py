"""The effect of another version on the reviews of one form: means, grades, who changes most, and which indicators cause it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from kpigen.diagnostics.diagnostic import Diagnostic
from kpigen.model.forms import Grade
from kpigen.model.reviews import Review
from kpigen.model.scores import Scorecard
from kpigen.numbers.notation import Notation, together

#: The grade by a form that has none.
_NO_GRADE = ""
#: Used as the id of the bonus among indicators; real ids have no parentheses.
BONUS = "(bonus)"


@dataclass(frozen=True)
class Tried:
    """A review that both versions can score."""

    review: Review
    before: Scorecard
    after: Scorecard

    @property
    def difference(self) -> Fraction:
        """The change of the total in points; positive for a rise."""
        return _total(self.after) - _total(self.before)

    @property
    def notation(self) -> Notation:
        """How the change of the total is written: as exactly as either total."""
        return together(card.form.notation for card in (self.before, self.after))

    @property
    def grade_changes(self) -> bool:
        """Whether the grade changes."""
        return self.before.grade != self.after.grade


@dataclass(frozen=True)
class Open:
    """The reason for an open total or grade: an indicator lacks some or all inputs, or a veto has no data."""

    indicator: str = ""
    lacking: tuple[str, ...] = ()
    veto: str = ""


#: Why a version cannot score a review: a finding, or missing data.
Reason = Diagnostic | Open


@dataclass(frozen=True)
class Unscored:
    """A review that the version to be tried cannot score."""

    review: Review
    before: Scorecard
    version: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Shift:
    """The contribution of an indicator (or `(bonus)`) to the mean change of totals. `kind` is `added`, `removed` or empty."""

    indicator: str
    kind: str
    mean: Fraction


class Move(NamedTuple):
    """The number of reviews that change from one rule version, or one grade, to another."""

    old: str
    new: str
    reviews: int


class GradeCount(NamedTuple):
    """The number of reviews with a grade, before and after."""

    grade: str
    before: int
    after: int


@dataclass(frozen=True)
class Effect:
    """The effect on the reviews of one form. Means, grades and shifts cover `tried`: the reviews scored by both versions.

    `versions` counts changes between the keys of rule versions, `moves` changes between grades.
    """

    form: str
    tried: tuple[Tried, ...]
    unscored: tuple[Unscored, ...]
    unaffected: int
    versions: tuple[Move, ...]
    mean_before: Fraction | None
    mean_after: Fraction | None
    grades: tuple[GradeCount, ...]
    moves: tuple[Move, ...]
    shifts: tuple[Shift, ...]

    @property
    def notation(self) -> Notation:
        """How totals of these reviews are written beside each other."""
        return together(item.notation for item in self.tried)

    @property
    def totals_changed(self) -> int:
        """The number of changed totals."""
        return sum(bool(item.difference) for item in self.tried)

    @property
    def movers(self) -> tuple[Tried, ...]:
        """The reviews whose total or grade changes, largest change first."""
        moving = [item for item in self.tried if item.difference or item.grade_changes]
        return tuple(sorted(moving, key=lambda item: (-abs(item.difference), item.review.path)))


def effect_of(form: str, tried: Sequence[Tried], unscored: Sequence[Unscored], unaffected: int) -> Effect:
    """Return the effect on the reviews of a form; `unaffected` is the number of reviews that score as before."""
    order = [*_merged(form.grades for item in tried for form in (item.before.form, item.after.form)), _NO_GRADE]
    before, after = _sides(tried)
    befores, afters = Counter(card.grade for card in before), Counter(card.grade for card in after)
    moves = Counter((item.before.grade or "", item.after.grade or "") for item in tried if item.grade_changes)
    return Effect(
        form=form,
        tried=tuple(tried),
        unscored=tuple(unscored),
        unaffected=unaffected,
        versions=tuple(Move(*pair, count) for pair, count in sorted(_pairs(tried, unscored).items())),
        mean_before=_mean(before),
        mean_after=_mean(after),
        grades=tuple(GradeCount(grade, befores[grade], afters[grade]) for grade in order if grade != _NO_GRADE),
        moves=tuple(Move(*move, moves[move]) for move in sorted(moves, key=lambda move: tuple(map(order.index, move)))),
        shifts=_shifts(tried),
    )


def _sides(tried: Sequence[Tried]) -> tuple[list[Scorecard], list[Scorecard]]:
    return [item.before for item in tried], [item.after for item in tried]


def _pairs(tried: Iterable[Tried], unscored: Iterable[Unscored]) -> Counter[tuple[str, str]]:
    pairs = Counter((item.before.form.key, item.after.form.key) for item in tried)
    return pairs + Counter((item.before.form.key, item.version) for item in unscored)


def _merged(orders: Iterable[tuple[Grade, ...]]) -> list[str]:
    """Return the grades of several versions in one order: each right after its predecessor in its own version."""
    merged: list[str] = []
    for grades in dict.fromkeys(orders):
        place = 0
        for grade, _ in grades:
            if grade not in merged:
                merged.insert(place, grade)
            place = merged.index(grade) + 1
    return merged


def _shifts(tried: Sequence[Tried]) -> tuple[Shift, ...]:
    """Return the contribution of each indicator and the bonus, largest first. They sum to the mean change."""
    before, after = (_points(side) for side in _sides(tried))
    shifts = [
        Shift(
            id_,
            "added" if id_ not in before else "removed" if id_ not in after else "",
            (sum(after.get(id_, ()), Fraction(0)) - sum(before.get(id_, ()), Fraction(0))) / len(tried),
        )
        for id_ in {**before, **after}
    ]
    return tuple(
        sorted((item for item in shifts if item.kind or item.mean), key=lambda item: (-abs(item.mean), item.indicator))
    )


def _points(cards: Iterable[Scorecard]) -> dict[str, list[Fraction]]:
    """Return the points by indicator, and those of the bonus if the form has one."""
    points: dict[str, list[Fraction]] = defaultdict(list)
    for card in cards:
        for item in card.indicators:
            points[item.id].append(item.points or Fraction(0))
        if card.form.bonus:
            points[BONUS].append(sum((item.points for item in card.bonus), Fraction(0)))
    return points


def _mean(cards: Sequence[Scorecard]) -> Fraction | None:
    return sum(map(_total, cards), Fraction(0)) / len(cards) if cards else None


def _total(card: Scorecard) -> Fraction:
    """Return the total of a scorecard that is known to have one."""
    assert card.total is not None
    return card.total
