"""Rankings: the published reviews of each form with their mean, grades, places, and where points are lost.

A ranking's columns are data: each page chooses its own, so one page can have a column that others lack.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum

from markupsafe import Markup

from kpigen.i18n.messages import Messages, mark, messages
from kpigen.repository.records import Record
from kpigen.site.pages.charts import distribution
from kpigen.site.pages.page import form_place, report_place
from kpigen.site.pages.site import Site
from kpigen.site.pages.statistics import GradeTally, by_form, grade_mix, losses, mean_total, ranking

#: How many indicators are named under "points lost": below a ranking, and in the line of a single report.
_LOSSES, _LOSSES_IN_LINE = 5, 3


class ColumnKind(Enum):
    """The kind of a column, which decides how its cells look. Tables sort by cell text, or by number if all are numbers."""

    TEXT = "text"
    NUMBER = "number"
    GRADE = "grade"
    #: The heading of the line.
    HEADING = "heading"


@dataclass(frozen=True)
class RankingCell:
    """A cell of a table: its text, and its link, if any."""

    says: str
    path: str = ""


@dataclass(frozen=True)
class Standing:
    """A record with its place among the records of its form, and what its cells are made from."""

    site: Site
    place: int
    record: Record
    words: Messages


@dataclass(frozen=True)
class RankingColumn:
    """A column: its heading as a message id, and a function that makes the cell of a record."""

    heading: str
    cell: Callable[[Standing], RankingCell]
    kind: ColumnKind = ColumnKind.TEXT


@dataclass(frozen=True)
class Heading:
    """A column's heading in a language."""

    says: str
    kind: ColumnKind


@dataclass(frozen=True)
class Table:
    """A table in a language: its headings, and for each line a cell under each of them."""

    headings: tuple[Heading, ...]
    lines: tuple[tuple[RankingCell, ...], ...]


@dataclass(frozen=True)
class FormGroup:
    """The published reviews of one form: mean, grade mix, ranking, where points are lost."""

    title: str
    path: str
    mean: str
    mix: tuple[GradeTally, ...]
    chart: Markup
    ranking: Table
    losses: str


@dataclass(frozen=True)
class Rankings:
    """Each form that assessed several people, with its ranking, and one table of everyone who is alone with their form."""

    groups: tuple[FormGroup, ...]
    alone: Table | None


def _name(standing: Standing) -> RankingCell:
    review = standing.record.review
    return RankingCell(review.employee.name, standing.site.path(report_place(review), standing.words.language))


def _form(standing: Standing) -> RankingCell:
    return RankingCell(
        standing.record.form.title.in_(standing.words.language),
        _form_path(standing.site, standing.record, standing.words),
    )


def _total(standing: Standing) -> RankingCell:
    assert standing.record.card.total is not None, "a ranking leaves out who has no total"
    return RankingCell(standing.words.points(standing.record.card.total))


PLACE = RankingColumn(mark("Place"), lambda standing: RankingCell(str(standing.place)), ColumnKind.NUMBER)
NAME = RankingColumn(mark("Name"), _name, ColumnKind.HEADING)
EMPLOYEE_ID = RankingColumn(mark("Employee id"), lambda standing: RankingCell(standing.record.review.employee.id))
DEPARTMENT = RankingColumn(mark("Department"), lambda standing: RankingCell(standing.record.review.employee.department))
TOTAL = RankingColumn(mark("Total"), _total, ColumnKind.NUMBER)
GRADE = RankingColumn(mark("Grade"), lambda standing: RankingCell(standing.record.card.grade or ""), ColumnKind.GRADE)

#: Someone alone with their form has no place in a ranking, so their line shows the form and the losses.
_FORM = RankingColumn(mark("Form"), _form)
_LOST = RankingColumn(
    mark("Most points are lost at"),
    lambda standing: RankingCell(_losses((standing.record,), standing.words, _LOSSES_IN_LINE)),
)


def rankings(site: Site, published: Iterable[Record], columns: tuple[RankingColumn, ...], language: str) -> Rankings:
    """Return figures and rankings of published reviews by form, with these columns."""
    words = messages(language)
    groups, alone = [], []
    for records in by_form(published).values():
        standings = [Standing(site, item.place, item.record, words) for item in ranking(records)]
        if len(standings) > 1:
            groups.append(_group(site, records, _table(standings, columns, words), words))
        else:
            alone += standings
    return Rankings(tuple(groups), _table(alone, _columns_of_alone(columns), words) if alone else None)


def _columns_of_alone(columns: tuple[RankingColumn, ...]) -> tuple[RankingColumn, ...]:
    """Return a ranking's columns without the place, with the form before the total, and the losses last."""
    before = columns[: columns.index(TOTAL)]
    return (*(column for column in before if column is not PLACE), _FORM, *columns[len(before) :], _LOST)


def _table(standings: Iterable[Standing], columns: tuple[RankingColumn, ...], words: Messages) -> Table:
    return Table(
        headings=tuple(Heading(words.gettext(column.heading), column.kind) for column in columns),
        lines=tuple(tuple(column.cell(standing) for column in columns) for standing in standings),
    )


def _group(site: Site, records: tuple[Record, ...], table: Table, words: Messages) -> FormGroup:
    form, mean = records[-1].form, mean_total(records)
    mix = grade_mix(records, form)
    told = ", ".join(f"{item.grade} {item.number}" for item in mix)
    label = words.gettext(mark("Distribution of grades")) + words.gettext(mark(": ")) + told
    return FormGroup(
        title=form.title.in_(words.language),
        path=_form_path(site, records[-1], words),
        mean="" if mean is None else words.points(mean),
        mix=mix,
        chart=distribution(mix, label),
        ranking=table,
        losses=_losses(records, words, _LOSSES),
    )


def _losses(records: tuple[Record, ...], words: Messages, most: int) -> str:
    """Return the indicators of one form with the most points lost, each with the lost share of its weight."""
    names = {indicator.id: indicator.name.in_(words.language) for indicator in records[-1].form.indicators}
    lost = [loss for loss in losses(records) if loss.share > 0][:most]
    return words.gettext(mark(", ")).join(
        f"{names.get(loss.indicator, loss.indicator)} (−{words.number(loss.share * 100, 1)}%)" for loss in lost
    )


def _form_path(site: Site, record: Record, words: Messages) -> str:
    return site.path(form_place(record.form.id, record.form.version), words.language)
