"""The roster: what a line may say, what is wrong in one, and who is whose manager when."""

from __future__ import annotations

import datetime

import pytest

from kpigen.base.periods import Period, parse_date, parse_period
from kpigen.base.places import ROSTER
from kpigen.diagnostics.diagnostic import Diagnostic, has_errors
from kpigen.files.roster import Roster, RosterLine, load_roster
from kpigen.repository.checks.project import standing_errors
from kpigen.repository.project import load
from kpigen.repository.records import make_records
from tests.helpers.tiny import DRAFT, REVIEW, TINY, TINY_RULE, check_files, places, tree_of

HEADER = "id,name,login,email,department,position,manager,form,from,to"
ORDER = HEADER.split(",")


def line(id_: str = "A-1", name: str = "甲", **cells: str) -> str:
    values = {"id": id_, "name": name, **{key.rstrip("_"): value for key, value in cells.items()}}
    assert values.keys() <= set(ORDER)
    return ",".join(values.get(column, "") for column in ORDER)


def roster(*lines: str) -> Roster:
    loaded, found = load_roster("\n".join([HEADER, *lines, ""]).encode())
    assert found == []
    return loaded


def found_in(data: str | bytes) -> list[str]:
    found = load_roster(data if isinstance(data, bytes) else data.encode())[1]
    return [f"{item.span.line} {item.code}" for item in found]


def period(text: str) -> Period:
    parsed = parse_period(text)
    assert parsed is not None
    return parsed


def day(text: str) -> datetime.date:
    parsed = parse_date(text)
    assert parsed is not None
    return parsed


# --- files -----------------------------------------------------------------------------------------------------------

ONE = line(login="jia", email="jia@example.com", department="客服部", position="客服", from_="2026-01-01")

CHINESE = "工号,姓名,登录名,邮箱,部门,职位,上级,考核表,开始日期,结束日期"

WRITINGS: list[tuple[str, str | bytes]] = [
    ("as it is", f"{HEADER}\n{ONE}\n"),
    ("a BOM", f"\ufeff{HEADER}\n{ONE}\n"),
    ("CRLF", f"{HEADER}\r\n{ONE}\r\n"),
    ("BOM and CRLF, as Excel saves", f"\ufeff{HEADER}\r\n{ONE}\r\n"),
    ("CR", f"{HEADER}\r{ONE}\r"),
    ("no line end at the end", f"{HEADER}\n{ONE}"),
    ("blank lines", f"{HEADER}\n\n{ONE}\n   \n,,,,,,,,,\n"),
    ("spaces around cells", f"{HEADER.replace(',', ' , ')}\n{ONE.replace(',', ' , ')}\n"),
    ("quoted cells", f"{HEADER}\n" + ",".join(f'"{cell}"' for cell in ONE.split(",")) + "\n"),
    ("capitals", f"{HEADER.upper()}\n{ONE}\n"),
    ("semicolons", f"{HEADER};\n{ONE}\n".replace(",", ";")),
    ("tabs", f"{HEADER}\n{ONE}\n".replace(",", "\t")),
    ("a blank line first", f"\n,,,\n{HEADER}\n{ONE}\n"),
    ("an empty column at the end", f"{HEADER},\n{ONE},\n"),
    ("three empty columns at the end", f"{HEADER},,,\n{ONE},,,\n"),
    ("an empty column first", f",{HEADER}\n,{ONE}\n"),
    ("empty rows at the end", f"{HEADER}\n{ONE}\n" + ",,,,,,,,,\n" * 500),
    ("no separators for empty cells at the end", f"{HEADER},,\n{ONE.removesuffix(',')}\n"),
    ("Chinese headings", f"{CHINESE}\n{ONE}\n"),
    (
        "other Chinese headings",
        f"员工编号,员工姓名,账号,电子邮箱,所属部门,岗位,直属上级,考核表单,生效日期,失效日期\n{ONE}\n",
    ),
    ("headings in both languages", f"工号,name,登录名,email,部门,position,上级,form,开始日期,to\n{ONE}\n"),
    (
        "Chinese headings, UTF-16, tabs, as Excel saves Unicode text",
        f"{CHINESE}\r\n{ONE}\r\n".replace(",", "\t").encode("utf-16"),
    ),
    ("UTF-16, the high byte first", b"\xfe\xff" + f"{HEADER}\n{ONE}\n".encode("utf-16-be")),
    ("GB18030 with its mark", f"\ufeff{CHINESE}\n{ONE}\n".encode("gb18030")),
    ("full-width headings", f"ＩＤ,Ｎａｍｅ{HEADER.removeprefix('id,name')}\n{ONE}\n"),
    (
        "headings on two lines, in quotes",
        HEADER.replace("from", '" from\n"').replace("name", '"na\nme"') + f"\n{ONE}\n",
    ),
    ("a line end after a cell, in quotes", f"{HEADER}\n{ONE.replace('甲', chr(34) + '甲' + chr(10) + chr(34))}\n"),
    ("columns turned round", ",".join(reversed(ORDER)) + "\n" + ",".join(reversed(ONE.split(","))) + "\n"),
]


