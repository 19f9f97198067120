"""Findings as SARIF, held against its schema; as GitHub annotations and job summary, within GitHub's limits; as JSON."""

from __future__ import annotations

import json
import re
from pathlib import Path
from string import Formatter
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from jsonschema import Draft4Validator, FormatChecker

from kpigen.diagnostics.catalogue import ALL
from kpigen.diagnostics.diagnostic import Diagnostic, Span
from kpigen.emit.github import GITHUB_LIMIT, as_github
from kpigen.emit.json import as_json
from kpigen.emit.sarif import as_sarif
from kpigen.emit.summary import SUMMARY_LIMIT, as_summary
from kpigen.emit.text import as_text
from tests.helpers.forms import TESTS, make_repository, run
from tests.helpers.repositories import commit, git

SCHEMA = json.loads((TESTS / "data/sarif-2.1.0-rtm.5.json").read_text("utf-8"))
PATHS = [
    "reviews/2026-01/A-1.tiny.md",
    "reviews/2026-01/甲 乙.md",
    "reviews/2026-01/a:b,c%20d|e`f<g>.md",
    "reviews/2026-01/two\nlines.md",
    "reviews/2026-01/\udcff.md",
    ".",
]


def finding(code: str, path: str = PATHS[0], line: int = 1, value: str = "值 {x}") -> Diagnostic:
    kind = ALL[code]
    names = {name for text in (kind.message, kind.hint) for _, name, _, _ in Formatter().parse(text) if name}
    return kind.at(Span(path, line), **dict.fromkeys(names, value))


def sarif(findings: list[Diagnostic], folder: str = "") -> dict[str, Any]:
    """What is printed as SARIF; it must keep to the schema."""
    log: dict[str, Any] = json.loads(as_sarif(findings, folder).encode())
    errors = list(Draft4Validator(SCHEMA, format_checker=FormatChecker()).iter_errors(log))
    assert errors == [], [f"{list(error.path)}: {error.message}" for error in errors]
    return log["runs"][0]


def test_the_schema_refuses_what_is_no_sarif() -> None:
    log = json.loads(as_sarif([finding("KPI101")]))
    log["runs"][0]["results"][0]["level"] = "bad"
    assert list(Draft4Validator(SCHEMA).iter_errors(log))


def test_no_finding_is_an_empty_run() -> None:
    assert sarif([])["results"] == []


def test_every_kind_of_finding() -> None:
    scan = sarif([finding(code) for code in ALL])
    rules = scan["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == sorted(ALL)
    for result in scan["results"]:
        rule = rules[result["ruleIndex"]]
        assert rule["id"] == result["ruleId"]
        assert rule["defaultConfiguration"]["level"] == result["level"]
    for rule in rules:
        assert all(rule[key]["text"] for key in ("shortDescription", "fullDescription", "help"))
        assert not re.search(r"\{\w+\}", rule["fullDescription"]["text"] + rule["help"]["text"])


@pytest.mark.parametrize("path", PATHS)
def test_odd_paths(path: str) -> None:
    (result,) = sarif([finding("KPI104", path)], "hr/")["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri.isascii()
    assert unquote_to_bytes(uri) == f"hr/{path}".encode(errors="surrogateescape")
    annotation = as_github([finding("KPI104", path)], "hr/")
    assert annotation.count("\n") == 1
    properties = annotation.removeprefix("::error ").split("::", 1)[0]
    assert [part.split("=")[0] for part in properties.split(",")] == ["file", "line", "col", "title"]
    row = as_summary([finding("KPI104", path)]).splitlines()[-1]
    assert len(re.findall(r"(?<!\\)\|", row)) == 4
    assert json.loads(as_json([finding("KPI104", path)]))[0]["path"] == path
    assert as_text([finding("KPI104", path)]).count("\n") == 2


def test_a_finding_is_the_same_one_when_it_moves_and_never_two() -> None:
    def marks(*findings: Diagnostic) -> list[str]:
        return [item["partialFingerprints"]["primaryLocationLineHash"] for item in sarif(list(findings))["results"]]

    one, below, twice = finding("KPI104"), finding("KPI104", line=9), [finding("KPI104"), finding("KPI104", line=2)]
    assert marks(one) == marks(below)
    assert marks(one)[0] == marks(*twice)[0] != marks(*twice)[1]
    assert marks(one) != marks(finding("KPI105"))
    assert marks(one) != marks(finding("KPI104", PATHS[1]))


def test_github_takes_ten_errors_and_ten_warnings() -> None:
    found = [finding("KPI104", line=n) for n in range(1, 12)] + [finding("KPI603", line=n) for n in range(1, 14)]
    lines = as_github(found).splitlines()
    assert sum(line.startswith("::error ") for line in lines) == GITHUB_LIMIT
    assert sum(line.startswith("::warning ") for line in lines) == GITHUB_LIMIT
    assert [line for line in lines if not line.startswith("::")] == [
        "1 more error without annotation: GitHub takes 10 a step; the job summary has them",
        "3 more warnings without annotation: GitHub takes 10 a step; the job summary has them",
    ]


def test_the_job_summary_fits_and_counts_the_rest() -> None:
    found = [finding("KPI310", line=n, value="很长的值" * 20) for n in range(1, 9_001)]
    text = as_summary(found)
    assert len(text.encode()) <= SUMMARY_LIMIT < 1024 * 1024
    shown = text.count("| error KPI310 |")
    assert 0 < shown < 9_000
    assert text.endswith(f"\n… and {9_000 - shown} more findings, which do not fit here.\n")
    assert text.startswith("### kpigen check: 9000 errors, 0 warnings\n")
    assert "more finding" not in as_summary(found[:5])


def test_annotations_name_files_from_the_top_of_the_git_repository(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "company/hr", ("front-desk",))
    (root / "reviews/x.md").write_text("x", "utf-8")
    outside = run(root, "check", "--format", "github", code=1).stdout
    assert outside.startswith("::error file=reviews/x.md,"), "without git, from the folder of the reviews"
    git(tmp_path / "company", "init", "-q")
    commit(tmp_path / "company")
    assert run(root, "check", "--format", "github", code=1).stdout.startswith("::error file=hr/reviews/x.md,")
    log = json.loads(run(root, "check", "--format", "sarif", code=1).stdout)
    place = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "hr/reviews/x.md"
