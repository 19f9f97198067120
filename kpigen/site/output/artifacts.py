"""Every file of a site as bytes, with its folder and readers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from kpigen.repository.export import json_bytes, report_as_json
from kpigen.repository.readers import OFFICE, PUBLIC, Readers, readers_of_logins
from kpigen.repository.records import Record
from kpigen.scoring.content import SEAL_PREFIX
from kpigen.site.pages.audit import Past, audit_pages
from kpigen.site.pages.page import (
    ACCESS_LIST,
    ASSETS,
    AUDIT,
    HR,
    PEOPLE,
    ROOT,
    SEARCH_INDEX,
    TEAMS,
    Page,
    evidence_place,
    period_folder,
    report_place,
)
from kpigen.site.pages.plan import Batch, batches
from kpigen.site.pages.report import Report, ReportPage
from kpigen.site.pages.site import Site
from kpigen.site.proof.carried import attachments_of
from kpigen.site.proof.paper import Printer, html_of, paper_of, print_paper
from kpigen.site.render import documents
from kpigen.site.render.render import Renderer


@dataclass(frozen=True)
class Artifact:
    """One file: its path in the site, its guarded folder, that folder's readers, and a function that makes its bytes."""

    path: str
    folder: str
    readers: Readers
    make: Callable[[], bytes]


@dataclass(frozen=True)
class FolderFiles:
    """The files of one guarded folder, with its readers. `files` finds and makes them when it is called."""

    folder: str
    readers: Readers
    files: Callable[[], Iterable[Artifact]]


#: Takes a path of the site and a PDF; returns the signed PDF.
Sign = Callable[[str, bytes], bytes]


def artifacts(
    site: Site,
    renderer: Renderer,
    printer: Printer | None,
    read: Callable[[str], bytes],
    sign: Sign | None = None,
    index: Mapping[str, bytes] | None = None,
) -> Iterator[Artifact]:
    """Yield every file of a site.


    `read` returns the bytes of a repository file by path. `sign` signs published PDFs (None: unsigned). `index` holds the
    files of the search index by name.
    """
    for part in parts(site, renderer, printer, read, sign):
        yield from part.files()
    for name, data in (index or {}).items():
        yield Artifact(f"{SEARCH_INDEX}{name}", HR, OFFICE, lambda data=data: data)  # type: ignore[misc]


def parts(
    site: Site, renderer: Renderer, printer: Printer | None, read: Callable[[str], bytes], sign: Sign | None = None
) -> Iterator[FolderFiles]:
    """Yield the files of a site as `artifacts` does, but folder by folder and without making their content."""
    folders: dict[str, Readers] = {}
    for part in _content(site, renderer, printer, read, sign):
        folders.setdefault(part.folder, part.readers)
        yield part
    yield _single("seals.json", ROOT, PUBLIC, lambda: json_bytes(seals_of(site.out)))
    access = {**folders, ROOT: PUBLIC, HR: OFFICE}
    yield _single(ACCESS_LIST, HR, OFFICE, lambda: json_bytes(_access(site, access)))


def _single(path: str, folder: str, readers: Readers, make: Callable[[], bytes]) -> FolderFiles:
    return FolderFiles(folder, readers, lambda: [Artifact(path, folder, readers, make)])


def audit_artifacts(site: Site, past: Past | str, renderer: Renderer) -> Iterator[Artifact]:
    """Yield the audit pages, with a `.gitignore`: they are not versioned, so they stay apart from the rest of the site."""
    yield Artifact(f"{AUDIT}.gitignore", HR, OFFICE, lambda: b"*\n")
    for page in audit_pages(site, past):
        yield Artifact(page.path, page.folder, page.readers, _page(renderer, page, site))


def _content(
    site: Site, renderer: Renderer, printer: Printer | None, read: Callable[[str], bytes], sign: Sign | None
) -> Iterator[FolderFiles]:
    yield FolderFiles(ASSETS, PUBLIC, lambda: _assets(renderer))
    for batch in batches(site):
        yield FolderFiles(batch.folder, batch.readers, partial(_files, site, batch, renderer, printer, read, sign))


def _assets(renderer: Renderer) -> Iterator[Artifact]:
    for name, data in renderer.assets().items():
        yield Artifact(f"{ASSETS}{name}", ASSETS, PUBLIC, lambda data=data: data)  # type: ignore[misc]


