"""How a number came about: the steps of a score as lines, for a page and for paper."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kpigen.i18n.messages import Messages
from kpigen.model.scores import Step
from kpigen.numbers.notation import Notation
from kpigen.scoring.explain import WorkingLine, explain, explain_on_screen


@dataclass(frozen=True)
class SpokenSteps:
    """The steps of a score in words: as pages and the terminal show them, and as papers do."""

    lines: tuple[WorkingLine, ...] = ()
    on_paper: tuple[WorkingLine, ...] = ()


def working_of(steps: Iterable[Step], names: Mapping[str, str], notation: Notation, words: Messages) -> SpokenSteps:
    """Return the steps of a score in words. `names` are the names of everything that they mention, `notation` is that of points."""
    every = tuple(steps)
    return SpokenSteps(
        tuple(_in_language(explain_on_screen(step, names, words.gettext, notation), words) for step in every),
        tuple(_in_language(explain(step, names, words.gettext, notation), words) for step in every),
    )


def _in_language(line: WorkingLine, words: Messages) -> WorkingLine:
    """Return a line with its durations as the language writes them."""
    return WorkingLine(*map(words.durations, (line.label, line.formula, line.numbers, line.value)))
