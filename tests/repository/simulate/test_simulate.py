"""What changed rules would do, `kpigen simulate`: worked out by hand on a small form, read from folders and revisions."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest

from kpigen.base.periods import parse_period
from kpigen.diagnostics.diagnostic import Diagnostic
from kpigen.emit.escape import MARKDOWN_LIMIT
from kpigen.numbers.quantities import fixed
from kpigen.repository.project import load
from kpigen.repository.simulate import text as simulate_text
from kpigen.repository.simulate.effect import Effect, Open
from kpigen.repository.simulate.run import Simulation, simulate
from tests.helpers.forms import NINE, make_repository, run, unclosed
from tests.helpers.git import git
from tests.helpers.tiny import publish, tree_of

PATH = "rules/desk/2026-01.yaml"
DESK = """\
schema: 1
form: desk
title: {zh: 前台, en: Desk}
cycle: [month]
grades: {A: 90, B: 80, C: 0}
confirmations: []
origin: {name: chosen, weight: chosen, score: chosen, grades: chosen, bonus: chosen, veto: chosen}
print: {columns: [name, points], signatures: []}
indicators:
  - id: calls
    name: {zh: 回访, en: Calls}
    weight: 60
    standard: {zh: 每次一分, en: A point each}
    inputs: {calls: {type: count}}
    score: {method: value}
  - id: care
    name: {zh: 差错, en: Failures}
    weight: 40
    standard: {zh: 每次扣分, en: Less for each}
    inputs: {failures: {type: count}}
    score: {method: deductions, deductions: [{of: failures, points: 10}], floor: 0}
bonus:
  items:
    - {id: idea, name: {zh: 建议, en: Idea}, points: 2, origin: chosen}
examples:
  - {metrics: {calls: 100, care: 0}, total: 100, grade: A}
  - {metrics: {calls: 0, care: 0}, total: 40, grade: C}
