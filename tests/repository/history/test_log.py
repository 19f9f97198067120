"""The history from git as changes in meaning: `kpigen log` and the audit pages, on real git repositories."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from kpigen.base.memo import Memo, load_memo, save_memo
from kpigen.repository.diff.compare import Changes, compare, state_of
from kpigen.repository.git.repository import GitBlobs, GitRepository
from kpigen.repository.history.entries import Entry, read_history
from kpigen.repository.history.reader import Reader
from tests.diagnostics.test_cases import MANAGER, TEAM_RULE
from tests.helpers.forms import codes, make_repository, run
from tests.helpers.repositories import FILE, OTHER, REVIEW, edit
from tests.helpers.tiny import DRAFT, TINY, tiny
from tests.helpers.tiny import REVIEW as MEMBER
from tests.helpers.tiny import publish as publish_in_memory

RULE = "rules/front-desk/2026-01.yaml"
SCORING = ("{of: calls, short_of: 600, points: 1}", "{of: calls, short_of: 598, points: 2}")
STAMP = iter(range(1_700_000_000, 1_800_000_000, 60))


def git(root: Path, *arguments: str, check: bool = True, **environment: str) -> str:
    """Run git as somebody whose clock moves a minute with every call."""
    date = f"{next(STAMP)} +0800"
    command = ["git", "-C", str(root), "-c", "user.name=林一诺", "-c", "user.email=lin@example.com", *arguments]
    dates = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
    env = {**os.environ, **dates, **environment}
    return subprocess.run(command, check=check, capture_output=True, text=True, env=env).stdout.strip()


def commit(root: Path, subject: str = "change", *options: str) -> str:
    git(root, "add", "-A")
    git(root, "commit", "-q", "--allow-empty", "-m", subject, *options)
    return git(root, "rev-parse", "HEAD")


def write(root: Path, file: str, text: str) -> None:
    (root / file).parent.mkdir(parents=True, exist_ok=True)
    (root / file).write_text(text, "utf-8")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A form, then two drafts of it, 90.00 each, in two commits on main."""
    root = make_repository(tmp_path / "r", ("front-desk",))
    git(root, "init", "-q", "-b", "main")
    commit(root, "rules")
    write(root, FILE, REVIEW.format(id="T-001"))
    write(root, OTHER, REVIEW.format(id="T-002"))
    commit(root, "drafts")
    return root


def log(root: Path, *words: str) -> list[dict]:
    return json.loads(run(root, "log", "--format", "json", *words).stdout)["commits"]


def reviews(entry: dict) -> list[tuple[str, str, list[tuple]]]:
    """What an entry says of reviews: kind, employee, the fields with old and new."""
    return [
        (item["kind"], item["employee"], [(one["field"], one["old"], one["new"]) for one in item["fields"]])
        for item in entry["reviews"]
    ]


def calls(old: int, new: int) -> list[tuple]:
    return [("metrics.follow_up_calls.calls", str(old), str(new))]


def set_calls(root: Path, new: int, file: str = FILE) -> None:
    text = (root / file).read_text("utf-8")
    (root / file).write_text(re.sub(r"follow_up_calls: \d+", f"follow_up_calls: {new}", text, count=1), "utf-8")


# --- what a commit changes ---------------------------------------------------------------------------------------------


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
    assert change["split"] == {"data": "2.00", "rules": "0.00", "between": "data"}
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
    assert [item["split"] for item in scoring["reviews"]] == [{"data": "0.00", "rules": "-3.00", "between": "data"}] * 2
    assert [item["split"] for item in both["reviews"]] == [{"data": "4.00", "rules": "-3.00", "between": "data"}]
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


# --- the same as diff --------------------------------------------------------------------------------------------------


def entries_of(root: Path, memo: Memo | None = None, revision: str = "HEAD") -> tuple[Entry, ...]:
    with closing(GitRepository(root)) as repository:
        commits, children = repository.log(revision), repository.children(revision)
        return read_history(commits, children, Reader(GitBlobs(repository), memo or Memo()))[0]


