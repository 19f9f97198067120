"""Names of things that stand in several places, in the reader's language once translated."""

from __future__ import annotations

from kpigen.messages import mark

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
ROLES = {"employee": mark("Employee"), "assessor": mark("Assessor"), "leader": mark("Leader"), "hr": mark("HR manager")}
STATUS = {
    "draft": mark("Draft"),
    "submitted": mark("Awaiting confirmation"),
    "published": mark("Published"),
    "withdrawn": mark("Withdrawn"),
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
