"""The share of one document: a page or a PDF that takes more than that is refused, and its file is named."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from kpigen.base.share import OutOfShare, share
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Span
from kpigen.diagnostics.values import Value, phrase
from kpigen.site.render.render import BrokenTemplate

#: Seconds of processor time. The slowest page of a large company takes a fiftieth, the longest report that is accepted a fifth.
PAGE_SECONDS, PDF_SECONDS = 20, 120


@contextmanager
def page(path: str, file: str | None = None) -> Iterator[None]:
    """Refuse the page at a path if making it takes too much; `file` is the review that it shows, if it shows one."""
    with _document(phrase("the page {path}", path=path), PAGE_SECONDS, file or path):
        yield


@contextmanager
def pdf(file: str) -> Iterator[None]:
    """Refuse the PDF of a review in a file if making it takes too much."""
    with _document(phrase("the PDF"), PDF_SECONDS, file):
        yield


@contextmanager
def _document(document: Value, seconds: int, file: str) -> Iterator[None]:
    try:
        with share(seconds):
            yield
    except (OutOfShare, MemoryError) as error:
        found = catalogue.TAKES_TOO_LONG.at(Span(file), document=document, seconds=str(seconds))
        raise BrokenTemplate(found) from error
