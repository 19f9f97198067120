"""The search of hr/ and the tables that sort and filter: what can be found by whom, and that both work in a browser.

The browser is Debian's Chromium, on a loopback server with the Content-Security-Policy that docs/site.md recommends.
"""

from __future__ import annotations

import gzip
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from kpigen.base.sources import WorkTree
from kpigen.repository.checks.project import check
from kpigen.repository.project import load
from kpigen.site.output.search import search_index, spelled
from kpigen.site.pages.page import SEARCH_INDEX
from kpigen.site.pages.search import Findable, FoundPage, findables
from kpigen.site.pages.site import Site
from tests.helpers.chromium import PageLog
from tests.helpers.forms import ROOT, codes, run
from tests.helpers.sites import serve

WITHDRAWN = ("EC-0002", "2026-02", "ecommerce-cs")
WHY = "数据取自另一个店铺"
DRAFT_MARK = "只在草稿里的话"
NO_PDF = ("--no-pdf", "--no-audit")


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository's own reviews with one of them withdrawn, and words in a draft that stand nowhere else."""
    folder = tmp_path_factory.mktemp("search")
    for name in ("reviews", "rules"):
        shutil.copytree(ROOT / name, folder / name)
    (folder / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    id_, period, form = WITHDRAWN
    review = folder / f"reviews/{period}/{id_}.{form}.md"
    run(folder, "withdraw", review, "--reason", WHY, "--by", "林", "--date", "2026-08-12", "--yes")
    draft = next(
        path for path in sorted(folder.glob("reviews/*/*.md")) if "\nstatus: draft\n" in path.read_text("utf-8")
    )
    draft.write_text(draft.read_text("utf-8") + f"\n{DRAFT_MARK}\n", "utf-8")
    return folder


@pytest.fixture(scope="session")
def built(root: Path) -> Path:
    run(root, "build", *NO_PDF)
    return root / "site"


def site_of(root: Path, drafts: bool = False) -> Site:
    project = load(WorkTree(root))
    records, _ = check(project)
    return Site(project.config, project.roster, project.rules, records, drafts, pdfs=False)


def page_of(item: Findable, language: str) -> FoundPage:
    return next(page for page in item.pages if page.language == language)


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# --- what can be found -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("drafts", [False, True])
def test_every_report_that_is_out_can_be_found_and_everybody_who_has_one(root: Path, drafts: bool) -> None:
    site = site_of(root, drafts)
    found = findables(site)
    out = [item.review for item in site.records if item.review.status.value != "draft"]
    reports = {f"people/{item.employee.id}/{item.period}/{item.form}.html" for item in out}
    people = {f"people/{item.employee.id}/index.html" for item in out}
    assert {page_of(item, "zh").path for item in found} == reports | people
    assert all(DRAFT_MARK not in item.text for item in found)


def test_a_report_is_found_by_its_head_and_by_the_words_written_in_it(root: Path) -> None:
    site = site_of(root)
    texts = {page_of(item, "zh").path: item.text for item in findables(site)}
    for record in site.records:
        review = record.review
        if review.status.value not in ("submitted", "published"):
            continue
        text = texts[f"people/{review.employee.id}/{review.period}/{review.form}.html"]
        head = (review.employee.name, review.employee.id, review.employee.department, str(review.period), review.form)
        for words in (*head, record.form.title.in_("zh"), record.form.title.in_("en")):
            assert words in text
        written = [review.body, *review.comments.values(), *review.feedback.values()]
        for word in (word for words in written for word in re.findall("[\u4e00-\u9fff]{3,}", words)):
            assert word in text, (review.path, word)


def test_a_withdrawn_report_is_found_as_withdrawn_with_the_reason_and_nothing_that_it_said(root: Path) -> None:
    id_, period, form = WITHDRAWN
    site = site_of(root)
    record = next(item for item in site.records if item.review.status.value == "withdrawn")
    item = next(item for item in findables(site) if page_of(item, "zh").path == f"people/{id_}/{period}/{form}.html")
    assert "Withdrawn" in item.text
    assert WHY in item.text
    assert "Withdrawn" in page_of(item, "en").title
    for words in (
        *record.review.body.split("\n"),
        *record.review.comments.values(),
        str(record.review.published.total),
    ):
        assert not words.strip() or words.strip() not in item.text


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("宋之涵 · PM-0002", ["宋", "之", "涵 · ", "PM-", "0", "0", "0", "2"]),
        ("front desk", ["front ", "desk"]),
        ("整栋跳闸，前台 40 分钟", ["整", "栋", "跳", "闸，", "前", "台 ", "4", "0 ", "分", "钟"]),
        ("叶䶮在𠮷野家", ["叶", "䶮", "在", "𠮷", "野", "家"]),
        ("", []),
    ],
)
def test_each_character_and_digit_is_a_word_and_what_was_no_space_can_be_taken_away(
    text: str, pieces: list[str]
) -> None:
    expected = "".join(piece if piece.endswith(" ") else f"{piece}\u2060 " for piece in pieces)
    assert spelled(text) == expected
    assert spelled(text).replace("\u2060 ", "") == text


