"""What a command line names: files, folders, ids and names, from any folder, and what is refused because it is not clear."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.helpers.forms import codes, kpigen, run
from tests.helpers.history import commit, git
from tests.helpers.lifecycle import DRAFT, place, repository_of_forms, submit, write

ROSTER = """\
id,name,login,email,department,position,manager,form,from,to
T-001,员工甲,,,客服部,前台主管,,,,
T-002,员工乙,,,客服部,前台主管,,,,
T-003,同名,,,客服部,前台主管,,,,
T-004,同名,,,电商部,前台主管,,,,
T-005,员工戊,,,电商部,前台主管,,,,
"""
MARCH, APRIL, OTHER = place("front-desk"), place("front-desk", period="2026-04"), place("front-desk", "T-002")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """T-001 with two months, T-002 with one; two people of one name; one without a review."""
    root = repository_of_forms(tmp_path)
    (root / "reviews/people.csv").write_text(ROSTER, "utf-8")
    write(root, DRAFT, MARCH)
    write(root, DRAFT.replace("2026-03", "2026-04"), APRIL)
    write(root, DRAFT.replace("T-001", "T-002").replace("员工甲", "员工乙"), OTHER)
    for id_ in ("T-003", "T-004"):
        write(root, DRAFT.replace("T-001", id_).replace("员工甲", "同名"), place("front-desk", id_))
    return root


def scored(result: object) -> list[str]:
    return [json.loads(line)["file"] for line in str(getattr(result, "stdout", "")).splitlines()]


@pytest.mark.parametrize(
    ("words", "files"),
    [
        (["T-002"], [OTHER]),
        (["员工乙"], [OTHER]),
        (["T-002.front-desk"], [OTHER]),
        (["T-002."], [OTHER]),
        (["T-002.front-desk.md"], [OTHER]),
        (["reviews/2026-03/T-002"], [OTHER]),
        (["reviews/2026-03/员工乙"], [OTHER]),
        ([OTHER], [OTHER]),
        (["T-001"], [APRIL]),
        (["员工甲"], [APRIL]),
        (["T-001", "--period", "2026-03"], [MARCH]),
        (["员工甲", "--period", "2026-03"], [MARCH]),
        (["reviews/2026-03/T-001"], [MARCH]),
        (["reviews/2026-04"], [APRIL]),
        (["reviews", "--period", "2026-04"], [APRIL]),
        (["T-002", OTHER, "员工乙"], [OTHER]),
        (["T-002", "T-001"], [OTHER, APRIL]),
    ],
)
def test_what_is_named_is_scored(words: list[str], files: list[str], root: Path) -> None:
    assert scored(run(root, "score", *words, "--format", "json")) == files


@pytest.mark.parametrize(
    ("folder", "words", "files"),
    [
        ("reviews/2026-03", ["T-001.front-desk.md"], ["T-001.front-desk.md"]),
        ("reviews/2026-03", ["./T-001.front-desk.md"], ["./T-001.front-desk.md"]),
        ("reviews/2026-03", ["T-001.front-desk"], [MARCH]),
        ("reviews/2026-03", ["T-001"], [MARCH]),
        ("reviews/2026-03", ["员工甲"], [MARCH]),
        ("reviews/2026-03", ["../2026-04/T-001.front-desk.md"], ["../2026-04/T-001.front-desk.md"]),
        ("reviews/2026-03", ["../2026-04/T-001"], [APRIL]),
        ("reviews/2026-03", [APRIL], [APRIL]),
        ("reviews/2026-03", ["T-001", "--period", "2026-04"], [APRIL]),
        ("reviews/2026-04", ["."], [APRIL]),
        ("reviews", ["2026-04"], [APRIL]),
        ("reviews", ["../T-002"], [OTHER]),
        ("rules/front-desk", ["T-002"], [OTHER]),
    ],
)
def test_from_a_folder_inside(
    folder: str, words: list[str], files: list[str], root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the shell completes names there, and as `check` prints them."""
    monkeypatch.chdir(root / folder)
    assert scored(run(root, "score", *words, "--format", "json")) == files


