"""The settings that git is asked with: the repository's own start nothing, those of the user and the machine hold.

tests/hostile/git_configuration.py plants programs for the commands.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from kpigen.repository.git.repository import GitFailed, GitRepository, NoRepository, output_of, work_tree
from kpigen.repository.git.settings import FIXED, GitSetting, environment, filters_not_run, overriding
from tests.helpers.forms import codes, run
from tests.helpers.git import commit, git
from tests.helpers.repositories import FILE, published_repository


def listed(*entries: tuple[str, str, str]) -> bytes:
    return "".join(f"{scope}\0{name}\n{value}\0" for scope, name, value in entries).encode()


OVERRIDDEN: list[tuple[tuple[str, str, str], str | None]] = [
    (("local", "filter.x.clean", "evil"), ""),
    (("local", "filter.x.smudge", "evil"), ""),
    (("worktree", "filter.x.process", "evil"), ""),
    (("local", "filter.x.required", "true"), "false"),
    (("local", "filter.a.b=c d.clean", "evil"), ""),
    (("local", "filter.甲.clean", "evil\nevil"), ""),
    (("local", "diff.x.textconv", "evil"), ""),
    (("local", "diff.x.command", "evil"), ""),
    (("local", "gpg.program", "evil"), "gpg"),
    (("local", "gpg.openpgp.program", "evil"), "gpg"),
    (("local", "gpg.x509.program", "evil"), "gpgsm"),
    (("worktree", "gpg.ssh.program", "evil"), "ssh-keygen"),
    (("global", "filter.x.clean", "good"), None),
    (("system", "gpg.program", "good"), None),
    (("command", "gpg.program", "good"), None),
    (("local", "gpg.ssh.allowedsignersfile", "signers"), None),
    (("local", "core.autocrlf", "true"), None),
    (("local", "filter.x.note", "harmless"), None),
]


@pytest.mark.parametrize(("entry", "value"), OVERRIDDEN)
def test_what_is_overridden(entry: tuple[str, str, str], value: str | None) -> None:
    assert overriding(listed(entry)) == (() if value is None else (GitSetting(entry[1], value),))


def test_what_the_user_has_set_holds_over_the_repository() -> None:
    listing = listed(
        ("system", "gpg.program", "old"),
        ("global", "gpg.program", "gpg2"),
        ("global", "filter.lfs.clean", "git-lfs clean"),
        ("local", "filter.lfs.clean", "evil"),
        ("local", "gpg.program", "evil"),
        ("local", "filter.own.clean", "evil"),
    )
    found = overriding(listing)
    assert dict(found) == {"filter.lfs.clean": "git-lfs clean", "gpg.program": "gpg2", "filter.own.clean": ""}
    assert filters_not_run(found) == {"own"}


@pytest.mark.parametrize("before", ["", "0", "2"])
def test_settings_in_the_environment_stay(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, before: str) -> None:
    """A job may name folders that git can trust there."""
    monkeypatch.setenv("GIT_CONFIG_COUNT", before)
    for number in range(int(before or 0)):
        monkeypatch.setenv(f"GIT_CONFIG_KEY_{number}", f"user.x{number}")
        monkeypatch.setenv(f"GIT_CONFIG_VALUE_{number}", "kept")
    made = environment([GitSetting("user.y", "added")])
    assert made["GIT_CONFIG_COUNT"] == str(int(before or 0) + len(FIXED) + 1)
    said = output_of(tmp_path, "config", "--list", settings=[GitSetting("user.y", "added")]).decode().splitlines()
    assert said.count("user.y=added") == 1
    assert [line for line in said if line.startswith("user.x")] == [f"user.x{n}=kept" for n in range(int(before or 0))]
    assert {f"{name.lower()}={value}" for name, value in FIXED} <= {line.lower() for line in said}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return published_repository(tmp_path / "r")


def test_a_filter_of_the_user_runs_and_one_of_the_repository_does_not(
    root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "user"))
    (root / "reviews/2026-03/files").mkdir()
    (root / "reviews/2026-03/files/a.csv").write_bytes(b"1\r\n")
    draft = (root / FILE).read_text("utf-8").partition("submitted:")[0].replace("status: published", "status: draft")
    body = "metrics:" + (root / FILE).read_text("utf-8").partition("\nmetrics:")[2].partition("\nconfirmations:")[0]
    (root / "reviews/2026-04").mkdir()
    (root / "reviews/2026-04/files").mkdir()
    (root / "reviews/2026-04/files/a.csv").write_bytes(b"1\r\n")
    text = f"{draft.rstrip()}\n{body}\nevidence: {{follow_up_calls: [files/a.csv]}}\n---\n"
    (root / "reviews/2026-04/T-001.front-desk.md").write_text(text.replace("2026-03", "2026-04"), "utf-8")
    (root / ".gitattributes").write_text("*.csv -text filter=x\n")
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch '{tmp_path}/ran'\ncat\n")
    program.chmod(0o755)
    for where, runs in (("--local", False), ("--global", True)):
        git(root, "config", where, "filter.x.clean", str(program))
        said = run(root, "check", code=None).stdout
        assert (tmp_path / "ran").exists() is runs
        assert ("depends on the filter `x`" in said) is not runs
        git(root, "config", where, "--unset", "filter.x.clean")


def test_a_repository_at_which_git_fails_is_told_and_nothing_is_done(root: Path) -> None:
    (root / ".git/index").write_bytes(b"no index")
    told = run(root, "check", code=1).stdout
    assert ".git:1:1: error[KPI132] git cannot say which files the repository has: .git/index: index file" in told
    assert "KPI132" in codes(run(root, "build", "--no-pdf", "--no-search", code=1).stderr)
    why = ("--reason", "x", "--by", "y", "--yes")
    assert codes(run(root, "withdraw", root / FILE, *why, code=1).stderr) == ["KPI132"]
    assert not (root / "site").exists()


@pytest.mark.parametrize("what", ["HEAD", "config", "index", "everything"])
def test_what_git_cannot_read(root: Path, what: str) -> None:
    if what == "everything":
        for path in (root / ".git").iterdir():
            path.rename(root.parent / path.name)
    else:
        (root / ".git" / what).write_bytes(b"\0\0")
    assert "KPI132" in codes(run(root, "check", code=1).stdout)


def test_a_folder_outside_of_git_and_a_machine_without_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NoRepository):
        GitRepository(tmp_path)
    assert work_tree(tmp_path).barriers(["reviews"]) == ()
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoRepository):
        GitRepository(tmp_path)


def test_objects_of_another_repository_are_refused(root: Path, tmp_path: Path) -> None:
    for option in ("--shared", "--reference"):
        extra = [option, str(root)] if option == "--reference" else [option]
        clone = tmp_path / option
        git(tmp_path, "clone", "-q", *extra, str(root), str(clone))
        with pytest.raises(GitFailed, match="borrows objects"):
            GitRepository(clone)
        git(clone, "repack", "-q", "-a", "-d")
        (clone / ".git/objects/info/alternates").unlink()
        with closing(GitRepository(clone)) as repository:
            assert repository.has_head


def test_a_giant_in_the_history_is_not_read(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kpigen.base.disk.MAX_EVIDENCE", 100)
    commit(root)
    told = run(root, "log", code=2).stderr
    assert "more than 100" in told
