"""The folder where kpigen keeps what it has computed for this user, and the secret that tells it what it wrote itself."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from kpigen.base.files import is_own, write_atomically

_SECRET = "secret"
_LENGTH = 32


def cache_folder() -> Path:
    """Return the folder: `$XDG_CACHE_HOME/kpigen`, otherwise `~/.cache/kpigen`. Raise RuntimeError if there is no home."""
    base = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (base if base.is_absolute() else Path.home() / ".cache") / "kpigen"


def own_secret() -> bytes | None:
    """Return 32 bytes that only this user can know, made at the first call; None if they cannot be kept."""
    try:
        folder = cache_folder()
        known = _read(folder)
        if known is None:
            write_atomically(folder, _SECRET, secrets.token_bytes(_LENGTH), 0o600)
            known = _read(folder)
    except (OSError, RuntimeError):
        return None
    return known


def _read(folder: Path) -> bytes | None:
    if not is_own(folder / _SECRET):
        return None
    data = (folder / _SECRET).read_bytes()
    return data if len(data) == _LENGTH else None
