"""An amended report says so on top, and what changed in the words of the form."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from kpigen.base.sources import WorkTree
from kpigen.files.rules.form import read_form
from kpigen.i18n.messages import messages
from kpigen.model.forms import Form
from kpigen.model.reviews import Amendment, FieldChange
from kpigen.repository.checks.project import check
from kpigen.repository.project import Project, load
from kpigen.repository.records import Record
from kpigen.scoring.content import content
from kpigen.scoring.fields import flatten
from kpigen.site.pages.amendments import amendment_view, field_in_words, result_before
from tests.helpers.forms import ROOT
from tests.helpers.own import YEARLY_RULE

REPORT = "people/PM-0003/2026-04"


@pytest.fixture(scope="module")
def project() -> Project:
    return load(WorkTree(ROOT))


@pytest.fixture(scope="module")
def records(project: Project) -> tuple[Record, ...]:
    return check(project)[0]


def form_of(project: Project, key: str) -> Form:
    form = project.rules.version(*key.split("@"))
    assert form is not None
    return form


CHANGES = [
    ("front-desk@2026-01", ("metrics.compliance.violations", "2", "1"), "Compliance", "[-2-] → {+1+}"),
    ("front-desk@2026-01", ("metrics.complaints.late", "", "1"), "Complaints – Late complaints", "{+1+}"),
    ("property-cs@2026-01", ("metrics.fee_collection.rate", "0.925", "0.93"), None, "[-92.5%-] → {+93%+}"),
    ("support-center@2026-01", ("self_assessment.comment", "a", "b"), "Self-assessment – Comment", "[-a-]{+b+}"),
    ("front-desk@2026-01", ("comments.compliance", "迟到 1 次", "未戴工牌 1 次"), "Compliance – Comment", None),
    ("front-desk@2026-01", ("not_applicable.cashier", "", "停岗"), "Cashier – not applicable", "{+停岗+}"),
    ("front-desk@2026-01", ("feedback.plan", "", "每周复盘"), "Plan", "{+每周复盘+}"),
    ("front-desk@2026-01", ("employee.position", "前台", "主管"), "Position", "[-前台-] → {+主管+}"),
    ("front-desk@2026-01", ("body", "旧", ""), "Narrative", "[-旧-]"),
    ("front-desk@2026-01", ("objections.1.resolution", "", "成立"), "Objection 1 – Resolution", "{+成立+}"),
    ("front-desk@2026-01", ("objections.2.resolved", "", "2026-08-04"), "Objection 2 – resolved on", "{+4 August 2026+}"),
    ("front-desk@2026-01", ("evidence.cashier.files/a.txt.sha256", "", "a" * 64), "Cashier – Evidence", "{+files/a.txt+}"),
    ("front-desk@2026-01", ("evidence.cashier.a.txt.sha256", "a" * 64, "b" * 64), None, f"a.txt [-{12 * 'a'}-] → {{+{12 * 'b'}+}}"),
    ("front-desk@2026-01", ("evidence.cashier.https://example.com/x.link", "https://example.com/x", ""), None, "[-https://example.com/x-]"),
    ("support-center@2026-01", ("metrics.team.scores.mean", "78.9675", "11387/150"), None, "[-78.9675-] → {+≈75.9133+}"),
    ("cs-practical@2026-01", ("metrics.goal_attainment.goals", "a, b", "b, a"), None, "{+in another order+}"),
    ("cs-practical@2026-01", ("metrics.goal_attainment.goals.a.better", "lower", ""), None, "[-Lower is better-] → {+Higher is better+}"),
    ("front-desk@2026-01", ("status", "published", "withdrawn"), "Status", "[-published-] → {+withdrawn+}"),
    ("front-desk@2026-01", ("metrics.gone.calls", "1", "2"), "metrics.gone.calls", "[-1-] → {+2+}"),
]  # fmt: skip


def said(pieces: tuple[tuple[str, str], ...]) -> str:
    marks = {"removed": "[-{}-]", "added": "{{+{}+}}", "same": "{}"}
    return "".join(marks[kind].format(text) for kind, text in pieces)


@pytest.mark.parametrize(("key", "change", "name", "says"), CHANGES, ids=lambda case: str(case)[:40])
def test_a_change_is_told_in_the_words_of_the_form(
    project: Project, key: str, change: tuple[str, str, str], name: str | None, says: str | None
) -> None:
    form = form_of(project, key)
    view = amendment_view(
        Amendment("2026-05-13", "林", "*漏*记", (change,), "71.00", "C", ""), "13 May", form, messages("en")
    )
    ((field, pieces),) = view.changes
    assert name is None or field == name
    assert says is None or said(pieces) == says
    assert str(view.reason).strip() == "<p><em>漏</em>记</p>"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_field_of_every_sample_review_has_a_name(records: tuple[Record, ...], language: str) -> None:
    """Whatever may be amended: no reader gets a path of ids."""
    named = 0
    for record in records:
        flat = flatten(content(record.review, record.form, record.taken))
        for path in (*flat.texts, *flat.lists):
            if path.split(".")[0] in ("kpigen", "evidence"):
                continue
            name, _ = field_in_words(path, record.form, messages(language))
            assert name != path, path
            assert not re.search(r"\b(metrics|comments|feedback|self_assessment|not_applicable|employee)\.", name), name
            named += 1
    assert named > 1000


def test_an_entry_that_goes_takes_its_defaults_along(project: Project) -> None:
    """A goal that is gone was not turned round first."""
    form = form_of(project, "cs-practical@2026-01")
    gone = tuple(
        (f"metrics.goal_attainment.goals.回访.{field}", old, "")
        for field, old in (("weight", "40"), ("better", "lower"))
    )
    view = amendment_view(Amendment("2026-05-13", "林", "作废", gone, "", "", ""), "", form, messages("en"))
    assert [said(pieces) for _, pieces in view.changes] == ["[-40-]", "[-Lower is better-]"]


@pytest.mark.parametrize("old", ["", "x", "1e999999999", "1/0", "{old}", "yes", "9" * 300])
def test_what_somebody_wrote_into_the_list_by_hand_stays_as_it_is(project: Project, old: str) -> None:
    """Any path with any text: it is shown, and nothing is computed from what is no number."""
    paths = (
        "",
        ".",
        "evidence",
        "evidence.",
        "evidence.cashier",
        "evidence.cashier.",
        "metrics",
        "metrics.team",
        "metrics.team.",
    )
    paths += (
        "metrics.team.scores.mean",
        "metrics.team.scores.(entries)",
        "metrics.goal_attainment.goals",
        "objections",
    )
    paths += (
        "metrics.goal_attainment.goals.回访.better",
        "metrics.goal_attainment.goals.weight",
        "objections.x.resolved",
    )
    paths += (
        "metrics.fee_collection.rate",
        "self_assessment",
        "self_assessment.comment",
        "bonus.x",
        "{old}",
        "feedback.x",
    )
    for key in ("support-center@2026-01", "cs-practical@2026-01", "property-cs@2026-01", "front-desk@2026-01"):
        form = form_of(project, key)
        for path in paths:
            for change in ((path, old, ""), (path, "", old), (path, old, "2")):
                view = amendment_view(Amendment("x", "林", "补", (change,), "", "", ""), "", form, messages("zh"))
                assert len(view.changes) == 1


def test_what_stood_before_is_the_last_other_result() -> None:
    def amended(total: str, grade: str) -> Amendment:
        return Amendment("2026-05-13", "林", "补", (), total, grade, "")

    assert result_before([amended("69.57", "D"), amended("74.54", "C")], "74.54", "C") == ("69.57", "D")
    assert result_before([amended("69.57", "D"), amended("74.54", "C")], "80.00", "B") == ("74.54", "C")
    assert result_before([amended("69.57", "D")], "69.57", "D") is None
    assert result_before([], "69.57", "D") is None


def test_confidential_entries_are_not_shown(project: Project) -> None:
    form = form_of(project, "cs-360@2026-01")
    indicator = next(item for item in form.indicators if item.shown_as)
    assert indicator.shown_as
    path = f"metrics.{indicator.id}.{indicator.shown_as.id}.(entries)"
    change = (path, "entries", "other entries")
    view = amendment_view(Amendment("2026-05-13", "林", "漏记", (change,), "", "", ""), "", form, messages("zh"))
    ((name, pieces),) = view.changes
    assert name.endswith(" – 各条目")
    assert said(pieces) == "{+与此前不同+}"


@pytest.mark.parametrize(
    ("folder", "says", "before"), [("", "已于 2026年5月13日更正", "更正前：71.00 C"), ("en/", "Amended on 13 May 2026", "before: 71.00 C")]
)  # fmt: skip
def test_a_report_says_on_top_that_it_was_amended(folder: str, says: str, before: str) -> None:
    page = (ROOT / "site" / REPORT / folder / "front-desk.html").read_text("utf-8").replace("\u00a0", " ")
    top = page.partition('<section aria-labelledby="card">')[0]
    assert f'<a href="#record">{says}</a> – {before}</li>' in top
    assert 'id="record"' in page
    assert "<del>2</del> → <ins>1</ins>" in page
    assert "metrics.compliance" not in page
    other = (ROOT / "site/people/PM-0003/2026-05" / folder / "front-desk.html").read_text("utf-8")
    assert says.split()[0] not in other.partition('<section aria-labelledby="card">')[0]


def test_its_pdf_says_so_above_the_card(tmp_path: Path) -> None:
    pdf = ROOT / "site" / REPORT / "front-desk.pdf"
    text = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, encoding="utf-8", check=True).stdout
    compact = re.sub(r"\s", "", text)
    assert compact.index("已于2026年5月13日更正") < compact.index("客户回访") < compact.index("考勤机4月3日")


SEALS = ("k1:sha256:" + "a" * 64, "k1:sha256:" + "b" * 64)
OF_TAKEN = [
    (("taken.course.first.2026-01.total", "80.00", "90.00"), "Course – First quarter – January 2026 – Total", "[-80.00-] → {+90.00+}"),
    (("taken.course.calls.2026-02.points", "", "90.00"), "Course – Calls – February 2026 – Points", "{+90.00+}"),
    (("taken.quarters.quarters.2026-Q1.total", "80.00", ""), "Quarters – 1st quarter 2026 – Total", "[-80.00-]"),
    (("taken.quarters.quarters.2026-Q1.seal", *SEALS), "Quarters – 1st quarter 2026 – Seal", f"[-{12 * 'a'}-] → {{+{12 * 'b'}+}}"),
    (("metrics.quarters.quarters", "80, 70", "auto"), "Quarters", "[-80, 70-] → {+taken automatically+}"),
    (("taken.course.first.2026-01 (2).total", "", "90.00"), "Course – First quarter – 2026-01 (2) – Total", "{+90.00+}"),
    (("taken.course.first.2026-01.other", "", "90.00"), "Course – First quarter – January 2026", "{+90.00+}"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "name", "shown"), OF_TAKEN)
def test_own_totals_that_changed_are_named_by_their_period(change: tuple[str, str, str], name: str, shown: str) -> None:
    form, _ = read_form("rules/yearly/2026-01.yaml", YEARLY_RULE.encode(), ("zh", "en"))
    assert form is not None
    item = Amendment("2026-05-13", "林", "漏记", (FieldChange(*change),), "88.00", "B", "s1")
    (field,) = amendment_view(item, "", form, messages("en")).changes
    marks = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
    assert (field.name, "".join(marks[kind].format(text) for kind, text in field.pieces)) == (name, shown)


def test_the_seal_of_a_total_that_changed_is_not_shown_beside_it() -> None:
    form, _ = read_form("rules/yearly/2026-01.yaml", YEARLY_RULE.encode(), ("zh", "en"))
    assert form is not None
    changes = (
        FieldChange("taken.course.first.2026-01.total", "80.00", "90.00"),
        FieldChange("taken.course.first.2026-01.seal", *SEALS),
    )
    for some, count in ((changes, 1), (changes[1:], 1)):
        item = Amendment("2026-05-13", "林", "漏记", some, "88.00", "B", "s1")
        assert len(amendment_view(item, "", form, messages("en")).changes) == count
