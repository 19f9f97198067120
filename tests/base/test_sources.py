"""What cannot be read: locked files, links, files that are not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpigen.base.disk import MAX_EVIDENCE
from kpigen.base.sources import MemoryTree, WorkTree
from kpigen.repository.checks.project import check
from kpigen.repository.project import load
from tests.helpers.tiny import (
    DRAFT,
    REVIEW,
    ROSTER,
    TINY,
    TINY_RULE,
    check_files,
    places,
    tree_of,
    with_fields,
)


class Locked(MemoryTree):
    """Files of which one may not be read."""

    def __init__(self, files: dict[str, bytes], locked: str) -> None:
        super().__init__(files)
        self.locked = locked

    def read(self, path: str, limit: int = MAX_EVIDENCE) -> bytes:
        if path == self.locked:
            raise PermissionError(13, "Permission denied", path)
        return super().read(path, limit)

    def digest(self, path: str) -> str | None:
        if path == self.locked:
            raise PermissionError(13, "Permission denied", path)
        return super().digest(path)


EVIDENCE = "reviews/2026-01/files/a.csv"


@pytest.mark.parametrize(
    ("locked", "place"),
    [
        (REVIEW, f"{REVIEW}:1:1 KPI117"),
        (TINY, f"{TINY}:1:1 KPI117"),
        (ROSTER, f"{ROSTER}:1:1 KPI117"),
        ("kpigen.toml", "kpigen.toml:1:1 KPI117"),
        (EVIDENCE, f"{REVIEW}:8:20 KPI117"),
    ],
)
def test_a_file_that_may_not_be_read_is_told(locked: str, place: str) -> None:
    files = {
        TINY: TINY_RULE, REVIEW: with_fields("metrics:\n  calls: 80\nevidence: {calls: [files/a.csv]}\n"), EVIDENCE: "1\n",
        ROSTER: "id,name,login,email,department,position,manager,form,from,to\nA-1,甲,,,,,,,,\n", "kpigen.toml": "",
    }  # fmt: skip
    assert check_files(files) == ()
    tree = Locked(tree_of(**files).files, locked)
    found = check(load(tree))[1]
    assert place in places(found)
    assert {item.code for item in found} <= {"KPI117", "KPI118", "KPI301"}


def lay_out(root: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")


def test_links_are_told_and_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.md"
    outside.write_text(DRAFT, "utf-8")
    root = tmp_path / "here"
    lay_out(
        root,
        {
            TINY: TINY_RULE,
            "reviews/README.md": "甲",
            "reviews/2026-01/.hidden.md": "甲",
            "reviews/2026-01/~$a.xlsx": "甲",
        },
    )
    links = [REVIEW, "reviews/2026-01/files", ROSTER, "rules/tiny/2026-02.yaml"]
    for link in links:
        (root / link).symlink_to(outside)
    (root / "reviews/2026-02").symlink_to(root / "rules")
    project = load(WorkTree(root))
    hidden = "reviews/2026-01/.hidden.md:1:1 KPI123"
    found = [hidden, *(f"{path}:1:1 KPI119" for path in [*links, "reviews/2026-02"])]
    assert sorted(places(check(project)[1])) == sorted(found)
    assert (project.reviews, project.roster.exists) == ((), False)


HIDDEN = [
    ("reviews/2026-01/.A-2.tiny.md", True),
    ("reviews/2026-01/..A-2.tiny.md", True),
    ("reviews/2026-01/.A-2.tiny.MARKDOWN", True),
    ("reviews/.A-2.tiny.md", True),
    ("reviews/.2026-01/A-2.tiny.md", True),
    ("rules/tiny/.2026-02.yaml", True),
    ("rules/.tiny/2026-02.yml", True),
    ("reviews/2026-01/.gitkeep", False),
    ("reviews/2026-01/.README.md", False),
    ("reviews/.DS_Store", False),
    ("reviews/2026-01/.A-2.tiny.md.swp", False),
    ("reviews/2026-01/files/.note.md", False),
    (".drafts/A-2.tiny.md", False),
]


@pytest.mark.parametrize(("path", "is_told"), HIDDEN)
def test_a_review_or_rule_file_that_is_hidden_is_told(tmp_path: Path, path: str, is_told: bool) -> None:
    files = {TINY: TINY_RULE, REVIEW: with_fields("metrics: {calls: 80}\n"), path: "甲"}
    lay_out(tmp_path, files)
    for tree in (tree_of(**files), WorkTree(tmp_path)):
        assert places(check(load(tree))[1]) == ([f"{path}:1:1 KPI123"] if is_told else [])


def test_an_evidence_name_no_file_can_have_is_missing(tmp_path: Path) -> None:
    fields = 'evidence: {calls: [%s.csv, "a\\u2028b.csv", "x/", ., a//b, "~"]}\n' % ("甲" * 300)
    lay_out(tmp_path, {TINY: TINY_RULE, REVIEW: with_fields(fields)})
    found = check(load(WorkTree(tmp_path)))[1]
    assert {item.code for item in found} <= {"KPI103", "KPI117", "KPI334", "KPI335", "KPI337", "KPI342"}
    assert len(found) >= 6


def test_an_empty_folder_has_nothing_wrong(tmp_path: Path) -> None:
    assert check(load(WorkTree(tmp_path)))[1] == ()
