"""The smallest form with a review of it, in memory, and the findings of a check on such files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from kpigen.base.sources import MemoryTree
from kpigen.diagnostics.diagnostic import Diagnostic
from kpigen.model.reviews import Review
from kpigen.repository import project
from kpigen.repository.checks.project import check
from kpigen.repository.lifecycle import transitions as lifecycle
from tests.helpers.forms import ROOT

TINY = "rules/tiny/2026-01.yaml"
TINY_RULE = """\
schema: 1
form: tiny
title: {zh: 小表, en: Tiny}
cycle: [month]
grades: {A: 60, B: 0}
confirmations: []
origin: {name: chosen, weight: chosen, score: chosen, grades: chosen}
print: {columns: [name, points], signatures: []}
indicators:
  - id: calls
    name: {zh: 回访, en: Calls}
    weight: 100
    standard: {zh: 每次一分, en: A point each}
    inputs: {calls: {type: count}}
    score: {method: value}
examples:
  - {metrics: {calls: 80}, total: 80, grade: A}
  - {metrics: {calls: 50}, total: 50, grade: B}
"""
REVIEW = "reviews/2026-01/A-1.tiny.md"
ROSTER = "reviews/people.csv"
DRAFT = """\
---
employee: {id: A-1, name: 甲, department: 客服部, position: 客服}
period: 2026-01
form: tiny
status: draft
metrics:
  calls: 80
---

见上表。
"""

Files = dict[str, str | bytes]


@cache
def rules_files() -> dict[str, bytes]:
    """Return the repository's own rule files."""
    return {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in sorted(ROOT.glob("rules/*/*.yaml"))}


def tree_of(**files: str | bytes) -> MemoryTree:
    """Return a tree of files in memory. Texts are encoded as UTF-8."""
    return MemoryTree({path: data if isinstance(data, bytes) else data.encode() for path, data in files.items()})


def check_files(files: Mapping[str, str | bytes]) -> tuple[Diagnostic, ...]:
    """Return all findings about these files. If they include no rule file, the repository's rules are used."""
    with_rules = {} if any(path.startswith("rules/") for path in files) else rules_files()
    return check(project.load(tree_of(**{**with_rules, **files})))[1]


def places(findings: tuple[Diagnostic, ...]) -> list[str]:
    """Return findings as `path:line:column CODE`."""
    return [f"{item.span} {item.code}" for item in findings]


def tiny(*edits: tuple[str, str], review: str = DRAFT) -> Files:
    """Return the smallest form and a draft of it. Each `edit` applies to the one of the two files that contains its text."""
    files = {TINY: TINY_RULE, REVIEW: review}
    for old, new in edits:
        path = TINY if old in files[TINY] else REVIEW
        assert files[path].count(old) == 1, old
        files[path] = files[path].replace(old, new)
    return dict(files)


def take(files: Files, path: str, step: Callable[..., lifecycle.Result], *args: object) -> Files:
    """Return these files after a step of one review."""
    tree = tree_of(**files)
    loaded = project.load(tree)
    change, found = step(loaded, tree, loaded.review(path), *args)
    assert change is not None, [item.message for item in found]
    return {**files, path: change.data}


def publish(files: Files, path: str = REVIEW, confirmed: bool = False) -> Files:
    """Return these files with one review published."""
    files = take(files, path, lifecycle.submit, "2026-02-01", lambda: "0" * 32)
    if confirmed:
        files = take(files, path, lifecycle.confirm, "employee", "甲", "2026-02-03")
    return take(files, path, lifecycle.publish, "2026-02-05", lambda: "1" * 32)


def codes_of(findings: tuple[Diagnostic, ...]) -> list[str]:
    return [item.code for item in findings]


def read_draft(text: str | bytes) -> tuple[Review | None, list[str]]:
    """Return a draft of the tiny form, or None, and the places of its findings."""
    loaded = project.load(tree_of(**{TINY: TINY_RULE, REVIEW: text}))
    return loaded.review(REVIEW), [found.removeprefix(f"{REVIEW}:") for found in places(check(loaded)[1])]


def with_fields(fields: str) -> str:
    """Return the draft with other fields instead of its metrics."""
    return DRAFT.replace("metrics:\n  calls: 80\n", fields)


LONG_DRAFT = (
    with_fields('metrics: {calls: 80}\nfeedback:\n  plan: |\n    一\n\n    二\n  strengths: "甲\n    乙"\n')
    + "\n- 一\n- 二\n"
)