def scramble(root: Path, chance: random.Random) -> None:
    """Do one of many things to a repository."""
    files = sorted((root / "reviews").rglob("*.md"))
    file = chance.choice(files)
    what = chance.randrange(10)
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
    else:
        text = file.read_text("utf-8")
        file.write_text(re.sub(r"T-\d\d\d", f"T-{chance.randrange(60, 99):03}", text, count=1), "utf-8")


@pytest.mark.parametrize("seed", range(3))
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


# --- merges ------------------------------------------------------------------------------------------------------------


def branch(root: Path, name: str = "side", start: str = "HEAD") -> None:
    git(root, "checkout", "-q", "-b", name, start)


def merge(root: Path, *branches: str, tree: bool = True) -> None:
    """Merge without committing, so that the result can still be edited."""
    git(root, "merge", "--no-commit", "--no-ff", *branches, check=False)


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
    assert resolved["reviews"][0]["split"] == {"data": "5.00", "rules": "0.00", "between": "data"}


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
    assert change["split"] == {"data": "0.00", "rules": "-1.00", "between": "data"}


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


# --- git as it may be ----------------------------------------------------------------------------------------------------


HOSTILE = """
[log]
    showSignature = true
    showRoot = false
    abbrevCommit = true
    decorate = full
    mailmap = true
    diffMerges = combined
    follow = true
    date = relative
[color]
    ui = always
[diff]
    renames = copies
    relative = true
    noprefix = true
    orderFile = /dev/null
    ignoreSubmodules = all
[core]
    quotePath = true
    abbrev = 5
[format]
    pretty = oneline
[status]
    showUntrackedFiles = no
    relativePaths = true
[i18n]
    logOutputEncoding = UTF-16
[mailmap]
    blob = HEAD:.mailmap
[notes]
    displayRef = *
"""


def test_git_settings_change_nothing(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(root, ".mailmap", "Somebody Else <else@example.com> <lin@example.com>\n")
    git(root, "mv", FILE, "reviews/2026-03/new.md")
    commit(root, "主题 with — signs")
    git(root, "notes", "add", "-m", "note", "HEAD")
    git(root, "replace", "HEAD~1", "HEAD~2")
    plain = log(root)
    assert plain[0]["author"] == "林一诺"
    (tmp_path / "config").write_text(HOSTILE)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "config"))
    shutil.rmtree(root / ".git/kpigen")
    assert log(root) == plain
    assert len(plain) == 3


def test_odd_names_of_files_people_and_commits(root: Path) -> None:
    name = 'reviews/2026-03/张"三\t\n[*]?\x1b[31m\u202e.md'
    write(root, name, REVIEW.format(id="T-007"))
    git(root, "add", "-A")
    git(root, "commit", "-qm", "\x1b[2Jred\u202e\n\nbody", "--author=\x1b]0;x\x07 某\u202e人 <a@b>")
    (root / "reviews/2026-03/link.md").symlink_to("T-001.front-desk.md")
    git(root, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},reviews/2026-03/module.md")
    git(root, "add", "reviews/2026-03/link.md")
    git(root, "commit", "-qm", "a link and a module")
    module, odd, *_ = log(root)
    assert (module["unread"], module["reviews"]) == (["reviews/2026-03/module.md"], [])
    assert reviews(odd) == [("added", "T-007", [])]
    assert odd["reviews"][0]["path"] == name
    text = run(root, "log").stdout
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202e]", text)
    assert "某 人" in text
    assert [entry["commit"] for entry in log(root, "T-007")] == [odd["commit"]]


def test_a_folder_of_reviews_inside_a_larger_repository(tmp_path: Path) -> None:
    whole = tmp_path / "whole [x]"
    root = make_repository(whole / "hr *" / "审", ("front-desk",))
    write(whole, "reviews/2026-03/T-099.front-desk.md", REVIEW.format(id="T-099"))
    write(root, FILE, REVIEW.format(id="T-001"))
    git(whole, "init", "-q")
    commit(whole, "all")
    set_calls(root, 600)
    commit(whole, "change")
    set_calls(whole, 600, "reviews/2026-03/T-099.front-desk.md")
    commit(whole, "outside")
    changed, added = log(root)
    assert reviews(changed) == [("changed", "T-001", calls(593, 600))]
    assert changed["reviews"][0]["path"] == FILE
    assert reviews(added) == [("added", "T-001", [])]


