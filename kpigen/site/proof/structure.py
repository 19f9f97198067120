"""What a PDF is built of: how many entries of which kind, within bounds, and the drawing that viewers may show differently.

A PDF that kpigen printed and the same one printed again are built of the same kinds. Whatever one holds beyond the other
(annotations, forms, layers, replaced fonts, other page boxes, texts for the ear, …) somebody put there; which viewer shows
what of it is nothing that has to be known.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from dataclasses import dataclass
from typing import Any

from kpigen.diagnostics.values import Phrase, Value, phrase

#: A report unpacks to some 2 MB and has some 20,000 entries; 100 KB are drawn on a page.
MAX_UNPACKED, MAX_DRAWN, MAX_ENTRIES, MAX_OPERATORS, MAX_NESTED = 60_000_000, 2_000_000, 500_000, 1_000_000, 8

#: Kind of entry → how many there are.
Kinds = Counter[str]

# What a signature by kpigen adds: a field without a place on the page, and what names it.
_OF_SIGNATURE = frozenset(
    {
        "/Annots",
        "/AcroForm",
        *(f"/Annot{key}" for key in ("/F", "/FT", "/P", "/Rect", "/Subtype", "/T", "/Type", "/V")),
        *("/AcroForm/Fields", "/AcroForm/SigFlags", "/Catalog/AcroForm", "/Catalog/Extensions", "/Catalog/Version"),
        *("/Extensions/ESIC", "/Extensions/ISO_", "/Page/Annots", "/Pages/Annots"),
        *(
            f"/DeveloperExtensions/{key}"
            for key in ("BaseVersion", "ExtensionLevel", "ExtensionRevision", "Type", "URL")
        ),
        *(f"/Sig/{key}" for key in ("ByteRange", "Contents", "Filter", "M", "SubFilter", "Type")),
    }
)

# Annotations and what they do: here each value counts, but for where on the page they are.
_TOLD = ("/Annots", "/A", "/BS")
_PLACES = ("/Rect", "/QuadPoints")
_PACKED = ("/FlateDecode", "/DCTDecode", "/JPXDecode")
_PIECE = 16_384
_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_UNUSUAL = re.compile(rb"/(?:LZW|RunLength|ASCII85|ASCIIHex)Decode|/Filter\s*(?:\d|\[[^\]/]*/[^\]/]*/)")
_OF_PACKING = ("/Length", "/Filter", "/DecodeParms")
_TRAILER = {"/Type", "/Size", "/Root", "/Info", "/ID", "/Prev", "/Index", "/W", *_OF_PACKING}

# What every viewer draws alike.
_OPERATORS = frozenset(
    "q Q cm w J j M d gs m l c v y h re S s f F f* B B* b b* n W W* BT ET Tc Tw Tz TL Tf Tr Ts Td TD Tm T* Tj TJ ' \" "  # noqa: SIM905
    "CS cs SC SCN sc scn G g RG rg K k Do BMC BDC EMC".split()
)


# Operators that draw something by its name, and where that is listed.
_DRAWING_WITHIN = {"Do": "/XObject", "gs": "/ExtGState", "scn": "/Pattern", "SCN": "/Pattern"}


class TooMuch(ValueError):  # noqa: N818  # says what is too much
    """A file that goes beyond all bounds, or in circles; `why` says how."""

    def __init__(self, why: Value) -> None:
        """Say why."""
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Built:
    """The kinds of entries of a file, and what draws or hides in a way that viewers may not share."""

    kinds: Kinds
    odd: frozenset[Phrase]


def refuse_bombs(data: bytes) -> None:
    """Raise TooMuch where a file would unpack beyond all bounds; to be asked before a library opens it, for that unpacks."""
    if _UNUSUAL.search(data):
        raise TooMuch(phrase("something in it is packed in an unusual way"))
    left, view = MAX_UNPACKED, memoryview(data)
    for start in (match.end() for match in _STREAM.finditer(data)):
        unpack, place = zlib.decompressobj(), start
        try:
            while place < len(data) and not unpack.eof:
                left -= len(unpack.decompress(unpack.unconsumed_tail or view[place : place + _PIECE], 1_000_000))
                place += 0 if unpack.unconsumed_tail else _PIECE
                if left < 0:
                    raise TooMuch(phrase("it unpacks to more than a report ever holds"))
        except zlib.error:
            continue  # not packed, or wrongly: whoever reads it will say


def built_of(pdf: Any) -> Built:
    """Go through all that an open PDF's pages and catalog lead to; raises TooMuch."""
    odd: set[Phrase] = set()
    if not set(pdf.trailer.keys()) <= _TRAILER:
        odd.add(phrase("a second table of contents"))
    kinds = _kinds(pdf)
    for page in pdf.pages:
        odd |= _Drawing().of_page(page)
    if pdf.get_warnings():
        odd.add(phrase("something damaged, which viewers mend in different ways"))
    return Built(kinds, frozenset(odd))


def beyond(kinds: Kinds, expected: Kinds, is_signed: bool) -> list[str]:
    """Return the kinds of which a file holds more than it should; what a signature adds is fine in a signed one."""
    more = kinds - expected
    return sorted(kind for kind in more if not (is_signed and kind.partition("=")[0] in _OF_SIGNATURE))


