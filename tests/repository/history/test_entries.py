"""What each commit changed in meaning, on real git repositories: the same as `diff` says, through merges too."""

from __future__ import annotations

import json
import random
import re
from contextlib import closing
from pathlib import Path

import pytest

from kpigen.base.memo import Memo
from kpigen.repository.diff.compare import Changes, compare, state_of
from kpigen.repository.git.repository import GitRepository
from tests.diagnostics.test_cases import MANAGER, TEAM_RULE
from tests.helpers.forms import make_repository, run
from tests.helpers.history import (
    SCORING,
    branch,
    calls,
    commit,
    entries_of,
    git,
    log,
    merge,
    reviews,
    set_calls,
    write,
)
from tests.helpers.repositories import FILE, OTHER, REVIEW, RULE, edit
from tests.helpers.tiny import DRAFT, TINY, tiny
from tests.helpers.tiny import REVIEW as MEMBER
from tests.helpers.tiny import publish as publish_in_memory


def test_a_commit_says_who_changed_what_when_and_what_it_did_to_the_score(root: Path) -> None:
    set_calls(root, 595)
    id_ = commit(root, "补录两通")
    newest, drafts, rules = log(root)
    assert (newest["commit"], newest["author"], newest["email"]) == (id_, "林一诺", "lin@example.com")
    assert newest["date"].endswith("+08:00")
    assert newest["subject"] == "补录两通"
    assert reviews(newest) == [("changed", "T-001", calls(593, 595))]
    (change,) = newest["reviews"]
    assert (change["before"]["total"], change["after"]["total"]) == ("90.00", "92.00")
    assert change["split"] == {"data": "2.00", "rules": "0.00", "between": "data", "grade": None}
    assert reviews(drafts) == [("added", "T-001", []), ("added", "T-002", [])]
    assert "added T-001 员工甲 · 2026-03 · front-desk, draft\n    score: 90.00 A\n" in run(root, "log").stdout
    assert [(item["key"], item["kind"]) for item in rules["rules"]] == [("front-desk@2026-01", "added")]
    text = run(root, "log").stdout
    assert re.search(
        rf"^commit {id_[:12]}  \d{{4}}-\d\d-\d\d \d\d:\d\d \+08:00  林一诺 <lin@example.com>\n    补录两通\n"
        r"  changed T-001 员工甲 · 2026-03 · front-desk\n    metrics.follow_up_calls.calls: 593 → 595\n"
        r"    score: 90.00 A → 92.00 A \(\+2.00: data \+2.00, rules \+0.00\)\n",
        text,
    )


def test_what_changes_nothing_in_meaning_is_no_entry(root: Path) -> None:
    before = log(root)
    commit(root, "empty")
    edit(root, "{late: 1, escalated: 0}", "{escalated: 0, late: 1}   # 一件")
    commit(root, "layout")
    write(root, "site/index.html", "x")
    write(root, "README.md", "x")
    commit(root, "elsewhere")
    assert log(root) == before


def test_a_renamed_file_is_one_change_and_its_name_finds_the_whole_history(root: Path) -> None:
    new = "reviews/2026-03/T-001 副本.front-desk.md"
    git(root, "mv", FILE, new)
    commit(root, "renamed")
    set_calls(root, 594, new)
    commit(root, "edited")
    edited, renamed, drafts, _ = log(root)
    assert [(item["kind"], item["old_path"], item["path"], item["fields"]) for item in renamed["reviews"]] == [
        ("moved", FILE, new, [])
    ]
    for word in (new, FILE, "T-001"):
        found = log(root, word)
        assert [entry["commit"] for entry in found] == [entry["commit"] for entry in (edited, renamed, drafts)]
        assert {item["employee"] for entry in found for item in entry["reviews"]} == {"T-001"}


@pytest.mark.parametrize("name", ["T-001.front-desk (2).md", "A copy.md", "zz.md", "T-001.md", "副本.markdown"])
def test_a_copy_is_an_addition_as_in_diff(root: Path, name: str) -> None:
    (root / FILE).with_name(name).write_bytes((root / FILE).read_bytes())
    commit(root, "copied")
    entry = log(root)[0]
    assert [(item["kind"], item["path"]) for item in entry["reviews"]] == [("added", f"reviews/2026-03/{name}")]
    assert run(root, "diff", "HEAD~1..HEAD").stdout.startswith("added T-001")
    git(root, "rm", "-q", f"reviews/2026-03/{name}")
    commit(root, "the copy removed")
    assert reviews(log(root)[0]) == [("removed", "T-001", [])]
    git(root, "mv", FILE, f"reviews/2026-03/{name}")
    commit(root, "moved")
    assert reviews(log(root)[0]) == [("moved", "T-001", [])]


