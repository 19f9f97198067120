"""The report: one review's page, and the same for its PDF."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from markupsafe import Markup

from kpigen.base.markdown import render, render_inline
from kpigen.base.periods import parse_date
from kpigen.i18n.messages import Messages, mark, messages
from kpigen.i18n.words import CYCLES, FEEDBACK, HEAD, ROLES, STATUS
from kpigen.model.forms import Form, Outcome
from kpigen.model.reviews import Status
from kpigen.numbers.quantities import round_half_up
from kpigen.repository.records import Record
from kpigen.site.pages.amendments import AmendmentView, amendment_view, result_before
from kpigen.site.pages.card import BonusView, EvidenceView, SectionView, bonus_of, sections_of
from kpigen.site.pages.feedback import NO_FEEDBACK, Feedback, feedback_of
from kpigen.site.pages.outlook import StepView
from kpigen.site.pages.page import Page, period_folder, person_folder
from kpigen.site.pages.site import Site


@dataclass(frozen=True)
class EntryView:
    """A confirmation: role and name, its date, whether it is of the content as it stands, whether it came after publication."""

    role: str
    name: str
    date: str
    current: bool
    late: bool


@dataclass(frozen=True)
class ObjectionView:
    """An objection with its answer."""

    role: str
    date: str
    text: Markup
    resolution: Markup
    resolved: str
    current: bool
    late: bool


@dataclass(frozen=True)
class SignatureView:
    """A box of the signature block: its label, who confirmed and when, or the narrative."""

    label: str
    name: str
    date: str
    is_narrative: bool


@dataclass(frozen=True)
class Surroundings:
    """What a report shows that follows neither from its review nor from its rules; a paper has the first two only."""

    organisation: str
    manager: str
    change: str = ""
    previous: tuple[str, str, str] | None = None
    next: tuple[str, str, str] | None = None
    form_path: str = ""
    person_path: str = ""
    pdf: str = ""
    json: str = ""
    feedback: Feedback = NO_FEEDBACK


@dataclass(frozen=True)
class ReportView:
    """Everything that stands on a report."""

    organisation: str
    form_title: str
    form_key: str
    form_path: str
    form_notes: tuple[str, ...]
    head: tuple[tuple[str, str], ...]
    name: str
    employee_id: str
    department: str
    position: str
    manager: str
    period: str
    cycle: str
    status: str
    status_says: str
    total: str
    grade: str
    base: str
    change: str
    previous: tuple[str, str, str] | None
    next: tuple[str, str, str] | None
    to_next: tuple[str, str] | None
    grades: tuple[tuple[str, str], ...]
    sections: tuple[SectionView, ...]
    bonus: tuple[BonusView, ...]
    bonus_total: str
    vetoes: tuple[tuple[str, str, str], ...]
    outcome: str
    outcome_notes: tuple[str, ...]
    feedback: tuple[tuple[str, Markup], ...]
    body: Markup
    self_total: str
    self_grade: str
    self_comment: Markup
    has_self: bool
    evidence: tuple[tuple[str, EvidenceView], ...]
    confirmations: tuple[EntryView, ...]
    awaited: tuple[str, ...]
    objections: tuple[ObjectionView, ...]
    amendments: tuple[AmendmentView, ...]
    result_before: tuple[str, str] | None
    signatures: tuple[SignatureView, ...]
    landscape: bool
    total_label: str
    number: str
    digest: str
    rules_digest: str
    seal: str
    date: str
    submitted_on: str
    published_on: str
    file: str
    person_path: str
    pdf: str
    json: str
    answer: Feedback
    best: tuple[StepView, ...]


def report_pages(site: Site, record: Record) -> list[Page]:
    """Return a report's page in every language, or for a withdrawn review the pages that say so."""
    review = record.review
    folder, readers = period_folder(review.employee.id, review.period), site.readers(record)
    translations = site.languages.paths(folder, f"{review.form}.html")
    template = "withdrawn.html" if review.status is Status.WITHDRAWN else "report.html"
    neighbours = tuple(item for item in (site.neighbour(record, -1), site.neighbour(record, 1)) if item)
    pages = []
    for language in site.languages.codes:
        view = report_view(record, surroundings(site, record, language), language)
        title = f"{view.form_title} · {view.period}"
        pages.append(
            Page(
                translations[language],
                folder,
                readers,
                template,
                language,
                title,
                view,
                (record, *neighbours),
                translations,
            )
        )
    return pages


