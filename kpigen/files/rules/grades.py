"""Reads the grades of a form, and what they lead to."""

from __future__ import annotations

from collections.abc import Sequence

from kpigen.diagnostics import catalogue
from kpigen.document.nodes import MappingNode, Node, Scalar
from kpigen.document.reader import Reader
from kpigen.model.forms import Grade, Outcome, Text
from kpigen.numbers.quantities import plain

#: Written instead of a number: the last grade has no lower bound.
UNBOUNDED = "none"


def read_grades(reader: Reader, node: Node | None) -> tuple[Grade, ...] | None:
    """Return the grades from high to low, none if the form has none; None (reported) if they cannot be read."""
    grades: list[Grade] = []
    if isinstance(node, MappingNode) and not node.items:
        reader.add(catalogue.EMPTY_VALUE, node, key="grades")
        return None
    for key, value in reader.pairs(node, "grades"):
        if grades and grades[-1].least is None:
            reader.add(catalogue.GRADE_ORDER, key, grade=key.text, value=plain_text(value))
            return None
        if isinstance(value, Scalar) and value.text == UNBOUNDED:
            grades.append(Grade(key.text, None))
            continue
        least = reader.number(value, f"grades.{key.text}")
        if least is None:
            return None
        before = grades[-1].least if grades else None
        if before is not None and least >= before:
            reader.add(catalogue.GRADE_ORDER, key, grade=key.text, value=plain(least))
        grades.append(Grade(key.text, least))
    last = grades[-1].least if grades else None
    if last is not None and last != 0 and node is not None:
        reader.add(catalogue.GRADE_GAP, node, lowest=plain(last))
    return None if node is not None and not grades else tuple(grades)


def plain_text(node: Node) -> str:
    """Return what is written, for a message."""
    return node.text if isinstance(node, Scalar) else "…"


def read_outcomes(
    reader: Reader, node: Node | None, grades: Sequence[str], languages: Sequence[str]
) -> tuple[Text | None, dict[str, Outcome]]:
    """Return the text about outcomes, and what each grade leads to."""
    values = reader.mapping(node, "outcomes", ("text", "grades"))
    outcomes = {}
    for grade, value in reader.mapping(values.get("grades"), "outcomes.grades", grades).items():
        fields = reader.mapping(
            value, f"outcomes.grades.{grade}", ("text", "honour_roll", "improvement_plan", "coefficient")
        )
        outcomes[grade] = Outcome(
            text=reader.local_text(fields.get("text"), "outcomes.text", languages),
            honour_roll=reader.yes(fields.get("honour_roll"), "honour_roll"),
            improvement_plan=reader.yes(fields.get("improvement_plan"), "improvement_plan"),
            coefficient=reader.number(fields.get("coefficient"), "coefficient"),
        )
    return reader.local_text(values.get("text"), "outcomes.text", languages), outcomes
