"""The language of commands: where it comes from, and that help, prompts and errors of use are in it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from kpigen.cli import _COMMANDS, cli
from kpigen.commands.help import paragraphs, wrapped
from kpigen.emit.escape import columns
from kpigen.i18n.messages import messages
from tests.helpers.forms import ROOT, kpigen, make_repository, run
from tests.helpers.history import commit, git
from tests.helpers.lifecycle import DRAFT, write

ALL_OF_THEM = ("KPIGEN_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


def spoken(root: Path, monkeypatch: pytest.MonkeyPatch, **environment: str) -> str:
    """Return the language in which `check` counts, with this environment and no other."""
    for name in ALL_OF_THEM:
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    counted = run(root, "check").stderr
    wrong = run(root, "check", "--formt", code=2).stderr
    helped = run(root, "check", "--help").stdout
    is_chinese = {"份考核" in counted, "错误：没有选项" in wrong, "检查整个仓库" in helped}
    assert len(is_chinese) == 1, "all in one language"
    return "zh" if is_chinese == {True} else "en"


@pytest.mark.parametrize(
    ("settings", "environment", "expected"),
    [
        ('languages = ["zh", "en"]', {}, "en"),
        ("", {}, "en"),
        ('languages = ["zh"]', {}, "zh"),
        ('languages = ["en"]', {}, "en"),
        ('languages = ["zh", "en"]', {"LANG": "zh_CN.UTF-8"}, "zh"),
        ('languages = ["zh", "en"]', {"LANG": "zh_TW"}, "zh"),
        ('languages = ["zh", "en"]', {"LC_ALL": "zh_CN.UTF-8"}, "zh"),
        ('languages = ["zh", "en"]', {"LC_MESSAGES": "zh_CN.UTF-8"}, "zh"),
        ('languages = ["zh", "en"]', {"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}, "en"),
        ('languages = ["zh", "en"]', {"LANG": "en_GB.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8"}, "zh"),
        ('languages = ["zh", "en"]', {"LC_MESSAGES": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ('languages = ["zh", "en"]', {"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, "zh"),
        ('languages = ["zh", "en"]', {"LANG": "C"}, "en"),
        ('languages = ["zh", "en"]', {"LANG": "POSIX"}, "en"),
        ('languages = ["zh", "en"]', {"LANG": "fr_FR.UTF-8"}, "en"),
        ('languages = ["zh", "en"]', {"LANG": "zh_CN.UTF-8", "KPIGEN_LANGUAGE": "en"}, "en"),
        ('languages = ["zh", "en"]', {"LANG": "zh_CN.UTF-8", "KPIGEN_LANGUAGE": ""}, "zh"),
        ('languages = ["zh", "en"]', {"LANG": "zh_CN.UTF-8", "KPIGEN_LANGUAGE": "tlh"}, "en"),
        ('languages = ["zh"]', {"LANG": "en_GB.UTF-8"}, "zh"),
        ('languages = ["zh"]', {"KPIGEN_LANGUAGE": "en"}, "en"),
        ('languages = ["en"]', {"LANG": "zh_CN.UTF-8"}, "en"),
        ('languages = ["en"]', {"KPIGEN_LANGUAGE": "zh_CN.UTF-8"}, "zh"),
    ],
)
def test_where_the_language_comes_from(
    settings: str, environment: dict[str, str], expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_repository(tmp_path, ())
    (root / "kpigen.toml").write_text(f"{settings}\n", "utf-8")
    assert spoken(root, monkeypatch, **environment) == expected


def test_broken_settings_and_no_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KPIGEN_LANGUAGE")
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    monkeypatch.chdir(tmp_path)
    assert "没有命令" in run(tmp_path / "nowhere", "chek", code=2).stderr
    assert "没有文件夹" in run(tmp_path / "nowhere", "check", code=2).stderr
    (tmp_path / "kpigen.toml").write_text("languages = [\n", "utf-8")
    assert "错误" in run(tmp_path, "check", code=1).stderr


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["chek"], "没有命令 'chek'。是不是 'check'？"),
        (["dance"], "没有命令 'dance'。`kpigen --help` 可列出全部命令。"),
        (["check", "--formt"], "没有选项 '--formt'。 是不是 '--format'？"),
        (["check", "--format"], "选项 '--format' 需要一个值。"),
        (
            ["check", "--format", "xml"],
            "'--format' 的值无效：'xml' 不在可选值之内：'text', 'github', 'gitlab', 'json', 'sarif'。",
        ),
        (["check", "more"], "多出了参数（more）"),
        (["build", "--no-pdf=x"], "选项 '--no-pdf' 不带值。"),
        (["submit"], "缺少参数 'FILE|FOLDER|ID|NAME…'"),
        (["confirm", "x"], "缺少选项 '--role'"),
        (["serve", "--port", "x"], "'x' 不是这里所需的数字"),
        (["log", "-n", "0"], "0 不在 x>=1 的范围内。"),
        (["verify", "nowhere.pdf"], "'nowhere.pdf' 不存在。"),
        (["score", "x", "--rules", "README.md"], "'README.md' 是文件。"),
        (["confirm", "x", "--role", "hr"], "由谁以 hr 身份确认？"),
        (["submit", "x", "--date", "1. April"], "'1. April' 不是日期"),
        (["score", "x", "--period", "March"], "'March' 不是考核周期"),
        (["form", "front-dsk"], "没有考核表 'front-dsk'。是不是 'front-desk'？"),
        (["schema", "--form", "x"], "没有考核表 'x'；"),
        (["diff", ".."], "请以 A..B 的形式给出两个版本"),
        (["simulate", "--rules", "README.md"], "README.md 是文件"),
        (["new", "--form", "front-desk", "--employee", "x", "--period", "2026-Q1"], "按月考核，而 2026-Q1 是季度"),
        (["new", "--form", "front-desk", "--employee", "x", "--period", "2026-03"], "不在花名册上"),
        (["amend", "x", "--reason", " ", "--by", "y"], "不能为空"),
    ],
)
def test_wrong_use_in_chinese(args: list[str], says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KPIGEN_LANGUAGE", "zh")
    monkeypatch.chdir(ROOT)
    result = run(ROOT, *args, code=2)
    assert says in result.stderr
    assert result.stderr.startswith(("用法：kpigen", "错误："))
    assert "Error" not in result.stderr


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["check", "--base", "nowhere"], "--base nowhere: "),
        (["diff", "nowhere"], "nowhere: "),
        (["log", "--rev", "nowhere"], "nowhere: "),
        (["simulate", "--rules", "nowhere"], "也不是 git 的版本："),
    ],
)
def test_a_revision_that_is_not_there_in_chinese(
    args: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KPIGEN_LANGUAGE", "zh")
    root = make_repository(tmp_path, ())
    assert "不是 git 仓库" in run(root, *args, code=None).stderr
    git(root, "init", "-q")
    commit(root, "一")
    assert f"{says}本仓库中没有这个版本" in run(root, *args, code=2).stderr


@pytest.mark.parametrize("command", ["", *_COMMANDS])
def test_help_in_chinese(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the English text is left, and no line is wider than the terminal."""
    monkeypatch.setenv("KPIGEN_LANGUAGE", "zh")
    monkeypatch.setenv("COLUMNS", "80")
    text = run(ROOT, *filter(None, [command]), "--help").stdout
    assert text.startswith("用法：kpigen")
    assert "\n选项：\n" in text
    context = click.Context(cli)
    known = cli.get_command(context, command) if command else cli
    assert known is not None
    joined = re.sub(r"\s+", "", text)
    for paragraph, keeps_lines in paragraphs(known.help or ""):
        translated = messages("zh").gettext(paragraph)
        assert re.sub(r"\s+", "", translated) in joined
        assert keeps_lines or translated != paragraph
    for item in known.params:
        if isinstance(item, click.Option):
            assert item.help
            assert re.sub(r"\s+", "", messages("zh").gettext(item.help)) in joined
            assert messages("zh").gettext(item.help) != item.help
    for line in text.splitlines():
        assert columns(line) <= 80 or "kpigen " in line or "[{" in line, line


