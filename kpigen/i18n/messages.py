"""What people read, in their language: gettext catalogues (.po under templates/messages), numbers and dates by Babel."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from fractions import Fraction
from functools import cache

from kpigen.base.periods import Cycle, Period
from kpigen.i18n.languages import language_of
from kpigen.i18n.translations import translations
from kpigen.numbers.notation import Notation
from kpigen.numbers.quantities import Unit, fixed, grouped, plain, show, with_minus

_DURATION = re.compile(r"(?<![\w.])(?=\d)(?:(?P<h>\d+)h)?(?:(?P<m>\d+)m)?(?:(?P<s>\d+(?:\.\d+)?)s)?(?!\w)", re.ASCII)

#: Returns the translation of an English message.
Translate = Callable[[str], str]


def mark(message: str) -> str:
    """Mark a message for extraction that is translated later, where it is used."""
    return message


class Messages:
    """One language: its translations, and how it writes numbers and dates."""

    def __init__(self, language: str) -> None:
        """Load the language's catalogue; English needs none, its messages are the keys."""
        self.language = language
        self._locale = language_of(language).locale
        self._translations = translations("messages", language)

    def gettext(self, message: str) -> str:
        """Return a message in this language. An empty message stays empty: gettext would return the catalogue's header."""
        return self._translations.gettext(message) if message else ""

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        """Return a message in this language, in the plural form for a count."""
        return self._translations.ngettext(singular, plural, count)

    def number_of(self, singular: str, plural: str, count: int) -> str:
        """Return a count with its noun. Both messages contain `{count}`."""
        return self.ngettext(singular, plural, count).format(count=count)

    def date(self, date: datetime.date) -> str:
        """Write a date as the language does: 2026年2月5日, 5 February 2026."""
        from babel.dates import format_date

        return format_date(date, format="long", locale=self._locale)

    def period(self, period: Period) -> str:
        """Write a period as the language does: 2026年5月, 2026年第2季度, 2026年上半年; May 2026, 2nd quarter 2026."""
        from babel.dates import format_skeleton

        if period.cycle is Cycle.HALF:
            half = mark("first half of {year}") if period.number == 1 else mark("second half of {year}")
            return self.gettext(half).format(year=period.year)
        skeleton = {Cycle.MONTH: "yMMMM", Cycle.QUARTER: "yQQQQ", Cycle.YEAR: "y"}[period.cycle]
        written = format_skeleton(skeleton, period.first_day, locale=self._locale)
        assert isinstance(written, str)
        return written

    def short_period(self, period: Period) -> str:
        """Write a period where its year is known: 5月, 2季度, 上半年; May, Q2, first half."""
        from babel.dates import format_date

        if period.cycle is Cycle.HALF:
            return self.gettext(mark("first half") if period.number == 1 else mark("second half"))
        pattern = {Cycle.MONTH: "MMM", Cycle.QUARTER: "QQQ", Cycle.YEAR: "y"}[period.cycle]
        return format_date(period.first_day, format=pattern, locale=self._locale)

    def durations(self, text: str) -> str:
        """Return a text with its durations as the language writes them: 4m6s is 4分6秒."""
        units = {"h": self.gettext(mark("{n}h")), "m": self.gettext(mark("{n}m")), "s": self.gettext(mark("{n}s"))}

        def written(match: re.Match[str]) -> str:
            return "".join(form.format(n=match[unit]) for unit, form in units.items() if match[unit])

        return _DURATION.sub(written, text)

    def points(self, value: Fraction, notation: Notation) -> str:
        """Write points or a total as their form does (`Form.notation`)."""
        return with_minus(notation.written(value))

    def change(self, value: Fraction, notation: Notation) -> str:
        """Write a change of points or a total with its sign; no sign if it is zero."""
        return with_minus(notation.change(value))

    def number(self, value: Fraction, places: int = 4) -> str:
        """Write a number without trailing zeros."""
        return with_minus(plain(value, places))

    def money(self, value: Fraction, places: int = 2) -> str:
        """Write an amount of money: `3,600.00`."""
        return grouped(with_minus(fixed(value, places)))

    def quantity(self, value: Fraction, unit: Unit, places: int = 12) -> str:
        """Write a value in its unit as the language does: `95%`, 4分6秒; with `≈` if it was rounded."""
        return self.durations(with_minus(show(value, unit, places)))


@cache
def messages(language: str) -> Messages:
    """Return a language, loaded once."""
    return Messages(language)
