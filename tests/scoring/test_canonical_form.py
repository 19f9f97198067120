"""The canonical form as docs/canonical-form.md specifies it.

The first half of this file is a program written from that page alone: it imports nothing of kpigen, and reads YAML by
itself. The second half holds it, the page's worked example and kpigen against each other.
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "canonical-form.md"
EXAMPLE = ROOT / "docs" / "examples" / "E-0007.cs-graded.md"

# --- a program written from docs/canonical-form.md ------------------------------------------------------------------

ReadFile = Callable[[str], bytes]
Taken = list[dict[str, str]]
WHITE_SPACE = "".join(
    map(
        chr,
        [*range(0x09, 0x0E), 0x20, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000],
    )
)


def jcs(data: Any) -> str:
    """RFC 8785 for objects, lists and strings."""
    if isinstance(data, dict):
        keys = sorted(data, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(f"{jcs(key)}:{jcs(data[key])}" for key in keys) + "}"
    if isinstance(data, list):
        return "[" + ",".join(jcs(item) for item in data) + "]"
    assert isinstance(data, str), data
    short = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return '"' + "".join(short.get(char) or (f"\\u{ord(char):04x}" if char < " " else char) for char in data) + '"'


def sha256(data: Any) -> str:
    return hashlib.sha256(jcs(data).encode("utf-8")).hexdigest()


def by_value(value: Fraction) -> str:
    """A decimal without zeros at its end, else a fraction in lowest terms."""
    for places in range(200):
        if (value * 10**places).denominator == 1:
            digits = str(abs((value * 10**places).numerator)).zfill(places + 1)
            text = f"{digits[:-places]}.{digits[-places:]}" if places else digits
            return ("-" if value < 0 else "") + text
    return f"{value.numerator}/{value.denominator}"


def total(text: str) -> str:
    """At least two decimals, at most four."""
    whole, decimals = str(Decimal(text).quantize(Decimal("0.0001"), ROUND_HALF_UP)).split(".")
    return f"{whole}.{decimals[:2]}{decimals[2:].rstrip('0')}"


def number(text: str, full: Fraction | None = None) -> Fraction:
    """A number as a review or a rule file writes it: plain, percentage, duration, or `full`."""
    if text == "full":
        assert full is not None
        return full
    if text.endswith("%"):
        return Fraction(text[:-1]) / 100
    parts = re.fullmatch(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", text)
    if parts:
        hours, minutes, seconds = (int(part or 0) for part in parts.groups())
        return Fraction(hours * 3600 + minutes * 60 + seconds)
    return Fraction(text)


def prose(text: str) -> str:
    return text.replace("\r\n", "\n").rstrip("\n")


def kept(data: dict[str, Any], *always: str) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key in always or value not in (None, "", [], {})}


def texts_of(text: str) -> Any:
    """YAML with every scalar as its text."""
    return yaml.load(text, Loader=yaml.BaseLoader)


def take_apart(data: bytes) -> tuple[dict[str, Any], str]:
    """Front matter, every scalar as its text, and body."""
    lines = data.decode("utf-8").removeprefix("\ufeff").split("\n")
    fences = [index for index, line in enumerate(lines) if line.removesuffix("\r").rstrip(" \t") == "---"]
    assert fences[0] == 0
    front = texts_of("\n".join(lines[1 : fences[1]]))
    body = "\n".join(lines[fences[1] + 1 :]).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    while body and not body[0].strip(" \t"):
        body.pop(0)
    return front, "\n".join(body).rstrip(WHITE_SPACE)


# the scoring part


LEVELS: tuple[dict[type[ast.AST], str], ...] = (
    {ast.Or: "or"},
    {ast.And: "and"},
    {ast.Not: "not "},
    {ast.Lt: "<", ast.LtE: "<=", ast.Eq: "==", ast.NotEq: "!=", ast.GtE: ">=", ast.Gt: ">"},
    {ast.Add: "+", ast.Sub: "-"},
    {ast.Mult: "*", ast.Div: "/"},
    {ast.USub: "-"},
)


class Formula:
    """Writes a formula. Python reads it: the grammar is Python's, but for percentages and durations."""

    def __init__(self, text: str) -> None:
        self.literals: list[str] = []
        literal = r"(?<![\w.])(?:\d+(?:\.\d+)?%|(?:\d+h)?(?:\d+m)?\d+[hms]\b|\d+(?:\.\d+)?)"
        self.tree = ast.parse(re.sub(literal, self.hide, text).strip(), mode="eval").body

    def hide(self, match: re.Match[str]) -> str:
        self.literals.append(by_value(number(match[0])))
        return f"literal_{len(self.literals) - 1}"

    def write(self, node: ast.AST, outer: int = 0) -> str:
        match node:
            case ast.Name():
                literal = re.fullmatch(r"literal_(\d+)", node.id)
                return self.literals[int(literal[1])] if literal else node.id
            case ast.Attribute():
                return f"{self.write(node.value)}.{node.attr}"
            case ast.Call():
                return f"{self.write(node.func)}({', '.join(self.write(item) for item in node.args)})"
            case ast.IfExp():
                level = 0
                text = f"{self.write(node.body, 1)} if {self.write(node.test, 1)} else {self.write(node.orelse)}"
            case ast.UnaryOp():
                level, symbol = self.level(node.op)
                text = f"{symbol}{self.write(node.operand, level)}"
            case ast.BoolOp():
                level, text = self.joined(node.op, node.values)
            case ast.Compare():
                level, text = self.joined(node.ops[0], [node.left, *node.comparators])
            case ast.BinOp():
                level, text = self.joined(node.op, [node.left, node.right])
            case _:
                raise AssertionError(ast.dump(node))
        return f"({text})" if level < outer else text

    def joined(self, operator: ast.AST, operands: list[ast.expr]) -> tuple[int, str]:
        level, symbol = self.level(operator)
        return level, f" {symbol} ".join(self.write(item, level + (index > 0)) for index, item in enumerate(operands))

    @staticmethod
    def level(operator: ast.AST) -> tuple[int, str]:
        return next((level, row[type(operator)]) for level, row in enumerate(LEVELS, 1) if type(operator) in row)


def formula(text: str) -> str:
    parsed = Formula(text)
    return parsed.write(parsed.tree)


