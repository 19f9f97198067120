"""An indicator on a report: its inputs, its working step by step, where its numbers come from."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.helpers.forms import run
from tests.helpers.html import has_class, in_chinese, minus, of_class, parsed, row_of, said, section_of
from tests.helpers.sample import PEERS, SUBORDINATES, TEAM_TOTALS, Sample, mean_of, rewrite


def test_what_is_shown_of_confidential_lists_is_their_count_and_mean(sample: Sample) -> None:
    groups = [
        (mean_of(peers) + mean_of(subordinates)) / 2 for peers, subordinates in zip(PEERS, SUBORDINATES, strict=True)
    ]
    for path, indicator, count, mean in (
        ("people/CS-0001/2026-02/support-center.html", "team", 3, mean_of(TEAM_TOTALS)),
        ("people/CS-0004/2026-Q1/cs-360.html", "communication", 5, groups[0]),
        ("people/CS-0004/2026-Q1/cs-360.html", "team_building", 5, groups[1]),
    ):
        shown = said(of_class(row_of(sample.page(path), indicator), "row-inputs")[0])
        assert f"{mean:.4f}" in shown, (path, shown)
        assert f"{count} 个评分" in shown, (path, shown)


def test_a_report_that_takes_its_teams_totals_shows_their_mean(sample: Sample) -> None:
    folder = "people/CS-0001/2026-03/"
    totals = [
        card["total"] for (period, id_, _), card in sample.cards.items()
        if period == "2026-03" and id_ != "CS-0001" and sample.line(id_, period)["manager"] == "CS-0001"
    ]  # fmt: skip
    mean = sum(map(float, totals)) / len(totals)
    steps = next(item for item in sample.json(f"{folder}support-center.json")["indicators"] if item["id"] == "team")[
        "steps"
    ]
    shown = next(step for step in steps if step["kind"] == "shown")
    assert (shown["count"], float(shown["value"].strip("≈"))) == ("4", pytest.approx(mean, abs=1e-4))
    for name in ("support-center.html", "support-center.json", "en/support-center.html"):
        text = sample.text(folder + name)
        assert not [total for total in totals if total in text], name


def test_every_indicator_shows_the_working_step_by_step(sample: Sample) -> None:
    lines = 0
    for path, card in sample.reports.items():
        page = sample.page(path)
        for item in card["indicators"]:
            row = row_of(page, item["id"])
            steps = [line for working in of_class(row, "working") for line in working]
            assert len(steps) == len(item["steps"]), (path, item["id"])
            if item["not_applicable"]:
                continue
            assert said(of_class(steps[-1], "result")[0]) == f"= {item['points']}", (path, item["id"])
            for line, step in zip(steps, item["steps"], strict=True):
                lines += 1
                assert (line.text or "").strip(), (path, item["id"])
                if step["value"] is not None and step["kind"] != "points":
                    assert said(line).endswith(in_chinese(minus(step["value"]))), (path, item["id"], step)
                if step.get("numbers") and step["numbers"] not in (step.get("formula"), step["value"]):
                    assert [shown for shown in of_class(line, "formula") if said(shown).startswith("= ")], (
                        path,
                        item["id"],
                        step,
                    )
            assert said(of_class(row, "standard")[0]), (path, item["id"])
    assert lines > 800


def test_every_number_of_a_rule_says_where_it_comes_from(sample: Sample) -> None:
    kinds = set()
    for path in sample.reports:
        page = sample.page(path)
        for box in of_class(page, "item"):
            origins = [said(item) for table in of_class(box, "origins") for item in of_class(table, "origin")]
            assert origins, (path, box[0].get("id"))
            kinds.update(origins)
    assert kinds == {"参考表原文", "据参考表重建", "我们设定"} or len(kinds) == 3


def test_a_self_assessment_stands_beside_and_does_not_count(sample: Sample) -> None:
    path = "people/CS-0002/2026-04/cs-practical.html"
    box = section_of(sample.page(path), "self")
    assert box is not None
    card = sample.reports[path]
    table = next(box.iter("table"))
    rows = [row for part in table if part.tag == "tbody" for row in part]
    assert len(rows) == len(card["indicators"])
    own = Fraction(0)
    for row, item in zip(rows, card["indicators"], strict=True):
        mine, assessed, difference = (said(cell) for cell in row[-3:])
        assert assessed == item["points"]
        assert re.fullmatch(r"\d+\.\d\d", mine)
        moved = Fraction(mine) - Fraction(assessed)
        assert difference == (minus(f"{float(moved):+.2f}") if moved else "")
        assert has_class(row, "differs") == bool(moved)
        own += Fraction(mine)
    assert {said(row[-1])[:1] for row in rows} == {"+", "−", ""}
    total = re.search(r"(\d+\.\d\d)", said(box.find("p")))
    assert total
    assert Fraction(total[1]) == own
    assert "创新这项我自评高一些" in said(box)
    assert section_of(sample.page("people/CS-0002/2026-01/cs-practical.html"), "self") is None


def test_what_does_not_apply_is_shown_with_its_reason(sample: Sample) -> None:
    path = "people/PM-0002/2026-02/front-desk.html"
    page = sample.page(path)
    row = row_of(page, "cashier")
    assert "2 月更换收银设备" in said(of_class(row, "reason")[0])
    assert said(of_class(row, "row-points")[0]) == "不适用"
    assert "2 月更换收银设备" in said(
        of_class(row_of(sample.page("people/PM-0002/2026-02/en/front-desk.html"), "cashier"), "reason")[0]
    )
    weights = [
        float(said(of_class(item, "row-points")[0]).split("/")[1]) for item in of_class(page, "item") if item is not row
    ]
    assert sum(weights) == pytest.approx(100, abs=0.05), "the others take its weight"
    assert "权重 10，因有不适用的指标，本次为 11.43。" in said(row_of(page, "follow_up_calls"))


def test_evidence_is_copied_and_linked(sample: Sample) -> None:
    folder = "people/PM-0002/2026-02/"
    name = "files/PM-0002-回访记录.csv"
    copy = sample.out / folder / "evidence" / name
    assert copy.read_bytes() == (sample.root / "reviews/2026-02" / name).read_bytes()
    for path in ("front-desk.html", "en/front-desk.html"):
        links = list(row_of(sample.page(folder + path), "follow_up_calls").iter("a"))
        assert [said(item) for item in links] == [name]
        assert (sample.out / folder / path).parent.joinpath(
            unquote(links[0].get("href", ""))
        ).resolve() == copy.resolve()


def test_a_draft_with_open_metrics_shows_them_as_open(small: Path) -> None:
    rewrite(small / "reviews/2026-01/PM-0002.front-desk.md", (r"^  cashier: 0\n", ""), (r"^  training: 1\n", ""))
    run(small, "build", "--no-pdf", "--drafts", "--out", small / "preview")
    parser = parsed((small / "preview/people/PM-0002/2026-01/front-desk.html").read_text("utf-8"))
    assert parser.problems == []
    page = parser.root
    assert said(of_class(page, "figure")[0]) == "未完成" or not re.search(r"\d", said(of_class(page, "figure")[0]))
    assert not re.search(r"\d", said(of_class(row_of(page, "training"), "row-points")[0]).partition("/")[0])
    assert said(of_class(row_of(page, "compliance"), "row-points")[0]) == "18.00 / 20"
    assert not of_class(section_of(page, "result") or page, "grade")
