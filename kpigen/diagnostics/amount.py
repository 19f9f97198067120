"""How many findings of one file are listed: enough to work through, and no flood."""

from __future__ import annotations

from collections.abc import Iterable

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic

MAX_FINDINGS = 200


def at_most(diagnostics: Iterable[Diagnostic], limit: int = MAX_FINDINGS) -> list[Diagnostic]:
    """Return at most `limit` findings of each file, errors first, and at the last of them one that counts the rest."""
    by_file: dict[str, list[Diagnostic]] = {}
    for item in diagnostics:
        by_file.setdefault(item.span.path, []).append(item)
    kept: list[Diagnostic] = []
    for found in by_file.values():
        if len(found) > limit:
            first = sorted(found, key=lambda item: not item.is_error)[:limit]
            last = max(item.span for item in first)
            kept += [*first, catalogue.MORE_FINDINGS.at(last, count=len(found) - limit)]
        else:
            kept += found
    return kept
