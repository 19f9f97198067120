"""The file formats as JSON Schema (2020-12), for completion and hints in editors. `kpigen check` is stricter.

kpigen takes every value as the text that is written; an editor sees what YAML makes of it: `10086` is a number, `No` may be
a truth value. So wherever a text may stand, the schema allows these types too, and a quoted number where a number may.
"""

from __future__ import annotations

from math import floor
from typing import Any

import yaml

from kpigen.base.digests import NUMBER_LENGTH
from kpigen.base.periods import Cycle
from kpigen.base.roles import ROLES
from kpigen.files.review import FEEDBACK
from kpigen.files.rules.layout import COLUMNS, FOOT, HEAD, OTHERWISE
from kpigen.files.rules.quota import GROUPS
from kpigen.i18n.languages import CODES
from kpigen.model.forms import BonusItem, Form, Indicator, Input, InputType, Take
from kpigen.model.reviews import Status
from kpigen.scoring.methods import METHODS

Schema = dict[str, Any]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_MAPPING = ["object", "null"]
_WRITTEN = ["string", "number", "boolean"]
_TEXT = {"type": _WRITTEN}
_ID = {"type": [*_WRITTEN, "null"], "pattern": "^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"}
_DATE = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
_PROSE = {"type": [*_WRITTEN, "null"]}
_PLAIN = {"type": ["number", "string"], "pattern": r"^[+-]?\d+(\.\d+)?$"}
_NUMBER = {**_PLAIN, "type": ["number", "string", "null"]}
_SHARE = {"type": "string", "pattern": r"^\+?\d+(\.\d+)?%$"}
_WHOLE = {"type": ["integer", "string"], "minimum": 0, "pattern": r"^\+?\d+(\.0+)?$"}
_SCHEMA = {"enum": [1, "1"]}
_FLAG = {"enum": ["yes", "no", True, False]}
_PERIOD = {"type": ["string", "integer"], "pattern": r"^[12]\d{3}(-(0[1-9]|1[0-2])|-Q[1-4]|-H[12])?$"}


def review_schema(form: Form | None) -> Schema:
    """Return the schema of a review's front matter; with a form, also of the metrics of that form."""
    by_id = {item.id: item for item in form.indicators} if form else {}
    metrics = {**(_object({id_: _metric(item) for id_, item in by_id.items()}) if form else {}), "type": _MAPPING}

    def each(value: Schema) -> Schema:
        return _object(dict.fromkeys(by_id, value)) if form else {"type": "object", "additionalProperties": value}

    entry = {
        "role": {"enum": list(ROLES)},
        "date": _DATE,
        "of": {"type": ["string", "number"], "pattern": f"^[0-9a-f]{{{NUMBER_LENGTH}}}$"},
    }
    return {
        "$schema": _DIALECT,
        "title": f"kpigen review: {form.title.in_('en')}" if form else "kpigen review",
        **_object(
            {
                "schema": _SCHEMA,
                "employee": _object(
                    {"id": _ID, "name": _PROSE, "department": _PROSE, "position": _PROSE, "manager": _ID},
                    ["id", "name", "department", "position"],
                ),
                "period": _PERIOD,
                "form": {"type": _WRITTEN, "pattern": f"^{form.id}(@.+)?$"} if form else _TEXT,
                "status": {"enum": [status.value for status in Status]},
                "metrics": metrics,
                "names": _object({id_: _PROSE for id_, item in by_id.items() if item.named})
                if form
                else {"type": "object", "additionalProperties": _PROSE},
                "not_applicable": each(_PROSE),
                "bonus": _object({item.id: _bonus(item) for item in form.bonus}) if form else {"type": "object"},
                "comments": each(_PROSE),
                "evidence": each({"type": "array", "items": _TEXT}),
                "self_assessment": _object({"metrics": metrics, "comment": _PROSE}),
                "feedback": _object(dict.fromkeys(FEEDBACK, _PROSE)),
                "submitted": {"type": "object"},
                "published": {"type": "object"},
                "confirmations": {
                    "type": "array",
                    "items": _object({**entry, "name": _PROSE}, ["role", "name", "date", "of"]),
                },
                "objections": {
                    "type": "array",
                    "items": _object(
                        {**entry, "text": _PROSE, "resolution": _PROSE, "resolved": _DATE},
                        ["role", "date", "of", "text"],
                    ),
                },
                "amendments": {"type": "array", "items": {"type": "object"}},
            },
            ["employee", "period", "form", "status"],
        ),
    }


