"""`kpigen serve`: real saves reach the page, problems stand on it, nobody else reads it.

Most of it is asked of a real server in a process of its own; what is remembered between two saves is held against what
a fresh start finds.
"""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from kpigen.base.sources import WorkTree
from kpigen.site.output.artifacts import artifacts
from kpigen.site.pages.plan import batches, plan
from kpigen.site.pdf import PdfUnavailable
from kpigen.site.preview.responses import answer
from kpigen.site.preview.session import Session
from kpigen.site.render.render import Renderer
from tests.helpers.forms import ROOT, run, unclosed
from tests.helpers.tiny import DRAFT, REVIEW, TINY, publish, tiny

PAGE = "people/A-1/2026-01/tiny.html"
PEOPLE = "id,name,login,email,department,position,manager,form,from,to\nA-1,甲,a1,,客服部,客服,M-1,tiny,,\nM-1,丁,m1,,,,,,,\n"
PROBLEMS = "_kpigen/en/problems.html"


def lay_out(root: Path, files: dict[str, str | bytes]) -> Path:
    for name, data in {"kpigen.toml": 'languages = ["zh", "en"]\n', "reviews/people.csv": PEOPLE, **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return root


def draft_of(id_: str, calls: str = "80") -> dict[str, str | bytes]:
    return {REVIEW.replace("A-1", id_): DRAFT.replace("A-1", id_).replace("calls: 80", f"calls: {calls}")}


@dataclass
class Preview:
    """A running `kpigen serve`."""

    root: Path
    process: subprocess.Popen[str]
    url: str
    said: list[str] = field(default_factory=list)
    listener: Thread | None = None

    @property
    def place(self) -> tuple[str, int]:
        parts = urlsplit(self.url)
        return parts.hostname or "", parts.port or 0

    def ask(self, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], str]:
        """Status, headers and text of an answer; the path goes out as it is written."""
        connection = http.client.HTTPConnection(*self.place, timeout=20)
        connection.putrequest(method, f"/{path}", skip_host="Host" in headers)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        with connection.getresponse() as response:
            return response.status, dict(response.getheaders()), response.read().decode("utf-8", "replace")

    def text(self, path: str, status: int = 200) -> str:
        found, _, text = self.ask(path)
        assert found == status, (path, found, text)
        return text

    def events(self) -> Iterator[int]:
        """The numbers that a browser is told."""
        connection = http.client.HTTPConnection(*self.place, timeout=20)
        connection.request("GET", "/_kpigen/events")
        with connection.getresponse() as response:
            assert response.getheader("Content-Type") == "text/event-stream"
            for line in response:
                if line.startswith(b"data:"):
                    yield int(line[5:])

    def save(self, **files: str | None) -> float:
        """Write (or with None delete) files, wait until the browser is told, and give the seconds that it took."""
        events = self.events()
        first = next(events)
        started = time.perf_counter()
        for name, text in files.items():
            if text is None:
                (self.root / name).unlink()
            else:
                (self.root / name).parent.mkdir(parents=True, exist_ok=True)
                (self.root / name).write_text(text, "utf-8")
        assert next(events) > first
        took = time.perf_counter() - started
        events.close()  # type: ignore[attr-defined]
        return took

    def hears(self, pattern: str, after: int = 0) -> str:
        """Wait until the terminal has said something."""
        until = time.monotonic() + 10
        while time.monotonic() < until:
            text = "".join(self.said[after:])
            if re.search(pattern, text):
                return text
            time.sleep(0.02)
        raise AssertionError((pattern, self.said))


def start(root: Path, *options: str) -> Preview:
    process = subprocess.Popen(
        [sys.executable, "-m", "kpigen", "--root", str(root), "serve", "--port", "0", *options],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT)}, cwd=root,
    )  # fmt: skip
    assert process.stdout is not None
    preview = Preview(root, process, process.stdout.readline().split(" ")[0])

    def listen() -> None:
        assert process.stderr is not None
        preview.said.extend(iter(process.stderr.readline, ""))

    preview.listener = Thread(target=listen, daemon=True)
    preview.listener.start()
    return preview


