"""The records that everything else works on: forms, reviews, scorecards. Frozen data without behaviour of its own."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from kpigen.base.periods import Cycle, Period
from kpigen.diagnostics.finding import Span
from kpigen.numbers.formula import Expression, Numbers
from kpigen.numbers.quantities import Unit

if TYPE_CHECKING:
    from kpigen.scoring.methods import Method

# --- forms -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Text:
    """A text in one or more languages."""

    by_language: tuple[tuple[str, str], ...]

    def in_(self, language: str) -> str:
        """Return the text in a language, else in the first one that it has."""
        texts = dict(self.by_language)
        return texts.get(language) or next(iter(texts.values()), "")


class InputType(StrEnum):
    """What can be written for an input."""

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
        """Whether a number lies inside."""
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
    """What stands for an indicator's confidential inputs outside hr/: one mean; `at_least` raters are needed."""

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


@dataclass(frozen=True)
class Indicator:
    """One row of a form: its texts, inputs, and how they become a raw score out of `out_of`."""

    id: str
    name: Text
    weight: Fraction
    out_of: Fraction
    inputs: tuple[Input, ...]
    score: Method
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
    """A column of the printed form: what it shows, its heading (None: the usual one), and for anchors which."""

    show: str
    name: Text | None = None
    anchor: str = ""


@dataclass(frozen=True)
class Signature:
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
    signatures: tuple[Signature, ...]
    total: Text | None = None


@dataclass(frozen=True)
class Section:
    """A part of a form; a form of one section has one without a name."""

    id: str
    name: Text | None
    indicators: tuple[Indicator, ...]
    columns: tuple[Column, ...] = ()

    @property
    def weight(self) -> Fraction:
        """What its indicators weigh together."""
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


@dataclass(frozen=True)
class Form:
    """One version of an assessment form."""

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
    grades: tuple[tuple[str, Fraction], ...]
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

    @property
    def key(self) -> str:
        """The form with its version, as a review pins it: `front-desk@2026-01`."""
        return f"{self.id}@{self.version}"

    @cached_property
    def indicators(self) -> tuple[Indicator, ...]:
        """All indicators in the order of the form."""
        return tuple(indicator for section in self.sections for indicator in section.indicators)

    def indicator(self, id_: str) -> Indicator | None:
        """Return an indicator by its id."""
        return next((item for item in self.indicators if item.id == id_), None)

    def grade_of(self, total: Fraction) -> str:
        """Return the grade of a total; below the last bound it is the last grade."""
        return next((grade for grade, least in self.grades if total >= least), self.grades[-1][0])


# --- reviews ---------------------------------------------------------------------------------------------------------


class Status(StrEnum):
    """Where a review is on its way."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Auto:
    """`auto` as written: the totals are taken from the team's published reviews."""


Row = Mapping[str, "InputValue"]
InputValue = Fraction | bool | str | Numbers | tuple[Row, ...] | Auto  # what an input holds once read
Metrics = Mapping[str, Mapping[str, InputValue]]  # indicator id → input id → value
Identity = tuple[str, str, str]  # employee, period, form


@dataclass(frozen=True, slots=True)
class Employee:
    """Who is reviewed, as it was in that period."""

    id: str
    name: str
    department: str
    position: str
    manager: str | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """A file beside the review (repository-relative `path`, `name` as written), or an https link."""

    name: str
    path: str = ""
    digest: str = ""

    @property
    def is_link(self) -> bool:
        """Whether it is a link and not a file."""
        return not self.path


@dataclass(frozen=True, slots=True)
class SelfAssessment:
    """The employee's own numbers: scored beside, never counted."""

    metrics: Metrics
    comment: str


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Somebody's agreement to the content with number `of`."""

    role: str
    name: str
    date: str
    of: str


@dataclass(frozen=True, slots=True)
class Objection:
    """Somebody's objection to the content with number `of`, and how it was resolved."""

    role: str
    date: str
    of: str
    text: str
    resolution: str = ""
    resolved: str = ""


