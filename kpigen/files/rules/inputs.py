"""Reads the inputs of an indicator: types, ranges, choices, defaults, fields."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.values import as_written, phrase
from kpigen.document.nodes import MappingNode, Node, Scalar
from kpigen.document.reader import Reader
from kpigen.files.rules.auto import canonical_auto, read_auto, refuse_open_ends
from kpigen.files.rules.defaults import with_defaults, written_default
from kpigen.files.rules.scales import Scales, choices_of, read_choice
from kpigen.model.forms import AutoRule, Choice, Input, InputType, Range, Text
from kpigen.model.ranges import say_range
from kpigen.numbers.formula import RESERVED
from kpigen.numbers.quantities import Misread, exact, read_duration, read_number, read_percent

_KEYS = (
    "type",
    "name",
    "unit",
    "help",
    "min",
    "max",
    "above",
    "below",
    "confidential",
    "optional",
    "choices",
    "default",
    "fields",
    "auto",
    "scale",
    "agreed",
    "step",
)
_RESERVED = {*RESERVED, "and", "or", "not", "if", "else", "measure", "month", "auto", "full", "taken"}


def read_inputs(
    reader: Reader,
    node: Node | None,
    where: str,
    full: Fraction | None,
    fallback: Text,
    languages: Sequence[str],
    scales: Scales,
    may_be_text: bool = False,
    nested: bool = False,
) -> tuple[Input, ...]:
    """Return the inputs in a mapping by id.

    `full` is the upper limit of ratings (None: there is none, and each rating says its own); `fallback` names an unnamed input.
    `may_be_text`: inputs may be texts, as fields may (`nested`).
    """
    pairs = list(reader.pairs(node, where))
    of = _Of(full, fallback if len(pairs) == 1 else None, languages, scales, may_be_text, nested)
    inputs, defaults = [], {}
    for key, value in pairs:
        id_ = reader.id(key, where)
        if id_ is None:
            continue
        if id_ in _RESERVED or "-" in id_:
            reader.add(catalogue.BAD_ID, key, value=id_)
            continue
        one = _read_input(reader, id_, value, f"{where}.{id_}", of)
        if one is not None:
            inputs.append(one)
            default = value.get("default") if isinstance(value, MappingNode) else None
            if default is not None:
                defaults[id_] = default
    return with_defaults(reader, tuple(inputs), defaults, where)


@dataclass(frozen=True, slots=True)
class _Of:
    """What all inputs of a mapping depend on; see `read_inputs`."""

    full: Fraction | None
    fallback: Text | None
    languages: Sequence[str]
    scales: Scales
    may_be_text: bool
    nested: bool


def _read_input(reader: Reader, id_: str, node: Node, where: str, of: _Of) -> Input | None:
    languages = of.languages
    has_scale = isinstance(node, MappingNode) and node.get("scale") is not None
    required = (*(() if has_scale else ("type",)), *(() if of.fallback else ("name",)))
    values = reader.mapping(node, where, _KEYS, required=required)
    texts = of.nested or of.may_be_text
    types = [
        t.value for t in InputType if (t is InputType.TEXT) <= texts and (t is not InputType.LIST or not of.nested)
    ]
    word = (
        reader.one_of(values["type"], f"{where}.type", types) if "type" in values else "choice" if has_scale else None
    )
    if word is None:
        return None
    type_ = InputType(word)
    name = reader.local_text(values.get("name"), f"{where}.name", languages) or of.fallback or Text((("", id_),))
    if has_scale:
        choices = _choices_of_scale(reader, values, where, type_, of.scales)
    else:
        choices = _read_choices(reader, values.get("choices"), f"{where}.choices", type_, node, languages)
    if type_ is InputType.CHOICE and not choices:
        return None
    fields: tuple[Input, ...] = ()
    if type_ is InputType.LIST:
        fields = read_inputs(
            reader, values.get("fields"), f"{where}.fields", of.full, name, languages, of.scales, nested=True
        )
        if not fields:
            reader.add(catalogue.MISSING_KEY, node, key="fields", where=where)
        if len(fields) != len(_pairs(values.get("fields"))) or not fields:
            return None
    auto = read_auto(reader, values.get("auto"), f"{where}.auto", type_, of.nested)
    if auto is not None and auto.is_own:
        refuse_open_ends(reader, values, where)
    return Input(
        id=id_,
        type=type_,
        name=name,
        unit=reader.local_text(values.get("unit"), f"{where}.unit", languages),
        help=reader.local_text(values.get("help"), f"{where}.help", languages),
        range=_read_range(reader, values, where, type_, of.full, auto),
        choices=choices,
        fields=fields,
        confidential=reader.yes(values.get("confidential"), f"{where}.confidential"),
        auto=auto,
        optional=reader.yes(values.get("optional"), f"{where}.optional"),
        agreed=reader.yes(values.get("agreed"), f"{where}.agreed"),
    )


def _pairs(node: Node | None) -> tuple[tuple[Scalar, Node], ...]:
    return node.items if isinstance(node, MappingNode) else ()


def _read_choices(
    reader: Reader, node: Node | None, where: str, type_: InputType, parent: Node, languages: Sequence[str]
) -> tuple[Choice, ...]:
    if type_ is not InputType.CHOICE:
        if node is not None:
            reader.add(
                catalogue.UNKNOWN_KEY,
                node,
                key="choices",
                where=phrase("an input of type {type}", type=type_),
                known="type, name …",
            )
        return ()
    read = [read_choice(reader, key, value, where, languages) for key, value in reader.pairs(node, where)]
    choices = tuple(choice for choice in read if choice is not None)
    if len(choices) < 2:
        reader.add(catalogue.MISSING_KEY, parent, key="choices", where=where.removesuffix(".choices"))
    return choices


def _choices_of_scale(
    reader: Reader, values: Mapping[str, Node], where: str, type_: InputType, scales: Scales
) -> tuple[Choice, ...]:
    """Return the choices of the scale that an input names; none (reported) if it cannot have them."""
    if type_ is InputType.CHOICE and "choices" not in values:
        return choices_of(reader, values["scale"], f"{where}.scale", scales)
    is_choice = type_ is InputType.CHOICE
    place = phrase("an input with `choices`") if is_choice else phrase("an input of type {type}", type=type_)
    reader.add(catalogue.UNKNOWN_KEY, values["scale"], key="scale", where=place, known="type, name …")
    return ()


def _read_range(
    reader: Reader,
    values: dict[str, Node],
    where: str,
    type_: InputType,
    full: Fraction | None,
    auto: AutoRule | None,
) -> Range:
    is_own = auto is not None and auto.is_own  # own totals may be on another scale, and beyond full marks
    low, high, low_in, high_in = (None, None, True, True) if is_own else _default_range(type_, full)
    is_rated = type_ in (InputType.RATING, InputType.RATINGS) and not is_own
    if is_rated and full is None and not values.keys() & {"max", "below"}:
        reader.add(catalogue.NO_FULL_MARKS, values.get("type") or next(iter(values.values())))
    given = {key: values[key] for key in ("min", "max", "above", "below", "step") if key in values}
    if given and not (type_.is_number or type_ is InputType.RATINGS):
        for key, node in given.items():
            reader.add(
                catalogue.UNKNOWN_KEY,
                node,
                key=key,
                where=phrase("an input of type {type}", type=type_),
                known=as_written(("name", "choices", "default", "fields")),
            )
        return Range()
    step = None
    for key, node in given.items():
        bound = _bound(reader, node, f"{where}.{key}", type_, full)
        if bound is None:
            continue
        if key == "step":
            step = bound if bound > 0 else None
            if step is None:
                below = phrase("above {low}", low="0")
                reader.add(catalogue.OUT_OF_RANGE, node, key=f"{where}.step", value=exact(bound), range=below)
        elif key in ("min", "above"):
            low, low_in = bound, key == "min"
        else:
            high, high_in = bound, key == "max"
    range_ = Range(low, high, low_in, high_in, step)
    if range_.is_empty:
        reader.add(catalogue.BAD_RANGE, next(iter(given.values())), range=say_range(range_, type_.unit))
        return Range(*_default_range(type_, full))
    return range_


def _default_range(type_: InputType, full: Fraction | None) -> tuple[Fraction | None, Fraction | None, bool, bool]:
    zero = Fraction(0)
    if type_ in (InputType.COUNT, InputType.DURATION, InputType.MONEY):
        return zero, None, True, True
    if type_ is InputType.PERCENT:
        return zero, Fraction(1), True, True
    if type_ in (InputType.RATING, InputType.RATINGS):
        return zero, full, True, True
    return None, None, True, True


def _bound(reader: Reader, node: Node, key: str, type_: InputType, full: Fraction | None) -> Fraction | None:
    scalar = reader.scalar(node, key)
    if scalar is None:
        return None
    if scalar.text == "full":
        if full is None:
            reader.add(catalogue.NO_FULL_MARKS, scalar)
        return full
    read = {InputType.PERCENT: read_percent, InputType.DURATION: read_duration}.get(type_, read_number)
    value = Fraction(0) if scalar.text == "0" else read(scalar.text)
    if isinstance(value, Misread):
        reader.misread(value, scalar)
        return None
    return value


def read_interval(reader: Reader, node: Node | None, key: str) -> Range | None:
    """Return a range written in interval notation, such as `(2, 3]`."""

    scalar = reader.scalar(node, key)
    if scalar is None:
        return None
    match = re.fullmatch(r"([\[(])\s*([^,\s]+)\s*,\s*([^,\s]+)\s*([\])])", scalar.text)
    ends = [read_number(match[2].rstrip("%")), read_number(match[3].rstrip("%"))] if match else []
    if match is None or any(isinstance(end, Misread) for end in ends):
        reader.add(
            catalogue.WRONG_SHAPE,
            scalar,
            key=key,
            expected=phrase("a range such as `{example}`", example="(2, 3]"),
            found=f"`{scalar.text[:40]}`",
        )
        return None
    scale = 100 if "%" in scalar.text else 1
    low, high = (end / scale for end in ends if isinstance(end, Fraction))
    range_ = Range(low, high, match[1] == "[", match[4] == "]")
    if range_.is_empty:
        reader.add(catalogue.BAD_RANGE, scalar, range=phrase("in `{interval}`", interval=scalar.text))
        return None
    return range_


def canonical_input(item: Input) -> dict[str, object]:
    """Return the part of an input that belongs to the scoring part."""
    range_ = item.range
    data: dict[str, object] = {"id": item.id, "type": item.type.value}
    if range_.low is not None:
        data["min" if range_.low_included else "above"] = exact(range_.low)
    if range_.high is not None:
        data["max" if range_.high_included else "below"] = exact(range_.high)
    if range_.step is not None:
        data["step"] = exact(range_.step)
    if item.choices:
        data["choices"] = [choice.id for choice in item.choices]
    if item.default is not None:
        data["default"] = written_default(item.default)
    if item.default_of:
        data["default"] = {"input": item.default_of}
    if item.fields:
        data["fields"] = [canonical_input(field) for field in item.fields]
    for flag in ("confidential", "optional"):
        if getattr(item, flag):
            data[flag] = "yes"
    if item.auto:
        data["auto"] = canonical_auto(item.auto)
    return data
