"""`kpigen check`: formats, exit codes, all problems at once."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.helpers.forms import (
    codes,
    kpigen,
    make_repository,
    review_text,
    run,
)
from tests.helpers.git import commit, git


def test_check_as_text_and_json(tmp_path: Path) -> None:
    root = make_repository(tmp_path, ("front-desk",))
    assert run(root, "check", "--format", "json").stdout == "[]\n"
    folder = root / "reviews/2026-03"
    folder.mkdir()
    (folder / "T-001.front-desk.md").write_text(
        review_text("front-desk", {"follow_up_calls": "1,000", "five_s": "two"}, period="2026-03"), "utf-8"
    )
    (folder / "notes.txt").write_text("x", "utf-8")
    text = run(root, "check", code=1)
    lines = text.stdout.splitlines()
    assert lines[0].startswith("reviews/2026-03/T-001.front-desk.md:10:20: error[KPI312]") or re.match(
        r"reviews/2026-03/T-001\.front-desk\.md:\d+:\d+: error\[KPI31\d\] ", lines[0]
    )
    assert lines[1] == "    hint: write `1000`"
    assert codes(text.stdout) == ["KPI311", "KPI310", "KPI118"]
    assert text.stderr == "1 review, 1 rule file: 2 errors, 1 warning; 14 open numbers in 1 draft\n"
    found = json.loads(run(root, "check", "--format", "json", code=1).stdout)
    assert [item["code"] for item in found] == codes(text.stdout)
    assert list(found[0]) == ["path", "line", "column", "severity", "code", "title", "message", "hint", "employee"]
    assert [item["employee"] for item in found] == [{"id": "T-001", "name": "员工甲"}] * 2 + [None]
    assert [item["severity"] for item in found] == ["error", "error", "warning"]
    for item, line in zip(found, lines[::2], strict=True):
        place = f"{item['path']}:{item['line']}:{item['column']}: {item['severity']}[{item['code']}]"
        assert line == f"{place} {item['message']}" + (" (T-001 员工甲)" if item["employee"] else "")


def test_warnings_alone_end_with_0(tmp_path: Path) -> None:
    root = make_repository(tmp_path, ("front-desk",))
    (root / "reviews/notes.txt").write_text("x", "utf-8")
    result = run(root, "check")
    assert codes(result.stdout) == ["KPI118"]
    assert "0 errors, 1 warning\n" in result.stderr


def test_all_problems_are_shown_at_once(tmp_path: Path) -> None:
    """Of settings, roster, rules and reviews; in the order of the files."""
    root = make_repository(tmp_path, ("front-desk", "cs-graded"), roster="id,name\nx,y\n")
    (root / "kpigen.toml").write_text("langauges = []\n", "utf-8")
    rule = root / "rules/cs-graded/2026-01.yaml"
    rule.write_text(rule.read_text("utf-8").replace("weight: 25", "weight: 24", 1), "utf-8")
    (root / "reviews/2026-03").mkdir()
    (root / "reviews/2026-03/A.front-desk.md").write_text("no front matter\n", "utf-8")
    found = json.loads(run(root, "check", "--format", "json", code=1).stdout)
    paths = [item["path"] for item in found]
    assert paths == sorted(paths)
    assert {
        "kpigen.toml",
        "reviews/people.csv",
        "rules/cs-graded/2026-01.yaml",
        "reviews/2026-03/A.front-desk.md",
    } <= set(paths)
    assert {"KPI104", "KPI410", "KPI504"} <= {item["code"] for item in found}


# --- findings that the change brought ---------------------------------------------------------------------------------


def write_wrong_review(root: Path, id_: str) -> None:
    """Write a review of somebody with one error."""
    (root / "reviews/2026-03").mkdir(exist_ok=True)
    text = review_text("front-desk", {"follow_up_calls": "1,000"}, period="2026-03").replace("T-001", id_)
    (root / f"reviews/2026-03/{id_}.front-desk.md").write_text(text, "utf-8")


@pytest.fixture(scope="module")
def with_old_warnings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository whose last commit has twelve warnings and one error."""
    root = make_repository(tmp_path_factory.mktemp("old"), ("front-desk",))
    for number in range(12):
        (root / f"reviews/a{number:02}.txt").write_text("x", "utf-8")
    write_wrong_review(root, "A")
    git(root, "init", "-q")
    commit(root)
    return root