@dataclass(frozen=True, slots=True)
class Amendment:
    """A change after publication: why, by whom, what, and what stood before."""

    date: str
    by: str
    reason: str
    changes: tuple[tuple[str, str, str], ...] = ()
    total: str = ""
    grade: str = ""
    seal: str = ""


@dataclass(frozen=True, slots=True)
class Submitted:
    """When it was submitted, and the salt of its confidential lists."""

    on: str
    salt: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What an `auto` input took from one person: their id, printed total, and the seal it came from."""

    employee: str
    total: str
    seal: str


@dataclass(frozen=True, slots=True)
class Published:
    """The `published` block, all texts as written."""

    on: str
    rules: str
    total: str
    grade: str
    engine: str
    taken: tuple[Taken, ...]
    confirmations: int
    objections: int
    amendments: int
    salt: str
    seal: str


@dataclass(frozen=True)
class Review:
    """One review as its file says it, typed by its form. `where` gives the place of a field by its dotted path.

    A copy that left the repository has, of confidential inputs, only what is shown of them (in `metrics`, under the id of
    `shown_as`), and under `withheld` the digest of their lists by indicator.
    """

    path: str
    employee: Employee
    period: Period
    form: str
    pinned: str | None
    status: Status
    metrics: Metrics
    not_applicable: Mapping[str, str]
    bonus: Mapping[str, int]
    comments: Mapping[str, str]
    evidence: Mapping[str, tuple[Evidence, ...]]
    self_assessment: SelfAssessment | None
    feedback: Mapping[str, str]
    body: str
    confirmations: tuple[Confirmation, ...]
    objections: tuple[Objection, ...]
    amendments: tuple[Amendment, ...]
    submitted: Submitted | None
    published: Published | None
    where: Mapping[str, Span]
    withheld: Mapping[str, str] = field(default_factory=dict)

    @property
    def identity(self) -> Identity:
        """What makes it the same review, wherever its file lies: employee, period, form."""
        return self.employee.id, str(self.period), self.form

    def span(self, *keys: str) -> Span:
        """Return the place of the first of these fields that the file has, else of its start."""
        return next((self.where[key] for key in keys if key in self.where), Span(self.path))

    @property
    def date(self) -> datetime.date:
        """The date of its documents: of the last amendment, else of publication, submission, else the period's end."""
        dates = [
            self.amendments[-1].date if self.amendments else "",
            self.published.on if self.published else "",
            self.submitted.on if self.submitted else "",
        ]
        return next((datetime.date.fromisoformat(date) for date in dates if date), self.period.last_day)


# --- scorecards ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the working: its kind, the formula with input ids, the same with numbers put in, and the result."""

    kind: str
    formula: str = ""
    numbers: str = ""
    value: Fraction | None = None
    unit: Unit = Unit.PLAIN
    args: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class IndicatorScore:
    """An indicator's result: `raw` out of `out_of`, effective `weight`, `points` with two decimals; None is open."""

    id: str
    raw: Fraction | None
    out_of: Fraction
    base_weight: Fraction
    weight: Fraction
    points: Fraction | None
    not_applicable: bool
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class BonusScore:
    """A bonus item's result: how often, and the points after caps."""

    id: str
    count: int
    points: Fraction
    capped: bool


@dataclass(frozen=True, slots=True)
class VetoResult:
    """Whether a veto's condition holds; None where it is open."""

    id: str
    holds: bool | None


@dataclass(frozen=True)
class Scorecard:
    """What a review scores by a form: every indicator, the bonus, the vetoes, total and grade (None where open)."""

    form: Form
    indicators: tuple[IndicatorScore, ...]
    bonus: tuple[BonusScore, ...]
    vetoes: tuple[VetoResult, ...]
    base: Fraction
    total: Fraction | None
    grade: str | None
    grade_by_total: str | None

    def indicator(self, id_: str) -> IndicatorScore:
        """Return an indicator's result by its id."""
        return next(item for item in self.indicators if item.id == id_)
