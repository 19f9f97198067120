"""Stylesheets: pages, charts and paper are made of the same tokens (`templates/look/tokens.css`)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_TOKEN = re.compile(r"--([\w-]+)\s*:\s*([^;{}]+)")
_USED = re.compile(r"var\(\s*--([\w-]+)\s*\)")


def of_pages(folders: Sequence[Path], style: bytes) -> bytes:
    """Return the one stylesheet of all pages: tokens, charts, then `style`."""
    return f"{_read('look/tokens.css', folders)}{_read('look/charts.css', folders)}".encode() + style


def of_paper(folders: Sequence[Path]) -> str:
    """Return the stylesheet of paper: tokens, which say how they are in print, then `print/print.css`."""
    return _read("look/tokens.css", folders) + _read("print/print.css", folders)


def of_charts_on_paper(folders: Sequence[Path]) -> str:
    """Return the stylesheet of a chart on paper, tokens put in: nothing outside an SVG reaches into it there."""
    tokens = _tokens_in_print(_read("look/tokens.css", folders))
    style = _COMMENT.sub("", _read("look/charts.css", folders))
    return _USED.sub(lambda match: tokens.get(match[1], match[0]), " ".join(style.split()))


def _tokens_in_print(style: str) -> dict[str, str]:
    """Return what each token is in print: as outside all conditions, and as `@media print` has it."""
    always, *conditional = re.split(r"@media\s*", _COMMENT.sub("", style))
    blocks = [always, *(block for block in conditional if block.startswith("print"))]
    return {name: value.strip() for block in blocks for name, value in _TOKEN.findall(block)}


def _read(name: str, folders: Sequence[Path]) -> str:
    """Return a file of the first folder that has it; like all that is wrong in a stylesheet, what is no UTF-8 has no effect."""
    return next(folder / name for folder in folders if (folder / name).is_file()).read_text("utf-8", "replace")
