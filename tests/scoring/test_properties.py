"""What holds for every review of every form: the nine that ship and a tenth from another trade."""

from __future__ import annotations

import ast
import itertools
import operator
import random
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kpigen.model.forms import Form, Indicator, Input, InputType
from kpigen.model.reviews import Metrics
from kpigen.numbers.formula import write
from kpigen.numbers.quantities import read_duration, read_number, read_percent
from kpigen.repository.export import scores_as_json
from kpigen.scoring.content import content_digest
from kpigen.scoring.score import effective_weights, score
from tests.helpers.any_form import AnyReview, any_reviews, form_from
from tests.helpers.forms import (
    TEN,
    card_for,
    card_of,
    form_of,
    numbers_of,
    read_text,
    review_text,
    rulebook,
    write_number,
    written_bonus,
    written_metric,
    written_metrics,
    yaml_of,
)

every_form = pytest.mark.parametrize("form_id", TEN)


def value_of(item: Input, text: str) -> Fraction:
    """The number that was written for an input."""
    read = {InputType.PERCENT: read_percent, InputType.DURATION: read_duration}.get(item.type, read_number)(text)
    assert isinstance(read, Fraction)
    return read


# --- points and totals -----------------------------------------------------------------------------------------------


@every_form
@settings(deadline=None, max_examples=15)
@given(data=st.data())
def test_caps_floors_and_points(form_id: str, data: st.DataObject) -> None:
    form = form_of(form_id)
    card = card_for(form_id, data.draw(written_metrics(form_id)))
    for result, indicator in zip(card.indicators, form.indicators, strict=True):
        assert result.raw is not None
        zero = any(step.kind == "when_zero" for step in result.steps)
        assert indicator.score.cap is None or zero or result.raw <= indicator.score.cap
        assert indicator.score.floor is None or zero or result.raw >= indicator.score.floor
        assert result.weight == indicator.weight
        exact = result.raw * indicator.weight / (indicator.weight if form.by_weight else 100)
        half_up = Fraction(int(abs(exact) * 100 + Fraction(1, 2)), 100) * (1 if exact >= 0 else -1)
        assert result.points == half_up


@every_form
@settings(deadline=None, max_examples=15)
@given(data=st.data())
def test_the_printed_column_adds_up_to_the_printed_total(form_id: str, data: st.DataObject) -> None:
    form = form_of(form_id)
    metrics, bonus = data.draw(written_metrics(form_id)), data.draw(written_bonus(form_id))
    away = data.draw(st.sets(st.sampled_from([item.id for item in form.indicators]), max_size=len(form.indicators) - 1))
    assume(any(item.weight for item in form.indicators if item.id not in away))
    kept = {id_: value for id_, value in metrics.items() if id_ not in away}
    reasons = {"not_applicable": dict.fromkeys(sorted(away), "本期没有")} if away else {}
    card = card_for(form_id, kept, **reasons, **({"bonus": bonus} if bonus else {}))
    printed = scores_as_json(card)
    column = [item["points"] for item in printed["indicators"] if item["points"] is not None]
    column += [item["points"] for item in printed["bonus"]]
    assert all(re.fullmatch(r"-?\d+\.\d\d", points) for points in [*column, printed["total"]])
    assert sum(map(Decimal, column)) == Decimal(printed["total"])
    assert [item["id"] for item in printed["indicators"] if item["not_applicable"]] == [
        i.id for i in form.indicators if i.id in away
    ]
    assert [item["id"] for item in printed["bonus"]] == [item.id for item in form.bonus]
    bounds = [Fraction(90), Fraction(80), Fraction(70), Fraction(60)]
    by_total = "ABCDE"[sum(Fraction(printed["total"]) < bound for bound in bounds)]
    if printed["grade"] is None:  # a veto looks at what does not apply
        assert any(veto.holds is None for veto in card.vetoes)
    else:
        assert printed["grade"] == by_total if not form.vetoes else printed["grade"] >= by_total


@every_form
@settings(deadline=None, max_examples=10)
@given(data=st.data())
def test_json_numbers_are_texts_of_at_most_four_decimals(form_id: str, data: st.DataObject) -> None:
    printed = scores_as_json(card_for(form_id, data.draw(written_metrics(form_id))))
    for item in printed["indicators"]:
        for key in ("raw", "out_of", "weight"):
            assert re.fullmatch(r"-?\d+(\.\d{0,3}[1-9])?", item[key]), (key, item[key])
        assert item["steps"], item["id"]
        assert list(item) == ["id", "raw", "out_of", "weight", "points", "not_applicable", "steps"]


