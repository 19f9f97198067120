"""What commands print: colours, control characters, Chinese, pipes."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.forms import (
    ROOT,
    codes,
    kpigen,
    make_repository,
    review_text,
    run,
)
from tests.helpers.golden import GOOD


def on_a_terminal(*args: str, **environment: str) -> str:
    """What a command writes to a terminal."""
    ours, theirs = pty.openpty()
    env = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "TERM")}
    process = subprocess.Popen(
        [sys.executable, "-m", "kpigen", *args],
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
        cwd=ROOT,
        env={**env, "TERM": "xterm", **environment},
    )
    os.close(theirs)
    data = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:
            break
        if not part:
            break
        data += part
    os.close(ours)
    process.wait()
    return data.decode("utf-8")


def test_colours_only_on_a_terminal_and_not_against_no_color() -> None:
    args = ("score", GOOD, "--rules", "rules")
    painted = on_a_terminal(*args)
    assert "\x1b[1m" in painted
    for environment in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        assert "\x1b" not in on_a_terminal(*args, **environment)
    piped = kpigen(*args).stdout
    assert "\x1b" not in piped
    # The colours alone differ. (A line is padded before it is painted.)
    bare = re.sub(r"\x1b\[\d+m", "", painted).replace("\r\n", "\n")
    assert [line.split() for line in bare.splitlines()] == [line.split() for line in piped.splitlines()]
    assert "\x1b" in on_a_terminal(*args, NO_COLOR=""), "an empty NO_COLOR is none"


def test_control_characters_of_a_file_do_not_reach_the_terminal(tmp_path: Path) -> None:
    root = make_repository(tmp_path, ("front-desk",))
    (root / "reviews/2026-03").mkdir()
    (root / "reviews/2026-03/A.front-desk.md").write_text(
        review_text("front-desk", {"five_s": '"\\e[31mred"'}, period="2026-03"), "utf-8"
    )
    assert "\x1b" not in run(root, "check", code=1).stdout


def test_chinese_is_written_whatever_the_locale() -> None:
    assert "客服主管绩效考核表" in kpigen("form", LC_ALL="POSIX", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0").stdout


def test_a_closed_pipe_is_no_crash() -> None:
    command = f"{sys.executable} -m kpigen score tests/golden/*-0?.md --rules rules | head -n 1"
    result = subprocess.run(["sh", "-c", command], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout != ""
    assert "Traceback" not in result.stderr
    assert "Exception" not in result.stderr


# --- a folder that holds no reviews ----------------------------------------------------------------------------------

COMMANDS = {
    "check": ("check",), "build": ("build", "--no-pdf"), "form": ("form",), "serve": ("serve", "--port", "0"),
    "log": ("log",), "diff": ("diff", "HEAD"), "simulate": ("simulate", "--rules", "rules"),
    "schema": ("schema", "--form", "front-desk"), "score": ("score", GOOD), "submit": ("submit", "x.md", "--yes"),
    "confirm": ("confirm", "x.md", "--role", "employee", "--yes"), "publish": ("publish", "x.md", "--yes"),
    "amend": ("amend", "x.md", "--reason", "x", "--by", "x"), "withdraw": ("withdraw", "x.md", "--reason", "x", "--by", "x"),
    "new": ("new", "--form", "front-desk", "--employee", "A", "--period", "2026-01"),
}  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_a_folder_that_is_no_repository_is_wrong_use_for_every_command(tmp_path: Path, command: str) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.other]\n", "utf-8")
    (tmp_path / "site").mkdir()
    (tmp_path / "site/index.html").write_text("mine", "utf-8")
    result = run(tmp_path, *COMMANDS[command], code=2)
    assert codes(result.stderr) == ["KPI712"]
    for part in ("`reviews/`", "`rules/`", "`kpigen.toml`", "`[tool.kpigen]`", str(tmp_path)):
        assert part in result.stderr
    assert result.stdout == ""
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pyproject.toml", "site"]


@pytest.mark.parametrize("part", ["reviews", "rules", "kpigen.toml", "pyproject.toml"])
def test_a_folder_with_any_part_of_a_repository_is_one(tmp_path: Path, part: str) -> None:
    if "." in part:
        (tmp_path / part).write_text("[tool.kpigen]\n" if part == "pyproject.toml" else "", "utf-8")
    else:
        (tmp_path / part).mkdir()
    run(tmp_path, "check")
