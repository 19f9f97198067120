"""`kpigen score`: cards as JSON and in words, files that cannot be scored."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest

from tests.helpers.forms import (
    ROOT,
    codes,
    form_of,
    kpigen,
    make_repository,
    review_text,
    run,
)
from tests.helpers.golden import EXPECTED, GOLDEN, RULES


def test_score_goes_on_after_a_file_that_cannot_be_scored(tmp_path: Path) -> None:
    broken = {
        "number.md": review_text("front-desk", {"five_s": "1,000"}, period="2026-03"),
        "yaml.md": "---\nemployee: {id: [\n---\n",
        "empty.md": "",
        "form.md": review_text("front-desk", {}, period="2026-03").replace("front-desk", "front-dsk"),
    }
    for name, text in broken.items():
        (tmp_path / name).write_text(text, "utf-8")
    (tmp_path / "bytes.md").write_bytes(b"\xff\xfe\x00")
    bad = [str(tmp_path / name) for name in [*broken, "bytes.md", "missing.md", "."]]
    good = [str(GOLDEN / f"cs-graded-0{n}.md") for n in range(1, 9)]
    mixed = [file for pair in zip(good, bad, strict=False) for file in pair] + good[len(bad) :]
    result = run(ROOT, "score", *mixed, "--rules", RULES, "--format", "json", code=1)
    cards = [json.loads(line) for line in result.stdout.splitlines()]
    assert [card["file"] for card in cards] == good
    assert [card["total"] for card in cards] == [EXPECTED[Path(file).name]["total"] for file in good]
    said = [line for line in result.stderr.splitlines() if "error[" in line]
    assert [next(file for file in bad if line.startswith(f"{file}:")) for line in said] == bad, (
        "one finding each, in the order of the files"
    )
    assert codes(result.stderr) == ["KPI311", "KPI107", "KPI104", "KPI301", "KPI102", "KPI117", "KPI117"]


def test_score_of_a_draft_is_open(tmp_path: Path) -> None:
    path = tmp_path / "review.md"
    path.write_text(
        review_text("front-desk", {"follow_up_calls": "593", "complaints": "{late: 1}"}, period="2026-03"), "utf-8"
    )
    card = json.loads(run(ROOT, "score", path, "--rules", RULES, "--format", "json").stdout)
    assert (card["total"], card["grade"]) == (None, None)
    by_id = {item["id"]: item for item in card["indicators"]}
    assert len(by_id) == 11
    assert (by_id["follow_up_calls"]["raw"], by_id["follow_up_calls"]["points"]) == ("3", "3.00")
    for id_, item in by_id.items():
        if id_ != "follow_up_calls":
            assert (item["raw"], item["points"], item["not_applicable"], item["steps"]) == (None, None, False, [])
    shown = run(ROOT, "score", path, "--rules", RULES, "--language", "en").stdout
    assert "Total open   Grade open" in shown


def test_the_keys_of_a_card() -> None:
    card = json.loads(run(ROOT, "score", GOLDEN / "property-cs-01.md", "--rules", RULES, "--format", "json").stdout)
    assert list(card) == [
        "schema",
        "file",
        "employee",
        "period",
        "form",
        "rules",
        "total",
        "grade",
        "indicators",
        "bonus",
    ]
    assert card["schema"] == 1
    assert all(
        list(item) == ["id", "raw", "out_of", "weight", "points", "not_applicable", "steps"]
        for item in card["indicators"]
    )
    assert [list(item) for item in card["bonus"]] == [["id", "points"]] * 4
    numbers = [
        value
        for item in card["indicators"]
        for key in ("raw", "out_of", "weight", "points")
        if (value := item[key]) is not None
    ]
    assert all(isinstance(value, str) and Decimal(value) is not None for value in numbers)
    for item in card["indicators"]:
        assert all(isinstance(value, str) for step in item["steps"] for value in step.values()), (
            "no number of JSON's own, which is binary elsewhere"
        )


def test_the_card_tells_how_many_there_were(tmp_path: Path) -> None:
    """A deduction says what was measured and what was taken off."""
    path = tmp_path / "review.md"
    path.write_text(review_text("front-desk", {"complaints": "{late: 2, escalated: 0}"}, period="2026-03"), "utf-8")
    card = json.loads(run(ROOT, "score", path, "--rules", RULES, "--format", "json").stdout)
    steps = next(item["steps"] for item in card["indicators"] if item["id"] == "complaints")
    late = next(step for step in steps if step.get("of") == "late")
    assert late["value"] == "6"
    assert "2" in [value for key, value in late.items() if key not in ("value", "numbers")]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_golden_card_reads_in_words(language: str) -> None:
    """In a process of its own, all 72: no placeholder is left, the total stands at the end."""
    result = kpigen("score", *(f"tests/golden/{name}" for name in EXPECTED), "--rules", "rules", "--language", language)
    assert result.stderr == ""
    cards = re.split(r"\n\n(?=\S+.*\n\S+.*@2026-01)", result.stdout)
    assert len(cards) == len(EXPECTED)
    for name, card in zip(EXPECTED, cards, strict=True):
        expected = EXPECTED[name]
        last = card.strip().splitlines()[-1]
        assert expected["total"] in last, (name, last)
        assert last.endswith(expected["grade"])
        assert not re.search(r"\{\w*\}|None|Fraction", card), name
        form = form_of(name.rpartition("-")[0])
        for indicator in form.indicators:
            assert f"{indicator.name.in_(language)}  {indicator.id}, " in card
        for points in expected["points"].values():
            assert f" {points}  " in card


def test_score_finds_the_repository_of_a_file(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "a", ("front-desk",))
    (root / "rules/front-desk/2026-01.yaml").write_text(
        (root / "rules/front-desk/2026-01.yaml")
        .read_text("utf-8")
        .replace("grades: {A: 90, B: 80", "grades: {A: 93, B: 80"),
        "utf-8",
    )
    file = root / "reviews/2026-03/T-001.front-desk.md"
    file.parent.mkdir()
    zero = {item.id: "0" for item in form_of("front-desk").indicators if len(item.inputs) == 1}
    metrics = {
        **zero,
        "follow_up_calls": "592",
        "complaints": "{late: 0, escalated: 0}",
        "turnover": "{leavers: 0, start: 5, end: 5}",
    }
    file.write_text(review_text("front-desk", metrics, period="2026-03"), "utf-8")
    elsewhere = tmp_path / "b"
    elsewhere.mkdir()
    for cwd in (root, elsewhere, ROOT):
        card = json.loads(kpigen("score", file, "--format", "json", cwd=cwd).stdout)
        assert (card["total"], card["grade"]) == ("92.00", "B"), (
            "its own rules, not those of the folder one happens to be in"
        )


def test_score_with_rules_that_are_broken(tmp_path: Path) -> None:
    """Whatever the folder is called: the reason is shown, and the command fails."""
    review = GOLDEN / "front-desk-01.md"
    good = (ROOT / "rules/front-desk/2026-01.yaml").read_text("utf-8")
    for folder in ("rules", "forms"):
        place = tmp_path / folder / "front-desk"
        place.mkdir(parents=True)
        for text, code in (
            ("form: front-desk\nschema: 1\n", "KPI202"),
            (good.replace("weight: 20", "weight: 21"), "KPI504"),
            (good.replace("total: 81.00", "total: 81.01"), "KPI515"),
        ):
            (place / "2026-01.yaml").write_text(text, "utf-8")
            result = run(ROOT, "score", review, "--rules", tmp_path / folder, code=1)
            assert code in codes(result.stderr)
            assert result.stdout == ""
        (place / "2026-01.yaml").write_text(good, "utf-8")
        assert (
            json.loads(run(ROOT, "score", review, "--rules", tmp_path / folder, "--format", "json").stdout)["total"]
            == EXPECTED["front-desk-01.md"]["total"]
        )
        # another form's trouble is no trouble of this one
        (tmp_path / folder / "other").mkdir()
        (tmp_path / folder / "other/2026-01.yaml").write_text("form: other\n", "utf-8")
        assert run(ROOT, "score", review, "--rules", tmp_path / folder).stderr == ""
