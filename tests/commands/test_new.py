"""`kpigen new`: what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.drafts import ROSTER
from tests.helpers.forms import (
    codes,
    make_repository,
    run,
)


@pytest.mark.parametrize(
    ("args", "word"),
    [
        (["--form", "front-dsk", "--employee", "T-001", "--period", "2026-05"], "Did you mean 'front-desk'?"),
        (
            ["--form", "front-desk", "--employee", "T-009", "--period", "2026-05"],
            "'T-009' is not on the roster in 2026-05",
        ),
        (["--form", "front-desk", "--employee", "../T", "--period", "2026-05"], "is not an id"),
        (["--form", "front-desk", "--employee", "T-001", "--period", "2026-5"], "is not a period"),
        (
            ["--form", "front-desk", "--employee", "T-001", "--period", "2026-Q2"],
            "is assessed by month, 2026-Q2 is a quarter",
        ),
        (
            ["--form", "front-desk", "--employee", "T-001", "--period", "2025-12"],
            "no version of 'front-desk' is in force in 2025-12",
        ),
        (
            ["--form", "front-desk", "--employee", "T-001", "--period", "2026-05", "--language", "fr"],
            "'fr' is not one of",
        ),
        (["--form", "front-desk", "--period", "2026-05"], "--employee"),
    ],
)
def test_new_refuses(args: list[str], word: str, tmp_path: Path) -> None:
    root = make_repository(tmp_path, ("front-desk",), ROSTER)
    result = run(root, "new", *args, code=2)
    assert word in result.stderr
    assert [path.name for path in (root / "reviews").iterdir()] == ["people.csv"]


def test_new_never_overwrites(tmp_path: Path) -> None:
    root = make_repository(tmp_path, ("front-desk",), ROSTER)
    args = ["new", "--form", "front-desk", "--employee", "T-001", "--period", "2026-05"]
    run(root, *args)
    path = root / "reviews/2026-05/T-001.front-desk.md"
    path.write_text("my own\n", "utf-8")
    assert "already exists" in run(root, *args, code=2).stderr
    assert path.read_text("utf-8") == "my own\n"
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_new_without_a_roster(tmp_path: Path) -> None:
    """Without a roster everything works but its defaults: they come from the last review, else they are left blank."""
    root = make_repository(tmp_path, ("front-desk",))
    args = ["new", "--form", "front-desk", "--employee", "T-001"]
    run(root, *args, "--period", "2026-05")
    first = root / "reviews/2026-05/T-001.front-desk.md"
    found = run(root, "check", code=1).stdout
    assert codes(found) == ["KPI204"] * 3, "what nobody knows has to be filled in"
    assert all(f"`employee.{key}`" in found for key in ("name", "department", "position"))
    first.write_text(
        first.read_text("utf-8")
        .replace("  name:", "  name: 员工丁")
        .replace("  department:", "  department: 前厅")
        .replace("  position:", "  position: 领班"),
        "utf-8",
    )
    assert run(root, "check").stdout == ""
    run(root, *args, "--period", "2026-06")
    assert "name: 员工丁" in (root / "reviews/2026-06/T-001.front-desk.md").read_text("utf-8")
    assert run(root, "check").stdout == ""
