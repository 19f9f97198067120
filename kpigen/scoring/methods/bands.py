"""The method `bands`: a table of ranges (区间得分表), each with its raw score; one-way, or two-way with columns."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import ClassVar, NamedTuple

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import shorten
from kpigen.diagnostics.values import phrase
from kpigen.document.nodes import MappingNode, Node, Scalar, SequenceNode
from kpigen.i18n.messages import mark
from kpigen.model.forms import Range
from kpigen.model.scores import Step
from kpigen.numbers import formula
from kpigen.numbers.formula import Expression, Name, build, literal
from kpigen.numbers.intervals import Interval
from kpigen.numbers.quantities import Unit, exact, show
from kpigen.scoring.methods.base import BAND, Canonical, Case, Compared, Mark, Method, Rule, Texts
from kpigen.scoring.methods.reading import Measured, read_number, shown_unit_of
from kpigen.scoring.wording import Parameter, RuleWording

#: How many columns a table may have: more would not fit on paper.
MAX_COLUMNS = 30

#: A value that lies in no band has no score, unless the rule says what it scores otherwise.
_NO_RESULT = build("/", literal(1), literal(0))


@dataclass(frozen=True)
class Ends:
    """Where bands end: lower ends (`at_least`) or upper ends (`at_most`), as ordered in the rule file. Each end belongs to its
    band, which reaches to the next end; the outermost band has no other end."""

    values: tuple[Fraction, ...]
    upper: bool

    @cached_property
    def _order(self) -> tuple[int, ...]:
        """The places of the ends in the rule file, from the lowest end to the highest."""
        return tuple(sorted(range(len(self.values)), key=self.values.__getitem__))

    @cached_property
    def _cuts(self) -> tuple[Fraction, ...]:
        return tuple(sorted(self.values))

    def holding(self, x: Fraction) -> int | None:
        """Return the place of the band that holds a value; None if no band does."""
        return self._pieces[self._piece(x)]

    def met(self, x: Interval) -> tuple[int | None, ...]:
        """Return the places of the bands that hold a value of an interval; None among them if some values are in no band."""
        first = 0 if x.low is None else self._piece(x.low)
        last = len(self.values) if x.high is None else self._piece(x.high)
        return self._pieces[first : last + 1]

    def band(self, place: int) -> Range:
        """Return the values in the band at a place."""
        rank = self._order.index(place)
        own = self.values[place]
        if self.upper:
            return Range(self._cuts[rank - 1] if rank else None, own, low_included=False)
        return Range(own, self._cuts[rank + 1] if rank + 1 < len(self._cuts) else None, high_included=False)

    @property
    def outside(self) -> Range:
        """The values in no band."""
        return (
            Range(low=self._cuts[-1], low_included=False)
            if self.upper
            else Range(high=self._cuts[0], high_included=False)
        )

    def as_formula(self, x: Expression, bands: Sequence[Expression], otherwise: Expression) -> Expression:
        """Return the formula of the band that holds `x`, chosen by bisection so that the formula stays shallow."""
        pieces = [otherwise if place is None else bands[place] for place in self._pieces]

        def among(first: int, last: int) -> Expression:
            if first == last:
                return pieces[first]
            middle = (first + last) // 2
            cut, below, above = literal(self._cuts[middle]), among(first, middle), among(middle + 1, last)
            if self.upper:
                return build("if", below, build("<=", x, cut), above)
            return build("if", above, build(">=", x, cut), below)

        return among(0, len(pieces) - 1)

    @cached_property
    def _pieces(self) -> tuple[int | None, ...]:
        """The places of the bands from low to high; None stands for the values in no band."""
        return (*self._order, None) if self.upper else (None, *self._order)

    def _piece(self, x: Fraction) -> int:
        return bisect_left(self._cuts, x) if self.upper else bisect_right(self._cuts, x)


class BandPlace(NamedTuple):
    """The row and the column of a table that apply, by their places in the rule file; None if no band holds the number."""

    row: int | None
    column: int | None


@dataclass(frozen=True)
class Bands(Method):
    """The score of the band that holds the measure; in a two-way table, of its cell in the column that holds another number.

    Each row of `cells` has the scores of its columns, or one score. A row may be shorter: then its last cells are empty.
    `otherwise` is the score of empty cells and of what no band holds; None: they have none.
    """

    name = "bands"
    label = mark("Table of bands")
    keys = ("at_least", "at_most", "by", "columns", "otherwise")
    word_keys = ("by",)
    sentences: ClassVar[Texts] = {
        "band_from": mark("Band: {low} and above"),
        "band_to": mark("Band: {high} and below"),
        "band_from_to": mark("Band: from {low} to below {high}"),
        "band_above_to": mark("Band: above {low} to {high}"),
        "band_none": mark("In no band: {x}"),
        "band_by": mark("For the columns"),
        "band_cell": mark("The cell where the row and the column meet"),
        "band_otherwise": mark("Otherwise"),
        "band_empty": mark("The cell is empty: otherwise"),
    }
    number_names: ClassVar[Texts] = {
        "at_least": mark("bands"),
        "at_most": mark("bands"),
        "columns": mark("columns"),
        "otherwise": mark("otherwise"),
    }

    rows: Ends
    cells: tuple[tuple[Fraction, ...], ...]
    otherwise: Fraction | None = None
    by: Expression | None = None
    by_unit: Unit = Unit.PLAIN
    columns: Ends | None = None

    @classmethod
    def read(cls, node: Node, values: dict[str, Node], rule: Rule) -> Method | None:
        """Read the ends of the rows with their scores; of a two-way table also `by` and `columns`."""
        given = [key for key in ("at_least", "at_most") if key in values]
        if len(given) != 1:
            rule.misfit(node, cls.name, phrase("takes either `at_least` or `at_most`"))
        is_two_way = "by" in values or "columns" in values
        for key in ("by", "columns"):
            if is_two_way and key not in values:
                rule.reader.add(catalogue.MISSING_KEY, node, key=key, where="score")
        by = read_number(values["by"], "score.by", rule) if "by" in values else None
        written: set[Unit] = set()
        columns = _read_columns(values["columns"], by, written, rule) if "columns" in values else None
        rows = None
        for key in given:
            rows = _read_rows(values[key], f"score.{key}", is_two_way, len(columns) if columns else None, rule)
        otherwise = rule.amount(values.get("otherwise"), "score.otherwise")
        if len(given) != 1 or rows is None or (otherwise is None and "otherwise" in values):
            return None
        if is_two_way and (by is None or columns is None):
            return None
        upper = given == ["at_most"]
        return cls(
            rows=Ends(tuple(end for end, _ in rows), upper),
            cells=tuple(cells for _, cells in rows),
            otherwise=otherwise,
            by=by.expression if by else None,
            by_unit=shown_unit_of(by.unit, written) if by else Unit.PLAIN,
            columns=None if columns is None else Ends(columns, upper),
        )

    def place(self, x: Fraction, other: Fraction | None) -> BandPlace:
        """Return the row and the column that hold two numbers; a one-way table has one column."""
        column = 0 if self.columns is None or other is None else self.columns.holding(other)
        return BandPlace(self.rows.holding(x), column)

    def at(self, place: BandPlace) -> Fraction | None:
        """Return the score at a place of the table; None if there is none."""
        cell = self._cell(place)
        return self.otherwise if cell is None else cell

    def _cell(self, place: BandPlace) -> Fraction | None:
        if place.row is None or place.column is None:
            return None
        cells = self.cells[place.row]
        return cells[place.column] if place.column < len(cells) else None

    def raw(self, case: Case) -> tuple[Fraction, list[Step]]:
        """Return the score of the band that holds the measure, or of the cell that holds both numbers."""
        other = None if self.by is None else formula.number(self.by, case.values)
        place = self.place(case.x, other)
        score = self.at(place)
        row = _step(self.rows, place.row, case.x, case.unit)
        if self.by is None or self.columns is None or other is None:
            if score is None:
                raise _nowhere(case.x, case.unit)
            return score, [replace(row, value=score)]
        if score is None:
            if place.row is None:
                raise _nowhere(case.x, case.unit)
            if place.column is None:
                raise _nowhere(other, self.by_unit)
            raise formula.Problem(phrase("the cell of the table is empty"))
        if isinstance(self.by, Name):
            told = Step("input", value=other, unit=self.by_unit, args=(("of", self.by.id),))
        else:
            told = Step("band_by", case.write(self.by), case.put_in(self.by), other, self.by_unit)
        column = _step(self.columns, place.column, other, self.by_unit)
        kind = "band_cell" if self._cell(place) is not None else "band_otherwise" if None in place else "band_empty"
        return score, [row, told, column, Step(kind, value=score)]

    def as_formula(self, x: Expression | None, case: Case) -> Expression | None:
        """Return the score of the band or cell as a formula."""
        if x is None:
            return None
        otherwise = _NO_RESULT if self.otherwise is None else literal(self.otherwise)
        rows: list[Expression] = [literal(cells[0]) for cells in self.cells]
        if self.by is not None and self.columns is not None:
            room = len(self.columns.values)
            filled = [[*map(literal, cells), *[otherwise] * (room - len(cells))] for cells in self.cells]
            rows = [self.columns.as_formula(self.by, cells, otherwise) for cells in filled]
        return self.rows.as_formula(x, rows, otherwise)

    def extent(self, of: Callable[[Expression | None], Interval], full: Fraction) -> Interval:
        """Return the interval of the scores in all bands and cells that the numbers reach."""
        columns: tuple[int | None, ...] = (0,) if self.columns is None else self.columns.met(of(self.by))
        reached = [self.at(BandPlace(row, column)) for row in self.rows.met(of(None)) for column in columns]
        scores = [score for score in reached if score is not None]
        return Interval(min(scores), max(scores)) if scores else Interval()

    def knots(self) -> tuple[Fraction, ...]:
        """Return the ends of the rows."""
        return self.rows.values

    def bases(self) -> frozenset[str]:
        """Return the divisors in the number that chooses the column."""
        return formula.divisors(self.by)

    def marks(self, axis: str) -> tuple[Mark, ...]:
        """Return the ends of the rows on the measure, those of the columns on the input that chooses the column."""
        if axis == "measure":
            return tuple(Mark(BAND, end) for end in self.rows.values)
        if self.columns is not None and self.by == Name(axis, 0):
            return tuple(Mark(BAND, end) for end in self.columns.values)
        return ()

    def parameters(self, unit: Unit, wording: RuleWording) -> list[Parameter]:
        """Return each band of a one-way table with its score; of a two-way table what its columns go by. Then `otherwise`."""
        if self.by is None:
            lines = [
                Parameter(in_words(self.rows.band(place), unit, wording), show(cells[0]))
                for place, cells in enumerate(self.cells)
            ]
        else:
            lines = [Parameter(wording.say(mark("Columns by")), wording.formula(self.by))]
        if self.otherwise is not None:
            lines.append(Parameter(wording.say(mark("Otherwise")), show(self.otherwise)))
        return lines

    def numbers(self) -> Canonical:
        """Return the ends with their scores, in the order of the rule file; `by`, `columns` and `otherwise` if given."""
        key = "at_most" if self.rows.upper else "at_least"
        ends = [exact(end) for end in self.rows.values]
        data: dict[str, Canonical] = {}
        if self.by is None or self.columns is None:
            data[key] = [[end, exact(cells[0])] for end, cells in zip(ends, self.cells, strict=True)]
        else:
            data[key] = [[end, [*map(exact, cells)]] for end, cells in zip(ends, self.cells, strict=True)]
            data["by"] = formula.write(self.by)
            data["columns"] = [*map(exact, self.columns.values)]
        if self.otherwise is not None:
            data["otherwise"] = exact(self.otherwise)
        return data


def in_words(band: Range, unit: Unit, wording: RuleWording) -> str:
    """Return a band in words, such as `from 90% to below 95%`."""
    low = "" if band.low is None else show(band.low, unit)
    high = "" if band.high is None else show(band.high, unit)
    if not high:
        message = mark("{low} and above") if band.low_included else mark("above {low}")
    elif not low:
        message = mark("{high} and below") if band.high_included else mark("below {high}")
    else:
        message = mark("from {low} to below {high}") if band.low_included else mark("above {low} to {high}")
    return wording.say(message, low=low, high=high)


def _step(ends: Ends, place: int | None, x: Fraction, unit: Unit) -> Step:
    """Return the step that says which band holds a number."""
    if place is None:
        return Step("band_none", args=(("x", show(x, unit)),))
    band = ends.band(place)
    shown = [(key, show(end, unit)) for key, end in (("low", band.low), ("high", band.high)) if end is not None]
    only = "band_to" if ends.upper else "band_from"
    kind = only if len(shown) == 1 else "band_above_to" if ends.upper else "band_from_to"
    return Step(kind, args=tuple(shown))


def _nowhere(x: Fraction, unit: Unit) -> formula.Problem:
    return formula.Problem(phrase("no band of the table holds {value}", value=show(x, unit)))


def _read_rows(
    node: Node, key: str, is_two_way: bool, width: int | None, rule: Rule
) -> list[tuple[Fraction, tuple[Fraction, ...]]] | None:
    """Return the end and the scores of each row; None (reported) if something is wrong. `width`: how many columns there are."""
    if isinstance(node, MappingNode) and not node.items:
        rule.reader.add(catalogue.EMPTY_VALUE, node, key=key)
        return None
    pairs = list(rule.reader.pairs(node, key))
    if not is_two_way and any(isinstance(value, SequenceNode) for _, value in pairs):
        rule.misfit(node, Bands.name, phrase("has lists of numbers, but no `by` and `columns`"))
        return None
    rows, is_sound = [], bool(pairs)
    for name, value in pairs:
        where = f"{key}.{shorten(name.text)}"
        end = rule.in_unit(name, key)
        items = rule.reader.items(value, where) if is_two_way else (value,)
        cells = [rule.amount(item, where) for item in items]
        if is_two_way and isinstance(value, SequenceNode) and not items:
            rule.reader.add(catalogue.EMPTY_VALUE, value, key=where)
        if width is not None and len(cells) > width:
            problem = phrase(
                "has {count} numbers in the row `{end}`, but {columns} columns",
                count=len(cells),
                end=name.text,
                columns=width,
            )
            rule.misfit(value, Bands.name, problem)
        kept = tuple(cell for cell in cells if cell is not None)
        is_sound = is_sound and end is not None and 0 < len(kept) == len(cells) and len(cells) <= (width or len(cells))
        rows.append((end or Fraction(0), kept))
    is_ordered = _in_order([end for end, _ in rows], [name for name, _ in pairs], rule) if is_sound else False
    return rows if is_ordered else None


def _read_columns(node: Node, by: Measured | None, written: set[Unit], rule: Rule) -> tuple[Fraction, ...] | None:
    """Return the ends of the columns; None (reported) if something is wrong."""
    items = rule.reader.items(node, "score.columns")
    if isinstance(node, SequenceNode) and not items:
        rule.reader.add(catalogue.EMPTY_VALUE, node, key="score.columns")
    if len(items) > MAX_COLUMNS:
        rule.misfit(node, Bands.name, phrase("takes at most {limit} columns: no more fit on paper", limit=MAX_COLUMNS))
        return None
    ends = [
        end
        for item in items
        if (end := _read_column(item, None if by is None else Compared(by.type, by.percent), written, rule)) is not None
    ]
    return tuple(ends) if items and len(ends) == len(items) and _in_order(ends, items, rule) else None


def _read_column(node: Node, by: Compared | None, written: set[Unit], rule: Rule) -> Fraction | None:
    if by is not None:
        return rule.in_unit_of(by, node, "score.columns", written)
    read = rule.reader.quantity(node, "score.columns")
    return read and read[0]


def _in_order(ends: Sequence[Fraction], nodes: Iterable[Node], rule: Rule) -> bool:
    """Return True if ends rise throughout or fall throughout; report the first that does not."""
    for (before, end), node in zip(pairwise(ends), list(nodes)[1:], strict=True):
        if end == before or (end > before) != (ends[1] > ends[0]):
            assert isinstance(node, Scalar)
            problem = phrase(
                "needs ends that rise throughout or fall throughout; `{end}` does not", end=shorten(node.text)
            )
            rule.misfit(node, Bands.name, problem)
            return False
    return True
