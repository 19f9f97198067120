"""Read a PDF of unknown origin: its attachments, its text, and anything in it that can act or hide.

Nothing in the file is trusted. Sizes are limited before anything is unpacked, and library errors become `Unreadable`.
"""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from kpigen.base import disk
from kpigen.diagnostics.terms import why
from kpigen.diagnostics.values import Phrase, Value, phrase
from kpigen.diagnostics.wording import ENGLISH
from kpigen.site.proof.carried import CARRIED
from kpigen.site.proof.limits import MAX_NESTED, TooMuch, refuse_bombs, unpacked
from kpigen.site.proof.printed_text import PrintedText, printed_text

#: Limits. A report has two to five pages and about 50 KB of attachments; anything far larger is not unpacked.
MAX_BYTES, MAX_ATTACHMENT, MAX_ATTACHMENTS, MAX_PAGES = 20_000_000, 5_000_000, 20, 100

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


@dataclass(frozen=True)
class PdfFile:
    """A PDF in memory. `attachments` are by name; `added` lists anything active that kpigen does not write; `producer` is the
    program that says it wrote the file; `is_damaged` is True if viewers have to mend it, `is_encrypted` if it is encrypted
    although it opens without a password."""

    data: bytes
    attachments: dict[str, bytes]
    added: tuple[Phrase, ...]
    signatures: int
    producer: str
    is_damaged: bool
    is_encrypted: bool

    @cached_property
    def text(self) -> PrintedText:
        """The text that it prints. Raise Unreadable if it cannot be read."""
        with opened(self.data) as pdf:
            return printed_text(pdf)


@contextlib.contextmanager
def opened(data: bytes) -> Iterator[Any]:
    """Open a PDF. Raise Unreadable, with the reason, if that or anything that is done with it fails."""
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(data), suppress_warnings=True) as pdf:
            yield pdf
    except pikepdf.PasswordError as error:
        raise Unreadable(phrase("it asks for a password")) from error
    except TooMuch as error:
        raise Unreadable(error.why) from error
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, RuntimeError) as error:
        said = re.sub(r"^stream <[^>]*>: ", "", " ".join(str(error).split()))  # the prefix names an internal object
        raise Unreadable(said[:120] or type(error).__name__) from error


def read_file(path: Path) -> PdfFile:
    """Return a PDF read from a file. Raise Unreadable, with the reason, if that fails."""
    try:
        return read_pdf(disk.read_given(path, MAX_BYTES))
    except disk.TooLarge as error:
        raise Unreadable(phrase("it is larger than {limit} bytes", limit=f"{MAX_BYTES:,}")) from error
    except OSError as error:
        raise Unreadable(why(error)) from error


def read_pdf(data: bytes) -> PdfFile:
    """Return a PDF read from bytes. Raise Unreadable, with the reason, if that fails."""
    if len(data) > MAX_BYTES:
        raise Unreadable(phrase("it is larger than {limit} bytes", limit=f"{MAX_BYTES:,}"))
    try:
        refuse_bombs(data)
    except TooMuch as error:
        raise Unreadable(error.why) from error
    with opened(data) as pdf:
        if len(pdf.pages) > MAX_PAGES:
            raise Unreadable(phrase("it has more than {limit} pages", limit=MAX_PAGES))
        attachments = dict(_attachments(pdf))
        added = tuple(sorted(set(_added(pdf, attachments)), key=ENGLISH.words))
        producer = str(pdf.trailer.Info.get("/Producer", "")) if "/Info" in pdf.trailer else ""
        return PdfFile(data, attachments, added, _signatures(pdf), producer, bool(pdf.get_warnings()), pdf.is_encrypted)


def _attachments(pdf: Any) -> Iterator[tuple[str, bytes]]:
    names = set()
    tree = pdf.Root.get("/Names")
    for name, spec in _named(tree.get("/EmbeddedFiles") if tree is not None else None, 0):
        if name in names:
            raise Unreadable(phrase("it carries two attachments called {name}", name=name))
        names.add(name)
        if len(names) > MAX_ATTACHMENTS:
            raise Unreadable(phrase("it carries more than {limit} attachments", limit=MAX_ATTACHMENTS))
        try:
            yield name, unpacked(spec.EF.F, MAX_ATTACHMENT)
        except TooMuch as error:
            what = phrase("the attachment {name} cannot be unpacked: {reason}", name=name, reason=error.why)
            raise Unreadable(what) from error


def _named(tree: Any, depth: int) -> Iterator[tuple[str, Any]]:
    """Yield the attachments with their names, from a list in one piece or in several."""
    if tree is None or depth > MAX_NESTED:
        return
    names = tree.get("/Names", [])
    for place in range(0, len(names) - 1, 2):
        yield str(names[place]), names[place + 1]
    for kid in tree.get("/Kids", []):
        yield from _named(kid, depth + 1)


def _added(pdf: Any, attachments: Iterable[str]) -> Iterator[Phrase]:
    """Yield everything in the file that can act, or show and hide content. kpigen writes only text, lines and links."""
    import pikepdf

    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
            yield from (_ACTIVE[key] for key in _ACTIVE.keys() & item.keys())
            if item.get("/Type") == "/Annot" and str(item.get("/Subtype")) not in _HARMLESS:
                yield phrase("an annotation")
    for page in pdf.pages:
        for note in page.get("/Annots", []):
            kind = str(note.get("/Subtype"))
            if kind not in _HARMLESS or "/AP" in note or (kind == "/Widget" and not _is_out_of_sight(note)):
                yield phrase("an annotation")
    yield from (phrase("the attachment {name}", name=name) for name in attachments if name not in CARRIED)


def _is_out_of_sight(field: Any) -> bool:
    """Return True if a field is a signature that is invisible on the page."""
    return bool(field.get("/FT") == "/Sig" and all(float(edge) == 0 for edge in field.get("/Rect", [1])))


def _signatures(pdf: Any) -> int:
    form = pdf.Root.get("/AcroForm")
    fields = form.get("/Fields", []) if form is not None else []
    return sum(1 for field in fields if field.get("/FT") == "/Sig" and "/ByteRange" in field.get("/V", {}))