def _kinds(pdf: Any) -> Kinds:
    """Count entries as `/type/key`, with the value where that is a name, and of annotations whatever they tell."""
    import pikepdf

    kinds: Kinds = Counter()
    seen: set[tuple[int, int]] = set()
    parts: set[tuple[int, int]] = set()
    left = MAX_UNPACKED
    waiting = [("/Catalog", "", pdf.Root)]
    if "/Info" in pdf.trailer:
        waiting.append(("/Info", "", pdf.trailer.Info))
    for _ in range(MAX_ENTRIES):
        if not waiting:
            return kinds
        context, key, item = waiting.pop()
        if isinstance(item, pikepdf.Array):
            if not item.is_indirect or _first(seen, item):
                if len(item) > MAX_ENTRIES:
                    break
                waiting += [(context, key, one) for one in item]
            continue
        if not isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
            continue
        if key == "/K" and item.is_indirect and not _first(parts, item):
            raise TooMuch(phrase("a part of its structure stands in two places"))
        if item.is_indirect and not _first(seen, item):
            continue
        if isinstance(item, pikepdf.Stream):
            left -= _unpacked(item, left)
        if item.get("/Subtype") == "/Type3":
            raise TooMuch(phrase("it has a font made of drawings"))
        type_ = str(item.get("/Type", key or context))
        for name, value in item.items():
            if name in _OF_PACKING and isinstance(item, pikepdf.Stream):
                continue
            told = isinstance(value, pikepdf.Name) or (key in _TOLD and name not in _PLACES)
            kinds[f"{type_}{name}" + (f"={_said(value)}" if told else "")] += 1
            waiting.append((type_, name, value))
    raise TooMuch(phrase("it has more than {limit} entries", limit=f"{MAX_ENTRIES:,}"))


def _said(value: Any) -> str:
    """Return an entry's value in short, empty for what is gone through by itself."""
    import pikepdf

    if isinstance(value, pikepdf.Dictionary | pikepdf.Stream):
        return ""
    return str([_said(one) for one in value[:20]] if isinstance(value, pikepdf.Array) else value)[:300]


def _listed(value: Any) -> list[Any]:
    """Return what may be nothing, one thing or an array as a list."""
    import pikepdf

    return [] if value is None else list(value) if isinstance(value, pikepdf.Array) else [value]


def _first(seen: set[tuple[int, int]], item: Any) -> bool:
    number = item.objgen
    if number in seen:
        return False
    seen.add(number)
    return True


def _unpacked(stream: Any, most: int) -> int:
    """Return the size of a stream unpacked; raises TooMuch beyond `most`, and where it is packed as kpigen does not."""
    names = [str(name) for name in _listed(stream.get("/Filter"))]
    if len(names) > 1 or any(name not in _PACKED for name in names):
        raise TooMuch(phrase("something in it is packed in an unusual way"))
    raw = stream.read_raw_bytes()
    size = len(raw)
    if names == ["/FlateDecode"]:
        unpack, size = zlib.decompressobj(), 0
        try:
            while raw and size <= most:
                size += len(unpack.decompress(raw, 1_000_000))
                raw = unpack.unconsumed_tail
        except zlib.error as error:
            raise TooMuch(phrase("something in it is packed wrongly")) from error
    if size > most:
        raise TooMuch(phrase("it unpacks to more than a report ever holds"))
    return size


class _Drawing:
    """Counts what a page draws, with what its forms draw each time, before anything is drawn."""

    def __init__(self) -> None:
        self.left = MAX_OPERATORS
        self.odd: set[Phrase] = set()

    def of_page(self, page: Any) -> set[Phrase]:
        """Return what is odd about the drawing; raises TooMuch."""
        left = MAX_DRAWN
        for part in _listed(page.obj.get("/Contents")):
            left -= _unpacked(part, left)
        self.follow(page, page.resources, 0)
        return self.odd

    def follow(self, drawn: Any, resources: Any, depth: int) -> None:
        """Count the operators of a page or form."""
        import pikepdf

        if depth > MAX_NESTED:
            raise TooMuch(phrase("what it draws is nested too deep"))
        for instruction in pikepdf.parse_content_stream(drawn):
            operands, operator = instruction.operands, instruction.operator
            self.left -= 1
            if self.left < 0:
                raise TooMuch(phrase("it draws too much"))
            if str(operator) not in _OPERATORS:
                self.odd.add(phrase("drawing that viewers show differently"))
            within = self.within(resources, str(operator), operands)
            if within is not None:
                _unpacked(within, MAX_DRAWN)
                self.follow(within, within.get("/Resources", resources), depth + 1)

    def within(self, resources: Any, operator: str, operands: Any) -> Any:
        """Return the drawing that an operator draws by its name: a form, a mask, a pattern; None where there is none."""
        import pikepdf

        if operator not in _DRAWING_WITHIN or not len(operands) or not isinstance(operands[-1], pikepdf.Name):
            return None
        item = resources.get(_DRAWING_WITHIN[operator], {}).get(operands[-1])
        if operator == "gs" and item is not None:
            mask = item.get("/SMask")
            item = mask.get("/G") if isinstance(mask, pikepdf.Dictionary) else None
        return item if isinstance(item, pikepdf.Stream) and item.get("/Subtype") != "/Image" else None
