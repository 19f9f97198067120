"""Reports by a form that is no sum out of 100: formulas, results, titles per person, rows that are only written."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest

from kpigen.base.sources import WorkTree
from kpigen.i18n.messages import messages
from kpigen.model.forms import Quota, Rounding
from kpigen.repository.card_text import card_as_text
from kpigen.repository.export import report_as_json
from kpigen.repository.project import load
from kpigen.repository.records import Record, make_records
from kpigen.site.pages.beyond_rows import Beyond, beyond_rows
from kpigen.site.pages.report import Report, ReportSetting, report_of
from kpigen.site.proof.paper import html_of
from kpigen.site.render.render import Renderer
from tests.helpers.forms import run
from tests.helpers.html import of_class, parsed, row_of, said, section_of
from tests.helpers.tiny import tree_of

RULES = """\
schema: 1
form: plan
title: {zh: 工作计划, en: Work plan}
cycle: [month]
full: 10
decimals: 1
rounding: total
grades: {A: 8, B: 5, C: none}
confirmations: []
scales:
  good: {great: {zh: 优, en: Great, points: 2}, fair: {zh: 中, en: Fair, points: 0.5}}
tables:
  - {id: factor, name: {zh: 部门系数, en: Factor}, by: department, values: {客服部: 1.1}, otherwise: 1}
print:
  columns:
    - number
    - name
    - {show: input, input: self, otherwise: points, foot: mean}
    - {show: input, input: boss, name: {zh: 主管, en: Manager}, foot: mean}
    - {show: choice, input: kind, choice: hard}
    - {show: measure, decimals: 2}
    - {show: raw, decimals: 3}
    - points
    - {show: blank, name: {zh: 签名, en: Initials}}
  signatures: []
sections:
  - id: work
    name: {zh: 工作, en: Work}
    total: mean(rows)
    total_name: {zh: 工作平均分, en: Mean of the work}
    indicators:
      - id: quality
        name: {zh: 质量, en: Quality}
        inputs:
          self: {type: number, min: 0, max: 10, name: {zh: 自评, en: Self}}
          boss: {type: number, min: 0, max: 10, default: self, name: {zh: 主管评, en: By the manager}}
        measure: self * 30% + boss * 70%
        out_of: 10
        score: {method: value}
      - id: goal_1
        name: {zh: 目标一, en: Goal 1}
        named: yes
        optional: yes
        out_of: 10
        inputs: {kind: {type: choice, name: {zh: 难度, en: Kind}, choices: {hard: {zh: 难, en: Hard}, easy: {zh: 易, en: Easy}}}}
        score: {method: levels, levels: {hard: 9, easy: 6}}
      - id: goal_2
        name: {zh: 目标二, en: Goal 2}
        named: yes
        optional: yes
        out_of: 10
        inputs: {done: {type: number, min: 0, max: 10}}
        score: {method: value}
  - id: more
    name: {zh: 其他, en: Other}
    indicators:
      - {id: notes, name: {zh: 情况说明, en: Notes}, unscored: yes, optional: yes, inputs: {text: {type: text}}}
      - {id: pay, name: {zh: 月工资, en: Monthly pay}, unscored: yes, inputs: {pay: {type: money, agreed: yes}}}
total: work * factor + bonus
bonus:
  cap: 1
  items:
    - {id: idea, name: {zh: 建议, en: Idea}, scale: good}
    - {id: late, name: {zh: 迟到, en: Late}, points: -0.5, at_most: 1}
veto:
  - {id: poor, name: {zh: 质量差, en: Poor quality}, when: quality.boss < 2, total: 1}
  - {id: unsafe, name: {zh: 目标二落空, en: Goal 2 missed}, when: goal_2 < 3 and quality.boss < 9, grade: B}
results:
  - {id: rows_rated, name: {zh: 计分项数, en: Rows rated}, section: work, formula: count(rows), decimals: 0}
  - {id: reached, name: {zh: 达标, en: Reached}, section: work, unit: yes_no, formula: work >= 6}
  - {id: reward, name: {zh: 绩效工资, en: Reward}, unit: money, formula: pay.pay * total / 10}
  - {id: share, name: {zh: 比例, en: Share}, unit: percent, tiers: {of: total, at_least: {5: 10%, 8: 15.5%}, otherwise: 0}}
  - {id: secret, name: {zh: 内部排位, en: Secret place}, formula: total * 1234, confidential: yes}
  - id: advice
    name: {zh: 建议处理, en: What next}
    cases: [{when: total >= 9, text: {zh: 晋级, en: Promote}}, {text: {zh: 保持, en: Keep}}]