def _files(
    site: Site,
    batch: Batch,
    renderer: Renderer,
    printer: Printer | None,
    read: Callable[[str], bytes],
    sign: Sign | None,
) -> Iterator[Artifact]:
    """Yield the pages of a batch; for a report also its JSON, PDFs and evidence files, made from the same view."""
    file = batch.record.review.path if batch.record else None
    with documents.page(batch.folder or ".", file):
        pages = batch.make()
    for page in pages:
        yield Artifact(page.path, page.folder, page.readers, _page(renderer, page, site, file))
    if batch.record is not None:
        reports = {page.language: page.view.report for page in pages if isinstance(page.view, ReportPage)}
        if reports:  # a withdrawn review has none
            yield from _beside(site, batch.record, reports, renderer, printer, read, sign)


def _page(renderer: Renderer, page: Page, site: Site, file: str | None = None) -> Callable[[], bytes]:
    def make() -> bytes:
        with documents.page(page.path, file):
            return renderer.page(page, site.languages.codes).encode()

    return make


def _beside(
    site: Site,
    record: Record,
    reports: Mapping[str, Report],
    renderer: Renderer,
    printer: Printer | None,
    read: Callable[[str], bytes],
    sign: Sign | None,
) -> Iterator[Artifact]:
    """Yield the files beside a report's page: its numbers as JSON, its PDFs, its evidence files."""
    review = record.review
    folder, readers = period_folder(review.employee.id, review.period), site.readers(record)
    yield Artifact(report_place(review, "json").path, folder, readers, lambda: json_bytes(report_as_json(record)))
    for language in site.config.pdf_languages if printer is not None else ():
        assert printer is not None
        path = site.path(report_place(review, "pdf"), language)
        yield Artifact(
            path,
            folder,
            readers,
            _signed(path, record, _pdf(site, record, reports[language], renderer, printer, read), sign),
        )
    for item in dict.fromkeys(item for items in review.evidence.values() for item in items if not item.is_link):
        place = evidence_place(review, item)
        yield Artifact(place.path, folder, readers, lambda path=item.path: read(path))  # type: ignore[misc]


def _pdf(
    site: Site,
    record: Record,
    report: Report,
    renderer: Renderer,
    printer: Printer,
    read: Callable[[str], bytes],
) -> Callable[[], bytes]:
    def make() -> bytes:
        with documents.pdf(record.review.path):
            paper = paper_of(record, site.config, report, renderer, printer)
            attachments = attachments_of(record, read(record.form.path), paper)
            return print_paper(record, paper, attachments, html_of(report, renderer), printer)

    return make


def _signed(path: str, record: Record, make: Callable[[], bytes], sign: Sign | None) -> Callable[[], bytes]:
    """Return a function that makes a PDF. Only published reports are signed, because a signature says "published"."""
    return (lambda: sign(path, make())) if sign and record.is_published else make


def seals_of(records: Iterable[Record]) -> dict[str, Any]:
    """Return the list of seals, including earlier ones of amended reviews. Seals are salted, so the list reveals nothing."""
    entries = []
    for review in (record.review for record in records):
        if review.published is None or not review.published.seal.startswith(SEAL_PREFIX):
            continue
        withdrawn = review.withdrawal is not None
        entries.append({"seal": review.published.seal, "status": "withdrawn" if withdrawn else "current"})
        earlier = {
            item.seal for item in review.amendments[: review.published.amendments] if item.seal.startswith(SEAL_PREFIX)
        }
        entries += [{"seal": seal, "status": "withdrawn" if withdrawn else "amended"} for seal in earlier]
    return {"schema": 1, "seals": sorted(entries, key=lambda entry: entry["seal"])}


def _access(site: Site, folders: dict[str, Readers]) -> dict[str, Any]:
    """Return the access list: the readers of each folder (the longest matching path wins), and the reader of each login."""
    closed: dict[str, Readers] = {PEOPLE: frozenset(), TEAMS: frozenset()}
    used = {token for readers in folders.values() for token in readers}
    return {
        "schema": 1,
        "folders": [
            {"path": path, "readers": sorted(readers)} for path, readers in sorted({**closed, **folders}.items())
        ],
        "logins": {
            login: kept
            for login, tokens in readers_of_logins(site.roster, site.config).items()
            if (kept := sorted(tokens & used))
        },
    }
