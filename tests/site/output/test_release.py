"""A server that follows `current` sees whole sites only, whenever a build is killed."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kpigen.base.digests import file_digest
from kpigen.base.files import open_folder
from kpigen.diagnostics.diagnostic import Diagnostic
from kpigen.site.output.books import owned_files
from kpigen.site.output.release import Released, write_release
from kpigen.site.output.writer import write_site
from tests.site.output.test_writer import NEW, OLD, ROOT, Broken, artifacts, run_driver


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """The power does not fail here."""
    monkeypatch.setattr(os, "sync", lambda: None)
    monkeypatch.setattr(os, "fsync", lambda _: None)


def writing(files: dict[str, bytes]) -> Callable[[Path], tuple[bool, list[Diagnostic]]]:
    def write(tree: Path) -> tuple[bool, list[Diagnostic]]:
        outcome, found = write_site(tree, artifacts(files))
        return outcome is not None, found

    return write


def release(place: Path, files: dict[str, bytes], keep: int = 3) -> Released | None:
    outcome, found = write_release(place, writing(files), keep)
    assert (outcome is None) == bool(found)
    return outcome


def numbered(number: int) -> dict[str, bytes]:
    return {**OLD, "index.html": str(number).encode()}


def served(place: Path) -> dict[str, bytes]:
    """What a server sees: all files of the current release, which must be whole."""
    tree = (place / "current").resolve()
    with open_folder(tree) as folder:
        owned = owned_files(folder)
    found = {path: (tree / path).read_bytes() for path in owned}
    assert {path: file_digest(data) for path, data in found.items()} == owned
    assert found
    return found


def names(place: Path) -> list[str]:
    return sorted(path.name for path in place.iterdir())


def test_each_release_is_a_whole_new_tree_and_current_leads_to_the_last(tmp_path: Path) -> None:
    place = tmp_path / "a/www"
    assert release(place, OLD) == Released("1", True, 0)
    assert served(place) == OLD
    before = {path: path.stat().st_ino for path in (place / "1").rglob("*")}
    assert release(place, NEW) == Released("2", True, 0)
    assert served(place) == NEW
    assert (place / "current").readlink() == Path("2"), "it can be moved with its folder"
    assert {path: path.stat().st_ino for path in (place / "1").rglob("*")} == before
    assert names(place) == ["1", "2", "current"]


def test_the_same_site_again_makes_no_release(tmp_path: Path) -> None:
    release(tmp_path, OLD)
    assert release(tmp_path, OLD) == Released("1", False, 0)
    assert names(tmp_path) == ["1", "current"]
    (tmp_path / "1/index.html").write_bytes(b"edited by hand")
    assert release(tmp_path, OLD) == Released("2", True, 0)
    assert served(tmp_path) == OLD


def test_only_the_newest_stay_and_the_one_that_is_served(tmp_path: Path) -> None:
    removed = [getattr(release(tmp_path, numbered(number), keep=2), "removed", None) for number in range(1, 12)]
    assert removed == [0, 0] + [1] * 9
    assert names(tmp_path) == ["10", "11", "current"]
    (tmp_path / "current").unlink()
    (tmp_path / "current").symlink_to("10")
    (tmp_path / "7").mkdir()
    (tmp_path / "7/mine").write_bytes(b"not a site")
    (tmp_path / "notes").mkdir()
    assert release(tmp_path, numbered(12), keep=1) == Released("12", True, 2)
    assert names(tmp_path) == ["12", "7", "current", "notes"]


def test_back_to_an_earlier_release_is_a_link_away(tmp_path: Path) -> None:
    for files in (OLD, NEW):
        release(tmp_path, files)
    (tmp_path / "current").unlink()
    (tmp_path / "current").symlink_to("1")
    assert release(tmp_path, NEW, keep=1) == Released("3", True, 2)
    assert served(tmp_path) == NEW


@pytest.mark.parametrize("put", [
    lambda path: path.mkdir(), lambda path: path.write_bytes(b""), lambda path: path.symlink_to("/etc"),
    lambda path: path.symlink_to("../outside"), lambda path: path.symlink_to("9"), lambda path: os.mkfifo(path),
], ids=["folder", "file", "link away", "link up", "dead link", "pipe"])  # fmt: skip
def test_a_current_that_is_not_kpigens_stops_the_build(tmp_path: Path, put: Callable[[Path], object]) -> None:
    place = tmp_path / "www"
    release(place, OLD)
    (place / "current").unlink()
    put(place / "current")
    before = (place / "current").lstat()
    outcome, found = write_release(place, writing(NEW), 3)
    assert (outcome, [item.code for item in found]) == (None, ["KPI701"])
    assert (place / "current").lstat() == before
    assert names(place) == ["1", "current"]


def test_what_fails_leaves_everything_as_it_was(tmp_path: Path) -> None:
    place = tmp_path / "www"

    def broken(tree: Path) -> tuple[bool, list[Diagnostic]]:
        write_site(tree, artifacts(NEW))
        raise Broken

    with pytest.raises(Broken):
        write_release(place, broken, 3)
    assert names(place) == []
    release(place, OLD)
    with pytest.raises(Broken):
        write_release(place, broken, 3)
    assert write_release(place, lambda _: (False, []), 3) == (None, [])
    assert names(place) == ["1", "current"]
    assert served(place) == OLD


def test_a_release_with_less_than_half_of_the_files_is_asked_about(tmp_path: Path) -> None:
    many = {**OLD, **{f"people/X{number}/index.html": b"x" for number in range(20)}}
    release(tmp_path, many)
    asked = []
    assert write_release(tmp_path, writing(OLD), 3, lambda removal: bool(asked.append(removal))) == (None, [])
    assert (asked[0].removed, asked[0].standing, asked[0].folders) == (20, 25, (("people/", 20),))
    assert served(tmp_path) == many
    assert names(tmp_path) == ["1", "current"]
    assert write_release(tmp_path, writing(OLD), 3, lambda _: True)[0] == Released("2", True, 0)


def test_two_releases_at_once_do_not_mix(tmp_path: Path) -> None:
    inner = []

    def write(tree: Path) -> tuple[bool, list[Diagnostic]]:
        inner.append(write_release(tmp_path, writing(NEW), 3))
        return writing(OLD)(tree)

    assert write_release(tmp_path, write, 3)[0] == Released("1", True, 0)
    assert [item.code for item in inner[0][1]] == ["KPI702"]
    assert names(tmp_path) == ["1", "current"]


def test_wherever_a_release_is_killed_current_is_whole_and_the_next_one_tidies_up(tmp_path: Path) -> None:
    result = run_driver(f"""
