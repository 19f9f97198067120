"""The name of the paper layout in a PDF. It tells `verify` whether the PDF was printed with today's layout."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kpigen import __version__
from kpigen.base.digests import digest, file_digest
from kpigen.base.markdown import is_read_otherwise
from kpigen.base.resources import resource
from kpigen.diagnostics.values import Phrase, phrase
from kpigen.repository.records import Record
from kpigen.site.pages.paper_layout import BANDS, ROWS, Later, PaperLayout
from kpigen.site.render.render import Renderer

#: The template of a printed report, and the templates that it includes.
TEMPLATE = "print/report.html"
TEMPLATES = (TEMPLATE, "print/parts.html")

#: The name of kpigen's own layout, by language: a tuple of texts. A PDF holds 16 hex digits that are computed from it.
#:
#: Keep the name as long as the same text is printed in the same elements, even if templates, messages or code change.
#: Then older PDFs can still be compared in full. `tests/site/proof/test_layout_name.py` checks this. If you change what a
#: report prints, replace the tuple of each language whose reports change by one with a new name, such as `("2026-11-28",)`.
#: If only papers change that have something rare, keep the names and add it to `Later` of `pages.paper_layout` and to
#: `_NOT_YET` below.
#: The first names are digests of the template and the words of their time. Another name would give other digits than
#: those in PDFs of that time.
LAYOUTS: Mapping[str, tuple[str, ...]] = {
    "zh": (
        "fa104d142ddba851f452b51b75972f6d8568f214a03a6a3f0a356d1b402bd411",
        "6fcefe268ffca5d6cf7a2321d825a97fe9524eeb58298d5c5c20242137926f70",
    ),
    "en": ("fa104d142ddba851f452b51b75972f6d8568f214a03a6a3f0a356d1b402bd411",),
}


#: What only some papers have and was printed otherwise before, in words: what an older kpigen did not yet do.
_NOT_YET: Mapping[Later, Phrase] = {
    Later.FITTED: phrase("fit long and wide texts to the paper"),
    Later.TALL: phrase("divide rows that are taller than a page"),
    Later.WIDENED: phrase("widen columns for long words"),
    Later.TOTAL: phrase("print the total where no column shows points"),
    Later.BLANK: phrase("leave out headings without a text"),
    Later.ENTRIES: phrase("number the entries of lists without a text"),
    Later.NUMBER: phrase("widen the column of numbers for its heading"),
    Later.SIGN: phrase("print a bonus below zero with one sign"),
}
#: What was not printed before a stylesheet was there that only some papers need.
_NO_STYLE: Mapping[str, Phrase] = {
    BANDS: phrase("print tables of bands"),
    ROWS: phrase("print sums below sections, results, and columns of single inputs"),
}
#: Texts that are read otherwise than by CommonMark, as all were before: the name stands in PDFs and never changes.
_READING, _NOT_READ = "reading", phrase("read indentation and emphasis as Chinese needs it")


@dataclass(frozen=True)
class LaterPart:
    """Something that only some papers have: its name in the name of a layout, and what an older kpigen did not yet do."""

    name: str
    not_yet: Phrase


def later_parts(record: Record, layout: PaperLayout, renderer: Renderer) -> tuple[LaterPart, ...]:
    """Return what a paper has that was printed otherwise before. The layouts of these papers have names of their own.

    So all other papers keep their name, and one of these is compared in full if it was printed as it is today.
    """
    parts = [LaterPart(item.value, says) for item, says in _NOT_YET.items() if item in layout.later]
    if layout.is_fitted:
        parts.append(LaterPart(file_digest(renderer.fit_style.encode()), _NOT_YET[Later.FITTED]))
    parts += [LaterPart(file_digest(renderer.source(name)), _NO_STYLE[name]) for name in layout.styles]
    if any(map(is_read_otherwise, record.review.markdown)):
        parts.append(LaterPart(_READING, _NOT_READ))
    return tuple(parts)


def layout_name(renderer: Renderer, language: str, later: Iterable[LaterPart] = ()) -> str:
    """Return the name of this paper layout: 16 hex digits, from version, chart stylesheet, layout, and what is later.

    A repository's own templates, and languages that are not in `LAYOUTS`, are named by the digests of their files.
    """
    names = [part.name for part in later]
    own = [file_digest(renderer.source(name)) for name in TEMPLATES]
    here = [file_digest((resource("templates") / name).read_bytes()) for name in TEMPLATES]
    if own == here and language in LAYOUTS:
        return digest([__version__, renderer.chart_style, *LAYOUTS[language], *names])[:16]
    words = resource("templates") / "messages" / f"{language}.po"
    return digest([__version__, renderer.chart_style, *own, *_digests(words), *names])[:16]


def _digests(path: Path) -> list[str]:
    return [file_digest(path.read_bytes())] if path.is_file() else []
