"""kpigen, docs/canonical-form.md with its worked example, and a program written from that page alone agree."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tests.forms.test_forms import MONTHLY as MONTHS_OF_A_YEAR
from tests.scoring.canonical_form import (
    Taken,
    by_value,
    content,
    fields,
    formula,
    indicator,
    jcs,
    scoring_part,
    seal,
    sealed,
    sha256,
    take_apart,
    texts_of,
)

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "canonical-form.md"
EXAMPLE = ROOT / "docs" / "examples" / "E-0007.cs-graded.md"

# --- kpigen, the page and the program above must agree --------------------------------------------------------------


def blocks() -> dict[str, str]:
    """The fenced blocks of the worked example by name."""
    named = re.compile(r"^```(?:json|text) ([a-z-]+)\n(.*?)\n```$", re.MULTILINE | re.DOTALL)
    return dict(named.findall(PAGE.read_text("utf-8")))


def rule_files() -> list[Path]:
    return sorted([*(ROOT / "rules").glob("*/*.yaml"), *(ROOT / "tests" / "rules").glob("*/*.yaml")])


def rule_of(key: str) -> dict[str, Any]:
    """A rule file, every scalar as its text."""
    form, _, version = key.partition("@")
    path = next(path for path in rule_files() if path.parent.name == form and path.stem == version)
    data: dict[str, Any] = texts_of(path.read_text("utf-8"))
    return data


class Repository:
    """Reviews in memory with the repository's rules; runs kpigen's own commands with fixed salts."""

    def __init__(self, files: Mapping[str, str]) -> None:
        from kpigen.base.sources import MemoryTree

        forms = set(re.findall(r"^form: ([\w-]+)", "\n".join(files.values()), re.MULTILINE))
        rules = {f"rules/{path.parent.name}/{path.name}": path for path in rule_files() if path.parent.name in forms}
        data = {path: text.encode() for path, text in files.items()}
        self.tree = MemoryTree({**{path: file.read_bytes() for path, file in rules.items()}, **data})
        self.salts = (f"{number:032x}" for number in range(1, 1000))

    def step(self, path: str, *what: str) -> None:
        """Do one lifecycle step with a review."""
        from kpigen.repository.lifecycle import transitions as lifecycle
        from kpigen.repository.project import load

        project = load(self.tree)
        review = project.review(path)
        assert review is not None, [item.message for item in project.problems]
        command, *rest = what
        more = [lambda: next(self.salts)] if command != "confirm" else []
        change, found = getattr(lifecycle, command)(project, self.tree, review, *rest, *more)
        assert change is not None, [item.message for item in found]
        self.tree.files[path] = change.data

    def publish(self, path: str, *roles: str, month: str = "2026-02") -> None:
        self.step(path, "submit", f"{month}-01")
        for role in roles:
            self.step(path, "confirm", role, f"{role} 甲", f"{month}-03")
        self.step(path, "publish", f"{month}-05")

    def record(self, path: str) -> Any:
        """What kpigen says of a review; nothing may be wrong with it."""
        from kpigen.repository.checks.project import check
        from kpigen.repository.project import load

        records, found = check(load(self.tree))
        assert [item.message for item in found if item.is_error] == []
        return next(record for record in records if record.review.path == path)

    def compare(self, path: str, taken_now: Taken | None = None) -> dict[str, Any]:
        """Compute a review's content and seal with the program above, and hold them against kpigen's."""
        from kpigen.scoring.content import content as kpigen_content
        from kpigen.scoring.content import content_digest

        record, data, folder = self.record(path), self.tree.files[path], path.rpartition("/")[0]
        rule = texts_of(self.tree.files[record.form.path].decode())
        assert sha256(scoring_part(rule)) == record.form.digest
        own = content(data, rule, lambda name: self.tree.files[f"{folder}/{name}"], taken_now or [])
        assert own == kpigen_content(record.review, record.form, record.taken)
        assert sha256(own) == record.digest == content_digest(record.review, record.form, record.taken)
        if record.review.published:
            assert seal(take_apart(data)[0], sha256(own)) == record.review.published.seal
        return own


def review(form: str, metrics_: str, *more: str, body: str = "见上表。", employee: str = "T-0001", **given: str) -> str:
    head = [f"  id: {employee}", "  name: 员工甲", "  department: 客服部", "  position: 客服主管"]
    head += [f"  manager: {given.get('manager', 'T-0009')}"]
    lines = ["---", "employee:", *head, f"period: {given.get('period', '2026-01')}", f"form: {form}", "status: draft"]
    return "\n".join([*lines, "metrics:", metrics_, *more, "---", "", body, ""])


# the page's own numbers


def test_the_worked_example_is_what_kpigen_computes():
    from kpigen.base.digests import canonical, digest
    from kpigen.files.rules.scoring_part import scoring_part as kpigen_scoring_part
    from kpigen.scoring.content import content as kpigen_content
    from kpigen.scoring.content import seal_of

    folder = "reviews/2026-01"
    files = {
        f"{folder}/{name}": (EXAMPLE.parent / name).read_text("utf-8") for name in (EXAMPLE.name, "files/survey.csv")
    }
    repository = Repository(files)
    record = repository.record(f"{folder}/{EXAMPLE.name}")
    shown_, page = kpigen_content(record.review, record.form, record.taken), blocks()
    part = kpigen_scoring_part(record.form)
    assert canonical(part).decode() == page["scoring-part"]
    assert (record.form.digest, digest(part)) == (page["scoring-part-digest"], page["scoring-part-digest"])
    assert canonical(shown_).decode() == page["content"]
    assert (record.digest, digest(shown_)) == (page["content-digest"], page["content-digest"])
    assert f"the content number is `{record.number}`" in PAGE.read_text("utf-8")
    assert digest(texts_of(page["sealed"])) == page["seal"].rpartition(":")[2]
    assert seal_of(record.review, record.digest) == page["seal"] == record.review.published.seal


def test_the_worked_example_is_what_the_program_computes():
    page, rule = blocks(), rule_of("cs-graded@2026-01")
    data = EXAMPLE.read_bytes()
    assert jcs(scoring_part(rule)) == page["scoring-part"]
    own = content(data, rule, lambda name: (EXAMPLE.parent / name).read_bytes(), [])
    assert jcs(own) == page["content"]
    assert sha256(own) == page["content-digest"]
    front = take_apart(data)[0]
    assert jcs(sealed(front, sha256(own))) == page["sealed"]
    assert seal(front, sha256(own)) == page["seal"] == front["published"]["seal"]


def test_the_fragment_with_confidential_inputs():
    page = PAGE.read_text("utf-8")
    text = re.search(r"```yaml\n(submitted: .*?)\n```", page, re.DOTALL)
    assert text is not None
    front = texts_of(text[1])
    item = next(one for one in rule_of("cs-360@2026-01")["indicators"] if one["id"] == "communication")
    assert jcs(indicator(front["metrics"]["communication"], item, front["submitted"]["salt"], [])) == blocks()["shown"]
    assert hashlib.sha256(blocks()["confidential"].encode()).hexdigest() in blocks()["shown"]


def test_the_digest_of_a_file_is_that_of_its_bytes():
    from kpigen.base.digests import file_digest

    assert file_digest(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-4


def test_keys_are_sorted_by_utf_16_code_units():
    from kpigen.base.digests import canonical

    data = {"b": {"\U00020000": "1", "\uff21": ["2", {"\uff22": "", "\U0001f600": ""}]}, "a": "3"}
    expected = '{"a":"3","b":{"\U00020000":"1","\uff21":["2",{"\U0001f600":"","\uff22":""}]}}'  # RFC 8785, 3.2.3
    assert canonical(data).decode() == jcs(data) == expected


def test_the_program_imports_nothing_of_kpigen():
    source = (ROOT / "tests" / "scoring" / "canonical_form.py").read_text("utf-8")
    assert "kpigen" not in re.findall(r"^\s*(?:from|import) (\w+)", source, re.MULTILINE)


# forms and formulas


@pytest.mark.parametrize("path", rule_files(), ids=lambda path: path.parent.name)
def test_the_scoring_part_of_every_form(path: Path):
    from kpigen.files.rules.form import read_form

    form, found = read_form(f"rules/{path.parent.name}/{path.name}", path.read_bytes(), ("zh", "en"))
    assert form is not None
    assert found == []
    assert sha256(scoring_part(rule_of(form.key))) == form.digest


def test_the_scoring_part_of_every_method_with_every_option():
    """Each rule that the tests of the methods score by stands alone in a form."""
    from kpigen.files.rules.form import read_form
    from tests.scoring.methods.test_methods import POINTS, TABLE

    words = {"zh": "甲", "en": "A"}
    head = {"schema": "1", "form": "one", "title": words, "cycle": ["month"], "confirmations": []}
    head |= {"print": {"columns": ["name"], "signatures": []}, "grades": {"A": "60", "B": "0"}, "origin": {}}
    snippets = [(snippet, {}, {"weight": "100"}) for snippet, _ in TABLE.values()]
    snippets += [(snippet, {"out_of": "weight"}, {}) for snippet, _ in POINTS.values()]
    for snippet, out_of, weight in snippets:
        one = {"id": "x", "name": words, "standard": words, **weight, **texts_of(snippet)}
        rule = {**head, **out_of, "scales": one.pop("scales", {}), "indicators": [one]}
        text = json.dumps(rule, ensure_ascii=False)  # which is YAML too
        form, found = read_form("rules/one/2026-01.yaml", text.encode(), ("zh", "en"))
        assert form is not None, (snippet, [item.message for item in found])
        assert sha256(scoring_part(rule)) == form.digest, snippet


FORMULAS = """
text
a+b *c
(a+b)*c
a-(b-c)
(a-b)-c
a + (b + c)
a/(b/c)/d
-(a*b)
-a*b
a*-b
--a
a - -b
5% + 0.50 + 30s + 1h5m
(a if b > 0 else c) if d else e
a if b else (c if d else e)
(a if b else c) + 1
min(a if b else c, 2)
not (a and b) or c
a and (b and c)
a and b and not c
(a or b) and c
not not a
not a == b
round(a / b, 2) * 100
x.y > 3 and z == low
max ( 0 , a - 15% )
"""


@pytest.mark.parametrize("text", FORMULAS.strip().splitlines())
def test_formulas(text: str):
    from kpigen.numbers.formula import Problem, parse, write

    expression = parse(text)
    assert not isinstance(expression, Problem)
    assert formula(text) == write(expression)


# reviews of other forms

FRONT_DESK = """\
  follow_up_calls: {calls}
  complaints: {{late: 1, escalated: 0}}
  satisfaction_survey: +2
  training: 0
  customer_records: 01
  service_improvement: 0
  five_s: 0
  team_interviews: 0
  turnover: {{leavers: 1, start: 9, end: 8}}
  compliance: 0
