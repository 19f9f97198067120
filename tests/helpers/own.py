"""Forms that take own totals: a quarter out of its months, a year out of its quarters and months."""

from __future__ import annotations

from kpigen.repository.lifecycle import transitions as lifecycle
from tests.helpers.tiny import DRAFT, TINY, Files, take, tiny

QUARTERLY, YEARLY = "rules/quarterly/2026-01.yaml", "rules/yearly/2026-01.yaml"

_HEAD = """\
schema: 1
form: {form}
title: {{zh: {form}, en: {form}}}
cycle: [{cycle}]
grades: {{A: 60, B: 0}}
confirmations: []
print: {{columns: [name, actual, points], signatures: []}}
indicators:
"""

QUARTERLY_RULE = (
    _HEAD.format(form="quarterly", cycle="quarter")
    + """\
  - id: months
    name: {zh: 月度, en: Months}
    weight: 100
    standard: {zh: 三个月的平均分, en: The mean of the three months}
    inputs: {months: {type: ratings, auto: {take: own_totals, form: tiny}}}
    score: {method: formula, formula: mean(months)}
examples:
  - {metrics: {months: [80, 70]}, total: 75, grade: A}
  - {metrics: {months: [50]}, total: 50, grade: B}
"""
)

YEARLY_RULE = (
    _HEAD.format(form="yearly", cycle="year")
    + """\
  - id: quarters
    name: {zh: 季度, en: Quarters}
    weight: 60
    standard: {zh: 四个季度的平均分, en: The mean of the quarters}
    inputs: {quarters: {type: ratings, auto: {take: own_totals, cycle: quarter, form: quarterly}}}
    score: {method: formula, formula: mean(quarters)}
  - id: course
    name: {zh: 走势, en: Course}
    weight: 40
    standard: {zh: 第一季度的和与最后一个月, en: 'The sum of the first quarter, the last month and its calls'}
    inputs:
      first: {type: ratings, name: {zh: 第一季度, en: First quarter}, auto: {take: own_totals, form: tiny, part: 1}}
      all: {type: ratings, name: {zh: 全年, en: Year}, auto: {take: own_totals, form: tiny}}
      calls: {type: ratings, name: {zh: 回访, en: Calls}, auto: {take: own_totals, form: tiny, indicator: calls}}
    score: {method: formula, formula: (sum(first) + last(all) + last(calls)) / 5}
examples:
  - {metrics: {quarters: [80, 70], course: {first: [80, 80, 80], all: [60, 80], calls: [80]}}, total: 77, grade: A}
  - {metrics: {quarters: [50], course: {first: [50], all: [50], calls: [50]}}, total: 42, grade: B}
"""
)

RULES: Files = {TINY: tiny()[TINY], QUARTERLY: QUARTERLY_RULE, YEARLY: YEARLY_RULE}


def path_of(period: str, form: str = "tiny") -> str:
    return f"reviews/{period}/A-1.{form}.md"


def month(number: int, calls: str) -> Files:
    """Return the draft of a month."""
    period = f"2026-{number:02}"
    return {path_of(period): DRAFT.replace("2026-01", period).replace("calls: 80", f"calls: {calls}")}


def quarter(number: int = 1, months: str = "auto") -> Files:
    """Return the draft of a quarter."""
    period = f"2026-Q{number}"
    text = (
        DRAFT.replace("2026-01", period)
        .replace("form: tiny", "form: quarterly")
        .replace("calls: 80", f"months: {months}")
    )
    return {path_of(period, "quarterly"): text}


def year(course: str = "{first: auto, all: auto, calls: auto}") -> Files:
    """Return the draft of the year."""
    text = DRAFT.replace("2026-01", "2026").replace("form: tiny", "form: yearly")
    return {path_of("2026", "yearly"): text.replace("calls: 80", f"quarters: auto\n  course: {course}")}


def published(files: Files, path: str, date: str) -> Files:
    """Return the files with a draft submitted and published on a day."""
    files = take(files, path, lifecycle.submit, date, lambda: "1" * 32)
    return take(files, path, lifecycle.publish, date, lambda: f"{sum(path.encode()):032x}")
