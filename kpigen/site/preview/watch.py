"""Notice when files are saved."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from watchfiles import Change, watch

from kpigen.base.places import REVIEWS, RULES
from kpigen.base.resources import template_folders
from kpigen.files.config import FILES as SETTINGS

#: Milliseconds between checks for changes that the system does not report: settings, new and removed folders.
_TICK = 200

Mark = tuple[int, int, int] | None


def saves(root: Path) -> Iterator[tuple[str, ...]]:
    """Yield, for each save, the paths that the system reported. Never ends.

    Each start of watching yields an empty tuple first, because saves before it went unnoticed.
    """
    polling = False
    while True:
        try:
            yield from _watch(root, polling)
        except FileNotFoundError:
            continue  # a watched folder was removed
        except (OSError, RuntimeError):
            if polling:
                raise
            polling = True  # the system has no watches left


def _watch(root: Path, polling: bool) -> Iterator[tuple[str, ...]]:
    """Yield saves until a folder is added or removed."""
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
    return [root / REVIEWS, root / RULES, *(folder.path for folder in template_folders(root))]


def _marks(paths: list[Path], contents: bool = True) -> dict[Path, Mark]:
    """Return marks by path. A different mark means that the file or folder was replaced or changed."""
    marks: dict[Path, Mark] = {}
    for path in paths:
        marks[path] = None
        with suppress(OSError):
            stat = path.stat()
            marks[path] = (stat.st_ino, stat.st_size * contents, stat.st_mtime_ns * contents)
    return marks


def _counts(path: str) -> bool:
    """Return True if a file belongs to the repository: not hidden, and not an editor's temporary file."""
    name = Path(path).name
    return not name.startswith((".", "~$")) and not name.endswith(("~", ".swp", ".swx", ".tmp"))


def _names(root: Path, found: set[tuple[Change, str]]) -> tuple[str, ...]:
    """Return the saved paths, sorted: relative to the repository, or only the name for a file outside it."""
    names = []
    for _, path in found:
        inside = Path(path).is_relative_to(root)
        names.append(Path(path).relative_to(root).as_posix() if inside else Path(path).name)
    return tuple(sorted(names))