"""
CS_360 = """\
  service_quality: 91.50%
  service_efficiency: {resolved: 80, assigned: 90}
  communication: {self: [85], peers: [90, 84.5, 88], subordinates: [70, 75], manager: [80.0]}
  work_plan: {completed: 9, planned: 12}
  team_building: {manager: [78], subordinates: [66.25], peers: [80, 81, 83], self: [90]}
"""
CS_PRACTICAL = """\
  csat: 93.05%
  response_time: 1m5s
  complaint_handling: {handled: 7, received: 7}
  coaching: 7.50
  climate: 88
  turnover: {leavers: 0, start: 10, end: 11}
  communication: 80
  coordination: 81
  problem_solving: 82
  innovation: 83
  goal_attainment:
    - {name: 回访率, weight: 2, target: 98.0, actual: 97}
    - name: |
        投诉件数
        （不含重复）
      weight: 1.5
      target: 3
      actual: 4
      better: lower
    - {name: '1,000 单', weight: 1, target: 1000, actual: 1000, better: higher}
"""
PROPERTY = """\
  repair_intake: 100%
  fee_collection: 97.3%
  complaint_timeliness: 100%
  satisfaction: 95%
  file_integrity: 99.9%
  follow_up: 100%
  training_completion: 100%
  community_events: {held: 2, planned: 1}
  service_standards: 98%
  responsibility: 4.5
  discipline: 4
  dedication: 3
  teamwork: 2.75
  planning: 4
  training_skill: 4
  emergency: 5
  problem_solving: 4
  cooperation: 4
