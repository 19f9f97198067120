"""YAML as nodes with their places: every scalar keeps its text as written, every node knows its place in the file.

Built from libyaml's parse events, never `load` or `compose`: composing hides anchors and tags, and very deep nesting
crashes the interpreter. What the formats do not allow (anchors, aliases, tags, duplicate keys, several documents,
deep nesting) becomes a diagnostic here, once, for reviews and rule files alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import yaml

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, Span, shorten
from kpigen.diagnostics.terms import while_reading
from kpigen.document.text import FORBIDDEN, SourceText

#: Deeper nesting is refused; no form needs half of it.
MAX_DEPTH = 20

#: More keys and values than this are refused; the largest form has a tenth of it.
MAX_NODES = 20_000

#: More entries than this in one list or mapping are refused; real ones have a fifth of it.
MAX_ENTRIES = 500

#: How many a list that commands write may have, by its key: an amendment of long lists has a change for each of their fields.
MAX_WRITTEN = {"changes": 5_000}

# libyaml counts these as line breaks, so they would silently change a text.
_ODD_BREAKS = re.compile("[\x85\u2028\u2029]")

# `key:value`, which YAML takes for one text. An address has its colon without a blank too.
_NO_BLANK = re.compile(r"(?P<key>[^\W\d][\w.-]*):(?P<value>(?!//)[^\s:]\S*)")

_SIGNS_OF_NO_BLANK = ("could not find expected ':'", "mapping values are not allowed in this context")

_DIRECTIVE = re.compile(r"(?:[ \t]*(?:#[^\r\n]*)?(?:\r\n|\n|\r))*%")

# What libyaml was reading when it met `**bold**`, `&text` or `!text`.
_INDICATORS = {
    "while scanning an alias": catalogue.YAML_ALIAS,
    "while scanning an anchor": catalogue.YAML_ANCHOR,
    "while scanning a tag": catalogue.YAML_TAG,
    "while parsing a tag": catalogue.YAML_TAG,
}


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text with its place (offsets into the file); `plain` if it has no quotes or block marks."""

    text: str
    start: int
    end: int
    plain: bool = True


@dataclass(frozen=True, slots=True)
class MappingNode:
    """Keys and values in the order of the file."""

    items: tuple[tuple[Scalar, Node], ...]
    start: int
    end: int
    flow: bool = False

    def get(self, key: str) -> Node | None:
        """Return the value of a key, or None."""
        return next((value for name, value in self.items if name.text == key), None)


@dataclass(frozen=True, slots=True)
class SequenceNode:
    """Values in the order of the file."""

    items: tuple[Node, ...]
    start: int
    end: int
    flow: bool = False


Node: TypeAlias = Scalar | MappingNode | SequenceNode


