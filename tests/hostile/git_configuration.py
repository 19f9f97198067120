"""Programs that a repository's own settings, attributes and hooks would have git run: none of them ever starts.

Each case plants a program that leaves a mark, in a place from which git would start it for the command.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from tests.helpers.forms import run
from tests.helpers.git import commit, git
from tests.hostile.case import Hostile

Arrange = Callable[[Path], None]

REVIEW = "reviews/2026-01/PM-0001.front-desk.md"
DRAFT = "reviews/2026-01/PM-0002.front-desk.md"
RULE = "rules/front-desk/2026-01.yaml"
CSV = "reviews/2026-01/files/a.csv"
LOG, CHECK, DIFF = ("log",), ("check", "--base", "HEAD~1"), ("diff", "HEAD~1")
BUILD = ("build", "--no-pdf", "--no-search")
PROGRAM = "/program"  # stands for the planted program in a value


def _mark(root: Path) -> Path:
    return root.parent / "it-ran"


def _plant(root: Path, place: Path | None = None) -> Path:
    program = place or root.parent / "program"
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(f"#!/bin/sh\ntouch '{_mark(root)}'\ncat\n")
    program.chmod(0o755)
    return program


def _never_ran(root: Path) -> None:
    assert not _mark(root).exists(), "the program ran"


def _repository(root: Path) -> None:
    """Make a git repository of two commits, with evidence and a change in the work tree."""
    (root / CSV).parent.mkdir(exist_ok=True)
    (root / CSV).write_bytes(b"1\r\n")
    text = (root / DRAFT).read_text("utf-8")
    (root / DRAFT).write_text(text.replace("\n---\n", "\nevidence: {follow_up_calls: [files/a.csv]}\n---\n", 1))
    git(root, "init", "-q", "-b", "main")
    commit(root, "one")
    with (root / RULE).open("a") as stream:
        stream.write("# a note\n")
    commit(root, "two")
    for file in (RULE, CSV, DRAFT):  # as changed: git compares the contents
        (root / file).touch()
    with (root / RULE).open("a") as stream:
        stream.write("# another\n")


def _set(*settings: tuple[str, str], attributes: str = "") -> Arrange:
    def arrange(root: Path) -> None:
        _repository(root)
        program = _plant(root)
        (root / ".gitattributes").write_text(attributes)
        for name, value in settings:
            git(root, "config", name, value.replace(PROGRAM, str(program)))

    return arrange


def _hook(root: Path) -> None:
    _repository(root)
    for name in ("post-index-change", "reference-transaction", "post-checkout", "fsmonitor-watchman"):
        _plant(root, root / ".git/hooks" / name)


def _hooks_path(root: Path) -> None:
    _repository(root)
    _plant(root, root / "hooks/post-index-change")
    git(root, "config", "core.hooksPath", str(root / "hooks"))


def _included(key: str, value: str) -> Arrange:
    """Set a key in a file that the repository's settings include."""

    def arrange(root: Path) -> None:
        _repository(root)
        program = _plant(root)
        git(root, "config", "--file", str(root / "shared"), key, value.replace(PROGRAM, str(program)))
        git(root, "config", "include.path", "../shared")
        (root / ".gitattributes").write_text("*.csv filter=x diff=x\n")

    return arrange


def _of_worktree(root: Path) -> None:
    _set(("extensions.worktreeConfig", "true"))(root)
    git(root, "config", "--worktree", "core.fsmonitor", str(root.parent / "program"))


def _lacking(*settings: tuple[str, str]) -> Arrange:
    """Make a partial clone that lacks an object, which git would fetch by a program."""

    def arrange(root: Path) -> None:
        _set(("extensions.partialClone", "origin"), ("remote.origin.promisor", "true"), *settings)(root)
        oid = git(root, "rev-parse", f"HEAD~1:{RULE}")
        (root / ".git/objects" / oid[:2] / oid[2:]).unlink()

    return arrange


def _signed(kind: str, *settings: tuple[str, str]) -> Arrange:
    """Publish a review in a commit that carries something like a signature."""

    def arrange(root: Path) -> None:
        _set(*settings)(root)
        run(root, "confirm", root / REVIEW, "--role", "employee", "--date", "2026-02-02", "--yes")
        run(root, "publish", root / REVIEW, "--date", "2026-02-03", "--yes")
        commit(root, "published")
        head, body = git(root, "cat-file", "commit", "HEAD").split("\n\n", 1)
        text = f"{head}\ngpgsig -----BEGIN {kind}-----\n \n eA==\n -----END {kind}-----\n\n{body}\n"
        (root.parent / "commit").write_text(text)
        git(root, "reset", "-q", "--soft", git(root, "hash-object", "-t", "commit", "-w", str(root.parent / "commit")))

    return arrange


def _borrowing(root: Path) -> None:
    """Point the branch at the commit of a repository that nobody here should read."""
    _repository(root)
    other = root.parent / "other"
    other.mkdir()
    git(other, "init", "-q", "-b", "main")
    (other / "reviews/2026-01").mkdir(parents=True)
    (other / "reviews/2026-01/PM-0009.front-desk.md").write_text("s3cret")
    secret = commit(other)
    (root / ".git/objects/info").mkdir(exist_ok=True)
    (root / ".git/objects/info/alternates").write_text(f"{other}/.git/objects\n")
    git(root, "update-ref", "refs/heads/main", secret)