"""
SUPPORT = """\
  important_tasks: {done: 9, planned: 10}
  ad_hoc_tasks: {done: 4, planned: 5}
  attrition: {resigned: 0, dismissed: 0}
  sales: {actual: 950000.50, plan: 1000000}
  team: {violations: 2, scores: auto}
  superior: solid
"""
ECOMMERCE = """\
  aht: {actual: 4m50s, average: 316s}
  resolution_rate: {solved: 850, total: 1000}
  csat: 4.6
  growth: yes
"""


def published(form: str, text: str, *roles: str) -> tuple[Repository, dict[str, Any]]:
    path = f"reviews/2026-01/T-0001.{form}.md"
    repository = Repository({path: text})
    repository.publish(path, *roles)
    return repository, repository.compare(path)


def test_confidential_inputs():
    _, own = published("cs-360", review("cs-360", CS_360), "employee")
    assert own["metrics"]["team_building"]["others"].keys() == {"count", "mean", "digest"}
    assert "66.25" not in jcs(own)
    assert own["metrics"]["communication"]["others"]["mean"] == "80"


def test_a_mean_without_a_finite_decimal():
    text = CS_360.replace("[80, 81, 83]", "[80, 81, 84, 85, 83, 82, 82]").replace("[66.25]", "[66, 67, 69]")
    _, own = published("cs-360", review("cs-360", text), "employee")
    assert own["metrics"]["team_building"]["others"]["mean"] == "3145/42"  # (577/7 + 202/3) / 2


def test_lists_percentages_durations_and_defaults():
    _, own = published("cs-practical", review("cs-practical", CS_PRACTICAL), "employee")
    goals = own["metrics"]["goal_attainment"]["goals"]
    assert goals[0] == {"name": "回访率", "weight": "2", "target": "98", "actual": "97"}
    assert goals[1]["name"] == "投诉件数\n（不含重复）"
    assert "better" not in goals[2]
    assert own["metrics"]["response_time"] == {"time": "65"}


def test_bonus_counts_of_zero_are_left_out():
    text = review("property-cs", PROPERTY, "bonus: {own_award: 0, owner_praise: 2}")
    _, own = published("property-cs", text, "employee", "assessor")
    assert own["bonus"] == {"owner_praise": "2"}


@pytest.mark.parametrize("grown", ["yes", "no"])
def test_yes_no_and_durations(grown: str):
    _, own = published("ecommerce-cs", review("ecommerce-cs", ECOMMERCE.replace("yes", grown)), "employee")
    assert own["metrics"]["growth"] == {"grown": grown}
    assert own["metrics"]["aht"] == {"actual": "290", "average": "316"}


def test_totals_that_are_taken_automatically():
    names = ("T-0009.support-center", "T-0001.property-cs", "T-0001.ecommerce-cs", "T-0002.ecommerce-cs")
    manager, first, second, third = (f"reviews/2026-01/{name}.md" for name in names)
    texts = {
        manager: review("support-center", SUPPORT, employee="T-0009", manager="T-0010"),
        first: review("property-cs", PROPERTY, "bonus: {own_award: 4}"),
        second: review("ecommerce-cs", ECOMMERCE),
        third: review("ecommerce-cs", ECOMMERCE, employee="T-0002"),
    }
    repository = Repository(texts)
    assert repository.compare(manager)["metrics"]["team"]["team_mean"].keys() == {"digest"}
    taken: Taken = []
    for path, roles in ((first, ("employee", "assessor")), (third, ("employee",)), (second, ("employee",))):
        repository.publish(path, *roles)
        front = take_apart(repository.tree.files[path])[0]
        taken.append({"employee": front["employee"]["id"], **fields(front["published"], "total", "seal")})
        taken.sort(key=lambda one: (one["employee"], one["seal"]))
        mean_of_team = repository.compare(manager, taken)["metrics"]["team"]["team_mean"]
        assert mean_of_team["count"] == str(len({one["employee"] for one in taken}))
    repository.publish(manager, "employee", "leader", "hr")
    own = repository.compare(manager)
    assert take_apart(repository.tree.files[manager])[0]["published"]["taken"] == taken
    assert "scores" not in own["metrics"]["team"]


MONTHLY = """\
schema: 1
form: monthly
title: {zh: 月, en: Month}
cycle: [month, quarter]
grades: {A: 60, B: 0}
confirmations: []
print: {columns: [name, points], signatures: []}
indicators:
  - {id: calls, name: {zh: 回访, en: Calls}, weight: 60, inputs: {calls: {type: count}}, score: {method: value}}
  - {id: visits, name: {zh: 走访, en: Visits}, weight: 40, inputs: {visits: {type: number}}, score: {method: value}}
