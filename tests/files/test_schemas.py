"""The schemas: valid themselves, and the sample fits them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from kpigen.base.periods import parse_period
from kpigen.document.nodes import MappingNode, Node, Scalar, SequenceNode, parse
from kpigen.document.reader import ID
from kpigen.document.text import SourceText
from kpigen.files.rules.form import read_form
from kpigen.files.schemas import review_schema, rule_schema
from kpigen.model.reviews import Employee
from kpigen.repository.lifecycle.drafts import write_draft
from tests.helpers.drafts import CYCLES, ROSTER
from tests.helpers.forms import (
    NINE,
    ROOT,
    TESTS,
    form_of,
    make_repository,
    review_text,
    run,
)
from tests.helpers.golden import GOLDEN
from tests.helpers.tiny import DRAFT, TINY, TINY_RULE, check_files

_TYPES = {"string", "integer", "number", "array", "object", "null", "boolean"}


def check_schema(schema: Any, where: str = "#") -> None:
    """Return True if this is a JSON Schema (2020-12), as far as these words go; unknown words are a slip."""
    assert isinstance(schema, dict), where
    known = {
        "$schema",
        "title",
        "description",
        "type",
        "properties",
        "additionalProperties",
        "required",
        "enum",
        "const",
        "pattern",
        "items",
        "minItems",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "anyOf",
        "default",
        "examples",
        "format",
        "uniqueItems",
        "minLength",
        "maxItems",
        "minProperties",
        "propertyNames",
        "patternProperties",
    }
    assert set(schema) <= known, (where, set(schema) - known)
    types = schema.get("type", [])
    assert set([types] if isinstance(types, str) else types) <= _TYPES, where
    Draft202012Validator.check_schema(schema)
    for name, value in [*schema.get("properties", {}).items(), *schema.get("patternProperties", {}).items()]:
        check_schema(value, f"{where}/{name}")
    for key in ("items", "additionalProperties", "propertyNames"):
        if key in schema and not isinstance(schema[key], bool):
            check_schema(schema[key], f"{where}/{key}")
    for index, value in enumerate(schema.get("anyOf", [])):
        check_schema(value, f"{where}/anyOf/{index}")
    assert schema.get("anyOf", [1]) != []
    assert schema.get("enum", [1]) != []
    assert set(schema.get("required", [])) <= set(schema.get("properties", {})), where
    re.compile(schema.get("pattern", ""))


def misfits(schema: dict[str, Any], data: Any) -> list[str]:
    """What of the data does not fit a schema."""
    return [f"{error.json_path}: {error.message}" for error in Draft202012Validator(schema).iter_errors(data)]


def as_editors_see_it(node: Node | None) -> Any:
    """Turn nodes into data as YAML 1.2 does, which editors follow."""
    if isinstance(node, MappingNode):
        return {key.text: as_editors_see_it(value) for key, value in node.items}
    if isinstance(node, SequenceNode):
        return [as_editors_see_it(item) for item in node.items]
    assert isinstance(node, Scalar)
    text = node.text
    if not node.plain:
        return text
    if text in ("", "~", "null"):
        return None
    if text in ("true", "false"):
        return text == "true"
    if re.fullmatch(r"[-+]?\d+", text):
        return int(text)
    return float(text) if re.fullmatch(r"[-+]?(\d+\.\d*|\.\d+)", text) else text


def data_of(text: str) -> Any:
    node, found = parse(SourceText("x", text))
    assert found == []
    return as_editors_see_it(node)


def front_matter(path: Path) -> Any:
    return data_of(path.read_text("utf-8").split("---\n")[1])


SAMPLES = sorted([*(ROOT / "reviews").glob("*/*.md"), *GOLDEN.glob("*-0?.md")])


def test_schemas_are_schemas() -> None:
    printed = {"review": run(ROOT, "schema").stdout, "rule": run(ROOT, "schema", "rule").stdout}
    assert printed["review"] == run(ROOT, "schema", "review").stdout
    for form in NINE:
        printed[form] = run(ROOT, "schema", "--form", form).stdout
    for name, text in printed.items():
        schema = json.loads(text)
        check_schema(schema)
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema", name
        assert schema["title"]
    assert json.loads(printed["rule"]) == rule_schema()
    assert json.loads(printed["front-desk"]) == review_schema(form_of("front-desk"))


def test_what_does_not_fit_is_refused() -> None:
    schema = review_schema(form_of("front-desk"))
    good = data_of(review_text("front-desk", {"five_s": "2"}, period="2026-03").split("---\n")[1])
    assert misfits(schema, good) == []
    for change in (
        {"status": "done"},
        {"metrics": {"fives": 2}},
        {"metrics": {"five_s": "2,5"}},
        {"metrics": {"five_s": -1}},
        {"period": "2026-13"},
        {"employee": {"id": "x"}},
        {"more": 1},
        {"confirmations": [{"role": "boss"}]},
        {"form": "cs-360"},
    ):
        assert misfits(schema, {**good, **change}) != [], change


def test_the_sample_fits_its_schemas() -> None:
    assert len(SAMPLES) > 100
    general = review_schema(None)
    for path in SAMPLES:
        data = front_matter(path)
        form = data["form"].partition("@")[0]
        for schema in (general, review_schema(form_of(form))):
            assert misfits(schema, data) == [], path.name


def test_every_key_of_the_sample_is_in_the_schema() -> None:
    """And the schema names the indicators, inputs and bonus items of the form, no others."""
    for form in NINE:
        properties = review_schema(form_of(form))["properties"]
        assert list(properties["metrics"]["properties"]) == [item.id for item in form_of(form).indicators]
        for indicator in form_of(form).indicators:
            inputs = properties["metrics"]["properties"][indicator.id].get("properties", {})
            assert list(inputs) == ([] if len(indicator.inputs) == 1 else [item.id for item in indicator.inputs])
        assert list(properties["bonus"]["properties"]) == [item.id for item in form_of(form).bonus]
        for path in SAMPLES:
            if path.name.split(".")[-2:-1] == [form] or path.name.startswith(f"{form}-"):
                assert set(front_matter(path)) <= set(properties)


NAMED = """\
schema: 1
form: named
title: {zh: 商定, en: Agreed}
cycle: [month]
confirmations: []
scales: {abc: {a: 3, no: 1}}
print: {columns: [name], signatures: []}
indicators:
  - {id: one, name: {zh: 一, en: One}, weight: 50, named: yes, inputs: {x: {type: rating}}}
  - {id: two, name: {zh: 二, en: Two}, weight: 50, inputs: {x: {type: rating}}}
