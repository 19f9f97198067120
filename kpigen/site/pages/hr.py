"""HR's pages: the overview over all periods, and one page a period. For HR and auditors."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction

from markupsafe import Markup

from kpigen.base.periods import Period
from kpigen.files.roster import Line
from kpigen.i18n.messages import mark, messages
from kpigen.model.reviews import Status
from kpigen.repository.records import Record
from kpigen.site.pages.charts import ranges
from kpigen.site.pages.page import Page, person_folder, team_folder
from kpigen.site.pages.person import ReportLine, report_line
from kpigen.site.pages.readers import OFFICE
from kpigen.site.pages.site import Site
from kpigen.site.pages.statistics import by_form, mean_total
from kpigen.site.pages.team import FormGroup, form_groups


@dataclass(frozen=True)
class Counts:
    """How many reviews are in each status, and how many are missing; `mean` of the published ones, grade mix."""

    label: str
    path: str
    draft: int
    submitted: int
    published: int
    withdrawn: int
    missing: int
    mean: str
    mix: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Named:
    """A person in a list, with the grade or form that puts them there."""

    id: str
    name: str
    department: str
    says: str
    path: str


@dataclass(frozen=True)
class OverviewView:
    """What stands on HR's overview."""

    organisation: str
    periods: tuple[Counts, ...]
    people: tuple[Named, ...]
    waiting: tuple[ReportLine, ...]
    waiting_names: tuple[str, ...]
    audit_path: str
    search_path: str


@dataclass(frozen=True)
class PeriodView:
    """What stands on HR's page of a period."""

    organisation: str
    period: str
    total: Counts
    departments: tuple[Counts, ...]
    side_by_side: tuple[tuple[str, Markup], ...]
    groups: tuple[FormGroup, ...]
    teams: tuple[tuple[str, str], ...]
    honour_roll: tuple[Named, ...]
    plans: tuple[Named, ...]
    missing: tuple[Named, ...]
    waiting: tuple[ReportLine, ...]
    waiting_names: tuple[str, ...]
    overview_path: str


def hr_pages(site: Site) -> list[Page]:
    """Return HR's overview and its page of every period, in every language."""
    pages = []
    folder = "hr/"
    translations = site.languages.paths(folder, "index.html")
    for language in site.languages.codes:
        words = messages(language)
        pages.append(
            Page(
                translations[language],
                folder,
                OFFICE,
                "hr.html",
                language,
                words.gettext(mark("Human resources")),
                _overview(site, language),
                site.records,
                translations,
            )
        )
        for period, records in sorted(site.by_period.items(), key=lambda item: item[0].sort_key):
            paths = site.languages.paths(folder, f"{period}/index.html")
            title = words.gettext(mark("Human resources")) + f" · {words.period(period)}"
            pages.append(
                Page(
                    paths[language],
                    folder,
                    OFFICE,
                    "hr_period.html",
                    language,
                    title,
                    _period(site, period, records, language),
                    records,
                    paths,
                )
            )
    return pages


def people(site: Site, language: str) -> tuple[Named, ...]:
    """Return everybody who has a report, by id, each with the form of their latest one."""
    return tuple(
        Named(
            id_,
            records[-1].review.employee.name,
            records[-1].review.employee.department,
            records[-1].form.title.in_(language),
            site.languages.path(person_folder(id_), "index.html", language),
        )
        for id_, records in sorted(site.by_person.items())
    )


def missing(site: Site, period: Period) -> tuple[Line, ...]:
    """Return who, by the roster, should have a review of a period and has none, not even a draft.

    Expected is whoever's form is assessed by this kind of period alone, or who has been assessed by it in such a period.
    """
    present = {record.review.employee.id for record in site.by_period.get(period, ())}
    used = {
        (record.review.employee.id, record.form.id)
        for record in site.records
        if record.review.period.cycle is period.cycle
    }
    absent = []
    for id_ in site.roster.by_id:
        line = site.roster.at(id_, period.last_day)
        if line is None or not line.form or id_ in present:
            continue
        form = site.rules.in_force(line.form, period)
        if form and (form.cycles == (period.cycle,) or (period.cycle in form.cycles and (id_, line.form) in used)):
            absent.append(line)
    return tuple(absent)


