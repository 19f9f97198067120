"""Single edits to what was published: every change of meaning is found, no change of writing is.

Both are drawn with a fixed seed from all that can be done to nine published reviews, one of each form, one of them amended.
A failing test prints the edit.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from itertools import islice, pairwise
from typing import Any

import pytest

from kpigen.model.forms import Form, Input, InputType
from kpigen.repository import project
from kpigen.repository.checks.against_base import check_against
from kpigen.repository.lifecycle import amend
from kpigen.repository.lifecycle import transitions as lifecycle
from kpigen.repository.records import make_records
from tests.helpers.forge import Front, all_anew, apart, whole
from tests.helpers.forms import NINE, TESTS
from tests.helpers.tiny import Files, check_files, places, rules_files, take, tree_of

Path = tuple[str | int, ...]

SEED = 20260805
EDITS_A_FORM = 12
AMENDMENTS_A_FORM = 3
NOT_SEALED = {("submitted", "on")}  # docs/canonical-form.md: not part of the content
EVIDENCE = "号,数\n1,145\n".encode()
BODY = "## 工作评价\n\n本期平稳，两件投诉当天办结。\n\n- 排班提前公布\n- 新人两名，已能独立值班"


# --- nine published reviews -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """The files of a repository with one published review that is edited."""

    form: Form
    path: str
    files: Files

    @property
    def data(self) -> bytes:
        data = self.files[self.path]
        assert isinstance(data, bytes)
        return data

    @property
    def rule(self) -> str:
        return f"rules/{self.form.id}/{self.form.version}.yaml"

    @property
    def rule_text(self) -> str:
        data = self.files[self.rule]
        assert isinstance(data, bytes)
        return data.decode()

    def having(self, **files: bytes | None) -> Files:
        """The files with some of them changed, or gone."""
        return {path: data for path, data in {**self.files, **files}.items() if data is not None}


#: What the golden reviews lack, so that there is something of everything to edit. `None` takes a metric away.
MORE: dict[str, Front] = {
    "cs-latest": {"metrics": {"learning": None}, "not_applicable": {"learning": "本期没有安排学习"}},
    "cs-practical": {
        "metrics": {
            "goal_attainment": [
                {"name": "回访数", "weight": "5", "target": "179", "actual": "173"},
                {"name": "投诉数", "weight": "3", "target": "18.5", "actual": "20", "better": "lower"},
            ]
        }
    },
    "front-desk": {"metrics": {"cashier": None}, "not_applicable": {"cashier": "本月无收银岗"}},
    "property-cs": {"bonus": {"owner_praise": "2", "own_award": "1"}},
    "support-center": {"metrics": {"team": {"violations": "11", "scores": "auto"}}},
}
OWN_NUMBERS = {
    "cs-360": {"service_quality": "80%", "work_plan": {"completed": "7", "planned": "8"}},
    "cs-graded": {"csat": "70%", "management": {"coordination": "60", "development": "61.5"}},
    "cs-kpi-gs": {"policy_failures": "1", "policy_quality": "2"},
    "cs-latest": {"csat": "93%", "training": "88"},
    "cs-practical": {"response_time": "58s", "climate": "70"},
    "ecommerce-cs": {"growth": "no", "csat": "4"},
    "front-desk": {"follow_up_calls": "601", "complaints": {"late": "1"}},
    "property-cs": {"follow_up": "95%", "teamwork": "3"},
    "support-center": {"superior": "solid", "sales": {"actual": "97950", "plan": "285639"}},
}


def draft(form: Form) -> tuple[str, Front]:
    """A golden review of a form with everything that a review may hold."""
    front, _ = apart((TESTS / f"golden/{form.id}-01.md").read_text("utf-8"))
    more = MORE.get(form.id, {})
    first, last = form.indicators[0].id, form.indicators[-1].id
    front["employee"]["manager"] = "G1-0001"
    front |= {
        "comments": {first: "系统停机两天。\n已按 3 月 2 日的记录核对。", last: "见**附件**，与上期相同"},
        "evidence": {first: ["files/记录.csv", "https://example.com/2026/a"]},
        "self_assessment": {"metrics": OWN_NUMBERS[form.id], "comment": "排班还可以更早公布"},
        "feedback": {"strengths": "待人耐心", "improvements": "记录要更细", "plan": "每周复盘一次"},
    }
    metrics = {**front["metrics"], **more.get("metrics", {})}
    front |= {key: value for key, value in more.items() if key != "metrics"}
    front["metrics"] = {id_: value for id_, value in metrics.items() if value is not None}
    return f"reviews/{front['period']}/{front['employee']['id']}.{form.id}.md", front


def publish(files: Files, path: str, form: Form) -> Files:
    """Submit, object, confirm in all roles, publish."""
    files = take(files, path, lifecycle.submit, "2026-10-01", lambda: "5a" * 16)
    number = make_records(project.load(tree_of(**files)))[0][0].number
    front, body = apart(bytes(files[path]))
    objection = {"role": "employee", "date": "2026-10-02", "of": number, "text": "有一件不应计入"}
    front["objections"] = [{**objection, "resolution": "已核对，不计入", "resolved": "2026-10-03"}]
    files = {**files, path: whole(front, body)}
    for role in form.confirmations:
        name = front["employee"]["name"] if role == "employee" else f"{role} 甲"
        files = take(files, path, lifecycle.confirm, role, name, "2026-10-04")
    return take(files, path, lifecycle.publish, "2026-10-05", lambda: "c3" * 16)


@cache
def case(form_id: str) -> Case:
    rule = f"rules/{form_id}/2026-01.yaml"
    form = project.load(tree_of(**{rule: rules_files()[rule]})).rules.versions(form_id)[-1]
    path, front = draft(form)
    folder = path.rpartition("/")[0]
    files: Files = {rule: rules_files()[rule], f"{folder}/files/记录.csv": EVIDENCE}
    if form_id == "support-center":  # somebody whose total it takes
        files |= team_of(front)
    files = publish({**files, path: whole(front, BODY)}, path, form)
    if form_id == "front-desk":
        files = amended(files, path)
    found = check_files(files)
    assert found == (), places(found)
    return Case(form, path, files)


def team_of(manager: Front) -> Files:
    """Two published reviews of the manager's team."""
    rule, files = "rules/ecommerce-cs/2026-01.yaml", {}
    for number in (1, 2):
        front, _ = apart((TESTS / f"golden/ecommerce-cs-0{number}.md").read_text("utf-8"))
        front["employee"]["manager"] = manager["employee"]["id"]
        front["period"] = manager["period"]
        path = f"reviews/{front['period']}/{front['employee']['id']}.ecommerce-cs.md"
        one: Files = {rule: rules_files()[rule], path: whole(front, BODY)}
        one = take(one, path, lifecycle.submit, "2026-10-01", lambda: "1" * 32)
        one = take(one, path, lifecycle.confirm, "employee", front["employee"]["name"], "2026-10-01")
        files |= take(one, path, lifecycle.publish, "2026-10-01", lambda: "2" * 32)
    return files


