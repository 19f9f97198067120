"""A person's page: all their reports, and the total over time. Readers: the employee, HR and auditors."""

from __future__ import annotations

from dataclasses import dataclass

from kpigen.i18n.messages import mark, messages
from kpigen.repository.records import Record
from kpigen.site.pages.page import Page, person_place
from kpigen.site.pages.readers import of_person
from kpigen.site.pages.report_list import ReportList, report_list
from kpigen.site.pages.site import Site
from kpigen.site.pages.trends import Trend, trends

#: How many of the latest reports are listed; earlier ones are folded.
_LATEST = 12


@dataclass(frozen=True)
class PersonView:
    """The content of a person's page, with reports and trends in display order."""

    organisation: str
    id: str
    name: str
    department: str
    position: str
    latest: ReportList
    earlier: ReportList
    trends: tuple[Trend, ...]


def person_pages(site: Site, id_: str, records: tuple[Record, ...]) -> list[Page]:
    """Return a person's page in every language."""
    pages = []
    for language in site.languages.codes:
        view = _view(site, id_, records, language)
        pages.append(
            site.page(
                person_place(id_),
                language,
                readers=of_person(id_),
                template="person.html",
                title=messages(language).gettext(mark("Reports")) + f" · {view.name}",
                view=view,
                records=records,
            )
        )
    return pages


def _view(site: Site, id_: str, records: tuple[Record, ...], language: str) -> PersonView:
    employee = records[-1].review.employee
    newest_first = records[::-1]
    return PersonView(
        organisation=site.config.organisation.in_(language),
        id=id_,
        name=employee.name,
        department=employee.department,
        position=employee.position,
        latest=report_list(site, newest_first[:_LATEST], language),
        earlier=report_list(site, newest_first[_LATEST:], language),
        trends=trends(records, language),
    )
