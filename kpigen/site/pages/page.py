"""A page, and where pages are: every folder and file name of the site is defined here."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import NamedTuple

from kpigen.base.digests import short
from kpigen.base.kinds import refused_ending
from kpigen.base.names import trouble_of
from kpigen.base.periods import Period
from kpigen.i18n.messages import messages
from kpigen.model.reviews import Evidence, Review
from kpigen.repository.readers import Readers, in_words
from kpigen.repository.records import Record

#: The folders of a site. `site.md` says who may read each of them.
ROOT, ASSETS, FORMS, PEOPLE, TEAMS, HR = "", "assets/", "forms/", "people/", "teams/", "hr/"
#: Parts of `hr/`, with the same readers.
AUDIT, SEARCH_INDEX = f"{HR}audit/", f"{HR}search/"
#: The list of who reads which folder, which a server guards them by.
ACCESS_LIST = f"{HR}access.json"
#: The part of a period's folder for evidence, which is only ever downloaded.
EVIDENCE = "evidence/"
#: The page that a web server shows for a folder.
INDEX = "index.html"

_UNSAFE = re.compile(r"[^\w-]+")


class Place(NamedTuple):
    """The place of a page: a folder, and the file name in it in the site's first language."""

    folder: str
    file: str

    @property
    def path(self) -> str:
        """The path in the site's first language."""
        return f"{self.folder}{self.file}"


@dataclass(frozen=True)
class Page:
    """One page: its path, readers, template, language and content.

    `records` are the records that it was made from; a test checks them against `readers`.
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
        """The readers of the page, in its language."""
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
    """Return the place of a form version's page."""
    return Place(FORMS, f"{id_}/{version}.html")


def report_place(review: Review, ending: str = "html") -> Place:
    """Return the place of a report's page, or of its file with another extension: `pdf`, `json`."""
    return Place(period_folder(review.employee.id, review.period), f"{review.form}.{ending}")


def evidence_place(review: Review, item: Evidence) -> Place:
    """Return the place of an evidence file, under its own name if this and what the file holds are allowed.

    Otherwise the name says nothing that a server or a browser would act on: `page.shtml` is `page-shtml-<digest>.bin`.
    """
    name = item.name
    if trouble_of(name) is not None:
        name = f"{_UNSAFE.sub('-', name)}-{short(item.digest)}.bin"
    elif item.is_refused or refused_ending(name) is not None:
        path = PurePosixPath(name)
        name = str(path.with_name(f"{path.name.replace('.', '-')}-{short(item.digest)}.bin"))
    return Place(period_folder(review.employee.id, review.period), f"{EVIDENCE}{PurePosixPath(name)}")


def is_evidence(path: str) -> bool:
    """Return whether a path of the site is that of an evidence file."""
    parts = path.split("/")
    return len(parts) > 4 and f"{parts[0]}/" == PEOPLE and f"{parts[3]}/" == EVIDENCE


def person_place(id_: str) -> Place:
    """Return the place of a person's page."""
    return Place(person_folder(id_), INDEX)


def team_place(manager: str, period: Period) -> Place:
    """Return the place of a team's page."""
    return Place(team_folder(manager, period), INDEX)


def hr_period_place(period: Period) -> Place:
    """Return the place of HR's page of a period."""
    return Place(HR, f"{period}/{INDEX}")


def audit_person_place(id_: str) -> Place:
    """Return the place of the history of a person's reviews."""
    return Place(AUDIT, f"people/{id_}.html")


def audit_form_place(form: str) -> Place:
    """Return the place of the history of a form's rules."""
    return Place(AUDIT, f"forms/{form}.html")


@dataclass(frozen=True)
class Languages:
    """The languages of a site. The first is in the guarded folders themselves, each other one in a subfolder of these."""

    codes: tuple[str, ...]

    def path(self, folder: str, name: str, language: str) -> str:
        """Return the path of a page of a guarded folder in a language."""
        return f"{folder}{name}" if language == self.codes[0] else f"{folder}{language}/{name}"

    def paths(self, folder: str, name: str) -> dict[str, str]:
        """Return the paths of a page, by language."""
        return {language: self.path(folder, name, language) for language in self.codes}
