"""From draft to published: what may follow what."""

from __future__ import annotations

import re
from pathlib import Path

from tests.helpers.forms import codes, review_text
from tests.helpers.lifecycle import DRAFT, FILE, LATEST, confirm, place, publish, submit, write


def test_salts_are_random(root: Path) -> None:
    one, two = write(root, DRAFT), write(root, DRAFT.replace("T-001", "T-002"), FILE.replace("T-001", "T-002"))
    submit(root, one, two)
    salts = re.findall(r"salt: ([0-9a-f]+)", one.read_text("utf-8") + two.read_text("utf-8"))
    assert len(salts) == len(set(salts)) == 2


def test_the_wrong_status(root: Path) -> None:
    path = write(root, DRAFT)
    assert codes(confirm(root, path, code=1)) == ["KPI615"]
    assert codes(publish(root, path, code=1)) == ["KPI615"]
    submit(root, path)
    assert codes(submit(root, path, code=1)) == ["KPI615"]
    confirm(root, path)
    assert codes(confirm(root, path, code=1)) == ["KPI615"], "the same role confirms the same content once"
    publish(root, path)
    before = path.read_bytes()
    assert codes(submit(root, path, code=1)) == ["KPI615"]
    assert codes(publish(root, path, code=1)) == ["KPI615"]
    assert path.read_bytes() == before


def test_what_its_rule_file_gets_wrong_stops_a_review(root: Path) -> None:
    """A form with an error gives no score that anybody could rely on."""
    path = write(root, DRAFT)
    other = write(
        root, review_text("cs-latest", LATEST, period="2026-03", comments={"csat": "见表"}), place("cs-latest")
    )
    rule = root / "rules/front-desk/2026-01.yaml"
    good = rule.read_text("utf-8")
    rule.write_text(good.replace("    total: 81.00\n", "    total: 82.00\n"), "utf-8")
    assert codes(submit(root, path, code=1)) == ["KPI515"]
    assert codes(submit(root, path, other, code=1)) == ["KPI515"]
    assert "status: draft" in path.read_text("utf-8")
    assert "status: submitted" in other.read_text("utf-8"), "other forms go on"
    rule.write_text(good, "utf-8")
    submit(root, path)
    confirm(root, path)
    # a newer version that cannot be read: nobody may fall back on the older one
    (rule.parent / "2026-03.yaml").write_text("form: front-desk\n", "utf-8")
    assert "KPI202" in codes(publish(root, path, code=1))
    (rule.parent / "2026-03.yaml").unlink()
    assert publish(root, path) == ""
