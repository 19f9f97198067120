"""kpigen and the program of docs/canonical-form.md agree on the scoring part of small forms, one for each key alone."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.scoring.canonical_form import scoring_part, sha256, texts_of

ROOT = Path(__file__).parents[2]
FILES = sorted([*(ROOT / "tests" / "forms").glob("*/2026-01.yaml"), *(ROOT / "templates" / "forms").glob("*/*.yaml")])
HEAD = {
    "schema": "1",
    "form": "one",
    "title": "One",
    "cycle": ["half", "year"],
    "confirmations": [],
    "print": {"columns": ["name"], "signatures": []},
}
GRADES = {"grades": {"A": "60", "B": "0"}}


def compare(rule: dict[str, Any], text: str, language: str = "en") -> dict[str, Any]:
    """Hold the program against kpigen, which reads the file without a finding but that it has no examples."""
    from kpigen.files.rules.form import read_form
    from kpigen.files.rules.scoring_part import scoring_part as kpigen_scoring_part

    languages = ("zh", "en") if language == "both" else (language,)
    form, found = read_form(f"rules/{rule['form']}/2026-01.yaml", text.encode(), languages)
    assert form is not None, [item.message for item in found]
    assert {item.message for item in found} <= {"a rule file has no `examples`"}
    own = scoring_part(rule)
    assert own == kpigen_scoring_part(form)
    assert sha256(own) == form.digest
    return own


def compare_keys(keys: str) -> dict[str, Any]:
    rule = {**HEAD, **texts_of(keys)}
    return compare(rule, json.dumps(rule, ensure_ascii=False))  # which is YAML too


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parts[-4]}-{path.parent.name}")
def test_forms_of_other_trades_and_templates(path: Path) -> None:
    text = path.read_text("utf-8")
    rule = texts_of(text)
    title = rule["title"]
    language = "both" if isinstance(title, dict) else "en" if title.isascii() else "zh"
    compare(rule, text, language)


def rows(one: str = "weight: 60, ", other: str = "weight: 40, ", out_of: str = "100", more: str = "") -> str:
    return f"""
indicators:
  - {{id: a, name: A, {one}inputs: {{x: {{type: rating{"" if one else ", max: 10"}}}}}}}
  - id: b
    name: B
    {other.strip(", ")}
    inputs: {{y: {{type: percent, name: Y}}, z: {{type: money, name: Z}}}}
    score: {{method: formula, formula: y * {out_of} if z > 0 else 0}}
    {more}
"""


def row(inputs: str, *more: str, weight: str = "100") -> str:
    """One row, with a weight of 100 unless it says another, or none."""
    lines = ["indicators:", "  - id: a", "    name: A", *([f"    weight: {weight}"] if weight else [])]
    return "\n".join(["", *lines, f"    inputs: {inputs}", *(f"    {line}" for line in more)]) + "\n"


def by_formula(formula: str) -> str:
    return f"score: {{method: formula, formula: {json.dumps(formula)}}}"


BARE = rows("", "")
SCALES = "scales: {s: {hi: {name: Hi, points: 5}, mid: {name: Mid, points: 3.50}, lo: -2}, t: {on: 1, off: 0}}\n"
TWO = "{q: {scale: s, name: Q}, r: {scale: t, name: R}}"
ONE_OF_TWO = """
  - id: a
    name: A
    inputs: {q: {scale: s, name: Q}}
  - id: b
    name: B
    inputs: {q: {scale: s, name: Q}, r: {scale: t, name: R}}
    measure: q + r
"""
LIST = "{l: {type: list, fields: {n: {type: text, name: N}, q: {scale: s, name: Q}, f: {type: yes_no, name: F}}}}"
SECTIONS = """
sections:
  - id: s
    name: S
    TOTAL_S
    indicators:
      - {id: a, name: A, inputs: {x: {type: rating, max: 10}}}
      - id: b
        name: B
        inputs: {x: {type: rating, max: 10, name: X}, m: {type: ratings, max: 10, name: M}}
        score: {method: formula, formula: x + mean(m)}
  - id: t
    name: T
    TOTAL_T
    indicators: [{id: c, name: C, inputs: {n: {type: count}}}]
