"""The method `weighted_list`: rules with what they give, worked out by hand; what the rule page says."""

from __future__ import annotations

import pytest

from kpigen.numbers.formula import Problem
from kpigen.scoring.score import missing_inputs, raw_score
from tests.helpers.forms import indicator_from
from tests.helpers.rules import SCALE, Rules, described, metric, rule

RULES: Rules = {
    "weighted list": (
        (
            "inputs:\n  goals:\n    type: list\n    fields:\n      name: {type: text, "
            "name: {zh: 名, en: Name}}\n      weight: {type: number, above: 0, name: {zh: 权, en: W}}\n"
            "      target: {type: number, above: 0, name: {zh: 标, en: T}}\n      actual: {type: number, min: 0, name: {zh: 实, en: A}}\n"
            "      better: {type: choice, default: higher, name: {zh: 向, "
            "en: B}, choices: {higher: {zh: 高, en: H}, lower: {zh: 低, en: L}}}\n"
            "score:\n  method: weighted_list\n  weight: weight\n"
            "  value: (1 if actual == 0 else min(target / actual, 1)) if better == lower else min(actual / target, 1)"
        ),
        [
            (
                "[{name: x, weight: 3, target: 90, actual: 81}, {name: y, weight: 2, target: 6, actual: 8, better: lower}]",
                "84",
            ),
            (
                (
                    "[{name: x, weight: 1, target: 5, actual: 0, better: lower}, "
                    "{name: y, weight: 3, target: 200, actual: 160, better: higher}]"
                ),
                "85",
            ),
            ("[{name: x, weight: 0.5, target: 40, actual: 65}]", "100"),
            ("[{name: x, weight: 1, target: 3, actual: 1}, {name: x, weight: 1, target: 3, actual: 1}]", "100/3"),
        ],
    ),
    "weighted list with numbers for choices": (
        (
            "inputs:\n  tasks:\n    type: list\n    fields:\n      done: {type: percent, name: {zh: 成, en: Done}}\n"
            "      urgency: {type: choice, default: low, name: {zh: 急, en: U}, choices: {low: {zh: 低, en: L}, high: {zh: 高, en: H}}}\n"
            "score: {method: weighted_list, values: {urgency: {low: 1, high: 3}}, weight: urgency, value: done}"
        ),
        [
            ("[{done: 50%, urgency: high}, {done: 100%, urgency: low}]", "62.5"),
            ("[{done: 50%, urgency: high}, {done: 100%}]", "62.5"),
            ("[{done: 0%}]", "0"),
            ("[{done: 33.3%, urgency: high}]", "33.3"),
        ],
    ),
    "weighted list with a scale": (
        (
            f"{SCALE}inputs:\n  tasks:\n    type: list\n    fields:\n      weight: {{type: number, default: 1, name: {{zh: 权, en: W}}}}\n"
            "      level: {scale: abc, name: {zh: 档, en: L}}\n"
            "score: {method: weighted_list, weight: weight, value: level / 5 if level != c else 0}"
        ),
        [
            ("[{level: a}, {level: b}]", "85"),
            ("[{level: a}, {level: c, weight: 3}]", "25"),
            ("[{weight: 1, level: c}]", "0"),
        ],
    ),
    "weighted list with a scale, and other numbers for its choices": (
        (
            f"{SCALE}inputs: {{l: {{type: list, fields: {{level: {{scale: abc, name: {{zh: 档, en: L}}}}}}}}}}\n"
            "score: {method: weighted_list, weight: '1', values: {level: {a: 1, b: 0.5, c: 0}}, value: level}"
        ),
        [("[{level: a}, {level: b}]", "75")],
    ),
    "weighted list with optional fields": (
        (
            "inputs:\n  l:\n    type: list\n    fields:\n      name: {type: text, optional: yes, name: {zh: 名, en: N}}\n"
            "      w: {type: number, min: 0, name: {zh: 权, en: W}, optional: yes}\n"
            "      v: {type: percent, name: {zh: 值, en: V}, optional: yes}\n"
            "      u: {type: percent, name: {zh: 值, en: U}, optional: yes}\n"
            "score: {method: weighted_list, weight: w, value: 'mean(v, u)'}"
        ),
        [
            ("[{w: 1, v: 50%}, {w: 3}]", "50"),
            ("[{w: 1, v: 50%, u: 100%}, {v: 3%}, {w: 1, u: 25%}]", "50"),
            ("[{name: x}, {w: 2, v: 10%}]", "10"),
        ],
    ),
    "weighted list with defaults from other fields": (
        (
            "inputs:\n  l:\n    type: list\n    fields:\n      own: {type: percent, name: {zh: 自, en: O}}\n"
            "      given: {type: percent, name: {zh: 他, en: G}, default: own}\n"
            "score: {method: weighted_list, weight: '1', value: given}"
        ),
        [("[{own: 50%}, {own: 10%, given: 100%}]", "75")],
    ),
    "weighted list with cap and floor": (
        (
            "inputs: {l: {type: list, fields: {v: {type: percent, name: {zh: 值, en: V}}}}}\n"
            "score: {method: weighted_list, weight: '1', value: v, cap: 90, floor: 20}"
        ),
        [("[{v: 10%}]", "20"), ("[{v: 50%}]", "50"), ("[{v: 99%}]", "90")],
    ),
}

# On a points form full marks are the indicator's weight.
POINTS: Rules = {
    "weighted list": (
        (
            "weight: 6\ninputs:\n  l: {type: list, fields: {v: {type: percent, "
            "name: {zh: 值, en: V}}}}\nscore: {method: weighted_list, weight: '1', value: v}"
        ),
        [("[{v: 50%}, {v: 100%}]", "4.5")],
    ),
}


def test_what_the_rule_page_says() -> None:
    assert described(RULES["weighted list with numbers for choices"][0]) == [
        "Weight of an entry: U",
        "Value of an entry: Done",
        "U: L 1, H 3",
    ]


def test_a_scale_that_lacks_a_choice_stops_the_score_not_the_program() -> None:
    text = RULES["weighted list with numbers for choices"][0].replace("{low: 1, high: 3}", "{low: 1}")
    indicator, found = indicator_from(text.replace("weight: urgency", "weight: urgency * 2"))
    assert [item.code for item in found] == ["KPI523"]
    assert indicator is not None
    assert raw_score(indicator, metric(indicator, "[{done: 50%, urgency: low}]"))[0] == 50
    with pytest.raises(Problem, match="`high` has no value"):
        raw_score(indicator, metric(indicator, "[{done: 50%, urgency: high}]"))


def test_optional_texts_of_entries_may_be_missing() -> None:
    indicator = rule(
        "inputs:\n  l:\n    type: list\n    fields:\n      note: {type: text, optional: yes, "
        "name: {zh: 注, en: Note}}\n      v: {type: percent, name: {zh: 值, en: V}}\n"
        "score: {method: weighted_list, weight: '1', value: v}"
    )
    values = metric(indicator, "[{v: 30%}, {v: 60%, note: 说明}]")
    assert missing_inputs(indicator, values) == ()
    assert raw_score(indicator, values)[0] == 45