def test_a_shallow_clone_is_refused(root: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{root}", "clone")
    result = run(tmp_path / "clone", "log", code=1)
    assert codes(result.stderr) == ["KPI645"]
    assert "fetch-depth: 0" in result.stderr
    assert "git fetch --unshallow" in result.stderr
    assert result.stdout == ""
    git(tmp_path / "clone", "fetch", "-q", "--unshallow")
    assert [entry["subject"] for entry in log(tmp_path / "clone")] == ["drafts", "rules"]
    write(root, ".git/info/grafts", git(root, "rev-parse", "HEAD") + "\n")
    assert codes(run(root, "log", code=1).stderr) == ["KPI645"], "commits that were given other parents"


def test_without_git_or_commits_there_is_no_history(tmp_path: Path) -> None:
    root = make_repository(tmp_path, ("front-desk",))
    assert codes(run(root, "log", code=1).stderr) == ["KPI646"]
    git(root, "init", "-q")
    assert codes(run(root, "log", code=1).stderr) == ["KPI646"]
    assert "nothing has been committed" in run(root, "log", code=1).stderr


def test_a_detached_head_and_work_that_is_not_committed(root: Path) -> None:
    assert run(root, "log").stderr == ""
    git(root, "checkout", "-q", "--detach", "HEAD~1")
    result = run(root, "log")
    assert f"ends at {git(root, 'rev-parse', 'HEAD')[:12]}" in result.stderr
    assert "detached" in result.stderr
    assert "drafts" not in result.stdout
    git(root, "checkout", "-q", "main")
    set_calls(root, 600)
    write(root, "reviews/2026-03/T-003.front-desk.md", REVIEW.format(id="T-003"))
    result = run(root, "log")
    assert "2 files are not committed" in result.stderr
    assert "T-003" not in result.stdout


def test_what_is_asked_for(root: Path) -> None:
    assert [entry["subject"] for entry in log(root, "-n", "1")] == ["drafts"]
    assert [entry["subject"] for entry in log(root, "--rev", "HEAD~1")] == ["rules"]
    assert len(log(root, "T-001", "T-002")[0]["reviews"]) == 2
    assert run(root, "log", "--rev", "nope", code=2).stderr.count("no such revision") == 1
    for word, near in (("t-01", "T-001"), ("frontdesk", "front-desk"), ("reviews/2026-03/T-001.md", FILE)):
        assert f"did you mean '{near}'" in run(root, "log", word, code=2).stderr
    assert "no employee, file or form" in run(root, "log", "qqqq", code=2).stderr


def test_a_path_is_understood_from_where_one_stands(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root / "reviews/2026-03")
    assert len(log(root, "T-001.front-desk.md")[0]["reviews"]) == 1
    assert len(log(root, str(root / FILE))[0]["reviews"]) == 1
    (root / FILE).unlink()
    commit(root)
    assert reviews(log(root, "T-001.front-desk.md")[0]) == [("removed", "T-001", [])]


# --- the memo ------------------------------------------------------------------------------------------------------------


def memo_file(root: Path) -> Path:
    (file,) = (root / ".git/kpigen").iterdir()
    return file


def test_what_is_kept_gives_the_same_and_damage_costs_only_time(root: Path) -> None:
    set_calls(root, 600)
    commit(root)
    first = run(root, "log").stdout
    whole = memo_file(root).read_bytes()
    assert run(root, "log").stdout == first
    assert git(root, "status", "--porcelain") == ""
    head, _, body = whole.partition(b"\n")
    for damaged in (
        b"",
        whole[:-40],
        body,
        head + b"\n" + body.replace(b"90", b"99"),
        head.replace(b"1", b"2") + b"\n" + body,
    ):
        memo_file(root).write_bytes(damaged)
        assert run(root, "log").stdout == first
        assert memo_file(root).read_bytes() == whole, "written anew"
    memo_file(root).unlink()
    memo_file_folder = root / ".git/kpigen"
    memo_file_folder.rmdir()
    memo_file_folder.write_text("a file in its place")
    assert run(root, "log").stdout == first


def test_what_is_missing_for_a_while_is_not_kept(root: Path) -> None:
    whole = run(root, "log").stdout
    shutil.rmtree(root / ".git/kpigen")
    oid = git(root, "rev-parse", f"HEAD:{FILE}")
    blob = root / ".git/objects" / oid[:2] / oid[2:]
    blob.rename(root / "blob")
    assert [entry["unread"] for entry in log(root)] == [[FILE], []]
    assert [entry["unread"] for entry in log(root, "T-002")] == [[]]
    (root / "blob").rename(blob)
    assert run(root, "log").stdout == whole


def test_the_memo_does_not_grow_without_bound(tmp_path: Path) -> None:
    memo = Memo({f"old {number}": number for number in range(20_000)})
    for number in range(100):
        assert memo.get(f"old {number}") == number
    memo.put("new", 1)
    save_memo(tmp_path / "memo", memo)
    kept = load_memo(tmp_path / "memo").known
    assert len(kept) == 2 * 101 + 2_000
    assert {"new", *(f"old {number}" for number in range(100))} <= kept.keys()


def test_a_second_reading_reads_no_blob(root: Path) -> None:
    for number in range(594, 600):
        set_calls(root, number)
        commit(root)
    run(root, "log")
    with closing(GitRepository(root)) as repository:
        commits, children = repository.log("HEAD"), repository.children("HEAD")

        class Nothing:
            def ahead(self, oids: object) -> None:
                assert list(oids) == []  # type: ignore[call-overload]

            def read(self, oid: str) -> bytes:
                raise AssertionError(oid)

        memo = Memo(json.loads(memo_file(root).read_bytes().partition(b"\n")[2]))
        assert read_history(commits, children, Reader(Nothing(), memo))[0] == entries_of(root)


# --- signatures ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def signing(root: Path, tmp_path: Path) -> Path:
    """The repository signs with an SSH key, and nobody is known to sign yet."""
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "lin", "-f", str(key)], check=True)
    for name, value in (("gpg.format", "ssh"), ("user.signingKey", str(key)), ("commit.gpgSign", "true")):
        git(root, "config", name, value)
    return key


