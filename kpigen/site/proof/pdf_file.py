"""Read a PDF of unknown origin: its attachments, its text in reading order, and anything that does not belong there.

Nothing in the file is trusted. Sizes are limited before anything is unpacked, and library errors become `Unreadable`.
"""

from __future__ import annotations

import ctypes
import io
import re
import unicodedata
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kpigen.diagnostics.values import Phrase, Value, phrase
from kpigen.diagnostics.wording import ENGLISH
from kpigen.site.proof.carried import CARRIED
from kpigen.site.proof.structure import Kinds, TooMuch, built_of, refuse_bombs

#: Limits. A report has two to five pages and about 50 KB of attachments; anything far larger is not unpacked.
MAX_BYTES, MAX_ATTACHMENT, MAX_ATTACHMENTS, MAX_PAGES, MAX_DEPTH = 20_000_000, 5_000_000, 20, 100, 60

_SPACE = re.compile(r"[\s\u200b\ufeff\x00-\x1f]+")

# Characters that fonts draw with the same glyph. A PDF stores glyphs, and may name any of these characters for one.
_ALIKE = str.maketrans("•‧・∙⋅―∆∑∏", "·····—ΔΣΠ")

# Entries that make a viewer do or show more than the pages. kpigen never writes them.
_ACTIVE = {
    "/JavaScript": phrase("a script"),
    "/JS": phrase("a script"),
    "/OpenAction": phrase("an action on opening"),
    "/AA": phrase("an action"),
    "/XFA": phrase("a form of another kind"),
    "/RichMedia": phrase("a moving picture"),
    "/OCProperties": phrase("layers that can be hidden"),
}
_HARMLESS = {"/Link", "/Widget"}


class Unreadable(Exception):  # noqa: N818  # carries the reason to the caller
    """The file is not a PDF, or cannot be read. `why` is the reason."""

    def __init__(self, why: Value) -> None:
        """Store the reason."""
        super().__init__(why)
        self.why = why


