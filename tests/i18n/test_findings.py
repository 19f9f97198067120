"""Diagnostics in Chinese: every kind has its texts, with the same places to fill; phrases that fill them; the commands."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.catalogue import ALL
from kpigen.diagnostics.diagnostic import Kind, Span
from kpigen.diagnostics.terms import CYCLES, ROLES, STATUS, foreign, while_reading
from kpigen.diagnostics.values import PHRASE, Join, Value, as_written, listed, phrase, phrase_by_count
from kpigen.diagnostics.wording import ENGLISH
from kpigen.emit.github import as_github
from kpigen.emit.gitlab import as_gitlab
from kpigen.emit.json import as_json
from kpigen.emit.sarif import as_sarif
from kpigen.emit.summary import as_summary
from kpigen.emit.text import as_text
from kpigen.i18n import findings as findings_module
from kpigen.i18n import translations as translations_module
from kpigen.i18n.findings import Finding, findings, kind_in, words
from kpigen.model.forms import Range, Text
from kpigen.model.ranges import say_range
from kpigen.numbers.quantities import Unit
from tests.helpers.forms import TESTS, make_repository, run

ROOT = TESTS.parent
with (ROOT / "templates/messages/diagnostics/zh.po").open("rb") as stream:
    PO = [message for message in read_po(stream, locale="zh") if message.id]

CHINESE = "[\u4e00-\u9fff]"
WHERE = Span("reviews/2026-01/A-1.tiny.md")


def places(template: str) -> Counter[str]:
    return Counter(re.findall(r"\{(\w+)\}", template))


def last_form(text: str | tuple[str, ...]) -> str:
    """A text; of one with plural forms the last one."""
    return text if isinstance(text, str) else text[-1]


def texts(kind: Kind) -> tuple[str, str, str]:
    return kind.title, kind.message, kind.hint


def quoted(text: str) -> Counter[str]:
    return Counter(re.findall("`[^`]*`", text))


def only(of: Kind, /, **args: Value) -> Finding:
    (said,) = findings([of.at(WHERE, **args)], "zh")
    return said


@pytest.mark.parametrize("code", ALL)
def test_a_kind_is_translated(code: str) -> None:
    english, chinese = ALL[code], kind_in(ALL[code], "zh")
    known = {message.id for message in PO if message.context == code}
    assert known == {text for text in texts(english) if text}, "run tools/messages.py and fill in the Chinese"
    assert (chinese.code, chinese.severity) == (english.code, english.severity)
    for one, other in zip(texts(english), texts(chinese), strict=True):
        assert bool(one) == bool(other)
        assert places(one) == places(other)
        assert quoted(one) == quoted(other), "what stands as code is the same in both"
        assert not one or re.search(CHINESE, other) or one == other == "Git" or not re.search("[a-z]{3}", _words(other))
    rendered = english.at(WHERE, near="近", **dict.fromkeys(places(english.message + english.hint), "值 {x}"))
    (said,) = findings([rendered], "zh")
    assert "值 {x}" in said.message or not places(english.message)
    assert said.hint.startswith("是否应为 `近`？")


def _words(text: str) -> str:
    """A text without what is the same in every language: code and places."""
    return re.sub(r"`[^`]*`|\{\w+\}", "", text)


@pytest.mark.parametrize("message", PO, ids=lambda message: f"{message.context} {message.id}"[:60])
def test_the_chinese_is_written_as_chinese(message: object) -> None:
    english, chinese = last_form(message.id), last_form(message.string)  # type: ignore[attr-defined]
    assert chinese.strip(), english
    assert places(english) == places(chinese)
    words = re.sub(r"`[^`]*`", "X", chinese)
    assert not re.search(
        rf"{CHINESE}\s*[,;?!]|{CHINESE}\s*[.:](?!\w)|[,;]\s*{CHINESE}", words.replace("“键: 值”", "")
    ), words
    assert not re.search(rf"{CHINESE}\(|\){CHINESE}|\({CHINESE}|{CHINESE}\)", words), words
    assert not re.search(rf"{CHINESE} {CHINESE}", words), words
    assert not re.search(rf'{CHINESE}[A-Za-z0-9]|[A-Za-z0-9]{CHINESE}|"', words.replace("“键: 值”", "")), words
    assert chinese.endswith("。") == english.endswith(".")


PERCENTS = say_range(Range(Fraction(0), Fraction(5, 100)), Unit.PERCENT)
ABOVE_0 = say_range(Range(Fraction(0), Fraction(5), low_included=False))

FILLED = [
    (
        only(catalogue.WRONG_SHAPE, key="k", expected=phrase("a mapping"), found=phrase("a text")),
        "`k` 应为一组键值，而不是一段文字",
    ),
    (only(catalogue.MISSING_KEY, where=phrase("a review"), key="period"), "考核文件中缺少 `period`"),
    (only(catalogue.MISSING_KEY, where="score.parts", key="id"), "score.parts 中缺少 `id`"),
    (only(catalogue.MISSING_KEY, where="published", key="seal"), "published 中缺少 `seal`"),
    (
        only(
            catalogue.OUT_OF_RANGE,
            key="x",
            value="7",
            range=PERCENTS,
        ),
        "`x` 为 7，但应在 0% 到 5% 之间",
    ),
    (
        only(
            catalogue.OUT_OF_RANGE,
            key="x",
            value="7",
            range=ABOVE_0,
        ),
        "`x` 为 7，但应高于 0 且不高于 5",
    ),
    (
        only(
            catalogue.METRIC_SHAPE,
            key="x",
            expected=phrase("a single {what}", what=phrase("count")),
            found="`3`",
            example="1",
        ),
        "`x` 应填单个次数或数量，而不是 `3`",
    ),
    (
        only(
            catalogue.PERIOD_NOT_IN_CYCLE,
            period="2026-Q1",
            kind=CYCLES["quarter"],
            form="tiny",
            cycle=listed([CYCLES["month"]], Join.OR),
        ),
        "2026-Q1 是季度，而 `tiny` 的考核周期是月",
    ),
    (
        only(catalogue.WRONG_STATUS, status=STATUS["draft"], wanted=STATUS["published"], reason="x"),
        "考核状态为草稿（draft），不能变为已发布（published）",
    ),
    (
        only(
            catalogue.CONFIRMATION_MISSING,
            form="tiny",
            number="123456789012",
            roles=listed([ROLES["employee"], ROLES["leader"]]),
        ),
        "`tiny` 要求以下人员确认此内容（123456789012）：员工（employee）、领导（leader）",
    ),
    (
        only(catalogue.CONFIRMATION_OLD, role=ROLES["employee"], of="000000000000", number="123456789012"),
        "员工（employee）确认的是 000000000000，但现在的内容编号是 123456789012",
    ),
    (
        only(
            catalogue.AUTO_CHANGED,
            key="team",
            taken=phrase_by_count(
                "{count} total with mean {mean}", "{count} totals with mean {mean}", count=2, mean="75.00"
            ),
            now=phrase("nothing"),
            changed=listed(
                [
                    phrase("{person} {before}, now {now}", person="A-2", before="75.00", now="80.00"),
                    phrase("{person} {before}, now {now}", person="A-3", before="70.00", now=phrase("none")),
                ],
                Join.SEMICOLON,
            ),
            path="reviews/x.md",
        ),
        "`team: auto` 发布时取的是 2 个总分（平均 75.00），今天会取空：A-2 由 75.00 变为 80.00；A-3 由 70.00 变为无",
    ),
    (only(catalogue.NOT_SCORABLE, key="calls", reason=phrase("division by zero")), "`calls` 无法计分：除数为零"),
    (
        only(
            catalogue.FORMULA_TYPE,
            problem=phrase(
                "`{name}` cannot take {what}",
                name="+",
                what=listed([phrase("a number"), phrase("a duration")], Join.AND),
            ),
        ),
        "`+` 不能用于数值和时长",
    ),
    (
        only(
            catalogue.METHOD_DOES_NOT_FIT,
            method="ratio",
            problem=phrase("needs `{input}`, which is optional", input="b"),
        ),
        "计分方法 `ratio` 需要 `b`，但它是选填项",
    ),
    (
        only(
            catalogue.YAML_SYNTAX,
            problem=while_reading("while parsing a flow node", "did not find expected node content"),
        ),
        "这里的 YAML 无法读取：读取括号中的内容时：缺少内容",
    ),
    (only(catalogue.UNREADABLE, reason=foreign("a reason nobody knows")), "文件无法读取：a reason nobody knows"),
    # What is from a file stays as it stands there, even where it reads like a phrase.
    (
        only(catalogue.ROSTER_DIFFERENCE, key="name", value="draft", roster="none", period="2026"),
        "`name` 为“draft”，但花名册在 2026 写的是“none”",
    ),
    (
        only(catalogue.NOT_ALLOWED, value="a text", key="status", known=as_written(["draft", "submitted"])),
        "`status` 不能是 `a text`",
    ),
]


@pytest.mark.parametrize(("said", "expected"), FILLED, ids=lambda case: getattr(case, "code", None))
def test_what_is_filled_in_is_translated(said: Finding, expected: str) -> None:
    assert said.message == expected


def test_what_may_be_written_is_listed_as_it_is_written() -> None:
    assert (
        only(catalogue.NOT_ALLOWED, value="x", key="status", known=as_written(["draft", "submitted"])).hint
        == "可选：draft, submitted"
    )
    assert only(catalogue.UNKNOWN_FORM, form="x", known=as_written([])).hint == "", "no hint that lists nothing"


def test_a_form_says_its_own_warning_in_the_language() -> None:
    found = catalogue.RULE_WARNING.at(WHERE, key="calls", text=Text((("en", "many calls"), ("zh", "通话过多"))))
    assert found.message == "`calls`: many calls"
    assert findings([found], "zh")[0].message == "`calls`：通话过多"


def test_english_is_what_the_code_says() -> None:
    found = catalogue.YAML_SYNTAX.at(WHERE, problem="x", near="y")
    (said,) = findings([found], "en")
    assert (said.title, said.message, said.hint) == (found.kind.title, found.message, found.hint)
    assert kind_in(catalogue.YAML_SYNTAX, "en") is catalogue.YAML_SYNTAX
    assert words(phrase("hint: "), "en") == "hint: "


#: A list, how it stands together, and what it is in English and in Chinese.
LISTS = [
    (["a"], Join.COMMA, "a", "a"),
    ([], Join.COMMA, "none", "无"),
    (["a", "b"], Join.WRITTEN, "a, b", "a, b"),
    (["a", "b"], Join.COMMA, "a, b", "a、b"),
    (["a", "b"], Join.SEMICOLON, "a; b", "a；b"),
    (["zh", "en"], Join.AND, "zh and en", "zh 和 en"),
    ([CYCLES["month"], CYCLES["quarter"]], Join.OR, "month or quarter", "月或季度"),
    ([CYCLES["month"], CYCLES["quarter"], CYCLES["year"]], Join.OR, "month or quarter or year", "月、季度或年"),
    ([CYCLES[key] for key in CYCLES], Join.AND, "month and quarter and half and year", "月、季度、半年和年"),
]


@pytest.mark.parametrize(("items", "join", "english", "chinese"), LISTS)
def test_lists_join_as_the_language_does(items: list[Value], join: Join, english: str, chinese: str) -> None:
    assert (words(listed(items, join), "en"), words(listed(items, join), "zh")) == (english, chinese)


@pytest.mark.parametrize(("count", "english"), [(0, "0 errors"), (1, "1 error"), (2, "2 errors")])
def test_english_has_a_plural(count: int, english: str) -> None:
    said = phrase_by_count("{count} error", "{count} errors", count=count)
    assert (words(said, "en"), words(said, "zh")) == (english, f"{count} 个错误")


GERMAN = """
msgctxt "phrase"
msgid "{count} error"
msgid_plural "{count} errors"
msgstr[0] "{count} Fehler (einer)"
msgstr[1] "{count} Fehler"

