"""A cache of computed values in a file. Each key names everything that its value depends on.

A memo only saves time. It is JSON with a code over itself and the program that wrote it, by a secret of this user's. A memo
that is damaged, comes from another version or somebody else, or cannot be read or written is ignored.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from hashlib import blake2b, sha256
from pathlib import Path

from kpigen import ENGINE, __version__
from kpigen.base.cache import own_secret
from kpigen.base.digests import Json
from kpigen.base.files import open_folder, write_atomically

MISSING = object()

#: How many unused values are kept, in addition to one for each value that the run used.
_SPARE = 2_000

#: A larger file is none of kpigen's: it is not even read.
_LARGEST = 1 << 29


class Memo:
    """Values by key; `used` has the ones that this run needed; `is_new` is True if it added any."""

    def __init__(self, known: Mapping[str, Json] | None = None) -> None:
        """Take what is known from earlier runs."""
        self.known = dict(known or {})
        self.used: dict[str, Json] = {}
        self.is_new = False

    def get(self, key: str) -> Json:
        """Return what is known, or MISSING."""
        value = self.known.get(key, MISSING)
        if value is not MISSING:
            self.used[key] = value
        return value

    def put(self, key: str, value: Json) -> None:
        """Add what was computed."""
        self.known[key] = self.used[key] = value
        self.is_new = True


def key_of(*parts: object) -> str:
    """Return a short key for texts and tuples of texts."""
    return blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def load_memo(path: Path) -> Memo:
    """Return the memo in a file; an empty one if the file is missing, damaged, or not by this version and this user."""
    secret = own_secret()
    if secret is None:
        return Memo()
    try:
        with open_folder(path.parent) as folder:
            head, _, body = (folder.read(path.name, _LARGEST) or b"").partition(b"\n")
        if hmac.compare_digest(head, _head(body, secret)):
            return Memo(json.loads(body))
    except (OSError, ValueError, RecursionError):
        pass
    return Memo()


def save_memo(path: Path, memo: Memo) -> None:
    """Write a memo to a file if this run added values; do nothing if the file cannot be written.

    All values that this run used are written, and of the others at most as many again plus 2000, so the file stays small.
    """
    secret = own_secret()
    if not memo.is_new or secret is None:
        return
    kept = dict(memo.used)
    for key, value in memo.known.items():
        if len(kept) >= 2 * len(memo.used) + _SPARE:
            break
        kept.setdefault(key, value)
    body = json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    with suppress(OSError):  # the next run computes again
        write_atomically(path.parent, path.name, _head(body, secret) + b"\n" + body, 0o600)


def _head(body: bytes, secret: bytes) -> bytes:
    return f"kpigen memo 2 {_program()} {hmac.digest(secret, _program().encode() + body, 'sha256').hex()}".encode()


@cache
def _program() -> str:
    """Return a digest of the source of this program, as 24 hex digits: any change in it may change what it computes."""
    digest = sha256(f"{__version__} {ENGINE}".encode())
    for path in sorted(Path(__file__).parent.parent.rglob("*.py")):
        data = path.read_bytes()
        digest.update(f"\0{path.name} {len(data)}\0".encode())
        digest.update(data)
    return digest.hexdigest()[:24]