# --- better numbers --------------------------------------------------------------------------------------------------

# + the more the better, - the fewer the better; a word list is levels from the worst to the best; * by its own rule below.
BETTER = {
    "cs-practical": """+csat -response_time +complaint_handling.handled -complaint_handling.received +coaching +climate -turnover.leavers
        +turnover.start +turnover.end +communication +coordination +problem_solving +innovation *goal_attainment""",
    "cs-kpi-gs": """+report_timeliness.on_time -report_timeliness.due -policy_failures -cost_control.actual +cost_control.budget
        -turnover.leavers +turnover.average_headcount +policy_quality""",
    "cs-latest": """*tasks +csat +resolution_rate.solved -resolution_rate.total +complaint_handling.handled -complaint_handling.received
        +collaboration +training +motivation +learning +skills +business""",
    "cs-360": """+service_quality +service_efficiency.resolved -service_efficiency.assigned +communication.self +communication.peers
        +communication.subordinates +communication.manager +work_plan.completed -work_plan.planned +team_building.self
        +team_building.peers +team_building.subordinates +team_building.manager""",
    "ecommerce-cs": "-aht.actual +aht.average +resolution_rate.solved -resolution_rate.total +csat growth=no,yes",
    "front-desk": """+follow_up_calls -complaints.late -complaints.escalated -satisfaction_survey -training -customer_records
        -service_improvement -five_s -cashier -team_interviews -turnover.leavers +turnover.start +turnover.end -compliance""",
    "cs-graded": """+csat +team_performance +management.coordination +management.development +ability.knowledge +ability.adaptability
        +ability.communication""",
    "property-cs": """+repair_intake +fee_collection +complaint_timeliness +satisfaction +file_integrity +follow_up +training_completion
        +community_events.held -community_events.planned +service_standards +responsibility +discipline +dedication +teamwork
        +planning +training_skill +emergency +problem_solving +cooperation""",
    "support-center": """+important_tasks.done -important_tasks.planned +ad_hoc_tasks.done -ad_hoc_tasks.planned -attrition.resigned
        -attrition.dismissed +sales.actual -sales.plan -team.violations +team.scores superior=poor,lax,solid,eager""",
    "warehouse-keeper": """+stock_accuracy.matching -stock_accuracy.counted *stock_variance.physical *stock_variance.book +on_time.sent
        -on_time.orders -picking_time -shipping_errors.wrong -shipping_errors.complaints -shipping_errors.dock_hours -accidents.minor
        -accidents.serious five_s=messy,fair,tidy,exemplary integrity=yes,no +cooperation""",
}


def test_the_table_of_directions_is_complete() -> None:
    for form_id in TEN:
        named = {re.split("=", word.lstrip("+-*"))[0] for word in BETTER[form_id].split()}
        wanted = {
            item.id if len(item.inputs) == 1 else f"{item.id}.{one.id}"
            for item in form_of(form_id).indicators
            for one in item.inputs
        }
        assert named == wanted


def better_number(
    item: Input, old: Fraction, new: Fraction, sign: str, others: Mapping[str, Fraction], indicator: Indicator
) -> Fraction:
    """A number not worse than `old`, kept within `a <= b` and the input's range."""
    value = max(old, new) if sign == "+" else min(old, new)
    for limit in indicator.limits:
        ids = [getattr(operand, "id", None) for operand in getattr(limit, "operands", ())]
        if getattr(limit, "operator", "") == "<=" and item.id in ids:
            value = min(value, others[str(ids[1])]) if ids[0] == item.id else max(value, others[str(ids[0])])
    return value


def improve(form: Form, metrics: dict[str, Any], word: str, draw: Any) -> dict[str, Any]:
    """Return the metrics with one input made better, or left as it is."""
    sign, name = (word[0], word[1:]) if word[0] in "+-*" else ("", word)
    name, _, levels = name.partition("=")
    id_, _, input_id = name.partition(".")
    indicator = form.indicator(id_)
    assert indicator is not None
    item = indicator.input(input_id) if input_id else indicator.inputs[0]
    assert item is not None
    old = metrics[id_][input_id] if input_id else metrics[id_]
    if levels:
        order = levels.split(",")
        new: Any = draw(st.sampled_from(order[order.index(old) :]))
    elif sign == "*":
        new = special(item, metrics[id_], draw)
        return {**metrics, id_: new}
    elif item.type is InputType.RATINGS:
        at = draw(st.integers(0, len(old) - 1))
        raised = max(value_of(item, old[at]), draw(numbers_of(item)))
        new = [*old[:at], write_number(item, raised), *old[at + 1 :]]
    else:
        numbers = {}
        if isinstance(metrics[id_], dict):
            numbers = {one.id: value_of(one, metrics[id_][one.id]) for one in indicator.inputs if one.type.is_number}
        new = write_number(
            item, better_number(item, value_of(item, old), draw(numbers_of(item)), sign, numbers, indicator)
        )
    return {**metrics, id_: {**metrics[id_], input_id: new} if input_id else new}