def stop(preview: Preview) -> float:
    """End it as Ctrl-C does."""
    started = time.perf_counter()
    preview.process.send_signal(signal.SIGINT)
    assert preview.process.wait(10) == 0
    took = time.perf_counter() - started
    assert preview.process.stdout is not None
    assert preview.process.stderr is not None
    assert preview.listener is not None
    preview.listener.join(5)
    for stream in (preview.process.stdout, preview.process.stderr):
        stream.close()
    assert "Traceback" not in "".join(preview.said)
    return took


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Preview]:
    """One server for all tests that leave the repository as they found it."""
    files = {**publish(tiny()), **draft_of("A-2", "71"), **draft_of("A-3", "72")}
    people = PEOPLE + "A-2,甲,,,,,M-1,,,\nA-3,甲,,,,,M-1,,,\nA-4,甲,,,,,,,,\n"
    preview = start(lay_out(tmp_path_factory.mktemp("served"), {**files, "reviews/people.csv": people}))
    yield preview
    stop(preview)


# --- what a save does --------------------------------------------------------------------------------------------------


def test_a_save_is_on_the_page_within_two_seconds(served: Preview) -> None:
    path = REVIEW.replace("A-1", "A-2")
    old = (served.root / path).read_text("utf-8")
    page = PAGE.replace("A-1", "A-2")
    assert "71.00" in served.text(page)
    heard = len(served.said)
    took = served.save(**{path: old.replace("calls: 71", "calls: 93")})
    assert "93.00" in served.text(page)
    print(f"from the save to the event: {took:.2f} s")
    assert took < 2
    said = served.hears(r" s → ", heard)
    assert re.search(rf"^\d\d:\d\d:\d\d {path}: \d\.\d\d s → {served.url}{page}$", said, re.MULTILINE)
    assert "93.00" in served.text("people/A-2/"), "the person's own page"
    served.save(**{path: old})
    assert "71.00" in served.text(page)


def test_a_save_that_changes_nothing_reloads_nothing(served: Preview) -> None:
    path = served.root / REVIEW
    mark = served.text(f"_kpigen/state?page=/{PAGE}")
    events = served.events()
    first = next(events)
    path.write_bytes(path.read_bytes())
    time.sleep(0.6)
    other = REVIEW.replace("A-1", "A-3")
    old = (served.root / other).read_text("utf-8")
    (served.root / other).write_text(old + "\n一句。\n", "utf-8")
    assert next(events) == first + 1
    assert served.text(f"_kpigen/state?page=/{PAGE}") == mark, "a page that a save does not touch stays"
    served.save(**{other: old})


def test_what_cannot_be_read_stays_as_it_last_could_with_its_errors(served: Preview) -> None:
    path, page = REVIEW.replace("A-1", "A-3"), PAGE.replace("A-1", "A-3")
    old = (served.root / path).read_text("utf-8")
    heard = len(served.said)
    for broken, code in ((old.replace("calls: 72", "calls: 7 2"), "KPI313"), (old.replace("---\n", "", 1), "KPI1")):
        served.save(**{path: broken})
        text = served.text(page)
        assert "72.00" in text
        assert "最后一次可读取" in text
        assert re.search(rf'<li class="kpigen-error">\s*<a href="/{page}">{path}:\d+:\d+</a>', text)
        assert code in text
        assert {"KPI313": "写成", "KPI1": "考核文件以"}[code] in text, "findings are in the language of the page"
        assert not unclosed(text)
        assert re.search(rf"{path}:\d+:\d+: error\[{code}", served.hears(rf"error\[{code}", heard))
        assert code not in served.text(PAGE), "another report counts it in its bar, and no more"
        assert "1 个错误" in served.text(PAGE)
        problems = served.text(PROBLEMS)
        assert f'<a href="/{page.replace("/2026-01/", "/2026-01/en/")}">{path}:' in problems
        assert "1 error" in problems
    served.save(**{path: old.replace("72", "74")})
    text = served.text(page)
    assert "74.00" in text
    assert "最后一次可读取" not in text
    assert "0 个错误" in text
    served.hears("fixed: ", heard)
    served.save(**{path: old})


