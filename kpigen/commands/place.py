"""Where the repository is that a command works on."""

from __future__ import annotations

import tomllib
from pathlib import Path

from kpigen.base.places import REVIEWS


def root_above(here: Path) -> Path | None:
    """Return the nearest folder from here upwards that looks like a repository of reviews."""
    here = here.resolve()
    for folder in (here, *here.parents):
        if (folder / "kpigen.toml").is_file() or (folder / REVIEWS).is_dir() or has_settings(folder / "pyproject.toml"):
            return folder
    return None


def has_settings(pyproject: Path) -> bool:
    """Return True if a `pyproject.toml` has settings of kpigen."""
    try:
        return "kpigen" in tomllib.loads(pyproject.read_text("utf-8")).get("tool", {})
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return False
