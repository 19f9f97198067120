"""What `kpigen build --sign` appends to a PDF. A file that holds anything else behind its print is refused.

A signature writes the catalog, the first page, the document's properties and their metadata again, and adds an invisible
field with the signature. All of it follows from the print, except for the time, the version of pyHanko, an identifier and the
signature's own bytes. Programs that show PDFs disagree about nearly every liberty that the format leaves: entries and objects
that stand twice, escaped names, comments. So the appended part is read by a grammar that has none of these, and every value
in it is compared.
"""

from __future__ import annotations

import hashlib
import io
import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, TypeAlias
from xml.sax.saxutils import escape

#: Nothing longer is looked at: a signature with its certificates takes about 20 KB.
MAX_APPENDED = 200_000

_OBJECT = re.compile(rb"([1-9][0-9]{0,9}) 0 obj\n")
_END = re.compile(rb"\nstartxref\n([0-9]{1,10})\n%%EOF\n?\Z")
_SIGNATURE = re.compile(
    rb"<<\n/Contents <(?P<contents>[0-9A-F]+)>\n/ByteRange \[(?P<ranges>0 [0-9]+ [0-9]+ [0-9]+)\] *\n/Type /Sig\n"
    rb"/Filter /Adobe\.PPKLite\n/SubFilter /ETSI\.CAdES\.detached\n"
    rb"/M (?P<time>\(D\\072[0-9]{14}(?:Z|\\05[35][0-9]{2}\\047[0-9]{2}\\047)\))\n>>"
)
_DATE = re.compile(rb"D:([0-9]{14})(?:Z|([+-])([0-9]{2})'([0-9]{2})')")
_VERSION = re.compile(r"pyHanko [0-9]+(\.[0-9]+){1,3}")
_NAME = re.compile(rb"/[A-Za-z0-9_.+-]+")
_WIDTHS = (1, 8, 2)

#: How long signing may take, between the time in the signature and that in the properties.
_BETWEEN = timedelta(minutes=10)

#: How many seconds after the properties the metadata may be written.
_LATER = 5

_METADATA: Mapping[str, _Value] = {"/Type": "/Metadata", "/Subtype": "/XML", "/Filter": "/FlateDecode"}
_DEPTH = 20

