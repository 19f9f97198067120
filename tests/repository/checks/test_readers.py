"""Who would read a report: slips in logins, ids, managers and evidence, and what a change opens that is out already."""

from __future__ import annotations

import datetime
import json

import pytest

from kpigen.diagnostics.diagnostic import Diagnostic
from kpigen.repository.checks.against_base import check_against
from kpigen.repository.checks.project import check, standing_errors
from kpigen.repository.lifecycle.transitions import submit
from kpigen.repository.project import load
from tests.helpers.tiny import (
    DRAFT,
    REVIEW,
    ROSTER,
    TINY,
    TINY_RULE,
    Files,
    check_files,
    places,
    publish,
    take,
    tree_of,
)

HEADER = "id,name,login,email,department,position,manager,form,from,to"
TODAY = datetime.date(2026, 7, 1)
SECOND = REVIEW.replace("A-1", "A-2")


def line(id_: str = "A-1", name: str = "甲", login: str = "", manager: str = "", start: str = "", end: str = "") -> str:
    quoted = login.replace('"', '""')
    return f'{id_},{name},"{quoted}",,,,{manager},,{start},{end}'


def roster(*lines: str) -> Files:
    return {ROSTER: "\n".join([HEADER, *lines, ""])}


def review(who: str = "", period: str = "2026-01") -> str:
    return DRAFT.replace("position: 客服", f"position: 客服{who}").replace("2026-01", period)


def found_in(files: Files, today: datetime.date | None = None) -> list[str]:
    found = check(load(tree_of(**{TINY: TINY_RULE, **files})), today=today)[1]
    return [item.removeprefix("reviews/") for item in places(found)]


# --- logins ----------------------------------------------------------------------------------------------------------

ONE = [
    "jia", "zhou.min", "1001", "张三", "jia@example.com", "CORP\\jia", "O'Brien", "_svc", "con.li", "a+b", "usera", "Allen",
]  # fmt: skip
MANY = [
    "*", "everyone", "Everyone", "ALL", "anonymous", "nobody", "guest", "users", "valid-user", "public", "none", "所有人",
    "CORP\\everyone", "all@example.com", "Ｅveryone", "CON", "nul", "COM1",
    "a b", "a,b", "a;b", "jia\u3000yi", "a\u00a0b", "a\u200bb", "a\u202eb", "a\tb",
    "@staff", "@example.com", "jia@", "%g", "+g", "&g", "!a", "~", "-", "-a", ".a", "a:b", "a/b", "a|b", "a*", "a?", "a=b", "#a",
    "employee:A-1", 'a"b', "(a)", "<a>", "$a", "^a", "a@b@c", "a\\b\\c",
]  # fmt: skip


@pytest.mark.parametrize("login", ONE)
def test_the_login_of_one_person(login: str) -> None:
    assert found_in(roster(line(login=login))) == []
    assert found_in({"kpigen.toml": f"hr = [{json.dumps(login)}]\n"}) == []


@pytest.mark.parametrize("login", MANY)
def test_a_login_that_servers_read_as_several(login: str) -> None:
    assert "people.csv:2:1 KPI425" in found_in(roster(line(login=login)))


@pytest.mark.parametrize(
    "setting",
    [
        'hr = ["hr.lin", "*"]', 'hr = ["everyone"]', 'hr = [{login = "all", departments = ["一部"]}]',
        'auditors = ["a b"]', 'auditors = ["@audit"]', 'hr = ["Lin", "lin"]', 'hr = ["lin"]\nauditors = ["LIN"]',
    ],
)  # fmt: skip
def test_a_login_in_the_settings_is_one_persons_too(setting: str) -> None:
    project = load(tree_of(**{"kpigen.toml": setting}))
    assert [item.code for item in project.problems] in (["KPI425"], ["KPI426"])
    logins = [*(entry.login for entry in project.config.hr), *project.config.auditors]
    assert not {"*", "everyone", "all", "a b", "@audit"}.intersection(logins), "it reads nothing"


ALIKE = [
    ([line(login="Jia"), line("A-2", "乙", login="jia")], ["3:1 KPI426"]),
    ([line(login="ｊｉａ"), line("A-2", "乙", login="jia")], ["3:1 KPI426"]),
    ([line(login="jia@EXAMPLE.com"), line("A-2", "乙", login="jia@example.com")], ["3:1 KPI426"]),
    ([line(login="straße"), line("A-2", "乙", login="STRASSE")], ["3:1 KPI426"]),
    ([line(login="e\u0301"), line("A-2", "乙", login="\u00e9")], ["3:1 KPI426"]),
    ([line(login="HR.Lin")], ["2:1 KPI426"]),
    ([line(login="hr.lin")], []),
    ([line(login="jia"), line("A-2", "乙", login="jia2")], []),
    ([line(login="jia", end="2026-01-31"), line(login="Jia", start="2026-02-01")], ["3:1 KPI426"]),
]


