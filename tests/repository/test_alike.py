"""Names that are one on systems where capital letters make no difference."""

from __future__ import annotations

import pytest

from kpigen.base.sources import MemoryTree
from kpigen.repository import project
from kpigen.repository.alike import alike

# paths, and what is told of them
ALIKE: list[tuple[list[str], list[str]]] = [
    (["rules/tiny/2026-01.yaml", "rules/Tiny/2026-01.yaml"], ["rules/Tiny"]),
    (["rules/P-1/2026-01.yaml", "rules/p-1/2026-02.yaml", "rules/p-1/2026-03.yaml"], ["rules/p-1"]),
    (["reviews/2026-Q1/A-1.tiny.md", "reviews/2026-q1/B-1.tiny.md"], ["reviews/2026-q1"]),
    (["reviews/2026-Q1/A-1.tiny.md", "reviews/2026-q1/A-1.tiny.md"], ["reviews/2026-q1"]),
    (["reviews/2026-01/A-1.tiny.md", "reviews/2026-01/A-1.Tiny.md"], ["reviews/2026-01/A-1.Tiny.md"]),
    (["reviews/2026-01/A-1.tiny.md", "reviews/2026-01/A-1.tiny.MD"], ["reviews/2026-01/A-1.tiny.MD"]),
    (["rules/tiny/2026-01.yaml", "rules/tiny/2026-01.YAML"], ["rules/tiny/2026-01.YAML"]),
    (["reviews/2026-01/Files/a.pdf", "reviews/2026-01/files/b.pdf"], ["reviews/2026-01/files"]),
    (["reviews/2026-01/\u00e9/a.pdf", "reviews/2026-01/e\u0301/b.pdf"], ["reviews/2026-01/e\u0301"]),
    (["templates/Report.html", "templates/report.html"], ["templates/report.html"]),
    # not alike, or told by the checks of ids and of evidence
    (["rules/tiny/2026-01.yaml", "rules/tiny2/2026-01.yaml"], []),
    (["reviews/2026-01/A-1.tiny.md", "reviews/2026-01/a-1.tiny.md"], []),
    (["reviews/2026-01/files/a.pdf", "reviews/2026-01/files/A.pdf"], []),
    (["reviews/2026-01/A-1.tiny.md", "reviews/2026-02/A-1.tiny.md"], []),
]


@pytest.mark.parametrize(("paths", "told"), ALIKE)
def test_names_that_overwrite_each_other_are_told_once(paths: list[str], told: list[str]) -> None:
    assert [dict(item.args)["name"] for item in alike(paths)] == told
    found = project.load(MemoryTree(dict.fromkeys(paths, b""))).problems
    assert [item.code for item in found].count("KPI363") == len(told)
