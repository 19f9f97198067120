"""What commands say in Chinese beside findings: changes, history, simulations, steps of a review."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from kpigen.numbers.notation import Notation
from kpigen.repository.diff import text as diff_text
from kpigen.repository.diff.compare import Changes, ReviewChange, RuleChange, Score, Split
from kpigen.repository.simulate import text as simulate_text
from kpigen.repository.simulate.run import BrokenForm, Simulation
from tests.helpers.forms import make_repository, run
from tests.helpers.history import commit, git
from tests.repository.simulate.test_simulate import OTHER_GRADES, PATH, WITH_TIDY, WITHOUT_CARE, desk, four, simulated

REVIEW = "reviews/2026-03/T-001.desk.md"
BEFORE, AFTER = Score(Fraction(80), "B", Notation()), Score(Fraction(84), "A", Notation())


def change(kind: str = "changed", before: Score | None = BEFORE, after: Score | None = AFTER, **more: Any) -> Changes:
    one = ReviewChange(kind, REVIEW, "", "T-001", "员工甲", "2026-03", "desk", (), before, after, None)
    return Changes((), (replace(one, **more),), ())


def rule(kind: str) -> Changes:
    return Changes((RuleChange(kind, "desk@2026-04", "rules/desk/2026-04.yaml", (REVIEW,)),), (), ())


WHO = "T-001 员工甲 · 2026-03 · desk"
BY_DATA, BY_RULES = Split(Fraction(4), Fraction(0), "data"), Split(Fraction(4), Fraction(0), "rules")
FIELDS = (("comments.calls", "少两次", "少三次"), ("employee.name", "", "员工乙"))
#: A change, and all that is said of it below the line that names the review.
OF_REVIEWS = [
    (change(split=BY_DATA), "变更 ", "得分：80.00 B → 84.00 A（+4.00：数据 +4.00，规则 +0.00）"),
    (
        change(split=BY_RULES),
        "变更 ",
        "得分：80.00 B → 84.00 A（+4.00：数据 +4.00，规则 +0.00；先换规则，因为旧规则无法为新数据计分）",
    ),
    (
        change(split=Split(None, None, "")),
        "变更 ",
        "得分：80.00 B → 84.00 A（+4.00：无法区分数据与规则的影响：变更前后的内容都无法按对方的规则计分）",
    ),
    (change(), "变更 ", "得分：80.00 B → 84.00 A（+4.00）"),
    (change(after=Score(None, None, Notation())), "变更 ", "得分：80.00 B → 未定"),
    (change("added", None), "新增 ", "得分：84.00 A"),
    (change("removed", after=None), "删除 ", "原得分：80.00 B"),
    (change("broken", after=None), "现在无法读取（原因见 kpigen check）：", "原得分：80.00 B"),
    (change("mended", None), "此前无法读取：", "得分：84.00 A"),
    (
        change(after=BEFORE, fields=FIELDS),
        "变更 ",
        "comments.calls：少[-两-]{+三+}次\n  employee.name：– → 员工乙",
    ),
]
OTHERS = [
    (change("moved", after=BEFORE, old_path="reviews/甲.md"), f"移动 {WHO}（原为 reviews/甲.md）\n"),
    (rule("added"), f"desk@2026-04：新版本；为 1 份考核计分\n  {REVIEW}\n"),
    (rule("removed"), "desk@2026-04：版本被删除\n"),
    (rule("scoring"), f"desk@2026-04：计分部分变更；为 1 份考核计分\n  {REVIEW}\n"),
    (rule("text"), "desk@2026-04：计分不变，其他内容有变\n"),
    (rule("broken"), "desk@2026-04：现在无法读取（原因见 kpigen check）\n"),
    (Changes((), (), (REVIEW,)), f"无法比较：{REVIEW}（原因见 kpigen check）\n"),
    (Changes((), (), ()), "内容没有变化。\n"),
]
DIFFERENCES = [*((changes, f"{kind}{WHO}\n  {more}\n") for changes, kind, more in OF_REVIEWS), *OTHERS]


@pytest.mark.parametrize(("changes", "says"), DIFFERENCES, ids=lambda case: case if isinstance(case, str) else "")
def test_a_difference_in_the_terminal(changes: Changes, says: str) -> None:
    assert diff_text.as_text(changes, language="zh") == says


def test_other_entries_of_a_confidential_list() -> None:
    changes = change(after=BEFORE, fields=(("metrics.peers.others.(entries)", "entries", "other entries"),))
    for write in (diff_text.as_text, diff_text.as_markdown, diff_text.as_html):
        assert "与此前不同的条目" in write(changes, language="zh")  # type: ignore[operator]


def english_in(text: str, *known: str) -> set[str]:
    """Return the words of a text that are neither Chinese nor names of this repository, of markup or of a command."""
    markup, names = r"<style>.*</style>|</?[a-z!][^>]*>", r"`[^`]*`|[\w-]+@[\w.-]+|[\w./-]+\.(?:md|yaml)|kpigen \w+"
    bare = re.sub(f"{markup}|{names}", " ", text, flags=re.DOTALL)
    return set(re.findall(r"[A-Za-z]{2,}", bare)) - set(known)


def test_a_difference_in_a_pull_request_and_as_a_page() -> None:
    long = tuple((f"metrics.m{n}", "1", "2") for n in range(50))
    many = Changes(
        (RuleChange("added", "desk@2026-04", "x", tuple(f"reviews/2026-03/T-{n}.desk.md" for n in range(30))),),
        (*change(split=Split(Fraction(4), Fraction(0), "data"), fields=long).reviews, *change("broken").reviews),
        (REVIEW,),
    )
    text = diff_text.as_markdown(many, language="zh")
    assert text.startswith(
        "## kpigen：2 份考核有变化，1 个总分有变化\n\n### 规则：desk@\u200b2026-04：新版本；为 30 份考核计分\n"
    )
    assert "\n- ……另有 10 项\n" in text
    assert "\n- ……另有 10 个字段\n" in text
    assert "\n- 无法比较：`reviews/2026-03/T-001.desk.md`\n" in text
    assert "……另有 3 项变化，`kpigen diff` 显示全部。" in diff_text.as_markdown(many, 1300, "zh")
    page = diff_text.as_html(many, "zh")
    assert '<html lang="zh">' in page
    assert "<h1>变化内容</h1>" in page
    for said in (text, page):
        assert english_in(said, "kpigen", "desk", "metrics") == set()


def test_a_simulation(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "root")
    for path, text in four().items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8") if isinstance(text, str) else (root / path).write_bytes(text)
    new = tmp_path / "new/desk"
    new.mkdir(parents=True)
    (new / "2026-01.yaml").write_text(desk(*WITHOUT_CARE), "utf-8")
    said = run(root, "simulate", "--rules", new.parent, "--top", "2", "--language", "zh").stdout
    assert (
        said
        == """\
