"""Findings: diagnostics put into the words of a language, from a .po file.

The English texts are in the code, so English loads no file. A text without a translation stays English.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from kpigen.diagnostics.diagnostic import Diagnostic, Kind, Person, Severity, Span, visible
from kpigen.diagnostics.values import Join, Phrase, Value, phrase
from kpigen.diagnostics.wording import ENGLISH, ORIGINAL, PLACE, Wording
from kpigen.i18n.languages import language_of
from kpigen.i18n.translations import translations

_SEPARATORS = {Join.COMMA: phrase(", "), Join.SEMICOLON: phrase("; ")}
#: What Babel calls a list of each join.
_PATTERNS = {Join.OR: "or", Join.AND: "standard"}


@dataclass(frozen=True, slots=True)
class Finding:
    """A diagnostic in words: its code, severity and place, and in a language its title, message and hint.

    `told` is the message with the employee whose review it is about.
    """

    code: str
    severity: Severity
    span: Span
    title: str
    message: str
    hint: str
    told: str
    person: Person | None

    @property
    def is_error(self) -> bool:
        """Whether it blocks publishing and building."""
        return self.severity is Severity.ERROR


class _Translated(Wording):
    """A language with a catalogue of translations."""

    def __init__(self, code: str) -> None:
        self.language = code
        self._of = language_of(code)
        self._texts = translations("messages/diagnostics", code)

    def text(self, context: str, english: str) -> str:
        """Return the translation of a text; an empty text stays empty: gettext would return the catalogue's header."""
        return self._texts.pgettext(context, english) if english else ""

    def said(self, phrase: Phrase) -> str:
        if phrase.plural:
            return self._texts.npgettext(phrase.context, phrase.text, phrase.plural, phrase.count)
        return self.text(phrase.context, phrase.text)

    def joined(self, words: Sequence[str], join: Join) -> str:
        if join in _SEPARATORS:
            return self.said(_SEPARATORS[join]).join(words)
        if join not in _PATTERNS or len(words) < 2:
            return super().joined(words, join)
        from babel import Locale

        patterns = Locale.parse(self._of.locale).list_patterns[_PATTERNS[join]]
        if len(words) == 2:
            return self._pair(patterns["2"], *words)
        text = self._pair(patterns["start"], words[0], words[1])
        for word in words[2:-1]:
            text = self._pair(patterns["middle"], text, word)
        return self._pair(patterns["end"], text, words[-1])

    def _pair(self, pattern: str, one: str, other: str) -> str:
        return self.filled(pattern.replace("{0}", "{one}").replace("{1}", "{other}"), {"one": one, "other": other})

    def filled(self, template: str, words: dict[str, str]) -> str:
        return super().filled(_spaced(template, words) if self._of.is_cjk else template, words)


def findings(diagnostics: Iterable[Diagnostic], language: str = ORIGINAL) -> list[Finding]:
    """Return diagnostics in the words of a language. Places, codes and texts from files stay unchanged."""
    wording = _wording(language)
    return [_finding(item, wording) for item in diagnostics]


def kind_in(kind: Kind, language: str) -> Kind:
    """Return a kind with its title and templates in a language."""
    wording = _wording(language)
    if not isinstance(wording, _Translated):
        return kind
    title, message, hint = (wording.text(kind.code, text) for text in (kind.title, kind.message, kind.hint))
    return replace(kind, title=title, message=message, hint=hint)


def words(value: Value, language: str = ORIGINAL) -> str:
    """Return a value in the words of a language: what is said around findings, or beside them."""
    return _wording(language).words(value)


def _finding(item: Diagnostic, wording: Wording) -> Finding:
    title = wording.words(Phrase(item.kind.title, context=item.code))
    message, hint = visible(wording.words(item.sentence)), visible(item.hint_in(wording))
    told = message
    if item.person is not None:
        employee = visible(" ".join(filter(None, (item.person.id, item.person.name))))
        told = wording.words(phrase("{message} ({employee})", message=message, employee=employee))
    return Finding(item.code, item.kind.severity, item.span, title, message, hint, told, item.person)


@cache
def _wording(language: str) -> Wording:
    """Return how a language puts values into words, its catalogue read once."""
    return ENGLISH if language == ORIGINAL else _Translated(language)


def _spaced(template: str, words: dict[str, str]) -> str:
    """Put a space between Chinese characters and inserted ASCII words, and remove it after a full-width bracket."""

    def spaced(match: re.Match[str]) -> str:
        value = words.get(match[1], "")
        before, after = template[: match.start()][-1:], template[match.end() :][:1]
        left = " " if _is_chinese(before) and _is_code(value[:1]) else ""
        right = " " if _is_chinese(after) and _is_code(value[-1:]) else ""
        return f"{left}{match[0]}{right}"

    for name, value in words.items():
        if value[-1:] == "）":
            template = template.replace(f"{{{name}}} ", f"{{{name}}}")
    return PLACE.sub(spaced, template)


def _is_chinese(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff"


def _is_code(char: str) -> bool:
    return char.isascii() and (char.isalnum() or char == "`")
