"""`kpigen diff` tells every change of what is published, and every part of a score that changed."""

from __future__ import annotations

import pytest

from kpigen.repository.diff import text as diff_text
from kpigen.repository.diff.compare import Changes, compare, state_of
from tests.helpers.tiny import DRAFT, REVIEW, TINY, TINY_RULE, Files, publish, tiny, tree_of

SEAL = "k1:sha256:" + "a" * 64
AMENDED = f"""\
amendments:
  - date: 2026-02-10
    by: 林
    reason: 两通补录。
    changes:
      - {{field: metrics.calls.calls, old: "78", new: "80"}}
      - {{field: comments.calls, new: 补录}}
    total: "78.00"
    grade: A
    seal: "{SEAL}"
metrics:
"""


def changed(before: Files, after: Files) -> Changes:
    return compare(state_of(tree_of(**before)), state_of(tree_of(**after)))


def fields(before: Files, after: Files) -> dict[str, tuple[str, str]]:
    (change,) = changed(before, after).reviews
    return {field: (old, new) for field, old, new in change.fields}


def edited(files: Files, old: str, new: str) -> Files:
    data = files[REVIEW]
    text = data if isinstance(data, str) else data.decode()
    assert text.count(old) == 1, old
    return {**files, REVIEW: text.replace(old, new)}


def amended() -> Files:
    """A published review with an amendment. Whether its seal covers it is not the question here."""
    return edited(publish(tiny()), "metrics:\n", AMENDED)


# --- amendments ----------------------------------------------------------------------------------------------------------


def test_a_new_amendment_is_told_with_all_that_it_says() -> None:
    assert fields(publish(tiny()), amended()) == {
        "amendments.1.date": ("", "2026-02-10"),
        "amendments.1.by": ("", "林"),
        "amendments.1.reason": ("", "两通补录。"),
        "amendments.1.changes.metrics.calls.calls.old": ("", "78"),
        "amendments.1.changes.metrics.calls.calls.new": ("", "80"),
        "amendments.1.changes.comments.calls.new": ("", "补录"),
        "amendments.1.total": ("", "78.00"),
        "amendments.1.grade": ("", "A"),
        "amendments.1.seal": ("", SEAL),
    }


@pytest.mark.parametrize(
    ("old", "new", "field", "values"),
    [
        ("by: 林", "by: 周", "by", ("林", "周")),
        ("2026-02-10", "2026-02-11", "date", ("2026-02-10", "2026-02-11")),
        ("两通补录。", "三通补录。", "reason", ("两通补录。", "三通补录。")),
        ('total: "78.00"', 'total: "70.00"', "total", ("78.00", "70.00")),
        ("grade: A\n    seal", "grade: B\n    seal", "grade", ("A", "B")),
        ("a" * 64, "b" * 64, "seal", (SEAL, SEAL.replace("a" * 64, "b" * 64))),
        ('old: "78"', 'old: "70"', "changes.metrics.calls.calls.old", ("78", "70")),
        ('new: "80"', 'new: "90"', "changes.metrics.calls.calls.new", ("80", "90")),
        ("new: 补录}", "old: 漏录, new: 补录}", "changes.comments.calls.old", ("", "漏录")),
        ("      - {field: comments.calls, new: 补录}\n", "", "changes.comments.calls.new", ("补录", "")),
    ],
)
def test_an_amendment_that_was_rewritten_is_a_change(old: str, new: str, field: str, values: tuple[str, str]) -> None:
    assert fields(amended(), edited(amended(), old, new)) == {f"amendments.1.{field}": values}


def test_claims_in_another_order_are_a_change() -> None:
    first, second = AMENDED.splitlines(keepends=True)[5:7]
    found = fields(amended(), edited(amended(), first + second, second + first))
    assert found == {
        "amendments.1.changes": ("metrics.calls.calls, comments.calls", "comments.calls, metrics.calls.calls")
    }


