"""Evidence in a browser: nothing of it runs, reads the site or leaves it, whoever serves it. Needs Chromium.

Some of it is made to attack; each attack asks for `STOLEN` as soon as anything of it runs.
"""

from __future__ import annotations

import mimetypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Error, Page

from kpigen.base.kinds import KINDS, is_of_its_kind, is_page
from kpigen.site.pdf import PdfUnavailable
from kpigen.site.preview.server import Server
from kpigen.site.preview.session import Session
from tests.helpers.forms import run
from tests.helpers.sites import recommended
from tests.helpers.tiny import REVIEW, TINY, TINY_RULE, publish, with_fields

STOLEN = "/hr/access.json"
SCRIPT = f"<script>fetch('{STOLEN}')</script>"
LEAVE = f"<meta http-equiv=refresh content='0;url={STOLEN}'>"
PAGE = f"<!doctype html>{LEAVE}{SCRIPT}<img src='{STOLEN}'>"
#: What passes for a kind that is allowed, and carries a page.
POLYGLOTS = [
    *(
        begin + PAGE.encode()
        for begin in (b"%PDF-1.7\n", b"GIF89a/*", b"BM", b"\xff\xd8\xff\xe0", b"PK\x03\x04", b"ID3\x04")
    ),
    b"\x89PNG\r\n\x1a\n" + PAGE.encode(),
    b"RIFF\0\0\0\0WEBP" + PAGE.encode(),
    b"RIFF\0\0\0\0WAVE" + PAGE.encode(),
    b"\0\0\0\x18ftypheic" + PAGE.encode(),
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + PAGE.encode(),
    b"{\\rtf1 " + PAGE.encode(),
    b"7z\xbc\xaf\x27\x1c" + PAGE.encode(),
    ("x\n" + PAGE).encode(),
    ("\ufeffx " + PAGE).encode("utf-16-le"),
    f"MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n{PAGE}".encode(),
]


@dataclass
class Answers:
    """A server of this machine that gives these headers and bytes, and remembers what it was asked for."""

    files: dict[str, tuple[dict[str, str], bytes]]
    asked: list[str] = field(default_factory=list)
    origin: str = ""