def amended(files: Files, path: str) -> Files:
    before = project.load(tree_of(**files)).review(path)
    assert before is not None
    front, body = apart(bytes(files[path]))
    front["metrics"]["follow_up_calls"] = "598"
    files = {**files, path: whole(front, body)}
    return take(files, path, amend.amend, before, "两通录音补录", "林", "2026-10-10")


def error_codes(files: Files) -> list[str]:
    return [item.code for item in check_files(files) if item.is_error]


# --- edits of meaning -------------------------------------------------------------------------------------------------

Edited = tuple[str, Files]
OTHER_WORD = {"yes": "no", "no": "yes", "low": "normal", "normal": "high", "high": "low", "lax": "solid"}
OTHER_WORD |= {"lower": "higher", "employee": "hr", "assessor": "hr", "leader": "hr", "hr": "leader", "auto": "[80]"}
OTHER_WORD |= {"published": "submitted"}
#: A number of each form's scoring part.
RULE_EDITS = {
    "cs-360": ("target: 95%", "target: 96%"),
    "cs-graded": ("formula: csat * 100", "formula: csat * 99"),
    "cs-kpi-gs": ("points: {80%: 0, 100%: 100}", "points: {80%: 1, 100%: 100}"),
    "cs-latest": ("target: 90%", "target: 91%"),
    "cs-practical": ("target: 30s", "target: 31s"),
    "ecommerce-cs": ("levels: {yes: 100, no: 60}", "levels: {yes: 100, no: 61}"),
    "front-desk": ("short_of: 600", "short_of: 601"),
    "property-cs": (
        "points: 3, origin: source}\n    - {id: emergency",
        "points: 4, origin: source}\n    - {id: emergency",
    ),
    "support-center": ("solid: 60", "solid: 61"),
}


