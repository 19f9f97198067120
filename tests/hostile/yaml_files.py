"""YAML that wants to hang, crash or mislead the reader."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.hostile.case import Hostile

REVIEW = "reviews/2026-03/X-1.front-desk.md"


def _review(front_matter: str) -> Callable[[Path], None]:
    def arrange(root: Path) -> None:
        file = root / REVIEW
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(f"---\n{front_matter}\n---\n".encode("utf-8", "surrogatepass"))

    return arrange


def _check(name: str, front_matter: str, *says: str) -> Hostile:
    return Hostile(name, _review(front_matter), ("check",), 1, says)


CASES = [
    _check(
        "aliases that double at each level", "a: &a [1]\n" + "\n".join(f"b{i}: [*a, *a]" for i in range(50)), "KPI201"
    ),
    _check("nested lists", "a: " + "[" * 500 + "]" * 500, "KPI"),
    _check("nested mappings", "a: " + "{a: " * 500 + "1" + "}" * 500, "KPI"),
    _check("a tag that makes an object", "a: !!python/object/apply:os.system ['true']", "KPI201"),
    _check("a lone surrogate", "form: \ud800", "KPI102"),
]