def special(item: Input, metric: Any, draw: Any) -> Any:
    """A better entry of a list; a stock nearer to its books."""
    if isinstance(metric, dict):
        physical, book = Fraction(metric["physical"]), Fraction(metric["book"])
        near = book + (physical - book) * draw(st.sampled_from([Fraction(0), Fraction(1, 2), Fraction(1)]))
        return {**metric, "physical": write_number(item, Fraction(round(near * 100), 100))}
    at = draw(st.integers(0, len(metric) - 1))
    row = metric[at]
    fields = {one.id: one for one in item.fields}
    key = draw(st.sampled_from([id_ for id_ in ("completion", "actual", "target") if id_ in row]))
    up = key == "completion" or (key == "actual") == (row.get("better") != "lower")
    old, new = value_of(fields[key], row[key]), draw(numbers_of(fields[key]))
    return [
        *metric[:at],
        {**row, key: write_number(fields[key], max(old, new) if up else min(old, new))},
        *metric[at + 1 :],
    ]


@every_form
@settings(deadline=None, max_examples=25)
@given(data=st.data())
def test_a_better_number_never_lowers_the_score(form_id: str, data: st.DataObject) -> None:
    form = form_of(form_id)
    before = data.draw(written_metrics(form_id))
    after = before
    for word in data.draw(st.lists(st.sampled_from(BETTER[form_id].split()), min_size=1, max_size=4)):
        after = improve(form, after, word, data.draw)
    one, two = card_for(form_id, before), card_for(form_id, after)
    assert one.total is not None
    assert two.total is not None
    for old, new in zip(one.indicators, two.indicators, strict=True):
        assert old.raw is not None
        assert new.raw is not None
        assert new.raw >= old.raw, (old.id, before[old.id], after[old.id])
    assert two.total >= one.total
    assert str(two.grade) <= str(one.grade)


@pytest.mark.parametrize("form_id", ["property-cs", "warehouse-keeper"])
@settings(deadline=None, max_examples=20)
@given(data=st.data())
def test_more_bonus_never_lowers_the_total(form_id: str, data: st.DataObject) -> None:
    form = form_of(form_id)
    metrics, counts = data.draw(written_metrics(form_id)), data.draw(written_bonus(form_id))
    item = data.draw(st.sampled_from([one.id for one in form.bonus]))
    more = {**counts, item: str(int(counts.get(item, "0")) + 1)}
    one = card_for(form_id, metrics, **({"bonus": counts} if counts else {}))
    two = card_for(form_id, metrics, bonus=more)
    assert one.total is not None
    assert two.total is not None
    assert two.total >= one.total
    assert one.base == two.base, "the bonus is apart from the base"
    if form.bonus_cap is None:
        assert two.total - one.total == next(one.points for one in form.bonus if one.id == item)
    else:
        assert two.total - two.base <= form.bonus_cap


# --- writing ---------------------------------------------------------------------------------------------------------


def shuffled(value: Any, chance: random.Random) -> Any:
    """The same metric with its inputs in another order; lists stay in theirs."""
    if isinstance(value, dict):
        items = list(value.items())
        chance.shuffle(items)
        return {key: shuffled(item, chance) for key, item in items}
    return [shuffled(item, chance) for item in value] if isinstance(value, list) else value


def block(value: Any, indent: str) -> str:
    """Write a metric over several lines."""
    if isinstance(value, dict):
        return "".join(f"\n{indent}{key}:{block(item, indent + '  ')}" for key, item in value.items())
    if isinstance(value, list):
        return "".join(f"\n{indent}- {yaml_of(item)}" for item in value)
    return f" {value}"


