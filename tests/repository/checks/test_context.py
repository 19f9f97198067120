"""The day reaches the checks of `kpigen check`, and nothing else: a site and a step are the same on every day."""

from __future__ import annotations

import datetime

import pytest

from kpigen.repository.checks import project as checks
from kpigen.repository.project import load
from tests.helpers.tiny import tree_of


def test_the_day_is_handed_down_only_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[datetime.date | None] = []
    monkeypatch.setattr(checks, "CHECKS", (lambda context: iter(seen.append(context.today) or ()),))
    monkeypatch.setattr(checks, "STANDING", checks.CHECKS)
    project, day = load(tree_of()), datetime.date(2026, 4, 10)
    checks.check(project, today=day)
    checks.check(project)
    checks.standing_errors(project)
    assert seen == [day, None, None]
