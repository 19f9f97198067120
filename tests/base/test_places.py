"""Where things lie: one module says it, everything else asks."""

from __future__ import annotations

import re

import pytest

from kpigen.base.places import REVIEWS, ROSTER, RULES, is_readme, is_review_path, is_rule_path, review_path, rule_path
from tests.helpers.forms import ROOT


def test_a_review_and_a_rule_lie_where_they_belong() -> None:
    path = review_path("PM-0002", "2026-07", "front-desk")
    assert path == "reviews/2026-07/PM-0002.front-desk.md"
    assert is_review_path(path)
    assert rule_path("front-desk", "2026-01") == "rules/front-desk/2026-01.yaml"
    assert is_rule_path(rule_path("front-desk", "2026-01"))
    assert ROSTER == "reviews/people.csv"
    assert not is_review_path(ROSTER)


@pytest.mark.parametrize(
    ("path", "is_review"),
    [
        ("reviews/2026-07/A-1.front-desk.md", True),
        ("reviews/2026-07/A-1.front-desk.MARKDOWN", True),
        ("reviews/July/A-1.front-desk.md", True),  # no period: `check` says where it belongs
        ("reviews/July/more/A-1.md", True),
        ("reviews/A-1.md", True),
        ("reviews/2026-07/files/minutes.md", False),
        ("reviews/2026-07/README.md", False),
        ("reviews/2026-07/minutes.pdf", False),
    ],
)
def test_what_is_meant_as_a_review(path: str, is_review: bool) -> None:
    assert is_review_path(path) is is_review
    assert is_readme(path) is path.endswith("README.md")


def test_no_other_module_spells_out_a_folder_a_path_or_the_length_of_a_content_number() -> None:
    spelled = re.compile(rf"""["'](?:{REVIEWS}|{RULES})/\{{|people\.csv["']|a-f\]\{{12\}}|\[:12\]""")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted((ROOT / "kpigen").rglob("*.py"))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if spelled.search(line) and path.name != "places.py"
    ]
    assert found == []
