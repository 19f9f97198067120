"""What changed in meaning between two states of a repository: reviews by identity, rules by version, never by position in a file.

Where a total changes, the difference is split into what comes from the data and what from the rules, by scoring once more
in between: old data × old rules → new data × old rules → new data × new rules.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from kpigen.amend import FieldChange, field_changes
from kpigen.content import content
from kpigen.diagnostics import has_errors
from kpigen.model import Form, Review
from kpigen.project import Project, load
from kpigen.records import Record, make_record, make_records
from kpigen.reviews import read_review
from kpigen.sources import Tree


@dataclass(frozen=True)
class State:
    """A repository at one moment: its files, what they hold, and the records."""

    tree: Tree
    project: Project
    records: tuple[Record, ...]


@dataclass(frozen=True)
class Score:
    """A total and grade as they are printed; None is open."""

    total: Fraction | None
    grade: str | None


@dataclass(frozen=True)
class Split:
    """How much of a changed total comes from the data and how much from the rules, and which was changed first in between.

    `between` is `data` (new data by old rules), `rules` (old data by new rules), or empty where neither can be scored.
    """

    data: Fraction | None
    rules: Fraction | None
    between: str


@dataclass(frozen=True)
class ReviewChange:
    """One review's changes. `kind` is `added`, `removed` or `changed`; `fields` are the changes of its content by id."""

    kind: str
    path: str
    old_path: str
    employee: str
    name: str
    period: str
    form: str
    fields: tuple[FieldChange, ...]
    before: Score | None
    after: Score | None
    split: Split | None


@dataclass(frozen=True)
class RuleChange:
    """One rule version's change: `added`, `removed`, `scoring` (numbers) or `text`; `touches` are the reviews that it scores now."""

    kind: str
    key: str
    path: str
    touches: tuple[str, ...]


@dataclass(frozen=True)
class Changes:
    """Everything that changed. `unread` are files of either side that give no review: they cannot be compared."""

    rules: tuple[RuleChange, ...]
    reviews: tuple[ReviewChange, ...]
    unread: tuple[str, ...]

    def __bool__(self) -> bool:
        """Whether anything changed."""
        return bool(self.rules or self.reviews or self.unread)


def state_of(tree: Tree) -> State:
    """Read a tree."""
    project = load(tree)
    records, _ = make_records(project)
    return State(tree, project, records)


def compare(old: State, new: State) -> Changes:
    """Return what changed from one state to another."""
    before = {_identity(record): record for record in old.records}
    after = {_identity(record): record for record in new.records}
    changes = []
    for identity in sorted(before.keys() | after.keys(), key=lambda key: (key[1], key[0], key[2])):
        change = _review_change(old, new, before.get(identity), after.get(identity))
        if change is not None:
            changes.append(change)
    unread = sorted({*old.project.unread, *new.project.unread})
    return Changes(tuple(_rule_changes(old, new)), tuple(changes), tuple(unread))


def _identity(record: Record) -> tuple[str, str, str]:
    review = record.review
    return review.employee.id, str(review.period), review.form


def _review_change(old: State, new: State, before: Record | None, after: Record | None) -> ReviewChange | None:
    shown = after or before
    assert shown is not None
    fields = field_changes(facts(before), facts(after)) if before and after else ()
    scores = (_score(before), _score(after))
    moved = before is not None and after is not None and before.review.path != after.review.path
    if before and after and not fields and not moved and scores[0] == scores[1]:
        return None
    kind = "changed" if before and after else "added" if after else "removed"
    review = shown.review
    return ReviewChange(
        kind,
        review.path,
        before.review.path if before and moved else "",
        review.employee.id,
        review.employee.name,
        str(review.period),
        review.form,
        fields,
        scores[0],
        scores[1],
        _split(old, new, before, after) if before and after else None,
    )


def facts(record: Record) -> dict[str, object]:
    """Return what is compared: the content without technical keys, and what has happened to the review."""
    review = record.review
    data = {
        key: value
        for key, value in content(review, record.form, record.taken).items()
        if key not in ("kpigen", "rules")
    }
    data["rules"] = record.form.key
    data["status"] = review.status.value
    entries = {
        "confirmations": [
            {"name": f"{item.role} {item.name} {item.date}", "of": item.of} for item in review.confirmations
        ],
        "objections": [
            {"name": f"{item.role} {item.date}", "text": item.text, "resolution": item.resolution}
            for item in review.objections
        ],
        "amendments": [
            {"name": str(n), "date": item.date, "by": item.by, "reason": item.reason}
            for n, item in enumerate(review.amendments, 1)
        ],
    }
    return data | {name: items for name, items in entries.items() if items}


def _score(record: Record | None) -> Score | None:
    return None if record is None else Score(record.card.total, record.card.grade)


def _split(old: State, new: State, before: Record, after: Record) -> Split | None:
    """Return where a difference of totals comes from; None where the total is the same or open on a side."""
    first, last = before.card.total, after.card.total
    if first is None or last is None or first == last:
        return None
    if before.form.digest == after.form.digest:
        return Split(last - first, Fraction(0), "data")
    middle = _rescored(new, after.review, old.project)
    if middle is not None:
        return Split(middle - first, last - middle, "data")
    middle = _rescored(old, before.review, new.project)
    if middle is not None:
        return Split(last - middle, middle - first, "rules")
    return Split(None, None, "")


def _rescored(state: State, review: Review, rules_of: Project) -> Fraction | None:
    """Return the total of a state's review by another project's rules; None where they cannot score it."""
    again, found = read_review(review.path, state.tree.read(review.path), rules_of.rules, state.tree.digest)
    if again is None or has_errors(found):
        return None
    project = Project(rules_of.config, rules_of.roster, rules_of.rules, state.project.reviews, ())
    record = make_record(project, again, state.project.teams.taken_by(review), found)
    return None if record is None or has_errors(found) else record.card.total


def _rule_changes(old: State, new: State) -> Iterable[RuleChange]:
    before = {form.key: form for form in old.project.rules.forms}
    after = {form.key: form for form in new.project.rules.forms}
    for key in sorted(before.keys() | after.keys()):
        first, last = before.get(key), after.get(key)
        kind = _rule_kind(old, new, first, last)
        if kind:
            form = last or first
            assert form is not None
            records = new.records if last else old.records
            yield RuleChange(
                kind, key, form.path, tuple(record.review.path for record in records if record.form.key == key)
            )


def _rule_kind(old: State, new: State, first: Form | None, last: Form | None) -> str:
    if first is None or last is None:
        return "added" if first is None else "removed"
    if first.digest != last.digest:
        return "scoring"
    return "text" if old.tree.digest(first.path) != new.tree.digest(last.path) else ""
