"""Findings as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable

from kpigen.diagnostics.diagnostic import Diagnostic
from kpigen.diagnostics.wording import ORIGINAL
from kpigen.i18n.findings import findings


def as_json(diagnostics: Iterable[Diagnostic], language: str = ORIGINAL) -> str:
    """Return a JSON list of findings."""
    found = [
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
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"
