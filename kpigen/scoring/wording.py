"""Put a method's numbers and formulas into words: names for ids, translated messages, lists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from kpigen.i18n.messages import Translate, mark
from kpigen.numbers import formula
from kpigen.numbers.formula import Expression

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)?")


def rename(text: str, names: Mapping[str, str]) -> str:
    """Return a formula's text with ids replaced by names."""
    return _WORD.sub(lambda match: names.get(match[0], match[0]), text)


class Parameter(NamedTuple):
    """One number of a method, as shown on the rule page."""

    label: str
    text: str


@dataclass(frozen=True)
class RuleWording:
    """The reader's language, and the names of inputs, choices and parts by id."""

    names: Mapping[str, str]
    translate: Translate

    def say(self, message: str, **values: str) -> str:
        """Return a marked message in the reader's language, with its placeholders filled."""
        return self.translate(message).format(**values)

    def name(self, id_: str) -> str:
        """Return the name of an id, or the id itself if it has no name."""
        return self.names.get(id_, id_)

    def formula(self, expression: Expression) -> str:
        """Return a formula with names instead of ids."""
        return rename(formula.write(expression, pretty=True), self.names)

    def listed(self, texts: Iterable[str]) -> str:
        """Return texts joined into a list, with the separator of the language."""
        return self.translate(mark(", ")).join(texts)