def publish(root: Path) -> None:
    run(root, "submit", root / FILE, "--date", "2026-04-01", "--yes")
    run(root, "confirm", root / FILE, "--role", "employee", "--date", "2026-04-02", "--yes")
    run(root, "publish", root / FILE, "--date", "2026-04-03", "--yes")


def allow(root: Path, key: Path, *options: str) -> None:
    signers = key.with_name("signers")
    words = ["lin@example.com", *options, key.with_suffix(".pub").read_text()]
    signers.write_text(" ".join(words))
    git(root, "config", "gpg.ssh.allowedSignersFile", str(signers))


def test_signatures_of_commits_that_change_what_is_published(root: Path, signing: Path) -> None:
    set_calls(root, 594)
    commit(root, "a draft")
    publish(root)
    published = commit(root, "publish")
    git(root, "config", "commit.gpgSign", "false")
    set_calls(root, 595)
    run(root, "amend", root / FILE, "--reason", "补录", "--by", "林", "--date", "2026-04-09", "--yes")
    amended = commit(root, "amend")
    run(root, "withdraw", root / FILE, "--reason", "误发", "--by", "林", "--date", "2026-04-10", "--yes")
    withdrawn = commit(root, "withdraw")
    allow(root, signing)
    states = {entry["commit"]: entry["signature"] for entry in log(root)}
    assert states.pop(published) == {"state": "verified", "by": "lin@example.com", "key": fingerprint(signing)}
    unsigned = {"state": "none", "by": None, "key": None}
    assert (states.pop(amended), states.pop(withdrawn)) == (unsigned, unsigned)
    assert set(states.values()) == {None}, "drafts and rules are not asked about"
    text = run(root, "log").stdout
    assert f"Signature verified (lin@example.com, key {fingerprint(signing)})" in text
    assert text.count("Not signed") == 2