base = Path({str(tmp_path)!r})
from tests.site.output.test_release import OLD, release
writer.write_site = lambda out, files: release(out, NEW, keep=1)  # which `steps` calls
each_step(base, lambda place: release(place, OLD))
""")
    assert result.returncode == 0, result.stderr
    steps = result.stdout.split()
    assert steps.pop() == "end"
    assert {"replace", "symlink", "unlink", "rmdir", "mkdir", "write"} <= set(steps)
    states = set()
    for number in range(1, len(steps) + 1):
        place = tmp_path / str(number)
        states.add(served(place)["people/A/2026-01/x.html"])
        outcome = release(place, NEW, keep=1)
        assert outcome is not None
        assert served(place) == NEW
        assert names(place) == [outcome.number, "current"], number
    assert states == {b"old report", b"new report"}


def test_killed_at_random_moments_a_reader_never_sees_half_a_site(tmp_path: Path) -> None:
    code = f"""
import itertools, os, sys
from pathlib import Path
sys.path.insert(0, {str(ROOT)!r})
from tests.site.output.test_release import numbered, release
os.sync = os.fsync = lambda *_: None
print("ready", flush=True)
start = int(sys.stdin.readline())
for number in itertools.count(start):
    release(Path({str(tmp_path)!r}), numbered(number), keep=2)
"""
    chance, seen = random.Random(12), set()
    release(tmp_path, numbered(0))
    for turn in range(1, 5):
        with subprocess.Popen(
            [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
        ) as child:
            assert child.stdin is not None
            assert child.stdout is not None
            try:
                child.stdout.readline()
                child.stdin.write(f"{turn * 100_000}\n".encode())
                child.stdin.close()
                end = time.monotonic() + chance.uniform(0.02, 0.2)
                while time.monotonic() < end:
                    try:
                        seen.add(served(tmp_path)["index.html"])
                    except FileNotFoundError:  # two releases passed while one was read, or while this looks again
                        assert any((tmp_path / "current").is_dir() for _ in range(100))
            finally:
                child.kill()
        seen.add(served(tmp_path)["index.html"])
    assert len(seen) > 2
    assert release(tmp_path, OLD, keep=1) is not None
    assert len(names(tmp_path)) == 2
