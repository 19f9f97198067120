"""The numbers that a text names, and what has digits and names none."""

from __future__ import annotations

import pytest

from kpigen.numbers.prose import numbers_in, ranges_in


def named(text: str) -> list[str]:
    """Return the numbers as `value unit`; `#` if it counts things, `?` if it is vague."""
    short = {"number": "", "percent": "of 1", "duration": "s"}
    return [
        f"{item.value} {short[item.unit.value]}".strip() + "#" * item.is_count + "?" * item.is_vague
        for item in numbers_in(text)
    ]


NUMBERS = [
    ("每月回访 600 人次；每少 1 人次扣 1 分", ["600#", "1#", "1"]),
    ("６００件，９５％，４．５分", ["600#", "19/20 of 1", "9/2"]),
    ("1,200 calls and 12,000.50", ["1200", "24001/2"]),
    ("3 万元，2千件，1.5 亿", ["30000#", "2000#", "150000000"]),
    (
        "95%、95 %、95 percent、5 个百分点、5百分点, 2 percentage points",
        ["19/20 of 1"] * 3 + ["1/20 of 1"] * 2 + ["1/50 of 1"],
    ),
    ("百分之九十五，百分之九十五点五，百分之百", ["19/20 of 1", "191/200 of 1", "1 of 1"]),
    ("30 秒、30秒钟、30s、30 seconds, 30 sec", ["30 s"] * 5),
    ("5 分钟、5m、5 minutes, 5 mins", ["300 s"] * 4),
    ("4 小时、四小时、4h、4 hours", ["14400 s"] * 4),
    ("3 分 20 秒、3分20秒、3m20s", ["200 s"] * 3),
    ("1 小时 5 分", ["3900 s"]),
    ("五分钟内，五分以上，扣五分，得十分", ["300 s", "5?", "5", "10"]),
    ("六百人次、一百二十、两千零五、三万、十五", ["600#", "120", "2005", "30000", "15"]),
    ("一票否决；三项；十分认真；八成", ["1?", "3#?", "10?", "4/5 of 1?"]),
    ("千万不要；万一；一五一十；百分百", ["1?"]),
    ("two points, Ten, none, often, one", ["2?", "10?", "1?"]),
    ("1/3 of it", ["1/3?"]),
    ("-5, −3, +2", ["5", "3", "2"]),
    ("0.5 分", ["1/2"]),
]


@pytest.mark.parametrize(("text", "numbers"), NUMBERS)
def test_numbers(text: str, numbers: list[str]) -> None:
    assert named(text) == numbers


NONE = [
    "2026 年 3 月 5 日",
    "2026-01 和 2026-01-05",
    "9:00 到 18:30，下午 5 点，25 号前",
    "in 2026",
    "第 3 项、第三项、第十二条",
    "the 1st, 2nd, 3rd and 24th",
    "item 4, section 2, No. 7, row 12, level 3",
    "1. 准时；2、整洁\n3) 完整",
    "(1) 准时（2）整洁",
    "5S、6S 管理，360° 评估，N1 与 N2，Q3，v1.2，A4",
    "ISO 9001，GB/T 19001，ISO-9001",
    "7×24 小时",
    "",
]


@pytest.mark.parametrize("text", NONE)
def test_what_names_no_number(text: str) -> None:
    assert named(text) == []


def test_a_number_knows_its_place() -> None:
    text = "满意率达到 ９５％ 得满分"
    (item,) = numbers_in(text)
    assert text[item.start : item.end] == "９５％"


RANGES = [
    ("80–89、90-100、60 到 69、从 5 分至 6 分、7~8、70 to 79", ["80 89", "90 100", "60 69", "5 6", "7 8", "70 79"]),
    ("80%–90%、80-90%", ["4/5 9/10", "4/5 9/10"]),
    ("90 至 80", ["80 90"]),
    ("80 分，89 分", []),
    ("", []),
]


@pytest.mark.parametrize(("text", "ranges"), RANGES)
def test_ranges(text: str, ranges: list[str]) -> None:
    found = ranges_in(text, numbers_in(text))
    assert [f"{item.low} {item.high}" for item in found] == ranges
