"""A manager's team in one period: a ranking within each form, and each member's trend while in this team."""

from __future__ import annotations

from dataclasses import dataclass

from kpigen.base.periods import Period
from kpigen.i18n.messages import mark, messages
from kpigen.repository.records import Record
from kpigen.site.pages.page import Page, team_place
from kpigen.site.pages.ranking import DEPARTMENT, EMPLOYEE_ID, GRADE, NAME, PLACE, TOTAL, Rankings, rankings
from kpigen.site.pages.readers import of_team
from kpigen.site.pages.site import Site
from kpigen.site.pages.table import Table
from kpigen.site.pages.trends import Trend, trends
from kpigen.site.pages.waiting import waiting_table

#: The columns of a team's rankings.
COLUMNS = (PLACE, NAME, EMPLOYEE_ID, DEPARTMENT, TOTAL, GRADE)
#: How many periods before and after the page's own stay visible, and up to how many in total are shown without folding.
_NEAR, _ALL = 6, 13


@dataclass(frozen=True)
class PeriodLink:
    """A period of the team, and the path of its page."""

    period: str
    path: str
    is_current: bool


@dataclass(frozen=True)
class Member:
    """A member's trends over the periods under this manager."""

    id: str
    name: str
    trends: tuple[Trend, ...]


@dataclass(frozen=True)
class TeamView:
    """The content of a team's page. `near_periods` are the ones around its own, or all if there are few."""

    organisation: str
    manager: str
    period: str
    periods: tuple[PeriodLink, ...]
    near_periods: tuple[PeriodLink, ...]
    waiting: Table | None
    rankings: Rankings
    members: tuple[Member, ...]


def team_pages(site: Site, manager: str, period: Period, records: tuple[Record, ...]) -> list[Page]:
    """Return a team's page in every language."""
    history = _history(site, manager, records, period)
    pages = []
    for language in site.languages.codes:
        view = _view(site, manager, period, records, history, language)
        pages.append(
            site.page(
                team_place(manager, period),
                language,
                readers=of_team(manager),
                template="team.html",
                title=messages(language).gettext(mark("Team")) + f" · {view.manager} · {view.period}",
                view=view,
                records=(*records, *(item for items in history.values() for item in items if item not in records)),
            )
        )
    return pages


def _history(site: Site, manager: str, records: tuple[Record, ...], period: Period) -> dict[str, tuple[Record, ...]]:
    """Return each member's published records up to this period, only those under this manager."""
    members = dict.fromkeys(record.review.employee.id for record in records)
    return {
        id_: tuple(
            item
            for item in site.by_person[id_]
            if item.manager == manager and item.is_published and item.review.period.sort_key <= period.sort_key
        )
        for id_ in members
    }


def _view(
    site: Site,
    manager: str,
    period: Period,
    records: tuple[Record, ...],
    history: dict[str, tuple[Record, ...]],
    language: str,
) -> TeamView:
    published = tuple(record for record in records if record.is_published)
    periods = _periods(site, manager, period, language)
    return TeamView(
        organisation=site.config.organisation.in_(language),
        manager=site.name_of(manager, period),
        period=messages(language).period(period),
        periods=periods,
        near_periods=_near(periods),
        waiting=waiting_table(site, records, language),
        rankings=rankings(site, published, COLUMNS, language),
        members=tuple(
            Member(id=id_, name=items[-1].review.employee.name, trends=trends(items, language))
            for id_, items in history.items()
            if len(items) > 1
        ),
    )


def _periods(site: Site, manager: str, period: Period, language: str) -> tuple[PeriodLink, ...]:
    teams = sorted((other for id_, other in site.by_team if id_ == manager), key=lambda item: item.sort_key)
    return tuple(
        PeriodLink(period=str(item), path=site.path(team_place(manager, item), language), is_current=item == period)
        for item in teams
    )


def _near(periods: tuple[PeriodLink, ...]) -> tuple[PeriodLink, ...]:
    if len(periods) <= _ALL:
        return periods
    place = next(number for number, item in enumerate(periods) if item.is_current)
    return periods[max(place - _NEAR, 0) : place + _NEAR + 1]
