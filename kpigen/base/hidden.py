"""What people write into Markdown for nobody to see, or so that nobody sees it: comments, notes disguised as links, cells
beyond a table. kpigen shows raw HTML as it is written, so what is meant to be hidden would be read by everybody."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import normalizeReference
from markdown_it.rules_block.table import escapedSplit
from markdown_it.token import Token

from kpigen.base.blank import is_blank
from kpigen.base.markdown import LEVELS, may_lead_to


class Hiding(enum.Enum):
    """A way to hide text in Markdown, or one that hides it although nobody may mean to. `TAG` hides nothing."""

    COMMENT = "comment"
    INSTRUCTION = "instruction"
    DECLARATION = "declaration"
    TAG_THAT_HIDES = "tag that hides"
    NOTE_AS_LINK = "note as link"
    TAG = "tag"
    LINK = "link"
    TITLE = "title"
    EMPTY_LINK = "empty link"
    TAG_CHARACTERS = "tag characters"
    INFO = "info"
    CELLS = "cells"

    @property
    def is_shown(self) -> bool:
        """True if reports show the text as it is written."""
        return self in _SHOWN


_SHOWN = frozenset(
    {Hiding.COMMENT, Hiding.INSTRUCTION, Hiding.DECLARATION, Hiding.TAG_THAT_HIDES, Hiding.NOTE_AS_LINK, Hiding.TAG}
)


@dataclass(frozen=True)
class Hidden:
    """A place where something is hidden: the line (from 0), the way, and the text there."""

    line: int
    hiding: Hiding
    text: str


_OPENINGS = re.compile(r"<!--|<\?|<!(?:\[CDATA\[|[A-Za-z])|<[A-Za-z][A-Za-z0-9-]*(?:\s+[A-Za-z_:][^<>]*)?\s*/?>")
_HIDES = re.compile(
    r"<(?:template|noscript)\b|\shidden(?=[\s=/>])|display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?![.\d])"
    r"|font-size\s*:\s*0(?![.\d])|(?<![-\w])color\s*:\s*(?:white|transparent|#fff)\b",
    re.IGNORECASE,
)
_TAGS = re.compile("(?<![\U0001f3f4\U000e0000-\U000e007f])[\U000e0000-\U000e007f]+")
#: A name of a language behind a fence: short, and no sentence.
_LANGUAGE = re.compile(r"[A-Za-z0-9+#.-]{0,20}")
#: Stands for what is shown as it is: code, an escaped character.
_SHOWN_AS_IS = "\0"


@cache
def _parser() -> MarkdownIt:
    options = {"html": False, "maxNesting": LEVELS, "store_labels": True}
    parser = MarkdownIt("commonmark", options).enable("table").disable(["image", "code", "text_join"])
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    return parser


def hidden_in(text: str) -> list[Hidden]:
    """Return what is hidden in a Markdown text, and HTML, line by line. Code is shown and hides nothing."""
    env: dict[str, Any] = {}
    tokens, lines = _parser().parse(text, env), text.split("\n")
    found = [
        *_tag_characters(text),
        *_html(tokens),
        *_links(tokens),
        *_definitions(tokens, env, lines),
        *_beside_the_words(tokens, lines),
    ]
    return sorted(dict.fromkeys(found), key=lambda item: item.line)


def _html(tokens: Sequence[Token]) -> Iterator[Hidden]:
    """Find HTML in paragraphs, headings and cells. A comment ends at its end, whatever stands in it, or with the paragraph."""
    for token in tokens:
        if token.type != "inline" or "<" not in token.content:
            continue
        text, at = "".join(map(_written, token.children or ())), 0
        while match := _OPENINGS.search(text, at):
            hiding, closing = _kind(match[0])
            end = text.find(closing, match.end()) if closing else match.end()
            at = len(text) if end < 0 else end + len(closing)
            line = (token.map or [0])[0] + text.count("\n", 0, match.start())
            yield Hidden(line, hiding, text[match.start() : at])


def _tag_characters(text: str) -> Iterator[Hidden]:
    """Find letters that no font draws, but for the flags of regions, which are written with them."""
    for match in _TAGS.finditer(text):
        letters = "".join(chr(ord(char) - 0xE0000) for char in match[0] if ord(char) > 0xE001F)
        line = text.count("\n", 0, match.start())
        yield Hidden(line, Hiding.TAG_CHARACTERS, letters or f"U+{ord(match[0][0]):04X}")


def _links(tokens: Sequence[Token]) -> Iterator[Hidden]:
    """Find links with a title, which only a mouse sees, and links without a text, which nobody does."""
    for token in tokens:
        children, line = token.children or [], token.map[0] if token.map else 0
        for place, child in enumerate(children):
            if child.type != "link_open":
                continue
            if child.attrGet("title"):
                yield Hidden(line, Hiding.TITLE, str(child.attrGet("title")))
            end = next(at for at in range(place, len(children)) if children[at].type == "link_close")
            if all(is_blank(inner.content) for inner in children[place + 1 : end]):
                yield Hidden(line, Hiding.EMPTY_LINK, str(child.attrGet("href")))


def _written(token: Token) -> str:
    """Return a part of a paragraph as it is written, but for marks of emphasis and links."""
    if token.type in ("softbreak", "hardbreak"):
        return "\n"
    return token.content if token.type == "text" else _SHOWN_AS_IS if token.content else ""


def _kind(opening: str) -> tuple[Hiding, str]:
    """Return what an opening begins, and what ends it (empty: the opening is all)."""
    if opening == "<!--":
        return Hiding.COMMENT, "-->"
    if opening == "<?":
        return Hiding.INSTRUCTION, "?>"
    if opening.startswith("<!"):
        return Hiding.DECLARATION, "]]>" if opening.startswith("<![") else ">"
    return (Hiding.TAG_THAT_HIDES if _HIDES.search(opening) else Hiding.TAG), ""


def _beside_the_words(tokens: Sequence[Token], lines: Sequence[str]) -> Iterator[Hidden]:
    """Find words behind a fence and cells beyond a table."""
    columns = 0
    for token in tokens:
        line = token.map[0] if token.map else 0
        if token.type == "fence" and not _LANGUAGE.fullmatch(token.info.strip()):
            yield Hidden(line, Hiding.INFO, token.info.strip())
        elif token.type == "thead_open":
            columns = len(_cells(lines[line]))
        elif token.type == "tr_open" and len(cells := _cells(lines[line])) > columns:
            yield Hidden(line, Hiding.CELLS, " | ".join(cell.strip() for cell in cells[columns:]))


def _cells(line: str) -> list[str]:
    cells = escapedSplit(re.sub(r"^[ \t>]*(?:(?:[*+-]|\d+[.)])[ \t]+)*", "", line).strip())
    return cells[bool(cells and not cells[0]) : len(cells) - (len(cells) > 1 and not cells[-1])]


def _definitions(tokens: Sequence[Token], env: Mapping[str, Any], lines: Sequence[str]) -> Iterator[Hidden]:
    """Find definitions of links that no link uses. One that may lead nowhere is shown, unless it is known as a comment."""
    children = (child for token in tokens if token.type == "inline" for child in token.children or ())
    used = {normalizeReference(str(child.meta["label"])) for child in children if child.meta.get("label")}
    defined = [(label, item) for label, item in env.get("references", {}).items() if label not in used]
    again = [(str(item["label"]), item) for item in env.get("duplicate_refs", ())]
    for _, item in defined + again:
        line = item["map"][0]
        if may_lead_to(item["href"]):
            yield Hidden(line, Hiding.LINK, lines[line].strip())
        elif item["title"] or item["href"] in ("", "#"):
            yield Hidden(line, Hiding.NOTE_AS_LINK, lines[line].strip())
