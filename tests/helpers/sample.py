"""The sample site: the repository's own reviews, turned back into drafts, partly changed, then submitted, confirmed and
published by the commands, and built with `kpigen build`.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
import shutil
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import yaml

from kpigen.base.sources import WorkTree
from kpigen.repository.checks.project import check
from kpigen.repository.project import load
from kpigen.site.pages.site import Site
from tests.helpers.forms import ROOT, make_repository, run
from tests.helpers.html import PageParser, parsed

# Distinctive numbers, so that finding one outside hr/ means that a confidential rating has leaked.
PEERS = ("[83.713, 92.138, 88.372]", "[81.557, 87.193]")
SUBORDINATES = ("[68.439, 72.611]", "[71.933, 74.277, 70.119]")
TEAM_TOTALS = "[71.391, 86.284, 64.177]"
SECRETS = [number for text in (*PEERS, *SUBORDINATES, TEAM_TOTALS) for number in text.strip("[]").split(", ")]
DRAFT_MARK = "只在草稿里的话"
TIED = """\
---
employee: {{id: {id}, name: {name}, department: 电商部, position: 电商客服, manager: OP-0001}}
period: 2026-03
form: ecommerce-cs
status: draft
metrics:
  aht: {{actual: 5m, average: 5m}}
  resolution_rate: {{solved: 85, total: 100}}
  csat: {csat}
  growth: yes
---

