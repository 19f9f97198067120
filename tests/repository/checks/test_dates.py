"""The order of dates: what the commands refuse, `check` finds in a file, however it was sealed.

The forgers here have kpigen: they seal everything anew (`tests/helpers/forge.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from functools import cache

import pytest

from kpigen.diagnostics.diagnostic import Diagnostic
from kpigen.repository import project
from kpigen.repository.checks.against_base import check_against
from kpigen.repository.lifecycle import amend
from kpigen.repository.lifecycle import transitions as lifecycle
from tests.helpers.forge import Front, all_anew, edited, record_in, resealed, sealed_anew
from tests.helpers.repositories import FILE, REVIEW
from tests.helpers.tiny import Files, check_files, rules_files, take, tree_of

Edit = Callable[[Front], object]
RULE = "rules/front-desk/2026-01.yaml"


def codes(found: tuple[Diagnostic, ...]) -> list[str]:
    return [item.code for item in found]


def errors(files: Files) -> list[str]:
    return sorted(item.code for item in check_files(files) if item.is_error)


@cache
def submitted() -> Files:
    files: Files = {RULE: rules_files()[RULE], FILE: REVIEW.format(id="T-001")}
    return take(files, FILE, lifecycle.submit, "2026-04-01", lambda: "5a" * 16)


@cache
def published() -> Files:
    files = take(submitted(), FILE, lifecycle.confirm, "employee", "员工甲", "2026-04-02")
    return take(files, FILE, lifecycle.publish, "2026-04-05", lambda: "c3" * 16)


def amended(files: Files, calls: str, date: str) -> Files:
    before = project.load(tree_of(**files)).review(FILE)
    assert before is not None
    files = edited(files, FILE, lambda front: front["metrics"].update(follow_up_calls=calls))
    return take(files, FILE, amend.amend, before, "复核后更正", "林", date)


@cache
def once() -> Files:
    return amended(published(), "594", "2026-04-10")


@cache
def twice() -> Files:
    return amended(once(), "595", "2026-04-20")


@cache
def withdrawn() -> Files:
    return take(published(), FILE, amend.withdraw, "误发", "林", "2026-04-12")


def objection(date: str = "2026-04-03", **values: str) -> Front:
    return {"role": "employee", "date": date, "of": record_in(published(), FILE).number, "text": "少算一次", **values}


RESOLVED = {"resolution": "已补", "resolved": "2026-04-04"}


def objected(*entries: Front) -> Edit:
    return lambda front: front.update(objections=deepcopy(list(entries)))


def confirmed(*entries: tuple[str, str]) -> Edit:
    """Return an edit that adds confirmations: role and date."""

    def change(front: Front) -> None:
        one = front["confirmations"][0]
        front["confirmations"] += [{**one, "role": role, "name": "周", "date": date} for role, date in entries]

    return change


def put(*path: str | int, value: str) -> Edit:
    def change(front: Front) -> None:
        for key in path[:-1]:
            front = front[key]
        front[path[-1]] = value

    return change


# --- entries that the seal does not count -----------------------------------------------------------------------------

# what is added after publication → errors
BACKDATED: dict[str, tuple[Edit, list[str]]] = {
    "an open objection": (objected(objection()), ["KPI654"]),
    "on the day before": (objected(objection("2026-04-04")), ["KPI654"]),
    "on the day of submission": (objected(objection("2026-04-01")), ["KPI654"]),
    "before submission": (objected(objection("2026-03-31")), ["KPI653", "KPI654"]),
    "a resolved objection": (objected(objection(**RESOLVED)), ["KPI654"]),
    "two of them": (objected(objection(), objection("2026-04-04")), ["KPI654", "KPI654"]),
    "by the assessor": (objected(objection(role="assessor")), ["KPI654"]),
    "to another content": (objected(objection(of="0" * 12)), ["KPI654"]),
    "a confirmation": (confirmed(("leader", "2026-04-03")), ["KPI654"]),
    "a confirmation and an objection": (
        lambda front: (objected(objection())(front), confirmed(("hr", "2026-04-04"))(front)),
        ["KPI654", "KPI654"],
    ),
    "one of the same day": (objected(objection("2026-04-05")), []),
    "one of a later day": (objected(objection("2026-04-06")), []),
    "one of the far future": (objected(objection("2999-01-01")), []),
    "a later confirmation": (confirmed(("leader", "2026-04-06")), []),
}


@pytest.mark.parametrize("name", BACKDATED)
def test_what_the_seal_does_not_count_came_after_publication(name: str) -> None:
    change, expected = BACKDATED[name]
    files = edited(published(), FILE, change)
    assert errors(files) == expected
    assert errors(resealed(files, FILE)) == expected, "a new seal over the same counts is the same seal"


@pytest.mark.parametrize("name", [name for name, (_, expected) in BACKDATED.items() if expected])
def test_an_amendment_that_counts_it_does_not_make_it_older(name: str) -> None:
    """The amendment is true, and seals the entry that was slipped in."""
    change, _ = BACKDATED[name]
    for start in (once(), twice()):
        files = edited(start, FILE, change)
        assert "KPI654" in errors(files)
        files = sealed_anew(files, FILE)
        assert "KPI654" in errors(files), "the first seal did not count it"


def test_amend_refuses_what_check_would_find() -> None:
    files = edited(published(), FILE, objected(objection()))
    tree = tree_of(**edited(files, FILE, lambda front: front["metrics"].update(follow_up_calls="594")))
    loaded, before = project.load(tree), project.load(tree_of(**files)).review(FILE)
    review = loaded.review(FILE)
    assert review is not None
    assert before is not None
    change, found = amend.amend(loaded, tree, review, before, "复核", "林", "2026-04-10")
    assert (change, codes(tuple(found))) == (None, ["KPI654"])


def test_what_an_amendment_did_not_count_is_said() -> None:
    """It may come from a branch that was merged later, so it is a warning."""
    for change in (confirmed(("leader", "2026-04-08")), objected(objection("2026-04-09"))):
        files = edited(once(), FILE, change)
        assert (errors(files), "KPI655" in codes(check_files(files))) == ([], True)
        then = amended(files, "595", "2026-04-20")
        assert (errors(then), "KPI655" in codes(check_files(then))) == ([], True), "also after it was counted"
    for change in (confirmed(("leader", "2026-04-10")), objected(objection("2026-04-12"))):
        files = amended(edited(once(), FILE, change), "595", "2026-04-20")
        assert codes(check_files(files)) == []


def test_what_an_amendment_counts_and_is_younger_is_said() -> None:
    for change in (
        confirmed(("leader", "2026-04-11")),
        objected(objection("2026-04-11")),
        objected(objection("2026-04-06", resolution="已补", resolved="2026-04-11")),
    ):
        files = amended(edited(published(), FILE, change), "594", "2026-04-10")
        assert codes(check_files(files)) == ["KPI655"]


def test_a_resolution_that_is_dated_back_before_the_seal_that_had_it_open_is_said() -> None:
    """Sealed open by an amendment, resolved by a later one: the resolution is younger than the seal that lacks it."""
    opened = amended(edited(published(), FILE, objected(objection("2026-04-08"))), "594", "2026-04-10")
    for day, expected in (("2026-04-09", ["KPI655"]), ("2026-04-10", []), ("2026-04-12", [])):
        change = objected(objection("2026-04-08", resolution="已补", resolved=day))
        files = edited(edited(opened, FILE, change), FILE, lambda front: front["metrics"].update(follow_up_calls="595"))
        before = project.load(tree_of(**opened)).review(FILE)
        files = take(files, FILE, amend.amend, before, "复核后更正", "林", "2026-04-14")
        assert codes(check_files(files)) == expected, day


BEFORE = [
    (confirmed(("leader", "2026-04-03")), ["KPI654"]),
    (objected(objection("2026-04-03", **RESOLVED)), ["KPI654"]),
    (confirmed(("leader", "2026-04-04"), ("hr", "2026-04-04")), ["KPI654", "KPI654"]),
    (confirmed(("leader", "2026-04-05")), []),
    (confirmed(("leader", "2026-04-08")), []),
]


@pytest.mark.parametrize(("change", "expected"), BEFORE)
def test_against_the_base_no_entry_may_appear_that_is_older_than_publication(change: Edit, expected: list[str]) -> None:
    """Whatever the amendments say that came with it: the seal that counts it is the forger's."""
    base = project.load(tree_of(**published()))
    now = project.load(tree_of(**sealed_anew(edited(once(), FILE, change), FILE)))
    assert [item.code for item in check_against(base, now) if item.code == "KPI654"] == expected


