"""Simulates changed rules: every existing review is scored as it is and as it would be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import NamedTuple

from kpigen.base.periods import Period
from kpigen.base.sources import Tree
from kpigen.diagnostics.diagnostic import Diagnostic
from kpigen.files.rules.book import Rulebook
from kpigen.model.forms import Form
from kpigen.model.reviews import Status
from kpigen.repository.project import Project
from kpigen.repository.records import Record, make_records
from kpigen.repository.rescore import rescore
from kpigen.repository.simulate.effect import Effect, Open, Reason, Tried, Unscored, effect_of
from kpigen.scoring.score import missing_inputs


class BrokenForm(NamedTuple):
    """A form whose new rule files have errors, the number of its reviews, and the errors."""

    form: str
    reviews: int
    errors: tuple[Diagnostic, ...] = ()


class FormCount(NamedTuple):
    """The number of reviews of a form."""

    form: str
    reviews: int


@dataclass(frozen=True)
class Simulation:
    """The result of simulating changed rules.

    `effects` covers the forms with reviews to try; `unaffected` counts the reviews of the other forms. `broken` lists forms
    whose new rule files have errors, `not_scored` the files that cannot be scored even now, and `incomplete` counts the
    drafts that were left out.
    """

    effects: tuple[Effect, ...]
    unaffected: tuple[FormCount, ...]
    broken: tuple[BrokenForm, ...]
    not_scored: tuple[str, ...]
    incomplete: int

    @property
    def changes(self) -> bool:
        """Whether any total or grade changes or can no longer be calculated."""
        return any(effect.movers or effect.unscored for effect in self.effects)


def simulate(
    project: Project,
    tree: Tree,
    rules: Rulebook,
    found: Iterable[Diagnostic] = (),
    drafts: bool = False,
    periods: Iterable[Period] = (),
) -> Simulation:
    """Return the effect of other rules on the submitted and published reviews; with `drafts` also on complete drafts.

    `tree` holds the files of the reviews. `found` are the findings about the new rule files; a form with an error among them
    is skipped. `periods` limits the reviews to these periods. Values that `auto` took from the team stay the same.
    """
    errors = _by_form(item for item in found if item.is_error)
    wanted, broken_forms = frozenset(periods), errors.keys() | rules.broken
    records, faulty, incomplete = _to_try(project, drafts, wanted)
    by_form: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        by_form[record.review.form].append(record)
    effects, unaffected = [], []
    for form, those in sorted(by_form.items()):
        if form in broken_forms:
            continue
        effect = _effect(project, tree, rules, form, those)
        if effect.tried or effect.unscored:
            effects.append(effect)
        else:
            unaffected.append(FormCount(form, len(those)))
    left_out = tuple(
        BrokenForm(form, len(by_form.get(form, ())), tuple(errors.get(form, ()))) for form in sorted(broken_forms)
    )
    return Simulation(
        effects=tuple(effects),
        unaffected=tuple(unaffected),
        broken=left_out,
        not_scored=faulty,
        incomplete=incomplete,
    )


def _by_form(found: Iterable[Diagnostic]) -> dict[str, list[Diagnostic]]:
    """Group findings about rule files by the form, which is the folder of its files."""
    forms: dict[str, list[Diagnostic]] = defaultdict(list)
    for item in found:
        forms[PurePosixPath(item.span.path).parent.name].append(item)
    return forms


def version_to_try(record: Record, now: Rulebook, rules: Rulebook) -> Form | None:
    """Return the version of the new rules to try a review with, or None if its score cannot change.

    If another version would be in force in the review's period, use that one, whichever version it was published by.
    Otherwise use the newest version that is new or scores differently, as if it were already in force.
    """
    review = record.review
    was, would_be = now.in_force(review.form, review.period), rules.in_force(review.form, review.period)
    if (
        would_be is not None
        and (was is None or was.digest != would_be.digest)
        and would_be.digest != record.form.digest
    ):
        return would_be
    known = {form.version: form.digest for form in now.versions(review.form)}
    changed = [form for form in rules.versions(review.form) if known.get(form.version) != form.digest]
    return changed[-1] if changed and changed[-1].digest != record.form.digest else None


def _to_try(project: Project, drafts: bool, periods: frozenset[Period]) -> tuple[list[Record], tuple[str, ...], int]:
    """Return the records to try, the files that cannot be scored now, and the number of incomplete drafts."""
    records, found = make_records(project)
    in_error = {item.span.path for item in (*project.problems, *found) if item.is_error}
    names = {str(period) for period in periods}
    faulty = [path for path in project.unread if not periods or path.split("/")[1] in names]
    statuses = {Status.SUBMITTED, Status.PUBLISHED} | ({Status.DRAFT} if drafts else set())
    kept, incomplete = [], 0
    for record in records:
        review = record.review
        if review.status not in statuses or (periods and review.period not in periods):
            continue
        if review.path in in_error:
            faulty.append(review.path)
        elif record.card.grade is not None:
            kept.append(record)
        elif review.status is Status.DRAFT:
            incomplete += 1
        else:
            faulty.append(review.path)
    return kept, tuple(sorted(faulty)), incomplete


def _effect(project: Project, tree: Tree, rules: Rulebook, form: str, records: Sequence[Record]) -> Effect:
    """Return the effect on the reviews of one form."""
    tried, unscored = [], []
    for record in records:
        version = version_to_try(record, project.rules, rules)
        if version is None:
            continue
        again, found = rescore(project, tree, record.review, version, since=record.form)
        reasons = _reasons(again, found)
        if again is None or reasons:
            unscored.append(Unscored(record.review, record.card, version.key, reasons))
        else:
            tried.append(Tried(record.review, record.card, again.card))
    return effect_of(form, tried, unscored, len(records) - len(tried) - len(unscored))


def _reasons(again: Record | None, found: Iterable[Diagnostic]) -> tuple[Reason, ...]:
    """Return the reasons why a version cannot score a review; empty if it can."""
    if again is None:
        return tuple(item for item in found if item.is_error)
    return tuple(_open(again))


def _open(record: Record) -> Iterable[Open]:
    """Yield the reasons why a total or grade is open."""
    for score in record.card.indicators:
        indicator = record.form.indicator(score.id)
        assert indicator is not None
        if score.points is None and not score.not_applicable:
            values = record.metrics.get(score.id, {})
            yield Open(score.id, missing_inputs(indicator, values) if values else ())
    for veto in record.card.vetoes:
        if veto.holds is None:
            yield Open(veto=veto.id)
