"""Printing: the HTML of a report → PDF. On one machine the same HTML always gives the same bytes.

WeasyPrint takes half a second to import, so it is imported only when `engine` is called.
"""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kpigen.base.resources import template_folders
from kpigen.diagnostics.values import Phrase, phrase
from kpigen.site.pdf.fonts import Unfound, configuration, cut_fonts, digest_of_fonts, find_fonts, fonts_folder
from kpigen.site.render.look import of_paper

if TYPE_CHECKING:
    from kpigen.site.pdf.weasy import PdfEngine

#: Older versions bypass a custom fetcher (CVE-2026-55073), so that a report could make the builder read files.
OLDEST_WEASYPRINT = 70

_APT = "apt-get install"
_LIBRARIES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
_FONTS = "fonts-noto-cjk"


@dataclass(frozen=True)
class Attached:
    """A file attached to a PDF: name, bytes, description, and its relationship to the document (as defined by PDF/A-3)."""

    name: str
    data: bytes
    description: str
    relationship: str


@dataclass(frozen=True)
class PdfUnavailable:
    """The reason why PDFs cannot be made on this machine, and what to do about it."""

    reason: Phrase
    hint: Phrase


def engine(
    font: str = "", style: str | None = None, files: Mapping[str, bytes] | None = None
) -> PdfEngine | PdfUnavailable:
    """Return the PDF engine, or the reason why it is unavailable. Never raises because of something missing on the machine.

    `font` is a family name or the path of a font file; empty means Noto Sans CJK SC. `style` is the stylesheet, by default
    kpigen's own for paper. Templates refer to `files` as `kpigen:NAME`.
    One engine can print any number of documents, but is not thread-safe. The first engine on a machine subsets the fonts,
    which takes about ten seconds.
    """
    fonts = find_fonts(font)
    if isinstance(fonts, Unfound):
        asked = phrase(
            "Name an installed family or a font file under `pdf_font`, or leave it out and run: {command}",
            command=f"{_APT} {_FONTS}",
        )
        return PdfUnavailable(fonts.reason, asked if font else _run(f"{_APT} {_FONTS} fontconfig"))
    cut = cut_fonts(fonts, fonts_folder())
    from kpigen.site.pdf.boxes import Boxes
    from kpigen.site.pdf.coverage import KNOWN, PLAIN, Coverage

    with _only(configuration(fonts, cut, fonts_folder())):
        try:
            # If a library is missing, WeasyPrint prints a page of advice.
            with contextlib.redirect_stdout(io.StringIO()):
                from kpigen.site.pdf import weasy
        except (ImportError, OSError) as error:
            return PdfUnavailable(
                phrase("WeasyPrint cannot be loaded ({reason})", reason=str(error).splitlines()[0]),
                _run(f"{_APT} {_LIBRARIES}"),
            )
        if weasy.major_version() < OLDEST_WEASYPRINT:
            return PdfUnavailable(
                phrase("WeasyPrint is older than {version}", version=f"{OLDEST_WEASYPRINT}.0"),
                _run(f"pip install 'weasyprint>={OLDEST_WEASYPRINT}.0'"),
            )
        if style is None:
            style = of_paper(template_folders(None))
        notes = []
        if cut is None:
            notes.append(
                phrase(
                    "The fonts are not cut, or not kept in {folder}: PDFs take twice as long.",
                    folder=str(fonts_folder()),
                )
            )
        if not weasy.has_subsetter():
            command = f"{_APT} libharfbuzz-subset0"
            notes.append(phrase("libharfbuzz-subset is missing: PDFs take longer. Run: {command}", command=command))
        families = ([cut.family] if cut else []) + [fonts.family]
        boxes = Boxes(Coverage(font), PLAIN if font else KNOWN)
        return weasy.PdfEngine(families, style, files or {}, digest_of_fonts(fonts, cut), boxes, tuple(notes))


def _run(command: str) -> Phrase:
    return phrase("Run: {command}", command=command)


@contextlib.contextmanager
def _only(configuration: str) -> Iterator[None]:
    """Let fontconfig see only our fonts; otherwise a PDF would depend on what else is installed."""
    import tempfile

    before = os.environ.get("FONTCONFIG_FILE")
    # A file in a temporary folder: on Windows, fontconfig could not read an open temporary file.
    with tempfile.TemporaryDirectory(prefix="kpigen-") as folder:
        file = Path(folder, "fonts.conf")
        file.write_text(configuration, "utf-8")
        os.environ["FONTCONFIG_FILE"] = str(file)
        try:
            yield
        finally:
            if before is None:
                del os.environ["FONTCONFIG_FILE"]
            else:
                os.environ["FONTCONFIG_FILE"] = before
