"""Diagnostics in another language: the catalogue's templates and the phrases that fill them, from a .po file.

English is what the code says and needs no file: nothing is loaded for it. A text without a translation stays English.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache

from kpigen.base.resources import resource
from kpigen.diagnostics.diagnostic import Diagnostic, Kind

#: The language that stands in the code.
ORIGINAL = "en"

#: Contexts in the .po file, besides the codes of kinds: phrases that fill templates, and what stands around findings.
PHRASE, FRAME = "phrase", "frame"

#: What is filled in by these names is said by kpigen, all else is from files and stays as it stands there.
SAID = frozenset(
    [
        "advice",
        "before",
        "changed",
        "cycle",
        "expected",
        "found",
        "hint",
        "known",
        "kind",
        "missing",
        "now",
        "outcome",
        "problem",
        "range",
        "reason",
        "role",
        "roles",
        "says",
        "status",
        "taken",
        "unknown",
        "wanted",
        "was",
        "what",
        "when",
        "where",
    ]
)

_PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class _Book:
    """One language's texts: by context and English text; phrases with places as patterns, the most literal first."""

    texts: Mapping[tuple[str, str], str]
    patterns: tuple[tuple[re.Pattern[str], str], ...]

    def text(self, context: str, english: str) -> str:
        """Return the translation of a text, itself where there is none."""
        return self.texts.get((context, english)) or english

    def phrase(self, english: str) -> str:
        """Return the translation of a filler: a phrase, one with places in it, or a list of phrases."""
        known = self.texts.get((PHRASE, english))
        if known:
            return known
        listed = english.split("; ")
        said = [self.phrase(part) for part in listed] if len(listed) > 1 else listed
        if all(one != other for one, other in zip(listed, said, strict=True)):
            return "；".join(said)
        for pattern, translation in self.patterns:
            match = pattern.fullmatch(english)
            if match:
                words = {name: self.phrase(one) if name in SAID else one for name, one in match.groupdict().items()}
                return _spaced(translation, words).format(**words)
        parts = english.split(", ")
        words_of = [self.texts.get((PHRASE, part), "") for part in parts]
        return "、".join(words_of) if len(parts) > 1 and all(words_of) else english


def in_language(diagnostics: Iterable[Diagnostic], language: str) -> list[Diagnostic]:
    """Return the findings with their texts in a language; places, codes and what is quoted from files stay as they are."""
    if language == ORIGINAL:
        return list(diagnostics)
    book = _book(language)
    return [_translated(item, book, language) for item in diagnostics]


def kind_in(kind: Kind, language: str) -> Kind:
    """Return a kind with its title and templates in a language."""
    if language == ORIGINAL:
        return kind
    book = _book(language)
    title, message, hint = (book.text(kind.code, text) for text in (kind.title, kind.message, kind.hint))
    return replace(kind, title=title, message=message, hint=hint, suggestion=book.text(FRAME, kind.suggestion))


def frame(text: str, language: str) -> str:
    """Return a text that stands around findings, such as `hint: `, in a language."""
    return text if language == ORIGINAL else _book(language).text(FRAME, text)


def phrase(text: str, language: str) -> str:
    """Return what kpigen says beside findings, such as what an answer rests on, in a language."""
    return text if language == ORIGINAL else _book(language).phrase(text)


def _translated(item: Diagnostic, book: _Book, language: str) -> Diagnostic:
    kind = kind_in(item.kind, language)
    templates = kind.message + kind.hint
    args = dict(item.args)
    for name in SAID & args.keys():
        quoted = f"`{{{name}}}`" in templates  # what stands as code is from a file
        keys = args[name].isidentifier() if name == "where" else name == "known" and args[name] != "none"
        if not quoted and not keys:
            args[name] = book.phrase(args[name])
    # Forms have texts of their own, in each language.
    args |= {name: args[f"{name}_{language}"] for name in args if f"{name}_{language}" in args}
    kind = replace(kind, message=_spaced(kind.message, args), hint=_spaced(kind.hint, args))
    return Diagnostic(kind, item.span, tuple(sorted(args.items())), item.near)


def _spaced(template: str, args: Mapping[str, str]) -> str:
    """Put a space between Chinese characters and what is filled in beside them where that is no Chinese, none after a bracket."""

    def spaced(match: re.Match[str]) -> str:
        value = args.get(match[1], "")
        before, after = template[: match.start()][-1:], template[match.end() :][:1]
        left = " " if _is_chinese(before) and _is_code(value[:1]) else ""
        right = " " if _is_chinese(after) and _is_code(value[-1:]) else ""
        return f"{left}{match[0]}{right}"

    for name, value in args.items():
        if value[-1:] == "）":
            template = template.replace(f"{{{name}}} ", f"{{{name}}}")
    return _PLACE.sub(spaced, template)


def _is_chinese(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff"


def _is_code(char: str) -> bool:
    return char.isascii() and (char.isalnum() or char == "`")


@cache
def _book(language: str) -> _Book:
    """Read a language's texts, once."""
    from babel.messages.pofile import read_po

    with (resource("templates") / "messages" / "diagnostics" / f"{language}.po").open("rb") as stream:
        catalog = read_po(stream, locale=language)
    texts = {(str(item.context), str(item.id)): str(item.string) for item in catalog if item.id and item.context}
    phrases = [(text, said) for (context, text), said in texts.items() if context == PHRASE and _PLACE.search(text)]
    phrases.sort(key=lambda pair: -len(_PLACE.sub("", pair[0])))
    return _Book(texts, tuple((_pattern(text), said) for text, said in phrases))


def _pattern(text: str) -> re.Pattern[str]:
    """Return what matches a phrase with places in it."""
    parts = _PLACE.split(text)  # literal, name, literal, name, …
    return re.compile("".join(f"(?P<{part}>.+?)" if odd % 2 else re.escape(part) for odd, part in enumerate(parts)))
