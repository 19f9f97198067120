"""What a review may write for a number, and what each near miss is told: the code and an accepted writing."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import shorten
from kpigen.numbers.quantities import (
    Misread,
    Unit,
    exact,
    fixed,
    plain,
    read_count,
    read_duration,
    read_exact,
    read_number,
    read_percent,
    read_quantity,
    read_yes_no,
    round_half_up,
    show,
    with_minus,
)
from tests.helpers.tiny import check_files, tiny

Read = Callable[[str], Fraction | Misread]
READERS: list[Read] = [read_number, read_count, read_percent, read_duration]
GENERIC = {read_number: "12.5", read_count: "12", read_percent: "96.5%", read_duration: "3m20s"}

# reader, text, value
ACCEPTED: list[tuple[Read, str, Fraction | int]] = [
    (read_number, "12", 12),
    (read_number, "0", 0),
    (read_number, "007", 7),
    (read_number, "+5", 5),
    (read_number, "-5", -5),
    (read_number, "-0", 0),
    (read_number, "12.5", Fraction(25, 2)),
    (read_number, "1.10", Fraction(11, 10)),
    (read_number, "-0.000", 0),
    (read_number, "0.000000000001", Fraction(1, 10**12)),
    (read_number, "999999999999999", 10**15 - 1),
    (read_count, "12", 12),
    (read_count, "0", 0),
    (read_count, "007", 7),
    (read_count, "+5", 5),
    (read_count, "-1", -1),
    (read_percent, "96.5%", Fraction(193, 200)),
    (read_percent, "0%", 0),
    (read_percent, "100.00%", 1),
    (read_percent, "-3%", Fraction(-3, 100)),
    (read_percent, "120%", Fraction(6, 5)),
    (read_percent, "0.5%", Fraction(1, 200)),
    (read_duration, "45s", 45),
    (read_duration, "316s", 316),
    (read_duration, "3m20s", 200),
    (read_duration, "90m", 5400),
    (read_duration, "1h5m", 3900),
    (read_duration, "1h5s", 3605),
    (read_duration, "2h", 7200),
    (read_duration, "0s", 0),
    (read_duration, "00m07s", 7),
    (read_duration, "100h61m61s", 363721),
]

# reader, text, code, the writing that is offered (None: any that is accepted)
NEAR_MISSES: list[tuple[Read, str, str, str | None]] = [
    (read_number, "1,000", "KPI311", "1000"),
    (read_number, "12,345,678.9", "KPI311", "12345678.9"),
    (read_number, "12,0000", "KPI311", "120000"),
    (read_number, "1_000", "KPI311", "1000"),
    (read_number, "1'000", "KPI311", "1000"),
    (read_number, "1、000", "KPI311", "1000"),
    (read_number, "１，０００", "KPI311", "1000"),
    (read_number, "1,5", "KPI310", None),
    (read_number, "1.000.000", "KPI310", None),
    (read_number, "1 000", "KPI313", "1000"),
    (read_number, "1\u00a0000", "KPI313", "1000"),
    (read_number, "12 ", "KPI313", "12"),
    (read_number, "12\n", "KPI313", "12"),
    (read_number, "- 5", "KPI313", "-5"),
    (read_number, "１２", "KPI312", "12"),
    (read_number, "１2.５", "KPI312", "12.5"),
    (read_number, "－5", "KPI312", "-5"),
    (read_number, "\u22125", "KPI310", "-5"),
    (read_number, "1e3", "KPI316", "1000"),
    (read_number, "1.5E-2", "KPI316", "0.015"),
    (read_number, "１e3", "KPI316", "1000"),
    (read_number, "1e99", "KPI319", ""),
    (read_number, "1e-13", "KPI319", ""),
    (read_number, "12人次", "KPI318", "12"),
    (read_number, "12 人次", "KPI318", "12"),
    (read_number, "-3.5元", "KPI318", "-3.5"),
    (read_number, "12%", "KPI318", "12"),
    (read_number, ".5", "KPI310", "0.5"),
    (read_number, "-.5", "KPI310", "-0.5"),
    (read_number, "5.", "KPI310", "5"),
    (read_number, "", "KPI310", None),
    (read_number, "~", "KPI310", None),
    (read_number, "null", "KPI310", None),
    (read_number, "--5", "KPI310", None),
    (read_number, "1/3", "KPI310", None),
    (read_number, "0x1F", "KPI310", None),
    (read_number, "nan", "KPI310", None),
    (read_number, "Infinity", "KPI310", None),
    (read_number, "三", "KPI310", None),
    (read_number, "٣", "KPI310", None),
    (read_number, "²", "KPI312", "2"),
    (read_number, "1234567890123456", "KPI319", ""),
    (read_number, "0." + "1" * 13, "KPI319", ""),
    (read_number, "0" * 5000, "KPI319", ""),
    (read_number, "9" * 100_000, "KPI319", ""),
    (read_number, "1," * 50_000, "KPI310", None),
    (read_count, "12.5", "KPI317", "13"),
    (read_count, "12.0", "KPI317", "12"),
    (read_count, "-0.5", "KPI317", "-1"),
    (read_count, "999999999999999.9", "KPI317", "999999999999999"),
    (read_count, "1,000", "KPI311", "1000"),
    (read_count, "1,000.5", "KPI311", "1001"),
    (read_count, "１２．５", "KPI312", "13"),
    (read_count, "12人次", "KPI318", "12"),
    (read_count, "1e3", "KPI316", "1000"),
    (read_count, "1.5e0", "KPI316", "2"),
    (read_count, "12.5人次", "KPI310", None),
    (read_count, "很多", "KPI310", None),
    (read_percent, "0.965", "KPI314", "96.5%"),
    (read_percent, "0.96512345", "KPI314", "96.512345%"),
    (read_percent, "96.5", "KPI314", "96.5%"),
    (read_percent, "1.0", "KPI314", "100%"),
    (read_percent, "1", "KPI314", "1%"),
    (read_percent, "97 %", "KPI313", "97%"),
    (read_percent, "97 ％", "KPI313", "97%"),
    (read_percent, "９６％", "KPI312", "96%"),
    (read_percent, "96％", "KPI312", "96%"),
    (read_percent, "０.９６５", "KPI312", "96.5%"),
    (read_percent, "1,200%", "KPI311", "1200%"),
    (read_percent, "9.65e1", "KPI316", "96.5%"),
    (read_percent, "1e-3", "KPI316", "0.1%"),
    (read_percent, ".5%", "KPI320", "0.5%"),
    (read_percent, "5.%", "KPI320", "5%"),
    (read_percent, "96,5%", "KPI320", None),
    (read_percent, "96.5‰", "KPI320", None),
    (read_percent, "96%%", "KPI320", None),
    (read_percent, "%", "KPI320", None),
    (read_percent, "1234567890123456", "KPI319", ""),
    (read_percent, "0." + "1" * 13 + "%", "KPI319", ""),
    (read_duration, "3:20", "KPI315", "3m20s"),
    (read_duration, "1:05:00", "KPI315", "1h5m0s"),
    (read_duration, "３：２０", "KPI315", "3m20s"),
    (read_duration, "316", "KPI321", "316s"),
    (read_duration, "３１６", "KPI312", "316s"),
    (read_duration, "3m 20s", "KPI313", "3m20s"),
    (read_duration, "1e3", "KPI316", "1000s"),
    (read_duration, "1.5e0", "KPI321", None),
    (read_duration, "5m1h", "KPI321", None),
    (read_duration, "20s3m", "KPI321", None),
    (read_duration, "1h1h", "KPI321", None),
    (read_duration, "1.5h", "KPI321", None),
    (read_duration, "-5s", "KPI321", None),
    (read_duration, "5 min", "KPI321", None),
    (read_duration, "3分20秒", "KPI321", None),
    (read_duration, "h", "KPI321", None),
    (read_duration, "", "KPI321", None),
    (read_duration, "1" * 16, "KPI319", ""),
    (read_duration, "1" * 16 + "s", "KPI319", ""),
]


@pytest.mark.parametrize(("read", "text", "value"), ACCEPTED)
def test_accepted(read: Read, text: str, value: Fraction | int) -> None:
    assert read(text) == Fraction(value)


@pytest.mark.parametrize(
    ("read", "text", "code", "example"), NEAR_MISSES, ids=lambda part: getattr(part, "__name__", str(part)[:30])
)
def test_a_near_miss_is_told_an_accepted_writing(read: Read, text: str, code: str, example: str | None) -> None:
    found = read(text)
    assert isinstance(found, Misread)
    assert (found.kind.code, found.example) == (code, GENERIC[read] if example is None else example)
    assert found.value == shorten(text)
    if found.example:
        assert isinstance(read(found.example), Fraction)


WRITINGS = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="0123456789+-.,%eEhms:：％０９．_' 、人次\u2212\u00a0", max_size=45),
    st.from_regex(r"[+-]?\d{0,17}[.,]?\d{0,14} ?[%hms元]?", fullmatch=True),
)


@settings(max_examples=600, deadline=None)
@given(st.sampled_from(READERS), WRITINGS)
def test_any_text_is_a_value_or_has_an_accepted_example(read: Read, text: str) -> None:
    found = read(text)
    if isinstance(found, Misread):
        assert isinstance(read(found.example), Fraction) if found.example else found.kind is catalogue.NUMBER_TOO_LONG
        fields = {"key": "k", "value": found.value, "example": found.example}
        assert found.kind.message.format(**fields)
        assert found.kind.hint.format(**fields)
    else:
        assert text.isascii()


@settings(max_examples=200, deadline=None)
@given(st.fractions(min_value=-1000, max_value=10**9, max_denominator=10**6))
def test_what_is_written_is_read_back(value: Fraction) -> None:
    assert read_exact(exact(value)) == value
    assert Fraction(fixed(value, 6)) == Fraction(plain(value, 6)) == round_half_up(value, 6)
    short = round_half_up(value, 6)
    assert read_number(show(short, Unit.PLAIN, 6)) == short
    assert read_percent(show(short, Unit.PERCENT, 6)) == short
    whole = abs(round_half_up(value, 0))
    assert read_duration(show(whole, Unit.DURATION)) == whole


QUANTITIES = [
    ("95%", (Fraction(19, 20), Unit.PERCENT)),
    ("30s", (Fraction(30), Unit.DURATION)),
    ("1h", (Fraction(3600), Unit.DURATION)),
    ("8", (Fraction(8), Unit.PLAIN)),
    ("-0.5", (Fraction(-1, 2), Unit.PLAIN)),
    ("95％", "KPI312"),
    ("3 m", "KPI313"),
    ("1,000", "KPI311"),
    ("3:", "KPI321"),
]


@pytest.mark.parametrize(("text", "expected"), QUANTITIES)
def test_a_rule_s_number_says_its_unit(text: str, expected: object) -> None:
    found = read_quantity(text)
    assert (found.kind.code if isinstance(found, Misread) else found) == expected


@pytest.mark.parametrize(
    "text", ["Yes", "NO", "true", "false", "y", "1", "0", "是", "否", "", " yes", "yes\n", "ｙｅｓ", "on"]
)
def test_yes_and_no_are_written_in_one_way(text: str) -> None:
    assert read_yes_no("yes") is True
    assert read_yes_no("no") is False
    found = read_yes_no(text)
    assert isinstance(found, Misread)
    assert (found.kind.code, found.example) == ("KPI322", "yes")


ROUNDED = [
    ("0.005", 2, "0.01"),
    ("-0.005", 2, "-0.01"),
    ("2.675", 2, "2.68"),
    ("1.005", 2, "1.01"),
    ("0.0049999", 2, "0.00"),
    ("-0.001", 2, "0.00"),
    ("79.995", 2, "80.00"),
    ("89.5", 0, "90"),
    ("-0.4", 0, "0"),
]


@pytest.mark.parametrize(("number", "places", "text"), ROUNDED)
def test_halves_are_rounded_away_from_zero(number: str, places: int, text: str) -> None:
    assert fixed(Fraction(number), places) == text


# --- through a whole file: type of the input, what is written, its finding --------------------------------------------

TYPES = [
    ("count", "80", ""),
    ("count", "'80'", ""),
    ("count", '"80"', ""),
    ("count", "|-\n    80", ""),
    ("count", "80 # 次", ""),
    ("count", "080", ""),
    ("count", "0o17", "KPI310"),
    ("count", "1_000", "KPI311"),
    ("count", "-1", "KPI324"),
    ("count", "yes", "KPI310"),
    ("count", "[80]", "KPI308"),
    ("count", "{calls: 80}", "KPI308"),
    ("count", "''", "KPI310"),
    ("number", "-1.5", ""),
    ("number, min: 0, max: 10", "10", ""),
    ("number, min: 0, max: 10", "10.01", "KPI324"),
    ("number, above: 0, below: 10", "10", "KPI324"),
    ("number, above: 0, below: 10", "0", "KPI324"),
    ("number, above: 0, below: 10", "9.99", ""),
    ("money", "1200.50", ""),
    ("money", "-0.01", "KPI324"),
    ("money", "¥1200", "KPI310"),
    ("money", "1200元", "KPI318"),
    ("money", "1,200.50", "KPI311"),
    ("rating", "100", ""),
    ("rating", "100.5", "KPI324"),
    ("percent", "100%", ""),
    ("percent", "100.1%", "KPI324"),
    ("percent", "-1%", "KPI324"),
    ("percent, max: 200%", "150%", ""),
    ("duration", "5m16s", ""),
    ("duration", "3:20", "KPI315"),
    ("duration, below: 1m", "60s", "KPI324"),
    ("ratings", "[80, 90.5]", ""),
    ("ratings", "80", "KPI308"),
    ("ratings", "[]", "KPI326"),
    ("ratings", "[80, [90]]", "KPI308"),
    ("ratings", "[80, 101]", "KPI324"),
    ("ratings", "[80, ]", ""),
    ("ratings", "[80, '']", "KPI310"),
    ("ratings", "auto", "KPI330"),
    ("yes_no", "yes", ""),
    ("yes_no", "true", "KPI322"),
    ("choice, choices: {low: {zh: 低, en: Low}, high: {zh: 高, en: High}}", "low", ""),
    ("choice, choices: {low: {zh: 低, en: Low}, high: {zh: 高, en: High}}", "低", "KPI323"),
    ("choice, choices: {low: {zh: 低, en: Low}, high: {zh: 高, en: High}}", "Low", "KPI323"),
    ("choice, choices: {low: {zh: 低, en: Low}, high: {zh: 高, en: High}}", "[low]", "KPI308"),
    ("list, fields: {n: {type: count, name: {zh: 数, en: N}}}", "[{n: 1}]", ""),
    ("list, fields: {n: {type: count, name: {zh: 数, en: N}}}", "[]", "KPI326"),
    ("list, fields: {n: {type: count, name: {zh: 数, en: N}}}", "{n: 1}", "KPI308"),
    ("list, fields: {n: {type: count, name: {zh: 数, en: N}}}", "[1]", "KPI308"),
    ("list, fields: {n: {type: count, name: {zh: 数, en: N}}}", "[{m: 1}]", "KPI306"),
    ("list, fields: {n: {type: count, name: {zh: 数, en: N}}}", "[{n: 1.5}]", "KPI317"),
]
SCORES = {
    "count": "{method: value}",
    "number": "{method: value}",
    "rating": "{method: value}",
    "money": "{method: ratio, target: 100}",
    "percent": "{method: ratio, target: 100%}",
    "duration": "{method: ratio, target: 30s, better: lower}",
    "ratings": "{method: ratings, weights: {calls: 1}}",
    "yes_no": "{method: levels, levels: {yes: 100, no: 0}}",
    "choice": "{method: levels, levels: {low: 0, high: 100}}",
    "list": "{method: weighted_list, weight: 1, value: n / n}",
}


@pytest.mark.parametrize("draft", ["", "~", "null"])
def test_a_draft_may_leave_a_metric_open_but_writes_no_null(draft: str) -> None:
    found = check_files(tiny(("  calls: 80\n", f"  calls: {draft}\n")))
    assert [item.code for item in found] == (["KPI310"] if draft else [])


@pytest.mark.parametrize(("kind", "text", "code"), TYPES)
def test_each_type_of_input(kind: str, text: str, code: str) -> None:
    files = tiny(
        ("type: count", f"type: {kind}"),
        ("{method: value}", SCORES[kind.partition(",")[0]]),
        ("  calls: 80\n", f"  calls: {text}\n"),
    )
    found = [item for item in check_files(files) if item.span.path.startswith("reviews/")]
    assert [item.code for item in found] == ([code] if code else [])
    assert all(item.span.line == 7 for item in found)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", "0"),
        ("-0", "0"),
        ("12", "12"),
        ("-3.5", "-3.5"),
        ("0.965", "193/200"),
        ("200/3", "200/3"),
        ("-1/10", "-1/10"),
        ("9" * 200, "9" * 200),
        ("0." + "1" * 200, f"{'1' * 200}/{10**200}"),
        ("1/" + "7" * 200, "1/" + "7" * 200),
    ],
)
def test_what_is_written_exactly_is_read_exactly(text: str, value: str) -> None:
    assert read_exact(text) == Fraction(value)


NOT_EXACT = ["", "x", " 1", "1 ", "+1", "--1", "1.", ".5", "1e3", "1/0", "1/02", "1/-2", "1.5/2", "1/2.5", "1_0"]
NOT_EXACT += ["9" * 201, "0." + "1" * 201, "1/1" + "0" * 201]


@pytest.mark.parametrize("text", NOT_EXACT)
def test_what_is_no_exact_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        read_exact(text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0", "0"),
        ("10", "10"),
        ("-100", "-100"),
        ("0.5", "0.5"),
        ("-0.965", "-0.965"),
        ("1/8", "0.125"),
        ("7/20", "0.35"),
        ("1/1024", "0.0009765625"),
        ("3/625", "0.0048"),
        ("200/3", "200/3"),
        ("-1/6", "-1/6"),
        ("1/15", "1/15"),
    ],
)
def test_an_exact_number_is_a_decimal_or_a_fraction(value: str, text: str) -> None:
    assert exact(Fraction(value)) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        ("8", Unit.PLAIN, "8"),
        ("0", Unit.PLAIN, "0"),
        ("100", Unit.PLAIN, "100"),
        ("-3.5", Unit.PLAIN, "-3.5"),
        ("1/3", Unit.PLAIN, "≈0.3333"),
        ("2/3", Unit.PLAIN, "≈0.6667"),
        ("0.0001", Unit.PLAIN, "0.0001"),
        ("0.00001", Unit.PLAIN, "≈0"),
        ("0.00005", Unit.PLAIN, "≈0.0001"),
        ("-2/3", Unit.PLAIN, "≈-0.6667"),
        ("1200.50", Unit.MONEY, "1200.5"),
        ("0.965", Unit.PERCENT, "96.5%"),
        ("0.961234", Unit.PERCENT, "96.1234%"),
        ("0.9612345", Unit.PERCENT, "≈96.1235%"),
        ("1", Unit.PERCENT, "100%"),
        ("-1/3", Unit.PERCENT, "≈-33.3333%"),
        ("0", Unit.DURATION, "0s"),
        ("59", Unit.DURATION, "59s"),
        ("60", Unit.DURATION, "1m"),
        ("65", Unit.DURATION, "1m5s"),
        ("3600", Unit.DURATION, "1h"),
        ("3605", Unit.DURATION, "1h5s"),
        ("3660", Unit.DURATION, "1h1m"),
        ("363721", Unit.DURATION, "101h2m1s"),
        ("65.5", Unit.DURATION, "65.5s"),
        ("200/3", Unit.DURATION, "≈66.6667s"),
        ("-65", Unit.DURATION, "-65s"),
    ],
)
def test_what_readers_are_shown(value: str, unit: Unit, text: str) -> None:
    assert show(Fraction(value), unit) == text


def test_a_minus_sign_is_set_for_readers() -> None:
    assert with_minus(show(Fraction(-7, 2))) == "−3.5"
    assert with_minus("≈-0.3") == "≈−0.3"


def test_how_many_decimals_readers_are_shown() -> None:
    third = Fraction(1, 3)
    assert [show(third, Unit.PLAIN, places) for places in (0, 1, 12)] == ["≈0", "≈0.3", "≈0.333333333333"]
    assert [plain(third), plain(third, 0), plain(Fraction(100), 0), plain(Fraction("79.90"))] == [
        "0.3333",
        "0",
        "100",
        "79.9",
    ]
    assert [fixed(third), fixed(third, 0), fixed(Fraction("-79.9")), fixed(Fraction(5), 3)] == [
        "0.33",
        "0",
        "-79.90",
        "5.000",
    ]
    assert [round_half_up(Fraction("-2.5"), 0), round_half_up(Fraction("2.44"), 1), round_half_up(Fraction(15), 0)] == [
        -3,
        Fraction("2.4"),
        15,
    ]
