"""Reports of every kind to print: those of the sample, and variants for cases that the sample lacks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from kpigen.model.reviews import Amendment, Confirmation, Evidence, Objection, SelfAssessment, Status
from kpigen.repository.project import Project
from kpigen.repository.records import Record, record_by


def variants(project: Project, record: Record) -> Iterator[tuple[str, Record]]:
    """Yield a record unchanged, then variants of it, each with the name of its special feature."""
    yield "as-is", record
    review, form = record.review, record.form

    def again(**changes: Any) -> Record:
        return record_by(project, replace(review, **changes), form, record.taken, [])

    yield "submitted", again(status=Status.SUBMITTED, published=None)
    yield "withdrawn", again(status=Status.WITHDRAWN)
    keep = dict(list(review.metrics.items())[::2])
    yield "draft", again(status=Status.DRAFT, published=None, metrics=keep, confirmations=(), evidence={}, bonus={})
    label = next((box.name.in_("zh") for box in form.print.signatures if box.show), "甲")
    yield "heading", again(body=f"# {label}\n\n一行。\n\n## 小结\n\n- 甲\n- 乙\n")
    yield "own-heading", again(body="# A & B\n\n一行 <b>。\n")
    yield "empty-body", again(body="", feedback={})
    zero = replace(review.published, confirmations=0, objections=0, amendments=0) if review.published else None
    some = (
        Confirmation("employee", "甲", "2026-04-02", record.number),
        Confirmation("hr", "乙 & 丙", "2026-04-03", "000000000000"),
        Confirmation("assessor", "丁", "2026-04-04", record.number),
        Confirmation("employee", "戊", "2026-05-04", record.number),
    )
    objections = (
        Objection("employee", "2026-04-05", record.number, "分数**有误**。", "", ""),
        Objection("employee", "2026-04-05", "000000000000", "分数有误", "已改 <x>", "2026-04-06"),
    )
    amendments = (
        Amendment(
            "2026-05-13",
            "林",
            "漏记",
            (("comments.x", "a b", "a c"), ("status", "", "published"), ("body", "old", "new")),
            "88.00",
            "B",
            "s1",
        ),
        Amendment("2026-05-14", "林", "再记", (), "", "", "s2"),
    )
    yield "entries", again(published=zero, confirmations=some, objections=objections, amendments=amendments)
    yield (
        "entries-unpublished",
        again(status=Status.SUBMITTED, published=None, confirmations=some, objections=objections),
    )
    first = [section.indicators[0].id for section in form.sections]
    yield "not-applicable", again(not_applicable=dict.fromkeys(first, "本期没有 & 无"))
    yield "comments", again(comments={item.id: ("停机 " * 30 + "**两**天 <") for item in form.indicators})
    yield "short-comments", again(comments={form.indicators[0].id: "短"})
    yield "self", again(self_assessment=SelfAssessment(keep, "自评 *好*"))
    yield "bonus", again(bonus={item.id: 2 for item in form.bonus})
    yield "many-bonus", again(bonus={item.id: 50 for item in form.bonus})
    yield "nobody", again(employee=replace(review.employee, department="", position="", manager=""))
    yield (
        "links",
        again(
            evidence={
                item.id: (Evidence("https://x.example/a?b=1&c"), Evidence("a b.pdf", "p/a b.pdf", "0" * 64))
                for item in form.indicators[:3]
            }
        ),
    )
