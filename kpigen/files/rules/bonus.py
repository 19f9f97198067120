"""Reads the bonus items of a form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.values import as_written, phrase
from kpigen.document.nodes import MappingNode, Node
from kpigen.document.reader import Reader
from kpigen.files.rules.origins import read_origin
from kpigen.files.rules.scales import Scales, choices_of
from kpigen.model.forms import BonusItem, Choice


def read_bonus(
    reader: Reader, node: Node | None, scales: Scales, languages: Sequence[str], needs_origin: bool
) -> tuple[tuple[BonusItem, ...], Fraction | None]:
    """Return the bonus items and the cap of their sum."""
    if node is None:
        return (), None
    values = reader.mapping(node, "bonus", ("items", "cap"), required=("items",))
    read = [
        _read_item(reader, entry, scales, languages, needs_origin)
        for entry in reader.items(values.get("items"), "bonus.items")
    ]
    items = tuple(item for item in read if item is not None)
    for twice in (word for word, count in Counter(item.id for item in items).items() if count > 1):
        reader.add(catalogue.DUPLICATE_ID, node, id=twice)
    return items, reader.number(values.get("cap"), "bonus.cap")


def _read_item(
    reader: Reader, entry: Node, scales: Scales, languages: Sequence[str], needs_origin: bool
) -> BonusItem | None:
    fields = reader.mapping(
        entry,
        phrase("a bonus item"),
        ("id", "name", "points", "at_most", "scale", "text", "origin"),
        required=(
            "id",
            "name",
            *(() if "scale" in _keys(entry) else ("points",)),
            *(("origin",) if needs_origin else ()),
        ),
    )
    id_ = reader.id(fields.get("id"), "bonus.id")
    name = reader.local_text(fields.get("name"), "bonus.name", languages)
    choices: tuple[Choice, ...] = ()
    if "scale" in fields:
        for other in ("points", "at_most"):
            if other in fields:
                reader.add(
                    catalogue.UNKNOWN_KEY,
                    fields[other],
                    key=other,
                    where=phrase("a bonus item with a scale"),
                    known=as_written(("id", "name", "scale", "text")),
                )
        choices = choices_of(reader, fields["scale"], "bonus.scale", scales)
    points = Fraction(0) if "scale" in fields else reader.number(fields.get("points"), "bonus.points")
    if not (id_ and name) or points is None or ("scale" in fields and not choices):
        return None
    return BonusItem(
        id=id_,
        name=name,
        points=points,
        at_most=reader.whole(fields.get("at_most"), "bonus.at_most"),
        text=reader.local_text(fields.get("text"), "bonus.text", languages),
        origin=read_origin(reader, fields.get("origin"), "bonus.origin", languages),
        choices=choices,
    )


def _keys(node: Node) -> frozenset[str]:
    return frozenset(key.text for key, _ in node.items) if isinstance(node, MappingNode) else frozenset()
