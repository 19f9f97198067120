"""The highest total of forms where more than a sum stands between a row and the total, by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest

from kpigen.i18n.messages import messages
from kpigen.model.forms import Form
from kpigen.scoring.attainable import Most, most_raw, unreachable_cap
from kpigen.scoring.attainable_total import most_points
from kpigen.site.pages.form_view import form_view
from tests.helpers.any_form import form_from
from tests.helpers.forms import TESTS

EXAMPLES = "examples: [{metrics: {}, total: 0}, {metrics: {}, total: 0}]"
RATED = "inputs: {n: {type: rating}}"
TEN = "out_of: 10, inputs: {n: {type: rating}}"
PART = "{id: a, name: A, out_of: 10, inputs: {n: {type: rating}}}"
OTHER = "{id: b, name: B, out_of: 6, inputs: {n: {type: rating}}}"
SECTIONS = f"""
sections:
  - {{id: s, name: S, total: '%s', indicators: [{PART}, {OTHER}]}}
  - {{id: t, name: T, indicators: [{{id: c, name: C, out_of: 4, inputs: {{n: {{type: rating}}}}}}]}}
"""
FREE = f"""
sections:
  - {{id: s, name: S, total: '%s', indicators: [{{id: a, name: A, optional: yes, {TEN}}}, {{id: b, name: B, {TEN}}}]}}
"""
MANY = ", ".join(f"{{id: r{n}, name: R, optional: yes, {TEN}}}" for n in range(12))

SAID = """
each: {weight: w, measure: n, score: {method: value}}
indicators:
  - {id: a, name: A, inputs: {n: {type: rating, name: N}, w: {type: percent, name: W}}}
  - {id: b, name: B, inputs: {n: {type: number, min: 0, max: 120, name: N}, w: {type: percent, name: W%s}}}
"""


def form_of(text: str) -> Form:
    return form_from(f"{text.strip()}\n{EXAMPLES}")


MOSTS = [
    # Of 10 and 6: the mean is 8, the worst 6, both together 16; 4 more are those of the other section.
    (SECTIONS % "mean(rows)", 12, True),
    (SECTIONS % "min(a, b)", 10, True),
    (SECTIONS % "max(rows) - 2", 12, True),
    (SECTIONS % "sum(rows) / 3", "9.33", True),
    (SECTIONS % "count(rows, value >= 5)", 6, True),
    (SECTIONS % "sum(rows)" + "total: 40% * s + 60% * t", "8.8", True),
    (SECTIONS % "sum(rows)" + "total: 's * (1 if t >= 3 else 0.5)'", 16, True),
    (SECTIONS % "sum(rows)" + "total: mean(rows) * 30", 200, True),
    # Half of nothing is the best that a penalty can be: all rows at their least.
    (SECTIONS % "sum(rows)" + "total: '20 - s / 2 - t'", 20, True),
    # Nobody has 16 and 0 at once, which is only seen by trying: the bound is no more than that.
    (SECTIONS % "sum(rows)" + "total: 's * (16 - s)'", 256, False),
    # A veto that sets the total lower is no help to anybody; one that sets it higher is.
    (SECTIONS % "sum(rows)" + "veto: [{id: v, name: V, when: c < 2, total: 'min(total, 5)'}]", 20, True),
    (SECTIONS % "sum(rows)" + "veto: [{id: v, name: V, when: c == 4, total: 30}]", 30, True),
    # Tables: the best off are those of the department with 1.1.
    (
        SECTIONS % "sum(rows)"
        + "total: (s + t) * of\ntables: [{id: of, name: Of, by: department, values: {North: 1.1, South: 0.9}, otherwise: 1}]",
        22,
        True,
    ),
    # The mean without the row that may be left out, or with it.
    (FREE % "mean(rows)", 10, True),
    (FREE % "sum(rows)", 20, True),
    (FREE % "count(rows) * 10 - sum(rows)", 20, True),
    # 60 of a and 40 of b; without a, b has it all.
    (
        """
sections:
  - {id: s, name: S, total: max(rows), indicators: [{id: a, name: A, weight: 60, optional: yes, inputs: {n: {type: rating}}}]}
  - {id: t, name: T, indicators: [{id: b, name: B, weight: 40, inputs: {n: {type: rating}}}]}
""",
        100,
        True,
    ),
    # The lower of 3 and 4, or of 4 alone.
    (
        """
total: 'min(s, t)'
sections:
  - {id: s, name: S, indicators: [{id: a, name: A, out_of: 3, optional: yes, inputs: {n: {type: rating}}}]}
  - {id: t, name: T, indicators: [{id: b, name: B, out_of: 4, inputs: {n: {type: rating}}}]}
