"""A review as its file says it, typed by its form."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from kpigen.base.periods import Period
from kpigen.diagnostics.diagnostic import Span
from kpigen.model.forms import AutoRule
from kpigen.numbers.formula import Numbers


class Status(StrEnum):
    """The stages of a review."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"

    @property
    def is_released(self) -> bool:
        """Whether it is out for good: it has a seal, and only an amendment may change it."""
        return self in (Status.PUBLISHED, Status.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Auto:
    """`auto` as written: totals are taken from published reviews, as the rule of the input says."""

    rule: AutoRule


Row = Mapping[str, "InputValue"]
InputValue = Fraction | bool | str | Numbers | tuple[Row, ...] | Auto  # what an input holds once read
Metrics = Mapping[str, Mapping[str, InputValue]]  # indicator id → input id → value


class Identity(NamedTuple):
    """The fields that identify a review, wherever its file is."""

    employee: str
    period: str
    form: str


class FieldChange(NamedTuple):
    """What changed: a field as a dotted path of ids, and how it read before and after (empty: absent)."""

    field: str
    old: str
    new: str


#: The only change of an amendment that withdraws a review.
WITHDRAWAL = FieldChange("status", Status.PUBLISHED.value, Status.WITHDRAWN.value)


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
    """A file beside the review (repository-relative `path`, `name` as written), or an https link.

    `is_refused`: it was published, but what it holds may not be evidence today.
    """

    name: str
    path: str = ""
    digest: str = ""
    is_refused: bool = field(default=False, compare=False)

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

    @property
    def is_open(self) -> bool:
        """Whether it still lacks its resolution, or the date of it."""
        return not self.resolution or not self.resolved


@dataclass(frozen=True, slots=True)
class Amendment:
    """A change after publication: why, by whom, what changed, and the earlier result."""

    date: str
    by: str
    reason: str
    changes: tuple[FieldChange, ...] = ()
    total: str = ""
    grade: str = ""
    seal: str = ""

    @property
    def withdraws(self) -> bool:
        """Whether it withdraws the review, and does nothing else."""
        return self.changes == (WITHDRAWAL,)


@dataclass(frozen=True, slots=True)
class Submitted:
    """When it was submitted, and the salt of its confidential lists."""

    on: str
    salt: str


@dataclass(frozen=True, slots=True)
class Taken:
    """A total that an `auto` input took, as printed, and the seal of the version that it came from.

    A total of the team says whose it is. One of the employee's own says the `input` that took it (`indicator.input`) and the
    `period`, and no `employee`; if the input takes the points of an indicator, these stand in place of the total.
    """

    employee: str
    total: str
    seal: str
    input: str = ""
    period: str = ""
    is_points: bool = False

    @property
    def is_own(self) -> bool:
        """Whether it is one of the employee's own."""
        return bool(self.input)


class SealedFile(NamedTuple):
    """An evidence file as it was sealed: its name in the review, and the SHA-256 of its bytes."""

    file: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Published:
    """The `published` block, all texts as written.

    `grade` is empty if the form has none. `evidence` is empty in reviews from before it was recorded.
    """

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
    evidence: tuple[SealedFile, ...] = ()

    @property
    def result(self) -> str:
        """Total and grade in one text: `79.90 B`, or `0.7` without a grade."""
        return f"{self.total} {self.grade}".rstrip()


@dataclass(frozen=True, kw_only=True)
class Review:
    """One review as its file says it, typed by its form. `where` gives the place of a field by its dotted path.

    A copy that left the repository has, of confidential inputs, only what is shown of them (in `metrics`, under the id of
    `shown_as`), and under `withheld` the digest of their lists by indicator. Under `taken` it has what its other inputs took
    by `auto`.
    """

    path: str
    employee: Employee
    period: Period
    form: str
    pinned: str | None
    status: Status
    metrics: Metrics
    not_applicable: Mapping[str, str]
    bonus: Mapping[str, int | str]
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
    names: Mapping[str, str] = field(default_factory=dict)
    taken: tuple[Taken, ...] = ()

    @property
    def identity(self) -> Identity:
        """The fields that identify the review, wherever its file is: employee, period, form."""
        return Identity(self.employee.id, str(self.period), self.form)

    @property
    def withdrawal(self) -> Amendment | None:
        """The amendment that withdraws it: the last one, and under the seal. The field `status` alone withdraws nothing."""
        if not self.amendments or self.published is None or self.published.amendments < len(self.amendments):
            return None
        return self.amendments[-1] if self.amendments[-1].withdraws else None

    @property
    def markdown(self) -> tuple[str, ...]:
        """The texts that are Markdown, as written; some may be empty."""
        own = [self.self_assessment.comment] if self.self_assessment else []
        entries = [text for item in self.objections for text in (item.text, item.resolution)]
        reasons = [item.reason for item in self.amendments]
        return (self.body, *self.comments.values(), *self.feedback.values(), *own, *entries, *reasons)

    def span(self, *keys: str) -> Span:
        """Return the place of the first of these fields that the file has; otherwise the start of the file."""
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
