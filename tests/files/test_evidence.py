"""Which files may be evidence: kinds by every ending of a name, and what begins like a page."""

from __future__ import annotations

import json
import re
import shutil
from contextlib import closing
from pathlib import Path
from threading import Thread
from urllib.request import urlopen

import pytest

from kpigen.base.kinds import KINDS, is_page, refused_ending
from kpigen.repository.checks.project import check
from kpigen.repository.lifecycle.amend import amend
from kpigen.repository.project import load
from kpigen.scoring.content import seal_of
from kpigen.site.pdf import PdfUnavailable
from kpigen.site.preview.server import Server
from kpigen.site.preview.session import Session
from tests.helpers.forms import ROOT, run
from tests.helpers.sample import bytes_of
from tests.helpers.sites import recommended
from tests.helpers.tiny import REVIEW, TINY, TINY_RULE, check_files, codes_of, publish, tree_of, with_fields

ALLOWED = [
    *(f"files/a.{ending}" for group in KINDS for ending in group),
    "回访.PDF",
    "通话 2026.03.15.mp3",
    "表 v1.2.xlsx",
    "2026.Q1.csv",
    "客服.回访.记录.docx",
    "一 2.3 最终.pdf",
    "a.pdf.zip",
    "scan.1.2.3.jpeg",
    "a.html/b.pdf",
]
REFUSED = {
    # pages and what is shown as one
    **dict.fromkeys(["a.html", "a.htm", "a.shtml", "a.shtm", "a.stm", "a.xhtml", "a.xhtm", "a.xht", "a.phtml"]),
    **dict.fromkeys(["a.svg", "a.svgz", "a.xml", "a.xsl", "a.xslt", "a.rss", "a.atom", "a.mathml", "a.rdf", "a.xul"]),
    **dict.fromkeys(
        ["a.mht", "a.mhtml", "a.hta", "a.htc", "a.vml", "a.wml", "a.swf", "a.jar", "a.pac", "a.webarchive"]
    ),
    # what runs on the server or the desk
    **dict.fromkeys(
        ["a.js", "a.mjs", "a.wasm", "a.php", "a.cgi", "a.jsp", "a.asp", "a.aspx", "a.exe", "a.lnk", "a.url"]
    ),
    **dict.fromkeys(["a.xlsm", "a.docm", "a.pptm", "a.bat", "a.vbs", "a.ps1", "a.sh", "a.config", "a.json", "a.gz"]),
    # any writing
    **dict.fromkeys(["A.SHTML", "a.HtMl", "a.ｈｔｍｌ", "a.ht\u200bml", "a.html ", "a.html.", "a.pdf ", "a.pdf.", "a"]),
    **dict.fromkeys(["a.pdf;b", "a.html::$DATA", "a.html#.pdf\u202e", "files/页面.网页"]),
    # inside the name
    "a.php.pdf": ".php",
    "a.SHTML.pdf": ".shtml",
    "a.ｓｖｇ.png": ".svg",
    "a.html .pdf": ".html",
    "a.ht\u200bml.pdf": ".html",
    "a.svgz.2.png": ".svgz",
    "a.html%00.pdf": ".html%00",
    "a.final.pdf": ".final",
    "a.b.var.pdf": ".b",
}


@pytest.mark.parametrize("name", ALLOWED)
def test_kinds_that_are_allowed(name: str) -> None:
    assert refused_ending(name) is None


@pytest.mark.parametrize("name", REFUSED)
def test_all_other_kinds_are_refused(name: str) -> None:
    assert refused_ending(name) is not None
    assert REFUSED[name] in (None, refused_ending(name))
    fields = f"metrics: {{calls: 80}}\nevidence: {{calls: [{json.dumps(f'files/{name}')}]}}\n"
    files = {TINY: TINY_RULE, REVIEW: with_fields(fields), f"reviews/2026-01/files/{name}": "1"}
    assert "KPI337" in codes_of(check_files(files))


PAGES = {
    b"<html>": True,
    b"\xef\xbb\xbf \r\n\t<!DOCTYPE html>": True,
    b"<SVG xmlns='http://www.w3.org/2000/svg'>": True,
    b"<?xml version='1.0'?><svg/>": True,
    b"<script>alert(1)</script>": True,
    b"<table><tr><td>": True,
    b"\0 <iframe src=x>": True,
    b"<!-- x --><html>": True,
    b"%PDF-1.7 <html>": False,
    b"<10%,3\n": False,
    b"<abc>@example.com": False,
    b"a <html>": False,
    b"": False,
}


