"""A form: its sections, indicators, inputs, grades, and how the paper is laid out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple, Protocol

from kpigen.base.periods import Cycle
from kpigen.diagnostics.diagnostic import Span
from kpigen.numbers.formula import Expression, names
from kpigen.numbers.notation import Notation
from kpigen.numbers.quantities import Unit, rounded


@dataclass(frozen=True, slots=True)
class Text:
    """A text in one or more languages."""

    by_language: tuple[tuple[str, str], ...]

    def in_(self, language: str) -> str:
        """Return the text in a language, or in its first language if that one is missing."""
        texts = dict(self.by_language)
        return texts.get(language) or next(iter(texts.values()), "")

    @classmethod
    def said(cls, text: str) -> Text:
        """Return a text that reads the same in every language."""
        return cls((("", text),))


class InputType(StrEnum):
    """The type of an input's values."""

    COUNT = "count"
    NUMBER = "number"
    PERCENT = "percent"
    DURATION = "duration"
    MONEY = "money"
    RATING = "rating"
    RATINGS = "ratings"
    YES_NO = "yes_no"
    CHOICE = "choice"
    TEXT = "text"
    LIST = "list"

    @property
    def is_number(self) -> bool:
        """Whether a single number is written."""
        return self in _NUMBER_TYPES

    @property
    def unit(self) -> Unit:
        """The unit that its numbers are written and shown in."""
        return _UNITS.get(self, Unit.PLAIN)


_NUMBER_TYPES = {
    InputType.COUNT,
    InputType.NUMBER,
    InputType.PERCENT,
    InputType.DURATION,
    InputType.MONEY,
    InputType.RATING,
}
_UNITS = {InputType.PERCENT: Unit.PERCENT, InputType.DURATION: Unit.DURATION, InputType.MONEY: Unit.MONEY}


