"""Reads which bonus items a review grants: how often each, or as what it is judged."""

from __future__ import annotations

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import nearest, shorten
from kpigen.diagnostics.values import as_written
from kpigen.document.nodes import Node
from kpigen.document.reader import Reader
from kpigen.model.forms import BonusItem, Form


def read_bonus_items(reader: Reader, form: Form, node: Node | None) -> dict[str, int | str]:
    """Return by id how often a bonus item applies, or the choice of its scale; what is wrong is reported."""
    ids = [item.id for item in form.bonus]
    by_id = {item.id: item for item in form.bonus}
    given: dict[str, int | str] = {}
    for key, value in reader.pairs(node, "bonus"):
        if key.text not in by_id:
            reader.add(
                catalogue.UNKNOWN_BONUS,
                key,
                near=nearest(key.text, ids),
                id=shorten(key.text),
                form=form.id,
                known=as_written(ids),
            )
            continue
        one = _read_item(reader, by_id[key.text], value, f"bonus.{key.text}")
        if one is not None:
            given[key.text] = one
    return given


def _read_item(reader: Reader, item: BonusItem, node: Node, key: str) -> int | str | None:
    if not item.choices:
        return reader.whole(node, key)
    scalar = reader.scalar(node, key)
    known = [choice.id for choice in item.choices]
    if scalar is None or scalar.text in known:
        return None if scalar is None else scalar.text
    reader.add(
        catalogue.UNKNOWN_LEVEL,
        scalar,
        near=nearest(scalar.text, known),
        value=shorten(scalar.text),
        key=key,
        known=as_written(known),
    )
    return None