examples:
  - {metrics: {quality: {self: 8, boss: 6}, goal_1: hard, goal_2: 5, pay: 5000}, total: 6.9, grade: B}
  - {metrics: {quality: {self: 5, boss: 1}, goal_1: easy, goal_2: 5, pay: 5000}, total: 1, grade: C}
"""

REVIEWS = {
    # quality 6.6, goal 9, goal 5: mean 6.8667; × 1.1 = 7.5533; bonus 2 − 0.5, cut to 1: 8.5533
    "A-1": """\
metrics: {quality: {self: 8, boss: 6}, goal_1: hard, goal_2: 5, pay: 12345.5, notes: "第一行\\n第二行 <b>"}
names: {goal_1: 新系统上线, goal_2: 培训新人}
bonus: {idea: great, late: 2}
""",
    # no second goal, so nobody can say whether it was missed; nothing from the manager: as the employee says
    "A-2": """\
metrics: {quality: {self: 7}, goal_1: easy, pay: 5000}
names: {goal_1: 降低投诉}
""",
    # a veto sets the total
    "A-3": """\
metrics: {quality: {self: 9, boss: 1}, goal_1: hard, goal_2: 9, pay: 5000}
""",
}
_HEAD = (
    "employee: {{id: {0}, name: 甲{0}, department: {1}, position: 客服}}\nperiod: 2026-01\nform: plan\nstatus: draft\n"
)
SETTING = ReportSetting("甲公司", "")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with the pages of three drafts, in Chinese and English."""
    root = tmp_path_factory.mktemp("plan")
    files = {"kpigen.toml": 'organisation = "甲公司"\nlanguages = ["zh", "en"]\n', "rules/plan/2026-01.yaml": RULES}
    for id_, fields in REVIEWS.items():
        head = _HEAD.format(id_, "客服部" if id_ == "A-1" else "财务部")
        files[f"reviews/2026-01/{id_}.plan.md"] = f"---\n{head}{fields}---\n\n见上表。\n"
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    run(root, "check")
    run(root, "build", "--no-pdf", "--no-audit", "--no-search", "--drafts", "--out", root / "site", "--yes")
    return root


@pytest.fixture(scope="module")
def records(root: Path) -> dict[str, Record]:
    found, problems = make_records(load(WorkTree(root)))
    assert problems == []
    return {record.review.employee.id: record for record in found}


def page(root: Path, id_: str, language: str = "en") -> Element:
    folder = root / "site/people" / id_ / "2026-01"
    read = parsed((folder / ("" if language == "zh" else language) / "plan.html").read_text("utf-8"))
    assert read.problems == []
    return read.root


def report(record: Record, language: str = "en") -> Report:
    return report_of(record, SETTING, language)


def paper(record: Record, language: str = "en") -> Element:
    read = parsed(html_of(report(record, language), Renderer(None)))
    assert read.problems == []
    return read.root


def rows(table: Element) -> list[list[str]]:
    """Return a table as texts, cell by cell; a cell over several columns is followed by empty ones."""
    found = []
    for row in table.iter("tr"):
        texts: list[str] = []
        for cell in row:
            texts += [said(cell), *[""] * (int(cell.get("colspan", "1")) - 1)]
        found.append(texts)
    return found


def card(record: Record, language: str = "en") -> list[list[str]]:
    (table,) = of_class(paper(record, language), "card")
    return rows(table)


# --- the result ------------------------------------------------------------------------------------------------------


def test_the_total_is_out_of_full_marks_and_shows_its_working(root: Path) -> None:
    top = section_of(page(root, "A-1"), "result")
    assert top is not None
    assert said(of_class(top, "total")[0]) == "8.6 / 10 A"
    text = said(section_of(page(root, "A-1"), "card"))
    assert "Total 8.6 How this came about Total, not rounded yet Work × Factor + Bonus" in text
    assert "= ≈6.8667 × 1.1 + 1 = ≈8.5533" in text
    assert "Bonus: 1.0" in said(top), "what is no sum has no total without the bonus"