def test_an_edit_of_what_is_sealed_shows_with_its_error(served: Preview) -> None:
    old = (served.root / REVIEW).read_text("utf-8")
    served.save(**{REVIEW: old.replace("calls: 80", "calls: 95")})
    text = served.text(PAGE)
    assert "95.00" in text, "the edit is what one wants to see"
    assert "KPI609" in text
    assert "最后一次可读取" not in text
    served.save(**{REVIEW: old})
    assert "KPI609" not in served.text(PAGE)


def test_a_new_draft_is_shown_and_marked_and_goes_with_its_file(served: Preview) -> None:
    page = PAGE.replace("A-1", "A-4")
    assert served.ask(page)[0] == 404
    ((path, text),) = draft_of("A-4").items()
    served.save(**{path: str(text)})
    assert '<span class="status status-draft">草稿</span>' in served.text(page)
    assert f'href="/{page}"' in served.text("_kpigen/problems.html")
    assert "status-draft" not in served.text(PAGE)
    served.save(**{path: None})
    assert served.ask(page)[0] == 404


def test_a_review_that_was_never_readable_says_why_where_its_page_would_be(served: Preview) -> None:
    ((path, text),) = draft_of("A-4").items()
    served.save(**{path: str(text).replace("period: 2026-01", "period: soon")})
    missing = served.text(PAGE.replace("A-1", "A-4"), 404)
    assert f"{path}:3:9" in missing
    served.save(**{path: None})


def test_settings_roster_and_rules(served: Preview) -> None:
    settings, people, rule = (
        (served.root / name).read_text("utf-8") for name in ("kpigen.toml", "reviews/people.csv", TINY)
    )
    served.save(**{"kpigen.toml": settings + 'organisation = "某某公司"\n'})
    assert "某某公司" in served.text("")
    served.save(**{"kpigen.toml": settings + "organisation = \n"})
    assert "某某公司" in served.text(""), "the last settings that could be read"
    assert "KPI801" in served.text(PROBLEMS)
    served.save(**{"kpigen.toml": settings})
    served.save(**{"reviews/people.csv": people.replace("丁", "戊")})
    assert "戊" in served.text(PAGE)
    served.save(**{"reviews/people.csv": people})
    served.save(**{TINY: rule.replace("zh: 小表", "zh: 大表")})
    assert "大表" in served.text(PAGE)
    served.save(**{TINY: rule.replace("weight: 100", "weight: heavy")})
    assert "大表" in served.text(PAGE)
    form = served.text("forms/tiny/2026-01.html")
    assert f"{TINY}:" in form, "a form's page has its own findings"
    served.save(**{TINY: rule})
    assert "小表" in served.text(PAGE)
    assert "0 个错误" in served.text(PAGE)


@pytest.mark.parametrize(
    ("template", "line"), [("a\n{{ view.form_count + 'x' }}\n", 2), ("a\nb\n{% if %}\n", 3), ("{{ nothing }}\n", 1)]
)
def test_a_broken_template_shows_as_a_page_and_in_the_terminal(served: Preview, template: str, line: int) -> None:
    heard = len(served.said)
    served.save(**{"templates/landing.html": template})
    text = served.text("", 500)
    assert "此页无法生成" in text
    assert f"templates/landing.html:{line}:1" in text
    assert not unclosed(text)
    assert f"templates/landing.html:{line}:1: error[KPI706]" in served.hears("KPI706", heard)
    assert "KPI706" in served.text(PROBLEMS)
    assert served.ask(PAGE)[0] == 200
    served.save(**{"templates/landing.html": "<!doctype html><title>x</title>甲乙丙"})
    plain = served.text("")
    assert "甲乙丙" in plain
    assert "live.js" in plain, "a template without a body is reloaded too"
    assert "KPI706" not in served.text(PROBLEMS)
    served.save(**{"templates/landing.html": None})


