"""What people have said to a submitted review."""

from __future__ import annotations

import pytest

from kpigen.repository import project
from kpigen.repository.checks.project import check
from kpigen.repository.lifecycle import transitions as lifecycle
from kpigen.repository.records import Record
from kpigen.repository.replies import Replies, Reply, replies_to
from tests.helpers.tiny import DRAFT, REVIEW, TINY, TINY_RULE, take, tree_of

ASKED = TINY_RULE.replace("confirmations: []", "confirmations: [employee, leader]")
AGREED = "confirmations:\n  - {role: employee, name: 甲, date: 2026-02-03, of: NUMBER}\n"
LEADER = "  - {role: leader, name: 乙, date: 2026-02-04, of: NUMBER}\n"
OLD = AGREED.replace("NUMBER", "aaaaaaaaaaaa")
OPEN = "objections:\n  - {role: employee, date: 2026-02-04, of: NUMBER, text: 少算了}\n"
RESOLVED = OPEN.replace("少算了}", "少算了, resolution: 已补, resolved: 2026-02-05}")
OTHERS = OPEN.replace("employee", "leader")
BOTH = ("employee", "leader")


def record_of(entries: str) -> Record:
    """Return the record of a submitted review with these entries; NUMBER in them is its content number."""
    files = take({TINY: ASKED, REVIEW: DRAFT}, REVIEW, lifecycle.submit, "2026-02-01", lambda: "0" * 32)
    number = _record(files).number
    text = files[REVIEW] if isinstance(files[REVIEW], str) else bytes(files[REVIEW]).decode()
    head, rest = text.split("\n---\n", 1)
    return _record({**files, REVIEW: f"{head}\n{entries.replace('NUMBER', number)}---\n{rest}"})


def _record(files: dict[str, str | bytes]) -> Record:
    (record,), _ = check(project.load(tree_of(**files)))
    return record


@pytest.mark.parametrize(
    ("entries", "reply", "on", "awaited", "unresolved", "complete"),
    [
        ("", Reply.AWAITED, "", BOTH, 0, False),
        (AGREED, Reply.AGREED, "2026-02-03", ("leader",), 0, False),
        (AGREED + LEADER, Reply.AGREED, "2026-02-03", (), 0, True),
        (AGREED.split("\n")[0] + "\n" + LEADER, Reply.AWAITED, "", ("employee",), 0, False),
        (OLD, Reply.AWAITED, "", BOTH, 0, False),
        (OPEN, Reply.OBJECTED, "2026-02-04", BOTH, 1, False),
        (OPEN.replace("NUMBER", "aaaaaaaaaaaa"), Reply.OBJECTED, "2026-02-04", BOTH, 1, False),
        (AGREED + LEADER + OPEN, Reply.OBJECTED, "2026-02-04", (), 1, False),
        (RESOLVED, Reply.RESOLVED, "2026-02-05", BOTH, 0, False),
        (AGREED + RESOLVED, Reply.AGREED, "2026-02-03", ("leader",), 0, False),
        (OTHERS, Reply.AWAITED, "", BOTH, 1, False),
        (AGREED + LEADER + OTHERS, Reply.AGREED, "2026-02-03", (), 1, False),
    ],
)  # fmt: skip
def test_what_was_said(
    entries: str, reply: Reply, on: str, awaited: tuple[str, ...], unresolved: int, complete: bool
) -> None:
    replies = replies_to(record_of(entries))
    assert replies == Replies(reply, on, awaited, replies.unresolved)
    assert len(replies.unresolved) == unresolved
    assert replies.is_complete == complete
