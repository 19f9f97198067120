"""Characters that the fonts for print cannot draw are said at their place (KPI720), and none that they can draw."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpigen.repository.project import load
from kpigen.site.pdf import coverage, fonts
from tests.helpers.forms import run
from tests.helpers.tiny import DRAFT, REVIEW, ROSTER, TINY, Files, tiny, tree_of, with_fields

LINE = DRAFT[: DRAFT.index("见上表。")].count("\n") + 1


@pytest.fixture(scope="module")
def found() -> fonts.Fonts:
    result = fonts.find_fonts()
    if isinstance(result, fonts.Unfound):
        pytest.skip("no font to look into")
    return result


def said(files: Files, font: str = "") -> list[str]:
    """Return each finding as `line:column code places`."""
    tree = tree_of(**files)
    return [
        f"{item.span.line}:{item.span.column} {args['code']} {dict(args['places'].args)['count']}"
        for item in coverage.undrawn(load(tree), tree.read, font)
        for args in [dict(item.args)]
    ]


# As WeasyPrint prints them: looked at.
DRAWN = [
    *("⚠️ 注意", "葛󠄀城", "a\u200cb", "a\u200db", "a\u2060b", "a\u00adb", "a\u200eb", "a\u2003b", "a\u2011b", "\u3000甲"),
    *(
        "e\u0301",
        "ệ",
        "é",
        "䶮",
        "𠮷",
        "한국어",
        "Ωελ",
        "нет",
        "①",
        "€",
        "¥",
        "あ゙",
        "x\u0304",
        "★",
        "→",
        "≥",
        "&amp;",
        "AT&T;",
    ),
]
BOXES = [
    ("✔️ 好", [f"{LINE}:1 U+2714 1"]),
    ("1️⃣ 一", [f"{LINE}:3 U+20E3 1"]),
    ("👩‍💻 远程", [f"{LINE}:1 U+1F469 1", f"{LINE}:3 U+1F4BB 1"]),
    ("好😀好\n\n😀", [f"{LINE}:2 U+1F600 2"]),
    ("ئۇ", [f"{LINE}:1 U+0626 1", f"{LINE}:2 U+06C7 1"]),
    ("हि", [f"{LINE}:1 U+0939 1", f"{LINE}:2 U+093F 1"]),
    ("ไทย", [f"{LINE}:2 U+0E17 1", f"{LINE}:3 U+0E22 1", f"{LINE}:1 U+0E44 1"]),
    ("☑✕✗", [f"{LINE}:1 U+2611 1", f"{LINE}:2 U+2715 1", f"{LINE}:3 U+2717 1"]),
    ("₹ 100", [f"{LINE}:1 U+20B9 1"]),
    ("ẍ", [f"{LINE}:1 U+1E8D 1"]),
    ("a\u0331", [f"{LINE}:2 U+0331 1"]),
    ("Č", [f"{LINE}:1 U+010C 1"]),  # nothing takes it apart: Pango asks for whole characters
    ("Dvořák ő", [f"{LINE}:8 U+0151 1", f"{LINE}:4 U+0159 1"]),
    ("\u1feb", [f"{LINE}:1 U+1FEB 1"]),
    ("a\u0323", [f"{LINE}:2 U+0323 1"]),  # ạ is only in the font that is not cut, and the letter before is not
    ("好&#x1F600;", [f"{LINE}:2 U+1F600 1"]),
    ("好 &lozf;", [f"{LINE}:3 U+29EB 1"]),
]


@pytest.mark.parametrize("text", DRAWN)
def test_what_is_drawn_is_not_said(text: str, found: fonts.Fonts) -> None:
    assert said(tiny(("见上表。", text))) == []


@pytest.mark.parametrize(("text", "places"), BOXES)
def test_what_is_a_box_is_said_once_a_character_with_its_place(
    text: str, places: list[str], found: fonts.Fonts
) -> None:
    assert said(tiny(("见上表。", text))) == places
    assert said(tiny(("见上表。", text)), str(found.regular.path)) == places


ELSEWHERE: list[tuple[Files, list[str]]] = [
    (tiny(("name: 甲", "name: 甲😀")), ["2:28 U+1F600 1"]),
    (tiny(("客服部", "客服部😀")), ["2:45 U+1F600 1"]),
    (tiny(review=with_fields('metrics: {calls: 80}\ncomments: {calls: "好\\U0001F600"}\n')), ["7:21 U+1F600 1"]),
    (tiny(review=with_fields("metrics: {calls: 80}\nfeedback:\n  plan: |\n    好\n    ✔ 好\n")), ["10:5 U+2714 1"]),
    (tiny(("zh: 每次一分", "zh: ✔ 每次一分")), ["13:20 U+2714 1"]),
    (tiny(("  calls: 80\n---", "  calls: 80  # 😀 is not printed\n---")), []),
    (
        {
            **tiny(),
            ROSTER: "id,name,login,email,department,position,manager,form,from,to\nA-1,甲😀,a,,客服部,客服,,,2025-01-01,\n",
        },
        ["2:6 U+1F600 1"],
    ),
    ({**tiny(), "kpigen.toml": 'organisation = "好😀公司"\n'}, ["1:18 U+1F600 1"]),
]


@pytest.mark.parametrize(("files", "places"), ELSEWHERE)
def test_everything_that_is_printed_is_looked_at(files: Files, places: list[str], found: fonts.Fonts) -> None:
    assert said(files) == places


def test_what_is_not_looked_up_can_be_drawn(found: fonts.Fonts) -> None:
    drawn = fonts.code_points(found)
    assert drawn is not None
    assert drawn >= coverage._HAN
    assert (fonts.characters() - drawn) == coverage._LACKING | {0xAD} - drawn


@pytest.mark.parametrize("font", ["No Such Family", "/no/such/font.otf"])
def test_without_fonts_nothing_is_said(font: str) -> None:
    assert said(tiny(("见上表。", "😀")), font) == []


def test_a_file_that_is_no_font_is_left_to_the_printer(found: fonts.Fonts, tmp_path: Path) -> None:
    broken = tmp_path / "broken.otf"
    broken.write_bytes(b"OTTO" + bytes(100))
    assert said(tiny(("见上表。", "😀")), str(broken)) == []


def test_check_says_it_and_a_build_that_prints(found: fonts.Fonts, tmp_path: Path) -> None:
    for path, text in tiny(("见上表。", "好😀")).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(str(text), "utf-8")
    checked = run(tmp_path, "check")
    assert f"{REVIEW}:{LINE}:2: warning[KPI720]" in checked.stdout
    assert "`😀` (U+1F600)" in checked.stdout
    assert (tmp_path / TINY).is_file()
    printed = run(tmp_path, "build", "--no-audit", "--no-search")
    assert printed.stderr.count("KPI720") == 1
    assert "KPI720" not in run(tmp_path, "build", "--no-pdf", "--no-audit", "--no-search").stderr