@every_form
@settings(deadline=None, max_examples=10)
@given(data=st.data())
def test_order_and_layout_do_not_matter(form_id: str, data: st.DataObject) -> None:
    form = form_of(form_id)
    metrics = data.draw(written_metrics(form_id))
    text = review_text(form_id, metrics)
    mixed = review_text(form_id, shuffled(metrics, data.draw(st.randoms(use_true_random=False))))
    lines = "".join(f"  {id_}:{block(value, '    ')}\n" for id_, value in metrics.items())
    spread = re.sub(r"metrics:\n(  .*\n)+", lambda _: f"metrics:   # 数字\n{lines}", text)
    card = card_of(text)
    digests = []
    for one in (text, mixed, spread, "\ufeff" + spread.replace("\n", "\r\n")):
        assert card_of(one) == card
        review, _ = read_text(one)
        assert review is not None
        digests.append(content_digest(review, form))
    assert len(set(digests)) == 1, "the content is the same"


def writings(item: Input, text: str) -> list[str]:
    """Other writings of the same number."""
    quoted = [f'"{text}"', f"'{text}'"]
    if item.type is InputType.PERCENT:
        number = text[:-1]
        return [*quoted, f"0{text}", f"+{text}", f"{number}.0%" if "." not in number else f"{number}0%"]
    if item.type is InputType.DURATION:
        seconds = int(text[:-1])
        minutes, rest = divmod(seconds, 60)
        hours, left = divmod(minutes, 60)
        return [
            *quoted,
            f"{minutes}m{rest}s",
            f"0h{minutes}m{rest}s",
            f"{hours}h{left}m{rest}s",
            f"0m{seconds}s",
            f"00{seconds}s",
            f"{hours}h{left * 60 + rest}s",
        ]
    if item.type is InputType.COUNT:
        return [*quoted, f"0{text}", f"+{text}", f"000{text}"]
    if item.type.is_number:
        return [*quoted, f"0{text}", f"+{text}", f"{text}.00" if "." not in text else f"{text}00"]
    return [text]


def rewritten(item: Input, value: Any, chance: random.Random) -> Any:
    if item.type is InputType.LIST:
        fields = {one.id: one for one in item.fields}
        return [{key: rewritten(fields[key], text, chance) for key, text in row.items()} for row in value]
    if item.type is InputType.RATINGS:
        return [chance.choice(["0{}", "+{}", '"{}"']).format(text) for text in value]
    return chance.choice(writings(item, value))


@every_form
@settings(deadline=None, max_examples=15)
@given(data=st.data())
def test_writings_of_one_number_score_alike(form_id: str, data: st.DataObject) -> None:
    form = form_of(form_id)
    metrics, chance = data.draw(written_metrics(form_id)), data.draw(st.randoms(use_true_random=False))
    other = {}
    for indicator in form.indicators:
        value = metrics[indicator.id]
        if len(indicator.inputs) == 1:
            other[indicator.id] = rewritten(indicator.inputs[0], value, chance)
        else:
            other[indicator.id] = {item.id: rewritten(item, value[item.id], chance) for item in indicator.inputs}
    one, two = review_text(form_id, metrics), review_text(form_id, other)
    assert card_of(one) == card_of(two)
    reviews = [read_text(text)[0] for text in (one, two)]
    assert len({content_digest(review, form) for review in reviews if review}) == 1


@pytest.mark.parametrize(
    ("form_id", "indicator", "texts"),
    [
        ("cs-practical", "csat", ["96.5%", "96.50%", "096.5%", "+96.5%", '"96.5%"', "96.500000%"]),
        ("cs-practical", "response_time", ["60s", "1m", "0m60s", "1m0s", "0h1m", "0h0m60s", "060s", "'1m'"]),
        ("cs-practical", "coaching", ["6.5", "6.50", "06.5", "+6.5"]),
        ("cs-practical", "climate", ["85", "085", "85.0", "+85"]),
        ("front-desk", "follow_up_calls", ["593", "0593", "+593"]),
        (
            "ecommerce-cs",
            "aht",
            ["{actual: 1h, average: 2h}", "{actual: 60m, average: 7200s}", "{average: 1h60m, actual: 59m60s}"],
        ),
        (
            "support-center",
            "sales",
            ["{actual: 95, plan: 100}", "{actual: 95.00, plan: 100.0}", "{plan: 0100, actual: +95}"],
        ),
    ],
)
def test_the_same_number(form_id: str, indicator: str, texts: list[str]) -> None:
    cards = [card_for(form_id, {indicator: text}).indicator(indicator) for text in texts]
    assert cards[0].points is not None
    assert cards == [cards[0]] * len(texts)


