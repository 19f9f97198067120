"""Programs that show PDFs, each with an engine of its own: poppler, MuPDF, Ghostscript, PDFium and pdf.js.

A page is drawn to a grey picture of 144 dots per inch: a point of the page is two pixels.
"""

from __future__ import annotations

import base64
import io
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pypdfium2
from PIL import Image, ImageChops, ImageFilter

PDF_JS = Path("/usr/share/javascript/pdf/build")

_COMMANDS = {
    "poppler": "pdftoppm -r 144 -gray -aa yes {i} {o}",
    "mupdf": "mutool draw -q -r 144 -c gray -o {o}-%d.pgm {i}",
    "ghostscript": "gs -q -dNOPAUSE -dBATCH -dSAFER -r144 -sDEVICE=pgmraw -dTextAlphaBits=4 -dGraphicsAlphaBits=4 -o {o}-%d.pgm {i}",
}

#: Viewers that are programs of the system or packages; pdf.js needs a page of Chromium.
VIEWERS = (*_COMMANDS, "pdfium")

#: Ink is darker than the first, paper lighter than the second, 0 to 255. Grey in between is the smoothed edge of a glyph.
_INK, _PAPER = 96, 215

#: A straight line is at least this long, in pixels.
_RUN = 16

#: How many stray pixels a page may have: the ends of lines.
MOST = 24

#: Engines place and smooth glyphs up to this many pixels apart, and hairlines darker or lighter.
_APART = 2


def missing() -> list[str]:
    """Return the programs that are not installed."""
    return [words.split()[0] for words in _COMMANDS.values() if shutil.which(words.split()[0]) is None]


def drawn(data: bytes, viewer: str) -> list[Image.Image]:
    """Return the pages of a PDF as a viewer draws them."""
    if viewer == "pdfium":
        with pypdfium2.PdfDocument(data) as document:
            document.init_forms()
            return [page.render(scale=2, grayscale=True).to_pil().convert("L") for page in document]
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in.pdf"), Path(folder, "page")
        source.write_bytes(data)
        command = [word.format(i=source, o=target) for word in _COMMANDS[viewer].split()]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        files = sorted(Path(folder).glob("page-*.pgm"), key=lambda path: int(path.stem.rpartition("-")[2]))
        return [Image.open(io.BytesIO(path.read_bytes())).convert("L") for path in files]


class PdfJs:
    """pdf.js in a page of Chromium."""

    def __init__(self, page: Any) -> None:
        self._page = page
        page.goto("about:blank")
        page.add_script_tag(path=PDF_JS / "pdf.js")
        worker = (PDF_JS / "pdf.worker.js").read_text("utf-8")
        page.evaluate(
            "text => { pdfjsLib.GlobalWorkerOptions.workerSrc = URL.createObjectURL(new Blob([text])) }", worker
        )

    def drawn(self, data: bytes) -> list[Image.Image]:
        """Return the pages of a PDF."""
        urls = self._page.evaluate(
            """async text => {
                const document_ = await pdfjsLib.getDocument({data: atob(text)}).promise, urls = [];
                for (let number = 1; number <= document_.numPages; number++) {
                    const page = await document_.getPage(number), viewport = page.getViewport({scale: 2});
                    const canvas = document.createElement("canvas");
                    [canvas.width, canvas.height] = [Math.round(viewport.width), Math.round(viewport.height)];
                    await page.render({canvasContext: canvas.getContext("2d"), viewport, intent: "print"}).promise;
                    urls.push(canvas.toDataURL());
                }
                return urls;
            }""",
            base64.b64encode(data).decode(),
        )
        return [Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))).convert("L") for url in urls]


def stray(one: Image.Image, other: Image.Image) -> int:
    """Return the number of pixels in which one of two pictures of a page has ink and the other has none nearby.

    Straight lines do not count: a hairline is black in one viewer and a very light grey in another.
    """
    if abs(one.width - other.width) > 4 or abs(one.height - other.height) > 4:
        return one.width * one.height
    size = (min(one.width, other.width), min(one.height, other.height))
    pictures = [picture.crop((0, 0, *size)) for picture in (one, other)]
    return _without(*pictures) + _without(*reversed(pictures))


def _without(one: Image.Image, other: Image.Image) -> int:
    ink = one.point(lambda value: 255 if value < _INK else 0)
    bare = other.filter(ImageFilter.MinFilter(2 * _APART + 1)).point(lambda value: 255 if value > _PAPER else 0)
    left = ImageChops.darker(ink, bare)
    if left.getbbox():
        left = ImageChops.subtract(left, _lines(ink))
    return sum(left.histogram()[1:])


def _lines(ink: Image.Image) -> Image.Image:
    """Return the thin straight lines of a picture, upright and level, but for their ends."""
    found = Image.new("L", ink.size)
    for width, height in ((_RUN, 1), (1, _RUN)):
        for shift in (0, _RUN // 2):
            moved = ImageChops.offset(ink, shift if width > 1 else 0, shift if height > 1 else 0)
            full = moved.reduce((width, height)).point(lambda value: 255 if value == 255 else 0)
            grown = full.resize((full.width * width, full.height * height), Image.Resampling.NEAREST).crop(
                (0, 0, *ink.size)
            )
            back = ImageChops.offset(grown, -shift if width > 1 else 0, -shift if height > 1 else 0)
            found = ImageChops.lighter(found, back)
    thick = ink.filter(ImageFilter.MinFilter(5)).filter(ImageFilter.MaxFilter(5))
    return ImageChops.subtract(found, thick)
