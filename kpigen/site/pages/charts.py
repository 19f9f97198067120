"""Charts as inline SVG, drawn from the same numbers as the tables beside them. Every chart has a text alternative.

Charts use classes and position attributes, never inline styles. So a strict Content-Security-Policy works, and the page's
stylesheet colours them with the same tokens as everything else. Scoring curves are also drawn for paper (`Medium`), where
outside styles do not reach an SVG, so there they embed their stylesheet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from markupsafe import Markup, escape

from kpigen.emit.escape import columns
from kpigen.numbers.notation import Notation
from kpigen.numbers.quantities import plain, with_minus


@dataclass(frozen=True)
class Scale:
    """Maps numbers from `low` to `high` linearly to coordinates from `start` to `end`."""

    low: Fraction
    high: Fraction
    start: Fraction
    end: Fraction

    def __call__(self, value: Fraction) -> Fraction:
        """Return the coordinate of a number, clamped to the ends."""
        if self.high == self.low:
            return (self.start + self.end) / 2
        inside = min(max(value, self.low), self.high)
        return self.start + (inside - self.low) / (self.high - self.low) * (self.end - self.start)


class Totals(NamedTuple):
    """What the totals of a chart are out of (None: there are no full marks), and how they are written."""

    full: Fraction | None = Fraction(100)
    notation: Notation = Notation()

    def written(self, value: Fraction) -> str:
        """Write a total."""
        return with_minus(self.notation.written(value))

    def room(self, low: Fraction, high: Fraction) -> Fraction:
        """Return how much of the axis stays free beyond its ends: a tenth of it, and more than nothing."""
        whole = self.full or max(abs(low), abs(high)) or Fraction(100)
        return max((high - low) / 10, whole / 100)


#: Longer names of grades are cut beside a chart; a Chinese character counts as two.
_MOST_COLUMNS = 24
#: Most forms.
OUT_OF_100 = Totals()


@dataclass(frozen=True)
class TrendPoint:
    """A total in a trend: period, total (None: missing), grade."""

    period: str
    total: Fraction | None
    grade: str = ""


def _at(value: Fraction | int) -> str:
    return plain(Fraction(value), 1)


def _points(places: Iterable[tuple[Fraction, Fraction]]) -> str:
    """Return the points of a line, rounded to whole units: a report has many, and the difference is invisible."""
    return " ".join(f"{plain(x, 0)},{plain(y, 0)}" for x, y in places)


def _attributes(**values: object) -> str:
    return "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_at(value) if isinstance(value, Fraction) else value)}"'
        for key, value in values.items()
        if value not in (None, "")
    )


def shape(name: str, text: str = "", **values: object) -> str:
    """Return an SVG element. Numbers are coordinates, `class_` is its class, `text` its content."""
    inside = f">{escape(text)}</{name}>" if text else "/>"
    return f"<{name}{_attributes(**values)}{inside}"


def drawing(
    width: int,
    height: int,
    label: str,
    parts: Iterable[str],
    class_: str = "chart",
    inside: str = "",
) -> Markup:
    """Return an SVG of a size in units. `label` is the text alternative; `inside` is the first content."""
    opening = _attributes(viewBox=f"0 0 {width} {height}", class_=class_, role="img", aria_label=label)
    return Markup(f"<svg{opening}>{inside}{''.join(parts)}</svg>")


@dataclass(frozen=True)
class Medium:
    """The medium that a scoring curve is drawn for.

    On a page (`style` is None) the page's stylesheet colours it, and its numbers are inside the chart. On paper, outside
    styles do not reach an SVG, so it embeds the stylesheet `style`, and its numbers are printed beside it. On paper it also
    has a title, because PDFs take the text alternative from there.
    """

    style: str | None = None

    @property
    def has_texts(self) -> bool:
        """True if numbers and names are inside the chart."""
        return self.style is None

    def inside(self, title: str) -> str:
        """Return the first content of a chart with this title."""
        return "" if self.style is None else f"<title>{escape(title)}</title><style>{self.style}</style>"


#: The medium of HTML pages.
SCREEN = Medium()


def _span(values: Sequence[Fraction], bounds: Sequence[Fraction], totals: Totals) -> tuple[Fraction, Fraction]:
    """Return the range of an axis: all values, extended to the nearest bound below and above."""
    low, high = min(values), max(values)
    below = [bound for bound in bounds if bound <= low]
    above = [bound for bound in bounds if bound >= high]
    low = min(low, max(below)) if below else low
    high = max(high, min(above)) if above else high
    room = totals.room(low, high)
    return low - room, high + room


def trend(
    points: Sequence[TrendPoint],
    grades: Sequence[tuple[str, Fraction | None]],
    label: str,
    totals: Totals = OUT_OF_100,
) -> Markup:
    """Return totals over time as a line on the bands of the grades; without grades, between the lowest and the highest total.

    `grades` are (grade, lowest total), best first. The band of the last one has no lower end, whether it has a bound or not:
    whoever is below all bounds has the last grade.
    """
    shown = [(place, point) for place, point in enumerate(points) if point.total is not None]
    if not shown:
        return Markup("")
    values = [point.total for _, point in shown if point.total is not None]
    low, high = _span(values, [least for _, least in grades if least is not None], totals)
    marks = _bounds(grades, low, high) if grades else [(value, totals.written(value)) for value in _ends(values)]
    width, height, right, top, bottom = 640, 220, 14, 14, 26
    left = max(34, 6 + max((_wide(text) for _, text in marks), default=0))
    bands = list(_bands(grades, low, high))
    named = max((_wide(band.says) for band in bands), default=0)
    first = left + max(40, 28 + named)  # behind the names of the bands
    down = Scale(low, high, Fraction(height - bottom), Fraction(top))
    across = Scale(Fraction(0), Fraction(max(len(points) - 1, 1)), Fraction(first), Fraction(width - right - 24))
    parts = []
    for band in bands:
        y0, y1 = down(band.top), down(band.bottom)
        parts.append(
            shape(
                "rect",
                x=Fraction(left),
                y=y0,
                width=Fraction(width - left - right),
                height=y1 - y0,
                class_=f"band-{band.number % 2}",
            )
        )
        parts.append(shape("text", band.says, x=Fraction(left + 4), y=min(y0 + 11, y1 - 2), class_="band-name"))
        parts += [
            shape("text", text, x=Fraction(left - 4), y=y1 + 3, class_="end") for at, text in marks if at == band.bottom
        ]
    for at, text in [] if grades else marks:
        parts.append(
            shape("line", x1=Fraction(left), x2=Fraction(width - right), y1=down(at), y2=down(at), class_="grid")
        )
        parts.append(shape("text", text, x=Fraction(left - 4), y=down(at) + 3, class_="end"))
    places = [(across(Fraction(place)), down(point.total)) for place, point in shown if point.total is not None]
    if len(places) > 1:
        parts.append(shape("polyline", points=_points(places), class_="line"))
    every = 1 if len(points) <= 12 else -(-len(points) // 9)
    for (place, point), (x, y) in zip(shown, places, strict=True):
        if len(points) <= 36 or (x, y) == places[-1]:  # more dots would merge into a band
            parts.append(shape("circle", cx=x, cy=y, r=Fraction(4), class_="dot"))
        if len(points) <= 12 and point.total is not None:
            parts.append(shape("text", totals.written(point.total), x=x, y=y + _beside(y, places), class_="mid value"))
        if place % every == 0:
            parts.append(shape("text", point.period, x=x, y=Fraction(height - 8), class_="mid"))
    return drawing(width, height, label, parts, "chart wide")


class _Band(NamedTuple):
    """The part of an axis that a grade has: its place among the grades, its name, its upper and its lower end."""

    number: int
    grade: str
    top: Fraction
    bottom: Fraction

    @property
    def says(self) -> str:
        """The name as far as there is room for it."""
        return self.grade if columns(self.grade) <= _MOST_COLUMNS else f"{self.grade[: _MOST_COLUMNS // 2]}…"


def _wide(text: str) -> int:
    """Return about how wide a text is in a chart."""
    return 7 * columns(text)


def _bands(grades: Sequence[tuple[str, Fraction | None]], low: Fraction, high: Fraction) -> Iterable[_Band]:
    """Yield the bands that an axis from `low` to `high` shows."""
    above, last = high, len(grades) - 1
    for number, (grade, least) in enumerate(grades):
        bottom = low if least is None or number == last else max(least, low)
        if bottom < high and above > low:
            yield _Band(number, grade, min(above, high), bottom)
        above = bottom


def _bounds(grades: Sequence[tuple[str, Fraction | None]], low: Fraction, high: Fraction) -> list[tuple[Fraction, str]]:
    """Return the bounds between two bands of an axis, with what is written beside them. The last grade's bounds nothing."""
    bounds = [least for _, least in grades[:-1] if least is not None]
    return [(least, with_minus(plain(least))) for least in bounds if low < least < high]