# --- the block `published`, and salts --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ('total: "80.00"', 'total: "89.00"', {"published.total": ("80.00", "89.00")}),
        ("grade: A", "grade: B", {"published.grade": ("A", "B")}),
        ("on: 2026-02-05", "on: 2026-02-06", {"published.on": ("2026-02-05", "2026-02-06")}),
        ("engine: 2", "engine: 3", {"published.engine": ("2", "3")}),
        ("amendments: 0}", "amendments: 1}", {"published.entries.amendments": ("0", "1")}),
        ("confirmations: 0,", "confirmations: 3,", {"published.entries.confirmations": ("0", "3")}),
        ("objections: 0,", "objections: 2,", {"published.entries.objections": ("0", "2")}),
        ("on: 2026-02-01", "on: 2026-01-01", {"submitted.on": ("2026-02-01", "2026-01-01")}),
    ],
)
def test_a_change_of_what_was_published_is_told(old: str, new: str, found: dict[str, tuple[str, str]]) -> None:
    assert fields(publish(tiny()), edited(publish(tiny()), old, new)) == found


@pytest.mark.parametrize(("old", "block"), [("salt: " + "1" * 32, "published"), ("0" * 32, "submitted")])
def test_another_salt_is_told_but_not_what_it_is(old: str, block: str) -> None:
    files = edited(publish(tiny()), old, old.replace(old[-32:], "2" * 32))
    ((field, (before, after)),) = fields(publish(tiny()), files).items()
    assert field == f"{block}.salt"
    assert before != after
    text = diff_text.as_text(changed(publish(tiny()), files))
    assert "2" * 32 not in text
    assert old[-32:] not in text


def test_another_seal_is_told() -> None:
    text = str(edited(publish(tiny()), "engine: 2", "engine: 2")[REVIEW])
    seal = text.partition('seal: "')[2].partition('"')[0]
    assert fields(publish(tiny()), edited(publish(tiny()), seal, SEAL)) == {"published.seal": (seal, SEAL)}


def test_other_rules_of_a_published_review_are_told() -> None:
    files = {**publish(tiny()), "rules/tiny/2026-02.yaml": TINY_RULE}
    found = fields(files, edited(files, "rules: tiny@2026-01", "rules: tiny@2026-02"))
    assert found["published.rules"] == ("tiny@2026-01", "tiny@2026-02")


def test_an_edit_of_the_data_of_a_published_review_leaves_the_published_total_alone() -> None:
    files = publish(tiny())
    assert fields(files, edited(files, "  calls: 80\n", "  calls: 73\n")) == {"metrics.calls.calls": ("80", "73")}


def test_publishing_tells_what_people_read_and_not_the_seal() -> None:
    submitted = edited(publish(tiny()), "status: published", "status: submitted")
    submitted = {**submitted, REVIEW: submitted[REVIEW]}
    text = str(submitted[REVIEW])
    start, end = text.index("published:\n"), text.index("metrics:")
    assert fields({**submitted, REVIEW: text[:start] + text[end:]}, publish(tiny())) == {
        "status": ("submitted", "published"),
        "published.on": ("", "2026-02-05"),
        "published.rules": ("", "tiny@2026-01"),
        "published.total": ("", "80.00"),
        "published.grade": ("", "A"),
    }


def test_a_pinned_version_is_told() -> None:
    assert fields(tiny(), edited(tiny(), "form: tiny", "form: tiny@2026-01")) == {"pinned": ("", "2026-01")}


@pytest.mark.parametrize(
    "show",
    [diff_text.as_text, diff_text.as_markdown, diff_text.as_json, diff_text.as_html],
    ids=lambda show: show.__name__,
)
def test_every_format_shows_a_rewritten_amendment(show: object) -> None:
    assert callable(show)
    text = show(changed(amended(), edited(amended(), "by: 林", "by: 周")))
    assert "amendments.1.by" in text
    assert "林" in text
    assert "周" in text