def test_a_default_may_be_written_or_not() -> None:
    """Neither the score nor the content changes."""
    rows = [
        {"name": "甲", "weight": "3", "target": "90", "actual": "81"},
        {"name": "乙", "weight": "1", "target": "5", "actual": "4"},
    ]
    texts = [
        review_text("cs-practical", {"goal_attainment": [{**row, **better} for row in rows]})
        for better in ({}, {"better": "higher"}, {"better": ""})
    ]
    reviews = [read_text(text)[0] for text in texts]
    assert len({content_digest(review, form_of("cs-practical")) for review in reviews if review}) == 1
    assert [card_of(text).indicator("goal_attainment").raw for text in texts] == [Fraction(875, 10)] * 3
    lower = review_text("cs-practical", {"goal_attainment": [{**row, "better": "lower"} for row in rows]})
    assert card_of(lower).indicator("goal_attainment").raw == 100


# --- not applicable --------------------------------------------------------------------------------------------------


def spread_by_hand(form: Form, away: Iterable[str]) -> dict[str, Fraction]:
    """The rule of forms.md in its own words, in two passes."""
    away = set(away)
    weights = {item.id: item.weight for item in form.indicators if item.id not in away}
    homeless = Fraction(0)
    for section in form.sections:
        rest = [item.id for item in section.indicators if item.id in weights]
        gone = sum((item.weight for item in section.indicators if item.id in away), Fraction(0))
        mass = sum((weights[id_] for id_ in rest), Fraction(0))
        if mass == 0:
            homeless += gone
        for id_ in rest:
            weights[id_] += gone * weights[id_] / mass if mass else 0
    mass = sum(weights.values(), Fraction(0))
    return {id_: weight + homeless * weight / mass for id_, weight in weights.items()}


@every_form
@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_what_does_not_apply_spreads_its_whole_weight(form_id: str, data: st.DataObject) -> None:
    form = form_of(form_id)
    ids = [item.id for item in form.indicators]
    sections = data.draw(st.sets(st.sampled_from([section.id for section in form.sections]), max_size=2))
    away = data.draw(st.sets(st.sampled_from(ids), max_size=len(ids) - 1))
    away |= {item.id for section in form.sections if section.id in sections for item in section.indicators}
    expected = (
        spread_by_hand(form, away) if any(item.weight for item in form.indicators if item.id not in away) else None
    )
    assume(expected)
    assert expected is not None
    found = effective_weights(form, frozenset(away))
    assert {id_: weight for id_, weight in found.items() if id_ not in away} == expected
    assert all(found[id_] == 0 for id_ in away)
    assert sum(found.values()) == 100
    for section in form.sections:
        kept = [item for item in section.indicators if item.id not in away and item.weight]
        for one, other in itertools.pairwise(kept):
            assert found[one.id] * other.weight == found[other.id] * one.weight, "the proportions of a section stay"


@every_form
@settings(deadline=None, max_examples=8)
@given(data=st.data())
def test_not_applicable_leaves_raw_scores_as_they_are(form_id: str, data: st.DataObject) -> None:
    form = form_of(form_id)
    away = data.draw(st.sampled_from([item.id for item in form.indicators if item.weight < 100]))
    metrics = data.draw(written_metrics(form_id))
    whole = card_for(form_id, metrics)
    part = card_for(
        form_id,
        {id_: value for id_, value in metrics.items() if id_ != away},
        not_applicable={away: "本期没有此项工作"},
    )
    weights = spread_by_hand(form, {away})
    for old, new in zip(whole.indicators, part.indicators, strict=True):
        if new.id == away:
            assert (new.not_applicable, new.raw, new.points, new.weight) == (True, None, None, 0)
            continue
        assert (new.raw, new.out_of, new.weight) == (old.raw, old.out_of, weights[new.id])
        assert new.raw is not None
        if new.out_of:
            points = Decimal((new.raw * new.weight / new.out_of).numerator) / Decimal(
                (new.raw * new.weight / new.out_of).denominator
            )
            assert new.points == Fraction(points.quantize(Decimal("0.01"), ROUND_HALF_UP))
    assert part.total is not None


def test_everything_not_applicable_is_an_error() -> None:
    for form_id in TEN:
        reasons = dict.fromkeys([item.id for item in form_of(form_id).indicators], "本期停岗")
        _, found = read_text(review_text(form_id, {}, not_applicable=reasons))
        assert [item.code for item in found if item.is_error if item.code == "KPI329"] == ["KPI329"]


# --- drafts ----------------------------------------------------------------------------------------------------------


