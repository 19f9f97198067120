"""Names that every file system can hold, so that every clone and every copy of the site has the same files."""

from __future__ import annotations

import re
import unicodedata
from enum import Enum

_DEVICE = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|clock\$|(?:com|lpt)[0-9¹²³])(?:[ .:].*)?", re.IGNORECASE | re.DOTALL
)
_RESERVED = re.compile(r'[<>:"|?*\\]')


class Trouble(Enum):
    """Why some system cannot hold a name, or shows another one."""

    INVISIBLE = "invisible"  # control characters, and those that turn the direction of what follows
    RESERVED = "reserved"  # characters that Windows refuses, or reads as a stream of another file
    DEVICE = "device"  # Windows opens a device instead
    END = "end"  # Windows drops points and blanks at the end


def is_device(name: str) -> bool:
    """Return whether Windows takes a name for a device, whatever its ending is.

    >>> is_device("CON.txt"), is_device("nul"), is_device("console.txt")
    (True, True, False)
    """
    return _DEVICE.fullmatch(name) is not None


def trouble_of(name: str) -> Trouble | None:
    """Return why not every system can hold a relative path, or None if all can.

    >>> trouble_of("files/a.txt:b"), trouble_of("files/附件：一.pdf")
    (<Trouble.RESERVED: 'reserved'>, None)
    """
    if any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") for char in name):
        return Trouble.INVISIBLE
    if _RESERVED.search(name):
        return Trouble.RESERVED
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if any(map(is_device, parts)):
        return Trouble.DEVICE
    return Trouble.END if any(part != part.rstrip(". ") for part in parts) else None


def folded(name: str) -> str:
    """Return a name as a system sees it for which capital letters and composed characters make no difference.

    >>> folded("A-1") == folded("a-1"), folded("e\u0301") == folded("É")
    (True, True)
    """
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