_XMP = """\
<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="{program}">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" \
xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" rdf:about="" pdfaid:part="3" \
pdfaid:conformance="A" pdf:Producer="{program}" xmp:CreatorTool="kpigen" xmp:CreateDate="{created}" \
xmp:ModifyDate="{modified}"><dc:title xmlns:dc="http://purl.org/dc/elements/1.1/"><rdf:Alt>\
<rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title></rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""

#: The developer extensions that a signature declares: of PAdES, and of elliptic curves where the key is one.
#: Source: ETSI EN 319 142-1 and ISO/TS 32002.
_PADES: Mapping[str, _Value] = {"/Type": "/DeveloperExtensions", "/BaseVersion": "/1.7", "/ExtensionLevel": Decimal(1)}
_CURVES: Mapping[str, _Value] = {
    "/Type": "/DeveloperExtensions",
    "/BaseVersion": "/2.0",
    "/ExtensionLevel": Decimal(32002),
    "/URL": b"https://www.iso.org/standard/45875.html",
    "/ExtensionRevision": b":2022",
}


@dataclass(frozen=True)
class _ObjectNumber:
    """A reference to an object by its number."""

    number: int


@dataclass(frozen=True)
class _Packed:
    """A stream: its dictionary, and what it holds."""

    entries: Mapping[str, _Value]
    held: bytes


#: A value of a PDF: a name as text, a text or bytes as bytes.
_Value: TypeAlias = "str | bytes | bool | Decimal | _ObjectNumber | _Packed | Mapping[str, _Value] | list[_Value]"


class _OddError(Exception):
    """The appended part is not of the form that kpigen writes."""


def is_signature(data: bytes, printed: bytes) -> bool:
    """Return True if a file is `printed` with one signature as `kpigen build --sign` appends it, made over this very file.

    `data` begins with `printed`, the bytes of a fresh print. Who signed, and whether to trust them, is not asked here.
    """
    if len(data) - len(printed) > MAX_APPENDED:
        return False
    try:
        return _is_expected(data, printed)
    except (_OddError, zlib.error):
        return False


def _is_expected(data: bytes, printed: bytes) -> bool:
    import pikepdf

    appended, before = _appended(data, len(printed)), _END.search(printed)
    with pikepdf.open(io.BytesIO(printed)) as pdf:
        form, field, value, table = _numbers(pdf, 4)
        rewritten = sorted(item.objgen[0] for item in (pdf.Root, pdf.pages[0].obj, pdf.Root.Metadata, pdf.trailer.Info))
        if before is None or list(appended) != [*rewritten, form, field, value, table]:
            return False
        signature = _SIGNATURE.fullmatch(data, appended[value].start, appended[value].end)
        if signature is None or not _is_made_over(data, signature):
            return False
        properties = appended[pdf.trailer.Info.objgen[0]].value
        program, written = _program(properties), _moment(_entry(properties, "/ModDate"))
        if abs(written - _moment(_plain_text(signature["time"]))) > _BETWEEN:
            return False
        expected = _expected(pdf, written, program)
        if any(appended[number].value != item for number, item in expected.items()):
            return False
        if appended[pdf.Root.objgen[0]].value not in _catalogs(pdf):
            return False
        # pyHanko asks the clock once more for the metadata, which may be some seconds later.
        moments = (written + timedelta(seconds=later) for later in range(_LATER + 1))
        metadata = (_Packed(_METADATA, _xmp(pdf.trailer.Info, program, moment)) for moment in moments)
        if appended[pdf.Root.Metadata.objgen[0]].value not in list(metadata):
            return False
        return _is_table(appended, table, pdf, Decimal(before[1].decode()), _END.search(data))


# --- reading ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Appended:
    """An object behind the print: where it begins, where its value starts and ends, and the value."""

    place: int
    start: int
    end: int
    value: _Value


def _appended(data: bytes, start: int) -> dict[int, _Appended]:
    """Return the objects behind `start` by number, in order. Raise _OddError if there is anything else, or one twice."""
    found: dict[int, _Appended] = {}
    value: _Value
    end = _END.search(data, start)
    place = start
    while match := _OBJECT.match(data, place):
        number, begins = int(match[1]), match.end()
        if signature := _SIGNATURE.match(data, begins):
            value, after = b"", signature.end()
        else:
            value, after = _stream(data, begins)
        if number in found or not data.startswith(b"\nendobj\n", after):
            raise _OddError
        found[number] = _Appended(place, begins, after, value)
        place = after + len(b"\nendobj\n")
    if end is None or end.start() != place:
        raise _OddError
    return found


def _stream(data: bytes, place: int) -> tuple[_Value, int]:
    """Return the value at a place, unpacked if it is a stream, and the place behind it."""
    value, place = _value(data, place, 0)
    if not data.startswith(b"\nstream\n", place) or not isinstance(value, dict):
        return value, place
    length = value.pop("/Length", None)
    if not isinstance(length, Decimal) or not 0 < length < MAX_APPENDED:
        raise _OddError
    start = place + len(b"\nstream\n")
    end = start + int(length)
    unpack = zlib.decompressobj()
    held = unpack.decompress(data[start:end], MAX_APPENDED)
    if not unpack.eof or unpack.unused_data or not data.startswith(b"\nendstream", end):
        raise _OddError
    return _Packed(value, held), end + len(b"\nendstream")


def _value(data: bytes, place: int, depth: int) -> tuple[_Value, int]:
    """Return the value at a place, and the place behind it. Raise _OddError unless it is written as pyHanko writes."""
    if depth > _DEPTH:
        raise _OddError
    if data.startswith(b"<<\n", place):
        return _dictionary(data, place + 3, depth)
    if data.startswith(b"[ ", place):
        return _array(data, place + 2, depth)
    for pattern, read in _SIMPLE:
        if match := pattern.match(data, place):
            return read(match[0]), match.end()
    raise _OddError


def _dictionary(data: bytes, place: int, depth: int) -> tuple[_Value, int]:
    entries: dict[str, _Value] = {}
    while not data.startswith(b">>", place):
        name = _NAME.match(data, place)
        if name is None or data[name.end() : name.end() + 1] != b" " or name[0].decode() in entries:
            raise _OddError
        entries[name[0].decode()], place = _value(data, name.end() + 1, depth + 1)
        if data[place : place + 1] != b"\n":
            raise _OddError
        place += 1
    return entries, place + 2


def _array(data: bytes, place: int, depth: int) -> tuple[_Value, int]:
    items: list[_Value] = []
    while not data.startswith(b"]", place):
        item, place = _value(data, place, depth + 1)
        items.append(item)
        if data[place : place + 1] != b" ":
            raise _OddError
        place += 1
    return items, place + 1


def _plain_text(raw: bytes) -> bytes:
    return re.sub(rb"\\([0-7]{3})", lambda match: bytes([int(match[1], 8) & 0xFF]), raw[1:-1])


#: How single values are written, in the order in which they are tried, and what each reads as.
_SIMPLE: tuple[tuple[re.Pattern[bytes], Callable[[bytes], _Value]], ...] = (
    (re.compile(rb"[0-9]{1,10} 0 R"), lambda raw: _ObjectNumber(int(raw.split()[0]))),
    (re.compile(rb"-?(?:0|[1-9][0-9]{0,15})(?:\.[0-9]{1,15})?"), lambda raw: Decimal(raw.decode())),
    (_NAME, lambda raw: raw.decode()),
    (re.compile(rb"\((?:[A-Za-z0-9 ]|\\[0-3][0-7]{2})*\)"), _plain_text),
    (re.compile(rb"<(?:[0-9a-f]{2})*>"), lambda raw: bytes.fromhex(raw[1:-1].decode())),
    (re.compile(rb"true|false"), lambda raw: raw == b"true"),
)


# --- what is expected ------------------------------------------------------------------------------------------------


def _numbers(pdf: Any, count: int) -> range:
    """Return the numbers of new objects. pyHanko leaves the first free one out."""
    first = int(pdf.trailer.Size) + 1
    return range(first, first + count)


def _is_made_over(data: bytes, signature: re.Match[bytes]) -> bool:
    """Return True if the signature's ranges are all of the file but itself, and it names their digest.

    It must be one DER value, followed by zeros.
    """
    start, end = signature.start("contents") - 1, signature.end("contents") + 1
    if signature["ranges"] != b"0 %d %d %d" % (start, end, len(data) - end) or len(signature["contents"]) % 2:
        return False
    value = bytes.fromhex(signature["contents"].decode())
    length = 4 + int.from_bytes(value[2:4], "big")
    digest = hashlib.sha256(data[:start] + data[end:]).digest()
    return value[:2] == b"\x30\x82" and digest in value[:length] and length <= len(value) and not any(value[length:])


def _entry(properties: _Value, key: str) -> bytes:
    """Return a text of the document's properties. Raise _OddError if there is none."""
    value = properties.get(key) if isinstance(properties, Mapping) else None
    if not isinstance(value, bytes):
        raise _OddError
    return value


