"""`kpigen form`: the list of forms, a form as text."""

from __future__ import annotations

import pytest

from kpigen.files.metrics import metric_example
from tests.helpers.forms import (
    NINE,
    ROOT,
    form_of,
    run,
)


def test_the_list_of_forms() -> None:
    lines = run(ROOT, "form", "--language", "en").stdout.splitlines()
    assert [line.split()[0] for line in lines] == sorted(NINE)
    assert "any cycle" in next(line for line in lines if line.startswith("cs-360"))
    assert "month or year" in next(line for line in lines if line.startswith("cs-kpi-gs"))


@pytest.mark.parametrize("form", NINE)
def test_a_form_as_text(form: str) -> None:
    for language in ("zh", "en"):
        text = run(ROOT, "form", form, "--language", language).stdout
        assert run(ROOT, "form", f"{form}@2026-01", "--language", language).stdout == text
        for indicator in form_of(form).indicators:
            assert f"{indicator.name.in_(language)}  ({indicator.id}, " in text
            assert metric_example(indicator) in text
        assert "A ≥ 90" in text
