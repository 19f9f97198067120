"""What pages say in formulas and beside names: conditions in words, real minus signs, nothing twice, no loose separator."""

from __future__ import annotations

import re
from functools import cache

import pytest

from kpigen.i18n.messages import messages
from kpigen.numbers.quantities import with_minuses
from kpigen.repository import project
from kpigen.repository.records import make_records
from kpigen.scoring.wording import spoken
from kpigen.site.pages.plan import plan
from kpigen.site.pages.site import Site
from kpigen.site.render.render import Renderer
from tests.helpers.html import parsed
from tests.helpers.tiny import Files, publish, tiny, tree_of

RENDERER = cache(lambda: Renderer(None))


def pages_of(files: Files) -> dict[str, str]:
    """Return the HTML of every page of a site by path."""
    loaded = project.load(tree_of(**files))
    records, _ = make_records(loaded)
    site = Site(loaded.config, loaded.roster, loaded.rules, records, drafts=True, pdfs=False)
    return {page.path: RENDERER().page(page, loaded.config.languages) for page in plan(site)}


def texts_of(html: str) -> str:
    return " ".join(" ".join(parsed(html).root.itertext()).split())


CONDITIONS = [
    ("1 if a = 0 else 2", "若 a = 0 则 1，否则 2"),
    ("1 if a = 0 else 2 if b else 3", "若 a = 0 则 1，否则 若 b 则 2，否则 3"),
    ("(1 if a else 2) × 3", "(若 a 则 1，否则 2) × 3"),
    ("min(1 if a else 2, 3)", "min(若 a 则 1，否则 2, 3)"),
    (
        "(1 if a = 0 else min(t ÷ a, 1)) if b = c else min(a ÷ t, 1)",
        "若 b = c 则 (若 a = 0 则 1，否则 min(t ÷ a, 1))，否则 min(a ÷ t, 1)",
    ),
    ("a > 1 and b or not c", "a > 1 且 b 或 非 c"),
    ("(a or b) and c", "(a 或 b) 且 c"),
    ("not (a and b)", "非 (a 且 b)"),
    ("a + b × [1, 2]", "a + b × [1, 2]"),
    ("-3 × (-2) − a", "−3 × (−2) − a"),
    ("gif and notes", "gif 且 notes"),
    ("difference elsewhere", "difference elsewhere"),
    ("a (", "a ("),
    ("1) if a else (2", "1) if a else (2"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "chinese"), CONDITIONS)
def test_a_condition_is_said_in_the_words_of_the_language(text: str, chinese: str) -> None:
    assert spoken(text, messages("zh").gettext) == chinese
    assert spoken(text, messages("en").gettext) == with_minuses(text)


#: A formula as it is written for readers, in English, in Chinese.
CALLS_IN_WORDS = [
    ("given(a)", "a is given", "a 已填"),
    ("not given(a)", "a is not given", "a 未填"),
    ("a if given(a) else b", "a if a is given else b", "若 a 已填 则 a，否则 b"),
    ("given(a) and not given(b)", "a is given and b is not given", "a 已填 且 b 未填"),
    ("not (given(a) or b)", "not (a is given or b)", "非 (a 已填 或 b)"),
    ("not given(a) or a < -3", "a is not given or a < −3", "a 未填 或 a < −3"),
    ("count(l: fatal)", "number of l where fatal", "l 中 fatal 的项数"),
    ("count(l: a = b and c)", "number of l where a = b and c", "l 中 a = b 且 c 的项数"),
    ("100 − 5 × count(l: fatal)", "100 − 5 × (number of l where fatal)", "100 − 5 × (l 中 fatal 的项数)"),
    ("run(l: value < 70) ≥ 3", "(longest run of l where value < 70) ≥ 3", "(l 中 value < 70 的最长连续项数) ≥ 3"),
    ("max(0, mean(l: min(a, 1)))", "max(0, mean of min(a, 1) over l)", "max(0, l 各项 min(a, 1) 的平均值)"),
    ("sum(l: a if b else 0)", "sum of a if b else 0 over l", "l 各项 若 b 则 a，否则 0 之和"),
    ("min(l: a) + max(l: a)", "(least a of l) + (greatest a of l)", "(l 各项 a 的最小值) + (l 各项 a 的最大值)"),
    ("last(l)", "last of l", "l 的最后一项"),
    ("last(l) − last(m)", "(last of l) − (last of m)", "(l 的最后一项) − (m 的最后一项)"),
    ("count(l: given(a))", "number of l where a is given", "l 中 a 已填 的项数"),
    ("weighted_mean(1, a, 2, b)", "weighted_mean(1, a, 2, b)", "weighted_mean(1, a, 2, b)"),
    ("mean(a, b) × count(l)", "mean(a, b) × count(l)", "mean(a, b) × count(l)"),
    ("count([yes, no])", "count([yes, no])", "count([yes, no])"),
    ("last([70, -3])", "last of [70, −3]", "[70, −3] 的最后一项"),
    ("abs(l: a)", "abs(l: a)", "abs(l: a)"),
]


