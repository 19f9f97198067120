"""Checks of quotas: grades that more people of a group have than are meant to."""

from __future__ import annotations

from collections.abc import Iterator

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, Span
from kpigen.diagnostics.values import Value, phrase
from kpigen.numbers.quantities import Unit, show
from kpigen.repository.checks.context import Context
from kpigen.repository.quotas import Share, shares_of


def exceeded_quotas(context: Context) -> Iterator[Diagnostic]:
    """Report each grade that more people of a group have in a period than its form's quota means to."""
    for share in shares_of(context.records):
        if share.is_exceeded:
            yield catalogue.QUOTA_EXCEEDED.at(
                Span(share.form.path),
                period=str(share.period),
                group=_group(share),
                have=share.have,
                people=share.people,
                grade=share.grade,
                most=share.most,
                share=show(share.share, Unit.PERCENT),
            )


def _group(share: Share) -> Value:
    assert share.form.quota is not None
    if share.form.quota.by == "department":
        return share.group
    if share.form.quota.by == "all":
        return phrase("all together")
    return phrase("team of {manager}", manager=share.group) if share.group else phrase("those without a manager")
