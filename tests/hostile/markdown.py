"""Markdown that hides something from readers, or wants to hang the parser or to run off the page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.hostile.case import Hostile

REVIEW = "reviews/2026-01/PM-0002.front-desk.md"
BODY = "见上表。\n"
PAGE = "site/people/PM-0001/2026-01/front-desk.html"


def _with(body: str, fields: str = "", review: str = REVIEW) -> Callable[[Path], None]:
    def arrange(root: Path) -> None:
        file = root / review
        text = file.read_text("utf-8")
        assert BODY in text
        text = text.replace(BODY, body + "\n").replace("\n---\n\n", f"\n{fields}---\n\n", 1)
        file.write_text(text, "utf-8")

    return arrange


def _refused(name: str, body: str, *says: str, fields: str = "") -> Hostile:
    return Hostile(name, _with(body, fields), ("check",), 1, says)


def _built(name: str, body: str, seconds: float = 4.0) -> Hostile:
    """A text that is built into the page of a submitted report."""

    def after(root: Path) -> None:
        page = (root / PAGE).read_text("utf-8")
        assert "<script>alert" not in page
        assert "style=" not in page

    return Hostile(
        name, _with(body, review=REVIEW.replace("PM-0002", "PM-0001")), ("build", "--no-pdf"), 0, (), (), seconds, after
    )


CASES = [
    _refused("a comment", "好。\n\n<!-- HR only -->", f"{REVIEW}:22:1", "KPI350"),
    _refused("a comment in a line", "好 <!-- HR only --> 坏", "KPI350"),
    _refused("a comment without an end", "好 <!-- HR only", "KPI350"),
    _refused("a comment that is indented", "    <!-- HR only -->", "KPI350"),
    _refused("a comment in feedback", BODY, "KPI350", fields="feedback: {plan: 'x <!-- HR only -->'}\n"),
    _refused("a comment as a link", "[//]: # (HR only)", "KPI350"),
    _refused("an instruction", "<?hr only?>", "KPI350"),
    _refused("CDATA", "<![CDATA[ HR only ]]>", "KPI350"),
    _refused("an element that is hidden", "<p hidden>HR only</p>", "KPI350"),
    _refused("a link that nothing uses", "[x]: https://a.example/hr-only", "KPI352"),
    _refused("a cell beyond the table", "|a|\n|-|\n|1|HR only|", "KPI352"),
    _refused("12,000 comments", "<!--" * 12_000, "KPI350"),
    _refused("a flood of cells", "|a|\n|-|\n" + "|1|2|\n" * 1_990, "KPI352", "KPI128"),
    Hostile("details", _with("<details>\n\n不好\n\n</details>"), ("check",), 0, ("KPI354",), ("KPI350",)),
    Hostile("a comment in code", _with("`<!-- x -->`"), ("check",), 0, (), ("KPI35",)),
    Hostile("a comment in YAML", _with(BODY, "# HR only <!-- x -->\n"), ("check",), 0, (), ("KPI35",)),
    _built("aligned cells and a script", "<script>alert(1)</script>\n\n|a|b|c|\n|:--|--:|:-:|\n|1|2|3|"),
    _built("stars beside wide punctuation", "**。" * 16_000),
    _built("lists below indented lists", "\n".join("    " * (number % 4) + "- x" for number in range(1_900))),
]
