"""Papers of forms on other scales: they verify, and total, grade and points are looked for as the form prints them."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from kpigen.base.sources import WorkTree
from kpigen.numbers.notation import Notation
from kpigen.repository.project import load
from kpigen.repository.records import Record, make_records
from kpigen.site.pages.report import ReportSetting
from kpigen.site.pdf import PdfUnavailable, engine
from kpigen.site.proof.carried import PAPER_FILE
from kpigen.site.proof.facts import Facts, difference, facts_of
from tests.helpers import scales, tamper
from tests.helpers.forms import run
from tests.helpers.world import answers, codes, holds

RESULTS = """\
results:
  - {id: money, name: {zh: 奖惩, en: Reward}, unit: money, formula: 5 * total}
  - {id: pay, name: {zh: 工资, en: Pay}, unit: money, formula: 3000 + 5 * total, confidential: yes}
"""
RULES = {**scales.RULES, "guards": scales.GUARDS.replace("examples:", f"{RESULTS}examples:")}
#: A paper of each form, its total, another one of as many characters, and how often the first page has the total.
PAPERS = {
    "A-1/2026-01/five": ("4.496", "4.996", 2),
    "B-1/2026-01/guards": ("+32", "+82", 2),
    "C-1/2026-01/coefficient": ("0.7257", "0.7752", 3),
}
SETTING = ReportSetting("Sample", "Ma")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if isinstance(engine(), PdfUnavailable):
        pytest.skip("no PDFs can be made here")
    root = tmp_path_factory.mktemp("scales")
    first = {key: people for key, people in scales.METRICS.items() if key[1] == "2026-01" and key[0] != "tiny"}
    scales.publish(root, scales.make(root, first, RULES))
    run(root, "build", "--no-audit", "--no-search", "--out", root / "site", "--yes")
    return root


def answer(path: Path, root: Path) -> tuple[list[bool | None], set[str]]:
    _, found = answers([path], "--record", root)
    (item,) = found.values()
    return holds(item), codes(item)


@pytest.mark.parametrize("name", PAPERS)
def test_a_paper_on_another_scale_verifies(root: Path, name: str) -> None:
    assert answer(root / f"site/people/{name}.pdf", root) == ([True, True, None], set())


@pytest.mark.parametrize("name", PAPERS)
def test_the_numbers_of_an_older_paper_are_looked_for_as_printed(root: Path, name: str, tmp_path: Path) -> None:
    older = tamper.attach(PAPER_FILE, lambda data: re.sub(rb'"template": "[\w-]+"', b'"template": "0"', data))
    data = (root / f"site/people/{name}.pdf").read_bytes()
    (tmp_path / "older.pdf").write_bytes(tamper.edited(data, older))
    total, other, times = PAPERS[name]
    (tmp_path / "changed.pdf").write_bytes(tamper.edited(data, older, *[tamper.retype(total, other)] * times))
    assert answer(tmp_path / "older.pdf", root)[1] == {"KPI909"}
    assert "KPI906" in answer(tmp_path / "changed.pdf", root)[1]


# --- facts -----------------------------------------------------------------------------------------------------------


def record_of(root: Path, form: str, employee: str) -> Record:
    records, _ = make_records(load(WorkTree(root)))
    path = scales.path_of(form, "2026-01", employee)
    return next(record for record in records if record.review.path == path)


def facts(root: Path, form: str, employee: str, language: str = "en") -> Facts:
    return facts_of(record_of(root, form, employee), SETTING, language)


def test_a_difference_of_totals_is_written_as_the_form_does(root: Path) -> None:
    one = facts(root, "guards", "B-1")
    found = difference(one, replace(one, total=Fraction(-14)), "en")
    assert found is not None
    assert (found.one, found.other) == ("+32", "−14")
    one = facts(root, "five", "A-1")
    found = difference(one, replace(one, total=Fraction("4.5")), "en")
    assert found is not None
    assert (found.one, found.other) == ("4.496", "4.500")


def test_what_makes_a_scale_is_a_fact(root: Path) -> None:
    one = facts(root, "five", "A-1")
    assert one.grades[-1].least is None
    for other in (replace(one, notation=Notation(2)), replace(one, full=Fraction(500))):
        assert difference(one, other, "en") is not None
    assert facts(root, "coefficient", "C-1").grades == ()


def test_results_are_facts_but_not_the_confidential_ones(root: Path) -> None:
    (money,) = facts(root, "guards", "B-1").results
    assert (money.name, money.value, money.section) == ("Reward", Fraction(160), "")
    assert "3160" not in str(facts(root, "guards", "B-1"))


def test_points_of_sections_are_facts(root: Path) -> None:
    assert [(section.name, section.points) for section in facts(root, "guards", "B-1").sections] == [
        ("Additions", Fraction(40)),
        ("Deductions", Fraction(-8)),
    ]