"""
# calls × 0.6 + (100 - 10 × failures) × 0.4
PEOPLE = {"A-1": (90, 0, "94.00 A"), "A-2": (80, 1, "84.00 B"), "A-3": (95, 5, "77.00 C"), "A-4": (75, 2, "77.00 C")}

CARE = "  - id: care" + DESK.partition("  - id: care")[2].partition("bonus:")[0]
TIDY = CARE.replace("id: care", "id: tidy").replace("weight: 40", "weight: 10")
HARDER = [("points: 10}", "points: 20}")]
OTHER_GRADES = [
    ("{A: 90, B: 80, C: 0}", "{S: 94, A: 85, B: 77, C: 0}"),
    ("total: 100, grade: A", "total: 100, grade: S"),
]
WITHOUT_CARE = [
    (CARE, ""),
    ("weight: 60", "weight: 100"),
    ("{metrics: {calls: 100, care: 0}", "{metrics: {calls: 100}"),
    ("{metrics: {calls: 0, care: 0}, total: 40", "{metrics: {calls: 0}, total: 0"),
]
WITH_TIDY = [
    (CARE, CARE.replace("weight: 40", "weight: 30") + TIDY),
    ("calls: 100, care: 0}", "calls: 100, care: 0, tidy: 0}"),
    ("calls: 0, care: 0}", "calls: 0, care: 0, tidy: 0}"),
]
WITH_VETO = [
    (
        "examples:\n",
        "veto:\n  - {id: x, name: {zh: 否, en: No}, when: care >= 1, grade: C, origin: chosen}\nexamples:\n",
    )
]


def desk(*edits: tuple[str, str]) -> str:
    text = DESK
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def review(id_: str, calls: object, care: object, period: str = "2026-01", more: str = "", name: str = "甲") -> str:
    employee = f"employee: {{id: {id_}, name: {name}, department: 客服部, position: 客服}}"
    head = f"{employee}\nperiod: {period}\nform: desk\nstatus: draft"
    return f"---\n{head}\nmetrics:\n  calls: {calls}\n  care: {care}\n{more}---\n\n见上表。\n"


def path_of(id_: str, period: str = "2026-01") -> str:
    return f"reviews/{period}/{id_}.desk.md"


def four(more: dict[str, str] | None = None, period: str = "2026-01") -> dict[str, str | bytes]:
    """The rules and four published reviews; `more` are lines of front matter by person."""
    files: dict[str, str | bytes] = {PATH: desk()}
    for id_, (calls, care, _) in PEOPLE.items():
        path = path_of(id_, period)
        files[path] = review(id_, calls, care, period, (more or {}).get(id_, ""))
        files = publish(files, path)
    return files


def simulated(files: dict[str, str | bytes], rules: dict[str, str], **options: object) -> Simulation:
    tree = tree_of(**files)
    other = load(tree_of(**rules))
    assert [item.message for item in other.problems] == []
    return simulate(load(tree), tree, other.rules, **options)  # type: ignore[arg-type]


def only(simulation: Simulation) -> Effect:
    (effect,) = simulation.effects
    return effect


def scores(effect: Effect) -> dict[str, tuple[str, str]]:
    """Total and grade before and after, by person."""
    sides = {item.review.employee.id: (item.before, item.after) for item in effect.tried}
    return {
        id_: tuple(f"{fixed(card.total or Fraction(0))} {card.grade}" for card in cards)  # type: ignore[misc]
        for id_, cards in sides.items()
    }


# --- worked out by hand ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("edits", "after", "means", "moves", "shifts"),
    [
        pytest.param(
            HARDER,
            ["94.00 A", "80.00 B", "57.00 C", "69.00 C"],
            ("83.00", "75.00"),
            (),
            [("care", "", "-8.00")],
            id="harder: (0 + 4 + 20 + 8) / 4 = 8 less",
        ),
        pytest.param(
            OTHER_GRADES,
            ["94.00 S", "84.00 B", "77.00 B", "77.00 B"],
            ("83.00", "83.00"),
            (("A", "S", 1), ("C", "B", 2)),
            [],
            id="only other grades",
        ),
        pytest.param(
            WITHOUT_CARE,
            ["90.00 A", "80.00 B", "95.00 A", "75.00 C"],
            ("83.00", "85.00"),
            (("C", "A", 1),),
            [("calls", "", "34.00"), ("care", "removed", "-32.00")],
            id="an indicator less: calls 51 -> 85, care 32 -> 0",
        ),
        pytest.param(
            WITH_VETO,
            ["94.00 A", "84.00 C", "77.00 C", "77.00 C"],
            ("83.00", "83.00"),
            (("B", "C", 1),),
            [],
            id="a veto",
        ),
    ],
)
def test_totals_grades_means_and_where_they_come_from(
    edits: list[tuple[str, str]],
    after: list[str],
    means: tuple[str, str],
    moves: tuple[tuple[str, str, int], ...],
    shifts: list[tuple[str, str, str]],
) -> None:
    effect = only(simulated(four(), {PATH: desk(*edits)}))
    before = [score for _, _, score in PEOPLE.values()]
    assert scores(effect) == dict(zip(PEOPLE, zip(before, after, strict=True), strict=True))
    assert (effect.mean_before, effect.mean_after) == tuple(map(Fraction, means))
    assert effect.moves == moves
    assert [(item.indicator, item.kind, fixed(item.mean)) for item in effect.shifts] == shifts
    assert sum((item.mean for item in effect.shifts), Fraction(0)) == Fraction(means[1]) - Fraction(means[0])
    assert effect.unscored == ()


def test_the_distributions_have_the_grades_of_both_versions_in_order() -> None:
    effect = only(simulated(four(), {PATH: desk(*OTHER_GRADES)}))
    assert effect.grades == (("S", 0, 1), ("A", 1, 0), ("B", 1, 3), ("C", 2, 0))


def test_who_moves_most_comes_first() -> None:
    effect = only(simulated(four(), {PATH: desk(*HARDER)}))
    assert [(item.review.employee.id, fixed(item.difference)) for item in effect.movers] == [
        ("A-3", "-20.00"),
        ("A-4", "-8.00"),
        ("A-2", "-4.00"),
    ]


def test_the_bonus_is_part_of_it() -> None:
    """Two ideas of 2 points, then of 5: 77 + 4 → 77 + 10, and 81 B → 87 B."""
    files = four({"A-4": "bonus: {idea: 2}\n"})
    effect = only(simulated(files, {PATH: desk(("points: 2,", "points: 5,"))}))
    assert scores(effect)["A-4"] == ("81.00 B", "87.00 B")
    assert [(item.indicator, item.mean) for item in effect.shifts] == [("(bonus)", Fraction(6, 4))]
    without = desk((DESK[DESK.index("bonus:\n") : DESK.index("examples:")], ""))
    effect = only(simulated(files, {PATH: without}))
    assert scores(effect)["A-4"] == ("81.00 B", "77.00 C")
    assert [(item.indicator, item.kind) for item in effect.shifts] == [("(bonus)", "removed")]


# --- which version, which reviews ---------------------------------------------------------------------------------------


def test_the_same_rules_change_nothing() -> None:
    files = four()
    simulation = simulated(files, {PATH: desk()})
    assert (simulation.effects, simulation.unaffected, simulation.changes) == ((), (("desk", 4),), False)
    assert simulate_text.as_text(simulation).startswith("Nothing changes: 4 reviews tried")
    mended = simulated(files, {PATH: desk(("en: Desk}", "en: Reception}"))})
    assert mended == simulation, "texts score nothing"


def test_the_sample_by_its_own_rules_changes_nothing(tmp_path: Path) -> None:
    root = Path(__file__).parents[3]
    result = run(root, "simulate", "--rules", root / "rules", "--drafts")
    assert result.stdout.startswith("Nothing changes: ")
    assert all(form in result.stdout for form in NINE)


@pytest.mark.parametrize(
    ("now", "rules", "tried_with"),
    [
        ({"2026-01": []}, {"2026-01": HARDER}, "2026-01"),
        ({"2026-01": []}, {"2026-01": [], "2027-01": HARDER}, "2027-01"),
        ({"2026-01": []}, {"2027-01": HARDER}, "2027-01"),
        ({"2026-01": []}, {"2026-01": [], "2027-01": []}, ""),
        ({"2026-01": []}, {"2026-01": [], "2026-07": OTHER_GRADES, "2027-01": HARDER}, "2027-01"),
        ({"2026-01": []}, {"2026-01": [], "2026-01.2": OTHER_GRADES, "2027-01": HARDER}, "2026-01.2"),
        ({"2026-01": [], "2026-01.2": HARDER}, {"2026-01": [], "2026-01.2": HARDER}, ""),
        ({"2026-01": [], "2027-01": HARDER}, {"2026-01": [], "2027-01": HARDER}, ""),
        ({"2026-01": [], "2027-01": HARDER}, {"2026-01": [], "2027-01": OTHER_GRADES}, "2027-01"),
        ({"2026-01": []}, {}, ""),
    ],
)
def test_which_version_a_review_of_january_is_tried_with(
    now: dict[str, list[tuple[str, str]]], rules: dict[str, list[tuple[str, str]]], tried_with: str
) -> None:
    """First what would be in force then, where that changes; else the newest that is new or scores otherwise."""
    files = four()  # published by 2026-01
    files |= {f"rules/desk/{version}.yaml": desk(*edits) for version, edits in now.items()}
    simulation = simulated(files, {f"rules/desk/{version}.yaml": desk(*edits) for version, edits in rules.items()})
    assert [version for effect in simulation.effects for _, version, _ in effect.versions] == (
        [f"desk@{tried_with}"] if tried_with else []
    )
    assert sum(count for _, count in simulation.unaffected) == (0 if tried_with else 4)


def test_a_review_that_the_version_cannot_score_is_listed_and_not_counted() -> None:
    """A new indicator has no data yet; a lower limit of an input refuses what was written."""
    effect = only(simulated(four(), {PATH: desk(*WITH_TIDY)}))
    assert (effect.tried, effect.grades, effect.mean_before) == ((), (), None)
    assert {reason for item in effect.unscored for reason in item.reasons} == {Open("tidy")}
    limited = desk(("inputs: {failures: {type: count}}", "inputs: {failures: {type: count, max: 4}}"))
    effect = only(simulated(four(), {PATH: limited}))
    (unscored,) = effect.unscored
    assert (unscored.review.employee.id, unscored.version) == ("A-3", "desk@2026-01")
    assert [isinstance(reason, Diagnostic) and reason.code for reason in unscored.reasons] == ["KPI324"]
    assert sum(before for _, before, _ in effect.grades) == len(effect.tried) == 3
    assert effect.mean_before == effect.mean_after == Fraction(94 + 84 + 77, 3)


def test_what_is_said_of_a_removed_indicator_is_passed_over() -> None:
    more = "comments: {care: 两次}\nself_assessment: {metrics: {calls: 99, care: 0}}\n"
    effect = only(simulated(four({"A-3": more}), {PATH: desk(*WITHOUT_CARE)}))
    assert scores(effect)["A-3"] == ("77.00 C", "95.00 A")


def test_which_reviews_are_tried() -> None:
    """Published and submitted; complete drafts when asked for; never what is withdrawn or has errors."""
    files = four()
    files[path_of("D-1", "2026-02")] = review("D-1", 100, 0, "2026-02")
    files[path_of("D-2", "2026-02")] = review("D-2", "", 0, "2026-02")
    files[path_of("E-1", "2026-02")] = review("E-1", "many", 0, "2026-02")
    files[path_of("F-1", "2026-02")] = review("F-1", 50, 0, "2026-02").replace("form: desk", "form: nothing")
    withdrawn = files[path_of("A-4")]
    assert isinstance(withdrawn, bytes)
    files[path_of("A-4")] = withdrawn.replace(b"status: published", b"status: withdrawn")
    rules = {PATH: desk(*HARDER)}
    simulation = simulated(files, rules)
    assert sorted(scores(only(simulation))) == ["A-1", "A-2", "A-3"]
    assert (simulation.incomplete, simulation.not_scored) == (0, (path_of("F-1", "2026-02"),))
    simulation = simulated(files, rules, drafts=True)
    assert sorted(scores(only(simulation))) == ["A-1", "A-2", "A-3", "D-1"]
    assert (simulation.incomplete, simulation.not_scored) == (
        1,
        (path_of("E-1", "2026-02"), path_of("F-1", "2026-02")),
    )
    february = [parse_period("2026-02")]
    assert sorted(scores(only(simulated(files, rules, drafts=True, periods=february)))) == ["D-1"]
    simulation = simulated(files, rules, periods=february)
    assert "Nothing was tried: no review can be scored as it is." in simulate_text.as_text(simulation)


# --- the command ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A git repository with the four reviews."""
    root = make_repository(tmp_path / "repository", ())
    for path, data in four().items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data if isinstance(data, bytes) else data.encode())
    return root


