"""Edits of front matter in place: comments, order and layout of everything else stay as they were.

Each function returns the new text of the file. It raises `CannotEdit`, with the reason, if the edit is not possible.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace

from kpigen.diagnostics.values import Value, phrase
from kpigen.document.frontmatter import Document, split
from kpigen.document.nodes import MappingNode, Node, Scalar, SequenceNode


class CannotEdit(Exception):  # noqa: N818  # says what is the matter
    """The front matter is laid out in a way that cannot be edited in place; `why` is the reason."""

    def __init__(self, why: Value) -> None:
        """Say why."""
        super().__init__(why)
        self.why = why


def flow(values: Mapping[str, object]) -> str:
    """Write a mapping on one line, texts quoted if YAML would read it differently."""
    return "{" + ", ".join(f"{key}: {inline(value)}" for key, value in values.items()) + "}"


def inline(value: object) -> str:
    """Write mappings, lists and texts on one line."""
    if isinstance(value, Mapping):
        return flow(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(inline(item) for item in value) + "]"
    text = str(value)
    # A plain scalar: a letter or digit first, then no character that has a meaning in YAML.
    if re.fullmatch(r"[\w][\w .+/@·-]*", text) and text == text.strip():
        return text
    return json.dumps(text, ensure_ascii=False)


def scalar(text: str) -> str:
    """Write a text on one line, quoted if YAML would read it differently."""
    return inline(text)


def set_scalar(document: Document, key: str, value: str) -> str:
    """Replace the text of a top-level field."""
    node = document.root.get(key)
    if not isinstance(node, Scalar):
        raise CannotEdit(phrase("`{key}` is not a single text", key=key))
    text = document.source.text
    return text[: node.start] + value + text[node.end :]


def insert_after(document: Document, key: str, lines: list[str]) -> str:
    """Insert lines as a new top-level field after the line of another one."""
    _refuse_flow(document)
    node = document.root.get(key)
    if node is None or (not isinstance(node, Scalar) and not node.flow):
        raise CannotEdit(phrase("`{key}` does not stand on one line", key=key))
    return _insert_lines(document, after_line(document.source.text, node.end), lines)


def append_item(document: Document, key: str, values: Mapping[str, object]) -> str:
    """Append an entry to a top-level list. Add the list if it is missing."""
    _refuse_flow(document)
    text, item = document.source.text, flow(values)
    node = document.root.get(key)
    if node is None:
        return _insert_lines(document, document.yaml_end, [f"{key}:", f"  - {item}"])
    if isinstance(node, Scalar):
        if node.text:
            raise CannotEdit(phrase("`{key}` is not a list", key=key))
        return _insert_lines(document, after_line(text, node.end), [f"  - {item}"])
    if isinstance(node, MappingNode):
        raise CannotEdit(phrase("`{key}` is not a list", key=key))
    if node.flow:
        # Right after the last entry, to keep a comment, comma or line end before the bracket.
        at = node.items[-1].end if node.items else node.start + 1
        return text[:at] + (", " if node.items else "") + item + text[at:]
    indent = text[text.rfind("\n", 0, node.start) + 1 : node.start]
    if indent.strip(" "):
        raise CannotEdit(phrase("the entries of `{key}` do not begin with `-` on lines of their own", key=key))
    return _insert_lines(document, after_line(text, end_of(node)), [f"{indent}- {item}"])


def append_block(document: Document, key: str, lines: list[str], values: Mapping[str, object]) -> str:
    """Append an entry to a top-level list. Add the list if it is missing.

    The entry is written as `lines`. In a list in brackets it is written on one line, from `values`.
    """
    _refuse_flow(document)
    text, node = document.source.text, document.root.get(key)
    indent, heading, offset = "  ", [], document.yaml_end
    if node is None:
        heading = [f"{key}:"]
    elif isinstance(node, SequenceNode) and node.flow and node.items:
        return append_item(document, key, values)
    elif isinstance(node, SequenceNode) and not node.flow:
        last = node.items[-1]
        line_start = text.rfind("\n", 0, last.start) + 1
        indent = re.match(r"[ \t]*", text[line_start:])[0]  # type: ignore[index]
        offset = after_line(text, end_of(last))
    elif isinstance(node, SequenceNode):  # `[]`: the entries below replace it
        text = text[: node.start] + text[node.end :]
        document = replace(document, source=replace(document.source, text=text))
        offset = after_line(text, node.start)
    else:
        raise CannotEdit(phrase("`{key}` is not a list", key=key))
    entry = [f"{indent}{'- ' if number == 0 else '  '}{line}" for number, line in enumerate(lines)]
    return _insert_lines(document, offset, [*heading, *entry])


def replace_values(document: Document, values: Mapping[str, str]) -> str:
    """Replace the values of fields named by dotted paths, in place."""
    text = document.source.text
    places = [(_at(document, path), value) for path, value in values.items()]
    for node, value in sorted(places, key=lambda place: -place[0].start):
        text = text[: node.start] + value + text[end_of(node) :]
    return text


def replace_list(document: Document, path: str, items: list[Mapping[str, object]]) -> str:
    """Replace the entries of the list that a dotted path names.

    A list that is written with one entry per line stays so; any other becomes a list in brackets, on one line.
    """
    node = _at(document, path)
    if isinstance(node, SequenceNode) and not node.flow:
        if not items:  # brackets have to stand further right than their key, which entries need not
            return replace_values(document, {path: f"  {inline(items)}"})
        start = document.source.text.rfind("\n", 0, node.start) + 1
        between = f"{document.source.newline}{' ' * (node.start - start)}- "
        return replace_values(document, {path: "- " + between.join(flow(item) for item in items)})
    return replace_values(document, {path: inline(items)})


def put_list(document: Document, path: str, key: str, items: list[Mapping[str, object]]) -> str:
    """Replace a list in a mapping named by a dotted path, or add it as the last field if it is missing."""
    node, text = _at(document, path), document.source.text
    if not isinstance(node, MappingNode) or not node.items:
        raise CannotEdit(phrase("`{key}` is not a mapping", key=path))
    if node.get(key) is not None:
        return replace_list(document, f"{path}.{key}", items)
    if node.flow:
        at = end_of(node.items[-1][1])
        return f"{text[:at]}, {key}: {inline(items)}{text[at:]}"
    first = node.items[0][0].start
    indent = text[text.rfind("\n", 0, first) + 1 : first]
    lines = [f"{indent}{key}:", *(f"{indent}  - {flow(item)}" for item in items)]
    return _insert_lines(document, after_line(text, end_of(node)), lines)


def _at(document: Document, path: str) -> Node:
    """Return the node that a dotted path names."""
    node: Node | None = document.root
    for key in path.split("."):
        node = node.get(key) if isinstance(node, MappingNode) else None
    if node is None:
        raise CannotEdit(phrase("`{path}` is missing", path=path))
    return node


def again(document: Document, text: str) -> Document:
    """Return the document of an edited text."""
    found, _ = split(replace(document.source, text=text))
    if found is None:
        raise CannotEdit(phrase("it could not be read again"))
    return found


def _refuse_flow(document: Document) -> None:
    if document.root.flow:
        raise CannotEdit(phrase("all fields stand in one pair of braces"))


def end_of(node: Node) -> int:
    """Return the offset at which a node's text ends.

    For a block list or mapping that is the end of its last item: the parser may put the end of the whole behind comments
    below it.
    """
    if isinstance(node, Scalar) or node.flow or not node.items:
        return node.end
    last = node.items[-1]
    return end_of(last[1] if isinstance(last, tuple) else last)


def after_line(text: str, offset: int) -> int:
    """Return the offset at which the next line begins: the same offset if a line ends just before it, as after a block text."""
    if offset and text[offset - 1] == "\n":
        return offset
    newline = text.find("\n", offset)
    return len(text) if newline < 0 else newline + 1


def _insert_lines(document: Document, offset: int, lines: list[str]) -> str:
    text, newline = document.source.text, document.source.newline
    return text[:offset] + "".join(line + newline for line in lines) + text[offset:]
