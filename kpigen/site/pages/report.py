"""The report of a record in a language, part by part: the common source of its page and its PDF.

`report_of` makes it once. A page adds neighbours and links (`ReportPage`); `paper_layout` lays it out on paper.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from markupsafe import Markup

from kpigen.base.markdown import Titled, render, render_inline, render_titled
from kpigen.base.periods import parse_date
from kpigen.i18n.messages import Messages, mark, messages
from kpigen.i18n.words import CYCLES, FEEDBACK, HEAD, ROLES, STATUS
from kpigen.model.forms import Form, Outcome
from kpigen.model.reviews import Amendment, Status
from kpigen.model.scores import Scorecard
from kpigen.numbers.quantities import round_half_up, with_minus
from kpigen.repository.records import Record
from kpigen.site.pages.amendments import AmendmentView, amendment_view, result_before
from kpigen.site.pages.card import BonusView, RowView, SectionView, bonus_of, sections_of
from kpigen.site.pages.outlook import AdviceView, advice_of
from kpigen.site.pages.page import Page, period_folder, person_folder
from kpigen.site.pages.reply import ReplyView, reply_of
from kpigen.site.pages.site import Site


@dataclass(frozen=True)
class Labelled:
    """A short text with its label."""

    label: str
    text: str


@dataclass(frozen=True)
class LabelledMarkup:
    """A longer text as HTML, with its label."""

    label: str
    text: Markup


@dataclass(frozen=True)
class HeadView:
    """The person, form and period of a report. `fields` are the ones that the form's paper shows."""

    form: str
    name: str
    employee_id: str
    department: str
    position: str
    manager: str
    period: str
    fields: tuple[Labelled, ...]


@dataclass(frozen=True)
class StatusView:
    """The status of a review: as written in files, in words, and since when."""

    value: str
    says: str
    submitted_on: str | None
    published_on: str | None

    @property
    def is_published(self) -> bool:
        """True if the review is published. Other reports must say at once that they are not."""
        return self.value == Status.PUBLISHED.value


@dataclass(frozen=True)
class NextGrade:
    """The next better grade, and the points missing to it."""

    grade: str
    points: str


@dataclass(frozen=True)
class BandView:
    """A grade and its range of totals."""

    grade: str
    totals: str
    is_reached: bool


@dataclass(frozen=True)
class VetoView:
    """A veto that applies: its name, its text, the best grade that it allows."""

    name: str
    text: str
    grade: str


@dataclass(frozen=True)
class AmendedView:
    """The date of the last amendment, and the last earlier result that differs (None: no amendment changed it)."""

    date: str
    before: str | None


@dataclass(frozen=True)
class ResultView:
    """The result. None means: `total` is open, there is no `grade`, or the form has no `bonus` items.

    `outcome` is the form's text about the grade; `notes` are the other outcomes of the grade.
    """

    label: str
    total: str | None
    grade: str | None
    base: str
    bonus: str | None
    to_next: NextGrade | None
    bands: tuple[BandView, ...]
    vetoes: tuple[VetoView, ...]
    outcome: str
    notes: tuple[str, ...]
    amended: AmendedView | None


@dataclass(frozen=True)
class CardView:
    """The indicators by section, and the bonus items. `cycle` is the cycle of the form."""

    sections: tuple[SectionView, ...]
    bonus: tuple[BonusView, ...]
    cycle: str

    @property
    def rows(self) -> tuple[RowView, ...]:
        """All indicators in order."""
        return tuple(row for section in self.sections for row in section.rows)


@dataclass(frozen=True)
class WordsView:
    """The texts of a review: feedback by kind, and the narrative. One that `is_blank` is that of a draft with headings only."""

    feedback: tuple[LabelledMarkup, ...]
    narrative: Titled
    is_blank: bool


@dataclass(frozen=True)
class SelfView:
    """The self-assessment: its total (None: open), grade and comment, and the indicators that it covers."""

    total: str | None
    grade: str | None
    comment: Markup
    rows: tuple[RowView, ...]


@dataclass(frozen=True)
class ConfirmationView:
    """A confirmation: role, name and date, whether it is of the current content, and whether it came after publication."""

    role: str
    name: str
    date: str
    is_current: bool
    is_late: bool


@dataclass(frozen=True)
class ResolutionView:
    """How an objection was resolved, and when (empty: not recorded)."""

    text: Markup
    date: str


@dataclass(frozen=True)
class ObjectionView:
    """An objection with its resolution (None: not resolved yet)."""

    role: str
    date: str
    text: Markup
    resolution: ResolutionView | None
    is_current: bool
    is_late: bool


