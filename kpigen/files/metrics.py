"""Reads the values that a review gives for an indicator, with the types of the form's inputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, Span, nearest, shorten
from kpigen.diagnostics.values import Value, as_written, listed, phrase
from kpigen.document.nodes import MappingNode, Node, Scalar, SequenceNode
from kpigen.document.reader import Reader
from kpigen.model.forms import Indicator, Input, InputType
from kpigen.model.ranges import say_range
from kpigen.model.reviews import Auto, InputValue, Row
from kpigen.numbers import formula
from kpigen.numbers.formula import Missing, Numbers, names
from kpigen.numbers.quantities import (
    Misread,
    Unit,
    read_count,
    read_duration,
    read_exact,
    read_number,
    read_percent,
    read_yes_no,
    show,
)
from kpigen.scoring.names import values_of

_READERS = {InputType.COUNT: read_count, InputType.PERCENT: read_percent, InputType.DURATION: read_duration}
_EXAMPLES = {
    InputType.COUNT: "12",
    InputType.NUMBER: "12.5",
    InputType.PERCENT: "96.5%",
    InputType.DURATION: "3m20s",
    InputType.MONEY: "1200.50",
    InputType.RATING: "85",
    InputType.RATINGS: "[85, 90]",
    InputType.YES_NO: "yes",
    InputType.TEXT: "…",
}


def example_of(item: Input) -> str:
    """Return an example of a valid value for an input."""
    if item.type is InputType.CHOICE:
        return item.choices[0].id
    if item.type is InputType.RATING and item.range.high is not None:
        return show(item.range.high)
    if item.type is InputType.LIST:
        return (
            "[{"
            + ", ".join(f"{field.id}: {example_of(field)}" for field in item.fields if not field.has_default)
            + "}]"
        )
    return _EXAMPLES[item.type]


def metric_example(indicator: Indicator) -> str:
    """Return an example of a valid metric with all its inputs."""
    if len(indicator.inputs) == 1:
        return f"{indicator.id}: {example_of(indicator.inputs[0])}"
    return f"{indicator.id}: {{{', '.join(f'{item.id}: {example_of(item)}' for item in indicator.inputs)}}}"


def read_metric(reader: Reader, indicator: Indicator, node: Node, key: str) -> dict[str, InputValue]:
    """Return the values of a metric by input id.

    A metric is written as a scalar or list if the indicator has one input, otherwise as a mapping.
    Missing and blank values are left out. Invalid values are reported.
    """
    if _blank(node):
        return {}
    if len(indicator.inputs) == 1:
        only = indicator.inputs[0]
        value = _read_value(reader, only, node, key, metric_example(indicator))
        values = {} if value is None else {only.id: value}
    elif isinstance(node, MappingNode):
        values = _read_inputs(reader, indicator, node, key)
    else:
        wanted = phrase("a mapping of its inputs")
        reader.add(
            catalogue.METRIC_SHAPE,
            node,
            key=key,
            expected=wanted,
            found=_spoken(node),
            example=metric_example(indicator),
        )
        return {}
    _check_limits(reader, indicator, values, node, key)
    return values


def read_copied_metric(reader: Reader, indicator: Indicator, node: Node, key: str) -> tuple[dict[str, InputValue], str]:
    """Return the values of a metric in an exported copy, and the digest of the withheld lists.

    A copy has the summary of a confidential input instead of its values: count and mean under the id of `shown_as`.
    Anything else, such as a list that should have been withheld, is reported.
    """
    if indicator.shown_as is None:
        return read_metric(reader, indicator, node, key), ""
    id_ = indicator.shown_as.id
    where = f"{key}.{id_}"
    values = reader.mapping(node, key, [*(item.id for item in indicator.inputs if not item.confidential), id_])
    shown = reader.mapping(values.get(id_), where, ("count", "mean", "digest"), required=("count", "mean", "digest"))
    count = reader.whole(shown.get("count"), f"{where}.count")
    mean = reader.scalar(shown.get("mean"), f"{where}.mean")
    withheld = reader.hex(shown.get("digest"), f"{where}.digest", r"[0-9a-f]{64}", phrase("a digest (64 hex digits)"))
    open_inputs = MappingNode(
        tuple((name, value) for name, value in _items(node) if name.text != id_), node.start, node.end
    )
    read = _read_inputs(reader, indicator, open_inputs, key)
    try:
        number = read_exact(mean.text) if mean else None
    except ValueError:
        number = None
    if not count or number is None or not withheld:
        if mean is not None and number is None:
            reader.add(catalogue.NOT_A_NUMBER, mean, value=shorten(mean.text), example="87.5")
        return read, ""
    return {**read, id_: Numbers(count, number)}, withheld


def _items(node: Node) -> tuple[tuple[Scalar, Node], ...]:
    return node.items if isinstance(node, MappingNode) else ()


def _read_inputs(reader: Reader, indicator: Indicator, node: MappingNode, key: str) -> dict[str, InputValue]:
    values: dict[str, InputValue] = {}
    known = [item.id for item in indicator.inputs]
    for name, value_node in node.items:
        item = indicator.input(name.text)
        if item is None:
            reader.add(
                catalogue.UNKNOWN_INPUT,
                name,
                near=nearest(name.text, known),
                input=shorten(name.text),
                indicator=indicator.id,
                known=as_written(known),
            )
        elif not _blank(value_node):
            value = _read_value(reader, item, value_node, f"{key}.{item.id}", f"{item.id}: {example_of(item)}")
            if value is not None:
                values[item.id] = value
    return values


def _read_value(reader: Reader, item: Input, node: Node, key: str, example: str) -> InputValue | None:
    if item.type is InputType.LIST:
        return _read_rows(reader, item, node, key, example)
    if isinstance(node, Scalar) and node.text == "auto" and (item.auto or item.type is InputType.RATINGS):
        if not item.auto:
            reader.add(catalogue.AUTO_NOT_ALLOWED, node, key=key)
        return Auto(item.auto) if item.auto else None
    if item.type is InputType.RATINGS:
        return _read_ratings(reader, item, node, key, example)
    if not isinstance(node, Scalar):
        reader.add(
            catalogue.METRIC_SHAPE,
            node,
            key=key,
            expected=phrase("a single {what}", what=_NAMES[item.type]),
            found=_spoken(node),
            example=example,
        )
        return None
    if item.type is InputType.TEXT:
        return reader.prose(node, key) or None
    if item.type is InputType.CHOICE:
        return _read_choice(reader, item, node, key)
    if item.type is InputType.YES_NO:
        value = read_yes_no(node.text)
        if isinstance(value, Misread):
            reader.misread(value, node)
            return None
        return value
    return _read_number(reader, item, node, key)


_NAMES = {
    InputType.COUNT: phrase("count"),
    InputType.NUMBER: phrase("number"),
    InputType.PERCENT: phrase("percentage"),
    InputType.DURATION: phrase("duration"),
    InputType.MONEY: phrase("amount"),
    InputType.RATING: phrase("rating"),
    InputType.YES_NO: phrase("yes or no"),
    InputType.CHOICE: phrase("level"),
    InputType.TEXT: phrase("text"),
}


def _read_number(reader: Reader, item: Input, node: Scalar, key: str) -> Fraction | None:
    value = _READERS.get(item.type, read_number)(node.text)
    if isinstance(value, Misread):
        reader.misread(value, node)
        return None
    if value not in item.range:
        unit = item.type.unit
        reader.add(
            catalogue.OUT_OF_RANGE, node, key=key, value=show(value, unit, 12), range=say_range(item.range, unit)
        )
        return None
    return value


def _read_choice(reader: Reader, item: Input, node: Scalar, key: str) -> str | None:
    known = [choice.id for choice in item.choices]
    if node.text in known:
        return node.text
    named = next((choice.id for choice in item.choices if node.text in dict(choice.name.by_language).values()), None)
    reader.add(
        catalogue.UNKNOWN_LEVEL,
        node,
        near=named or nearest(node.text, known),
        value=shorten(node.text),
        key=key,
        known=as_written(known),
    )
    return None


def _read_entries(reader: Reader, node: Node, key: str, expected: Value, example: str) -> tuple[Node, ...] | None:
    """Return the entries of a list. Report anything else, and a list without entries, and return None."""
    if not isinstance(node, SequenceNode):
        reader.add(catalogue.METRIC_SHAPE, node, key=key, expected=expected, found=_spoken(node), example=example)
        return None
    if not node.items:
        reader.add(catalogue.LIST_EMPTY, node, key=key)
        return None
    return node.items


def _read_ratings(reader: Reader, item: Input, node: Node, key: str, example: str) -> Numbers | None:
    entries = _read_entries(reader, node, key, phrase("a list of ratings"), example)
    if entries is None:
        return None
    ratings = []
    for entry in entries:
        if not isinstance(entry, Scalar):
            reader.add(
                catalogue.METRIC_SHAPE,
                entry,
                key=key,
                expected=phrase("a list of single ratings"),
                found=_spoken(entry),
                example=example,
            )
            continue
        value = _read_number(reader, item, entry, key)
        if value is not None:
            ratings.append(value)
    return Numbers.of(tuple(ratings)) if len(ratings) == len(entries) else None


def _read_rows(reader: Reader, item: Input, node: Node, key: str, example: str) -> tuple[Row, ...] | None:
    entries = _read_entries(reader, node, key, phrase("a list of entries"), example)
    if entries is None:
        return None
    rows: list[Row] = []
    known = [field.id for field in item.fields]
    for number, entry in enumerate(entries, 1):
        where = f"{key}.{number}"
        if not isinstance(entry, MappingNode):
            reader.add(
                catalogue.METRIC_SHAPE,
                entry,
                key=where,
                expected=phrase("a mapping of its fields"),
                found=_spoken(entry),
                example=example,
            )
            continue
        row: dict[str, InputValue] = {}
        for name, value_node in entry.items:
            one = next((field for field in item.fields if field.id == name.text), None)
            if one is None:
                reader.add(
                    catalogue.UNKNOWN_INPUT,
                    name,
                    near=nearest(name.text, known),
                    input=shorten(name.text),
                    indicator=where,
                    known=as_written(known),
                )
            elif not _blank(value_node):
                value = _read_value(reader, one, value_node, f"{where}.{one.id}", f"{one.id}: {example_of(one)}")
                if value is not None:
                    row[one.id] = value
        rows.append(row)
    return tuple(rows) if len(rows) == len(entries) else None


def _check_limits(reader: Reader, indicator: Indicator, values: Mapping[str, InputValue], node: Node, key: str) -> None:
    reader.found += broken_limits(indicator, values, reader.span(node), key)


def broken_limits(indicator: Indicator, values: Mapping[str, InputValue], span: Span, key: str) -> Iterator[Diagnostic]:
    """Yield a finding for each limit of an indicator that its values break; while one is open, none is."""
    units = {item.id: item.type.unit for item in indicator.inputs}
    given = values_of(indicator, values)
    for limit in indicator.limits:
        used = {name.id for name in names(limit)}  # also ids of choices
        known = {name: value for name, value in given.items() if name in used}
        if Missing.OPEN in known.values():
            continue
        try:
            holds = formula.evaluate(limit, known)
        except formula.Problem as problem:
            yield catalogue.NOT_SCORABLE.at(span, key=key, reason=problem.sentence)
            continue
        if holds is False:
            open_lists = {item.id for item in indicator.inputs if not item.confidential}
            numbers = listed(
                f"{name} = {_shown(value, units[name])}"
                for name, value in known.items()
                if isinstance(value, Fraction | str) or (isinstance(value, Numbers) and name in open_lists)
            )
            yield catalogue.LIMIT_BROKEN.at(span, key=key, numbers=numbers, limit=formula.write(limit, pretty=True))


def _shown(value: Fraction | str | Numbers, unit: Unit) -> str:
    if isinstance(value, Numbers):
        return f"[{', '.join(show(number, unit) for number in value.items or ())}]"
    return show(value, unit) if isinstance(value, Fraction) else value


def _blank(node: Node) -> bool:
    return isinstance(node, Scalar) and node.plain and not node.text


def _spoken(node: Node) -> Value:
    if isinstance(node, Scalar):
        return f"`{shorten(node.text)}`"
    return phrase("a mapping") if isinstance(node, MappingNode) else phrase("a list")
