"""Texts as people may write them, drawn from all of Unicode and of Markdown. For tests of papers, pages, search and `verify`.

The same seed always gives the same text.
"""

from __future__ import annotations

import random
import sys
import unicodedata
from functools import cache

from kpigen.document.text import FORBIDDEN

# Sequences that one picture or syllable stands for, and characters that only change their neighbours.
_SEQUENCES = (
    *("✔\ufe0f", "⚠\ufe0f", "☎\ufe0e", "1\ufe0f\u20e3", "#\ufe0f\u20e3", "👩\u200d💻", "👨\u200d👩\u200d👧\u200d👦"),
    *("🏳\ufe0f\u200d🌈", "🇨🇳", "👍🏽", "葛\U000e0100", "辻\U000e0101", "ｶﾞ", "パ", "が", "é", "ế", "ก็", "นํ้า", "क्ष"),
    *(
        "त्र्\u200d",
        "र्\u200d",
        "द्ध्य",
        "ﷺ",
        "بِسْمِ",
        "ئۇيغۇر",
        "זֶה",
        "ᠮᠣᠩᠭᠣᠯ",
        "བོད་",
        "ភាសា",
        "မြန်မာ",
        "தமிழ்",
        "ಕನ್ನಡ",
        "한글",
        "각",
    ),
    *("ﬁ", "ﬃ", "Ǆ", "ẞ", "İ", "ı", "ſ", "ＡＢ１２", "㊙", "㈱", "℃", "№", "½", "Ω", "Å", "龜", "\u202eabc\u202c"),
    *("a\u200bb", "a\u200cb", "a\u200db", "a\u2060b", "a\u00adb", "a\u200eb", "a\u200fb", "a\ufe0fb", "a\u034fb"),
    "x\u0300\u0301\u0302\u0303",
)
_HYPHENATED = (
    *(
        "after-sales",
        "state-of-the-art",
        "follow-up",
        "e-mail",
        "T-shirt",
        "2026-03-31",
        "A-1-B",
        "mother\u2011in\u2011law",
    ),
    *("re\u2010enter", "well\u2013known", "-5", "\u22125"),
    "https://example.com/a-very-long-path/that-has-no-blank-at-all/and-goes-on-and-on?with=a-query&and=more#or-less",
)
_PUNCTUATION = tuple("。，、；：？！“”‘’（）《》【】…—·～￥%‰§¶†‡•‧・∙⋅∆∑∏Δ<>&\"'()[]{}*_`~|\\/^$#@+=-–—−")


@cache
def _alphabet() -> tuple[str, ...]:
    """Return every assigned character that a field of a review may hold, in order of code points."""
    return tuple(
        char
        for char in map(chr, range(0x20, sys.maxunicode + 1))
        if unicodedata.category(char) not in ("Cn", "Cs", "Co", "Cc", "Zl", "Zp") and not FORBIDDEN.match(char)
    )


def _word(draw: random.Random) -> str:
    kind = draw.random()
    if kind < 0.25:
        return "".join(draw.choices("abcdefghijklmnopqrstuvwxyzABCÄÖé0123456789", k=draw.randint(1, 14)))
    if kind < 0.5:
        return "".join(chr(draw.randint(0x4E00, 0x9FA5)) for _ in range(draw.randint(1, 12)))
    if kind < 0.62:
        return draw.choice(_HYPHENATED)
    if kind < 0.74:
        return draw.choice(_SEQUENCES)
    if kind < 0.84:
        return "".join(draw.choices(_PUNCTUATION, k=draw.randint(1, 3)))
    alphabet = _alphabet()
    start = draw.randrange(len(alphabet))  # neighbours are of one script
    return "".join(draw.choices(alphabet[start : start + 40], k=draw.randint(1, 8)))


def line(draw: random.Random, most: int = 30) -> str:
    """Return a text on one line, of up to `most` words."""
    words = [_word(draw) for _ in range(draw.randint(1, most))]
    return draw.choice((" ", " ", "", "，")).join(words).strip() or "x"