# --- the order of the steps -------------------------------------------------------------------------------------------

# start, edit → codes of errors about dates, whichever way it was sealed
ORDER: dict[str, tuple[Callable[[], Files], Edit, set[str]]] = {
    "submitted before the period": (published, put("submitted", "on", value="2026-02-28"), {"KPI653"}),
    "submitted in year one": (published, put("submitted", "on", value="0001-01-01"), {"KPI653"}),
    "submitted after it was published": (published, put("submitted", "on", value="2026-04-06"), {"KPI653"}),
    "submitted after it was confirmed": (published, put("submitted", "on", value="2026-04-03"), {"KPI653"}),
    "confirmed before it was submitted": (published, put("confirmations", 0, "date", value="2026-03-31"), {"KPI653"}),
    "confirmed after it was published": (published, put("confirmations", 0, "date", value="2026-04-06"), {"KPI653"}),
    "confirmed in the far future": (published, put("confirmations", 0, "date", value="2999-04-06"), {"KPI653"}),
    "published before it was confirmed": (published, put("published", "on", value="2026-04-01"), {"KPI653"}),
    "published before it was submitted": (published, put("published", "on", value="2026-03-31"), {"KPI653"}),
    "published before the period": (published, put("published", "on", value="2026-02-01"), {"KPI653"}),
    "everything before the period": (
        published,
        lambda front: (
            put("submitted", "on", value="2026-01-01")(front),
            put("confirmations", 0, "date", value="2026-01-01")(front),
            put("published", "on", value="2026-01-01")(front),
        ),
        {"KPI653"},
    ),
    "resolved before the objection": (
        published,
        objected(objection(resolution="已补", resolved="2026-04-02")),
        {"KPI653"},
    ),
    "objected after it was published": (
        published,
        objected(objection("2026-04-06", resolution="已补", resolved="2026-04-07")),
        {"KPI653"},
    ),
    "resolved after it was published": (
        published,
        objected(objection(resolution="已补", resolved="2026-04-06")),
        {"KPI653"},
    ),
    "objected before it was submitted": (
        published,
        objected(objection("2026-03-31", **RESOLVED)),
        {"KPI653"},
    ),
    "amended before it was published": (once, put("amendments", 0, "date", value="2026-04-04"), {"KPI653"}),
    "amended before an earlier amendment": (twice, put("amendments", 1, "date", value="2026-04-09"), {"KPI653"}),
    "amended after a later amendment": (twice, put("amendments", 0, "date", value="2026-04-21"), {"KPI653"}),
    "both amendments before it was published": (
        twice,
        lambda front: (
            put("amendments", 0, "date", value="2026-04-01")(front),
            put("amendments", 1, "date", value="2026-04-02")(front),
        ),
        {"KPI653"},
    ),
    "confirmed after it was published, then amended": (
        once,
        put("confirmations", 0, "date", value="2026-04-06"),
        {"KPI653"},
    ),
    "withdrawn before it was published": (withdrawn, put("amendments", 0, "date", value="2026-04-04"), {"KPI653"}),
    "withdrawn before it was amended": (
        lambda: take(once(), FILE, amend.withdraw, "误发", "林", "2026-04-12"),
        put("amendments", 1, "date", value="2026-04-09"),
        {"KPI653"},
    ),
    "all on one day": (
        published,
        lambda front: (
            put("confirmations", 0, "date", value="2026-04-01")(front),
            put("published", "on", value="2026-04-01")(front),
            objected(objection("2026-04-01", resolution="已补", resolved="2026-04-01"))(front),
        ),
        set(),
    ),
    "within the period": (
        published,
        lambda front: (
            put("submitted", "on", value="2026-03-01")(front),
            put("confirmations", 0, "date", value="2026-03-01")(front),
            put("published", "on", value="2026-03-01")(front),
        ),
        set(),
    ),
    "in the far future": (
        published,
        lambda front: (
            put("submitted", "on", value="2999-03-01")(front),
            put("confirmations", 0, "date", value="2999-03-01")(front),
            put("published", "on", value="2999-03-01")(front),
        ),
        set(),
    ),
}