def folder_of(root: Path, *edits: tuple[str, str], version: str = "2026-01") -> Path:
    folder = root / "drafted"
    (folder / "desk").mkdir(parents=True)
    (folder / "desk" / f"{version}.yaml").write_text(desk(*edits), "utf-8")
    return folder


def test_text_says_all_of_it(root: Path) -> None:
    result = run(root, "simulate", "--rules", folder_of(root, *WITHOUT_CARE, version="2027-01"), "--top", "2")
    assert (
        result.stdout
        == """\
Of 4 reviews, 4 change.

desk: 4 reviews scored both ways, 4 totals change, 1 grade changes
  desk@2026-01 → desk@2027-01: 4 reviews
  mean 83.00 → 85.00 (+2.00)
    grade  before   after
    A           1       2
    B           1       1
    C           2       1
  grades that change: C → A: 1
  change of points on average:
     +34.00  calls
     -32.00  care (removed)
  who moves most:
     +18.00  77.00 C → 95.00 A  A-3 甲 · 2026-01
      -4.00  94.00 A → 90.00 A  A-1 甲 · 2026-01
    … and 2 more

Means and grades are over the same reviews on both sides: those that both versions score.
"""
    )


def test_a_revision_of_git(root: Path) -> None:
    git(root, "init", "-q")
    git(root, "checkout", "-qb", "stricter")
    (root / PATH).write_text(desk(*HARDER), "utf-8")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "stricter")
    (root / PATH).write_text(desk(), "utf-8")
    data = json.loads(run(root, "simulate", "--rules", "stricter", "--format", "json").stdout)
    (form,) = data["forms"]
    assert form["mean"] == {"before": "83.00", "after": "75.00"}
    assert form["reviews"][2] == {
        "path": path_of("A-3"),
        "employee": "A-3",
        "name": "甲",
        "period": "2026-01",
        "status": "published",
        "old": {"rules": "desk@2026-01", "total": "77.00", "grade": "C"},
        "new": {"rules": "desk@2026-01", "total": "57.00", "grade": "C"},
        "difference": "-20.00",
    }


