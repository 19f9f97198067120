"""The command line as a whole: help, version, wrong use, where it looks for a repository."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kpigen.cli import _COMMANDS
from tests.helpers.forms import (
    ROOT,
    codes,
    kpigen,
    make_repository,
    run,
)
from tests.helpers.golden import EXPECTED, GOOD


@pytest.mark.parametrize("command", _COMMANDS)
def test_help(command: str) -> None:
    for option in ("--help", "-h"):
        text = run(ROOT, command, option).stdout
        assert text.startswith(f"Usage: kpigen {command} ")
        assert "--help" in text
        assert len(text.splitlines()[2].strip()) > 20, "a sentence says what it does"


def test_the_list_of_commands() -> None:
    text = run(ROOT, "--help").stdout
    for command, (_, summary) in _COMMANDS.items():
        assert re.search(rf"^  {command} +{re.escape(summary[:30])}", text, re.MULTILINE), command
    assert "Exit codes: 0 success, 1 problems in the files, 2 wrong use of the command." in text


def test_version_is_instant() -> None:
    code = (
        "import sys\nfrom kpigen.cli import main\nsys.argv = ['kpigen', '--version']\n"
        "try:\n    main()\nexcept SystemExit as end:\n    print(end.code)\n"
        "print(sorted({'yaml', 'jinja2', 'babel', 'weasyprint', 'markdown_it'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert re.fullmatch(r"kpigen \d+\.\d+\.\d+\n0\n\[\]\n", result.stdout)
    assert kpigen("--version").stdout == result.stdout.splitlines()[0] + "\n"


@pytest.mark.parametrize(
    ("args", "word"),
    [
        (["chek"], "Did you mean 'check'?"),
        (["publsh", "x"], "Did you mean 'publish'?"),
        (["dance"], "`kpigen --help` lists them"),
        (["check", "--formt", "json"], "--format"),
        (["check", "--format", "xml"], "'xml' is not one of"),
        (["check", "more"], "unexpected extra argument"),
        (["score"], "Missing argument"),
        (["score", GOOD, "--rules", "nowhere"], "nowhere"),
        (["score", GOOD, "--language", "fr"], "'fr' is not one of"),
        (["submit"], "Missing argument"),
        (["confirm", "x"], "--role"),
        (["new", "--form", "front-desk"], "--employee"),
        (["schema", "site"], "'site' is not one of"),
        (["schema", "--form", "front-dsk"], "there is no form 'front-dsk'"),
        (["form", "front-dsk"], "Did you mean 'front-desk'?"),
        (["form", "front-desk@2020-01"], "no form 'front-desk@2020-01'"),
        (["--root", "nowhere", "check"], "there is no folder 'nowhere'"),
    ],
)
def test_wrong_use_ends_with_2(args: list[str], word: str) -> None:
    result = run(ROOT, *args, code=2)
    assert word in result.stderr
    assert result.stdout == ""


def test_without_a_repository(tmp_path: Path) -> None:
    for args in (["check"], ["submit", "x.md"], ["score", "x.md"]):
        result = kpigen(*args, cwd=tmp_path, code=2)
        assert codes(result.stderr) == ["KPI803"]
        assert result.stderr.startswith(".: error[KPI803]"), "a folder has no lines"
        assert result.stdout == ""


def test_any_folder_of_the_repository_will_do(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "repository", ("front-desk",))
    inside = root / "reviews/2026-03"
    inside.mkdir()
    (inside / "T-001.front-desk.md").write_text((ROOT / GOOD).read_text("utf-8").replace("G1-6001", "T-001"), "utf-8")
    assert kpigen("check", cwd=inside).stderr == "1 review, 1 rule file: 0 errors, 0 warnings\n"
    assert (
        json.loads(kpigen("score", "T-001.front-desk.md", "--format", "json", cwd=inside).stdout)["total"]
        == EXPECTED["front-desk-01.md"]["total"]
    )
    assert "submitted" in kpigen("submit", "T-001.front-desk.md", "--yes", cwd=inside).stdout
