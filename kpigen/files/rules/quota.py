"""Reads the quota of a form."""

from __future__ import annotations

from collections.abc import Sequence

from kpigen.document.nodes import Node
from kpigen.document.reader import Reader
from kpigen.model.forms import Quota


def read_quota(reader: Reader, node: Node | None, grades: Sequence[str], languages: Sequence[str]) -> Quota | None:
    """Return the quota of a form, or None."""
    return None