def test_a_folder_goes_before_a_revision(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "as published")
    git(root, "branch", "drafted")
    folder_of(root, *HARDER)
    monkeypatch.chdir(root)
    assert "mean 83.00 → 75.00 (-8.00)" in run(root, "simulate", "--rules", "drafted").stdout


def test_broken_rules_are_shown_and_their_form_is_not_tried(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = folder_of(root, ("weight: 60", "weight: 50"))
    monkeypatch.chdir(root)
    result = run(root, "simulate", "--rules", "drafted", code=1)
    assert "drafted/desk/2026-01.yaml:" in result.stderr
    assert "error[" in result.stderr
    assert result.stdout.startswith("Nothing was tried: the new rule files have errors.\n")
    assert "Not tried: desk (4 reviews), its new rule files have errors." in result.stdout
    (line,) = [line for line in result.stderr.splitlines() if "error[" in line][:1]
    place, _, rest = line.partition(": error[")
    code, _, message = rest.partition("] ")
    assert f"{place} {code} {message}\n" in result.stdout
    for form in ("html", "markdown", "json"):
        assert code in run(root, "simulate", "--rules", "drafted", "--format", form, code=1).stdout
    (broken,) = json.loads(run(root, "simulate", "--rules", "drafted", "--format", "json", code=1).stdout)["broken"]
    assert (broken["form"], broken["reviews"]) == ("desk", 4)
    assert (broken["errors"][0]["code"], broken["errors"][0]["text"]) == (code, message)
    git(root, "init", "-q")
    (root / PATH).write_text((folder / "desk/2026-01.yaml").read_text("utf-8"), "utf-8")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "broken")
    (root / PATH).write_text(desk(), "utf-8")
    assert f"HEAD:{PATH}:" in run(root, "simulate", "--rules", "HEAD", code=1).stderr


