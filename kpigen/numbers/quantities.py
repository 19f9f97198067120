"""Numbers as people write them, exactly: text → Fraction, Fraction → text. No float is ever involved."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import TypeAlias

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Kind, shorten


class Unit(StrEnum):
    """What a number counts: plain, a share of one (written with %), seconds, or money."""

    PLAIN = "number"
    PERCENT = "percent"
    DURATION = "duration"
    MONEY = "money"


@dataclass(frozen=True, slots=True)
class Misread:
    """Why a text is not a valid value: the kind of problem, and an example that would be accepted."""

    kind: Kind
    value: str
    example: str = ""


_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_PERCENT = re.compile(r"[+-]?\d+(?:\.\d+)?%")
_DURATION = re.compile(r"(?=\d)(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
# A hyphen that is a sign, not the one in an id or a date.
_SIGN = re.compile(r"(?<![\w)\]])-(?=\d)")
_MAX_WHOLE, _MAX_DECIMALS = 15, 12
_Read: TypeAlias = Callable[[str], Fraction | Misread]


def read_number(text: str) -> Fraction | Misread:
    """Return the number that digits with an optional sign and decimals stand for, or why they cannot be read.

    >>> read_number("-3.5")
    Fraction(-7, 2)
    """
    if text.isascii() and _NUMBER.fullmatch(text):
        return _fraction(text, text)
    return _near_miss(text, read_number, catalogue.NOT_A_NUMBER, "12.5")


def is_same_number(one: str, other: str) -> bool:
    """Return whether two texts are one number in two writings.

    >>> is_same_number("73", "73.00"), is_same_number("73", "74")
    (True, False)
    """
    values = read_number(one), read_number(other)
    return isinstance(values[0], Fraction) and values[0] == values[1]


def read_count(text: str) -> Fraction | Misread:
    """Read a whole number: `12`."""
    if not (text.isascii() and _NUMBER.fullmatch(text)):
        return _near_miss(text, read_count, catalogue.NOT_A_NUMBER, "12")
    value = _fraction(text, text)
    if isinstance(value, Fraction) and "." in text:
        return Misread(catalogue.NOT_WHOLE, text, _mended(plain(value, 0), read_count) or text.partition(".")[0])
    return value


def read_percent(text: str) -> Fraction | Misread:
    """Return a percentage as a share of 1, or why it cannot be read. The percent sign is required.

    >>> read_percent("96.5%")
    Fraction(193, 200)
    """
    if text.isascii() and _PERCENT.fullmatch(text):
        value = _fraction(text[:-1], text)
        return value / 100 if isinstance(value, Fraction) else value
    if text.isascii() and _NUMBER.fullmatch(text):
        bare = _fraction(text, text)
        if isinstance(bare, Misread):
            return bare
        share = bare * 100 if 0 < abs(bare) <= 1 and "." in text else bare
        return Misread(catalogue.PERCENT_SIGN_MISSING, text, plain(share, _MAX_DECIMALS) + "%")
    return _near_miss(text, read_percent, catalogue.NOT_PERCENT, "96.5%")


def read_duration(text: str) -> Fraction | Misread:
    """Return a duration in seconds, or why it cannot be read.

    >>> read_duration("3m20s")
    Fraction(200, 1)
    """
    match = _DURATION.fullmatch(text) if text.isascii() else None
    if match and any(match.groups()):
        if max(len(part or "") for part in match.groups()) > _MAX_WHOLE:
            return Misread(catalogue.NUMBER_TOO_LONG, shorten(text))
        hours, minutes, seconds = (int(part or 0) for part in match.groups())
        return Fraction(hours * 3600 + minutes * 60 + seconds)
    clock = re.fullmatch(r"(\d{1,6})[:：](\d{1,6})(?:[:：](\d{1,6}))?", text)
    if clock:
        units = "hms" if clock[3] else "ms"
        return Misread(
            catalogue.CLOCK_DURATION,
            text,
            "".join(f"{int(n)}{u}" for n, u in zip(clock.groups(), units, strict=False) if n),
        )
    if text.isascii() and text.isdigit():
        if len(text) > _MAX_WHOLE:
            return Misread(catalogue.NUMBER_TOO_LONG, shorten(text))
        return Misread(catalogue.NOT_DURATION, text, f"{text}s")
    return _near_miss(text, read_duration, catalogue.NOT_DURATION, "3m20s")


def read_yes_no(text: str) -> bool | Misread:
    """Read `yes` or `no`."""
    if text in ("yes", "no"):
        return text == "yes"
    return Misread(catalogue.NOT_YES_NO, shorten(text), "yes")


def read_quantity(text: str) -> tuple[Fraction, Unit] | Misread:
    """Read a rule's number in any of its writings: `95%`, `30s`, `8`."""
    if text.endswith(("%", "％")):
        value, unit = read_percent(text), Unit.PERCENT
    elif re.search(r"[hms:]$", text):
        value, unit = read_duration(text), Unit.DURATION
    else:
        value, unit = read_number(text), Unit.PLAIN
    return value if isinstance(value, Misread) else (value, unit)


