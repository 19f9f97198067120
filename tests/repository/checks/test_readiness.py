"""What a review lacks to be submitted, and to be published."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kpigen.base.markdown import has_words
from tests.helpers.forms import codes, review_text, run
from tests.helpers.lifecycle import (
    CENTRE,
    DRAFT,
    LATEST,
    POOR,
    RATED,
    THREE_SIXTY,
    check,
    confirm,
    place,
    publish,
    submit,
    write,
)
from tests.helpers.tiny import check_files, codes_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(DRAFT.replace("  training: 0\n", ""), ["KPI601"], id="a metric missing"),
        pytest.param(
            DRAFT.replace("  training: 0\n", "  training:\n").replace("  five_s: 1\n", ""),
            ["KPI601", "KPI601"],
            id="two metrics missing",
        ),
        pytest.param(DRAFT.replace("{late: 1,   escalated: 0}", "{late: 1}"), ["KPI309"], id="an input missing"),
        pytest.param(DRAFT.replace("late: 1,", "late: -1,"), ["KPI324"], id="a number that cannot be"),
        pytest.param(DRAFT.replace("id: T-001 ", "id: T 001 "), ["KPI209"], id="a head that cannot be read"),
        pytest.param(DRAFT.replace("comments:", "coments:"), ["KPI201"], id="an unknown key"),
        pytest.param(review_text("cs-360", THREE_SIXTY, period="2026-03", body=""), ["KPI602"], id="no narrative"),
        pytest.param(
            review_text("cs-360", THREE_SIXTY, period="2026-03", body="## 工作评价\n\n"),
            ["KPI602"],
            id="a heading is no narrative",
        ),
        pytest.param(
            review_text("cs-360", THREE_SIXTY, period="2026-03", body="# 评价 #\n\n工作评价\n===\n"),
            ["KPI602"],
            id="nor an underlined one",
        ),
        pytest.param(
            review_text("cs-360", {**THREE_SIXTY, "communication": {**RATED, "peers": "[80]"}}, period="2026-03"),
            ["KPI604"],
            id="too few raters",
        ),
        pytest.param(
            review_text("support-center", {**CENTRE, "team": "{violations: 0, scores: auto}"}, period="2026-03"),
            ["KPI420"],
            id="nothing to take",
        ),
        pytest.param(
            review_text("support-center", {**CENTRE, "team": "{scores: auto}"}, period="2026-03"),
            ["KPI309", "KPI420"],
            id="nothing to take, and an input missing",
        ),
    ],
)
def test_what_is_not_ready_is_not_submitted(text: str, expected: list[str], root: Path) -> None:
    form = re.search(r"^form: (.*)$", text, re.MULTILINE)
    assert form is not None
    path = write(root, text, place(form[1]))
    before = path.read_bytes()
    said = submit(root, path, code=1)
    assert sorted(set(codes(said)) - ({"KPI309"} if "KPI324" in expected else set())) == sorted(set(expected))
    assert len(codes(said)) >= len(expected)
    assert "1 of 1 refused" in said or expected[0] == "KPI209"
    assert path.read_bytes() == before


#: Narratives, and whether their report says anything besides headings.
NARRATIVES = {
    "好。": True,
    "`x`": True,
    "- 好": True,
    "|好|\n|---|": True,
    "    好": True,
    "标题\n\n---": True,
    "标题\n---": False,
    "**标题**\n===\n": False,
    "&nbsp;": False,
    "[](https://a.example/hr)": False,
    "***\n\n---": False,
    "> - ## 标题": False,
    "```\n```": False,
    "&#8203;\\\n": False,
    "```text\n```": False,
}


@pytest.mark.parametrize(("body", "says_something"), NARRATIVES.items(), ids=NARRATIVES)
def test_a_narrative_is_what_its_report_shows(body: str, says_something: bool) -> None:
    assert has_words(body) is says_something
    text = review_text("cs-360", THREE_SIXTY, period="2026-03", body=body)
    salt = "submitted: {on: 2026-04-01, salt: 0123456789abcdef0123456789abcdef}"
    found = check_files({place("cs-360"): text.replace("status: draft", f"status: submitted\n{salt}")})
    assert ("KPI602" in codes_of(found)) is not says_something


def test_what_auto_lacks_is_named(root: Path) -> None:
    path = write(
        root,
        review_text("support-center", {**CENTRE, "team": "{scores: auto}"}, period="2026-03"),
        place("support-center"),
    )
    assert "`team.scores: auto` found no published review" in submit(root, path, code=1)


def test_a_missing_comment_is_only_a_warning(root: Path) -> None:
    path = write(root, review_text("cs-latest", LATEST, period="2026-03"), place("cs-latest"))
    assert codes(submit(root, path)) == ["KPI603"]
    assert "status: submitted" in path.read_text("utf-8")


def test_publishing_needs_the_confirmations_of_the_form(root: Path) -> None:
    ratings = dict.fromkeys(
        ("responsibility", "planning", "training_skill", "emergency", "problem_solving", "cooperation"), "4"
    )
    rates = dict.fromkeys(
        (
            "repair_intake",
            "fee_collection",
            "complaint_timeliness",
            "satisfaction",
            "file_integrity",
            "follow_up",
            "training_completion",
            "service_standards",
        ),
        "100%",
    )
    metrics = {
        **rates,
        "community_events": "{held: 2, planned: 2}",
        **ratings,
        "discipline": "4",
        "dedication": "3",
        "teamwork": "3",
    }
    path = write(root, review_text("property-cs", metrics, period="2026-03"), place("property-cs"))
    submit(root, path)
    said = publish(root, path, code=1)
    assert codes(said) == ["KPI612"]
    assert "by: employee, assessor" in said
    confirm(root, path, role="assessor", name="白经理")
    said = publish(root, path, code=1)
    assert "by: employee\n" in said
    confirm(root, path)
    assert publish(root, path) == ""


def test_a_confirmation_of_other_content_does_not_count(root: Path) -> None:
    path = write(root, DRAFT)
    submit(root, path)
    confirm(root, path)
    path.write_text(path.read_text("utf-8").replace("follow_up_calls: 593", "follow_up_calls: 594"), "utf-8")
    assert check(root) == ["KPI607"]
    assert codes(publish(root, path, code=1)) == ["KPI612"]
    confirm(root, path)
    assert check(root) == [], "the new confirmation takes the place of the old"
    assert publish(root, path) == ""


def test_layout_does_not_void_a_confirmation(root: Path) -> None:
    path = write(root, DRAFT)
    submit(root, path)
    confirm(root, path)
    path.write_text(
        path.read_text("utf-8").replace("{late: 1,   escalated: 0}", "{escalated: 0, late: 01}").replace("# 工号", ""),
        "utf-8",
    )
    assert publish(root, path) == ""


@pytest.mark.parametrize(
    ("resolution", "code"),
    [
        ("", 1),
        ("resolution: 已说明, ", 1),
        ("resolved: 2026-04-02, ", 1),
        ("resolution: 已说明, resolved: 2026-04-02, ", 0),
    ],
)
def test_an_objection_needs_its_resolution(resolution: str, code: int, root: Path) -> None:
    path = write(root, DRAFT)
    number = run(root, "submit", path, "--date", "2026-04-01", "--yes").stdout.split()[-1]
    objection = (
        f"objections:\n  - {{role: employee, date: 2026-04-01, of: {number}, {resolution}text: 投诉一件不是我的}}\n"
    )
    confirm(root, path)
    path.write_text(path.read_text("utf-8").replace("# 以下由系统填写\n", objection), "utf-8")
    assert codes(publish(root, path, code=code)) == (["KPI613"] if code else [])


@pytest.mark.parametrize(
    ("metrics", "plan", "expected"),
    [
        (POOR, None, ["KPI614"]),
        (POOR, "下月起每周跟进", []),
        (THREE_SIXTY, None, []),
    ],
)
def test_a_poor_grade_needs_an_improvement_plan(
    metrics: dict[str, object], plan: str | None, expected: list[str], root: Path
) -> None:
    feedback = {"feedback": {"strengths": "认真", **({"plan": plan} if plan else {})}}
    path = write(root, review_text("cs-360", metrics, period="2026-03", **feedback), place("cs-360"))
    submit(root, path)
    confirm(root, path)
    assert codes(publish(root, path, code=1 if expected else 0)) == expected


def test_a_new_draft_has_no_plan_and_no_narrative_yet(root: Path) -> None:
    (root / "reviews/people.csv").write_text(
        "id,name,login,email,department,position,manager,form,from,to\nT-001,员工甲,,,客服部,客服主管,,,,\n", "utf-8"
    )
    run(root, "new", "--form", "cs-360", "--employee", "T-001", "--period", "2026-03")
    path = root / place("cs-360")
    text = path.read_text("utf-8")
    for id_, value in POOR.items():
        if isinstance(value, dict):
            for input_id, written in value.items():
                text = re.sub(rf"(  {id_}:(?:\n    .*)*?\n    {input_id}:)", rf"\1 {written}", text)
        else:
            for input_id, written in re.findall(r"(\w+): (\w+)", value):
                text = re.sub(rf"(  {id_}:(?:\n    .*)*?\n    {input_id}:)", rf"\1 {written}", text)
            text = text if "{" in value else text.replace(f"  {id_}:", f"  {id_}: {value}")
    path.write_text(text, "utf-8")
    assert codes(submit(root, path, code=1)) == ["KPI602"]
    path.write_text(text + "\n表现需要改进。\n", "utf-8")
    submit(root, path)
    confirm(root, path)
    assert codes(publish(root, path, code=1)) == ["KPI614"]
