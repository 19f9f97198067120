"""Which findings are new: not those that only moved, and not those whose other places moved."""

from __future__ import annotations

import pytest

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, Span
from kpigen.diagnostics.news import first_new, news
from kpigen.diagnostics.values import phrase_by_count


def stray(path: str, line: int = 1) -> Diagnostic:
    return catalogue.STRAY_FILE.at(Span(path, line))


def manager(id_: str, line: int, *more: int) -> Diagnostic:
    lines = ", ".join(map(str, more))
    said = phrase_by_count("; {count} more {lines}", "; {count} more {lines}", count=len(more), lines=lines)
    return catalogue.ROSTER_MANAGER.at(Span("reviews/people.csv", line), manager=id_, more=said if more else "")


def twice(line: int, other: int) -> Diagnostic:
    return catalogue.DUPLICATE_KEY.at(Span("x", line), key="a", line=other)


A, B, C = stray("a"), stray("b"), stray("c")

CASES: list[tuple[str, list[list[Diagnostic]], list[Diagnostic], list[Diagnostic], list[Diagnostic]]] = [
    ("nothing is known", [], [A, B], [A, B], []),
    ("all is known", [[B, A]], [A, B], [], [A, B]),
    ("the new one is last", [[A, B]], [A, B, C], [C], [A, B]),
    ("the new one is first", [[B, C]], [A, B, C], [A], [B, C]),
    ("one is gone", [[A, B]], [B], [], [B]),
    ("one moved down", [[stray("a", 3)]], [stray("a", 9)], [], [stray("a", 9)]),
    ("one of another file", [[stray("a", 3)]], [stray("b", 3)], [stray("b", 3)], []),
    ("a second of the same", [[stray("a", 3)]], [stray("a", 3), stray("a", 9)], [stray("a", 9)], [stray("a", 3)]),
    ("each in another earlier state", [[A], [B]], [A, B, C], [C], [A, B]),
    ("other lines of the same slip moved", [[manager("M", 2, 3, 4)]], [manager("M", 3, 4, 5)], [], [manager("M", 3, 4, 5)]),
    ("one more line of the same slip", [[manager("M", 2)]], [manager("M", 2, 3)], [manager("M", 2, 3)], []),
    ("the same slip of another", [[manager("M", 2)]], [manager("N", 2)], [manager("N", 2)], []),
    ("the line that it names moved", [[twice(9, 2)]], [twice(12, 5)], [], [twice(12, 5)]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("earlier", "found", "new", "known"), [row[1:] for row in CASES], ids=[row[0] for row in CASES]
)
def test_what_is_new_comes_first(
    earlier: list[list[Diagnostic]], found: list[Diagnostic], new: list[Diagnostic], known: list[Diagnostic]
) -> None:
    assert first_new(found, earlier) == (tuple(new), tuple(known))


def test_what_is_gone_is_told_too() -> None:
    assert news([A, B], [B, C]) == ([C], [A])
