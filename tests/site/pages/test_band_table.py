"""Tables of bands on pages and papers: as the paper form has them, with what applied marked, and never wider than the paper."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from kpigen.base.sources import MemoryTree
from kpigen.files.rules.form import read_form
from kpigen.i18n.messages import messages
from kpigen.repository.project import load
from kpigen.repository.records import make_records
from kpigen.scoring.attainable_total import most_points
from kpigen.scoring.explain import names_of
from kpigen.site.pages.band_table import BandTable, band_tables_of
from kpigen.site.pages.form_view import form_view
from kpigen.site.pages.paper_bands import paper_bands
from kpigen.site.pages.report import ReportSetting, report_of
from kpigen.site.pages.versions import differences
from kpigen.site.proof.layout_name import BANDS
from kpigen.site.proof.paper import html_of
from kpigen.site.render.render import Renderer
from tests.helpers.forms import run
from tests.helpers.html import of_class, parsed, said
from tests.helpers.rules import A_OF_B, NUMBER, PERCENT, metric, rule
from tests.scoring.methods.test_bands import PAY, RULES

EN, ZH = messages("en"), messages("zh")


def tables(text: str, written: str | None = None) -> tuple[BandTable, ...]:
    indicator = rule(text)
    values = None if written is None else metric(indicator, written)
    return band_tables_of(indicator, names_of(indicator, "en", EN.gettext), EN, values)


def lines(table: BandTable) -> list[str]:
    """A table as text: what applies in brackets."""

    def one(text: str, applies: bool) -> str:
        return f"[{text}]" if applies else text

    heads = [one(head.text.replace("\u00a0", " "), head.applies) for head in table.columns]
    rows = [
        [
            one(row.head.text.replace("\u00a0", " "), row.head.applies),
            *(one(cell.text, cell.applies) for cell in row.cells),
        ]
        for row in table.rows
    ]
    return [
        " | ".join(row) for row in ([f"{table.measure} × {table.by}" if table.by else table.measure, *heads], *rows)
    ]


@pytest.mark.parametrize(
    ("text", "written", "expected"),
    [
        (
            f"{PERCENT}score: {{method: bands, at_least: {{95%: 100, 90%: 80, 0%: -2.5}}}}",
            "90%",
            ["Item | Score", "≥ 95% | 100", "[90% – 95%] | [80]", "0% – 90% | −2.5"],
        ),
        (
            f"{NUMBER}score: {{method: bands, at_most: {{0: 10, 2: 5}}, otherwise: 0}}",
            "2.01",
            ["Item | Score", "≤ 0 | 10", "0 – 2 | 5", "[> 2] | [0]"],
        ),
        (
            "inputs: {t: {type: duration}}\nscore: {method: bands, at_most: {30s: 10, 1m30s: 5}, otherwise: 0}",
            None,
            ["Item | Score", "≤ 30s | 10", "30s – 1m30s | 5", "> 1m30s | 0"],
        ),
        (
            PAY,
            None,
            [
                "Done × Paid | ≥ 100% | 95% – 100% | 90% – 95%",
                "≥ 100% | 1.5 | 1.45 | 1.4",
                "97% – 100% | 1.45 | 1.4 | ",
                "94% – 97% | 1.4 |  | ",
            ],
        ),
        (
            PAY,
            "{done: 97%, paid: 95%}",
            [
                "Done × Paid | ≥ 100% | [95% – 100%] | 90% – 95%",
                "≥ 100% | 1.5 | 1.45 | 1.4",
                "[97% – 100%] | 1.45 | [1.4] | ",
                "94% – 97% | 1.4 |  | ",
            ],
        ),
        (
            PAY,
            "{done: 94%, paid: 90%}",
            [
                "Done × Paid | ≥ 100% | 95% – 100% | [90% – 95%]",
                "≥ 100% | 1.5 | 1.45 | 1.4",
                "97% – 100% | 1.45 | 1.4 | ",
                "[94% – 97%] | 1.4 |  | [0]",
            ],
        ),
        (
            PAY,
            "{done: 94%, paid: 80%}",
            [
                "Done × Paid | ≥ 100% | 95% – 100% | 90% – 95% | [< 90%]",
                "≥ 100% | 1.5 | 1.45 | 1.4 | ",
                "97% – 100% | 1.45 | 1.4 |  | ",
                "[94% – 97%] | 1.4 |  |  | [0]",
            ],
        ),
        (
            PAY,
            "{done: 10%, paid: 80%}",
            [
                "Done × Paid | ≥ 100% | 95% – 100% | 90% – 95% | [< 90%]",
                "≥ 100% | 1.5 | 1.45 | 1.4 | ",
                "97% – 100% | 1.45 | 1.4 |  | ",
                "94% – 97% | 1.4 |  |  | ",
                "[< 94%] |  |  |  | [0]",
            ],
        ),
    ],
)
def test_a_table_is_that_of_the_form_with_what_applied_marked(
    text: str, written: str | None, expected: list[str]
) -> None:
    (table,) = tables(text, written)
    assert lines(table) == expected


def test_what_holds_for_the_whole_table_is_said_once() -> None:
    lower, upper = (
        "The lower end belongs to its band, the upper end does not.",
        "The upper end belongs to its band, the lower end does not.",
    )
    assert tables(PAY)[0].notes == (lower, "Empty cells, and what is not in the table: 0.")
    assert tables(f"{NUMBER}score: {{method: bands, at_most: {{0: 10, 2: 5}}, otherwise: 0}}")[0].notes == (upper,)
    assert tables(f"{NUMBER}score: {{method: bands, at_most: {{0: 10}}, otherwise: 0}}")[0].notes == ()


def test_nothing_is_marked_where_the_table_did_not_score() -> None:
    """A missing number, a number in no band, nothing due."""
    without = PAY.replace("  otherwise: 0\n", "")
    due = f"{A_OF_B}when_zero: {{b: 50}}\nmeasure: a - b\nscore: {{method: bands, at_least: {{0: 5}}}}"
    for text, written in ((PAY, "{done: 97%}"), (without, "{done: 94%, paid: 90%}"), (due, "{a: 0, b: 0}")):
        shown = "\n".join(line for table in tables(text, written) for line in lines(table))
        assert shown
        assert "[" not in shown


def test_parts_have_tables_of_their_own_and_other_methods_none() -> None:
    parts = f"""{NUMBER}score:
  method: parts
  parts:
    - {{id: one, name: {{zh: 甲, en: One}}, method: bands, at_least: {{0: 1, 5: 2}}}}
    - {{id: two, name: {{zh: 乙, en: Two}}, method: value}}
    - {{id: three, name: {{zh: 丙, en: Three}}, measure: n * 2, method: bands, at_least: {{0: 1, 5: 2}}}}
