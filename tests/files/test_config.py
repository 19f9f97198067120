"""The settings: where they stand, what they may be, where each mistake is told; what is wrong leaves the default."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from kpigen.base.sources import WorkTree
from kpigen.files.config import Config, HrLogin, load_config
from kpigen.model.forms import Text
from tests.helpers.tiny import check_files, tree_of


def load(text: str | bytes, path: str = "kpigen.toml") -> tuple[Config, list[str]]:
    config, found = load_config(tree_of(**{path: text}))
    assert all(item.span.path == path for item in found)
    return config, [f"{item.span.line}:{item.span.column} {item.code}" for item in found]


DEFAULT = Config()

GOOD = [
    ("", DEFAULT),
    ("# nothing\n", DEFAULT),
    ("\ufeff# a BOM\n", DEFAULT),
    ('organisation = "甲"\r\n', Config(organisation=Text((("", "甲"),)))),
    ('organisation = {zh = "甲", en = "A"}', Config(organisation=Text((("en", "A"), ("zh", "甲"))))),
    ('[organisation]\nzh = "甲"', Config(organisation=Text((("zh", "甲"),)))),
    ('languages = ["en"]', Config(languages=("en",), pdf_languages=("en",))),
    ('languages = ["en", "zh"]', Config(languages=("en", "zh"), pdf_languages=("en",))),
    ('pdf_languages = ["en", "zh"]', Config(pdf_languages=("en", "zh"))),
    ('hr = ["lin"]', Config(hr=(HrLogin("lin"),))),
    ("hr = []", DEFAULT),
    ('hr = ["lin", {login = "he", departments = ["客服部"]}]', Config(hr=(HrLogin("lin"), HrLogin("he", ("客服部",))))),
    ('hr = [{login = "he", departments = []}]', Config(hr=(HrLogin("he", ()),))),
    ('[[hr]]\nlogin = "he"\ndepartments = ["客服部"]', Config(hr=(HrLogin("he", ("客服部",)),))),
    ('auditors = ["qiao", "an"]', Config(auditors=("qiao", "an"))),
    ('pdf_font = "Noto Serif"', Config(pdf_font="Noto Serif")),
    ('contact = "hr@example.com"', Config(contact="hr@example.com")),
    ('contact = ""', DEFAULT),
    ("days_to_object = 7", Config(days_to_object=7)),
    ('roster_encoding = "GBK"', Config(roster_encoding="gb18030")),
    ('roster_encoding = "gb18030"', Config(roster_encoding="gb18030")),
    ('roster_encoding = "UTF-8"', DEFAULT),
]


@pytest.mark.parametrize(("text", "expected"), GOOD)
def test_what_may_be_set(text: str, expected: Config) -> None:
    assert load(text) == (expected, [])


BAD = [
    ('language = ["zh"]', ["1:1 KPI201"]),
    ('\n\n  auditor = "q"', ["3:3 KPI201"]),
    ('"hr.lin" = 1', ["1:2 KPI201"]),
    ("[paths]\nout = 1", ["1:2 KPI201"]),
    ('languages = "zh"', ["1:1 KPI802"]),
    ("languages = []", ["1:1 KPI802"]),
    ('languages = ["fr"]', ["1:1 KPI802"]),
    ('languages = ["zh", "zh"]', ["1:1 KPI802"]),
    ("languages = [1, []]", ["1:1 KPI802"]),
    ('pdf_languages = {zh = "yes"}', ["1:1 KPI802"]),
    ("organisation = 1", ["1:1 KPI802"]),
    ('contact = "hr"', ["1:1 KPI802"]),
    ('contact = "hr@x?cc=a@b"', ["1:1 KPI802"]),
    ("contact = 1", ["1:1 KPI802"]),
    ("days_to_object = -1", ["1:1 KPI802"]),
    ("days_to_object = true", ["1:1 KPI802"]),
    ("days_to_object = 1.5", ["1:1 KPI802"]),
    ('organisation = ""', ["1:1 KPI802"]),
    ("organisation = {}", ["1:1 KPI802"]),
    ("organisation = {zh = 1}", ["1:1 KPI802"]),
    ('hr = "lin"', ["1:1 KPI802"]),
    ('hr = [""]', ["1:1 KPI802"]),
    ("hr = [1]", ["1:1 KPI802"]),
    ('hr = [{login = "he"}]', ["1:1 KPI802"]),
    ('hr = [{login = "he", departments = "客服部"}]', ["1:1 KPI802"]),
    ('hr = [{login = 1, departments = ["客服部"]}]', ["1:1 KPI802"]),
    ('hr = [{login = "he", departments = [1]}]', ["1:1 KPI802"]),
    ('hr = [{login = "he", departments = ["客服部"], more = 1}]', ["1:1 KPI802"]),
    ('auditors = "q"', ["1:1 KPI802"]),
    ('auditors = ["q", ""]', ["1:1 KPI802"]),
    ("pdf_font = 1", ["1:1 KPI802"]),
    ('roster_encoding = "latin-1"', ["1:1 KPI802"]),
    ("roster_encoding = 8", ["1:1 KPI802"]),
    ("\npdf_font = []\nhr = 1\nlanguages = 1\n", ["4:1 KPI802", "3:1 KPI802", "2:1 KPI802"]),
    ("languages = [zh]", ["1:14 KPI801"]),
    ('hr = ["lin"]\nhr = ["he"]', ["2:12 KPI801"]),
    ("hr", ["1:3 KPI801"]),
    ("hr = [", ["1:7 KPI801"]),
    ('pdf_font = "甲\0"', ["1:14 KPI801"]),
    ("x = " + "9" * 5000, ["1:1 KPI801"]),
    ("x = " + "[" * 90_000, ["1:1 KPI801"]),
    ("x = 2026-02-30", ["1:5 KPI801"]),
]


@pytest.mark.parametrize(("text", "expected"), BAD, ids=lambda part: str(part)[:50])
def test_what_is_wrong_is_told_and_leaves_the_default(text: str, expected: list[str]) -> None:
    config, found = load(text)
    assert sorted(found) == sorted(expected)
    assert config == DEFAULT


@pytest.mark.parametrize("data", ['hr = ["林"]'.encode("gbk"), 'hr = ["林"]'.encode("utf-16"), b"\xff"])
def test_settings_that_are_not_utf_8(data: bytes) -> None:
    assert load(data) == (DEFAULT, ["1:1 KPI801"])


def test_a_mistake_in_one_setting_leaves_the_others() -> None:
    assert load('hr = 1\nauditors = ["q"]\nfonts = 1\n') == (
        Config(auditors=("q",)),
        ["1:1 KPI802", "3:1 KPI201"][::-1],
    )


PYPROJECT = '[project]\nname = "x"\nlanguages = 1\n\n[tool.kpigen]\nauditors = ["q"]\n{}\n[tool.other]\nhr = 1\n'

TOOL = [
    (PYPROJECT.format(""), Config(auditors=("q",)), []),
    (PYPROJECT.format("languages = 3"), Config(auditors=("q",)), ["7:1 KPI802"]),
    (PYPROJECT.format("font = 3"), Config(auditors=("q",)), ["7:1 KPI201"]),
    ('tool.kpigen.auditors = ["q"]', Config(auditors=("q",)), []),
    ("[project]\n", DEFAULT, []),
    ("[tool.other]\nhr = 1\n", DEFAULT, []),
    ("tool = 3", DEFAULT, []),
    ("[tool]\nkpigen = 3", DEFAULT, ["2:1 KPI802"]),
    ("[tool.kpigen\n", DEFAULT, ["1:13 KPI801"]),
]


@pytest.mark.parametrize(("text", "expected", "found"), TOOL)
def test_pyproject(text: str, expected: Config, found: list[str]) -> None:
    assert load(text, "pyproject.toml") == (expected, found)


def test_kpigen_toml_comes_first() -> None:
    files = {"kpigen.toml": 'auditors = ["a"]', "pyproject.toml": "[tool.kpigen]\nauditors = 1\n"}
    assert load_config(tree_of(**files)) == (Config(auditors=("a",)), [])
    assert load_config(tree_of()) == (DEFAULT, [])


def test_a_repository_in_one_language_may_use_rules_in_two() -> None:
    assert check_files({"kpigen.toml": 'languages = ["zh"]'}) == ()
    assert check_files({"kpigen.toml": 'languages = ["en"]'}) == ()


FONTS = [
    ("link.otf", "links are not followed"),
    ("fonts/own.otf", "links are not followed"),
    ("pipe.otf", "not a regular file"),
    ("other/own.otf", "another git repository is not entered"),
    ("Own-Regular.otf", "links are not followed"),  # its bold face
    ("real.otf", None),
    ("Noto Serif", None),
    ("/usr/share/fonts/own.otf", None),
    ("../own.otf", None),
    ("reviews", None),
]


@pytest.mark.parametrize(("font", "reason"), FONTS)
def test_a_font_of_the_repository_is_a_file_of_it(tmp_path: Path, font: str, reason: str | None) -> None:
    (tmp_path / "link.otf").symlink_to("/etc/hostname")
    (tmp_path / "fonts").symlink_to("/usr/share/fonts")
    os.mkfifo(tmp_path / "pipe.otf")
    (tmp_path / "other/.git").mkdir(parents=True)
    (tmp_path / "reviews").mkdir()
    for name in ("real.otf", "Own-Regular.otf"):
        (tmp_path / name).write_bytes(b"OTTO")
    (tmp_path / "Own-Bold.otf").symlink_to("/etc/hostname")
    (tmp_path / "kpigen.toml").write_text(f'days_to_object = 7\npdf_font = "{font}"\n')
    _, found = load_config(WorkTree(tmp_path))
    assert [f"{item.span} {item.code}" for item in found] == (["kpigen.toml:2:1 KPI804"] if reason else [])
    assert not reason or found[0].message.endswith(reason)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("".join(f"k{number} = 1\n" for number in range(60_000)), "kpigen.toml"),
        ("".join(f"k{number} = 1\n" for number in range(101)), "kpigen.toml"),
        ("[tool.kpigen]\n" + "".join(f"k{number} = 1\n" for number in range(101)), "pyproject.toml"),
        ("a." * 60_000 + "a = 1\n", "kpigen.toml"),
        (f"organisation = '{'甲' * 40_000}'\n", "kpigen.toml"),
        ("#" * 100_001, "pyproject.toml"),
    ],
    ids=["keys", "a key too many", "keys of pyproject", "a dotted key", "a long text", "a long comment"],
)
def test_settings_that_are_too_large_are_not_read(text: str, path: str) -> None:
    assert load(text, path) == (DEFAULT, ["1:1 KPI144"])


def test_settings_as_large_as_allowed_are_read_quickly() -> None:
    begun = time.process_time()
    text = "".join(f"k{number} = 1\n" for number in range(100)) + "#\n" * 49_000
    assert len(load(text)[1]) == 100
    assert len(load("a." * 2_000 + "a = 1\n")[1]) == 1
    assert time.process_time() - begun < 2
