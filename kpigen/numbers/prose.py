"""The numbers that a text for people names: `600 人次`, `百分之五`, `1,200`, `30 秒`, `four hours`.

It takes what is surely a number for one, and leaves out what is a date, an ordinal, the number of an entry, or part of a name:
`2026 年`, `第 3 项`, `(1)`, `5S`. Whoever compares texts with rules must not be misled by them.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from fractions import Fraction

from kpigen.numbers.quantities import Unit, read_duration

_DIGITS = {"〇": 0, "零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_CHINESE = "".join(_DIGITS)
_WORDS = {
    word: number
    for number, word in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())  # noqa: SIM905
}

#: Full-width digits and signs as the others, character by character, so that places stay.
_NARROW = str.maketrans("０１２３４５６７８９％．，－～（）：", "0123456789%.,-~():")
_NUMBER = r"\d+(?:,\d{3})+(?:\.\d+)?(?![\d])|\d+(?:\.\d+)?"

#: What has digits and is no number that a rule has.
_NO_NUMBER = re.compile(
    rf"""
    (?<!\d)(?:
        \d{{4}}-\d{{1,2}}(?:-\d{{1,2}})?(?!\d)                 # 2026-01, 2026-01-05
        | \d{{1,2}}:\d{{2}}(?!\d)                              # 9:00
        | \d+\ ?(?:年|月(?!均)|[日号](?!均)|点(?!\d))             # 2026 年, 3 月, 5 日, 18 点
        | \d+(?:st|nd|rd|th)\b                                # 3rd
        | \d+(?:\.\d+)?(?:[A-Z][A-Za-z]*|°)                   # 5S, 360°
        | \d+\ ?[×x*]\ ?\d+                                    # 7×24
        | [A-Za-z_]\d[\w.]*                                   # N2, Q3, v1.2
    )
    | (?<=\bin\ )(?:19|20)\d\d\b                              # in 2026
    | 第\ ?(?:\d+|[{_CHINESE}十百]+)                            # 第 3 项
    | \b(?:[Nn]o\.|(?i:items?|sections?|clauses?|articles?|rows?|levels?)|ISO|GB(?:/T)?)[-\ ]?\d+
    | (?:^|(?<=[\n。；;：:]))\s*\(?\d{{1,2}}(?:[).、](?!\d))       # 1. at the beginning of an entry
    | \(\d{{1,2}}\)                                            # (1)
    """,
    re.VERBOSE | re.MULTILINE,
)

_PERCENT = r"%|个?百分点|percent\b|per\ cent\b|percentage\ points?\b"
_SECONDS = {"小时": 3600, "分钟": 60, "秒": 1, "秒钟": 1, "hour": 3600, "minute": 60, "min": 60, "second": 1, "sec": 1}
_TIMES = {"百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}

_TOKEN = re.compile(
    rf"""
    (?P<clock>(?<![A-Za-z0-9.])(?:\d+h)?(?:\d+m)?(?:\d+s)?(?<=\d[hms])(?![A-Za-z0-9]))
    | (?P<spoken>\d+\ ?(?:小时|分钟?)(?:\ ?\d+\ ?(?:分钟?|秒钟?)){{1,2}})
    | (?P<fraction>(?<![\d.])\d+/[1-9]\d*(?![\d.]))
    | (?P<number>(?<![\d.])(?:{_NUMBER}))(?P<times>\ ?[百千万亿](?!分))?
      (?:\ ?(?P<percent>{_PERCENT})|\ ?(?P<time>{"|".join(_SECONDS)})s?)?
    | 百分之(?P<share>[{_CHINESE}十百点]+)
    | (?P<tenths>[一二三四五六七八九])成(?![{_CHINESE}])
    | (?<=[扣减加得计记])(?P<points>[{_CHINESE}十]+)(?=分(?!钟|之))
    | (?P<chinese>[{_CHINESE}十][{_CHINESE}十百千万]*)(?P<while>小时|分钟|秒钟?)?
    | \b(?P<word>(?i:{"|".join(sorted(_WORDS, key=len, reverse=True))}))\b
    """,
    re.VERBOSE,
)
#: What is counted, so that the number before it is no points.
_COUNT = re.compile(r"\ ?[个人次件名位家台套份笔单项条篇天场户元本批辆班组米吨]")
_RANGE = re.compile(r"\s*(?:分|%)?\s*(?:-|–|—|~|至|到|\bto\b)\s*")
_BLANK = "\0"
#: Longer than this is no number that a rule has.
_LONGEST = 30


@dataclass(frozen=True, slots=True)
class Named:
    """A number in a text, as it stands there. A percentage is a share of one, a duration seconds.

    `is_count`: it counts things, so it is no points. `is_vague`: a word such as `三` or `two` that may be no number at all.
    """

    value: Fraction
    unit: Unit
    text: str
    start: int
    end: int
    is_count: bool = False
    is_vague: bool = False


@dataclass(frozen=True, slots=True)
class NamedRange:
    """A range of numbers in a text: `80–89`."""

    low: Fraction
    high: Fraction
    unit: Unit


def numbers_in(text: str) -> tuple[Named, ...]:
    """Return the numbers that a text names, in order.

    >>> [(str(item.value), item.unit.value) for item in numbers_in("每月 600 人次，第 3 项至少 95%，30 秒内，扣五分")]
    [('600', 'number'), ('19/20', 'percent'), ('30', 'duration'), ('5', 'number')]
    """
    plain = _NO_NUMBER.sub(lambda match: _BLANK * len(match[0]), text.translate(_NARROW))
    found = (_named(match, plain) for match in _TOKEN.finditer(plain) if 0 < len(match[0]) <= _LONGEST)
    return tuple(item for item in found if item is not None)


def ranges_in(text: str, numbers: tuple[Named, ...]) -> tuple[NamedRange, ...]:
    """Return the ranges between two of the numbers of a text that stand side by side: `80 到 89`."""
    narrow = text.translate(_NARROW)
    found = []
    for one, other in itertools.pairwise(numbers):
        if _RANGE.fullmatch(narrow[one.end : other.start]):
            low = one.value / 100 if other.unit is Unit.PERCENT and one.unit is Unit.PLAIN else one.value
            found.append(NamedRange(min(low, other.value), max(low, other.value), other.unit))
    return tuple(found)


def _named(match: re.Match[str], text: str) -> Named | None:
    """Return the number that a token stands for; None if it stands for none."""
    unit, vague = Unit.PLAIN, False
    if match["clock"] or match["spoken"]:
        value, unit = _duration(match["clock"] or match["spoken"]), Unit.DURATION
    elif match["number"]:
        value = Fraction(match["number"].replace(",", "")) * _TIMES.get((match["times"] or "").strip(), 1)
        if match["percent"]:
            value, unit = value / 100, Unit.PERCENT
        elif match["time"]:
            value, unit = value * _SECONDS[match["time"]], Unit.DURATION
    elif match["fraction"]:
        value, vague = Fraction(match["fraction"]), True
    elif match["word"]:
        value, vague = Fraction(_WORDS[match["word"].lower()]), True
    elif match["tenths"]:
        value, unit, vague = Fraction(_DIGITS[match["tenths"]], 10), Unit.PERCENT, True
    else:
        read = _chinese(match["share"] or match["points"] or match["chinese"])
        if read is None:
            return None
        value = read
        if match["share"]:
            value, unit = value / 100, Unit.PERCENT
        elif match["while"]:
            value, unit = value * _SECONDS[match["while"]], Unit.DURATION
        else:
            vague = not match["points"] and value < 11
    is_count = unit is Unit.PLAIN and _COUNT.match(text, match.end()) is not None
    return Named(value, unit, match[0].strip(), match.start(), match.end(), is_count, vague)


def _duration(text: str) -> Fraction:
    ascii_ = re.sub(r"秒钟?", "s", re.sub(r"分钟?", "m", text.replace("小时", "h"))).replace(" ", "").replace(",", "")
    value = read_duration(ascii_)
    return value if isinstance(value, Fraction) else Fraction(0)


def _chinese(text: str) -> Fraction | None:
    """Return what a Chinese numeral stands for; None if it is none: `一五一十`.

    >>> _chinese("一百二十"), _chinese("两千零五"), _chinese("九十五点五"), _chinese("一五一十")
    (Fraction(120, 1), Fraction(2005, 1), Fraction(191, 2), None)
    """
    whole, point, decimals = text.partition("点")
    if point:
        digits = "".join(str(_DIGITS[char]) for char in decimals if char in _DIGITS)
        base = _chinese(whole)
        return (
            None
            if base is None or len(digits) != len(decimals)
            else base + Fraction(int(digits or 0), 10 ** len(digits))
        )
    total = part = 0
    last_place, digit = 10**9, -1
    for char in whole:
        if char == "万":
            part += max(digit, 0)
            total, part, last_place, digit = (total + part) * 10_000, 0, 10**9, -1
        elif char in _PLACES:
            place = _PLACES[char]
            if place >= last_place or (digit < 0 and part):
                return None
            part, last_place, digit = part + (1 if digit < 0 else digit) * place, place, -1
        elif char in "零〇":
            if digit >= 0:
                return None
        elif digit >= 0:
            return None
        else:
            digit = _DIGITS[char]
    return Fraction(total + part + max(digit, 0))
