"""All checks of `kpigen check` beyond reading files. Each is a function that yields findings.

A check takes a `Context`: the whole project, its records, the date. To add one, write it and add it to `CHECKS`.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from kpigen import ENGINES
from kpigen.base.digests import short
from kpigen.base.places import ROSTER
from kpigen.base.stored import Alteration
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.amount import at_most
from kpigen.diagnostics.diagnostic import Diagnostic, Span, in_order, shorten
from kpigen.diagnostics.terms import ENTRIES, RESULTS, STATUS
from kpigen.diagnostics.values import Value, as_written, listed, phrase, phrase_by_count
from kpigen.files.roster import RosterLine, number_of_id
from kpigen.model.reviews import Identity, Published, Review, Status
from kpigen.numbers import formula
from kpigen.numbers.quantities import is_same_number
from kpigen.repository.checks.acknowledged import acknowledgements
from kpigen.repository.checks.auto import automatic_totals
from kpigen.repository.checks.context import Check, Context
from kpigen.repository.checks.dates import misdated
from kpigen.repository.checks.names import Names
from kpigen.repository.checks.own import own_rules
from kpigen.repository.checks.quotas import exceeded_quotas
from kpigen.repository.checks.readers import admits_others, ended, ids, logins, named_readers, people, shared_evidence
from kpigen.repository.checks.readiness import lacked_to_publish, lacks_to_submit, stale_entries
from kpigen.repository.checks.seals import SealedState, Suspect, Suspects, recorded, sealed_state
from kpigen.repository.project import Project, place_of
from kpigen.repository.records import MakeRecord, Record, make_records
from kpigen.repository.versions import versions_of
from kpigen.scoring.content import seal_of, sealed_files
from kpigen.scoring.names import values_of
from kpigen.scoring.taken import unclaimed


def check(
    project: Project,
    make: MakeRecord | None = None,
    today: datetime.date | None = None,
    suspect: Suspect = recorded,
) -> tuple[tuple[Record, ...], tuple[Diagnostic, ...]]:
    """Return the records of a project and all findings, sorted.

    `make` replaces the function that scores a review. With `today`, checks that depend on the date run too. `suspect` says
    what may have been sealed where a seal does not fit.
    """
    records, found = make_records(project, make=make)
    context = Context(project, records, today, suspect)
    for one in CHECKS:
        found += one(context)
    return records, in_order([*project.problems, *at_most(found)])


def place(context: Context) -> Iterator[Diagnostic]:
    """Report files whose path does not match their content."""
    for review in context.project.reviews:
        path = place_of(review)
        if review.path == path:
            continue
        folder, name = review.path.split("/")[1], review.path.rsplit("/", 1)[-1]
        if folder != str(review.period):
            says, key = phrase("period {period}", period=str(review.period)), "period"
        elif not name.startswith(f"{review.employee.id}."):
            says, key = phrase("employee {employee}", employee=review.employee.id), "employee.id"
        else:
            says, key = phrase("form {form}", form=review.form), "form"
        yield catalogue.WRONG_PLACE.at(review.span(key), says=says, path=path, key=key)


def duplicates(context: Context) -> Iterator[Diagnostic]:
    """Report reviews with the same employee, period and form."""
    seen: dict[Identity, str] = {}
    for review in context.project.reviews:
        key = review.identity
        other = seen.setdefault(key, review.path)
        if other != review.path:
            yield catalogue.DUPLICATE_REVIEW.at(
                review.span("employee.id"), employee=key.employee, period=key.period, form=key.form, other=other
            )


def managers(context: Context) -> Iterator[Diagnostic]:
    """Report reviews of one person and period that name different managers, unless the roster has them one after the other."""
    seen: dict[tuple[str, str], Record] = {}
    for record in context.records:
        employee, period = record.review.employee, record.review.period
        first = seen.setdefault((employee.id, str(period)), record)
        if first.manager == record.manager:
            continue
        listed_managers = {line.manager for line in context.project.roster.within(employee.id, period)}
        if not {first.manager, record.manager} <= listed_managers:
            yield catalogue.MANAGERS_DISAGREE.at(
                record.review.span("employee.manager", "employee.id"),
                manager=record.manager or phrase("nobody"),
                other_manager=first.manager or phrase("nobody"),
                other=first.review.path,
            )


def on_roster(context: Context) -> Iterator[Diagnostic]:
    """Report each review of somebody who is missing from the roster in its period, if there is a roster."""
    for review in _not_listed(context):
        yield _not_on_roster(review)


def on_roster_or_without_zeros(context: Context) -> Iterator[Diagnostic]:
    """Report who is missing from the roster; ids that differ only in zeros before a number are one finding for all.

    Whoever is in a line that could not be read may be on it: that line is reported.
    """
    numbers = context.project.roster.without_zeros()
    without: dict[str, tuple[str, Review]] = {}
    for review in _not_listed(context):
        id_ = review.employee.id
        if context.project.roster.is_unread(id_):
            continue
        near = numbers.get(number_of_id(id_) or "") if id_ not in context.project.roster.by_id else None
        if near is None:
            yield _not_on_roster(review)
        else:
            without.setdefault(id_, (near, review))
    if without:
        (id_, (near, _)), *others = without.items()
        more = phrase_by_count("; {count} more id lacks them", "; {count} more ids lack them", count=len(others))
        line = context.project.roster.by_id[near][0].number
        yield catalogue.ROSTER_ZEROS.at(Span(ROSTER, line), roster=near, employee=id_, more=more if others else "")


def _not_listed(context: Context) -> Iterator[Review]:
    roster = context.project.roster
    if roster.exists:  # otherwise there is none, or it is unreadable and already reported
        yield from (one for one in context.project.reviews if not roster.within(one.employee.id, one.period))


def _not_on_roster(review: Review) -> Diagnostic:
    return catalogue.NOT_ON_ROSTER.at(
        review.span("employee.id"), employee=review.employee.id, period=str(review.period), roster=ROSTER
    )


def unlike_roster(context: Context) -> Iterator[Diagnostic]:
    """Warn of reviews that differ from the roster. If somebody moved within the period, each of the lines may be meant."""
    for review in context.project.reviews:
        employee, period = review.employee, review.period
        lines = context.project.roster.within(employee.id, period)
        line = context.project.roster.in_period(employee.id, period)
        if line is None or context.project.roster.is_unread(employee.id):
            continue  # a line that could not be read may be the one that fits
        if all(_differences(review, one) for one in lines):
            for key, expected in _differences(review, line).items():
                if admits_others(context.project, review, key):
                    continue  # that is an error of its own
                value = getattr(employee, key)
                yield catalogue.ROSTER_DIFFERENCE.at(
                    review.span(f"employee.{key}"), key=key, value=value, roster=expected, period=str(period)
                )
        forms = dict.fromkeys(form for one in lines for form in one.forms)
        if line.forms and review.form not in forms:
            yield catalogue.FORM_DIFFERENCE.at(
                review.span("form"), form=review.form, roster=as_written(line.forms), employee=employee.id
            )


def _differences(review: Review, line: RosterLine) -> dict[str, str]:
    """Return what the roster says otherwise than a review, by key. What either leaves empty is not compared."""
    pairs = {"name": line.name, "department": line.department, "position": line.position, "manager": line.manager}
    values = {key: getattr(review.employee, key) for key in pairs}
    return {key: expected for key, expected in pairs.items() if expected and values[key] and values[key] != expected}


def status_blocks(context: Context) -> Iterator[Diagnostic]:
    """Report a status without its block, and blocks that come too early for the status."""
    commands = {"submitted": "submit", "published": "publish"}
    for review in context.project.reviews:
        needed = {Status.DRAFT: (), Status.SUBMITTED: ("submitted",)}.get(review.status, ("submitted", "published"))
        for block, command in commands.items():
            present = block in review.where
            if block in needed and not present:
                yield catalogue.STATUS_BLOCK_MISSING.at(
                    review.span("status"), status=STATUS[review.status.value], block=block, command=command
                )
            elif present and block not in needed:
                yield catalogue.STATUS_BLOCK_EARLY.at(
                    review.span(block), status=STATUS[review.status.value], block=block
                )
        if review.status is Status.WITHDRAWN and review.withdrawal is None:
            yield catalogue.WITHDRAWN_REASON.at(review.span("status"))


def complete(context: Context) -> Iterator[Diagnostic]:
    """Report missing data from `submitted` on."""
    for record in context.records:
        status = record.review.status
        if status in (Status.SUBMITTED, Status.PUBLISHED):
            found = lacks_to_submit(record, STATUS[status.value])
            # A published review is final: a warning about it could never be resolved.
            yield from (item for item in found if item.is_error or status is Status.SUBMITTED)


def entries(context: Context) -> Iterator[Diagnostic]:
    """Report confirmations and objections that do not refer to the current content."""
    for record in context.records:
        if record.review.status is Status.SUBMITTED:
            yield from stale_entries(record)


def names(context: Context) -> Iterator[Diagnostic]:
    """Report confirmations under the name of somebody else."""
    known = Names(context.project)
    for review in context.project.reviews:
        if review.status in (Status.SUBMITTED, Status.PUBLISHED):
            yield from known.misnamed(review)


def form_warnings(context: Context) -> Iterator[Diagnostic]:
    """Report the forms' own warnings while the review can still be changed."""
    for record in context.records:
        review = record.review
        if review.status not in (Status.DRAFT, Status.SUBMITTED):
            continue
        for indicator in record.form.indicators:
            given = record.metrics.get(indicator.id, {})
            values = {**values_of(indicator, given), "month": Fraction(review.period.month_of_year)}
            for warning in indicator.warnings:
                used = {name.id for name in formula.names(warning.when)}  # also ids of choices
                known = {name: value for name, value in values.items() if name in used}
                if formula.Missing.OPEN not in known.values() and _holds(warning.when, known):
                    span, texts = review.span(f"metrics.{indicator.id}"), warning.text
                    yield catalogue.RULE_WARNING.at(span, key=indicator.id, text=texts)


