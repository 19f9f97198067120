"""Reviews by forms on other scales, from draft to amendment: how files and data write totals, and forms without grades."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path

import pytest

from kpigen.base.sources import WorkTree
from kpigen.files.review import read_copy
from kpigen.numbers.notation import Notation, together, total_text
from kpigen.repository.diff.lines import review_lines
from kpigen.repository.export import scores_as_json
from kpigen.repository.project import load
from kpigen.repository.records import Record, make_record, make_records
from kpigen.scoring.content import seal_of
from kpigen.site.proof.copies import write_copy
from tests.helpers import scales
from tests.helpers.forms import codes, run
from tests.helpers.git import commit, git
from tests.scoring.canonical_form import seal, take_apart

F = Fraction
FIVE, GUARDS, COEFFICIENT = (
    scales.path_of(form, "2026-01", id_) for form, id_ in (("five", "A-1"), ("guards", "B-2"), ("coefficient", "C-1"))
)
#: What the published block says of total and grade.
SAYS = {
    FIVE: '  total: "4.496"\n  grade: Good\n',
    GUARDS: '  total: "-14"\n  grade: Bad\n',
    COEFFICIENT: '  total: "0.7257"\n',
}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("scales")
    scales.publish(root, scales.make(root))
    git(root, "init", "--quiet")
    commit(root, "Published")
    return root


@pytest.fixture
def root(published: Path, tmp_path: Path) -> Path:
    git(published, "clone", "--quiet", str(published), str(tmp_path / "clone"))
    return tmp_path / "clone"


def record_of(root: Path, path: str) -> Record:
    records, _ = make_records(load(WorkTree(root)))
    return next(record for record in records if record.review.path == path)


# --- how numbers are written -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("notation", "value", "bare", "written", "change"),
    [
        (Notation(), F("83"), "83.00", "83.00", "+83.00"),
        (Notation(), F(0), "0.00", "0.00", "0.00"),
        (Notation(3), F("4.4955"), "4.496", "4.496", "+4.496"),
        (Notation(0, signed=True), F(32), "32", "+32", "+32"),
        (Notation(0, signed=True), F(-15), "-15", "-15", "-15"),
        (Notation(0, signed=True), F(0), "0", "0", "0"),
        (Notation(2, signed=True), F("0.004"), "0.00", "0.00", "0.00"),
        (Notation(2, signed=True), F("-0.004"), "0.00", "0.00", "0.00"),
        (Notation(4), F("0.72565"), "0.7257", "0.7257", "+0.7257"),
    ],
)
def test_a_notation_has_decimals_and_perhaps_a_sign(
    notation: Notation, value: F, bare: str, written: str, change: str
) -> None:
    assert (notation.bare(value), notation.written(value), notation.change(value)) == (bare, written, change)


def test_a_mean_has_two_decimals_at_least() -> None:
    assert [Notation(places).of_means.decimals for places in range(5)] == [2, 2, 2, 3, 4]
    assert Notation(0, signed=True).of_means.written(F(17, 3)) == "+5.67"


def test_versions_beside_each_other_are_written_as_exactly_as_any() -> None:
    assert together(()) == Notation()
    assert together([Notation(3), Notation(0, signed=True)]) == Notation(3, signed=True)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("83", "83.00"),
        ("79.9", "79.90"),
        ("4.500", "4.50"),
        ("4.496", "4.496"),
        ("0.7257", "0.7257"),
        ("0.72575", "0.7258"),
        ("-15", "-15.00"),
        ("-0.00004", "0.00"),
        ("100.10", "100.10"),
    ],
)
def test_under_a_seal_a_total_needs_no_form(value: str, text: str) -> None:
    assert total_text(F(value)) == text


# --- files -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", SAYS)
def test_a_published_block_says_the_total_as_the_form_prints_it(published: Path, path: str) -> None:
    text = (published / path).read_text("utf-8")
    assert SAYS[path] in text
    assert ("grade:" in text) == (path != COEFFICIENT)
    assert run(published, "check").stdout == ""


@pytest.mark.parametrize("path", SAYS)
def test_the_program_from_the_page_gives_the_same_seal(published: Path, path: str) -> None:
    front, _ = take_apart((published / path).read_bytes())
    record = record_of(published, path)
    assert seal(front, record.digest) == seal_of(record.review, record.digest) == front["published"]["seal"]


@pytest.mark.parametrize("path", SAYS)
def test_a_copy_says_and_scores_the_same(published: Path, path: str) -> None:
    project, record = load(WorkTree(published)), record_of(published, path)
    data = write_copy(record)
    assert (b"grade" in data) == (path != COEFFICIENT)
    review, found = read_copy(path, data, project.rules)
    assert found == []
    assert review is not None
    copied = make_record(project, review, (), [])
    assert copied is not None
    assert scores_as_json(copied.card) == scores_as_json(record.card)
    assert seal_of(copied.review, copied.digest) == seal_of(record.review, record.digest)


@pytest.mark.parametrize(
    ("path", "old", "new", "expected"),
    [
        (FIVE, '"4.496"', '"4.4960"', ["KPI362"]),
        (FIVE, '"4.496"', '"4.50"', ["KPI610", "KPI609"]),
        (FIVE, "  grade: Good\n", "", ["KPI202"]),
        (GUARDS, '"-14"', '"-14.00"', ["KPI362"]),
        (COEFFICIENT, '"0.7257"\n', '"0.7257"\n  grade: A\n', ["KPI610", "KPI609"]),
        (COEFFICIENT, '"0.7257"', '"0.73"', ["KPI610", "KPI609"]),
    ],
)
def test_what_is_written_otherwise_is_found(root: Path, path: str, old: str, new: str, expected: list[str]) -> None:
    text = (root / path).read_text("utf-8")
    assert text.count(old) == 1
    (root / path).write_text(text.replace(old, new), "utf-8")
    assert codes(run(root, "check", code=1).stdout) == expected


def test_an_amendment_and_a_withdrawal_of_a_form_without_grades(root: Path) -> None:
    why = ("--yes", "--date", "2026-03-05", "--by", "Lin", "--reason", "Counted again")
    text = (root / COEFFICIENT).read_text("utf-8")
    (root / COEFFICIENT).write_text(text.replace("0.7257}", "0.98}"), "utf-8")
    said = run(root, "amend", COEFFICIENT, *why).stdout
    assert "amended, 0.7257 → 0.9800" in said
    assert "points of sales: 0.7257 → 0.9800" in said
    text = (root / COEFFICIENT).read_text("utf-8")
    assert "grade" not in text
    assert '  total: "0.9800"\n' in text
    assert '    total: "0.7257"\n' in text
    assert run(root, "check").stdout == ""
    commit(root, "Amended")
    assert "withdrawn, was 0.9800" in run(root, "withdraw", COEFFICIENT, *why).stdout
    assert run(root, "check").stdout == ""
    commit(root, "Withdrawn")
    assert run(root, "check", "--base", "HEAD~2").stdout == ""


def test_an_amendment_keeps_sign_and_decimals(root: Path) -> None:
    why = ("--yes", "--date", "2026-03-05", "--by", "Lin", "--reason", "Counted again")
    text = (root / GUARDS).read_text("utf-8")
    (root / GUARDS).write_text(text.replace("caught: 0, late: 7", "caught: 1, late: 7"), "utf-8")
    said = run(root, "amend", GUARDS, *why).stdout
    assert "amended, -14 Bad → 6 Fair" in said
    assert "points of caught: 0 → +20" in said
    assert run(root, "check").stdout == ""


# --- data and texts --------------------------------------------------------------------------------------------------


def test_a_card_as_data_has_the_decimals_of_the_form(published: Path) -> None:
    def card(path: str) -> dict[str, object]:
        read: dict[str, object] = json.loads(run(published, "score", path, "--format", "json").stdout)
        return read

    def rows(path: str, *keys: str) -> list[list[object]]:
        return [[item[key] for key in keys] for item in card(path)["indicators"]]  # type: ignore[attr-defined]

    assert (card(FIVE)["total"], card(FIVE)["grade"]) == ("4.496", "Good")
    assert rows(FIVE, "raw", "out_of", "weight", "points") == [["5", "5", "3", "3.000"], ["3.74", "5", "2", "1.496"]]
    assert (card(GUARDS)["total"], card(GUARDS)["grade"]) == ("-14", "Bad")
    assert rows(GUARDS, "raw", "out_of", "weight", "points") == [["0", None, None, "0"], ["-14", None, None, "-14"]]
    assert (card(COEFFICIENT)["total"], card(COEFFICIENT)["grade"]) == ("0.7257", "")


def test_a_draft_of_a_form_without_grades_is_open(root: Path) -> None:
    scales.make(root, {("coefficient", "2026-03"): {"C-1": "{}"}})
    card = json.loads(run(root, "score", "reviews/2026-03", "--format", "json").stdout)
    assert (card["total"], card["grade"]) == (None, None)


def test_lines_for_git_have_no_grade_where_the_form_has_none(published: Path) -> None:
    tree = WorkTree(published)
    lines = {path: review_lines(tree, tree.read(path)) or () for path in SAYS}
    assert lines[COEFFICIENT][-1] == "total: 0.7257"
    assert lines[GUARDS][-3:] == ("points.late: -14", "total: -14", "grade: Bad")
    assert lines[FIVE][-2:] == ("total: 4.496", "grade: Good")


def test_a_comparison_says_totals_as_their_forms_do(root: Path) -> None:
    for path, old, new in ((FIVE, "3.74", "2"), (GUARDS, "caught: 0", "caught: 1"), (COEFFICIENT, "0.7257}", "0.98}")):
        text = (root / path).read_text("utf-8")
        assert old in text
        (root / path).write_text(text.replace(old, new), "utf-8")
    said = run(root, "diff", "HEAD", code=None).stdout
    scores = re.findall(r"score: (.+)", said)
    assert scores == [
        "4.496 Good → 3.800 Good (-0.696: data -0.696, rules +0.000)",
        "-14 Bad → +6 Fair (+20: data +20, rules +0)",
        "0.7257 → 0.9800 (+0.2543: data +0.2543, rules +0.0000)",
    ]
    data = json.loads(run(root, "diff", "HEAD", "--format", "json", code=None).stdout)
    assert [(change["before"], change["split"]["data"]) for change in data["reviews"]] == [
        ({"total": "4.496", "grade": "Good"}, "-0.696"),
        ({"total": "-14", "grade": "Bad"}, "20"),
        ({"total": "0.7257", "grade": ""}, "0.2543"),
    ]


def test_the_history_remembers_how_totals_are_written(root: Path) -> None:
    text = (root / GUARDS).read_text("utf-8")
    (root / GUARDS).write_text(text.replace("caught: 0", "caught: 1"), "utf-8")
    commit(root, "Counted again")
    first = run(root, "log").stdout
    assert "-14 Bad → +6 Fair" in first
    assert run(root, "log").stdout == first, "from what was remembered"


def test_a_simulation_of_a_form_that_gives_its_grades_up(published: Path, tmp_path: Path) -> None:
    text = scales.FIVE.replace("grades: {Outstanding: 4.5, Good: 3, Poor: none}\n", "")
    rule = tmp_path / "five/2026-01.yaml"
    rule.parent.mkdir()
    rule.write_text(re.sub(r", grade: \w+", "", text).replace("decimals: 3", "decimals: 1"), "utf-8")
    said = run(published, "simulate", "--rules", tmp_path).stdout
    assert "mean 3.449 → 3.450 (+0.001)" in said, said
    assert "4.496 Good → 4.5" in said
    assert "grades that change: Outstanding → –: 1, Good → –: 2, Poor → –: 1" in said
    data = json.loads(run(published, "simulate", "--rules", tmp_path, "--format", "json").stdout)
    (form,) = data["forms"]
    assert form["reviews"][0]["old"]["total"] == "4.496"
    assert form["reviews"][0]["new"] == {"rules": "five@2026-01", "total": "4.5", "grade": ""}
