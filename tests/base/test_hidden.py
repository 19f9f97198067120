"""Where people hide something in Markdown, line by line."""

from __future__ import annotations

import random

import pytest

from kpigen.base.hidden import Hiding, hidden_in
from kpigen.base.markdown import render
from kpigen.files.prose import may_hide

C, I, D, H, N = Hiding.COMMENT, Hiding.INSTRUCTION, Hiding.DECLARATION, Hiding.TAG_THAT_HIDES, Hiding.NOTE_AS_LINK  # noqa: E741
T, L, F, X = Hiding.TAG, Hiding.LINK, Hiding.INFO, Hiding.CELLS

HIDDEN = {
    # comments
    "<!-- HR only -->": [(0, C)],
    "好。\n\n<!-- HR\nonly -->\n\n坏。": [(2, C)],
    "好 <!-- HR only --> 坏": [(0, C)],
    "一\n二 <!-- 一\n二 --> 三 <!-- 四 -->": [(1, C), (2, C)],
    "- 甲\n  <!-- HR only -->": [(1, C)],
    "> <!-- HR only -->": [(0, C)],
    "| a |\n|---|\n| x <!-- HR only --> |": [(2, C)],
    "## 标题 <!-- HR only -->": [(0, C)],
    "<!-- 没有收尾": [(0, C)],
    "好 <!-- 没有收尾": [(0, C)],
    "    <!-- HR only -->": [(0, C)],
    "<!---->": [(0, C)],
    "<details>\n<!-- HR only -->\n</details>": [(0, T), (1, C)],
    "<!-- a <b> c -->": [(0, C)],
    # instructions, declarations, CDATA
    "<?php HR only ?>": [(0, I)],
    "好 <?hr only?> 坏": [(0, I)],
    "<!DOCTYPE hr>": [(0, D)],
    "<![CDATA[ HR only ]]>": [(0, D)],
    "好 <![CDATA[ HR only ]]>": [(0, D)],
    # tags
    "<details>\n<summary>HR</summary>\n\n不好\n\n</details>": [(0, T), (1, T)],
    "<b>粗</b>": [(0, T)],
    "<div hidden>HR only</div>": [(0, H)],
    '好 <span style="display: none">HR only</span>': [(0, H)],
    '<font color="white" style="color:white">HR only</font>': [(0, H)],
    "<template>HR only</template>": [(0, H)],
    '<p style="font-size:0">x</p>': [(0, H)],
    # definitions of links
    '[x]: http://a.example "HR only"': [(0, N)],
    "[//]: # (HR only)": [(0, N)],
    '[comment]: <> "HR only"': [(0, N)],
    '好。\n\n[x]: https://a.example/ "HR only"': [(2, L)],
    "[x]: https://a.example/hr-only": [(0, L)],
    "见 [x]。\n\n[x]: https://a.example/ \n[X]: https://b.example/hr-only": [(3, L)],
    "> [x]: https://a.example/": [(0, L)],
    # links
    '[见](https://a.example "HR only")': [(0, Hiding.TITLE)],
    "好\n[见](https://a.example 'HR only')": [(0, Hiding.TITLE)],
    '见 [x]。\n\n[x]: https://a.example/ "HR only"': [(0, Hiding.TITLE)],
    "q[](https://hr.example/only)q": [(0, Hiding.EMPTY_LINK)],
    "[\u200b](https://hr.example/only)": [(0, Hiding.EMPTY_LINK)],
    "[ ](https://hr.example/only)": [(0, Hiding.EMPTY_LINK)],
    "[**见**](https://a.example)": [],
    "[`x`](https://a.example)": [],
    "好\U000e0048\U000e0052坏": [(0, Hiding.TAG_CHARACTERS)],
    "一\n\U000e0001": [(1, Hiding.TAG_CHARACTERS)],
    "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f": [],
    # what stands beside the words
    "~~~HR只给人力看\nx\n~~~": [(0, F)],
    "~~~HRONLYDISMISSEDNEXTMONTH\nx\n~~~": [(0, F)],
    "~~~ python\nx\n~~~": [],
    "``` HR only: dismiss\nx\n```": [(0, F)],
    "~~~ python HR only\nx\n~~~": [(0, F)],
    "- ``` a b\n  x\n  ```": [(0, F)],
    "| a | b |\n|---|---|\n| 1 | 2 | HR only |": [(2, X)],
    "a | b\n--|--\n1 | 2\n3 | 4 | HR only | x": [(3, X)],
    "> | a |\n> |---|\n> | 1 | HR only |": [(2, X)],
    "- | a |\n  |---|\n  | 1 | HR only |": [(2, X)],
    # nothing
    "没有": [],
    "`<!-- HR only -->`": [],
    "```\n<!-- HR only -->\n<details>\n[x]: https://a.example/\n```": [],
    "\\<!-- 写出来 -->": [],
    "a < b, c > d, x <3, <- ->": [],
    "<https://a.example/> <hr@a.example>": [],
    "见 [x] 和 [y][]。\n\n[x]: https://a.example/\n[Y]: mailto:a@a.example": [],
    "[备注]: 已完成。": [],
    "[备注]：已完成。": [],
    "``` python\nx\n```": [],
    "| a | b |\n|---|---|\n| 1 |\n| 1 | 2 |\n| x \\| y | `a \\| b` |": [],
    "&lt;!-- x --&gt;": [],
    "甲 | 乙": [],
    "若 x<y 且 z>w": [],
    "<!-- 一 **二** 三 -->": [(0, C)],
    "若 x <y and z>w": [(0, T)],
    "<!-- HR\n\nonly -->": [(0, C)],
}


@pytest.mark.parametrize(("text", "found"), HIDDEN.items(), ids=HIDDEN)
def test_what_is_hidden_is_found_at_its_line(text: str, found: list[tuple[int, Hiding]]) -> None:
    assert [(item.line, item.hiding) for item in hidden_in(text)] == found


@pytest.mark.parametrize(("text", "found"), HIDDEN.items(), ids=HIDDEN)
def test_is_shown_says_what_pages_show(text: str, found: list[tuple[int, Hiding]]) -> None:
    """What is hidden and not shown is not in the words of a page; what is shown is."""
    words = "".join(render(text).striptags().split())
    for item in hidden_in(text):
        piece = "".join(item.text.split())
        if item.hiding is not Hiding.NOTE_AS_LINK:  # on pages, the words of these are divided by their marks
            assert (piece in words) is item.hiding.is_shown, (item, words)


def test_what_is_hidden_is_named() -> None:
    assert hidden_in("| a |\n|---|\n| 1 | HR only | x |")[0].text == "HR only | x"
    assert hidden_in("a <!-- HR\nonly --> b")[0].text == "<!-- HR\nonly -->"


def test_any_text_is_looked_through() -> None:
    draw = random.Random(3)
    pieces = [
        "<!--",
        "-->",
        "<?",
        "<![CDATA[",
        "]]>",
        "<b>",
        "[x]",
        "[x]: ",
        "https://a.b",
        "|",
        "---",
        "\n",
        "\n\n",
        "```",
        "> ",
        "- ",
        "\t",
    ]
    for _ in range(1_500):
        text = "".join(draw.choices([*pieces, "a", "字", " "], k=draw.randint(1, 20)))
        lines = text.count("\n") + 1
        assert all(0 <= item.line < lines for item in hidden_in(text)), repr(text)
        assert may_hide(text) or not hidden_in(text)