@contextmanager
def answering(answers: Answers) -> Iterator[Answers]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the name is http.server's
            path = urlsplit(self.path).path
            answers.asked.append(path)
            headers, data = answers.files.get(path, ({"Content-Type": "application/json"}, b"{}"))
            self.send_response(200)
            for name, value in {**headers, "Content-Length": str(len(data))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as origin:
        answers.origin = origin
        yield answers


@contextmanager
def serving(server: ThreadingHTTPServer | Server) -> Iterator[str]:
    """Let a server answer, and yield its origin."""
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.close() if isinstance(server, Server) else server.server_close()


def visit(page: Page, url: str) -> bool:
    """Open an address, wait until all that it wants to do is on its way, and return whether the browser shows it."""
    try:
        page.goto(url, wait_until="load")
    except Error as error:
        if "Download is starting" in str(error) or "ERR_ABORTED" in str(error):
            return False
        raise
    page.wait_for_timeout(30)
    return True


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    """A tab of the test's own: an attack that works may still be leaving for elsewhere when its test is over."""
    context = browser.new_context(accept_downloads=False)
    context.set_default_timeout(5000)
    yield context.new_page()
    context.close()


def test_a_page_among_the_evidence_would_read_the_site(tab: Page) -> None:
    """What the tests below look for can be seen: as a page, the attack works."""
    with answering(Answers({"/a": ({"Content-Type": "text/html"}, PAGE.encode())})) as server:
        visit(tab, f"{server.origin}/a")
    assert STOLEN in server.asked


@pytest.mark.parametrize("attack", [SCRIPT, LEAVE, PAGE])
def test_the_recommended_headers_hold_alone(tab: Page, attack: str) -> None:
    """Even if a server shows evidence as a page, its sandbox lets nothing run, load or leave."""
    headers = {**recommended("evidence/"), "Content-Type": "text/html"}
    del headers["Content-Disposition"]
    with answering(Answers({"/a": (headers, attack.encode())})) as server:
        assert visit(tab, f"{server.origin}/a")
    assert set(server.asked) <= {"/a", "/favicon.ico"}


def test_with_the_recommended_headers_nothing_is_shown(tab: Page) -> None:
    with answering(Answers({"/a.html": (recommended("evidence/"), PAGE.encode())})) as server:
        assert not visit(tab, f"{server.origin}/a.html")
    assert server.asked == ["/a.html"]


@pytest.mark.parametrize("typed", [True, False], ids=["with a guessed type", "without a type"])
def test_what_is_allowed_runs_nowhere(tab: Page, typed: bool) -> None:
    """A server that sends no header of its own: it guesses a type by the ending, or sends none and the browser guesses."""
    files: dict[str, tuple[dict[str, str], bytes]] = {}
    for ending in (ending for group in KINDS for ending in group):
        guessed = mimetypes.guess_type(f"a.{ending}")[0]
        if typed and guessed is None:
            continue
        for number, data in enumerate(POLYGLOTS):
            if not is_page(data) and is_of_its_kind(f"a.{ending}", data):
                files[f"/{number}.{ending}"] = ({"Content-Type": guessed} if typed and guessed else {}, data)
    kinds = {path.partition(".")[2]: path for path in files if typed}  # one attack for each ending
    numbers = {path.partition(".")[0]: path for path in files}  # one ending for each attack
    assert len(numbers) == len(POLYGLOTS)
    with answering(Answers(files)) as server:
        for path in sorted({*kinds.values(), *numbers.values()}):
            visit(tab, server.origin + path)
    assert STOLEN not in server.asked


def hostile_site(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A repository in which pages were published as evidence, when that was still allowed."""
    names = ["files/note.shtml", "files/x.html.2026", "files/list.txt"]
    fields = f"metrics: {{calls: 80}}\nevidence: {{calls: [{', '.join(names)}]}}\n"
    files: dict[str, str | bytes] = {TINY: TINY_RULE, REVIEW: with_fields(fields), "kpigen.toml": ""}
    with monkeypatch.context() as patch:
        patch.setattr("kpigen.files.review.refusal_of_name", lambda _: None)
        patch.setattr("kpigen.files.evidence.refusal_of_content", lambda *_: None)
        files = publish({**files, **{f"reviews/2026-01/{name}": PAGE for name in names}})
    for path, data in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data if isinstance(data, bytes) else data.encode())


def follow_all(tab: Page, origin: str) -> None:
    """Open the report, and each of its evidence files as somebody would who types the address."""
    tab.goto(f"{origin}/people/A-1/2026-01/tiny.html")
    links = tab.locator("p.evidence a").evaluate_all("items => items.map(item => item.href)")
    assert len(links) == 3
    for link in links:
        assert not visit(tab, link), "it is saved, not shown"


def test_pages_that_were_published_are_only_saved(tab: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By `kpigen serve`, and by a server that only knows files and sends no headers of its own."""
    hostile_site(tmp_path, monkeypatch)
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(urlsplit(request.url).path))
    session = Session(tmp_path, True, lambda _: PdfUnavailable("", ""))
    with serving(Server(session, "127.0.0.1", 0, lambda _: None)) as origin:
        follow_all(tab, origin)
        tab.goto("about:blank")  # the preview waits for pages that watch for changes
    run(tmp_path, "build", "--no-pdf")
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path / "site"))
    monkeypatch.setattr(SimpleHTTPRequestHandler, "log_message", lambda *_: None)
    with serving(ThreadingHTTPServer(("127.0.0.1", 0), handler)) as origin:
        follow_all(tab, origin)
    assert STOLEN not in asked
