"""Words that people write: text and never markup."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree.ElementTree import Element

import pytest

from kpigen.base.markdown import render
from tests.helpers.forms import run
from tests.helpers.html import is_own_script, parsed, said, section_of
from tests.helpers.sample import make_small

NASTY = """\
# 大标题 <script>alert(1)</script>

<script>alert("body")</script> <img src=https://evil.example/x.png onerror=alert(2)> <b>粗体</b>

[一](javascript:alert(3)) [二](data:text/html;base64,PHNjcmlwdD4=) [三](//evil.example)
[四](http://evil.example) [五](https://ok.example/a)
![图](https://evil.example/x.png) <https://ok.example/b> [六](mailto:hr@example.com)
[七](JaVaScRiPt:alert(4)) [八](java&#115;cript:alert(5))

**没有收尾 [也没有

- 一
    - 二
> 引用 </main></body></html>

```
</code></pre><script>alert(6)</script>
{{ view.total }} {% if x %}
```

这是第一行
这是第二行，全角标点。
（括号开头）
English words
and more
"""


@pytest.fixture(scope="module")
def nasty(tmp_path_factory: pytest.TempPathFactory) -> Element:
    """A report whose author writes everything that does not belong there."""
    small = make_small(tmp_path_factory.mktemp("nasty") / "small")
    table = "\n".join(
        [
            "|" + "|".join(f"列{column}" for column in range(60)) + "|",
            "|" + "-:|:-|:-:|" * 20,
            *("|" + "x|" * 60 for _ in range(150)),
        ]
    )
    review = small / "reviews/2026-01/PM-0002.front-desk.md"
    text = (
        review.read_text("utf-8")
        .replace("见上表。\n", f"{NASTY}\n{table}\n")
        .replace("name: 乙", "name: '<i>乙</i>&amp;'")
    )
    comment = 'comments:\n  training: "<script>alert(7)</script> [x](javascript:alert(8)) `{{ 1 + 1 }}`"\n'
    feedback = 'feedback:\n  strengths: "# 标题\\n\\n</div></section>"\n  plan: "1. `<!-- 注释 -->`"\n'
    own = 'self_assessment:\n  metrics: {training: 0}\n  comment: "<style>body{display:none}</style>"\n'
    review.write_text(text.replace("\n---\n\n", f"\n{comment}{feedback}{own}---\n\n", 1), "utf-8")
    run(small, "submit", review, "--yes", "--date", "2026-02-01")
    run(small, "build", "--no-pdf")
    for path in (small / "site").rglob("*.html"):
        parser = parsed(path.read_text("utf-8"))
        assert parser.problems == [], path
        assert not [item.tag for item in parser.root.iter() if item.tag in ("style", "img", "i")], path
        assert all(is_own_script(item) for item in parser.root.iter("script")), path
    return parsed((small / "site/people/PM-0002/2026-01/front-desk.html").read_text("utf-8")).root


def test_what_people_write_is_text_and_never_markup(nasty: Element) -> None:
    text = said(nasty)
    pieces = [
        '<script>alert("body")</script>',
        "<img src=https://evil.example/x.png onerror=alert(2)>",
        "</main></body></html>",
        "{{ view.total }} {% if x %}",
        "</div></section>",
        "<!-- 注释 -->",
        "<style>body{display:none}</style>",
        "<script>alert(7)</script>",
        "{{ 1 + 1 }}",
        "<i>乙</i>&amp;",
    ]
    for piece in pieces:
        assert piece in text, piece
    assert not [
        item for item in nasty.iter() if [name for name in item.attrib if name.startswith("on") or name == "style"]
    ]


def test_links_in_what_people_write_lead_only_where_they_may(nasty: Element) -> None:
    words = section_of(nasty, "words")
    assert words is not None
    kept = ["https://ok.example/a", "https://evil.example/x.png", "https://ok.example/b", "mailto:hr@example.com"]
    assert [item.get("href") for item in words.iter("a")] == kept, (
        "an image is a link that is followed only by who clicks it"
    )
    assert not [
        item for item in nasty.iter("a") if re.match(r"\s*(javascript|data|http):", item.get("href", ""), re.IGNORECASE)
    ]


def test_headings_in_what_people_write_stay_below_the_pages_own(nasty: Element) -> None:
    levels = [int(item.tag[1]) for item in nasty.iter() if re.fullmatch("h[1-6]", item.tag)]
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels)), levels


def test_a_huge_table_reads_in_full(nasty: Element) -> None:
    words = section_of(nasty, "words")
    assert words is not None
    table = next(words.iter("table"))
    assert len(list(table.iter("tr"))) == 151
    assert all(item.get("scope") == "col" for item in table.iter("th"))


def test_lines_of_chinese_join_without_a_gap() -> None:
    assert "这是第一行这是第二行，全角标点。（括号开头）" in render("这是第一行\n这是第二行，全角标点。\n（括号开头）")
    assert "中文\nEnglish" in render("中文\nEnglish")
    assert "English\nwords" in render("English\nwords")
    assert "他说“好”然后走了" in render("他说“好”\n然后走了")
    assert "**" not in render("**第一行**\n第二行")
    assert "<strong>第一行</strong>第二行" in render("**第一行**\n第二行")
    assert "第一行<em>第二行</em>" in render("第一行\n*第二行*")
    assert "第一行<br />\n第二行" in render("第一行  \n第二行"), "a line break that is meant stays"
