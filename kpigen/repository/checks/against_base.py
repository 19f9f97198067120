"""Checks against an earlier revision: changes to published reviews and released rules that no amendment explains."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields as fields_of

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.amount import at_most
from kpigen.diagnostics.diagnostic import Diagnostic, Span, in_order, shorten
from kpigen.diagnostics.terms import ENTRIES, STATUS
from kpigen.diagnostics.values import as_written, phrase
from kpigen.model.forms import Form
from kpigen.model.reviews import FieldChange, Published, Review, Status
from kpigen.repository.checks.readers import widened
from kpigen.repository.checks.readiness import entries_touched
from kpigen.repository.checks.seals import Suspect, as_sealed, recorded
from kpigen.repository.project import Project
from kpigen.repository.records import Record, make_records
from kpigen.repository.versions import versions_of
from kpigen.scoring.content import content
from kpigen.scoring.earlier import content_changes
from kpigen.scoring.fields import field_changes, unaccounted

_ORDER = tuple(Status)


def check_against(base: Project, project: Project, suspect: Suspect = recorded) -> tuple[Diagnostic, ...]:
    """Return findings about what was published or released in `base` and has changed in the project, or has more readers.

    If git altered evidence of `base`, the review counts with the files that its seal covers; `suspect` says which these may be.
    What is behind a barrier now is left out: the barrier is an error of its own.
    """
    before = tuple(as_sealed(record, suspect) for record in make_records(base)[0])
    after, _ = make_records(project)
    unread = [catalogue.BASE_UNREADABLE.at(Span(path)) for path in base.unread]
    hidden = [catalogue.BASE_NOT_FOLLOWED.at(Span(item.path)) for item in base.barriers]
    opened = at_most(widened(base, before, project, after))
    refused = _refused_evidence(project, before, after)
    return in_order([*_rules(project, before), *_reviews(project, before, after), *refused, *opened, *unread, *hidden])


def check_beside(other: Project, bases: Iterable[Project], project: Project) -> tuple[Diagnostic, ...]:
    """Return findings about what has changed since `bases` both here and in `other`, in ways that do not fit together.

    That is so when the same review was published or amended on both sides, or when published history was rewritten.
    """
    theirs, ours = (make_records(side)[0] for side in (other, project))
    earlier = [record for base in bases for record in make_records(base)[0]]
    states = {_state(record) for record in earlier}
    now = {record.review.identity: record for record in ours}
    released = [record for record in theirs if record.review.status.is_released]
    found = []
    for old in released:
        new = now.get(old.review.identity)
        if new is None or not new.review.status.is_released or states & {_state(old), _state(new)}:
            continue
        if not _continues(project, old, new) and not _continues(other, new, old):
            who = " ".join(old.review.identity)
            found.append(catalogue.PUBLISHED_OTHERWISE.at(new.review.span("published.seal", "status"), who=who))
    forms = {record.form.key: record.form.digest for record in earlier}
    for key, digest in sorted({(record.form.key, record.form.digest) for record in released}):
        form = project.rules.by_key(key)
        if form and form.digest not in (digest, forms.get(key)) and digest != forms.get(key):
            found.append(catalogue.RELEASED_RULE_CHANGED.at(Span(form.path), key=key))
    return in_order(found)


def _state(record: Record) -> tuple[object, ...]:
    return record.review.identity, record.digest, record.review.published


def _continues(project: Project, old: Record, new: Record) -> bool:
    """Return whether a published review of a project follows from another by amendments, or by nothing at all."""
    backwards = _ORDER.index(new.review.status) < _ORDER.index(old.review.status)
    return not backwards and not any(_changed(project, old, new))


def _rules(project: Project, before: tuple[Record, ...]) -> Iterator[Diagnostic]:
    """Report released rule versions that were removed or whose scoring part changed. Released: used by a published review."""
    released = {record.form.key: record.form for record in before if record.review.status.is_released}
    for key, old in sorted(released.items()):
        new = project.rules.by_key(key)
        if new is None and project.is_hidden(old.path):
            continue
        if new is None:
            broken = any(item.is_error and item.span.path == old.path for item in project.problems)
            what = phrase("cannot be read any more") if broken else phrase("is gone")
            yield catalogue.RELEASED_RULE_GONE.at(Span(old.path), key=key, what=what)
        elif new.digest != old.digest:
            yield catalogue.RELEASED_RULE_CHANGED.at(Span(new.path), key=key)
        elif _asks(new) != _asks(old):
            yield catalogue.RELEASED_RULE_ASKS.at(Span(new.path), key=key)


def _asks(form: Form) -> tuple[object, ...]:
    """Return what a form asks for before a review is published."""
    plans = {grade for grade, outcome in form.outcomes.items() if outcome.improvement_plan}
    return form.confirmations, form.requires_narrative, plans


def _refused_evidence(project: Project, before: tuple[Record, ...], after: tuple[Record, ...]) -> Iterator[Diagnostic]:
    """Report evidence of published reviews that is not allowed and was not published in the base: no command lets it pass."""
    then = {record.review.identity: _evidence(record.review) for record in before if record.review.status.is_released}
    now = {record.review.path: record.review for record in after if record.review.status.is_released}
    for item in project.problems:
        review = now.get(item.span.path)
        if item.kind is not catalogue.EVIDENCE_KIND_PUBLISHED or review is None:
            continue
        new = {shorten(name) for name, _ in _evidence(review) - then.get(review.identity, frozenset())}
        values = dict(item.args)
        if values["path"] in new:
            yield catalogue.EVIDENCE_KIND.at(item.span, path=values["path"], why=values["why"])


def _evidence(review: Review) -> frozenset[tuple[str, str]]:
    """Return the evidence files of a review, by name and digest."""
    return frozenset(
        (item.name, item.digest) for items in review.evidence.values() for item in items if not item.is_link
    )


def _reviews(project: Project, before: tuple[Record, ...], after: tuple[Record, ...]) -> Iterator[Diagnostic]:
    now = {record.review.identity: record for record in after}
    by_path = {record.review.path: record for record in after}
    released = {record.review.identity for record in before if record.review.status.is_released}
    for record in after:
        if record.review.amendments and record.review.identity not in released:
            yield from _between(project, record, len(record.review.amendments))
    for old in before:
        new = now.get(old.review.identity)
        if new is None:
            yield from _gone(project, old, by_path)
            continue
        if _ORDER.index(new.review.status) < _ORDER.index(old.review.status):
            yield catalogue.STATUS_BACKWARDS.at(
                new.review.span("status"), before=STATUS[old.review.status.value], now=STATUS[new.review.status.value]
            )
        elif old.review.status.is_released:
            yield from _changed(project, old, new)


def _gone(project: Project, old: Record, by_path: dict[str, Record]) -> Iterator[Diagnostic]:
    """Report a published review that was deleted, became unreadable, or whose file now belongs to somebody else."""
    path = old.review.path
    if not old.review.status.is_released or project.is_hidden(path):
        return
    who = " ".join(old.review.identity)
    if path in project.unread:
        yield catalogue.PUBLISHED_UNREADABLE.at(Span(path), who=who)
    elif path in by_path:
        yield catalogue.PUBLISHED_MOVED.at(by_path[path].review.span("employee.id"), who=who)
    else:
        yield catalogue.PUBLISHED_DELETED.at(Span(path), who=who)


def _changed(project: Project, old: Record, new: Record) -> Iterator[Diagnostic]:
    """Report changes to a published review that its new amendments do not cover, and amendments that break the chain."""
    before, after = old.review, new.review
    known = len(before.amendments)
    added = after.amendments[known:]
    if after.amendments[:known] != before.amendments:
        yield catalogue.CHAIN_REWRITTEN.at(after.span("amendments", "status"))
        return
    for what in entries_touched(after, before):
        yield catalogue.ENTRIES_REWRITTEN.at(after.span(what, "status"), what=ENTRIES[what])
    yield from _backdated(before, after)
    block = before.published
    if added and block and (added[0].total, added[0].grade, added[0].seal) != (block.total, block.grade, block.seal):
        yield catalogue.CHAIN_BROKEN.at(after.span(f"amendments.{known}"))
    claims = [change for item in added for change in item.changes]
    fields = [
        *unaccounted(_without_rules(old), _without_rules(new), claims),
        *_fixed_parts(before, after, bool(added)),
        *_resolved(before, after, claims),
    ]
    if len(added) == 1 and not added[0].withdraws:
        fields += _invented(old, new, claims, fields)
    if before.status is not after.status and after.withdrawal not in added:
        fields.append("status")
    if fields:
        first = as_written(fields[:5])
        shown = phrase("{fields} …", fields=first) if len(fields) > 5 else first
        yield catalogue.PUBLISHED_CHANGED.at(after.span(fields[0], "status"), fields=shown)
    elif len(added) > 1:
        yield from _between(project, new, len(added))


def _backdated(before: Review, after: Review) -> Iterator[Diagnostic]:
    """Report entries that were not there, and are dated before the publication that is."""
    if before.published is None:
        return
    on = before.published.on
    for what in ("confirmations", "objections"):
        known = len(getattr(before, what))
        for place, entry in enumerate(getattr(after, what)[known:], known):
            if entry.date < on:
                span = after.span(f"{what}.{place}", "status")
                yield catalogue.ENTRY_BACKDATED.at(span, date=entry.date, on=on)


def _between(project: Project, new: Record, added: int) -> Iterator[Diagnostic]:
    """Report that the versions between new amendments, and before the first of a review that the base does not have, are not
    certain. What does not follow, `versions` reports."""
    past = versions_of(project, new)
    if past is not None and not past.found and not all(version.is_certain for version in past.versions[: added + 1]):
        place = len(new.review.amendments) - added
        yield catalogue.NOT_FOLLOWED.at(new.review.span(f"amendments.{place}"), count=added)


def _invented(old: Record, new: Record, claims: list[FieldChange], known: list[str]) -> list[str]:
    """Return the fields that the only new amendment claims to have changed, although they did not."""
    one, other = _without_rules(old), _without_rules(new)
    real = {change.field for change in (*content_changes(new.form, one, other), *field_changes(one, other, exact=True))}
    names = [claim.field for claim in claims if not claim.field.startswith("objections.")]
    return [name for name in names if name not in real and name not in known]


def _resolved(before: Review, after: Review, claims: list[FieldChange]) -> Iterator[str]:
    """Yield the resolutions of sealed objections that came without an amendment that says so."""
    assert before.published is not None
    sealed = zip(before.objections[: before.published.objections], after.objections, strict=False)
    claimed = {claim.field for claim in claims}
    for number, (old, new) in enumerate(sealed, 1):
        for name in ("resolution", "resolved"):
            if getattr(old, name) != getattr(new, name) and f"objections.{number}.{name}" not in claimed:
                yield f"objections.{number}.{name}"


def _fixed_parts(before: Review, after: Review, amended: bool) -> Iterator[str]:
    """Yield the changed parts outside the content. An amendment may replace only some fields of `published`."""
    if before.submitted != after.submitted:
        yield "submitted"
    if before.published is None or after.published is None:
        return
    renewed = {"total", "grade", "taken", "evidence", "confirmations", "objections", "amendments", "seal"}
    renewed = renewed if amended else set()
    counts = ("confirmations", "objections", "amendments")
    if any(getattr(before.published, name) > getattr(after.published, name) for name in counts):
        yield "published.entries"
    names = [item.name for item in fields_of(Published) if item.name not in renewed]
    if any(getattr(before.published, name) != getattr(after.published, name) for name in names):
        yield "published"


def _without_rules(record: Record) -> dict[str, object]:
    """Return the content without the rules digest, so that a changed rule is reported once and not for every review."""
    return {key: value for key, value in content(record.review, record.form, record.taken).items() if key != "rules"}
