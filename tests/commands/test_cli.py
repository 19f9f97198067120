"""The commands as a user meets them: help, exit codes, formats, drafts, schemas."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kpigen.cli import _COMMANDS
from kpigen.document.nodes import MappingNode, Node, Scalar, SequenceNode, parse
from kpigen.document.text import SourceText
from kpigen.files.metrics import metric_example
from kpigen.files.schemas import review_schema, rule_schema
from tests.helpers.forms import (
    NINE,
    ROOT,
    TENTH,
    TESTS,
    codes,
    form_of,
    kpigen,
    make_repository,
    read_text,
    review_text,
    run,
)

GOLDEN = TESTS / "golden"
EXPECTED: dict[str, Any] = json.loads((GOLDEN / "expected.json").read_text("utf-8"))
GOOD = "tests/golden/front-desk-01.md"
RULES = ROOT / "rules"


# --- help, versions, wrong use ---------------------------------------------------------------------------------------


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


# --- check -----------------------------------------------------------------------------------------------------------


def test_check_as_text_and_json(tmp_path: Path) -> None:
    root = make_repository(tmp_path, ("front-desk",))
    assert run(root, "check", "--format", "json").stdout == "[]\n"
    folder = root / "reviews/2026-03"
    folder.mkdir()
    (folder / "T-001.front-desk.md").write_text(
        review_text("front-desk", {"follow_up_calls": "1,000", "five_s": "two"}, period="2026-03"), "utf-8"
    )
    (folder / "notes.txt").write_text("x", "utf-8")
    text = run(root, "check", code=1)
    lines = text.stdout.splitlines()
    assert lines[0].startswith("reviews/2026-03/T-001.front-desk.md:10:20: error[KPI312]") or re.match(
        r"reviews/2026-03/T-001\.front-desk\.md:\d+:\d+: error\[KPI31\d\] ", lines[0]
    )
    assert lines[1] == "    hint: write `1000`"
    assert codes(text.stdout) == ["KPI311", "KPI310", "KPI118"]
    assert text.stderr == "1 review, 1 rule file: 2 errors, 1 warning\n"
    found = json.loads(run(root, "check", "--format", "json", code=1).stdout)
    assert [item["code"] for item in found] == codes(text.stdout)
    assert list(found[0]) == ["path", "line", "column", "severity", "code", "title", "message", "hint"]
    assert [item["severity"] for item in found] == ["error", "error", "warning"]
    for item, line in zip(found, lines[::2], strict=True):
        assert (
            line
            == f"{item['path']}:{item['line']}:{item['column']}: {item['severity']}[{item['code']}] {item['message']}"
        )


def test_warnings_alone_end_with_0(tmp_path: Path) -> None:
    root = make_repository(tmp_path, ("front-desk",))
    (root / "reviews/notes.txt").write_text("x", "utf-8")
    result = run(root, "check")
    assert codes(result.stdout) == ["KPI118"]
    assert "0 errors, 1 warning\n" in result.stderr


def test_all_problems_are_shown_at_once(tmp_path: Path) -> None:
    """Of settings, roster, rules and reviews; in the order of the files."""
    root = make_repository(tmp_path, ("front-desk", "cs-graded"), roster="id,name\nx,y\n")
    (root / "kpigen.toml").write_text("langauges = []\n", "utf-8")
    rule = root / "rules/cs-graded/2026-01.yaml"
    rule.write_text(rule.read_text("utf-8").replace("weight: 25", "weight: 24", 1), "utf-8")
    (root / "reviews/2026-03").mkdir()
    (root / "reviews/2026-03/A.front-desk.md").write_text("no front matter\n", "utf-8")
    found = json.loads(run(root, "check", "--format", "json", code=1).stdout)
    paths = [item["path"] for item in found]
    assert paths == sorted(paths)
    assert {
        "kpigen.toml",
        "reviews/people.csv",
        "rules/cs-graded/2026-01.yaml",
        "reviews/2026-03/A.front-desk.md",
    } <= set(paths)
    assert {"KPI104", "KPI410", "KPI504"} <= {item["code"] for item in found}


# --- colours ---------------------------------------------------------------------------------------------------------


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


# --- score -----------------------------------------------------------------------------------------------------------


def test_score_goes_on_after_a_file_that_cannot_be_scored(tmp_path: Path) -> None:
    broken = {
        "number.md": review_text("front-desk", {"five_s": "1,000"}, period="2026-03"),
        "yaml.md": "---\nemployee: {id: [\n---\n",
        "empty.md": "",
        "form.md": review_text("front-desk", {}, period="2026-03").replace("front-desk", "front-dsk"),
    }
    for name, text in broken.items():
        (tmp_path / name).write_text(text, "utf-8")
    (tmp_path / "bytes.md").write_bytes(b"\xff\xfe\x00")
    bad = [str(tmp_path / name) for name in [*broken, "bytes.md", "missing.md", "."]]
    good = [str(GOLDEN / f"cs-graded-0{n}.md") for n in range(1, 9)]
    mixed = [file for pair in zip(good, bad, strict=False) for file in pair] + good[len(bad) :]
    result = run(ROOT, "score", *mixed, "--rules", RULES, "--format", "json", code=1)
    cards = [json.loads(line) for line in result.stdout.splitlines()]
    assert [card["file"] for card in cards] == good
    assert [card["total"] for card in cards] == [EXPECTED[Path(file).name]["total"] for file in good]
    said = [line for line in result.stderr.splitlines() if "error[" in line]
    assert [next(file for file in bad if line.startswith(f"{file}:")) for line in said] == bad, (
        "one finding each, in the order of the files"
    )
    assert codes(result.stderr) == ["KPI311", "KPI107", "KPI104", "KPI301", "KPI102", "KPI117", "KPI117"]


def test_score_of_a_draft_is_open(tmp_path: Path) -> None:
    path = tmp_path / "review.md"
    path.write_text(
        review_text("front-desk", {"follow_up_calls": "593", "complaints": "{late: 1}"}, period="2026-03"), "utf-8"
    )
    card = json.loads(run(ROOT, "score", path, "--rules", RULES, "--format", "json").stdout)
    assert (card["total"], card["grade"]) == (None, None)
    by_id = {item["id"]: item for item in card["indicators"]}
    assert len(by_id) == 11
    assert (by_id["follow_up_calls"]["raw"], by_id["follow_up_calls"]["points"]) == ("3", "3.00")
    for id_, item in by_id.items():
        if id_ != "follow_up_calls":
            assert (item["raw"], item["points"], item["not_applicable"], item["steps"]) == (None, None, False, [])
    shown = run(ROOT, "score", path, "--rules", RULES, "--language", "en").stdout
    assert "Total open   Grade open" in shown


def test_the_keys_of_a_card() -> None:
    card = json.loads(run(ROOT, "score", GOLDEN / "property-cs-01.md", "--rules", RULES, "--format", "json").stdout)
    assert list(card) == [
        "schema",
        "file",
        "employee",
        "period",
        "form",
        "rules",
        "total",
        "grade",
        "indicators",
        "bonus",
    ]
    assert card["schema"] == 1
    assert all(
        list(item) == ["id", "raw", "out_of", "weight", "points", "not_applicable", "steps"]
        for item in card["indicators"]
    )
    assert [list(item) for item in card["bonus"]] == [["id", "points"]] * 4
    numbers = [
        value
        for item in card["indicators"]
        for key in ("raw", "out_of", "weight", "points")
        if (value := item[key]) is not None
    ]
    assert all(isinstance(value, str) and Decimal(value) is not None for value in numbers)
    for item in card["indicators"]:
        assert all(isinstance(value, str) for step in item["steps"] for value in step.values()), (
            "no number of JSON's own, which is binary elsewhere"
        )


def test_the_card_tells_how_many_there_were(tmp_path: Path) -> None:
    """A deduction says what was measured and what was taken off."""
    path = tmp_path / "review.md"
    path.write_text(review_text("front-desk", {"complaints": "{late: 2, escalated: 0}"}, period="2026-03"), "utf-8")
    card = json.loads(run(ROOT, "score", path, "--rules", RULES, "--format", "json").stdout)
    steps = next(item["steps"] for item in card["indicators"] if item["id"] == "complaints")
    late = next(step for step in steps if step.get("of") == "late")
    assert late["value"] == "6"
    assert "2" in [value for key, value in late.items() if key not in ("value", "numbers")]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_golden_card_reads_in_words(language: str) -> None:
    """In a process of its own, all 72: no placeholder is left, the total stands at the end."""
    result = kpigen("score", *(f"tests/golden/{name}" for name in EXPECTED), "--rules", "rules", "--language", language)
    assert result.stderr == ""
    cards = re.split(r"\n\n(?=\S+.*\n\S+.*@2026-01)", result.stdout)
    assert len(cards) == len(EXPECTED)
    for name, card in zip(EXPECTED, cards, strict=True):
        expected = EXPECTED[name]
        last = card.strip().splitlines()[-1]
        assert expected["total"] in last, (name, last)
        assert last.endswith(expected["grade"])
        assert not re.search(r"\{\w*\}|None|Fraction", card), name
        form = form_of(name.rpartition("-")[0])
        for indicator in form.indicators:
            assert f"{indicator.name.in_(language)}  {indicator.id}, " in card
        for points in expected["points"].values():
            assert f" {points}  " in card


def test_score_finds_the_repository_of_a_file(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "a", ("front-desk",))
    (root / "rules/front-desk/2026-01.yaml").write_text(
        (root / "rules/front-desk/2026-01.yaml")
        .read_text("utf-8")
        .replace("grades: {A: 90, B: 80", "grades: {A: 93, B: 80"),
        "utf-8",
    )
    file = root / "reviews/2026-03/T-001.front-desk.md"
    file.parent.mkdir()
    zero = {item.id: "0" for item in form_of("front-desk").indicators if len(item.inputs) == 1}
    metrics = {
        **zero,
        "follow_up_calls": "592",
        "complaints": "{late: 0, escalated: 0}",
        "turnover": "{leavers: 0, start: 5, end: 5}",
    }
    file.write_text(review_text("front-desk", metrics, period="2026-03"), "utf-8")
    elsewhere = tmp_path / "b"
    elsewhere.mkdir()
    for cwd in (root, elsewhere, ROOT):
        card = json.loads(kpigen("score", file, "--format", "json", cwd=cwd).stdout)
        assert (card["total"], card["grade"]) == ("92.00", "B"), (
            "its own rules, not those of the folder one happens to be in"
        )


def test_score_with_rules_that_are_broken(tmp_path: Path) -> None:
    """Whatever the folder is called: the reason is shown, and the command fails."""
    review = GOLDEN / "front-desk-01.md"
    good = (ROOT / "rules/front-desk/2026-01.yaml").read_text("utf-8")
    for folder in ("rules", "forms"):
        place = tmp_path / folder / "front-desk"
        place.mkdir(parents=True)
        for text, code in (
            ("form: front-desk\nschema: 1\n", "KPI202"),
            (good.replace("weight: 20", "weight: 21"), "KPI504"),
            (good.replace("total: 81.00", "total: 81.01"), "KPI515"),
        ):
            (place / "2026-01.yaml").write_text(text, "utf-8")
            result = run(ROOT, "score", review, "--rules", tmp_path / folder, code=1)
            assert code in codes(result.stderr)
            assert result.stdout == ""
        (place / "2026-01.yaml").write_text(good, "utf-8")
        assert (
            json.loads(run(ROOT, "score", review, "--rules", tmp_path / folder, "--format", "json").stdout)["total"]
            == EXPECTED["front-desk-01.md"]["total"]
        )
        # another form's trouble is no trouble of this one
        (tmp_path / folder / "other").mkdir()
        (tmp_path / folder / "other/2026-01.yaml").write_text("form: other\n", "utf-8")
        assert run(ROOT, "score", review, "--rules", tmp_path / folder).stderr == ""


# --- new -------------------------------------------------------------------------------------------------------------

ROSTER = """\
id,name,login,email,department,position,manager,form,from,to
T-001,员工甲,,,客服部,客服主管,M-001,,2024-01-01,2026-03-31
T-001,员工甲,,,电商部,电商主管,M-002,,2026-04-01,
T-002,"Lee, ""Nan"" #2",,,"客服: 一部",主管,,,,
M-001,经理乙,,,客服部,经理,,,,
M-002,经理丙,,,电商部,经理,,,,
"""
CYCLES = {form: ("2026-Q3" if form in ("cs-360", "cs-graded") else "2026-05") for form in NINE}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("form", NINE)
def test_a_new_draft_is_clean_and_open(form: str, language: str, tmp_path: Path) -> None:
    root = make_repository(tmp_path, (form,), ROSTER)
    period = CYCLES[form]
    for employee in ("T-001", "T-002"):
        result = run(root, "new", "--form", form, "--employee", employee, "--period", period, "--language", language)
        assert result.stdout == f"reviews/{period}/{employee}.{form}.md\n"
    assert run(root, "check").stdout == ""
    path = root / f"reviews/{period}/T-001.{form}.md"
    text = path.read_text("utf-8")
    assert "department: 电商部" in text
    assert "manager: M-002" in text
    card = json.loads(run(root, "score", path, "--format", "json").stdout)
    assert (card["employee"], card["period"], card["form"], card["total"]) == ("T-001", period, form, None)
    assert all(item["points"] is None and not item["not_applicable"] for item in card["indicators"])
    for indicator in form_of(form).indicators:
        assert re.search(rf"^  # {re.escape(indicator.name.in_(language))} \({indicator.id}, ", text, re.MULTILINE)
        assert re.search(rf"^  {indicator.id}:$", text, re.MULTILINE)
        for item in indicator.inputs:
            assert len(indicator.inputs) == 1 or re.search(rf"^    {item.id}:$", text, re.MULTILINE)
    for item in form_of(form).bonus:
        assert f"#   {item.id}: 0" in text
    assert codes(run(root, "submit", path, "--yes", code=1).stderr) != []


@pytest.mark.parametrize("form", [*NINE, TENTH])
def test_the_example_of_each_metric_is_accepted(form: str) -> None:
    metrics = dict(metric_example(indicator).split(": ", 1) for indicator in form_of(form).indicators)
    _, found = read_text(review_text(form, metrics))
    assert [f"{item.code} {item.message}" for item in found if item.code != "KPI325"] == []


def test_what_is_commented_out_can_be_used(tmp_path: Path) -> None:
    """Whoever removes the `# ` has a valid field."""
    root = make_repository(tmp_path, ("property-cs",), ROSTER)
    run(root, "new", "--form", "property-cs", "--employee", "T-001", "--period", "2026-05")
    path = root / "reviews/2026-05/T-001.property-cs.md"
    text = path.read_text("utf-8")
    head, tail = text[: text.index("\n# bonus:")], text[text.index("\n# bonus:") :]
    (path.parent / "files").mkdir()
    (path.parent / "files/….pdf").write_bytes(b"%PDF")
    path.write_text(head + re.sub(r"^# ?", "", tail, flags=re.MULTILINE), "utf-8")
    assert run(root, "check").stdout == ""


@pytest.mark.parametrize(
    ("args", "word"),
    [
        (["--form", "front-dsk", "--employee", "T-001", "--period", "2026-05"], "Did you mean 'front-desk'?"),
        (
            ["--form", "front-desk", "--employee", "T-009", "--period", "2026-05"],
            "'T-009' is not on the roster in 2026-05",
        ),
        (["--form", "front-desk", "--employee", "../T", "--period", "2026-05"], "is not an id"),
        (["--form", "front-desk", "--employee", "T-001", "--period", "2026-5"], "is not a period"),
        (
            ["--form", "front-desk", "--employee", "T-001", "--period", "2026-Q2"],
            "is assessed by month, 2026-Q2 is a quarter",
        ),
        (
            ["--form", "front-desk", "--employee", "T-001", "--period", "2025-12"],
            "no version of 'front-desk' is in force in 2025-12",
        ),
        (
            ["--form", "front-desk", "--employee", "T-001", "--period", "2026-05", "--language", "fr"],
            "'fr' is not one of",
        ),
        (["--form", "front-desk", "--period", "2026-05"], "--employee"),
    ],
)
def test_new_refuses(args: list[str], word: str, tmp_path: Path) -> None:
    root = make_repository(tmp_path, ("front-desk",), ROSTER)
    result = run(root, "new", *args, code=2)
    assert word in result.stderr
    assert [path.name for path in (root / "reviews").iterdir()] == ["people.csv"]


def test_new_never_overwrites(tmp_path: Path) -> None:
    root = make_repository(tmp_path, ("front-desk",), ROSTER)
    args = ["new", "--form", "front-desk", "--employee", "T-001", "--period", "2026-05"]
    run(root, *args)
    path = root / "reviews/2026-05/T-001.front-desk.md"
    path.write_text("my own\n", "utf-8")
    assert "already exists" in run(root, *args, code=2).stderr
    assert path.read_text("utf-8") == "my own\n"
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_new_without_a_roster(tmp_path: Path) -> None:
    """Without a roster everything works but its defaults: they come from the last review, else they are left blank."""
    root = make_repository(tmp_path, ("front-desk",))
    args = ["new", "--form", "front-desk", "--employee", "T-001"]
    run(root, *args, "--period", "2026-05")
    first = root / "reviews/2026-05/T-001.front-desk.md"
    found = run(root, "check", code=1).stdout
    assert codes(found) == ["KPI204"] * 3, "what nobody knows has to be filled in"
    assert all(f"`employee.{key}`" in found for key in ("name", "department", "position"))
    first.write_text(
        first.read_text("utf-8")
        .replace("  name:", "  name: 员工丁")
        .replace("  department:", "  department: 前厅")
        .replace("  position:", "  position: 领班"),
        "utf-8",
    )
    assert run(root, "check").stdout == ""
    run(root, *args, "--period", "2026-06")
    assert "name: 员工丁" in (root / "reviews/2026-06/T-001.front-desk.md").read_text("utf-8")
    assert run(root, "check").stdout == ""


# --- form ------------------------------------------------------------------------------------------------------------


def test_the_list_of_forms() -> None:
    lines = run(ROOT, "form", "--language", "en").stdout.splitlines()
    assert [line.split()[0] for line in lines] == sorted(NINE)
    assert "any cycle" in next(line for line in lines if line.startswith("cs-360"))
    assert "month or year" in next(line for line in lines if line.startswith("cs-kpi-gs"))


@pytest.mark.parametrize("form", NINE)
def test_a_form_as_text(form: str) -> None:
    for language in ("zh", "en"):
        text = run(ROOT, "form", form, "--language", language).stdout
        assert run(ROOT, "form", f"{form}@2026-01", "--language", language).stdout == text
        for indicator in form_of(form).indicators:
            assert f"{indicator.name.in_(language)}  ({indicator.id}, " in text
            assert metric_example(indicator) in text
        assert "A ≥ 90" in text


# --- schemas ---------------------------------------------------------------------------------------------------------

_TYPES = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "array": list,
    "object": dict,
    "null": type(None),
    "boolean": bool,
}


def check_schema(schema: Any, where: str = "#") -> None:
    """Whether this is a JSON Schema (2020-12), as far as these words go; unknown words are a slip."""
    assert isinstance(schema, dict), where
    known = {
        "$schema",
        "title",
        "description",
        "type",
        "properties",
        "additionalProperties",
        "required",
        "enum",
        "const",
        "pattern",
        "items",
        "minItems",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "anyOf",
        "default",
        "examples",
        "format",
        "uniqueItems",
        "minLength",
        "maxItems",
        "minProperties",
        "propertyNames",
        "patternProperties",
    }
    assert set(schema) <= known, (where, set(schema) - known)
    types = schema.get("type", [])
    assert set([types] if isinstance(types, str) else types) <= set(_TYPES), where
    for name, value in schema.get("properties", {}).items():
        check_schema(value, f"{where}/{name}")
    for key in ("items", "additionalProperties", "propertyNames"):
        if key in schema and not isinstance(schema[key], bool):
            check_schema(schema[key], f"{where}/{key}")
    for index, value in enumerate(schema.get("anyOf", [])):
        check_schema(value, f"{where}/anyOf/{index}")
    assert schema.get("anyOf", [1]) != []
    assert schema.get("enum", [1]) != []
    assert set(schema.get("required", [])) <= set(schema.get("properties", {})), where
    re.compile(schema.get("pattern", ""))


def misfits(schema: dict[str, Any], data: Any, where: str = "") -> list[str]:
    """What of the data does not fit a schema."""
    types = schema.get("type", [])
    wanted = [types] if isinstance(types, str) else types
    if wanted and not any(
        isinstance(data, _TYPES[one]) and not (isinstance(data, bool) and one != "boolean") for one in wanted
    ):
        return [f"{where}: {data!r} is not {types}"]
    found = []
    if "enum" in schema and not any(data == one and type(data) is type(one) for one in schema["enum"]):
        found.append(f"{where}: {data!r} is none of {schema['enum']}")
    if "const" in schema and data != schema["const"]:
        found.append(f"{where}: {data!r} is not {schema['const']!r}")
    if isinstance(data, str) and "pattern" in schema and not re.search(schema["pattern"], data):
        found.append(f"{where}: {data!r} does not match {schema['pattern']}")
    if isinstance(data, int | float) and data < schema.get("minimum", data):
        found.append(f"{where}: {data!r} is below {schema['minimum']}")
    if isinstance(data, list):
        if len(data) < schema.get("minItems", 0):
            found.append(f"{where}: too few")
        for index, item in enumerate(data):
            found += misfits(schema.get("items", {}), item, f"{where}/{index}")
    if isinstance(data, dict):
        found += [f"{where}: lacks {key}" for key in schema.get("required", []) if key not in data]
        for key, value in data.items():
            inner = schema.get("properties", {}).get(key, schema.get("additionalProperties", True))
            if inner is False:
                found.append(f"{where}: {key} is unknown")
            elif isinstance(inner, dict):
                found += misfits(inner, value, f"{where}/{key}")
    if "anyOf" in schema and all(misfits(one, data) for one in schema["anyOf"]):
        found.append(f"{where}: {data!r} fits none")
    return found


def as_editors_see_it(node: Node | None) -> Any:
    """Turn nodes into data as YAML 1.2 does, which editors follow."""
    if isinstance(node, MappingNode):
        return {key.text: as_editors_see_it(value) for key, value in node.items}
    if isinstance(node, SequenceNode):
        return [as_editors_see_it(item) for item in node.items]
    assert isinstance(node, Scalar)
    text = node.text
    if not node.plain:
        return text
    if text in ("", "~", "null"):
        return None
    if text in ("true", "false"):
        return text == "true"
    if re.fullmatch(r"[-+]?\d+", text):
        return int(text)
    return float(text) if re.fullmatch(r"[-+]?(\d+\.\d*|\.\d+)", text) else text


def data_of(text: str) -> Any:
    node, found = parse(SourceText("x", text))
    assert found == []
    return as_editors_see_it(node)


def front_matter(path: Path) -> Any:
    return data_of(path.read_text("utf-8").split("---\n")[1])


SAMPLES = sorted([*(ROOT / "reviews").glob("*/*.md"), *GOLDEN.glob("*-0?.md")])


def test_schemas_are_schemas() -> None:
    printed = {"review": run(ROOT, "schema").stdout, "rule": run(ROOT, "schema", "rule").stdout}
    assert printed["review"] == run(ROOT, "schema", "review").stdout
    for form in NINE:
        printed[form] = run(ROOT, "schema", "--form", form).stdout
    for name, text in printed.items():
        schema = json.loads(text)
        check_schema(schema)
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema", name
        assert schema["title"]
    assert json.loads(printed["rule"]) == rule_schema()
    assert json.loads(printed["front-desk"]) == review_schema(form_of("front-desk"))


def test_the_validator_of_these_tests_finds_misfits() -> None:
    schema = review_schema(form_of("front-desk"))
    good = data_of(review_text("front-desk", {"five_s": "2"}, period="2026-03").split("---\n")[1])
    assert misfits(schema, good) == []
    for change in (
        {"status": "done"},
        {"metrics": {"fives": 2}},
        {"metrics": {"five_s": "2,5"}},
        {"metrics": {"five_s": -1}},
        {"period": "2026-13"},
        {"employee": {"id": "x"}},
        {"more": 1},
        {"confirmations": [{"role": "boss"}]},
        {"form": "cs-360"},
    ):
        assert misfits(schema, {**good, **change}) != [], change


def test_the_sample_fits_its_schemas() -> None:
    assert len(SAMPLES) > 100
    general = review_schema(None)
    for path in SAMPLES:
        data = front_matter(path)
        form = data["form"].partition("@")[0]
        for schema in (general, review_schema(form_of(form))):
            assert misfits(schema, data) == [], path.name


def test_every_key_of_the_sample_is_in_the_schema() -> None:
    """And the schema names the indicators, inputs and bonus items of the form, no others."""
    for form in NINE:
        properties = review_schema(form_of(form))["properties"]
        assert list(properties["metrics"]["properties"]) == [item.id for item in form_of(form).indicators]
        for indicator in form_of(form).indicators:
            inputs = properties["metrics"]["properties"][indicator.id].get("properties", {})
            assert list(inputs) == ([] if len(indicator.inputs) == 1 else [item.id for item in indicator.inputs])
        assert list(properties["bonus"]["properties"]) == [item.id for item in form_of(form).bonus]
        for path in SAMPLES:
            if path.name.split(".")[-2:-1] == [form] or path.name.startswith(f"{form}-"):
                assert set(front_matter(path)) <= set(properties)


@pytest.mark.parametrize("form", NINE)
def test_a_new_draft_fits_its_schema(form: str, tmp_path: Path) -> None:
    root = make_repository(tmp_path, (form,), ROSTER)
    run(root, "new", "--form", form, "--employee", "T-001", "--period", CYCLES[form])
    data = front_matter(root / f"reviews/{CYCLES[form]}/T-001.{form}.md")
    assert misfits(review_schema(form_of(form)), data) == []


def test_published_reviews_fit_their_schema(tmp_path: Path) -> None:
    root = make_repository(tmp_path, ("cs-graded",))
    file = root / "reviews/2026-03/T-001.cs-graded.md"
    file.parent.mkdir()
    metrics = {
        "csat": "90%",
        "team_performance": "80",
        "management": "{coordination: 80, development: 90}",
        "ability": "{knowledge: 80, adaptability: 85, communication: 90}",
    }
    file.write_text(review_text("cs-graded", metrics, period="2026-03"), "utf-8")
    run(root, "submit", file, "--yes")
    run(root, "confirm", file, "--role", "employee", "--yes")
    run(root, "confirm", file, "--role", "assessor", "--name", "经理", "--yes", code=None)
    run(root, "publish", file, "--yes")
    data = front_matter(file)
    assert set(data) >= {"submitted", "published", "confirmations"}
    assert misfits(review_schema(form_of("cs-graded")), data) == []


def test_the_rule_files_fit_their_schema() -> None:
    files = [*(ROOT / "rules").glob("*/*.yaml"), *(TESTS / "rules").glob("*/*.yaml")]
    assert len(files) >= 10
    for path in files:
        assert misfits(rule_schema(), data_of(path.read_text("utf-8"))) == [], path
