"""Every viewer draws a PDF that gets a yes alike. `make papers` compares more of them (VIEWED) than are compared here."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.helpers import any_paper, tamper, viewers
from tests.helpers.any_paper import renderer
from tests.helpers.forms import ROOT, run
from tests.helpers.world import FRONT, ROUND, World
from tests.site.proof.test_any_text import LANGUAGES, printer

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.papers

VIEWED = int(os.environ.get("VIEWED", "4"))
PARTS = 4


@pytest.fixture(scope="module")
def pdf_js(browser: Browser) -> Iterator[viewers.PdfJs]:
    if missing := viewers.missing():
        pytest.skip(f"{', '.join(missing)} missing: tools/setup.sh dev installs them")
    page = browser.new_page()
    yield viewers.PdfJs(page)
    page.close()


def _strays(data: bytes, pdf_js: viewers.PdfJs) -> dict[str, list[int]]:
    """Return for each viewer by how much its pages differ from those of PDFium; -1 for other numbers of pages."""
    pages = viewers.drawn(data, "pdfium")
    others = {viewer: viewers.drawn(data, viewer) for viewer in viewers.VIEWERS if viewer != "pdfium"}
    others["pdf.js"] = pdf_js.drawn(data)
    return {
        viewer: [viewers.stray(*pair) for pair in zip(pages, drawn, strict=True)] if len(drawn) == len(pages) else [-1]
        for viewer, drawn in others.items()
    }


def _papers(world: World) -> Iterator[tuple[str, bytes]]:
    """Yield signed and unsigned papers, generated ones, and those of this repository's site."""
    for site in ("unsigned", "site"):
        for name in (FRONT, ROUND):
            yield f"{site} {name}", world.pdf(site, name)
    for seed in range(8):
        record = any_paper.record_of(seed)
        yield f"generated {seed}", any_paper.printed(record, LANGUAGES[seed % 2], renderer(), printer())
    for path in sorted((ROOT / "site/people").glob("*/*/*.pdf")):
        yield path.name, path.read_bytes()


@pytest.mark.parametrize("part", range(PARTS))
def test_viewers_draw_what_gets_a_yes_alike(world: World, pdf_js: viewers.PdfJs, tmp_path: Path, part: int) -> None:
    for number, (name, data) in enumerate(_papers(world)):
        if number >= VIEWED:
            return
        if number % PARTS != part:
            continue
        (tmp_path / "x.pdf").write_bytes(data)
        assert "consistent  yes" in run(ROOT, "verify", tmp_path / "x.pdf").stdout, name
        strays = _strays(data, pdf_js)
        assert all(0 <= stray <= viewers.MOST for pages in strays.values() for stray in pages), (name, strays)


def test_the_comparison_sees_what_only_some_viewers_show(world: World, pdf_js: viewers.PdfJs) -> None:
    """MuPDF takes other numbers of a matrix with too many than the rest: its picture differs."""
    painted = tamper.paint("q 1 0 0 1 0 0 1 0 0 1 5000 5000 cm 0 g 300 690 60 30 re f Q")
    strays = _strays(tamper.edited(world.pdf("unsigned", FRONT), painted), pdf_js)
    assert any(stray > viewers.MOST or stray < 0 for pages in strays.values() for stray in pages), strays
