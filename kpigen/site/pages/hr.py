"""HR's pages: an overview of all periods, and one page per period. Readers: HR and auditors."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from markupsafe import Markup

from kpigen.base.periods import Period
from kpigen.files.roster import RosterLine
from kpigen.i18n.messages import Messages, mark, messages
from kpigen.model.forms import Outcome, ResultUnit
from kpigen.model.reviews import Employee, Status
from kpigen.numbers.quantities import Unit
from kpigen.repository.quotas import Share, shares_of
from kpigen.repository.readers import OFFICE
from kpigen.repository.records import Record
from kpigen.scoring.explain import result_value
from kpigen.site.pages.charts import ranges
from kpigen.site.pages.page import (
    AUDIT_INDEX,
    HR_OVERVIEW,
    HR_SEARCH,
    Page,
    hr_period_place,
    person_place,
    team_place,
)
from kpigen.site.pages.ranking import DEPARTMENT, EMPLOYEE_ID, GRADE, NAME, PLACE, TOTAL, Rankings, Standing, rankings
from kpigen.site.pages.report_list import report_line
from kpigen.site.pages.site import Site
from kpigen.site.pages.statistics import (
    GradeTally,
    by_form,
    grade_mix,
    have_grades,
    mean_total,
    notation_of,
    ranking,
    totals_of,
)
from kpigen.site.pages.table import Cell, ColumnKind, Heading, Table
from kpigen.site.pages.waiting import waiting_table

#: The columns of HR's rankings.
COLUMNS = (PLACE, NAME, EMPLOYEE_ID, DEPARTMENT, TOTAL, GRADE)


@dataclass(frozen=True)
class Counts:
    """The number of reviews in each status and of missing ones; mean and grade mix of the published ones."""

    label: str
    path: str
    draft: int
    submitted: int
    published: int
    withdrawn: int
    missing: int
    mean: str
    mix: tuple[GradeTally, ...]


@dataclass(frozen=True)
class PersonLine:
    """A person in a list, with the grade or form that is the reason."""

    id: str
    name: str
    department: str
    says: str
    path: str


@dataclass(frozen=True)
class TeamLink:
    """A team: its manager's id and name, and the path of its page."""

    id: str
    manager: str
    path: str


class TotalRange(NamedTuple):
    """The lowest, mean and highest total of a department."""

    department: str
    lowest: Fraction
    mean: Fraction
    highest: Fraction


@dataclass(frozen=True)
class SideBySide:
    """A form that several departments use, with a chart of their totals."""

    title: str
    chart: Markup


@dataclass(frozen=True)
class QuotaView:
    """The quota of a form: each group with more of a grade than is meant, and a word on the others (empty: there are none)."""

    title: str
    exceeded: tuple[str, ...]
    kept: str


@dataclass(frozen=True)
class ResultsView:
    """What follows from the totals of a form, such as pay: a table of everybody, with what only HR may see."""

    title: str
    table: Table


@dataclass(frozen=True)
class OverviewView:
    """HR's overview page."""

    organisation: str
    periods: tuple[Counts, ...]
    people: tuple[PersonLine, ...]
    waiting: Table | None
    audit_path: str
    search_path: str
    has_grades: bool


@dataclass(frozen=True)
class PeriodView:
    """HR's page of a period."""

    organisation: str
    period: str
    total: Counts
    departments: tuple[Counts, ...]
    side_by_side: tuple[SideBySide, ...]
    rankings: Rankings
    results: tuple[ResultsView, ...]
    teams: tuple[TeamLink, ...]
    honour_roll: tuple[PersonLine, ...]
    plans: tuple[PersonLine, ...]
    missing: tuple[PersonLine, ...]
    quotas: tuple[QuotaView, ...]
    waiting: Table | None
    overview_path: str
    has_grades: bool


def hr_pages(site: Site) -> list[Page]:
    """Return HR's overview and the page of each period, in every language."""
    pages = []
    for language in site.languages.codes:
        title = messages(language).gettext(mark("Human resources"))
        pages.append(
            site.page(
                HR_OVERVIEW,
                language,
                readers=OFFICE,
                template="hr.html",
                title=title,
                view=_overview(site, language),
                records=site.records,
            )
        )
        for period, records in sorted(site.by_period.items(), key=lambda item: item[0].sort_key):
            pages.append(
                site.page(
                    hr_period_place(period),
                    language,
                    readers=OFFICE,
                    template="hr_period.html",
                    title=f"{title} · {messages(language).period(period)}",
                    view=_period(site, period, records, language),
                    records=records,
                )
            )
    return pages


def people(site: Site, language: str) -> tuple[PersonLine, ...]:
    """Return everyone who has a report, in order of id, each with the form of the latest one."""
    return tuple(
        _named(
            records[-1].review.employee,
            says=records[-1].form.title.in_(language),
            path=site.path(person_place(id_), language),
        )
        for id_, records in sorted(site.by_person.items())
    )


