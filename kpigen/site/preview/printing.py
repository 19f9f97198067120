"""PDFs of the preview: the engine is loaded on the first request, and makes one PDF at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import Lock
from typing import Any

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, Span
from kpigen.site.pdf import Attached, PdfUnavailable
from kpigen.site.proof.paper import Printer


class NoPrinter(Exception):  # noqa: N818  # carries the diagnostic to the page
    """PDFs cannot be made on this machine."""

    def __init__(self, reason: PdfUnavailable) -> None:
        """Store the reason."""
        self.diagnostic: Diagnostic = catalogue.NO_PDF_ENGINE.at(Span("."), reason=reason.reason, hint=reason.hint)


class LatePrinter:
    """A printer that is loaded when it is first needed. Raises NoPrinter if it is unavailable."""

    def __init__(self, load: Callable[[], Printer | PdfUnavailable]) -> None:
        """Take a function that loads the printer."""
        self._load = load
        self._loaded: Printer | PdfUnavailable | None = None
        self._lock = Lock()

    @property
    def made_with(self) -> dict[str, str]:
        """Versions and digests that the look of a document depends on, by name."""
        with self._lock:
            return self._printer().made_with

    @property
    def boxed(self) -> Callable[[str], str]:
        """What replaces the characters of a text that cannot be drawn by boxes."""
        with self._lock:
            return self._printer().boxed

    def render(self, html: str, date: Any, title: str, language: str, attachments: Iterable[Attached] = ()) -> bytes:
        """Return the PDF of a document with the given date and attachments."""
        with self._lock:  # an engine is not thread-safe
            return self._printer().render(html, date, title, language, attachments)

    def _printer(self) -> Printer:
        if self._loaded is None:
            self._loaded = self._load()
        if isinstance(self._loaded, PdfUnavailable):
            raise NoPrinter(self._loaded)
        return self._loaded
