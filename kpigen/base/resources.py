"""Find the templates and rule files that come with kpigen: beside the package in a checkout, inside it in a wheel."""

from __future__ import annotations

import errno
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from kpigen.base import disk
from kpigen.base.places import TEMPLATES
from kpigen.base.sources import Obstacle, WorkTree, is_passed_over

_SAID = {Obstacle.LINK: "links are not followed", Obstacle.REPOSITORY: "another git repository is not entered"}

_PACKAGE = Path(__file__).parent.parent


def resource(name: str) -> Path:
    """Return the folder `templates` or `rules` that comes with kpigen."""
    inside = _PACKAGE / "data" / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


@dataclass(frozen=True)
class TemplateFolder:
    """A folder of templates: `templates` in a repository, where no link is followed, or the one that comes with kpigen.

    Its files raise OSError as those of `disk` do. Hidden files are left out.
    """

    path: Path
    is_own: bool

    def read(self, name: str) -> bytes:
        """Return the bytes of a file by its path in the folder."""
        if self.is_own:
            return disk.read(self.path.parent, f"{TEMPLATES}/{name}", disk.MAX_TEMPLATE)
        if not disk.is_inside(name):  # a repository's own templates name what they include
            raise FileNotFoundError(errno.ENOENT, "no such file", name)
        return disk.read_given(self.path / name, disk.MAX_TEMPLATE)  # an installer may have put links there

    def files(self) -> list[str]:
        """Return the paths of all files in the folder and below, sorted; none if there is no such folder."""
        if not self.is_own:
            paths = (path.relative_to(self.path).as_posix() for path in self.path.rglob("*") if path.is_file())
            return sorted(path for path in paths if not is_passed_over(path))
        tree = WorkTree(self.path.parent)
        for barrier in tree.barriers([TEMPLATES]):
            raise barrier.error or disk.Barred(
                errno.ENOENT, _SAID.get(barrier.obstacle, "not a regular file"), barrier.path
            )
        return [path.removeprefix(f"{TEMPLATES}/") for path in tree.paths(TEMPLATES)]


class Found(NamedTuple):
    """A file of a folder of templates: its path, and its bytes."""

    path: Path
    data: bytes


def template_folders(root: Path | None) -> list[TemplateFolder]:
    """Return where templates may lie, a repository's own first; without a repository those that come with kpigen."""
    kpigens = resource(TEMPLATES)
    own = [TemplateFolder(root / TEMPLATES, is_own=True)] if root else []
    return own if own and own[0].path == kpigens else [*own, TemplateFolder(kpigens, is_own=False)]


def found_in(folders: Iterable[TemplateFolder], name: str) -> Iterator[Found]:
    """Yield a file from each folder that has it. Raises OSError where one cannot be read: the next one would be another."""
    for folder in folders:
        try:
            yield Found(folder.path / name, folder.read(name))
        except disk.Barred:
            raise
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            continue