@pytest.mark.parametrize(
    "edit",
    [
        ("weight: 60", "weight: 50"),
        ("grades: {A: 90, B: 80, C: 0}", "grades: []"),
        ("method: value", "method: valu"),
        ("schema: 1\n", "schema: 1\n\t"),
        ("form: desk", "form: dask"),
    ],
)
def test_an_error_of_the_new_rules_is_said_and_not_that_there_is_no_review(
    root: Path, monkeypatch: pytest.MonkeyPatch, edit: tuple[str, str]
) -> None:
    folder = root / "drafted/desk"
    folder.mkdir(parents=True)
    text = desk().replace(*edit, 1)
    assert text != desk()
    (folder / "2026-01.yaml").write_text(text, "utf-8")
    monkeypatch.chdir(root)
    said = run(root, "simulate", "--rules", "drafted", code=1).stdout
    assert said.startswith("Nothing was tried: the new rule files have errors.\n")
    assert "drafted/desk/2026-01.yaml:" in said


def test_an_error_of_the_rules_of_today_is_said_and_not_that_there_is_no_review(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder_of(root)
    (root / PATH).write_text(desk().replace("schema: 1\n", "schema: 1\n\t"), "utf-8")
    monkeypatch.chdir(root)
    said = run(root, "simulate", "--rules", "drafted").stdout
    assert said.startswith("Nothing was tried: no review can be scored as it is.\n")
    assert "Left out: reviews/2026-01/" in said


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--rules", "nope"], "'nope' is not a folder"),
        (["--rules", "--output=x"], "is not a folder"),
        (["--rules", "reviews"], "no rule files in the folder 'reviews'"),
        (["--rules", "kpigen.toml"], "is a file"),
        (["--rules", "rules", "--period", "March"], "is not a period"),
        (["--rules", "rules", "--period", "2026-03"], "the periods with reviews are: 2026-01"),
        ([], "Missing option '--rules'"),
    ],
)
def test_wrong_use(root: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], says: str) -> None:
    monkeypatch.chdir(root)
    result = run(root, "simulate", *arguments, code=2)
    assert says in result.stderr
    assert result.stdout == ""