def _counts(label: str, path: str, records: tuple[Record, ...], absent: int, language: str) -> Counts:
    by_status = Counter(record.review.status for record in records)
    published = tuple(record for record in records if record.is_published)
    mean = mean_total(published)
    grades = Counter(record.card.grade for record in published if record.card.grade)
    return Counts(
        label=label,
        path=path,
        draft=by_status[Status.DRAFT],
        submitted=by_status[Status.SUBMITTED],
        published=by_status[Status.PUBLISHED],
        withdrawn=by_status[Status.WITHDRAWN],
        missing=absent,
        mean="" if mean is None else messages(language).points(mean),
        mix=tuple(sorted(grades.items())),
    )


def _overview(site: Site, language: str) -> OverviewView:
    periods = [
        _counts(
            str(period),
            site.languages.path("hr/", f"{period}/index.html", language),
            records,
            len(missing(site, period)),
            language,
        )
        for period, records in sorted(site.by_period.items(), key=lambda item: item[0].sort_key, reverse=True)
    ]
    waiting = [record for record in site.out if record.review.status is Status.SUBMITTED]
    return OverviewView(
        site.config.organisation.in_(language),
        tuple(periods),
        people(site, language),
        tuple(report_line(site, record, language) for record in waiting),
        tuple(record.review.employee.name for record in waiting),
        site.languages.path("hr/audit/", "index.html", language),
        site.languages.path("hr/", "search.html", language) if site.search else "",
    )


def _period(site: Site, period: Period, records: tuple[Record, ...], language: str) -> PeriodView:
    absent = missing(site, period)
    published = tuple(record for record in records if record.is_published)
    names = sorted({record.review.employee.department for record in records} | {line.department for line in absent})
    departments = [
        _counts(
            name,
            "",
            tuple(r for r in records if r.review.employee.department == name),
            sum(line.department == name for line in absent),
            language,
        )
        for name in names
    ]
    waiting = [record for record in records if record.review.status is Status.SUBMITTED]
    managers = sorted({manager for manager, team_period in site.by_team if team_period == period})
    return PeriodView(
        site.config.organisation.in_(language),
        messages(language).period(period),
        _counts(str(period), "", records, len(absent), language),
        tuple(departments),
        _side_by_side(published, language),
        form_groups(site, published, language),
        tuple(
            (site.name_of(m, period), site.languages.path(team_folder(m, period), "index.html", language))
            for m in managers
        ),
        _with_outcome(site, published, "honour_roll", language),
        _with_outcome(site, published, "improvement_plan", language),
        tuple(
            Named(line.id, line.name, line.department, site.rules.versions(line.form)[-1].title.in_(language), "")
            for line in absent
        ),
        tuple(report_line(site, record, language) for record in waiting),
        tuple(record.review.employee.name for record in waiting),
        site.languages.path("hr/", "index.html", language),
    )


def _side_by_side(published: tuple[Record, ...], language: str) -> tuple[tuple[str, Markup], ...]:
    """Return, for each form that several departments use, their lowest, mean and highest total."""
    words = messages(language)
    found = []
    for records in by_form(published).values():
        rows = []
        for name in sorted({record.review.employee.department for record in records}):
            totals = [
                r.card.total for r in records if r.review.employee.department == name and r.card.total is not None
            ]
            if totals:
                rows.append((name, min(totals), sum(totals, Fraction(0)) / len(totals), max(totals)))
        if len(rows) > 1:
            title = records[-1].form.title.in_(language)
            told = ", ".join(
                f"{name} {words.points(low)} – {words.points(high)}, Ø {words.points(mean)}"
                for name, low, mean, high in rows
            )
            found.append((title, ranges(rows, f"{title}{words.gettext(mark(': '))}{told}")))
    return tuple(found)


def _with_outcome(site: Site, published: tuple[Record, ...], flag: str, language: str) -> tuple[Named, ...]:
    found = []
    for record in published:
        outcome = record.form.outcomes.get(record.card.grade or "")
        if outcome and getattr(outcome, flag):
            line = report_line(site, record, language)
            employee = record.review.employee
            found.append(
                Named(employee.id, employee.name, employee.department, f"{line.total} {line.grade}", line.path)
            )
    return tuple(found)
