"""`kpigen check --base REV`: what only a comparison shows, and which revision it compares with, on real git repositories."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from kpigen.model.reviews import FieldChange
from kpigen.scoring.fields import unaccounted
from tests.helpers.forge import all_anew, sealed_anew
from tests.helpers.forms import codes, run
from tests.helpers.repositories import FILE, OTHER, REVIEW, RULE, commit, edit, git, publish, published_repository
from tests.helpers.tiny import Files

WHY = ("--reason", "复核后更正", "--by", "林一诺", "--date", "2026-04-10", "--yes")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return published_repository(tmp_path / "repository")


def found(root: Path, base: str = "HEAD") -> str:
    return run(root, "check", "--base", base, code=None).stdout


def against(root: Path, base: str = "HEAD") -> list[str]:
    return codes(found(root, base))


def amend(root: Path) -> None:
    run(root, "amend", root / FILE, *WHY)


def reseal(root: Path, file: str = FILE, how: Callable[[Files, str], Files] = sealed_anew) -> None:
    """Write the seal, total and grade that fit the file as it stands: what somebody with write access can always do."""
    paths = [root / RULE, *(path for path in root.glob("reviews/**/*") if path.is_file())]
    files: Files = {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}
    (root / file).write_bytes(bytes(how(files, file)[file]))


# --- what was published ----------------------------------------------------------------------------------------------


def test_a_change_that_was_sealed_anew_by_hand(root: Path) -> None:
    edit(root, "follow_up_calls: 593", "follow_up_calls: 594")
    reseal(root)
    assert sorted(against(root)) == ["KPI632", "KPI667"], "nobody confirmed it"
    reseal(root, how=all_anew)
    assert codes(run(root, "check").stdout) == [], "in itself the file is right"
    assert sorted(against(root)) == ["KPI632", "KPI640"]
    assert "metrics.follow_up_calls.calls" in found(root)


def test_an_amendment_accounts_only_for_what_it_says(root: Path) -> None:
    edit(root, "follow_up_calls: 593", "follow_up_calls: 594")
    amend(root)
    edit(root, "三月平稳。", "三月很平稳。")
    reseal(root)
    assert sorted(against(root)) == ["KPI632", "KPI665"], "the version before had another seal"
    assert "without an amendment: body (T-001 员工甲)\n" in found(root)
    git(root, "checkout", "-q", FILE)
    edit(root, "follow_up_calls: 593", "follow_up_calls: 594")
    amend(root)
    edit(root, "old: 593, new: 594", "old: 590, new: 594")
    reseal(root)
    assert sorted(against(root)) == ["KPI632", "KPI664", "KPI664"], "it says another number than was published"
    reseal(root, how=all_anew)
    assert codes(run(root, "check").stdout) == []
    assert {"KPI637", "KPI640"} <= set(against(root))


def test_several_amendments_in_one_branch(root: Path) -> None:
    for old, new in (("593", "594"), ("594", "595"), ("595", "593")):
        edit(root, f"follow_up_calls: {old}\n", f"follow_up_calls: {new}\n")
        amend(root)
        commit(root)
    assert against(root, "HEAD~3") == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("published:\n  on: 2026-04-03", "published:\n  on: 2026-04-02"),
        ("submitted: {on: 2026-04-01", "submitted: {on: 2026-03-31"),
    ],
)
def test_what_is_no_content_and_no_amendment_changes(root: Path, old: str, new: str) -> None:
    edit(root, "follow_up_calls: 593", "follow_up_calls: 594")
    amend(root)
    edit(root, old, new)
    reseal(root)
    assert "KPI632" in against(root)


def test_an_amendment_that_continues_another_version(root: Path) -> None:
    edit(root, "follow_up_calls: 593", "follow_up_calls: 594")
    amend(root)
    edit(root, '    total: "90.00"', '    total: "95.00"')
    reseal(root)
    assert sorted(against(root)) == ["KPI637", "KPI664"]


def test_entries_only_grow(root: Path) -> None:
    run(root, "confirm", root / FILE, "--role", "leader", "--name", "周", "--date", "2026-04-05", "--yes")
    assert against(root) == []
    commit(root, "confirmed after publication")
    line = next(line for line in (root / FILE).read_text("utf-8").splitlines() if "role: leader" in line)
    edit(root, line + "\n", "")
    assert codes(run(root, "check").stdout) == [], "no seal covers it"
    assert against(root) == ["KPI640"]


def test_a_published_review_that_cannot_be_read_any_more(root: Path) -> None:
    edit(root, "period: 2026-03", "period: March")
    assert against(root) == ["KPI638", "KPI207"]
    git(root, "checkout", "-q", FILE)
    git(root, "mv", FILE, "reviews/2026-03/.hidden.md")
    assert against(root) == ["KPI123", "KPI633"]


def test_a_file_that_the_base_could_not_read(root: Path) -> None:
    edit(root, "status: published", "status: publisht")
    commit(root, "broken")
    git(root, "checkout", "-q", "HEAD~1", "--", FILE)
    assert against(root) == ["KPI639"], "what stood there is not known, and that is said"


def test_a_released_version_that_cannot_be_read(root: Path) -> None:
    edit(root, "\ntitle:", "\ntitel:", RULE)
    output = found(root)
    assert "KPI631" in codes(output)
    assert "front-desk@2026-01 cannot be read any more" in output
    git(root, "checkout", "-q", RULE)
    (root / RULE).unlink()
    output = found(root)
    assert "front-desk@2026-01 is gone" in output
    assert {"KPI631", "KPI638"} <= set(codes(output))


def test_a_version_that_nothing_published_uses_may_change(root: Path) -> None:
    new = "rules/front-desk/2026-04.yaml"
    (root / new).write_bytes((root / RULE).read_bytes())
    commit(root, "a version for April")
    edit(root, "short_of: 600", "short_of: 610", new)
    assert set(against(root)) == {"KPI515", "KPI560"}, "only its own examples and its text are wrong now"
    (root / new).unlink()
    assert against(root) == []


def test_from_submitted_back_to_draft(root: Path) -> None:
    draft = root / "reviews/2026-03/T-003.front-desk.md"
    draft.write_text(REVIEW.format(id="T-003"), "utf-8")
    run(root, "submit", draft, "--yes")
    commit(root)
    draft.write_text(REVIEW.format(id="T-003"), "utf-8")
    assert against(root) == ["KPI635"]


def test_unaccounted_fields_of_lists_with_their_mean_and_order() -> None:
    def content(mean: str, mark: str) -> dict[str, object]:
        return {"metrics": {"calls": {"team": {"count": "2", "mean": mean, "digest": mark * 64}}}}

    mean = "metrics.calls.team.mean"
    there_and_back = [FieldChange(mean, "75", "80"), FieldChange(mean, "80", "75")]
    assert unaccounted(content("75", "a"), content("75", "b"), there_and_back) == ()
    assert unaccounted(content("75", "a"), content("75", "b"), []) == ("metrics.calls.team.(entries)",)
    assert unaccounted(content("75", "a"), content("80", "b"), there_and_back[:1]) == ()
    assert unaccounted(content("75", "a"), content("80", "b"), there_and_back) == ("metrics.calls.team.mean",)
    assert unaccounted({"body": "x"}, {"body": "x"}, [FieldChange("body", "y", "x")]) == ("body",), "it never read so"


# --- which revision --------------------------------------------------------------------------------------------------


def test_what_the_other_branch_published_meanwhile_is_not_deleted_here(root: Path) -> None:
    git(root, "checkout", "-qb", "work")
    edit(root, "follow_up_calls: 593", "follow_up_calls: 594")
    amend(root)
    commit(root, "amended on a branch")
    git(root, "checkout", "-q", "main")
    (root / "reviews/2026-03/T-003.front-desk.md").write_text(REVIEW.format(id="T-003"), "utf-8")
    publish(root, "reviews/2026-03/T-003.front-desk.md")
    commit(root, "another one published")
    git(root, "checkout", "-q", "work")
    assert against(root, "main") == [], "compared with where the branch began"
    edit(root, "follow_up_calls: 594", "follow_up_calls: 595")
    assert "KPI632" in against(root, "main")
    git(root, "checkout", "-q", FILE)
    git(root, "merge", "-q", "--no-edit", "main")
    assert against(root, "main") == []
    (root / OTHER).unlink()
    assert against(root, "main") == ["KPI633"]


def test_a_clone_that_was_cut_off(root: Path, tmp_path: Path) -> None:
    git(root, "checkout", "-qb", "work")
    for number in range(3):
        (root / f"note{number}").write_text("x", "utf-8")
        commit(root, "note")
    url, clone = f"file://{root}", tmp_path / "clone"
    command = ["git", "clone", "-q", "--depth", "1", "--branch", "work", url, str(clone)]
    subprocess.run(command, check=True)
    unknown = run(clone, "check", "--base", "origin/main", code=2).stderr
    assert "no such revision" in unknown
    assert "fetch-depth: 0" in unknown
    git(clone, "fetch", "-q", "--depth", "1", "origin", "main:refs/remotes/origin/main")
    cut = run(clone, "check", "--base", "origin/main", code=2).stderr
    assert "cut off" in cut
    assert "fetch-depth: 0" in cut
    git(clone, "fetch", "-q", "--unshallow")
    assert against(clone, "origin/main") == []


def test_histories_that_have_nothing_in_common(root: Path) -> None:
    git(root, "checkout", "-q", "--orphan", "elsewhere")
    commit(root, "from nothing")
    assert "no commit in common" in run(root, "check", "--base", "main", code=2).stderr


def test_before_the_first_commit_of_a_branch_the_revision_itself_counts(root: Path) -> None:
    git(root, "checkout", "-q", "--orphan", "elsewhere")
    (root / OTHER).unlink()
    assert against(root, "main") == ["KPI633"]


def test_without_git(root: Path) -> None:
    (root / ".git").rename(root / "away")
    assert "not a git repository" in run(root, "check", "--base", "HEAD", code=2).stderr


def test_reviews_that_moved_into_another_folder(root: Path) -> None:
    (root / "hr").mkdir()
    for name in ("reviews", "rules", "kpigen.toml"):
        git(root, "mv", name, f"hr/{name}")
    assert against(root / "hr") == [], "compared with where they lay"
    (root / "hr" / OTHER).unlink()
    assert against(root / "hr") == ["KPI633"]


def test_a_second_repository_of_reviews_beside_the_first(root: Path) -> None:
    (root / "branch/reviews").mkdir(parents=True)
    (root / "branch/kpigen.toml").write_text('languages = ["zh", "en"]\n', "utf-8")
    assert against(root / "branch") == [], "the first is still where it was"


# --- what no command lets pass ------------------------------------------------------------------------------------------

EVIL = [
    ("n.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    ("n.shtml", b"<p>"),
    ("n.txt", b"<script>alert(1)</script>"),
    ("n.png", b"<!DOCTYPE html><p>"),
    ("web.config", b"<configuration/>"),
]


@pytest.mark.parametrize(("name", "data"), EVIL)
def test_evidence_that_no_command_takes_is_refused_in_what_is_sealed_by_hand(
    root: Path, name: str, data: bytes
) -> None:
    """What was published before its kind was refused has only a warning; nobody can say so of what the base does not have."""
    (root / "reviews/2026-03/files").mkdir()
    (root / "reviews/2026-03/files" / name).write_bytes(data)
    edit(root, "comments:\n", f"evidence: {{training: [files/{name}]}}\ncomments:\n")
    reseal(root, how=all_anew)
    assert "KPI339" in codes(run(root, "check").stdout)
    assert "KPI337" in against(root)
    commit(root, "forged")
    assert "KPI337" not in against(root), "there it is published"


ASKS = [
    ("confirmations: [employee]", "confirmations: []"),
    ("confirmations: [employee]", "confirmations: [employee, hr]"),
]


@pytest.mark.parametrize(("old", "new"), ASKS)
def test_what_a_released_version_asks_for_stays(root: Path, old: str, new: str) -> None:
    edit(root, old, new, RULE)
    assert [code for code in against(root) if code in ("KPI630", "KPI658")] == ["KPI658"], "scoring is as before"