@pytest.mark.parametrize("text", [row[1] for row in WRITINGS], ids=[row[0] for row in WRITINGS])
def test_a_spreadsheet_may_save_it_its_way(text: str | bytes) -> None:
    loaded, found = load_roster(text if isinstance(text, bytes) else text.encode())
    assert found == []
    (only,) = loaded.by_id["A-1"]
    assert (only.name, only.login, only.email, only.department, only.position) == (
        "甲",
        "jia",
        "jia@example.com",
        "客服部",
        "客服",
    )
    assert (only.start, only.end, only.manager, only.forms) == (day("2026-01-01"), datetime.date.max, "", ())


ENCODINGS: list[tuple[str, bytes, str]] = [
    ("gb18030", f"{CHINESE}\n{line('007')}\n".encode("gbk"), ""),
    ("gb18030", f"{CHINESE}\n{line('007', '叶䶮')}\n".encode("gb18030"), ""),
    ("gb18030", f"{HEADER}\n{line('007', 'Jia')}\n".encode(), ""),
    ("gb18030", f"\ufeff{HEADER}\n{line('007')}\n".encode(), ""),
    ("gb18030", f"{CHINESE}\n{line('007')}\n".encode("utf-16"), ""),
    ("gb18030", f"{HEADER}\n{line('007')}\n".encode(), "1 KPI441"),
    ("gb18030", f"{HEADER}\n{line('007', '隆')}\n".encode("gbk"), "1 KPI441"),
    ("gb18030", f"{HEADER}\n".encode() + b"007,\xff", "2 KPI440"),
    ("utf-8", f"{HEADER}\n{line('007')}\n".encode("gb18030"), "2 KPI440"),
]


@pytest.mark.parametrize(("declared", "data", "expected"), ENCODINGS)
def test_the_settings_may_declare_an_encoding(declared: str, data: bytes, expected: str) -> None:
    loaded, found = load_roster(data, declared)
    assert [f"{item.span.line} {item.code}" for item in found] == ([expected] if expected else [])
    assert [line.name for line in loaded.by_id.get("007", ())] in ([], ["甲"], ["叶䶮"], ["Jia"])
    assert bool(loaded.by_id) == (not expected)


def test_no_roster_an_empty_one_and_one_that_cannot_be_read() -> None:
    assert load_roster(None) == (Roster(), [])
    assert load_roster(HEADER.encode()) == (Roster(exists=True), [])
    assert load_roster(b"")[0] == load_roster(b"\xff")[0] == Roster()


