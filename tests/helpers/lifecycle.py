"""Reviews in different stages: drafts of several forms, and the commands that move them on."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from pathlib import Path

from tests.helpers.forms import codes, make_repository, review_text, run
from tests.helpers.repositories import FILE

DRAFT = """\
---
# 三月份，由人力资源部录入
employee:
  id: T-001            # 工号
  name: 员工甲
  department: 客服部
  position: "前台主管"
period: 2026-03
form: front-desk

status: draft          # 月底提交
metrics:
  # 600 人次为满分
  follow_up_calls: 593
  complaints: {late: 1,   escalated: 0}
  satisfaction_survey:    1
  training: 0
  customer_records: 0
  service_improvement: 1
  five_s: 1
  cashier: 0
  team_interviews: 0
  turnover:
    start: 20
    end: 20
    leavers: 3     # 其中一人退休
  compliance: '1'
comments:
  follow_up_calls: |
    系统停机两天，
    少拨 7 人次。
feedback: {strengths: 认真, improvements: "细致一些: 记录", plan: 每周复盘}
# 以下由系统填写
---

## 工作评价

见上表。---
"""


def repository_of_forms(folder: Path) -> Path:
    """Create a repository with five of the forms and no reviews."""
    return make_repository(folder, ("front-desk", "cs-360", "cs-latest", "property-cs", "support-center"))


def write(root: Path, text: str | bytes, file: str = FILE) -> Path:
    path = root / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def submit(root: Path, *files: Path, code: int = 0) -> str:
    return run(root, "submit", *files, "--date", "2026-04-01", "--yes", code=code).stderr


def confirm(
    root: Path,
    *files: Path,
    role: str = "employee",
    name: str | None = None,
    date: str = "2026-04-02",
    code: int = 0,
) -> str:
    more = ["--name", name] if name else []
    return run(root, "confirm", *files, "--role", role, *more, "--date", date, "--yes", code=code).stderr


def publish(root: Path, *files: Path, code: int = 0) -> str:
    return run(root, "publish", *files, "--date", "2026-04-03", "--yes", code=code).stderr


def check(root: Path) -> list[str]:
    return codes(run(root, "check", code=None).stdout)


def added(before: bytes, after: bytes) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the added lines, and the replaced ones as pairs of old and new. Fails if lines were removed."""
    one, two = before.decode("utf-8").splitlines(keepends=True), after.decode("utf-8").splitlines(keepends=True)
    new: list[str] = []
    replaced: list[tuple[str, str]] = []
    for kind, i, j, k, m in difflib.SequenceMatcher(None, one, two, autojunk=False).get_opcodes():
        if kind == "replace":
            assert m - k >= j - i, one[i:j]
            replaced += zip(one[i:j], two[k:], strict=False)
            new += two[k + (j - i) : m]
        elif kind == "insert":
            new += two[k:m]
        else:
            assert kind == "equal", one[i:j]
    return new, replaced


def swap(old: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert text.count(old) == 1, old
        return text.replace(old, new)

    return change


def found_in(lines: list[str], key: str) -> str:
    pattern = {"salt": r"salt: ([0-9a-f]{32})", "seal": r'seal: "(k1:sha256:[0-9a-f]{64})"'}[key]
    match = re.search(pattern, "".join(lines))
    assert match is not None, lines
    return match[1]


RATED = {"self": "[90]", "peers": "[80, 85]", "subordinates": "[75]", "manager": "[88]"}
THREE_SIXTY = {
    "service_quality": "95%",
    "service_efficiency": "{resolved: 9, assigned: 10}",
    "communication": RATED,
    "work_plan": "{completed: 4, planned: 4}",
    "team_building": RATED,
}
POOR = {**THREE_SIXTY, "service_quality": "10%", "work_plan": "{completed: 0, planned: 4}"}
LATEST = {
    "tasks": "[{name: 甲, description: 说明, completion: 80%, urgency: low, importance: high}]",
    "csat": "90%",
    "resolution_rate": "{solved: 9, total: 10}",
    "complaint_handling": "{handled: 1, received: 1}",
    **dict.fromkeys(("collaboration", "training", "motivation", "learning", "skills", "business"), "80"),
}
CENTRE = {
    "important_tasks": "{done: 9, planned: 10}",
    "ad_hoc_tasks": "{done: 4, planned: 5}",
    "attrition": "{resigned: 0, dismissed: 0}",
    "sales": "{actual: 95, plan: 100}",
    "team": "{violations: 2, scores: [88]}",
    "superior": "solid",
}


def place(form: str, employee: str = "T-001", period: str = "2026-03") -> str:
    return f"reviews/{period}/{employee}.{form}.md"


def without_confirmations(root: Path) -> None:
    rule = root / "rules/support-center/2026-01.yaml"
    text = rule.read_text("utf-8")
    assert "confirmations: [employee, leader, hr]" in text
    rule.write_text(text.replace("confirmations: [employee, leader, hr]", "confirmations: []"), "utf-8")


def centre(employee: str, manager: str, scores: str = "[80]", **metrics: str) -> str:
    return review_text(
        "support-center",
        {**CENTRE, "team": f"{{violations: 0, scores: {scores}}}", **metrics},
        period="2026-03",
        employee={"id": employee, **({"manager": manager} if manager else {})},
    )
