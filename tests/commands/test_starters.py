"""The starter forms for other trades: each is clean in any language, can be taken, tried, copied, and used for a review."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

import pytest
from click.testing import CliRunner, Result

from kpigen.cli import cli
from kpigen.files.rules.form import read_form
from kpigen.model.forms import Form
from kpigen.repository.scaffold import form_ids, reference_ids, shipped_form

STARTERS = sorted(set(form_ids()) - set(reference_ids()))
LANGUAGES = (("zh", "en"), ("zh",), ("en",))


def run(*arguments: str, code: int = 0, given: str | None = None) -> Result:
    done = CliRunner().invoke(cli, arguments, input=given, catch_exceptions=False)
    assert done.exit_code == code, done.output
    return done


def starter(id_: str, languages: tuple[str, ...] = ("zh", "en")) -> Form:
    found = shipped_form(id_)
    assert found is not None
    form, findings = read_form(*found, languages)
    assert findings == [], [(item.span.line, item.code, item.message) for item in findings]
    assert form is not None
    return form


def test_there_are_eight_of_eight_trades() -> None:
    forms = [starter(id_) for id_ in STARTERS]
    assert len(forms) == 8
    assert len({form.trade.in_("en") for form in forms if form.trade}) == 8


@pytest.mark.parametrize("languages", LANGUAGES, ids="+".join)
@pytest.mark.parametrize("id_", STARTERS)
def test_each_is_clean(id_: str, languages: tuple[str, ...]) -> None:
    form = starter(id_, languages)
    assert not form.has_origins
    assert len(form.examples) >= 2
    assert form.rounding.adds_up


@pytest.mark.parametrize("id_", STARTERS)
def test_each_can_be_taken_and_used(id_: str, tmp_path: Path) -> None:
    root = str(tmp_path / "shop")
    run("init", root, "--form", id_, "--ci", "none")
    assert "0 errors" in run("--root", root, "check").output
    people = Path(root, "reviews/people.csv")
    head = people.read_text("utf-8").splitlines()[0]
    line = {"id": "E-1", "name": "林晚", "department": "一部", "position": "职员", "from": "2026-01-01"}
    people.write_text(f"{head}\n{','.join(line.get(key, '') for key in head.split(','))}\n", "utf-8")
    period = {"month": "2026-03", "quarter": "2026-Q1", "half": "2026-H1", "year": "2026"}[starter(id_).cycles[0].value]
    run("--root", root, "new", "--form", id_, "--employee", "E-1", "--period", period)
    run("--root", root, "check")
    rule = next(Path(root, "rules", id_).glob("*.yaml")).read_text("utf-8")
    numbers = tmp_path / "numbers.yaml"
    first = re.search(r"^examples:\n  - (.*?)(?=^  - )", rule, re.MULTILINE | re.DOTALL)
    assert first is not None
    numbers.write_text(
        f"{first[1]}" if first[1].startswith("{") else re.sub(r"^    ", "", first[1], flags=re.M), "utf-8"
    )
    total = starter(id_).examples[0].total
    assert total is not None
    tried = run("--root", root, "form", id_, "--try", str(numbers)).output
    assert starter(id_).notation.written(total).replace("-", "−") in tried


def test_forms_are_listed_by_trade(tmp_path: Path) -> None:
    root = str(tmp_path / "shop")
    run("init", root, "--form", "sales", "--ci", "none")
    listed = run("--root", root, "form", "--language", "en").output
    own, _, others = listed.partition("These come with kpigen")
    assert own.startswith("sales ")
    assert "office-staff       Office: " in others
    assert "front-desk         Customer service: " in others
    assert "\nsales " not in others
    assert "Office staff" in run("--root", root, "form", "office-staff", "--language", "en").output


def test_without_a_choice_a_repository_begins_with_the_nine(tmp_path: Path) -> None:
    run("init", str(tmp_path / "shop"), "--ci", "none")
    rules = (tmp_path / "shop/rules").glob("*/*.yaml")
    assert sorted({PurePosixPath(path).parent.name for path in rules}) == sorted(reference_ids())


def test_numbers_that_cannot_be_tried_are_told(tmp_path: Path) -> None:
    root = str(tmp_path / "shop")
    run("init", root, "--form", "sales", "--ci", "none")
    told = run("--root", root, "form", "sales", "--try", "-", given="customers: many\nsale: 3\n", code=1).output
    assert "-:1:12" in told
    assert "KPI310" in told
    assert "did you mean `sales`" in told
    assert "nothing.yaml cannot be read" in run("--root", root, "form", "sales", "--try", "nothing.yaml", code=2).output
