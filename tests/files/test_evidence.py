"""Which files may be evidence: kinds by every ending of a name, and what begins like a page."""

from __future__ import annotations

import json
import re
import shutil
from contextlib import closing
from pathlib import Path, PurePosixPath
from threading import Thread
from urllib.request import urlopen

import pytest

from kpigen.base.kinds import KINDS, is_of_its_kind, is_page, refused_ending
from kpigen.base.names import trouble_of
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
    **dict.fromkeys(["a.pdf;b", "a.txt:b", "a.txt:b.pdf", "a.html::$DATA", "a.html#.pdf\u202e", "files/页面.网页"]),
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


#: A page that reads with the permissions of whoever opens it, and leaves for another place.
PAGE = "<html><meta http-equiv=refresh content='0;url=/away'><script>fetch('/hr/access.json')</script>"

PAGES = {
    b"<html>": True,
    b"\xef\xbb\xbf \r\n\t<!DOCTYPE html>": True,
    b"<SVG xmlns='http://www.w3.org/2000/svg'>": True,
    b"<?xml version='1.0'?><svg/>": True,
    b"<script>alert(1)</script>": True,
    b"<table><tr><td>": True,
    b"\0 <iframe src=x>": True,
    b"<!-- x --><html>": True,
    "\ufeff<html>".encode("utf-16-le"): True,
    "\ufeff \r\n<!DOCTYPE html>".encode("utf-16-be"): True,
    "<script>".encode("utf-16-le"): True,
    "\ufeff<svg/>".encode("utf-32-le"): True,
    b"<meta http-equiv=refresh content='0;url=//a.example'>": True,
    b"<img src=x onerror=alert(1)>": True,
    b"<math><mi>": True,
    b"<svg:svg xmlns:svg='http://www.w3.org/2000/svg'>": True,
    b"<xsl:stylesheet version='1.0'>": True,
    b"<rss version='2.0'>": True,
    b"<?php system($_GET[0]);": True,
    b"<%@ page import='java.io' %>": True,
    b"<!--#include virtual='/hr/access.json' -->": True,
    b"</b><script>": True,
    b" " * 3000 + b"<html>": True,
    b"\xef\xbb\xbf\xef\xbb\xbf<html>": True,
    b"%PDF-1.7 <html>": False,
    b"<10%,3\n": False,
    b"<abc>@example.com": False,
    b"a <html>": False,
    b"<p.wang@example.com>": False,
    b"<bold>": False,
    b"<- x": False,
    b"": False,
}


@pytest.mark.parametrize("head", PAGES)
def test_what_begins_like_a_page_is_one(head: bytes) -> None:
    assert is_page(head) is PAGES[head]


