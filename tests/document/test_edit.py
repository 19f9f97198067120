"""Front matter edited in place, whatever its layout."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.helpers.forms import codes
from tests.helpers.lifecycle import (
    DRAFT,
    added,
    check,
    confirm,
    found_in,
    publish,
    repository_of_forms,
    submit,
    swap,
    write,
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return repository_of_forms(tmp_path)


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
    assert set(check(root)) <= {"KPI607", "KPI656"}, "names are odd here"

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
            'published:\n  on: 2026-04-03\n  rules: front-desk@2026-01\n  total: "81.00"\n  grade: B\n  engine: 2\n  taken: []\n'
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
    assert set(check(root)) <= {"KPI607", "KPI656"}, "names are odd here"
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
