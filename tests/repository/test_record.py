"""What was published, and what git knows of it: amend, withdraw, `check --base`, `diff`, on a real git repository."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kpigen.emit.escape import MARKDOWN_LIMIT
from kpigen.numbers.notation import Notation
from kpigen.repository.diff import text as diff_text
from kpigen.repository.diff.compare import Changes, ReviewChange, Score
from tests.helpers.forms import codes, run
from tests.helpers.repositories import FILE, OTHER, REVIEW, commit, edit, git, published_repository


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return published_repository(tmp_path)


def against(root: Path, base: str = "HEAD") -> list[str]:
    return codes(run(root, "check", "--base", base, code=None).stdout)


def amend(root: Path, code: int = 0) -> str:
    why = ("--reason", "复核后更正: 一件不算", "--by", "林一诺", "--date", "2026-04-10")
    result = run(root, "amend", root / FILE, *why, "--yes", code=code)
    return result.stdout + result.stderr


# --- amend and withdraw ----------------------------------------------------------------------------------------------


def test_an_amendment_says_what_changed_and_seals_anew(root: Path) -> None:
    before = (root / FILE).read_text("utf-8")
    edit(root, "{late: 1, escalated: 0}", "{late: 0, escalated: 0}")
    assert {"KPI609", "KPI610", "KPI632"} == set(against(root))
    said = amend(root)
    assert "amended, 90.00 A → 93.00 A" in said
    assert "metrics.complaints.late: 1 → 0" in said
    assert against(root) == [], "the chain continues what was published"
    after = (root / FILE).read_text("utf-8")
    seal = before.split('seal: "')[1].split('"')[0]
    assert f'total: "90.00"\n    grade: A\n    seal: "{seal}"' in after, "the entry carries what stood before"
    assert "status: published          # 月底提交" in after, "the layout of the rest is kept"
    kept = [line for line in before.splitlines() if line not in after.splitlines()]
    assert [line.split(":")[0].strip() for line in kept] == ["total", "entries", "seal", "complaints"]


def test_amendments_form_a_chain(root: Path) -> None:
    seals = []
    for calls in ("594", "595", "596"):
        edit(root, f"follow_up_calls: {int(calls) - 1}\n", f"follow_up_calls: {calls}\n")
        amend(root)
        commit(root)
        seals.append((root / FILE).read_text("utf-8").split('  seal: "')[1].split('"')[0])
    text = (root / FILE).read_text("utf-8")
    assert [f'    seal: "{seal}"' in text for seal in seals] == [True, True, False], "the last is the review's own seal"
    assert against(root, "HEAD~2") == []
    assert codes(run(root, "check").stdout) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("三月平稳。", "三月很平稳。"),
        ("少拨 7 人次", "少拨 6 人次"),
        ("name: 员工甲, department", "name: 员工乙, department"),
        ("start: 8", "start: 9"),
    ],
)
def test_every_change_of_meaning_can_be_amended_and_is_named(root: Path, old: str, new: str) -> None:
    edit(root, old, new)
    assert "KPI632" in against(root)
    assert " → " in amend(root)
    assert against(root) == []


def test_what_cannot_be_amended(root: Path) -> None:
    assert "KPI621" in amend(root, code=1), "nothing was edited"
    edit(root, "follow_up_calls: 593", "follow_up_calls: many")
    assert "KPI310" in amend(root, code=1), "the edit does not check"
    edit(root, "follow_up_calls: many", "follow_up_calls: 599")
    edit(root, 'total: "90.00"', 'total: "99.00"')
    assert "KPI623" in amend(root, code=1), "the published block was edited by hand"
    git(root, "checkout", "-q", FILE)
    edit(root, "follow_up_calls: 593", "follow_up_calls: 599")
    commit(root, "changed without an amendment")
    edit(root, "follow_up_calls: 599", "follow_up_calls: 600")
    assert "amended" in amend(root), "the sealed version is found in the history"
    assert "593 → 600" in (root / FILE).read_text("utf-8").replace("old: ", "").replace(", new: ", " → ")


def test_without_git_there_is_nothing_to_compare_with(root: Path) -> None:
    (root / ".git").rename(root / "git-away")
    edit(root, "follow_up_calls: 593", "follow_up_calls: 599")
    assert "KPI624" in amend(root, code=1)


def test_a_withdrawn_review_stays_withdrawn(root: Path) -> None:
    run(root, "withdraw", root / FILE, "--reason", "重复考核", "--by", "林一诺", "--date", "2026-04-11", "--yes")
    assert "status: withdrawn" in (root / FILE).read_text("utf-8")
    assert against(root) == []
    commit(root)
    edit(root, "status: withdrawn", "status: published")
    assert set(against(root)) == {"KPI627", "KPI635"}
    git(root, "checkout", "-q", FILE)
    again = run(root, "withdraw", root / FILE, "--reason", "x", "--by", "y", "--yes", code=1)
    assert codes(again.stderr) == ["KPI615"], "nothing is withdrawn twice"


def test_an_amendment_written_by_hand_is_outside_the_seal(root: Path) -> None:
    edit(root, "comments:\n", "amendments:\n  - {date: 2026-04-10, by: 某人, reason: 试试}\ncomments:\n")
    assert {"KPI625", "KPI626"} <= set(codes(run(root, "check", code=1).stdout))


def test_taken_totals_without_auto_are_not_slipped_in(root: Path) -> None:
    seal = "k1:sha256:" + "0" * 64
    edit(root, "taken: []", f'taken: [{{employee: T-002, total: "90.00", seal: "{seal}"}}]')
    assert codes(run(root, "check", code=1).stdout) == ["KPI609"]


# --- check --base ----------------------------------------------------------------------------------------------------


def test_what_only_a_comparison_shows(root: Path) -> None:
    (root / OTHER).unlink()
    assert against(root) == ["KPI633"]
    git(root, "checkout", "-q", OTHER)
    edit(root, "id: T-002", "id: T-009", OTHER)
    assert "KPI634" in against(root)
    git(root, "checkout", "-q", OTHER)
    rule = "rules/front-desk/2026-01.yaml"
    edit(root, "short_of: 600", "short_of: 601", rule)
    assert "KPI630" in against(root)
    git(root, "checkout", "-q", rule)
    text = (root / rule).read_text("utf-8")
    (root / rule).write_text(text.replace("zh: 客户回访,", "zh: 回访客户,"), "utf-8")
    assert against(root) == [], "a mended name breaks nothing"
    git(root, "mv", rule, "rules/front-desk/2026-02.yaml")
    assert "KPI631" in against(root)


def test_a_status_that_goes_backwards(root: Path) -> None:
    text = (root / FILE).read_text("utf-8")
    start, end = text.index("published:\n"), text.index("metrics:")
    (root / FILE).write_text((text[:start] + text[end:]).replace("status: published", "status: submitted"), "utf-8")
    assert against(root) == ["KPI635"]


def test_a_rewritten_chain(root: Path) -> None:
    edit(root, "follow_up_calls: 593", "follow_up_calls: 594")
    amend(root)
    commit(root)
    edit(root, "复核后更正", "随便更正")
    assert "KPI636" in against(root)


def test_a_revision_that_is_none(root: Path) -> None:
    result = run(root, "check", "--base", "nope", code=2)
    assert "no such revision" in result.stderr
    assert run(root, "check", "--base", "--output=x", code=2).stderr


# --- diff ------------------------------------------------------------------------------------------------------------


def diff(root: Path, revisions: str = "HEAD") -> dict:
    return json.loads(run(root, "diff", revisions, "--format", "json").stdout)


def test_no_change_of_meaning_is_no_change(root: Path) -> None:
    text = (root / FILE).read_text("utf-8")
    (root / FILE).write_text(
        text.replace("{late: 1, escalated: 0}", "\n    escalated: 0\n    late: 1   # 一件"), "utf-8"
    )
    assert run(root, "diff", "HEAD").stdout == "No change in meaning.\n"


def test_data_and_rules_are_told_apart(root: Path) -> None:
    """600 calls asked for: 593 lose 7, 595 lose 5. With 598 asked for and 2 a call: 593 lose 10, 595 lose 6."""
    edit(root, "follow_up_calls: 593", "follow_up_calls: 595")
    data = diff(root)["reviews"]
    assert [item["split"] for item in data] == [{"data": "2.00", "rules": "0.00", "between": "data", "grade": None}]
    git(root, "checkout", "-q", FILE)
    edit(
        root,
        "{of: calls, short_of: 600, points: 1}",
        "{of: calls, short_of: 598, points: 2}",
        "rules/front-desk/2026-01.yaml",
    )
    rules = diff(root)["reviews"]
    assert [item["split"] for item in rules] == [
        {"data": "0.00", "rules": "-3.00", "between": "data", "grade": "rules"}
    ] * 2
    edit(root, "follow_up_calls: 593", "follow_up_calls: 595")
    both = diff(root)["reviews"][0]
    assert both["split"] == {"data": "2.00", "rules": "-1.00", "between": "data", "grade": None}
    assert (both["before"]["total"], both["after"]["total"]) == ("90.00", "91.00")


def test_a_review_that_names_another_version_changes_by_its_rules(root: Path) -> None:
    """The second version is in both revisions, the review only names it now: 593 of 598 calls lose 5 × 2."""
    drafts, rules = root / "reviews/2026-04", root / "rules/front-desk"
    drafts.mkdir()
    draft = drafts / "T-003.front-desk.md"
    draft.write_text(REVIEW.format(id="T-003").replace("2026-03", "2026-04"), "utf-8")
    text = (rules / "2026-01.yaml").read_text("utf-8")
    first, second = "{of: calls, short_of: 600, points: 1}", "{of: calls, short_of: 598, points: 2}"
    (rules / "2026-06.yaml").write_text(text.replace(first, second), "utf-8")
    commit(root)
    draft.write_text(draft.read_text("utf-8").replace("form: front-desk\n", "form: front-desk@2026-06\n"), "utf-8")
    (change,) = diff(root)["reviews"]
    assert change["split"] == {"data": "0.00", "rules": "-3.00", "between": "data", "grade": "rules"}


def test_a_new_rule_version_lists_whom_it_touches(root: Path) -> None:
    path = root / "rules/front-desk"
    (root / "reviews/2026-04").mkdir()
    draft = REVIEW.format(id="T-003").replace("2026-03", "2026-04")
    (root / "reviews/2026-04/T-003.front-desk.md").write_text(draft, "utf-8")
    commit(root)
    (path / "2026-04.yaml").write_bytes((path / "2026-01.yaml").read_bytes())
    rules = diff(root)["rules"]
    assert [(item["key"], item["kind"], item["touches"]) for item in rules] == [
        ("front-desk@2026-04", "added", ["reviews/2026-04/T-003.front-desk.md"])
    ]


def test_comments_are_compared_word_by_word(root: Path) -> None:
    edit(root, "系统停机两天", "系统停机三天")
    text = run(root, "diff", "HEAD").stdout
    assert "comments.follow_up_calls: 系统停机[-两-]{+三+}天" in text
    markdown = run(root, "diff", "HEAD", "--format", "markdown").stdout
    assert "<del>两</del><ins>三</ins>" in markdown
    assert "<ins>三</ins>" in run(root, "diff", "HEAD", "--format", "html").stdout


def test_markdown_fits_into_a_comment_and_counts_the_rest() -> None:
    one = ReviewChange(
        "changed",
        FILE,
        "",
        "T-001",
        "@everyone <b>",
        "2026-03",
        "front-desk",
        (("body", "旧" * 50, "新" * 50),),
        Score(None, None, Notation()),
        Score(None, None, Notation()),
        None,
    )
    text = diff_text.as_markdown(Changes((), (one,) * 900, ()))
    assert len(text) <= MARKDOWN_LIMIT
    shown = text.count("### changed")
    assert f"… and {900 - shown} more changes" in text
    assert "<b>" not in text
    assert "@everyone" not in text


# --- formats ---------------------------------------------------------------------------------------------------------


def test_github_annotations_are_limited_and_the_rest_is_counted(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(12):
        path = root / f"reviews/2026-03/X-{number:03}.front-desk.md"
        path.write_text(REVIEW.format(id=f"X-{number:03}").replace("593", "5%,9\\n3"), "utf-8")
    summary = root / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    out = run(root, "check", "--format", "github", code=1).stdout.splitlines()
    assert sum(line.startswith("::error ") for line in out) == 10
    assert out[0].startswith("::error file=reviews/2026-03/X-000.front-desk.md,line=7,col=20,title=KPI")
    assert "5%25,9" in out[0]
    assert out[-1].startswith("2 more errors")
    assert summary.read_text("utf-8").count("| error KPI") == 12


def test_sarif_names_rule_place_and_level(root: Path) -> None:
    edit(root, "follow_up_calls: 593", "follow_up_calls: 1,000")
    log = json.loads(run(root, "check", "--format", "sarif", code=1).stdout)
    (scan,) = log["runs"]
    result = next(item for item in scan["results"] if item["ruleId"] == "KPI311")
    rule = scan["tool"]["driver"]["rules"][result["ruleIndex"]]
    place = result["locations"][0]["physicalLocation"]
    assert (log["version"], rule["id"], result["ruleId"], result["level"]) == ("2.1.0", "KPI311", "KPI311", "error")
    assert place["artifactLocation"]["uri"] == FILE
    assert place["region"]["startColumn"] == 20
