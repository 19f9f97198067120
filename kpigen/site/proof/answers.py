"""The three answers about a PDF, and the exit code that they give."""

from __future__ import annotations

from dataclasses import dataclass

from kpigen.diagnostics.catalogue import LOOK_NOT_COMPARED, WRITTEN_ANEW
from kpigen.diagnostics.diagnostic import Diagnostic, has_errors
from kpigen.diagnostics.values import Value

CONSISTENT, ON_RECORD, SIGNED = "consistent", "on record", "signed"

#: What each answer adds to the exit code if it is "no". 2 is reserved for wrong usage of the command.
_EXIT = {CONSISTENT: 1, ON_RECORD: 4, SIGNED: 8}
_OPEN = 16

#: Findings that leave a question open: neither yes nor no can be said.
_LEAVES_OPEN = (LOOK_NOT_COMPARED, WRITTEN_ANEW)


@dataclass(frozen=True)
class Answer:
    """The answer to one question. `holds` is None if it was not asked or cannot be told. `notes` give the basis."""

    question: str
    holds: bool | None
    notes: tuple[Value, ...] = ()
    problems: tuple[Diagnostic, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether the question was asked, and neither yes nor no can be said."""
        return self.holds is None and bool(self.problems)


def answer(question: str, problems: list[Diagnostic], *notes: Value) -> Answer:
    """Return an answer: "no" if a problem is an error, open if one leaves the question open, otherwise "yes"."""
    holds = None if any(problem.kind in _LEAVES_OPEN for problem in problems) else True
    return Answer(question, False if has_errors(problems) else holds, notes, tuple(problems))


def exit_code(answers: tuple[Answer, ...]) -> int:
    """Return 0 if every question that was asked is answered "yes".

    Otherwise return the sum of 1 (not consistent), 4 (not on record), 8 (not signed), 16 (it cannot be told).
    """
    code = sum(_EXIT[item.question] for item in answers if item.holds is False)
    return code + (_OPEN if any(item.is_open for item in answers) else 0)