@pytest.mark.parametrize(("text", "english", "chinese"), CALLS_IN_WORDS)
def test_a_function_is_said_in_the_words_of_the_language(text: str, english: str, chinese: str) -> None:
    assert spoken(text, messages("en").gettext) == english
    assert spoken(text, messages("zh").gettext) == chinese


def test_no_word_of_the_language_is_taken_for_an_id() -> None:
    names = {"of": "Of all", "number": "A-1", "l": "Calls", "fatal": "fatal {one} and b", "given": "Given"}
    text = "number × count(l: fatal) + of if given(given) else (-3)"
    says = "A-1 × (number of Calls where fatal {one} and b) + Of all if Given is given else (−3)"
    assert spoken(text, messages("en").gettext, names) == says


RULED = ("inputs: {calls: {type: count}}", "inputs: {calls: {type: number, min: -100}}")


def formula(text: str) -> tuple[str, str]:
    return "score: {method: value}", f"score: {{method: formula, formula: '{text}'}}"


@pytest.mark.parametrize(
    "text", ["1 if calls > 3 else 2", "calls if calls > 3 and calls < 90 else 2", "min(1 if calls > 3 else 2, 7)"]
)
def test_no_page_in_chinese_says_if_or_else(text: str) -> None:
    found = pages_of(tiny(formula(text)))
    assert len(found) > 10
    for path, html in found.items():
        if "/en/" not in f"/{path}":
            assert not re.search(r"\b(if|else|and)\b", texts_of(html)), path
    assert any("若 回访 > 3" in texts_of(html) for html in found.values())


# formula, calls, and the working on the page
WORKINGS = [
    ("0", "80", "By formula = 0"),
    ("calls", "80", "By formula Calls = 80"),
    ("calls + 1", "80", "By formula Calls + 1 = 80 + 1 = 81"),
    ("7 if calls > 3 else 7", "80", "By formula 7 if Calls > 3 else 7 = 7 if 80 > 3 else 7 = 7"),
    ("calls × 1", "-7", "By formula Calls × 1 = −7 × 1 = −7"),
    ("3 - calls", "-7", "By formula 3 − Calls = 3 − −7 = 10"),
]


@pytest.mark.parametrize(("text", "calls", "working"), WORKINGS)
def test_a_line_of_the_working_says_nothing_twice(text: str, calls: str, working: str) -> None:
    edits = RULED, formula(text.replace("×", "*")), ("calls: 80\n---", f"calls: {calls}\n---")
    (html,) = (html for path, html in pages_of(tiny(*edits)).items() if path.endswith("/en/tiny.html"))
    (line,) = (item for item in parsed(html).root.iter("li") if "By formula" in "".join(item.itertext()))
    assert " ".join("".join(line.itertext()).split()) == working


BONUS = "\nbonus:\n  items:\n    - {id: lost, name: {zh: 扣分, en: Lost}, points: %s, origin: chosen}\n"


@pytest.mark.parametrize(
    ("points", "shown"), [("7", "+7"), ("-7", "−7"), ("0.5", "+0.5"), ("-0.25", "−0.25"), ("0", "0")]
)
def test_points_of_a_bonus_have_one_sign(points: str, shown: str) -> None:
    edit = ("confirmations: []", f"confirmations: []{BONUS % points}")
    found = pages_of(tiny(edit, ("  calls: 80\n---", "  calls: 80\nbonus: {lost: 1}\n---")))
    assert f"Lost: {shown} " in texts_of(found["forms/en/tiny/2026-01.html"])
    for path, html in found.items():
        assert "+−" not in html, path
        assert "+-" not in texts_of(html), path


ONE = {"kpigen.toml": 'languages = ["zh"]\n'}
LONE = "id,name,login,email,department,position,manager,form,from,to\nA-1,甲,,,,,,,,\n"
# files, for which no page may begin or end a line of facts with a separator
SEPARATED: list[Files] = [
    tiny(),
    {**tiny(), **ONE},
    {**tiny(("department: 客服部, position: 客服", "department: 客服部, position: ''")), **ONE},
    {**tiny(), "reviews/people.csv": LONE},
    {**publish(tiny()), "reviews/people.csv": LONE.replace("A-1,甲", "A-2,乙")},
]


@pytest.mark.parametrize("files", SEPARATED)
def test_no_separator_has_nothing_beside_it(files: Files) -> None:
    for path, html in pages_of(files).items():
        for item in parsed(html).root.iter():
            text = " ".join("".join(item.itertext()).split())
            if item.tag in ("p", "li", "span", "h1", "h2", "h3", "h4", "title", "td", "th"):
                assert not re.search(r"^·|·$|· ·", text), (path, text)


@pytest.mark.parametrize(
    ("settings", "codes"), [('["zh"]', []), ('["en"]', []), ('["zh", "en"]', ["en"]), ('["en", "zh"]', ["zh"])]
)
def test_a_language_is_offered_only_where_there_is_another(settings: str, codes: list[str]) -> None:
    texts = tiny()
    for html in pages_of({**texts, "kpigen.toml": f"languages = {settings}\n"}).values():
        root = parsed(html).root
        assert len([item for item in root.iter("a") if item.get("hreflang")]) == len(codes)
        assert [item.get("aria-current") for item in root.iter("span") if item.get("lang")] == ["true"] * len(codes)