def _program(properties: _Value) -> str:
    """Return the signing program with its version, from the document's properties."""
    program = _entry(properties, "/Producer").decode("latin-1").rpartition("; ")[2]
    if not _VERSION.fullmatch(program):
        raise _OddError
    return program


def _moment(text: bytes) -> datetime:
    """Return the moment of a date as PDFs write it. Source: ISO 32000-2, 7.9.4."""
    match = _DATE.fullmatch(text)
    if match is None:
        raise _OddError
    sign, hours, minutes = match[2] or b"+", int(match[3] or 0), int(match[4] or 0)
    offset = timedelta(hours=hours, minutes=minutes) * (-1 if sign == b"-" else 1)
    try:
        return datetime.strptime(match[1].decode(), "%Y%m%d%H%M%S").replace(tzinfo=timezone(offset))
    except ValueError as error:
        raise _OddError from error


def _expected(pdf: Any, written: datetime, program: str) -> dict[int, _Value]:
    """Return what the objects that a signature writes hold, by number: all but catalog, metadata, signature and table."""
    page, info = pdf.pages[0].obj, pdf.trailer.Info
    form, field, value = map(_ObjectNumber, _numbers(pdf, 3))
    annotations = page.get("/Annots")
    return {
        page.objgen[0]: {**_entries(page), "/Annots": [*map(_of_print, annotations or ()), field]},
        info.objgen[0]: {
            **_entries(info),
            "/Producer": _text(f"{info.Producer}; {program}"),
            "/ModDate": _date(written),
        },
        form.number: {"/Fields": [field], "/SigFlags": Decimal(3)},
        field.number: {
            "/FT": "/Sig",
            "/T": b"Signature1",
            "/Type": "/Annot",
            "/Subtype": "/Widget",
            "/F": Decimal(132),  # printed and locked, as pyHanko has it
            "/Rect": [Decimal(0)] * 4,
            "/P": _ObjectNumber(page.objgen[0]),
            "/V": value,
        },
    }