# --- who may ask, and for what -------------------------------------------------------------------------------------------


def test_only_this_machine_can_connect(served: Preview) -> None:
    port = f"{served.place[1]:04X}"
    lines = [
        line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]
    ]
    listening = {line[1] for line in lines if line[3] == "0A" and line[1].endswith(f":{port}")}
    assert listening == {f"0100007F:{port}"}


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:{}", 200), ("localhost:{}", 200), ("localhost", 200), ("LOCALHOST.:{}", 200), ("[::1]:{}", 200),
        ("evil.example:{}", 403), ("evil.example", 403), ("127.0.0.1.evil.example:{}", 403), ("192.0.2.7:{}", 403), ("", 403),
        ("localhost@evil.example", 403), ("[", 403),
    ],
)  # fmt: skip
def test_a_foreign_name_is_refused(served: Preview, host: str, status: int) -> None:
    for path in (PAGE, "_kpigen/events" if status == 403 else "", PROBLEMS):
        assert served.ask(path, Host=host.format(served.place[1]))[0] == status


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_it_can_only_be_read(served: Preview, method: str) -> None:
    status, headers, _ = served.ask(PAGE, method)
    assert (status, headers["Allow"]) == (405, "GET, HEAD")


def test_head_gives_the_headers_alone(served: Preview) -> None:
    status, headers, text = served.ask(PAGE, "HEAD")
    assert (status, text) == (200, "")
    assert int(headers["Content-Length"]) == len(served.text(PAGE).encode())


@pytest.mark.parametrize(
    "path",
    ["../kpigen.toml", "%2e%2e/kpigen.toml", "people/../../kpigen.toml", "..%2f..%2fetc/passwd", "//etc/passwd", "kpigen.toml",
     "reviews/people.csv", "people/A-1/..%5c..%5ckpigen.toml", "people/%00", REVIEW, "_kpigen/../kpigen.toml",
     "_kpigen/base.html", "_kpigen/", "assets/../../kpigen.toml", "templates/base.html"],
)  # fmt: skip
def test_nothing_but_the_site_is_served(served: Preview, path: str) -> None:
    status, _, text = served.ask(path)
    assert status in (400, 404)
    assert "languages =" not in text
    assert "login" not in text


def test_headers_keep_pages_out_of_caches_and_foreign_pages(served: Preview) -> None:
    for path in (PAGE, "", PROBLEMS, "seals.json", "assets/kpigen.css", "nothing.html"):
        _, headers, _ = served.ask(path)
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
    assert served.ask("seals.json")[1]["Content-Type"] == "application/json"
    assert served.ask("assets/icon.svg")[1]["Content-Type"] == "image/svg+xml"


def test_folders_and_what_lies_near_a_missing_page(served: Preview) -> None:
    status, headers, _ = served.ask("people/A-1")
    assert (status, headers["Location"]) == (302, "/people/A-1/")
    assert served.text("people/A-1/") == served.text("people/A-1/index.html")
    missing = served.text("people/A-1/2026-02/tiny.html", 404)
    assert 'href="/people/A-1/2026-01/"' in missing
    folder = served.text("people/A-1/2026-01/", 404)
    assert f'href="/{PAGE}"' in folder
    assert "kpigen log" in served.text("hr/audit/index.html", 404), "hr/ links to it"


def test_the_preview_has_both_languages(served: Preview) -> None:
    assert "实时预览" in served.text(PAGE)
    assert "Live preview" in served.text(PAGE.replace("/2026-01/", "/2026-01/en/"))
    assert "Problems" in served.text(PROBLEMS)
    assert "没有问题" in served.text("_kpigen/problems.html") or "警告" in served.text("_kpigen/problems.html")


# --- beginning and end ---------------------------------------------------------------------------------------------------


