"""Reads the layout of the printed form."""

from __future__ import annotations

from collections.abc import Sequence

from kpigen.base.roles import ROLES
from kpigen.document.nodes import Node, Scalar
from kpigen.document.reader import Reader
from kpigen.i18n import words
from kpigen.model.forms import Column, Print, SignatureBox

COLUMNS = (
    "section",
    "number",
    "name",
    "focus",
    "definition",
    "standard",
    "target",
    "cycle",
    "record",
    "provider",
    "actual",
    "raw",
    "weight",
    "points",
    "comment",
    "anchor",
)
HEAD = tuple(words.HEAD)


def read_columns(reader: Reader, node: Node | None, where: str, languages: Sequence[str]) -> tuple[Column, ...]:
    """Return the columns in a list. Each is a kind of column or `{show, name, anchor}`."""
    columns = []
    for item in reader.items(node, where):
        if isinstance(item, Scalar):
            show = reader.one_of(item, where, COLUMNS)
            name, anchor = None, ""
        else:
            values = reader.mapping(item, where, ("show", "name", "anchor"), required=("show",))
            show = reader.one_of(values.get("show"), f"{where}.show", COLUMNS)
            name = reader.local_text(values.get("name"), f"{where}.name", languages)
            anchor = reader.text(values.get("anchor"), f"{where}.anchor")
        if show is not None:
            columns.append(Column(show, name, anchor))
    return tuple(columns)


def read_print(reader: Reader, node: Node | None, languages: Sequence[str]) -> Print:
    """Return the `print` settings; without columns if there are none."""
    keys = ("orientation", "head", "columns", "signatures", "total")
    values = reader.mapping(node, "print", keys, required=("columns", "signatures"))
    turned = (
        reader.one_of(values["orientation"], "print.orientation", ("portrait", "landscape"))
        if "orientation" in values
        else "portrait"
    )
    head = [reader.one_of(item, "print.head", HEAD) for item in reader.items(values.get("head"), "print.head")]
    columns = read_columns(reader, values.get("columns"), "print.columns", languages)
    signatures = []
    for item in reader.items(values.get("signatures"), "print.signatures"):
        box = reader.mapping(item, "print.signatures", ("role", "show", "name"), required=("name",))
        name = reader.local_text(box.get("name"), "print.signatures.name", languages)
        role = reader.one_of(box["role"], "print.signatures.role", ROLES) if "role" in box else ""
        show = reader.one_of(box["show"], "print.signatures.show", ("narrative",)) if "show" in box else ""
        if name is not None and (role or show):
            signatures.append(SignatureBox(name, role or "", show or ""))
    return Print(
        landscape=turned == "landscape",
        head=tuple(field for field in head if field),
        columns=columns,
        signatures=tuple(signatures),
        total=reader.local_text(values.get("total"), "print.total", languages),
    )