def _object(properties: Schema, required: list[str] | None = None) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        **({"required": required} if required else {}),
    }


def _bonus(item: BonusItem) -> Schema:
    said = {"enum": [form for choice in item.choices for form in _as_yaml(choice.id)]} if item.choices else _WHOLE
    return {**said, "description": item.name.in_("en")}


def _metric(indicator: Indicator) -> Schema:
    about = f"{indicator.name.in_('zh')} · {indicator.name.in_('en')}"
    if len(indicator.inputs) == 1:
        return {"description": about, **_input(indicator.inputs[0])}
    inputs = _object({item.id: {"description": item.name.in_("zh"), **_input(item)} for item in indicator.inputs})
    return {"description": about, **inputs, "type": _MAPPING}


def _input(item: Input) -> Schema:
    if item.type is InputType.COUNT:
        low = {} if item.range.low is None else {"minimum": floor(item.range.low)}
        return {"type": ["integer", "string", "null"], "pattern": r"^[+-]?\d+$", **low}
    if item.type is InputType.PERCENT:
        return {"type": ["string", "null"], "pattern": r"^[+-]?\d+(\.\d+)?%$"}
    if item.type is InputType.DURATION:
        return {"type": ["string", "null"], "pattern": r"^(?=\d)(\d+h)?(\d+m)?(\d+s)?$"}
    if item.type is InputType.YES_NO:
        return {"enum": ["yes", "no", True, False, None]}
    if item.type is InputType.CHOICE:
        return {"enum": [*(form for choice in item.choices for form in _as_yaml(choice.id)), None]}
    if item.type is InputType.RATINGS:
        lists: Schema = {"type": ["array", "null"], "items": _NUMBER, "minItems": 1}
        return {"anyOf": [lists, {"const": "auto"}]} if item.auto else lists
    if item.type is InputType.LIST:
        return {
            "type": ["array", "null"],
            "minItems": 1,
            "items": _object({field.id: _input(field) for field in item.fields}),
        }
    return _PROSE if item.type is InputType.TEXT else _NUMBER


def _as_yaml(id_: str) -> list[object]:
    """Return a word as its text, and as what YAML makes of it if that is something else: `no` may be a truth value."""
    value = yaml.safe_load(id_)
    return [id_, value] if isinstance(value, bool | int | float) else [id_]


