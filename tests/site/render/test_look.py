"""The tokens that pages, charts and paper share: all of them known, legible by day, by night and in print."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kpigen.base.resources import template_folders
from kpigen.site.proof.layout_name import layout_name
from kpigen.site.render.look import of_charts_on_paper, of_pages, of_paper
from kpigen.site.render.render import Renderer
from tests.helpers.forms import ROOT

TEMPLATES = ROOT / "templates"
TOKENS = (TEMPLATES / "look/tokens.css").read_text("utf-8")
STYLES = [TEMPLATES / name for name in ("look/charts.css", "assets/kpigen.css", "print/print.css")]
COLOUR = re.compile(r"#(?:[0-9a-f]{6}|[0-9a-f]{3})\b")


def tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): ([^;]+);", block))


DAY = tokens(TOKENS.partition("@media")[0])
NIGHT = DAY | tokens(TOKENS.partition("dark)")[2].partition("@media")[0])
PRINT = DAY | tokens(TOKENS.partition("@media print")[2])


def channels(colour: str) -> list[float]:
    digits = colour.removeprefix("#")
    digits = digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)
    return [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2 (relative luminance)."""
    lights = []
    for colour in (one, other):
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels(colour))
        lights.append(0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
    return max(lights) / min(lights)


def test_every_token_is_known_and_used() -> None:
    used = {name for path in STYLES for name in re.findall(r"var\(--([\w-]+)\)", path.read_text("utf-8"))}
    assert used == set(DAY)
    assert set(tokens(TOKENS.partition("@media")[2])) == {name for name, value in DAY.items() if COLOUR.match(value)}


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_no_stylesheet_has_colours_of_its_own(path: Path) -> None:
    assert COLOUR.findall(path.read_text("utf-8")) == []


@pytest.mark.parametrize("mode", [DAY, NIGHT, PRINT], ids=["day", "night", "print"])
def test_text_is_legible_in_every_mode(mode: dict[str, str]) -> None:
    for name in ("ink", "soft", "accent", "a", "b", "c", "d", "e"):
        assert contrast(mode[name], mode["paper"]) >= 4.5, name
    for name in ("ink", "soft", "accent"):
        assert contrast(mode[name], mode["wash"]) >= 4.5, name


def test_print_is_black_and_white() -> None:
    for name, value in PRINT.items():
        if COLOUR.match(value):
            assert len(set(channels(value))) == 1, name


def test_a_chart_on_paper_has_the_tokens_put_in() -> None:
    style = of_charts_on_paper(template_folders(None))
    assert ".chart .line { fill: none; stroke: #000;" in style
    assert ".chart .band-0 { fill: #f4f4f4; }" in style
    assert "var(" not in style
    assert "/*" not in style


def test_a_repositorys_own_tokens_colour_pages_charts_and_paper(tmp_path: Path) -> None:
    own = tmp_path / "templates/look"
    own.mkdir(parents=True)
    (own / "tokens.css").write_text(TOKENS.replace("--accent: #000", "--accent: #123456"), "utf-8")
    folders = template_folders(tmp_path)
    assert "stroke: #123456" in of_charts_on_paper(folders)
    assert "--accent: #123456" in of_paper(folders)
    assert b"--accent: #123456" in Renderer(tmp_path).assets()["kpigen.css"]
    assert layout_name(Renderer(tmp_path), "zh") != layout_name(Renderer(None), "zh")


def test_pages_have_one_stylesheet_tokens_first() -> None:
    style = of_pages(template_folders(None), b"p { margin: 0 }").decode()
    assert style.startswith("/* The tokens")
    assert style.index("--ink") < style.index(".chart .line") < style.index("p { margin: 0 }")


@pytest.mark.parametrize("tokens_", [b"", b"\xff\xfe:root{--ink: red", b":root { --line: var(--line) } @media print {"])
def test_tokens_that_are_none_leave_a_site(tmp_path: Path, tokens_: bytes) -> None:
    """A stylesheet is not checked, and whatever it says, nothing ends with an exception."""
    (tmp_path / "templates/look").mkdir(parents=True)
    (tmp_path / "templates/look/tokens.css").write_bytes(tokens_)
    assert ".chart .line" in of_charts_on_paper(template_folders(tmp_path))
    assert b".chart .line" in Renderer(tmp_path).assets()["kpigen.css"]
    assert "@page" in of_paper(template_folders(tmp_path))