def other(text: str) -> str:
    """Another text of the same kind: the last digit is another one, or a word is."""
    if text in OTHER_WORD:
        return OTHER_WORD[text]
    digit = re.search(r"\d(?=\D*$)", text)
    if digit and re.fullmatch(r"[\w.:%+-]+", text, re.ASCII):
        return f"{text[: digit.start()]}{(int(digit[0]) + 1) % 10}{text[digit.end() :]}"
    return re.sub(r"\w(?=\W*$)", lambda match: "改" if match[0] != "改" else "动", text)


def leaves(node: Front, path: Path = ()) -> Iterator[tuple[Path, str]]:
    if isinstance(node, str):
        yield path, node
        return
    for key, value in node.items() if isinstance(node, dict) else enumerate(node):
        yield from leaves(value, (*path, key))


def inner(node: Front, path: Path = ()) -> Iterator[tuple[Path, Front]]:
    """Every mapping and list, from the outside in."""
    if not isinstance(node, str):
        yield path, node
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            yield from inner(value, (*path, key))


def at(node: Front, path: Path) -> Front:
    for key in path:
        node = node[key]
    return node


def put(front: Front, path: Path, value: Front) -> Front:
    """A copy with another value at a path."""
    copy = deepcopy(front)
    at(copy, path[:-1])[path[-1]] = value
    return copy


def without(front: Front, path: Path) -> Front:
    """A copy without what stands at a path."""
    copy = deepcopy(front)
    del at(copy, path[:-1])[path[-1]]
    return copy


def edits_of_data(front: Front, form: Form) -> Iterator[tuple[str, Front]]:
    """Every single edit of meaning in the front matter, with its name."""
    salted = any(indicator.confidential for indicator in form.indicators)
    skipped = NOT_SEALED if salted else NOT_SEALED | {("submitted", "salt")}
    for path, text in leaves(front):
        if path not in skipped:
            yield f"{path}: {other(text)}", put(front, path, other(text))
            yield f"{path} gone", without(front, path)
    for path, node in inner(front):
        if path:
            yield f"{path} gone", without(front, path)
        if path and isinstance(node, list) and node:
            yield f"{path}: the last one twice", put(front, path, [*node, node[-1]])
            for i, (one, two) in enumerate(pairwise(node)):
                yield f"{path}: {i} and {i + 1} swapped", put(front, path, [*node[:i], two, one, *node[i + 2 :]])
        elif path and path[0] in ("comments", "feedback", "bonus", "metrics"):
            for a, b in pairwise(node):
                yield f"{path}: {a} and {b} exchanged", put(front, path, {**node, a: node[b], b: node[a]})
    for id_ in (indicator.id for indicator in form.indicators):
        if id_ not in front["comments"]:
            yield f"a comment on {id_}", put(front, ("comments", id_), "另见附件")
        if id_ in front["metrics"]:
            reasons = {**front.get("not_applicable", {}), id_: "本期没有"}
            yield f"{id_} does not apply", {**without(front, ("metrics", id_)), "not_applicable": reasons}
    for item in form.bonus:
        if item.id not in front["bonus"]:
            yield f"bonus {item.id}", put(front, ("bonus", item.id), "1")


def edits_of_body(body: str) -> Iterator[tuple[str, str]]:
    """Single edits of the narrative, with their names."""
    lines = body.split("\n")
    for i, line in enumerate(lines):
        if line:
            yield f"line {i} of the body", "\n".join([*lines[:i], other(line), *lines[i + 1 :]])
            yield f"line {i} of the body gone", "\n".join([*lines[:i], *lines[i + 1 :]])
    yield "a line more in the body", f"{body}\n- 另有一件"
    yield "no body", ""
    yield "two lines of the body swapped", "\n".join([*lines[:-2], lines[-1], lines[-2]])


