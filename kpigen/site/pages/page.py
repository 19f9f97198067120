"""A page, and where pages lie: every folder and file name of the site is said here."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from kpigen.base.periods import Period
from kpigen.i18n.messages import messages
from kpigen.model.reviews import Review
from kpigen.repository.records import Record
from kpigen.site.pages.readers import Readers, in_words

#: The folders of a site. `site.md` says who reads which.
ROOT, ASSETS, FORMS, PEOPLE, TEAMS, HR = "", "assets/", "forms/", "people/", "teams/", "hr/"
#: Parts of `hr/`, with the same readers.
AUDIT, SEARCH_INDEX = f"{HR}audit/", f"{HR}search/"
#: The page that a web server shows for a folder.
INDEX = "index.html"


class Place(NamedTuple):
    """Where something lies: a folder, and a file in there in the site's first language."""

    folder: str
    file: str

    @property
    def path(self) -> str:
        """The path in the site's first language."""
        return f"{self.folder}{self.file}"


@dataclass(frozen=True)
class Page:
    """One page: where it lies, who reads it, its template and language, what stands on it.

    `records` are the records that it was handed; a test holds them against `readers`.
    """

    path: str
    folder: str
    readers: Readers
    template: str
    language: str
    title: str
    view: object
    records: tuple[Record, ...] = ()
    translations: Mapping[str, str] = field(default_factory=dict)

    @property
    def readers_in_words(self) -> tuple[str, ...]:
        """Who reads the page, in its language."""
        return in_words(self.readers, messages(self.language))

    def link(self, target: str) -> str:
        """Return a relative link from this page to a path of the site."""
        return posixpath.relpath(target, posixpath.dirname(self.path) or ".")


def person_folder(id_: str) -> str:
    """Return a person's folder."""
    return f"{PEOPLE}{id_}/"


def period_folder(id_: str, period: Period) -> str:
    """Return the folder of a person's reports of one period."""
    return f"{person_folder(id_)}{period}/"


def team_folder(manager: str, period: Period) -> str:
    """Return the folder of a manager's team in one period."""
    return f"{TEAMS}{manager}/{period}/"


LANDING = Place(ROOT, INDEX)
FORM_LIST = Place(FORMS, INDEX)
HR_OVERVIEW = Place(HR, INDEX)
HR_SEARCH = Place(HR, "search.html")
AUDIT_INDEX = Place(AUDIT, INDEX)


def form_place(id_: str, version: str) -> Place:
    """Return where the page of a form's version lies."""
    return Place(FORMS, f"{id_}/{version}.html")


def report_place(review: Review, ending: str = "html") -> Place:
    """Return where a report's page lies, or its file of another ending: `pdf`, `json`."""
    return Place(period_folder(review.employee.id, review.period), f"{review.form}.{ending}")


def person_place(id_: str) -> Place:
    """Return where a person's own page lies."""
    return Place(person_folder(id_), INDEX)


def team_place(manager: str, period: Period) -> Place:
    """Return where a team's page lies."""
    return Place(team_folder(manager, period), INDEX)


def hr_period_place(period: Period) -> Place:
    """Return where HR's page of a period lies."""
    return Place(HR, f"{period}/{INDEX}")


def audit_person_place(id_: str) -> Place:
    """Return where the history of a person's reviews lies."""
    return Place(AUDIT, f"people/{id_}.html")


def audit_form_place(form: str) -> Place:
    """Return where the history of a form's rules lies."""
    return Place(AUDIT, f"forms/{form}.html")


@dataclass(frozen=True)
class Languages:
    """The languages of a site: the first stands in the folders themselves, others in a subfolder of each guarded folder."""

    codes: tuple[str, ...]

    def path(self, folder: str, name: str, language: str) -> str:
        """Return where a page of a guarded folder lies in a language."""
        return f"{folder}{name}" if language == self.codes[0] else f"{folder}{language}/{name}"

    def paths(self, folder: str, name: str) -> dict[str, str]:
        """Return where a page lies, by language."""
        return {language: self.path(folder, name, language) for language in self.codes}