@pytest.mark.parametrize("width", [10, 20, 33, 60])
def test_chinese_is_wrapped_between_any_two_characters(width: int) -> None:
    text = "对每份考核计分两次（一次按其自身的规则），例如 `kpigen simulate --rules` 和 PDF；不写入任何内容。" * 2
    lines = wrapped(text, width)
    assert re.sub(r"\s", "", "".join(lines)) == re.sub(r"\s", "", text)
    for line in lines:
        assert columns(line) <= width or len(re.findall(r"[^\x00-\x7f]", line)) <= 3, line
        assert line[0] not in "，。；：）"
        assert line[-1] not in "（"


def test_a_question_in_chinese(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make_repository(tmp_path, ("front-desk",))
    write(root, DRAFT)
    monkeypatch.setenv("KPIGEN_LANGUAGE", "zh")
    assert "如要继续，请加上 --yes" in run(root, "submit", "reviews", code=2).stderr
    monkeypatch.setattr("kpigen.commands.common.can_ask", lambda: True)
    result = run(root, "submit", "reviews", code=1)
    assert "尚未写入任何内容" in result.stderr
    assert "提交 1 份考核吗？" in result.stdout
    assert "已中止" in result.stderr, "no answer"


def test_a_new_repository_in_chinese(tmp_path: Path) -> None:
    environment = {"KPIGEN_LANGUAGE": "zh", "GIT_CONFIG_GLOBAL": os.devnull}
    for says in ("写入", "已存在"):
        said = kpigen("init", "x", "--form", "front-desk", cwd=tmp_path, **environment).stderr
        assert says in said
        assert not re.search(r"written|left alone|Next|Put your", said)
    (tmp_path / "x/kpigen.toml").write_text("# other\n", "utf-8")
    assert "保持不动：kpigen.toml：已经有了" in kpigen("init", "x", cwd=tmp_path, **environment).stderr


def test_the_version_needs_no_language() -> None:
    """Not even that of the settings; the catalogues take longer than all the rest. Only the bound of the memory is set."""
    code = (
        "import sys\nfrom kpigen.cli import main\nsys.argv = ['kpigen', '--version']\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print(sorted(name for name in sys.modules if name.startswith('kpigen.') and name != 'kpigen.cli'))"
    )
    environment = {**os.environ, "KPIGEN_LANGUAGE": "zh"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT, env=environment
    )
    assert done.stdout.splitlines()[1] == "['kpigen.base', 'kpigen.base.memory']"