def edits_of_meaning(one: Case) -> Iterator[Edited]:
    """Every single edit of what a published review means: of itself, its evidence, its rules."""
    front, body = apart(one.data)
    for name, new in edits_of_data(front, one.form):
        if new != front:
            yield name, one.having(**{one.path: whole(new, body)})
    for name, new_body in edits_of_body(body):
        yield name, one.having(**{one.path: whole(front, new_body)})
    (file,) = (path for path in one.files if path.endswith("记录.csv"))
    yield "a byte more of evidence", one.having(**{file: EVIDENCE + b" "})
    yield "another number in the evidence", one.having(**{file: EVIDENCE.replace(b"145", b"146")})
    yield "no evidence", one.having(**{file: None})
    for old, new_rule in (RULE_EDITS[one.form.id], ("grades: {A: 90, B: 80", "grades: {A: 91, B: 80")):
        assert one.rule_text.count(old) == 1, old
        yield f"rules: {new_rule}", one.having(**{one.rule: one.rule_text.replace(old, new_rule).encode()})


def distinct(edits: Iterator[Edited], one: Case) -> Iterator[Edited]:
    """Leave out edits that change nothing, and those with a result that was there before."""
    seen = [one.files]
    for name, files in edits:
        if files not in seen:
            seen.append(files)
            yield name, files


ONLY_BESIDE_WHAT_WAS: dict[str, Callable[[Front], None]] = {
    "a number": lambda front: front["metrics"]["complaints"].update(late="1"),
    "a word": lambda front: front["comments"].update(compliance="见附件，与上期不同"),
    "an objection gone": lambda front: (
        front["objections"].pop(),
        front["published"]["entries"].update(objections="0"),
    ),
    "somebody else's": lambda front: front["employee"].update(id="G1-6001-b"),
    "another period": lambda front: front.update(period="2026-04"),
    "the chain cut off": lambda front: (front.pop("amendments"), front["published"]["entries"].update(amendments="0")),
    "the chain reworded": lambda front: front["amendments"][0].update(reason="改写"),
    "a draft again": lambda front: (
        front.update(status="draft"),
        [front.pop(key) for key in ("submitted", "published", "amendments")],
    ),
    "another date": lambda front: front["published"].update(on="2026-10-06"),
}


@pytest.mark.parametrize("edit", [*ONLY_BESIDE_WHAT_WAS, "deleted"])
def test_what_is_sealed_anew_is_found_beside_what_was(edit: str) -> None:
    """Who computes a new seal, or takes the file away, deceives a check of the files as they are."""
    one = case("front-desk")
    before = project.load(tree_of(**one.files))
    files = one.having(**{one.path: None})
    if edit != "deleted":
        front, body = apart(one.data)
        ONLY_BESIDE_WHAT_WAS[edit](front)
        path = f"reviews/{front['period']}/{front['employee']['id']}.front-desk.md"
        folder = f"reviews/{front['period']}/files/记录.csv"
        files = {**files, path: whole(front, body), folder: EVIDENCE}
        files = all_anew(files, path) if "published" in front else files
    assert error_codes(files) == []
    assert [item.code for item in check_against(before, project.load(tree_of(**files))) if item.is_error] != []


@pytest.mark.parametrize("form_id", NINE)
def test_every_edit_of_meaning_is_found(form_id: str) -> None:
    one = case(form_id)
    every = list(distinct(edits_of_meaning(one), one))
    edits = random.Random(f"meaning {SEED} {form_id}").sample(every, EDITS_A_FORM)
    missed = [name for name, files in edits if not error_codes(files)]
    assert missed == []


# --- honest amendments ------------------------------------------------------------------------------------------------

AMENDABLE = ("metrics", "not_applicable", "bonus", "comments", "evidence", "self_assessment", "feedback", "body")


def amended_by(files: Files, path: str, new: bytes) -> Files | None:
    """The files with a review amended, or None if `kpigen amend` refuses this edit."""
    before = project.load(tree_of(**files)).review(path)
    assert before is not None
    edited = tree_of(**{**files, path: new})
    loaded = project.load(edited)
    review = loaded.review(path)
    if review is None or review.published is None:
        return None
    change, _ = amend.amend(loaded, edited, review, before, "复核后更正", "林", "2026-10-12")
    return change and {**files, path: change.data}


def amendable(front: Front, body: str, form: Form) -> Iterator[bytes]:
    """Every single edit that an amendment may make, without those that take a whole part of the review away."""
    for _, new in edits_of_data(front, form):
        if front.keys() <= new.keys() and all(new[key] == front[key] for key in front.keys() - set(AMENDABLE)):
            yield whole(new, body)
    for _, new_body in edits_of_body(body):
        yield whole(front, new_body)


