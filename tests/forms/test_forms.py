"""Ten forms of other trades score and print as their papers do: each case was worked by hand, to the last digit.

The cases of a form are in `cases.yaml` beside it. `rows` holds what a row shows in the printed columns that `columns` names.
"""

from __future__ import annotations

import json
import re
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import pytest
import yaml

from kpigen.base.sources import WorkTree
from kpigen.numbers.quantities import round_half_up
from kpigen.repository.project import load
from kpigen.repository.records import Record, make_records
from kpigen.scoring.results import in_words
from kpigen.site.pages.report import ReportSetting, report_of
from kpigen.site.proof.paper import html_of
from kpigen.site.render.render import Renderer
from tests.helpers.forms import run, yaml_of
from tests.helpers.html import of_class, parsed, said

HERE = Path(__file__).parent
IDS = tuple(sorted(path.parent.name for path in HERE.glob("*/cases.yaml")))
RULES = "2026-01.yaml"

#: The form that the months of `annual` come from.
MONTHLY = """\
schema: 1
form: monthly
title: 月度考核
cycle: [month]
confirmations: []
print: {columns: [name, points], signatures: []}
indicators:
  - {id: work, name: 月度工作, weight: 100, inputs: {score: {type: rating}}}
examples:
  - {metrics: {work: 88}, total: 88}
  - {metrics: {work: 0}, total: 0}
"""

Case = dict[str, Any]


@dataclass(frozen=True)
class Sheet:
    """A form with its cases, and the records and pages of a site that has a submitted review of each."""

    id: str
    language: str
    columns: tuple[str, ...]
    cases: dict[str, Case]
    root: Path
    records: dict[str, Record]


def _cases(id_: str) -> dict[str, Any]:
    read: dict[str, Any] = yaml.load((HERE / id_ / "cases.yaml").read_text("utf-8"), yaml.BaseLoader)
    return read


def _site(root: Path, id_: str) -> Path:
    """Write a site that has the form, and no review yet."""
    language = _cases(id_)["language"]
    files = {
        "kpigen.toml": f'organisation = "Sample"\nlanguages = ["{language}"]\n',
        f"rules/{id_}/{RULES}": (HERE / id_ / RULES).read_text("utf-8"),
    }
    if id_ == "annual":
        files["rules/monthly/2026-01.yaml"] = MONTHLY
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return root


def _write(root: Path, id_: str, period: str, name: str, fields: Case) -> None:
    """Write the draft of a case into a site."""
    path = root / f"reviews/{period}/{name}-1.{id_}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_review(id_, period, f"{name}-1", fields), encoding="utf-8")


def _review(id_: str, period: str, employee: str, fields: Case) -> str:
    head = {"id": employee, "name": f"Wang {employee}", "department": "North", "position": "Staff"}
    lines = [f"employee: {yaml_of(head)}", f"period: {period}", f"form: {id_}", "status: draft"]
    lines += [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in fields.items()]
    return "\n".join(["---", *lines, "---", ""])


