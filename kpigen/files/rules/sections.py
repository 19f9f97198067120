"""Reads the sections of a form with their indicators, what all rows of a section share, and the total of a section."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.values import phrase
from kpigen.document.nodes import MappingNode, Node, SequenceNode
from kpigen.document.reader import Reader
from kpigen.files.rules.indicator import EACH_KEYS, Scope, read_indicator
from kpigen.files.rules.layout import check_columns, read_columns
from kpigen.files.rules.origins import FORM_KEYS, read_origins
from kpigen.model.forms import Indicator, Section
from kpigen.numbers.formula import Expression, Type
from kpigen.numbers.quantities import exact
from kpigen.scoring.methods.base import read_formula
from kpigen.scoring.names import Bare, known_names, of_section

#: How many indicators a form may have; real ones have at most a third of it.
MAX_INDICATORS = 200
#: The id of the only section of a form without sections.
ONLY = "form"


def read_sections(reader: Reader, root: MappingNode, values: Mapping[str, Node], scope: Scope) -> tuple[Section, ...]:
    """Return the sections that can be used for scoring; none (reported) if the form cannot."""
    if "sections" in values and "indicators" in values:
        reader.add(
            catalogue.UNKNOWN_KEY,
            values["indicators"],
            key="indicators",
            where=phrase("a form with sections"),
            known="sections",
        )
    shared = _each(reader, values.get("each"))
    if "sections" in values:
        read = [_read_section(reader, node, scope, shared) for node in reader.items(values["sections"], "sections")]
        nodes = [node for one in reader.items(values["sections"], "sections") for node in _indicator_nodes(one)]
    else:
        nodes = list(reader.items(values.get("indicators"), "indicators"))
        rows = _read_rows(reader, nodes, scope, shared)
        read = [Section(ONLY, None, rows)]
    sections = tuple(section for section in read if section and section.indicators)
    indicators = [indicator for section in sections for indicator in section.indicators]
    if len(indicators) > MAX_INDICATORS:
        where = values.get("sections") or values["indicators"]
        reader.add(catalogue.TOO_MANY_ENTRIES, where, key="indicators", limit=MAX_INDICATORS)
        return ()
    if not indicators:
        if not nodes and not scope.unread:
            reader.add(catalogue.NO_SECTIONS, root)
        return ()
    for ids in ([item.id for item in indicators], [section.id for section in sections]):
        twice = [id_ for id_, count in Counter(ids).items() if count > 1]
        for id_ in twice:
            reader.add(catalogue.DUPLICATE_ID, values.get("sections") or values["indicators"], id=id_)
        if twice:
            return ()
    if not scope.unread and "total" not in values:
        _check_weights(reader, values.get("sections") or values["indicators"], indicators, scope)
    return sections


def _indicator_nodes(section: Node) -> Sequence[Node]:
    rows = section.get("indicators") if isinstance(section, MappingNode) else None
    return rows.items if isinstance(rows, SequenceNode) else ()


def _check_weights(reader: Reader, node: Node, indicators: Iterable[Indicator], scope: Scope) -> None:
    """Report weights that do not add up to full marks; where a review says some of them, this can only be told there."""
    weighted = [item for item in indicators if item.is_weighted]
    total = sum((item.weight for item in weighted), Fraction(0))
    marks = scope.scale.marks
    if weighted and not any(item.weight_from for item in weighted) and total != marks:
        reader.add(catalogue.WEIGHTS_TOTAL, node, total=exact(total), full=exact(marks))


def _read_section(reader: Reader, node: Node, scope: Scope, shared: MappingNode | None) -> Section | None:
    values = reader.mapping(
        node,
        phrase("a section"),
        ("id", "name", "indicators", "columns", "origin", "total", "total_name", "each"),
        required=("id", "name", "indicators"),
    )
    id_ = reader.id(values.get("id"), "sections.id")
    name = reader.local_text(values.get("name"), "sections.name", scope.languages)
    own = read_origins(reader, values.get("origin"), "origin", FORM_KEYS, scope.languages)
    inner = replace(scope, origins=(own, *scope.origins))
    rows = values.get("indicators")
    if isinstance(rows, MappingNode | SequenceNode) and not rows.items:
        reader.add(catalogue.EMPTY_VALUE, rows, key="indicators")
    each = _merged(_each(reader, values.get("each")), shared)
    listed = _read_rows(reader, reader.items(rows, "indicators"), inner, each)
    # Indicators inherit the origins of their section here, so that later code does not need to know the section.
    indicators = tuple(replace(item, origins={**own, **item.origins}) for item in listed)
    columns = read_columns(reader, values.get("columns"), "sections.columns", scope.languages)
    if len(indicators) == len(rows.items if isinstance(rows, SequenceNode) else ()):
        check_columns(reader, values.get("columns"), "sections.columns", indicators)
    if not (id_ and name) or rows is None:
        scope.unread.extend([id_ or "", *(item.id for item in indicators)] if rows else [""])
        return None
    total_name = reader.local_text(values.get("total_name"), "sections.total_name", scope.languages)
    section = Section(id_, name, indicators, columns, total_name=total_name)
    return replace(section, total=_read_total(reader, values.get("total"), section))


def _read_total(reader: Reader, node: Node | None, section: Section) -> Expression | None:
    """Return the formula of a section over its own rows."""
    if node is None:
        return None
    known = known_names([section], (), Bare.POINTS)
    known.pop(section.id, None)
    expression, _ = read_formula(reader, node, "total", known, (Type.PLAIN,), partial(of_section, section=section.id))
    return expression


def _each(reader: Reader, node: Node | None) -> MappingNode | None:
    """Return what all rows share; its values are checked where they are used."""
    if node is None:
        return None
    reader.mapping(node, "each", EACH_KEYS)
    return node if isinstance(node, MappingNode) else None


def _read_rows(reader: Reader, nodes: Iterable[Node], scope: Scope, each: MappingNode | None) -> tuple[Indicator, ...]:
    rows = (read_indicator(reader, node if each is None else _filled(node, each), scope) for node in nodes)
    return tuple(row for row in rows if row is not None)


def _filled(node: Node, each: MappingNode) -> Node:
    """Return the node of a row with the keys that it does not have itself."""
    return _merged(node, each) or node if isinstance(node, MappingNode) else node


def _merged(inner: MappingNode | None, outer: MappingNode | None) -> MappingNode | None:
    """Return a mapping with the keys of another one that it does not have itself."""
    if inner is None or outer is None:
        return inner or outer
    own = {key.text for key, _ in inner.items}
    more = tuple(item for item in outer.items if item[0].text in EACH_KEYS and item[0].text not in own)
    return replace(inner, items=(*inner.items, *more))
