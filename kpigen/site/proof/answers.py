"""The three answers about a PDF, and what they come to."""

from __future__ import annotations

from dataclasses import dataclass

from kpigen.diagnostics.catalogue import LOOK_NOT_COMPARED
from kpigen.diagnostics.diagnostic import Diagnostic, has_errors
from kpigen.diagnostics.values import Value

CONSISTENT, ON_RECORD, SIGNED = "consistent", "on record", "signed"

#: What each answer adds to the exit code where it is no; 2 stays wrong use of the command.
_EXIT = {CONSISTENT: 1, ON_RECORD: 4, SIGNED: 8}
_LOOK_OPEN = 16


@dataclass(frozen=True)
class Answer:
    """The answer to one question: `holds` None was not asked or cannot be told. `notes` say what it rests on."""

    question: str
    holds: bool | None
    notes: tuple[Value, ...] = ()
    problems: tuple[Diagnostic, ...] = ()


def answer(question: str, problems: list[Diagnostic], *notes: Value) -> Answer:
    """Return an answer that is yes where no problem is an error."""
    return Answer(question, not has_errors(problems), notes, tuple(problems))


def exit_code(answers: tuple[Answer, ...]) -> int:
    """Return 0 where all that was asked is answered yes, else the sum: 1 not consistent, 4 not on record, 8 not signed,
    16 the look could not be compared."""
    code = sum(_EXIT[item.question] for item in answers if item.holds is False)
    is_open = any(problem.kind is LOOK_NOT_COMPARED for item in answers for problem in item.problems)
    return code + (_LOOK_OPEN if is_open else 0)