# --- where it lies ---------------------------------------------------------------------------------------------------


def test_the_index_lies_in_hr_alone_and_belongs_to_the_manifest(built: Path) -> None:
    everything = files(built)
    made_by_pagefind = [path for path in everything if re.search(r"pagefind|\.pf_|/fragment/", path)]
    assert len(made_by_pagefind) > 50
    assert {path for path in made_by_pagefind if not path.startswith(SEARCH_INDEX)} == set()
    manifest = everything["hr/manifest.json"].decode()
    assert [path for path in made_by_pagefind if f'"{path}"' not in manifest] == []
    assert {"hr/search.html", "hr/en/search.html"} <= set(everything)


def test_no_personal_word_stands_where_everybody_reads(root: Path, built: Path) -> None:
    people = {item.review.employee for item in site_of(root).records}
    words = {word for person in people for word in (person.name, person.id)}
    for path, data in files(built).items():
        if path.startswith(("people/", "teams/", "hr/")):
            continue
        data = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
        assert [word for word in words if word.encode() in data] == [], path


def test_drafts_are_in_no_fragment(built: Path) -> None:
    packed = [gzip.decompress(data).decode() for data in files(built / SEARCH_INDEX / "fragment").values()]
    fragments = [text.replace("\u2060 ", "") for text in packed]
    assert any("整栋跳闸，前台" in text for text in fragments)  # so this is how words stand there
    assert not any(DRAFT_MARK in text for text in fragments)


def test_the_same_reviews_give_the_same_bytes(root: Path, built: Path, tmp_path: Path) -> None:
    run(root, "build", *NO_PDF, "--out", tmp_path / "again")
    assert files(tmp_path / "again/hr/search") == files(built / "hr/search")
    found = findables(site_of(root))
    assert len({repr(search_index(found)) for _ in range(5)}) == 1


def test_without_the_search_nothing_of_it_is_left(root: Path, tmp_path: Path) -> None:
    run(root, "build", *NO_PDF, "--out", tmp_path)
    run(root, "build", *NO_PDF, "--no-search", "--out", tmp_path)
    assert [path for path in files(tmp_path) if path.startswith(SEARCH_INDEX) or path.endswith("hr/search.html")] == []
    assert "search.html" not in (tmp_path / "hr/index.html").read_text("utf-8")


