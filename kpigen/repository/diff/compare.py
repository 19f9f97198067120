"""Changes in meaning between two states of a repository. Reviews are matched by identity and rules by version, not by position.

If a total changes, the difference is split into a data part and a rules part by scoring once more in between:
old data × old rules → new data × old rules → new data × new rules.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from kpigen.base.sources import Tree
from kpigen.model.forms import Form
from kpigen.model.reviews import FieldChange, Identity, Review
from kpigen.repository.project import Project, load, place_of
from kpigen.repository.records import Record, make_records
from kpigen.repository.rescore import rescore
from kpigen.scoring.content import content
from kpigen.scoring.fields import Flat, flat_changes, flatten


@dataclass(frozen=True)
class RepositoryState:
    """A repository at one moment: its files, their parsed content, and the records."""

    tree: Tree
    project: Project
    records: tuple[Record, ...]


@dataclass(frozen=True)
class Score:
    """A total and grade as printed. None means open."""

    total: Fraction | None
    grade: str | None


@dataclass(frozen=True)
class Split:
    """How much of a changed total is due to the data and how much to the rules, in points. None if it cannot be calculated.

    `between` names the score in between: `data` (new data, old rules), `rules` (old data, new rules), or empty if neither
    can be scored.
    """

    data: Fraction | None
    rules: Fraction | None
    between: str


@dataclass(frozen=True)
class ReviewChange:
    """The changes of one review: `fields` are the changed fields of its content, `status` is the current (or last) status.

    `kind` is `added`, `removed`, `changed`, `moved` (only the path changed), `broken` (the file has become unreadable) or
    `mended` (it has become readable again).
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
    status: str = ""

    def between(self, old_path: str, path: str) -> ReviewChange | None:
        """Return the same change with these paths, or None if nothing has changed then. An empty path means no file."""
        kind = kind_between(old_path, path, bool(self.fields) or self.before != self.after)
        moved = old_path if path and old_path != path else ""
        return replace(self, kind=kind, path=path or old_path, old_path=moved) if kind else None


def kind_between(old_path: str, path: str, differs: bool) -> str:
    """Return the kind of a change between two paths; empty if nothing changed. An empty path means no file.

    >>> kind_between("", "reviews/2026-01/PM-0001.front-desk.md", differs=False)
    'added'
    >>> kind_between("reviews/2026-01/a.md", "reviews/2026-01/b.md", differs=False)
    'moved'
    """
    if not old_path or not path:
        return "added" if path else "removed"
    return "changed" if differs else "moved" if old_path != path else ""


@dataclass(frozen=True)
class RuleChange:
    """The change of one rule version. `touches` are the paths of the reviews that it scores now.

    `kind` is `added`, `removed`, `scoring` (numbers changed), `text`, `broken` (the file has become unreadable) or `mended`
    (it has become readable again).
    """

    kind: str
    key: str
    path: str
    touches: tuple[str, ...]


@dataclass(frozen=True)
class Changes:
    """All changes. `unread` are changed files that could not be compared because they are unreadable."""

    rules: tuple[RuleChange, ...]
    reviews: tuple[ReviewChange, ...]
    unread: tuple[str, ...]

    def __bool__(self) -> bool:
        """Return whether anything changed."""
        return bool(self.rules or self.reviews or self.unread)


def state_of(tree: Tree) -> RepositoryState:
    """Return the state of a repository from its files."""
    project = load(tree)
    records, _ = make_records(project)
    return RepositoryState(tree, project, records)


def compare(old: RepositoryState, new: RepositoryState) -> Changes:
    """Return the changes between two states."""
    before, after = _by_identity(old.records), _by_identity(new.records)
    changes = []
    for key in sorted(before.keys() | after.keys()):
        change = _review_change(old, new, before.get(key), after.get(key))
        if change is not None:
            changes.append(change)
    shown = {change.path for change in changes}
    unread = {*old.project.unread, *new.project.unread} - shown
    changed = [path for path in sorted(unread) if old.tree.digest(path) != new.tree.digest(path)]
    return Changes(tuple(_rule_changes(old, new)), tuple(changes), tuple(changed))


def _by_identity(records: Iterable[Record]) -> dict[tuple[str, str, str, str], Record]:
    """Return records by period, employee, form and path. The path is empty except for duplicates of a review (an error)."""
    found: dict[tuple[str, str, str, str], Record] = {}
    # Of two duplicates, the file at the expected path comes first.
    for record in sorted(records, key=lambda record: record.review.path != place_of(record.review)):
        key = in_order(record.review.identity)
        found[*key, record.review.path if (*key, "") in found else ""] = record
    return found


