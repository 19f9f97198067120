"""Scales, defaults and what is agreed, in words: on the rule page, by `kpigen form`, in the comments of a draft."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpigen.scoring.input_words import choice_name, notes_of
from tests.files.rules.test_defaults import ALL
from tests.helpers.forms import run
from tests.helpers.rules import CHOICES, rule

FORM = """\
schema: 1
form: pair
title: {zh: 双人评, en: Two raters}
cycle: [month]
confirmations: []
print: {columns: [name, actual, points], signatures: []}
scales:
  abc: {a: {zh: 优, en: Good, points: 5, text: {zh: 出色, en: Outstanding}}, b: {zh: 差, en: Poor, points: -1.5}}
indicators:
  - id: work
    name: {zh: 工作, en: Work}
    weight: 100
    inputs:
      reporting: {scale: abc, name: {zh: 报告人, en: Reporting}}
      revised: {scale: abc, name: {zh: 复核人, en: Reviewing}, default: reporting}
      base: {type: number, name: {zh: 基数, en: Base}, agreed: yes, default: 100}
      tasks:
        type: list
        name: {zh: 任务, en: Tasks}
        fields: {weight: {type: number, name: {zh: 权重, en: W}, default: 1}, level: {scale: abc, name: {zh: 档, en: Level}}}
    score: {method: formula, formula: 'reporting + revised + base / 10 + mean(tasks, level * weight)'}
examples:
  - {metrics: {work: {reporting: a, tasks: [{level: a}]}}, total: 25}
  - {metrics: {work: {reporting: a, revised: b, base: 0, tasks: [{level: b, weight: 2}]}}, total: 0.5}
"""


def test_what_is_said_of_inputs() -> None:
    inputs = rule(ALL).inputs
    told = {item.id: list(notes_of(item, inputs, "en", str)) for item in inputs}
    assert told == {
        "n": ["−2.5 if it is not given", "agreed at the start of the period"],
        "whole": ["0 if it is not given"],
        "part": ["95.5% if it is not given"],
        "time": ["1m5s if it is not given"],
        "ok": ["no if it is not given"],
        "level": ["Fair if it is not given"],
        "like": ["like A if it is not given"],
        "again": ["like A if it is not given"],
        "own": [],
        "other": ["like A if it is not given"],
    }
    level = next(item for item in inputs if item.id == "level")
    assert [choice_name(choice, "zh", str) for choice in level.choices] == [
        "优 (5 points)",
        "中 (3.5 points)",
        "差 (−1 points)",
    ]


def test_pages_in_use_say_what_they_said() -> None:
    score = "score: {method: levels, levels: {high: 3, middle: 2, low: 1}}"
    text = f"inputs: {{level: {{type: choice, default: low, {CHOICES}}}}}\n{score}"
    (item,) = rule(text).inputs
    assert list(notes_of(item, (item,), "en", str)) == []
    assert [choice_name(choice, "en", str) for choice in item.choices] == ["High", "Middle", "Low"]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pair")
    for path, text in {"kpigen.toml": 'languages = ["zh", "en"]\n', "rules/pair/2026-01.yaml": FORM}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    (folder / "reviews").mkdir()
    run(folder, "check")
    return folder


def test_a_form_as_text_has_them(root: Path) -> None:
    said = run(root, "form", "pair", "--language", "en").stdout
    assert "    work: {reporting: a, revised: a, base: 12.5, tasks: [{level: a}]}\n" in said
    assert [line for line in said.splitlines() if line.startswith("      ")] == [
        "      reporting: a Good (5 points), b Poor (−1.5 points)",
        "      revised: a Good (5 points), b Poor (−1.5 points), like Reporting if it is not given",
        "      base: 100 if it is not given, agreed at the start of the period",
        "      tasks.weight: 1 if it is not given",
        "      tasks.level: a Good (5 points), b Poor (−1.5 points)",
    ]
    chinese = run(root, "form", "pair", "--language", "zh").stdout
    assert "revised：a 优（5 分）、b 差（−1.5 分）、不填则与“报告人”相同" in chinese


def test_a_draft_explains_them(root: Path) -> None:
    people = ["--employee", "A-1", "--name", "林晚", "--department", "客服部", "--position", "主管"]
    run(root, "new", "--form", "pair", "--period", "2026-01", *people, "--language", "en")
    draft = (root / "reviews/2026-01/A-1.pair.md").read_text("utf-8")
    for line in (
        "    #   a = Good (5 points): Outstanding",
        "    #   Reviewing: one of these levels; for example a; like Reporting if it is not given",
        "    #   Base: number; for example 12.5; 100 if it is not given; agreed at the start of the period",
    ):
        assert line in draft.splitlines(), draft
    assert run(root, "check").exit_code == 0


def test_a_rule_page_has_them(root: Path) -> None:
    run(root, "build", "--no-pdf", "--no-audit", "--no-search", "--yes", "--out", root / "site")
    page = (root / "site/forms/en/pair/2026-01.html").read_text("utf-8")
    assert "<code>a</code> Good (5 points): Outstanding" in page
    assert "like Reporting if it is not given</span>" in page
    assert "100 if it is not given, agreed at the start of the period</span>" in page
