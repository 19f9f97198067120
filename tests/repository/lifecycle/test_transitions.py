"""From draft to published: what the commands write, what they refuse, what a seal finds."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.helpers.forms import ROOT, codes, make_repository, review_text, run

FILE = "reviews/2026-03/T-001.front-desk.md"

DRAFT = """\
---
# 三月份，由人力资源部录入
employee:
  id: T-001            # 工号
  name: 员工甲
  department: 客服部
  position: "前台主管"
period: 2026-03
form: front-desk

status: draft          # 月底提交
metrics:
  # 600 人次为满分
  follow_up_calls: 593
  complaints: {late: 1,   escalated: 0}
  satisfaction_survey:    1
  training: 0
  customer_records: 0
  service_improvement: 1
  five_s: 1
  cashier: 0
  team_interviews: 0
  turnover:
    start: 20
    end: 20
    leavers: 3     # 其中一人退休
  compliance: '1'
comments:
  follow_up_calls: |
    系统停机两天，
    少拨 7 人次。
feedback: {strengths: 认真, improvements: "细致一些: 记录", plan: 每周复盘}
# 以下由系统填写
---

## 工作评价

见上表。---
"""


def write(root: Path, text: str | bytes, file: str = FILE) -> Path:
    path = root / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def submit(root: Path, *files: Path, code: int = 0) -> str:
    return run(root, "submit", *files, "--date", "2026-04-01", "--yes", code=code).stderr


def confirm(root: Path, *files: Path, role: str = "employee", name: str | None = None, code: int = 0) -> str:
    more = ["--name", name] if name else []
    return run(root, "confirm", *files, "--role", role, *more, "--date", "2026-04-02", "--yes", code=code).stderr


def publish(root: Path, *files: Path, code: int = 0) -> str:
    return run(root, "publish", *files, "--date", "2026-04-03", "--yes", code=code).stderr


def check(root: Path) -> list[str]:
    return codes(run(root, "check", code=None).stdout)


def added(before: bytes, after: bytes) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the lines that were added, and those that were replaced, old and new; none may be missing."""
    one, two = before.decode("utf-8").splitlines(keepends=True), after.decode("utf-8").splitlines(keepends=True)
    new: list[str] = []
    replaced: list[tuple[str, str]] = []
    for kind, i, j, k, m in difflib.SequenceMatcher(None, one, two, autojunk=False).get_opcodes():
        if kind == "replace":
            assert m - k >= j - i, one[i:j]
            replaced += zip(one[i:j], two[k:], strict=False)
            new += two[k + (j - i) : m]
        elif kind == "insert":
            new += two[k:m]
        else:
            assert kind == "equal", one[i:j]
    return new, replaced


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_repository(tmp_path, ("front-desk", "cs-360", "cs-latest", "property-cs", "support-center"))


# --- the whole way, whatever the layout ------------------------------------------------------------------------------