"""
    found = tables(parts, "4")
    assert [(table.part, table.measure) for table in found] == [("One", "Item"), ("Three", "Item × 2")]
    assert [lines(table)[1:] for table in found] == [["[0 – 5] | [1]", "≥ 5 | 2"], ["0 – 5 | 1", "[≥ 5] | [2]"]]
    assert tables(f"{NUMBER}score: {{method: value}}", "4") == ()


@pytest.mark.parametrize("title", RULES)
def test_every_rule_of_the_method_has_a_table_with_one_marked_cell(title: str) -> None:
    text, rows = RULES[title]
    for written, _ in rows:
        (table,) = tables(text, written)
        cells = [(row, column) for row in table.rows for column in zip(table.columns, row.cells, strict=True)]
        marked = [
            (row.head.applies, head.applies or not table.is_two_way) for row, (head, cell) in cells if cell.applies
        ]
        assert marked == [(True, True)]
        assert sum(row.head.applies for row in table.rows) == 1


# --- on paper --------------------------------------------------------------------------------------------------------


def wide(columns: int) -> str:
    ends = ", ".join(f"{100 - 3 * place}%" for place in range(columns))
    scores = ", ".join(f"{place + 0.25}" for place in range(columns))
    table = f"by: paid\n  columns: [{ends}]\n  at_least: {{100%: [{scores}], 97%: [1]}}\n  otherwise: 0\n"
    return PAY[: PAY.index("by: paid")] + table


def test_letters_are_as_small_as_the_columns_demand() -> None:
    sizes = []
    for columns in (3, 8, 12, 16, 20, 30):
        for room in (138, 217):
            (one,) = paper_bands(tables(wide(columns)), room)
            sizes.append((columns, room, float(one.size.removesuffix("pt"))))
    assert sizes == sorted(sizes, key=lambda item: (item[0], item[1]))
    by_room = {room: [size for _, other, size in sizes if other == room] for room in (138, 217)}
    assert by_room[138] == sorted(by_room[138], reverse=True)
    assert all(large >= small for small, large in zip(by_room[138], by_room[217], strict=True))
    assert by_room[138][0] == 7.5
    assert by_room[138][3] >= 5, "16 columns are still read with ease"
    assert by_room[138][-1] < 4


FORM = """\
schema: 1
form: pay
title: 绩效工资表
cycle: [month]
confirmations: []
print: {columns: [name, actual, raw], signatures: []}
indicators:
  - id: sales
    name: 系数
    weight: 100
    inputs:
      done: {type: percent, max: 300%, name: 完成率}
      paid: {type: percent, max: 300%, name: 回款率}
    measure: done
    score: {method: bands, by: paid, columns: [100%, 95%], at_least: {100%: [100, 90], 97%: [80]}, otherwise: 0}
  - {id: faults, name: 差错, weight: 0, inputs: {n: {type: count}}, score: {method: bands, at_most: {0: 10, 2: 5}, otherwise: 0}}
  - {id: plain, name: 普通, weight: 0, inputs: {n: {type: count}}, score: {method: value}}