@dataclass(frozen=True)
class EntriesView:
    """Everything entered after a review was submitted."""

    confirmations: tuple[ConfirmationView, ...]
    objections: tuple[ObjectionView, ...]
    amendments: tuple[AmendmentView, ...]


@dataclass(frozen=True)
class Signed:
    """Who confirmed, and when."""

    name: str
    date: str


@dataclass(frozen=True)
class SignatureView:
    """A box of the signature block: its label, and either who confirmed (None: nobody yet) or the narrative."""

    label: str
    signed: Signed | None
    is_narrative: bool


@dataclass(frozen=True)
class SourceView:
    """The sources of a report: its content, rules and file, by name and digest. `seal` is None before publication."""

    number: str
    digest: str
    rules: str
    rules_digest: str
    seal: str | None
    file: str
    date: str


@dataclass(frozen=True)
class Report:
    """A report in a language, part by part."""

    language: str
    organisation: str
    head: HeadView
    status: StatusView
    result: ResultView
    card: CardView
    words: WordsView
    own: SelfView | None
    entries: EntriesView
    signatures: tuple[SignatureView, ...]
    notes: tuple[str, ...]
    source: SourceView
    is_landscape: bool


@dataclass(frozen=True)
class ReportSetting:
    """What a report shows beyond its review and rules."""

    organisation: str
    manager: str


@dataclass(frozen=True)
class NeighbourView:
    """The previous or next report: its period and path."""

    period: str
    path: str


@dataclass(frozen=True)
class LinksView:
    """The links of a report's page; None if there is no target."""

    person: str
    form: str
    json: str
    pdf: str | None
    previous: NeighbourView | None
    next: NeighbourView | None


@dataclass(frozen=True)
class ReportPage:
    """A report's page: the report, its links, and the parts that only a page shows.

    `change` is the change of the total since the previous report. `advice` is what would bring most. `reply` is how
    a reader can respond to a submitted report.
    """

    report: Report
    links: LinksView
    change: str | None
    advice: tuple[AdviceView, ...]
    reply: ReplyView | None

    @property
    def organisation(self) -> str:
        """The name of the organisation, which every page shows."""
        return self.report.organisation


@dataclass(frozen=True)
class WithdrawnPage:
    """The page in place of a withdrawn report."""

    organisation: str
    form: str
    name: str
    period: str
    status: StatusView
    amendments: tuple[AmendmentView, ...]
    seal: str | None
    person: str


def report_pages(site: Site, record: Record) -> list[Page]:
    """Return a report's page in every language; for a withdrawn review the pages that say so."""
    review = record.review
    folder, readers = period_folder(review.employee.id, review.period), site.readers(record)
    translations = site.languages.paths(folder, f"{review.form}.html")
    is_withdrawn = review.status is Status.WITHDRAWN
    neighbours = tuple(item for item in (site.neighbour(record, -1), site.neighbour(record, 1)) if item)
    pages = []
    for language in site.languages.codes:
        view = _withdrawn(site, record, language) if is_withdrawn else report_page(site, record, language)
        title = f"{record.form.title.in_(language)} · {messages(language).period(review.period)}"
        pages.append(
            Page(
                translations[language],
                folder,
                readers,
                "withdrawn.html" if is_withdrawn else "report.html",
                language,
                title,
                view,
                (record, *neighbours),
                translations,
            )
        )
    return pages


def setting_of(site: Site, record: Record, language: str) -> ReportSetting:
    """Return what a report shows beyond its review and rules."""
    manager = site.name_of(record.manager, record.review.period)
    return ReportSetting(site.config.organisation.in_(language), manager)


def report_page(site: Site, record: Record, language: str) -> ReportPage:
    """Return the content of a report's page in a language."""
    review, form, words = record.review, record.form, messages(language)
    previous, following = site.neighbour(record, -1), site.neighbour(record, 1)
    folder, change = period_folder(review.employee.id, review.period), _change(record, previous)
    report = report_of(record, setting_of(site, record, language), language)
    links = LinksView(
        person=site.languages.path(person_folder(review.employee.id), "index.html", language),
        form=site.languages.path("forms/", f"{form.id}/{form.version}.html", language),
        json=f"{folder}{review.form}.json",
        pdf=f"{folder}{review.form}.pdf" if site.pdfs else None,
        previous=_neighbour(site, previous, language),
        next=_neighbour(site, following, language),
    )
    return ReportPage(
        report=report,
        links=links,
        change=None if change is None else words.change(change, record.form.notation),
        advice=advice_of(record, words),
        reply=reply_of(record, site.config, words),
    )


