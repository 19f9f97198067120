"""How a form writes its points and totals: with how many decimals, and whether with their sign."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from kpigen.numbers.quantities import fixed

#: How many decimals a total has at least and at most where its form is not at hand.
_LEAST, _MOST = 2, 4


class Notation(NamedTuple):
    """How points and totals are written: with `decimals`, and with their sign if they are `signed` (`+32`, `-15`, `0`)."""

    decimals: int = 2
    signed: bool = False

    def bare(self, value: Fraction) -> str:
        """Write a number for files and programs: without a plus sign.

        >>> Notation(3).bare(Fraction(9, 2)), Notation(0, signed=True).bare(Fraction(32))
        ('4.500', '32')
        """
        return fixed(value, self.decimals)

    def written(self, value: Fraction) -> str:
        """Write points or a total for people; a form with `signed` points has a plus sign too.

        >>> Notation().written(Fraction(32)), Notation(0, signed=True).written(Fraction(32))
        ('32.00', '+32')
        """
        return self.change(value) if self.signed else self.bare(value)

    def change(self, value: Fraction) -> str:
        """Write a difference with its sign; what is written as zero has none."""
        text = self.bare(value)
        return f"+{text}" if value > 0 and text.strip("0.") else text

    @property
    def of_means(self) -> Notation:
        """How a mean of totals is written: as they are, with two decimals at least, as that of whole numbers is seldom whole."""
        return self._replace(decimals=max(self.decimals, _LEAST))


def together(notations: Iterable[Notation]) -> Notation:
    """Return how numbers of several versions of a form are written beside each other: as exactly as any of them.

    >>> together([Notation(0, signed=True), Notation(3)])
    Notation(decimals=3, signed=True)
    """
    known = list(notations)
    if not known:
        return Notation()
    return Notation(max(item.decimals for item in known), any(item.signed for item in known))


def total_text(value: Fraction) -> str:
    """Write a total whose form is not at hand, as in a content and under a seal (docs/canonical-form.md).

    It has two decimals, and a third and fourth one if it needs them; further ones are rounded, halves away from zero.

    >>> total_text(Fraction("83")), total_text(Fraction("4.4960")), total_text(Fraction("0.7257"))
    ('83.00', '4.496', '0.7257')
    """
    text = fixed(value, _MOST)
    kept = len(text) - _MOST + _LEAST
    return text[:kept] + text[kept:].rstrip("0")
