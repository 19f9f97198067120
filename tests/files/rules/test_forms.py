"""The forms' pages: curves with a worked example on them, what one version changed, where numbers come from."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest

from kpigen.base.sources import WorkTree
from kpigen.files.config import Config
from kpigen.files.roster import Roster
from kpigen.files.rules.book import make_rulebook
from kpigen.files.rules.examples import filled_in
from kpigen.files.rules.form import read_form
from kpigen.i18n.messages import messages
from kpigen.model.forms import Form
from kpigen.repository.project import load
from kpigen.scoring.explain import names_of
from kpigen.scoring.methods.base import method_of
from kpigen.scoring.score import score
from kpigen.site.pages.card import origins_of
from kpigen.site.pages.charts import draw
from kpigen.site.pages.forms import FormPageView, form_pages
from kpigen.site.pages.site import Site
from tests.helpers.forms import NINE, ROOT, form_of

FRONT = "rules/front-desk/2026-01.yaml"


def views(*forms: Form) -> dict[tuple[str, str], FormPageView]:
    """The pages of forms by language and version."""
    book, found = make_rulebook(forms, ())
    assert not found
    pages = form_pages(Site(Config(), Roster(), book, ()))
    return {(page.language, page.view.form.version): page.view for page in pages if isinstance(page.view, FormPageView)}


def changed(*edits: tuple[str, str]) -> Form:
    """The front-desk form as of April 2026, with edits in its text."""
    text = (ROOT / FRONT).read_text("utf-8")
    for old, new in edits:
        assert text.count(old) >= 1, old
        text = text.replace(old, new)
    form, found = read_form("rules/front-desk/2026-04.yaml", text.encode(), ("zh", "en"))
    assert form is not None, [item.message for item in found]
    return form


@pytest.mark.parametrize("id_", NINE)
def test_each_indicator_that_is_no_rating_has_its_curve_with_an_example(id_: str) -> None:
    form = form_of(id_)
    (view,) = (view for (language, _), view in views(form).items() if language == "en")
    for section in view.form.sections:
        for item in section.indicators:
            indicator = form.indicator(item.id)
            assert indicator is not None
            plain = not any(one.confidential or one.auto for one in indicator.inputs)
            drawn = plain and indicator.score.name not in ("value", "weighted_list")
            if not item.curves:
                assert not drawn, item.id
                continue
            metrics, not_applicable, bonus, _ = filled_in(form, form.examples[item.curves_example - 1])
            points = score(form, metrics, not_applicable, bonus)[0].indicator(item.id).points
            assert points is not None
            told = [re.search(r"at (\S+) it gives ([\d.]+) of", str(draw(curve.chart))) for curve in item.curves]
            levels = [curve for curve in item.curves if "column here" in str(draw(curve.chart))]
            assert levels or all(one and Fraction(one[2]) == points for one in told), (item.id, told, points)


def test_a_version_says_what_it_changed() -> None:
    old = form_of("front-desk")
    new = changed(
        ("grades: {A: 90, B: 80", "grades: {A: 90, B: 85"),
        ("en: A points form, every month.", "en: A form of points, every month."),
        ("600 follow-up calls a month", "580 follow-up calls a month"),
        ("short_of: 600, points: 1", "short_of: 580, points: 1"),
        ("- {metrics: 594, raw: 4}", "- {metrics: 574, raw: 4}"),
        ("- {metrics: 570, raw: 0}", "- {metrics: 560, raw: 0}"),
        ("follow_up_calls: 598", "follow_up_calls: 578"),
        ("follow_up_calls: 593", "follow_up_calls: 573"),
        ("id: cashier", "id: till"),
        ("cashier: 0", "till: 0"),
        ("not_applicable: {cashier", "not_applicable: {till"),
    )
    shown = views(old, new)
    assert shown["en", "2026-01"].before == ""
    assert shown["en", "2026-01"].differences == ()
    view = shown["en", "2026-04"]
    assert view.before == "2026-01"
    said = {
        (item.kind, item.id): {name: "".join(f"[{what} {text}]" for what, text in pieces if what != "same") for name, pieces in item.fields}
        for item in view.differences
    }  # fmt: skip
    assert list(said) == [("The form", ""), ("Changed", "follow_up_calls"), ("New", "till"), ("Removed", "cashier")]
    assert said["The form", ""].keys() == {"Summary", "Grades"}
    assert "[removed 80" in said["The form", ""]["Grades"]
    assert said["Changed", "follow_up_calls"] == {
        "Standard": "[removed 600][added 580]",
        "Deduction": "[removed 600][added 580]",
    }
    assert [item.kind for item in shown["zh", "2026-04"].differences] == ["本表", "变更", "新增", "删除"]


def test_of_several_lines_of_one_kind_each_change_is_told() -> None:
    """Complaints have two deductions: 3 points for a late one, 9 for one that escalates."""
    shown = views(
        form_of("front-desk"),
        changed(
            ("{of: late, points: 3}", "{of: late, points: 4}"),
            ("{metrics: {late: 1, escalated: 0}, raw: 6}", "{metrics: {late: 1, escalated: 0}, raw: 5}"),
        ),
    )
    (item,) = shown["en", "2026-04"].differences
    assert (item.kind, item.id) == ("Changed", "complaints")
    pieces = dict(item.fields)["Deduction"]
    assert [text for what, text in pieces if what == "removed"] == ["3"]
    assert [text for what, text in pieces if what == "added"] == ["4"]


def test_a_version_that_changes_nothing_that_is_shown_says_nothing() -> None:
    view = views(
        form_of("front-desk"), changed(("# How a rule file reads", "# Read docs/rules.md: how a rule file reads"))
    )
    assert view["en", "2026-04"].before == "2026-01"
    assert view["en", "2026-04"].differences == ()


@pytest.mark.parametrize(
    ("written", "chinese"),
    [
        ("4m6s", "4分6秒"),
        ("1h30m", "1小时30分"),
        ("(4m52s − 4m6s) ÷ 4m52s", "(4分52秒 − 4分6秒) ÷ 4分52秒"),
        ("min(30s ÷ 38s, 1) × 100", "min(30秒 ÷ 38秒, 1) × 100"),
        ("≈15.7534s", "≈15.7534秒"),
        ("> 0s", "> 0秒"),
        ("95%", "95%"),
        ("12 of 5S", "12 of 5S"),
        ("Q3s v2m 3hours a4m", "Q3s v2m 3hours a4m"),
        ("", ""),
    ],
)
def test_durations_are_written_as_the_language_does(written: str, chinese: str) -> None:
    assert messages("zh").durations(written) == chinese
    assert messages("en").durations(written) == written


@pytest.mark.parametrize(
    ("period", "chinese", "english"),
    [
        ("2026-05", "2026年5月", "May 2026"),
        ("2026-Q2", "2026年第2季度", "2nd quarter 2026"),
        ("2026-H1", "2026年上半年", "first half of 2026"),
        ("2026-H2", "2026年下半年", "second half of 2026"),
        ("2026", "2026年", "2026"),
    ],
)
def test_periods_are_written_as_the_language_does(period: str, chinese: str, english: str) -> None:
    from kpigen.base.periods import parse_period

    read = parse_period(period)
    assert read is not None
    assert messages("zh").period(read) == chinese
    assert messages("en").period(read) == english


@pytest.mark.parametrize("language", ["zh", "en"])
def test_origins_name_what_they_are_of(language: str) -> None:
    """By the names of the form, never by ids; a number of a list by its place."""
    words, said = messages(language), set()
    for form in load(WorkTree(ROOT)).rules.forms:
        for indicator in form.indicators:
            ids = {item.id for item in indicator.inputs} | set(method_of(indicator).own_names("en"))
            names = names_of(indicator, language, words.gettext)
            for origin in origins_of(indicator, form.origins, names, words):
                assert not set(origin.what.split(" · ")) & ids, origin.what
                said.add(origin.what)
    of_team = {"zh": "计分规则 · 各部分 · 违纪项 · 下限", "en": "Scoring · parts · Own discipline · floor"}
    assert of_team[language] in said
    assert {"zh": "填报项 · 团队前三个月平均", "en": "Inputs · Team's average of the three months before"}[
        language
    ] in said