examples:
  - {metrics: {calls: 80, visits: 70.5}, total: 76.2, grade: A}
  - {metrics: {calls: 50, visits: 0}, total: 30, grade: B}
"""
HALF_YEARLY = """\
schema: 1
form: half-yearly
title: {zh: 半年, en: Half}
cycle: [half]
grades: {A: 60, B: 0}
confirmations: []
print: {columns: [name, points], signatures: []}
indicators:
  - id: months
    name: {zh: 月, en: Months}
    weight: 50
    inputs:
      second: {type: ratings, name: {zh: 二, en: Second}, auto: {take: own_totals, form: monthly, part: 2}}
      visits: {type: ratings, name: {zh: 走访, en: Visits}, auto: {take: own_totals, form: monthly, indicator: visits}}
      quarters: {type: ratings, name: {zh: 季, en: Quarters}, auto: {take: own_totals, cycle: quarter, form: monthly}}
    score: {method: formula, formula: (mean(second) + last(visits) + last(quarters)) / 3}
  - id: raters
    name: {zh: 互评, en: Raters}
    weight: 50
    inputs:
      peers: {type: ratings, name: {zh: 同事, en: Peers}, confidential: yes}
      own: {type: ratings, name: {zh: 月, en: Own}, confidential: yes, auto: {take: own_totals, form: monthly}, max: 75}
      team: {type: ratings, name: {zh: 组, en: Team}, confidential: yes, auto: team_totals}
    shown_as: {id: others, name: {zh: 他人, en: Others}, at_least: 2, trim: 1, trim_from: 4}
    score: {method: ratings, weights: {peers: 20, own: 30, team: 10}}
