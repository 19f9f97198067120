"""What only a comparison with an earlier revision shows: changes of what was published that no amendment accounts for."""

from __future__ import annotations

from collections.abc import Iterator

from kpigen import catalogue
from kpigen.content import content
from kpigen.diagnostics import Diagnostic, Span, in_order
from kpigen.fields import field_changes
from kpigen.model import Status
from kpigen.project import Project
from kpigen.records import Record, make_records

_ORDER = (Status.DRAFT, Status.SUBMITTED, Status.PUBLISHED, Status.WITHDRAWN)
_RELEASED = (Status.PUBLISHED, Status.WITHDRAWN)


def check_against(base: Project, project: Project) -> tuple[Diagnostic, ...]:
    """Return what a project does to what `base` had published or released."""
    before, _ = make_records(base)
    after, _ = make_records(project)
    return in_order([*_rules(project, before), *_reviews(project, before, after)])


def _rules(project: Project, before: tuple[Record, ...]) -> Iterator[Diagnostic]:
    """The scoring part of a released version (one that a published review uses) never changes, nor does it go."""
    released = {record.form.key: record.form for record in before if record.review.status in _RELEASED}
    for key, old in sorted(released.items()):
        new = project.rules.by_key(key)
        if new is None:
            yield catalogue.RELEASED_RULE_GONE.at(Span(old.path), key=key)
        elif new.digest != old.digest:
            yield catalogue.RELEASED_RULE_CHANGED.at(Span(new.path), key=key)


def _reviews(project: Project, before: tuple[Record, ...], after: tuple[Record, ...]) -> Iterator[Diagnostic]:
    now = {_identity(record): record for record in after}
    by_path = {record.review.path: record for record in after}
    for old in before:
        new = now.get(_identity(old))
        if new is None:
            yield from _gone(project, old, by_path)
            continue
        if _ORDER.index(new.review.status) < _ORDER.index(old.review.status):
            yield catalogue.STATUS_BACKWARDS.at(
                new.review.span("status"), before=old.review.status.value, now=new.review.status.value
            )
        elif old.review.status in _RELEASED:
            yield from _changed(old, new)


def _identity(record: Record) -> tuple[str, str, str]:
    review = record.review
    return review.employee.id, str(review.period), review.form


def _gone(project: Project, old: Record, by_path: dict[str, Record]) -> Iterator[Diagnostic]:
    """A published review is gone, or its file says it is somebody else's; a file that cannot be read is reported elsewhere."""
    path = old.review.path
    if old.review.status not in _RELEASED or path in project.unread:
        return
    who = " ".join(_identity(old))
    if path in by_path:
        yield catalogue.PUBLISHED_MOVED.at(by_path[path].review.span("employee.id"), who=who)
    else:
        yield catalogue.PUBLISHED_DELETED.at(Span(path), who=who)


def _changed(old: Record, new: Record) -> Iterator[Diagnostic]:
    """A published review's content changed without an amendment, or the chain of amendments does not continue the old one."""
    before, after = old.review, new.review
    known = len(before.amendments)
    added = after.amendments[known:]
    if after.amendments[:known] != before.amendments:
        yield catalogue.CHAIN_REWRITTEN.at(after.span("amendments", "status"))
    elif added and before.published and added[0].seal != before.published.seal:
        yield catalogue.CHAIN_BROKEN.at(after.span(f"amendments.{known}"))
    elif not added:
        changes = field_changes(_without_rules(old), _without_rules(new))
        if changes:
            fields = ", ".join(field for field, _, _ in changes[:5]) + (" …" if len(changes) > 5 else "")
            yield catalogue.PUBLISHED_CHANGED.at(after.span(changes[0][0], "status"), fields=fields)
        elif before.published != after.published:
            yield catalogue.PUBLISHED_CHANGED.at(after.span("published"), fields="published")


def _without_rules(record: Record) -> dict[str, object]:
    """Return a record's content without the digest of its rules: a changed rule is reported once, not for every review."""
    return {key: value for key, value in content(record.review, record.form, record.taken).items() if key != "rules"}
