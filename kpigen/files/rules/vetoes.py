"""Reads the total of a form, its tables by department or position, and its vetoes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.values import phrase
from kpigen.document.nodes import Node
from kpigen.document.reader import Reader
from kpigen.files.rules.origins import read_origin
from kpigen.model.forms import FactorTable, Section, Veto
from kpigen.numbers.formula import Declared, Expression, Type
from kpigen.scoring.methods.base import read_formula
from kpigen.scoring.names import BONUS, TOTAL, Bare, known_names, rows_of, with_rows

#: What a number by the employee may depend on.
BY = ("department", "position")


def read_tables(reader: Reader, node: Node | None, languages: Sequence[str]) -> tuple[FactorTable, ...]:
    """Return the tables of numbers by department or position."""
    tables = []
    for entry in reader.items(node, "tables"):
        fields = reader.mapping(
            entry,
            phrase("a table"),
            ("id", "name", "by", "values", "otherwise"),
            required=("id", "name", "by", "values"),
        )
        id_ = reader.id(fields.get("id"), "tables.id")
        name = reader.local_text(fields.get("name"), "tables.name", languages)
        by = reader.one_of(fields.get("by"), "tables.by", BY)
        values = [
            (key.text, reader.number(value, f"tables.values.{key.text}"))
            for key, value in reader.pairs(fields.get("values"), "tables.values")
        ]
        otherwise = reader.number(fields.get("otherwise"), "tables.otherwise")
        kept = tuple((key, value) for key, value in values if value is not None)
        if id_ and name and by and len(kept) == len(values):
            tables.append(FactorTable(id_, name, by, kept, otherwise))
    refuse_twice(reader, node, [table.id for table in tables])
    return tuple(tables)


def read_total(
    reader: Reader, node: Node | None, sections: Sequence[Section], tables: Sequence[FactorTable], has_bonus: bool
) -> tuple[Expression | None, frozenset[str]]:
    """Return the formula of the total, and the names that it uses. One that leaves out the bonus is reported."""
    if node is None:
        return None, frozenset()
    known = known_names(sections, [table.id for table in tables], Bare.POINTS)
    known |= {BONUS: Declared(Type.PLAIN)} if has_bonus else {}
    meant = partial(with_rows, sections=[item.id for item in sections])
    expression, used = read_formula(reader, node, "total", known, (Type.PLAIN,), meant)
    if expression is not None and has_bonus and BONUS not in used:
        reader.add(catalogue.UNUSED_INPUT, node, input=BONUS)
    return expression, frozenset(used)


def read_vetoes(
    reader: Reader,
    node: Node | None,
    sections: Sequence[Section],
    tables: Sequence[FactorTable],
    grades: Sequence[str],
    languages: Sequence[str],
    needs_origin: bool,
) -> tuple[tuple[Veto, ...], frozenset[str]]:
    """Return the vetoes, and the names that they use."""
    meant = partial(with_rows, sections=[item.id for item in sections if item.id not in rows_of(sections)])
    known = known_names(sections, [table.id for table in tables], Bare.INPUT) | {TOTAL: Declared(Type.PLAIN)}
    vetoes, used = [], set[str]()
    for entry in reader.items(node, "veto"):
        fields = reader.mapping(
            entry,
            phrase("a veto"),
            ("id", "name", "when", "grade", "total", "text", "origin"),
            required=("id", "name", "when", *(("origin",) if needs_origin else ())),
        )
        id_ = reader.id(fields.get("id"), "veto.id")
        name = reader.local_text(fields.get("name"), "veto.name", languages)
        when, asked = read_formula(reader, fields.get("when"), "veto.when", known, (Type.TRUTH,), meant)
        grade = reader.one_of(fields.get("grade"), "veto.grade", grades)
        total, also = read_formula(reader, fields.get("total"), "veto.total", known, (Type.PLAIN,), meant)
        text = reader.local_text(fields.get("text"), "veto.text", languages)
        used |= asked | also
        leads = bool(fields.keys() & {"grade", "total", "text"})
        if fields and not leads:
            reader.add(catalogue.MISSING_KEY, entry, key="grade", where=phrase("a veto"))
        if (
            leads
            and id_
            and name
            and when is not None
            and (grade or "grade" not in fields)
            and (total or "total" not in fields)
        ):
            vetoes.append(
                Veto(
                    id=id_,
                    name=name,
                    when=when,
                    grade=grade or "",
                    text=text,
                    origin=read_origin(reader, fields.get("origin"), "veto.origin", languages),
                    total=total,
                )
            )
    refuse_twice(reader, node, [veto.id for veto in vetoes])
    return tuple(vetoes), frozenset(used)


def refuse_twice(reader: Reader, node: Node | None, ids: Sequence[str]) -> None:
    """Report ids that occur twice in a list."""
    for twice in (word for word, count in Counter(ids).items() if count > 1):
        reader.found.append(catalogue.DUPLICATE_ID.at(reader.source.span(node.start if node else 0), id=twice))