# --- formats -------------------------------------------------------------------------------------------------------------


def hostile() -> Simulation:
    files = {PATH: desk(), path_of("A-1"): review("A-1", 90, 0, name='"@everyone <b>|*x*`"')}
    return simulated(publish(dict(files), path_of("A-1")), {PATH: desk(*WITHOUT_CARE)})


def test_markdown_and_html_keep_names_harmless() -> None:
    text = simulate_text.as_markdown(hostile())
    (row,) = [line for line in text.splitlines() if "everyone" in line]
    assert "@everyone" not in row
    assert "&lt;b&gt;" in row
    assert row.replace("\\|", "").count("|") == 4, "three cells"
    html = simulate_text.as_html(hostile())
    assert "<b>" not in html
    assert "@everyone &lt;b&gt;|*x*`" in html


def test_markdown_fits_into_a_comment_and_counts_the_rest() -> None:
    one = only(hostile())
    text = simulate_text.as_markdown(Simulation((one,) * 900, (), (), (), 0))
    assert len(text) <= MARKDOWN_LIMIT
    assert text.rstrip().endswith("more parts; `kpigen simulate` shows all.")
    many = one.tried * 900
    big = Effect("desk", many, (), 0, one.versions, one.mean_before, one.mean_after, one.grades, (), ())
    assert "… and 890 more" in simulate_text.as_markdown(Simulation((big,), (), (), (), 0))


@pytest.mark.parametrize("edits", [WITHOUT_CARE, WITH_TIDY])
def test_html_is_a_page_of_its_own(root: Path, edits: list[tuple[str, str]]) -> None:
    html = run(root, "simulate", "--rules", folder_of(root, *edits), "--format", "html").stdout
    assert html.startswith('<!doctype html>\n<html lang="en">')
    assert 'name="viewport"' in html
    assert unclosed(html) == []


def test_nothing_is_written(root: Path) -> None:
    def contents() -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}

    folder = folder_of(root, *HARDER)
    before = contents()
    run(root, "simulate", "--rules", folder, "--format", "markdown")
    assert contents() == before


def test_in_markdown_a_list_ends_where_the_people_end() -> None:
    """Neither the count of those left out nor a note below reads as one more person."""
    text = simulate_text.as_markdown(simulated(four(), {PATH: desk(*WITH_TIDY)}), top=2)
    assert "- A-2 甲 · 2026-01\n\n… and 2 more\n" in text
    assert "\nMeans and grades are over the same reviews" in text
