"""The text that a PDF prints, read from its content streams in the order of its structure.

Fonts only tell which text a character code stands for; they are not run, and nothing is drawn.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kpigen.diagnostics.values import phrase
from kpigen.site.proof.limits import MAX_DRAWN, MAX_ENTRIES, MAX_NESTED, MAX_OPERATORS, TooMuch, unpacked

#: How deep elements may be nested in the structure.
MAX_DEPTH = 60

_MAX_MAP = 1_000_000
_SPACE = re.compile(r"[\s\u200b\ufeff\x00-\x1f]+")
_BLOCK = re.compile(r"begin(bfchar|bfrange)(.*?)end\1", re.DOTALL)
_HEX = re.compile(r"<([0-9a-fA-F\s]*)>")

# Characters that fonts draw with the same glyph. A PDF stores glyphs, and may name any of these characters for one.
_ALIKE = str.maketrans("•‧・∙⋅―∆∑∏", "·····—ΔΣΠ")


def squeeze(text: str) -> str:
    """Return a text for comparison: without white space (line breaks may differ), and with look-alike characters unified."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", text).translate(_ALIKE))


@dataclass(frozen=True)
class PrintedText:
    """The squeezed text of a PDF: all of its body, table rows cell by cell, table headings (repeated on each page), and the
    text in the margins of each page."""

    body: str
    rows: tuple[tuple[str, ...], ...]
    heads: frozenset[str]
    around: tuple[str, ...]


def letters(text: str) -> str:
    """Return the letters and digits of a text, for comparing prints that break lines, words and pages elsewhere.

    Their order depends on the breaks: a line that runs from right to left is stored as it is drawn, and of nested lists that
    go over pages the items stand in another order of the structure. So of other prints only the number of times that each
    character occurs can be compared.
    """
    return "".join(char for char in unicodedata.normalize("NFKC", text) if unicodedata.category(char)[0] in "LN")


def printed_text(pdf: Any) -> PrintedText:
    """Return the text that an open PDF prints. Raise TooMuch beyond the limits."""
    reader = _TextReader()
    pages = [page.obj for page in pdf.pages]
    marked = {page.objgen: reader.page(page) for page in pages}
    tree = _Structure(marked)
    root = pdf.Root.get("/StructTreeRoot")
    body = tree.element(root, (0, 0), 0) if root is not None else ""
    around = tuple(
        squeeze("".join(text for mark, text in texts if (number, mark) not in tree.used))
        for number, texts in marked.items()
    )
    return PrintedText(body, tuple(tree.rows), frozenset(tree.heads), around)


@dataclass
class _TextReader:
    """Reads what pages draw, within one limit for all of them."""

    left: int = MAX_OPERATORS

    def page(self, page: Any) -> list[tuple[int, str]]:
        """Return the pieces of text of a page as drawn, each with its marked-content id (-1: without one)."""
        import pikepdf

        size = MAX_DRAWN
        contents = page.get("/Contents")
        for part in contents if isinstance(contents, pikepdf.Array) else [] if contents is None else [contents]:
            size -= len(unpacked(part, size))
        return list(self.drawn(pikepdf.Page(page), pikepdf.Page(page).resources, -1, 0))

    def drawn(self, source: Any, resources: Any, mark: int, depth: int) -> Iterator[tuple[int, str]]:
        import pikepdf

        if depth > MAX_NESTED:
            raise TooMuch(phrase("what it draws is nested too deep"))
        font, marks = _Font(1, {}), [mark]
        fonts: dict[str, _Font] = {}
        for instruction in pikepdf.parse_content_stream(source):
            self.left -= 1
            if self.left < 0:
                raise TooMuch(phrase("it draws too much"))
            operands, operator = list(instruction.operands), str(instruction.operator)
            if operator == "Tf" and operands:
                name = str(operands[0])
                font = fonts.setdefault(name, _font(_resource(resources, "/Font", operands[0])))
            elif operator in ("BDC", "BMC"):
                marks.append(_mark(operands, resources, marks[-1]))
            elif operator == "EMC" and len(marks) > 1:
                marks.pop()
            elif operator in ("Tj", "'", '"', "TJ"):
                pieces = operands[-1] if operands and isinstance(operands[-1], pikepdf.Array) else operands[-1:]
                yield marks[-1], "".join(font.text(bytes(item)) for item in pieces if isinstance(item, pikepdf.String))
            elif operator == "Do" and operands:
                form = _resource(resources, "/XObject", operands[0])
                if isinstance(form, pikepdf.Stream) and form.get("/Subtype") == "/Form":
                    unpacked(form, MAX_DRAWN)
                    yield from self.drawn(form, form.get("/Resources", resources), marks[-1], depth + 1)


