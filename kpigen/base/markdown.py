"""Markdown of reviews as safe HTML: no raw HTML, no images, links only to where they may lead, headings below the page's own.

What is indented is no code: in Chinese, paragraphs begin with blanks. Emphasis also holds beside Chinese punctuation.
"""

from __future__ import annotations

import re
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup

from kpigen.base.emphasis import cjk_emphasis

#: Blocks that lie within so many others are left out, without a word (`files.prose` reports them).
LEVELS = 20

_CJK = re.compile("[\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff]")
#: What may be read otherwise than by CommonMark: stars and underscores, and indented lines.
_DIFFERS = re.compile(r"[*_]|^(?: {4}| {0,3}\t)|[>+.)-](?: {4}| {0,3}\t)", re.MULTILINE)
_HEADING = re.compile(r"<h([1-6])>.*?</h\1>", re.DOTALL)
_SHARED = re.compile("[‘’“”…—·]")  # Chinese and Western text both have these


class _MarkdownRenderer(RendererHTML):
    """Joins lines of Chinese text without the gap that a line end would leave."""

    def softbreak(self, tokens: Sequence[Token], idx: int, options: Any, env: MutableMapping[str, Any]) -> str:
        # By index: slices of all tokens, one at each line end, would take a time that grows with the square of the text.
        before = next((tokens[at].content[-1] for at in range(idx - 1, -1, -1) if tokens[at].content), "")
        after = next((tokens[at].content[0] for at in range(idx + 1, len(tokens)) if tokens[at].content), "")
        sides = [bool(_CJK.match(char)) for char in (before, after)]
        shared = [bool(_SHARED.match(char)) for char in (before, after)]
        return "" if all(sides) or (any(sides) and any(shared)) else "\n"


@cache
def _parser(levels: int = LEVELS) -> MarkdownIt:
    options = {"html": False, "maxNesting": levels}
    parser = (
        MarkdownIt("commonmark", options, renderer_cls=_MarkdownRenderer).enable("table").disable(["image", "code"])
    )
    parser.validateLink = may_lead_to  # type: ignore[method-assign]
    return parser.use(cjk_emphasis)


@cache
def _parser_of_before() -> MarkdownIt:
    """Return a parser that reads as CommonMark does: indented lines are code, Chinese punctuation is like any other."""
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": LEVELS}).enable("table").disable("image")
    parser.validateLink = may_lead_to  # type: ignore[method-assign]
    return parser


def may_lead_to(url: str) -> bool:
    """Return True if a link may lead to an address."""
    return url.lower().startswith(("https://", "mailto:"))


def is_read_otherwise(text: str) -> bool:
    """Return True if a text is read otherwise than by CommonMark, as all texts were before indentation and emphasis were
    adapted to Chinese."""
    if not _DIFFERS.search(text):
        return False
    kinds = [
        [(token.type, token.tag, [(child.type, child.content) for child in token.children or ()]) for token in tokens]
        for tokens in (_parser().parse(text), _parser_of_before().parse(text))
    ]
    return kinds[0] != kinds[1]


def first_line_at(level: int, text: str) -> int | None:
    """Return the line (from 0) of the first block that lies within so many others; None if no block does."""
    # One level more than is asked for is enough to see what lies there.
    blocks = (token for token in _parser(level + 1).parse(text) if token.type != "inline" and token.map)
    return next((token.map[0] for token in blocks if token.level >= level and token.map), None)


@dataclass(frozen=True)
class Titled:
    """Markdown as HTML, with its opening top-level heading separate: `title` is its text, `heading` its element.

    A part that is missing is empty.
    """

    title: Markup
    heading: Markup
    rest: Markup

    @property
    def whole(self) -> Markup:
        """The text with its heading."""
        return self.heading + self.rest

    @property
    def has_words(self) -> bool:
        """True if the text says something besides its headings."""
        return re.search(r"\w", Markup(_HEADING.sub("", self.whole)).striptags()) is not None


def render(text: str, heading: int = 3) -> Markup:
    """Return Markdown as HTML; its top headings become `<h{heading}>`."""
    return _html(_tokens(text, heading)) if text else Markup("")


def render_titled(text: str, heading: int = 3) -> Titled:
    """Return Markdown as `render` does, but with an opening top-level heading separate."""
    tokens = _tokens(text, heading) if text else []
    if not tokens or tokens[0].type != "heading_open" or tokens[0].tag != f"h{heading}":
        return Titled(Markup(""), Markup(""), _html(tokens))
    return Titled(_html(tokens[1:2]), _html(tokens[:3]), _html(tokens[3:]))


def _tokens(text: str, heading: int) -> list[Token]:
    tokens = _parser().parse(text)
    levels = sorted({int(token.tag[1]) for token in tokens if token.type == "heading_open"})
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(heading + levels.index(int(token.tag[1])), 6)}"
        elif token.type == "table_open":
            # On a screen a wide table scrolls within itself, and keys reach what scrolls.
            token.attrs = {"class": "written", "tabindex": "0"}
            table, columns = token, 0
        elif token.type == "thead_close":
            table.attrs["class"] = "written crowd" if columns > 24 else "written many" if columns > 6 else "written"
        elif token.type in ("th_open", "td_open"):
            align = str(token.attrs.pop("style", "")).removeprefix("text-align:")
            if align:
                # A style would be blocked where pages are served as they should be.
                token.attrSet("class", f"to-{align}")
            if token.type == "th_open":
                columns += 1
                token.attrSet("scope", "col")
    return tokens


def has_words(text: str) -> bool:
    """Return True if a text, as pages show it, says something besides its headings."""
    return render_titled(text).has_words


def _html(tokens: Sequence[Token]) -> Markup:
    parser = _parser()
    return Markup(parser.renderer.render(tokens, parser.options, {}))


def render_inline(text: str) -> Markup:
    """Return a short Markdown text as HTML: paragraphs, lists, emphasis."""
    return render(text, heading=5)
