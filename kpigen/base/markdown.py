"""Markdown of reviews as safe HTML: no raw HTML, no images, links only to where they may lead, headings below the page's own."""

from __future__ import annotations

import re
from collections.abc import MutableMapping, Sequence
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup

_CJK = re.compile("[\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff]")
_SHARED = re.compile("[‘’“”…—·]")  # Chinese and Western text both have these


class _Renderer(RendererHTML):
    """Joins lines of Chinese text without the gap that a line end would leave."""

    def softbreak(self, tokens: Sequence[Token], idx: int, options: Any, env: MutableMapping[str, Any]) -> str:
        before = next((token.content[-1] for token in reversed(tokens[:idx]) if token.content), "")
        after = next((token.content[0] for token in tokens[idx + 1 :] if token.content), "")
        sides = [bool(_CJK.match(char)) for char in (before, after)]
        shared = [bool(_SHARED.match(char)) for char in (before, after)]
        return "" if all(sides) or (any(sides) and any(shared)) else "\n"


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}, renderer_cls=_Renderer).enable("table").disable("image")
    parser.validateLink = lambda url: url.lower().startswith(("https://", "mailto:"))  # type: ignore[method-assign]
    return parser


def render(text: str, heading: int = 3) -> Markup:
    """Return Markdown as HTML; its top headings become `<h{heading}>`."""
    if not text:
        return Markup("")
    parser = _parser()
    tokens = parser.parse(text)
    levels = sorted({int(token.tag[1]) for token in tokens if token.type == "heading_open"})
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(heading + levels.index(int(token.tag[1])), 6)}"
        elif token.type == "th_open":
            token.attrSet("scope", "col")
    return Markup(parser.renderer.render(tokens, parser.options, {}))


def render_inline(text: str) -> Markup:
    """Return a short Markdown text as HTML: paragraphs, lists, emphasis."""
    return render(text, heading=5)
