"""Text for readers in a terminal, a pull request or a browser: escaped, cut, counted."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from fractions import Fraction
from unicodedata import east_asian_width

from kpigen.numbers.notation import Notation

#: A comment on GitHub holds 65,536 characters; the rest is room for text around it.
MARKDOWN_LIMIT = 60_000

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem;color:#1a1a1a;background:#fff}"
    "table{border-collapse:collapse;margin:.5rem 0}"
    "th,td{border:1px solid #bbb;padding:.25rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}"
    ".n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}"
    "del{background:#fdd}ins{background:#dfd;text-decoration:none}"
)


def printable(text: str) -> str:
    """Replace control characters, so that text from a file cannot control the terminal."""
    return text if text.isprintable() else "".join(char if char.isprintable() else "�" for char in text)


def markdown(text: str) -> str:
    """Keep text from being read as Markdown, HTML or a mention."""
    literal = re.sub(r"([\\`*_\[\]|~#])", r"\\\1", html.escape(text, quote=False))
    return re.sub(r"\s*[\r\n]+\s*", " ", literal.replace("@", "@\u200b"))


def code(text: str) -> str:
    """Return text as code in Markdown; as plain text if a character would end the code or a table cell."""
    return markdown(text) if re.search(r"[`|\n\r]", text) or not text.strip() else f"`{text}`"


def escaped(text: str) -> str:
    """Keep text from being read as HTML."""
    return html.escape(text, quote=False)


def padded(text: str, width: int, to_the_right: bool = False) -> str:
    """Return text padded to a number of terminal columns; a Chinese character takes two."""
    blank = " " * (width - columns(text))
    return blank + text if to_the_right else text + blank


def columns(text: str) -> int:
    """Return the width of a text in terminal columns."""
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def page(title: str, parts: Iterable[str], language: str) -> str:
    """Return a self-contained HTML page; `parts` are HTML."""
    head = (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escaped(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
    )
    return head + "\n".join(parts) + "\n</body>\n</html>\n"


def within(limit: int, head: str, blocks: Iterable[str], rest: str) -> str:
    """Put blocks below a head as long as they fit into `limit` characters; `rest` has `{count}` for the number left out."""
    text, left = head, list(blocks)
    while left and len(text) + len(left[0]) + 1 <= limit - len(rest) - 20:
        text += left.pop(0) + "\n"
    return text + (rest.format(count=len(left)) + "\n" if left else "")


def signed(value: Fraction, notation: Notation) -> str:
    """Write a difference of totals with its sign: `+2.00`, `-0.50`, `+0.00`."""
    return ("" if value else "+") + notation.change(value)


def counted(count: int, noun: str) -> str:
    """Return a count with its noun: `1 review`, `2 reviews`."""
    return f"{count} {noun}{'' if count == 1 else 's'}"
