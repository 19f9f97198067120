"""The files of a site by path, each made when it is requested."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from functools import cached_property
from pathlib import PurePosixPath

from kpigen.site.output.artifacts import Artifact, FolderFiles
from kpigen.site.pages.page import INDEX

#: How many neighbours of a missing page are listed.
_NEAR = 30


class Library:
    """The files of one state of the site. Thread-safe; two simultaneous requests may do the same work twice."""

    def __init__(self, parts: Callable[[], Iterable[FolderFiles]]) -> None:
        """Take a function that returns the parts of a site. It is called on the first request."""
        self._parts = parts
        self._shelves: dict[str, dict[str, Artifact]] = {}

    @cached_property
    def _by_folder(self) -> dict[str, list[FolderFiles]]:
        folders: dict[str, list[FolderFiles]] = {}
        for part in self._parts():
            folders.setdefault(part.folder, []).append(part)
        return folders

    @cached_property
    def _entries(self) -> dict[str, set[str]]:
        """The subfolders of each folder, by the folder's path with a trailing slash."""
        entries: dict[str, set[str]] = {}
        for folder in self._by_folder:
            here = ""
            for part in PurePosixPath(folder).parts:
                entries.setdefault(here, set()).add(f"{here}{part}/")
                here = f"{here}{part}/"
        return entries

    def find(self, path: str) -> Artifact | None:
        """Return the file at a path; None if there is none."""
        return self._shelf(_folder_of(path, self._by_folder)).get(path)

    def is_folder(self, path: str) -> bool:
        """Return True if a path, with a trailing slash, is a folder that has an index page or files."""
        return path in self._by_folder or path in self._entries or self.find(f"{path}{INDEX}") is not None

    def near(self, path: str) -> tuple[str, ...]:
        """Return the pages and folders closest to a missing path, the most similar first."""
        folder = path if path.endswith("/") else path.rpartition("/")[0] + "/"
        while folder not in ("", "/") and folder not in self._by_folder and folder not in self._entries:
            folder = folder.rstrip("/").rpartition("/")[0] + "/"
        folder = "" if folder == "/" else folder
        pages = [item for item in self._shelf(folder) if item.endswith(".html")] if folder in self._by_folder else []
        there = [*sorted(self._entries.get(folder, ())), *sorted(pages)]
        alike = get_close_matches(path, there, n=5, cutoff=0.6)
        return tuple(dict.fromkeys([*alike, *there]))[:_NEAR]

    def _shelf(self, folder: str) -> dict[str, Artifact]:
        """Return the files of a guarded folder, by path."""
        if folder not in self._shelves:
            files = (file for part in self._by_folder.get(folder, ()) for file in part.files())
            self._shelves[folder] = {file.path: file for file in files}
        return self._shelves[folder]


def _folder_of(path: str, folders: dict[str, list[FolderFiles]]) -> str:
    """Return the longest of these folders that contains a path."""
    folder = path.rpartition("/")[0] + "/" if "/" in path else ""
    while folder and folder not in folders:
        folder = folder.rstrip("/").rpartition("/")[0]
        folder = f"{folder}/" if folder else ""
    return folder
