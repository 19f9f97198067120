"""Reviews whose folder moved inside the git repository: their history goes on, and what is compared is where they were."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.helpers.forms import codes, make_repository, run
from tests.helpers.git import commit, git
from tests.helpers.history import branch, log, merge, reviews
from tests.helpers.repositories import FILE, OTHER, REVIEW, edit, publish
from tests.repository.checks.test_against_base import amend, reseal

NAMES = ("reviews", "rules", "kpigen.toml")


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    """Return a git repository whose folder `hr` has two published reviews, one of them amended."""
    whole = tmp_path / "whole"
    root = make_repository(whole / "hr", ("front-desk",))
    git(whole, "init", "-q", "-b", "main")
    for file, id_ in ((FILE, "T-001"), (OTHER, "T-002")):
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(REVIEW.format(id=id_), "utf-8")
    commit(whole, "drafts")
    publish(root, "reviews")
    commit(whole, "published")
    edit(root, "follow_up_calls: 593", "follow_up_calls: 594")
    amend(root)
    commit(whole, "amended")
    return whole


def move(whole: Path, old: str, new: str) -> Path:
    """Move reviews, rules and settings from a folder to another, and commit. Return the new folder."""
    (whole / new).mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        git(whole, "mv", str(Path(old, name)), str(Path(new, name)))
    commit(whole, f"{old} → {new}")
    return whole / new


def once(whole: Path) -> Path:
    return move(whole, "hr", "data")


def to_the_top(whole: Path) -> Path:
    return move(whole, "hr", ".")


def twice(whole: Path) -> Path:
    move(whole, "hr", "一 二/deep")
    return move(whole, "一 二/deep", "data")


def there_and_back(whole: Path) -> Path:
    move(whole, "hr", "data")
    edit(whole / "data", "三月平稳。", "三月平稳", OTHER)
    edit(whole / "data", "三月平稳", "三月平稳。", OTHER)
    commit(whole, "nothing")
    return move(whole, "data", "hr")


def inwards(whole: Path) -> Path:
    return move(whole, "hr", "hr/inner")


def copied_first(whole: Path) -> Path:
    shutil.copytree(whole / "hr", whole / "data")
    commit(whole, "copied")
    git(whole, "rm", "-rq", "hr")
    commit(whole, "the old ones removed")
    return whole / "data"


def on_a_branch(whole: Path) -> Path:
    branch(whole)
    move(whole, "hr", "data")
    git(whole, "checkout", "-q", "main")
    (whole / "note").write_text("x")
    commit(whole, "note")
    merge(whole, "side")
    commit(whole, "merged")
    return whole / "data"


def one_month_after_the_other(whole: Path) -> Path:
    april = "reviews/2026-04/T-001.front-desk.md"
    (whole / "hr" / april).parent.mkdir()
    (whole / "hr" / april).write_text(REVIEW.format(id="T-001").replace("2026-03", "2026-04"), "utf-8")
    commit(whole, "April")
    (whole / "data/reviews").mkdir(parents=True)
    shutil.copytree(whole / "hr/rules", whole / "data/rules")
    shutil.copytree(whole / "hr/reviews/2026-03", whole / "data/reviews/2026-03")
    commit(whole, "March copied")
    git(whole, "mv", "hr/reviews/2026-04", "data/reviews/2026-04")
    git(whole, "rm", "-rq", "hr")
    commit(whole, "the rest")
    return whole / "data"


MOVES = [once, to_the_top, twice, there_and_back, inwards, copied_first, on_a_branch, one_month_after_the_other]


@pytest.fixture(params=MOVES, ids=lambda move: move.__name__)
def moved(request: pytest.FixtureRequest, whole: Path) -> tuple[Path, str, list]:
    """Return the folder after a move, the commit before it, and what the history was before."""
    before, change = log(whole / "hr"), request.param
    start = git(whole, "rev-parse", "HEAD")
    return change(whole), start, before


def meaning(entries: list[dict]) -> list[tuple]:
    return [(entry["subject"], reviews(entry), entry["rules"]) for entry in entries]


def test_the_history_goes_on(moved: tuple[Path, str, list]) -> None:
    root, _, before = moved
    entries = log(root)
    old = meaning(entries)[-len(before) :]
    assert old == meaning(before)
    later = [item for item in meaning(entries)[: -len(before)] if item[0] != "April"]
    assert later == [], "a move changes nothing in meaning"
    said = run(root, "log").stderr
    assert "elsewhere in the repository before" in said
    assert [entry["subject"] for entry in log(root, FILE)] == ["amended", "published", "drafts"]


def test_an_edit_after_a_move_is_that_edit(moved: tuple[Path, str, list]) -> None:
    root, _, before = moved
    edit(root, "follow_up_calls: 593", "follow_up_calls: 600", OTHER)
    commit(root, "edited")
    assert reviews(log(root)[0])[0][:2] == ("changed", "T-002")
    git(root, "rm", "-q", OTHER)
    commit(root, "removed")
    assert reviews(log(root)[0]) == [("removed", "T-002", [])]
    assert meaning(log(root))[-len(before) :] == meaning(before)


def test_check_compares_with_where_they_were(moved: tuple[Path, str, list]) -> None:
    root, start, _ = moved
    assert run(root, "check", "--base", start).stdout == ""
    edit(root, "follow_up_calls: 594", "follow_up_calls: 600")
    reseal(root)
    (root / OTHER).unlink()
    assert codes(run(root, "check", "--base", start, code=1).stdout) == ["KPI632", "KPI662", "KPI633"]


def test_diff_compares_with_where_they_were(moved: tuple[Path, str, list]) -> None:
    root, start, _ = moved
    for revisions in (f"{start}~1..{start}", f"{start}~1", f"{start}~1..HEAD"):
        told = run(root, "diff", revisions).stdout
        assert "changed T-001" in told
        assert "T-002" not in told
    assert run(root, "diff", start).stdout.count("\n") in (1, 2), "nothing, or the new draft of April"


def test_log_of_a_revision_before_the_move(moved: tuple[Path, str, list]) -> None:
    root, start, before = moved
    assert meaning(log(root, "--rev", start)) == meaning(before)


# --- what is no move -------------------------------------------------------------------------------------------------


def team(whole: Path, name: str, id_: str) -> Path:
    root = whole / name
    shutil.copytree(whole / "hr/rules", root / "rules")
    (root / FILE).parent.mkdir(parents=True)
    (root / FILE).with_name(f"{id_}.front-desk.md").write_text(REVIEW.format(id=id_), "utf-8")
    commit(whole, name)
    return root


def test_other_reviews_of_the_repository_are_not_mixed_in(whole: Path) -> None:
    ops = team(whole, "ops", "T-050")
    assert [entry["subject"] for entry in log(ops)] == ["ops"]
    start = git(whole, "rev-parse", "HEAD")
    git(whole, "rm", "-rq", "hr")
    commit(whole, "hr is gone")
    assert [entry["subject"] for entry in log(ops)] == ["ops"]
    assert run(ops, "log").stderr == ""
    assert run(ops, "check", "--base", start).stdout == ""


def test_a_folder_that_replaces_another_answers_for_it(whole: Path) -> None:
    """Nobody else would say that the published reviews are gone."""
    start = git(whole, "rev-parse", "HEAD")
    ops = team(whole, "ops", "T-050")
    git(whole, "rm", "-rq", "hr")
    commit(whole, "hr is gone")
    assert codes(run(ops, "check", "--base", start, code=1).stdout) == ["KPI633", "KPI633"]


@pytest.mark.parametrize("names", [["hr"], ["hr/reviews"], ["hr/reviews", "hr/rules"]])
@pytest.mark.parametrize("where", ["hr", "data"])
def test_a_folder_that_became_a_link_has_moved(whole: Path, names: list[str], where: str) -> None:
    """The one who goes on working behind the link is told what changed, or that there is a link."""
    start = git(whole, "rev-parse", "HEAD")
    (whole / "data").mkdir()
    for name in NAMES:
        git(whole, "mv", f"hr/{name}", f"data/{name}")
    shutil.rmtree(whole / "hr", ignore_errors=True)
    for name in names:
        (whole / name).parent.mkdir(exist_ok=True)
        (whole / name).symlink_to(whole / name.replace("hr", "data"))
    commit(whole, "a link")
    edit(whole / "data", "follow_up_calls: 594", "follow_up_calls: 600")
    reseal(whole / "data")
    told = codes(run(whole / where, "check", "--base", start, code=1).stdout)
    is_behind = where == "data" or names == ["hr"]
    assert ("KPI632" if is_behind else "KPI119") in told
    if is_behind:
        assert len(log(whole / where)) == 3


def test_two_folders_that_became_one(whole: Path) -> None:
    ops = team(whole, "ops", "T-050")
    publish(ops, "reviews")
    start = commit(whole, "ops published")
    (whole / "all").mkdir()
    for name in NAMES:
        git(whole, "mv", f"hr/{name}", f"all/{name}")
    git(whole, "mv", "ops/" + FILE.replace("T-001", "T-050"), "all/reviews/2026-03/")
    git(whole, "rm", "-rq", "ops")
    commit(whole, "one")
    root = whole / "all"
    assert run(root, "check", "--base", start).stdout == ""
    assert [entry["subject"] for entry in log(root)] == ["ops published", "ops", "amended", "published", "drafts"]
    (root / FILE).unlink()
    (root / FILE.replace("T-001", "T-050")).unlink()
    assert codes(run(root, "check", "--base", start, code=1).stdout) == ["KPI633", "KPI633"]


def test_a_sparse_checkout_moves_nothing(whole: Path) -> None:
    start = git(whole, "rev-parse", "HEAD")
    root = team(whole, "ops", "T-050")
    git(whole, "sparse-checkout", "set", "ops")
    assert not (whole / "hr").exists()
    assert run(root, "check", "--base", start).stdout == ""