"""
ROUNDINGS = (
    "rows",
    "total",
    "{of: rows, half: even}",
    "{of: rows, column: rounded}",
    "{of: total, half: even, column: rounded}",
    "{of: total, half: up, column: adds_up}",
)
OWN_TOTALS = """\
{l: {type: ratings, name: L, auto: own_totals}, m: {type: ratings, name: M, max: 100, auto: {take: own_totals}},
 k: {type: ratings, name: K, min: 0, auto: {take: own_totals, cycle: quarter, part: 2, form: other, indicator: z}}}"""
INPUTS = """\
{x: {type: rating, step: 0.50, name: X}, d: {type: duration, step: 30s, max: 1h, name: D},
 p: {type: percent, step: 5%, max: 120%, name: P}, n: {type: number, above: -1, below: 1.50, name: N},
 m: {type: money, above: 0, max: 99.90, name: M}, c: {type: count, step: 2, min: 2, name: C},
 o: {type: percent, optional: yes, name: O}, r: {type: ratings, min: 1, step: 1, name: R}}"""
DEFAULTS = """\
{x: {type: rating, default: 085.0, name: X}, d: {type: duration, default: 1m30s, name: D},
 p: {type: percent, default: 5.0%, name: P}, n: {type: number, default: -0.50, name: N},
 m: {type: money, default: 10.00, name: M}, c: {type: count, default: +0, name: C}, y: {type: yes_no, default: no, name: Y},
 k: {type: choice, default: u, choices: {u: U, v: V}, name: K}, x2: {type: rating, default: x, name: X2}}"""
FIELDS = """\
{l: {type: list, fields: {n: {type: text, name: N}, w: {type: number, min: 0, default: 1.0, name: W},
 u: {type: rating, name: U, step: 1}, v: {type: rating, default: u, name: V, step: 1},
 k: {type: choice, choices: {one: I, two: II}, name: K}, q: {scale: s, name: Q}, g: {scale: s, name: G}}}}"""
RESULTS = """
results:
  - {id: r, name: R, formula: total * 2}
  - {id: m, name: M, unit: money, formula: b.z * exact_total / 100, section: form}
  - {id: p, name: P, unit: percent, decimals: 0, formula: a / 100, confidential: yes}
  - {id: y, name: Y, unit: yes_no, formula: total > 50 and r > 3}
  - {id: n, name: N, unit: number, decimals: 4, formula: 1/3}
  - {id: t, name: T, tiers: {of: b.z, at_least: {100: 5%, 0: 2%, 50: 3%}}}
  - {id: u, name: U, unit: money, tiers: {of: b.z, at_least: {0: 2%, 30000: 3%}, cumulative: yes, otherwise: 0}}
  - {id: w, name: W, formula: tier * 100, tiers: {of: total, at_least: {60: 1, 80: 1.50}, cumulative: no, otherwise: -1}}
  - {id: c, name: C, cases: [{when: total > 3, text: X}, {when: r < 2 or y, text: Z}, {text: V}]}
  - {id: d, name: D, unit: text, cases: [{when: total > 3, text: X}]}
"""
PER_REVIEW = """
indicators:
  - {id: a, name: A, weight: w, measure: x, inputs: {x: {type: rating, name: X}, w: {type: number, min: 0, name: W, agreed: yes}}}
  - {id: b, name: B, weight: w, measure: x, inputs: {x: {type: rating, name: X}, w: {type: percent, name: W}}}