@every_form
@settings(deadline=None, max_examples=12)
@given(data=st.data())
def test_a_draft_that_lacks_metrics_is_open(form_id: str, data: st.DataObject) -> None:
    form = form_of(form_id)
    metrics = data.draw(written_metrics(form_id))
    missing = data.draw(st.sets(st.sampled_from(list(metrics)), min_size=1))
    whole = card_for(form_id, metrics)
    for blank in (dict.fromkeys(missing, ""), {}):
        part = card_for(form_id, {**{id_: value for id_, value in metrics.items() if id_ not in missing}, **blank})
        assert (part.total, part.grade) == (None, None)
        for old, new in zip(whole.indicators, part.indicators, strict=True):
            if new.id in missing:
                assert (new.raw, new.points, new.not_applicable, new.weight) == (
                    None,
                    None,
                    False,
                    form.indicator(new.id).weight,
                )  # type: ignore[union-attr]
            else:
                assert new == old
        printed = scores_as_json(part)
        assert printed["total"] is printed["grade"] is None
        assert [item["id"] for item in printed["indicators"] if item["points"] is None] == [
            i.id for i in form.indicators if i.id in missing
        ]


@every_form
@settings(deadline=None, max_examples=6)
@given(data=st.data())
def test_a_metric_that_lacks_an_input_is_open(form_id: str, data: st.DataObject) -> None:
    several = [item for item in form_of(form_id).indicators if len(item.inputs) > 1]
    assume(several)
    indicator = data.draw(st.sampled_from(several))
    metrics = data.draw(written_metrics(form_id))
    gone = data.draw(st.sampled_from([item.id for item in indicator.inputs if item.default is None]))
    value = {id_: text for id_, text in metrics[indicator.id].items() if id_ != gone}
    card = card_for(form_id, {**metrics, indicator.id: value})
    assert card.indicator(indicator.id).points is None
    assert (card.total, card.grade) == (None, None)


def test_an_entry_that_lacks_a_field_is_open() -> None:
    """Goals are set at the start of the month, before there is anything to score."""
    rows = [{"name": "甲", "weight": "3", "target": "90", "actual": "81"}, {"name": "乙", "weight": "1", "target": "5"}]
    card = card_for("cs-practical", {"goal_attainment": rows, "climate": "80"})
    assert card.indicator("goal_attainment").points is None
    assert card.indicator("climate").points == Fraction(64, 10)
    rows[1]["actual"] = "5"
    assert card_for("cs-practical", {"goal_attainment": rows}).indicator("goal_attainment").raw == Fraction(925, 10)


@pytest.mark.parametrize("form_id", TEN)
@settings(deadline=None, max_examples=3)
@given(data=st.data())
def test_random_metrics_reach_every_indicator(form_id: str, data: st.DataObject) -> None:
    """The other tests of this file would prove nothing if their numbers never scored."""
    for indicator in form_of(form_id).indicators:
        assert (
            card_for(form_id, {indicator.id: data.draw(written_metric(indicator))}).indicator(indicator.id).raw
            is not None
        )
    assert rulebook().ids == tuple(sorted(TEN))


# --- forms on any scale ----------------------------------------------------------------------------------------------


def rounded_by_hand(value: Fraction, decimals: int, half_even: bool) -> Fraction:
    """A number with some decimals, by whole numbers: halves away from zero, or to the even digit."""
    units = abs(value) * 10**decimals
    whole, rest = divmod(units, 1)
    up = rest > Fraction(1, 2) or (rest == Fraction(1, 2) and (not half_even or whole % 2 == 1))
    return Fraction(whole + up, 10**decimals) * (1 if value > 0 else -1)


