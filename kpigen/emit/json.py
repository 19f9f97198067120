"""Findings as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable

from kpigen.diagnostics.diagnostic import Diagnostic
from kpigen.diagnostics.wording import ORIGINAL
from kpigen.i18n.findings import findings


def as_json(
    diagnostics: Iterable[Diagnostic], language: str = ORIGINAL, acknowledged: Iterable[tuple[Diagnostic, str]] = ()
) -> str:
    """Return a JSON list of findings; after them those that are acknowledged, if given, with the reason."""
    accepted = list(acknowledged)
    found = _entries(diagnostics, language)
    more = _entries((finding for finding, _ in accepted), language)
    found += [{**entry, "acknowledged": reason} for entry, (_, reason) in zip(more, accepted, strict=True)]
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def _entries(diagnostics: Iterable[Diagnostic], language: str) -> list[dict[str, object]]:
    return [
        {
            "path": item.span.path,
            "line": item.span.line,
            "column": item.span.column,
            "severity": item.severity.value,
            "code": item.code,
            "title": item.title,
            "message": item.message,
            "hint": item.hint,
            "employee": {"id": item.person.id, "name": item.person.name} if item.person else None,
        }
        for item in findings(diagnostics, language)
    ]
