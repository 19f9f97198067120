"""All pages of a site."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from kpigen.repository.readers import OFFICE, PUBLIC, Readers, of_person, of_team
from kpigen.repository.records import Record
from kpigen.site.pages.forms import form_pages
from kpigen.site.pages.hr import hr_pages
from kpigen.site.pages.landing import landing_pages
from kpigen.site.pages.page import FORMS, HR, ROOT, Page, period_folder, person_folder, team_folder
from kpigen.site.pages.person import person_pages
from kpigen.site.pages.report import report_pages
from kpigen.site.pages.search import search_pages
from kpigen.site.pages.site import Site
from kpigen.site.pages.team import team_pages


@dataclass(frozen=True)
class Batch:
    """Pages of one guarded folder, with its readers. `make` makes their content when it is called.

    `record` is the record of a report's pages; None for all other pages.
    """

    folder: str
    readers: Readers
    make: Callable[[], list[Page]]
    record: Record | None = None


def batches(site: Site) -> Iterator[Batch]:
    """Yield the pages of a site, folder by folder, without making them."""
    yield Batch(ROOT, PUBLIC, partial(landing_pages, site))
    yield Batch(FORMS, PUBLIC, partial(form_pages, site))
    for record in site.out:
        folder = period_folder(record.review.employee.id, record.review.period)
        yield Batch(folder, site.readers(record), partial(report_pages, site, record), record)
    for id_, records in site.by_person.items():
        yield Batch(person_folder(id_), of_person(id_), partial(person_pages, site, id_, records))
    for (manager, period), records in site.by_team.items():
        make = partial(team_pages, site, manager, period, records)
        yield Batch(team_folder(manager, period), of_team(manager), make)
    yield Batch(HR, OFFICE, partial(hr_pages, site))
    yield Batch(HR, OFFICE, partial(search_pages, site))


def plan(site: Site) -> Iterator[Page]:
    """Yield every page of a site, each with its readers."""
    for batch in batches(site):
        yield from batch.make()
