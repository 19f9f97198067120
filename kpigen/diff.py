"""What changed in meaning between two states of a repository: reviews by identity, rules by version, never by position in a file.

Where a total changes, the difference is split into what comes from the data and what from the rules, by scoring once more
in between: old data × old rules → new data × old rules → new data × new rules.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from kpigen.content import content
from kpigen.fields import FieldChange, field_changes
from kpigen.model import Form, Review
from kpigen.project import Project, load, place_of
from kpigen.records import Record, make_records
from kpigen.rescore import rescore
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
    """One review's changes. `fields` are the changes of its content by id.

    `kind` is `added`, `removed` or `changed`; `broken` where its file cannot be read any more, `mended` where it could not.
    """

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
    """One rule version's change; `touches` are the reviews that it scores now.

    `kind` is `added`, `removed`, `scoring` (numbers) or `text`; `broken` where its file cannot be read any more, `mended` where
    it could not.
    """

    kind: str
    key: str
    path: str
    touches: tuple[str, ...]


@dataclass(frozen=True)
class Changes:
    """Everything that changed. `unread` are changed files that give no review on either side: they cannot be compared."""

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
    before, after = _by_identity(old.records), _by_identity(new.records)
    changes = []
    for identity in sorted(before.keys() | after.keys()):
        change = _review_change(old, new, before.get(identity), after.get(identity))
        if change is not None:
            changes.append(change)
    shown = {change.path for change in changes}
    unread = {*old.project.unread, *new.project.unread} - shown
    changed = [path for path in sorted(unread) if old.tree.digest(path) != new.tree.digest(path)]
    return Changes(tuple(_rule_changes(old, new)), tuple(changes), tuple(changed))


def _by_identity(records: Iterable[Record]) -> dict[tuple[str, str, str, str], Record]:
    """Return records by period, employee and form; a second file of one review, which is an error, by its path too."""
    found: dict[tuple[str, str, str, str], Record] = {}
    # The file that lies where the review belongs goes first.
    for record in sorted(records, key=lambda record: record.review.path != place_of(record.review)):
        review = record.review
        identity = (str(review.period), review.employee.id, review.form)
        found[*identity, review.path if (*identity, "") in found else ""] = record
    return found


def _review_change(old: State, new: State, before: Record | None, after: Record | None) -> ReviewChange | None:
    shown = after or before
    assert shown is not None
    # A new salt gives a new digest to the same confidential list: only where it stayed does a digest say anything.
    exact = bool(before and after and before.review.submitted == after.review.submitted)
    fields = field_changes(facts(before), facts(after), exact) if before and after else ()
    scores = (_score(before), _score(after))
    moved = before is not None and after is not None and before.review.path != after.review.path
    if before and after and not fields and not moved and scores[0] == scores[1]:
        return None
    review = shown.review
    if before and after:
        kind = "changed"
    elif after:
        kind = "mended" if review.path in old.project.unread else "added"
    else:
        kind = "broken" if review.path in new.project.unread else "removed"
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
    # Without the salt of the confidential lists: a new one does not change them.
    whole = content(replace(review, submitted=None), record.form, record.taken)
    data = {key: value for key, value in whole.items() if key not in ("kpigen", "rules")}
    data["rules"] = record.form.key
    data["status"] = review.status.value
    if review.submitted:
        data["submitted"] = {"on": review.submitted.on}
    if review.published:
        block, score = review.published, _score(record)
        data["published"] = {"on": block.on} | (
            {"taken": [{"employee": item.employee, "total": item.total} for item in block.taken]} if block.taken else {}
        )
        if score != Score(Fraction(block.total), block.grade):  # else the line of the score says it
            data["published"] |= {"total": block.total, "grade": block.grade}
    entries = {
        "confirmations": [
            {"name": f"{item.role} {item.name} {item.date}", "of": item.of} for item in review.confirmations
        ],
        "objections": [
            _given(
                name=f"{item.role} {item.date}",
                of=item.of,
                text=item.text,
                resolution=item.resolution,
                resolved=item.resolved,
            )
            for item in review.objections
        ],
        "amendments": [
            {"name": str(n), "date": item.date, "by": item.by, "reason": item.reason}
            for n, item in enumerate(review.amendments, 1)
        ],
    }
    return data | {name: items for name, items in entries.items() if items}


def _given(**fields: str) -> dict[str, str]:
    return {key: value for key, value in fields.items() if value}


def _score(record: Record | None) -> Score | None:
    return None if record is None else Score(record.card.total, record.card.grade)


def _split(old: State, new: State, before: Record, after: Record) -> Split | None:
    """Return where a difference of totals comes from; None where the total is the same or open on a side."""
    first, last = before.card.total, after.card.total
    if first is None or last is None or first == last:
        return None
    if before.form.digest == after.form.digest:
        return Split(last - first, Fraction(0), "data")
    middle = _total_by(before.form, new, after.review)
    if middle is not None:
        return Split(middle - first, last - middle, "data")
    middle = _total_by(after.form, old, before.review)
    if middle is not None:
        return Split(last - middle, middle - first, "rules")
    return Split(None, None, "")


def _total_by(form: Form, state: State, review: Review) -> Fraction | None:
    """Return the total of a state's review by the other side's form version; None where that cannot score it."""
    record, _ = rescore(state.project, state.tree, review, form)
    return None if record is None else record.card.total


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
        if first is None:
            return "added" if last is None or old.tree.digest(last.path) is None else "mended"
        return "removed" if new.tree.digest(first.path) is None else "broken"
    if first.digest != last.digest:
        return "scoring"
    return "text" if old.tree.digest(first.path) != new.tree.digest(last.path) else ""
