"""What may stand as a login, in the roster and in the settings."""

from __future__ import annotations

from kpigen.base.logins import is_of_many, is_one_word
from kpigen.diagnostics.values import Value, phrase


def why_no_login(login: str) -> Value | None:
    """Return why a text is not the login of one person, or None if it may be."""
    if is_of_many(login):
        return phrase("servers read it as a group, as everybody or as nobody in particular")
    if not is_one_word(login):
        return phrase(
            "servers read blanks, commas, `*`, `:` and a leading `@` or `%` as several people or as a pattern"
        )
    return None
