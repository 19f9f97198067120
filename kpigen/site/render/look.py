"""Stylesheets: pages, charts and paper share one set of tokens (`templates/look/tokens.css`).

All of them raise OSError if a stylesheet cannot be read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from kpigen.base.resources import TemplateFolder, found_in

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_TOKEN = re.compile(r"--([\w-]+)\s*:\s*([^;{}]+)")
_USED = re.compile(r"var\(\s*--([\w-]+)\s*\)")


def of_pages(folders: Sequence[TemplateFolder], style: bytes) -> bytes:
    """Return the single stylesheet of all pages: tokens, charts, then `style`."""
    return f"{_read('look/tokens.css', folders)}{_read('look/charts.css', folders)}".encode() + style


def of_paper(folders: Sequence[TemplateFolder]) -> str:
    """Return the stylesheet of paper: tokens with their print values, then `print/print.css`."""
    return _read("look/tokens.css", folders) + _read("print/print.css", folders)


def of_fitted_paper(folders: Sequence[TemplateFolder]) -> str:
    """Return what is added to the stylesheet for papers whose texts might run off the page: `print/fit.css`."""
    return _read("print/fit.css", folders)


def of_charts_on_paper(folders: Sequence[TemplateFolder]) -> str:
    """Return the stylesheet of a chart on paper, with token values filled in: on paper, outside styles do not reach an SVG."""
    tokens = _tokens_in_print(_read("look/tokens.css", folders))
    style = _COMMENT.sub("", _read("look/charts.css", folders))
    return _USED.sub(lambda match: tokens.get(match[1], match[0]), " ".join(style.split()))


def _tokens_in_print(style: str) -> dict[str, str]:
    """Return the print value of each token: its unconditional value, overridden by `@media print`."""
    always, *conditional = re.split(r"@media\s*", _COMMENT.sub("", style))
    blocks = [always, *(block for block in conditional if block.startswith("print"))]
    return {name: value.strip() for block in blocks for name, value in _TOKEN.findall(block)}


def _read(name: str, folders: Sequence[TemplateFolder]) -> str:
    """Return a file from the first folder that has it. Invalid UTF-8 is ignored, as other errors in a stylesheet are."""
    return next(found_in(folders, name)).data.decode("utf-8", "replace").replace("\r\n", "\n")
