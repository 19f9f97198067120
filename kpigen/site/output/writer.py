"""Write a site all or nothing.

New bytes first go to temporary files beside their targets (inside the same guarded folders). A journal then lists all
renames and deletions, and only then they happen. If a build is killed, the next one completes its journal; if there is
no journal yet, it removes the temporary files. `hr/manifest.json` lists the files that kpigen owns; others are never touched.

The audit pages inside a site have their own books: they are not versioned, so they must not be in the site's manifest.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from typing import Any, TypeGuard

from filelock import FileLock, Timeout

from kpigen.base.digests import file_digest
from kpigen.base.json_files import read_json
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, Span, has_errors
from kpigen.diagnostics.terms import foreign
from kpigen.diagnostics.values import phrase
from kpigen.site.output.artifacts import Artifact
from kpigen.site.pages import page as pages

TEMPORARY = ".kpigen-new-"


@dataclass(frozen=True)
class Books:
    """Manifest, journal and lock of a part of a site. They are in `folder`; the files of the part are below `below`."""

    folder: str
    below: str

    @property
    def manifest(self) -> str:
        """The list of the files that kpigen owns."""
        return f"{self.folder}/manifest.json"

    @property
    def journal(self) -> str:
        """The list of pending renames and deletions."""
        return f"{self.folder}/.kpigen-journal.json"

    @property
    def lock(self) -> str:
        """The file that keeps two builds from writing at once."""
        return f"{self.folder}/.kpigen-lock"


SITE, AUDIT = Books(pages.HR.rstrip("/"), ""), Books(pages.AUDIT.rstrip("/"), pages.AUDIT.rstrip("/"))
MANIFEST, JOURNAL, LOCK = SITE.manifest, SITE.journal, SITE.lock


@dataclass(frozen=True)
class Written:
    """What a build did: how many files it wrote, left unchanged and removed."""

    written: int
    unchanged: int
    removed: int


class Running(Exception):  # noqa: N818  # not an error in this process
    """Another build is writing to the folder."""


def write_site(out: Path, files: Iterable[Artifact], books: Books = SITE) -> tuple[Written | None, list[Diagnostic]]:
    """Make a folder, or the part that `books` describes, hold exactly these files. Files that kpigen does not own stay.

    Return what was done, or None if something is in the way and nothing was changed, with the findings. If `files` raises
    while making bytes, the folder is left unchanged.
    """
    existed = True
    try:
        existed = out.exists()
        if any((out / folder).is_symlink() for folder in (books.folder, *map(str, Path(books.folder).parents))[:-1]):
            return None, [catalogue.FOREIGN_FILE.at(Span(str(out / books.folder)), path=books.folder)]
        (out / books.folder).mkdir(parents=True, exist_ok=True)
        with _locked(out / books.lock):
            return _write(out, files, books, recover(out, books))
    except Running:
        return None, [catalogue.BUILD_RUNNING.at(Span(str(out)), path=str(out))]
    except OSError as error:
        return None, [
            catalogue.CANNOT_WRITE.at(
                Span(str(out)), path=str(error.filename or out), reason=foreign(error.strerror or str(error))
            )
        ]
    finally:
        _remove_empty(out, out / books.folder)
        if not existed:
            _remove_empty(out.parent, out)


def _write(
    out: Path, files: Iterable[Artifact], books: Books, found: list[Diagnostic]
) -> tuple[Written | None, list[Diagnostic]]:
    owned = owned_files(out, books)
    manifest: dict[str, str] = {}
    replace: list[str] = []
    committed = False
    _write_json(out / books.journal, {"state": "staging"})
    try:
        for artifact in files:
            data = artifact.make()
            manifest[artifact.path] = file_digest(data)
            target = out / artifact.path
            kept = _bytes(target)
            if kept == data:
                continue
            if _in_the_way(out, artifact.path, owned):
                found.append(catalogue.FOREIGN_FILE.at(Span(str(target)), path=artifact.path))
                continue
            _stage(target, data)
            replace.append(artifact.path)
        if has_errors(found):
            return None, found
        delete = sorted(set(owned) - set(manifest))
        _write_json(
            out / books.journal, {"state": "commit", "replace": replace, "delete": delete, "manifest": manifest}
        )
        committed = True
        removed = _commit(out, books, replace, delete, manifest)
    finally:
        if not committed:
            _undo(out, books)
    return Written(len(replace), len(manifest) - len(replace), removed), found


def recover(out: Path, books: Books = SITE) -> list[Diagnostic]:
    """Complete or undo what a killed build left, and report it. An unreadable journal is undone."""
    for name in (books.journal, books.manifest):
        _temporary(out / name).unlink(missing_ok=True)
    if not (out / books.journal).exists():
        return []
    journal = _read_json(out / books.journal) or {}
    replace, delete, manifest = (journal.get(key) for key in ("replace", "delete", "manifest"))
    if isinstance(replace, list) and isinstance(delete, list) and _is_manifest(manifest):
        _commit(out, books, list(filter(_is_inside, replace)), list(filter(_is_inside, delete)), manifest)
        outcome = phrase("completed")
    else:
        _undo(out, books)
        outcome = phrase("undone")
    return [catalogue.BUILD_INTERRUPTED.at(Span(str(out)), path=str(out), outcome=outcome)]


def owned_files(out: Path, books: Books = SITE) -> dict[str, str]:
    """Return the files that kpigen owns in a folder, with their digests."""
    data = _read_json(out / books.manifest) or {}
    files = data.get("files")
    if not isinstance(files, dict):
        return {}
    return {
        path: digest
        for path, digest in files.items()
        if isinstance(digest, str) and _is_inside(path) and path.startswith(books.below)
    }


def _is_manifest(files: object) -> TypeGuard[dict[str, str]]:
    """Return True if this is what a journal would put into the manifest: digests by path."""
    return isinstance(files, dict) and all(
        isinstance(digest, str) and _is_inside(path) for path, digest in files.items()
    )


@contextmanager
def _locked(lock: Path) -> Iterator[None]:
    """Hold the lock file during a build. Raise Running if another build holds it."""
    # Links are not followed. A lock file that its holder has just removed does not count: it would guard nothing.
    guard = FileLock(lock, blocking=False)
    try:
        guard.acquire()
    except Timeout as error:
        raise Running from error
    try:
        yield
    finally:
        with suppress(PermissionError):  # Windows cannot remove an open file; there the release removes it
            lock.unlink(missing_ok=True)  # while still held, so that anyone who opened it before sees that it is gone
        guard.release()


def _is_inside(path: object) -> bool:
    """Return True if a path read from a file is below the site's folder."""
    if not isinstance(path, str) or path.startswith("/") or "\0" in path or not PureWindowsPath(path).name:
        return False
    # On Windows a drive, a leading backslash or `..` between backslashes also leads out of the folder.
    return not PureWindowsPath(path).anchor and ".." not in PureWindowsPath(path).parts


