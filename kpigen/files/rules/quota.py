"""Reads the quota of a form: the share of a grade that is meant not to be exceeded."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import shorten
from kpigen.diagnostics.values import phrase
from kpigen.document.nodes import MappingNode, Node
from kpigen.document.reader import Reader
from kpigen.model.forms import Quota
from kpigen.numbers.quantities import Misread, Unit, read_percent, show

#: Of whom the share is taken: the people of a department, of a manager, or everybody with the form.
GROUPS = ("department", "manager", "all")


def read_quota(reader: Reader, node: Node | None, grades: Sequence[str]) -> Quota | None:
    """Return the quota of a form with these grades; None (reported) if it has none that can be used."""
    if node is None:
        return None
    if not grades:
        reader.add(catalogue.QUOTA_WITHOUT_GRADES, node)
        return None
    values = reader.mapping(node, "quota", ("grades", "by"), required=("grades",))
    by = reader.one_of(values.get("by"), "quota.by", GROUPS)
    named = reader.mapping(values.get("grades"), "quota.grades", grades)
    node = values.get("grades")
    if isinstance(node, MappingNode) and not node.items:
        reader.add(catalogue.EMPTY_VALUE, node, key="quota.grades")
    shares = {grade: _share(reader, value, f"quota.grades.{grade}") for grade, value in named.items()}
    known = tuple((grade, share) for grade in grades if (share := shares.get(grade)) is not None)
    total = sum((share for _, share in known), Fraction(0))
    if total > 1:
        reader.add(catalogue.QUOTA_ABOVE_ALL, values["grades"], total=show(total, Unit.PERCENT))
    return Quota(known, by or "all") if known else None


def _share(reader: Reader, node: Node, key: str) -> Fraction | None:
    scalar = reader.scalar(node, key)
    if scalar is None:
        return None
    share = read_percent(scalar.text)
    if isinstance(share, Misread):
        reader.misread(share, scalar)
        return None
    if not 0 <= share <= 1:
        limits = phrase("from {low} to {high}", low="0%", high="100%")
        reader.add(catalogue.OUT_OF_RANGE, scalar, key=key, value=shorten(scalar.text), range=limits)
        return None
    return share
