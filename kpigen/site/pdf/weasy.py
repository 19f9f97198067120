"""WeasyPrint in a sandbox: it sees only the files it is given, and the same document always gives the same bytes."""

from __future__ import annotations

import datetime
import hashlib
import io
import mimetypes
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

import pydyf
import weasyprint
from weasyprint.text import ffi
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from kpigen.base.garbage import not_collected
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Kind, Span, shorten
from kpigen.diagnostics.values import Phrase, Value, phrase
from kpigen.site.pdf import Attached
from kpigen.site.pdf.fonts import bare
from kpigen.site.render.render import BrokenTemplate

SCHEME = "kpigen:"

#: Archival and tagged. It also derives the document's identifier from its content.
VARIANT = "pdf/a-3a"


def major_version() -> int:
    """Return WeasyPrint's major version."""
    return int(weasyprint.__version__.split(".")[0])


def has_subsetter() -> bool:
    """Return True if libharfbuzz-subset embeds fonts. Otherwise fontTools does it, several times slower."""
    return getattr(ffi, "harfbuzz_subset", None) is not None


#: Media types of attached files by extension. WeasyPrint would look them up in the machine's own list.
_TYPES = {".md": "text/markdown", ".yaml": "application/yaml", ".json": "application/json"}


def _finish(document: Any, pdf: Any) -> None:
    """Strip unused parts of embedded fonts, and add what WeasyPrint omits: the scope of headings, the types of files."""
    blanks = {glyph for font in document.fonts.values() for glyph, text in font.to_unicode.items() if not text.strip()}
    for item in pdf.objects:
        if isinstance(item, pydyf.Stream) and item.extra.get("Subtype") == "/OpenType":
            if data := bare(item.stream[0], blanks):
                item.stream, item.extra["Subtype"] = [data], "/CIDFontType0C"
        elif isinstance(item, pydyf.Dictionary) and item.get("S") == "/TH" and "A" in item:
            group = _parent(pdf, _parent(pdf, item))
            item["A"]["Scope"] = "/Column" if group["S"] == "/THead" else "/Row"
        elif isinstance(item, pydyf.Dictionary) and item.get("Type") == "/Filespec":
            type_ = _TYPES[PurePosixPath(item["UF"].string).suffix]
            pdf.objects[int(item["EF"]["F"].split()[0])].extra["Subtype"] = f"/{type_.replace('/', '#2f')}"
    if "AF" in pdf.catalog:  # it lists each file twice
        pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))


def _parent(pdf: Any, element: Any) -> Any:
    return pdf.objects[int(element["P"].split()[0])]


class Fetcher(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
    """Serves only `kpigen:NAME` from memory: no network, no files, no `data:` URLs."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        """Take the files to serve, by name."""
        super().__init__(allowed_protocols=(), allow_redirects=False)
        self.refused: list[str] = []
        self._files = {f"{SCHEME}{name}": data for name, data in files.items()}

    def fetch(self, url: str, headers: Any = None) -> Any:
        """Return one of the files; any other URL is refused and noted."""
        if url not in self._files:
            self.refused.append(url)
            raise ValueError(f"kpigen did not hand in {url}")
        return URLFetcherResponse(
            url, self._files[url], {"Content-Type": mimetypes.guess_type(url)[0] or "application/octet-stream"}
        )


class PdfEngine:
    """Makes PDFs. Fonts and stylesheet are read once; `notes` says what could be improved on this machine.

    `made_with` names everything except the HTML that the look of a document depends on.
    """

    def __init__(
        self,
        families: Sequence[str],
        style: str,
        files: Mapping[str, bytes],
        fonts: str,
        boxed: Callable[[str], str],
        notes: tuple[Phrase, ...] = (),
    ) -> None:
        """Take the font families in order of preference, the stylesheet, the files for templates and the fonts' digest.

        `boxed` replaces the characters of a text that these fonts cannot draw.
        """
        self.notes, self.boxed = notes, boxed
        self.made_with = {
            "weasyprint": str(weasyprint.__version__),
            "pydyf": str(pydyf.__version__),
            "pango": str(ffi.pango.pango_version()),
            "fonts": fonts,
            "style": hashlib.sha256(style.encode()).hexdigest()[:16],
        }
        self._fetcher = Fetcher(files)
        self._fonts = FontConfiguration()
        listed = ", ".join('"{}"'.format(family.replace('"', "")) for family in families)
        self._style = weasyprint.CSS(
            string=f"{style}\nhtml {{ font-family: {listed} }}",
            base_url=SCHEME,
            url_fetcher=self._fetcher,
            font_config=self._fonts,
        )
        self._refused = tuple(self._fetcher.refused)

    def render(
        self,
        html: str,
        date: datetime.date,
        title: str,
        language: str,
        attachments: Iterable[Attached] = (),
    ) -> bytes:
        """Return a document as PDF/A-3a with the given date. Raise BrokenTemplate if it asks for a file that it was not given."""
        self._fetcher.refused = list(self._refused)
        try:
            data = self._printed(html, date, title, language, attachments)
        except MemoryError:
            raise
        except Exception as error:  # HTML or a style of a template that WeasyPrint stumbles over
            says = str(error) if isinstance(error, ValueError) else type(error).__name__
            raise self._broken(catalogue.CANNOT_PRINT, shorten(says, 100)) from error
        if self._fetcher.refused:
            # WeasyPrint continues without missing files, so an incomplete report could be signed unnoticed.
            problem = phrase(
                "it asks for {name}, and print may only use what kpigen hands it",
                name=shorten(self._fetcher.refused[0], 100),
            )
            raise self._broken(catalogue.TEMPLATE_BROKEN, problem)
        return data

    def _printed(
        self, html: str, date: datetime.date, title: str, language: str, attachments: Iterable[Attached]
    ) -> bytes:
        # A document has about 100,000 small objects, all of them alive, so that collecting garbage finds nothing.
        with not_collected(), warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)  # WeasyPrint does not close its colour profile
            page = weasyprint.HTML(string=self.boxed(html), base_url=SCHEME, url_fetcher=self._fetcher)
            document = page.render(font_config=self._fonts, stylesheets=[self._style], pdf_variant=VARIANT)
            self._describe(document.metadata, date, title, language)
            moment = datetime.datetime.combine(date, datetime.time())
            document.metadata.attachments = [
                weasyprint.Attachment(
                    file_obj=io.BytesIO(item.data),
                    name=item.name,
                    description=item.description,
                    relationship=item.relationship,
                    created=moment,
                    modified=moment,
                )
                for item in sorted(attachments, key=lambda item: item.name)
            ]
            data: bytes = document.write_pdf(pdf_variant=VARIANT, finisher=_finish)
        return data

    @staticmethod
    def _broken(kind: Kind, problem: Value) -> BrokenTemplate:
        return BrokenTemplate(kind.at(Span("templates/print/report.html"), problem=problem))

    @staticmethod
    def _describe(metadata: Any, date: datetime.date, title: str, language: str) -> None:
        """Set all metadata of the file, whatever the HTML says: no author, and nothing about the machine or the current time."""
        metadata.title, metadata.lang = title, metadata.lang or language
        metadata.created = metadata.modified = date.isoformat()
        metadata.authors, metadata.keywords, metadata.attachments, metadata.custom = [], [], [], {}
        metadata.description, metadata.generator = None, "kpigen"