RANGES = {
    **{kind: {"min": "0"} for kind in ("count", "duration", "money")},
    **{kind: {"min": "0", "max": "full"} for kind in ("rating", "ratings")},
    "percent": {"min": "0%", "max": "100%"},
}
SINGLE = ("count", "number", "percent", "duration", "money", "rating")


class Pointed(ast.NodeTransformer):
    """Spells out the points of choices with a scale, where they are not compared with one of their ids."""

    def __init__(self, points: Mapping[str, dict[str, str]], lists: Mapping[str, Mapping[str, dict[str, str]]]) -> None:
        self.points, self.lists = points, lists

    def visit_Name(self, node: ast.Name) -> ast.expr:
        *others, (_, last) = self.points.get(node.id, {"": ""}).items()
        found: ast.expr = ast.Name(last) if last else node
        for id_, points in reversed(others):
            found = ast.IfExp(ast.Compare(node, [ast.Eq()], [ast.Name(id_)]), ast.Name(points), found)
        return found

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        sides = [getattr(side, "id", "") for side in (node.left, *node.comparators)]
        own = [self.points[side] for side in sides if side in self.points]
        return node if len(own) == 1 and any(side in own[0] for side in sides) else self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        if getattr(node.func, "id", "") == "given":
            return node
        first, *others = node.args
        inner = Pointed({**self.points, **self.lists.get(getattr(first, "id", ""), {})}, {}) if others else self
        return ast.Call(node.func, [self.visit(first), *map(inner.visit, others)], [])


def spelled(rule: dict[str, Any]) -> dict[str, Any]:
    """A form with its scales written where they are used."""
    scales = {
        name: {id_: by_value(number(one if isinstance(one, str) else one["points"])) for id_, one in scale.items()}
        for name, scale in rule.get("scales", {}).items()
    }

    def input_(item: dict[str, Any]) -> dict[str, Any]:
        own = {"type": "choice", "choices": scales[item["scale"]]} if "scale" in item else {}
        fields = {"fields": {id_: input_(one) for id_, one in item["fields"].items()}} if "fields" in item else {}
        return {**item, **own, **fields}

    def of(inputs: Mapping[str, Any]) -> dict[str, dict[str, str]]:
        return {id_: scales[one["scale"]] for id_, one in inputs.items() if "scale" in one}

    def written(value: Any, inputs: Mapping[str, Any], fields: Mapping[str, Any]) -> Any:
        if isinstance(value, dict):
            formulas = ("measure", "formula", "by", "of", "weight", "value", "parts", "deductions")
            told = {key: written(one, inputs, fields) if key in formulas else one for key, one in value.items()}
            if value.get("method") == "levels" and "levels" not in value:
                told["levels"] = next(iter(of(inputs).values()))
            return told
        if isinstance(value, list):
            return [written(item, inputs, fields) for item in value]
        parsed = Formula(value)
        lists = {id_: of(one.get("fields", {})) for id_, one in inputs.items()}
        return parsed.write(Pointed(of(fields or inputs), lists).visit(parsed.tree))

    def indicator_(item: dict[str, Any]) -> dict[str, Any]:
        inputs, score = item["inputs"], item.get("score", {})
        fields = next((one["fields"] for one in inputs.values() if "fields" in one), {})
        told = {key: written(item[key], inputs, {}) for key in ("measure", "limits") if key in item}
        own = fields if score.get("method") == "weighted_list" else {}
        own = {id_: one for id_, one in own.items() if id_ not in score.get("values", {})}
        score = {"score": written(score, inputs, own)} if score else {}
        return {**item, **told, **score, "inputs": {id_: input_(one) for id_, one in inputs.items()}}

    if not scales:
        return rule
    if "sections" not in rule:
        return {**rule, "indicators": [*map(indicator_, rule["indicators"])]}
    sections = [{**one, "indicators": [*map(indicator_, one["indicators"])]} for one in rule["sections"]]
    return {**rule, "sections": sections}


def scoring_part(rule: dict[str, Any]) -> dict[str, Any]:
    rule = spelled(rule)
    points_form = rule.get("out_of") == "weight"

    def full(item: dict[str, Any]) -> Fraction:
        return number(item["weight"]) if points_form else Fraction(100)

    sections = rule.get("sections") or [{"id": "form", "indicators": rule["indicators"]}]
    data = {
        "kpigen": "rules/1",
        "form": rule["form"],
        "out_of": "weight" if points_form else "100",
        "grades": [[grade, by_value(number(least))] for grade, least in rule["grades"].items()],
        "sections": [
            {"id": section["id"], "indicators": [indicator_part(item, full(item)) for item in section["indicators"]]}
            for section in sections
        ],
    }
    bonus = rule.get("bonus", {})
    if bonus.get("items"):
        items = [{"id": item["id"], **numbers(item, "points", "at_most")} for item in bonus["items"]]
        data["bonus"] = {"items": items, **numbers(bonus, "cap")}
    if rule.get("veto"):
        vetoes = rule["veto"]
        data["veto"] = [{"id": veto["id"], "when": formula(veto["when"]), "grade": veto["grade"]} for veto in vetoes]
    return data


def numbers(given: Mapping[str, str], *keys: str, full: Fraction | None = None) -> dict[str, str]:
    """Those of some keys that are given, by value."""
    return {key: by_value(number(given[key], full)) for key in keys if key in given}


def indicator_part(item: dict[str, Any], full: Fraction) -> dict[str, Any]:
    data = {
        "id": item["id"],
        "weight": by_value(number(item["weight"])),
        "inputs": [input_part(id_, one, full, item["inputs"]) for id_, one in item["inputs"].items()],
        "score": method_part(item["score"], item.get("measure"), item["inputs"], full),
    }
    if item.get("limits"):
        data["limits"] = [formula(limit) for limit in item["limits"]]
    if item.get("when_zero"):
        data["when_zero"] = {id_: by_value(number(amount, full)) for id_, amount in item["when_zero"].items()}
    if "shown_as" in item:
        given = {"at_least": "1", **item["shown_as"]}
        data["shown_as"] = {"id": item["shown_as"]["id"], **numbers(given, "at_least", "trim", "trim_from")}
    return data


