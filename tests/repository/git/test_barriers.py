"""Folders and files that are links or other repositories: told with their place by every command, and never read through."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.helpers.forms import codes, run
from tests.helpers.git import commit, git
from tests.helpers.repositories import FILE, RULE, published_repository

MONTH = "reviews/2026-03"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = published_repository(tmp_path / "r")
    (root / "templates").mkdir()
    (root / "templates/own.css").write_text("p {}\n")
    commit(root, "templates")
    return root


def linked(place: str) -> Callable[[Path], None]:
    """Move a file or folder away, and put a link in its place."""

    def change(root: Path) -> None:
        (root / place).rename(root / "data")
        (root / place).symlink_to(root / "data")

    return change


def linked_outside(root: Path) -> None:
    shutil.move(root / "reviews", root.parent / "outside")
    (root / "reviews").symlink_to("../outside")


def dangling(root: Path) -> None:
    shutil.rmtree(root / "reviews")
    (root / "reviews").symlink_to("nowhere")


def submodule(place: str, *, filled: bool = True) -> Callable[[Path], None]:
    """Make a folder a submodule."""

    def change(root: Path) -> None:
        other = root.parent / "other"
        shutil.move(root / place, other)
        git(other, "init", "-q", "-b", "main")
        commit(other, "all")
        git(root, "add", "-A")
        git(root, "-c", "protocol.file.allow=always", "submodule", "add", "-q", "--force", str(other), place)
        if not filled:
            git(root, "submodule", "deinit", "-q", "--force", place)

    return change


def repository_inside(root: Path) -> None:
    git(root, "rm", "-rq", "--cached", "reviews")
    git(root / "reviews", "init", "-q", "-b", "main")
    commit(root / "reviews", "inside")


def a_file(root: Path) -> None:
    shutil.rmtree(root / "reviews")
    (root / "reviews").write_text("data\n")


CHANGES = {
    "reviews": (linked("reviews"), "reviews:1:1: error[KPI119]"),
    "outside": (linked_outside, "reviews:1:1: error[KPI119]"),
    "dangling": (dangling, "reviews:1:1: error[KPI119]"),
    "month": (linked(MONTH), f"{MONTH}:1:1: error[KPI119]"),
    "review": (linked(FILE), f"{FILE}:1:1: error[KPI119]"),
    "rules": (linked("rules"), "rules:1:1: error[KPI119]"),
    "form": (linked("rules/front-desk"), "rules/front-desk:1:1: error[KPI119]"),
    "rule": (linked(RULE), f"{RULE}:1:1: error[KPI119]"),
    "settings": (linked("kpigen.toml"), "kpigen.toml:1:1: error[KPI119]"),
    "submodule": (submodule("reviews"), "reviews:1:1: error[KPI120]"),
    "submodule of a month": (submodule(MONTH), f"{MONTH}:1:1: error[KPI120]"),
    "submodule of rules": (submodule("rules"), "rules:1:1: error[KPI120]"),
    "submodule not fetched": (submodule("reviews", filled=False), "reviews:1:1: error[KPI120]"),
    "repository inside": (repository_inside, "reviews:1:1: error[KPI120]"),
    "file": (a_file, "reviews:1:1: error[KPI121]"),
}


@pytest.fixture(params=CHANGES)
def changed(request: pytest.FixtureRequest, root: Path) -> tuple[Path, str]:
    """Return a repository in which one place was replaced in the last commit, and the finding for it."""
    if not (root / "kpigen.toml").exists():
        (root / "kpigen.toml").write_text("")
        commit(root, "settings")
    change, place = CHANGES[request.param]
    change(root)
    commit(root, "replaced")
    return root, place


def test_check_tells_the_place(changed: tuple[Path, str]) -> None:
    root, place = changed
    assert place in run(root, "check", code=1).stdout


def test_check_against_a_base_tells_the_place(changed: tuple[Path, str]) -> None:
    root, place = changed
    for base in ("HEAD~1", "HEAD"):
        found = run(root, "check", "--base", base, code=1).stdout
        assert place in found
        assert {"KPI631", "KPI633"}.isdisjoint(codes(found)), "what is not read is not gone"


def test_log_tells_the_place(changed: tuple[Path, str]) -> None:
    root, place = changed
    told = run(root, "log", code=1)
    assert place in told.stderr
    assert f"cannot be read: {place.partition(':')[0]}\n" in told.stdout
    commit(root, "later")
    assert place in run(root, "log", code=1).stderr


def test_diff_tells_the_place(changed: tuple[Path, str]) -> None:
    root, place = changed
    for revisions in ("HEAD~1", "HEAD~1..HEAD"):
        told = run(root, "diff", revisions, code=1)
        assert place in told.stderr
        assert "removed" not in told.stdout
    back = run(root, "diff", "HEAD..HEAD~1")
    assert place.replace("error", "warning").partition("[")[0] in back.stderr
    assert codes(back.stderr) == ["KPI641"]


def test_build_writes_nothing(changed: tuple[Path, str]) -> None:
    root, place = changed
    told = run(root, "build", "--no-pdf", "--no-search", "--no-audit", "--out", root / "site", code=1)
    assert place in told.stderr
    assert not (root / "site").exists()


def test_what_was_a_link_may_become_a_folder_again(changed: tuple[Path, str]) -> None:
    root, place = changed
    path = root / place.partition(":")[0]
    git(root, "rm", "-rq", "--cached", ".")
    shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    git(root, "checkout", "HEAD~1", "--", ".")
    git(root, "commit", "-qm", "restored")
    told = run(root, "check", "--base", "HEAD~1").stdout
    assert "KPI641" in codes(told)
    assert {"KPI639", "KPI641"} >= set(codes(told)), "warnings"
    run(root, "log")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (linked("templates"), "KPI119"),
        (linked("templates/own.css"), "KPI119"),
        (submodule("templates"), "KPI120"),
        (submodule("templates", filled=False), "KPI120"),
    ],
)
def test_templates_are_not_read_through_a_link_either(root: Path, change: Callable[[Path], None], code: str) -> None:
    change(root)
    commit(root)
    assert codes(run(root, "check", code=1).stdout) == [code]
    run(root, "build", "--no-pdf", "--no-search", "--no-audit", "--out", root / "site", code=1)
    run(root, "log")


def test_a_link_that_git_wrote_as_a_file(root: Path) -> None:
    """As on Windows."""
    linked("reviews")(root)
    commit(root)
    git(root, "config", "core.symlinks", "false")
    git(root, "checkout", "-q", "HEAD~1")
    git(root, "checkout", "-q", "main")
    assert (root / "reviews").is_file()
    assert not (root / "reviews").is_symlink()
    assert codes(run(root, "check", code=1).stdout) == ["KPI119"]
    linked_file = root / FILE
    git(root, "checkout", "-q", "HEAD~1")
    git(root, "checkout", "-q", "-b", "file")
    git(root, "update-index", "--cacheinfo", f"120000,{git(root, 'rev-parse', 'main:reviews')},{FILE}")
    git(root, "commit", "-qm", "a link")
    linked_file.unlink()
    git(root, "checkout", "-q", "--", FILE)
    assert codes(run(root, "check", code=1).stdout) == ["KPI119"]


def test_the_whole_folder_may_be_reached_by_a_link(root: Path) -> None:
    """The one who runs it put that link there: nothing of the record is behind it."""
    (root.parent / "link").symlink_to(root)
    assert run(root.parent / "link", "check", "--base", "HEAD").stdout == ""
