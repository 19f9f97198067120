"""How the preview answers a request for a path."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs, quote, unquote, urlsplit

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, Span
from kpigen.diagnostics.terms import why
from kpigen.i18n.messages import mark
from kpigen.site.pages.page import AUDIT, INDEX, is_evidence
from kpigen.site.preview.printing import NoPrinter
from kpigen.site.preview.session import Session
from kpigen.site.preview.toolbar import RESERVED, dress, languages_of, notice, own_file, problems_page
from kpigen.site.render.render import BrokenTemplate

HTML = "text/html; charset=utf-8"
BYTES = "application/octet-stream"
#: The types of all that a site may hold, with pictures and fonts among a repository's own assets. Evidence is always bytes.
_TYPES = {
    ".html": HTML,
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".ico": "image/x-icon",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".ttf": "font/ttf",
    ".otf": "font/otf",
    ".txt": "text/plain; charset=utf-8",
}

#: The URL where the script asks whether its page has changed, and the one where it waits for changes.
STATE, EVENTS = f"/{RESERVED}state", f"/{RESERVED}events"


@dataclass(frozen=True)
class Response:
    """An answer: status, type and bytes, or a redirect. `mark` changes whenever the page looks different.

    `evidence` is the name of an evidence file, which the browser saves and never shows; otherwise it is empty.
    """

    status: int
    type: str = HTML
    body: bytes = b""
    location: str = ""
    mark: str = ""
    evidence: str = ""
    broken: Diagnostic | None = None


def answer(session: Session, target: str) -> Response:
    """Return the answer to a request. Its `broken` is a template problem that was not known before."""
    parts = urlsplit(target)
    path = unquote(parts.path)
    if not path.startswith("/") or "\0" in path or "\\" in path or {"..", "."}.intersection(path.split("/")):
        return Response(400, "text/plain; charset=utf-8", b"This is no path of the site.\n")
    if parts.path == STATE:
        page = parse_qs(parts.query).get("page", ["/"])[0]
        is_state = urlsplit(page).path == STATE
        return Response(200, "text/plain; charset=utf-8", b"" if is_state else answer(session, page).mark.encode())
    path = path[1:]
    if path.startswith(RESERVED):
        return _own(session, path)
    return _of_site(session, path)


def _own(session: Session, path: str) -> Response:
    """Answer for the preview's own pages and files."""
    languages = languages_of(session)
    language = next((code for code, it in languages.paths(RESERVED, "problems.html").items() if it == path), None)
    if language is not None:
        return _dressed(session, path, 200, problems_page(session, language))
    data = own_file(path.removeprefix(RESERVED))
    return Response(200, type_of(path), data) if data is not None else _missing(session, path)


def _of_site(session: Session, path: str) -> Response:
    """Answer for a file of the site."""
    library = session.shown.library
    file = f"{path}{INDEX}" if path.endswith("/") or not path else path
    broken = None
    try:
        artifact = library.find(file)
        if artifact is None and path and not path.endswith("/") and library.is_folder(f"{path}/"):
            return Response(302, location=f"/{quote(path)}/")
        if artifact is None:
            return _missing(session, file if path.endswith("/") else path)
        data = artifact.make()
    except BrokenTemplate as problem:
        broken = problem.diagnostic if session.broken(file, problem.diagnostic) else None
        page = notice(session, file, mark("This page cannot be rendered"), [problem.diagnostic])
        return _dressed(session, file, 500, page, broken)
    except NoPrinter as problem:
        page = notice(session, file, mark("PDFs cannot be made on this machine"), [problem.diagnostic])
        return _dressed(session, file, 503, page)
    except OSError as error:
        problem_ = catalogue.UNREADABLE.at(Span(error.filename or file), reason=why(error))
        return _dressed(session, file, 404, notice(session, file, mark("This file cannot be read"), [problem_]))
    session.broken(file, None)
    if is_evidence(file):
        return Response(200, BYTES, data, evidence=file.rpartition("/")[2])
    if not file.endswith(".html"):
        return Response(200, type_of(file), data)
    return _dressed(session, file, 200, data.decode())


def _missing(session: Session, path: str) -> Response:
    """Answer for a missing path: the findings of the file that it would be made from, and similar paths."""
    if path.startswith(AUDIT):
        title = mark("The preview does not include the history: a build writes it, and `kpigen log` shows it")
        return _dressed(session, path, 404, notice(session, path, title))
    near = session.shown.library.near(path)
    return _dressed(session, path, 404, notice(session, path, mark("There is no such page"), near=near))


def _dressed(session: Session, path: str, status: int, html: str, broken: Diagnostic | None = None) -> Response:
    body, seen = dress(html, session, path)
    return Response(status, HTML, body, mark=seen, broken=broken)


def type_of(path: str) -> str:
    """Return the content type of a file of a site, by its name. What no site holds is only bytes, whatever this system says."""
    suffix = path[path.rfind(".") :].lower() if "." in path else ""
    return _TYPES.get(suffix, BYTES)
