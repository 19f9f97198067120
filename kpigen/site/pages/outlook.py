"""What other numbers would score: scoring curves as charts, and next steps in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from kpigen.i18n.messages import Messages, mark
from kpigen.model.forms import Indicator
from kpigen.model.reviews import InputValue, Metrics
from kpigen.model.scores import Scorecard
from kpigen.numbers.notation import Notation
from kpigen.numbers.quantities import Unit
from kpigen.repository.records import Record
from kpigen.scoring import outlook
from kpigen.scoring.methods import MARK_NAMES
from kpigen.scoring.methods.base import BAND, method_of
from kpigen.scoring.outlook import NextStep, ScoringCurve
from kpigen.scoring.outlook.whole import is_sum
from kpigen.site.pages import charts


@dataclass(frozen=True)
class CurveView:
    """A scoring curve: the input it runs along and its range, the chart, and the meaning of its marks."""

    name: str
    scale: str
    chart: charts.CurveDrawing | charts.BarsDrawing
    marks: str


@dataclass(frozen=True)
class StepView:
    """A next step in words: the number, its change, the points gained, and the new grade if that changes."""

    indicator: str
    name: str
    what: str
    points: Fraction
    gain: str
    total: str
    grade: str


@dataclass(frozen=True)
class Reach:
    """The most that a number can bring: its value in words, the points gained, and the new grade if that changes."""

    value: str
    gain: str
    grade: str


@dataclass(frozen=True)
class AdviceView:
    """Advice in words: the next step of an indicator, and the most that its number can bring if that is more."""

    step: StepView
    most: Reach | None


def curves_of(record: Record, indicator: Indicator, names: Mapping[str, str], words: Messages) -> tuple[CurveView, ...]:
    """Return the scoring curves of an indicator, with this review's point on them.

    There are none if the indicator does not apply, or if the number itself is the score: a straight line tells nothing.
    """
    if not method_of(indicator).draws_curve:
        return ()
    curves, _ = record.outlook.get(indicator.id, ((), ()))
    return curve_views(curves, indicator, names, record.form.notation, words)


def curves_of_example(
    card: Scorecard, metrics: Metrics, indicator: Indicator, names: Mapping[str, str], words: Messages
) -> tuple[CurveView, ...]:
    """Return the scoring curves of an indicator as `curves_of` does, but with the point of a form's example."""
    if card.indicator(indicator.id).not_applicable or not method_of(indicator).draws_curve:
        return ()
    curves = outlook.curves_of(card, metrics, indicator.id)
    return curve_views(curves, indicator, names, card.form.notation, words)


def curve_views(
    curves: Iterable[ScoringCurve], indicator: Indicator, names: Mapping[str, str], notation: Notation, words: Messages
) -> tuple[CurveView, ...]:
    """Return the scoring curves of an indicator as charts, without those that would have nothing to show."""
    row = _RowWords(indicator, names, notation, words)
    return tuple(view for curve in curves if (view := _curve(curve, row)) is not None)


@dataclass(frozen=True)
class _RowWords:
    """What the curves of an indicator have in common: its names and how its points are written."""

    indicator: Indicator
    names: Mapping[str, str]
    notation: Notation
    words: Messages

    @property
    def decimals(self) -> int:
        """How many decimals the axis of points has at most."""
        return max(self.notation.decimals, 2)

    def most(self, curve: ScoringCurve) -> Fraction | None:
        """Return the maximum of its points; None if they have none, as those of a row that only adds up."""
        return curve.weight if self.indicator.is_weighted else self.indicator.most

    def points(self, curve: ScoringCurve, raw: Fraction) -> Fraction:
        """Return the exact points of a raw score: drawings need no rounding. Only a row without a weight goes below zero."""
        points = raw * curve.weight / curve.out_of if curve.out_of else Fraction(0)
        return max(points, Fraction(0)) if self.indicator.is_weighted else points


def _curve(curve: ScoringCurve, row: _RowWords) -> CurveView | None:
    names, notation, words = row.names, row.notation, row.words
    limits = [Fraction(0)] if (most := row.most(curve)) is None else [Fraction(0), most]
    name = curve.input.name.in_(words.language) if curve.input else names["measure"]
    title = words.gettext(mark("Scoring curve"))
    if curve.kind == "levels":
        bars = [charts.BarDrawing(names.get(bar.choice, bar.choice), bar.points, bar.here) for bar in curve.bars]
        heights = [bar.points for bar in curve.bars] + limits
        told = ", ".join(f"{bar.name} {words.points(bar.points, notation)}" for bar in bars)
        label = _label(title, name, told, words)
        chart = charts.BarsDrawing(bars, max(heights), title, label, min(heights), row.decimals)
        return CurveView(name, told, chart, "") if bars and max(heights) > min(heights) else None
    lines = [[(point.x, row.points(curve, point.raw)) for point in line] for line in _lines(curve)]
    if not any(len(line) > 1 for line in lines) or not curve.weight:
        return None
    heights = [y for line in lines for _, y in line] + limits
    here = None if curve.here is None else (curve.here.x, row.points(curve, curve.here.raw))
    marks = list(dict.fromkeys(item.value for item in curve.marks if item.on_axis and item.kind != BAND))
    said = ", ".join(
        dict.fromkeys(
            f"{words.gettext(MARK_NAMES[item.kind])} {_show(item.value, curve.unit, words)}"
            for item in curve.marks
            if item.on_axis and item.kind in MARK_NAMES
        )
    )
    xs = [x for line in lines for x, _ in line]
    return CurveView(
        name,
        f"{_show(min(xs), curve.unit, words)} – {_show(max(xs), curve.unit, words)}",
        charts.CurveDrawing(
            lines=lines,
            here=here,
            ticks=_ticks(curve, lines, words),
            marks=marks,
            most=max(heights),
            title=title,
            label=_label(title, name, _told(curve, row), words),
            least=min(heights),
            decimals=row.decimals,
        ),
        said,
    )