def annotated(root: Path, *options: str) -> list[str]:
    """Return the files that GitHub's annotations name, errors first."""
    output = run(root, "check", "--format", "github", *options, code=1).stdout
    return re.findall(r"^::\w+ file=([^,]+)", output, re.M)


def test_new_findings_are_annotated_before_old_ones(with_old_warnings: Path, tmp_path: Path) -> None:
    root = tmp_path / "root"
    shutil.copytree(with_old_warnings, root)
    (root / "reviews/z.txt").write_text("x", "utf-8")
    write_wrong_review(root, "Z")
    assert "reviews/z.txt" not in annotated(root), "the eleventh warning has no annotation"
    found = annotated(root, "--base", "HEAD")
    assert found[:2] == ["reviews/2026-03/Z.front-desk.md", "reviews/2026-03/A.front-desk.md"]
    assert found[2:] == ["reviews/z.txt", *(f"reviews/a{number:02}.txt" for number in range(9))]
    gitlab = json.loads(run(root, "check", "--format", "gitlab", "--base", "HEAD", code=1).stdout)
    assert [item["location"]["path"] for item in gitlab][:2] == ["reviews/2026-03/Z.front-desk.md", "reviews/z.txt"]
    assert len(gitlab) == 15
    text = run(root, "check", "--base", "HEAD", code=1).stdout
    assert text == run(root, "check", code=1).stdout, "a terminal shows all of them, by file"


def test_the_summary_says_how_many_are_new(with_old_warnings: Path, tmp_path: Path) -> None:
    root, summary = tmp_path / "root", tmp_path / "summary.md"
    shutil.copytree(with_old_warnings, root)
    kpigen("check", "--format", "github", "--base", "HEAD", cwd=root, code=1, GITHUB_STEP_SUMMARY=str(summary))
    assert summary.read_text("utf-8").splitlines()[2] == "None of them is new with this change."
    summary.unlink()
    (root / "reviews/z.txt").write_text("x", "utf-8")
    kpigen("check", "--format", "github", "--base", "HEAD", cwd=root, code=1, GITHUB_STEP_SUMMARY=str(summary))
    lines = summary.read_text("utf-8").splitlines()
    assert lines[2] == "1 of them is new with this change and comes first."
    assert lines[6].startswith("| `reviews/z.txt")


def test_a_warning_whose_acknowledgement_was_taken_out_is_new(with_old_warnings: Path, tmp_path: Path) -> None:
    root = tmp_path / "root"
    shutil.copytree(with_old_warnings, root)
    entry = '[[acknowledged]]\ncode = "KPI118"\npath = "reviews/a11.txt"\nreason = "kept"\n'
    (root / "kpigen.toml").write_text(entry, "utf-8")
    commit(root)
    (root / "kpigen.toml").write_text("", "utf-8")
    assert annotated(root, "--base", "HEAD")[1] == "reviews/a11.txt"


def test_old_findings_in_another_encoding_of_the_roster_stay_old(with_old_warnings: Path, tmp_path: Path) -> None:
    root = tmp_path / "root"
    shutil.copytree(with_old_warnings, root)
    table = "工号,姓名,登录名,邮箱,部门,职位,上级,考核表,开始日期,结束日期\nA,甲,,,,,M-1,,,\n"
    (root / "reviews/people.csv").write_bytes(table.encode("gbk"))
    (root / "kpigen.toml").write_text('roster_encoding = "gbk"\n', "utf-8")
    commit(root)
    (root / "reviews/people.csv").write_bytes(table.encode("utf-16"))
    (root / "kpigen.toml").unlink()
    assert annotated(root).count("reviews/2026-03/A.front-desk.md") == 3, "another name than the roster's"
    assert annotated(root, "--base", "HEAD") == annotated(root), "nothing is new"
