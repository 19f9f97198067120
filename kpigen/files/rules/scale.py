"""Reads the scale of a form: full marks, what a raw score is out of, decimals, sign, and when points are rounded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import shorten
from kpigen.diagnostics.values import phrase
from kpigen.document.nodes import MappingNode, Node, Scalar
from kpigen.document.reader import Reader
from kpigen.model.forms import Rounding
from kpigen.numbers.quantities import Misread, exact, read_number

KEYS = ("full", "out_of", "decimals", "signed", "rounding")

#: The full marks of a form with weights that says nothing else.
USUAL = Fraction(100)
MAX_DECIMALS = 4
USUAL_ROUNDING = Rounding()


@dataclass(frozen=True)
class FormScale:
    """The scale of a form. `full` and `out_of` are None if the file does not give them; `by_weight`: out of the row's weight."""

    full: Fraction | None = None
    out_of: Fraction | None = None
    by_weight: bool = False
    decimals: int = 2
    signed: bool = False
    rounding: Rounding = USUAL_ROUNDING

    @property
    def marks(self) -> Fraction:
        """The full marks that weights add up to."""
        return USUAL if self.full is None else self.full

    @property
    def raw_marks(self) -> Fraction:
        """The maximum of the raw score of a row with a weight."""
        return self.marks if self.out_of is None else self.out_of


def read_scale(reader: Reader, values: Mapping[str, Node]) -> FormScale:
    """Return the scale of a form; what is wrong is reported."""
    full = above_zero(reader, values.get("full"), "full")
    out_of, node = None, values.get("out_of")
    by_weight = isinstance(node, Scalar) and node.text == "weight"
    if node is not None and not by_weight:
        if isinstance(node, Scalar) and not isinstance(read_number(node.text), Misread):
            out_of = above_zero(reader, node, "out_of")
        else:
            reader.one_of(node, "out_of", ("100", "weight"))
    decimals = read_decimals(reader, values.get("decimals"), "decimals")
    return FormScale(
        full,
        out_of,
        by_weight,
        2 if decimals is None else decimals,
        reader.yes(values.get("signed"), "signed"),
        _read_rounding(reader, values.get("rounding")),
    )


def read_decimals(reader: Reader, node: Node | None, key: str) -> int | None:
    """Return a number of decimals; None (reported if it is there) if it is none, or too many."""
    decimals = reader.whole(node, key)
    if decimals is None or decimals <= MAX_DECIMALS:
        return decimals
    assert node is not None
    span = phrase("from {low} to {high}", low="0", high=str(MAX_DECIMALS))
    reader.add(catalogue.OUT_OF_RANGE, node, key=key, value=str(decimals), range=span)
    return None


def above_zero(reader: Reader, node: Node | None, key: str) -> Fraction | None:
    """Return a number above 0; None (reported if it is there) otherwise."""
    value = reader.number(node, key)
    if value is not None and value <= 0:
        assert node is not None
        reader.add(catalogue.OUT_OF_RANGE, node, key=key, value=exact(value), range=phrase("above {low}", low="0"))
        return None
    return value


def _read_rounding(reader: Reader, node: Node | None) -> Rounding:
    if isinstance(node, MappingNode):
        values = reader.mapping(node, "rounding", ("of", "half", "column"), required=("of",))
        of = reader.one_of(values.get("of"), "rounding.of", ("rows", "total"))
        half = reader.one_of(values.get("half"), "rounding.half", ("up", "even"))
        column = reader.one_of(values.get("column"), "rounding.column", ("adds_up", "rounded"))
        return Rounding(of != "total", half == "even", column != "rounded")
    return Rounding(reader.one_of(node, "rounding", ("rows", "total")) != "total")


@dataclass(frozen=True)
class Weight:
    """The weight of a row as its file gives it: points, the id of the input that holds it, or nothing (a row that just adds)."""

    points: Fraction | None
    input: str = ""
    in_percent: bool = False


def read_weight(reader: Reader, node: Node | None, scale: FormScale) -> Weight | None:
    """Return the weight of a row; None (reported) if it is none."""
    if node is None:
        return Weight(None)
    scalar = reader.scalar(node, "weight")
    if scalar is None:
        return None
    text = scalar.text
    if text.isidentifier() and text.isascii():
        return Weight(None, text)
    if text.isascii() and text.endswith("%") and not isinstance(share := read_number(text[:-1]), Misread):
        return _not_negative(reader, scalar, Weight(share / 100 * scale.marks, in_percent=True))
    one, slash, other = text.partition("/")
    parts = read_number(one.strip()), read_number(other.strip())
    if slash and isinstance(parts[0], Fraction) and isinstance(parts[1], Fraction) and parts[1] > 0:
        return _not_negative(reader, scalar, Weight(parts[0] / parts[1]))
    number = read_number(text)
    if isinstance(number, Misread):
        reader.misread(number, scalar)
        return None
    return _not_negative(reader, scalar, Weight(number))


def _not_negative(reader: Reader, node: Scalar, weight: Weight) -> Weight | None:
    if weight.points is not None and weight.points < 0:
        reader.add(
            catalogue.OUT_OF_RANGE,
            node,
            key="weight",
            value=shorten(node.text),
            range=phrase("at least {low}", low="0"),
        )
        return None
    return weight
