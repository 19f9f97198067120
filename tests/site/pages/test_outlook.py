"""What a report says of next steps where the total gains something else than the row."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpigen.base.sources import WorkTree
from kpigen.i18n.messages import messages
from kpigen.repository.project import load
from kpigen.repository.records import Record, make_records
from kpigen.site.pages.outlook import advice_of, row_steps

RULES = """\
schema: 1
form: plan
title: {zh: 计划, en: Plan}
cycle: [month]
full: 100
confirmations: []
print: {columns: [name, points], signatures: []}
sections:
  - id: worst
    name: {zh: 最差, en: Worst}
    total: min(rows) / 2
    indicators:
      - {id: a, name: {zh: 甲, en: A}, out_of: 100, inputs: {n: {type: number, min: 0, max: 100}}}
      - {id: b, name: {zh: 乙, en: B}, out_of: 100, inputs: {n: {type: number, min: 0, max: 100}}}
  - id: sum
    name: {zh: 合计, en: Sum}
    indicators:
      - {id: c, name: {zh: 丙, en: C}, out_of: 50, inputs: {n: {type: number, min: 0, max: 50}}}
examples:
  - {metrics: {a: 60, b: 80, c: 20}, total: 50}
  - {metrics: {a: 0, b: 0, c: 50}, total: 50}
"""


def record(root: Path, metrics: str) -> Record:
    files = {
        "kpigen.toml": 'organisation = "Sample"\nlanguages = ["zh", "en"]\n',
        "rules/plan/2026-01.yaml": RULES,
        "reviews/2026-01/A-1.plan.md": (
            "---\nemployee: {id: A-1, name: Ann, department: North, position: Staff}\nperiod: 2026-01\nform: plan\n"
            f"status: draft\nmetrics: {metrics}\n---\n"
        ),
    }
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    (found,), problems = make_records(load(WorkTree(root)))
    assert problems == []
    return found


@pytest.mark.parametrize(
    ("language", "worst", "sum_"),
    [("en", "+0.50 in the total", "+1.00"), ("zh", "总分 +0.50", "+1.00")],
)
def test_beside_a_row_the_gain_of_the_total_is_said_to_be_that(
    tmp_path: Path, language: str, worst: str, sum_: str
) -> None:
    """Half of the worst row counts: a point of a is half a point, one of b nothing, one of c a whole."""
    found, words = record(tmp_path, "{a: 60, b: 80, c: 20}"), messages(language)
    gains = {row.id: [step.gain for step in row_steps(found, row, words)] for row in found.form.indicators}
    assert gains == {"a": [worst], "b": [], "c": [sum_]}
    said = [(item.step.indicator, item.step.gain, item.most and item.most.gain) for item in advice_of(found, words)]
    assert said == [("c", "+1.00", "+30.00"), ("a", "+0.50", "+10.00")]


def test_without_a_total_a_step_brings_what_the_row_gains(tmp_path: Path) -> None:
    found, words = record(tmp_path, "{a: 60, c: 20}"), messages("en")
    gains = {row.id: [step.gain for step in row_steps(found, row, words)] for row in found.form.indicators}
    assert gains == {"a": ["+1.00"], "b": [], "c": ["+1.00"]}
    assert [item.step.indicator for item in advice_of(found, words)] == ["c"]
