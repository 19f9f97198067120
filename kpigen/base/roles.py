"""Who confirms or objects to a review. `i18n.words` has their names for readers."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """A role in which somebody confirms a review or objects to it."""

    EMPLOYEE = "employee"
    ASSESSOR = "assessor"
    LEADER = "leader"
    HR = "hr"


ROLES = tuple(role.value for role in Role)
