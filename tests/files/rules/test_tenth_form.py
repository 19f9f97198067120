"""A form from another trade, written as YAML after docs/rules.md alone, and which of its versions is in force."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from kpigen.diagnostics.diagnostic import Diagnostic
from kpigen.diagnostics.values import phrase
from kpigen.files.rules.book import Rulebook, make_rulebook
from kpigen.files.rules.form import read_form
from kpigen.model.forms import Form
from kpigen.model.reviews import Review
from kpigen.model.scores import Scorecard
from kpigen.scoring.content import content_digest
from kpigen.scoring.score import score
from tests.helpers.forms import (
    TENTH,
    TESTS,
    card_for,
    card_of,
    form_of,
    kpigen,
    make_repository,
    read_text,
    review_text,
)

FIRST = (TESTS / "rules" / TENTH / "2026-Q1.yaml").read_text("utf-8")
PERIOD = "2026-Q1"

ALL_FULL: dict[str, Any] = {
    "stock_accuracy": "{matching: 1000, counted: 1000}",
    "stock_variance": "{physical: 500000, book: 500000}",
    "on_time": "{sent: 0, orders: 0}",
    "picking_time": "12m",
    "shipping_errors": "{wrong: 0, complaints: 0, dock_hours: 24}",
    "accidents": "{minor: 0, serious: 0}",
    "five_s": "exemplary",
    "integrity": "no",
    "cooperation": "100",
}


def points(card: Scorecard) -> dict[str, str]:
    return {
        item.id: f"{Decimal(item.points.numerator) / item.points.denominator:.2f}"
        for item in card.indicators
        if item.points is not None
    }


# --- reviews worked out by hand --------------------------------------------------------------------------------------


def test_an_ordinary_quarter() -> None:
    card = card_for(
        TENTH,
        {
            # 1176 ÷ 1200 = 98%, a point of the curve: 60, × 20 ÷ 100
            "stock_accuracy": "{matching: 1176, counted: 1200}",
            # 2000 ÷ 610000 = 0.3279%, 0.1279% beyond the band: one complete step of 0.1%, 100 − 5 = 95, × 15 ÷ 100
            "stock_variance": "{physical: 612000, book: 610000}",
            # 470 ÷ 500 = 94%, 94 ÷ 98 × 100 = 95.918…, × 10 ÷ 100 = 9.5918…
            "on_time": "{sent: 470, orders: 500}",
            # 15 ÷ 18 × 100 = 83.333…, × 10 ÷ 100 = 8.3333…
            "picking_time": "18m",
            # 100 − 2 × 5 − 0 − 1 × 2 (7.5 hours too many: one complete step of 4) = 88
            "shipping_errors": "{wrong: 2, complaints: 0, dock_hours: 31.5}",
            "accidents": "{minor: 0, serious: 0}",
            "five_s": "fair",
            "integrity": "no",
            # 79.5 × 15 ÷ 100 = 11.925, half-up
            "cooperation": "79.5",
        },
        period=PERIOD,
    )
    assert points(card) == {
        "stock_accuracy": "12.00",
        "stock_variance": "14.25",
        "on_time": "9.59",
        "picking_time": "8.33",
        "shipping_errors": "8.80",
        "accidents": "10.00",
        "five_s": "6.00",
        "integrity": "0.00",
        "cooperation": "11.93",
    }
    # 12.00 + 14.25 + 9.59 + 8.33 + 8.80 + 10.00 + 6.00 + 0.00 + 11.93
    assert (card.total, card.grade) == (Fraction("80.90"), "B")


def test_everything_at_its_best_is_a_hundred() -> None:
    card = card_for(TENTH, ALL_FULL, period=PERIOD)
    assert points(card)["integrity"] == "0.00"
    assert (card.total, card.grade) == (100, "A")


def test_a_serious_accident_keeps_an_a_at_d() -> None:
    # 20 + 15 + 10 + 10 + 10 + 0 + 10 + 0 + 90 × 15 ÷ 100 = 88.50, and 4 for the loss that was prevented
    card = card_for(
        TENTH,
        {**ALL_FULL, "accidents": "{minor: 0, serious: 1}", "cooperation": "90"},
        period=PERIOD,
        bonus={"loss_prevented": 1},
    )
    assert (card.base, card.total) == (Fraction("88.50"), Fraction("92.50"))
    assert (card.form.grade_of(card.total), card.grade) == ("A", "D")
    assert [(veto.id, veto.holds) for veto in card.vetoes] == [("serious_accident", True), ("theft", False)]


def test_of_two_vetoes_the_worse_holds() -> None:
    card = card_for(TENTH, {**ALL_FULL, "accidents": "{minor: 0, serious: 1}", "integrity": "yes"}, period=PERIOD)
    assert (card.total, card.form.grade_of(card.total), card.grade) == (90, "A", "E")


def test_a_veto_never_lifts_a_grade() -> None:
    # 0 + 0 + 10 + 10 + 10 + 0 + 2 + 0 + 15 × 20% = 35.00
    card = card_for(
        TENTH,
        {
            **ALL_FULL,
            "stock_accuracy": "{matching: 90, counted: 100}",
            "stock_variance": "{physical: 450000, book: 500000}",
            "accidents": "{minor: 0, serious: 2}",
            "five_s": "messy",
            "cooperation": "20",
        },
        period=PERIOD,
    )
    assert (card.total, card.grade) == (35, "E")


def test_the_bonus_is_cut_at_its_cap() -> None:
    # suggestions: at most 3 count, 3 × 2 = 6; losses: 2 × 4 = 8, of which 2 are left below the cap of 8
    card = card_for(
        TENTH, {**ALL_FULL, "cooperation": "60"}, period=PERIOD, bonus={"suggestion": 5, "loss_prevented": 2}
    )
    assert [(item.id, item.count, item.points, item.capped) for item in card.bonus] == [
        ("suggestion", 5, 6, True),
        ("loss_prevented", 2, 2, True),
    ]
    # 85 + 60 × 15 ÷ 100 = 94.00, and 8
    assert (card.base, card.total, card.grade) == (94, 102, "A")
    below = card_for(TENTH, ALL_FULL, period=PERIOD, bonus={"suggestion": 2, "loss_prevented": 1})
    assert [(item.points, item.capped) for item in below.bonus] == [(4, False), (4, False)]


def test_a_section_that_does_not_apply() -> None:
    """The 15 of the only indicator of its section spread over the other 85: each weight × 100 ÷ 85."""
    metrics = {
        **ALL_FULL,
        "picking_time": "30m",  # 15 ÷ 30 × 100 = 50
        "shipping_errors": "{wrong: 0, complaints: 1, dock_hours: 0}",  # 90
        "accidents": "{minor: 2, serious: 0}",  # 60
        "five_s": "messy",  # 20
    }
    del metrics["cooperation"]
    card = card_for(TENTH, metrics, period=PERIOD, not_applicable={"cooperation": "单人值守，没有协作对象"})
    assert card.indicator("stock_accuracy").weight == Fraction(2000, 85)
    assert points(card) == {
        "stock_accuracy": "23.53",  # 100 × 23.5294…
        "stock_variance": "17.65",  # 100 × 17.6470…
        "on_time": "11.76",  # 100 × 11.7647…
        "picking_time": "5.88",  # 50 × 11.7647… = 5.8823…
        "shipping_errors": "10.59",  # 90 × 11.7647… = 10.5882…
        "accidents": "7.06",  # 60 × 11.7647… = 7.0588…
        "five_s": "2.35",  # 20 × 11.7647… = 2.3529…
        "integrity": "0.00",
    }
    assert (card.total, card.grade) == (Fraction("78.82"), "C")


def test_the_veto_of_what_does_not_apply_keeps_the_grade_open() -> None:
    """The accidents' 10 go to the 5S of the same section, none to what weighs 0."""
    metrics = {**ALL_FULL, "five_s": "tidy"}
    del metrics["accidents"]
    card = card_for(TENTH, metrics, period=PERIOD, not_applicable={"accidents": "由安全部单独考核"})
    assert (card.indicator("five_s").weight, card.indicator("integrity").weight) == (20, 0)
    # 100 − 20 + 85 × 20 ÷ 100 = 97.00
    assert (card.total, card.grade) == (97, None)
    assert [(veto.holds, veto.lacks) for veto in card.vetoes] == [(None, ("accidents.serious",)), (False, ())]


