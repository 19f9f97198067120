"""The copy of a review that leaves the repository: the same content, score, seal and page; nothing confidential."""

from __future__ import annotations

import dataclasses
import re
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpigen.base.sources import WorkTree
from kpigen.files.review import read_copy
from kpigen.files.roster import Roster
from kpigen.files.rules.book import Rulebook
from kpigen.model.reviews import Review, Status, Submitted
from kpigen.repository.export import scores_as_json
from kpigen.repository.project import Project, load
from kpigen.repository.records import Record, make_record, make_records
from kpigen.scoring.content import content, seal_of
from kpigen.site.proof.copies import write_copy
from tests.helpers.forms import NINE, ROOT, read_text, review_text, rulebook, written_bonus, written_metrics


@cache
def sample() -> tuple[Project, tuple[Record, ...]]:
    project = load(WorkTree(ROOT))
    records, _ = make_records(project)
    return project, tuple(item for item in records if item.review.status in (Status.SUBMITTED, Status.PUBLISHED))


def again(record: Record, rules: Rulebook) -> Record:
    """The record of a copy, read back."""
    data = write_copy(record)
    review, found = read_copy(record.review.path, data, rules)
    assert found == [], [f"{item.span} {item.message}" for item in found]
    assert review is not None
    problems: list = []
    copied = make_record(Project(sample()[0].config, Roster(), rules, (review,), ()), review, (), problems)
    assert copied is not None
    assert problems == []
    return copied


@pytest.mark.parametrize("path", [item.review.path for item in sample()[1]])
def test_a_copy_says_and_scores_the_same(path: str) -> None:
    project, records = sample()
    record = next(item for item in records if item.review.path == path)
    copied = again(record, project.rules)
    assert copied.digest == record.digest
    assert content(copied.review, copied.form) == content(record.review, record.form, record.taken)
    assert scores_as_json(copied.card) == scores_as_json(record.card)
    if record.review.published:
        assert seal_of(copied.review, copied.digest) == record.review.published.seal
    same = dataclasses.replace(
        copied.review,
        metrics=record.review.metrics,
        where=record.review.where,
        withheld={},
        submitted=record.review.submitted,
        published=record.review.published,
    )
    assert same == record.review, "all else is the review itself"


def test_nothing_confidential_leaves() -> None:
    _, records = sample()
    confidential = [item for item in records if any(one.confidential for one in item.form.indicators)]
    assert {item.form.id for item in confidential} >= {"cs-360", "support-center"}
    for record in confidential:
        text = write_copy(record).decode()
        review = record.review
        assert review.submitted is not None
        assert review.submitted.salt not in text
        for indicator in record.form.indicators:
            for item in indicator.confidential:
                assert not re.search(rf"\b{item.id}:", text)
        for taken in record.taken:
            assert taken.seal not in text
            assert taken.employee not in re.sub(r"employee: \{.*", "", text)


@pytest.mark.parametrize("form", NINE)
def test_any_review_survives_the_copy(form: str) -> None:
    @settings(max_examples=15)
    @given(data=st.data())
    def check(data: st.DataObject) -> None:
        metrics = data.draw(written_metrics(form))
        bonus = data.draw(written_bonus(form))
        texts = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), min_size=1, max_size=20)
        some = st.dictionaries(st.sampled_from(sorted(metrics)), texts.filter(str.strip), max_size=2)
        more = {"bonus": bonus} if bonus else {}
        draft, found = read_text(review_text(form, metrics, body="# 评价\n\n- 一\n\n---\n\n二", **more))
        assert draft is not None, found
        review = submitted(draft, comments={k: v.rstrip("\n") for k, v in data.draw(some).items()})
        record = make_record(Project(sample()[0].config, Roster(), rulebook(), (review,), ()), review, (), [])
        assert record is not None
        copied = again(record, rulebook())
        assert copied.digest == record.digest
        assert scores_as_json(copied.card) == scores_as_json(record.card)

    check()


def submitted(review: Review, **more: object) -> Review:
    block = Submitted("2026-04-01", "a" * 32)
    return dataclasses.replace(review, status=Status.SUBMITTED, submitted=block, **more)  # type: ignore[arg-type]


COPY = """\
---
employee: {id: A-1, name: 甲, department: 客服部, position: 客服}
period: 2026-03
form: cs-360
status: submitted
submitted: {on: 2026-04-01}
metrics:
  communication: {self: [85], manager: [80], others: {count: 5, mean: 80, digest: "%s"}}
---
"""


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("others: {", "peers: [80], others: {", "KPI201"),
        ("count: 5", "count: 0", ""),
        ("count: 5", "count: -5", "KPI317"),
        ("mean: 80", "mean: eighty", "KPI310"),
        ('digest: "%s"', "digest: abc", "KPI211"),
        (', digest: "%s"', "", "KPI202"),
        ("{on: 2026-04-01}", "{on: 2026-04-01, salt: 00112233445566778899aabbccddeeff}", "KPI201"),
        ("others: {count: 5, mean: 80", "others: {count: 5, mean: 80, lists: [80]", "KPI201"),
    ],
)
def test_what_a_copy_may_not_say(old: str, new: str, code: str) -> None:
    assert COPY.count(old) == 1
    text = COPY.replace(old, new).replace("%s", "0" * 64)
    review, found = read_copy("reviews/x.md", text.encode(), rulebook())
    if code:
        assert code in [item.code for item in found], [item.message for item in found]
    else:
        assert review is not None
        assert review.withheld == {}, "nothing is shown of nobody"