def fingerprint(key: Path) -> str:
    said = subprocess.run(["ssh-keygen", "-lf", f"{key}.pub"], check=True, capture_output=True, text=True).stdout
    return said.split()[1]


def test_signatures_that_do_not_verify(root: Path, signing: Path, tmp_path: Path) -> None:
    publish(root)
    commit(root, "publish")

    def state() -> str:
        return log(root)[0]["signature"]["state"]

    assert state() == "unchecked", "signed, but there is no list of signers"
    allow(root, signing)
    assert state() == "verified"
    allow(root, signing, 'valid-before="20200101"')
    assert state() == "untrusted", "nobody was allowed to sign with this key then"
    other = tmp_path / "other"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(other)], check=True)
    allow(root, other)
    assert state() == "untrusted"
    allow(root, signing)
    signed = git(root, "cat-file", "commit", "HEAD")
    forged = subprocess.run(
        ["git", "-C", str(root), "hash-object", "-t", "commit", "-w", "--stdin"],
        input=signed.replace("林一诺", "徐静怡") + "\n",
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    git(root, "reset", "-q", "--hard", forged)
    assert state() == "bad"
    assert log(root)[0]["author"] == "徐静怡"
    assert "BAD" in run(root, "log", "-n", "1").stdout


def test_signatures_of_gpg(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "gnupg"
    home.mkdir(mode=0o700)
    monkeypatch.setenv("GNUPGHOME", str(home))
    make = [
        "gpg",
        "--batch",
        "--quiet",
        "--passphrase",
        "",
        "--quick-generate-key",
        "Lin <lin@example.com>",
        "ed25519",
        "sign",
    ]
    subprocess.run(make, check=True, capture_output=True)
    try:
        git(root, "config", "user.signingKey", "lin@example.com")
        publish(root)
        commit(root, "publish", "-S")
        found = log(root)[0]["signature"]
        assert (found["state"], found["by"]) == ("verified", "Lin <lin@example.com>")
        monkeypatch.setenv("GNUPGHOME", str(tmp_path / "nothing"))
        assert log(root)[0]["signature"]["state"] == "unchecked", "the key is not here"
    finally:
        subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=False)


# --- the audit pages -----------------------------------------------------------------------------------------------------


def build(root: Path, *options: str, code: int = 0) -> str:
    return run(root, "build", "--no-pdf", *options, code=code).stderr


def audit(root: Path) -> dict[str, str]:
    folder = root / "site/hr/audit"
    files = (path for path in sorted(folder.rglob("*.html")))
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in files}


def versioned(root: Path) -> dict[str, bytes]:
    """The files of the site that git would take."""
    site = root / "site"
    files = {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}
    return {path: data for path, data in files.items() if not path.startswith("hr/audit/")}


def test_audit_pages_show_the_history(root: Path, signing: Path) -> None:
    allow(root, signing)
    publish(root)
    commit(root, "七月发布")
    edit(root, "系统停机两天", "系统停机三天")
    set_calls(root, 595)
    run(root, "amend", root / FILE, "--reason", "补录", "--by", "林", "--date", "2026-04-09", "--yes")
    commit(root, "更正 <b>")
    text = build(root)
    pages = audit(root)
    assert set(pages) == {
        f"{language}{name}"
        for language in ("", "en/")
        for name in ("index.html", "people/T-001.html", "people/T-002.html", "forms/front-desk.html")
    }
    assert "KPI" not in text
    index = pages["en/index.html"]
    titles = re.findall(r"<h3>(.*)</h3>", index)
    assert titles == ["更正 &lt;b&gt;", "七月发布", "drafts", "rules"]
    assert "Signature verified (lin@example.com" in index
    assert "系统停机<del>两</del><ins>三</ins>天" in index
    assert "<del>593</del> → <ins>595</ins>" in index
    assert "<b>90.00 A</b> → <b>92.00 A</b>" in index
    assert "+2.00: +2.00 from the data, +0.00 from the rules" in index
    assert git(root, "rev-parse", "HEAD")[:12] in index
    assert "签名已验证" in pages["index.html"]
    assert "T-002" not in pages["people/T-001.html"].replace("people/T-002", "")
    assert "new version" in pages["en/forms/front-desk.html"]
    assert '<a href="audit/index.html">' in (root / "site/hr/index.html").read_text("utf-8")
    for name, page in pages.items():
        assert '<meta name="kpigen-readers" content="auditor hr">' in page, name
        assert not re.search(r"<script|style=|https?:", page), name
        for target in re.findall(r'href="([^"#]+)"', page):
            assert (root / "site/hr/audit" / name).parent.joinpath(target).is_file(), (name, target)


