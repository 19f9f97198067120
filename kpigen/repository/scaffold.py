"""The initial files of a new repository, and which of them can be added to a folder.

Existing files are never overwritten, and nothing is added that would change what is there: a second settings file, an
empty roster beside existing reviews, another version of a form.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from kpigen import __version__
from kpigen.base import disk
from kpigen.base.places import REVIEWS, ROSTER, RULES
from kpigen.base.resources import resource
from kpigen.files.rules.form import read_form, version_of
from kpigen.i18n.languages import CODES
from kpigen.i18n.messages import mark

#: The supported hosts; each has its own workflow files.
HOSTS = ("github", "gitlab")

_VERSION = b"@KPIGEN_VERSION@"


class LeftAlone(NamedTuple):
    """A file that is not written, and the reason, which may have a place for `parent`: a folder above the file."""

    path: str
    reason: str
    parent: str = ""


@dataclass(frozen=True)
class ScaffoldPlan:
    """What to write, by path; files that exist with the same content; and files left alone, with the reason."""

    new: Mapping[str, bytes]
    same: tuple[str, ...]
    left: tuple[LeftAlone, ...]


def form_ids() -> tuple[str, ...]:
    """Return the ids of the forms included in kpigen: those taken from reference sheets, and the starters."""
    return tuple(sorted((*reference_ids(), *_below_names(_starters()))))


def reference_ids() -> tuple[str, ...]:
    """Return the ids of the forms that were taken from reference sheets of customer service."""
    return _below_names(resource(RULES))


def _starters() -> Path:
    """Return the folder of kpigen's own starter forms for other trades."""
    return resource("templates") / "forms"


def _below_names(folder: Path) -> tuple[str, ...]:
    return tuple(sorted(item.name for item in folder.iterdir() if item.is_dir()))


def _folder_of(form: str) -> Path:
    """Return the folder of a form included in kpigen."""
    return (resource(RULES) if form in reference_ids() else _starters()) / form


def shipped_form(form: str, version: str = "") -> tuple[str, bytes] | None:
    """Return the path and the bytes of a form included in kpigen, of its last version if none is named; None if there is none."""
    files = _below(_folder_of(form)) if form in form_ids() else {}
    starts = {
        path: found for path in files if (found := version_of(path)) and version in ("", PurePosixPath(path).stem)
    }
    last = max(starts, key=lambda path: starts[path], default=None)
    return None if last is None else (f"{RULES}/{form}/{last}", files[last])


def with_needed(forms: Iterable[str]) -> tuple[str, ...]:
    """Return forms included in kpigen, and those whose totals they take: a yearly form is nothing without the monthly one."""
    wanted = list(forms)
    for form in wanted:  # grows while it is read
        found = shipped_form(form)
        read = None if found is None else read_form(*found, CODES)[0]
        inputs = (item for indicator in (read.indicators if read else ()) for item in indicator.inputs)
        wanted += [item.auto.form for item in inputs if item.auto and item.auto.form and item.auto.form not in wanted]
    return tuple(wanted)


def files_for(host: str | None, forms: Iterable[str]) -> dict[str, bytes]:
    """Return the files of a new repository by path, for a host (or none) with these forms."""
    files: dict[str, bytes] = {}
    for part in ("common", *(("hosted", host) if host else ())):
        files |= _below(resource("templates") / "repository" / part)
    files = {path: data.replace(_VERSION, __version__.encode()) for path, data in files.items()}
    for form in with_needed(forms):
        files |= {f"{RULES}/{form}/{path}": data for path, data in _below(_folder_of(form)).items()}
    return dict(sorted(files.items()))


def _below(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def plan(folder: Path, files: Mapping[str, bytes], has_settings: bool) -> ScaffoldPlan:
    """Return the plan for a folder. `has_settings` means that there are settings outside `kpigen.toml`."""
    new, same, left = {}, [], []
    for path, data in files.items():
        reason = _left_alone(folder, path, data, has_settings)
        if reason is None:
            new[path] = data
        elif reason.reason:
            left.append(reason)
        else:
            same.append(path)
    return ScaffoldPlan(new, tuple(same), tuple(left))


def _left_alone(folder: Path, path: str, data: bytes, has_settings: bool) -> LeftAlone | None:
    """Return a file that is not written, or None if it can be written. No reason: it exists with the same bytes."""
    target = folder / path
    for parent in reversed(target.relative_to(folder).parents[:-1]):
        if (folder / parent).is_symlink():
            return LeftAlone(path, mark("{parent} is a link, which is not followed"), str(parent))
        if (folder / parent).exists() and not (folder / parent).is_dir():
            return LeftAlone(path, mark("{parent} is not a folder"), str(parent))
    if target.is_symlink() or target.exists():
        return LeftAlone(path, "" if _holds(folder, path, data) else mark("there is one already"))
    if path == "kpigen.toml" and has_settings:
        return LeftAlone(path, mark("the settings stand in pyproject.toml"))
    if path == ROSTER and _has_files(folder / REVIEWS):
        return LeftAlone(path, mark("with an empty roster, every review that is there would be an error"))
    if path.startswith(f"{RULES}/") and _has_files(target.parent):
        return LeftAlone(path, mark("the form is there already; another version of it might come into force"))
    return None


def _holds(folder: Path, path: str, data: bytes) -> bool:
    """Return whether a file has just these bytes."""
    try:
        return disk.read(folder, path, len(data)) == data
    except OSError:
        return False


def _has_files(folder: Path) -> bool:
    return folder.is_dir() and any(folder.iterdir())
