"""Render two PDFs and compare their pages as images."""

from __future__ import annotations

from typing import Any

from kpigen.diagnostics.values import Phrase, phrase
from kpigen.site.proof.pdf_file import Unreadable

#: Pixels per point: fine enough to show a changed digit, and still fast.
SCALE = 1.5

_MM = 25.4 / 72


def differences(one: bytes, other: bytes) -> list[tuple[int, Phrase]]:
    """Return the pages on which two PDFs look different: page number, and where on the page.

    Pages of different sizes, or that only one PDF has, differ without being drawn. Raise Unreadable if a page cannot be drawn.
    """
    import pypdfium2 as pdfium

    try:
        with pdfium.PdfDocument(one) as left, pdfium.PdfDocument(other) as right:
            for document in (left, right):
                document.init_forms()
            found = [
                (number + 1, where)
                for number in range(min(len(left), len(right)))
                if (where := _page(left, right, number))
            ]
            extra = range(min(len(left), len(right)), max(len(left), len(right)))
            return found + [
                (number + 1, phrase("one page more") if len(left) > number else phrase("a page is missing"))
                for number in extra
            ]
    except pdfium.PdfiumError as error:
        raise Unreadable(str(error)) from error


def _page(left: Any, right: Any, number: int) -> Phrase | None:
    """Return where two pages differ; None if they look the same."""
    from PIL import ImageChops

    one, other = left[number], right[number]
    sizes = [(round(page.get_width(), 1), round(page.get_height(), 1)) for page in (one, other)]
    if sizes[0] != sizes[1]:
        return phrase("the page has another size")
    drawn = [page.render(scale=SCALE, grayscale=True).to_pil() for page in (one, other)]
    box = ImageChops.difference(*drawn).getbbox()
    if box is None:
        return None
    x0, y0, x1, y1 = (round(pixels / SCALE * _MM) for pixels in box)
    return phrase("{x0} to {x1} mm from the left, {y0} to {y1} mm from the top", x0=x0, x1=x1, y0=y0, y1=y1)
