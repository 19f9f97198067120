"""Who may read what: folders and their readers, and that nothing about a person leaves the folders of their readers."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from kpigen.repository.readers import entitled
from kpigen.site.pages.audit import NO_GIT, audit_pages
from kpigen.site.pages.plan import plan
from tests.helpers.forms import make_repository, run
from tests.helpers.sample import FRONT_DESK, SECRETS, Sample, ids_in, rewrite


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


def test_confidential_lists_stand_nowhere_outside_hr(sample: Sample) -> None:
    sources = "".join(path.read_text("utf-8") for path in sample.root.glob("reviews/*/*.md"))
    assert all(secret in sources for secret in SECRETS)
    for path in sample.files:
        if not path.startswith("hr/"):
            text = sample.text(path)
            assert not [secret for secret in SECRETS if secret in text], path


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


def test_without_a_roster_the_manager_is_the_one_in_the_review(small: Path) -> None:
    review = small / "reviews/2026-01/PM-0002.front-desk.md"
    rewrite(review, ("position: 前台}", "position: 前台, manager: M-1}"))
    run(small, "submit", review, "--yes", "--date", "2026-02-01")
    run(small, "build", "--no-pdf")
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
    run(root, "submit", first, "--yes", "--date", "2026-02-01")
    run(root, "build", "--no-pdf", "--drafts", "--out", tmp_path / "out")
    folders = {
        item["path"]: set(item["readers"])
        for item in json.loads((tmp_path / "out/hr/access.json").read_bytes())["folders"]
    }
    assert folders["people/PM-0002/2026-01/"] == {"auditor", "employee:PM-0002", "hr"}
    run(root, "build", "--no-pdf", "--out", tmp_path / "site")
    folders = {
        item["path"]: set(item["readers"])
        for item in json.loads((tmp_path / "site/hr/access.json").read_bytes())["folders"]
    }
    assert folders["people/PM-0002/2026-01/"] == {"auditor", "employee:PM-0002", "hr", "hr-department:物业"}