def _blocked(out: Path, path: str) -> bool:
    """Return True if one of a path's folders is a file, or a link, which might lead out of the site."""
    folders = [out / folder for folder in Path(path).parents][:-1]
    return any(folder.is_symlink() or (folder.exists() and not folder.is_dir()) for folder in folders)


def _in_the_way(out: Path, path: str, owned: dict[str, str]) -> bool:
    """Return True if something that kpigen does not own is at a path, or in place of one of its folders."""
    target = out / path
    if target.is_symlink() or target.exists():
        return path not in owned or target.is_dir() or _blocked(out, path)
    return _blocked(out, path)


def _temporary(target: Path) -> Path:
    """Return the path of a target's temporary file, in the same folder. Its name is short, however long the target's is."""
    return target.with_name(f"{TEMPORARY}{hashlib.sha256(target.name.encode()).hexdigest()[:16]}")


def _stage(target: Path, data: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    _temporary(target).write_bytes(data)


def _commit(out: Path, books: Books, replace: list[str], delete: list[str], manifest: dict[str, str]) -> int:
    """Carry out a journal and return how many files it removed. Safe to repeat any number of times."""
    for path in replace:
        temporary = _temporary(out / path)
        if temporary.exists() and not _blocked(out, path):
            temporary.replace(out / path)
    removed = 0
    for path in delete:
        if ((out / path).is_file() or (out / path).is_symlink()) and not _blocked(out, path):
            (out / path).unlink()
            removed += 1
        _remove_empty(out, (out / path).parent)
    _write_json(out / books.manifest, {"schema": 1, "files": dict(sorted(manifest.items()))})
    (out / books.journal).unlink(missing_ok=True)
    return removed


def _undo(out: Path, books: Books) -> None:
    """Remove temporary files and the folders that held only them, except in a part that another build is writing."""
    apart = () if books is AUDIT or not (out / AUDIT.journal).exists() else (out / AUDIT.folder,)
    for temporary in sorted((out / books.below).rglob(f"{TEMPORARY}*")):
        if not any(folder in temporary.parents for folder in apart):
            temporary.unlink()
            _remove_empty(out, temporary.parent)
    (out / books.journal).unlink(missing_ok=True)


def _remove_empty(out: Path, folder: Path) -> None:
    while folder != out and out in folder.parents:
        try:
            folder.rmdir()
        except FileNotFoundError:
            pass  # a killed build has already removed it
        except OSError:
            return
        folder = folder.parent


def _bytes(path: Path) -> bytes | None:
    try:
        return None if path.is_symlink() else path.read_bytes()
    except OSError:
        return None


def _read_json(path: Path) -> dict[str, Any] | None:
    try:
        data = read_json(path.read_bytes())
    except OSError:
        return None
    return data if isinstance(data, dict) else None


def _write_json(path: Path, data: dict[str, Any]) -> None:
    encoded = (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()
    if _bytes(path) != encoded:
        with _temporary(path).open("wb") as stream:
            stream.write(encoded)
            stream.flush()
            os.fsync(stream.fileno())
        _temporary(path).replace(path)
