"""Reads choices: those of an input, and the scales of a form, whose choices have points and are shared by inputs and bonus items."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import nearest, shorten
from kpigen.diagnostics.values import as_written
from kpigen.document.nodes import MappingNode, Node, Scalar
from kpigen.document.reader import Reader
from kpigen.model.forms import Choice, Text

#: The choices of each scale, by its id.
Scales: TypeAlias = Mapping[str, tuple[Choice, ...]]

#: How many choices a scale may have: its points are written out where a formula uses them.
MAX_CHOICES = 60

_LANGUAGE = re.compile(r"[a-z]{2}(?:-[A-Za-z]+)?")
_KEYS = ("points", "name", "text")


def read_scales(reader: Reader, node: Node | None, languages: Sequence[str]) -> dict[str, tuple[Choice, ...]]:
    """Return the scales of a form by id; one that cannot be used is reported and left out.

    `{abcd: {a: {zh: 优, en: Good, points: 5}, …}}`. A choice has a name in each language (or as `name`), its points, and perhaps
    a text. Points alone are enough, `a: 5`: then its id is its name.
    """
    scales = {}
    for key, value in reader.pairs(node, "scales"):
        id_ = reader.id(key, "scales")
        where = f"scales.{shorten(key.text)}"
        pairs = list(reader.pairs(value, where))
        read = [_choice_of_scale(reader, name, one, where, languages) for name, one in pairs]
        choices = tuple(choice for choice in read if choice is not None)
        if isinstance(value, MappingNode) and len(pairs) < 2:
            reader.add(catalogue.TOO_FEW_CHOICES, key, scale=shorten(key.text))
        elif len(pairs) > MAX_CHOICES:
            reader.add(catalogue.TOO_MANY_CHOICES, value, scale=shorten(key.text), limit=MAX_CHOICES)
        elif id_ is not None and pairs and len(choices) == len(read):
            scales[id_] = choices
    return scales


def _choice_of_scale(reader: Reader, key: Scalar, node: Node, where: str, languages: Sequence[str]) -> Choice | None:
    at = f"{where}.{shorten(key.text)}"
    if not isinstance(node, MappingNode):
        id_, points = reader.id(key, where), reader.number(node, at)
        return None if id_ is None or points is None else Choice(id_, Text((("", id_),)), points=points)
    known = [*languages, *_KEYS]
    unknown = [name for name, _ in node.items if name.text not in known and not _LANGUAGE.fullmatch(name.text)]
    for name in unknown:
        near = nearest(name.text, known)
        reader.add(catalogue.UNKNOWN_KEY, name, near=near, key=shorten(name.text), where=at, known=as_written(known))
    if node.get("points") is None:
        reader.add(catalogue.MISSING_KEY, node, key="points", where=at)
    points = reader.number(node.get("points"), f"{at}.points")
    words = tuple(item for item in node.items if item[0] not in unknown and item[0].text != "points")
    choice = read_choice(reader, key, replace(node, items=words), where, languages)
    return None if choice is None or points is None or unknown else replace(choice, points=points)


def read_choice(reader: Reader, key: Scalar, node: Node, where: str, languages: Sequence[str]) -> Choice | None:
    """Return a choice with its name and text; None (reported) if its id is none."""
    id_ = reader.id(key, where)
    at = f"{where}.{key.text}"
    named, text = node, None
    if isinstance(node, MappingNode):
        text = node.get("text")
        if node.get("name") is not None:
            named = reader.mapping(node, at, ("name", "text"))["name"]
        else:
            named = replace(node, items=tuple(item for item in node.items if item[0].text != "text"))
    name = reader.local_text(named, at, languages)
    said = reader.local_text(text, f"{at}.text", languages)
    return None if id_ is None else Choice(id_, name or Text((("", id_),)), said)


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
