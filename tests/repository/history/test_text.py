"""Which part of the history is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.forms import run
from tests.helpers.history import commit, log, reviews, set_calls
from tests.helpers.repositories import FILE


def test_what_is_asked_for(root: Path) -> None:
    assert [entry["subject"] for entry in log(root, "-n", "1")] == ["drafts"]
    assert [entry["subject"] for entry in log(root, "--rev", "HEAD~1")] == ["rules"]
    assert len(log(root, "T-001", "T-002")[0]["reviews"]) == 2
    assert run(root, "log", "--rev", "nope", code=2).stderr.count("no such revision") == 1
    for word, near in (("t-01", "T-001"), ("frontdesk", "front-desk"), ("reviews/2026-03/T-001.md", FILE)):
        assert f"did you mean '{near}'" in run(root, "log", word, code=2).stderr
    assert "no employee, file, folder or form" in run(root, "log", "qqqq", code=2).stderr


@pytest.mark.parametrize(
    ("word", "subjects", "employees"),
    [
        ("reviews", ["calls", "drafts"], ["T-001", "T-001", "T-002"]),
        ("reviews/2026-03", ["calls", "drafts"], ["T-001", "T-001", "T-002"]),
        ("reviews/2026-03/", ["calls", "drafts"], ["T-001", "T-001", "T-002"]),
        ("rules", ["rules"], []),
        ("rules/front-desk", ["rules"], []),
        (".", ["calls", "drafts", "rules"], ["T-001", "T-001", "T-002"]),
    ],
)
def test_a_folder_stands_for_its_files(
    root: Path, monkeypatch: pytest.MonkeyPatch, word: str, subjects: list[str], employees: list[str]
) -> None:
    set_calls(root, 595)
    commit(root, "calls")
    monkeypatch.chdir(root)
    found = log(root, word)
    assert [entry["subject"] for entry in found] == subjects
    assert [item["employee"] for entry in found for item in entry["reviews"]] == employees
    assert log(root, str(root / word)) == found


def test_a_folder_that_is_gone_or_never_held_anything(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "reviews/2026-03").rename(root / "reviews/2026-04")
    commit(root, "moved")
    assert [entry["subject"] for entry in log(root, "reviews/2026-03")] == ["moved", "drafts"]
    (root / "reviews/2026-09").mkdir()
    monkeypatch.chdir(root)
    assert "no employee, file, folder or form" in run(root, "log", "reviews/2026-09", code=2).stderr


def test_a_path_is_understood_from_where_one_stands(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root / "reviews/2026-03")
    assert len(log(root, "T-001.front-desk.md")[0]["reviews"]) == 1
    assert len(log(root, str(root / FILE))[0]["reviews"]) == 1
    (root / FILE).unlink()
    commit(root)
    assert reviews(log(root, "T-001.front-desk.md")[0]) == [("removed", "T-001", [])]