def test_ctrl_c_ends_it_quietly_whoever_is_connected(tmp_path: Path) -> None:
    preview = start(lay_out(tmp_path, tiny()), "--no-drafts")
    assert preview.ask(PAGE)[0] == 404, "a draft, and drafts are left out"
    events = preview.events()
    next(events)
    with socket.create_connection(preview.place):  # says nothing, as browsers do in advance
        assert stop(preview) < 3
    assert list(events) == []
    assert not (tmp_path / "site").exists()


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    lay_out(tmp_path, tiny())
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = run(tmp_path, "serve", "--port", port, code=1)
    assert f"cannot listen on 127.0.0.1 port {port}: in use" in result.stderr
    assert "--port 0" in result.stderr
    assert "no-such-host.invalid" in run(tmp_path, "serve", "--host", "no-such-host.invalid", code=1).stderr


def test_others_reach_it_only_after_a_warning(tmp_path: Path) -> None:
    preview = start(lay_out(tmp_path, tiny()), "--host", "0.0.0.0")
    try:
        assert "warning: anyone who can reach 0.0.0.0 can read everything" in preview.hears("warning")
        assert preview.ask(PAGE, Host="192.0.2.7:80")[0] == 200
        assert preview.ask(PAGE, Host="evil.example")[0] == 403
    finally:
        stop(preview)


def test_a_built_site_has_nothing_of_the_preview(tmp_path: Path) -> None:
    lay_out(tmp_path, publish(tiny()))
    run(tmp_path, "build", "--no-pdf")
    files = [path for path in (tmp_path / "site").rglob("*") if path.is_file()]
    assert len(files) > 10
    assert not [path for path in files if b"_kpigen" in path.read_bytes() or "live" in path.name]


# --- what is remembered --------------------------------------------------------------------------------------------------


def everything(session: Session) -> tuple[list[str], dict[str, bytes]]:
    """All findings and all files that a preview would give."""
    site = session.shown.snapshot.site
    files = {
        item.path: item.make() for item in artifacts(site, Renderer(session.root), None, WorkTree(session.root).read)
    }
    return [f"{item.span} {item.code} {item.message}" for item in session.found], files


def test_what_is_remembered_is_what_a_fresh_start_finds(tmp_path: Path) -> None:
    """A series of saves of every kind; after each, the preview that saw them all and one that starts now are alike."""
    shutil.copytree(ROOT / "rules", tmp_path / "rules")
    shutil.copytree(ROOT / "reviews", tmp_path / "reviews")
    (tmp_path / "kpigen.toml").write_text('languages = ["zh", "en"]\n', "utf-8")
    late = sorted((tmp_path / "reviews/2026-06").glob("*.md"))
    evidence = next((tmp_path / "reviews/2026-02/files").iterdir())
    saves: list[tuple[Path, str, str]] = [
        (late[0], "name: ", "name: 小"),
        (late[0], "status: ", "status: x"),
        (late[0], "status: x", "status: "),
        (evidence, "", "一行\n"),
        (tmp_path / "reviews/people.csv", "OP-0001", "OP-0009"),
        (tmp_path / "rules/front-desk/2026-01.yaml", "weight: 10", "weight: 11"),
        (tmp_path / "rules/front-desk/2026-01.yaml", "weight: 11", "weight: 10"),
        (tmp_path / "rules/cs-latest/2026-01.yaml", "title: {zh: ", "title: {zh: 新"),
        (tmp_path / "kpigen.toml", '"zh", "en"', '"en"'),
    ]
    session = Session(tmp_path, True, lambda _: PdfUnavailable("", ""))
    seen = set()
    for path, old, new in saves:
        text = path.read_text("utf-8")
        assert old in text, (path, old)
        path.write_text(text.replace(old, new) if old else new + text, "utf-8")
        session.refresh()
        fresh = Session(tmp_path, True, lambda _: PdfUnavailable("", ""))
        assert everything(session)[0] == everything(fresh)[0], path
        if not any(item.is_error for item in fresh.shown.snapshot.project.problems):
            assert everything(session)[1] == everything(fresh)[1], path
        seen.add(tuple(everything(fresh)[0]))
    late[0].unlink()
    assert session.refresh() is not None
    assert everything(session) == everything(Session(tmp_path, True, lambda _: PdfUnavailable("", "")))
    assert session.refresh() is None
    assert len(seen) >= 5


