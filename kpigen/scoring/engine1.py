"""The conditions of vetoes as scoring engine 1 took them, for what was published by it.

It knew two values: a condition with an indicator that does not apply, or without an optional input, did not hold. Since engine 2
conditions are three-valued (`kpigen/numbers/formula.py`). Published results stay what they were.
"""

from __future__ import annotations

from fractions import Fraction

from kpigen.diagnostics.values import Phrase
from kpigen.model.forms import Form
from kpigen.model.reviews import Metrics
from kpigen.model.scores import VetoResult
from kpigen.numbers import formula
from kpigen.numbers.formula import Numbers


def veto_results(
    form: Form, metrics: Metrics, not_applicable: frozenset[str], problems: list[tuple[str, Phrase]]
) -> tuple[VetoResult, ...]:
    """Return whether each veto's condition holds; None while one of its inputs is missing. One without a result is a problem."""
    results = []
    for veto in form.vetoes:
        try:
            holds = _holds(form, veto.when, metrics, not_applicable)
        except formula.Problem as problem:
            about = next((name.id.partition(".")[0] for name in formula.names(veto.when)), veto.id)
            problems.append((about, problem.sentence))
            holds = None
        results.append(VetoResult(veto.id, holds))
    return tuple(results)


def _holds(form: Form, when: formula.Expression, metrics: Metrics, not_applicable: frozenset[str]) -> bool | None:
    """Return True if a veto's condition holds, None while one of its inputs is missing, False if one does not apply.

    Raises formula.Problem if the condition has no result.
    """
    known: dict[str, formula.Value] = {}
    for name in {name.id for name in formula.names(when)}:
        id_, _, input_id = name.partition(".")
        indicator = form.indicator(id_)
        if indicator is None:
            continue  # the id of a choice
        if id_ in not_applicable:
            return False
        item = indicator.input(input_id) if input_id else indicator.inputs[0]
        value = metrics.get(id_, {}).get(item.id, item.default) if item else None
        if not isinstance(value, Fraction | bool | str | Numbers):
            return False if item and item.optional and value is None else None
        known[name] = value
    return bool(formula.evaluate(when, known))
