"""Write a site as a whole new tree beside the earlier ones, and switch a link to it: a server never sees half of one.

    DIR/7/  DIR/8/  DIR/9/     releases, each a whole site
    DIR/current -> 9           what a server serves

A tree is made under a random name. It gets its number when it is whole, and then `current` is exchanged in one step. So
wherever a build is killed, `current` leads to a whole release, and the next build removes what the killed one left.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kpigen.base.digests import file_digest
from kpigen.base.files import Folder, is_temporary, open_folder, temporary_name
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, Span
from kpigen.site.output.books import AUDIT, SITE, owned_files
from kpigen.site.output.writer import Agree, Running, cannot, locked, may_go

#: The link to the release that counts.
CURRENT = "current"
_LOCK = ".kpigen-lock"
_NUMBER = re.compile("[1-9][0-9]{0,8}")


@dataclass(frozen=True)
class Released:
    """What became of a release: its number, whether it is new, and how many earlier ones were removed."""

    number: str
    is_new: bool
    removed: int


#: Writes a whole site into an empty folder. Returns whether it did, and the findings.
WriteTree = Callable[[Path], tuple[bool, list[Diagnostic]]]


def write_release(
    place: Path, write: WriteTree, keep: int, agree: Agree = lambda _: True, root: Path | None = None
) -> tuple[Released | None, list[Diagnostic]]:
    """Write a site as a new release, unless the current one is the same to the byte. Keep the newest `keep` releases.

    Return what became of it, or None if nothing was changed, with the findings. If `write` raises, nothing is changed.
    """
    try:
        with open_folder(place, root, make=True) as folder, locked(folder, _LOCK):
            return _release(folder, write, keep, agree)
    except Running:
        return None, [catalogue.BUILD_RUNNING.at(Span(str(place)), path=str(place))]
    except OSError as error:
        return None, [cannot(catalogue.CANNOT_WRITE, place, error)]


def _release(folder: Folder, write: WriteTree, keep: int, agree: Agree) -> tuple[Released | None, list[Diagnostic]]:
    mode, current = folder.mode(CURRENT), current_release(folder)
    if mode is not None and current is None:
        return None, [catalogue.FOREIGN_FILE.at(Span(str(folder.path / CURRENT)), path=CURRENT)]
    _remove_leftovers(folder)
    new = temporary_name()
    folder.make(new)
    try:
        is_whole, found = write(folder.path / new)
        if not is_whole:
            return None, found
        with folder.inside(new) as tree:
            made = _files(tree)
            if current is not None:
                with folder.inside(current) as standing:
                    if _is_same(standing, made):
                        return Released(current, False, _remove_old(folder, keep)), found
                    owned = owned_files(standing)
                    if not may_go(standing, owned.keys() - owned_files(tree).keys(), owned, agree):
                        return None, found
        getattr(os, "sync", lambda: None)()  # nobody shall find a release half written after the power failed
        number = str(max(map(int, releases(folder)), default=0) + 1)
        folder.replace(new, number)
        folder.link(CURRENT, number)
    finally:
        _remove_tree(folder, new)
    return Released(number, True, _remove_old(folder, keep)), found


def releases(folder: Folder) -> list[str]:
    """Return the numbers of the releases in a folder, the oldest first."""
    found = [item.name for item in folder.path.iterdir() if _NUMBER.fullmatch(item.name)]
    return sorted((name for name in found if stat.S_ISDIR(folder.mode(name) or 0)), key=int)


def current_release(folder: Folder) -> str | None:
    """Return the number of the release that counts, or None if there is none."""
    if not stat.S_ISLNK(folder.mode(CURRENT) or 0):
        return None
    name = str((folder.path / CURRENT).readlink())
    return name if name in releases(folder) else None


def _files(tree: Folder) -> dict[str, str]:
    """Return all files of a release that kpigen owns, with their digests."""
    return {**owned_files(tree, SITE), **owned_files(tree, AUDIT)}


def _is_same(standing: Folder, made: dict[str, str]) -> bool:
    """Return True if a release has these files, by its manifests and in fact."""
    if _files(standing) != made:
        return False
    found = ((standing.read(path), digest) for path, digest in made.items())
    return all(data is not None and file_digest(data) == digest for data, digest in found)


def _remove_old(folder: Folder, keep: int) -> int:
    """Remove all but the newest releases, never the one that counts. Return how many went."""
    current, removed = current_release(folder), 0
    for number in releases(folder)[:-keep]:
        with folder.inside(number) as tree:
            is_ours = tree.is_file(SITE.manifest)
        if number != current and is_ours:
            going = temporary_name()
            folder.replace(number, going)  # so that half of it never has a number
            _remove_tree(folder, going)
            removed += 1
    return removed


def _remove_leftovers(folder: Folder) -> None:
    """Remove what a killed build left: trees that got no number, and links that were not put in place."""
    for name in [item.name for item in folder.path.iterdir()]:
        if is_temporary(name):
            if stat.S_ISDIR(folder.mode(name) or 0):
                _remove_tree(folder, name)
            else:
                folder.remove(name)


def _remove_tree(folder: Folder, name: str) -> None:
    if folder.mode(name) is not None:
        shutil.rmtree(folder.path / name)