def _fraction(digits: str, text: str) -> Fraction | Misread:
    whole, _, decimals = digits.lstrip("+-").partition(".")
    if len(whole) > _MAX_WHOLE or len(decimals) > _MAX_DECIMALS:
        return Misread(catalogue.NUMBER_TOO_LONG, shorten(text))
    return Fraction(digits)


def _mended(text: str, read: _Read, generic: Misread | None = None) -> str | None:
    """Return what can be read: the text itself, or if `generic` is given, the suggestion of its own misreading."""
    value = read(text)
    if isinstance(value, Fraction):
        return text
    offers = generic is not None and (value.kind, value.example) != (generic.kind, generic.example)
    return (value.example or None) if offers else None


def _near_miss(text: str, read: _Read, fallback: Kind, example: str) -> Misread:
    """Return why `text` cannot be read. Try one correction after the other; the example is always readable."""
    generic = Misread(fallback, shorten(text), example)
    if len(text) > 40:
        return generic
    narrow = unicodedata.normalize("NFKC", text)
    joined = re.sub(r"\s+", "", narrow)
    ungrouped = re.sub(r"(?<=\d)[,'_、](?=\d{3,4}(?!\d))", "", joined)
    dotted = re.sub(r"^([+-]?)\.(?=\d)", r"\g<1>0.", re.sub(r"(?<=\d)\.(?=%?$)", "", ungrouped.replace("\u2212", "-")))
    mends = [
        (kind, mended)
        for kind, mended in (
            (catalogue.FULL_WIDTH, narrow),
            (catalogue.SPACE_IN_VALUE, joined),
            (catalogue.GROUPED_NUMBER, ungrouped),
            (fallback, dotted),
        )
        if mended != text
    ]
    for kind, mended in mends:
        if _mended(mended, read):
            return replace(generic, kind=kind, example=mended)
    exponent = re.fullmatch(r"([+-]?\d{1,15}(?:\.\d{1,12})?)[eE]([+-]?\d{1,2})", ungrouped)
    if exponent:
        value = Fraction(exponent[1]) * Fraction(10) ** int(exponent[2])
        written = exact(value)
        if isinstance(_fraction(written, text), Misread):
            return Misread(catalogue.NUMBER_TOO_LONG, generic.value)
        writing = _mended(written, read, generic)
        return replace(generic, kind=catalogue.EXPONENT, example=writing) if writing else generic
    unit = re.fullmatch(r"([+-]?\d{1,15}(?:\.\d{1,12})?)\D+", ungrouped)
    if unit and _mended(unit[1], read):
        return replace(generic, kind=catalogue.UNIT_IN_NUMBER, example=unit[1])
    for kind, mended in mends:
        writing = _mended(mended, read, generic)
        if writing:
            return replace(generic, kind=kind, example=writing)
    return generic


