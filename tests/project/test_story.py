"""One story on a real git repository, from the draft to the withdrawal: what each command prints, held against snapshots.

`tests/snapshots/story/NN-name.txt` has for each step what was done to the files, the commands, all they print, and the exit
code. Random seals, salts, content numbers and commits stand as `<seal 1>`, numbered as they come up, so that what is equal
stays visibly equal. After a wanted change of the output: `KPIGEN_SNAPSHOTS=write pytest tests/project/test_story.py`, and read the
difference.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from kpigen.cli import cli
from tests.helpers.forms import TESTS

SNAPSHOTS = TESTS / "snapshots/story"
WRITE = os.environ.get("KPIGEN_SNAPSHOTS") == "write"

MARCH, SECOND, APRIL = (f"reviews/{name}.desk.md" for name in ("2026-03/T-001", "2026-03/T-002", "2026-04/T-001"))
RULES = "rules/desk/2026-01.yaml"
RULE = """\
schema: 1
form: desk
title: {zh: 前台考核表, en: Front desk}
cycle: [month]
out_of: weight
grades: {A: 90, B: 80, C: 0}
confirmations: [employee]
origin: {name: chosen, weight: chosen, score: chosen, grades: chosen}
print: {columns: [name, points], signatures: []}
indicators:
  - id: calls
    name: {zh: 回访, en: Follow-up calls}
    weight: 60
    standard: {zh: 每月 600 次，少一次扣一分, en: 600 a month; 1 point less for each call short of it}
    inputs: {calls: {type: count}}
    score: {method: deductions, deductions: [{of: calls, short_of: 600, points: 1}], floor: 0}
  - id: complaints
    name: {zh: 投诉, en: Complaints}
    weight: 40
    standard: {zh: 超时一件扣五分, en: 5 points less for each one that is late}
    inputs: {late: {type: count}}
    score: {method: deductions, deductions: [{of: late, points: 5}], floor: 0}
examples:
  - {metrics: {calls: 600, complaints: 0}, total: 100, grade: A}
  - {metrics: {calls: 600, complaints: 4}, total: 80, grade: B}
