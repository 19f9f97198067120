"""`kpigen check --base REV` where history is not a line: which commits it compares with, and what it says about that."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.helpers.forms import codes, run
from tests.helpers.git import commit, git
from tests.helpers.history import branch
from tests.helpers.repositories import FILE, OTHER, REVIEW, edit, publish, published_repository
from tests.repository.checks.test_against_base import amend, reseal

THIRD = "reviews/2026-03/T-003.front-desk.md"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return published_repository(tmp_path / "repository")


def note(root: Path, name: str) -> str:
    """Commit a file that has no meaning."""
    (root / name).write_text("x")
    return commit(root, name)


def publish_third(root: Path) -> None:
    (root / THIRD).write_text(REVIEW.format(id="T-003"), "utf-8")
    publish(root, THIRD)
    commit(root, "third")


def forge(root: Path, file: str = FILE) -> None:
    """Change a published review and seal it anew; its confirmations (KPI667) are of what it was."""
    edit(root, "follow_up_calls: 593", "follow_up_calls: 599", file)
    reseal(root, file)


def crosswise(root: Path) -> None:
    """Merge two branches into each other, after each got a commit: `side` published a third review."""
    branch(root)
    publish_third(root)
    git(root, "checkout", "-q", "main")
    note(root, "main")
    git(root, "branch", "old")
    git(root, "merge", "-q", "--no-edit", "side")
    git(root, "checkout", "-q", "side")
    git(root, "merge", "-q", "--no-edit", "old")


@pytest.mark.parametrize(
    ("base", "other", "is_refused"),
    [
        ("origin/main", ["tag", "origin/main"], True),
        ("origin/main", ["tag", "-a", "-m", "x", "origin/main"], True),
        ("origin/main", ["branch", "origin/main"], True),
        ("origin/main", ["update-ref", "refs/origin/main", "HEAD"], True),
        ("origin/main~0", ["tag", "origin/main"], True),
        ("main", ["tag", "main"], True),
        ("refs/remotes/origin/main", ["tag", "origin/main"], False),
        ("origin/main", ["tag", "origin/main", "refs/remotes/origin/main"], False),
        ("origin/main", ["tag", "origin/main/x"], False),
    ],
)
def test_a_name_that_is_two_commits_is_refused(root: Path, base: str, other: list[str], is_refused: bool) -> None:
    """A tag called like a remote branch goes before it, so whoever may push tags could have a change compared with itself."""
    git(root, "update-ref", "refs/remotes/origin/main", "HEAD")
    branch(root)
    forge(root)
    commit(root, "forged")
    git(root, *other)
    told = run(root, "check", "--base", base, code=2 if is_refused else 1)
    assert ("it is ambiguous: write refs/" in told.stderr) is is_refused
    if not is_refused:
        assert codes(told.stdout) == ["KPI632", "KPI667"]


@pytest.mark.parametrize("file", [FILE, THIRD])
@pytest.mark.parametrize("first", ["main", "side"])
@pytest.mark.parametrize("what", ["sealed anew", "deleted"])
def test_after_a_crosswise_merge_all_last_common_commits_count(root: Path, file: str, first: str, what: str) -> None:
    crosswise(root)
    other = "side" if first == "main" else "main"
    git(root, "checkout", "-q", first)
    assert len(git(root, "merge-base", "--all", "main", "side").split()) == 2
    assert run(root, "check", "--base", other).stdout == ""
    if what == "deleted":
        (root / file).unlink()
    else:
        forge(root, file)
    told = run(root, "check", "--base", other, code=1)
    expected = ["KPI633"] if what == "deleted" else ["KPI632", "KPI667"]
    assert codes(told.stdout) == expected, "once, whatever number of commits say so"
    for base in git(root, "merge-base", "--all", "main", "side").split():
        assert base[:12] in told.stderr


def test_while_several_branches_are_merged_at_once(root: Path) -> None:
    branch(root, "one")
    publish_third(root)
    branch(root, "two", "main")
    note(root, "two")
    git(root, "checkout", "-q", "main")
    note(root, "main")
    git(root, "merge", "-q", "--no-commit", "--no-ff", "two", "one")
    assert run(root, "check", "--base", "one").stdout == ""
    (root / THIRD).unlink()
    assert codes(run(root, "check", "--base", "one", code=1).stdout) == ["KPI633"]


# --- histories that are cut off --------------------------------------------------------------------------------------


def cut(root: Path, tmp_path: Path, *options: str) -> Path:
    git(tmp_path, "clone", "-q", "--no-single-branch", *options, f"file://{root}", "clone")
    return tmp_path / "clone"


def old_common_commit(root: Path) -> None:
    """`work` began at the newest commit of `main`, but a clone of depth 2 sees only a common commit from long ago."""
    first = git(root, "rev-parse", "HEAD")
    publish_third(root)
    forged = git(root, "rev-parse", "HEAD")
    for name in ("work", "main"):
        git(root, "checkout", "-q", "-B", name, forged)
        for number in range(3):
            note(root, f"{name}{number}")
        git(root, "merge", "-q", "-s", "ours", "--no-edit", note_on(root, f"{name} old", first))


def note_on(root: Path, name: str, start: str) -> str:
    """Return a commit with nothing in it on top of another."""
    return git(root, "commit-tree", "-p", start, "-m", name, f"{start}^{{tree}}")


@pytest.mark.parametrize("depth", range(1, 6))
@pytest.mark.parametrize("head", ["work", "main"])
def test_a_shallow_clone_never_compares_with_too_old_a_commit(
    root: Path, tmp_path: Path, depth: int, head: str
) -> None:
    old_common_commit(root)
    git(root, "checkout", "-q", "work")
    (root / THIRD).unlink()
    commit(root, "deleted")
    git(root, "checkout", "-q", "main")
    clone = cut(root, tmp_path, "--depth", str(depth), "--branch", head)
    other = "origin/main" if head == "work" else "origin/work"
    told = run(clone, "check", "--base", other, code=None)
    if told.exit_code == 2:
        assert "cut off here (a shallow clone)" in told.stderr
        assert "fetch-depth: 0" in told.stderr
    else:
        assert depth > 4, "until then what they have in common is not there"
        assert codes(told.stdout) == (["KPI633"] if head == "work" else [])
    git(clone, "fetch", "-q", "--unshallow")
    assert codes(run(clone, "check", "--base", other, code=None).stdout) == (["KPI633"] if head == "work" else [])


def test_what_is_in_a_shallow_clone_can_be_compared(root: Path, tmp_path: Path) -> None:
    note(root, "one")
    note(root, "two")
    clone = cut(root, tmp_path, "--depth", "2")
    assert run(clone, "check", "--base", "HEAD~1").stdout == ""
    (clone / FILE).unlink()
    assert codes(run(clone, "check", "--base", "HEAD~1", code=1).stdout) == ["KPI633"]
    assert "fetch-depth: 0" in run(clone, "check", "--base", "HEAD~2", code=2).stderr


def graft(root: Path, forged: str, parent: str) -> None:
    (root / ".git/info").mkdir(exist_ok=True)
    (root / ".git/info/grafts").write_text(f"{forged} {parent}\n".replace("  ", " "))


def graft_to_nothing(root: Path, forged: str, parent: str) -> None:
    graft(root, forged, "")


def replace_parent(root: Path, forged: str, parent: str) -> None:
    git(root, "replace", "--graft", forged, parent)


def replace_commit(root: Path, forged: str, parent: str) -> None:
    git(root, "replace", parent, note_on(root, "other", forged))


def replace_tree(root: Path, forged: str, parent: str) -> None:
    git(root, "replace", f"{parent}^{{tree}}", f"{forged}^{{tree}}")


def replace_blob(root: Path, forged: str, parent: str) -> None:
    git(root, "replace", f"{parent}:{FILE}", f"{forged}:{FILE}")


@pytest.mark.parametrize(
    "change", [graft, graft_to_nothing, replace_parent, replace_commit, replace_tree, replace_blob]
)
def test_grafts_and_replacements_change_nothing(root: Path, change: Callable[[Path, str, str], None]) -> None:
    first = git(root, "rev-parse", "HEAD")
    publish_third(root)
    base = git(root, "rev-parse", "HEAD")
    forge(root, THIRD)
    forge(root, FILE)
    forged = commit(root, "forged")
    plain = run(root, "check", "--base", base, code=1)
    assert sorted(codes(plain.stdout)) == ["KPI632", "KPI632", "KPI667", "KPI667"]
    change(root, forged, first if change is not replace_blob else base)
    told = run(root, "check", "--base", base, code=1)
    assert (told.stdout, told.stderr) == (plain.stdout, plain.stderr)


# --- history that was rewritten --------------------------------------------------------------------------------------


def test_it_says_what_was_compared_with_what(root: Path) -> None:
    base = git(root, "rev-parse", "HEAD")[:12]
    branch(root)
    head = note(root, "side")[:12]
    git(root, "checkout", "-q", "main")
    tip = note(root, "main")[:12]
    git(root, "checkout", "-q", "side")
    told = run(root, "check", "--base", "main").stderr
    assert f"compared with {base}, the last commit in common of main ({tip}) and HEAD ({head})" in told
    assert "1 commit of main is not in HEAD" in told
    assert "not in HEAD" not in run(root, "check", "--base", "HEAD~1").stderr


def amended(root: Path) -> None:
    edit(root, "follow_up_calls: 593", "follow_up_calls: 594")
    amend(root)


def amended_otherwise(root: Path) -> None:
    edit(root, "follow_up_calls: 593", "follow_up_calls: 600")
    amend(root)


def published_again(root: Path) -> None:
    """Publish the third review again, with other numbers."""
    (root / THIRD).write_text(REVIEW.format(id="T-003").replace("593", "600"), "utf-8")
    publish(root, THIRD)


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        (publish_third, published_again, ["KPI642"]),
        (amended, amended_otherwise, ["KPI642"]),
        (amended, forge, ["KPI632", "KPI642", "KPI667"]),
        (amended, lambda root: (root / FILE).unlink(), ["KPI633"]),
        (publish_third, lambda root: None, []),
        (amended, lambda root: None, []),
        (lambda root: note(root, "note"), amended, []),
        (lambda root: note(root, "note"), publish_third, []),
    ],
)
def test_after_a_force_push_it_says_so(
    root: Path, before: Callable[[Path], None], after: Callable[[Path], None], found: list[str]
) -> None:
    before(root)
    old = commit(root, "before")
    git(root, "reset", "-q", "--hard", "HEAD~2" if before is publish_third else "HEAD~1")
    git(root, "reset", "-q", "--hard", git(root, "rev-list", "--max-parents=0", "HEAD"))
    after(root)
    commit(root, "after")
    told = run(root, "check", "--base", old, code=None)
    assert sorted(codes(told.stdout)) == found
    assert "not in HEAD" in told.stderr
    assert "a force push" in told.stderr


def test_a_branch_that_is_behind_is_not_to_blame(root: Path) -> None:
    branch(root)
    amended(root)
    commit(root, "amended")
    git(root, "checkout", "-q", "main")
    forge(root, OTHER)
    publish_third(root)
    git(root, "checkout", "-q", "side")
    assert run(root, "check", "--base", "main").stdout == "", "main changed OTHER, this branch did not"


def test_another_history_has_nothing_in_common(root: Path) -> None:
    old = git(root, "rev-parse", "HEAD")
    shutil.rmtree(root / ".git/refs/heads")
    (root / ".git/refs/heads").mkdir()
    forge(root)
    commit(root, "all new")
    told = run(root, "check", "--base", old, code=2)
    assert "no commit in common" in told.stderr
    assert "rewritten from its beginning" in told.stderr