msgctxt "phrase"
msgid "month"
msgstr "Monat"

msgctxt "KPI204"
msgid "`{key}` has no value"
msgstr "`{key}` hat keinen Wert"
"""


def test_a_language_needs_no_more_than_its_catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its plurals and lists are Babel's; what is not translated stays English."""
    (tmp_path / "templates/messages/diagnostics").mkdir(parents=True)
    (tmp_path / "templates/messages/diagnostics/de.po").write_text(GERMAN, "utf-8")
    monkeypatch.setattr(translations_module, "resource", lambda name: tmp_path / name)
    errors = [phrase_by_count("{count} error", "{count} errors", count=count) for count in (1, 2)]
    assert [words(said, "de") for said in errors] == ["1 Fehler (einer)", "2 Fehler"]
    cycles = [CYCLES["month"], CYCLES["quarter"], CYCLES["year"]]
    assert words(listed(cycles, Join.OR), "de") == "Monat, quarter oder year"
    (said,) = findings([catalogue.EMPTY_VALUE.at(WHERE, key="k")], "de")
    assert (said.message, said.hint) == ("`k` hat keinen Wert", "write one, or leave the key out")
    findings_module._wording.cache_clear()


def test_a_diagnostic_can_stand_in_another_one() -> None:
    inner = catalogue.EMPTY_VALUE.at(WHERE, key="name")
    said = only(catalogue.ATTACHMENT_BROKEN, file="review.md", problem=inner.sentence)
    assert said.message.endswith("：`name` 没有值")
    assert ENGLISH.words(inner.sentence) == inner.message