def _holds(when: formula.Expression, values: dict[str, formula.Value]) -> bool:
    try:
        return formula.evaluate(when, values) is True
    except formula.Problem:
        return False


def published(context: Context) -> Iterator[Diagnostic]:
    """Report published reviews whose seal, total, grade or sealed entries no longer match.

    A changed rule version is reported once, at its file, instead of each review that it scores.
    """
    by_rules: dict[str, list[_Judged]] = defaultdict(list)
    for record in context.records:
        block = record.review.published
        if block is None or not record.review.status.is_released:
            continue
        if block.engine not in map(str, ENGINES):
            span, engine = record.review.span("published.engine"), block.engine
            yield catalogue.ENGINE_UNKNOWN.at(span, engine=engine, known=as_written(map(str, ENGINES)))
            continue
        missing = list(_entries_missing(record, block))
        yield from missing
        by_rules[record.form.path].append(_judge(record, block, context.suspect, bool(missing)))
    for path, judged in by_rules.items():
        key = judged[0].record.form.key
        if any(one.has_other_rules for one in judged):
            yield catalogue.RELEASED_RULE_CHANGED.at(Span(path), key=key)
        elif len(judged) > 1 and all(one.is_broken and one.sealed is None for one in judged):
            yield catalogue.RULES_SUSPECTED.at(Span(path), key=key, count=len(judged))
            continue
        for one in judged:
            yield from _of_one(one)