class Arithmetic:
    """A formula read and worked out by other means: Python reads it, and this counts. None is what does not apply."""

    def __init__(self, names: Mapping[str, Any]) -> None:
        self.names = names

    def of(self, text: str) -> Any:
        return self.node(ast.parse(re.sub(r"([\d.]+)%", r"(\1 / 100)", text), mode="eval").body)

    def node(self, node: ast.AST) -> Any:
        match node:
            case ast.Constant():
                return Fraction(str(node.value))
            case ast.Name():
                return self.names.get(node.id)
            case ast.Attribute(value=ast.Name(id=first), attr=second):
                return self.names.get(f"{first}.{second}")
            case ast.UnaryOp(op=ast.USub()):
                return self.known(lambda a: -a, node.operand)
            case ast.BinOp():
                return self.known(SIGNS[type(node.op)], node.left, node.right)
            case ast.Compare():
                return self.known(SIGNS[type(node.ops[0])], node.left, node.comparators[0])
            case ast.IfExp():
                return self.node(node.body if self.node(node.test) else node.orelse)
            case ast.Call(func=ast.Name(id=name)):
                return self.call(name, node.args)
        raise AssertionError(ast.dump(node))

    def known(self, function: Callable[..., Any], *nodes: ast.AST) -> Any:
        values = [self.node(one) for one in nodes]
        return None if None in values else function(*values)

    def call(self, name: str, args: list[ast.expr]) -> Any:
        if name == "count" and len(args) == 2:
            items = self.node(args[0])
            entries = [one if isinstance(one, Mapping) else {"value": one} for one in items or ()]
            return Fraction(sum(bool(Arithmetic({**self.names, **one}).node(args[1])) for one in entries))
        first = self.node(args[0])
        items = first if isinstance(first, list) else [self.node(one) for one in args]
        items = [one for one in items if one is not None]
        if not items:
            return None
        return {
            "sum": lambda: sum(items, Fraction(0)),
            "mean": lambda: sum(items, Fraction(0)) / len(items),
            "min": lambda: min(items),
            "max": lambda: max(items),
            "abs": lambda: abs(items[0]),
            "floor": lambda: Fraction(items[0].__floor__()),
        }[name]()


SIGNS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


def total_by_hand(review: AnyReview) -> Fraction | None:
    """The total from the raw scores, by the words of the rule file."""
    form, card = review.form, review.card

    def nearest(value: Fraction) -> Fraction:
        return rounded_by_hand(value, form.decimals, form.rounding.half_even)

    def counted(value: Fraction) -> Fraction:
        return nearest(value) if form.rounding.of_rows else value

    names: dict[str, Any] = {}
    for row, item in zip(form.indicators, card.indicators, strict=True):
        if item.raw is not None and row.out_of:
            names[row.id] = counted(item.raw * item.weight / row.out_of)
            given = review.metrics[row.id]
            names |= {f"{row.id}.{one.id}": given.get(one.id, one.default) for one in row.inputs}
    for section in form.sections:
        own = [names[row.id] for row in section.indicators if row.id in names]
        names[f"{section.id}.rows"] = own
        if own and section.total is not None:
            found = Arithmetic(names).of(write(section.total))
            names[section.id] = None if found is None else counted(found)
        else:
            names[section.id] = sum(own, Fraction(0)) if own else None
    names["rows"] = [names[row.id] for row in form.indicators if row.id in names]
    names["rows.n"] = [names[f"{row.id}.n"] for row in form.indicators if f"{row.id}.n" in names]
    names["bonus"] = sum((counted(one.points * Fraction(review.bonus[one.id])) for one in form.bonus), Fraction(0))
    if form.bonus_cap is not None:
        names["bonus"] = min(names["bonus"], form.bonus_cap)
    names["bonus"] = counted(names["bonus"])
    if form.total is None:
        parts = [names[section.id] for section in form.sections if names[section.id] is not None]
        total: Fraction | None = sum(parts, names["bonus"])
    else:
        total = Arithmetic(names).of(write(form.total))
    if total is None:
        return None
    before = total = nearest(total)
    for veto in form.vetoes:
        if veto.total is not None and Arithmetic({**names, "total": before}).of(write(veto.when)):
            found = Arithmetic({**names, "total": total}).of(write(veto.total))
            assert found is not None
            total = nearest(found)
    return total


@settings(deadline=None, max_examples=200)
@given(review=any_reviews())
def test_any_total_is_what_its_formulas_say(review: AnyReview) -> None:
    if review.card.total is not None:
        assert review.card.total == total_by_hand(review)


@settings(deadline=None, max_examples=100)
@given(review=any_reviews())
def test_any_points_are_rounded_as_the_form_says(review: AnyReview) -> None:
    form = review.form
    for item in review.card.indicators:
        if item.raw is None or item.exact is None or item.points is None:
            continue
        exactly = item.raw * item.weight / item.out_of
        nearest = rounded_by_hand(exactly, form.decimals, form.rounding.half_even)
        assert item.exact == (nearest if form.rounding.of_rows else exactly)
        off = abs(item.points - exactly) * 10**form.decimals
        assert item.points == nearest or (off < 1 and not form.rounding.of_rows and form.rounding.adds_up)
        assert (item.points * 10**form.decimals).denominator == 1