@pytest.mark.parametrize("head", PAGES)
def test_what_begins_like_a_page_is_one(head: bytes) -> None:
    assert is_page(head) is PAGES[head]


def published_with(name: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, str | bytes]:
    """Return a review that was published when this kind of evidence was still allowed."""
    fields = f"metrics: {{calls: 80}}\nevidence: {{calls: [{json.dumps(name)}]}}\n"
    with monkeypatch.context() as patch:
        patch.setattr("kpigen.files.evidence.refused_ending", lambda _: None)
        patch.setattr("kpigen.files.evidence.is_page", lambda _: False)
        files = {TINY: TINY_RULE, REVIEW: with_fields(fields), f"reviews/2026-01/{name}": "<html>1"}
        return publish(files)


@pytest.mark.parametrize("name", ["files/a.shtml", "files/a.php.pdf", "files/list", "a.SVGZ", "files/a.txt"])
def test_a_published_review_keeps_its_seal(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = published_with(name, monkeypatch)
    assert set(codes_of(check_files(files))) == {"KPI339"}
    record = check(load(tree_of(**files)))[0][0]
    assert record.review.published is not None
    assert record.review.published.seal == seal_of(record.review, record.digest)
    for path, data in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data if isinstance(data, bytes) else data.encode())
    (tmp_path / "kpigen.toml").write_text("", "utf-8")
    run(tmp_path, "build", "--no-pdf")
    folder = "people/A-1/2026-01/evidence/"
    served = [path for path in bytes_of(tmp_path / "site") if path.startswith(folder)]
    assert len(served) == 1
    assert refused_ending(served[0].replace(".bin", ".zip")) is None, "no ending but the last, which is harmless"
    page = (tmp_path / "site/people/A-1/2026-01/tiny.html").read_text("utf-8")
    assert f'href="{served[0].removeprefix("people/A-1/2026-01/")}" download>{name}</a>' in page
    shutil.rmtree(tmp_path / "site")


def test_an_amendment_cannot_add_a_kind_that_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    files = published_with("files/a.shtml", monkeypatch)
    published = load(tree_of(**files)).review(REVIEW)
    assert published is not None
    files["reviews/2026-01/files/b.svgz"] = "1"
    for name, code in (("files/a.shtml, https://example.com/a", None), ("files/a.shtml, files/b.svgz", "KPI337")):
        tree = tree_of(**{**files, REVIEW: bytes(files[REVIEW]).replace(b'"files/a.shtml"', name.encode())})
        project = load(tree)
        review = project.review(REVIEW)
        assert review is not None
        change, found = amend(project, tree, review, published, "x", "x", "2026-04-01")
        assert (change is None, [item.code for item in found if item.is_error]) == (
            code is not None,
            [code] if code else [],
        )


def test_the_preview_never_shows_evidence(tmp_path: Path) -> None:
    fields = "metrics: {calls: 80}\nevidence: {calls: [files/a.csv, files/b.pdf]}\n"
    files = {TINY: TINY_RULE, REVIEW: with_fields(fields), "reviews/2026-01/files/a.csv": "<p>1"[1:], "kpigen.toml": ""}
    for path, text in {**files, "reviews/2026-01/files/b.pdf": "%PDF-1.7"}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    wanted = recommended("evidence/")
    wanted["Cache-Control"] = "no-store"  # a preview changes at every save
    session = Session(tmp_path, True, lambda _: PdfUnavailable("", ""))
    with closing(Server(session, "127.0.0.1", 0, lambda _: None)) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        for name in ("files/a.csv", "files/b.pdf"):
            with urlopen(f"{server.address}people/A-1/2026-01/evidence/{name}") as response:
                assert wanted == {name: response.headers[name] for name in wanted}
                assert wanted["Content-Disposition"] == "attachment"
        with urlopen(f"{server.address}people/A-1/2026-01/tiny.html") as response:
            assert response.headers["Content-Disposition"] is None
        server.shutdown()


def test_the_documentation_lists_all_kinds() -> None:
    text = (ROOT / "docs/reviews.md").read_text("utf-8")
    table = text[text.index("| kind | endings |") :].partition("\n\n")[0]
    assert sorted(re.findall(r"`(\w+)`", table)) == sorted(ending for group in KINDS for ending in group)
