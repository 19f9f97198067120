"""A review read back from a content in canonical form, with digests in place of confidential lists, as in a copy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import PurePosixPath

from kpigen.base.digests import Json
from kpigen.base.periods import parse_period
from kpigen.model.forms import Form, Indicator, Input, InputType
from kpigen.model.reviews import Auto, Employee, Evidence, InputValue, Metrics, Review, SelfAssessment, Taken
from kpigen.numbers.formula import Numbers
from kpigen.numbers.quantities import read_exact
from kpigen.scoring.content import AUTO
from kpigen.scoring.content import content as content_of


def restored(review: Review, form: Form, content: Mapping[str, Json]) -> Review | None:
    """Return the review with this content instead of its own, or None if no review by this form can have it."""
    employee, own = content["employee"], content.get("self_assessment")
    metrics = content.get("metrics", {})
    try:
        again = replace(
            review,
            employee=Employee(
                employee["id"],
                employee.get("name", ""),
                employee.get("department", ""),
                employee.get("position", ""),
                employee.get("manager"),
            ),
            metrics=_metrics(form, metrics),
            not_applicable=content.get("not_applicable", {}),
            names=content.get("names", {}),
            bonus=_bonus(form, content.get("bonus", {})),
            comments=content.get("comments", {}),
            evidence={
                id_: tuple(_evidence(review, item) for item in items)
                for id_, items in content.get("evidence", {}).items()
            },
            self_assessment=own and SelfAssessment(_metrics(form, own.get("metrics", {})), own.get("comment", "")),
            feedback=content.get("feedback", {}),
            body=content.get("body", ""),
            withheld={
                indicator.id: shown["digest"]
                for indicator in form.indicators
                if indicator.shown_as
                and "mean" in (shown := metrics.get(indicator.id, {}).get(indicator.shown_as.id, {}))
            },
            taken=tuple(_taken(content.get("taken", {}))),
        )
    except ValueError:
        return None
    return again if content_of(again, form, again.taken) == content else None


def _taken(data: Mapping[str, Mapping[str, Json]]) -> Iterator[Taken]:
    """Yield the employee's own totals that a content has. Raises ValueError if something else stands there."""
    for id_, inputs in data.items():
        for name, entries in inputs.items():
            for item in entries:
                is_points = "points" in item
                total, period, seal = item.get("points" if is_points else "total"), item.get("period"), item.get("seal")
                if not (total and seal and period and parse_period(period)):
                    raise ValueError(item)
                read_exact(total)
                yield Taken("", total, seal, f"{id_}.{name}", period, is_points)


def _bonus(form: Form, data: Mapping[str, str]) -> dict[str, int | str]:
    levels = {item.id: {choice.id for choice in item.choices} for item in form.bonus if item.choices}
    return {id_: given if given in levels.get(id_, ()) else int(given) for id_, given in data.items()}


def _evidence(review: Review, item: Mapping[str, str]) -> Evidence:
    if "link" in item:
        return Evidence(item["link"])
    return Evidence(item["file"], str(PurePosixPath(review.path).parent / item["file"]), item["sha256"])


def _metrics(form: Form, metrics: Mapping[str, Mapping[str, Json]]) -> Metrics:
    """Return typed metrics. Raises ValueError if a value is none of its input."""
    return {
        indicator.id: _indicator(indicator, metrics[indicator.id])
        for indicator in form.indicators
        if indicator.id in metrics
    }


def _indicator(indicator: Indicator, data: Mapping[str, Json]) -> dict[str, InputValue]:
    values = _values(indicator.inputs, data)
    shown = data.get(indicator.shown_as.id) if indicator.shown_as else None
    if indicator.shown_as and isinstance(shown, Mapping) and "mean" in shown:
        values[indicator.shown_as.id] = Numbers(int(shown.get("count", "")), read_exact(shown["mean"]))
    return values


def _values(inputs: Iterable[Input], data: Mapping[str, Json]) -> dict[str, InputValue]:
    return {item.id: _value(item, data[item.id]) for item in inputs if item.id in data}


def _value(item: Input, value: Json) -> InputValue:
    if item.type is InputType.LIST:
        return tuple(_values(item.fields, row) for row in value)
    if item.type is InputType.RATINGS and value == AUTO:
        if item.auto is None:
            raise ValueError(value)
        return Auto(item.auto)
    if item.type is InputType.RATINGS:
        items = tuple(_number(item, text) for text in value)
        return Numbers.of(items) if items else Numbers(0, Fraction(0), ())
    if item.type is InputType.YES_NO:
        return bool(value == "yes")
    if item.type is InputType.TEXT:
        return str(value)
    if item.type is InputType.CHOICE:
        if value not in {choice.id for choice in item.choices}:
            raise ValueError(value)
        return str(value)
    return _number(item, value)


def _number(item: Input, text: str) -> Fraction:
    number = read_exact(text)
    if number not in item.range:
        raise ValueError(text)
    return number
