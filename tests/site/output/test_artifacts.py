"""What a site has beside its pages: access and seals, the JSON of a report, evidence files."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.helpers.forms import run
from tests.helpers.html import parsed, row_of, said
from tests.helpers.sample import ROSTER, Sample, bytes_of, rewrite


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


def test_the_json_beside_a_report_is_what_score_prints(sample: Sample) -> None:
    for path, card in sample.reports.items():
        data = sample.json(path.removesuffix("html") + "json")
        assert {key: data[key] for key in ("total", "grade", "indicators", "bonus", "period", "form", "rules")} == {
            key: card[key] for key in ("total", "grade", "indicators", "bonus", "period", "form", "rules")
        }
        assert data["employee"]["id"] == path.split("/")[1]
        assert ("seal" in data) == (data["status"] == "published")


def test_a_report_that_is_withdrawn_later_loses_its_files(tmp_path: Path, sample: Sample) -> None:
    root = tmp_path / "copy"
    shutil.copytree(sample.root, root)
    before = {path for path in sample.files if not path.startswith("hr/search/")}
    folder = "people/PM-0002/2026-02/"
    review = root / "reviews/2026-02/PM-0002.front-desk.md"
    run(root, "withdraw", review, "--reason", "重复", "--by", "林主管", "--yes", "--date", "2026-07-11")
    run(root, "build", "--no-pdf", "--out", root / "site")
    after = {path.relative_to(root / "site").as_posix() for path in (root / "site").rglob("*") if path.is_file()}
    after = {path for path in after if not path.startswith("hr/search/")}  # its files are called by what they hold
    assert before - after == {f"{folder}front-desk.json", f"{folder}evidence/files/PM-0002-回访记录.csv"}
    assert after - before == set()
    assert not (root / f"site/{folder}evidence").exists()


def test_no_page_carries_the_day_or_the_place_it_was_built(sample: Sample) -> None:
    import datetime

    today = datetime.datetime.now(tz=datetime.UTC).date()
    for path in sample.files:
        text = sample.text(path)
        assert str(sample.root) not in text, path
        assert today.isoformat() not in text, path


def test_evidence_may_have_any_file_name(small: Path) -> None:
    names = ["files/50%达标.csv", "files/a #1!.txt", "files/带 空格&引号'.txt", "files/100%25.txt", "附件：一.txt"]
    review = small / "reviews/2026-01/PM-0002.front-desk.md"
    (small / "reviews/2026-01/files").mkdir()
    for name in names:
        (small / "reviews/2026-01" / name).write_bytes(name.encode())
    listed = json.dumps(names, ensure_ascii=False)
    rewrite(review, ("^status: draft$", f"status: draft\nevidence: {{training: {listed}}}"))
    run(small, "submit", review, "--yes", "--date", "2026-02-01")
    run(small, "build", "--no-pdf")
    for path in ("front-desk.html", "en/front-desk.html"):
        page = small / "site/people/PM-0002/2026-01" / path
        links = list(row_of(parsed(page.read_text("utf-8")).root, "training").iter("a"))
        assert [said(item) for item in links] == names
        for item, name in zip(links, names, strict=True):
            parts = urlsplit(item.get("href", ""))
            assert (parts.query, parts.fragment) == ("", "")
            assert (page.parent / unquote(parts.path)).read_bytes() == name.encode()


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
    if run(small, "submit", review, "--yes", "--date", "2026-02-01", code=None).exit_code == 0:
        run(small, "build", "--no-pdf")
        site = bytes_of(small / "site")
        assert b"<h1>" in site["people/PM-0002/2026-01/front-desk.html"]
        assert b"<h1>" in site["people/PM-0002/2026-01/en/front-desk.html"]
        assert not [path for path, data in site.items() if b"salt:" in data or data == ROSTER.encode()]
    else:
        assert "PM-0002" not in str(list(small.glob("site/people/*")))
