"""Rankings of HR and of teams."""

from __future__ import annotations

import re
from fractions import Fraction
from xml.etree.ElementTree import Element

from tests.helpers.forms import NINE
from tests.helpers.html import of_class, rows_of, said
from tests.helpers.sample import Sample, rule_file


def ranking(page: Element, title: str) -> list[dict[str, str]]:
    """The ranking of a form on a page."""
    group = next(item for item in of_class(page, "group") if title in said(item[0]))
    return rows_of(next(group.iter("table")))


def test_equal_totals_share_a_place_in_the_ranking(sample: Sample) -> None:
    title = rule_file("ecommerce-cs")["title"]["zh"]
    for path in ("hr/2026-03/index.html", "teams/OP-0001/2026-03/index.html"):
        lines = ranking(sample.page(path), title)
        places = [(line["名次"], line["工号"]) for line in lines]
        assert places == [("1", "EC-0001"), ("1", "EC-0002"), ("3", "EC-0003")], path
        first, second, third = (Fraction(line["总分"]) for line in lines)
        assert first == second > third


def test_rankings_are_within_one_form_and_of_published_reports_only(sample: Sample) -> None:
    seen = set()
    for path in sample.html:
        parts = path.split("/")
        if "en" in parts or not (parts[0] == "teams" or re.match(r"hr/2026", path)):
            continue
        period = parts[2] if parts[0] == "teams" else parts[1]
        page = sample.page(path)
        shown = set()
        for group in of_class(page, "group"):
            rows = rows_of(next(group.iter("table")))
            titles = {rule_file(form)["title"]["zh"]: form for form in NINE}
            alone = (
                "名次" not in rows[0]
            )  # who is the only one assessed by a form: no ranking, the form beside the name
            seen.add(alone)
            for row in rows:
                id_, form = row["工号"], titles[row["考核表"] if alone else said(group[0])]
                card, line = sample.cards[period, id_, form], sample.line(id_, period)
                assert (row["姓名"], row["部门"]) == (line["name"], line["department"])
                assert (row["总分"], row["等级"]) == (card["total"], card["grade"])
                assert parts[0] == "hr" or line["manager"] == parts[1]
                shown.add((period, id_, form))
            if not alone:
                totals = [Fraction(row["总分"]) for row in rows]
                assert len(totals) > 1
                assert totals == sorted(totals, reverse=True)
                mean = float(sum(totals)) / len(totals)
                assert f" {mean + 1e-9:.2f} " in f" {said(group[1])} ".replace("·", " "), path
        expected = {
            key for key, status in sample.status.items()
            if status == "published" and key[0] == period and (parts[0] == "hr" or sample.line(key[1], period)["manager"] == parts[1])
        }  # fmt: skip
        assert shown == expected, path
    assert seen == {True, False}
