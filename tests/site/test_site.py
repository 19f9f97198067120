"""The built site: who may read what, links that lead somewhere, reports that explain every number, forms in full.

One sample for all: the repository's own reviews as drafts again, some of them changed, then submitted, confirmed and
published by the commands, and the site that `kpigen build` makes of them. Pages are read with the standard library.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache, cached_property
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element, SubElement

import pytest
import yaml
from click.testing import CliRunner, Result

from kpigen.base.markdown import render
from kpigen.base.sources import WorkTree
from kpigen.cli import cli
from kpigen.repository.checks.project import check
from kpigen.repository.project import load
from kpigen.site.pages.audit import NO_GIT, audit_pages
from kpigen.site.pages.plan import plan
from kpigen.site.pages.readers import entitled
from kpigen.site.pages.site import Site
from tests.helpers.forms import NINE, ROOT, make_repository

# --- pages as trees --------------------------------------------------------------------------------------------------

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
BLOCKS = {"address", "article", "blockquote", "details", "div", "dl", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
          "hr", "main", "nav", "ol", "p", "pre", "section", "table", "ul"}  # fmt: skip
PHRASING_ONLY = {
    "p",
    "span",
    "b",
    "code",
    "q",
    "a",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "em",
    "strong",
    "pre",
    "caption",
}
ONLY_IN = {
    "li": {"ul", "ol"}, "tr": {"thead", "tbody", "tfoot"}, "td": {"tr"}, "th": {"tr"}, "thead": {"table"}, "tbody": {"table"},
    "tfoot": {"table"}, "caption": {"table"}, "summary": {"details"}, "dt": {"dl", "div"}, "dd": {"dl", "div"},
}  # fmt: skip


class PageParser(HTMLParser):
    """Reads a page into elements and notes what browsers would have to guess."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("document")
        self.stack = [self.root]
        self.problems: list[str] = []
        self.declaration = ""

    def handle_decl(self, decl: str) -> None:
        self.declaration = decl

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open(tag, attrs)
        if tag in VOID:
            self.stack.pop()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open(tag, attrs)
        self.stack.pop()
        if tag not in VOID and not any(item.tag == "svg" for item in self.stack):
            self.problems.append(f"<{tag}/> is not closed by its slash")

    def _open(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.problems.append(f"<{tag}> has an attribute twice")
        parents = [item.tag for item in self.stack]
        if tag in BLOCKS and any(parent in PHRASING_ONLY for parent in parents):
            self.problems.append(f"<{tag}> inside {' > '.join(parents)}")
        if tag in ONLY_IN and parents[-1] not in ONLY_IN[tag]:
            self.problems.append(f"<{tag}> inside <{parents[-1]}>")
        self.stack.append(SubElement(self.stack[-1], tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if len(self.stack) == 1 or self.stack[-1].tag != tag:
            self.problems.append(f"</{tag}> closes <{self.stack[-1].tag}>")
        else:
            self.stack.pop()

    def handle_data(self, data: str) -> None:
        if len(self.stack[-1]):
            last = self.stack[-1][-1]
            last.tail = (last.tail or "") + data
        else:
            self.stack[-1].text = (self.stack[-1].text or "") + data


def parsed(html: str) -> PageParser:
    parser = PageParser()
    parser.feed(html)
    parser.close()
    if len(parser.stack) > 1:
        parser.problems.append(f"<{parser.stack[-1].tag}> is not closed")
    return parser


def said(element: Element | None) -> str:
    """An element's text, white space as one space."""
    return "" if element is None else " ".join("".join(element.itertext()).split())


def bare(text: str) -> str:
    """Text without any white space, to compare across line ends."""
    return "".join(text.split())


def has_class(element: Element, name: str) -> bool:
    return name in element.get("class", "").split()


def of_class(element: Element, name: str) -> list[Element]:
    return [item for item in element.iter() if has_class(item, name)]


def by_id(element: Element, id_: str) -> Element:
    return next(item for item in element.iter() if item.get("id") == id_)


def section_of(page: Element, heading: str) -> Element | None:
    """The section that a heading's id names."""
    return next((item for item in page.iter("section") if item.get("aria-labelledby") == heading), None)


# --- the command line ------------------------------------------------------------------------------------------------


def run(*args: str | Path, code: int | None = 0) -> Result:
    """Run a command in this process."""
    result = CliRunner().invoke(cli, [str(arg) for arg in args])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    assert code is None or result.exit_code == code, (args, result.output)
    return result


# --- the sample ------------------------------------------------------------------------------------------------------

# Numbers that stand nowhere by chance: confidential ratings must not be found outside hr/.
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
    """A review as it was before anything was submitted."""
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
    """Change a file by patterns, each of which must be found."""
    text = path.read_text("utf-8")
    for pattern, new in edits:
        text, count = re.subn(pattern, new, text, count=1, flags=re.MULTILINE)
        assert count == 1, (path, pattern)
    path.write_text(text, "utf-8")


def front_matter(path: Path, *lines: str) -> None:
    """Add lines to a review's front matter."""
    head, _, body = path.read_text("utf-8").removeprefix("---\n").partition("\n---\n")
    path.write_text("\n".join(["---", head, *lines, "---", body]), "utf-8")


def make_sources(root: Path) -> None:
    """Lay out the sample as drafts, with what the tests look for written into it."""
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
    """Submit, confirm by everyone whom the form asks, and publish."""
    here = ("--root", root)
    run(*here, "submit", *paths, "--yes", "--date", "2026-07-01")
    run(*here, "confirm", *paths, "--role", "employee", "--yes", "--date", "2026-07-02")
    assessed = [path for path in paths if path.name.split(".")[1] in ASSESSED]
    if assessed:
        run(*here, "confirm", *assessed, "--role", "assessor", "--yes", "--date", "2026-07-02")
    centre = [path for path in paths if path.name.split(".")[1] == "support-center"]
    if centre:
        run(*here, "confirm", *centre, "--role", "leader", "--name", "许静怡", "--yes", "--date", "2026-07-02")
        run(*here, "confirm", *centre, "--role", "hr", "--name", "林主管", "--yes", "--date", "2026-07-02")
    run(*here, "publish", *paths, "--yes", "--date", "2026-07-05")


def make_sample(root: Path) -> None:
    """Take the sample's reviews as far as they go: published, submitted, withdrawn, the rest drafts."""
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
    publish(root, automatic)  # takes its team's totals, so they are published first
    waiting = [*sorted((reviews / "2026-04").glob("*.md")), reviews / "2026-Q2/CS-0004.cs-360.md"]
    waiting.remove(moved[0])
    told = run("--root", root, "submit", *waiting, "--yes", "--date", "2026-07-03").stdout
    number = next(line.split()[-1] for line in told.splitlines() if "2026-04/CS-0002" in line)
    run(
        "--root",
        root,
        "confirm",
        reviews / "2026-04/PM-0001.property-cs.md",
        "--role",
        "employee",
        "--yes",
        "--date",
        "2026-07-04",
    )
    run("--root", root, "confirm", moved[1], "--role", "hr", "--name", "林主管", "--yes", "--date", "2026-07-09")
    front_matter(
        reviews / "2026-04/CS-0002.cs-practical.md",
        "objections:",
        f"  - {{role: employee, date: 2026-07-04, of: {number}, text: 流失一人是试用期同事, resolution: 规则不分, resolved: 2026-07-06}}",
        "  - {role: employee, date: 2026-07-04, of: 0123456789ab, text: 响应时间含系统停机}",
    )
    withdrawn = reviews / "2026-02/EC-0002.ecommerce-cs.md"
    run(
        "--root",
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
    """The sample's sources, its site, and what a reader without kpigen knows of both."""

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
        """A file's text; of the search index what is packed in it, as far as it is text."""
        data = (self.out / path).read_bytes()
        if path.startswith("hr/search/"):
            text = (gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data).decode("utf-8", "replace")
            return text.replace("\u2060 ", "")  # what keeps characters apart there
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
        """Who reads each folder, as hr/access.json says it."""
        return {item["path"]: frozenset(item["readers"]) for item in self.json("hr/access.json")["folders"]}

    def folder(self, path: str) -> str:
        """The folder that a file belongs to: the longest listed path that it begins with."""
        return max((folder for folder in self.readers if path.startswith(folder)), key=len)

    @cached_property
    def roster(self) -> list[dict[str, str]]:
        with (self.root / "reviews/people.csv").open(encoding="utf-8-sig", newline="") as stream:
            return list(csv.DictReader(stream))

    def line(self, id_: str, period: str) -> dict[str, str]:
        """Someone's line of the roster on the last day of a period."""
        day = {"Q1": "03-31", "Q2": "06-31", "H1": "06-31"}.get(period[5:], period[5:] + "-31")
        return next(
            line
            for line in self.roster
            if line["id"] == id_ and line["from"] <= f"{period[:4]}-{day}" <= (line["to"] or "9999")
        )

    @cached_property
    def status(self) -> dict[tuple[str, str, str], str]:
        """The status of every review by (period, employee, form), read off its file."""
        found = {}
        for path in sorted(self.root.glob("reviews/*/*.md")):
            id_, form, _ = path.name.split(".")
            match = re.search(r"^status: (\w+)$", path.read_text("utf-8"), re.MULTILINE)
            assert match
            found[path.parent.name, id_, form] = match[1]
        return found

    @cached_property
    def cards(self) -> dict[tuple[str, str, str], dict[str, Any]]:
        """What `kpigen score --format json` says of every review that is out."""
        keys = [key for key, status in self.status.items() if status != "draft"]
        files = [self.root / f"reviews/{period}/{id_}.{form}.md" for period, id_, form in keys]
        lines = run("--root", self.root, "score", *files, "--format", "json").stdout.splitlines()
        return dict(zip(keys, map(json.loads, lines), strict=True))

    @cached_property
    def reports(self) -> dict[str, dict[str, Any]]:
        """The score of every report by its page in the first language; withdrawn ones left out."""
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


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    root = tmp_path_factory.mktemp("sample")
    make_sample(root)
    run("--root", root, "build", "--no-pdf", "--out", root / "site")
    return Sample(root, root / "site")


@pytest.fixture(scope="session")
def people(sample: Sample) -> dict[str, str]:
    """Names by id."""
    return {line["id"]: line["name"] for line in sample.roster}


def ids_in(text: str) -> set[str]:
    return set(re.findall(r"(?<![A-Za-z0-9])[A-Z]{2}-\d{4}(?![0-9])", text))


def test_the_sample_has_every_form_and_every_status(sample: Sample) -> None:
    published = {form for (_, _, form), status in sample.status.items() if status == "published"}
    assert published == set(NINE)
    assert set(sample.status.values()) == {"draft", "submitted", "published", "withdrawn"}
    assert len(sample.html) > 150


# --- readers ---------------------------------------------------------------------------------------------------------


def test_every_file_lies_in_one_listed_folder_and_every_page_names_its_readers(sample: Sample) -> None:
    for path in sample.files:
        folder = sample.folder(path)
        readers = sample.readers[folder]
        assert readers, f"{path} lies in {folder}, which nobody may read"
        if path.endswith(".html"):
            meta = [item for item in sample.page(path).iter("meta") if item.get("name") == "kpigen-readers"]
            assert [frozenset(item.get("content", "").split(" ")) for item in meta] == [readers], path


def test_folders_have_the_readers_that_the_roster_gives_them(sample: Sample) -> None:
    expected: dict[str, set[str]] = {
        "": {"everyone"}, "assets/": {"everyone"}, "forms/": {"everyone"}, "hr/": {"hr", "auditor"}, "people/": set(), "teams/": set(),
    }  # fmt: skip
    for (period, id_, _), status in sample.status.items():
        if status == "draft":
            continue
        line = sample.line(id_, period)
        manager = {f"manager:{line['manager']}"} if line["manager"] else set()
        expected[f"people/{id_}/"] = {f"employee:{id_}", "hr", "auditor"}
        expected[f"people/{id_}/{period}/"] = {
            f"employee:{id_}",
            "hr",
            "auditor",
            f"hr-department:{line['department']}",
            *manager,
        }
        if manager:
            expected[f"teams/{line['manager']}/{period}/"] = {"hr", "auditor", *manager}
    assert {folder: set(readers) for folder, readers in sample.readers.items()} == expected


def test_logins_are_those_of_the_roster_and_the_settings(sample: Sample) -> None:
    logins = sample.json("hr/access.json")["logins"]
    assert logins["shen.zhiyuan"] == ["employee:CS-0001", "manager:CS-0001"]
    assert logins["xu.jingyi"] == ["manager:OP-0001"], "who has no review of their own reads as a manager only"
    assert (logins["hr.lin"], logins["hr.sun"], logins["audit.qiao"]) == (["hr"], ["hr-department:客服部"], ["auditor"])
    assert all(
        token in {one for readers in sample.readers.values() for one in readers}
        for tokens in logins.values()
        for token in tokens
    )


def test_a_page_is_handed_only_what_all_its_readers_may_see(sample: Sample) -> None:
    pages = [*plan(replace(sample.site, search=True)), *audit_pages(sample.site, NO_GIT)]
    assert {page.path for page in pages} == set(sample.html)
    handed = 0
    for page in pages:
        for record in page.records:
            assert page.readers <= entitled(record), (page.path, record.review.path)
            handed += 1
    assert handed > 500


@pytest.fixture(scope="session")
def allowed(sample: Sample) -> dict[str, set[str]]:
    """Whom a folder may speak of, by access.json alone: those with a period that all of the folder's readers may read."""
    reports = [
        (folder.split("/")[1], readers)
        for folder, readers in sample.readers.items()
        if re.fullmatch(r"people/[^/]+/[^/]+/", folder)
    ]
    found = {
        folder: {id_ for id_, readers in reports if own and own <= readers} for folder, own in sample.readers.items()
    }
    for folder in found:
        if folder.startswith("teams/"):
            found[folder].add(folder.split("/")[1])
    return found


def test_the_folders_of_employees_and_teams_speak_of_few(allowed: dict[str, set[str]], people: dict[str, str]) -> None:
    assert allowed[""] == allowed["forms/"] == set()
    assert allowed["people/CS-0003/"] == {"CS-0003"}
    assert allowed["teams/CS-0001/2026-04/"] == {"CS-0001", "CS-0002", "CS-0003", "CS-0004", "CS-0005", "CS-0006"}
    assert allowed["hr/"] == set(people) - {"OP-0001"}


def test_nothing_about_a_person_stands_outside_the_folders_of_their_readers(
    sample: Sample, allowed: dict[str, set[str]], people: dict[str, str]
) -> None:
    for path in sample.files:
        folder = sample.folder(path)
        if folder == "hr/":
            continue
        text = re.sub(r'<meta name="kpigen-readers" content="[^"]*">', "", sample.text(path))
        parts = folder.split("/")
        named = set(allowed[folder])
        if len(parts) == 4 and parts[0] == "people":
            named.add(sample.line(parts[1], parts[2])["manager"])  # a report names the manager
        if parts[0] == "teams":
            own = {
                id_ for (period, id_, _), status in sample.status.items() if period == parts[2] and status != "draft"
            }
            named &= {id_ for id_ in own if sample.line(id_, parts[2])["manager"] == parts[1]} | {parts[1]}
        found = {id_ for id_, name in people.items() if name in text}
        assert found <= named, path
        assert ids_in(text) <= allowed[folder], path
        assert ids_in(path) <= allowed[folder], path
        assert not any(name in path for name in people.values()), path
        for line in sample.roster:
            assert line["login"] not in text, path
            assert line["email"] not in text, path


def test_shared_files_know_nobody(sample: Sample, people: dict[str, str]) -> None:
    rules = "".join(path.read_text("utf-8") for path in sample.root.glob("rules/*/*.yaml"))
    words = (
        set(people)
        | set(people.values())
        | {line[key] for line in sample.roster for key in ("login", "email", "department", "position")}
    )
    words = {word for word in words if word and word not in rules}
    assert {"电商部", "物业服务部", "CS-0001", "沈知远", "hr.lin"} <= words | {"hr.lin"}
    shared = [path for path in sample.files if sample.readers[sample.folder(path)] == {"everyone"}]
    assert {"index.html", "en/index.html", "seals.json", "assets/kpigen.css", "forms/index.html"} <= set(shared)
    for path in shared:
        text = sample.text(path)
        assert not [word for word in words if word in text], path
        assert not any(login in text for login in ("hr.lin", "hr.sun", "audit.qiao")), path


def test_seals_are_the_published_ones_and_nothing_else(sample: Sample) -> None:
    seals = sample.json("seals.json")
    assert set(seals) == {"schema", "seals"}
    expected = Counter()
    for (period, id_, form), status in sample.status.items():
        if status in ("published", "withdrawn"):
            text = (sample.root / f"reviews/{period}/{id_}.{form}.md").read_text("utf-8")
            seal = re.search(r'^  seal: "(k1:sha256:[0-9a-f]{64})"$', text, re.MULTILINE)
            assert seal
            expected[seal[1], "withdrawn" if status == "withdrawn" else "current"] += 1
            for earlier in re.findall(r'^ +seal: "(k1:sha256:[0-9a-f]{64})"$', text, re.MULTILINE):
                if earlier != seal[1]:
                    expected[earlier, "withdrawn" if status == "withdrawn" else "amended"] += 1
    assert Counter((item["seal"], item["status"]) for item in seals["seals"]) == expected
    assert all(set(item) == {"seal", "status"} for item in seals["seals"])
    assert [item["seal"] for item in seals["seals"]] == sorted(item["seal"] for item in seals["seals"]), (
        "in an order that says nothing"
    )


def test_confidential_lists_stand_nowhere_outside_hr(sample: Sample) -> None:
    sources = "".join(path.read_text("utf-8") for path in sample.root.glob("reviews/*/*.md"))
    assert all(secret in sources for secret in SECRETS)
    for path in sample.files:
        if not path.startswith("hr/"):
            text = sample.text(path)
            assert not [secret for secret in SECRETS if secret in text], path


def mean_of(written_list: str) -> float:
    found = [float(number) for number in written_list.strip("[]").split(", ")]
    return sum(found) / len(found)


def test_what_is_shown_of_confidential_lists_is_their_count_and_mean(sample: Sample) -> None:
    groups = [
        (mean_of(peers) + mean_of(subordinates)) / 2 for peers, subordinates in zip(PEERS, SUBORDINATES, strict=True)
    ]
    for path, indicator, count, mean in (
        ("people/CS-0001/2026-02/support-center.html", "team", 3, mean_of(TEAM_TOTALS)),
        ("people/CS-0004/2026-Q1/cs-360.html", "communication", 5, groups[0]),
        ("people/CS-0004/2026-Q1/cs-360.html", "team_building", 5, groups[1]),
    ):
        shown = said(of_class(row_of(sample.page(path), indicator), "row-inputs")[0])
        assert f"{mean:.4f}" in shown, (path, shown)
        assert f"{count} 个评分" in shown, (path, shown)


def test_salts_and_what_auto_took_stand_nowhere_outside_hr(sample: Sample) -> None:
    sources = {path: path.read_text("utf-8") for path in sample.root.glob("reviews/*/*.md")}
    salts = {salt for text in sources.values() for salt in re.findall(r"salt: ([0-9a-f]{32})", text)}
    assert len(salts) > 60
    automatic = sources[sample.root / "reviews/2026-03/CS-0001.support-center.md"]
    taken = re.findall(r'employee: (CS-\d+), total: "?([\d.]+)"?, seal: "([^"]+)"', automatic)
    assert sorted(id_ for id_, _, _ in taken) == ["CS-0002", "CS-0003", "CS-0005", "CS-0006"]
    seals = {seal for _, _, seal in taken}
    for path in sample.files:
        if path.startswith("hr/"):
            continue
        text = sample.text(path)
        assert not [salt for salt in salts if salt in text], path
        if path.startswith("people/CS-0001/"):
            assert not [seal for seal in seals if seal in text], path
            assert not ids_in(text) - {"CS-0001", "OP-0001"}, path


def test_a_report_that_takes_its_teams_totals_shows_their_mean(sample: Sample) -> None:
    folder = "people/CS-0001/2026-03/"
    totals = [
        card["total"] for (period, id_, _), card in sample.cards.items()
        if period == "2026-03" and id_ != "CS-0001" and sample.line(id_, period)["manager"] == "CS-0001"
    ]  # fmt: skip
    mean = sum(map(float, totals)) / len(totals)
    steps = next(item for item in sample.json(f"{folder}support-center.json")["indicators"] if item["id"] == "team")[
        "steps"
    ]
    shown = next(step for step in steps if step["kind"] == "shown")
    assert (shown["count"], float(shown["value"].strip("≈"))) == ("4", pytest.approx(mean, abs=1e-4))
    for name in ("support-center.html", "support-center.json", "en/support-center.html"):
        text = sample.text(folder + name)
        assert not [total for total in totals if total in text], name


# --- who changes managers --------------------------------------------------------------------------------------------


def test_who_changed_managers_is_compared_only_within_one_managers_time(sample: Sample) -> None:
    march, april, may = (sample.page(f"people/CS-0003/2026-0{month}/cs-latest.html") for month in (3, 4, 5))
    before, after = (
        lambda page: [item.get("href") for item in page.iter("a") if item.get("rel") == "prev"],
        lambda page: [item.get("href") for item in page.iter("a") if item.get("rel") == "next"],
    )
    assert (before(march), after(march)) == (["../2026-02/cs-latest.html"], [])
    assert (before(april), after(april)) == ([], ["../2026-05/cs-latest.html"])
    assert before(may) == ["../2026-04/cs-latest.html"]
    assert "2026-03" not in said(april.find(".//main"))
    assert "2026-04" not in said(march.find(".//main"))
    change = [said(item) for item in may.iter("li") if "2026-04" in said(item)]
    difference = float(sample.reports["people/CS-0003/2026-05/cs-latest.html"]["total"]) - float(
        sample.reports["people/CS-0003/2026-04/cs-latest.html"]["total"]
    )
    assert len(change) == 1
    assert change[0].endswith(f"{difference:+.2f}".replace("-", "−"))
    assert not [item for item in of_class(april, "facts") if "2026" in said(item)]


def test_a_team_shows_its_members_only_while_they_are_in_it(sample: Sample) -> None:
    trends: dict[tuple[str, str], set[str]] = defaultdict(set)
    for path in sample.html:
        parts = path.split("/")
        if parts[0] != "teams":
            continue
        assert sample.folder(path) == f"teams/{parts[1]}/{parts[2]}/"
        named = "韩子墨" in sample.text(path)
        assert named == (
            (parts[1], parts[2])
            in {
                ("CS-0001", "2026-01"),
                ("CS-0001", "2026-02"),
                ("CS-0001", "2026-03"),
                ("OP-0001", "2026-04"),
                ("OP-0001", "2026-05"),
            }
        ), path
        for heading in sample.page(path).iter("h3"):
            if said(heading).startswith("韩子墨"):
                trends[parts[1], parts[2]].update(_periods_after(sample.page(path), heading))
    assert trends == {
        ("CS-0001", "2026-02"): {"2026-01", "2026-02"},
        ("CS-0001", "2026-03"): {"2026-01", "2026-02", "2026-03"},
        ("OP-0001", "2026-05"): {"2026-04", "2026-05"},
    }
    later = {sample.reports[f"people/CS-0003/2026-0{month}/cs-latest.html"]["total"] for month in (4, 5)}
    for path in sample.html:
        if path.startswith("teams/CS-0001/"):
            assert not [total for total in later if total in sample.text(path)], path


def _periods_after(page: Element, heading: Element) -> set[str]:
    """The periods of the first table after a heading."""
    seen = False
    for item in page.iter():
        seen = seen or item is heading
        if seen and item.tag == "table":
            return {said(head) for head in item.iter("th") if re.fullmatch(r"2026-\d\d", said(head))}
    return set()


# --- pages and links -------------------------------------------------------------------------------------------------


def test_every_page_is_well_formed(sample: Sample) -> None:
    for path in sample.html:
        parser = sample.parser(path)
        assert parser.problems == [], path
        assert parser.declaration == "doctype html", path


def test_every_page_has_language_title_one_heading_and_an_outline(sample: Sample) -> None:
    titles = defaultdict(set)
    for path in sample.html:
        page = sample.page(path)
        html = page.find("html")
        assert html is not None
        assert html.get("lang") == ("en" if "en" in path.split("/") else "zh-Hans"), path
        titles[sample.folder(path)].add(said(page.find(".//title")))
        assert said(page.find(".//title")), path
        levels = [int(item.tag[1]) for item in page.iter() if re.fullmatch("h[1-6]", item.tag)]
        assert levels[0] == 1, path
        assert levels.count(1) == 1, path
        assert all(later - earlier <= 1 for earlier, later in pairwise(levels)), (path, levels)
        assert all(said(item) for item in page.iter() if re.fullmatch("h[1-6]", item.tag)), path
        assert len(list(page.iter("main"))) == 1, path
    assert all(titles.values())


def is_own_script(item: Element) -> bool:
    """Whether a script is a file of the site's own, with nothing in the page itself."""
    return set(item.attrib) <= {"src", "defer", "type"} and not item.text and "//" not in item.get("src", "//")


def test_every_page_works_without_script_and_style(sample: Sample) -> None:
    for path in sample.html:
        for item in sample.page(path).iter():
            assert item.tag not in ("style", "iframe", "object", "embed", "base"), path
            assert item.tag != "form" or "action" not in item.attrib, path
            assert item.tag != "script" or is_own_script(item), path
            assert not [name for name in item.attrib if name == "style" or name.startswith("on")], path


def test_tables_details_and_labels_serve_those_who_listen(sample: Sample) -> None:
    for path in sample.html:
        page = sample.page(path)
        ids = [item.get("id") for item in page.iter() if item.get("id") is not None]
        assert len(ids) == len(set(ids)), path
        assert all(ids), path
        for item in page.iter():
            if item.tag == "th":
                assert item.get("scope") in ("col", "row"), path
            if item.tag == "table":
                assert list(item.iter("th")), path
                rows = [row for part in item if part.tag in ("thead", "tbody", "tfoot") for row in part]
                widths = {sum(int(cell.get("colspan", 1)) for cell in row) for row in rows}
                assert len(widths) == 1, (path, said(item)[:80])
            if item.tag == "details":
                assert item[0].tag == "summary", path
                assert said(item[0]), path
                assert [child.tag for child in item].count("summary") == 1, path
            if item.get("aria-labelledby"):
                assert item.get("aria-labelledby") in ids, path
            if item.tag == "svg":
                assert item.get("aria-hidden") == "true" or item.get("role") == "img", path
            if item.tag == "a":
                assert said(item), path


def test_every_link_leads_to_a_file_and_a_place_in_it(sample: Sample) -> None:
    outside, inside = set(), 0
    for path in sample.html:
        page = sample.page(path)
        for item in page.iter():
            target = item.get("href") if item.tag in ("a", "link") else item.get("src")
            if target is None:
                continue
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                assert item.tag == "a", f"{path} asks another host for {target}"
                assert parts.scheme in ("https", "mailto"), (path, target)
                assert parts.scheme == "mailto" or "noreferrer" in item.get("rel", ""), (path, target)
                outside.add(target)
                continue
            inside += 1
            assert not parts.query, (path, target)
            assert not parts.path.startswith("/"), (path, target)
            there = (sample.out / path).parent / unquote(parts.path) if parts.path else sample.out / path
            assert there.is_file(), (path, target)
            name = Path(os.path.normpath(there)).relative_to(sample.out).as_posix()
            if parts.fragment:
                assert by_id(sample.page(name), unquote(parts.fragment)) is not None, (path, target)
    assert inside > 1500
    mails = {target for target in outside if target.startswith("mailto:hr@example.com?")}
    assert outside - mails <= {"https://wiki.example.com/property/front-desk/training/2026-05"}
    for path in sample.files:
        if path.endswith((".css", ".svg")):
            text = re.sub(r'xmlns(:\w+)?="[^"]*"', "", sample.text(path))
            assert not re.search(r"@import|https?:|//|url\((?!#|data:)", text), path


def test_every_page_has_its_other_language_and_back(sample: Sample) -> None:
    for path in sample.html:
        language = "en" if "en" in path.split("/") else "zh"
        page = sample.page(path)
        other = [item for item in page.iter("a") if item.get("hreflang")]
        assert [item.get("hreflang") for item in other] == [{"en": "zh", "zh": "en"}[language]], path
        alternate = [item.get("href") for item in page.iter("link") if item.get("rel") == "alternate"]
        assert alternate == [other[0].get("href")], path
        there = Path(os.path.normpath(Path(path).parent / alternate[0])).as_posix()
        back = [item.get("href") for item in sample.page(there).iter("a") if item.get("hreflang")]
        assert os.path.normpath(Path(there).parent / back[0]) == path
        assert sample.folder(there) == sample.folder(path), "both languages lie in one guarded folder"
        assert len(list(sample.page(there).iter("table"))) == len(list(page.iter("table"))), path


def test_every_page_can_be_reached_from_where_its_readers_start(sample: Sample) -> None:
    """From the landing page, from one's own folder, from one's team."""
    starts = [
        "index.html",
        *(path for path in sample.html if re.fullmatch(r"(people/[^/]+|teams/[^/]+/[^/]+)/index.html", path)),
    ]
    seen, waiting = set(starts), list(starts)
    while waiting:
        path = waiting.pop()
        for item in sample.page(path).iter("a"):
            target = item.get("href", "")
            if target.startswith(("http", "mailto", "#")):
                continue
            there = os.path.normpath(Path(path).parent / unquote(target.partition("#")[0]))
            if there not in seen and there.endswith(".html"):
                seen.add(there)
                waiting.append(there)
    assert set(sample.html) == seen


# --- reports ---------------------------------------------------------------------------------------------------------


def minus(text: str) -> str:
    """A number as pages write it."""
    return text.replace("-", "−")


def in_chinese(text: str) -> str:
    """A duration as Chinese pages write it; anything else as it is."""
    if not re.fullmatch(r"≈?(\d+h)?(\d+m)?(\d+(\.\d+)?s)?", text):
        return text
    return text.replace("h", "小时").replace("m", "分").replace("s", "秒")


def row_of(page: Element, indicator: str) -> Element:
    """An indicator's row on the card: the box around its details."""
    return next(box for box in of_class(page, "item") if box[0].get("id") == indicator)


def test_every_report_shows_total_grade_and_every_points_cell(sample: Sample) -> None:
    assert len(sample.reports) > 35
    for path, card in sample.reports.items():
        for language_path in (
            path,
            path.replace("/2026", "/2026", 1).rpartition("/")[0] + "/en/" + path.rpartition("/")[2],
        ):
            page = sample.page(language_path)
            result = section_of(page, "result")
            assert result is not None
            assert said(of_class(result, "figure")[0]) == card["total"], language_path
            assert said(of_class(result, "grade")[0]) == card["grade"], language_path
            assert said(of_class(page, "sum")[0]).endswith(card["total"])
            assert [item[0].get("id") for item in of_class(page, "item")] == [item["id"] for item in card["indicators"]]
            for item in card["indicators"]:
                points = said(of_class(row_of(page, item["id"]), "row-points")[0])
                weight = f"{float(item['weight']):.2f}".rstrip("0").rstrip(".")
                if item["not_applicable"]:
                    assert not re.search(r"\d", points), (language_path, item["id"])
                else:
                    assert points == f"{item['points']} / {weight}", (language_path, item["id"])


def test_the_json_beside_a_report_is_what_score_prints(sample: Sample) -> None:
    for path, card in sample.reports.items():
        data = sample.json(path.removesuffix("html") + "json")
        assert {key: data[key] for key in ("total", "grade", "indicators", "bonus", "period", "form", "rules")} == {
            key: card[key] for key in ("total", "grade", "indicators", "bonus", "period", "form", "rules")
        }
        assert data["employee"]["id"] == path.split("/")[1]
        assert ("seal" in data) == (data["status"] == "published")


def test_every_indicator_shows_the_working_step_by_step(sample: Sample) -> None:
    lines = 0
    for path, card in sample.reports.items():
        page = sample.page(path)
        for item in card["indicators"]:
            row = row_of(page, item["id"])
            steps = [line for working in of_class(row, "working") for line in working]
            assert len(steps) == len(item["steps"]), (path, item["id"])
            if item["not_applicable"]:
                continue
            assert said(of_class(steps[-1], "result")[0]) == f"= {item['points']}", (path, item["id"])
            for line, step in zip(steps, item["steps"], strict=True):
                lines += 1
                assert (line.text or "").strip(), (path, item["id"])
                if step["value"] is not None and step["kind"] != "points":
                    assert said(line).endswith(in_chinese(minus(step["value"]))), (path, item["id"], step)
                if step.get("numbers"):
                    assert [shown for shown in of_class(line, "formula") if said(shown).startswith("= ")], (
                        path,
                        item["id"],
                        step,
                    )
            assert said(of_class(row, "standard")[0]), (path, item["id"])
    assert lines > 800


def test_every_number_of_a_rule_says_where_it_comes_from(sample: Sample) -> None:
    kinds = set()
    for path in sample.reports:
        page = sample.page(path)
        for box in of_class(page, "item"):
            origins = [said(item) for table in of_class(box, "origins") for item in of_class(table, "origin")]
            assert origins, (path, box[0].get("id"))
            kinds.update(origins)
    assert kinds == {"参考表原文", "据参考表重建", "我们设定"} or len(kinds) == 3


def test_a_submitted_report_says_so_and_who_still_has_to_confirm(sample: Sample) -> None:
    waiting = {key for key, status in sample.status.items() if status == "submitted"}
    roles = {form: _confirmations(form) for form in NINE}
    confirmed = {("2026-04", "PM-0001", "property-cs"): {"employee"}}
    names = {"employee": "员工", "assessor": "考核人", "leader": "领导", "hr": "人力资源部经理"}
    assert len(waiting) >= 9
    for key in waiting:
        period, id_, form = key
        page = sample.page(f"people/{id_}/{period}/{form}.html")
        box = section_of(page, "await")
        assert box is not None
        assert "待确认" in said(page.find(".//h1"))
        number = sample.json(f"people/{id_}/{period}/{form}.json")["content"][:12]
        assert number in said(box)
        assert "2026年7月3日" in said(box)
        awaited = [names[role] for role in roles[form] if role not in confirmed.get(key, ())]
        assert awaited
        assert f"尚待确认：{'、'.join(awaited)}。" in said(box), key
        assert not re.search("k1:sha256", said(page)), "nothing is sealed yet"
        english = said(section_of(sample.page(f"people/{id_}/{period}/en/{form}.html"), "await"))
        assert "Awaiting confirmation" in english
        assert number in english


def _confirmations(form: str) -> list[str]:
    return rule_file(form)["confirmations"]


def test_a_published_report_shows_its_seal_and_is_not_marked(sample: Sample) -> None:
    seals = {item["seal"] for item in sample.json("seals.json")["seals"] if item["status"] == "current"}
    shown = set()
    for (period, id_, form), status in sample.status.items():
        if status == "published":
            page = sample.page(f"people/{id_}/{period}/{form}.html")
            assert not of_class(page, "status"), (period, id_)
            assert section_of(page, "await") is None
            shown.add(next(word for item in page.iter("code") if (word := said(item)).startswith("k1:sha256:")))
    assert shown == seals


def test_a_report_says_where_it_comes_from(sample: Sample) -> None:
    for path in sample.reports:
        _, id_, period, name = path.split("/")
        form = name.removesuffix(".html")
        source = said(section_of(sample.page(path), "source"))
        data = sample.json(path.removesuffix("html") + "json")
        assert f"reviews/{period}/{id_}.{form}.md" in source
        assert data["content"] in source
        assert data["rules_digest"][:12] in source
        assert f"{form}@2026-01" in source


def test_objections_stand_on_the_report_with_their_answers(sample: Sample) -> None:
    box = section_of(sample.page("people/CS-0002/2026-04/cs-practical.html"), "record")
    assert box is not None
    first, second = of_class(box, "objection")
    assert "流失一人是试用期同事" in said(first)
    assert "规则不分" in said(first)
    assert "2026年7月6日" in said(first)
    assert "响应时间含系统停机" in said(second)
    assert "员工" in said(second)
    assert said(second[0]) != said(first[0]), "an objection to earlier content is marked"


def test_confirmations_stand_on_the_report_with_name_and_date(sample: Sample) -> None:
    centre = said(section_of(sample.page("people/CS-0001/2026-01/support-center.html"), "record"))
    assert [name in centre for name in ("员工 沈知远", "领导 许静怡", "人力资源部经理 林主管", "2026年7月2日")] == [
        True
    ] * 4
    late = [
        said(item)
        for item in (section_of(sample.page("people/CS-0003/2026-05/cs-latest.html"), "record") or Element("x")).iter(
            "li"
        )
    ]
    assert len(late) == 3
    assert "2026年7月9日" in late[2]
    assert len(late[2].split(" – ")) == 2, "an entry after publication is marked"
    assert not [line for line in late[:2] if " – " in line]


def test_a_self_assessment_stands_beside_and_does_not_count(sample: Sample) -> None:
    path = "people/CS-0002/2026-04/cs-practical.html"
    box = section_of(sample.page(path), "self")
    assert box is not None
    card = sample.reports[path]
    table = next(box.iter("table"))
    rows = [row for part in table if part.tag == "tbody" for row in part]
    assert len(rows) == len(card["indicators"])
    own = Fraction(0)
    for row, item in zip(rows, card["indicators"], strict=True):
        mine, assessed, difference = (said(cell) for cell in row[-3:])
        assert assessed == item["points"]
        assert re.fullmatch(r"\d+\.\d\d", mine)
        moved = Fraction(mine) - Fraction(assessed)
        assert difference == (minus(f"{float(moved):+.2f}") if moved else "")
        assert has_class(row, "differs") == bool(moved)
        own += Fraction(mine)
    assert {said(row[-1])[:1] for row in rows} == {"+", "−", ""}
    total = re.search(r"(\d+\.\d\d)", said(box.find("p")))
    assert total
    assert Fraction(total[1]) == own
    assert "创新这项我自评高一些" in said(box)
    assert section_of(sample.page("people/CS-0002/2026-01/cs-practical.html"), "self") is None


def test_what_does_not_apply_is_shown_with_its_reason(sample: Sample) -> None:
    path = "people/PM-0002/2026-02/front-desk.html"
    page = sample.page(path)
    row = row_of(page, "cashier")
    assert "2 月更换收银设备" in said(of_class(row, "reason")[0])
    assert said(of_class(row, "row-points")[0]) == "不适用"
    assert "2 月更换收银设备" in said(
        of_class(row_of(sample.page("people/PM-0002/2026-02/en/front-desk.html"), "cashier"), "reason")[0]
    )
    weights = [
        float(said(of_class(item, "row-points")[0]).split("/")[1]) for item in of_class(page, "item") if item is not row
    ]
    assert sum(weights) == pytest.approx(100, abs=0.05), "the others take its weight"
    assert "权重 10，因有不适用的指标，本次为 11.43。" in said(row_of(page, "follow_up_calls"))


def test_evidence_is_copied_and_linked(sample: Sample) -> None:
    folder = "people/PM-0002/2026-02/"
    name = "files/PM-0002-回访记录.csv"
    copy = sample.out / folder / "evidence" / name
    assert copy.read_bytes() == (sample.root / "reviews/2026-02" / name).read_bytes()
    for path in ("front-desk.html", "en/front-desk.html"):
        links = list(row_of(sample.page(folder + path), "follow_up_calls").iter("a"))
        assert [said(item) for item in links] == [name]
        assert (sample.out / folder / path).parent.joinpath(
            unquote(links[0].get("href", ""))
        ).resolve() == copy.resolve()


def test_a_bonus_stands_apart(sample: Sample) -> None:
    path = "people/PM-0001/2026-02/property-cs.html"
    card = sample.reports[path]
    bonus = {item["id"]: item["points"] for item in card["bonus"]}
    assert bonus["owner_praise"] == "3.00"
    page = sample.page(path)
    table = next(table for table in page.iter("table") if "解决业主困难受表扬" in said(table))
    rows = {said(row[0]): [said(cell) for cell in row[1:]] for part in table if part.tag == "tbody" for row in part}
    assert rows["解决业主困难受表扬"] == ["3", "1", "3.00"]
    assert rows["本人受奖"] == ["5", "0", "0.00"]
    base = float(card["total"]) - 3
    assert f"{base:.2f}" in said(of_class(page, "facts")[0])


def test_the_words_of_a_review_stand_on_its_report(sample: Sample) -> None:
    for path in sample.reports:
        _, id_, period, name = path.split("/")
        text = (sample.root / f"reviews/{period}/{id_}.{name.removesuffix('html')}md").read_text("utf-8")
        body = re.sub(r"[*#`>\-]|^\d+\. ", "", text.partition("\n---\n")[2], flags=re.MULTILINE)
        shown = bare(said(sample.page(path)).replace("-", ""))
        for line in body.splitlines():
            assert line.startswith("|") or bare(line) in shown, (path, line)


def test_reports_link_their_neighbours_and_say_the_change(sample: Sample) -> None:
    path = "people/PM-0002/2026-02/front-desk.html"
    page = sample.page(path)
    assert [item.get("href") for item in page.iter("a") if item.get("rel") in ("prev", "next")] == [
        "../2026-01/front-desk.html", "../2026-03/front-desk.html",
    ]  # fmt: skip
    before = sample.reports["people/PM-0002/2026-01/front-desk.html"]["total"]
    change = f"{float(sample.reports[path]['total']) - float(before):+.2f}"
    assert "2026-01 变化" in said(of_class(page, "facts")[0][0])
    assert said(of_class(page, "facts")[0][0]).endswith(minus(change))


def test_a_quarter_is_not_compared_with_months(sample: Sample) -> None:
    page = sample.page("people/CS-0004/2026-Q1/cs-360.html")
    assert [item.get("href") for item in page.iter("a") if item.get("rel") in ("prev", "next")] == [
        "../2026-Q2/cs-360.html"
    ]


def test_the_way_to_the_next_grade_is_said(sample: Sample) -> None:
    told = 0
    for path, card in sample.reports.items():
        bounds = sorted(map(float, rule_file(card["form"])["grades"].values()))
        above = [bound for bound in bounds if bound > float(card["total"])]
        facts = said(of_class(sample.page(path), "facts")[0])
        if above:
            assert f"{above[0] - float(card['total']):.2f}" in facts, path
            told += 1
    assert told > 20


# --- withdrawn reports -----------------------------------------------------------------------------------------------

WITHDRAWN = "people/EC-0002/2026-02/"


def test_a_withdrawn_report_says_so_and_shows_no_score(sample: Sample) -> None:
    card = sample.cards["2026-02", "EC-0002", "ecommerce-cs"]
    assert sorted(path for path in sample.files if path.startswith(WITHDRAWN)) == [
        f"{WITHDRAWN}ecommerce-cs.html",
        f"{WITHDRAWN}en/ecommerce-cs.html",
    ]
    for path, word in (("ecommerce-cs.html", "已撤回"), ("en/ecommerce-cs.html", "Withdrawn")):
        page = sample.page(WITHDRAWN + path)
        text = said(page.find(".//main"))
        assert word in said(page.find(".//h1"))
        assert "数据取自另一个店铺，全部作废" in text
        assert "林主管" in text
        assert "罗一鸣" in text
        assert card["total"] not in text
        assert not [item for item in card["indicators"] if item["points"] in text]
        assert not of_class(page, "grade")
        assert not of_class(page, "item")


def test_a_withdrawn_report_counts_nowhere(sample: Sample) -> None:
    total = sample.cards["2026-02", "EC-0002", "ecommerce-cs"]["total"]
    for path in sample.html:
        if path.startswith(("people/EC-0002/", "teams/OP-0001/", "hr/")):
            assert total not in sample.text(path), path
    lines = [said(row) for row in sample.page("people/EC-0002/index.html").iter("tr") if "2026-02" in said(row)]
    assert len(lines) == 1
    assert "已撤回" in lines[0]
    march = sample.page("people/EC-0002/2026-03/ecommerce-cs.html")
    assert not [item for item in march.iter("a") if item.get("rel") == "prev"], "it is nobody's neighbour"


def test_a_report_that_is_withdrawn_later_loses_its_files(tmp_path: Path, sample: Sample) -> None:
    root = tmp_path / "copy"
    shutil.copytree(sample.root, root)
    before = {path for path in sample.files if not path.startswith("hr/search/")}
    folder = "people/PM-0002/2026-02/"
    review = root / "reviews/2026-02/PM-0002.front-desk.md"
    run("--root", root, "withdraw", review, "--reason", "重复", "--by", "林主管", "--yes", "--date", "2026-07-11")
    run("--root", root, "build", "--no-pdf", "--out", root / "site")
    after = {path.relative_to(root / "site").as_posix() for path in (root / "site").rglob("*") if path.is_file()}
    after = {path for path in after if not path.startswith("hr/search/")}  # its files are called by what they hold
    assert before - after == {f"{folder}front-desk.json", f"{folder}evidence/files/PM-0002-回访记录.csv"}
    assert after - before == set()
    assert not (root / f"site/{folder}evidence").exists()


# --- forms -----------------------------------------------------------------------------------------------------------


def leaves(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every scalar of a rule file with the keys that lead to it."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from leaves(value, (*path, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from leaves(value, (*path, str(index)))
    else:
        yield path, node


def written(node: Any) -> str:
    """An example's metric as a review writes it on one line."""
    if isinstance(node, dict):
        return "{" + ", ".join(f"{key}: {written(value)}" for key, value in node.items()) + "}"
    if isinstance(node, list):
        return "[" + ", ".join(map(written, node)) + "]"
    return str(node)


@cache
def rule_file(form: str) -> dict[str, Any]:
    return yaml.load((ROOT / f"rules/{form}/2026-01.yaml").read_bytes(), yaml.BaseLoader)


def indicators_of(rule: dict[str, Any]) -> list[dict[str, Any]]:
    return [item for section in rule.get("sections", [rule]) for item in section["indicators"]]


def form_page(sample: Sample, form: str, language: str) -> Element:
    return sample.page(f"forms/{form}/2026-01.html" if language == "zh" else f"forms/en/{form}/2026-01.html")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("form", NINE)
def test_every_text_of_a_rule_file_stands_on_its_page(sample: Sample, form: str, language: str) -> None:
    text = bare("".join(form_page(sample, form, language).itertext()))
    texts = [(path, value) for path, value in leaves(rule_file(form)) if path[-1] == language]
    assert len(texts) > 30
    assert [(path, value) for path, value in texts if bare(value) not in text] == []


@pytest.mark.parametrize("form", NINE)
def test_every_quotation_of_a_rule_file_stands_on_both_pages(sample: Sample, form: str) -> None:
    quotes = [value for path, value in leaves(rule_file(form)) if path[-1] == "quote"]
    for language in ("zh", "en"):
        shown = {said(item) for item in form_page(sample, form, language).iter("q")}
        bonus = bare("".join(form_page(sample, form, language).itertext()))
        assert [quote for quote in quotes if quote not in shown and bare(quote) not in bonus] == []


@pytest.mark.parametrize("form", NINE)
def test_every_example_of_a_rule_file_stands_on_its_page(sample: Sample, form: str) -> None:
    rule = rule_file(form)
    for language in ("zh", "en"):
        page = form_page(sample, form, language)
        for item in indicators_of(rule):
            lines = [said(line) for line in by_id(page, item["id"]).iter("li")]
            for example in item.get("examples", ()):
                assert f"{written(example['metrics'])} → {example['raw']}" in lines, (form, item["id"], example)
        boxes = of_class(page, "example")
        assert len(boxes) == len(rule["examples"]) >= 2
        for box, example in zip(boxes, rule["examples"], strict=True):
            summary = said(box[0])
            assert f"{float(example['total']):.2f}" in summary
            assert re.search(rf"\b{example['grade']}\b", summary.replace("级", " ")), summary
            shown = [said(row[1]) for row in box.iter("tr")]
            extra = [*example.get("not_applicable", {}).values(), *example.get("bonus", {}).values()]
            assert shown == [written(value) for value in (*example["metrics"].values(), *extra)]


@pytest.mark.parametrize("form", NINE)
def test_every_number_of_a_rule_stands_on_its_page(sample: Sample, form: str) -> None:
    rule = rule_file(form)
    number = re.compile(r"-?\d+(\.\d+)?(%|s|m\d*s?)?")
    count = 0
    for language in ("zh", "en"):
        page = form_page(sample, form, language)
        for item in indicators_of(rule):
            article = by_id(page, item["id"])
            tokens = set(re.findall(r"[−-]?\d+(?:\.\d+)?[%a-z\d分秒]*", said(article).replace("+", "")))
            assert said(of_class(article, "of")[0]) == item["weight"]
            for path, value in leaves({key: item[key] for key in ("score", "when_zero") if key in item}):
                words = [
                    word
                    for word in (value, path[-1])
                    if number.fullmatch(word)
                    and not (word == path[-1] and "points" not in path and "values" not in path)
                ]
                for word in words:
                    count += 1
                    written = in_chinese(minus(word)) if language == "zh" else minus(word)
                    assert {word, written, written.removeprefix("−")} & tokens, (form, item["id"], path, word)
        bands = said(page.find(".//dl")) + said(page)
        assert not [bound for bound in list(rule["grades"].values())[:-1] if f"≥ {bound}" not in bands]
    assert count >= (0 if form == "cs-graded" else 8)


@pytest.mark.parametrize("form", NINE)
def test_every_input_of_a_form_is_described(sample: Sample, form: str) -> None:
    for language in ("zh", "en"):
        page = form_page(sample, form, language)
        for item in indicators_of(rule_file(form)):
            article = by_id(page, item["id"])
            codes = {said(code) for code in article.iter("code")}
            for id_, one in item["inputs"].items():
                assert id_ in codes, (form, item["id"], id_)
                assert set(one.get("choices", ())) <= codes
                assert set(one.get("fields", ())) <= codes
                for key in ("min", "max", "above", "below"):
                    assert key not in one or one[key] in said(article), (form, item["id"], id_, key)
            hidden = [id_ for id_, one in item["inputs"].items() if one.get("confidential") == "yes"]
            word = {"zh": "保密", "en": "confidential"}[language]
            marked = [
                said(line.find("code"))
                for line in article.iter("li")
                if word in "".join(said(note) for note in of_class(line, "note"))
            ]
            assert marked == hidden, (form, item["id"])


def test_what_the_engine_derives_stands_on_the_forms(sample: Sample) -> None:
    def derived(form: str, language: str) -> list[str]:
        return [said(item) for item in of_class(form_page(sample, form, language), "derived")]

    assert derived("support-center", "en") == ["The most anyone can reach is 98."]
    assert derived("cs-kpi-gs", "en") == [
        "The most anyone can reach is 118.",
        "Staff turnover: the cap of 130 cannot be reached; the most is 115.",
    ]
    assert derived("ecommerce-cs", "en") == [
        "The most anyone can reach is 97.", "Customer satisfaction score: the cap of 100 cannot be reached; the most is 90.",
    ]  # fmt: skip
    assert ["98" in line for line in derived("support-center", "zh")] == [True]
    assert [re.findall(r"\d+", line) for line in derived("cs-kpi-gs", "zh")] == [["118"], ["130", "115"]]
    others = set(NINE) - {"support-center", "cs-kpi-gs", "ecommerce-cs"}
    assert [form for form in others if derived(form, "en")] == []


def test_the_list_of_forms_names_all_nine(sample: Sample) -> None:
    for language in ("zh", "en"):
        page = sample.page("forms/index.html" if language == "zh" else "forms/en/index.html")
        titles = [said(item) for item in page.iter("h2")]
        assert sorted(titles) == sorted(rule_file(form)["title"][language] for form in NINE)


def test_chinese_pages_are_punctuated_as_chinese(sample: Sample) -> None:
    """Where templates put words together; what people write themselves is theirs."""
    for path in sample.html:
        if "en" not in path.split("/") and path.startswith(("forms/", "hr/", "teams/", "index.html")):
            page = sample.page(path)
            texts = [
                "".join(item.itertext())
                for item in page.iter()
                if item.find(".//code") is None
                and item.tag in ("p", "li", "dd", "th", "td", "caption", "h1", "h2", "h3")
            ]
            texts = [
                re.sub("「[^」]*」[,;]?", "", text) for text in texts if " if " not in text
            ]  # quotations and formulas stand as they are
            assert not [text for text in texts if re.search(r"[一-鿿）][:;,.!?](?: |$)|[:;,!?] ?[一-鿿（]", text)], path


# --- HR and teams ----------------------------------------------------------------------------------------------------

STATUSES = ("draft", "submitted", "published", "withdrawn")
MONTHS = [f"2026-0{month}" for month in range(1, 7)]


def numbers(row: Element) -> list[str]:
    return [said(cell) for cell in row if has_class(cell, "number")]


def absent(sample: Sample, period: str) -> list[dict[str, str]]:
    """Who is on the roster with a monthly form at the end of a month and has no review of it."""
    lines = [line for line in sample.roster if line["form"] and line["form"] != "cs-360"]
    lines = [line for line in lines if line["from"] <= f"{period}-31" and f"{period}-28" <= (line["to"] or "9999")]
    present = {id_ for (p, id_, _) in sample.status if p == period}
    return [line for line in lines if line["id"] not in present]


def test_hr_counts_what_is_where_by_department(sample: Sample) -> None:
    for period in MONTHS:
        page = sample.page(f"hr/{period}/index.html")
        table = next((section_of(page, "completion") or page).iter("table"))
        rows = {said(row[0]): numbers(row) for part in table if part.tag == "tbody" for row in part}
        expected: dict[str, list[str]] = {}
        for department in sorted(rows):
            keys = [
                key
                for key in sample.status
                if key[0] == period and sample.line(key[1], period)["department"] == department
            ]
            counts = [sum(sample.status[key] == status for key in keys) for status in STATUSES]
            totals = [float(sample.cards[key]["total"]) for key in keys if sample.status[key] == "published"]
            mean = f"{sum(totals) / len(totals) + 1e-9:.2f}" if totals else "–"
            gone = sum(line["department"] == department for line in absent(sample, period))
            expected[department] = [*map(str, counts), str(gone), mean]
        assert rows == expected, period
        assert {"客服部", "电商部", "物业服务部"} == set(rows)
        foot = next(row for part in table if part.tag == "tfoot" for row in part)
        counts = [sum(status == one for (p, _, _), status in sample.status.items() if p == period) for one in STATUSES]
        assert numbers(foot)[:5] == [*map(str, counts), str(len(absent(sample, period)))]
        overview = next(
            row
            for row in (section_of(sample.page("hr/index.html"), "periods") or page).iter("tr")
            if said(row[0]) == period
        )
        assert numbers(overview) == numbers(foot)


def test_hr_names_who_is_missing_by_the_roster(sample: Sample) -> None:
    assert "EC-0003" in [line["id"] for line in absent(sample, "2026-04")]
    for period in MONTHS:
        box = section_of(sample.page(f"hr/{period}/index.html"), "missing")
        expected = absent(sample, period)
        if not expected:
            assert box is None
        else:
            titles = {one["form"]: rule_file(one["form"])["title"]["zh"] for one in expected}
            lines = [f"{one['name']} {one['id']} · {one['department']} · {titles[one['form']]}" for one in expected]
            assert sorted(said(item) for item in box.iter("li")) == sorted(lines)
            assert not list(box.iter("a"))


def test_only_hr_knows_of_drafts_and_only_how_many(sample: Sample) -> None:
    assert DRAFT_MARK in (sample.root / "reviews/2026-05/PM-0003.front-desk.md").read_text("utf-8")
    drafts = {key for key, status in sample.status.items() if status == "draft"}
    assert drafts
    for path in sample.files:
        text = sample.text(path)
        assert DRAFT_MARK not in text, path
    for period, id_, _ in drafts:
        assert not [path for path in sample.files if path.startswith(f"people/{id_}/{period}/")]
        page = sample.page(f"hr/{period}/index.html")
        assert id_ not in said(page), (period, id_)
        assert not [
            path
            for path in sample.html
            if path.startswith("teams/") and path.split("/")[2] == period and id_ in sample.text(path)
        ]


def test_the_honour_roll_and_the_improvement_plans_follow_the_rules(sample: Sample) -> None:
    seen = 0
    for period in [*MONTHS, "2026-Q1", "2026-Q2", "2026-H1"]:
        expected: dict[str, list[str]] = {"honour": [], "plans": []}
        for (p, id_, form), status in sorted(sample.status.items()):
            if p == period and status == "published":
                card = sample.cards[p, id_, form]
                outcome = rule_file(form).get("outcomes", {}).get("grades", {}).get(card["grade"], {})
                for heading, key in (("honour", "honour_roll"), ("plans", "improvement_plan")):
                    if outcome.get(key) == "yes":
                        expected[heading].append(
                            f"{sample.line(id_, p)['name']} {id_} · {sample.line(id_, p)['department']} · {card['total']} {card['grade']}"
                        )
        page = sample.page(f"hr/{period}/index.html")
        for heading, lines in expected.items():
            box = section_of(page, heading)
            assert ([said(item) for item in box.iter("li")] if box is not None else []) == lines, (period, heading)
            seen += len(lines)
    assert seen > 0


def ranking(page: Element, title: str) -> list[list[str]]:
    """The ranking of a form on a page, cell by cell."""
    group = next(item for item in of_class(page, "group") if title in said(item[0]))
    return [[said(cell) for cell in row] for part in next(group.iter("table")) if part.tag == "tbody" for row in part]


def test_equal_totals_share_a_place_in_the_ranking(sample: Sample) -> None:
    title = rule_file("ecommerce-cs")["title"]["zh"]
    for path in ("hr/2026-03/index.html", "teams/OP-0001/2026-03/index.html"):
        lines = ranking(sample.page(path), title)
        assert [(line[0], line[2]) for line in lines] == [("1", "EC-0001"), ("1", "EC-0002"), ("3", "EC-0003")], path
        assert lines[0][4] == lines[1][4] > lines[2][4]


def test_rankings_are_within_one_form_and_of_published_reports_only(sample: Sample) -> None:
    seen = set()
    for path in sample.html:
        parts = path.split("/")
        if "en" in parts or not (parts[0] == "teams" or re.match(r"hr/2026", path)):
            continue
        period = parts[2] if parts[0] == "teams" else parts[1]
        page = sample.page(path)
        shown = set()
        for group in of_class(page, "group"):
            lines = [
                [said(cell) for cell in row]
                for part in next(group.iter("table"))
                if part.tag == "tbody"
                for row in part
            ]
            titles = {rule_file(form)["title"]["zh"]: form for form in NINE}
            alone = len(lines[0]) == 7  # who is the only one assessed by a form: no ranking, the form beside the name
            seen.add(alone)
            for cells in lines:
                name, id_, department, *_ = cells if alone else cells[1:]
                form, total, grade = (titles[cells[3]], *cells[4:6]) if alone else (titles[said(group[0])], *cells[4:])
                card, line = sample.cards[period, id_, form], sample.line(id_, period)
                assert (name, department) == (line["name"], line["department"])
                assert (total, grade) == (card["total"], card["grade"])
                assert parts[0] == "hr" or line["manager"] == parts[1]
                shown.add((period, id_, form))
            if not alone:
                totals = [Fraction(cells[4]) for cells in lines]
                assert len(totals) > 1
                assert totals == sorted(totals, reverse=True)
                mean = float(sum(totals)) / len(totals)
                assert f" {mean + 1e-9:.2f} " in f" {said(group[1])} ".replace("·", " "), path
        expected = {
            key for key, status in sample.status.items()
            if status == "published" and key[0] == period and (parts[0] == "hr" or sample.line(key[1], period)["manager"] == parts[1])
        }  # fmt: skip
        assert shown == expected, path
    assert seen == {True, False}


def test_trends_are_of_published_reports_only(sample: Sample) -> None:
    for path in sample.html:
        if re.fullmatch(r"people/[^/]+/index.html", path):
            id_ = path.split("/")[1]
            months: dict[str, list[str]] = defaultdict(list)
            for (period, owner, form), status in sorted(sample.status.items()):
                if owner == id_ and status == "published":
                    months[form, period[5] if period[5] in "QH" else "month"].append(period)
            tables = of_class(sample.page(path), "heat")
            shown = [[said(cell) for cell in next(table.iter("thead"))[0]][1:] for table in tables]
            assert shown == [periods for periods in months.values() if len(periods) > 1], path
            for table in tables:
                totals = next(row for row in table.iter("tr") if has_class(row, "total"))
                keys = [(period, id_) for period in [said(cell) for cell in next(table.iter("thead"))[0]][1:]]
                cards = {(period, owner): card for (period, owner, _), card in sample.cards.items()}
                assert [said(cell) for cell in totals][1:] == [cards[key]["total"] for key in keys]
    waiting = sample.reports["people/PM-0002/2026-04/front-desk.html"]["total"]
    assert waiting not in said(section_of(sample.page("people/PM-0002/index.html"), "trend"))
    assert waiting in said(section_of(sample.page("people/PM-0002/index.html"), "reports"))


def test_what_waits_for_confirmation_is_listed_for_team_and_hr(sample: Sample) -> None:
    for path, keep in (
        ("teams/OP-0001/2026-04/index.html", lambda period, line: period == "2026-04" and line["manager"] == "OP-0001"),
        ("hr/2026-04/index.html", lambda period, line: period == "2026-04"), ("hr/index.html", lambda period, line: True),
    ):  # fmt: skip
        box = section_of(sample.page(path), "waiting")
        assert box is not None
        names = Counter(said(row[0]) for part in next(box.iter("table")) if part.tag == "tbody" for row in part)
        expected = Counter(
            sample.line(id_, period)["name"] for (period, id_, _), status in sample.status.items()
            if status == "submitted" and keep(period, sample.line(id_, period))
        )  # fmt: skip
        assert names == expected, path


# --- what a build does -----------------------------------------------------------------------------------------------


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_site_is_the_same_to_the_byte_wherever_and_by_whomever_it_is_built(tmp_path: Path, sample: Sample) -> None:
    elsewhere = tmp_path / "另一个 folder"
    shutil.copytree(sample.root, elsewhere, ignore=shutil.ignore_patterns("site"))
    for path in elsewhere.rglob("*"):
        os.utime(path, (1, 1))
    command = f'umask 077; cd "{elsewhere}"; exec "$0" "$@"'
    surroundings = {
        "TZ": "Pacific/Kiritimati",
        "LANG": "tr_TR.UTF-8",
        "LC_ALL": "C",
        "PYTHONHASHSEED": "7",
        "SOURCE_DATE_EPOCH": "1",
        "PATH": os.environ["PATH"],
    }
    built = subprocess.run(
        ["sh", "-c", command, sys.executable, "-m", "kpigen", "build", "--no-pdf", "--out", "../out"],
        env={**surroundings, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert built.returncode == 0, built.stderr
    one, two = bytes_of(sample.out), bytes_of(tmp_path / "out")
    assert sorted(one) == sorted(two)
    assert [path for path in one if one[path] != two[path]] == []


def test_building_again_writes_nothing(sample: Sample) -> None:
    before = {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in sample.out.rglob("*")}
    told = run("--root", sample.root, "build", "--no-pdf", "--out", sample.out).stderr
    audit = [path for path in sample.files if path.startswith("hr/audit/")]
    for files in (set(sample.files) - set(audit), audit):  # each with its own manifest
        assert f"0 written, {len(files) - 1} unchanged, 0 removed" in told
    locked = ("hr", "audit")
    assert {
        path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in sample.out.rglob("*") if path.name not in locked
    } == {path: stamp for path, stamp in before.items() if path.name not in locked}


def test_no_page_carries_the_day_or_the_place_it_was_built(sample: Sample) -> None:
    import datetime

    today = datetime.datetime.now(tz=datetime.UTC).date()
    for path in sample.files:
        text = sample.text(path)
        assert str(sample.root) not in text, path
        assert today.isoformat() not in text, path


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A repository with one form, one submitted review and one draft."""
    return make_small(tmp_path / "small")


def make_small(folder: Path) -> Path:
    root = make_repository(folder, ("front-desk",))
    for id_, name in (("PM-0001", "甲"), ("PM-0002", "乙")):
        (root / "reviews/2026-01").mkdir(exist_ok=True)
        (root / f"reviews/2026-01/{id_}.front-desk.md").write_text(FRONT_DESK.format(id=id_, name=name), "utf-8")
    run("--root", root, "submit", root / "reviews/2026-01/PM-0001.front-desk.md", "--yes", "--date", "2026-02-01")
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


def test_drafts_are_rendered_only_where_asked_for(small: Path) -> None:
    run("--root", small, "build", "--no-pdf")
    assert (small / "site/people/PM-0001").is_dir()
    assert not (small / "site/people/PM-0002").exists()
    run("--root", small, "build", "--no-pdf", "--drafts", "--out", small / "preview")
    page = parsed((small / "preview/people/PM-0002/2026-01/front-desk.html").read_text("utf-8")).root
    assert "草稿" in said(page.find(".//h1"))


def test_a_draft_with_open_metrics_shows_them_as_open(small: Path) -> None:
    rewrite(small / "reviews/2026-01/PM-0002.front-desk.md", (r"^  cashier: 0\n", ""), (r"^  training: 1\n", ""))
    run("--root", small, "build", "--no-pdf", "--drafts", "--out", small / "preview")
    parser = parsed((small / "preview/people/PM-0002/2026-01/front-desk.html").read_text("utf-8"))
    assert parser.problems == []
    page = parser.root
    assert said(of_class(page, "figure")[0]) == "未完成" or not re.search(r"\d", said(of_class(page, "figure")[0]))
    assert not re.search(r"\d", said(of_class(row_of(page, "training"), "row-points")[0]).partition("/")[0])
    assert said(of_class(row_of(page, "compliance"), "row-points")[0]) == "18.00 / 20"
    assert not of_class(section_of(page, "result") or page, "grade")


def test_drafts_are_not_written_where_git_would_take_them(small: Path, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", str(small)], check=True)
    (small / ".gitignore").write_text("/preview/\n", "utf-8")
    told = run("--root", small, "build", "--no-pdf", "--drafts", code=1).stderr
    assert "KPI705" in told
    assert not (small / "site").exists()
    told = run("--root", small, "build", "--no-pdf", "--drafts", "--out", small / "other/deep", code=1).stderr
    assert "KPI705" in told
    assert not (small / "other").exists()
    run("--root", small, "build", "--no-pdf", "--drafts", "--out", small / "preview")
    run("--root", small, "build", "--no-pdf", "--drafts", "--out", tmp_path / "outside")
    for folder in (small / "preview", tmp_path / "outside"):
        assert (folder / "people/PM-0002/2026-01/front-desk.html").is_file()
    run("--root", small, "build", "--no-pdf")
    assert not (small / "site/people/PM-0002").exists()


def test_an_error_in_a_source_that_is_rendered_stops_everything(small: Path) -> None:
    run("--root", small, "build", "--no-pdf")
    before = bytes_of(small / "site")
    rewrite(small / "reviews/2026-01/PM-0001.front-desk.md", (r"follow_up_calls: 595", "follow_up_calls: 5９5"))
    (small / "reviews/2026-01/PM-0003.front-desk.md").write_text(FRONT_DESK.format(id="PM-0003", name="丙"), "utf-8")
    told = run("--root", small, "build", "--no-pdf", code=1).stderr
    assert "reviews/2026-01/PM-0001.front-desk.md:8:20: error[KPI312]" in told
    assert "nothing was written" in told
    assert bytes_of(small / "site") == before
    run("--root", small, "build", "--no-pdf", "--out", small / "fresh", code=1)
    assert not (small / "fresh").exists()


def test_an_error_in_a_rule_file_or_the_roster_or_the_settings_stops_everything(small: Path) -> None:
    for path, text in (
        ("rules/front-desk/2026-02.yaml", "form: front-desk\n"), ("reviews/people.csv", "id,name\n"), ("kpigen.toml", "languages = 3\n"),
    ):  # fmt: skip
        file = small / path
        before = file.read_bytes() if file.exists() else None
        file.write_text(text, "utf-8")
        assert f"{path}:1" in run("--root", small, "build", "--no-pdf", code=1).stderr
        assert not (small / "site").exists()
        file.unlink() if before is None else file.write_bytes(before)
    run("--root", small, "build", "--no-pdf")


def test_a_change_of_what_is_published_stops_everything(small: Path) -> None:
    review = small / "reviews/2026-01/PM-0001.front-desk.md"
    run("--root", small, "confirm", review, "--role", "employee", "--yes", "--date", "2026-02-02")
    run("--root", small, "publish", review, "--yes", "--date", "2026-02-03")
    run("--root", small, "build", "--no-pdf")
    before = bytes_of(small / "site")
    rewrite(review, ("follow_up_calls: 595", "follow_up_calls: 600"))
    assert "KPI609" in run("--root", small, "build", "--no-pdf", code=1).stderr
    assert bytes_of(small / "site") == before


@pytest.mark.parametrize("text", ["metrics:\n  follow_up_calls: 5９5\n", "no front matter", "---\nform: [\n---\n"])
def test_an_error_in_a_draft_does_not_stop_the_others(small: Path, text: str) -> None:
    draft = small / "reviews/2026-01/PM-0002.front-desk.md"
    old = re.compile(r"metrics:\n  follow_up_calls: 595\n")
    draft.write_text(old.sub(text, draft.read_text("utf-8")) if text.startswith("metrics") else text, "utf-8")
    if text.startswith("metrics"):
        run("--root", small, "build", "--no-pdf")
        assert (small / "site/people/PM-0001/2026-01/front-desk.html").is_file()
        assert (
            "KPI312" in run("--root", small, "build", "--no-pdf", "--drafts", "--out", small / "preview", code=1).stderr
        )
    else:  # whether it was a draft cannot be told
        run("--root", small, "build", "--no-pdf", code=1)
        assert not (small / "site").exists()


def test_a_template_of_the_repository_replaces_one_that_comes_with_kpigen(small: Path) -> None:
    (small / "templates/assets").mkdir(parents=True)
    (small / "templates/landing.html").write_text(
        "{% extends 'base.html' %}{% block main %}<h1>我们的首页</h1>{% endblock %}", "utf-8"
    )
    (small / "templates/assets/logo.svg").write_text("<svg/>", "utf-8")
    run("--root", small, "build", "--no-pdf")
    assert "我们的首页" in (small / "site/index.html").read_text("utf-8")
    assert {path.name for path in (small / "site/assets").iterdir()} == {
        "icon.svg",
        "kpigen.css",
        "logo.svg",
        "search.js",
        "tables.js",
    }


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("{% block main %}\n<p>{{ view.totl }}</p>{% endblock %}", 2),
        ("\n\n{% if %}", 3),
        ("<p>{{ ''.__class__.__mro__ }}</p>", 1),
    ],
    ids=["unknown name", "syntax", "forbidden by the sandbox"],
)
def test_a_broken_template_is_named_with_its_line_and_nothing_is_written(small: Path, text: str, line: int) -> None:
    (small / "templates").mkdir()
    (small / "templates/report.html").write_text(text, "utf-8")
    told = run("--root", small, "build", "--no-pdf", code=1).stderr
    assert f"templates/report.html:{line}:1: error[KPI706]" in told
    assert not (small / "site").exists()


def test_a_single_language_needs_no_subfolders(small: Path) -> None:
    (small / "kpigen.toml").write_text('languages = ["en"]\n', "utf-8")
    run("--root", small, "build", "--no-pdf")
    pages = [path for path in bytes_of(small / "site") if path.endswith(".html")]
    assert pages
    assert not [path for path in pages if "en" in path.split("/")]
    assert 'lang="en"' in (small / "site/index.html").read_text("utf-8")


# --- words that people write -----------------------------------------------------------------------------------------

ROSTER = "id,name,login,email,department,position,manager,form,from,to\nPM-0001,甲,jia,,物业,前台,,,,\nPM-0002,乙,yi,,物业,前台,,,,\n"

NASTY = """\
# 大标题 <script>alert(1)</script>

<script>alert("body")</script> <img src=https://evil.example/x.png onerror=alert(2)> <b>粗体</b>

[一](javascript:alert(3)) [二](data:text/html;base64,PHNjcmlwdD4=) [三](//evil.example)
[四](http://evil.example) [五](https://ok.example/a)
![图](https://evil.example/x.png) <https://ok.example/b> [六](mailto:hr@example.com)
[七](JaVaScRiPt:alert(4)) [八](java&#115;cript:alert(5))

**没有收尾 [也没有

- 一
    - 二
> 引用 </main></body></html>

```
</code></pre><script>alert(6)</script>
{{ view.total }} {% if x %}
```

这是第一行
这是第二行，全角标点。
（括号开头）
English words
and more
"""


@pytest.fixture(scope="module")
def nasty(tmp_path_factory: pytest.TempPathFactory) -> Element:
    """A report whose author writes everything that does not belong there."""
    small = make_small(tmp_path_factory.mktemp("nasty") / "small")
    table = "\n".join(
        [
            "|" + "|".join(f"列{column}" for column in range(60)) + "|",
            "|" + "-|" * 60,
            *("|" + "x|" * 60 for _ in range(200)),
        ]
    )
    review = small / "reviews/2026-01/PM-0002.front-desk.md"
    text = (
        review.read_text("utf-8")
        .replace("见上表。\n", f"{NASTY}\n{table}\n")
        .replace("name: 乙", "name: '<i>乙</i>&amp;'")
    )
    comment = 'comments:\n  training: "<script>alert(7)</script> [x](javascript:alert(8)) `{{ 1 + 1 }}`"\n'
    feedback = 'feedback:\n  strengths: "# 标题\\n\\n</div></section>"\n  plan: "1. <!-- 注释 -->"\n'
    own = 'self_assessment:\n  metrics: {training: 0}\n  comment: "<style>body{display:none}</style>"\n'
    review.write_text(text.replace("\n---\n\n", f"\n{comment}{feedback}{own}---\n\n", 1), "utf-8")
    run("--root", small, "submit", review, "--yes", "--date", "2026-02-01")
    run("--root", small, "build", "--no-pdf")
    for path in (small / "site").rglob("*.html"):
        parser = parsed(path.read_text("utf-8"))
        assert parser.problems == [], path
        assert not [item.tag for item in parser.root.iter() if item.tag in ("style", "img", "i")], path
        assert all(is_own_script(item) for item in parser.root.iter("script")), path
    return parsed((small / "site/people/PM-0002/2026-01/front-desk.html").read_text("utf-8")).root


def test_what_people_write_is_text_and_never_markup(nasty: Element) -> None:
    text = said(nasty)
    pieces = [
        '<script>alert("body")</script>',
        "<img src=https://evil.example/x.png onerror=alert(2)>",
        "</main></body></html>",
        "{{ view.total }} {% if x %}",
        "</div></section>",
        "<!-- 注释 -->",
        "<style>body{display:none}</style>",
        "<script>alert(7)</script>",
        "{{ 1 + 1 }}",
        "<i>乙</i>&amp;",
    ]
    for piece in pieces:
        assert piece in text, piece
    assert not [
        item for item in nasty.iter() if [name for name in item.attrib if name.startswith("on") or name == "style"]
    ]


def test_links_in_what_people_write_lead_only_where_they_may(nasty: Element) -> None:
    words = section_of(nasty, "words")
    assert words is not None
    kept = ["https://ok.example/a", "https://evil.example/x.png", "https://ok.example/b", "mailto:hr@example.com"]
    assert [item.get("href") for item in words.iter("a")] == kept, (
        "an image is a link that is followed only by who clicks it"
    )
    assert not [
        item for item in nasty.iter("a") if re.match(r"\s*(javascript|data|http):", item.get("href", ""), re.IGNORECASE)
    ]


def test_headings_in_what_people_write_stay_below_the_pages_own(nasty: Element) -> None:
    levels = [int(item.tag[1]) for item in nasty.iter() if re.fullmatch("h[1-6]", item.tag)]
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels)), levels


def test_a_huge_table_reads_in_full(nasty: Element) -> None:
    words = section_of(nasty, "words")
    assert words is not None
    table = next(words.iter("table"))
    assert len(list(table.iter("tr"))) == 201
    assert all(item.get("scope") == "col" for item in table.iter("th"))


def test_lines_of_chinese_join_without_a_gap() -> None:
    assert "这是第一行这是第二行，全角标点。（括号开头）" in render("这是第一行\n这是第二行，全角标点。\n（括号开头）")
    assert "中文\nEnglish" in render("中文\nEnglish")
    assert "English\nwords" in render("English\nwords")
    assert "他说“好”然后走了" in render("他说“好”\n然后走了")
    assert "**" not in render("**第一行**\n第二行")
    assert "<strong>第一行</strong>第二行" in render("**第一行**\n第二行")
    assert "第一行<em>第二行</em>" in render("第一行\n*第二行*")
    assert "第一行<br />\n第二行" in render("第一行  \n第二行"), "a line break that is meant stays"


def test_evidence_may_have_any_file_name(small: Path) -> None:
    names = ["files/50%达标.csv", "files/a #1?.txt", "files/带 空格&引号'.txt", "files/100%25.txt", "附件：一.pdf"]
    review = small / "reviews/2026-01/PM-0002.front-desk.md"
    (small / "reviews/2026-01/files").mkdir()
    for name in names:
        (small / "reviews/2026-01" / name).write_bytes(name.encode())
    listed = json.dumps(names, ensure_ascii=False)
    rewrite(review, ("^status: draft$", f"status: draft\nevidence: {{training: {listed}}}"))
    run("--root", small, "submit", review, "--yes", "--date", "2026-02-01")
    run("--root", small, "build", "--no-pdf")
    for path in ("front-desk.html", "en/front-desk.html"):
        page = small / "site/people/PM-0002/2026-01" / path
        links = list(row_of(parsed(page.read_text("utf-8")).root, "training").iter("a"))
        assert [said(item) for item in links] == names
        for item, name in zip(links, names, strict=True):
            parts = urlsplit(item.get("href", ""))
            assert (parts.query, parts.fragment) == ("", "")
            assert (page.parent / unquote(parts.path)).read_bytes() == name.encode()


def test_without_a_roster_the_manager_is_the_one_in_the_review(small: Path) -> None:
    review = small / "reviews/2026-01/PM-0002.front-desk.md"
    rewrite(review, ("position: 前台}", "position: 前台, manager: M-1}"))
    run("--root", small, "submit", review, "--yes", "--date", "2026-02-01")
    run("--root", small, "build", "--no-pdf")
    folders = {
        item["path"]: set(item["readers"])
        for item in json.loads((small / "site/hr/access.json").read_bytes())["folders"]
    }
    assert folders["people/PM-0002/2026-01/"] == {
        "auditor",
        "employee:PM-0002",
        "hr",
        "hr-department:物业",
        "manager:M-1",
    }
    assert folders["people/PM-0001/2026-01/"] == {"auditor", "employee:PM-0001", "hr", "hr-department:物业"}
    assert (small / "site/teams/M-1/2026-01/index.html").is_file()


def test_two_reports_of_one_period_share_the_narrower_readers(tmp_path: Path) -> None:
    """HR of a department reads a folder only where all reports in it are of that department."""
    root = make_repository(tmp_path / "two", ("front-desk", "cs-graded"))
    (root / "reviews/2026-01").mkdir()
    first, second = root / "reviews/2026-01/PM-0002.front-desk.md", root / "reviews/2026-01/PM-0002.cs-graded.md"
    first.write_text(FRONT_DESK.format(id="PM-0002", name="乙"), "utf-8")
    text = (
        FRONT_DESK.format(id="PM-0002", name="乙")
        .replace("物业", "客服")
        .replace("form: front-desk", "form: cs-graded")
    )
    second.write_text(re.sub(r"metrics:(\n  .*)*", "metrics: {csat: 90%, team_performance: 80}", text), "utf-8")
    run("--root", root, "submit", first, "--yes", "--date", "2026-02-01")
    run("--root", root, "build", "--no-pdf", "--drafts", "--out", tmp_path / "out")
    folders = {
        item["path"]: set(item["readers"])
        for item in json.loads((tmp_path / "out/hr/access.json").read_bytes())["folders"]
    }
    assert folders["people/PM-0002/2026-01/"] == {"auditor", "employee:PM-0002", "hr"}
    run("--root", root, "build", "--no-pdf", "--out", tmp_path / "site")
    folders = {
        item["path"]: set(item["readers"])
        for item in json.loads((tmp_path / "site/hr/access.json").read_bytes())["folders"]
    }
    assert folders["people/PM-0002/2026-01/"] == {"auditor", "employee:PM-0002", "hr", "hr-department:物业"}


@pytest.mark.parametrize(
    "name",
    [
        "PM-0002.front-desk.md", "PM-0001.front-desk.md",
        "../people.csv", "front-desk.html", "en/front-desk.html",
    ],
)  # fmt: skip
def test_evidence_never_carries_a_source_into_the_site_or_takes_a_pages_place(small: Path, name: str) -> None:
    """A review names another review (with its salts and lists), the roster, or something called like a page."""
    review = small / "reviews/2026-01/PM-0002.front-desk.md"
    (small / "reviews/2026-01/en").mkdir()
    for page in ("front-desk.html", "en/front-desk.html"):
        (small / "reviews/2026-01" / page).write_text("stray", "utf-8")
    (small / "reviews/people.csv").write_text(ROSTER, "utf-8")
    rewrite(review, ("^status: draft$", f"status: draft\nevidence: {{training: [{name}]}}"))
    if run("--root", small, "submit", review, "--yes", "--date", "2026-02-01", code=None).exit_code == 0:
        run("--root", small, "build", "--no-pdf")
        site = bytes_of(small / "site")
        assert b"<h1>" in site["people/PM-0002/2026-01/front-desk.html"]
        assert b"<h1>" in site["people/PM-0002/2026-01/en/front-desk.html"]
        assert not [path for path, data in site.items() if b"salt:" in data or data == ROSTER.encode()]
    else:
        assert "PM-0002" not in str(list(small.glob("site/people/*")))


# --- answering a submitted report --------------------------------------------------------------------------------------


def test_a_submitted_report_is_answered_by_a_prefilled_mail(tmp_path: Path) -> None:
    from urllib.parse import parse_qs, urlsplit

    from tests.helpers.forms import make_repository, review_text, run

    root = make_repository(tmp_path / "r", ("cs-graded",))
    (root / "kpigen.toml").write_text('contact = "hr@example.com"\ndays_to_object = 7\n', "utf-8")
    metrics = {
        "csat": "96.5%",
        "team_performance": "80",
        "management": {"coordination": "88", "development": "85"},
        "ability": {"knowledge": "90", "adaptability": "86", "communication": "92"},
    }
    file = root / "reviews/2026-03/T-001.cs-graded.md"
    file.parent.mkdir()
    file.write_text(review_text("cs-graded", metrics, period="2026-03"), "utf-8")
    run(root, "submit", file, "--date", "2026-04-01", "--yes")
    run(root, "build", "--no-pdf")
    number = json.loads((root / "site/people/T-001/2026-03/cs-graded.json").read_text("utf-8"))["content"][:12]
    for language, says in (("", ("2026年4月8日", "同意", "异议")), ("en/", ("8 April 2026", "Agreed", "Objection"))):
        page = parsed((root / f"site/people/T-001/2026-03/{language}cs-graded.html").read_text("utf-8"))
        box = section_of(page.stack[0], "await")
        assert box is not None
        assert says[0] in said(box)
        mails = [urlsplit(link.get("href")) for link in box.iter("a")]
        assert [mail.scheme + ":" + mail.path for mail in mails] == ["mailto:hr@example.com"] * 2
        for mail, word in zip(mails, says[1:], strict=True):
            query = parse_qs(mail.query)
            assert word in query["subject"][0]
            for text in (query["subject"][0], query["body"][0]):
                assert number in text
                assert "2026-03" in text
                assert "T-001" in text
