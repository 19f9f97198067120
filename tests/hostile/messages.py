"""Files whose fault cannot be seen, or whose findings would mislead, show secrets or take long to write."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.hostile.case import Hostile

REVIEW = "reviews/2026-03/X-1.front-desk.md"
HEAD = "employee: {id: X-1, name: 甲, department: 乙, position: 丙}\nperiod: 2026-03\nform: front-desk\n"


def _write(path: str, data: bytes) -> Callable[[Path], None]:
    def arrange(root: Path) -> None:
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)

    return arrange


def _check(name: str, data: bytes, *says: str, silent: tuple[str, ...] = ()) -> Hostile:
    return Hostile(name, _write(REVIEW, data), ("check",), 1, says, silent)


def _fields(name: str, fields: str, *says: str, silent: tuple[str, ...] = ()) -> Hostile:
    return _check(name, f"---\n{HEAD}{fields}\n---\n".encode(), *says, silent=silent)


def _big(path: str) -> Callable[[Path], None]:
    def arrange(root: Path) -> None:
        text = "甲" * 400_000
        _write(path, text.encode("gb18030"))(root)

    return arrange


CASES = [
    _check("UTF-16 with its mark", f"---\n{HEAD}---\n".encode("utf-16"), "it is UTF-16", silent=("GBK",)),
    _check("UTF-16 without its mark", f"---\n{HEAD}---\n".encode("utf-16-le"), "it is UTF-16", silent=("KPI103",)),
    _check("NUL bytes alone", b"\0" * 10_000, "KPI103"),
    Hostile("a large file in GBK", _big(REVIEW), ("check",), 1, ("GB18030",)),
    _fields("a status with a no-break space", "status: draft\u00a0", "draft[U+00A0]", "did you mean `draft`"),
    _fields("a status that is turned around", "status: \u202etfard", "[U+202E]", silent=("\u202e",)),
    _fields("a status of invisible characters", "status: " + "\u200b" * 50_000, "KPI204", silent=("\u200b",)),
    _fields("a name that controls the terminal", 'status: "\\e[31m\\e]0;x\\a"', "[U+001B]", silent=("\x1b",)),
    _fields(
        "colons without blanks", "status: draft\nmetrics: {" + ",".join(f"k{n}:1" for n in range(3000)) + "}", "KPI360"
    ),
    _fields("one word of colons", f"status: draft\nmetrics:\n  a{':' * 100_000}b\n  c: 1", "KPI107"),
    _fields("tabs", "status: draft\nmetrics:\n" + "\t" * 100_000 + "calls: 1", "a tab stands here"),
    Hostile(
        "forms that differ in capital letters",
        lambda root: [_write(f"rules/{name}/2026-01.yaml", b"a: 1\n")(root) for name in ("P-1", "p-1")] and None,
        ("check",),
        1,
        ("KPI363",),
    ),
    Hostile(
        "a formula of brackets and conditions",
        _write(
            "rules/deep/2026-01.yaml", f"schema: 1\nform: deep\nveto: [{{when: '{'(1 if a else ' * 90}'}}]\n".encode()
        ),
        ("check", "--language", "zh"),
        1,
        ("KPI507",),
    ),
]