class _Judged(NamedTuple):
    """A published review: whether its seal fits, and if not, what it covers, where that was found."""

    record: Record
    block: Published
    is_broken: bool
    sealed: SealedState | None
    suspects: Suspects

    @property
    def has_other_rules(self) -> bool:
        return self.sealed is not None and self.sealed.rules != self.record.form.digest


def _judge(record: Record, block: Published, suspect: Suspect, is_short: bool) -> _Judged:
    if is_short or seal_of(record.review, record.digest) == block.seal:
        return _Judged(record, block, False, None, Suspects())
    suspects = suspect(record)
    return _Judged(record, block, True, sealed_state(record, suspects), suspects)


def _entries_missing(record: Record, block: Published) -> Iterator[Diagnostic]:
    review = record.review
    present = {
        "confirmations": len(review.confirmations),
        "objections": len(review.objections),
        "amendments": len(review.amendments),
    }
    for name, count in present.items():
        if count < getattr(block, name):
            yield catalogue.ENTRIES_MISSING.at(
                review.span("published.entries"), what=ENTRIES[name], sealed=getattr(block, name), found=count
            )


def _of_one(judged: _Judged) -> Iterator[Diagnostic]:
    """Report what is wrong with one published review, apart from its rules."""
    record, block = judged.record, judged.block
    review = record.review
    if slipped_in := unclaimed(review.metrics, block.taken):  # the sealed content only includes what `auto` takes
        what = (
            phrase("`taken` has entries of `{input}`, which is not `auto`", input=shorten(slipped_in[0].input))
            if slipped_in[0].is_own
            else phrase("`taken` has entries, but no input is `auto`")
        )
        yield catalogue.SEAL_BROKEN.at(review.span("published.taken"), on=block.on, what=what)
    if not judged.is_broken and block.evidence and block.evidence != sealed_files(review):
        what = phrase("`evidence` there names other files than the seal covers")
        yield catalogue.SEAL_BROKEN.at(review.span("published.evidence"), on=block.on, what=what)
    if judged.sealed is not None:
        yield from _other_evidence(review, block, judged.sealed, judged.suspects)
    elif judged.is_broken:
        what = phrase("its fields, the rules' scoring part, or the published block have changed since")
        yield catalogue.SEAL_BROKEN.at(review.span("published.seal"), on=block.on, what=what)
    total = None if record.card.total is None else record.form.printed(record.card.total)
    if total is not None and block.grade == record.card.grade and is_same_number(block.total, total):
        if block.total != total:
            yield catalogue.TOTAL_WRITING.at(
                review.span("published.total"), key="published.total", value=shorten(block.total), better=total
            )
    elif (total, record.card.grade) != (block.total, block.grade) and not judged.has_other_rules:
        now = f"{total} {record.card.grade or ''}".rstrip() if total else phrase("nothing complete")
        yield catalogue.SCORE_CHANGED.at(review.span("published.total"), published=block.result, now=now)


