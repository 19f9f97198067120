"""What the bytes of a PDF hold beside the objects that its tables list.

Viewers that find a table damaged search the whole file for objects. They may then show what the tables do not list.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from kpigen.diagnostics.values import Phrase, phrase, phrase_by_count

_OBJECT = re.compile(rb"(?<![0-9])([0-9]{1,10})[\s\x00]+([0-9]{1,5})[\s\x00]+obj(?![a-zA-Z])(?!\s*null\b)")
_END = re.compile(rb"%%EOF[\s\x00]*\Z")


def beside_the_tables(data: bytes, pdf: Any) -> Iterator[Phrase]:
    """Yield what the bytes of a file hold beside the objects that its tables list. `pdf` is the file, opened."""
    if not data.startswith(b"%PDF-"):
        yield phrase("something before its beginning")
    if not _END.search(data) and b"%%EOF" in data[-1024:]:
        yield phrase("something after its end")
    found = Counter((int(match[1]), int(match[2])) for match in _OBJECT.finditer(data))
    again = sum(1 for count in found.values() if count > 1)
    if again:
        yield phrase_by_count("{count} object twice: an update", "{count} objects twice: an update", count=again)
    unlisted = sum(1 for number in found if pdf.get_object(number) is None)
    if unlisted:
        yield phrase_by_count(
            "{count} object that no table lists", "{count} objects that no table lists", count=unlisted
        )