""",
        4,
        True,
    ),
    # Twelve rows that may all be left out; not all of them at once.
    (f"full: 10\ntotal: mean(rows)\nindicators: [{MANY}]", 10, True),
    (f"total: count(rows) * 2\nindicators: [{MANY}]", 24, True),
    (f"total: 30 - count(rows)\nindicators: [{MANY}]", 30, False),
    # Best with nothing: from 10 and 6, each alone would only be worse.
    (f"total: (8 - a) * (3 - b)\nindicators: [{PART}, {OTHER}]", 24, True),
    # Weights of the review: all of it can be that of the row that gives 120%; or 40% and the rest 100%.
    (SAID % "", 120, True),
    (SAID % ", max: 40%", 108, True),
    (SAID % ", min: 10%, max: 40%" + "total: sum(rows)", 148, True),
    # Rows without a weight just add up; one that may be left out need not take anything off.
    ("indicators: [{id: a, name: A, inputs: {n: {type: count}}}]", None, False),
    (
        """
indicators:
  - {id: a, name: A, out_of: 10, inputs: {n: {type: rating}}}
  - {id: b, name: B, optional: yes, inputs: {n: {type: count, min: 1}}, measure: -2 * n, score: {method: value}}
""",
        10,
        True,
    ),
    # Three times three rows of 33.33.
    (
        "full: 100\ntotal: sum(rows) * 3\nindicators: ["
        + ", ".join(f"{{id: r{n}, name: R, weight: 100/3, {RATED}}}" for n in range(3))
        + "]",
        "299.97",
        True,
    ),
    # Thirds that are not rounded one by one; rows of half a point that are.
    (
        "full: 100\nrounding: total\nindicators: ["
        + ", ".join(f"{{id: r{n}, name: R, weight: 100/3, {RATED}}}" for n in range(3))
        + "]",
        100,
        True,
    ),
    (
        "full: 1\ndecimals: 0\nindicators: ["
        + ", ".join(f"{{id: r{n}, name: R, weight: 1/2, {RATED}}}" for n in range(2))
        + "]",
        2,
        True,
    ),
    # What is not scored adds nothing; bands have the score of their best one.
    (
        """
indicators:
  - {id: a, name: A, inputs: {r: {type: percent}}, score: {method: bands, at_least: {100%: 1.5, 90%: 1.2, 0%: 0}}}
  - {id: shown, name: Shown, unscored: yes, inputs: {n: {type: number}}}
  - {id: said, name: Said, unscored: yes, inputs: {t: {type: text}}}
""",
        "1.5",
        True,
    ),
]


@pytest.mark.parametrize(("text", "most", "exact"), MOSTS)
def test_the_most_of_a_form(text: str, most: int | str | None, exact: bool) -> None:
    assert most_points(form_of(text)) == Most(None if most is None else Fraction(most), exact)


TRADES = {
    "apar": (10, True),
    "call-qa": (100, True),
    "di-3100": (5, True),
    "guards": (None, False),
    "ipcrf": (5, True),
    "okr": (1, True),
    "registered-nurse": (3, True),
    "sales-pay-table": ("1.5", True),
    "store-manager": (None, False),
    "annual": (1, True),
}


def trade(id_: str) -> Form:
    """One of the ten forms of other trades."""
    from kpigen.files.rules.form import read_form

    path = TESTS / "forms" / id_ / "2026-01.yaml"
    form, found = read_form(f"rules/{id_}/2026-01.yaml", path.read_bytes(), ("en",))
    assert found == []
    assert form is not None
    return form


@pytest.mark.parametrize("id_", TRADES)
def test_the_most_of_ten_trades(id_: str) -> None:
    most, exact = TRADES[id_]
    form = trade(id_)
    assert most_points(form) == Most(None if most is None else Fraction(most), exact)
    for row in form.indicators:
        assert unreachable_cap(row) is None
        if row.unscored:
            assert most_raw(row) == Most(Fraction(0), exact=True)


def test_a_rule_page_says_the_most_on_the_forms_own_scale() -> None:
    """Full marks need no word; what is not on the form's scale is said with its decimals."""

    def says(text: str) -> tuple[str, ...]:
        form = form_of(text)
        return form_view(form, most_points(form), messages("en")).derived

    full = f"full: 5\nindicators: [{{id: a, name: A, weight: 5, {RATED}}}]"
    assert says(full) == ()
    assert says(f"decimals: 3\n{SECTIONS % 'sum(rows) / 3'}") == ("The most anyone can reach is 9.333.",)
    assert says(SECTIONS % "sum(rows)" + "total: 's * (16 - s)'") == ("No more than 256 can be reached.",)
    assert says(f"full: 10\n{FREE % 'mean(rows)'}") == ()
