"""Reviews in real git repositories: edits of a file, and a repository with two published reviews."""

from __future__ import annotations

from pathlib import Path

from tests.helpers.forms import make_repository, run
from tests.helpers.git import commit, git

FILE = "reviews/2026-03/T-001.front-desk.md"
OTHER = "reviews/2026-03/T-002.front-desk.md"
RULE = "rules/front-desk/2026-01.yaml"
REVIEW = """\
---
employee: {{id: {id}, name: 员工甲, department: 客服部, position: 前台主管}}
period: 2026-03
form: front-desk
status: draft          # 月底提交
metrics:
  follow_up_calls: 593
  complaints: {{late: 1, escalated: 0}}
  satisfaction_survey: 0
  training: 0
  customer_records: 0
  service_improvement: 0
  five_s: 0
  cashier: 0
  team_interviews: 0
  turnover: {{leavers: 0, start: 8, end: 8}}
  compliance: 0
comments:
  follow_up_calls: 系统停机两天，少拨 7 人次，其余时间均按计划完成回访。
---

三月平稳。
"""


def edit(root: Path, old: str, new: str, file: str = FILE) -> None:
    path = root / file
    text = path.read_bytes().decode("utf-8")
    assert text.count(old) == 1, old
    path.write_bytes(text.replace(old, new).encode())


def publish(root: Path, *paths: str) -> None:
    """Submit, confirm and publish the reviews at these paths."""
    files = [root / path for path in paths]
    run(root, "submit", *files, "--date", "2026-04-01", "--yes")
    run(root, "confirm", *files, "--role", "employee", "--date", "2026-04-02", "--yes")
    run(root, "publish", *files, "--date", "2026-04-03", "--yes")


def published_repository(folder: Path) -> Path:
    """Create a repository with two published front-desk reviews, 90.00 each, and commit it."""
    root = make_repository(folder, ("front-desk",))
    for file, id_ in ((FILE, "T-001"), (OTHER, "T-002")):
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(REVIEW.format(id=id_), "utf-8")
    publish(root, "reviews")
    git(root, "init", "-q", "-b", "main")
    commit(root, "published")
    return root
