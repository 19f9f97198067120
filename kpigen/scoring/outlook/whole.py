"""The total of a form as one formula over the points of one row; all other rows are fixed at the review's values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from kpigen.model.forms import Form, Indicator, InputType, Section
from kpigen.model.reviews import Metrics
from kpigen.model.scores import Scorecard
from kpigen.numbers import formula
from kpigen.numbers.formula import Expression, Missing, Name, Numbers, Value, build, literal
from kpigen.scoring.bonus import score_bonus
from kpigen.scoring.entries import spread, written_out
from kpigen.scoring.names import BONUS, ROWS, TOTAL, Bare, Known
from kpigen.scoring.outlook.folding import Folding
from kpigen.scoring.outlook.univariate import Along, RuleFormula

#: The name of the row's exact points in the formula. No name that is written has a blank.
POINTS = "the points"


def is_sum(form: Form, indicator: Indicator) -> bool:
    """Return whether the total gains what the row gains: no formula and no veto stands between them."""
    if form.total is not None or any(veto.total is not None for veto in form.vetoes):
        return False
    return not any(section.total and indicator in section.indicators for section in form.sections)


def exact_total(card: Scorecard) -> Fraction:
    """Return the total before it is rounded, of a form whose total is the sum of its rows and the bonus."""
    bonus = score_bonus(card.form, {item.id: item.level or item.count for item in card.bonus})
    rows = sum((row.exact for row in card.indicators if row.exact is not None), Fraction(0))
    return sum((item.points for item in bonus), rows)


@dataclass(frozen=True)
class Whole:
    """The total as a formula: before it is rounded, as a veto sets it. Neither rows nor sections are rounded in it.

    Its names are the row's points (`POINTS`) and inputs, with all others' values in `known`.
    """

    expression: Expression
    known: Mapping[str, Value]

    def along(self, raw: Along, share: Fraction) -> Along:
        """Return the total along one number of the row, whose score along it is `raw`; a point of it is `share` points."""
        named = raw.axis in self._names
        points = raw.expression if share == 1 else build("*", raw.expression, literal(share))
        expression = formula.replaced(self.expression if named else self._by_points, {POINTS: points})
        known = {**self.known, **raw.known}
        if named:
            expression = Folding(expression, known).along(raw.axis)
        used = {name.id for name in formula.names(expression)} - {raw.axis}
        return Along(raw.axis, expression, {name: known[name] for name in used if name in known})

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(name.id for name in formula.names(self.expression))

    @cached_property
    def _by_points(self) -> Expression:
        """The formula with all but the points evaluated, for numbers that it does not name itself."""
        return Folding(self.expression, self.known).along(POINTS)


def whole_of(card: Scorecard, metrics: Metrics, indicator: Indicator, rule: RuleFormula) -> Whole | None:
    """Return the total of a scorecard that has one as a formula over one of its rows; None if there is no formula."""
    return _WholeWriter(card, metrics, indicator, rule).whole()


class _WholeWriter:
    """Writes the formulas of a form as one, and collects the values of what is no number."""

    def __init__(self, card: Scorecard, metrics: Metrics, indicator: Indicator, rule: RuleFormula) -> None:
        self.card, self.form, self.indicator, self.rule = card, card.form, indicator, rule
        self.metrics = metrics
        self.scores = {row.id: row for row in card.indicators}
        self.known: dict[str, Value] = {}

    def whole(self) -> Whole | None:
        sections = {section.id: self.section(section) for section in self.form.sections}
        bonus = score_bonus(self.form, {item.id: item.level or item.count for item in self.card.bonus})
        own: dict[str, Expression] = {
            **{id_: self.value(id_, value) for id_, value in self.card.tables.items()},
            **sections,
            BONUS: literal(sum((item.points for item in bonus), Fraction(0))),
        }
        if self.form.total is not None:
            total = self.written(self.form.total, Bare.POINTS, own)
        else:
            terms = [part for part in sections.values() if not self.is_absent(part)]
            total = build("sum", *terms, own[BONUS])
        own, before = {**own, TOTAL: total}, total
        for veto, result in zip(self.form.vetoes, self.card.vetoes, strict=True):
            if veto.total is None or result.holds is None:
                continue
            when = self.written(veto.when, Bare.INPUT, {**own, TOTAL: before})
            total = build("if", self.written(veto.total, Bare.INPUT, own), when, total)
            own = {**own, TOTAL: total}
        known = {**self.rule.known, **self.known}
        absent = frozenset(name for name, value in known.items() if value is Missing.ABSENT)
        left = formula.without(spread(total, known, absent), absent)
        if left is not None and self.rule.taken:
            left = formula.replaced(left, {name: Name(source) for name, source in self.rule.taken.items()})
        return None if left is None else Whole(left, known)

    def is_absent(self, part: Expression) -> bool:
        return isinstance(part, Name) and self.known.get(part.id) is Missing.ABSENT

    def section(self, section: Section) -> Expression:
        """Return the points of a section; those of one that the row is not in are known."""
        own = next(score for score in self.card.sections if score.id == section.id)
        rows = [row for row in section.indicators if not row.unscored and not self.scores[row.id].not_applicable]
        if not rows:
            return self.value(section.id, Missing.ABSENT)
        if self.indicator not in rows:
            return literal(own.exact or 0)
        if section.total is not None:
            return self.written(section.total, Bare.POINTS, {})
        others = own.exact or Fraction(0)
        return build("+", Name(POINTS), literal(others - (self.scores[self.indicator.id].exact or 0)))

    def written(self, expression: Expression, bare: Bare, own: Mapping[str, Expression]) -> Expression:
        """Return a formula of the form with its names replaced by what they stand for, and its lists written out."""
        values = Known(self.form, self.scores, self.metrics, bare, self.card.tables)
        by = {name.id: self.name(name, bare, own, values) for name in formula.names(expression)}
        return written_out(formula.replaced(expression, by), self.items)

    def name(self, name: Name, bare: Bare, own: Mapping[str, Expression], values: Known) -> Expression:
        first, _, input_id = name.id.partition(".")
        if first == self.indicator.id:
            return (
                Name(POINTS) if not input_id and bare is Bare.POINTS else Name(input_id or self.indicator.inputs[0].id)
            )
        if name.id in own:
            return own[name.id]
        items = self.items(name.id)
        value = values.values([name]).get(name.id) if items is None else None if items else Missing.ABSENT
        return name if value is None else self.value(name.id, value)

    def value(self, name: str, value: Value) -> Expression:
        """Return a value as an expression: a number, or a name of its own that has this value."""
        if isinstance(value, Fraction):
            return literal(value)
        own = f"{name} of the form"
        self.known[own] = value
        return Name(own)

    def items(self, name: str) -> Sequence[Expression] | None:
        """Return the numbers of a list of rows or inputs; None if a name is no such list."""
        first, _, second = name.partition(".")
        if self.form.indicator(first) is not None:
            return None
        section = next((item for item in self.form.sections if item.id == first), None)
        if name == ROWS or (first == ROWS and second):
            rows: Sequence[Indicator] = self.form.indicators
        elif section is not None and second:
            rows = section.indicators
        else:
            return None
        applying = [row for row in rows if not self.scores[row.id].not_applicable]
        if name == ROWS or second == ROWS:
            return [self.points(row) for row in applying if not row.unscored]
        return [item for row in applying for item in self.inputs(row, second)]

    def points(self, row: Indicator) -> Expression:
        return Name(POINTS) if row.id == self.indicator.id else literal(self.scores[row.id].exact or 0)

    def inputs(self, row: Indicator, input_id: str) -> Sequence[Expression]:
        """Return the numbers that one row adds to the list of an input."""
        item = row.input(input_id)
        if item is None:
            return ()
        if row.id == self.indicator.id and item.type is not InputType.RATINGS:
            return () if self.rule.known.get(input_id) is Missing.ABSENT else (Name(input_id),)
        name = Name(f"{row.id}.{input_id}")
        value = Known(self.form, self.scores, self.metrics, Bare.POINTS).values([name]).get(name.id)
        if isinstance(value, Numbers):
            return [literal(number) for number in value.items or ()]
        return () if value is None or value is Missing.ABSENT else (self.value(name.id, value),)