class MissingReview(NamedTuple):
    """A review that should be there: the roster line of the person, and the form."""

    line: RosterLine
    form: str


def missing(site: Site, period: Period) -> tuple[MissingReview, ...]:
    """Return the reviews that people should have in a period but have not, not even as a draft.

    A review is expected by each of the person's forms that has only this cycle, or by which the person has another review in
    this cycle. A review by a form that the roster does not name stands in for all of them.
    """
    present: dict[str, set[str]] = defaultdict(set)
    for record in site.by_period.get(period, ()):
        present[record.review.employee.id].add(record.form.id)
    used = {
        (record.review.employee.id, record.form.id)
        for record in site.records
        if record.review.period.cycle is period.cycle
    }
    absent = []
    for id_ in site.roster.by_id:
        line = site.roster.at(id_, period.last_day)
        if line is None or not present[id_] <= set(line.forms):
            continue
        for form_id in line.forms:
            form = site.rules.in_force(form_id, period)
            is_expected = form and (
                form.cycles == (period.cycle,) or (period.cycle in form.cycles and (id_, form_id) in used)
            )
            if is_expected and form_id not in present[id_]:
                absent.append(MissingReview(line, form_id))
    return tuple(absent)


def _counts(records: tuple[Record, ...], *, label: str, absent: int, language: str, path: str = "") -> Counts:
    by_status = Counter(record.review.status for record in records)
    published = tuple(record for record in records if record.is_published)
    mean = mean_total(published)
    return Counts(
        label=label,
        path=path,
        draft=by_status[Status.DRAFT],
        submitted=by_status[Status.SUBMITTED],
        published=by_status[Status.PUBLISHED],
        withdrawn=by_status[Status.WITHDRAWN],
        missing=absent,
        mean="" if mean is None else messages(language).points(mean, notation_of(published).of_means),
        mix=grade_mix(published),
    )


def _overview(site: Site, language: str) -> OverviewView:
    newest_first = sorted(site.by_period.items(), key=lambda item: item[0].sort_key, reverse=True)
    return OverviewView(
        organisation=site.config.organisation.in_(language),
        periods=tuple(
            _counts(
                records,
                label=str(period),
                absent=len(missing(site, period)),
                language=language,
                path=site.path(hr_period_place(period), language),
            )
            for period, records in newest_first
        ),
        people=people(site, language),
        waiting=waiting_table(site, _submitted(site.out), language),
        audit_path=site.path(AUDIT_INDEX, language),
        search_path=site.path(HR_SEARCH, language) if site.search else "",
        has_grades=have_grades(site.records),
    )


def _period(site: Site, period: Period, records: tuple[Record, ...], language: str) -> PeriodView:
    absent = missing(site, period)
    published = tuple(record for record in records if record.is_published)
    managers = sorted({manager for manager, team_period in site.by_team if team_period == period})
    return PeriodView(
        organisation=site.config.organisation.in_(language),
        period=messages(language).period(period),
        total=_counts(records, label=str(period), absent=len(absent), language=language),
        departments=_departments(records, absent, language),
        side_by_side=_side_by_side(published, language),
        rankings=rankings(site, published, COLUMNS, language),
        results=_results(site, published, language),
        teams=tuple(
            TeamLink(id=id_, manager=site.name_of(id_, period), path=site.path(team_place(id_, period), language))
            for id_ in managers
        ),
        honour_roll=_with_outcome(site, published, lambda outcome: outcome.honour_roll, language),
        plans=_with_outcome(site, published, lambda outcome: outcome.improvement_plan, language),
        missing=tuple(
            _named(line, says=site.rules.versions(form)[-1].title.in_(language), path="") for line, form in absent
        ),
        quotas=_quotas(site, records, language),
        waiting=waiting_table(site, _submitted(records), language),
        overview_path=site.path(HR_OVERVIEW, language),
        has_grades=have_grades(records),
    )


def _departments(records: tuple[Record, ...], absent: tuple[MissingReview, ...], language: str) -> tuple[Counts, ...]:
    names = {record.review.employee.department for record in records} | {item.line.department for item in absent}
    return tuple(
        _counts(
            tuple(record for record in records if record.review.employee.department == name),
            label=name,
            absent=sum(item.line.department == name for item in absent),
            language=language,
        )
        for name in sorted(names)
    )


def _submitted(records: Iterable[Record]) -> list[Record]:
    return [record for record in records if record.review.status is Status.SUBMITTED]


