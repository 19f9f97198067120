"""Pages over many reviews of forms on other scales: HR's, a team's, a person's; none mixes scales."""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import Element

import pytest

from tests.helpers import scales
from tests.helpers.forms import run
from tests.helpers.html import of_class, parsed, rows_of, said, section_of

QUOTA = "quota: {grades: {Outstanding: 0%, Good: 100%}, by: department}\nconfirmations: []"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("scales")
    rules = {**scales.RULES, "five": scales.FIVE.replace("confirmations: []", QUOTA)}
    more = {**scales.METRICS, ("coefficient", "2026-04"): {"C-1": "{sales: 0.5}"}}
    *published, waiting = scales.make(root, more, rules)
    scales.publish(root, published)
    run(root, "submit", waiting, "--yes", "--date", "2026-05-01")
    run(root, "build", "--no-pdf", "--no-audit", "--no-search", "--out", root / "site", "--yes")
    return root / "site"


def page(pages: Path, path: str) -> Element:
    return parsed((pages / path).read_text("utf-8")).root


def group(of: Element, title: str) -> Element:
    return next(item for item in of_class(of, "group") if said(item[0]) == title)


def test_rankings_write_totals_as_their_form_does(pages: Path) -> None:
    for path in ("hr/2026-01/index.html", "teams/M-1/2026-01/index.html"):
        shown = page(pages, path)
        five, guards, coefficient = (group(shown, title) for title in ("Out of five", "Guards", "Coefficient"))
        assert [row["Total"] for row in rows_of(next(five.iter("table")))] == ["4.496", "1.800"]
        assert "Mean total 3.148 ·" in said(five)
        assert [row["Total"] for row in rows_of(next(guards.iter("table")))] == ["+32", "−14"]
        assert "Mean total +9.00 ·" in said(guards)
        rows = rows_of(next(coefficient.iter("table")))
        assert [row["Total"] for row in rows] == ["0.9800", "0.7257"]
        assert "Grade" not in rows[0]
        assert "Mean total 0.8529" in said(coefficient)
        assert "·" not in said(coefficient).split("Ranking")[0]
        assert not list(coefficient.iter("svg")), "no chart of grades"
        alone = rows_of(next(group(shown, "One report by its form").iter("table")))
        assert [(row["Total"], row["Grade"]) for row in alone] == [("80.00", "A")]


def test_points_are_lost_of_a_weight_only(pages: Path) -> None:
    shown = page(pages, "hr/2026-01/index.html")
    assert "Most points are lost at" not in said(group(shown, "Guards"))
    # quality: 0 and 3/5 of the weight; order: (1 − 3.74/5) and (1 − 1.5/5) of it
    assert "Most points are lost at: Order (−47.6%), Quality (−30%)" in said(group(shown, "Out of five"))


def test_a_mean_is_of_one_scale(pages: Path) -> None:
    table = next((section_of(page(pages, "hr/2026-01/index.html"), "completion") or Element("x")).iter("table"))
    assert [row["Mean total"] for row in rows_of(table)] == ["–", "–"]
    (foot,) = rows_of(table, "tfoot")
    assert foot["Mean total"] == "–"


def test_departments_side_by_side_have_the_notation_of_the_form(pages: Path) -> None:
    box = section_of(page(pages, "hr/2026-01/index.html"), "departments")
    assert box is not None
    labels = [svg.attrib["aria-label"] for svg in box.iter("svg")]
    assert labels == [
        "Coefficient: North 0.7257 – 0.7257, Ø 0.7257, South 0.9800 – 0.9800, Ø 0.9800",
        "Out of five: North 4.496 – 4.496, Ø 4.496, South 1.800 – 1.800, Ø 1.800",
        "Guards: North +32 – +32, Ø +32.00, South −14 – −14, Ø −14.00",
    ]


def test_where_no_form_has_grades_no_page_has_a_column_of_them(pages: Path) -> None:
    shown = page(pages, "hr/2026-04/index.html")
    heads = [said(head) for head in shown.iter("th") if head.attrib.get("scope") == "col"]
    assert "Total" in heads
    assert not {"Grade", "Grades"} & set(heads)
    person = page(pages, "people/C-1/index.html")
    assert "Grade" not in [said(head) for head in person.iter("th")]
    assert "Grade" in [said(head) for head in page(pages, "people/B-1/index.html").iter("th")]


