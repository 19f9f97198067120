"""The text that a paper should print, extracted from its HTML and split as in `pdf_file.PageText`."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser

from kpigen.site.proof.pdf_file import squeeze

#: Boxes that print.css moves into the margins of every page.
_RUNNING = ("top", "who", "bottom", "mark")  # in the order in which they are drawn
_VOID = {"br", "img", "col", "meta", "link", "hr", "input"}


@dataclass(frozen=True)
class PaperText:
    """The squeezed text of a paper: the body in order, the headings of tables separately, and the margin text of every page
    up to its number."""

    body: str
    heads: frozenset[str]
    around: str


def text_of(html: str) -> PaperText:
    """Return the text of a paper's HTML."""
    reader = _ExpectedTextReader()
    reader.feed(html)
    reader.close()
    heads = frozenset(squeeze(text) for text in reader.heads)
    around = squeeze("".join(reader.around[name] for name in _RUNNING))
    return PaperText(squeeze("".join(reader.body)), heads, around)


class _ExpectedTextReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.stack: list[tuple[str, str]] = []  # open elements, each with its running box, if any
        self.body: list[str] = []
        self.around = dict.fromkeys(_RUNNING, "")
        self.heads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            return
        class_ = dict(attrs).get("class") or ""
        self.stack.append((tag, class_ if class_ in _RUNNING else ""))
        if tag == "thead":
            self.heads.append("")

    def handle_endtag(self, tag: str) -> None:
        while self.stack:
            closed, _ = self.stack.pop()
            if closed == tag:
                break

    def handle_data(self, data: str) -> None:
        open_tags = {tag for tag, _ in self.stack}
        if "body" not in open_tags or "svg" in open_tags:
            return
        running = next((name for _, name in self.stack if name), "")
        if running:
            self.around[running] += data
        elif "thead" in open_tags:
            self.heads[-1] += data
        else:
            self.body.append(data)
