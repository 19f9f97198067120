"""Is a PDF on record? Compare it with a repository, or with the list of seals that a site publishes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kpigen.base.json_files import read_json
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, Span
from kpigen.diagnostics.terms import STATUS
from kpigen.diagnostics.values import Value, phrase
from kpigen.model.reviews import Review, Status
from kpigen.repository.project import Project
from kpigen.repository.records import Record
from kpigen.scoring.content import content_number
from kpigen.site.pages.report import ReportSetting, setting_of
from kpigen.site.pages.site import Site
from kpigen.site.proof.answers import ON_RECORD, Answer, answer
from kpigen.site.proof.carried import Carried
from kpigen.site.proof.facts import difference, facts_of

_NOT_IN_SEALS = phrase(
    "not compared, as no seal covers it: names and texts of the rules, organisation, manager, entries after publication"
)

_WITH_NUMBER = {
    "draft": phrase("draft ({number})"),
    "submitted": phrase("submitted ({number})"),
    "published": phrase("published ({number})"),
    "withdrawn": phrase("withdrawn ({number})"),
}
_IN_SEALS = {
    "current": phrase("{record}: current"),
    "amended": phrase("{record}: amended"),
    "withdrawn": phrase("{record}: withdrawn"),
}


def in_repository(
    name: str,
    carried: Carried,
    where: str,
    project: Project,
    records: tuple[Record, ...],
    found: tuple[Diagnostic, ...],
) -> Answer:
    """Answer from a repository and its records. `found` are the findings of `kpigen check` there."""
    mine = carried.record.review
    same = [item for item in records if item.review.identity == mine.identity]
    if not same:
        return _unknown(name, mine, where)
    record = same[0]
    # A rule version that has changed since is reported at its file, and not at each review.
    sources = (record.review.path, record.form.path)
    wrong = [item for item in found if item.is_error and item.span.path in sources]
    if wrong:
        reason = phrase(
            "{path} is in error there ({code}: {problem})",
            path=wrong[0].span.path,
            code=wrong[0].code,
            problem=wrong[0].sentence,
        )
        return answer(ON_RECORD, [catalogue.RECORD_UNREADABLE.at(Span(name), record=where, reason=reason)])
    given = _published(name, mine, record.review, where) if mine.published else _submitted(name, carried, record, where)
    if not given.holds:
        return given
    return answer(ON_RECORD, list(_beyond_the_seal(name, carried, project, record)), *given.notes)


def _beyond_the_seal(name: str, carried: Carried, project: Project, record: Record) -> Iterator[Diagnostic]:
    """Report how a paper differs from what the record would print: seal and content digest do not cover all of it."""
    mine, paper, theirs = carried.record, carried.paper, record.review
    # A PDF may have been printed before a later confirmation, objection or publication; that is not an error.
    then = replace(
        theirs,
        status=mine.review.status,
        published=mine.review.published,
        confirmations=theirs.confirmations[: len(mine.review.confirmations)],
        objections=theirs.objections[: len(mine.review.objections)],
        amendments=theirs.amendments[: len(mine.review.amendments)],
    )
    language = paper.language
    setting = setting_of(Site(project.config, project.roster, project.rules, (record,)), record, language)
    said = facts_of(mine, ReportSetting(paper.organisation, paper.manager), language)
    recorded = facts_of(replace(record, review=then), setting, language)
    if found := difference(said, recorded, language):
        yield catalogue.PAPER_NOT_ON_RECORD.at(Span(name), what=found.what, carried=found.one, recorded=found.other)


def _unknown(name: str, mine: Review, where: str) -> Answer:
    what = (
        phrase("the seal {seal}", seal=mine.published.seal)
        if mine.published
        else phrase("a review {review}", review=" ".join(mine.identity))
    )
    return answer(ON_RECORD, [catalogue.NOT_ON_RECORD.at(Span(name), what=what, record=where)])


def _submitted(name: str, carried: Carried, record: Record, where: str) -> Answer:
    """Answer for a submitted review. It has no seal, so its content must match the one on record."""
    status, number = record.review.status.value, carried.record.number
    if record.digest != carried.record.digest:
        was = phrase("submitted ({number})", number=number)
        now = replace(_WITH_NUMBER[status], args=(("number", content_number(record.digest)),))
        changed = catalogue.CONTENT_CHANGED_SINCE.at(Span(name), was=was, now=now)
        return answer(ON_RECORD, [changed])
    if record.review.status is Status.WITHDRAWN:
        return answer(ON_RECORD, [catalogue.WITHDRAWN_SINCE.at(Span(name), when=_when(record.review))])
    return answer(
        ON_RECORD,
        [],
        phrase("{record}: the content {number} is {status} there", record=where, number=number, status=STATUS[status]),
    )


def _published(name: str, mine: Review, theirs: Review, where: str) -> Answer:
    assert mine.published is not None
    seal, block = mine.published.seal, theirs.published
    earlier = [item.seal for item in theirs.amendments]
    if block is None or seal not in (block.seal, *earlier):
        return _unknown(name, mine, where)
    if theirs.status is Status.WITHDRAWN:
        return answer(ON_RECORD, [catalogue.WITHDRAWN_SINCE.at(Span(name), when=_when(theirs))])
    if seal != block.seal:
        change = theirs.amendments[earlier.index(seal)]
        when = phrase(
            ", on {date} by {by}; its total is {total} now",
            date=change.date,
            by=change.by,
            total=block.result,
        )
        return answer(ON_RECORD, [catalogue.AMENDED_SINCE.at(Span(name), when=when)])
    return answer(ON_RECORD, [], phrase("{record}: current, published {date}", record=where, date=block.on))


def _when(review: Review) -> Value:
    given = review.withdrawal
    return phrase(", on {date} by {by}", date=given.date, by=given.by) if given else ""


def in_seals(name: str, carried: Carried, where: str, data: bytes) -> Answer:
    """Answer from a site's list of seals. `data` are the bytes of `seals.json`, `where` is its place in messages."""
    seals = _read_seals(data)
    if seals is None:
        reason = phrase("it is no list of seals")
        return answer(ON_RECORD, [catalogue.RECORD_UNREADABLE.at(Span(name), record=where, reason=reason)])
    block = carried.record.review.published
    if block is None:
        reason = phrase("a list of seals knows published reviews only, and this one is submitted; give the repository")
        return answer(ON_RECORD, [catalogue.RECORD_UNREADABLE.at(Span(name), record=where, reason=reason)])
    known: dict[str, list[Diagnostic]] = {
        "current": [],
        "amended": [catalogue.AMENDED_SINCE.at(Span(name), when="")],
        "withdrawn": [catalogue.WITHDRAWN_SINCE.at(Span(name), when="")],
    }
    status = seals.get(block.seal, "")
    if status not in known:
        return _unknown(name, carried.record.review, where)
    # No seal covers the texts of the rules, the organisation and later entries.
    return answer(ON_RECORD, known[status], replace(_IN_SEALS[status], args=(("record", where),)), _NOT_IN_SEALS)


def _read_seals(data: bytes) -> dict[str, str] | None:
    """Return the status by seal; None if the bytes are not a list of seals."""
    read = read_json(data)
    entries = read.get("seals") if isinstance(read, dict) and read.get("schema") == 1 else None
    if not isinstance(entries, list) or not all(isinstance(item, dict) for item in entries):
        return None
    return {str(item.get("seal")): str(item.get("status")) for item in entries}
