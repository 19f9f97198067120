"""What the layout of paper is called in a PDF: by that name `verify` knows whether it prints as the PDF was printed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from kpigen import __version__
from kpigen.base.digests import digest, file_digest
from kpigen.base.resources import resource
from kpigen.site.render.render import Renderer

#: The template that a report is printed by, and those that it takes parts from.
TEMPLATE = "print/report.html"
TEMPLATES = (TEMPLATE, "print/parts.html")

#: What the layout that comes with kpigen is called, by language.
#:
#: The name stays as long as the same text is printed in the same elements, however templates, messages and the code behind
#: them change: so PDFs that were printed before such a change are still compared in full. `tests/site/proof/test_layout.py`
#: holds what is printed against it. Whoever changes what a report prints calls the layout something new, such as its date.
#: The names of the first layout are the digests that its template and its words once had, as they stand in PDFs of that time.
LAYOUTS: Mapping[str, tuple[str, ...]] = {
    "zh": (
        "fa104d142ddba851f452b51b75972f6d8568f214a03a6a3f0a356d1b402bd411",
        "6fcefe268ffca5d6cf7a2321d825a97fe9524eeb58298d5c5c20242137926f70",
    ),
    "en": ("fa104d142ddba851f452b51b75972f6d8568f214a03a6a3f0a356d1b402bd411",),
}


def layout_name(renderer: Renderer, language: str) -> str:
    """Return what the layout of paper is called here, 16 hex digits: of version, stylesheet of the charts, and layout.

    A repository's own templates, and a language that is not in `LAYOUTS`, are called by the digests of their files.
    """
    own = [file_digest(renderer.source(name)) for name in TEMPLATES]
    here = [file_digest((resource("templates") / name).read_bytes()) for name in TEMPLATES]
    if own == here and language in LAYOUTS:
        return digest([__version__, renderer.chart_style, *LAYOUTS[language]])[:16]
    words = resource("templates") / "messages" / f"{language}.po"
    return digest([__version__, renderer.chart_style, *own, *_digests(words)])[:16]


def _digests(path: Path) -> list[str]:
    return [file_digest(path.read_bytes())] if path.is_file() else []
