"""Reads what an input may take by `auto`: the totals of the team, or the employee's own of shorter periods."""

from __future__ import annotations

from kpigen.base.periods import Cycle
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.values import Value, phrase
from kpigen.document.nodes import Node, Scalar
from kpigen.document.reader import Reader
from kpigen.model.forms import AutoRule, InputType, Take

_KEYS = ("take", "cycle", "part", "form", "indicator")
_TAKES = tuple(take.value for take in Take)
_CYCLES = (Cycle.MONTH.value, Cycle.QUARTER.value, Cycle.HALF.value)

#: A period is divided into four quarters at most.
_MOST_PARTS = 4


def read_auto(reader: Reader, node: Node | None, where: str, type_: InputType, nested: bool) -> AutoRule | None:
    """Return what an input takes, or None if it takes nothing. It is written as one word, or as a mapping with `take`."""
    if node is None:
        return None
    values = {"take": node} if isinstance(node, Scalar) else reader.mapping(node, where, _KEYS, required=("take",))
    key = where if isinstance(node, Scalar) else f"{where}.take"
    word = reader.one_of(values.get("take"), key, _TAKES)
    if word is None:
        return None
    take = Take(word)
    if take is Take.TEAM_TOTALS:
        others = [key for key in values if key != "take"]
        if others:
            _refuse(reader, values[others[0]], where, phrase("only `own_totals` has `{key}`", key=others[0]))
        return AutoRule(take, span=reader.span(node))
    if nested or type_ is not InputType.RATINGS:
        _refuse(reader, node, where, phrase("own totals are a list, so the input is of type `ratings`"))
        return None
    cycle = reader.one_of(values.get("cycle"), f"{where}.cycle", _CYCLES)
    part = reader.whole(values.get("part"), f"{where}.part")
    if part is not None and not 1 <= part <= _MOST_PARTS:
        _refuse(reader, values["part"], where, phrase("`part` is a number from 1 to {most}", most=_MOST_PARTS))
        part = None
    return AutoRule(
        take=take,
        cycle=Cycle(cycle) if cycle else Cycle.MONTH,
        part=part or 0,
        form=(reader.id(values["form"], f"{where}.form") or "") if "form" in values else "",
        indicator=(reader.id(values["indicator"], f"{where}.indicator") or "") if "indicator" in values else "",
        span=reader.span(node),
    )


def refuse_open_ends(reader: Reader, values: dict[str, Node], where: str) -> None:
    """Report `above` and `below` of an input that takes own totals: a total beyond an end counts as that end."""
    for key in ("above", "below"):
        if key in values:
            _refuse(
                reader, values[key], f"{where}.auto", phrase("it may have `min` and `max`, but not `{key}`", key=key)
            )


def canonical_auto(rule: AutoRule) -> object:
    """Return a rule as it belongs to the scoring part."""
    if not rule.is_own:
        return "yes"
    given = {"part": str(rule.part) if rule.part else "", "form": rule.form, "indicator": rule.indicator}
    return {
        "take": rule.take.value,
        "cycle": rule.cycle.value,
        **{key: value for key, value in given.items() if value},
    }


def _refuse(reader: Reader, node: Node, key: str, problem: Value) -> None:
    reader.add(catalogue.AUTO_RULE, node, key=key, problem=problem)
