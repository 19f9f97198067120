"""Git as it may be: settings, odd names, folders, shallow clones."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.helpers.forms import codes, make_repository, run
from tests.helpers.history import calls, commit, git, log, reviews, set_calls, write
from tests.helpers.repositories import FILE, REVIEW

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
    module, odd, *_ = log(root, code=1)
    assert (module["unread"], module["reviews"]) == (["reviews/2026-03/link.md", "reviews/2026-03/module.md"], [])
    assert reviews(odd) == [("added", "T-007", [])]
    assert odd["reviews"][0]["path"] == name
    result = run(root, "log", code=1)
    assert codes(result.stderr) == ["KPI119", "KPI120"]
    text = result.stdout
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202e]", text)
    assert "某 人" in text
    assert [entry["commit"] for entry in log(root, "T-007", code=1)] == [odd["commit"]]


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
    plain = log(root)
    write(root, ".git/info/grafts", git(root, "rev-parse", "HEAD") + "\n")
    assert log(root) == plain, "commits keep their own parents"


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
    assert "2 files have uncommitted changes" in result.stderr
    assert "T-003" not in result.stdout
