"""What follows from a total, such as pay or a coefficient: each result of a form in words, with its working."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kpigen.i18n.messages import Messages
from kpigen.model.scores import Scorecard
from kpigen.scoring.explain import result_value
from kpigen.scoring.names import COEFFICIENT, EXACT_TOTAL, TOTAL
from kpigen.site.pages.working import SpokenSteps, working_of


@dataclass(frozen=True)
class ResultLine:
    """A result: its name, its value in words (None: open), what it is for, its working.

    It stands at the foot of its `section` (empty: of the form); above the section's points if it `comes_first`, because it does
    not follow from them.
    """

    id: str
    name: str
    value: str | None
    text: str
    section: str
    comes_first: bool
    working: SpokenSteps


def results_of(card: Scorecard, said: Mapping[str, str], words: Messages) -> tuple[ResultLine, ...]:
    """Return the results that the employee may see, in the order of the form: those that are confidential stay in hr/."""
    language = words.language
    # What all stands in a section's points, the total, or a result that does.
    after = {item.id for item in card.form.sections} | {TOTAL, EXACT_TOTAL, COEFFICIENT}
    for item in card.form.results:
        after |= {item.id} if after.intersection(item.used) else set()
    return tuple(
        ResultLine(
            id=result.id,
            name=result.name.in_(language),
            value=result_value(result, score, card.form.signed, words),
            text=result.text.in_(language) if result.text else "",
            section=result.section,
            comes_first=bool(result.section) and after.isdisjoint(result.used),
            working=working_of(score.steps, said, card.form.notation, words),
        )
        for result, score in card.scored_results
        if not result.confidential
    )