def test_results_stand_at_the_foot_of_their_section_or_of_the_form(records: dict[str, Record]) -> None:
    view = report(records["A-1"])
    assert [(item.name, item.value, item.comes_first) for item in view.card.results_of("work")] == [
        ("Rows rated", "3", True),
        ("Reached", "yes", False),
    ]
    assert [(item.name, item.value) for item in view.result.more] == [
        ("Reward", "10,617.13"),
        ("Share", "15.50%"),
        ("What next", "Keep"),
    ]
    assert [(item.name, item.value) for item in report(records["A-1"], "zh").result.more][2] == ("建议处理", "保持")
    work = next(item for item in view.result.more if item.id == "share").working
    assert [line.label for line in work.lines] == ["The tier that Total (8.6) lies in"]


def test_a_confidential_result_is_in_no_report(root: Path, records: dict[str, Record]) -> None:
    folder = root / "site/people/A-1/2026-01"
    texts = [path.read_text("utf-8") for path in folder.rglob("*") if path.is_file()]
    assert len(texts) == 3
    texts += [said(paper(records["A-1"])), json.dumps(report_as_json(records["A-1"]))]
    assert not [text for text in texts if "Secret" in text or "secret" in text or "10612" in text]
    assert "Secret place" in card_as_text(records["A-1"], "en"), "the terminal is no report"


def test_a_veto_that_sets_the_total_leaves_nothing_to_the_next_grade(root: Path, records: dict[str, Record]) -> None:
    view = report(records["A-3"]).result
    assert (view.total, view.grade, view.to_next) == ("1.0", "C", None)
    assert "the total is 1" in said(section_of(page(root, "A-3"), "result"))
    assert "the total is 1" in said(paper(records["A-3"]))
    assert "总分记为1" in said(paper(records["A-3"], "zh"))
    assert "The veto “Poor quality” sets the total 1 = 1.0" in said(section_of(page(root, "A-3"), "card"))


def test_a_veto_that_cannot_be_decided_keeps_the_grade_open_and_says_why(
    root: Path, records: dict[str, Record]
) -> None:
    view = report(records["A-2"]).result
    assert (view.total, view.grade) == ("6.5", None)
    why = "“Goal 2” does not apply"
    assert [(item.name, item.why) for item in view.open_vetoes] == [("Goal 2 missed", why)]
    for where in (section_of(page(root, "A-2"), "result"), paper(records["A-2"])):
        assert f"cannot be decided: {why}" in said(where)
    assert report(records["A-1"]).result.open_vetoes == ()
    assert "“目标二”不适用" in said(paper(records["A-2"], "zh"))


# --- rows ------------------------------------------------------------------------------------------------------------


def test_titles_of_the_person_stand_wherever_the_row_does(root: Path, records: dict[str, Record]) -> None:
    record = records["A-1"]
    for text in (
        said(page(root, "A-1")),
        said(page(root, "A-1", "zh")),
        said(paper(record)),
        card_as_text(record, "zh"),
    ):
        assert "新系统上线" in text
        assert "Goal 1" not in text
        assert "目标一" not in text
    advice = said(of_class(page(root, "A-1"), "best")[0])
    assert "培训新人" in advice
    assert "Goal" not in advice
    names = {item["id"]: item.get("name") for item in report_as_json(record)["indicators"]}
    assert names == {"quality": None, "goal_1": "新系统上线", "goal_2": "培训新人", "notes": None, "pay": None}
    assert record.form.indicators[1].name.in_("en") == "Goal 1", "other people's reports have the form's own name"


def test_a_row_that_the_plan_does_not_have_is_only_on_paper_and_empty(root: Path, records: dict[str, Record]) -> None:
    ids = [item[0].get("id") for item in of_class(page(root, "A-2"), "item")]
    assert ids == ["quality", "goal_1", "pay"]
    row = next(row for row in card(records["A-2"]) if row[0] == "3")
    assert [text for text in row if text] == ["3"]
    assert "Goal 2" not in card_as_text(records["A-2"], "en").split("Total")[0].split("Veto")[0]


