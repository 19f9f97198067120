"""A manager's team in one period: ranking within each form, and each member's trend while in this team."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from kpigen.base.periods import Period
from kpigen.i18n.messages import mark, messages
from kpigen.repository.records import Record
from kpigen.site.pages.charts import distribution
from kpigen.site.pages.page import Page, period_folder, team_folder
from kpigen.site.pages.person import ReportLine, Trend, report_line, trends
from kpigen.site.pages.readers import of_team
from kpigen.site.pages.site import Site
from kpigen.site.pages.statistics import by_form, grade_mix, losses, mean_total, ranking


@dataclass(frozen=True)
class RankLine:
    """One line of a ranking."""

    place: int
    id: str
    name: str
    department: str
    total: str
    grade: str
    path: str


@dataclass(frozen=True)
class FormGroup:
    """The published reviews of one form: mean, grade mix, ranking, where points are lost."""

    title: str
    form_path: str
    mean: str
    mix: tuple[tuple[str, int], ...]
    chart: Markup
    ranking: tuple[RankLine, ...]
    losses: tuple[tuple[str, str], ...]

    @property
    def is_alone(self) -> bool:
        """Whether there is nothing to rank: a single review."""
        return len(self.ranking) < 2


@dataclass(frozen=True)
class MemberTrend:
    """A member's trends over the periods that were this manager's."""

    id: str
    name: str
    trends: tuple[Trend, ...]


@dataclass(frozen=True)
class TeamView:
    """What stands on a team's page."""

    organisation: str
    manager: str
    manager_id: str
    period: str
    period_says: str
    periods: tuple[tuple[str, str], ...]
    groups: tuple[FormGroup, ...]
    waiting: tuple[ReportLine, ...]
    waiting_names: tuple[str, ...]
    members: tuple[MemberTrend, ...]

    @property
    def period_place(self) -> int:
        """Where the page's own period stands among all of them, from 0."""
        return [period for period, _ in self.periods].index(self.period)


def team_pages(site: Site, manager: str, period: Period, records: tuple[Record, ...]) -> list[Page]:
    """Return a team's page in every language."""
    folder = team_folder(manager, period)
    translations = site.languages.paths(folder, "index.html")
    published = tuple(record for record in records if record.is_published)
    history = _history(site, manager, records, period)
    pages = []
    for language in site.languages.codes:
        view = _view(site, manager, period, records, published, history, language)
        title = messages(language).gettext(mark("Team")) + f" · {view.manager} · {view.period_says}"
        handed = (*records, *(item for _, items in history for item in items if item not in records))
        pages.append(
            Page(
                translations[language],
                folder,
                of_team(manager),
                "team.html",
                language,
                title,
                view,
                handed,
                translations,
            )
        )
    return pages


def _history(
    site: Site, manager: str, records: tuple[Record, ...], period: Period
) -> list[tuple[str, tuple[Record, ...]]]:
    """Return each member's published records up to this period under this manager, and no other."""
    members = dict.fromkeys(record.review.employee.id for record in records)
    return [
        (
            id_,
            tuple(
                item
                for item in site.by_person[id_]
                if item.manager == manager and item.is_published and item.review.period.sort_key <= period.sort_key
            ),
        )
        for id_ in members
    ]


def _view(
    site: Site,
    manager: str,
    period: Period,
    records: tuple[Record, ...],
    published: tuple[Record, ...],
    history: list[tuple[str, tuple[Record, ...]]],
    language: str,
) -> TeamView:
    teams = sorted((p for m, p in site.by_team if m == manager), key=lambda item: item.sort_key)
    waiting = [record for record in records if record.review.status.value in ("submitted", "draft")]
    return TeamView(
        site.config.organisation.in_(language),
        site.name_of(manager, period),
        manager,
        str(period),
        messages(language).period(period),
        tuple((str(item), site.languages.path(team_folder(manager, item), "index.html", language)) for item in teams),
        form_groups(site, published, language),
        tuple(report_line(site, record, language) for record in waiting),
        tuple(record.review.employee.name for record in waiting),
        tuple(
            MemberTrend(id_, items[-1].review.employee.name, trends(items, language))
            for id_, items in history
            if len(items) > 1
        ),
    )


def form_groups(site: Site, published: tuple[Record, ...], language: str) -> tuple[FormGroup, ...]:
    """Return figures and ranking of published reviews, form by form."""
    words = messages(language)
    groups = []
    for form_id, records in by_form(published).items():
        form = records[-1].form
        mean = mean_total(records)
        names = {indicator.id: indicator.name.in_(language) for indicator in form.indicators}
        lost = [
            (names.get(loss.indicator, loss.indicator), words.number(loss.share * 100, 1))
            for loss in losses(records)
            if loss.share > 0
        ][:5]
        mix = grade_mix(records, form)
        told = ", ".join(f"{grade} {count}" for grade, count in mix)
        label = words.gettext(mark("Distribution of grades")) + words.gettext(mark(": ")) + told
        groups.append(
            FormGroup(
                form.title.in_(language),
                site.languages.path("forms/", f"{form_id}/{form.version}.html", language),
                "" if mean is None else words.points(mean),
                mix,
                distribution(mix, label),
                tuple(rank_line(site, item.place, item.record, language) for item in ranking(records)),
                tuple(lost),
            )
        )
    return tuple(groups)


def rank_line(site: Site, place: int, record: Record, language: str) -> RankLine:
    """Return one line of a ranking."""
    review, words = record.review, messages(language)
    assert record.card.total is not None
    path = site.languages.path(period_folder(review.employee.id, review.period), f"{review.form}.html", language)
    return RankLine(
        place,
        review.employee.id,
        review.employee.name,
        review.employee.department,
        words.points(record.card.total),
        record.card.grade or "",
        path,
    )
