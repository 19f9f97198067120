"""What a manager's review took from the team follows from the team's reviews, whoever sealed it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from kpigen.repository import project
from kpigen.repository.lifecycle import amend
from kpigen.repository.lifecycle import transitions as lifecycle
from tests.diagnostics.test_cases import TEAM_RULE
from tests.helpers.forge import Front, all_anew, edited, sealed_anew
from tests.helpers.tiny import DRAFT, TINY, Files, check_files, take, tiny, tree_of

ONE, TWO, THREE, MANAGER = (f"reviews/2026-01/{name}.md" for name in ("A-1.tiny", "A-2.tiny", "A-3.tiny", "M-1.team"))
SEAL = "k1:sha256:" + "7" * 64
Edit = Callable[[Front], object]


def member(id_: str, calls: str, manager: str = "M-1") -> str:
    of = f", manager: {manager}" if manager else ""
    return DRAFT.replace("A-1", id_).replace("80", calls).replace("position: 客服", f"position: 客服{of}")


def published(files: Files, path: str, date: str) -> Files:
    files = take(files, path, lifecycle.submit, "2026-02-01", lambda: "1" * 32)
    return take(files, path, lifecycle.publish, date, lambda: f"{ord(path[18]):032x}")


def amended(files: Files, path: str, change: Edit, date: str) -> Files:
    before = project.load(tree_of(**files)).review(path)
    assert before is not None
    return take(edited(files, path, change), path, amend.amend, before, "复核", "林", date)


def calls(number: str) -> Edit:
    return lambda front: front["metrics"].update(calls=number)


@cache
def before() -> Files:
    """A team of three: 80.00 and 70.00, published, a draft, and the manager's draft."""
    files = {
        TINY: tiny()[TINY],
        "rules/team/2026-01.yaml": TEAM_RULE,
        ONE: member("A-1", "80"),
        TWO: member("A-2", "70"),
        THREE: member("A-3", "60", ""),
        MANAGER: member("M-1", "auto", "").replace("tiny", "team"),
    }
    return published(published(files, ONE, "2026-02-03"), TWO, "2026-02-04")


@cache
def team() -> Files:
    return published(before(), MANAGER, "2026-02-10")


def found(files: Files) -> list[str]:
    return [item.code for item in check_files(files) if item.span.path == MANAGER]


def taken(change: Callable[[list[Front]], object]) -> Edit:
    return lambda front: change(front["published"]["taken"])


FORGED: dict[str, Edit] = {
    "another total": taken(lambda items: items[0].update(total="90.00")),
    "a total by a cent": taken(lambda items: items[1].update(total="70.01")),
    "a total by less than a cent": taken(lambda items: items[1].update(total="70.001")),
    "another seal": taken(lambda items: items[0].update(seal=SEAL)),
    "both totals exchanged": taken(lambda items: (items[0].update(total="70.00"), items[1].update(total="80.00"))),
    "the seals exchanged": taken(
        lambda items: [
            item.update(seal=seal) for item, seal in zip(items, [items[1]["seal"], items[0]["seal"]], strict=True)
        ]
    ),
    "another person": taken(lambda items: items[1].update(employee="A-9")),
    "the same person twice": taken(lambda items: items.append(dict(items[0]))),
    "a person more": taken(lambda items: items.append({"employee": "A-3", "total": "99.00", "seal": SEAL})),
    "the lowest left out": taken(lambda items: items.pop(1)),
    "one instead of all": taken(lambda items: items.__delitem__(slice(1, None))),
    "dated before one of them": lambda front: front["published"].update(on="2026-02-03"),
    "dated before both": lambda front: front["published"].update(on="2026-02-02"),
}


@pytest.mark.parametrize("name", FORGED)
@pytest.mark.parametrize("seal", [sealed_anew, all_anew])
def test_what_was_taken_is_not_believed(name: str, seal: Callable[[Files, str], Files]) -> None:
    assert found(team()) == []
    files = seal(edited(team(), MANAGER, FORGED[name]), MANAGER)
    assert set(found(files)) == {"KPI657"}, "and nothing about totals that have changed since"


def test_a_total_of_another_team_or_period_is_none_of_this_one() -> None:
    other = published({**before(), THREE: member("A-3", "99", "M-2")}, THREE, "2026-02-05")
    seal = project.load(tree_of(**other)).review(THREE).published.seal  # type: ignore[union-attr]
    files = published(other, MANAGER, "2026-02-10")
    assert found(files) == []
    more = {"employee": "A-3", "total": "99.00", "seal": seal}
    assert found(sealed_anew(edited(files, MANAGER, taken(lambda items: items.append(more))), MANAGER)) == ["KPI657"]