@pytest.mark.parametrize(("lines", "expected"), ALIKE)
def test_logins_that_are_one_elsewhere(lines: list[str], expected: list[str]) -> None:
    found = found_in({**roster(*lines), "kpigen.toml": 'hr = ["hr.lin"]\n'})
    assert found == [f"people.csv:{place}" for place in expected]


ENDED = [
    ([line(login="jia", end="2026-06-30")], ["2:1 KPI430"]),
    ([line(login="jia", end="2026-07-01")], []),
    ([line(login="jia")], []),
    ([line(end="2026-06-30")], []),
    ([line(login="jia", end="2026-03-31"), line(login="jia", start="2026-04-01")], []),
    ([line(login="old", end="2026-03-31"), line(login="jia", start="2026-04-01")], ["2:1 KPI430"]),
    ([line(login="old", end="2026-08-31"), line(login="jia", start="2026-09-01")], []),
    ([line(login="jia", end="2026-03-31"), line(login="", start="2026-04-01")], ["2:1 KPI430"]),
    ([line(login="jia", end="2026-01-31"), line(login="jia", start="2026-03-01", end="2026-04-30")], ["3:1 KPI430"]),
]


@pytest.mark.parametrize(("lines", "expected"), ENDED)
def test_a_login_of_somebody_who_has_left(lines: list[str], expected: list[str]) -> None:
    assert found_in(roster(*lines), TODAY) == [f"people.csv:{place}" for place in expected]
    assert found_in(roster(*lines)) == [], "a build is the same on every day"


# --- ids -------------------------------------------------------------------------------------------------------------

IDS: list[tuple[Files, list[str]]] = [
    (roster(line("P-1"), line("p-1", "乙")), ["people.csv:3:1 KPI427"]),
    (roster(line("P-1", end="2026-01-31"), line("p-1", start="2026-02-01")), ["people.csv:3:1 KPI427"]),
    (roster(line("A-1"), line("B-1", "乙", manager="a-1")), ["people.csv:3:1 KPI414", "people.csv:3:1 KPI427"]),
    ({REVIEW: DRAFT, REVIEW.replace("A-1", "a-1"): DRAFT.replace("A-1", "a-1")}, ["2026-01/a-1.tiny.md:2:16 KPI427"]),
    ({REVIEW: review(", manager: a-1")}, ["2026-01/A-1.tiny.md:2:70 KPI427"]),
    (roster(line("CON")), ["people.csv:2:1 KPI428"]),
    (roster(line("nul", end="2026-01-31"), line("nul", start="2026-02-01")), ["people.csv:2:1 KPI428"]),
    (roster(line("Com1"), line("LPT9", "乙")), ["people.csv:2:1 KPI428", "people.csv:3:1 KPI428"]),
    ({REVIEW.replace("A-1", "aux"): DRAFT.replace("A-1", "aux")}, ["2026-01/aux.tiny.md:2:16 KPI428"]),
    (roster(line("CON-1"), line("COM", "乙"), line("P-1", "丙"), line("P-2", "丙")), []),
]


@pytest.mark.parametrize(("files", "expected"), IDS)
def test_ids_that_are_one_or_none_elsewhere(files: Files, expected: list[str]) -> None:
    assert found_in(files) == expected


PEOPLE = [
    ("甲", "jia", "乙", "yi", True),
    ("甲", "", "乙", "yi", True),
    ("甲", "jia", "乙", "", True),
    ("甲", "jia", "乙", "jia", False),  # a new name, the same account
    ("甲", "jia", "甲", "jia2", False),  # a new account; KPI430 tells when the first has ended
    ("甲", "", "乙", "", False),  # nobody reads
    ("Ann", "a", "ann", "b", False),
]


@pytest.mark.parametrize(("name", "login", "later", "later_login", "two"), PEOPLE)
def test_an_id_that_passes_to_somebody_else(name: str, login: str, later: str, later_login: str, two: bool) -> None:
    lines = [line("A-1", name, login, end="2025-12-31"), line("A-1", later, later_login, start="2026-01-01")]
    assert found_in(roster(*lines)) == (["people.csv:3:1 KPI429"] if two else [])