@pytest.mark.parametrize("form_id", NINE)
def test_no_honest_amendment_is_flagged(form_id: str) -> None:
    """One after the other, each an edit drawn from all: neither by itself, nor all of them beside what was there before."""
    one = case(form_id)
    draw, files, count = random.Random(f"amendments {SEED} {form_id}"), one.files, 0
    while count < AMENDMENTS_A_FORM:
        front, body = apart(bytes(files[one.path]))
        after = amended_by(files, one.path, draw.choice(list(amendable(front, body, one.form))))
        if after is not None:
            assert error_codes(after) == [], apart(bytes(after[one.path]))[0]["amendments"][-1]["changes"]
            files, count = after, count + 1
    assert [
        item.code for item in check_against(project.load(tree_of(**one.files)), project.load(tree_of(**files)))
    ] == []


# --- edits of writing -------------------------------------------------------------------------------------------------

Draw = random.Random
STYLES: tuple[dict[str, Any], ...] = (
    {"default_style": '"'},
    {"default_style": "'"},
    {"default_style": '"', "allow_unicode": False},
    {"default_style": '"', "width": 20},
    {"default_flow_style": True},
    {"default_flow_style": True, "width": 60},
    {"default_flow_style": False},
    {"default_flow_style": False, "indent": 7},
    {"default_flow_style": None},
    {"default_flow_style": None, "allow_unicode": False},
    {"sort_keys": True},
)


def shuffled(node: Front, draw: Draw) -> Front:
    """The same data with the keys of every mapping in another order."""
    if isinstance(node, dict):
        keys = draw.sample(list(node), len(node))
        return {key: shuffled(node[key], draw) for key in keys}
    return [shuffled(item, draw) for item in node] if isinstance(node, list) else node


def numbers_written_anew(front: Front, form: Form, draw: Draw, every: bool) -> tuple[str, Front]:
    """The same data with one number written in another way, or with all."""
    inputs: dict[Path, Input] = {}
    for indicator in form.indicators:
        for item in indicator.inputs:
            for head in (("metrics",), ("self_assessment", "metrics")):
                path = (*head, indicator.id) if len(indicator.inputs) == 1 else (*head, indicator.id, item.id)
                inputs[path] = item
                inputs |= {(*path, n, field.id): field for n in range(9) for field in item.fields}
                inputs |= {(*path, n): item for n in range(9)} if item.type is InputType.RATINGS else {}
    written = [(path, text) for path, text in leaves(front) if re.match(r"\d", text) and path in inputs]
    front, names = deepcopy(front), []
    for path, text in written if every else [draw.choice(written)]:
        new = draw.choice(writings(inputs[path].type, text))
        at(front, path[:-1])[path[-1]] = new
        names.append(f"{'.'.join(map(str, path))}: {text} → {new}")
    return ", ".join(names), front


def writings(kind: InputType, text: str) -> list[str]:
    """Other ways to write a number."""
    if kind is InputType.DURATION:
        parts = re.fullmatch(r"(?:(\d+)m)?(\d+)s", text)
        assert parts, text
        seconds = int(parts[1] or 0) * 60 + int(parts[2])
        same = {f"{seconds}s", f"0{seconds}s", f"{seconds // 60}m{seconds % 60}s", f"0h0m{seconds}s"}
        return sorted(same - {text})
    sign = "%" if text.endswith("%") else ""
    bare = text.removesuffix("%")
    decimals = [bare + "0", bare + "000"] if "." in bare else [bare + ".0", bare + ".00"]
    return [one + sign for one in (f"+{bare}", f"0{bare}", *([] if kind is InputType.COUNT else decimals))]


def between_fields(text: str, line: str, draw: Draw) -> str:
    """The text with a line put before one of the fields of the review, where no text can swallow it."""
    front, fence, rest = text.removeprefix("---\n").partition("\n---\n")
    fields = re.split(r"(?m)^(?=\w)", front)[1:]
    place = draw.randrange(len(fields) + 1)
    together = "".join([*fields[:place], f"{line}\n" if place < len(fields) else f"\n{line}", *fields[place:]])
    return f"---\n{together}{fence}{rest}"


def after_value(text: str, more: str, draw: Draw) -> str:
    """The text with something put behind a value that stands on one line."""
    values = list(
        re.finditer(r"(?m)^(?:period|form|status|  (?:id|manager|on|engine|grade|rules): ?\S*|  salt): ?\S*$", text)
    )
    place = draw.choice(values).end()
    return text[:place] + more + text[place:]