def test_a_person_sees_totals_and_changes_of_the_form(pages: Path) -> None:
    def reports(id_: str) -> list[tuple[str, str]]:
        box = section_of(page(pages, f"people/{id_}/index.html"), "reports")
        assert box is not None
        return [(row["Total"], row["Change"]) for row in rows_of(next(box.iter("table")))]

    assert reports("A-1") == [("4.500", "+0.004"), ("4.496", "")]
    assert reports("B-1") == [("−16", "−48"), ("+32", "")]
    assert reports("C-1")[1:] == [("0.8000", "+0.0743"), ("0.7257", "")]


def test_a_trend_is_on_the_scale_of_the_form(pages: Path) -> None:
    def trend(id_: str) -> Element:
        (box,) = of_class(page(pages, f"people/{id_}/index.html"), "trend")
        return box

    guards = trend("B-1")
    chart = next(guards.iter("svg"))
    assert chart.attrib["aria-label"] == "Total over time: 2026-01 +32 Good, 2026-02 −16 Bad"
    assert [text.text for text in chart.iter("text") if text.attrib["class"] == "band-name"] == ["Good", "Fair", "Bad"]
    assert [said(note) for note in of_class(guards, "note")] == ["0", "−16"], "no weights to be out of"
    heat = rows_of(of_class(guards, "heat")[0])
    assert [(row["2026-01"], row["2026-02"]) for row in heat] == [("+40", "0"), ("−8", "−16")]
    five = trend("A-1")
    assert [said(note) for note in of_class(five, "note")] == ["3.000 / 3", "1.500 / 2"]
    coefficient = trend("C-1")
    assert next(coefficient.iter("svg")).attrib["aria-label"] == "Total over time: 2026-01 0.7257, 2026-02 0.8000"
    assert "Grade" not in said(coefficient)


def test_hr_sees_which_quotas_are_exceeded(pages: Path) -> None:
    box = section_of(page(pages, "hr/2026-02/index.html"), "quotas")
    assert box is not None
    assert [said(line) for line in box.iter("li")] == [
        "North: 1 of 1 have the grade Outstanding; the quota of 0% means 0 at most"
    ]
    assert "The quotas of the other grades and groups are kept." in said(box)
    box = section_of(page(pages, "hr/2026-01/index.html"), "quotas")
    assert "All quotas are kept." in said(box)
    assert section_of(page(pages, "hr/2026-04/index.html"), "quotas") is None
    for path in pages.rglob("*.html"):
        if path.relative_to(pages).parts[0] != "hr":
            assert "quota" not in path.read_text("utf-8"), path


RESULTS = """\
results:
  - {id: money, name: {zh: 奖惩, en: Reward}, unit: money, formula: 5 * total, confidential: yes}
  - {id: kept, name: {zh: 留任, en: Keeps the post}, unit: yes_no, formula: total >= 0}
"""


def test_hr_sees_all_results_and_others_what_is_not_confidential(tmp_path: Path) -> None:
    rules = {"guards": scales.GUARDS.replace("examples:", f"{RESULTS}examples:")}
    published = scales.make(tmp_path, {key: who for key, who in scales.METRICS.items() if key[0] == "guards"}, rules)
    scales.publish(tmp_path, published)
    run(tmp_path, "build", "--no-pdf", "--no-audit", "--no-search", "--out", tmp_path / "site", "--yes")
    box = section_of(page(tmp_path / "site", "hr/2026-01/index.html"), "results")
    assert box is not None
    rows = rows_of(next(box.iter("table")))
    assert [(row["Name"], row["Reward"], row["Keeps the post"]) for row in rows] == [
        ("Wang B-1", "+160.00", "yes"),
        ("Wang B-2", "−70.00", "no"),
    ]
    others = [path for path in (tmp_path / "site").rglob("*.*") if path.suffix in (".html", ".json")]
    others = [path for path in others if path.relative_to(tmp_path / "site").parts[0] in ("people", "teams")]
    assert others
    for path in others:
        text = path.read_text("utf-8")
        assert "Reward" not in text, path
        assert "160.00" not in text, path
        assert "70.00" not in text, path
    assert "Keeps the post" in (tmp_path / "site/people/B-1/2026-01/guards.html").read_text("utf-8")