def in_order(key: Identity) -> tuple[str, str, str]:
    """Return the sort key of an identity: period, employee, form."""
    return key.period, key.employee, key.form


def _review_change(
    old: RepositoryState, new: RepositoryState, before: Record | None, after: Record | None
) -> ReviewChange | None:
    split = split_of(old, new, before, after) if before and after else None
    change = compared(side_of(before), side_of(after), split)
    found = change.between(before.review.path if before else "", after.review.path if after else "")
    if found and (
        (not after and new.project.is_hidden(found.path)) or (not before and old.project.is_hidden(found.path))
    ):
        return None  # it may well be there, where nothing is read
    if found and found.kind == "added" and found.path in old.project.unread:
        return replace(found, kind="mended")
    if found and found.kind == "removed" and found.path in new.project.unread:
        return replace(found, kind="broken")
    return found


@dataclass(frozen=True)
class ReviewSide:
    """One side of a comparison: a record and its fields."""

    record: Record
    fields: Flat


def side_of(record: Record | None) -> ReviewSide | None:
    """Return a record prepared for comparisons. It can be used several times."""
    return None if record is None else ReviewSide(record, flatten(facts(record)))


def compared(before: ReviewSide | None, after: ReviewSide | None, split: Split | None) -> ReviewChange:
    """Return the differences between two records of a review, without paths; `ReviewChange.between` adds them."""
    shown = after or before
    assert shown is not None
    fields: tuple[FieldChange, ...] = ()
    if before and after:
        # A new salt changes the digest of an unchanged confidential list, so digests are compared only if the salt is the same.
        exact = before.record.review.submitted == after.record.review.submitted
        fields = flat_changes(before.fields, after.fields, exact)
    review = shown.record.review
    return ReviewChange(
        kind="",
        path="",
        old_path="",
        employee=review.employee.id,
        name=review.employee.name,
        period=str(review.period),
        form=review.form,
        fields=fields,
        before=_score(before.record if before else None),
        after=_score(after.record if after else None),
        split=split,
        status=review.status.value,
    )


def facts(record: Record) -> dict[str, object]:
    """Return the compared data: the content without technical keys, the status, and what has happened to the review."""
    review = record.review
    # Without the salt of the confidential lists: a new salt is not a change.
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
        if score != Score(Fraction(block.total), block.grade):  # otherwise the change of the score already shows it
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


def split_of(old: RepositoryState, new: RepositoryState, before: Record, after: Record) -> Split | None:
    """Return the reasons for a changed total, or None if the total is unchanged or open on one side."""
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


def _total_by(form: Form, state: RepositoryState, review: Review) -> Fraction | None:
    """Return a review's total under the other side's form version, or None if that version cannot score it."""
    record, _ = rescore(state.project, state.tree, review, form)
    return None if record is None else record.card.total


def _rule_changes(old: RepositoryState, new: RepositoryState) -> Iterable[RuleChange]:
    before = {form.key: form for form in old.project.rules.forms}
    after = {form.key: form for form in new.project.rules.forms}
    for key in sorted(before.keys() | after.keys()):
        first, last = before.get(key), after.get(key)
        if (first and not last and new.project.is_hidden(first.path)) or (
            last and not first and old.project.is_hidden(last.path)
        ):
            continue  # it may well be there, where nothing is read
        kind = rule_kind(_file_of(old, first), _file_of(new, last))
        if kind == "added" and last and old.tree.digest(last.path) is not None:
            kind = "mended"
        elif kind == "removed" and first and new.tree.digest(first.path) is not None:
            kind = "broken"
        if kind:
            form = last or first
            assert form is not None
            records = new.records if last else old.records
            yield RuleChange(
                kind, key, form.path, tuple(record.review.path for record in records if record.form.key == key)
            )


def _file_of(state: RepositoryState, form: Form | None) -> tuple[str, object] | None:
    return (form.digest, state.tree.digest(form.path)) if form else None


def rule_kind(old: tuple[str, object] | None, new: tuple[str, object] | None) -> str:
    """Return the kind of change of a rule version; empty if unchanged.

    Each side is a pair of the digests of the scoring part and of the file, or None if there is no such version.

    >>> rule_kind(("scoring part", "file"), ("scoring part", "other file"))
    'text'
    >>> rule_kind(("scoring part", "file"), None)
    'removed'
    """
    if old is None or new is None:
        return "" if old is new else "added" if old is None else "removed"
    if old[0] != new[0]:
        return "scoring"
    return "text" if old[1] != new[1] else ""
