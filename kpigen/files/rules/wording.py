"""A digest over everything that a rule file says, so that a changed text can be told from a changed comment or layout."""

from __future__ import annotations

from kpigen.base.digests import Json, digest
from kpigen.document.nodes import MappingNode, Node, Scalar

#: Keys whose mappings list things in the order in which people see them. Elsewhere the order of keys means nothing.
_IN_ORDER = ("inputs", "fields", "choices", "levels", "weights")


def wording_digest(root: Node) -> str:
    """Return the digest of all texts, numbers and layout of the paper in a rule file; YAML comments do not affect it."""
    return digest(_said(root, ""))


def _said(node: Node, key: str) -> Json:
    if isinstance(node, Scalar):
        return node.text
    if not isinstance(node, MappingNode):
        return [_said(item, "") for item in node.items]
    said = {name.text: _said(value, name.text) for name, value in node.items}
    return [[name, value] for name, value in said.items()] if key in _IN_ORDER else said
