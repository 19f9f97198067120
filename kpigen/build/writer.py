"""Writing a site so that it is never half done.

New bytes go to temporary files beside their targets (inside the same guarded folders); a journal then lists what is to be
renamed and deleted, and the renames follow. Whoever comes next completes what the journal lists, or, where a build was
killed before that, removes its temporary files. `hr/manifest.json` lists the files that kpigen owns; others are never touched.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kpigen import catalogue
from kpigen.build.artifacts import Artifact
from kpigen.diagnostics import Diagnostic, Span, has_errors
from kpigen.digests import file_digest
from kpigen.files import write_atomically

MANIFEST = "hr/manifest.json"
JOURNAL = "hr/.kpigen-journal.json"
LOCK = "hr/.kpigen-lock"
TEMPORARY = ".kpigen-new-"


@dataclass(frozen=True)
class Outcome:
    """What a build did: how many files were written, left as they were, removed."""

    written: int
    unchanged: int
    removed: int


class Running(Exception):  # noqa: N818  # not an error of this process
    """Another build holds the folder."""


def write_site(out: Path, files: Iterable[Artifact]) -> tuple[Outcome | None, list[Diagnostic]]:
    """Bring a folder to hold exactly these files (besides what kpigen does not own).

    Gives what was done, or None where nothing was changed because something is in the way. Whatever `files` raises while
    making bytes leaves the folder as it was.
    """
    try:
        (out / "hr").mkdir(parents=True, exist_ok=True)
        with _locked(out):
            return _write(out, files, recover(out))
    except Running:
        return None, [catalogue.BUILD_RUNNING.at(Span(str(out)), path=out)]
    except OSError as error:
        return None, [
            catalogue.CANNOT_WRITE.at(Span(str(out)), path=error.filename or out, reason=error.strerror or error)
        ]


def _write(out: Path, files: Iterable[Artifact], found: list[Diagnostic]) -> tuple[Outcome | None, list[Diagnostic]]:
    owned = owned_files(out)
    manifest: dict[str, str] = {}
    replace: list[str] = []
    committed = False
    _write_json(out / JOURNAL, {"state": "staging"})
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
        _write_json(out / JOURNAL, {"state": "commit", "replace": replace, "delete": delete, "manifest": manifest})
        committed = True
        removed = _commit(out, replace, delete, manifest)
    finally:
        if not committed:
            _undo(out)
    return Outcome(len(replace), len(manifest) - len(replace), removed), found


def recover(out: Path) -> list[Diagnostic]:
    """Complete or undo what a killed build left; says so."""
    journal = _read_json(out / JOURNAL)
    if journal is None:
        if (out / JOURNAL).exists():
            _undo(out)
        return []
    if journal.get("state") == "commit":
        _commit(out, journal["replace"], journal["delete"], journal["manifest"])
        outcome = "completed"
    else:
        _undo(out)
        outcome = "undone"
    return [catalogue.BUILD_INTERRUPTED.at(Span(str(out)), path=out, outcome=outcome)]


def owned_files(out: Path) -> dict[str, str]:
    """Return the files that kpigen owns in a folder, with their digests."""
    data = _read_json(out / MANIFEST) or {}
    files = data.get("files")
    if not isinstance(files, dict):
        return {}
    return {
        path: digest
        for path, digest in files.items()
        if isinstance(digest, str) and ".." not in path.split("/") and not path.startswith("/")
    }


@contextmanager
def _locked(out: Path) -> Iterator[None]:
    with (out / LOCK).open("a") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Running from error
        yield
        (out / LOCK).unlink(missing_ok=True)


def _in_the_way(out: Path, path: str, owned: dict[str, str]) -> bool:
    """Whether something that kpigen does not own stands at a path, or a file where one of its folders would be."""
    target = out / path
    if target.is_symlink() or target.exists():
        return path not in owned or target.is_dir()
    return any(parent.is_file() for parent in target.parents if parent != out and out in parent.parents)


def _temporary(target: Path) -> Path:
    return target.with_name(f"{TEMPORARY}{target.name}")


def _stage(target: Path, data: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    _temporary(target).write_bytes(data)


def _commit(out: Path, replace: list[str], delete: list[str], manifest: dict[str, str]) -> int:
    """Carry out a journal; may be repeated any number of times."""
    for path in replace:
        temporary = _temporary(out / path)
        if temporary.exists():
            temporary.replace(out / path)
    removed = 0
    for path in delete:
        if (out / path).is_file() or (out / path).is_symlink():
            (out / path).unlink()
            removed += 1
        _remove_empty(out, (out / path).parent)
    _write_json(out / MANIFEST, {"schema": 1, "files": dict(sorted(manifest.items()))})
    (out / JOURNAL).unlink(missing_ok=True)
    return removed


def _undo(out: Path) -> None:
    """Remove temporary files, and folders that they alone were in."""
    for temporary in sorted(out.rglob(f"{TEMPORARY}*")):
        temporary.unlink()
        _remove_empty(out, temporary.parent)
    (out / JOURNAL).unlink(missing_ok=True)


def _remove_empty(out: Path, folder: Path) -> None:
    while folder != out and out in folder.parents:
        try:
            folder.rmdir()
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
        data = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return data if isinstance(data, dict) else None


def _write_json(path: Path, data: dict[str, Any]) -> None:
    encoded = (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()
    if _bytes(path) != encoded:
        write_atomically(path, encoded)