def test_as_a_process_in_a_folder_inside(root: Path) -> None:
    assert "submitted" in kpigen("submit", "T-002", "--yes", cwd=root / "reviews/2026-03").stdout
    assert json.loads(kpigen("score", "T-002", "--format", "json", cwd=root / "reviews").stdout)["file"] == OTHER


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["同名"], "KPI643", "`同名` may be T-003 客服部 or T-004 电商部"),
        (["T-009"], "KPI644", "did you mean"),
        (["t-002"], "KPI644", "did you mean `T-002`?"),
        (["员工"], "KPI644", "nobody's id or name"),
        (["T-00"], "KPI644", "nobody's id or name"),
        (["T-005"], "KPI647", "no review of `T-005`"),
        (["员工戊"], "KPI647", "no review of `员工戊`"),
        (["T-002", "--period", "2026-04"], "KPI647", "in 2026-04"),
        ([OTHER, "--period", "2026-04"], "KPI647", "in 2026-04"),
        (["reviews/2026-04/T-002"], "KPI647", "in reviews/2026-04"),
        (["reviews", "--period", "2026-05"], "KPI647", "in 2026-05"),
        (["reviews/2026-05/T-002"], "KPI117", "no such file"),
        (["T-002.cs-360.md"], "KPI117", "no such file"),
    ],
)
@pytest.mark.parametrize("command", ["score", "submit"])
def test_what_is_not_clear_is_refused(command: str, words: list[str], code: str, says: str, root: Path) -> None:
    result = run(root, command, *words, *(["--yes"] if command == "submit" else []), code=1)
    assert codes(result.stderr) == [code]
    assert says in result.stderr
    assert result.stdout == ""


def test_a_step_never_guesses_which_of_several_is_meant(root: Path) -> None:
    for word in ("T-001", "员工甲"):
        said = run(root, "submit", word, "--yes", code=1).stderr
        assert codes(said) == ["KPI643"]
        assert f"{MARCH} (draft) or {APRIL} (draft)" in said
    submit(root, root / MARCH)
    assert f"{APRIL}: submitted" in run(root, "submit", "T-001", "--yes", "--date", "2026-05-01").stdout
    assert "KPI643" in run(root, "confirm", "T-001", "--role", "employee", "--yes", code=1).stderr
    said = run(
        root, "confirm", "T-001", "--period", "2026-03", "--role", "employee", "--name", "员工甲", "--yes"
    ).stdout
    assert said.startswith(f"{MARCH}: employee confirmed")


def test_one_that_has_another_status_is_refused_with_its_reason(root: Path) -> None:
    submit(root, root / OTHER)
    assert codes(run(root, "submit", "T-002", "--yes", code=1).stderr) == ["KPI615"]


def test_withdrawing_by_name(root: Path) -> None:
    run(root, "submit", "T-002", "--yes", "--date", "2026-04-01")
    run(root, "confirm", "员工乙", "--role", "employee", "--yes", "--date", "2026-04-02")
    run(root, "publish", "T-002", "--yes", "--date", "2026-04-03")
    said = run(root, "withdraw", "员工乙", "--reason", "误发", "--by", "林", "--yes", "--date", "2026-04-04").stdout
    assert said == f"{OTHER}: withdrawn, was 81.00 B\n"
    assert "KPI643" in run(root, "amend", "T-001", "--reason", "r", "--by", "b", "--yes", code=1).stderr


def test_a_file_that_cannot_be_read_may_be_the_one_that_is_meant(root: Path) -> None:
    (root / APRIL).write_text("---\nemployee: [\n", "utf-8")
    assert codes(run(root, "score", "T-001", code=1).stderr) == ["KPI105"]
    assert scored(run(root, "score", "T-001", "--period", "2026-03", "--format", "json")) == [MARCH]


def test_the_latest_is_not_clear_if_two_end_together(root: Path) -> None:
    second = place("property-cs", "T-001", "2026-04")
    write(root, (root / APRIL).read_text("utf-8").replace("form: front-desk", "form: property-cs"), second)
    assert codes(run(root, "score", "T-001", code=1).stderr) == ["KPI643"]


def test_the_history_by_name(root: Path) -> None:
    git(root, "init", "-q", "-b", "main")
    commit(root, "一")
    by_id, by_name = (run(root, "log", word).stdout for word in ("T-002", "员工乙"))
    assert by_id == by_name != ""
    assert "T-003, T-004" in run(root, "log", "同名", code=2).stderr