def test_a_file_that_becomes_another_review_is_two_changes(root: Path) -> None:
    edit(root, "id: T-001", "id: T-009")
    commit(root)
    assert reviews(log(root)[0]) == [("removed", "T-001", []), ("added", "T-009", [])]
    assert [len(entry["reviews"]) for entry in log(root, FILE)] == [2, 1], "both that have been in the file"


def test_deleted_and_added_again(root: Path) -> None:
    text = (root / FILE).read_text("utf-8")
    (root / FILE).unlink()
    commit(root, "gone")
    write(root, FILE, text.replace("593", "600"))
    commit(root, "back")
    back, gone, *_ = log(root, "T-001")
    assert reviews(gone) == [("removed", "T-001", [])]
    assert gone["reviews"][0]["before"]["total"] == "90.00"
    assert reviews(back) == [("added", "T-001", [])]
    assert back["reviews"][0]["after"]["total"] == "97.00"


def test_a_file_that_cannot_be_read_for_a_while_hides_no_change(root: Path) -> None:
    good = (root / FILE).read_text("utf-8")
    write(root, FILE, "---\nemployee: [\n---\n")
    broken = commit(root, "broken")
    write(root, FILE, good.replace("593", "600"))
    commit(root, "mended")
    mended, unread, *_ = log(root)
    assert (unread["commit"], unread["unread"], unread["reviews"]) == (broken, [FILE], [])
    assert reviews(mended) == [("changed", "T-001", calls(593, 600))]
    assert f"cannot be read: {FILE}" in run(root, "log", FILE).stdout
    (root / FILE).write_bytes(b"\xff\xfe")
    commit(root, "broken again")
    (root / FILE).unlink()
    commit(root, "deleted while broken")
    gone, again, *_ = log(root)
    assert (again["unread"], reviews(gone)) == ([FILE], [("removed", "T-001", [])])


def test_a_rule_file_that_cannot_be_read_for_a_while_hides_no_change(root: Path) -> None:
    good = (root / RULE).read_text("utf-8")
    write(root, RULE, "schema: [")
    commit(root, "broken")
    assert good.count(SCORING[0]) == 1
    write(root, RULE, good.replace(*SCORING))
    commit(root, "mended")
    mended, unread, *_ = log(root)
    assert (unread["unread"], unread["reviews"], unread["rules"]) == ([FILE, OTHER, RULE], [], [])
    assert [(item["key"], item["kind"]) for item in mended["rules"]] == [("front-desk@2026-01", "scoring")]
    assert [(item["before"]["total"], item["after"]["total"]) for item in mended["reviews"]] == [("90.00", "87.00")] * 2


def test_rules_and_their_effects(root: Path) -> None:
    text = (root / RULE).read_text("utf-8")
    write(root, RULE, text.replace("zh: 客户回访,", "zh: 回访客户,"))
    commit(root, "text")
    edit(root, *SCORING, RULE)
    commit(root, "scoring")
    edit(root, SCORING[1], SCORING[1].replace("2}", "3}"), RULE)
    set_calls(root, 595)
    commit(root, "both")
    write(root, "rules/front-desk/2026-02.yaml", text)
    commit(root, "version")
    version, both, scoring, mended, *_ = log(root)
    assert [(item["kind"], len(item["touches"])) for item in mended["rules"]] == [("text", 2)]
    assert mended["reviews"] == []
    assert [item["split"] for item in scoring["reviews"]] == [
        {"data": "0.00", "rules": "-3.00", "between": "data", "grade": "rules"}
    ] * 2
    assert [item["split"] for item in both["reviews"]] == [
        {"data": "4.00", "rules": "-3.00", "between": "data", "grade": "both"}
    ]
    assert [(item["key"], item["kind"], item["touches"]) for item in version["rules"]] == [
        ("front-desk@2026-02", "added", [FILE, OTHER])
    ]
    fields = [("rules", "front-desk@2026-01", "front-desk@2026-02")]
    assert reviews(version) == [("changed", id_, fields) for id_ in ("T-001", "T-002")]
    for word in ("front-desk", "front-desk@2026-01", RULE):
        found = log(root, word)
        assert [entry["subject"] for entry in found][-4:] == ["both", "scoring", "text", "rules"], word
        assert {item["employee"] for entry in found for item in entry["reviews"]} == {"T-001", "T-002"}


