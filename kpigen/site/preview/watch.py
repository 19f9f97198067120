"""Noticing that something was saved."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from watchfiles import Change, watch

from kpigen.base.places import REVIEWS, RULES
from kpigen.base.resources import template_folders
from kpigen.files.config import FILES as SETTINGS

#: So often, in milliseconds, is looked for what the system does not tell of: the settings, folders that come and go.
_TICK = 200

Mark = tuple[int, int, int] | None


def saves(root: Path) -> Iterator[tuple[str, ...]]:
    """Give, whenever something was saved, the paths that the system named; for ever.

    The first and each new start of watching gives an empty tuple: what was saved until then nobody was told of.
    """
    polling = False
    while True:
        try:
            yield from _watch(root, polling)
        except FileNotFoundError:
            continue  # a folder went away while it was being watched
        except (OSError, RuntimeError):
            if polling:
                raise
            polling = True  # no more watches to be had from the system


def _watch(root: Path, polling: bool) -> Iterator[tuple[str, ...]]:
    """Watch until a folder comes or goes."""
    folders, settings = _folders(root), _marks([root / name for name in SETTINGS])
    before = _marks(folders, contents=False)
    begun = False
    for found in watch(
        *[folder for folder in folders if folder.is_dir()],
        watch_filter=lambda _, path: _counts(path),
        rust_timeout=_TICK,
        yield_on_timeout=True,
        force_polling=polling or None,
        ignore_permission_denied=True,
    ):
        now = _marks([root / name for name in SETTINGS])
        names = _names(root, found) + tuple(path.name for path in now if now[path] != settings[path])
        settings = now
        if names or not begun:
            begun = True
            yield names
        if _marks(_folders(root), contents=False) != before:
            return


def _folders(root: Path) -> list[Path]:
    return [root / REVIEWS, root / RULES, *template_folders(root)]


def _marks(paths: list[Path], contents: bool = True) -> dict[Path, Mark]:
    """Return by what a file or folder is known to be another one, or to have changed."""
    marks: dict[Path, Mark] = {}
    for path in paths:
        marks[path] = None
        with suppress(OSError):
            stat = path.stat()
            marks[path] = (stat.st_ino, stat.st_size * contents, stat.st_mtime_ns * contents)
    return marks


def _counts(path: str) -> bool:
    """Whether a file is one of the repository's: not hidden, not what an editor writes beside it."""
    name = Path(path).name
    return not name.startswith((".", "~$")) and not name.endswith(("~", ".swp", ".swx", ".tmp"))


def _names(root: Path, found: set[tuple[Change, str]]) -> tuple[str, ...]:
    """Return what was saved, as a person would name it."""
    names = []
    for _, path in found:
        inside = Path(path).is_relative_to(root)
        names.append(Path(path).relative_to(root).as_posix() if inside else Path(path).name)
    return tuple(sorted(names))
