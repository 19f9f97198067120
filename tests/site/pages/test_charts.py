"""Charts: every mark lies where its number belongs, inside the picture, and what is too much is left out."""

from __future__ import annotations

from fractions import Fraction
from xml.etree.ElementTree import Element, fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpigen.numbers.notation import Notation
from kpigen.site.pages.charts import (
    BarDrawing,
    BarsDrawing,
    CurveDrawing,
    Medium,
    Tick,
    Totals,
    TrendPoint,
    distribution,
    draw,
    ranges,
    sparkline,
    trend,
)

F = Fraction
GRADES = [("A", F(90)), ("B", F(80)), ("C", F(70)), ("D", F(60)), ("E", F(0))]


def drawn(chart: object) -> Element:
    """A chart as elements; nothing of it lies outside the picture."""
    svg = fromstring(str(chart))
    _, _, width, height = map(float, svg.attrib["viewBox"].split())
    assert svg.attrib["role"] == "img"
    assert svg.attrib["aria-label"]
    assert not [item for item in svg.iter() if "style" in item.attrib]
    for item in svg.iter():
        for name, value in item.attrib.items():
            if name in ("x", "x1", "x2", "cx"):
                assert 0 <= float(value) <= width, (item.tag, item.attrib)
            if name in ("y", "y1", "y2", "cy"):
                assert 0 <= float(value) <= height, (item.tag, item.attrib)
        for place in item.attrib.get("points", "").split():
            x, y = map(float, place.split(","))
            assert 0 <= x <= width
            assert 0 <= y <= height
    return svg


def of(svg: Element, tag: str, class_: str = "") -> list[Element]:
    return [item for item in svg.iter(tag) if class_ in item.attrib.get("class", "").split() or not class_]


def months(*totals: int | None) -> list[TrendPoint]:
    return [TrendPoint(f"2026-{n:02}", None if total is None else F(total)) for n, total in enumerate(totals, 1)]


def test_a_trend_lies_over_the_bands_of_its_grades() -> None:
    svg = drawn(trend(months(78, 82, 69, 94), GRADES, "Totals"))
    bands = {text.text: band for text, band in zip(of(svg, "text", "band-name"), of(svg, "rect"), strict=True)}
    assert list(bands) == ["A", "B", "C", "D", "E"]
    dots = of(svg, "circle", "dot")
    for dot, grade in zip(dots, "CBDA", strict=True):
        top = float(bands[grade].attrib["y"])
        assert top <= float(dot.attrib["cy"]) <= top + float(bands[grade].attrib["height"])
    heights = [float(dot.attrib["cy"]) for dot in dots]
    assert heights.index(max(heights)) == 2
    values = {text.text: float(text.attrib["y"]) for text in of(svg, "text", "value")}
    assert values["69.00"] > max(heights), "below the lowest dot, where no line is"
    assert values["94.00"] < min(heights)


def test_a_trend_of_many_periods_has_a_line_and_its_last_dot() -> None:
    svg = drawn(trend([TrendPoint(f"{n}", F(60 + n % 30)) for n in range(100)], GRADES, "Totals"))
    assert len(of(svg, "circle")) == 1
    assert len(of(svg, "polyline")[0].attrib["points"].split()) == 100
    assert not of(svg, "text", "value")
    assert len([text for text in of(svg, "text", "mid") if text.text]) <= 12


def test_where_a_total_is_missing_a_trend_goes_on_without_it() -> None:
    assert len(of(drawn(trend(months(80, None, 90), GRADES, "Totals")), "circle")) == 2
    assert str(trend(months(None), GRADES, "Totals")) == ""
    assert not of(drawn(trend(months(80), GRADES, "Totals")), "polyline")


def test_a_small_line_has_a_gap_where_there_is_nothing() -> None:
    svg = drawn(sparkline([F(1), F(2), None, F(3), F(4)], F(4), "Work"))
    assert [len(line.attrib["points"].split()) for line in of(svg, "polyline")] == [2, 2]
    assert float(of(svg, "circle")[0].attrib["cy"]) == float(of(svg, "line")[0].attrib["y1"]), "the last is at the most"


def test_columns_are_as_high_as_their_counts() -> None:
    svg = drawn(distribution([("A", 4), ("B", 2), ("C", 0)], "Grades"))
    first, second = (float(column.attrib["height"]) for column in of(svg, "rect"))
    assert first == 2 * second
    assert [text.text for text in of(svg, "text", "value")] == ["4", "2", "0"]
    assert str(distribution([], "Grades")) == ""


def test_ranges_go_from_the_lowest_to_the_highest_with_the_mean_between() -> None:
    svg = drawn(
        ranges([("客服部", F(70), F(80), F(90)), ("一个名称特别特别特别长的部门", F(60), F(60), F(60))], "Departments")
    )
    (line, single), (mean, _) = of(svg, "line", "range"), of(svg, "circle")
    assert float(mean.attrib["cx"]) == pytest.approx(
        (float(line.attrib["x1"]) + float(line.attrib["x2"])) / 2, abs=0.11
    )
    assert single.attrib["x1"] == single.attrib["x2"]
    assert "…" in str([text.text for text in of(svg, "text", "end")])


