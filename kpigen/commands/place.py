"""Where the repository is that a command works on."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

from kpigen.base import disk
from kpigen.base.places import REVIEWS, RULES
from kpigen.files.config import FILES


def root_above(here: Path) -> Path | None:
    """Return the nearest folder from here upwards that looks like a repository of reviews."""
    here = here.resolve()
    for folder in (here, *here.parents):
        is_one = os.path.lexists(folder / "kpigen.toml") or (folder / REVIEWS).is_dir()
        if is_one or has_settings(folder / "pyproject.toml"):
            return folder
    return None


def is_repository(folder: Path) -> bool:
    """Return whether a folder that somebody named holds reviews, rules or settings."""
    parts = (REVIEWS, RULES, FILES[0])
    return any(os.path.lexists(folder / name) for name in parts) or has_settings(folder / FILES[1])


def has_settings(pyproject: Path) -> bool:
    """Return True if a `pyproject.toml` has settings of kpigen."""
    try:
        return "kpigen" in tomllib.loads(disk.read_given(pyproject, disk.MAX_TEXT).decode()).get("tool", {})
    except (OSError, ValueError, RecursionError, AttributeError, TypeError):
        return False
