"""The facts that `verify` compares: what differs is named, and how it is shown does not matter."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from kpigen.base.sources import WorkTree
from kpigen.diagnostics.values import Phrase, phrase, phrase_by_count
from kpigen.model.reviews import Objection
from kpigen.repository.checks.project import check
from kpigen.repository.project import load
from kpigen.repository.records import Record
from kpigen.site.pages.report import ReportSetting
from kpigen.site.proof.facts import Difference, difference, facts_of
from tests.helpers.forms import ROOT


def entries(count: int) -> Phrase:
    return phrase_by_count("{count} entry", "{count} entries", count=count)


SETTING = ReportSetting("示例公司", "林")


@pytest.fixture(scope="module")
def record() -> Record:
    records, _ = check(load(WorkTree(ROOT)))
    return next(item for item in records if item.is_published and item.review.form == "front-desk")


def test_the_same_record_states_the_same(record: Record) -> None:
    assert difference(facts_of(record, SETTING, "zh"), facts_of(record, SETTING, "zh"), "zh") is None


def test_a_difference_is_named_with_what_each_side_says(record: Record) -> None:
    facts = facts_of(record, SETTING, "zh")
    other = facts_of(record, ReportSetting("别的公司", "林"), "zh")
    assert difference(facts, other, "zh") == Difference("organisation", "示例公司", "别的公司")
    assert difference(facts, replace(facts, total=Fraction(97)), "zh") == Difference(
        phrase("total"), f"{float(facts.total or 0):.2f}", "97.00"
    )
    late = replace(
        record, review=replace(record.review, objections=(Objection("employee", "2026-05-05", "0" * 12, "有误"),))
    )
    assert difference(facts, facts_of(late, SETTING, "zh"), "zh") == Difference(
        phrase("objections"), entries(0), entries(1)
    )


def test_how_markdown_is_broken_into_lines_says_nothing(record: Record) -> None:
    one, other = (
        replace(record, review=replace(record.review, body=body)) for body in ("三月平稳。", "三月\n平稳。\n")
    )
    assert facts_of(one, SETTING, "zh").body == facts_of(other, SETTING, "zh").body
