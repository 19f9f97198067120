"""Parses pages with the standard library: a page as a tree, and any markup whose meaning browsers would have to guess."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from xml.etree.ElementTree import Element, SubElement

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
BLOCKS = {"address", "article", "blockquote", "details", "div", "dl", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
          "hr", "main", "nav", "ol", "p", "pre", "section", "table", "ul"}  # fmt: skip
PHRASING_ONLY = {
    "p",
    "span",
    "b",
    "code",
    "q",
    "a",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "em",
    "strong",
    "pre",
    "caption",
}
ONLY_IN = {
    "li": {"ul", "ol"}, "tr": {"thead", "tbody", "tfoot"}, "td": {"tr"}, "th": {"tr"}, "thead": {"table"}, "tbody": {"table"},
    "tfoot": {"table"}, "caption": {"table"}, "summary": {"details"}, "dt": {"dl", "div"}, "dd": {"dl", "div"},
}  # fmt: skip


class PageParser(HTMLParser):
    """Parses a page into elements and records markup whose meaning browsers would have to guess."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("document")
        self.stack = [self.root]
        self.problems: list[str] = []
        self.declaration = ""

    def handle_decl(self, decl: str) -> None:
        self.declaration = decl

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open(tag, attrs)
        if tag in VOID:
            self.stack.pop()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open(tag, attrs)
        self.stack.pop()
        if tag not in VOID and not any(item.tag == "svg" for item in self.stack):
            self.problems.append(f"<{tag}/> is not closed by its slash")

    def _open(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.problems.append(f"<{tag}> has an attribute twice")
        parents = [item.tag for item in self.stack]
        if tag in BLOCKS and any(parent in PHRASING_ONLY for parent in parents):
            self.problems.append(f"<{tag}> inside {' > '.join(parents)}")
        if tag in ONLY_IN and parents[-1] not in ONLY_IN[tag]:
            self.problems.append(f"<{tag}> inside <{parents[-1]}>")
        self.stack.append(SubElement(self.stack[-1], tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if len(self.stack) == 1 or self.stack[-1].tag != tag:
            self.problems.append(f"</{tag}> closes <{self.stack[-1].tag}>")
        else:
            self.stack.pop()

    def handle_data(self, data: str) -> None:
        if len(self.stack[-1]):
            last = self.stack[-1][-1]
            last.tail = (last.tail or "") + data
        else:
            self.stack[-1].text = (self.stack[-1].text or "") + data


def parsed(html: str) -> PageParser:
    parser = PageParser()
    parser.feed(html)
    parser.close()
    if len(parser.stack) > 1:
        parser.problems.append(f"<{parser.stack[-1].tag}> is not closed")
    return parser


def said(element: Element | None) -> str:
    """Return the text of an element with white space collapsed."""
    return "" if element is None else " ".join("".join(element.itertext()).split())


def bare(text: str) -> str:
    """Return a text without white space, for comparison across line breaks."""
    return "".join(text.split())


def has_class(element: Element, name: str) -> bool:
    return name in element.get("class", "").split()


def of_class(element: Element, name: str) -> list[Element]:
    return [item for item in element.iter() if has_class(item, name)]


def by_id(element: Element, id_: str) -> Element:
    return next(item for item in element.iter() if item.get("id") == id_)


def section_of(page: Element, heading: str) -> Element | None:
    """Return the section whose heading has this id, or None."""
    return next((item for item in page.iter("section") if item.get("aria-labelledby") == heading), None)


def rows_of(table: Element, part: str = "tbody") -> list[dict[str, str]]:
    """Return the rows of a table as texts by column heading; with `part="tfoot"` the rows of its foot."""
    headings = [said(cell) for cell in next(table.iter("thead"))[0]]
    assert len(set(headings)) == len(headings), headings
    rows = [[said(cell) for cell in row] for group in table.iter(part) for row in group]
    return [dict(zip(headings, row, strict=True)) for row in rows]


def is_own_script(item: Element) -> bool:
    """Return True if a script is a file of the site, without inline code."""
    return set(item.attrib) <= {"src", "defer", "type"} and not item.text and "//" not in item.get("src", "//")


def minus(text: str) -> str:
    """Return a number as pages write it."""
    return text.replace("-", "−")


def in_chinese(text: str) -> str:
    """Return a duration as Chinese pages write it, and anything else unchanged."""
    if not re.fullmatch(r"≈?(\d+h)?(\d+m)?(\d+(\.\d+)?s)?", text):
        return text
    return text.replace("h", "小时").replace("m", "分").replace("s", "秒")


def row_of(page: Element, indicator: str) -> Element:
    """Return the row of an indicator on the card: the element around its details."""
    return next(box for box in of_class(page, "item") if box[0].get("id") == indicator)
