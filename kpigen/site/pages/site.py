"""The records that pages are made from, indexed by person, team and period."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from kpigen.base.periods import Period
from kpigen.files.config import Config
from kpigen.files.roster import Roster
from kpigen.files.rules.book import Rulebook
from kpigen.model.reviews import Status
from kpigen.repository.readers import Readers, entitled, of_period
from kpigen.repository.records import Record
from kpigen.site.pages.page import Languages, Page, Place


@dataclass(frozen=True)
class Site:
    """The records of a build, with indexes. `pdfs` is True if reports have PDFs, `search` if there is a search index."""

    config: Config
    roster: Roster
    rules: Rulebook
    records: tuple[Record, ...]
    drafts: bool = False
    pdfs: bool = True
    search: bool = False

    @property
    def languages(self) -> Languages:
        """The site's languages."""
        return Languages(self.config.languages)

    @cached_property
    def out(self) -> tuple[Record, ...]:
        """The records that have a page: submitted, published and withdrawn ones; drafts only on request."""
        return tuple(item for item in self.records if self.drafts or item.review.status is not Status.DRAFT)

    @cached_property
    def published(self) -> tuple[Record, ...]:
        """The published records, which statistics use."""
        return tuple(item for item in self.records if item.is_published)

    @cached_property
    def by_person(self) -> dict[str, tuple[Record, ...]]:
        """The records that have a page, by person, in order of time."""
        return _grouped((item.review.employee.id, item) for item in self.out)

    @cached_property
    def by_team(self) -> dict[tuple[str, Period], tuple[Record, ...]]:
        """The records that have a page, by manager and period."""
        return _grouped(((item.manager, item.review.period), item) for item in self.out if item.manager)

    @cached_property
    def by_period(self) -> dict[Period, tuple[Record, ...]]:
        """All records by period, including drafts."""
        return _grouped((item.review.period, item) for item in self.records)

    @cached_property
    def _by_person_and_period(self) -> dict[tuple[str, Period], tuple[Record, ...]]:
        return _grouped(((item.review.employee.id, item.review.period), item) for item in self.out)

    def page(
        self,
        place: Place,
        language: str,
        *,
        readers: Readers,
        template: str,
        title: str,
        view: object,
        records: tuple[Record, ...] = (),
    ) -> Page:
        """Return a page in a language, with its paths in all others. `records` are the records that its view was made from."""
        paths = self.languages.paths(*place)
        return Page(
            path=paths[language],
            folder=place.folder,
            readers=readers,
            template=template,
            language=language,
            title=title,
            view=view,
            records=records,
            translations=paths,
        )

    def path(self, place: Place, language: str) -> str:
        """Return the path of a place in a language."""
        return self.languages.path(*place, language)

    def readers(self, record: Record) -> Readers:
        """Return the readers of the folder of a record's report. All reports of that person and period share it."""
        departments = frozenset.intersection(
            *(frozenset({item.review.employee.department}) for item in self._siblings(record))
        )
        managers = [item.manager for item in self._siblings(record)]
        return of_period(record.review.employee.id, managers, departments)

    def entitled(self, record: Record) -> Readers:
        """Return everyone who may see a record's numbers."""
        return entitled(record, self._siblings(record))

    def _siblings(self, record: Record) -> tuple[Record, ...]:
        """Return the records with a page of a record's person and period."""
        return self._by_person_and_period.get((record.review.employee.id, record.review.period), (record,))

    def neighbour(self, record: Record, step: int) -> Record | None:
        """Return the person's previous (-1) or next (1) report with the same form and readers; None if there is none."""
        review = record.review
        same = [
            item
            for item in self.by_person.get(review.employee.id, ())
            if item.review.form == review.form
            and item.review.period.cycle is review.period.cycle
            and item.review.status is not Status.WITHDRAWN
        ]
        position = next((index for index, item in enumerate(same) if item.review.path == review.path), None)
        if position is None or not 0 <= position + step < len(same):
            return None
        other = same[position + step]
        return (
            other
            if self.readers(other) == self.readers(record) and self.entitled(other) >= self.readers(record)
            else None
        )

    def name_of(self, id_: str | None, period: Period) -> str:
        """Return a person's name from the roster, or else their id; empty for None."""
        line = self.roster.in_period(id_, period) or self.roster.latest(id_) if id_ else None
        return line.name if line else (id_ or "")


def _grouped(pairs: Iterable[tuple[object, Record]]) -> dict:  # type: ignore[type-arg]
    groups = defaultdict(list)
    for key, record in pairs:
        groups[key].append(record)
    return {
        key: tuple(sorted(items, key=lambda item: (item.review.period.sort_key, item.review.path)))
        for key, items in groups.items()
    }
