"""What an amendment says follows from the versions before and after it, a withdrawal is an amendment, and what was published was fit to be.

The forgers here have kpigen: they seal everything anew (`tests/helpers/forge.py`).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from copy import deepcopy
from functools import cache

import pytest

from kpigen.diagnostics.diagnostic import Diagnostic
from kpigen.repository import project
from kpigen.repository.checks.against_base import check_against
from kpigen.repository.lifecycle import amend
from kpigen.repository.lifecycle import transitions as lifecycle
from kpigen.repository.versions import versions_of
from kpigen.scoring.earlier import UNKNOWN, content_before
from kpigen.scoring.fields import field_changes
from kpigen.site.output.artifacts import seals_of
from tests.helpers.forge import Front, all_anew, apart, edited, record_in, resealed, sealed_anew, whole
from tests.helpers.forms import review_text
from tests.helpers.lifecycle import LATEST, POOR, THREE_SIXTY
from tests.helpers.lifecycle import place as place_of
from tests.helpers.repositories import FILE, REVIEW
from tests.helpers.tiny import Files, check_files, rules_files, take, tree_of

Edit = Callable[[Front], object]
SEAL = "k1:sha256:" + "7" * 64
WITHDRAWN = {"field": "status", "old": "published", "new": "withdrawn"}
LATEST_FILE, RATED_FILE = place_of("cs-latest"), place_of("cs-360", period="2026-Q1")


def codes(found: tuple[Diagnostic, ...]) -> list[str]:
    return sorted(item.code for item in found if item.is_error)


def against(before: Files, after: Files) -> list[str]:
    return codes(check_against(project.load(tree_of(**before)), project.load(tree_of(**after))))


def published(path: str, draft: str) -> Files:
    """Return a review with its rules, submitted, confirmed in the roles that its form asks for, and published."""
    form = path.split(".")[1]
    rule = f"rules/{form}/2026-01.yaml"
    files: Files = {rule: rules_files()[rule], path: draft}
    files = take(files, path, lifecycle.submit, "2026-04-01", lambda: "5a" * 16)
    for role in record_in(files, path).form.confirmations:
        files = take(
            files, path, lifecycle.confirm, role, "员工甲" if role == "employee" else f"{role} 甲", "2026-04-02"
        )
    return take(files, path, lifecycle.publish, "2026-04-03", lambda: "c3" * 16)


def amended(files: Files, path: str, change: Edit, date: str = "2026-04-10") -> Files:
    before = project.load(tree_of(**files)).review(path)
    assert before is not None
    return take(edited(files, path, change), path, amend.amend, before, "复核后更正", "林", date)


def withdrawn(files: Files, path: str) -> Files:
    return take(files, path, amend.withdraw, "误发", "林", "2026-04-12")


@cache
def once() -> Files:
    """A front-desk review: 90.00 A, amended to 91.00 A."""
    files = published(FILE, REVIEW.format(id="T-001"))
    return amended(files, FILE, lambda front: front["metrics"].update(follow_up_calls="594"))


@cache
def twice() -> Files:
    """The same, amended a second time: to 94.00 A, with a comment more."""

    def change(front: Front) -> None:
        front["metrics"]["complaints"]["late"] = "0"
        front["comments"]["complaints"] = "迟复一件不成立"

    return amended(once(), FILE, change, "2026-04-11")


def first_published() -> Files:
    return published(FILE, REVIEW.format(id="T-001"))


# --- withdrawals ------------------------------------------------------------------------------------------------------


def claim_more(front: Front) -> None:
    front["amendments"][-1]["changes"].append({"field": "body", "old": "甲", "new": "三月平稳。"})


WITHDRAWALS: dict[str, tuple[Callable[[], Files], Edit, set[str]]] = {
    "never amended": (first_published, lambda front: front.update(status="withdrawn"), {"KPI617"}),
    "amended once": (once, lambda front: front.update(status="withdrawn"), {"KPI617"}),
    "amended twice": (twice, lambda front: front.update(status="withdrawn"), {"KPI617"}),
    "the last amendment made a withdrawal": (
        once,
        lambda front: (front.update(status="withdrawn"), front["amendments"][-1].update(changes=[WITHDRAWN])),
        {"KPI664"},
    ),
    "the last amendment withdraws too": (
        once,
        lambda front: (front.update(status="withdrawn"), front["amendments"][-1]["changes"].append(WITHDRAWN)),
        {"KPI617", "KPI662"},
    ),
    "from another status": (
        once,
        lambda front: (
            front.update(status="withdrawn"),
            front["amendments"][-1].update(changes=[{**WITHDRAWN, "old": "draft"}]),
        ),
        {"KPI617", "KPI662"},
    ),
    "published again": (lambda: withdrawn(once(), FILE), lambda front: front.update(status="published"), {"KPI627"}),
    "with a claim more": (lambda: withdrawn(once(), FILE), claim_more, {"KPI617", "KPI662"}),
    "not the last": (
        lambda: withdrawn(once(), FILE),
        lambda front: (front.update(status="published"), front["amendments"].reverse()),
        {"KPI660", "KPI665"},
    ),
    "other result before": (
        lambda: withdrawn(once(), FILE),
        lambda front: front["amendments"][-1].update(total="12.00"),
        {"KPI664"},
    ),
    "other seal before": (
        lambda: withdrawn(once(), FILE),
        lambda front: front["amendments"][-1].update(seal=SEAL),
        {"KPI665"},
    ),
}


@pytest.mark.parametrize("name", WITHDRAWALS)
def test_what_withdraws_is_in_the_chain(name: str) -> None:
    start, change, expected = WITHDRAWALS[name]
    assert codes(check_files(start())) == []
    files = sealed_anew(edited(start(), FILE, change), FILE)
    assert expected <= set(codes(check_files(files)))


def test_a_withdrawal_outside_the_seal_is_none() -> None:
    entry = {"date": "2026-04-12", "by": "某", "reason": "误发", "changes": [WITHDRAWN], "total": "90.00", "grade": "A"}

    def change(front: Front) -> None:
        front["status"], front["amendments"] = "withdrawn", [{**entry, "seal": front["published"]["seal"]}]

    files = edited(first_published(), FILE, change)
    assert codes(check_files(files)) == ["KPI617", "KPI625"]
    assert [item["status"] for item in seals_of([record_in(files, FILE)])["seals"]] == ["current"]


def test_what_is_not_published_has_no_amendments() -> None:
    entry = {"date": "2026-04-12", "by": "某", "reason": "先改", "changes": [WITHDRAWN], "total": "90.00", "grade": "A"}
    rule = "rules/front-desk/2026-01.yaml"
    files: Files = {rule: rules_files()[rule], FILE: REVIEW.format(id="T-001")}
    files = edited(files, FILE, lambda front: front.update(amendments=[{**entry, "seal": SEAL}]))
    assert {"KPI625", "KPI627"} <= set(codes(check_files(files)))


def test_the_list_of_seals_follows_the_chain_and_not_the_status() -> None:
    by_hand = edited(once(), FILE, lambda front: front.update(status="withdrawn"))
    undone = edited(withdrawn(once(), FILE), FILE, lambda front: front.update(status="published"))
    for files, statuses in ((by_hand, {"current", "amended"}), (undone, {"withdrawn"})):
        assert {item["status"] for item in seals_of([record_in(files, FILE)])["seals"]} == statuses


def test_beside_what_was_a_withdrawal_stays_and_comes_only_with_its_amendment() -> None:
    gone = withdrawn(once(), FILE)
    assert against(once(), gone) == []
    assert against(once(), edited(once(), FILE, lambda front: front.update(status="withdrawn"))) == ["KPI632"]

    def taken_out(front: Front) -> None:
        front["status"] = "published"
        front["amendments"].pop()

    back = all_anew(edited(gone, FILE, taken_out), FILE)
    assert codes(check_files(back)) == []
    assert against(gone, back) == ["KPI635"]

    def reworded(front: Front) -> None:
        front["amendments"][-1].update(by="别人", reason="另有缘故")

    other = all_anew(edited(gone, FILE, reworded), FILE)
    assert codes(check_files(other)) == []
    assert against(gone, other) == ["KPI636"]


# --- what an amendment says -------------------------------------------------------------------------------------------


def entry(place: int, **values: object) -> Edit:
    return lambda front: front["amendments"][place].update(values)


def claims(place: int, *changes: tuple[str, str, str]) -> Edit:
    """Return an edit that adds changes to those of an amendment."""
    more = [dict(zip(("field", "old", "new"), change, strict=True)) for change in changes]
    return lambda front: front["amendments"][place]["changes"].extend(more)


CALLS = "metrics.follow_up_calls.calls"
INVENTED: dict[str, tuple[Edit, str]] = {
    "a total": (entry(1, total="12.00"), "KPI664"),
    "a total of the first": (entry(0, total="89.00"), "KPI664"),
    "a total written otherwise": (entry(1, total="91"), "KPI362"),
    "a total that is no number": (entry(1, total="abc"), "KPI310"),
    "no total": (lambda front: front["amendments"][1].pop("total"), "KPI626"),
    "a grade": (entry(1, grade="D"), "KPI664"),
    "a seal": (entry(1, seal=SEAL), "KPI665"),
    "a seal of the first": (entry(0, seal=SEAL), "KPI665"),
    "abc for a seal": (entry(1, seal="abc"), "KPI211"),
    "Z for a seal": (entry(1, seal="Z"), "KPI211"),
    "x for a seal": (entry(0, seal="x"), "KPI211"),
    "a seal in capitals": (entry(1, seal=SEAL.upper()), "KPI211"),
    "a seal that is too short": (entry(1, seal=SEAL[:-1]), "KPI211"),
    "a change of the total": (claims(1, ("total", "95.00", "91.00")), "KPI662"),
    "a change of the grade": (claims(1, ("grade", "B", "A")), "KPI662"),
    "a change of what is published": (claims(1, ("published.total", "95.00", "91.00")), "KPI662"),
    "a change of the period": (claims(1, ("period", "2026-02", "2026-03")), "KPI662"),
    "a change of the person": (claims(1, ("employee.id", "T-009", "T-001")), "KPI662"),
    "a change of the rules": (claims(1, ("rules", "0" * 64, "1" * 64)), "KPI662"),
    "a change of the status": (claims(1, ("status", "published", "withdrawn")), "KPI662"),
    "a field that the form lacks": (claims(1, ("metrics.sales.sales", "1", "")), "KPI662"),
    "an input that the form lacks": (claims(1, ("metrics.complaints.early", "1", "")), "KPI662"),
    "a comment on nothing": (claims(1, ("comments.sales", "甲", "")), "KPI662"),
    "a word in no part": (claims(1, ("bonuses", "甲", "")), "KPI662"),
    "an empty path": (claims(1, ("", "甲", "乙")), "KPI662"),
    "another value after": (claims(1, ("body", "甲", "乙")), "KPI662"),
    "a value that is not there after": (claims(1, ("comments.five_s", "", "甲")), "KPI662"),
    "a field that does not change": (claims(1, ("metrics.training.failures", "0", "0")), "KPI662"),
    "a field twice": (claims(1, (CALLS, "590", "594"), (CALLS, "580", "594")), "KPI662"),
    "another value before": (claims(1, ("body", "三月很好。", "三月平稳。")), "KPI665"),
    "a comment that was not there": (claims(1, ("comments.five_s", "甲", "")), "KPI665"),
    "evidence that was not there": (claims(1, ("evidence.five_s.files/a.pdf.sha256", "0" * 64, "")), "KPI665"),
    "a link that was not there": (claims(1, ("evidence.five_s.https://a.b.link", "https://a.b", "")), "KPI665"),
    "a number that is none": (claims(1, (CALLS, "viele", "594")), "KPI663"),
    "a number in another writing": (claims(1, (CALLS, "0593", "594")), "KPI663"),
    "a number out of range": (claims(1, (CALLS, "-1", "594")), "KPI663"),
    "a resolution of no objection": (claims(1, ("objections.1.resolution", "", "甲")), "KPI662"),
    "an objection's text": (claims(1, ("objections.1.text", "甲", "乙")), "KPI662"),
    "a part by its digest": (claims(1, ("metrics", "0" * 12, "1" * 12)), "KPI662"),
    "a part that came": (claims(1, ("self_assessment", "0" * 12, "")), "KPI662"),
    "a list of entries where there is none": (
        claims(1, ("metrics.training.others.(entries)", "entries", "")),
        "KPI662",
    ),
    "an unknown text": (claims(1, ("body", UNKNOWN, "三月平稳。")), "KPI665"),
    "nothing": (entry(1, changes=[]), "KPI661"),
    "nothing of the first": (entry(0, changes=[]), "KPI661"),
    "less than there was": (lambda front: front["amendments"][1]["changes"].pop(), "KPI665"),
    "the first reworded": (entry(0, reason="另有缘故"), "KPI665"),
    "the first by somebody else": (entry(0, by="别人"), "KPI665"),
    "in another order": (lambda front: front["amendments"].reverse(), "KPI664"),
    "the first twice": (lambda front: front["amendments"].append(deepcopy(front["amendments"][0])), "KPI662"),
}


@pytest.mark.parametrize("name", INVENTED)
def test_nothing_in_an_amendment_is_taken_on_trust(name: str) -> None:
    """Sealed anew, in the file alone; and beside the version before both amendments."""
    change, expected = INVENTED[name]
    files = edited(twice(), FILE, change)
    files = sealed_anew(files, FILE)
    found = check_files(files)
    assert expected in codes(found)
    about = next(item for item in found if item.code == expected)
    assert about.span.line > 1, "it names the place"
    assert about.hint
    both = codes(found) + against(first_published(), files)
    assert expected in both


def test_what_was_rewritten_throughout_is_found_beside_what_was() -> None:
    def reworded(front: Front) -> None:
        front["amendments"][0]["reason"] = "另有缘故"

    files = all_anew(edited(once(), FILE, reworded), FILE)
    assert codes(check_files(files)) == [], "in itself the file is right"
    assert against(once(), files) == ["KPI636"]
    assert against(first_published(), files) == [], "as if it had been the reason from the beginning"

    def other_number(front: Front) -> None:
        front["amendments"][0]["changes"] = [{"field": CALLS, "old": "590", "new": "594"}]

    files = all_anew(edited(once(), FILE, other_number), FILE)
    assert codes(check_files(files)) == []
    assert {"KPI637", "KPI640"} <= set(against(first_published(), files))


def test_two_at_once_may_have_any_content_between_if_it_all_follows() -> None:
    assert codes(check_files(twice())) == []
    assert against(first_published(), twice()) == []
    assert against(once(), twice()) == []
    assert against(first_published(), withdrawn(twice(), FILE)) == []


def test_entries_that_came_between_are_no_matter() -> None:
    """A confirmation and an objection after publication are sealed by the next amendment, and resolved by the one after."""
    number = record_in(once(), FILE).number
    objection = {"role": "employee", "date": "2026-04-11", "of": number, "text": "少算一次"}
    files = take(once(), FILE, lifecycle.confirm, "leader", "周", "2026-04-11")
    files = edited(files, FILE, lambda front: front.update(objections=[objection]))
    files = amended(files, FILE, lambda front: front["metrics"].update(follow_up_calls="595"))
    resolved = {**objection, "resolution": "已补", "resolved": "2026-04-13"}
    files = amended(files, FILE, lambda front: front.update(objections=[resolved]))
    assert codes(check_files(files)) == []
    assert against(once(), files) == []
    assert against(first_published(), files) == []
    silent = sealed_anew(edited(files, FILE, lambda front: front["amendments"][-1]["changes"].pop()), FILE)
    assert "KPI665" in codes(check_files(silent)), "the resolution is in no change"


def test_a_resolution_and_a_count_that_no_amendment_names() -> None:
    number = record_in(once(), FILE).number
    objection = {"role": "employee", "date": "2026-04-11", "of": number, "text": "少算一次"}
    files = edited(once(), FILE, lambda front: front.update(objections=[objection]))
    files = amended(files, FILE, lambda front: front["metrics"].update(follow_up_calls="595"))
    after = amended(files, FILE, lambda front: front["metrics"].update(follow_up_calls="596"))
    resolved = {**objection, "resolution": "已补", "resolved": "2026-04-13"}
    by_the_way = sealed_anew(edited(after, FILE, lambda front: front.update(objections=[resolved])), FILE)
    assert "KPI632" in against(files, by_the_way)
    fewer = resealed(edited(after, FILE, lambda front: front["published"]["entries"].update(objections="0")), FILE)
    assert "KPI632" in against(files, fewer)
    assert "KPI665" in codes(check_files(fewer))


# --- evidence ---------------------------------------------------------------------------------------------------------

BY_CALLS, SHEET = "reviews/2026-03/files/calls.csv", "reviews/2026-03/files/sheet.csv"


def with_evidence(**names: list[str]) -> Edit:
    return lambda front: front.update(evidence=names)


def without_digests(files: Files) -> Files:
    """Return the files as an earlier kpigen would have published them: the digests of evidence are in the content alone."""
    return resealed(edited(files, FILE, lambda front: front["published"].pop("evidence")), FILE)


def evidence_replaced(files: Files, date: str, change: Edit = lambda front: None, **now: bytes | None) -> Files:
    """Return the files after an amendment, with other bytes of evidence: `calls` and `sheet`; None for no file."""
    paths = {"calls": BY_CALLS, "sheet": SHEET}
    before = project.load(tree_of(**files)).review(FILE)
    assert before is not None
    files = {**files, **{paths[name]: data for name, data in now.items() if data is not None}}
    files = {path: data for path, data in files.items() if path not in {paths[n] for n, d in now.items() if d is None}}
    return take(edited(files, FILE, change), FILE, amend.amend, before, "附件更正", "林", date)


def chain_of_evidence(older: int) -> list[Files]:
    """Return the states of a review whose evidence changes each time. An earlier kpigen wrote the first `older` of them."""
    rule = "rules/front-desk/2026-01.yaml"
    files: Files = {rule: rules_files()[rule], FILE: REVIEW.format(id="T-001"), BY_CALLS: b"596\n"}
    files = edited(files, FILE, with_evidence(follow_up_calls=["files/calls.csv", "https://a.example/1"]))
    files = take(files, FILE, lifecycle.submit, "2026-04-01", lambda: "5a" * 16)
    for role in record_in(files, FILE).form.confirmations:
        files = take(
            files, FILE, lifecycle.confirm, role, "员工甲" if role == "employee" else f"{role} 甲", "2026-04-02"
        )
    states = [take(files, FILE, lifecycle.publish, "2026-04-03", lambda: "c3" * 16)]
    steps: list[Callable[[Files], Files]] = [
        lambda files: evidence_replaced(files, "2026-04-10", calls=b"597\n"),
        lambda files: evidence_replaced(
            files,
            "2026-04-11",
            with_evidence(follow_up_calls=["files/sheet.csv"], complaints=["files/calls.csv"]),
            sheet=b"1\n",
        ),
        lambda files: evidence_replaced(
            files, "2026-04-12", lambda front: front.pop("evidence"), calls=None, sheet=None
        ),
        lambda files: evidence_replaced(files, "2026-04-12", with_evidence(five_s=["files/sheet.csv"]), sheet=b"2\n"),
        lambda files: withdrawn(files, FILE),
    ]
    for number in range(len(steps) + 1):
        if number < older and "evidence" in apart(states[-1][FILE])[0]["published"]:
            states[-1] = without_digests(states[-1])
        if number < len(steps):
            states.append(steps[number](states[-1]))
    return states


@pytest.mark.parametrize("older", range(4))
def test_evidence_is_followed_through_the_versions(older: int) -> None:
    states = chain_of_evidence(older)
    for place, files in enumerate(states):
        assert codes(check_files(files)) == []
        past = versions_of(project.load(tree_of(**files)), record_in(files, FILE))
        assert past is not None
        assert [one.is_certain for one in past.versions] == [True] * (place + 1)
        for one, state in zip(past.versions, reversed(states[: place + 1]), strict=True):
            assert one.record.review.published == record_in(state, FILE).review.published
        for former in states[:place]:
            assert against(former, files) == []


EVIDENCE_CHANGE = "evidence.follow_up_calls.files/calls.csv.sha256"


@pytest.mark.parametrize("older", range(3))
def test_evidence_that_was_another_is_found(older: int) -> None:
    files = chain_of_evidence(older)[2]
    assert apart(files[FILE])[0]["amendments"][0]["changes"][0]["field"] == EVIDENCE_CHANGE

    def invented(front: Front) -> None:
        front["amendments"][0]["changes"][0]["old"] = "0" * 64

    assert "KPI665" in codes(check_files(sealed_anew(edited(files, FILE, invented), FILE)))
    forged = all_anew(edited(files, FILE, invented), FILE)
    assert codes(check_files(forged)) == [], "in itself the file is right"
    assert against(chain_of_evidence(older)[1], forged) == ["KPI636"]


# --- lists ------------------------------------------------------------------------------------------------------------


def task(name: str, completion: str = "80%") -> dict[str, str]:
    return {
        "name": name,
        "description": f"说明{name}",
        "completion": completion,
        "urgency": "low",
        "importance": "high",
    }


def tasks(*names: str) -> Edit:
    return lambda front: front["metrics"].update(tasks=[task(*name.split("=")) for name in names])


LISTS = {
    "one gone from the end": (("甲", "乙", "丙"), ("甲", "乙")),
    "one gone from the beginning": (("甲", "乙", "丙"), ("乙", "丙")),
    "one gone from between, another changed": (("甲", "乙", "丙"), ("甲", "丙=90%")),
    "all others": (("甲", "乙"), ("丙", "丁")),
    "one more": (("甲",), ("乙", "甲")),
    "another order": (("甲", "乙", "丙"), ("丙", "甲", "乙")),
    "another order and one less": (("甲", "乙", "丙", "丁"), ("丁", "乙", "甲")),
    "another order and one more": (("甲", "乙"), ("丙", "乙", "甲")),
    "of one name": (("周报=70%", "周报=80%"), ("周报=80%",)),
    "of one name, the second gone": (("周报=70%", "周报=80%"), ("周报=70%",)),
    "of one name exchanged": (("周报=70%", "周报=80%"), ("周报=80%", "周报=70%")),
    "named like a second": (("周报=70%", "周报=80%", "周报 (2)=90%"), ("周报=70%", "周报=85%", "周报 (2)=90%")),
    "named like a second, which goes": (("周报=70%", "周报=80%", "周报 (2)=90%"), ("周报=70%", "周报=80%")),
    "the second goes": (("周报 (2)=90%", "周报=70%", "周报=80%"), ("周报 (2)=90%", "周报=80%")),
    "with dots and commas": (("1.2, 丙", "甲.name", "甲, 乙"), ("甲, 乙", "1.2, 丙=90%")),
    "many": (tuple("甲乙丙丁戊己庚辛壬癸"), tuple("癸乙甲丁戊己壬")),
}


@cache
def with_tasks(names: tuple[str, ...]) -> Files:
    draft = review_text("cs-latest", LATEST, period="2026-03")
    front, body = apart(draft)
    tasks(*names)(front)
    return published(LATEST_FILE, whole(front, body).decode())


@pytest.mark.parametrize("name", LISTS)
def test_lists_before_an_amendment_follow_from_it(name: str) -> None:
    before, after = LISTS[name]
    files = amended(with_tasks(before), LATEST_FILE, tasks(*after))
    assert codes(check_files(files)) == []
    more = amended(files, LATEST_FILE, lambda front: front["metrics"].update(csat="91%"))
    assert codes(check_files(more)) == []
    assert against(with_tasks(before), more) == []
    wrong = sealed_anew(edited(more, LATEST_FILE, entry(1, seal=SEAL)), LATEST_FILE)
    assert "KPI665" in codes(check_files(wrong))
    wrong = sealed_anew(edited(more, LATEST_FILE, entry(0, seal=SEAL)), LATEST_FILE)
    assert "KPI665" in codes(check_files(wrong))


def test_two_of_one_name_and_a_third_with_the_name_of_the_second() -> None:
    before, after = (record_in(with_tasks(names), LATEST_FILE).content for names in LISTS["named like a second"])
    assert [change[1:] for change in field_changes(before, after)] == [("0.8", "0.85")]
    (change,) = field_changes(before, after)
    assert change.field == "metrics.tasks.tasks.周报 (3).completion"


# --- confidential lists -----------------------------------------------------------------------------------------------


@cache
def rated() -> Files:
    return published(RATED_FILE, review_text("cs-360", THREE_SIXTY, period="2026-Q1"))


def peers(indicator: str, ratings: str) -> Edit:
    return lambda front: front["metrics"][indicator].update(peers=ratings.split())


def as_once_recorded(front: Front) -> None:
    """Write the amendments as they were written before they gave digests of confidential lists."""
    for item in front["amendments"]:
        item["changes"] = [one for one in item["changes"] if not one["field"].endswith("(entries)")]


def test_confidential_lists_are_followed_by_their_digests() -> None:
    files = amended(rated(), RATED_FILE, peers("communication", "82 85"))
    files = amended(files, RATED_FILE, peers("communication", "83 84"))
    files = amended(files, RATED_FILE, peers("team_building", "90 91"))
    assert codes(check_files(files)) == []
    assert against(rated(), files) == []
    for place in range(3):
        wrong = sealed_anew(edited(files, RATED_FILE, entry(place, seal=SEAL)), RATED_FILE)
        assert "KPI665" in codes(check_files(wrong))
    wrong = sealed_anew(edited(files, RATED_FILE, entry(2, total="12.00")), RATED_FILE)
    assert "KPI664" in codes(check_files(wrong))


def test_amendments_without_these_digests_stay_valid_one_at_a_time() -> None:
    one = amended(rated(), RATED_FILE, peers("communication", "82 85"))
    one = sealed_anew(edited(one, RATED_FILE, as_once_recorded), RATED_FILE)
    assert codes(check_files(one)) == []
    assert against(rated(), one) == []
    wrong = sealed_anew(edited(one, RATED_FILE, entry(0, total="12.00")), RATED_FILE)
    assert "KPI664" in codes(check_files(wrong)), "the score follows from the mean"
    two = amended(one, RATED_FILE, peers("communication", "70 71"))
    assert codes(check_files(two)) == []
    assert against(one, two) == []
    two = sealed_anew(edited(two, RATED_FILE, as_once_recorded), RATED_FILE)
    assert against(rated(), two) == ["KPI666"], "what was between them is not known"


def test_a_review_that_the_base_does_not_have_gives_these_digests() -> None:
    """Otherwise whoever writes it may have dated entries back behind its first seal, and nothing tells what that counted."""
    nobody = {path: data for path, data in rated().items() if path != RATED_FILE}
    one = amended(rated(), RATED_FILE, peers("communication", "82 85"))
    assert against(nobody, rated()) == []
    assert against(nobody, one) == []
    assert against(nobody, sealed_anew(edited(one, RATED_FILE, as_once_recorded), RATED_FILE)) == ["KPI666"]
    two = amended(one, RATED_FILE, peers("team_building", "90 91"))
    assert against(nobody, two) == []
    assert against(nobody, sealed_anew(edited(two, RATED_FILE, as_once_recorded), RATED_FILE)) == ["KPI666"]


ENTRIES_OF = "metrics.communication.others.(entries)"


@pytest.mark.parametrize(
    ("old", "new"), [("entries", "x"), ("entries", ""), (UNKNOWN, "other entries"), ("0" * 63, "0" * 64), ("?", "?")]
)
def test_a_digest_that_cannot_be_is_no_way_around(old: str, new: str) -> None:
    files = amended(rated(), RATED_FILE, lambda front: front["metrics"].update(service_quality="96%"))
    files = edited(files, RATED_FILE, claims(0, (ENTRIES_OF, old, new)))
    assert "KPI662" in codes(check_files(sealed_anew(files, RATED_FILE)))


def test_a_list_that_did_not_change_is_found_beside_what_was() -> None:
    files = amended(rated(), RATED_FILE, lambda front: front["metrics"].update(service_quality="96%"))
    files = edited(files, RATED_FILE, claims(0, (ENTRIES_OF, "entries", "other entries")))
    files = sealed_anew(files, RATED_FILE)
    assert codes(check_files(files)) == [], "once amendments gave no digests, so it may have been"
    assert against(rated(), files) == ["KPI632"]


def test_a_digest_that_is_not_given_is_unknown() -> None:
    record = record_in(rated(), RATED_FILE)
    after = record_in(amended(rated(), RATED_FILE, peers("communication", "82 85")), RATED_FILE)
    changes = field_changes(record.content, after.content, exact=True)
    before = content_before(record.form, after.content, changes)
    assert not before.is_exact
    assert before.contents[0]["metrics"]["communication"]["others"]["digest"] == UNKNOWN


# --- what publish asks for --------------------------------------------------------------------------------------------


def by_hand(draft_edit: Edit, after: Edit = lambda front: None) -> Files:
    """Return a review that was made published by hand: everything that `publish` writes, without its questions."""
    files = first_published()
    files = sealed_anew(edited(files, FILE, draft_edit), FILE)
    return sealed_anew(edited(files, FILE, after), FILE)


def objection(**values: str) -> Edit:
    one = {"role": "employee", "date": "2026-04-03", "of": "0" * 12, "text": "少算一次", **values}
    return lambda front: front.update(objections=[one])


UNFIT: dict[str, tuple[Edit, str]] = {
    "no confirmation": (lambda front: front.pop("confirmations"), "KPI612"),
    "of another content": (lambda front: front["confirmations"][0].update(of="0" * 12), "KPI612"),
    "by somebody else": (lambda front: front["confirmations"][0].update(role="leader"), "KPI612"),
    "the content changed after": (lambda front: front["metrics"].update(follow_up_calls="600"), "KPI612"),
    "an open objection": (objection(), "KPI613"),
    "an objection without a date of its resolution": (objection(resolution="已补"), "KPI613"),
    "an objection resolved in no words": (objection(resolved="2026-04-03"), "KPI613"),
}


@pytest.mark.parametrize("name", UNFIT)
@pytest.mark.parametrize("then", ["", "amended", "confirmed"])
def test_what_publish_asks_for_check_asks_for(name: str, then: str) -> None:
    change, problem = UNFIT[name]
    files = by_hand(change)
    if then == "amended":
        assert name != "no confirmation" or "confirmations" not in apart(files[FILE])[0]
        files = amended(files, FILE, lambda front: front["comments"].update(five_s="另见"))
    elif then == "confirmed":
        if name not in ("no confirmation", "of another content"):
            return
        files = take(files, FILE, lifecycle.confirm, "employee", "甲", "2026-04-20")
    found = [item for item in check_files(files) if item.is_error]
    assert "KPI667" in codes(tuple(found))
    assert any(problem in item.message for item in found)


def test_a_plan_that_was_missing() -> None:
    front, body = apart(review_text("cs-360", POOR, period="2026-Q1", feedback={"plan": "每周复盘"}))
    planned = published(RATED_FILE, whole(front, body).decode())
    assert codes(check_files(planned)) == []
    without = all_anew(edited(planned, RATED_FILE, lambda front: front.pop("feedback")), RATED_FILE)
    (found,) = (item for item in check_files(without) if item.is_error)
    assert (found.code, "KPI614" in found.message) == ("KPI667", True)
    later = amended(without, RATED_FILE, lambda front: front.update(feedback={"plan": "每周复盘"}))
    assert codes(check_files(later)) == ["KPI667"], "it was published without"


def test_what_was_published_unfit_can_be_withdrawn() -> None:
    files = withdrawn(by_hand(lambda front: front.pop("confirmations")), FILE)
    assert codes(check_files(files)) == []


def test_an_objection_after_publication_needs_no_resolution() -> None:
    later = edited(first_published(), FILE, objection())
    assert codes(check_files(later)) == []
    after = amended(later, FILE, lambda front: front["metrics"].update(follow_up_calls="594"))
    assert codes(check_files(after)) == [], "the amendment seals it as it is"


@pytest.mark.parametrize("confirmed", [True, False])
def test_confirmations_are_asked_for_even_where_digests_are_unknown(confirmed: bool) -> None:
    files = amended(rated(), RATED_FILE, peers("communication", "82 85"))
    if not confirmed:
        files = edited(files, RATED_FILE, lambda front: front["confirmations"].pop())
    files = sealed_anew(edited(files, RATED_FILE, as_once_recorded), RATED_FILE)
    assert codes(check_files(files)) == ([] if confirmed else ["KPI667"])


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, ["KPI667"]),
        ({"date": "2026-04-01"}, ["KPI667"]),
        ({"resolution": "已补", "resolved": "2026-04-05"}, ["KPI667"]),
        ({"resolution": "已补", "resolved": "2026-04-03"}, []),
        ({"date": "2026-04-04"}, []),
    ],
)
def test_dates_say_what_was_there_where_digests_are_unknown(values: dict[str, str], expected: list[str]) -> None:
    files = amended(rated(), RATED_FILE, peers("communication", "82 85"))
    files = edited(files, RATED_FILE, objection(**{"date": "2026-04-02", **values}))
    assert codes(check_files(sealed_anew(edited(files, RATED_FILE, as_once_recorded), RATED_FILE))) == expected
    late = edited(files, RATED_FILE, lambda front: front["confirmations"][0].update(date="2026-04-04"))
    assert "KPI667" in codes(check_files(sealed_anew(edited(late, RATED_FILE, as_once_recorded), RATED_FILE)))


# --- limits -----------------------------------------------------------------------------------------------------------


def test_many_entries_and_amendments_take_no_long_time() -> None:
    confirmation = {"role": "leader", "name": "周", "date": "2026-04-05", "of": "0" * 12}

    def many(front: Front) -> None:
        front["confirmations"] += [confirmation] * 300
        front["amendments"][1]["seal"] = SEAL

    files = sealed_anew(edited(twice(), FILE, many), FILE)
    start = time.process_time()
    assert "KPI665" in codes(check_files(files))
    assert time.process_time() - start < 20


def test_a_long_list_with_all_entries_gone_takes_no_long_time() -> None:
    gone = [
        {"field": f"metrics.tasks.tasks.任务 {number}.{name}", "old": old, "new": ""}
        for number in range(800)
        for name, old in (("completion", "0.8"), ("urgency", "low"), ("importance", "high"))
    ]
    files = amended(with_tasks(("甲",)), LATEST_FILE, lambda front: front["metrics"].update(csat="91%"))
    files = sealed_anew(
        edited(files, LATEST_FILE, lambda front: front["amendments"][0]["changes"].extend(gone)), LATEST_FILE
    )
    start = time.process_time()
    assert codes(check_files(files)) != []
    assert time.process_time() - start < 20