def _withdrawn(site: Site, record: Record, language: str) -> WithdrawnPage:
    review, words = record.review, messages(language)
    return WithdrawnPage(
        organisation=site.config.organisation.in_(language),
        form=record.form.title.in_(language),
        name=review.employee.name,
        period=words.period(review.period),
        status=_status(record, words),
        amendments=_amendments(record, words) if review.withdrawal else (),
        seal=review.published.seal if review.published else None,
        person=site.languages.path(person_folder(review.employee.id), "index.html", language),
    )


def report_of(record: Record, setting: ReportSetting, language: str) -> Report:
    """Return a report in a language."""
    words, review, form = messages(language), record.review, record.form
    sections = sections_of(record, words)
    card = CardView(sections, bonus_of(record, words), words.gettext(CYCLES[review.period.cycle.value]))
    return Report(
        language=language,
        organisation=setting.organisation,
        head=_head(record, setting.manager, words),
        status=_status(record, words),
        result=_result(record, words),
        card=card,
        words=_words(record, words),
        own=None if record.self_card is None else _self(record, record.self_card, card.rows, words),
        entries=_entries(record, words),
        signatures=_signatures(record, words),
        notes=tuple(note.in_(language) for note in form.notes),
        source=_source(record, words),
        is_landscape=form.print.landscape,
    )


def outcome_notes(outcome: Outcome | None, words: Messages) -> tuple[str, ...]:
    """Return the outcomes of a grade besides its text: honour roll, improvement plan, bonus coefficient."""
    notes = []
    if outcome and outcome.honour_roll:
        notes.append(words.gettext(mark("On the honour roll")))
    if outcome and outcome.improvement_plan:
        notes.append(words.gettext(mark("An improvement plan is required")))
    if outcome and outcome.coefficient is not None:
        notes.append(words.gettext(mark("Bonus coefficient {value}")).format(value=words.number(outcome.coefficient)))
    return tuple(notes)


def _change(record: Record, previous: Record | None) -> Fraction | None:
    """Return the change of the total since the previous published report; None if there is nothing to compare."""
    if previous is None or previous.card.total is None or record.card.total is None or not previous.is_published:
        return None
    return record.card.total - previous.card.total


def _neighbour(site: Site, record: Record | None, language: str) -> NeighbourView | None:
    if record is None:
        return None
    review = record.review
    path = site.languages.path(period_folder(review.employee.id, review.period), f"{review.form}.html", language)
    return NeighbourView(str(review.period), path)


def _head(record: Record, manager: str, words: Messages) -> HeadView:
    employee, form, period = record.review.employee, record.form, words.period(record.review.period)
    values: Mapping[str, str] = {
        "name": employee.name,
        "id": employee.id,
        "department": employee.department,
        "position": employee.position,
        "period": period,
        "manager": manager,
    }
    shown = list(form.print.head) + [key for key in ("name", "id", "period") if key not in form.print.head]
    return HeadView(
        form=form.title.in_(words.language),
        name=employee.name,
        employee_id=employee.id,
        department=employee.department,
        position=employee.position,
        manager=manager,
        period=period,
        fields=tuple(Labelled(words.gettext(HEAD[key]), values[key]) for key in shown if values[key]),
    )


def _status(record: Record, words: Messages) -> StatusView:
    review = record.review
    return StatusView(
        value=review.status.value,
        says=words.gettext(STATUS[review.status.value]),
        submitted_on=_date(review.submitted.on, words) or None if review.submitted else None,
        published_on=_date(review.published.on, words) or None if review.published else None,
    )


def _result(record: Record, words: Messages) -> ResultView:
    form, card = record.form, record.card
    outcome = form.outcomes.get(card.grade or "")
    bonus = sum((item.points for item in card.bonus), Fraction(0))
    return ResultView(
        label=form.print.total.in_(words.language) if form.print.total else words.gettext(mark("Total")),
        total=_total(card, words),
        grade=card.grade,
        base=words.points(card.base, form.notation),
        bonus=words.points(bonus, form.notation) if card.bonus else None,
        to_next=_to_next(card, words),
        bands=_bands(form, card.grade, words),
        vetoes=tuple(
            VetoView(veto.name.in_(words.language), veto.text.in_(words.language) if veto.text else "", veto.grade)
            for veto in card.held
        ),
        outcome=outcome.text.in_(words.language) if outcome and outcome.text else "",
        notes=outcome_notes(outcome, words),
        amended=_amended(record, words),
    )