@pytest.mark.parametrize("name", ORDER)
def test_check_asks_for_the_order_that_the_commands_ask_for(name: str) -> None:
    start, change, expected = ORDER[name]
    assert codes(check_files(start())) == []
    files = edited(start(), FILE, change)
    assert bool(errors(sealed_anew(files, FILE))) == bool(expected), "sealed anew, with the former seals as they were"
    found = check_files(all_anew(files, FILE))
    assert {item.code for item in found} == expected, "and with all seals anew"
    assert all(item.span.line > 1 for item in found), "it names the place"


@pytest.mark.parametrize(
    "change",
    [
        put("submitted", "on", value="2026-02-28"),
        put("confirmations", 0, "date", value="2026-03-31"),
        put("confirmations", 0, "date", value="2026-04-06"),
        objected(objection(resolution="已补", resolved="2026-04-06")),
        objected(objection(resolution="已补", resolved="2026-04-02")),
    ],
)
def test_what_was_dated_wrongly_can_be_withdrawn(change: Edit) -> None:
    files = sealed_anew(edited(published(), FILE, change), FILE)
    assert "KPI653" in errors(files)
    assert errors(take(files, FILE, amend.withdraw, "日期有误", "林", "2026-04-12")) == []


def step(files: Files, take_it: Callable[..., lifecycle.Result], *args: object) -> list[str]:
    tree = tree_of(**files)
    loaded = project.load(tree)
    return codes(tuple(take_it(loaded, tree, loaded.review(FILE), *args)[1]))


def test_the_commands_refuse_what_check_would_find() -> None:
    late = take(submitted(), FILE, lifecycle.confirm, "employee", "员工甲", "2026-04-06")
    publish = (lifecycle.publish, "2026-04-05", lambda: "c3" * 16)
    assert step(late, *publish) == ["KPI653"]
    objections = edited(submitted(), FILE, objected(objection(resolution="已补", resolved="2026-04-07")))
    objections = take(objections, FILE, lifecycle.confirm, "employee", "员工甲", "2026-04-02")
    assert step(objections, *publish) == ["KPI653"]
    assert step(published(), lifecycle.confirm, "leader", "周", "2026-04-04") == ["KPI654"]
    assert step(once(), lifecycle.confirm, "leader", "周", "2026-04-04") == ["KPI654"]
    assert step(once(), lifecycle.confirm, "leader", "周", "2026-04-09") == ["KPI655"]
    assert step(once(), lifecycle.confirm, "leader", "周", "2026-04-10") == []
