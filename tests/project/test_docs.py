"""README and docs/ hold what they say: links, commands, keys, modules, the diagnostics page, and the README's console."""

from __future__ import annotations

import dataclasses
import importlib.util
import re
import shlex
import shutil
import tomllib
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from types import ModuleType

import click
import pytest
import yaml
from click.testing import CliRunner

from kpigen.base.roles import ROLES
from kpigen.base.sources import MemoryTree
from kpigen.cli import cli
from kpigen.diagnostics.catalogue import ALL
from kpigen.files.config import SETTINGS, Config, load_config
from kpigen.files.review import KEYS
from kpigen.files.roster import COLUMNS
from kpigen.files.rules.form import read_form
from kpigen.model.forms import InputType
from kpigen.scoring.methods import METHODS

ROOT = Path(__file__).parents[2]
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").glob("*.md")),
]
FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)

#: Pages that name only files and commands that there are: an instruction to add one also names what is yet to come.
PRESENT = [page for page in PAGES if page.name != "CONTRIBUTING.md"]

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
each_present_page = pytest.mark.parametrize("page", PRESENT, ids=lambda page: page.stem)


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def fences(text: str) -> list[tuple[str, str]]:
    """Fenced blocks: language and text."""
    return FENCE.findall(text)


def spans(text: str) -> list[str]:
    """What stands in backticks, outside fenced blocks."""
    return re.findall(r"`([^`\n]+)`", FENCE.sub("", text))


# --- links -----------------------------------------------------------------------------------------------------------


def anchors(page: Path) -> set[str]:
    """The anchors of a page: its headings as GitHub makes them, and those that stand there as HTML."""
    text = FENCE.sub("", page.read_text("utf-8"))
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in headings} | set(
        re.findall(r'<a id="([^"]+)">', text)
    )


@each_page
def test_relative_links_lead_somewhere(page: Path):
    for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`\n]*`", "", FENCE.sub("", page.read_text("utf-8")))):
        if "://" in target:
            assert target.startswith("https://"), target
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        assert file.exists(), f"{page.name} links to {target}, which is not there"
        assert file.is_relative_to(ROOT), target
        assert not anchor or anchor in anchors(file), f"{page.name} links to {target}: no such heading"


@each_present_page
def test_files_that_are_named_exist(page: Path):
    for span in spans(page.read_text("utf-8")):
        if re.fullmatch(r"(?:kpigen|tools|tests|templates|docs)/[\w./-]+\.\w+", span):
            assert (ROOT / span).is_file(), f"{page.name} names {span}"


# --- commands --------------------------------------------------------------------------------------------------------


def commands(text: str) -> Iterator[list[str]]:
    """The words of every `kpigen …` that a page shows, in blocks and in sentences."""
    lines = [line.removeprefix("$ ") for _, block in fences(text) for line in block.splitlines()]
    for line in [*lines, *spans(text)]:
        if re.match(r"kpigen(?: |$)", line):
            yield shlex.split(line, comments=True)[1:]


def options(command: click.Command) -> dict[str, click.Parameter]:
    context = click.Context(command, **cli.context_settings)  # click keeps what it makes here
    return {
        name: parameter
        for parameter in command.get_params(context)
        for name in (*parameter.opts, *parameter.secondary_opts)
    }


def check_options(words: list[str], known: dict[str, click.Parameter]) -> None:
    for word, value in zip_longest(words, words[1:], fillvalue=""):
        if word.startswith("-"):
            assert word in known, f"no option {word}"
            kind = known[word].type
            if isinstance(kind, click.Choice) and not re.search(r"[A-Z{]", value):
                assert value in kind.choices, f"{word} {value}"


@each_present_page
def test_commands_exist(page: Path):
    assert isinstance(cli, click.Group)
    context = click.Context(cli)
    names = cli.list_commands(context)
    for words in commands(page.read_text("utf-8")):
        at = next((index for index, word in enumerate(words) if word in names), len(words))
        check_options(words[:at], options(cli))
        others = [word for word in words[:at] if not word.startswith("-") and "{" not in word]
        assert at < len(words) or not others, f"{page.name}: no command in `kpigen {' '.join(words)}`"
        if at < len(words):
            command = cli.get_command(context, words[at])
            assert command is not None
            check_options(words[at + 1 :], options(command))


@each_page
def test_make_targets_exist(page: Path):
    text = page.read_text("utf-8")
    blocks = [line for language, block in fences(text) if language == "sh" for line in block.splitlines()]
    named = {match[1] for line in [*spans(text), *blocks] if (match := re.match(r"make ([a-z-]+)", line))}
    assert named <= set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))


def test_every_command_is_described():
    text = "".join(page.read_text("utf-8") for page in PAGES)
    for name in cli.list_commands(click.Context(cli)):  # type: ignore[attr-defined]
        assert f"`kpigen {name}" in text, name


# --- keys, types, methods, packages ------------------------------------------------------------------------------------


def first_cells(text: str) -> set[str]:
    """What stands in backticks in the first cells of a page's tables."""
    cells = re.findall(r"^\| ([^|]*) \|", text, re.MULTILINE)
    return {word for cell in cells for word in re.findall(r"`([^`]+)`", cell)}


