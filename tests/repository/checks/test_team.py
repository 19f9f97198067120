"""Totals that follow the team: in order, frozen, each person once."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.helpers import scales
from tests.helpers.forms import TESTS, codes, run
from tests.helpers.lifecycle import centre, check, place, publish, submit, without_confirmations, write
from tests.helpers.tiny import DRAFT, REVIEW, TINY, check_files, codes_of
from tests.helpers.tiny import publish as publish_files


def test_a_leader_is_published_after_the_team(root: Path) -> None:
    without_confirmations(root)
    files = {}
    for employee, manager, scores, done in (
        ("A-LEAD", "", "auto", 10),
        ("B-001", "A-LEAD", "[80]", 9),
        ("C-001", "A-LEAD", "[90, 70]", 8),
        ("D-001", "X-001", "[80]", 1),
    ):
        files[employee] = write(
            root,
            centre(employee, manager, scores, important_tasks=f"{{done: {done}, planned: 10}}"),
            place("support-center", employee),
        )
    # a draft whose team has nothing yet is open, not wrong
    assert check(root) == []
    assert json.loads(run(root, "score", files["A-LEAD"], "--format", "json").stdout)["total"] is None
    submit(root, files["B-001"], files["C-001"], files["D-001"])
    publish(root, files["B-001"])
    submit(root, files["A-LEAD"])
    # The leader's path comes first; the leader still takes the total that this very command publishes.
    said = run(root, "publish", files["A-LEAD"], files["C-001"], files["D-001"], "--yes").stdout
    assert [line.split(":")[0].split("/")[-1] for line in said.splitlines()] == [
        f"{id_}.support-center.md" for id_ in ("C-001", "D-001", "A-LEAD")
    ]
    text = files["A-LEAD"].read_text("utf-8")
    taken = re.findall(r'- \{employee: ([\w-]+), total: ([\d.]+), seal: "(k1:sha256:[0-9a-f]{64})"\}', text)
    # 36 + 16 + 10 + 9.5 + (100 + 80) ÷ 2 × 10% = 9 + 6 = 86.50; C with 32 in the place of 36 = 82.50
    assert [(employee, total) for employee, total, _ in taken] == [("B-001", "86.50"), ("C-001", "82.50")]
    for employee, _, seal in taken:
        assert f'seal: "{seal}"' in files[employee].read_text("utf-8")
    # 40 + 16 + 10 + 9.5 + (100 + 84.5) ÷ 2 × 10% = 9.225, half-up 9.23, + 6
    assert 'total: "90.73"' in text
    assert "scores: auto" in text, "the review still says auto"
    assert check(root) == []


def test_what_was_taken_is_frozen(root: Path) -> None:
    without_confirmations(root)
    lead, one, late = (
        write(root, centre(employee, manager, scores), place("support-center", employee))
        for employee, manager, scores in (
            ("A-LEAD", "", "auto"),
            ("B-001", "A-LEAD", "[80]"),
            ("C-001", "A-LEAD", "[100]"),
        )
    )
    submit(root, one, late)
    publish(root, one)
    submit(root, lead)
    publish(root, lead)
    assert check(root) == []
    publish(root, late)
    result = run(root, "check")
    assert codes(result.stdout) == ["KPI423"], "a later difference is a warning"
    assert (
        json.loads(run(root, "score", lead, "--format", "json").stdout)["total"]
        == re.search(r'total: "([\d.]+)"', lead.read_text("utf-8"))[1]
    )  # type: ignore[index]
    text = lead.read_text("utf-8")
    lead.write_text(text.replace("total: 86.50, seal", "total: 86.60, seal"), "utf-8")
    assert "KPI609" in check(root)


def test_totals_above_a_hundred_count_as_a_hundred_and_two_forms_as_one_person(root: Path) -> None:
    from fractions import Fraction

    from kpigen.model.reviews import Taken
    from kpigen.scoring.taken import team_numbers

    numbers = team_numbers(
        [Taken("A", "107.55", "s"), Taken("B", "80.00", "s"), Taken("B", "70.50", "t"), Taken("C", "60", "u")]
    )
    assert numbers is not None
    # 100, (80 + 70.5) ÷ 2 = 75.25, 60
    assert (numbers.count, numbers.mean) == (3, Fraction("235.25") / 3)
    assert team_numbers([]) is None


def test_a_chain_of_leaders_is_published_from_below(root: Path) -> None:
    from kpigen.base.sources import WorkTree
    from kpigen.repository.lifecycle.transitions import in_order
    from kpigen.repository.project import load

    for employee, manager, scores in (
        ("A", "", "auto"),
        ("B", "A", "auto"),
        ("C", "B", "auto"),
        ("D", "C", "[80]"),
        ("E", "A", "[70]"),
        ("F", "G", "auto"),
        ("G", "F", "auto"),
    ):
        write(root, centre(employee, manager, scores), place("support-center", employee))
    order = [review.employee.id for review in in_order(load(WorkTree(root)).reviews)]
    assert sorted(order) == list("ABCDEFG")
    assert [id_ for id_ in order if id_ in "ABCD"] == list("DCBA")
    assert order.index("E") < order.index("A")
    assert check(root) == ["KPI421", "KPI421"], "the two that manage each other"


@pytest.mark.parametrize(("form", "metrics"), [("five", "{quality: 5, order: 3}"), ("guards", "{caught: 1, late: 0}")])
def test_a_total_on_another_scale_is_none_of_the_team_totals(form: str, metrics: str) -> None:
    """4.2 out of 5 taken as 4.2 out of 100 would go unnoticed."""
    rule = (TESTS / "cases/KPI420/rules/tiny/2026-01.yaml").read_text("utf-8")
    member = DRAFT.replace("A-1", "A-2").replace("客服}", "客服, manager: A-1}")
    other = member.replace("A-2", "A-3").replace("form: tiny", f"form: {form}").replace("  calls: 80\n", "")
    files = {
        TINY: rule,
        "rules/usual/2026-01.yaml": scales.USUAL.replace("form: tiny", "form: usual"),
        f"rules/{form}/2026-01.yaml": scales.RULES[form],
        REVIEW: DRAFT.replace("  calls: 80", "  calls: auto"),
        "reviews/2026-01/A-2.usual.md": member.replace("form: tiny", "form: usual"),
        f"reviews/2026-01/A-3.{form}.md": other.replace("metrics:\n", f"metrics: {metrics}\n"),
    }
    files = publish_files(files, "reviews/2026-01/A-2.usual.md")
    assert codes_of(check_files(files)) == []
    files = publish_files(files, f"reviews/2026-01/A-3.{form}.md")
    (found,) = check_files(files)
    assert (found.code, found.is_error) == ("KPI449", True)
    assert found.message == (f"`calls: auto` takes totals out of 100, and those of A-3 甲 are not: {form}@2026-01")