def _other_evidence(review: Review, block: Published, sealed: SealedState, suspects: Suspects) -> Iterator[Diagnostic]:
    """Report each evidence file that is not the one that was sealed."""
    then = dict(sealed_files(sealed.review))
    seen: set[str] = set()
    for id_, items in review.evidence.items():
        for item in items:
            digest = then.get(item.name, item.digest)
            if item.is_link or item.digest == digest or item.name in seen:
                continue
            seen.add(item.name)
            what = _how(item.name, digest, item.digest, suspects.files.get(item.name, {}).get(digest))
            yield catalogue.SEAL_BROKEN.at(review.span(f"evidence.{id_}.{item.name}"), on=block.on, what=what)


def _how(name: str, then: str, now: str, alteration: Alteration | None) -> Value:
    if alteration is Alteration.LINE_ENDS:
        return phrase("the evidence `{file}` has other line ends than when it was sealed", file=shorten(name))
    if alteration is Alteration.PLACEHOLDER:
        return phrase(
            "the evidence `{file}` is the placeholder of Git LFS here, not the file itself", file=shorten(name)
        )
    return phrase(
        "the evidence `{file}` is another file now (SHA-256 {now}, sealed {then})",
        file=shorten(name),
        now=short(now),
        then=short(then),
    )


def chain(context: Context) -> Iterator[Diagnostic]:
    """Report amendments that are not sealed, or that do not record the result before them."""
    for review in context.project.reviews:
        block = review.published
        sealed = block.amendments if block else 0
        without = ("grade",) if block and not block.grade else ()  # a form without grades
        if len(review.amendments) > sealed:
            yield catalogue.ENTRY_UNSEALED.at(
                review.span(f"amendments.{sealed}"), found=len(review.amendments), sealed=sealed
            )
        for index, item in enumerate(review.amendments):
            lacking = [said for name, said in RESULTS.items() if not getattr(item, name) and name not in without]
            if lacking:
                yield catalogue.CHAIN_GAP.at(review.span(f"amendments.{index}"), what=listed(lacking))
        for index, item in enumerate(review.amendments[:-1]):
            if item.withdraws:
                yield catalogue.AFTER_WITHDRAWAL.at(review.span(f"amendments.{index}"))
        withdrawn = bool(review.amendments) and any(
            change.field == "status" for change in review.amendments[-1].changes
        )
        if withdrawn and review.status is not Status.WITHDRAWN:
            yield catalogue.WITHDRAWAL_UNDONE.at(review.span("status"), status=STATUS[review.status.value])


def versions(context: Context) -> Iterator[Diagnostic]:
    """Report dates in disorder, amendments that do not follow from the versions around them, and what was unfit to be published."""
    for record in context.records:
        review, block = record.review, record.review.published
        past = versions_of(context.project, record)
        certain = [version.record.review for version in past.versions if version.is_certain] if past else []
        yield from misdated(review, certain)
        if block is None or past is None:  # what is broken in itself, `chain` and `published` report
            continue
        yield from past.found
        first = past.first
        if first is None or review.status is not Status.PUBLISHED:  # what is withdrawn has been taken back
            continue
        lacking = [*lacked_to_publish(first)]
        if review.amendments:  # `complete` looks at the current version
            lacking = [item for item in lacks_to_submit(first.record, STATUS["published"]) if item.is_error] + lacking
        for item in lacking:
            yield catalogue.PUBLISHED_UNFIT.at(item.span, on=block.on, code=item.code, problem=item.sentence)


CHECKS: tuple[Check, ...] = (
    place,
    duplicates,
    managers,
    on_roster_or_without_zeros,
    unlike_roster,
    ids,
    people,
    logins,
    ended,
    named_readers,
    shared_evidence,
    status_blocks,
    complete,
    entries,
    names,
    form_warnings,
    own_rules,
    automatic_totals,
    published,
    chain,
    versions,
    exceeded_quotas,
    acknowledgements,
)

#: Required before the status of a review may change. A step runs its other checks itself.
STANDING: tuple[Check, ...] = (
    place,
    duplicates,
    managers,
    on_roster,
    ids,
    named_readers,
    status_blocks,
    published,
    chain,
    versions,
)


def standing_errors(project: Project, suspect: Suspect = recorded) -> dict[str, list[Diagnostic]]:
    """Return the errors that block a change of status, by file."""
    records, _ = make_records(project)
    context = Context(project, records, suspect=suspect)
    errors: dict[str, list[Diagnostic]] = defaultdict(list)
    for one in STANDING:
        for item in one(context):
            if item.is_error:
                errors[item.span.path].append(item)
    return errors
