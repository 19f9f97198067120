"""How a form writes its points and totals: with how many decimals, and whether with their sign."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from kpigen.numbers.quantities import fixed

#: A mean has at least this many decimals: that of whole numbers is hardly ever one.
_OF_A_MEAN = 2


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
        """How a mean of several totals is written: as they are, with two decimals at least."""
        return self._replace(decimals=max(self.decimals, _OF_A_MEAN))


def together(notations: Iterable[Notation]) -> Notation:
    """Return how numbers of several versions of a form are written beside each other: as exactly as any of them.

    >>> together([Notation(0, signed=True), Notation(3)])
    Notation(decimals=3, signed=True)
    """
    known = list(notations)
    if not known:
        return Notation()
    return Notation(max(item.decimals for item in known), any(item.signed for item in known))
