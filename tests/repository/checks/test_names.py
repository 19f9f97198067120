"""Under whose name a review is confirmed. It is a warning: nobody proves who they are by writing a name."""

from __future__ import annotations

import pytest

from kpigen.repository import project
from kpigen.repository.lifecycle import amend
from kpigen.repository.lifecycle import transitions as lifecycle
from tests.helpers.forge import Front, edited, sealed_anew
from tests.helpers.repositories import FILE, REVIEW
from tests.helpers.tiny import Files, check_files, rules_files, take, tree_of

RULE = "rules/front-desk/2026-01.yaml"
HEAD = "id,name,login,email,department,position,manager,form,from,to\n"
ROSTER = f"""{HEAD}\
M-001,经理乙,,,客服部,经理,,,2024-01-01,
D-001,副经理丙,,,客服部,副经理,,,2024-01-01,
T-001,员工甲,,,客服部,前台主管,M-001,,2026-01-01,
T-001,员工旧名,,,客服部,前台主管,M-001,,2024-01-01,2025-12-31
"""


def submitted(roster: str = ROSTER) -> Files:
    files: Files = {RULE: rules_files()[RULE], FILE: REVIEW.format(id="T-001")}
    if roster:
        files["reviews/people.csv"] = roster
    return take(files, FILE, lifecycle.submit, "2026-04-01", lambda: "5a" * 16)


def published(files: Files) -> Files:
    return take(files, FILE, lifecycle.publish, "2026-04-05", lambda: "c3" * 16)


def said(files: Files, role: str, name: str) -> tuple[list[str], Files]:
    """Return what the command says to a confirmation, and the files after it."""
    tree = tree_of(**files)
    loaded = project.load(tree)
    change, found = lifecycle.confirm(loaded, tree, loaded.review(FILE), role, name, "2026-04-02")  # type: ignore[arg-type]
    return [item.code for item in found], {**files, FILE: change.data} if change else files


# role, name → whether it is somebody else's
NAMES = {
    "the employee": ("employee", "员工甲", False),
    "with blanks": ("employee", " 员 工 甲 ", False),
    "with an ideographic space": ("employee", "员工　甲", False),
    "with a point": ("employee", "员·工甲", False),
    "under an earlier name": ("employee", "员工旧名", False),
    "a stranger": ("employee", "路人", True),
    "a longer name": ("employee", "员工甲二", True),
    "a shorter name": ("employee", "员工", True),
    "no word at all": ("employee", "——", True),
    "the manager for the employee": ("employee", "经理乙", True),
    "the manager": ("assessor", "经理乙", False),
    "a deputy": ("assessor", "副经理丙", False),
    "the employee for the manager": ("assessor", "员工甲", True),
    "a stranger for the manager": ("assessor", "路人", True),
    "any leader": ("leader", "路人", False),
    "anybody of HR": ("hr", "路人", False),
}


@pytest.mark.parametrize("name", NAMES)
def test_check_says_what_the_command_says(name: str) -> None:
    role, who, other = NAMES[name]
    expected = ["KPI656"] if other else []
    found, files = said(submitted(), role, who)
    assert found == expected
    assert [item.code for item in check_files(files)] == expected
    if role != "employee":
        files = said(files, "employee", "员工甲")[1]
    assert [item.code for item in check_files(published(files))] == expected


@pytest.mark.parametrize("name", [name for name, (_, _, other) in NAMES.items() if other])
def test_the_name_was_changed_after_and_sealed_anew(name: str) -> None:
    role, who, _ = NAMES[name]

    def change(front: Front) -> None:
        front["confirmations"].append({**front["confirmations"][0], "role": role})
        front["confirmations"] = [
            {**one, "name": who} if one["role"] == role else one for one in front["confirmations"]
        ]

    files = published(said(submitted(), "employee", "员工甲")[1])
    files = sealed_anew(edited(files, FILE, change), FILE)
    assert {item.code for item in check_files(files)} == {"KPI656"}


@pytest.mark.parametrize(("one", "other"), [("ＬＩＮ Wan", "Lin wan"), ("LinWan", "lin  wan"), ("Ｌin·Wan", "LIN WAN")])
def test_width_case_and_blanks_are_no_other_name(one: str, other: str) -> None:
    files = edited(submitted(""), FILE, lambda front: front["employee"].update(name=one))
    assert said(files, "employee", other)[0] == []


def test_nothing_is_said_where_no_name_is_known() -> None:
    assert said(submitted(""), "assessor", "路人")[0] == []
    assert said(submitted(ROSTER.replace("M-001,,2026", ",,2026")), "assessor", "路人")[0] == []


def test_the_right_person_may_confirm_beside_and_then_it_is_settled() -> None:
    found, files = said(submitted(), "employee", "路人")
    assert found == ["KPI656"]
    assert said(files, "employee", "另一人")[0] == ["KPI615"]
    found, files = said(files, "employee", "员工甲")
    assert found == []
    assert check_files(files) == ()
    assert said(files, "employee", "员工甲")[0] == ["KPI615"]
    assert check_files(published(files)) == ()


def test_a_name_that_was_corrected_is_no_other_name() -> None:
    files = published(said(submitted(""), "employee", "员工甲")[1])
    before = project.load(tree_of(**files)).review(FILE)
    files = edited(files, FILE, lambda front: front["employee"].update(name="员工贾"))
    files = take(files, FILE, amend.amend, before, "名字写错", "林", "2026-04-10")
    assert check_files(files) == ()
