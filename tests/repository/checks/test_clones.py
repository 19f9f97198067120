"""Evidence in real clones: what git makes of its bytes, what `check` says before and after, and how it is mended."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from kpigen.base.digests import file_digest
from kpigen.base.sources import WorkTree
from kpigen.repository.checks.clones import KEPT
from kpigen.repository.project import load
from kpigen.repository.records import make_records
from kpigen.repository.scaffold import files_for
from kpigen.scoring.content import seal_of
from tests.helpers.forms import codes, run
from tests.helpers.git import commit, git
from tests.helpers.repositories import edit
from tests.helpers.tiny import DRAFT, REVIEW, TINY, TINY_RULE

CRLF, LF, MIXED = b"a,b\r\n1,2\r\n", b"a,b\n1,2\n", b"a\r\nb\nc\r\n"
WIDE = ("\ufeff" + "\u0a0d,b\r\n" * 9).encode("utf-16-le")  # git takes it for binary, with CR LF in it
FILE = "reviews/2026-01/files/a.csv"
INIT = files_for("none", ())[".gitattributes"].decode()
WHY = ("--reason", "复核", "--by", "林", "--date", "2026-04-10", "--yes")


@pytest.fixture(autouse=True)
def settings_of_the_user(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of settings of the user's own, empty at first."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path_factory.mktemp("user") / "config"))


def repository(folder: Path, data: bytes, attributes: str = "", config: Mapping[str, str] | None = None) -> Path:
    """A repository with a draft that names one evidence file; nothing is committed yet."""
    files = {
        TINY: TINY_RULE.encode(),
        REVIEW: DRAFT.replace("metrics:", "evidence: {calls: [files/a.csv]}\nmetrics:").encode(),
        FILE: data,
        "kpigen.toml": b"",
        ".gitattributes": attributes.encode(),
    }
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    git(folder, "init", "-q", "-b", "main")
    for key, value in (config or {}).items():  # a filter counts only if the user has it
        git(folder, "config", *(["--global"] if key.startswith("filter.") else []), key, value)
    return folder


def publish(root: Path, code: int = 0) -> str:
    said = run(root, "submit", root / REVIEW, "--date", "2026-02-01", "--yes", code=code)
    if code == 0:
        said = run(root, "publish", root / REVIEW, "--date", "2026-02-05", "--yes", code=code)
    return said.stderr


def clone(root: Path, folder: Path, **config: str) -> Path:
    settings = [part for key, value in config.items() for part in ("-c", f"{key.replace('_', '.')}={value}")]
    git(root, "clone", "-q", *settings, str(root), str(folder))
    return folder


def check(root: Path, *options: str) -> str:
    return run(root, "check", *options, code=None).stdout


SWAP = {"filter.swap.clean": "tr ab ba", "filter.swap.smudge": "tr ab ba"}


class Case(NamedTuple):
    """What a file becomes: its bytes, the attributes, this clone's settings, and the code and words of the finding."""

    data: bytes
    attributes: str = ""
    config: Mapping[str, str] = {}
    code: str = ""
    reason: str = ""


