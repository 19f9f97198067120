"""The scoring part of a form: everything that affects numbers, in its own canonical form, with its digest.

Texts, names, layout, examples and origins are excluded: correcting them does not affect published reviews.
`docs/canonical-form.md` is the specification.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from kpigen.base.digests import Json, digest
from kpigen.files.rules.inputs import canonical_input
from kpigen.files.rules.scale import USUAL
from kpigen.model.forms import Choice, FactorTable, Form, Indicator, Result, Section, Veto
from kpigen.numbers import formula
from kpigen.numbers.quantities import exact
from kpigen.scoring.methods.base import method_of


def scoring_part(form: Form) -> dict[str, Json]:
    """Return the scoring part as nested mappings, lists and texts."""
    data: dict[str, Json] = {
        "kpigen": "rules/1",
        "form": form.id,
        "out_of": "weight" if form.by_weight else "100",
        "grades": [[grade] if least is None else [grade, exact(least)] for grade, least in form.grades],
        "sections": [_section(section, form) for section in form.sections],
        **_scale(form),
    }
    if form.bonus:
        items = [
            {
                "id": item.id,
                **({"levels": _points(item.choices)} if item.choices else {"points": exact(item.points)}),
                **({} if item.at_most is None else {"at_most": str(item.at_most)}),
            }
            for item in form.bonus
        ]
        data["bonus"] = {"items": items, **({} if form.bonus_cap is None else {"cap": exact(form.bonus_cap)})}
    if form.vetoes:
        data["veto"] = [_veto(veto) for veto in form.vetoes]
    if form.total is not None:
        data["total"] = formula.write(form.total)
    if form.tables:
        data["tables"] = [_table(table) for table in form.tables]
    if form.results:
        data["results"] = [_result(result) for result in form.results]
    return data


def scoring_part_digest(form: Form) -> str:
    """Return the digest of a form's scoring part: 64 hex digits (SHA-256)."""
    return digest(scoring_part(form))


def _scale(form: Form) -> dict[str, Json]:
    """Return what a form says of its scale beyond a sum of rows out of 100 with two decimals."""
    data: dict[str, Json] = {}
    if form.full != (USUAL if form.has_weights else None):
        data["full"] = "" if form.full is None else exact(form.full)
    if form.decimals != 2:
        data["decimals"] = str(form.decimals)
    rounding = form.rounding
    if not rounding.of_rows:
        data["rounding"] = "total"
    if not rounding.adds_up:
        data["column"] = "rounded"
    if rounding.half_even:
        data["half"] = "even"
    return data


def _section(section: Section, form: Form) -> dict[str, Json]:
    total = {} if section.total is None else {"total": formula.write(section.total)}
    return {"id": section.id, "indicators": [_indicator(item, form) for item in section.indicators], **total}


def _points(choices: Iterable[Choice]) -> dict[str, Json]:
    return {choice.id: exact(choice.points or Fraction(0)) for choice in choices}


def _veto(veto: Veto) -> dict[str, Json]:
    total = {} if veto.total is None else {"total": formula.write(veto.total)}
    return {"id": veto.id, "when": formula.write(veto.when), "grade": veto.grade, **total}


def _table(table: FactorTable) -> dict[str, Json]:
    otherwise = {} if table.otherwise is None else {"otherwise": exact(table.otherwise)}
    return {"id": table.id, "by": table.by, "values": {key: exact(value) for key, value in table.values}, **otherwise}


def _result(result: Result) -> dict[str, Json]:
    data: dict[str, Json] = {"id": result.id, "unit": result.unit.value, "decimals": str(result.decimals)}
    if result.formula is not None:
        data["formula"] = formula.write(result.formula)
    if result.tiers is not None:
        tiers = result.tiers
        data["tiers"] = {
            "of": formula.write(tiers.of),
            "at_least": [[exact(least), exact(value)] for least, value in tiers.steps],
            **({"cumulative": "yes"} if tiers.cumulative else {}),
            **({} if tiers.otherwise is None else {"otherwise": exact(tiers.otherwise)}),
        }
    if result.cases:
        data["cases"] = [{} if case.when is None else {"when": formula.write(case.when)} for case in result.cases]
    return data


def _indicator(item: Indicator, form: Form) -> dict[str, Json]:
    data: dict[str, Json] = {"id": item.id, "inputs": [canonical_input(one) for one in item.inputs]}
    if item.unscored:
        return {**data, "unscored": "yes"}
    data["score"] = method_of(item).canonical(item.measure)
    if item.weight_from:
        data["weight"] = {"input": item.weight_from}
    elif item.is_weighted:
        data["weight"] = exact(item.weight)
    usual = (item.weight if form.by_weight else USUAL) if item.is_weighted else None
    if item.most is not None and item.most != usual:
        data["out_of"] = exact(item.most)
    if item.optional:
        data["optional"] = "yes"
    if item.limits:
        data["limits"] = [formula.write(limit) for limit in item.limits]
    if item.when_zero:
        data["when_zero"] = {name: exact(amount) for name, amount in item.when_zero}
    if item.shown_as:
        shown_as, keys = item.shown_as, ("trim", "trim_from") if item.shown_as.trim else ()
        trimmed = {key: str(getattr(shown_as, key)) for key in keys}
        data["shown_as"] = {"id": shown_as.id, "at_least": str(shown_as.at_least), **trimmed}
    return data
