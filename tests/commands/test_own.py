"""Own totals through the commands: new, submit, publish, amend, withdraw, build, verify, log."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from kpigen.diagnostics.wording import ENGLISH
from kpigen.site.pdf import PdfUnavailable, engine
from tests.helpers import tamper
from tests.helpers.forms import codes, run
from tests.helpers.history import commit, git, log
from tests.helpers.html import of_class, parsed, row_of, said
from tests.helpers.own import RULES, month, path_of, quarter, year
from tests.helpers.world import answers, holds
from tests.helpers.world import codes as codes_of

JAN, FEB, MAR = (path_of(f"2026-{number:02}") for number in (1, 2, 3))
Q1, YEAR = path_of("2026-Q1", "quarterly"), path_of("2026", "yearly")
PEOPLE = "id,name,login,email,department,position,manager,form,from,to\nA-1,甲,,,客服部,客服,,,2025-01-01,\n"


@pytest.fixture
def months(tmp_path: Path) -> Path:
    """A git repository with the drafts of three months, a quarter and a year."""
    files = {**RULES, **month(1, "80"), **month(2, "70"), **month(3, "90"), **quarter(), **year()}
    for path, data in {**files, "reviews/people.csv": PEOPLE, "kpigen.toml": 'languages = ["zh", "en"]\n'}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(data if isinstance(data, str) else data.decode(), "utf-8")
    git(tmp_path, "init", "-q")
    commit(tmp_path, "drafts")
    return tmp_path


def submit(root: Path, *paths: str, code: int = 0) -> str:
    return run(root, "submit", *paths, "--date", "2027-01-05", "--yes", code=code).output


def publish(root: Path, *paths: str) -> str:
    return run(root, "publish", *paths, "--date", "2027-01-06", "--yes").output


def total(root: Path, path: str) -> str:
    return str(json.loads(run(root, "score", path, "--format", "json").stdout)["total"])


def published(root: Path) -> Path:
    """Publish everything: the first two months, then the third one with the quarter, then the year."""
    submit(root, JAN, FEB)
    publish(root, JAN, FEB)
    submit(root, MAR, Q1)
    publish(root, Q1, MAR)
    submit(root, YEAR)
    publish(root, YEAR)
    commit(root, "published")
    return root


def text(root: Path, path: str) -> str:
    return (root / path).read_text("utf-8")


def test_a_quarter_is_published_after_the_months_that_the_same_command_publishes(months: Path) -> None:
    assert "KPI446" in submit(months, Q1, code=1)
    submit(months, JAN, FEB)
    publish(months, JAN, FEB)
    submit(months, MAR, Q1)
    told = publish(months, Q1, MAR)
    assert [line.split(":")[0] for line in told.splitlines()] == [MAR, Q1], "the month comes first"
    assert re.findall(r"input: (\S+), period: (\S+), total: (\S+),", text(months, Q1)) == [
        ("months.months", "2026-01", "80.00"),
        ("months.months", "2026-02", "70.00"),
        ("months.months", "2026-03", "90.00"),
    ]
    assert 'total: "80.00"' in text(months, Q1)
    assert "months: auto" in text(months, Q1), "the review still says auto"
    assert total(months, YEAR) == "81.60"
    submit(months, YEAR)
    publish(months, YEAR)
    assert set(codes(run(months, "check").stdout)) == {"KPI447"}, "the other quarters have no review"


def test_a_quarter_does_not_take_a_month_that_could_not_be_written(
    months: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kpigen.commands import steps

    submit(months, JAN)
    publish(months, JAN)
    submit(months, MAR, Q1)
    write = steps.write_atomically

    def fails(root: Path, path: str, data: bytes) -> None:
        if path == MAR:
            raise OSError("no room")
        write(root, path, data)

    monkeypatch.setattr(steps, "write_atomically", fails)
    result = run(months, "publish", Q1, MAR, "--date", "2027-01-06", "--yes", code=1)
    assert "it takes the total of A-1, whose review was not written" in result.output
    assert "status: submitted" in text(months, Q1)


def test_those_who_took_a_total_are_named_when_it_changes(months: Path) -> None:
    published(months)
    (months / MAR).write_text(text(months, MAR).replace("calls: 90", "calls: 95"), "utf-8")
    more = ("--reason", "补录", "--by", "林", "--date", "2027-01-10", "--yes")
    told = run(months, "amend", MAR, *more).output
    for path in (Q1, YEAR):
        assert f"{path} took the old total of 90.00; amend it as well to bring it up to date" in told
    found = run(months, "check").stdout
    assert "2026-03 90.00, now 95.00" in found
    commit(months, "amended")
    told = run(months, "amend", Q1, *more).output
    assert "taken.months.months.2026-03.total: 90.00 → 95.00" in told
    assert "seal" not in told, "it is recorded, and says nothing more"
    assert "field: taken.months.months.2026-03.seal" in text(months, Q1)
    assert f"{YEAR} took the old total of 80.00" in told
    commit(months, "the quarter too")
    assert "amended, 81.60 A → 83.80 A" in run(months, "amend", YEAR, *more).output
    assert set(codes(run(months, "check", "--base", "HEAD").stdout)) == {"KPI447"}
    assert "took the old total of 70.00" in run(months, "withdraw", FEB, *more).output


def test_points_that_change_while_the_total_stays_are_told(months: Path) -> None:
    rule = months / "rules/tiny/2026-01.yaml"
    more = "  - {id: visits, name: {zh: 走访, en: Visits}, weight: 50, standard: {zh: 次, en: One}, "
    more += "inputs: {visits: {type: count}}, score: {method: value}}\n"
    given = rule.read_text("utf-8").replace("weight: 100", "weight: 50").replace("examples:", f"{more}examples:")
    rule.write_text(re.sub(r"\{calls: (\d+)\}", r"{calls: \1, visits: \1}", given), "utf-8")
    for path, calls in ((JAN, 80), (FEB, 70), (MAR, 90)):
        draft = text(months, path)
        (months / path).write_text(draft.replace(f"calls: {calls}", f"calls: {calls}\n  visits: {calls}"), "utf-8")
    published(months)
    (months / MAR).write_text(text(months, MAR).replace("calls: 90\n  visits: 90", "calls: 92\n  visits: 88"), "utf-8")
    told = run(months, "amend", MAR, "--reason", "补录", "--by", "林", "--date", "2027-01-10", "--yes").output
    assert f"{YEAR} took points that have changed; amend it as well to bring it up to date" in told
    assert Q1 not in told
    assert "`course.calls: auto`" in run(months, "check").stdout


def test_a_new_draft_takes_own_totals_from_the_start(months: Path) -> None:
    submit(months, JAN)
    publish(months, JAN)
    (months / Q1).unlink()
    told = run(months, "new", "--form", "quarterly", "--employee", "A-1", "--period", "2026-Q1")
    assert codes(told.stderr) == ["KPI447"], "what is missing is said, and is no reason to refuse"
    draft = text(months, Q1)
    assert "  months: auto\n" in draft
    assert total(months, Q1) == "80.00"
    assert "# 月度" in draft
    assert "`auto` 取本人每月的总分" in draft


def test_new_rules_are_tried_with_the_totals_that_were_taken(months: Path) -> None:
    published(months)
    rule = months / "rules/quarterly/2026-01.yaml"
    proposed = months / "proposed/quarterly/2026-04.yaml"
    proposed.parent.mkdir(parents=True)
    given = rule.read_text("utf-8").replace("mean(months)", "min(months)")
    proposed.write_text(given.replace("[80, 70]}, total: 75", "[80, 70]}, total: 70"), "utf-8")
    found = json.loads(run(months, "simulate", "--rules", months / "proposed", "--format", "json").stdout)
    (review,) = found["forms"][0]["reviews"]
    assert [review[side]["total"] for side in ("old", "new")] == ["80.00", "70.00"]


def test_the_history_says_what_a_published_month_does_to_a_draft(months: Path) -> None:
    submit(months, JAN, FEB)
    publish(months, JAN)
    commit(months, "one month")
    publish(months, FEB)
    commit(months, "another month")
    newest, before, _ = log(months)
    for entry, expected in ((before, [None, "80.00"]), (newest, ["80.00", "75.00"])):
        changes = {item["form"]: item for item in entry["reviews"] if item["period"] == "2026-Q1"}
        assert [changes["quarterly"][side]["total"] for side in ("before", "after")] == expected
    fields = [one["field"] for item in newest["reviews"] if item["form"] == "quarterly" for one in item["fields"]]
    assert fields == ["taken.months.months.2026-02.total"], "the seal beside it says nothing more"


# --- the report and its PDF ---


@pytest.fixture
def site(months: Path) -> Path:
    made = engine()
    if isinstance(made, PdfUnavailable):
        pytest.skip(f"No PDFs here: {ENGLISH.words(made.reason)}. {ENGLISH.words(made.hint)}")
    submit(months, JAN, FEB)
    publish(months, JAN, FEB)
    submit(months, Q1)
    publish(months, Q1)
    submit(months, YEAR)
    run(months, "build", "--out", months / "site")
    return months / "site/people/A-1"


def test_the_page_names_the_periods_and_those_without_a_total(site: Path) -> None:
    page = parsed((site / "2026/en/yearly.html").read_text("utf-8")).root
    table = said(row_of(page, "course"))
    for words in ("January 202680.00", "February 202670.00", "March 2026none", "December 2026none"):
        assert words in table, table
    quarters = said(row_of(page, "quarters"))
    assert "1st quarter 202675.002nd quarter 2026none" in quarters
    assert of_class(row_of(page, "quarters"), "entries")
    data = json.loads((site / "2026-Q1/quarterly.json").read_text("utf-8"))
    assert [one["total"] for one in data["taken"]["months"]["months"]] == ["80.00", "70.00"]


def test_the_rule_page_says_what_is_taken(site: Path) -> None:
    page = said(parsed((site.parents[1] / "forms/en/yearly/2026-01.html").read_text("utf-8")).root)
    assert "`auto` takes the employee's own total of each quarter, by the form `quarterly`" in page
    assert "`auto` takes the employee's own points for `calls` of each month, by the form `tiny`" in page
    assert "own total of each month, by the form `tiny`, only in part 1 of the period" in page


def test_a_pdf_proves_what_it_took(site: Path) -> None:
    """Offline, on record, and for a review that still awaits confirmation, whose copy has no `published` block."""
    quarterly, yearly = site / "2026-Q1/quarterly.pdf", site / "2026/yearly.pdf"
    root = site.parents[2]
    code, told = answers([quarterly, yearly], "--record", root)
    assert code == 0, told
    for item in told.values():
        assert holds(item)[:2] == [True, True]
    code, told = answers([quarterly], "--record", root / "site/seals.json")
    assert holds(told["quarterly.pdf"])[:2] == [True, True]
    code, told = answers([quarterly])
    assert holds(told["quarterly.pdf"])[0] is True


def test_a_pdf_whose_taken_totals_were_changed_is_found(site: Path) -> None:
    pdf = (site / "2026-Q1/quarterly.pdf").read_bytes()
    forged = site / "forged.pdf"
    for old, new in (("total: 70.00", "total: 90.00"), ("period: 2026-02", "period: 2026-03")):
        forged.write_bytes(tamper.edited(pdf, tamper.attach("review.md", tamper.swap(old, new))))
        _, told = answers([forged])
        assert holds(told["forged.pdf"])[0] is False
        assert "KPI609" in codes_of(told["forged.pdf"])
