"""The values of a review with the defaults of its inputs: a value of the rule, or the value of another input."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping

from kpigen.model.forms import Input
from kpigen.model.reviews import InputValue


def filled(inputs: Iterable[Input], values: Mapping[str, InputValue]) -> dict[str, InputValue]:
    """Return the values of inputs by id, each input without a value with its default; without what has no value at all.

    The inputs are those of an indicator, or the fields of an entry of a list. The values of other names are left out.
    """
    by_id = {item.id: item for item in inputs}
    found = ((id_, _value(item, by_id, values)) for id_, item in by_id.items())
    return {id_: value for id_, value in found if value is not None}


def unfilled(inputs: Iterable[Input], values: Mapping[str, InputValue]) -> list[str]:
    """Return the inputs that need a value and have none, by id.

    One whose default is the value of another input is not among them if that one needs a value too.
    """
    by_id = {item.id: item for item in inputs}
    return [
        id_
        for id_, item in by_id.items()
        if not item.optional
        and _value(item, by_id, values) is None
        and all(source.optional for source in _sources(item, by_id))
    ]


def sources(inputs: Iterable[Input], used: Container[str]) -> set[str]:
    """Return the inputs whose values are the defaults of used ones, by id."""
    by_id = {item.id: item for item in inputs}
    return {source.id for item in by_id.values() if item.id in used for source in _sources(item, by_id)}


def taken_from(inputs: Iterable[Input], values: Mapping[str, InputValue]) -> dict[str, str]:
    """Return for each input that has the value of another one by default which one that is, by id."""
    by_id = {item.id: item for item in inputs}
    taken = {}
    for item in by_id.values():
        if item.default_of and values.get(item.id) is None:
            source = next((one for one in _sources(item, by_id) if _own(one, values) is not None), None)
            taken.update({} if source is None else {item.id: source.id})
    return taken


def _own(item: Input, values: Mapping[str, InputValue]) -> InputValue | None:
    return values.get(item.id, item.default)


def _value(item: Input, inputs: Mapping[str, Input], values: Mapping[str, InputValue]) -> InputValue | None:
    for one in (item, *_sources(item, inputs)):
        value = _own(one, values)
        if value is not None:
            return value
    return None


def _sources(item: Input, inputs: Mapping[str, Input]) -> Iterator[Input]:
    """Yield the inputs whose value an input has by default: the nearest first. A rule file has no circle of them."""
    while item.default_of:
        item = inputs[item.default_of]
        yield item
