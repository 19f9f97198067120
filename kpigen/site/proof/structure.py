"""The structure of a PDF: how many entries of each kind it has, within limits, and drawing that viewers may show differently.

A PDF printed by kpigen and its reprint have the same kinds of entries. Anything extra (annotations, forms, layers, replaced
fonts, other page boxes, alternative texts, …) was put there by somebody. How each viewer shows it does not matter.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from dataclasses import dataclass
from typing import Any

from kpigen.diagnostics.values import Phrase, Value, phrase

#: Limits. A report unpacks to about 2 MB, has about 20,000 entries, and draws about 100 KB on a page.
MAX_UNPACKED, MAX_DRAWN, MAX_ENTRIES, MAX_OPERATORS, MAX_NESTED = 60_000_000, 2_000_000, 500_000, 1_000_000, 8

#: Kind of entry → count.
Kinds = Counter[str]

# What a signature by kpigen adds: an invisible field, and the entries that refer to it.
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

# Annotations and their actions: here values are compared too, except for positions on the page.
_TOLD = ("/Annots", "/A", "/BS")
_PLACES = ("/Rect", "/QuadPoints")
_PACKED = ("/FlateDecode", "/DCTDecode", "/JPXDecode")
_PIECE = 16_384
_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_UNUSUAL = re.compile(rb"/(?:LZW|RunLength|ASCII85|ASCIIHex)Decode|/Filter\s*(?:\d|\[[^\]/]*/[^\]/]*/)")
_OF_PACKING = ("/Length", "/Filter", "/DecodeParms")
_TRAILER = {"/Type", "/Size", "/Root", "/Info", "/ID", "/Prev", "/Index", "/W", *_OF_PACKING}

# Operators that every viewer draws alike.
_OPERATORS = frozenset(
    "q Q cm w J j M d gs m l c v y h re S s f F f* B B* b b* n W W* BT ET Tc Tw Tz TL Tf Tr Ts Td TD Tm T* Tj TJ ' \" "  # noqa: SIM905
    "CS cs SC SCN sc scn G g RG rg K k Do BMC BDC EMC".split()
)


# Operators that draw something by name, and the resource dictionary that lists it.
_DRAWING_WITHIN = {"Do": "/XObject", "gs": "/ExtGState", "scn": "/Pattern", "SCN": "/Pattern"}


class TooMuch(ValueError):  # noqa: N818  # says which limit
    """The file exceeds a limit or contains a cycle. `why` is the reason."""

    def __init__(self, why: Value) -> None:
        """Store the reason."""
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Built:
    """The kinds of entries in a file, and any drawing or hiding that viewers may treat differently."""

    kinds: Kinds
    odd: frozenset[Phrase]


def refuse_bombs(data: bytes) -> None:
    """Raise TooMuch if a file would unpack beyond the limit. Call it before a library opens the file, because that unpacks."""
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
            continue  # not compressed, or damaged: the reader will report it


def built_of(pdf: Any) -> Built:
    """Return the structure of an open PDF: everything reachable from its pages and catalog. Raise TooMuch beyond the limits."""
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
    """Return the kinds of which a file has more than expected. In a signed file, the entries of a signature are allowed."""
    more = kinds - expected
    return sorted(kind for kind in more if not (is_signed and kind.partition("=")[0] in _OF_SIGNATURE))


def _kinds(pdf: Any) -> Kinds:
    """Count entries as `/type/key`, with the value if that is a name; for annotations with every value."""
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
    """Return a short text of an entry's value; empty if the value is visited separately."""
    import pikepdf

    if isinstance(value, pikepdf.Dictionary | pikepdf.Stream):
        return ""
    return str([_said(one) for one in value[:20]] if isinstance(value, pikepdf.Array) else value)[:300]


def _listed(value: Any) -> list[Any]:
    """Return a list from a value that may be absent, a single object or an array."""
    import pikepdf

    return [] if value is None else list(value) if isinstance(value, pikepdf.Array) else [value]


def _first(seen: set[tuple[int, int]], item: Any) -> bool:
    number = item.objgen
    if number in seen:
        return False
    seen.add(number)
    return True


def _unpacked(stream: Any, most: int) -> int:
    """Return the unpacked size of a stream, in bytes. Raise TooMuch beyond `most`, or for a filter that kpigen does not use."""
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
    """Counts what a page draws, including its forms each time they are drawn, before anything is rendered."""

    def __init__(self) -> None:
        self.left = MAX_OPERATORS
        self.odd: set[Phrase] = set()

    def of_page(self, page: Any) -> set[Phrase]:
        """Return anything unusual about the drawing. Raise TooMuch beyond the limits."""
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
        """Return what an operator draws by name (a form, mask or pattern); None if nothing."""
        import pikepdf

        if operator not in _DRAWING_WITHIN or not len(operands) or not isinstance(operands[-1], pikepdf.Name):
            return None
        item = resources.get(_DRAWING_WITHIN[operator], {}).get(operands[-1])
        if operator == "gs" and item is not None:
            mask = item.get("/SMask")
            item = mask.get("/G") if isinstance(mask, pikepdf.Dictionary) else None
        return item if isinstance(item, pikepdf.Stream) and item.get("/Subtype") != "/Image" else None
