"""Entries and comments are taken out of a YAML text; everything else stays as it is."""

from __future__ import annotations

import pytest

from kpigen.document.cuts import TextCut, applied, comments, without
from kpigen.document.edit import CannotEdit
from kpigen.document.nodes import MappingNode, Node, Scalar, SequenceNode, parse
from kpigen.document.text import SourceText


def root_of(text: str) -> Node:
    root, found = parse(SourceText("x", text))
    assert found == []
    assert root is not None
    return root


def cut(text: str, *keys: str) -> str:
    """Return the text without these keys of the mapping, and without these entries of the list below `list`."""
    node = root_of(text)
    assert isinstance(node, MappingNode)
    inner = node.get("list") or node
    assert isinstance(inner, MappingNode | SequenceNode)
    if isinstance(inner, MappingNode):
        gone = {number for number, (key, _) in enumerate(inner.items) if key.text in keys}
    else:
        gone = {number for number, item in enumerate(inner.items) if first(item) in keys}
    assert len(gone) == len(keys)
    return applied(text, without(text, inner, gone))


def first(item: Node) -> str:
    return item.text if isinstance(item, Scalar) else first(item.items[0][1]) if isinstance(item, MappingNode) else ""


@pytest.mark.parametrize(
    ("text", "keys", "left"),
    [
        ("a: 1\nb: 2\nc: 3\n", "b", "a: 1\nc: 3\n"),
        ("a: 1\nb: 2\nc: 3\n", "a", "b: 2\nc: 3\n"),
        ("a: 1\nb: 2\nc: 3", "c", "a: 1\nb: 2\n"),
        ("a: 1\r\nb: 2\r\nc: 3\r\n", "b", "a: 1\r\nc: 3\r\n"),
        ("a: 1\nb: 2  # two\nc: 3\n", "b", "a: 1\nc: 3\n"),
        ("a: 1\n\n# about b\n# and more\nb:\n  x: 1\n  # inside\n  y: 2\n\nc: 3\n", "b", "a: 1\n\nc: 3\n"),
        ("# about b\nb: 1\n\n\nc: 3\n", "b", "c: 3\n"),
        ("a: 1\n# about a\n\nb: 1\nc: 3\n", "b", "a: 1\n# about a\n\nc: 3\n"),
        ("a: 1\nb: |\n  text\n  # no comment\n\nc: 3\n", "b", "a: 1\nc: 3\n"),
        ("a: 1\nb:\nc: 3\n", "b", "a: 1\nc: 3\n"),
        ("a: 1\nb: {x: 1,\n  y: 2}\nc: 3\n", "b", "a: 1\nc: 3\n"),
        ("a: 1\nb:\n- 1\n- 2\nc: 3\n", "b", "a: 1\nc: 3\n"),
        ("{a: 1, b: 2, c: 3}", "b", "{a: 1, c: 3}"),
        ("{a: 1, b: 2, c: 3}", "a", "{b: 2, c: 3}"),
        ("{a: 1, b: 2, c: 3}", "bc", "{a: 1}"),
        ("{a: 1, b: 2, c: 3}", "ab", "{c: 3}"),
        ("{a: 1, b: 2, c: 3}", "ac", "{b: 2}"),
        ("{a: 1, b: '}, x', c: 3}", "b", "{a: 1, c: 3}"),
        ("list:\n  - a\n  - b\n  - c\n", "b", "list:\n  - a\n  - c\n"),
        ("list:\n- a\n- b\n- c\n", "bc", "list:\n- a\n"),
        ("list: [a, b, c]\n", "ab", "list: [c]\n"),
        (
            "list:\n  - x: a\n    y: 1\n  # about c\n  - x: c\n    y: 2\n",
            "a",
            "list:\n  # about c\n  - x: c\n    y: 2\n",
        ),
    ],
)
def test_entries_go_with_their_lines_and_comments(text: str, keys: str, left: str) -> None:
    assert cut(text, *keys) == left


def test_the_first_key_of_an_entry_leaves_the_sign_of_the_list() -> None:
    text = "- a: 1\n  b: 2\n- a: 3\n  b: 4\n"
    root = root_of(text)
    assert isinstance(root, SequenceNode)
    cuts = [cut for item in root.items if isinstance(item, MappingNode) for cut in without(text, item, {0})]
    assert applied(text, cuts) == "- b: 2\n- b: 4\n"
    with pytest.raises(CannotEdit):
        list(without("- a: 1\n", root_of("- a: 1\n").items[0], {0}))  # type: ignore[union-attr, arg-type]


def test_a_sign_on_a_line_of_its_own_is_refused() -> None:
    text = "list:\n  -\n    a\n  - b\n"
    with pytest.raises(CannotEdit):
        cut(text, "a")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("# old\na: 1\n", "a: 1\n"),
        ("# one\n# old\n# two\n\na: 1\n", "a: 1\n"),
        ("# one\n\n# old\n\n# two\na: 1\n", "# one\n\n# two\na: 1\n"),
        ("a: 1  # old\nb: 2 # new\n", "a: 1\nb: 2 # new\n"),
        ("a: 1  # old\n# new\nb: 2\n", "a: 1\n# new\nb: 2\n"),
        ("a: '# old'\nb: x# old\n", "a: '# old'\nb: x# old\n"),
        ("a: |\n  # old\nb: 1\n", "a: |\n  # old\nb: 1\n"),
        ("a:\n  # old\n  b: 1\n# old", "a:\n  b: 1\n"),
        ("a: 1 # old\r\n# old\r\nb: 2\r\n", "a: 1\r\nb: 2\r\n"),
    ],
)
def test_comments_that_match_go(text: str, left: str) -> None:
    assert applied(text, comments(text, root_of(text), lambda comment: "old" in comment)) == left


def test_what_lies_inside_another_cut_goes_with_it() -> None:
    assert applied("0123456789", [TextCut(2, 6), TextCut(3, 4, "x"), TextCut(5, 8), TextCut(9, 9, "+")]) == "018+9"
    assert applied("0123", [TextCut(1, 1, "a"), TextCut(1, 2, "b")]) == "0ab23"