def _resource(resources: Any, kind: str, name: Any) -> Any:
    import pikepdf

    group = resources.get(kind) if isinstance(resources, pikepdf.Dictionary) else None
    return group.get(name) if isinstance(group, pikepdf.Dictionary) and isinstance(name, pikepdf.Name) else None


def _mark(operands: list[Any], resources: Any, outer: int) -> int:
    """Return the marked-content id of an operator that opens marked content; that of the content around it if it has none."""
    import pikepdf

    properties = operands[-1] if len(operands) == 2 else None
    if isinstance(properties, pikepdf.Name):
        properties = _resource(resources, "/Properties", properties)
    number = properties.get("/MCID") if isinstance(properties, pikepdf.Dictionary) else None
    return number if isinstance(number, int) else outer


@dataclass(frozen=True)
class _Font:
    """How a font's character codes read: the bytes of a code, and the text of each."""

    width: int
    texts: Mapping[bytes, str]

    def text(self, data: bytes) -> str:
        codes = (data[place : place + self.width] for place in range(0, len(data), self.width))
        return "".join(self.texts.get(code, code.decode("latin-1") if self.width == 1 else "\ufffd") for code in codes)


def _font(font: Any) -> _Font:
    import pikepdf

    if not isinstance(font, pikepdf.Dictionary):
        return _Font(1, {})
    width, map_ = 2 if font.get("/Subtype") == "/Type0" else 1, font.get("/ToUnicode")
    if not isinstance(map_, pikepdf.Stream):
        return _Font(width, {})
    said = unpacked(map_, _MAX_MAP).decode("latin-1")
    return _Font(width, {code: text for code, text in _mapped(said) if len(code) == width})


def _mapped(said: str) -> Iterator[tuple[bytes, str]]:
    """Yield the codes of a ToUnicode map with their texts. Source: ISO 32000-2, 9.10.3."""
    for kind, block in _BLOCK.findall(said):
        words = [bytes.fromhex(word) if len(word) % 2 == 0 else b"" for word in map(_solid, _HEX.findall(block))]
        if kind == "bfchar":
            yield from ((code, _utf16(text)) for code, text in zip(words[::2], words[1::2], strict=False))
        elif "[" not in block:
            for first, last, text in zip(words[::3], words[1::3], words[2::3], strict=False):
                start, count = int.from_bytes(first, "big"), int.from_bytes(last, "big") - int.from_bytes(first, "big")
                base = _utf16(text)
                for step in range(min(count, 0xFFFF) + 1 if base and len(first) <= 2 else 0):
                    char = chr(min(ord(base[-1]) + step, 0x10FFFF))
                    yield (start + step).to_bytes(len(first) + 1, "big")[-len(first) :], base[:-1] + char


def _solid(word: str) -> str:
    return "".join(word.split())


def _utf16(data: bytes) -> str:
    return data.decode("utf-16-be", "replace")


class _Structure:
    """Reads the structure tree, with the text of each part of a page that it names."""

    def __init__(self, marked: Mapping[tuple[int, int], Iterable[tuple[int, str]]]) -> None:
        self.texts: dict[tuple[tuple[int, int], int], str] = {}
        for page, pieces in marked.items():
            for mark, text in pieces:
                self.texts[page, mark] = self.texts.get((page, mark), "") + text
        self.rows: list[tuple[str, ...]] = []
        self.heads: set[str] = set()
        self.used: set[tuple[tuple[int, int], int]] = set()
        self.left = MAX_ENTRIES

    def element(self, element: Any, page: tuple[int, int], depth: int) -> str:
        """Return the text of an element. Rows of tables are kept cell by cell, and their headings separately."""
        import pikepdf

        self.left -= 1
        if depth > MAX_DEPTH or self.left < 0:
            raise TooMuch(phrase("a part of its structure stands in two places"))
        own = element.get("/Pg")
        page = own.objgen if own is not None else page
        kind, kids = str(element.get("/S", "")), element.get("/K")
        parts = []
        for kid in kids if isinstance(kids, pikepdf.Array) else [] if kids is None else [kids]:
            if isinstance(kid, int):
                parts.append(self.part(page, kid))
            elif isinstance(kid, pikepdf.Dictionary) and isinstance(mark := kid.get("/MCID"), int):
                there = kid.get("/Pg")
                parts.append(self.part(there.objgen if there is not None else page, mark))
            elif isinstance(kid, pikepdf.Dictionary) and kid.get("/Type") != "/OBJR":
                parts.append(self.element(kid, page, depth + 1))
        if kind == "/TR":
            self.rows.append(tuple(parts))
        elif kind == "/THead":
            self.heads.add("".join(parts))
        return "" if kind in ("/Lbl", "/THead") else "".join(parts)

    def part(self, page: tuple[int, int], mark: int) -> str:
        if (page, mark) in self.used:
            return ""
        self.used.add((page, mark))
        return squeeze(self.texts.get((page, mark), ""))