def test_the_page_of_a_form_that_no_review_uses_yet_follows_its_file(tmp_path: Path) -> None:
    """A form is seen while it is written, with its examples; while something is wrong with it, as it was last right."""
    path, page = tmp_path / "rules/sales/2026-01.yaml", "forms/sales/2026-01.html"
    path.parent.mkdir(parents=True)
    shutil.copy(ROOT / "templates/forms/sales/2026-01.yaml", path)
    (tmp_path / "kpigen.toml").write_text('languages = ["zh", "en"]\n', "utf-8")
    session = Session(tmp_path, True, lambda _: PdfUnavailable("", ""))
    assert (everything(session)[0], b"97.50" in everything(session)[1][page]) == ([], True)
    right = path.read_text("utf-8")
    path.write_text(right.replace("total: 97.50", "total: 97.51"), "utf-8")
    session.refresh()
    found, files = everything(session)
    assert ([line.split()[1] for line in found], b"97.50" in files[page]) == (["KPI515"], True)
    for old, new in (
        ("weight: 30", "weight: 10"),
        ("weight: 20", "weight: 40"),
        ("97.50", "92.50"),
        ("25.00", "30.00"),
    ):
        right = right.replace(old, new)
    path.write_text(right, "utf-8")
    session.refresh()
    found, files = everything(session)
    assert (found, b"92.50" in files[page]) == ([], True)


def test_only_what_changed_is_read_and_scored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay_out(tmp_path, {**tiny(), **draft_of("A-2"), **draft_of("A-3")})
    session = Session(tmp_path, True, lambda _: PdfUnavailable("", ""))
    from kpigen.site.preview import memory

    worked: list[str] = []
    for name in ("read_review", "make_record"):
        real = getattr(memory, name)

        def counting(first: object, second: object, *args: object, real: object = real, name: str = name) -> object:
            worked.append(f"{name} {first if name == 'read_review' else second.path}")  # type: ignore[attr-defined]
            return real(first, second, *args)  # type: ignore[operator]

        monkeypatch.setattr(memory, name, counting)
    path = tmp_path / REVIEW
    path.write_text(path.read_text("utf-8").replace("80", "81"), "utf-8")
    session.refresh()
    assert worked == [f"read_review {REVIEW}", f"make_record {REVIEW}"]


def test_a_batch_of_pages_lies_where_it_says() -> None:
    tree = WorkTree(ROOT)
    session = Session(ROOT, True, lambda _: PdfUnavailable("", ""))
    site = session.shown.snapshot.site
    made = 0
    for batch in batches(site):
        for page in batch.make():
            assert (page.folder, page.readers) == (batch.folder, batch.readers), page.path
            assert page.path.startswith(batch.folder)
            made += 1
    assert made == len(list(plan(site))) > 100
    for artifact in artifacts(site, Renderer(ROOT), None, tree.read):
        assert session.shown.library.find(artifact.path) is not None, artifact.path


def test_a_pdf_is_made_when_it_is_asked_for(tmp_path: Path) -> None:
    lay_out(tmp_path, publish(tiny()))
    asked = []

    def none_here(_: object) -> PdfUnavailable:
        asked.append(1)
        return PdfUnavailable("there is no font", "Run: something")

    session = Session(tmp_path, True, none_here)
    assert answer(session, f"/{PAGE}").status == 200
    assert asked == []
    reply = answer(session, "/" + PAGE.replace(".html", ".pdf"))
    assert (reply.status, asked) == (503, [1])
    assert "there is no font" in reply.body.decode()
    assert "Run: something" in reply.body.decode()


def test_a_real_pdf(served: Preview) -> None:
    status, headers, text = served.ask(PAGE.replace(".html", ".pdf"))
    assert (status, headers["Content-Type"]) == (200, "application/pdf")
    assert text.startswith("%PDF-")