def tool(name: str) -> ModuleType:
    """A script of tools/ as a module."""
    spec = importlib.util.spec_from_file_location(f"tools_{name}", ROOT / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_setting_is_described():
    text = read("docs/settings.md")
    assert {field.name for field in dataclasses.fields(Config)} == first_cells(text)
    assert tool("settings").page(text) == text, "run: python tools/settings.py"


def test_the_example_of_all_settings_is_sound():
    example = re.findall(r"```toml\n(.*?)```", read("docs/settings.md"), re.DOTALL)[0]
    assert load_config(MemoryTree({"kpigen.toml": example.encode()}))[1] == []
    assert [*tomllib.loads(example)] == [setting.name for setting in SETTINGS]


def test_every_roster_column_is_described():
    assert set(COLUMNS) == first_cells(read("docs/roster.md"))
    assert ",".join(COLUMNS) in read("docs/roster.md")


def test_every_key_of_a_review_is_described():
    described = {cell.partition(".")[0] for cell in first_cells(read("docs/reviews.md"))}
    assert set(KEYS) - {"metrics"} <= described
    assert "`metrics:`" in read("docs/reviews.md")
    assert all(f"`{role}`" in read("docs/reviews.md") for role in ROLES)


def test_every_method_and_type_is_described():
    assert set(METHODS) | {kind.value for kind in InputType} <= first_cells(read("docs/rules.md"))
    assert set(METHODS) <= first_cells(read("docs/canonical-form.md"))


def test_the_required_keys_of_a_rule_file_are_bold():
    """Those, and no others, of a form, an indicator and the paper; `kpigen check` reports them if they are missing."""
    text = read("docs/rules.md")
    lacking = "each: {}\nprint: {}\nindicators: [{weight: 100}]\n"
    said = [item.message for item in read_form("rules/tiny/2026-01.yaml", lacking.encode(), ("zh", "en"))[1]]
    for heading, where in (
        ("## The form", "a rule file"),
        ("## An indicator", "an indicator"),
        ("### The printed form", "print"),
    ):
        part = text.partition(f"\n{heading}\n")[2].partition("\n#")[0].partition("A column is a kind")[0]
        bold = set(re.findall(r"\*\*`(\w+)`\*\*", part))
        missing = {match[1] for line in said if (match := re.fullmatch(rf"{where} has no `(\w+)`", line))}
        assert bold - {"print"} == missing - {"print"}, heading
        assert ("print" in bold) == (where == "a rule file")


def test_every_dependency_has_its_reason():
    project = tomllib.loads(read("pyproject.toml"))
    tables = (project["dependency-groups"], project["project"]["optional-dependencies"])
    groups = [item for table in tables for group in table.values() for item in group if isinstance(item, str)]
    names = {re.split(r"[<>=!~ \[]", item)[0] for item in [*project["project"]["dependencies"], *groups]}
    assert names == first_cells(read("docs/dependencies.md"))


# --- diagnostics ---------------------------------------------------------------------------------------------------------


def test_the_page_of_diagnostics_is_up_to_date():
    page = tool("diagnostics").page()
    assert page == read("docs/diagnostics.md"), "run: python tools/diagnostics.py"
    assert all(f"| {kind.title} |" in page for kind in ALL.values())


@each_page
def test_codes_that_are_named_exist(page: Path):
    assert set(re.findall(r"KPI\d+", page.read_text("utf-8"))) <= ALL.keys()


# --- the README's console ------------------------------------------------------------------------------------------------


def fill_in(file: Path, metrics: dict[str, object]) -> None:
    """Write numbers into the blank metrics of a draft, as somebody would who follows the README."""
    text = file.read_text("utf-8")
    for id_, value in metrics.items():
        start = text.index(f"\n  {id_}:")
        for key, number in (value if isinstance(value, dict) else {id_: value}).items():
            text = text[:start] + re.sub(rf"(?m)^( +{key}:)$", rf"\1 {number}", text[start:], count=1)
    file.write_text(text, "utf-8")


def matches(expected: str, found: str) -> bool:
    """Return True if an output is as shown; a line `…` stands for any lines."""
    parts = (re.escape(part.strip("\n")) for part in re.split(r"^…$", expected.rstrip(), flags=re.MULTILINE))
    return re.fullmatch(r"\n(?:.*\n)*?".join(parts), found.rstrip()) is not None


def test_the_console_of_the_readme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "reviews").mkdir()
    for name in ("reviews/people.csv", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "rules", tmp_path / "rules")
    monkeypatch.chdir(tmp_path)
    draft, ran = None, 0
    for language, block in fences(read("README.md")):
        if language == "yaml":
            assert draft is not None
            fill_in(draft, yaml.load(block, Loader=yaml.BaseLoader)["metrics"])
        for command, expected in re.findall(
            r"^\$ kpigen (.*)\n((?:(?!\$ ).*\n)*)", block if language == "console" else "", re.MULTILINE
        ):
            result = CliRunner().invoke(cli, shlex.split(command))
            assert matches(expected, result.stdout), f"$ kpigen {command}\n{result.stdout}{result.stderr}"
            ran += 1
            if command.startswith("new"):
                draft = tmp_path / result.stdout.strip()
            if draft and (mend := re.search(r"error\[\w+\] `([^`]+)`.*\n *hint: write `([^`]+)`", result.stdout)):
                draft.write_text(draft.read_text("utf-8").replace(mend[1], mend[2]), "utf-8")
    assert ran == 6
