"""The roles: declared once, each with a name for readers."""

from __future__ import annotations

from kpigen.base.periods import Cycle
from kpigen.base.roles import ROLES
from kpigen.commands.lifecycle import confirm
from kpigen.i18n import words
from kpigen.model.forms import InputType
from kpigen.model.reviews import Status


def test_every_role_has_a_name_for_readers_and_can_confirm() -> None:
    assert ROLES == ("employee", "assessor", "leader", "hr")
    assert tuple(words.ROLES) == ROLES
    choice = next(option.type for option in confirm.params if option.name == "role")
    assert tuple(getattr(choice, "choices", ())) == ROLES


def test_everything_that_has_a_name_for_readers_has_one() -> None:
    assert tuple(words.STATUS) == tuple(Status)
    assert tuple(words.TYPES) == tuple(InputType)
    assert tuple(words.CYCLES) == tuple(Cycle)
    assert [status for status in Status if status.is_released] == [Status.PUBLISHED, Status.WITHDRAWN]
