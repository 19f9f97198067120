"""What people hide in a review: refused before publication, told of after it (KPI351, KPI353), never refused in a copy."""

from __future__ import annotations

import pytest

from kpigen.files.review import read_copy
from kpigen.repository.lifecycle.transitions import submit
from kpigen.repository.project import load
from tests.helpers.tiny import (
    DRAFT,
    REVIEW,
    TINY,
    TINY_RULE,
    check_files,
    publish,
    read_draft,
    take,
    tree_of,
    with_fields,
)

COMMENT, LINK, TAG = "<!-- 仅供人事 -->", "[x]: https://a.example/", "<b>粗</b>"
#: Every field of a review that takes a longer text.
FIELDS = {
    "comments": "comments: {{calls: '{}'}}",
    "feedback": "feedback: {{plan: '{}'}}",
    "self-assessment": "self_assessment: {{comment: '{}'}}",
    "objection": "objections: [{{role: employee, date: 2026-02-02, of: 000000000000, text: '{}'}}]",
    "resolution": "objections: [{{role: hr, date: 2026-02-02, of: 000000000000, text: x, resolution: '{}', resolved: 2026-02-03}}]",
    "amendment": "amendments: [{{date: 2026-02-02, by: 林, reason: '{}'}}]",
}


@pytest.mark.parametrize("field", FIELDS.values(), ids=FIELDS)
def test_a_comment_is_refused_in_every_field(field: str) -> None:
    for text in (COMMENT, f"好 {COMMENT}"):
        _, found = read_draft(with_fields(f"metrics: {{calls: 80}}\n{field.format(text)}\n"))
        assert [item for item in found if "KPI350" in item], text
    _, found = read_draft(with_fields(f"metrics: {{calls: 80}}\n{field.format('`<!-- 写出来 -->`')}\n"))
    assert not [item for item in found if "KPI35" in item]


def test_a_yaml_comment_is_not_refused() -> None:
    _, found = read_draft(DRAFT.replace("calls: 80", "calls: 80  # 仅供人事 <!-- x -->"))
    assert found == []


def test_a_submitted_review_is_refused_too() -> None:
    files = take({TINY: TINY_RULE, REVIEW: DRAFT}, REVIEW, submit, "2026-02-01", lambda: "0" * 32)
    data = files[REVIEW]
    assert isinstance(data, bytes)
    found = check_files({**files, REVIEW: data.decode() + f"\n{COMMENT}\n"})
    assert [(item.code, item.is_error) for item in found] == [("KPI350", True)]


@pytest.mark.parametrize(("text", "code"), [(COMMENT, "KPI351"), (LINK, "KPI353"), (TAG, "")])
def test_what_was_published_stays_valid(text: str, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:  # as when it was still allowed
        patch.setattr("kpigen.files.review.may_hide", lambda _: False)
        files = publish({TINY: TINY_RULE, REVIEW: f"{DRAFT}\n{text}\n"})
    found = check_files(files)
    assert [item.code for item in found] == [code] * bool(code)
    assert not any(item.is_error for item in found)


def test_an_objection_after_publication_hides_nothing() -> None:
    files = publish({TINY: TINY_RULE, REVIEW: DRAFT})
    data = files[REVIEW]
    assert isinstance(data, bytes)
    entry = (
        f"objections:\n  - {{role: employee, date: 2026-02-06, of: 000000000000, text: '不同意 {COMMENT}'}}\n---\n\n"
    )
    found = check_files({**files, REVIEW: data.decode().replace("---\n\n", entry, 1)})
    assert "KPI350" in [item.code for item in found]


def test_a_copy_says_what_the_review_said() -> None:
    """A PDF from before is not called broken because of it."""
    loaded = load(tree_of(**{TINY: TINY_RULE}))
    text = DRAFT.replace("status: draft", "status: submitted\nsubmitted: {on: 2026-02-01}") + COMMENT
    review, found = read_copy(REVIEW, text.encode(), loaded.rules)
    assert review is not None
    assert COMMENT in review.body
    assert not [item for item in found if item.code.startswith("KPI35")]
