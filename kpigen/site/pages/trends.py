"""Totals, sections and indicators over time, from one person's published reports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from markupsafe import Markup

from kpigen.i18n.messages import Messages, mark, messages
from kpigen.model.forms import Section
from kpigen.repository.records import Record
from kpigen.site.pages.charts import TrendPoint, sparkline, trend


@dataclass(frozen=True)
class HeatCell:
    """A cell of a heat table: the points as printed, and their share of the weight in quarters, 0 to 4."""

    says: str
    heat: str


@dataclass(frozen=True)
class SectionTrend:
    """A section over time: its weight, its points in each period, the latest against the weight, and a small chart."""

    name: str
    weight: str
    points: tuple[str, ...]
    latest: str
    chart: Markup


@dataclass(frozen=True)
class IndicatorTrend:
    """An indicator over time: one cell per period."""

    name: str
    cells: tuple[HeatCell, ...]


@dataclass(frozen=True)
class Trend:
    """The published totals of one form over time, with points by section and by indicator.

    Sections are left out if there is only one.
    """

    form: str
    chart: Markup
    periods: tuple[str, ...]
    totals: tuple[str, ...]
    grades: tuple[str, ...]
    sections: tuple[SectionTrend, ...]
    indicators: tuple[IndicatorTrend, ...]


def trends(records: Iterable[Record], language: str) -> tuple[Trend, ...]:
    """Return the published totals by form and cycle, oldest first. A form with only one report has no trend."""
    groups: dict[tuple[str, str], list[Record]] = {}
    for record in records:
        if record.is_published and record.card.total is not None:
            groups.setdefault((record.form.id, record.review.period.cycle.value), []).append(record)
    return tuple(_trend(group, language) for group in groups.values() if len(group) > 1)


def _trend(group: Sequence[Record], language: str) -> Trend:
    words, form = messages(language), group[-1].form
    sections = tuple(_section(group, section, words) for section in form.sections)
    return Trend(
        form=form.title.in_(language),
        chart=_chart(group, words),
        periods=tuple(str(record.review.period) for record in group),
        totals=tuple(
            words.points(record.card.total, record.form.notation) for record in group if record.card.total is not None
        ),
        grades=tuple(record.card.grade or "" for record in group),
        sections=sections if len(sections) > 1 else (),
        indicators=tuple(
            IndicatorTrend(
                name=indicator.name.in_(language),
                cells=tuple(_cell(record, indicator.id, words) for record in group),
            )
            for indicator in form.indicators
        ),
    )


def _section(group: Sequence[Record], section: Section, words: Messages) -> SectionTrend:
    ids = {item.id for item in section.indicators}
    sums = [
        sum(
            (item.points for item in record.card.indicators if item.id in ids and item.points is not None),
            Fraction(0),
        )
        for record in group
    ]
    notation = group[-1].form.notation
    name = section.name.in_(words.language) if section.name else ""
    weight = words.number(section.weight)
    points = tuple(words.points(value, notation) for value in sums)
    told = f"{name}{words.gettext(mark(': '))}{', '.join(points)}"
    return SectionTrend(
        name=name,
        weight=weight,
        points=points,
        latest=f"{points[-1]} / {weight}",
        chart=sparkline(sums, max([section.weight, *sums]), told),
    )


def _chart(group: Sequence[Record], words: Messages) -> Markup:
    """Return a chart of one form's totals over time, on the bands of its grades."""
    points = [TrendPoint(str(record.review.period), record.card.total, record.card.grade or "") for record in group]
    notation = group[-1].form.notation
    told = ", ".join(
        f"{point.period} {words.points(point.total, notation)} {point.grade}"
        for point in points
        if point.total is not None
    )
    title = words.gettext(mark("Total over time"))
    return trend(points, group[-1].form.grades, f"{title}{words.gettext(mark(': '))}{told}")


def _cell(record: Record, indicator: str, words: Messages) -> HeatCell:
    """Return an indicator's points in one report; a dash if there are none."""
    result = next((item for item in record.card.indicators if item.id == indicator), None)
    if result is None or result.points is None:
        return HeatCell("–", "")
    share = min(max(result.points / result.weight, Fraction(0)), Fraction(1)) if result.weight else Fraction(1)
    return HeatCell(words.points(result.points, record.form.notation), str(int(share * 4)))
