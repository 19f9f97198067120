"""A form: its sections, indicators, inputs, grades, and how the paper is laid out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple, Protocol

from kpigen.base.periods import Cycle
from kpigen.diagnostics.diagnostic import Span
from kpigen.numbers.formula import Expression
from kpigen.numbers.quantities import Unit


@dataclass(frozen=True, slots=True)
class Text:
    """A text in one or more languages."""

    by_language: tuple[tuple[str, str], ...]

    def in_(self, language: str) -> str:
        """Return the text in a language, or in its first language if that one is missing."""
        texts = dict(self.by_language)
        return texts.get(language) or next(iter(texts.values()), "")


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
    """An interval of numbers; an end that is None is open to infinity."""

    low: Fraction | None = None
    high: Fraction | None = None
    low_included: bool = True
    high_included: bool = True

    def __contains__(self, value: Fraction) -> bool:
        """Return True if a number lies inside."""
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
    """One of the values of a choice input: id, name, and what it stands for."""

    id: str
    name: Text
    text: Text | None = None


@dataclass(frozen=True, slots=True)
class Input:
    """One number, choice, text or list that a review gives for an indicator."""

    id: str
    type: InputType
    name: Text
    unit: Text | None = None
    help: Text | None = None
    range: Range = Range()
    choices: tuple[Choice, ...] = ()
    default: str | None = None
    fields: tuple[Input, ...] = ()
    confidential: bool = False
    auto: bool = False
    optional: bool = False


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
    """What is shown of confidential inputs outside hr/: one mean, if there are `at_least` raters."""

    id: str
    name: Text
    at_least: int


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
    """One row of a form: its texts, inputs, and how they become a raw score out of `out_of`."""

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

    def input(self, id_: str) -> Input | None:
        """Return an input by its id."""
        return next((item for item in self.inputs if item.id == id_), None)

    @property
    def confidential(self) -> tuple[Input, ...]:
        """The inputs whose numbers stay in the repository and hr/."""
        return tuple(item for item in self.inputs if item.confidential)


@dataclass(frozen=True)
class Column:
    """A column of the printed form: what it shows, its heading (None: the usual one), and the anchor's id if it shows an anchor."""

    show: str
    name: Text | None = None
    anchor: str = ""


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
    """A part of a form; a form without sections has one, without a name."""

    id: str
    name: Text | None
    indicators: tuple[Indicator, ...]
    columns: tuple[Column, ...] = ()

    @property
    def weight(self) -> Fraction:
        """The sum of its indicators' weights."""
        return sum((indicator.weight for indicator in self.indicators), Fraction(0))


@dataclass(frozen=True, slots=True)
class BonusItem:
    """Something that earns points each time it happens."""

    id: str
    name: Text
    points: Fraction
    at_most: int | None
    text: Text | None
    origin: Origin | None


@dataclass(frozen=True, slots=True)
class Veto:
    """A condition that caps the grade (一票否决)."""

    id: str
    name: Text
    when: Expression
    grade: str
    text: Text | None
    origin: Origin | None


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
    """A grade and the lowest total that earns it."""

    name: str
    least: Fraction


@dataclass(frozen=True, kw_only=True)
class Form:
    """One version of an assessment form.

    `digest` is that of its scoring part, `wording` that of everything that its file says.
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

    def grade_of(self, total: Fraction) -> str:
        """Return the grade of a total; the last grade if it is below every bound."""
        return next((grade.name for grade in self.grades if total >= grade.least), self.grades[-1].name)