STORED, WINDOWS = "git stores it with other line ends", "with `core.autocrlf` as usual on Windows"
CASES = {
    "kept: CR LF": Case(CRLF, KEPT),
    "kept: under autocrlf": Case(CRLF, KEPT, {"core.autocrlf": "true"}),
    "kept after text": Case(MIXED, f"* text=auto eol=lf\n*.csv text\n{KEPT}"),
    "kept after a filter": Case(CRLF, f"*.csv filter=swap\n{KEPT}", SWAP),
    "as `init` writes it": Case(CRLF, INIT),
    "as `init` writes it, mixed": Case(MIXED, INIT, {"core.autocrlf": "input"}),
    "old name of the attribute": Case(CRLF, "*.csv -crlf"),
    "LF, and LF everywhere": Case(LF, "* text=auto eol=lf"),
    "CR LF, and CR LF everywhere": Case(CRLF, "*.csv text eol=crlf"),
    "UTF-16": Case(WIDE, "* text=auto"),
    "UTF-16 without attributes": Case(WIDE),
    "CR LF as older repositories have it": Case(CRLF, "* text=auto eol=lf", {}, "KPI651", STORED),
    "CR LF, text=auto": Case(CRLF, "* text=auto", {}, "KPI651", STORED),
    "CR LF, text": Case(CRLF, "*.csv text", {}, "KPI651", STORED),
    "mixed, text": Case(MIXED, "*.csv text", {}, "KPI651", STORED),
    "UTF-16 as text": Case(WIDE, "*.csv text", {}, "KPI651", STORED),
    "CR LF under autocrlf=true": Case(CRLF, "", {"core.autocrlf": "true"}, "KPI651", STORED),
    "CR LF under autocrlf=input": Case(CRLF, "", {"core.autocrlf": "input"}, "KPI651", STORED),
    "LF, and CR LF everywhere": Case(LF, "*.csv text eol=crlf", {}, "KPI651", STORED),
    "LF, text=auto": Case(LF, "* text=auto", {}, "KPI652", WINDOWS),
    "LF without attributes": Case(LF, "", {}, "KPI652", WINDOWS),
    "CR LF without attributes": Case(CRLF),
    "an id": Case(b"$Id$\r\n", "*.csv -text ident", {}, "KPI651", "in the place of `$Id$`"),
    "an encoding": Case(
        "甲\r\n".encode("utf-16"), "*.csv text working-tree-encoding=UTF-16", {}, "KPI651", "changes its encoding"
    ),
    "a filter and back": Case(CRLF, "*.csv -text filter=swap", SWAP, "KPI652", "depends on the filter `swap`"),
    "a filter one way": Case(
        CRLF, "*.csv -text filter=x", {"filter.x.clean": "tr a z"}, "KPI651", "`x` does not give it back"
    ),
    "a filter that fails": Case(
        CRLF,
        "*.csv -text filter=x",
        {"filter.x.clean": "false", "filter.x.smudge": "false", "filter.x.required": "true"},
        "KPI651",
        "the filter `x` fails here",
    ),
    "a filter that is not set up": Case(CRLF, "*.csv filter=lfs -text"),
}


@pytest.mark.parametrize("committed", [False, True])
@pytest.mark.parametrize("name", CASES)
def test_what_clones_get_is_said_before_it_is_sealed(tmp_path: Path, name: str, committed: bool) -> None:
    case = CASES[name]
    root = repository(tmp_path / "here", case.data, case.attributes, case.config)
    if committed and "fails" not in name:
        commit(root, "draft")
    found = check(root)
    assert codes(found) == ([case.code] if case.code else [])
    assert case.reason in found
    assert "of the evidence `files/a.csv`: " in found or not case.code
    said = publish(root, 1 if case.code == "KPI651" else 0)
    assert codes(said) == (["KPI651"] if case.code == "KPI651" else [])
    if not case.code:
        commit(root, "published")
        for number, crlf in enumerate(("true", "input", "false")):
            there = clone(root, tmp_path / f"there{number}", core_autocrlf=crlf)
            assert (there / FILE).read_bytes() == case.data or "without attributes" in name
            assert "KPI609" not in check(there)


def test_a_file_that_git_would_not_take(tmp_path: Path) -> None:
    root = repository(tmp_path, CRLF, KEPT)
    (root / ".gitignore").write_text("*.csv\n", "utf-8")
    found = check(root)
    assert codes(found) == ["KPI651"]
    assert "git ignores the file" in found
    assert codes(publish(root, 1)) == ["KPI651"]
    git(root, "add", "--force", FILE)
    assert check(root) == ""
    git(root, "rm", "-q", "--cached", FILE)
    (root / ".gitignore").unlink()
    git(root, "add", REVIEW)
    assert "git holds the review, but not this file" in check(root)
    git(root, "add", FILE)
    assert check(root) == ""


