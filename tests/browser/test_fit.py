"""Nothing leaves a phone's screen, or a sheet of paper that a browser prints, whatever people write.

Tables may be wider than a screen: they scroll within themselves.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from kpigen.base.markdown import render, render_inline
from kpigen.site.render.render import STYLESHEET, Renderer
from tests.helpers import any_text

PHONE, PAPER = 360, 718
TOO_WIDE = """width => [...document.querySelectorAll('body *')]
    .filter(item => !item.parentElement.closest('.written'))
    .filter(item => item.getBoundingClientRect().right > width + 1 || (item.scrollWidth > item.clientWidth + 1
        && item.clientWidth > 0 && getComputedStyle(item).overflowX === 'visible'
        && getComputedStyle(item).display !== 'inline'))
    .map(item => item.outerHTML.slice(0, 120))"""


def document(seed: int) -> str:
    """Return a page with texts where reports have them; four in five want to run off it."""
    draw = random.Random(seed)
    narrative, comment, reason, plan = (any_text.unruly(draw) for _ in range(4))
    return (
        f'<main><section class="words"><h3>x</h3>{render(plan, 4)}{render(narrative)}{render(any_text.text(draw, 3))}</section>'
        f'<div class="item"><div class="comment">{render_inline(comment)}</div></div>'
        f'<article class="objection"><h3>x</h3>{render_inline(reason)}</article></main>'
    )


@pytest.fixture(scope="module")
def sheet(browser: Browser) -> Iterator[Page]:
    style = Renderer(None).assets()[STYLESHEET].decode()
    page = browser.new_page(viewport={"width": PHONE, "height": 800})
    page.set_content(f"<!DOCTYPE html><html lang=zh><head><style>{style}</style></head><body></body></html>")
    yield page
    page.close()


@pytest.mark.parametrize(("media", "width", "documents"), [("screen", PHONE, 64), ("print", PAPER, 16)])
def test_nothing_leaves_the_page(sheet: Page, media: str, width: int, documents: int) -> None:
    sheet.set_viewport_size({"width": width, "height": 800})
    sheet.emulate_media(media=media)
    for seed in range(documents):
        sheet.evaluate("html => { document.body.innerHTML = html }", document(seed))
        assert sheet.evaluate("document.documentElement.scrollWidth") <= width, seed
        assert sheet.evaluate(TOO_WIDE, width) == [], seed