def test_evidence_is_that_of_each_side(tmp_path: Path) -> None:
    root = make_repository(tmp_path, ("front-desk",))
    evidence = "evidence:\n  follow_up_calls: [files/回访.txt]\ncomments:\n"
    write(root, FILE, REVIEW.format(id="T-001").replace("comments:\n", evidence))
    write(root, "reviews/2026-03/files/回访.txt", "一")
    git(root, "init", "-q")
    commit(root)
    write(root, "reviews/2026-03/files/回访.txt", "二")
    write(root, "reviews/2026-03/files/other.txt", "二")
    commit(root, "evidence")
    (entry, _) = log(root)
    ((field, old, new),) = reviews(entry)[0][2]
    assert field == "evidence.follow_up_calls.files/回访.txt.sha256"
    assert len(old) == len(new) == 64


def test_a_total_that_follows_the_teams_changes_with_it(tmp_path: Path) -> None:
    """The manager's draft takes its team's published totals: publishing one of the team changes it."""
    member = DRAFT.replace("position: 客服", "position: 客服, manager: M-1")
    manager = DRAFT.replace("A-1", "M-1").replace("tiny", "team").replace("80", "auto")
    files = {TINY: tiny()[TINY], "rules/team/2026-01.yaml": TEAM_RULE, MEMBER: member, MANAGER: manager}
    (tmp_path / "reviews").mkdir()
    git(tmp_path, "init", "-q")
    for subject, state in (("drafts", files), ("published", publish_in_memory(files))):
        for path, data in state.items():
            write(tmp_path, path, data if isinstance(data, str) else data.decode())
        commit(tmp_path, subject)
    published, drafts = log(tmp_path)
    assert reviews(drafts) == [("added", "A-1", []), ("added", "M-1", [])]
    assert [item["before"]["total"] for item in published["reviews"]] == ["80.00", None]
    assert [item["after"]["total"] for item in published["reviews"]] == ["80.00", "80.00"]


def scramble(root: Path, chance: random.Random) -> None:
    """Do one of many things to a repository."""
    files = sorted((root / "reviews").rglob("*.md"))
    file = chance.choice(files)
    what = chance.randrange(11)
    if what < 4:
        set_calls(root, chance.randrange(580, 605), file.relative_to(root).as_posix())
    elif what == 4:
        number = chance.randrange(20, 60)
        write(root, f"reviews/2026-03/T-{number:03}.front-desk.md", REVIEW.format(id=f"T-{number:03}"))
    elif what == 5 and len(files) > 2:
        file.unlink()
    elif what == 6:
        file.rename(file.with_name(f"moved {chance.randrange(99)}.md"))
    elif what == 7:
        text = (root / RULE).read_text("utf-8")
        points = chance.choice(["1", "2", "3"])
        (root / RULE).write_text(re.sub(r"(short_of: 600, points: )\d", rf"\g<1>{points}", text), "utf-8")
    elif what == 8:
        text = (root / RULE).read_text("utf-8")
        write(root, f"rules/front-desk/2026-0{chance.randrange(2, 5)}.yaml", text)
    elif what == 9:
        file.with_name(f"copy {chance.randrange(99)}.md").write_bytes(file.read_bytes())
    else:
        text = file.read_text("utf-8")
        file.write_text(re.sub(r"T-\d\d\d", f"T-{chance.randrange(60, 99):03}", text, count=1), "utf-8")


@pytest.mark.parametrize("seed", range(5))
def test_each_commit_says_what_diff_says_of_it(root: Path, seed: int) -> None:
    chance = random.Random(seed)
    for number in range(25):
        for _ in range(chance.choice([1, 1, 3])):
            scramble(root, chance)
        commit(root, str(number))
    told = {entry.commit.id: entry.changes for entry in entries_of(root)}
    assert len(told) > 15
    with closing(GitRepository(root)) as repository:
        ids = git(root, "rev-list", "--reverse", "HEAD").split()
        states = [state_of(repository.tree(id_)) for id_ in ids]
        for id_, old, new in zip(ids[1:], states, states[1:], strict=False):
            expected, found = compare(old, new), told.get(id_, Changes((), (), ()))
            assert found.reviews == expected.reviews
            assert found.rules == expected.rules
    with_memo = Memo()
    assert entries_of(root, with_memo) == entries_of(root, Memo(json.loads(json.dumps(with_memo.known))))


