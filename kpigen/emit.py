"""Diagnostics as text or JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable

from kpigen.diagnostics import Diagnostic


def as_text(diagnostics: Iterable[Diagnostic], paint: bool = False) -> str:
    """Return one `path:line:column: error[CODE] message` a finding, its hint below; `paint` with terminal colours."""
    lines = []
    for item in diagnostics:
        severity = f"{item.kind.severity.value}[{item.code}]"
        if paint:
            colour = "31" if item.is_error else "33"
            severity = f"\x1b[1;{colour}m{severity}\x1b[0m"
        lines.append(f"{item.span}: {severity} {_clean(item.message)}")
        if item.hint:
            lines.append(f"    hint: {_clean(item.hint)}")
    return "".join(f"{line}\n" for line in lines)


def as_json(diagnostics: Iterable[Diagnostic]) -> str:
    """Return a JSON list of findings."""
    found = [
        {
            "path": item.span.path,
            "line": item.span.line,
            "column": item.span.column,
            "severity": item.kind.severity.value,
            "code": item.code,
            "title": item.kind.title,
            "message": item.message,
            "hint": item.hint,
        }
        for item in diagnostics
    ]
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def _clean(text: str) -> str:
    """Keep control characters of a file's text away from the terminal."""
    return "".join(char if char.isprintable() else "�" for char in text)