examples:
  - {metrics: {months: {second: [60], visits: [60], quarters: [60]}, raters: {peers: [60], own: [60], team: [60]}}, total: 60, grade: A}
  - {metrics: {months: {second: [0], visits: [0], quarters: [0]}, raters: {peers: [0], own: [0], team: [0]}}, total: 0, grade: B}
"""
MONTHS = {"2026-01": ("90", "80"), "2026-03": ("70", "60.5"), "2026-05": ("80", "100"), "2026-06": ("0", "50")}


def monthly_and_half_yearly() -> tuple[Repository, str]:
    """Months of an employee and of two people of the team, a quarter of the employee, and the half that takes them all."""
    whole = "reviews/2026-H1/T-0009.half-yearly.md"
    metrics_ = """\
  months: {second: auto, visits: auto, quarters: auto}
  raters: {peers: [90, 20, 80.5, 70, 60], own: auto, team: auto}"""
    texts = {
        "rules/monthly/2026-01.yaml": MONTHLY,
        "rules/half-yearly/2026-01.yaml": HALF_YEARLY,
        whole: review("half-yearly", metrics_, employee="T-0009", manager="T-0010", period="2026-H1"),
    }
    for period, (calls, visits) in {**MONTHS, "2026-Q1": ("75", "75")}.items():
        text = review("monthly", f"  calls: {calls}\n  visits: {visits}", employee="T-0009", period=period)
        texts[f"reviews/{period}/T-0009.monthly.md"] = text
    return Repository(texts), whole


def taken_of(repository: Repository, path: str, name: str, points: str = "") -> dict[str, str]:
    """What an input takes from a review."""
    front = take_apart(repository.tree.files[path])[0]
    number_ = {"points": points} if points else fields(front["published"], "total")
    return {"input": name, "period": front["period"], **number_, **fields(front["published"], "seal")}


def test_own_totals_that_are_taken_automatically():
    repository, whole = monthly_and_half_yearly()
    months = [f"reviews/{period}/T-0009.monthly.md" for period in MONTHS]
    quarter = "reviews/2026-Q1/T-0009.monthly.md"
    assert "taken" not in repository.compare(whole), "nothing is published yet"
    for path in (*months[::-1], quarter):
        repository.publish(path, month="2026-07")
    points = {"2026-01": "32.00", "2026-03": "24.20", "2026-05": "40.00", "2026-06": "20.00"}
    now = [
        *(taken_of(repository, path, "months.second") for path in months[2:]),
        *(taken_of(repository, path, "months.visits", points[path.split("/")[1]]) for path in months),
        taken_of(repository, quarter, "months.quarters"),
        *(taken_of(repository, path, "raters.own") for path in months),
    ]
    own = repository.compare(whole, now)
    assert [one["period"] for one in own["taken"]["months"]["second"]] == ["2026-05", "2026-06"]
    assert [one["points"] for one in own["taken"]["months"]["visits"]] == list(points.values())
    assert own["taken"]["months"]["quarters"][0]["total"] == "75.00"
    assert own["metrics"]["months"] == dict.fromkeys(("second", "visits", "quarters"), "auto")
    assert own["taken"].keys() == {"months"}, "what is confidential has no entry"
    assert own["metrics"]["raters"]["others"].keys() == {"digest"}, "the team has no total yet"
    repository.tree.files[whole] = repository.tree.files[whole].replace(b"team: auto", b"team: [70, 72]")
    own = repository.compare(whole, now)
    # peers without 90 and 20: 210.5 ÷ 3; own totals at most 75 each, without the highest and the lowest of the four
    totals = sorted(min(Fraction(taken_of(repository, path, "")["total"]), Fraction(75)) for path in months)
    expected = (20 * Fraction("210.5") / 3 + 30 * sum(totals[1:3]) / 2 + 10 * 71) / 60
    assert own["metrics"]["raters"]["others"]["mean"] == by_value(expected)
    assert own["metrics"]["raters"]["others"]["count"] == "11"
    repository.publish(whole, month="2026-08")
    assert repository.compare(whole)["taken"] == own["taken"]


AGREED = """\
schema: 1
form: agreed
title: Plan of the month
cycle: [month]
full: 5
decimals: 3
rounding: {of: total, half: even}
grades: {A: 4, B: none}
confirmations: []
scales: {five: {hi: 5, mid: 3.50, lo: 1}}
print: {columns: [name, points], signatures: []}
sections:
  - id: plan
    name: Plan
    each:
      named: yes
      weight: w
      measure: level
      inputs: {level: {scale: five, name: Level}, w: {type: percent, default: 20%, agreed: yes, name: Weight}}
    indicators:
      - {id: first, name: First}
      - {id: second, name: Second}
      - {id: third, name: Third, optional: yes}
  - id: work
    name: Work
    indicators:
      - id: graded
        name: Graded
        weight: 40%
        inputs:
          reporting: {type: rating, step: 0.5, name: Reporting}
          revised: {type: rating, step: 0.5, default: reporting, name: Revised}
          late: {type: count, default: 0, name: Late}
          time: {type: duration, default: 1m30s, name: Time}
          level: {scale: five, default: mid, name: Level}
        score: {method: formula, formula: revised - late + (0 if time > 1s else level)}
      - id: goals
        name: Goals
        weight: 0
        inputs:
          goals:
            type: list
            name: Goals
            fields:
              goal: {type: text, name: Goal}
              weight: {type: number, default: 1, name: Weight}
              level: {scale: five, default: lo, name: Level}
              share: {type: percent, default: 50%, name: Share}
        score: {method: weighted_list, weight: weight, value: level * share}
      - {id: note, name: Note, unscored: yes, optional: yes, inputs: {note: {type: text}}}
      - {id: facts, name: Facts, unscored: yes, optional: yes, inputs: {text: {type: text, name: T}, pay: {type: money, name: P}}}
