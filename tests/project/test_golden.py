"""The 72 golden reviews score to the last digit as two other programs have them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.helpers.forms import NINE, ROOT, kpigen
from tests.helpers.golden import EXPECTED, GOLDEN

SHARED = ROOT.parent / "shared" / "golden"


@pytest.fixture(scope="module")
def cards() -> dict[str, dict[str, Any]]:
    files = [f"tests/golden/{name}" for name in EXPECTED]
    result = kpigen("score", *files, "--rules", "rules", "--format", "json")
    assert result.stderr == ""
    return {card["file"].rpartition("/")[2]: card for card in map(json.loads, result.stdout.splitlines())}


def test_golden_reviews_are_eight_of_each_form(cards: dict[str, dict[str, Any]]) -> None:
    assert sorted(EXPECTED) == sorted(path.name for path in GOLDEN.glob("*-0?.md"))
    assert list(cards) == list(EXPECTED), "one object a file, in the order asked for"
    assert [card["form"] for card in cards.values()].count("cs-360") == 8
    assert sorted({card["form"] for card in cards.values()}) == sorted(NINE)


@pytest.mark.parametrize("name", EXPECTED)
def test_golden_score(name: str, cards: dict[str, dict[str, Any]]) -> None:
    card, expected = cards[name], EXPECTED[name]
    points = {item["id"]: item["points"] for item in card["indicators"] if not item["not_applicable"]}
    bonus = {item["id"]: item["points"] for item in card["bonus"]}
    found = {"total": card["total"], "grade": card["grade"], "points": points, "bonus": bonus}
    assert found == expected
    assert all(item["points"] is None for item in card["indicators"] if item["not_applicable"])
    assert (card["schema"], card["rules"]) == (1, f"{card['form']}@2026-01")


def test_copy_is_the_shared_one() -> None:
    if not SHARED.is_dir():
        pytest.skip("../shared/golden is not on this machine; tests/golden is a copy of it")
    assert {path.name: path.read_bytes() for path in GOLDEN.iterdir()} == {
        path.name: path.read_bytes() for path in SHARED.iterdir()
    }
