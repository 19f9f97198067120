"""Forms on other scales than a sum out of 100 with grades from A to E, and a repository of reviews by them.

`five`: out of 5 with three decimals. `guards`: additions and deductions from 0, whole numbers with a sign, no weights, and a
last grade without bound. `coefficient`: out of 1 with four decimals, without grades. `tiny`: as usual.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from kpigen.files.rules.form import read_form
from kpigen.model.forms import Form
from tests.helpers.forms import run
from tests.helpers.tiny import TINY_RULE

_HEAD = """\
schema: 1
form: {form}
title: {title}
cycle: [month]
confirmations: []
print: {{columns: [name, points], signatures: []}}
"""
FIVE = (
    _HEAD.format(form="five", title="{zh: 五分表, en: Out of five}")
    + """\
full: 5
decimals: 3
grades: {Outstanding: 4.5, Good: 3, Poor: none}
sections:
  - id: work
    name: {zh: 工作, en: Work}
    indicators:
      - {id: quality, name: {zh: 质量, en: Quality}, weight: 60%, inputs: {rating: {type: rating}}, score: {method: value}}
  - id: conduct
    name: {zh: 态度, en: Conduct}
    indicators:
      - {id: order, name: {zh: 纪律, en: Order}, weight: 40%, inputs: {rating: {type: rating}}, score: {method: value}}
examples:
  - {metrics: {quality: 5, order: 3.75}, total: 4.5, grade: Outstanding}
  - {metrics: {quality: 1, order: 1}, total: 1, grade: Poor}
"""
)
GUARDS = (
    _HEAD.format(form="guards", title="{zh: 保安表, en: Guards}")
    + """\
decimals: 0
signed: yes
grades: {Good: 20, Fair: 0, Bad: none}
sections:
  - id: more
    name: {zh: 加分, en: Additions}
    indicators:
      - {id: caught, name: {zh: 抓获, en: Caught}, inputs: {times: {type: count}}, measure: 20 * times, score: {method: value}}
  - id: less
    name: {zh: 扣分, en: Deductions}
    indicators:
      - {id: late, name: {zh: 迟到, en: Late}, inputs: {times: {type: count}}, measure: -2 * times, score: {method: value}}
examples:
  - {metrics: {caught: 1, late: 0}, total: 20, grade: Good}
  - {metrics: {caught: 0, late: 1}, total: -2, grade: Bad}
"""
)
COEFFICIENT = (
    _HEAD.format(form="coefficient", title="{zh: 系数表, en: Coefficient}")
    + """\
full: 1
decimals: 4
indicators:
  - id: sales
    name: {zh: 完成率, en: Completion}
    weight: 1
    out_of: 1
    inputs: {rate: {type: number, min: 0, max: 2}}
    score: {method: value}
examples:
  - {metrics: {sales: 0.7257}, total: 0.7257}
  - {metrics: {sales: 0}, total: 0}
"""
)
USUAL = TINY_RULE.replace("origin: {name: chosen, weight: chosen, score: chosen, grades: chosen}\n", "")
RULES = {"five": FIVE, "guards": GUARDS, "coefficient": COEFFICIENT, "tiny": USUAL}

ROSTER = """\
id,name,login,email,department,position,manager,form,from,to
M-1,Ma,ma,ma@example.com,North,Lead,,,2024-01-01,
"""
REVIEW = """\
---
employee: {{id: {id}, name: {name}, department: {department}, position: Staff, manager: M-1}}
period: {period}
form: {form}
status: draft
metrics: {metrics}
---

Text.
"""


@cache
def form(id_: str) -> Form:
    """Return one of these forms. Fails if it has a finding."""
    read, found = read_form(f"rules/{id_}/2026-01.yaml", RULES[id_].encode(), ("zh", "en"))
    assert found == [], [item.message for item in found]
    assert read is not None
    return read


#: Who has which metrics, by form and period.
METRICS: dict[tuple[str, str], dict[str, str]] = {
    ("five", "2026-01"): {"A-1": "{quality: 5, order: 3.74}", "A-2": "{quality: 2, order: 1.5}"},
    ("five", "2026-02"): {"A-1": "{quality: 5, order: 3.75}", "A-2": "{quality: 3, order: 3}"},
    ("guards", "2026-01"): {"B-1": "{caught: 2, late: 4}", "B-2": "{caught: 0, late: 7}"},
    ("guards", "2026-02"): {"B-1": "{caught: 0, late: 8}", "B-2": "{caught: 0, late: 0}"},
    ("coefficient", "2026-01"): {"C-1": "{sales: 0.7257}", "C-2": "{sales: 0.98}"},
    ("coefficient", "2026-02"): {"C-1": "{sales: 0.8}", "C-2": "{sales: 0.98}"},
    ("tiny", "2026-01"): {"D-1": "{calls: 80}"},
}


def path_of(form_id: str, period: str, employee: str) -> str:
    """Return where a review lies."""
    return f"reviews/{period}/{employee}.{form_id}.md"


def make(
    root: Path,
    metrics: Mapping[tuple[str, str], Mapping[str, str]] = METRICS,
    rules: Mapping[str, str] = RULES,
    language: str = "en",
) -> list[Path]:
    """Write a repository of drafts by these forms, and return their paths. The department is North for odd ids, else South."""
    for id_, text in rules.items():
        place = root / f"rules/{id_}/2026-01.yaml"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")
    (root / "kpigen.toml").write_text(
        f'languages = ["{language}"]\norganisation = {{{language} = "Sample"}}\n', "utf-8"
    )
    lines, paths = [ROSTER], []
    for (form_id, period), people in metrics.items():
        for id_, written in people.items():
            department = "North" if id_.endswith(("1", "3", "5")) else "South"
            text = REVIEW.format(
                id=id_, name=f"Wang {id_}", department=department, period=period, form=form_id, metrics=written
            )
            paths.append(root / path_of(form_id, period, id_))
            paths[-1].parent.mkdir(parents=True, exist_ok=True)
            paths[-1].write_text(text, "utf-8")
            line = f"{id_},Wang {id_},,,{department},Staff,M-1,{form_id},2024-01-01,\n"
            lines += [] if line in lines else [line]
    (root / "reviews/people.csv").write_text("".join(lines), "utf-8")
    return paths


def publish(root: Path, paths: Iterable[Path]) -> None:
    """Submit and publish reviews."""
    run(root, "submit", *paths, "--yes", "--date", "2026-03-01")
    run(root, "publish", *paths, "--yes", "--date", "2026-03-02")
