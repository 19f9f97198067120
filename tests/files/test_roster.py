"""The roster: what a line may say, what is wrong in one, and who is whose manager when."""

from __future__ import annotations

import datetime

import pytest

from kpigen.base.periods import Period, parse_date, parse_period
from kpigen.base.places import ROSTER
from kpigen.diagnostics.diagnostic import Diagnostic
from kpigen.files.roster import Roster, RosterLine, load_roster
from tests.helpers.tiny import DRAFT, REVIEW, TINY, TINY_RULE, check_files, places

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

WRITINGS = [
    ("as it is", f"{HEADER}\n{ONE}\n"),
    ("a BOM", f"\ufeff{HEADER}\n{ONE}\n"),
    ("CRLF", f"{HEADER}\r\n{ONE}\r\n"),
    ("BOM and CRLF, as Excel saves", f"\ufeff{HEADER}\r\n{ONE}\r\n"),
    ("CR", f"{HEADER}\r{ONE}\r"),
    ("no line end at the end", f"{HEADER}\n{ONE}"),
    ("blank lines", f"{HEADER}\n\n{ONE}\n   \n,,,,,,,,,\n"),
    ("spaces around cells", f"{HEADER.replace(',', ' , ')}\n{ONE.replace(',', ' , ')}\n"),
    ("quoted cells", f"{HEADER}\n" + ",".join(f'"{cell}"' for cell in ONE.split(",")) + "\n"),
    ("columns turned round", ",".join(reversed(ORDER)) + "\n" + ",".join(reversed(ONE.split(","))) + "\n"),
]


@pytest.mark.parametrize("text", [row[1] for row in WRITINGS], ids=[row[0] for row in WRITINGS])
def test_a_spreadsheet_may_save_it_its_way(text: str) -> None:
    loaded, found = load_roster(text.encode())
    assert found == []
    (only,) = loaded.by_id["A-1"]
    assert (only.name, only.login, only.email, only.department, only.position) == (
        "甲",
        "jia",
        "jia@example.com",
        "客服部",
        "客服",
    )
    assert (only.start, only.end, only.manager, only.form) == (day("2026-01-01"), datetime.date.max, "", "")


def test_no_roster_an_empty_one_and_one_that_cannot_be_read() -> None:
    assert load_roster(None) == (Roster(), [])
    assert load_roster(HEADER.encode()) == (Roster(exists=True), [])
    assert load_roster(b"")[0] == load_roster(b"\xff")[0] == Roster()


BROKEN: list[tuple[str, str | bytes, list[str]]] = [
    ("empty", "", ["1 KPI410"]),
    ("a column less", HEADER.removesuffix(",to") + "\n", ["1 KPI410"]),
    ("a column more", HEADER + ",phone\n", ["1 KPI410"]),
    ("a column twice", HEADER.replace("email", "login") + "\n", ["1 KPI410"]),
    ("capitals", HEADER.upper() + "\n", ["1 KPI410"]),
    ("semicolons", HEADER.replace(",", ";") + "\n", ["1 KPI410"]),
    ("tabs", HEADER.replace(",", "\t") + "\n", ["1 KPI410"]),
    ("no header", f"{ONE}\n", ["1 KPI410"]),
    ("a blank line first", f"\n{HEADER}\n{ONE}\n", ["1 KPI410"]),
    ("GBK", f"{HEADER}\n{ONE}\n".encode("gbk"), ["2 KPI102"]),
    ("UTF-16", f"{HEADER}\n{ONE}\n".encode("utf-16"), ["1 KPI102"]),
    ("NUL", f"{HEADER}\n{line(name=chr(0))}\n", ["2 KPI103"]),
    ("too large", f"{HEADER}\n{ONE}\n".encode() * 20_000, ["1 KPI101"]),
    ("a cell without end", f"{HEADER}\n{line(name='甲' * 200_000)}\n", ["2 KPI117"]),
    ("a header without end", "甲" * 200_000 + "\n", ["1 KPI117"]),
    ("a cell more", f"{HEADER}\n{ONE},\n", ["2 KPI416"]),
    ("a cell less", f"{HEADER}\n{ONE.removesuffix(',')}\n", ["2 KPI416"]),
    ("a comma in a name", f"{HEADER}\n{line(name='甲,乙')}\n", ["2 KPI416"]),
    ("a comma in quotes", f"{HEADER}\n" + line(name='"甲,乙"') + "\n", []),
    ("a quote that swallows a line", f"{HEADER}\n" + line(name='"甲') + "\n" + line("A-2", '乙"') + f"\n{ONE}\n", ["2 KPI411"]),
    ("a quote that never ends", f"{HEADER}\n" + line() + "\n" + line("A-2", to='"') + "\n" + line("A-3") + "\n", ["3 KPI411"]),
    ("no id", f"{HEADER}\n{line('')}\n", ["2 KPI411"]),
    ("no name", f"{HEADER}\n{line(name=' ')}\n", ["2 KPI411"]),
    ("a line after blank ones", f"{HEADER}\n\n\n{line(name='')}\n", ["4 KPI411"]),
    ("several things in one line", f"{HEADER}\n{line('甲', '', from_='x')}\n", ["2 KPI411", "2 KPI209", "2 KPI411"]),
    ("each line is told", f"{HEADER}\n{line('')}\n{line('A-2')}\n{line('A 3')}\n", ["2 KPI411", "4 KPI209"]),
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
    ("id", "1" * 65, "KPI209"),
    ("id", "-1", "KPI209"),
    ("id", "A.1", "KPI209"),
    ("id", "../x", "KPI209"),
    ("id", "员工", "KPI209"),
    ("id", "Ａ1", "KPI209"),
    ("manager", "M 1", "KPI209"),
    ("form", "cs 360", "KPI209"),
    ("form", "cs-360", ""),
    ("from", "2026-02-28", ""),
    ("from", "2024-02-29", ""),
    ("from", "2026-02-29", "KPI411"),
    ("from", "2026-2-1", "KPI411"),
    ("from", "2026/02/01", "KPI411"),
    ("from", "2026-02", "KPI411"),
    ("from", "20260201", "KPI411"),
    ("from", "2026-W05-1", "KPI411"),
    ("from", "２０２６-02-01", "KPI411"),
    ("from", "0000-01-01", "KPI411"),
    ("from", "46054", "KPI411"),
    ("to", "9999-12-31", ""),
    ("to", "至今", "KPI411"),
]


@pytest.mark.parametrize(("column", "cell", "code"), CELLS)
def test_a_cell(column: str, cell: str, code: str) -> None:
    cells = {"id": "A-1", "name": "甲", column: cell}
    found = found_in(f"{HEADER}\n" + ",".join(cells.get(name, "") for name in ORDER) + "\n")
    assert found == ([f"2 {code}"] if code else [])


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

COMPARED = [
    ("the same", line(department="客服部", position="客服", form="tiny"), []),
    ("empty cells", line(), []),
    ("another name", line(name="乙"), ["2:27 KPI431"]),
    ("another department", line(department="二部"), ["2:42 KPI405"]),
    ("another position", line(position="组长"), ["2:57 KPI405"]),
    ("a manager where the review names none", line(manager="A-2") + "\n" + line("A-2", "乙"), ["2:16 KPI432"]),
    ("another form", line(form="front-desk"), ["4:7 KPI406"]),
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
    files = {TINY: TINY_RULE, REVIEW: DRAFT, ROSTER: HEADER.replace(",", ";")}
    assert places(check_files(files)) == [f"{ROSTER}:1:1 KPI410"]