"""


def sections(of_s: str = "", of_t: str = "") -> str:
    text = SECTIONS
    for place, total in (("TOTAL_S", of_s), ("TOTAL_T", of_t)):
        text = text.replace(place, f"total: {total}" if total else "columns: [name, points]")
    return text


SHAPES = {
    # full marks
    "full": "full: 5" + rows("weight: 60%, ", "weight: 40%, ", "5"),
    "full of 100": "full: 100" + rows(),
    "full without weights": "full: 320" + BARE,
    "full of 100 without weights": "full: 100.0" + BARE,
    "full without weights, by a total": "full: 5\ntotal: sum(rows)" + row("{x: {type: rating}}", weight=""),
    "full without weights, by one section's total": "full: 5" + sections("mean(rows)"),
    "no full": BARE,
    "no full, by a total": "total: sum(rows)" + BARE,
    "out_of": "out_of: 5.0\nfull: 10" + rows("weight: 6, ", "weight: 4, ", "5"),
    "out_of alone": "out_of: 5" + rows(out_of="5"),
    "out_of of 100": "out_of: 100" + rows(),
    "out_of without weights": "out_of: 5" + row("{x: {type: rating}}", weight=""),
    "out_of and full without weights": "out_of: 5\nfull: 5" + row("{x: {type: rating}}", weight=""),
    "points": "out_of: weight" + rows(out_of="40"),
    "points of full marks": "out_of: weight\nfull: 50" + rows("weight: 60%, ", "weight: 40%, ", "20"),
    "points, a row out of something else": "out_of: weight" + rows("weight: 60, out_of: 10, ", out_of="40"),
    "points without weights": "out_of: weight" + BARE,
    "a row out of 10": rows("weight: 60, out_of: 10, "),
    "a row out of 100": rows("weight: 60, out_of: 100.0, "),
    "a row out of full marks": "full: 5" + rows("weight: 3, out_of: 5, ", "weight: 2, ", "5"),
    "a row without a weight out of 100": row("{x: {type: rating}}", "out_of: 100", weight=""),
    "when_zero": "full: 5" + rows("weight: 3, ", "weight: 2, ", "5", "when_zero: {z: full, y: 4.50}"),
    "reference from full": "full: 5\n"
    + row("{n: {type: number}}", "score: {method: reference, above: {points: 1, every: 2}}", weight="5"),
    "ratio up to full": "out_of: 10\n" + row("{n: {type: number}}", "score: {method: ratio, target: 50, cap: full}"),
    "deductions from full": "full: 5\n"
    + row("{n: {type: number}}", "score: {method: deductions, deductions: [{of: n, points: 1}]}", weight="5"),
    # weights
    "weights as fractions": "full: 1" + rows("weight: 1/3, ", "weight: 4/6, ", "1"),
    "weights as shares": rows("weight: 62.5%, ", "weight: 37.50%, "),
    "a weight of 0": rows("weight: 100, ", "weight: 0, "),
    "weights per review": PER_REVIEW,
    "weights per review, of full marks": "full: 5" + PER_REVIEW,
    "weights per review, of points": "out_of: weight\nfull: 5" + PER_REVIEW,
    "weights per review, of points out of 10": "out_of: weight"
    + PER_REVIEW.replace("weight: w", "weight: w, out_of: 10"),
    # scale
    **{f"decimals {decimals}": f"decimals: {decimals}" + rows() for decimals in range(5)},
    **{f"rounding {rounding}": f"rounding: {rounding}" + rows() for rounding in ROUNDINGS},
    **{f"rounding {rounding}, by a total": f"rounding: {rounding}\ntotal: a + b" + rows() for rounding in ROUNDINGS},
    "grades": "grades: {A: 90.50, B: 0}" + rows(),
    "grades without a bound": "grades: {A: 90, B: -5, C: none}" + BARE,
    # rows
    "unscored": rows()
    + "  - {id: c, name: C, unscored: yes, optional: yes, inputs: {t: {type: text, name: T}, p: {type: rating, max: 7, name: P}}}\n",
    "unscored beside full marks": "full: 5\ntotal: sum(rows)\n"
    + BARE
    + "  - {id: c, name: C, unscored: yes, inputs: {n: {type: number, step: 0.10}}}\n",
    "optional, named": rows("weight: 60, optional: yes, named: yes, "),
    "optional, no": rows("weight: 60, optional: no, "),
    "limits": rows(more="limits: [y<50%, not (y>3%)]"),
    "each": (
        "each: {weight: 50, limits: [x > 1], inputs: {x: {type: rating, step: 1}}}\nindicators: [{id: a, "
        "name: A}, {id: b, name: B, inputs: {x: {type: rating}}}]"
    ),
    "each with a method": (
        "each: {weight: 50, measure: x * 2, inputs: {x: {type: rating}}}\nindicators: [{id: a, name: A}, "
        "{id: b, name: B, score: {method: formula, formula: measure * 2}}]"
    ),
    "each of form and section": """
