"""The points of bonus items, and what their cap cuts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from kpigen.model.forms import BonusItem, Form
from kpigen.model.scores import BonusScore


def score_bonus(form: Form, given: Mapping[str, int | str]) -> tuple[BonusScore, ...]:
    """Return the points of each bonus item as they count, in the order of the form.

    Where rows are rounded before they are added, so are the items, and that before the cap: it holds for what is printed.
    `given` says how often each applies, or as what it is judged. The cap limits the sum of all items, so their order does not
    matter for it; what is too much is taken from the last items that add points. An item that lost something is `capped`.
    """
    scores = [_counted(form, _uncut(item, given.get(item.id, 0))) for item in form.bonus]
    if form.bonus_cap is None:
        return tuple(scores)
    excess = sum((item.points for item in scores), Fraction(0)) - form.bonus_cap
    for place in reversed(range(len(scores))):
        cut = min(excess, scores[place].points)
        if cut > 0:
            less = replace(scores[place], points=scores[place].points - cut, capped=True)
            scores[place] = _counted(form, less)
            excess -= cut
    return tuple(scores)


def _counted(form: Form, score: BonusScore) -> BonusScore:
    return replace(score, points=form.rounded(score.points)) if form.rounding.of_rows else score


def score_bonus_in_order(form: Form, given: Mapping[str, int | str]) -> tuple[BonusScore, ...]:
    """Return the points as engine 1 gave them: each item in its order used up what was left of the cap."""
    left = form.bonus_cap
    scores = []
    for item in form.bonus:
        uncut = _uncut(item, given.get(item.id, 0))
        points = uncut.points if left is None else min(uncut.points, left)
        left = None if left is None else left - points
        scores.append(replace(uncut, points=points, capped=points < item.points * uncut.count))
    return tuple(scores)


def _uncut(item: BonusItem, given: int | str) -> BonusScore:
    """Return an item before the cap of the form: with its own limit."""
    if item.choices:
        level = next((choice for choice in item.choices if choice.id == given), None)
        return BonusScore(item.id, 0, (level and level.points) or Fraction(0), False, level.id if level else "")
    count = given if isinstance(given, int) else 0
    counted = count if item.at_most is None else min(count, item.at_most)
    return BonusScore(item.id, count, item.points * counted, counted < count and item.points != 0)
