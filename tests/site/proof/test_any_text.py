"""No genuine paper is called forged, whatever is written in it.

`PAPERS` is how many generated papers are verified here; `make papers` verifies 500, and can be told another number.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest

from kpigen.base.resources import template_folders
from kpigen.diagnostics.wording import ENGLISH
from kpigen.numbers.quantities import fixed
from kpigen.site.pdf import PdfUnavailable, engine
from kpigen.site.proof.answers import Answer
from kpigen.site.proof.carried import read_attachments
from kpigen.site.proof.consistent import is_consistent
from kpigen.site.proof.pdf_file import read_pdf
from kpigen.site.render.look import of_paper
from tests.helpers import any_paper
from tests.helpers.any_paper import renderer

pytestmark = pytest.mark.papers

PAPERS = int(os.environ.get("PAPERS", "24"))
FIRST = int(os.environ.get("FIRST_PAPER", "0"))
LANGUAGES = ("zh", "en")
PARTS = 20
#: Every how many papers one is also printed as by other tools, with lines that break elsewhere.
OTHERS = 10


@cache
def printer(narrow: bool = False) -> Any:
    narrower = "\n@page { margin: 22mm 35mm } html { font-size: 9.4pt }" if narrow else ""
    made = engine(style=of_paper(template_folders(None)) + narrower)
    if isinstance(made, PdfUnavailable):
        pytest.skip(f"No PDFs here: {ENGLISH.words(made.reason)}. {ENGLISH.words(made.hint)}")
    return made


def _answer(record: Any, language: str, narrow: bool = False) -> Answer:
    """Print a record and verify the PDF. A narrow one was printed with another stylesheet than the one here."""
    pdf = read_pdf(any_paper.printed(record, language, renderer(), printer(narrow)))
    carried, found = read_attachments("x", pdf.attachments)
    assert carried is not None, [(item.code, item.message) for item in found]
    return is_consistent("x", pdf, carried, renderer(), printer())


def _said(answer: Answer) -> list[tuple[str, str]]:
    return [(item.code, item.message) for item in answer.problems]


@pytest.mark.parametrize("part", range(PARTS))
def test_generated_papers_are_consistent(part: int) -> None:
    """In parts, so that all cores have about as much to do."""
    for seed in range(FIRST + part, FIRST + PAPERS, PARTS):
        record, language = any_paper.record_of(seed), LANGUAGES[seed // 4 % 2]
        answer = _answer(record, language)
        assert answer.holds is True, (seed, _said(answer))
        if seed // 4 % OTHERS == 0:
            answer = _answer(record, language, narrow=True)
            assert (answer.holds, answer.is_open) == (None, True), (seed, _said(answer))


TEXTS = {
    "hard line breaks": "一行  \n第二行\\\nthird line  \nfourth",
    "rules": "前\n\n***\n\n中\n\n---\n\n后\n\n___\n",
    "hyphens at the end of a line": "after-sales state-of-the-art follow-up " * 40,
    "long words with hyphens": ("a-very-long-chain-of-words-" * 12 + " ") * 4,
    "long words": "Donaudampfschifffahrtsgesellschaft" * 20,
    "emoji": "✔️ ⚠️ 1️⃣ 👩‍💻 👨‍👩‍👧‍👦 🇨🇳 👍🏽 ☎︎",
    "variation sequences": "葛󠄀 辻󠄁 葛 辻 ︎x️",
    "invisible characters": "a\u200cb a\u200db a\u2060b a\u00adb a\u200eb a\u200fb a\u034fb a\u200bb",
    "soft hyphens": "Zusammen\u00adarbeits\u00advereinbarung " * 20,
    "Uyghur": "ئۇيغۇر تىلى ياخشى خىزمەت قىلدى " * 20,
    "Arabic with numbers": "خدمة العملاء 123 ممتازة 45.6٪ " * 20,
    "Hebrew and Latin": "שירות לקוחות excellent 98% שירות " * 20,
    "Devanagari": "ग्राहक सेवा उत्कृष्ट र्‍ क्ष त्र ज्ञ " * 20,
    "Thai, Khmer, Burmese, Tibetan": "บริการลูกค้าดี ភាសាខ្មែរ မြန်မာ བོད་ཡིག " * 10,
    "combining marks": "x\u0300\u0301\u0302\u0303\u0304 é ế ǖ " * 20,
    "compatibility characters": "ﬁ ﬃ Ǆ ㊙ ㈱ ℃ № ½ Ω Å 龜 ⼈ 豈 ﷺ ＡＢ１２ ｶﾞ",
    "look-alikes": "• ‧ · ∙ ⋅ ― — ∆ Δ ∑ Σ ∏ Π А A Α",
    "tables and code": "| a | b |\n|---|--:|\n| `x` | **y** |\n\n```\nx  y\n```\n\n    z\n",
    "lists": "- a\n  - b\n    1. c\n\n7. d\n8. e\n\n> f\n> > g\n",
    "markup as text": "<b>x</b> &amp; &lt; &nbsp; &#8203; `<!-- y -->` <br /> ]]>",
    "direction": "\u202eabc\u202c \u2066def\u2069 \u061c",
    "lines whose direction is turned": "\u202eabc def ghi jkl\u202c mno \u2067pqr stu vwx\u2069 yz " * 30,
    "nested lists over pages": "* **甲，state-of-the-art，乙**\n    - **甲，state-of-the-art，丙**\n\n    丁戊 己庚辛\n\n"
    * 60,
    "beyond the basic plane": "𠀀 𠮷 𝒜 𝟘 🀄 𓀀 𐎀",
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_text_is_consistent_everywhere_in_a_paper(text: str, language: str) -> None:
    record = any_paper.record_with(text)
    answer = _answer(record, language)
    assert answer.holds is True, _said(answer)
    answer = _answer(record, language, narrow=True)
    assert (answer.holds, answer.is_open) == (None, True), _said(answer)


@dataclass(frozen=True)
class Altering:
    """A printer that prints something else where a text stands."""

    base: Any
    old: str
    new: str

    @property
    def made_with(self) -> dict[str, str]:
        return dict(self.base.made_with)

    @property
    def boxed(self) -> Any:
        return self.base.boxed

    def render(self, html: str, *arguments: Any) -> bytes:
        assert self.old in html
        return bytes(self.base.render(html.replace(self.old, self.new), *arguments))


def test_digits_that_changed_places_are_noticed_in_a_print_by_other_tools() -> None:
    """Though both texts have each character as often as the other."""
    record = any_paper.record_with("\u202eabc def\u202c " * 30)
    total = fixed(record.card.total or 0)
    assert total[0] != total[1]
    swapped = f">{total[1]}{total[0]}{total[2:]}<"
    pdf = read_pdf(any_paper.printed(record, "zh", renderer(), Altering(printer(True), f">{total}<", swapped)))
    carried, _ = read_attachments("x", pdf.attachments)
    assert carried is not None
    answer = is_consistent("x", pdf, carried, renderer(), printer())
    assert answer.holds is False
    assert "KPI906" in [code for code, _ in _said(answer)]


def test_line_separators_may_stand_in_the_narrative() -> None:
    """YAML takes them for line ends, so fields cannot hold them; the narrative can."""
    answer = _answer(any_paper.record_with("x", body="a\u2028b\u2029c\u0085d"), "zh")
    assert answer.holds is True, _said(answer)