def test_what_is_only_written_has_no_points_and_is_not_open(root: Path, records: dict[str, Record]) -> None:
    notes, pay = row_of(page(root, "A-1"), "_notes"), row_of(page(root, "A-1"), "pay")
    assert [said(item) for item in of_class(notes, "row-points")] == [""]
    assert "第一行第二行 <b>" in said(notes)
    assert "12,345.50" in said(pay)
    assert "open" not in said(notes) + said(pay)
    assert all("Notes" not in said(item) for item in of_class(paper(records["A-1"]), "working"))
    sections = said(of_class(section_of(page(root, "A-1"), "result") or Element("x"), "sections")[0])
    assert "Work" in sections
    assert "Other" not in sections


def test_bonus_items_by_a_scale_say_the_level_and_what_was_cut(root: Path, records: dict[str, Record]) -> None:
    table = of_class(paper(records["A-1"]), "bonus")[0]
    assert rows(table)[1:] == [
        ["Idea", "2", "Great", "1.5 (capped)"],
        ["Late", "−0.5", "2", "−0.5 (capped)"],
    ]
    items = next(item for item in page(root, "A-1").iter("table") if said(item).startswith("Item"))
    assert rows(items)[1:] == rows(table)[1:]
    assert rows(of_class(paper(records["A-2"]), "bonus")[0])[1] == ["Idea", "–", "–", "0.0"]


def test_bars_are_drawn_where_something_is_the_most(root: Path) -> None:
    shown = {item: said(of_class(row_of(page(root, "A-1"), item), "row-points")[0]) for item in ("quality", "goal_1")}
    assert shown == {"quality": "6.6 / 10", "goal_1": "9.0 / 10"}
    assert of_class(row_of(page(root, "A-1"), "quality"), "bar")
    assert not of_class(row_of(page(root, "A-1"), "pay"), "bar")


# --- the columns of the paper ----------------------------------------------------------------------------------------


def test_columns_show_one_input_a_choice_a_measured_value_or_nothing(records: dict[str, Record]) -> None:
    head, *body = card(records["A-1"])
    assert head == ["No.", "Indicator", "Self", "Manager", "Hard", "Measured value", "Score", "Points", "Initials"]
    assert body == [
        ["Work", *[""] * 8],
        ["1", "Quality", "8.0", "6", "", "6.60", "6.600", "6.6", ""],
        ["2", "新系统上线", "9.0", "", "■", "", "9.000", "9.0", ""],
        ["3", "培训新人", "5.0", "", "", "", "5.000", "5.0", ""],
        ["Rows rated", *[""] * 6, "3", ""],
        ["Mean of the work", "", "7.3", "6.0", "", "", "", "6.9", ""],
        ["Reached", *[""] * 6, "yes", ""],
        ["Other", *[""] * 8],
        ["4", "Notes", *[""] * 7],
        ["5", "Monthly pay", *[""] * 7],
        ["Bonus", *[""] * 6, "+1.0", ""],
        ["Total", *[""] * 6, "8.6", ""],
        ["Reward", "", "", "", "10,617.13", *[""] * 4],
        ["Share", *[""] * 6, "15.50%", ""],
        ["What next", *[""] * 6, "Keep", ""],
    ]
    assert card(records["A-1"], "zh")[0] == ["序号", "指标", "自评", "主管", "难", "实际值", "本项分数", "得分", "签名"]


def test_what_the_second_rater_did_not_write_counts_as_agreed_below_the_column(records: dict[str, Record]) -> None:
    found = card(records["A-2"])
    assert found[2][:4] == ["1", "Quality", "7.0", ""]
    assert next(row for row in found if row[0] == "Mean of the work")[:4] == ["Mean of the work", "", "6.5", "7.0"]


def test_a_paper_of_narrow_columns_gives_the_rest_to_the_names(records: dict[str, Record]) -> None:
    (table,) = of_class(paper(records["A-1"]), "card")
    widths = [float(re.findall(r"([\d.]+)mm", col.get("style", ""))[0]) for col in table.iter("col")]
    assert sum(widths) == pytest.approx(180, abs=0.1)
    assert widths[1] == max(widths)


def test_the_appendix_tells_how_sections_total_and_results_came_about(records: dict[str, Record]) -> None:
    table = of_class(paper(records["A-1"], "zh"), "working")[-1]
    names = [said(head.find("b")) for head in table.iter("th") if head.find("b") is not None]
    told = dict(zip(names, (row[1] for row in rows(table)[1:]), strict=True))
    assert list(told) == [
        "1 质量",
        "2 新系统上线",
        "3 培训新人",
        "工作",
        "总分",
        "计分项数",
        "达标",
        "绩效工资",
        "比例",
    ]
    assert told["工作"] == "本部分得分：mean(工作) = mean(6.6, 9, 5) ≈6.8667"
    assert told["绩效工资"].startswith("按公式")


