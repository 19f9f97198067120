"""What the standard and the score say of one number: where they differ, and where they only seem to."""

from __future__ import annotations

import time

import pytest

from kpigen.diagnostics.diagnostic import sort_key
from kpigen.files.rules.form import read_form
from tests.helpers.forms import indicator_from, rulebook
from tests.helpers.tiny import TINY, TINY_RULE

COUNT = "inputs: {n: {type: count}}\n"
PERCENT = "inputs: {n: {type: percent}}\n"
TIME = "inputs: {n: {type: duration, above: 0s}}\n"
HOURS = "inputs: {n: {type: number, min: 0, unit: {zh: 小时, en: hours}}}\n"
NUMBER = "inputs: {n: {type: number, min: 0}}\n"
CHOICE = "inputs: {n: {type: choice, choices: {a: {zh: 优, en: A}, b: {zh: 良, en: B}, c: {zh: 差, en: C}}}}\n"
GROUPS = "inputs: {s: {type: ratings, name: {zh: 自, en: S}}, m: {type: ratings, name: {zh: 上, en: M}}}\n"
GAIN = "score: {method: curve, points: {0%: 115, 5%: 100, 15%: 0}, cap: 130}"
FROM = "score: {method: deductions, deductions: [{of: n, points: 4}], from: 20, floor: 0}"
SHORT = "score: {method: deductions, deductions: [{of: n, short_of: 420, points: 2}], floor: 0}"
RATIO = "score: {method: ratio, target: 95%}"
SLOW = "score: {method: ratio, target: 30s, better: lower}"
OVER = "score: {method: deductions, deductions: [{of: measure, over: 15%, every: 5%, points: 3}], floor: 0}"
LEVELS = "score: {method: levels, levels: {a: 90, b: 70, c: 30}}"
CURVE = "score: {method: curve, points: {80%: 0, 90%: 60, 98%: 100}}"
BAND = "score: {method: reference, reference: 0%, band: 3%, above: {points: -2, every: 1%}, cap: 130, floor: 70}"


def said(rule: str, text: str, language: str = "zh", more: str = "") -> list[tuple[str, str]]:
    """Return what differs: the number of the text, and that of the score."""
    texts = {"zh": "按规定计分", "en": "Scored as the rules say", language: text}
    quoted = ", ".join(f"{code}: '{one}'" for code, one in texts.items())
    _, found = indicator_from(f"standard: {{{quoted}}}\n{rule}\n{more}")
    assert {item.code for item in found} <= {"KPI560"}, [item.message for item in found]
    return [(str(dict(item.args)["said"]), str(dict(item.args)["has"])) for item in found]


ALARMS = [
    # the number of the issue: 400 in the text, 420 in the rule
    (COUNT + SHORT, "每月回访 400 人次；每少 1 人次扣 2 分", [("400", "420")]),
    (COUNT + SHORT, "每月回访四百人次；每少 1 人次扣 2 分", [("四百", "420")]),
    (COUNT + SHORT, "每月回访 ４００ 人次；每少 1 人次扣 2 分", [("400", "420")]),
    (COUNT + SHORT, "每月回访 420 人次；每少 1 人次扣 3 分", [("3", "2")]),
    (COUNT + SHORT, "每月回访 420 人次；每少 1 人次扣三分", [("三", "2")]),
    (COUNT + SHORT, "每月回访 400 人次；每少 1 人次扣 3 分", [("400", "420"), ("3", "2")]),
    (COUNT + SHORT.replace("420", "1200"), "每月 1,250 件；每少 1 件扣 2 分", [("1,250", "1200")]),
    (COUNT + SHORT.replace("420", "30000"), "每月 2.5 万件；每少 1 件扣 2 分", [("2.5 万", "30000")]),
    (PERCENT + RATIO, "满意率达到 90% 得 100 分，不足 90% 按比例计分", [("90%", "95%")]),
    (PERCENT + RATIO, "达到百分之九十得满分", [("百分之九十", "95%")]),
    (PERCENT + RATIO, "达到 90 个百分点得满分", [("90 个百分点", "95%")]),
    (TIME + SLOW, "平均响应时间不超过 45 秒得 100 分", [("45 秒", "30s")]),
    (TIME + SLOW.replace("30s", "3m20s"), "不超过 3 分钟得 100 分", [("3 分钟", "3m20s")]),
    (TIME + SLOW.replace("30s", "4h"), "不超过 3 小时得 100 分", [("3 小时", "4h")]),
    (HOURS + "score: {method: ratio, target: 8}", "培训满 6 小时得 100 分，不足按比例计分", [("6 小时", "8")]),
    (PERCENT + OVER, "流失率不超过 15%；超过后每满 5 个百分点扣 2 分", [("2", "3")]),
    (PERCENT + OVER, "流失率不超过 10%；超过后每满 5 个百分点扣 3 分", [("10%", "15%")]),
    (CHOICE + LEVELS, "优 90 分，良 80 分，差 30 分", [("80", "70")]),
    (PERCENT + CURVE, "98% 及以上得 100 分，85% 及以下得 0 分，90% 得 60 分", [("85%", "80%")]),
    (PERCENT + CURVE, "98% 及以上得 100 分，80% 及以下得 0 分，90% 得 55 分", [("55", "60")]),
    (PERCENT + BAND, "相差不超过 3% 得 100 分，每超 1 个百分点减 2 分，最高 120 分，最低 70 分", [("120", "130")]),
    (NUMBER + "score: {method: formula, formula: 'min(n / 420, 1) * 100'}", "完成 400 件得满分", [("400", "420")]),
    (NUMBER + "score: {method: formula, formula: '100 if n >= 420 else 0'}", "完成 400 件得满分", [("400", "420")]),
    (
        GROUPS + "score: {method: ratings, weights: {s: 40, m: 60}}",
        "自评占 30，上级评分占 60",
        [("30", "40")],
    ),
]


