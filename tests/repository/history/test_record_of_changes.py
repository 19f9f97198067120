"""`kpigen log` and the audit pages tell every change of what is published, and what data and rules did to a score."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.forms import run
from tests.helpers.git import commit
from tests.helpers.history import SCORING, log, set_calls
from tests.helpers.repositories import FILE, RULE, edit, published_repository


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """A repository whose history has a published review, and an amendment of it."""
    root = published_repository(tmp_path / "r")
    set_calls(root, 595)
    why = ("--reason", "两通补录。", "--by", "林", "--date", "2026-04-09", "--yes")
    run(root, "amend", root / FILE, *why)
    commit(root, "amended")
    return root


def newest(root: Path) -> dict[str, tuple[str | None, str | None]]:
    entry = log(root)[0]
    assert entry["subject"] == "newest"
    return {item["field"]: (item["old"], item["new"]) for review in entry["reviews"] for item in review["fields"]}


def test_the_commit_of_an_amendment_shows_all_that_it_says(published: Path) -> None:
    (change,) = log(published)[0]["reviews"]
    told = {item["field"]: item["new"] for item in change["fields"]}
    assert {name: told[name] for name in told if name.startswith("amendments.1.") and not name.endswith("seal")} == {
        "amendments.1.date": "2026-04-09",
        "amendments.1.by": "林",
        "amendments.1.reason": "两通补录。",
        "amendments.1.changes.metrics.follow_up_calls.calls.old": "593",
        "amendments.1.changes.metrics.follow_up_calls.calls.new": "595",
        "amendments.1.total": "90.00",
        "amendments.1.grade": "A",
    }
    former = next(item["old"] for item in change["fields"] if item["field"] == "published.seal")
    assert told["amendments.1.seal"] == former


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("by: 林", "by: 周", "amendments.1.by"),
        ("两通补录。", "另有原因。", "amendments.1.reason"),
        ('total: "90.00"', 'total: "99.00"', "amendments.1.total"),
        ("2026-04-09", "2026-04-10", "amendments.1.date"),
        ("new: 595", "new: 599", "amendments.1.changes.metrics.follow_up_calls.calls.new"),
        ('total: "92.00"', 'total: "98.00"', "published.total"),
        ("engine: 2", "engine: 3", "published.engine"),
        ("on: 2026-04-03", "on: 2026-04-04", "published.on"),
        ("amendments: 1}", "amendments: 2}", "published.entries.amendments"),
    ],
)
def test_what_was_rewritten_by_hand_is_in_the_log(published: Path, old: str, new: str, field: str) -> None:
    edit(published, old, new)
    commit(published, "newest")
    assert list(newest(published)) == [field]
    assert f"    {field}: " in run(published, "log", "-n", "1").stdout


def test_an_audit_page_shows_what_was_rewritten(published: Path) -> None:
    edit(published, "by: 林", "by: 周")
    commit(published, "newest")
    edit(published, "by: 周", "by: 林")
    commit(published, "restored")
    run(published, "build", "--no-pdf", "--no-search")
    for name in ("index.html", "people/T-001.html", "en/index.html"):
        page = (published / "site/hr/audit" / name).read_text("utf-8")
        assert page.count("amendments.1.by") == 3, name
        assert "<del>林</del> → <ins>周</ins>" in page


def test_parts_that_cancel_out_are_in_the_log_and_on_the_audit_page(root: Path) -> None:
    """594 calls lose 6 points by the old rules, 595 calls lose 6 by the new ones."""
    set_calls(root, 594)
    commit(root, "before")
    set_calls(root, 595)
    edit(root, *SCORING, RULE)
    commit(root, "both")
    change = next(item for item in log(root)[0]["reviews"] if item["employee"] == "T-001")
    assert change["before"] == change["after"]
    assert change["split"] == {"data": "1.00", "rules": "-1.00", "between": "data", "grade": None}
    assert "    score: 91.00 A → 91.00 A (+0.00: data +1.00, rules -1.00)\n" in run(root, "log", "-n", "1").stdout
    edit(root, *SCORING[::-1], RULE)  # so that the examples of the rule file hold
    commit(root, "restored")
    run(root, "build", "--no-pdf", "--no-search")
    page = (root / "site/hr/audit/en/people/T-001.html").read_text("utf-8")
    assert "<b>91.00 A</b> → <b>91.00 A</b>" in page
    assert "+0.00: +1.00 from the data, −1.00 from the rules" in page


def test_limits_of_grades_are_said_to_be_the_rules(root: Path) -> None:
    text = (root / RULE).read_text("utf-8")
    (root / RULE).write_text(text.replace("grades: {A: 90", "grades: {A: 91"), "utf-8")
    commit(root, "limits")
    said = "score: 90.00 A → 90.00 B (+0.00: data +0.00, rules +0.00; the grade by the rules)"
    assert run(root, "log", "-n", "1").stdout.count(said) == 2
    run(root, "build", "--no-pdf", "--no-search")
    page = (root / "site/hr/audit/en/people/T-001.html").read_text("utf-8")
    assert "+0.00: +0.00 from the data, +0.00 from the rules; the grade by the rules" in page


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("schema: 1\n", "# 说明\nschema: 1\n"),
        ("schema: 1\n", "schema: 1  # 版式\n"),
        ("schema: 1\n", "schema: 1\n\n\n"),
        ("schema: 1\nform: front-desk\n", "form: front-desk\nschema: 1\n"),
        ("schema: 1\n", "schema: '1'\n"),
    ],
)
def test_a_comment_or_the_layout_of_a_rule_file_is_no_entry(root: Path, old: str, new: str) -> None:
    before = log(root)
    edit(root, old, new, RULE)
    commit(root, "comment")
    assert log(root) == before