def test_what_was_stored_before_the_attributes(tmp_path: Path) -> None:
    root = repository(tmp_path / "here", CRLF, "* text=auto eol=lf")
    commit(root, "draft")
    assert codes(check(root)) == ["KPI651"]
    (root / ".gitattributes").write_text(f"{KEPT}\n", "utf-8")
    found = check(root)
    assert codes(found) in ([], ["KPI651"]), "git may look at the file again by itself"
    assert "`git add --renormalize" in found or not found
    git(root, "add", "--renormalize", ".")
    assert check(root) == ""
    publish(root)
    commit(root, "published")
    assert check(clone(root, tmp_path / "there", core_autocrlf="true")) == ""


def without_record(root: Path) -> None:
    """Turn a published review into one from before `published.evidence` was written."""
    path = root / REVIEW
    text = re.sub(r"  evidence:\n    - \{.*\}\n", "", path.read_text("utf-8"))
    path.write_text(text, "utf-8")
    (record,) = make_records(load(WorkTree(root)))[0]
    assert record.review.published is not None
    path.write_text(text.replace(record.review.published.seal, seal_of(record.review, record.digest)), "utf-8")


def sealed_without_git(folder: Path, data: bytes, attributes: str, is_old: bool, config: Mapping[str, str]) -> Path:
    """A repository in which a review was published before git could alter its evidence, and then committed."""
    root = repository(folder, data, attributes, config)
    (root / ".git").rename(folder.parent / "aside")
    publish(root)
    if is_old:
        without_record(root)
    (folder.parent / "aside").rename(root / ".git")
    commit(root, "published")
    return root


LINE_ENDS = "the evidence `files/a.csv` has other line ends than when it was sealed"
BROKEN = {
    "as older repositories have it": ("* text=auto eol=lf\n", CRLF, {}, {}, LINE_ENDS),
    "text": ("*.csv text\n", CRLF, {}, {}, LINE_ENDS),
    "into a clone under autocrlf": ("", LF, {}, {"core_autocrlf": "true"}, LINE_ENDS),
    "from a clone under autocrlf": ("", CRLF, {"core.autocrlf": "true"}, {}, LINE_ENDS),
    "from a clone under input": ("", CRLF, {"core.autocrlf": "input"}, {}, LINE_ENDS),
}


@pytest.mark.parametrize("is_old", [False, True])
@pytest.mark.parametrize("name", BROKEN)
def test_a_seal_that_git_broke_is_told_and_mended(tmp_path: Path, name: str, is_old: bool) -> None:
    attributes, data, config, there_config, reason = BROKEN[name]
    root = sealed_without_git(tmp_path / "here", data, attributes, is_old, config)
    there = clone(root, tmp_path / "there", **there_config)
    assert (there / FILE).read_bytes() != data
    found = check(there)
    assert codes(found).count("KPI609") == 1
    assert reason in found
    (there / ".gitattributes").write_text(f"{attributes}{KEPT}\n", "utf-8")
    git(there, "add", "--renormalize", ".")
    commit(there, "kept from now on")
    said = run(there, "amend", there / REVIEW, *WHY).stdout
    now = file_digest((there / FILE).read_bytes())
    assert f"evidence.calls.files/a.csv.sha256: [-{file_digest(data)}-]{{+{now}+}}" in said
    assert check(there, "--base", "HEAD") == ""
    commit(there, "mended")
    assert check(there, "--base", "HEAD~1") == ""
    assert check(clone(there, tmp_path / "third", core_autocrlf="true")) == ""
    assert f"sha256: {now}" in (there / REVIEW).read_text("utf-8")


@pytest.mark.parametrize("is_old", [False, True])
def test_the_right_bytes_need_no_amendment(tmp_path: Path, is_old: bool) -> None:
    root = sealed_without_git(tmp_path / "here", CRLF, "* text=auto eol=lf\n", is_old, {})
    there = clone(root, tmp_path / "there")
    (there / ".gitattributes").write_text(f"{KEPT}\n", "utf-8")
    (there / FILE).write_bytes(CRLF)
    git(there, "add", ".")
    assert check(there) == ""


