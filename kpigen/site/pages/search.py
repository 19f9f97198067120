"""The search in `hr/`: people and reports that can be found, and the search page. Readers: HR and auditors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from markupsafe import Markup

from kpigen.base.markdown import render
from kpigen.base.periods import Cycle, Period
from kpigen.i18n.messages import mark, messages
from kpigen.i18n.words import STATUS
from kpigen.model.reviews import Status
from kpigen.repository.readers import OFFICE
from kpigen.repository.records import Record
from kpigen.site.pages.hr import PersonLine, people
from kpigen.site.pages.page import HR_OVERVIEW, HR_SEARCH, SEARCH_INDEX, Page, person_place, report_place
from kpigen.site.pages.site import Site


@dataclass(frozen=True)
class FoundPage:
    """A searchable page in one language: its path and title."""

    language: str
    path: str
    title: str


@dataclass(frozen=True)
class Findable:
    """Something that can be found: its words, and its page in each language of the site."""

    text: str
    pages: tuple[FoundPage, ...]


@dataclass(frozen=True)
class SearchView:
    """The content of the search page."""

    organisation: str
    index_path: str
    overview_path: str
    people: tuple[PersonLine, ...]


def search_pages(site: Site) -> list[Page]:
    """Return the search page in every language; empty if the site has no index."""
    if not site.search:
        return []
    return [
        site.page(
            HR_SEARCH,
            language,
            readers=OFFICE,
            template="search.html",
            title=messages(language).gettext(mark("Search")),
            view=SearchView(
                organisation=site.config.organisation.in_(language),
                index_path=SEARCH_INDEX,
                overview_path=site.path(HR_OVERVIEW, language),
                people=people(site, language),
            ),
            records=site.out,
        )
        for language in site.languages.codes
    ]


def findables(site: Site) -> tuple[Findable, ...]:
    """Return everything that can be found, in order of person and time. Drafts are never included, even if they have pages.

    Each item appears once, with its words in every language of the site: people who read the English pages still search
    for Chinese names and for words in a Chinese narrative.
    """
    found = []
    for id_, records in sorted(site.by_person.items()):
        out = tuple(record for record in records if record.review.status is not Status.DRAFT)
        if out:
            found.append(_person(site, id_, out))
            found += [_report(site, record) for record in out]
    return tuple(found)


def _person(site: Site, id_: str, records: tuple[Record, ...]) -> Findable:
    latest = records[-1].review.employee
    words = [latest.name, id_]
    for record in reversed(records):
        employee = record.review.employee
        words += [employee.department, employee.position, *_in_all(site, record)]
    title = " · ".join(filter(None, (latest.name, id_, latest.department)))
    paths = site.languages.paths(*person_place(id_))
    return Findable(
        text=" · ".join(filter(None, dict.fromkeys(words))),
        pages=tuple(FoundPage(language, path, title) for language, path in paths.items()),
    )


def _report(site: Site, record: Record) -> Findable:
    """Return a report with its head and the texts that people wrote; for a withdrawn one only that fact and the reason."""
    review = record.review
    employee = review.employee
    head = [
        employee.name,
        employee.id,
        employee.department,
        employee.position,
        *period_words(review.period, site.languages.codes),
        *_in_all(site, record),
        *(messages(language).gettext(STATUS[review.status.value]) for language in site.languages.codes),
    ]
    paths = site.languages.paths(*report_place(review))
    return Findable(
        text="\n".join(
            [" · ".join(filter(None, dict.fromkeys(head))), *(_plain(text) for text in _written(record) if text)]
        ),
        pages=tuple(FoundPage(language, path, _title(record, language)) for language, path in paths.items()),
    )


def period_words(period: Period, languages: Iterable[str]) -> tuple[str, ...]:
    """Return what people type for a period: its id, its name in each language, and the other ways to write it.

    >>> period_words(Period(Cycle.QUARTER, 2026, 1), ["zh"])
    ('2026-Q1', '2026年第1季度', '2026年第一季度', 'first quarter of 2026')
    """
    words = [str(period), *(messages(language).period(period) for language in languages)]
    if period.cycle is Cycle.MONTH:
        words += [
            f"{period.year}年{period.number}月",
            f"{period.year}年{period.number:02d}月",
            f"{period.year}/{period.number}",
        ]
    elif period.cycle is Cycle.QUARTER:
        ordinal = ("first", "second", "third", "fourth")[period.number - 1]
        words += [f"{period.year}年第{'一二三四'[period.number - 1]}季度", f"{ordinal} quarter of {period.year}"]
    return tuple(dict.fromkeys(words))


def _title(record: Record, language: str) -> str:
    review = record.review
    parts = [f"{review.employee.name} {review.employee.id}", str(review.period), record.form.title.in_(language)]
    if not record.is_published:
        parts.append(messages(language).gettext(STATUS[review.status.value]))
    return " · ".join(parts)


def _in_all(site: Site, record: Record) -> Iterable[str]:
    """Return the title of a record's form in every language of the site, and its id."""
    return (*(record.form.title.in_(language) for language in site.languages.codes), record.form.id)


def _written(record: Record) -> Iterator[str]:
    """Yield the texts of a review that its report shows, as written; for a withdrawn one only the reason."""
    review = record.review
    if review.status is Status.WITHDRAWN:
        yield from (item.reason for item in [review.withdrawal] if item)
        return
    yield review.body
    yield from review.comments.values()
    yield from review.not_applicable.values()
    yield from review.feedback.values()
    if review.self_assessment is not None:
        yield review.self_assessment.comment
    for objection in review.objections:
        yield from (objection.text, objection.resolution)
    for amendment in review.amendments:
        yield amendment.reason


def _plain(text: str) -> str:
    """Return the words of a Markdown text, without markup."""
    return Markup(render(text)).striptags()
