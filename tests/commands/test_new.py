"""`kpigen new`: what it refuses, and that `check` finds nothing wrong with what it writes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kpigen.base.periods import parse_period
from tests.helpers.drafts import ROSTER
from tests.helpers.forms import TENTH, cycle_period, form_of, make_repository, run


@pytest.mark.parametrize(
    ("args", "word"),
    [
        (["--form", "front-dsk", "--employee", "T-001", "--period", "2026-05"], "Did you mean 'front-desk'?"),
        (
            ["--form", "front-desk", "--employee", "T-009", "--period", "2026-05"],
            "'T-009' is not on the roster in 2026-05",
        ),
        (["--form", "front-desk", "--employee", "../T", "--period", "2026-05"], "is not an id, and nobody's name"),
        (["--form", "front-desk", "--employee", "T-001", "--period", "2026-5"], "is not a period"),
        (
            ["--form", "front-desk", "--employee", "T-001", "--period", "2026-Q2"],
            "is assessed by month, 2026-Q2 is a quarter",
        ),
        (
            ["--form", "front-desk", "--employee", "T-001", "--period", "2025-12"],
            "no version of 'front-desk' is in force in 2025-12",
        ),
        (
            ["--form", "front-desk", "--employee", "T-001", "--period", "2026-05", "--language", "fr"],
            "'fr' is not one of",
        ),
        (["--form", "front-desk", "--period", "2026-05"], "--employee"),
        (
            ["--form", "front-desk", "--employee", "T-001", "--employee", "T-002", "--period", "2026-05"],
            "one draft is written at a time",
        ),
    ],
)
def test_new_refuses(args: list[str], word: str, tmp_path: Path) -> None:
    root = make_repository(tmp_path, ("front-desk",), ROSTER)
    result = run(root, "new", *args, code=2)
    assert word in result.stderr
    assert [path.name for path in (root / "reviews").iterdir()] == ["people.csv"]


def test_new_never_overwrites(tmp_path: Path) -> None:
    root = make_repository(tmp_path, ("front-desk",), ROSTER)
    args = ["new", "--form", "front-desk", "--employee", "T-001", "--period", "2026-05"]
    run(root, *args)
    path = root / "reviews/2026-05/T-001.front-desk.md"
    path.write_text("my own\n", "utf-8")
    assert "already exists" in run(root, *args, code=2).stderr
    assert path.read_text("utf-8") == "my own\n"
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_new_without_a_roster(tmp_path: Path) -> None:
    """Without a roster everything works but its defaults: they come from the last review, else from the options."""
    root = make_repository(tmp_path, ("front-desk",))
    args = ["new", "--form", "front-desk", "--employee", "T-001"]
    said = run(root, *args, "--period", "2026-05", code=2).stderr
    assert "nobody knows --name, --department, --position of 'T-001'" in said
    assert (
        "nobody knows --position"
        in run(root, *args, "--period", "2026-05", "--name", "员工丁", "--department", "前厅", code=2).stderr
    )
    assert list((root / "reviews").iterdir()) == []
    run(root, *args, "--period", "2026-05", "--name", "员工丁", "--department", "前厅", "--position", "领班")
    assert run(root, "check").stdout == ""
    run(root, *args, "--period", "2026-06")
    assert "name: 员工丁" in (root / "reviews/2026-06/T-001.front-desk.md").read_text("utf-8")
    assert run(root, "check").stdout == ""


HEADER = "id,name,login,email,department,position,manager,form,from,to\n"
BOSS = "M-001,经理乙,,,客服部,经理,,,,\n"

#: A roster, the options beside form and period, and what `new` says if it refuses. The period is that of the form.
SITUATIONS = [
    ("one line", "T-001,甲,,,客服部,主管,M-001,,,\n", [], None),
    ("no manager", "T-001,甲,,,客服部,主管,,,,\n", [], None),
    ("a manager who is not there", "T-001,甲,,,客服部,主管,M-009,,,\n", [], None),
    ("by name", "T-001,甲,,,客服部,主管,M-001,,,\n", ["--employee", "甲"], None),
    ("quotes and colons", 'T-001,"李 ""南"", #2: x",,,"客服: 一部 # a","主管 [a]",,,,\n', [], None),
    ("words of YAML", "T-001,True,,,no,null,,,,\n", [], None),
    ("numbers", "T-001,1.10,,,2026-01,0x1F,,,,\n", [], None),
    ("signs", "T-001,*a,,,&b,!c,,,,\n", [], None),
    ("a dash", "T-001,-,,,---,? x,,,,\n", [], None),
    ("an id of digits", "0007,甲,,,客服部,主管,,,,\n", ["--employee", "0007"], None),
    ("an id like a word", "True,甲,,,客服部,主管,,,,\n", ["--employee", "True"], None),
    ("moved in between", "T-001,甲,,,客服部,主管,M-001,,,2025-12-31\nT-001,甲,,,电商部,经理,,,2026-01-01,\n", [], None),
    ("left in the period", "T-001,甲,,,客服部,主管,M-001,,,{day}\n", [], None),
    ("no department", "T-001,甲,,,,主管,,,,\n", [], "nobody knows --department"),
    ("no position", "T-001,甲,,,客服部,,,,,\n", [], "nobody knows --position"),
    ("no department, given", "T-001,甲,,,,主管,,,,\n", ["--department", "客服部"], None),
    ("left before", "T-001,甲,,,客服部,主管,,,,2025-12-31\n", [], "'T-001' left on 2025-12-31"),
    ("joined later", "T-001,甲,,,客服部,主管,,,2028-01-01,\n", [], "'T-001' joined on 2028-01-01"),
    (
        "away in between",
        "T-001,甲,,,客服部,主管,,,,2025-12-31\nT-001,甲,,,客服部,主管,,,2028-01-01,\n",
        [],
        "'T-001' is not on the roster",
    ),
    ("not on the roster", BOSS.replace("M-001", "M-002"), [], "'T-001' is not on the roster"),
    ("an empty roster", "", [], "'T-001' is not on the roster"),
    ("another form on the roster", "T-001,甲,,,客服部,主管,,other-form,,\n", [], "would not be clean"),
    ("another name", "T-001,甲,,,客服部,主管,,,,\n", ["--name", "乙"], "would not be clean"),
    ("another department", "T-001,甲,,,客服部,主管,,,,\n", ["--department", "电商部"], "would not be clean"),
    ("two of one name", "T-001,甲,,,客服部,,,,,\nT-002,甲,,,客服部,主管,,,,\n", ["--employee", "甲"], "KPI643"),
    ("other capitals", "t-001,甲,,,客服部,主管,,,,\n", [], "Did you mean 't-001'?"),
]
FORMS = ("front-desk", "cs-360", "cs-latest", "support-center", TENTH)


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_repository(tmp_path_factory.mktemp("forms"), FORMS, HEADER)


@pytest.mark.parametrize(
    ("roster", "options", "refused"), [row[1:] for row in SITUATIONS], ids=[row[0] for row in SITUATIONS]
)
def test_what_new_writes_is_clean(
    roster: str, options: list[str], refused: str | None, forms: Path, request: pytest.FixtureRequest
) -> None:
    """But for the manager who is missing from the roster, which is a finding about the roster."""
    form = FORMS[len(request.node.callspec.id) % len(FORMS)]
    period = cycle_period(form_of(form))
    day = parse_period(period).first_day  # type: ignore[union-attr]
    (forms / "reviews/people.csv").write_text(HEADER + BOSS + roster.format(day=day), "utf-8")
    before = run(forms, "check").stdout
    employee = [] if "--employee" in options else ["--employee", "T-001"]
    result = run(forms, "new", "--form", form, "--period", period, *employee, *options, code=None)
    written = sorted((forms / "reviews").rglob("*.md"))
    after = run(forms, "check")
    for path in written:
        path.unlink()
    assert after.stdout == before
    if refused is None:
        assert (result.exit_code, result.stderr) == (0, "")
        assert [path.relative_to(forms).as_posix() for path in written] == result.stdout.split()
        assert re.search(r"; \d+ open numbers? in 1 draft$", after.stderr.strip())
    else:
        assert result.exit_code in (1, 2)
        assert refused in result.stderr
        assert written == []


LAST = """\
---
employee: {id: T-001, name: 甲, department: 客服部, position: 主管, manager: M-002}
period: 2026-04
form: front-desk
status: draft
---
"""


@pytest.mark.parametrize(
    ("roster", "place", "refused"),
    [
        ("T-001,甲,,,客服部,主管,M-002,,,\nM-002,丙,,,客服部,经理,,,,\n", "2026-04", None),
        ("T-001,甲,,,,,M-002,,,\nM-002,丙,,,客服部,经理,,,,\n", "2026-04", None),
        ("T-001,甲,,,客服部,主管,M-002,,,2026-04-30\nM-002,丙,,,客服部,经理,,,,\n", "2026-04", "left on 2026-04-30"),
        # another review of the same period, with another manager
        ("T-001,甲,,,客服部,主管,M-001,,,\nM-002,丙,,,客服部,经理,,,,\n", "2026-05", "KPI4"),
        # the same review, in another place
        ("T-001,甲,,,客服部,主管,M-002,,,\nM-002,丙,,,客服部,经理,,,,\n", "other", "KPI4"),
        (None, "2026-04", None),
        (None, "other", "KPI4"),
    ],
)
def test_new_beside_another_review(roster: str | None, place: str, refused: str | None, tmp_path: Path) -> None:
    root = make_repository(tmp_path, ("front-desk", "property-cs"), HEADER + BOSS + roster if roster else None)
    text = LAST if place == "2026-04" else LAST.replace("2026-04", "2026-05")
    if place == "2026-05":
        text = text.replace("front-desk", "property-cs")
    name = {"2026-04": "2026-04/T-001.front-desk.md", "2026-05": "2026-05/T-001.property-cs.md"}.get(
        place, "2026-05/x.md"
    )
    (root / "reviews" / name).parent.mkdir()
    (root / "reviews" / name).write_text(text, "utf-8")
    before = run(root, "check", code=None).stdout
    result = run(root, "new", "--form", "front-desk", "--employee", "T-001", "--period", "2026-05", code=None)
    assert run(root, "check", code=None).stdout == before
    assert result.exit_code == (0 if refused is None else result.exit_code or -1), result.stderr
    assert (refused or "") in result.stderr


def test_texts_of_a_form_stay_in_their_comments(tmp_path: Path) -> None:
    """Texts of several lines, with line ends of other systems and control characters."""
    root = make_repository(tmp_path, ("front-desk",), ROSTER)
    rule = root / "rules/front-desk/2026-01.yaml"
    text = rule.read_text("utf-8")
    hard = r'"one\nstatus: published\r\u2028two\x85three: {\ta"'
    edited = re.sub(
        r"(?m)^(\s*(?:- )?(?:name|title|standard|text|unit): )\{zh: [^\n]*\}$",
        lambda match: f"{match[1]}{{zh: {hard}, en: {hard}}}",
        text,
    )
    assert edited.count("status: published") > 5
    rule.write_text(edited, "utf-8")
    found = run(root, "check", code=None).stdout
    result = run(root, "new", "--form", "front-desk", "--employee", "T-001", "--period", "2026-05", code=None)
    assert (result.exit_code, result.stderr) == (0, "")
    assert run(root, "check", code=None).stdout == found
    assert "\nstatus: published" not in (root / result.stdout.strip()).read_text("utf-8")


def test_check_counts_open_numbers(tmp_path: Path) -> None:
    root = make_repository(tmp_path, ("front-desk", "cs-360"), ROSTER)
    assert "open" not in run(root, "check").stderr
    for employee in ("T-001", "T-002"):
        run(root, "new", "--form", "front-desk", "--employee", employee, "--period", "2026-05")
    inputs = sum(len(item.inputs) for item in form_of("front-desk").indicators)
    assert run(root, "check").stderr.endswith(f"0 warnings; {2 * inputs} open numbers in 2 drafts\n")
    path = root / "reviews/2026-05/T-001.front-desk.md"
    path.write_text(path.read_text("utf-8").replace("  five_s:\n", "  five_s: 1\n"), "utf-8")
    assert run(root, "check").stderr.endswith(f"{2 * inputs - 1} open numbers in 2 drafts\n")
    assert "份草稿中还有" in run(root, "check", "--language", "zh").stderr
    assert "open" not in run(root, "check", "--format", "json").stdout
