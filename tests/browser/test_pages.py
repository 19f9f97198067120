"""Every kind of page in a browser, served as docs/site.md recommends: what readers meet, whoever they are.

Both languages, light and dark, from a phone to a wide screen, by keyboard, without scripts and on paper. Needs Chromium
(`make test` installs it).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.helpers.chromium import PageLog
from tests.helpers.sites import EXTREMES, KINDS, LANGUAGES, Served, make_extremes, make_sample, serve

WIDTHS = (360, 768, 1440)
PAPER = 718  # A4 less Chromium's margins, in CSS pixels
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
EVERY_KIND = pytest.mark.parametrize("kind", [*KINDS, *EXTREMES])


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Served]]:
    """The sample and the extremes, each at an address of its own."""
    sample = make_sample(tmp_path_factory.mktemp("sample"))
    extremes = make_extremes(tmp_path_factory.mktemp("extremes"))
    with serve(sample) as first, serve(extremes) as second:
        yield first, second


@dataclass
class Reader:
    """A browser tab, and what it says and asks for."""

    served: tuple[Served, Served]
    page: Page
    log: PageLog = field(init=False)

    def __post_init__(self) -> None:
        self.log = PageLog(self.page)

    def open(self, kind: str, language: str) -> None:
        """Go to a page, and open all that can be opened."""
        site = self.served[kind in EXTREMES]
        answer = self.page.goto(site.url(kind, language))
        assert answer is not None
        assert answer.status == 200, answer.url
        self.page.evaluate("document.querySelectorAll('details').forEach(item => item.open = true)")


def context_of(browser: Browser, **options: Any) -> BrowserContext:
    return browser.new_context(viewport={"width": WIDTHS[0], "height": 800}, **options)


@pytest.fixture(scope="session")
def _reader(browser: Browser, served: tuple[Served, Served]) -> Iterator[Reader]:
    context = context_of(browser)
    # A violation that is only reported to the page would not reach the console.
    context.add_init_script(
        "addEventListener('securitypolicyviolation', event => console.error('CSP', event.violatedDirective, event.blockedURI))"
    )
    yield Reader(served, context.new_page())
    context.close()


@pytest.fixture
def reader(_reader: Reader) -> Reader:
    """The one tab that all tests share, as new."""
    _reader.page.emulate_media(color_scheme="light", media="screen")
    _reader.page.set_viewport_size({"width": WIDTHS[0], "height": 800})
    _reader.log.clear()
    return _reader


@pytest.fixture(scope="session")
def scriptless(browser: Browser, served: tuple[Served, Served]) -> Iterator[Reader]:
    context = context_of(browser, java_script_enabled=False)
    yield Reader(served, context.new_page())
    context.close()


def broken_rules(page: Page, *rules: str) -> list[str]:
    """What axe finds, all of its rules or some: rule, how often, and the first place."""
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(AXE)
    # What WCAG 2.2 adds is off by default.
    only = f"{{runOnly: {list(rules)!r}}}" if rules else "{rules: {'target-size': {enabled: true}}}"
    found = page.evaluate(f"axe.run({only[:-1]}, resultTypes: ['violations']}}).then(result => result.violations)")
    return [
        f"{item['id']} ×{len(item['nodes'])}: {item['nodes'][0]['html'][:200]} {item['nodes'][0]['failureSummary']}"
        for item in found
    ]


@EVERY_KIND
def test_nobody_is_shut_out(reader: Reader, kind: str) -> None:
    """Axe finds nothing: all rules on a phone in light, the contrasts in dark too, where nothing else differs."""
    found = []
    for language in LANGUAGES:
        reader.open(kind, language)
        found += broken_rules(reader.page)
        if kind in EXTREMES:
            break  # the same templates: what differs is how much text there is
        reader.page.emulate_media(color_scheme="dark")
        found += [f"dark: {item}" for item in broken_rules(reader.page, "color-contrast")]
        reader.page.emulate_media(color_scheme="light")
    assert found == []


@EVERY_KIND
def test_it_fits_and_asks_nobody_else(reader: Reader, kind: str) -> None:
    """No width scrolls the page sideways, nothing is said on the console, no policy is broken, no other host is asked."""
    wide = []
    for language in LANGUAGES:
        reader.open(kind, language)
        for width in WIDTHS:
            reader.page.set_viewport_size({"width": width, "height": 800})
            needed = reader.page.evaluate("document.documentElement.scrollWidth")
            if needed > width:
                wide.append((language, width, needed))
    assert wide == []
    assert reader.log.problems() == []
    hosts = {urlsplit(url).netloc for url in reader.log.asked}
    assert hosts == {urlsplit(site.origin).netloc for site in [reader.served[kind in EXTREMES]]}


# What scripts add is told by what it is made of: controls, and what they answer.
TEXT = """() => {
    const main = document.body.cloneNode(true);
    main.querySelectorAll('button, input, select, label, output, [role=status], script, noscript').forEach(item => item.remove());
    return main.textContent.split(/\\s+/).filter(Boolean).join(' ');
}"""


@EVERY_KIND
def test_without_scripts_the_same_text_is_there(reader: Reader, scriptless: Reader, kind: str) -> None:
    for language in LANGUAGES:
        reader.open(kind, language)
        scriptless.open(kind, language)
        text = scriptless.page.evaluate(TEXT)
        assert len(text) > 100
        reader.page.evaluate(WITHOUT_TOOLS)
        assert reader.page.evaluate(TEXT) == text


# Sorting and filtering are what only scripts can do.
WITHOUT_TOOLS = """() => {
    document.querySelectorAll('.filter').forEach(item => item.remove());
    document.querySelectorAll('th > button').forEach(item => item.replaceWith(...item.childNodes));
}"""
FOCUSABLE = """() => {
    window.order = [...document.querySelectorAll('a[href], summary, button, input, select, [tabindex="0"]')]
        .filter(item => item.checkVisibility() && !item.disabled);
    return window.order.map(item => item.outerHTML.slice(0, 80));
}"""
FOCUSED = """() => {
    const item = document.activeElement, style = getComputedStyle(item), box = item.getBoundingClientRect();
    return {
        place: window.order.indexOf(item),
        scrolls: item.scrollWidth > item.clientWidth,
        seen: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1 && box.width > 0 && box.right > 0,
    };
}"""


@pytest.mark.parametrize("kind", KINDS)
def test_all_is_reached_by_keyboard(reader: Reader, kind: str) -> None:
    """The skip link comes first, then all else in the order in which it stands there; one sees where one is."""
    reader.open(kind, "zh")
    order = reader.page.evaluate(FOCUSABLE)
    assert 'class="skip"' in order[0]
    places = []
    while len(places) < len(order):
        reader.page.keyboard.press("Tab")
        focused = reader.page.evaluate(FOCUSED)
        assert focused["seen"], (focused, order[focused["place"]])
        if focused["place"] >= 0:
            places.append(focused["place"])
        else:
            assert focused["scrolls"]  # a wide table that scrolls within itself is reached too
    assert places == list(range(len(order)))
    reader.page.keyboard.press("Tab")
    reader.page.evaluate("document.activeElement.blur()")


def test_the_skip_link_leads_to_the_content(reader: Reader) -> None:
    reader.open("published", "zh")
    reader.page.keyboard.press("Tab")
    reader.page.keyboard.press("Enter")
    reader.page.keyboard.press("Tab")
    assert reader.page.evaluate("document.querySelector('main').contains(document.activeElement)")


CUT_OFF = """() => [...document.querySelectorAll('body *')]
    .filter(item => item.scrollWidth > item.clientWidth + 1 && !['visible', 'clip'].includes(getComputedStyle(item).overflowX))
    .filter(item => !item.closest('.visually-hidden'))
    .map(item => item.outerHTML.slice(0, 120))"""
HIDDEN = """() => [...document.querySelectorAll('details > :not(summary)')].filter(item => !item.closest('nav'))
    .filter(item => !item.checkVisibility({contentVisibilityAuto: true}) || item.getBoundingClientRect().height === 0)
    .map(item => item.outerHTML.slice(0, 120))"""


@EVERY_KIND
def test_on_paper_nothing_is_folded_or_cut_off(reader: Reader, kind: str) -> None:
    reader.page.set_viewport_size({"width": PAPER, "height": 1000})
    for language in LANGUAGES:
        reader.open(kind, language)
        reader.page.evaluate("document.querySelectorAll('details').forEach(item => item.open = false)")
        reader.page.emulate_media(media="print")
        reader.page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert reader.page.evaluate(HIDDEN) == []
        assert reader.page.evaluate(CUT_OFF) == []
        assert reader.page.evaluate("document.documentElement.scrollWidth") <= PAPER
        reader.page.emulate_media(media="screen")
