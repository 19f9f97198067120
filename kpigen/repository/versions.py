"""The versions that a published review has had, worked out backwards from its amendments, and what does not follow.

Each amendment names the total, grade and seal of the version before it. All of that is computed again: the content from the
changes, total and grade from the content by the rules, the seal from both and from the entries that it covered.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from kpigen import ENGINES
from kpigen.base.digests import Json, digest
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, shorten
from kpigen.diagnostics.terms import RESULTS
from kpigen.diagnostics.values import phrase
from kpigen.model.reviews import Amendment, Objection, Review, Status
from kpigen.numbers.quantities import is_same_number
from kpigen.repository.project import Project
from kpigen.repository.records import Record, record_by
from kpigen.scoring.content import files_in, seal_of
from kpigen.scoring.earlier import Before, Misfit, content_before
from kpigen.scoring.restored import restored

#: How many seals of a review are computed at most, and of how many entries in all.
_SEALS, _SEALED_ENTRIES = 5_000, 1_000_000

_STATUS_ALONE = phrase("only a withdrawal changes the status, from published to withdrawn and nothing else")
_RESOLUTION = re.compile(r"objections\.([1-9][0-9]{0,5})\.(resolution|resolved)")


@dataclass(frozen=True)
class Version:
    """A version of a review with the entries that its seal covered. If it is not certain, its digest and entries may be others."""

    record: Record
    is_certain: bool


@dataclass(frozen=True)
class Versions:
    """A review's versions, the current one first, as far back as they follow, and the findings where they do not."""

    versions: tuple[Version, ...]
    found: tuple[Diagnostic, ...] = ()

    @property
    def first(self) -> Version | None:
        """The version that was published first, or None if it does not follow."""
        return None if self.found else self.versions[-1]