def rule_schema() -> Schema:
    """Return the schema of a rule file."""
    languages = {**_object(dict.fromkeys(CODES, _TEXT)), "patternProperties": {"^[a-z]{2}(-[A-Za-z]+)?$": _TEXT}}
    text = {"anyOf": [_TEXT, languages]}
    texts = {"type": "array", "items": text}
    origin = {"type": "object"}
    column = {
        "anyOf": [
            {"enum": list(COLUMNS)},
            _object(
                {
                    "show": {"enum": list(COLUMNS)},
                    "name": text,
                    "anchor": _TEXT,
                    "input": _TEXT,
                    "choice": _TEXT,
                    "otherwise": {"enum": list(OTHERWISE)},
                    "foot": {"enum": list(FOOT)},
                    "decimals": _WHOLE,
                },
                ["show"],
            ),
        ]
    }
    columns = {"type": "array", "items": column}
    choice = {"anyOf": [text, _object({"name": text, "text": text, **dict.fromkeys(CODES, _TEXT)})]}
    of_scale = {
        "anyOf": [
            _PLAIN,
            _object({"points": _PLAIN, "name": text, "text": text, **dict.fromkeys(CODES, _TEXT)}, ["points"]),
        ]
    }
    scale = {"type": "object", "additionalProperties": of_scale, "minProperties": 2}
    one_input = {
        "type": "object",
        "anyOf": [{"properties": {key: {}}, "required": [key]} for key in ("type", "scale")],
        "properties": {
            "type": {"enum": [type_.value for type_ in InputType]},
            "name": text,
            "unit": text,
            "help": text,
            "choices": {"type": "object", "additionalProperties": choice, "minProperties": 2},
            "scale": _ID,
            "default": _TEXT,
            "agreed": _FLAG,
            "optional": _FLAG,
            "auto": {
                "anyOf": [
                    {"enum": [take.value for take in Take]},
                    _object(
                        {
                            "take": {"enum": [take.value for take in Take]},
                            "cycle": {"enum": [cycle.value for cycle in Cycle if cycle is not Cycle.YEAR]},
                            "part": _WHOLE,
                            "form": _ID,
                            "indicator": _ID,
                        },
                        ["take"],
                    ),
                ]
            },
        },
    }
    indicator = _object(
        {
            "id": _ID,
            "name": text,
            "weight": {**_PLAIN, "minimum": 0},
            "definition": text,
            "standard": text,
            "focus": text,
            "target": text,
            "inputs": {"type": "object", "additionalProperties": one_input},
            "limits": {"type": "array", "items": _TEXT},
            "warnings": {"type": "array", "items": _object({"when": _TEXT, "text": text})},
            "when_zero": {"type": "object"},
            "measure": _TEXT,
            "score": {"type": "object", "properties": {"method": {"enum": list(METHODS)}}, "required": ["method"]},
            "shown_as": _object({"id": _ID, "name": text, "at_least": _WHOLE, "trim": _WHOLE, "trim_from": _WHOLE}),
            "anchors": {"type": "array"},
            "evidence": _object({"record": text, "provider": text}),
            "notes": texts,
            "origin": origin,
            "examples": {"type": "array"},
        },
        ["id", "name", "weight", "standard", "inputs", "score"],
    )
    indicators = {"type": "array", "items": indicator}
    section = _object(
        {"id": _ID, "name": text, "indicators": indicators, "columns": columns, "origin": origin},
        ["id", "name", "indicators"],
    )
    signature = _object({"role": {"enum": list(ROLES)}, "show": {"const": "narrative"}, "name": text})
    layout = _object(
        {
            "orientation": {"enum": ["portrait", "landscape"]},
            "head": {"type": "array", "items": {"enum": list(HEAD)}},
            "columns": columns,
            "signatures": {"type": "array", "items": signature},
            "total": text,
        },
        ["columns", "signatures"],
    )
    cycles = [cycle.value for cycle in Cycle]
    quota = _object(
        {"grades": {"type": "object", "additionalProperties": _SHARE}, "by": {"enum": list(GROUPS)}}, ["grades"]
    )
    return {
        "$schema": _DIALECT,
        "title": "kpigen rule file",
        **_object(
            {
                "schema": _SCHEMA,
                "form": _ID,
                "title": text,
                "summary": text,
                "notes": texts,
                "cycle": {"anyOf": [{"const": "any"}, {"type": "array", "items": {"enum": cycles}}]},
                "out_of": {"enum": [100, "100", "weight"]},
                "grades": {"type": "object", "additionalProperties": _PLAIN},
                "confirmations": {"type": "array", "items": {"enum": list(ROLES)}},
                "requires": {"type": "array", "items": {"enum": ["narrative"]}},
                "advises": {"type": "array", "items": {"enum": ["comments"]}},
                "outcomes": {"type": "object"},
                "origin": origin,
                "print": layout,
                "scales": {"type": "object", "additionalProperties": scale},
                "sections": {"type": "array", "items": section},
                "indicators": indicators,
                "bonus": {"type": "object"},
                "veto": {"type": "array"},
                "quota": quota,
                "examples": {"type": "array", "minItems": 2},
            },
            ["schema", "form", "title", "cycle", "grades", "confirmations", "print", "examples"],
        ),
    }