def test_while_a_veto_is_open_the_grade_is() -> None:
    metrics = {**ALL_FULL, "integrity": ""}
    card = card_for(TENTH, metrics, period=PERIOD)
    assert [veto.holds for veto in card.vetoes] == [False, None]
    assert (card.total, card.grade) == (None, None)


def test_its_examples_are_right_and_it_is_shown() -> None:
    form = form_of(TENTH)
    assert [(example.total, example.grade) for example in form.examples] == [
        (Fraction("87.46"), "B"),
        (98, "D"),
        (Fraction("78.81"), "C"),
    ]
    assert sum(section.weight for section in form.sections) == 100
    assert len(form.digest) == 64


def test_it_works_in_a_repository_of_its_own(tmp_path: Path) -> None:
    root = make_repository(tmp_path, (TENTH,))
    file = root / "reviews/2026-Q2/T-001.warehouse-keeper.md"
    file.parent.mkdir()
    file.write_text(review_text(TENTH, ALL_FULL, period="2026-Q2", bonus={"suggestion": 1}), "utf-8")
    assert kpigen("check", cwd=root).stdout == ""
    card = json.loads(kpigen("score", file, "--format", "json", cwd=root).stdout)
    assert (card["total"], card["grade"], card["rules"]) == ("102.00", "A", "warehouse-keeper@2026-Q1")
    text = kpigen("score", file, cwd=root).stdout
    assert "库存准确率" in text
    assert "102.00" in text
    shown = kpigen("form", TENTH, "--language", "en", cwd=root).stdout
    for word in ("Warehouse keeper's quarterly assessment", "Stock variance", "picking_time", "A ≥ 90"):
        assert word in shown


