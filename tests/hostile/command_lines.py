"""Words on the command line, and names on the roster, that want to name, write or hide something else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.hostile.case import Hostile

SUBMITTED = "reviews/2026-01/PM-0001.front-desk.md"
DRAFT = "reviews/2026-01/PM-0002.front-desk.md"
HEADER = "id,name,login,email,department,position,manager,form,from,to\n"


def _nothing(_: Path) -> None:
    pass


def _roster(*lines: str) -> Callable[[Path], None]:
    def arrange(root: Path) -> None:
        (root / "reviews/people.csv").write_bytes((HEADER + "".join(f"{line}\n" for line in lines)).encode())

    return arrange


def _unchanged(root: Path) -> None:
    assert "status: draft" in (root / DRAFT).read_text("utf-8")
    assert "confirmations" not in (root / SUBMITTED).read_text("utf-8")
    assert not list(root.parent.glob("*.md"))


def _no_new_file(root: Path) -> None:
    assert sorted(path.name for path in root.rglob("*.md")) == ["PM-0001.front-desk.md", "PM-0002.front-desk.md"]


def _objects(root: Path) -> None:
    path = root / SUBMITTED
    number = "0" * 12
    line = f"objections:\n  - {{role: employee, date: 2026-02-01, of: {number}, text: x}}\nmetrics:"
    path.write_text(path.read_text("utf-8").replace("metrics:", line), "utf-8")


def _submit(name: str, word: str, says: str, code: int = 1) -> Hostile:
    return Hostile(name, _nothing, ("submit", "--yes", "--", word), code, (says,), ("Traceback",), after=_unchanged)


def _confirm(name: str, *options: str, says: str, code: int) -> Hostile:
    return Hostile(name, _nothing, ("confirm", "--yes", *options), code, (says,), after=_unchanged)


def _new(name: str, line: str, employee: str, says: str, code: int = 2) -> Hostile:
    command = ("new", "--form", "front-desk", "--period", "2026-03", "--employee", employee)
    return Hostile(name, _roster(line), command, code, (says,), after=_no_new_file)


BYTES = "\udcff\udcfe"  # what Python makes of bytes that are not UTF-8


def _host(name: str, host: str) -> Hostile:
    return Hostile(name, _nothing, ("serve", "--port", "0", "--host", host), 1, ("cannot listen on",), seconds=1.5)


CASES = [
    _submit("a path that leaves the repository", "../../../etc/passwd", "KPI"),
    _submit("an absolute path", "/etc/passwd", "KPI619"),
    _submit("an id below another folder", "../reviews/PM-0002", "KPI"),
    _submit("an id with a line end", "PM-0002\n", "KPI644"),
    _submit("an id with a colour", "\x1b[31mPM-0002", "KPI644"),
    _submit("an id with a pattern", "PM-000*", "KPI644"),
    _submit("an id with a zero-width space", "PM-0002\u200b", "KPI644"),
    _submit("an id in full-width letters", "ＰＭ-0002", "KPI644"),
    _submit("a word of 120,000 bytes", "甲" * 40_000, "KPI644"),
    _submit("an empty word", "", "KPI644"),
    _submit("a blank word", "  ", "KPI644"),
    _submit("a word like an option", "--root", "KPI644"),
    _submit("a device", "/dev/zero", "KPI619"),
    Hostile("a long word to score", _nothing, ("score", "甲" * 40_000), 1, ("KPI644",)),
    Hostile("an empty word to score", _nothing, ("score", ""), 1, ("KPI644",)),
    _confirm("a role by its start", "PM-0001", "--role", "emp", says="is not one of", code=2),
    _confirm("one name for a folder", "reviews", "--role", "hr", "--name", "x", says="would be written", code=2),
    _confirm(
        "one name for two ids", "PM-0001", "PM-0002", "--role", "hr", "--name", "x", says="would be written", code=2
    ),
    _confirm(
        "a period that is none", "PM-0001", "--role", "employee", "--period", "2026-13", says="not a period", code=2
    ),
    _confirm("a date that is none", "PM-0001", "--role", "employee", "--date", "9999-99-99", says="not a date", code=2),
    Hostile(
        "a name that is YAML",
        _nothing,
        ("confirm", "PM-0001", "--yes", "--role", "hr", "--name", "x}\nstatus: published # {"),
        0,
        ("hr confirmed",),
        after=lambda root: _is_submitted(root),
    ),
    _new("somebody of another name who is there twice", "PM-0009,甲,,,物业,前台,,,,", "甲", "KPI643", 1),
    _new("an id that is a path", "PM-0009,丙,,,物业,前台,,,,", "../../x", "is not an id"),
    _new("an id in other capitals", "PM-0009,丙,,,物业,前台,,,,", "pm-0009", "Did you mean 'PM-0009'?"),
    _new(
        "somebody who left in year 1", "PM-0009,丙,,,物业,前台,,,0001-01-01,0001-01-02", "PM-0009", "left on 0001-01-02"
    ),
    _new("a department of blanks", 'PM-0009,丙,,,"   ",前台,,,,', "PM-0009", "nobody knows --department"),
    _new("a name with a control character", "PM-0009,丙\x07,,,物业,前台,,,,", "PM-0009", "reviews/people.csv:", 1),
    _host("a host of 300 characters", "a" * 300),
    _host("a host of bytes that are not UTF-8", BYTES),
    _host("a host with an empty part", "a..b"),
    Hostile("a port beyond all", _nothing, ("serve", "--port", "99999"), 2, ("99999",)),
    Hostile("a file name of bytes that are not UTF-8", _nothing, ("score", BYTES), 1, ("KPI644",)),
    Hostile("a root of bytes that are not UTF-8", _nothing, ("--root", BYTES, "check"), 2, ("no folder",)),
]


def _is_submitted(root: Path) -> None:
    text = (root / SUBMITTED).read_text("utf-8")
    assert text.count("\nstatus: ") == 1
    assert "\nstatus: submitted\n" in text