def _total(card: Scorecard, words: Messages) -> str | None:
    return None if card.total is None else words.points(card.total, card.form.notation)


def _to_next(card: Scorecard, words: Messages) -> NextGrade | None:
    """Return the next better grade that the vetoes allow, and the points missing to it; None if there is none."""
    order = [grade.name for grade in card.form.grades]
    if card.total is None or card.grade is None:
        return None
    best = max((veto.grade for veto in card.held), key=order.index, default=order[0])
    within = range(order.index(best), order.index(card.grade))
    above = [grade for grade in card.form.grades if order.index(grade.name) in within and grade.least > card.total]
    if not above:
        return None
    notation = card.form.notation
    missing = round_half_up(above[-1].least - card.total, notation.decimals)
    return NextGrade(above[-1].name, with_minus(notation.bare(missing)))


def _bands(form: Form, reached: str | None, words: Messages) -> tuple[BandView, ...]:
    """Return the grades with their ranges of totals: each from its own minimum up, the last one below the previous minimum."""
    grades, last = form.grades, len(form.grades) - 1
    return tuple(
        BandView(
            grade,
            f"< {words.number(grades[place - 1][1])}" if place == last and place else f"≥ {words.number(least)}",
            grade == reached,
        )
        for place, (grade, least) in enumerate(grades)
    )


def _amended(record: Record, words: Messages) -> AmendedView | None:
    amendments, published = record.review.amendments, record.review.published
    if not amendments:
        return None
    before = result_before(amendments, published.total, published.grade) if published else None
    return AmendedView(_date(amendments[-1].date, words), f"{before.total}\u00a0{before.grade}" if before else None)


def _words(record: Record, words: Messages) -> WordsView:
    said, narrative = record.review.feedback, render_titled(record.review.body, 3)
    is_blank = record.review.status is Status.DRAFT and bool(narrative.whole) and not narrative.has_words
    return WordsView(
        tuple(LabelledMarkup(words.gettext(FEEDBACK[key]), render(said[key], 4)) for key in FEEDBACK if key in said),
        Titled(Markup(""), Markup(""), Markup("")) if is_blank else narrative,
        is_blank,
    )


def _self(record: Record, card: Scorecard, rows: Iterable[RowView], words: Messages) -> SelfView:
    own = record.review.self_assessment
    return SelfView(
        total=_total(card, words),
        grade=card.grade,
        comment=render_inline(own.comment) if own else Markup(""),
        rows=tuple(row for row in rows if row.own),
    )


def _entries(record: Record, words: Messages) -> EntriesView:
    review, published = record.review, record.review.published
    return EntriesView(
        confirmations=tuple(
            ConfirmationView(
                role=words.gettext(ROLES[item.role]),
                name=item.name,
                date=_date(item.date, words),
                is_current=item.of == record.number,
                is_late=published is not None and index >= published.confirmations,
            )
            for index, item in enumerate(review.confirmations)
        ),
        objections=tuple(
            ObjectionView(
                role=words.gettext(ROLES[item.role]),
                date=_date(item.date, words),
                text=render_inline(item.text),
                resolution=ResolutionView(render_inline(item.resolution), _date(item.resolved, words))
                if item.resolution
                else None,
                is_current=item.of == record.number,
                is_late=published is not None and index >= published.objections,
            )
            for index, item in enumerate(review.objections)
        ),
        amendments=_amendments(record, words),
    )


def _amendments(record: Record, words: Messages) -> tuple[AmendmentView, ...]:
    def view(item: Amendment) -> AmendmentView:
        return amendment_view(item, _date(item.date, words), record.form, words)

    return tuple(map(view, record.review.amendments))


def _signatures(record: Record, words: Messages) -> tuple[SignatureView, ...]:
    boxes = []
    for box in record.form.print.signatures:
        entries = [item for item in record.review.confirmations if item.role == box.role and item.of == record.number]
        signed = Signed(entries[-1].name, _date(entries[-1].date, words)) if entries else None
        boxes.append(SignatureView(box.name.in_(words.language), signed, box.show == "narrative"))
    return tuple(boxes)


def _source(record: Record, words: Messages) -> SourceView:
    review = record.review
    return SourceView(
        number=record.number,
        digest=record.digest,
        rules=record.form.key,
        rules_digest=record.form.digest,
        seal=review.published.seal if review.published else None,
        file=review.path,
        date=words.date(review.date),
    )


def _date(text: str, words: Messages) -> str:
    """Return a date from a file in words; empty if it is not a date."""
    date = parse_date(text) if text else None
    return words.date(date) if date else ""