def texts_of_the_rules(text: str, draw: Draw) -> str:
    """A rule file with one of its names, sentences or translations mended."""
    texts = list(re.finditer(r"(?:(?<=zh: )|(?<=en: ))[^\s,{}'\"「][^,{}'\"「\n]*", text[: text.index("\nexamples:")]))
    one = draw.choice(texts)
    return f"{text[: one.start()]}{one[0]}（改）{text[one.end() :]}"


def layouts_of_the_rules(text: str) -> list[bytes]:
    return [
        b"\xef\xbb\xbf" + text.encode(),
        text.replace("\n", "\r\n").encode(),
        text.replace("schema: 1\n", "# 说明\n\nschema: '1'   # version\n", 1).encode(),
        f"{text}\n\n# end\n".encode(),
    ]


def edits_of_writing(one: Case) -> Iterator[Edited]:
    """Single edits after which a published review says what it said before, with their names; without end."""
    front, body = apart(one.data)
    text = one.data.decode()
    draw = random.Random(f"writing {SEED} {one.form.id}")

    def review(data: bytes | str) -> Files:
        return one.having(**{one.path: data.encode() if isinstance(data, str) else data})

    while True:
        edits: list[Edited] = []
        style = draw.choice(STYLES)
        edits.append((f"written with {style}", review(whole(front, body, **style))))
        edits.append(("keys in another order", review(whole(shuffled(front, draw), body))))
        name, anew = numbers_written_anew(front, one.form, draw, every=False)
        edits.append((name, review(whole(anew, body))))
        name, anew = numbers_written_anew(front, one.form, draw, every=True)
        edits.append((name, review(whole(anew, body))))
        edits.append(
            ("a comment of its own", review(between_fields(text, draw.choice(["# 注", "    # 注: [", "#"]), draw)))
        )
        edits.append(("a blank line", review(between_fields(text, draw.choice(["", "   ", "\n\n"]), draw))))
        edits.append(
            ("a comment behind a value", review(after_value(text, draw.choice([" # 注", "    #注", "  # ---"]), draw)))
        )
        edits.append(("spaces behind a value", review(after_value(text, draw.choice([" ", "   "]), draw))))
        edits.append(("crlf", review(text.replace("\n", "\r\n"))))
        edits.append(("bom", review("\ufeff" + text)))
        edits.append(("bom and crlf", review("\ufeff" + text.replace("\n", "\r\n"))))
        edits.append(("blank at the end", review(text + draw.choice(["\n", "\n\n\n", " ", " \n\t\n", "\u3000\n"]))))
        edits.append(("no line end at the end", review(text.rstrip("\n"))))
        edits.append(
            ("blank before the body", review(text.replace("\n---\n", "\n---\n" + draw.choice(["\n", " \t\n\n"]), 1)))
        )
        edits.append(
            (
                "spaces behind a fence",
                review(text.replace("\n---\n", "\n---" + draw.choice([" ", "\t ", "   "]) + "\n", 1)),
            )
        )
        edits.append(
            ("a text in the rules", one.having(**{one.rule: texts_of_the_rules(one.rule_text, draw).encode()}))
        )
        edits.append(
            ("layout of the rules", one.having(**{one.rule: draw.choice(layouts_of_the_rules(one.rule_text))}))
        )
        pinned = {**front, "form": f"{one.form.id}@{one.form.version}"}
        edits.append(("the version pinned by which it was published", review(whole(pinned, body))))
        everything = numbers_written_anew(shuffled(front, draw), one.form, draw, every=True)[1]
        mixed = whole(everything, body, **draw.choice(STYLES)).decode() + "\n\n"
        edits.append(("many at once", review("\ufeff" + mixed.replace("\n", "\r\n"))))
        yield from draw.sample(edits, len(edits))


@pytest.mark.parametrize("form_id", NINE)
def test_no_edit_of_writing_is_flagged(form_id: str) -> None:
    """Neither by itself, nor beside what was there before."""
    one = case(form_id)
    before = project.load(tree_of(**one.files))
    edits = list(islice(distinct(edits_of_writing(one), one), EDITS_A_FORM))
    flagged = [
        (name, places(found))
        for name, files in edits
        if (found := (*check_files(files), *check_against(before, project.load(tree_of(**files)))))
    ]
    assert flagged == []


def test_edits_are_more_than_fifty_of_each_kind() -> None:
    assert len(NINE) * EDITS_A_FORM >= 50
