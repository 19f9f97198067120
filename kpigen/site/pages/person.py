"""A person's page: all their reports, the total over time. For the employee, HR and auditors."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from markupsafe import Markup

from kpigen.i18n.messages import Messages, mark, messages
from kpigen.i18n.words import STATUS
from kpigen.model.reviews import Status
from kpigen.repository.records import Record
from kpigen.site.pages.charts import TrendPoint, sparkline, trend
from kpigen.site.pages.page import Page, period_folder, person_folder
from kpigen.site.pages.readers import of_person
from kpigen.site.pages.site import Site


@dataclass(frozen=True)
class ReportLine:
    """One report in a list of reports."""

    period: str
    form: str
    path: str
    pdf: str
    status: str
    status_says: str
    total: str
    grade: str
    change: str
    department: str
    position: str
    manager: str


@dataclass(frozen=True)
class Cell:
    """A cell of a heat table: the points as printed, and how much of the weight they are in steps of a quarter, 0 to 4."""

    says: str
    heat: str


@dataclass(frozen=True)
class Trend:
    """The published totals of one form over time, with points by section and by indicator."""

    form: str
    chart: Markup
    periods: tuple[str, ...]
    totals: tuple[str, ...]
    grades: tuple[str, ...]
    sections: tuple[tuple[str, str, tuple[str, ...]], ...]
    multiples: tuple[tuple[str, str, Markup], ...]
    indicators: tuple[tuple[str, tuple[Cell, ...]], ...]


@dataclass(frozen=True)
class PersonView:
    """What stands on a person's page."""

    organisation: str
    id: str
    name: str
    department: str
    position: str
    reports: tuple[ReportLine, ...]
    trends: tuple[Trend, ...]


def person_pages(site: Site, id_: str, records: tuple[Record, ...]) -> list[Page]:
    """Return a person's page in every language."""
    folder = person_folder(id_)
    translations = site.languages.paths(folder, "index.html")
    pages = []
    for language in site.languages.codes:
        view = _view(site, id_, records, language)
        title = messages(language).gettext(mark("Reports")) + f" · {view.name}"
        pages.append(
            Page(
                translations[language],
                folder,
                of_person(id_),
                "person.html",
                language,
                title,
                view,
                records,
                translations,
            )
        )
    return pages


def _view(site: Site, id_: str, records: tuple[Record, ...], language: str) -> PersonView:
    latest = records[-1].review.employee
    lines = tuple(report_line(site, record, language) for record in reversed(records))
    return PersonView(
        site.config.organisation.in_(language),
        id_,
        latest.name,
        latest.department,
        latest.position,
        lines,
        trends(records, language),
    )


def report_line(site: Site, record: Record, language: str) -> ReportLine:
    """Return a report as a line of a list; a withdrawn one without its numbers."""
    words, review = messages(language), record.review
    withdrawn = review.status is Status.WITHDRAWN
    previous = None if withdrawn else site.neighbour(record, -1)
    change = ""
    if (
        previous is not None
        and previous.is_published
        and previous.card.total is not None
        and record.card.total is not None
    ):
        difference = record.card.total - previous.card.total
        change = words.change(difference)
    folder = period_folder(review.employee.id, review.period)
    return ReportLine(
        str(review.period),
        record.form.title.in_(language),
        site.languages.path(folder, f"{review.form}.html", language),
        f"{folder}{review.form}.pdf" if site.pdfs and not withdrawn else "",
        review.status.value,
        words.gettext(STATUS[review.status.value]),
        "" if withdrawn or record.card.total is None else words.points(record.card.total),
        "" if withdrawn else record.card.grade or "",
        change,
        review.employee.department,
        review.employee.position,
        site.name_of(record.manager, review.period),
    )


def trends(records: tuple[Record, ...], language: str) -> tuple[Trend, ...]:
    """Return the published totals by form and kind of period, oldest first; a form with one report has no trend."""
    words = messages(language)
    groups: dict[tuple[str, str], list[Record]] = {}
    for record in records:
        if record.is_published and record.card.total is not None:
            groups.setdefault((record.form.id, record.review.period.cycle.value), []).append(record)
    result = []
    for group in groups.values():
        if len(group) < 2:
            continue
        form = group[-1].form
        sections, multiples = [], []
        for section in form.sections:
            ids = [item.id for item in section.indicators]
            sums = [
                sum(
                    (item.points for item in record.card.indicators if item.id in ids and item.points is not None),
                    Fraction(0),
                )
                for record in group
            ]
            name = section.name.in_(language) if section.name else ""
            printed = tuple(words.points(points) for points in sums)
            sections.append((name, words.number(section.weight), printed))
            most = max([section.weight, *sums])
            told = f"{name}{words.gettext(mark(': '))}{', '.join(printed)}"
            multiples.append((name, f"{printed[-1]} / {words.number(section.weight)}", sparkline(sums, most, told)))
        indicators = []
        for indicator in form.indicators:
            cells = tuple(_cell(record, indicator.id, words) for record in group)
            indicators.append((indicator.name.in_(language), cells))
        result.append(
            Trend(
                form.title.in_(language),
                _chart(group, words),
                tuple(str(record.review.period) for record in group),
                tuple(words.points(record.card.total) for record in group if record.card.total is not None),
                tuple(record.card.grade or "" for record in group),
                tuple(sections) if len(sections) > 1 else (),
                tuple(multiples) if len(multiples) > 1 else (),
                tuple(indicators),
            )
        )
    return tuple(result)


def _chart(group: list[Record], words: Messages) -> Markup:
    """Return the totals of one form over time above the bands of its grades."""
    points = [TrendPoint(str(record.review.period), record.card.total, record.card.grade or "") for record in group]
    told = ", ".join(
        f"{point.period} {words.points(point.total)} {point.grade}" for point in points if point.total is not None
    )
    title = words.gettext(mark("Total over time"))
    return trend(points, group[-1].form.grades, f"{title}{words.gettext(mark(': '))}{told}")


def _cell(record: Record, indicator: str, words: Messages) -> Cell:
    """Return an indicator's points in one report; a dash where there are none."""
    result = next((item for item in record.card.indicators if item.id == indicator), None)
    if result is None or result.points is None:
        return Cell("–", "")
    share = min(max(result.points / result.weight, Fraction(0)), Fraction(1)) if result.weight else Fraction(1)
    return Cell(words.points(result.points), str(int(share * 4)))