# --- weights, bounds -------------------------------------------------------------------------------------------------

WEIGHTS = """\
schema: 1
form: parts
title: {zh: 三项, en: Parts}
cycle: [month]
full: 1
decimals: 4
grades: {A: 0.5, B: 0}
confirmations: []
print: {columns: [number, name, weight, points], signatures: []}
indicators:
  - {id: one, number: a, name: {zh: 甲, en: One}, weight: 1/3, inputs: {n: {type: number}}, score: {method: value}}
  - {id: two, number: b, name: {zh: 乙, en: Two}, weight: 2/3, inputs: {n: {type: number}}, score: {method: value}}
examples:
  - {metrics: {one: 1, two: 1}, total: 1, grade: A}
  - {metrics: {one: -1, two: -0.5}, total: -0.6666, grade: B}
"""


def parts(metrics: str, *edits: tuple[str, str]) -> Record:
    """Return the record of a review by the form above."""
    rules = WEIGHTS
    for old, new in edits:
        assert old in rules
        rules = rules.replace(old, new)
    head = _HEAD.format("A-1", "客服部").replace("plan", "parts")
    files = {
        "rules/parts/2026-01.yaml": rules,
        "reviews/2026-01/A-1.parts.md": f"---\n{head}{metrics}\n---\n\n见上表。\n",
    }
    project = load(tree_of(**files))
    assert project.problems == (), [item.message for item in project.problems]
    (record,), problems = make_records(project)
    assert problems == []
    return record


IN_PERCENT = (("weight: 1/3", "weight: 7.5%"), ("weight: 2/3", "weight: 92.5%"), ("-0.6666", "-0.5375"))


def test_weights_are_written_as_in_the_rule_file() -> None:
    record = parts("metrics: {one: 1, two: 0.5}")
    assert card(record)[1:] == [
        ["a", "One", "1/3", "0.3333"],
        ["b", "Two", "2/3", "0.3333"],
        ["Total", "", "1", "0.6666"],
    ]
    record = parts("metrics: {one: 1, two: 0.5}", *IN_PERCENT)
    assert card(record)[1:] == [
        ["a", "One", "7.5%", "0.0750"],
        ["b", "Two", "92.5%", "0.4625"],
        ["Total", "", "100%", "0.5375"],
    ]
    row = report(record).card.rows[0]
    assert (row.weight, row.of, row.share) == ("7.5%", "0.075", 100)


def test_a_weight_that_took_from_others_is_no_fraction() -> None:
    record = parts("metrics: {two: 0.5}\nnot_applicable: {one: 没有}")
    assert card(record)[1:3] == [["a", "One not applicable: 没有", "–", "–"], ["b", "Two", "1 (2/3)", "0.5000"]]


@pytest.mark.parametrize(
    ("metrics", "total", "grade", "missing"),
    [
        ("metrics: {one: -2, two: -1}", "−1.3334", "B", ("A", "1.8334")),
        ("metrics: {one: 1, two: 0.1}", "0.4000", "B", ("A", "0.1000")),
        ("metrics: {one: 1, two: 1}", "1.0000", "A", None),
    ],
)
def test_below_the_lowest_bound_one_has_the_last_grade_and_misses_the_next(
    metrics: str, total: str, grade: str, missing: tuple[str, str] | None
) -> None:
    view = report(parts(metrics)).result
    assert (view.total, view.grade) == (total, grade)
    assert (view.to_next and (view.to_next.grade, view.to_next.points)) == missing


@pytest.mark.parametrize(
    ("grades", "bands"),
    [
        ("{A: 0.5, B: 0.25, C: none}", ["A ≥ 0.5", "B ≥ 0.25", "C < 0.25"]),
        ("{A: 0.5, B: none}", ["A ≥ 0.5", "B < 0.5"]),
        ("{A: none}", ["A "]),
    ],
)
def test_the_last_grade_may_have_no_lower_bound(grades: str, bands: list[str]) -> None:
    last = bands[-1].split(" ")[0]
    view = report(parts("metrics: {one: 1, two: 1}", ("{A: 0.5, B: 0}", grades), ("grade: B", f"grade: {last}"))).result
    assert [f"{band.grade} {band.totals}" for band in view.bands] == bands