def test_a_merge_of_branches_says_nothing_of_its_own(root: Path) -> None:
    branch(root)
    set_calls(root, 600)
    commit(root, "on the side")
    git(root, "checkout", "-q", "main")
    set_calls(root, 590, OTHER)
    commit(root, "on main")
    merge(root, "side")
    commit(root, "merge")
    assert [entry["subject"] for entry in log(root)] == ["on main", "on the side", "drafts", "rules"]


def test_a_merge_that_changes_something_itself(root: Path) -> None:
    branch(root)
    set_calls(root, 600)
    commit(root, "on the side")
    git(root, "checkout", "-q", "main")
    set_calls(root, 590, OTHER)
    main = commit(root, "on main")
    merge(root, "side")
    set_calls(root, 601)
    set_calls(root, 600, OTHER)
    commit(root, "evil")
    evil = log(root)[0]
    assert evil["subject"] == "evil"
    assert reviews(evil) == [("changed", "T-001", calls(593, 601)), ("changed", "T-002", calls(590, 600))]
    assert [item["against"] for item in evil["reviews"]] == [main, main]
    assert f"(compared with parent {main[:12]})" in run(root, "log").stdout


def test_a_conflict_and_what_it_was_resolved_to(root: Path) -> None:
    branch(root)
    set_calls(root, 600)
    commit(root, "six hundred")
    git(root, "checkout", "-q", "main")
    set_calls(root, 590)
    main = commit(root, "less")
    merge(root, "side")
    write(root, FILE, REVIEW.format(id="T-001").replace("593", "595"))
    commit(root, "resolved")
    resolved = log(root)[0]
    assert reviews(resolved) == [("changed", "T-001", calls(590, 595))]
    assert resolved["reviews"][0]["against"] == main
    assert resolved["reviews"][0]["split"] == {"data": "5.00", "rules": "0.00", "between": "data", "grade": "data"}


def test_a_merge_that_drops_a_change_says_so(root: Path) -> None:
    branch(root)
    set_calls(root, 600)
    write(root, "reviews/2026-03/T-003.front-desk.md", REVIEW.format(id="T-003"))
    side = commit(root, "on the side")
    git(root, "checkout", "-q", "main")
    set_calls(root, 590, OTHER)
    commit(root, "on main")
    git(root, "merge", "-q", "-s", "ours", "-m", "ours", "side")
    ours = log(root)[0]
    assert reviews(ours) == [("changed", "T-001", calls(600, 593)), ("removed", "T-003", [])]
    assert {item["against"] for item in ours["reviews"]} == {side}


def test_what_a_merge_does_to_a_score_without_touching_the_review(root: Path) -> None:
    branch(root)
    edit(root, *SCORING, RULE)
    commit(root, "rules on the side")
    git(root, "checkout", "-q", "main")
    set_calls(root, 595)
    commit(root, "data on main")
    merge(root, "side")
    commit(root, "merge")
    entry = log(root)[0]
    assert [(kind, id_, fields) for kind, id_, fields in reviews(entry)] == [("changed", "T-001", [])]
    (change,) = entry["reviews"]
    assert (change["before"]["total"], change["after"]["total"]) == ("92.00", "91.00")
    assert change["split"] == {"data": "0.00", "rules": "-1.00", "between": "data", "grade": None}


def test_an_octopus_and_several_roots(root: Path) -> None:
    for number in (3, 4, 5):
        branch(root, f"b{number}", "main")
        write(root, f"reviews/2026-03/T-00{number}.front-desk.md", REVIEW.format(id=f"T-00{number}"))
        commit(root, f"branch {number}")
    git(root, "checkout", "-q", "main")
    git(root, "merge", "-q", "-m", "octopus", "b3", "b4", "b5")
    git(root, "checkout", "-q", "--orphan", "other")
    git(root, "rm", "-rqf", ".")
    write(root, RULE, (Path(__file__).parents[3] / RULE).read_text("utf-8"))
    write(root, "reviews/2026-03/T-006.front-desk.md", REVIEW.format(id="T-006"))
    commit(root, "another root")
    git(root, "checkout", "-q", "main")
    git(root, "merge", "-q", "--allow-unrelated-histories", "-m", "roots", "other")
    subjects = [entry["subject"] for entry in log(root)]
    assert subjects == ["another root", "branch 5", "branch 4", "branch 3", "drafts", "rules"]
    assert [reviews(entry) for entry in log(root, "T-006")] == [[("added", "T-006", [])]]
