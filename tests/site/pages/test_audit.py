"""The audit pages."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.helpers.forms import codes, run
from tests.helpers.history import allow, commit, drafts_repository, git, set_calls, sign_with_ssh
from tests.helpers.repositories import FILE, OTHER, edit, publish


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return drafts_repository(tmp_path / "r")


@pytest.fixture
def signing(root: Path, tmp_path: Path) -> Path:
    return sign_with_ssh(root, tmp_path)


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
    publish(root, FILE)
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
    publish(root, FILE)
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
    publish(root, FILE)
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
    publish(root, FILE)
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
    publish(root, FILE)
    commit(root, "publish")
    assert codes(build(root, code=1)) == ["KPI704"]
    assert list((tmp_path / "elsewhere").iterdir()) == []