def test_a_form_without_grades_speaks_of_none() -> None:
    edits = [("grades: {A: 0.5, B: 0}\n", ""), (", grade: A", ""), (", grade: B", "")]
    record = parts("metrics: {one: 1, two: 1}", *edits)
    view = report(record).result
    assert (view.grade, view.bands, view.to_next) == ("", (), None)
    assert "Grade" not in said(paper(record))
    assert "Grade" not in card_as_text(record, "en")


# --- the rule page ---------------------------------------------------------------------------------------------------


def rule_page(root: Path, language: str) -> Element:
    folder = root / "site/forms" / ("" if language == "zh" else language) / "plan"
    read = parsed((folder / "2026-01.html").read_text("utf-8"))
    assert read.problems == []
    return read.root


def test_the_rule_page_says_all_that_decides(root: Path) -> None:
    text = said(rule_page(root, "en"))
    for part in (
        "Full marks are 10.",
        "Points and totals have 1 decimal.",
        "Rows count exactly; only the total is rounded.",
        "the printed points need not add up to the total.",
        "No row has a weight: its points are its score.",
        "Work · Mean of the workmean(Work)",
        "TotalWork × Factor + Bonus",
        "factor · by department 客服部1.1all others1",
        "Great (2 points), Fair (0.5 points)",
        "Poor quality: By the manager < 2 → the total is 1.",
        "Goal 2 missed: Goal 2 < 3 and By the manager < 9 → the grade is at most B.",
        "rows_rated · number, 0 decimals, at the foot of Work",
        "Formulacount(all rows)",
        "reward · amount of money, 2 decimals",
        "FormulaMonthly pay × Total ÷ 10",
        "Tiers of Total≥ 510%≥ 815.5%< 50%",
        "secret · number, 1 decimal, confidential: only HR sees it",
        "Total ≥ 9Promoteotherwise",
        "Its title is agreed for each person.",
        "It may be left out: without any value it does not apply.",
        "This row is not scored: it is only written, or only shows a number.",
        "agreed at the start of the period",
        "like Self if it is not given",
        "Example 1: total 6.9, grade B",
    ):
        assert part in text, part
    assert "of 100" not in text


def test_the_rule_page_says_it_in_chinese(root: Path) -> None:
    text = said(rule_page(root, "zh"))
    for part in (
        "满分为 10。",
        "得分和总分保留 1 位小数。",
        "各项不四舍五入，只有总分四舍五入。",
        "各项没有权重，本项分数就是得分。",
        "从各项到总分 工作 · 工作平均分mean(工作)",
        "按部门 客服部1.1其他1",
        "总分记为1",
        "列在“工作”之后",
        "总分分档≥ 510%≥ 815.5%< 50%",
        "保密，只有人力资源部可见",
        "本项的名称按人约定。",
        "本项可以不设：没有填写就不适用。",
        "本项不计分，只作文字记录，或只列出数字。",
    ):
        assert part in text, part


def test_what_is_usual_is_not_said() -> None:
    form = parts("metrics: {one: 1, two: 1}").form
    told = beyond_rows(replace(form, full=Fraction(100), decimals=2), {}, messages("en"))
    assert told == Beyond((), (), (), (), ())


def test_quotas_and_other_roundings_are_said() -> None:
    form = parts("metrics: {one: 1, two: 1}").form
    told = beyond_rows(
        replace(
            form,
            full=None,
            decimals=0,
            signed=True,
            rounding=Rounding(of_rows=False, half_even=True),
            may_leave_out=False,
            grades=(),
            quota=Quota((("A", Fraction(1, 5)), ("B", Fraction(1, 8))), "manager"),
        ),
        {},
        messages("en"),
    )
    assert told.scale == (
        "The form has no full marks.",
        "Points and totals are whole numbers.",
        "Points and totals are written with their sign.",
        "Rows count exactly; only the total is rounded.",
        "The printed points are rounded so that they add up to the printed total.",
        "Halves are rounded to the even digit.",
        "No row can be marked as not applicable.",
        "The form has no grades.",
    )
    assert told.quota == (
        "At most 20% of each manager's team are meant to have grade A.",
        "At most 12.5% of each manager's team are meant to have grade B.",
    )
