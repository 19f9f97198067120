"""Reads one indicator of a form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.values import phrase
from kpigen.document.nodes import MappingNode, Node
from kpigen.document.reader import Reader
from kpigen.files.rules.inputs import read_inputs, read_interval
from kpigen.files.rules.origins import INDICATOR_KEYS, check_origins, number_keys, read_origins
from kpigen.model.forms import Anchor, Example, Indicator, Input, InputType, Origin, ShownAs, Text, Warn
from kpigen.numbers.formula import Declared, Expression, Type
from kpigen.scoring.methods import METHODS
from kpigen.scoring.methods.base import Rule, declared, method_of, read_formula
from kpigen.scoring.methods.reading import read_measure, read_method, shown_unit

_KEYS = (
    "id",
    "name",
    "weight",
    "definition",
    "standard",
    "focus",
    "target",
    "inputs",
    "limits",
    "warnings",
    "when_zero",
    "measure",
    "score",
    "shown_as",
    "anchors",
    "evidence",
    "notes",
    "origin",
    "examples",
)


@dataclass(frozen=True)
class Scope:
    """The form settings that an indicator depends on: whether it is a points form, languages, origins of section and form.

    `has_origins` is True if the form says where its names and numbers come from.
    """

    by_weight: bool
    languages: Sequence[str]
    origins: tuple[Mapping[str, Origin], ...]
    has_origins: bool = True


def read_indicator(reader: Reader, node: Node, scope: Scope) -> Indicator | None:
    """Return an indicator, or None (reported) if it cannot be used for scoring."""
    languages = scope.languages
    values = reader.mapping(
        node, phrase("an indicator"), _KEYS, required=("id", "name", "weight", "standard", "inputs", "score")
    )
    id_ = reader.id(values.get("id"), "id")
    weight = reader.number(values.get("weight"), "weight")
    name = reader.local_text(values.get("name"), "name", languages)
    if id_ is None or weight is None or name is None:
        return None
    if weight < 0:
        reader.add(
            catalogue.OUT_OF_RANGE,
            values["weight"],
            key="weight",
            value=str(weight),
            range=phrase("at least {low}", low="0"),
        )
        return None
    full = weight if scope.by_weight else Fraction(100)
    before = len(reader.found)
    inputs = read_inputs(reader, values.get("inputs"), f"{id_}.inputs", full, name, languages)
    if "inputs" in values and not inputs and len(reader.found) == before:
        reader.add(catalogue.EMPTY_VALUE, values["inputs"], key=f"{id_}.inputs")
    rule = Rule(reader, inputs, full, METHODS, languages=languages)
    measure, unit = read_measure(values.get("measure"), rule)
    before = len(reader.found)
    score = read_method(values["score"], rule) if "score" in values else None
    if "score" in values and score is None and len(reader.found) == before:  # a list or mapping inside it is empty
        reader.add(catalogue.EMPTY_VALUE, values["score"], key=f"{id_}.score")
    if (
        measure is not None
        and "measure" in values
        and score is not None
        and not (score.takes_measure or _asks_measure(values["score"]))
    ):
        rule.misfit(values["measure"], score.name, phrase("does not use the `measure`"))
    when_zero = _read_when_zero(reader, values.get("when_zero"), inputs, rule)
    limits = _read_limits(reader, values.get("limits"), inputs, rule)
    warnings = _read_warnings(reader, values.get("warnings"), inputs, languages)
    shown_as = _read_shown_as(reader, values.get("shown_as"), languages)
    origins = read_origins(reader, values.get("origin"), "origin", INDICATOR_KEYS, languages)
    if scope.has_origins:
        needed = ["name", "weight", *number_keys(values.get("score"))]
        needed += [key for key in ("when_zero", "evidence") if key in values]
        check_origins(reader, node, needed, (origins, *scope.origins), origins, values.get("origin"))
    evidence = reader.mapping(values.get("evidence"), "evidence", ("record", "provider"))
    if score is None or not inputs:
        return None

    def text(key: str) -> Text | None:
        return reader.local_text(values.get(key), key, languages)

    indicator = Indicator(
        id=id_,
        name=name,
        weight=weight,
        out_of=full,
        inputs=inputs,
        score=score,
        measure=measure,
        measure_unit=shown_unit(unit, rule),
        limits=limits,
        warnings=warnings,
        when_zero=when_zero,
        shown_as=shown_as,
        anchors=_read_anchors(reader, values.get("anchors"), languages),
        definition=text("definition"),
        standard=text("standard"),
        focus=text("focus"),
        target=text("target"),
        record=reader.local_text(evidence.get("record"), "evidence.record", languages),
        provider=reader.local_text(evidence.get("provider"), "evidence.provider", languages),
        notes=read_notes(reader, values.get("notes"), languages),
        origins=origins,
        examples=_read_examples(reader, values.get("examples")),
    )
    _check_use(reader, values["inputs"], indicator, rule)
    return None if indicator.confidential and shown_as is None else indicator


def _read_examples(reader: Reader, node: Node | None) -> tuple[Example, ...]:
    examples = []
    for item in reader.items(node, "examples"):
        entry = reader.mapping(item, phrase("an example"), ("metrics", "raw"), required=("metrics", "raw"))
        if len(entry) == 2:
            examples.append(
                Example(reader.span(item), metrics=entry["metrics"], raw=reader.number(entry["raw"], "raw"))
            )
    return tuple(examples)


def read_notes(reader: Reader, node: Node | None, languages: Sequence[str]) -> tuple[Text, ...]:
    """Return a list of texts."""
    texts = [reader.local_text(item, "notes", languages) for item in reader.items(node, "notes")]
    return tuple(text for text in texts if text)


def _asks_measure(score: Node) -> bool:
    """Return True if a formula or deduction in the score uses `measure`."""
    if isinstance(score, MappingNode):
        return any(_asks_measure(value) for _, value in score.items)
    if hasattr(score, "items"):
        return any(_asks_measure(value) for value in score.items)
    return "measure" in score.text


def _read_when_zero(
    reader: Reader, node: Node | None, inputs: tuple[Input, ...], rule: Rule
) -> tuple[tuple[str, Fraction], ...]:
    numbers = [item.id for item in inputs if item.type.is_number]
    found = []
    for key in reader.mapping(node, "when_zero", numbers):
        rule.used.add(key)
        amount = rule.amount(node.get(key) if isinstance(node, MappingNode) else None, f"when_zero.{key}")
        if amount is not None:
            found.append((key, amount))
    return tuple(sorted(found))  # by id: if two values are 0, the first one counts, regardless of the order in the file


def _read_limits(reader: Reader, node: Node | None, inputs: tuple[Input, ...], rule: Rule) -> tuple[Expression, ...]:
    limits = [rule.formula(item, "limits", inputs, (Type.TRUTH,)) for item in reader.items(node, "limits")]
    return tuple(limit for limit in limits if limit is not None)


def _read_warnings(
    reader: Reader, node: Node | None, inputs: tuple[Input, ...], languages: Sequence[str]
) -> tuple[Warn, ...]:
    warnings = []
    for item in reader.items(node, "warnings"):
        values = reader.mapping(item, phrase("a warning"), ("when", "text"), required=("when", "text"))
        known = declared(inputs) | {"month": Declared(Type.PLAIN)}
        when, _ = read_formula(reader, values.get("when"), "warnings.when", known, (Type.TRUTH,))
        text = reader.local_text(values.get("text"), "warnings.text", languages)
        if when is not None and text is not None:
            warnings.append(Warn(when, text))
    return tuple(warnings)


def _read_shown_as(reader: Reader, node: Node | None, languages: Sequence[str]) -> ShownAs | None:
    if node is None:
        return None
    values = reader.mapping(node, "shown_as", ("id", "name", "at_least"), required=("id", "name"))
    id_ = reader.id(values.get("id"), "shown_as.id")
    name = reader.local_text(values.get("name"), "shown_as.name", languages)
    at_least = reader.whole(values["at_least"], "shown_as.at_least") if "at_least" in values else 1
    return ShownAs(id_, name, at_least) if id_ and name and at_least is not None else None


def _read_anchors(reader: Reader, node: Node | None, languages: Sequence[str]) -> tuple[Anchor, ...]:
    anchors = []
    for item in reader.items(node, "anchors"):
        values = reader.mapping(
            item, phrase("an anchor"), ("id", "range", "name", "text"), required=("id", "range", "name")
        )
        id_ = reader.id(values.get("id"), "anchors.id")
        range_ = read_interval(reader, values.get("range"), "anchors.range")
        name = reader.local_text(values.get("name"), "anchors.name", languages)
        if id_ and range_ and name:
            anchors.append(Anchor(id_, range_, name, reader.local_text(values.get("text"), "anchors.text", languages)))
    return tuple(anchors)


def _check_use(reader: Reader, node: Node, indicator: Indicator, rule: Rule) -> None:
    """Report unused inputs, and confidential inputs that would reveal more than one mean."""
    for item in indicator.inputs:
        if item.id not in rule.used and indicator.weight > 0:
            where = next((key for key, _ in reader.pairs(node, "inputs") if key.text == item.id), node)
            reader.add(catalogue.UNUSED_INPUT, where, input=item.id)
        if item.auto and not (item.confidential and item.type is InputType.RATINGS):
            reader.add(
                catalogue.CONFIDENTIAL_USE,
                node,
                problem=phrase("`{name}` is `auto`, so it must be confidential ratings", name=item.id),
            )
    hidden = indicator.confidential
    if not hidden:
        if indicator.shown_as:
            reader.add(
                catalogue.CONFIDENTIAL_USE,
                node,
                problem=phrase("`shown_as` stands for confidential inputs, and there are none"),
            )
        return
    if indicator.shown_as is None:
        reader.add(
            catalogue.CONFIDENTIAL_USE,
            node,
            problem=phrase("`{name}` is confidential, but there is no `shown_as`", name=hidden[0].id),
        )
    elif indicator.input(indicator.shown_as.id):
        reader.add(
            catalogue.CONFIDENTIAL_USE,
            node,
            problem=phrase("`{name}` is the id of an input and of `shown_as`", name=indicator.shown_as.id),
        )
    for item in hidden:
        if item.type is not InputType.RATINGS:
            reader.add(
                catalogue.CONFIDENTIAL_USE,
                node,
                problem=phrase("`{name}` is confidential, but not a list of ratings", name=item.id),
            )
    if len(hidden) > 1 and method_of(indicator).pool_weights() is None:
        reader.add(
            catalogue.CONFIDENTIAL_USE,
            node,
            problem=phrase("several confidential inputs can only be scored by the method `ratings`, which pools them"),
        )