def _inline(draw: random.Random) -> str:
    text, mark = line(draw, 12), draw.choice(("*", "**", "***", "`", "``", "~~", "_", "__"))
    kind = draw.random()
    if kind < 0.2:
        return f"{mark}{text}{mark}"
    if kind < 0.3:
        return f"[{text}](https://example.com/{draw.choice(_HYPHENATED)})"
    if kind < 0.35:
        return f"![{text}](x.png) <b>{text}</b> &amp; &nbsp;{text}&#8203;"
    return text


def _block(draw: random.Random) -> str:
    lines = [_inline(draw) for _ in range(draw.randint(1, 4))]
    kind = draw.randrange(12)
    if kind == 0:
        return draw.choice(("  \n", "\\\n")).join(lines)  # hard line breaks
    if kind == 1:
        return draw.choice(("***", "---", "___", "* * *"))
    if kind == 2:
        return f"{'#' * draw.randint(1, 6)} {lines[0]}"
    if kind == 3:
        return "\n".join(f"{draw.choice('-*+')} {one}\n    - {one}" for one in lines)
    if kind == 4:
        return "\n".join(f"{number}. {one}" for number, one in enumerate(lines, draw.randint(0, 99)))
    if kind == 5:
        return "\n".join(f"{'> ' * draw.randint(1, 3)}{one}" for one in lines)
    if kind == 6:
        return "\n".join(["```", *lines, "```"])
    if kind == 7:
        rows = [f"| {one.replace('|', '')} | {len(one)} |" for one in lines]
        return "\n".join(["| a | b |", draw.choice(("|---|---|", "|:-:|--:|")), *rows])
    if kind == 8:
        return "\n".join(f"    {one}" for one in lines)
    return "\n".join(lines)


def text(draw: random.Random, most: int = 6) -> str:
    """Return Markdown of up to `most` blocks, with all its constructs."""
    blocks = [_block(draw) for _ in range(draw.randint(1, most))]
    return "\n\n".join(blocks).strip("\n") or "x"


def unruly(draw: random.Random) -> str:
    """Return Markdown of one kind that wants to run off its page: long, wide, deep or indented."""
    words = [_word(draw) for _ in range(draw.randint(3, 40))]
    long, kind = "".join(words), draw.randrange(11)
    if kind == 0:
        return f"``` {draw.choice(('', 'sql'))}\n{long}\n\t{' '.join(words)}\n```"
    if kind == 1:
        return "\n".join(f"{draw.choice(('    ', chr(9), '　　', '　'))}{' '.join(words)}" for _ in range(2))
    if kind == 2:
        return _wide_table(draw, draw.choice((2, 5, 7, 7, 12, 30, 100)))
    if kind == 3:
        return "\n".join("> " * level + long[:60] for level in range(1, draw.randint(2, 19)))
    if kind == 4:
        return "\n".join("  " * level + "- " + long[:40] for level in range(draw.randint(2, 9)))
    if kind == 5:
        return "\n".join("   " * level + "1. " + " ".join(words[:9]) for level in range(draw.randint(2, 9)))
    if kind == 6:
        return f"{'#' * draw.randint(1, 6)} {long}"
    if kind == 7:
        return f"- {long}\n- `{long}`\n- [{long}](https://example.com/{'a' * 90})\n- <https://example.com/{'b' * 150}>"
    if kind == 8:
        depth = draw.randint(1, 6)
        return "\n".join("> " * depth + line for line in _wide_table(draw, draw.choice((2, 7, 40))).split("\n"))
    if kind == 9:
        return "- " * draw.randint(1, 5) + "\n\n".join(("```", long, "```")).replace("\n\n", "\n" + " " * 12)
    return f"**{long}**\u00a0{chr(0xA0).join(words)}"


def _wide_table(draw: random.Random, columns: int) -> str:
    heads = [_word(draw).replace("|", "") for _ in range(columns)]
    marks = [draw.choice((":--", "--:", ":-:", "---")) for _ in range(columns)]
    rows = [[_word(draw).replace("|", "") for _ in range(columns)] for _ in range(draw.randint(1, 3))]
    return "\n".join(f"| {' | '.join(row)} |" for row in (heads, marks, *rows))