def _scaled(value: Fraction, places: int) -> int:
    """Return the value in units of its last decimal, rounded half away from zero; whole numbers only, for speed."""
    numerator, denominator = value.numerator * int(10**places), value.denominator
    half_up = (2 * abs(numerator) + denominator) // (2 * denominator)
    return half_up if numerator >= 0 else -half_up


def round_half_up(value: Fraction, places: int) -> Fraction:
    """Round to `places` decimals, halves away from zero."""
    return Fraction(_scaled(value, places), 10**places)


def rounded(value: Fraction, places: int, half_even: bool = False) -> Fraction:
    """Round to `places` decimals; halves away from zero, or to the even digit.

    >>> rounded(Fraction(5, 2), 0), rounded(Fraction(5, 2), 0, half_even=True)
    (Fraction(3, 1), Fraction(2, 1))
    """
    if not half_even:
        return round_half_up(value, places)
    unit = Fraction(1, 10**places)
    return round(value / unit) * unit


def fixed(value: Fraction, places: int = 2) -> str:
    """Return a number with exactly `places` decimals, rounded half-up, such as `79.90`."""
    scaled = _scaled(value, places)
    digits = f"{abs(scaled):0{places + 1}d}"
    sign = "-" if scaled < 0 else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"


def plain(value: Fraction, places: int = 4) -> str:
    """Write with at most `places` decimals, rounded half-up, without trailing zeros: `79.9`, `8`."""
    text = fixed(value, places)
    return text.rstrip("0").rstrip(".") if "." in text else text


def exact(value: Fraction) -> str:
    """Return the exact value as text: a decimal if it is finite, otherwise a fraction.

    >>> exact(Fraction(193, 200)), exact(Fraction(200, 3))
    ('0.965', '200/3')
    """
    denominator, twos, fives = value.denominator, 0, 0
    while denominator % 2 == 0:
        denominator, twos = denominator // 2, twos + 1
    while denominator % 5 == 0:
        denominator, fives = denominator // 5, fives + 1
    return plain(value, max(twos, fives)) if denominator == 1 else f"{value.numerator}/{value.denominator}"


def read_exact(text: str) -> Fraction:
    """Return the number that `exact` wrote. Raises ValueError for any other text."""
    if not re.fullmatch(r"-?\d{1,200}(?:\.\d{1,200}|/[1-9]\d{0,200})?", text):
        raise ValueError(text)
    return Fraction(text)


def show(value: Fraction, unit: Unit = Unit.PLAIN, places: int = 4) -> str:
    """Write a value for readers in its unit, with `≈` if it was rounded: `95%`, `1h0m5s`, `≈66.6667`."""
    if unit is Unit.DURATION and value.denominator == 1 and value >= 0:
        return _clock(value.numerator)
    scaled = value * 100 if unit is Unit.PERCENT else value
    text = plain(scaled, places)
    sign = "" if 10**places % scaled.denominator == 0 else "≈"
    return f"{sign}{text}" + ("%" if unit is Unit.PERCENT else "s" if unit is Unit.DURATION else "")


def grouped(text: str) -> str:
    """Return a number's text with commas between its thousands.

    >>> grouped("+1234567.50"), grouped("999.00")
    ('+1,234,567.50', '999.00')
    """
    whole, point, decimals = text.partition(".")
    return re.sub(r"(?<=\d)(?=(?:\d{3})+$)", ",", whole) + point + decimals


def with_minus(text: str) -> str:
    """Return a number's text with a minus sign (−) instead of the hyphen, for readers."""
    return text.replace("-", "−")


def with_minuses(text: str) -> str:
    """Return a text with a minus sign (−) for each hyphen that is the sign of a number.

    >>> with_minuses("-3 × (-2) on 2026-01-02 by A-1")
    '−3 × (−2) on 2026-01-02 by A-1'
    """
    return _SIGN.sub("−", text)


def _clock(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    minutes, rest = divmod(rest, 60)
    parts = [(hours, "h"), (minutes, "m"), (rest, "s")]
    return "".join(f"{n}{unit}" for n, unit in parts if n) or "0s"