4 份考核中，4 份有变化。

desk：4 份考核按新旧规则都计了分，4 个总分有变化，1 个等级有变化
  desk@2026-01 → desk@2026-01：4 份考核
  平均分 83.00 → 85.00（+2.00）
    等级  变更前  变更后
    A          1       2
    B          1       1
    C          2       1
  等级变化：C → A：1
  平均得分变化：
     +34.00  calls
     -32.00  care（删除）
  变化最大的人：
     +18.00  77.00 C → 95.00 A  A-3 甲 · 2026-01
      -4.00  94.00 A → 90.00 A  A-1 甲 · 2026-01
    ……另有 2 项

前后的平均分和等级统计的是同一批考核：新旧规则都能计分的考核。
"""
    )


CANNOT = desk(("inputs: {failures: {type: count}}", "inputs: {failures: {type: count, max: 4}}"))


@pytest.mark.parametrize(
    ("simulation", "says"),
    [
        (simulated(four(), {PATH: desk(*WITH_TIDY)}), "4 份考核中，0 份有变化，4 份无法计分。"),
        (simulated(four(), {PATH: desk(*WITH_TIDY)}), "未定：`tidy` 没有数据"),
        (simulated(four(), {PATH: CANNOT}), "KPI324 "),
        (simulated(four(), {PATH: desk()}), "没有变化：试算了 4 份考核，总分和等级都与此前相同。"),
        (simulated(four(), {PATH: desk()}), "不受影响：desk（4）。"),
        (simulated(four(), {PATH: desk(*OTHER_GRADES)}), "等级变化："),
        (Simulation((), (), (BrokenForm("desk", 2),), (REVIEW,), 3), "未试算：desk（2 份考核），其新规则文件有错误。"),
        (Simulation((), (), (), (REVIEW,), 3), f"未计入：{REVIEW} 目前无法计分（原因见 kpigen check）。"),
        (Simulation((), (), (), (), 3), "未计入：3 份草稿尚无法计分。"),
        (Simulation((), (), (), (), 0), "没有可用来试算这些规则的考核。"),
    ],
)
def test_a_simulation_says_everything_in_chinese(simulation: Simulation, says: str) -> None:
    text = simulate_text.as_text(simulation, language="zh")
    page = simulate_text.as_html(simulation, language="zh")
    comment = simulate_text.as_markdown(simulation, language="zh")
    assert says in text
    for said in (text, page, comment):
        assert english_in(said, "kpigen", "desk", "calls", "care", "idea", "tidy", "KPI", "failures") == set()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository of the form of the simulation, with a draft of March that is not committed yet."""
    root = make_repository(tmp_path / "root")
    for path, text in four().items():
        if path.startswith("rules/"):
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(text.encode() if isinstance(text, str) else text)
    git(root, "init", "-q", "-b", "main")
    commit(root, "规则")
    (root / REVIEW).parent.mkdir(parents=True, exist_ok=True)
    (root / REVIEW).write_text(
        "---\nemployee: {id: T-001, name: 员工甲, department: 客服, position: 前台, manager: M-1}\nperiod: 2026-03\n"
        "form: desk\nstatus: draft\nmetrics: {calls: 90, care: 1}\n---\n",
        "utf-8",
    )
    return root