@pytest.mark.parametrize(("rule", "text", "found"), ALARMS)
def test_what_differs(rule: str, text: str, found: list[tuple[str, str]]) -> None:
    assert sorted(said(rule, text)) == sorted(found)


SCALE = {"abc": "{a: {zh: 优, en: A, points: 5}, b: {zh: 良, en: B, points: 4}, c: {zh: 差, en: C, points: 2}}"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("优 5 分，良 4 分，差 2 分", []),
        ("优 5 分，良 3 分，差 2 分", [("3", "4")]),
        ("按三级评定", []),
    ],
)
def test_the_points_of_a_scale_are_numbers_of_the_score(text: str, found: list[tuple[str, str]]) -> None:
    scales = "scales:\n" + "".join(f"  {id_}: {one}\n" for id_, one in SCALE.items())
    rule = TINY_RULE.replace("indicators:", scales + "indicators:").replace("{type: count}", "{scale: abc}")
    rule = rule.replace("standard: {zh: 每次一分", f"standard: {{zh: '{text}'").replace(
        "{method: value}", "{method: levels}"
    )
    _, other = read_form(TINY, rule.encode(), ("zh", "en"))
    said_twice = [dict(item.args) for item in other if item.code == "KPI560"]
    assert [(str(item["said"]), str(item["has"])) for item in said_twice] == found


ENGLISH = [
    (COUNT + SHORT, "400 follow-up calls a month; 2 points less for each call short of it", [("400", "420")]),
    (COUNT + SHORT, "420 follow-up calls a month; 3 points less for each call short of it", [("3", "2")]),
    (COUNT + SHORT.replace("420", "1200"), "1,250 calls a month; two points less for each", [("1,250", "1200")]),
    (TIME + SLOW, "45 seconds or less scores 100", [("45 seconds", "30s")]),
    (HOURS + "score: {method: ratio, target: 8}", "6 hours or more score 100; fewer in proportion", [("6 hours", "8")]),
    (PERCENT + RATIO, "90% or more scores 100; less in proportion", [("90%", "95%")]),
]


@pytest.mark.parametrize(("rule", "text", "found"), ENGLISH)
def test_what_differs_in_english(rule: str, text: str, found: list[tuple[str, str]]) -> None:
    assert sorted(said(rule, text, "en")) == sorted(found)


