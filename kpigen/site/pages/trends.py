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
from kpigen.site.pages.statistics import TotalScale, have_grades, notation_of, scale_of, totals_of


@dataclass(frozen=True)
class HeatCell:
    """A cell of a heat table: the points as printed, and their share of the weight in quarters, 0 to 4."""

    says: str
    heat: str


@dataclass(frozen=True)
class SectionTrend:
    """A section over time: its points in each period, the latest one, against its weight if it has one, and a small chart."""

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

    Sections are left out if there is only one, and grades if the form has none.
    """

    form: str
    chart: Markup
    periods: tuple[str, ...]
    totals: tuple[str, ...]
    grades: tuple[str, ...]
    sections: tuple[SectionTrend, ...]
    indicators: tuple[IndicatorTrend, ...]


def trends(records: Iterable[Record], language: str) -> tuple[Trend, ...]:
    """Return the published totals by form and cycle, oldest first. A form with only one report has no trend.

    Versions of a form with other full marks are apart.
    """
    groups: dict[tuple[str, TotalScale, str], list[Record]] = {}
    for record in records:
        if record.is_published and record.card.total is not None:
            groups.setdefault((record.form.id, scale_of(record.form), record.review.period.cycle.value), []).append(
                record
            )
    return tuple(_trend(group, language) for group in groups.values() if len(group) > 1)


def _trend(group: Sequence[Record], language: str) -> Trend:
    words, form = messages(language), group[-1].titled
    sections = tuple(_section(group, section, words) for section in form.sections)
    return Trend(
        form=form.title.in_(language),
        chart=_chart(group, words),
        periods=tuple(str(record.review.period) for record in group),
        totals=tuple(
            words.points(record.card.total, record.form.notation) for record in group if record.card.total is not None
        ),
        grades=tuple(record.card.grade or "" for record in group) if have_grades(group) else (),
        sections=sections if len(sections) > 1 else (),
        indicators=tuple(
            IndicatorTrend(
                name=indicator.name.in_(language),
                cells=tuple(_cell(record, indicator.id, words) for record in group),
            )
            for indicator in form.indicators
            if not indicator.unscored
        ),
    )


def _section(group: Sequence[Record], section: Section, words: Messages) -> SectionTrend:
    sums = [_points_of(record, section) for record in group]
    name = section.name.in_(words.language) if section.name else ""
    weight = section.weight if _has_weight(section) else None
    shown = "" if weight is None else words.number(weight)
    points = tuple(words.points(value, record.form.notation) for value, record in zip(sums, group, strict=True))
    told = f"{name}{words.gettext(mark(': '))}{', '.join(points)}"
    return SectionTrend(
        name=name,
        weight=shown,
        points=points,
        latest=f"{points[-1]} / {shown}" if shown else points[-1],
        chart=sparkline(sums, max([*([] if weight is None else [weight]), *sums]), told),
    )


def _points_of(record: Record, section: Section) -> Fraction:
    """Return the points of a section in a record: the sum of its rows, or by the formula that its form has for it."""
    if any(own.id == section.id and own.total is not None for own in record.form.sections):
        found = next((one.points for one in record.card.sections if one.id == section.id), None)
        return Fraction(0) if found is None else found
    ids = {item.id for item in section.indicators}
    rows = (item.points for item in record.card.indicators if item.id in ids and item.points is not None)
    return sum(rows, Fraction(0))


def _has_weight(section: Section) -> bool:
    """Return whether the weights of a section's rows say what it is out of."""
    return section.total is None and all(item.is_weighted for item in section.indicators if not item.unscored)


def _chart(group: Sequence[Record], words: Messages) -> Markup:
    """Return a chart of one form's totals over time, on the bands of its grades."""
    points = [TrendPoint(str(record.review.period), record.card.total, record.card.grade or "") for record in group]
    notation = notation_of(group)
    told = ", ".join(
        f"{point.period} {words.points(point.total, notation)} {point.grade}".rstrip()
        for point in points
        if point.total is not None
    )
    title = words.gettext(mark("Total over time"))
    return trend(points, group[-1].form.grades, f"{title}{words.gettext(mark(': '))}{told}", totals_of(group))


def _cell(record: Record, indicator: str, words: Messages) -> HeatCell:
    """Return an indicator's points in one report; a dash if there are none."""
    result = next((item for item in record.card.indicators if item.id == indicator), None)
    if result is None or result.points is None:
        return HeatCell("–", "")
    says = words.points(result.points, record.form.notation)
    rule = record.form.indicator(indicator)
    assert rule is not None, "a scorecard has the rows of its form"
    most = result.weight if rule.is_weighted else rule.most
    if most is None:
        return HeatCell(says, "")
    share = min(max(result.points / most, Fraction(0)), Fraction(1)) if most > 0 else Fraction(1)
    return HeatCell(says, str(int(share * 4)))
