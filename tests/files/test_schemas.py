"""The schemas: valid themselves, and the sample fits them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from kpigen.document.nodes import MappingNode, Node, Scalar, SequenceNode, parse
from kpigen.document.text import SourceText
from kpigen.files.schemas import review_schema, rule_schema
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

_TYPES = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "array": list,
    "object": dict,
    "null": type(None),
    "boolean": bool,
}


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
    assert set([types] if isinstance(types, str) else types) <= set(_TYPES), where
    for name, value in schema.get("properties", {}).items():
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


def misfits(schema: dict[str, Any], data: Any, where: str = "") -> list[str]:
    """What of the data does not fit a schema."""
    types = schema.get("type", [])
    wanted = [types] if isinstance(types, str) else types
    if wanted and not any(
        isinstance(data, _TYPES[one]) and not (isinstance(data, bool) and one != "boolean") for one in wanted
    ):
        return [f"{where}: {data!r} is not {types}"]
    found = []
    if "enum" in schema and not any(data == one and type(data) is type(one) for one in schema["enum"]):
        found.append(f"{where}: {data!r} is none of {schema['enum']}")
    if "const" in schema and data != schema["const"]:
        found.append(f"{where}: {data!r} is not {schema['const']!r}")
    if isinstance(data, str) and "pattern" in schema and not re.search(schema["pattern"], data):
        found.append(f"{where}: {data!r} does not match {schema['pattern']}")
    if isinstance(data, int | float) and data < schema.get("minimum", data):
        found.append(f"{where}: {data!r} is below {schema['minimum']}")
    if isinstance(data, list):
        if len(data) < schema.get("minItems", 0):
            found.append(f"{where}: too few")
        for index, item in enumerate(data):
            found += misfits(schema.get("items", {}), item, f"{where}/{index}")
    if isinstance(data, dict):
        found += [f"{where}: lacks {key}" for key in schema.get("required", []) if key not in data]
        for key, value in data.items():
            inner = schema.get("properties", {}).get(key, schema.get("additionalProperties", True))
            if inner is False:
                found.append(f"{where}: {key} is unknown")
            elif isinstance(inner, dict):
                found += misfits(inner, value, f"{where}/{key}")
    if "anyOf" in schema and all(misfits(one, data) for one in schema["anyOf"]):
        found.append(f"{where}: {data!r} fits none")
    return found


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


def test_the_validator_of_these_tests_finds_misfits() -> None:
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
