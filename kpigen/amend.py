"""Changing what was published: amending and withdrawing. Each appends to the chain of `amendments` and seals anew.

The chain is inside the file: every entry carries the total, grade and seal that stood before it, and the new seal covers
all entries. Nothing here writes; the result is new bytes of the file, read back and compared like every other edit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from kpigen import catalogue, edit
from kpigen.content import content, content_digest, seal, seal_of
from kpigen.diagnostics import Diagnostic, has_errors
from kpigen.digests import Json
from kpigen.frontmatter import Document
from kpigen.lifecycle import Result, changed, record_of, wrong_status
from kpigen.model import Amendment, Published, Review, Status
from kpigen.project import Project
from kpigen.quantities import fixed
from kpigen.readiness import lacks_to_submit
from kpigen.records import Record, make_record
from kpigen.sources import Tree
from kpigen.team import uses_auto

#: What changed: the field as a dotted path of ids, and how it read before and after (empty: absent).
FieldChange = tuple[str, str, str]


def amend(project: Project, tree: Tree, review: Review, published: Review, reason: str, by: str, date: str) -> Result:
    """Amend an edited published review; `published` is the same review as its seal knows it.

    The `published` block gets the new total, grade and seal; an entry of `amendments` says what changed and what stood before.
    """
    record, found = record_of(project, review)
    if review.status is not Status.PUBLISHED or review.published is None or published.published is None:
        return None, [wrong_status(review, "amended", "only a published review can be amended")]
    if record is None:
        return None, found
    taken = project.teams.totals(review.employee.id, review.period) if uses_auto(review.metrics) else ()
    before = make_record(project, published, published.published.taken, [])
    after = make_record(project, review, taken, found)
    if before is None or after is None:
        return None, found
    problem = _not_as_published(review, published, before)
    found = [*found, *problem, *lacks_to_submit(after)]
    changes = field_changes(content(published, before.form, before.taken), content(review, after.form, taken))
    if not changes and not problem:
        found.append(catalogue.NOTHING_AMENDED.at(review.span("status")))
    if has_errors(found):
        return None, found
    return _append(project, tree, review, after, changes, reason, by, date, Status.PUBLISHED, found)


def withdraw(project: Project, tree: Tree, review: Review, reason: str, by: str, date: str) -> Result:
    """Take a published review back: its status becomes `withdrawn`, its page says so and why."""
    record, found = record_of(project, review)
    if review.status is not Status.PUBLISHED or review.published is None:
        return None, [wrong_status(review, "withdrawn", "only a published review can be withdrawn")]
    if record is None:
        return None, found
    found = [*found, *_not_as_published(review, review, record)]
    if has_errors(found):
        return None, found
    changes = (("status", Status.PUBLISHED.value, Status.WITHDRAWN.value),)
    return _append(project, tree, review, record, changes, reason, by, date, Status.WITHDRAWN, found)


def _not_as_published(review: Review, published: Review, before: Record) -> list[Diagnostic]:
    """Report where the version that is to be amended is not the one that its own seal covers, or the entries were touched."""
    assert published.published is not None
    span = review.span("published.seal", "status")
    if seal_of(published, before.digest) != published.published.seal:
        return [catalogue.NO_SEALED_VERSION.at(span)]
    sealed = published.published
    same = (review.published, review.amendments, review.submitted) == (
        sealed,
        published.amendments,
        published.submitted,
    )
    return [] if same else [catalogue.SEALED_PART_EDITED.at(span)]


def _append(
    project: Project,
    tree: Tree,
    review: Review,
    after: Record,
    changes: tuple[FieldChange, ...],
    reason: str,
    by: str,
    date: str,
    status: Status,
    found: list[Diagnostic],
) -> Result:
    """Write the entry, the new `published` block and the status."""
    block = review.published
    assert block is not None
    card = after.card
    assert card.total is not None
    assert card.grade is not None
    entry = Amendment(date, by, reason, changes, block.total, block.grade, block.seal)
    amendments = (*review.amendments, entry)
    renewed = replace(
        block,
        total=fixed(card.total),
        grade=card.grade,
        taken=after.taken,
        confirmations=len(review.confirmations),
        objections=len(review.objections),
        amendments=len(amendments),
        seal="",
    )
    renewed = replace(
        renewed,
        seal=seal(
            content_digest(review, after.form, after.taken),
            renewed,
            review.confirmations,
            review.objections,
            amendments,
        ),
    )
    wanted = replace(review, status=status, published=renewed, amendments=amendments)

    def change(document: Document) -> str:
        text = edit.replace_values(document, _new_values(document, block, renewed, status))
        return edit.append_block(edit.again(document, text), "amendments", _lines(entry))

    before, now = f"{block.total} {block.grade}", f"{renewed.total} {renewed.grade}"
    says = "withdrawn" if status is Status.WITHDRAWN else f"amended, {before} → {now}"
    return changed(project, tree, wanted, change, says, found)


def _new_values(document: Document, old: Published, new: Published, status: Status) -> Mapping[str, str]:
    """Return what to write into which field."""
    values = {"published.total": f'"{new.total}"', "published.grade": new.grade, "published.seal": f'"{new.seal}"'}
    values |= {
        f"published.entries.{name}": str(getattr(new, name)) for name in ("confirmations", "objections", "amendments")
    }
    if new.taken != old.taken:
        values["published.taken"] = edit.flow_list(
            [{"employee": item.employee, "total": fixed(Fraction(item.total)), "seal": item.seal} for item in new.taken]
        )
    return values | ({"status": status.value} if status is Status.WITHDRAWN else {})


def _lines(entry: Amendment) -> list[str]:
    """Return an entry as the lines of a list item."""
    lines = [f"date: {entry.date}", f"by: {edit.scalar(entry.by)}", f"reason: {edit.scalar(entry.reason)}"]
    if entry.changes:
        lines.append("changes:")
        lines += [f"  - {edit.flow({'field': field, 'old': old, 'new': new})}" for field, old, new in entry.changes]
    return [*lines, f'total: "{entry.total}"', f"grade: {entry.grade}", f'seal: "{entry.seal}"']


def field_changes(old: Mapping[str, Json], new: Mapping[str, Json]) -> tuple[FieldChange, ...]:
    """Return what differs between two contents, field by field, by id; of confidential inputs only what is shown of them."""
    return flat_changes(flatten(old), flatten(new))


def flat_changes(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[FieldChange, ...]:
    """Return what differs between two contents that are flat already."""
    fields = [*before, *(field for field in after if field not in before)]
    return tuple(
        (field, before.get(field, ""), after.get(field, ""))
        for field in fields
        if before.get(field) != after.get(field)
    )


def flatten(data: Json, prefix: str = "") -> dict[str, str]:
    """Return a content as dotted path → text; entries of a list by their name, file or link, else by their place."""
    if isinstance(data, Mapping):
        hidden = {"digest"} if "digest" in data else set()
        pairs = [(str(key), value) for key, value in data.items() if key not in hidden]
    elif isinstance(data, list):
        pairs = [(_entry_name(item, place), item) for place, item in enumerate(data, 1)]
    else:
        return {prefix: str(data)}
    flat: dict[str, str] = {}
    for key, value in pairs:
        flat |= flatten(value, f"{prefix}.{key}" if prefix else key)
    return flat


def _entry_name(item: Json, place: int) -> str:
    if isinstance(item, Mapping):
        return next((str(item[key]) for key in ("name", "file", "link") if key in item), str(place))
    return str(place)