def _side_by_side(published: tuple[Record, ...], language: str) -> tuple[SideBySide, ...]:
    """Return, for each form that several departments use, the lowest, mean and highest total of each."""
    words = messages(language)
    found = []
    for records in by_form(published):
        rows = _ranges(records)
        if len(rows) > 1:
            title, notation = records[-1].form.title.in_(language), notation_of(records)
            told = ", ".join(
                f"{row.department} {words.points(row.lowest, notation)} – {words.points(row.highest, notation)}, "
                f"Ø {words.points(row.mean, notation.of_means)}"
                for row in rows
            )
            found.append(
                SideBySide(title, ranges(rows, f"{title}{words.gettext(mark(': '))}{told}", totals_of(records)))
            )
    return tuple(found)


def _ranges(records: tuple[Record, ...]) -> list[TotalRange]:
    totals: dict[str, list[Fraction]] = defaultdict(list)
    for record in records:
        if record.card.total is not None:
            totals[record.review.employee.department].append(record.card.total)
    return [
        TotalRange(
            department=name,
            lowest=min(totals[name]),
            mean=sum(totals[name], Fraction(0)) / len(totals[name]),
            highest=max(totals[name]),
        )
        for name in sorted(totals)
    ]


def _quotas(site: Site, records: tuple[Record, ...], language: str) -> tuple[QuotaView, ...]:
    """Return the quotas of the forms of a period, with the groups that exceed them."""
    words = messages(language)
    by_form: dict[str, list[Share]] = defaultdict(list)
    for share in shares_of(records):
        by_form[share.form.id].append(share)
    views = []
    for shares in by_form.values():
        exceeded = tuple(_exceeded(site, share, language) for share in shares if share.is_exceeded)
        kept = mark("The quotas of the other grades and groups are kept.") if exceeded else mark("All quotas are kept.")
        all_exceeded = len(exceeded) == len(shares)
        views.append(
            QuotaView(shares[0].form.title.in_(language), exceeded, "" if all_exceeded else words.gettext(kept))
        )
    return tuple(views)


def _exceeded(site: Site, share: Share, language: str) -> str:
    """Return a line on a group with more of a grade than its quota means."""
    words = messages(language)
    assert share.form.quota is not None
    if share.form.quota.by == "department":
        group = share.group
    elif share.form.quota.by == "all":
        group = words.gettext(mark("All together"))
    elif share.group:
        name = site.name_of(share.group, share.period)
        group = words.gettext(mark("Team of {manager}")).format(
            manager=share.group if name == share.group else f"{name} {share.group}"
        )
    else:
        group = words.gettext(mark("Without a manager"))
    text = mark("{group}: {have} of {people} have the grade {grade}; the quota of {share} means {most} at most")
    return words.gettext(text).format(
        group=group,
        have=share.have,
        people=share.people,
        grade=share.grade,
        share=words.quantity(share.share, Unit.PERCENT),
        most=share.most,
    )


def _results(site: Site, published: tuple[Record, ...], language: str) -> tuple[ResultsView, ...]:
    """Return the results of each form that has any, those that are confidential too: this page is read by HR and auditors."""
    words = messages(language)
    views = []
    for records in by_form(published):
        form = max((record.form for record in records), key=lambda form: (form.starts, form.correction))
        if not form.results:
            continue
        who = (NAME, EMPLOYEE_ID, DEPARTMENT)
        headings = [Heading(words.gettext(column.heading), column.kind) for column in who]
        for result in form.results:
            is_number = result.unit in (ResultUnit.MONEY, ResultUnit.NUMBER, ResultUnit.PERCENT)
            headings.append(Heading(result.name.in_(language), ColumnKind.NUMBER if is_number else ColumnKind.TEXT))
        lines = []
        for standing in (Standing(site, item.place, item.record, words) for item in ranking(records)):
            cells = [column.cell(standing) for column in who]
            cells += [Cell(_result(standing.record, result.id, words)) for result in form.results]
            lines.append(tuple(cells))
        if lines:
            views.append(ResultsView(form.title.in_(language), Table(tuple(headings), tuple(lines))))
    return tuple(views)


def _result(record: Record, id_: str, words: Messages) -> str:
    """Return a result of a review; a dash if its version of the form has none of that id, or if it is open."""
    for result, score in zip(record.form.results, record.card.results, strict=True):
        if result.id == id_:
            return result_value(result, score, record.form.signed, words) or "–"
    return "–"


def _with_outcome(
    site: Site, published: tuple[Record, ...], has: Callable[[Outcome], bool], language: str
) -> tuple[PersonLine, ...]:
    """Return the people whose grade has an outcome of this kind, with total and grade."""
    found = []
    for record in published:
        outcome = record.form.outcomes.get(record.card.grade or "")
        if outcome and has(outcome):
            line = report_line(site, record, language)
            found.append(_named(record.review.employee, says=f"{line.total} {line.grade}".rstrip(), path=line.path))
    return tuple(found)


def _named(person: Employee | RosterLine, says: str, path: str) -> PersonLine:
    return PersonLine(id=person.id, name=person.name, department=person.department, says=says, path=path)
