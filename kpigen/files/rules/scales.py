"""Reads the scales of a form: choices with points that are named once and used by many inputs and bonus items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import nearest, shorten
from kpigen.diagnostics.values import as_written
from kpigen.document.nodes import MappingNode, Node
from kpigen.document.reader import Reader
from kpigen.model.forms import Choice, Text

Scales = Mapping[str, tuple[Choice, ...]]


def read_scales(reader: Reader, node: Node | None, languages: Sequence[str]) -> dict[str, tuple[Choice, ...]]:
    """Return the scales by id; one that cannot be used is reported and left out."""
    scales = {}
    for key, value in reader.pairs(node, "scales"):
        id_ = reader.id(key, "scales")
        read = [
            _read_choice(reader, name, one, f"scales.{key.text}", languages)
            for name, one in reader.pairs(value, key.text)
        ]
        choices = tuple(choice for choice in read if choice is not None)
        if len(read) < 2:
            reader.add(catalogue.MISSING_KEY, key, key="choices", where=f"scales.{key.text}")
        elif id_ is not None and len(choices) == len(read):
            scales[id_] = choices
    return scales


def _read_choice(reader: Reader, key: Node, node: Node, where: str, languages: Sequence[str]) -> Choice | None:
    id_ = reader.id(key, where)
    at = f"{where}.{id_}"
    if not isinstance(node, MappingNode):  # `a: 5`: the points alone, named by the id
        points = reader.number(node, at)
        return None if points is None or id_ is None else Choice(id_, Text((("", id_),)), points=points)
    points, text = reader.number(node.get("points"), f"{at}.points"), node.get("text")
    if node.get("points") is None:
        reader.add(catalogue.MISSING_KEY, node, key="points", where=at)
    words = replace(node, items=tuple(item for item in node.items if item[0].text not in ("points", "text", "name")))
    name = reader.local_text(node.get("name") or (words if words.items else None), at, languages)
    if id_ is None or points is None:
        return None
    return Choice(id_, name or Text((("", id_),)), reader.local_text(text, f"{at}.text", languages), points)


def points_of(scale: Sequence[Choice]) -> dict[str, Fraction]:
    """Return the points of the choices of a scale, by id; empty if they are no scale."""
    return {choice.id: choice.points for choice in scale if choice.points is not None}


def choices_of(reader: Reader, node: Node, key: str, scales: Scales) -> tuple[Choice, ...]:
    """Return the choices of the scale that a node names; none (reported) if there is no such scale."""
    named = reader.scalar(node, key)
    if named is None:
        return ()
    if named.text not in scales:
        reader.add(
            catalogue.UNKNOWN_SCALE,
            named,
            near=nearest(named.text, scales),
            scale=shorten(named.text),
            known=as_written(scales),
        )
    return scales.get(named.text, ())
