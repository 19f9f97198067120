"""A new draft: clean, open, and valid where it is filled in."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from kpigen.files.metrics import metric_example
from tests.helpers.drafts import CYCLES, ROSTER
from tests.helpers.forms import (
    NINE,
    TENTH,
    codes,
    form_of,
    make_repository,
    read_text,
    review_text,
    run,
)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("form", NINE)
def test_a_new_draft_is_clean_and_open(form: str, language: str, tmp_path: Path) -> None:
    root = make_repository(tmp_path, (form,), ROSTER)
    period = CYCLES[form]
    for employee in ("T-001", "T-002"):
        result = run(root, "new", "--form", form, "--employee", employee, "--period", period, "--language", language)
        assert result.stdout == f"reviews/{period}/{employee}.{form}.md\n"
    assert run(root, "check").stdout == ""
    path = root / f"reviews/{period}/T-001.{form}.md"
    text = path.read_text("utf-8")
    assert "department: 电商部" in text
    assert "manager: M-002" in text
    card = json.loads(run(root, "score", path, "--format", "json").stdout)
    assert (card["employee"], card["period"], card["form"], card["total"]) == ("T-001", period, form, None)
    assert all(item["points"] is None and not item["not_applicable"] for item in card["indicators"])
    for indicator in form_of(form).indicators:
        assert re.search(rf"^  # {re.escape(indicator.name.in_(language))} \({indicator.id}, ", text, re.MULTILINE)
        assert re.search(rf"^  {indicator.id}:$", text, re.MULTILINE)
        for item in indicator.inputs:
            assert len(indicator.inputs) == 1 or re.search(rf"^    {item.id}:$", text, re.MULTILINE)
    for item in form_of(form).bonus:
        assert f"#   {item.id}: 0" in text
    assert codes(run(root, "submit", path, "--yes", code=1).stderr) != []


@pytest.mark.parametrize("form", [*NINE, TENTH])
def test_the_example_of_each_metric_is_accepted(form: str) -> None:
    metrics = dict(metric_example(indicator).split(": ", 1) for indicator in form_of(form).indicators)
    _, found = read_text(review_text(form, metrics))
    assert [f"{item.code} {item.message}" for item in found if item.code != "KPI325"] == []


def test_what_is_commented_out_can_be_used(tmp_path: Path) -> None:
    """Whoever removes the `# ` has a valid field."""
    root = make_repository(tmp_path, ("property-cs",), ROSTER)
    run(root, "new", "--form", "property-cs", "--employee", "T-001", "--period", "2026-05")
    path = root / "reviews/2026-05/T-001.property-cs.md"
    text = path.read_text("utf-8")
    head, tail = text[: text.index("\n# bonus:")], text[text.index("\n# bonus:") :]
    (path.parent / "files").mkdir()
    (path.parent / "files/….pdf").write_bytes(b"%PDF-1.7")
    path.write_text(head + re.sub(r"^# ?", "", tail, flags=re.MULTILINE), "utf-8")
    assert run(root, "check").stdout == ""