BROKEN: list[tuple[str, str | bytes, list[str]]] = [
    ("empty", "", ["1 KPI410"]),
    ("a column less", HEADER.removesuffix(",to") + "\n", ["1 KPI410"]),
    ("a column more", HEADER + ",phone\n", ["1 KPI410"]),
    ("a column twice in two languages", HEADER.replace("email", "登录名") + "\n", ["1 KPI410"]),
    ("a title above", f"员工名册\n{HEADER}\n{ONE}\n", ["1 KPI410"]),
    ("a column twice", HEADER.replace("email", "login") + "\n", ["1 KPI410"]),
    ("no header", f"{ONE}\n", ["1 KPI410"]),
    ("GBK", f"{HEADER}\n{ONE}\n".encode("gbk"), ["2 KPI440"]),
    ("UTF-16 without its mark", f"{HEADER}\n{ONE}\n".encode("utf-16-be"), ["2 KPI440"]),
    ("UTF-16 of ASCII without its mark", f"{HEADER}\n{line()}\n".replace("甲", "A").encode("utf-16-le"), ["1 KPI440"]),
    ("UTF-16 cut off", f"{HEADER}\n{ONE}\n".encode("utf-16")[:-1], ["2 KPI440"]),
    ("UTF-32", f"{HEADER}\n{ONE}\n".encode("utf-32"), ["1 KPI440"]),
    ("control characters", f"{HEADER}\n" + 9 * f"{line(name=chr(7))}\n", ["2 KPI103"]),
    ("NUL", f"{HEADER}\n{line(name=chr(0))}\n", ["2 KPI440"]),
    ("too large", f"{HEADER}\n{ONE}\n".encode() * 20_000, ["1 KPI101"]),
    ("a cell without end", f"{HEADER}\n{line(name='甲' * 200_000)}\n", ["2 KPI117"]),
    ("a header without end", "甲" * 200_000 + "\n", ["1 KPI117"]),
    ("a cell more", f"{HEADER}\n{ONE},\n", ["2 KPI416"]),
    ("cells less, not dates", f"{HEADER}\nA-1,甲\n", ["2 KPI416"]),
    ("an empty cell forgotten before a date", f"{HEADER}\nA-1,甲,,,,,,2026-01-01,\n", ["2 KPI416"]),
    ("an empty cell forgotten before a mail", f"{HEADER}\nA-1,甲,j@example.com,客服部,,,tiny,2026-01-01,\n", ["2 KPI416"]),
    ("a cell beyond the columns", f"{HEADER},\n{ONE},x\n", ["2 KPI416"]),
    ("a cell in a column without heading", "," + HEADER + f"\nx,{ONE}\n", ["2 KPI416"]),
    ("a comma in a name", f"{HEADER}\n{line(name='甲,乙')}\n", ["2 KPI416"]),
    ("a comma in quotes", f"{HEADER}\n" + line(name='"甲,乙"') + "\n", []),
    ("a quote that swallows a line", f"{HEADER}\n" + line(name='"甲') + "\n" + line("A-2", '乙"') + f"\n{ONE}\n", ["2 KPI411"]),
    ("a quote that never ends", f"{HEADER}\n" + line() + "\n" + line("A-2", to='"') + "\n" + line("A-3") + "\n", ["3 KPI411"]),
    ("no id", f"{HEADER}\n{line('')}\n", ["2 KPI411"]),
    ("no name", f"{HEADER}\n{line(name=' ')}\n", ["2 KPI411"]),
    ("a line after blank ones", f"{HEADER}\n\n\n{line(name='')}\n", ["4 KPI411"]),
    ("several things in one line", f"{HEADER}\n{line('甲', '', from_='x')}\n", ["2 KPI411", "2 KPI411", "2 KPI411"]),
    ("each kind is told", f"{HEADER}\n{line('')}\n{line('A-2')}\n{line('A 3')}\n", ["2 KPI411", "4 KPI411"]),
]  # fmt: skip