def _catalogs(pdf: Any) -> list[_Value]:
    """Return what the catalog may be: with a key of RSA, or one of an elliptic curve."""
    plain = {**_entries(pdf.Root), "/AcroForm": _ObjectNumber(_numbers(pdf, 1)[0])}
    return [
        {**plain, "/Extensions": {"/ESIC": _PADES}},
        {**plain, "/Extensions": {"/ESIC": _PADES, "/ISO_": [_CURVES]}, "/Version": "/2.0"},
    ]


def _is_table(
    appended: Mapping[int, _Appended], table: int, pdf: Any, previous: Decimal, end: re.Match[bytes] | None
) -> bool:
    """Return True if the table lists the appended objects, each once and at its place, and nothing else."""
    packed = appended[table].value
    if not isinstance(packed, _Packed) or end is None or int(end[1]) != appended[table].place:
        return False
    ids = packed.entries.get("/ID")
    own = ids[1] if isinstance(ids, list) and len(ids) == 2 else b""
    entries: dict[str, _Value] = {
        "/W": [Decimal(width) for width in _WIDTHS],
        "/Type": "/XRef",
        "/Filter": "/FlateDecode",
        "/Size": Decimal(table + 1),
        "/Root": _ObjectNumber(pdf.Root.objgen[0]),
        "/Info": _ObjectNumber(pdf.trailer.Info.objgen[0]),
        "/ID": [bytes(pdf.trailer.ID[0]), own],
        "/Prev": previous,
        "/Index": [Decimal(number) for run in _runs([0, *appended]) for number in run],
    }
    rows = [_row(0, 0, 0xFFFF), *(_row(1, item.place, 0) for item in appended.values())]
    is_of_size = isinstance(own, bytes) and len(own) == 16
    return is_of_size and packed.entries == entries and packed.held == b"".join(rows)


def _runs(numbers: list[int]) -> list[tuple[int, int]]:
    """Return rising numbers as runs: the first number, and how many follow one another."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and number == sum(runs[-1]):
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((number, 1))
    return runs


def _row(*numbers: int) -> bytes:
    return b"".join(number.to_bytes(width, "big") for number, width in zip(numbers, _WIDTHS, strict=True))


def _entries(dictionary: Any) -> dict[str, _Value]:
    return {key: _of_print(value) for key, value in dictionary.items()}


def _of_print(value: Any) -> _Value:
    """Return a value of the print, with references as such."""
    import pikepdf

    if isinstance(value, pikepdf.Object) and value.is_indirect:
        return _ObjectNumber(value.objgen[0])
    if isinstance(value, pikepdf.Dictionary):
        return _entries(value)
    if isinstance(value, pikepdf.Array):
        return [_of_print(item) for item in value]
    if isinstance(value, pikepdf.Name):
        return str(value)
    if isinstance(value, pikepdf.String):
        return _text(str(value))
    return value if isinstance(value, bool) else Decimal(value)


def _text(text: str) -> bytes:
    """Return a text as pyHanko encodes it. Source: ISO 32000-2, 7.9.2.2."""
    import pikepdf.codec  # noqa: F401  # registers the encoding

    try:
        return text.encode("pdfdoc")
    except UnicodeEncodeError:
        return b"\xfe\xff" + text.encode("utf-16-be")


def _date(moment: datetime) -> bytes:
    offset = moment.strftime("%z")
    zone = "Z" if moment.utcoffset() == timedelta() else f"{offset[:3]}'{offset[3:]}'"
    return f"D:{moment:%Y%m%d%H%M%S}{zone}".encode()


def _xmp(info: Any, program: str, written: datetime) -> bytes:
    day, title = str(info.CreationDate).removeprefix("D:"), escape(str(info.Title))
    created = f"{day[:4]}-{day[4:6]}-{day[6:8]}"
    return _XMP.format(program=program, created=created, modified=written.isoformat(), title=title).encode()
