"""The report of a record in a language, part by part: the common source of its page and its PDF.

`report_of` makes it once. A page adds neighbours and links (`ReportPage`); `paper_layout` lays it out on paper.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from markupsafe import Markup

from kpigen.base.markdown import Titled, render, render_inline, render_titled
from kpigen.base.periods import parse_date
from kpigen.i18n.messages import Messages, mark, messages
from kpigen.i18n.words import CYCLES, FEEDBACK, HEAD, ROLES, STATUS
from kpigen.model.forms import Form, Outcome, Veto
from kpigen.model.reviews import Amendment, Status
from kpigen.model.scores import Scorecard
from kpigen.numbers.notation import Notation
from kpigen.numbers.quantities import round_half_up, with_minus
from kpigen.repository.records import Record
from kpigen.scoring.explain import names_of_form
from kpigen.scoring.wording import RuleWording
from kpigen.site.pages.amendments import AmendmentView, amendment_view, result_before, total_in_words
from kpigen.site.pages.card import BonusView, RowView, SectionView, bonus_of, card_foots, card_weight, sections_of
from kpigen.site.pages.outlook import AdviceView, advice_of
from kpigen.site.pages.page import Page, period_folder, person_folder
from kpigen.site.pages.reply import ReplyView, reply_of
from kpigen.site.pages.results import ResultLine, results_of
from kpigen.site.pages.site import Site
from kpigen.site.pages.statistics import scale_of
from kpigen.site.pages.working import SpokenSteps, working_of


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
    """A veto that applies: its name, its text, the best grade that it allows (empty: any), what it sets the total to."""

    name: str
    text: str
    grade: str
    total: str


@dataclass(frozen=True)
class OpenVetoView:
    """A veto that nobody can decide yet: its name, and what it lacks. It keeps the grade open."""

    name: str
    why: str


@dataclass(frozen=True)
class AmendedView:
    """The date of the last amendment, and the last earlier result that differs (None: no amendment changed it)."""

    date: str
    before: str | None


@dataclass(frozen=True)
class ResultView:
    """The result. None means: `total` is open, there is no `grade`, the form has no `bonus` items, or no sum before them.

    `bonus_on_paper` has its sign.
    `of` are the full marks where they are not 100; `working` says how a total came about that is no sum. `more` is what follows
    from the total, without the results of a section. `outcome` is the form's text about the grade; `notes` are the other
    outcomes of the grade.
    """

    label: str
    total: str | None
    of: str
    grade: str | None
    base: str | None
    bonus: str | None
    bonus_on_paper: str | None
    working: SpokenSteps
    more: tuple[ResultLine, ...]
    to_next: NextGrade | None
    bands: tuple[BandView, ...]
    vetoes: tuple[VetoView, ...]
    open_vetoes: tuple[OpenVetoView, ...]
    outcome: str
    notes: tuple[str, ...]
    amended: AmendedView | None


@dataclass(frozen=True)
class CardView:
    """The indicators by section, and the bonus items. `cycle` is the cycle of the form.

    `results` are those of sections. On paper, `weight` stands below the weights of all rows, `foots` below each column of the
    last section.
    """

    sections: tuple[SectionView, ...]
    bonus: tuple[BonusView, ...]
    cycle: str
    results: tuple[ResultLine, ...]
    weight: str
    foots: tuple[str, ...]

    @property
    def rows(self) -> tuple[RowView, ...]:
        """All indicators in order, without those that this person's plan does not have."""
        return tuple(row for section in self.sections for row in section.rows if not row.is_left_out)

    def results_of(self, section: str) -> tuple[ResultLine, ...]:
        """The results that stand at the foot of a section."""
        return tuple(item for item in self.results if item.section == section)


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
    names = names_of_form(record.titled, language, words.gettext)
    results = results_of(record.card, names, words)
    card = CardView(
        sections=sections_of(record, words),
        bonus=bonus_of(record, words),
        cycle=words.gettext(CYCLES[review.period.cycle.value]),
        results=tuple(item for item in results if item.section),
        weight=card_weight(form, words),
        foots=card_foots(record, words),
    )
    return Report(
        language=language,
        organisation=setting.organisation,
        head=_head(record, setting.manager, words),
        status=_status(record, words),
        result=_result(record, tuple(item for item in results if not item.section), names, words),
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
    if scale_of(record.form) != scale_of(previous.form):
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


def _result(record: Record, more: tuple[ResultLine, ...], names: Mapping[str, str], words: Messages) -> ResultView:
    form, card = record.form, record.card
    outcome = form.outcomes.get(card.grade or "")
    bonus = sum((item.points for item in card.bonus), Fraction(0))
    return ResultView(
        label=form.print.total.in_(words.language) if form.print.total else words.gettext(mark("Total")),
        total=_total(card, words),
        of="" if form.full is None or form.full == _USUAL else words.number(form.full),
        grade=card.grade,
        base=None if form.total else words.points(card.base, form.notation),
        bonus=words.points(bonus, form.notation) if card.bonus else None,
        bonus_on_paper=_with_sign(bonus, form.notation, words) if card.bonus else None,
        working=working_of(card.steps, names, card.form.notation, words),
        more=more,
        to_next=_to_next(card, words),
        bands=_bands(form, card.grade, words),
        vetoes=tuple(_veto(veto, names, words) for veto in card.held),
        open_vetoes=tuple(_open_vetoes(card, names, words)),
        outcome=outcome.text.in_(words.language) if outcome and outcome.text else "",
        notes=outcome_notes(outcome, words),
        amended=_amended(record, words),
    )


#: The full marks that need no mention.
_USUAL = 100


def _total(card: Scorecard, words: Messages) -> str | None:
    return None if card.total is None else words.points(card.total, card.form.notation)


def _with_sign(bonus: Fraction, notation: Notation, words: Messages) -> str:
    """Write a bonus with its sign; zero has one too, unless the form's points have signs."""
    return words.points(bonus, notation) if bonus < 0 or notation.signed else f"+{words.points(bonus, notation)}"


def _veto(veto: Veto, names: Mapping[str, str], words: Messages) -> VetoView:
    return VetoView(
        name=veto.name.in_(words.language),
        text=veto.text.in_(words.language) if veto.text else "",
        grade=veto.grade,
        total="" if veto.total is None else words.durations(RuleWording(names, words.gettext).formula(veto.total)),
    )


def _open_vetoes(card: Scorecard, names: Mapping[str, str], words: Messages) -> Iterator[OpenVetoView]:
    """Yield the vetoes that alone keep the grade open, with what they lack. While the total is open, everything does."""
    for veto, result in zip(card.form.vetoes, card.vetoes, strict=True):
        if card.total is not None and result.holds is None and result.lacks:
            why = words.gettext(mark("; ")).join(_lack(name, card, names, words) for name in result.lacks)
            yield OpenVetoView(veto.name.in_(words.language), why)


def _lack(name: str, card: Scorecard, names: Mapping[str, str], words: Messages) -> str:
    row = next((item for item in card.indicators if item.id == name.partition(".")[0]), None)
    missing = mark("“{name}” does not apply") if row and row.not_applicable else mark("“{name}” has no value")
    return words.gettext(missing).format(name=names.get(name, name))


def _to_next(card: Scorecard, words: Messages) -> NextGrade | None:
    """Return the next better grade that the vetoes allow, and the points missing to it.

    None if there is none, or if more points would not change a total that a veto sets.
    """
    order = [grade.name for grade in card.form.grades]
    if card.total is None or not card.grade or any(veto.total is not None for veto in card.held):
        return None
    capped = [veto.grade for veto in card.held if veto.grade]
    best = max(capped, key=order.index, default=order[0])
    above = [
        NextGrade(grade.name, _missing(grade.least - card.total, card.form.notation))
        for grade in card.form.grades[order.index(best) : order.index(card.grade)]
        if grade.least is not None and grade.least > card.total
    ]
    return above[-1] if above else None


def _missing(points: Fraction, notation: Notation) -> str:
    return with_minus(notation.bare(round_half_up(points, notation.decimals)))


def _bands(form: Form, reached: str | None, words: Messages) -> tuple[BandView, ...]:
    return tuple(
        BandView(grade.name, totals, grade.name == reached)
        for grade, totals in zip(form.grades, bands_of(form, words), strict=True)
    )


def bands_of(form: Form, words: Messages) -> tuple[str, ...]:
    """Return the range of totals of each grade: from its own minimum up, the last one below the minimum before it."""
    bounds = [grade.least for grade in form.grades]
    ranges = ["" if least is None else f"≥ {words.number(least)}" for least in bounds]
    if len(bounds) > 1 and bounds[-2] is not None:
        ranges[-1] = f"< {words.number(bounds[-2])}"
    return tuple(ranges)


def _amended(record: Record, words: Messages) -> AmendedView | None:
    amendments, published = record.review.amendments, record.review.published
    if not amendments:
        return None
    before = result_before(amendments, published.total, published.grade) if published else None
    was = None
    if before:
        total = total_in_words(before.total, record.form, words)
        was = f"{total}\u00a0{before.grade}" if before.grade else total
    return AmendedView(_date(amendments[-1].date, words), was)


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
