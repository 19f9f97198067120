"""The browser of the tests: Debian's Chromium, driven by Playwright, and asking no host but this machine."""

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
    """A running browser; one a process, for Playwright does not start a second time while it runs."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class PageLog:
    """What a page says on the console, what it asks for, and what it does not get."""

    page: Page
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    _failed: list[tuple[str, str, int]] = field(default_factory=list)  # address, why, of which document
    _asked_by: dict[Request, int] = field(default_factory=dict)
    _document: int = 0  # how many documents the page has had

    def __post_init__(self) -> None:
        self.page.on("console", lambda message: self.said.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.said.append(f"error: {error}"))
        self.page.on("request", self._ask)
        self.page.on("requestfailed", self._fail)
        self.page.on("framenavigated", self._navigate)
        self.page.on("close", lambda _: self._leave())

    def problems(self) -> list[str]:
        """Return what was said, and which requests failed.

        Whoever leaves a page while its icon is still on its way aborts that request: that is no failure.
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
