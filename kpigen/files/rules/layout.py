"""Reads the layout of the printed form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kpigen.base.roles import ROLES
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import nearest
from kpigen.diagnostics.values import as_written, phrase
from kpigen.document.nodes import MappingNode, Node, Scalar
from kpigen.document.reader import Reader
from kpigen.files.rules.scale import read_decimals
from kpigen.i18n import words
from kpigen.model.forms import Column, Indicator, Print, SignatureBox

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
    "input",
    "choice",
    "measure",
    "blank",
)
#: What the columns of these kinds must also say.
_NEEDED = {"input": ("input",), "choice": ("input", "choice"), "blank": ("name",)}
#: The kinds that can have a sum or mean of their own below their rows.
_SUMMED = ("input", "raw")
#: The kinds whose numbers can have decimals of their own.
_ROUNDED = ("input", "raw", "measure")
_COLUMN_KEYS = ("show", "name", "anchor", "input", "choice", "otherwise", "foot", "decimals")
_ONLY_IN = {
    "input": ("input", "choice"),
    "choice": ("choice",),
    "otherwise": ("input",),
    "foot": _SUMMED,
    "decimals": _ROUNDED,
}
OTHERWISE = ("points", "raw")
FOOT = ("sum", "mean")
HEAD = tuple(words.HEAD)


def read_columns(reader: Reader, node: Node | None, where: str, languages: Sequence[str]) -> tuple[Column, ...]:
    """Return the columns in a list. Each is a kind of column, or a mapping with the kind as `show`."""
    columns = (_read_column(reader, item, where, languages) for item in reader.items(node, where))
    return tuple(column for column in columns if column is not None)


def _read_column(reader: Reader, node: Node, where: str, languages: Sequence[str]) -> Column | None:
    if isinstance(node, Scalar):
        show = reader.one_of(node, where, COLUMNS)
        values: dict[str, Node] = {}
    else:
        values = reader.mapping(node, where, _COLUMN_KEYS, required=("show",))
        show = reader.one_of(values.get("show"), f"{where}.show", COLUMNS)
    if show is None:
        return None
    for key in _NEEDED.get(show, ()):
        if key not in values:
            reader.add(catalogue.MISSING_KEY, node, key=key, where=phrase("a column `{show}`", show=show))
    for key, kinds in _ONLY_IN.items():
        if key in values and show not in kinds:
            problem = phrase("`{key}` says nothing in a column `{show}`", key=key, show=show)
            reader.add(catalogue.COLUMN_DOES_NOT_FIT, values[key], problem=problem)
    return Column(
        show,
        name=reader.local_text(values.get("name"), f"{where}.name", languages),
        anchor=reader.text(values.get("anchor"), f"{where}.anchor"),
        input=reader.text(values.get("input"), f"{where}.input"),
        choice=reader.text(values.get("choice"), f"{where}.choice"),
        otherwise=_word(reader, values.get("otherwise"), f"{where}.otherwise", OTHERWISE),
        foot=_word(reader, values.get("foot"), f"{where}.foot", FOOT),
        decimals=read_decimals(reader, values.get("decimals"), f"{where}.decimals"),
    )


def _word(reader: Reader, node: Node | None, where: str, known: Sequence[str]) -> str:
    return "" if node is None else reader.one_of(node, where, known) or ""


def check_columns(reader: Reader, node: Node | None, where: str, rows: Sequence[Indicator]) -> None:
    """Report columns that show an input or a choice that none of the rows has, or an input that stays in hr/."""
    for item in reader.items(node, where) if rows else ():
        if not isinstance(item, MappingNode):
            continue
        values = {key.text: value for key, value in item.items}
        wanted, choice = values.get("input"), values.get("choice")
        if not isinstance(wanted, Scalar):
            continue
        inputs = [found for row in rows if (found := row.input(wanted.text))]
        if not inputs:
            _unknown(reader, wanted, [found.id for row in rows for found in row.inputs if not found.confidential])
        elif any(found.confidential for found in inputs):
            problem = phrase("`{input}` is confidential, so no column can show it", input=wanted.text)
            reader.add(catalogue.COLUMN_DOES_NOT_FIT, wanted, problem=problem)
        elif isinstance(choice, Scalar):
            choices = [one.id for found in inputs for one in found.choices]
            if choice.text not in choices:
                _unknown(reader, choice, choices)
        elif "foot" in values and "otherwise" not in values and not any(found.type.is_number for found in inputs):
            problem = phrase("`{input}` is no number, so there is nothing to add up", input=wanted.text)
            reader.add(catalogue.COLUMN_DOES_NOT_FIT, values["foot"], problem=problem)


def _unknown(reader: Reader, node: Scalar, known: Iterable[str]) -> None:
    ids = list(dict.fromkeys(known))
    problem = phrase("none of its rows has `{id}`, but: {known}", id=node.text, known=as_written(ids))
    reader.add(catalogue.COLUMN_DOES_NOT_FIT, node, near=nearest(node.text, ids), problem=problem)


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