NO_ALARMS = [
    # as it is, in every writing
    (COUNT + SHORT, "每月回访 420 人次；每少 1 人次扣 2 分，扣完为止"),
    (COUNT + SHORT, "每月回访四百二十人次；每少一人次扣两分，扣完为止"),
    (COUNT + SHORT.replace("420", "1200"), "每月 1,200 件；每少 1 件扣２分"),
    (PERCENT + RATIO, "达到百分之九十五得满分"),
    (TIME + SLOW, "不超过半分钟即 30 秒得满分"),
    (TIME + SLOW.replace("30s", "4h"), "不超过 4 小时（240 分钟）得满分"),
    (HOURS + "score: {method: ratio, target: 8}", "培训满 8 小时得满分"),
    (PERCENT + BAND, "相差不超过 3% 得 100 分，每超 1 个百分点减 2 分，最高 130 分，最低 70 分"),
    (CHOICE + LEVELS, "优 90 分，良 70 分，差 30 分"),
    # the text names no number, or none of the score
    (COUNT + SHORT, "按回访人次计分"),
    (COUNT + SHORT, "每天电话调查 20 人次，抽查 5 份录音"),
    (TIME + SLOW, "投诉应在 2 小时内答复，3 个工作日内解决"),
    # numbers of another unit, or far from it
    (PERCENT + RATIO, "每月抽查 90 件，合格率达到目标得满分"),
    (COUNT + SHORT, "每月 40 家客户各回访一次，每少 1 次扣 2 分"),
    (COUNT + SHORT, "投诉 3 天内解决，每少 1 人次扣 2 分，全年 5000 次"),
    # dates, clock times, ordinals, entries, names
    (COUNT + SHORT, "2026 年起每月 5 日前上报，按第 400 号文件执行"),
    (COUNT + SHORT, "1. 准时；2. 整洁；3. 有记录（见 5S 要求）"),
    (COUNT + SHORT.replace("points: 2", "points: 4"), "每月 420 人次，9:00 至 18:00；每少 1 人次扣 4 分，见第 3 项"),
    (COUNT + SHORT.replace("points: 2", "points: 4"), "有违纪的一票否决；三项均须留有记录"),
    # what follows from the numbers: shares of the weight, differences, sums, what is left, slopes
    (COUNT + SHORT.replace("points: 2", "points: 20") + "\nweight: 10", "每月回访 420 人次；每少 1 人次扣 2 分"),
    (PERCENT + "score: {method: ratio, target: 95%}", "差错率不超过 5% 得满分"),
    (CHOICE + LEVELS, "三个等级，相差 20 分至 40 分"),
    (CHOICE + "score: {method: levels, levels: {a: 90, b: 60, c: 30}}", "优 90 分，每差一级减 30 分"),
    (COUNT + "score: {method: formula, formula: '60 if n > 3 else 20'}", "超过 3 次得 60 分，相差 40 分"),
    (PERCENT + CURVE, "80% 以下不得分，每高 1 个百分点加 6 分，90% 以后每高 1 个百分点加 5 分"),
    (PERCENT + GAIN, "5% 得 100 分；每低 1 个百分点加 3 分，最高 130 分，15% 得 0 分"),
    (COUNT + FROM, "满分 20 分，出现 5 次不得分，每次扣 4 分"),
    # ranges that the levels lie in
    (CHOICE + "score: {method: levels, levels: {a: 95, b: 85, c: 75}}", "优 90–100 分，良 80–89 分，中 70–79 分"),
    (CHOICE + "score: {method: levels, levels: {a: 95, b: 85, c: 75}}", "优 90 至 100，良 80 到 89，中 70~79"),
    # of what belongs together nothing is named: the text tells something else
    (CHOICE + LEVELS, "本部分满分 60 分，由上级按表现评定"),
    (PERCENT + BAND, "每年两次，每次 4 分"),
    # a factor of a formula only changes the scale
    (NUMBER + "score: {method: formula, formula: 'n * 20'}", "每月抽查 10 份录音，按平均分计"),
    # points are not things
    (COUNT + "score: {method: deductions, deductions: [{of: n, points: 8}], floor: 0}", "每月抽查 10 份，每错一份扣分"),
    # another text of the indicator names it
    (COUNT + SHORT + "\ntarget: {zh: 420 人次, en: 420 calls}", "不足目标每少 1 人次扣 2 分；少于 300 人次不得分"),
    (
        "inputs: {n: {type: count, help: {zh: 应为 420 人次, en: 420}}}\n" + SHORT,
        "少于 300 人次不得分；每少 1 人次扣 2 分",
    ),
    # outside of the score
    (
        "inputs: {n: {type: number, min: 1, max: 5}}\nscore: {method: formula, formula: 'n / 4 * 100'}",
        "按 1 到 5 分打分",
    ),
    (COUNT + "limits: [n <= 31]\n" + SHORT.replace("420", "26"), "每月 31 天，出勤满 26 天；每少 1 天扣 2 分"),
    (
        COUNT + "when_zero: {n: 60}\n" + SHORT.replace("points: 2", "points: 50"),
        "没有的得 60 分；不足 420 每少 1 扣 50 分",
    ),
]


@pytest.mark.parametrize(("rule", "text"), NO_ALARMS)
def test_what_only_seems_to_differ(rule: str, text: str) -> None:
    assert said(rule, text) == []


def test_the_forms_have_no_such_finding() -> None:
    assert len(rulebook().forms) == 10  # `rulebook` fails if any of them has a finding


def test_each_language_has_a_finding_at_its_text() -> None:
    text = (
        "standard:\n  zh: 每月回访 400 人次\n  en: 400 calls a month\n"
        + COUNT
        + SHORT.replace("points: 2", "points: 1")
    )
    _, found = indicator_from(text)
    assert [(item.code, item.span.line, item.span.column, item.is_error) for item in sorted(found, key=sort_key)] == [
        ("KPI560", 2, 7, False),
        ("KPI560", 3, 7, False),
    ]
    assert found[0].message == "the standard says 400, and the score has 420"
    assert found[0].hint == "correct the one that is wrong; if both are right, name 420 in the text too"


def test_a_table_of_many_numbers_takes_no_time() -> None:
    points = ", ".join(f"{n}: {n}" for n in range(500))
    text = " ".join(f"{n}" for n in range(1000))
    begun = time.perf_counter()
    assert said(NUMBER + f"score: {{method: curve, points: {{{points}}}}}", text) == []
    assert time.perf_counter() - begun < 20
