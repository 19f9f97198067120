"""Rankings: the published reviews of each form with their mean, grades, places, and where points are lost.

Each page chooses the columns of its rankings, so one page can have a column that others lack.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from kpigen.i18n.messages import Messages, mark, messages
from kpigen.repository.records import Record
from kpigen.site.pages.charts import distribution
from kpigen.site.pages.page import form_place, report_place
from kpigen.site.pages.site import Site
from kpigen.site.pages.statistics import (
    GradeTally,
    by_form,
    grade_mix,
    have_grades,
    losses,
    mean_total,
    notation_of,
    ranking,
)
from kpigen.site.pages.table import Cell, ColumnKind, Table, TableColumn, table_of

#: How many indicators are named under "points lost": below a ranking, and in the line of a single report.
_LOSSES, _LOSSES_IN_LINE = 5, 3


@dataclass(frozen=True)
class Standing:
    """A record with its place among the records of its form, and what its cells are made from."""

    site: Site
    place: int
    record: Record
    words: Messages


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


def _name(standing: Standing) -> Cell:
    review = standing.record.review
    return Cell(review.employee.name, standing.site.path(report_place(review), standing.words.language))


def _form(standing: Standing) -> Cell:
    return Cell(
        standing.record.form.title.in_(standing.words.language),
        _form_path(standing.site, standing.record, standing.words),
    )


def _total(standing: Standing) -> Cell:
    record = standing.record
    assert record.card.total is not None, "a ranking leaves out who has no total"
    return Cell(standing.words.points(record.card.total, record.form.notation))


PLACE: TableColumn[Standing] = TableColumn(mark("Place"), lambda standing: Cell(str(standing.place)), ColumnKind.NUMBER)
NAME: TableColumn[Standing] = TableColumn(mark("Name"), _name, ColumnKind.HEADING)
EMPLOYEE_ID: TableColumn[Standing] = TableColumn(
    mark("Employee id"), lambda standing: Cell(standing.record.review.employee.id), ColumnKind.CODE
)
DEPARTMENT: TableColumn[Standing] = TableColumn(
    mark("Department"), lambda standing: Cell(standing.record.review.employee.department)
)
TOTAL: TableColumn[Standing] = TableColumn(mark("Total"), _total, ColumnKind.NUMBER)
GRADE: TableColumn[Standing] = TableColumn(
    mark("Grade"), lambda standing: Cell(standing.record.card.grade or ""), ColumnKind.GRADE
)

#: Someone alone with their form has no place in a ranking, so their line shows the form and the losses.
_FORM: TableColumn[Standing] = TableColumn(mark("Form"), _form)
_LOST: TableColumn[Standing] = TableColumn(
    mark("Most points are lost at"),
    lambda standing: Cell(_losses((standing.record,), standing.words, _LOSSES_IN_LINE)),
)


def rankings(
    site: Site, published: Iterable[Record], columns: tuple[TableColumn[Standing], ...], language: str
) -> Rankings:
    """Return figures and rankings of published reviews by form, with these columns."""
    words = messages(language)
    groups, alone = [], []
    for records in by_form(published):
        standings = [Standing(site, item.place, item.record, words) for item in ranking(records)]
        if len(standings) > 1:
            groups.append(_group(site, records, table_of(standings, _shown(columns, standings), words), words))
        else:
            alone += standings
    return Rankings(tuple(groups), table_of(alone, _shown(_columns_of_alone(columns), alone), words) if alone else None)


def _shown(
    columns: tuple[TableColumn[Standing], ...], standings: Iterable[Standing]
) -> tuple[TableColumn[Standing], ...]:
    """Return the columns without that of the grades if no form of these has any."""
    graded = have_grades(standing.record for standing in standings)
    return tuple(column for column in columns if graded or column is not GRADE)


def _columns_of_alone(columns: tuple[TableColumn[Standing], ...]) -> tuple[TableColumn[Standing], ...]:
    """Return a ranking's columns without the place, with the form before the total, and the losses last."""
    before = columns[: columns.index(TOTAL)]
    return (*(column for column in before if column is not PLACE), _FORM, *columns[len(before) :], _LOST)


def _group(site: Site, records: tuple[Record, ...], table: Table, words: Messages) -> FormGroup:
    form, mean = records[-1].form, mean_total(records)
    mix = grade_mix(records, form)
    told = ", ".join(f"{item.grade} {item.number}" for item in mix)
    label = words.gettext(mark("Distribution of grades")) + words.gettext(mark(": ")) + told
    return FormGroup(
        title=form.title.in_(words.language),
        path=_form_path(site, records[-1], words),
        mean="" if mean is None else words.points(mean, notation_of(records).of_means),
        mix=mix,
        chart=distribution(mix, label),
        ranking=table,
        losses=_losses(records, words, _LOSSES),
    )


def _losses(records: tuple[Record, ...], words: Messages, most: int) -> str:
    """Return the indicators of one form with the most points lost, each with the lost share of its weight.

    Titles that are agreed per person are those of this person; of several people they are those of the form.
    """
    form = records[-1].titled if len(records) == 1 else records[-1].form
    names = {indicator.id: indicator.name.in_(words.language) for indicator in form.indicators}
    lost = [loss for loss in losses(records) if loss.share > 0][:most]
    return words.gettext(mark(", ")).join(
        f"{names.get(loss.indicator, loss.indicator)} (−{words.number(loss.share * 100, 1)}%)" for loss in lost
    )


def _form_path(site: Site, record: Record, words: Messages) -> str:
    return site.path(form_place(record.form.id, record.form.version), words.language)