# --- versions --------------------------------------------------------------------------------------------------------


def changed(old: str, new: str, text: str = FIRST) -> str:
    assert text.count(old) == 1, old
    return text.replace(old, new)


# The correction gives 90 for a tidy store instead of 85; the version of April asks for 12 minutes instead of 15.
CORRECTION = changed(
    "tidy: 85, fair",
    "tidy: 90, fair",
    changed("{metrics: tidy, raw: 85}", "{metrics: tidy, raw: 90}", changed("87.46", "87.96")),
)
CORRECTION = changed("整洁 85 分", "整洁 90 分", changed("tidy 85,", "tidy 90,", CORRECTION))
APRIL = changed(
    "target: 15m",
    "target: 12m",
    changed(
        "{metrics: 20m, raw: 75}",
        "{metrics: 20m, raw: 60}",
        changed("{metrics: 14m59s, raw: 100}", "{metrics: 16m, raw: 75}", changed("87.46", "85.96")),
    ),
)
APRIL = changed("超过 15 分钟", "超过 12 分钟", changed("15 minutes", "12 minutes", APRIL))


def version(name: str, text: str = FIRST) -> tuple[Form | None, list[Diagnostic]]:
    return read_form(f"rules/{TENTH}/{name}.yaml", text.encode(), ("zh", "en"))


def book(**texts: str) -> Rulebook:
    forms = []
    for name, text in texts.items():
        form, found = version(name.replace("v", "").replace("_", "-").replace("-C", "."), text)
        assert found == [], [f"{item.span} {item.message}" for item in found]
        assert form is not None
        forms.append(form)
    rules, found = make_rulebook(forms)
    assert found == []
    return rules


def three() -> Rulebook:
    return book(v2026_Q1_C2=CORRECTION, v2026_04=APRIL, v2026_Q1=FIRST)


def test_versions_are_ordered_by_month_then_correction() -> None:
    assert [form.version for form in three().versions(TENTH)] == ["2026-Q1", "2026-Q1.2", "2026-04"]
    assert sorted(["2026-Q1", "2026-Q1.2", "2026-04"])[0] == "2026-04", "as text April would come first"
    ten = book(v2026_Q1=FIRST, v2026_Q1_C10=CORRECTION, v2026_Q1_C9=APRIL)
    assert [form.version for form in ten.versions(TENTH)] == ["2026-Q1", "2026-Q1.9", "2026-Q1.10"]


TIDY = {**ALL_FULL, "five_s": "tidy", "picking_time": "15m"}


# period and form → version, points of a tidy store (10 × …), points of 15 minutes
@pytest.mark.parametrize(
    ("form", "period", "rules", "tidy", "picking"),
    [
        (TENTH, "2026-Q1", "2026-Q1.2", "9.00", "10.00"),
        (TENTH, "2026-Q2", "2026-04", "8.50", "8.00"),
        (TENTH, "2026-Q4", "2026-04", "8.50", "8.00"),
        (TENTH, "2027-Q1", "2026-04", "8.50", "8.00"),
        (f"{TENTH}@2026-Q1", "2026-Q1", "2026-Q1", "8.50", "10.00"),
        (f"{TENTH}@2026-Q1.2", "2026-Q1", "2026-Q1.2", "9.00", "10.00"),
        (f"{TENTH}@2026-Q1", "2026-Q3", "2026-Q1", "8.50", "10.00"),
        (f"{TENTH}@2026-04", "2026-Q1", "2026-04", "8.50", "8.00"),
    ],
)
def test_the_version_in_force(form: str, period: str, rules: str, tidy: str, picking: str) -> None:
    review, found = read_text(review_text(form, TIDY, period=period), three())
    assert review is not None
    assert found == []
    assert (review.form, review.pinned) == (TENTH, form.partition("@")[2] or None)
    card = card_of(review_text(form, TIDY, period=period), three())
    assert card.form.version == rules
    assert (points(card)["five_s"], points(card)["picking_time"]) == (tidy, picking)