def paper_surroundings(site: Site, record: Record, language: str) -> Surroundings:
    """Return what a printed report shows beyond its review and rules."""
    manager = site.name_of(record.manager, record.review.period)
    return Surroundings(site.config.organisation.in_(language), manager)


def surroundings(site: Site, record: Record, language: str) -> Surroundings:
    """Return what a report's page shows beyond its review and rules: its neighbours, and what it links to."""
    review, form = record.review, record.form
    previous, following = site.neighbour(record, -1), site.neighbour(record, 1)
    change = _change(record, previous)
    folder = period_folder(review.employee.id, review.period)
    return replace(
        paper_surroundings(site, record, language),
        change="" if change is None else messages(language).change(change),
        previous=_neighbour(site, previous, language),
        next=_neighbour(site, following, language),
        form_path=site.languages.path("forms/", f"{form.id}/{form.version}.html", language),
        person_path=site.languages.path(person_folder(review.employee.id), "index.html", language),
        pdf=f"{folder}{review.form}.pdf" if site.pdfs else "",
        json=f"{folder}{review.form}.json",
        feedback=feedback_of(record, site.config, messages(language)),
    )


def report_view(record: Record, around: Surroundings, language: str) -> ReportView:
    """Return what stands on a report in a language."""
    words, review, form, card = messages(language), record.review, record.form, record.card
    published = review.published
    sections = sections_of(record, words)
    awaited = [
        role
        for role in form.confirmations
        if role not in {item.role for item in review.confirmations if item.of == record.number}
    ]
    return ReportView(
        organisation=around.organisation,
        form_title=form.title.in_(language),
        form_key=form.key,
        form_path=around.form_path,
        form_notes=tuple(note.in_(language) for note in form.notes),
        head=_head(form, record, around.manager, words),
        name=review.employee.name,
        employee_id=review.employee.id,
        department=review.employee.department,
        position=review.employee.position,
        manager=around.manager,
        period=words.period(review.period),
        cycle=words.gettext(CYCLES[review.period.cycle.value]),
        status=review.status.value,
        status_says=words.gettext(STATUS[review.status.value]),
        total="" if card.total is None else words.points(card.total),
        grade=card.grade or "",
        base=words.points(card.base),
        change=around.change,
        previous=around.previous,
        next=around.next,
        to_next=_to_next(form, card.total, words),
        grades=tuple((grade, words.number(least)) for grade, least in form.grades),
        sections=sections,
        bonus=bonus_of(record, words),
        bonus_total=words.points(sum((item.points for item in card.bonus), Fraction(0))),
        vetoes=tuple(
            (veto.name.in_(language), veto.text.in_(language) if veto.text else "", veto.grade)
            for veto, result in zip(form.vetoes, card.vetoes, strict=True)
            if result.holds
        ),
        outcome=_outcome(form, card.grade, language),
        outcome_notes=outcome_notes(form.outcomes.get(card.grade or ""), words),
        feedback=tuple(
            (words.gettext(FEEDBACK[key]), render(review.feedback[key], 4))
            for key in FEEDBACK
            if key in review.feedback
        ),
        body=render(review.body, 3),
        self_total=""
        if record.self_card is None or record.self_card.total is None
        else words.points(record.self_card.total),
        self_grade="" if record.self_card is None else record.self_card.grade or "",
        self_comment=render_inline(review.self_assessment.comment) if review.self_assessment else Markup(""),
        has_self=record.self_card is not None,
        evidence=tuple((row.name, item) for section in sections for row in section.rows for item in row.evidence),
        confirmations=tuple(
            EntryView(
                words.gettext(ROLES[item.role]),
                item.name,
                _date(item.date, words),
                item.of == record.number,
                bool(published and index >= published.confirmations),
            )
            for index, item in enumerate(review.confirmations)
        ),
        awaited=tuple(words.gettext(ROLES[role]) for role in awaited),
        objections=tuple(
            ObjectionView(
                words.gettext(ROLES[item.role]),
                _date(item.date, words),
                render_inline(item.text),
                render_inline(item.resolution),
                _date(item.resolved, words),
                item.of == record.number,
                bool(published and index >= published.objections),
            )
            for index, item in enumerate(review.objections)
        ),
        result_before=result_before(review.amendments, published.total, published.grade) if published else None,
        amendments=tuple(
            amendment_view(item, _date(item.date, words), record.form, words) for item in review.amendments
        ),
        signatures=_signatures(form, record, words),
        landscape=form.print.landscape,
        total_label=form.print.total.in_(language) if form.print.total else words.gettext(mark("Total")),
        number=record.number,
        digest=record.digest,
        rules_digest=form.digest,
        seal=published.seal if published else "",
        date=words.date(review.date),
        submitted_on=_date(review.submitted.on if review.submitted else "", words),
        published_on=_date(published.on if published else "", words),
        file=review.path,
        person_path=around.person_path,
        pdf=around.pdf,
        json=around.json,
        answer=around.feedback,
        best=best_steps(sections),
    )