# --- whom a review names ---------------------------------------------------------------------------------------------

BOSSES = [line("M-1", "丙"), line("M-2", "丁"), line("M-3", "戊", end="2025-12-31")]
MANAGERS = [
    (", manager: M-1", [line(manager="M-1")], []),
    (", manager: M-2", [line(manager="M-1")], ["KPI431"]),
    (", manager: X-9", [line(manager="M-1")], ["KPI431"]),
    (", manager: A-1", [line(manager="M-1")], ["KPI431"]),
    (", manager: M-1", [line(manager="M-1", end="2026-01-10"), line(manager="M-2", start="2026-01-11")], []),
    (", manager: M-1", [line(manager="M-1", end="2025-12-31"), line(manager="M-2", start="2026-01-01")], ["KPI431"]),
    (", manager: M-2", [line()], []),
    (", manager: M-3", [line()], ["KPI433"]),
    (", manager: X-9", [line()], ["KPI433"]),
    ("", [line(manager="M-1")], ["KPI432"]),
    ("", [line()], []),
]


@pytest.mark.parametrize(("who", "lines", "expected"), MANAGERS)
def test_the_manager_of_a_review_reads_it(who: str, lines: list[str], expected: list[str]) -> None:
    files = {TINY: TINY_RULE, REVIEW: review(who), **roster(*lines, *BOSSES)}
    found = check_files(files)
    assert [item.code for item in found] == expected
    errors = [item.code for item in found if item.is_error]
    assert [item.code for item in standing_errors(load(tree_of(**files))).get(REVIEW, [])] == errors, "no step goes on"


NAMES = [
    ("甲", "甲", []),
    ("甲", "乙", ["KPI431"]),
    ("Ann Lee", "ann  LEE", ["KPI405"]),
    ("李 四", "李四", ["KPI405"]),
    ("李四", "李五", ["KPI431"]),
]


@pytest.mark.parametrize(("name", "on_roster", "expected"), NAMES)
def test_the_id_of_somebody_else(name: str, on_roster: str, expected: list[str]) -> None:
    """The report would lie in the folder of whoever has the id."""
    files = {TINY: TINY_RULE, REVIEW: DRAFT.replace("甲", name), **roster(line(name=on_roster))}
    assert [item.code for item in check_files(files)] == expected


def test_a_manager_is_asked_for_only_in_a_draft() -> None:
    files = {TINY: TINY_RULE, REVIEW: DRAFT, **roster(line(manager="M-1"), *BOSSES)}
    assert [item.code for item in check_files(files)] == ["KPI432"]
    assert check_files(take(files, REVIEW, submit, "2026-02-01", lambda: "0" * 32)) == ()


def test_what_is_published_keeps_its_manager() -> None:
    files = publish({TINY: TINY_RULE, REVIEW: review(", manager: M-2")})
    assert [item.code for item in check_files({**files, **roster(line(manager="M-1"), *BOSSES)})] == ["KPI405"]


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ('hr = [{login = "sun", departments = ["客服部"]}]', "KPI431"),
        ('hr = [{login = "sun", departments = ["电商部"]}]', "KPI405"),
        ('hr = ["sun"]', "KPI405"),
        ("", "KPI405"),
    ],
)
def test_hr_of_a_department_that_only_the_review_names(settings: str, code: str) -> None:
    files = {TINY: TINY_RULE, REVIEW: DRAFT, "kpigen.toml": settings, **roster("A-1,甲,,,电商部,,,,,")}
    assert [item.code for item in check_files(files)] == [code]


# --- evidence --------------------------------------------------------------------------------------------------------

NAMED = DRAFT.replace("metrics:", "evidence: {calls: [files/a.txt]}\nmetrics:")
SHARED: list[tuple[str, Files, list[str]]] = [
    ("one file of two people", {SECOND: NAMED.replace("A-1", "A-2")}, ["KPI434", "KPI434"]),
    (
        "a copy under another name",
        {
            SECOND: NAMED.replace("A-1", "A-2").replace("a.txt", "b.txt"),
            "reviews/2026-01/files/b.txt": "一\n",
        },
        ["KPI434", "KPI434"],
    ),
    (
        "other content",
        {
            SECOND: NAMED.replace("A-1", "A-2").replace("a.txt", "b.txt"),
            "reviews/2026-01/files/b.txt": "二\n",
        },
        [],
    ),
    (
        "one person in two months",
        {
            REVIEW.replace("2026-01", "2026-02"): NAMED.replace("2026-01", "2026-02"),
            "reviews/2026-02/files/a.txt": "一\n",
        },
        [],
    ),
    ("only a link", {SECOND: NAMED.replace("A-1", "A-2").replace("files/a.txt", '"https://a.example/"')}, []),
]


