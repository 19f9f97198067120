"""Every page as HTML: well formed, readable without style and by those who listen; templates of a repository."""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import pytest

from tests.helpers.forms import run
from tests.helpers.html import is_own_script, parsed, said
from tests.helpers.sample import Sample
from tests.helpers.tiny import REVIEW, TINY, TINY_RULE, with_fields


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
                re.sub("「[^」]*」[,;]?", "", text) for text in texts if not re.search(" if |若 .* 则 ", text)
            ]  # quotations and formulas stand as they are
            assert not [text for text in texts if re.search(r"[一-鿿）][:;,.!?](?: |$)|[:;,!?] ?[一-鿿（]", text)], path


def test_a_template_of_the_repository_replaces_one_that_comes_with_kpigen(small: Path) -> None:
    (small / "templates/assets").mkdir(parents=True)
    (small / "templates/landing.html").write_text(
        "{% extends 'base.html' %}{% block main %}<h1>我们的首页</h1>{% endblock %}", "utf-8"
    )
    (small / "templates/assets/logo.svg").write_text("<svg/>", "utf-8")
    run(small, "build", "--no-pdf")
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
    told = run(small, "build", "--no-pdf", code=1).stderr
    assert f"templates/report.html:{line}:1: error[KPI706]" in told
    assert not (small / "site").exists()


#: Ids of the report page's own parts: an indicator may be called the same.
PARTS = ("main", "result", "await", "card", "words", "self", "record", "notes", "source")
GRADES = ("A", "e", "Below Standard", "优秀 x", "A+", "S")


def test_names_of_a_form_become_no_classes_and_no_ids_of_parts(tmp_path: Path) -> None:
    indicator = TINY_RULE[TINY_RULE.index("  - id: calls") : TINY_RULE.index("examples:")]
    indicators = "".join(
        indicator.replace("id: calls", f"id: {id_}").replace("weight: 100", f"weight: {20 if id_ == 'main' else 10}")
        for id_ in PARTS
    )
    bounds = ", ".join(f"{grade}: {90 - 10 * place if grade != 'S' else 0}" for place, grade in enumerate(GRADES))
    metrics = ", ".join(f"{id_}: 65" for id_ in PARTS)
    rule = TINY_RULE.replace(indicator, indicators).replace("{A: 60, B: 0}", f"{{{bounds}}}")
    examples = f"  - {{metrics: {{{metrics}}}, total: 65, grade: 优秀 x}}\n"
    rule = (
        rule[: rule.index("examples:")]
        + f"examples:\n{examples}{examples.replace('65', '75').replace('优秀 x', 'Below Standard')}"
    )
    for path, text in ((TINY, rule), (REVIEW, with_fields(f"metrics: {{{metrics.replace('65', '75')}}}\n"))):
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_text(text, "utf-8")
    heads = "id,name,login,email,department,position,manager,form,from,to"
    (tmp_path / "reviews/people.csv").write_text(f"{heads}\nA-1,甲,,,,,,tiny,,\n", "utf-8")
    (tmp_path / "kpigen.toml").write_text('languages = ["zh", "en"]\n', "utf-8")
    run(tmp_path, "submit", tmp_path / REVIEW, "--yes", "--date", "2026-02-01")
    run(tmp_path, "build", "--no-pdf", "--no-audit")
    for path in sorted((tmp_path / "site").rglob("*.html")):
        page = parsed(path.read_text("utf-8"))
        assert page.problems == [], path
        ids = [item.get("id") for item in page.root.iter() if item.get("id")]
        assert len(ids) == len(set(ids)), path
        targets = [item.get("href", "")[1:] for item in page.root.iter("a") if item.get("href", "").startswith("#")]
        assert set(targets) <= set(ids), path
        classes = {name for item in page.root.iter() for name in item.get("class", "").split()}
        assert {name for name in classes if name.startswith("grade-")} <= {"grade-a", "grade-e"}, path
        assert not classes & {"below", "Below", "Standard", "x"}, path
    report = (tmp_path / "site/people/A-1/2026-01/tiny.html").read_text("utf-8")
    assert '<span class="grade">Below Standard</span>' in report
    assert 'id="_card"' in report
    assert 'href="#_' in report