"""
PEOPLE = """\
id,name,login,email,department,position,manager,form,from,to
M-001,周主管,,,客服部,主管,,,,
T-001,员工甲,,,客服部,前台,M-001,desk,,
T-002,员工乙,,,客服部,前台,M-001,desk,,
"""

_RANDOM = {
    "seal": r"k1:sha256:[0-9a-f]{64}",
    "commit": r"\b[0-9a-f]{40}\b",
    "short commit": r"(?:(?<=commit )|(?<=parent ))[0-9a-f]{12}\b",
    "salt": r"\b[0-9a-f]{32}\b",
    "content": r"\b(?=[0-9a-f]*[0-9])[0-9a-f]{12}\b",
}


class Story:
    """A repository in a folder, and the text of the step that is being told."""

    def __init__(self, root: Path) -> None:
        self.root, self.told, self.differences, self.steps = root, "", [], 0
        self.names: dict[str, str] = {}

    def tell(self, line: str) -> None:
        self.told += f"{line}\n"

    def write(self, path: str, text: str) -> None:
        """Write a file."""
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text, "utf-8")
        self.tell(f"# writes {path}")

    def edit(self, path: str, *pairs: tuple[str, str]) -> None:
        """Edit a file by hand."""
        text = (self.root / path).read_text("utf-8")
        for old, new in pairs:
            assert text.count(old) == 1, (path, old, text)
            text = text.replace(old, new)
            self.tell(f"# edits {path}: {old.strip()} → {new.strip()}")
        (self.root / path).write_text(text, "utf-8")

    def git(self, *arguments: str, code: int = 0) -> None:
        """Run git; what it prints is git's own and left out."""
        self.tell(f"$ git {shlex.join(arguments)}" + (f"   # exit code {code}" if code else ""))
        done = subprocess.run(["git", *arguments], cwd=self.root, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stdout + done.stderr

    def commit(self, message: str) -> None:
        """Commit everything."""
        self.git("add", "-A")
        self.git("commit", "-qm", message)

    def kpigen(self, *arguments: str, code: int = 0) -> None:
        """Run kpigen; all that it prints belongs to the story."""
        result = CliRunner().invoke(cli, list(arguments), prog_name="kpigen")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, (arguments, result.output)
        self.tell(f"$ kpigen {shlex.join(arguments)}")
        self.told += result.output
        self.tell(f"[exit code {code}]")

    def show(self, path: str, *keys: str) -> None:
        """Show some fields of a review's front matter."""
        text = (self.root / path).read_text("utf-8").split("---\n")[1]
        for key in keys:
            block = re.search(rf"^{key}:.*\n(?:[ -].*\n)*", text, re.MULTILINE)
            assert block, (path, key)
            self.told += block[0]

    def end(self, name: str) -> None:
        """End a step: hold what was told against its snapshot."""
        self.steps += 1
        path = SNAPSHOTS / f"{self.steps:02}-{name}.txt"
        told, self.told = self.steady(self.told), ""
        if WRITE:
            path.write_text(told, "utf-8")
        elif not path.is_file() or path.read_text("utf-8") != told:
            self.differences.append(f"--- {path.name} should not read\n{told}")

    def steady(self, text: str) -> str:
        """Replace what is random by numbered names."""
        for kind, pattern in _RANDOM.items():

            def name(match: re.Match[str], kind: str = kind) -> str:
                number = 1 + sum(other.startswith(f"<{kind} ") for other in self.names.values())
                return self.names.setdefault(match[0], f"<{kind} {number}>")

            text = re.sub(pattern, name, text)
        return text


def why(reason: str) -> list[str]:
    """Options of a change after publication."""
    return ["--reason", reason, "--by", "林", "--date", "2026-04-10", "--yes"]


@pytest.fixture
def story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Story:
    """An empty repository of reviews with one form and two people, committed on `main`."""
    monkeypatch.chdir(tmp_path)
    for name, value in {"NAME": "Lin", "EMAIL": "lin@example.com", "DATE": "2026-04-01T09:00:00+08:00"}.items():
        monkeypatch.setenv(f"GIT_AUTHOR_{name}", value)
        monkeypatch.setenv(f"GIT_COMMITTER_{name}", value)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    one = Story(tmp_path)
    one.write("kpigen.toml", 'languages = ["zh", "en"]\n')
    one.write(RULES, RULE)
    one.write("reviews/people.csv", PEOPLE)
    one.git("init", "-q", "-b", "main")
    one.commit("Form and roster")
    return one


def test_the_story(story: Story) -> None:
    from_draft_to_published(story)
    changed_without_an_amendment(story)
    amended(story)
    new_rules(story)
    renamed(story)
    merged(story)
    withdrawn(story)
    assert not story.differences, "\n".join(story.differences)
    told = {path.name for path in SNAPSHOTS.iterdir()}
    assert len(told) == story.steps, "a snapshot that no step tells"


def from_draft_to_published(story: Story) -> None:
    story.kpigen("new", "--form", "desk", "--employee", "T-001", "--period", "2026-03", "--language", "en")
    story.edit(
        MARCH, ("  calls:\n", "  calls: 590\n"), ("  complaints:\n", "  complaints: 1   # the one of 12 March\n")
    )
    story.kpigen("check")
    story.end("write")
    story.kpigen("submit", MARCH, "--date", "2026-04-01", "--yes")
    story.show(MARCH, "status", "submitted")
    story.end("submit")
    story.kpigen("publish", MARCH, "--date", "2026-04-03", "--yes", code=1)
    story.kpigen("confirm", MARCH, "--role", "employee", "--date", "2026-04-02", "--yes")
    story.show(MARCH, "confirmations")
    story.end("confirm")
    story.kpigen("publish", MARCH, "--date", "2026-04-03", "--yes")
    story.show(MARCH, "status", "submitted", "published")
    story.kpigen("check")
    story.commit("March of T-001 is published")
    story.end("publish")


def changed_without_an_amendment(story: Story) -> None:
    story.git("switch", "-q", "-c", "correction")
    story.edit(MARCH, ("calls: 590", "calls: 595"))
    story.kpigen("check", code=1)
    story.kpigen("check", "--base", "main", code=1)
    story.end("changed-without-an-amendment")


def amended(story: Story) -> None:
    story.kpigen("amend", MARCH, *why("两通录音补录"))
    story.show(MARCH, "status", "published", "metrics", "amendments")
    story.end("amend")
    story.kpigen("check", "--base", "main")
    story.kpigen("diff", "main")
    story.kpigen("diff", "main", "--format", "markdown")
    story.commit("March of T-001 is amended")
    story.end("check-and-diff-of-the-amendment")
    story.kpigen("log", MARCH)
    story.end("log-of-a-file")
    story.git("switch", "-q", "main")
    story.git("merge", "-q", "--no-ff", "--no-edit", "correction")


def new_rules(story: Story) -> None:
    story.kpigen("new", "--form", "desk", "--employee", "T-001", "--period", "2026-04", "--language", "en")
    story.edit(APRIL, ("  calls:\n", "  calls: 585\n"), ("  complaints:\n", "  complaints: 0\n"))
    story.commit("A draft for April")
    story.write("rules/desk/2026-04.yaml", RULE.replace("600", "580"))
    story.kpigen("check", "--base", "main")
    story.kpigen("diff", "main")
    story.kpigen("diff", "main", "--format", "markdown")
    story.commit("From April on 580 calls are asked for")
    story.end("a-new-version-of-the-rules")
    story.edit(RULES, ("short_of: 600", "short_of: 580"))
    story.kpigen("check", "--base", "main", code=1)
    story.kpigen("diff", "main")
    story.edit(MARCH, ("calls: 595", "calls: 596"))
    story.kpigen("amend", MARCH, *why("再补一通"), code=1)
    story.git("restore", ".")
    story.edit(RULES, ("en: Follow-up calls}", "en: Calls to customers}"))
    story.kpigen("check", "--base", "main")
    story.kpigen("diff", "main")
    story.git("restore", ".")
    story.end("an-edit-of-the-released-version")


def renamed(story: Story) -> None:
    away = "reviews/2026-03/员工甲.md"
    story.git("mv", MARCH, away)
    story.kpigen("check", "--base", "main", code=1)
    story.kpigen("diff", "main")
    story.edit(away, ("calls: 595", "calls: 596"))
    story.commit("Renamed and edited")
    story.git("mv", away, MARCH)
    story.kpigen("amend", MARCH, *why("又补一通"))
    story.kpigen("check", "--base", "HEAD~1")
    story.commit("Named as it should be, and amended")
    story.end("rename")


def merged(story: Story) -> None:
    story.git("switch", "-q", "-c", "second")
    story.kpigen("new", "--form", "desk", "--employee", "T-002", "--period", "2026-03", "--language", "en")
    story.edit(SECOND, ("  calls:\n", "  calls: 600\n"), ("  complaints:\n", "  complaints: 2\n"))
    story.kpigen("submit", SECOND, "--date", "2026-04-08", "--yes")
    story.kpigen("confirm", SECOND, "--role", "employee", "--date", "2026-04-08", "--yes")
    story.kpigen("publish", SECOND, "--date", "2026-04-09", "--yes")
    story.commit("March of T-002 is published")
    story.git("switch", "-q", "-c", "elsewhere", "main")
    story.edit(MARCH, ("calls: 596", "calls: 597"))
    story.kpigen("amend", MARCH, *why("第四通"))
    story.commit("March of T-001 is amended elsewhere")
    story.end("two-branches")
    story.git("switch", "-q", "main")
    story.git("merge", "-q", "--no-ff", "--no-edit", "second")
    story.git("switch", "-q", "elsewhere")
    story.kpigen("check", "--base", "main")
    story.git("switch", "-q", "main")
    story.git("merge", "-q", "--no-ff", "--no-edit", "elsewhere")
    story.kpigen("check", "--base", "main")
    story.kpigen("diff", "main~2..main")
    story.end("merge")
    story.git("switch", "-q", "-c", "one")
    story.edit(MARCH, ("calls: 597", "calls: 598"))
    story.kpigen("amend", MARCH, *why("甲说"))
    story.commit("One amendment")
    story.git("switch", "-q", "-c", "two", "main")
    story.edit(MARCH, ("complaints: 1", "complaints: 0"))
    story.kpigen("amend", MARCH, *why("乙说"))
    story.commit("Another amendment of the same")
    story.git("switch", "-q", "main")
    story.git("merge", "-q", "--no-ff", "--no-edit", "one")
    story.git("switch", "-q", "two")
    story.git("merge", "-q", "--no-edit", "main", code=1)
    story.git("checkout", "--ours", MARCH)
    story.kpigen("check")
    story.kpigen("check", "--base", "MERGE_HEAD", code=1)
    story.git("checkout", "--theirs", MARCH)
    story.edit(MARCH, ("complaints: 1", "complaints: 0"))
    story.kpigen("amend", MARCH, *why("乙说"))
    story.kpigen("check", "--base", "MERGE_HEAD")
    story.commit("Both amendments, one after the other")
    story.kpigen("check", "--base", "main")
    story.git("switch", "-q", "main")
    story.git("merge", "-q", "--no-ff", "--no-edit", "two")
    story.end("two-amendments-of-one-review")


def withdrawn(story: Story) -> None:
    story.kpigen("withdraw", SECOND, *why("误发"))
    story.show(SECOND, "status", "published", "amendments")
    story.kpigen("check", "--base", "main")
    story.kpigen("diff", "main")
    story.commit("March of T-002 is withdrawn")
    story.end("withdraw")
    story.kpigen("log")
    story.kpigen("log", "desk", "--max-count", "3")
    story.end("log")
    story.edit(SECOND, ("status: withdrawn", "status: published"))
    story.kpigen("check", "--base", "main", code=1)
    story.git("restore", ".")
    (story.root / SECOND).unlink()
    story.tell(f"# deletes {SECOND}")
    story.kpigen("check")
    story.kpigen("check", "--base", "main", code=1)
    story.git("restore", ".")
    story.end("a-withdrawal-undone-by-hand")