def versions_of(project: Project, record: Record) -> Versions | None:
    """Return the versions of a review. None if it was not published, or if its seal or an amendment is broken in itself."""
    block = record.review.published
    if block is None or not record.review.status.is_released or block.engine not in map(str, ENGINES):
        return None
    amendments = record.review.amendments
    has_grades = bool(record.form.grades)
    if block.amendments != len(amendments) or not all(
        item.total and item.seal and bool(item.grade) is has_grades for item in amendments
    ):
        return None
    if seal_of(record.review, record.digest) != block.seal:
        return None
    now = replace(
        record.review,
        confirmations=record.review.confirmations[: block.confirmations],
        objections=record.review.objections[: block.objections],
    )
    versions, found = [Version(replace(record, review=now), is_certain=True)], list[Diagnostic]()
    tries = iter(range(min(_SEALS, _SEALED_ENTRIES // (len(now.confirmations) + len(now.objections) + 1))))
    while versions[-1].record.review.amendments:
        before, problems = _before(project, versions[-1], tries)
        found += problems
        if before is None:
            break
        versions.append(before)
    return Versions(tuple(versions), tuple(found))


def _before(project: Project, after: Version, tries: Iterator[int]) -> tuple[Version | None, list[Diagnostic]]:
    """Return the version before the last amendment of a version as far as it can be told, and what does not follow."""
    review = after.record.review
    key, entry = f"amendments.{len(review.amendments) - 1}", review.amendments[-1]
    if not entry.changes:
        return None, [catalogue.NOTHING_CHANGED.at(review.span(key))]
    content, objections = _content_before(after.record, entry), _objections_before(review, entry)
    misfits = sorted([*content.misfits, *objections.misfits])
    if misfits:
        return None, [
            catalogue.CHANGE_UNFOUNDED.at(
                review.span(f"{key}.changes.{one.place}", key),
                field=shorten(entry.changes[one.place].field),
                reason=one.reason,
            )
            for one in misfits
        ]
    then = _stripped(review, entry, objections.objections)
    record = _record(project, after.record, then, content.contents[0])
    if record is None:
        return None, [catalogue.CONTENT_IMPOSSIBLE.at(review.span(key))]
    found = list(_results(record, key, entry))
    for one, given in _sealed(then, content.contents, tries):
        sealed = _record(project, after.record, one, given)
        if sealed is not None:
            return Version(sealed, is_certain=True), found
    if content.is_exact and after.is_certain and not found:
        found = [catalogue.FORMER_SEAL_UNFOUNDED.at(review.span(f"{key}.seal", key))]
    return Version(record, is_certain=False), found


def _content_before(record: Record, entry: Amendment) -> Before:
    """Return the content before an amendment, or which of its changes do not fit."""
    if entry.withdraws:
        return content_before(record.form, record.content, ())
    own = [place for place, change in enumerate(entry.changes) if not _RESOLUTION.fullmatch(change.field)]
    before = content_before(record.form, record.content, [entry.changes[place] for place in own])
    misfits = [
        Misfit(own[one.place], _STATUS_ALONE if entry.changes[own[one.place]].field == "status" else one.reason)
        for one in before.misfits
    ]
    return replace(before, misfits=tuple(misfits))


@dataclass(frozen=True)
class _Objections:
    """The objections as they were before an amendment, and changes that do not fit."""

    objections: tuple[Objection, ...]
    misfits: tuple[Misfit, ...]


def _objections_before(review: Review, entry: Amendment) -> _Objections:
    """Take back the resolutions that came with an amendment. An objection gets its resolution only once."""
    objections, misfits = list(review.objections), []
    for place, change in enumerate(entry.changes):
        if match := _RESOLUTION.fullmatch(change.field):
            number, name = int(match[1]) - 1, match[2]
            if number >= len(objections) or getattr(objections[number], name) != change.new or not change.new:
                misfits.append(Misfit(place, phrase("afterwards it is not that")))
            elif change.old:
                misfits.append(Misfit(place, phrase("it cannot have been that")))
            else:
                taken_back = {name: ""}
                objections[number] = replace(objections[number], **taken_back)
    return _Objections(tuple(objections), tuple(misfits))


def _stripped(review: Review, entry: Amendment, objections: tuple[Objection, ...]) -> Review:
    """Return the review without its last amendment, and with the results that this names."""
    assert review.published is not None
    amendments = review.amendments[:-1]
    block = replace(
        review.published,
        total=entry.total,
        grade=entry.grade,
        seal=entry.seal,
        amendments=len(amendments),
        taken=(),
        evidence=(),
    )
    return replace(review, status=Status.PUBLISHED, objections=objections, amendments=amendments, published=block)


def _record(project: Project, after: Record, review: Review, content: dict[str, Json]) -> Record | None:
    """Return the record of a version, or None if no review by this form can have the content."""
    again = restored(review, after.form, content)
    return None if again is None else record_by(project, again, after.form, again.taken, [])


def _results(record: Record, key: str, entry: Amendment) -> Iterator[Diagnostic]:
    """Report total and grade that the amendment names but the version before it does not score."""
    total = None if record.card.total is None else record.form.printed(record.card.total)
    for name, said, computed in (("total", entry.total, total), ("grade", entry.grade, record.card.grade)):
        if said and computed and said != computed and name == "total" and is_same_number(said, computed):
            span, path = record.review.span(f"{key}.{name}", key), f"{key}.{name}"
            yield catalogue.TOTAL_WRITING.at(span, key=path, value=shorten(said), better=computed)
        elif said != computed:
            yield catalogue.RESULT_UNFOUNDED.at(
                record.review.span(f"{key}.{name}", key),
                what=RESULTS[name],
                said=shorten(said),
                computed=computed or phrase("none"),
            )


def _sealed(
    review: Review, contents: Iterable[dict[str, Json]], tries: Iterator[int]
) -> Iterator[tuple[Review, dict[str, Json]]]:
    """Yield the version whose seal is the one that its review carries: with one of the contents and some of the entries.

    The `published` block of a version has the digests of its evidence files, if it has any, or is of an earlier kpigen.
    """
    block = review.published
    assert block is not None
    counts = [*itertools.product(range(len(review.confirmations), -1, -1), range(len(review.objections), -1, -1))]
    files = [(content, files_in(content)) for content in contents]
    blocks = [*files, *((content, ()) for content, some in files if some)]
    digests = ((content, digest(content), evidence) for content, evidence in blocks)
    possible = ((*one, *count) for one in digests for count in counts)
    for _, (content, digest_, evidence, confirmations, objections) in zip(tries, possible, strict=False):
        one = replace(
            review,
            confirmations=review.confirmations[:confirmations],
            objections=review.objections[:objections],
            published=replace(block, evidence=evidence, confirmations=confirmations, objections=objections),
        )
        if seal_of(one, digest_) == block.seal:
            yield one, content
