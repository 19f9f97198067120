"""What to take out of a YAML text so that some entries are gone, and everything else stays as it is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import NamedTuple

from kpigen.diagnostics.values import phrase
from kpigen.document.edit import CannotEdit, after_line, end_of
from kpigen.document.nodes import MappingNode, Node, Scalar, SequenceNode

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_COMMENT = re.compile(r"(?:^|(?<=[ \t]))#")
_COMMENT_LINE = re.compile(r"[ \t]*#[^\r\n]*")


class TextCut(NamedTuple):
    """A part of a text, from one offset to another, and what stands there instead."""

    start: int
    end: int
    new: str = ""


def applied(text: str, cuts: Iterable[TextCut]) -> str:
    """Return a text with all cuts made. What lies inside another cut goes with it."""
    end = 0
    pieces = []
    for cut in sorted(cuts, key=lambda cut: (cut.start, cut.end > cut.start, -cut.end)):
        if cut.end > end or (cut.start == cut.end >= end):
            pieces += [text[end : max(cut.start, end)], cut.new]
            end = cut.end
    return "".join([*pieces, text[end:]])


def without(text: str, node: MappingNode | SequenceNode, leave_out: Collection[int]) -> Iterator[TextCut]:
    """Yield what to cut so that the entries with these numbers are gone. At least one entry stays.

    Comments on the lines above the key of an entry go with it. Raise CannotEdit if the entries are not on lines of their own.
    """
    entries = [_Listed.of(item) for item in node.items]
    numbers = sorted(leave_out)
    for number in numbers:
        if number - 1 in leave_out:
            continue
        last = number
        while last + 1 in leave_out:
            last += 1
        after = entries[last + 1] if last + 1 < len(entries) else None
        if node.flow:
            if number:
                yield TextCut(entries[number - 1].end, entries[last].end)
            elif after:
                yield TextCut(entries[number].start, after.start)
            continue
        start = entries[number].start
        line = text.rfind("\n", 0, start) + 1
        if isinstance(node, SequenceNode):
            if not re.fullmatch(r"[ \t]*-[ \t]+", text[line:start]):
                raise CannotEdit(phrase("an entry of a list does not begin with `-` on a line of its own"))
        elif text[line:start].strip():  # `- key: …`: the entry of a list begins here
            if after is None:
                raise CannotEdit(phrase("the entries do not begin on lines of their own"))
            yield TextCut(start, after.start)
            continue
        else:
            line = _with_comments(text, line)
        yield _closed_up(text, line, after_line(text, entries[last].end))


class _Listed(NamedTuple):
    start: int
    end: int

    @classmethod
    def of(cls, item: Node | tuple[Scalar, Node]) -> _Listed:
        first, last = item if isinstance(item, tuple) else (item, item)
        return cls(first.start, end_of(last))


def _with_comments(text: str, line: int) -> int:
    """Return where the comments begin that end right above a line: the line itself if there are none."""
    while line:
        above = text.rfind("\n", 0, line - 1) + 1
        if not _COMMENT_LINE.fullmatch(text[above:line].rstrip("\r\n")):
            break
        line = above
    return line


def _closed_up(text: str, start: int, end: int) -> TextCut:
    """Return the cut of whole lines. Of blank lines on both sides, those after it go too."""
    above = text[text.rfind("\n", 0, start - 1) + 1 : start] if start else ""
    if not above.strip():
        blank = re.compile(r"(?:[ \t]*\r?\n)+").match(text, end)
        end = blank.end() if blank else end
    return TextCut(start, end)


def comments(text: str, root: Node, matches: Callable[[str], bool]) -> Iterator[TextCut]:
    """Yield what to cut so that the comments that match are gone. Lines of comments that stand together are one comment."""
    scalars = tuple(_scalars(root))
    run: list[re.Match[str]] = []
    for line in (*_LINE.finditer(text), None):
        sign = -1 if line is None else _sign(line, scalars)
        if line and sign >= 0 and not line[0][: sign - line.start()].strip():
            run.append(line)
            continue
        if run and matches("".join(item[0] for item in run)):
            yield _closed_up(text, run[0].start(), run[-1].end())
        run = []
        if line and sign >= 0 and matches(text[sign : line.end()]):
            before = text[line.start() : sign]
            yield TextCut(sign - (len(before) - len(before.rstrip(" \t"))), line.start() + len(line[0].rstrip("\r\n")))


def _sign(line: re.Match[str], scalars: Iterable[Scalar]) -> int:
    """Return where a comment begins in a line; -1 if there is none."""
    signs = (line.start() + found.end() - 1 for found in _COMMENT.finditer(line[0]))
    return next((at for at in signs if not any(item.start <= at < item.end for item in scalars)), -1)


def _scalars(node: Node) -> Iterator[Scalar]:
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, MappingNode):
        for key, value in node.items:
            yield key
            yield from _scalars(value)
    else:
        for item in node.items:
            yield from _scalars(item)
