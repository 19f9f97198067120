"""Names of things, and short phrases, that are used in several places. Names are translated where they are used."""

from __future__ import annotations

from fractions import Fraction

from kpigen.base.roles import Role
from kpigen.i18n.messages import Messages, mark
from kpigen.numbers.notation import Notation

CYCLES = {"month": mark("month"), "quarter": mark("quarter"), "half": mark("half-year"), "year": mark("year")}
TYPES = {
    "count": mark("count"),
    "number": mark("number"),
    "percent": mark("percentage"),
    "duration": mark("duration"),
    "money": mark("amount of money"),
    "rating": mark("rating"),
    "ratings": mark("list of ratings"),
    "yes_no": mark("yes or no"),
    "choice": mark("one of these levels"),
    "text": mark("text"),
    "list": mark("list of entries"),
}
ROLES: dict[str, str] = {
    Role.EMPLOYEE: mark("Employee"),
    Role.ASSESSOR: mark("Assessor"),
    Role.LEADER: mark("Leader"),
    Role.HR: mark("HR manager"),
}
STATUS = {
    "draft": mark("Draft"),
    "submitted": mark("Awaiting confirmation"),
    "published": mark("Published"),
    "withdrawn": mark("Withdrawn"),
}
#: What an employee has said to a submitted review (`repository.replies.Reply`).
REPLIES = {
    "awaited": mark("Awaiting confirmation"),
    "agreed": mark("Has agreed"),
    "objected": mark("Has objected"),
    "resolved": mark("Objection resolved, awaiting confirmation"),
}
FEEDBACK = {"strengths": mark("Strengths"), "improvements": mark("To improve"), "plan": mark("Plan")}
HEAD = {
    "name": mark("Name"),
    "id": mark("Employee id"),
    "department": mark("Department"),
    "position": mark("Position"),
    "period": mark("Period"),
    "manager": mark("Manager"),
}


def result_in_words(total: Fraction | None, grade: str | None, notation: Notation, words: Messages) -> str:
    """Return a total with its grade as plain text: `83.85 B`; without a grade (empty) alone: `0.7`. None is open."""
    still_open = words.gettext(mark("open"))
    if total is None:
        return still_open
    return f"{notation.written(total)} {still_open if grade is None else grade}".rstrip()


def and_more(count: int, shown: int, words: Messages) -> list[str]:
    """Return the line that says how many of a list are not shown; an empty list if all are shown."""
    return [words.gettext(mark("… and {count} more")).format(count=count - shown)] if count > shown else []