bonus: {items: [{id: idea, name: {zh: 建议, en: Idea}, scale: abc}, {id: help, name: {zh: 帮助, en: Help}, points: 1}]}
examples:
  - {metrics: {one: 50, two: 50}, bonus: {idea: a}, total: 53}
  - {metrics: {one: 0, two: 0}, total: 0}
"""


def test_titles_of_a_review_and_bonus_items_by_a_scale_are_in_the_schema() -> None:
    form, found = read_form("rules/named/2026-01.yaml", NAMED.encode(), ("zh", "en"))
    assert form is not None
    assert found == []
    schema = review_schema(form)
    check_schema(schema)
    text = review_text("front-desk", {}, period="2026-03").split("---\n")[1].replace("front-desk", "named")
    good = data_of(text) | {"names": {"one": "Field work"}, "bonus": {"idea": "no", "help": 2}}
    assert misfits(schema, good) == misfits(review_schema(None), good) == []
    assert misfits(schema, {**good, "bonus": {"idea": False}}) == [], "what YAML makes of `no`"
    for change in ({"names": {"two": "x"}}, {"names": ["x"]}, {"bonus": {"idea": 1}}, {"bonus": {"help": "a"}}):
        assert misfits(schema, {**good, **change}) != [], change


@pytest.mark.parametrize("form", NINE)
def test_a_new_draft_fits_its_schema(form: str, tmp_path: Path) -> None:
    root = make_repository(tmp_path, (form,), ROSTER)
    run(root, "new", "--form", form, "--employee", "T-001", "--period", CYCLES[form])
    data = front_matter(root / f"reviews/{CYCLES[form]}/T-001.{form}.md")
    assert misfits(review_schema(form_of(form)), data) == []


def test_published_reviews_fit_their_schema(tmp_path: Path) -> None:
    root = make_repository(tmp_path, ("cs-graded",))
    file = root / "reviews/2026-03/T-001.cs-graded.md"
    file.parent.mkdir()
    metrics = {
        "csat": "90%",
        "team_performance": "80",
        "management": "{coordination: 80, development: 90}",
        "ability": "{knowledge: 80, adaptability: 85, communication: 90}",
    }
    file.write_text(review_text("cs-graded", metrics, period="2026-03"), "utf-8")
    run(root, "submit", file, "--yes")
    run(root, "confirm", file, "--role", "employee", "--yes")
    run(root, "confirm", file, "--role", "assessor", "--name", "经理", "--yes", code=None)
    run(root, "publish", file, "--yes")
    data = front_matter(file)
    assert set(data) >= {"submitted", "published", "confirmations"}
    assert misfits(review_schema(form_of("cs-graded")), data) == []


def test_the_rule_files_fit_their_schema() -> None:
    files = [*(ROOT / "rules").glob("*/*.yaml"), *(TESTS / "rules").glob("*/*.yaml")]
    assert len(files) >= 10
    for path in files:
        assert misfits(rule_schema(), data_of(path.read_text("utf-8"))) == [], path


# --- what YAML makes of a text ---------------------------------------------------------------------------------------

#: Texts that YAML 1.1 or 1.2 takes for something else, or quotes.
TYPED = ("10086", "007", "True", "No", "on", "null", "1e3", "0x1F", "2026-01", "2026-02-03", "12:30", "1_000", "3.10")


def as_yaml_loads(text: str) -> Any:
    """Return what a plain YAML reader makes of a text. JSON has no dates: an editor compares them as they are written."""
    return json.loads(json.dumps(yaml.safe_load(text), default=str))


@pytest.mark.parametrize("typed", TYPED)
def test_what_new_writes_fits_whatever_yaml_makes_of_its_texts(typed: str) -> None:
    id_ = typed if ID.fullmatch(typed) else "A-1"
    for form in NINE:
        period = parse_period(CYCLES[form])
        assert period is not None
        text = write_draft(form_of(form), Employee(id_, typed, typed, typed, id_), period, "zh")
        for schema in (review_schema(None), review_schema(form_of(form))):
            assert misfits(schema, as_yaml_loads(text.split("---\n")[1])) == [], form


OTHER = """\
  - id: other
    name: {zh: 其他, en: Other}
    weight: 1
    standard: {zh: 无, en: None}
    inputs: {other: {type: choice, choices: {no: {zh: 否, en: No}, 1: {zh: 一, en: 1}, good: {zh: 好, en: Good}}}}
    score: {method: levels, levels: {no: 0, 1: 50, good: 100}}