ZIP, OLE, FTYP = b"PK\x03\x04\x14\0", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", b"\0\0\0\x18ftypheic"
PNG, JPEG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"\xff\xd8\xff\xe0\0\x10JFIF"
# a file → is it what its name says
CONTENTS = [
    ("a.pdf", b"%PDF-1.7\n%\xe2\xe3", True),
    ("a.PDF", b"%PDF-1.7\n<script>alert(1)</script>", True),  # a viewer reads a PDF, whatever else it could be
    ("a.pdf", b"\n%PDF-1.7", False),
    ("a.pdf", b"PK\x03\x04", False),
    ("a.pdf", b"text", False),
    ("a.pdf", b"", False),
    ("a.ofd", ZIP, True),
    ("a.ofd", b"%PDF-1.7", False),
    ("a.png", PNG, True),
    ("a.jpg", PNG, True),
    ("a.heic", FTYP, True),
    ("a.avif", FTYP, True),
    ("a.webp", b"RIFF\0\0\0\0WEBPVP8 ", True),
    ("a.webp", b"RIFF\0\0\0\0WAVEfmt ", False),
    ("a.bmp", b"BM6\0", True),
    ("a.tif", b"II*\0", True),
    ("a.gif", b"GIF89a/*", True),
    ("a.png", b"text", False),
    ("a.jpeg", b"%PDF-1.7", False),
    ("a.docx", ZIP, True),
    ("a.xlsx", OLE, True),  # with a password
    ("a.doc", b"{\\rtf1", True),
    ("a.xls", ZIP, True),
    ("a.et", OLE, True),
    ("a.xls", b"a\tb\n", False),
    ("a.rtf", b"{\\rtf1", True),
    ("a.rtf", ZIP, False),
    ("a.msg", OLE, True),
    ("a.eml", b"From: a@example.com\r\nSubject: x\r\n\r\n<html>", True),
    ("a.txt", "二月\t回访\r\n\f\x1b[1m".encode(), True),
    ("a.txt", "二月".encode("gb18030"), True),
    ("a.csv", "\ufeff二月,3".encode("utf-16-le"), True),
    ("a.csv", "\ufeff二月,3".encode("utf-16-be"), True),
    ("a.csv", "a,3".encode("utf-16-le"), False),
    ("a.md", b"", True),
    ("a.txt", b"%PDF-1.7", False),
    ("a.log", PNG, False),
    ("a.txt", b"MZ\x90\0", False),
    ("a.md", b"x" * 4000 + b"\0", False),
    ("a.mp3", b"ID3\x04", True),
    ("a.mp3", b"\xff\xfb\x90", True),
    ("a.m4a", b"\0\0\0\x20ftypM4A ", True),
    ("a.amr", b"#!AMR\n", True),
    ("a.mkv", b"\x1a\x45\xdf\xa3", True),
    ("a.mov", b"\0\0\0\x08wide", True),
    ("a.mp4", b"text", False),
    ("a.zip", ZIP, True),
    ("a.zip", b"PK\x05\x06", True),
    ("a.rar", b"7z\xbc\xaf\x27\x1c", True),
    ("a.zip", b"Rar!\x1a\x07\x01", True),
    ("a.7z", b"\x1f\x8b\x08", False),
]


@pytest.mark.parametrize(("name", "data", "fits"), CONTENTS)
def test_a_file_is_what_its_name_says(name: str, data: bytes, fits: bool) -> None:
    assert is_of_its_kind(name, data) is fits
    fields = f"metrics: {{calls: 80}}\nevidence: {{calls: [files/{name}]}}\n"
    files = {TINY: TINY_RULE, REVIEW: with_fields(fields), f"reviews/2026-01/files/{name}": data}
    assert codes_of(check_files(files)) == ([] if fits else ["KPI341"])


