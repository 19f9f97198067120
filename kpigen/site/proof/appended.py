"""What a signature by kpigen appends to a PDF. Anything else behind the file as it was printed is reported.

A signature changes nothing that a page shows: it adds an invisible field and the signature itself, and writes the catalog,
the first page and the document's properties again, with an entry for the field and the name of the signing program.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from xml.etree import ElementTree

from kpigen.diagnostics.values import Phrase, phrase
from kpigen.site.proof.limits import TooMuch, unpacked
from kpigen.site.proof.objects import ObjectDifference, Step, compared

#: A signature with its certificates has about 4 KB, reserved twice over; the objects written again a few more.
MAX_APPENDED = 200_000

_OBJECT = re.compile(rb"([0-9]+)[\s\x00]+([0-9]+)[\s\x00]+obj")
_TABLE = re.compile(rb"/Index \[ ([0-9 ]+) \].*?stream\r?\n", re.DOTALL)
_PREVIOUS = re.compile(rb"/Prev ([0-9]+)")
_WIDTHS = (1, 8, 2)
_END = re.compile(rb"startxref\s+([0-9]+)\s+%%EOF\s*\Z")
_DATE = re.compile(r"D:[0-9]{14}Z")
_OF_WRITING = {"ModifyDate", "MetadataDate", "Producer", "about", "xmptk"}
_PRODUCER = re.compile(r"; pyHanko [0-9.]+")

_VALUE = {"/Contents", "/ByteRange", "/Type", "/Filter", "/SubFilter", "/M"}

# The entries of a signature's field and value, with what each must be. The certificates are not judged here.
_FIELD: Mapping[str, Callable[[Any], bool]] = {
    "/FT": lambda value: bool(value == "/Sig"),
    "/Type": lambda value: bool(value == "/Annot"),
    "/Subtype": lambda value: bool(value == "/Widget"),
    "/T": lambda value: True,
    "/F": lambda value: bool(value == 132),  # printed and locked, as pyHanko has it for a field without an appearance
    "/Rect": lambda value: [int(edge) for edge in value] == [0, 0, 0, 0],
    "/P": lambda value: True,
    "/V": lambda value: set(value.keys()) <= _VALUE,
}


def beside_a_signature(data: bytes, printed: bytes) -> Iterator[Phrase]:
    """Yield what a file holds behind its printed part, and what that changes, other than by one signature.

    `data` begins with `printed`, the bytes of a fresh print.
    """
    import pikepdf

    numbers = _objects(data, len(printed)) if len(data) - len(printed) <= MAX_APPENDED else None
    if numbers is None:
        yield phrase("an update at its end")
        return
    with pikepdf.open(io.BytesIO(data)) as signed, pikepdf.open(io.BytesIO(printed)) as plain:
        if numbers - _rewritten(signed):
            yield phrase("an update at its end")
        for item in compared(signed, plain).differences:
            if not _is_of_signature(item, plain):
                yield phrase("an update at its end, which changes {path}", path=path_text(item.path))


def path_text(path: tuple[Step, ...]) -> str:
    """Return a path as text: `/Root/Pages/Kids/0/TrimBox`."""
    return "".join(f"/{step}" for step in path)


def _objects(data: bytes, start: int) -> set[int] | None:
    """Return the numbers of the objects behind `start`, without the table itself.

    None if they are anything but the objects of one table of the expected form, each once and at its place.
    """
    end = _END.search(data)
    before = _END.search(data[:start])
    if end is None or before is None or data.count(b"startxref", start) != 1 or not start <= int(end[1]) < len(data):
        return None
    table = _TABLE.search(data, int(end[1]))
    if table is None or [before[1]] != _PREVIOUS.findall(data[int(end[1]) : table.end()]):
        return None
    index = [int(word) for word in table[1].split()]
    try:
        rows = zlib.decompressobj().decompress(data[table.end() :], MAX_APPENDED)
    except zlib.error:
        return None
    if len(index) % 2 or sum(index[1::2]) * sum(_WIDTHS) != len(rows):
        return None
    numbers = [
        number for place in range(0, len(index), 2) for number in range(index[place], sum(index[place : place + 2]))
    ]
    listed = set()
    for place, number in enumerate(numbers):
        row = rows[place * sum(_WIDTHS) :]
        if number:  # 0 is the head of the list of free objects
            listed.add((number, int.from_bytes(row[1:9], "big") if row[0] == 1 else -1))
    found = [(int(match[1]), match.start()) for match in _OBJECT.finditer(data, start)]
    of_table = {number for number, place in found if place == int(end[1])}
    return {number for number, _ in listed} - of_table if of_table and sorted(found) == sorted(listed) else None


def _rewritten(pdf: Any) -> set[int]:
    """Return the numbers of the objects that a signature adds or writes again."""
    form = pdf.Root.get("/AcroForm")
    fields = list(form.Fields) if form is not None else []
    own = [
        pdf.Root,
        pdf.pages[0].obj,
        pdf.pages[0].obj.get("/Annots"),
        pdf.Root.get("/Metadata"),
        pdf.trailer.get("/Info"),
    ]
    own += [form, *fields[:1], *(field.get("/V") for field in fields[:1])]
    return {item.objgen[0] for item in own if item is not None}


def _is_of_signature(item: ObjectDifference, plain: Any) -> bool:
    value = item.one
    match item.path:
        case ("Root", "AcroForm"):
            return (
                set(value.keys()) == {"/Fields", "/SigFlags"} and len(value.Fields) == 1 and _is_field(value.Fields[0])
            )
        case ("Root", "Pages", *_, "Annots") if item.is_added:
            return item.path == _first_page(plain) and len(value) == 1 and _is_field(value[0])
        case ("Root", "Pages", *_, "Annots", int(place)) if item.is_added:
            last = len(plain.pages[0].obj.get("/Annots", []))
            return item.path[:-1] == _first_page(plain) and place == last and _is_field(value)
        case ("Root", "Version"):
            return bool(value == "/2.0")
        case ("Root", "Extensions"):
            return {*value.keys()} <= {"/ESIC", "/ISO_"}
        case ("Root", "Metadata", "stream"):
            return _properties(value) == _properties(item.other) is not None
        case ("Info", "ModDate"):
            return bool(_DATE.fullmatch(str(value)))
        case ("Info", "Producer"):
            before = str(item.other)
            return str(value).startswith(before) and bool(_PRODUCER.fullmatch(str(value)[len(before) :]))
    return False


def _first_page(plain: Any) -> tuple[Step, ...]:
    return ("Root", "Pages", "Kids", 0, "Annots") if plain.Root.Pages.Kids[0].Type == "/Page" else ()


def _is_field(field: Any) -> bool:
    """Return True if a form field is a signature's, without any appearance."""
    return set(field.keys()) == set(_FIELD) and all(fits(field[key]) for key, fits in _FIELD.items())


def _properties(stream: Any) -> list[tuple[str, str]] | None:
    """Return the properties in XMP metadata, except for the program and the time of writing. None if they cannot be read."""
    try:
        data = unpacked(stream, MAX_APPENDED)
        if b"<!" in data:
            return None  # no definitions of entities: they can grow without end
        tree = ElementTree.fromstring(data.strip(b"\0 \n"))
    except (TooMuch, ElementTree.ParseError, ValueError):
        return None
    found = []
    for node in tree.iter():
        name = node.tag.rpartition("}")[2]
        said = [(name, (node.text or "").strip())] + [
            (key.rpartition("}")[2], text) for key, text in node.attrib.items()
        ]
        found += [pair for pair in said if pair[1] and pair[0] not in _OF_WRITING]
    return sorted(found)