def _bare_inside(root: Path) -> None:
    """Turn the folder into one that git takes for a bare repository, with settings that any pull request can bring."""
    _repository(root)
    program = _plant(root)
    git(root, "config", "core.fsmonitor", str(program))
    for path in list((root / ".git").iterdir()):
        path.rename(root / path.name)
    (root / ".git").rmdir()


def _broken_index(root: Path) -> None:
    _repository(root)
    (root / ".git/index").write_bytes(b"no index")


def _pipe(name: str) -> Arrange:
    def arrange(root: Path) -> None:
        _repository(root)
        (root / name).unlink(missing_ok=True)
        os.mkfifo(root / name)

    return arrange


def _submodule(root: Path) -> None:
    """Have a submodule among the reviews, whose own settings name a program."""
    _repository(root)
    other = root.parent / "other"
    other.mkdir()
    git(other, "init", "-q", "-b", "main")
    commit(other)
    git(root, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(other), "reviews/2026-05")
    commit(root)
    git(root / "reviews/2026-05", "config", "core.fsmonitor", str(_plant(root)))
    (root / "reviews/2026-05/new").write_text("x")


def _case(name: str, arrange: Arrange, command: tuple[str, ...], code: int = 0, *says: str) -> Hostile:
    return Hostile(name, arrange, command, code, says, after=_never_ran)


_FSMONITOR = ("core.fsmonitor", PROGRAM)
_CLEAN, _SMUDGE = ("filter.x.clean", PROGRAM), ("filter.x.smudge", PROGRAM)
_FILTERED = "*.csv filter=x\n*.yaml filter=x\n"

CASES = [
    *(_case(f"fsmonitor, {command[0]}", _set(_FSMONITOR), command) for command in (LOG, CHECK, DIFF, BUILD)),
    _case("hooks", _hook, CHECK),
    _case("hooks, log", _hook, LOG),
    _case("a folder of hooks", _hooks_path, CHECK),
    *(
        _case(f"a clean filter, {command[0]}", _set(_CLEAN, attributes=_FILTERED), command)
        for command in (LOG, CHECK, BUILD)
    ),
    _case("a smudge filter", _set(_SMUDGE, attributes=_FILTERED), CHECK),
    _case("a filter that stays", _set(("filter.x.process", PROGRAM), attributes=_FILTERED), CHECK),
    _case("a filter that is required", _set(_CLEAN, ("filter.x.required", "true"), attributes=_FILTERED), CHECK),
    _case("a filter whose name looks like a setting",
          _set(("filter.x=y.clean", PROGRAM), attributes="*.csv filter=x=y\n*.yaml filter=x=y\n"), CHECK),
    _case("a filter with capitals", _set(("filter.X.clean", PROGRAM), attributes="*.csv filter=X\n"), CHECK),
    _case("an included fsmonitor", _included("core.fsmonitor", PROGRAM), CHECK),
    _case("an included filter", _included("filter.x.clean", PROGRAM), CHECK),
    _case("the settings of a work tree", _of_worktree, CHECK),
    _case("a pager", _set(("core.pager", PROGRAM), ("pager.log", PROGRAM)), LOG),
    _case("a program that compares", _set(("diff.external", PROGRAM)), LOG),
    _case("a driver that compares", _set(("diff.x.command", PROGRAM), attributes="* diff=x\n"), DIFF),
    _case("a driver of texts", _set(("diff.x.textconv", PROGRAM), attributes="* diff=x\n"), LOG),
    _case("a partial clone over ssh",
          _lacking(("remote.origin.url", "ssh://localhost/x"), ("core.sshCommand", PROGRAM)), DIFF, 2, "partial clone"),
    _case("a partial clone by a program",
          _lacking(("remote.origin.url", f"ext::{PROGRAM} x"), ("protocol.ext.allow", "always")), DIFF, 2, "partial clone"),
    _case("a partial clone with a program at the other end",
          _lacking(("remote.origin.url", "/tmp"), ("remote.origin.uploadpack", PROGRAM)), LOG, 2, "partial clone"),
    _case("a program for OpenPGP", _signed("PGP SIGNATURE", ("gpg.program", PROGRAM)), LOG),
    _case("a program for OpenPGP by its full name", _signed("PGP SIGNATURE", ("gpg.openpgp.program", PROGRAM)), LOG),
    _case("a program for X.509", _signed("SIGNED MESSAGE", ("gpg.x509.program", PROGRAM)), LOG),
    _case("a program for SSH", _signed("SSH SIGNATURE", ("gpg.ssh.program", PROGRAM), (
        "gpg.ssh.allowedSignersFile", "/dev/null")), BUILD),
    _case("objects of another repository", _borrowing, ("check",), 1, "KPI132", "borrows objects"),
    _case("objects of another repository, log", _borrowing, LOG, 1, "borrows objects"),
    _case("a folder that looks like a bare repository", _bare_inside, ("check",), 1, "KPI132", "bare repository"),
    _case("a folder that looks like a bare repository, log", _bare_inside, LOG, 1, "bare repository"),
    _case("an index that is none", _broken_index, ("check",), 1, "KPI132"),
    _case("an index that is none, build", _broken_index, BUILD, 1, "KPI132"),
    *(
        _case(f"a pipe in place of {name}", _pipe(name), ("check",), 1, "KPI132", "named pipe")
        for name in (".git/config", ".git/index", ".gitattributes")
    ),
    _case("a pipe in place of .git/HEAD, log", _pipe(".git/HEAD"), LOG, 1, "named pipe"),
    _case("a submodule with a program of its own", _submodule, LOG, 1, "KPI120"),
]  # fmt: skip