@pytest.mark.parametrize("is_old", [False, True])
def test_a_placeholder_of_lfs(tmp_path: Path, is_old: bool) -> None:
    """As a clone without Git LFS gets it: the file was sealed, and git holds a placeholder."""
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{file_digest(WIDE)}\nsize {len(WIDE)}\n"
    clean = f'python3 -c "import sys; sys.stdin.buffer.read(); sys.stdout.write({pointer!r})"'.replace("\n", "\\n")
    config = {"filter.lfs.clean": clean, "filter.lfs.smudge": f"cat > /dev/null; cat '{tmp_path}/store'"}
    (tmp_path / "store").write_bytes(WIDE)
    root = sealed_without_git(tmp_path / "here", WIDE, "*.csv filter=lfs -text\n", is_old, config)
    assert git(root, "show", f"HEAD:{FILE}").startswith("version https://git-lfs")
    found = check(root)
    assert codes(found) == ["KPI652"]
    assert "it depends on the filter `lfs`, which a clone may lack" in found
    git(root, "config", "--global", "--remove-section", "filter.lfs")
    there = clone(root, tmp_path / "there")
    found = check(there)
    assert codes(found) == ["KPI609"]
    assert "`files/a.csv` is the placeholder of Git LFS here, not the file itself" in found
    (there / FILE).write_bytes(WIDE)
    (there / ".gitattributes").write_text(f"{KEPT}\n", "utf-8")
    git(there, "add", ".")
    assert check(there) == "", "the file itself, in git itself"


@pytest.mark.parametrize("is_old", [False, True])
def test_a_file_that_was_replaced_is_named(tmp_path: Path, is_old: bool) -> None:
    root = sealed_without_git(tmp_path / "here", CRLF, f"{KEPT}\n", is_old, {})
    (root / FILE).write_bytes(b"other\n")
    found = check(root)
    assert codes(found) == ["KPI609"]
    short = (file_digest(b"other\n")[:12], file_digest(CRLF)[:12])
    assert "`files/a.csv` is another file now (SHA-256 {}, sealed {})".format(*short) in found
    edit(root, "calls: 80", "calls: 81", REVIEW)
    assert "its fields, the rules' scoring part, or the published block" in check(root)


def test_bytes_that_no_commit_holds_can_be_amended(tmp_path: Path) -> None:
    """The file was replaced between publication and the first commit: the digest is in the `published` block."""
    root = repository(tmp_path, CRLF, f"{KEPT}\n")
    publish(root)
    (root / FILE).write_bytes(b"other\n")
    commit(root, "published, with another file")
    assert codes(check(root)) == ["KPI609"]
    said = run(root, "amend", root / REVIEW, *WHY).stdout
    assert f"[-{file_digest(CRLF)}-]{{+{file_digest((root / FILE).read_bytes())}+}}" in said
    assert check(root, "--base", "HEAD") == ""


def test_the_record_of_files_is_sealed(tmp_path: Path) -> None:
    root = repository(tmp_path, CRLF, f"{KEPT}\n")
    publish(root)
    text = (root / REVIEW).read_text("utf-8")
    line = f"  evidence:\n    - {{file: files/a.csv, sha256: {file_digest(CRLF)}}}\n"
    assert text.count(line) == 1
    for new in ("", line.replace("a.csv", "b.csv"), line.replace("sha256: ", "sha256: 0")[:-3] + "}\n"):
        (root / REVIEW).write_text(text.replace(line, new), "utf-8")
        assert codes(check(root)), new
    flat = text.replace(line, line.replace("\n    - ", " [").replace("}\n", "}]\n"))
    (root / REVIEW).write_text(flat, "utf-8")
    assert check(root) == ""