def _lines(curve: ScoringCurve) -> Iterable[list[outlook.Point]]:
    """Yield the continuous stretches of a curve."""
    line: list[outlook.Point] = []
    for point in curve.points:
        if line and line[-1].x == point.x:
            yield line
            line = []
        line.append(point)
    yield line


def _ticks(curve: ScoringCurve, lines: list[list[tuple[Fraction, Fraction]]], words: Messages) -> list[charts.Tick]:
    """Return the ticks of the axis: this review's number, the rule's numbers and both ends, as far as they fit."""
    xs = [x for line in lines for x, _ in line]
    low, high = min(xs), max(xs)
    wanted = [curve.here.x] if curve.here else []
    wanted += [mark.value for mark in curve.marks if mark.on_axis and low <= mark.value <= high]
    places: list[Fraction] = []
    for place in (*wanted, low, high):
        if all(abs(place - other) * 5 > high - low for other in places):
            places.append(place)
    return [charts.Tick(x, _show(x, curve.unit, words)) for x in sorted(places)]


def _show(value: Fraction, unit: Unit, words: Messages) -> str:
    return words.quantity(value, unit, 2).lstrip("≈")


def _told(curve: ScoringCurve, row: _RowWords) -> str:
    """Return the text alternative of the chart."""
    if curve.here is None:
        return ""
    words, most = row.words, row.most(curve)
    x, points = _show(curve.here.x, curve.unit, words), words.points(curve.points_of(curve.here.raw), row.notation)
    if most is None:
        return words.gettext(mark("at {x} it gives {points} points")).format(x=x, points=points)
    weight = words.number(most, row.decimals)
    return words.gettext(mark("at {x} it gives {points} of {weight} points")).format(x=x, points=points, weight=weight)


def _label(title: str, name: str, told: str, words: Messages) -> str:
    return f"{title}{words.gettext(mark(': '))}{name}" + (f"{words.gettext(mark(', '))}{told}" if told else "")


def steps_of(record: Record, indicator: Indicator) -> tuple[NextStep, ...]:
    """Return up to three next steps that the employee can take. A base that others determine is not a step."""
    _, steps = record.outlook.get(indicator.id, ((), ()))
    return tuple(step for step in steps if not step.is_base)[:3]


def row_steps(record: Record, indicator: Indicator, words: Messages) -> tuple[StepView, ...]:
    """Return the next steps of an indicator as they stand beside its points: where the total gains something else, that is said."""
    steps = steps_of(record, indicator)
    views = tuple(step_view(step, record, indicator, words) for step in steps)
    if is_sum(record.form, indicator):
        return views
    in_total = words.gettext(mark("{points} in the total"))
    return tuple(
        view if step.total is None else replace(view, gain=in_total.format(points=view.gain))
        for step, view in zip(steps, views, strict=True)
    )


def step_view(step: NextStep, record: Record, indicator: Indicator, words: Messages) -> StepView:
    """Return a next step in words."""
    name = step.input.name.in_(words.language)
    if step.entry is not None:
        name = f"{_entry(record, indicator, step) or step.entry} · {name}"
    old, new = (_value(step, value, words) for value in (step.old, step.new))
    what = f"{name} {old} → {new}"
    notation = record.form.notation
    total = "" if step.total is None else words.points(step.total, notation)
    return StepView(
        indicator.id,
        indicator.name.in_(words.language),
        what,
        step.gain,
        words.change(step.gain, notation),
        total,
        step.grade or "" if step.changes_grade else "",
    )


def advice_of(record: Record, words: Messages) -> tuple[AdviceView, ...]:
    """Return what would bring the most points, for the indicators where most is to be had."""
    views = []
    for item in record.advice:
        indicator = record.titled.indicator(item.step.indicator)
        assert indicator is not None, "steps are those of the form's indicators"
        views.append(
            AdviceView(step_view(item.step, record, indicator, words), _reach(item.most, record.form.notation, words))
        )
    return tuple(views)


def _reach(step: NextStep | None, notation: Notation, words: Messages) -> Reach | None:
    if step is None:
        return None
    gain = words.change(step.gain, notation)
    return Reach(_value(step, step.new, words), gain, step.grade or "" if step.changes_grade else "")


def _entry(record: Record, indicator: Indicator, step: NextStep) -> str:
    """Return the name of a list entry: its first text."""
    for rows in record.metrics.get(indicator.id, {}).values():
        if isinstance(rows, tuple) and step.entry is not None and len(rows) >= step.entry:
            return next((value for value in rows[step.entry - 1].values() if isinstance(value, str)), "")
    return ""


def _value(step: NextStep, value: InputValue, words: Messages) -> str:
    if isinstance(value, bool):
        return words.gettext(mark("yes")) if value else words.gettext(mark("no"))
    if isinstance(value, Fraction):
        return words.quantity(value, step.input.type.unit)
    return next((c.name.in_(words.language) for c in step.input.choices if c.id == value), str(value))