def test_a_curve_jumps_between_its_lines_and_shows_where_somebody_is() -> None:
    lines = [[(F(0), F(0)), (F(10), F(5))], [(F(10), F(8)), (F(20), F(10))]]
    svg = drawn(draw(CurveDrawing(lines, (F(20), F(10)), [Tick(F(10), "10")], [F(10), F(30)], F(10), "Curve", "Calls")))
    assert len(of(svg, "polyline")) == 2
    assert len(of(svg, "line", "mark")) == 1, "30 lies outside"
    here, end = of(svg, "circle", "here")[0], of(svg, "polyline")[1].attrib["points"].split()[-1]
    assert [float(here.attrib["cx"]), float(here.attrib["cy"])] == pytest.approx([*map(float, end.split(","))], abs=0.5)


def test_bars_tell_this_reviews_choice_from_the_others() -> None:
    svg = drawn(
        draw(BarsDrawing([BarDrawing("是", F(20), True), BarDrawing("否", F(12), False)], F(20), "Curve", "Grown"))
    )
    assert [("here" in bar.attrib["class"].split()) for bar in of(svg, "rect")] == [True, False]
    widths = [float(bar.attrib["width"]) for bar in of(svg, "rect")]
    assert widths[1] == pytest.approx(widths[0] * 0.6, abs=0.1)


def test_on_paper_a_chart_has_a_title_and_no_words_of_its_own() -> None:
    paper = Medium(".line { stroke: #000 }")
    curve = CurveDrawing([[(F(0), F(0)), (F(9), F(9))]], None, [Tick(F(0), "0")], [], F(9), "Scoring curve", "Calls")
    levels = BarsDrawing(
        [BarDrawing("是", F(20), True), BarDrawing("否", F(12), False)], F(20), "Scoring curve", "Grown"
    )
    for chart in (curve, levels):
        svg = fromstring(str(draw(chart, paper)))
        assert next(svg.iter("title")).text == "Scoring curve"
        assert next(svg.iter("style")).text == ".line { stroke: #000 }"
        assert svg.attrib["aria-label"] == chart.label
        assert not of(svg, "text")
        assert of(drawn(draw(chart)), "text")
    heights = [int(fromstring(str(draw(curve, medium))).attrib["viewBox"].split()[3]) for medium in (Medium(), paper)]
    assert heights == [130, 112], "the room for numbers below the axis is gone"


@given(totals=st.lists(st.fractions(min_value=-20, max_value=150, max_denominator=100), min_size=1, max_size=40))
def test_whatever_the_totals_are_a_trend_stays_in_its_picture(totals: list[F]) -> None:
    svg = drawn(trend([TrendPoint(f"{n}", total) for n, total in enumerate(totals)], GRADES, "Totals"))
    assert of(svg, "circle")


# --- other scales than 0 to 100 --------------------------------------------------------------------------------------

UNBOUNDED = [("Good", F(20)), ("Fair", F(0)), ("Bad", None)]
SIGNED = Totals(None, Notation(0, signed=True))


def bands(svg: Element) -> dict[str | None, tuple[float, float]]:
    """The upper and lower edge of each grade's band."""
    edges = [(float(band.attrib["y"]), float(band.attrib["height"])) for band in of(svg, "rect")]
    return {
        text.text: (top, top + height) for text, (top, height) in zip(of(svg, "text", "band-name"), edges, strict=True)
    }


@pytest.mark.parametrize("grades", [GRADES, [*GRADES[:4], ("E", F(30))], [*GRADES[:4], ("E", None)]])
@pytest.mark.parametrize("totals", [(-4, 62, 71), (-12, -3), (20, 25)])
def test_the_last_grade_has_a_band_down_to_the_lowest_total(
    grades: list[tuple[str, F | None]], totals: tuple[int, ...]
) -> None:
    svg = drawn(trend(months(*totals), grades, "Totals"))
    top, bottom = bands(svg)["E"]
    lowest = max(float(dot.attrib["cy"]) for dot in of(svg, "circle", "dot"))
    assert top <= lowest < bottom
    assert bottom == max(edge for _, edge in bands(svg).values()) == 220 - 26


def test_negative_totals_have_their_bands_and_signs() -> None:
    svg = drawn(trend(months(32, -15, 0), UNBOUNDED, "Totals", SIGNED))
    assert list(bands(svg)) == ["Good", "Fair", "Bad"]
    for dot, grade in zip(of(svg, "circle", "dot"), ("Good", "Bad", "Fair"), strict=True):
        top, bottom = bands(svg)[grade]
        assert top <= float(dot.attrib["cy"]) <= bottom
    assert [text.text for text in of(svg, "text", "value")] == ["+32", "−15", "0"]
    assert [text.text for text in of(svg, "text", "end")] == ["20", "0"]