@pytest.mark.parametrize("program", ["nothing", "#!/bin/sh\nexit 1\n", "no program"])
def test_where_pagefind_cannot_run_everything_else_is_built(
    program: str, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    binary = tmp_path / "pagefind"
    if program != "nothing":
        binary.write_text(program)
        binary.chmod(0o755 if program.startswith("#!") else 0o644)
    monkeypatch.setenv("PAGEFIND_BINARY_PATH", str(binary))
    result = run(root, "build", *NO_PDF, "--out", tmp_path / "site")
    assert "KPI708" in codes(result.stderr + result.stdout)
    made = files(tmp_path / "site")
    assert "hr/index.html" in made
    assert "hr/search.html" not in made


# --- in a browser ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def address(built: Path) -> Iterator[str]:
    with serve(built) as site:
        yield site.origin


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that may say nothing on the console, fail at nothing, and ask no other host."""
    context = browser.new_context()
    opened = context.new_page()
    log = PageLog(opened)
    yield opened
    context.close()
    assert log.problems() == []
    assert [url for url in log.asked if not re.match(r"http://127\.0\.0\.1:|file:", url)] == []


def searched(page: Page, words: str) -> list[tuple[str, str]]:
    """Type words and return what is found: its title, and where its link leads."""
    page.locator("#words").fill("")
    expect(page.locator("#said")).to_be_empty()
    page.keyboard.insert_text(words)  # as an input method hands over what was chosen
    expect(page.locator("#said")).not_to_be_empty()
    links = page.locator("#found a")
    return [(link.inner_text(), link.evaluate("link => new URL(link.href).pathname")) for link in links.all()]


def test_typing_chinese_finds_the_right_report(page: Page, address: str) -> None:
    page.goto(f"{address}/hr/search.html")
    page.locator("#words").focus()
    assert [path for _, path in searched(page, "整栋跳闸")] == ["/people/PM-0002/2026-02/front-desk.html"]
    assert "初二晚上南汀花园整栋跳闸，前台" in page.locator("#found p").inner_text()
    assert page.locator("#found mark").all_inner_texts() == ["整栋跳闸"]
    assert page.locator("#said").get_attribute("role") == "status"
    assert [path for _, path in searched(page, "宋之涵 2026-02")] == ["/people/PM-0002/2026-02/front-desk.html"]
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/people/PM-0002/2026-02/front-desk.html")


@pytest.mark.parametrize(
    ("words", "says"),
    [("宋之涵", "宋之涵"), ("PM-0002", "宋之涵"), ("客服部", ""), ("2026-03", "2026-03"), ("电商客服主管", "电商"), ("front-desk", "")],
)  # fmt: skip
def test_people_and_reports_are_found_by_all_that_their_head_says(
    words: str, says: str, page: Page, address: str, root: Path
) -> None:
    page.goto(f"{address}/hr/search.html")
    found = searched(page, words)
    expected = sum(words in item.text for item in findables(site_of(root)))
    assert page.locator("#said").inner_text() == f"找到 {expected} 条"
    assert len(found) == min(expected, 20)
    assert all(says in title for title, _ in found)


@pytest.mark.parametrize(
    "words",
    ["sxyz", "wxyz", "qqqq", "Frontal", "supervisorship", "reportx", "éxyz", "宋之涵 sxyz", "sxyz 2026", "zzz PM-0002"],
)
def test_a_word_that_stands_nowhere_finds_nothing(words: str, page: Page, address: str) -> None:
    page.goto(f"{address}/hr/en/search.html")
    assert searched(page, words) == []
    assert page.locator("#said").inner_text() == "Nothing is found."


@pytest.mark.parametrize("words", ["superv", "Supervisor", "supervisors", "SUPERVISOR’s", "front", "Fron"])
def test_a_word_is_found_by_its_beginning_and_in_its_other_forms(words: str, page: Page, address: str) -> None:
    page.goto(f"{address}/hr/en/search.html")
    assert searched(page, words) != []


@pytest.mark.parametrize(
    ("words", "period"),
    [
        ("2026年2月", "2026-02"),
        ("2026年02月", "2026-02"),
        ("2026/2", "2026-02"),
        ("2026-02", "2026-02"),
        ("２０２６年２月", "2026-02"),
        ("February 2026", "2026-02"),
        ("feb 2026", "2026-02"),
        ("第一季度", "2026-Q1"),
        ("2026年第1季度", "2026-Q1"),
        ("Q1 2026", "2026-Q1"),
        ("first quarter", "2026-Q1"),
        ("1st quarter 2026", "2026-Q1"),
    ],
)
def test_reports_are_found_by_their_period_as_people_write_it(
    words: str, period: str, page: Page, address: str, root: Path
) -> None:
    page.goto(f"{address}/hr/search.html")
    found = searched(page, words)
    expected = sum(str(record.review.period) == period for record in site_of(root).out)
    assert page.locator("#said").inner_text() == f"找到 {expected} 条"
    assert all(f"/{period}/" in path for _, path in found)


def test_the_english_page_finds_both_languages_and_leads_to_english_reports(page: Page, address: str) -> None:
    page.goto(f"{address}/hr/en/search.html")
    (found,) = searched(page, "整栋跳闸")
    assert found == (
        "宋之涵 PM-0002 · 2026-02 · Front-desk supervisor, points form",
        "/people/PM-0002/2026-02/en/front-desk.html",
    )
    assert searched(page, "supervisors")[0][1].startswith("/people/")
    assert "withdrawn" in searched(page, f"{WITHDRAWN[0]} {WITHDRAWN[1]}")[0][0].lower()
    assert searched(page, DRAFT_MARK) == []
    assert page.locator("#said").inner_text() == "Nothing is found."


def test_more_than_a_page_of_results_is_shown_on_request(page: Page, address: str) -> None:
    page.goto(f"{address}/hr/search.html")
    assert len(searched(page, "客服")) == 20
    page.locator("#found button").press("Enter")
    expect(page.locator("#found a").nth(20)).to_be_focused()


def place_of(page: Page, table: str, heading: str) -> int:
    return page.locator(f"{table} thead th").all_inner_texts().index(heading)


def shown(page: Page, table: str, heading: str) -> list[str]:
    """The text of a column in the rows that are shown."""
    column = place_of(page, table, heading)
    return [row.locator("> *").nth(column).inner_text() for row in page.locator(f"{table} tbody tr:visible").all()]


PEOPLE = "section[aria-labelledby=people] table"
PERIODS = "section[aria-labelledby=periods] table"


def test_tables_sort_by_keyboard(page: Page, address: str) -> None:
    page.goto(f"{address}/hr/index.html")
    given = shown(page, PEOPLE, "姓名")
    head = page.locator(f"{PEOPLE} th", has_text="姓名")
    head.locator("button").focus()
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "ascending"
    ascending = shown(page, PEOPLE, "姓名")
    assert ascending == page.evaluate("names => names.sort(new Intl.Collator('zh-Hans').compare)", given)
    assert ascending != given
    page.keyboard.press("Space")
    assert head.get_attribute("aria-sort") == "descending"
    assert shown(page, PEOPLE, "姓名") == ascending[::-1]
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") is None
    assert shown(page, PEOPLE, "工号") == sorted(shown(page, PEOPLE, "工号"))


def test_numbers_sort_as_numbers_and_what_is_missing_stands_last(page: Page, address: str) -> None:
    page.goto(f"{address}/hr/index.html")
    button = page.locator(f"{PERIODS} thead button").nth(place_of(page, PERIODS, "平均总分"))
    for descending in (False, True):
        button.press("Enter")
        means = shown(page, PERIODS, "平均总分")
        numbers = [float(text) for text in means if text != "–"]
        assert numbers == sorted(numbers, reverse=descending)
        assert means[len(numbers) :] == ["–"] * (len(means) - len(numbers))
        assert len(numbers) < len(means)


def test_tables_filter_and_say_how_many_are_left(page: Page, address: str) -> None:
    page.goto(f"{address}/hr/index.html")
    field = page.locator("section[aria-labelledby=people]").get_by_label("筛选")
    every = len(shown(page, PEOPLE, "姓名"))
    for words, left in (
        ("宋之", ["宋之涵"]),
        ("pm-0002", ["宋之涵"]),
        ("物业服务部 PM-0003", ["方既白"]),
        ("没有这人", []),
    ):
        field.fill(words)
        assert shown(page, PEOPLE, "姓名") == left
        assert (
            page.locator("section[aria-labelledby=people] .filter [role=status]").inner_text()
            == f"{every} 条中的 {len(left)} 条"
        )
    field.fill("")
    assert len(shown(page, PEOPLE, "姓名")) == every


def test_rankings_sort_on_the_pages_of_hr_and_of_a_team(page: Page, address: str) -> None:
    for path in ("hr/en/2026-03/index.html", "teams/OP-0001/2026-03/en/index.html"):
        page.goto(f"{address}/{path}")
        button = page.locator("section.group thead button", has_text="Total").first
        button.press("Enter")
        assert button.locator("..").get_attribute("aria-sort") == "ascending"


def test_over_file_the_page_says_so_and_its_list_can_be_filtered(page: Page, built: Path) -> None:
    page.goto((built / "hr/search.html").as_uri())
    expect(page.locator("#said")).to_contain_text("需要通过网页服务器")
    assert not page.locator("#search").is_visible()
    page.get_by_label("筛选").fill("宋之涵")
    assert shown(page, PEOPLE, "姓名") == ["宋之涵"]


def test_without_javascript_the_tables_read_in_full(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    for path in ("hr/index.html", "hr/search.html"):
        page.goto(f"{address}/{path}")
        assert "宋之涵" in shown(page, PEOPLE, "姓名")
        assert page.locator("button, input:visible").count() == 0
    context.close()


def test_the_scripts_are_small_and_only_where_they_are_needed(built: Path) -> None:
    assert len((built / "assets/tables.js").read_bytes()) < 4096
    made = {path: data for path, data in files(built).items() if path.endswith(".html")}
    assert {path.split("/")[0] for path, data in made.items() if b"tables.js" in data} == {"hr", "teams"}
    assert {path for path, data in made.items() if b"search.js" in data} == {"hr/search.html", "hr/en/search.html"}
    assert not any(re.search(rb"<script(?![^>]*src=)|\son\w+=|\sstyle=", data) for data in made.values())