bonus: {items: [{id: idea, name: Idea, scale: five}, {id: help, name: Help, scale: five}, {id: award, name: Award, points: 0.5}], cap: 1}
veto: [{id: v, name: V, when: "count(goals, level == lo) > 5", grade: B}]
examples:
  - metrics: {first: {level: hi}, second: {level: hi}, third: {level: hi}, graded: {reporting: 4}, goals: [{goal: x, level: hi}]}
    total: 4.6
    grade: A
  - metrics: {first: {level: lo, w: 10%}, second: {level: lo, w: 50%}, graded: {reporting: 1}, goals: [{goal: x}]}
    total: 1
    grade: B
"""
IN_ENGLISH = 'organisation = "Sample"\nlanguages = ["en"]\n'


def test_names_defaults_weights_and_levels_of_a_review():
    written = """\
  first: {level: hi, w: 20.0%}
  second: {level: mid, w: 30%}
  third: {level: lo, w: 10.0%}
  graded: {reporting: 4.50, revised: 4.5, late: 00, time: 90s, level: mid}
  goals:
    - {goal: One, weight: 1.0, level: lo, share: 50.0%}
    - {goal: Two, weight: 2, level: hi, share: 5%}
    - {goal: "Three\\n"}
  note: |
    First line
    second

  facts: {text: , pay: 100.50}"""
    more = (
        "names:",
        "  first: Field measurements",
        "  second: Sampling",
        '  third: " As it is\\r\\n"',
        "bonus: {idea: lo, award: 0}",
    )
    more += ("self_assessment:", "  metrics: {first: {level: mid, w: 15%}, note: ok}", "  comment: fine")
    text = review("agreed", written, *more)
    path = "reviews/2026-01/T-0001.agreed.md"
    repository = Repository({"kpigen.toml": IN_ENGLISH, "rules/agreed/2026-01.yaml": AGREED, path: text})
    repository.publish(path)
    own = repository.compare(path)
    assert own["names"] == {"first": "Field measurements", "second": "Sampling", "third": " As it is\r\n"}
    assert own["bonus"] == {"idea": "lo"}
    assert own["metrics"]["first"] == {"level": "hi"}
    assert own["metrics"]["third"] == {"level": "lo", "w": "0.1"}
    assert own["metrics"]["graded"] == {"reporting": "4.5", "revised": "4.5"}
    assert own["metrics"]["goals"]["goals"] == [
        {"goal": "One"},
        {"goal": "Two", "weight": "2", "level": "hi", "share": "0.05"},
        {"goal": "Three"},
    ]
    assert own["metrics"]["facts"] == {"pay": "100.5"}
    assert own["self_assessment"]["metrics"] == {"first": {"level": "mid", "w": "0.15"}, "note": {"note": "ok"}}


def cases() -> dict[str, tuple[str, str, dict[str, str]]]:
    """The reviews of the forms of other trades: form, language, and what a review says."""
    found = {}
    for path in sorted((ROOT / "tests" / "forms").glob("*/cases.yaml")):
        data = texts_of(path.read_text("utf-8"))
        for name, case in data["cases"].items():
            said = {"period": data["period"], **case["review"]}
            found[f"{path.parent.name}-{name}"] = (path.parent.name, data["language"], said)
    return found


@pytest.mark.parametrize(("form", "language", "said"), cases().values(), ids=cases().keys())
def test_reviews_of_other_trades(form: str, language: str, said: dict[str, Any]):
    more = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in said.items() if key != "period"]
    path = f"reviews/{said['period']}/T-0001.{form}.md"
    text = review(form, "", *more, period=said["period"]).replace("metrics:\n\n", "")
    settings = IN_ENGLISH.replace('"en"', f'"{language}"')
    rule = (ROOT / "tests" / "forms" / form / "2026-01.yaml").read_text("utf-8")
    months = {"rules/monthly/2026-01.yaml": MONTHS_OF_A_YEAR} if form == "annual" else {}
    repository = Repository({"kpigen.toml": settings, f"rules/{form}/2026-01.yaml": rule, path: text, **months})
    repository.compare(path)
    repository.step(path, "submit", "2027-02-01")
    own = repository.compare(path)
    assert own["metrics"]


DRAFTS = {
    "nothing yet": review("front-desk", ""),
    "one input of two": review("front-desk", "  complaints: {late: 1, escalated: }"),
    "one group of two": review("cs-360", "  communication: {self: [85], peers: [90, 84.5]}", period="2026-Q1"),
    "goals without results": review("cs-practical", "  goal_attainment: [{name: a, weight: 1, target: 5}, {}]"),
    "a pinned version": review("front-desk@2026-01", "  training: 1"),
    "texts": review(
        "front-desk",
        "  training: 1",
        "comments:",
        '  training: "tab\\t, quote \\", slash \\\\, 叶䶮, \\u00e9, e\\u0301, cr\\r\\n, end\\n\\n"',
        "  five_s: 'it''s'",
        "  cashier: >-",
        "    folded",
        "    text",
    ),
    "a body with an indent": review("front-desk", "", body=" \t\n\n    code\n\n正文\u3000\u00a0\u2003\n\t\n"),
}


@pytest.mark.parametrize("text", DRAFTS.values(), ids=DRAFTS.keys())
def test_drafts(text: str):
    form = re.search(r"form: ([\w-]+)", text)
    period = re.search(r"period: (\S+)", text)
    assert form
    assert period
    path = f"reviews/{period[1]}/T-0001.{form[1]}.md"
    Repository({path: text}).compare(path)


def test_layout_makes_no_difference():
    path = "reviews/2026-01/T-0001.front-desk.md"
    extra = ("not_applicable: {cashier: 无收银岗}", "comments:", "  training: |", "    第一行", "    第二行")
    repository = Repository({path: review("front-desk", FRONT_DESK.format(calls=596), *extra, body="一\n\n二")})
    repository.publish(path, "employee")
    plain, digest = repository.tree.files[path].decode(), repository.record(path).digest
    moved = plain.replace("  training: 0\n", "").replace("  five_s: 0", "  five_s: '0'   # checked\n  training: +0")
    for data in (plain.replace("\n", "\r\n"), f"\ufeff{plain}", moved, plain + "\n \n"):
        repository.tree.files[path] = data.encode()
        assert sha256(repository.compare(path)) == digest
    repository.tree.files[path] = plain.replace("  第二行", "   第二行").encode()
    with pytest.raises(AssertionError, match="the content differs from what"):
        repository.compare(path)


AMENDMENTS = """\
amendments:
  - date: 2026-02-07
    by: 林
    reason: 更正
    changes: [{field: metrics.training, old: '1', new: '0'}, {field: body}]
    total: '80.00'
    grade: B
    seal: 'k1:sha256:0000000000000000000000000000000000000000000000000000000000000000'
  - date: 2026-02-08
    by: 林
    reason: |
      再次
      更正
"""


def test_amendments_are_sealed():
    from kpigen.repository.project import load
    from kpigen.repository.records import make_records
    from kpigen.scoring.content import seal_of

    path = "reviews/2026-01/T-0001.front-desk.md"
    repository = Repository({path: review("front-desk", FRONT_DESK.format(calls=596), "not_applicable: {cashier: 无}")})
    repository.publish(path, "employee")
    text = repository.tree.files[path].decode().replace("amendments: 0", "amendments: 2")
    text = text.replace("\nmetrics:", f"\n{AMENDMENTS}metrics:")
    repository.tree.files[path] = text.encode()
    (record,), _ = make_records(load(repository.tree))
    assert seal(take_apart(text.encode())[0], record.digest) == seal_of(record.review, record.digest)
