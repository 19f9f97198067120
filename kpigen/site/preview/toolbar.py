"""The bar with findings that the preview adds to pages, and its own pages: the list of problems, and notices."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

from kpigen.base.digests import file_digest
from kpigen.base.resources import resource
from kpigen.diagnostics.diagnostic import Diagnostic
from kpigen.emit.escape import printable
from kpigen.i18n.findings import findings
from kpigen.i18n.messages import messages
from kpigen.site.pages.page import Languages
from kpigen.site.preview.session import Session
from kpigen.site.render.render import Renderer

#: The folder of the preview's own files, which are not part of the site.
RESERVED = "_kpigen/"

#: How many findings a page lists; the rest are only counted.
_LIMIT = 500
_LIMIT_ON_PAGE = 20


#: Where the bar goes: at the top, but after the "skip to content" link, which must come first.
_TOP = r'<body[^>]*>(?:\s*<a class="skip"[^>]*>[^<]*</a>)?'


@dataclass(frozen=True)
class FindingView:
    """A finding as a list item, with a link to the page that shows its file."""

    place: str
    severity: str
    code: str
    message: str
    hint: str
    page: str


@dataclass(frozen=True)
class BarView:
    """The bar at the top of a page: the number of all findings, and the findings about this page."""

    errors: int
    warnings: int
    problems_path: str
    kept: bool
    own: tuple[FindingView, ...]
    own_more: int


def languages_of(session: Session) -> Languages:
    """Return the languages of the preview's own pages: those of the site, and English as a fallback."""
    return Languages(tuple(dict.fromkeys((*session.shown.snapshot.site.languages.codes, "en"))))


def dress(html: str, session: Session, path: str) -> tuple[bytes, str]:
    """Return a page with the bar and the reload script, and a mark that changes whenever the page looks different."""
    language = _language_of(html, languages_of(session).codes)
    bar = _own(session.shown.look).template("preview/bar.html", language, bar=_bar(session, path, language))
    head = f'<link rel="stylesheet" href="/{RESERVED}live.css">\n'
    html = _insert(html, r"</head\s*>", head, after=False)
    html = _insert(html, _TOP, "\n" + bar, after=True)
    mark = file_digest(f"{session.shown.look}\n{html}".encode())[:16]
    script = f'<script src="/{RESERVED}live.js" data-mark="{mark}" defer></script>\n'
    return _insert(html, r"</body\s*>", script, after=False).encode(), mark


def problems_page(session: Session, language: str) -> str:
    """Return the page that lists all findings, and the drafts that are shown."""
    shown, found = session.shown.snapshot, session.found
    errors = [item for item in found if item.is_error]
    warnings = [item for item in found if not item.is_error]
    drafts = [
        (record.review.employee.name, record.review.employee.id, str(record.review.period), record.form.title.in_(language),
         _href(shown.page_of(record.review.path, language) or ""))
        for record in shown.drafts
    ]  # fmt: skip
    return _own(session.shown.look).template(
        "preview/problems.html",
        language,
        errors=_views(session, errors[:_LIMIT], language),
        warnings=_views(session, warnings[:_LIMIT], language),
        more=max(len(errors) - _LIMIT, 0) + max(len(warnings) - _LIMIT, 0),
        drafts=drafts,
        translations=_translations(session),
    )


def notice(
    session: Session, path: str, title: str, problems: Iterable[Diagnostic] = (), near: Iterable[str] = ()
) -> str:
    """Return a page in place of one that cannot be shown: the reason, and similar paths."""
    codes = languages_of(session).codes
    language = next((part for part in path.split("/") if part in codes[1:]), codes[0])
    return _own(session.shown.look).template(
        "preview/notice.html",
        language,
        title=messages(language).gettext(title),
        path=path,
        problems=_views(session, problems, language),
        near=[(item, _href(item)) for item in near],
    )


def own_file(name: str) -> bytes | None:
    """Return the bytes of the preview's own script or stylesheet; None for other names."""
    return (resource("templates") / "preview" / name).read_bytes() if name in ("live.js", "live.css") else None


@lru_cache(maxsize=1)
def _own(look: str) -> Renderer:
    """Return the renderer of the preview's own pages. It uses only kpigen's templates, never a repository's own."""
    return Renderer(None)


def _bar(session: Session, path: str, language: str) -> BarView:
    shown, found = session.shown.snapshot, session.found
    own = shown.about(path)
    errors = sum(item.is_error for item in found)
    problems = languages_of(session).path(RESERVED, "problems.html", language)
    return BarView(
        errors,
        len(found) - errors,
        _href(problems),
        shown.is_kept(path),
        _views(session, sorted(own, key=lambda item: not item.is_error)[:_LIMIT_ON_PAGE], language),
        max(len(own) - _LIMIT_ON_PAGE, 0),
    )


def _views(session: Session, found: Iterable[Diagnostic], language: str) -> tuple[FindingView, ...]:
    shown = session.shown.snapshot
    return tuple(
        FindingView(
            printable(str(item.span)),
            item.severity.value,
            item.code,
            printable(item.message),
            printable(item.hint),
            _href(shown.page_of(item.span.path, language) or ""),
        )
        for item in findings(found, language)
    )


def _translations(session: Session) -> list[tuple[str, str]]:
    languages = languages_of(session)
    return [(code, _href(path)) for code, path in languages.paths(RESERVED, "problems.html").items()]


def _href(path: str) -> str:
    """Return a path of the site as a link; empty for an empty path."""
    return "/" + quote(path) if path else ""


def _language_of(html: str, known: tuple[str, ...]) -> str:
    """Return the language that a page declares, if known; otherwise the first known one."""
    match = re.search(r'<html[^>]* lang="([a-z]{2})', html[:2000])
    return match[1] if match and match[1] in known else known[0]


def _insert(html: str, pattern: str, text: str, after: bool) -> str:
    """Insert text before or after a tag. If the template lacks the tag, insert it at that end of the page."""
    found = list(re.finditer(pattern, html, re.IGNORECASE))
    if not found:
        return text + html if after else html + text
    at = found[0].end() if after else found[-1].start()
    return html[:at] + text + html[at:]