@pytest.mark.parametrize(("data", "expected"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_a_broken_file(data: str | bytes, expected: list[str]) -> None:
    assert found_in(data) == expected


# --- cells -----------------------------------------------------------------------------------------------------------

CELLS = [
    ("id", "0007", ""),
    ("id", "a", ""),
    ("id", "A_1-b", ""),
    ("id", "1" * 64, ""),
    ("id", "1" * 65, "KPI411"),
    ("id", "-1", "KPI411"),
    ("id", "A.1", "KPI411"),
    ("id", "1.23457E+11", "KPI411"),
    ("id", "7.0", "KPI411"),
    ("id", "../x", "KPI411"),
    ("id", "员工", "KPI411"),
    ("manager", "M 1", "KPI411"),
    ("manager", "韩子墨", "KPI411"),
    ("form", "cs 360", "KPI411"),
    ("form", "cs-360;a b", "KPI411"),
    ("from", "2026-02-29", "KPI411"),
    ("from", "2026/17/7", "KPI411"),
    ("from", "2026-02", "KPI411"),
    ("from", "2026年2月", "KPI411"),
    ("from", "2026-W05-1", "KPI411"),
    ("from", "0000-01-01", "KPI411"),
    ("from", "1900/1/0", "KPI411"),
    ("from", "46054", "KPI411"),
    ("from", "2026-2/1", "KPI411"),
    ("from", "17.7.2026", "KPI411"),
    ("from", "7/17/2026", "KPI411"),
    ("from", "1/2/2026", "KPI411"),
    ("from", "17/7/26", "KPI411"),
    ("from", "2026-07-17 08:30:00", "KPI411"),
    ("from", "2026-07-17T00:00:00Z", "KPI411"),
    ("from", "########", "KPI411"),
    ("from", "二〇二六年七月", "KPI411"),
    ("to", "至今", "KPI411"),
]


@pytest.mark.parametrize(("column", "cell", "code"), CELLS)
def test_a_cell(column: str, cell: str, code: str) -> None:
    cells = {"id": "A-1", "name": "甲", column: cell}
    found = found_in(f"{HEADER}\n" + ",".join(cells.get(name, "") for name in ORDER) + "\n")
    assert found == ([f"2 {code}"] if code else [])


DATES = [
    "2026-07-07", "2026-7-7", "2026/7/7", "2026/07/07", "2026.7.7", "2026年7月7日", "2026年07月07日", "20260707",
    "2026-07-07 00:00:00", "2026-07-07T00:00:00", "2026/7/7 0:00", "2026-07-07 00:00:00.000", "２０２６-07-07",
    "２０２６／７／７", " 2026-07-07\u3000", '"=""2026-07-07"""',
]  # fmt: skip


@pytest.mark.parametrize("text", DATES)
def test_a_date_is_read_where_the_year_comes_first(text: str) -> None:
    (only,) = roster(line(from_=text, to="9999/12/31")).by_id["A-1"]
    assert (only.start, only.end) == (day("2026-07-07"), datetime.date.max)


IDS = [("00７", "007"), ("Ａ１", "A1"), ("A－1", "A-1"), ('"=""007"""', "007"), (" 007 ", "007")]


@pytest.mark.parametrize(("cell", "id_"), IDS)
def test_an_id_is_read_with_full_width_digits_and_as_a_formula_keeps_it(cell: str, id_: str) -> None:
    assert [*roster(line(cell)).by_id] == [id_]


FORMS = [
    ("tiny", ("tiny",)),
    ("tiny;cs-360", ("tiny", "cs-360")),
    ("tiny；cs-360", ("tiny", "cs-360")),
    ('"tiny, cs-360"', ("tiny", "cs-360")),
    ("tiny、cs-360 、front-desk", ("tiny", "cs-360", "front-desk")),
    ("tiny + tiny;", ("tiny",)),
    (";", ()),
]


@pytest.mark.parametrize(("cell", "forms"), FORMS)
def test_a_person_may_have_several_forms(cell: str, forms: tuple[str, ...]) -> None:
    (only,) = roster(line(form=cell)).by_id["A-1"]
    assert only.forms == forms


YEAR_FIRST = "a date with the year first, such as 2026-02-05: day and month could be mixed up"


def test_one_slip_in_many_lines_is_one_finding() -> None:
    lines = [line(f"A-{number}", from_=f"{number % 12 + 1}/17/2026") for number in range(107)]
    lines += [line(f"B-{number}", to="至今", manager="M 1") for number in range(3)]
    lines += [line(f"C-{number}", "") for number in range(2)]
    lines += ["D-1,丁", "D-2,丁"]
    found = load_roster("\n".join([HEADER, *lines, ""]).encode())[1]
    assert [(item.span.line, item.code, item.message) for item in found] == [
        (
            2,
            "KPI411",
            f"`1/17/2026` is not {YEAR_FIRST}; 106 more lines have the same: 3, 4, 5, 6, 7 …",
        ),
        (
            109,
            "KPI411",
            "`M 1` is not an id of letters, digits, `-` and `_`; 2 more lines have the same: 110, 111",
        ),
        (109, "KPI411", "`至今` is not a date such as 2026-02-05; 2 more lines have the same: 110, 111"),
        (112, "KPI411", "`` is not a name; 1 more line has the same: 113"),
        (114, "KPI416", "the line has 2 cells instead of 10; 1 more line has the same: 115"),
    ]


TOGETHER = [
    ("one after the other", [line(to="2026-03-31"), line(from_="2026-04-01")], []),
    ("in any order", [line(from_="2026-04-01"), line(to="2026-03-31")], []),
    ("a gap", [line(to="2026-01-31"), line(from_="2026-04-01")], []),
    ("one day", [line(from_="2026-01-01", to="2026-01-01")], []),
    ("one day twice", [line(to="2026-03-31"), line(from_="2026-03-31")], ["3 KPI412"]),
    ("the same twice", [line(), line()], ["3 KPI412"]),
    ("one inside the other", [line(), line(from_="2026-01-01", to="2026-01-31")], ["3 KPI412"]),
    ("ends before it begins", [line(from_="2026-02-01", to="2026-01-31")], ["2 KPI415"]),
    ("one login, one person", [line(login="jia", to="2026-03-31"), line(login="jia", from_="2026-04-01")], []),
    ("one login, two people", [line(login="jia"), line("A-2", login="jia")], ["3 KPI413"]),
    ("no login, two people", [line(), line("A-2")], []),
    ("a manager on the roster", [line(manager="M-1"), line("M-1", "丙")], []),
    ("a manager who is not", [line(manager="M-1")], ["2 KPI414"]),
    ("a manager of many who is not", [line(f"A-{number}", manager="M-1") for number in range(9)], ["2 KPI414"]),
    ("two managers who are not", [line(manager="M-1"), line("A-2", manager="M-2")], ["2 KPI414", "3 KPI414"]),
    ("managers with zeros, ids without", [line("7"), *(line(f"A-{n}", manager="007") for n in range(9))], ["3 KPI443"]),
    ("managers without zeros", [line("007"), line("A-1", manager="7"), line("A-2", manager="7")], ["3 KPI443"]),
    ("the roster pasted twice", [line("A-1"), line("A-2"), line("A-1"), line("A-2")], ["4 KPI412"]),
]


@pytest.mark.parametrize(("lines", "expected"), [row[1:] for row in TOGETHER], ids=[row[0] for row in TOGETHER])
def test_lines_together(lines: list[str], expected: list[str]) -> None:
    assert found_in("\n".join([HEADER, *lines, ""])) == expected


# --- who is who when -------------------------------------------------------------------------------------------------

MOVED = roster(
    line(department="一部", manager="M-1", from_="2025-03-15", to="2026-03-31"),
    line(department="二部", manager="M-2", from_="2026-04-01", to="2026-08-20"),
    line("M-1", "丙"),
    line("M-2", "丁", manager="M-1"),
)

# period → department of the line that holds: that of the last day, else the last one that touches the period
HOLDS = [
    ("2025-02", None),
    ("2025-03", "一部"),
    ("2026-03", "一部"),
    ("2026-04", "二部"),
    ("2026-Q1", "一部"),
    ("2026-Q2", "二部"),
    ("2026-H1", "二部"),
    ("2026-08", "二部"),
    ("2026-Q3", "二部"),
    ("2026", "二部"),
    ("2025", "一部"),
    ("2026-09", None),
    ("2027", None),
]


@pytest.mark.parametrize(("when", "department"), HOLDS)
def test_the_line_of_a_period(when: str, department: str | None) -> None:
    held = MOVED.in_period("A-1", period(when))
    assert (held and held.department) == department
    assert MOVED.in_period("nobody", period(when)) is None


@pytest.mark.parametrize(
    ("date", "department"),
    [
        ("2025-03-14", None),
        ("2025-03-15", "一部"),
        ("2026-03-31", "一部"),
        ("2026-04-01", "二部"),
        ("2026-08-21", None),
    ],
)
def test_both_dates_of_a_line_are_included(date: str, department: str | None) -> None:
    held = MOVED.at("A-1", day(date))
    assert (held and held.department) == department


def test_a_team_is_of_the_last_day() -> None:
    def team(manager: str, when: str) -> list[str]:
        return [member.id for member in MOVED.team(manager, period(when))]

    assert team("M-1", "2026-03") == ["A-1", "M-2"]
    assert team("M-1", "2026-Q2") == ["M-2"]
    assert team("M-2", "2026-Q2") == ["A-1"]
    assert team("M-2", "2026-08") == []
    last = MOVED.latest("A-1")
    assert isinstance(last, RosterLine)
    assert last.department == "二部"
    assert MOVED.latest("nobody") is None


# --- against reviews -------------------------------------------------------------------------------------------------

MOVING = f"{line(department='{before}', to='2026-01-10')}\n{line(department='{after}', from_='2026-01-11')}"

COMPARED = [
    ("the same", line(department="客服部", position="客服", form="tiny"), []),
    ("empty cells", line(), []),
    ("another name", line(name="乙"), ["2:27 KPI431"]),
    ("another department", line(department="二部"), ["2:42 KPI405"]),
    ("another position", line(position="组长"), ["2:57 KPI405"]),
    ("a manager where the review names none", line(manager="A-2") + "\n" + line("A-2", "乙"), ["2:16 KPI432"]),
    ("another form", line(form="front-desk"), ["4:7 KPI406"]),
    ("one of several forms", line(form="front-desk;tiny"), []),
    ("none of several forms", line(form="front-desk;cs-360"), ["4:7 KPI406"]),
    ("moved in the middle, as before", MOVING.format(before="客服部", after="二部"), []),
    ("moved in the middle, as after", MOVING.format(before="二部", after="客服部"), []),
    ("moved in the middle, neither", MOVING.format(before="二部", after="三部"), ["2:42 KPI405"]),
    ("somebody else", line("A-2"), ["2:16 KPI404"]),
    ("not yet", line(from_="2026-02-01"), ["2:16 KPI404"]),
    ("no longer", line(to="2025-12-31"), ["2:16 KPI404"]),
    ("left in between", line(to="2026-01-10"), []),
    ("nobody", "", ["2:16 KPI404"]),
]


@pytest.mark.parametrize(("lines", "expected"), [row[1:] for row in COMPARED], ids=[row[0] for row in COMPARED])
def test_a_review_is_compared(lines: str, expected: list[str]) -> None:
    found: tuple[Diagnostic, ...] = check_files({TINY: TINY_RULE, REVIEW: DRAFT, ROSTER: f"{HEADER}\n{lines}\n"})
    assert places(found) == [f"{REVIEW}:{place}" for place in expected]
    assert all(item.is_error == (item.code in ("KPI404", "KPI431")) for item in found)


def test_a_roster_that_cannot_be_read_is_one_finding() -> None:
    files = {TINY: TINY_RULE, REVIEW: DRAFT, ROSTER: HEADER.replace(",", "|")}
    assert places(check_files(files)) == [f"{ROSTER}:1:1 KPI410"]


#: Lines of the roster, the managers of two reviews of one month, and whether both may stand.
TWO_MANAGERS = [
    ([line(manager="M-1", to="2026-01-10"), line(manager="M-2", from_="2026-01-11")], "M-1", "M-2", True),
    ([line(manager="M-1", to="2026-01-30"), line(manager="M-2", from_="2026-01-31")], "M-2", "M-1", True),
    ([line(manager="M-1", to="2025-12-31"), line(manager="M-2", from_="2026-01-01")], "M-1", "M-2", False),
    ([line(manager="M-1", to="2026-01-31"), line(manager="M-2", from_="2026-02-01")], "M-1", "M-2", False),
    ([line(manager="M-1", to="2026-01-10"), line(manager="M-2", from_="2026-01-11")], "M-1", "M-3", False),
    ([line(manager="M-1")], "M-1", "M-2", False),
    ([line()], "M-1", "M-2", False),
    ([line(manager="M-1", to="2026-01-10"), line(manager="M-2", from_="2026-01-11")], "M-1", "", True),
]


@pytest.mark.parametrize(("lines", "one", "other", "may"), TWO_MANAGERS)
def test_two_managers_in_a_period_need_two_lines(lines: list[str], one: str, other: str, may: bool) -> None:
    files: dict[str, str | bytes] = {ROSTER: "\n".join([HEADER, *lines, *(line(id_) for id_ in ("M-1", "M-2", "M-3"))])}
    for form, manager in (("tiny", one), ("other", other)):
        files[TINY.replace("tiny", form)] = TINY_RULE.replace("form: tiny", f"form: {form}")
        named = f", manager: {manager}}}" if manager else "}"
        files[REVIEW.replace("tiny", form)] = DRAFT.replace("form: tiny", f"form: {form}").replace("}", named, 1)
    found = check_files(files)
    assert has_errors(found) != may
    assert "KPI403" in [item.code for item in found] or may


ZEROS = [
    ("7", ["007"], "the roster has `7`, a review has `007`"),
    ("007", ["7"], "the roster has `007`, a review has `7`"),
    ("0", ["000"], "the roster has `0`, a review has `000`"),
    ("7 8 9", ["007", "008", "009"], "the roster has `7`, a review has `007`; 2 more ids lack them"),
    ("7", ["007", "7"], "the roster has `7`, a review has `007`"),
    ("7 007", ["007"], ""),
    ("A7", ["A007"], "A007 is not on the roster in 2026-01"),
    ("17", ["007"], "007 is not on the roster in 2026-01"),
]


@pytest.mark.parametrize(("listed", "reviewed", "message"), ZEROS)
def test_ids_that_lost_their_zeros_are_one_finding(listed: str, reviewed: list[str], message: str) -> None:
    reviews = {REVIEW.replace("A-1", id_): DRAFT.replace("A-1", f'"{id_}"') for id_ in reviewed}
    lines = "\n".join(line(id_) for id_ in listed.split())
    found = check_files({TINY: TINY_RULE, ROSTER: f"{HEADER}\n{lines}\n", **reviews})
    assert [item.message for item in found] == ([message] if message else [])


UNREAD = [
    ("an ambiguous date", line("{id}", from_="1/2/2026")),
    ("a name that is missing", line("{id}", "")),
    ("a cell more", line("{id}") + ","),
    ("a cell less", "{id},甲"),
    ("a form that is none", line("{id}", form="x y")),
    ("a line break", line("{id}", name='"甲\n乙"')),
]


@pytest.mark.parametrize("row", [row[1] for row in UNREAD], ids=[row[0] for row in UNREAD])
def test_a_slip_in_all_lines_is_not_told_again_by_each_review(row: str) -> None:
    ids = [f"{number:03}" for number in range(1, 9)]
    reviews = {REVIEW.replace("A-1", id_): DRAFT.replace("A-1", f'"{id_}"') for id_ in ids}
    for written in (ids, [id_.lstrip("0") for id_ in ids]):
        rows = "\n".join(row.replace("{id}", id_) for id_ in written)
        files = {TINY: TINY_RULE, ROSTER: f"{HEADER}\n{rows}\n", **reviews}
        (finding,) = check_files(files)
        assert (finding.span.path, finding.is_error) == (ROSTER, True)
        assert sorted(standing_errors(load(tree_of(**files)))) == sorted(reviews), "steps still wait"


def test_what_a_line_that_cannot_be_read_may_say_is_not_told_of_a_review() -> None:
    """Somebody moved: the review fits the second line, of which the end cannot be read."""
    rows = [line(to="2026-01-15"), line(department="电商部", from_="2026-01-16", to="长期")]
    review = DRAFT.replace("department: 客服部", "department: 电商部")
    found = check_files({TINY: TINY_RULE, ROSTER: "\n".join([HEADER, *rows, ""]), REVIEW: review})
    assert [item.code for item in found] == ["KPI411"]


def test_a_finding_names_the_heading_that_the_file_has() -> None:
    (finding,) = load_roster(f"{CHINESE}\n{line(to='至今')}\n".encode())[1]
    assert finding.hint == "correct the cell in column `结束日期`"


def test_each_review_whose_id_lost_its_zeros_is_held_back() -> None:
    reviews = {REVIEW.replace("A-1", id_): DRAFT.replace("A-1", f'"{id_}"') for id_ in ("007", "008")}
    files = {TINY: TINY_RULE, ROSTER: f"{HEADER}\n{line('7')}\n{line('8')}\n", **reviews}
    assert sorted(standing_errors(load(tree_of(**files)))) == sorted(reviews)


def test_the_roster_of_each_revision_is_read_by_the_settings_of_that_revision() -> None:
    lines = f"{CHINESE}\n{line(manager='M-1')}\n{line('M-1', '丙')}\n"
    files = {TINY: TINY_RULE, REVIEW: DRAFT}
    old = load(tree_of(**files, **{"kpigen.toml": 'roster_encoding = "GBK"', ROSTER: lines.encode("gbk")}))
    new = load(tree_of(**files, **{ROSTER: lines}))
    assert old.roster == new.roster
    assert [record.manager for record in make_records(old)[0]] == ["M-1"]