# what happened to the team → findings about the manager's review
HONEST: dict[str, tuple[Callable[[], Files], list[str]]] = {
    "nothing": (team, []),
    "one amended after": (lambda: amended(team(), ONE, calls("90"), "2026-02-11"), ["KPI423"]),
    "one amended on the same day": (lambda: amended(team(), ONE, calls("90"), "2026-02-10"), ["KPI423"]),
    "one amended twice": (
        lambda: amended(amended(team(), ONE, calls("90"), "2026-02-11"), ONE, calls("91"), "2026-02-12"),
        ["KPI423"],
    ),
    "one withdrawn after": (lambda: take(team(), ONE, amend.withdraw, "误发", "林", "2026-02-11"), ["KPI423"]),
    "one amended and withdrawn after": (
        lambda: take(amended(team(), ONE, calls("90"), "2026-02-11"), ONE, amend.withdraw, "误发", "林", "2026-02-12"),
        ["KPI423"],
    ),
    "one amended before": (
        lambda: published(amended(before(), ONE, calls("90"), "2026-02-06"), MANAGER, "2026-02-10"),
        [],
    ),
    "one withdrawn before": (
        lambda: published(take(before(), ONE, amend.withdraw, "误发", "林", "2026-02-06"), MANAGER, "2026-02-10"),
        [],
    ),
    "one published after": (
        lambda: published({**team(), THREE: member("A-3", "60")}, THREE, "2026-02-11"),
        ["KPI423"],
    ),
    "one published on the same day": (
        lambda: published({**team(), THREE: member("A-3", "60")}, THREE, "2026-02-10"),
        ["KPI423"],
    ),
    "one came to the team by an amendment": (
        lambda: amended(
            published(published(before(), THREE, "2026-02-05"), MANAGER, "2026-02-10"),
            THREE,
            lambda front: front["employee"].update(manager="M-1"),
            "2026-02-11",
        ),
        ["KPI423"],
    ),
    "one left the team by an amendment": (
        lambda: amended(team(), ONE, lambda front: front["employee"].update(manager="M-2"), "2026-02-11"),
        ["KPI423"],
    ),
    "the manager's review amended to follow": (
        lambda: amended(amended(team(), ONE, calls("90"), "2026-02-11"), MANAGER, lambda front: None, "2026-02-12"),
        [],
    ),
    "the manager's review amended, and one again": (
        lambda: amended(
            amended(amended(team(), ONE, calls("90"), "2026-02-11"), MANAGER, lambda front: None, "2026-02-12"),
            ONE,
            calls("95"),
            "2026-02-13",
        ),
        ["KPI423"],
    ),
    "the manager's review withdrawn": (
        lambda: amended(
            take(team(), MANAGER, amend.withdraw, "误发", "林", "2026-02-11"), ONE, calls("90"), "2026-02-12"
        ),
        [],
    ),
    "only a comment amended": (
        lambda: amended(team(), ONE, lambda front: front.update(comments={"calls": "补记"}), "2026-02-11"),
        [],
    ),
}


@pytest.mark.parametrize("name", HONEST)
def test_what_came_later_is_no_forgery(name: str) -> None:
    files, expected = HONEST[name]
    assert found(files()) == expected


def test_an_old_total_after_it_was_amended_is_found_and_mended_by_an_amendment() -> None:
    """As if somebody preferred the former total; or from a branch that did not have the amendment."""
    files = {**amended(before(), ONE, calls("60"), "2026-02-06"), MANAGER: team()[MANAGER]}
    assert found(files) == ["KPI657"]
    files = amended(files, MANAGER, lambda front: None, "2026-02-12")
    assert found(files) == []


def step(files: Files, take_it: Callable[..., lifecycle.Result], *args: object) -> list[str]:
    tree = tree_of(**files)
    loaded = project.load(tree)
    return [item.code for item in take_it(loaded, tree, loaded.review(MANAGER), *args)[1]]


def test_the_commands_refuse_a_date_before_that_of_what_they_take() -> None:
    files = take(before(), MANAGER, lifecycle.submit, "2026-02-01", lambda: "1" * 32)
    assert step(files, lifecycle.publish, "2026-02-03", lambda: "2" * 32) == ["KPI657"]
    assert step(files, lifecycle.publish, "2026-02-04", lambda: "2" * 32) == []
    later = amended(team(), ONE, calls("90"), "2026-02-20")
    review = project.load(tree_of(**later)).review(MANAGER)
    assert step(later, amend.amend, review, "复核", "林", "2026-02-12") == ["KPI657"]
    assert step(later, amend.amend, review, "复核", "林", "2026-02-20") == []


def test_nothing_is_said_of_what_could_not_be_read() -> None:
    files = sealed_anew(edited(team(), MANAGER, FORGED["another seal"]), MANAGER)
    assert found({**files, TWO: b"---\n"}) == ["KPI423"]
