"""`kpigen diff` on files in memory: what is matched with what, what must not get lost, and the formats."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpigen.emit.escape import MARKDOWN_LIMIT
from kpigen.numbers.notation import Notation
from kpigen.repository.diff import text as diff_text
from kpigen.repository.diff.compare import Changes, ReviewChange, Score, compare, state_of
from kpigen.repository.diff.words import ADDED, REMOVED, by_word
from kpigen.repository.lifecycle.amend import field_changes
from tests.helpers.forms import make_repository, run, unclosed
from tests.helpers.tiny import DRAFT, REVIEW, TINY, TINY_RULE, Files, publish, tiny, tree_of

TASKS = """\
  - id: tasks
    name: {zh: 任务, en: Tasks}
    weight: 50
    standard: {zh: 按完成, en: By completion}
    inputs:
      tasks:
        type: list
        fields:
          NAME: {type: text, name: {zh: 任务, en: Task}}
          done: {type: percent, name: {zh: 完成, en: Done}}
    score: {method: weighted_list, weight: 1, value: done}
  - id: peers
    name: {zh: 互评, en: Peers}
    weight: 0
    standard: {zh: 平均, en: Mean}
    inputs: {peers: {type: ratings, confidential: yes}}
    shown_as: {id: shown, name: {zh: 互评, en: Peers}}
    score: {method: ratings, weights: {peers: 1}}
  - id: clients
    name: {zh: 客户, en: Clients}
    weight: 0
    standard: {zh: 平均, en: Mean}
    inputs: {clients: {type: ratings}}
    score: {method: ratings, weights: {clients: 1}}