@dataclass(frozen=True, slots=True)
class Range:
    """An interval of numbers; an end that is None is open to infinity. With a `step`, only multiples of it are in."""

    low: Fraction | None = None
    high: Fraction | None = None
    low_included: bool = True
    high_included: bool = True
    step: Fraction | None = None

    def __contains__(self, value: Fraction) -> bool:
        """Return True if a number lies inside."""
        if self.step is not None and (value / self.step).denominator != 1:
            return False
        above = self.low is None or value > self.low or (self.low_included and value == self.low)
        below = self.high is None or value < self.high or (self.high_included and value == self.high)
        return above and below

    @property
    def is_empty(self) -> bool:
        """Whether no number lies inside."""
        if self.low is None or self.high is None:
            return False
        return self.low > self.high or (self.low == self.high and not (self.low_included and self.high_included))


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the values of a choice input: id, name, what it stands for, and its points if it is one of a scale."""

    id: str
    name: Text
    text: Text | None = None
    points: Fraction | None = None


class Take(StrEnum):
    """What `auto` takes: the totals of the manager's team, or the employee's own totals of shorter periods."""

    TEAM_TOTALS = "team_totals"
    OWN_TOTALS = "own_totals"


@dataclass(frozen=True, slots=True)
class AutoRule:
    """What an input takes where a review writes `auto` instead of a list.

    Own totals are those of the periods of a `cycle` within the review's, or within its `part` (the first is 1; 0: all of it),
    by a `form` (empty: the review's own); with `indicator`, the points of that indicator instead of the totals.
    """

    take: Take
    cycle: Cycle = Cycle.MONTH
    part: int = 0
    form: str = ""
    indicator: str = ""
    span: Span = field(default=Span(""), compare=False)

    @property
    def is_own(self) -> bool:
        """Whether it takes the employee's own totals."""
        return self.take is Take.OWN_TOTALS


@dataclass(frozen=True, slots=True)
class Input:
    """One number, choice, text or list that a review gives for an indicator.

    Without a value, it has its `default`: a number, yes or no, the id of a choice, or the value of the input `default_of`.
    One that is `agreed` was fixed at the start of the period.
    """

    id: str
    type: InputType
    name: Text
    unit: Text | None = None
    help: Text | None = None
    range: Range = Range()
    choices: tuple[Choice, ...] = ()
    default: Fraction | str | bool | None = None
    fields: tuple[Input, ...] = ()
    confidential: bool = False
    auto: AutoRule | None = None
    optional: bool = False
    agreed: bool = False
    default_of: str = ""

    @property
    def has_default(self) -> bool:
        """Whether it has a value although none is given: always the same one, or that of another input."""
        return self.default is not None or bool(self.default_of)


class OriginKind(StrEnum):
    """Where a name or number comes from."""

    SOURCE = "source"
    RECONSTRUCTED = "reconstructed"
    CHOSEN = "chosen"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a name or number comes from, with the clause quoted and a note."""

    kind: OriginKind
    quote: str = ""
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class Anchor:
    """A name for a range of a numeric input; shown only, never scored."""

    id: str
    range: Range
    name: Text
    text: Text | None


@dataclass(frozen=True, slots=True)
class ShownAs:
    """What is shown of confidential inputs outside hr/: one mean, if there are `at_least` raters.

    From `trim_from` raters of a group on, its `trim` highest and lowest ratings are left out of the mean.
    """

    id: str
    name: Text
    at_least: int
    trim: int = 0
    trim_from: int = 0


@dataclass(frozen=True, slots=True)
class Warn:
    """A form's own warning: a condition over the inputs, and what to say."""

    when: Expression
    text: Text


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example of an indicator (`raw`) or of a whole form (`total`, `grade`), still as written."""

    span: Span
    metrics: object
    bonus: object = None
    not_applicable: object = None
    raw: Fraction | None = None
    total: Fraction | None = None
    grade: str | None = None
    employee: object = None
    results: object = None


class ScoringMethod(Protocol):
    """The part of a scoring method that a form needs; `method_of` in `kpigen/scoring` returns the full method."""

    @property
    def name(self) -> str:
        """Its name in the rule file."""

    @property
    def cap(self) -> Fraction | None:
        """The raw score is never above this; None: no cap."""

    @property
    def floor(self) -> Fraction | None:
        """The raw score is never below this; None: no floor."""


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """One row of a form: its texts, inputs, and how they become a raw score out of `out_of`.

    Its points are raw × weight ÷ out_of. A row without a weight (`is_weighted` is False) has the same number for both, so that
    its points are its raw score; `most` is the maximum that its rule file gives, None if it gives none. `weight_from` is the
    input that holds the weight, if each review says it. An `unscored` row has neither score nor points. An `optional` one does
    not apply while it has no value. The title of a `named` one is agreed per person. `label` is its number on the paper (empty:
    its place). While `comment_when` holds, it needs a comment.
    """

    id: str
    name: Text
    weight: Fraction
    out_of: Fraction
    inputs: tuple[Input, ...]
    score: ScoringMethod
    measure: Expression | None
    measure_unit: Unit
    limits: tuple[Expression, ...] = ()
    warnings: tuple[Warn, ...] = ()
    when_zero: tuple[tuple[str, Fraction], ...] = ()
    shown_as: ShownAs | None = None
    anchors: tuple[Anchor, ...] = ()
    definition: Text | None = None
    standard: Text | None = None
    focus: Text | None = None
    target: Text | None = None
    record: Text | None = None
    provider: Text | None = None
    notes: tuple[Text, ...] = ()
    origins: Mapping[str, Origin] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()
    is_weighted: bool = True
    most: Fraction | None = None
    weight_from: str = ""
    unscored: bool = False
    optional: bool = False
    named: bool = False
    label: str = ""
    comment_when: Expression | None = None

    def input(self, id_: str) -> Input | None:
        """Return an input by its id."""
        return next((item for item in self.inputs if item.id == id_), None)

    @property
    def confidential(self) -> tuple[Input, ...]:
        """The inputs whose numbers stay in the repository and hr/."""
        return tuple(item for item in self.inputs if item.confidential)

    def titled(self, title: str) -> Indicator:
        """Return the row with another title. An input that has no name of its own is called as its row."""
        name = Text.said(title)
        inputs = tuple(replace(item, name=name) if item.name == self.name else item for item in self.inputs)
        return replace(self, name=name, inputs=inputs)


@dataclass(frozen=True)
class Column:
    """A column of the printed form: what it shows, and its heading (None: the usual one).

    `anchor` is the id of the anchor that it shows, `input` that of the input, `choice` that of one choice of it. A row without
    that input shows its `otherwise`: `points` or `raw`. `foot` is what stands in the rows of sums: `sum` or `mean`. Its numbers
    have `decimals` (None: as usual).
    """

    show: str
    name: Text | None = None
    anchor: str = ""
    input: str = ""
    choice: str = ""
    otherwise: str = ""
    foot: str = ""
    decimals: int | None = None


@dataclass(frozen=True)
class SignatureBox:
    """A box of the signature block: a role's, or one that shows the narrative."""

    name: Text
    role: str = ""
    show: str = ""


@dataclass(frozen=True)
class Print:
    """How the paper form is laid out."""

    landscape: bool
    head: tuple[str, ...]
    columns: tuple[Column, ...]
    signatures: tuple[SignatureBox, ...]
    total: Text | None = None


@dataclass(frozen=True)
class Section:
    """A part of a form; a form without sections has one, without a name. Without a `total`, its points are the sum of its rows."""

    id: str
    name: Text | None
    indicators: tuple[Indicator, ...]
    columns: tuple[Column, ...] = ()
    total: Expression | None = None
    total_name: Text | None = None

    @property
    def weight(self) -> Fraction:
        """The sum of its indicators' weights."""
        return sum((indicator.weight for indicator in self.indicators), Fraction(0))


@dataclass(frozen=True, slots=True)
class BonusItem:
    """Something that earns points each time it happens, or by how it is judged: then it has `choices` with points."""

    id: str
    name: Text
    points: Fraction
    at_most: int | None
    text: Text | None
    origin: Origin | None
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Veto:
    """A condition that caps the grade (一票否决): at most `grade` (empty: no cap), or sets the `total`."""

    id: str
    name: Text
    when: Expression
    grade: str
    text: Text | None
    origin: Origin | None
    total: Expression | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a grade leads to."""

    text: Text | None
    honour_roll: bool
    improvement_plan: bool
    coefficient: Fraction | None


class FormKey(NamedTuple):
    """A form with one of its versions, as reviews name it: `front-desk@2026-01`."""

    form: str
    version: str

    def __str__(self) -> str:
        """Return the key as it is written."""
        return f"{self.form}@{self.version}"

    @classmethod
    def of(cls, text: str) -> FormKey:
        """Read a key; the version is empty if it is missing."""
        form, _, version = text.partition("@")
        return cls(form, version)


class Grade(NamedTuple):
    """A grade and the lowest total that earns it; None: any total (the last grade only)."""

    name: str
    least: Fraction | None


@dataclass(frozen=True, slots=True)
class Rounding:
    """When points are rounded: each row before it is added, or only the total.

    `half_even`: halves go to the even digit instead of away from zero. `adds_up`: where only the total is rounded, the printed
    rows are apportioned by largest remainder so that they add up to it; otherwise each printed row is rounded on its own.
    """

    of_rows: bool = True
    half_even: bool = False
    adds_up: bool = True


class ResultUnit(StrEnum):
    """What a result of a form is."""

    MONEY = "money"
    PERCENT = "percent"
    NUMBER = "number"
    YES_NO = "yes_no"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Tiers:
    """A table of tiers (阶梯) from low to high: the value of the tier that `of` lies in, from its lower end on.

    Below the first one it is `otherwise`. If `cumulative`, it is the sum over the tiers of the part of `of` inside each, times
    its value. `units` are those that its file writes lower ends and values in.
    """

    of: Expression
    steps: tuple[tuple[Fraction, Fraction], ...]
    otherwise: Fraction | None
    cumulative: bool
    units: tuple[Unit, Unit] = (Unit.PLAIN, Unit.PLAIN)


@dataclass(frozen=True, slots=True)
class ResultCase:
    """One of the texts of a result, and when it is the result (None: otherwise)."""

    when: Expression | None
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What follows from the total, such as pay or a coefficient: shown and exported, never scored.

    A `confidential` one is shown in hr/ only. One with a `section` stands at its foot.
    """

    id: str
    name: Text
    unit: ResultUnit
    decimals: int
    formula: Expression | None = None
    tiers: Tiers | None = None
    cases: tuple[ResultCase, ...] = ()
    confidential: bool = False
    section: str = ""
    text: Text | None = None

    @property
    def used(self) -> tuple[str, ...]:
        """The names that it is calculated from, each once."""
        tiers = () if self.tiers is None else (self.tiers.of,)
        formulas = (self.formula, *tiers, *(case.when for case in self.cases))
        return tuple(dict.fromkeys(name.id for formula in formulas if formula is not None for name in names(formula)))


@dataclass(frozen=True, slots=True)
class FactorTable:
    """A number by the employee's department or position; `otherwise` is that of all others (None: they have none)."""

    id: str
    name: Text
    by: str
    values: tuple[tuple[str, Fraction], ...]
    otherwise: Fraction | None


@dataclass(frozen=True, slots=True)
class Quota:
    """The share of each grade that is meant not to be exceeded, of a `department`, of a `manager`'s people, or of `all`."""

    grades: tuple[tuple[str, Fraction], ...]
    by: str


@dataclass(frozen=True, kw_only=True)
class Form:
    """One version of an assessment form.

    `digest` is that of its scoring part, `wording` that of everything that its file says. `full` are its full marks, None if it
    has none; totals and points are printed with `decimals`. Without a `total`, it is the sum of the rows and the bonus. A form
    may have no grades. Unless it `may_leave_out` rows, none can be marked as not applicable. `trade` is whose work it assesses.
    """

    id: str
    version: str
    path: str
    starts: int
    correction: int
    title: Text
    summary: Text | None
    notes: tuple[Text, ...]
    cycles: tuple[Cycle, ...]
    by_weight: bool
    grades: tuple[Grade, ...]
    confirmations: tuple[str, ...]
    requires_narrative: bool
    advises_comments: bool
    outcome_text: Text | None
    outcomes: Mapping[str, Outcome]
    sections: tuple[Section, ...]
    bonus: tuple[BonusItem, ...]
    bonus_cap: Fraction | None
    vetoes: tuple[Veto, ...]
    print: Print
    origins: Mapping[str, Origin]
    examples: tuple[Example, ...]
    digest: str = ""
    wording: str = ""
    full: Fraction | None = Fraction(100)
    decimals: int = 2
    rounding: Rounding = Rounding()
    signed: bool = False
    total: Expression | None = None
    results: tuple[Result, ...] = ()
    tables: tuple[FactorTable, ...] = ()
    quota: Quota | None = None
    has_origins: bool = True
    weights_in_percent: bool = False
    may_leave_out: bool = True
    trade: Text | None = None

    @property
    def key(self) -> str:
        """The form with its version, as a review pins it: `front-desk@2026-01`."""
        return str(FormKey(self.id, self.version))

    @cached_property
    def indicators(self) -> tuple[Indicator, ...]:
        """All indicators in the order of the form."""
        return tuple(indicator for section in self.sections for indicator in section.indicators)

    def indicator(self, id_: str) -> Indicator | None:
        """Return an indicator by its id."""
        return next((item for item in self.indicators if item.id == id_), None)

    def titled(self, titles: Mapping[str, str]) -> Form:
        """Return the form with these titles of its named rows, by id."""

        def own(row: Indicator) -> Indicator:
            return row.titled(titles[row.id]) if row.named and titles.get(row.id) else row

        if not titles:
            return self
        return replace(
            self, sections=tuple(replace(item, indicators=tuple(map(own, item.indicators))) for item in self.sections)
        )

    @property
    def has_weights(self) -> bool:
        """Whether any row has a weight."""
        return any(indicator.is_weighted for indicator in self.indicators)

    def grade_of(self, total: Fraction) -> str:
        """Return the grade of a total: the last grade if it is below every bound, an empty text if the form has no grades."""
        if not self.grades:
            return ""
        return next(
            (grade.name for grade in self.grades if grade.least is None or total >= grade.least), self.grades[-1].name
        )

    def rounded(self, value: Fraction) -> Fraction:
        """Return points or a total rounded to the form's decimals, halves as the form says."""
        return rounded(value, self.decimals, self.rounding.half_even)

    @property
    def notation(self) -> Notation:
        """How the form's totals and points are written."""
        return Notation(self.decimals, self.signed)

    def printed(self, value: Fraction) -> str:
        """Return a total or points as files have them: with the form's decimals, without a plus sign."""
        return self.notation.bare(value)
