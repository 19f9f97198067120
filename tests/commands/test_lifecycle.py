"""`kpigen submit`, `confirm`, `publish`: many files, wrong use, what they say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.helpers.forms import codes, run
from tests.helpers.lifecycle import DRAFT, FILE, confirm, place, repository_of_forms, submit, write


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return repository_of_forms(tmp_path)


def test_permissions_stay(root: Path) -> None:
    path = write(root, DRAFT)
    path.chmod(0o640)
    submit(root, path)
    assert path.stat().st_mode & 0o777 == 0o640
    assert [item.name for item in path.parent.iterdir()] == [path.name], "nothing is left beside it"


def test_the_commands_say_what_they_did(root: Path) -> None:
    path = write(root, DRAFT)
    said = run(root, "submit", path, "--yes").stdout
    number = re.fullmatch(rf"{re.escape(FILE)}: submitted, content number ([0-9a-f]{{12}})\n", said)
    assert number is not None
    assert (
        run(root, "confirm", path, "--role", "employee", "--yes").stdout == f"{FILE}: employee confirmed {number[1]}\n"
    )
    assert f"of: {number[1]}" in path.read_text("utf-8")
    assert run(root, "publish", path, "--yes").stdout == f"{FILE}: published, total 81.00, grade B\n"


def test_files_that_are_no_reviews(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = write(root, DRAFT)
    outside = tmp_path_factory.mktemp("outside")
    (outside / "x.md").write_text(DRAFT, "utf-8")
    (root / "reviews/empty").mkdir()
    assert codes(submit(root, root / "reviews/2026-03/nobody.front-desk.md", code=1)) == ["KPI117"]
    assert codes(submit(root, outside / "x.md", code=1)) == ["KPI619"]
    assert codes(submit(root, outside, code=1)) == ["KPI619"]
    assert codes(submit(root, root / "reviews/empty", code=1)) == ["KPI619"]
    assert codes(submit(root, root / "kpigen.toml", code=1)) == ["KPI619"]
    assert codes(submit(root, outside / "x.md", path, code=1)) == ["KPI619"]
    assert "status: submitted" in path.read_text("utf-8"), "the other is submitted all the same"


def test_a_path_through_a_link_is_the_same_file(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = write(root, DRAFT)
    link = tmp_path_factory.mktemp("links") / "repository"
    link.symlink_to(root)
    assert submit(root, link / FILE, root / "reviews/../reviews/2026-03" / path.name) == ""


@pytest.mark.parametrize(
    "args",
    [
        ["submit"],
        ["submit", "FILE"],
        ["submit", "FILE", "--yes", "--date", "1. April"],
        ["submit", "FILE", "--yes", "--date", "2026-02-30"],
        ["confirm", "FILE", "--yes"],
        ["confirm", "FILE", "--yes", "--role", "boss"],
        ["confirm", "FILE", "--yes", "--role", "leader"],
        ["confirm", "FILE", "--yes", "--role", "assessor"],
        ["publish", "FILE"],
        ["publish", "--yes"],
    ],
)
def test_wrong_use(args: list[str], root: Path) -> None:
    path = write(root, DRAFT)
    if args[0] != "submit":
        submit(root, path)
    if args[0] == "publish":
        confirm(root, path)
    before = path.read_bytes()
    result = run(root, *(str(path) if word == "FILE" else word for word in args), code=2)
    assert "Traceback" not in result.stderr
    assert path.read_bytes() == before


ROSTER = """\
id,name,login,email,department,position,manager,form,from,to
M-001,经理乙,,,客服部,经理,,,2024-01-01,
T-001,员工甲,,,客服部,前台主管,M-001,,2024-01-01,
"""


@pytest.mark.parametrize("manager", ["", "  manager: M-001\n"])
def test_the_usual_assessor_is_the_manager(manager: str, root: Path) -> None:
    """`employee.manager`, else the roster's."""
    (root / "reviews/people.csv").write_text(ROSTER, "utf-8")
    path = write(root, DRAFT.replace("  name: 员工甲\n", f"  name: 员工甲\n{manager}"))
    submit(root, path)
    confirm(root, path, role="assessor")
    assert "{role: assessor, name: 经理乙, date: 2026-04-02, of: " in path.read_text("utf-8")


def test_many_files(root: Path) -> None:
    texts = {f"T-00{n}": DRAFT.replace("T-001", f"T-00{n}") for n in range(1, 6)}
    texts["T-003"] = texts["T-003"].replace("  training: 0\n", "")
    texts["T-005"] = texts["T-005"].replace("late: 1,", "late: one,")
    paths = {id_: write(root, text, place("front-desk", id_)) for id_, text in texts.items()}
    said = submit(root, root / "reviews/2026-03", paths["T-001"], code=1)
    assert {"KPI310", "KPI601"} <= set(codes(said))
    assert "2 of 5 refused" in said
    status = {id_: re.search(r"status: (\w+)", path.read_text("utf-8"))[1] for id_, path in paths.items()}  # type: ignore[index]
    assert status == {
        "T-001": "submitted",
        "T-002": "submitted",
        "T-003": "draft",
        "T-004": "submitted",
        "T-005": "draft",
    }
    result = run(root, "confirm", root / "reviews", "--role", "employee", "--yes")
    assert result.stdout.count("employee confirmed") == 3
    assert "refused" not in result.stderr, "of a folder only what is submitted is meant"
