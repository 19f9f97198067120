"""The guide from a paper to a published report works as it is written, in each of its languages."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from kpigen.cli import cli

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {"en": DOCS / "making-a-form.md", "zh": DOCS / "making-a-form.zh.md"}
#: A fenced block: its language, the file that it is a part of, and its text.
_BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)

pytestmark = pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)


def write(path: Path, text: str, begun: set[Path]) -> None:
    """Write a part of a file: the first one anew, the others at its end."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text((path.read_text("utf-8") if path in begun else "") + text, "utf-8")
    begun.add(path)


def test_every_step_of_the_guide_works(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    begun: set[Path] = set()
    said = {}
    for language, file, text in _BLOCK.findall(page.read_text("utf-8")):
        if file:
            write(tmp_path / file, text, begun)
        elif language == "sh":
            for line in text.splitlines():
                words = shlex.split(line)
                assert words[0] == "kpigen"
                done = CliRunner().invoke(cli, words[1:], catch_exceptions=False)
                assert done.exit_code == 0, (line, done.output)
                said[line] = done.output
    tried = next(output for line, output in said.items() if "--try" in line)
    assert "72.09" in tried  # 20 + 20 + 8 + 15 + 10 × 20/22
    scored = next(output for line, output in said.items() if " score " in line)
    assert "82.55" in scored  # 25 + 20 + 8 + 20 + 10 × 21/22
    report = (tmp_path / "shop/site/people/C-01/2026-03/cashier.html").read_text("utf-8")
    assert "82.55" in report
    assert "<title>" in report