def test_what_is_versioned_does_not_depend_on_history(root: Path) -> None:
    publish(root)
    commit(root, "publish")
    build(root)
    before, first = versioned(root), audit(root)
    assert not any("audit/" in path for path in json.loads(before["hr/manifest.json"])["files"])
    id_ = git(root, "rev-parse", "HEAD")
    assert id_[:12] in first["index.html"]
    everywhere = b"".join(before.values())
    assert id_[:7].encode() not in everywhere
    assert b"lin@example.com" not in everywhere
    assert "site/hr/audit" not in git(root, "status", "--porcelain", "-uall"), "git leaves them out"
    commit(root, "the site")
    (root / OTHER).unlink()
    commit(root, "gone")
    build(root)
    assert "people/T-002.html" in audit(root), "history keeps whoever has been in it"
    assert audit(root) != first
    before = versioned(root)
    build(root, "--no-audit")
    assert set(audit(root)) == {"index.html", "en/index.html"}
    assert "--no-audit" in audit(root)["en/index.html"]
    assert versioned(root) == before


def test_audit_pages_where_there_is_no_history_say_why(root: Path, tmp_path: Path) -> None:
    publish(root)
    commit(root, "publish")
    build(root)
    stale = root / "site/hr/audit/people/T-001.html"
    (root / "site/hr/audit/people/of-somebody-else.html").write_text("x")
    assert stale.exists()
    (root / ".git").rename(root / "git-away")
    assert "note: hr/audit/ has no history" in build(root)
    assert not stale.exists(), "what is stale is removed"
    assert set(audit(root)) == {"index.html", "en/index.html", "people/of-somebody-else.html"}
    assert "no history in git" in audit(root)["en/index.html"]
    (root / "git-away").rename(root / ".git")
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{root}", "clone")
    said = build(tmp_path / "clone")
    assert codes(said) == ["KPI715"]
    assert "fetch-depth: 0" in said
    assert "截断" in audit(tmp_path / "clone")["index.html"]


def test_audit_pages_say_what_is_not_in_them(root: Path) -> None:
    publish(root)
    commit(root, "publish")
    edit(root, "name: 员工甲", "name: 员工乙", OTHER)
    git(root, "checkout", "-q", "--detach")
    build(root)
    index = audit(root)["en/index.html"]
    assert "1 changed file was not committed" in index
    assert "not the tip of a branch" in index
    assert "员工乙" not in index


def test_a_long_history_is_split_into_pages(root: Path) -> None:
    for number in range(1, 131):
        set_calls(root, 300 + number)
        commit(root, f"number {number}")
    build(root)
    pages = audit(root)
    assert {"index.html", "page-2.html", "en/page-2.html"} <= set(pages)
    assert pages["index.html"].count('class="commit"') == 100
    assert pages["page-2.html"].count('class="commit"') == 32
    assert pages["people/T-001.html"].count('class="commit"') == 131


def test_an_audit_folder_that_is_a_link_is_not_followed(root: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (root / "site/hr").mkdir(parents=True)
    (root / "site/hr/audit").symlink_to(tmp_path / "elsewhere")
    publish(root)
    commit(root, "publish")
    assert codes(build(root, code=1)) == ["KPI701"]
    assert list((tmp_path / "elsewhere").iterdir()) == []