def swap(old: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert text.count(old) == 1, old
        return text.replace(old, new)

    return change


def confirmations(lines: str) -> Callable[[str], str]:
    return swap("# 以下由系统填写\n", f"# 以下由系统填写\n{lines}")


OTHER = "{role: hr, name: 林人事, date: 2026-04-01, of: 0123456789ab}"
LAYOUTS: dict[str, Callable[[str], str]] = {
    "as it is": lambda text: text,
    "crlf": lambda text: text.replace("\n", "\r\n"),
    "bom": lambda text: "\ufeff" + text,
    "bom and crlf": lambda text: "\ufeff" + text.replace("\n", "\r\n"),
    "no line end at the end": lambda text: text.rstrip("\n"),
    "nothing after the front matter": lambda text: text[: text.index("\n## 工作评价")].rstrip("\n"),
    "quoted status": swap("status: draft ", 'status: "draft" '),
    "status in single quotes": swap("status: draft ", "status: 'draft' "),
    "quoted key": swap("status: draft", '"status": draft'),
    "status without space after it": swap("status: draft          # 月底提交", "status: draft"),
    "status last": lambda text: swap("# 以下由系统填写\n", "status: draft")(
        swap("status: draft          # 月底提交\n", "")(text)
    ).replace("draft---", "draft\n---"),
    "empty list": confirmations("confirmations: []\n"),
    "empty list with a comment": confirmations("confirmations: [ ]   # 待本人确认\n"),
    "empty list over two lines": confirmations("confirmations: [\n  # 待确认\n]\n"),
    "list of one": confirmations(f"confirmations: [{OTHER}]\n"),
    "list of one with a comment": confirmations(f"confirmations: [{OTHER}]  # 人事\nevidence: {{}}\n"),
    "list over lines": confirmations(f"confirmations: [\n  {OTHER},   # 人事\n  # 下面是本人\n]\n"),
    "list over lines without a last comma": confirmations(f"confirmations: [\n  {OTHER}   # 人事\n]\n"),
    "entries": confirmations(f"confirmations:\n  - {OTHER}\n"),
    "entries, then a comment": confirmations(f"confirmations:\n  # 人事\n  - {OTHER}   # 先\n  # 本人\n"),
    "entries not indented": confirmations(f"confirmations:\n- {OTHER}\n"),
    "entries of several lines": confirmations(
        "confirmations:\n    - role: hr\n      name: 林人事\n      date: 2026-04-01\n      of: 0123456789ab   # 旧\n\n# 完\n"
    ),
    "entries of several lines before another field": swap(
        "feedback: {",
        "confirmations:\n  - of: '0123456789ab'\n    role: hr\n    date: 2026-04-01\n    name: |\n      林人事\n\nfeedback: {",
    ),
    "entries that begin on the next line": confirmations(
        "confirmations:\n  -\n    role: hr\n    name: 林人事\n    date: 2026-04-01\n    of: 0123456789ab\n"
    ),
    "entries, crlf": lambda text: confirmations(f"confirmations:\n  - {OTHER}\n  - {OTHER}\n")(text).replace(
        "\n", "\r\n"
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_way_of_a_review(layout: str, root: Path) -> None:
    path = write(root, LAYOUTS[layout](DRAFT))
    newline = "\r\n" if "crlf" in layout else "\n"
    draft = path.read_bytes()

    assert submit(root, path) == ""
    submitted = path.read_bytes()
    new, replaced = added(draft, submitted)
    assert len(new) == 1
    assert re.fullmatch(rf"submitted: {{on: 2026-04-01, salt: [0-9a-f]{{32}}}}{newline}", new[0])
    assert [re.sub(r"[\"']?draft[\"']?", "submitted", old) for old, _ in replaced] == [one for _, one in replaced]
    assert len(replaced) == 1
    assert replaced[0][0].startswith(("status", '"status"'))
    assert set(check(root)) <= {"KPI607"}

    assert confirm(root, path) == ""
    confirmed = path.read_bytes()
    new, replaced = added(submitted, confirmed)
    entry = r"{role: employee, name: 员工甲, date: 2026-04-02, of: [0-9a-f]{12}}"
    if replaced:
        assert new == []
        ((old, one),) = replaced
        assert re.sub(rf"(, )?{entry}", "", one) == old, "nothing but the entry on a line that was there"
    else:
        assert "".join(line.strip() for line in new if "confirmations:" not in line).lstrip("- ") == "".join(
            re.findall(entry, "".join(new))
        )
        assert all(line.endswith(newline) for line in new)
    assert len(re.findall(entry, confirmed.decode())) == 1

    assert codes(publish(root, path)) == []
    published = path.read_bytes()
    new, replaced = added(confirmed, published)
    assert [re.sub("submitted", "published", old) for old, _ in replaced] == [one for _, one in replaced]
    count = 1 + confirmed.decode().count("role: hr")
    assert "".join(new).replace(newline, "\n") == re.sub(
        r"<(\w+)>",
        lambda match: found_in(new, match[1]),
        (
            'published:\n  on: 2026-04-03\n  rules: front-desk@2026-01\n  total: "81.00"\n  grade: B\n  engine: 1\n  taken: []\n'
            f'  entries: {{confirmations: {count}, objections: 0, amendments: 0}}\n  salt: <salt>\n  seal: "<seal>"\n'
        ),
    )
    assert check(root) == []
    # Everything that stood in the draft stands there still, but the status.
    assert [
        line
        for line in difflib.ndiff(draft.decode().splitlines(), published.decode().splitlines())
        if line.startswith("- ")
    ] in (
        [f"- {line}" for line in draft.decode().splitlines() if "status" in line],
        [
            f"- {line}"
            for line in draft.decode().splitlines()
            if "status" in line or line.startswith("confirmations: [")
        ],
        [f"- {line}" for line in draft.decode().splitlines() if "status" in line or line.startswith(f"  {OTHER}")],
    )


def found_in(lines: list[str], key: str) -> str:
    pattern = {"salt": r"salt: ([0-9a-f]{32})", "seal": r'seal: "(k1:sha256:[0-9a-f]{64})"'}[key]
    match = re.search(pattern, "".join(lines))
    assert match is not None, lines
    return match[1]


@pytest.mark.parametrize(
    "text",
    [
        (
            "---\n{employee: {id: T-001, name: 甲, department: 客服部, position: 主管}, "
            "period: 2026-03, form: front-desk, status: draft, metrics: {METRICS}}\n---\n"
        ),
    ],
)
def test_what_cannot_be_edited_in_place_is_refused_and_left_alone(text: str, root: Path) -> None:
    metrics = re.search(r"metrics:\n((?:  .*\n)+)comments", DRAFT)
    assert metrics is not None
    flat = (
        "follow_up_calls: 593, complaints: {late: 1, escalated: 0}, "
        "satisfaction_survey: 1, training: 0, customer_records: 0, service_improvement: 1, "
        "five_s: 1, cashier: 0, team_interviews: 0, turnover: {leavers: 3, start: 20, end: 20}, compliance: 1"
    )
    path = write(root, text.replace("METRICS", flat))
    before = path.read_bytes()
    assert codes(submit(root, path, code=1)) == ["KPI620"]
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ("confirmations: 员工甲\n", "KPI203"),
        ("confirmations: {role: employee}\n", "KPI203"),
        # a key without a value says nothing: it is left out, or it has one
        ("confirmations:\n", "KPI204"),
        ("confirmations:   # 待确认\n", "KPI204"),
        ('confirmations: ""\n', "KPI203"),
        ("confirmations: [员工甲]\n", "KPI203"),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_confirmations_field_that_is_no_list_is_an_error(lines: str, code: str, newline: str, root: Path) -> None:
    path = write(root, confirmations(lines)(DRAFT).replace("\n", newline))
    before = path.read_bytes()
    assert codes(submit(root, path, code=1)) == [code]
    assert path.read_bytes() == before


def test_names_are_written_so_that_they_are_read_again(root: Path) -> None:
    path = write(root, DRAFT)
    submit(root, path)
    names = [
        "O'Brien",
        'Anna "Nan" Lee',
        "林, 人事",
        "王: 总",
        "a #b",
        "[x]",
        "- dash",
        "Jean-Luc P.",
        "李·明",
        "100%",
        "null",
        "\\n",
        "x}",
    ]
    for role, name in zip(["hr", "leader", "assessor", "employee"], names, strict=False):
        confirm(root, path, role=role, name=name)
    for name in names[4:]:
        # new content, so that the same role may confirm again
        path.write_text(path.read_text("utf-8").replace("见上表。", f"见上表。{len(name)} "), "utf-8")
        confirm(root, path, role="hr", name=name)
    assert set(check(root)) <= {"KPI607"}
    from kpigen.base.sources import WorkTree
    from kpigen.repository.project import load

    assert [item.name for item in load(WorkTree(root)).reviews[0].confirmations] == names


def test_a_submitted_block_over_several_lines(root: Path) -> None:
    path = write(root, DRAFT)
    submit(root, path)
    confirm(root, path)
    text = re.sub(
        r"submitted: \{on: (\S+), salt: (\w+)\}",
        r"submitted:\n  on: \1   # am Monatsende\n  salt: \2",
        path.read_text("utf-8"),
    )
    path.write_text(text, "utf-8")
    before = path.read_bytes()
    assert publish(root, path) == ""
    new, replaced = added(before, path.read_bytes())
    assert (new[0], len(new), len(replaced)) == ("published:\n", 10, 1)
    assert check(root) == []


def test_permissions_stay(root: Path) -> None:
    path = write(root, DRAFT)
    path.chmod(0o640)
    submit(root, path)
    assert path.stat().st_mode & 0o777 == 0o640
    assert [item.name for item in path.parent.iterdir()] == [path.name], "nothing is left beside it"


def test_the_commands_say_what_they_did(root: Path) -> None:
    path = write(root, DRAFT)
    said = run(root, "submit", path, "--yes").stdout
    number = re.fullmatch(rf"{re.escape(FILE)}: submitted, content number ([0-9a-f]{{12}})\n", said)
    assert number is not None
    assert (
        run(root, "confirm", path, "--role", "employee", "--yes").stdout == f"{FILE}: employee confirmed {number[1]}\n"
    )
    assert f"of: {number[1]}" in path.read_text("utf-8")
    assert run(root, "publish", path, "--yes").stdout == f"{FILE}: published, total 81.00, grade B\n"


def test_salts_are_random(root: Path) -> None:
    one, two = write(root, DRAFT), write(root, DRAFT.replace("T-001", "T-002"), FILE.replace("T-001", "T-002"))
    submit(root, one, two)
    salts = re.findall(r"salt: ([0-9a-f]+)", one.read_text("utf-8") + two.read_text("utf-8"))
    assert len(salts) == len(set(salts)) == 2


# --- refusals --------------------------------------------------------------------------------------------------------

RATED = {"self": "[90]", "peers": "[80, 85]", "subordinates": "[75]", "manager": "[88]"}
THREE_SIXTY = {
    "service_quality": "95%",
    "service_efficiency": "{resolved: 9, assigned: 10}",
    "communication": RATED,
    "work_plan": "{completed: 4, planned: 4}",
    "team_building": RATED,
}
POOR = {**THREE_SIXTY, "service_quality": "10%", "work_plan": "{completed: 0, planned: 4}"}
LATEST = {
    "tasks": "[{name: 甲, description: 说明, completion: 80%, urgency: low, importance: high}]",
    "csat": "90%",
    "resolution_rate": "{solved: 9, total: 10}",
    "complaint_handling": "{handled: 1, received: 1}",
    **dict.fromkeys(("collaboration", "training", "motivation", "learning", "skills", "business"), "80"),
}
CENTRE = {
    "important_tasks": "{done: 9, planned: 10}",
    "ad_hoc_tasks": "{done: 4, planned: 5}",
    "attrition": "{resigned: 0, dismissed: 0}",
    "sales": "{actual: 95, plan: 100}",
    "team": "{violations: 2, scores: [88]}",
    "superior": "solid",
}


def place(form: str, employee: str = "T-001", period: str = "2026-03") -> str:
    return f"reviews/{period}/{employee}.{form}.md"


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


def test_the_wrong_status(root: Path) -> None:
    path = write(root, DRAFT)
    assert codes(confirm(root, path, code=1)) == ["KPI615"]
    assert codes(publish(root, path, code=1)) == ["KPI615"]
    submit(root, path)
    assert codes(submit(root, path, code=1)) == ["KPI615"]
    confirm(root, path)
    assert codes(confirm(root, path, code=1)) == ["KPI615"], "the same role confirms the same content once"
    publish(root, path)
    before = path.read_bytes()
    assert codes(submit(root, path, code=1)) == ["KPI615"]
    assert codes(publish(root, path, code=1)) == ["KPI615"]
    assert path.read_bytes() == before


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
    number = run(root, "submit", path, "--yes").stdout.split()[-1]
    objection = (
        f"objections:\n  - {{role: employee, date: 2026-04-01, of: {number}, {resolution}text: 投诉一件不是我的}}\n"
    )
    path.write_text(path.read_text("utf-8").replace("# 以下由系统填写\n", objection), "utf-8")
    confirm(root, path)
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


def test_what_its_rule_file_gets_wrong_stops_a_review(root: Path) -> None:
    """A form with an error gives no score that anybody could rely on."""
    path = write(root, DRAFT)
    other = write(
        root, review_text("cs-latest", LATEST, period="2026-03", comments={"csat": "见表"}), place("cs-latest")
    )
    rule = root / "rules/front-desk/2026-01.yaml"
    good = rule.read_text("utf-8")
    rule.write_text(good.replace("    total: 81.00\n", "    total: 82.00\n"), "utf-8")
    assert codes(submit(root, path, code=1)) == ["KPI515"]
    assert codes(submit(root, path, other, code=1)) == ["KPI515"]
    assert "status: draft" in path.read_text("utf-8")
    assert "status: submitted" in other.read_text("utf-8"), "other forms go on"
    rule.write_text(good, "utf-8")
    submit(root, path)
    confirm(root, path)
    # a newer version that cannot be read: nobody may fall back on the older one
    (rule.parent / "2026-03.yaml").write_text("form: front-desk\n", "utf-8")
    assert "KPI202" in codes(publish(root, path, code=1))
    (rule.parent / "2026-03.yaml").unlink()
    assert publish(root, path) == ""


def test_files_that_are_no_reviews(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = write(root, DRAFT)
    outside = tmp_path_factory.mktemp("outside")
    (outside / "x.md").write_text(DRAFT, "utf-8")
    (root / "reviews/empty").mkdir()
    assert codes(submit(root, root / "reviews/2026-03/nobody.front-desk.md", code=1)) == ["KPI117"]
    assert codes(submit(root, outside / "x.md", code=1)) == ["KPI619"]
    assert codes(submit(root, outside, code=1)) == ["KPI619"]
    assert codes(submit(root, root / "reviews/empty", code=1)) == ["KPI619"]
    assert codes(submit(root, root / "kpigen.toml", code=1)) == ["KPI619"]
    assert codes(submit(root, outside / "x.md", path, code=1)) == ["KPI619"]
    assert "status: submitted" in path.read_text("utf-8"), "the other is submitted all the same"


def test_a_path_through_a_link_is_the_same_file(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = write(root, DRAFT)
    link = tmp_path_factory.mktemp("links") / "repository"
    link.symlink_to(root)
    assert submit(root, link / FILE, root / "reviews/../reviews/2026-03" / path.name) == ""


@pytest.mark.parametrize(
    "args",
    [
        ["submit"],
        ["submit", "FILE"],
        ["submit", "FILE", "--yes", "--date", "1. April"],
        ["submit", "FILE", "--yes", "--date", "2026-02-30"],
        ["confirm", "FILE", "--yes"],
        ["confirm", "FILE", "--yes", "--role", "boss"],
        ["confirm", "FILE", "--yes", "--role", "leader"],
        ["confirm", "FILE", "--yes", "--role", "assessor"],
        ["publish", "FILE"],
        ["publish", "--yes"],
    ],
)
def test_wrong_use(args: list[str], root: Path) -> None:
    path = write(root, DRAFT)
    if args[0] != "submit":
        submit(root, path)
    if args[0] == "publish":
        confirm(root, path)
    before = path.read_bytes()
    result = run(root, *(str(path) if word == "FILE" else word for word in args), code=2)
    assert "Traceback" not in result.stderr
    assert path.read_bytes() == before


ROSTER = """\
id,name,login,email,department,position,manager,form,from,to
M-001,经理乙,,,客服部,经理,,,2024-01-01,
T-001,员工甲,,,客服部,前台主管,M-001,,2024-01-01,
"""


@pytest.mark.parametrize("manager", ["", "  manager: M-001\n"])
def test_the_usual_assessor_is_the_manager(manager: str, root: Path) -> None:
    """`employee.manager`, else the roster's."""
    (root / "reviews/people.csv").write_text(ROSTER, "utf-8")
    path = write(root, DRAFT.replace("  name: 员工甲\n", f"  name: 员工甲\n{manager}"))
    submit(root, path)
    confirm(root, path, role="assessor")
    assert "{role: assessor, name: 经理乙, date: 2026-04-02, of: " in path.read_text("utf-8")


# --- many at once ----------------------------------------------------------------------------------------------------


def test_many_files(root: Path) -> None:
    texts = {f"T-00{n}": DRAFT.replace("T-001", f"T-00{n}") for n in range(1, 6)}
    texts["T-003"] = texts["T-003"].replace("  training: 0\n", "")
    texts["T-005"] = texts["T-005"].replace("late: 1,", "late: one,")
    paths = {id_: write(root, text, place("front-desk", id_)) for id_, text in texts.items()}
    said = submit(root, root / "reviews/2026-03", paths["T-001"], code=1)
    assert {"KPI310", "KPI601"} <= set(codes(said))
    assert "2 of 5 refused" in said
    status = {id_: re.search(r"status: (\w+)", path.read_text("utf-8"))[1] for id_, path in paths.items()}  # type: ignore[index]
    assert status == {
        "T-001": "submitted",
        "T-002": "submitted",
        "T-003": "draft",
        "T-004": "submitted",
        "T-005": "draft",
    }
    result = run(root, "confirm", root / "reviews", "--role", "employee", "--yes")
    assert result.stdout.count("employee confirmed") == 3
    assert "refused" not in result.stderr, "of a folder only what is submitted is meant"


def without_confirmations(root: Path) -> None:
    rule = root / "rules/support-center/2026-01.yaml"
    text = rule.read_text("utf-8")
    assert "confirmations: [employee, leader, hr]" in text
    rule.write_text(text.replace("confirmations: [employee, leader, hr]", "confirmations: []"), "utf-8")


def centre(employee: str, manager: str, scores: str = "[80]", **metrics: str) -> str:
    return review_text(
        "support-center",
        {**CENTRE, "team": f"{{violations: 0, scores: {scores}}}", **metrics},
        period="2026-03",
        employee={"id": employee, **({"manager": manager} if manager else {})},
    )


def test_a_leader_is_published_after_the_team(root: Path) -> None:
    without_confirmations(root)
    files = {}
    for employee, manager, scores, done in (
        ("A-LEAD", "", "auto", 10),
        ("B-001", "A-LEAD", "[80]", 9),
        ("C-001", "A-LEAD", "[90, 70]", 8),
        ("D-001", "X-001", "[80]", 1),
    ):
        files[employee] = write(
            root,
            centre(employee, manager, scores, important_tasks=f"{{done: {done}, planned: 10}}"),
            place("support-center", employee),
        )
    # a draft whose team has nothing yet is open, not wrong
    assert check(root) == []
    assert json.loads(run(root, "score", files["A-LEAD"], "--format", "json").stdout)["total"] is None
    submit(root, files["B-001"], files["C-001"], files["D-001"])
    publish(root, files["B-001"])
    submit(root, files["A-LEAD"])
    # The leader's path comes first; the leader still takes the total that this very command publishes.
    said = run(root, "publish", files["A-LEAD"], files["C-001"], files["D-001"], "--yes").stdout
    assert [line.split(":")[0].split("/")[-1] for line in said.splitlines()] == [
        f"{id_}.support-center.md" for id_ in ("C-001", "D-001", "A-LEAD")
    ]
    text = files["A-LEAD"].read_text("utf-8")
    taken = re.findall(r'- \{employee: ([\w-]+), total: ([\d.]+), seal: "(k1:sha256:[0-9a-f]{64})"\}', text)
    # 36 + 16 + 10 + 9.5 + (100 + 80) ÷ 2 × 10% = 9 + 6 = 86.50; C with 32 in the place of 36 = 82.50
    assert [(employee, total) for employee, total, _ in taken] == [("B-001", "86.50"), ("C-001", "82.50")]
    for employee, _, seal in taken:
        assert f'seal: "{seal}"' in files[employee].read_text("utf-8")
    # 40 + 16 + 10 + 9.5 + (100 + 84.5) ÷ 2 × 10% = 9.225, half-up 9.23, + 6
    assert 'total: "90.73"' in text
    assert "scores: auto" in text, "the review still says auto"
    assert check(root) == []


def test_what_was_taken_is_frozen(root: Path) -> None:
    without_confirmations(root)
    lead, one, late = (
        write(root, centre(employee, manager, scores), place("support-center", employee))
        for employee, manager, scores in (
            ("A-LEAD", "", "auto"),
            ("B-001", "A-LEAD", "[80]"),
            ("C-001", "A-LEAD", "[100]"),
        )
    )
    submit(root, one, late)
    publish(root, one)
    submit(root, lead)
    publish(root, lead)
    assert check(root) == []
    publish(root, late)
    result = run(root, "check")
    assert codes(result.stdout) == ["KPI423"], "a later difference is a warning"
    assert (
        json.loads(run(root, "score", lead, "--format", "json").stdout)["total"]
        == re.search(r'total: "([\d.]+)"', lead.read_text("utf-8"))[1]
    )  # type: ignore[index]
    text = lead.read_text("utf-8")
    lead.write_text(text.replace("total: 86.50, seal", "total: 86.60, seal"), "utf-8")
    assert "KPI609" in check(root)


def test_totals_above_a_hundred_count_as_a_hundred_and_two_forms_as_one_person(root: Path) -> None:
    from fractions import Fraction

    from kpigen.model.reviews import Taken
    from kpigen.scoring.team import as_numbers

    numbers = as_numbers(
        [Taken("A", "107.55", "s"), Taken("B", "80.00", "s"), Taken("B", "70.50", "t"), Taken("C", "60", "u")]
    )
    assert numbers is not None
    # 100, (80 + 70.5) ÷ 2 = 75.25, 60
    assert (numbers.count, numbers.mean) == (3, Fraction("235.25") / 3)
    assert as_numbers([]) is None


def test_a_chain_of_leaders_is_published_from_below(root: Path) -> None:
    from kpigen.base.sources import WorkTree
    from kpigen.repository.lifecycle.transitions import in_order
    from kpigen.repository.project import load

    for employee, manager, scores in (
        ("A", "", "auto"),
        ("B", "A", "auto"),
        ("C", "B", "auto"),
        ("D", "C", "[80]"),
        ("E", "A", "[70]"),
        ("F", "G", "auto"),
        ("G", "F", "auto"),
    ):
        write(root, centre(employee, manager, scores), place("support-center", employee))
    order = [review.employee.id for review in in_order(load(WorkTree(root)).reviews)]
    assert sorted(order) == list("ABCDEFG")
    assert [id_ for id_ in order if id_ in "ABCD"] == list("DCBA")
    assert order.index("E") < order.index("A")
    assert check(root) == ["KPI421", "KPI421"], "the two that manage each other"


# --- seals -----------------------------------------------------------------------------------------------------------

RICH = """\
---
employee: {id: T-001, name: 员工甲, department: 物业部, position: 客服主管, manager: M-009}
period: 2026-03
form: property-cs
status: draft
metrics:
  repair_intake: 96%
  fee_collection: 95%
  complaint_timeliness: 97%
  satisfaction: 96%
  file_integrity: 99%
  follow_up: 92%
  training_completion: 95%
  community_events: {held: 3, planned: 4}
  service_standards: 93%
  responsibility: 4
  discipline: 3.5
  dedication: 2.5
  teamwork: 3
  planning: 4
  training_skill: 3.5
  problem_solving: 4.2
  cooperation: 4
not_applicable: {emergency: 本月没有突发事件}
bonus: {owner_praise: 1}
comments: {follow_up: 两天停机}
evidence:
  follow_up: [files/回访.csv, https://example.com/a]
self_assessment:
  metrics: {repair_intake: 98%, community_events: {held: 4, planned: 4}}
  comment: 我认为很好
feedback: {strengths: 认真, improvements: 更快, plan: 每周复盘}
---

## 工作评价

见上表。
"""


def sealed(root: Path) -> Path:
    """A published review with everything in it."""
    (root / "reviews/2026-03/files").mkdir(parents=True)
    (root / "reviews/2026-03/files/回访.csv").write_text("1,2\n", "utf-8")
    path = write(root, RICH, place("property-cs"))
    number = run(root, "submit", path, "--date", "2026-04-01", "--yes").stdout.split()[-1]
    objection = (
        f"objections:\n  - {{role: employee, date: 2026-04-01, "
        f"of: {number}, text: 少算一次, resolution: 已核对, resolved: 2026-04-02}}\n"
    )
    path.write_text(path.read_text("utf-8").replace("feedback: {", objection + "feedback: {"), "utf-8")
    confirm(root, path)
    confirm(root, path, role="assessor", name="白经理")
    publish(root, path)
    assert check(root) == []
    return path


CHANGES = [
    # the content
    ("employee id", "id: T-001", "id: T-002"),
    ("name", "name: 员工甲, department", "name: 员工乙, department"),
    ("department", "department: 物业部", "department: 物业二部"),
    ("position", "position: 客服主管", "position: 主管"),
    ("manager", "manager: M-009", "manager: M-008"),
    ("no manager", ", manager: M-009", ""),
    ("period", "period: 2026-03", "period: 2026-02"),
    ("a percentage", "follow_up: 92%", "follow_up: 92.01%"),
    ("an input", "held: 3, planned: 4", "held: 3, planned: 5"),
    ("a metric that scores the same", "satisfaction: 96%", "satisfaction: 97%"),
    ("a rating", "teamwork: 3", "teamwork: 2.9"),
    ("a reason", "本月没有突发事件", "本月没有事件"),
    ("a bonus", "owner_praise: 1", "owner_praise: 2"),
    ("another bonus", "owner_praise: 1", "team_award: 1"),
    ("one more bonus", "owner_praise: 1", "owner_praise: 1, own_award: 1"),
    ("no bonus", "bonus: {owner_praise: 1}\n", ""),
    ("a comment", "两天停机", "三天停机"),
    ("one more comment", "{follow_up: 两天停机}", "{follow_up: 两天停机, planning: 好}"),
    ("no comments", "comments: {follow_up: 两天停机}\n", ""),
    ("a space in a comment", "两天停机", "两天 停机"),
    ("a link", "https://example.com/a", "https://example.com/b"),
    ("order of evidence", "[files/回访.csv, https://example.com/a]", "[https://example.com/a, files/回访.csv]"),
    ("less evidence", ", https://example.com/a]", "]"),
    ("evidence of another indicator", "  follow_up: [files", "  planning: [files"),
    ("own numbers", "repair_intake: 98%", "repair_intake: 97%"),
    ("own comment", "我认为很好", "我认为还好"),
    ("one more own number", "{repair_intake: 98%,", "{repair_intake: 98%, teamwork: 3,"),
    ("strengths", "strengths: 认真", "strengths: 努力"),
    ("improvements", "improvements: 更快", "improvements: 更好"),
    ("plan", "plan: 每周复盘", "plan: 每月复盘"),
    ("no plan", ", plan: 每周复盘", ""),
    ("the narrative", "见上表。", "见下表。"),
    ("the heading", "## 工作评价", "# 工作评价"),
    ("one more line", "见上表。\n", "见上表。\n\n完。\n"),
    # what was published
    ("published on", "  on: 2026-04-03", "  on: 2026-04-04"),
    ("total", '  total: "92', '  total: "93'),
    ("grade", "  grade: A", "  grade: B"),
    ("salt", "  salt: ", "  salt: 00"),
    ("count of entries", "{confirmations: 2,", "{confirmations: 1,"),
    ("count of objections", "objections: 1,", "objections: 0,"),
    # the entries that the seal covers
    ("who confirmed", "name: 白经理", "name: 黑经理"),
    ("when", "date: 2026-04-02, of", "date: 2026-04-03, of"),
    ("an objection", "少算一次", "少算两次"),
    ("a resolution", "已核对", "已核实"),
    ("when resolved", "resolved: 2026-04-02", "resolved: 2026-04-03"),
    ("in what role", "role: assessor", "role: hr"),
]


def test_every_change_breaks_the_seal(root: Path) -> None:
    path = sealed(root)
    text = path.read_text("utf-8")
    silent = []
    for title, old, new in CHANGES:
        assert old in text, title
        path.write_text(text.replace(old, new, 1), "utf-8")
        if "KPI609" not in check(root):
            silent.append(title)
    assert silent == []
    path.write_text(text, "utf-8")
    assert check(root) == []


def test_every_metric_is_sealed(root: Path) -> None:
    path = sealed(root)
    text = path.read_text("utf-8")
    lines = re.findall(
        r"^  (\w+): (\d[\d.]*)(%?)$", text[text.index("metrics:") : text.index("not_applicable:")], re.MULTILINE
    )
    assert len(lines) == 16
    for id_, number, sign in lines:
        path.write_text(
            text.replace(f"  {id_}: {number}{sign}\n", f"  {id_}: {float(number) - 0.5:g}{sign}\n"), "utf-8"
        )
        assert "KPI609" in check(root), id_
        path.write_text(text.replace(f"  {id_}: {number}{sign}\n", ""), "utf-8")
        assert {"KPI609", "KPI601"} <= set(check(root)), id_


def test_evidence_is_sealed_with_its_bytes(root: Path) -> None:
    sealed(root)
    file = root / "reviews/2026-03/files/回访.csv"
    file.write_text("1,3\n", "utf-8")
    assert check(root) == ["KPI609"]
    file.unlink()
    assert set(check(root)) == {"KPI334", "KPI609"}


def test_another_form_is_not_what_was_published(root: Path) -> None:
    path = sealed(root)
    text = path.read_text("utf-8")
    path.write_text(text.replace("form: property-cs", "form: front-desk"), "utf-8")
    assert "KPI616" in check(root)
    path.write_text(text.replace("form: property-cs", "form: property-cs@2026-01"), "utf-8")
    assert check(root) == [], "a pin that says the same"
    path.write_text(text.replace("rules: property-cs@2026-01", "rules: property-cs@2025-01"), "utf-8")
    assert "KPI302" in check(root)


def test_layout_does_not_break_a_seal(root: Path) -> None:
    path = sealed(root)
    text = path.read_text("utf-8")
    block = text[text.index("metrics:") : text.index("not_applicable:")]
    lines = block.splitlines(keepends=True)
    shuffled = "".join([lines[0], *reversed(lines[1:])])
    other = text.replace(block, "").replace("---\n\n## 工作评价", f"# 数字移到最后\n{shuffled}---\n\n\n## 工作评价")
    for old, new in (
        (
            "employee: {id: T-001, name: 员工甲, department: 物业部, position: 客服主管, manager: M-009}",
            (
                "employee:\n    position: 客服主管\n    # 工号\n    id: 'T-001'\n"
                '    manager: "M-009"\n    name: 员工甲\n    department: 物业部'
            ),
        ),
        ("repair_intake: 96%", "repair_intake: 96.00%"),
        ("discipline: 3.5", "discipline: 03.50"),
        ("teamwork: 3\n", "teamwork: +3.0\n"),
        ("{held: 3, planned: 4}", "{planned: 04, held: 3}"),
        ("bonus: {owner_praise: 1}", "bonus:\n  team_award: 0\n  owner_praise: 01"),
        ("comments: {follow_up: 两天停机}", "comments:\n  follow_up: |\n    两天停机\n"),
        ("plan: 每周复盘", 'plan: "每周复盘"'),
        ("见上表。\n", "见上表。\n\n\n"),
        ("status: published", "schema: 1\nstatus: published  # 已发布"),
    ):
        assert other.count(old) == 1, old
        other = other.replace(old, new)
    for one in (other, other.replace("\n", "\r\n"), "\ufeff" + other):
        path.write_bytes(one.encode())
        assert check(root) == []


def test_entries_may_be_added_and_not_taken_away(root: Path) -> None:
    path = sealed(root)
    confirm(root, path, role="hr", name="林人事")
    assert check(root) == []
    assert "entries: {confirmations: 2, objections: 1" in path.read_text("utf-8"), (
        "the seal covers those that stood then"
    )
    text = path.read_text("utf-8")
    for entry in ("employee", "assessor"):
        path.write_text(re.sub(rf"\n  - {{role: {entry}, name.*", "", text), "utf-8")
        assert check(root) == ["KPI609"], "three are left, but not the two that were sealed"
    path.write_text(re.sub(r"confirmations:\n(  - .*\n)+", "", text), "utf-8")
    assert check(root) == ["KPI611"]
    path.write_text(re.sub(r"objections:\n(  - .*\n)+", "", text), "utf-8")
    assert check(root) == ["KPI611"]


def test_a_changed_score_is_said(root: Path) -> None:
    path = sealed(root)
    rule = root / "rules/property-cs/2026-01.yaml"
    good = rule.read_text("utf-8")
    text = path.read_text("utf-8")
    total = re.search(r'total: "([\d.]+)"', text)
    assert total is not None
    path.write_text(text.replace(total[0], 'total: "99.00"'), "utf-8")
    result = run(root, "check", code=1).stdout
    assert codes(result) == ["KPI610", "KPI609"] or codes(result) == ["KPI609", "KPI610"]
    assert f"published as 99.00 A, but it scores {total[1]} A today" in result
    path.write_text(text, "utf-8")
    # the scoring part of its rules
    rule.write_text(good.replace("points: 3, origin: source}", "points: 4, origin: source}", 1), "utf-8")
    found = check(root)
    assert {"KPI609", "KPI610"} <= set(found)
    # texts may be mended
    rule.write_text(
        good.replace("Praised for helping an owner in difficulty", "Praised by an owner").replace("策划力", "策划能力"),
        "utf-8",
    )
    assert check(root) == []


def test_another_engine_is_said(root: Path) -> None:
    path = sealed(root)
    path.write_text(path.read_text("utf-8").replace("  engine: 1", "  engine: 2"), "utf-8")
    assert check(root) == ["KPI618"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (r'total: "\d', 'total: "abc'),
        (r"salt: \w+\n  seal", "salt: xyz\n  seal"),
        (r"seal: \"k1", 'seal: "k9'),
        (r"  on: 2026-04-03", "  on: April"),
        (r"entries: \{", "entries: {more: 1, "),
        (r"taken: \[\]", "taken: nothing"),
        (r"  grade: A\n", ""),
    ],
)
def test_a_damaged_block_is_an_error_and_no_crash(old: str, new: str, root: Path) -> None:
    path = sealed(root)
    path.write_text(re.sub(old, new, path.read_text("utf-8"), count=1), "utf-8")
    assert check(root) != []


def test_confidential_ratings_are_sealed_one_by_one(root: Path) -> None:
    path = write(root, review_text("cs-360", THREE_SIXTY, period="2026-03"), place("cs-360"))
    submit(root, path)
    confirm(root, path)
    publish(root, path)
    text = path.read_text("utf-8")
    assert check(root) == []
    # the same mean and the same number of raters, so the score says nothing
    for old, new in (("peers: [80, 85]", "peers: [81, 84]"), ("peers: [80, 85]", "peers: [85, 80]")):
        path.write_text(text.replace(old, new, 1), "utf-8")
        assert check(root) == ["KPI609"]
    path.write_text(re.sub(r"salt: [0-9a-f]{32}", f"salt: {'0' * 32}", text, count=1), "utf-8")
    assert check(root) == ["KPI609"], "the salt of the lists"
    path.write_text(text.replace("peers: [80, 85]", "peers: [80.0, 085]", 1), "utf-8")
    assert check(root) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (DRAFT.replace("status: draft ", "status: submitted "), ["KPI605"]),
        (DRAFT.replace("status: draft ", "status: published "), ["KPI605", "KPI605"]),
        (
            DRAFT.replace("status: draft ", f"submitted: {{on: 2026-04-01, salt: {'0' * 32}}}\nstatus: draft "),
            ["KPI606"],
        ),
        (DRAFT.replace("status: draft ", "status: withdrawn "), ["KPI605", "KPI605", "KPI617"]),
        (DRAFT.replace("status: draft ", "status: done "), ["KPI206"]),
    ],
)
def test_a_status_needs_its_block(text: str, expected: list[str], root: Path) -> None:
    write(root, text)
    assert sorted(check(root)) == expected


def test_the_repositorys_own_reviews_are_clean() -> None:
    assert [code for code in codes(run(ROOT, "check").stdout) if code in ("KPI609", "KPI610", "KPI611")] == []
