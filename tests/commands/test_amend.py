"""Amending and withdrawing, tried where they could go wrong: layouts, moved files, evidence, teams, cut histories."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpigen.base.digests import digest
from kpigen.repository.checks.clones import KEPT
from kpigen.scoring.fields import field_changes
from tests.helpers.forms import TESTS, codes, run
from tests.helpers.repositories import FILE, OTHER, RULE, commit, edit, git, publish, published_repository
from tests.helpers.tiny import DRAFT, TINY_RULE

WHY = ("--reason", "复核后更正", "--by", "林一诺", "--date", "2026-04-10", "--yes")
TEAM_RULE = (TESTS / "cases/KPI420/rules/tiny/2026-01.yaml").read_text("utf-8").replace("form: tiny", "form: team")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return published_repository(tmp_path / "repository")


def amend(root: Path, file: str = FILE, code: int = 0) -> str:
    result = run(root, "amend", root / file, *WHY, code=code)
    return result.stdout + result.stderr


def withdraw(root: Path, file: str = FILE, code: int = 0) -> str:
    result = run(root, "withdraw", root / file, *WHY, code=code)
    return result.stdout + result.stderr


def against(root: Path, base: str = "HEAD") -> list[str]:
    return codes(run(root, "check", "--base", base, code=None).stdout)


def text(root: Path, file: str = FILE) -> str:
    return (root / file).read_bytes().decode("utf-8")


# --- layout ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("blank", ["amendments: []\n", "amendments: []   # keine\n", "amendments: [\n  ]\n"])
def test_a_list_that_is_there_but_empty_takes_the_entry(root: Path, blank: str) -> None:
    edit(root, "comments:\n", f"{blank}comments:\n")
    commit(root)
    edit(root, "follow_up_calls: 593", "follow_up_calls: 594")
    amend(root)
    assert text(root).count("\namendments:") == 1
    commit(root)
    edit(root, "follow_up_calls: 594", "follow_up_calls: 595")
    amend(root)
    assert against(root) == []


def test_amendments_laid_out_on_one_line_stay_so(root: Path) -> None:
    edit(root, "follow_up_calls: 593", "follow_up_calls: 594")
    amend(root)
    lines = text(root).splitlines(keepends=True)
    start = lines.index("amendments:\n")
    entry = [line.strip() for line in lines[start + 1 : start + 9]]
    assert entry[0] == "- date: 2026-04-10"
    assert entry[3] == "changes:"
    one = f"amendments: [{{date: 2026-04-10, {entry[1]}, {entry[2]}, changes: [{entry[4][2:]}], {', '.join(entry[5:])}}}]\n"
    (root / FILE).write_text("".join([*lines[:start], one, *lines[start + 9 :]]), "utf-8")
    assert against(root) == [], "the same entry on one line"
    commit(root)
    edit(root, "follow_up_calls: 594", "follow_up_calls: 595")
    amend(root)
    assert against(root) == []
    assert sum(line.startswith("amendments: [{") for line in text(root).splitlines()) == 1


@pytest.mark.parametrize("bom", [False, True])
def test_line_ends_and_mark_stay(root: Path, bom: bool) -> None:
    data = text(root).replace("\n", "\r\n").encode()
    (root / FILE).write_bytes((b"\xef\xbb\xbf" if bom else b"") + data)
    assert against(root) == [], "only the layout changed"
    edit(root, "follow_up_calls: 593", "follow_up_calls: 594")
    amend(root)
    after = (root / FILE).read_bytes()
    assert after.startswith(b"\xef\xbb\xbf") == bom
    assert after.count(b"\n") == after.count(b"\r\n")
    assert against(root) == []


def test_an_amendment_after_the_file_was_laid_out_anew(root: Path) -> None:
    flat = "complaints: {late: 1, escalated: 0}"
    edit(root, flat, "complaints:\n    escalated: 0   # keine\n    late: 1\n")
    commit(root, "laid out anew")
    edit(root, "late: 1\n", "late: 0\n")
    said = amend(root)
    assert "metrics.complaints.late: 1 → 0" in said
    assert "escalated: 0   # keine" in text(root)
    assert against(root) == []


@pytest.mark.parametrize("reason", ["a: b # c", 'he said "x" \\ y', "第一行\n第二行", "- x", "{x}", "😀 – ok", "  x  "])
def test_any_reason_reads_as_it_was_given(root: Path, reason: str) -> None:
    edit(root, "follow_up_calls: 593", "follow_up_calls: 594")
    run(root, "amend", root / FILE, "--reason", reason, "--by", reason.split("\n")[0], "--yes")
    assert against(root) == (["KPI720"] if "😀" in reason else []), "no font has the face"


@pytest.mark.parametrize("blank", [" ", "\u3000", "\u200b", "\u2060", "\u3164", "\u2800"])
@pytest.mark.parametrize("option", ["--reason", "--by"])
def test_a_blank_reason_is_none(root: Path, option: str, blank: str) -> None:
    given = {"--reason": "x", "--by": "y", option: blank}
    edit(root, "follow_up_calls: 593", "follow_up_calls: 594")
    arguments = [word for pair in given.items() for word in pair]
    for command in ("amend", "withdraw"):
        assert option in run(root, command, root / FILE, *arguments, "--yes", code=2).stderr


# --- what is shown ---------------------------------------------------------------------------------------------------


def test_points_are_shown_before_and_after(root: Path) -> None:
    edit(root, "{late: 1, escalated: 0}", "{late: 0, escalated: 0}")
    edit(root, "follow_up_calls: 593", "follow_up_calls: 594")
    said = amend(root)
    assert "amended, 90.00 A → 94.00 A" in said
    assert "  points of follow_up_calls: 3.00 → 4.00\n" in said
    assert "  points of complaints: 6.00 → 9.00\n" in said
    assert said.count("points of") == 2


def test_a_withdrawal_shows_what_is_taken_back(root: Path) -> None:
    assert f"{FILE}: withdrawn, was 90.00 A\n" in withdraw(root)


# --- the sealed version, wherever it is ------------------------------------------------------------------------------


def test_the_sealed_version_is_found_under_another_name(root: Path) -> None:
    git(root, "config", "color.ui", "always")
    git(root, "config", "log.showSignature", "true")
    moved = "reviews/2026-03/T-001-renamed.md"
    git(root, "mv", FILE, moved)
    edit(root, "follow_up_calls: 593", "follow_up_calls: 594", moved)
    commit(root, "renamed and edited in one")
    git(root, "mv", moved, FILE)
    edit(root, "follow_up_calls: 594", "follow_up_calls: 595")
    assert "593 → 595" in amend(root)


def test_the_sealed_version_is_found_on_another_branch(root: Path) -> None:
    git(root, "checkout", "-q", "--orphan", "elsewhere")
    edit(root, "follow_up_calls: 593", "follow_up_calls: 594")
    commit(root, "a history that begins with the edit")
    assert "593 → 594" in amend(root)


def test_a_detached_head_and_a_folder_of_a_larger_repository(tmp_path: Path) -> None:
    root = published_repository(tmp_path / "outer/hr")
    (root / ".git").rename(tmp_path / "outer/.git")
    commit(tmp_path / "outer", "in a folder")
    git(root, "checkout", "-q", "--detach")
    edit(root, "follow_up_calls: 593", "follow_up_calls: 594")
    assert "593 → 594" in amend(root)
    assert against(root) == []


def test_what_was_never_committed_cannot_be_amended(root: Path) -> None:
    new = "reviews/2026-03/T-003.front-desk.md"
    text_ = text(root).replace("T-001", "T-003")
    start, end = text_.index("submitted:"), text_.index("metrics:")
    draft = (text_[:start] + text_[end:]).replace("status: published", "status: draft")
    (root / new).write_text(draft[: draft.index("confirmations:")] + "---\n\n三月平稳。\n", "utf-8")
    publish(root, new)
    edit(root, "follow_up_calls: 593", "follow_up_calls: 594", new)
    before = text(root, new)
    said = amend(root, new, code=1)
    assert codes(said) == ["KPI622"]
    assert "no commit holds the version with this seal" in said
    assert text(root, new) == before


def test_a_cut_history_says_so(root: Path, tmp_path: Path) -> None:
    edit(root, "follow_up_calls: 593", "follow_up_calls: 594")
    commit(root, "changed without an amendment")
    clone = tmp_path / "shallow"
    subprocess.run(["git", "clone", "-q", "--depth", "1", f"file://{root}", str(clone)], check=True)
    said = amend(clone, code=1)
    assert codes(said) == ["KPI622"]
    assert "cut off" in said
    assert "git fetch --unshallow" in said
    git(clone, "fetch", "-q", "--unshallow")
    assert "593 → 594" in amend(clone)


def test_without_any_commit(root: Path) -> None:
    subprocess.run(["rm", "-rf", str(root / ".git")], check=True)
    git(root, "init", "-q")
    edit(root, "follow_up_calls: 593", "follow_up_calls: 594")
    said = amend(root, code=1)
    assert codes(said) == ["KPI622"]
    assert "no commit holds the version with this seal" in said


def test_rules_that_changed_meanwhile_are_named(root: Path) -> None:
    edit(root, "short_of: 600", "short_of: 601", RULE)
    edit(root, "follow_up_calls: 593", "follow_up_calls: 594")
    said = amend(root, code=1)
    assert codes(said) == ["KPI630"], "what was published was not scored by these rules"
    git(root, "checkout", "-q", RULE)
    names = text(root, RULE)
    (root / RULE).write_text(names.replace("zh: 客户回访,", "zh: 回访客户,"), "utf-8")
    amend(root)
    assert against(root) == [], "a mended name breaks nothing"


def test_an_older_version_is_not_amended_again(root: Path) -> None:
    published = text(root)
    edit(root, "follow_up_calls: 593", "follow_up_calls: 594")
    amend(root)
    commit(root, "amended")
    (root / FILE).write_text(published.replace("follow_up_calls: 593", "follow_up_calls: 600"), "utf-8")
    assert codes(amend(root, code=1)) == ["KPI628"], "the first amendment would be lost"
    (root / FILE).write_text(published, "utf-8")
    assert codes(withdraw(root, code=1)) == ["KPI628"]


# --- evidence --------------------------------------------------------------------------------------------------------


@pytest.fixture
def with_evidence(root: Path) -> Path:
    """A third review with a file as evidence."""
    (root / ".gitattributes").write_text(f"{KEPT}\n", "utf-8")
    new = root / "reviews/2026-03/T-003.front-desk.md"
    draft = text(root).replace("T-001", "T-003").replace("status: published", "status: draft")
    end = draft.index("\nconfirmations:") + 1
    draft = draft[: draft.index("submitted:")] + draft[draft.index("metrics:") : end]
    new.write_text(draft + "evidence: {follow_up_calls: [files/calls.csv]}\n---\n\n平稳。\n", "utf-8")
    (new.parent / "files").mkdir()
    (new.parent / "files/calls.csv").write_text("593\n", "utf-8")
    publish(root, "reviews/2026-03/T-003.front-desk.md")
    return root


@pytest.mark.parametrize("together", [True, False])
def test_evidence_alone_can_be_amended(with_evidence: Path, together: bool) -> None:
    root, file = with_evidence, "reviews/2026-03/T-003.front-desk.md"
    if not together:
        git(root, "add", file)
        git(root, "commit", "-qm", "the review first")
    commit(root, "published with its evidence")
    (root / "reviews/2026-03/files/calls.csv").write_text("593 corrected\n", "utf-8")
    commit(root, "evidence replaced")
    assert codes(run(root, "check", code=1).stdout) == ["KPI609"]
    said = amend(root, file)
    assert "evidence.follow_up_calls.files/calls.csv.sha256: " in said
    assert against(root, "HEAD~1") == []


# --- what must not be lost -------------------------------------------------------------------------------------------


def test_a_confirmation_after_publication_is_kept_and_sealed(root: Path) -> None:
    run(root, "confirm", root / FILE, "--role", "leader", "--name", "周", "--date", "2026-04-05", "--yes")
    edit(root, "follow_up_calls: 593", "follow_up_calls: 594")
    amend(root)
    assert "entries: {confirmations: 2, objections: 0, amendments: 1}" in text(root)
    assert against(root) == []


def test_an_amendment_does_not_hide_that_a_confirmation_is_gone(root: Path) -> None:
    line = next(line for line in text(root).splitlines() if "role: employee" in line)
    edit(root, "confirmations:\n" + line + "\n", "")
    edit(root, "follow_up_calls: 593", "follow_up_calls: 594")
    said = amend(root, code=1)
    assert codes(said) == ["KPI623"]
    assert "`confirmations`" in said


def test_an_objection_that_was_sealed_open_can_be_resolved_by_an_amendment(root: Path) -> None:
    number = text(root).split("of: ")[1].split("}")[0]
    objection = f"objections:\n  - {{role: employee, date: 2026-04-06, of: {number}, text: 少算一次}}\n"
    edit(root, "comments:\n", f"{objection}comments:\n")
    commit(root)
    edit(root, "follow_up_calls: 593", "follow_up_calls: 594")
    amend(root)
    commit(root)
    edit(root, "text: 少算一次}", "text: 少算一次, resolution: 已补, resolved: 2026-04-10}")
    assert "objections.1.resolution: – → 已补" in amend(root)
    assert against(root) == []
    commit(root)
    edit(root, "text: 少算一次,", "text: 算错了,")
    assert codes(amend(root, code=1)) == ["KPI623"], "what somebody objected is theirs"


@pytest.mark.parametrize(
    ("old", "new"), [("{id: T-001", "{id: T-009"), ("period: 2026-03", "period: 2026-04")], ids=["employee", "period"]
)
def test_an_amendment_cannot_make_it_another_review(root: Path, old: str, new: str) -> None:
    edit(root, old, new)
    assert codes(amend(root, code=1)) == ["KPI634"]


def test_another_engine_is_not_recomputed(root: Path) -> None:
    edit(root, "engine: 2", "engine: 3")
    commit(root)
    assert codes(amend(root, code=1)) == ["KPI618"]
    assert codes(withdraw(root, code=1)) == ["KPI618"]


# --- what a field-by-field comparison cannot miss --------------------------------------------------------------------

_values = st.recursive(
    st.sampled_from(["1", "2", "甲"]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(st.fixed_dictionaries({"name": st.sampled_from(["a", "b"]), "n": inner}), max_size=3),
        st.dictionaries(st.sampled_from(["x", "y", "x.y", "digest", "count"]), inner, max_size=3),
    ),
    max_leaves=8,
)
_contents = st.dictionaries(st.sampled_from(["metrics", "body", "comments"]), _values, max_size=3)


@given(_contents, _contents)
def test_every_difference_of_content_is_a_change_of_some_field(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert bool(field_changes(old, new, exact=True)) == (digest(old) != digest(new))


def test_rows_with_one_name_and_rows_in_another_order() -> None:
    def rows(*pairs: tuple[str, str]) -> dict[str, Any]:
        return {"metrics": {"goals": {"list": [{"name": name, "done": done} for name, done in pairs]}}}

    assert field_changes(rows(("培训", "1"), ("培训", "2")), rows(("培训", "3"), ("培训", "2"))) == (
        ("metrics.goals.list.培训.done", "1", "3"),
    )
    assert field_changes(rows(("培训", "1"), ("回访", "2")), rows(("回访", "2"), ("培训", "1"))) == (
        ("metrics.goals.list", "培训, 回访", "回访, 培训"),
    )


# --- confidential lists and teams ------------------------------------------------------------------------------------


@pytest.fixture
def team(root: Path) -> Path:
    """A manager whose total is the mean of two, 80.00 and 70.00; all published and committed."""
    rules = {"tiny": TINY_RULE, "team": TEAM_RULE}
    for form, rule in rules.items():
        (root / f"rules/{form}").mkdir()
        (root / f"rules/{form}/2026-01.yaml").write_text(rule, "utf-8")
    folder = root / "reviews/2026-01"
    folder.mkdir()
    for id_, calls in (("A-1", "80"), ("A-2", "70")):
        draft = DRAFT.replace("position: 客服", "position: 客服, manager: M-1").replace("A-1", id_).replace("80", calls)
        (folder / f"{id_}.tiny.md").write_text(draft, "utf-8")
        publish(root, f"reviews/2026-01/{id_}.tiny.md")
    draft = DRAFT.replace("A-1", "M-1").replace("tiny", "team").replace("80", "auto")
    (folder / "M-1.team.md").write_text(draft, "utf-8")
    publish(root, "reviews/2026-01/M-1.team.md")
    commit(root, "the team")
    return root


MEMBER, MANAGER = "reviews/2026-01/A-1.tiny.md", "reviews/2026-01/M-1.team.md"


def test_a_total_that_depends_on_one_since_amended(team: Path) -> None:
    assert against(team) == []
    edit(team, "calls: 80", "calls: 90", MEMBER)
    said = amend(team, MEMBER)
    assert f"{MANAGER} took the old total of 80.00; amend it as well to bring it up to date" in said
    found = run(team, "check", "--base", "HEAD").stdout
    assert codes(found) == ["KPI423"]
    assert "A-1 80.00, now 90.00" in found
    assert f"kpigen amend {MANAGER}" in found
    said = amend(team, MANAGER)
    assert "amended, 75.00 A → 80.00 A" in said
    assert "metrics.calls.team.mean: 75 → 80" in said
    assert against(team) == []


def test_a_total_that_depends_on_one_since_withdrawn(team: Path) -> None:
    assert f"{MANAGER} took the old total of 80.00" in withdraw(team, MEMBER)
    found = run(team, "check").stdout
    assert codes(found) == ["KPI423"]
    assert "A-1 80.00, now none" in found
    amend(team, MANAGER)
    assert against(team) == []
    assert "taken:\n    - {employee: A-2" in text(team, MANAGER), "the list keeps its layout"


def test_what_is_withdrawn_follows_nobody(team: Path) -> None:
    withdraw(team, MANAGER)
    edit(team, "calls: 80", "calls: 90", MEMBER)
    assert "took the old total" not in amend(team, MEMBER)
    assert codes(run(team, "check").stdout) == []


def test_a_list_that_changes_while_its_mean_stays(team: Path) -> None:
    edit(team, "calls: 80", "calls: 90", MEMBER)
    edit(team, "calls: 70", "calls: 60", MEMBER.replace("A-1", "A-2"))
    amend(team, MEMBER)
    amend(team, MEMBER.replace("A-1", "A-2"))
    assert codes(run(team, "check").stdout) == ["KPI423"]
    said = amend(team, MANAGER)
    assert "amended, 75.00 A → 75.00 A" in said
    assert "metrics.calls.team.(entries): " in said
    assert "metrics.calls.team.(entries): " in run(team, "diff", "HEAD").stdout
    entry = text(team, MANAGER).partition("\namendments:")[2]
    assert "A-1" not in entry
    assert "90.00" not in entry, "what is confidential stays so"
    assert against(team) == []


def test_one_file_at_a_time(root: Path) -> None:
    assert "one file" in run(root, "amend", root / "reviews", *WHY, code=2).stderr
    assert OTHER in amend(root, OTHER, code=1)