"""
OF_TWO = TINY_RULE.replace("weight: 100", "weight: 99").replace("examples:\n", OTHER + "examples:\n")
OF_TWO = OF_TWO.replace("{calls: 80}, total: 80", "{calls: 80, other: good}, total: 80.2")
OF_TWO = OF_TWO.replace("{calls: 50}, total: 50", "{calls: 50, other: no}, total: 49.5")

# of the tiny form: fields that kpigen takes
TAKEN = [
    *(("name: 甲", f"name: {text}") for text in TYPED),
    *(("{id: A-1, name", f"{{id: '{text}', name") for text in TYPED if ID.fullmatch(text)),
    *(("{id: A-1, name", f"{{id: {text}, name") for text in TYPED if ID.fullmatch(text)),
    *(("  calls: 80\n---", f"  calls: 80\ncomments: {{calls: {text}}}\n---") for text in TYPED),
    *(("  calls: 80\n---", f"  calls: 80\nfeedback: {{plan: {text}}}\n---") for text in TYPED),
    *(("  calls: 80\n---", f"not_applicable: {{other: {text}}}\n---") for text in TYPED),
    *(("calls: 80", f"calls: {text}") for text in ("'80'", '"80"', "+80", "0", "")),
    ("metrics:\n  calls: 80", "metrics:"),
    ("employee:", "schema: 1\nemployee:"),
    ("employee:", "schema: '1'\nemployee:"),
    ("form: tiny", "form: 'tiny'"),
    ("period: 2026-01", "period: '2026-01'"),
    ("status: draft", "status: 'draft'"),
]


@pytest.mark.parametrize(("old", "new"), TAKEN)
def test_the_schema_takes_what_kpigen_takes(old: str, new: str) -> None:
    text = DRAFT.replace(old, new)
    assert text != DRAFT
    path = re.search(r"\{id: '?([^',]*)", text)
    assert path is not None
    files = {TINY: OF_TWO, f"reviews/2026-01/{path[1]}.tiny.md": text}
    assert [item.code for item in check_files(files) if item.is_error] == []
    form, _ = read_form(TINY, OF_TWO.encode(), ("zh", "en"))
    assert form is not None
    assert misfits(review_schema(form), as_yaml_loads(text.split("---\n")[1])) == []


RULES = [
    ("schema: 1", "schema: '1'"),
    ("weight: 100", "weight: '100'"),
    ("A: 60", "A: '60'"),
    ("zh: 小表, en: Tiny", "zh: 2026, en: No"),
    ("zh: 小表, en: Tiny", "zh: 小表, en: Tiny, de: 1"),
    ("zh: 回访, en: Calls", "zh: 10086, en: True"),
    ("{method: value}", "{method: value}\n    measure: calls"),
    ("cycle: [month]", "out_of: '100'\ncycle: [month]"),
]


@pytest.mark.parametrize(("old", "new"), RULES)
def test_the_schema_of_rules_takes_what_kpigen_takes(old: str, new: str) -> None:
    rule = TINY_RULE.replace(old, new)
    assert rule != TINY_RULE
    assert check_files({TINY: rule}) == ()
    assert misfits(rule_schema(), as_yaml_loads(rule)) == []


@pytest.mark.parametrize("value", ["no", "1", "good", "'no'", "'1'", ""])
def test_a_choice_fits_as_yaml_reads_it(value: str) -> None:
    form, _ = read_form(TINY, OF_TWO.encode(), ("zh", "en"))
    assert form is not None
    data = as_yaml_loads(DRAFT.split("---\n")[1] + f"  other: {value}\n")
    assert misfits(review_schema(form), data) == []
    assert misfits(review_schema(form), {**data, "metrics": {"other": "bad"}}) != []
