"""Split a review into front matter and body."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic
from kpigen.document.nodes import MappingNode, parse
from kpigen.document.text import SourceText

_FENCE = re.compile(r"^---[ \t]*\r?$", re.MULTILINE)


@dataclass(frozen=True)
class Document:
    """A review file taken apart: its front matter as nodes, and the offsets of front matter and body."""

    source: SourceText
    root: MappingNode
    yaml_start: int
    yaml_end: int
    body_start: int

    @property
    def body(self) -> str:
        """The Markdown after the front matter, with LF line ends, without blank lines around it."""
        text = self.source.text[self.body_start :].replace("\r\n", "\n").replace("\r", "\n")
        return re.sub(r"\A(?:[ \t]*\n)+", "", text).rstrip()


def split(source: SourceText) -> tuple[Document | None, list[Diagnostic]]:
    """Return a review file split into front matter and body; None if there is no readable front matter."""
    opening = _FENCE.match(source.text)
    if opening is None:
        return None, [catalogue.NO_FRONT_MATTER.at(source.span(0))]
    yaml_start = _next_line(source.text, opening.end())
    closing = _FENCE.search(source.text, yaml_start)
    if closing is None:
        return None, [catalogue.FRONT_MATTER_NOT_CLOSED.at(source.span(0))]
    root, found = parse(source, yaml_start, closing.start())
    if root is None:
        return None, found or [catalogue.FRONT_MATTER_EMPTY.at(source.span(yaml_start))]
    if not isinstance(root, MappingNode):
        return None, [*found, catalogue.FRONT_MATTER_EMPTY.at(source.span(root.start))]
    return Document(source, root, yaml_start, closing.start(), _next_line(source.text, closing.end())), found


def _next_line(text: str, offset: int) -> int:
    newline = text.find("\n", offset)
    return len(text) if newline < 0 else newline + 1
