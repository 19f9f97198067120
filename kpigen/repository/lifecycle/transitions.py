"""Submitting, confirming and publishing a review. Returns the new bytes of its file and writes nothing.

A `ReviewEdit` holds the new bytes of one file and their meaning; a refusal is a list of diagnostics. Every edit is read
back and compared before it is returned, so it can only change what it should.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from kpigen import ENGINE
from kpigen.base.periods import Period
from kpigen.base.places import RULES
from kpigen.base.sources import Tree
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, has_errors
from kpigen.diagnostics.terms import ROLES, STATUS
from kpigen.diagnostics.values import Value, phrase
from kpigen.document import edit
from kpigen.document.frontmatter import Document, split
from kpigen.document.text import decode
from kpigen.files.review import read_review
from kpigen.i18n.messages import mark
from kpigen.model.reviews import Confirmation, FieldChange, Published, Review, Status, Submitted, Taken
from kpigen.repository.checks.dates import misdated
from kpigen.repository.checks.names import Names
from kpigen.repository.checks.readiness import lacks_to_publish, lacks_to_submit
from kpigen.repository.checks.taken import Issued
from kpigen.repository.project import Project
from kpigen.repository.records import Record, make_records
from kpigen.scoring.content import content_digest, content_number, seal, sealed_files
from kpigen.scoring.taken import own_sources, uses_team

#: Returns a new random salt of 32 hex digits.
NewSalt = Callable[[], str]


@dataclass(frozen=True)
class ReviewEdit:
    """The new bytes of a review file, with a message about the step and the values for its placeholders.

    For an amendment also the changed `fields`, and `points`: indicators or bonus items with points before and after.
    """

    path: str
    data: bytes
    says: str
    filled: Mapping[str, str]
    review: Review
    fields: tuple[FieldChange, ...] = ()
    points: tuple[FieldChange, ...] = ()


Result = tuple[ReviewEdit | None, list[Diagnostic]]


def submit(project: Project, tree: Tree, review: Review, date: str, new_salt: NewSalt) -> Result:
    """Return the edit that submits a complete draft, or the reasons against it."""
    record, found = record_of(project, review)
    if review.status is not Status.DRAFT:
        return None, [wrong_status(review, STATUS["submitted"], phrase("only a draft can be submitted"))]
    if record is None:
        return None, found
    block = Submitted(date, new_salt())
    wanted = replace(review, status=Status.SUBMITTED, submitted=block)
    found = [*found, *misdated(wanted), *lacks_to_submit(record)]
    if has_errors(found):
        return None, found
    number = content_number(content_digest(wanted, record.form, record.taken))

    def change(document: Document) -> str:
        text = edit.set_scalar(document, "status", Status.SUBMITTED.value)
        return edit.insert_after(
            edit.again(document, text), "status", [f"submitted: {edit.flow({'on': block.on, 'salt': block.salt})}"]
        )

    says = mark("submitted, content number {number}")
    return changed(project, tree, wanted, change, says, {"number": number}, found)


def confirm(project: Project, tree: Tree, review: Review, role: str, name: str, date: str) -> Result:
    """Return the edit that confirms the current content, or the reasons against it.

    Without a name, nobody is known who confirms.
    """
    record, found = record_of(project, review)
    if review.status not in (Status.SUBMITTED, Status.PUBLISHED):
        return None, [
            wrong_status(review, phrase("confirmed"), phrase("submit it first: a draft has no content number"))
        ]
    if not name:
        found = [*found, catalogue.NOBODY_CONFIRMS.at(review.span("employee.manager", "employee.id"), role=ROLES[role])]
    if record is None or not name:
        return None, found
    entry = Confirmation(role, name, date, record.number)
    wanted = replace(review, confirmations=(*review.confirmations, entry))
    names = Names(project)
    found = [*found, *misdated(wanted), *names.misnamed(wanted)]
    if has_errors(found):
        return None, found
    known = [item for item in review.confirmations if (item.role, item.of) == (role, record.number)]
    in_their_place = all(names.is_misnamed(review, item) for item in known)
    if known and (not in_their_place or names.is_misnamed(review, entry)):
        return None, [
            wrong_status(
                review,
                phrase("confirmed by {role} again", role=ROLES[role]),
                phrase("{role} has confirmed {number} already", role=ROLES[role], number=record.number),
            )
        ]
    standing = [*_objections(record, role)]
    if standing:
        return None, standing
    values = {"role": role, "name": name, "date": date, "of": record.number}
    return changed(
        project,
        tree,
        wanted,
        lambda document: edit.append_item(document, "confirmations", values),
        mark("{role} confirmed {number}"),
        {"role": role, "number": record.number},
        found,
    )


def has_confirmed(record: Record, role: str) -> bool:
    """Return whether a role has confirmed the content as it is now."""
    return any((item.role, item.of) == (role, record.number) for item in record.review.confirmations)


def _objections(record: Record, role: str) -> Iterator[Diagnostic]:
    """Report open objections of a role to the content as it is now: a confirmation would pass over them."""
    for index, item in enumerate(record.review.objections):
        if (item.role, item.of) == (role, record.number) and item.is_open:
            yield catalogue.OBJECTION_STANDS.at(
                record.review.span(f"objections.{index}"), role=ROLES[role], number=record.number, date=item.date
            )


def publish(project: Project, tree: Tree, review: Review, date: str, new_salt: NewSalt) -> Result:
    """Return the edit that publishes and seals a submitted review, or the reasons against it."""
    record, found = record_of(project, review)
    if review.status is not Status.SUBMITTED or review.submitted is None:
        return None, [
            wrong_status(
                review,
                STATUS["published"],
                phrase("only a submitted review can be published; `kpigen submit` comes first"),
            )
        ]
    if record is None:
        return None, found
    found = [*found, *lacks_to_submit(record), *lacks_to_publish(record)]
    if record.card.total is None or record.card.grade is None:
        return None, found
    block = published_block(record, date, new_salt())
    wanted = replace(review, status=Status.PUBLISHED, published=block)
    found += [*misdated(wanted), *Issued(project).unfounded(wanted)]
    if has_errors(found):
        return None, found

    def change(document: Document) -> str:
        text = edit.set_scalar(document, "status", Status.PUBLISHED.value)
        again = edit.again(document, text)
        node = again.root.get("submitted")
        after = "submitted" if getattr(node, "flow", False) else "status"
        return edit.insert_after(again, after, _published_lines(block))

    with_grade, without = mark("published, total {total}, grade {grade}"), mark("published, total {total}")
    says = with_grade if block.grade else without
    return changed(project, tree, wanted, change, says, {"total": block.total, "grade": block.grade}, found)


def published_block(record: Record, date: str, salt: str) -> Published:
    """Return the `published` block of a complete record, including the seal."""
    review, card = record.review, record.card
    assert card.total is not None
    assert card.grade is not None
    block = Published(
        on=date,
        rules=record.form.key,
        total=card.form.printed(card.total),
        grade=card.grade,
        engine=str(ENGINE),
        taken=record.taken,
        confirmations=len(review.confirmations),
        objections=len(review.objections),
        amendments=len(review.amendments),
        salt=salt,
        seal="",
        evidence=sealed_files(review),
    )
    return replace(block, seal=seal(record.digest, block, review.confirmations, review.objections, review.amendments))


def _published_lines(block: Published) -> list[str]:
    taken = taken_items(block.taken)
    entries = {"confirmations": block.confirmations, "objections": block.objections, "amendments": block.amendments}
    lines = [
        "published:",
        f"  on: {block.on}",
        f"  rules: {block.rules}",
        f'  total: "{block.total}"',
        *([f"  grade: {block.grade}"] if block.grade else []),
        f"  engine: {block.engine}",
    ]
    lines += ["  taken:", *(f"    - {edit.flow(item)}" for item in taken)] if taken else ["  taken: []"]
    if block.evidence:
        lines += ["  evidence:", *(f"    - {edit.flow(item._asdict())}" for item in block.evidence)]
    return [*lines, f"  entries: {edit.flow(entries)}", f"  salt: {block.salt}", f'  seal: "{block.seal}"']


def taken_items(taken: Iterable[Taken]) -> list[Mapping[str, object]]:
    """Return what `auto` took as list entries to write."""
    return [_taken_item(item) for item in taken]


def _taken_item(item: Taken) -> Mapping[str, object]:
    if not item.is_own:
        return {"employee": item.employee, "total": item.total, "seal": item.seal}
    number = {"points" if item.is_points else "total": item.total}
    return {"input": item.input, "period": item.period, **number, "seal": item.seal}


def in_order(reviews: Iterable[Review]) -> list[Review]:
    """Return the reviews in an order in which each comes after those whose totals it takes."""
    waiting = sorted(reviews, key=lambda review: review.path)
    sources = {review.path: own_sources(review) for review in waiting}
    ordered: list[Review] = []
    while waiting:
        there = {review.identity for review in waiting}
        teams = Counter((review.employee.manager, review.period) for review in waiting)
        left = [
            review for review in waiting if _waits_for_team(review, teams) or not there.isdisjoint(sources[review.path])
        ]
        if len(left) == len(waiting):  # a cycle, which `check` reports
            left = []
        later = {review.path for review in left}
        ordered += [review for review in waiting if review.path not in later]
        waiting = left
    return ordered


def _waits_for_team(review: Review, teams: Mapping[tuple[str | None, Period], int]) -> bool:
    """Return whether a review takes the totals of the team, and somebody else of it waits too."""
    employee = review.employee
    others = teams.get((employee.id, review.period), 0) - (employee.manager == employee.id)
    return others > 0 and uses_team(review.metrics)


def with_review(project: Project, review: Review) -> Project:
    """Return the project with the new version of a review."""
    return replace(project, reviews=tuple(review if item.path == review.path else item for item in project.reviews))


def record_of(project: Project, review: Review) -> tuple[Record | None, list[Diagnostic]]:
    """Return the record of a review, or None, and all findings about its file and its form's rule files."""
    records, found = make_records(project, [review])
    rules = f"{RULES}/{review.form}/"
    return (records[0] if records else None), [
        *(item for item in project.problems if item.span.path == review.path or item.span.path.startswith(rules)),
        *found,
    ]