each: {weight: 50, inputs: {x: {type: rating, step: 1}}, out_of: 10}
sections:
  - {id: s, name: S, each: {out_of: 5, optional: yes}, indicators: [{id: a, name: A}]}
  - {id: t, name: T, indicators: [{id: b, name: B, inputs: {y: {type: count}}}]}
""",
    "each with a scale": SCALES
    + (
        "each: {inputs: {q: {scale: s}}}\nindicators: [{id: a, name: A}, {id: b, name: B, "
        "score: {method: formula, formula: q + 1}}, {id: c, name: C, inputs: {n: {type: number}}}]"
    ),
    # inputs
    "ranges and steps": row(INPUTS, "limits: [given(o)]", by_formula("x + d / 1s + p + n + c + mean(r) + m / m")),
    "defaults": row(DEFAULTS, by_formula("x + d / 1s + p + n + c + x2 + (1 if y and k == u else m / m)")),
    "defaults of fields": SCALES
    + row(
        FIELDS,
        (
            "score: {method: weighted_list, weight: w, value: v + u + k + q + g, values: {k: {one: 1.50, "
            "two: 2}, g: {hi: 1, mid: 2, lo: 0}}}"
        ),
    ),
    "lists of ratings": row(
        "{l: {type: ratings, name: L}, k: {type: ratings, name: K, min: 1, max: 5}}",
        by_formula(
            "mean(l, value*2) + count(l, value<70) + run(k, value>=3) + last(l) + weighted_mean(1, last(l), 2, last(k)) + count(l)"
        ),
    ),
    "trimmed": row(
        (
            "{l: {type: ratings, name: L}, k: {type: ratings, name: K, confidential: yes}, c: {type: ratings, "
            "name: T, confidential: yes, auto: team_totals}}"
        ),
        "shown_as: {id: o, name: O, at_least: 3, trim: 1, trim_from: 5}",
        "score: {method: ratings, weights: {l: 1.50, k: 2, c: 1}}",
    ),
    "team totals as a mapping": row(
        "{c: {type: ratings, name: T, confidential: yes, auto: {take: team_totals}}}",
        "shown_as: {id: o, name: O}",
        "score: {method: ratings, weights: {c: 1}}",
    ),
    "own totals": row(OWN_TOTALS, by_formula("mean(l) + sum(k) + last(m)")),
    "ids that are words of a language": row(
        "{from: {type: count, name: F}, in: {type: count, name: I}, is: {type: choice, name: Q, choices: {lambda: L, none: N}}}",
        by_formula("from + in * (1 if is == lambda else 2)"),
    ),
    "ids like numbers": row(
        "{s3: {type: count, name: F}, text_1: {type: count, name: I}}", by_formula("s3+text_1*30%+1.50 *5.0%")
    ),
    # scales
    "a scale": SCALES + "full: 5\n" + row("{q: {scale: s}}", weight="5"),
    "a scale without a weight": SCALES + row("{q: {scale: s, default: mid}}", weight=""),
    "a scale as the type choice": SCALES + row("{q: {type: choice, scale: s}}", "score: {method: levels}"),
    "a scale with other levels": SCALES
    + row("{q: {scale: s}}", "score: {method: levels, levels: {hi: full, mid: 3, lo: 0}}"),
    "a scale in a formula": SCALES + row("{q: {scale: s}}", by_formula("2 - q * 3")),
    "a scale in a measure": SCALES + row("{q: {scale: s}}", "measure: q * 20"),
    "a scale that is the measure": SCALES + row("{q: {scale: s}}", "measure: q"),
    "a scale of one input that is the measure of two": SCALES
    + row("{q: {scale: s, name: Q}, n: {type: number, name: N}}", "measure: q + n"),
    "a scale whose default is another choice": SCALES
    + row("{q: {scale: s, name: Q}, r: {scale: s, name: R, default: q}}", "measure: q + r"),
    "scales everywhere": SCALES
    + row(
        "{q: {scale: s, name: Q}, r: {scale: t, name: R}, n: {type: number, name: N}, o: {scale: t, name: O, optional: yes}}",
        "limits: [q > 0 or r == on, q == hi and not r == off, hi == q, given(o)]",
        "measure: 'mean(q, r, n)'",
        (
            "score: {method: formula, formula: '-q * measure + (1 if q == hi or r < 1 else 0) + count(q, r) "
            "+ (o if given(o) else 0) - r', cap: 10, floor: -5}"
        ),
    ),
    "scales in parts": SCALES
    + row(
        TWO,
        (
            "score: {method: parts, parts: [{id: k, name: K, weight: 2, method: formula, measure: r, "
            "formula: measure * 100}, {id: w, name: W, method: value, measure: q + r}]}"
        ),
    ),
    "scales in bands": SCALES
    + row(
        TWO,
        "measure: q",
        "score: {method: bands, at_least: {3: [1, 2], 0: [5]}, columns: [1, 0], by: r + q, otherwise: 0}",
    ),
    "scales in deductions": SCALES
    + row(
        "{q: {scale: s}}",
        (
            "score: {method: deductions, deductions: [{of: q, points: 2}, {of: q - 1, points: 1.50, over: 2, "
            "every: 0.5, steps: linear}], cap: full}"
        ),
    ),
    "scales of fields": SCALES
    + row(
        LIST, by_formula("mean(l, q * 2 if not f else 0) + count(l, q == hi) + max(l, q) + count(l, f) + run(l, q < 3)")
    ),
    "scales in a veto": SCALES
    + "grades: {A: 60, B: 0}\nveto: [{id: v, name: V, when: a < 3 and a.q == hi and a == hi and b.q > b.r, grade: B}]\nindicators:"
    + ONE_OF_TWO,
    "scales in a total": SCALES + "total: a + a.q + b.q * 2 + b.r\nindicators:" + ONE_OF_TWO,
    "scales of fields in a total": SCALES
    + "total: a + mean(a.l, q * 2) + count(a.l, q == hi and f) + count(a.l)\n"
    + row(LIST, by_formula("mean(l, q)")),
    "scales of fields in a veto": SCALES
    + "grades: {A: 60, B: 0}\nveto: [{id: v, name: V, when: 'count(a, q<2) > 1 or min(a.l, q) == 3 or f', grade: B}]\n".replace(
        " or f", ""
    )
    + row(LIST, by_formula("mean(l, q)")),
    # bonus and vetoes
    "bonus": "bonus: {cap: 5.0, items: [{id: p, name: P, points: 2.50, at_most: 3}, {id: n, name: N, points: -1}]}"
    + rows(),
    "bonus by a scale": SCALES + "bonus: {items: [{id: p, name: P, scale: s}, {id: n, name: N, points: 1}]}" + rows(),
    "bonus in a total": "bonus: {items: [{id: p, name: P, points: 2}]}\ntotal: min(100, a + b + bonus)" + rows(),
    "a veto": (
        "grades: {A: 60, B: 0}\nveto: [{id: v, name: V, when: b.y < 50% and a > 3, grade: B}, {id: w, "
        "name: W, when: not given(a.x) or count(rows)<2, grade: B}]"
    )
    + rows(),
    "a veto's total": (
        "grades: {A: 60, B: 0}\nveto: [{id: v, name: V, when: total < 50, total: 'min(total,a.x * 2)'}, "
        "{id: w, name: W, when: a > 3, grade: B, total: 59.90}]"
    )
    + rows(),
    "a veto without grades": "veto: [{id: v, name: V, when: a > 3, total: 0}]" + rows(),
    # sections, totals, results
    "sections": sections(),
    "totals of sections": sections(
        "mean(rows) + max(rows) * 2 - min(a, b) + mean(rows.x) + last(rows.m) + count(rows, value > 3)",
        "max(0, c.n, sum(rows))",
    ),
    "sections in a total": (
        "total: mean(s) + mean(s, t) + s * 2 + max(t) + run(s, value < 3) + count(s, value>=3) + sum(rows) "
        "+ mean(rows.x) + sum(s.m) + last(s) + min(s, 5) + mean(s, value) + mean(s.m, value)"
    )
    + sections(),
    "sections as numbers": (
        "total: mean((s)) + mean(s + t) + abs(s) + round(mean(s), 1) + weighted_mean(1, s, 2, t) "
        "+ mean(s if t > 3 else a) + mean(s, a) + max(s, c.n)"
    )
    + sections(),
    "sections in a veto": (
        "grades: {A: 60, B: 0}\nveto: [{id: v, name: V, when: 'mean(s) < 3 and s < 5 and count(t, "
        "value < 3) > 0 and min(rows) < 2 and mean(s.x) > 1', grade: B}]"
    )
    + sections(),
    "a section called like a row, in a veto": (
        "grades: {A: 60, B: 0}\nveto: [{id: s, name: V, when: 'mean(s) < 3 and last(t) > 1', grade: B}]"
    )
    + sections().replace("id: a,", "id: s,"),
    "a section called like a row, in a total": "total: mean(s) + s" + sections().replace("id: a,", "id: s,"),
    "sections in results": "total: s\nresults: [{id: r, name: R, section: s, formula: sum(rows) + mean(rows.x) + mean(s) + s}]"
    + sections(),
    "lists in a veto": "grades: {A: 60, B: 0}\nveto: [{id: v, name: V, when: 'count(b.m, value < 3) > 1 and last(b.m) < 5', grade: B}]"
    + sections(),
    "tables": (
        "tables: [{id: k, name: K, by: department, values: {客服部: 1.10, B 部: 0.9}, otherwise: 1}, {id: j, "
        "name: J, by: position, values: {班长: 2}}]\ntotal: a * k + b * j"
    )
    + rows(),
    "tables beyond U+FFFF": 'tables: [{id: k, name: K, by: department, values: {"\uff21": 1, "\U00020000": 2}}]\ntotal: a * k + b'
    + rows(),
    "results": RESULTS + rows(),
    "results of a form with a decimal": "decimals: 1" + RESULTS + rows(),
    "results of vetoes and coefficients": (
        "grades: {A: 60, B: 0}\nveto: [{id: v, name: V, when: a > 3, grade: B}]\n"
        "outcomes: {grades: {A: {coefficient: 1.2}, B: {coefficient: 1}}}\nresults: [{id: r, name: R, "
        "formula: 0 if v else coefficient}]"
    )
    + rows(),
    # formulas
    "brackets": row(
        "{x: {type: number, name: F}, y: {type: number, name: I}}",
        "limits: [not (x > 3 and y < 2) or x == 1, (x > 1) and ((y > 2) and x < 3)]",
        by_formula(
            "(x-(y-1))/ (2*x) - -x + min(x if y > 3 else y, (x)) "
            "+ ((1 if x > 2 else 2) if y > 1 else 3) - (-y) * (x + (y + 1)) + ((x+y)+1)"
        ),
    ),
}


@pytest.mark.parametrize("keys", SHAPES.values(), ids=SHAPES.keys())
def test_each_key_alone(keys: str) -> None:
    compare_keys(keys)


# --- forms at random -------------------------------------------------------------------------------------------------

SEEDS = 60
RANDOM_SCALES = {"s": {"hi": {"name": "Hi", "points": "5"}, "mid": "3.50", "lo": "-2"}, "t": {"on": "1", "off": "0"}}


class Forms:
    """Makes a form at random out of all keys."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def one(self, *items: Any) -> Any:
        return self.random.choice(items)

    def maybe(self, **keys: Any) -> dict[str, Any]:
        """Each of some keys, or not."""
        return {key: value for key, value in keys.items() if self.random.random() < 0.4}

    def number(self, names: list[str], depth: int = 3) -> str:
        """A formula that is a number, with more brackets and spaces than it needs."""
        kind = self.random.randrange(9) if depth else self.random.randrange(2)
        one, other = (self.number(names, depth - 1) for _ in range(2)) if kind > 1 else ("", "")
        space = self.one("", " ", "  ")
        if kind == 0:
            return str(self.one("0", "1", "2.50", "007", "30%", "0.5", "12"))
        if kind == 1:
            return str(self.one(*names))
        if kind < 5:
            return f"{one}{space}{self.one('+', '-', '*', '/')}{space}{other}"
        if kind == 5:
            return f"({space}{one}{space})"
        if kind == 6:
            return f"-{self.one(*names)}"
        if kind == 7:  # a list alone in front of an expression with `value` would be gone through
            return f"{self.one('min', 'max', 'mean', 'sum', 'count')}({space}1*{one},{space}{other})"
        return f"({one} if {self.condition(names, depth - 1)} else {other})"

    def condition(self, names: list[str], depth: int = 1) -> str:
        kind = self.random.randrange(5) if depth else 0
        if kind < 2:
            sides = (self.number(names, max(depth - 1, 0)) for _ in range(2))
            return f" {self.one('<', '<=', '==', '!=', '>=', '>')}".join(sides)
        if kind == 2:
            return f"not ({self.condition(names, depth - 1)})"
        sides = (f"({self.condition(names, depth - 1)})" for _ in range(2))
        return f" {self.one('and', 'or')} ".join(sides)

    def row(self, place: int, weight: dict[str, Any], points: bool) -> dict[str, Any]:
        """A row; a scale, a list, numbers with defaults, or a choice of them, by a formula."""
        rating = {"type": "rating", "max": "10", **self.maybe(min="1", step="0.50")}
        inputs: dict[str, Any] = {
            "x": {**rating, "name": "X"},
            "n": {"type": "number", "name": "N", **self.maybe(default="01.50", above="-1", below="100.0")},
            "y": {"type": "rating", "max": "10", "name": "Y", "default": "x"},
            "q": {"scale": "s", "name": "Q", **self.maybe(default="mid")},
            "k": {"type": "choice", "scale": "t", "name": "K"},
            "m": {
                "type": "ratings",
                "max": "10",
                "name": "M",
                **self.maybe(auto={"take": "own_totals", "form": "other"}),
            },
            "l": {
                "type": "list",
                "name": "L",
                "fields": {"g": {"scale": "s", "name": "G"}, "v": {"type": "number", "name": "V", "default": "2"}},
            },
            "w": {"type": "number", "name": "W", "agreed": "yes"},
        }
        head = {
            "id": f"r{place}",
            "name": "R",
            **weight,
            **self.maybe(optional="yes", named="yes", out_of=self.one("7", "100")),
        }
        by_input = weight.get("weight") == "w"
        if not by_input and self.random.random() < 0.2:
            return {**head, "inputs": {"q": {"scale": self.one("s", "t")}}, **self.maybe(measure="q * 2")}
        if not by_input and self.random.random() < 0.2:
            score = {"method": "weighted_list", "weight": "v", "value": f"g * v + {self.number(['g', 'v'])}"}
            return {**head, "out_of": "7", "inputs": {"l": inputs["l"]}, "score": score}
        names = ["x", "n", "y", "q", "k", "mean(m)", "last(m)", "sum(l, g * v)", "count(l, g == hi)", "max(l, v)"]
        names += ["count(m, value<3)", "run( m,value >=2 )", "(1 if q == hi else 2)", "w"]
        whole = " + ".join(["x", "n", "y", "q", "k", "w", "mean(m)", "mean(l, v)", self.number(names)])
        score = {"score": {"method": "formula", "formula": whole, **self.maybe(cap="90.0", floor="-1")}}
        measured = self.one({"measure": whole}, score)
        limits = self.maybe(limits=[self.condition(names), "given(q) or q == lo"])
        return {**head, **measured, **limits, "inputs": inputs}

    def form(self) -> dict[str, Any]:
        full, points = self.one(None, "5", "1", "100", "320"), self.one(False, False, True)
        weights = self.one("numbers", "shares", "fractions", "inputs", "none")
        count = self.one(1, 2, 4)
        share = {
            "numbers": str(int(full or "100") / count),
            "shares": f"{100 / count}%",
            "fractions": f"{full or '100'}/{count}",
            "inputs": "w",
        }
        rows = [
            self.row(place, {"weight": share[weights]} if weights != "none" else {}, points) for place in range(count)
        ]
        note = {"id": "note", "name": "Note", "unscored": "yes", "inputs": {"text": {"type": "text"}}}
        names = ["r0", "k", "sum(rows)", "mean(rows)", "count(rows, value > 1)", "last(rows)"]
        data: dict[str, Any] = {**HEAD, "scales": RANDOM_SCALES, **({"full": full} if full else {})}
        data |= {"out_of": "weight"} if points else self.maybe(out_of=self.one("10", "100"))
        half, column = self.one("up", "even"), self.one("adds_up", "rounded")
        mapping = {"of": self.one("rows", "total"), **self.maybe(half=half, column=column)}
        data |= self.maybe(
            decimals=self.one("0", "1", "2", "4"), rounding=self.one("rows", "total", mapping), signed="yes"
        )
        data |= self.maybe(grades=self.one({"A": "90.50", "B": "0"}, {"A": "1", "B": "-1", "C": "none"}))
        one = {"id": "p", "name": "P", **self.one({"scale": "t"}, {"points": "2.50", "at_most": "3"}, {"points": "-1"})}
        data["bonus"] = {"items": [one], **self.maybe(cap="4.0")}
        table = {"id": "k", "name": "K", "by": self.one("department", "position"), "values": {"客服部": "1.10"}}
        data["tables"] = [{**table, **self.maybe(otherwise="1.0")}]
        data |= self.maybe(each={"optional": self.one("yes", "no"), "named": "yes"})
        if self.random.random() < 0.5:
            data["indicators"] = [*rows, *self.one([], [note])]
        else:
            cut = self.random.randrange(1, count + 1)
            own = [row["id"] for row in rows[:cut]]
            total = self.number([*own, "sum(rows)", "mean(rows)", "min(rows, value * 2)", f"{own[0]}"])
            parts = [
                {"id": "s", "name": "S", "indicators": rows[:cut], **self.maybe(total=total, each={"optional": "no"})}
            ]
            parts += [{"id": "t", "name": "T", "indicators": rows[cut:]}] if rows[cut:] else []
            parts += self.one([], [{"id": "u", "name": "U", "indicators": [note]}])
            data["sections"] = parts
            names += ["s", "mean(s)", "count(s, value<3)", "sum(s, r0)", "run(s, value >= 1)", "min((s), 3)"]
        data |= self.maybe(total=f"k + bonus + {self.number(names)}")
        results = [*names, "total", "exact_total"]
        cases = [{"when": self.condition(results), "text": "X"}, {"text": "Y"}]
        tiers = {
            "of": self.number(results),
            "at_least": {"10": "2%", "0": "1.50"},
            **self.maybe(cumulative="yes", otherwise="0"),
        }
        what = self.one({"formula": self.number(results)}, {"cases": cases}, {"tiers": tiers})
        data |= self.maybe(
            results=[{"id": "x1", "name": "X", **what, **({} if "cases" in what else self.maybe(decimals="3"))}]
        )
        names = [name.replace("r0", "sum(rows)") for name in names]
        veto = {"id": "v", "name": "V", "when": self.condition(names, 2), "total": self.number(names)}
        return data | self.maybe(veto=[veto])


def test_the_forms_at_random_say_everything() -> None:
    """Each key of a scoring part that a form may say occurs in those that are always made."""
    parts = [scoring_part(Forms(Random(seed)).form()) for seed in range(SEEDS)]
    assert {key for part in parts for key in part} == {
        *(
            "kpigen",
            "form",
            "out_of",
            "grades",
            "sections",
            "bonus",
            "veto",
            "full",
            "decimals",
            "rounding",
            "column",
            "half",
        ),
        *("total", "tables", "results"),
    }


def compare_random(random: Random) -> None:
    rule = Forms(random).form()
    compare(rule, json.dumps(rule, ensure_ascii=False))


@pytest.mark.parametrize("seed", range(SEEDS))
def test_some_forms_at_random(seed: int) -> None:
    compare_random(Random(seed))


@given(st.randoms(use_true_random=False))
def test_forms_at_random(random: Random) -> None:
    compare_random(random)
