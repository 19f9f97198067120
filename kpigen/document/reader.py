"""Typed access to nodes, shared by reviews and rule files. A wrong value becomes a diagnostic; nothing raises."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from kpigen.base.blank import is_blank
from kpigen.base.periods import parse_date
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, Kind, Span, nearest, shorten
from kpigen.diagnostics.values import Value, as_written, phrase
from kpigen.document.nodes import MappingNode, Node, Scalar, SequenceNode, without_blank
from kpigen.document.text import SourceText
from kpigen.i18n.languages import language_of
from kpigen.model.forms import Text
from kpigen.numbers.quantities import Misread, Unit, read_number, read_quantity, read_yes_no

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", re.ASCII)

#: How many characters a name and other short texts may have, and a text of a form in one language.
MAX_SHORT, MAX_LOCAL = 500, 5_000

_COMMENT = re.compile(r"[ \t]+#")
# What needs no quotes between braces, apart from a colon or `#` with a blank beside it.
_PLAIN_IN_FLOW = re.compile(r"[^\s,\[\]{}#&*!|>'\"%@`?:-][^,\[\]{}]*")
_IDEOGRAPH = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")
_LANGUAGE = re.compile(r"[a-z]{2}(?:-[A-Za-z]+)?")
_SPOKEN = {Scalar: phrase("a text"), MappingNode: phrase("a mapping"), SequenceNode: phrase("a list")}


class Reader:
    """Reads one file's nodes and collects what is wrong with them in `found`."""

    def __init__(self, source: SourceText) -> None:
        """Start reading a file."""
        self.source = source
        self.found: list[Diagnostic] = []

    def span(self, node: Node) -> Span:
        """Return the place of a node."""
        return self.source.span(node.start)

    def add(self, kind: Kind, node: Node, *, near: str | None = None, **args: Value) -> None:
        """Report a finding at a node."""
        self.found.append(kind.at(self.span(node), near=near, **args))

    def misread(self, misread: Misread, node: Node) -> None:
        """Report why a text is not a valid value."""
        self.add(misread.kind, node, value=misread.value, example=misread.example)

    def mapping(
        self, node: Node | None, where: Value, known: Iterable[str] | None, required: Sequence[str] = ()
    ) -> dict[str, Node]:
        """Return a mapping's values by key; report unknown and missing keys. If `known` is None, every key is allowed."""
        if node is None:
            return {}
        if not isinstance(node, MappingNode):
            self.shape(node, where, phrase("a mapping"))
            return {}
        values: dict[str, Node] = {}
        names = None if known is None else list(known)
        for key, value in node.items:
            if names is not None and key.text not in names:
                self.add(
                    catalogue.UNKNOWN_KEY,
                    key,
                    near=nearest(key.text, names),
                    key=shorten(key.text),
                    where=where,
                    known=as_written(names),
                )
            else:
                values[key.text] = value
        for key_name in required:
            if key_name not in values:
                self.add(catalogue.MISSING_KEY, node, key=key_name, where=where)
        return values

    def pairs(self, node: Node | None, where: str) -> Iterator[tuple[Scalar, Node]]:
        """Return the keys and values of a mapping whose keys are ids."""
        if node is None:
            return
        if isinstance(node, MappingNode):
            yield from node.items
        else:
            self.shape(node, where, phrase("a mapping"))

    def items(self, node: Node | None, where: str) -> tuple[Node, ...]:
        """Return a list's entries."""
        if node is None:
            return ()
        if isinstance(node, SequenceNode):
            return node.items
        self.shape(node, where, phrase("a list"))
        return ()

    def shape(self, node: Node, key: Value, expected: Value) -> None:
        """Report that a node does not have the expected shape."""
        empty = isinstance(node, Scalar) and node.plain and not node.text
        unparted = without_blank(node)
        if unparted is not None and expected == _SPOKEN[MappingNode]:
            self.found.append(unparted.finding(self.span(node)))
        elif empty:
            self.add(catalogue.EMPTY_VALUE, node, key=key)
        else:
            self.add(catalogue.WRONG_SHAPE, node, key=key, expected=expected, found=_SPOKEN[type(node)])

    def scalar(self, node: Node | None, key: str) -> Scalar | None:
        """Return a node that is a text and not empty."""
        if node is None:
            return None
        if not isinstance(node, Scalar):
            self.shape(node, key, phrase("a text"))
            return None
        if is_blank(node.text):
            self.add(catalogue.EMPTY_VALUE, node, key=key)
            return None
        return node

    def text(self, node: Node | None, key: str) -> str:
        """Return a short text; empty if it is missing. Report one that is longer than any name."""
        text = self._text(node, key)
        if node is not None:
            self.limit(text, node, key, MAX_SHORT)
        return text

    def _text(self, node: Node | None, key: str) -> str:
        scalar = self.scalar(node, key)
        return "" if scalar is None else self._uncut(scalar)

    def limit(self, text: str, node: Node, key: str, most: int) -> None:
        """Report a text that has more than so many characters."""
        if len(text) > most:
            self.add(catalogue.SHORT_TEXT_TOO_LONG, node, key=key, count=f"{len(text):,}", limit=f"{most:,}")

    def prose(self, node: Node | None, key: str) -> str:
        """Return a longer text, line ends as LF, without the line ends that its layout adds at the end."""
        return self._text(node, key).replace("\r\n", "\n").rstrip("\n")

    def _uncut(self, scalar: Scalar) -> str:
        """Return a scalar's text; report a YAML comment that cuts it off."""
        if scalar.plain and _COMMENT.match(self.source.text, scalar.end):
            line_end = self.source.text.find("\n", scalar.end)
            rest = self.source.text[scalar.end : None if line_end < 0 else line_end]
            self.found.append(catalogue.COMMENT_CUTS_TEXT.at(self.source.span(scalar.end), rest=shorten(rest.strip())))
        return scalar.text

    def one_of(self, node: Node | None, key: str, known: Sequence[str]) -> str | None:
        """Return a word that is one of the known ones."""
        scalar = self.scalar(node, key)
        if scalar is None:
            return None
        if scalar.text in known:
            return scalar.text
        self.add(
            catalogue.NOT_ALLOWED,
            scalar,
            near=nearest(scalar.text, known),
            value=shorten(scalar.text),
            key=key,
            known=as_written(known),
        )
        return None

    def id(self, node: Node | None, key: str) -> str | None:
        """Return a word that may be used as an id."""
        scalar = self.scalar(node, key)
        if scalar is None:
            return None
        if ID.fullmatch(scalar.text):
            return scalar.text
        self.add(catalogue.BAD_ID, scalar, value=shorten(scalar.text))
        return None

    def yes(self, node: Node | None, key: str) -> bool:
        """Return True if a flag is `yes`; a missing flag is False."""
        scalar = self.scalar(node, key)
        if scalar is None:
            return False
        value = read_yes_no(scalar.text)
        if isinstance(value, Misread):
            self.misread(value, scalar)
            return False
        return value

    def number(self, node: Node | None, key: str) -> Fraction | None:
        """Return a plain number."""
        scalar = self.scalar(node, key)
        if scalar is None:
            return None
        value = read_number(scalar.text)
        if isinstance(value, Misread):
            self.misread(value, scalar)
            return None
        return value

    def whole(self, node: Node | None, key: str) -> int | None:
        """Return a whole number that is not negative."""
        value = self.number(node, key)
        if value is None or (value.denominator == 1 and value >= 0):
            return None if value is None else value.numerator
        assert node is not None
        self.add(catalogue.NOT_WHOLE, node, value=shorten(getattr(node, "text", "")), example="1")
        return None

    def quantity(self, node: Node | None, key: str) -> tuple[Fraction, Unit] | None:
        """Return a number in any notation, with its unit."""
        scalar = self.scalar(node, key)
        if scalar is None:
            return None
        value = read_quantity(scalar.text)
        if isinstance(value, Misread):
            self.misread(value, scalar)
            return None
        return value

    def date(self, node: Node | None, key: str) -> str:
        """Return a date as written; empty (reported) if it is not a date."""
        scalar = self.scalar(node, key)
        if scalar is None or parse_date(scalar.text):
            return scalar.text if scalar else ""
        self.add(catalogue.BAD_DATE, scalar, value=shorten(scalar.text))
        return ""

    def hex(self, node: Node | None, key: str, pattern: str, expected: Value) -> str:
        """Return a digest or salt that matches a pattern; empty if it does not."""
        scalar = self.scalar(node, key)
        if scalar is None or re.fullmatch(pattern, scalar.text, re.ASCII):
            return scalar.text if scalar else ""
        self.add(catalogue.BAD_DIGEST, scalar, value=shorten(scalar.text), expected=expected)
        return ""

    def local_text(self, node: Node | None, key: str, languages: Sequence[str]) -> Text | None:
        """Return a text in every language. One without languages is enough if there is only one; else it is reported."""
        if node is None:
            return None
        if isinstance(node, Scalar):
            return self._plain_text(node, key, languages)
        if isinstance(node, SequenceNode) and len(languages) == 1:
            self.shape(node, key, _SPOKEN[Scalar])
            return None
        if isinstance(node, MappingNode) and not node.items:
            self.add(catalogue.EMPTY_VALUE, node, key=key)
        found = {
            name.text: self.prose(value, f"{key}.{name.text}")
            for name, value in self.pairs(node, key)
            if _LANGUAGE.fullmatch(name.text) or self._unknown_language(name, key, languages)
        }
        for text in found.values():
            self.limit(text, node, key, MAX_LOCAL)
        missing = [language for language in languages if not found.get(language)]
        if found and missing:
            self.add(catalogue.LANGUAGE_MISSING, node, key=key, languages=as_written(missing))
        return Text(tuple(sorted(found.items()))) if found else None

    def _plain_text(self, node: Scalar, key: str, languages: Sequence[str]) -> Text | None:
        unparted = without_blank(node)
        if unparted is not None and _LANGUAGE.fullmatch(unparted.key):  # `zh:…`
            self.found.append(unparted.finding(self.span(node)))
            return None
        text = self.prose(node, key)
        self.limit(text, node, key, MAX_LOCAL)
        language = _most_likely(text, languages)
        if text and len(languages) > 1:
            others = ", ".join(f"{code}: …" for code in languages if code != language)
            example = f"{{{language}: {_in_flow(shorten(text))}, {others}}}"
            self.add(catalogue.PLAIN_TEXT, node, key=key, languages=as_written(languages), example=example)
        return Text(((language, text),)) if text else None

    def _unknown_language(self, name: Scalar, key: str, languages: Sequence[str]) -> bool:
        self.add(catalogue.UNKNOWN_KEY, name, key=shorten(name.text), where=key, known=as_written(languages))
        return False


def _most_likely(text: str, languages: Sequence[str]) -> str:
    """Return the language that a text is most likely written in, by its script."""
    is_cjk = _IDEOGRAPH.search(text) is not None
    alike = [code for code in languages if language_of(code).is_cjk is is_cjk]
    return next(iter((*alike, *languages)), "")


def _in_flow(text: str) -> str:
    """Return a text as it stands between braces: in quotes if YAML would read it differently without."""
    plain = _PLAIN_IN_FLOW.fullmatch(text) and not text.endswith(":") and ": " not in text and " #" not in text
    return text if plain else "'" + text.replace("'", "''") + "'"