def squeeze(text: str) -> str:
    """Return a text for comparison: without white space (line breaks may differ), and with look-alike characters unified."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", text).translate(_ALIKE))


@dataclass(frozen=True)
class PageText:
    """The squeezed text of a page: the body, table rows cell by cell, table headings (repeated on each page), and the text in
    the margins."""

    body: str
    rows: tuple[tuple[str, ...], ...]
    heads: frozenset[str]
    around: str


@dataclass(frozen=True)
class PdfFile:
    """A PDF in memory. `attachments` are by name; `added` lists anything that kpigen does not write; `kinds` counts the kinds
    of all its entries."""

    data: bytes
    attachments: dict[str, bytes]
    added: tuple[Phrase, ...]
    signatures: int
    kinds: Kinds

    @cached_property
    def pages(self) -> tuple[PageText, ...]:
        """The text of each page, in order."""
        return tuple(_texts(self.data))

    @property
    def revisions(self) -> int:
        """How many times the file was written: once, plus once for each addition at its end."""
        return self.data.count(b"startxref")


def read_pdf(data: bytes) -> PdfFile:
    """Return a PDF read from bytes. Raise Unreadable, with the reason, if that fails."""
    import pikepdf

    if len(data) > MAX_BYTES:
        raise Unreadable(phrase("it is larger than {limit} bytes", limit=f"{MAX_BYTES:,}"))
    try:
        refuse_bombs(data)
        with pikepdf.open(io.BytesIO(data)) as pdf:
            if len(pdf.pages) > MAX_PAGES:
                raise Unreadable(phrase("it has more than {limit} pages", limit=MAX_PAGES))
            built = built_of(pdf)
            attachments = _attachments(pdf)
            added = sorted({*_added(pdf, attachments), *built.odd}, key=ENGLISH.words)
            return PdfFile(data, attachments, tuple(added), _signatures(pdf), built.kinds)
    except pikepdf.PasswordError as error:
        raise Unreadable(phrase("it asks for a password")) from error
    except TooMuch as error:
        raise Unreadable(error.why) from error
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, RuntimeError) as error:
        said = re.sub(r"^stream <[^>]*>: ", "", " ".join(str(error).split()))  # the prefix names an internal object
        raise Unreadable(said[:120] or type(error).__name__) from error


def _attachments(pdf: Any) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for name, spec in _named(pdf):
        if name in files:
            raise Unreadable(phrase("it carries two attachments called {name}", name=name))
        stream = spec.EF.F
        files[name] = _unpacked(name, stream.read_raw_bytes(), stream.get("/Filter"), stream.get("/DecodeParms"))
    return files


def _named(pdf: Any) -> Iterator[tuple[str, Any]]:
    """Yield the attachments as listed. kpigen writes the list in one piece."""
    names = pdf.Root.get("/Names")
    tree = names.get("/EmbeddedFiles") if names is not None else None
    if tree is None:
        return
    if "/Kids" in tree or len(tree.Names) > 2 * MAX_ATTACHMENTS:
        raise Unreadable(phrase("its list of attachments is an unusual one"))
    for place in range(0, len(tree.Names) - 1, 2):
        yield str(tree.Names[place]), tree.Names[place + 1]


def _unpacked(name: str, raw: bytes, filter_: Any, parameters: Any) -> bytes:
    if filter_ is None:
        return raw
    if str(filter_) != "/FlateDecode" or parameters is not None:
        raise Unreadable(phrase("the attachment {name} is packed in an unusual way", name=name))
    unpack = zlib.decompressobj()
    try:
        data = unpack.decompress(raw, MAX_ATTACHMENT)
    except zlib.error as error:
        raise Unreadable(phrase("the attachment {name} is damaged", name=name)) from error
    if unpack.unconsumed_tail:
        raise Unreadable(
            phrase("the attachment {name} is larger than {limit} bytes", name=name, limit=f"{MAX_ATTACHMENT:,}")
        )
    return data


def _added(pdf: Any, attachments: Iterable[str]) -> Iterator[Phrase]:
    """Yield everything in the file that can act, or show and hide content. kpigen writes only text, lines and links."""
    import pikepdf

    found: set[Phrase] = set()
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
            found |= {_ACTIVE[key] for key in _ACTIVE.keys() & item.keys()}
            if item.get("/Type") == "/Annot" and str(item.get("/Subtype")) not in _HARMLESS:
                found.add(phrase("an annotation"))
    for page in pdf.pages:
        for note in page.get("/Annots", []):
            kind = str(note.get("/Subtype"))
            if kind not in _HARMLESS or "/AP" in note or (kind == "/Widget" and not _is_out_of_sight(note)):
                found.add(phrase("an annotation"))
    found |= {phrase("the attachment {name}", name=name) for name in attachments if name not in CARRIED}
    yield from found


def _is_out_of_sight(field: Any) -> bool:
    """Return True if a field is a signature that is invisible on the page."""
    return bool(field.get("/FT") == "/Sig" and all(float(edge) == 0 for edge in field.get("/Rect", [1])))


def _signatures(pdf: Any) -> int:
    form = pdf.Root.get("/AcroForm")
    fields = form.get("/Fields", []) if form is not None else []
    return sum(1 for field in fields if field.get("/FT") == "/Sig" and "/ByteRange" in field.get("/V", {}))


# --- text ------------------------------------------------------------------------------------------------------------


def _texts(data: bytes) -> Iterator[PageText]:
    import pypdfium2 as pdfium

    try:
        with pdfium.PdfDocument(data) as document:
            for page in document:
                yield _PageReader(page).read()
    except pdfium.PdfiumError as error:
        raise Unreadable(str(error)) from error


class _PageReader:
    """Reads one page through PDFium: first its text objects by marked-content id, then the structure tree."""

    def __init__(self, page: Any) -> None:
        import pypdfium2.raw as pdfium

        self.raw, self.page = pdfium, page
        self.marked: dict[int, list[str]] = {}
        self.rows: list[tuple[str, ...]] = []
        self.heads: set[str] = set()
        self.used: set[int] = set()

    def read(self) -> PageText:
        textpage = self.page.get_textpage()
        count = self.raw.FPDFPage_CountObjects(self.page.raw)
        self.collect(self.page.raw, count, self.raw.FPDFPage_GetObject, textpage.raw, 0)
        tree = self.raw.FPDF_StructTree_GetForPage(self.page.raw)
        body = ""
        if tree:
            roots = self.raw.FPDF_StructTree_CountChildren(tree)
            body = "".join(self.element(self.raw.FPDF_StructTree_GetChildAtIndex(tree, n), 0) for n in range(roots))
            self.raw.FPDF_StructTree_Close(tree)
        around = "".join("".join(texts) for mark, texts in sorted(self.marked.items()) if mark not in self.used)
        return PageText(body, tuple(self.rows), frozenset(self.heads), squeeze(around))

    def collect(self, parent: Any, count: int, get: Any, textpage: Any, depth: int) -> None:
        """Collect the text objects of a page, or of a form drawn on it, by marked-content id (-1: without one)."""
        for number in range(count):
            item = get(parent, number)
            kind = self.raw.FPDFPageObj_GetType(item)
            if kind == self.raw.FPDF_PAGEOBJ_TEXT:
                mark = self.raw.FPDFPageObj_GetMarkedContentID(item)
                self.marked.setdefault(mark, []).append(self.text(item, textpage))
            elif kind == self.raw.FPDF_PAGEOBJ_FORM and depth < MAX_DEPTH:
                inner = self.raw.FPDFFormObj_CountObjects(item)
                self.collect(item, inner, self.raw.FPDFFormObj_GetObject, textpage, depth + 1)

    def text(self, item: Any, textpage: Any) -> str:
        length = self.raw.FPDFTextObj_GetText(item, textpage, None, 0)
        buffer = (ctypes.c_ushort * (length // 2 + 1))()
        self.raw.FPDFTextObj_GetText(item, textpage, buffer, length)
        return bytes(buffer)[: max(length - 2, 0)].decode("utf-16-le", "replace")

    def element(self, element: Any, depth: int) -> str:
        """Return the text of a structure element; table rows are stored cell by cell."""
        if not element or depth > MAX_DEPTH:
            return ""
        kind, parts = self.kind(element), []
        for number in range(self.raw.FPDF_StructElement_CountChildren(element)):
            child = self.raw.FPDF_StructElement_GetChildAtIndex(element, number)
            if child:
                parts.append(self.element(child, depth + 1))
            else:
                mark = self.raw.FPDF_StructElement_GetChildMarkedContentID(element, number)
                if mark >= 0 and mark not in self.used:
                    self.used.add(mark)
                    parts.append(squeeze("".join(self.marked.get(mark, ()))))
        if kind == "TR":
            self.rows.append(tuple(parts))
        elif kind == "THead":
            self.heads.add("".join(parts))
        return "" if kind in ("Lbl", "THead") else "".join(parts)

    def kind(self, element: Any) -> str:
        length = self.raw.FPDF_StructElement_GetType(element, None, 0)
        buffer = ctypes.create_string_buffer(max(length, 2))
        self.raw.FPDF_StructElement_GetType(element, buffer, length)
        return buffer.raw[: max(length - 2, 0)].decode("utf-16-le", "replace")