# names with an allowed ending → is it one that every system can hold
NAMES = {
    "files/附件：一.pdf": True,
    "files/带 空格&引号'.pdf": True,
    "files/é.pdf": True,
    "console.pdf": True,
    "COM.pdf": True,
    "com10.pdf": True,
    "a b/c.pdf": True,
    "./files/a.pdf": True,
    "CON.pdf": False,
    "files/nul.2026.pdf": False,
    "aux/a.pdf": False,
    "Com1.pdf": False,
    "lpt³.pdf": False,
    "CONIN$.pdf": False,
    "prn .pdf": False,
    "a:b.pdf": False,
    "a?.pdf": False,
    "a*.pdf": False,
    'a".pdf': False,
    "a<b>.pdf": False,
    "a|b.pdf": False,
    "files./a.pdf": False,
    "files /a.pdf": False,
    "a\u202efdp.pdf": False,
    "a\u200b.pdf": False,
    "a\u0007.pdf": False,
    "a\n.pdf": False,
    "a\u2066.pdf": False,
    "a\ufeff.pdf": False,
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_every_system_can_hold(name: str) -> None:
    assert (trouble_of(name) is None) is NAMES[name]
    fields = f"metrics: {{calls: 80}}\nevidence: {{calls: [{json.dumps(name)}]}}\n"
    files = {TINY: TINY_RULE, REVIEW: with_fields(fields)}
    files[str(PurePosixPath(f"reviews/2026-01/{name}"))] = "%PDF-1.7"
    errors = [item.code for item in check_files(files) if item.is_error and item.code != "KPI103"]
    assert errors == ([] if NAMES[name] else ["KPI342"])


ALIKE = [
    ("files/a.pdf", "files/A.pdf", True),
    ("files/a.pdf", "FILES/a.pdf", True),
    ("files/\u00e9.pdf", "files/e\u0301.pdf", True),
    ("files/ａ.pdf", "files/a.pdf", True),
    ("files/a.pdf", "files/a.PDF", True),
    ("files/a.pdf", "files/a.pdf", False),
    ("files/a.pdf", "more/a.pdf", False),
    ("files/a.pdf", "files/ä.pdf", False),
]


@pytest.mark.parametrize(("one", "other", "alike"), ALIKE)
def test_names_that_are_one_file_elsewhere(one: str, other: str, alike: bool) -> None:
    fields = f"metrics: {{calls: 80}}\nevidence: {{calls: {json.dumps([one, other])}}}\n"
    files = {TINY: TINY_RULE, REVIEW: with_fields(fields)}
    files |= {f"reviews/2026-01/{name}": "%PDF-1.7" for name in (one, other)}
    assert set(codes_of(check_files(files))) - {"KPI363"} == ({"KPI342"} if alike else set()), (
        "folders have a finding too"
    )


def published_with(name: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, str | bytes]:
    """Return a review that was published when this kind of evidence was still allowed."""
    fields = f"metrics: {{calls: 80}}\nevidence: {{calls: [{json.dumps(name)}]}}\n"
    with monkeypatch.context() as patch:
        patch.setattr("kpigen.files.review.refusal_of_name", lambda _: None)
        patch.setattr("kpigen.files.evidence.refusal_of_content", lambda *_: None)
        files: dict[str, str | bytes] = {TINY: TINY_RULE, REVIEW: with_fields(fields), f"reviews/2026-01/{name}": PAGE}
        return publish(files)


@pytest.mark.parametrize(
    "name",
    [
        "files/a.shtml", "files/a.php.pdf", "files/list", "files/a.txt", "files/a.png", "AUX/CON.txt", "files/a\u202e:b.txt",
    ],
)  # fmt: skip
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
    name_there = served[0].removeprefix(folder)
    assert re.fullmatch(r"(files/)?[\w-]+-[0-9a-f]{12}\.bin", name_there), "no ending but the last, which is harmless"
    assert trouble_of(name_there) is None
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


AMENDED = [
    ("files/b.pdf", "%PDF-1.7", None),
    ("files/b.svgz", "1", "KPI337"),
    ("files/b.txt", PAGE, "KPI337"),
    ("files/b.png", "1", "KPI341"),
    ("files/b:c.txt", "1", "KPI342"),
    ("files/a.txt", PAGE, "KPI337"),
    ("files/a.txt", "2", None),
]


@pytest.mark.parametrize(("name", "data", "code"), AMENDED)
def test_an_amendment_brings_only_what_a_new_review_could(name: str, data: str, code: str | None) -> None:
    fields = "metrics: {calls: 80}\nevidence: {calls: [files/a.txt]}\n"
    files = publish({TINY: TINY_RULE, REVIEW: with_fields(fields), "reviews/2026-01/files/a.txt": "1"})
    published = load(tree_of(**files)).review(REVIEW)
    assert published is not None
    text = bytes(files[REVIEW]).replace(b"[files/a.txt]", f'[files/a.txt, "{name}"]'.encode())
    tree = tree_of(**{**files, REVIEW: text, f"reviews/2026-01/{name}": data})
    project = load(tree)
    review = project.review(REVIEW)
    assert review is not None
    change, found = amend(project, tree, review, published, "x", "x", "2026-04-01")
    assert {item.code for item in found if item.is_error} == ({code} if code else set())
    assert (change is None) is (code is not None)


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
                given = {header: response.headers[header] for header in wanted}
                assert given == {**wanted, "Content-Disposition": f"attachment; filename*=UTF-8''{name[6:]}"}
        with urlopen(f"{server.address}people/A-1/2026-01/tiny.html") as response:
            assert response.headers["Content-Disposition"] is None
        server.shutdown()


def test_the_documentation_lists_all_kinds() -> None:
    text = (ROOT / "docs/reviews.md").read_text("utf-8")
    table = text[text.index("| kind | endings |") :].partition("\n\n")[0]
    assert sorted(re.findall(r"`(\w+)`", table)) == sorted(ending for group in KINDS for ending in group)
