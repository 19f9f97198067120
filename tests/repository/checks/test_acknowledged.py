"""Acknowledged exceptions: which findings an entry of the settings takes out, which it never can, and which it no longer fits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Severity
from kpigen.repository.checks.acknowledged import MAY_BE_ACKNOWLEDGED, sort_out
from kpigen.repository.checks.project import check
from kpigen.repository.project import load
from tests.helpers.forms import make_repository, run
from tests.helpers.tiny import DRAFT, REVIEW, TINY, TINY_RULE, tree_of

ROSTER = "id,name,login,email,department,position,manager,form,from,to\nA-1,甲,,,二部,,M-9,other,,\n"


def outcome(settings: str) -> tuple[list[str], list[str], int]:
    """Return the codes that remain, those that are acknowledged, and how many acknowledgements fit nothing."""
    files = {TINY: TINY_RULE, REVIEW: DRAFT, "reviews/people.csv": ROSTER, "reviews/note.txt": "x"}
    project = load(tree_of(**files, **{"kpigen.toml": settings}))
    sorted_out = sort_out(project, check(project)[1])
    return (
        [item.code for item in sorted_out.found],
        [item.finding.code for item in sorted_out.acknowledged],
        len(sorted_out.idle),
    )


def entry(code: str, **what: str) -> str:
    cells = {"code": code, "reason": "so ist es", **what}
    return "[[acknowledged]]\n" + "".join(f'{key} = "{value}"\n' for key, value in cells.items())


ALL = ["KPI405", "KPI406", "KPI118", "KPI414", "KPI432"]

CASES = [
    ("", [], 0),
    (entry("KPI405", path=REVIEW), ["KPI405"], 0),
    (entry("KPI405", employee="A-1"), ["KPI405"], 0),
    (entry("KPI405", employee="A-1", period="2026-01"), ["KPI405"], 0),
    (entry("KPI405", employee="A-1", path=REVIEW, period="2026-01"), ["KPI405"], 0),
    (entry("KPI405", employee="A-1", period="2026-02"), [], 1),
    (entry("KPI405", employee="A-2"), [], 1),
    (entry("KPI405", path=REVIEW.replace("A-1", "A-2")), [], 1),
    (entry("KPI405", path=REVIEW, employee="A-2"), [], 1),
    (entry("KPI331", path=REVIEW), [], 1),
    (entry("KPI118", path="reviews/note.txt"), ["KPI118"], 0),
    (entry("KPI414", path="reviews/people.csv"), ["KPI414"], 0),
    (entry("KPI414", employee="M-9"), ["KPI414"], 0),
    (entry("KPI414", employee="A-1"), [], 1),
    (entry("KPI405", path=REVIEW) + entry("KPI406", employee="A-1"), ["KPI405", "KPI406"], 0),
    (entry("KPI405", path=REVIEW) + entry("KPI405", path=REVIEW), ["KPI405"], 0),
    (entry("KPI405", path="reviews/*/*.md"), [], 1),
]


@pytest.mark.parametrize(("settings", "acknowledged", "idle"), CASES)
def test_an_entry_takes_out_what_it_names(settings: str, acknowledged: list[str], idle: int) -> None:
    rest = [code for code in ALL if code not in acknowledged]
    found, taken, unused = outcome(settings)
    assert (sorted(found), sorted(taken), unused) == (sorted(rest), sorted(acknowledged), idle)


def test_errors_seals_and_the_record_are_never_acknowledged() -> None:
    kinds = [catalogue.ALL[code] for code in MAY_BE_ACKNOWLEDGED]
    assert not [kind.code for kind in kinds if kind.severity is Severity.ERROR]
    assert not [kind.code for kind in kinds if kind.code[3] in "56789" and kind.code != "KPI603"]
    for code in sorted(catalogue.ALL.keys() - MAY_BE_ACKNOWLEDGED):
        found, taken, idle = outcome(entry(code, path=REVIEW))
        assert sorted(found) == sorted([*ALL, "KPI444"])
        assert (taken, idle) == ([], 0)


BAD = [
    'acknowledged = "KPI405"',
    'acknowledged = ["KPI405"]',
    '[[acknowledged]]\ncode = "KPI405"\nemployee = "A-1"',
    '[[acknowledged]]\ncode = "KPI405"\nreason = " "\nemployee = "A-1"',
    '[[acknowledged]]\nreason = "x"\nemployee = "A-1"',
    entry("KPI405"),
    entry("KPI405", period="2026-01"),
    entry("KPI405", employee="A-1", period="January"),
    entry("KPI405", employee="A-1", until="2027"),
    entry("KPI405", employee="A-1") + entry("KPI405", employee=""),
]


@pytest.mark.parametrize("settings", BAD)
def test_an_entry_that_says_too_little_or_too_much_is_an_error(settings: str) -> None:
    project = load(tree_of(**{"kpigen.toml": settings}))
    line = settings.count("\n", 0, settings.rindex("acknowledged")) + 1
    assert [(item.code, item.span.line) for item in project.problems] == [("KPI802", line)]


def test_check_counts_lists_and_tells_of_what_fits_nothing(tmp_path: Path) -> None:
    root = make_repository(tmp_path, ("front-desk",))
    (root / "reviews/notes.txt").write_text("x", "utf-8")
    (root / "reviews/old.txt").write_text("x", "utf-8")
    settings = entry("KPI118", path="reviews/notes.txt") + "\n" + entry("KPI118", path="reviews/gone.txt")
    (root / "kpigen.toml").write_text(settings, "utf-8")
    plain = run(root, "check")
    assert plain.stdout.splitlines()[0].startswith("kpigen.toml:6:1: warning[KPI445]")
    assert [line.partition(":")[0] for line in plain.stdout.splitlines() if line[0] != " "] == [
        "kpigen.toml",
        "reviews/old.txt",
    ]
    assert plain.stderr == "0 reviews, 1 rule file: 0 errors, 2 warnings, 1 acknowledged\n"
    listed = run(root, "check", "--acknowledged").stdout
    assert listed.startswith(plain.stdout)
    message = "this file is neither a review nor named as evidence by one"
    assert listed.removeprefix(plain.stdout) == (
        f"reviews/notes.txt:1:1: acknowledged[KPI118] {message}\n    reason: so ist es\n"
    )
    found = json.loads(run(root, "check", "--format", "json", "--acknowledged").stdout)
    assert [item.get("acknowledged") for item in found] == [None, None, "so ist es"]
    assert len(json.loads(run(root, "check", "--format", "json").stdout)) == 2
    assert "notes.txt" not in run(root, "check", "--format", "github").stdout
    run(root, "check", "--format", "sarif", "--acknowledged", code=2)
    assert "notes.txt" not in run(root, "build", "--no-pdf", "--no-search").stderr
