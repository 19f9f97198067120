"""A page, and where pages lie."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field

from kpigen.base.periods import Period
from kpigen.repository.records import Record
from kpigen.site.pages.readers import Readers


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

    def link(self, target: str) -> str:
        """Return a relative link from this page to a path of the site."""
        return posixpath.relpath(target, posixpath.dirname(self.path) or ".")


def person_folder(id_: str) -> str:
    """Return a person's folder."""
    return f"people/{id_}/"


def period_folder(id_: str, period: Period) -> str:
    """Return the folder of a person's reports of one period."""
    return f"people/{id_}/{period}/"


def team_folder(manager: str, period: Period) -> str:
    """Return the folder of a manager's team in one period."""
    return f"teams/{manager}/{period}/"


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
