"""The books of a site: the manifest lists the files that kpigen owns, the journal the steps that a build still has to do.

Both are files in the site, so anybody who may write there may have put them there: what they say is held to the folder.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import PureWindowsPath
from typing import Any

from kpigen.base.files import Folder, beside, is_temporary
from kpigen.base.json_files import read_json
from kpigen.site.pages import page as pages

#: No manifest or journal is larger: it would list more files than a site can have.
LARGEST = 1 << 26


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
        """The list of pending steps."""
        return f"{self.folder}/.kpigen-journal.json"

    @property
    def lock(self) -> str:
        """The file that keeps two builds from writing at once."""
        return f"{self.folder}/.kpigen-lock"


SITE, AUDIT = Books(pages.HR.rstrip("/"), ""), Books(pages.AUDIT.rstrip("/"), pages.AUDIT.rstrip("/"))


@dataclass(frozen=True)
class FileStep:
    """One change of a site: the file at `path` gets the bytes of the temporary file `new`, or goes if there is none."""

    path: str
    new: str = ""
    digest: str = ""


@dataclass(frozen=True)
class Journal:
    """The steps of a build in their order, and the manifest that holds afterwards."""

    steps: tuple[FileStep, ...]
    manifest: dict[str, str]


def owned_files(site: Folder, books: Books = SITE) -> dict[str, str]:
    """Return the files that kpigen owns in a site, with their digests."""
    files = _read(site, books.manifest).get("files")
    if not isinstance(files, dict):
        return {}
    return {
        path: digest
        for path, digest in files.items()
        if isinstance(digest, str) and _is_inside(path) and path.startswith(books.below)
    }


def write_manifest(site: Folder, books: Books, manifest: dict[str, str]) -> None:
    """Write the list of the files that kpigen owns, unless it is there already."""
    _write(site, books.manifest, {"schema": 1, "files": dict(sorted(manifest.items()))})


def begin_journal(site: Folder, books: Books) -> None:
    """Note that a build has begun, so that the next one looks for what it left."""
    _write(site, books.journal, {"state": "staging"})


def write_journal(site: Folder, books: Books, journal: Journal) -> None:
    """Note the steps. From then on, they will be done whatever happens."""
    steps = [[step.path, step.new, step.digest] for step in journal.steps]
    _write(site, books.journal, {"state": "commit", "steps": steps, "manifest": journal.manifest})


def read_journal(site: Folder, books: Books) -> Journal | None:
    """Return the steps that a killed build still had to do. None if it had not got so far, or its journal is unreadable."""
    data = _read(site, books.journal)
    steps, manifest = data.get("steps"), data.get("manifest")
    if not isinstance(steps, list) or not isinstance(manifest, dict):
        return None
    read = [_step(item) for item in steps]
    return Journal(
        tuple(step for step in read if step is not None),
        {path: digest for path, digest in manifest.items() if _is_inside(path) and isinstance(digest, str)},
    )


def _step(data: Any) -> FileStep | None:
    """Return a step as read, or None if it leads out of the site or takes what no build has written."""
    if not isinstance(data, list) or len(data) != 3 or not all(isinstance(item, str) for item in data):
        return None
    path, new, digest = data
    name = new.rpartition("/")[2]
    if not _is_inside(path) or (new and not (is_temporary(name) and beside(path, name) == new)):
        return None
    return FileStep(path, new, digest)


def _is_inside(path: object) -> bool:
    """Return True if a path read from a file is below the site's folder."""
    if not isinstance(path, str) or not path or path.startswith("/") or not path.isprintable():
        return False
    # On Windows a drive, a leading backslash or `..` between backslashes also leads out of the folder.
    if PureWindowsPath(path).anchor or ".." in PureWindowsPath(path).parts:
        return False
    return all(part not in ("", ".") for part in path.split("/"))


def _read(site: Folder, path: str) -> dict[str, Any]:
    """Return what a file of kpigen's says; nothing if there is none, or kpigen cannot have written it."""
    data = read_json(site.read(path, LARGEST) or b"")
    return data if isinstance(data, dict) else {}


def _write(site: Folder, path: str, data: dict[str, Any]) -> None:
    encoded = (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()
    if not site.has(path, encoded):
        site.replace_with(path, encoded)