# --- data and rules, where the total stays as it was ------------------------------------------------------------------------


def rules(*edits: tuple[str, str]) -> str:
    text = TINY_RULE
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


#: A rule that gives 4 points more than the number of calls.
PLUS_FOUR = rules(
    ("score: {method: value}", 'score: {method: formula, formula: "calls + 4"}'),
    ("{calls: 80}, total: 80", "{calls: 80}, total: 84"),
    ("{calls: 50}, total: 50", "{calls: 50}, total: 54"),
)
STRICT = rules(("grades: {A: 60, B: 0}", "grades: {A: 81, B: 0}"), ("total: 80, grade: A", "total: 80, grade: B"))


@pytest.mark.parametrize(
    ("rule", "calls", "says"),
    [
        (PLUS_FOUR, "76", "score: 80.00 A → 80.00 A (+0.00: data -4.00, rules +4.00)"),
        (PLUS_FOUR, "80", "score: 80.00 A → 84.00 A (+4.00: data +0.00, rules +4.00)"),
        (PLUS_FOUR, "70", "score: 80.00 A → 74.00 A (-6.00: data -10.00, rules +4.00)"),
        (STRICT, "80", "score: 80.00 A → 80.00 B (+0.00: data +0.00, rules +0.00; the grade by the rules)"),
        (STRICT, "81", "score: 80.00 A → 81.00 A (+1.00: data +1.00, rules +0.00)"),
        (STRICT, "75", "score: 80.00 A → 75.00 B (-5.00: data -5.00, rules +0.00; the grade by the rules)"),
        (STRICT, "50", "score: 80.00 A → 50.00 B (-30.00: data -30.00, rules +0.00)"),
        (TINY_RULE, "50", "score: 80.00 A → 50.00 B (-30.00: data -30.00, rules +0.00)"),
    ],
)
def test_both_parts_and_the_reason_of_a_grade_are_said(rule: str, calls: str, says: str) -> None:
    after = {TINY: rule, REVIEW: DRAFT.replace("calls: 80", f"calls: {calls}")}
    changes = changed(tiny(), after)
    assert says in diff_text.as_text(changes).replace("−", "-")
    assert says.partition(": ")[2].partition(" (")[0] in diff_text.as_markdown(changes)


def test_a_grade_that_both_changed_and_changed_back() -> None:
    """By the data A → B, by the rules B → A: the total goes 80 → 58 → 58."""
    mild = rules(("grades: {A: 60, B: 0}", "grades: {A: 50, B: 0}"), ("total: 50, grade: B", "total: 50, grade: A"))
    after = {TINY: mild, REVIEW: DRAFT.replace("calls: 80", "calls: 58")}
    assert "; the grade by both)" in diff_text.as_text(changed(tiny(), after))


def test_a_new_veto_that_changes_a_grade_is_said_to_be_the_rules() -> None:
    veto = (
        "indicators:\n",
        "veto:\n  - {id: few, name: {zh: 少, en: Few}, when: calls.calls < 81, grade: B, origin: chosen}\nindicators:\n",
    )
    rule = rules(veto, ("total: 80, grade: A", "total: 80, grade: B"))
    assert "rules +0.00; the grade by the rules)" in diff_text.as_text(changed(tiny(), {**tiny(), TINY: rule}))


def test_other_rules_that_change_nothing_of_a_review_give_no_line() -> None:
    other = rules(("grades: {A: 60, B: 0}", "grades: {A: 61, B: 0}"))
    assert changed(tiny(), {**tiny(), TINY: other}).reviews == ()


# --- data and a new indicator together ----------------------------------------------------------------------------------------

