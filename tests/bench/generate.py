"""Generates a repository with any number of published reviews over all nine forms: fictional people, three departments.

python tests/bench/generate.py 1000 /tmp/reviews
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

from kpigen.base.sources import MemoryTree, WorkTree
from kpigen.files.config import Config
from kpigen.files.review import read_review
from kpigen.files.roster import Roster
from kpigen.files.rules.book import Rulebook
from kpigen.model.reviews import Review
from kpigen.repository.lifecycle.transitions import confirm, publish, submit
from kpigen.repository.project import Project, load_rules

ROOT = Path(__file__).parents[2]
GOLDEN = sorted((ROOT / "tests" / "golden").glob("*-0?.md"))
DEPARTMENTS = ("客服部", "电商部", "物业服务部")
MONTHS = 6


def generate(count: int, target: Path) -> None:
    """Write a repository with `count` published reviews, six months of one form for each person."""
    target.mkdir(parents=True, exist_ok=True)
    shutil.copytree(ROOT / "rules", target / "rules", dirs_exist_ok=True)
    (target / "kpigen.toml").write_text('languages = ["zh", "en"]\n', "utf-8")
    rules, _ = load_rules(WorkTree(target), WorkTree(target).paths("rules"), ("zh", "en"))
    roster = ["id,name,login,email,department,position,manager,form,from,to"]
    roster += [
        f"M-{number},主管{number},m{number},,{DEPARTMENTS[number % 3]},经理,,,2024-01-01,"
        for number in range(count // 60 + 1)
    ]
    for number in range(count):
        person, month = divmod(number, MONTHS)
        path, data, line = one_review(person, month + 1)
        if month == 0:
            roster.append(line)
        data = published(path, data, rules, f"{number:032x}")
        file = target / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    (target / "reviews" / "people.csv").write_text("\n".join(roster) + "\n", "utf-8")


def published(path: str, data: bytes, rules: Rulebook, salt: str) -> bytes:
    """Return the bytes of a draft after it was submitted, confirmed in every role, and published."""
    steps = [lambda p, t, r: submit(p, t, r, "2026-07-01", lambda: salt)]
    for role in ("employee", "assessor", "leader", "hr"):
        steps.append(lambda p, t, r, role=role: confirm(p, t, r, role, _name(r, role), "2026-07-02"))
    steps.append(lambda p, t, r: publish(p, t, r, "2026-07-05", lambda: salt))
    for step in steps:
        tree = MemoryTree({path: data})
        review, _ = read_review(path, data, rules, tree.digest)
        assert review is not None
        change, found = step(Project(Config(), Roster(), rules, (review,), ()), tree, review)
        assert change is not None, [item.message for item in found]
        data = change.data
    return data


def _name(review: Review, role: str) -> str:
    manager = f"主管{(review.employee.manager or '').removeprefix('M-')}"
    return {"employee": review.employee.name, "assessor": manager}.get(role, "某人")


def one_review(person: int, month: int) -> tuple[str, bytes, str]:
    """Return path and bytes of a draft made from a golden review, and the roster line of the person."""
    forms = sorted({path.name.rsplit("-", 1)[0] for path in GOLDEN})
    form = forms[person % len(forms)]
    golden = [path for path in GOLDEN if path.name.rsplit("-", 1)[0] == form]
    text = golden[(person + month) % len(golden)].read_text("utf-8")
    id_, manager, department = f"P-{person:06d}", f"M-{person // 10}", DEPARTMENTS[person % 3]
    text = re.sub(r"  id: \S+", f"  id: {id_}", text)
    text = re.sub(r"  name: \S+", f"  name: 员工{person}", text)
    text = re.sub(
        r"  department: \S+\n  position: \S+",
        f"  department: {department}\n  position: 主管\n  manager: {manager}",
        text,
    )
    text = re.sub(r"period: \S+", f"period: 2026-{month:02d}", text)
    text = text.replace("peers: [", "peers: [80, 78.5, ")  # enough raters to submit
    text = text.replace(
        "见上表。",
        "本月工作基本完成，**响应速度**较上月提高。\n\n- 组内分工调整\n- 两名新人上岗\n\n"
        + "持续关注客户反馈，按计划推进改进事项。" * 6,
    )
    text = text.replace("\n---\n\n##", "\nfeedback:\n  plan: 下月每周复盘一次，月底前完成两场培训。\n---\n\n##")
    line = f"{id_},员工{person},p{person},,{department},主管,{manager},{form},2025-01-01,"
    return f"reviews/2026-{month:02d}/{id_}.{form}.md", text.encode(), line


if __name__ == "__main__":
    generate(int(sys.argv[1]), Path(sys.argv[2]))
