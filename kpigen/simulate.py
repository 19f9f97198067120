"""What changed rules would do to the reviews that there are: each scored as it is and as it would be, side by side."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from kpigen.diagnostics import Diagnostic
from kpigen.model import Form, Review, Scorecard, Status
from kpigen.periods import Period
from kpigen.project import Project
from kpigen.records import Record, make_records
from kpigen.rescore import rescore
from kpigen.rules.book import Rulebook
from kpigen.score import missing_inputs
from kpigen.sources import Tree

#: Stands for the bonus among indicators; no id has parentheses.
BONUS = "(bonus)"


@dataclass(frozen=True)
class Tried:
    """A review that both versions score."""

    review: Review
    before: Scorecard
    after: Scorecard

    @property
    def difference(self) -> Fraction:
        """By how much its total would rise."""
        return _total(self.after) - _total(self.before)

    @property
    def grade_changes(self) -> bool:
        """Whether its grade would be another one."""
        return self.before.grade != self.after.grade


@dataclass(frozen=True)
class Reason:
    """Why a version cannot score a review: a finding with its code, or what is open (no code)."""

    code: str
    text: str


@dataclass(frozen=True)
class Unscored:
    """A review that the version it would be tried with cannot score."""

    review: Review
    before: Scorecard
    version: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Shift:
    """What an indicator (or `(bonus)`) adds to the mean change of the totals. `kind` is `added`, `removed` or empty."""

    indicator: str
    kind: str
    mean: Fraction


@dataclass(frozen=True)
class Effect:
    """What happens to the reviews of one form. Means, grades and shifts are all over `tried`, the reviews scored both ways.

    `versions` are pairs of keys with how many go from one to the other; `grades` are a grade, and how many have it before
    and after; `moves` are two grades and how many go from one to the other.
    """

    form: str
    tried: tuple[Tried, ...]
    unscored: tuple[Unscored, ...]
    unaffected: int
    versions: tuple[tuple[str, str, int], ...]
    mean_before: Fraction | None
    mean_after: Fraction | None
    grades: tuple[tuple[str, int, int], ...]
    moves: tuple[tuple[str, str, int], ...]
    shifts: tuple[Shift, ...]

    @property
    def totals_changed(self) -> int:
        """How many totals change."""
        return sum(bool(item.difference) for item in self.tried)

    @property
    def movers(self) -> tuple[Tried, ...]:
        """Whose total or grade changes, who moves most first."""
        moving = [item for item in self.tried if item.difference or item.grade_changes]
        return tuple(sorted(moving, key=lambda item: (-abs(item.difference), item.review.path)))


@dataclass(frozen=True)
class Simulation:
    """What changed rules would do.

    `effects` are the forms with a review that is tried; `unaffected` the others with how many reviews they have; `broken` the
    forms whose new rule files have errors; `not_scored` the files that cannot be scored as they are; `incomplete` the drafts
    that were left out.
    """

    effects: tuple[Effect, ...]
    unaffected: tuple[tuple[str, int], ...]
    broken: tuple[tuple[str, int], ...]
    not_scored: tuple[str, ...]
    incomplete: int

    @property
    def changes(self) -> bool:
        """Whether any total or grade changes, or cannot be given any more."""
        return any(effect.movers or effect.unscored for effect in self.effects)


def simulate(
    project: Project,
    tree: Tree,
    rules: Rulebook,
    broken: Iterable[str] = (),
    drafts: bool = False,
    periods: Iterable[Period] = (),
) -> Simulation:
    """Try the submitted and published reviews of a project (with `drafts` also complete drafts) with other rules.

    `tree` holds the reviews' files; `broken` are forms that are not tried because their new rule files have errors; `periods`
    limits to reviews of these. What `auto` took from the team stays as it is.
    """
    wanted, broken_forms = frozenset(periods), frozenset(broken) | rules.broken
    records, faulty, incomplete = _to_try(project, drafts, wanted)
    by_form: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        by_form[record.review.form].append(record)
    effects, unaffected = [], []
    for form, those in sorted(by_form.items()):
        if form in broken_forms:
            continue
        effect = _effect(project, tree, rules, form, those)
        if effect.tried or effect.unscored:
            effects.append(effect)
        else:
            unaffected.append((form, len(those)))
    left_out = tuple((form, len(by_form.get(form, ()))) for form in sorted(broken_forms))
    return Simulation(tuple(effects), tuple(unaffected), left_out, faulty, incomplete)


def version_to_try(record: Record, now: Rulebook, rules: Rulebook) -> Form | None:
    """Return the version of other rules that a review is tried with; None where they do not change how it is scored.

    First the version that would be in force in its period, where that changes: whatever the review was published by. Else,
    as if it were already in force, the newest version that is new or scores otherwise than the one of the same name.
    """
    review = record.review
    was, would_be = now.in_force(review.form, review.period), rules.in_force(review.form, review.period)
    if (
        would_be is not None
        and (was is None or was.digest != would_be.digest)
        and would_be.digest != record.form.digest
    ):
        return would_be
    known = {form.version: form.digest for form in now.versions(review.form)}
    changed = [form for form in rules.versions(review.form) if known.get(form.version) != form.digest]
    return changed[-1] if changed and changed[-1].digest != record.form.digest else None


def _to_try(project: Project, drafts: bool, periods: frozenset[Period]) -> tuple[list[Record], tuple[str, ...], int]:
    """Return the records to try, the files that cannot be scored as they are, and how many drafts are not complete."""
    records, found = make_records(project)
    in_error = {item.span.path for item in (*project.problems, *found) if item.is_error}
    names = {str(period) for period in periods}
    faulty = [path for path in project.unread if not periods or path.split("/")[1] in names]
    statuses = {Status.SUBMITTED, Status.PUBLISHED} | ({Status.DRAFT} if drafts else set())
    kept, incomplete = [], 0
    for record in records:
        review = record.review
        if review.status not in statuses or (periods and review.period not in periods):
            continue
        if review.path in in_error:
            faulty.append(review.path)
        elif record.card.grade is not None:
            kept.append(record)
        elif review.status is Status.DRAFT:
            incomplete += 1
        else:
            faulty.append(review.path)
    return kept, tuple(sorted(faulty)), incomplete


def _effect(project: Project, tree: Tree, rules: Rulebook, form: str, records: Sequence[Record]) -> Effect:
    """Try the reviews of one form."""
    tried, unscored = [], []
    for record in records:
        version = version_to_try(record, project.rules, rules)
        if version is None:
            continue
        again, found = rescore(project, tree, record.review, version, since=record.form)
        reasons = _reasons(again, found)
        if again is None or reasons:
            unscored.append(Unscored(record.review, record.card, version.key, reasons))
        else:
            tried.append(Tried(record.review, record.card, again.card))
    order = _merged(form.grades for item in tried for form in (item.before.form, item.after.form))
    before, after = _sides(tried)
    befores, afters = Counter(card.grade for card in before), Counter(card.grade for card in after)
    moves = Counter((item.before.grade or "", item.after.grade or "") for item in tried if item.grade_changes)
    return Effect(
        form,
        tuple(tried),
        tuple(unscored),
        len(records) - len(tried) - len(unscored),
        tuple((*pair, count) for pair, count in sorted(_pairs(tried, unscored).items())),
        _mean(before),
        _mean(after),
        tuple((grade, befores[grade], afters[grade]) for grade in order),
        tuple((*move, moves[move]) for move in sorted(moves, key=lambda move: tuple(map(order.index, move)))),
        _shifts(tried),
    )


def _sides(tried: Sequence[Tried]) -> tuple[list[Scorecard], list[Scorecard]]:
    return [item.before for item in tried], [item.after for item in tried]


def _pairs(tried: Iterable[Tried], unscored: Iterable[Unscored]) -> Counter[tuple[str, str]]:
    pairs = Counter((item.before.form.key, item.after.form.key) for item in tried)
    return pairs + Counter((item.before.form.key, item.version) for item in unscored)


def _reasons(again: Record | None, found: Iterable[Diagnostic]) -> tuple[Reason, ...]:
    """Return why a version cannot score a review; nothing where it can."""
    if again is None:
        return tuple(Reason(item.code, item.message) for item in found if item.is_error)
    return tuple(Reason("", text) for text in _open(again))


def _open(record: Record) -> Iterable[str]:
    """Say what keeps a total or grade open."""
    for score in record.card.indicators:
        indicator = record.form.indicator(score.id)
        assert indicator is not None
        if score.points is None and not score.not_applicable:
            values = record.metrics.get(score.id, {})
            lacking = ", ".join(f"`{name}`" for name in missing_inputs(indicator, values))
            yield f"open: `{score.id}` lacks {lacking}" if values else f"open: `{score.id}` has no data"
    for veto in record.card.vetoes:
        if veto.holds is None:
            yield f"open: veto `{veto.id}` has no data"


def _merged(orders: Iterable[tuple[tuple[str, Fraction], ...]]) -> list[str]:
    """Return the grades of several versions in one order: each right behind the one that it follows in its own version."""
    merged: list[str] = []
    for grades in dict.fromkeys(orders):
        place = 0
        for grade, _ in grades:
            if grade not in merged:
                merged.insert(place, grade)
            place = merged.index(grade) + 1
    return merged


def _shifts(tried: Sequence[Tried]) -> tuple[Shift, ...]:
    """Return what each indicator and the bonus add to the mean change, most first; together they are the mean change."""
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
    """Return the points by indicator, with those of the bonus where a form has one."""
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
    """Return the total of a card that was made sure to have one."""
    assert card.total is not None
    return card.total
