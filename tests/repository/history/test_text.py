"""Which part of the history is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.forms import run
from tests.helpers.history import commit, log, reviews
from tests.helpers.repositories import FILE


def test_what_is_asked_for(root: Path) -> None:
    assert [entry["subject"] for entry in log(root, "-n", "1")] == ["drafts"]
    assert [entry["subject"] for entry in log(root, "--rev", "HEAD~1")] == ["rules"]
    assert len(log(root, "T-001", "T-002")[0]["reviews"]) == 2
    assert run(root, "log", "--rev", "nope", code=2).stderr.count("no such revision") == 1
    for word, near in (("t-01", "T-001"), ("frontdesk", "front-desk"), ("reviews/2026-03/T-001.md", FILE)):
        assert f"did you mean '{near}'" in run(root, "log", word, code=2).stderr
    assert "no employee, file or form" in run(root, "log", "qqqq", code=2).stderr


def test_a_path_is_understood_from_where_one_stands(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root / "reviews/2026-03")
    assert len(log(root, "T-001.front-desk.md")[0]["reviews"]) == 1
    assert len(log(root, str(root / FILE))[0]["reviews"]) == 1
    (root / FILE).unlink()
    commit(root)
    assert reviews(log(root, "T-001.front-desk.md")[0]) == [("removed", "T-001", [])]
