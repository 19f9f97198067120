"""What puts a method's numbers and formulas into words: names of ids, translated messages, lists."""

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
    """One number of a method as the rule page shows it."""

    label: str
    text: str


@dataclass(frozen=True)
class RuleWording:
    """The reader's language, and the reader's names of inputs, choices and parts by id."""

    names: Mapping[str, str]
    translate: Translate

    def say(self, message: str, **values: str) -> str:
        """Return a marked message in the language, with values in its places."""
        return self.translate(message).format(**values)

    def name(self, id_: str) -> str:
        """Return the name of an id, or the id where it has none."""
        return self.names.get(id_, id_)

    def formula(self, expression: Expression) -> str:
        """Return a formula with names in the place of ids."""
        return rename(formula.write(expression, pretty=True), self.names)

    def listed(self, texts: Iterable[str]) -> str:
        """Return texts joined as the language joins a list."""
        return self.translate(mark(", ")).join(texts)