@pytest.fixture(scope="module", params=IDS)
def sheet(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Sheet:
    """A site with the form, checked, and a submitted review of each case."""
    id_: str = request.param
    read, root = _cases(id_), _site(tmp_path_factory.mktemp(id_), id_)
    for name, case in read["cases"].items():
        _write(root, id_, read["period"], name, case["review"])
    checked = run(root, "check", "--format", "json", code=None)
    assert checked.exit_code == 0, checked.stdout
    run(root, "submit", "--yes", "--date", "2027-01-04", root / "reviews")
    records, problems = make_records(load(WorkTree(root)))
    assert problems == []
    by_case = {record.review.employee.id.removesuffix("-1"): record for record in records}
    return Sheet(id_, read["language"], tuple(read["columns"]), read["cases"], root, by_case)


def _number(printed: str) -> Fraction:
    """Return the number that a printed text stands for."""
    text = printed.replace("−", "-").replace("+", "").replace(",", "")
    return Fraction(text.removesuffix("%")) / (100 if text.endswith("%") else 1)


def _each(sheet: Sheet) -> Iterator[tuple[Case, Record]]:
    for name, case in sheet.cases.items():
        yield case, sheet.records[name]


def test_median_form_is_short() -> None:
    assert len(IDS) == 10
    lengths = [len((HERE / id_ / RULES).read_text("utf-8").splitlines()) for id_ in IDS]
    assert statistics.median(lengths) < 90, dict(zip(IDS, lengths, strict=True))


def test_no_form_says_more_than_its_paper(sheet: Sheet) -> None:
    text = (HERE / sheet.id / RULES).read_text("utf-8")
    assert "origin" not in text
    assert len(sheet.cases) == 3


def test_rows_sections_and_total(sheet: Sheet) -> None:
    shows = {
        column.name.in_(sheet.language): column.show
        for column in next(iter(sheet.records.values())).form.print.columns
        if column.name
    }
    for case, record in _each(sheet):
        card = record.card
        for id_, texts in case["rows"].items():
            row, printed = card.indicator(id_), dict(zip(sheet.columns, texts, strict=True))
            for column, text in printed.items():
                if shows[column] == "points" and text != "–":
                    assert row.points == _number(text), (id_, column)
        assert {item.id for item in card.indicators if item.not_applicable} >= set(case.get("absent", ()))
        sections = {item.id: item.points for item in card.sections}
        for id_, text in case.get("sections", {}).items():
            assert sections[id_] == _number(text), id_
        assert (card.total, card.grade) == (_number(case["total"]), case.get("grade", ""))
        assert [veto.id for veto in card.held] == case["vetoes"]


def test_results(sheet: Sheet) -> None:
    for case, record in _each(sheet):
        results = {item.id: item for item in record.card.results}
        assert list(results) == [item.id for item in record.form.results]
        for id_, text in case.get("results", {}).items():
            rule = next(item for item in record.form.results if item.id == id_)
            value = results[id_].value
            if isinstance(value, bool):
                assert text == ("yes" if value else "no"), id_
            elif rule.cases:
                assert isinstance(value, int)
                assert rule.cases[value].text.in_(sheet.language) == text, id_
            else:
                assert value == _number(text), id_


def test_working_has_the_score_of_each_call(sheet: Sheet) -> None:
    for case, record in _each(sheet):
        if "calls" in case:
            numbers = record.card.indicators[0].steps[0].numbers
            scores = [round_half_up(Fraction(score), 1) for score in re.findall(r"[\d.]+", numbers)]
            assert scores == [_number(text) for text in case["calls"]]


def test_json_has_all_figures(sheet: Sheet) -> None:
    for name, case in sheet.cases.items():
        shown = run(sheet.root, "score", "--format", "json", f"{name}-1").stdout
        card = json.loads(shown)
        assert (_number(card["total"]), card["grade"] or "") == (_number(case["total"]), case.get("grade", ""))
        for item in card.get("results", ()):
            text = case.get("results", {}).get(item["id"])
            if text is not None and any(sign.isdigit() for sign in text):
                assert _number(item["value"]) == _number(text), item
            elif text is not None:
                assert item["value"] == text, item


# --- on paper and on the page ----------------------------------------------------------------------------------------


def _grid(table: Element) -> list[list[str]]:
    """Return a table as rows of texts, with cells that span several rows or columns repeated."""
    grid: list[list[str]] = []
    waiting: dict[int, tuple[int, str]] = {}
    for row in table.iter("tr"):
        texts: list[str] = []
        cells = iter(row)
        while True:
            if len(texts) in waiting:
                left, text = waiting.pop(len(texts))
                if left > 1:
                    waiting[len(texts)] = (left - 1, text)
                texts.append(text)
                continue
            cell = next(cells, None)
            if cell is None:
                break
            for _ in range(int(cell.get("colspan", "1"))):
                if int(cell.get("rowspan", "1")) > 1:
                    waiting[len(texts)] = (int(cell.get("rowspan", "1")) - 1, said(cell))
                texts.append(said(cell))
        grid.append(texts)
    return grid


def _paper(record: Record, language: str) -> Element:
    return parsed(html_of(report_of(record, ReportSetting("Sample", ""), language), Renderer(None))).root


def test_paper_shows_each_row(sheet: Sheet) -> None:
    for case, record in _each(sheet):
        tables = [_grid(table) for table in of_class(_paper(record, sheet.language), "card")]
        names = {
            item.id: record.review.names.get(item.id, item.name.in_(sheet.language)) for item in record.form.indicators
        }
        for id_, texts in case["rows"].items():
            found = [
                [row[table[0].index(column)] if column in table[0] else "" for column in sheet.columns]
                for table in tables
                for row in table
                if names[id_] in row or len(case["rows"]) == 1
            ]
            assert texts in found, (id_, found)
        for row_id, columns in case.get("foot", {}).items():
            for column, text in columns.items():
                below = [row[table[0].index(column)] for table in tables if column in table[0] for row in table]
                assert text in below, (row_id, column, below)


def test_paper_and_page_say_the_result(sheet: Sheet) -> None:
    run(sheet.root, "build", "--no-pdf", "--no-audit", "--no-search", "--out", sheet.root / "site", "--yes")
    for name, case in sheet.cases.items():
        record = sheet.records[name]
        folder = sheet.root / "site/people" / f"{name}-1" / str(record.review.period)
        page = parsed((folder / f"{sheet.id}.html").read_text("utf-8")).root
        for where in (page, _paper(record, sheet.language)):
            text = said(where)
            figures = [case["total"], case.get("grade", ""), *case.get("results", {}).values(), *case.get("said", ())]
            figures += case.get("sections", {}).values()
            for figure in figures:
                assert figure in text, (name, figure)
            for veto in record.card.held:
                assert veto.name.in_(sheet.language) in text, (name, veto.id)
                assert veto.text is None or veto.text.in_(sheet.language) in text
        assert said(of_class(page, "figure")[0]) == case["total"]
        if "bands" in case:
            marked = [said(item) for item in page.iter("mark")]
            row, column = case["bands"]
            assert (marked[0].split()[0], marked[1].split()[0]) == (column, row), marked
            assert marked[2] in (case["rows"]["sales"][2], ""), "an empty cell is marked too"


@pytest.mark.parametrize("id_", ["apar", "registered-nurse"])
def test_what_the_paper_wants_justified(id_: str, tmp_path: Path) -> None:
    """Two of the papers demand a comment for some values: without it a review is not submitted."""
    read = _cases(id_)
    for name, case in read["cases"].items():
        assert sorted(case["review"]["comments"]) == sorted(case["justified"])
        root = _site(tmp_path / name, id_)
        bare = {key: value for key, value in case["review"].items() if key != "comments"}
        _write(root, id_, read["period"], name, bare)
        refused = run(root, "submit", "--yes", "--date", "2027-01-04", root / "reviews", code=1)
        asked = re.findall(r"KPI\d+\] `(\w+)`", refused.stderr)
        assert sorted(asked) == sorted(case["justified"]), refused.stderr


def test_months_are_taken_from_what_was_published(tmp_path: Path) -> None:
    """The annual form takes the twelve months from the person's own published reviews; the results are the same."""
    root, cases = _site(tmp_path, "annual"), _cases("annual")["cases"]
    for name, case in cases.items():
        metrics = case["review"]["metrics"]
        months = [score for quarter in ("q1", "q2", "q3", "q4") for score in metrics[quarter]]
        for month, score in enumerate(months, 1):
            _write(root, "monthly", f"2026-{month:02}", name, {"metrics": {"work": score}})
    run(root, "submit", "--yes", "--date", "2027-01-02", root / "reviews")
    run(root, "publish", "--yes", "--date", "2027-01-03", root / "reviews")
    for name, case in cases.items():
        metrics = {**case["review"]["metrics"], **dict.fromkeys(("q1", "q2", "q3", "q4"), "auto")}
        _write(root, "annual", "2026", name, {"metrics": metrics})
    run(root, "check")
    shown = run(root, "score", "--format", "json", "--period", "2026", "A-1", "B-1", "C-1").stdout
    for line, case in zip(shown.splitlines(), cases.values(), strict=True):
        card = json.loads(line)
        assert card["total"] == case["total"]
        assert [_number(item["value"]) for item in card["results"]] == [_number(case["results"]["bonus"])]


_YEAR: Case = {"q3": [80, 80, 80], "q4": [80, 80, 80], "attendance": "100%", "standard": 1000}
#: What the papers say of the edges beyond their cases: the form, what is written instead of its case A, total, grade, vetoes and results.
EDGES: list[tuple[str, Case, str, str, list[str], dict[str, str]]] = [
    (
        "di-3100",
        {
            "metrics": {"element_1": "exceptional", "element_2": "unsatisfactory"},
            "not_applicable": {"element_3": "No project this year."},
        },
        *("2.50", "Unsatisfactory", ["below_superior", "below_fully", "unsatisfactory"]),
        {"sum": "5", "elements": "2"},
    ),
    ("guards", {"metrics": {"late": "3"}}, "-6", "不称职", [], {"money": "-30.00"}),
    ("guards", {"metrics": {}}, "0", "称职", [], {"money": "0.00"}),
    (
        "annual",  # three months below 60, but not in a row
        {"metrics": _YEAR | {"q1": [59, 59, 80], "q2": [59, 70, 70], "department": "84.99"}},
        *("0.6211", "", []),
        {"bonus": "621.13"},
    ),
    (
        "annual",  # four months below 70, and 70 is not below it
        {"metrics": _YEAR | {"q1": [59, 59, 60], "q2": [69, 70, 70], "department": 85}},
        *("0.7225", "", ["poor_months"]),
        {"bonus": "0.00"},
    ),
    (
        "call-qa",  # compliance did not apply: no compliance score, and nothing to escalate
        {"metrics": {"quality": [{"call": 1, "greeting": 5, "close": 4, "fatal": "no"}]}},
        *("90.0", "Exceeds", []),
        {"compliance_score": "", "escalated": "no"},
    ),
    (
        "call-qa",  # a fatal miss counts as not compliant even so; a call of which nothing applied is not counted
        {"metrics": {"quality": [{"call": 1, "greeting": 5, "fatal": "yes"}, {"call": 2, "fatal": "no"}]}},
        *("0.0", "Fail", []),
        {"compliance_score": "0.0%", "escalated": "yes"},
    ),
    (
        "okr",  # a key result without a grade was dropped, with its weight
        {
            "names": {"objective_1": "Ship"},
            "metrics": {"objective_1": [{"title": "a", "weight": 3, "grade": 0.6}, {"title": "b", "weight": 9}]},
        },
        *("0.6", "", []),
        {"sweet_spot": "in"},
    ),
    (
        "sales-pay-table",
        {"metrics": {"sales": {"completion": "49.99%", "collection": "250%", "base": 3000}}},
        *("0.00", "", []),
        {"pay": "0.00"},
    ),
]


@pytest.mark.parametrize(("id_", "fields", "total", "grade", "vetoes", "results"), EDGES)
def test_edges(
    id_: str, fields: Case, total: str, grade: str, vetoes: list[str], results: dict[str, str], tmp_path: Path
) -> None:
    root = _site(tmp_path, id_)
    _write(root, id_, _cases(id_)["period"], "X", fields)
    run(root, "check")
    records, problems = make_records(load(WorkTree(root)))
    card = records[0].card
    assert problems == []
    assert (card.form.printed(card.total or Fraction(0)), card.grade) == (total, grade)
    assert [veto.id for veto in card.held] == vetoes
    rules = {result.id: result for result in card.form.results}
    assert {item.id: in_words(rules[item.id], item, card.form) for item in card.results} == results
