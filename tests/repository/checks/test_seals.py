"""A changed rule version is reported once, at its file; what else is wrong with a review stays with the review."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.forms import codes, run
from tests.helpers.git import commit, git
from tests.helpers.repositories import FILE, OTHER, RULE, edit, published_repository
from tests.helpers.tiny import DRAFT, TINY, TINY_RULE, check_files, publish

MANY = 50
WHY = ("--reason", "复核", "--by", "林", "--date", "2026-04-10", "--yes")


def places(root: Path, *options: str) -> list[str]:
    found = run(root, "check", *options, code=None).stdout.splitlines()
    return [" ".join((line.split(":")[0], line.split("[")[1][:6])) for line in found if "[KPI" in line]


CHANGES = {
    "a number": ("short_of: 600", "short_of: 500"),
    "a weight": ("weight: 10", "weight: 11"),
    "a grade": ("grades: {A:", "grades: {S: 101, A:"),
    "an input's range": ("type: count", "type: count, max: 9999"),
    "points": ("short_of: 600, points: 1", "short_of: 600, points: 2"),
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return published_repository(tmp_path / "repository")


def change_rule(root: Path, name: str = "a number") -> None:
    old, new = CHANGES[name]
    text = (root / RULE).read_text("utf-8")
    assert old in text
    (root / RULE).write_text(text.replace(old, new, 1), "utf-8")


@pytest.mark.parametrize("is_committed", [False, True])
@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_rule_is_told_once(root: Path, name: str, is_committed: bool) -> None:
    change_rule(root, name)
    if is_committed:
        commit(root, "changed")
    found = [line for line in places(root) if not line.endswith(("KPI518", "KPI522"))]
    assert [line for line in found if "KPI6" in line] == [f"{RULE} KPI630"]
    assert not [line for line in found if line.startswith("reviews/")]
    base = "HEAD~1" if is_committed else "HEAD"
    assert [line for line in places(root, "--base", base) if "KPI6" in line] == [f"{RULE} KPI630"]
    assert "KPI630" in run(root, "build", "--no-pdf", code=1).stderr


def test_without_the_history_it_is_told_once_too(root: Path, tmp_path: Path) -> None:
    change_rule(root)
    commit(root, "changed")
    git(root, "clone", "-q", "--depth", "1", f"file://{root}", str(tmp_path / "shallow"))
    assert [line for line in places(tmp_path / "shallow") if "KPI6" in line] == [f"{RULE} KPI650"]


def test_steps_of_reviews_by_a_changed_rule_are_refused(root: Path) -> None:
    change_rule(root)
    said = run(root, "confirm", root / FILE, "--role", "leader", "--name", "周", "--yes", code=1)
    assert "KPI630" in codes(said.stderr)
    edit(root, "follow_up_calls: 593", "follow_up_calls: 594")
    assert "KPI630" in codes(run(root, "amend", root / FILE, *WHY, code=1).stderr)


def test_a_review_that_was_changed_too_is_told_besides(root: Path) -> None:
    change_rule(root)
    edit(root, "follow_up_calls: 593", "follow_up_calls: 594")
    found = [line for line in places(root) if "KPI6" in line]
    assert f"{FILE} KPI609" in found
    assert not [line for line in found if line.startswith(OTHER)]
    assert f"{RULE} KPI630" in found


def test_one_changed_review_says_nothing_about_the_rules(root: Path) -> None:
    edit(root, "follow_up_calls: 593", "follow_up_calls: 594")
    assert {line for line in places(root) if "KPI6" in line} == {f"{FILE} KPI609", f"{FILE} KPI610"}


def test_fifty_reviews_are_one_finding() -> None:
    files = {TINY: TINY_RULE}
    for number in range(MANY):
        path = f"reviews/2026-01/A-{number}.tiny.md"
        files[path] = DRAFT.replace("id: A-1,", f"id: A-{number},")
        files = publish(files, path)
    assert check_files(files) == ()
    files[TINY] = TINY_RULE.replace("weight: 100", "weight: 100\n    limits: [calls >= 0]")
    assert [(item.code, item.span.path) for item in check_files(files)] == [("KPI650", TINY)]
    one = next(path for path in files if path.startswith("reviews/"))
    assert [item.code for item in check_files({TINY: files[TINY], one: files[one]})] == ["KPI609"]
