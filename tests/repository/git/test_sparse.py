"""Clones that hold less than the whole: sparse checkouts and partial clones."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.forms import codes, run
from tests.helpers.git import commit, git
from tests.helpers.repositories import FILE, OTHER, REVIEW, edit, published_repository

ROSTER = """\
id,name,login,email,department,position,manager,form,from,to
T-001,员工甲,,,客服部,前台主管,,front-desk,,
T-002,员工甲,,,客服部,前台主管,,front-desk,,
"""
APRIL = "reviews/2026-04/T-001.front-desk.md"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = published_repository(tmp_path / "r")
    (root / APRIL).parent.mkdir()
    (root / APRIL).write_text(REVIEW.format(id="T-001").replace("2026-03", "2026-04"), "utf-8")
    (root / "notes").mkdir()
    (root / "notes/a").write_text("x")
    (root / "reviews/people.csv").write_text(ROSTER, "utf-8")
    commit(root, "April")
    return root


def sparse(root: Path, *patterns: str, cone: bool = True, index: bool = False) -> None:
    options = ["--cone" if cone else "--no-cone", "--sparse-index" if index else "--no-sparse-index"]
    git(root, "sparse-checkout", "set", *options, *patterns)


@pytest.mark.parametrize(
    ("patterns", "options", "places"),
    [
        (["rules", "reviews/2026-04"], {}, ["reviews/2026-03"]),
        (["rules", "reviews/2026-04"], {"index": True}, ["reviews/2026-03"]),
        (["rules"], {}, ["reviews", "reviews/2026-03", "reviews/2026-04"]),
        (["rules"], {"index": True}, ["reviews", "reviews/2026-03", "reviews/2026-04"]),
        (["reviews"], {}, ["rules/front-desk"]),
        (["/*", f"!/{FILE}"], {"cone": False}, ["reviews/2026-03"]),
        (["/*", "!/reviews/people.csv"], {"cone": False}, ["reviews"]),
        (["/*", "!/rules/"], {"cone": False}, ["rules/front-desk"]),
    ],
)
def test_what_is_not_checked_out_is_not_gone(
    root: Path, patterns: list[str], options: dict[str, bool], places: list[str]
) -> None:
    sparse(root, *patterns, **options)
    for arguments in ([], ["--base", "HEAD~1"], ["--base", "HEAD"]):
        told = run(root, "check", *arguments, code=1).stdout
        assert [line.split(":")[0] for line in told.splitlines() if "KPI122" in line] == places
        assert {"KPI631", "KPI633"}.isdisjoint(codes(told))
    told = run(root, "diff", "HEAD", code=1)
    assert "KPI122" in codes(told.stderr)
    assert "removed" not in told.stdout
    assert run(root, "log").stderr == ""
    assert "KPI122" in codes(run(root, "build", "--no-pdf", "--out", root / "site", code=1).stderr)
    git(root, "sparse-checkout", "disable")
    assert run(root, "check", "--base", "HEAD~1").stdout == ""


@pytest.mark.parametrize("place", [["reviews/2026-03", "rules"], ["reviews/2026-04", "rules"]])
def test_no_step_is_taken_on_a_part(root: Path, place: list[str]) -> None:
    """The totals of a team may be among what is left out."""
    sparse(root, *place)
    why = ("--reason", "x", "--by", "y")
    for step in (["submit"], ["confirm", "--role", "employee"], ["publish"], ["amend", *why], ["withdraw", *why]):
        told = run(root, step[0], root / place[0], *step[1:], "--yes", code=1).stderr
        assert codes(told) == ["KPI122"]
    assert git(root, "status", "--porcelain") == ""
    assert codes(run(root, "simulate", "--rules", "HEAD", code=1).stderr) == ["KPI122"]


def test_what_needs_nothing_that_is_left_out_is_fine(root: Path) -> None:
    sparse(root, "rules", "reviews")
    assert not (root / "notes").exists()
    assert run(root, "check", "--base", "HEAD~1").stdout == ""
    (root / OTHER).unlink()
    assert codes(run(root, "check", "--base", "HEAD~1", code=1).stdout) == ["KPI633"], "this one is gone"


def test_a_file_that_is_hidden_from_git_by_hand(root: Path) -> None:
    git(root, "update-index", "--skip-worktree", FILE)
    assert run(root, "check", "--base", "HEAD").stdout == ""
    edit(root, "status: published", "status: draft")
    assert "KPI635" in codes(run(root, "check", "--base", "HEAD", code=1).stdout)
    (root / FILE).unlink()
    assert codes(run(root, "check", "--base", "HEAD", code=1).stdout) == ["KPI122"]


# --- partial clones --------------------------------------------------------------------------------------------------

COMMANDS = [
    ["check", "--base", "HEAD~1"],
    ["check", "--base", "origin/side"],
    ["log"],
    ["log", "--format", "json", "T-001"],
    ["diff", "HEAD~1"],
    ["diff", "HEAD~1..HEAD"],
    ["diff", "HEAD~2..HEAD~1"],
    ["simulate", "--rules", "HEAD~2"],
]


def partial(root: Path, tmp_path: Path, filter_: str) -> Path:
    """Return a partial clone of a repository in which every file was changed since."""
    git(root, "config", "uploadpack.allowFilter", "true")
    edit(root, "三月平稳。", "三月平稳", APRIL)
    edit(root, "\ngrades:", "\n# a note\ngrades:", "rules/front-desk/2026-01.yaml")
    commit(root, "later")
    git(root, "branch", "side")
    (root / FILE).unlink()
    commit(root, "deleted")
    git(tmp_path, "clone", "-q", "--no-local", f"--filter={filter_}", f"file://{root}", "partial")
    return tmp_path / "partial"


@pytest.mark.parametrize("filter_", ["blob:none", "tree:0", "blob:limit=100"])
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_partial_clone_says_what_it_lacks_and_fetches_nothing(
    root: Path, tmp_path: Path, filter_: str, command: list[str]
) -> None:
    clone = partial(root, tmp_path, filter_)
    whole = run(root, *(word.removeprefix("origin/") for word in command), code=None)
    told = run(clone, *command, code=2)
    assert "partial clone" in told.stderr
    assert "0 errors" not in told.stderr
    git(clone, "fetch", "-q", "--refetch", "--no-filter")
    fetched = run(clone, *command, code=None)
    assert fetched.exit_code == whole.exit_code
    assert fetched.stdout == whole.stdout.replace("side:", "origin/side:")