def test_only_kinds_and_phrases_are_there() -> None:
    assert {message.context for message in PO} == {*ALL, PHRASE}


def test_every_format_speaks_chinese() -> None:
    found = [kind.at(WHERE, **dict.fromkeys(places(kind.message + kind.hint), "x")) for kind in ALL.values()]
    title, message, hint = "缺少文件头", "文件不是以 `---` 开头", "考核文件以 `---` 开头"
    text = as_text(found, language="zh")
    assert f"reviews/2026-01/A-1.tiny.md:1:1: error[KPI104] {message}\n    提示：{hint}" in text
    assert "hint:" not in text
    assert {(item["title"], item["message"]) for item in json.loads(as_json(found, "zh"))} >= {(title, message)}
    assert "title=KPI103 不允许的字符::文本文件中不能有字符 x%0A删掉它" in as_github(found, language="zh")
    assert "more error" not in as_github(found, language="zh")
    assert "### kpigen check: 1 个错误，0 个警告\n\n| 位置 | 代码 | 问题 |" in as_summary(found[:1], language="zh")
    assert "个问题，此处放不下" in as_summary(found, 2000, "zh")
    rule = next(
        rule
        for rule in json.loads(as_sarif(found, language="zh"))["runs"][0]["tool"]["driver"]["rules"]
        if rule["id"] == "KPI102"
    )
    assert (rule["name"], rule["fullDescription"]["text"]) == ("不是 UTF-8 编码", "文件不是 UTF-8 文本：…")
    assert f"KPI104 {message}（{hint}" in as_gitlab(found, language="zh")


