"""Quotas of grades: what a rule file may say, whom they count, how small groups are rounded, and the warning."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from kpigen.base.periods import parse_period
from kpigen.base.sources import WorkTree
from kpigen.files.rules.form import read_form
from kpigen.model.forms import Quota
from kpigen.repository.project import load
from kpigen.repository.quotas import Share, shares_of
from kpigen.repository.records import make_records
from tests.helpers import scales
from tests.helpers.forms import codes, run

F = Fraction


def with_quota(text: str, rule: str = scales.USUAL) -> str:
    assert rule.count("confirmations: []") == 1
    return rule.replace("confirmations: []", f"quota: {text}\nconfirmations: []")


def read(text: str) -> tuple[Quota | None, list[str]]:
    form, found = read_form("rules/tiny/2026-01.yaml", with_quota(text).encode(), ("zh", "en"))
    assert form is not None
    return form.quota, [item.code for item in found]


@pytest.mark.parametrize(
    ("text", "quota"),
    [
        ("{grades: {A: 20%}}", Quota((("A", F("0.2")),), "all")),
        ("{grades: {A: 12.5%}, by: department}", Quota((("A", F("0.125")),), "department")),
        ("{grades: {B: 0%, A: 100%}, by: manager}", Quota((("A", F(1)), ("B", F(0))), "manager")),
    ],
)
def test_a_quota_has_shares_by_grade(text: str, quota: Quota) -> None:
    assert read(text) == (quota, [])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{grades: {C: 20%}}", ["KPI201"]),
        ("{grades: {A: 20}}", ["KPI314"]),
        ("{grades: {A: 120%}}", ["KPI324"]),
        ("{grades: {A: -1%}}", ["KPI324"]),
        ("{grades: {A: 60%, B: 41%}}", ["KPI554"]),
        ("{grades: {A: 20%}, by: team}", ["KPI206"]),
        ("{by: all}", ["KPI202"]),
        ("{grades: {}}", ["KPI204"]),
        ("20%", ["KPI203"]),
    ],
)
def test_what_a_quota_cannot_be(text: str, found: list[str]) -> None:
    assert read(text)[1] == found


@pytest.mark.parametrize(
    ("people", "part", "most"),
    [
        (1, "0.2", 1),
        (3, "0.2", 1),
        (5, "0.2", 1),
        (9, "0.2", 1),
        (10, "0.2", 2),
        (14, "0.2", 2),
        (8, "0.125", 1),
        (3, "0", 0),
        (3, "1", 3),
        (7, "0.3", 2),
        (100, "0.29", 29),
    ],
)
def test_a_share_is_rounded_down_but_one_may_always(people: int, part: str, most: int) -> None:
    period = parse_period("2026-01")
    assert period is not None
    share = Share(scales.form("tiny"), period, "", "A", F(part), people, most)
    assert (share.most, share.is_exceeded) == (most, False)
    assert replace(share, have=most + 1).is_exceeded


def shares(root: Path) -> list[tuple[str, str, str, int, int, bool]]:
    records, _ = make_records(load(WorkTree(root)))
    return [
        (str(one.period), one.group, one.grade, one.have, one.people, one.is_exceeded) for one in shares_of(records)
    ]


PEOPLE = {("tiny", "2026-01"): {f"D-{n}": f"{{calls: {calls}}}" for n, calls in enumerate((80, 70, 60, 50, 90), 1)}}


def make(root: Path, quota: str) -> list[Path]:
    return scales.make(root, PEOPLE, {"tiny": with_quota(quota)})


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("all", [("", "A", 4, 5, True)]),
        ("department", [("North", "A", 3, 3, True), ("South", "A", 1, 2, False)]),
        ("manager", [("M-1", "A", 4, 5, True)]),
    ],
)
def test_submitted_and_published_reviews_count_by_group(
    by: str, expected: list[tuple[str, str, int, int, bool]], tmp_path: Path
) -> None:
    paths = make(tmp_path, f"{{grades: {{A: 40%}}, by: {by}}}")
    assert shares(tmp_path) == [], "drafts do not count"
    run(tmp_path, "submit", *paths, "--yes", "--date", "2026-03-01")
    run(tmp_path, "publish", *paths[:2], "--yes", "--date", "2026-03-02")
    assert [one[1:] for one in shares(tmp_path)] == expected


def test_check_warns_of_each_exceeded_quota_and_refuses_nothing(tmp_path: Path) -> None:
    paths = make(tmp_path, "{grades: {A: 40%, B: 50%}, by: department}")
    scales.publish(tmp_path, paths)
    found = run(tmp_path, "check").stdout
    assert codes(found) == ["KPI670"]
    assert "2026-01, North: 3 of 3 have the grade A; the quota of 40% means 1 at most" in found
    settings = tmp_path / "kpigen.toml"
    entry = '\n[[acknowledged]]\ncode = "KPI670"\npath = "rules/tiny/2026-01.yaml"\nperiod = "2026-01"\nreason = "A small team"\n'
    settings.write_text(settings.read_text("utf-8") + entry, "utf-8")
    assert run(tmp_path, "check").stdout == ""


def test_the_latest_version_gives_the_quota(tmp_path: Path) -> None:
    paths = make(tmp_path, "{grades: {A: 100%}}")
    later = tmp_path / "rules/tiny/2026-01.2.yaml"
    later.write_text(with_quota("{grades: {A: 20%}}").replace("A: 60,", "A: 65,"), "utf-8")
    for path in paths[:2]:
        path.write_text(path.read_text("utf-8").replace("form: tiny", "form: tiny@2026-01"), "utf-8")
    run(tmp_path, "submit", *paths, "--yes", "--date", "2026-03-01")
    assert [one[2:] for one in shares(tmp_path)] == [("A", 3, 5, True)]
