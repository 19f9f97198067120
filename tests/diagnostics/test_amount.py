"""How many findings are listed, of a file (KPI128) and of a run (KPI140): errors first, the rest counted, in every format."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.amount import MAX_FINDINGS, MAX_LISTED, at_most, of_run
from kpigen.diagnostics.diagnostic import Diagnostic, Span, in_order
from kpigen.emit.gitlab import as_gitlab
from kpigen.emit.json import as_json
from kpigen.emit.sarif import as_sarif
from kpigen.emit.summary import as_summary
from kpigen.emit.text import as_text
from tests.helpers.forms import run
from tests.helpers.tiny import DRAFT, TINY, TINY_RULE


def warning(path: str, line: int = 1) -> Diagnostic:
    return catalogue.STRAY_FILE.at(Span(path, line))


def error(path: str, line: int = 1) -> Diagnostic:
    return catalogue.NO_FRONT_MATTER.at(Span(path, line))


def test_up_to_the_limit_nothing_is_left_out() -> None:
    found = in_order(warning(f"a{n:05}") for n in range(MAX_LISTED))
    assert of_run(found) == found


@pytest.mark.parametrize(
    ("warnings", "errors", "left_out"),
    [
        (MAX_LISTED + 1, 0, (0, 1)),
        (0, MAX_LISTED + 1, (1, 0)),
        (MAX_LISTED, 1, (0, 1)),
        (60_000, 7, (0, 60_007 - MAX_LISTED)),
        (5_000, 5_000, (5_000 - MAX_LISTED, 5_000)),
    ],
)
def test_errors_come_first_and_the_rest_is_counted(warnings: int, errors: int, left_out: tuple[int, int]) -> None:
    found = in_order([*(warning(f"a{n:05}") for n in range(warnings)), *(error(f"z{n:05}") for n in range(errors))])
    listed = of_run(found)
    assert len(listed) == MAX_LISTED + 1
    assert sum(item.is_error for item in listed) == min(errors, MAX_LISTED)
    more = listed[-1]
    assert more.code == "KPI140"
    assert f": {left_out[0]} error" in more.message
    assert f", {left_out[1]} warning" in more.message
    assert list(listed[:-1]) == list(in_order(listed[:-1]))


def test_every_format_has_the_count() -> None:
    listed = of_run([*(warning(f"a{n:05}") for n in range(MAX_LISTED)), error("z")])
    assert as_text(listed).count("[KPI140]") == 1
    assert [item["code"] for item in json.loads(as_json(listed))][-1] == "KPI140"
    assert [item["ruleId"] for item in json.loads(as_sarif(listed))["runs"][0]["results"]][-1] == "KPI140"
    assert [item["check_name"] for item in json.loads(as_gitlab(listed))][-1] == "KPI140"
    assert as_text(listed, language="zh") != as_text(listed)


def test_the_job_summary_leaves_out_no_error_for_a_warning() -> None:
    found = [*(warning(f"a{n:05}") for n in range(9_000)), error("z")]
    assert "error KPI104" in as_summary(found, limit=100_000)


def test_of_a_file_errors_come_first() -> None:
    found = at_most([*(warning("a", n) for n in range(1, MAX_FINDINGS + 5)), error("a", 9)])
    assert [item.code for item in found if item.is_error] == ["KPI104"]
    assert [item.code for item in found].count("KPI128") == 1


def test_check_lists_what_fits_and_counts_all(tmp_path: Path) -> None:
    """An error in the last file is listed before the warnings of all others; the exit code is that of all findings."""
    for path, text in {
        TINY: TINY_RULE,
        "reviews/2026-01/Z-1.tiny.md": DRAFT.replace("A-1", "Z-1").replace("80", "x"),
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    for number in range(MAX_LISTED + 3):
        (tmp_path / f"reviews/2026-01/stray-{number}.txt").write_bytes(b"")
    (tmp_path / "reviews/2026-01/stray-x.txt").write_bytes(b"")
    result = run(tmp_path, "check", code=1)
    assert "error[KPI" in result.stdout
    assert result.stdout.count("[KPI118]") < MAX_LISTED
    assert "KPI140" in result.stdout
    assert f"{MAX_LISTED + 4} warnings" in result.stderr