VISITS = """\
  - id: visits
    name: {zh: 走访, en: Visits}
    weight: 40
    standard: {zh: 每次一分, en: A point each}
    inputs: {visits: {type: count}}
    score: {method: value}
examples:
"""
WITH_VISITS = (
    TINY_RULE.replace("weight: 100", "weight: 60")
    .replace("examples:\n", VISITS)
    .replace("{calls: 80}, total: 80", "{calls: 80, visits: 90}, total: 84")
    .replace("{calls: 50}, total: 50", "{calls: 50, visits: 50}, total: 50")
)
BONUS = (
    "examples:\n",
    "bonus:\n  items:\n    - {id: idea, name: {zh: 建议, en: Idea}, points: 2, origin: chosen}\nexamples:\n",
)


@pytest.mark.parametrize(
    "more",
    [
        "  visits: 90\n",
        "  visits: 90\ncomments: {visits: 走访两家}\n",
        "  visits: 90\nevidence: {visits: ['https://example.com/a']}\n",
        "  visits: 90\nself_assessment: {metrics: {calls: 80, visits: 95}}\n",
        "  visits: 90\ncomments:\n  calls: 好\n  visits: 好\n",
    ],
)
def test_an_indicator_that_comes_with_its_data_is_split(more: str) -> None:
    after = {TINY: WITH_VISITS, REVIEW: DRAFT.replace("  calls: 80\n", f"  calls: 75\n{more}")}
    (change,) = changed(tiny(), after).reviews
    assert change.split is not None
    assert (change.split.data, change.split.rules, change.split.between) == (-5, 6, "data")
    (back,) = changed(after, tiny()).reviews
    assert back.split is not None
    assert (back.split.data, back.split.rules, back.split.between) == (5, -6, "rules")


def test_a_bonus_item_that_comes_with_its_data_is_split() -> None:
    after = {TINY: rules(BONUS), REVIEW: DRAFT.replace("  calls: 80\n", "  calls: 75\nbonus: {idea: 1}\n")}
    (change,) = changed(tiny(), after).reviews
    assert change.split is not None
    assert (change.split.data, change.split.rules, change.split.between) == (-5, 2, "data")


def test_an_indicator_that_is_not_applicable_is_split() -> None:
    more = "  calls: 75\nnot_applicable: {visits: 本月没有}\n"
    after = {TINY: WITH_VISITS, REVIEW: DRAFT.replace("  calls: 80\n", more)}
    (change,) = changed(tiny(), after).reviews
    assert change.split is not None
    assert (change.split.data, change.split.rules) == (-5, 0)


# --- rule files ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("grades: {", "# 按总分\ngrades: {"),
        ("schema: 1\n", "schema: 1\n\n\n"),
        ("inputs: {calls: {type: count}}", "inputs:\n      calls:\n        type: count"),
        ("name: {zh: 回访, en: Calls}", 'name: {zh: "回访", en: Calls}  # 名称'),
        ("weight: 100\n    standard: {zh: 每次一分, en: A point each}\n",
         "standard: {zh: 每次一分, en: A point each}\n    weight: 100\n"),
        ("{zh: 小表, en: Tiny}", "{en: Tiny, zh: 小表}"),
    ],
)  # fmt: skip
def test_comments_and_layout_of_a_rule_file_are_no_change(old: str, new: str) -> None:
    assert not changed(tiny(), {**tiny(), TINY: rules((old, new))})


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{zh: 小表, en: Tiny}", "{zh: 小表, en: Small}"),
        ("{zh: 每次一分, en: A point each}", "{zh: 每通一分, en: A point each}"),
        ("confirmations: []", "confirmations: [employee]"),
        ("columns: [name, points]", "columns: [points, name]"),
        ("  - {metrics: {calls: 50}, total: 50, grade: B}\n", ""),
        ("weight: chosen,", "weight: {kind: source, quote: 权重 100},"),
    ],
)
def test_texts_layout_of_the_paper_origins_and_examples_of_a_rule_file_are_changes(old: str, new: str) -> None:
    assert [rule.kind for rule in changed(tiny(), {**tiny(), TINY: rules((old, new))}).rules] == ["text"]
