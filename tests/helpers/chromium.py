"""The browser for tests: Debian's Chromium, driven by Playwright and without access to other machines."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Frame, Page, Request

CHROMIUM = shutil.which("chromium")
MISSING = "chromium is missing: tools/setup.sh dev installs it"
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def launched() -> Iterator[Browser]:
    """Yield a running browser. Only one per process: Playwright cannot be started again while it runs."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class PageLog:
    """Collects a page's console messages, its requests, and its failed requests."""

    page: Page
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    _failed: list[tuple[str, str, int]] = field(default_factory=list)  # address, reason, number of the document
    _asked_by: dict[Request, int] = field(default_factory=dict)
    _document: int = 0  # how many documents the page has loaded

    def __post_init__(self) -> None:
        self.page.on("console", lambda message: self.said.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.said.append(f"error: {error}"))
        self.page.on("request", self._ask)
        self.page.on("requestfailed", self._fail)
        self.page.on("framenavigated", self._navigate)
        self.page.on("close", lambda _: self._leave())

    def problems(self) -> list[str]:
        """Return the console messages and the failed requests.

        Leaving a page before its icon has loaded aborts that request; this does not count as a failure.
        """
        failed = [
            f"failed: {url}: {why}"
            for url, why, document in self._failed
            if why != "net::ERR_ABORTED" or document == self._document
        ]
        return self.said + failed

    def clear(self) -> None:
        """Forget everything so far."""
        for kept in (self.said, self.asked, self._failed):
            kept.clear()

    def _ask(self, request: Request) -> None:
        self.asked.append(request.url)
        self._asked_by[request] = self._document

    def _fail(self, request: Request) -> None:
        self._failed.append((request.url, request.failure or "", self._asked_by[request]))

    def _navigate(self, frame: Frame) -> None:
        if frame == self.page.main_frame:
            self._leave()

    def _leave(self) -> None:
        self._document += 1
