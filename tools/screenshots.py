"""Takes the pictures in docs/images/: all kinds of pages of the sample in light mode, some in dark mode and on a phone, and a PDF.

The pictures show the sites used by the browser tests. The same pages give the same files, each small enough for a
repository. Needs the development environment (`make screenshots`).
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser
from pypdfium2 import PdfDocument

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from tests.helpers.chromium import CHROMIUM, MISSING, launched  # noqa: E402  # they belong to the tests
from tests.helpers.sites import KINDS, Served, make_sample, serve  # noqa: E402

IMAGES = ROOT / "docs/images"
LARGEST = 120_000
#: Colours closer than this count as one. A pale band must stay different from the page.
ALIKE = 60
TALLEST = 1800
#: What is opened on a page: how one number was calculated, how an indicator is scored.
OPENED = {"published": "details.row", "form": ".rule details"}
#: The PDF from the committed site that is shown, and the file name of its picture.
REPORT, PAPER = "site/people/PM-0002/2026-04/front-desk.pdf", "paper.png"
#: Kind, language, width, scheme.
PICTURES = [
    *((kind, "en", 1200, "light") for kind in KINDS),
    ("published", "zh", 1200, "light"),
    ("published", "en", 1200, "dark"),
    ("published", "zh", 360, "light"),
    ("submitted", "zh", 360, "dark"),
    ("person", "en", 360, "light"),
    ("team", "en", 1200, "dark"),
    ("hr", "en", 1200, "dark"),
]


def name_of(kind: str, language: str, width: int, scheme: str) -> str:
    """Return the file name of a picture. The kind alone names an English page in light mode on a large screen."""
    special = [language] * (language != "en") + ["phone"] * (width == 360) + [scheme] * (scheme != "light")
    return "-".join([kind.replace(" ", "-"), *special]) + ".png"


def small(png: bytes) -> bytes:
    """Return a picture with a palette, cropped at the bottom if it is too tall or its file too large."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    height, colours = min(picture.height, TALLEST), 64
    while True:
        stream = io.BytesIO()
        part = picture.crop((0, 0, picture.width, height))
        with_palette(part, colours).save(stream, "PNG", optimize=True)
        if stream.tell() < LARGEST:
            return stream.getvalue()
        colours, height = (32, height) if colours > 32 else (32, height * 9 // 10)


def with_palette(picture: Image.Image, colours: int) -> Image.Image:
    """Return a picture reduced to a number of its own colours: the most frequent ones that are not nearly alike.

    Large areas, and anything with a distinct colour, keep their exact colour. Only soft edges of letters lose some.
    """
    found = [rgb for _, rgb in sorted(picture.getcolors(picture.width * picture.height) or (), reverse=True)]
    kept: list[tuple[int, ...]] = []
    for rgb in found:
        if len(kept) < colours and all(distance(rgb, other) > ALIKE for other in kept):
            kept.append(rgb)
    places = {rgb: min(range(len(kept)), key=lambda place: distance(rgb, kept[place])) for rgb in found}
    made = Image.new("P", picture.size)
    made.putpalette([channel for rgb in kept for channel in rgb])
    made.putdata([places[rgb] for rgb in picture.getdata()])
    return made


def distance(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    """Return the squared distance of two colours."""
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def take(browser: Browser, site: Served, kind: str, language: str, width: int, scheme: str) -> bytes:
    """Return a screenshot of a page as PNG."""
    phone = width == 360
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme="dark" if scheme == "dark" else "light",
        device_scale_factor=2 if phone else 1,
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(site.url(kind, language))
    if kind in OPENED:
        page.evaluate(f"document.querySelectorAll('{OPENED[kind]}')[0].open = true")
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": min(height, TALLEST // (2 if phone else 1))})
    picture = page.screenshot(animations="disabled")
    context.close()
    return picture


def page_of(pdf: Path) -> bytes:
    """Return the first page of a PDF as PNG."""
    stream = io.BytesIO()
    PdfDocument(pdf)[0].render(scale=1.5).to_pil().save(stream, "PNG")
    return stream.getvalue()


def main() -> int:
    """Write the pictures and remove those no longer needed. Return the exit code."""
    if CHROMIUM is None:
        print(MISSING, file=sys.stderr)
        return 1
    IMAGES.mkdir(exist_ok=True)
    wanted = {name_of(*picture): picture for picture in PICTURES}
    with tempfile.TemporaryDirectory() as folder, launched() as browser, serve(make_sample(Path(folder))) as site:
        for name, picture in wanted.items():
            data = small(take(browser, site, *picture))
            (IMAGES / name).write_bytes(data)
            print(f"docs/images/{name}: {len(data):,} bytes")
    (IMAGES / PAPER).write_bytes(small(page_of(ROOT / REPORT)))
    for path in IMAGES.glob("*.png"):
        if path.name not in (*wanted, PAPER):
            path.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
