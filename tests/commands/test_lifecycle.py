"""`kpigen submit`, `confirm`, `publish`: many files, wrong use, what they say."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kpigen.commands import common, steps
from tests.helpers.forms import codes, run
from tests.helpers.lifecycle import DRAFT, FILE, centre, confirm, place, publish, repository_of_forms, submit, write


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
        ["confirm", "FILE", "--yes", "--role", "hr", "--name", "  "],
        ["confirm", "FILE", "--yes", "--role", "employee", "--period", "March"],
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


# --- objections, and names --------------------------------------------------------------------------------------------


def number_of(root: Path, path: Path) -> str:
    """Return the content number of a review, which it is given by being submitted."""
    told = run(root, "submit", path, "--yes", "--date", "2026-04-01").stdout
    return told.split()[-1]


def object_to(path: Path, number: str, role: str = "employee", more: str = "", date: str = "2026-04-02") -> None:
    line = f"objections:\n  - {{role: {role}, date: {date}, of: {number}, text: 不同意{more}}}\n"
    path.write_text(path.read_text("utf-8").replace("# 以下由系统填写\n", line), "utf-8")


SETTLED = ", resolution: 维持, resolved: 2026-04-03"


@pytest.mark.parametrize(
    ("role", "of", "more", "refused"),
    [
        ("employee", "", "", True),
        ("employee", "", ", resolution: 维持", True),
        ("employee", "", ", resolved: 2026-04-03", True),
        ("employee", "", SETTLED, False),
        ("assessor", "", "", False),
        ("employee", "0123456789ab", "", False),
    ],
)
@pytest.mark.parametrize("how", ["file", "folder", "id"])
def test_an_open_objection_of_the_same_role_stands(
    role: str, of: str, more: str, refused: bool, how: str, root: Path
) -> None:
    path = write(root, DRAFT)
    object_to(path, of or number_of(root, path), role, more)
    if of:
        submit(root, path)
    other = write(root, DRAFT.replace("T-001", "T-002"), place("front-desk", "T-002"))
    submit(root, other)
    before = path.read_bytes()
    words = {"file": [path, other], "folder": [root / "reviews"], "id": ["T-001", "T-002"]}[how]
    result = run(root, "confirm", *words, "--role", "employee", "--yes", code=1 if refused else 0)
    assert codes(result.stderr) == (["KPI629"] if refused else [])
    assert (path.read_bytes() == before) is refused
    assert f"{place('front-desk', 'T-002')}: employee confirmed" in result.stdout, "the other goes ahead"
    assert not refused or f"{FILE}:" in result.stderr, "the review is named"


def test_an_objection_after_publication_stands_too(root: Path) -> None:
    path = write(root, DRAFT)
    number = number_of(root, path)
    confirm(root, path)
    publish(root, path)
    object_to(path, number, "hr", date="2026-04-05")
    assert codes(confirm(root, path, role="hr", name="林", date="2026-04-06", code=1)) == ["KPI629"]


def test_a_corrected_review_can_be_confirmed_by_who_objected(root: Path) -> None:
    path = write(root, DRAFT)
    object_to(path, number_of(root, path))
    path.write_text(path.read_text("utf-8").replace("cashier: 0", "cashier: 1"), "utf-8")
    assert codes(confirm(root, path)) == []


@pytest.mark.parametrize("words", [["reviews"], ["reviews/2026-03"], ["FILE", "OTHER"], ["FILE", "T-002"], ["ALONE"]])
@pytest.mark.parametrize("role", ["employee", "hr"])
def test_a_name_is_taken_for_one_review_only(words: list[str], role: str, root: Path) -> None:
    path = write(root, DRAFT)
    other = write(root, DRAFT.replace("T-001", "T-002"), place("front-desk", "T-002"))
    alone = write(root, DRAFT.replace("2026-03", "2026-04"), place("front-desk", period="2026-04"))
    submit(root, path, other)
    run(root, "submit", alone, "--yes", "--date", "2026-05-01")
    before = [file.read_bytes() for file in (path, other, alone)]
    named = {"FILE": str(path), "OTHER": str(other), "ALONE": "reviews/2026-04"}
    args = [named.get(word, word) for word in words]
    result = run(root, "confirm", *args, "--role", role, "--name", "某人", "--yes", code=2)
    assert "某人 would be written into every review" in result.stderr
    assert [file.read_bytes() for file in (path, other, alone)] == before


# --- one that cannot go ------------------------------------------------------------------------------------------------


def three(root: Path, *edits: Callable[[str], str]) -> list[Path]:
    """Three drafts; the first is edited."""
    paths = []
    for index, id_ in enumerate(("T-001", "T-002", "T-003")):
        text = DRAFT.replace("T-001", id_)
        for edit in edits if index == 0 else ():
            text = edit(text)
        paths.append(write(root, text, place("front-desk", id_)))
    return paths


def test_a_review_without_a_manager_does_not_stop_the_others(root: Path) -> None:
    (root / "reviews/people.csv").write_text(
        ROSTER.replace("M-001,,2024", ",,2024")
        + "".join(f"T-00{n},员工甲,,,客服部,前台主管,M-001,,,\n" for n in (2, 3)),
        "utf-8",
    )
    paths = three(root)
    submit(root, *paths)
    result = run(root, "confirm", root / "reviews", "--role", "assessor", "--yes", code=1)
    assert codes(result.stderr) == ["KPI648"]
    assert result.stderr.startswith(f"{FILE}:"), "it names the review"
    assert "1 of 3 refused" in result.stderr
    assert result.stdout.count("assessor confirmed") == 2
    assert ["role: assessor" in path.read_text("utf-8") for path in paths] == [False, True, True]


@pytest.mark.parametrize("command", ["submit", "confirm", "publish"])
@pytest.mark.parametrize(
    "broken",
    [
        lambda text: text.replace("late: 1,", "late: one,"),
        lambda text: text.replace("metrics:", "metrics: ["),
        lambda text: text.replace("form: front-desk", "form: front-dsk"),
        lambda text: text.replace("period: 2026-03", "period: 2026-02"),
        lambda text: text.replace("  training: 0\n", ""),
    ],
)
def test_a_broken_review_does_not_stop_the_others(broken: Callable[[str], str], command: str, root: Path) -> None:
    paths = three(root)
    if command != "submit":
        submit(root, *paths)
    if command == "publish":
        confirm(root, *paths)
    paths[0].write_text(broken(paths[0].read_text("utf-8")), "utf-8")
    role = ["--role", "employee"] if command == "confirm" else []
    result = run(root, command, root / "reviews", *role, "--yes", code=1 if command != "confirm" else None)
    done = {"submit": "submitted", "confirm": "employee confirmed", "publish": "published"}[command]
    assert result.stdout.count(f": {done}") in ((2, 3) if command == "confirm" else (2,))
    assert f"T-002.front-desk.md: {done}" in result.stdout


def test_a_file_that_cannot_be_written_does_not_stop_the_others(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = three(root)
    real = steps.write_atomically

    def fails(root: Path, path: str, data: bytes) -> None:
        if root / path == paths[1]:
            raise PermissionError(13, "Permission denied")
        real(root, path, data)

    monkeypatch.setattr(steps, "write_atomically", fails)
    result = run(root, "submit", *paths, "--yes", code=1)
    assert codes(result.stderr) == ["KPI649"]
    assert "1 of 3 refused" in result.stderr
    assert result.stdout.count("submitted") == 2, "only what is on the disk is told"
    assert "T-002" not in result.stdout


def test_a_file_that_changes_while_the_question_is_open_is_left_alone(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = three(root)

    def asked(*_: object) -> None:
        paths[2].write_text(paths[2].read_text("utf-8").replace("cashier: 0", "cashier: 1"), "utf-8")

    monkeypatch.setattr("kpigen.commands.lifecycle.ask", asked)
    result = run(root, "submit", *paths, code=1)
    assert codes(result.stderr) == ["KPI649"]
    assert "status: draft" in paths[2].read_text("utf-8")
    assert "cashier: 1" in paths[2].read_text("utf-8")


def test_who_takes_a_total_that_was_not_written_is_not_written(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    member = write(root, DRAFT.replace("  name: 员工甲", "  name: 员工甲\n  manager: M-001"))
    without = root / "rules/support-center/2026-01.yaml"
    without.write_text(without.read_text("utf-8").replace("[employee, leader, hr]", "[]"), "utf-8")
    boss = write(root, centre("M-001", "", scores="auto"), place("support-center", "M-001"))
    submit(root, member)
    confirm(root, member)
    publish(root, member)  # otherwise `auto` finds nothing when the manager's review is submitted
    second = write(
        root,
        DRAFT.replace("T-001", "T-002").replace("  name: 员工甲", "  name: 员工甲\n  manager: M-001"),
        place("front-desk", "T-002"),
    )
    submit(root, boss, second)
    confirm(root, second)
    real = steps.write_atomically

    def fails(root: Path, path: str, data: bytes) -> None:
        if root / path == second:
            raise OSError(28, "No space left on device")
        real(root, path, data)

    monkeypatch.setattr(steps, "write_atomically", fails)
    result = run(root, "publish", second, boss, "--yes", code=1)
    assert codes(result.stderr) == ["KPI649", "KPI649"]
    assert "takes the total of T-002" in result.stderr
    assert "status: submitted" in boss.read_text("utf-8")
    assert result.stdout == ""


# --- what is told, and when ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["submit", "confirm", "publish", "amend", "withdraw"])
def test_where_nobody_can_be_asked_nothing_is_told(command: str, root: Path) -> None:
    path = write(root, DRAFT)
    if command != "submit":
        submit(root, path)
    if command in ("publish", "amend", "withdraw"):
        confirm(root, path)
    if command in ("amend", "withdraw"):
        publish(root, path)
    if command == "amend":
        for words in (
            ["init", "-q"],
            ["add", "."],
            ["-c", "user.name=x", "-c", "user.email=x@y", "commit", "-qm", "x"],
        ):
            subprocess.run(["git", *words], cwd=root, check=True)
        path.write_text(path.read_text("utf-8").replace("cashier: 0", "cashier: 1"), "utf-8")
    before = path.read_bytes()
    more = {"confirm": ["--role", "employee"]}.get(command, [])
    if command in ("amend", "withdraw"):
        more = ["--reason", "r", "--by", "b"]
    result = run(root, command, path, *more, code=2)
    assert result.stdout == ""
    assert "give --yes" in result.stderr
    assert path.read_bytes() == before


def test_before_the_question_it_is_said_what_would_be_done(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(root, DRAFT)
    monkeypatch.setattr(common, "can_ask", lambda: True)
    asked = run(root, "submit", path, code=1)
    assert "nothing is written yet" in asked.stderr
    assert f"  {FILE}: submitted, content number" in asked.stderr
    assert "status: draft" in path.read_text("utf-8")


@pytest.mark.parametrize("target", ["closed", "/dev/full"])
def test_if_nobody_listens_everything_is_written_all_the_same(target: str, root: Path) -> None:
    paths = three(root)
    command = [sys.executable, "-m", "kpigen", "submit", "reviews", "--yes"]
    if target == "closed":
        reading, writing = os.pipe()
        os.close(reading)
    else:
        writing = os.open(target, os.O_WRONLY)
    done = subprocess.run(command, cwd=root, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert all("status: submitted" in path.read_text("utf-8") for path in paths)


@pytest.mark.parametrize("command", ["submit", "confirm", "publish"])
def test_nothing_to_do_is_said(command: str, root: Path) -> None:
    path = write(root, DRAFT)
    submit(root, path)
    role = ["--role", "employee"] if command == "confirm" else []
    confirm(root, path)
    if command == "publish":
        publish(root, path)
    for words in (["reviews"], ["reviews/2026-03"], ["reviews", "reviews/2026-03"]):
        result = run(root, command, *words, *role, "--yes")
        assert result.stdout == ""
        assert result.stderr.startswith("Nothing to do: ")
    if command == "confirm":
        assert codes(confirm(root, path, code=1)) == ["KPI615"], "a file that is named is refused, with the reason"


def test_nothing_to_do_in_chinese(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KPIGEN_LANGUAGE", "zh")
    submit(root, write(root, DRAFT))
    assert "没有需要处理的考核" in run(root, "submit", "reviews", "--yes").stderr