def best_steps(sections: Iterable[SectionView], most: int = 3) -> tuple[StepView, ...]:
    """Return the next steps that bring most, one of each indicator."""
    first = [row.steps[0] for section in sections for row in section.rows if row.steps]
    return tuple(sorted(first, key=lambda step: -step.points)[:most])


def _change(record: Record, previous: Record | None) -> Fraction | None:
    """Return how much the total has changed since the previous published report."""
    if previous is None or previous.card.total is None or record.card.total is None or not previous.is_published:
        return None
    return record.card.total - previous.card.total


def _neighbour(site: Site, record: Record | None, language: str) -> tuple[str, str, str] | None:
    if record is None:
        return None
    review = record.review
    path = site.languages.path(period_folder(review.employee.id, review.period), f"{review.form}.html", language)
    return str(review.period), path, record.card.grade or ""


def _to_next(form: Form, total: Fraction | None, words: Messages) -> tuple[str, str] | None:
    """Return the next grade and how many points are missing to it."""
    if total is None:
        return None
    above = [(grade, least) for grade, least in form.grades if least > total]
    if not above:
        return None
    grade, least = above[-1]
    return grade, words.points(round_half_up(least - total, 2))


def _head(form: Form, record: Record, manager: str, words: Messages) -> tuple[tuple[str, str], ...]:
    employee = record.review.employee
    values: Mapping[str, str] = {
        "name": employee.name,
        "id": employee.id,
        "department": employee.department,
        "position": employee.position,
        "period": words.period(record.review.period),
        "manager": manager,
    }
    shown = list(form.print.head) + [key for key in ("name", "id", "period") if key not in form.print.head]
    return tuple((words.gettext(HEAD[key]), values[key]) for key in shown if values[key])


def _outcome(form: Form, grade: str | None, language: str) -> str:
    outcome = form.outcomes.get(grade or "")
    return outcome.text.in_(language) if outcome and outcome.text else ""


def outcome_notes(outcome: Outcome | None, words: Messages) -> tuple[str, ...]:
    """Return what a grade leads to besides its text: honour roll, improvement plan, bonus coefficient."""
    notes = []
    if outcome and outcome.honour_roll:
        notes.append(words.gettext(mark("On the honour roll")))
    if outcome and outcome.improvement_plan:
        notes.append(words.gettext(mark("An improvement plan is required")))
    if outcome and outcome.coefficient is not None:
        notes.append(words.gettext(mark("Bonus coefficient {value}")).format(value=words.number(outcome.coefficient)))
    return tuple(notes)


def _signatures(form: Form, record: Record, words: Messages) -> tuple[SignatureView, ...]:
    boxes = []
    for box in form.print.signatures:
        entry = next(
            (
                item
                for item in reversed(record.review.confirmations)
                if item.role == box.role and item.of == record.number
            ),
            None,
        )
        boxes.append(
            SignatureView(
                box.name.in_(words.language),
                entry.name if entry else "",
                _date(entry.date, words) if entry else "",
                box.show == "narrative",
            )
        )
    return tuple(boxes)


def _date(text: str, words: Messages) -> str:
    date = parse_date(text) if text else None
    return words.date(date) if date else ""
