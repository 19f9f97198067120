"""From draft to published: what may follow what."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.helpers.forms import codes, review_text, run
from tests.helpers.git import commit
from tests.helpers.history import set_calls
from tests.helpers.lifecycle import DRAFT, FILE, LATEST, confirm, place, publish, submit, write
from tests.helpers.repositories import FILE as REPOSITORY_FILE
from tests.helpers.repositories import published_repository


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


def dated(root: Path, command: str, path: Path, date: str, code: int) -> list[str]:
    role = ("--role", "employee") if command == "confirm" else ()
    why = ("--reason", "补录", "--by", "林") if command in ("amend", "withdraw") else ()
    return codes(run(root, command, path, *role, *why, "--date", date, "--yes", code=code).stderr)


@pytest.mark.parametrize(
    ("command", "early", "earliest"),
    [
        ("submit", "2026-02-28", "2026-03-01"),
        ("submit", "0001-01-01", "2026-03-01"),
        ("confirm", "0001-01-01", "2026-04-01"),
        ("confirm", "2026-03-31", "2026-04-01"),
        ("publish", "2026-03-31", "2026-04-02"),
        ("publish", "2026-04-01", "2026-04-02"),
        ("publish", "1999-12-31", "2026-04-02"),
        ("withdraw", "2026-04-02", "2026-04-03"),
        ("withdraw", "0001-01-01", "2026-04-03"),
    ],
)
def test_a_step_is_not_dated_before_the_one_that_it_follows(
    root: Path, command: str, early: str, earliest: str
) -> None:
    path = write(root, DRAFT)
    dates = {"submit": "2026-04-01", "confirm": "2026-04-02", "publish": "2026-04-03"}
    for step, date in dates.items():
        if step == command:
            break
        assert dated(root, step, path, date, 0) == []
    before = path.read_bytes()
    assert dated(root, command, path, early, 1) == ["KPI653"]
    assert path.read_bytes() == before
    assert dated(root, command, path, earliest, 0) == []


def test_an_amendment_is_not_dated_before_publication_or_the_last_amendment(tmp_path: Path) -> None:
    root = published_repository(tmp_path / "r")
    path = root / REPOSITORY_FILE
    set_calls(root, 595)
    assert dated(root, "amend", path, "2026-04-02", 1) == ["KPI653"]
    assert dated(root, "amend", path, "2026-04-09", 0) == []
    commit(root, "amended")
    set_calls(root, 596)
    assert dated(root, "amend", path, "2026-04-08", 1) == ["KPI653"]
    assert dated(root, "amend", path, "2026-04-09", 0) == []
    assert dated(root, "withdraw", path, "2026-04-08", 1) == ["KPI653"]
