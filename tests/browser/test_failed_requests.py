"""What counts as a failed request: everything but what was given up because its page was left."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.helpers.chromium import PageLog

ORIGIN = "http://127.0.0.1:9"
PICTURE = f"{ORIGIN}/picture.png"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that is served two documents: one with a picture, one with words."""
    context = browser.new_context()
    opened = context.new_page()
    opened.route(f"{ORIGIN}/picture", lambda route: fulfill(route, f'<img src="{PICTURE}">'))
    opened.route(f"{ORIGIN}/words", lambda route: fulfill(route, "words"))
    yield opened
    context.close()


def fulfill(route: Route, body: str) -> None:
    icon = '<link rel="icon" href="data:,">'  # or it would ask for one
    route.fulfill(body=f"<!doctype html>{icon}{body}", content_type="text/html")


def test_what_is_on_its_way_when_the_page_is_left_is_no_failure(page: Page) -> None:
    page.route(PICTURE, lambda route: None)  # never answered
    log = PageLog(page)
    with page.expect_request(PICTURE):
        page.goto(f"{ORIGIN}/picture", wait_until="commit")
    with page.expect_event("requestfailed") as failed:
        page.goto(f"{ORIGIN}/words")
    assert failed.value.failure == "net::ERR_ABORTED"
    assert log.asked == [f"{ORIGIN}/picture", PICTURE, f"{ORIGIN}/words"]
    assert log.problems() == []


@pytest.mark.parametrize(
    ("kind", "leave", "why"),
    [
        ("connectionrefused", False, "net::ERR_CONNECTION_REFUSED"),
        ("connectionrefused", True, "net::ERR_CONNECTION_REFUSED"),
        ("aborted", False, "net::ERR_ABORTED"),
    ],
)
def test_every_other_failure_is_told(page: Page, kind: str, leave: bool, why: str) -> None:
    """What is refused, whether the page is left afterwards or not; what is aborted on a page that stays."""
    page.route(PICTURE, lambda route: route.abort(kind))
    log = PageLog(page)
    page.goto(f"{ORIGIN}/picture")
    if leave:
        page.goto(f"{ORIGIN}/words")
    assert f"failed: {PICTURE}: {why}" in log.problems()