def test_another_language_is_no_other_finding() -> None:
    found = [kind.at(WHERE, **dict.fromkeys(places(kind.message + kind.hint), "x")) for kind in ALL.values()]
    marks = [[item["fingerprint"] for item in json.loads(as_gitlab(found, language=one))] for one in ("en", "zh")]
    assert marks[0] == marks[1]
    results = [json.loads(as_sarif(found, language=one))["runs"][0]["results"] for one in ("en", "zh")]
    assert [item["partialFingerprints"] for item in results[0]] == [item["partialFingerprints"] for item in results[1]]


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = make_repository(tmp_path_factory.mktemp("broken") / "root")
    (root / "reviews/2026-01").mkdir()
    (root / "reviews/2026-01/A-1.tiny.md").write_text("没有文件头\n", "utf-8")
    return root


def test_check_in_chinese(broken: Path) -> None:
    english, chinese = run(broken, "check", code=1), run(broken, "check", "--language", "zh", code=1)
    assert "error[KPI104] the file does not begin with `---` (A-1)\n    hint: a review" in english.stdout
    assert "error[KPI104] 文件不是以 `---` 开头（A-1）\n    提示：考核文件" in chinese.stdout
    assert re.search(r"\d+ reviews?, \d+ rule files?: 1 error, 0 warnings", english.stderr)
    assert re.search(r"\d+ 份考核，\d+ 个规则文件：1 个错误，0 个警告", chinese.stderr)


@pytest.mark.parametrize(
    ("asked", "options", "expected"),
    [
        ("zh", (), "文件不是以"),
        ("zh_CN.UTF-8", (), "文件不是以"),
        ("zh-Hans", (), "文件不是以"),
        ("", (), "does not begin"),
        ("tlh", (), "does not begin"),
        ("zh", ("--language", "en"), "does not begin"),
    ],
)
def test_the_environment_asks_for_a_language(
    broken: Path, monkeypatch: pytest.MonkeyPatch, asked: str, options: tuple[str, ...], expected: str
) -> None:
    monkeypatch.setenv("KPIGEN_LANGUAGE", asked)
    assert expected in run(broken, "check", *options, code=1).stdout


def test_other_commands_follow_the_environment(broken: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KPIGEN_LANGUAGE", "zh")
    result = run(broken, "score", broken / "reviews/2026-01/A-1.tiny.md", code=1)
    assert "error[KPI104] 文件不是以" in result.stderr


def test_english_loads_no_catalogue() -> None:
    code = (
        "import sys; from kpigen.diagnostics.catalogue import ALL; from kpigen.diagnostics.diagnostic import Span; "
        "from kpigen.emit.text import as_text; "
        "as_text([ALL['KPI104'].at(Span('x'))]); sys.exit('babel' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
