"""What the preview shows: the current repository, with the last good version of any file that cannot be read now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from kpigen.base.places import ROSTER, RULES, review_path, rule_path
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic
from kpigen.files.config import FILES as SETTINGS
from kpigen.files.config import Config
from kpigen.files.roster import Roster
from kpigen.files.rules.book import Rulebook
from kpigen.model.reviews import Status
from kpigen.repository.project import Project
from kpigen.repository.records import Record
from kpigen.site.pages.page import FORMS, PEOPLE, form_place, report_place
from kpigen.site.pages.site import Site


@dataclass(frozen=True)
class Snapshot:
    """One state of the repository.

    `site` is shown; `found` are all findings. `kept` names the review files that are shown in their last readable
    version. `config`, `roster`, `rules` and `records` are the last ones without such errors.
    """

    project: Project
    found: tuple[Diagnostic, ...]
    site: Site
    kept: frozenset[str]
    config: Config
    roster: Roster
    rules: Rulebook
    records: Mapping[str, Record] = field(default_factory=dict)

    @cached_property
    def pages(self) -> dict[str, str]:
        """The review file of each report page, by the page's path."""
        return {
            path: record.review.path
            for record in self.site.out
            for path in self.site.languages.paths(*report_place(record.review)).values()
        }

    @cached_property
    def _by_file(self) -> dict[str, tuple[Diagnostic, ...]]:
        found: dict[str, list[Diagnostic]] = {}
        for item in self.found:
            found.setdefault(item.span.path, []).append(item)
        return {path: tuple(items) for path, items in found.items()}

    @cached_property
    def _page_of(self) -> dict[str, dict[str, str]]:
        reviews = [record.review for record in self.site.out]
        return {review.path: self.site.languages.paths(*report_place(review)) for review in reviews}

    def about(self, path: str) -> tuple[Diagnostic, ...]:
        """Return the findings of the review or rule file that a page of the site shows, or would show."""
        return self._by_file.get(self.pages.get(path) or _source(path, self.site.languages.codes[1:]), ())

    def is_kept(self, path: str) -> bool:
        """Return True if a page shows the last readable version of a review."""
        return self.pages.get(path) in self.kept

    def page_of(self, file: str, language: str = "") -> str | None:
        """Return the path of the page that shows a review or rule file; None if no page does."""
        codes = self.site.languages.codes
        language = language if language in codes else codes[0]
        if file in self._page_of:
            return self._page_of[file][language]
        form = next((form for form in self.site.rules.forms if form.path == file), None)
        return self.site.path(form_place(form.id, form.version), language) if form else None

    @property
    def drafts(self) -> tuple[Record, ...]:
        """The drafts that are shown."""
        return tuple(record for record in self.site.out if record.review.status is Status.DRAFT)


def snapshot(
    project: Project,
    records: tuple[Record, ...],
    found: tuple[Diagnostic, ...],
    before: Snapshot | None,
    drafts: bool,
) -> Snapshot:
    """Return what to show of a project. Its check gave `records` and `found`; `before` supplies what cannot be read now.

    A file's last version is shown only if the file cannot be read or scored now. Other findings, such as a broken seal after
    an edit, do not hide the edit.
    """
    wrong = {item.span.path for item in project.problems if item.is_error}
    wrong |= {item.span.path for item in found if item.kind is catalogue.NOT_SCORABLE}
    config, roster, rules = project.config, project.roster, project.rules
    if before is not None:
        config = before.config if wrong.intersection(SETTINGS) else config
        roster = before.roster if ROSTER in wrong else roster
        rules = before.rules if any(path.startswith(f"{RULES}/") for path in wrong) else rules
    shown = {record.review.path: record for record in records}
    last = before.records if before is not None else {}
    present = {*shown, *project.unread, *(review.path for review in project.reviews)}
    # A review with a broken rule file has no record, but no error of its own either.
    kept = {path: record for path, record in last.items() if path in present and (path in wrong or path not in shown)}
    good = {path: record for path, record in shown.items() if path not in wrong} | kept
    everything = tuple(record for _, record in sorted({**shown, **kept}.items()))
    site = Site(config, roster, rules, everything, drafts)
    return Snapshot(project, found, site, frozenset(kept), config, roster, rules, good)


def _source(path: str, languages: tuple[str, ...]) -> str:
    """Return the file that a page would be made from, judging by the page's path; empty if the path does not tell."""
    parts = [part for part in path.removesuffix(".html").split("/") if part not in languages]
    if not path.endswith(".html"):
        return ""
    if len(parts) == 4 and f"{parts[0]}/" == PEOPLE:
        return review_path(parts[1], parts[2], parts[3])
    return rule_path(parts[1], parts[2]) if len(parts) == 3 and f"{parts[0]}/" == FORMS else ""