def wrong_status(review: Review, wanted: Value, reason: Value) -> Diagnostic:
    """Return the finding for a step that the review's status does not allow."""
    return catalogue.WRONG_STATUS.at(
        review.span("status"), status=STATUS[review.status.value], wanted=wanted, reason=reason
    )


def changed(
    project: Project,
    tree: Tree,
    wanted: Review,
    change: Callable[[Document], str],
    says: str,
    filled: Mapping[str, str],
    found: list[Diagnostic],
) -> Result:
    """Return the edit of a file. It is read back first, and refused unless it says exactly what is wanted."""
    span = wanted.span("status")
    source, _ = decode(wanted.path, tree.read(wanted.path))
    document, _ = split(source) if source else (None, [])
    if source is None or document is None:
        return None, [catalogue.EDIT_FAILED.at(span, reason=phrase("it could not be read"))]
    try:
        data = source.encode(change(document))
    except edit.CannotEdit as error:
        return None, [catalogue.EDIT_FAILED.at(span, reason=error.why)]
    again, problems = read_review(wanted.path, data, project.rules, tree.digest)
    if again is None or replace(again, where={}) != replace(wanted, where={}) or has_errors(problems):
        return None, [catalogue.EDIT_FAILED.at(span, reason=phrase("the result would not say what it should"))]
    return ReviewEdit(wanted.path, data, says, filled, again), [item for item in found if not item.is_error]