@pytest.mark.parametrize(("files", "expected"), [row[1:] for row in SHARED], ids=[row[0] for row in SHARED])
def test_evidence_of_two_people(files: Files, expected: list[str]) -> None:
    one: Files = {TINY: TINY_RULE, REVIEW: NAMED, "reviews/2026-01/files/a.txt": "一\n"}
    assert [item.code for item in check_files({**one, **files})] == expected
    found = check_files({**publish(one), **files})
    assert [item.code for item in found] == expected[1:], "what is published cannot change any more"


# --- what a change opens ---------------------------------------------------------------------------------------------

JIA, BING, DING = line(login="jia", manager="M-1"), line("M-1", "丙", "bing"), line("M-2", "丁", "ding")
HR = 'hr = ["hr.lin"]'


def opened(lines: list[str], settings: str = HR, who: str = "") -> tuple[Diagnostic, ...]:
    """Return what `check --base` says of a published report after a change of the roster or the settings."""
    files = publish({TINY: TINY_RULE, REVIEW: review(who)})
    base = load(tree_of(**{**files, **roster(JIA, BING, DING), "kpigen.toml": HR}))
    return check_against(base, load(tree_of(**{**files, **roster(*lines), "kpigen.toml": settings})))


MOVED = [line(login="jia", manager="M-1", end="2026-03-31"), line(login="jia", manager="M-2", start="2026-04-01")]
OPENED = [
    ("nothing", [JIA, BING, DING], HR, "", []),
    ("the manager edited in place", [line(login="jia", manager="M-2"), BING, DING], HR, "", ["ding"]),
    (
        "the same, but the review names its own",
        [line(login="jia", manager="M-2"), BING, DING],
        HR,
        ", manager: M-1",
        [],
    ),
    ("a later line", [*MOVED, BING, DING], HR, "", []),
    ("another person under the id", [line("A-1", "新人", "xin", "M-1"), BING, DING], HR, "", ["xin"]),
    ("another login of the manager", [JIA, line("M-1", "丙", "bing2"), DING], HR, "", ["bing2"]),
    ("fewer readers", [line(manager="M-1"), BING, DING], HR, "", []),
    ("somebody new", [JIA, BING, DING, line("N-1", "新人", "xin")], HR, "", []),
    ("more of HR", [JIA, BING, DING], 'hr = ["hr.lin", "hr.wu"]', "", ["hr.wu"]),
    ("an auditor", [JIA, BING, DING], f'{HR}\nauditors = ["qiao"]', "", ["qiao"]),
    ("HR of its department", [JIA, BING, DING], 'hr = [{login = "sun", departments = ["客服部"]}]', "", ["sun"]),
    ("HR of another", [JIA, BING, DING], 'hr = [{login = "sun", departments = ["电商部"]}]', "", []),
    ("another manager who becomes HR", [JIA, BING, DING], 'hr = ["hr.lin", "ding"]', "", ["ding"]),
]


@pytest.mark.parametrize(
    ("lines", "settings", "who", "logins"), [row[1:] for row in OPENED], ids=[row[0] for row in OPENED]
)
def test_a_change_that_opens_what_is_published(lines: list[str], settings: str, who: str, logins: list[str]) -> None:
    found = opened(lines, settings, who)
    assert [item.code for item in found] == ["KPI435"] * len(logins)
    for item, login in zip(found, logins, strict=True):
        assert f"login `{login}` may now read 1 published report" in item.message
        assert "A-1 2026-01 tiny" in item.message


def test_many_reports_are_counted_and_some_are_named() -> None:
    files: Files = {TINY: TINY_RULE}
    for number in range(1, 9):
        path = REVIEW.replace("A-1", f"A-{number}")
        files = publish({**files, path: DRAFT.replace("A-1", f"A-{number}")}, path)
    base, now = (load(tree_of(**{**files, "kpigen.toml": text})) for text in (HR, f'{HR}\nauditors = ["qiao"]'))
    (found,) = check_against(base, now)
    assert (str(found.span), found.is_error) == (f"{REVIEW}:2:42", False), "the settings are no place in a review"
    assert "8 published reports" in found.message
    assert found.message.count(" tiny") == 5
