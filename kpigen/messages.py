"""What people read, in their language: gettext catalogues (.po under templates/messages), numbers and dates by Babel."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable
from fractions import Fraction
from functools import cache

from kpigen.quantities import fixed, plain
from kpigen.resources import resource

#: Returns the translation of an English message.
Translate = Callable[[str], str]


def mark(message: str) -> str:
    """Mark a message for extraction that is translated later, where it is used."""
    return message


class Messages:
    """One language: its translations, and how it writes numbers and dates."""

    def __init__(self, language: str) -> None:
        """Load the language's catalogue; English needs none, its messages are the keys."""
        from babel.messages.mofile import write_mo
        from babel.messages.pofile import read_po
        from babel.support import NullTranslations, Translations

        self.language = language
        path = resource("templates") / "messages" / f"{language}.po"
        self._translations: NullTranslations = NullTranslations()
        if path.exists():
            binary = io.BytesIO()
            with path.open("rb") as stream:
                write_mo(binary, read_po(stream, locale=language))
            binary.seek(0)
            self._translations = Translations(binary)

    def gettext(self, message: str) -> str:
        """Return a message in this language."""
        return self._translations.gettext(message)

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        """Return a message in this language, in the form that a count asks for."""
        return self._translations.ngettext(singular, plural, count)

    def date(self, date: datetime.date) -> str:
        """Write a date as the language does: 2026年2月5日, 5 February 2026."""
        from babel.dates import format_date

        return format_date(
            date, format="long", locale={"zh": "zh_Hans_CN", "en": "en_GB"}.get(self.language, self.language)
        )

    def points(self, value: Fraction) -> str:
        """Write points or a total, with two decimals."""
        return fixed(value).replace("-", "−")

    def number(self, value: Fraction, places: int = 4) -> str:
        """Write a number without trailing zeros."""
        return plain(value, places).replace("-", "−")


@cache
def messages(language: str) -> Messages:
    """Return a language, loaded once."""
    return Messages(language)
