"""`kpigen form`: the list of forms, a form as text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from kpigen.base.sources import WorkTree
from kpigen.files.metrics import metric_example
from kpigen.repository.checks.project import check
from kpigen.repository.project import load
from kpigen.site.pages.report import report_of, setting_of
from kpigen.site.pages.site import Site
from kpigen.site.proof.paper import html_of
from kpigen.site.render.render import Renderer
from tests.helpers.forms import NINE, ROOT, form_of, make_repository, run
from tests.helpers.golden import GOLDEN


def test_the_list_of_forms() -> None:
    own, _, others = run(ROOT, "form", "--language", "en").stdout.partition("\n\n")
    lines = own.splitlines()
    assert "office-staff" in others
    assert [line.split()[0] for line in lines] == sorted(NINE)
    assert "any cycle" in next(line for line in lines if line.startswith("cs-360"))
    assert "month or year" in next(line for line in lines if line.startswith("cs-kpi-gs"))


@pytest.mark.parametrize("form", NINE)
def test_a_form_as_text(form: str) -> None:
    for language in ("zh", "en"):
        text = run(ROOT, "form", form, "--language", language).stdout
        assert run(ROOT, "form", f"{form}@2026-01", "--language", language).stdout == text
        for indicator in form_of(form).indicators:
            assert f"{indicator.name.in_(language)}  ({indicator.id}, " in text
            assert metric_example(indicator) in text
        assert "A ≥ 90" in text


# --- kpigen form --copy ----------------------------------------------------------------------------------------------


def own(form: str) -> str:
    return f"own-{form}"


#: What the scoring method `reference` says: the value that it measures from, not the form that the names were taken from.
METHOD = re.compile(r"(?i)around a reference|reference value|^reference$")


def test_copies_of_all_nine_are_clean_and_say_nothing_of_a_reference(tmp_path: Path) -> None:
    """Of all pages of a site with a review of each. The method `reference` keeps its name."""
    root = make_repository(tmp_path, ())
    for form in NINE:
        done = run(root, "form", form, "--copy", own(form))
        assert done.stdout == f"rules/{own(form)}/2026-01.yaml\n"
        assert f"kpigen form {own(form)}" in done.stderr
    for name in (f"{form}-01.md" for form in NINE):
        text = (GOLDEN / name).read_text("utf-8")
        form, period = (re.search(rf"(?m)^{key}: (.*)$", text)[1] for key in ("form", "period"))  # type: ignore[index]
        id_ = re.search(r"(?m)^  id: (.*)$", text)[1]  # type: ignore[index]
        file = root / f"reviews/{period}/{id_}.{own(form)}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.replace(f"form: {form}\n", f"form: {own(form)}\n"), "utf-8")
    checked = run(root, "check")
    assert "0 errors" in checked.stderr
    run(root, "build", "--drafts", "--no-pdf", "--no-audit", "--no-search", "--out", tmp_path / "site")
    pages = {str(path): path.read_text("utf-8") for path in (tmp_path / "site").rglob("*.html")}
    assert len(pages) > 4 * len(NINE)
    for name, page in (*pages.items(), *papers_of(root)):
        assert about_reference(unescape(page)) == [], name
        assert not re.search(r"<(ul|span) class=\"(origins|of)\">\s*</\1>", page), name


def about_reference(page: str) -> list[str]:
    said = re.findall(
        r"(?i)[^.<>]*\breference\b[^.<>]*|class=\"origins?\b|[^<>]*\borigins?\b[^<>]*|(?<!信息)来源[^<>]*|参考[^<>]*",
        page,
    )
    return [words for words in said if not METHOD.search(words)]


def papers_of(root: Path) -> Iterator[tuple[str, str]]:
    """Yield the name and the HTML of each paper in each language."""
    project = load(WorkTree(root))
    records, _ = check(project)
    site = Site(project.config, project.roster, project.rules, records, drafts=True)
    for record in records:
        for language in ("zh", "en"):
            report = report_of(record, setting_of(site, record, language), language)
            yield f"{record.review.path} {language}", html_of(report, Renderer(None))


def test_a_copy_of_a_form_of_the_repository(tmp_path: Path) -> None:
    """It is what counts, even if kpigen has a form of that name; a version may be named."""
    root = make_repository(tmp_path, ("front-desk",))
    first = root / "rules/front-desk/2026-01.yaml"
    text = first.read_text("utf-8").replace("客服主管绩效考核表, en", "前台考核表, en")
    first.with_name("2026-01.2.yaml").write_text(text, "utf-8")
    assert run(root, "form", "front-desk", "--copy", "a").stdout == "rules/a/2026-01.yaml\n"
    assert (
        run(root, "form", "front-desk@2026-01", "--copy", "b", "--version", "2026-Q3").stdout
        == "rules/b/2026-Q3.yaml\n"
    )
    assert "title: {zh: 前台考核表, en" in (root / "rules/a/2026-01.yaml").read_text("utf-8")
    assert "title: {zh: 客服主管绩效考核表, en" in (root / "rules/b/2026-Q3.yaml").read_text("utf-8")
    assert run(root, "form", "a", "--copy", "c").stdout == "rules/c/2026-01.yaml\n"
    assert run(root, "form", "cs-360", "--copy", "d").stdout == "rules/d/2026-01.yaml\n"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("front-desk", "--copy", "front-desk"), 2, "there is a form 'front-desk' already"),
        (("front-desk", "--copy", "Front-Desk"), 2, "there is a form 'front-desk' already"),
        (("front-desk", "--copy", "cs-360"), 2, "there is a form 'cs-360' already"),
        (("front-desk", "--copy", "前台"), 2, "cannot be the id of a form"),
        (("front-desk", "--copy", "../x"), 2, "cannot be the id of a form"),
        (("front-desk", "--copy", "con"), 2, "cannot be the id of a form"),
        (("front-desk", "--copy", ""), 2, "cannot be the id of a form"),
        (("front-desk", "--copy", "x", "--version", "2026-13"), 2, "is no first period"),
        (("front-desk", "--copy", "x", "--version", "../../x"), 2, "is no first period"),
        (("front-desk", "--version", "2026-07"), 2, "--version goes with --copy"),
        (("--copy", "x"), 2, "--copy needs the FORM"),
        (("frontdesk", "--copy", "x"), 2, "Did you mean 'front-desk'?"),
        (("front-desk@2025-01", "--copy", "x"), 2, "there is no form 'front-desk@2025-01'. There are 2026-01."),
        (("cs-360@2025-01", "--copy", "x"), 2, "there is no form 'cs-360@2025-01'"),
        (("broken", "--copy", "x"), 1, "KPI"),
        (("odd", "--copy", "x"), 1, "KPI504"),
        (("front-desk", "--copy", "taken"), 2, "rules/taken already exists"),
        (("front-desk", "--copy", "readme"), 2, "there is a form 'README' already"),
    ],
)
def test_what_cannot_be_copied(tmp_path: Path, arguments: tuple[str, ...], code: int, said: str) -> None:
    root = make_repository(tmp_path, ("front-desk",))
    text = (root / "rules/front-desk/2026-01.yaml").read_text("utf-8")
    for name, data in (
        ("broken", "a: [\n"),
        ("odd", text.replace("front-desk", "odd").replace("weight: 20", "weight: 21")),
        ("README", text.replace("front-desk", "README")),
    ):
        (root / f"rules/{name}").mkdir()
        (root / f"rules/{name}/2026-01.yaml").write_text(data, "utf-8")
    (root / "rules/taken").mkdir()
    before = sorted(root.rglob("*"))
    result = run(root, "form", *arguments, code=code)
    assert said in result.stderr
    assert result.stdout == ""
    assert sorted(root.rglob("*")) == before