三月工作如表。
"""
ASSESSED = ("cs-graded", "cs-latest", "property-cs")
LIFECYCLE = ("submitted", "published", "confirmations", "objections", "amendments")


def as_draft(text: str) -> str:
    """Return a review without everything that was added since it was a draft."""
    head, _, body = text.removeprefix("---\n").partition("\n---\n")
    kept, left_out = [], False
    for line in head.split("\n"):
        key = re.match(r"([a-z_]+):|#", line)
        if key:
            left_out = key[1] in LIFECYCLE
        if not left_out:
            kept.append("status: draft" if line.startswith("status:") else line)
    return "\n".join(["---", *kept, "---", body])


def rewrite(path: Path, *edits: tuple[str, str]) -> None:
    """Edit a file by patterns. Fails if a pattern does not match."""
    text = path.read_text("utf-8")
    for pattern, new in edits:
        text, count = re.subn(pattern, new, text, count=1, flags=re.MULTILINE)
        assert count == 1, (path, pattern)
    path.write_text(text, "utf-8")


def front_matter(path: Path, *lines: str) -> None:
    """Add lines to the front matter of a review."""
    head, _, body = path.read_text("utf-8").removeprefix("---\n").partition("\n---\n")
    path.write_text("\n".join(["---", head, *lines, "---", body]), "utf-8")


def make_sources(root: Path) -> None:
    """Create the drafts of the sample, with additions that the tests look for."""
    for name in ("reviews", "rules", "templates"):
        shutil.copytree(ROOT / name, root / name)
    (root / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    limited = 'hr = ["hr.lin", {login = "hr.sun", departments = ["客服部"]}]'
    rewrite(root / "pyproject.toml", (r"^hr = .*$", limited))
    for path in root.glob("reviews/*/*.md"):
        path.write_text(as_draft(path.read_text("utf-8")), "utf-8")
    reviews = root / "reviews"
    with (reviews / "people.csv").open("a", encoding="utf-8") as roster:
        roster.write(
            "EC-0003,祝三更,zhu.sangeng,zhu.sangeng@example.com,电商部,电商客服,OP-0001,ecommerce-cs,2026-03-01,\n"
        )
    for id_, name, csat in (("EC-0001", "白庭轩", "4.61"), ("EC-0002", "罗一鸣", "4.61"), ("EC-0003", "祝三更", "4.2")):
        (reviews / f"2026-03/{id_}.ecommerce-cs.md").write_text(TIED.format(id=id_, name=name, csat=csat), "utf-8")
    for first, second in zip(("communication", "team_building"), zip(PEERS, SUBORDINATES, strict=True), strict=True):
        peers, subordinates = second
        edit = (
            rf"^(  {first}:\n    self: .*\n    peers: ).*(\n    subordinates: ).*$",
            rf"\g<1>{peers}\g<2>{subordinates}",
        )
        rewrite(reviews / "2026-Q1/CS-0004.cs-360.md", edit)
    # One for the honour roll, one for an improvement plan.
    for period, rate, done, manager in (("2026-Q1", "99.9%", 10, 99), ("2026-H1", "12%", 1, 40)):
        rewrite(
            reviews / period / "CS-0004.cs-360.md",
            (r"service_quality: .*$", f"service_quality: {rate}"),
            (r"resolved: .*\n    assigned: .*$", f"resolved: {done}\n    assigned: 10"),
            (r"completed: .*\n    planned: .*$", f"completed: {done}\n    planned: 10"),
            (r"manager: \[.*\]((.|\n)*)manager: \[.*\]$", rf"manager: [{manager}]\g<1>manager: [{manager}]"),
        )
    rewrite(reviews / "2026-02/CS-0001.support-center.md", (r"scores: .*$", f"scores: {TEAM_TOTALS}"))
    rewrite(reviews / "2026-03/CS-0001.support-center.md", (r"scores: .*$", "scores: auto"))
    draft = reviews / "2026-05/PM-0003.front-desk.md"
    draft.write_text(draft.read_text("utf-8") + f"\n{DRAFT_MARK}\n", "utf-8")


def publish(root: Path, *paths: Path) -> None:
    """Submit the reviews, confirm them in every required role, and publish them."""
    run(root, "submit", *paths, "--yes", "--date", "2026-07-01")
    run(root, "confirm", *paths, "--role", "employee", "--yes", "--date", "2026-07-02")
    assessed = [path for path in paths if path.name.split(".")[1] in ASSESSED]
    if assessed:
        run(root, "confirm", *assessed, "--role", "assessor", "--yes", "--date", "2026-07-02")
    centre = [path for path in paths if path.name.split(".")[1] == "support-center"]
    for path in centre:
        run(root, "confirm", path, "--role", "leader", "--name", "许静怡", "--yes", "--date", "2026-07-02")
        run(root, "confirm", path, "--role", "hr", "--name", "林主管", "--yes", "--date", "2026-07-02")
    run(root, "publish", *paths, "--yes", "--date", "2026-07-05")


def make_sample(root: Path) -> None:
    """Move the reviews of the sample to their final status: published, submitted or withdrawn. The rest stay drafts."""
    make_sources(root)
    reviews = root / "reviews"
    automatic = reviews / "2026-03/CS-0001.support-center.md"
    out = [
        path
        for period in ("2026-01", "2026-02", "2026-03", "2026-Q1", "2026-H1")
        for path in sorted((reviews / period).glob("*.md"))
    ]
    moved = [reviews / "2026-04/CS-0003.cs-latest.md", reviews / "2026-05/CS-0003.cs-latest.md"]
    publish(root, *(path for path in out if path != automatic), *moved)
    publish(root, automatic)  # needs the totals of the team, which are therefore published first
    waiting = [*sorted((reviews / "2026-04").glob("*.md")), reviews / "2026-Q2/CS-0004.cs-360.md"]
    waiting.remove(moved[0])
    told = run(root, "submit", *waiting, "--yes", "--date", "2026-07-03").stdout
    number = next(line.split()[-1] for line in told.splitlines() if "2026-04/CS-0002" in line)
    run(
        root,
        "confirm",
        reviews / "2026-04/PM-0001.property-cs.md",
        "--role",
        "employee",
        "--yes",
        "--date",
        "2026-07-04",
    )
    run(root, "confirm", moved[1], "--role", "hr", "--name", "林主管", "--yes", "--date", "2026-07-09")
    front_matter(
        reviews / "2026-04/CS-0002.cs-practical.md",
        "objections:",
        f"  - {{role: employee, date: 2026-07-04, of: {number}, text: 流失一人是试用期同事, resolution: 规则不分, resolved: 2026-07-06}}",
        "  - {role: employee, date: 2026-07-04, of: 0123456789ab, text: 响应时间含系统停机}",
    )
    withdrawn = reviews / "2026-02/EC-0002.ecommerce-cs.md"
    run(
        root,
        "withdraw",
        withdrawn,
        "--reason",
        "数据取自另一个店铺，全部作废",
        "--by",
        "林主管",
        "--yes",
        "--date",
        "2026-07-10",
    )


@dataclass(frozen=True)
class Sample:
    """The sources of the sample, its site, and the facts about both that can be read without kpigen's code."""

    root: Path
    out: Path
    pages: dict[str, PageParser] = field(default_factory=dict)

    @cached_property
    def files(self) -> tuple[str, ...]:
        return tuple(sorted(path.relative_to(self.out).as_posix() for path in self.out.rglob("*") if path.is_file()))

    @cached_property
    def html(self) -> tuple[str, ...]:
        return tuple(path for path in self.files if path.endswith(".html"))

    def text(self, path: str) -> str:
        """Return the text of a file; for the search index, the text in its packed data."""
        data = (self.out / path).read_bytes()
        if path.startswith("hr/search/"):
            text = (gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data).decode("utf-8", "replace")
            return text.replace("\u2060 ", "")  # separates characters there
        return data.decode("utf-8")

    def page(self, path: str) -> Element:
        return self.parser(path).root

    def parser(self, path: str) -> PageParser:
        if path not in self.pages:
            self.pages[path] = parsed(self.text(path))
        return self.pages[path]

    def json(self, path: str) -> Any:
        return json.loads((self.out / path).read_bytes())

    @cached_property
    def readers(self) -> dict[str, frozenset[str]]:
        """The readers of each folder, from hr/access.json."""
        return {item["path"]: frozenset(item["readers"]) for item in self.json("hr/access.json")["folders"]}

    def folder(self, path: str) -> str:
        """Return the folder with access rules that a file belongs to: the longest listed prefix of its path."""
        return max((folder for folder in self.readers if path.startswith(folder)), key=len)

    @cached_property
    def roster(self) -> list[dict[str, str]]:
        with (self.root / "reviews/people.csv").open(encoding="utf-8-sig", newline="") as stream:
            return list(csv.DictReader(stream))

    def line(self, id_: str, period: str) -> dict[str, str]:
        """Return a person's roster line on the last day of a period."""
        day = {"Q1": "03-31", "Q2": "06-31", "H1": "06-31"}.get(period[5:], period[5:] + "-31")
        return next(
            line
            for line in self.roster
            if line["id"] == id_ and line["from"] <= f"{period[:4]}-{day}" <= (line["to"] or "9999")
        )

    @cached_property
    def status(self) -> dict[tuple[str, str, str], str]:
        """The status of every review by (period, employee, form), read from its file."""
        found = {}
        for path in sorted(self.root.glob("reviews/*/*.md")):
            id_, form, _ = path.name.split(".")
            match = re.search(r"^status: (\w+)$", path.read_text("utf-8"), re.MULTILINE)
            assert match
            found[path.parent.name, id_, form] = match[1]
        return found

    @cached_property
    def cards(self) -> dict[tuple[str, str, str], dict[str, Any]]:
        """The output of `kpigen score --format json` for every released review."""
        keys = [key for key, status in self.status.items() if status != "draft"]
        files = [self.root / f"reviews/{period}/{id_}.{form}.md" for period, id_, form in keys]
        lines = run(self.root, "score", *files, "--format", "json").stdout.splitlines()
        return dict(zip(keys, map(json.loads, lines), strict=True))

    @cached_property
    def reports(self) -> dict[str, dict[str, Any]]:
        """The score of every report by its page in the first language, without withdrawn ones."""
        return {
            f"people/{id_}/{period}/{form}.html": card
            for (period, id_, form), card in self.cards.items()
            if self.status[period, id_, form] != "withdrawn"
        }

    @cached_property
    def site(self) -> Site:
        project = load(WorkTree(self.root))
        records, found = check(project)
        assert [item for item in found if item.is_error] == []
        return Site(project.config, project.roster, project.rules, records, pdfs=False)


