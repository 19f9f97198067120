"""A text file with places: bytes → text, offset → line and column."""

from __future__ import annotations

import bisect
import itertools
import re
from dataclasses import dataclass
from functools import cached_property

from kpigen.base.disk import MAX_TEXT, TooLarge
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, Span
from kpigen.diagnostics.terms import why
from kpigen.diagnostics.values import Value, phrase

BOM = "\ufeff"

# Characters that YAML does not allow, a BOM in the middle, and that no prose needs. (Tab, LF and CR are fine.)
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")

# What a Chinese text has besides ASCII: ideographs, and the punctuation and letters of their width.
_CHINESE = re.compile("[\u2010-\u2027\u2030\u2032-\u203b\u2460-\u24ff\u3000-\u303f\u4e00-\u9fff\uff01-\uff5e]")


@dataclass(frozen=True)
class SourceText:
    """The unchanged text of one file: line ends are kept, a leading BOM is counted by `has_bom`."""

    path: str
    text: str
    has_bom: bool = False

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0] + [match.end() for match in re.finditer(r"\r\n|\n|\r", self.text)]

    def span(self, offset: int) -> Span:
        """Return the place of a character offset."""
        line = bisect.bisect_right(self._line_starts, offset)
        return Span(self.path, line, offset - self._line_starts[line - 1] + 1)

    @property
    def newline(self) -> str:
        """The line end that this file uses."""
        return "\r\n" if "\r\n" in self.text else "\n"

    def encode(self, text: str) -> bytes:
        """Return an edited text of this file as bytes, with a BOM if the file had one."""
        return ((BOM if self.has_bom else "") + text).encode()


def unread(span: Span, error: OSError) -> Diagnostic:
    """Return the finding for a text file that cannot be read, or is too large to be."""
    if isinstance(error, TooLarge):
        return catalogue.FILE_TOO_LARGE.at(span, size=f"{error.size:,}", limit=f"{error.limit:,}")
    return catalogue.UNREADABLE.at(span, reason=why(error))


def _wide_encoding(data: bytes) -> str | None:
    """Return the encoding of a text whose characters have two or four bytes each, by its mark or its first NUL bytes."""
    if data.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return "UTF-32"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or re.match(rb"(?:[^\0]\0){4}|(?:\0[^\0]){4}", data):
        return "UTF-16"
    return None


def _why_not_utf8(data: bytes, start: int) -> Value:
    """Return which byte is none of UTF-8; for a file that reads as Chinese in GB18030 from there on, that it is this."""
    try:
        wide = [char for char in data.decode("gb18030") if not char.isascii()]
    except UnicodeDecodeError:
        wide = []
    if len(wide) > 1 and all(_CHINESE.fullmatch(char) for char in wide):
        return phrase("it looks like {encoding}", encoding="GB18030 (GBK)")
    return phrase("byte number {number} is {byte}", number=start + 1, byte=f"0x{data[start]:02X}")


def decode(path: str, data: bytes) -> tuple[SourceText | None, list[Diagnostic]]:
    """Read a file's bytes as UTF-8 text.

    Gives the text, or None with the reason: too large, not UTF-8, or with characters that no text has.
    """
    if len(data) > MAX_TEXT:
        return None, [unread(Span(path), TooLarge(path, len(data), MAX_TEXT))]
    wide = _wide_encoding(data)
    if wide is not None:
        return None, [catalogue.NOT_UTF8.at(Span(path), why=phrase("it is {encoding}", encoding=wide))]
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8").removeprefix(BOM)
        where = SourceText(path, before).span(len(before))
        return None, [catalogue.NOT_UTF8.at(where, why=_why_not_utf8(data, error.start))]
    has_bom = text.startswith(BOM)
    source = SourceText(path, text.removeprefix(BOM), has_bom)
    found = [
        catalogue.FORBIDDEN_CHARACTER.at(source.span(match.start()), code=f"U+{ord(match[0]):04X}")
        for match in itertools.islice(FORBIDDEN.finditer(source.text), 10)
    ]
    return (None, found) if found else (source, [])