@pytest.mark.parametrize(
    ("form", "period", "code", "word"),
    [
        (TENTH, "2025-Q4", "KPI303", "2026-Q1"),
        (f"{TENTH}@2026-03", "2026-Q1", "KPI302", "2026-Q1, 2026-Q1.2, 2026-04"),
        (f"{TENTH}@2026-Q1.3", "2026-Q1", "KPI302", "did you mean `2026-Q1"),
        (f"{TENTH}@", "2026-Q1", "KPI302", "2026-Q1"),
        ("warehouse-keper", "2026-Q1", "KPI301", "did you mean `warehouse-keeper`"),
        (TENTH, "2026-01", "KPI304", "month"),
        (TENTH, "2026", "KPI304", "year"),
    ],
)
def test_no_version(form: str, period: str, code: str, word: str) -> None:
    _, found = read_text(
        review_text(form, {}, period=period)
        if form.startswith(TENTH)
        else review_text(TENTH, {}, period=period).replace(TENTH, form),
        three(),
    )
    assert [item.code for item in found] == [code]
    assert word in found[0].message + found[0].hint


def test_versions_that_start_together_need_numbers() -> None:
    one, other = version("2026-Q1")[0], version("2026-01")[0]
    assert one is not None
    assert other is not None
    _, found = make_rulebook([one, other])
    assert [item.code for item in found] == ["KPI503"]
    fixed = version("2026-01.2")[0]
    assert fixed is not None
    assert make_rulebook([one, fixed])[1] == []


@pytest.mark.parametrize(
    "name",
    ["2026-13", "2026-Q5", "26-01", "2026-01.0", "2026-01.02", "2026-01.1000", "latest", "2026-01-02", "2026-01.x"],
)
def test_names_that_are_no_versions(name: str) -> None:
    form, found = version(name)
    assert form is None
    assert "KPI502" in [item.code for item in found]


def test_texts_may_be_mended_and_numbers_may_not() -> None:
    first = version("2026-Q1")[0]
    assert first is not None
    mended = version(
        "2026-Q1", FIRST.replace("Stock accuracy", "Accuracy of the stock").replace("按直线计算", "用直线计算")
    )[0]
    layout = version("2026-Q1", FIRST.replace("orientation: landscape", "orientation: portrait"))[0]
    written = version(
        "2026-Q1",
        FIRST.replace("98%: 60, 99.5%: 100", "98.0%: 60.0, 99.50%: full").replace(
            "(physical - book) / book", "((physical-book)/(book))"
        ),
    )[0]
    for same in (mended, layout, written):
        assert same is not None
        assert same.digest == first.digest
    for old, new in (
        ("tidy: 85, fair", "tidy: 85.01, fair"),
        ("cap: 8", "cap: 9"),
        ("at_most: 3", "at_most: 4"),
        ("accidents.serious > 0", "accidents.serious > 1"),
        ("B: 80", "B: 79"),
        ("limits: [matching <= counted]", "limits: [matching <= counted, counted > 0]"),
        ("when_zero: {orders: full}", "when_zero: {orders: 90}"),
        ("every: 4", "every: 3"),
        ("grade: E\n    origin: chosen\n\nexamples", "grade: D\n    origin: chosen\n\nexamples"),
        ("band: 0.2%", "band: 0.3%"),
        ("above: 0, name: {zh: 盘点品项数", "above: 1, name: {zh: 盘点品项数"),
    ):
        other = version("2026-Q1", changed(old, new))[0]
        assert other is not None, old
        assert other.digest != first.digest, old


