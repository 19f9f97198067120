"""`kpigen check`: formats, exit codes, all problems at once."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.helpers.forms import (
    codes,
    make_repository,
    review_text,
    run,
)


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
    assert text.stderr == "1 review, 1 rule file: 2 errors, 1 warning\n"
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
