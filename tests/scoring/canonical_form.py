"""The canonical form as docs/canonical-form.md specifies it.

A program written from that page alone: it imports nothing of kpigen, and reads YAML by itself. The tests of this folder
hold it, the page's worked example and kpigen against each other.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import yaml

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
WORDS = {"and", "or", "not", "if", "else"}
OF_LISTS = {"sum", "mean", "min", "max", "count", "last", "run"}
Points = dict[str, str]


@dataclass(frozen=True)
class Names:
    """What the names in a formula mean: choices with a scale, lists with such fields, sections, whose `rows` they are."""

    points: Mapping[str, Points] = field(default_factory=dict)
    lists: Mapping[str, Mapping[str, Points]] = field(default_factory=dict)
    sections: frozenset[str] = frozenset()
    section: str = ""


class Formula:
    """Reads and writes a formula. Python reads it: the grammar is Python's, but for percentages and durations.

    Names and numbers are hidden from Python, since an id may be one of its words.
    """

    def __init__(self, text: str) -> None:
        self.texts: list[str] = []
        literal = r"(?<![\w.])(?:\d+(?:\.\d+)?%|(?:\d+h)?(?:\d+m)?\d+[hms]\b|\d+(?:\.\d+)?)"
        self.tree = ast.parse(re.sub(rf"({literal})|[A-Za-z]\w*", self.hide, text).strip(), mode="eval").body

    def hide(self, match: re.Match[str]) -> str:
        if match[0] in WORDS:
            return match[0]
        self.texts.append(by_value(number(match[1])) if match[1] else match[0])
        return f"text_{len(self.texts) - 1}"

    def shown(self, tree: ast.expr) -> ast.expr:
        """The tree with its own names and numbers."""
        for node in ast.walk(tree):
            if isinstance(node, ast.Name):
                node.id = self.texts[int(node.id.removeprefix("text_"))]
            if isinstance(node, ast.Attribute):
                node.attr = self.texts[int(node.attr.removeprefix("text_"))]
        return tree


def write(node: ast.AST, outer: int = 0) -> str:
    match node:
        case ast.Name():
            return node.id
        case ast.Attribute():
            return f"{write(node.value)}.{node.attr}"
        case ast.Call():
            return f"{write(node.func)}({', '.join(write(item) for item in node.args)})"
        case ast.IfExp():
            level = 0
            text = f"{write(node.body, 1)} if {write(node.test, 1)} else {write(node.orelse)}"
        case ast.UnaryOp():
            level, symbol = level_of(node.op)
            text = f"{symbol}{write(node.operand, level)}"
        case ast.BoolOp():
            level, text = joined(node.op, node.values)
        case ast.Compare():
            level, text = joined(node.ops[0], [node.left, *node.comparators])
        case ast.BinOp():
            level, text = joined(node.op, [node.left, node.right])
        case _:
            raise AssertionError(ast.dump(node))
    return f"({text})" if level < outer else text


def joined(operator: ast.AST, operands: list[ast.expr]) -> tuple[int, str]:
    level, symbol = level_of(operator)
    return level, f" {symbol} ".join(write(item, level + (index > 0)) for index, item in enumerate(operands))


def level_of(operator: ast.AST) -> tuple[int, str]:
    return next((level, row[type(operator)]) for level, row in enumerate(LEVELS, 1) if type(operator) in row)


class Resolved(ast.NodeTransformer):
    """Writes out what names mean: the points of choices, the rows of sections."""

    def __init__(self, names: Names) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if self.names.section and node.id == "rows":
            return ast.Attribute(ast.Name(self.names.section), "rows")
        return self.pointed(node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        if self.names.section and write(node.value) == "rows":
            node = ast.Attribute(ast.Name(self.names.section), node.attr)
        return self.pointed(node)

    def pointed(self, node: ast.expr) -> ast.expr:
        choices = self.names.points.get(write(node), {})
        found = node
        for place, (id_, points) in enumerate(reversed(choices.items())):
            amount = Formula(points).shown(Formula(points).tree)
            test = ast.Compare(node, [ast.Eq()], [ast.Name(id_)])
            found = ast.IfExp(test, amount, found) if place else amount
        return found

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        sides = [write(side) for side in (node.left, *node.comparators)]
        own = [self.names.points[side] for side in sides if side in self.names.points]
        if not any(side in choices for side in sides for choices in own):
            self.generic_visit(node)
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        name = write(node.func)
        if name == "given":
            return node
        first, *others = node.args
        each = len(others) == 1 and any(
            isinstance(item, ast.Name) and item.id == "value" for item in ast.walk(others[0])
        )
        if name in OF_LISTS and write(first) in self.names.sections and (each or not others):
            rows: ast.expr = ast.Attribute(first, "rows")
        else:
            rows = self.visit(first)
        fields_ = self.names.lists.get(write(first), {})
        inner = Resolved(replace(self.names, points={**self.names.points, **fields_}))
        return ast.Call(node.func, [rows, *map(inner.visit, others)], [])


def formula(text: str, names: Names = Names()) -> str:
    parsed = Formula(text)
    return write(Resolved(names).visit(parsed.shown(parsed.tree)))


RANGES = {
    **{kind: {"min": "0"} for kind in ("count", "duration", "money")},
    **{kind: {"min": "0", "max": "full"} for kind in ("rating", "ratings")},
    "percent": {"min": "0%", "max": "100%"},
}
SINGLE = ("count", "number", "percent", "duration", "money", "rating")
DECIMALS = {"money": "2", "percent": "2", "yes_no": "2", "text": "2"}


def completed(rule: dict[str, Any]) -> list[dict[str, Any]]:
    """The sections of a form; each row has what `each` gives it, the choices and points of scales, and a method."""
    scales = {
        id_: {choice: by_value(number(one if isinstance(one, str) else one["points"])) for choice, one in scale.items()}
        for id_, scale in rule.get("scales", {}).items()
    }

    def input_(item: dict[str, Any]) -> dict[str, Any]:
        if "scale" in item:
            return {**item, "type": "choice", "choices": scales[item["scale"]], "points": scales[item["scale"]]}
        return (
            {**item, "fields": {id_: input_(one) for id_, one in item["fields"].items()}} if "fields" in item else item
        )

    def row(item: dict[str, Any], each: dict[str, Any]) -> dict[str, Any]:
        whole = {**rule.get("each", {}), **each, **item}
        inputs = {id_: input_(one) for id_, one in whole["inputs"].items()}
        by_scale = "measure" not in whole and len(inputs) == 1 and "points" in next(iter(inputs.values()))
        return {"score": {"method": "levels" if by_scale else "value"}, **whole, "inputs": inputs}

    sections = rule.get("sections") or [{"id": "form", "indicators": rule["indicators"]}]
    return [{**one, "indicators": [row(item, one.get("each", {})) for item in one["indicators"]]} for one in sections]


def points_of(inputs: Mapping[str, Any]) -> dict[str, Points]:
    return {id_: one["points"] for id_, one in inputs.items() if "points" in one}


def names_of(inputs: Mapping[str, Any]) -> Names:
    """The names in the formulas of an indicator."""
    return Names(points_of(inputs), {id_: points_of(one.get("fields", {})) for id_, one in inputs.items()})


def names_in(sections: list[dict[str, Any]], is_veto: bool) -> Names:
    """The names in the formulas of a form; in a veto, the id of a row with one input is this input."""
    points: dict[str, Points] = {}
    lists: dict[str, Mapping[str, Points]] = {}
    rows = [item for section in sections for item in section["indicators"]]
    for item in rows:
        own = names_of(item["inputs"])
        for id_ in item["inputs"]:
            called = [f"{item['id']}.{id_}", *([item["id"]] if is_veto and len(item["inputs"]) == 1 else [])]
            points |= dict.fromkeys(called, own.points.get(id_, {}))
            lists |= dict.fromkeys(called, own.lists[id_])
    ids = {section["id"] for section in sections} - ({item["id"] for item in rows} if is_veto else set())
    return Names({id_: one for id_, one in points.items() if one}, lists, frozenset(ids))


def scoring_part(rule: dict[str, Any]) -> dict[str, Any]:
    sections = completed(rule)
    names = names_in(sections, is_veto=False)
    rounding = rule.get("rounding", {})
    rounding = {"of": rounding} if isinstance(rounding, str) else rounding
    has_weights = any("weight" in item for section in sections for item in section["indicators"])
    data: dict[str, Any] = {
        "kpigen": "rules/1",
        "form": rule["form"],
        "out_of": "weight" if rule.get("out_of") == "weight" else "100",
        "grades": [
            [grade] if least == "none" else [grade, by_value(number(least))]
            for grade, least in rule.get("grades", {}).items()
        ],
        "sections": [section_part(rule, section, names) for section in sections],
    }
    bonus = rule.get("bonus", {})
    if bonus.get("items"):
        data["bonus"] = {"items": [bonus_part(item, rule) for item in bonus["items"]], **numbers(bonus, "cap")}
    if rule.get("veto"):
        data["veto"] = [veto_part(veto, names_in(sections, is_veto=True)) for veto in rule["veto"]]
    if "full" in rule and (number(rule["full"]) != 100 or not has_weights):
        data |= numbers(rule, "full")
    if number(rule.get("decimals", "2")) != 2:
        data |= numbers(rule, "decimals")
    if rounding.get("of") == "total":
        data["rounding"] = "total"
    data |= {key: rounding[key] for key, told in (("column", "rounded"), ("half", "even")) if rounding.get(key) == told}
    if "total" in rule:
        data["total"] = formula(rule["total"], names)
    if rule.get("tables"):
        data["tables"] = [
            {"id": one["id"], "by": one["by"], "values": numbers(one["values"], *one["values"])}
            | numbers(one, "otherwise")
            for one in rule["tables"]
        ]
    if rule.get("results"):
        data["results"] = [result_part(one, rule, names) for one in rule["results"]]
    return data


def section_part(rule: dict[str, Any], section: dict[str, Any], names: Names) -> dict[str, Any]:
    rows = [indicator_part(item, rule) for item in section["indicators"]]
    own = {"total": formula(section["total"], replace(names, section=section["id"]))} if "total" in section else {}
    return {"id": section["id"], "indicators": rows, **own}


def bonus_part(item: dict[str, Any], rule: dict[str, Any]) -> dict[str, Any]:
    if "scale" not in item:
        return {"id": item["id"], **numbers(item, "points", "at_most")}
    scale = {id_: one if isinstance(one, str) else one["points"] for id_, one in rule["scales"][item["scale"]].items()}
    return {"id": item["id"], "levels": numbers(scale, *scale)}


def veto_part(veto: dict[str, Any], names: Names) -> dict[str, Any]:
    own = {"total": formula(veto["total"], names)} if "total" in veto else {}
    return {"id": veto["id"], "when": formula(veto["when"], names), "grade": veto.get("grade", ""), **own}


def result_part(one: dict[str, Any], rule: dict[str, Any], names: Names) -> dict[str, Any]:
    unit = one.get("unit", "text" if "cases" in one else "number")
    decimals = one.get("decimals", DECIMALS.get(unit, rule.get("decimals", "2")))
    data: dict[str, Any] = {"id": one["id"], "unit": unit, "decimals": by_value(number(decimals))}
    if "formula" in one:
        data["formula"] = formula(one["formula"], names)
    if "tiers" in one:
        tiers = one["tiers"]
        ends = sorted((number(end), number(value)) for end, value in tiers["at_least"].items())
        data["tiers"] = {
            "of": formula(tiers["of"], names),
            "at_least": [[by_value(end), by_value(value)] for end, value in ends],
            **({"cumulative": "yes"} if tiers.get("cumulative") == "yes" else {}),
            **numbers(tiers, "otherwise"),
        }
    if "cases" in one:
        data["cases"] = [{"when": formula(case["when"], names)} if "when" in case else {} for case in one["cases"]]
    return data


def numbers(given: Mapping[str, str], *keys: str, full: Fraction | None = None) -> dict[str, str]:
    """Those of some keys that are given, by value."""
    return {key: by_value(number(given[key], full)) for key in keys if key in given}


def weight_of(item: dict[str, Any], rule: dict[str, Any]) -> Fraction | None:
    """The weight of a row, if the rule file says how much it is."""
    text = item.get("weight", "")
    if not text or text in item["inputs"]:
        return None
    return number(text) * number(rule.get("full", "100")) if text.endswith("%") else number(text)


def full_of(item: dict[str, Any], rule: dict[str, Any]) -> Fraction | None:
    """What the raw score of a row is out of."""
    out_of, weight, full = rule.get("out_of", ""), weight_of(item, rule), rule.get("full", "100")
    if item.get("unscored") == "yes":
        return None
    if item.get("out_of"):
        return number(item["out_of"])
    if out_of == "weight" and "weight" in item:
        return number(full) if weight is None else weight
    if "weight" in item:
        return number(out_of or full)
    if out_of not in ("", "weight"):
        return number(out_of)
    return number(full) if "full" in rule and "total" in rule else None


def indicator_part(item: dict[str, Any], rule: dict[str, Any]) -> dict[str, Any]:
    inputs, full, weight = item["inputs"], full_of(item, rule), weight_of(item, rule)
    data: dict[str, Any] = {
        "id": item["id"],
        "inputs": [input_part(id_, one, full, inputs) for id_, one in inputs.items()],
    }
    if item.get("unscored") == "yes":
        return {**data, "unscored": "yes"}
    names = names_of(inputs)
    if "weight" in item:
        data["weight"] = {"input": item["weight"]} if weight is None else by_value(weight)
    by_weight = rule.get("out_of") == "weight"
    usual = (full_of({**item, "out_of": ""}, rule) if by_weight else Fraction(100)) if "weight" in item else None
    if full is not None and full != usual:
        data["out_of"] = by_value(full)
    if item.get("optional") == "yes":
        data["optional"] = "yes"
    data["score"] = method_part(item["score"], item.get("measure"), inputs, full)
    if item.get("limits"):
        data["limits"] = [formula(limit, names) for limit in item["limits"]]
    if item.get("when_zero"):
        data["when_zero"] = {id_: by_value(number(amount, full)) for id_, amount in item["when_zero"].items()}
    if "shown_as" in item:
        given = {"at_least": "1", **item["shown_as"]}
        data["shown_as"] = {"id": item["shown_as"]["id"], **numbers(given, "at_least", "trim", "trim_from")}
    return data


def input_part(id_: str, item: dict[str, Any], full: Fraction | None, beside: Mapping[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = {"id": id_, "type": item["type"]}
    range_: dict[str, str] = {} if own_rule(item) else dict(RANGES.get(item["type"], {}))
    if full is None and range_.get("max") == "full":
        del range_["max"]
    for key, other in (("min", "above"), ("above", "min"), ("max", "below"), ("below", "max")):
        if key in item:
            range_.pop(other, None)
            range_[key] = item[key]
    data |= numbers(range_, *range_, full=full) | numbers(item, "step")
    if "choices" in item:
        data["choices"] = list(item["choices"])
    if is_other_input(item, beside):
        data["default"] = {"input": item["default"]}
    elif "default" in item:
        data["default"] = one_value(item["default"], item)
    if "fields" in item:
        data["fields"] = [input_part(name, field_, full, item["fields"]) for name, field_ in item["fields"].items()]
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
    score: dict[str, Any], measure: str | None, inputs: Mapping[str, Any], full: Fraction | None
) -> dict[str, Any]:
    names = names_of(inputs)

    def value(text: str) -> str:
        return by_value(number(text, full))

    def side(given: dict[str, Any]) -> dict[str, str]:
        return {**numbers(given, "points", "every"), "steps": given.get("steps", "complete")}

    data: dict[str, Any] = {"method": score["method"]}
    only = next(iter(inputs)) if len(inputs) == 1 and next(iter(inputs.values()))["type"] in SINGLE else None
    if measure or only:
        data["measure"] = formula(measure or str(only), names)
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
                data |= {"by": formula(score["by"], names), "columns": [value(end) for end in score["columns"]]}
        case "reference":
            given = {"reference": "0", "base": "full", "band": "0", **score}
            data |= numbers(given, "reference", "base", "band", full=full)
            data |= {key: side(score[key]) for key in ("above", "below") if key in score}
        case "deductions":
            data["from"] = value(score.get("from", "full"))
            data["deductions"] = [
                {"of": formula(item["of"], names), **side({"every": "1", **item}), **numbers(item, "over", "short_of")}
                for item in score["deductions"]
            ]
        case "levels":
            levels = score.get("levels") or next(iter(inputs.values()))["points"]
            data["levels"] = {level: value(points) for level, points in levels.items()}
        case "ratings":
            data["weights"] = {id_: value(weight) for id_, weight in score["weights"].items()}
        case "weighted_list":
            given = score.get("values", {})
            entry = next(one["fields"] for one in inputs.values() if "fields" in one)
            own = Names({id_: points for id_, points in points_of(entry).items() if id_ not in given})
            data |= {key: formula(score[key], own) for key in ("weight", "value")}
            data["values"] = {id_: numbers(scale, *scale) for id_, scale in given.items()}
        case "parts":
            data["parts"] = [
                method_part(part, part.get("measure"), inputs, full)
                | {"id": part["id"], **numbers({"weight": "1", **part}, "weight")}
                for part in score["parts"]
            ]
        case "formula":
            data["formula"] = formula(score["formula"], names)
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
            "names": kept(front.get("names", {})),
            "taken": own_totals(front.get("metrics") or {}, rule, taken),
            "not_applicable": proses(front.get("not_applicable", {})),
            "bonus": kept({id_: bonus(id_, text, rule) for id_, text in front.get("bonus", {}).items()}),
            "comments": proses(front.get("comments", {})),
            "evidence": kept(evidence),
            "self_assessment": kept(own_content),
            "feedback": proses(front.get("feedback", {})),
            "body": body,
        }
    )


def bonus(id_: str, text: str, rule: dict[str, Any]) -> str:
    """What a review says of a bonus item; empty if that is nothing."""
    if any(item["id"] == id_ and "scale" in item for item in rule["bonus"]["items"]):
        return text
    return by_value(number(text)) if number(text) else ""


def proses(texts: dict[str, str]) -> dict[str, str]:
    return kept({key: prose(text) for key, text in texts.items()})


def one_evidence(name: str, read: ReadFile) -> dict[str, str]:
    if name.startswith("https://"):
        return {"link": name}
    return {"file": name, "sha256": hashlib.sha256(read(name)).hexdigest()}


def metrics(written: dict[str, Any], rule: dict[str, Any], salt: str, taken: Taken) -> dict[str, Any]:
    indicators = {item["id"]: item for section in completed(rule) for item in section["indicators"]}
    return kept({id_: indicator(value, indicators[id_], salt, taken) for id_, value in written.items()})


def values_of(written: Any, inputs: dict[str, Any]) -> dict[str, Any]:
    return {next(iter(inputs)): written} if len(inputs) == 1 else written or {}


def own_totals(written: dict[str, Any], rule: dict[str, Any], taken: Taken) -> dict[str, Any]:
    """What the inputs that are not confidential took of the employee's own totals."""
    found: dict[str, Any] = {}
    for item in (item for section in completed(rule) for item in section["indicators"] if item["id"] in written):
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
