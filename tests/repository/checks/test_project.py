"""What a seal finds: every change of what was published, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.helpers.forms import ROOT, codes, review_text, run
from tests.helpers.lifecycle import DRAFT, THREE_SIXTY, check, confirm, place, publish, submit, write

RICH = """\
---
employee: {id: T-001, name: 员工甲, department: 物业部, position: 客服主管, manager: M-009}
period: 2026-03
form: property-cs
status: draft
metrics:
  repair_intake: 96%
  fee_collection: 95%
  complaint_timeliness: 97%
  satisfaction: 96%
  file_integrity: 99%
  follow_up: 92%
  training_completion: 95%
  community_events: {held: 3, planned: 4}
  service_standards: 93%
  responsibility: 4
  discipline: 3.5
  dedication: 2.5
  teamwork: 3
  planning: 4
  training_skill: 3.5
  problem_solving: 4.2
  cooperation: 4
not_applicable: {emergency: 本月没有突发事件}
bonus: {owner_praise: 1}
comments: {follow_up: 两天停机}
evidence:
  follow_up: [files/回访.csv, https://example.com/a]
self_assessment:
  metrics: {repair_intake: 98%, community_events: {held: 4, planned: 4}}
  comment: 我认为很好
feedback: {strengths: 认真, improvements: 更快, plan: 每周复盘}
---

## 工作评价

见上表。
"""


def sealed(root: Path) -> Path:
    """A published review with everything in it."""
    (root / "reviews/2026-03/files").mkdir(parents=True)
    (root / "reviews/2026-03/files/回访.csv").write_text("1,2\n", "utf-8")
    path = write(root, RICH, place("property-cs"))
    number = run(root, "submit", path, "--date", "2026-04-01", "--yes").stdout.split()[-1]
    objection = (
        f"objections:\n  - {{role: employee, date: 2026-04-01, "
        f"of: {number}, text: 少算一次, resolution: 已核对, resolved: 2026-04-02}}\n"
    )
    path.write_text(path.read_text("utf-8").replace("feedback: {", objection + "feedback: {"), "utf-8")
    confirm(root, path)
    confirm(root, path, role="assessor", name="白经理")
    publish(root, path)
    assert check(root) == []
    return path


CHANGES = [
    # the content
    ("employee id", "id: T-001", "id: T-002"),
    ("name", "name: 员工甲, department", "name: 员工乙, department"),
    ("department", "department: 物业部", "department: 物业二部"),
    ("position", "position: 客服主管", "position: 主管"),
    ("manager", "manager: M-009", "manager: M-008"),
    ("no manager", ", manager: M-009", ""),
    ("period", "period: 2026-03", "period: 2026-02"),
    ("a percentage", "follow_up: 92%", "follow_up: 92.01%"),
    ("an input", "held: 3, planned: 4", "held: 3, planned: 5"),
    ("a metric that scores the same", "satisfaction: 96%", "satisfaction: 97%"),
    ("a rating", "teamwork: 3", "teamwork: 2.9"),
    ("a reason", "本月没有突发事件", "本月没有事件"),
    ("a bonus", "owner_praise: 1", "owner_praise: 2"),
    ("another bonus", "owner_praise: 1", "team_award: 1"),
    ("one more bonus", "owner_praise: 1", "owner_praise: 1, own_award: 1"),
    ("no bonus", "bonus: {owner_praise: 1}\n", ""),
    ("a comment", "两天停机", "三天停机"),
    ("one more comment", "{follow_up: 两天停机}", "{follow_up: 两天停机, planning: 好}"),
    ("no comments", "comments: {follow_up: 两天停机}\n", ""),
    ("a space in a comment", "两天停机", "两天 停机"),
    ("a link", "https://example.com/a", "https://example.com/b"),
    ("order of evidence", "[files/回访.csv, https://example.com/a]", "[https://example.com/a, files/回访.csv]"),
    ("less evidence", ", https://example.com/a]", "]"),
    ("evidence of another indicator", "  follow_up: [files", "  planning: [files"),
    ("own numbers", "repair_intake: 98%", "repair_intake: 97%"),
    ("own comment", "我认为很好", "我认为还好"),
    ("one more own number", "{repair_intake: 98%,", "{repair_intake: 98%, teamwork: 3,"),
    ("strengths", "strengths: 认真", "strengths: 努力"),
    ("improvements", "improvements: 更快", "improvements: 更好"),
    ("plan", "plan: 每周复盘", "plan: 每月复盘"),
    ("no plan", ", plan: 每周复盘", ""),
    ("the narrative", "见上表。", "见下表。"),
    ("the heading", "## 工作评价", "# 工作评价"),
    ("one more line", "见上表。\n", "见上表。\n\n完。\n"),
    # what was published
    ("published on", "  on: 2026-04-03", "  on: 2026-04-04"),
    ("total", '  total: "92', '  total: "93'),
    ("grade", "  grade: A", "  grade: B"),
    ("salt", "  salt: ", "  salt: 00"),
    ("count of entries", "{confirmations: 2,", "{confirmations: 1,"),
    ("count of objections", "objections: 1,", "objections: 0,"),
    # the entries that the seal covers
    ("who confirmed", "name: 白经理", "name: 黑经理"),
    ("when", "date: 2026-04-02, of", "date: 2026-04-03, of"),
    ("an objection", "少算一次", "少算两次"),
    ("a resolution", "已核对", "已核实"),
    ("when resolved", "resolved: 2026-04-02", "resolved: 2026-04-03"),
    ("in what role", "role: assessor", "role: hr"),
]


def test_every_change_breaks_the_seal(root: Path) -> None:
    path = sealed(root)
    text = path.read_text("utf-8")
    silent = []
    for title, old, new in CHANGES:
        assert old in text, title
        path.write_text(text.replace(old, new, 1), "utf-8")
        if "KPI609" not in check(root):
            silent.append(title)
    assert silent == []
    path.write_text(text, "utf-8")
    assert check(root) == []


def test_every_metric_is_sealed(root: Path) -> None:
    path = sealed(root)
    text = path.read_text("utf-8")
    lines = re.findall(
        r"^  (\w+): (\d[\d.]*)(%?)$", text[text.index("metrics:") : text.index("not_applicable:")], re.MULTILINE
    )
    assert len(lines) == 16
    for id_, number, sign in lines:
        path.write_text(
            text.replace(f"  {id_}: {number}{sign}\n", f"  {id_}: {float(number) - 0.5:g}{sign}\n"), "utf-8"
        )
        assert "KPI609" in check(root), id_
        path.write_text(text.replace(f"  {id_}: {number}{sign}\n", ""), "utf-8")
        assert {"KPI609", "KPI601"} <= set(check(root)), id_


def test_evidence_is_sealed_with_its_bytes(root: Path) -> None:
    sealed(root)
    file = root / "reviews/2026-03/files/回访.csv"
    file.write_text("1,3\n", "utf-8")
    assert check(root) == ["KPI609"]
    file.unlink()
    assert set(check(root)) == {"KPI334", "KPI609"}


def test_another_form_is_not_what_was_published(root: Path) -> None:
    path = sealed(root)
    text = path.read_text("utf-8")
    path.write_text(text.replace("form: property-cs", "form: front-desk"), "utf-8")
    assert "KPI616" in check(root)
    path.write_text(text.replace("form: property-cs", "form: property-cs@2026-01"), "utf-8")
    assert check(root) == [], "a pin that says the same"
    path.write_text(text.replace("rules: property-cs@2026-01", "rules: property-cs@2025-01"), "utf-8")
    assert "KPI302" in check(root)


def test_layout_does_not_break_a_seal(root: Path) -> None:
    path = sealed(root)
    text = path.read_text("utf-8")
    block = text[text.index("metrics:") : text.index("not_applicable:")]
    lines = block.splitlines(keepends=True)
    shuffled = "".join([lines[0], *reversed(lines[1:])])
    other = text.replace(block, "").replace("---\n\n## 工作评价", f"# 数字移到最后\n{shuffled}---\n\n\n## 工作评价")
    for old, new in (
        (
            "employee: {id: T-001, name: 员工甲, department: 物业部, position: 客服主管, manager: M-009}",
            (
                "employee:\n    position: 客服主管\n    # 工号\n    id: 'T-001'\n"
                '    manager: "M-009"\n    name: 员工甲\n    department: 物业部'
            ),
        ),
        ("repair_intake: 96%", "repair_intake: 96.00%"),
        ("discipline: 3.5", "discipline: 03.50"),
        ("teamwork: 3\n", "teamwork: +3.0\n"),
        ("{held: 3, planned: 4}", "{planned: 04, held: 3}"),
        ("bonus: {owner_praise: 1}", "bonus:\n  team_award: 0\n  owner_praise: 01"),
        ("comments: {follow_up: 两天停机}", "comments:\n  follow_up: |\n    两天停机\n"),
        ("plan: 每周复盘", 'plan: "每周复盘"'),
        ("见上表。\n", "见上表。\n\n\n"),
        ("status: published", "schema: 1\nstatus: published  # 已发布"),
    ):
        assert other.count(old) == 1, old
        other = other.replace(old, new)
    for one in (other, other.replace("\n", "\r\n"), "\ufeff" + other):
        path.write_bytes(one.encode())
        assert check(root) == []


def test_entries_may_be_added_and_not_taken_away(root: Path) -> None:
    path = sealed(root)
    confirm(root, path, role="hr", name="林人事", date="2026-04-04")
    assert check(root) == []
    assert "entries: {confirmations: 2, objections: 1" in path.read_text("utf-8"), (
        "the seal covers those that stood then"
    )
    text = path.read_text("utf-8")
    for entry in ("employee", "assessor"):
        path.write_text(re.sub(rf"\n  - {{role: {entry}, name.*", "", text), "utf-8")
        assert check(root) == ["KPI609"], "three are left, but not the two that were sealed"
    path.write_text(re.sub(r"confirmations:\n(  - .*\n)+", "", text), "utf-8")
    assert check(root) == ["KPI611"]
    path.write_text(re.sub(r"objections:\n(  - .*\n)+", "", text), "utf-8")
    assert check(root) == ["KPI611"]


def test_a_changed_score_is_said(root: Path) -> None:
    path = sealed(root)
    rule = root / "rules/property-cs/2026-01.yaml"
    good = rule.read_text("utf-8")
    text = path.read_text("utf-8")
    total = re.search(r'total: "([\d.]+)"', text)
    assert total is not None
    path.write_text(text.replace(total[0], 'total: "99.00"'), "utf-8")
    result = run(root, "check", code=1).stdout
    assert codes(result) == ["KPI610", "KPI609"] or codes(result) == ["KPI609", "KPI610"]
    assert f"published as 99.00 A, but it scores {total[1]} A today" in result
    path.write_text(text, "utf-8")
    # the scoring part of its rules
    rule.write_text(good.replace("points: 3, origin: source}", "points: 4, origin: source}", 1), "utf-8")
    found = check(root)
    assert {"KPI609", "KPI610"} <= set(found)
    # texts may be mended
    rule.write_text(
        good.replace("Praised for helping an owner in difficulty", "Praised by an owner").replace("策划力", "策划能力"),
        "utf-8",
    )
    assert check(root) == []


def test_another_engine_is_said(root: Path) -> None:
    path = sealed(root)
    path.write_text(path.read_text("utf-8").replace("  engine: 2", "  engine: 3"), "utf-8")
    assert check(root) == ["KPI618"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (r'total: "\d', 'total: "abc'),
        (r"salt: \w+\n  seal", "salt: xyz\n  seal"),
        (r"seal: \"k1", 'seal: "k9'),
        (r"  on: 2026-04-03", "  on: April"),
        (r"entries: \{", "entries: {more: 1, "),
        (r"taken: \[\]", "taken: nothing"),
        (r"  grade: A\n", ""),
    ],
)
def test_a_damaged_block_is_an_error_and_no_crash(old: str, new: str, root: Path) -> None:
    path = sealed(root)
    path.write_text(re.sub(old, new, path.read_text("utf-8"), count=1), "utf-8")
    assert check(root) != []


def test_confidential_ratings_are_sealed_one_by_one(root: Path) -> None:
    path = write(root, review_text("cs-360", THREE_SIXTY, period="2026-03"), place("cs-360"))
    submit(root, path)
    confirm(root, path)
    publish(root, path)
    text = path.read_text("utf-8")
    assert check(root) == []
    # the same mean and the same number of raters, so the score says nothing
    for old, new in (("peers: [80, 85]", "peers: [81, 84]"), ("peers: [80, 85]", "peers: [85, 80]")):
        path.write_text(text.replace(old, new, 1), "utf-8")
        assert check(root) == ["KPI609"]
    path.write_text(re.sub(r"salt: [0-9a-f]{32}", f"salt: {'0' * 32}", text, count=1), "utf-8")
    assert check(root) == ["KPI609"], "the salt of the lists"
    path.write_text(text.replace("peers: [80, 85]", "peers: [80.0, 085]", 1), "utf-8")
    assert check(root) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (DRAFT.replace("status: draft ", "status: submitted "), ["KPI605"]),
        (DRAFT.replace("status: draft ", "status: published "), ["KPI605", "KPI605"]),
        (
            DRAFT.replace("status: draft ", f"submitted: {{on: 2026-04-01, salt: {'0' * 32}}}\nstatus: draft "),
            ["KPI606"],
        ),
        (DRAFT.replace("status: draft ", "status: withdrawn "), ["KPI605", "KPI605", "KPI617"]),
        (DRAFT.replace("status: draft ", "status: done "), ["KPI206"]),
    ],
)
def test_a_status_needs_its_block(text: str, expected: list[str], root: Path) -> None:
    write(root, text)
    assert sorted(check(root)) == expected


def test_the_repositorys_own_reviews_are_clean() -> None:
    assert [code for code in codes(run(ROOT, "check").stdout) if code in ("KPI609", "KPI610", "KPI611")] == []
