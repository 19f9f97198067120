"""Changes after publication: amending and withdrawing. Each appends an entry to `amendments` and renews the seal.

The chain is part of the file: every entry has the total, grade and seal before it, and the new seal covers all entries.
Nothing is written here; the new bytes are read back and compared like every other edit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from kpigen import ENGINES
from kpigen.base.sources import Tree
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, has_errors, shorten
from kpigen.diagnostics.terms import STATUS
from kpigen.diagnostics.values import Value, as_written, phrase
from kpigen.document import edit
from kpigen.document.frontmatter import Document
from kpigen.files.evidence import refusal_of_content, refusal_of_name
from kpigen.i18n.messages import mark
from kpigen.model.reviews import WITHDRAWAL, Amendment, FieldChange, Published, Review, Status
from kpigen.model.scores import Scorecard
from kpigen.repository.checks.dates import misdated
from kpigen.repository.checks.readiness import entries_touched, lacks_to_submit
from kpigen.repository.checks.taken import Issued
from kpigen.repository.lifecycle.transitions import Result, changed, record_of, taken_items, wrong_status
from kpigen.repository.project import Project
from kpigen.repository.records import Record, make_record
from kpigen.scoring.content import content, content_digest, seal, seal_of, sealed_files
from kpigen.scoring.earlier import content_changes
from kpigen.scoring.fields import field_changes, worth_telling

_NOT_APPLICABLE, _OPEN = mark("not applicable"), mark("open")


def amend(project: Project, tree: Tree, review: Review, published: Review, reason: str, by: str, date: str) -> Result:
    """Return the edit that amends a published review, or the reasons against it.

    `published` is the same review as it was sealed. The `published` block gets the new total, grade and seal; a new entry of
    `amendments` records the changes and the previous result.
    """
    refused = [
        *_refused(review, phrase("amended"), phrase("only a published review can be amended")),
        *_another(review, published),
    ]
    record, found = record_of(project, review)
    if refused or record is None:
        return None, refused or found
    assert published.published is not None
    taken = project.totals.now(review)
    before = make_record(project, published, published.published.taken, [])
    after = make_record(project, review, taken, found)
    if before is None or after is None:
        return None, found
    touched = _touched(review, published)
    found = [*found, *misdated(review, [published]), *touched, *lacks_to_submit(after)]
    found += _refused_evidence(tree, review, published)
    former, new = content(published, before.form, before.taken), content(review, after.form, taken)
    resolved = tuple(_resolved(review, published))
    changes = (*content_changes(after.form, former, new), *resolved)
    if not changes and not touched:
        found.append(catalogue.NOTHING_AMENDED.at(review.span("status")))
    if has_errors(found):
        return None, found
    change, found = _append(project, tree, review, after, changes, reason, by, date, Status.PUBLISHED, found)
    shown = (*worth_telling(field_changes(former, new, exact=True)), *resolved)
    return change and replace(change, fields=shown, points=_moved(before.card, after.card)), found


def withdraw(project: Project, tree: Tree, review: Review, reason: str, by: str, date: str) -> Result:
    """Return the edit that withdraws a published review, or the reasons against it. Its page then shows the reason."""
    refused = _refused(review, STATUS["withdrawn"], phrase("only a published review can be withdrawn"))
    record, found = record_of(project, review)
    if refused or record is None:
        return None, refused or found
    assert review.published is not None
    if seal_of(review, record.digest) != review.published.seal:
        what = "only what the seal covers can be taken back"
        found.append(catalogue.SEAL_BROKEN.at(review.span("published.seal"), on=review.published.on, what=what))
    if has_errors(found):
        return None, found
    return _append(project, tree, review, record, (WITHDRAWAL,), reason, by, date, Status.WITHDRAWN, found)


def _refused(review: Review, wanted: Value, reason: Value) -> list[Diagnostic]:
    """Report a status or a scoring engine that does not allow changes."""
    if review.status is not Status.PUBLISHED or review.published is None:
        return [wrong_status(review, wanted, reason)]
    if review.published.engine not in map(str, ENGINES):
        span, engine = review.span("published.engine"), review.published.engine
        return [catalogue.ENGINE_UNKNOWN.at(span, engine=engine, known=as_written(map(str, ENGINES)))]
    return []


def _another(review: Review, published: Review) -> list[Diagnostic]:
    """Report an edit that turns the review into one of another person, period or form."""
    pairs = {
        "employee.id": (published.employee.id, review.employee.id),
        "period": (str(published.period), str(review.period)),
        "form": (published.form, review.form),
    }
    who = " ".join(old for old, _ in pairs.values())
    return [catalogue.PUBLISHED_MOVED.at(review.span(key), who=who) for key, (old, new) in pairs.items() if old != new]


def _touched(review: Review, published: Review) -> list[Diagnostic]:
    """Report changes to parts that an amendment must not touch: those written by kpigen, and what other people have said."""
    parts = [
        name for name in ("published", "submitted", "amendments") if getattr(review, name) != getattr(published, name)
    ]
    parts += entries_touched(review, published)
    return [catalogue.SEALED_PART_EDITED.at(review.span(part, "status"), part=part) for part in parts]


def _refused_evidence(tree: Tree, review: Review, published: Review) -> Iterator[Diagnostic]:
    """Report new evidence that is not allowed, by name or by what it holds; what was published may stay."""
    known = {item.name: item.digest for items in published.evidence.values() for item in items}
    for id_, items in review.evidence.items():
        for item in items:
            if item.is_link or known.get(item.name) == item.digest:
                continue
            refusal = None if item.name in known else refusal_of_name(item.name)
            kind, why = refusal or refusal_of_content(tree, item) or (None, "")
            if kind is not None and kind is not catalogue.EVIDENCE_PLACEHOLDER:
                yield kind.at(review.span(f"evidence.{id_}.{item.name}"), path=shorten(item.name), why=why)


def _resolved(review: Review, published: Review) -> Iterator[FieldChange]:
    """Yield the resolutions that were added to sealed objections."""
    assert published.published is not None
    sealed = published.objections[: published.published.objections]
    for number, (old, new) in enumerate(zip(sealed, review.objections, strict=False), 1):
        for name in ("resolution", "resolved"):
            if getattr(old, name) != getattr(new, name):
                yield FieldChange(f"objections.{number}.{name}", getattr(old, name), getattr(new, name))


def _moved(before: Scorecard, after: Scorecard) -> tuple[FieldChange, ...]:
    """Return the points that an amendment changed."""
    first, last = _points(before), _points(after)
    return tuple(FieldChange(id_, first.get(id_, ""), last[id_]) for id_ in last if first.get(id_) != last[id_])


def _points(card: Scorecard) -> dict[str, str]:
    """Return the points of each indicator that has any, and of the bonus, as printed."""
    printed = card.form.notation.written
    points = {
        item.id: _NOT_APPLICABLE if item.not_applicable else _OPEN if item.points is None else printed(item.points)
        for item in card.indicators
        if not item.unscored
    }
    return points | {item.id: printed(item.points) for item in card.bonus}


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
    """Return the edit that adds the entry and renews the `published` block and the status."""
    block = review.published
    assert block is not None
    card = after.card
    assert card.total is not None
    assert card.grade is not None
    entry = Amendment(
        date=date, by=by, reason=reason, changes=changes, total=block.total, grade=block.grade, seal=block.seal
    )
    amendments = (*review.amendments, entry)
    renewed = replace(
        block,
        total=block.total if status is Status.WITHDRAWN else card.form.printed(card.total),
        grade=block.grade if status is Status.WITHDRAWN else card.grade,
        taken=after.taken,
        confirmations=len(review.confirmations),
        objections=len(review.objections),
        amendments=len(amendments),
        seal="",
        evidence=sealed_files(review),
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
    found = list(dict.fromkeys([*found, *misdated(wanted), *Issued(project).unfounded(wanted)]))
    if has_errors(found):
        return None, found

    def change(document: Document) -> str:
        text = edit.replace_values(document, _new_values(renewed, status))
        if renewed.taken != block.taken:
            text = edit.replace_list(edit.again(document, text), "published.taken", taken_items(renewed.taken))
        if renewed.evidence != block.evidence:
            files: list[Mapping[str, object]] = [item._asdict() for item in renewed.evidence]
            text = edit.put_list(edit.again(document, text), "published", "evidence", files)
        return edit.append_block(edit.again(document, text), "amendments", _lines(entry), _values(entry))

    says = mark("withdrawn, was {before}") if status is Status.WITHDRAWN else mark("amended, {before} → {now}")
    filled = {"before": block.result, "now": renewed.result}
    return changed(project, tree, wanted, change, says, filled, found)


def _new_values(new: Published, status: Status) -> Mapping[str, str]:
    """Return the new values by field."""
    values = {"published.total": f'"{new.total}"', "published.seal": f'"{new.seal}"'}
    values |= {"published.grade": new.grade} if new.grade else {}
    values |= {
        f"published.entries.{name}": str(getattr(new, name)) for name in ("confirmations", "objections", "amendments")
    }
    return values | ({"status": status.value} if status is Status.WITHDRAWN else {})


def _values(entry: Amendment) -> dict[str, object]:
    """Return an entry as a mapping for a flow-style list."""
    changes = [change._asdict() for change in entry.changes]
    values: dict[str, object] = {"date": entry.date, "by": entry.by, "reason": entry.reason}
    grade = {"grade": entry.grade} if entry.grade else {}
    return values | {"changes": changes, "total": entry.total, **grade, "seal": entry.seal}


def _lines(entry: Amendment) -> list[str]:
    """Return an entry as the lines of a list item."""
    lines = [f"date: {entry.date}", f"by: {edit.scalar(entry.by)}", f"reason: {edit.scalar(entry.reason)}"]
    if entry.changes:
        lines.append("changes:")
        lines += [f"  - {edit.flow(change._asdict())}" for change in entry.changes]
    grade = [f"grade: {entry.grade}"] if entry.grade else []
    return [*lines, f'total: "{entry.total}"', *grade, f'seal: "{entry.seal}"']
