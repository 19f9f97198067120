"""Values put into words. English is in the code and needs no catalogue; `i18n.findings` has the other languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from kpigen.diagnostics.values import Join, Listing, Phrase, Value

#: The language of the texts in the code.
ORIGINAL = "en"

#: A place in a template.
PLACE = re.compile(r"\{(\w+)\}")

_BETWEEN = {Join.OR: " or ", Join.AND: " and ", Join.WRITTEN: ", "}


class Wording:
    """How a language puts values into words. This one is English; others override what differs."""

    language = ORIGINAL

    def said(self, phrase: Phrase) -> str:
        """Return the template of a phrase, in the plural form for its count."""
        return phrase.plural if phrase.plural and phrase.count != 1 else phrase.text

    def joined(self, words: Sequence[str], join: Join) -> str:
        """Return the words of a list as one text."""
        return _BETWEEN.get(join, join.value).join(words)

    def filled(self, template: str, words: dict[str, str]) -> str:
        """Return a template with its places filled by words; any other brace stays."""
        return PLACE.sub(lambda place: words[place[1]], template)

    def fill(self, template: str, args: Iterable[tuple[str, Value]]) -> str:
        """Return a template with its places filled by values, each put into words."""
        return self.filled(template, {name: self.words(value) for name, value in args})

    def words(self, value: Value) -> str:
        """Return a value in words."""
        if isinstance(value, str):
            return value
        if isinstance(value, int):
            return str(value)
        if isinstance(value, Phrase):
            return self.fill(self.said(value), value.args)
        if isinstance(value, Listing):
            return self.joined([self.words(item) for item in value.items], value.join)
        return value.in_(self.language)


ENGLISH = Wording()
