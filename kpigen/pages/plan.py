"""All pages of a site."""

from __future__ import annotations

from collections.abc import Iterator

from kpigen.pages.forms import form_pages
from kpigen.pages.hr import hr_pages
from kpigen.pages.landing import landing_pages
from kpigen.pages.page import Page
from kpigen.pages.person import person_pages
from kpigen.pages.report import report_pages
from kpigen.pages.search import search_pages
from kpigen.pages.site import Site
from kpigen.pages.team import team_pages


def plan(site: Site) -> Iterator[Page]:
    """Give every page of a site, each with its readers."""
    yield from landing_pages(site)
    yield from form_pages(site)
    for record in site.out:
        yield from report_pages(site, record)
    for id_, records in site.by_person.items():
        yield from person_pages(site, id_, records)
    for (manager, period), records in site.by_team.items():
        yield from team_pages(site, manager, period, records)
    yield from hr_pages(site)
    yield from search_pages(site)