def input_part(id_: str, item: dict[str, Any], full: Fraction, beside: Mapping[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = {"id": id_, "type": item["type"]}
    range_: dict[str, str] = {} if own_rule(item) else dict(RANGES.get(item["type"], {}))
    for key, other in (("min", "above"), ("above", "min"), ("max", "below"), ("below", "max")):
        if key in item:
            range_.pop(other, None)
            range_[key] = item[key]
    data |= numbers(range_, *range_, full=full)
    if "choices" in item:
        data["choices"] = list(item["choices"])
    if is_other_input(item, beside):
        data["default"] = {"input": item["default"]}
    elif "default" in item:
        data["default"] = one_value(item["default"], item)
    if "fields" in item:
        data["fields"] = [input_part(name, field, full, item["fields"]) for name, field in item["fields"].items()]
    if own := own_rule(item):
        data["auto"] = {"cycle": "month", **own}
    elif "auto" in item:
        data["auto"] = "yes"
    return data | {key: "yes" for key in ("confidential", "optional") if item.get(key) == "yes"}


def own_rule(item: dict[str, Any]) -> dict[str, str]:
    """What an input says of the own totals that it takes; empty if it does not take any."""
    auto = item.get("auto", "")
    rule = {"take": auto} if isinstance(auto, str) else auto
    return rule if rule["take"] == "own_totals" else {}


def is_other_input(item: dict[str, Any], beside: Mapping[str, Any]) -> bool:
    """Whether the default of an input is the value of another one beside it."""
    default = item.get("default")
    return default in beside and default not in item.get("choices", {})


def method_part(
    score: dict[str, Any], measure: str | None, inputs: Mapping[str, Any], full: Fraction
) -> dict[str, Any]:
    def value(text: str) -> str:
        return by_value(number(text, full))

    def side(given: dict[str, Any]) -> dict[str, str]:
        return {**numbers(given, "points", "every"), "steps": given.get("steps", "complete")}

    data: dict[str, Any] = {"method": score["method"]}
    only = next(iter(inputs)) if len(inputs) == 1 and next(iter(inputs.values()))["type"] in SINGLE else None
    if measure or only:
        data["measure"] = formula(measure or str(only))
    data |= numbers(score, "cap", "floor", full=full)
    match score["method"]:
        case "ratio":
            data |= {"target": value(score["target"]), "better": score.get("better", "higher")}
        case "curve":
            data["points"] = [[value(x), value(y)] for x, y in score["points"].items()]
        case "bands":
            key = "at_most" if "at_most" in score else "at_least"
            data[key] = [
                [value(end), [value(one) for one in cell] if "columns" in score else value(cell)]
                for end, cell in score[key].items()
            ]
            data |= numbers(score, "otherwise", full=full)
            if "columns" in score:
                data |= {"by": formula(score["by"]), "columns": [value(end) for end in score["columns"]]}
        case "reference":
            given = {"reference": "0", "base": "full", "band": "0", **score}
            data |= numbers(given, "reference", "base", "band", full=full)
            data |= {key: side(score[key]) for key in ("above", "below") if key in score}
        case "deductions":
            data["from"] = value(score.get("from", "full"))
            data["deductions"] = [
                {"of": formula(item["of"]), **side({"every": "1", **item}), **numbers(item, "over", "short_of")}
                for item in score["deductions"]
            ]
        case "levels":
            data["levels"] = {level: value(points) for level, points in score["levels"].items()}
        case "ratings":
            data["weights"] = {id_: value(weight) for id_, weight in score["weights"].items()}
        case "weighted_list":
            data |= {key: formula(score[key]) for key in ("weight", "value")}
            data["values"] = {field: numbers(scale, *scale) for field, scale in score.get("values", {}).items()}
        case "parts":
            data["parts"] = [
                method_part(part, part.get("measure"), inputs, full)
                | {"id": part["id"], **numbers({"weight": "1", **part}, "weight")}
                for part in score["parts"]
            ]
        case "formula":
            data["formula"] = formula(score["formula"])
    return data


# the content

EMPLOYEE = ("id", "name", "department", "position", "manager")


def content(data: bytes, rule: dict[str, Any], read: ReadFile, taken_now: Taken) -> dict[str, Any]:
    """A review's content; `read` gives evidence files, `taken_now` is what `auto` takes before publication."""
    front, body = take_apart(data)
    salt = front.get("submitted", {}).get("salt", "")
    taken = front["published"]["taken"] if "published" in front else taken_now
    own = front.get("self_assessment", {})
    evidence = {id_: [one_evidence(name, read) for name in names] for id_, names in front.get("evidence", {}).items()}
    own_content = {
        "metrics": metrics(own.get("metrics") or {}, rule, salt, []),
        "comment": prose(own.get("comment", "")),
    }
    return kept(
        {
            "kpigen": "content/1",
            "employee": kept({key: front["employee"].get(key) for key in EMPLOYEE}),
            "period": front["period"],
            "form": front["form"].partition("@")[0],
            "rules": sha256(scoring_part(rule)),
            "metrics": metrics(front.get("metrics") or {}, rule, salt, taken),
            "taken": own_totals(front.get("metrics") or {}, rule, taken),
            "not_applicable": proses(front.get("not_applicable", {})),
            "bonus": {id_: by_value(number(count)) for id_, count in front.get("bonus", {}).items() if number(count)},
            "comments": proses(front.get("comments", {})),
            "evidence": kept(evidence),
            "self_assessment": kept(own_content),
            "feedback": proses(front.get("feedback", {})),
            "body": body,
        }
    )


def proses(texts: dict[str, str]) -> dict[str, str]:
    return kept({key: prose(text) for key, text in texts.items()})


def one_evidence(name: str, read: ReadFile) -> dict[str, str]:
    if name.startswith("https://"):
        return {"link": name}
    return {"file": name, "sha256": hashlib.sha256(read(name)).hexdigest()}


def metrics(written: dict[str, Any], rule: dict[str, Any], salt: str, taken: Taken) -> dict[str, Any]:
    rule = spelled(rule)
    sections = rule.get("sections") or [rule]
    indicators = {item["id"]: item for section in sections for item in section["indicators"]}
    return kept({id_: indicator(value, indicators[id_], salt, taken) for id_, value in written.items()})


def values_of(written: Any, inputs: dict[str, Any]) -> dict[str, Any]:
    return {next(iter(inputs)): written} if len(inputs) == 1 else written or {}


def own_totals(written: dict[str, Any], rule: dict[str, Any], taken: Taken) -> dict[str, Any]:
    """What the inputs that are not confidential took of the employee's own totals."""
    sections = rule.get("sections") or [rule]
    found: dict[str, Any] = {}
    for item in (item for section in sections for item in section["indicators"] if item["id"] in written):
        for id_, value in values_of(written[item["id"]], item["inputs"]).items():
            is_open = item["inputs"][id_].get("confidential") != "yes"
            if value == "auto" and own_rule(item["inputs"][id_]) and is_open:
                found.setdefault(item["id"], {})[id_] = taken_by(f"{item['id']}.{id_}", taken)
    return kept({id_: kept(inputs) for id_, inputs in found.items()})


def taken_by(name: str, taken: Taken) -> Taken:
    return [fields(one, "period", "total", "points", "seal") for one in taken if one.get("input") == name]


def indicator(written: Any, item: dict[str, Any], salt: str, taken: Taken) -> dict[str, Any]:
    if written == "":
        return {}
    inputs = item["inputs"]
    data = inputs_of(values_of(written, inputs), inputs)
    lists = {id_: data.pop(id_) for id_ in list(data) if inputs[id_].get("confidential") == "yes"}
    if lists:
        data[item["shown_as"]["id"]] = shown(item, lists, salt, taken)
    return data


def inputs_of(values: dict[str, Any], inputs: dict[str, Any]) -> dict[str, Any]:
    data = {id_: one_value(value, inputs[id_]) for id_, value in values.items() if value != ""}
    defaults = {
        id_: one_value(inputs[id_]["default"], inputs[id_])
        for id_ in data
        if "default" in inputs[id_] and not is_other_input(inputs[id_], inputs)
    }
    return {id_: value for id_, value in data.items() if value != defaults.get(id_)}


def one_value(value: Any, item: dict[str, Any]) -> Any:
    match item["type"]:
        case "list":
            return [inputs_of(row, item["fields"]) for row in value]
        case "ratings":
            return value if value == "auto" else [by_value(number(text)) for text in value]
        case "text":
            return prose(value)
        case "yes_no" | "choice":
            return value
        case _:
            return by_value(number(value))


def shown(item: dict[str, Any], lists: dict[str, Any], salt: str, taken: Taken) -> dict[str, str]:
    groups = {id_: [Fraction(text) for text in texts] for id_, texts in lists.items() if texts != "auto"}
    autos = sorted(lists.keys() - groups.keys())
    of_team = [one for one in taken if "input" not in one]
    behind: Taken = []
    for id_ in autos:
        if own_rule(item["inputs"][id_]):
            entries = taken_by(f"{item['id']}.{id_}", taken)
            behind += [{"input": id_, **one} for one in entries]
            numbers_ = [cut(Fraction(one.get("total") or one["points"]), item["inputs"][id_]) for one in entries]
        else:
            people: dict[str, list[Fraction]] = {}
            for one in of_team:
                people.setdefault(one["employee"], []).append(min(Fraction(one["total"]), Fraction(100)))
            numbers_ = [mean(totals) for totals in people.values()]
        if numbers_:
            groups[id_] = numbers_
    if autos:
        has_team = not all(own_rule(item["inputs"][id_]) for id_ in autos)
        lists = {**lists, "taken": [{**one, "total": total(one["total"])} for one in of_team * has_team] + behind}
    hidden = [id_ for id_, one in item["inputs"].items() if one.get("confidential") == "yes"]
    data = {"digest": sha256({"kpigen": "confidential/1", "salt": salt, "lists": lists})}
    if groups.keys() == set(hidden):
        given = item["score"].get("weights", {})
        weights = {id_: number(given.get(id_, "1")) for id_ in hidden}
        weighted = sum((weights[id_] * mean(trimmed(groups[id_], item["shown_as"])) for id_ in hidden), Fraction())
        data["count"] = str(sum(len(group) for group in groups.values()))
        data["mean"] = by_value(weighted / sum(weights.values(), Fraction()))
    return data


def cut(value: Fraction, item: dict[str, str]) -> Fraction:
    """A number, or the end of the input's range that it lies beyond."""
    value = max(value, number(item["min"])) if "min" in item else value
    return min(value, number(item["max"])) if "max" in item else value


def trimmed(group: list[Fraction], shown_as: dict[str, str]) -> list[Fraction]:
    trim = int(shown_as.get("trim", "0"))
    return sorted(group)[trim:-trim] if trim and len(group) >= int(shown_as["trim_from"]) else group


def mean(numbers_: list[Fraction]) -> Fraction:
    return sum(numbers_, Fraction()) / len(numbers_)


# the seal


def sealed(front: dict[str, Any], content_digest: str) -> dict[str, Any]:
    block = front["published"]
    counts = {key: int(block["entries"][key]) for key in ("confirmations", "objections", "amendments")}
    entries = {key: front.get(key, [])[:count] for key, count in counts.items()}
    published = {key: block.get(key, "") for key in ("on", "rules", "grade", "engine", "salt")}
    published |= {"total": total(block["total"]), "entries": {key: str(count) for key, count in counts.items()}}
    published |= {"evidence": block["evidence"]} if block.get("evidence") else {}
    return {
        "kpigen": "seal/1",
        "content": content_digest,
        "published": published,
        "confirmations": [fields(item, "role", "name", "date", "of") for item in entries["confirmations"]],
        "objections": [
            fields(item, "role", "date", "resolved", "of") | proses(fields(item, "text", "resolution"))
            for item in entries["objections"]
        ],
        "amendments": [amendment(item) for item in entries["amendments"]],
    }


def fields(item: dict[str, str], *keys: str) -> dict[str, str]:
    return {key: item[key] for key in keys if key in item}


def amendment(item: dict[str, Any]) -> dict[str, Any]:
    changes = [{key: change.get(key, "") for key in ("field", "old", "new")} for change in item.get("changes", [])]
    texts = fields(item, "date", "by", "total", "grade", "seal") | proses(fields(item, "reason"))
    return kept({**texts, "changes": changes})


def seal(front: dict[str, Any], content_digest: str) -> str:
    return f"k1:sha256:{sha256(sealed(front, content_digest))}"


# --- kpigen, the page and the program above must agree --------------------------------------------------------------


def blocks() -> dict[str, str]:
    """The fenced blocks of the worked example by name."""
    named = re.compile(r"^```(?:json|text) ([a-z-]+)\n(.*?)\n```$", re.MULTILINE | re.DOTALL)
    return dict(named.findall(PAGE.read_text("utf-8")))


def rule_files() -> list[Path]:
    return sorted([*(ROOT / "rules").glob("*/*.yaml"), *(ROOT / "tests" / "rules").glob("*/*.yaml")])


def rule_of(key: str) -> dict[str, Any]:
    """A rule file, every scalar as its text."""
    form, _, version = key.partition("@")
    path = next(path for path in rule_files() if path.parent.name == form and path.stem == version)
    data: dict[str, Any] = texts_of(path.read_text("utf-8"))
    return data


class Repository:
    """Reviews in memory with the repository's rules; runs kpigen's own commands with fixed salts."""

    def __init__(self, files: Mapping[str, str]) -> None:
        from kpigen.base.sources import MemoryTree

        forms = set(re.findall(r"^form: ([\w-]+)", "\n".join(files.values()), re.MULTILINE))
        rules = {f"rules/{path.parent.name}/{path.name}": path for path in rule_files() if path.parent.name in forms}
        data = {path: text.encode() for path, text in files.items()}
        self.tree = MemoryTree({**{path: file.read_bytes() for path, file in rules.items()}, **data})
        self.salts = (f"{number:032x}" for number in range(1, 1000))

    def step(self, path: str, *what: str) -> None:
        """Do one lifecycle step with a review."""
        from kpigen.repository.lifecycle import transitions as lifecycle
        from kpigen.repository.project import load

        project = load(self.tree)
        review = project.review(path)
        assert review is not None, [item.message for item in project.problems]
        command, *rest = what
        more = [lambda: next(self.salts)] if command != "confirm" else []
        change, found = getattr(lifecycle, command)(project, self.tree, review, *rest, *more)
        assert change is not None, [item.message for item in found]
        self.tree.files[path] = change.data

    def publish(self, path: str, *roles: str, month: str = "2026-02") -> None:
        self.step(path, "submit", f"{month}-01")
        for role in roles:
            self.step(path, "confirm", role, f"{role} 甲", f"{month}-03")
        self.step(path, "publish", f"{month}-05")

    def record(self, path: str) -> Any:
        """What kpigen says of a review; nothing may be wrong with it."""
        from kpigen.repository.checks.project import check
        from kpigen.repository.project import load

        records, found = check(load(self.tree))
        assert [item.message for item in found if item.is_error] == []
        return next(record for record in records if record.review.path == path)

    def compare(self, path: str, taken_now: Taken | None = None) -> dict[str, Any]:
        """Compute a review's content and seal with the program above, and hold them against kpigen's."""
        from kpigen.scoring.content import content as kpigen_content
        from kpigen.scoring.content import content_digest

        record, data, folder = self.record(path), self.tree.files[path], path.rpartition("/")[0]
        rule = texts_of(self.tree.files[record.form.path].decode())
        assert sha256(scoring_part(rule)) == record.form.digest
        own = content(data, rule, lambda name: self.tree.files[f"{folder}/{name}"], taken_now or [])
        assert own == kpigen_content(record.review, record.form, record.taken)
        assert sha256(own) == record.digest == content_digest(record.review, record.form, record.taken)
        if record.review.published:
            assert seal(take_apart(data)[0], sha256(own)) == record.review.published.seal
        return own


def review(form: str, metrics_: str, *more: str, body: str = "见上表。", employee: str = "T-0001", **given: str) -> str:
    head = [f"  id: {employee}", "  name: 员工甲", "  department: 客服部", "  position: 客服主管"]
    head += [f"  manager: {given.get('manager', 'T-0009')}"]
    lines = ["---", "employee:", *head, f"period: {given.get('period', '2026-01')}", f"form: {form}", "status: draft"]
    return "\n".join([*lines, "metrics:", metrics_, *more, "---", "", body, ""])


# the page's own numbers


def test_the_worked_example_is_what_kpigen_computes():
    from kpigen.base.digests import canonical, digest
    from kpigen.files.rules.scoring_part import scoring_part as kpigen_scoring_part
    from kpigen.scoring.content import content as kpigen_content
    from kpigen.scoring.content import seal_of

    folder = "reviews/2026-01"
    files = {
        f"{folder}/{name}": (EXAMPLE.parent / name).read_text("utf-8") for name in (EXAMPLE.name, "files/survey.csv")
    }
    repository = Repository(files)
    record = repository.record(f"{folder}/{EXAMPLE.name}")
    shown_, page = kpigen_content(record.review, record.form, record.taken), blocks()
    part = kpigen_scoring_part(record.form)
    assert canonical(part).decode() == page["scoring-part"]
    assert (record.form.digest, digest(part)) == (page["scoring-part-digest"], page["scoring-part-digest"])
    assert canonical(shown_).decode() == page["content"]
    assert (record.digest, digest(shown_)) == (page["content-digest"], page["content-digest"])
    assert f"the content number is `{record.number}`" in PAGE.read_text("utf-8")
    assert digest(texts_of(page["sealed"])) == page["seal"].rpartition(":")[2]
    assert seal_of(record.review, record.digest) == page["seal"] == record.review.published.seal


def test_the_worked_example_is_what_the_program_computes():
    page, rule = blocks(), rule_of("cs-graded@2026-01")
    data = EXAMPLE.read_bytes()
    assert jcs(scoring_part(rule)) == page["scoring-part"]
    own = content(data, rule, lambda name: (EXAMPLE.parent / name).read_bytes(), [])
    assert jcs(own) == page["content"]
    assert sha256(own) == page["content-digest"]
    front = take_apart(data)[0]
    assert jcs(sealed(front, sha256(own))) == page["sealed"]
    assert seal(front, sha256(own)) == page["seal"] == front["published"]["seal"]


def test_the_fragment_with_confidential_inputs():
    page = PAGE.read_text("utf-8")
    text = re.search(r"```yaml\n(submitted: .*?)\n```", page, re.DOTALL)
    assert text is not None
    front = texts_of(text[1])
    item = next(one for one in rule_of("cs-360@2026-01")["indicators"] if one["id"] == "communication")
    assert jcs(indicator(front["metrics"]["communication"], item, front["submitted"]["salt"], [])) == blocks()["shown"]
    assert hashlib.sha256(blocks()["confidential"].encode()).hexdigest() in blocks()["shown"]


def test_the_digest_of_a_file_is_that_of_its_bytes():
    from kpigen.base.digests import file_digest

    assert file_digest(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-4


# forms and formulas


@pytest.mark.parametrize("path", rule_files(), ids=lambda path: path.parent.name)
def test_the_scoring_part_of_every_form(path: Path):
    from kpigen.files.rules.form import read_form

    form, found = read_form(f"rules/{path.parent.name}/{path.name}", path.read_bytes(), ("zh", "en"))
    assert form is not None
    assert found == []
    assert sha256(scoring_part(rule_of(form.key))) == form.digest


def test_the_scoring_part_of_every_method_with_every_option():
    """Each rule that the tests of the methods score by stands alone in a form."""
    from kpigen.files.rules.form import read_form
    from tests.scoring.methods.test_methods import POINTS, TABLE

    words = {"zh": "甲", "en": "A"}
    head = {"schema": "1", "form": "one", "title": words, "cycle": ["month"], "confirmations": []}
    head |= {"print": {"columns": ["name"], "signatures": []}, "grades": {"A": "60", "B": "0"}, "origin": {}}
    snippets = [(snippet, {}, {"weight": "100"}) for snippet, _ in TABLE.values()]
    snippets += [(snippet, {"out_of": "weight"}, {}) for snippet, _ in POINTS.values()]
    for snippet, out_of, weight in snippets:
        one = {"id": "x", "name": words, "standard": words, **weight, **texts_of(snippet)}
        rule = {**head, **out_of, "scales": one.pop("scales", {}), "indicators": [one]}
        text = json.dumps(rule, ensure_ascii=False)  # which is YAML too
        form, found = read_form("rules/one/2026-01.yaml", text.encode(), ("zh", "en"))
        assert form is not None, (snippet, [item.message for item in found])
        assert sha256(scoring_part(rule)) == form.digest, snippet


FORMULAS = """
text
a+b *c
(a+b)*c
a-(b-c)
(a-b)-c
a + (b + c)
a/(b/c)/d
-(a*b)
-a*b
a*-b
--a
a - -b
5% + 0.50 + 30s + 1h5m
(a if b > 0 else c) if d else e
a if b else (c if d else e)
(a if b else c) + 1
min(a if b else c, 2)
not (a and b) or c
a and (b and c)
a and b and not c
(a or b) and c
not not a
not a == b
round(a / b, 2) * 100
x.y > 3 and z == low
max ( 0 , a - 15% )
"""


@pytest.mark.parametrize("text", FORMULAS.strip().splitlines())
def test_formulas(text: str):
    from kpigen.numbers.formula import Problem, parse, write

    expression = parse(text)
    assert not isinstance(expression, Problem)
    assert formula(text) == write(expression)


# reviews of other forms

FRONT_DESK = """\
  follow_up_calls: {calls}
  complaints: {{late: 1, escalated: 0}}
  satisfaction_survey: +2
  training: 0
  customer_records: 01
  service_improvement: 0
  five_s: 0
  team_interviews: 0
  turnover: {{leavers: 1, start: 9, end: 8}}
  compliance: 0
"""
CS_360 = """\
  service_quality: 91.50%
  service_efficiency: {resolved: 80, assigned: 90}
  communication: {self: [85], peers: [90, 84.5, 88], subordinates: [70, 75], manager: [80.0]}
  work_plan: {completed: 9, planned: 12}
  team_building: {manager: [78], subordinates: [66.25], peers: [80, 81, 83], self: [90]}
"""
CS_PRACTICAL = """\
  csat: 93.05%
  response_time: 1m5s
  complaint_handling: {handled: 7, received: 7}
  coaching: 7.50
  climate: 88
  turnover: {leavers: 0, start: 10, end: 11}
  communication: 80
  coordination: 81
  problem_solving: 82
  innovation: 83
  goal_attainment:
    - {name: 回访率, weight: 2, target: 98.0, actual: 97}
    - name: |
        投诉件数
        （不含重复）
      weight: 1.5
      target: 3
      actual: 4
      better: lower
    - {name: '1,000 单', weight: 1, target: 1000, actual: 1000, better: higher}
"""
PROPERTY = """\
  repair_intake: 100%
  fee_collection: 97.3%
  complaint_timeliness: 100%
  satisfaction: 95%
  file_integrity: 99.9%
  follow_up: 100%
  training_completion: 100%
  community_events: {held: 2, planned: 1}
  service_standards: 98%
  responsibility: 4.5
  discipline: 4
  dedication: 3
  teamwork: 2.75
  planning: 4
  training_skill: 4
  emergency: 5
  problem_solving: 4
  cooperation: 4
"""
SUPPORT = """\
  important_tasks: {done: 9, planned: 10}
  ad_hoc_tasks: {done: 4, planned: 5}
  attrition: {resigned: 0, dismissed: 0}
  sales: {actual: 950000.50, plan: 1000000}
  team: {violations: 2, scores: auto}
  superior: solid
"""
ECOMMERCE = """\
  aht: {actual: 4m50s, average: 316s}
  resolution_rate: {solved: 850, total: 1000}
  csat: 4.6
  growth: yes
"""


def published(form: str, text: str, *roles: str) -> tuple[Repository, dict[str, Any]]:
    path = f"reviews/2026-01/T-0001.{form}.md"
    repository = Repository({path: text})
    repository.publish(path, *roles)
    return repository, repository.compare(path)


def test_confidential_inputs():
    _, own = published("cs-360", review("cs-360", CS_360), "employee")
    assert own["metrics"]["team_building"]["others"].keys() == {"count", "mean", "digest"}
    assert "66.25" not in jcs(own)
    assert own["metrics"]["communication"]["others"]["mean"] == "80"


def test_a_mean_without_a_finite_decimal():
    text = CS_360.replace("[80, 81, 83]", "[80, 81, 84, 85, 83, 82, 82]").replace("[66.25]", "[66, 67, 69]")
    _, own = published("cs-360", review("cs-360", text), "employee")
    assert own["metrics"]["team_building"]["others"]["mean"] == "3145/42"  # (577/7 + 202/3) / 2


def test_lists_percentages_durations_and_defaults():
    _, own = published("cs-practical", review("cs-practical", CS_PRACTICAL), "employee")
    goals = own["metrics"]["goal_attainment"]["goals"]
    assert goals[0] == {"name": "回访率", "weight": "2", "target": "98", "actual": "97"}
    assert goals[1]["name"] == "投诉件数\n（不含重复）"
    assert "better" not in goals[2]
    assert own["metrics"]["response_time"] == {"time": "65"}


def test_bonus_counts_of_zero_are_left_out():
    text = review("property-cs", PROPERTY, "bonus: {own_award: 0, owner_praise: 2}")
    _, own = published("property-cs", text, "employee", "assessor")
    assert own["bonus"] == {"owner_praise": "2"}


@pytest.mark.parametrize("grown", ["yes", "no"])
def test_yes_no_and_durations(grown: str):
    _, own = published("ecommerce-cs", review("ecommerce-cs", ECOMMERCE.replace("yes", grown)), "employee")
    assert own["metrics"]["growth"] == {"grown": grown}
    assert own["metrics"]["aht"] == {"actual": "290", "average": "316"}


def test_totals_that_are_taken_automatically():
    names = ("T-0009.support-center", "T-0001.property-cs", "T-0001.ecommerce-cs", "T-0002.ecommerce-cs")
    manager, first, second, third = (f"reviews/2026-01/{name}.md" for name in names)
    texts = {
        manager: review("support-center", SUPPORT, employee="T-0009", manager="T-0010"),
        first: review("property-cs", PROPERTY, "bonus: {own_award: 4}"),
        second: review("ecommerce-cs", ECOMMERCE),
        third: review("ecommerce-cs", ECOMMERCE, employee="T-0002"),
    }
    repository = Repository(texts)
    assert repository.compare(manager)["metrics"]["team"]["team_mean"].keys() == {"digest"}
    taken: Taken = []
    for path, roles in ((first, ("employee", "assessor")), (third, ("employee",)), (second, ("employee",))):
        repository.publish(path, *roles)
        front = take_apart(repository.tree.files[path])[0]
        taken.append({"employee": front["employee"]["id"], **fields(front["published"], "total", "seal")})
        taken.sort(key=lambda one: (one["employee"], one["seal"]))
        mean_of_team = repository.compare(manager, taken)["metrics"]["team"]["team_mean"]
        assert mean_of_team["count"] == str(len({one["employee"] for one in taken}))
    repository.publish(manager, "employee", "leader", "hr")
    own = repository.compare(manager)
    assert take_apart(repository.tree.files[manager])[0]["published"]["taken"] == taken
    assert "scores" not in own["metrics"]["team"]


MONTHLY = """\
schema: 1
form: monthly
title: {zh: 月, en: Month}
cycle: [month, quarter]
grades: {A: 60, B: 0}
confirmations: []
print: {columns: [name, points], signatures: []}
indicators:
  - {id: calls, name: {zh: 回访, en: Calls}, weight: 60, inputs: {calls: {type: count}}, score: {method: value}}
  - {id: visits, name: {zh: 走访, en: Visits}, weight: 40, inputs: {visits: {type: number}}, score: {method: value}}
examples:
  - {metrics: {calls: 80, visits: 70.5}, total: 76.2, grade: A}
  - {metrics: {calls: 50, visits: 0}, total: 30, grade: B}
"""
HALF_YEARLY = """\
schema: 1
form: half-yearly
title: {zh: 半年, en: Half}
cycle: [half]
grades: {A: 60, B: 0}
confirmations: []
print: {columns: [name, points], signatures: []}
indicators:
  - id: months
    name: {zh: 月, en: Months}
    weight: 50
    inputs:
      second: {type: ratings, name: {zh: 二, en: Second}, auto: {take: own_totals, form: monthly, part: 2}}
      visits: {type: ratings, name: {zh: 走访, en: Visits}, auto: {take: own_totals, form: monthly, indicator: visits}}
      quarters: {type: ratings, name: {zh: 季, en: Quarters}, auto: {take: own_totals, cycle: quarter, form: monthly}}
    score: {method: formula, formula: (mean(second) + last(visits) + last(quarters)) / 3}
  - id: raters
    name: {zh: 互评, en: Raters}
    weight: 50
    inputs:
      peers: {type: ratings, name: {zh: 同事, en: Peers}, confidential: yes}
      own: {type: ratings, name: {zh: 月, en: Own}, confidential: yes, auto: {take: own_totals, form: monthly}, max: 75}
      team: {type: ratings, name: {zh: 组, en: Team}, confidential: yes, auto: team_totals}
    shown_as: {id: others, name: {zh: 他人, en: Others}, at_least: 2, trim: 1, trim_from: 4}
    score: {method: ratings, weights: {peers: 20, own: 30, team: 10}}
examples:
  - {metrics: {months: {second: [60], visits: [60], quarters: [60]}, raters: {peers: [60], own: [60], team: [60]}}, total: 60, grade: A}
  - {metrics: {months: {second: [0], visits: [0], quarters: [0]}, raters: {peers: [0], own: [0], team: [0]}}, total: 0, grade: B}
"""
MONTHS = {"2026-01": ("90", "80"), "2026-03": ("70", "60.5"), "2026-05": ("80", "100"), "2026-06": ("0", "50")}


def monthly_and_half_yearly() -> tuple[Repository, str]:
    """Months of an employee and of two people of the team, a quarter of the employee, and the half that takes them all."""
    whole = "reviews/2026-H1/T-0009.half-yearly.md"
    metrics_ = """\
  months: {second: auto, visits: auto, quarters: auto}
  raters: {peers: [90, 20, 80.5, 70, 60], own: auto, team: auto}"""
    texts = {
        "rules/monthly/2026-01.yaml": MONTHLY,
        "rules/half-yearly/2026-01.yaml": HALF_YEARLY,
        whole: review("half-yearly", metrics_, employee="T-0009", manager="T-0010", period="2026-H1"),
    }
    for period, (calls, visits) in {**MONTHS, "2026-Q1": ("75", "75")}.items():
        text = review("monthly", f"  calls: {calls}\n  visits: {visits}", employee="T-0009", period=period)
        texts[f"reviews/{period}/T-0009.monthly.md"] = text
    return Repository(texts), whole


def taken_of(repository: Repository, path: str, name: str, points: str = "") -> dict[str, str]:
    """What an input takes from a review."""
    front = take_apart(repository.tree.files[path])[0]
    number_ = {"points": points} if points else fields(front["published"], "total")
    return {"input": name, "period": front["period"], **number_, **fields(front["published"], "seal")}


def test_own_totals_that_are_taken_automatically():
    repository, whole = monthly_and_half_yearly()
    months = [f"reviews/{period}/T-0009.monthly.md" for period in MONTHS]
    quarter = "reviews/2026-Q1/T-0009.monthly.md"
    assert "taken" not in repository.compare(whole), "nothing is published yet"
    for path in (*months[::-1], quarter):
        repository.publish(path, month="2026-07")
    points = {"2026-01": "32.00", "2026-03": "24.20", "2026-05": "40.00", "2026-06": "20.00"}
    now = [
        *(taken_of(repository, path, "months.second") for path in months[2:]),
        *(taken_of(repository, path, "months.visits", points[path.split("/")[1]]) for path in months),
        taken_of(repository, quarter, "months.quarters"),
        *(taken_of(repository, path, "raters.own") for path in months),
    ]
    own = repository.compare(whole, now)
    assert [one["period"] for one in own["taken"]["months"]["second"]] == ["2026-05", "2026-06"]
    assert [one["points"] for one in own["taken"]["months"]["visits"]] == list(points.values())
    assert own["taken"]["months"]["quarters"][0]["total"] == "75.00"
    assert own["metrics"]["months"] == dict.fromkeys(("second", "visits", "quarters"), "auto")
    assert own["taken"].keys() == {"months"}, "what is confidential has no entry"
    assert own["metrics"]["raters"]["others"].keys() == {"digest"}, "the team has no total yet"
    repository.tree.files[whole] = repository.tree.files[whole].replace(b"team: auto", b"team: [70, 72]")
    own = repository.compare(whole, now)
    # peers without 90 and 20: 210.5 ÷ 3; own totals at most 75 each, without the highest and the lowest of the four
    totals = sorted(min(Fraction(taken_of(repository, path, "")["total"]), Fraction(75)) for path in months)
    expected = (20 * Fraction("210.5") / 3 + 30 * sum(totals[1:3]) / 2 + 10 * 71) / 60
    assert own["metrics"]["raters"]["others"]["mean"] == by_value(expected)
    assert own["metrics"]["raters"]["others"]["count"] == "11"
    repository.publish(whole, month="2026-08")
    assert repository.compare(whole)["taken"] == own["taken"]


DRAFTS = {
    "nothing yet": review("front-desk", ""),
    "one input of two": review("front-desk", "  complaints: {late: 1, escalated: }"),
    "one group of two": review("cs-360", "  communication: {self: [85], peers: [90, 84.5]}", period="2026-Q1"),
    "goals without results": review("cs-practical", "  goal_attainment: [{name: a, weight: 1, target: 5}, {}]"),
    "a pinned version": review("front-desk@2026-01", "  training: 1"),
    "texts": review(
        "front-desk",
        "  training: 1",
        "comments:",
        '  training: "tab\\t, quote \\", slash \\\\, 叶䶮, \\u00e9, e\\u0301, cr\\r\\n, end\\n\\n"',
        "  five_s: 'it''s'",
        "  cashier: >-",
        "    folded",
        "    text",
    ),
    "a body with an indent": review("front-desk", "", body=" \t\n\n    code\n\n正文\u3000\u00a0\u2003\n\t\n"),
}


@pytest.mark.parametrize("text", DRAFTS.values(), ids=DRAFTS.keys())
def test_drafts(text: str):
    form = re.search(r"form: ([\w-]+)", text)
    period = re.search(r"period: (\S+)", text)
    assert form
    assert period
    path = f"reviews/{period[1]}/T-0001.{form[1]}.md"
    Repository({path: text}).compare(path)


def test_layout_makes_no_difference():
    path = "reviews/2026-01/T-0001.front-desk.md"
    extra = ("not_applicable: {cashier: 无收银岗}", "comments:", "  training: |", "    第一行", "    第二行")
    repository = Repository({path: review("front-desk", FRONT_DESK.format(calls=596), *extra, body="一\n\n二")})
    repository.publish(path, "employee")
    plain, digest = repository.tree.files[path].decode(), repository.record(path).digest
    moved = plain.replace("  training: 0\n", "").replace("  five_s: 0", "  five_s: '0'   # checked\n  training: +0")
    for data in (plain.replace("\n", "\r\n"), f"\ufeff{plain}", moved, plain + "\n \n"):
        repository.tree.files[path] = data.encode()
        assert sha256(repository.compare(path)) == digest
    repository.tree.files[path] = plain.replace("  第二行", "   第二行").encode()
    with pytest.raises(AssertionError, match="the content differs from what"):
        repository.compare(path)


AMENDMENTS = """\
amendments:
  - date: 2026-02-07
    by: 林
    reason: 更正
    changes: [{field: metrics.training, old: '1', new: '0'}, {field: body}]
    total: '80.00'
    grade: B
    seal: 'k1:sha256:0000000000000000000000000000000000000000000000000000000000000000'
  - date: 2026-02-08
    by: 林
    reason: |
      再次
      更正
"""


def test_amendments_are_sealed():
    from kpigen.repository.project import load
    from kpigen.repository.records import make_records
    from kpigen.scoring.content import seal_of

    path = "reviews/2026-01/T-0001.front-desk.md"
    repository = Repository({path: review("front-desk", FRONT_DESK.format(calls=596), "not_applicable: {cashier: 无}")})
    repository.publish(path, "employee")
    text = repository.tree.files[path].decode().replace("amendments: 0", "amendments: 2")
    text = text.replace("\nmetrics:", f"\n{AMENDMENTS}metrics:")
    repository.tree.files[path] = text.encode()
    (record,), _ = make_records(load(repository.tree))
    assert seal(take_apart(text.encode())[0], record.digest) == seal_of(record.review, record.digest)