def test_the_way_of_a_review_and_its_history(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KPIGEN_LANGUAGE", "zh")
    root, file = repository, repository / REVIEW
    assert re.fullmatch(
        f"{REVIEW}：已提交，内容编号 [0-9a-f]{{12}}\n",
        run(root, "submit", file, "--yes", "--date", "2026-04-01").stdout,
    )
    assert run(root, "submit", file, "--yes", code=1).stderr.endswith("1 份中有 1 份被拒绝\n")
    assert (
        run(root, "publish", file, "--yes", "--date", "2026-04-02").stdout == f"{REVIEW}：已发布，总分 90.00，等级 A\n"
    )
    commit(root, "三月")
    file.write_text(file.read_text("utf-8").replace("calls: 90", "calls: 80"), "utf-8")
    assert "注意：1 个文件的改动尚未提交，因此不在变更历史中" in run(root, "log").stderr
    assert run(root, "diff", "HEAD").stdout == (
        f"变更 {WHO}\n  metrics.calls.calls：90 → 80\n  得分：90.00 A → 84.00 B（-6.00：数据 -6.00，规则 +0.00）\n"
    )
    amended = run(root, "amend", file, "--reason", "补录", "--by", "林", "--date", "2026-04-03", "--yes").stdout
    assert amended == (
        f"{REVIEW}：已更正，90.00 A → 84.00 B\n  metrics.calls.calls：90 → 80\n  calls 的得分：54.00 → 48.00\n"
    )
    commit(root, "更正")
    said = run(root, "withdraw", file, "--reason", "重复", "--by", "林", "--date", "2026-04-04", "--yes").stdout
    assert said == f"{REVIEW}：已撤回，原为 84.00 B\n"
    history = run(root, "log", "T-001").stdout
    assert f"  新增 {WHO}，已发布（published）\n    得分：90.00 A" in history
    assert history.startswith("提交 ")
    assert "\n    未签名\n" in history
    named = ("published", "total", "grade", "metrics", "calls", "amendments", "date", "by", "reason", "desk")
    named += ("changes", "old", "new", "seal", "entries", "sha")
    assert english_in(re.sub("<[^>]*>|Lin|提交 [0-9a-f]+|[0-9a-f]{64}", "", history), *named) == set()


def test_what_people_write_is_not_translated(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor filled in, however much it reads like something that kpigen says."""
    monkeypatch.setenv("KPIGEN_LANGUAGE", "zh")
    file = repository / REVIEW
    run(repository, "submit", file, "--yes")
    run(repository, "publish", file, "--yes")
    commit(repository, "三月")
    comment = 'comments: {calls: "open; none; she confirmed {number}"}\n'
    file.write_text(file.read_text("utf-8").replace("metrics:", f"{comment}metrics:"), "utf-8")
    said = run(repository, "amend", file, "--reason", "补记", "--by", "林", "--yes").stdout
    assert "  comments.calls：– → open; none; she confirmed {number}\n" in said
    commit(repository, "更正")
    assert "comments.calls：– → open; none; she confirmed {number}\n" in run(repository, "log").stdout


def test_a_build(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KPIGEN_LANGUAGE", "zh")
    said = run(repository, "build", "--no-pdf", "--no-search").stderr
    assert re.search(r"site：写入 \d+ 个，未变 0 个，删除 0 个\n", said)
    (repository / REVIEW).write_text("---\n---\n", "utf-8")
    assert "个错误：没有写入任何文件\n" in run(repository, "build", "--no-pdf", code=1).stderr


def test_a_form(repository: Path) -> None:
    assert "desk               前台  (月; 2026-01)" in run(repository, "form", "--language", "zh").stdout