@settings(deadline=None, max_examples=150)
@given(review=any_reviews(plain=True))
def test_any_printed_column_adds_up_to_the_printed_total(review: AnyReview) -> None:
    form, card = review.form, review.card
    if card.total is not None and (form.rounding.of_rows or form.rounding.adds_up):
        column = [item.points for item in (*card.indicators, *card.bonus) if item.points is not None]
        assert sum(column, Fraction(0)) == card.total
        assert sum((item.points or Fraction(0) for item in card.indicators), Fraction(0)) == card.base


@settings(deadline=None, max_examples=100)
@given(review=any_reviews(), chance=st.randoms(use_true_random=False))
def test_order_of_rows_sections_and_bonus_items_does_not_matter(review: AnyReview, chance: random.Random) -> None:
    form = review.form

    def mixed(items: Iterable[Any]) -> tuple[Any, ...]:
        items = list(items)
        chance.shuffle(items)
        return tuple(items)

    other = replace(
        form,
        sections=mixed(replace(section, indicators=mixed(section.indicators)) for section in form.sections),
        bonus=mixed(form.bonus),
    )
    card, _ = score(other, review.metrics, review.not_applicable, review.bonus)
    assert (card.total, card.grade) == (review.card.total, review.card.grade)
    exact = {item.id: (item.raw, item.exact) for item in review.card.indicators}
    assert {item.id: (item.raw, item.exact) for item in card.indicators} == exact


@settings(deadline=None, max_examples=100)
@given(review=any_reviews(plain=True))
def test_weights_add_up_to_full_marks_whatever_does_not_apply(review: AnyReview) -> None:
    form, card = review.form, review.card
    if form.has_weights and card.total is not None:
        assert sum(item.weight for item in card.indicators) == form.full
        assert all(item.weight == 0 for item in card.indicators if item.not_applicable)


@settings(deadline=None, max_examples=60)
@given(
    full=st.sampled_from([1, 5, 100, 320]),
    decimals=st.integers(0, 4),
    shares=st.lists(st.integers(1, 9), min_size=2, max_size=8),
    data=st.data(),
)
def test_full_marks_are_full_marks_whatever_does_not_apply(
    full: int, decimals: int, shares: list[int], data: st.DataObject
) -> None:
    """Rows that are not rounded have no loose ends: whoever has all of what applies has everything."""
    rows = ", ".join(
        f"{{id: r{number}, name: R, weight: {full * share}/{sum(shares)}, inputs: {{n: {{type: rating}}}}}}"
        for number, share in enumerate(shares)
    )
    examples = "[{metrics: {}, total: 0}, {metrics: {}, total: 0}]"
    form = form_from(f"full: {full}\ndecimals: {decimals}\nrounding: total\nindicators: [{rows}]\nexamples: {examples}")
    away = data.draw(st.sets(st.sampled_from([item.id for item in form.indicators]), max_size=len(shares) - 1))
    metrics: Metrics = {item.id: {"n": Fraction(full)} for item in form.indicators if item.id not in away}
    card, _ = score(form, metrics, frozenset(away))
    assert card.total == full
    assert sum(item.points or 0 for item in card.indicators) == full
    share = Fraction(data.draw(st.integers(0, 20)), 20)
    part, _ = score(form, {id_: {"n": full * share} for id_ in metrics}, frozenset(away))
    assert part.total == rounded_by_hand(full * share, decimals, half_even=False)


@pytest.mark.parametrize(
    ("rows", "applying", "share", "total"), [(8, 7, 1, 100), (4, 3, 1, 100), (7, 6, "9/10", 90), (3, 3, "9/10", 90)]
)
def test_an_exact_total_is_exact(rows: int, applying: int, share: int | str, total: int) -> None:
    """With rows that are rounded one by one, these are 100.03, 99.99, 90.02 and 89.99 or the like."""
    lines = ", ".join(
        f"{{id: r{n}, name: R, weight: 100/{rows}, inputs: {{n: {{type: rating}}}}}}" for n in range(rows)
    )
    examples = "[{metrics: {}, total: 0, grade: B}, {metrics: {}, total: 0, grade: B}]"
    form = form_from(f"rounding: total\ngrades: {{A: 90, B: none}}\nindicators: [{lines}]\nexamples: {examples}")
    metrics: Metrics = {f"r{n}": {"n": 100 * Fraction(share)} for n in range(applying)}
    card, _ = score(form, metrics, frozenset(f"r{n}" for n in range(applying, rows)))
    assert (card.total, card.grade) == (total, "A")
