"""Write a site all or nothing.

New bytes first go to temporary files beside their targets (inside the same guarded folders), under random names. A journal
then lists all steps, and only then they are done. If a build is killed, the next one completes its journal; if there is
no journal yet, it removes the temporary files. `hr/manifest.json` lists the files that kpigen owns; others are never touched.

The steps have an order, because somebody may read the site meanwhile: first those that close, then those that open.
Whoever reads a folder before the last step may read it by the old access list and by the new one.

The audit pages inside a site have their own books: they are not versioned, so they must not be in the site's manifest.
"""

from __future__ import annotations

import errno
import stat
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from filelock import FileLock, Timeout

from kpigen.base.digests import file_digest
from kpigen.base.files import Folder, open_folder
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, Kind, Span, has_errors
from kpigen.diagnostics.terms import foreign
from kpigen.diagnostics.values import phrase
from kpigen.site.output.access import in_between
from kpigen.site.output.artifacts import Artifact
from kpigen.site.output.books import (
    AUDIT,
    LARGEST,
    SITE,
    Books,
    FileStep,
    Journal,
    begin_journal,
    owned_files,
    read_journal,
    write_journal,
    write_manifest,
)
from kpigen.site.pages.page import ACCESS_LIST, PEOPLE

#: Fewer files may always go.
_FEW = 10


@dataclass(frozen=True)
class Written:
    """What a build did: how many files it wrote, left unchanged and removed."""

    written: int
    unchanged: int
    removed: int


@dataclass(frozen=True)
class Removal:
    """A large part of a site that would go: how many of how many files, and how many in each folder at the top."""

    removed: int
    standing: int
    folders: tuple[tuple[str, int], ...]


#: Says whether a large part of a site may go.
Agree = Callable[[Removal], bool]


class Running(Exception):  # noqa: N818  # not an error in this process
    """Another build is writing to the folder."""


def write_site(
    out: Path,
    files: Iterable[Artifact],
    books: Books = SITE,
    agree: Agree = lambda _: True,
    root: Path | None = None,
) -> tuple[Written | None, list[Diagnostic]]:
    """Make a folder, or the part that `books` describes, hold exactly these files. Files that kpigen does not own stay.

    Return what was done, or None if something is in the way or `agree` said no, with the findings. Then nothing was changed,
    unless a finding says otherwise. If `files` raises while making bytes, the folder is left unchanged. No link below `root`
    leads to the folder.
    """
    existed = True
    try:
        existed = out.exists()
        with open_folder(out, root, make=True) as site:
            try:
                site.make(books.folder)
                with locked(site, books.lock):
                    return _write(site, files, books, agree, recover(site, books))
            finally:
                site.remove_empty(books.folder)
    except Running:
        return None, [catalogue.BUILD_RUNNING.at(Span(str(out)), path=str(out))]
    except _Unfinished as unfinished:
        return None, [cannot(catalogue.CANNOT_FINISH, out, unfinished.error)]
    except OSError as error:
        return None, [cannot(catalogue.CANNOT_WRITE, out, error)]
    finally:
        if not existed:
            with suppress(OSError):
                out.rmdir()


class _Unfinished(Exception):  # noqa: N818  # carries the error
    """A build that could not do all its steps."""

    def __init__(self, error: OSError) -> None:
        self.error = error


def _write(
    site: Folder, files: Iterable[Artifact], books: Books, agree: Agree, found: list[Diagnostic]
) -> tuple[Written | None, list[Diagnostic]]:
    owned = owned_files(site, books)
    manifest: dict[str, str] = {}
    staged: dict[str, FileStep] = {}
    extra: list[FileStep] = []
    committed = False
    begin_journal(site, books)
    try:
        for artifact in files:
            data = artifact.make()
            manifest[artifact.path] = file_digest(data)
            if site.has(artifact.path, data):
                continue
            if _in_the_way(site, artifact.path, owned):
                found.append(catalogue.FOREIGN_FILE.at(Span(str(site.path / artifact.path)), path=artifact.path))
                continue
            if artifact.path == ACCESS_LIST:
                extra += _staged_in_between(site, data)
            staged[artifact.path] = _staged(site, artifact.path, data)
        gone = sorted(set(owned) - set(manifest))
        if has_errors(found) or not may_go(site, gone, owned, agree):
            return None, found
        journal = Journal((*extra, *_in_order(site, staged, gone)), manifest)
        write_journal(site, books, journal)
        committed = True
    finally:
        if not committed:
            _undo(site, books, [step.new for step in (*staged.values(), *extra)])
    try:
        removed = _carry_out(site, books, journal)
        site.remove(books.journal)
    except OSError as error:
        raise _Unfinished(error) from error
    return Written(len(staged), len(manifest) - len(staged), removed), found


def recover(site: Folder, books: Books = SITE) -> list[Diagnostic]:
    """Complete or undo what a killed build left, and report it. An unreadable journal is undone."""
    if site.mode(books.journal) is None:
        _undo(site, books, [new for new in site.leftovers(books.folder) if new.rpartition("/")[0] == books.folder])
        return []
    journal = read_journal(site, books)
    if journal is not None:
        steps = tuple(_left(site, journal.steps, owned_files(site, books)))
        _carry_out(site, books, Journal(steps, journal.manifest))
    outcome = phrase("undone") if journal is None else phrase("completed")
    _undo(site, books, _leftovers(site, books))
    return [catalogue.BUILD_INTERRUPTED.at(Span(str(site.path)), path=str(site.path), outcome=outcome)]