examples:
  - {metrics: {sales: {done: 99%, paid: 100%}, faults: 1, plain: 1}, total: 80}
  - {metrics: {sales: {done: 100%, paid: 95%}, faults: 3, plain: 1}, total: 90}
"""
REVIEW = """\
---
employee: {id: A-1, name: 林晚, department: 销售部, position: 销售}
period: 2026-01
form: pay
status: draft
metrics: {sales: {done: 99%, paid: 100%}, faults: 1, plain: 1}
---

见上表。
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """A site with a report of the form, and its own stylesheet of papers."""
    root: Path = tmp_path_factory.mktemp("bands")
    files = {
        "kpigen.toml": 'languages = ["zh"]\n',
        "rules/pay/2026-01.yaml": FORM,
        "reviews/2026-01/A-1.pay.md": REVIEW,
    }
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    run(root, "check")
    run(root, "build", "--drafts", "--no-pdf", "--no-audit", "--no-search", "--yes", "--out", root / "site")
    found = {path.relative_to(root / "site").as_posix(): path for path in (root / "site").rglob("*.html")}
    return {path: file.read_text("utf-8") for path, file in found.items()}


def test_a_report_shows_the_tables_with_what_applied_marked(site: Mapping[str, str]) -> None:
    page = parsed(site["people/A-1/2026-01/pay.html"]).root
    found = {said(of_class(item, "row-name")[0]): item for item in of_class(page, "item")}
    marks = {name: [said(mark).replace("\u00a0", " ") for mark in item.iter("mark")] for name, item in found.items()}
    assert marks == {"系数": ["≥ 100%", "97% – 100%", "80"], "差错": ["0 – 2", "5"], "普通": []}
    assert [said(cell) for cell in found["系数"].iter("td") if cell.get("aria-current")] == ["80"]
    assert "每一档含下限，不含上限。空格及表中没有的情况：0。" in said(found["系数"])


def test_a_rule_page_shows_two_way_tables_and_lists_the_bands_of_others(site: Mapping[str, str]) -> None:
    page = parsed(site["forms/pay/2026-01.html"]).root
    rules = {item.get("id"): item for item in of_class(page, "rule")}
    texts = {
        id_: [said(cell).replace("\u00a0", " ") for cell in item.iter() if cell.tag in ("th", "td")]
        for id_, item in rules.items()
    }
    table = ["完成率 ＼ 回款率", "≥ 100%", "95% –100%", "≥ 100%", "100", "90", "97% – 100%", "80", ""]
    assert texts["sales"][-len(table) :] == table
    listed = ["计分方法", "区间得分表", "0 及以下", "10", "高于 0，不超过 2", "5", "其余情况", "0"]
    assert texts["faults"][: len(listed)] == listed
    assert not list(page.iter("mark"))


def test_the_differences_of_two_versions_tell_each_changed_row() -> None:
    forms = []
    for text in (FORM, FORM.replace("97%: [80]", "97%: [85, 70]").replace("2: 5}", "3: 5}")):
        form, found = read_form("rules/pay/2026-01.yaml", text.encode(), ("zh",))
        assert form is not None, found
        forms.append(form_view(form, most_points(form), ZH))
    told = {item.id: [field.name for field in item.fields] for item in differences(*forms, ZH)}
    assert told["sales"] == ["97%\u00a0– 100%"]
    assert "高于 0，不超过 3" in told["faults"]


def test_papers_without_a_table_do_not_have_its_style(site: Mapping[str, str]) -> None:
    renderer = Renderer(None)
    style = renderer.source(BANDS).decode().splitlines()[2]
    others = re.sub(r"method: bands, by[^\n]*", "method: formula, formula: done + paid}", FORM)
    others = re.sub(r"method: bands[^\n]*", "method: value}}", others)
    for form, has_bands in ((FORM, True), (others, False)):
        tree = MemoryTree({"rules/pay/2026-01.yaml": form.encode(), "reviews/2026-01/A-1.pay.md": REVIEW.encode()})
        records, _ = make_records(load(tree))
        html = html_of(report_of(records[0], ReportSetting("示例", ""), "zh"), renderer)
        assert (style in html) is has_bands
        assert ('<table class="bands"' in html) is has_bands
        cells = re.findall(r'<t[dh][^>]*class="here">([^<]*)<', html)
        assert [cell.replace("\u00a0", " ") for cell in cells] == (
            ["≥ 100%", "97% – 100%", "80", "0 – 2", "5"] if has_bands else []
        )
