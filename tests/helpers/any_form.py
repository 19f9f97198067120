"""Random small forms on any scale, with everything that can stand between a row and the total, and values for them.

A form is written as a rule file and read as one, so that a test has what a company could have. Its examples are no examples:
what they come to is not checked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from kpigen.files.rules.form import read_form
from kpigen.model.forms import Form, Indicator, Input, InputType
from kpigen.model.reviews import InputValue, Metrics
from kpigen.model.scores import Scorecard
from kpigen.numbers.formula import Numbers, evaluate
from kpigen.numbers.quantities import exact, round_half_up
from kpigen.scoring.score import score
from tests.helpers.forms import yaml_of

F = Fraction
#: Findings that these forms may have: their examples are made up, and a number may be there for the total only.
_FINE = {"KPI515"}
_ROUNDINGS = (
    "rows",
    "total",
    "{of: rows, half: even}",
    "{of: total, half: even}",
    "{of: total, column: rounded}",
)
_Draw = Callable[[st.SearchStrategy[Any]], Any]
_Lines = dict[str, Any]


@dataclass(frozen=True)
class AnyReview:
    """A form with values for it, and its scorecard."""

    form: Form
    metrics: Metrics
    not_applicable: frozenset[str]
    bonus: Mapping[str, int | str]
    card: Scorecard

    def scored(self, metrics: Metrics) -> Scorecard:
        """The scorecard of other values."""
        return score(self.form, metrics, self.not_applicable, self.bonus)[0]


def form_from(text: str) -> Form:
    """Return a form in English from the text of a rule file without its first lines, read without findings."""
    head = "schema: 1\nform: any\ntitle: Any\ncycle: any\nconfirmations: []\nprint: {columns: [name, points], signatures: []}\n"
    form, found = read_form("rules/any/2026-01.yaml", f"{head}{text}\n".encode(), ("en",))
    wrong = [f"{item.span} {item.code} {item.message}" for item in found if item.code not in _FINE]
    assert form is not None, f"{wrong}\n{text}"
    assert wrong == [], f"{wrong}\n{text}"
    return form


# --- rows ------------------------------------------------------------------------------------------------------------


def _times(out: int, share: str) -> str:
    return exact(out * F(share))


def _count(out: int, draw: _Draw) -> _Lines:
    points = draw(st.sampled_from(["0.05", "0.1", "0.25", "0.33"]))
    score_ = f"{{method: deductions, deductions: [{{of: n, points: {_times(out, points)}}}], floor: 0}}"
    return {"inputs": {"n": "{type: count, name: N}"}, "score": score_}


def _ratio(out: int, draw: _Draw) -> _Lines:
    target = draw(st.sampled_from(["90%", "70%", "100%"]))
    return {
        "inputs": {"r": "{type: percent, name: R}"},
        "measure": "r",
        "score": f"{{method: ratio, target: {target}}}",
    }


def _value(out: int, draw: _Draw) -> _Lines:
    step = draw(st.sampled_from(["", ", step: 0.5", ", step: 1"]))
    return {"inputs": {"n": f"{{type: rating{step}, name: N}}"}, "measure": "n", "score": "{method: value}"}


def _curve(out: int, draw: _Draw) -> _Lines:
    points = draw(
        st.sampled_from([("0: 0", "10: {out}"), ("0: {out}", "4: {half}", "9: 0"), ("0: 0", "5: {out}", "9: 0")])
    )
    written = ", ".join(points).format(out=out, half=_times(out, "0.5"))
    return {
        "inputs": {"n": "{type: number, min: 0, max: 12, name: N}"},
        "measure": "n",
        "score": f"{{method: curve, points: {{{written}}}}}",
    }


def _bands(out: int, draw: _Draw) -> _Lines:
    table = f"{{95%: {out}, 80%: {_times(out, '0.6')}, 55.5%: {_times(out, '0.25')}, 0%: 0}}"
    return {
        "inputs": {"r": "{type: percent, name: R}"},
        "measure": "r",
        "score": f"{{method: bands, at_least: {table}}}",
    }


def _two_way(out: int, draw: _Draw) -> _Lines:
    rows = f"{{2: [{out}, {_times(out, '0.8')}], 5: [{_times(out, '0.5')}]}}"
    return {
        "inputs": {"n": "{type: count, name: N}", "m": "{type: count, name: M}"},
        "measure": "n",
        "score": f"{{method: bands, by: m, columns: [1, 3], at_most: {rows}, otherwise: 0}}",
    }


def _levels(out: int, draw: _Draw) -> _Lines:
    levels = f"{{a: {out}, b: {_times(out, '0.6')}, c: {_times(out, '0.55')}, d: 0}}"
    return {
        "inputs": {"l": "{type: choice, name: L, choices: {a: A, b: B, c: C, d: D}}"},
        "score": f"{{method: levels, levels: {levels}}}",
    }


def _yes_no(out: int, draw: _Draw) -> _Lines:
    return {
        "inputs": {"ok": "{type: yes_no, name: OK}", "n": "{type: count, max: 20, name: N}"},
        "score": f"{{method: formula, formula: '({out} if ok else {_times(out, '0.5')}) * n / 20'}}",
    }


def _optional(out: int, draw: _Draw) -> _Lines:
    formula = draw(st.sampled_from(["mean(a, b)", "a if not given(b) else min(a, b)", "weighted_mean(3, a, 1, b)"]))
    number = "{type: number, min: 0, max: 10, name: %s%s}"
    return {
        "inputs": {"a": number % ("A", ""), "b": number % ("B", ", optional: yes")},
        "score": f"{{method: formula, formula: '({formula}) * {_times(out, '0.1')}'}}",
    }


def _taken(out: int, draw: _Draw) -> _Lines:
    return {
        "inputs": {"first": "{type: rating, name: First}", "second": "{type: rating, default: first, name: Second}"},
        "measure": draw(st.sampled_from(["second", "(first + 3 * second) / 4"])),
        "score": "{method: value}",
    }


def _goals(out: int, draw: _Draw) -> _Lines:
    agreed = draw(st.sampled_from(["", ", agreed: yes"]))
    fields = (
        f"weight: {{type: number, above: 0, max: 9, name: W{agreed}}}, "
        "grade: {type: number, min: 0, max: 1, optional: yes, name: G}"
    )
    return {
        "inputs": {"goals": f"{{type: list, name: Goals, fields: {{{fields}}}}}"},
        "score": "{method: weighted_list, weight: weight, value: grade}",
    }


def _calls(out: int, draw: _Draw) -> _Lines:
    fields = "mark: {type: rating, min: 0, max: 10, optional: yes, name: M}, fatal: {type: yes_no, name: Fatal}"
    return {
        "inputs": {"calls": f"{{type: list, name: Calls, fields: {{{fields}}}}}"},
        "score": f"{{method: formula, formula: 'mean(calls, 0 if fatal else mark) * {_times(out, '0.1')}'}}",
    }


def _share(out: int, draw: _Draw) -> _Lines:
    return {
        "inputs": {"done": "{type: count, name: Done}", "planned": "{type: count, name: Planned}"},
        "limits": "[done <= planned]",
        "when_zero": f"{{planned: {out}}}",
        "measure": "done / planned",
        "score": "{method: ratio, target: 100%}",
    }


def _penalty(out: int, draw: _Draw) -> _Lines:
    return {
        "inputs": {"n": "{type: count, max: 30, default: 0, name: N}"},
        "measure": f"{draw(st.sampled_from(['-1', '-2.5', '3']))} * n",
        "score": "{method: value}",
    }


_ROWS = (_count, _ratio, _value, _curve, _bands, _two_way, _levels, _yes_no, _optional, _taken, _goals, _calls, _share)
#: Rows with a single input, which leave no room for a weight that the review says.
_ALONE = (_levels, _goals)


# --- forms -----------------------------------------------------------------------------------------------------------


@dataclass
class _Plan:
    """What has been drawn of a form."""

    full: int
    weights: str
    rows: dict[str, _Lines] = field(default_factory=dict)
    sections: list[list[str]] = field(default_factory=list)
    rates: list[str] = field(default_factory=list)

    @property
    def counted(self) -> list[str]:
        """The rows with a number `n`."""
        return [id_ for id_, row in self.rows.items() if "n" in row["inputs"]]

    def part(self, share: str) -> str:
        return _times(self.full, share)


def _draw_row(plan: _Plan, id_: str, draw: _Draw) -> None:
    kinds: Sequence[Callable[[int, _Draw], _Lines]] = _ROWS
    if plan.weights == "none":
        kinds = (*_ROWS, _penalty, _penalty)
    if plan.weights == "said":
        kinds = [kind for kind in _ROWS if kind not in _ALONE]
    out = plan.full if plan.weights != "none" else draw(st.sampled_from([5, 10, 100]))
    row = draw(st.sampled_from(kinds))(out, draw)
    if plan.weights == "none":
        row["out_of"] = str(out)
    if plan.weights == "said":
        row["inputs"]["share"] = "{type: percent, agreed: yes, name: Share}"
        row["weight"] = "share"
    if draw(st.integers(0, 5)) == 0:
        row["optional"] = "yes"
    plan.rows[id_] = row


def _section_total(plan: _Plan, draw: _Draw) -> str:
    usual = ["mean(rows)", "min(rows)", "max(rows)", "sum(rows) - 1", f"count(rows, value >= {plan.part('0.1')})"]
    usual += ["max(0, sum(rows))", "floor(sum(rows))"]
    return "" if draw(st.booleans()) else str(draw(st.sampled_from(usual)))


def _total(plan: _Plan, draw: _Draw) -> str:
    part, all_ = plan.part, "sum(rows)"
    usual = [
        "mean(rows)",
        "max(rows)",
        "min(rows) + 1",
        f"min({part('0.7')}, {all_})",
        f"{part('1')} - {all_} / 2",
        f"{part('1')} - abs({all_} - {part('0.6')})",
        f"({all_} if min(rows) > {part('0.05')} else min({all_}, {part('0.4')}))",
        f"{all_} / 3",
    ]
    if len(plan.sections) > 1:
        usual += ["s1 + s2", "40% * s1 + 60% * s2", "min(s1, s2)", f"s1 * (1 if s2 >= {part('0.2')} else 0.8)"]
    calls = [id_ for id_, row in plan.rows.items() if "calls" in row["inputs"]]
    usual += [f"{all_} - {part('0.02')} * count({id_}.calls, fatal)" for id_ in calls]
    if plan.counted:
        usual += [f"{all_} + {part('0.01')} * mean(rows.n)", f"{all_} - {part('0.01')} * sum(rows.n)"]
    if plan.rates and draw(st.booleans()):
        usual = [f"{all_} * {rate}.factor" for rate in plan.rates]
    return "" if draw(st.booleans()) else str(draw(st.sampled_from(usual)))


def _vetoes(plan: _Plan, grades: Sequence[str], draw: _Draw) -> list[str]:
    found = []
    whens = [f"{id_}.n > 4" for id_ in plan.counted]
    whens += [f"min(rows) < {plan.part('0.02')}", f"total < {plan.part('0.3')}", f"max(rows) > {plan.part('0.2')}"]
    for number in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
        then = draw(st.sampled_from([f"min(total, {plan.part('0.35')})", plan.part("0.1"), "total / 2"]))
        says = [f"total: '{then}'", *(f"grade: {grade}" for grade in grades[1:])]
        when = draw(st.sampled_from(whens))
        found.append(f"  - {{id: v{number}, name: V, when: {when}, {draw(st.sampled_from(says))}}}")
    return found


@st.composite
def form_texts(draw: _Draw, plain: bool = False) -> tuple[str, _Plan]:
    """Draw the text of a rule file. A `plain` one has neither formulas nor vetoes between the rows and the total."""
    full, weights = draw(st.sampled_from([5, 100, 320])), draw(st.sampled_from(["fixed", "said", "none"]))
    plan = _Plan(full, weights)
    for number in range(draw(st.integers(1, 4))):
        _draw_row(plan, f"r{number}", draw)
    ids = list(plan.rows)
    if weights == "fixed":
        shares = [draw(st.integers(1, 7)) for _ in ids]
        for id_, share in zip(ids, shares, strict=True):
            plan.rows[id_]["weight"] = f"{full * share}/{sum(shares)}"
    cut = draw(st.integers(1, len(ids)))
    plan.sections = [part for part in (ids[:cut], ids[cut:]) if part]
    for id_ in ids:
        row = plan.rows[id_]
        if "measure" in row and not plain and draw(st.integers(0, 2)) == 0:
            agreed = draw(st.sampled_from(["", "", ", agreed: yes"]))
            row["inputs"]["factor"] = f"{{type: percent, max: 150%, name: Factor{agreed}}}"
            plan.rates.append(id_)
    grades = draw(st.sampled_from([[], ["A", "B", "C"]]))
    lines = [f"full: {full}", f"decimals: {draw(st.integers(0, 4))}", f"rounding: {draw(st.sampled_from(_ROUNDINGS))}"]
    if grades:
        lowest = draw(st.sampled_from(["none", "0"]))
        lines.append(f"grades: {{A: {plan.part('0.7')}, B: {plan.part('0.4')}, C: {lowest}}}")
    lines.append("sections:")
    for number, part in enumerate(plan.sections, 1):
        total = "" if plain else _section_total(plan, draw)
        lines.append(
            f"  - {{id: s{number}, name: S{number}, " + (f"total: '{total}', " if total else "") + "indicators: ["
        )
        lines += [f"      {yaml_of({'id': id_, 'name': id_.upper(), **plan.rows[id_]})}," for id_ in part]
        lines.append("    ]}")
    has_bonus = draw(st.booleans())
    if has_bonus:
        lines.append(
            "bonus: {cap: 3, items: [{id: idea, name: Idea, points: 1.25}, {id: other, name: Other, points: 2}]}"
        )
    total = "" if plain else _total(plan, draw)
    lines += [f"total: '{total}{' + bonus' if has_bonus else ''}'"] if total else []
    vetoes = [] if plain else _vetoes(plan, grades, draw)
    lines += ["veto:", *vetoes] if vetoes else []
    unused = [id_ for id_ in plan.rates if f"{id_}.factor" not in total]
    if unused:
        lines.append("results:")
        lines += [f"  - {{id: of_{id_}, name: Of, formula: {id_}.factor}}" for id_ in unused]
    grade = ", grade: C" if grades else ""
    lines += ["examples:", *[f"  - {{metrics: {{}}, total: 0{grade}}}"] * 2]
    return "\n".join(lines), plan


# --- values ----------------------------------------------------------------------------------------------------------


def _numbers(item: Input) -> st.SearchStrategy[Fraction]:
    low = F(0) if item.range.low is None else item.range.low
    high = low + 12 if item.range.high is None else item.range.high
    size = item.range.step or {InputType.COUNT: F(1), InputType.PERCENT: F(1, 1000)}.get(item.type, F(1, 10))
    first, last = -(-low // size), high // size
    within = st.integers(int(first), int(last)).map(lambda number: number * size)
    return st.one_of(within, st.sampled_from([low, high])).filter(lambda value: value in item.range)


def _values(item: Input) -> st.SearchStrategy[InputValue]:
    if item.type is InputType.LIST:
        row = st.fixed_dictionaries(
            {one.id: _values(one) for one in item.fields if not one.optional},
            optional={one.id: _values(one) for one in item.fields if one.optional},
        )
        return st.lists(row, min_size=1, max_size=3).map(tuple)
    if item.type is InputType.RATINGS:
        return st.lists(_numbers(item), min_size=1, max_size=3).map(lambda numbers: Numbers.of(tuple(numbers)))
    if item.type is InputType.YES_NO:
        return st.booleans()
    if item.type is InputType.CHOICE:
        return st.sampled_from([choice.id for choice in item.choices])
    return _numbers(item)


def row_values(row: Indicator) -> st.SearchStrategy[dict[str, InputValue]]:
    """Return a strategy for the values of a row: those that it needs, and some of those that it does not."""
    may_lack = {item.id for item in row.inputs if item.optional or item.has_default}
    return st.fixed_dictionaries(
        {item.id: _values(item) for item in row.inputs if item.id not in may_lack},
        optional={item.id: _values(item) for item in row.inputs if item.id in may_lack},
    ).filter(lambda values: all(evaluate(limit, _numbers_in(values)) for limit in row.limits))


def _numbers_in(values: Mapping[str, InputValue]) -> dict[str, Fraction]:
    return {id_: value for id_, value in values.items() if isinstance(value, Fraction)}


@st.composite
def any_reviews(draw: _Draw, plain: bool = False) -> AnyReview:
    """Draw a form with values that give a total."""
    text, _ = draw(form_texts(plain))
    return review_of(form_from(text), draw)


def review_of(form: Form, draw: _Draw) -> AnyReview:
    """Draw values of a form."""
    rows = list(form.indicators)
    left = draw(st.sets(st.sampled_from([row.id for row in rows]), max_size=1)) if len(rows) > 1 else set()
    absent = {row.id for row in rows if row.id in left and row.optional}
    not_applicable = frozenset(left - absent)
    metrics: Metrics = {row.id: draw(row_values(row)) for row in rows if row.id not in left}
    said = [row.id for row in rows if row.weight_from and row.id in metrics]
    if said:
        shares = [draw(st.integers(1, 5)) for _ in said]
        parts = [round_half_up(F(share, sum(shares)), 2) for share in shares]
        parts[-1] = 1 - sum(parts[:-1], F(0))
        for id_, part in zip(said, parts, strict=True):
            metrics[id_] = {**metrics[id_], "share": part}
    bonus = {item.id: draw(st.integers(0, 2)) for item in form.bonus}
    card, _ = score(form, metrics, not_applicable, bonus)
    return AnyReview(form, metrics, not_applicable, bonus, card)