def _left(site: Folder, steps: Iterable[FileStep], owned: dict[str, str]) -> Iterator[FileStep]:
    """Yield the steps that a killed build had not done yet, except for bytes that did not reach the disk whole.

    Files that kpigen does not own stay, whatever the journal says.
    """
    for step in steps:
        if _in_the_way(site, step.path, owned):
            continue
        data = site.read(step.new) if step.new else None
        if not step.new or (data is not None and file_digest(data) == step.digest):
            yield step


def may_go(site: Folder, gone: Iterable[str], owned: Collection[str], agree: Agree) -> bool:
    """Return whether files may be removed from a site. Asks if they are many, and more than half of it or of people's."""
    going = [path for path in gone if site.is_file(path)]
    if len(going) < _FEW:
        return True
    standing = sum(site.is_file(path) for path in owned)
    of_people = [sum(site.is_file(path) for path in paths if path.startswith(PEOPLE)) for paths in (going, owned)]
    if 2 * len(going) <= standing and 2 * of_people[0] <= of_people[1]:
        return True
    folders = Counter(f"{path.partition('/')[0]}/" if "/" in path else path for path in going)
    return agree(Removal(len(going), standing, tuple(sorted(folders.items()))))


@contextmanager
def locked(site: Folder, lock: str) -> Iterator[None]:
    """Hold the lock file during a build. Raise Running if another build holds it."""
    if site.mode(lock) is not None and not site.is_file(lock):
        raise OSError(errno.EEXIST, "it is no regular file", str(site.path / lock))
    # Links are not followed. A lock file that its holder has just removed does not count: it would guard nothing.
    guard = FileLock(site.path / lock, blocking=False)
    try:
        guard.acquire()
    except Timeout as error:
        raise Running from error
    try:
        yield
    finally:
        with suppress(PermissionError, FileNotFoundError):  # Windows cannot remove an open file; there the release does
            site.remove(lock)  # while still held, so that anyone who opened it before sees that it is gone
        guard.release()


def _in_the_way(site: Folder, path: str, owned: dict[str, str]) -> bool:
    """Return True if something that kpigen does not own is at a path, or in place of one of its folders."""
    mode = site.mode(path)
    if mode is not None:
        return path not in owned or stat.S_ISDIR(mode)
    modes = [site.mode(folder.as_posix()) for folder in list(PurePosixPath(path).parents)[:-1]]
    return any(mode is not None and not stat.S_ISDIR(mode) for mode in modes)


def _staged(site: Folder, path: str, data: bytes) -> FileStep:
    return FileStep(path, site.create_beside(path, data), file_digest(data))


def _staged_in_between(site: Folder, access: bytes) -> list[FileStep]:
    """Return the step that lets nobody read more than both the old and the new access list allow, if one is needed."""
    data = in_between(site.read(ACCESS_LIST, LARGEST), access)
    return [] if data is None else [_staged(site, ACCESS_LIST, data)]


def _in_order(site: Folder, staged: dict[str, FileStep], gone: Iterable[str]) -> Iterator[FileStep]:
    """Yield the steps of a site: what goes, what changes, what is new; the access list last."""
    yield from map(FileStep, gone)
    steps = [step for path, step in staged.items() if path != ACCESS_LIST]
    yield from sorted(steps, key=lambda step: site.mode(step.path) is None)
    yield from (step for path, step in staged.items() if path == ACCESS_LIST)


def _carry_out(site: Folder, books: Books, journal: Journal) -> int:
    """Do the steps of a journal, and return how many files of the site went."""
    removed = 0
    for step in journal.steps:
        if step.new:
            site.replace(step.new, step.path)
            continue
        mode = site.mode(step.path)
        if mode is not None and (stat.S_ISREG(mode) or stat.S_ISLNK(mode)):
            site.remove(step.path)
            removed += 1
        site.remove_empty(step.path.rpartition("/")[0])
    write_manifest(site, books, journal.manifest)
    return removed


def _leftovers(site: Folder, books: Books) -> list[str]:
    """Return the temporary files of a part of a site, except those in a part with books of its own."""
    found = site.leftovers(books.below)
    return [new for new in found if books is AUDIT or not new.startswith(f"{AUDIT.folder}/")]


def _undo(site: Folder, books: Books, temporary: Iterable[str]) -> None:
    """Remove temporary files and the folders that held only them, and last the journal."""
    for new in temporary:
        with suppress(FileNotFoundError):
            site.remove(new)
        site.remove_empty(new.rpartition("/")[0])
    with suppress(FileNotFoundError):
        site.remove(books.journal)


def cannot(kind: Kind, out: Path, error: OSError) -> Diagnostic:
    """Return the finding of an error of the system."""
    reason = foreign(error.strerror or str(error))
    return kind.at(Span(str(out)), path=str(error.filename or out), reason=reason)