class _Stop(Exception):  # noqa: N818  # a way out, not an error of the program
    """Raised inside this module if reading cannot continue; carries the diagnostic."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        self.diagnostic = diagnostic


class _Builder:
    """Turns the event stream of one document into nodes."""

    def __init__(self, source: SourceText, start: int, end: int) -> None:
        self.source = source
        self.offset = start
        self.found: list[Diagnostic] = []
        self.left = MAX_NODES
        # Any: the stubs do not know that parse events carry marks, anchors and tags.
        self.events: Iterator[Any] = iter(yaml.parse(source.text[start:end], Loader=yaml.CLoader))

    def document(self) -> Node | None:
        node: Node | None = None
        documents = 0
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise _Stop(catalogue.SEVERAL_DOCUMENTS.at(self.span(event)))
            elif isinstance(event, yaml.NodeEvent):
                node = self.node(event, 0)
        return node

    def node(self, event: Any, depth: int, key: str = "") -> Node:
        """Return the node that begins with an event; `key` is the nearest one above it."""
        start = self.offset + event.start_mark.index
        self.left -= 1
        if self.left < 0:
            raise _Stop(catalogue.TOO_MANY_NODES.at(self.source.span(start), limit=f"{MAX_NODES:,}"))
        if isinstance(event, yaml.AliasEvent):
            self.found.append(catalogue.YAML_ALIAS.at(self.source.span(start), name=shorten(str(event.anchor))))
            end = self.end(event)
            return Scalar(self.source.text[start:end], start, end, plain=False)
        self.refuse_anchor_and_tag(event)
        if isinstance(event, yaml.ScalarEvent):
            plain = event.style is None or event.style == ""
            odd = None if plain else FORBIDDEN.search(event.value) or _ODD_BREAKS.search(event.value)
            if odd:
                self.found.append(
                    catalogue.FORBIDDEN_CHARACTER.at(self.source.span(start), code=f"U+{ord(odd[0]):04X}")
                )
            return Scalar(event.value, start, self.end(event), plain)
        if depth >= MAX_DEPTH:
            raise _Stop(catalogue.NESTED_TOO_DEEP.at(self.source.span(start), limit=MAX_DEPTH))
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(start, bool(event.flow_style), depth + 1, key)
        return self.mapping(start, bool(event.flow_style), depth + 1, key)

    def sequence(self, start: int, flow: bool, depth: int, key: str) -> SequenceNode:
        items: list[Node] = []
        for event in self.events:
            if isinstance(event, yaml.SequenceEndEvent):
                return SequenceNode(tuple(items), start, self.end(event), flow)
            self.stop_at_limit(len(items), event, key)
            items.append(self.node(event, depth, key))
        raise AssertionError("libyaml closes what it opens")

    def mapping(self, start: int, flow: bool, depth: int, name: str) -> MappingNode:
        items: list[tuple[Scalar, Node]] = []
        lines: dict[str, int] = {}
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                return MappingNode(tuple(items), start, self.end(event), flow)
            self.stop_at_limit(len(items), event, name)
            key = self.node(event, depth)
            value = self.node(next(self.events), depth, key.text if isinstance(key, Scalar) else name)
            if flow and isinstance(key, Scalar) and isinstance(value, Scalar) and not value.text and value.plain:
                key, value = self.parted(key, value)
            if not isinstance(key, Scalar):
                self.found.append(catalogue.KEY_NOT_TEXT.at(self.source.span(key.start)))
            elif key.text in lines:
                self.found.append(
                    catalogue.DUPLICATE_KEY.at(self.source.span(key.start), key=shorten(key.text), line=lines[key.text])
                )
            else:
                lines[key.text] = self.source.span(key.start).line
                items.append((key, value))
        raise AssertionError("libyaml closes what it opens")

    def stop_at_limit(self, count: int, event: Any, key: str) -> None:
        limit = MAX_WRITTEN.get(key, MAX_ENTRIES)
        if count >= limit:
            raise _Stop(catalogue.TOO_MANY_ENTRIES.at(self.span(event), key=shorten(key) or "…", limit=limit))

    def parted(self, key: Scalar, value: Scalar) -> tuple[Scalar, Scalar]:
        """Return a key and its value. If there is no blank between them (reported), YAML gives both as the key."""
        colon = without_blank(key)
        if colon is None:
            return key, value
        self.found.append(colon.finding(self.source.span(key.start)))
        middle = key.start + len(colon.key)
        return Scalar(colon.key, key.start, middle), Scalar(colon.value, middle + 1, key.end)

    def refuse_anchor_and_tag(self, event: Any) -> None:
        if event.anchor is not None:
            self.found.append(catalogue.YAML_ANCHOR.at(self.span(event), name=shorten(str(event.anchor))))
        if event.tag is not None:
            self.found.append(catalogue.YAML_TAG.at(self.span(event), tag=shorten(str(event.tag))))

    def end(self, event: Any) -> int:
        return self.offset + int(event.end_mark.index)

    def span(self, event: Any) -> Span:
        return self.source.span(self.offset + event.start_mark.index)


@dataclass(frozen=True, slots=True)
class Unparted:
    """A key and a value with no blank between them."""

    key: str
    value: str

    def finding(self, span: Span) -> Diagnostic:
        """Return the finding for it."""
        text, better = shorten(f"{self.key}:{self.value}"), shorten(f"{self.key}: {self.value}")
        return catalogue.NO_BLANK_AFTER_COLON.at(span, text=text, better=better)


def without_blank(node: Node) -> Unparted | None:
    """Return the key and value at the beginning of a text that lacks the blank after its colon; None for other texts."""
    match = _NO_BLANK.match(node.text) if isinstance(node, Scalar) and node.plain else None
    return Unparted(match["key"], match["value"]) if match else None


def parse(source: SourceText, start: int = 0, end: int | None = None) -> tuple[Node | None, list[Diagnostic]]:
    """Read the YAML document between two offsets of a file.

    Return the root node (None if the document is empty or its syntax is broken) and the findings.
    """
    end = len(source.text) if end is None else end
    odd = _ODD_BREAKS.search(source.text, start, end)
    if odd:
        return None, [catalogue.FORBIDDEN_CHARACTER.at(source.span(odd.start()), code=f"U+{ord(odd[0]):04X}")]
    directive = _DIRECTIVE.match(source.text, start, end)
    if directive:
        return None, [catalogue.YAML_DIRECTIVE.at(source.span(directive.end() - 1))]
    builder = _Builder(source, start, end)
    try:
        return builder.document(), builder.found
    except _Stop as stop:
        return None, [*builder.found, stop.diagnostic]
    except yaml.MarkedYAMLError as error:
        return None, [*builder.found, _syntax_error(source, start, end, error)]


def _unparted_near(source: SourceText, start: int, offset: int) -> Diagnostic | None:
    """Return the finding for a key without a blank after its colon on the line of an offset, or on the line before it."""
    line = source.text.rfind("\n", start, offset) + 1 or start
    for begin in (line, source.text.rfind("\n", start, max(line - 1, start)) + 1 or start):
        indent = re.compile(r"[ ]*(?:-[ ]+)*").match(source.text, begin)
        match = _NO_BLANK.match(source.text, indent.end() if indent else begin)
        if match:
            return Unparted(match["key"], match["value"]).finding(source.span(match.start()))
    return None


def _syntax_error(source: SourceText, start: int, end: int, error: yaml.MarkedYAMLError) -> Diagnostic:
    indicator = _INDICATORS.get(str(error.context))
    if indicator and error.context_mark:
        offset = start + error.context_mark.index
        word = re.split(r"\s", source.text[offset : offset + 80])[0]
        return indicator.at(source.span(offset), name=shorten(word[1:]), tag=shorten(word))
    mark = error.problem_mark or error.context_mark
    offset = min(start + (mark.index if mark else 0), end)
    if source.text[offset : offset + 1] == "\t" or "tab character" in str(error.problem):
        return catalogue.TAB.at(source.span(offset))
    unparted = _unparted_near(source, start, start + error.context_mark.index if error.context_mark else offset)
    if unparted is not None and error.problem in _SIGNS_OF_NO_BLANK:
        return unparted
    unclosed = error.context == "while scanning a quoted scalar" and "unexpected" in str(error.problem)
    if error.context_mark and (unclosed or not source.text[offset:end].strip()):
        offset = start + error.context_mark.index  # what was never closed, not where the text ends
    line = source.text[source.text.rfind("\n", 0, offset) + 1 : offset]
    wide = re.search(r"^[ \t]*[A-Za-z_-]+[ \t]*\uff1a", line) or re.search(
        r"(?m)^[ \t]*[a-z_]+[ \t]*\uff1a", source.text[start:offset]
    )
    if "<document start>" in (error.problem or "") and re.search(r"(?m)^\.\.\.[ \t]*\r?$", source.text[start:offset]):
        return catalogue.SEVERAL_DOCUMENTS.at(source.span(offset))
    kind = catalogue.FULL_WIDTH_COLON if wide else catalogue.YAML_SYNTAX
    return kind.at(source.span(offset), problem=while_reading(error.context, error.problem))