def _ends(values: Sequence[Fraction]) -> list[Fraction]:
    """Return the highest and the lowest of several numbers; one if they are equal."""
    return sorted({max(values), min(values)}, reverse=True)


def _beside(y: Fraction, places: Sequence[tuple[Fraction, Fraction]]) -> int:
    """Return the vertical offset of a dot's number: above the dot, or below the lowest dot, away from the line."""
    return 18 if len(places) > 2 and y == max(other for _, other in places) else -8


def sparkline(values: Sequence[Fraction | None], most: Fraction, label: str) -> Markup:
    """Return a small line of numbers from 0, or from the lowest below it, to `most`, with gaps for None."""
    width, height = 160, 40
    down = Scale(
        min(Fraction(0), *(value for value in values if value is not None)), most, Fraction(height - 4), Fraction(4)
    )
    across = Scale(Fraction(0), Fraction(max(len(values) - 1, 1)), Fraction(5), Fraction(width - 5))
    parts = [shape("line", x1=Fraction(0), x2=Fraction(width), y1=down(most), y2=down(most), class_="grid")]
    runs: list[list[tuple[Fraction, Fraction]]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((across(Fraction(place)), down(value)))
    for run in runs:
        if len(run) > 1:
            parts.append(shape("polyline", points=_points(run), class_="line"))
    last = next((run[-1] for run in reversed(runs) if run), None)
    if last:
        parts.append(shape("circle", cx=last[0], cy=last[1], r=Fraction(3), class_="dot"))
    return drawing(width, height, label, parts, "chart small")


def distribution(counts: Sequence[tuple[str, int]], label: str) -> Markup:
    """Return a bar chart of how many reviews have each grade, in the order of the grades."""
    if not counts:
        return Markup("")
    each = max(64, *(12 + _wide(grade) for grade, _ in counts))
    width, height, bottom, top = each * len(counts), 120, 20, 18
    most = Fraction(max(1, *(count for _, count in counts)))
    parts = [
        shape(
            "line",
            x1=Fraction(0),
            x2=Fraction(width),
            y1=Fraction(height - bottom),
            y2=Fraction(height - bottom),
            class_="axis",
        )
    ]
    for place, (grade, count) in enumerate(counts):
        tall = Fraction(count) / most * (height - bottom - top)
        x = Fraction(each * place + (each - 36) // 2)
        parts.append(
            shape(
                "rect",
                x=x,
                y=height - bottom - tall,
                width=Fraction(36),
                height=tall,
                class_=f"column grade-{grade.lower()}",
            )
            if count
            else ""
        )
        parts.append(shape("text", str(count), x=x + 18, y=height - bottom - tall - 5, class_="mid value"))
        parts.append(shape("text", grade, x=x + 18, y=Fraction(height - 5), class_="mid"))
    return drawing(width, height, label, parts, "chart narrow")


def ranges(rows: Sequence[tuple[str, Fraction, Fraction, Fraction]], label: str, totals: Totals = OUT_OF_100) -> Markup:
    """Return a chart of groups, each with a line from its lowest to its highest total and a dot at its mean.

    A row is (name, lowest, mean, highest).
    """
    if not rows:
        return Markup("")
    width, line, left, right = 640, 26, 150, 20
    of_means = totals._replace(notation=totals.notation.of_means)
    low, high = _span([value for _, *values in rows for value in values], [], totals)
    across = Scale(low, high, Fraction(left), Fraction(width - right))
    parts = []
    for place, (name, least, mean, most) in enumerate(rows):
        y = Fraction(line * place + 16)
        shown = name if len(name) <= 12 else f"{name[:11]}…"
        parts.append(shape("text", shown, x=Fraction(left - 10), y=y + 4, class_="end"))
        parts.append(shape("line", x1=across(least), x2=across(most), y1=y, y2=y, class_="range"))
        parts.append(shape("circle", cx=across(mean), cy=y, r=Fraction(6), class_="here"))
        parts.append(shape("text", of_means.written(mean), x=across(mean), y=y - 8, class_="mid value"))
    return drawing(width, line * len(rows) + 10, label, parts, "chart wide")


@dataclass(frozen=True)
class Tick:
    """A position on an axis, with its label."""

    at: Fraction
    text: str


@dataclass(frozen=True)
class CurveDrawing:
    """What an indicator scores along one number. `lines` hold (number, points); between lines the score jumps.

    `here` is the point of this review. `ticks` are written below the axis. `marks` are numbers in the rule, such as a
    target. The axis of points goes from `least` (0, or below) to `most`; points are written with at most `decimals`. `title`
    names the chart; `label` is the full text alternative.
    """

    lines: Sequence[Sequence[tuple[Fraction, Fraction]]]
    here: tuple[Fraction, Fraction] | None
    ticks: Sequence[Tick]
    marks: Sequence[Fraction]
    most: Fraction
    title: str
    label: str
    least: Fraction = Fraction(0)
    decimals: int = 2


@dataclass(frozen=True)
class BarDrawing:
    """What one choice scores, and whether this review chose it."""

    name: str
    points: Fraction
    is_here: bool


@dataclass(frozen=True)
class BarsDrawing:
    """What each choice scores. `least`, `most`, `decimals`, `title` and `label` are as in `CurveDrawing`."""

    bars: Sequence[BarDrawing]
    most: Fraction
    title: str
    label: str
    least: Fraction = Fraction(0)
    decimals: int = 2


def draw(chart: CurveDrawing | BarsDrawing, medium: Medium = SCREEN) -> Markup:
    """Return a scoring curve as an SVG for a medium."""
    return _curve(chart, medium) if isinstance(chart, CurveDrawing) else _bars(chart, medium)


def _curve(chart: CurveDrawing, medium: Medium) -> Markup:
    width, height, left, below, top = 320, 130, 30, 20, 12
    xs = [x for line in chart.lines for x, _ in line]
    low, high = min(xs), max(xs)
    across = Scale(low, high, Fraction(left), Fraction(width - 12))
    up = Scale(chart.least, chart.most, Fraction(height - below), Fraction(top))
    base = Fraction(height - below)
    ends = f"{left} {_at(base)}H{width - 12}M{left} {_at(up(chart.most))}H{width - 12}"
    ends += f"M{left} {_at(up(Fraction(0)))}H{width - 12}" if chart.least < 0 < chart.most else ""
    parts = [shape("path", d=f"M{ends}", class_="grid")]
    for value in (chart.most, *([chart.least] if chart.least < 0 else [])) if medium.has_texts else ():
        parts.append(shape("text", _written(value, chart), x=Fraction(left - 5), y=up(value) + 3, class_="end"))
    parts += [
        shape("line", x1=across(x), x2=across(x), y1=Fraction(top), y2=base, class_="mark")
        for x in chart.marks
        if low <= x <= high
    ]
    for line in chart.lines:
        places = [(across(x), up(y)) for x, y in line]
        if len(places) == 1:
            parts.append(shape("circle", cx=places[0][0], cy=places[0][1], r=Fraction(2), class_="point"))
        else:
            parts.append(shape("polyline", points=_points(places), class_="line"))
    for tick in chart.ticks if medium.has_texts else ():
        x = across(tick.at)
        class_ = "mid" if left + 20 < x < width - 30 else "end" if x >= width - 30 else ""
        parts.append(shape("text", tick.text, x=x, y=Fraction(height - 6), class_=class_))
    if chart.here is not None:
        x, y = chart.here
        parts.append(shape("circle", cx=across(x), cy=up(y), r=Fraction(6), class_="here"))
    # Without texts, the only space needed below the axis is for half a dot.
    tall = height if medium.has_texts else height - below + 2
    return drawing(width, tall, chart.label, parts, "chart curve", medium.inside(chart.title))


def _written(points: Fraction, chart: CurveDrawing | BarsDrawing) -> str:
    return with_minus(plain(points, chart.decimals))


def _bars(chart: BarsDrawing, medium: Medium) -> Markup:
    width, line, left = 320, 22, 120
    across = Scale(chart.least, chart.most, Fraction(left), Fraction(width - 40))
    zero = across(Fraction(0))
    parts = []
    for place, bar in enumerate(chart.bars):
        y = Fraction(line * place + 4)
        if medium.has_texts:
            shown = bar.name if len(bar.name) <= 10 else f"{bar.name[:9]}…"
            parts.append(shape("text", shown, x=Fraction(left - 6), y=y + 11, class_="end"))
        parts.append(
            shape(
                "rect",
                x=min(zero, across(bar.points)),
                y=y,
                width=max(abs(across(bar.points) - zero), Fraction(1)),
                height=Fraction(14),
                class_="column here" if bar.is_here else "column",
            )
        )
        if medium.has_texts:
            parts.append(shape("text", _written(bar.points, chart), x=max(zero, across(bar.points)) + 5, y=y + 11))
    tall = line * len(chart.bars) + 4
    return drawing(width, tall, chart.label, parts, "chart curve", medium.inside(chart.title))
