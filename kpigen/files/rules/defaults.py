"""Reads the defaults of inputs: a value of their type, or the value of another input beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import nearest, shorten
from kpigen.diagnostics.values import as_written, phrase
from kpigen.document.nodes import Node, Scalar
from kpigen.document.reader import Reader
from kpigen.model.forms import Input, InputType
from kpigen.model.ranges import say_range
from kpigen.numbers.quantities import (
    Misread,
    exact,
    read_count,
    read_duration,
    read_number,
    read_percent,
    read_yes_no,
    show,
)

_READERS = {InputType.COUNT: read_count, InputType.PERCENT: read_percent, InputType.DURATION: read_duration}


def with_defaults(
    reader: Reader, inputs: tuple[Input, ...], written: Mapping[str, Node], where: str
) -> tuple[Input, ...]:
    """Return inputs with the defaults that are written for them, by id. One that cannot be a default is reported."""
    by_id = {item.id: item for item in inputs}
    read = {
        id_: _with_default(reader, by_id[id_], node, f"{where}.{id_}.default", by_id) for id_, node in written.items()
    }
    for id_, item in read.items():
        circle = _circle(id_, read)
        if circle and id_ == min(circle):
            problem = phrase("is its own: {circle}", circle=" → ".join((*circle, id_)))
            reader.add(catalogue.BAD_DEFAULT, written[id_], input=item.id, problem=problem)
    return tuple(
        replace(item, default_of="") if _circle(item.id, read) else item
        for item in (read.get(one.id, one) for one in inputs)
    )


def _with_default(reader: Reader, item: Input, node: Node, key: str, inputs: Mapping[str, Input]) -> Input:
    scalar = reader.scalar(node, key)
    if scalar is None:
        return item
    if item.type in (InputType.LIST, InputType.RATINGS):
        reader.add(catalogue.BAD_DEFAULT, scalar, input=item.id, problem=phrase("cannot be given: it is a list"))
        return item
    other = inputs.get(scalar.text)
    if other is not None and scalar.text not in {choice.id for choice in item.choices}:
        if not _is_alike(item, other):
            problem = phrase("is the value of `{other}`, which is of another type", other=other.id)
            reader.add(catalogue.BAD_DEFAULT, scalar, input=item.id, problem=problem)
            return item
        return replace(item, default_of=other.id)
    value = _value(
        reader, item, scalar, key, [one.id for one in inputs.values() if one is not item and _is_alike(item, one)]
    )
    return replace(item, default=value)


def _is_alike(item: Input, other: Input) -> bool:
    """Return True if an input may have the value of another one."""
    ids = [[choice.id for choice in one.choices] for one in (item, other)]
    return item.type is other.type and ids[0] == ids[1]


def _value(reader: Reader, item: Input, scalar: Scalar, key: str, others: list[str]) -> Fraction | str | bool | None:
    """Return a default in the type of its input; None (reported) if it is none. `others` are the inputs that it may name."""
    known = [*(choice.id for choice in item.choices), *others]
    if item.type is InputType.CHOICE and scalar.text in known:
        return scalar.text
    read = read_yes_no if item.type is InputType.YES_NO else _READERS.get(item.type, read_number)
    value = read(scalar.text)
    if item.type in (InputType.CHOICE, InputType.TEXT) or (
        isinstance(value, Misread) and _is_word(scalar.text) and known
    ):
        near = nearest(scalar.text, known)
        reader.add(
            catalogue.NOT_ALLOWED, scalar, near=near, value=shorten(scalar.text), key=key, known=as_written(known)
        )
        return None
    if isinstance(value, Misread):
        reader.misread(value, scalar)
        return None
    if isinstance(value, Fraction) and value not in item.range:
        unit = item.type.unit
        reader.add(
            catalogue.OUT_OF_RANGE, scalar, key=key, value=show(value, unit, 12), range=say_range(item.range, unit)
        )
        return None
    return value


def _is_word(text: str) -> bool:
    return text[:1].isalpha()


def _circle(id_: str, inputs: Mapping[str, Input]) -> tuple[str, ...]:
    """Return the inputs that lead from an input's default back to it, from itself on; empty if it does not come back."""
    path = [id_]
    while (item := inputs.get(path[-1])) is not None and item.default_of:
        if item.default_of == id_:
            return tuple(path)
        if item.default_of in path:
            return ()
        path.append(item.default_of)
    return ()


def written_default(value: Fraction | str | bool) -> str:
    """Return a default as the canonical form writes values."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return exact(value) if isinstance(value, Fraction) else value
