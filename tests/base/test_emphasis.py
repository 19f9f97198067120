"""Bold and italics beside Chinese, Japanese and Korean text; everything else is read as CommonMark says."""

from __future__ import annotations

import random

import pytest
from markdown_it import MarkdownIt

from kpigen.base.emphasis import cjk_emphasis
from kpigen.base.markdown import is_read_otherwise, render

BESIDE = {
    "**注意：**请核对": "<strong>注意：</strong>请核对",
    "**达成率（96.5%）**高": "<strong>达成率（96.5%）</strong>高",
    "是**「重点」**内容": "是<strong>「重点」</strong>内容",
    "__重点。__下": "<strong>重点。</strong>下",
    "下__「重点」__": "下<strong>「重点」</strong>",
    "_重点。_下": "<em>重点。</em>下",
    "**96.5%**高": "<strong>96.5%</strong>高",
    "约**$30**元": "约<strong>$30</strong>元",
    "是**“重点”**内容": "是<strong>“重点”</strong>内容",
    "**注意:**请核对": "<strong>注意:</strong>请核对",
    "**《手册》**第三章": "<strong>《手册》</strong>第三章",
    "**完成！** **超额**了": "<strong>完成！</strong> <strong>超额</strong>了",
    "甲**A，**B": "甲<strong>A，</strong>B",
    "*是「重点」*的": "<em>是「重点」</em>的",
    "***又粗又斜。***下": "<em><strong>又粗又斜。</strong></em>下",
    "**第一。**中**第二。**下": "<strong>第一。</strong>中<strong>第二。</strong>下",
    "これは**私のやりたかったこと。**だからする": "これは<strong>私のやりたかったこと。</strong>だからする",
    "これは**「かぎ」**です": "これは<strong>「かぎ」</strong>です",
    "**마크다운(Markdown)**은 쉽다": "<strong>마크다운(Markdown)</strong>은 쉽다",
    "**‘강조’**는": "<strong>‘강조’</strong>는",
    "**ﾊﾝｶｸ｡**ﾃﾞｽ": "<strong>ﾊﾝｶｸ｡</strong>ﾃﾞｽ",
    "葛\U000e0100**(x)**葛": "葛\U000e0100<strong>(x)</strong>葛",
    "**“\ufe01重点”\ufe01**a": "<strong>“\ufe01重点”\ufe01</strong>a",
    "　　**注意：**请核对": "<strong>注意：</strong>请核对",
    "**[手册](https://a.example/)**第三章": '<strong><a href="https://a.example/">手册</a></strong>第三章',
    "**`x`**高": "<strong><code>x</code></strong>高",
}


@pytest.mark.parametrize(("text", "html"), BESIDE.items(), ids=BESIDE)
def test_emphasis_holds_beside_wide_punctuation(text: str, html: str) -> None:
    assert render(text) == f"<p>{html}</p>\n"
    table = render(f"| a |\n|---|\n| {text} |")
    assert f"<td>{html}</td>" in table, "in a table as anywhere"


AS_WRITTEN = [
    "绩效表_（终稿）_v2.xlsx",
    "客服部_张三_202601.xlsx",
    "3 * 5 * 7",
    "3*5，再乘 7",
    "** 注意：**请核对",
    "**注意： **请核对",
    "\\*\\*注意：\\*\\*请核对",
    "**没有收尾",
    'a**"x"**b',
    "a*(b)*",
    "snake_case_name",
    "é**(x)**é",
]


@pytest.mark.parametrize("text", AS_WRITTEN)
def test_what_is_no_emphasis_stays_as_it_is_written(text: str) -> None:
    html = render(text)
    assert "<strong>" not in html
    assert "<em>" not in html


def test_the_end_of_a_name_is_no_emphasis() -> None:
    assert render("`a_`，见 b_，c_d").count("<em>") == 0


def test_text_without_wide_characters_is_read_as_commonmark_says() -> None:
    """Ten thousand texts of stars, underscores, letters, blanks and punctuation, some beyond ASCII."""
    before, after, draw = MarkdownIt("commonmark"), MarkdownIt("commonmark").use(cjk_emphasis), random.Random(1)
    pieces = ["*", "*", "**", "_", "__", "a", "b c", " ", "\n", ".", "(", ")", '"', "é", "€", "“", "—", "\u00a0", "🎉"]
    for _ in range(10_000):
        text = "".join(draw.choices(pieces, k=draw.randint(2, 12)))
        assert after.render(text) == before.render(text), repr(text)


OTHERWISE = {
    "**注意：**请核对": True,
    "**注意**：请核对": False,
    "没有星号": False,
    "    缩进": True,
    "段落\n    续行": False,
    "- 甲\n\n     乙": False,
    "- 甲\n\n      乙": True,
    "* 甲\n* 乙": False,
    "`**注意：**请核对`": False,
    "\t缩进": True,
    "> \t缩进": False,
    ">     缩进": True,
}


@pytest.mark.parametrize(("text", "is_otherwise"), OTHERWISE.items(), ids=OTHERWISE)
def test_what_is_read_otherwise_than_before_is_told(text: str, is_otherwise: bool) -> None:
    assert is_read_otherwise(text) is is_otherwise
