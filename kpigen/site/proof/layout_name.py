"""The name of the paper layout in a PDF. It tells `verify` whether the PDF was printed with today's layout."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from kpigen import __version__
from kpigen.base.digests import digest, file_digest
from kpigen.base.resources import resource
from kpigen.site.render.render import Renderer

#: The template of a printed report, and the templates that it includes.
TEMPLATE = "print/report.html"
TEMPLATES = (TEMPLATE, "print/parts.html")

#: The name of kpigen's own layout, by language: a tuple of texts. A PDF holds 16 hex digits that are computed from it.
#:
#: Keep the name as long as the same text is printed in the same elements, even if templates, messages or code change.
#: Then older PDFs can still be compared in full. `tests/site/proof/test_layout_name.py` checks this. If you change what a
#: report prints, replace the tuple of each language whose reports change by one with a new name, such as `("2026-11-28",)`.
#: The first names are digests of the template and the words of their time. Another name would give other digits than
#: those in PDFs of that time.
LAYOUTS: Mapping[str, tuple[str, ...]] = {
    "zh": (
        "fa104d142ddba851f452b51b75972f6d8568f214a03a6a3f0a356d1b402bd411",
        "6fcefe268ffca5d6cf7a2321d825a97fe9524eeb58298d5c5c20242137926f70",
    ),
    "en": ("fa104d142ddba851f452b51b75972f6d8568f214a03a6a3f0a356d1b402bd411",),
}


def layout_name(renderer: Renderer, language: str) -> str:
    """Return the name of this paper layout: 16 hex digits, from version, chart stylesheet and layout.

    A repository's own templates, and languages that are not in `LAYOUTS`, are named by the digests of their files.
    """
    own = [file_digest(renderer.source(name)) for name in TEMPLATES]
    here = [file_digest((resource("templates") / name).read_bytes()) for name in TEMPLATES]
    if own == here and language in LAYOUTS:
        return digest([__version__, renderer.chart_style, *LAYOUTS[language]])[:16]
    words = resource("templates") / "messages" / f"{language}.po"
    return digest([__version__, renderer.chart_style, *own, *_digests(words)])[:16]


def _digests(path: Path) -> list[str]:
    return [file_digest(path.read_bytes())] if path.is_file() else []