def test_links_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.csv").write_text("secret", "utf-8")
    root = tmp_path / "repository"
    metric = "metrics:\n  calls: 80\nevidence:\n  calls: [files/secret.csv]\n"
    lay_out(root, tiny(("metrics:\n  calls: 80\n", metric)))
    folder = (root / REVIEW).parent / "files"
    page = "/people/A-1/2026-01/evidence/files/secret.csv"
    folder.symlink_to(outside)
    session = Session(root, True, lambda _: PdfUnavailable("", ""))
    assert "KPI3" in " ".join(item.code for item in session.found if item.is_error)
    assert answer(session, page).status == 404
    folder.unlink()
    folder.mkdir()
    (folder / "secret.csv").write_text("open", "utf-8")
    session.refresh()
    assert answer(session, page).body == b"open"
    (folder / "secret.csv").unlink()
    (folder / "secret.csv").symlink_to(outside / "secret.csv")
    assert answer(session, page).status == 404, "before anybody has looked again"


@pytest.mark.parametrize("place", ["report.html", "look/tokens.css", "assets/kpigen.css", "print", "pipe.html"])
def test_a_template_that_is_not_read_is_told_and_not_replaced(tmp_path: Path, place: str) -> None:
    lay_out(tmp_path, {**tiny(), "templates/README.md": ""})
    link = tmp_path / "templates" / place
    link.parent.mkdir(exist_ok=True)
    os.mkfifo(link) if place.startswith("pipe") else link.symlink_to("/etc/hostname")
    session = Session(tmp_path, True, lambda _: PdfUnavailable("", ""))
    assert {"KPI119" if link.is_symlink() else "KPI131"} <= {item.code for item in session.found}
    statuses = {path: answer(session, path).status for path in ("/people/A-1/2026-01/tiny.html", "/assets/kpigen.css")}
    assert set(statuses.values()) <= {200, 500}
    assert (statuses["/people/A-1/2026-01/tiny.html"] == 500) is (place == "report.html")
    link.unlink()
    session.refresh()
    assert {item.code for item in session.found} <= {"KPI432"}
    assert answer(session, "/people/A-1/2026-01/tiny.html").status == 200


# --- in a browser --------------------------------------------------------------------------------------------------------


def test_a_browser_follows_every_save_and_keeps_its_place(tmp_path: Path, browser: Browser) -> None:
    root = lay_out(tmp_path, {**tiny(), "reviews/people.csv": PEOPLE})
    for index in range(40):  # something to scroll through
        (root / REVIEW).write_text((root / REVIEW).read_text("utf-8") + f"\n第{index}段。\n", "utf-8")
    preview = start(root)
    said: list[str] = []
    page = browser.new_page(viewport={"width": 900, "height": 500})
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(preview.url + PAGE)
    figure = page.locator(".figure")
    expect(figure).to_have_text("80.00")
    page.locator("details.row > summary").first.click()
    page.evaluate("scrollTo(0, 600)")
    place = page.evaluate("scrollY")
    assert place > 200
    old = (root / REVIEW).read_text("utf-8")

    started = time.perf_counter()
    (root / REVIEW).write_text(old.replace("calls: 80", "calls: 96"), "utf-8")
    expect(figure).to_have_text("96.00")
    took = time.perf_counter() - started
    print(f"from the save to the new number in the browser: {took:.2f} s")
    assert took < 3
    # The new page shows its number before its script has opened and scrolled what was.
    expect(page.locator("details.row").first).to_have_attribute("open", "")
    page.wait_for_function("place => Math.abs(scrollY - place) < 60", arg=place)

    (root / REVIEW).write_text(old.replace("calls: 80", "calls: many"), "utf-8")
    expect(page.locator(".kpigen-error")).to_have_count(1)
    expect(figure).to_have_text("96.00")
    (root / REVIEW).write_text(old, "utf-8")
    expect(figure).to_have_text("80.00")
    expect(page.locator(".kpigen-error")).to_have_count(0)
    expect(page.locator(".kpigen-away")).to_be_hidden()
    assert said == []
    stop(preview)
    expect(page.locator(".kpigen-away")).to_be_visible()
    page.close()
