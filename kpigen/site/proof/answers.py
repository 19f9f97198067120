"""The three answers about a PDF, and the exit code that they give."""

from __future__ import annotations

from dataclasses import dataclass

from kpigen.diagnostics.catalogue import LOOK_NOT_COMPARED
from kpigen.diagnostics.diagnostic import Diagnostic, has_errors
from kpigen.diagnostics.values import Value

CONSISTENT, ON_RECORD, SIGNED = "consistent", "on record", "signed"

#: What each answer adds to the exit code if it is "no". 2 is reserved for wrong usage of the command.
_EXIT = {CONSISTENT: 1, ON_RECORD: 4, SIGNED: 8}
_LOOK_OPEN = 16


@dataclass(frozen=True)
class Answer:
    """The answer to one question. `holds` is None if it was not asked or cannot be decided. `notes` give the basis."""

    question: str
    holds: bool | None
    notes: tuple[Value, ...] = ()
    problems: tuple[Diagnostic, ...] = ()


def answer(question: str, problems: list[Diagnostic], *notes: Value) -> Answer:
    """Return an answer: "yes" unless one of the problems is an error."""
    return Answer(question, not has_errors(problems), notes, tuple(problems))


def exit_code(answers: tuple[Answer, ...]) -> int:
    """Return 0 if every question that was asked is answered "yes".

    Otherwise return the sum of 1 (not consistent), 4 (not on record), 8 (not signed), 16 (the look could not be compared).
    """
    code = sum(_EXIT[item.question] for item in answers if item.holds is False)
    is_open = any(problem.kind is LOOK_NOT_COMPARED for item in answers for problem in item.problems)
    return code + (_LOOK_OPEN if is_open else 0)
