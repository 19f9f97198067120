"""What a review took of the employee's own totals follows from the employee's reviews, and what is missing is named."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache

import pytest

from kpigen.base.periods import Cycle, parse_period
from kpigen.model.forms import AutoRule, Take
from kpigen.repository import project
from kpigen.repository.lifecycle import amend
from kpigen.repository.lifecycle import transitions as lifecycle
from kpigen.repository.versions import versions_of
from kpigen.scoring.taken import periods_of
from tests.helpers.forge import Front, all_anew, edited, record_in, sealed_anew
from tests.helpers.forms import TESTS
from tests.helpers.own import (
    QUARTERLY,
    QUARTERLY_RULE,
    RULES,
    YEARLY,
    YEARLY_RULE,
    month,
    path_of,
    published,
    quarter,
    year,
)
from tests.helpers.tiny import ROSTER, TINY, Files, check_files, codes_of, take, tree_of

JAN, FEB, MAR = (path_of(f"2026-{number:02}") for number in (1, 2, 3))
Q1, YEAR = path_of("2026-Q1", "quarterly"), path_of("2026", "yearly")
SEAL = "k1:sha256:" + "7" * 64
Edit = Callable[[Front], object]


def calls(number: str) -> Edit:
    return lambda front: front["metrics"].update(calls=number)


def amended(files: Files, path: str, change: Edit, date: str) -> Files:
    before = project.load(tree_of(**files)).review(path)
    assert before is not None
    return take(edited(files, path, change), path, amend.amend, before, "复核", "林", date)


def withdrawn(files: Files, path: str, date: str) -> Files:
    return take(files, path, amend.withdraw, "误发", "林", date)


@cache
def before() -> Files:
    """Two published months, 80.00 and 70.00, a third one as a draft, and the drafts of the quarter and the year."""
    files = {**RULES, **month(1, "80"), **month(2, "70"), **month(3, "90"), **quarter(), **year()}
    return published(published(files, JAN, "2026-02-03"), FEB, "2026-03-03")


@cache
def whole() -> Files:
    """All three months, the quarter and the year, published."""
    files = published(published(before(), MAR, "2026-04-03"), Q1, "2026-04-10")
    return published(files, YEAR, "2027-01-10")


def found(files: Files, path: str) -> list[str]:
    """Return the codes for a review, without the periods that lack a review."""
    return [item.code for item in check_files(files) if item.span.path == path and item.code != "KPI447"]


def said(files: Files, path: str, code: str) -> list[str]:
    return [item.message for item in check_files(files) if (item.span.path, item.code) == (path, code)]


# --- what is taken ---


def test_a_year_out_of_its_quarters_and_months() -> None:
    quarterly, yearly = record_in(whole(), Q1), record_in(whole(), YEAR)
    assert quarterly.card.total == 80  # (80 + 70 + 90) ÷ 3
    assert yearly.card.total == Fraction("81.6")  # 80 × 60% + (240 + 90 + 90) ÷ 5 × 40%
    assert [(one.period, one.total) for one in quarterly.taken] == [
        ("2026-01", "80.00"),
        ("2026-02", "70.00"),
        ("2026-03", "90.00"),
    ]
    assert {one.input: one.is_points for one in yearly.taken} == {
        "course.all": False,
        "course.calls": True,
        "course.first": False,
        "quarters.quarters": False,
    }
    assert found(whole(), Q1) == found(whole(), YEAR) == []


def test_the_order_of_the_files_and_of_their_publication_makes_no_difference() -> None:
    files = {**RULES, **month(3, "90"), **month(1, "80"), **month(2, "70"), **quarter(), **year()}
    for path in (MAR, FEB, JAN):
        files = published(files, path, "2026-04-03")
    files = published(dict(reversed(files.items())), Q1, "2026-04-10")
    assert [one.total for one in record_in(files, Q1).taken] == ["80.00", "70.00", "90.00"]


def test_a_list_typed_by_hand_takes_nothing() -> None:
    files = published({**before(), **quarter(months="[60, 65.5, 70]")}, Q1, "2026-04-10")
    record = record_in(files, Q1)
    assert (record.card.total, record.taken) == (Fraction("65.17"), ())
    assert found(amended(files, JAN, calls("10"), "2026-04-11"), Q1) == []


def test_only_the_part_of_the_period_that_the_rules_name() -> None:
    files = {**before(), **month(5, "20")}
    files = published(published(files, path_of("2026-05"), "2026-06-03"), MAR, "2026-06-03")
    taken = project.load(tree_of(**files)).totals.now(record_in(files, YEAR).review)
    periods = [(one.input, one.period) for one in taken if one.input != "course.calls"]
    assert periods == [
        *(("course.all", f"2026-0{number}") for number in (1, 2, 3, 5)),
        *(("course.first", f"2026-0{number}") for number in (1, 2, 3)),
    ]


PERIODS = [
    ("2026", Cycle.MONTH, 0, [f"2026-{number:02}" for number in range(1, 13)]),
    ("2026", Cycle.MONTH, 4, ["2026-10", "2026-11", "2026-12"]),
    ("2026", Cycle.QUARTER, 0, ["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"]),
    ("2026", Cycle.QUARTER, 2, ["2026-Q2"]),
    ("2026", Cycle.HALF, 0, ["2026-H1", "2026-H2"]),
    ("2026", Cycle.HALF, 1, []),
    ("2026-H2", Cycle.MONTH, 1, ["2026-07", "2026-08", "2026-09"]),
    ("2026-H2", Cycle.QUARTER, 0, ["2026-Q3", "2026-Q4"]),
    ("2026-H2", Cycle.HALF, 0, []),
    ("2026-H2", Cycle.MONTH, 3, []),
    ("2026-Q3", Cycle.MONTH, 0, ["2026-07", "2026-08", "2026-09"]),
    ("2026-Q3", Cycle.MONTH, 2, ["2026-08"]),
    ("2026-Q3", Cycle.QUARTER, 0, []),
    ("2026-07", Cycle.MONTH, 0, []),
    ("2026-07", Cycle.MONTH, 1, []),
]


@pytest.mark.parametrize(("period", "cycle", "part", "expected"), PERIODS)
def test_the_periods_within_a_period(period: str, cycle: Cycle, part: int, expected: list[str]) -> None:
    outer = parse_period(period)
    assert outer is not None
    assert [str(one) for one in periods_of(AutoRule(Take.OWN_TOTALS, cycle, part), outer)] == expected


def test_a_total_beyond_the_range_of_the_input_counts_as_its_end() -> None:
    rule = QUARTERLY_RULE.replace("form: tiny}}}", "form: tiny}, min: 75, max: 85}}")
    files = published(
        {
            **before(),
            QUARTERLY: rule.replace("[80, 70]", "[80, 75]")
            .replace("total: 75", "total: 77.5")
            .replace("[50]}, total: 50, grade: B", "[75]}, total: 75, grade: A"),
        },
        MAR,
        "2026-04-03",
    )
    files = published(files, Q1, "2026-04-10")
    record = record_in(files, Q1)
    assert (record.card.total, [one.total for one in record.taken]) == (80, ["80.00", "70.00", "90.00"])
    typed = {**files, **quarter(months="[80, 70]")}
    assert found(typed, Q1) == ["KPI324"]


def test_the_employees_own_numbers_may_take_the_same() -> None:
    own = "self_assessment:\n  metrics: {months: auto}\n---\n\n见"
    text = str(quarter()[Q1]).replace("---\n\n见", own)
    record = record_in(published({**before(), Q1: text}, Q1, "2026-04-10"), Q1)
    assert record.self_card is not None
    assert record.self_card.total == record.card.total == 75


def test_points_of_an_indicator_that_did_not_apply_are_left_out_and_nothing_is_missing() -> None:
    more = "  - id: visits\n    name: {zh: 走访, en: Visits}\n    weight: 0\n    standard: {zh: 每次一分, en: One}\n"
    more += "    inputs: {visits: {type: count}}\n    score: {method: value}\n"
    rule = (
        str(RULES[TINY])
        .replace("weight: 100", "weight: 50")
        .replace("examples:", more.replace("weight: 0", "weight: 50") + "examples:")
    )
    rule = rule.replace("{calls: 80}, total: 80", "{calls: 80, visits: 80}, total: 80")
    rule = rule.replace("{calls: 50}, total: 50", "{calls: 50, visits: 50}, total: 50")
    files = {
        **RULES,
        TINY: rule,
        YEARLY: YEARLY_RULE.replace("indicator: calls", "indicator: visits"),
        **{path: str(text).replace("calls: 80", "calls: 80\n  visits: 60") for path, text in month(1, "80").items()},
        **{
            path: str(text).replace("calls: 70", "calls: 70\nnot_applicable: {visits: 无}")
            for path, text in month(2, "70").items()
        },
        **year(),
    }
    files = published(published(files, JAN, "2026-02-03"), FEB, "2026-03-03")
    taken = project.load(tree_of(**files)).totals.now(record_in(files, YEAR).review)
    assert [(one.period, one.total) for one in taken if one.input == "course.calls"] == [("2026-01", "30.00")]
    assert not [text for text in said(files, YEAR, "KPI447") if "course.calls" in text]


MONTHS_OF_C = (80, 82, 78, 75, 58, 55, 57, 72, 70, 81, 83, 85)


def test_a_real_yearly_form_out_of_twelve_published_months() -> None:
    """Case C of its sheet: three months in a row below 60, over the end of a quarter."""
    monthly = str(RULES[TINY]).replace("form: tiny", "form: monthly")
    draft = (
        "---\nemployee: {id: A-1, name: 甲, department: 客服部, position: 客服}\nperiod: 2026\nform: annual\nstatus: draft\n"
        "metrics: {q1: auto, q2: auto, q3: auto, q4: auto, department: 90, attendance: 100%, standard: 4500}\n---\n"
    )
    files: Files = {
        "kpigen.toml": 'languages = ["zh"]\n',
        "rules/annual/2026-01.yaml": (TESTS / "forms/annual/2026-01.yaml").read_text("utf-8"),
        "rules/monthly/2026-01.yaml": monthly,
        "reviews/2026/A-1.annual.md": draft,
    }
    for number, calls_ in enumerate(MONTHS_OF_C, 1):
        (path, text), *_ = month(number, str(calls_)).items()
        path = path.replace("tiny", "monthly")
        files = published({**files, path: str(text).replace("tiny", "monthly")}, path, "2027-01-03")
    assert codes_of(check_files(files)) == []
    card = record_in(files, "reviews/2026/A-1.annual.md").card
    assert card.total == Fraction("0.73")
    assert [one.holds for one in card.vetoes] == [True]
    assert [one.value for one in card.results] == [0]
    assert [card.indicator(f"q{number}").points for number in range(1, 5)] == [
        Fraction(text) for text in ("0.8", "0.6267", "0.6633", "0.83")
    ]


# --- what is missing ---


def test_months_without_a_published_review_are_named() -> None:
    assert said(before(), Q1, "KPI447") == [
        "`months.months: auto` lacks 2026-03: A-1 has no published review by `tiny`"
    ]
    files = published(before(), Q1, "2026-04-10")
    assert record_in(files, Q1).card.total == 75
    assert said(files, Q1, "KPI447") == said(before(), Q1, "KPI447")


def test_a_draft_misses_no_period_that_has_not_come_and_a_submitted_review_does() -> None:
    (text,) = [one for one in said(before(), YEAR, "KPI447") if "course.all" in one]
    assert "lacks 2026-03:" in text
    files = take(published(before(), Q1, "2026-04-10"), YEAR, lifecycle.submit, "2027-01-05", lambda: "1" * 32)
    (text,) = [one for one in said(files, YEAR, "KPI447") if "course.all" in one]
    assert "lacks 2026-03, 2026-04, 2026-05," in text


def test_a_month_before_the_employee_came_is_not_missing() -> None:
    people = "id,name,login,email,department,position,manager,form,from,to\nA-1,甲,,,客服部,客服,,,2026-02-10,\n"
    files = {**RULES, **month(2, "70"), **quarter(), ROSTER: people}
    files = published(files, FEB, "2026-03-03")
    assert said(files, Q1, "KPI447") == []
    files = {**files, **month(3, "90")}
    assert len(said(files, Q1, "KPI447")) == 1


def test_without_any_total_a_draft_is_open_and_cannot_be_submitted() -> None:
    files = {**RULES, **month(1, "80"), **quarter()}
    assert found(files, Q1) == []
    assert record_in(files, Q1).card.total is None
    tree = tree_of(**files)
    loaded = project.load(tree)
    review = loaded.review(Q1)
    assert review is not None
    change, problems = lifecycle.submit(loaded, tree, review, "2026-04-01", lambda: "1" * 32)
    assert change is None
    assert [(item.code, item.message) for item in problems] == [
        (
            "KPI446",
            "`months: auto` found nothing to take: A-1 has no published review by `tiny` of 2026-01, 2026-02, 2026-03",
        )
    ]


def test_a_limit_of_the_form_may_ask_for_all_of_them() -> None:
    rule = QUARTERLY_RULE.replace("    score:", "    limits: [count(months) == 3]\n    score:")
    rule = rule.replace("[80, 70]", "[80, 70, 75]").replace("[50]", "[50, 50, 50]")
    files = {**before(), QUARTERLY: rule}
    assert found(files, Q1) == [], "nothing is wrong with a draft"
    tree = tree_of(**files)
    loaded = project.load(tree)
    review = loaded.review(Q1)
    assert review is not None
    change, problems = lifecycle.submit(loaded, tree, review, "2026-04-01", lambda: "1" * 32)
    assert change is None
    assert [item.message for item in problems] == ["`months`: months = [80, 70] contradicts `count(months) = 3`"]
    assert found(published(published(files, MAR, "2026-04-03"), Q1, "2026-04-10"), Q1) == []


# --- rules that cannot take anything ---

BAD_RULES = {
    "another form": ("form: tiny", "form: tinny", "there is no form `tinny`"),
    "another indicator": ("form: tiny", "form: tiny, indicator: call", "`tiny` has no indicator `call`"),
    "periods that the form has not": (
        "cycle: [quarter]|take: own_totals",
        "cycle: [year]|take: own_totals, cycle: quarter",
        "`tiny` has no reviews of a quarter",
    ),
    "periods that are not shorter": (
        "form: tiny",
        "form: quarterly, cycle: quarter",
        "no quarter lies within what it takes from a review by this form",
    ),
    "a part that there is not": ("form: tiny", "form: tiny, part: 4", "no month lies within"),
    "no such part of anything": ("form: tiny", "form: tiny, part: 5", "`part` is a number from 1 to 4"),
    "nothing of its own": ("{take: own_totals, form: tiny}", "own_totals", "`quarterly` has no reviews of a month"),
    "an open end": ("form: tiny}", "form: tiny}, below: 100", "it may have `min` and `max`, but not `below`"),
    "another type": ("type: ratings", "type: number", "own totals are a list, so the input is of type `ratings`"),
    "keys of the other": ("take: own_totals", "take: team_totals", "only `own_totals` has `form`"),
}


@pytest.mark.parametrize("name", BAD_RULES)
def test_a_rule_that_cannot_take_anything(name: str) -> None:
    old, new, message = BAD_RULES[name]
    rule = QUARTERLY_RULE
    for one, other in zip(old.split("|"), new.split("|"), strict=True):
        assert one in rule
        rule = rule.replace(one, other, 1)
    told = [item for item in check_files({TINY: RULES[TINY], QUARTERLY: rule}) if item.code == "KPI545"]
    assert [item.span.path for item in told] == [QUARTERLY]
    assert message in told[0].message
    assert told[0].span.line > 1


# --- what was taken cannot be forged ---


def taken(change: Callable[[list[Front]], object]) -> Edit:
    return lambda front: change(front["published"]["taken"])


FORGED: dict[str, Edit] = {
    "another total": taken(lambda items: items[0].update(total="90.00")),
    "a total by a cent": taken(lambda items: items[1].update(total="70.01")),
    "another seal": taken(lambda items: items[0].update(seal=SEAL)),
    "both totals exchanged": taken(lambda items: (items[0].update(total="70.00"), items[1].update(total="80.00"))),
    "two periods exchanged": taken(
        lambda items: (items[0].update(period="2026-02"), items[1].update(period="2026-01"))
    ),
    "another order": taken(lambda items: items.reverse()),
    "a period twice": taken(lambda items: items.insert(1, dict(items[0]))),
    "a period more": taken(
        lambda items: items.append({"input": "months.months", "period": "2026-03", "total": "99.00", "seal": SEAL})
    ),
    "a period that is not in it": taken(lambda items: items[1].update(period="2026-04")),
    "points instead of the total": taken(lambda items: items[1].update(points=items[1].pop("total"))),
    "the lowest left out": taken(lambda items: items.pop(1)),
    "dated before one of them": lambda front: front["published"].update(on="2026-03-02"),
}


@pytest.mark.parametrize("name", FORGED)
@pytest.mark.parametrize("seal", [sealed_anew, all_anew])
def test_what_was_taken_is_not_believed(name: str, seal: Callable[[Files, str], Files]) -> None:
    files = published(before(), Q1, "2026-04-10")
    assert found(files, Q1) == []
    forged = seal(edited(files, Q1, FORGED[name]), Q1)
    assert set(found(forged, Q1)) - {"KPI653"} == {"KPI657"}, "and nothing about totals that have changed since"


def test_what_was_taken_is_under_the_seal() -> None:
    for change in (FORGED["another total"], FORGED["another order"], FORGED["the lowest left out"]):
        assert "KPI609" in found(edited(published(before(), Q1, "2026-04-10"), Q1, change), Q1)


def test_points_are_not_believed_either() -> None:
    def cheat(items: list[Front]) -> None:
        for item in items:
            if item["input"] == "course.calls" and item["period"] == "2026-03":
                item["points"] = "95.00"

    files = sealed_anew(edited(whole(), YEAR, taken(cheat)), YEAR)
    assert found(files, YEAR) == ["KPI657"]
    (message,) = said(files, YEAR, "KPI657")
    assert "`course.calls`: 2026-03 had 90.00 under that seal, not 95.00" in message


def test_a_total_of_somebody_else_is_none_of_ones_own() -> None:
    other = path_of("2026-03").replace("A-1", "A-2")
    files = published({**before(), other: str(month(3, "99")[MAR]).replace("A-1", "A-2")}, other, "2026-04-03")
    seal = project.load(tree_of(**files)).review(other).published.seal  # type: ignore[union-attr]
    files = published(files, Q1, "2026-04-10")
    assert len(record_in(files, Q1).taken) == 2
    more = {"input": "months.months", "period": "2026-03", "total": "99.00", "seal": seal}
    forged = sealed_anew(edited(files, Q1, taken(lambda items: items.append(more))), Q1)
    assert found(forged, Q1) == ["KPI657"]


def test_entries_for_an_input_that_is_not_auto_are_not_slipped_in() -> None:
    files = published(before(), Q1, "2026-04-10")
    for change in (
        taken(lambda items: items.append({**items[0], "input": "months.other"})),
        taken(lambda items: items.append({"employee": "A-2", "total": "99.00", "seal": SEAL})),
    ):
        assert "KPI609" in found(edited(files, Q1, change), Q1)


# --- what came later ---

# what happened to the months → findings about the quarter
HONEST: dict[str, tuple[Callable[[Files], Files], list[str]]] = {
    "nothing": (lambda files: files, []),
    "one amended after": (lambda files: amended(files, JAN, calls("90"), "2026-04-11"), ["KPI423"]),
    "one amended on the same day": (lambda files: amended(files, JAN, calls("90"), "2026-04-10"), ["KPI423"]),
    "one amended twice, and back": (
        lambda files: amended(amended(files, JAN, calls("90"), "2026-04-11"), JAN, calls("80"), "2026-04-12"),
        [],
    ),
    "one withdrawn after": (lambda files: withdrawn(files, JAN, "2026-04-11"), ["KPI423"]),
    "one published after": (lambda files: published(files, MAR, "2026-04-11"), ["KPI423"]),
    "only a comment amended": (
        lambda files: amended(files, JAN, lambda front: front.update(comments={"calls": "补记"}), "2026-04-11"),
        [],
    ),
    "the quarter amended to follow": (
        lambda files: amended(amended(files, JAN, calls("90"), "2026-04-11"), Q1, lambda _: None, "2026-04-12"),
        [],
    ),
    "the quarter withdrawn": (
        lambda files: amended(withdrawn(files, Q1, "2026-04-11"), JAN, calls("90"), "2026-04-12"),
        [],
    ),
}


@pytest.mark.parametrize("name", HONEST)
def test_what_came_later_is_no_forgery(name: str) -> None:
    change, expected = HONEST[name]
    assert found(change(published(before(), Q1, "2026-04-10")), Q1) == expected


def test_what_has_changed_is_named_by_its_period() -> None:
    files = amended(published(before(), Q1, "2026-04-10"), JAN, calls("90"), "2026-04-11")
    (text,) = said(files, Q1, "KPI423")
    assert text.startswith("`months.months: auto` took 2 totals with mean 75.00 when published, and would take")
    assert text.endswith("2 totals with mean 80.00 today: 2026-01 80.00, now 90.00")


def test_points_that_have_changed_are_found() -> None:
    files = amended(whole(), MAR, calls("95"), "2027-01-11")
    assert found(files, YEAR) == ["KPI423", "KPI423", "KPI423"]
    assert any("`course.calls: auto`" in text for text in said(files, YEAR, "KPI423"))
    files = amended(amended(files, Q1, lambda _: None, "2027-01-12"), YEAR, lambda _: None, "2027-01-13")
    assert found(files, YEAR) == []


def test_an_old_total_after_it_was_amended_is_found_and_mended_by_an_amendment() -> None:
    files = {**amended(before(), JAN, calls("60"), "2026-04-06"), Q1: published(before(), Q1, "2026-04-10")[Q1]}
    assert found(files, Q1) == ["KPI657"]
    assert found(amended(files, Q1, lambda _: None, "2026-04-12"), Q1) == []


def test_nothing_is_said_of_what_could_not_be_read() -> None:
    files = sealed_anew(edited(published(before(), Q1, "2026-04-10"), Q1, FORGED["another seal"]), Q1)
    assert "KPI657" not in found({**files, FEB: b"---\n"}, Q1)


# --- amendments: the version before follows ---


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        (calls("90"), {"taken.months.months.2026-01.total", "taken.months.months.2026-01.seal"}),
        (lambda front: front.update(comments={"calls": "补记"}), {"taken.months.months.2026-01.seal"}),
    ],
)
def test_the_versions_of_a_quarter_follow_from_its_amendments(change: Edit, fields: set[str]) -> None:
    files = amended(published(before(), Q1, "2026-04-10"), JAN, change, "2026-04-11")
    files = amended(files, Q1, lambda _: None, "2026-04-12")
    review = record_in(files, Q1).review
    assert {one.field for one in review.amendments[0].changes} == fields
    assert found(files, Q1) == []


def test_the_versions_follow_where_months_come_and_go_and_where_numbers_are_typed() -> None:
    files = published(before(), Q1, "2026-04-10")
    files = withdrawn(published(files, MAR, "2026-04-11"), FEB, "2026-04-11")
    files = amended(files, Q1, lambda _: None, "2026-04-12")
    assert [one.period for one in record_in(files, Q1).taken] == ["2026-01", "2026-03"]
    files = amended(files, Q1, lambda front: front["metrics"].update(months=["60", "61"]), "2026-04-13")
    assert record_in(files, Q1).taken == ()
    files = amended(files, Q1, lambda front: front["metrics"].update(months="auto"), "2026-04-14")
    loaded = project.load(tree_of(**files))
    past = versions_of(loaded, record_in(files, Q1))
    assert past is not None
    assert not past.found
    totals = [one.record.card.total for one in past.versions]
    assert totals == [85, Fraction("60.5"), 85, 75], "the newest first"
    assert all(one.is_certain for one in past.versions)
    assert found(files, Q1) == []


UNTRUE: dict[str, Callable[[list[Front]], object]] = {
    "another total before": lambda changes: changes[0].update(old="81.00"),
    "another total after": lambda changes: changes[0].update(new="91.00"),
    "no total": lambda changes: changes.pop(0),
    "another period": lambda changes: changes[0].update(field="taken.months.months.2026-02.total"),
    "a period that is none": lambda changes: changes.append(
        {"field": "taken.months.months.x.total", "old": "60.00", "new": ""}
    ),
    "a total that came": lambda changes: changes.append(
        {"field": "taken.months.months.2026-03.total", "old": "60.00", "new": ""}
    ),
    "another input": lambda changes: changes.append(
        {"field": "taken.months.other.2026-03.total", "old": "6", "new": ""}
    ),
    "another indicator": lambda changes: changes.append(
        {"field": "taken.x.months.2026-03.total", "old": "6", "new": ""}
    ),
    "no such field": lambda changes: changes.append({"field": "taken.months.months.2026-01.on", "old": "6", "new": ""}),
    "no field at all": lambda changes: changes.append({"field": "taken", "old": "6", "new": ""}),
}


@pytest.mark.parametrize("name", UNTRUE)
def test_what_an_amendment_says_of_taken_totals_has_to_follow(name: str) -> None:
    files = amended(published(before(), Q1, "2026-04-10"), JAN, calls("90"), "2026-04-11")
    files = amended(files, Q1, lambda _: None, "2026-04-12")
    assert found(files, Q1) == []
    change = UNTRUE[name]
    forged = sealed_anew(edited(files, Q1, lambda front: change(front["amendments"][0]["changes"])), Q1)
    codes = found(forged, Q1)
    assert codes
    assert set(codes) <= {f"KPI{number}" for number in range(660, 668)}


def test_the_commands_refuse_a_date_before_that_of_what_they_take() -> None:
    files = take(before(), Q1, lifecycle.submit, "2026-03-01", lambda: "1" * 32)
    for date, expected in (("2026-03-02", ["KPI657"]), ("2026-03-03", [])):
        tree = tree_of(**files)
        loaded = project.load(tree)
        review = loaded.review(Q1)
        assert review is not None
        _, problems = lifecycle.publish(loaded, tree, review, date, lambda: "2" * 32)
        assert [item.code for item in problems if item.is_error] == expected