# --- vetoes and bonuses that do not fit ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("when: accidents.serious > 0", "when: accidents > 0", "KPI508"),
        ("when: accidents.serious > 0", "when: accidents.serious + 1", "KPI509"),
        ("when: accidents.serious > 0", "when: accidents.serious >", "KPI507"),
        ("when: integrity", "when: integrety", "KPI508"),
        ("when: integrity", "when: five_s == dirty", "KPI509"),
        ("id: theft", "id: serious_accident", "KPI517"),
        ("{id: loss_prevented,", "{id: suggestion,", "KPI517"),
        ("points: 4, origin: chosen}", "points: 4}", "KPI202"),
        (
            "weight: 15\n        standard:\n          zh: 盘点金额",
            "weight: 16\n        standard:\n          zh: 盘点金额",
            "KPI504",
        ),
    ],
)
def test_what_does_not_fit_is_refused(old: str, new: str, code: str) -> None:
    _, found = version("2026-Q1", changed(old, new))
    assert code in [item.code for item in found], [f"{item.code} {item.message}" for item in found]


def test_a_veto_may_compare_a_choice() -> None:
    rules = book(v2026_Q1=changed("when: integrity", "when: five_s == messy or integrity"))
    for level, grade in (("fair", "A"), ("messy", "E")):
        assert card_of(review_text(TENTH, {**ALL_FULL, "five_s": level}, period=PERIOD), rules).grade == grade


def test_an_input_may_have_a_default() -> None:
    rules = book(
        v2026_Q1=changed(
            "            type: choice\n            choices:",
            "            type: choice\n            default: tidy\n            choices:",
        )
    )
    without = {id_: value for id_, value in ALL_FULL.items() if id_ != "five_s"}
    texts = [review_text(TENTH, metrics, period=PERIOD) for metrics in ({**ALL_FULL, "five_s": "tidy"}, without)]
    cards = [card_of(text, rules) for text in texts]
    # 90 + 85 × 10 ÷ 100
    assert [card.total for card in cards] == [Fraction("98.50")] * 2
    reviews = [read_text(text, rules)[0] for text in texts]
    assert len({content_digest(review, rules.forms[0]) for review in reviews if review}) == 1


def test_a_veto_without_a_result_is_a_problem_not_an_open_grade() -> None:
    form, found = version(
        "2026-Q1", changed("when: accidents.serious > 0", "when: accidents.serious / accidents.minor > 50%")
    )
    assert form is not None
    assert [item.message for item in found] == ["the example gives accidents: division by zero, not 98.00 D"]
    rules, _ = make_rulebook([form])
    review, _ = read_text(review_text(TENTH, ALL_FULL, period=PERIOD), rules)
    assert isinstance(review, Review)
    card, problems = score(rules.forms[0], review.metrics, review.not_applicable, review.bonus)
    assert card.grade is None
    assert [(problem.indicator, problem.reason) for problem in problems] == [("accidents", phrase("division by zero"))]


def test_metrics_of_a_mapping_are_read_by_the_right_version() -> None:
    """A review of the first quarter keeps its numbers when April's version changes an input."""
    april = changed("          complaints: {type: count, name: {zh: 客户投诉, en: Complaints}}\n", "", APRIL)
    april = changed("            - {of: complaints, points: 10}\n", "", april)
    for old, new in (
        (", complaints: 1, dock_hours: 33}, raw: 81", ", dock_hours: 33}, raw: 91"),
        (", complaints: 0, dock_hours: 27.9", ", dock_hours: 27.9"),
        ("{wrong: 9, complaints: 6, dock_hours: 0}, raw: 0", "{wrong: 20, dock_hours: 0}, raw: 0"),
        ("{wrong: 1, complaints: 1, dock_hours: 33}", "{wrong: 1, dock_hours: 33}"),
        ("{wrong: 0, complaints: 0, dock_hours: 24}", "{wrong: 0, dock_hours: 24}"),
        ("{wrong: 2, complaints: 0, dock_hours: 24}", "{wrong: 2, dock_hours: 24}"),
        ("85.96", "86.96"),
    ):
        april = changed(old, new, april)
    rules = book(v2026_Q1=FIRST, v2026_04=april)
    assert card_of(review_text(TENTH, ALL_FULL, period="2026-Q1"), rules).total == 100
    _, found = read_text(review_text(TENTH, ALL_FULL, period="2026-Q2"), rules)
    assert [item.code for item in found] == ["KPI306"]
    metrics: Mapping[str, str] = {**ALL_FULL, "shipping_errors": "{wrong: 0, dock_hours: 24}"}
    assert card_of(review_text(TENTH, metrics, period="2026-Q2"), rules).total == 100
