"""Rosters as spreadsheets, careless hands and attackers leave them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.hostile.case import Hostile

HEADER = "id,name,login,email,department,position,manager,form,from,to"
PEOPLE = "PM-0001,甲,jia,,物业,前台,,front-desk,,\nPM-0002,乙,yi,,物业,前台,,front-desk,,\n"
ENTRY = "[[acknowledged]]\nreason = 'x'\n"


def _roster(data: str | bytes, settings: str = "") -> Callable[[Path], None]:
    def arrange(root: Path) -> None:
        (root / "reviews/people.csv").write_bytes(data if isinstance(data, bytes) else data.encode())
        if settings:
            (root / "kpigen.toml").write_text(settings, "utf-8")

    return arrange


def _refused(name: str, data: str | bytes, *says: str, settings: str = "") -> Hostile:
    return Hostile(name, _roster(data, settings), ("check",), 1, says)


def _read(name: str, data: str | bytes, settings: str = "") -> Hostile:
    return Hostile(name, _roster(data, settings), ("check",), 0, ("2 reviews, 1 rule file: 0 errors",), ("people.csv",))


CASES = [
    _read("Unicode text of Excel", f"{HEADER}\n{PEOPLE}".replace(",", "\t").replace("\n", "\r\n").encode("utf-16")),
    _read("GBK, declared", f"{HEADER}\n{PEOPLE}".encode("gbk"), 'roster_encoding = "gbk"\n'),
    _read("a hundred thousand empty rows", f"{HEADER}\n{PEOPLE}" + ",,,,,,,,,\n" * 90_000),
    _read("ten thousand empty columns", f"{HEADER}{',' * 9_000}\n" + PEOPLE.replace("\n", "," * 9_000 + "\n")),
    _refused("GBK, not declared", f"{HEADER}\n{PEOPLE}".encode("gbk"), "error[KPI440]", "roster_encoding"),
    _refused("UTF-8, declared as GBK", f"{HEADER}\n{PEOPLE}", "error[KPI441]", settings='roster_encoding = "gbk"\n'),
    _refused("half a character of UTF-16", f"{HEADER}\n{PEOPLE}".encode("utf-16")[:-1], "error[KPI440]"),
    _refused("a lone surrogate in UTF-16", b"\xff\xfe" + b"\x00\xd8i\x00", "error[KPI440]"),
    _refused("one slip in 20,000 lines", f"{HEADER}\n{PEOPLE}" + "x y,甲,,,,,,,,\n" * 20_000, "19999 more lines"),
    _refused(
        "ambiguous dates in 10,000 lines", f"{HEADER}\n{PEOPLE}" + "A,甲,,,,,,,1/2/2026,\n" * 10_000, "9999 more lines"
    ),
    _refused("a hundred thousand headings", "id," * 100_000, "error[KPI410]"),
    _refused("a heading of a megabyte", "甲" * 300_000, "error[KPI"),
    _refused("a quote that never ends", f'{HEADER}\nPM-0001,"甲\n{PEOPLE}', "error[KPI411]"),
    _refused("a year of 5 digits", f"{HEADER}\n{PEOPLE}A,甲,,,,,,,20260-01-01,\n", "error[KPI411]"),
    _refused("superscript digits as id", f"{HEADER}\n{PEOPLE}²,甲,,,,,,,,\n", "error[KPI411]"),
    _refused("Arabic digits in a date", f"{HEADER}\n{PEOPLE}A,甲,,,,,,,٢٠٢٦-01-01,\n", "error[KPI411]"),
    _refused("a person on 5,000 lines", f"{HEADER}\n{PEOPLE}" + "A,甲,,,,,,,,\n" * 5_000, "error[KPI412]", "4998 more"),
    _refused(
        "a cell of 5,000 forms that are none", f"{HEADER}\n{PEOPLE}A,甲,,,,,,{'x y;' * 5_000},,\n", "error[KPI411]"
    ),
    Hostile(
        "1,200 acknowledgements of nothing",
        _roster(f"{HEADER}\n{PEOPLE}", "".join(f"{ENTRY}path = 'x{n}'\ncode = 'KPI118'\n" for n in range(1_200))),
        ("check",),
        0,
        ("KPI445", "not listed: 1000"),
        seconds=6,
    ),
    _refused(
        "an error acknowledged",
        f"{HEADER}\n",
        "error[KPI404]",
        "error[KPI444]",
        settings=f"{ENTRY}code = 'KPI404'\nemployee = 'PM-0001'\n",
    ),
    _refused(
        "settings that acknowledge their own finding",
        f"{HEADER}\n{PEOPLE}",
        "error[KPI444]",
        settings=f"{ENTRY}code = 'KPI445'\npath = 'kpigen.toml'\n",
    ),
]
