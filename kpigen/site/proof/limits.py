"""Limits for reading a PDF of unknown origin, so that no file can use up time or memory."""

from __future__ import annotations

import re
import zlib
from typing import Any

from kpigen.diagnostics.values import Value, phrase

#: Limits. A report unpacks to about 2 MB, has about 20,000 entries, and draws about 100 KB on a page.
MAX_UNPACKED, MAX_DRAWN, MAX_ENTRIES, MAX_OPERATORS, MAX_NESTED = 60_000_000, 2_000_000, 500_000, 1_000_000, 8

_PIECE = 16_384
_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_CHAINED = re.compile(rb"/Filter\s*\[[^\]/]*/[^\]/]*/")


class TooMuch(ValueError):  # noqa: N818  # says which limit
    """The file exceeds a limit or contains a cycle. `why` is the reason."""

    def __init__(self, why: Value) -> None:
        """Store the reason."""
        super().__init__(why)
        self.why = why


def refuse_bombs(data: bytes) -> None:
    """Raise TooMuch if a file would unpack beyond the limit. Call it before a library opens the file, because that unpacks."""
    if _CHAINED.search(data):
        raise TooMuch(phrase("something in it is packed several times over, as only other programs do"))
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


def unpacked(stream: Any, most: int) -> bytes:
    """Return the unpacked bytes of a stream. Raise TooMuch if there are more than `most`, or if they cannot be unpacked."""
    import pikepdf

    filter_ = stream.get("/Filter")
    names = [str(name) for name in filter_] if isinstance(filter_, pikepdf.Array) else [str(filter_)] if filter_ else []
    raw: bytes = stream.read_raw_bytes()
    if names in (["/DCTDecode"], ["/JPXDecode"]):
        return raw  # pictures are compared as they are packed
    if names not in ([], ["/FlateDecode"]):
        raise TooMuch(phrase("something in it is packed in an unusual way"))
    if names:
        unpack = zlib.decompressobj()
        try:
            raw = unpack.decompress(raw, most + 1)
        except zlib.error as error:
            raise TooMuch(phrase("something in it is packed wrongly")) from error
        if (parameters := stream.get("/DecodeParms")) is not None and parameters.get("/Predictor", 1) != 1:
            raw = stream.read_bytes() if len(raw) <= most else raw
    if len(raw) > most:
        raise TooMuch(phrase("it unpacks to more than a report ever holds"))
    return raw