"""


def listed(field: str, *tasks: str, peers: str = "[80, 90]", clients: str = "[70, 75]") -> Files:
    """A form with a list of tasks, confidential ratings and open ones, and a draft of it."""
    metrics = "calls: 80, tasks: [{name: x, done: 50%}], peers: [80], clients: [80]".replace("name: x", f"{field}: x")
    rule = (
        TINY_RULE.replace("weight: 100", "weight: 50")
        .replace("examples:\n", TASKS.replace("NAME", field) + "examples:\n")
        .replace("{calls: 80}, total: 80", f"{{{metrics}}}, total: 65")
        .replace("{calls: 50}, total: 50", f"{{{metrics.replace('80,', '50,', 1)}}}, total: 50")
    )
    rows = "".join(f"    - {{{task}}}\n" for task in tasks)
    written = f"  calls: 80\n  tasks:\n{rows}  peers: {peers}\n  clients: {clients}\n"
    return {TINY: rule, REVIEW: DRAFT.replace("  calls: 80\n", written)}


def changed(before: Files, after: Files) -> Changes:
    states = state_of(tree_of(**before)), state_of(tree_of(**after))
    return compare(*states)


def fields(before: Files, after: Files) -> dict[str, tuple[str, str]]:
    (change,) = changed(before, after).reviews
    return {field: (old, new) for field, old, new in change.fields}


# --- entries of lists --------------------------------------------------------------------------------------------------


def test_the_form_of_these_tests_has_no_errors() -> None:
    assert state_of(tree_of(**listed("name", "name: 甲, done: 50%"))).project.problems == ()


def test_entries_are_matched_by_name() -> None:
    before = listed("name", "name: 招聘, done: 50%", "name: 培训, done: 60%")
    after = listed("name", "name: 盘点, done: 10%", "name: 培训, done: 60%", "name: 招聘, done: 55%")
    assert fields(before, after) == {
        "metrics.tasks.tasks.招聘.done": ("0.5", "0.55"),
        "metrics.tasks.tasks.盘点.done": ("", "0.1"),
    }


def test_entries_of_one_name_do_not_hide_each_other() -> None:
    before = listed("name", "name: 回访, done: 50%", "name: 回访, done: 60%")
    after = listed("name", "name: 回访, done: 40%", "name: 回访, done: 60%")
    assert fields(before, after) == {"metrics.tasks.tasks.回访.done": ("0.5", "0.4")}
    after = listed("name", "name: 回访, done: 50%", "name: 回访, done: 70%")
    assert fields(before, after) == {"metrics.tasks.tasks.回访 (2).done": ("0.6", "0.7")}


def test_entries_without_a_name_are_matched_by_their_first_field() -> None:
    before = listed("title", "title: 招聘, done: 50%", "title: 培训, done: 60%")
    after = listed("title", "title: 培训, done: 65%")
    assert fields(before, after) == {
        "metrics.tasks.tasks.招聘.done": ("0.5", ""),
        "metrics.tasks.tasks.培训.done": ("0.6", "0.65"),
    }


def test_a_list_of_numbers_is_one_value() -> None:
    task = "name: 甲, done: 50%"
    assert fields(listed("name", task), listed("name", task, clients="[75]")) == {
        "metrics.clients.clients": ("70, 75", "75")
    }


def test_other_confidential_ratings_of_the_same_mean_are_a_change_that_shows_none_of_them() -> None:
    task = "name: 甲, done: 50%"
    same = ("entries", "other entries")
    before = listed("name", task)
    assert fields(before, listed("name", task, peers="[85, 85]")) == {"metrics.peers.shown.(entries)": same}
    assert fields(before, listed("name", task, peers="[80, 80]")) == {"metrics.peers.shown.mean": ("85", "80")}
    submitted = str(before[REVIEW]).replace("draft", f"submitted\nsubmitted: {{on: 2026-02-01, salt: '{'0' * 32}'}}")
    assert fields(before, {**before, REVIEW: submitted}) == {
        "status": ("draft", "submitted"),
        "submitted.on": ("", "2026-02-01"),
    }, "the salt of the lists is not a change of the lists"


def test_an_input_may_be_called_digest() -> None:
    assert field_changes({"metrics": {"a": {"digest": "1"}}}, {"metrics": {"a": {"digest": "2"}}}) == (
        ("metrics.a.digest", "1", "2"),
    )


# --- what has happened to a review ---------------------------------------------------------------------------------------


def test_all_that_an_entry_says_is_compared() -> None:
    objection = "objections:\n  - {role: employee, date: 2026-02-03, of: 111111111111, text: 不同意}\nmetrics:"
    before = tiny(review=DRAFT.replace("metrics:", objection))
    resolved = DRAFT.replace("metrics:", objection.replace("不同意", "不同意, resolution: 已核, resolved: 2026-02-09"))
    assert fields(before, tiny(review=resolved)) == {
        "objections.employee 2026-02-03.resolution": ("", "已核"),
        "objections.employee 2026-02-03.resolved": ("", "2026-02-09"),
    }
    other = DRAFT.replace("metrics:", objection.replace("1" * 12, "2" * 12))
    assert fields(before, tiny(review=other)) == {"objections.employee 2026-02-03.of": ("1" * 12, "2" * 12)}


def test_publishing_shows_what_was_sealed_and_a_forged_total_is_seen() -> None:
    draft, published = tiny(), publish(tiny())
    seen = fields(draft, published)
    assert seen["published.on"] == ("", "2026-02-05")
    assert seen["published.total"] == ("", "80.00")
    assert not {"published.salt", "published.seal", "published.engine"} & seen.keys()
    data = published[REVIEW]
    assert isinstance(data, bytes)
    assert fields(published, {**published, REVIEW: data.replace(b'total: "80.00"', b'total: "89.00"')}) == {
        "published.total": ("80.00", "89.00"),
    }


# --- what cannot be read, what stands twice, what moved --------------------------------------------------------------------


def test_a_review_that_cannot_be_read_on_one_side_is_neither_added_nor_removed() -> None:
    broken = tiny(review=DRAFT.replace("form: tiny", "form: nothing"))
    (change,) = changed(tiny(), broken).reviews
    assert (change.kind, change.before, change.after) == ("broken", Score(80, "A", Notation()), None)  # type: ignore[arg-type]
    (change,) = changed(broken, tiny()).reviews
    assert (change.kind, change.before, change.after) == ("mended", None, Score(80, "A", Notation()))  # type: ignore[arg-type]
    assert changed(tiny(), broken).unread == changed(broken, tiny()).unread == ()


def test_what_was_and_is_unreadable_is_named_only_where_it_changed() -> None:
    broken = tiny(review=DRAFT.replace("form: tiny", "form: nothing"))
    assert not changed(broken, broken)
    other = tiny(review=DRAFT.replace("form: tiny", "form: none"))
    assert changed(broken, other).unread == (REVIEW,)


def test_a_rule_file_that_cannot_be_read_is_not_removed() -> None:
    broken = tiny(("grades: {A: 60, B: 0}", "grades: []"))
    assert [rule.kind for rule in changed(tiny(), broken).rules] == ["broken"]
    assert [rule.kind for rule in changed(broken, tiny()).rules] == ["mended"]
    assert [change.kind for change in changed(tiny(), broken).reviews] == ["broken"]


def test_a_second_file_of_one_review_hides_nothing() -> None:
    files = tiny()
    second = "reviews/2026-01/A-1.tiny-2.md"
    changes = changed(files, {**files, second: DRAFT.replace("calls: 80", "calls: 50")})
    assert [(change.kind, change.path) for change in changes.reviews] == [("added", second)]


def test_a_moved_file_is_the_same_review() -> None:
    files = tiny()
    moved = {TINY: files[TINY], "reviews/A-1.tiny.md": files[REVIEW]}
    (change,) = changed(files, moved).reviews
    assert (change.kind, change.path, change.old_path, change.fields) == ("moved", "reviews/A-1.tiny.md", REVIEW, ())
    assert f"(was {REVIEW})" in diff_text.as_text(changed(files, moved))


# --- data and rules --------------------------------------------------------------------------------------------------------


def test_the_order_is_turned_where_the_old_rules_cannot_score_the_new_data() -> None:
    """A limit is lifted and passed at once: 80 → 80 by the rules, → 95 by the data. With both ways shut it says so."""
    limited = ("type: count}", "type: count, max: 90}")
    old = tiny(limited)
    new = tiny(("calls: 80\n---", "calls: 95\n---"))
    (change,) = changed(old, new).reviews
    assert change.split is not None
    assert (change.split.data, change.split.rules, change.split.between) == (15, 0, "rules")
    assert "rules changed first" in diff_text.as_text(changed(old, new))
    other = tiny(("type: count}", "type: count, min: 91}"), ("calls: 80\n---", "calls: 95\n---"))
    other[TINY] = str(other[TINY]).replace("{calls: 80}, total: 80", "{calls: 92}, total: 92")
    other[TINY] = other[TINY].replace("{calls: 50}, total: 50, grade: B", "{calls: 99}, total: 99, grade: A")
    (change,) = changed(old, other).reviews
    assert change.split is not None
    assert (change.split.data, change.split.rules, change.split.between) == (None, None, "")
    assert "(+15.00: cannot be split into data and rules" in diff_text.as_text(changed(old, other))


# --- formats -----------------------------------------------------------------------------------------------------------------


def one(*fields: tuple[str, str, str], name: str = "甲") -> Changes:
    score = Score(None, None, Notation())
    return Changes(
        (), (ReviewChange("changed", REVIEW, "", "A-1", name, "2026-01", "tiny", fields, score, score, None),), ()
    )


@pytest.mark.parametrize(
    ("format_", "says"),
    [
        (diff_text.as_text, "No change in meaning."),
        (diff_text.as_markdown, "No change in meaning."),
        (diff_text.as_html, "No change in meaning."),
    ],
)
def test_every_format_says_that_nothing_changed(format_: object, says: str) -> None:
    assert callable(format_)
    assert says in format_(Changes((), (), ()))


def test_short_comments_are_compared_word_by_word_too() -> None:
    text = diff_text.as_text(one(("comments.calls", "少两次", "少三次"), ("employee.name", "员工甲", "员工乙")))
    assert "comments.calls: 少[-两-]{+三+}次" in text
    assert "employee.name: 员工甲 → 员工乙" in text


def test_a_terminal_gets_no_control_characters_of_a_file() -> None:
    text = diff_text.as_text(one(("comments.calls", "a\x1b[31mb\nc", "a\x1b[32mb\nc"), name="甲\x1b]0;x"))
    assert "\x1b" not in text
    assert len(text.splitlines()) == 2


def test_markdown_keeps_names_of_entries_harmless() -> None:
    text = diff_text.as_markdown(one(("evidence.calls.`@all`<i>|.file", "", "x")))
    assert "@all" not in text
    assert "<i>" not in text
    assert "- `metrics.calls`: 1 → 2" in diff_text.as_markdown(one(("metrics.calls", "1", "2")))


@given(st.text("甲乙a。 \n1"), st.text("甲乙a。 \n1"))
def test_the_stretches_of_a_change_give_both_texts_back(old: str, new: str) -> None:
    stretches = list(by_word(old, new))
    assert "".join(text for kind, text in stretches if kind != ADDED) == old
    assert "".join(text for kind, text in stretches if kind != REMOVED) == new


def test_long_texts_are_compared_in_time_and_leave_room_for_the_rest() -> None:
    started = time.monotonic()
    long = one(
        ("body", "旧" * 30_000, "新" + "旧" * 30_000 + "新"), ("comments.calls", "甲。" * 20_000, "乙。" * 20_000)
    )
    text = diff_text.as_markdown(long)
    assert time.monotonic() - started < 10
    assert len(text) < MARKDOWN_LIMIT / 4
    assert "### changed" in text


def test_whom_a_new_version_touches_is_listed_in_every_format() -> None:
    files = tiny()
    two = {path: data for path, data in files.items() if path != TINY}
    for id_ in range(2, 40):
        two[f"reviews/2026-01/A-{id_}.tiny.md"] = DRAFT.replace("A-1", f"A-{id_}")
    changes = changed({**two, TINY: files[TINY]}, {**two, TINY: files[TINY], "rules/tiny/2026-01.2.yaml": TINY_RULE})
    assert [(rule.key, len(rule.touches)) for rule in changes.rules] == [("tiny@2026-01.2", 39)]
    assert diff_text.as_text(changes).count("reviews/2026-01/") == 39
    for text in (diff_text.as_markdown(changes), diff_text.as_html(changes)):
        assert text.count("reviews/2026-01/") == 20
        assert "… and 19 more" in text
    assert len(json.loads(diff_text.as_json(changes))["rules"][0]["touches"]) == 39


def test_html_is_a_page_of_its_own() -> None:
    changes = one(
        ("body", "<i>旧的文字，有二十多个字这么长才会逐字比较</i>", "<i>新的文字，有二十多个字这么长才会逐字比较</i>")
    )
    html = diff_text.as_html(changes)
    assert html.startswith('<!doctype html>\n<html lang="en">')
    assert 'name="viewport"' in html
    assert "<i>" not in html
    assert unclosed(html) == []


# --- amending what only the lists say ---------------------------------------------------------------------------------------


def test_other_confidential_ratings_of_the_same_mean_can_be_amended(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "repository", ())
    for path, data in listed("name", "name: 甲, done: 50%").items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(str(data), "utf-8")
    run(root, "submit", root / REVIEW, "--date", "2026-02-01", "--yes")
    run(root, "publish", root / REVIEW, "--date", "2026-02-03", "--yes")
    git = ["git", "-C", str(root), "-c", "user.name=t", "-c", "user.email=t@example.com"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "published"]):
        subprocess.run([*git, *words], check=True, capture_output=True)
    text = (root / REVIEW).read_text("utf-8")
    (root / REVIEW).write_text(text.replace("peers: [80, 90]", "peers: [85, 85]"), "utf-8")
    why = ("--reason", "录入有误", "--by", "林一诺", "--date", "2026-02-10")
    assert (
        "metrics.peers.shown.(entries): entries → other entries"
        in run(root, "amend", root / REVIEW, *why, "--yes").stdout
    )
    assert run(root, "check").stdout.count("error") == 0