def test_a_trend_out_of_five_fills_its_picture() -> None:
    grades = [("A", F("4.5")), ("B", F(3)), ("C", None)]
    points = [TrendPoint("2026-01", F("4.496")), TrendPoint("2026-02", F("3.25"))]
    svg = drawn(trend(points, grades, "Totals", Totals(F(5), Notation(3))))
    first, second = (float(dot.attrib["cy"]) for dot in of(svg, "circle", "dot"))
    assert second - first > 100, "of 180: one point of the scale is not left free around them"
    assert [text.text for text in of(svg, "text", "value")] == ["4.496", "3.250"]
    assert [text.text for text in of(svg, "text", "end")] == ["4.5", "3"]


def test_a_trend_without_grades_lies_between_its_lowest_and_highest_total() -> None:
    points = [TrendPoint("2026-Q1", F("0.7257")), TrendPoint("2026-Q2", F("0.8779")), TrendPoint("2026-Q3", F("0.73"))]
    svg = drawn(trend(points, [], "Totals", Totals(F(1), Notation(4))))
    assert not of(svg, "rect")
    lines = [float(line.attrib["y1"]) for line in of(svg, "line", "grid")]
    dots = [float(dot.attrib["cy"]) for dot in of(svg, "circle", "dot")]
    assert lines == [min(dots), max(dots)]
    assert [text.text for text in of(svg, "text", "end")] == ["0.8779", "0.7257"]
    alone = drawn(trend([TrendPoint("2026", F(0)), TrendPoint("2027", F(0))], [], "Totals", SIGNED))
    assert [text.text for text in of(alone, "text", "end")] == ["0"]


def test_long_bounds_have_room_beside_the_chart() -> None:
    points = [TrendPoint("2026-01", F(123456)), TrendPoint("2026-02", F(150000))]
    svg = drawn(trend(points, [("A", F("123456.7891")), ("B", None)], "Totals", Totals(F(200000))))
    (bound,) = of(svg, "text", "end")
    assert float(bound.attrib["x"]) >= 5 * len(bound.text or "")


@given(
    totals=st.lists(st.fractions(min_value=-500, max_value=500, max_denominator=10000), min_size=1, max_size=40),
    full=st.sampled_from([None, F("0.5"), F(1), F(5), F(320), F(500)]),
    grades=st.sampled_from([GRADES, UNBOUNDED, [], [("A", None)], [("A", F("-1.5")), ("B", F(-3))]]),
)
def test_whatever_the_scale_is_a_trend_stays_in_its_picture(
    totals: list[F], full: F | None, grades: list[tuple[str, F | None]]
) -> None:
    points = [TrendPoint(f"{n}", total) for n, total in enumerate(totals)]
    svg = drawn(trend(points, grades, "Totals", Totals(full, Notation(4, signed=True))))
    edges = sorted(bands(svg).values())
    assert [bottom for _, bottom in edges[:-1]] == pytest.approx([top for top, _ in edges[1:]], abs=0.11)


def test_ranges_below_zero_say_their_means_with_sign() -> None:
    svg = drawn(ranges([("North", F(-15), F(-5, 3), F(32)), ("South", F(0), F(0), F(0))], "Departments", SIGNED))
    assert [text.text for text in of(svg, "text", "value")] == ["−1.67", "0.00"]


def test_a_small_line_below_zero_shows_how_far() -> None:
    svg = drawn(sparkline([F(-10), F(5), F(0)], F(5), "Late"))
    low, high, zero = (float(place.split(",")[1]) for place in of(svg, "polyline")[0].attrib["points"].split())
    assert high < zero < low
    assert drawn(sparkline([F(0), F(0)], F(0), "Nothing"))


def test_a_curve_and_bars_go_below_zero() -> None:
    curve = CurveDrawing([[(F(0), F(0)), (F(7), F(-14))]], (F(3), F(-6)), [], [], F(0), "Curve", "Late", F(-14), 0)
    svg = drawn(draw(curve))
    assert [text.text for text in of(svg, "text", "end")] == ["0", "−14"]
    assert float(of(svg, "circle", "here")[0].attrib["cy"]) > 12 + (110 - 12) / 3
    bars = [BarDrawing("Away", F(-15), True), BarDrawing("Caught", F(20), False)]
    first, second = of(drawn(draw(BarsDrawing(bars, F(20), "Curve", "Points", F(-15), 0))), "rect")
    zero = float(second.attrib["x"])
    assert float(first.attrib["x"]) + float(first.attrib["width"]) == pytest.approx(zero, abs=0.11)
    assert float(first.attrib["width"]) / 15 == pytest.approx(float(second.attrib["width"]) / 20, abs=0.11)
