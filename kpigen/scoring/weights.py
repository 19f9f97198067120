"""The weights of a review's rows: those of the form or of the review, and what becomes of the weight of a row that does not apply."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from kpigen.model.forms import Form, Indicator, InputType
from kpigen.model.reviews import InputValue, Metrics
from kpigen.scoring.filled import filled


def given_weights(form: Form, metrics: Metrics) -> Mapping[str, Fraction | None]:
    """Return the weight of each row whose weight the review says, in points (a percentage is a share of full marks).

    None: the review does not say it yet. The mapping is empty if the form gives all weights.
    """
    return {item.id: base_weight(form, item, metrics.get(item.id, {})) for item in form.indicators if item.weight_from}


def base_weight(form: Form, indicator: Indicator, values: Mapping[str, InputValue]) -> Fraction | None:
    """Return the weight of a row before any redistribution: that of the form, or that of the review (None: not said yet).

    A default counts as soon as the row has any value: a row of which nothing is said has no weight either.
    """
    if not indicator.weight_from:
        return indicator.weight
    item = indicator.input(indicator.weight_from)
    value = filled(indicator.inputs, values).get(indicator.weight_from) if values else None
    if item is None or not isinstance(value, Fraction):
        return None
    return value * (form.full or 1) if item.type is InputType.PERCENT else value


def effective_weights(
    form: Form, not_applicable: frozenset[str], given: Mapping[str, Fraction | None] | None = None
) -> dict[str, Fraction]:
    """Return each indicator's exact weight once the weights of those that do not apply have been redistributed.

    Such a weight first goes to the rest of its section, in proportion to their weights. The weight of a section that is left
    empty then goes to the whole form, in proportion to the weights after the first step. An indicator that does not apply
    has the weight 0. A row without a weight keeps its full marks. `given` are the weights that the review says; one that it
    does not say yet is 0.
    """
    given = given or {}
    own = {item.id: (given[item.id] or Fraction(0)) if item.id in given else item.weight for item in form.indicators}
    if not not_applicable:
        return own
    weights: dict[str, Fraction] = {}
    for section in form.sections:
        weighted = [item.id for item in section.indicators if item.is_weighted]
        whole = sum((own[id_] for id_ in weighted), Fraction(0))
        kept = sum((own[id_] for id_ in weighted if id_ not in not_applicable), Fraction(0))
        for id_ in weighted:
            weights[id_] = own[id_] * whole / kept if kept and id_ not in not_applicable else Fraction(0)
    kept = sum(weights.values(), Fraction(0))
    whole = sum((own[id_] for id_ in weights), Fraction(0))
    shared = {id_: weight * whole / kept if kept else weight for id_, weight in weights.items()}
    return {id_: shared.get(id_, Fraction(0) if id_ in not_applicable else weight) for id_, weight in own.items()}
