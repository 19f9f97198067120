"""What was read once must still be the same when it is used."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from kpigen.base.sources import WorkTree
from kpigen.base.steady import Changed, SteadyTree, changed_since, stamps_of

FILE = "reviews/2026-01/files/calls.csv"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for path in (FILE, "rules/x/2026-01.yaml", "kpigen.toml"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(b"old")
    return tmp_path


def _written(file: Path) -> None:
    file.write_bytes(b"new")


def _replaced(file: Path) -> None:
    file.with_name("new").write_bytes(b"new")
    file.with_name("new").replace(file)


def _removed(file: Path) -> None:
    file.unlink()


def _link(file: Path) -> None:
    file.rename(file.with_name("other.csv"))
    file.symlink_to("other.csv")


def _folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def _pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def _folder_above_is_a_link(file: Path) -> None:
    file.parent.rename(file.parent.with_name("other"))
    file.parent.symlink_to("other")


CHANGES = [_written, _replaced, _removed, _link, _folder, _pipe, _folder_above_is_a_link]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__.strip("_"))
@pytest.mark.parametrize("first", ["read", "digest"])
@pytest.mark.parametrize("then", ["read", "digest"])
def test_a_file_that_changed_since_it_was_read_is_noticed(
    root: Path, change: Callable[[Path], None], first: str, then: str
) -> None:
    tree = SteadyTree(WorkTree(root))
    getattr(tree, first)(FILE)
    assert tree.read(FILE) == b"old"
    change(root / FILE)
    with pytest.raises(Changed) as raised:
        getattr(tree, then)(FILE)
    assert raised.value.path == FILE


def test_a_file_that_was_missing_and_is_there_has_changed_and_one_that_is_missing_still_has_not(root: Path) -> None:
    tree = SteadyTree(WorkTree(root))
    assert tree.digest("reviews/new.csv") is None
    for _ in range(2):
        with pytest.raises(FileNotFoundError):
            tree.read("reviews/new.csv")
    (root / "reviews/new.csv").write_bytes(b"new")
    with pytest.raises(Changed):
        tree.read("reviews/new.csv")


def _same_size_and_time(file: Path) -> None:
    before = file.stat()
    file.write_bytes(b"new")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def _back_again(file: Path) -> None:
    file.write_bytes(b"new")
    file.write_bytes(b"old")


def _added(file: Path) -> None:
    (file.parent / "more.csv").write_bytes(b"")


def _rights(file: Path) -> None:
    file.chmod(0o600)


@pytest.mark.parametrize(
    "change",
    [*CHANGES, _same_size_and_time, _back_again, _added, _rights],
    ids=lambda change: change.__name__.strip("_"),
)
def test_any_change_of_the_sources_shows_in_their_state(root: Path, change: Callable[[Path], None]) -> None:
    names = ("reviews", "rules", "templates", "kpigen.toml")
    before = stamps_of(root, names)
    assert changed_since(root, names, before) is None
    change(root / FILE)
    assert (changed_since(root, names, before) or "").startswith("reviews/2026-01/")


def test_what_does_not_count_as_a_source_may_change(root: Path) -> None:
    names = ("reviews", "rules", "templates", "kpigen.toml")
    before = stamps_of(root, names)
    for path in ("reviews/2026-01/.A.md.swp", "reviews/2026-01/files/~$calls.csv", "site/index.html", "reviews/.x/y"):
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_bytes(b"")
    assert changed_since(root, names, before) is None
    (root / "kpigen.toml").write_bytes(b"")
    assert changed_since(root, names, before) == "kpigen.toml"


def test_folders_may_lie_inside_each_other_a_thousand_times(tmp_path: Path) -> None:
    """Python's own walk calls itself for each; what lies too deep is a finding of the check."""
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(1_500):
        os.mkdir("d", dir_fd=here)
        here, last = os.open("d", os.O_RDONLY, dir_fd=here), here
        os.close(last)
    os.close(here)
    try:
        assert len(stamps_of(tmp_path, ["d"])) > 500
    finally:  # pytest's own way to remove it would call itself for each
        subprocess.run(["rm", "-rf", str(tmp_path / "d")], check=True)
