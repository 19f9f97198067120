"""Changes in meaning between two states of a repository. Reviews are matched by identity and rules by version, not by position.

If data and rules change, the difference of the totals is split into a data part and a rules part by scoring once more in
between: old data × old rules → new data × old rules → new data × new rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple

from kpigen.base.digests import file_digest
from kpigen.base.sources import Tree
from kpigen.model.forms import Form
from kpigen.model.reviews import Amendment, FieldChange, Identity, Published, Taken
from kpigen.model.scores import Scorecard
from kpigen.numbers.notation import Notation, together
from kpigen.repository.project import Project, load, place_of
from kpigen.repository.records import Record, make_records
from kpigen.repository.rescore import rescore
from kpigen.scoring.content import content
from kpigen.scoring.fields import Flat, flat_changes, flatten, worth_telling

#: Fields of the blocks `submitted` and `published` that people have no use for when the block is written.
_TECHNICAL = re.compile(r"submitted\.salt|published\.(engine|entries\..+|salt|seal|taken\..+\.seal)")


@dataclass(frozen=True)
class RepositoryState:
    """A repository at one moment: its files, their parsed content, and the records."""

    tree: Tree
    project: Project
    records: tuple[Record, ...]


@dataclass(frozen=True)
class Score:
    """A total and grade as printed, and how the form writes its totals. None means open; a form without grades has an empty one."""

    total: Fraction | None
    grade: str | None
    notation: Notation


@dataclass(frozen=True)
class Split:
    """How much of a total's difference is due to the data and how much to the rules, in points. None if that is unknown.

    `between` names the score in between: `data` (new data, old rules), `rules` (old data, new rules), or empty if neither
    can be scored. `grade` says what changed the grade: `data`, `rules`, `both`, or empty if nothing did or it is unknown.
    """

    data: Fraction | None
    rules: Fraction | None
    between: str
    grade: str = ""

    @property
    def names_grade(self) -> bool:
        """Whether the parts of the total do not show by themselves what changed the grade."""
        alone = "data" if self.data and not self.rules else "rules" if self.rules and not self.data else ""
        return bool(self.grade) and self.grade != alone


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

    @property
    def notation(self) -> Notation:
        """How differences of the totals are written: as exactly as either total."""
        return together(score.notation for score in (self.before, self.after) if score)

    def between(self, old_path: str, path: str) -> ReviewChange | None:
        """Return the same change with these paths, or None if nothing has changed then. An empty path means no file."""
        differs = bool(self.fields) or self.before != self.after or self.split is not None
        kind = kind_between(old_path, path, differs)
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
        key = order_of(record.review.identity)
        found[*key, record.review.path if (*key, "") in found else ""] = record
    return found


def order_of(key: Identity) -> tuple[str, str, str]:
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
        changes = worth_telling(flat_changes(before.fields, after.fields, exact=True))
        fields = tuple(_without_technical(changes, before, after))
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


def _without_technical(changes: Iterable[FieldChange], before: ReviewSide, after: ReviewSide) -> Iterable[FieldChange]:
    """Yield the changes; of a block that is new or gone, only what people read, without salt, engine, counts and seals."""
    first, last = before.record.review, after.record.review
    new = {"submitted": first.submitted, "published": first.published}
    gone = {"submitted": last.submitted, "published": last.published}
    for change in changes:
        block = change.field.partition(".")[0]
        if not (_TECHNICAL.fullmatch(change.field) and None in (new[block], gone[block])):
            yield change


def facts(record: Record) -> dict[str, object]:
    """Return the compared data: the content without technical keys, the status, and what has happened to the review."""
    review = record.review
    # Without the salt of the confidential lists: a new salt is not a change of the lists.
    whole = content(replace(review, submitted=None), record.form, record.taken)
    data = {key: value for key, value in whole.items() if key not in ("kpigen", "rules")}
    data["rules"] = record.form.key
    if review.pinned:
        data["pinned"] = review.pinned
    data["status"] = review.status.value
    if review.submitted:
        data["submitted"] = {"on": review.submitted.on, "salt": _hidden(review.submitted.salt)}
    if review.published:
        data["published"] = _published(review.published)
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
        "amendments": [_amendment(number, item) for number, item in enumerate(review.amendments, 1)],
    }
    return data | {name: items for name, items in entries.items() if items}


def _published(block: Published) -> dict[str, object]:
    """Return everything that a `published` block says, in the order of the file."""
    counts = {name: str(getattr(block, name)) for name in ("confirmations", "objections", "amendments")}
    taken = [_taken(item) for item in block.taken]
    data = _given(on=block.on, rules=block.rules, total=block.total, grade=block.grade, engine=block.engine)
    return {
        **data,
        **({"taken": taken} if taken else {}),
        "entries": counts,
        "salt": _hidden(block.salt),
        "seal": block.seal,
    }


def _taken(item: Taken) -> dict[str, str]:
    """Return a total that was taken, named by its person, or by the input that took it and the period."""
    whose = {"name": f"{item.input} {item.period}"} if item.is_own else {"employee": item.employee}
    return {**whose, "points" if item.is_points else "total": item.total, "seal": item.seal}


def _amendment(number: int, item: Amendment) -> dict[str, object]:
    """Return everything that an amendment says. Its claimed changes are named by their fields."""
    said: dict[str, object] = {"name": str(number), **_given(date=item.date, by=item.by, reason=item.reason)}
    if item.changes:
        said["changes"] = [{"name": field, **_given(old=old, new=new)} for field, old, new in item.changes]
    return said | _given(total=item.total, grade=item.grade, seal=item.seal)


def _hidden(salt: str) -> str:
    """Return a text that changes with a salt and does not give it away: with it, confidential lists could be guessed."""
    return f"sha256:{file_digest(salt.encode())}"


def _given(**fields: str) -> dict[str, str]:
    return {key: value for key, value in fields.items() if value}


def _score(record: Record | None) -> Score | None:
    return None if record is None else Score(record.card.total, record.card.grade, record.form.notation)


def split_of(old: RepositoryState, new: RepositoryState, before: Record, after: Record) -> Split | None:
    """Return what data and rules did to the score, or None if neither did anything, or a total is open on one side."""
    first, last = before.card, after.card
    if first.total is None or last.total is None:
        return None
    if before.form.digest == after.form.digest:
        split = Split(last.total - first.total, Fraction(0), "data", _by(first, last, last))
        return split if split.data or split.grade else None
    is_same = (first.total, first.grade) == (last.total, last.grade)
    if is_same and _scored(before) == _scored(after):
        return None
    middle = _card_by(before.form, new, after)
    if middle is not None and middle.total is not None:
        split = Split(middle.total - first.total, last.total - middle.total, "data", _by(first, middle, last))
        return split if split.data or split.rules or split.grade else None
    middle = _card_by(after.form, old, before)
    if middle is not None and middle.total is not None:
        by = _by(last, middle, first)  # the grade's way back: by the data, then by the rules
        split = Split(last.total - middle.total, middle.total - first.total, "rules", by)
        return split if split.data or split.rules or split.grade else None
    return None if is_same else Split(None, None, "")


def _scored(record: Record) -> tuple[object, ...]:
    """Return the data that a score depends on."""
    return record.metrics, record.review.not_applicable, record.review.bonus


def _by(start: Scorecard, middle: Scorecard, end: Scorecard) -> str:
    """Return what changed the grade, where the data changed from `start` to `middle` and the rules from there to `end`."""
    by_data, by_rules = start.grade != middle.grade, middle.grade != end.grade
    return "both" if by_data and by_rules else "data" if by_data else "rules" if by_rules else ""


def _card_by(form: Form, state: RepositoryState, record: Record) -> Scorecard | None:
    """Return a review's scorecard under the other side's form version, or None if that version cannot score it.

    What the review says about an indicator or bonus item that the other version does not have is ignored.
    """
    again, _ = rescore(state.project, state.tree, record.review, form, since=record.form)
    return None if again is None else again.card


def _rule_changes(old: RepositoryState, new: RepositoryState) -> Iterable[RuleChange]:
    before = {form.key: form for form in old.project.rules.forms}
    after = {form.key: form for form in new.project.rules.forms}
    for key in sorted(before.keys() | after.keys()):
        first, last = before.get(key), after.get(key)
        if (first and not last and new.project.is_hidden(first.path)) or (
            last and not first and old.project.is_hidden(last.path)
        ):
            continue  # it may well be there, where nothing is read
        kind = rule_kind(_said_by(first), _said_by(last))
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


def _said_by(form: Form | None) -> Said | None:
    return Said(form.digest, form.wording) if form else None


class Said(NamedTuple):
    """What a rule version says, as the digests of its scoring part and of everything in its file."""

    scoring: str
    wording: str


def rule_kind(old: Said | None, new: Said | None) -> str:
    """Return the kind of change of a rule version; empty if unchanged. A side is None if there is no such version.

    >>> rule_kind(Said("scoring part", "file"), Said("scoring part", "other file"))
    'text'
    >>> rule_kind(Said("scoring part", "file"), None)
    'removed'
    """
    if old is None or new is None:
        return "" if old is new else "added" if old is None else "removed"
    if old.scoring != new.scoring:
        return "scoring"
    return "text" if old.wording != new.wording else ""
