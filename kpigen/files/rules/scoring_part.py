"""The scoring part of a form: everything that affects numbers, in its own canonical form, with its digest.

Texts, names, layout, examples and origins are excluded: correcting them does not affect published reviews.
`docs/canonical-form.md` is the specification.
"""

from __future__ import annotations

from kpigen.base.digests import Json, digest
from kpigen.files.rules.inputs import canonical_input
from kpigen.model.forms import Form, Indicator
from kpigen.numbers import formula
from kpigen.numbers.quantities import exact
from kpigen.scoring.methods.base import method_of


def scoring_part(form: Form) -> dict[str, Json]:
    """Return the scoring part as nested mappings, lists and texts."""
    data: dict[str, Json] = {
        "kpigen": "rules/1",
        "form": form.id,
        "out_of": "weight" if form.by_weight else "100",
        "grades": [[grade, exact(least)] for grade, least in form.grades],
        "sections": [
            {"id": section.id, "indicators": [_indicator(item) for item in section.indicators]}
            for section in form.sections
        ],
    }
    if form.bonus:
        items = [
            {
                "id": item.id,
                "points": exact(item.points),
                **({} if item.at_most is None else {"at_most": str(item.at_most)}),
            }
            for item in form.bonus
        ]
        data["bonus"] = {"items": items, **({} if form.bonus_cap is None else {"cap": exact(form.bonus_cap)})}
    if form.vetoes:
        data["veto"] = [{"id": veto.id, "when": formula.write(veto.when), "grade": veto.grade} for veto in form.vetoes]
    return data


def scoring_part_digest(form: Form) -> str:
    """Return the digest of a form's scoring part: 64 hex digits (SHA-256)."""
    return digest(scoring_part(form))


def _indicator(item: Indicator) -> dict[str, Json]:
    data: dict[str, Json] = {
        "id": item.id,
        "weight": exact(item.weight),
        "inputs": [canonical_input(one) for one in item.inputs],
        "score": method_of(item).canonical(item.measure),
    }
    if item.limits:
        data["limits"] = [formula.write(limit) for limit in item.limits]
    if item.when_zero:
        data["when_zero"] = {name: exact(amount) for name, amount in item.when_zero}
    if item.shown_as:
        data["shown_as"] = {"id": item.shown_as.id, "at_least": str(item.shown_as.at_least)}
    return data