def ids_in(text: str) -> set[str]:
    return set(re.findall(r"(?<![A-Za-z0-9])[A-Z]{2}-\d{4}(?![0-9])", text))


def mean_of(written_list: str) -> float:
    found = [float(number) for number in written_list.strip("[]").split(", ")]
    return sum(found) / len(found)


@cache
def rule_file(form: str) -> dict[str, Any]:
    return yaml.load((ROOT / f"rules/{form}/2026-01.yaml").read_bytes(), yaml.BaseLoader)


STATUSES = ("draft", "submitted", "published", "withdrawn")
MONTHS = [f"2026-0{month}" for month in range(1, 7)]


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def make_small(folder: Path) -> Path:
    root = make_repository(folder, ("front-desk",))
    for id_, name in (("PM-0001", "甲"), ("PM-0002", "乙")):
        (root / "reviews/2026-01").mkdir(exist_ok=True)
        (root / f"reviews/2026-01/{id_}.front-desk.md").write_text(FRONT_DESK.format(id=id_, name=name), "utf-8")
    run(root, "submit", root / "reviews/2026-01/PM-0001.front-desk.md", "--yes", "--date", "2026-02-01")
    return root


FRONT_DESK = """\
---
employee: {{id: {id}, name: {name}, department: 物业, position: 前台}}
period: 2026-01
form: front-desk
status: draft
metrics:
  follow_up_calls: 595
  complaints: {{late: 0, escalated: 0}}
  satisfaction_survey: 1
  training: 1
  customer_records: 0
  service_improvement: 0
  five_s: 1
  cashier: 0
  team_interviews: 0
  turnover: {{leavers: 1, start: 9, end: 8}}
  compliance: 1
---

见上表。
"""
ROSTER = "id,name,login,email,department,position,manager,form,from,to\nPM-0001,甲,jia,,物业,前台,,,,\nPM-0002,乙,yi,,物业,前台,,,,\n"
