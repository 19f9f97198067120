"""Valid, or nearly valid, files that cost much: each is done in seconds, or refused with a limit that is written down."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.helpers.tiny import DRAFT, REVIEW, TINY, TINY_RULE, with_fields
from tests.hostile.case import Hostile

BUILD = ("build", "--drafts", "--no-pdf", "--no-audit", "--no-search")
TASKS = (
    TINY_RULE.replace("type: count", "type: list, fields: {w: {type: number, min: 0, name: {zh: 权, en: W}},"
                      " a: {type: number, min: 0, max: 100, name: {zh: 实, en: A}}}")
    .replace("method: value", "method: weighted_list, weight: w, value: 'min(a / 100, 1)'")
    .replace("{calls: 80}, total", "{calls: [{w: 1, a: 80}]}, total")
    .replace("{calls: 50}, total", "{calls: [{w: 1, a: 50}]}, total")
    .replace("origin: {name", "origin: {inputs: chosen, name")
)  # fmt: skip


def _files(review: str = DRAFT, rule: str = TINY_RULE, **others: str) -> Callable[[Path], None]:
    def arrange(root: Path) -> None:
        for path, text in {TINY: rule, REVIEW: review, **others}.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, "utf-8")

    return arrange


def _tasks(count: int) -> str:
    return with_fields("metrics:\n  calls:\n" + "".join(f"    - {{w: 1, a: {n % 90}}}\n" for n in range(count)))


def _score(method: str, review: str = DRAFT) -> Callable[[Path], None]:
    return _files(review, TINY_RULE.replace("{method: value}", f"{{{method}}}"))


def _narrative(text: str) -> Callable[[Path], None]:
    return _files(DRAFT.replace("见上表。", text))


def _refused(name: str, arrange: Callable[[Path], None], *says: str, seconds: float = 1.5) -> Hostile:
    return Hostile(name, arrange, ("check",), 1, says, seconds=seconds)


def _points(count: int) -> str:
    return "method: curve, points: {" + ", ".join(f"{n}: {n % 97}" for n in range(count)) + "}"


def _many_files(root: Path) -> None:
    _files()(root)
    keys = "".join(f"u{n}: 1\n" for n in range(190))
    for number in range(60):
        path = root / f"reviews/2026-01/A-{number + 2}.tiny.md"
        path.write_text(DRAFT.replace("A-1", f"A-{number + 2}").replace("metrics:", f"{keys}metrics:"), "utf-8")


CASES = [
    Hostile("400 tasks of a weighted list", _files(_tasks(400), TASKS), BUILD, 0, seconds=3),
    _refused("5,000 tasks of a weighted list", _files(_tasks(5_000), TASKS), "KPI141"),
    Hostile("a curve of 500 points", _score(_points(500)), BUILD, 0, seconds=4),
    _refused("a curve of 9,000 points", _score(_points(9_000)), "KPI141"),
    _refused("a table of 60 columns and 500 short rows", _narrative("|a" * 60 + "|\n" + "|-" * 60 + "|\n" + "|\n" * 500), "KPI143"),
    _refused("100,000 combining marks in a narrative", _narrative("a" + "\u0301" * 100_000), "KPI125"),
    _refused("100,000 combining marks in a name", _files(DRAFT.replace("甲", "a" + "\u0301" * 100_000)), "KPI142"),
    _refused("100,000 list items", _narrative("- a\n" * 100_000), "KPI125"),
    _refused("9,000 unknown keys", _files(with_fields("bonus: {" + ", ".join(f"k{n}: 1" for n in range(9_000)) + "}\n")), "KPI141"),
    _refused("60,000 unknown settings", _files(**{"kpigen.toml": "".join(f"k{n} = 1\n" for n in range(60_000))}), "KPI144"),
    _refused("a setting of 40,000 parts", _files(**{"kpigen.toml": ".".join(["a"] * 40_000) + " = 1\n"}), "KPI801"),
    _refused("11,000 findings in 60 files", _many_files, "KPI140", "more findings", seconds=4),
    _refused("a roster with an error in each of 10,000 lines", _files(**{"reviews/people.csv":
             "id,name,login,email,department,position,manager,form,from,to\n" + "P 1,,,,,,X,,,2026-99\n" * 10_000}), "9999 more lines"),
    _refused("5,000 confirmations", _files(with_fields("confirmations:\n" + "  - {role: employee}\n" * 5_000)), "KPI141"),
    _refused("1,900 examples", _files(rule=TINY_RULE + "  - {metrics: {calls: 50}, total: 50, grade: B}\n" * 1_900), "KPI141"),
]  # fmt: skip
