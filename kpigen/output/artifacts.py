"""Every file of a site as bytes, with the folder and readers it belongs to."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from kpigen.content import SEAL_PREFIX
from kpigen.export import scores_as_json
from kpigen.model import Status
from kpigen.pages.audit import FOLDER as AUDIT
from kpigen.pages.audit import Past, audit_pages
from kpigen.pages.page import Page, period_folder
from kpigen.pages.plan import plan
from kpigen.pages.readers import OFFICE, PUBLIC, Readers
from kpigen.pages.report import report_view
from kpigen.pages.site import Site
from kpigen.records import Record
from kpigen.render import Renderer


class Printer(Protocol):
    """Makes PDFs: HTML and what the document is called, in which language and of which day, → bytes."""

    def render(self, html: str, date: Any, title: str, language: str) -> bytes:
        """Return the PDF."""


@dataclass(frozen=True)
class Artifact:
    """One file: its path in the site, the guarded folder it lies in, that folder's readers, and how to make its bytes."""

    path: str
    folder: str
    readers: Readers
    make: Callable[[], bytes]


def artifacts(
    site: Site, renderer: Renderer, printer: Printer | None, read: Callable[[str], bytes]
) -> Iterator[Artifact]:
    """Give every file of a site; `read` gives evidence files by their repository path."""
    folders: dict[str, Readers] = {}
    for artifact in _content(site, renderer, printer, read):
        folders.setdefault(artifact.folder, artifact.readers)
        yield artifact
    yield Artifact("seals.json", "", PUBLIC, lambda: _json(_seals(site.out)))
    yield Artifact(
        "hr/access.json", "hr/", OFFICE, lambda: _json(_access(site, {**folders, "": PUBLIC, "hr/": OFFICE}))
    )


def audit_artifacts(site: Site, past: Past | str, renderer: Renderer) -> Iterator[Artifact]:
    """Give the audit pages: not versioned, so apart from the other files of a site, and with a word for git to leave them out."""
    yield Artifact(f"{AUDIT}.gitignore", "hr/", OFFICE, lambda: b"*\n")
    for page in audit_pages(site, past):
        yield Artifact(page.path, page.folder, page.readers, _page(renderer, page, site))


def _content(
    site: Site, renderer: Renderer, printer: Printer | None, read: Callable[[str], bytes]
) -> Iterator[Artifact]:
    for name, data in renderer.assets().items():
        yield Artifact(f"assets/{name}", "assets/", PUBLIC, lambda data=data: data)  # type: ignore[misc]
    for page in plan(site):
        yield Artifact(page.path, page.folder, page.readers, _page(renderer, page, site))
    for record in site.out:
        if record.review.status is not Status.WITHDRAWN:
            yield from _report(site, record, renderer, printer, read)


def _page(renderer: Renderer, page: Page, site: Site) -> Callable[[], bytes]:
    return lambda: renderer.page(page, site.languages.codes).encode()


def _report(
    site: Site, record: Record, renderer: Renderer, printer: Printer | None, read: Callable[[str], bytes]
) -> Iterator[Artifact]:
    """Give what lies beside a report's page: its numbers as JSON, its PDFs, its evidence files."""
    review = record.review
    folder, readers = period_folder(review.employee.id, review.period), site.readers(record)
    yield Artifact(f"{folder}{review.form}.json", folder, readers, lambda: _json(_report_json(record)))
    first = site.config.languages[0]
    for language in site.config.pdf_languages if printer is not None else ():
        path = f"{folder}{review.form}.pdf" if language == first else f"{folder}{language}/{review.form}.pdf"
        yield Artifact(path, folder, readers, _pdf(site, record, renderer, printer, language))
    for item in dict.fromkeys(item for items in review.evidence.values() for item in items if not item.is_link):
        yield Artifact(f"{folder}evidence/{item.name}", folder, readers, lambda path=item.path: read(path))  # type: ignore[misc]


def _pdf(site: Site, record: Record, renderer: Renderer, printer: Printer | None, language: str) -> Callable[[], bytes]:
    def make() -> bytes:
        assert printer is not None
        view = report_view(site, record, language)
        html = renderer.template("print/report.html", language, view=view)
        return printer.render(html, record.review.date, f"{view.form_title} {view.period}", language)

    return make


def _report_json(record: Record) -> dict[str, Any]:
    review, published = record.review, record.review.published
    employee = review.employee
    data = {
        "schema": 1,
        "employee": {
            "id": employee.id,
            "name": employee.name,
            "department": employee.department,
            "position": employee.position,
        },
        "period": str(review.period),
        "form": review.form,
        "rules": record.form.key,
        "rules_digest": record.form.digest,
        "status": review.status.value,
        "content": record.digest,
        "date": review.date.isoformat(),
        **scores_as_json(record.card),
    }
    return data | ({"seal": published.seal} if published else {})


def _seals(records: Iterable[Record]) -> dict[str, Any]:
    """Return the list of seals: salted digests, so that it says nothing about anybody."""
    entries = [
        {"seal": review.published.seal, "status": "withdrawn" if review.status is Status.WITHDRAWN else "current"}
        for review in (record.review for record in records)
        if review.published and review.published.seal.startswith(SEAL_PREFIX)
    ]
    return {"schema": 1, "seals": sorted(entries, key=lambda entry: entry["seal"])}


def _access(site: Site, folders: dict[str, Readers]) -> dict[str, Any]:
    """Return who reads which folder (the longest path that fits wins), and which login is which reader."""
    closed: dict[str, Readers] = {"people/": frozenset(), "teams/": frozenset()}
    logins: dict[str, set[str]] = {}
    for id_, lines in site.roster.by_id.items():
        for line in lines:
            if line.login:
                logins.setdefault(line.login, set()).update({f"employee:{id_}", f"manager:{id_}"})
    for entry in site.config.hr:
        tokens = {"hr"} if entry.departments is None else {f"hr-department:{name}" for name in entry.departments}
        logins.setdefault(entry.login, set()).update(tokens)
    for login in site.config.auditors:
        logins.setdefault(login, set()).add("auditor")
    used = {token for readers in folders.values() for token in readers}
    return {
        "schema": 1,
        "folders": [
            {"path": path, "readers": sorted(readers)} for path, readers in sorted({**closed, **folders}.items())
        ],
        "logins": {login: kept for login, tokens in sorted(logins.items()) if (kept := sorted(tokens & used))},
    }


def _json(data: Any) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
